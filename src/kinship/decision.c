// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/decision_parts.h"
#include "kinship/match_parts.h"

#include <math.h>
#include <stdlib.h>

/* A candidate as a claim: sorted by child (or by family), strongest first. */
typedef struct claim {
    uint32_t by, other;
    double log10_lr;
    uint32_t at;
} claim;

typedef struct decider {
    const hw_dataset *d;
    const hw_match_options *o;
    const hw_match_result *r;
    const hw_candidate *list;
    size_t n;
    const hw_decision_evidence *e;
    const hw_policy *policy;
    hw_decisions *ret;
    hw_answer *contested; /* [candidate] */
    bool bounded;
} decider;

static int by_claim(const void *x, const void *y)
{
    const claim *a = x;
    const claim *b = y;
    if (a->by != b->by) {
        return a->by < b->by ? -1 : 1;
    }
    if (a->log10_lr != b->log10_lr) {
        return a->log10_lr > b->log10_lr ? -1 : 1;
    }
    if (a->other != b->other) {
        return a->other < b->other ? -1 : 1;
    }
    return (a->at > b->at) - (a->at < b->at);
}

/*
 * Of one child (or family): a pair is contested when more than `room` others reach the policy's ratio and come within the factor of its own. A child has one family: room 0
 * besides its own; a family has room for as many children as it misses.
 */
static void contest(decider *x, const claim *c, size_t n, size_t room, double margin)
{
    for (size_t i = 0; i < n; i++) {
        size_t others = 0;
        for (size_t k = 0; k < n && others <= room; k++) {
            if (!(c[k].log10_lr >= x->policy->log10_lr && c[k].log10_lr >= c[i].log10_lr - margin)) {
                break; /* strongest first */
            }
            bool first = true;
            for (size_t m = 0; m < k; m++) {
                first = first && c[m].other != c[k].other;
            }
            others += first && c[k].other != c[i].other ? 1 : 0;
        }
        if (others > room) {
            x->contested[c[i].at] = HW_ANSWER_YES;
        }
    }
}

/* by_child: claims of a child on several families; else of several children on one family. */
static hw_status find_contests(decider *x, bool by_child, hw_arena *arena, hw_err *err)
{
    size_t n = x->n;
    claim *c = HW_NEW(arena, claim, n + 1);
    if (c == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < n; i++) {
        const hw_candidate *k = &x->list[i];
        c[i] = (claim){by_child ? k->child : k->family, by_child ? k->family : k->child, k->log10_lr, (uint32_t)i};
    }
    if (n > 0) {
        qsort(c, n, sizeof(*c), by_claim);
    }
    for (size_t i = 0; i < n;) {
        size_t end = i;
        while (end < n && c[end].by == c[i].by) {
            end++;
        }
        size_t room = by_child ? 0 : x->d->family[c[i].by].n_missing - 1;
        contest(x, c + i, end - i, room, hw_log10(x->policy->contested_factor));
        i = end;
    }
    return HW_OK;
}

static hw_status contests(decider *x, hw_arena *arena, hw_err *err)
{
    size_t n = x->n;
    x->contested = HW_NEW(arena, hw_answer, n + 1);
    if (x->contested == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    /* Claims below the threshold of the list are not seen. */
    bool seen = x->o->threshold_log10 <= x->policy->log10_lr && x->o->list_family == UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        x->contested[i] = seen ? HW_ANSWER_NO : HW_ANSWER_UNKNOWN;
    }
    HW_TRY(find_contests(x, true, arena, err));
    return find_contests(x, false, arena, err);
}

static hw_answer both(hw_answer a, hw_answer b)
{
    return a == HW_ANSWER_NO || b == HW_ANSWER_NO ? HW_ANSWER_NO : a == HW_ANSWER_UNKNOWN || b == HW_ANSWER_UNKNOWN ? HW_ANSWER_UNKNOWN : HW_ANSWER_YES;
}

static hw_answer at(const hw_answer *list, size_t i)
{
    return list == NULL ? HW_ANSWER_UNKNOWN : list[i];
}

static hw_answer two_parents(const hw_family *f, uint32_t missing)
{
    const hw_person *p = &f->pedigree.person[f->missing[missing]];
    bool yes = p->father >= 0 && p->mother >= 0 && f->profile[p->father] != NULL && f->profile[p->mother] != NULL;
    return yes ? HW_ANSWER_YES : HW_ANSWER_NO;
}

static void gather(const decider *x, size_t i, hw_verdict_input *in)
{
    const hw_candidate *c = &x->list[i];
    const hw_joint_pair *j = &x->ret->joint.pair[i];
    hw_verdict_input_init(in);
    in->posterior = j->family_posterior;
    in->missing_posterior = j->posterior;
    if (x->bounded) {
        in->low = j->family_low;
        in->high = j->family_high;
    }
    /* Where the details of a pair could not be computed, the search says so and leaves its loci at 0. */
    if (c->loci_used > 0) {
        in->log10_lr = c->log10_lr_min < c->log10_lr ? c->log10_lr_min : c->log10_lr;
        in->inconsistent = c->inconsistent;
        in->rivals = c->rival != NULL && c->rival_log10 == c->rival_log10 ? HW_ANSWER_YES : HW_ANSWER_UNKNOWN;
        in->rival_log10 = c->rival_log10;
    }
    in->chance_hits = x->e->chance_hits == NULL || i >= x->r->n_candidates ? (double)NAN : x->e->chance_hits[i];
    in->two_parents = two_parents(&x->d->family[c->family], c->missing);
    in->fits = at(x->e->family_fits, c->family);
    in->quality = both(at(x->e->family_quality, c->family), at(x->e->child_quality, c->child));
    in->contested = x->contested[i];
}

/* Nothing is known of the pairs not listed: each counts with the mean of the ratio of an unrelated pair, 1. */
static hw_status mean_rest(const decider *x, hw_arena *arena, hw_joint_rest *ret, hw_err *err)
{
    double *sum = HW_NEW(arena, double, x->d->n_children + 1);
    if (sum == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    double persons = 0.0;
    for (size_t f = 0; f < x->d->n_families; f++) {
        persons += x->d->family[f].n_missing;
    }
    for (size_t i = 0; i < x->d->n_children; i++) {
        sum[i] = persons;
    }
    for (size_t i = 0; i < x->n; i++) {
        sum[x->list[i].child] -= 1.0;
    }
    *ret = (hw_joint_rest){.sum = sum};
    return HW_OK;
}

/* Pairs that siblings brought in are listed now: they leave the sums of those that are not. */
static hw_status rest_without_added(const decider *x, hw_arena *arena, hw_joint_rest *io, hw_err *err)
{
    size_t n = x->d->n_children;
    double *part[3] = {HW_NEW(arena, double, n + 1), HW_NEW(arena, double, n + 1), HW_NEW(arena, double, n + 1)};
    if (part[0] == NULL || part[1] == NULL || part[2] == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t c = 0; c < n; c++) {
        part[0][c] = io->low != NULL ? io->low[c] : io->sum[c];
        part[1][c] = io->sum[c];
        part[2][c] = io->high != NULL ? io->high[c] : io->sum[c];
    }
    for (size_t i = x->r->n_candidates; i < x->n; i++) {
        double own = hw_pow10(x->list[i].log10_lr < 290.0 ? x->list[i].log10_lr : 290.0);
        for (int k = 0; k < 3; k++) {
            double *rest = &part[k][x->list[i].child];
            *rest = *rest > own ? *rest - own : 0.0;
        }
    }
    *io = (hw_joint_rest){part[1], part[0], part[2]};
    return HW_OK;
}

static hw_status list_candidates(decider *x, hw_err *err)
{
    hw_decisions *r = x->ret;
    r->n_listed = x->r->n_candidates;
    HW_TRY(decision_candidates(x->d, x->o, x->r, x->e->siblings, x->e->siblings == NULL ? 0 : x->e->n_siblings, &r->arena, &r->candidate, &r->n, err));
    x->list = r->candidate;
    x->n = r->n;
    r->decision = HW_NEW(&r->arena, hw_decision, r->n + 1);
    return r->decision == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

static int by_number(const void *x, const void *y)
{
    const uint32_t *a = x;
    const uint32_t *b = y;
    return (*a > *b) - (*a < *b);
}

/* Families of the list, ascending, each once. */
static hw_status listed_families(const decider *x, hw_arena *arena, uint32_t **ret, size_t *ret_n, hw_err *err)
{
    uint32_t *f = HW_NEW(arena, uint32_t, x->n + 1);
    size_t n = 0;
    if (f == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < x->n; i++) {
        f[i] = x->list[i].family;
    }
    if (x->n > 1) {
        qsort(f, x->n, sizeof(*f), by_number);
    }
    for (size_t i = 0; i < x->n; i++) {
        if (n == 0 || f[n - 1] != f[i]) {
            f[n++] = f[i];
        }
    }
    *ret = f;
    *ret_n = n;
    return HW_OK;
}

static hw_status below_threshold(const decider *x, hw_arena *arena, const uint32_t *family, size_t n, double *ret, hw_err *err)
{
    search s = {0};
    matcher m;
    hw_status status = search_init(&s, arena, x->d, x->o, err);
    if (status == HW_OK) {
        status = matcher_init(&m, &s, err);
        status = status != HW_OK ? status : match_below(&m, family, n, ret, err);
        matcher_release(&m);
    }
    search_release(&s);
    return status;
}

/*
 * n children, each registered with probability P, and M missing persons: of k placed children P^k (1-P)^(n-k) (M-k)! / M! is the probability of one way, so that placing one more
 * multiplies by P / (1-P) / (M-k). With k at its mean over the others, M - k is M times the share that is free. A person whose own child is there but below the threshold looks free
 * too: of the family's kind a share b of those taken. Left at 1 where it would change nothing.
 */
static hw_status free_shares(const decider *x, hw_arena *arena, const double **ret, hw_err *err)
{
    const double least = 0.05;      /* more children than families can have: the prior is not of this database */
    const double negligible = 1e-3;
    double taken = x->d->n_children > 0 ? ((double)x->d->n_children - 1.0) * x->r->prior_each : 0.0;
    *ret = NULL;
    if (taken < negligible || x->n == 0) {
        return HW_OK;
    }
    size_t n = 0;
    uint32_t *family = NULL;
    HW_TRY(listed_families(x, arena, &family, &n, err));
    double *below = HW_NEW(arena, double, n + 1);
    double *share = HW_NEW(arena, double, x->d->n_families + 1);
    if (below == NULL || share == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(below_threshold(x, arena, family, n, below, err));
    for (size_t i = 0; i < n; i++) {
        double free_share = 1.0 - (taken < 1.0 ? taken : 1.0) * (1.0 - below[i]);
        share[family[i]] = free_share > least ? free_share : least;
    }
    *ret = share;
    return HW_OK;
}

static hw_status decide(decider *x, hw_arena *arena, hw_err *err)
{
    hw_joint_rest rest = x->e->rest;
    HW_TRY(list_candidates(x, err));
    x->bounded = rest.sum != NULL;
    if (!x->bounded) {
        HW_TRY(mean_rest(x, arena, &rest, err));
    } else if (x->n > x->r->n_candidates) {
        HW_TRY(rest_without_added(x, arena, &rest, err));
    }
    hw_joint_options jo;
    hw_joint_options_init(&jo);
    jo.rival_weight = x->policy->rival_weight;
    jo.prior_each = x->r->prior_each;
    HW_TRY(free_shares(x, arena, &jo.free_share, err));
    HW_TRY(contests(x, arena, err));
    HW_TRY(hw_joint(x->d, x->o, x->list, x->n, &rest, &jo, &x->ret->joint, err));
    for (size_t i = 0; i < x->n; i++) {
        hw_decision *k = &x->ret->decision[i];
        k->joint = x->ret->joint.pair[i];
        gather(x, i, &k->input);
        HW_TRY(hw_verdict_decide(x->policy, &k->input, &x->ret->arena, &k->verdict, err));
    }
    return HW_OK;
}

hw_status hw_decide(const hw_dataset *d, const hw_match_options *o, const hw_match_result *r, const hw_decision_evidence *evidence, const hw_policy *policy, hw_decisions *ret,
                    hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    hw_arena_init(&arena, (size_t)8 << 30);
    hw_decisions x = {.policy = *policy};
    hw_arena_init(&x.arena, (size_t)8 << 30);
    static const hw_decision_evidence none;
    decider k = {.d = d, .o = o, .r = r, .e = evidence == NULL ? &none : evidence, .policy = policy, .ret = &x};
    hw_status status = decide(&k, &arena, err);
    if (status != HW_OK) {
        hw_decisions_release(&x);
        return status;
    }
    *ret = x;
    return HW_OK;
}

void hw_decisions_release(hw_decisions *x)
{
    hw_joint_result_release(&x->joint);
    hw_arena_release(&x->arena);
    *x = (hw_decisions){0};
}
