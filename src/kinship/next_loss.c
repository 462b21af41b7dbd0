// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * What shapes and few draws lose, on small datasets: every step of every family is simulated with many draws, child and relative alike and without a convolution; the best samples by that are one
 * choice, ours the other. Both are valued by one more simulation, in which neither was chosen, so that luck does not count for either.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "kinship/next_parts.h"

#define CHOICE_STREAM 10u
#define VALUE_STREAM 11u

/* A family: its ladder by brute force, how far each choice goes, and what both are worth. */
typedef struct contest {
    uint32_t family;
    bool failed;
    next_ladder best;        /* by brute force; n: as far as chosen */
    next_ladder ours;        /* as chosen by us */
    double best_gain, best_se, ours_gain, ours_se;
    uint64_t options;
} contest;

typedef struct loss_job {
    next_context *c;
    contest *one;
    size_t n;
    uint32_t draws;
} loss_job;

static next_question question_of(const loss_job *j, const contest *x)
{
    return (next_question){.family = &j->c->s.family[x->family], .number = x->family, .missing = UINT32_MAX};
}

static hw_status keep(contest *x, hw_status s, const hw_err *mine, hw_err *err)
{
    if (s != HW_OK && !next_left_out(s)) {
        return HW_FAIL(err, s, "%s", mine->msg);
    }
    x->failed = x->failed || s != HW_OK;
    return HW_OK;
}

static hw_status find_work(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    const loss_job *j = ctx;
    contest *x = &j->one[item];
    const next_question q = question_of(j, x);
    const next_group g = {.q = &q, .n = 1, .draws = j->draws, .stream = CHOICE_STREAM, .plain = true};
    hw_err mine = {0};
    return keep(x, next_ladder_find(j->c, &j->c->matcher[worker], &g, &x->best, &x->options, &mine), &mine, err);
}

/* Gain of all steps of a ladder together; the same set has the same draws, whichever choice it belongs to. */
static hw_status worth(const loss_job *j, matcher *m, const contest *x, const next_ladder *l, double *ret, double *ret_se, hw_err *err)
{
    const next_question q = question_of(j, x);
    const next_group g = {.q = &q, .n = 1, .draws = j->draws, .stream = VALUE_STREAM, .plain = true};
    next_ladder all = {.n = l->n > 0 ? 1 : 0};
    if (l->n == 0) {
        return HW_OK;
    }
    next_step *s = &all.step[0];
    for (uint32_t k = 0; k < l->n; k++) {
        for (uint32_t i = 0; i < l->step[k].n_options && s->n_options < HW_NEXT_PARTS; i++) {
            s->option[s->n_options++] = l->step[k].option[i];
        }
    }
    HW_TRY(next_ladder_value(j->c, m, &g, &all, NULL, err));
    *ret = s->gain;
    *ret_se = s->se;
    return HW_OK;
}

static hw_status value_work(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    const loss_job *j = ctx;
    contest *x = &j->one[item];
    matcher *m = &j->c->matcher[worker];
    hw_err mine = {0};
    if (x->failed) {
        return HW_OK;
    }
    hw_status s = worth(j, m, x, &x->best, &x->best_gain, &x->best_se, &mine);
    s = s == HW_OK ? worth(j, m, x, &x->ours, &x->ours_gain, &x->ours_se, &mine) : s;
    return keep(x, s, &mine, err);
}

/* ---- the choice by brute force ---- */

typedef struct candidate {
    double rate;
    uint32_t at, number, samples;
} candidate;

static int by_rate(const void *a, const void *b)
{
    const candidate *x = a;
    const candidate *y = b;
    if (x->rate != y->rate) {
        return x->rate > y->rate ? -1 : 1;
    }
    return x->at != y->at ? (x->at < y->at ? -1 : 1) : x->number < y->number ? -1 : x->number > y->number ? 1 : 0;
}

static hw_status choose(loss_job *j, hw_err *err)
{
    HW_AUTO_FREE candidate *all = hw_alloc(j->n * HW_NEXT_STEPS + 1, sizeof(*all));
    HW_AUTO_FREE uint32_t *taken = hw_alloc(j->n + 1, sizeof(*taken));
    size_t n = 0;
    if (all == NULL || taken == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < j->n; i++) {
        for (uint32_t k = 0; !j->one[i].failed && k < j->one[i].best.n; k++) {
            all[n++] = (candidate){next_rate(&j->one[i].best.step[k]), i, k, j->one[i].best.step[k].samples};
        }
    }
    qsort(all, n, sizeof(*all), by_rate);
    uint64_t left = j->c->p->budget;
    for (size_t i = 0; i < n; i++) {
        if (all[i].samples <= left && all[i].rate > 0.0 && taken[all[i].at] == all[i].number) {
            left -= all[i].samples;
            taken[all[i].at]++;
        }
    }
    for (uint32_t i = 0; i < j->n; i++) {
        j->one[i].best.n = taken[i];
    }
    return HW_OK;
}

/* ---- ours ---- */

/* The parts of a published step as options again. */
static void add_ours(const next_context *c, contest *x, const hw_next_step *s)
{
    next_set done = {.n = 0};
    next_option option[NEXT_OPTIONS_MAX];
    next_step *to = &x->ours.step[x->ours.n];
    *to = (next_step){.samples = s->samples};
    for (uint32_t k = 0; k < x->ours.n; k++) {
        for (uint32_t i = 0; i < x->ours.step[k].n_options; i++) {
            next_set_add(&done, &x->ours.step[k].option[i]);
        }
    }
    for (uint32_t i = 0; i < s->n_parts; i++) {
        uint32_t n = next_list(c, &c->s.family[x->family], 0, &done, option);
        for (uint32_t k = 0; k < n; k++) {
            bool same_person = option[k].n == s->part[i].samples && (s->part[i].person == UINT32_MAX || option[k].who[0] == s->part[i].person);
            if (option[k].kind == s->part[i].kind && same_person && hw_streq(option[k].relation, s->part[i].relation)) {
                to->option[to->n_options++] = option[k];
                next_set_add(&done, &option[k]);
                break;
            }
        }
    }
    x->ours.n++;
}

static hw_status take_ours(loss_job *j, const hw_next_result *ours, hw_err *err)
{
    HW_AUTO_FREE uint32_t *at = hw_alloc(j->c->d.n_families + 1, sizeof(*at));
    if (at == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < j->n; i++) {
        at[j->one[i].family] = i;
    }
    for (uint32_t number = 0; number < HW_NEXT_STEPS; number++) {
        for (size_t i = 0; i < ours->n; i++) {
            if (ours->step[i].number == number) {
                add_ours(j->c, &j->one[at[ours->step[i].family]], &ours->step[i]);
            }
        }
    }
    return HW_OK;
}

static bool same_choice(const contest *x)
{
    next_set a = {.n = 0};
    next_set b = {.n = 0};
    for (uint32_t k = 0; k < HW_NEXT_STEPS; k++) {
        for (uint32_t i = 0; k < x->best.n && i < x->best.step[k].n_options; i++) {
            next_set_add(&a, &x->best.step[k].option[i]);
        }
        for (uint32_t i = 0; k < x->ours.n && i < x->ours.step[k].n_options; i++) {
            next_set_add(&b, &x->ours.step[k].option[i]);
        }
    }
    uint32_t common = 0;
    for (uint32_t i = 0; i < a.n; i++) {
        for (uint32_t k = 0; k < b.n; k++) {
            common += a.who[i] == b.who[k] ? 1 : 0;
        }
    }
    return a.n == b.n && common == a.n;
}

static void sum(const loss_job *j, hw_next_loss *r)
{
    double q = j->c->rescued;
    double best = 0.0;
    double ours = 0.0;
    double lost = 0.0;
    for (size_t i = 0; i < j->n; i++) {
        const contest *x = &j->one[i];
        r->options += x->options;
        if (x->failed) {
            continue;
        }
        r->best += q * x->best_gain;
        r->ours += q * x->ours_gain;
        best += x->best_se * x->best_se;
        ours += x->ours_se * x->ours_se;
        if (!same_choice(x)) {
            r->lost += q * (x->best_gain - x->ours_gain);
            lost += x->best_se * x->best_se + x->ours_se * x->ours_se;
        }
    }
    r->best_se = q * sqrt(best);
    r->ours_se = q * sqrt(ours);
    r->lost_se = q * sqrt(lost);
}

static hw_status measure(loss_job *j, const hw_next_result *ours, hw_next_loss *r, hw_err *err)
{
    for (uint32_t f = 0; f < j->c->d.n_families; f++) {
        if (j->c->s.family[f].n_missing > 0) {
            j->one[j->n++] = (contest){.family = f};
        }
    }
    HW_TRY(hw_parallel_for(j->n, j->c->n_threads, find_work, j, err));
    HW_TRY(choose(j, err));
    HW_TRY(take_ours(j, ours, err));
    HW_TRY(hw_parallel_for(j->n, j->c->n_threads, value_work, j, err));
    sum(j, r);
    return HW_OK;
}

hw_status hw_next_check_loss(const hw_dataset *d, const hw_match_options *o, const hw_next_options *p, const hw_next_result *ours, uint32_t draws, hw_next_loss *ret,
                             hw_err *err)
{
    if (draws < 2) {
        return HW_FAIL(err, HW_USAGE, "a comparison by %u draws: at least 2", draws);
    }
    double start = hw_now_seconds();
    next_context c = {0};
    hw_next_loss r = {.claimed = ours->gain, .draws = draws};
    loss_job j = {.c = &c, .draws = draws};
    j.one = hw_alloc(d->n_families + 1, sizeof(*j.one));
    hw_status s = j.one == NULL ? HW_NO_MEMORY_FAIL(err) : next_context_init(&c, d, o, p, 0, err);
    s = s == HW_OK ? measure(&j, ours, &r, err) : s;
    if (s == HW_OK) {
        r.seconds = hw_now_seconds() - start;
        *ret = r;
    }
    next_context_release(&c);
    hw_free(j.one);
    return s;
}
