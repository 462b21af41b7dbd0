// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/theta.h"

#include <math.h>
#include <string.h>

/* Bell numbers: how many ways n genes can share their origins. */
static const double bell[] = {1, 1, 2, 5, 15, 52, 203, 877, 4140, 21147, 115975, 678570, 4213597, 27644437};
#define MAX_FREE_GENES 13
/* What building and planning one partition's net takes for each node and block, in multiply-adds (measured, rounded). */
#define BUILD_OPERATIONS 20.0

/* Sum of a table in ascending order. */
static hw_real table_total(const double *t, size_t n, int64_t e)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += t[i];
    }
    hw_real r = hw_real_from(sum);
    r.e += hw_real_is_zero(r) ? 0 : e;
    return r;
}

/* The kept variables in ascending order to the k*k table [pat][mat] of the query. */
static hw_status query_table(const network *w, const double *t, double **ret, hw_err *err)
{
    const node *q = &w->node[w->query];
    uint32_t k = w->c.k;
    size_t cells = q->hemizygous ? k : (size_t)k * k;
    double *out = HW_NEW(w->arena, double, cells);
    if (out == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t cell = 0; cell < cells; cell++) {
        uint32_t x = (uint32_t)(cell / k);
        uint32_t y = (uint32_t)(cell % k);
        if (q->hemizygous || q->pat.var < q->mat.var) {
            out[cell] = t[cell];
        } else if (q->pat.var > q->mat.var) {
            out[cell] = t[(size_t)y * k + x];
        } else {
            out[cell] = x == y ? t[x] : 0.0;
        }
    }
    *ret = out;
    return HW_OK;
}

hw_status plain_sum(hw_engine *e, network *w, const founder_blocks *blocks, const free_founder *free_list, uint32_t n_free, double repeats,
                    double **ret_table, int64_t *ret_exp, hw_real *ret, hw_err *err)
{
    net n;
    HW_TRY(network_build(w, blocks, free_list, n_free, &n, err));
    uint32_t *order = HW_NEW(w->arena, uint32_t, n.n_vars + 1);
    if (order == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    uint32_t n_order = 0;
    net_cost cost;
    HW_TRY(net_plan(&n, order, &n_order, &cost, err));
    HW_TRY(network_check_cost(w, &n, &cost, repeats, &e->limits, err));
    double *table = NULL;
    size_t size = 0;
    int64_t exp = 0;
    HW_TRY(net_eliminate(&n, order, n_order, &table, &size, &exp, err));
    *ret = table_total(table, size, exp);
    if (ret_table != NULL) {
        HW_TRY(query_table(w, table, ret_table, err));
        *ret_exp = exp;
    }
    return HW_OK;
}

/* ---- the urn ---- */

typedef struct urn {
    double theta;
    uint32_t drawn;       /* known genes drawn before the free ones */
    double *count;        /* [k] of each class among them */
    hw_real probability;  /* of the known genes */
} urn;

static void draw(urn *u, const network *w, uint32_t a)
{
    double next = (u->count[a] * u->theta + (1.0 - u->theta) * w->c.p[a]) / (1.0 + ((double)u->drawn - 1.0) * u->theta);
    u->probability = hw_real_mul_d(u->probability, next);
    u->count[a] += 1.0;
    u->drawn++;
}

static hw_status urn_init(urn *u, const network *w, hw_err *err)
{
    *u = (urn){.theta = w->lm->theta, .probability = hw_real_from(1.0)};
    u->count = HW_NEW(w->arena, double, w->c.k);
    if (u->count == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < w->n; i++) {
        const node *d = &w->node[i];
        if (d->has_parents) {
            continue;
        }
        if (d->inbreeding > 0.0) {
            return HW_FAIL(err, HW_UNSUPPORTED, "an inbred founder (%s) together with theta > 0 is not modelled; set one of them to 0",
                           w->ped->person[d->person].id);
        }
        if (d->what == SEEN_EXACT) {
            draw(u, w, d->a);
            if (!d->hemizygous) {
                draw(u, w, d->b);
                u->probability = hw_real_mul_d(u->probability, d->a == d->b ? 1.0 : 2.0);
            }
        }
    }
    return HW_OK;
}

/* What a free gene of a new block is: the urn's composition after the known genes. */
static hw_status block_prior(const urn *u, const network *w, double **ret, hw_err *err)
{
    double *q = HW_NEW(w->arena, double, w->c.k);
    if (q == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    double all = (1.0 - u->theta) + u->drawn * u->theta;
    for (uint32_t a = 0; a < w->c.k; a++) {
        q[a] = (u->count[a] * u->theta + (1.0 - u->theta) * w->c.p[a]) / all;
    }
    *ret = q;
    return HW_OK;
}

typedef struct partitions {
    hw_engine *e;
    network *w;
    const urn *u;
    const free_founder *list;
    uint32_t n_list, genes;
    double *prior;
    uint32_t block[MAX_FREE_GENES];
    uint32_t size[MAX_FREE_GENES];
    uint32_t twofold[MAX_FREE_GENES]; /* first genes of the founders with two free genes: those are exchangeable */
    uint32_t n_twofold;
    double *table; /* sum of tables, scaled by 2^table_exp; NULL until the first */
    size_t cells;
    int64_t table_exp;
    bool want_table;
    hw_real total;
} partitions;

static hw_status add_partition(partitions *s, uint32_t n_blocks, double weight, hw_err *err)
{
    network *w = s->w;
    hw_arena_mark mark = hw_arena_get_mark(w->arena);
    founder_blocks blocks = {.n_genes = s->genes, .block = s->block, .n_blocks = n_blocks, .prior = s->prior};
    double *table = NULL;
    int64_t exp = 0;
    hw_real value;
    HW_TRY(plain_sum(s->e, w, &blocks, s->list, s->n_list, bell[s->genes], s->want_table ? &table : NULL, &exp, &value, err));
    s->total = hw_real_add(s->total, hw_real_mul_d(value, weight));
    if (s->want_table) {
        bool first = true;
        for (size_t i = 0; i < s->cells; i++) {
            first = first && s->table[i] <= 0.0;
        }
        s->table_exp = first ? exp : s->table_exp;
        for (size_t i = 0; i < s->cells; i++) {
            s->table[i] += weight * ldexp(table[i], (int)(exp - s->table_exp));
        }
    }
    hw_arena_reset(w->arena, mark);
    return HW_OK;
}

/* Blocks numbered in the order in which the genes meet them. */
static void renumber(const uint32_t *block, uint32_t n, uint32_t *ret)
{
    uint32_t name[MAX_FREE_GENES];
    uint32_t n_names = 0;
    for (uint32_t g = 0; g < n; g++) {
        uint32_t k = 0;
        while (k < n_names && name[k] != block[g]) {
            k++;
        }
        if (k == n_names) {
            name[n_names++] = block[g];
        }
        ret[g] = k;
    }
}

/*
 * Exchanging the two genes of a founder changes no likelihood (of a query: it turns the table over, which folding to unordered genotypes undoes). So one partition
 * stands for all those that such exchanges make of it: how many, or 0 when another one of them is the one that is computed.
 */
static double stands_for(const partitions *s)
{
    uint32_t all = 1u << s->n_twofold;
    uint32_t same = 0;
    for (uint32_t mask = 0; mask < all; mask++) {
        uint32_t turned[MAX_FREE_GENES];
        uint32_t named[MAX_FREE_GENES];
        memcpy(turned, s->block, sizeof(turned));
        for (uint32_t f = 0; f < s->n_twofold; f++) {
            if ((mask >> f) & 1) {
                uint32_t g = s->twofold[f];
                turned[g] = s->block[g + 1];
                turned[g + 1] = s->block[g];
            }
        }
        renumber(turned, s->genes, named);
        int order = 0;
        for (uint32_t g = 0; g < s->genes && order == 0; g++) {
            order = (named[g] > s->block[g]) - (named[g] < s->block[g]);
        }
        if (order < 0) {
            return 0.0;
        }
        same += order == 0 ? 1 : 0;
    }
    return (double)(all / same);
}

/* Gene number g joins each block so far, or opens a new one. */
static hw_status partition_from(partitions *s, uint32_t g, uint32_t n_blocks, double weight, hw_err *err)
{
    if (g == s->genes) {
        double times = stands_for(s);
        return times > 0.0 ? add_partition(s, n_blocks, weight * times, err) : HW_OK;
    }
    double theta = s->u->theta;
    double all = 1.0 + ((double)(s->u->drawn + g) - 1.0) * theta;
    for (uint32_t b = 0; b < n_blocks; b++) {
        s->block[g] = b;
        double w = weight * (s->size[b] * theta / all);
        s->size[b]++;
        HW_TRY(partition_from(s, g + 1, n_blocks, w, err));
        s->size[b]--;
    }
    s->block[g] = n_blocks;
    s->size[n_blocks] = 1;
    HW_TRY(partition_from(s, g + 1, n_blocks + 1, weight * (((1.0 - theta) + s->u->drawn * theta) / all), err));
    s->size[n_blocks] = 0;
    return HW_OK;
}

static hw_status too_many_founders(const network *w, const free_founder *list, uint32_t n_list, uint32_t genes, hw_err *err)
{
    char who[300] = "";
    size_t len = 0;
    for (uint32_t i = 0; i < n_list; i++) {
        const char *id = w->ped->person[w->node[list[i].node].person].id;
        const char *of = list[i].unstated ? "the unstated parent of " : "";
        size_t need = strlen(id) + strlen(of) + 2;
        if (len + need >= sizeof(who)) {
            break;
        }
        if (len > 0) {
            memcpy(who + len, ", ", 2);
            len += 2;
        }
        memcpy(who + len, of, strlen(of));
        len += strlen(of);
        memcpy(who + len, id, strlen(id));
        len += strlen(id);
        who[len] = '\0';
    }
    return HW_FAIL(err, HW_TOO_COSTLY,
                   "locus %s: with theta > 0 the exact value would sum over the shared origins of %u unknown founder genes (%d at the very most). Leave out or type some of the founders "
                   "%s, or set theta to 0",
                   w->lm->locus, genes, MAX_FREE_GENES, who);
}

/*
 * The net of the partition where every free gene is a block of its own: nearly always the dearest of all, and the only one that is looked at
 * before anything is computed. The cost is that of one partition, with what building its net takes.
 */
static hw_status predict(network *w, const free_founder *list, uint32_t n_list, uint32_t genes, net *ret, net_cost *ret_cost, hw_err *err)
{
    uint32_t alone[MAX_FREE_GENES];
    founder_blocks blocks = {.n_genes = genes, .block = alone, .n_blocks = genes, .prior = w->c.p};
    bool correlated = w->lm->theta > 0.0;
    for (uint32_t g = 0; g < genes; g++) {
        alone[g] = g;
    }
    HW_TRY(network_build(w, correlated ? &blocks : NULL, list, n_list, ret, err));
    uint32_t *order = HW_NEW(w->arena, uint32_t, ret->n_vars + 1);
    if (order == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    uint32_t n_order = 0;
    HW_TRY(net_plan(ret, order, &n_order, ret_cost, err));
    ret_cost->operations += correlated ? BUILD_OPERATIONS * (w->n + genes) : 0.0;
    return HW_OK;
}

static hw_status check_costs(const hw_engine *e, network *w, const free_founder *list, uint32_t n_list, uint32_t genes, hw_err *err)
{
    hw_arena_mark mark = hw_arena_get_mark(w->arena);
    net n;
    net_cost cost;
    HW_TRY(predict(w, list, n_list, genes, &n, &cost, err));
    hw_status s = HW_OK;
    if (cost.operations * bell[genes] > e->limits.max_operations && cost.operations * 100.0 <= e->limits.max_operations) {
        s = too_many_founders(w, list, n_list, genes, err); /* it is the number of partitions, not any one net */
    } else {
        s = network_check_cost(w, &n, &cost, bell[genes], &e->limits, err);
    }
    hw_arena_reset(w->arena, mark);
    return s;
}

hw_status theta_sum(hw_engine *e, network *w, double **ret_table, int64_t *ret_exp, hw_real *ret, hw_err *err)
{
    urn u;
    HW_TRY(urn_init(&u, w, err));
    partitions s = {.e = e, .w = w, .u = &u, .want_table = ret_table != NULL};
    free_founder *list = NULL;
    HW_TRY(network_free_genes(w, &list, &s.n_list, &s.genes, err));
    s.list = list;
    if (s.genes > MAX_FREE_GENES) {
        return too_many_founders(w, list, s.n_list, s.genes, err);
    }
    HW_TRY(check_costs(e, w, list, s.n_list, s.genes, err));
    for (uint32_t i = 0; i < s.n_list; i++) {
        if (list[i].n_genes == 2) {
            s.twofold[s.n_twofold++] = list[i].first_gene;
        }
    }
    HW_TRY(block_prior(&u, w, &s.prior, err));
    if (s.want_table) {
        s.cells = w->node[w->query].hemizygous ? w->c.k : (size_t)w->c.k * w->c.k;
        s.table = HW_NEW(w->arena, double, s.cells);
        if (s.table == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    HW_TRY(partition_from(&s, 0, 0, 1.0, err));
    *ret = hw_real_mul(s.total, u.probability);
    if (s.want_table) {
        for (size_t i = 0; i < s.cells; i++) {
            s.table[i] *= u.probability.m;
        }
        *ret_table = s.table;
        *ret_exp = s.table_exp + u.probability.e;
    }
    return HW_OK;
}

hw_status sum_cost(network *w, double *ret_operations, double *ret_bytes, hw_err *err)
{
    free_founder *list = NULL;
    uint32_t n_list = 0;
    uint32_t genes = 0;
    if (w->lm->theta > 0.0) {
        HW_TRY(network_free_genes(w, &list, &n_list, &genes, err));
        if (genes > MAX_FREE_GENES) {
            return too_many_founders(w, list, n_list, genes, err);
        }
    }
    net n;
    net_cost cost;
    HW_TRY(predict(w, list, n_list, genes, &n, &cost, err));
    *ret_operations = cost.operations * bell[genes];
    *ret_bytes = cost.bytes;
    return HW_OK;
}
