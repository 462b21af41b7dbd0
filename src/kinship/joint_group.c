// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Which families are solved together. Two families meet in a child that both list. The strongest meetings are joined first, as long as a group stays within the limits of an
 * exact sum. What is cut is not lost: seen from a group, all that a child could do in a family outside adds to the weight of placing it nowhere here,
 * and that addition lies between 0 and prior * reach of the child in that family, whatever else happens outside (docs/joint.md, "Groups").
 */
#include "kinship/joint_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FAMILIES 4096 /* of a group */

/* Two tables that meet in a child. Sorted by strength, strongest first. */
typedef struct meeting {
    double strength;
    uint32_t a, b;
} meeting;

typedef struct grouper {
    joint_table *table;
    size_t n_tables;
    const joint_pair *pair;
    const joint_unplaced *own;
    const hw_joint_options *o;
    hw_arena *arena;
    hw_arena scratch;
    joint_claim *claim;
    size_t n_claims;
    meeting *meeting;
    size_t n_meetings;
    uint32_t *up;     /* [table] union-find */
    uint32_t *size, *last, *next; /* [table] of a root: families, last of the list; next of each */
    uint32_t *stamp, *seen; /* [children]: group test */
    uint32_t round;
} grouper;

static int by_child(const void *x, const void *y)
{
    const joint_claim *a = x;
    const joint_claim *b = y;
    if (a->child != b->child) {
        return a->child < b->child ? -1 : 1;
    }
    if (a->reach != b->reach) {
        return a->reach > b->reach ? -1 : 1;
    }
    return (a->table > b->table) - (a->table < b->table);
}

static int by_strength(const void *x, const void *y)
{
    const meeting *a = x;
    const meeting *b = y;
    if (a->strength != b->strength) {
        return a->strength > b->strength ? -1 : 1;
    }
    if (a->a != b->a) {
        return a->a < b->a ? -1 : 1;
    }
    return (a->b > b->b) - (a->b < b->b);
}

static hw_status list_claims(grouper *g, hw_err *err)
{
    for (size_t i = 0; i < g->n_tables; i++) {
        g->n_claims += g->table[i].n_children;
    }
    g->claim = HW_NEW(&g->scratch, joint_claim, g->n_claims + 1);
    g->meeting = HW_NEW(&g->scratch, meeting, g->n_claims + 1);
    if (g->claim == NULL || g->meeting == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    size_t n = 0;
    for (size_t i = 0; i < g->n_tables; i++) {
        for (uint32_t k = 0; k < g->table[i].n_children; k++) {
            g->claim[n++] = (joint_claim){.child = g->table[i].child[k], .table = (uint32_t)i, .at = k, .reach = g->table[i].reach[k]};
        }
    }
    if (n > 0) {
        qsort(g->claim, n, sizeof(*g->claim), by_child);
    }
    /* Each family of a child meets the child's strongest one: what is joined along these joins all of them. */
    size_t strongest = 0;
    for (size_t i = 1; i < n; i++) {
        if (g->claim[i].child != g->claim[i - 1].child) {
            strongest = i;
        } else if (g->claim[i].reach > 0.0) {
            g->meeting[g->n_meetings++] = (meeting){.strength = g->table[g->claim[i].table].prior * g->claim[i].reach, .a = g->claim[strongest].table, .b = g->claim[i].table};
        }
    }
    if (g->n_meetings > 0) {
        qsort(g->meeting, g->n_meetings, sizeof(*g->meeting), by_strength);
    }
    return HW_OK;
}

static uint32_t root(grouper *g, uint32_t t)
{
    while (g->up[t] != t) {
        g->up[t] = g->up[g->up[t]];
        t = g->up[t];
    }
    return t;
}

/*
 * Would the two together still be small enough? Work: every entry of every family once for each set of shared children. A claim that weighs less than "nowhere" is worth
 * less of it: cut, it moves the weight of "nowhere" by less than a factor of two.
 */
static bool fits(grouper *g, uint32_t a, uint32_t b, double strength)
{
    if (g->size[a] + g->size[b] > MAX_FAMILIES) {
        return false;
    }
    g->round++;
    uint32_t shared = 0;
    double entries = 0.0;
    const uint32_t heads[2] = {a, b};
    for (int side = 0; side < 2; side++) {
        for (uint32_t t = heads[side]; t != UINT32_MAX; t = g->next[t]) {
            const joint_table *table = &g->table[t];
            entries += (double)table->n;
            for (uint32_t k = 0; k < table->n_children; k++) {
                uint32_t c = table->child[k];
                g->seen[c] = g->stamp[c] == g->round ? g->seen[c] + 1 : 1;
                g->stamp[c] = g->round;
                shared += g->seen[c] == 2 ? 1 : 0;
            }
        }
    }
    uint32_t limit = g->o->max_shared < 16 ? g->o->max_shared : 16;
    limit = strength < 1.0 && g->o->max_shared_weak < limit ? g->o->max_shared_weak : limit;
    return shared <= limit && entries * (double)(1u << shared) <= g->o->max_operations;
}

static hw_status join(grouper *g, size_t n_children, hw_err *err)
{
    g->up = HW_NEW(&g->scratch, uint32_t, g->n_tables + 1);
    g->size = HW_NEW(&g->scratch, uint32_t, g->n_tables + 1);
    g->last = HW_NEW(&g->scratch, uint32_t, g->n_tables + 1);
    g->next = HW_NEW(&g->scratch, uint32_t, g->n_tables + 1);
    g->stamp = HW_NEW(&g->scratch, uint32_t, n_children + 1);
    g->seen = HW_NEW(&g->scratch, uint32_t, n_children + 1);
    if (g->up == NULL || g->size == NULL || g->last == NULL || g->next == NULL || g->stamp == NULL || g->seen == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < g->n_tables; i++) {
        g->up[i] = i;
        g->last[i] = i;
        g->size[i] = 1;
        g->next[i] = UINT32_MAX;
    }
    for (size_t i = 0; i < g->n_meetings; i++) {
        uint32_t a = root(g, g->meeting[i].a);
        uint32_t b = root(g, g->meeting[i].b);
        if (a == b || !fits(g, a, b, g->meeting[i].strength)) {
            continue;
        }
        if (b < a) {
            uint32_t swap = a;
            a = b;
            b = swap;
        }
        g->up[b] = a;
        g->next[g->last[a]] = b;
        g->last[a] = g->last[b];
        g->size[a] += g->size[b];
    }
    return HW_OK;
}

static int by_number(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x;
    uint32_t b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static hw_status fill_group(grouper *g, uint32_t head, joint_group *ret, hw_err *err)
{
    uint32_t most = 0;
    ret->table = HW_NEW(g->arena, uint32_t, g->size[head] + 1);
    if (ret->table == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t t = head; t != UINT32_MAX; t = g->next[t]) {
        ret->table[ret->n++] = t;
        most += g->table[t].n_children;
    }
    qsort(ret->table, ret->n, sizeof(*ret->table), by_number);
    ret->child = HW_NEW(g->arena, uint32_t, most + 1);
    if (ret->child == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    g->round++;
    for (uint32_t i = 0; i < ret->n; i++) {
        const joint_table *t = &g->table[ret->table[i]];
        ret->unproven = ret->unproven == NULL ? t->unproven : ret->unproven;
        for (uint32_t k = 0; k < t->n_children; k++) {
            if (g->stamp[t->child[k]] != g->round) {
                g->stamp[t->child[k]] = g->round;
                ret->child[ret->n_children++] = t->child[k];
            }
        }
    }
    qsort(ret->child, ret->n_children, sizeof(*ret->child), by_number);
    ret->unplaced = HW_NEW(g->arena, joint_unplaced, ret->n_children + 1);
    if (ret->unplaced == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t k = 0; k < ret->n_children; k++) {
        ret->unplaced[k] = g->own[ret->child[k]];
    }
    return HW_OK;
}

/* A child's claims by group: what they add elsewhere, mid and high. */
typedef struct block {
    uint32_t home;
    double mid, high;
} block;

static int by_home(const void *x, const void *y)
{
    const block *a = x;
    const block *b = y;
    return (a->home > b->home) - (a->home < b->home);
}

/* Sums before and after a block instead of the whole less the block: a difference would lose what a bound needs. */
static void add_cut(joint_group *group, uint32_t child, const block *b, size_t n, block *before)
{
    block after = {0};
    before[0] = (block){0};
    for (size_t i = 1; i < n; i++) {
        before[i] = (block){0, before[i - 1].mid + b[i - 1].mid, before[i - 1].high + b[i - 1].high};
    }
    for (size_t i = n; i-- > 0;) {
        double mid = before[i].mid + after.mid;
        double high = before[i].high + after.high;
        joint_group *x = &group[b[i].home];
        joint_unplaced *u = &x->unplaced[joint_find(x->child, x->n_children, child)];
        u->other_group += mid;
        u->u[JOINT_MID] += mid;
        u->u[JOINT_HIGH] += high > mid ? high : mid; /* rounding aside, high is the larger */
        x->cut = x->cut || high > 0.0;
        after.mid += b[i].mid;
        after.high += b[i].high;
    }
}

/* Every claim of a child on a family of another group than the one looked from. */
static hw_status add_cuts(grouper *g, joint_group *group, const uint32_t *number, hw_err *err)
{
    HW_TRY(joint_messages(g->table, g->n_tables, g->claim, g->n_claims, g->pair, g->own, &g->scratch, err));
    block *b = HW_NEW(&g->scratch, block, g->n_claims + 1);
    block *before = HW_NEW(&g->scratch, block, g->n_claims + 1);
    if (b == NULL || before == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < g->n_claims;) {
        size_t n = 0;
        uint32_t child = g->claim[i].child;
        for (; i < g->n_claims && g->claim[i].child == child; i++) {
            const joint_claim *c = &g->claim[i];
            b[n++] = (block){number[root(g, c->table)], g->table[c->table].flow[c->at], c->reach > 0.0 ? g->table[c->table].prior * c->reach : 0.0};
        }
        qsort(b, n, sizeof(*b), by_home);
        size_t blocks = 0;
        for (size_t k = 0; k < n; k++) {
            if (blocks > 0 && b[blocks - 1].home == b[k].home) {
                b[blocks - 1].mid += b[k].mid;
                b[blocks - 1].high += b[k].high;
            } else {
                b[blocks++] = b[k];
            }
        }
        if (blocks > 1) {
            add_cut(group, child, b, blocks, before);
        }
    }
    return HW_OK;
}

static hw_status build(grouper *g, size_t n_children, joint_group **ret, size_t *ret_n, hw_err *err)
{
    HW_TRY(list_claims(g, err));
    HW_TRY(join(g, n_children, err));
    uint32_t *number = HW_NEW(&g->scratch, uint32_t, g->n_tables + 1);
    joint_group *group = HW_NEW(g->arena, joint_group, g->n_tables + 1);
    size_t n = 0;
    if (number == NULL || group == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < g->n_tables; i++) {
        if (g->up[i] == i) {
            number[i] = (uint32_t)n;
            HW_TRY(fill_group(g, i, &group[n++], err));
        }
    }
    HW_TRY(add_cuts(g, group, number, err));
    *ret = group;
    *ret_n = n;
    return HW_OK;
}

hw_status joint_groups_build(joint_table *table, size_t n_tables, const joint_pair *pair, const joint_unplaced *own, size_t n_children, const hw_joint_options *o, hw_arena *arena,
                             joint_group **ret, size_t *ret_n, hw_err *err)
{
    grouper g = {.table = table, .n_tables = n_tables, .pair = pair, .own = own, .o = o, .arena = arena};
    hw_arena_init(&g.scratch, (size_t)4 << 30);
    hw_status status = build(&g, n_children, ret, ret_n, err);
    hw_arena_release(&g.scratch);
    return status;
}
