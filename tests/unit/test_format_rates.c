// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "format_fixture.h"

#define R HW_FORMAT_MUTATION_RATES

static void reads_rates(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(
        &f, HW_FORMAT_UNKNOWN,
        "# made-up rates\nlocus;female;male;source;model;range;rate2;silent\n"
        "default;0,0005;0,001;assumed;;;;\n# between\nTHO1;0;1e-4;x;equal;;;\nFGA;0.002;0.003;;;0.2;1e-5;0,01\nMy locus;0;0;;none;;;\n");
    assert_true(f.d.has_settings);
    const hw_settings *s = &f.d.settings;
    assert_int_equal(s->n_by_locus, 3);
    assert_true(s->standard.female.rate == 0.0005 && s->standard.male.rate == 0.001);
    assert_int_equal(s->standard.male.model, HW_MUTATION_STEPWISE);
    assert_null(s->standard.locus);
    const hw_locus_settings *th01 = hw_settings_locus(s, "TH01");
    assert_string_equal(th01->locus, "TH01");
    assert_true(th01->female.rate == 0 && th01->male.rate == 1e-4);
    assert_int_equal(th01->female.model, HW_MUTATION_EQUAL);
    const hw_locus_settings *fga = hw_settings_locus(s, "FGA");
    assert_true(fga->male.range == 0.2 && fga->female.rate2 == 1e-5 && fga->silent == 0.01 && fga->female.range == 0.2);
    assert_true(th01->female.range == 0.1);
    /* a further file is not mixed in */
    assert_int_equal(fixture_read(&f, R, "marker,maternal,paternal\nTH01,0.01,0.02\nvWA,0.1,0.2\n"), HW_OK);
    assert_int_equal(f.d.settings.n_by_locus, 3);
    assert_true(hw_settings_locus(&f.d.settings, "TH01")->male.rate == 1e-4);
    assert_true(fixture_noted(&f, "are not used"));
    assert_true(hw_settings_locus(&f.d.settings, "FGA")->male.rate == 0.003);
    assert_true(f.d.settings.standard.male.rate == 0.001);
    fixture_release(&f);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const bad_case cases[] = {
        {R, "", "t.csv, line 1: expected a header with the columns locus, female and male"},
        {R, "locus,female\n", "t.csv, line 1: expected a header with the columns locus, female and male"},
        {R, "\"locus\n", "t.csv, line 1: expected a closing quote"},
        {R, "locus,female,male\nTH01,2,0\n",
         "t.csv, line 2, column 6, field \"female\": expected a mutation rate from 0 to 1, found \"2\""},
        {R, "locus,female,male\nTH01,0\n", "line 2, field \"male\": expected a mutation rate from 0 to 1, found \"\""},
        {R, "locus,female,male\nTH01,0,-1\n", "field \"male\": expected a mutation rate from 0 to 1, found \"-1\""},
        {R, "locus,female,male\n,0,0\n", "field \"locus\": expected the name of a locus or \"default\", found nothing"},
        {R, "locus,female,male\n0123456789012345678901234567890123456789012345678901234567890123,0,0\n", "found a longer text"},
        {R, "locus,female,male\nTH01,0,0\nTHO1,0,0\n",
         "line 3, column 1, field \"locus\": TH01 stands here and in line 2; expected each locus once"},
        {R, "locus,female,male,model\nTH01,0,0,custom\n",
         "field \"model\": expected a mutation model (none, equal, proportional, onestep, stepwise, stepwise-stationary, dawid), found "
         "\"custom\""},
        {R, "locus,female,male,model\nTH01,0,0,x\n", "field \"model\": expected a mutation model"},
        {R, "locus,female,male,range\nTH01,0,0,x\n", "field \"range\": expected a mutation range from 0 to 1, found \"x\""},
        {R, "locus,female,male,rate2\nTH01,0,0,x\n", "field \"rate2\": expected a microvariant rate from 0 to 1"},
        {R, "locus,female,male,silent\nTH01,0,0,x\n", "field \"silent\": expected a frequency of a silent allele from 0 to 1"},
        {R, "locus,female,male\n\"TH01\"x,0,0\n", "t.csv, line 2, column 1: expected a separator"},
    };
    check_bad_cases(cases, sizeof cases / sizeof cases[0]);
    fixture f;
    fixture_init(&f);
    f.o.keep_good = true;
    assert_int_equal(fixture_read(&f, R, "locus,female,male\nTH01,x,0\n\"vWA\"x,0,0\nFGA,0,0\n"), HW_OK);
    assert_int_equal(f.d.settings.n_by_locus, 1);
    assert_int_equal(f.o.n_rejects, 2);
    fixture_release(&f);
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    fixture f, g;
    HW_CLEANUP(hw_str_release) hw_str out, again, losses;
    hw_str_init(&out, 0);
    hw_str_init(&again, 0);
    hw_str_init(&losses, 0);
    fixture_reads(&f, R, "locus,female,male,model,range,rate2,silent\ndefault,0.001,0.002,,,,\nFGA,0.1,0.2,dawid,0.3,0,0.01\n");
    assert_int_equal(hw_format_mutation_rates.write(&f.d, &f.o, &out, &losses, &f.err), HW_OK);
    assert_string_equal(
        out.s, "locus,female,male,model,range,rate2,silent\ndefault,0.001,0.002,stepwise,0.1,1e-06,0\nFGA,0.1,0.2,dawid,0.3,0,0.01\n");
    assert_string_equal(losses.s, "");
    fixture_reads(&g, HW_FORMAT_UNKNOWN, out.s);
    assert_int_equal(hw_format_mutation_rates.write(&g.d, &g.o, &again, NULL, &g.err), HW_OK);
    assert_string_equal(again.s, out.s);
    fixture_release(&g);
    /* what it cannot hold */
    f.d.settings.by_locus[0].male.range = 0.4;
    f.d.settings.theta = 0.01;
    f.d.settings.n_linked = 1;
    f.o.separator = ';';
    assert_int_equal(fixture_read(&f, HW_FORMAT_FREQUENCY_TABLE, "Allele,TH01\n6,1\n"), HW_OK);
    hw_str_clear(&out);
    assert_int_equal(hw_format_mutation_rates.write(&f.d, &f.o, &out, &losses, &f.err), HW_OK);
    assert_string_equal(losses.s, "FGA: a table of rates has one model, without transform or matrix, for both sexes; left out\n"
                                  "1 linked pairs: a table of rates holds none\n"
                                  "theta and the rule for rare alleles: a table of rates holds none\n"
                                  "profiles, families, cases and frequencies: a table of rates holds none\n");
    assert_string_equal(out.s, "locus;female;male;model;range;rate2;silent\ndefault;0.001;0.002;stepwise;0.1;1e-06;0\n");
    f.d.settings.n_linked = 0;
    /* each way in which the sexes may differ */
    hw_locus_settings *s = &f.d.settings.by_locus[0];
    const hw_mutation same = s->female;
    const hw_mutation other[] = {
        {.model = HW_MUTATION_EQUAL, .range = same.range, .rate2 = same.rate2},
        {.model = same.model, .range = same.range, .rate2 = same.rate2, .transform = HW_TRANSFORM_PR},
        {.model = same.model, .range = same.range / 2, .rate2 = same.rate2},
        {.model = same.model, .range = same.range, .rate2 = same.rate2 + 0.1},
    };
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        s->male = other[i];
        hw_str_clear(&losses);
        assert_int_equal(hw_format_mutation_rates.write(&f.d, &f.o, &out, &losses, &f.err), HW_OK);
        assert_true(hw_str_starts(losses.s, "FGA: "));
    }
    s->male = s->female = (hw_mutation){.model = HW_MUTATION_CUSTOM};
    hw_str_clear(&losses);
    assert_int_equal(hw_format_mutation_rates.write(&f.d, &f.o, &out, &losses, &f.err), HW_OK);
    assert_true(hw_str_starts(losses.s, "FGA: "));
    fixture_release(&f);
    fixture_init(&f);
    assert_int_equal(hw_format_mutation_rates.write(&f.d, &f.o, &out, NULL, &f.err), HW_USAGE);
    fixture_release(&f);
}

static void is_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool rates;
    } cases[] = {
        {"locus,female,male\n", true},         {"基因座,母系,父系\n", true}, {"sample,marker,mother,father\n", false},
        {"locus,female,male,allele\n", false}, {"locus,female\n", false},    {"", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hw_format_input in = {"x", cases[i].text, strlen(cases[i].text)};
        assert_int_equal(hw_format_mutation_rates.detect(&in) > 0, cases[i].rates);
    }
}

static void fails_each_allocation(void **state)
{
    (void)state;
    for (long nth = 1; nth < 1000; nth++) {
        fixture f;
        fixture_init(&f);
        hw_alloc_fail_at(nth, true);
        hw_status status = fixture_read(&f, R, "locus,female,male\ndefault,0,0\nTH01,0.1,0.1\nvWA,0.1,0.1\n");
        bool reached = hw_alloc_count() >= nth;
        hw_alloc_fail_at(0, false);
        fixture_release(&f);
        assert_int_equal(status, reached ? HW_NO_MEMORY : HW_OK);
        if (!reached) {
            return;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rates),   cmocka_unit_test(says_what_is_wrong),    cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(is_recognised), cmocka_unit_test(fails_each_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
