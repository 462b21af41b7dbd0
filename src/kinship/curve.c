// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/curve.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

#define STEP 0.004
#define SLACK 1e-8
#define MAX_BINS ((int64_t)1 << 22)
#define MAX_EXPONENT 250.0 /* of 10^(tilt S): beyond it no tilt is used */
#define CANDIDATE_SHIFTS 8
#define COARSE 0.25
#define MOST_COARSE 256.0
#define PLACES 4096        /* that one locus is put on without sorting */
#define ROUNDED 1e-10      /* relative, of sums of products; measured below 1e-12 */
#define EQUAL 4.3e-13      /* log10 ratios this near are equal: the search takes 10^x (1 - 1e-12) for 10^x */
#define SURE 2e-13         /* the same, less what the logarithms of all loci may be off */

/* One locus on the grid. */
typedef struct atom {
    int64_t k;
    double p;
} atom;

typedef struct grid {
    atom *a;      /* sorted by k, each once */
    uint32_t n;
    double offset;
    double moment; /* sum of p 10^(tilt (offset + step k)) */
    uint32_t locus;
} grid;

/* One locus as given, without what is impossible or left out. */
typedef struct values {
    double *log10, *p, *weight; /* weight: p ratio^tilt */
    uint32_t n;
    double moment;              /* sum of all weights, those left out included */
    double left_out;            /* of the moment, as a share */
    double max;
} values;

typedef struct work {
    const hw_curve_options *o;
    double step, tilt, slack;
    hw_arena *scratch;
    values *v;   /* [n] */
    grid *g;     /* [n] of the rounding at hand */
    uint32_t n;
    double max;
    double *place; /* [PLACES] */
} work;

/* ---- the loci ---- */

static double tilted(double ratio, double tilt)
{
    if (tilt <= 0.0) {
        return 1.0;
    }
    if (tilt == 1.0) {
        return ratio;
    }
    if (tilt == 0.25 || tilt == 0.75) {
        double root = sqrt(ratio);
        return tilt == 0.25 ? sqrt(root) : root * sqrt(root);
    }
    if (tilt == 0.5 || tilt == 1.5) {
        return tilt == 0.5 ? sqrt(ratio) : ratio * sqrt(ratio);
    }
    return tilt == 2.0 ? ratio * ratio : tilt == 3.0 ? ratio * ratio * ratio : hw_pow10(tilt * hw_log10(ratio));
}

static bool usable(double ratio, double p)
{
    return ratio >= 0.0 && ratio <= DBL_MAX && p >= 0.0 && p <= 1.0 + 1e-9;
}

static hw_status take_locus(const work *w, const hw_ratio_locus *l, values *ret, hw_err *err)
{
    ret->log10 = HW_NEW(w->scratch, double, l->n + 1);
    ret->p = HW_NEW(w->scratch, double, l->n + 1);
    ret->weight = HW_NEW(w->scratch, double, l->n + 1);
    if (ret->log10 == NULL || ret->p == NULL || ret->weight == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    ret->n = 0;
    ret->max = -(double)INFINITY;
    double sum = 0.0;
    double top = 0.0;
    for (uint32_t i = 0; i < l->n; i++) {
        if (!usable(l->ratio[i], l->p[i])) {
            return HW_FAIL(err, HW_USAGE, "a ratio of %g with probability %g: ratios are finite and not negative, probabilities 0 to 1", l->ratio[i], l->p[i]);
        }
        if (l->p[i] > 0.0 && l->ratio[i] > 0.0) {
            sum += l->p[i] * tilted(l->ratio[i], w->tilt);
            top = l->ratio[i] > top ? l->ratio[i] : top;
        }
    }
    ret->moment = sum;
    ret->max = hw_log10(top);
    /* Left out are values that each weigh so little that all of them together stay within the share of this locus. */
    double least = sum * w->slack / ((double)w->n * (double)(l->n + 1));
    double out = 0.0;
    for (uint32_t i = 0; i < l->n; i++) {
        if (!(l->p[i] > 0.0) || !(l->ratio[i] > 0.0)) {
            continue;
        }
        double weight = l->p[i] * tilted(l->ratio[i], w->tilt);
        if (weight <= least) {
            out += weight;
            continue;
        }
        ret->log10[ret->n] = hw_log10(l->ratio[i]);
        ret->p[ret->n] = l->p[i];
        ret->weight[ret->n++] = weight;
    }
    ret->left_out = sum > 0.0 ? out / sum : 0.0;
    return HW_OK;
}

/* How far rounding moves the locus on the average (by weight) when its grid passes through `shift`. */
static double moved(const values *v, double step, double shift, bool up)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < v->n; i++) {
        double t = (v->log10[i] - shift) / step;
        double f = floor(t);
        double rest = t - f;
        sum += v->weight[i] * (up && rest > 0.0 ? 1.0 - rest : rest);
    }
    return sum;
}

/* The grid passes through one of the weightiest values. */
static double best_shift(const values *v, double step, bool up)
{
    uint32_t top[CANDIDATE_SHIFTS];
    uint32_t n = 0;
    for (uint32_t i = 0; i < v->n; i++) {
        uint32_t at = n < CANDIDATE_SHIFTS ? n++ : CANDIDATE_SHIFTS;
        if (at == CANDIDATE_SHIFTS) {
            if (!(v->weight[i] > v->weight[top[CANDIDATE_SHIFTS - 1]])) {
                continue;
            }
            at = CANDIDATE_SHIFTS - 1;
        }
        while (at > 0 && v->weight[top[at - 1]] < v->weight[i]) {
            top[at] = top[at - 1];
            at--;
        }
        top[at] = i;
    }
    double best = 0.0;
    double least = (double)INFINITY;
    for (uint32_t i = 0; i < n; i++) {
        double shift = v->log10[top[i]];
        double m = moved(v, step, shift, up);
        if (m < least) {
            least = m;
            best = shift;
        }
    }
    return best;
}

static int by_place(const void *a, const void *b)
{
    const atom *x = a;
    const atom *y = b;
    if (x->k != y->k) {
        return x->k < y->k ? -1 : 1;
    }
    return x->p < y->p ? -1 : x->p > y->p ? 1 : 0; /* so that equal places are added in one order */
}

/*
 * Values of little weight need no fine grid: those of all mutations of a locus fall on a few places. Each is moved by at most a share of a step, by weight, so
 * that together they move the locus by no more than COARSE steps on the average.
 */
static double coarseness(const values *v, uint32_t i)
{
    double steps = COARSE * v->moment / ((double)v->n * v->weight[i]);
    return steps < 2.0 ? 1.0 : floor(steps < MOST_COARSE ? steps : MOST_COARSE);
}

/* Atoms of one place become one, by place: by sorting, or through an array when the places are near together. */
static void merge_sorted(grid *g)
{
    uint32_t n = g->n;
    qsort(g->a, n, sizeof(*g->a), by_place);
    g->n = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (g->n > 0 && g->a[g->n - 1].k == g->a[i].k) {
            g->a[g->n - 1].p += g->a[i].p;
        } else {
            g->a[g->n++] = g->a[i];
        }
    }
}

static void merge_places(const work *w, grid *g)
{
    int64_t lo = INT64_MAX;
    int64_t hi = INT64_MIN;
    for (uint32_t i = 0; i < g->n; i++) {
        lo = g->a[i].k < lo ? g->a[i].k : lo;
        hi = g->a[i].k > hi ? g->a[i].k : hi;
    }
    if (g->n == 0 || hi - lo >= PLACES) {
        merge_sorted(g);
        return;
    }
    size_t range = (size_t)(hi - lo + 1);
    memset(w->place, 0, range * sizeof(*w->place));
    for (uint32_t i = 0; i < g->n; i++) {
        w->place[g->a[i].k - lo] += g->a[i].p;
    }
    g->n = 0;
    for (size_t k = 0; k < range; k++) {
        if (w->place[k] > 0.0) {
            g->a[g->n++] = (atom){lo + (int64_t)k, w->place[k]};
        }
    }
}

static void put_on_grid(const work *w, const values *v, bool up, grid *ret)
{
    ret->offset = best_shift(v, w->step, up);
    ret->n = v->n;
    for (uint32_t i = 0; i < v->n; i++) {
        double many = coarseness(v, i);
        double t = (v->log10[i] - ret->offset) / (w->step * many);
        ret->a[i] = (atom){(int64_t)((up ? ceil(t) : floor(t)) * many), v->p[i]};
    }
    merge_places(w, ret);
    ret->moment = 0.0;
    for (uint32_t i = 0; i < ret->n; i++) {
        double at = ret->offset + w->step * (double)ret->a[i].k;
        ret->moment += ret->a[i].p * (w->tilt > 0.0 ? hw_pow10(w->tilt * at) : 1.0);
    }
}

static int most_values_first(const void *a, const void *b)
{
    const grid *x = a;
    const grid *y = b;
    if (x->n != y->n) {
        return x->n > y->n ? -1 : 1;
    }
    return x->locus < y->locus ? -1 : 1;
}

/* ---- convolution ---- */

/* A part of the sum: probability of grid values lo .. hi; none of them when hi < lo. */
typedef struct partial {
    double *buffer[2];
    int in;       /* buffer that holds f */
    double *f;    /* of grid value lo */
    int64_t lo, hi;
    double offset;
    double left_out; /* E[10^(tilt S)] of what was cut off, as a share of the whole moment */
} partial;

/* What one value of the locus adds: p times the sum so far, from grid value `from` of it on, to the places of `to`. */
typedef struct shifted {
    const double *src; /* beside `to` */
    size_t from, to;   /* places of the new sum */
    double p;
} shifted;

static void add_one(double *restrict dst, const shifted *x, size_t from, size_t to)
{
    for (size_t j = from; j < to; j++) {
        dst[j] += x->p * x->src[j - x->from];
    }
}

typedef double two __attribute__((vector_size(16), aligned(8), may_alias));

/* Four values at once where all of them reach: each place of the new sum is then loaded and stored once for four. */
static void add_four(double *restrict dst, const shifted *x, size_t from, size_t to)
{
    const double *a = x[0].src + (from - x[0].from);
    const double *b = x[1].src + (from - x[1].from);
    const double *c = x[2].src + (from - x[2].from);
    const double *d = x[3].src + (from - x[3].from);
    const two pa = {x[0].p, x[0].p};
    const two pb = {x[1].p, x[1].p};
    const two pc = {x[2].p, x[2].p};
    const two pd = {x[3].p, x[3].p};
    size_t n = (to - from) & ~(size_t)1;
    double *at = dst + from;
    for (size_t j = 0; j < n; j += 2) {
        two sum = pa * *(const two *)(const void *)(a + j) + pb * *(const two *)(const void *)(b + j);
        sum += pc * *(const two *)(const void *)(c + j) + pd * *(const two *)(const void *)(d + j);
        *(two *)(void *)(at + j) += sum;
    }
    for (int k = 0; k < 4; k++) {
        add_one(dst, &x[k], from + n, to);
    }
}

static void add_group(double *restrict dst, const shifted *x, uint32_t n)
{
    size_t from = 0;
    size_t to = SIZE_MAX;
    for (uint32_t i = 0; i < n; i++) {
        from = x[i].from > from ? x[i].from : from;
        to = x[i].to < to ? x[i].to : to;
    }
    bool together = n == 4 && from < to;
    for (uint32_t i = 0; i < n; i++) {
        add_one(dst, &x[i], x[i].from, together ? from : x[i].to);
        if (together) {
            add_one(dst, &x[i], to, x[i].to);
        }
    }
    if (together) {
        add_four(dst, x, from, to);
    }
}

static void add_locus(partial *s, const grid *g, int64_t need)
{
    int64_t lo = s->lo + g->a[0].k;
    int64_t hi = s->hi + g->a[g->n - 1].k;
    lo = lo < need ? need : lo;
    if (hi < lo) {
        s->lo = 0;
        s->hi = -1;
        return;
    }
    double *next = s->buffer[1 - s->in];
    memset(next, 0, (size_t)(hi - lo + 1) * sizeof(*next));
    shifted group[4];
    uint32_t n = 0;
    for (uint32_t i = 0; i < g->n; i++) {
        int64_t from = lo - g->a[i].k;
        from = from < s->lo ? s->lo : from;
        if (from <= s->hi) {
            size_t at = (size_t)(from + g->a[i].k - lo);
            group[n++] = (shifted){s->f + (from - s->lo), at, at + (size_t)(s->hi - from + 1), g->a[i].p};
        }
        if (n == 4 || i + 1 == g->n) {
            add_group(next, group, n);
            n = 0;
        }
    }
    s->in = 1 - s->in;
    s->f = next;
    s->lo = lo;
    s->hi = hi;
    s->offset += g->offset;
}

/* Cut off both ends as far as they weigh at most `share` of the moment each. so_far: moment of the loci in the sum. */
static void cut_ends(const work *w, partial *s, double so_far, double share)
{
    double budget = share * so_far;
    double factor = w->tilt > 0.0 ? hw_pow10(w->tilt * w->step) : 1.0;
    double gone = 0.0;
    int64_t lo = s->lo;
    /* All that is this far down weighs less than the first value that is not; below it a double would be 0. */
    if (w->tilt > 0.0 && w->tilt * (s->offset + w->step * (double)lo) < -MAX_EXPONENT) {
        double first = ceil((-MAX_EXPONENT / w->tilt - s->offset) / w->step);
        lo = first < (double)s->hi ? (int64_t)first : s->hi;
        gone = 1e-249;
    }
    double at = w->tilt > 0.0 ? hw_pow10(w->tilt * (s->offset + w->step * (double)lo)) : 1.0;
    while (lo < s->hi && gone + s->f[lo - s->lo] * at <= budget) {
        gone += s->f[lo - s->lo] * at;
        at *= factor;
        lo++;
    }
    double high = 0.0;
    at = w->tilt > 0.0 ? hw_pow10(w->tilt * (s->offset + w->step * (double)s->hi)) : 1.0;
    while (s->hi > lo && high + s->f[s->hi - s->lo] * at <= budget) {
        high += s->f[s->hi - s->lo] * at;
        at /= factor;
        s->hi--;
    }
    s->f += lo - s->lo;
    s->lo = lo;
    s->left_out += (gone + high) / so_far;
}

/* Lowest grid value of the whole sum that matters: of `from`, and no more values than fit. */
static int64_t lowest(const work *w, double offset, int64_t top, double *ret_from)
{
    int64_t least = top - MAX_BINS + 1;
    double k = ceil((w->o->from - EQUAL - offset) / w->step) - 1.0;
    if (w->o->from > -(double)INFINITY && k > (double)least) {
        *ret_from = w->o->from;
        return k < (double)top + 1.0 ? (int64_t)k : top + 1;
    }
    double from = offset + w->step * (double)(least + 1);
    *ret_from = from > *ret_from ? from : *ret_from;
    return least;
}

static hw_status sum_up(const partial *s, hw_arena *arena, hw_curve_side *ret, hw_err *err)
{
    ret->offset = s->offset;
    ret->first = s->lo;
    ret->n = s->hi < s->lo ? 0 : (uint32_t)(s->hi - s->lo + 1);
    ret->at_least = HW_NEW(arena, double, ret->n + 1);
    if (ret->at_least == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    double sum = 0.0;
    for (uint32_t i = ret->n; i > 0; i--) {
        sum += s->f[i - 1];
        ret->at_least[i - 1] = sum;
    }
    return HW_OK;
}

static hw_status convolve(work *w, bool up, hw_arena *arena, hw_curve_side *ret, double *ret_left_out, double *ret_moment, double *ret_from, hw_err *err)
{
    int64_t top = 0;
    int64_t bottom = 0;
    double offset = 0.0;
    double moment = 1.0;
    for (uint32_t i = 0; i < w->n; i++) {
        put_on_grid(w, &w->v[i], up, &w->g[i]);
        w->g[i].locus = i;
    }
    qsort(w->g, w->n, sizeof(*w->g), most_values_first);
    for (uint32_t i = 0; i < w->n; i++) {
        top += w->g[i].a[w->g[i].n - 1].k;
        bottom += w->g[i].a[0].k;
        offset += w->g[i].offset;
        moment *= w->g[i].moment;
    }
    int64_t need = lowest(w, offset, top, ret_from);
    need = need < bottom ? bottom : need;
    *ret_moment = moment;
    *ret_left_out = 0.0;
    if (need > top) {
        return sum_up(&(partial){.lo = 0, .hi = -1, .offset = offset}, arena, ret, err);
    }
    /* Partial sums that can still reach `need` span at most as many values as the whole. */
    size_t room = (size_t)(top - need + 1);
    HW_AUTO_FREE double *a = hw_alloc(room + 1, sizeof(*a));
    HW_AUTO_FREE double *b = hw_alloc(room + 1, sizeof(*b));
    if (a == NULL || b == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    partial s = {.buffer = {a, b}, .f = a};
    a[0] = 1.0;
    int64_t rest = top;
    double so_far = 1.0;
    for (uint32_t i = 0; i < w->n && s.hi >= s.lo; i++) {
        rest -= w->g[i].a[w->g[i].n - 1].k;
        add_locus(&s, &w->g[i], need - rest);
        so_far *= w->g[i].moment;
        if (s.hi >= s.lo) {
            cut_ends(w, &s, so_far, w->slack / (2.0 * (double)w->n));
        }
    }
    *ret_left_out = s.left_out;
    s.offset = offset;
    return sum_up(&s, arena, ret, err);
}

static bool in_range(const hw_curve_options *o)
{
    double step = o->step;
    return (step == 0.0 || (step >= 1e-5 && step <= 1.0)) && o->tilt >= 0.0 && o->tilt <= 3.0 && o->slack >= 0.0 && o->slack <= 0.01 && o->from == o->from;
}

static hw_status take_loci(work *w, const hw_ratio_locus *locus, hw_err *err)
{
    double highest = 0.0;
    for (int round = 0; round < 2; round++) {
        w->max = 0.0;
        highest = 0.0;
        for (uint32_t i = 0; i < w->n; i++) {
            HW_TRY(take_locus(w, &locus[i], &w->v[i], err));
            w->max += w->v[i].max;
            highest += w->v[i].max > 0.0 ? w->v[i].max : 0.0;
        }
        /* 10^(tilt S) must stay a double, whatever part of the loci is taken. */
        if (w->tilt * highest < MAX_EXPONENT) {
            return HW_OK;
        }
        w->tilt = 0.0;
    }
    return HW_OK;
}

static hw_status make(work *w, hw_arena *arena, const hw_ratio_locus *locus, hw_curve *ret, hw_err *err)
{
    w->v = HW_NEW(w->scratch, values, w->n + 1);
    w->g = HW_NEW(w->scratch, grid, w->n + 1);
    w->place = HW_NEW(w->scratch, double, PLACES);
    if (w->v == NULL || w->g == NULL || w->place == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(take_loci(w, locus, err));
    *ret = (hw_curve){.step = w->step, .from = w->o->from, .tilt = w->tilt, .max = w->max};
    if (!(w->max > -(double)INFINITY)) {
        return HW_OK; /* some locus always excludes */
    }
    uint32_t most = 0; /* the grids are sorted: any may come to hold any locus */
    for (uint32_t i = 0; i < w->n; i++) {
        most = w->v[i].n > most ? w->v[i].n : most;
    }
    for (uint32_t i = 0; i < w->n; i++) {
        w->g[i].a = HW_NEW(w->scratch, atom, most + 1);
        if (w->g[i].a == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    double shares = 0.0;
    double moment = 0.0;
    double cut = 0.0;
    for (uint32_t i = 0; i < w->n; i++) {
        shares += w->v[i].left_out;
    }
    HW_TRY(convolve(w, false, arena, &ret->down, &cut, &moment, &ret->from, err));
    HW_TRY(convolve(w, true, arena, &ret->up, &cut, &moment, &ret->from, err));
    /* The moment of what was left out of the loci themselves is on no grid: rounding up would have made it at most 10^(tilt step) times as large each. */
    double whole = moment / (1.0 - shares);
    ret->moment = whole * (1.0 + ROUNDED);
    ret->left_out = whole * (shares + cut) * (1.0 + ROUNDED);
    return HW_OK;
}

hw_status hw_curve_init(hw_curve *ret, hw_arena *arena, const hw_ratio_locus *locus, uint32_t n_loci, const hw_curve_options *o, hw_err *err)
{
    if (!in_range(o)) {
        return HW_FAIL(err, HW_USAGE, "a curve with step %g, tilt %g, slack %g: step 1e-5 to 1, tilt 0 to 3, slack 0 to 0.01", o->step, o->tilt, o->slack);
    }
    HW_CLEANUP(hw_arena_release) hw_arena scratch;
    hw_arena_init(&scratch, 0);
    work w = {.o = o, .step = o->step > 0.0 ? o->step : STEP, .tilt = o->tilt, .slack = o->slack > 0.0 ? o->slack : SLACK, .scratch = &scratch, .n = n_loci};
    hw_curve c;
    HW_TRY(make(&w, arena, locus, &c, err));
    *ret = c;
    return HW_OK;
}

/* ---- questions ---- */

double hw_curve_tilt(const hw_ratio_locus *locus, uint32_t n_loci, double x)
{
    static const double tilts[] = {0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0};
    double best = 0.0;
    double least = 0.0;
    for (size_t t = 1; t < sizeof(tilts) / sizeof(tilts[0]); t++) {
        hw_real moment = hw_real_from(1.0);
        for (uint32_t i = 0; i < n_loci; i++) {
            double sum = 0.0;
            for (uint32_t k = 0; k < locus[i].n; k++) {
                sum += locus[i].p[k] * tilted(locus[i].ratio[k], tilts[t]);
            }
            moment = hw_real_mul_d(moment, sum < DBL_MAX ? sum : DBL_MAX);
        }
        double bound = hw_real_log10(moment) - tilts[t] * x;
        if (bound < least) {
            least = bound;
            best = tilts[t];
        }
    }
    return best;
}

static double at_least(const hw_curve_side *s, double step, double x)
{
    double k = ceil((x - s->offset) / step) - (double)s->first;
    if (s->n == 0 || k >= (double)s->n) {
        return 0.0;
    }
    return s->at_least[k > 0.0 ? (uint32_t)k : 0];
}

hw_tail hw_curve_tail(const hw_curve *c, double x)
{
    if (!(x <= c->max + EQUAL)) {
        return (hw_tail){0.0, 0.0};
    }
    if (x == -(double)INFINITY) {
        return (hw_tail){1.0, 1.0};
    }
    double low = at_least(&c->down, c->step, x - SURE) * (1.0 - ROUNDED);
    double high = 1.0;
    if (x >= c->from) {
        double scale = c->tilt > 0.0 ? hw_pow10(-c->tilt * x) : 1.0;
        double most = c->moment * scale;
        high = at_least(&c->up, c->step, x - EQUAL) * (1.0 + ROUNDED) + c->left_out * scale;
        high = high < most ? high : most;
        high = high < 1.0 ? high : 1.0;
    }
    return (hw_tail){low < high ? low : high, high};
}

/* The highest grid value with at least the probability `least`; -INFINITY when there is none. */
static double highest(const hw_curve_side *s, double step, double least)
{
    uint32_t n = s->n;
    while (n > 0 && s->at_least[n - 1] < least) {
        n--;
    }
    return n > 0 ? s->offset + step * (double)(s->first + (int64_t)n - 1) : -(double)INFINITY;
}

hw_tail hw_curve_quantile(const hw_curve *c, double q)
{
    double least = 1.0 - q;
    double extra = c->tilt > 0.0 ? c->left_out * hw_pow10(-c->tilt * c->from) : c->left_out;
    hw_tail r = {highest(&c->down, c->step, least * (1.0 + ROUNDED)), highest(&c->up, c->step, (least - extra) * (1.0 - ROUNDED))};
    r.high = r.high < c->max ? r.high : c->max;
    r.low = r.low < c->from && c->from > -(double)INFINITY ? -(double)INFINITY : r.low;
    if (r.high < c->from) {
        r.high = c->from; /* below it nothing is known but that it is below */
    }
    return r;
}
