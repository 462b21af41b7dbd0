// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* One family judged, all families judged, and a family with fewer profiles. */
#include "kinship/fit_parts.h"

#include "base/thread.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#define MAX_ARENA ((size_t)1 << 30)

/* ---- one family ---- */

static uint32_t loci_used(const fit_job *j)
{
    fit_mask group[HW_FIT_MAX_TYPED / 2];
    fit_mask all = j->n == 64 ? ~(fit_mask)0 : ((fit_mask)1 << j->n) - 1;
    uint32_t n_groups = fit_groups(j, all, group);
    uint32_t n = 0;
    for (uint32_t i = 0; i < j->m->s->n_loci; i++) {
        bool used = false;
        for (uint32_t g = 0; g < n_groups; g++) {
            used = used || fit_locus_used(j, i, group[g]);
        }
        n += used ? 1 : 0;
    }
    return n;
}

static hw_status judge(fit_job *j, matcher *m, fit_memo *memo, const hw_family *family, hw_arena *arena, bool details, hw_fit *io, hw_err *err)
{
    HW_TRY(fit_job_init(j, m, memo, family, arena, err));
    if (j->n == 0) {
        return HW_OK;
    }
    fit_evidence e;
    HW_TRY(fit_judge(j, j->n == 64 ? ~(fit_mask)0 : ((fit_mask)1 << j->n) - 1, &e, err));
    io->verdict = e.verdict;
    io->log10_evidence = e.log10;
    io->n_related = j->n;
    io->loci_used = loci_used(j);
    bool wanted = details && (e.verdict == HW_FIT_DOUBTFUL || e.verdict == HW_FIT_MISFIT);
    return wanted ? fit_details(j, &e, io, err) : HW_OK;
}

/* What cannot be computed of one family (cost; a pedigree that asks for sexes) does not end a batch. */
static hw_status not_computed(hw_status s, const hw_err *mine, hw_fit *io, hw_err *err)
{
    if (s == HW_NO_MEMORY || s == HW_INTERNAL) {
        return HW_FAIL(err, s, "%s", mine->msg);
    }
    hw_arena_release(&io->arena);
    *io = (hw_fit){.verdict = HW_FIT_NOT_COMPUTED, .log10_evidence = (double)NAN};
    hw_arena_init(&io->arena, MAX_ARENA);
    io->text = hw_arena_strdup(&io->arena, mine->msg);
    return io->text == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

hw_status fit_family(matcher *m, fit_memo *memo, const hw_family *family, bool details, hw_fit *ret, hw_err *err)
{
    hw_fit f = {.verdict = HW_FIT_NOT_TESTABLE, .log10_evidence = (double)NAN};
    hw_arena_init(&f.arena, MAX_ARENA);
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    hw_err mine = {0};
    fit_job j = {0};
    hw_status s = judge(&j, m, memo, family, &m->scratch, details, &f, &mine);
    fit_job_release(&j);
    hw_arena_reset(&m->scratch, mark);
    if (s != HW_OK) {
        s = not_computed(s, &mine, &f, err);
    }
    if (s != HW_OK) {
        hw_arena_release(&f.arena);
        return s;
    }
    *ret = f;
    return HW_OK;
}

void hw_fit_release(hw_fit *f)
{
    hw_arena_release(&f->arena);
    *f = (hw_fit){0};
}

/* ---- a fitter ---- */

struct hw_fitter {
    hw_arena arena;
    search s;
    matcher m;
    fit_memo memo;
    hw_match_options o;
};

matcher *fitter_matcher(hw_fitter *f)
{
    return &f->m;
}

void hw_fitter_free(hw_fitter *f)
{
    if (f != NULL) {
        fit_memo_release(&f->memo);
        matcher_release(&f->m);
        search_release(&f->s);
        hw_arena_release(&f->arena);
        hw_free(f);
    }
}

hw_status hw_fitter_new(const hw_dataset *d, const hw_match_options *o, hw_fitter **ret, hw_err *err)
{
    hw_fitter *f = hw_alloc(1, sizeof(*f));
    if (f == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_arena_init(&f->arena, (size_t)8 << 30);
    fit_memo_init(&f->memo);
    f->o = *o;
    hw_status s = search_init(&f->s, &f->arena, d, &f->o, err);
    if (s == HW_OK) {
        s = matcher_init(&f->m, &f->s, err);
    }
    if (s != HW_OK) {
        hw_fitter_free(f);
        return s;
    }
    *ret = f;
    return HW_OK;
}

/* A family of the dataset is taken with the sexes that its own samples show. */
hw_status hw_family_fit(hw_fitter *f, const hw_family *family, hw_fit *ret, hw_err *err)
{
    const hw_family *first = f->s.d->family;
    bool own = first != NULL && family >= first && family < first + f->s.d->n_families;
    const hw_family *g = own ? &f->s.family[family - first] : family;
    HW_TRY(fit_family(&f->m, &f->memo, g, true, ret, err));
    ret->family = own ? (uint32_t)(family - first) : UINT32_MAX;
    return HW_OK;
}

/* ---- all families ---- */

#define BATCH ((size_t)256)

/* What one thread judges with. */
typedef struct workbench {
    matcher matcher;
    fit_memo memo;
} workbench;

typedef struct batch {
    search s;
    search plain;       /* the same with theta 0; for the first look when theta is above */
    hw_settings plain_settings;
    hw_match_options plain_options;
    bool has_plain;
    workbench *of;          /* [threads] */
    workbench *plain_of;    /* [threads] */
    unsigned n_threads;
    uint8_t *verdict;   /* [families] */
    hw_fit *fit;        /* of those listed */
    const uint32_t *listed;
    pthread_mutex_t lock;
    size_t done;
} batch;

static void tell(batch *b, size_t n)
{
    const hw_match_options *o = b->s.o;
    if (o->progress != NULL) {
        pthread_mutex_lock(&b->lock);
        b->done += n;
        o->progress(o->progress_ctx, b->done, b->s.d->n_families);
        pthread_mutex_unlock(&b->lock);
    }
}

/*
 * Founder correlation makes siblings a hundred times dearer and hardly changes which statement is likelier: a family whose readings, without it, are likelier as stated than under an error fits.
 */
static hw_status verdict_of(batch *b, const hw_family *family, unsigned worker, hw_fit_verdict *ret, hw_err *err)
{
    hw_fit one;
    if (b->has_plain) {
        HW_TRY(fit_family(&b->plain_of[worker].matcher, &b->plain_of[worker].memo, family, false, &one, err));
        *ret = one.verdict;
        bool clear = one.verdict == HW_FIT_NOT_TESTABLE || (one.verdict == HW_FIT_FITS && one.log10_evidence < 0.0);
        hw_fit_release(&one);
        if (clear) {
            return HW_OK;
        }
    }
    HW_TRY(fit_family(&b->of[worker].matcher, &b->of[worker].memo, family, false, &one, err));
    *ret = one.verdict;
    hw_fit_release(&one);
    return HW_OK;
}

/* Most families of a nation end with the question who is related to whom. */
static hw_status verdict_item(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    batch *b = ctx;
    size_t end = (item + 1) * BATCH < b->s.d->n_families ? (item + 1) * BATCH : b->s.d->n_families;
    for (size_t f = item * BATCH; f < end; f++) {
        hw_fit_verdict v;
        HW_TRY(verdict_of(b, &b->s.family[f], worker, &v, err));
        b->verdict[f] = (uint8_t)v;
    }
    tell(b, end - item * BATCH);
    return HW_OK;
}

static hw_status detail_item(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    batch *b = ctx;
    HW_TRY(fit_family(&b->of[worker].matcher, &b->of[worker].memo, &b->s.family[b->listed[item]], true, &b->fit[item], err));
    b->fit[item].family = b->listed[item];
    return HW_OK;
}

static hw_status run(batch *b, unsigned n_threads, hw_arena *arena, hw_fit_result *r, hw_err *err)
{
    size_t n = b->s.d->n_families;
    HW_TRY(hw_parallel_for((n + BATCH - 1) / BATCH, n_threads, verdict_item, b, err));
    uint32_t *listed = HW_NEW(arena, uint32_t, n + 1);
    if (listed == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t f = 0; f < n; f++) {
        r->count[b->verdict[f]]++;
        if (b->verdict[f] >= HW_FIT_DOUBTFUL) {
            listed[r->n_fits++] = (uint32_t)f;
        }
    }
    b->listed = listed;
    r->fit = hw_alloc(r->n_fits + 1, sizeof(*r->fit));
    if (r->fit == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    b->fit = r->fit;
    return hw_parallel_for(r->n_fits, n_threads, detail_item, b, err);
}

static void batch_release(batch *b)
{
    for (int k = 0; k < 2; k++) {
        workbench *of = k == 0 ? b->of : b->plain_of;
        for (unsigned i = 0; of != NULL && i < b->n_threads; i++) {
            fit_memo_release(&of[i].memo);
            matcher_release(&of[i].matcher);
        }
    }
    search_release(&b->s);
    search_release(&b->plain);
}

static hw_status make_workbenches(const batch *b, const search *s, hw_arena *arena, workbench **ret, hw_err *err)
{
    *ret = HW_NEW(arena, workbench, b->n_threads);
    if (*ret == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (unsigned i = 0; i < b->n_threads; i++) {
        fit_memo_init(&(*ret)[i].memo);
        HW_TRY(matcher_init(&(*ret)[i].matcher, s, err));
    }
    return HW_OK;
}

static hw_status batch_init(batch *b, hw_arena *arena, const hw_dataset *d, const hw_match_options *o, hw_err *err)
{
    b->n_threads = o->n_threads == 0 ? hw_cpu_count() : o->n_threads;
    b->n_threads = b->n_threads > 256 ? 256 : b->n_threads;
    HW_TRY(search_init(&b->s, arena, d, o, err));
    HW_TRY(make_workbenches(b, &b->s, arena, &b->of, err));
    b->has_plain = b->s.theta[0] > 0.0;
    if (b->has_plain) {
        b->plain_settings = *o->settings;
        b->plain_settings.theta = 0.0;
        b->plain_options = *o;
        b->plain_options.settings = &b->plain_settings;
        HW_TRY(search_init(&b->plain, arena, d, &b->plain_options, err));
        HW_TRY(make_workbenches(b, &b->plain, arena, &b->plain_of, err));
    }
    b->verdict = HW_NEW(arena, uint8_t, d->n_families + 1);
    return b->verdict == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

hw_status hw_dataset_fit_families(const hw_dataset *d, const hw_match_options *o, hw_fit_result *ret, hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    hw_arena_init(&arena, (size_t)8 << 30);
    double start = hw_now_seconds();
    HW_CLEANUP(batch_release) batch b = {0};
    hw_fit_result r = {0};
    HW_TRY(batch_init(&b, &arena, d, o, err));
    pthread_mutex_init(&b.lock, NULL);
    hw_status s = run(&b, b.n_threads, &arena, &r, err);
    pthread_mutex_destroy(&b.lock);
    if (s != HW_OK) {
        hw_fit_result_release(&r);
        return s;
    }
    r.seconds = hw_now_seconds() - start;
    *ret = r;
    return HW_OK;
}

void hw_fit_result_release(hw_fit_result *r)
{
    for (size_t i = 0; i < r->n_fits && r->fit != NULL; i++) {
        hw_fit_release(&r->fit[i]);
    }
    hw_free(r->fit);
    *r = (hw_fit_result){0};
}

/* ---- fewer profiles ---- */

hw_status hw_family_restrict(const hw_family *family, const bool *keep, hw_arena *arena, hw_family *ret, hw_err *err)
{
    const hw_profile **profile = HW_NEW(arena, const hw_profile *, family->pedigree.n + 1);
    if (profile == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < family->pedigree.n; i++) {
        profile[i] = keep[i] && family->profile != NULL ? family->profile[i] : NULL;
    }
    *ret = *family;
    ret->profile = profile;
    return HW_OK;
}

void hw_family_kept(const hw_family *family, const bool *keep, hw_str *out)
{
    bool any = false;
    for (size_t i = 0; family->profile != NULL && i < family->pedigree.n; i++) {
        if (keep[i] && family->profile[i] != NULL) {
            hw_str_addf(out, "%s%s", any ? ", " : "", family->pedigree.person[i].id);
            any = true;
        }
    }
}
