// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship_fixture.h"

#include <jansson.h>

#include "base/thread.h"
#include "kinship/network.h"
#include "kinship/ratio.h"

static hw_arena arena;
static hw_engine *e;

static int set_up(void **state)
{
    (void)state;
    hw_arena_init(&arena, 0);
    e = fx_engine();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hw_engine_free(e);
    hw_engine_free(NULL);
    hw_arena_release(&arena);
    return 0;
}

#define FOUR "10:0.1 11:0.2 12:0.3 13:0.4"

static const hw_locus_model *plain(void)
{
    return fx_model(&arena, HW_LOCUS_AUTOSOMAL, FOUR, NULL, 0, NULL);
}

/* ---- by hand ---- */

static void hand_formulas(void **state)
{
    (void)state;
    const hw_locus_model *lm = plain();
    fx_near(fx_value(e, "A M", lm, "A=10/11"), 2 * 0.1 * 0.2, 1e-15);
    fx_near(fx_value(e, "A M", lm, "A=10/10"), 0.01, 1e-15);
    fx_near(fx_value(e, "A M f=0.25", lm, "A=10/10"), 0.01 * 0.75 + 0.1 * 0.25, 1e-15);
    fx_near(fx_value(e, "A M f=0.25", lm, "A=10/11"), 0.04 * 0.75, 1e-15);
    fx_near(fx_value(e, "A M", lm, "A=-/-"), 1, 0);
    fx_near(fx_value(e, "A M; B F; C M A B", lm, "A=10/11 B=12/12 C=10/12"), 0.04 * 0.09 * 0.5, 1e-15);
    fx_near(fx_value(e, "A M; C M A -", lm, "A=10/11 C=10/12"), 0.04 * 0.5 * 0.3, 1e-15);
    fx_near(fx_value(e, "A M; C M A -", lm, "A=10/11 C=12/12"), 0, 0);
    /* child of full siblings who are not typed: inbreeding 1/4 */
    fx_near(fx_value(e, "A M; B F; S M A B; D F A B; C M S D", lm, "C=10/10"), 0.01 * 0.75 + 0.1 * 0.25, 1e-14);
    /* double first cousins: kappa 1/16, 6/16, 9/16 */
    fx_near(fx_value(e, "A M; B F; C M; D F; F M A B; G M A B; H F C D; I F C D; X M F H; Y M G I", lm, "X=10/11 Y=10/11"),
            0.04 * (9.0 / 16 * 0.04 + 6.0 / 16 * 0.15 + 1.0 / 16), 1e-14);
    /* readings that contradict themselves, on one person by way of twins */
    fx_near(fx_value(e, "A M twin=1; B M twin=1", lm, "A=10/11 B=10/11"), 0.04, 1e-15);
    fx_near(fx_value(e, "A M twin=1; B M twin=1", lm, "A=10/11 B=10/12"), 0, 0);
    fx_near(fx_value(e, "A M twin=1; B M twin=1", lm, "A=10/11 B=10/10 d=0.1"), 0.04 * 0.9 * 0.1, 1e-15);
    fx_near(fx_value(e, "A M twin=1; B M twin=1; C M twin=1", lm, "A=10/10 d=0.1 B=10/11 C=12/12"), 0, 0);
}

/* Mutation by hand: one meiosis of an equal model with four alleles. */
static void hand_mutation(void **state)
{
    (void)state;
    hw_locus_settings ls = fx_equal(0.003, 0.006);
    const hw_locus_model *lm = fx_model(&arena, HW_LOCUS_AUTOSOMAL, FOUR, &ls, 0, NULL);
    double m = 0.006 / 3;
    double gamete = 0;
    static const double p[4] = {0.1, 0.2, 0.3, 0.4};
    for (int i = 0; i < 4; i++) {
        gamete += p[i] * (i == 3 ? 1 - 0.003 : 0.001);
    }
    fx_near(fx_value(e, "A M; C M A -", lm, "A=10/10 C=12/13"),
            0.01 * (m * gamete + m * (0.1 * 0.001 + 0.2 * 0.001 + 0.3 * 0.997 + 0.4 * 0.001)), 1e-13);
    /* with one rate for both, unknown sexes do no harm */
    hw_locus_settings same = fx_equal(0.003, 0.003);
    const hw_locus_model *one = fx_model(&arena, HW_LOCUS_AUTOSOMAL, FOUR, &same, 0, NULL);
    double known = fx_value(e, "A M; C M A -", one, "A=10/10 C=12/13");
    fx_near(fx_value(e, "A U; C U A -", one, "A=10/10 C=12/13"), known, 1e-14);
    hw_err err = {0};
    fx_fails(fx_status(e, "A U; C U A -", lm, "A=10/10 C=12/13", &err), HW_CONFLICT, &err, "TEST1|A|sex|C");
    fx_near(fx_value(e, "A U; C U A -", lm, "A=10/10"), 0.01, 1e-15); /* the child does not matter */
}

static void x_chromosome(void **state)
{
    (void)state;
    const hw_locus_model *lm = fx_model(&arena, HW_LOCUS_X, FOUR, NULL, 0, NULL);
    fx_near(fx_value(e, "A M", lm, "A=10/10"), 0.1, 1e-15);
    fx_near(fx_value(e, "A M", lm, "A=10/11"), 0, 0);
    fx_near(fx_value(e, "A M; B F; S M A B", lm, "A=10/10 B=11/12 S=11/11"), 0.1 * 0.12 * 0.5, 1e-15);
    fx_near(fx_value(e, "A M; B F; S M A B", lm, "A=10/10 S=10/10"), 0.1 * 0.1, 1e-15); /* the father's X does not reach the son */
    fx_near(fx_value(e, "A M; B F; D F A B", lm, "A=10/10 D=10/11"), 0.1 * 0.2, 1e-15);
    fx_near(fx_value(e, "A M; B F; D F A B", lm, "A=10/10 D=12/11"), 0, 0);
    fx_near(fx_value(e, "A M; D F A -; G F A -", lm, "D=10/11 G=10/12"), 2 * 0 + 0.1 * 0.2 * 0.3, 1e-14);
    hw_err err = {0};
    fx_fails(fx_status(e, "A U", lm, "A=10/10", &err), HW_CONFLICT, &err, "X chromosome|TEST1|A");
    fx_fails(fx_status(e, "A U; C F A -", lm, "C=10/10", &err), HW_CONFLICT, &err, "sex of A");
    fx_near(fx_value(e, "A F; C U - A", lm, "A=10/11"), 0.04, 1e-15); /* an untyped child of unknown sex does not matter */
    fx_near(fx_value(e, "A F f=0.25; C M - A", lm, "A=10/10"), 0.01 * 0.75 + 0.1 * 0.25, 1e-15);
}

/* ---- the textbook ---- */

static void familias_book(void **state)
{
    (void)state;
    /* B2.1 a, d, h: a trio in which the child's paternal allele is known. The mother is A/B (say 11/12), the child 10/11, the alleged father has 10. */
    const hw_locus_model *a = fx_model(&arena, HW_LOCUS_AUTOSOMAL, "10:0.05 11:0.45 12:0.5", NULL, 0, NULL);
    const hw_locus_model *d = fx_model(&arena, HW_LOCUS_AUTOSOMAL, "10:0.1 11:0.4 12:0.5", NULL, 0, NULL);
    const char *father = "F M; M F; C M F M";
    const char *other = "F M; M F; C M - M";
    const char *t = "F=10/10 M=11/11 C=10/11";
    double lr_a = fx_value(e, father, a, t) / fx_value(e, other, a, t);
    fx_near(lr_a, 20, 1e-13);
    fx_near(lr_a * fx_value(e, father, d, t) / fx_value(e, other, d, t), 200, 1e-13);
    const hw_locus_model *h = fx_model(&arena, HW_LOCUS_AUTOSOMAL, "10:0.05 11:0.45 12:0.5", NULL, 0.02, NULL);
    fx_near(fx_value(e, father, h, t) / fx_value(e, other, h, t), (1 + 3 * 0.02) / (2 * 0.02 + 0.98 * 0.05), 1e-13);
    fx_near(fx_value(e, father, h, t) / fx_value(e, other, h, t), 11.910112359550562, 1e-13);
    /* g: inverse random match probability of two homozygotes */
    fx_near(1 / (fx_value(e, "A M", a, "A=10/10") * fx_value(e, "A M", d, "A=10/10")), 40000, 1e-13);
    /* 2 a: no allele shared, no mutation; c: equal model, R 0.007, 8 alleles */
    const char *table = "10:0.212 11:0.292 12:0.1 13:0.1 14:0.1 15:0.1 16:0.05 17:0.046";
    const hw_locus_model *none = fx_model(&arena, HW_LOCUS_AUTOSOMAL, table, NULL, 0, NULL);
    fx_near(fx_value(e, "F M; C M F -", none, "F=12/13 C=10/11"), 0, 0);
    hw_locus_settings ls = fx_equal(0, 0.007);
    const hw_locus_model *mut = fx_model(&arena, HW_LOCUS_AUTOSOMAL, table, &ls, 0, NULL);
    double lr = fx_value(e, "F M; C M F -", mut, "F=12/13 C=10/11") / fx_value(e, "F M; C M", mut, "F=12/13 C=10/11");
    fx_near(lr, 0.001 * (0.212 + 0.292) / (2 * 0.212 * 0.292), 1e-12);
    fx_near(lr, 0.004070819, 2e-7);
}

/* ---- the reference distributions of a missing person's genotype ---- */

static hw_allele json_name(const json_t *v)
{
    return fx_allele(json_string_value(v));
}

static void one_distribution(const json_t *c)
{
    fx_table table = {.f = {.locus = json_string_value(json_object_get(c, "table")), .sum = 1}};
    table.f.allele = table.allele;
    table.f.freq = table.freq;
    const json_t *names = json_object_get(json_object_get(c, "frequencies"), "alleles");
    table.f.n = (uint32_t)json_array_size(names);
    for (uint32_t i = 0; i < table.f.n; i++) {
        table.allele[i] = json_name(json_array_get(names, i));
        table.freq[i] = json_number_value(json_array_get(json_object_get(json_object_get(c, "frequencies"), "frequencies"), i));
    }
    hw_locus_settings ls = {0};
    const json_t *mutation = json_object_get(c, "mutation");
    for (int s = 0; s < 2 && json_is_object(mutation); s++) {
        const json_t *m = json_object_get(mutation, s == 0 ? "female" : "male");
        hw_mutation *to = s == 0 ? &ls.female : &ls.male;
        if (!json_is_object(m)) {
            continue;
        }
        assert_true(hw_mutation_from_name(json_string_value(json_object_get(m, "model")), &to->model));
        to->rate = json_number_value(json_object_get(m, "rate"));
        to->rate2 = json_number_value(json_object_get(m, "rate2"));
        to->range = json_number_value(json_object_get(m, "range"));
    }
    hw_locus_model *lm = NULL;
    hw_err err = {0};
    fx_ok(hw_locus_model_build(&arena, &table.f, HW_LOCUS_AUTOSOMAL, &ls, 0, HW_RARE_AUTO, 0, NULL, 0, &lm, &err), &err);
    char text[2000] = "";
    const json_t *people = json_object_get(c, "individuals");
    for (size_t i = 0; i < json_array_size(people); i++) {
        const json_t *p = json_array_get(people, i);
        const char *f = json_string_value(json_object_get(p, "father"));
        const char *m = json_string_value(json_object_get(p, "mother"));
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s %s %s %s;", json_string_value(json_object_get(p, "id")),
                 json_string_value(json_object_get(p, "sex")), f == NULL ? "-" : f, m == NULL ? "-" : m);
    }
    hw_pedigree ped;
    fx_pedigree(&ped, text);
    hw_typing *t = fx_typings(&ped, "");
    const char *id;
    const json_t *g;
    json_object_foreach((json_t *)(uintptr_t)json_object_get(c, "genotypes"), id, g)
    {
        t[fx_person(&ped, id)] = (hw_typing){json_name(json_array_get(g, 0)), json_name(json_array_get(g, 1)), 0, 0};
    }
    double joint[2000];
    int exp = 0;
    hw_real total = {0};
    fx_ok(hw_condition(e, &ped, lm, t, fx_person(&ped, json_string_value(json_object_get(c, "target"))), joint, &exp, &total, &err), &err);
    size_t compared = 0;
    const json_t *want;
    json_object_foreach((json_t *)(uintptr_t)json_object_get(c, "distribution"), id, want)
    {
        char name[40];
        snprintf(name, sizeof name, "%s", id);
        char *second = strchr(name, '/');
        *second++ = '\0';
        int i = hw_locus_model_index(lm, fx_allele(name));
        int j = hw_locus_model_index(lm, fx_allele(second));
        assert_true(i >= 0 && j >= 0);
        double got = hw_ratio((hw_real){joint[hw_genotype_index((uint32_t)i, (uint32_t)j)], exp}, total);
        fx_near(got, json_number_value(want), 1e-10);
        compared++;
    }
    assert_true(compared >= 3);
    hw_pedigree_release(&ped);
}

static void reference_distributions(void **state)
{
    (void)state;
    char path[1000];
    const char *shared = getenv("HOMEWARD_SHARED");
    const char *source = getenv("HOMEWARD_SOURCE");
    snprintf(path, sizeof path, "%s%s/oracles/kinship/genotype-distribution.json", shared != NULL ? shared : source != NULL ? source : ".",
             shared != NULL ? "" : "/../shared");
    json_error_t error;
    json_t *root = json_load_file(path, 0, &error);
    if (root == NULL) {
        printf("SKIPPED: no %s\n", path);
        skip();
    }
    const json_t *cases = json_object_get(root, "cases");
    assert_true(json_array_size(cases) > 0);
    for (size_t i = 0; i < json_array_size(cases); i++) {
        one_distribution(json_array_get(cases, i));
    }
    json_decref(root);
}

/* ---- large families ---- */

/* n children of an untyped couple (or of one untyped mother), so many that the likelihood is far below what a double holds. */
static hw_real sibship(uint32_t n, bool half, const hw_locus_model *lm)
{
    hw_pedigree p;
    hw_pedigree_init(&p);
    uint32_t at = 0;
    assert_int_equal(hw_pedigree_add(&p, "F", HW_SEX_MALE, &at, NULL), HW_OK);
    assert_int_equal(hw_pedigree_add(&p, "M", HW_SEX_FEMALE, &at, NULL), HW_OK);
    static const char *const genotype[] = {"10/11", "10/12", "13/11", "13/12"};
    hw_typing *t = fx_typings(&p, "");
    for (uint32_t i = 0; i < n; i++) {
        char id[16];
        snprintf(id, sizeof id, "C%u", i);
        assert_int_equal(hw_pedigree_add(&p, id, HW_SEX_FEMALE, &at, NULL), HW_OK);
        assert_int_equal(hw_pedigree_set_parents(&p, at, half ? -1 : 0, 1, NULL), HW_OK);
        char text[40];
        snprintf(text, sizeof text, "%s", genotype[i % 4]);
        char *second = strchr(text, '/');
        *second++ = '\0';
        t[at] = (hw_typing){fx_allele(text), fx_allele(second), 0, 0};
    }
    hw_err err = {0};
    fx_ok(hw_pedigree_check(&p, &err), &err);
    hw_real r = fx_real(e, &p, lm, t);
    hw_pedigree_release(&p);
    return r;
}

static void hundreds_of_children(void **state)
{
    (void)state;
    const hw_locus_model *lm = plain();
    static const uint32_t sizes[] = {60, 400, 990};
    for (int i = 0; i < 3; i++) {
        /* parents are 10/13 and 11/12 or the other way: 4 p10 p11 p12 p13 times two, and a quarter per child */
        hw_real full = sibship(sizes[i], false, lm);
        fx_near(-hw_real_log10(full), -(hw_log10(8 * 0.1 * 0.2 * 0.3 * 0.4) - sizes[i] * hw_log10(4)), 1e-12);
        /* the mother is 10/13, 11/12, or (not with all four kinds) other: either of two; her child takes the other allele from a stranger */
        hw_real half = sibship(sizes[i], true, lm);
        hw_real want = hw_real_from(0);
        static const double p[4] = {0.1, 0.2, 0.3, 0.4};
        for (int a = 0; a < 4; a++) {
            for (int b = a; b < 4; b++) {
                hw_real x = hw_real_from(p[a] * p[b] * (a == b ? 1 : 2));
                for (uint32_t c = 0; c < sizes[i]; c++) {
                    int u = c % 4 < 2 ? 0 : 3;
                    int v = c % 2 == 0 ? 1 : 2;
                    double from_u = 0.5 * ((a == u) + (b == u));
                    double from_v = 0.5 * ((a == v) + (b == v));
                    x = hw_real_mul_d(x, from_u * p[v] + from_v * p[u]);
                }
                want = hw_real_add(want, x);
            }
        }
        fx_near(-hw_real_log10(half), -hw_real_log10(want), 1e-12);
    }
}

static void three_hundred_generations(void **state)
{
    (void)state;
    hw_locus_settings ls = fx_equal(0.01, 0.01);
    const hw_locus_model *lm = fx_model(&arena, HW_LOCUS_AUTOSOMAL, FOUR, &ls, 0, NULL);
    hw_pedigree p;
    hw_pedigree_init(&p);
    for (uint32_t i = 0; i < 300; i++) {
        char id[16];
        uint32_t at = 0;
        snprintf(id, sizeof id, "G%u", i);
        assert_int_equal(hw_pedigree_add(&p, id, i % 2 == 0 ? HW_SEX_MALE : HW_SEX_FEMALE, &at, NULL), HW_OK);
        assert_int_equal(hw_pedigree_set_parents(&p, at, i % 2 == 1 ? (int32_t)i - 1 : -1, i > 0 && i % 2 == 0 ? (int32_t)i - 1 : -1, NULL), HW_OK);
    }
    hw_err err = {0};
    fx_ok(hw_pedigree_check(&p, &err), &err);
    /* after so many generations strangers, but for 2^-300 */
    fx_near(fx_likelihood(e, &p, lm, "G0=10/11 G299=12/13"), fx_likelihood(e, &p, lm, "G0=10/11") * fx_likelihood(e, &p, lm, "G299=12/13"), 1e-11);
    hw_pedigree_release(&p);
}

/* ---- cost ---- */

/* Two untyped lines crossed in every generation: everybody depends on everybody. */
static void dense(hw_pedigree *p, uint32_t generations, uint32_t width)
{
    hw_pedigree_init(p);
    for (uint32_t g = 0; g < generations; g++) {
        for (uint32_t i = 0; i < width; i++) {
            char id[32];
            uint32_t at = 0;
            snprintf(id, sizeof id, "g%u_%u", g, i);
            assert_int_equal(hw_pedigree_add(p, id, i % 2 == 0 ? HW_SEX_MALE : HW_SEX_FEMALE, &at, NULL), HW_OK);
            if (g > 0) {
                uint32_t base = (g - 1) * width;
                uint32_t father = (i * 2) % width;
                uint32_t mother = (i * 2 + 3 + 2 * g) % width;
                assert_int_equal(hw_pedigree_set_parents(p, at, (int32_t)(base + father), (int32_t)(base + (mother | 1)), NULL), HW_OK);
            }
        }
    }
    hw_err err = {0};
    fx_ok(hw_pedigree_check(p, &err), &err);
}

static void too_costly(void **state)
{
    (void)state;
    hw_locus_settings ls = fx_stepwise(1e-3, 2e-3);
    const hw_locus_model *lm =
        fx_model(&arena, HW_LOCUS_AUTOSOMAL, "8:0.1 9:0.1 10:0.1 11:0.1 12:0.1 13:0.1 14:0.1 15:0.1 16:0.1 17:0.1", &ls, 0, NULL);
    hw_pedigree p;
    dense(&p, 6, 12);
    hw_typing *t = fx_typings(&p, "");
    for (uint32_t i = 60; i < 72; i++) {
        t[i] = (hw_typing){fx_allele("10"), fx_allele("11"), 0, 0};
    }
    hw_err err = {0};
    hw_real r = {0.75, 7};
    double start = hw_now_seconds();
    fx_fails(hw_likelihood(e, &p, lm, t, &r, &err), HW_TOO_COSTLY, &err, "TEST1|operations|g");
    assert_true(hw_now_seconds() - start < 2);
    assert_true(r.m == 0.75 && r.e == 7);
    double operations = 0;
    double bytes = 0;
    fx_ok(hw_likelihood_cost(e, &p, lm, t, &operations, &bytes, &err), &err);
    assert_true(operations > 2e9);
    hw_pedigree_release(&p);
    /* names that do not fit the message are left off, not cut in the middle */
    hw_pedigree_init(&p);
    dense(&p, 2, 2);
    hw_engine *poor = NULL;
    hw_engine_limits limits = {.max_operations = 1, .max_bytes = 1};
    assert_int_equal(hw_engine_new(&limits, &poor, NULL), HW_OK);
    err = (hw_err){0};
    fx_fails(hw_likelihood(poor, &p, lm, fx_typings(&p, "g1_0=10/11 g1_1=10/12"), &r, &err), HW_TOO_COSTLY, &err, "TEST1");
    hw_pedigree_release(&p);
    hw_pedigree_init(&p);
    char long_id[400];
    memset(long_id, 'x', sizeof long_id);
    long_id[399] = '\0';
    uint32_t at = 0;
    assert_int_equal(hw_pedigree_add(&p, long_id, HW_SEX_MALE, &at, NULL), HW_OK);
    assert_int_equal(hw_pedigree_add(&p, "C", HW_SEX_MALE, &at, NULL), HW_OK);
    assert_int_equal(hw_pedigree_add(&p, "D", HW_SEX_MALE, &at, NULL), HW_OK);
    assert_int_equal(hw_pedigree_set_parents(&p, 1, 0, -1, NULL), HW_OK);
    assert_int_equal(hw_pedigree_set_parents(&p, 2, 0, -1, NULL), HW_OK);
    err = (hw_err){0};
    hw_typing *few = fx_typings(&p, "C=10/11 D=11/12 d=0.1");
    few[0] = (hw_typing){fx_allele("10"), HW_ALLELE_UNKNOWN, 0, 0};
    fx_fails(hw_likelihood(poor, &p, lm, few, &r, &err), HW_TOO_COSTLY, &err, "TEST1");
    hw_pedigree_release(&p);
    hw_engine_free(poor);
}

static void refused(void **state)
{
    (void)state;
    const hw_locus_model *lm = plain();
    hw_err err = {0};
    fx_fails(fx_status(e, "A M; B M A -", lm, "A=10/33.1", &err), HW_CONFLICT, &err, "33.1|TEST1");
    fx_fails(fx_status(e, "A M; B M A -", lm, "A=10/10 d=1.5", &err), HW_CONFLICT, &err, "TEST1|0 to 1");
    hw_pedigree p;
    fx_pedigree(&p, "A M; B M A -");
    double joint[10];
    int exp = 0;
    hw_real total;
    err = (hw_err){0};
    fx_fails(hw_condition(e, &p, lm, fx_typings(&p, ""), 2, joint, &exp, &total, &err), HW_NOT_FOUND, &err, "person 2");
    /* a family that cannot be: the whole table is zero */
    fx_ok(hw_condition(e, &p, lm, fx_typings(&p, "A=10/10"), 1, joint, &exp, &total, &err), &err);
    fx_near(joint[hw_genotype_index(0, 1)] / hw_real_to_double((hw_real){total.m, total.e - exp}), 0.2, 1e-14);
    hw_pedigree_release(&p);
    fx_pedigree(&p, "A M twin=1; B M twin=1; C M A -");
    fx_ok(hw_condition(e, &p, lm, fx_typings(&p, "A=10/10 B=11/11"), 2, joint, &exp, &total, &err), &err);
    assert_true(hw_real_is_zero(total));
    for (int i = 0; i < 10; i++) {
        assert_true(joint[i] == 0);
    }
    /* the missing person's twin is typed */
    fx_ok(hw_condition(e, &p, lm, fx_typings(&p, "B=10/11"), 0, joint, &exp, &total, &err), &err);
    fx_near(hw_real_to_double(total), 0.04, 1e-15);
    fx_near(hw_real_to_double((hw_real){joint[hw_genotype_index(0, 1)], exp}), 0.04, 1e-15);
    hw_pedigree_release(&p);
}

/* An engine's values do not depend on what it did before. */
static void no_memory_of_the_past(void **state)
{
    (void)state;
    hw_locus_settings ls = fx_stepwise(1e-3, 2e-3);
    const hw_locus_model *lm = fx_model(&arena, HW_LOCUS_AUTOSOMAL, FOUR, &ls, 0.01, NULL);
    const char *ped = "A M; B F; C M A B; D F A B; E M C -; G F - D";
    hw_engine *fresh = fx_engine();
    double x = fx_value(fresh, ped, lm, "A=10/11 E=10/12 G=13/13");
    hw_engine_free(fresh);
    for (int i = 0; i < 3; i++) {
        fx_near(fx_value(e, ped, lm, "A=10/11 E=10/12 G=13/13"), x, 0);
        (void)sibship(20, true, lm->theta > 1 ? lm : plain());
    }
}

/* ---- every allocation refused once ---- */

typedef struct shape {
    const char *pedigree, *typings;
    int kind; /* 0 autosomal, 1 X */
    double theta, silent;
    int person; /* of the conditional table */
} shape;

static const shape shapes[] = {
    {"A M; B F; C M A B", "A=10/11 C=10/12", 0, 0, 0, 1},
    {"A M; B F; C M A B; D F A B; E M C -", "D=10/11 E=10/10", 0, 0, 0.02, 0},
    {"A M; B F; C M A B; D F A B; E M C -", "D=10/11 E=10/10", 0, 0.02, 0, 2},
    {"A M; B F f=0.2; C M A B; D F A B; E F C D", "C=10/11 E=10/13 d=0.1", 0, 0, 0, 3},
    {"A M; B F; C M A B; D F A B; E F C D", "C=10/10 E=10/- e=0.1", 1, 0, 0, 3},
    {"A M; B F; C M A B; D F A B; E F C D", "C=10/10 E=10/13", 1, 0.03, 0.01, 4},
    {"A M; B F; C M A B; D F A B; E F A B; G F A B", "C=10/11 D=10/12 E=10/11 d=0.2 G=11/12", 0, 0, 0.01, 0},
    {"A M; B F; C M A B twin=1; D M A B twin=1; E F C -", "C=10/11 D=10/11 d=0.1 E=11/12", 0, 0, 0, 4},
};

static hw_status run_shape(const hw_pedigree *p, const hw_locus_model *lm, const hw_typing *t, int what, uint32_t person, hw_engine *x, hw_err *err)
{
    hw_real r = {0.75, 7};
    if (what == 0) {
        hw_status s = hw_likelihood(x, p, lm, t, &r, err);
        assert_true(s == HW_OK || (r.m == 0.75 && r.e == 7));
        return s;
    }
    if (what == 1) {
        double joint[50];
        int exp = 0;
        return hw_condition(x, p, lm, t, person, joint, &exp, &r, err);
    }
    double operations, bytes;
    return hw_likelihood_cost(x, p, lm, t, &operations, &bytes, err);
}

static void no_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        const shape *s = &shapes[i];
        for (int mutating = 0; mutating < 2; mutating++) {
            hw_locus_settings ls = mutating ? fx_stepwise(1e-3, 2e-3) : fx_equal(1e-3, 1e-3);
            ls.silent = s->silent;
            const hw_locus_model *lm = fx_model(&arena, s->kind == 0 ? HW_LOCUS_AUTOSOMAL : HW_LOCUS_X, "10:0.1 11:0.2 12:0.3 13:0.2 14:0.1 15:0.1", &ls, s->theta, NULL);
            hw_pedigree p;
            fx_pedigree(&p, s->pedigree);
            hw_typing *t = fx_typings(&p, s->typings);
            for (int what = 0; what < 3; what++) {
                /* the heap: blocks of the arena */
                hw_status status = HW_NO_MEMORY;
                for (long nth = 1; status != HW_OK; nth++) {
                    hw_engine *x = NULL;
                    hw_err err = {0};
                    hw_alloc_fail_at(nth, false);
                    status = hw_engine_new(NULL, &x, &err);
                    status = status == HW_OK ? run_shape(&p, lm, t, what, (uint32_t)s->person, x, &err) : status;
                    bool fired = hw_alloc_count() >= nth;
                    hw_alloc_fail_at(0, false);
                    hw_engine_free(x);
                    assert_true((status == HW_OK) == !fired);
                    assert_true(status == HW_OK || status == HW_NO_MEMORY);
                }
                /* every single piece of the arena: 16 bytes more each time until it is enough */
                status = HW_NO_MEMORY;
                uint32_t refusals = 0;
                hw_engine *x = fx_engine();
                for (size_t cap = 8; status != HW_OK; cap += cap < 20000 ? 16 : 1024, refusals++) {
                    hw_err err = {0};
                    x->arena.cap = cap;
                    status = run_shape(&p, lm, t, what, (uint32_t)s->person, x, &err);
                    assert_true(status == HW_OK || status == HW_NO_MEMORY);
                    assert_int_equal(x->arena.used, 0);
                }
                assert_true(refusals > 20);
                hw_engine_free(x);
            }
            hw_pedigree_release(&p);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hand_formulas),
        cmocka_unit_test(hand_mutation),
        cmocka_unit_test(x_chromosome),
        cmocka_unit_test(familias_book),
        cmocka_unit_test(reference_distributions),
        cmocka_unit_test(hundreds_of_children),
        cmocka_unit_test(three_hundred_generations),
        cmocka_unit_test(too_costly),
        cmocka_unit_test(refused),
        cmocka_unit_test(no_memory_of_the_past),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests_name("likelihood", tests, set_up, tear_down);
}
