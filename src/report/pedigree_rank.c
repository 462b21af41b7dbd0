// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * A row for everybody. Partners and identical twins form classes that share a row, unless that would put somebody above an own ancestor; classes get
 * the longest path from the top, and are then pulled together until every part hangs on a tight parent-child step (the feasible
 * tree of Gansner et al. 1993), so that people who marry in do not float at the top.
 */
#include "report/pedigree_chart.h"

#include <string.h>

typedef struct ranking {
    hw_chart *c;
    uint32_t *ring;   /* next vertex of the same class, in a circle */
    uint32_t *class_of;
    uint32_t *first;  /* of each vertex: first entry of its unions in next[] (2 * union + side), or HW_NOBODY */
    uint32_t *next;
    uint32_t *queue;
    bool *seen;
    int *rank;        /* by class */
    bool *in_tree;    /* by class */
} ranking;

static hw_status ranking_init(ranking *k, hw_chart *c, hw_err *err)
{
    size_t n = c->n + 1, slots = (size_t)c->n_unions * 2 + 1;
    k->c = c;
    k->ring = HW_NEW(c->arena, uint32_t, n);
    k->class_of = HW_NEW(c->arena, uint32_t, n);
    k->first = HW_NEW(c->arena, uint32_t, n);
    k->next = HW_NEW(c->arena, uint32_t, slots);
    k->queue = HW_NEW(c->arena, uint32_t, n);
    k->seen = HW_NEW(c->arena, bool, n);
    k->rank = HW_NEW(c->arena, int, n);
    k->in_tree = HW_NEW(c->arena, bool, n);
    if (k->ring == NULL || k->class_of == NULL || k->first == NULL || k->next == NULL || k->queue == NULL || k->seen == NULL ||
        k->rank == NULL || k->in_tree == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < c->n; i++) {
        k->ring[i] = k->class_of[i] = i;
        k->first[i] = HW_NOBODY;
    }
    for (uint32_t i = c->n_unions; i-- > 0;) {
        uint32_t side[2] = {c->u[i].a, c->u[i].b};
        for (uint32_t s = 0; s < 2; s++) {
            k->next[2 * i + s] = k->first[side[s]];
            k->first[side[s]] = 2 * i + s;
        }
    }
    return HW_OK;
}

/* Is somebody of the class of `to` a descendant of somebody of the class of `from`, classes taken as one? */
static bool reaches(ranking *k, uint32_t from, uint32_t to)
{
    const hw_chart *c = k->c;
    memset(k->seen, 0, c->n * sizeof *k->seen);
    uint32_t n = 0;
    k->queue[n++] = from;
    k->seen[from] = true;
    for (uint32_t at = 0; at < n; at++) {
        uint32_t v = k->queue[at];
        uint32_t mate = k->ring[v];
        if (!k->seen[mate]) {
            k->seen[mate] = true;
            k->queue[n++] = mate;
        }
        for (uint32_t e = k->first[v]; e != HW_NOBODY; e = k->next[e]) {
            const hw_union *u = &c->u[e / 2];
            for (uint32_t i = 0; i < u->n_children; i++) {
                if (k->class_of[u->child[i]] == k->class_of[to]) {
                    return true;
                }
                if (!k->seen[u->child[i]]) {
                    k->seen[u->child[i]] = true;
                    k->queue[n++] = u->child[i];
                }
            }
        }
    }
    return false;
}

static void join(ranking *k, uint32_t a, uint32_t b)
{
    if (k->class_of[a] == k->class_of[b] || reaches(k, a, b) || reaches(k, b, a)) {
        return;
    }
    uint32_t label = k->class_of[a], v = b;
    do {
        k->class_of[v] = label;
        v = k->ring[v];
    } while (v != b);
    uint32_t after = k->ring[a];
    k->ring[a] = k->ring[b];
    k->ring[b] = after;
}

/* One parent-child step of the classes, by number: unions times children times two parents. */
typedef struct step {
    uint32_t parent, child;
} step;

static uint32_t collect_steps(const ranking *k, step *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < k->c->n_unions; i++) {
        const hw_union *u = &k->c->u[i];
        for (uint32_t j = 0; j < u->n_children; j++) {
            s[n++] = (step){k->class_of[u->a], k->class_of[u->child[j]]};
            s[n++] = (step){k->class_of[u->b], k->class_of[u->child[j]]};
        }
    }
    return n;
}

static void longest_paths(ranking *k, const step *s, uint32_t n)
{
    for (bool moved = true; moved;) {
        moved = false;
        for (uint32_t i = 0; i < n; i++) {
            if (k->rank[s[i].child] < k->rank[s[i].parent] + 1) {
                k->rank[s[i].child] = k->rank[s[i].parent] + 1;
                moved = true;
            }
        }
    }
}

static void grow_tree(ranking *k, const step *s, uint32_t n)
{
    for (bool moved = true; moved;) {
        moved = false;
        for (uint32_t i = 0; i < n; i++) {
            bool tight = k->rank[s[i].child] == k->rank[s[i].parent] + 1;
            if (tight && k->in_tree[s[i].child] != k->in_tree[s[i].parent]) {
                k->in_tree[s[i].child] = k->in_tree[s[i].parent] = true;
                moved = true;
            }
        }
    }
}

/* From every component's first class: shift the tree by the least slack to the outside until all of the component is in it. */
static void tighten(ranking *k, const step *s, uint32_t n)
{
    uint32_t n_vertices = k->c->n;
    for (uint32_t root = 0; root < n_vertices; root++) {
        if (k->in_tree[k->class_of[root]]) {
            continue;
        }
        uint32_t component = k->c->v[root].component;
        k->in_tree[k->class_of[root]] = true;
        for (;;) {
            grow_tree(k, s, n);
            int best = 0;
            bool down = false;
            for (uint32_t i = 0; i < n; i++) {
                int slack = k->rank[s[i].child] - k->rank[s[i].parent] - 1;
                if (k->in_tree[s[i].child] != k->in_tree[s[i].parent] && k->c->v[s[i].parent].component == component &&
                    (best == 0 || slack < best)) {
                    best = slack;
                    down = k->in_tree[s[i].parent];
                }
            }
            if (best == 0) {
                break;
            }
            for (uint32_t i = 0; i < n_vertices; i++) {
                if (k->c->v[i].component == component && k->class_of[i] == i && k->in_tree[i]) {
                    k->rank[i] += down ? best : -best;
                }
            }
        }
    }
}

static hw_status add_hub(hw_chart *c, const hw_union *u, uint32_t from_union, uint32_t from_pass, int row, uint32_t *ret_pass, hw_err *err)
{
    int last = row;
    uint32_t n = 0;
    for (uint32_t i = 0; i < u->n_children; i++) {
        int r = c->v[u->child[i]].row;
        last = r > last ? r : last;
        n += r == row + 1;
    }
    hw_hub h = {.from_union = from_union, .from_pass = from_pass, .row = row, .component = c->v[u->a].component};
    h.target = HW_NEW(c->arena, uint32_t, n + 1);
    if (h.target == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < u->n_children; i++) {
        if (c->v[u->child[i]].row == row + 1) {
            h.target[h.n_targets++] = u->child[i];
            c->v[u->child[i]].above = c->n_hubs;
        }
    }
    *ret_pass = HW_NOBODY;
    if (last > row + 1) {
        HW_TRY(hw_chart_add(c, HW_VERTEX_PASS, h.component, ret_pass, err));
        c->v[*ret_pass].row = row + 1;
        c->v[*ret_pass].above = c->n_hubs;
        h.target[h.n_targets++] = *ret_pass;
    }
    if (c->n_hubs == c->hub_cap) {
        hw_hub *more = HW_NEW(c->arena, hw_hub, (size_t)c->hub_cap * 2);
        if (more == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        memcpy(more, c->hub, c->n_hubs * sizeof *more);
        c->hub = more;
        c->hub_cap *= 2;
    }
    c->hub[c->n_hubs++] = h;
    return HW_OK;
}

static hw_status add_hubs(hw_chart *c, hw_err *err)
{
    c->hub_cap = c->n_unions + 8;
    c->hub = HW_NEW(c->arena, hw_hub, c->hub_cap);
    if (c->hub == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < c->n_unions; i++) {
        hw_union *u = &c->u[i];
        uint32_t pass = HW_NOBODY;
        HW_TRY(add_hub(c, u, i, HW_NOBODY, u->row, &pass, err));
        for (int row = u->row + 1; pass != HW_NOBODY; row++) {
            HW_TRY(add_hub(c, u, HW_NOBODY, pass, row, &pass, err));
        }
    }
    return HW_OK;
}

static hw_status settle_rows(hw_chart *c, ranking *k, hw_err *err)
{
    int *top = HW_NEW(c->arena, int, c->n_components + 1);
    if (top == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < c->n; i++) {
        c->v[i].row = k->rank[k->class_of[i]];
        int *t = &top[c->v[i].component];
        *t = c->v[i].row < *t ? c->v[i].row : *t;
    }
    for (uint32_t i = 0; i < c->n; i++) {
        c->v[i].row -= top[c->v[i].component];
        c->n_rows = c->v[i].row + 1 > c->n_rows ? c->v[i].row + 1 : c->n_rows;
    }
    for (uint32_t i = 0; i < c->n_unions; i++) {
        hw_union *u = &c->u[i];
        int ra = c->v[u->a].row, rb = c->v[u->b].row;
        u->row = ra > rb ? ra : rb;
        u->split = ra != rb;
        if (u->split) {
            HW_TRY(hw_chart_add(c, HW_VERTEX_ANCHOR, c->v[u->a].component, &u->anchor, err));
            c->v[u->anchor].row = u->row;
        }
    }
    return HW_OK;
}

hw_status hw_chart_rank(hw_chart *c, hw_err *err)
{
    ranking k = {0};
    HW_TRY(ranking_init(&k, c, err));
    step *s = HW_NEW(c->arena, step, (size_t)c->p->n * 2 + 1);
    if (s == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < c->n; i++) {
        for (uint32_t j = 0; c->v[i].twin != 0 && j < i; j++) {
            if (c->v[j].twin == c->v[i].twin) {
                join(&k, j, i);
                break;
            }
        }
    }
    for (uint32_t i = 0; i < c->n_unions; i++) {
        join(&k, c->u[i].a, c->u[i].b);
    }
    uint32_t n = collect_steps(&k, s);
    longest_paths(&k, s, n);
    tighten(&k, s, n);
    HW_TRY(settle_rows(c, &k, err));
    return add_hubs(c, err);
}
