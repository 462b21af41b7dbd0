// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * A family misses two children. One is found; the other's own ratio does not reach the threshold (one parent typed, an old kit), but it is the sibling of the first. Its
 * pairs with that family are computed after all and enter joint identification, where the two support each other.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "kinship/decision_parts.h"
#include "kinship/matcher.h"

#define MAX_ADDED ((size_t)10000000)

typedef struct place {
    uint32_t child, family, missing;
} place;

typedef struct adder {
    const hw_dataset *d;
    const hw_match_options *o;
    const hw_match_result *r;
    place *listed;      /* [candidates] sorted */
    place *wanted;      /* sorted, once each, none of them listed; heap */
    size_t n_wanted, cap;
    search s;
    matcher *matcher;   /* [threads] */
    unsigned n_threads;
    hw_candidate *made; /* [n_wanted] log10_lr NAN where it could not be computed */
} adder;

static int by_place(const void *x, const void *y)
{
    const place *a = x;
    const place *b = y;
    if (a->child != b->child) {
        return a->child < b->child ? -1 : 1;
    }
    if (a->family != b->family) {
        return a->family < b->family ? -1 : 1;
    }
    return (a->missing > b->missing) - (a->missing < b->missing);
}

static size_t first_of(const adder *a, uint32_t child)
{
    size_t low = 0;
    size_t high = a->r->n_candidates;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (a->listed[mid].child < child) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static bool is_listed(const adder *a, const place *p)
{
    return a->r->n_candidates > 0 && bsearch(p, a->listed, a->r->n_candidates, sizeof(*p), by_place) != NULL;
}

/* Wherever `listed` may be with a family that misses several, its sibling may be in the other places. */
static hw_status want(adder *a, uint32_t listed, uint32_t sibling, hw_err *err)
{
    for (size_t i = first_of(a, listed); i < a->r->n_candidates && a->listed[i].child == listed; i++) {
        const hw_family *f = &a->d->family[a->listed[i].family];
        for (uint32_t j = 0; j < f->n_missing && f->n_missing > 1; j++) {
            place p = {sibling, a->listed[i].family, j};
            if (!is_listed(a, &p)) {
                HW_TRY(HW_GROW(a->wanted, a->n_wanted, a->cap, MAX_ADDED, "pairs that siblings bring in; raise the threshold of siblings", err));
                a->wanted[a->n_wanted++] = p;
            }
        }
    }
    return HW_OK;
}

static hw_status list_places(adder *a, const hw_sibling_pair *siblings, size_t n, hw_arena *arena, hw_err *err)
{
    size_t n_listed = a->r->n_candidates;
    a->listed = HW_NEW(arena, place, n_listed + 1);
    if (a->listed == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < n_listed; i++) {
        a->listed[i] = (place){a->r->candidate[i].child, a->r->candidate[i].family, a->r->candidate[i].missing};
    }
    if (n_listed > 0) {
        qsort(a->listed, n_listed, sizeof(*a->listed), by_place);
    }
    for (size_t i = 0; i < n; i++) {
        if (siblings[i].a >= a->d->n_children || siblings[i].b >= a->d->n_children) {
            return HW_FAIL(err, HW_USAGE, "a pair of siblings names children %u and %u, which are not in the data", siblings[i].a, siblings[i].b);
        }
        if (siblings[i].flag != HW_SIBLING_IDENTICAL) { /* one child entered twice is not two */
            HW_TRY(want(a, siblings[i].a, siblings[i].b, err));
            HW_TRY(want(a, siblings[i].b, siblings[i].a, err));
        }
    }
    if (a->n_wanted > 0) {
        qsort(a->wanted, a->n_wanted, sizeof(*a->wanted), by_place);
    }
    size_t once = 0;
    for (size_t i = 0; i < a->n_wanted; i++) {
        if (once == 0 || by_place(&a->wanted[once - 1], &a->wanted[i]) != 0) {
            a->wanted[once++] = a->wanted[i];
        }
    }
    a->n_wanted = once;
    return HW_OK;
}

/* Text of the rival: the explanation of the pair names it. */
static void strongest_rival(const adder *a, const pair_lr *r, hw_candidate *c)
{
    uint32_t n = a->o->n_populations;
    for (uint32_t h = 2; a->o->rivals && h < r->h.n; h++) {
        double against = r->log10_ratio[0] - r->log10_ratio[(size_t)h * n];
        if (against == against && (c->rival == NULL || against < c->rival_log10)) {
            c->rival_log10 = against;
            c->rival = "a close relative";
        }
    }
}

static hw_status compute_item(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    adder *a = ctx;
    const place *p = &a->wanted[item];
    hw_candidate *c = &a->made[item];
    pair_lr r;
    hw_err mine = {0};
    *c = (hw_candidate){.child = p->child, .family = p->family, .missing = p->missing, .log10_lr = (double)NAN, .rival_log10 = (double)NAN};
    hw_status status = pair_lr_compute(&a->matcher[worker], p->child, &a->s.family[p->family], p->missing, a->o->rivals, &r, &mine);
    if (status == HW_NO_MEMORY || status == HW_INTERNAL) {
        return HW_FAIL(err, status, "%s", mine.msg);
    }
    if (status != HW_OK) {
        return HW_OK; /* the search has said so of this family */
    }
    c->log10_lr = c->log10_lr_min = r.log10_ratio[0];
    for (uint32_t k = 1; k < a->o->n_populations; k++) {
        if (r.log10_ratio[k] < c->log10_lr_min) {
            c->log10_lr_min = r.log10_ratio[k];
            c->min_population = k;
        }
    }
    c->loci_used = r.n_used;
    c->inconsistent = r.n_inconsistent;
    c->relation = "sibling of a child listed";
    strongest_rival(a, &r, c);
    pair_lr_release(&r);
    return HW_OK;
}

static void adder_release(adder *a)
{
    for (unsigned i = 0; i < a->n_threads; i++) {
        matcher_release(&a->matcher[i]);
    }
    search_release(&a->s);
    hw_free(a->wanted);
}

static hw_status compute(adder *a, hw_arena *arena, hw_err *err)
{
    unsigned n = a->o->n_threads == 0 ? hw_cpu_count() : a->o->n_threads;
    n = n > 256 ? 256 : n;
    HW_TRY(search_init(&a->s, arena, a->d, a->o, err));
    a->matcher = HW_NEW(arena, matcher, n);
    a->made = HW_NEW(arena, hw_candidate, a->n_wanted + 1);
    if (a->matcher == NULL || a->made == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    a->n_threads = n;
    for (unsigned i = 0; i < n; i++) {
        HW_TRY(matcher_init(&a->matcher[i], &a->s, err));
    }
    return hw_parallel_for(a->n_wanted, n, compute_item, a, err);
}

hw_status decision_candidates(const hw_dataset *d, const hw_match_options *o, const hw_match_result *r, const hw_sibling_pair *siblings, size_t n_siblings, hw_arena *arena,
                              hw_candidate **ret, size_t *ret_n, hw_err *err)
{
    HW_CLEANUP(adder_release) adder a = {.d = d, .o = o, .r = r};
    HW_TRY(list_places(&a, siblings, n_siblings, arena, err));
    if (a.n_wanted > 0) {
        HW_TRY(compute(&a, arena, err));
    }
    hw_candidate *all = HW_NEW(arena, hw_candidate, r->n_candidates + a.n_wanted + 1);
    if (all == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    size_t n = r->n_candidates;
    if (n > 0) {
        memcpy(all, r->candidate, n * sizeof(*all));
    }
    for (size_t i = 0; i < a.n_wanted; i++) {
        if (a.made[i].log10_lr > -(double)INFINITY) { /* neither impossible nor unknown */
            all[n++] = a.made[i];
        }
    }
    *ret = all;
    *ret_n = n;
    return HW_OK;
}
