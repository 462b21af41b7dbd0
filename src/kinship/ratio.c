// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/ratio.h"

#include "kinship/worlds.h"

#include <math.h>
#include <string.h>

double hw_ratio(hw_real a, hw_real b)
{
    if (hw_real_is_zero(b)) {
        return hw_real_is_zero(a) ? (double)NAN : (double)INFINITY;
    }
    return hw_real_to_double(hw_real_div(a, b));
}

double hw_ratio_log10(hw_real a, hw_real b)
{
    if (hw_real_is_zero(b)) {
        return hw_real_is_zero(a) ? (double)NAN : (double)INFINITY;
    }
    return hw_real_log10(hw_real_div(a, b));
}

typedef struct evaluation {
    const hw_dataset *d;
    const hw_case *c;
    const hw_population *population;
    const hw_settings *settings;
    hw_engine *engine;
    hw_case_result *r;
    worlds *worlds;        /* [hypothesis] persons of unknown sex */
    hw_real **world_total; /* [hypothesis][world] product over the loci */
} evaluation;

static const hw_profile *profile_of(const hw_case *c, const char *person)
{
    for (uint32_t i = 0; i < c->n_profiles; i++) {
        if (hw_streq(c->profile[i]->person, person)) {
            return c->profile[i];
        }
    }
    return NULL;
}

/* A likelihood of different data under two hypotheses says nothing: every typed person stands in every pedigree. */
static hw_status check_persons(const hw_case *c, hw_err *err)
{
    for (uint32_t h = 0; h < c->n_hypotheses; h++) {
        for (uint32_t i = 0; i < c->n_profiles; i++) {
            uint32_t index = 0;
            if (!hw_pedigree_find(&c->hypothesis[h], c->profile[i]->person, &index)) {
                return HW_FAIL(err, HW_CONFLICT, "case %s: %s is typed but does not stand in hypothesis %s; add the person there (unrelated, if so)", c->id,
                               c->profile[i]->person, c->hypothesis[h].name != NULL ? c->hypothesis[h].name : "(unnamed)");
            }
        }
    }
    return HW_OK;
}

static hw_status build_model(evaluation *v, hw_case_locus *l, hw_err *err)
{
    const hw_panel_locus *pl = &v->d->panel.locus[l->panel_index];
    l->locus = pl->name;
    l->linked_with = -1;
    if (pl->kind != HW_LOCUS_AUTOSOMAL && pl->kind != HW_LOCUS_X) {
        l->note = pl->kind == HW_LOCUS_Y ? "Y locus: lineage evidence, not part of the product" : "evidence of sex, not part of the product";
        return HW_OK;
    }
    const hw_freq *f = hw_population_find(v->population, pl->name);
    if (f == NULL) {
        l->note = "no frequencies for this locus in the table";
        return HW_OK;
    }
    hw_allele *seen = HW_NEW(&v->r->arena, hw_allele, (size_t)v->c->n_profiles * 2 + 1);
    if (seen == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    size_t n_seen = 0;
    for (uint32_t i = 0; i < v->c->n_profiles; i++) {
        hw_genotype g = hw_profile_at(v->c->profile[i], l->panel_index);
        seen[n_seen++] = g.a;
        seen[n_seen++] = g.b;
        if (hw_profile_extra(v->c->profile[i], l->panel_index) != NULL) {
            l->note = "tri-allelic pattern: not used";
        }
    }
    if (l->note != NULL) {
        return HW_OK;
    }
    double theta = v->settings->theta >= 0.0 ? v->settings->theta : v->population->theta;
    hw_locus_model *m = NULL;
    HW_TRY(hw_locus_model_build(&v->r->arena, f, pl->kind, hw_settings_locus(v->settings, pl->name), theta, v->settings->rare_rule,
                                v->settings->rare_value, seen, n_seen, &m, err));
    l->model = m;
    l->used = true;
    if (m->n_added > 0) {
        hw_str text;
        hw_str_init(&text, 4096);
        hw_str_add(&text, "not in the table, given the minimum:");
        for (uint32_t i = 0; i < m->n_added; i++) {
            char name[HW_ALLELE_BUF];
            char freq[32];
            hw_str_addf(&text, " %s (%s)", hw_allele_format(m->added[i], name), hw_fmt_double(m->added_freq[i], freq));
        }
        hw_status s = hw_str_check(&text, err);
        l->note = s == HW_OK ? hw_arena_strdup(&v->r->arena, text.s) : NULL;
        hw_str_release(&text);
        if (l->note == NULL) {
            return s != HW_OK ? s : HW_NO_MEMORY_FAIL(err);
        }
    }
    return HW_OK;
}

static hw_status typings(evaluation *v, const hw_pedigree *ped, uint32_t panel_index, hw_typing **ret, hw_err *err)
{
    hw_typing *t = HW_NEW(&v->r->arena, hw_typing, ped->n + 1);
    if (t == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < ped->n; i++) {
        const hw_profile *p = profile_of(v->c, ped->person[i].id);
        hw_genotype g = hw_profile_at(p, panel_index);
        t[i] = (hw_typing){g.a, g.b, p != NULL ? p->dropout : 0.0, p != NULL ? p->error : 0.0};
    }
    *ret = t;
    return HW_OK;
}

static hw_status prefixed(const evaluation *v, const hw_pedigree *ped, hw_status s, hw_err *err)
{
    if (s != HW_OK) {
        hw_err_prefix(err, "case %s, hypothesis %s: ", v->c->id, ped->name != NULL ? ped->name : "(unnamed)");
    }
    return s;
}

/* Mean over the assignments of sexes; each one's product over the loci is kept for the total. */
static hw_status over_worlds(evaluation *v, hw_case_locus *l, uint32_t h, const hw_typing *t, hw_err *err)
{
    const worlds *w = &v->worlds[h];
    hw_real sum = hw_real_from(0.0);
    for (uint32_t i = 0; i < w->n; i++) {
        hw_real x;
        HW_TRY(hw_likelihood(v->engine, &w->pedigree[i], l->model, t, &x, err));
        v->world_total[h][i] = hw_real_mul(v->world_total[h][i], x);
        sum = hw_real_add(sum, x);
    }
    l->likelihood[h] = hw_real_mul_d(sum, 1.0 / w->n);
    return HW_OK;
}

static hw_status one_locus(evaluation *v, hw_case_locus *l, hw_err *err)
{
    for (uint32_t h = 0; h < v->c->n_hypotheses; h++) {
        const hw_pedigree *ped = &v->c->hypothesis[h];
        hw_typing *t = NULL;
        HW_TRY(typings(v, ped, l->panel_index, &t, err));
        hw_status s = v->worlds[h].n > 0 ? over_worlds(v, l, h, t, err) : hw_likelihood(v->engine, ped, l->model, t, &l->likelihood[h], err);
        HW_TRY(prefixed(v, ped, s, err));
    }
    return HW_OK;
}

/* Position of the case's locus of that name, or -1. */
static int32_t position(const hw_case_result *r, const char *name)
{
    for (uint32_t i = 0; i < r->n_loci; i++) {
        if (r->locus[i].used && hw_streq(r->locus[i].locus, name)) {
            return (int32_t)i;
        }
    }
    return -1;
}

static hw_status one_pair(evaluation *v, int32_t a, int32_t b, double rho, hw_err *err)
{
    hw_case_locus *first = &v->r->locus[a < b ? a : b];
    hw_case_locus *second = &v->r->locus[a < b ? b : a];
    if (first->linked_with >= 0 || second->linked_with >= 0) {
        return HW_FAIL(err, HW_UNSUPPORTED, "case %s: locus %s or %s is linked with more than one other; only pairs are modelled", v->c->id, first->locus,
                       second->locus);
    }
    first->linked_with = (int32_t)(second - v->r->locus);
    second->linked_with = (int32_t)(first - v->r->locus);
    hw_case_locus *both[2] = {first, second};
    for (int i = 0; i < 2; i++) {
        both[i]->unlinked = HW_NEW(&v->r->arena, double, v->c->n_hypotheses);
        if (both[i]->unlinked == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        for (uint32_t h = 0; h < v->c->n_hypotheses; h++) {
            both[i]->unlinked[h] = hw_real_to_double(both[i]->likelihood[h]);
        }
    }
    const hw_locus_model *models[2] = {first->model, second->model};
    for (uint32_t h = 0; h < v->c->n_hypotheses; h++) {
        hw_typing *t0 = NULL;
        hw_typing *t1 = NULL;
        HW_TRY(typings(v, &v->c->hypothesis[h], first->panel_index, &t0, err));
        HW_TRY(typings(v, &v->c->hypothesis[h], second->panel_index, &t1, err));
        const hw_typing *t[2] = {t0, t1};
        HW_TRY(hw_likelihood_linked(v->engine, &v->c->hypothesis[h], models, t, rho, &first->likelihood[h], err));
        second->likelihood[h] = hw_real_from(1.0);
    }
    return HW_OK;
}

/* Where a sex that nobody knows matters, every assignment of sexes is computed; each is equally likely beforehand. */
static hw_status open_worlds(evaluation *v, hw_err *err)
{
    bool x = false;
    for (uint32_t i = 0; i < v->c->n_loci; i++) {
        x = x || v->d->panel.locus[v->c->loci[i]].kind == HW_LOCUS_X;
    }
    v->worlds = HW_NEW(&v->r->arena, worlds, v->c->n_hypotheses + 1);
    v->world_total = HW_NEW(&v->r->arena, hw_real *, v->c->n_hypotheses + 1);
    if (v->worlds == NULL || v->world_total == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t h = 0; (x || settings_tell_sexes_apart(v->settings)) && h < v->c->n_hypotheses; h++) {
        const hw_pedigree *ped = &v->c->hypothesis[h];
        HW_TRY(prefixed(v, ped, worlds_init(&v->worlds[h], ped, UINT32_MAX, x, err), err));
        v->world_total[h] = HW_NEW(&v->r->arena, hw_real, v->worlds[h].n + 1);
        if (v->world_total[h] == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        for (uint32_t i = 0; i < v->worlds[h].n; i++) {
            v->world_total[h][i] = hw_real_from(1.0);
        }
    }
    return HW_OK;
}

static void total_of(const evaluation *v, uint32_t h, hw_real *ret)
{
    const worlds *w = &v->worlds[h];
    *ret = hw_real_from(w->n > 0 ? 0.0 : 1.0);
    for (uint32_t i = 0; i < w->n; i++) {
        *ret = hw_real_add(*ret, hw_real_mul_d(v->world_total[h][i], 1.0 / w->n));
    }
    for (uint32_t i = 0; w->n == 0 && i < v->r->n_loci; i++) {
        if (v->r->locus[i].used) {
            *ret = hw_real_mul(*ret, v->r->locus[i].likelihood[h]);
        }
    }
}

static hw_status evaluate(evaluation *v, hw_err *err)
{
    hw_case_result *r = v->r;
    uint32_t used = 0;
    HW_TRY(open_worlds(v, err));
    for (uint32_t i = 0; i < r->n_loci; i++) {
        hw_case_locus *l = &r->locus[i];
        l->panel_index = v->c->loci[i];
        l->likelihood = HW_NEW(&r->arena, hw_real, v->c->n_hypotheses + 1);
        if (l->likelihood == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        HW_TRY(build_model(v, l, err));
        if (l->used) {
            used++;
            HW_TRY(one_locus(v, l, err));
        }
    }
    if (used == 0) {
        return HW_FAIL(err, HW_NOT_FOUND, "case %s: no locus of it has frequencies in table %s", v->c->id, v->population->name);
    }
    for (uint32_t i = 0; i < v->settings->n_linked; i++) {
        int32_t a = position(r, v->settings->linked[i].a);
        int32_t b = position(r, v->settings->linked[i].b);
        if (a >= 0 && b >= 0 && a != b) {
            HW_TRY(one_pair(v, a, b, v->settings->linked[i].rho, err));
        }
    }
    for (uint32_t h = 0; h < v->c->n_hypotheses; h++) {
        total_of(v, h, &r->total[h]);
    }
    return HW_OK;
}

hw_status hw_case_likelihoods(const hw_dataset *d, const hw_case *c, const hw_population *population, const hw_settings *settings,
                              const hw_engine_limits *limits, hw_case_result *ret, hw_err *err)
{
    hw_case_result r = {.kase = c, .n_loci = c->n_loci};
    hw_arena_init(&r.arena, 0);
    evaluation v = {.d = d, .c = c, .r = &r};
    v.population = c->population != NULL ? c->population : population;
    v.settings = c->has_settings ? &c->settings : settings;
    if (v.population == NULL) {
        return HW_FAIL(err, HW_NOT_FOUND, "case %s brings no allele frequencies; give a table with --freq", c->id);
    }
    if (v.settings == NULL) {
        return HW_FAIL(err, HW_USAGE, "case %s brings no settings and none were given", c->id);
    }
    r.population = v.population->name;
    HW_TRY(check_persons(c, err));
    hw_status s = hw_engine_new(limits, &v.engine, err);
    if (s == HW_OK) {
        r.locus = HW_NEW(&r.arena, hw_case_locus, c->n_loci + 1);
        r.total = HW_NEW(&r.arena, hw_real, c->n_hypotheses + 1);
        s = r.locus == NULL || r.total == NULL ? HW_NO_MEMORY_FAIL(err) : evaluate(&v, err);
    }
    hw_engine_free(v.engine);
    for (uint32_t h = 0; v.worlds != NULL && h < c->n_hypotheses; h++) {
        worlds_release(&v.worlds[h]);
    }
    if (s != HW_OK) {
        hw_arena_release(&r.arena);
        return s;
    }
    *ret = r;
    return HW_OK;
}

void hw_case_result_release(hw_case_result *r)
{
    hw_arena_release(&r->arena);
    *r = (hw_case_result){0};
}
