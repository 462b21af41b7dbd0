// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The options of one family, and the order in which they are best taken. */
#include <math.h>
#include <string.h>

#include "kinship/next_parts.h"

#define HEAT_SHARE 4u    /* of the draws, for a first look */
#define HEAT_KEPT 3u     /* options looked at in full */
#define LEAST_LEFT 0.004 /* of a missing person's probability: less is not worth a sample anywhere */
#define SOFT_WEIGHT 0.01 /* of what an option brings nearer to the threshold, in the choice of the next step alone */

static uint32_t missing_shown(const next_question *q)
{
    return q->missing == UINT32_MAX ? 0 : q->missing;
}

/* A stream of draws for each set, the same in whatever order it was put together. */
static uint64_t stream_of(const next_set *s, uint64_t stream)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        uint64_t z = (uint64_t)s->who[i] + 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        sum += (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    }
    return sum ^ (stream << 32);
}

bool next_left_out(hw_status s)
{
    return s == HW_CONFLICT || s == HW_TOO_COSTLY || s == HW_UNSUPPORTED || s == HW_IMPOSSIBLE || s == HW_LIMIT || s == HW_NOT_FOUND;
}

/* One value per family into ret[g->n]. */
static hw_status values_of(const next_context *c, matcher *m, const next_group *g, const next_set *s, next_value *ret, hw_err *err)
{
    for (uint32_t i = 0; i < g->n; i++) {
        HW_TRY(next_evaluate(c, m, &g->q[i], s, g->draws, stream_of(s, g->stream), g->plain, &ret[i], err));
    }
    return HW_OK;
}

/* Means over the families. Of one family the standard error is that of its draws, of several that of the mean between them, which holds the draws too. */
static void mean_step(const next_group *g, const next_value *now, const next_value *then, next_step *s)
{
    double n = (double)g->n;
    double gain = 0.0;
    double square = 0.0;
    s->now = s->then = 0.0;
    for (uint32_t i = 0; i < g->n; i++) {
        double x = then[i].p - now[i].p;
        s->now += now[i].p / n;
        s->then += then[i].p / n;
        gain += x;
        square += x * x;
    }
    s->gain = gain / n;
    if (g->n == 1) {
        s->se = sqrt(now[0].se * now[0].se + then[0].se * then[0].se);
        s->spread = 0.0;
        return;
    }
    double variance = (square - gain * gain / n) / (n - 1.0);
    s->spread = sqrt(variance > 0.0 ? variance : 0.0);
    s->se = s->spread / sqrt(n);
}

static double mean_soft(const next_group *g, const next_value *v)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < g->n; i++) {
        sum += v[i].soft;
    }
    return sum / (double)g->n;
}

double next_rate(const next_step *s)
{
    return s->gain > 0.0 && s->samples > 0 ? s->gain / (double)s->samples : 0.0;
}

/* A package of two steps where the second is worth more than the first: one is not worth taking without the other. */
static void join(next_step *a, const next_step *b)
{
    for (uint32_t i = 0; i < b->n_options; i++) {
        a->option[a->n_options++] = b->option[i];
    }
    a->samples += b->samples;
    a->then = b->then;
    a->se = b->se;
    a->gain = a->then - a->now;
}

void next_ladder_concave(next_ladder *l)
{
    for (uint32_t i = 1; i < l->n;) {
        if (next_rate(&l->step[i]) > next_rate(&l->step[i - 1])) {
            join(&l->step[i - 1], &l->step[i]);
            memmove(&l->step[i], &l->step[i + 1], (l->n - i - 1) * sizeof(*l->step));
            l->n--;
            i = i > 1 ? i - 1 : 1;
        } else {
            i++;
        }
    }
}

/* A search for the best next option: values with what is done, and room for those of an option and of the best one. */
typedef struct choice {
    next_set done;
    next_value *now, *then, *best;
    next_step step;
    bool found;
    uint64_t options;
} choice;

/* ret_worth: untouched when the option cannot be computed, which *ret_possible tells. */
static hw_status try_option(const next_context *c, matcher *m, const next_group *g, const next_option *o, choice *ch, next_step *ret, double *ret_worth, bool *ret_possible,
                            hw_err *err)
{
    next_set s = ch->done;
    hw_err mine = {0};
    next_set_add(&s, o);
    hw_status status = values_of(c, m, g, &s, ch->then, &mine);
    ch->options++;
    *ret_possible = status == HW_OK;
    if (status != HW_OK) {
        return next_left_out(status) ? HW_OK : HW_FAIL(err, status, "%s", mine.msg);
    }
    *ret = (next_step){.option = {*o}, .n_options = 1, .samples = o->n};
    mean_step(g, ch->now, ch->then, ret);
    *ret_worth = (ret->gain + SOFT_WEIGHT * (mean_soft(g, ch->then) - mean_soft(g, ch->now))) / (double)o->n;
    return HW_OK;
}

/* A first look with a quarter of the draws: the options that look best are looked at in full. */
static hw_status heats(const next_context *c, matcher *m, const next_group *g, choice *ch, next_option *io, uint32_t *io_n, hw_err *err)
{
    double worth[NEXT_OPTIONS_MAX];
    uint32_t n = 0;
    next_group few = *g;
    few.draws = g->draws / HEAT_SHARE;
    if (*io_n <= HEAT_KEPT || few.draws == 0 || g->plain) {
        return HW_OK;
    }
    for (uint32_t i = 0; i < *io_n; i++) {
        const next_option o = io[i];
        next_step step;
        double w = 0.0;
        bool possible = false;
        HW_TRY(try_option(c, m, &few, &o, ch, &step, &w, &possible, err));
        if (!possible) {
            continue;
        }
        uint32_t at = n++;
        while (at > 0 && worth[at - 1] < w) {
            worth[at] = worth[at - 1];
            io[at] = io[at - 1];
            at--;
        }
        worth[at] = w;
        io[at] = o;
    }
    *io_n = n < HEAT_KEPT ? n : HEAT_KEPT;
    return HW_OK;
}

static hw_status best_option(const next_context *c, matcher *m, const next_group *g, choice *ch, hw_err *err)
{
    next_option option[NEXT_OPTIONS_MAX];
    uint32_t n = next_list(c, g->q[0].family, missing_shown(&g->q[0]), &ch->done, option);
    double best = 0.0;
    ch->found = false;
    HW_TRY(heats(c, m, g, ch, option, &n, err));
    for (uint32_t i = 0; i < n; i++) {
        next_step step;
        double worth = 0.0;
        bool possible = false;
        HW_TRY(try_option(c, m, g, &option[i], ch, &step, &worth, &possible, err));
        if (possible && (!ch->found || worth > best)) {
            next_value *swap = ch->best;
            ch->best = ch->then;
            ch->then = swap;
            ch->step = step;
            ch->found = true;
            best = worth;
        }
    }
    if (ch->found) {
        next_value *swap = ch->now;
        ch->now = ch->best;
        ch->best = swap;
        next_set_add(&ch->done, &ch->step.option[0]);
    }
    return HW_OK;
}

/* What no sample can exceed, for each missing person. */
static double left_to_gain(const next_group *g, const next_value *now)
{
    double left = 0.0;
    double persons = 0.0;
    for (uint32_t i = 0; i < g->n; i++) {
        double n = g->q[i].missing == UINT32_MAX ? (double)g->q[i].family->n_missing : 1.0;
        left += n - now[i].p;
        persons += n;
    }
    return left / persons;
}

hw_status next_ladder_find(const next_context *c, matcher *m, const next_group *g, next_ladder *ret, uint64_t *ret_options, hw_err *err)
{
    next_ladder l = {.n = 0};
    HW_AUTO_FREE next_value *room = hw_alloc(3 * (size_t)g->n, sizeof(*room));
    if (room == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    choice ch = {.now = room, .then = room + g->n, .best = room + 2 * (size_t)g->n};
    HW_TRY(values_of(c, m, g, &ch.done, ch.now, err));
    while (l.n < HW_NEXT_STEPS && left_to_gain(g, ch.now) > LEAST_LEFT) {
        HW_TRY(best_option(c, m, g, &ch, err));
        if (!ch.found) {
            break;
        }
        l.step[l.n++] = ch.step;
    }
    next_ladder_concave(&l);
    *ret = l;
    *ret_options = ch.options;
    return HW_OK;
}

hw_status next_ladder_value(const next_context *c, matcher *m, const next_group *g, next_ladder *io, double *each, hw_err *err)
{
    next_ladder l = *io;
    next_set done = {.n = 0};
    HW_AUTO_FREE next_value *room = hw_alloc(2 * (size_t)g->n, sizeof(*room));
    if (room == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    next_value *now = room;
    next_value *then = room + g->n;
    HW_TRY(values_of(c, m, g, &done, now, err));
    for (uint32_t k = 0; k < l.n; k++) {
        for (uint32_t i = 0; i < l.step[k].n_options; i++) {
            next_set_add(&done, &l.step[k].option[i]);
        }
        HW_TRY(values_of(c, m, g, &done, then, err));
        mean_step(g, now, then, &l.step[k]);
        for (uint32_t i = 0; each != NULL && i < g->n; i++) {
            each[(size_t)i * HW_NEXT_STEPS + k] = then[i].p - now[i].p;
        }
        next_value *swap = now;
        now = then;
        then = swap;
    }
    *io = l;
    return HW_OK;
}

hw_status next_singles(const next_context *c, matcher *m, const next_question *q, next_step *ret, uint32_t *ret_n, hw_err *err)
{
    next_option option[NEXT_OPTIONS_MAX];
    const next_set nobody = {.n = 0};
    const next_group g = {.q = q, .n = 1, .draws = c->p->draws};
    next_value now;
    uint32_t n = next_list(c, q->family, missing_shown(q), &nobody, option);
    uint32_t kept = 0;
    HW_TRY(values_of(c, m, &g, &nobody, &now, err));
    for (uint32_t i = 0; i < n; i++) {
        next_set s = nobody;
        next_value then;
        hw_err mine = {0};
        next_set_add(&s, &option[i]);
        hw_status status = values_of(c, m, &g, &s, &then, &mine);
        if (status != HW_OK && !next_left_out(status)) {
            return HW_FAIL(err, status, "%s", mine.msg);
        }
        if (status == HW_OK) {
            ret[kept] = (next_step){.option = {option[i]}, .n_options = 1, .samples = option[i].n};
            mean_step(&g, &now, &then, &ret[kept++]);
        }
    }
    *ret_n = kept;
    return HW_OK;
}

/* ---- results ---- */

void next_publish(const next_context *c, const next_question *q, const next_step *s, uint32_t number, hw_next_step *ret)
{
    *ret = (hw_next_step){.family = q->number, .missing = q->missing, .number = number, .n_parts = s->n_options, .samples = s->samples, .now = s->now, .then = s->then,
                          .gain = c->rescued * s->gain, .gain_se = c->rescued * s->se};
    for (uint32_t i = 0; i < s->n_options; i++) {
        const next_option *o = &s->option[i];
        ret->part[i] =
            (hw_next_part){.kind = o->kind, .person = o->n == 1 && o->who[0] < FIND_FATHER ? o->who[0] : UINT32_MAX, .relation = next_relation(q->family, missing_shown(q), o), .samples = o->n};
    }
}

int next_by_rate(const void *a, const void *b)
{
    const hw_next_step *x = a;
    const hw_next_step *y = b;
    double px = x->gain / (double)x->samples;
    double py = y->gain / (double)y->samples;
    if (px != py) {
        return px > py ? -1 : 1;
    }
    if (x->family != y->family) {
        return x->family < y->family ? -1 : 1;
    }
    if (x->number != y->number) {
        return x->number < y->number ? -1 : 1;
    }
    uint64_t kx = (uint64_t)x->part[0].kind << 32 | x->part[0].person;
    uint64_t ky = (uint64_t)y->part[0].kind << 32 | y->part[0].person;
    if (kx != ky) {
        return kx < ky ? -1 : 1;
    }
    return strcmp(x->part[0].relation, y->part[0].relation);
}
