// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "match_fixture.h"

#include <math.h>

#define TABLES "TH01 6:0.2 7:0.3 8:0.1 9.3:0.4; D3S1358 14:0.1 15:0.3 16:0.4 17:0.2; FGA 20:0.25 21:0.25 22:0.25 23:0.25"

static void small(nation *n)
{
    fx_nation(n, "TH01 D3S1358 FGA AMEL");
    fx_population(n, "small", 0, TABLES);
}

/* ---- values by hand ---- */

static void trio_and_duo(void **state)
{
    (void)state;
    nation n;
    small(&n);
    uint32_t trio = fx_family(&n, "T", "F M; M F; C U F M", "C");
    fx_member(&n, trio, "F", "TH01=6/7 D3S1358=14/15");
    fx_member(&n, trio, "M", "TH01=7/9.3 D3S1358=16/16");
    uint32_t duo = fx_family(&n, "D", "M F; C U - M", "C");
    fx_member(&n, duo, "M", "TH01=7/9.3 D3S1358=16/16");
    uint32_t a = fx_child(&n, "a", HW_SEX_UNKNOWN, "TH01=6/9.3 D3S1358=14/16");
    uint32_t b = fx_child(&n, "b", HW_SEX_UNKNOWN, "TH01=7/7 D3S1358=15/16 FGA=20/20");
    uint32_t c = fx_child(&n, "c", HW_SEX_UNKNOWN, "TH01=6/8 D3S1358=14/14");
    uint32_t untyped = fx_child(&n, "u", HW_SEX_UNKNOWN, "");
    /* trio: P(child | parents) / P(child) */
    fx_near(fx_pair(&n, a, trio, 0), (0.25 / (2 * 0.2 * 0.4)) * (0.5 / (2 * 0.1 * 0.4)), 1e-13);
    fx_near(fx_pair(&n, b, trio, 0), (0.25 / (0.3 * 0.3)) * (0.5 / (2 * 0.3 * 0.4)), 1e-13);
    fx_near(fx_pair(&n, c, trio, 0), 0, 0);
    fx_near(fx_pair(&n, untyped, trio, 0), 1, 0);
    /* duo: 1/(4p) for one shared of two heterozygotes, 1/(2p) where mother or child is homozygous */
    fx_near(fx_pair(&n, a, duo, 0), (1 / (4 * 0.4)) * (1 / (2 * 0.4)), 1e-13);
    fx_near(fx_pair(&n, b, duo, 0), (1 / (2 * 0.3)) * (1 / (2 * 0.4)), 1e-13);
    hw_match_result r;
    fx_match(&n, &r);
    assert_int_equal(r.pairs, 8);
    assert_int_equal(r.n_errors, 0);
    fx_near(r.prior_each, 0.25, 0);
    assert_string_equal(fx_candidate(&r, a, trio, 0)->relation, "child of both parents");
    assert_string_equal(fx_candidate(&r, a, duo, 0)->relation, "child of the mother");
    assert_int_equal(fx_candidate(&r, b, trio, 0)->loci_used, 2);
    assert_int_equal(fx_candidate(&r, untyped, trio, 0)->loci_used, 0);
    /* sorted, and the posterior by hand: each .25 LR / (.5 + .25 sum) */
    for (size_t i = 1; i < r.n_candidates; i++) {
        assert_true(r.candidate[i - 1].posterior >= r.candidate[i].posterior);
    }
    double lt = hw_pow10(fx_candidate(&r, a, trio, 0)->log10_lr);
    double ld = hw_pow10(fx_candidate(&r, a, duo, 0)->log10_lr);
    fx_near(fx_candidate(&r, a, trio, 0)->posterior, 0.25 * lt / (0.5 + 0.25 * (lt + ld)), 1e-12);
    fx_near(fx_candidate(&r, a, duo, 0)->posterior, 0.25 * ld / (0.5 + 0.25 * (lt + ld)), 1e-12);
    hw_match_result_release(&r);
    fx_nation_drop(&n);
}

static void siblings_and_grandparents(void **state)
{
    (void)state;
    nation n;
    small(&n);
    uint32_t sibs = fx_family(&n, "S", "F M; M F; S1 M F M; C M F M", "C");
    fx_member(&n, sibs, "S1", "TH01=6/7");
    uint32_t half = fx_family(&n, "H", "M F; S1 M - M; C M - M", "C");
    fx_member(&n, half, "S1", "TH01=6/7");
    uint32_t grand = fx_family(&n, "G", "GF M; GM F; F M GF GM; C M F -", "C");
    fx_member(&n, grand, "GF", "TH01=6/7");
    fx_member(&n, grand, "GM", "TH01=8/8");
    uint32_t uncle = fx_family(&n, "U", "GF M; GM F; F M GF GM; U M GF GM; C M F -", "C");
    fx_member(&n, uncle, "U", "TH01=6/7");
    uint32_t parent = fx_family(&n, "P", "C M; K F C -; L F C -", "C");
    fx_member(&n, parent, "K", "TH01=6/7");
    uint32_t far = fx_family(&n, "R", "GF M; GM F; F M GF GM; U M GF GM; V M U -; C M F -", "C");
    fx_member(&n, far, "V", "TH01=6/7");
    uint32_t same = fx_child(&n, "same", HW_SEX_UNKNOWN, "TH01=6/7");
    uint32_t other = fx_child(&n, "other", HW_SEX_UNKNOWN, "TH01=6/9.3");
    const double p = 0.2;
    const double q = 0.3;
    fx_near(fx_pair(&n, same, sibs, 0), 0.25 + 0.5 * (p + q) / (4 * p * q) + 0.25 / (2 * p * q), 1e-13);
    fx_near(fx_pair(&n, other, sibs, 0), 0.25 + 0.5 / (4 * p), 1e-13);
    fx_near(fx_pair(&n, same, half, 0), 0.5 + 0.5 * (p + q) / (4 * p * q), 1e-13);
    fx_near(fx_pair(&n, same, uncle, 0), 0.5 + 0.5 * (p + q) / (4 * p * q), 1e-13);
    fx_near(fx_pair(&n, same, far, 0), 0.75 + 0.25 * (p + q) / (4 * p * q), 1e-13);
    fx_near(fx_pair(&n, same, parent, 0), (p + q) / (4 * p * q), 1e-13);
    /* paternal gene of the child: 1/4 6, 1/4 7, 1/2 8 */
    fx_near(fx_pair(&n, same, grand, 0), (0.25 * q + 0.25 * p) / (2 * p * q), 1e-13);
    hw_match_result r;
    fx_match(&n, &r);
    assert_string_equal(fx_candidate(&r, same, sibs, 0)->relation, "full sibling of 1");
    assert_string_equal(fx_candidate(&r, same, half, 0)->relation, "half sibling of 1");
    assert_string_equal(fx_candidate(&r, same, grand, 0)->relation, "grandchild of 2");
    assert_string_equal(fx_candidate(&r, same, parent, 0)->relation, "parent of 1");
    assert_string_equal(fx_candidate(&r, same, uncle, 0)->relation, "relative");
    for (size_t i = 0; i < r.n_candidates; i++) {
        assert_true(r.candidate[i].rival != NULL || r.candidate[i].rival_log10 != r.candidate[i].rival_log10);
    }
    hw_match_result_release(&r);
    n.o.rivals = false;
    fx_match(&n, &r);
    for (size_t i = 0; i < r.n_candidates; i++) {
        assert_true(r.candidate[i].rival == NULL && r.candidate[i].rival_log10 != r.candidate[i].rival_log10);
    }
    hw_match_result_release(&r);
    fx_nation_drop(&n);
}

static void two_missing_and_sex(void **state)
{
    (void)state;
    nation n;
    small(&n);
    uint32_t f = fx_family(&n, "F", "F M; M F; A M F M; B F F M", "A B");
    fx_member(&n, f, "F", "TH01=6/7");
    fx_member(&n, f, "M", "TH01=8/8");
    uint32_t boy = fx_child(&n, "boy", HW_SEX_UNKNOWN, "TH01=6/8 AMEL=X/Y");
    uint32_t girl = fx_child(&n, "girl", HW_SEX_FEMALE, "TH01=6/8");
    uint32_t who = fx_child(&n, "who", HW_SEX_UNKNOWN, "TH01=6/8");
    double lr = 0.5 / (2 * 0.2 * 0.1);
    double e = 0.001;
    fx_near(fx_pair(&n, boy, f, 0), lr * 2 * (1 - e), 1e-12);
    fx_near(fx_pair(&n, boy, f, 1), lr * 2 * e, 1e-12);
    fx_near(fx_pair(&n, girl, f, 1), lr * 2 * (1 - e), 1e-12);
    fx_near(fx_pair(&n, who, f, 0), lr, 1e-12);
    fx_near(fx_pair(&n, who, f, 1), lr, 1e-12);
    hw_match_result r;
    fx_match(&n, &r);
    fx_near(r.prior_each, 0.25, 0);
    assert_int_equal(r.pairs, 6);
    hw_match_result_release(&r);
    fx_nation_drop(&n);
}

/* ---- what does not fit ---- */

/* A family impossible as stated is an error with locus and people (not a number), and the others are searched. */
static void families_that_do_not_fit(void **state)
{
    (void)state;
    nation n;
    small(&n);
    uint32_t bad = fx_family(&n, "BAD", "F M; M F; S M F M; A M F M; B M F M", "A B");
    fx_member(&n, bad, "F", "TH01=6/7 D3S1358=14/15 FGA=20/21");
    fx_member(&n, bad, "M", "TH01=8/8 D3S1358=16/16 FGA=22/22");
    fx_member(&n, bad, "S", "TH01=6/8 D3S1358=17/17 FGA=20/22");
    uint32_t good = fx_family(&n, "GOOD", "F M; M F; C M F M", "C");
    fx_member(&n, good, "F", "TH01=6/7");
    fx_child(&n, "a", HW_SEX_UNKNOWN, "TH01=6/8");
    hw_match_result r;
    fx_match(&n, &r);
    assert_int_equal(r.n_errors, 1);
    assert_int_equal(r.error[0].family, bad);
    assert_int_equal(r.error[0].status, HW_IMPOSSIBLE);
    assert_non_null(strstr(r.error[0].text, "BAD"));
    assert_non_null(strstr(r.error[0].text, "D3S1358"));
    assert_non_null(strstr(r.error[0].text, "S (17/17)"));
    assert_null(strstr(r.error[0].text, "TH01"));
    assert_int_equal(r.n_candidates, 1);
    assert_int_equal(r.candidate[0].family, good);
    fx_near(r.prior_each, 0.5, 0); /* spread over those searched */
    hw_match_result_release(&r);
    hw_explanation x;
    hw_err err = {0};
    n.o.n_populations = 1;
    fx_fails(hw_match_explain(&n.d, &n.o, 0, bad, 0, &x, &err), HW_IMPOSSIBLE, &err, "D3S1358|17/17");
    fx_nation_drop(&n);
}

/* One excluding locus makes the whole ratio 0, exactly, however strong the rest is. */
static void excluding_locus(void **state)
{
    (void)state;
    nation n;
    small(&n);
    uint32_t f = fx_family(&n, "F", "F M; C U F -", "C");
    fx_member(&n, f, "F", "TH01=6/6 D3S1358=14/14 FGA=20/20");
    uint32_t c = fx_child(&n, "c", HW_SEX_UNKNOWN, "TH01=6/6 D3S1358=14/14 FGA=21/22");
    hw_match_result r;
    fx_match(&n, &r);
    assert_null(fx_candidate(&r, c, f, 0));
    hw_match_result_release(&r);
    hw_explanation x;
    hw_err err = {0};
    fx_ok(hw_match_explain(&n.d, &n.o, c, f, 0, &x, &err), &err);
    assert_true(x.summary.log10_lr == -(double)INFINITY);
    for (uint32_t i = 0; i < x.n_loci; i++) {
        if (strcmp(x.locus[i].locus, "FGA") == 0) {
            fx_near(x.locus[i].ratio[0], 0, 0);
            assert_true(x.locus[i].inconsistent);
        }
    }
    hw_explanation_release(&x);
    fx_nation_drop(&n);
}

/* Ratios far below what a double holds are small, not zero, in the list and in the explanation alike. */
static void tiny_ratios(void **state)
{
    (void)state;
    nation n;
    char loci[400] = "", tables[2000] = "", father[400] = "", child[400] = "";
    for (int i = 0; i < 30; i++) {
        fx_add(loci, sizeof loci, "%sL%d", i > 0 ? " " : "", i);
        fx_add(tables, sizeof tables, "L%d 10:0.25 11:0.25 30:0.25 31:0.25;", i);
        fx_add(father, sizeof father, "L%d=10/11 ", i);
        fx_add(child, sizeof child, "L%d=30/31 ", i);
    }
    fx_nation(&n, loci);
    fx_population(&n, "small", 0, tables);
    n.set.standard = fx_stepwise(1e-3, 2e-3);
    uint32_t f = fx_family(&n, "F", "F M; M F; C U F M", "C");
    fx_member(&n, f, "F", father);
    fx_member(&n, f, "M", father);
    uint32_t c = fx_child(&n, "c", HW_SEX_UNKNOWN, child);
    hw_match_result r;
    fx_match(&n, &r);
    const hw_candidate *k = fx_candidate(&r, c, f, 0);
    assert_non_null(k);
    assert_true(k->log10_lr < -320 && k->log10_lr > -1e6);
    double listed = k->log10_lr;
    hw_match_result_release(&r);
    hw_explanation x;
    hw_err err = {0};
    n.o.threshold_log10 = 4;
    fx_ok(hw_match_explain(&n.d, &n.o, c, f, 0, &x, &err), &err);
    fx_near(-x.summary.log10_lr, -listed, 1e-12);
    hw_explanation_release(&x);
    n.o.threshold_log10 = listed * (1 + 1e-9);
    fx_match(&n, &r);
    assert_int_equal(r.n_candidates, 1);
    hw_match_result_release(&r);
    n.o.threshold_log10 = listed * (1 - 1e-9);
    fx_match(&n, &r);
    assert_int_equal(r.n_candidates, 0);
    hw_match_result_release(&r);
    n.o.threshold_log10 = 1e9;
    fx_match(&n, &r);
    assert_int_equal(r.n_candidates, 0);
    hw_match_result_release(&r);
    fx_nation_drop(&n);
}

/* At and above the threshold is listed. */
static void threshold_edge(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "L1 L2 L3 L4");
    fx_population(&n, "small", 0, "L1 10:0.1 11:0.9; L2 10:0.1 11:0.9; L3 10:0.1 11:0.9; L4 10:0.1 11:0.9");
    uint32_t f = fx_family(&n, "F", "F M; C U F -", "C");
    fx_member(&n, f, "F", "L1=10/10 L2=10/10 L3=10/10 L4=10/10");
    uint32_t c = fx_child(&n, "c", HW_SEX_UNKNOWN, "L1=10/10 L2=10/10 L3=10/10 L4=10/10"); /* 10 each */
    n.o.threshold_log10 = 4.0;
    hw_match_result r;
    fx_match(&n, &r);
    const hw_candidate *k = fx_candidate(&r, c, f, 0);
    assert_non_null(k);
    assert_true(k->log10_lr >= 4.0 - 1e-15);
    hw_match_result_release(&r);
    n.o.threshold_log10 = 4.0001;
    fx_match(&n, &r);
    assert_int_equal(r.n_candidates, 0);
    assert_int_equal(r.pairs, 1);
    hw_match_result_release(&r);
    fx_nation_drop(&n);
}

/* ---- X loci ---- */

#define XTABLES TABLES "; DXS8378 10:0.4 11:0.3 12:0.3; DXS7132 13:0.5 14:0.5"

static void x_loci(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "TH01 DXS8378 DXS7132 AMEL");
    fx_population(&n, "small", 0, XTABLES);
    uint32_t f = fx_family(&n, "F", "F M; M F; B M F M; G F F M", "B G");
    fx_member(&n, f, "F", "DXS8378=10/10");
    fx_member(&n, f, "M", "DXS8378=11/12");
    uint32_t open = fx_family(&n, "O", "F M; M F; C U F M", "C");
    fx_member(&n, open, "F", "DXS8378=10/10");
    fx_member(&n, open, "M", "DXS8378=11/12");
    uint32_t boy = fx_child(&n, "boy", HW_SEX_MALE, "DXS8378=11/11");
    uint32_t girl = fx_child(&n, "girl", HW_SEX_FEMALE, "DXS8378=10/11");
    uint32_t who = fx_child(&n, "who", HW_SEX_UNKNOWN, "DXS8378=11/11");
    /* A boy heterozygous at X: a reading no boy can give tells families from each other no more than strangers. */
    uint32_t odd = fx_child(&n, "odd", HW_SEX_MALE, "DXS8378=10/11 TH01=6/6");
    double s = 2 * (1 - 0.001);
    fx_near(fx_pair(&n, boy, f, 0), s * 0.5 / 0.3, 1e-12);
    fx_near(fx_pair(&n, girl, f, 1), s * 0.5 / (2 * 0.4 * 0.3), 1e-12);
    fx_near(fx_pair(&n, boy, f, 1), 2 * 0.001, 1e-12); /* wrong sex: the X says nothing more */
    fx_near(fx_pair(&n, odd, f, 0), s, 1e-12);
    fx_near(fx_pair(&n, boy, open, 0), 0.5 / 0.3, 1e-12);
    fx_near(fx_pair(&n, girl, open, 0), 0.5 / (2 * 0.4 * 0.3), 1e-12);
    (void)who;
    hw_match_result r;
    fx_match(&n, &r);
    assert_int_equal(r.n_errors, 0);
    for (uint32_t c = 0; c < 4; c++) {
        for (uint32_t m = 0; m < 3; m++) {
            hw_explanation x;
            hw_err err = {0};
            fx_ok(hw_match_explain(&n.d, &n.o, c, m < 2 ? f : open, m % 2, &x, &err), &err);
            const hw_candidate *k = fx_candidate(&r, c, m < 2 ? f : open, m % 2);
            if (k != NULL) {
                fx_near(x.summary.log10_lr, k->log10_lr, 1e-12);
            }
            hw_explanation_release(&x);
        }
    }
    hw_match_result_release(&r);
    fx_nation_drop(&n);
}

/* A missing parent whose sex nobody knows, a child whose sex nobody knows, rates that differ by sex: the mean of both ways, never a failure of the batch. */
static void missing_parent_of_unknown_sex(void **state)
{
    (void)state;
    nation n;
    small(&n);
    n.set.standard = fx_stepwise(1e-3, 4e-3);
    uint32_t f = fx_family(&n, "F", "P U; K M P -", "P");
    fx_member(&n, f, "K", "TH01=6/7 D3S1358=14/15");
    uint32_t man = fx_child(&n, "man", HW_SEX_MALE, "TH01=8/8 D3S1358=14/15");
    uint32_t woman = fx_child(&n, "woman", HW_SEX_FEMALE, "TH01=8/8 D3S1358=14/15");
    uint32_t who = fx_child(&n, "who", HW_SEX_UNKNOWN, "TH01=8/8 D3S1358=14/15");
    double m = fx_pair(&n, man, f, 0);
    double w = fx_pair(&n, woman, f, 0);
    assert_true(m > w && w > 0);
    fx_near(fx_pair(&n, who, f, 0), (m + w) / 2, 1e-12);
    hw_explanation x;
    hw_err err = {0};
    for (uint32_t c = 0; c < 3; c++) {
        fx_ok(hw_match_explain(&n.d, &n.o, c, f, 0, &x, &err), &err);
        hw_explanation_release(&x);
    }
    fx_nation_drop(&n);
}

/* ---- readings that need the slow way ---- */

static double direct(nation *n, uint32_t child, uint32_t family)
{
    const hw_family *f = &n->d.family[family];
    hw_hypotheses h;
    hw_err err = {0};
    fx_ok(hw_hypotheses_build(f, 0, &h, &err), &err);
    hw_engine *e = fx_engine();
    hw_arena arena;
    hw_arena_init(&arena, 0);
    hw_real total[2] = {hw_real_from(1), hw_real_from(1)};
    for (uint32_t l = 0; l < n->d.panel.n; l++) {
        const hw_freq *freq = hw_population_find(n->pop[0], n->d.panel.locus[l].name);
        if (freq == NULL || !hw_genotype_typed(hw_profile_at(n->d.child[child], l))) {
            continue;
        }
        hw_allele seen[50];
        size_t k = 0;
        hw_typing t[2][20] = {{{0}}};
        for (size_t i = 0; i < 20; i++) {
            t[0][i] = t[1][i] = (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0, 0};
        }
        for (size_t i = 0; i <= f->pedigree.n; i++) {
            const hw_profile *p = i == f->pedigree.n ? n->d.child[child] : f->profile[i];
            hw_genotype g = hw_profile_at(p, l);
            seen[k++] = g.a;
            seen[k++] = g.b;
            for (int j = 0; j < 2 && p != NULL; j++) {
                t[j][i == f->pedigree.n ? h.h[j].child : h.h[j].person_of[i]] = (hw_typing){g.a, g.b, p->dropout, p->error};
            }
        }
        hw_locus_model *lm = NULL;
        double theta = n->set.theta >= 0 ? n->set.theta : n->pop[0]->theta;
        fx_ok(hw_locus_model_build(&arena, freq, n->d.panel.locus[l].kind, hw_settings_locus(&n->set, n->d.panel.locus[l].name), theta, n->set.rare_rule,
                                   n->set.rare_value, seen, k, &lm, &err),
              &err);
        for (int j = 0; j < 2; j++) {
            total[j] = hw_real_mul(total[j], fx_real(e, &h.h[j].pedigree, lm, t[j]));
        }
    }
    hw_arena_release(&arena);
    hw_engine_free(e);
    hw_hypotheses_release(&h);
    return hw_ratio(total[0], total[1]);
}

static void slow_readings(void **state)
{
    (void)state;
    static const char *const readings[] = {
        "TH01=6/- D3S1358=14/16 FGA=20/21",
        "TH01=6/8 D3S1358=14/14 FGA=20/20 d=0.2",
        "TH01=6/8 D3S1358=15/16 FGA=22/21 e=0.02",
        "TH01=6/11 D3S1358=14/16 FGA=33.2/33.2", /* not in the table */
        "TH01=<6/8 D3S1358=>17/16 FGA=20/OL",
        "TH01=7/8 D3S1358=<16/>16 FGA=-/21 d=0.1 e=0.01",
        "TH01=6/8 D3S1358=15/15 FGA=20/23",
    };
    for (int kind = 0; kind < 8; kind++) {
        nation n;
        small(&n);
        n.set.standard = (kind & 1) != 0 ? fx_stepwise(1e-2, 2e-2) : fx_equal(1e-3, 1e-3);
        n.set.standard.silent = (kind & 2) != 0 ? 0.01 : 0;
        n.set.theta = (kind & 4) != 0 ? 0.03 : 0;
        uint32_t trio = fx_family(&n, "T", "F M; M F; C U F M", "C");
        fx_member(&n, trio, "F", "TH01=6/7 D3S1358=14/15 FGA=20/33.2");
        fx_member(&n, trio, "M", "TH01=8/9.3 D3S1358=16/16 FGA=21/22 d=0.05");
        uint32_t sibs = fx_family(&n, "S", "F M; M F; A M F M; C M F M", "C");
        fx_member(&n, sibs, "A", "TH01=6/8 D3S1358=14/16 FGA=20/20");
        fx_member(&n, sibs, "M", "TH01=8/12 D3S1358=16/- FGA=20/22");
        for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
            char id[8];
            snprintf(id, sizeof id, "c%zu", i);
            fx_child(&n, id, HW_SEX_UNKNOWN, readings[i]);
        }
        hw_match_result r;
        fx_match(&n, &r);
        assert_int_equal(r.n_errors, 0);
        for (uint32_t c = 0; c < n.d.n_children; c++) {
            for (uint32_t f = 0; f < 2; f++) {
                const hw_candidate *k = fx_candidate(&r, c, f, 0);
                fx_near(k == NULL ? 0 : hw_pow10(k->log10_lr), direct(&n, c, f), 1e-11);
            }
        }
        hw_match_result_release(&r);
        fx_nation_drop(&n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trio_and_duo),
        cmocka_unit_test(siblings_and_grandparents),
        cmocka_unit_test(two_missing_and_sex),
        cmocka_unit_test(families_that_do_not_fit),
        cmocka_unit_test(excluding_locus),
        cmocka_unit_test(tiny_ratios),
        cmocka_unit_test(threshold_edge),
        cmocka_unit_test(x_loci),
        cmocka_unit_test(missing_parent_of_unknown_sex),
        cmocka_unit_test(slow_readings),
    };
    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
