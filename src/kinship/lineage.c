// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Lineage evidence: the counting estimator with its confidence limit, and the comparison of Y-STR haplotypes.
 */
#include "kinship/lineage.h"

#include <string.h>

#include "base/number.h"
#include "kinship/lineage_count.h"

/* ---- counting ---- */

static hw_real power(double x, uint64_t n)
{
    hw_real result = hw_real_from(1), square = hw_real_from(x);
    for (; n > 0; n >>= 1) {
        if (n & 1) {
            result = hw_real_mul(result, square);
        }
        square = hw_real_mul(square, square);
    }
    return result;
}

static hw_real choose(uint64_t n, uint64_t k)
{
    hw_real c = hw_real_from(1);
    k = k < n - k ? k : n - k;
    for (uint64_t i = 1; i <= k; i++) {
        c = hw_real_mul_d(c, (double)(n - k + i) / (double)i);
    }
    return c;
}

/* P(X <= x), for p at or above x/n: there the terms fall from k = x downwards. */
static double lower_tail(uint64_t x, uint64_t n, hw_real ways, double p)
{
    double q = 1 - p, sum = 1, term = 1;
    for (uint64_t k = x; k > 0; k--) {
        term *= (double)k / (double)(n - k + 1) * (q / p);
        sum += term;
        if (term < sum * 1e-18) {
            break;
        }
    }
    hw_real last = hw_real_mul(ways, hw_real_mul(power(p, x), power(q, n - x)));
    return hw_real_to_double(hw_real_mul_d(last, sum));
}

hw_status hw_binomial_upper(uint64_t x, uint64_t n, double alpha, double *ret, hw_err *err)
{
    if (x > n || !(alpha > 0 && alpha < 1)) {
        return HW_FAIL(err, HW_USAGE, "a confidence limit needs a count not above the size of the database, and alpha between 0 and 1");
    }
    if (n > HW_LINEAGE_MAX_DATABASE) {
        return HW_FAIL(err, HW_LIMIT, "a database of more than %u haplotypes", HW_LINEAGE_MAX_DATABASE);
    }
    if (x == n) {
        *ret = 1;
        return HW_OK;
    }
    hw_real ways = choose(n, x);
    double low = (double)x / (double)n, high = 1;
    for (;;) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) {
            break;
        }
        if (lower_tail(x, n, ways, middle) > alpha) {
            low = middle;
        } else {
            high = middle;
        }
    }
    *ret = high;
    return HW_OK;
}

hw_status hw_lineage_weigh(hw_lineage_count count, double p_related, bool has_ratio, hw_lineage_result *r, hw_err *err)
{
    HW_TRY(hw_binomial_upper(count.x, count.n, 0.05, &r->upper, err));
    r->frequency = ((double)count.x + 1) / ((double)count.n + 1);
    r->has_ratio = has_ratio;
    if (has_ratio) {
        r->p_related = p_related;
        r->ratio = p_related / r->frequency;
        r->ratio_lower = p_related / (r->upper > r->frequency ? r->upper : r->frequency);
    }
    return HW_OK;
}

/* ---- mutation of Y-STRs ---- */

#define MAX_STEP 20   /* in one meiosis */
#define MAX_SHIFT 64  /* in all */
#define WIDTH (2 * MAX_SHIFT + 1)
#define MAX_MEIOSES 100

void hw_lineage_model_init(hw_lineage_model *m)
{
    *m = (hw_lineage_model){.rate = 2e-3, .rate2 = 1e-6, .range = 0.1};
}

static bool good_rate(double rate, double rate2)
{
    return rate >= 0 && rate <= 1 && rate2 >= 0 && rate2 <= 1 && rate + rate2 <= 1;
}

/* How a length is spread after some meioses; made again only when the rate of the next locus differs. */
typedef struct shift {
    bool ready;
    double rate;
    double p[WIDTH]; /* index MAX_SHIFT + repeats */
} shift;

static void make_shift(shift *s, double rate, double rate2, double range, unsigned meioses)
{
    double weight[MAX_STEP + 1], sum = 0, w = 1;
    for (int i = 1; i <= MAX_STEP; i++) {
        weight[i] = w;
        sum += w;
        w *= range;
    }
    for (int i = 1; i <= MAX_STEP; i++) {
        weight[i] = rate / 2 * (weight[i] / sum);
    }
    double now[WIDTH] = {0}, next[WIDTH];
    now[MAX_SHIFT] = 1;
    for (unsigned m = 0; m < meioses; m++) {
        for (int j = 0; j < WIDTH; j++) {
            double x = (1 - rate - rate2) * now[j];
            for (int i = 1; i <= MAX_STEP; i++) {
                x += weight[i] * ((j >= i ? now[j - i] : 0) + (j + i < WIDTH ? now[j + i] : 0));
            }
            next[j] = x;
        }
        memcpy(now, next, sizeof now);
    }
    memcpy(s->p, now, sizeof now);
    s->rate = rate;
    s->ready = true;
}

/* ---- comparison of Y haplotypes ---- */

typedef struct copies {
    unsigned n;
    bool usable; /* every allele a definite one */
    hw_allele allele[8];
} copies;

static bool definite(hw_allele a)
{
    return hw_allele_is_repeat(a) || a >= HW_ALLELE_NAMED;
}

static copies read_copies(const hw_profile *p, const hw_panel *panel, uint32_t locus)
{
    copies c = {.usable = true};
    const hw_extra *e = hw_profile_extra(p, locus);
    hw_genotype g = hw_profile_at(p, locus);
    unsigned normal = panel->locus[locus].copies;
    if (e != NULL) {
        for (unsigned i = 0; i < e->n; i++) {
            /* Beyond two copies laboratories differ in writing repetitions, so they are left out. */
            if (normal <= 2 || i == 0 || e->allele[i] != e->allele[i - 1]) {
                c.allele[c.n++] = e->allele[i];
            }
        }
    } else if (hw_genotype_typed(g)) {
        c.allele[c.n++] = g.a;
        if (g.b == HW_ALLELE_UNKNOWN) {
            c.usable = normal == 1;
        } else if (g.b != g.a || normal == 2) {
            c.allele[c.n++] = g.b;
        }
    }
    for (unsigned i = 0; i < c.n; i++) {
        c.usable = c.usable && definite(c.allele[i]);
    }
    return c;
}

static bool one_length(const copies *c)
{
    return c->usable && c->n == 1 && hw_allele_is_repeat(c->allele[0]);
}

/* DYS389II is measured with DYS389I inside it: take that out, so that one mutation is not counted twice. */
static void take_out_389(const hw_panel *panel, const hw_profile *a, const hw_profile *b, copies *ca, copies *cb)
{
    uint32_t first;
    if (!hw_panel_find(panel, "DYS389I", &first) || !one_length(ca) || !one_length(cb)) {
        return;
    }
    copies ia = read_copies(a, panel, first), ib = read_copies(b, panel, first);
    if (one_length(&ia) && one_length(&ib) && ia.allele[0] < ca->allele[0] && ib.allele[0] < cb->allele[0]) {
        ca->allele[0] -= ia.allele[0];
        cb->allele[0] -= ib.allele[0];
    }
}

typedef struct y_sum {
    const hw_lineage_model *model;
    unsigned meioses;
    double other; /* probability of a change that is not by whole repeats */
    shift spread;
    double p;
} y_sum;

static void compare_locus(y_sum *k, double rate, const copies *a, const copies *b, hw_lineage_result *r)
{
    bool differ = a->n != b->n;
    double p = differ ? k->other : 1;
    for (unsigned i = 0; a->n == b->n && i < a->n; i++) {
        hw_allele x = a->allele[i], y = b->allele[i];
        bool whole = x == y || (hw_allele_is_repeat(x) && hw_allele_is_repeat(y) && (x - y) % 10 == 0);
        differ = differ || x != y;
        if (!whole) {
            p *= k->other;
            continue;
        }
        int steps = x > y ? (x - y) / 10 : (y - x) / 10;
        r->steps += (uint32_t)steps;
        if (!k->spread.ready || k->spread.rate != rate) {
            make_shift(&k->spread, rate, k->model->rate2, k->model->range, k->meioses);
        }
        p *= steps <= MAX_SHIFT ? k->spread.p[MAX_SHIFT + steps] : 0;
    }
    r->loci_compared++;
    r->differences += differ;
    k->p *= p;
}

static hw_status check_model(const hw_lineage_model *m, const hw_panel *panel, unsigned meioses, hw_err *err)
{
    bool good = good_rate(m->rate, m->rate2) && m->range >= 0 && m->range <= 1 && meioses <= MAX_MEIOSES;
    for (uint32_t i = 0; good && m->rate_by_locus != NULL && i < m->n_rates; i++) {
        if (!(m->rate_by_locus[i] < 0) && !good_rate(m->rate_by_locus[i], m->rate2)) {
            return HW_FAIL(err, HW_USAGE, "the mutation rate of Y locus %s is not within 0 and 1",
                           i < panel->n ? panel->locus[i].name : "?");
        }
    }
    if (!good) {
        return HW_FAIL(err, HW_USAGE, "Y haplotypes: rates and range must be within 0 and 1, and at most %d meioses", MAX_MEIOSES);
    }
    return HW_OK;
}

hw_status hw_lineage_y(const hw_panel *panel, const hw_profile *a, const hw_profile *b, unsigned meioses, const hw_lineage_model *model,
                       hw_lineage_count count, hw_lineage_result *ret, hw_err *err)
{
    HW_TRY(check_model(model, panel, meioses, err));
    hw_lineage_result r = {0};
    y_sum k = {.model = model, .meioses = meioses, .other = 1 - hw_powi(1 - model->rate2, meioses), .p = 1};
    for (uint32_t i = 0; i < panel->n; i++) {
        if (panel->locus[i].kind != HW_LOCUS_Y) {
            continue;
        }
        copies ca = read_copies(a, panel, i), cb = read_copies(b, panel, i);
        if (ca.n == 0 || cb.n == 0) {
            continue;
        }
        if (!ca.usable || !cb.usable) {
            r.skipped++;
            continue;
        }
        if (strcmp(panel->locus[i].name, "DYS389II") == 0) {
            take_out_389(panel, a, b, &ca, &cb);
        }
        double rate = model->rate;
        if (model->rate_by_locus != NULL && i < model->n_rates && model->rate_by_locus[i] >= 0) {
            rate = model->rate_by_locus[i];
        }
        compare_locus(&k, rate, &ca, &cb, &r);
    }
    if (r.loci_compared == 0) {
        r.verdict = HW_LINEAGE_NOTHING;
    } else if (r.differences == 0) {
        r.verdict = HW_LINEAGE_SAME;
    } else {
        r.verdict = k.p > 0 ? HW_LINEAGE_INCONCLUSIVE : HW_LINEAGE_DIFFERENT;
    }
    HW_TRY(hw_lineage_weigh(count, k.p, r.loci_compared > 0, &r, err));
    *ret = r;
    return HW_OK;
}
