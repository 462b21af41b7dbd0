// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "match_fixture.h"

#include <math.h>

#include "base/rng.h"
#include "kinship/joint.h"

#define TABLES "TH01 6:0.2 7:0.3 8:0.1 9:0.4; D3S1358 6:0.1 7:0.3 8:0.4 9:0.2; FGA 6:0.25 7:0.25 8:0.25 9:0.25; vWA 6:0.4 7:0.1 8:0.3 9:0.2; DXS8378 6:0.5 7:0.2 8:0.2 9:0.1"

static void small(nation *n)
{
    fx_nation(n, "TH01 D3S1358 FGA vWA DXS8378 AMEL");
    fx_population(n, "small", 0, TABLES);
}

static void join_at(nation *n, const hw_candidate *pair, size_t count, const hw_joint_rest *rest, const hw_joint_options *o, hw_joint_result *r, const char *file, int line)
{
    hw_joint_options standard;
    hw_err err = {0};
    hw_joint_options_init(&standard);
    n->o.n_populations = n->n_pop;
    fx_ok_at(hw_joint(&n->d, &n->o, pair, count, rest, o == NULL ? &standard : o, r, &err), &err, file, line);
}
#define join(n, pair, count, rest, o, r) join_at((n), (pair), (count), (rest), (o), (r), __FILE__, __LINE__)

/* The posterior of one pair alone is that of the search. */
static void one_pair_is_the_search(void **state)
{
    (void)state;
    nation n;
    small(&n);
    uint32_t f = fx_family(&n, "F", "F M; M F; A M F M", "A");
    fx_member(&n, f, "F", "TH01=6/7 D3S1358=6/8");
    fx_member(&n, f, "M", "TH01=8/9 D3S1358=7/7");
    fx_family(&n, "G", "X U", "X");
    fx_child(&n, "a", HW_SEX_MALE, "TH01=6/8 D3S1358=6/7 AMEL=X/Y");
    hw_match_result m;
    n.o.rivals = false;
    fx_match(&n, &m);
    const hw_candidate *c = fx_candidate(&m, 0, f, 0);
    assert_non_null(c);
    /* The family without relatives has ratio 1 for whom its sex fits, or is taken by: listed or as the rest, the same. */
    double rest[1] = {0};
    for (size_t i = 0; i < m.n_candidates; i++) {
        rest[0] += &m.candidate[i] == c ? 0 : hw_pow10(m.candidate[i].log10_lr);
    }
    assert_true(rest[0] > 0);
    hw_joint_result one, two;
    join(&n, c, 1, &(hw_joint_rest){.sum = rest}, NULL, &one);
    join(&n, m.candidate, m.n_candidates, NULL, NULL, &two);
    fx_near(one.pair[0].posterior, c->posterior, 1e-12);
    fx_near(two.pair[c - m.candidate].posterior, c->posterior, 1e-12);
    assert_true(one.pair[0].exact && one.pair[0].low == one.pair[0].posterior && one.pair[0].high == one.pair[0].posterior);
    fx_near(one.missing[0].absent, 1 - c->posterior, 1e-12);
    fx_near(one.child[0].not_registered + one.child[0].unlisted + one.pair[0].posterior, 1, 1e-12);
    assert_true(one.child[0].relative == 0 && one.child[0].other_group == 0);
    assert_int_equal(one.group[0].n_top, 2);
    fx_near(one.prior_each, 0.25, 1e-15);
    hw_joint_result_release(&one);
    /* Half of the missing persons taken by others: placing has twice the prior, being nowhere has the same. */
    const double half[2] = {0.5, 1.0}, none[2] = {0, 1}, more[2] = {2, 1};
    hw_joint_options o;
    hw_joint_options_init(&o);
    o.free_share = half;
    join(&n, c, 1, &(hw_joint_rest){.sum = rest}, &o, &one);
    fx_near(one.pair[0].posterior / (1 - one.pair[0].posterior), 2 * c->posterior / (1 - c->posterior), 1e-12);
    hw_joint_result_release(&one);
    for (int i = 0; i < 2; i++) {
        hw_err err = {0};
        o.free_share = i == 0 ? none : more;
        fx_fails(hw_joint(&n.d, &n.o, c, 1, NULL, &o, &one, &err), HW_USAGE, &err, "free");
    }
    hw_joint_result_release(&two);
    hw_match_result_release(&m);
    fx_nation_drop(&n);
}

/* Two children of one father, and the same man's family misses two: each makes the other more probable. */
static void brothers_support_each_other(void **state)
{
    (void)state;
    nation n;
    small(&n);
    uint32_t f = fx_family(&n, "F", "F M; M F; A M F M; B M F M", "A B");
    fx_member(&n, f, "F", "TH01=6/7 D3S1358=6/8 FGA=6/7");
    fx_child(&n, "a", HW_SEX_MALE, "TH01=6/8 D3S1358=6/9 FGA=6/8 vWA=7/7");
    fx_child(&n, "b", HW_SEX_MALE, "TH01=6/8 D3S1358=6/9 FGA=7/8 vWA=7/7");
    fx_child(&n, "c", HW_SEX_MALE, "TH01=7/9 D3S1358=8/8 FGA=6/9 vWA=6/8");
    hw_match_result m;
    n.o.rivals = false;
    fx_match(&n, &m);
    hw_candidate pair[6];
    uint32_t k = 0;
    for (uint32_t c = 0; c < 3; c++) {
        for (uint32_t j = 0; j < 2; j++) {
            pair[k++] = *fx_candidate(&m, c, f, j);
        }
    }
    hw_joint_result alone, with_b, with_c;
    join(&n, pair, 2, NULL, NULL, &alone);
    join(&n, pair, 4, NULL, NULL, &with_b);
    const hw_candidate a_and_c[] = {pair[0], pair[1], pair[4], pair[5]};
    join(&n, a_and_c, 4, NULL, NULL, &with_c);
    assert_true(with_b.pair[0].family_posterior > alone.pair[0].family_posterior);
    assert_true(with_c.pair[0].family_posterior < alone.pair[0].family_posterior); /* not a's brother: one of the two is wrong */
    /* Which brother is which, DNA does not say. */
    fx_near(with_b.pair[0].posterior, with_b.pair[1].posterior, 1e-12);
    fx_near(with_b.pair[0].posterior * 2, with_b.pair[0].family_posterior, 1e-12);
    assert_int_equal(with_b.group[0].top[0].n, 2);
    fx_near(with_b.group[0].top[0].posterior, with_b.group[0].top[1].posterior, 1e-12);
    hw_joint_result_release(&alone);
    hw_joint_result_release(&with_b);
    hw_joint_result_release(&with_c);
    hw_match_result_release(&m);
    fx_nation_drop(&n);
}

/* One child, two families that both take it: the claims share what there is. */
static void a_contested_child(void **state)
{
    (void)state;
    nation n;
    small(&n);
    for (int i = 0; i < 2; i++) {
        uint32_t f = fx_family(&n, i == 0 ? "F" : "G", "F M; A M F -", "A");
        fx_member(&n, f, "F", "TH01=6/7 D3S1358=6/8");
    }
    fx_child(&n, "a", HW_SEX_MALE, "TH01=6/8 D3S1358=6/9");
    fx_child(&n, "b", HW_SEX_MALE, "TH01=7/8 D3S1358=8/9");
    const hw_candidate pair[] = {{.child = 0, .family = 0, .log10_lr = 8, .rival_log10 = (double)NAN}, {.child = 0, .family = 1, .log10_lr = 8, .rival_log10 = (double)NAN},
                                 {.child = 1, .family = 1, .log10_lr = 12, .rival_log10 = (double)NAN}};
    hw_joint_result r;
    join(&n, pair, 2, NULL, NULL, &r);
    fx_near(r.pair[0].posterior, r.pair[1].posterior, 1e-12);
    assert_true(r.pair[0].posterior < 0.5 && r.pair[0].posterior > 0.49 && r.pair[0].exact);
    hw_joint_result_release(&r);
    /* b takes the second family, and leaves a with the first. */
    join(&n, pair, 3, NULL, NULL, &r);
    assert_true(r.pair[0].posterior > 0.999 && r.pair[2].posterior > 0.999 && r.pair[1].posterior < 0.001);
    const double whole[3] = {r.pair[0].posterior, r.pair[1].posterior, r.pair[2].posterior};
    assert_int_equal(r.n_groups, 1);
    assert_int_equal(r.group[0].n_children, 2);
    assert_true(r.group[0].assignments == 5);
    hw_joint_result_release(&r);
    /* Cut apart, the interval says that a could be with either; the estimate is that of the whole, for the web has no loop. */
    hw_joint_options o;
    hw_joint_options_init(&o);
    o.max_shared = 0;
    join(&n, pair, 3, NULL, &o, &r);
    assert_int_equal(r.n_groups, 2);
    assert_false(r.pair[0].exact);
    for (int i = 0; i < 3; i++) {
        fx_near(r.pair[i].posterior, whole[i], 1e-12);
    }
    assert_true(r.pair[0].low < 0.5 && r.pair[0].high > 0.999);
    assert_non_null(strstr(r.group[r.pair[0].group].note, "other groups"));
    hw_joint_result_release(&r);
    fx_nation_drop(&n);
}

/* A close relative's family in the database takes from a pair what the rival's ratio and its prior say. */
static void relatives_count(void **state)
{
    (void)state;
    nation n;
    small(&n);
    uint32_t f = fx_family(&n, "F", "F M; A M F -", "A");
    fx_member(&n, f, "F", "TH01=6/7");
    fx_child(&n, "a", HW_SEX_MALE, "TH01=6/8");
    const hw_candidate pair = {.child = 0, .family = 0, .log10_lr = 6, .rival_log10 = 1};
    hw_joint_options o;
    hw_joint_options_init(&o);
    o.rival_weight = 0.2;
    o.prior_each = 1e-3;
    hw_joint_result r;
    join(&n, &pair, 1, NULL, &o, &r);
    double own = 1e-3 * 1e6, relative = 1e-3 * 0.2 * 1e5;
    fx_near(r.pair[0].posterior, own / (0.5 + relative + own), 1e-12);
    fx_near(r.child[0].relative, relative / (0.5 + relative + own), 1e-12);
    hw_joint_result_release(&r);
    fx_nation_drop(&n);
}

/* X loci and amelogenin, a rare allele, a missing person whose sex only the child says: computed together, by the likelihood itself. */
static void evidence_beyond_plain_genotypes(void **state)
{
    (void)state;
    nation n;
    small(&n);
    uint32_t f = fx_family(&n, "F", "D M; M F; A F D M; B U D M", "A B");
    fx_member(&n, f, "M", "TH01=6/7 DXS8378=6/7");
    fx_child(&n, "a", HW_SEX_FEMALE, "TH01=6/33.1 DXS8378=6/8 AMEL=X/X");
    fx_child(&n, "b", HW_SEX_MALE, "TH01=6/33.1 DXS8378=6/6 AMEL=X/Y");
    hw_match_result m;
    n.o.rivals = false;
    fx_match(&n, &m);
    const hw_candidate pair[] = {*fx_candidate(&m, 0, f, 0), *fx_candidate(&m, 1, f, 1)};
    hw_joint_result r;
    join(&n, pair, 2, NULL, NULL, &r);
    const hw_joint_assignment *both = NULL;
    for (uint32_t i = 0; i < r.group[0].n_top; i++) {
        both = r.group[0].top[i].n == 2 ? &r.group[0].top[i] : both;
    }
    assert_non_null(both);
    /* The synergy: P(M A B) P(M) / (P(M A) P(M B)) at both loci, under the table with 33.1 added. */
    hw_engine *e = fx_engine();
    double synergy = 1;
    for (int l = 0; l < 2; l++) {
        HW_CLEANUP(hw_arena_release) hw_arena arena = {0};
        const hw_locus_model *lm = fx_model(&arena, l == 0 ? HW_LOCUS_AUTOSOMAL : HW_LOCUS_X, l == 0 ? "6:0.2 7:0.3 8:0.1 9:0.4" : "6:0.5 7:0.2 8:0.2 9:0.1", NULL, 0,
                                            l == 0 ? "33.1" : NULL);
        static const char *const typed[2][4] = {{"M=6/7 A=6/33.1 B=6/33.1", "M=6/7", "M=6/7 A=6/33.1", "M=6/7 B=6/33.1"}, {"M=6/7 A=6/8 B=6/6", "M=6/7", "M=6/7 A=6/8", "M=6/7 B=6/6"}};
        double x[4];
        for (int k = 0; k < 4; k++) {
            x[k] = fx_value(e, "D M; M F; A F D M; B M D M", lm, typed[l][k]);
        }
        synergy *= x[0] * x[1] / (x[2] * x[3]);
    }
    hw_engine_free(e);
    assert_true(fx_apart(both->ln_ratio, (pair[0].log10_lr + pair[1].log10_lr) * hw_real_ln(hw_real_from(10)) + hw_real_ln(hw_real_from(synergy))) < 1e-11);
    assert_true(fx_apart(synergy, 1) > 0.01);
    hw_joint_result_release(&r);
    hw_match_result_release(&m);
    fx_nation_drop(&n);
}

/* Where children placed together cannot be computed, nothing is claimed. */
static void what_cannot_be_computed_is_not_claimed(void **state)
{
    (void)state;
    nation n;
    small(&n);
    n.set.standard = fx_equal(1e-3, 5e-3); /* whether P is a mother or a father matters, and nobody says */
    uint32_t f = fx_family(&n, "F", "P U; A M P -; B M P -", "A B");
    fx_member(&n, f, "P", "TH01=6/7 D3S1358=6/7");
    fx_child(&n, "a", HW_SEX_MALE, "TH01=6/8 D3S1358=6/8");
    fx_child(&n, "b", HW_SEX_MALE, "TH01=7/8 D3S1358=7/8");
    hw_match_result m;
    n.o.rivals = false;
    fx_match(&n, &m);
    hw_joint_result r;
    join(&n, m.candidate, m.n_candidates, NULL, NULL, &r);
    for (size_t i = 0; i < r.n; i++) {
        assert_true(!r.pair[i].exact && r.pair[i].low == 0 && r.pair[i].high == 1 && r.pair[i].family_low == 0 && r.pair[i].family_high == 1);
        assert_true(r.pair[i].posterior > 0);
    }
    assert_non_null(strstr(r.group[0].note, "family F"));
    hw_joint_result_release(&r);
    hw_match_result_release(&m);
    fx_nation_drop(&n);
}

static void impossible_pairs_have_no_part(void **state)
{
    (void)state;
    nation n;
    small(&n);
    uint32_t f = fx_family(&n, "F", "F M; A M F -; B M F -", "A B");
    fx_member(&n, f, "F", "TH01=6/7");
    fx_child(&n, "a", HW_SEX_MALE, "TH01=6/8");
    fx_child(&n, "b", HW_SEX_MALE, "TH01=9/9");
    double never = -(double)INFINITY;
    const hw_candidate pair[] = {{.child = 0, .family = 0, .missing = 0, .log10_lr = 3, .rival_log10 = (double)NAN},
                                 {.child = 1, .family = 0, .missing = 1, .log10_lr = never, .rival_log10 = (double)NAN}};
    hw_joint_result r;
    join(&n, pair, 2, NULL, NULL, &r);
    assert_true(r.pair[1].posterior == 0 && r.pair[1].low == 0 && r.pair[1].high == 0);
    assert_true(r.pair[0].posterior > 0.9);
    assert_true(r.missing[1].absent == 1);
    hw_joint_result_release(&r);
    join(&n, NULL, 0, NULL, NULL, &r);
    assert_true(r.n == 0 && r.n_groups == 0 && r.n_children == 0 && r.n_missing == 0);
    hw_joint_result_release(&r);
    fx_nation_drop(&n);
}

static void refuses_what_is_no_question(void **state)
{
    (void)state;
    nation n;
    small(&n);
    fx_family(&n, "F", "F M; A M F -", "A");
    fx_child(&n, "a", HW_SEX_MALE, "TH01=6/8");
    n.o.n_populations = 1;
    const hw_candidate good = {.log10_lr = 3, .rival_log10 = (double)NAN};
    hw_candidate bad[2] = {good, good};
    hw_joint_options o;
    hw_joint_options_init(&o);
    hw_joint_result r = {.n = 77};
    hw_err err = {0};
    fx_fails(hw_joint(&n.d, &n.o, bad, 2, NULL, &o, &r, &err), HW_USAGE, &err, "child a|family F|twice");
    bad[0].missing = 1;
    err = (hw_err){0};
    fx_fails(hw_joint(&n.d, &n.o, bad, 1, NULL, &o, &r, &err), HW_USAGE, &err, "missing person 1");
    bad[0] = good;
    bad[0].log10_lr = (double)NAN;
    err = (hw_err){0};
    fx_fails(hw_joint(&n.d, &n.o, bad, 1, NULL, &o, &r, &err), HW_USAGE, &err, "needs a number|child a");
    const double low[] = {2}, sum[] = {1}, nan[] = {(double)NAN};
    err = (hw_err){0};
    fx_fails(hw_joint(&n.d, &n.o, &good, 1, &(hw_joint_rest){.sum = sum, .low = low}, &o, &r, &err), HW_USAGE, &err, "child a|lie between");
    err = (hw_err){0};
    fx_fails(hw_joint(&n.d, &n.o, &good, 1, &(hw_joint_rest){.sum = nan}, &o, &r, &err), HW_USAGE, &err, "child a");
    n.o.prior_registered = 1;
    err = (hw_err){0};
    fx_fails(hw_joint(&n.d, &n.o, &good, 1, NULL, &o, &r, &err), HW_USAGE, &err, "registered");
    n.o.prior_registered = 0.5;
    o.prior_each = 2;
    err = (hw_err){0};
    fx_fails(hw_joint(&n.d, &n.o, &good, 1, NULL, &o, &r, &err), HW_USAGE, &err, "one missing person");
    o.prior_each = 0;
    o.rival_weight = -1;
    err = (hw_err){0};
    fx_fails(hw_joint(&n.d, &n.o, &good, 1, NULL, &o, &r, &err), HW_USAGE, &err, "relatives");
    assert_int_equal(r.n, 77);
    fx_nation_drop(&n);
}

/* A web of claims far beyond one exact sum, as in a national search: done at once, in groups within their limits, true pairs still certain. */
static void a_large_web(void **state)
{
    (void)state;
    enum { N = 3000, CLAIMS = 7 };
    nation n;
    small(&n);
    for (uint32_t i = 0; i < N; i++) {
        char id[16];
        snprintf(id, sizeof id, "F%u", i);
        fx_family(&n, id, "F M; A M F -", "A");
        snprintf(id, sizeof id, "K%u", i);
        fx_child(&n, id, HW_SEX_UNKNOWN, "");
    }
    static hw_candidate pair[N * CLAIMS];
    size_t count = 0;
    hw_rng r;
    hw_rng_seed(&r, 5, 0);
    for (uint32_t c = 0; c < N; c++) {
        pair[count++] = (hw_candidate){.child = c, .family = c, .log10_lr = 12, .rival_log10 = (double)NAN};
        for (uint32_t k = 1; k < CLAIMS; k++) {
            pair[count++] = (hw_candidate){.child = c, .family = (c + k * 401) % N, .log10_lr = 4 + 2 * hw_rng_unit(&r), .rival_log10 = (double)NAN};
        }
    }
    hw_joint_options o;
    hw_joint_options_init(&o);
    o.prior_each = 5e-7;
    hw_joint_result one, many;
    n.o.n_threads = 1;
    join(&n, pair, count, NULL, &o, &one);
    n.o.n_threads = 3;
    join(&n, pair, count, NULL, &o, &many);
    assert_memory_equal(one.pair, many.pair, count * sizeof(*one.pair));
    assert_int_equal(one.n_groups, many.n_groups);
    for (size_t i = 0; i < count; i++) {
        const hw_joint_pair *p = &one.pair[i];
        assert_true(p->family_low <= p->family_posterior && p->family_posterior <= p->family_high);
        if (i % CLAIMS == 0) {
            assert_true(p->family_low > 0.9999 && p->family_high - p->family_low < 1e-4);
        } else {
            assert_true(p->family_high < 0.6);
        }
    }
    hw_joint_result_release(&one);
    hw_joint_result_release(&many);
    fx_nation_drop(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_pair_is_the_search), cmocka_unit_test(brothers_support_each_other), cmocka_unit_test(a_contested_child), cmocka_unit_test(relatives_count),
        cmocka_unit_test(evidence_beyond_plain_genotypes), cmocka_unit_test(what_cannot_be_computed_is_not_claimed), cmocka_unit_test(impossible_pairs_have_no_part),
        cmocka_unit_test(refuses_what_is_no_question), cmocka_unit_test(a_large_web),
    };
    return cmocka_run_group_tests_name("joint", tests, NULL, NULL);
}
