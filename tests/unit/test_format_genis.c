// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "format_fixture.h"

#define G HW_FORMAT_GENIS_TABLE
#define HEAD "Sample Name\tSpecimen Category\tUD1\tUD2\tMarker\tAllele 1\tAllele 2\tAllele 3\tAllele 4\n"

static void reads_a_table(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(
        &f, HW_FORMAT_UNKNOWN,
        HEAD "P1\tIR\tann\tK1\tTH01\t9\t9,3\t\t\nP1\tIR\tann\tK1\tvWA\t18\t\t\t\nP2\tPVV\tann\tK1\tvWA\t16\tOL\t\t\n"
             "P2\tPVV\tann\tMito\tHV1_RANGE\t16024\t16365\t\t\nP2\tPVV\tann\tMito\tHV2_RANGE\t73\t340\t500\t600\n"
             "P2\tPVV\tann\tMito\tHV1\t16223T\t16362C\t\t\nP2\tPVV\tann\tMito\tHV2\t73G\t\t\t\n"
             "P3\tPVV\tann\tMito\tHV1\t16223T\t\t\t\nP3\tPVV\tann\tMito\tHV1_RANGE\t16024\t16365\t\t\nP3\tPVV\tann\tMito\tHV2\t\t\t\t\n"
             "P3\tPVV\tann\tMito\tHV2_RANGE\t\t\t\t\n");
    assert_string_equal(fixture_genotype(&f, "P1", "TH01"), "9/9.3");
    assert_string_equal(fixture_genotype(&f, "P1", "vWA"), "18/18");
    assert_string_equal(fixture_genotype(&f, "P2", "vWA"), "16/-");
    assert_string_equal(hw_dataset_find_profile(&f.d, "P1")->category, "IR");
    assert_string_equal(hw_dataset_find_profile(&f.d, "P1")->kit, "K1");
    assert_string_equal(hw_dataset_find_profile(&f.d, "P2#Mito")->mt, "16024-16365,73-340,500-600;16223T 16362C 73G");
    assert_string_equal(hw_dataset_find_profile(&f.d, "P2#Mito")->person, "P2");
    assert_string_equal(hw_dataset_find_profile(&f.d, "P3")->mt, "16024-16365;16223T");
    fixture_release(&f);
}

static void keeps_own_haplotypes(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(&f, G, "Sample Name\tSpecimen Category\tUD1\tmt\tMarker\tAllele 1\tAllele 2\nA\tIR\tann\t16024-16365\tHV1\t16223T\t\n");
    assert_string_equal(f.d.profile[0]->mt, "16024-16365;16223T");
    fixture_release(&f);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const bad_case cases[] = {
        {G, "Sample Name\tSpecimen Category\tMarker\tAllele 1\tAllele 2\n",
         "t.csv, line 1, field \"header\": expected a column \"UD1\" in the header of a GENis table"},
        {G, "Sample Name\tUD1\tMarker\tAllele 1\tAllele 2\n", "expected a column \"Specimen Category\" in the header of a GENis table"},
        {G, "Sample ID\tUD1\tMarker\tAllele 1\tAllele 2\n", "expected a column \"Sample Name\" in the header of a GENis table"},
        {G, "Sample Name\tSpecimen Category\tUD1\tMarker\tAllele 1\n", "expected a column \"Allele 2\" in the header of a GENis table"},
        {G, HEAD "A\tIR\tann\tK\tTH01\t6\t7?\t\t\n", "t.csv, line 2, column 19, field \"Allele 2\": \"7?\" is no allele"},
        {G, HEAD "A\tIR\tann\tK\tHV5\t16223T\t\t\t\n", "field \"Allele 1\": \"16223T\" is no allele"},
    };
    check_bad_cases(cases, sizeof cases / sizeof cases[0]);
    hw_format_input in = {"x", "Sample Name\tMarker\tAllele 1\n", 28};
    assert_int_equal(hw_format_genis_table.detect(&in), 0);
    in.data = "<x/>";
    in.size = 4;
    assert_int_equal(hw_format_genis_table.detect(&in), 0);
    assert_int_equal(hw_format_genemapper.detect(&in), 0);
}

static void fails_each_allocation(void **state)
{
    (void)state;
    fail_each_allocation(G, HEAD
                         "A\tIR\tann\tK\tTH01\t6\t7\t8\t\nA\tIR\tann\tM\tHV1_RANGE\t1\t2\t\t\nA\tIR\tann\tM\tHV1\t16223T\t16362C\t\t\n");
}

static void reads_the_sample(void **state)
{
    (void)state;
    const char *path = shared_file("oracles/formats/genis/bulk_upload_synthetic.tsv");
    if (path == NULL) {
        return;
    }
    fixture f;
    fixture_init(&f);
    if (hw_format_read_file(path, &f.o, &f.d, &f.err) != HW_OK) {
        fail_msg("%s", f.err.msg);
    }
    assert_int_equal(f.d.n_profiles, 2);
    assert_string_equal(fixture_genotype(&f, "HW-0001", "TH01"), "9/9.3");
    assert_string_equal(fixture_genotype(&f, "HW-0001", "FGA"), "21/24.2");
    assert_string_equal(fixture_genotype(&f, "HW-0002", "vWA"), "16/-");
    fixture_release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_table),         cmocka_unit_test(keeps_own_haplotypes), cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(fails_each_allocation), cmocka_unit_test(reads_the_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
