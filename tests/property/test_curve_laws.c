// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The bounds of a curve against the sum over all combinations of values, on random loci. The seed is HOMEWARD_SEED when set. */
#include "../unit/kinship_fixture.h"

#include <math.h>

#include "base/rng.h"
#include "kinship/curve.h"

#define MAX_VALUES 8
#define MAX_LOCI 5

typedef struct loci {
    double ratio[MAX_LOCI][MAX_VALUES], unrelated[MAX_LOCI][MAX_VALUES], related[MAX_LOCI][MAX_VALUES];
    hw_ratio_locus u[MAX_LOCI], r[MAX_LOCI];
    uint32_t n;
} loci;

static uint64_t seed(void)
{
    const char *s = getenv("HOMEWARD_SEED");
    return s != NULL ? strtoull(s, NULL, 10) : 20260101u;
}

static double random_weight(hw_rng *r)
{
    switch (hw_rng_below(r, 4)) {
    case 0: return hw_rng_unit(r) * hw_pow10(-8.0 * hw_rng_unit(r));
    case 1: return 0.25;
    default: return hw_rng_unit(r);
    }
}

static void one_over(double *p, uint32_t n)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += p[i];
    }
    for (uint32_t i = 0; i < n; i++) {
        p[i] /= sum;
    }
}

/* Ratio = related / unrelated, so that its mean under unrelated is 1; some values impossible for a relative, some ratios equal. */
static void random_loci(hw_rng *r, loci *l)
{
    l->n = 1 + hw_rng_below(r, MAX_LOCI);
    for (uint32_t i = 0; i < l->n; i++) {
        uint32_t n = 2 + hw_rng_below(r, MAX_VALUES - 1);
        for (uint32_t k = 0; k < n; k++) {
            l->unrelated[i][k] = 1e-9 + random_weight(r);
            l->related[i][k] = k > 0 && hw_rng_below(r, 4) == 0 ? 0 : random_weight(r) + 1e-9;
        }
        one_over(l->unrelated[i], n);
        one_over(l->related[i], n);
        for (uint32_t k = 0; k < n; k++) {
            l->ratio[i][k] = l->related[i][k] / l->unrelated[i][k];
        }
        l->u[i] = (hw_ratio_locus){l->ratio[i], l->unrelated[i], n};
        l->r[i] = (hw_ratio_locus){l->ratio[i], l->related[i], n};
    }
}

/* Sum over all combinations. The ratio counts when it is at least x but for 1e-12; ret_some: the ratio of the combination drawn. */
static double enumerate(const hw_ratio_locus *l, uint32_t n, double x, bool times_ratio)
{
    uint32_t at[MAX_LOCI] = {0};
    double sum = 0;
    for (;;) {
        double p = 1;
        hw_real ratio = hw_real_from(1);
        for (uint32_t i = 0; i < n; i++) {
            p *= l[i].p[at[i]];
            ratio = hw_real_mul_d(ratio, l[i].ratio[at[i]]);
        }
        if (hw_real_log10(ratio) >= x - 3e-13) {
            sum += p * (times_ratio ? hw_real_to_double(ratio) : 1);
        }
        uint32_t i = 0;
        while (i < n && ++at[i] == l[i].n) {
            at[i++] = 0;
        }
        if (i == n) {
            return sum;
        }
    }
}

/* A value that the ratio takes, or something beside it. */
static double random_x(hw_rng *r, const loci *l)
{
    double x = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        double ratio = l->ratio[i][hw_rng_below(r, l->u[i].n)];
        x += hw_log10(ratio > 0 ? ratio : 1);
    }
    return hw_rng_below(r, 2) == 0 ? x : x + 3 * (hw_rng_unit(r) - 0.5);
}

static hw_curve curve_of(hw_arena *a, const hw_ratio_locus *l, uint32_t n, hw_curve_options o)
{
    hw_curve c;
    hw_err err = {0};
    fx_ok(hw_curve_init(&c, a, l, n, &o, &err), &err);
    return c;
}

static void inside(hw_tail t, double exact, double x, uint64_t round, const hw_curve_options *o)
{
    if (!(t.low <= exact * (1 + 1e-12) && exact <= t.high * (1 + 1e-12) && t.low <= t.high && t.low >= 0 && t.high <= 1)) {
        print_error("seed %llu, round %llu: x %.17g step %g tilt %g from %g: %.17g not within %.17g .. %.17g\n", (unsigned long long)seed(),
                    (unsigned long long)round, x, o->step, o->tilt, o->from, exact, t.low, t.high);
        fail();
    }
}

static void bounds_enclose(void **state)
{
    (void)state;
    static const double steps[] = {0.0005, 0.002, 0.05, 0.7};
    static const double tilts[] = {0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 0.3};
    for (uint64_t round = 0; round < 800; round++) {
        hw_rng r;
        hw_rng_seed(&r, seed(), round);
        loci l;
        random_loci(&r, &l);
        hw_arena a = {0};
        double x = random_x(&r, &l);
        hw_curve_options o = {.step = steps[hw_rng_below(&r, 4)], .tilt = tilts[hw_rng_below(&r, 9)], .slack = hw_rng_below(&r, 2) == 0 ? 0 : 1e-3};
        o.from = hw_rng_below(&r, 3) == 0 ? x : hw_rng_below(&r, 2) == 0 ? x - 1 : -(double)INFINITY;
        for (int related = 0; related < 2; related++) {
            const hw_ratio_locus *loc = related ? l.r : l.u;
            hw_curve c = curve_of(&a, loc, l.n, o);
            for (int k = 0; k < 5; k++) {
                double at = k == 0 ? x : random_x(&r, &l);
                inside(hw_curve_tail(&c, at), enumerate(loc, l.n, at, false), at, round, &o);
            }
            inside(hw_curve_tail(&c, c.max), enumerate(loc, l.n, c.max, false), c.max, round, &o);
            assert_true(hw_curve_tail(&c, c.max + 1e-6).high == 0);
        }
        hw_arena_release(&a);
    }
}

/* A fine grid leaves little between the bounds. */
static void bounds_are_near(void **state)
{
    (void)state;
    double apart = 0;
    int compared = 0;
    for (uint64_t round = 0; round < 80; round++) {
        hw_rng r;
        hw_rng_seed(&r, seed(), round);
        loci l;
        random_loci(&r, &l);
        hw_arena a = {0};
        double x = random_x(&r, &l) + 1e-4;
        hw_curve c = curve_of(&a, l.u, l.n, (hw_curve_options){.step = 1e-5, .from = x, .tilt = 1});
        hw_tail t = hw_curve_tail(&c, x);
        double beside = enumerate(l.u, l.n, x - 0.015, false);
        double exact = enumerate(l.u, l.n, x + 0.015, false);
        if (beside == exact && exact > 0) { /* no value within what rounding moves: 256 steps at most, 5 loci */
            apart = fmax(apart, (t.high - t.low) / hw_pow10(-x));
            compared++;
        }
        hw_arena_release(&a);
    }
    assert_true(compared > 20);
    assert_true(apart < 1e-7);
}

/* P(LR >= x | related) = E[LR; LR >= x | unrelated], and E[LR | unrelated] = 1. */
static void importance(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 300; round++) {
        hw_rng r;
        hw_rng_seed(&r, seed(), round);
        loci l;
        random_loci(&r, &l);
        double x = random_x(&r, &l);
        hw_arena a = {0};
        hw_curve_options o = {.from = x, .tilt = hw_curve_tilt(l.r, l.n, x)};
        hw_curve c = curve_of(&a, l.r, l.n, o);
        inside(hw_curve_tail(&c, x), enumerate(l.u, l.n, x, true), x, round, &o);
        fx_near(enumerate(l.u, l.n, -1e9, true), 1, 1e-12);
        hw_arena_release(&a);
    }
}

static void quantiles(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 400; round++) {
        hw_rng r;
        hw_rng_seed(&r, seed(), round);
        loci l;
        random_loci(&r, &l);
        hw_arena a = {0};
        double q = 0.02 + 0.96 * hw_rng_unit(&r);
        hw_curve_options o = {.from = -(double)INFINITY, .step = 0.01};
        hw_curve c = curve_of(&a, l.u, l.n, o);
        hw_tail t = hw_curve_quantile(&c, q);
        assert_true(t.low <= t.high);
        /* the quantile is at least the lower bound, and above the upper one it is not reached */
        if (t.low > -(double)INFINITY && enumerate(l.u, l.n, t.low, false) < (1 - q) * (1 - 1e-9)) {
            fail_msg("seed %llu, round %llu: quantile %g below %g", (unsigned long long)seed(), (unsigned long long)round, q, t.low);
        }
        if (enumerate(l.u, l.n, t.high + 1e-9, false) > (1 - q) * (1 + 1e-9)) {
            fail_msg("seed %llu, round %llu: quantile %g above %g", (unsigned long long)seed(), (unsigned long long)round, q, t.high);
        }
        hw_arena_release(&a);
    }
}

/* Equality counts: the threshold that match uses takes 10^x (1 - 1e-12) for 10^x. */
static void equality(void **state)
{
    (void)state;
    static const double ratio[] = {10, 0.1, 0}, p[] = {0.09, 0.01, 0.9};
    hw_ratio_locus l[4];
    for (int i = 0; i < 4; i++) {
        l[i] = (hw_ratio_locus){ratio, p, 3};
    }
    hw_arena a = {0};
    hw_curve c = curve_of(&a, l, 4, (hw_curve_options){.from = 4, .tilt = 1});
    fx_near(hw_curve_tail(&c, 4).low, 0.09 * 0.09 * 0.09 * 0.09, 1e-8);
    fx_near(hw_curve_tail(&c, 4).high, 0.09 * 0.09 * 0.09 * 0.09, 1e-8);
    assert_true(hw_curve_tail(&c, 4.0001).high == 0);
    c = curve_of(&a, l, 4, (hw_curve_options){.from = 2, .tilt = 0});
    fx_near(hw_curve_tail(&c, 2).low, 0.09 * 0.09 * 0.09 * (0.09 + 4 * 0.01), 1e-8);
    hw_arena_release(&a);
}

/* A locus that always excludes, none at all, and what is refused. */
static void edges(void **state)
{
    (void)state;
    static const double zero[] = {0, 0}, half[] = {0.5, 0.5}, bad[] = {-1, 2}, big[] = {1e200, 0};
    hw_arena a = {0};
    hw_curve c;
    hw_err err = {0};
    hw_ratio_locus l = {zero, half, 2};
    hw_curve_options o = {.from = -(double)INFINITY};
    c = curve_of(&a, &l, 1, o);
    assert_true(hw_curve_tail(&c, -300).high == 0 && hw_curve_tail(&c, -(double)INFINITY).low == 1);
    assert_true(hw_curve_quantile(&c, 0.5).high == -(double)INFINITY);
    c = curve_of(&a, NULL, 0, o);
    assert_true(hw_curve_tail(&c, 0).low > 1 - 1e-9 && hw_curve_tail(&c, 0.01).high == 0);
    l.ratio = bad;
    fx_fails(hw_curve_init(&c, &a, &l, 1, &o, &err), HW_USAGE, &err, "not negative");
    l.ratio = big; /* 10^(tilt S) would not be a double: no tilt is used */
    hw_ratio_locus two[2] = {l, l};
    o.tilt = 2;
    c = curve_of(&a, two, 2, o);
    assert_true(c.tilt == 0);
    fx_near(hw_curve_tail(&c, 400).low, 0.25, 1e-6);
    err = (hw_err){0};
    o.step = -1;
    fx_fails(hw_curve_init(&c, &a, two, 2, &o, &err), HW_USAGE, &err, "step");
    hw_arena_release(&a);
}

static void no_memory(void **state)
{
    (void)state;
    hw_rng r;
    hw_rng_seed(&r, 3, 0);
    loci l;
    random_loci(&r, &l);
    for (long nth = 1;; nth++) {
        hw_arena a = {0};
        hw_curve c = {.step = 77};
        hw_err err = {0};
        hw_curve_options o = {.from = 0, .tilt = 1};
        hw_alloc_fail_at(nth, nth % 2 == 0);
        hw_status s = hw_curve_init(&c, &a, l.u, l.n, &o, &err);
        long asked = hw_alloc_count();
        hw_alloc_fail_at(0, false);
        hw_arena_release(&a);
        if (asked < nth) {
            assert_int_equal(s, HW_OK);
            assert_true(nth > 3);
            return;
        }
        fx_fails(s, HW_NO_MEMORY, &err, "memory");
        assert_true(c.step == 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_enclose), cmocka_unit_test(bounds_are_near), cmocka_unit_test(importance), cmocka_unit_test(quantiles),
        cmocka_unit_test(equality),       cmocka_unit_test(edges),           cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests_name("curve_laws", tests, NULL, NULL);
}
