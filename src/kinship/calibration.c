// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Nations born, searched and decided upon. A second sample comes from the same nation simulated again with other sample streams and no swap: the same
 * people, typed once more and labelled rightly.
 */
#include "kinship/calibration.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/thread.h"

#define NOBODY UINT32_MAX
#define SECOND_SAMPLES 0x9E3779B97F4A7C15u

static const double BIN_EDGE[HW_CALIBRATION_BINS + 1] = {0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.9999, 1};

typedef struct run {
    const hw_calibration_options *o;
    hw_nation nation;         /* of this round */
    hw_dataset d, second;
    hw_nation_truth *truth, *second_truth;
    bool has_second;
    hw_match_result found;
    hw_arena arena;           /* claims */
    hw_calibration *sum;
} run;

void hw_calibration_options_init(hw_calibration_options *o)
{
    *o = (hw_calibration_options){.nations = 1, .practice_log10 = 4.0, .decide = hw_decide_by_posterior, .confirm = 200};
    hw_nation_init(&o->nation);
    o->nation.share_two_missing = o->nation.share_siblings_rescued; /* what the search assumes: each missing child is rescued like any other */
    hw_match_options_init(&o->search);
    o->search.rivals = false;
}

/* ---- families ---- */

static bool swapped(const hw_nation_truth *t)
{
    return strstr(t->remark, "swapped") != NULL;
}

static uint32_t kind_of(const run *r, const hw_nation_truth *t)
{
    bool misstated = strstr(t->remark, "adopted") != NULL || strstr(t->remark, "another father") != NULL;
    return swapped(t) ? HW_CALIBRATION_SWAPPED : misstated ? HW_CALIBRATION_MISSTATED : (uint32_t)hw_family_kind_of(&r->d.family[t->family], t->missing);
}

/* ---- deciding by the posterior of the search ---- */

static int by_child_family(const void *x, const void *y)
{
    const hw_claim *a = x, *b = y;
    if (a->child != b->child) {
        return a->child < b->child ? -1 : 1;
    }
    if (a->family != b->family) {
        return a->family < b->family ? -1 : 1;
    }
    return (a->missing > b->missing) - (a->missing < b->missing);
}

hw_status hw_decide_by_posterior(void *ctx, const hw_dataset *d, const hw_match_options *o, const hw_match_result *r, hw_arena *arena, hw_claim **ret,
                                 size_t *ret_n, hw_err *err)
{
    (void)d;
    (void)o;
    const double least = *(const double *)ctx;
    const size_t n = r->n_candidates;
    hw_claim *c = HW_NEW(arena, hw_claim, n + 1);
    if (c == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < n; i++) {
        const hw_candidate *x = &r->candidate[i];
        c[i] = (hw_claim){.child = x->child, .family = x->family, .missing = x->missing, .log10_lr = x->log10_lr, .posterior = x->posterior};
    }
    if (n > 0) {
        qsort(c, n, sizeof *c, by_child_family);
    }
    for (size_t i = 0, next; i < n; i = next) {
        double sum = 0;
        for (next = i; next < n && c[next].child == c[i].child && c[next].family == c[i].family; next++) {
            sum += c[next].posterior;
        }
        for (size_t k = i; k < next; k++) {
            c[k].family_posterior = sum < 1 ? sum : 1;
            c[k].report = sum >= least;
        }
    }
    *ret = c;
    *ret_n = n;
    return HW_OK;
}

/* ---- a second sample ---- */

static hw_status take_second_samples(run *r, hw_err *err)
{
    const hw_calibration_options *o = r->o;
    if (r->has_second) {
        return HW_OK;
    }
    hw_nation again = r->nation;
    again.sample_seed = r->nation.seed ^ SECOND_SAMPLES;
    again.share_swapped = 0;
    HW_TRY(hw_nation_simulate(&again, o->born_from, o->born_with, o->loci, o->n_loci, &r->second, &r->second_truth, err));
    r->has_second = true;
    return HW_OK;
}

/* Does a second sample of child and family, by itself and under the prior of one missing person, reach what was asked of the first? */
static hw_status second_supports(run *r, const hw_claim *c, double least, bool *ret, hw_err *err)
{
    HW_TRY(take_second_samples(r, err));
    hw_dataset view = r->second;
    hw_profile *child = r->second.child[c->child];
    hw_family family = r->second.family[c->family];
    hw_match_options o = r->o->search;
    hw_match_result found = {0};
    o.threshold_log10 = -1000;
    o.n_threads = 1;
    o.rivals = false;
    o.progress = NULL;
    view.child = &child;
    view.n_children = 1;
    view.family = &family;
    view.n_families = 1;
    HW_TRY(hw_match(&view, &o, &found, err));
    double best = -1000;
    for (size_t i = 0; i < found.n_candidates; i++) {
        best = found.candidate[i].log10_lr > best ? found.candidate[i].log10_lr : best;
    }
    hw_match_result_release(&found);
    double odds = best < 300 ? hw_pow10(best) * r->found.prior_each : 1e300;
    *ret = odds / (1 + odds) >= least;
    return HW_OK;
}

/* ---- counting ---- */

static bool is_relative(const run *r, const hw_nation_truth *t, uint32_t family)
{
    char remark[80] = "relative of ";
    size_t at = strlen(remark), n = strlen(r->d.family[family].id);
    if (n + at >= sizeof remark) {
        return false;
    }
    memcpy(remark + at, r->d.family[family].id, n + 1);
    return strstr(t->remark, remark) != NULL;
}

typedef struct report {
    const hw_claim *c;
    double posterior; /* the certainty that this policy claims */
    double least;     /* what it demands */
} report;

static hw_status count_report(run *r, const report *x, hw_calibration_policy *p, hw_err *err)
{
    const hw_nation_truth *t = &r->truth[x->c->child];
    const bool right = x->c->family == t->family;
    bool stands = false;
    if (right) {
        p->found[kind_of(r, t)]++;
        if (r->o->confirm > 0 && p->confirmed_of < (uint64_t)r->o->confirm * (r->sum->nations + 1)) {
            HW_TRY(second_supports(r, x->c, x->least, &stands, err));
            p->confirmed_of++;
            p->confirmed += stands;
        }
    } else {
        HW_TRY(second_supports(r, x->c, x->least, &stands, err));
    }
    if (swapped(t)) {
        p->swap_right += right;
        p->swap_wrong += !right;
        p->second_swap += !right && stands;
        return HW_OK;
    }
    p->right += right;
    p->wrong += !right;
    p->wrong_relative += !right && is_relative(r, t, x->c->family);
    p->second_wrong += !right && stands;
    p->expected_wrong += 1 - x->posterior;
    return HW_OK;
}

static void count_bin(hw_calibration_bin *bin, double posterior, bool right)
{
    uint32_t i = 0;
    while (i + 1 < HW_CALIBRATION_BINS && posterior >= BIN_EDGE[i + 1]) {
        i++;
    }
    bin[i].n++;
    bin[i].right += right;
    bin[i].sum += posterior;
}

/* W = LR / (LR + 1): the probability that laboratories state beside a ratio, as if one in two were the child. */
static double practice_probability(double log10_lr)
{
    double lr = log10_lr < 300 ? hw_pow10(log10_lr) : 1e300;
    return lr / (1 + lr);
}

/* The claims on one child and family: one report at most, by its best claim; every claim in its bin. */
static hw_status count_family(run *r, const hw_claim *c, size_t n, hw_err *err)
{
    hw_calibration *s = r->sum;
    const hw_nation_truth *t = &r->truth[c->child];
    const hw_claim *best = c;
    bool reported = false;
    for (size_t i = 0; i < n; i++) {
        bool right = c[i].family == t->family && c[i].missing == t->missing;
        best = c[i].log10_lr > best->log10_lr ? &c[i] : best;
        reported = reported || c[i].report;
        if (!swapped(t)) {
            count_bin(s->bin, c[i].posterior, right);
            count_bin(s->practice_bin, practice_probability(c[i].log10_lr), right);
        }
    }
    if (c->family == t->family) {
        s->listed[kind_of(r, t)]++;
    }
    if (reported) {
        report x = {best, best->family_posterior, 0.9999};
        HW_TRY(count_report(r, &x, &s->posterior, err));
    }
    if (best->log10_lr >= r->o->practice_log10) {
        double w = practice_probability(best->log10_lr);
        /* in the practice a second sample is asked for the same ratio again, not for a posterior */
        double odds = hw_pow10(r->o->practice_log10) * r->found.prior_each;
        report x = {best, w, odds / (1 + odds)};
        HW_TRY(count_report(r, &x, &s->practice, err));
    }
    return HW_OK;
}

static hw_status count_claims(run *r, hw_claim *c, size_t n, hw_err *err)
{
    if (n > 0) {
        qsort(c, n, sizeof *c, by_child_family);
    }
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i + 1; next < n && c[next].child == c[i].child && c[next].family == c[i].family; next++) {
        }
        HW_TRY(count_family(r, c + i, next - i, err));
    }
    return HW_OK;
}

static void count_truth(run *r)
{
    for (size_t i = 0; i < r->d.n_children; i++) {
        if (r->truth[i].family != NOBODY) {
            r->sum->truth[kind_of(r, &r->truth[i])]++;
        }
    }
}

/* ---- one nation ---- */

static hw_status search_nation(run *r, hw_err *err)
{
    const hw_calibration_options *o = r->o;
    hw_claim *claim = NULL;
    size_t n = 0;
    HW_TRY(hw_nation_simulate(&r->nation, o->born_from, o->born_with, o->loci, o->n_loci, &r->d, &r->truth, err));
    double start = hw_now_seconds();
    HW_TRY(hw_match(&r->d, &o->search, &r->found, err));
    r->sum->seconds += hw_now_seconds() - start;
    HW_TRY(o->decide(o->decide_ctx, &r->d, &o->search, &r->found, &r->arena, &claim, &n, err));
    count_truth(r);
    HW_TRY(count_claims(r, claim, n, err));
    r->sum->children += r->d.n_children;
    r->sum->families += r->d.n_families;
    r->sum->pairs += r->found.pairs;
    r->sum->candidates += r->found.n_candidates;
    r->sum->families_not_searched += r->found.n_errors;
    r->sum->nations++;
    return HW_OK;
}

static hw_status one_nation(const hw_calibration_options *o, uint32_t number, hw_calibration *sum, hw_err *err)
{
    run r = {.o = o, .nation = o->nation, .sum = sum};
    r.nation.seed = o->nation.seed + number;
    hw_arena_init(&r.arena, (size_t)4 << 30);
    hw_dataset_init(&r.d);
    hw_dataset_init(&r.second);
    hw_status s = search_nation(&r, err);
    hw_match_result_release(&r.found);
    hw_dataset_release(&r.d);
    hw_dataset_release(&r.second);
    hw_arena_release(&r.arena);
    return s;
}

hw_status hw_calibrate(const hw_calibration_options *o, hw_calibration *ret, hw_err *err)
{
    if (o->search.threshold_log10 > o->practice_log10) {
        return HW_FAIL(err, HW_USAGE, "the search lists from log10 %.2f on, so that pairs of log10 %.2f cannot be counted: lower its threshold",
                       o->search.threshold_log10, o->practice_log10);
    }
    hw_calibration sum = {0};
    for (uint32_t i = 0; i < HW_CALIBRATION_BINS; i++) {
        sum.bin[i] = sum.practice_bin[i] = (hw_calibration_bin){.from = BIN_EDGE[i], .to = BIN_EDGE[i + 1]};
    }
    for (uint32_t i = 0; i < o->nations; i++) {
        HW_TRY(one_nation(o, i, &sum, err));
    }
    *ret = sum;
    return HW_OK;
}
