// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/eliminate.h"

#include <string.h>

/* A table whose largest entry falls below this is computed again with a wider range and rescaled by a power of two. */
#define WIDE_BELOW 0x1p-256

hw_status net_init(net *n, hw_arena *arena, uint32_t var_cap, uint32_t factor_cap, hw_err *err)
{
    *n = (net){.arena = arena, .var_cap = var_cap, .factor_cap = factor_cap, .scale = hw_real_from(1.0)};
    n->domain = HW_NEW(arena, uint32_t, var_cap + 1);
    n->label = HW_NEW(arena, uint32_t, var_cap + 1);
    n->keep = HW_NEW(arena, bool, var_cap + 1);
    n->factor = HW_NEW(arena, net_factor, factor_cap + 1);
    if (n->domain == NULL || n->label == NULL || n->keep == NULL || n->factor == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    return HW_OK;
}

hw_status net_variable(net *n, uint32_t domain, uint32_t label, bool keep, uint32_t *ret, hw_err *err)
{
    (void)err;
    HW_ASSERT(n->n_vars < n->var_cap && domain > 0);
    uint32_t v = n->n_vars++;
    n->domain[v] = domain;
    n->label[v] = label;
    n->keep[v] = keep;
    *ret = v;
    return HW_OK;
}

hw_status net_factor_new(net *n, const uint32_t *vars, uint32_t n_vars, double **ret_table, hw_err *err)
{
    HW_ASSERT(n->n_factors < n->factor_cap);
    net_factor *f = &n->factor[n->n_factors];
    f->n = n_vars;
    f->size = 1;
    f->var = HW_NEW(n->arena, uint32_t, n_vars + 1);
    if (f->var == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < n_vars; i++) {
        HW_ASSERT(i == 0 || vars[i] > vars[i - 1]);
        f->var[i] = vars[i];
        f->size *= n->domain[vars[i]];
    }
    f->table = HW_NEW(n->arena, double, f->size);
    if (f->table == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    n->n_factors++;
    *ret_table = f->table;
    return HW_OK;
}

/* ---- ordering ---- */

typedef struct graph {
    uint32_t n, words;
    uint64_t *adjacent; /* n rows of `words` */
    double *weight;     /* product of the domains of a variable's neighbours */
} graph;

static uint64_t *row(const graph *g, uint32_t v)
{
    return g->adjacent + (size_t)v * g->words;
}

static double neighbour_weight(const graph *g, const net *n, uint32_t v)
{
    double w = 1.0;
    const uint64_t *r = row(g, v);
    for (uint32_t k = 0; k < g->words; k++) {
        for (uint64_t bits = r[k]; bits != 0; bits &= bits - 1) {
            w *= n->domain[k * 64 + (uint32_t)__builtin_ctzll(bits)];
        }
    }
    return w;
}

static hw_status graph_build(const net *n, graph *g, hw_err *err)
{
    g->n = n->n_vars;
    g->words = (n->n_vars + 63) / 64;
    g->adjacent = HW_NEW(n->arena, uint64_t, (size_t)g->n * g->words + 1);
    g->weight = HW_NEW(n->arena, double, g->n + 1);
    if (g->adjacent == NULL || g->weight == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < n->n_factors; i++) {
        const net_factor *f = &n->factor[i];
        for (uint32_t a = 0; a < f->n; a++) {
            for (uint32_t b = 0; b < f->n; b++) {
                if (a != b) {
                    row(g, f->var[a])[f->var[b] / 64] |= UINT64_C(1) << (f->var[b] % 64);
                }
            }
        }
    }
    for (uint32_t v = 0; v < g->n; v++) {
        g->weight[v] = neighbour_weight(g, n, v);
    }
    return HW_OK;
}

/* Take v out: its neighbours become a clique. */
static void graph_eliminate(graph *g, const net *n, uint32_t v)
{
    const uint64_t *rv = row(g, v);
    for (uint32_t k = 0; k < g->words; k++) {
        for (uint64_t bits = rv[k]; bits != 0; bits &= bits - 1) {
            uint32_t u = k * 64 + (uint32_t)__builtin_ctzll(bits);
            uint64_t *ru = row(g, u);
            for (uint32_t j = 0; j < g->words; j++) {
                ru[j] |= rv[j];
            }
            ru[u / 64] &= ~(UINT64_C(1) << (u % 64));
            ru[v / 64] &= ~(UINT64_C(1) << (v % 64));
            g->weight[u] = neighbour_weight(g, n, u);
        }
    }
}

hw_status net_plan(const net *n, uint32_t *ret_order, uint32_t *ret_n, net_cost *ret_cost, hw_err *err)
{
    graph g = {0};
    HW_TRY(graph_build(n, &g, err));
    bool *done = HW_NEW(n->arena, bool, n->n_vars + 1);
    uint32_t *widest = HW_NEW(n->arena, uint32_t, n->n_vars + 1);
    if (done == NULL || widest == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    net_cost cost = {.widest = widest};
    double largest = 0.0;
    uint32_t n_order = 0;
    for (;;) {
        uint32_t best = UINT32_MAX;
        for (uint32_t v = 0; v < n->n_vars; v++) {
            if (!done[v] && !n->keep[v] && (best == UINT32_MAX || g.weight[v] < g.weight[best])) {
                best = v;
            }
        }
        if (best == UINT32_MAX) {
            break;
        }
        double step = g.weight[best] * n->domain[best];
        cost.operations += step;
        cost.bytes += 8.0 * g.weight[best];
        if (step > largest) {
            largest = step;
            cost.n_widest = 0;
            widest[cost.n_widest++] = best;
            for (uint32_t u = 0; u < n->n_vars; u++) {
                if ((row(&g, best)[u / 64] >> (u % 64)) & 1) {
                    widest[cost.n_widest++] = u;
                }
            }
        }
        graph_eliminate(&g, n, best);
        done[best] = true;
        ret_order[n_order++] = best;
    }
    double kept = 1.0;
    for (uint32_t v = 0; v < n->n_vars; v++) {
        kept *= n->keep[v] ? n->domain[v] : 1;
    }
    cost.operations += kept;
    cost.bytes += 8.0 * kept;
    *ret_n = n_order;
    *ret_cost = cost;
    return HW_OK;
}

/* ---- arithmetic ---- */

/* A product of factors over a scope, with one variable summed out (or none: sum_domain 1, strides 0). */
typedef struct product {
    uint32_t n_scope, n_parts, sum_domain;
    uint32_t *domain;    /* [n_scope] */
    uint32_t *index;     /* [n_scope] odometer */
    const double **table; /* [n_parts] */
    size_t *stride;      /* [n_scope][n_parts] */
    size_t *sum_stride;  /* [n_parts] */
    size_t *at;          /* [n_parts] */
} product;

static double sum_cell(const product *p)
{
    double total = 0.0;
    const size_t *at = p->at;
    const size_t *s = p->sum_stride;
    if (p->n_parts == 0) {
        return 1.0;
    }
    if (p->n_parts == 1) {
        const double *t = p->table[0] + at[0];
        for (uint32_t v = 0; v < p->sum_domain; v++) {
            total += t[v * s[0]];
        }
        return total;
    }
    if (p->n_parts == 2) {
        const double *t = p->table[0] + at[0];
        const double *u = p->table[1] + at[1];
        for (uint32_t v = 0; v < p->sum_domain; v++) {
            total += t[v * s[0]] * u[v * s[1]];
        }
        return total;
    }
    for (uint32_t v = 0; v < p->sum_domain; v++) {
        double x = p->table[0][at[0] + v * s[0]];
        for (uint32_t i = 1; i < p->n_parts; i++) {
            x *= p->table[i][at[i] + v * s[i]];
        }
        total += x;
    }
    return total;
}

/* On to the next cell, the last variable fastest; after the last cell back to the first. */
static void next_cell(const product *p)
{
    for (uint32_t d = p->n_scope; d-- > 0;) {
        const size_t *stride = p->stride + (size_t)d * p->n_parts;
        if (++p->index[d] < p->domain[d]) {
            for (uint32_t i = 0; i < p->n_parts; i++) {
                p->at[i] += stride[i];
            }
            return;
        }
        for (uint32_t i = 0; i < p->n_parts; i++) {
            p->at[i] -= stride[i] * (p->domain[d] - 1);
        }
        p->index[d] = 0;
    }
}

/* Nothing to sum: a whole row of the last variable at a time, factor by factor in their order. */
static void product_rows(const product *p, double *out, size_t size)
{
    uint32_t last = p->n_scope - 1;
    uint32_t width = p->domain[last];
    const size_t *stride = p->stride + (size_t)last * p->n_parts;
    p->index[last] = width - 1; /* next_cell then leaves the row */
    for (size_t cell = 0; cell < size; cell += width) {
        for (uint32_t i = 0; i < p->n_parts; i++) {
            const double *t = p->table[i] + p->at[i];
            for (uint32_t x = 0; x < width; x++) {
                out[cell + x] = i == 0 ? t[x * stride[i]] : out[cell + x] * t[x * stride[i]];
            }
            p->at[i] += stride[i] * (width - 1);
        }
        next_cell(p);
        p->index[last] = width - 1;
    }
    p->index[last] = 0;
}

static void product_run(const product *p, double *out, size_t size)
{
    if (p->sum_domain == 1 && p->n_scope > 0 && p->n_parts > 0) {
        product_rows(p, out, size);
        return;
    }
    for (size_t cell = 0; cell < size; cell++) {
        out[cell] = sum_cell(p);
        next_cell(p);
    }
}

/* The same with an exponent of its own for every term: hundreds of children of one founder take the product out of the range of a double. */
static hw_real sum_cell_wide(const product *p)
{
    hw_real total = hw_real_from(0.0);
    for (uint32_t v = 0; v < p->sum_domain; v++) {
        hw_real x = hw_real_from(1.0);
        for (uint32_t i = 0; i < p->n_parts; i++) {
            x = hw_real_mul_d(x, p->table[i][p->at[i] + v * p->sum_stride[i]]);
        }
        total = hw_real_add(total, x);
    }
    return total;
}

static hw_status product_run_wide(net *n, const product *p, double *out, size_t size, hw_err *err)
{
    hw_real *wide = HW_NEW(n->arena, hw_real, size);
    if (wide == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_real largest = hw_real_from(0.0);
    for (size_t cell = 0; cell < size; cell++) {
        wide[cell] = sum_cell_wide(p);
        largest = hw_real_cmp(wide[cell], largest) > 0 ? wide[cell] : largest;
        next_cell(p);
    }
    if (hw_real_is_zero(largest)) {
        return HW_OK;
    }
    for (size_t cell = 0; cell < size; cell++) {
        wide[cell].e -= largest.e;
        out[cell] = hw_real_to_double(wide[cell]);
    }
    n->scale.e += largest.e;
    return HW_OK;
}

static double largest_of(const double *table, size_t size)
{
    double largest = 0.0;
    for (size_t i = 0; i < size; i++) {
        largest = table[i] > largest ? table[i] : largest;
    }
    return largest;
}

static hw_status product_new(const net *n, uint32_t n_scope, uint32_t n_parts, product *p, hw_err *err)
{
    *p = (product){.n_scope = n_scope, .n_parts = n_parts};
    p->domain = HW_NEW(n->arena, uint32_t, 2 * n_scope + 1);
    p->table = HW_NEW(n->arena, const double *, n_parts + 1);
    p->stride = HW_NEW(n->arena, size_t, (size_t)(n_scope + 2) * n_parts + 1);
    if (p->domain == NULL || p->table == NULL || p->stride == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    p->index = p->domain + n_scope;
    p->sum_stride = p->stride + (size_t)n_scope * n_parts;
    p->at = p->sum_stride + n_parts;
    return HW_OK;
}

/* Where the variables of factor number i of the product stand: its strides. */
static void product_part(const net *n, product *p, uint32_t i, const net_factor *f, const uint32_t *scope, uint32_t sum_var)
{
    p->table[i] = f->table;
    size_t stride = 1;
    for (uint32_t k = f->n; k-- > 0;) {
        if (f->var[k] == sum_var) {
            p->sum_stride[i] = stride;
        } else {
            uint32_t d = 0;
            while (scope[d] != f->var[k]) {
                d++;
            }
            p->stride[(size_t)d * p->n_parts + i] = stride;
        }
        stride *= n->domain[f->var[k]];
    }
}

/*
 * Multiply the factors picked by `part` and sum out sum_var (NET_NO_LABEL: nothing); the result is a new factor over `scope` (ascending, in the arena).
 */
static hw_status combine(net *n, const uint32_t *part, uint32_t n_parts, uint32_t *scope, uint32_t n_scope, uint32_t sum_var,
                         net_factor *ret, hw_err *err)
{
    product p;
    HW_TRY(product_new(n, n_scope, n_parts, &p, err));
    size_t size = 1;
    for (uint32_t d = 0; d < n_scope; d++) {
        p.domain[d] = n->domain[scope[d]];
        size *= p.domain[d];
    }
    p.sum_domain = sum_var == NET_NO_LABEL ? 1 : n->domain[sum_var];
    for (uint32_t i = 0; i < n_parts; i++) {
        product_part(n, &p, i, &n->factor[part[i]], scope, sum_var);
    }
    double *out = HW_NEW(n->arena, double, size);
    if (out == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    product_run(&p, out, size);
    if (largest_of(out, size) < WIDE_BELOW) {
        HW_TRY(product_run_wide(n, &p, out, size, err));
    }
    *ret = (net_factor){.n = n_scope, .var = scope, .table = out, .size = size};
    return HW_OK;
}

static bool mentions(const net_factor *f, uint32_t v)
{
    for (uint32_t k = 0; k < f->n; k++) {
        if (f->var[k] == v) {
            return true;
        }
    }
    return false;
}

/* Variables of the picked factors other than `out`, ascending. `scope` has room for n_vars. */
static uint32_t union_scope(const net *n, const uint32_t *part, uint32_t n_parts, uint32_t out, uint32_t *scope)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n_parts; i++) {
        const net_factor *f = &n->factor[part[i]];
        for (uint32_t k = 0; k < f->n; k++) {
            uint32_t v = f->var[k];
            uint32_t at = count;
            while (at > 0 && scope[at - 1] > v) {
                at--;
            }
            if (v == out || (at > 0 && scope[at - 1] == v)) {
                continue;
            }
            memmove(scope + at + 1, scope + at, (count - at) * sizeof(*scope));
            scope[at] = v;
            count++;
        }
    }
    return count;
}

/* Replace the picked factors (ascending positions) by one. */
static void replace(net *n, const uint32_t *part, uint32_t n_parts, const net_factor *f)
{
    size_t keep = 0;
    uint32_t next = 0;
    for (size_t i = 0; i < n->n_factors; i++) {
        if (next < n_parts && part[next] == i) {
            next++;
        } else {
            n->factor[keep++] = n->factor[i];
        }
    }
    if (f->n == 0) {
        n->scale = hw_real_mul_d(n->scale, f->table[0]);
    } else {
        n->factor[keep++] = *f;
    }
    n->n_factors = keep;
}

/* A variable that no factor mentions sums to its domain. */
static hw_status eliminate_one(net *n, uint32_t v, uint32_t *part, hw_err *err)
{
    uint32_t n_parts = 0;
    for (size_t i = 0; i < n->n_factors; i++) {
        if (mentions(&n->factor[i], v)) {
            part[n_parts++] = (uint32_t)i;
        }
    }
    if (n_parts == 0) {
        n->scale = hw_real_mul_d(n->scale, (double)n->domain[v]);
        return HW_OK;
    }
    uint32_t *scope = HW_NEW(n->arena, uint32_t, n->n_vars + 1);
    if (scope == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    uint32_t n_scope = union_scope(n, part, n_parts, v, scope);
    net_factor f;
    HW_TRY(combine(n, part, n_parts, scope, n_scope, v, &f, err));
    replace(n, part, n_parts, &f);
    return HW_OK;
}

hw_status net_eliminate(net *n, const uint32_t *order, uint32_t n_order, double **ret_table, size_t *ret_size, int64_t *ret_exp,
                        hw_err *err)
{
    uint32_t *part = HW_NEW(n->arena, uint32_t, n->n_factors + 1);
    uint32_t *scope = HW_NEW(n->arena, uint32_t, n->n_vars + 1);
    if (part == NULL || scope == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < n_order; i++) {
        HW_TRY(eliminate_one(n, order[i], part, err));
    }
    uint32_t n_scope = 0;
    for (uint32_t v = 0; v < n->n_vars; v++) {
        if (n->keep[v]) {
            scope[n_scope++] = v;
        }
    }
    for (uint32_t i = 0; i < n->n_factors; i++) {
        part[i] = i;
    }
    net_factor f;
    HW_TRY(combine(n, part, (uint32_t)n->n_factors, scope, n_scope, NET_NO_LABEL, &f, err));
    for (size_t i = 0; i < f.size; i++) {
        f.table[i] *= n->scale.m;
    }
    *ret_table = f.table;
    *ret_size = f.size;
    *ret_exp = n->scale.e;
    return HW_OK;
}
