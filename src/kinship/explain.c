// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/explain_parts.h"

#include <math.h>
#include <string.h>

/*
 * The child against everybody, so that the posterior counts all rivals for it; only pairs of the family asked for are listed. When the posterior is known, against
 * this family alone.
 */
static hw_status summary(const parts *x, uint32_t child, uint32_t family, uint32_t missing, hw_err *err)
{
    hw_explanation *r = x->r;
    hw_dataset one = *x->d;
    hw_profile *only[1] = {x->d->child[child]};
    one.child = only;
    one.n_children = 1;
    hw_match_options opt = *x->o;
    opt.list_family = family;
    opt.known_child = opt.known_family = NULL;
    uint32_t here = x->known != NULL ? 0 : family; /* its index in what is searched */
    if (x->known != NULL) {
        one.family = x->d->family + family;
        one.n_families = 1;
        opt.list_family = here;
    }
    opt.threshold_log10 = -1e9;
    hw_match_result all;
    HW_TRY(hw_match(&one, &opt, &all, err));
    hw_status s = HW_OK;
    bool found = false;
    for (size_t i = 0; i < all.n_errors && s == HW_OK; i++) {
        if (all.error[i].family == here) {
            s = HW_FAIL(err, all.error[i].status, "%s", all.error[i].text);
        }
    }
    for (size_t i = 0; i < all.n_candidates && s == HW_OK; i++) {
        const hw_candidate *c = &all.candidate[i];
        if (c->missing != missing) {
            continue;
        }
        found = true;
        r->summary = *c;
        r->summary.child = child;
        r->summary.family = family;
        r->summary.rival = c->rival == NULL ? NULL : hw_arena_strdup(&r->arena, c->rival);
        r->summary.relation = hw_arena_strdup(&r->arena, c->relation);
        if (r->summary.relation == NULL || (c->rival != NULL && r->summary.rival == NULL)) {
            s = HW_NO_MEMORY_FAIL(err);
        }
    }
    r->prior_each = x->known != NULL ? x->known->prior_each : all.prior_each;
    r->summary.posterior = x->known != NULL ? x->known->posterior : r->summary.posterior;
    if (s == HW_OK && !found) {
        /* The ratio is exactly 0: such pairs are below any threshold. */
        r->summary = (hw_candidate){.child = child, .family = family, .missing = missing, .log10_lr = -(double)INFINITY, .log10_lr_min = -(double)INFINITY,
                                    .rival_log10 = (double)NAN, .relation = "excluded"};
    }
    hw_match_result_release(&all);
    return s;
}

static hw_status hypotheses(parts *x, const pair_lr *p, hw_err *err)
{
    hw_explanation *r = x->r;
    r->hypothesis = HW_NEW(&r->arena, hw_explained_hypothesis, p->h.n + 1);
    if (r->hypothesis == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t h = 0; h < p->h.n; h++) {
        hw_explained_hypothesis *e = &r->hypothesis[r->n_hypotheses++];
        *e = (hw_explained_hypothesis){.kind = p->h.h[h].kind, .same_as = p->h.h[h].same_as};
        e->code = hw_arena_strdup(&r->arena, p->h.h[h].code);
        e->text = hw_arena_strdup(&r->arena, p->h.h[h].text);
        e->log10_ratio = HW_NEW(&r->arena, double, r->n_populations);
        if (e->code == NULL || e->text == NULL || e->log10_ratio == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        for (uint32_t k = 0; k < r->n_populations; k++) {
            e->log10_ratio[k] = p->log10_ratio[(size_t)h * r->n_populations + k];
        }
    }
    return HW_OK;
}

/* Two ways to one number: the conditional table's and the pedigrees'. They differ only when the program is broken. */
static hw_status cross_check(const parts *x, const pair_lr *p, hw_err *err)
{
    double table = x->r->summary.log10_lr;
    double direct = p->log10_ratio[0];
    double gap = table - direct;
    double allowed = 1e-9 + 1e-12 * (table < 0.0 ? -table : table);
    if (table == direct || (gap < allowed && gap > -allowed)) {
        return HW_OK;
    }
    return HW_FAIL(err, HW_INTERNAL, "child %s, family %s: the conditional table gives log10 LR %.12g, the pedigrees %.12g; please report this with the files",
                   x->r->child->id, x->family->id, table, direct);
}

/* A search that was made with other numbers is none of these data. */
static hw_status check_known(const parts *x, hw_err *err)
{
    double then = x->known != NULL ? x->known->log10_lr : (double)NAN;
    double now = x->r->summary.log10_lr;
    double gap = then - now;
    if (isnan(then) || then == now || (gap < 1e-9 && gap > -1e-9)) {
        return HW_OK;
    }
    return HW_FAIL(err, HW_CONFLICT, "child %s, family %s: the search found log10 LR %.12g, this program finds %.12g; search again", x->r->child->id, x->family->id, then, now);
}

static hw_status explain(parts *x, uint32_t child, uint32_t family, uint32_t missing, hw_err *err)
{
    hw_explanation *r = x->r;
    HW_TRY(summary(x, child, family, missing, err));
    HW_TRY(check_known(x, err));
    r->population = HW_NEW(&r->arena, const char *, x->o->n_populations);
    if (r->population == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    r->n_populations = x->o->n_populations;
    for (uint32_t k = 0; k < r->n_populations; k++) {
        r->population[k] = hw_arena_strdup(&r->arena, x->o->population[k]->name);
        if (r->population[k] == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    pair_lr p;
    HW_TRY(pair_lr_compute(x->m, child, x->family, missing, true, &p, err));
    r->sex_ratio = p.sex_ratio;
    r->summary.loci_used = p.n_used;
    r->summary.inconsistent = p.n_inconsistent;
    hw_status s = hypotheses(x, &p, err);
    s = s == HW_OK ? cross_check(x, &p, err) : s;
    s = s == HW_OK ? explain_loci(x, &p, err) : s;
    pair_lr_release(&p);
    HW_TRY(s);
    HW_TRY(explain_lineage(x, err));
    return explain_words(x, err);
}

hw_status hw_match_explain(const hw_dataset *d, const hw_match_options *o, uint32_t child, uint32_t family, uint32_t missing, hw_explanation *ret,
                           hw_err *err)
{
    return hw_match_explain_known(d, o, child, family, missing, NULL, ret, err);
}

hw_status hw_match_explain_known(const hw_dataset *d, const hw_match_options *o, uint32_t child, uint32_t family, uint32_t missing, const hw_match_known *known,
                                 hw_explanation *ret, hw_err *err)
{
    if (child >= d->n_children || family >= d->n_families || missing >= d->family[family].n_missing) {
        return HW_FAIL(err, HW_NOT_FOUND, "no such child, family or missing person in these files");
    }
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    hw_arena_init(&arena, 0);
    HW_CLEANUP(search_release) search s = {0};
    HW_TRY(search_init(&s, &arena, d, o, err));
    hw_explanation r = {.child = d->child[child], .family = &d->family[family], .missing = missing, .panel = &d->panel};
    r.synthetic = d->synthetic || r.child->synthetic;
    hw_arena_init(&r.arena, 0);
    matcher m;
    hw_status status = matcher_init(&m, &s, err);
    parts x = {.d = d, .o = o, .s = &s, .m = &m, .family = &s.family[family], .r = &r, .known = known};
    if (status == HW_OK) {
        status = explain(&x, child, family, missing, err);
    }
    matcher_release(&m);
    if (status != HW_OK) {
        hw_arena_release(&r.arena);
        return status;
    }
    *ret = r;
    return HW_OK;
}

void hw_explanation_release(hw_explanation *x)
{
    hw_arena_release(&x->arena);
    *x = (hw_explanation){0};
}
