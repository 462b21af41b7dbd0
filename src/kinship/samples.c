// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Everybody who has a profile, and what is wrong with single profiles. */
#include "kinship/quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the list ---- */

/* A profile of the elimination list as the panel of the dataset numbers loci. */
static hw_status to_panel(hw_arena *arena, const hw_panel *to, const hw_dataset *from, const hw_profile *p, hw_profile **ret, hw_err *err)
{
    hw_profile *q = hw_profile_new(arena, p->id, (uint32_t)to->n);
    if (q == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    q->person = p->person;
    q->sex = p->sex;
    q->dropout = p->dropout;
    q->error = p->error;
    for (uint32_t i = 0; i < from->panel.n; i++) {
        uint32_t at = 0;
        if (hw_panel_find(to, from->panel.locus[i].name, &at)) {
            q->g[at] = hw_profile_at(p, i);
        }
    }
    *ret = q;
    return HW_OK;
}

static int by_profile(const void *a, const void *b)
{
    const hw_sampled *x = a;
    const hw_sampled *y = b;
    uintptr_t p = (uintptr_t)x->profile;
    uintptr_t q = (uintptr_t)y->profile;
    if (p != q) {
        return p < q ? -1 : 1;
    }
    return x->staff < y->staff ? -1 : x->staff > y->staff; /* here: the place in the list */
}

/* Readers may let one profile stand for a child and for a member: it is one sample. */
static hw_status drop_repeated(hw_samples *p, hw_err *err)
{
    HW_AUTO_FREE hw_sampled *sorted = hw_alloc(p->n + 1, sizeof(*sorted));
    HW_AUTO_FREE bool *again = hw_alloc(p->n + 1, sizeof(*again));
    if (sorted == NULL || again == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    memcpy(sorted, p->one, p->n * sizeof(*sorted));
    for (size_t i = 0; i < p->n; i++) {
        sorted[i].staff = (uint32_t)i;
    }
    qsort(sorted, p->n, sizeof(*sorted), by_profile);
    for (size_t i = 1; i < p->n; i++) {
        again[sorted[i].staff] = sorted[i].profile == sorted[i - 1].profile;
    }
    size_t kept = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (!again[i]) {
            p->one[kept++] = p->one[i];
        }
    }
    p->n = kept;
    return HW_OK;
}

static size_t most(const hw_dataset *d, const hw_dataset *staff)
{
    size_t n = d->n_children + (staff != NULL ? staff->n_profiles : 0);
    for (size_t f = 0; f < d->n_families; f++) {
        n += d->family[f].pedigree.n;
    }
    return n;
}

static hw_status fill(const hw_dataset *d, const hw_dataset *staff, hw_samples *p, hw_err *err)
{
    p->one = HW_NEW(&p->arena, hw_sampled, most(d, staff) + 1);
    if (p->one == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < d->n_children; i++) {
        p->one[p->n++] = (hw_sampled){d->child[i], i, HW_NOBODY, HW_NOBODY, HW_NOBODY};
    }
    for (uint32_t f = 0; f < d->n_families; f++) {
        const hw_family *fam = &d->family[f];
        for (uint32_t i = 0; fam->profile != NULL && i < fam->pedigree.n; i++) {
            if (fam->profile[i] != NULL) {
                p->one[p->n++] = (hw_sampled){fam->profile[i], HW_NOBODY, f, i, HW_NOBODY};
            }
        }
    }
    HW_TRY(drop_repeated(p, err));
    for (uint32_t i = 0; staff != NULL && i < staff->n_profiles; i++) {
        hw_profile *q = NULL;
        HW_TRY(to_panel(&p->arena, &d->panel, staff, staff->profile[i], &q, err));
        p->one[p->n++] = (hw_sampled){q, HW_NOBODY, HW_NOBODY, HW_NOBODY, i};
    }
    return HW_OK;
}

hw_status hw_samples_list(const hw_dataset *d, const hw_dataset *staff, hw_samples *ret, hw_err *err)
{
    hw_samples p = {0};
    hw_arena_init(&p.arena, (size_t)8 << 30);
    hw_status s = fill(d, staff, &p, err);
    if (s != HW_OK) {
        hw_samples_release(&p);
        return s;
    }
    *ret = p;
    return HW_OK;
}

void hw_samples_release(hw_samples *p)
{
    hw_arena_release(&p->arena);
    *p = (hw_samples){0};
}

hw_sex hw_sampled_sex(const hw_dataset *d, const hw_sampled *s)
{
    if (s->profile->sex != HW_SEX_UNKNOWN || s->family == HW_NOBODY) {
        return s->profile->sex;
    }
    return d->family[s->family].pedigree.person[s->person].sex;
}

/* ---- single profiles ---- */

void hw_profile_bounds_init(hw_profile_bounds *b)
{
    *b = (hw_profile_bounds){.min_loci = 8, .identity_log10 = -8.0, .mixture_loci = 2, .sex_ratio = 100.0, .homozygotes_log10 = -6.0};
}

/* What a locus says beforehand: that somebody is homozygous there, and that two unrelated people agree. */
typedef struct locus_odds {
    uint32_t panel_index;
    double homozygous, agree;
} locus_odds;

typedef struct checker {
    const hw_dataset *d;
    const hw_profile_bounds *b;
    double sex_error;
    locus_odds *locus;
    uint32_t n_loci;
    double *tail; /* [n_loci + 1] scratch */
    hw_profile_finding *found;
    size_t n;
} checker;

static hw_status list_loci(checker *c, const hw_match_options *o, hw_arena *arena, hw_err *err)
{
    const hw_panel *panel = &c->d->panel;
    double theta = o->settings->theta >= 0.0 ? o->settings->theta : o->population[0]->theta;
    c->locus = HW_NEW(arena, locus_odds, panel->n + 1);
    c->tail = HW_NEW(arena, double, panel->n + 2);
    if (c->locus == NULL || c->tail == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < panel->n; i++) {
        const hw_freq *f = panel->locus[i].kind == HW_LOCUS_AUTOSOMAL ? hw_population_find(o->population[0], panel->locus[i].name) : NULL;
        double p2 = 0.0;
        double p4 = 0.0;
        for (uint32_t k = 0; f != NULL && k < f->n; k++) {
            double p = f->freq[k] / f->sum;
            p2 += p * p;
            p4 += p * p * p * p;
        }
        if (f != NULL) {
            /* Two unrelated people agree: sum of squared genotype probabilities, 2 (sum p^2)^2 - sum p^4. */
            c->locus[c->n_loci++] = (locus_odds){i, p2 + theta * (1.0 - p2), 2.0 * p2 * p2 - p4};
        }
    }
    return HW_OK;
}

static void add(checker *c, uint32_t who, hw_profile_fault fault, uint32_t loci, uint32_t count, double value)
{
    c->found[c->n++] = (hw_profile_finding){.who = who, .fault = fault, .loci = loci, .count = count, .value = value};
}

/* log10 of P(at least `count` of the typed loci are homozygous), each with its own probability. */
static double homozygote_tail(const checker *c, const hw_profile *p, uint32_t count)
{
    uint32_t n = 0;
    c->tail[0] = 1.0;
    for (uint32_t i = 0; i < c->n_loci; i++) {
        if (hw_profile_at(p, c->locus[i].panel_index).b == HW_ALLELE_UNKNOWN) {
            continue;
        }
        double h = c->locus[i].homozygous;
        c->tail[n + 1] = c->tail[n] * h;
        for (uint32_t k = n; k > 0; k--) {
            c->tail[k] = c->tail[k] * (1.0 - h) + c->tail[k - 1] * h;
        }
        c->tail[0] *= 1.0 - h;
        n++;
    }
    double sum = 0.0;
    for (uint32_t k = n + 1; k-- > count;) {
        sum += c->tail[k];
    }
    return hw_log10(sum < 1.0 ? sum : 1.0);
}

static void check_one(checker *c, uint32_t who, const hw_sampled *s)
{
    const hw_profile *p = s->profile;
    uint32_t typed = 0;
    uint32_t full = 0;
    uint32_t homozygous = 0;
    double agree = 1.0;
    for (uint32_t i = 0; i < c->n_loci; i++) {
        hw_genotype g = hw_profile_at(p, c->locus[i].panel_index);
        typed += hw_genotype_typed(g) ? 1 : 0;
        full += g.b != HW_ALLELE_UNKNOWN ? 1 : 0;
        homozygous += g.b != HW_ALLELE_UNKNOWN && g.a == g.b ? 1 : 0;
        agree *= hw_genotype_typed(g) ? c->locus[i].agree : 1.0;
    }
    double identity = hw_log10(agree);
    if (typed < c->b->min_loci || identity > c->b->identity_log10) {
        add(c, who, HW_FAULT_POOR, typed, 0, identity);
    }
    uint32_t many = 0;
    for (const hw_extra *e = p->extras; e != NULL; e = e->next) {
        many += e->n >= 3 && c->d->panel.locus[e->locus].kind == HW_LOCUS_AUTOSOMAL ? 1 : 0;
    }
    if (many >= c->b->mixture_loci) {
        add(c, who, HW_FAULT_MIXTURE, many, 0, 0.0);
    }
    hw_sex stated = hw_sampled_sex(c->d, s);
    double male = hw_amelogenin_ratio(p, &c->d->panel, c->sex_error);
    double against = stated == HW_SEX_MALE ? 1.0 / male : stated == HW_SEX_FEMALE ? male : 1.0;
    if (against >= c->b->sex_ratio) {
        add(c, who, HW_FAULT_SEX, 0, 0, 0.0);
    }
    if (p->dropout <= 0.0 && homozygous > 2) {
        double tail = homozygote_tail(c, p, homozygous);
        if (tail <= c->b->homozygotes_log10) {
            add(c, who, HW_FAULT_HOMOZYGOTES, full, homozygous, tail);
        }
    }
}

hw_status hw_profiles_check(const hw_dataset *d, const hw_match_options *o, const hw_samples *people, const hw_profile_bounds *b, hw_arena *arena, hw_profile_finding **ret,
                            size_t *ret_n, hw_err *err)
{
    checker c = {.d = d, .b = b, .sex_error = o->settings->sex_error};
    size_t cap = 0;
    HW_AUTO_FREE hw_profile_finding *list = NULL;
    hw_profile_finding own[HW_PROFILE_FAULTS];
    size_t n = 0;
    HW_TRY(list_loci(&c, o, arena, err));
    c.found = own;
    for (size_t i = 0; i < people->n; i++) {
        c.n = 0;
        check_one(&c, (uint32_t)i, &people->one[i]);
        for (size_t k = 0; k < c.n; k++) {
            HW_TRY(HW_GROW(list, n, cap, people->n * HW_PROFILE_FAULTS, "findings", err));
            list[n++] = own[k];
        }
    }
    hw_profile_finding *kept = HW_NEW(arena, hw_profile_finding, n + 1);
    if (kept == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (n > 0) {
        memcpy(kept, list, n * sizeof(*kept));
    }
    *ret = kept;
    *ret_n = n;
    return HW_OK;
}
