// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/siblings.h"

#include <math.h>
#include <stdlib.h>

#include "base/thread.h"
#include "kinship/matcher.h"

#define MAX_CHILDREN ((size_t)10000000)
#define ENOUGH_LOCI 8      /* to call two profiles one */
#define ENOUGH_FOR_ONE_OFF 12 /* the same with one locus read differently */

void hw_sibling_options_init(hw_sibling_options *o)
{
    *o = (hw_sibling_options){.threshold_log10 = 3.0, .prior_full = 0.02, .prior_half = 0.005, .prior_parent = 0.001};
}

const char *hw_sibling_flag_code(hw_sibling_flag f)
{
    return f == HW_SIBLING_IDENTICAL ? "identical" : f == HW_SIBLING_PARENT_CHILD ? "parent-child" : "";
}

/* What a second child may be to the first, as a family of the first that misses the second. */
typedef enum kin { FULL, HALF_MOTHER, HALF_FATHER, CHILD_OF, PARENT_OF, N_KINDS } kin;

typedef struct finder {
    const hw_dataset *d;
    const hw_sibling_options *o;
    hw_dataset made;       /* children borrowed; families FULL and HALF_MOTHER of every child */
    hw_match_options match;
    search s;
    matcher *matcher;      /* [threads] */
    unsigned n_threads;
    hw_sibling_result *r;
} finder;

static hw_status add_person(hw_pedigree *p, const char *id, hw_sex sex, uint32_t *ret, hw_err *err)
{
    return hw_pedigree_add(p, id, sex, ret, err);
}

/* Persons: the typed child first, the missing one second, then whom they share. */
static hw_status build_pedigree(hw_pedigree *p, kin k, hw_sex typed_sex, hw_err *err)
{
    uint32_t typed = 0;
    uint32_t missing = 0;
    uint32_t mother = 0;
    uint32_t father = 0;
    HW_TRY(add_person(p, "child", typed_sex, &typed, err));
    HW_TRY(add_person(p, "sibling", HW_SEX_UNKNOWN, &missing, err));
    if (k == CHILD_OF || k == PARENT_OF) {
        HW_TRY(hw_pedigree_add_parent(p, k == CHILD_OF ? missing : typed, k == CHILD_OF ? typed : missing, err));
        return hw_pedigree_check(p, err);
    }
    HW_TRY(add_person(p, "mother", HW_SEX_FEMALE, &mother, err));
    HW_TRY(add_person(p, "father", HW_SEX_MALE, &father, err));
    int32_t with_mother = k == HALF_FATHER ? -1 : (int32_t)mother;
    int32_t with_father = k == HALF_MOTHER ? -1 : (int32_t)father;
    HW_TRY(hw_pedigree_set_parents(p, typed, with_father, with_mother, err));
    HW_TRY(hw_pedigree_set_parents(p, missing, with_father, with_mother, err));
    return hw_pedigree_check(p, err);
}

static hw_status build_family(hw_arena *arena, const hw_profile *child, kin k, hw_family *ret, hw_err *err)
{
    *ret = (hw_family){.id = child->id};
    hw_pedigree_init(&ret->pedigree);
    HW_TRY(build_pedigree(&ret->pedigree, k, child->sex, err));
    ret->profile = HW_NEW(arena, const hw_profile *, ret->pedigree.n);
    ret->missing = HW_NEW(arena, uint32_t, 1);
    if (ret->profile == NULL || ret->missing == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    ret->profile[0] = child;
    ret->missing[0] = 1;
    ret->n_missing = 1;
    return HW_OK;
}

static hw_status build_dataset(finder *f, hw_err *err)
{
    size_t n = f->d->n_children;
    if (n > MAX_CHILDREN) {
        return HW_FAIL(err, HW_LIMIT, "%zu children are too many to be compared with each other; at most %zu", n, MAX_CHILDREN);
    }
    hw_dataset *m = &f->made;
    m->panel = f->d->panel;
    m->child = f->d->child;
    m->n_children = n;
    m->synthetic = f->d->synthetic;
    hw_arena_init(&m->arena, (size_t)8 << 30);
    m->family = HW_NEW(&m->arena, hw_family, 2 * n + 1);
    if (m->family == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < 2 * n; i++) {
        m->n_families = i + 1;
        HW_TRY(build_family(&m->arena, m->child[i / 2], i % 2 == 0 ? FULL : HALF_MOTHER, &m->family[i], err));
    }
    return HW_OK;
}

static void finder_release(finder *f)
{
    for (size_t i = 0; i < f->made.n_families; i++) {
        hw_pedigree_release(&f->made.family[i].pedigree);
    }
    for (unsigned i = 0; i < f->n_threads; i++) {
        matcher_release(&f->matcher[i]);
    }
    search_release(&f->s);
    hw_arena_release(&f->made.arena);
}

/* ---- pairs ---- */

static int by_children(const void *x, const void *y)
{
    const hw_sibling_pair *a = x;
    const hw_sibling_pair *b = y;
    if (a->a != b->a) {
        return a->a < b->a ? -1 : 1;
    }
    return (a->b > b->b) - (a->b < b->b);
}

/* Every two children once, whichever way round and as whatever they were found. */
static hw_status list_pairs(finder *f, const hw_match_result *m, hw_err *err)
{
    hw_sibling_pair *all = HW_NEW(&f->r->arena, hw_sibling_pair, m->n_candidates + 1);
    if (all == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    size_t n = 0;
    for (size_t i = 0; i < m->n_candidates; i++) {
        uint32_t x = m->candidate[i].child;
        uint32_t y = m->candidate[i].family / 2;
        if (x != y) {
            all[n++] = (hw_sibling_pair){.a = x < y ? x : y, .b = x < y ? y : x};
        }
    }
    if (n > 0) {
        qsort(all, n, sizeof(*all), by_children);
    }
    f->r->pair = all;
    for (size_t i = 0; i < n; i++) {
        if (f->r->n == 0 || by_children(&all[f->r->n - 1], &all[i]) != 0) {
            all[f->r->n++] = all[i];
        }
    }
    return HW_OK;
}

/* The same readings wherever both are typed. */
static bool identical(const hw_dataset *d, const hw_profile *a, const hw_profile *b)
{
    uint32_t compared = 0;
    uint32_t apart = 0;
    for (uint32_t i = 0; i < d->panel.n; i++) {
        hw_genotype x = hw_profile_at(a, i);
        hw_genotype y = hw_profile_at(b, i);
        if (d->panel.locus[i].kind == HW_LOCUS_AUTOSOMAL && hw_genotype_typed(x) && hw_genotype_typed(y)) {
            compared++;
            apart += x.a != y.a || x.b != y.b ? 1 : 0;
        }
    }
    return (apart == 0 && compared >= ENOUGH_LOCI) || (apart == 1 && compared >= ENOUGH_FOR_ONE_OFF);
}

static hw_status ratio_as(finder *f, matcher *m, const hw_sibling_pair *p, kin k, double *ret, uint32_t *ret_used, hw_err *err)
{
    hw_family family;
    pair_lr r;
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    hw_status status = build_family(&m->scratch, f->d->child[p->a], k, &family, err);
    if (status == HW_OK) {
        status = pair_lr_compute(m, p->b, &family, 0, false, &r, err);
        if (status == HW_OK) {
            *ret = r.log10_ratio[0];
            *ret_used = r.n_used;
            pair_lr_release(&r);
        }
    }
    hw_pedigree_release(&family.pedigree);
    hw_arena_reset(&m->scratch, mark);
    return status;
}

static double larger(double a, double b)
{
    return a >= b ? a : b;
}

static double weight(double prior, double log10_ratio)
{
    double x = prior * hw_pow10(log10_ratio < 290.0 ? log10_ratio : 290.0);
    return x == x ? x : 0.0;
}

static void posteriors(const hw_sibling_result *r, hw_sibling_pair *p)
{
    double full = weight(r->prior_full_each, p->log10_full);
    double half = weight(r->prior_half_each, p->log10_half);
    double parent = weight(r->prior_parent_each, p->log10_parent);
    double none = 1.0 - r->prior_full_each - r->prior_half_each - r->prior_parent_each;
    double all = none + full + half + parent;
    p->posterior_full = full / all;
    p->posterior_half = half / all;
    p->posterior_parent = parent / all;
}

static hw_status pair_item(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    finder *f = ctx;
    hw_sibling_pair *p = &f->r->pair[item];
    double lr[N_KINDS];
    for (int k = 0; k < N_KINDS; k++) {
        HW_TRY(ratio_as(f, &f->matcher[worker], p, (kin)k, &lr[k], &p->loci_used, err));
    }
    p->log10_full = lr[FULL];
    p->log10_half = larger(lr[HALF_MOTHER], lr[HALF_FATHER]);
    p->log10_parent = larger(lr[CHILD_OF], lr[PARENT_OF]);
    posteriors(f->r, p);
    p->flag = identical(f->d, f->d->child[p->a], f->d->child[p->b]) ? HW_SIBLING_IDENTICAL :
              p->log10_parent > p->log10_full                       ? HW_SIBLING_PARENT_CHILD :
                                                                      HW_SIBLING_PLAIN;
    return HW_OK;
}

static int by_rank(const void *x, const void *y)
{
    const hw_sibling_pair *a = x;
    const hw_sibling_pair *b = y;
    double pa = a->posterior_full + a->posterior_half + a->posterior_parent;
    double pb = b->posterior_full + b->posterior_half + b->posterior_parent;
    if (pa != pb) {
        return pa > pb ? -1 : 1;
    }
    if (a->log10_full != b->log10_full) {
        return a->log10_full > b->log10_full ? -1 : 1;
    }
    return by_children(x, y);
}

/* ---- the whole ---- */

static hw_status take_priors(finder *f, hw_err *err)
{
    const hw_sibling_options *o = f->o;
    double others = f->d->n_children > 1 ? (double)(f->d->n_children - 1) : 1.0;
    hw_sibling_result *r = f->r;
    r->prior_full_each = o->prior_full / others;
    r->prior_half_each = o->prior_half / others;
    r->prior_parent_each = o->prior_parent / others;
    bool good = o->prior_full >= 0.0 && o->prior_half >= 0.0 && o->prior_parent >= 0.0 && r->prior_full_each + r->prior_half_each + r->prior_parent_each < 1.0;
    return good ? HW_OK : HW_FAIL(err, HW_USAGE, "expected numbers of siblings must not be negative, nor make every pair kin: full %g, half %g, parent or child %g among %g others",
                                  o->prior_full, o->prior_half, o->prior_parent, others);
}

static hw_status start_workers(finder *f, hw_arena *arena, hw_err *err)
{
    unsigned n = f->match.n_threads == 0 ? hw_cpu_count() : f->match.n_threads;
    n = n > 256 ? 256 : n;
    f->matcher = HW_NEW(arena, matcher, n);
    if (f->matcher == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    f->n_threads = n;
    for (unsigned i = 0; i < n; i++) {
        HW_TRY(matcher_init(&f->matcher[i], &f->s, err));
    }
    return HW_OK;
}

static hw_status run(finder *f, hw_arena *arena, hw_err *err)
{
    HW_TRY(take_priors(f, err));
    HW_TRY(build_dataset(f, err));
    hw_match_result m;
    HW_TRY(hw_match(&f->made, &f->match, &m, err));
    /* A child's own two families of one typed sibling cannot contradict themselves: what fails is a setting, or memory. */
    hw_status status = m.n_errors > 0 ? HW_FAIL(err, m.error[0].status, "child %s: %s", f->made.family[m.error[0].family].id, m.error[0].text) : list_pairs(f, &m, err);
    hw_match_result_release(&m);
    HW_TRY(status);
    HW_TRY(search_init(&f->s, arena, &f->made, &f->match, err));
    HW_TRY(start_workers(f, arena, err));
    HW_TRY(hw_parallel_for(f->r->n, f->n_threads, pair_item, f, err));
    if (f->r->n > 0) {
        qsort(f->r->pair, f->r->n, sizeof(*f->r->pair), by_rank);
    }
    return HW_OK;
}

hw_status hw_siblings(const hw_dataset *d, const hw_match_options *match, const hw_sibling_options *o, hw_sibling_result *ret, hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    hw_arena_init(&arena, (size_t)8 << 30);
    hw_sibling_result r = {0};
    hw_arena_init(&r.arena, (size_t)4 << 30);
    HW_CLEANUP(finder_release) finder f = {.d = d, .o = o, .r = &r, .match = *match};
    f.match.threshold_log10 = o->threshold_log10;
    f.match.prior_registered = 0.5; /* its posteriors are not used */
    f.match.rivals = false;
    f.match.list_family = UINT32_MAX;
    hw_status status = run(&f, &arena, err);
    if (status != HW_OK) {
        hw_sibling_result_release(&r);
        return status;
    }
    *ret = r;
    return HW_OK;
}

void hw_sibling_result_release(hw_sibling_result *r)
{
    hw_arena_release(&r->arena);
    *r = (hw_sibling_result){0};
}
