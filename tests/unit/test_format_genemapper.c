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

/* Two alleles beside an off-ladder peak are three peaks: the two are not a complete genotype. */
static void sets_three_peaks_aside(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(&f, HW_FORMAT_UNKNOWN,
                  "Sample Name\tMarker\tAllele 1\tAllele 2\tAllele 3\n"
                  "A\tTH01\tOL\t6\t7\nA\tvWA\t14\tOL\t\nA\tFGA\tOL\tOL\t22\nA\tTPOX\t8\t8\tOL\nA\tAMEL\tX\tY\tOL\n"
                  "A\tDYS391\t10\t11\tOL\nA\tD3S1358\t14\t15\t-\n");
    assert_string_equal(fixture_genotype(&f, "A", "TH01"), "3 alleles 6 7 OL");
    assert_string_equal(fixture_genotype(&f, "A", "vWA"), "14/-");
    assert_string_equal(fixture_genotype(&f, "A", "FGA"), "none");
    assert_string_equal(fixture_genotype(&f, "A", "TPOX"), "8/-");
    assert_string_equal(fixture_genotype(&f, "A", "AMEL"), "X/Y");
    assert_string_equal(fixture_genotype(&f, "A", "DYS391"), "3 alleles 10 11 OL");
    assert_string_equal(fixture_genotype(&f, "A", "D3S1358"), "14/15");
    assert_true(fixture_noted(&f, "sample A, TH01: three or more peaks, one of them off the ladder: set aside"));
    assert_true(fixture_noted(&f, "sample A, FGA: three or more peaks"));
    const hw_profile *p = hw_dataset_find_profile(&f.d, "A");
    uint32_t l;
    assert_true(hw_panel_find(&f.d.panel, "TH01", &l));
    assert_false(hw_genotype_typed(hw_profile_at(p, l)));
    hw_profile_note *notes = NULL;
    size_t n = 0;
    assert_int_equal(hw_profile_review(&f.d.arena, &f.d.panel, p, &notes, &n, &f.err), HW_OK);
    bool told = false;
    for (size_t i = 0; i < n; i++) {
        told |= notes[i].kind == HW_NOTE_TRIALLELE && notes[i].locus == l;
    }
    assert_true(told);
    fixture_release(&f);
    /* the same in a table with one row per person */
    fixture_reads(&f, HW_FORMAT_CSV_WIDE, "sample,TH01.1,TH01.2,TH01.3,vWA\nA,OL,6,7,14/OL/15\nB,6,OL,,14/OL\n");
    assert_string_equal(fixture_genotype(&f, "A", "TH01"), "3 alleles 6 7 OL");
    assert_string_equal(fixture_genotype(&f, "A", "vWA"), "3 alleles 14 15 OL");
    assert_string_equal(fixture_genotype(&f, "B", "TH01"), "6/-");
    assert_string_equal(fixture_genotype(&f, "B", "vWA"), "14/-");
    assert_true(fixture_noted(&f, "sample A, TH01: three or more peaks"));
    fixture_release(&f);
}

/* Without a sample type the name tells, and the note says whose rows they were. */
static void knows_controls_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool control;
    } cases[] = {
        {"PC", true},
        {"pc", true},
        {"NC", true},
        {"PC1", true},
        {"PC-01", true},
        {"NC_2", true},
        {"PC plate 3", true},
        {"BLANK", true},
        {"blank", true},
        {"Blank 12", true},
        {"positive control", true},
        {"Negative_Control-2", true},
        {"run7 Positive Control", true},
        {"9947A", true},
        {"9947a-rerun", true},
        {"9948", true},
        {"9948_1", true},
        {"2800M", true},
        {"2800M-kid", true},
        {"2800M_20260131", true},
        {"007", true},
        {"007-1", true},
        {"Control DNA 007", true},
        {"Ladder", true},
        {"Allelic Ladder", true},
        {"Allelic_Ladder_3", true},
        {"LADDER-A01", true},
        {"run7 Allelic Ladder", true},
        /* people's samples */
        {"PCR-12", false},
        {"PC-00123", false},
        {"NC0042", false},
        {"NCHILD", false},
        {"0071", false},
        {"007-4711", false},
        {"99481", false},
        {"9948-1234", false},
        {"2800MX", false},
        {"2800", false},
        {"kid-2800M", false},
        {"Blanka", false},
        {"Bladder", false},
        {"RES-PC", false},
        {"A-007", false},
        {"P", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        HW_CLEANUP(hw_str_release) hw_str text;
        hw_str_init(&text, 0);
        hw_str_addf(&text, "Sample Name\tMarker\tAllele 1\tAllele 2\nRES-1\tTH01\t6\t7\n%s\tTH01\t6\t7\n%s\tvWA\t14\t15\n", cases[i].name,
                    cases[i].name);
        fixture_reads(&f, HW_FORMAT_UNKNOWN, text.s);
        hw_str_clear(&text);
        hw_str_addf(&text, "2 rows of ladders and controls left out: %s", cases[i].name);
        if ((f.d.n_profiles == 1) != cases[i].control || fixture_noted(&f, text.s) != cases[i].control) {
            fail_msg("\"%s\" is taken for %s", cases[i].name, cases[i].control ? "a sample" : "a control");
        }
        fixture_release(&f);
    }
    fixture f;
    HW_CLEANUP(hw_str_release) hw_str text;
    hw_str_init(&text, 0);
    hw_str_add(&text, "Sample Name\tMarker\tAllele 1\tAllele 2\n");
    for (int i = 0; i < 25; i++) {
        hw_str_addf(&text, "PC%d\tTH01\t6\t7\n", i);
    }
    fixture_reads(&f, HW_FORMAT_UNKNOWN, text.s);
    assert_true(fixture_noted(&f, "25 rows of ladders and controls left out: PC0, PC1, "));
    assert_true(fixture_noted(&f, ", PC19 and 5 more"));
    fixture_release(&f);
    /* a type that is stated decides */
    fixture_reads(&f, HW_FORMAT_UNKNOWN,
                  "Sample Name\tSample Type\tMarker\tAllele 1\tAllele 2\nPC\tSample\tTH01\t6\t7\nNC\t\tTH01\t6\t7\n");
    assert_int_equal(f.d.n_profiles, 1);
    assert_string_equal(f.d.profile[0]->id, "PC");
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
        cmocka_unit_test(reads_a_table),          cmocka_unit_test(reads_few_columns),      cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(is_recognised),          cmocka_unit_test(fails_each_allocation),  cmocka_unit_test(reads_samples),
        cmocka_unit_test(sets_three_peaks_aside), cmocka_unit_test(knows_controls_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
