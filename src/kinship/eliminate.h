// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Sum-product variable elimination over dense factors of small discrete variables: the arithmetic core of the likelihood. Internal.
 *
 * A net is built fresh for each locus: variables with their domains, factors over them, a scalar. net_eliminate sums out every variable not kept,
 * in a greedy order of least resulting table, predicted before anything is computed. All sums run in ascending order of the eliminated value, so
 * that a result depends on the net alone. Tables are rescaled by powers of two (exact).
 * Everything lives in the net's arena and dies with the caller's mark.
 */
#ifndef HW_KINSHIP_ELIMINATE_H
#define HW_KINSHIP_ELIMINATE_H

#include "base/memory.h"
#include "base/number.h"

#define NET_NO_LABEL UINT32_MAX

typedef struct net_factor {
    uint32_t n;        /* variables, ascending in var[] */
    uint32_t *var;
    double *table;     /* row-major, the last variable fastest */
    size_t size;
} net_factor;

typedef struct net {
    hw_arena *arena;
    uint32_t n_vars, var_cap;
    uint32_t *domain;
    uint32_t *label;   /* person the variable belongs to, for messages */
    bool *keep;
    net_factor *factor;
    size_t n_factors, factor_cap;
    hw_real scale;
} net;

typedef struct net_cost {
    double operations; /* multiply-adds */
    double bytes;      /* of all tables made */
    uint32_t *widest;  /* variables of the largest step (arena) */
    uint32_t n_widest;
} net_cost;

/* Start an empty net in the arena. */
hw_status net_init(net *n, hw_arena *arena, uint32_t var_cap, uint32_t factor_cap, hw_err *err) HW_MUST_CHECK;
/* New variable of the given domain; its index goes to *ret. */
hw_status net_variable(net *n, uint32_t domain, uint32_t label, bool keep, uint32_t *ret, hw_err *err) HW_MUST_CHECK;
/*
 * New factor over distinct variables in ascending order; *ret_table is zeroed, row-major, the last variable fastest.
 */
hw_status net_factor_new(net *n, const uint32_t *vars, uint32_t n_vars, double **ret_table, hw_err *err) HW_MUST_CHECK;
/* Order of elimination and its predicted cost. ret_order: n_vars entries, *ret_n of them used. */
hw_status net_plan(const net *n, uint32_t *ret_order, uint32_t *ret_n, net_cost *ret_cost, hw_err *err) HW_MUST_CHECK;
/*
 * Sum out the variables in the given order and multiply what remains into one table over the kept variables in ascending order of variable (a table of one entry when none is
 * kept), times 2^*ret_exp; the net's scale is folded in.
 */
hw_status net_eliminate(net *n, const uint32_t *order, uint32_t n_order, double **ret_table, size_t *ret_size, int64_t *ret_exp,
                        hw_err *err) HW_MUST_CHECK;

#endif
