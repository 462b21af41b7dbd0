// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "match_fixture.h"

#include <math.h>

#include "base/rng.h"
#include "base/thread.h"

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
        sprintf(loci + strlen(loci), "%sL%d", i > 0 ? " " : "", i);
        sprintf(tables + strlen(tables), "L%d 10:0.25 11:0.25 30:0.25 31:0.25;", i);
        sprintf(father + strlen(father), "L%d=10/11 ", i);
        sprintf(child + strlen(child), "L%d=30/31 ", i);
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
    for (int variant = 0; variant < 8; variant++) {
        nation n;
        small(&n);
        n.set.standard = (variant & 1) != 0 ? fx_stepwise(1e-2, 2e-2) : fx_equal(1e-3, 1e-3);
        n.set.standard.silent = (variant & 2) != 0 ? 0.01 : 0;
        n.set.theta = (variant & 4) != 0 ? 0.03 : 0;
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

/* ---- the whole is its parts ---- */

/* Families and children of many shapes at five loci, some readings poor, some families impossible. */
static void random_nation(nation *n, uint64_t seed, uint32_t families, uint32_t children)
{
    static const char *const shapes[] = {"F M; M F; C U F M", "F M; C M F -", "F M; M F; S F F M; C F F M", "GF M; GM F; F M GF GM; M F; C U F M",
                                         "M F; S1 M - M; S2 F - M; C M - M", "P U; K M P -"};
    static const char *const typed[] = {"F M", "F", "S M", "GF GM M", "S1 S2 M", "K"};
    static const char *const loci[] = {"TH01", "D3S1358", "FGA", "vWA", "DXS8378"};
    hw_rng r;
    hw_rng_seed(&r, seed, 0);
    fx_nation(n, "TH01 D3S1358 FGA vWA DXS8378 AMEL");
    fx_population(n, "one", 0, "TH01 6:0.2 7:0.3 8:0.1 9:0.4; D3S1358 6:0.1 7:0.3 8:0.4 9:0.2; FGA 6:0.25 7:0.25 8:0.25 9:0.25;"
                               "vWA 6:0.4 7:0.1 8:0.3 9:0.2; DXS8378 6:0.5 7:0.2 8:0.2 9:0.1");
    fx_population(n, "two", 0.01, "TH01 6:0.1 7:0.3 8:0.4 9:0.2; D3S1358 6:0.25 7:0.25 8:0.25 9:0.25; FGA 6:0.1 7:0.2 8:0.3 9:0.4; vWA 6:0.3 7:0.3 8:0.2 9:0.2");
    for (uint32_t f = 0; f < families; f++) {
        char id[16], word[100], *rest = word;
        uint32_t shape = hw_rng_below(&r, 6);
        snprintf(id, sizeof id, "F%u", f);
        fx_family(n, id, shapes[shape], shape == 5 ? "P" : "C");
        snprintf(word, sizeof word, "%s", typed[shape]);
        for (char *w; (w = strsep(&rest, " ")) != NULL;) {
            char text[200] = "";
            bool male = n->d.family[f].pedigree.person[fx_person(&n->d.family[f].pedigree, w)].sex == HW_SEX_MALE;
            for (int l = 0; l < 5; l++) {
                uint32_t a = 6 + hw_rng_below(&r, 5);
                uint32_t b = l == 4 && male ? a : 6 + hw_rng_below(&r, 4);
                if (hw_rng_below(&r, 8) > 0) {
                    sprintf(text + strlen(text), "%s=%u/%u ", loci[l], a, b);
                }
            }
            fx_member(n, f, w, text);
        }
    }
    for (uint32_t c = 0; c < children; c++) {
        char id[16], text[200] = "";
        snprintf(id, sizeof id, "K%u", c);
        hw_sex sex = (hw_sex)hw_rng_below(&r, 3);
        for (int l = 0; l < 5; l++) {
            uint32_t a = 6 + hw_rng_below(&r, 5);
            uint32_t b = 6 + hw_rng_below(&r, 4);
            if (hw_rng_below(&r, 10) > 0) {
                sprintf(text + strlen(text), hw_rng_below(&r, 8) == 0 ? "%s=%u/- " : "%s=%u/%u ", loci[l], a, l == 4 && sex != HW_SEX_FEMALE ? a : b);
            }
        }
        sprintf(text + strlen(text), "%s%s", hw_rng_below(&r, 5) == 0 ? "d=0.1 " : "", sex == HW_SEX_MALE && hw_rng_below(&r, 2) ? "AMEL=X/Y" : "");
        fx_child(n, id, sex, text);
    }
    n->set.theta = -1; /* that of each table */
}

static void same_for_any_number_of_threads(void **state)
{
    (void)state;
    nation n;
    random_nation(&n, 11, 18, 12);
    n.set.standard = fx_stepwise(1e-3, 2e-3);
    n.o.threshold_log10 = -2;
    hw_match_result one, many;
    fx_match(&n, &one);
    assert_true(one.n_candidates > 20);
    static const unsigned threads[] = {2, 8, 0};
    for (int i = 0; i < 3; i++) {
        n.o.n_threads = threads[i];
        fx_match(&n, &many);
        assert_int_equal(one.n_candidates, many.n_candidates);
        assert_int_equal(one.n_errors, many.n_errors);
        assert_int_equal(one.pairs, many.pairs);
        for (size_t k = 0; k < one.n_candidates; k++) {
            const hw_candidate *a = &one.candidate[k];
            const hw_candidate *b = &many.candidate[k];
            assert_true(a->child == b->child && a->family == b->family && a->missing == b->missing);
            assert_memory_equal(&a->log10_lr, &b->log10_lr, sizeof(double));
            assert_memory_equal(&a->log10_lr_min, &b->log10_lr_min, sizeof(double));
            assert_memory_equal(&a->posterior, &b->posterior, sizeof(double));
            assert_true(a->min_population == b->min_population && a->inconsistent == b->inconsistent && a->loci_used == b->loci_used);
            assert_true((a->rival == NULL) == (b->rival == NULL) && hw_streq(a->relation, b->relation));
            if (a->rival != NULL) {
                assert_string_equal(a->rival, b->rival);
                assert_memory_equal(&a->rival_log10, &b->rival_log10, sizeof(double));
            }
        }
        for (size_t k = 0; k < one.n_errors; k++) {
            assert_true(one.error[k].family == many.error[k].family);
            assert_string_equal(one.error[k].text, many.error[k].text);
        }
        hw_match_result_release(&many);
    }
    hw_match_result_release(&one);
    fx_nation_drop(&n);
}

/* A pair found among all others has the value it has alone, and the one the explanation finds by pedigrees (it checks that itself). */
static void a_pair_by_itself(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 4; round++) {
        nation n;
        random_nation(&n, 100 + round, 6, 4);
        n.set.standard = (round & 1) != 0 ? fx_stepwise(1e-2, 3e-2) : fx_equal(1e-2, 1e-2);
        n.set.theta = (round & 2) != 0 ? 0.02 : -1;
        hw_match_result all;
        fx_match(&n, &all);
        for (size_t k = 0; k < all.n_candidates; k++) {
            hw_candidate c = all.candidate[k];
            hw_dataset one = n.d;
            one.family = &n.d.family[c.family];
            one.n_families = 1;
            one.child = &n.d.child[c.child];
            one.n_children = 1;
            hw_match_result r;
            hw_err err = {0};
            fx_ok(hw_match(&one, &n.o, &r, &err), &err);
            assert_int_equal(r.n_candidates, 1);
            assert_memory_equal(&r.candidate[0].log10_lr, &c.log10_lr, sizeof(double));
            hw_match_result_release(&r);
            hw_explanation x;
            fx_ok(hw_match_explain(&n.d, &n.o, c.child, c.family, c.missing, &x, &err), &err);
            assert_memory_equal(&x.summary.log10_lr, &c.log10_lr, sizeof(double));
            fx_near(x.summary.posterior, c.posterior, 1e-12);
            hw_explanation_release(&x);
        }
        hw_match_result_release(&all);
        fx_nation_drop(&n);
    }
}

static void posterior_over_all_families(void **state)
{
    (void)state;
    nation n;
    random_nation(&n, 5, 12, 5);
    n.set.standard = fx_equal(1e-2, 1e-2);
    n.o.prior_registered = 0.2;
    hw_match_result all, some;
    fx_match(&n, &all);
    for (size_t i = 0; i < all.n_candidates; i++) {
        const hw_candidate *c = &all.candidate[i];
        double sum = 0;
        for (size_t j = 0; j < all.n_candidates; j++) {
            sum += all.candidate[j].child == c->child ? hw_pow10(all.candidate[j].log10_lr) : 0;
        }
        fx_near(c->posterior, all.prior_each * hw_pow10(c->log10_lr) / (0.8 + all.prior_each * sum), 1e-11);
    }
    /* listing one family leaves the posterior as it was */
    n.o.list_family = all.candidate[0].family;
    fx_match(&n, &some);
    assert_true(some.n_candidates > 0 && some.n_candidates < all.n_candidates);
    for (size_t i = 0; i < some.n_candidates; i++) {
        assert_int_equal(some.candidate[i].family, n.o.list_family);
        const hw_candidate *c = fx_candidate(&all, some.candidate[i].child, some.candidate[i].family, some.candidate[i].missing);
        assert_memory_equal(&c->posterior, &some.candidate[i].posterior, sizeof(double));
    }
    hw_match_result_release(&some);
    hw_match_result_release(&all);
    fx_nation_drop(&n);
}

static void theta_by_hand(void **state)
{
    (void)state;
    nation n;
    small(&n);
    n.set.theta = 0.03;
    uint32_t f = fx_family(&n, "F", "F M; M F; C U F M", "C");
    fx_member(&n, f, "F", "TH01=6/7");
    fx_member(&n, f, "M", "TH01=8/8");
    uint32_t c = fx_child(&n, "c", HW_SEX_UNKNOWN, "TH01=6/8");
    /* the unrelated child's genes are drawn fifth and sixth: 6 seen once, 8 twice among four */
    double t = 0.03;
    double unrelated = 2 * (t + (1 - t) * 0.2) / (1 + 3 * t) * (2 * t + (1 - t) * 0.1) / (1 + 4 * t);
    fx_near(fx_pair(&n, c, f, 0), 0.5 / unrelated, 1e-12);
    fx_nation_drop(&n);
}

/* Many relatives by unstated parents under theta: refused for this family, at once and with names, and the batch goes on. */
static void too_costly_family(void **state)
{
    (void)state;
    nation n;
    small(&n);
    n.set.theta = 0.02;
    n.set.standard = fx_stepwise(1e-3, 2e-3);
    uint32_t f = fx_family(&n, "F", "F M; M F; S1 M F -; S2 M F -; S3 M F -; S4 M F -; S5 F F -; S6 F F -; S7 F F -; S8 F F -; S9 F F -; T F F -; C U F M", "C");
    static const char *const typed[] = {"S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "T"};
    for (int i = 0; i < 10; i++) {
        fx_member(&n, f, typed[i], "TH01=6/7");
    }
    uint32_t g = fx_family(&n, "G", "F M; C U F -", "C");
    fx_member(&n, g, "F", "TH01=6/7");
    fx_child(&n, "c", HW_SEX_UNKNOWN, "TH01=6/7");
    double start = hw_now_seconds();
    hw_match_result r;
    fx_match(&n, &r);
    assert_true(hw_now_seconds() - start < 5);
    assert_int_equal(r.n_errors, 1);
    assert_int_equal(r.error[0].status, HW_TOO_COSTLY);
    assert_non_null(strstr(r.error[0].text, "S1"));
    assert_int_equal(r.n_candidates, 1);
    hw_match_result_release(&r);
    fx_nation_drop(&n);
}

/* ---- linked loci ---- */

static void linked_loci(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "TH01 vWA D12S391");
    fx_population(&n, "small", 0, "TH01 6:0.2 7:0.8; vWA 14:0.1 15:0.2 16:0.7; D12S391 17:0.1 18:0.3 19:0.6");
    hw_linked_pair pair = {"vWA", "D12S391", 0.117};
    uint32_t sibs = fx_family(&n, "S", "F M; M F; A M F M; C M F M", "C");
    fx_member(&n, sibs, "A", "TH01=6/7 vWA=14/15 D12S391=17/18");
    uint32_t trio = fx_family(&n, "T", "F M; M F; C U F M", "C");
    fx_member(&n, trio, "F", "TH01=6/7 vWA=14/15 D12S391=17/18");
    fx_member(&n, trio, "M", "TH01=6/7 vWA=16/16 D12S391=19/19");
    uint32_t c = fx_child(&n, "c", HW_SEX_MALE, "TH01=6/7 vWA=14/15 D12S391=17/18");
    uint32_t half = fx_child(&n, "half", HW_SEX_MALE, "TH01=6/7 vWA=14/16");
    double unlinked[2][2], linked[2][2];
    for (int i = 0; i < 2; i++) {
        n.set.linked = &pair;
        n.set.n_linked = i == 0 ? 0 : 1;
        double (*v)[2] = i == 0 ? unlinked : linked;
        v[0][0] = fx_pair(&n, c, sibs, 0);
        v[0][1] = fx_pair(&n, half, sibs, 0);
        v[1][0] = fx_pair(&n, c, trio, 0);
        v[1][1] = fx_pair(&n, half, trio, 0);
    }
    fx_near(linked[1][0], unlinked[1][0], 1e-13); /* parents' phase unknown: nothing changes */
    fx_near(linked[0][1], unlinked[0][1], 1e-13); /* one of the two untyped */
    fx_near(linked[1][1], unlinked[1][1], 1e-13);
    assert_true(linked[0][0] > unlinked[0][0] * 1.01);
    /* by hand: IBD states of the two loci are dependent; k(t) for full siblings, one chromosome: same with r = rho^2 + (1-rho)^2 */
    double r = pair.rho * pair.rho + (1 - pair.rho) * (1 - pair.rho);
    double p[2][2] = {{0.1, 0.2}, {0.1, 0.3}};
    double by[2][3], sum = 0;
    for (int l = 0; l < 2; l++) {
        by[l][0] = 1;
        by[l][1] = (p[l][0] + p[l][1]) / (4 * p[l][0] * p[l][1]);
        by[l][2] = 1 / (2 * p[l][0] * p[l][1]);
    }
    for (int state_a = 0; state_a < 4; state_a++) {
        for (int state_b = 0; state_b < 4; state_b++) {
            int differ = (state_a ^ state_b) & 3;
            double w = ((differ & 1) != 0 ? 1 - r : r) * ((differ & 2) != 0 ? 1 - r : r) / 4;
            sum += w * by[0][(state_a & 1) + (state_a >> 1)] * by[1][(state_b & 1) + (state_b >> 1)];
        }
    }
    double th01 = 0.25 + 0.5 / (4 * 0.2 * 0.8) + 0.25 / (2 * 0.2 * 0.8);
    fx_near(linked[0][0] / (2 * 0.999), th01 * sum, 1e-12);
    hw_explanation x;
    hw_err err = {0};
    fx_ok(hw_match_explain(&n.d, &n.o, c, sibs, 0, &x, &err), &err);
    double product = 1;
    for (uint32_t i = 0; i < x.n_loci; i++) {
        product *= x.locus[i].ratio[0];
        assert_true((x.locus[i].use == HW_USE_LINKED_WITH_PREVIOUS) == (strcmp(x.locus[i].locus, "D12S391") == 0));
    }
    fx_near(product * x.sex_ratio, linked[0][0], 1e-12);
    hw_explanation_release(&x);
    /* with founder correlation: said at once */
    n.set.theta = 0.01;
    hw_match_result m;
    err = (hw_err){0};
    fx_fails(hw_match(&n.d, &n.o, &m, &err), HW_UNSUPPORTED, &err, "vWA|D12S391|theta");
    fx_nation_drop(&n);
}

/* ---- the rest ---- */

static void tri_allelic_and_absent(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "TH01 D3S1358 vWA DYS390 AMEL");
    fx_population(&n, "small", 0, TABLES);
    uint32_t f = fx_family(&n, "F", "F M; C M F -", "C");
    fx_member(&n, f, "F", "TH01=6/7/8 D3S1358=14/15 vWA=15/16 DYS390=24/24 AMEL=X/Y");
    uint32_t c = fx_child(&n, "c", HW_SEX_MALE, "TH01=6/7 D3S1358=14/14 vWA=15/16 DYS390=24/24");
    fx_near(fx_pair(&n, c, f, 0), 2 * 0.999 / (2 * 0.1), 1e-12); /* only D3S1358 and the sex */
    hw_explanation x;
    hw_err err = {0};
    fx_ok(hw_match_explain(&n.d, &n.o, c, f, 0, &x, &err), &err);
    assert_int_equal(x.n_loci, 5);
    assert_int_equal(x.locus[0].use, HW_USE_TRIALLELIC);
    assert_int_equal(x.locus[1].use, HW_USE_USED);
    assert_int_equal(x.locus[2].use, HW_USE_NO_TABLE);
    assert_int_equal(x.locus[3].use, HW_USE_LINEAGE);
    assert_int_equal(x.locus[4].use, HW_USE_SEX);
    hw_explanation_release(&x);
    fx_nation_drop(&n);
}

static void count(void *ctx, size_t done, size_t total)
{
    size_t *seen = ctx;
    assert_true(done <= total);
    seen[0]++;
    seen[1] = total;
}

static void what_is_refused(void **state)
{
    (void)state;
    nation n;
    small(&n);
    uint32_t f = fx_family(&n, "F", "F M; C M F -", "C");
    fx_member(&n, f, "F", "TH01=6/7");
    hw_match_result r;
    hw_err err = {0};
    fx_fails(hw_match(&n.d, &n.o, &r, &err), HW_USAGE, &err, "table");
    n.o.n_populations = 1;
    fx_ok(hw_match(&n.d, &n.o, &r, &(hw_err){0}), &err); /* no children yet */
    assert_int_equal(r.pairs + r.n_candidates, 0);
    hw_match_result_release(&r);
    uint32_t c = fx_child(&n, "c", HW_SEX_MALE, "TH01=6/7");
    static const double bad[] = {0, 1, -1, (double)NAN};
    for (int i = 0; i < 4; i++) {
        n.o.prior_registered = bad[i];
        err = (hw_err){0};
        fx_fails(hw_match(&n.d, &n.o, &r, &err), HW_USAGE, &err, "prior");
    }
    n.o.prior_registered = 0.5;
    size_t seen[2] = {0, 0};
    n.o.progress = count;
    n.o.progress_ctx = seen;
    fx_match(&n, &r);
    assert_true(seen[0] == 1 && seen[1] == 1);
    hw_match_result_release(&r);
    hw_explanation x;
    static const uint32_t wrong[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    for (int i = 0; i < 3; i++) {
        err = (hw_err){0};
        fx_fails(hw_match_explain(&n.d, &n.o, wrong[i][0], wrong[i][1], wrong[i][2], &x, &err), HW_NOT_FOUND, &err, "no such");
    }
    n.o.settings = NULL;
    err = (hw_err){0};
    fx_fails(hw_match(&n.d, &n.o, &r, &err), HW_USAGE, &err, "table");
    n.o.settings = &n.set;
    (void)c;
    fx_nation_drop(&n);
    fx_nation(&n, "vWA");
    fx_population(&n, "small", 0, TABLES);
    n.o.n_populations = 1;
    err = (hw_err){0};
    fx_fails(hw_match(&n.d, &n.o, &r, &err), HW_NOT_FOUND, &err, "vWA|small");
    fx_nation_drop(&n);
}

static void verbal_scale(void **state)
{
    (void)state;
    static const struct {
        double log10;
        const char *text;
    } want[] = {{7, "extremely strong support"}, {6, "extremely strong support"}, {5, "very strong support"}, {4, "very strong support"}, {3.5, "strong support"},
                {2.5, "moderately strong support"}, {1, "moderate support"}, {0.5, "weak support"}, {0.1, "no support for either"}, {-0.1, "no support for either"},
                {-0.5, "weak support against"}, {-1.5, "moderate support against"}, {-2.5, "moderately strong support against"}, {-3.5, "strong support against"},
                {-5, "very strong support against"}, {-7, "extremely strong support against"}, {-(double)INFINITY, "extremely strong support against"}};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        assert_string_equal(hw_verbal_scale(want[i].log10), want[i].text);
    }
    assert_string_equal(hw_verbal_scale((double)NAN), "no statement");
}

/* ---- every allocation refused once ---- */

static void no_memory(void **state)
{
    (void)state;
    nation n;
    random_nation(&n, 3, 3, 2);
    hw_linked_pair pair = {"vWA", "FGA", 0.2};
    n.set.linked = &pair;
    n.set.n_linked = 1;
    n.set.theta = 0;
    n.set.standard = fx_stepwise(1e-3, 2e-3);
    n.o.n_populations = 2;
    for (int what = 0; what < 2; what++) {
        hw_status s = HW_NO_MEMORY;
        long nth = 1;
        for (; s != HW_OK; nth++) {
            hw_match_result r = {.pairs = 77};
            hw_explanation x = {.missing = 77};
            hw_err err = {0};
            hw_alloc_fail_at(nth, false);
            s = what == 0 ? hw_match(&n.d, &n.o, &r, &err) : hw_match_explain(&n.d, &n.o, 1, 2, 0, &x, &err);
            bool fired = hw_alloc_count() >= nth;
            hw_alloc_fail_at(0, false);
            if (s == HW_OK) {
                assert_false(fired); /* a refusal is never passed over */
                what == 0 ? hw_match_result_release(&r) : hw_explanation_release(&x);
            } else {
                fx_fails(s, HW_NO_MEMORY, &err, "memory");
                assert_true(r.pairs == 77 && x.missing == 77);
            }
        }
        assert_true(nth > 20);
    }
    fx_nation_drop(&n);
}

int main(void)
{
    cmocka_set_test_filter(getenv("ONLY"));
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
        cmocka_unit_test(same_for_any_number_of_threads),
        cmocka_unit_test(a_pair_by_itself),
        cmocka_unit_test(posterior_over_all_families),
        cmocka_unit_test(theta_by_hand),
        cmocka_unit_test(too_costly_family),
        cmocka_unit_test(linked_loci),
        cmocka_unit_test(tri_allelic_and_absent),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(verbal_scale),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
