// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "format_document.h"

#include <jansson.h>
#include <unistd.h>

#include "formats/linkage.h"

#define PED HW_FORMAT_LINKAGE
#define FREQ HW_FORMAT_FREQ_LINES

static const char plain[] = "FAM1 1 0 0 1 0  15 17  9 9.3\r\nFAM1 2 0 0 2 0  16 16  7 9\r\n\r\nFAM1 3 1 2 1 0  15 16  9 0\r\nFAM1 4 1 2 2 0   0  0  0 0\r\n"
                            "# a comment\nFAM2 1 0 0 1 0 15 15 9 9\nFAM2 7 1 0 3 0 15 16 9 9\nONE 1 0 0 2 0 15 16 7 7\n";

static void reads_pre_makeped(void **state)
{
    (void)state;
    fixture f;
    must_read(&f, HW_FORMAT_UNKNOWN, "x.ped", plain);
    assert_int_equal(f.d.n_profiles, 6);
    assert_int_equal(f.d.n_families, 1); /* an untyped child */
    assert_int_equal(f.d.n_cases, 1);    /* nobody missing: a pedigree as stated */
    assert_string_equal(fixture_genotype(&f, "FAM1/1", "marker 1"), "15/17");
    assert_string_equal(fixture_genotype(&f, "FAM1/1", "marker 2"), "9/9.3");
    assert_string_equal(fixture_genotype(&f, "FAM1/3", "marker 2"), "9/-");
    assert_true(fixture_noted(&f, "no .map or .dat"));
    assert_true(fixture_noted(&f, "taken as missing: \"4\""));
    const hw_family *fam = &f.d.family[0];
    assert_string_equal(fam->id, "FAM1");
    assert_int_equal(fam->n_missing, 1);
    assert_string_equal(fam->pedigree.person[fam->missing[0]].id, "4");
    assert_int_equal(fam->pedigree.person[2].father, 0);
    assert_int_equal(fam->pedigree.person[2].mother, 1);
    assert_string_equal(f.d.kase[0].id, "FAM2");
    assert_string_equal(f.d.kase[0].hypothesis[0].name, "as stated");
    assert_int_equal(f.d.kase[0].n_profiles, 2);
    assert_int_equal(f.d.kase[0].hypothesis[0].person[1].mother, -1); /* one known parent */
    assert_non_null(hw_dataset_find_profile(&f.d, "ONE/1"));
    fixture_release(&f);
    fixture_init(&f);
    f.o.role = HW_FORMAT_ROLE_CHILDREN;
    assert_int_equal(read_named(&f, PED, "x.ped", plain, strlen(plain)), HW_OK);
    assert_int_equal(f.d.n_children, 1); /* the one without relatives */
    assert_string_equal(f.d.child[0]->id, "ONE/1");
    /* the same file again: other ids */
    assert_int_equal(read_named(&f, PED, "x.ped", plain, strlen(plain)), HW_OK);
    assert_string_equal(f.d.child[1]->id, "ONE/1/2");
    fixture_release(&f);
    /* no affection column; genotypes with a slash, with and without affection */
    must_read(&f, PED, "y.ped", "F 1 0 0 1 15 17\nF 2 1 . 2 15 15\n");
    assert_string_equal(fixture_genotype(&f, "F/1", "marker 1"), "15/17");
    fixture_release(&f);
    must_read(&f, PED, "y.ped", "F 1 0 0 1 15/17 8/9\nF 2 1 NA 2 15/- -/-\n");
    assert_string_equal(fixture_genotype(&f, "F/2", "marker 1"), "15/-");
    assert_string_equal(fixture_genotype(&f, "F/2", "marker 2"), "none");
    fixture_release(&f);
    must_read(&f, PED, "y.ped", "F 1 0 0 1 2 15/17 8/9\nF 2 1 0 2 1 15/15 9/9\n");
    assert_string_equal(fixture_genotype(&f, "F/1", "marker 2"), "8/9");
    fixture_release(&f);
}

static void reads_pedtools(void **state)
{
    (void)state;
    fixture f;
    static const char text[] = "id\tfid\tmid\tsex\tTH01\tPenta D\tDXS10074\nAF\t0\t0\t1\t6/9.3\t9/12\t17\nMO\t0\t0\t2\t6/6\t12/12\t16/17\nMissing CH\tAF\tMO\t1\t-/-\t-/-\t-/-\n"
                               "SI\tAF\tMO\t0\t6/6\t9/-\n";
    must_read(&f, HW_FORMAT_UNKNOWN, "p/fam.ped", text);
    assert_int_equal(f.d.n_families, 1);
    assert_string_equal(f.d.family[0].id, "fam");
    assert_int_equal(f.d.family[0].n_missing, 1);
    assert_string_equal(f.d.family[0].pedigree.person[f.d.family[0].missing[0]].id, "Missing CH");
    assert_string_equal(fixture_genotype(&f, "AF", "Penta D"), "9/12");
    assert_string_equal(fixture_genotype(&f, "AF", "DXS10074"), "17/17"); /* a man's one X allele */
    assert_string_equal(fixture_genotype(&f, "SI", "Penta D"), "9/-");
    assert_string_equal(fixture_genotype(&f, "SI", "DXS10074"), "none");  /* cells at the end may lack */
    fixture_release(&f);
    must_read(&f, HW_FORMAT_UNKNOWN, "q.ped", "famid id fid mid sex TH01\nA 1 0 0 1 6/7\nB 1 0 0 2 6/6\n");
    assert_non_null(hw_dataset_find_profile(&f.d, "A/1"));
    assert_non_null(hw_dataset_find_profile(&f.d, "B/1"));
    fixture_release(&f);
}

static hw_format_input input(const char *name, const char *text)
{
    return (hw_format_input){name, text, strlen(text)};
}

static void reads_companions(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    hw_format_input ped = input("m.ped", "1 1 0 0 1 2 1.5 1 2 9 9 3 3\n1 2 0 0 2 1 0 2 2 9 9 1 3\n"),
                    dat = input("m.dat", "A disease\nT height\nM TH01\nS2 skipped\nM Penta D\nE\n"),
                    freq = input("m.freq", "M TH01\nA 1 0.25\nA 2 0.75\nM Penta D\nF 0.5 0.25\nF 0.25\n");
    hw_linkage_input all = {&ped, NULL, &dat, &freq};
    if (hw_linkage_read(&all, &f.o, &f.d, &f.err) != HW_OK) {
        fail_msg("%s", f.err.msg);
    }
    assert_string_equal(fixture_genotype(&f, "1/1", "TH01"), "1/2");
    assert_string_equal(fixture_genotype(&f, "1/2", "Penta D"), "1/3");
    assert_int_equal(f.d.n_populations, 1);
    assert_string_equal(f.d.population[0]->name, "m");
    const hw_freq *t = hw_population_find(f.d.population[0], "Penta D");
    assert_true(t->n == 3 && t->allele[2] == 30 && t->freq[2] == 0.25);
    fixture_release(&f);

    fixture_init(&f);
    hw_format_input ped2 = input("n.ped", "1 1 0 0 1 2 5 5 9 9 17 17\n"),
                    map = input("n.map", "CHROMOSOME MARKER POSITION\n# c\n11 TH01 2.1\n21 Penta D 0 0\nX DXS10074\n");
    hw_linkage_input two = {&ped2, &map, NULL, NULL};
    assert_int_equal(hw_linkage_read(&two, &f.o, &f.d, &f.err), HW_OK);
    assert_string_equal(fixture_genotype(&f, "1/1", "TH01"), "5/5");
    assert_string_equal(fixture_genotype(&f, "1/1", "Penta D"), "9/9");
    uint32_t x;
    assert_true(hw_panel_find(&f.d.panel, "DXS10074", &x) && f.d.panel.locus[x].kind == HW_LOCUS_X);
    fixture_release(&f);
    /* a header names the markers; the .map then tells the chromosome */
    fixture_init(&f);
    hw_format_input ped3 = input("h.ped", "id fid mid sex L1 L2\nA 0 0 1 8 9/9\n"), map3 = input("h.map", "23 L1 0\n24 L2 0\n");
    hw_linkage_input three = {&ped3, &map3, NULL, NULL};
    assert_int_equal(hw_linkage_read(&three, &f.o, &f.d, &f.err), HW_OK);
    assert_true(hw_panel_find(&f.d.panel, "L1", &x) && f.d.panel.locus[x].kind == HW_LOCUS_X);
    assert_true(hw_panel_find(&f.d.panel, "L2", &x) && f.d.panel.locus[x].kind == HW_LOCUS_Y);
    fixture_release(&f);
}

static void reads_frequencies(void **state)
{
    (void)state;
    fixture f;
    must_read(&f, HW_FORMAT_UNKNOWN, "a/b.freq", "TH01\n6\t0.25\n9.3\t0,75\n\nPenta D\n9 0.5\n12 0.5\n");
    assert_string_equal(f.d.population[0]->name, "b");
    assert_true(hw_population_find(f.d.population[0], "TH01")->freq[1] == 0.75);
    assert_non_null(hw_population_find(f.d.population[0], "Penta D"));
    /* the same file again: noted, not doubled */
    static const char same[] = "TH01\n6\t1\n";
    assert_int_equal(read_named(&f, FREQ, "a/b.freq", same, strlen(same)), HW_OK);
    assert_int_equal(f.d.n_populations, 1);
    assert_true(fixture_noted(&f, "read already"));
    /* written and read again */
    hw_str out, losses;
    must_write(&f.d, FREQ, &out, &losses);
    fixture g;
    must_read(&g, HW_FORMAT_UNKNOWN, "b.freq", out.s);
    assert_true(g.d.population[0]->hash == f.d.population[0]->hash || g.d.population[0]->n == f.d.population[0]->n);
    assert_true(hw_population_find(g.d.population[0], "TH01")->freq[0] == 0.25);
    hw_str_release(&out);
    hw_str_release(&losses);
    fixture_release(&g);
    fixture_release(&f);
    must_read(&f, HW_FORMAT_UNKNOWN, "p.json",
              "{\"format\": \"homeward/1\", \"populations\": [{\"name\": \"P\", \"theta\": 0.1, \"loci\": [{\"locus\": \"TH01\", \"alleles\": [6, \"Rest\"], \"frequencies\": [0.5, 0.5], "
              "\"chromosomes\": 100}]}, {\"name\": \"Q\", \"loci\": []}]}");
    must_write(&f.d, FREQ, &out, &losses);
    assert_non_null(strstr(out.s, "Rest\t0.5"));
    assert_non_null(strstr(losses.s, "population \"Q\""));
    assert_non_null(strstr(losses.s, "theta"));
    assert_non_null(strstr(losses.s, "the number of chromosomes"));
    hw_str_release(&out);
    hw_str_release(&losses);
    fixture_release(&f);
    fixture_init(&f);
    hw_str_init(&out, 0);
    assert_int_equal(hw_format_freq_lines.write(&f.d, &f.o, &out, NULL, &f.err), HW_NOT_FOUND);
    hw_str_release(&out);
    fixture_release(&f);
}

/* The peers' files beside their .json: genotypes, tables and likelihoods. */
static void agrees_with_the_reference_likelihoods(void **state)
{
    (void)state;
    static const char *const names[] = {"001", "003", "006", "008"};
    for (size_t i = 0; i < 4; i++) {
        char name[200];
        snprintf(name, sizeof name, "oracles/kinship/formats/format-%s.ped", names[i]);
        const char *path = shared_file(name);
        if (path == NULL) {
            return;
        }
        fixture f, j, m;
        must_read_file(&f, path);
        snprintf(name, sizeof name, "oracles/kinship/formats/format-%s.json", names[i]);
        must_read_file(&j, shared_file(name));
        json_t *root = json_load_file(shared_file(name), 0, NULL), *expected = json_object_get(root, "likelihood");
        snprintf(name, sizeof name, "oracles/kinship/formats/format-%s-merlin.ped", names[i]);
        must_read_file(&m, shared_file(name));
        const hw_case *c = &f.d.kase[0], *r = &j.d.kase[0], *k = &m.d.kase[0];
        assert_int_equal(f.d.n_populations, 1); /* the .freq beside it */
        assert_int_equal(c->n_loci, r->n_loci);
        assert_int_equal(k->n_loci, r->n_loci);
        for (uint32_t l = 0; l < c->n_loci; l++) {
            assert_string_equal(f.d.panel.locus[c->loci[l]].name, j.d.panel.locus[r->loci[l]].name);
            double value = json_number_value(json_array_get(expected, l));
            near(case_likelihood(&f.d, c, 0, l, NULL, &r->settings), value, 1e-10);
            /* MERLIN numbers the alleles and rounds the frequencies: without mutation the same to that precision */
            hw_settings none = r->settings;
            none.n_by_locus = 0;
            near(case_likelihood(&m.d, k, 0, l, NULL, &none), case_likelihood(&f.d, c, 0, l, NULL, &none), 1e-3);
        }
        json_decref(root);
        fixture_release(&f);
        fixture_release(&j);
        fixture_release(&m);
    }
    const char *path = shared_file("oracles/formats/linkage/family_pre_makeped_synthetic.ped");
    if (path != NULL) {
        fixture f;
        must_read_file(&f, path);
        assert_int_equal(f.d.family[0].n_missing, 1);
        fixture_release(&f);
    }
}

static const char rich[] =
    "{\"format\": \"homeward/1\", \"synthetic\": true, \"settings\": {}, \"populations\": [{\"name\": \"P\", \"loci\": []}],\n"
    " \"profiles\": [{\"id\": \"a\", \"person\": \"FA\", \"sex\": \"M\", \"dropout\": 0.1, \"kit\": \"k\", \"mt\": \"1-2;\", \"genotypes\": {\"TH01\": [6, 10], \"FGA\": [20, null], \"vWA\": [14, 15, 16], \"DXS10074\": [17], \"DYS391\": [10], \"L9\": [\"A\", \"B\"]}},\n"
    "  {\"id\": \"b\", \"person\": \"FA\", \"genotypes\": {}}, {\"id\": \"c\", \"person\": \"QQ\", \"genotypes\": {}}, {\"id\": \"loose\\t1\", \"sex\": \"F\", \"genotypes\": {\"TH01\": [6, 6]}}],\n"
    " \"children\": [{\"id\": \"c1\", \"person\": \"0\", \"genotypes\": {\"TH01\": [6, 6]}}],\n"
    " \"families\": [{\"id\": \"F\", \"comment\": \"x\", \"individuals\": [{\"id\": \"M\", \"sex\": \"F\", \"inbreeding\": 0.1}, {\"id\": \"S1\", \"mother\": \"M\", \"twin\": 1, \"sex\": \"M\"}, {\"id\": \"S2\", \"mother\": \"M\", \"twin\": 1, \"sex\": \"M\"}],\n"
    "    \"genotypes\": {\"M\": {\"TH01\": [6, 9]}, \"S1\": {\"TH01\": [6, 9]}, \"S2\": {}}, \"missing\": [\"M\"]},\n"
    "   {\"id\": \"G\", \"individuals\": [{\"id\": \"M\"}, {\"id\": \"K\", \"mother\": \"M\"}, {\"id\": \"K2\", \"father\": \"M\"}], \"genotypes\": {\"M\": {\"TH01\": [6, 9]}}, \"missing\": [\"K2\", \"K\"]}],\n"
    " \"cases\": [{\"id\": \"C\", \"settings\": {}, \"hypotheses\": [{\"name\": \"H1\", \"individuals\": [{\"id\": \"FA\", \"sex\": \"M\"}, {\"id\": \"CH\", \"father\": \"FA\"}]}, {\"name\": \"H2\", \"individuals\": [{\"id\": \"FA\"}, {\"id\": \"QQ\"}]}],\n"
    "     \"profiles\": [\"a\", \"b\", \"c\"]}]}";

static void writes_ped(void **state)
{
    (void)state;
    fixture f, g;
    must_read(&f, HW_FORMAT_UNKNOWN, "rich.json", rich);
    hw_str out, losses, map;
    must_write(&f.d, PED, &out, &losses);
    static const char *const expected[] = {
        "hypothesis \"H2\": only the first",
        "profile \"b\": a second typing",
        "profile \"c\" is of nobody in the first hypothesis",
        "profile \"a\", vWA: more than two alleles",
        "profile \"a\": drop-out",
        "profile \"a\": the mitochondrial",
        "profile \"a\": kit",
        "family \"F\": \"S1\" has an identical twin",
        "family \"F\": the inbreeding",
        "family \"F\": who is missing",
        "family \"F\": the comment",
        "code \"0\"",
        "code \"loose\t1\"",
        "which profiles are rescued children (1)",
        "the frequency tables",
        "case \"C\": mutation models",
        "mutation models, theta",
        "synthetic",
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        if (strstr(losses.s, expected[i]) == NULL) {
            fail_msg("not among the losses: %s\n%s", expected[i], losses.s);
        }
    }
    assert_null(strstr(losses.s, "family \"G\": who is missing"));
    must_read(&g, HW_FORMAT_UNKNOWN, "back.ped", out.s);
    assert_string_equal(fixture_genotype(&g, "SYNTHETIC-C/FA", "TH01"), "6/10");
    assert_string_equal(fixture_genotype(&g, "SYNTHETIC-C/FA", "FGA"), "20/-");
    assert_string_equal(fixture_genotype(&g, "SYNTHETIC-C/FA", "DXS10074"), "17/17");
    assert_string_equal(fixture_genotype(&g, "SYNTHETIC-C/FA", "DYS391"), "10/10");
    assert_string_equal(fixture_genotype(&g, "SYNTHETIC-C/FA", "L9"), "A/B");
    bool found = false;
    for (size_t i = 0; i < g.d.n_families; i++) {
        found = found || (hw_streq(g.d.family[i].id, "SYNTHETIC-G") && g.d.family[i].n_missing == 2);
    }
    assert_true(found);
    hw_str_init(&map, 0);
    assert_int_equal(hw_linkage_write_map(&f.d, &map, &f.err), HW_OK);
    assert_non_null(strstr(map.s, "11 TH01 0\n"));
    assert_non_null(strstr(map.s, "X DXS10074 0\n"));
    assert_non_null(strstr(map.s, "Y DYS391 0\n"));
    assert_non_null(strstr(map.s, "0 L9 0\n"));
    hw_str_release(&map);
    hw_str_release(&out);
    hw_str_release(&losses);
    fixture_release(&f);
    fixture_release(&g);
}

/* .ped to .ped: persons, parents, genotypes and who is missing stay; so every ratio does. */
static void round_trips(void **state)
{
    (void)state;
    fixture f, g, h;
    must_read(&f, PED, "x.ped", plain);
    hw_str a, b, losses;
    must_write(&f.d, PED, &a, &losses);
    hw_str_release(&losses);
    must_read(&g, HW_FORMAT_UNKNOWN, "x.ped", a.s);
    must_write(&g.d, PED, &b, &losses);
    assert_string_equal(a.s, b.s);
    assert_int_equal(g.d.n_families, f.d.n_families);
    assert_int_equal(g.d.n_cases, f.d.n_cases);
    hw_str_release(&losses);
    hw_str_release(&a);
    hw_str_release(&b);
    fixture_release(&f);
    fixture_release(&g);
    const char *path = shared_file("oracles/kinship/formats/format-008.ped");
    if (path != NULL) {
        must_read_file(&f, path);
        must_write(&f.d, PED, &a, &losses);
        must_read(&h, HW_FORMAT_UNKNOWN, "y.ped", a.s);
        for (uint32_t l = 0; l < f.d.kase[0].n_loci; l++) {
            hw_settings s = f.d.settings;
            s.theta = 0;
            double x = case_likelihood(&f.d, &f.d.kase[0], 0, l, NULL, &s);
            near(case_likelihood(&h.d, &h.d.kase[0], 0, l, f.d.population[0], &s), x, 1e-15);
        }
        hw_str_release(&a);
        hw_str_release(&losses);
        fixture_release(&f);
        fixture_release(&h);
    }
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const bad_case cases[] = {
        {PED, "F 1 0 0 1\n", "t.csv, line 1: 5 columns; expected family"},
        {PED, "F 1 0 0 1 8 9\nF 2 0 0 1 8\n", "line 2, column 1: 6 columns; the first line has 7"},
        {PED, "F 1 0 0 7 8 9\n", "line 1, column 9"},
        {PED, "F 1 0 0 1 8 !!\n", "line 1, column 11: \"!!\" is no allele"},
        {PED, "F 1 0 0 1 8/!! 9/9\n", "\"!!\" is no allele"},
        {PED, "F 1 0 0 1 8 9\nF 1 0 0 1 8 9\n", "line 1: family \"F\": line 2: "},
        {PED, "F 1 2 0 1 8 9\n", "the father \"2\" of \"1\" has no line of its own"},
        {PED, "F 1 2 2 1 8 9\nF 2 0 0 1 8 9\n", "family \"F\""},
        {PED, "F 1 0 2 1 8 9\nF 2 0 0 1 8 9\n", "family \"F\""},
        {PED, "id\tfid\tmid\tsex\tTH01\tTHO1\n", "is listed twice"},
        {PED, "id\tfid\tmid\tsex\t\tTH01\n", "has no name"},
        {PED, "id\tfid\tmid\tsex\tTH01\n\t0\t0\t1\t6/6\n", "expected the code of a person"},
        {PED, "id\tfid\tmid\tsex\tTH01\nA\t0\t0\n", "3 columns"},
        {FREQ, "6 0.5\n6 0.5\n", "sum to"},
        {FREQ, "TH01\n6 x\n", "0 alleles"},
        {FREQ, "TH01\n6 2\n", "expected a frequency from 0 to 1, found \"2\""},
        {FREQ, "TH01\n!! 1\n", "line 2: \"!!\" is no allele"},
        {FREQ, "TH01\n6 0.5\n9 0.1\n", "line 1: "},
        {FREQ, "TH01\n6 1\n\nTHO1\n6 1\n", "is listed twice"},
        {FREQ, "M TH01\nB 1\n", "expected \"M marker\""},
        {FREQ, "M TH01\nA 1 1 1\n", "expected \"M marker\""},
        {FREQ, "M \nA 1 1\n", "expected"},
        {FREQ, "\n\n", "no frequency table"},
    };
    check_bad_cases(cases, sizeof cases / sizeof cases[0]);
    static const struct {
        const char *map, *dat, *message;
    } companions[] = {{"11\n", NULL, "m, line 1: expected chromosome, marker and position"},
                      {"11 TH01 0\n11 vWA 0\n", NULL, "2 columns after the sex; m lists 2 markers"},
                      {NULL, "X y\n", "d, line 1: expected a line \"M name\""},
                      {NULL, "M\n", "d, line 1: expected the name of a marker"},
                      {NULL, "M TH01\nA d\n", "2 columns after the sex; d describes 3"},
                      {NULL, "quite_another_file_altogether y\n", "found \"quite_another_file_a\""},
                      {"chr name pos\nX L1 0\n999 L2 0\nY L3 0\n", NULL, "2 columns after the sex; m lists 3 markers"},
                      {NULL, "m TH01\nend\nrubbish that is not read\n", NULL}};
    for (size_t i = 0; i < sizeof companions / sizeof companions[0]; i++) {
        fixture f;
        fixture_init(&f);
        hw_format_input ped = input("p", "F 1 0 0 1 8 9\n"), map = input("m", companions[i].map != NULL ? companions[i].map : ""),
                        dat = input("d", companions[i].dat != NULL ? companions[i].dat : "");
        hw_linkage_input all = {&ped, companions[i].map != NULL ? &map : NULL, companions[i].dat != NULL ? &dat : NULL, NULL};
        assert_int_equal(hw_linkage_read(&all, &f.o, &f.d, &f.err), companions[i].message != NULL ? HW_PARSE : HW_OK);
        if (companions[i].message != NULL && strstr(f.err.msg, companions[i].message) == NULL) {
            fail_msg("%s", f.err.msg);
        }
        fixture_release(&f);
    }
}

static void keeps_good_records(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    f.o.keep_good = true;
    static const char text[] = "F 1 0 0 1 8 9\nF 2 0 0 1 8 !!\nF 3 1 9 1 8 8\nG 1 0 0 1 8 9\nG 2 1 0 1 8 9\n";
    assert_int_equal(read_named(&f, PED, "k.ped", text, strlen(text)), HW_OK);
    assert_int_equal(f.o.n_rejects, 2);
    assert_int_equal(f.d.n_cases, 1);
    assert_string_equal(f.d.kase[0].id, "G");
    assert_non_null(strstr(f.rejects.s, "k.ped,2,11,,F 2 0 0 1 8 !!,"));
    fixture_release(&f);
    fixture_init(&f);
    f.o.keep_good = true;
    static const char freq[] = "TH01\n6 x\n7 0.5\n\nFGA\n20 1\n\nvWA\n14 0.2\n";
    assert_int_equal(read_named(&f, FREQ, "k.freq", freq, strlen(freq)), HW_OK);
    assert_int_equal(f.d.population[0]->n, 1);
    assert_true(f.o.n_rejects >= 2);
    fixture_release(&f);
    fixture_init(&f);
    f.o.keep_good = true;
    static const char merlin[] = "M FGA\nA 20 2\nA 21 0.5\nM TH01\nA 6 1\n";
    assert_int_equal(read_named(&f, FREQ, "k.freq", merlin, strlen(merlin)), HW_OK);
    fixture_release(&f);
}

static void obeys_limits(void **state)
{
    (void)state;
    fixture f;
    hw_str b;
    hw_str_init(&b, 0);
    hw_str_add(&b, "F 1 0 0 1");
    for (int i = 0; i < 513 * 2; i++) {
        hw_str_add(&b, " 8");
    }
    fixture_init(&f);
    assert_int_equal(read_named(&f, PED, "w.ped", b.s, b.len), HW_LIMIT); /* markers */
    fixture_release(&f);
    for (int i = 0; i < 5000; i++) {
        hw_str_add(&b, " 8");
    }
    fixture_init(&f);
    assert_int_equal(read_named(&f, PED, "w.ped", b.s, b.len), HW_LIMIT); /* columns */
    fixture_release(&f);
    hw_str_clear(&b);
    hw_str_add(&b, "M TH01\n");
    for (int i = 0; i < 1001; i++) {
        hw_str_addf(&b, "A %d 0.0001\n", i + 1);
    }
    fixture_init(&f);
    assert_int_equal(read_named(&f, FREQ, "w.freq", b.s, b.len), HW_LIMIT);
    fixture_release(&f);
    hw_str_release(&b);
    must_read(&f, PED, "x.ped", plain);
    hw_str small;
    hw_str_init(&small, 20);
    assert_int_equal(hw_format_linkage.write(&f.d, &f.o, &small, NULL, &f.err), HW_LIMIT);
    hw_str_release(&small);
    fixture_release(&f);
}

static void is_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        hw_format_id id;
    } texts[] = {{plain, PED},
                 {"id fid mid sex TH01\n", PED},
                 {"TH01\n6 0.5\n9 0.5\n", FREQ},
                 {"M TH01\nA 1 0.5\nA 2 0.5\n", FREQ},
                 {"M TH01\nM FGA\nM vWA\n", HW_FORMAT_UNKNOWN},
                 {"11 TH01 0\n11 vWA 0\n", HW_FORMAT_UNKNOWN},
                 {"TH01\n6 1\n", FREQ},
                 {"a b c d e f g\n", HW_FORMAT_UNKNOWN},
                 {"m TH01\nf 0.5 0.5\nm FGA\n", FREQ},
                 {"M TH01\nA 1 1\nx\n", HW_FORMAT_UNKNOWN},
                 {"# c\nF 1 0 0 1 8 9\nF 1 0 0 1 8\n", HW_FORMAT_UNKNOWN},
                 {"id\tfid\tmid\tsex\nA\t0\t0\t1\n", PED}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        hw_format_input in = input("x", texts[i].text);
        const hw_format *found = hw_format_detect(&in);
        if ((found != NULL ? found->id : HW_FORMAT_UNKNOWN) != texts[i].id) {
            fail_msg("text %zu is taken for %s", i, found != NULL ? found->name : "nothing");
        }
    }
}

/* Companions on the disk. */
static void looks_beside_the_file(void **state)
{
    (void)state;
    char dir[] = "/tmp/homeward-linkage-XXXXXX", path[100];
    assert_non_null(mkdtemp(dir));
    static const struct {
        const char *extension, *text;
    } files[] = {{"ped", "F 1 0 0 1 8 9\nF 2 1 0 1 8 8\n"}, {"map", "11 TH01 0\n"}, {"freq", "TH01\n8\t0.5\n9\t0.5\n"}};
    hw_err err = {0};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/a.%s", dir, files[i].extension);
        assert_int_equal(hw_file_write(path, files[i].text, strlen(files[i].text), &err), HW_OK);
    }
    snprintf(path, sizeof path, "%s/a.ped", dir);
    fixture f;
    must_read_file(&f, path);
    assert_string_equal(fixture_genotype(&f, "F/1", "TH01"), "8/9");
    assert_ptr_equal(f.d.kase[0].population, f.d.population[0]);
    snprintf(path, sizeof path, "%s/a.freq", dir);
    assert_int_equal(hw_format_read_file(path, &f.o, &f.d, &f.err), HW_OK);
    assert_int_equal(f.d.n_populations, 1);
    fixture_release(&f);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/a.%s", dir, files[i].extension);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(dir), 0);
}

static void survives_anything(void **state)
{
    (void)state;
    replace_every_line(PED, "x.ped", plain);
    truncate_everywhere(PED, "x.ped", plain, 1);
    starve(PED, "x.ped", plain);
    starve(FREQ, "b.freq", "TH01\n6\t0.25\n9.3\t0.75\n\nPenta D\n9 0.5\n12 0.5\n");
}

static void survives_want_of_memory(void **state)
{
    (void)state;
    fail_every_allocation(PED, "x.ped", plain, PED);
    fail_every_allocation(PED, "y.ped", "id\tfid\tmid\tsex\tTH01\nA\t0\t0\t1\t6/9\nB\tA\t0\t2\t-/-\n", PED);
    fail_every_allocation(FREQ, "b.freq", "TH01\n6\t0.25\n9.3\t0.75\n\nPenta D\n9 0.5\n12 0.5\n", FREQ);
    fail_every_allocation(FREQ, "m.freq", "M TH01\nF 0.25 0.75\n", FREQ);
    fail_every_allocation(HW_FORMAT_HOMEWARD_JSON, "rich.json", rich, PED);
    /* with companions */
    for (long nth = 1;; nth++) {
        fixture f;
        fixture_init(&f);
        hw_format_input ped = input("m.ped", "1 1 0 0 1 2 1 2 3 3\n"), dat = input("m.dat", "A d\nM TH01\nM Penta D\n"), freq = input("m.freq", "M TH01\nA 1 1\n");
        hw_format_input map = input("m.map", "1 TH01 0\n21 Penta D 0\n");
        hw_linkage_input all = {&ped, nth % 2 == 0 ? &map : NULL, nth % 2 == 0 ? NULL : &dat, &freq};
        hw_alloc_fail_at(nth / 2 + 1, true);
        hw_status s = hw_linkage_read(&all, &f.o, &f.d, &f.err);
        bool reached = hw_alloc_count() >= nth / 2 + 1;
        hw_alloc_fail_at(0, false);
        assert_true(s == HW_OK || s == HW_NO_MEMORY);
        fixture_release(&f);
        if (!reached && nth % 2 == 1) {
            break;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_pre_makeped),
        cmocka_unit_test(reads_pedtools),
        cmocka_unit_test(reads_companions),
        cmocka_unit_test(reads_frequencies),
        cmocka_unit_test(agrees_with_the_reference_likelihoods),
        cmocka_unit_test(writes_ped),
        cmocka_unit_test(round_trips),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(keeps_good_records),
        cmocka_unit_test(obeys_limits),
        cmocka_unit_test(is_recognised),
        cmocka_unit_test(looks_beside_the_file),
        cmocka_unit_test(survives_anything),
        cmocka_unit_test(survives_want_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
