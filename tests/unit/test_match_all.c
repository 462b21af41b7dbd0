// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "match_fixture.h"

#include <math.h>

#include "base/rng.h"
#include "base/thread.h"
#include "kinship/matcher.h"

#define TABLES "TH01 6:0.2 7:0.3 8:0.1 9.3:0.4; D3S1358 14:0.1 15:0.3 16:0.4 17:0.2; FGA 20:0.25 21:0.25 22:0.25 23:0.25"

static void small(nation *n)
{
    fx_nation(n, "TH01 D3S1358 FGA AMEL");
    fx_population(n, "small", 0, TABLES);
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
                    fx_add(text, sizeof text, "%s=%u/%u ", loci[l], a, b);
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
                fx_add(text, sizeof text, hw_rng_below(&r, 8) == 0 ? "%s=%u/- " : "%s=%u/%u ", loci[l], a, l == 4 && sex != HW_SEX_FEMALE ? a : b);
            }
        }
        fx_add(text, sizeof text, "%s%s", hw_rng_below(&r, 5) == 0 ? "d=0.1 " : "", sex == HW_SEX_MALE && hw_rng_below(&r, 2) ? "AMEL=X/Y" : "");
        fx_child(n, id, sex, text);
    }
    n->set.theta = -1; /* that of each table */
}

static void same_for_any_number(hw_match_method method)
{
    nation n;
    random_nation(&n, 11, 18, 12);
    n.o.method = method;
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
        random_nation(&n, 100 + round, 4, 3);
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

/* A rival that would cost too much is left out; the pair has its ratio all the same. */
static void rival_left_out(void **state)
{
    (void)state;
    nation n;
    small(&n);
    n.set.theta = 0.02;
    uint32_t f = fx_family(&n, "F", "F M; M F; S1 M F -; S2 M F -; S3 M F -; S4 M F -; S5 F F -; S6 F F -; S7 F F -; S8 F F -; S9 F F -; C U F M", "C");
    static const char *const typed[] = {"F", "M", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9"};
    for (int i = 0; i < 11; i++) {
        fx_member(&n, f, typed[i], i == 1 ? "TH01=8/8 FGA=20/20" : "TH01=6/7 FGA=21/22");
    }
    uint32_t c = fx_child(&n, "c", HW_SEX_UNKNOWN, "TH01=6/8 FGA=20/21");
    n.o.n_populations = 1;
    hw_arena arena;
    hw_arena_init(&arena, 0);
    search s;
    matcher m;
    pair_lr r;
    hw_err err = {0};
    fx_ok(search_init(&s, &arena, &n.d, &n.o, &err), &err);
    fx_ok(matcher_init(&m, &s, &err), &err);
    fx_ok(pair_lr_compute(&m, c, &s.family[f], 0, true, &r, &err), &err);
    double lr = hw_real_to_double(r.ratio);
    assert_true(lr > 1);
    fx_near(hw_pow10(r.log10_ratio[0]), lr, 1e-12);
    fx_near(r.log10_ratio[1], 0, 0);
    bool left_out = false;
    for (uint32_t h = 2; h < r.h.n; h++) {
        bool of_father = strstr(r.h.h[h].code, ":F:") != NULL;
        assert_true(!of_father || isnan(r.log10_ratio[h]));
        left_out = left_out || of_father;
    }
    assert_true(left_out);
    assert_int_equal(err.code, HW_OK);
    pair_lr_release(&r);
    matcher_release(&m);
    hw_arena_release(&arena);
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
    hw_match_result m;
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
    /* the pair named the other way round, twice, or with a locus nobody has */
    hw_linked_pair more[4] = {{"D12S391", "vWA", 0.117}, {"vWA", "D12S391", 0.117}, {"vWA", "TPOX", 0.1}, {"TH01", "TH01", 0.1}};
    n.set.linked = more;
    n.set.n_linked = 4;
    fx_near(fx_pair(&n, c, sibs, 0), linked[0][0], 0);
    /* a second table that lacks one of the two */
    fx_population(&n, "half", 0, "TH01 6:0.2 7:0.8; vWA 14:0.1 15:0.2 16:0.7");
    fx_population(&n, "neither", 0, "TH01 6:0.2 7:0.8");
    fx_match(&n, &m);
    const hw_candidate *k = fx_candidate(&m, c, sibs, 0);
    assert_true(k->min_population == 2 && k->log10_lr_min < k->log10_lr);
    fx_near(hw_pow10(k->log10_lr_min), th01 * 2 * 0.999, 1e-12);
    hw_match_result_release(&m);
    /* with founder correlation: said at once */
    n.set.theta = 0.01;
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

/* A sum over families that all take their time: the same bits for the plain and for the screened search. */
static void same_for_any_number_of_threads(void **state)
{
    (void)state;
    same_for_any_number(HW_MATCH_PLAIN);
    same_for_any_number(HW_MATCH_SCREENED);
}

/* ---- every allocation refused once ---- */

static void no_memory(void **state)
{
    (void)state;
    nation n;
    random_nation(&n, 4, 2, 1);
    hw_linked_pair pair = {"vWA", "FGA", 0.2};
    n.set.linked = &pair;
    n.set.n_linked = 1;
    n.set.theta = 0;
    n.set.standard = fx_stepwise(1e-3, 2e-3);
    n.o.n_populations = 2;
    for (int what = 0; what < 3; what++) {
        n.o.method = what == 2 ? HW_MATCH_SCREENED : HW_MATCH_PLAIN;
        hw_status s = HW_NO_MEMORY;
        long nth = 1;
        for (; s != HW_OK; nth++) {
            hw_match_result r = {.pairs = 77};
            hw_explanation x = {.missing = 77};
            hw_err err = {0};
            hw_alloc_fail_at(nth, false);
            s = what != 1 ? hw_match(&n.d, &n.o, &r, &err) : hw_match_explain(&n.d, &n.o, 0, 1, 0, &x, &err);
            bool fired = hw_alloc_count() >= nth;
            hw_alloc_fail_at(0, false);
            if (s == HW_OK) {
                assert_false(fired); /* a refusal is never passed over */
                what != 1 ? hw_match_result_release(&r) : hw_explanation_release(&x);
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_for_any_number_of_threads),
        cmocka_unit_test(a_pair_by_itself),
        cmocka_unit_test(posterior_over_all_families),
        cmocka_unit_test(theta_by_hand),
        cmocka_unit_test(too_costly_family),
        cmocka_unit_test(rival_left_out),
        cmocka_unit_test(linked_loci),
        cmocka_unit_test(tri_allelic_and_absent),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(verbal_scale),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests_name("match all", tests, NULL, NULL);
}
