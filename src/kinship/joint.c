// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Joint identification: pairs to tables, tables to groups, groups to posteriors. */
#include "base/thread.h"
#include "kinship/joint_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void hw_joint_options_init(hw_joint_options *o)
{
    *o = (hw_joint_options){.rival_weight = 0.1, .max_shared = 12, .max_shared_weak = 6, .max_assignments = 20000, .max_operations = 4e6, .top = 5};
}

/* What lives while one call runs. */
typedef struct work {
    const hw_dataset *d;
    const hw_match_options *match;
    const hw_joint_options *o;
    const hw_candidate *input;
    size_t n;
    const hw_joint_rest *rest;
    double prior, registered;
    search s;
    hw_arena *arena;         /* [threads] tables and solutions */
    matcher *matcher;        /* [threads] */
    unsigned n_threads;
    joint_pair *pair;        /* [n] sorted */
    joint_table *table;
    size_t n_tables;
    joint_unplaced *own;     /* [children] */
    joint_group *group;
    size_t n_groups;
    joint_solution *solution; /* [group] */
    hw_joint_result *r;
} work;

/* ---- what was given ---- */

static hw_real power_of_ten(double x)
{
    hw_real r = hw_real_from(1.0);
    if (!(x > -1e6)) {
        return hw_real_from(0.0);
    }
    for (; x > 300.0; x -= 300.0) {
        r = hw_real_mul_d(r, 1e300);
    }
    for (; x < -300.0; x += 300.0) {
        r = hw_real_mul_d(r, 1e-300);
    }
    return hw_real_mul_d(r, hw_pow10(x));
}

static int by_place(const void *x, const void *y)
{
    const joint_pair *a = x;
    const joint_pair *b = y;
    if (a->family != b->family) {
        return a->family < b->family ? -1 : 1;
    }
    if (a->child != b->child) {
        return a->child < b->child ? -1 : 1;
    }
    return (a->missing > b->missing) - (a->missing < b->missing);
}

static hw_status check_pair(const work *w, const hw_candidate *c, hw_err *err)
{
    if (c->child >= w->d->n_children || c->family >= w->d->n_families || c->missing >= w->d->family[c->family].n_missing) {
        return HW_FAIL(err, HW_USAGE, "joint identification was given a pair of child %u, family %u, missing person %u, which are not in the data", c->child, c->family, c->missing);
    }
    if (!(c->log10_lr <= 1e6)) {
        return HW_FAIL(err, HW_USAGE, "joint identification was given a ratio of 10^%g for child %s and family %s; it needs a number", c->log10_lr, w->d->child[c->child]->id,
                       w->d->family[c->family].id);
    }
    return HW_OK;
}

static hw_status take_pairs(work *w, hw_arena *arena, hw_err *err)
{
    w->pair = HW_NEW(arena, joint_pair, w->n + 1);
    w->table = HW_NEW(arena, joint_table, w->n + 1);
    if (w->pair == NULL || w->table == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < w->n; i++) {
        const hw_candidate *c = &w->input[i];
        HW_TRY(check_pair(w, c, err));
        double rival = c->rival_log10 == c->rival_log10 ? hw_pow10(-c->rival_log10) : 0.0;
        w->pair[i] = (joint_pair){.child = c->child, .family = c->family, .missing = c->missing, .input = (uint32_t)i, .ratio = power_of_ten(c->log10_lr),
                                  .rival = rival < 1e100 ? rival : 1e100};
    }
    if (w->n > 0) {
        qsort(w->pair, w->n, sizeof(*w->pair), by_place);
    }
    for (size_t i = 0; i < w->n; i++) {
        const joint_pair *p = &w->pair[i];
        if (i > 0 && by_place(p, p - 1) == 0) {
            return HW_FAIL(err, HW_USAGE, "joint identification was given child %s and family %s twice", w->d->child[p->child]->id, w->d->family[p->family].id);
        }
        if (i == 0 || p->family != (p - 1)->family) {
            double free_share = w->o->free_share == NULL || w->o->flat ? 1.0 : w->o->free_share[p->family];
            if (!(free_share > 0.0 && free_share <= 1.0)) {
                return HW_FAIL(err, HW_USAGE, "family %s: the share of missing persons that is free must be above 0 and at most 1, not %g", w->d->family[p->family].id, free_share);
            }
            w->table[w->n_tables++] = (joint_table){.family = p->family, .first = (uint32_t)i, .prior = w->prior / free_share};
        }
        w->table[w->n_tables - 1].n_pairs++;
    }
    return HW_OK;
}

static hw_status take_priors(work *w, hw_err *err)
{
    if (w->o->flat) {
        w->prior = 1.0;
        w->registered = 0.0;
        return HW_OK;
    }
    w->registered = w->match->prior_registered;
    size_t persons = 0;
    for (size_t f = 0; f < w->d->n_families; f++) {
        persons += w->d->family[f].n_missing;
    }
    w->prior = w->o->prior_each > 0.0 || persons == 0 ? w->o->prior_each : w->registered / (double)persons;
    if (!(w->registered > 0.0 && w->registered < 1.0)) {
        return HW_FAIL(err, HW_USAGE, "the prior probability that a family is registered must lie between 0 and 1, not %g", w->registered);
    }
    if (w->n > 0 && !(w->prior > 0.0 && w->prior < 1.0)) {
        return HW_FAIL(err, HW_USAGE, "the prior of one missing person must lie between 0 and 1, not %g", w->prior);
    }
    return w->o->rival_weight >= 0.0 && w->o->rival_weight <= 1e6 ? HW_OK :
           HW_FAIL(err, HW_USAGE, "the prior weight of relatives must lie between 0 and 1000000, not %g", w->o->rival_weight);
}

static double rest_of(const double *x, size_t child)
{
    return x == NULL ? 0.0 : x[child];
}

/* Weight of placing a child nowhere, before anything is cut. */
static hw_status weigh_nowhere(work *w, hw_arena *arena, hw_err *err)
{
    size_t n = w->d->n_children;
    w->own = HW_NEW(arena, joint_unplaced, n + 1);
    if (w->own == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    static const hw_joint_rest none;
    const hw_joint_rest *rest = w->rest == NULL ? &none : w->rest;
    for (size_t c = 0; c < n; c++) {
        joint_unplaced *u = &w->own[c];
        if (w->o->flat) {
            *u = (joint_unplaced){.not_registered = 1.0, .u = {1.0, 1.0, 1.0}};
            continue;
        }
        double sum = rest_of(rest->sum, c);
        double low = rest->low == NULL ? sum : rest->low[c];
        double high = rest->high == NULL ? sum : rest->high[c];
        if (!(low >= 0.0 && low <= sum && sum <= high && high < 1e300)) {
            return HW_FAIL(err, HW_USAGE, "child %s: the sum of ratios of pairs not listed is %g, said to lie between %g and %g", w->d->child[c]->id, sum, low, high);
        }
        u->not_registered = 1.0 - w->registered;
        u->unlisted = w->prior * sum;
        u->u[JOINT_MID] = u->not_registered + u->unlisted;
        u->u[JOINT_LOW] = u->not_registered + w->prior * low;
        u->u[JOINT_HIGH] = u->not_registered + w->prior * high;
    }
    return HW_OK;
}

/* ---- in parallel ---- */

static hw_status table_item(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    work *w = ctx;
    return joint_table_build(&w->matcher[worker], &w->arena[worker], w->pair, w->o, &w->table[item], err);
}

static double bounded(hw_real part, hw_real other)
{
    hw_real all = hw_real_add(part, other);
    return hw_real_is_zero(all) ? 0.0 : hw_real_to_double(hw_real_div(part, all));
}

/* The interval holds the estimate whatever rounding did. */
static void settle(double mid, double *low, double *high, bool proven)
{
    *low = !proven ? 0.0 : *low < mid ? *low : mid;
    *high = !proven ? 1.0 : *high > mid ? *high : mid;
}

/* Weight of the assignments without pair k of table i (and, for the whole family, without any pair of the child in it). */
static hw_real without(const work *w, const joint_group *g, const joint_solution *s, int view, uint32_t table, uint32_t k, bool whole_family)
{
    uint32_t child = w->pair[w->table[g->table[table]].first + k].child;
    uint32_t at = joint_find(g->child, g->n_children, child);
    hw_real sum = hw_real_add(s->unplaced[view][at], s->relative[view][at]);
    for (uint32_t i = 0; i < g->n; i++) {
        const joint_table *t = &w->table[g->table[i]];
        if (joint_find(t->child, t->n_children, child) == UINT32_MAX || (whole_family && i == table)) {
            continue;
        }
        for (uint32_t j = 0; j < t->n_pairs; j++) {
            if (w->pair[t->first + j].child == child && (i != table || j != k)) {
                sum = hw_real_add(sum, s->of_pair[view][i][j]);
            }
        }
    }
    return sum;
}

static hw_real within_family(const work *w, const joint_group *g, const joint_solution *s, int view, uint32_t table, uint32_t k)
{
    const joint_table *t = &w->table[g->table[table]];
    hw_real sum = hw_real_from(0.0);
    for (uint32_t j = 0; j < t->n_pairs; j++) {
        if (w->pair[t->first + j].child == w->pair[t->first + k].child) {
            sum = hw_real_add(sum, s->of_pair[view][table][j]);
        }
    }
    return sum;
}

static void write_pair(const work *w, uint32_t number, uint32_t table, uint32_t k)
{
    const joint_group *g = &w->group[number];
    const joint_solution *s = &w->solution[number];
    const joint_table *t = &w->table[g->table[table]];
    hw_joint_pair *p = &w->r->pair[w->pair[t->first + k].input];
    bool proven = g->unproven == NULL;
    hw_real in[JOINT_VIEWS];
    hw_real out[JOINT_VIEWS];
    p->group = number;
    p->exact = proven && !g->cut;
    for (int v = 0; v < JOINT_VIEWS; v++) {
        in[v] = s->of_pair[v][table][k];
        out[v] = without(w, g, s, v, table, k, false);
    }
    p->posterior = bounded(in[JOINT_MID], out[JOINT_MID]);
    p->low = bounded(in[JOINT_LOW], out[JOINT_HIGH]);
    p->high = bounded(in[JOINT_HIGH], out[JOINT_LOW]);
    settle(p->posterior, &p->low, &p->high, proven);
    for (int v = 0; v < JOINT_VIEWS; v++) {
        in[v] = within_family(w, g, s, v, table, k);
        out[v] = without(w, g, s, v, table, k, true);
    }
    p->family_posterior = bounded(in[JOINT_MID], out[JOINT_MID]);
    p->family_low = bounded(in[JOINT_LOW], out[JOINT_HIGH]);
    p->family_high = bounded(in[JOINT_HIGH], out[JOINT_LOW]);
    settle(p->family_posterior, &p->family_low, &p->family_high, proven);
}

static hw_status group_item(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    work *w = ctx;
    const joint_group *g = &w->group[item];
    HW_TRY(joint_solve(w->table, w->pair, w->s.family, g, w->o, &w->arena[worker], &w->solution[item], err));
    for (uint32_t i = 0; i < g->n; i++) {
        for (uint32_t k = 0; k < w->table[g->table[i]].n_pairs; k++) {
            write_pair(w, (uint32_t)item, i, k);
        }
    }
    return HW_OK;
}

/* ---- the result ---- */

static hw_status write_top(work *w, const joint_solution *s, hw_joint_group *ret, hw_err *err)
{
    ret->top = HW_NEW(&w->r->arena, hw_joint_assignment, s->n_top + 1);
    if (ret->top == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    ret->n_top = s->n_top;
    for (uint32_t k = 0; k < s->n_top; k++) {
        ret->top[k] = s->top[k];
        ret->top[k].pair = HW_NEW(&w->r->arena, uint32_t, s->top[k].n + 1);
        if (ret->top[k].pair == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        for (uint32_t i = 0; i < s->top[k].n; i++) {
            ret->top[k].pair[i] = w->pair[s->top[k].pair[i]].input;
        }
    }
    return HW_OK;
}

static hw_status write_group(work *w, size_t number, hw_err *err)
{
    const joint_group *g = &w->group[number];
    const joint_solution *s = &w->solution[number];
    hw_joint_group *x = &w->r->group[number];
    hw_arena *a = &w->r->arena;
    *x = (hw_joint_group){.n_families = g->n, .n_children = g->n_children, .assignments = s->assignments, .exact = !g->cut && g->unproven == NULL};
    x->family = HW_NEW(a, uint32_t, g->n + 1);
    x->child = HW_NEW(a, uint32_t, g->n_children + 1);
    if (x->family == NULL || x->child == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < g->n; i++) {
        x->family[i] = w->table[g->table[i]].family;
    }
    memcpy(x->child, g->child, g->n_children * sizeof(*x->child));
    const char *cut = g->cut ? "children of this group are listed with families of other groups too; what they could do there is inside the interval" : "";
    const char *some = !s->top_complete ? "not all assignments were looked through for the most probable ones" : "";
    if (g->cut || g->unproven != NULL || !s->top_complete) {
        x->note = hw_arena_printf(a, "%s%s%s%s%s", cut, cut[0] != '\0' && g->unproven != NULL ? "; " : "", g->unproven != NULL ? g->unproven : "",
                                  (cut[0] != '\0' || g->unproven != NULL) && some[0] != '\0' ? "; " : "", some);
        if (x->note == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    return write_top(w, s, x, err);
}

static void write_child(const work *w, uint32_t number, uint32_t k, hw_joint_child *ret)
{
    const joint_group *g = &w->group[number];
    const joint_unplaced *u = &g->unplaced[k];
    const joint_solution *s = &w->solution[number];
    hw_real total = s->total[JOINT_MID];
    double nowhere = hw_real_is_zero(total) ? 0.0 : hw_real_to_double(hw_real_div(s->unplaced[JOINT_MID][k], total));
    double share = nowhere / u->u[JOINT_MID];
    *ret = (hw_joint_child){.child = g->child[k],
                            .group = number,
                            .not_registered = share * u->not_registered,
                            .unlisted = share * u->unlisted,
                            .relative = hw_real_is_zero(total) ? 0.0 : hw_real_to_double(hw_real_div(s->relative[JOINT_MID][k], total)),
                            .other_group = share * u->other_group};
}

static double nowhere_of(const hw_joint_child *c)
{
    return c->not_registered + c->unlisted + c->relative + c->other_group;
}

static int by_child(const void *x, const void *y)
{
    const hw_joint_child *a = x;
    const hw_joint_child *b = y;
    if (a->child != b->child) {
        return a->child < b->child ? -1 : 1;
    }
    double pa = nowhere_of(a);
    double pb = nowhere_of(b);
    if (pa != pb) {
        return pa < pb ? -1 : 1;
    }
    return (a->group > b->group) - (a->group < b->group);
}

static hw_status write_children(work *w, hw_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < w->n_groups; i++) {
        n += w->group[i].n_children;
    }
    hw_joint_child *all = HW_NEW(&w->r->arena, hw_joint_child, n + 1);
    if (all == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    n = 0;
    for (size_t i = 0; i < w->n_groups; i++) {
        for (uint32_t k = 0; k < w->group[i].n_children; k++) {
            write_child(w, (uint32_t)i, k, &all[n++]);
        }
    }
    if (n > 0) {
        qsort(all, n, sizeof(*all), by_child);
    }
    w->r->child = all;
    for (size_t i = 0; i < n; i++) {
        if (w->r->n_children == 0 || all[w->r->n_children - 1].child != all[i].child) {
            all[w->r->n_children++] = all[i];
        }
    }
    return HW_OK;
}

static int by_missing(const void *x, const void *y)
{
    const hw_joint_missing *a = x;
    const hw_joint_missing *b = y;
    if (a->family != b->family) {
        return a->family < b->family ? -1 : 1;
    }
    return (a->missing > b->missing) - (a->missing < b->missing);
}

static hw_real somebody(const work *w, const joint_solution *s, const joint_table *t, uint32_t table, uint32_t missing, int view)
{
    hw_real sum = hw_real_from(0.0);
    for (uint32_t k = 0; k < t->n_pairs; k++) {
        if (w->pair[t->first + k].missing == missing) {
            sum = hw_real_add(sum, s->of_pair[view][table][k]);
        }
    }
    return sum;
}

static void write_missing(const work *w, uint32_t number, uint32_t table, uint32_t missing, hw_joint_missing *ret)
{
    const joint_group *g = &w->group[number];
    const joint_solution *s = &w->solution[number];
    const joint_table *t = &w->table[g->table[table]];
    hw_real yes[JOINT_VIEWS];
    hw_real no[JOINT_VIEWS];
    for (int v = 0; v < JOINT_VIEWS; v++) {
        yes[v] = somebody(w, s, t, table, missing, v);
        no[v] = s->absent[v][table][missing];
    }
    *ret = (hw_joint_missing){.family = t->family, .missing = missing, .group = number, .absent = bounded(no[JOINT_MID], yes[JOINT_MID])};
    ret->low = bounded(no[JOINT_LOW], yes[JOINT_HIGH]);
    ret->high = bounded(no[JOINT_HIGH], yes[JOINT_LOW]);
    settle(ret->absent, &ret->low, &ret->high, g->unproven == NULL);
}

static bool is_listed(const work *w, const joint_table *t, uint32_t missing)
{
    for (uint32_t k = 0; k < t->n_pairs; k++) {
        if (w->pair[t->first + k].missing == missing) {
            return true;
        }
    }
    return false;
}

static hw_status write_all_missing(work *w, hw_err *err)
{
    w->r->missing = HW_NEW(&w->r->arena, hw_joint_missing, w->n + 1); /* at least one pair each */
    if (w->r->missing == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < w->n_groups; i++) {
        for (uint32_t k = 0; k < w->group[i].n; k++) {
            const joint_table *t = &w->table[w->group[i].table[k]];
            for (uint32_t j = 0; j < w->s.family[t->family].n_missing; j++) {
                if (is_listed(w, t, j)) {
                    write_missing(w, (uint32_t)i, k, j, &w->r->missing[w->r->n_missing++]);
                }
            }
        }
    }
    if (w->r->n_missing > 0) {
        qsort(w->r->missing, w->r->n_missing, sizeof(*w->r->missing), by_missing);
    }
    return HW_OK;
}

static hw_status write_result(work *w, hw_err *err)
{
    hw_joint_result *r = w->r;
    r->group = HW_NEW(&r->arena, hw_joint_group, w->n_groups + 1);
    if (r->group == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    r->n_groups = w->n_groups;
    for (size_t i = 0; i < w->n_groups; i++) {
        HW_TRY(write_group(w, i, err));
    }
    HW_TRY(write_children(w, err));
    return write_all_missing(w, err);
}

static hw_status run(work *w, hw_arena *arena, hw_err *err)
{
    HW_TRY(take_priors(w, err));
    HW_TRY(take_pairs(w, arena, err));
    HW_TRY(weigh_nowhere(w, arena, err));
    HW_TRY(hw_parallel_for(w->n_tables, w->n_threads, table_item, w, err));
    HW_TRY(joint_groups_build(w->table, w->n_tables, w->pair, w->own, w->d->n_children, w->o, arena, &w->group, &w->n_groups, err));
    w->solution = HW_NEW(arena, joint_solution, w->n_groups + 1);
    w->r->pair = HW_NEW(&w->r->arena, hw_joint_pair, w->n + 1);
    if (w->solution == NULL || w->r->pair == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    w->r->n = w->n;
    w->r->prior_each = w->prior;
    w->r->prior_registered = w->registered;
    HW_TRY(hw_parallel_for(w->n_groups, w->n_threads, group_item, w, err));
    return write_result(w, err);
}

static hw_status start_workers(work *w, hw_arena *arena, hw_err *err)
{
    unsigned n = w->match->n_threads == 0 ? hw_cpu_count() : w->match->n_threads;
    n = n > 256 ? 256 : n;
    w->matcher = HW_NEW(arena, matcher, n);
    w->arena = HW_NEW(arena, hw_arena, n);
    if (w->matcher == NULL || w->arena == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    w->n_threads = n;
    for (unsigned i = 0; i < n; i++) {
        hw_arena_init(&w->arena[i], (size_t)8 << 30);
        HW_TRY(matcher_init(&w->matcher[i], &w->s, err));
    }
    return HW_OK;
}

static void work_release(work *w)
{
    for (unsigned i = 0; i < w->n_threads; i++) {
        matcher_release(&w->matcher[i]);
        hw_arena_release(&w->arena[i]);
    }
    search_release(&w->s);
}

hw_status hw_joint(const hw_dataset *d, const hw_match_options *match, const hw_candidate *pair, size_t n, const hw_joint_rest *rest, const hw_joint_options *o,
                   hw_joint_result *ret, hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    hw_arena_init(&arena, (size_t)8 << 30);
    hw_joint_result r = {0};
    hw_arena_init(&r.arena, (size_t)8 << 30);
    HW_CLEANUP(work_release) work w = {.d = d, .match = match, .o = o, .input = pair, .n = n, .rest = rest, .r = &r};
    hw_status status = n >= UINT32_MAX ? HW_FAIL(err, HW_LIMIT, "%zu pairs are too many for joint identification; raise the threshold", n) : HW_OK;
    if (status == HW_OK) {
        status = search_init(&w.s, &arena, d, match, err);
    }
    if (status == HW_OK) {
        status = start_workers(&w, &arena, err);
    }
    if (status == HW_OK) {
        status = run(&w, &arena, err);
    }
    if (status != HW_OK) {
        hw_joint_result_release(&r);
        return status;
    }
    *ret = r;
    return HW_OK;
}

void hw_joint_result_release(hw_joint_result *r)
{
    hw_arena_release(&r->arena);
    *r = (hw_joint_result){0};
}
