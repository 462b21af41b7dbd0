// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The whole database: every family gets the steps of its shape, and the best are taken until the samples are spent. When those families are few enough, they are computed for
 * themselves and the best taken once more; else some of them are, to put the sum right. What the steps are worth is computed by draws that chose nothing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "kinship/next_parts.h"

#define RESIDUAL_LEAST 30.0 /* steps from which a mean of them is worth more than what shapes say of themselves */
#define AHEAD 2u /* families computed for themselves: those of so many times the budget, as far as --refine reaches */

/* A step of a family on the list. */
typedef struct pick {
    double rate, gain;
    uint32_t family;
    uint16_t number, samples;
} pick;

/* A family computed for itself. */
typedef struct own {
    uint32_t family;
    bool failed;
    next_ladder ladder;
} own;

typedef struct plan {
    next_context *c;
    next_shapes shapes;
    pick *pick;
    size_t n_picks;
    uint8_t *taken;      /* [families] steps taken */
    uint32_t *own_of;    /* [families] number of own + 1, or 0 */
    own *own;
    uint32_t n_own;
    size_t *chosen;      /* picks */
    size_t n_chosen;
    uint64_t stream;     /* of own_work */
    bool chosen_only;
    bool chosen_by_own;
} plan;

static int by_rate(const void *a, const void *b)
{
    const pick *x = a;
    const pick *y = b;
    if (x->rate != y->rate) {
        return x->rate > y->rate ? -1 : 1;
    }
    if (x->family != y->family) {
        return x->family < y->family ? -1 : 1;
    }
    return x->number < y->number ? -1 : x->number > y->number ? 1 : 0;
}

/* ---- the list ---- */

static const next_ladder *ladder_of(const plan *p, uint32_t family)
{
    uint32_t at = p->own_of[family];
    return at > 0 ? &p->own[at - 1].ladder : &p->shapes.shape[p->shapes.of[family]].ladder;
}

static double gain_of(const plan *p, uint32_t family, uint32_t k, double rarity)
{
    const next_shape *sh = &p->shapes.shape[p->shapes.of[family]];
    if (p->own_of[family] > 0) {
        return ladder_of(p, family)->step[k].gain;
    }
    double gain = sh->ladder.step[k].gain + sh->slope[k] * (rarity - sh->z_mean);
    gain = gain < sh->most[k] ? gain : sh->most[k];
    return gain > sh->least[k] ? gain : sh->least[k];
}

/* A later step of a family never stands before an earlier one. */
static void list_family(plan *p, uint32_t family)
{
    const next_ladder *l = ladder_of(p, family);
    double before = (double)INFINITY;
    double rarity = l->n > 0 && p->own_of[family] == 0 ? next_rarity(p->c, &p->c->s.family[family]) : 0.0;
    for (uint32_t k = 0; k < l->n; k++) {
        uint32_t samples = l->step[k].samples;
        double gain = gain_of(p, family, k, rarity);
        double rate = gain / (double)samples;
        rate = rate < before ? rate : before;
        if (!(rate > 0.0)) {
            return;
        }
        before = rate;
        p->pick[p->n_picks++] = (pick){rate, gain, family, (uint16_t)k, (uint16_t)samples};
    }
}

static void list_all(plan *p)
{
    p->n_picks = 0;
    for (uint32_t f = 0; f < p->c->d.n_families; f++) {
        if (p->shapes.of[f] != UINT32_MAX) {
            list_family(p, f);
        }
    }
    qsort(p->pick, p->n_picks, sizeof(*p->pick), by_rate);
}

/* The best that fit into the budget; a step whose earlier one did not fit is not taken. */
static void choose(plan *p)
{
    uint64_t left = p->c->p->budget;
    memset(p->taken, 0, p->c->d.n_families);
    p->n_chosen = 0;
    for (size_t i = 0; i < p->n_picks && left > 0; i++) {
        const pick *x = &p->pick[i];
        if (x->samples <= left && p->taken[x->family] == x->number) {
            p->taken[x->family]++;
            p->chosen[p->n_chosen++] = i;
            left -= x->samples;
        }
    }
}

/* ---- families for themselves ---- */

static hw_status own_work(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    plan *p = ctx;
    own *o = &p->own[item];
    if (o->failed || (p->chosen_only && p->taken[o->family] == 0)) {
        return HW_OK;
    }
    const next_question q = {.family = &p->c->s.family[o->family], .number = o->family, .missing = UINT32_MAX};
    const next_group g = {.q = &q, .n = 1, .draws = p->c->p->draws, .stream = p->stream};
    hw_err mine = {0};
    hw_status s = next_ladder_value(p->c, &p->c->matcher[worker], &g, &o->ladder, NULL, &mine);
    if (s != HW_OK && !next_left_out(s)) {
        return HW_FAIL(err, s, "%s", mine.msg);
    }
    o->failed = s != HW_OK;
    if (o->failed) {
        o->ladder.n = 0;
    }
    return HW_OK;
}

static void add_own(plan *p, uint32_t f)
{
    if (p->own_of[f] == 0) {
        p->own[p->n_own] = (own){.family = f, .ladder = *ladder_of(p, f)};
        p->own_of[f] = ++p->n_own;
    }
}

/* Families of the budget and as many after them: can all be computed for themselves? */
static bool all_within(plan *p)
{
    const next_context *c = p->c;
    uint64_t samples = 0;
    size_t n = 0;
    while (n < p->n_picks && n <= c->p->refine && samples < AHEAD * c->p->budget) {
        samples += p->pick[n++].samples;
    }
    return n <= c->p->refine;
}

static hw_status compute_best(plan *p, hw_err *err)
{
    next_context *c = p->c;
    uint64_t samples = 0;
    for (size_t i = 0; i < p->n_picks && samples < AHEAD * c->p->budget; i++) {
        samples += p->pick[i].samples;
        add_own(p, p->pick[i].family);
    }
    p->stream = 3;
    HW_TRY(hw_parallel_for(p->n_own, c->n_threads, own_work, p, err));
    list_all(p);
    choose(p);
    return HW_OK;
}

/* When there are too many, some of those chosen are computed, evenly spread: they say how far off the shapes are, and change no choice. */
static void spread_own(plan *p)
{
    size_t wanted = p->c->p->refine < p->n_chosen ? p->c->p->refine : p->n_chosen;
    for (size_t i = 0; i < wanted; i++) {
        add_own(p, p->pick[p->chosen[i * p->n_chosen / wanted]].family);
    }
}

/* ---- the result ---- */

static hw_status publish(const plan *p, hw_next_result *r, hw_err *err)
{
    const next_context *c = p->c;
    r->step = HW_NEW(&r->arena, hw_next_step, p->n_chosen + 1);
    if (r->step == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < p->n_chosen; i++) {
        const pick *x = &p->pick[p->chosen[i]];
        const next_question q = {.family = &c->s.family[x->family], .number = x->family, .missing = UINT32_MAX};
        const next_step *s = &ladder_of(p, x->family)->step[x->number];
        hw_next_step *out = &r->step[r->n];
        if (p->own_of[x->family] > 0 && p->own[p->own_of[x->family] - 1].failed) {
            continue;
        }
        next_publish(c, &q, s, x->number, out);
        if (p->own_of[x->family] == 0) {
            out->gain = c->rescued * x->gain;
            out->by_shape = true;
            out->gain_spread = c->rescued * s->spread;
        }
        r->n++;
    }
    return HW_OK;
}

/* By how much what is computed of a family for itself exceeds what its shape says, over the steps chosen. */
typedef struct residual {
    double sum, square, n;
} residual;

static residual residual_of(const plan *p)
{
    residual r = {0.0, 0.0, 0.0};
    for (size_t i = 0; !p->chosen_by_own && i < p->n_chosen; i++) {
        const pick *x = &p->pick[p->chosen[i]];
        uint32_t at = p->own_of[x->family];
        if (at > 0 && !p->own[at - 1].failed) {
            double d = p->c->rescued * (p->own[at - 1].ladder.step[x->number].gain - x->gain);
            r.sum += d;
            r.square += d * d;
            r.n += 1.0;
        }
    }
    return r;
}

/*
 * Families of one shape share its error, so that of a sum over thousands of them is large. With enough of them computed for themselves, the sum is put right by what those say
 * (difference estimator), and the error is that of their mean.
 */
static hw_status sum_up(const plan *p, hw_next_result *r, hw_err *err)
{
    HW_AUTO_FREE double *shared = hw_alloc((size_t)p->shapes.n + 1, sizeof(*shared));
    residual off = residual_of(p);
    double variance = 0.0;
    double by_shape = 0.0;
    if (shared == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < r->n; i++) {
        const hw_next_step *s = &r->step[i];
        r->gain += s->gain;
        r->samples += s->samples;
        if (s->by_shape) {
            shared[p->shapes.of[s->family]] += s->gain_se;
            by_shape += 1.0;
        } else {
            variance += s->gain_se * s->gain_se;
        }
    }
    if (off.n >= RESIDUAL_LEAST) {
        double spread = (off.square - off.sum * off.sum / off.n) / (off.n - 1.0);
        r->gain += by_shape * off.sum / off.n;
        variance += by_shape * by_shape * (spread > 0.0 ? spread : 0.0) / off.n;
    }
    for (uint32_t i = 0; off.n < RESIDUAL_LEAST && i < p->shapes.n; i++) {
        variance += shared[i] * shared[i];
    }
    r->gain_se = sqrt(variance);
    return HW_OK;
}

static hw_status say_errors(const plan *p, hw_next_result *r, hw_err *err)
{
    const char *text = NULL;
    for (uint32_t i = 0; i < p->shapes.n; i++) {
        const next_shape *sh = &p->shapes.shape[i];
        r->n_families += sh->count;
        r->n_computed += sh->n_computed;
        if (sh->error != NULL) {
            r->n_errors += sh->count;
            r->first_status = text == NULL ? sh->status : r->first_status;
            text = text == NULL ? sh->error : text;
        }
    }
    for (uint32_t i = 0; i < p->n_own; i++) {
        r->n_errors += p->own[i].failed ? 1 : 0;
    }
    r->n_shapes = p->shapes.n;
    r->n_own = p->n_own;
    if (text != NULL) {
        r->first_error = hw_arena_strdup(&r->arena, text);
        return r->first_error == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
    }
    return HW_OK;
}

static hw_status make_plan(plan *p, hw_next_result *r, hw_err *err)
{
    next_context *c = p->c;
    HW_TRY(next_shapes_find(c, &p->shapes, err));
    HW_TRY(next_shapes_value(c, &p->shapes, err));
    list_all(p);
    choose(p);
    p->chosen_by_own = all_within(p);
    if (p->chosen_by_own) {
        HW_TRY(compute_best(p, err));
    } else {
        spread_own(p);
    }
    p->stream = 4;
    p->chosen_only = true;
    HW_TRY(hw_parallel_for(p->n_own, c->n_threads, own_work, p, err));
    HW_TRY(publish(p, r, err));
    HW_TRY(sum_up(p, r, err));
    return say_errors(p, r, err);
}

static hw_status plan_all(next_context *c, hw_next_result *r, hw_err *err)
{
    size_t n = c->d.n_families + 1;
    plan p = {.c = c};
    HW_AUTO_FREE pick *picks = hw_alloc(HW_NEXT_STEPS * n, sizeof(*picks));
    HW_AUTO_FREE uint8_t *taken = hw_alloc(n, 1);
    HW_AUTO_FREE uint32_t *own_of = hw_alloc(n, sizeof(*own_of));
    HW_AUTO_FREE own *o = hw_alloc((size_t)c->p->refine + 1, sizeof(*o));
    HW_AUTO_FREE size_t *chosen = hw_alloc(HW_NEXT_STEPS * n, sizeof(*chosen));
    if (picks == NULL || taken == NULL || own_of == NULL || o == NULL || chosen == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    p.pick = picks;
    p.taken = taken;
    p.own_of = own_of;
    p.own = o;
    p.chosen = chosen;
    return make_plan(&p, r, err);
}

hw_status hw_next_for_all(const hw_dataset *d, const hw_match_options *o, const hw_next_options *p, hw_next_result *ret, hw_err *err)
{
    double start = hw_now_seconds();
    next_context c = {0};
    hw_next_result r = {0};
    hw_arena_init(&r.arena, (size_t)4 << 30);
    hw_status s = next_context_init(&c, d, o, p, 0, err);
    s = s == HW_OK ? plan_all(&c, &r, err) : s;
    if (s == HW_OK) {
        r.threshold_log10 = c.x;
        r.rescued = c.rescued;
        r.persons = c.persons;
        r.seconds = hw_now_seconds() - start;
        *ret = r;
    } else {
        hw_arena_release(&r.arena);
    }
    next_context_release(&c);
    return s;
}
