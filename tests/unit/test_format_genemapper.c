// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "format_fixture.h"

#define GM HW_FORMAT_GENEMAPPER

static const char HEAD[] = "Status\tSample File\tSample Name\tSample ID\tComments\tSample Type\tSpecimen "
                           "Category\tPanel\tMarker\tDye\tAllele 1\tAllele 2\tAllele 3\tHeight 1\t\r\n";

static void reads_a_table(void **state)
{
    (void)state;
    fixture f;
    HW_CLEANUP(hw_str_release) hw_str text;
    hw_str_init(&text, 0);
    hw_str_add(&text, HEAD);
    hw_str_add(&text, "A\tl.hid\tL1\t\tNone\tAllelic Ladder\t\tIdentifiler\tTH01\tB\t4\t5\t6\t1\t\r\n"
                      "A\tp.hid\tPC\t\tNone\tPositive Control\t\tIdentifiler\tTH01\tB\t6\t\t\t1\t\r\n"
                      "A\tn.hid\tNC\t\tNone\tNegative Control\t\tIdentifiler\tTH01\tB\t\t\t\t1\t\r\n"
                      "A\tc.hid\tCC\t\tNone\tCustom Control\t\tIdentifiler\tTH01\tB\tx!\t\t\t1\t\r\n"
                      "A\ta.hid\tRES-1\tid1\tNone\tSample\tPNN\tIdentifiler\tTH01\tB\t9,3\t\t\t800\t\r\n"
                      "A\ta.hid\tRES-1\tid1\tNone\tSample\tPNN\tIdentifiler\tD21S11\tB\t31.2\tOL\t\t800\t\r\n"
                      "A\ta.hid\tRES-1\tid1\tNone\tSample\tPNN\tIdentifiler\tvWA\tB\tNone\t\t\t\t\r\n"
                      "A\ta.hid\tRES-1\tid1\tNone\tSample\tPNN\tIdentifiler\tFGA\tB\tOL\tOL\t\t\t\r\n"
                      "A\ta.hid\tRES-1\tid1\tNone\tSample\tPNN\tIdentifiler\tAMEL\tR\tX\tY\t\t\t\r\n"
                      "A\ta.hid\tRES-1\tid1\tNone\tSample\tPNN\tIdentifiler\tQS1\tR\tQ\t\t\t\t\r\n"
                      "A\tb.hid\tRES-1\tid1\tagain\tSample\tPNN\tIdentifiler\tvWA\tB\t16\t17\t\t\t\r\n"
                      "A\tf.hid\tFAM-1\tid2\tNone\tSample\tIR\tIdentifiler\tAMEL\tR\tX\t\t\t\t\r\n"
                      "A\tf.hid\tFAM-1\tid2\tNone\tSample\tIR\tIdentifiler\tD3S1358\tR\t14\t15\t16\t\t\r\n"
                      "A\ta.hid\tRES-1\tid1\tNone\tSample\tPNN\tIdentifiler\tTPOX\tB\t8\t11\t\t\t\r\n");
    fixture_reads(&f, HW_FORMAT_UNKNOWN, text.s);
    assert_int_equal(f.d.n_profiles, 3);
    assert_string_equal(fixture_genotype(&f, "RES-1", "TH01"), "9.3/9.3");
    assert_string_equal(fixture_genotype(&f, "RES-1", "D21S11"), "31.2/-");
    assert_string_equal(fixture_genotype(&f, "RES-1", "vWA"), "none");
    assert_string_equal(fixture_genotype(&f, "RES-1", "FGA"), "none");
    assert_string_equal(fixture_genotype(&f, "RES-1", "AMEL"), "X/Y");
    assert_string_equal(fixture_genotype(&f, "RES-1", "TPOX"), "8/11");
    assert_string_equal(fixture_genotype(&f, "RES-1#Identifiler", "vWA"), "16/17"); /* another run */
    assert_string_equal(hw_dataset_find_profile(&f.d, "RES-1#Identifiler")->person, "RES-1");
    assert_string_equal(hw_dataset_find_profile(&f.d, "RES-1#Identifiler")->comment, "again");
    assert_string_equal(fixture_genotype(&f, "FAM-1", "AMEL"), "X/X");
    assert_string_equal(fixture_genotype(&f, "FAM-1", "D3S1358"), "3 alleles 14 15 16");
    const hw_profile *p = hw_dataset_find_profile(&f.d, "RES-1");
    assert_string_equal(p->category, "PNN");
    assert_string_equal(p->kit, "Identifiler");
    assert_null(p->comment);
    assert_int_equal(p->line, 6);
    assert_true(fixture_noted(&f, "4 rows of ladders and controls left out"));
    assert_true(fixture_noted(&f, "3 off-ladder alleles (OL) read as not known"));
    uint32_t locus;
    assert_false(hw_panel_find(&f.d.panel, "QS1", &locus));
    fixture_release(&f);
}

static void reads_few_columns(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(&f, HW_FORMAT_UNKNOWN,
                  "Sample Name\tMarker\tAllele 1\tAllele 2\r\nAllelic_Ladder\tTH01\t4\t5\r\nPositive Control 1\tTH01\t6\t9.3\r\n"
                  "A\tTH01\t6\r\nA\tTHO1\t6\t6\r\n");
    assert_int_equal(f.d.n_profiles, 1);
    assert_string_equal(fixture_genotype(&f, "A", "TH01"), "6/6");
    assert_true(fixture_noted(&f, "2 rows of ladders and controls left out"));
    fixture_release(&f);

    fixture_init(&f);
    f.o.role = HW_FORMAT_ROLE_CHILDREN;
    assert_int_equal(fixture_read(&f, GM, "Sample Name\tMarker\tAllele 1\tAllele 2\tUD2\nA\tTH01\t6\t7\tK1\nA\tTH01\t6\t7\tK2\n"), HW_OK);
    assert_int_equal(f.d.n_children, 2);
    assert_string_equal(f.d.child[1]->id, "A#K2");
    fixture_release(&f);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const bad_case cases[] = {
        {GM, "Sample Name\tAllele 1\nA\t6\n",
         "t.csv, line 1, field \"header\": expected columns \"Sample Name\", \"Marker\" and \"Allele 1\" in the header of a GeneMapper "
         "table"},
        {GM, "Sample Name\tMarker\tAllele 1\tAllele 2\r\nA\tTH01\t6\t9.33\r\n",
         "t.csv, line 2, column 10, field \"Allele 2\": \"9.33\" is no allele; expected a repeat number such as 9 or 9.3"},
        {GM, "Sample Name\tMarker\tAllele 1\r\nA\tTH01\tX\r\n", "field \"Allele 1\": \"X\" is no allele of an STR"},
        {GM, "Sample Name\tMarker\tAllele 1\n\tTH01\t6\n", "line 2, column 1, field \"sample\": expected a sample code, found nothing"},
        {GM, "Sample Name\tMarker\tAllele 1\nA\tTH01\t6\nA\tTH01\t\n\nA\tTH01\t7\n",
         "line 5, column 3, field \"Marker\": sample A has a second row for TH01 with other alleles"},
        {GM, "Sample Name\tMarker\tAllele 1\nA\t\t6\n", "line 2, column 3, field \"Marker\": expected the name of a marker"},
    };
    check_bad_cases(cases, sizeof cases / sizeof cases[0]);
    fixture f;
    fixture_init(&f);
    f.o.keep_good = true;
    assert_int_equal(fixture_read(&f, GM, "Sample Name\tMarker\tAllele 1\nA\tTH01\t6x\nB\tTH01\t7\n"), HW_OK);
    assert_string_equal(f.rejects.s, "file,line,column,field,record,reason\n"
                                     "t.csv,2,8,Allele 1,\"A\tTH01\t6x\",\"\"\"6x\"\" is no allele; expected a repeat number such as 9 or "
                                     "9.3 (at most 9999.9), <9, >20, OL, "
                                     "a name of up to 4 letters, or nothing\"\n");
    assert_string_equal(fixture_genotype(&f, "B", "TH01"), "7/7");
    fixture_release(&f);
}

static void is_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        hw_format_id id;
    } cases[] = {
        {HEAD, GM},
        {"Sample Name\tMarker\tAllele 1\n", GM},
        {"Sample Name,Marker,Dye,Allele 1\n", GM},
        {"Sample Name,Marker,Allele 1\n", HW_FORMAT_CSV_LONG},
        {"Sample Name\tLocus\tAllele 1\n", HW_FORMAT_CSV_LONG},
        {"Person\tMarker\tAllele 1\n", HW_FORMAT_CSV_LONG},
        {"Sample Name\tSpecimen Category\tUD1\tMarker\tAllele 1\n", HW_FORMAT_GENIS_TABLE},
        {"Sample Name\tUD1\tMarker\tAllele 1\n", GM},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hw_format_input in = {"x", cases[i].text, strlen(cases[i].text)};
        const hw_format *f = hw_format_detect(&in);
        if (f == NULL || f->id != cases[i].id) {
            fail_msg("case %zu: taken for %s", i, f != NULL ? f->name : "nothing");
        }
    }
}

static void fails_each_allocation(void **state)
{
    (void)state;
    fail_each_allocation(GM, "Sample Name\tSample Type\tPanel\tMarker\tAllele 1\tAllele 2\tAllele 3\n"
                             "L\tLadder\t\tTH01\t4\nA\tSample\tK\tTH01\t6\t7\t8\nA\tSample\tL\tvWA\t14\tOL\n");
}

static void reads_samples(void **state)
{
    (void)state;
    const char *path = shared_file("oracles/formats/genemapper/genotypes_table_full_synthetic.txt");
    fixture f;
    if (path != NULL) {
        fixture_init(&f);
        if (hw_format_read_file(path, &f.o, &f.d, &f.err) != HW_OK) {
            fail_msg("%s", f.err.msg);
        }
        assert_int_equal(f.d.n_profiles, 2);
        assert_string_equal(fixture_genotype(&f, "FAM-0001-MO", "D21S11"), "29/31.2");
        assert_string_equal(fixture_genotype(&f, "RES-0042-CH", "D21S11"), "31.2/-");
        assert_string_equal(fixture_genotype(&f, "RES-0042-CH", "TH01"), "9/9.3");
        assert_string_equal(fixture_genotype(&f, "RES-0042-CH", "AMEL"), "X/Y");
        assert_string_equal(hw_dataset_find_profile(&f.d, "RES-0042-CH")->kit, "Identifiler");
        fixture_release(&f);
    }
    path = shared_file("oracles/formats/genemapper/genotypes_table_minimal_synthetic.txt");
    if (path != NULL) {
        fixture_init(&f);
        if (hw_format_read_file(path, &f.o, &f.d, &f.err) != HW_OK) {
            fail_msg("%s", f.err.msg);
        }
        assert_int_equal(f.d.n_profiles, 2);
        assert_string_equal(fixture_genotype(&f, "FAM-0001-MO", "AMEL"), "X/X");
        fixture_release(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_table), cmocka_unit_test(reads_few_columns),     cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(is_recognised), cmocka_unit_test(fails_each_allocation), cmocka_unit_test(reads_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
