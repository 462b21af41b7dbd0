// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Settings from several files: the first is followed, a later one that says otherwise is named. */
#include "format_document.h"

#define FAM(theta)                                                                                                                         \
    "\"Output from Familias, version 3.3.1\"\n\"DO NOT EDIT!\"\n3.3.1\n\"\"\n0\n\"Known relations\"\n0\n0\n0\n0\n"                         \
    "#FALSE# (#Databases: 1 ;Theta/Kinship/Fst: " theta " )\n1\n#FALSE#\n\"TH01\"\n0.001\n0.002\n0\n0\n2\n0\n0\n0\n0\n#FALSE#\n0\n2\n"     \
    "\"8\"\n0.25\n\"9.3\"\n0.75\n"
#define RATES "locus,female,male\nTH01,0.01,0.02\nvWA,0.1,0.2\n"
#define RATES_TURNED "locus,female,male\nvWA,0.1,0.2\nTH01,0.01,0.02\n"
#define JSON "{\"format\": \"homeward/1\", \"settings\": {\"theta\": 0.03}}"

static const struct {
    const char *name, *text;
    hw_format_id id;
} FILES[] = {
    {"a.fam", FAM("0.01"), HW_FORMAT_FAMILIAS},
    {"a.json", JSON, HW_FORMAT_HOMEWARD_JSON},
    {"a.csv", RATES, HW_FORMAT_MUTATION_RATES},
};

static void read_more(fixture *f, hw_format_id id, const char *name, const char *text)
{
    if (read_named(f, id, name, text, strlen(text)) != HW_OK) {
        fail_msg("not read: %s", f->err.msg);
    }
}

static void follows_the_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < 9; i++) {
        size_t first = i / 3, second = i % 3;
        fixture f, alone;
        must_read(&alone, FILES[first].id, FILES[first].name, FILES[first].text);
        must_read(&f, FILES[first].id, FILES[first].name, FILES[first].text);
        assert_string_equal(f.d.settings_file, FILES[first].name);
        const char *name = first == second ? "again" : FILES[second].name;
        read_more(&f, FILES[second].id, name, FILES[second].text);
        assert_true(f.d.has_settings);
        assert_true(f.d.settings.theta == alone.d.settings.theta);
        assert_int_equal(f.d.settings.n_by_locus, alone.d.settings.n_by_locus);
        assert_string_equal(f.d.settings_file, FILES[first].name);
        bool noted = false;
        for (size_t k = 0; k < f.d.n_notes; k++) {
            const char *text = f.d.note[k].text;
            noted |= strstr(text, "not used") != NULL && strstr(text, name) != NULL && strstr(text, FILES[first].name) != NULL;
        }
        assert_int_equal(noted, first != second); /* the same settings again are nothing to tell */
        fixture_release(&f);
        fixture_release(&alone);
    }
}

static void knows_the_same_settings(void **state)
{
    (void)state;
    static const hw_allele alleles[] = {80, 93};
    static const double m1[] = {1, 0, 0, 1}, m2[] = {0.5, 0.5, 0, 1};
    fixture f;
    must_read(&f, HW_FORMAT_MUTATION_RATES, "a.csv", RATES);
    read_more(&f, HW_FORMAT_MUTATION_RATES, "b.csv", RATES_TURNED); /* another order */
    assert_int_equal(f.d.n_notes, 0);
    read_more(&f, HW_FORMAT_MUTATION_RATES, "c.csv", RATES "default,0.001,0.002\n"); /* the defaults, said */
    assert_int_equal(f.d.n_notes, 0);
    read_more(&f, HW_FORMAT_MUTATION_RATES, "d.csv", RATES "FGA,0,0\n");
    assert_int_equal(f.d.n_notes, 1);
    fixture_release(&f);
    /* every part counts */
    hw_linked_pair pairs[] = {{"vWA", "D12S391", 0.1}}, turned[] = {{"D12S391", "vWA", 0.1}}, other[] = {{"vWA", "FGA", 0.1}};
    for (int part = 0; part < 12; part++) {
        hw_settings a, b;
        hw_settings_init(&a);
        a.linked = pairs;
        a.n_linked = 1;
        a.standard.female = (hw_mutation){.model = HW_MUTATION_CUSTOM, .n = 2, .allele = alleles, .matrix = m1};
        b = a;
        b.linked = turned;
        bool same = false;
        switch (part) {
        case 0:
            same = true;
            break;
        case 1:
            b.theta = -2;
            same = true;
            break;
        case 2:
            b.theta = 0;
            break;
        case 3:
            b.rare_rule = HW_RARE_LAPLACE;
            break;
        case 4:
            b.rare_value = 0.5;
            same = true;
            break; /* asked for by HW_RARE_FIXED only */
        case 5:
            b.sex_error = 0.5;
            break;
        case 6:
            b.linked = other;
            break;
        case 7:
            b.n_linked = 0;
            break;
        case 8:
            b.standard.female.matrix = m2;
            break;
        case 9:
            b.standard.silent = 0.1;
            break;
        case 10:
            b.standard.female.allele = NULL;
            break;
        default:
            b.standard.male.transform = HW_TRANSFORM_PM;
            break;
        }
        fixture_init(&f);
        assert_int_equal(hw_format_settings(&f.d, "first", &a, &f.err), HW_OK);
        assert_int_equal(hw_format_settings(&f.d, "second", &b, &f.err), HW_OK);
        if ((f.d.n_notes == 0) != same) {
            fail_msg("part %d is taken for %s", part, same ? "another" : "the same");
        }
        fixture_release(&f);
    }
}

/* theta 0 in a .fam is what the program writes when nobody asked for one: it is that of its own table only. */
static void takes_no_theta_from_zero(void **state)
{
    (void)state;
    fixture f;
    must_read(&f, HW_FORMAT_FAMILIAS, "a.fam", FAM("0"));
    assert_true(f.d.settings.theta < 0);
    assert_true(f.d.population[0]->theta <= 0);
    assert_true(fixture_noted(&f, "theta is 0 with the frequency table of this file"));
    fixture_release(&f);
    must_read(&f, HW_FORMAT_FAMILIAS, "a.fam", FAM("0.01"));
    assert_true(f.d.settings.theta > 0.009 && f.d.population[0]->theta > 0.009);
    assert_false(fixture_noted(&f, "theta"));
    fixture_release(&f);
}

static void lacks_memory(void **state)
{
    (void)state;
    hw_settings s;
    hw_settings_init(&s);
    fixture f;
    fixture_init(&f);
    hw_alloc_fail_at(1, true);
    hw_status status = hw_format_settings(&f.d, "a", &s, &f.err);
    hw_alloc_fail_at(0, false);
    assert_int_equal(status, HW_NO_MEMORY);
    assert_false(f.d.has_settings);
    /* settings that came from no file */
    f.d.has_settings = true;
    f.d.settings.theta = 0.5;
    assert_int_equal(hw_format_settings(&f.d, "a", &s, &f.err), HW_OK);
    assert_true(fixture_noted(&f, "a file read before"));
    fixture_release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_first),
        cmocka_unit_test(knows_the_same_settings),
        cmocka_unit_test(takes_no_theta_from_zero),
        cmocka_unit_test(lacks_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
