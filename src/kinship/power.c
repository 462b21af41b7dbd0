// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/power.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "kinship/chance_family.h"

#define STEP 0.01 /* of the curves: quantiles to about a twentieth of a log10 unit */

#define SLACK 1e-7       /* of probability */
#define SLACK_SHARE 1e-5 /* of the bound on a single tail */
#define MAX_THREADS 256u

/* One thread: the search as it is, and one without mutation for exclusions. */
typedef struct worker {
    matcher m, strict;
    bool has_m, has_strict;
} worker;

typedef struct job {
    const hw_power_options *p;
    search s, strict;
    hw_match_options strict_options;
    hw_settings strict_settings;
    worker *worker;
    hw_power_result *r;
} job;

void hw_power_options_init(hw_power_options *p)
{
    *p = (hw_power_options){.tail_log10 = {4.0, 6.0}, .wanted = 0.8, .only_family = UINT32_MAX};
}

/* ---- one missing person ---- */

/* nan where the family itself does not fit. */
static hw_status exclusion_at(matcher *m, question *q, uint32_t locus, double *ret, hw_err *err)
{
    hw_err mine = {0};
    locus_table t;
    hw_status s = question_table(m, q, 0, locus, NULL, 0, &t, &mine);
    if (s != HW_OK && s != HW_IMPOSSIBLE) {
        return HW_FAIL(err, s, "%s", mine.msg);
    }
    size_t n = s == HW_OK ? (size_t)t.v->model->n * (t.v->model->n + 1) / 2 : 0;
    double sum = s == HW_OK ? 0.0 : (double)NAN;
    for (size_t g = 0; g < n; g++) {
        sum += t.post[g] > 0.0 ? 0.0 : t.prior[g];
    }
    *ret = sum;
    return HW_OK;
}

/* Chances that the readings exclude an unrelated child, each locus by its table without mutation. */
static hw_status exclusions(job *j, matcher *m, const chance *c, hw_power *p, hw_arena *arena, hw_err *err)
{
    const hw_family *f = &j->strict.family[p->family];
    question q; /* without theta: nothing to release */
    p->locus = HW_NEW(arena, hw_power_locus, c->n_loci + 1);
    if (p->locus == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(question_init(m, &q, f, p->missing, &f->pedigree, err));
    p->not_excluded = 1.0;
    for (uint32_t i = 0; i < c->n_loci; i++) {
        double *exclusion = &p->locus[i].exclusion;
        p->locus[i].panel_index = j->s.locus[c->locus[i].locus].panel_index;
        HW_TRY(exclusion_at(m, &q, c->locus[i].locus, exclusion, err));
        if (*exclusion != *exclusion) {
            p->n_unfit++;
            continue;
        }
        p->not_excluded *= 1.0 - *exclusion;
        p->expected_exclusions += *exclusion;
    }
    return HW_OK;
}

static hw_status distribution(const job *j, const chance *c, hw_power *p, hw_err *err)
{
    static const double q[3] = {0.05, 0.5, 0.95};
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    hw_arena_init(&arena, 0);
    chance_curve curve;
    const hw_curve_options whole = {.step = STEP, .from = -(double)INFINITY, .tilt = 0.0, .slack = SLACK};
    HW_TRY(chance_curve_init(&curve, c, &arena, HW_CHANCE_MISSING, &whole, err));
    for (int i = 0; i < 3; i++) {
        p->theirs_quantile[i] = chance_curve_quantile(&curve, q[i]);
    }
    for (int i = 0; i < HW_POWER_TAILS; i++) {
        p->theirs[i] = chance_curve_tail(&curve, j->p->tail_log10[i]);
    }
    return chance_tail(c, HW_CHANCE_UNRELATED, j->p->tail_log10[0], STEP, SLACK_SHARE, &p->unrelated, err);
}

static hw_status one(job *j, worker *w, hw_power *p, hw_arena *arena, hw_err *err)
{
    chance c;
    const hw_family *f = &j->s.family[p->family];
    HW_TRY(chance_init(&c, &w->m, &w->m.scratch, f, p->missing, NULL, false, err));
    p->n_loci = c.n_loci;
    p->max_log10 = c.facts.max_log10;
    p->x_left_out = c.facts.x_left_out;
    p->linkage_left_out = c.facts.linkage_left_out;
    HW_TRY(exclusions(j, &w->strict, &c, p, arena, err));
    HW_TRY(distribution(j, &c, p, err));
    p->verdict = p->max_log10 < j->p->tail_log10[0]     ? HW_POWER_NO_CHILD_CAN
                 : p->theirs[0].low < j->p->wanted ? HW_POWER_WEAK
                                                   : HW_POWER_ENOUGH;
    return HW_OK;
}

static hw_status work(void *ctx, size_t item, unsigned worker_number, hw_err *err)
{
    job *j = ctx;
    worker *w = &j->worker[worker_number];
    hw_arena *arena = &j->r->arena[worker_number];
    hw_power *p = &j->r->power[item];
    const hw_family *f = &j->s.family[p->family];
    hw_arena_mark mark = hw_arena_get_mark(&w->m.scratch);
    hw_arena_mark strict = hw_arena_get_mark(&w->strict.scratch);
    hw_err mine = {0};
    p->kind = hw_family_kind_of(f, p->missing);
    for (size_t i = 0; i < f->pedigree.n; i++) {
        p->typed += i != f->missing[p->missing] && f->profile[i] != NULL ? 1 : 0;
    }
    p->status = one(j, w, p, arena, &mine);
    hw_arena_reset(&w->m.scratch, mark);
    hw_arena_reset(&w->strict.scratch, strict);
    if (p->status == HW_NO_MEMORY || p->status == HW_INTERNAL) {
        return HW_FAIL(err, p->status, "%s", mine.msg);
    }
    if (p->status != HW_OK) {
        p->error = hw_arena_strdup(arena, mine.msg);
        return p->error == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
    }
    return HW_OK;
}

/* ---- sums over families ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return x < y ? -1 : x > y ? 1 : 0;
}

/* kind HW_FAMILY_KINDS: all. median: room for r->n. */
static void summarise(const hw_power_result *r, hw_family_kind kind, double *median, hw_power_kind_summary *ret)
{
    *ret = (hw_power_kind_summary){0};
    for (size_t i = 0; i < r->n; i++) {
        const hw_power *p = &r->power[i];
        if (kind != HW_FAMILY_KINDS && p->kind != kind) {
            continue;
        }
        if (p->status != HW_OK) {
            ret->n_errors++;
            continue;
        }
        median[ret->n++] = p->theirs_quantile[1].low;
        ret->n_weak += p->verdict != HW_POWER_ENOUGH ? 1 : 0;
        ret->mean_theirs += p->theirs[0].low;
        ret->chance_hits += p->unrelated.high;
    }
    if (ret->n > 0) {
        ret->mean_theirs /= (double)ret->n;
        qsort(median, ret->n, sizeof(*median), by_size);
        ret->median_of_medians = median[(ret->n - 1) / 2];
    }
}

static hw_status summaries(hw_power_result *r, hw_err *err)
{
    HW_AUTO_FREE double *median = hw_alloc(r->n + 1, sizeof(*median));
    if (median == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (int k = 0; k < HW_FAMILY_KINDS; k++) {
        summarise(r, (hw_family_kind)k, median, &r->kind[k]);
    }
    summarise(r, HW_FAMILY_KINDS, median, &r->all);
    return HW_OK;
}

/* ---- all ---- */

static hw_status list_persons(const hw_dataset *d, const hw_power_options *p, hw_power_result *r, hw_err *err)
{
    size_t first = p->only_family == UINT32_MAX ? 0 : p->only_family;
    size_t last = p->only_family == UINT32_MAX ? d->n_families : first + 1;
    if (last > d->n_families) {
        return HW_FAIL(err, HW_CONFLICT, "there is no family number %u", p->only_family);
    }
    size_t n = 0;
    for (size_t f = first; f < last; f++) {
        n += d->family[f].n_missing;
    }
    r->power = hw_alloc(n + 1, sizeof(*r->power));
    if (r->power == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t f = first; f < last; f++) {
        for (uint32_t k = 0; k < d->family[f].n_missing; k++) {
            r->power[r->n++] = (hw_power){.family = (uint32_t)f, .missing = k};
        }
    }
    return HW_OK;
}

/* The same search with everything that makes the impossible possible taken away. */
static hw_status start_strict(job *j, const hw_dataset *d, const hw_match_options *o, hw_arena *arena, hw_err *err)
{
    const hw_settings *set = o->settings;
    j->strict_settings = (hw_settings){.theta = 0.0, .rare_rule = set->rare_rule, .rare_value = set->rare_value, .sex_error = set->sex_error};
    j->strict_options = *o;
    j->strict_options.settings = &j->strict_settings;
    return search_init(&j->strict, arena, d, &j->strict_options, err);
}

static hw_status start_workers(job *j, unsigned n, hw_err *err)
{
    for (unsigned i = 0; i < n; i++) {
        j->worker[i].has_m = true;
        HW_TRY(matcher_init(&j->worker[i].m, &j->s, err));
        j->worker[i].has_strict = true;
        HW_TRY(matcher_init(&j->worker[i].strict, &j->strict, err));
    }
    return HW_OK;
}

static hw_status run(job *j, const hw_dataset *d, const hw_match_options *o, unsigned n, hw_arena *arena, hw_err *err)
{
    HW_TRY(search_init(&j->s, arena, d, o, err));
    HW_TRY(start_strict(j, d, o, arena, err));
    HW_TRY(start_workers(j, n, err));
    HW_TRY(list_persons(d, j->p, j->r, err));
    HW_TRY(hw_parallel_for(j->r->n, n, work, j, err));
    return summaries(j->r, err);
}

static hw_status compute(const hw_dataset *d, const hw_match_options *o, const hw_power_options *p, hw_power_result *r, hw_err *err)
{
    unsigned n = o->n_threads != 0 ? o->n_threads : hw_cpu_count();
    n = n < MAX_THREADS ? n : MAX_THREADS;
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    hw_arena_init(&arena, 0);
    job j = {.p = p, .r = r};
    j.worker = hw_alloc(n, sizeof(*j.worker));
    r->arena = hw_alloc(n, sizeof(*r->arena));
    hw_status s = j.worker == NULL || r->arena == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
    if (s == HW_OK) {
        r->n_arenas = n;
        s = run(&j, d, o, n, &arena, err);
    }
    for (unsigned i = 0; j.worker != NULL && i < n; i++) {
        if (j.worker[i].has_m) {
            matcher_release(&j.worker[i].m);
        }
        if (j.worker[i].has_strict) {
            matcher_release(&j.worker[i].strict);
        }
    }
    search_release(&j.s);
    search_release(&j.strict);
    hw_free(j.worker);
    return s;
}

hw_status hw_power_compute(const hw_dataset *d, const hw_match_options *o, const hw_power_options *p, hw_power_result *ret, hw_err *err)
{
    double start = hw_now_seconds();
    hw_power_result r = {0};
    hw_status s = compute(d, o, p, &r, err);
    if (s != HW_OK) {
        hw_power_result_release(&r);
        return s;
    }
    r.seconds = hw_now_seconds() - start;
    *ret = r;
    return HW_OK;
}

void hw_power_result_release(hw_power_result *r)
{
    for (unsigned i = 0; i < r->n_arenas; i++) {
        hw_arena_release(&r->arena[i]);
    }
    hw_free(r->arena);
    hw_free(r->power);
    *r = (hw_power_result){0};
}
