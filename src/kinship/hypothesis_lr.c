// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * All hypotheses about one child and one family, each as a likelihood of its own pedigree: the slow, plain way, which also checks what the
 * conditional tables of the search found.
 */
#include "kinship/matcher.h"
#include "kinship/ratio.h"

#include <math.h>
#include <string.h>

typedef struct pair {
    matcher *m;
    const hw_profile *child;
    const hw_family *family;
    uint32_t missing;      /* person of the family */
    uint32_t n_populations;
    pair_lr *r;
    bool *dropped;         /* [hypothesis] a rival beyond the limits of cost, in the population at hand */
    bool x_usable;         /* the child's sex and that of the missing person can be settled and agree */
    hw_locus_model **model; /* [locus] of the population at hand */
} pair;

/* Typings of all members of a hypothesis; the child counts in its own place only. */
static hw_status typings(const pair *p, const hw_hypothesis *h, uint32_t panel_index, hw_typing **ret, hw_err *err)
{
    hw_typing *t = HW_NEW(&p->m->scratch, hw_typing, h->pedigree.n + 1);
    if (t == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < h->pedigree.n; i++) {
        t[i] = (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0.0, 0.0};
    }
    /* A reading of the missing person's own, where a file has one, is set aside: it would be a direct comparison, not kinship. */
    for (size_t i = 0; i < p->family->pedigree.n; i++) {
        if (h->person_of[i] != UINT32_MAX && i != p->missing) {
            t[h->person_of[i]] = profile_typing(p->family->profile[i], panel_index);
        }
    }
    t[h->child] = profile_typing(p->child, panel_index);
    *ret = t;
    return HW_OK;
}

static bool family_typed(const pair *p, uint32_t missing, uint32_t panel_index)
{
    for (size_t i = 0; i < p->family->pedigree.n; i++) {
        if (i != p->family->missing[missing] && hw_genotype_typed(hw_profile_at(p->family->profile[i], panel_index))) {
            return true;
        }
    }
    return false;
}

static hw_status seen_alleles(const pair *p, uint32_t panel_index, hw_allele **ret, size_t *ret_n, hw_err *err)
{
    size_t n = 0;
    hw_allele *seen = HW_NEW(&p->m->scratch, hw_allele, 2 * p->family->pedigree.n + 3);
    if (seen == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i <= p->family->pedigree.n; i++) {
        hw_genotype g = hw_profile_at(i == p->family->pedigree.n ? p->child : p->family->profile[i], panel_index);
        seen[n++] = g.a;
        seen[n++] = g.b;
    }
    *ret = seen;
    *ret_n = n;
    return HW_OK;
}

static hw_status locus_likelihood(pair *p, const hw_hypothesis *h, const hw_locus_model *lm, uint32_t panel_index, hw_real *ret, hw_err *err)
{
    hw_typing *t = NULL;
    HW_TRY(typings(p, h, panel_index, &t, err));
    hw_engine *e = h->kind == HW_HYPOTHESIS_RIVAL ? p->m->rival_engine : p->m->engine;
    return hw_likelihood(e, &h->pedigree, lm, t, ret, err);
}

static hw_status pair_likelihood(pair *p, const hw_hypothesis *h, uint32_t a, uint32_t b, double rho, hw_real *ret, hw_err *err)
{
    const search *s = p->m->s;
    hw_typing *t0 = NULL;
    hw_typing *t1 = NULL;
    HW_TRY(typings(p, h, s->locus[a].panel_index, &t0, err));
    HW_TRY(typings(p, h, s->locus[b].panel_index, &t1, err));
    const hw_typing *t[2] = {t0, t1};
    const hw_locus_model *lm[2] = {p->model[a], p->model[b]};
    return hw_likelihood_linked(p->m->engine, &h->pedigree, lm, t, rho, ret, err);
}

static bool usable(const pair *p, uint32_t missing, uint32_t locus)
{
    const search_locus *l = &p->m->s->locus[locus];
    return hw_genotype_typed(hw_profile_at(p->child, l->panel_index)) && family_typed(p, missing, l->panel_index) &&
           (l->kind != HW_LOCUS_X || p->x_usable);
}

/* Impossible when everything is taken as read and nothing mutates? */
static hw_status strict_check(pair *p, uint32_t locus, const hw_allele *seen, size_t n_seen, bool *ret, hw_err *err)
{
    const search_locus *l = &p->m->s->locus[locus];
    hw_locus_settings strict = {.locus = l->name};
    hw_locus_model *lm = NULL;
    HW_TRY(hw_locus_model_build(&p->m->scratch, l->freq[0], l->kind, &strict, 0.0, p->m->s->o->settings->rare_rule, p->m->s->o->settings->rare_value,
                                seen, n_seen, &lm, err));
    hw_typing *t = NULL;
    HW_TRY(typings(p, &p->r->h.h[0], l->panel_index, &t, err));
    for (size_t i = 0; i < p->r->h.h[0].pedigree.n; i++) {
        t[i].dropout = 0.0;
        t[i].error = 0.0;
    }
    hw_real v;
    HW_TRY(hw_likelihood(p->m->engine, &p->r->h.h[0].pedigree, lm, t, &v, err));
    *ret = hw_real_is_zero(v);
    return HW_OK;
}

/* A rival too costly to compute exactly is left out and said so; the pair's own two statements must be computed. */
static hw_status drop_if_costly(pair *p, uint32_t h, hw_status status, hw_real *l, hw_err *mine, hw_err *err)
{
    if (status == HW_TOO_COSTLY && h >= 2) {
        p->dropped[h] = true;
        *l = hw_real_from(0.0);
        return HW_OK;
    }
    if (status != HW_OK && err != NULL && err->code == HW_OK) {
        *err = *mine;
    }
    return status;
}

/* A reading that nobody can give (a heterozygous boy at X) tells no hypothesis from another. */
static void multiply_ratio(hw_real *total, hw_real num, hw_real den)
{
    if (!hw_real_is_zero(den)) {
        *total = hw_real_mul(*total, hw_real_div(num, den));
    }
}

static hw_status one_population(pair *p, uint32_t missing, uint32_t k, hw_err *err)
{
    const search *s = p->m->s;
    pair_lr *r = p->r;
    uint32_t n_h = r->h.n;
    hw_real *total = HW_NEW(&p->m->scratch, hw_real, n_h);
    hw_real *l = HW_NEW(&p->m->scratch, hw_real, n_h);
    p->dropped = HW_NEW(&p->m->scratch, bool, n_h + 1);
    if (total == NULL || l == NULL || p->dropped == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t h = 0; h < n_h; h++) {
        total[h] = hw_real_from(1.0);
    }
    for (uint32_t i = 0; i < s->n_loci; i++) {
        double *ratio = &r->locus_ratio[(size_t)i * p->n_populations + k];
        *ratio = 1.0;
        p->model[i] = NULL;
        if (!usable(p, missing, i) || s->locus[i].freq[k] == NULL) {
            continue;
        }
        hw_allele *seen = NULL;
        size_t n_seen = 0;
        HW_TRY(seen_alleles(p, s->locus[i].panel_index, &seen, &n_seen, err));
        variant *v = NULL;
        HW_TRY(matcher_variant(p->m, k, i, seen, n_seen, &v, err));
        p->model[i] = v->model;
        if (k == 0) {
            r->used[i] = true;
            r->n_used++;
            HW_TRY(strict_check(p, i, seen, n_seen, &r->inconsistent[i], err));
            r->n_inconsistent += r->inconsistent[i] ? 1 : 0;
        }
        for (uint32_t h = 0; h < n_h; h++) {
            hw_err mine = {0};
            hw_status status = p->dropped[h] ? HW_TOO_COSTLY : locus_likelihood(p, &r->h.h[h], v->model, s->locus[i].panel_index, &l[h], &mine);
            HW_TRY(drop_if_costly(p, h, status, &l[h], &mine, err));
        }
        *ratio = hw_ratio(l[0], l[1]);
        if (r->linked_with[i] >= 0) {
            continue;
        }
        for (uint32_t h = 0; h < n_h; h++) {
            multiply_ratio(&total[h], l[h], l[1]);
        }
    }
    for (uint32_t i = 0; i < s->n_loci; i++) {
        if (r->linked_with[i] <= (int32_t)i) {
            continue;
        }
        uint32_t j = (uint32_t)r->linked_with[i];
        double rho = 0.5;
        for (uint32_t q = 0; q < s->o->settings->n_linked; q++) {
            const hw_linked_pair *lp = &s->o->settings->linked[q];
            if ((hw_streq(lp->a, s->locus[i].name) && hw_streq(lp->b, s->locus[j].name)) ||
                (hw_streq(lp->b, s->locus[i].name) && hw_streq(lp->a, s->locus[j].name))) {
                rho = lp->rho;
            }
        }
        bool both = p->model[i] != NULL && p->model[j] != NULL;
        for (uint32_t h = 0; h < n_h; h++) {
            hw_err mine = {0};
            hw_status status = HW_OK;
            l[h] = hw_real_from(1.0);
            if (p->dropped[h]) {
                status = HW_TOO_COSTLY;
            } else if (both) {
                status = pair_likelihood(p, &r->h.h[h], i, j, rho, &l[h], &mine);
            } else if (p->model[i] != NULL || p->model[j] != NULL) {
                uint32_t one = p->model[i] != NULL ? i : j;
                status = locus_likelihood(p, &r->h.h[h], p->model[one], s->locus[one].panel_index, &l[h], &mine);
            }
            HW_TRY(drop_if_costly(p, h, status, &l[h], &mine, err));
        }
        if (both) {
            r->locus_ratio[(size_t)i * p->n_populations + k] = hw_ratio(l[0], l[1]);
            r->locus_ratio[(size_t)j * p->n_populations + k] = 1.0;
        }
        for (uint32_t h = 0; h < n_h; h++) {
            multiply_ratio(&total[h], l[h], l[1]);
        }
    }
    for (uint32_t h = 0; h < n_h; h++) {
        double x = p->dropped[h] ? (double)NAN : hw_real_log10(total[h]);
        r->log10_ratio[(size_t)h * p->n_populations + k] = h == 0 ? x + hw_log10(r->sex_ratio) : x;
    }
    if (k == 0) {
        r->ratio = total[0];
    }
    return HW_OK;
}

/* Loci that settings name as a pair and for which this family's pedigree makes a difference are computed together. */
static void find_links(const search *s, pair_lr *r)
{
    for (uint32_t i = 0; i < s->n_loci; i++) {
        r->linked_with[i] = -1;
    }
    for (uint32_t q = 0; q < s->o->settings->n_linked; q++) {
        int32_t a = -1;
        int32_t b = -1;
        for (uint32_t i = 0; i < s->n_loci; i++) {
            a = hw_streq(s->locus[i].name, s->o->settings->linked[q].a) ? (int32_t)i : a;
            b = hw_streq(s->locus[i].name, s->o->settings->linked[q].b) ? (int32_t)i : b;
        }
        if (a >= 0 && b >= 0 && a != b && r->linked_with[a] < 0 && r->linked_with[b] < 0 && r->used[a] && r->used[b]) {
            r->linked_with[a] = b;
            r->linked_with[b] = a;
        }
    }
}

/* Where the missing person's sex is not known, it is that of the child in every hypothesis: also where the two are different persons. */
static hw_status settle_child_sex(const pair *p, hw_sex sex, hw_err *err)
{
    bool open = sex != HW_SEX_UNKNOWN && p->family->pedigree.person[p->missing].sex == HW_SEX_UNKNOWN;
    for (uint32_t h = 0; open && h < p->r->h.n; h++) {
        hw_hypothesis *x = &p->r->h.h[h];
        HW_TRY(pedigree_settle_sex(&x->pedigree, x->child, sex, err));
        if (x->person_of[p->missing] != UINT32_MAX) {
            HW_TRY(pedigree_settle_sex(&x->pedigree, x->person_of[p->missing], sex, err));
        }
    }
    return HW_OK;
}

static hw_status room(const pair *p, hw_err *err)
{
    const search *s = p->m->s;
    pair_lr *r = p->r;
    hw_arena *a = &r->h.arena;
    r->log10_ratio = HW_NEW(a, double, (size_t)r->h.n * p->n_populations + 1);
    r->locus_ratio = HW_NEW(a, double, (size_t)s->n_loci * p->n_populations + 1);
    r->used = HW_NEW(a, bool, s->n_loci + 1);
    r->inconsistent = HW_NEW(a, bool, s->n_loci + 1);
    r->linked_with = HW_NEW(a, int32_t, s->n_loci + 1);
    bool lost = r->log10_ratio == NULL || r->locus_ratio == NULL || r->used == NULL || r->inconsistent == NULL || r->linked_with == NULL;
    return lost ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

/* The child's sex is taken to be `sex`. */
static hw_status given_sex(pair *p, uint32_t missing, hw_sex sex, uint32_t n_h, hw_err *err)
{
    const search *s = p->m->s;
    pair_lr *r = p->r;
    hw_sex stated = p->family->pedigree.person[p->missing].sex;
    p->x_usable = stated == HW_SEX_UNKNOWN ? sex != HW_SEX_UNKNOWN : sex == HW_SEX_UNKNOWN || sex == stated;
    HW_TRY(room(p, err));
    HW_TRY(settle_child_sex(p, sex, err));
    r->n_used = 0;
    r->n_inconsistent = 0;
    for (uint32_t i = 0; i < s->n_loci; i++) {
        r->used[i] = usable(p, missing, i);
    }
    find_links(s, r);
    uint32_t all = r->h.n;
    r->h.n = n_h;
    hw_status status = HW_OK;
    for (uint32_t k = 0; k < p->n_populations && status == HW_OK; k++) {
        hw_err mine = {0};
        status = one_population(p, missing, k, &mine);
        if (k > 0 && status != HW_OK && status != HW_NO_MEMORY && status != HW_INTERNAL) {
            for (uint32_t h = 0; h < n_h; h++) {
                r->log10_ratio[(size_t)h * p->n_populations + k] = (double)NAN;
            }
            status = HW_OK;
        } else if (status != HW_OK && err != NULL && err->code == HW_OK) {
            *err = mine;
        }
    }
    r->h.n = all;
    return status;
}

/* log10 of the weighted sum of 10^a and 10^b. */
static double mean_log10(double a, double weight_a, double b, double weight_b)
{
    if (a != a || b != b) {
        return (double)NAN;
    }
    double high = a > b ? a : b;
    return high > -(double)INFINITY ? high + hw_log10(weight_a * hw_pow10(a - high) + weight_b * hw_pow10(b - high)) : high;
}

/* Shares of both sexes: x by the child's own X readings (sum 1), w by the family's readings of its missing person (mean 1). */
typedef struct shares {
    double x_boy, x_girl, w_boy, w_girl;
} shares;

/*
 * Nobody knows the sex of the missing person nor of the child, and it matters. As the missing person the child has that person's sex, so both shares count; in the
 * other hypotheses its own alone. The ratios shown for single loci are means; their product is then not that of the pair.
 */
static void take_means(const pair *p, const pair_lr *male, const shares *q, uint32_t n_h)
{
    pair_lr *r = p->r;
    double boys = q->x_boy * q->w_boy;
    double girls = q->x_girl * q->w_girl;
    for (size_t i = 0; i < (size_t)n_h * p->n_populations; i++) {
        bool missing = i < p->n_populations;
        r->log10_ratio[i] = mean_log10(male->log10_ratio[i], missing ? boys : q->x_boy, r->log10_ratio[i], missing ? girls : q->x_girl);
    }
    r->n_inconsistent = 0;
    for (uint32_t i = 0; i < p->m->s->n_loci; i++) {
        r->inconsistent[i] = r->inconsistent[i] && male->inconsistent[i];
        r->n_inconsistent += r->inconsistent[i] ? 1 : 0;
        for (uint32_t k = 0; k < p->n_populations; k++) {
            size_t at = (size_t)i * p->n_populations + k;
            r->locus_ratio[at] = 0.5 * (r->locus_ratio[at] + male->locus_ratio[at]);
        }
    }
    r->ratio = hw_real_add(hw_real_mul_d(male->ratio, boys), hw_real_mul_d(r->ratio, girls));
}

static hw_status both_sexes(pair *p, uint32_t missing, uint32_t n_h, hw_err *err)
{
    HW_TRY(given_sex(p, missing, HW_SEX_MALE, n_h, err));
    pair_lr male = *p->r;
    /* Pedigrees anew: with one sex settled, those of others followed from it. */
    HW_TRY(hw_hypotheses_build(p->family, missing, &p->r->h, err));
    hw_status status = given_sex(p, missing, HW_SEX_FEMALE, n_h, err);
    shares q = {0};
    if (status == HW_OK) {
        status = child_x_shares(p->m, p->family, missing, p->child, &q.x_boy, &q.x_girl, err);
    }
    if (status == HW_OK) {
        status = family_sex_weights(p->m, p->family, missing, &q.w_boy, &q.w_girl, err);
    }
    if (status == HW_OK) {
        take_means(p, &male, &q, n_h);
    }
    hw_hypotheses_release(&male.h);
    return status;
}

static hw_status compute(matcher *m, uint32_t child, const hw_family *family, uint32_t missing, bool rivals, pair_lr *r, hw_err *err)
{
    const search *s = m->s;
    pair p = {.m = m, .child = s->d->child[child], .family = family, .n_populations = s->o->n_populations, .r = r};
    p.missing = p.family->missing[missing];
    hw_sex stated = p.family->pedigree.person[p.missing].sex;
    hw_sex shown = s->child_sex[child];
    r->sex_ratio = search_sex_ratio(s, child, stated);
    uint32_t n_h = !rivals && r->h.n > 2 ? 2 : r->h.n;
    p.model = HW_NEW(&m->scratch, hw_locus_model *, s->n_loci + 1);
    if (p.model == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    bool open = stated == HW_SEX_UNKNOWN && shown == HW_SEX_UNKNOWN && search_sex_matters(s, p.family, p.missing);
    if (open) {
        return both_sexes(&p, missing, n_h, err);
    }
    if (stated == HW_SEX_UNKNOWN && search_sex_matters(s, p.family, p.missing)) {
        /* What the family's own readings say of the missing person's sex is evidence of sex too. */
        double boys = 1.0;
        double girls = 1.0;
        HW_TRY(family_sex_weights(m, p.family, missing, &boys, &girls, err));
        r->sex_ratio *= shown == HW_SEX_MALE ? boys : girls;
    }
    return given_sex(&p, missing, shown, n_h, err);
}

static hw_status as_stated(matcher *m, uint32_t child, const hw_family *family, uint32_t missing, bool rivals, pair_lr *ret, hw_err *err)
{
    pair_lr r = {0};
    HW_TRY(hw_hypotheses_build(family, missing, &r.h, err));
    hw_status status = compute(m, child, family, missing, rivals, &r, err);
    if (status != HW_OK) {
        hw_hypotheses_release(&r.h);
        return status;
    }
    *ret = r;
    return HW_OK;
}

/* sum += weight * 10^log10, in logarithms. */
static double add_log10(double sum, double weight, double log10)
{
    return sum > -(double)INFINITY || sum != sum ? mean_log10(sum, 1.0, log10, weight) : log10 + hw_log10(weight);
}

/* The mean over the assignments of sexes; the first possible one gives the words. Ratios of single loci are means too. */
static hw_status over_worlds(matcher *m, uint32_t child, const family_worlds *w, uint32_t missing, bool rivals, pair_lr *ret, hw_err *err)
{
    const search *s = m->s;
    size_t n_pop = s->o->n_populations;
    bool first = true;
    for (uint32_t i = 0; i < w->n; i++) {
        pair_lr one;
        if (!(w->weight[i] > 0.0)) {
            continue;
        }
        hw_status status = as_stated(m, child, &w->family[i], missing, rivals, &one, err);
        if (status != HW_OK) {
            if (!first) {
                pair_lr_release(ret);
            }
            return status;
        }
        double weight = w->weight[i];
        size_t n_h = (rivals || one.h.n < 2 ? one.h.n : 2) * n_pop;
        size_t n_l = (size_t)s->n_loci * n_pop;
        if (first) {
            *ret = one;
            ret->ratio = hw_real_mul_d(one.ratio, weight);
            for (size_t k = 0; k < n_h; k++) {
                ret->log10_ratio[k] = one.log10_ratio[k] + hw_log10(weight);
            }
            for (size_t k = 0; k < n_l; k++) {
                ret->locus_ratio[k] = weight * one.locus_ratio[k];
            }
            first = false;
            continue;
        }
        ret->ratio = hw_real_add(ret->ratio, hw_real_mul_d(one.ratio, weight));
        for (size_t k = 0; k < n_h; k++) {
            ret->log10_ratio[k] = add_log10(ret->log10_ratio[k], weight, one.log10_ratio[k]);
        }
        for (size_t k = 0; k < n_l; k++) {
            ret->locus_ratio[k] += weight * one.locus_ratio[k];
        }
        pair_lr_release(&one);
    }
    return HW_OK;
}

hw_status pair_lr_compute(matcher *m, uint32_t child, const hw_family *family, uint32_t missing, bool rivals, pair_lr *ret, hw_err *err)
{
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    family_worlds w;
    HW_TRY(family_worlds_init(&w, m, family, missing, err));
    hw_status status = w.n > 0 ? over_worlds(m, child, &w, missing, rivals, ret, err) : as_stated(m, child, family, missing, rivals, ret, err);
    family_worlds_release(&w);
    hw_arena_reset(&m->scratch, mark);
    return status;
}

void pair_lr_release(pair_lr *p)
{
    hw_hypotheses_release(&p->h);
    *p = (pair_lr){0};
}
