// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "format_document.h"

#include <libxml/parser.h>

#define X HW_FORMAT_STRIDER_XML

static const char two[] = "<?xml version=\"1.0\"?>\n<frequencies>\n <other><marker/></other>\n"
                          " <marker><name> TH01 </name><alleles>6, 9.3</alleles><origin name=\"AUSTRIA\" n=\"222\"><frequency allele=\"9.3\">0.75</frequency><frequency allele=\"6\">0.25</frequency></origin>\n"
                          "  <origin name=\"GREECE\"><frequency allele=\"6\">1</frequency></origin></marker>\n"
                          " <marker><name>Penta_D</name><origin name=\"AUSTRIA\" n=\"200\"><frequency allele=\"9\">0.5</frequency><frequency allele=\"12\">0.5</frequency></origin></marker>\n</frequencies>\n";

static void reads_populations(void **state)
{
    (void)state;
    fixture f;
    must_read(&f, HW_FORMAT_UNKNOWN, "s.xml", two);
    assert_int_equal(f.d.n_populations, 2);
    const hw_population *a = f.d.population[0];
    assert_string_equal(a->name, "AUSTRIA");
    assert_string_equal(a->source, "s.xml");
    assert_int_equal(a->n, 2);
    const hw_freq *t = hw_population_find(a, "TH01");
    assert_true(t->n == 2 && t->allele[0] == 60 && t->freq[0] == 0.25 && t->chromosomes == 444);
    assert_non_null(hw_population_find(a, "Penta D"));
    assert_string_equal(f.d.population[1]->name, "GREECE");
    assert_true(f.d.population[1]->freq[0].chromosomes == 0);
    fixture_release(&f);
    const char *path = shared_file("oracles/formats/frequency/strider_shape_synthetic.xml");
    if (path != NULL) {
        must_read_file(&f, path);
        assert_int_equal(f.d.n_populations, 2);
        fixture_release(&f);
    }
}

#define F(x) "<frequencies>\n<marker>" x "</marker></frequencies>"

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const bad_case cases[] = {
        {X, "<a/>", "expected the element <frequencies>, found <a>"},
        {X, "<frequencies>\n</x>", "t.csv, line 2"},
        {X, "<frequencies/>", "no frequency table"},
        {X, F(""), "line 2, field \"marker\": a marker without a name"},
        {X, F("<name></name>"), "a marker without a name"},
        {X, F("<name>TH01</name><origin/>"), "field \"origin\": an origin without a name"},
        {X, F("<name>TH01</name><origin name=\"A\"/>"), "0 alleles"},
        {X, F("<name>TH01</name><origin name=\"A\" n=\"x\"/>"), "a number of persons in n, found \"x\""},
        {X, F("<name>TH01</name><origin name=\"A\"><frequency>1</frequency></origin>"), "without the attribute allele"},
        {X, F("<name>TH01</name><origin name=\"A\"><frequency allele=\"!!\">1</frequency></origin>"), "\"!!\" is no allele"},
        {X, F("<name>TH01</name><origin name=\"A\"><frequency allele=\"6\">2</frequency></origin>"), "allele 6: expected a frequency from 0 to 1, found \"2\""},
        {X, F("<name>TH01</name><origin name=\"A\"><frequency allele=\"6\">x</frequency></origin>"), "found \"x\""},
        {X, F("<name>TH01</name><origin name=\"A\"><frequency allele=\"6\">0.5</frequency></origin>"), "sum to 0.5"},
        {X, F("<name>TH01</name><origin name=\"A\"><frequency allele=\"6\">1</frequency></origin><origin name=\"A\"><frequency allele=\"6\">1</frequency></origin>"), "TH01 is listed twice"},
        {X, "<!DOCTYPE frequencies><frequencies/>", "a document type declaration"},
    };
    check_bad_cases(cases, sizeof cases / sizeof cases[0]);
}

static void keeps_good_tables(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    f.o.keep_good = true;
    static const char text[] = "<frequencies><marker></marker><marker><name>TH01</name><origin name=\"A\"><frequency allele=\"6\">0.2</frequency></origin>"
                               "<origin name=\"B\"><frequency allele=\"6\">1</frequency></origin></marker></frequencies>";
    assert_int_equal(read_named(&f, X, "k.xml", text, strlen(text)), HW_OK);
    assert_int_equal(f.o.n_rejects, 2);
    assert_int_equal(f.d.n_populations, 1);
    assert_string_equal(f.d.population[0]->name, "B");
    fixture_release(&f);
}

static void survives_anything(void **state)
{
    (void)state;
    truncate_everywhere(X, "x.xml", two, 1);
    starve(X, "x.xml", two);
}

static void survives_want_of_memory(void **state)
{
    (void)state;
    fail_every_allocation(X, "s.xml", two, HW_FORMAT_HOMEWARD_JSON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_populations),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(keeps_good_tables),
        cmocka_unit_test(survives_anything),
        cmocka_unit_test(survives_want_of_memory),
    };
    int result = cmocka_run_group_tests(tests, NULL, NULL);
    xmlCleanupParser();
    return result;
}
