// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "match_fixture.h"

#include <math.h>

#include "base/rng.h"
#include "kinship/siblings.h"

static const char *const LOCI[] = {"D3S1358", "TH01", "FGA", "vWA", "CSF1PO", "TPOX", "D5S818", "D7S820", "D8S1179", "D13S317", "D16S539", "D18S51", "D21S11", "D2S1338", "D19S433"};
enum { N_LOCI = 15, ALLELES = 8 };

static void small(nation *n)
{
    char loci[400] = "", tables[4000] = "";
    for (int l = 0; l < N_LOCI; l++) {
        fx_add(loci, sizeof loci, "%s ", LOCI[l]);
        fx_add(tables, sizeof tables, "%s", LOCI[l]);
        for (int a = 0; a < ALLELES; a++) {
            fx_add(tables, sizeof tables, " %d:%g", 6 + a, 1.0 / ALLELES);
        }
        fx_add(tables, sizeof tables, "; ");
    }
    loci[strlen(loci) - 1] = '\0';
    fx_nation(n, loci);
    fx_population(n, "even", 0, tables);
    n->o.n_populations = 1;
}

typedef struct genes {
    uint32_t a[N_LOCI][2];
} genes;

static genes founder(hw_rng *r)
{
    genes g;
    for (int l = 0; l < N_LOCI; l++) {
        g.a[l][0] = 6 + hw_rng_below(r, ALLELES);
        g.a[l][1] = 6 + hw_rng_below(r, ALLELES);
    }
    return g;
}

static genes child_of(hw_rng *r, const genes *f, const genes *m)
{
    genes g;
    for (int l = 0; l < N_LOCI; l++) {
        g.a[l][0] = f->a[l][hw_rng_below(r, 2)];
        g.a[l][1] = m->a[l][hw_rng_below(r, 2)];
    }
    return g;
}

static void add(nation *n, const char *id, const genes *g, int loci)
{
    char text[400] = "";
    for (int l = 0; l < loci; l++) {
        fx_add(text, sizeof text, "%s=%u/%u ", LOCI[l], g->a[l][0], g->a[l][1]);
    }
    fx_child(n, id, HW_SEX_UNKNOWN, text);
}

static const hw_sibling_pair *find(const hw_sibling_result *r, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->pair[i].a == a && r->pair[i].b == b) {
            return &r->pair[i];
        }
    }
    return NULL;
}

/* Two full siblings, a half sibling of theirs, a mother among the rescued, one child entered twice, strangers. */
static void finds_who_belongs_together(void **state)
{
    (void)state;
    nation n;
    small(&n);
    hw_rng r;
    hw_rng_seed(&r, 7, 0);
    genes father = founder(&r), mother = founder(&r), other = founder(&r);
    genes one = child_of(&r, &father, &mother), two = child_of(&r, &father, &mother), half = child_of(&r, &other, &mother);
    genes stranger = founder(&r), more = founder(&r);
    add(&n, "one", &one, N_LOCI);
    add(&n, "stranger", &stranger, N_LOCI);
    add(&n, "two", &two, N_LOCI);
    add(&n, "half", &half, N_LOCI);
    add(&n, "mother", &mother, N_LOCI);
    add(&n, "again", &stranger, N_LOCI);
    add(&n, "more", &more, 12);
    hw_sibling_options o;
    hw_sibling_options_init(&o);
    o.threshold_log10 = 1;
    hw_sibling_result x;
    hw_err err = {0};
    fx_ok(hw_siblings(&n.d, &n.o, &o, &x, &err), &err);
    const hw_sibling_pair *full = find(&x, 0, 2), *twice = find(&x, 1, 5), *parent = find(&x, 0, 4);
    assert_true(full != NULL && twice != NULL && parent != NULL);
    assert_int_equal(full->flag, HW_SIBLING_PLAIN);
    assert_true(full->log10_full > full->log10_half && full->posterior_full > 0.9);
    assert_int_equal(twice->flag, HW_SIBLING_IDENTICAL);
    assert_int_equal(parent->flag, HW_SIBLING_PARENT_CHILD);
    assert_true(parent->posterior_parent > 0.5);
    for (size_t i = 0; i < x.n; i++) {
        const hw_sibling_pair *p = &x.pair[i];
        double sum = p->posterior_full + p->posterior_half + p->posterior_parent;
        assert_true(p->a < p->b && sum > 0 && sum <= 1);
        assert_true(p->log10_full >= 1 || p->log10_half >= 1);
        assert_true(i == 0 || x.pair[i - 1].posterior_full + x.pair[i - 1].posterior_half + x.pair[i - 1].posterior_parent >= sum);
        for (size_t k = 0; k < i; k++) {
            assert_true(x.pair[k].a != p->a || x.pair[k].b != p->b);
        }
    }
    fx_near(x.prior_full_each, 0.02 / 6, 1e-15);
    hw_sibling_result_release(&x);
    fx_nation_drop(&n);
}

/* The ratios against the likelihoods of the pedigrees, one locus, by hand. */
static void ratios_are_those_of_the_pedigrees(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "TH01");
    fx_population(&n, "one", 0, "TH01 6:0.2 7:0.3 8:0.5");
    n.o.n_populations = 1;
    n.set.standard = fx_stepwise(1e-3, 3e-3); /* mothers and fathers differ */
    fx_child(&n, "a", HW_SEX_MALE, "TH01=6/7");
    fx_child(&n, "b", HW_SEX_UNKNOWN, "TH01=6/8");
    hw_sibling_options o;
    hw_sibling_options_init(&o);
    o.threshold_log10 = -100;
    hw_sibling_result x;
    hw_err err = {0};
    fx_ok(hw_siblings(&n.d, &n.o, &o, &x, &err), &err);
    assert_int_equal(x.n, 1);
    HW_CLEANUP(hw_arena_release) hw_arena arena = {0};
    const hw_locus_model *lm = fx_model(&arena, HW_LOCUS_AUTOSOMAL, "6:0.2 7:0.3 8:0.5", &n.set.standard, 0, NULL);
    hw_engine *e = fx_engine();
    /* The family stands as it is in the other hypothesis too: a child's genes have passed a meiosis that a founder's have not. */
    static const char *const kin[3][2] = {{"F M; M F; A M F M; B M F M", "F M; M F; A M F M; B M"}, {"M F; A M - M; B M - M", "M F; A M - M; B M"}, {"M M; A M M -; B M M -", "M M; A M M -; B M"}};
    double ratio[3];
    for (int k = 0; k < 3; k++) {
        ratio[k] = fx_value(e, kin[k][0], lm, "A=6/7 B=6/8") / fx_value(e, kin[k][1], lm, "A=6/7 B=6/8");
    }
    fx_near(hw_pow10(x.pair[0].log10_full), ratio[0], 1e-12);
    fx_near(hw_pow10(x.pair[0].log10_half), ratio[1] > ratio[2] ? ratio[1] : ratio[2], 1e-12);
    assert_int_equal(x.pair[0].loci_used, 1);
    double w[3] = {o.prior_full * ratio[0], o.prior_half * hw_pow10(x.pair[0].log10_half), o.prior_parent * hw_pow10(x.pair[0].log10_parent)};
    double all = 1 - o.prior_full - o.prior_half - o.prior_parent + w[0] + w[1] + w[2];
    fx_near(x.pair[0].posterior_full, w[0] / all, 1e-12);
    fx_near(x.pair[0].posterior_half, w[1] / all, 1e-12);
    fx_near(x.pair[0].posterior_parent, w[2] / all, 1e-12);
    hw_engine_free(e);
    hw_sibling_result_release(&x);
    fx_nation_drop(&n);
}

/* One locus read differently (drop-out) is still one child; two are not, nor is too little to compare. */
static void the_same_profile(void **state)
{
    (void)state;
    nation n;
    small(&n);
    hw_rng r;
    hw_rng_seed(&r, 9, 0);
    genes g = founder(&r), once, twice;
    once = twice = g;
    once.a[3][0] = g.a[3][1];
    once.a[3][0] = once.a[3][0] == g.a[3][0] ? (g.a[3][0] == 6 ? 7 : 6) : once.a[3][0];
    twice = once;
    twice.a[5][0] = g.a[5][0] == 6 ? 7 : 6;
    twice.a[5][1] = g.a[5][1] == 6 ? 7 : 6;
    add(&n, "g", &g, N_LOCI);
    add(&n, "once", &once, N_LOCI);
    add(&n, "twice", &twice, N_LOCI);
    add(&n, "few", &g, 7);
    n.set.standard = fx_stepwise(1e-3, 2e-3);
    hw_sibling_options o;
    hw_sibling_options_init(&o);
    o.threshold_log10 = 0;
    hw_sibling_result x;
    hw_err err = {0};
    fx_ok(hw_siblings(&n.d, &n.o, &o, &x, &err), &err);
    assert_int_equal(find(&x, 0, 1)->flag, HW_SIBLING_IDENTICAL);
    assert_int_not_equal(find(&x, 0, 2)->flag, HW_SIBLING_IDENTICAL);
    assert_int_not_equal(find(&x, 0, 3)->flag, HW_SIBLING_IDENTICAL);
    hw_sibling_result_release(&x);
    fx_nation_drop(&n);
}

static void threads_and_refusals(void **state)
{
    (void)state;
    nation n;
    small(&n);
    hw_rng r;
    hw_rng_seed(&r, 11, 0);
    genes f = founder(&r), m = founder(&r);
    for (int i = 0; i < 12; i++) {
        char id[16];
        snprintf(id, sizeof id, "K%d", i);
        genes g = i % 3 == 0 ? founder(&r) : child_of(&r, &f, &m);
        add(&n, id, &g, N_LOCI);
    }
    hw_sibling_options o;
    hw_sibling_options_init(&o);
    o.threshold_log10 = 0;
    hw_sibling_result one, many;
    hw_err err = {0};
    fx_ok(hw_siblings(&n.d, &n.o, &o, &one, &err), &err);
    n.o.n_threads = 4;
    fx_ok(hw_siblings(&n.d, &n.o, &o, &many, &err), &err);
    assert_true(one.n > 20 && one.n == many.n);
    assert_memory_equal(one.pair, many.pair, one.n * sizeof(*one.pair));
    hw_sibling_result_release(&one);
    hw_sibling_result_release(&many);
    o.prior_half = -1;
    fx_fails(hw_siblings(&n.d, &n.o, &o, &one, &err), HW_USAGE, &err, "negative");
    o.prior_half = 11;
    err = (hw_err){0};
    fx_fails(hw_siblings(&n.d, &n.o, &o, &one, &err), HW_USAGE, &err, "every pair");
    fx_nation_drop(&n);
    small(&n);
    hw_sibling_options_init(&o);
    err = (hw_err){0};
    fx_ok(hw_siblings(&n.d, &n.o, &o, &one, &err), &err);
    assert_int_equal(one.n, 0);
    hw_sibling_result_release(&one);
    assert_string_equal(hw_sibling_flag_code(HW_SIBLING_PLAIN), "");
    assert_string_equal(hw_sibling_flag_code(HW_SIBLING_IDENTICAL), "identical");
    assert_string_equal(hw_sibling_flag_code(HW_SIBLING_PARENT_CHILD), "parent-child");
    fx_nation_drop(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_who_belongs_together), cmocka_unit_test(ratios_are_those_of_the_pedigrees), cmocka_unit_test(the_same_profile),
                                       cmocka_unit_test(threads_and_refusals)};
    return cmocka_run_group_tests_name("siblings", tests, NULL, NULL);
}
