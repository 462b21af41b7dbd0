// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "format_document.h"

#include <libxml/xmlschemas.h>
#include <libxml/xmlschemastypes.h>

#include "formats/cmf.h"
#include "formats/xml_input.h"

#define CMF HW_FORMAT_CMF_XML

#define TOP "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CODISImportFile xmlns=\"urn:CODISImportFile-schema\">\n"
#define HEADER \
    "<HEADERVERSION>3.2</HEADERVERSION><MESSAGETYPE>Import</MESSAGETYPE><DESTINATIONORI>D</DESTINATIONORI><SOURCELAB>S</SOURCELAB>" \
    "<SUBMITBYUSERID>u</SUBMITBYUSERID><SUBMITDATETIME>2020-01-01T00:00:00</SUBMITDATETIME>"
#define LOCUS(name, alleles) "<LOCUS><LOCUSNAME>" name "</LOCUSNAME><READINGBY>u</READINGBY><READINGDATETIME>2020-01-01T00:00:00</READINGDATETIME>" alleles "</LOCUS>\n"
#define A(x) "<ALLELE><ALLELEVALUE>" x "</ALLELEVALUE></ALLELE>"
#define SPECIMEN(attributes, id, category, loci) \
    "<SPECIMEN " attributes "><SPECIMENID>" id "</SPECIMENID>\n<SPECIMENCATEGORY>" category "</SPECIMENCATEGORY>" loci "</SPECIMEN>\n"
#define END "</CODISImportFile>\n"

static const char family[] = TOP HEADER "<BATCHID>b</BATCHID><KIT>PowerPlex16</KIT>\n"
    SPECIMEN("CASEID=\"F1\"", "MO", "Biological Mother", "<SPECIMENCOMMENT>her comment</SPECIMENCOMMENT>" LOCUS("TH01", A("6") A("9.3")) LOCUS("Amelogenin", A("X")) LOCUS("D3S1358", A("15")))
    SPECIMEN("CASEID=\"F1\"", "FA", "Biological Father", LOCUS("THO1", A("6") A("7")) LOCUS("AMEL", A("X") A("X")))
    SPECIMEN("CASEID=\"F1\"", "SIB", "Biological Sibling", "<LOCUS KIT=\"PowerPlex 16\"><LOCUSNAME>TH01</LOCUSNAME><ALLELE><ALLELEVALUE>6</ALLELEVALUE></ALLELE></LOCUS>" LOCUS("Amelogenin", A("X") A("Y")))
    SPECIMEN("CASEID=\"F1\"", "AUNT", "Maternal Relative", LOCUS("TH01", A("6") A("9.3")))
    SPECIMEN("CASEID=\"F2\"", "KID", "Biological Child", LOCUS("TH01", A("6") A("9.3")))
    SPECIMEN("CASEID=\"F2\"", "WIFE", "Spouse", LOCUS("TH01", A("6") A("8")) LOCUS("Amelogenin", A("X")))
    SPECIMEN("", "AF", "Alleged Father", LOCUS("TH01", A("6") A("8")))
    SPECIMEN("CASEID=\"F3\"", "AM", "Alleged Mother", LOCUS("TH01", A("6") A("8")))
    SPECIMEN("CASEID=\"R1\" PARTIAL=\"true\"", "CH", "Unidentified Person", LOCUS("TH01", A("6")) LOCUS("FGA", A("&lt;18") A("&gt;30")) LOCUS("D21S11", A("28") A("29") A("30")) LOCUS("DYS391", A("10")))
    SPECIMEN("", "CH2", "Missing Person", LOCUS("TH01", A("6")) LOCUS("FGA", A("OL") A("20")))
    SPECIMEN("", "OFF", "Convicted Offender", LOCUS("TH01", A("6")))
    END;

static void reads_specimens_and_families(void **state)
{
    (void)state;
    fixture f;
    must_read(&f, HW_FORMAT_UNKNOWN, "x.xml", family);
    hw_dataset *d = &f.d;
    assert_int_equal(d->n_profiles, 11);
    assert_int_equal(d->n_children, 2);
    assert_int_equal(d->n_families, 3);
    assert_string_equal(fixture_genotype(&f, "MO", "TH01"), "6/9.3");
    assert_string_equal(fixture_genotype(&f, "MO", "D3S1358"), "15/15"); /* a homozygote is written once */
    assert_string_equal(fixture_genotype(&f, "CH", "TH01"), "6/-");      /* but not in a partial specimen */
    assert_string_equal(fixture_genotype(&f, "CH", "DYS391"), "10/10");
    assert_string_equal(fixture_genotype(&f, "CH", "FGA"), "<18/>30");
    assert_string_equal(fixture_genotype(&f, "CH", "D21S11"), "3 alleles 28 29 30");
    assert_string_equal(fixture_genotype(&f, "CH2", "TH01"), "6/6");
    const hw_profile *mo = hw_dataset_find_profile(d, "MO");
    assert_string_equal(mo->family, "F1");
    assert_string_equal(mo->category, "Biological Mother");
    assert_string_equal(mo->comment, "her comment");
    assert_string_equal(mo->kit, "PowerPlex16");
    assert_string_equal(hw_dataset_find_profile(d, "SIB")->kit, "PowerPlex 16");
    assert_int_equal(hw_dataset_find_profile(d, "SIB")->sex, HW_SEX_MALE);
    assert_int_equal(hw_dataset_find_profile(d, "FA")->sex, HW_SEX_MALE);
    assert_true(fixture_noted(&f, "specimen FA is a female by its amelogenin"));
    assert_true(fixture_noted(&f, "the kit \"PowerPlex16\" is no name of the CMF schema (\"PowerPlex 16\")"));
    assert_true(fixture_noted(&f, "specimen AUNT (Maternal Relative): the category does not say"));
    assert_true(fixture_noted(&f, "specimen AF (Alleged Father) has no CASEID"));
    assert_true(fixture_noted(&f, "specimen AM (Alleged Mother) is taken for the parent"));
    assert_true(fixture_noted(&f, "specimen CH is marked partial"));
    const hw_family *f1 = &d->family[0];
    assert_string_equal(f1->id, "F1");
    assert_int_equal(f1->n_missing, 1);
    const hw_person *missing = &f1->pedigree.person[f1->missing[0]];
    uint32_t m = 0, x = 0, s = 0;
    assert_true(hw_pedigree_find(&f1->pedigree, "MO", &m) && hw_pedigree_find(&f1->pedigree, "FA", &x) && hw_pedigree_find(&f1->pedigree, "SIB", &s));
    assert_int_equal(missing->mother, (int32_t)m);
    assert_int_equal(missing->father, (int32_t)x);
    assert_int_equal(f1->pedigree.person[s].mother, (int32_t)m);
    assert_ptr_equal(f1->profile[m], mo);
    /* the missing person is the parent of KID, with WIFE */
    const hw_family *f2 = &d->family[1];
    uint32_t kid = 0, wife = 0;
    assert_true(hw_pedigree_find(&f2->pedigree, "KID", &kid) && hw_pedigree_find(&f2->pedigree, "WIFE", &wife));
    assert_int_equal(f2->pedigree.person[kid].mother, (int32_t)wife);
    assert_int_equal(f2->pedigree.person[kid].father, (int32_t)f2->missing[0]);
    fixture_release(&f);
    fixture_init(&f);
    f.o.role = HW_FORMAT_ROLE_CHILDREN;
    assert_int_equal(read_named(&f, CMF, "x.xml", family, strlen(family)), HW_OK);
    assert_int_equal(f.d.n_children, 4); /* the offender too, and who has no family */
    fixture_release(&f);
}

static void reads_rapid_and_odd_versions(void **state)
{
    (void)state;
    fixture f;
    must_read(&f, HW_FORMAT_UNKNOWN, "r.xml",
              "<!-- c --><r:CODISRapidImportFile xmlns:r=\"urn:CODISRapidImportFile-schema\"><r:HEADER><r:MESSAGEVERSION>16.0</r:MESSAGEVERSION></r:HEADER><r:DEVICE/>"
              "<r:SPECIMEN><r:SPECIMENID>A1</r:SPECIMENID><r:SPECIMENCATEGORY>Arrestee</r:SPECIMENCATEGORY><r:LOCUS><r:LOCUSNAME>TH01</r:LOCUSNAME><r:KIT>GlobalFiler</r:KIT>"
              "<r:ALLELE><r:ALLELEVALUE>6</r:ALLELEVALUE></r:ALLELE></r:LOCUS></r:SPECIMEN></r:CODISRapidImportFile>");
    assert_string_equal(fixture_genotype(&f, "A1", "TH01"), "6/6");
    assert_string_equal(hw_dataset_find_profile(&f.d, "A1")->kit, "GlobalFiler");
    fixture_release(&f);
    must_read(&f, CMF, "v.xml", TOP "<HEADERVERSION>9.9</HEADERVERSION><KIT></KIT>" SPECIMEN("PARTIAL=\"1\"", "A", "Other", LOCUS("TH01", A("6"))) END);
    assert_true(fixture_noted(&f, "CMF version \"9.9\""));
    fixture_release(&f);
    /* the text is UTF-8 when it comes here, whatever it once was */
    must_read(&f, CMF, "g.xml",
              "<?xml version=\"1.0\" encoding=\"GB18030\"?><CODISImportFile><HEADERVERSION>9.9</HEADERVERSION>" SPECIMEN(
                  "PARTIAL=\"1\" CASEID=\"\xE5\xAD\xA9\"", "A", "Other", LOCUS("TH01", A("6"))) END);
    assert_string_equal(f.d.profile[0]->family, "\xE5\xAD\xA9");
    assert_string_equal(fixture_genotype(&f, "A", "TH01"), "6/-");
    fixture_release(&f);
}

static void reads_the_samples(void **state)
{
    (void)state;
    static const char *const names[] = {"codis/cmf32_example.xml", "codis/cmf32_missing_child_synthetic.xml", "genis/cmf32_kit_alias_invalid.xml"};
    for (size_t i = 0; i < 3; i++) {
        char name[200];
        snprintf(name, sizeof name, "oracles/formats/%s", names[i]);
        const char *path = shared_file(name);
        if (path == NULL) {
            return;
        }
        fixture f;
        must_read_file(&f, path);
        if (i == 1) {
            assert_int_equal(f.d.n_children, 1);
            assert_int_equal(f.d.n_families, 1);
            assert_string_equal(fixture_genotype(&f, "RES-0042-CH", "FGA"), "22/>30");
            assert_string_equal(f.d.child[0]->family, "RES-0042");
        } else if (i == 2) {
            assert_true(fixture_noted(&f, "PowerPlex16"));
        }
        fixture_release(&f);
    }
}

/* --- writing --- */

static void ignore_xml_errors(void *ctx, const char *format, ...)
{
    (void)ctx;
    (void)format;
}

static xmlSchemaPtr load_schema(void)
{
    char path[1024];
    const char *source = getenv("HOMEWARD_SOURCE");
    snprintf(path, sizeof path, "%s/data/schemas/cmf33_2017.xsd", source != NULL ? source : ".");
    xmlSchemaParserCtxtPtr p = xmlSchemaNewParserCtxt(path);
    assert_non_null(p);
    xmlSchemaPtr schema = xmlSchemaParse(p);
    xmlSchemaFreeParserCtxt(p);
    if (schema == NULL) {
        fail_msg("no schema at %s", path);
    }
    return schema;
}

static bool is_valid(const char *text)
{
    xmlSchemaPtr schema = load_schema();
    xmlDocPtr doc = xmlReadMemory(text, (int)strlen(text), "x", NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    xmlSchemaValidCtxtPtr v = xmlSchemaNewValidCtxt(schema);
    assert_non_null(v);
    xmlSchemaSetValidErrors(v, ignore_xml_errors, ignore_xml_errors, NULL);
    int result = xmlSchemaValidateDoc(v, doc);
    xmlSchemaFreeValidCtxt(v);
    xmlFreeDoc(doc);
    xmlSchemaFree(schema);
    return result == 0;
}

static const char rich[] =
    "{\"format\": \"homeward/1\", \"synthetic\": true, \"settings\": {}, \"populations\": [{\"name\": \"P\", \"loci\": []}],\n"
    " \"profiles\": [{\"id\": \"MO\", \"family\": \"F\", \"sex\": \"F\", \"kit\": \"powerplex16\", \"comment\": \"a|b;c\", \"category\": \"Alleged Mother\", \"genotypes\": {\"TH01\": [6, 10], \"D6S1043\": [12, 13], \"AMEL\": [\"X\", \"X\"], \"DYS389 I\": [13]}},\n"
    "  {\"id\": \"MO-2\", \"person\": \"MO\", \"family\": \"F\", \"genotypes\": {\"FGA\": [20, 21]}},\n"
    "  {\"id\": \"FA\", \"family\": \"F\", \"genotypes\": {\"TH01\": [6, 7]}}, {\"id\": \"SIB\", \"family\": \"F\", \"genotypes\": {\"TH01\": [6, 7]}},\n"
    "  {\"id\": \"GM\", \"family\": \"F\", \"genotypes\": {\"TH01\": [6, 7]}}, {\"id\": \"GF\", \"family\": \"F\", \"genotypes\": {\"TH01\": [6, 7]}}, {\"id\": \"UN\", \"family\": \"F\", \"genotypes\": {\"TH01\": [6, 7]}},\n"
    "  {\"id\": \"KID\", \"family\": \"F\", \"genotypes\": {\"TH01\": [6, 7]}}, {\"id\": \"WIFE\", \"family\": \"F\", \"genotypes\": {\"TH01\": [6, 7]}}, {\"id\": \"INLAW\", \"family\": \"F\", \"genotypes\": {\"TH01\": [6, 7]}},\n"
    "  {\"id\": \"a-very-long-code-of-more-than-24-characters\", \"family\": \"a family code that is longer than thirty-two characters\", \"category\": \"odd\", \"kit\": \"no such kit\", \"mt\": \"1-2;\", \"sex\": \"M\", \"dropout\": 0.1, \"genotypes\": {\"TH01\": [6, null], \"FGA\": [20, 20], \"vWA\": [14, 15, 16]}},\n"
    "  {\"id\": \"empty\", \"genotypes\": {}}, {\"id\": \"only\", \"genotypes\": {\"D6S1043\": [11, 12]}}, {\"id\": \"rest\", \"genotypes\": {\"TH01\": [\"Rest allele\", 6], \"FGA\": [\"silent\", 20], \"vWA\": [\"<14\", \"OL\"]}}],\n"
    " \"children\": [{\"id\": \"\xE5\xAD\xA9\xE5\xAD\x90|1\", \"genotypes\": {\"TH01\": [6, 6]}}, {\"id\": \"CH2\", \"category\": \"Missing Person\", \"genotypes\": {\"TH01\": [6, 6]}}],\n"
    " \"families\": [{\"id\": \"F\", \"comment\": \"c\", \"individuals\": [{\"id\": \"GF\", \"sex\": \"M\"}, {\"id\": \"GM\", \"sex\": \"F\"}, {\"id\": \"MO\", \"sex\": \"F\", \"father\": \"GF\", \"mother\": \"GM\"}, {\"id\": \"PG\", \"sex\": \"M\"}, {\"id\": \"FA\", \"sex\": \"M\", \"father\": \"PG\"}, {\"id\": \"UN\", \"father\": \"PG\", \"sex\": \"M\"},\n"
    "   {\"id\": \"X\", \"sex\": \"M\", \"father\": \"FA\", \"mother\": \"MO\"}, {\"id\": \"Y\", \"father\": \"FA\", \"mother\": \"MO\"}, {\"id\": \"SIB\", \"father\": \"FA\", \"mother\": \"MO\"}, {\"id\": \"WIFE\", \"sex\": \"F\"}, {\"id\": \"KID\", \"father\": \"X\", \"mother\": \"WIFE\"}, {\"id\": \"INLAW\"}],\n"
    "   \"profiles\": {\"MO\": \"MO\", \"FA\": \"FA\", \"SIB\": \"SIB\", \"GM\": \"GM\", \"GF\": \"GF\", \"UN\": \"UN\", \"KID\": \"KID\", \"WIFE\": \"WIFE\", \"INLAW\": \"INLAW\"}, \"missing\": [\"X\", \"Y\"]},\n"
    "  {\"id\": \"G\", \"individuals\": [{\"id\": \"P\"}], \"profiles\": {\"P\": \"rest\"}}, {\"id\": \"H\", \"individuals\": [{\"id\": \"P\"}], \"missing\": [\"P\"]}],\n"
    " \"cases\": [{\"id\": \"C\", \"hypotheses\": [{\"individuals\": [{\"id\": \"P\"}]}], \"profiles\": []}]}";

static void writes_what_the_schema_takes(void **state)
{
    (void)state;
    fixture f, g;
    must_read(&f, HW_FORMAT_UNKNOWN, "rich.json", rich);
    hw_str out, losses;
    must_write(&f.d, CMF, &out, &losses);
    if (!is_valid(out.s)) {
        fail_msg("not valid: %s", out.s);
    }
    static const char *const expected[] = {
        "profile \"MO\", D6S1043: the schema has no such locus",
        "profile \"only\": not written: no locus that the schema has",
        "profile \"empty\": not written",
        "profile \"rest\", TH01: an allele that CMF cannot name",
        "profile \"rest\", FGA: an allele that CMF cannot name",
        "profile \"MO-2\": that it is a typing of person \"MO\"",
        "characters\": the id is written as \"a-very-long-cod~",
        "the code of the family \"a family code",
        "profile \"a-very-long-code-of-more-than-24-characters\": the mitochondrial haplotype",
        "profile \"a-very-long-code-of-more-than-24-characters\": drop-out",
        "profile \"a-very-long-code-of-more-than-24-characters\": the stated sex",
        "profile \"a-very-long-code-of-more-than-24-characters\": the schema has no kit \"no such kit\"",
        "profile \"a-very-long-code-of-more-than-24-characters\": the category \"odd\"",
        "profile \"a-very-long-code-of-more-than-24-characters\", FGA: homozygous",
        "what \"GM\" is to the missing person: \"Maternal Relative\"",
        "what \"UN\" is to the missing person: \"Paternal Relative\"",
        "what \"INLAW\" is to the missing person: \"Other\"",
        "family \"F\": 2 missing persons",
        "family \"F\": 1 untyped members",
        "family \"F\": the comment",
        "family \"H\": nobody is typed",
        "what \"P\" is to the missing person",
        "case \"C\": its hypotheses",
        "the frequency tables",
        "mutation models",
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        if (strstr(losses.s, expected[i]) == NULL) {
            fail_msg("not among the losses: %s\n%s", expected[i], losses.s);
        }
    }
    must_read(&g, HW_FORMAT_UNKNOWN, "back.xml", out.s);
    assert_int_equal(g.d.n_children, 2);
    assert_string_equal(g.d.child[0]->id, "\xE5\xAD\xA9\xE5\xAD\x90_1");
    assert_string_equal(fixture_genotype(&g, "MO", "TH01"), "6/10");
    assert_string_equal(fixture_genotype(&g, "MO", "DYS389I"), "13/13");
    assert_string_equal(hw_dataset_find_profile(&g.d, "MO")->category, "Alleged Mother");
    assert_string_equal(hw_dataset_find_profile(&g.d, "MO")->kit, "PowerPlex 16");
    assert_string_equal(hw_dataset_find_profile(&g.d, "MO")->comment, "a_b_c");
    assert_string_equal(hw_dataset_find_profile(&g.d, "SIB")->category, "Biological Sibling");
    assert_string_equal(hw_dataset_find_profile(&g.d, "KID")->category, "Biological Child");
    assert_string_equal(hw_dataset_find_profile(&g.d, "WIFE")->category, "Spouse");
    assert_string_equal(hw_dataset_find_profile(&g.d, "MO-2")->category, "Other"); /* no second mother */
    hw_str_release(&out);
    hw_str_release(&losses);
    fixture_release(&f);
    fixture_release(&g);
}

/* What was read from CMF comes out again: people, genotypes, families. */
static void round_trips(void **state)
{
    (void)state;
    fixture f, g;
    must_read(&f, CMF, "x.xml", family);
    hw_str out, losses;
    must_write(&f.d, CMF, &out, &losses);
    assert_true(is_valid(out.s));
    must_read(&g, HW_FORMAT_UNKNOWN, "x.xml", out.s);
    assert_int_equal(g.d.n_profiles, f.d.n_profiles);
    assert_int_equal(g.d.n_children, f.d.n_children);
    assert_int_equal(g.d.n_families, f.d.n_families);
    for (size_t i = 0; i < f.d.n_profiles; i++) {
        const hw_profile *p = f.d.profile[i], *q = hw_dataset_find_profile(&g.d, p->id);
        assert_non_null(q);
        assert_string_equal(q->category, p->category);
        for (uint32_t l = 0; l < f.d.panel.n; l++) {
            uint32_t k;
            assert_true(hw_panel_find(&g.d.panel, f.d.panel.locus[l].name, &k));
            hw_genotype a = hw_profile_at(p, l), b = hw_profile_at(q, k);
            assert_true(a.a == b.a && a.b == b.b);
            assert_int_equal(hw_profile_extra(p, l) != NULL, hw_profile_extra(q, k) != NULL);
        }
    }
    for (size_t i = 0; i < f.d.n_families; i++) {
        assert_string_equal(f.d.family[i].id, g.d.family[i].id);
        assert_int_equal(f.d.family[i].pedigree.n, g.d.family[i].pedigree.n);
    }
    hw_str_release(&out);
    hw_str_release(&losses);
    /* the header as asked for, cut to the schema's lengths */
    hw_str_init(&out, 0);
    hw_cmf_header h = {"DESTINATION-1", "LAB", "somebody with a very long name", "2026-01-31T12:00:00"};
    assert_int_equal(hw_cmf_write(&f.d, &h, &out, NULL, &f.err), HW_OK);
    assert_true(is_valid(out.s));
    assert_non_null(strstr(out.s, "<SUBMITDATETIME>2026-01-31T12:00:00</SUBMITDATETIME>"));
    assert_non_null(strstr(out.s, "<SOURCELAB>LAB</SOURCELAB>"));
    hw_str_release(&out);
    fixture_release(&f);
    fixture_release(&g);
    /* nobody to write; somewhere too small */
    fixture_init(&f);
    hw_str_init(&out, 0);
    assert_int_equal(hw_format_cmf_xml.write(&f.d, &f.o, &out, NULL, &f.err), HW_NOT_FOUND);
    hw_str_release(&out);
    fixture_release(&f);
    must_read(&f, CMF, "x.xml", family);
    hw_str_init(&out, 100);
    assert_int_equal(hw_format_cmf_xml.write(&f.d, &f.o, &out, NULL, &f.err), HW_LIMIT);
    hw_str_release(&out);
    fixture_release(&f);
}

static void writes_long_things(void **state)
{
    (void)state;
    fixture f;
    hw_str b, out, losses;
    hw_str_init(&b, 0);
    hw_str_add(&b, "{\"format\": \"homeward/1\", \"profiles\": [{\"id\": \"a\", \"comment\": \"");
    for (int i = 0; i < 300; i++) {
        hw_str_add(&b, "\xE5\xAD\xA9");
    }
    /* two long codes that begin alike stay two */
    hw_str_add(&b, "\", \"genotypes\": {\"TH01\": [6, 6]}}, {\"id\": \"0123456789012345678901234567890\", \"genotypes\": {\"TH01\": [6, 6]}}, {\"id\": "
                   "\"0123456789012345678901234567891\", \"genotypes\": {\"TH01\": [6, 6]}}, {\"id\": \"x|y\", \"genotypes\": {\"TH01\": [6, 6]}}, {\"id\": \"x;y\", \"genotypes\": "
                   "{\"TH01\": [6, 6]}}]}");
    must_read(&f, HW_FORMAT_UNKNOWN, "x.json", b.s);
    must_write(&f.d, CMF, &out, &losses);
    assert_true(is_valid(out.s));
    assert_non_null(strstr(losses.s, "the comment beyond 255 characters"));
    assert_non_null(strstr(losses.s, "its shortened id is taken")); /* x|y and x;y */
    fixture g;
    must_read(&g, CMF, "x.xml", out.s);
    assert_int_equal(g.d.n_profiles, 4);
    fixture_release(&g);
    hw_str_release(&b);
    hw_str_release(&out);
    hw_str_release(&losses);
    fixture_release(&f);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const bad_case cases[] = {
        {CMF, "<CODISImportFile>\n<SPECIMEN", "t.csv, line 2"},
        {CMF, "", "not well-formed"},
        {CMF, "<other/>", "expected the element <CODISImportFile>, found <other>"},
        {CMF, "<!DOCTYPE x [<!ENTITY a \"b\">]><CODISImportFile/>", "a document type declaration"},
        {CMF, TOP "<SPECIMEN></SPECIMEN>" END, "line 3, field \"SPECIMEN\": the element SPECIMENID is missing"},
        {CMF, TOP "<SPECIMEN><SPECIMENID> </SPECIMENID></SPECIMEN>" END, "the element SPECIMENID is empty"},
        {CMF, TOP "<SPECIMEN><SPECIMENID>A</SPECIMENID></SPECIMEN>" END, "SPECIMENCATEGORY is missing"},
        {CMF, TOP SPECIMEN("", "A", "Other", LOCUS("", A("6"))) END, "specimen A, locus at line 4: the element LOCUSNAME is empty"},
        {CMF, TOP SPECIMEN("", "A", "Other", LOCUS("TH01", "")) END, "TH01: no allele"},
        {CMF, TOP SPECIMEN("", "A", "Other", LOCUS("TH01", A("!!"))) END, "TH01: \"!!\" is no allele"},
        {CMF, TOP SPECIMEN("", "A", "Other", LOCUS("TH01", "<ALLELE/>")) END, "ALLELEVALUE is missing"},
        {CMF, TOP SPECIMEN("", "A", "Other", LOCUS("TH01", A("1") A("2") A("3") A("4") A("5") A("6") A("7") A("8") A("9"))) END, "more than 8 alleles"},
        {CMF, TOP SPECIMEN("", "A", "Other", LOCUS("TH01", A("6")) LOCUS("THO1", A("6"))) END, "the locus THO1 stands twice"},
        {CMF, TOP SPECIMEN("", "A", "Other", LOCUS("TH01", A("6"))) SPECIMEN("", "A", "Other", "") END, "\"A\" is taken"},
        {CMF, TOP SPECIMEN("", "A", "Other", LOCUS("TH01", A("6"))) SPECIMEN("CASEID=\"F\"", "A", "Spouse", "") END, "the specimen id \"A\" is taken"},
        {CMF, TOP SPECIMEN("CASEID=\"F\"", "A", "Biological Mother", LOCUS("TH01", A("6"))) SPECIMEN("CASEID=\"F\"", "B", "Biological Mother", LOCUS("TH01", A("6"))) END, "field \"CASEID\""},
    };
    check_bad_cases(cases, sizeof cases / sizeof cases[0]);
    /* texts and depths beyond every measure */
    hw_str b;
    fixture f;
    hw_str_init(&b, 0);
    hw_str_add(&b, TOP "<SPECIMEN><SPECIMENID>");
    for (int i = 0; i < 2000; i++) {
        hw_str_addc(&b, 'x');
    }
    hw_str_add(&b, "</SPECIMENID></SPECIMEN>" END);
    fixture_init(&f);
    assert_int_equal(read_named(&f, CMF, "x", b.s, b.len), HW_PARSE);
    fixture_release(&f);
    hw_str_clear(&b);
    for (int i = 0; i < 5000; i++) {
        hw_str_add(&b, "<CODISImportFile>");
    }
    fixture_init(&f);
    assert_int_equal(read_named(&f, CMF, "x", b.s, b.len), HW_PARSE);
    fixture_release(&f);
    hw_str_release(&b);
}

static void keeps_good_records(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    f.o.keep_good = true;
    static const char text[] = TOP SPECIMEN("", "A", "Other", LOCUS("TH01", A("!!"))) SPECIMEN("", "B", "Other", LOCUS("TH01", A("6")))
        "<SPECIMEN></SPECIMEN>" SPECIMEN("CASEID=\"F\"", "M1", "Biological Mother", LOCUS("TH01", A("6"))) SPECIMEN("CASEID=\"F\"", "M2", "Biological Mother", LOCUS("TH01", A("6"))) END;
    assert_int_equal(read_named(&f, CMF, "k.xml", text, strlen(text)), HW_OK);
    assert_int_equal(f.o.n_rejects, 3);
    assert_non_null(hw_dataset_find_profile(&f.d, "B"));
    assert_int_equal(f.d.n_families, 0);
    assert_non_null(strstr(f.rejects.s, "SPECIMEN,A,"));
    fixture_release(&f);
}

static void finds_names_by_any_spelling(void **state)
{
    (void)state;
    assert_string_equal(cmf_find(cmf_kits, "powerplex16"), "PowerPlex 16");
    assert_string_equal(cmf_find(cmf_kits, " Power_Plex-16 HS "), "PowerPlex 16 HS");
    assert_null(cmf_find(cmf_kits, "PowerPlex 1"));
    assert_null(cmf_find(cmf_kits, ""));
    assert_string_equal(cmf_find(cmf_categories, "unidentified person"), "Unidentified Person");
    /* every locus of the schema is known here, whatever the canonical name */
    for (size_t i = 0; cmf_loci[i] != NULL; i++) {
        assert_non_null(hw_locus_find(cmf_loci[i]));
    }
    char root[16];
    static const struct {
        const char *text, *root;
    } texts[] = {{" <?xml version=\"1.0\"?><!-- a > b --><a:b c=\"d\"/>", "b"}, {"<a>", "a"}, {"a", NULL}, {"<!-- ", NULL}, {"<>", NULL}, {"<averyveryverylongname>", NULL}, {"<?x", NULL},
               {"<a\tb>", "a"}, {"<a\nb>", "a"}, {"<a\rb>", "a"}, {"<a/>", "a"}, {"<a", "a"}, {"\r\n\t", NULL}, {"<!x><a>", "a"}, {"<", NULL}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        hw_format_input in = {"x", texts[i].text, strlen(texts[i].text)};
        bool found = hw_xml_root(&in, root, sizeof root);
        assert_int_equal(found, texts[i].root != NULL);
        if (found) {
            assert_string_equal(root, texts[i].root);
        }
    }
}

static void escapes_what_xml_does_not_take(void **state)
{
    (void)state;
    hw_str b;
    hw_str_init(&b, 0);
    hw_xml_escape(&b, "<a & \"b\">\n\r\t\x01\xE5\xAD\xA9");
    assert_string_equal(b.s, "&lt;a &amp; &quot;b&quot;&gt;   \xE5\xAD\xA9");
    hw_str_release(&b);
}

static void survives_anything(void **state)
{
    (void)state;
    truncate_everywhere(CMF, "x.xml", family, 3);
    starve(CMF, "x.xml", family);
}

static void survives_want_of_memory(void **state)
{
    (void)state;
    fail_every_allocation(CMF, "x.xml", family, CMF);
    fail_every_allocation(HW_FORMAT_HOMEWARD_JSON, "rich.json", rich, CMF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_specimens_and_families),
        cmocka_unit_test(reads_rapid_and_odd_versions),
        cmocka_unit_test(reads_the_samples),
        cmocka_unit_test(writes_what_the_schema_takes),
        cmocka_unit_test(round_trips),
        cmocka_unit_test(writes_long_things),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(keeps_good_records),
        cmocka_unit_test(finds_names_by_any_spelling),
        cmocka_unit_test(escapes_what_xml_does_not_take),
        cmocka_unit_test(survives_anything),
        cmocka_unit_test(survives_want_of_memory),
    };
    int result = cmocka_run_group_tests(tests, NULL, NULL);
    xmlSchemaCleanupTypes();
    xmlCleanupParser();
    return result;
}
