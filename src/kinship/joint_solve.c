// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Exact sums over the assignments of a group: families one after the other, remembering which of the shared children are placed already (a set, as bits). A forward and a
 * backward pass give the weight of all assignments with a given pair. Everything is a sum of products of non-negative numbers: nothing is ever subtracted.
 *
 * Three views. MID uses the estimates. LOW and HIGH give every factor its least and its greatest value, so that N(LOW) / (N(LOW) + M(HIGH)) bounds a
 * posterior N / (N + M) from below, and N(HIGH) / (N(HIGH) + M(LOW)) from above.
 */
#include "kinship/joint_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_STEPS 2000000 /* of the search for the most probable assignments */
#define LARGEST 1e300     /* an infinite bound, as a number */

typedef struct solver {
    const joint_table *table;
    const joint_pair *pair;
    const hw_family *family;
    const joint_group *g;
    const hw_joint_options *o;
    hw_arena *arena;
    hw_arena scratch;
    joint_solution *ret;
    int32_t *bit;            /* [child of the group] number among the shared, or -1 */
    uint32_t n_shared;
    uint32_t *shared;        /* [n_shared] child of the group */
    double *placed[JOINT_VIEWS], *nowhere[JOINT_VIEWS]; /* [child] factor when placed, and when not */
    uint32_t **mask;         /* [table][entry] shared children placed */
    hw_real **weight;        /* [table][entry] in the view at hand */
    hw_real **forward;       /* [table][set] */
    hw_real *backward, *next; /* [set] */
    uint32_t *local;         /* child of the group of each child of the table at hand */
} solver;

static const joint_table *table_of(const solver *s, uint32_t i)
{
    return &s->table[s->g->table[i]];
}

static uint32_t group_child(const solver *s, uint32_t pair)
{
    return joint_find(s->g->child, s->g->n_children, s->pair[pair].child);
}

/* ---- preparation ---- */

static hw_status find_shared(solver *s, hw_err *err)
{
    uint32_t n = s->g->n_children;
    uint32_t *times = HW_NEW(&s->scratch, uint32_t, n + 1);
    s->bit = HW_NEW(&s->scratch, int32_t, n + 1);
    s->shared = HW_NEW(&s->scratch, uint32_t, n + 1);
    s->local = HW_NEW(&s->scratch, uint32_t, n + 1);
    if (times == NULL || s->bit == NULL || s->shared == NULL || s->local == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < s->g->n; i++) {
        for (uint32_t k = 0; k < table_of(s, i)->n_children; k++) {
            times[joint_find(s->g->child, n, table_of(s, i)->child[k])]++;
        }
    }
    for (uint32_t c = 0; c < n; c++) {
        s->bit[c] = -1;
        if (times[c] > 1) {
            s->bit[c] = (int32_t)s->n_shared;
            s->shared[s->n_shared++] = c;
        }
    }
    return s->n_shared > 16 ? HW_FAIL(err, HW_INTERNAL, "a group shares %u children", s->n_shared) : HW_OK;
}

/* Greatest weight with which a listed pair would place the child, beside nowhere. */
static double strongest(const solver *s, uint32_t c)
{
    double most = 0.0;
    for (uint32_t i = 0; i < s->g->n; i++) {
        const joint_table *t = table_of(s, i);
        uint32_t k = joint_find(t->child, t->n_children, s->g->child[c]);
        if (k != UINT32_MAX && t->prior * t->pull[k] > most) {
            most = t->prior * t->pull[k];
        }
    }
    return most;
}

/*
 * Only the proportion of "placed" to "nowhere" counts. The factor whose state is the more probable is the one kept at 1: the uncertainty then
 * stands where it does least.
 */
static hw_status factors(solver *s, hw_err *err)
{
    uint32_t n = s->g->n_children;
    for (int v = 0; v < JOINT_VIEWS; v++) {
        s->placed[v] = HW_NEW(&s->scratch, double, n + 1);
        s->nowhere[v] = HW_NEW(&s->scratch, double, n + 1);
        if (s->placed[v] == NULL || s->nowhere[v] == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    static const int opposite[JOINT_VIEWS] = {JOINT_MID, JOINT_HIGH, JOINT_LOW};
    for (uint32_t c = 0; c < n; c++) {
        const double *u = s->g->unplaced[c].u;
        bool likely = strongest(s, c) >= u[JOINT_MID];
        for (int v = 0; v < JOINT_VIEWS; v++) {
            double mine = u[v] < LARGEST ? u[v] : LARGEST;
            double other = u[opposite[v]] < LARGEST ? u[opposite[v]] : LARGEST;
            s->placed[v][c] = likely ? 1.0 : 1.0 / other;
            s->nowhere[v][c] = likely ? mine : 1.0;
        }
    }
    return HW_OK;
}

static hw_status room(solver *s, hw_err *err)
{
    size_t sets = (size_t)1 << s->n_shared;
    uint32_t n = s->g->n;
    s->mask = HW_NEW(&s->scratch, uint32_t *, n + 1);
    s->weight = HW_NEW(&s->scratch, hw_real *, n + 1);
    s->forward = HW_NEW(&s->scratch, hw_real *, n + 1);
    s->backward = HW_NEW(&s->scratch, hw_real, sets);
    s->next = HW_NEW(&s->scratch, hw_real, sets);
    if (s->mask == NULL || s->weight == NULL || s->forward == NULL || s->backward == NULL || s->next == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < n; i++) {
        const joint_table *t = table_of(s, i);
        s->mask[i] = HW_NEW(&s->scratch, uint32_t, t->n + 1);
        s->weight[i] = HW_NEW(&s->scratch, hw_real, t->n + 1);
        s->forward[i] = HW_NEW(&s->scratch, hw_real, sets);
        if (s->mask[i] == NULL || s->weight[i] == NULL || s->forward[i] == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        for (size_t e = 0; e < t->n; e++) {
            for (uint32_t k = 0; k < t->entry[e].n; k++) {
                int32_t b = s->bit[group_child(s, t->entry[e].pair[k])];
                s->mask[i][e] |= b >= 0 ? 1u << b : 0;
            }
        }
    }
    return HW_OK;
}

static hw_status room_for_sums(solver *s, hw_err *err)
{
    joint_solution *r = s->ret;
    for (int v = 0; v < JOINT_VIEWS; v++) {
        r->of_pair[v] = HW_NEW(s->arena, hw_real *, s->g->n + 1);
        r->absent[v] = HW_NEW(s->arena, hw_real *, s->g->n + 1);
        r->unplaced[v] = HW_NEW(s->arena, hw_real, s->g->n_children + 1);
        r->relative[v] = HW_NEW(s->arena, hw_real, s->g->n_children + 1);
        if (r->of_pair[v] == NULL || r->absent[v] == NULL || r->unplaced[v] == NULL || r->relative[v] == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        for (uint32_t i = 0; i < s->g->n; i++) {
            const joint_table *t = table_of(s, i);
            r->of_pair[v][i] = HW_NEW(s->arena, hw_real, t->n_pairs + 1);
            r->absent[v][i] = HW_NEW(s->arena, hw_real, s->family[t->family].n_missing + 1);
            if (r->of_pair[v][i] == NULL || r->absent[v][i] == NULL) {
                return HW_NO_MEMORY_FAIL(err);
            }
        }
    }
    return HW_OK;
}

/* ---- one view ---- */

/* Weight of an entry: its ratio, the priors of those placed, and the factors of the family's own children; those of shared children not placed come at the end. */
static void entry_weights(solver *s, uint32_t i, int view)
{
    const joint_table *t = table_of(s, i);
    for (uint32_t k = 0; k < t->n_children; k++) {
        s->local[k] = joint_find(s->g->child, s->g->n_children, t->child[k]);
    }
    for (size_t e = 0; e < t->n; e++) {
        hw_real w = t->entry[e].ratio;
        uint32_t at = 0;
        for (uint32_t k = 0; k < t->n_children; k++) {
            uint32_t c = s->local[k];
            if (at < t->entry[e].n && s->pair[t->entry[e].pair[at]].child == t->child[k]) {
                w = hw_real_mul_d(hw_real_mul_d(w, t->prior), s->placed[view][c]);
                at++;
            } else if (s->bit[c] < 0) {
                w = hw_real_mul_d(w, s->nowhere[view][c]);
            }
        }
        s->weight[i][e] = w;
    }
}

static hw_real end_weight(const solver *s, uint32_t set, int view)
{
    hw_real w = hw_real_from(1.0);
    for (uint32_t b = 0; b < s->n_shared; b++) {
        if ((set & (1u << b)) == 0) {
            w = hw_real_mul_d(w, s->nowhere[view][s->shared[b]]);
        }
    }
    return w;
}

static void pass_forward(solver *s)
{
    size_t sets = (size_t)1 << s->n_shared;
    memset(s->forward[0], 0, sets * sizeof(hw_real));
    s->forward[0][0] = hw_real_from(1.0);
    for (uint32_t i = 0; i + 1 < s->g->n; i++) {
        memset(s->forward[i + 1], 0, sets * sizeof(hw_real));
        for (size_t set = 0; set < sets; set++) {
            if (hw_real_is_zero(s->forward[i][set])) {
                continue;
            }
            for (size_t e = 0; e < table_of(s, i)->n; e++) {
                if ((set & s->mask[i][e]) == 0) {
                    hw_real *to = &s->forward[i + 1][set | s->mask[i][e]];
                    *to = hw_real_add(*to, hw_real_mul(s->forward[i][set], s->weight[i][e]));
                }
            }
        }
    }
}

/* All assignments that contain an entry weigh w: give it to the pairs, the children nowhere, and the missing persons nobody is. */
static void give(solver *s, uint32_t i, size_t entry, hw_real w, int view)
{
    const joint_table *t = table_of(s, i);
    const joint_entry *e = &t->entry[entry];
    joint_solution *r = s->ret;
    uint32_t at = 0;
    for (uint32_t k = 0; k < t->n_children; k++) {
        if (at < e->n && s->pair[e->pair[at]].child == t->child[k]) {
            hw_real *own = e->relative ? &r->relative[view][s->local[k]] : &r->of_pair[view][i][e->pair[at] - t->first];
            *own = hw_real_add(*own, w);
            at++;
        } else if (s->bit[s->local[k]] < 0) {
            hw_real *none = &r->unplaced[view][s->local[k]];
            *none = hw_real_add(*none, w);
        }
    }
    for (uint32_t j = 0; j < s->family[t->family].n_missing; j++) {
        bool taken = false;
        for (uint32_t k = 0; k < e->n && !e->relative; k++) {
            taken = taken || s->pair[e->pair[k]].missing == j;
        }
        if (!taken) {
            r->absent[view][i][j] = hw_real_add(r->absent[view][i][j], w);
        }
    }
}

static void pass_backward(solver *s, int view)
{
    size_t sets = (size_t)1 << s->n_shared;
    for (size_t set = 0; set < sets; set++) {
        s->backward[set] = end_weight(s, (uint32_t)set, view);
    }
    for (uint32_t i = s->g->n; i-- > 0;) {
        const joint_table *t = table_of(s, i);
        memset(s->next, 0, sets * sizeof(hw_real));
        for (uint32_t k = 0; k < t->n_children; k++) {
            s->local[k] = joint_find(s->g->child, s->g->n_children, t->child[k]);
        }
        for (size_t e = 0; e < t->n; e++) {
            hw_real all = hw_real_from(0.0);
            for (size_t set = 0; set < sets; set++) {
                if ((set & s->mask[i][e]) != 0) {
                    continue;
                }
                hw_real w = hw_real_mul(s->weight[i][e], s->backward[set | s->mask[i][e]]);
                s->next[set] = hw_real_add(s->next[set], w);
                all = hw_real_add(all, hw_real_mul(s->forward[i][set], w));
            }
            give(s, i, e, all, view);
        }
        hw_real *swap = s->backward;
        s->backward = s->next;
        s->next = swap;
    }
    s->ret->total[view] = s->backward[0];
}

/* A shared child is nowhere in the assignments that end without it. */
static void shared_nowhere(solver *s, int view)
{
    size_t sets = (size_t)1 << s->n_shared;
    uint32_t last = s->g->n - 1;
    for (size_t set = 0; set < sets && s->n_shared > 0; set++) {
        for (size_t e = 0; e < table_of(s, last)->n; e++) {
            if ((set & s->mask[last][e]) != 0 || hw_real_is_zero(s->forward[last][set])) {
                continue;
            }
            uint32_t after = (uint32_t)set | s->mask[last][e];
            hw_real w = hw_real_mul(hw_real_mul(s->forward[last][set], s->weight[last][e]), end_weight(s, after, view));
            for (uint32_t b = 0; b < s->n_shared; b++) {
                if ((after & (1u << b)) == 0) {
                    hw_real *none = &s->ret->unplaced[view][s->shared[b]];
                    *none = hw_real_add(*none, w);
                }
            }
        }
    }
}

/* ---- the most probable assignments ---- */

typedef struct finder {
    solver *s;
    hw_real *best_after; /* [table] most that the families from here on can multiply by */
    uint32_t **order;    /* [table] entries by weight, greatest first */
    uint32_t *chosen;    /* [table] entry */
    hw_real *kept;       /* [top] weights, greatest first */
    uint32_t *kept_entry; /* [top][table] */
    uint32_t n_kept, top;
    size_t steps;
} finder;

static void keep(finder *f, hw_real w)
{
    uint32_t n = f->s->g->n;
    uint32_t at = f->n_kept < f->top ? f->n_kept++ : f->top - 1;
    while (at > 0 && hw_real_cmp(f->kept[at - 1], w) < 0) {
        f->kept[at] = f->kept[at - 1];
        memcpy(f->kept_entry + (size_t)at * n, f->kept_entry + (size_t)(at - 1) * n, n * sizeof(uint32_t));
        at--;
    }
    f->kept[at] = w;
    memcpy(f->kept_entry + (size_t)at * n, f->chosen, n * sizeof(uint32_t));
}

/* Greatest factor that the shared children still free could add: each at the greater of placed and nowhere was counted with the entries. */
static void descend(finder *f, uint32_t i, uint32_t set, hw_real w)
{
    solver *s = f->s;
    if (f->steps++ > MAX_STEPS) {
        return;
    }
    bool full = f->n_kept == f->top;
    if (i == s->g->n) {
        hw_real all = hw_real_mul(w, end_weight(s, set, JOINT_MID));
        if (!full || hw_real_cmp(all, f->kept[f->top - 1]) > 0) {
            keep(f, all);
        }
        return;
    }
    for (size_t k = 0; k < table_of(s, i)->n; k++) {
        uint32_t e = f->order[i][k];
        full = f->n_kept == f->top;
        if (full && hw_real_cmp(hw_real_mul(hw_real_mul(w, s->weight[i][e]), f->best_after[i + 1]), f->kept[f->top - 1]) <= 0) {
            return;
        }
        if ((set & s->mask[i][e]) == 0 && !table_of(s, i)->entry[e].relative) {
            f->chosen[i] = e;
            descend(f, i + 1, set | s->mask[i][e], hw_real_mul(w, s->weight[i][e]));
        }
    }
}

typedef struct ranked {
    hw_real w;
    uint32_t e;
} ranked;

static int by_weight(const void *x, const void *y)
{
    const ranked *a = x;
    const ranked *b = y;
    int c = hw_real_cmp(b->w, a->w);
    return c != 0 ? c : (a->e > b->e) - (a->e < b->e);
}

static hw_status order_entries(finder *f, hw_err *err)
{
    solver *s = f->s;
    f->best_after[s->g->n] = hw_real_from(1.0);
    for (uint32_t b = 0; b < s->n_shared; b++) {
        double x = s->nowhere[JOINT_MID][s->shared[b]];
        f->best_after[s->g->n] = hw_real_mul_d(f->best_after[s->g->n], x > 1.0 ? x : 1.0);
    }
    for (uint32_t i = s->g->n; i-- > 0;) {
        size_t n = table_of(s, i)->n;
        ranked *r = HW_NEW(&s->scratch, ranked, n + 1);
        f->order[i] = HW_NEW(&s->scratch, uint32_t, n + 1);
        if (r == NULL || f->order[i] == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        for (size_t e = 0; e < n; e++) {
            r[e] = (ranked){s->weight[i][e], (uint32_t)e};
        }
        qsort(r, n, sizeof(*r), by_weight);
        for (size_t e = 0; e < n; e++) {
            f->order[i][e] = r[e].e;
        }
        f->best_after[i] = hw_real_mul(f->best_after[i + 1], r[0].w);
    }
    return HW_OK;
}

static hw_status write_top(finder *f, hw_err *err)
{
    solver *s = f->s;
    joint_solution *r = s->ret;
    uint32_t n = s->g->n;
    r->top = HW_NEW(s->arena, hw_joint_assignment, f->n_kept + 1);
    if (r->top == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t k = 0; k < f->n_kept; k++) {
        hw_joint_assignment *a = &r->top[k];
        hw_real ratio = hw_real_from(1.0);
        uint32_t most = 0;
        for (uint32_t i = 0; i < n; i++) {
            most += table_of(s, i)->entry[f->kept_entry[(size_t)k * n + i]].n;
        }
        a->pair = HW_NEW(s->arena, uint32_t, most + 1);
        if (a->pair == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        for (uint32_t i = 0; i < n; i++) {
            const joint_entry *e = &table_of(s, i)->entry[f->kept_entry[(size_t)k * n + i]];
            memcpy(a->pair + a->n, e->pair, e->n * sizeof(*a->pair));
            a->n += e->n;
            ratio = hw_real_mul(ratio, e->ratio);
        }
        a->ln_ratio = hw_real_ln(ratio);
        a->posterior = hw_real_is_zero(r->total[JOINT_MID]) ? 0.0 : hw_real_to_double(hw_real_div(f->kept[k], r->total[JOINT_MID]));
    }
    r->n_top = f->n_kept;
    r->top_complete = f->steps <= MAX_STEPS;
    return HW_OK;
}

static hw_status find_top(solver *s, hw_err *err)
{
    uint32_t n = s->g->n;
    finder f = {.s = s, .top = s->o->top};
    double most = s->ret->assignments;
    f.top = most < (double)f.top ? (uint32_t)most : f.top;
    if (f.top == 0) {
        return HW_OK;
    }
    f.best_after = HW_NEW(&s->scratch, hw_real, n + 1);
    f.order = HW_NEW(&s->scratch, uint32_t *, n + 1);
    f.chosen = HW_NEW(&s->scratch, uint32_t, n + 1);
    f.kept = HW_NEW(&s->scratch, hw_real, f.top + 1);
    f.kept_entry = HW_NEW(&s->scratch, uint32_t, ((size_t)f.top + 1) * n);
    if (f.best_after == NULL || f.order == NULL || f.chosen == NULL || f.kept == NULL || f.kept_entry == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(order_entries(&f, err));
    descend(&f, 0, 0, hw_real_from(1.0));
    return write_top(&f, err);
}

/* How many assignments there are: the same sum with every weight 1. */
static void count(solver *s)
{
    size_t sets = (size_t)1 << s->n_shared;
    for (uint32_t i = 0; i < s->g->n; i++) {
        for (size_t e = 0; e < table_of(s, i)->n; e++) {
            s->weight[i][e] = hw_real_from(table_of(s, i)->entry[e].relative ? 0.0 : 1.0);
        }
    }
    pass_forward(s);
    uint32_t last = s->g->n - 1;
    hw_real all = hw_real_from(0.0);
    for (size_t set = 0; set < sets; set++) {
        for (size_t e = 0; e < table_of(s, last)->n; e++) {
            bool counts = (set & s->mask[last][e]) == 0 && !table_of(s, last)->entry[e].relative;
            all = counts ? hw_real_add(all, s->forward[last][set]) : all;
        }
    }
    s->ret->assignments = hw_real_to_double(all);
}

static hw_status solve(solver *s, hw_err *err)
{
    HW_TRY(find_shared(s, err));
    HW_TRY(factors(s, err));
    HW_TRY(room(s, err));
    HW_TRY(room_for_sums(s, err));
    count(s);
    for (int v = JOINT_VIEWS - 1; v >= 0; v--) { /* MID last: its weights order the most probable assignments */
        for (uint32_t i = 0; i < s->g->n; i++) {
            entry_weights(s, i, v);
        }
        pass_forward(s);
        pass_backward(s, v);
        shared_nowhere(s, v);
    }
    return find_top(s, err);
}

hw_status joint_solve(const joint_table *table, const joint_pair *pair, const hw_family *family, const joint_group *g, const hw_joint_options *o, hw_arena *arena,
                      joint_solution *ret, hw_err *err)
{
    *ret = (joint_solution){0};
    solver s = {.table = table, .pair = pair, .family = family, .g = g, .o = o, .arena = arena, .ret = ret};
    hw_arena_init(&s.scratch, (size_t)4 << 30);
    hw_status status = solve(&s, err);
    hw_arena_release(&s.scratch);
    return status;
}
