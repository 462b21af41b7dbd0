// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <string.h>

#include "kinship/chance_family.h"

#define POWER_STEP 0.01
#define POWER_SLACK 1e-6

struct hw_chance {
    search s;
    matcher m;
    hw_arena arena;
    chance c;
    bool has_search, has_matcher;
};

/* ---- curves ---- */

/* The loci under one hypothesis; with_x: X loci too; sex: the evidence of sex as one more. ret: n_loci + 1 entries. */
static uint32_t loci_under(const chance *c, uint32_t h, bool with_x, bool sex, hw_ratio_locus *ret)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->n_loci; i++) {
        if (with_x || !c->locus[i].x) {
            ret[n++] = (hw_ratio_locus){c->locus[i].ratio, c->locus[i].p[h], c->locus[i].n};
        }
    }
    if (sex) {
        ret[n++] = (hw_ratio_locus){c->sex_ratio, h == HW_CHANCE_MISSING ? c->sex_missing : c->sex_other, 2};
    }
    return n;
}

static hw_status check_hypothesis(const chance *c, uint32_t h, hw_err *err)
{
    if (h >= c->facts.n_hypotheses) {
        return HW_FAIL(err, HW_CONFLICT, "there is no hypothesis number %u", h);
    }
    if (c->hypothesis[h].left_out != NULL) {
        return HW_FAIL(err, HW_CONFLICT, "the hypothesis \"%s\" was left out: %s", c->hypothesis[h].code, c->hypothesis[h].left_out);
    }
    return HW_OK;
}

/* tilt < 0: the best one for o->from. */
static hw_status curves(chance_curve *ret, const chance *c, hw_arena *arena, uint32_t h, const hw_curve_options *o, hw_err *err)
{
    HW_TRY(check_hypothesis(c, h, err));
    HW_AUTO_FREE hw_ratio_locus *l = hw_alloc(c->n_loci + 1, sizeof(*l));
    if (l == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    bool mixed = c->sex && c->n_x > 0;
    *ret = (chance_curve){.n = 0};
    for (int k = 0; k < (mixed ? 2 : 1); k++) {
        double weight = !mixed ? 1.0 : h == HW_CHANCE_MISSING ? c->sex_missing[k] : c->sex_other[k];
        double shift = mixed ? hw_log10(c->sex_ratio[k]) : 0.0;
        if (!(weight > 0.0) || !(shift > -(double)INFINITY)) {
            continue;
        }
        uint32_t n = loci_under(c, h, k == 0, c->sex && !mixed, l);
        hw_curve_options mine = *o;
        mine.from -= shift;
        mine.tilt = o->tilt >= 0.0 ? o->tilt : hw_curve_tilt(l, n, mine.from);
        ret->weight[ret->n] = weight;
        ret->shift[ret->n] = shift;
        HW_TRY(hw_curve_init(&ret->curve[ret->n], arena, l, n, &mine, err));
        ret->n++;
    }
    return HW_OK;
}

hw_status chance_curve_init(chance_curve *ret, const chance *c, hw_arena *arena, uint32_t hypothesis, const hw_curve_options *o, hw_err *err)
{
    chance_curve r;
    HW_TRY(curves(&r, c, arena, hypothesis, o, err));
    *ret = r;
    return HW_OK;
}

hw_tail chance_curve_tail(const chance_curve *c, double x)
{
    hw_tail sum = {0.0, 0.0};
    for (uint32_t k = 0; k < c->n; k++) {
        hw_tail t = hw_curve_tail(&c->curve[k], x - c->shift[k]);
        sum.low += c->weight[k] * t.low;
        sum.high += c->weight[k] * t.high;
    }
    sum.low = sum.low < 1.0 ? sum.low : 1.0;
    sum.high = sum.high < 1.0 ? sum.high : 1.0;
    return x == -(double)INFINITY ? (hw_tail){1.0, 1.0} : sum;
}

static double bound(const chance_curve *c, double x, bool high)
{
    hw_tail t = chance_curve_tail(c, x);
    return high ? t.high : t.low;
}

/* The largest x at which the bound is still at least `least`, to a quarter of the grid: for the lower bound a place where it is, for the upper one where it is not. */
static double place(const chance_curve *c, double least, double bottom, double top, bool high)
{
    if (bound(c, bottom, high) < least) {
        return high ? bottom : -(double)INFINITY;
    }
    if (bound(c, top, high) >= least) {
        return top;
    }
    double step = 0.25 * c->curve[0].step;
    while (top - bottom > step) {
        double middle = 0.5 * (bottom + top);
        if (bound(c, middle, high) >= least) {
            bottom = middle;
        } else {
            top = middle;
        }
    }
    return high ? top : bottom;
}

hw_tail chance_curve_quantile(const chance_curve *c, double q)
{
    double top = -(double)INFINITY;
    double bottom = (double)INFINITY;
    for (uint32_t k = 0; k < c->n; k++) {
        const hw_curve *x = &c->curve[k];
        if (!(x->max > -(double)INFINITY)) {
            continue;
        }
        double low = x->down.n > 0 ? x->down.offset + x->step * (double)x->down.first : x->max;
        low = x->from > low ? x->from : low;
        top = x->max + c->shift[k] > top ? x->max + c->shift[k] : top;
        bottom = low + c->shift[k] < bottom ? low + c->shift[k] : bottom;
    }
    if (!(top > -(double)INFINITY)) {
        return (hw_tail){top, top};
    }
    bottom = bottom < top ? bottom : top;
    return (hw_tail){place(c, 1.0 - q, bottom, top, false), place(c, 1.0 - q, bottom, top, true)};
}

hw_status chance_tail(const chance *c, uint32_t hypothesis, double x, double step, double slack, hw_tail *ret, hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    hw_arena_init(&arena, 0);
    chance_curve curve;
    const hw_curve_options o = {.step = step, .from = x, .tilt = -1.0, .slack = slack};
    HW_TRY(curves(&curve, c, &arena, hypothesis, &o, err));
    *ret = chance_curve_tail(&curve, x);
    return HW_OK;
}

hw_status chance_power(matcher *m, const hw_family *family, uint32_t missing, double x, hw_tail *ret, hw_err *err)
{
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    chance c;
    hw_status s = chance_init(&c, m, &m->scratch, family, missing, NULL, false, err);
    if (s == HW_OK) {
        s = chance_tail(&c, HW_CHANCE_MISSING, x, POWER_STEP, POWER_SLACK, ret, err);
    }
    hw_arena_reset(&m->scratch, mark);
    return s;
}

/* ---- what laboratories and other rooms call ---- */

hw_status hw_chance_new(const hw_dataset *d, const hw_match_options *o, uint32_t family, uint32_t missing, const hw_profile *child, hw_chance **ret,
                        hw_err *err)
{
    if (family >= d->n_families || missing >= d->family[family].n_missing) {
        return HW_FAIL(err, HW_CONFLICT, "there is no missing person number %u of family number %u", missing, family);
    }
    hw_chance *c = hw_alloc(1, sizeof(*c));
    if (c == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_arena_init(&c->arena, 0);
    hw_status s = search_init(&c->s, &c->arena, d, o, err);
    c->has_search = true;
    if (s == HW_OK) {
        c->has_matcher = true;
        s = matcher_init(&c->m, &c->s, err);
    }
    if (s == HW_OK) {
        s = chance_init(&c->c, &c->m, &c->arena, &c->s.family[family], missing, child, o->rivals, err);
    }
    if (s != HW_OK) {
        hw_chance_free(c);
        return s;
    }
    *ret = c;
    return HW_OK;
}

void hw_chance_free(hw_chance *c)
{
    if (c == NULL) {
        return;
    }
    if (c->has_matcher) {
        matcher_release(&c->m);
    }
    if (c->has_search) {
        search_release(&c->s);
    }
    hw_arena_release(&c->arena);
    hw_free(c);
}

const hw_chance_facts *hw_chance_describe(const hw_chance *c)
{
    return &c->c.facts;
}

hw_status hw_chance_tail(const hw_chance *c, uint32_t hypothesis, double x, hw_tail *ret, hw_err *err)
{
    return chance_tail(&c->c, hypothesis, x, 0.0, 0.0, ret, err);
}

/* Everywhere at once: tilt 1 keeps the far tail of unrelated children, tilt 0 all of the others. */
static hw_status whole(const hw_chance *c, hw_arena *arena, uint32_t hypothesis, double from, double tilt, chance_curve *ret, hw_err *err)
{
    const hw_curve_options o = {.from = from, .tilt = tilt};
    return chance_curve_init(ret, &c->c, arena, hypothesis, &o, err);
}

hw_status hw_chance_quantiles(const hw_chance *c, uint32_t hypothesis, const double *q, size_t n, hw_tail *ret, hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    hw_arena_init(&arena, 0);
    chance_curve curve;
    for (size_t i = 0; i < n; i++) {
        if (!(q[i] > 0.0 && q[i] < 1.0)) {
            return HW_FAIL(err, HW_USAGE, "a quantile of %g: between 0 and 1", q[i]);
        }
    }
    HW_TRY(whole(c, &arena, hypothesis, -(double)INFINITY, 0.0, &curve, err));
    for (size_t i = 0; i < n; i++) {
        ret[i] = chance_curve_quantile(&curve, q[i]);
    }
    return HW_OK;
}

hw_status hw_chance_tails(const hw_chance *c, uint32_t hypothesis, const double *x, size_t n, hw_tail *ret, hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    hw_arena_init(&arena, 0);
    chance_curve curve;
    double from = (double)INFINITY;
    for (size_t i = 0; i < n; i++) {
        from = x[i] < from ? x[i] : from;
    }
    HW_TRY(whole(c, &arena, hypothesis, from, hypothesis == HW_CHANCE_UNRELATED ? 1.0 : 0.0, &curve, err));
    for (size_t i = 0; i < n; i++) {
        ret[i] = chance_curve_tail(&curve, x[i]);
    }
    return HW_OK;
}

hw_status hw_chance_mean(const hw_chance *c, uint32_t hypothesis, hw_real *ret, hw_err *err)
{
    HW_TRY(check_hypothesis(&c->c, hypothesis, err));
    HW_AUTO_FREE hw_ratio_locus *l = hw_alloc(c->c.n_loci + 1, sizeof(*l));
    if (l == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    bool mixed = c->c.sex && c->c.n_x > 0;
    hw_real sum = hw_real_from(0.0);
    for (int k = 0; k < (mixed ? 2 : 1); k++) {
        uint32_t n = loci_under(&c->c, hypothesis, k == 0, c->c.sex && !mixed, l);
        hw_real product = hw_real_from(1.0);
        for (uint32_t i = 0; i < n; i++) {
            double mean = 0.0;
            for (uint32_t g = 0; g < l[i].n; g++) {
                mean += l[i].p[g] * l[i].ratio[g];
            }
            product = hw_real_mul_d(product, mean);
        }
        double weight = hypothesis == HW_CHANCE_MISSING ? c->c.sex_missing[k] : c->c.sex_other[k];
        sum = hw_real_add(sum, mixed ? hw_real_mul_d(product, weight * c->c.sex_ratio[k]) : product);
    }
    *ret = sum;
    return HW_OK;
}
