// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship_fixture.h"

#include "base/rng.h"
#include "kinship/eliminate.h"

#define MAX_VARS 8

/* A random net; its value by running through every state. */
typedef struct random_net {
    net n;
    uint32_t n_vars;
    double *table[12];
    uint32_t vars[12][3], n_of[12], n_factors;
} random_net;

static void make(random_net *r, hw_arena *arena, hw_rng *rng, double small)
{
    r->n_vars = 1 + hw_rng_below(rng, MAX_VARS);
    r->n_factors = hw_rng_below(rng, 12);
    assert_int_equal(net_init(&r->n, arena, MAX_VARS, 12, NULL), HW_OK);
    for (uint32_t v = 0; v < r->n_vars; v++) {
        uint32_t index = 0;
        assert_int_equal(net_variable(&r->n, 1 + hw_rng_below(rng, 3), v, hw_rng_below(rng, 4) == 0, &index, NULL), HW_OK);
        assert_int_equal(index, v);
    }
    for (uint32_t i = 0; i < r->n_factors; i++) {
        uint32_t n = 0;
        for (uint32_t v = 0; v < r->n_vars && n < 3; v++) {
            if (hw_rng_below(rng, 3) == 0) {
                r->vars[i][n++] = v;
            }
        }
        r->n_of[i] = n;
        assert_int_equal(net_factor_new(&r->n, r->vars[i], n, &r->table[i], NULL), HW_OK);
        for (size_t c = 0; c < r->n.factor[i].size; c++) {
            r->table[i][c] = hw_rng_below(rng, 4) == 0 ? 0.0 : hw_rng_unit(rng) * small;
        }
    }
}

/* The kept table by enumeration, in the order of net_eliminate. */
static void enumerate(const random_net *r, double *out)
{
    uint32_t state[MAX_VARS] = {0};
    for (;;) {
        double x = 1.0;
        for (uint32_t i = 0; i < r->n_factors; i++) {
            size_t at = 0;
            for (uint32_t k = 0; k < r->n_of[i]; k++) {
                at = at * r->n.domain[r->vars[i][k]] + state[r->vars[i][k]];
            }
            x *= r->table[i][at];
        }
        size_t cell = 0;
        for (uint32_t v = 0; v < r->n_vars; v++) {
            cell = r->n.keep[v] ? cell * r->n.domain[v] + state[v] : cell;
        }
        out[cell] += x;
        uint32_t v = r->n_vars;
        while (v > 0 && ++state[v - 1] == r->n.domain[v - 1]) {
            state[--v] = 0;
        }
        if (v == 0) {
            return;
        }
    }
}

static void random_nets_agree(void **state)
{
    (void)state;
    hw_rng rng;
    hw_rng_seed(&rng, 7, 0);
    hw_arena arena;
    hw_arena_init(&arena, 0);
    for (int round = 0; round < 2000; round++) {
        hw_arena_mark mark = hw_arena_get_mark(&arena);
        random_net r = {0};
        make(&r, &arena, &rng, 1.0);
        double want[6561] = {0};
        enumerate(&r, want);
        uint32_t order[MAX_VARS];
        uint32_t n_order = 0;
        net_cost cost;
        assert_int_equal(net_plan(&r.n, order, &n_order, &cost, NULL), HW_OK);
        assert_true(cost.operations >= 1.0 && cost.bytes >= 8.0);
        double *table = NULL;
        size_t size = 0;
        int64_t exp = 0;
        assert_int_equal(net_eliminate(&r.n, order, n_order, &table, &size, &exp, NULL), HW_OK);
        size_t kept = 1;
        for (uint32_t v = 0; v < r.n_vars; v++) {
            kept *= r.n.keep[v] ? r.n.domain[v] : 1;
        }
        assert_int_equal(size, kept);
        for (size_t i = 0; i < size; i++) {
            double got = table[i] == 0 ? 0 : hw_real_to_double((hw_real){table[i], exp});
            fx_near(got, want[i], 1e-13);
        }
        hw_arena_reset(&arena, mark);
    }
    hw_arena_release(&arena);
}

/* Hundreds of factors on one variable, each so small that their product leaves the range of a double many times over. */
static void many_small_factors(void **state)
{
    (void)state;
    hw_arena arena;
    hw_arena_init(&arena, 0);
    static const double size_of[] = {1e-3, 1e-40, 1e-150, 1e-300};
    for (int k = 0; k < 4; k++) {
        net n;
        uint32_t v = 0;
        assert_int_equal(net_init(&n, &arena, 2, 1000, NULL), HW_OK);
        assert_int_equal(net_variable(&n, 2, 0, false, &v, NULL), HW_OK);
        for (int i = 0; i < 1000; i++) {
            double *t = NULL;
            assert_int_equal(net_factor_new(&n, &v, 1, &t, NULL), HW_OK);
            t[0] = size_of[k];
            t[1] = size_of[k] / 2;
        }
        uint32_t order[1] = {0};
        double *table = NULL;
        size_t size = 0;
        int64_t exp = 0;
        assert_int_equal(net_eliminate(&n, order, 1, &table, &size, &exp, NULL), HW_OK);
        assert_true(table[0] > 0);
        hw_real r = hw_real_from(table[0]);
        r.e += exp;
        fx_near(-hw_real_log10(r), -1000 * hw_log10(size_of[k]), 1e-12);
    }
    hw_arena_release(&arena);
}

/* A chain, a star and a clique cost what they must. */
static void planned_cost(void **state)
{
    (void)state;
    hw_arena arena;
    hw_arena_init(&arena, 0);
    net n;
    uint32_t v = 0;
    double *t = NULL;
    assert_int_equal(net_init(&n, &arena, 40, 800, NULL), HW_OK);
    for (uint32_t i = 0; i < 40; i++) {
        assert_int_equal(net_variable(&n, 10, 100 + i, false, &v, NULL), HW_OK);
    }
    for (uint32_t i = 0; i + 1 < 40; i++) {
        uint32_t pair[2] = {i, i + 1};
        assert_int_equal(net_factor_new(&n, pair, 2, &t, NULL), HW_OK);
    }
    uint32_t order[40];
    uint32_t n_order = 0;
    net_cost cost;
    assert_int_equal(net_plan(&n, order, &n_order, &cost, NULL), HW_OK);
    assert_int_equal(n_order, 40);
    assert_true(cost.operations == 39 * 100 + 10 + 1); /* never more than two together */
    assert_int_equal(cost.n_widest, 2);
    for (uint32_t i = 0; i < 40; i++) {
        for (uint32_t j = i + 2; j < 40 && n.n_factors < 800; j++) {
            uint32_t pair[2] = {i, j};
            assert_int_equal(net_factor_new(&n, pair, 2, &t, NULL), HW_OK);
        }
    }
    assert_int_equal(net_plan(&n, order, &n_order, &cost, NULL), HW_OK);
    assert_true(cost.operations > 1e38); /* a clique: predicted, not tried */
    assert_int_equal(cost.n_widest, 40);
    hw_arena_release(&arena);
}

/* Every arena allocation refused once: NO_MEMORY each time until it suffices. */
static void no_memory(void **state)
{
    (void)state;
    bool done = false;
    for (size_t cap = 16; !done; cap += 16) {
        assert_true(cap < 100000);
        hw_arena arena;
        hw_arena_init(&arena, cap);
        net n;
        hw_err err = {0};
        uint32_t v[3];
        uint32_t order[3];
        uint32_t n_order = 0;
        net_cost cost;
        double *t = NULL;
        size_t size = 0;
        int64_t exp = 0;
        hw_status s = net_init(&n, &arena, 3, 4, &err);
        for (uint32_t i = 0; i < 3 && s == HW_OK; i++) {
            s = net_variable(&n, 4, i, i == 2, &v[i], &err);
        }
        for (uint32_t i = 0; i < 3 && s == HW_OK; i++) {
            uint32_t pair[2] = {i == 0 ? 0 : i - 1, i == 0 ? 1 : i};
            s = net_factor_new(&n, pair, 2, &t, &err);
        }
        s = s == HW_OK ? net_plan(&n, order, &n_order, &cost, &err) : s;
        s = s == HW_OK ? net_eliminate(&n, order, n_order, &t, &size, &exp, &err) : s;
        assert_true(s == HW_OK || s == HW_NO_MEMORY);
        done = s == HW_OK;
        hw_arena_release(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_nets_agree),
        cmocka_unit_test(many_small_factors),
        cmocka_unit_test(planned_cost),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests_name("eliminate", tests, NULL, NULL);
}
