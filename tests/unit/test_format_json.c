// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "format_document.h"

#include <jansson.h>

#include "formats/json_format.h"

#define J HW_FORMAT_HOMEWARD_JSON
#define O HW_FORMAT_ORACLE_JSON

/* Everything the format can say, once. */
static const char full[] =
    "{\"format\": \"homeward/1\", \"synthetic\": true,\n"
    " \"loci\": [{\"name\": \"TH01\", \"kind\": \"autosomal\"}, {\"name\": \"D3S1358\"}, {\"name\": \"DXSYN1\", \"kind\": \"X\"},\n"
    "          {\"name\": \"DYS391\", \"kind\": \"Y\"}, {\"name\": \"AMEL\", \"kind\": \"amelogenin\"}],\n"
    " \"populations\": [{\"name\": \"P\", \"source\": \"made up\", \"theta\": 0.01, \"loci\": [\n"
    "   {\"locus\": \"THO1\", \"alleles\": [\"9.3\", 6, 9], \"frequencies\": [0.5, 0.30000000000000004, 0.2], \"chromosomes\": 200, \"fmin\": 0.025},\n"
    "   {\"locus\": \"D3S1358\", \"alleles\": [\"14\", \"15\", \"silent\", \"Rest allele\"], \"frequencies\": [0.4, 0.4, 0.1, 0.1]}]},\n"
    "   {\"name\": \"P\", \"loci\": []}],\n"
    " \"settings\": {\"theta\": 0.02, \"sex_error\": 0.002, \"rare\": {\"rule\": \"fixed\", \"value\": 0.001},\n"
    "   \"linked\": [{\"a\": \"vWA\", \"b\": \"D12S391\", \"rho\": 0.1}, {\"a\": \"L1\", \"b\": \"L2\"}],\n"
    "   \"standard\": {\"female\": {\"model\": \"equal\", \"rate\": 0.001}, \"male\": null, \"silent\": 0.003},\n"
    "   \"loci\": [{\"locus\": \"TH01\", \"female\": {\"model\": \"dawid\", \"rate\": 0.001, \"range\": 0.1, \"transform\": \"PM\"},\n"
    "      \"male\": {\"model\": \"made up\", \"alleles\": [\"6\", \"9\"], \"matrix\": [[0.999, 0.001], [0.002, 0.998]]}},\n"
    "      {\"locus\": \"D3S1358\", \"silent\": 0.1, \"silent_in_table\": true, \"x-own\": 1}]},\n"
    " \"profiles\": [\n"
    "  {\"id\": \"F1-MO\", \"person\": \"MO\", \"family\": \"F1\", \"sex\": \"F\", \"kit\": \"K\", \"category\": \"c\", \"comment\": \"note\", \"mt\": \"16024-16365;16223T\",\n"
    "   \"dropout\": 0.05, \"error\": 0.001, \"synthetic\": true, \"genotypes\": {\"TH01\": [\"6\", \"9.3\"], \"D3S1358\": [\"14\", null], \"AMEL\": [\"X\", \"X\"]}},\n"
    "  {\"id\": \"CH1\", \"child\": true, \"sex\": \"M\", \"genotypes\": {\"TH01\": [\"9.3\"], \"D3S1358\": [14, 15, 16], \"DYS391\": [\"10\"], \"DXSYN1\": [\"8\"], \"FGA\": []}},\n"
    "  {\"id\": \"F2/FA\", \"genotypes\": {}}],\n"
    " \"children\": [{\"id\": \"CH2\", \"sex\": \"U\", \"genotypes\": {\"TH01\": [\"<6\", \">9\"], \"D3S1358\": [\"OL\", \"14\"]}}],\n"
    " \"families\": [\n"
    "  {\"id\": \"F1\", \"comment\": \"c\", \"individuals\": [{\"id\": \"FA\", \"sex\": \"M\", \"inbreeding\": 0.1}, {\"id\": \"MO\", \"sex\": \"F\"},\n"
    "     {\"id\": \"X\", \"father\": \"FA\", \"mother\": \"MO\", \"sex\": \"U\", \"twin\": 1}, {\"id\": \"Y\", \"father\": \"FA\", \"mother\": \"MO\", \"twin\": 1}],\n"
    "   \"profiles\": {\"MO\": \"F1-MO\", \"FA\": {\"id\": \"merged\", \"genotypes\": {\"TH01\": [\"6\", \"6\"]}}}, \"missing\": [\"X\", \"Y\"]},\n"
    "  {\"id\": \"F3\", \"individuals\": [{\"id\": \"FA\"}, {\"id\": \"CH\", \"father\": \"FA\", \"mother\": null}], \"genotypes\": {\"FA\": {\"TH01\": [\"6\", \"9\"]}}}],\n"
    " \"cases\": [{\"id\": \"C1\", \"title\": \"t\", \"population\": 0, \"loci\": [\"D3S1358\", \"TH01\"], \"settings\": {\"theta\": null},\n"
    "   \"hypotheses\": [{\"name\": \"H1\", \"individuals\": [{\"id\": \"MO\"}, {\"id\": \"CH1\", \"mother\": \"MO\"}]}, {\"individuals\": [{\"id\": \"MO\"}, {\"id\": \"CH1\"}]}],\n"
    "   \"profiles\": [\"F1-MO\", \"CH1\"]},\n"
    "  {\"id\": \"C2\", \"population\": \"P\", \"hypotheses\": [{\"individuals\": [{\"id\": \"A\", \"sex\": \"M\"}], \"founder_inbreeding\": {\"A\": 0.25}}],\n"
    "   \"profiles\": [{\"id\": \"A\", \"genotypes\": {\"TH01\": [\"6\", \"6\"]}}]}],\n"
    " \"notes\": [{\"file\": \"f\", \"line\": 3, \"text\": \"odd\"}, {\"text\": \"even\"}], \"x-mine\": {\"free\": true}}\n";

static void reads_everything(void **state)
{
    (void)state;
    fixture f;
    must_read(&f, HW_FORMAT_UNKNOWN, "a/all.json", full);
    hw_dataset *d = &f.d;
    assert_true(d->synthetic && d->has_settings);
    assert_int_equal(d->n_profiles, 5);
    assert_int_equal(d->n_children, 2);
    assert_int_equal(d->n_families, 2);
    assert_int_equal(d->n_cases, 2);
    assert_int_equal(d->n_populations, 2);
    assert_int_equal(d->n_notes, 2);
    assert_string_equal(fixture_genotype(&f, "F1-MO", "TH01"), "6/9.3");
    assert_string_equal(fixture_genotype(&f, "F1-MO", "D3S1358"), "14/-");
    assert_string_equal(fixture_genotype(&f, "CH1", "D3S1358"), "3 alleles 14 15 16");
    assert_string_equal(fixture_genotype(&f, "CH1", "TH01"), "9.3/9.3");
    assert_string_equal(fixture_genotype(&f, "CH2", "TH01"), "<6/>9");
    assert_string_equal(fixture_genotype(&f, "F3/FA", "TH01"), "6/9");
    const hw_profile *mo = hw_dataset_find_profile(d, "F1-MO");
    assert_string_equal(mo->person, "MO");
    assert_string_equal(mo->mt, "16024-16365;16223T");
    assert_true(mo->dropout == 0.05 && mo->error == 0.001 && mo->synthetic && mo->sex == HW_SEX_FEMALE);
    assert_ptr_equal(d->family[0].profile[1], mo);
    assert_string_equal(d->family[0].profile[0]->id, "merged");
    assert_null(hw_dataset_find_profile(d, "merged"));
    assert_int_equal(d->family[0].n_missing, 2);
    assert_true(d->family[0].pedigree.person[0].inbreeding == 0.1);
    assert_true(d->family[0].pedigree.person[2].twin != 0 && d->family[0].pedigree.person[2].twin == d->family[0].pedigree.person[3].twin);
    assert_int_equal(d->family[1].n_missing, 0);
    assert_string_equal(d->family[1].profile[0]->person, "FA");
    const hw_freq *th01 = hw_population_find(d->population[0], "TH01");
    assert_int_equal(th01->n, 3);
    assert_true(th01->freq[0] == 0.30000000000000004 && th01->chromosomes == 200 && th01->fmin == 0.025);
    assert_true(d->population[0]->theta == 0.01);
    const hw_settings *s = &d->settings;
    assert_true(s->theta == 0.02 && s->sex_error == 0.002 && s->rare_rule == HW_RARE_FIXED && s->rare_value == 0.001);
    assert_int_equal(s->n_linked, 2);
    assert_string_equal(s->linked[0].a, "vWA");
    assert_true(s->linked[0].rho == 0.1 && s->linked[1].rho == 0.5);
    assert_int_equal(s->standard.female.model, HW_MUTATION_EQUAL);
    assert_int_equal(s->standard.male.model, HW_MUTATION_NONE);
    const hw_locus_settings *ls = hw_settings_locus(s, "TH01");
    assert_int_equal(ls->female.model, HW_MUTATION_DAWID);
    assert_int_equal(ls->female.transform, HW_TRANSFORM_PM);
    assert_int_equal(ls->male.model, HW_MUTATION_CUSTOM);
    assert_true(ls->male.n == 2 && ls->male.matrix[1] == 0.001 && ls->male.allele[1] == 90);
    assert_true(ls->silent == 0.003); /* what a locus does not say is as the standard says */
    ls = hw_settings_locus(s, "D3S1358");
    assert_true(ls->silent == 0.1 && ls->has_silent_in_table && ls->female.model == HW_MUTATION_EQUAL);
    const hw_case *c = &d->kase[0];
    assert_int_equal(c->n_hypotheses, 2);
    assert_string_equal(c->hypothesis[0].name, "H1");
    assert_null(c->hypothesis[1].name);
    assert_ptr_equal(c->profile[0], mo);
    assert_ptr_equal(c->population, d->population[0]);
    assert_int_equal(c->n_loci, 2);
    assert_string_equal(d->panel.locus[c->loci[0]].name, "D3S1358");
    assert_true(c->has_settings && c->settings.theta < 0);
    assert_int_equal(d->kase[1].n_loci, 1);
    assert_true(d->kase[1].hypothesis[0].person[0].inbreeding == 0.25);
    assert_int_equal(d->panel.locus[d->panel.n - 1].kind == HW_LOCUS_AUTO, false);
    uint32_t x;
    assert_true(hw_panel_find(&d->panel, "DXSYN1", &x) && d->panel.locus[x].kind == HW_LOCUS_X);
    fixture_release(&f);
}

/* read(write(x)) == x, shown by writing again. */
static void check_round_trip(hw_dataset *d)
{
    hw_str a, b, losses;
    must_write(d, J, &a, &losses);
    assert_int_equal(losses.len, 0);
    fixture f;
    must_read(&f, HW_FORMAT_UNKNOWN, "again.json", a.s);
    hw_str_release(&losses);
    must_write(&f.d, J, &b, &losses);
    assert_string_equal(a.s, b.s);
    assert_int_equal(f.d.n_profiles, d->n_profiles);
    assert_int_equal(f.d.n_children, d->n_children);
    assert_int_equal(f.d.n_families, d->n_families);
    assert_int_equal(f.d.n_cases, d->n_cases);
    assert_int_equal(f.d.panel.n, d->panel.n);
    for (size_t i = 0; i < d->n_populations; i++) {
        assert_true(f.d.population[i]->hash == d->population[i]->hash);
        for (uint32_t l = 0; l < d->population[i]->n; l++) {
            const hw_freq *p = &d->population[i]->freq[l], *q = &f.d.population[i]->freq[l];
            assert_int_equal(p->n, q->n);
            assert_memory_equal(p->freq, q->freq, p->n * sizeof *p->freq); /* bit for bit */
            assert_memory_equal(p->allele, q->allele, p->n * sizeof *p->allele);
        }
    }
    hw_str_release(&a);
    hw_str_release(&b);
    hw_str_release(&losses);
    fixture_release(&f);
}

static void loses_nothing(void **state)
{
    (void)state;
    fixture f;
    must_read(&f, HW_FORMAT_UNKNOWN, "all.json", full);
    check_round_trip(&f.d);
    fixture_release(&f);
    /* an empty dataset too */
    fixture_init(&f);
    check_round_trip(&f.d);
    fixture_release(&f);
}

static const char oracle[] =
    "{\"format\": \"kinship-oracle/1\", \"frequency_tables\": {\"T:L1\": {\"alleles\": [\"9\", \"8\", \"silent0\"], \"frequencies\": [0.5, 0.3, 0.2]},\n"
    "  \"T:L2\": {\"alleles\": [\"8\", \"9\"], \"frequencies\": [0.5, 0.5]}},\n"
    " \"cases\": [{\"id\": \"c1\", \"title\": \"t\", \"chrom\": \"autosomal\", \"theta\": 0.03, \"rho\": 0.1, \"seed\": 5, \"dropout\": {\"CH\": 0.2},\n"
    "   \"markers\": [{\"name\": \"L1\", \"table\": \"T:L1\", \"silent\": \"silent0\", \"mutation\": {\"female\": {\"model\": \"custom\", \"matrix\": [[0.9, 0.1, 0], [0.2, 0.8, 0], [0, 0, 1]]},\n"
    "     \"male\": {\"model\": \"equal\", \"rate\": 0.01}}}, {\"name\": \"L2\", \"table\": \"T:L2\", \"mutation\": null}],\n"
    "   \"hypotheses\": [{\"name\": \"H1\", \"individuals\": [{\"id\": \"MO\", \"father\": null, \"mother\": null, \"sex\": \"F\"}, {\"id\": \"FA\", \"father\": null, \"mother\": null, \"sex\": \"M\"},\n"
    "      {\"id\": \"CH\", \"father\": \"FA\", \"mother\": \"MO\", \"sex\": \"M\"}], \"founder_inbreeding\": {\"FA\": 0.25}}],\n"
    "   \"genotypes\": {\"CH\": {\"L1\": [\"8\", \"9\"], \"L2\": [\"8\", null]}, \"MO\": {\"L1\": [\"silent0\", \"8\"]}}, \"reference\": {}, \"lr\": []},\n"
    "  {\"id\": \"c2\", \"chrom\": \"X\", \"markers\": [{\"name\": \"DXSYN09\", \"alleles\": [\"8\", \"9\"], \"frequencies\": [0.5, 0.5]}],\n"
    "   \"hypotheses\": [{\"name\": \"H1\", \"individuals\": [{\"id\": \"A\", \"sex\": \"M\"}]}], \"genotypes\": {\"A\": {\"DXSYN09\": [\"8\", \"8\"]}}}]}";

static void reads_reference_cases(void **state)
{
    (void)state;
    fixture f;
    must_read(&f, HW_FORMAT_UNKNOWN, "o.json", oracle);
    assert_int_equal(f.o.format, HW_FORMAT_UNKNOWN);
    assert_int_equal(f.d.n_cases, 2);
    assert_int_equal(f.d.n_profiles, 0); /* cases repeat the same codes: their profiles are their own */
    const hw_case *c = &f.d.kase[0];
    assert_string_equal(c->id, "c1");
    assert_true(c->settings.theta == 0.03);
    assert_int_equal(c->settings.n_linked, 1);
    assert_string_equal(c->settings.linked[0].a, "L1");
    assert_true(c->settings.linked[0].rho == 0.1);
    const hw_locus_settings *ls = hw_settings_locus(&c->settings, "L1");
    assert_true(ls->has_silent_in_table && ls->silent == 0.2);
    assert_int_equal(ls->female.model, HW_MUTATION_CUSTOM);
    /* rows in the order of the table as written, which the table itself no longer has */
    assert_true(ls->female.allele[0] == 90 && ls->female.allele[1] == 80 && ls->female.allele[2] == HW_ALLELE_SILENT);
    assert_true(ls->female.matrix[1] == 0.1);
    assert_int_equal(hw_settings_locus(&c->settings, "L2")->female.model, HW_MUTATION_NONE);
    assert_true(hw_population_find(c->population, "L1")->allele[0] == 80);
    assert_int_equal(c->n_profiles, 2);
    assert_string_equal(c->profile[0]->person, "CH");
    assert_true(c->profile[0]->dropout == 0.2 && c->profile[1]->dropout == 0);
    assert_int_equal(c->profile[0]->sex, HW_SEX_MALE);
    hw_genotype g = hw_profile_at(c->profile[0], c->loci[1]);
    assert_true(g.a == 80 && g.b == HW_ALLELE_UNKNOWN);
    g = hw_profile_at(c->profile[1], c->loci[0]);
    assert_true(g.a == 80 && g.b == HW_ALLELE_SILENT);
    assert_true(c->hypothesis[0].person[1].inbreeding == 0.25);
    assert_int_equal(f.d.panel.locus[f.d.kase[1].loci[0]].kind, HW_LOCUS_X);
    check_round_trip(&f.d);
    fixture_release(&f);
}

static void reads_all_oracles(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int cases; /* -1: refused, the file states no likelihoods */
    } files[] = {{"avuncular", 0},        {"cousins", 0},     {"dropout", 0},          {"exclusion", 0},      {"founder-inbreeding", 0}, {"full-sibs", 0},
                 {"grandparents-1", 0},   {"grandparents-2", 0}, {"grandparents-4", 0}, {"half-sibs", 0},      {"inbred-loops", 0},       {"large-family", 0},
                 {"linked-pair", 0},      {"linked-pair-x", 0}, {"missing-child", 0},   {"motherless", 0},     {"mutation-models", 0},    {"partial-genotype", 0},
                 {"paternity-duo", 0},    {"rare-allele", 0}, {"silent", 0},           {"theta", 0},          {"trio", 0},               {"two-missing", 0},
                 {"x-linked", 0},         {"dvi", -1},        {"relatedness", -1},     {"mutation-matrix", -1}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char name[200];
        snprintf(name, sizeof name, "oracles/kinship/%s.json", files[i].name);
        const char *path = shared_file(name);
        if (path == NULL) {
            return;
        }
        fixture f;
        fixture_init(&f);
        hw_status s = hw_format_read_file(path, &f.o, &f.d, &f.err);
        if (files[i].cases < 0) {
            assert_int_equal(s, HW_UNSUPPORTED);
            assert_non_null(strstr(f.err.msg, "$.cases[0]"));
            fixture_release(&f);
            continue;
        }
        if (s != HW_OK) {
            fail_msg("%s", f.err.msg);
        }
        json_t *root = json_load_file(path, 0, NULL);
        json_t *cases = json_object_get(root, "cases");
        assert_int_equal(json_array_size(cases), f.d.n_cases);
        for (size_t k = 0; k < f.d.n_cases; k++) {
            const hw_case *c = &f.d.kase[k];
            json_t *o = json_array_get(cases, k), *markers = json_object_get(o, "markers");
            assert_string_equal(c->id, json_string_value(json_object_get(o, "id")));
            assert_int_equal(c->n_loci, json_array_size(markers));
            assert_int_equal(c->n_hypotheses, json_array_size(json_object_get(o, "hypotheses")));
            assert_true(c->settings.theta == json_number_value(json_object_get(o, "theta")));
            for (uint32_t m = 0; m < c->n_loci; m++) {
                json_t *marker = json_array_get(markers, m);
                json_t *table = json_object_get(json_object_get(root, "frequency_tables"), json_string_value(json_object_get(marker, "table")));
                const hw_freq *t = hw_population_find(c->population, json_string_value(json_object_get(marker, "name")));
                assert_int_equal(t->n, json_array_size(json_object_get(table, "alleles")));
                for (uint32_t a = 0; a < t->n; a++) { /* every double exact */
                    const char *allele = json_string_value(json_array_get(json_object_get(table, "alleles"), a));
                    hw_allele code;
                    assert_int_equal(hw_allele_parse(allele, strlen(allele), &code, NULL), HW_OK);
                    uint32_t at = 0;
                    while (at < t->n && t->allele[at] != code) {
                        at++;
                    }
                    assert_true(at < t->n);
                    assert_true(t->freq[at] == json_number_value(json_array_get(json_object_get(table, "frequencies"), a)));
                }
            }
        }
        json_decref(root);
        check_round_trip(&f.d);
        fixture_release(&f);
    }
}

static void reads_single_cases_and_their_likelihoods(void **state)
{
    (void)state;
    static const char *const names[] = {"001", "003", "006", "008"};
    for (size_t i = 0; i < 4; i++) {
        char name[200];
        snprintf(name, sizeof name, "oracles/kinship/formats/format-%s.json", names[i]);
        const char *path = shared_file(name);
        if (path == NULL) {
            return;
        }
        fixture f;
        must_read_file(&f, path);
        json_t *root = json_load_file(path, 0, NULL), *expected = json_object_get(root, "likelihood");
        const hw_case *c = &f.d.kase[0];
        assert_string_equal(c->hypothesis[0].name, "as stated");
        assert_int_equal(json_array_size(expected), c->n_loci);
        for (uint32_t l = 0; l < c->n_loci; l++) {
            near(case_likelihood(&f.d, c, 0, l, NULL, NULL), json_number_value(json_array_get(expected, l)), 1e-10);
        }
        json_decref(root);
        fixture_release(&f);
    }
}

#define H "{\"format\": \"homeward/1\", "
#define PEOPLE "\"individuals\": [{\"id\": \"A\", \"sex\": \"M\"}, {\"id\": \"B\", \"father\": \"A\"}]"
#define ORACLE "{\"format\": \"kinship-oracle/1\", \"id\": \"c\", "
#define MARKER "\"markers\": [{\"name\": \"L1\", \"alleles\": [\"8\"], \"frequencies\": [1]}], "

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const bad_case cases[] = {
        {J, "{\"format\": \"homeward/1\",\n \"a\" 1}", "t.csv, line 2, column"},
        {J, "[1]", "expected a JSON object"},
        {J, "{\"format\": \"homeward/1\", \"format\": \"homeward/1\"}", "not valid JSON"},
        {J, "{}", "says nothing"},
        {J, "{\"format\": \"homeward/2\"}", "says homeward/2"},
        {J, H "\"profile\": []}", "$.profile: no such key here"},
        {J, H "\"synthetic\": 1}", "$.synthetic: expected true or false, found a number"},
        {J, H "\"profiles\": {}}", "$.profiles: expected an array, found an object"},
        {J, H "\"profiles\": [1]}", "$.profiles[0]: expected a profile"},
        {J, H "\"profiles\": [{}]}", "the key \"id\" is missing"},
        {J, H "\"profiles\": [{\"id\": 1}]}", "$.profiles[0].id: expected a string, found a number"},
        {J, H "\"profiles\": [{\"id\": \"\"}]}", "expected a string of 1 to"},
        {J, H "\"profiles\": [{\"id\": \"a\"}, {\"id\": \"a\"}]}", "\"a\" is taken"},
        {J, H "\"profiles\": [{\"id\": \"a\", \"sex\": \"X\"}]}", "$.profiles[0].sex: expected \"M\", \"F\" or \"U\", found X"},
        {J, H "\"profiles\": [{\"id\": \"a\", \"sex\": 1}]}", "expected \"M\", \"F\" or \"U\""},
        {J, H "\"profiles\": [{\"id\": \"a\", \"dropout\": 1.5}]}", "$.profiles[0].dropout: 1.5 is not allowed here"},
        {J, H "\"profiles\": [{\"id\": \"a\", \"dropout\": \"inf\"}]}", "inf is not allowed"},
        {J, H "\"profiles\": [{\"id\": \"a\", \"dropout\": \"-inf\"}]}", "-inf is not allowed"},
        {J, H "\"profiles\": [{\"id\": \"a\", \"dropout\": true}]}", "expected a number, found true or false"},
        {J, H "\"profiles\": [{\"id\": \"a\", \"genotypes\": []}]}", "expected an object, found an array"},
        {J, H "\"profiles\": [{\"id\": \"a\", \"genotypes\": {\"TH01\": \"6\"}}]}", "$.profiles[0].genotypes.TH01: expected an array of alleles, found a string"},
        {J, H "\"profiles\": [{\"id\": \"a\", \"genotypes\": {\"Penta D\": [\"14x!\"]}}]}", "genotypes[\"Penta D\"][0]: \"14x!\" is no allele"},
        {J, H "\"profiles\": [{\"id\": \"a\", \"genotypes\": {\"TH01\": [[]]}}]}", "expected an allele"},
        {J, H "\"profiles\": [{\"id\": \"a\", \"genotypes\": {\"TH01\": [1,2,3,4,5,6,7,8,9]}}]}", "9 alleles"},
        {J, H "\"profiles\": [{\"id\": \"a\", \"genotypes\": {\"TH01\": [6], \"THO1\": [7]}}]}", "typed twice"},
        {J, H "\"loci\": [{\"name\": \"TH01\", \"kind\": \"Z\"}]}", "no kind \"Z\""},
        {J, H "\"loci\": [1]}", "expected a locus"},
        {J, H "\"populations\": [1]}", "expected a population"},
        {J, H "\"populations\": [{\"name\": \"P\", \"loci\": [1]}]}", "expected the table of a locus"},
        {J, H "\"populations\": [{\"name\": \"P\", \"loci\": [{\"locus\": \"TH01\", \"alleles\": [\"6\"], \"frequencies\": []}]}]}", "0 frequencies for 1 alleles"},
        {J, H "\"populations\": [{\"name\": \"P\", \"loci\": [{\"locus\": \"TH01\", \"alleles\": [], \"frequencies\": []}]}]}", "0 alleles; expected 1 to"},
        {J, H "\"populations\": [{\"name\": \"P\", \"loci\": [{\"locus\": \"TH01\", \"alleles\": [\"6\"], \"frequencies\": [0.5]}]}]}", "sum to 0.5"},
        {J, H "\"settings\": {\"rare\": {\"rule\": \"none\"}}}", "no rule \"none\""},
        {J, H "\"settings\": {\"loci\": [1]}}", "the settings of a locus"},
        {J, H "\"settings\": {\"linked\": [1]}}", "expected a pair"},
        {J, H "\"settings\": {\"standard\": {\"female\": 1}}}", "a mutation model (an object), or null"},
        {J, H "\"settings\": {\"standard\": {\"female\": {\"model\": \"custom\"}}}}", "no mutation model \"custom\""},
        {J, H "\"settings\": {\"standard\": {\"male\": {\"model\": \"equal\", \"transform\": \"XX\"}}}}", "no transform \"XX\""},
        {J, H "\"settings\": {\"standard\": {\"male\": {\"model\": \"m\", \"matrix\": [[1]]}}}}", "needs the key \"alleles\""},
        {J, H "\"settings\": {\"standard\": {\"male\": {\"model\": \"m\", \"alleles\": [\"6\"], \"matrix\": []}}}}", "0 rows for 1 alleles"},
        {J, H "\"settings\": {\"standard\": {\"male\": {\"model\": \"m\", \"alleles\": [\"6\"], \"matrix\": [1]}}}}", "expected a row of 1 numbers"},
        {J, H "\"families\": [1]}", "expected a family"},
        {J, H "\"families\": [{\"id\": \"F\", \"individuals\": []}]}", "0 persons"},
        {J, H "\"families\": [{\"id\": \"F\", \"individuals\": [1]}]}", "expected a person"},
        {J, H "\"families\": [{\"id\": \"F\", \"individuals\": [{\"id\": \"A\"}, {\"id\": \"A\"}]}]}", "$.families[0].individuals[1]"},
        {J, H "\"families\": [{\"id\": \"F\", \"individuals\": [{\"id\": \"A\", \"twin\": 1.5}]}]}", "whole number"},
        {J, H "\"families\": [{\"id\": \"F\", \"individuals\": [{\"id\": \"A\", \"father\": 1}]}]}", "the id of a person, or null"},
        {J, H "\"families\": [{\"id\": \"F\", \"individuals\": [{\"id\": \"A\", \"father\": \"B\"}]}]}", "no person \"B\" is listed"},
        {J, H "\"families\": [{\"id\": \"F\", \"individuals\": [{\"id\": \"A\", \"father\": \"A\"}]}]}", "A"},
        {J, H "\"families\": [{\"id\": \"F\", " PEOPLE ", \"missing\": [\"C\"]}]}", "the id of a person of this family"},
        {J, H "\"families\": [{\"id\": \"F\", " PEOPLE ", \"missing\": [\"B\", \"B\"]}]}", "listed twice"},
        {J, H "\"families\": [{\"id\": \"F\", " PEOPLE ", \"profiles\": {\"C\": \"x\"}}]}", "no person of this family"},
        {J, H "\"families\": [{\"id\": \"F\", " PEOPLE ", \"profiles\": {\"A\": \"x\"}}]}", "no profile \"x\""},
        {J, H "\"families\": [{\"id\": \"F\", " PEOPLE ", \"profiles\": {\"A\": 1}}]}", "expected a profile"},
        {J, H "\"families\": [{\"id\": \"F\", " PEOPLE ", \"genotypes\": {\"C\": {}}}]}", "no person of this family"},
        {J, H "\"families\": [{\"id\": \"F\", " PEOPLE ", \"genotypes\": {\"A\": 1}}]}", "the genotypes of a person"},
        {J, H "\"families\": [{\"id\": \"F\", " PEOPLE ", \"profiles\": {\"A\": {\"id\": \"p\"}}, \"genotypes\": {\"A\": {}}}]}", "has a profile already"},
        {J, H "\"profiles\": [{\"id\": \"F/A\"}], \"families\": [{\"id\": \"F\", " PEOPLE ", \"genotypes\": {\"A\": {}}}]}", "\"F/A\" is taken"},
        {J, H "\"cases\": [1]}", "expected a case"},
        {J, H "\"cases\": [{\"id\": \"C\", \"hypotheses\": [], \"profiles\": []}]}", "0 hypotheses"},
        {J, H "\"cases\": [{\"id\": \"C\", \"hypotheses\": [1], \"profiles\": []}]}", "expected a hypothesis"},
        {J, H "\"cases\": [{\"id\": \"C\", \"hypotheses\": [{" PEOPLE ", \"founder_inbreeding\": {\"Z\": 0.1}}], \"profiles\": []}]}", "names \"Z\""},
        {J, H "\"cases\": [{\"id\": \"C\", \"hypotheses\": [{" PEOPLE "}], \"profiles\": [\"x\"]}]}", "no profile \"x\""},
        {J, H "\"cases\": [{\"id\": \"C\", \"hypotheses\": [{" PEOPLE "}], \"profiles\": [{\"id\": \"Z\"}]}]}", "\"Z\" is typed but stands in no hypothesis"},
        {J, H "\"cases\": [{\"id\": \"C\", \"hypotheses\": [{" PEOPLE "}], \"profiles\": [], \"population\": 3}]}", "no population number 3"},
        {J, H "\"cases\": [{\"id\": \"C\", \"hypotheses\": [{" PEOPLE "}], \"profiles\": [], \"population\": true}]}", "the name of a population"},
        {J, H "\"cases\": [{\"id\": \"C\", \"hypotheses\": [{" PEOPLE "}], \"profiles\": [], \"population\": \"Q\"}]}", "no population \"Q\""},
        {J, H "\"cases\": [{\"id\": \"C\", \"hypotheses\": [{" PEOPLE "}], \"profiles\": [], \"loci\": [\"TH01\", \"THO1\"]}]}", "TH01 is listed twice"},
        {J, H "\"notes\": [1]}", "expected a note"},
        {O, "{\"format\": \"kinship-oracle/1\", \"cases\": [1]}", "expected a case"},
        {O, ORACLE "\"title\": \"x\"}", "states no likelihood"},
        {O, ORACLE "\"hypotheses\": [], \"markers\": []}", "0 markers"},
        {O, ORACLE "\"hypotheses\": [], \"markers\": [1]}", "expected a marker"},
        {O, ORACLE MARKER "\"hypotheses\": [], \"chrom\": \"Y\"}", "expected \"autosomal\" or \"X\""},
        {O, ORACLE "\"hypotheses\": [], \"markers\": [{\"name\": \"L1\", \"table\": \"T\"}]}", "no table \"T\""},
        {O, ORACLE "\"hypotheses\": [], \"markers\": [{\"name\": \"L1\", \"alleles\": [\"8\"], \"frequencies\": [1], \"silent\": \"s\"}]}", "no allele \"s\""},
        {O, ORACLE "\"hypotheses\": [], \"markers\": [{\"name\": \"L1\", \"alleles\": [\"8\"], \"frequencies\": [1]}, {\"name\": \"L1\", \"alleles\": [\"8\"], \"frequencies\": [1]}]}", "listed twice"},
        {O, ORACLE "\"hypotheses\": [], \"markers\": [{\"name\": \"L1\", \"alleles\": [\"8\"], \"frequencies\": [0.1]}]}", "sum to 0.1"},
        {O, ORACLE MARKER "\"rho\": 0.1, \"hypotheses\": []}", "needs exactly two markers"},
        {O, ORACLE MARKER "\"hypotheses\": []}", "0 hypotheses"},
        {O, ORACLE MARKER PEOPLE ", \"genotypes\": {\"Z\": {}}}", "\"Z\" is typed but stands in no hypothesis"},
        {O, ORACLE MARKER PEOPLE ", \"genotypes\": {\"A\": 1}}", "the genotypes of a person"},
        {O, ORACLE MARKER PEOPLE ", \"genotypes\": {\"A\": {\"L2\": [\"8\", \"8\"]}}}", "no marker of this name"},
    };
    check_bad_cases(cases, sizeof cases / sizeof cases[0]);
}

static void keeps_good_records(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    f.o.keep_good = true;
    f.o.role = HW_FORMAT_ROLE_CHILDREN;
    static const char text[] = H
        "\"populations\": [{\"name\": \"bad\", \"loci\": [{\"locus\": \"TH01\", \"alleles\": [\"6\"], \"frequencies\": [0.2]}]}, {\"name\": \"P\", \"loci\": []}],"
        "\"profiles\": [{\"id\": \"A\"}, {\"id\": \"A\"}, {\"id\": \"B\", \"family\": \"F\"}, {\"id\": \"C\", \"genotypes\": {\"TH01\": [\"??\"]}}],"
        "\"families\": [{\"id\": \"F1\", " PEOPLE ", \"missing\": [\"Q\"]}, {\"id\": \"F2\", " PEOPLE ", \"genotypes\": {\"A\": {\"TH01\": [\"6\"]}, \"Q\": {}}}, {\"id\": \"F3\", " PEOPLE "}],"
        "\"cases\": [{\"id\": \"C1\", \"hypotheses\": [{" PEOPLE "}], \"profiles\": [\"Z\"]}, {\"id\": \"C2\", \"hypotheses\": [{" PEOPLE "}], \"profiles\": [\"A\"]}]}";
    assert_int_equal(read_named(&f, J, "mixed.json", text, strlen(text)), HW_OK);
    assert_int_equal(f.o.n_rejects, 6);
    assert_int_equal(f.d.n_populations, 1);
    assert_string_equal(f.d.population[0]->name, "P");
    assert_int_equal(f.d.n_profiles, 2);
    assert_int_equal(f.d.n_children, 1); /* B belongs to a family */
    assert_int_equal(f.d.n_families, 1);
    assert_string_equal(f.d.family[0].id, "F3");
    assert_int_equal(f.d.n_cases, 1);
    assert_non_null(strstr(f.rejects.s, "$.profiles[1]"));
    assert_non_null(strstr(f.rejects.s, "$.families[1]"));
    fixture_release(&f);
    fixture_init(&f);
    f.o.keep_good = true;
    static const char cases[] = "{\"format\": \"kinship-oracle/1\", \"cases\": [{\"id\": \"x\"}, {\"id\": \"y\", " MARKER PEOPLE ", \"genotypes\": {}}]}";
    assert_int_equal(read_named(&f, O, "o.json", cases, strlen(cases)), HW_OK);
    assert_int_equal(f.o.n_rejects, 1);
    assert_int_equal(f.d.n_cases, 1);
    fixture_release(&f);
}

static void obeys_limits(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    f.o.max_bytes = 10;
    assert_int_equal(read_named(&f, J, "big.json", full, strlen(full)), HW_LIMIT);
    fixture_release(&f);
    /* nesting */
    char deep[20001];
    memset(deep, '[', sizeof deep - 1);
    memcpy(deep, "{\"a\":", 5);
    deep[sizeof deep - 1] = '\0';
    fixture_init(&f);
    assert_int_equal(read_named(&f, J, "deep.json", deep, strlen(deep)), HW_PARSE);
    fixture_release(&f);
    /* alleles and persons */
    hw_str b;
    hw_str_init(&b, 0);
    hw_str_add(&b, H "\"families\": [{\"id\": \"F\", \"individuals\": [");
    for (int i = 0; i < HW_PEDIGREE_MAX + 1; i++) {
        hw_str_addf(&b, "%s{\"id\": \"%d\"}", i > 0 ? "," : "", i);
    }
    hw_str_add(&b, "]}]}");
    fixture_init(&f);
    assert_int_equal(read_named(&f, J, "many.json", b.s, b.len), HW_LIMIT);
    fixture_release(&f);
    hw_str_clear(&b);
    hw_str_add(&b, H "\"populations\": [{\"name\": \"P\", \"loci\": [{\"locus\": \"L\", \"frequencies\": [], \"alleles\": [");
    for (int i = 0; i < HW_JSON_MAX_ALLELES + 1; i++) {
        hw_str_addf(&b, "%s%d", i > 0 ? "," : "", i);
    }
    hw_str_add(&b, "]}]}]}");
    fixture_init(&f);
    assert_int_equal(read_named(&f, J, "many.json", b.s, b.len), HW_LIMIT);
    fixture_release(&f);
    static const char *const lists[] = {"\"settings\": {\"linked\": [%s]}}", "\"settings\": {\"loci\": [%s]}}",
                                        "\"populations\": [{\"name\": \"P\", \"loci\": [%s]}]}",
                                        "\"cases\": [{\"id\": \"C\", \"profiles\": [], \"hypotheses\": [{" PEOPLE "}], \"loci\": [%s]}]}",
                                        "\"cases\": [{\"id\": \"C\", \"profiles\": [], \"hypotheses\": [%s]}]}"};
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
        const char *cut = strstr(lists[k], "%s");
        hw_str_clear(&b);
        hw_str_add(&b, H);
        hw_str_addn(&b, lists[k], (size_t)(cut - lists[k]));
        for (int i = 0; i < 1001; i++) {
            hw_str_add(&b, i > 0 ? ",{}" : "{}");
        }
        hw_str_add(&b, cut + 2);
        fixture_init(&f);
        assert_int_equal(read_named(&f, J, "many.json", b.s, b.len), HW_LIMIT);
        fixture_release(&f);
    }
    hw_str_release(&b);
    /* what cannot be written fails, and says so */
    must_read(&f, J, "all.json", full);
    hw_str small;
    hw_str_init(&small, 100);
    assert_int_equal(hw_format_homeward_json.write(&f.d, &f.o, &small, NULL, &f.err), HW_LIMIT);
    hw_str_release(&small);
    fixture_release(&f);
}

static void survives_want_of_memory(void **state)
{
    (void)state;
    fail_every_allocation(J, "all.json", full, J);
    fail_every_allocation(O, "o.json", oracle, J);
    fail_every_allocation(O, "o.json", ORACLE MARKER PEOPLE ", \"genotypes\": {\"A\": {\"L1\": [\"8\"]}}}", J);
}

/* Every value in turn replaced by others: read, or refused with the place. */
static void replace_values(hw_format_id id, json_t *root, json_t *at)
{
    static const char *const instead[] = {"null", "true", "-1", "0.5", "1e99", "\"?\"", "\"\"", "\"inf\"", "[]", "[1]", "{}", "{\"a\": 1}", "7"};
    size_t n = json_is_object(at) ? json_object_size(at) : json_array_size(at);
    for (size_t i = 0; i < n; i++) {
        void *iter = json_is_object(at) ? json_object_iter(at) : NULL;
        for (size_t k = 0; iter != NULL && k < i; k++) {
            iter = json_object_iter_next(at, iter);
        }
        json_t *old = json_incref(iter != NULL ? json_object_iter_value(iter) : json_array_get(at, i));
        char key[100];
        snprintf(key, sizeof key, "%s", iter != NULL ? json_object_iter_key(iter) : "");
        if (json_is_object(old) || json_is_array(old)) {
            replace_values(id, root, old);
        }
        for (size_t k = 0; k < sizeof instead / sizeof instead[0]; k++) {
            json_t *other = json_loads(instead[k], JSON_DECODE_ANY, NULL);
            assert_non_null(other);
            assert_int_equal(iter != NULL ? json_object_set_new(at, key, other) : json_array_set_new(at, i, other), 0);
            char *text = json_dumps(root, JSON_COMPACT);
            read_anything(id, "m.json", text, strlen(text));
            free(text);
        }
        assert_int_equal(iter != NULL ? json_object_set_new(at, key, old) : json_array_set_new(at, i, old), 0);
    }
}

static void survives_other_values(void **state)
{
    (void)state;
    static const char *const texts[] = {full, oracle, ORACLE MARKER PEOPLE ", \"genotypes\": {\"A\": {\"L1\": [\"8\"]}}}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        json_t *root = json_loads(texts[i], 0, NULL);
        assert_non_null(root);
        replace_values(i == 0 ? J : O, root, root);
        json_decref(root);
        starve(i == 0 ? J : O, "s.json", texts[i]);
    }
    truncate_everywhere(J, "t.json", full, 7);
}

static void is_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        hw_format_id id;
    } texts[] = {{" \n\t{\"format\" : \"homeward/1\"}", J}, {"{\"format\": \"kinship-oracle/1\"}", O}, {"{\"a\": 1}", J}, {"", HW_FORMAT_UNKNOWN}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        hw_format_input in = {"x", texts[i].text, strlen(texts[i].text)};
        const hw_format *found = hw_format_detect(&in);
        assert_int_equal(found != NULL ? found->id : HW_FORMAT_UNKNOWN, texts[i].id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_everything),
        cmocka_unit_test(loses_nothing),
        cmocka_unit_test(reads_reference_cases),
        cmocka_unit_test(reads_all_oracles),
        cmocka_unit_test(reads_single_cases_and_their_likelihoods),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(keeps_good_records),
        cmocka_unit_test(obeys_limits),
        cmocka_unit_test(survives_want_of_memory),
        cmocka_unit_test(survives_other_values),
        cmocka_unit_test(is_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
