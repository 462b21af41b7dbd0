// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Two samples exchanged, weighed as an explanation of one or two families, and the search for the best exchange nearby. */
#include "kinship/fit_parts.h"
#include "kinship/quality.h"

#include "base/thread.h"

#include <math.h>
#include <string.h>

/* ---- the ratio ---- */

typedef struct exchange {
    matcher *m;
    const hw_family *family[2];
    uint32_t person[2];
    bool same; /* one family */
} exchange;

/* Profile of a person before (false) and after the exchange. */
static const hw_profile *profile_of(const exchange *x, int f, uint32_t person, bool after)
{
    for (int side = 0; side < 2 && after; side++) {
        int other = 1 - side;
        if ((x->same || side == f) && person == x->person[side]) {
            return x->family[other]->profile[x->person[other]];
        }
    }
    return x->family[f]->profile[person];
}

/* P(the sex amelogenin shows | the person's sex), up to what cancels. */
static hw_real sex_value(const exchange *x, int f, uint32_t person, bool after)
{
    const hw_profile *p = profile_of(x, f, person, after);
    hw_sex sex = x->family[f]->pedigree.person[person].sex;
    double odds = hw_amelogenin_ratio(p, &x->m->s->d->panel, x->m->s->o->settings->sex_error);
    double male = odds / (1.0 + odds);
    return hw_real_from(sex == HW_SEX_UNKNOWN ? 0.5 : sex == HW_SEX_MALE ? male : 1.0 - male);
}

static hw_status family_value(exchange *x, int f, const hw_pedigree *ped, uint32_t locus, const hw_locus_model *lm, bool after, hw_real *ret, hw_err *err)
{
    hw_typing *t = HW_NEW(&x->m->scratch, hw_typing, ped->n + 1);
    if (t == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < ped->n; i++) {
        t[i] = profile_typing(profile_of(x, f, i, after), x->m->s->locus[locus].panel_index);
    }
    return hw_likelihood(x->m->rival_engine, ped, lm, t, ret, err);
}

static hw_status seen_alleles(const exchange *x, uint32_t panel_index, hw_allele **ret, size_t *ret_n, hw_err *err)
{
    size_t n = 0;
    hw_allele *seen = HW_NEW(&x->m->scratch, hw_allele, 2 * (x->family[0]->pedigree.n + x->family[1]->pedigree.n) + 1);
    if (seen == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (int f = 0; f < (x->same ? 1 : 2); f++) {
        for (uint32_t i = 0; i < x->family[f]->pedigree.n; i++) {
            hw_genotype g = hw_profile_at(x->family[f]->profile[i], panel_index);
            seen[n++] = g.a;
            seen[n++] = g.b;
        }
    }
    *ret = seen;
    *ret_n = n;
    return HW_OK;
}

/* Autosomal loci: a sample in a place of the other sex stays comparable. */
static hw_status over_loci(exchange *x, const hw_pedigree *ped, hw_real value[2], hw_err *err)
{
    const search *s = x->m->s;
    for (uint32_t i = 0; i < s->n_loci; i++) {
        if (s->locus[i].kind != HW_LOCUS_AUTOSOMAL) {
            continue;
        }
        hw_arena_mark mark = hw_arena_get_mark(&x->m->scratch);
        hw_allele *seen = NULL;
        size_t n_seen = 0;
        variant *v = NULL;
        HW_TRY(seen_alleles(x, s->locus[i].panel_index, &seen, &n_seen, err));
        HW_TRY(matcher_variant(x->m, 0, i, seen, n_seen, &v, err));
        for (int f = 0; f < (x->same ? 1 : 2); f++) {
            for (int after = 0; after < 2; after++) {
                hw_real l;
                HW_TRY(family_value(x, f, &ped[f], i, v->model, after == 1, &l, err));
                value[after] = hw_real_mul(value[after], l);
            }
        }
        hw_arena_reset(&x->m->scratch, mark);
    }
    return HW_OK;
}

/* A parent of unknown sex may be either; here it is taken as the place it stands in says. */
static hw_status settle(const hw_pedigree *from, hw_pedigree *ret, hw_err *err)
{
    HW_TRY(hw_pedigree_copy(from, ret, err));
    for (uint32_t i = 0; i < ret->n; i++) {
        if (ret->person[i].father >= 0 && ret->person[ret->person[i].father].sex == HW_SEX_UNKNOWN) {
            ret->person[ret->person[i].father].sex = HW_SEX_MALE;
        }
        if (ret->person[i].mother >= 0 && ret->person[ret->person[i].mother].sex == HW_SEX_UNKNOWN) {
            ret->person[ret->person[i].mother].sex = HW_SEX_FEMALE;
        }
    }
    return HW_OK;
}

static hw_status ratio(exchange *x, double *ret_log10, hw_err *err)
{
    hw_pedigree ped[2];
    hw_pedigree_init(&ped[0]);
    hw_pedigree_init(&ped[1]);
    hw_real value[2] = {hw_real_from(1.0), hw_real_from(1.0)};
    for (int side = 0; side < 2; side++) {
        value[0] = hw_real_mul(value[0], sex_value(x, side, x->person[side], false));
        value[1] = hw_real_mul(value[1], sex_value(x, side, x->person[side], true));
    }
    hw_status s = HW_OK;
    for (int f = 0; f < (x->same ? 1 : 2) && s == HW_OK; f++) {
        s = settle(&x->family[f]->pedigree, &ped[f], err);
    }
    if (s == HW_OK) {
        s = over_loci(x, ped, value, err);
    }
    hw_pedigree_release(&ped[0]);
    hw_pedigree_release(&ped[1]);
    if (s == HW_OK) {
        bool never = hw_real_is_zero(value[1]);
        *ret_log10 = never ? -(double)INFINITY : hw_real_is_zero(value[0]) ? (double)INFINITY : hw_real_log10(hw_real_div(value[1], value[0]));
    }
    return s;
}

static hw_status ratio_of(matcher *m, const hw_family *a, uint32_t person_a, const hw_family *b, uint32_t person_b, double *ret_log10, hw_err *err)
{
    exchange x = {.m = m, .family = {a, b}, .person = {person_a, person_b}, .same = a == b};
    if (person_a >= a->pedigree.n || person_b >= b->pedigree.n || a->profile[person_a] == NULL || b->profile[person_b] == NULL) {
        return HW_FAIL(err, HW_NOT_FOUND, "an exchange needs two members with samples");
    }
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    hw_status s = ratio(&x, ret_log10, err);
    hw_arena_reset(&m->scratch, mark);
    return s;
}

hw_status hw_exchange_ratio(hw_fitter *f, const hw_family *a, uint32_t person_a, const hw_family *b, uint32_t person_b, double *ret_log10, hw_err *err)
{
    return ratio_of(fitter_matcher(f), a, person_a, b, person_b, ret_log10, err);
}

/* ---- the search ---- */

typedef struct hunt {
    matcher *m;
    const hw_dataset *d;
    hw_exchange best;
    double best_log10;
    struct tried {
        double log10;
        uint32_t other; /* family */
    } *tried;
    size_t cap;
} hunt;

static hw_status try_pair(hunt *h, uint32_t a, uint32_t i, uint32_t b, uint32_t k, hw_err *err)
{
    double x = 0.0;
    hw_err mine = {0};
    hw_status s = ratio_of(h->m, &h->d->family[a], i, &h->d->family[b], k, &x, &mine);
    if (s == HW_TOO_COSTLY || s == HW_CONFLICT) {
        return HW_OK; /* no answer about this one */
    }
    if (s != HW_OK) {
        return HW_FAIL(err, s, "%s", mine.msg);
    }
    HW_TRY(HW_GROW(h->tried, h->best.tried, h->cap, 1000000, "exchanges", err));
    h->tried[h->best.tried++] = (struct tried){x, b};
    if (x > h->best_log10) {
        h->best_log10 = x;
        h->best.family[0] = a;
        h->best.family[1] = b;
        h->best.person[0] = i;
        h->best.person[1] = k;
    }
    return HW_OK;
}

#define SUSPECTED_SHARE 0.01

/* Is the sample one that may explain the misfit? Where nothing is known of suspects, all are. */
static bool suspected(const hw_fit *fit, uint32_t person)
{
    bool yes = fit == NULL;
    for (uint32_t i = 0; fit != NULL && i < fit->n_suspects && !yes; i++) {
        const hw_fit_suspect *s = &fit->suspect[i];
        /* Where no single error explains the readings the shares say nothing. */
        bool weighs = s->share >= SUSPECTED_SHARE || !(fit->suspect[0].share > 0.0);
        yes = weighs && (s->person == person || (s->kind == HW_FIT_OTHER_PARENT && s->parent == person));
    }
    return yes;
}

static hw_status try_families(hunt *h, uint32_t a, uint32_t b, const hw_fit *fit, hw_err *err)
{
    const hw_family *fa = &h->d->family[a];
    const hw_family *fb = &h->d->family[b];
    for (uint32_t i = 0; fa->profile != NULL && fb->profile != NULL && i < fa->pedigree.n; i++) {
        if (fa->profile[i] == NULL || (a != b && !suspected(fit, i))) {
            continue;
        }
        for (uint32_t k = a == b ? i + 1 : 0; k < fb->pedigree.n; k++) {
            if (fb->profile[k] != NULL) {
                HW_TRY(try_pair(h, a, i, b, k, err));
            }
        }
    }
    return HW_OK;
}

typedef struct all_hunts {
    const hw_dataset *d;
    hw_fitter **fitter; /* [threads] */
    const hw_exchange_query *query;
    size_t n;
    hw_exchange *found;
    bool *is_found;
} all_hunts;

static bool near_by(uint32_t a, uint32_t b)
{
    return (a > b ? a - b : b - a) <= HW_EXCHANGE_REACH;
}

/*
 * Of the best exchange among all tried, each equally likely beforehand; and of all exchanges between the same families: where each has two samples, to exchange the ones is to exchange
 * the others.
 */
static void weigh(hunt *h)
{
    double sum = 0.0;
    double same = 0.0;
    for (uint32_t i = 0; i < h->best.tried; i++) {
        double x = h->tried[i].log10 < h->best_log10 ? hw_pow10(h->tried[i].log10 - h->best_log10) : 1.0; /* also where both are infinite */
        sum += x;
        same += h->tried[i].other == h->best.family[1] ? x : 0.0;
    }
    h->best.share = sum > 0.0 ? same / sum : 0.0;
    h->best.share_alone = sum > 0.0 ? 1.0 / sum : 0.0;
}

static hw_status hunt_for(const all_hunts *all, size_t item, hunt *h, hw_err *err)
{
    uint32_t family = all->query[item].family;
    const hw_fit *fit = all->query[item].fit;
    for (uint32_t b = family > HW_EXCHANGE_REACH ? family - HW_EXCHANGE_REACH : 0; b < all->d->n_families && b <= family + HW_EXCHANGE_REACH; b++) {
        HW_TRY(try_families(h, family, b, fit, err));
    }
    /* Where sexes alone contradict, many samples far away would do as well. */
    for (size_t q = item > HW_EXCHANGE_OTHERS ? item - HW_EXCHANGE_OTHERS : 0; fit != NULL && q < all->n && q <= item + HW_EXCHANGE_OTHERS; q++) {
        if (!near_by(family, all->query[q].family)) {
            HW_TRY(try_families(h, family, all->query[q].family, fit, err));
        }
    }
    return HW_OK;
}

static hw_status hunt_item(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    all_hunts *all = ctx;
    const hw_fit *fit = all->query[item].fit;
    hunt h = {.m = fitter_matcher(all->fitter[worker]), .d = all->d, .best_log10 = -(double)INFINITY};
    hw_status s = hunt_for(all, item, &h, err);
    h.best.log10_ratio = h.best_log10;
    h.best.log10_error = fit != NULL && fit->n_suspects > 0 ? fit->suspect[0].log10_ratio : 0.0;
    weigh(&h);
    /* Where the statement is impossible everything is infinitely likelier; the exchange that makes it possible is then named. */
    double need = h.best.log10_error < (double)INFINITY && h.best.log10_error > 0.0 ? h.best.log10_error : 0.0;
    need += HW_EXCHANGE_MARGIN_LOG10 + (h.best.tried > 0 ? hw_log10((double)h.best.tried) : 0.0);
    all->is_found[item] = h.best.tried > 0 && h.best_log10 >= need && h.best.share >= HW_EXCHANGE_SHARE;
    all->found[item] = h.best;
    hw_free(h.tried);
    return s;
}

hw_status hw_exchanges_find(const hw_dataset *d, const hw_match_options *o, const hw_exchange_query *query, size_t n, hw_exchange *ret, bool *ret_found, hw_err *err)
{
    unsigned n_threads = o->n_threads == 0 ? hw_cpu_count() : o->n_threads;
    n_threads = n_threads > 256 ? 256 : n_threads;
    if (n == 0) {
        return HW_OK;
    }
    /* Without founder correlation: it makes siblings a hundred times dearer and changes two hypotheses about the same readings alike. */
    hw_settings plain = *o->settings;
    plain.theta = 0.0;
    hw_match_options options = *o;
    options.settings = &plain;
    all_hunts all = {.d = d, .query = query, .n = n, .found = ret, .is_found = ret_found};
    all.fitter = hw_alloc(n_threads, sizeof(hw_fitter *));
    if (all.fitter == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_status s = HW_OK;
    for (unsigned i = 0; i < n_threads && s == HW_OK; i++) {
        s = hw_fitter_new(d, &options, &all.fitter[i], err);
    }
    if (s == HW_OK) {
        s = hw_parallel_for(n, n_threads, hunt_item, &all, err);
    }
    for (unsigned i = 0; i < n_threads; i++) {
        hw_fitter_free(all.fitter[i]);
    }
    hw_free(all.fitter);
    return s;
}
