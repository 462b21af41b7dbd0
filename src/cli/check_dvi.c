// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Reference documents about joint identification: unidentified persons against families with several missing members. Pairs as the search computes them; then every
 * assignment under a flat prior. Where the reference fixed strong pairs before it counted, its posteriors are about another question: only the log-likelihoods of its
 * assignments are compared (and those only without mutation, which it then switched off in part), and the full joint result is stated beside them.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/check.h"
#include "kinship/joint.h"

#define OTHERS_TOLERANCE 1e-8 /* tables of dvir's own data sum to 1 within 1e-9 only */
#define MORE_ROWS 4000         /* than the reference lists: ties may stand in another order */
#define MAX_ASSIGNMENTS 20000  /* looked through where the reference did not count all of them */

typedef struct dvi {
    check *k;
    const json_reader *r;
    const json_path *at;
    const json_t *one;
    hw_dataset *d;
    hw_population pop;
    hw_settings settings;
    hw_match_options match;
    const hw_candidate *listed; /* pairs of ratio above 0 that the reference allows */
    size_t n_listed;
    double ln_nobody;           /* of all readings, nobody placed */
    bool full;                  /* the reference counted all assignments too */
    bool mutation;              /* of any marker */
    double assignments, best;   /* of the full joint result: how many, and the posterior of the most probable one */
} dvi;

static const json_t *part(const dvi *v, const char *key)
{
    return json_object_get(v->one, key);
}

/* --- the data --- */

static hw_status read_marker(dvi *v, const json_path *at, const json_t *marker, uint32_t i, hw_locus_settings *ls)
{
    hw_freq *f = &v->pop.freq[i];
    const char *name = json_string_value(json_object_get(marker, "name"));
    if (name == NULL) {
        return json_fail(v->r, at, HW_PARSE, "a marker without a name");
    }
    HW_TRY(json_table(v->r, at, marker, NULL, f));
    HW_TRY(json_locus_name(v->r, JSON_AT_KEY(at, "name"), name, &f->locus));
    ls->locus = f->locus;
    const json_t *mutation = json_object_get(marker, "mutation");
    v->mutation = v->mutation || json_is_object(mutation);
    if (json_is_object(mutation)) {
        HW_TRY(json_mutation(v->r, JSON_AT_KEY(at, "mutation"), json_object_get(mutation, "female"), f->allele, f->n, NULL, &ls->female));
        HW_TRY(json_mutation(v->r, JSON_AT_KEY(at, "mutation"), json_object_get(mutation, "male"), f->allele, f->n, NULL, &ls->male));
    }
    return HW_OK;
}

static hw_status read_markers(dvi *v, hw_err *err)
{
    const json_t *markers = part(v, "markers");
    uint32_t n = (uint32_t)json_array_size(markers);
    hw_settings_init(&v->settings);
    v->settings.standard = (hw_locus_settings){0};
    v->settings.theta = 0;
    v->settings.by_locus = HW_NEW(&v->d->arena, hw_locus_settings, n + 1);
    v->pop = (hw_population){.name = "reference", .n = n, .freq = HW_NEW(&v->d->arena, hw_freq, n + 1)};
    hw_map_init(&v->pop.by_locus, 0);
    if (v->pop.freq == NULL || v->settings.by_locus == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < n; i++) {
        HW_TRY(read_marker(v, JSON_AT(JSON_AT_KEY(v->at, "markers"), i), json_array_get(markers, i), i, &v->settings.by_locus[i]));
    }
    v->settings.n_by_locus = n;
    return hw_population_finish(&v->pop, err);
}

static hw_status profile_of(dvi *v, const char *id, hw_profile **ret, hw_err *err)
{
    json_t *genotypes = json_object_get(part(v, "genotypes"), id);
    *ret = NULL;
    if (genotypes == NULL) {
        return HW_OK;
    }
    hw_profile *p = hw_profile_new(&v->d->arena, id, (uint32_t)v->d->panel.n);
    if (p == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(json_genotypes(v->r, JSON_AT_KEY(JSON_AT_KEY(v->at, "genotypes"), id), genotypes, HW_LOCUS_AUTOSOMAL, NULL, p));
    *ret = p;
    return HW_OK;
}

static bool is_missing(const dvi *v, const char *id)
{
    for (size_t i = 0; i < json_array_size(part(v, "missing")); i++) {
        if (hw_streq(json_string_value(json_array_get(part(v, "missing"), i)), id)) {
            return true;
        }
    }
    return false;
}

static hw_status read_family(dvi *v, const char *id, const json_t *family, hw_err *err)
{
    size_t index;
    HW_TRY(hw_dataset_add_family(v->d, id, &index, err));
    const json_path *at = JSON_AT_KEY(JSON_AT_KEY(v->at, "reference_families"), id);
    HW_TRY(json_individuals(v->r, JSON_AT_KEY(at, "individuals"), json_object_get(family, "individuals"), NULL, &v->d->family[index].pedigree));
    hw_family *f = &v->d->family[index];
    f->profile = HW_NEW(&v->d->arena, const hw_profile *, f->pedigree.n + 1);
    f->missing = HW_NEW(&v->d->arena, uint32_t, f->pedigree.n + 1);
    if (f->profile == NULL || f->missing == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < f->pedigree.n; i++) {
        hw_profile *p;
        HW_TRY(profile_of(v, f->pedigree.person[i].id, &p, err));
        f->profile[i] = p;
        if (is_missing(v, f->pedigree.person[i].id)) {
            f->missing[f->n_missing++] = i;
        }
    }
    return HW_OK;
}

/* The sex of a victim only says which pairs the reference allows; it is no evidence there. */
static hw_status read_people(dvi *v, hw_err *err)
{
    const char *id;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)part(v, "reference_families"), id, value)
    {
        HW_TRY(read_family(v, id, value, err));
    }
    json_object_foreach((json_t *)(uintptr_t)part(v, "victims"), id, value)
    {
        hw_profile *p;
        HW_TRY(profile_of(v, id, &p, err));
        p = p != NULL ? p : hw_profile_new(&v->d->arena, id, 0);
        if (p == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        HW_TRY(hw_dataset_add_child(v->d, p, err));
    }
    return HW_OK;
}

/* --- pairs --- */

static const char *missing_id(const dvi *v, const hw_candidate *c)
{
    const hw_family *f = &v->d->family[c->family];
    return f->pedigree.person[f->missing[c->missing]].id;
}

static const hw_candidate *find_pair(const dvi *v, const hw_candidate *list, size_t n, const char *child, const char *missing)
{
    for (size_t i = 0; i < n; i++) {
        if (hw_streq(v->d->child[list[i].child]->id, child) && hw_streq(missing_id(v, &list[i]), missing)) {
            return &list[i];
        }
    }
    return NULL;
}

static void compare_pairs(dvi *v, const hw_match_result *m)
{
    const json_t *table = part(v, "pairwise_lr"), *rows = json_object_get(table, "rows_victims"), *columns = json_object_get(table, "columns_missing");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        for (size_t j = 0; j < json_array_size(columns); j++) {
            const json_t *reference = json_array_get(json_array_get(json_object_get(table, "lr"), i), j);
            const char *child = json_string_value(json_array_get(rows, i)), *missing = json_string_value(json_array_get(columns, j));
            if (reference == NULL || json_typeof_is(reference, JSON_NULL) || child == NULL || missing == NULL) {
                continue;
            }
            const hw_candidate *c = find_pair(v, m->candidate, m->n_candidates, child, missing);
            char what[120];
            snprintf(what, sizeof what, "%.40s is %.40s", child, missing);
            check_value(v->k, c != NULL ? hw_pow10(c->log10_lr) : 0, reference, what);
        }
    }
}

static bool allowed(const dvi *v, const hw_candidate *c)
{
    const json_t *list = json_object_get(part(v, "pairings"), v->d->child[c->child]->id);
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (hw_streq(json_string_value(json_array_get(list, i)), missing_id(v, c))) {
            return true;
        }
    }
    return false;
}

static hw_status list_pairs(dvi *v, const hw_match_result *m, hw_err *err)
{
    hw_candidate *list = HW_NEW(&v->d->arena, hw_candidate, m->n_candidates + 1);
    if (list == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < m->n_candidates; i++) {
        if (allowed(v, &m->candidate[i])) {
            list[v->n_listed++] = m->candidate[i];
        }
    }
    v->listed = list;
    return HW_OK;
}

/* --- assignments --- */

static hw_status add_ln(dvi *v, hw_engine *e, const hw_pedigree *ped, const hw_profile *const *profile, hw_err *err)
{
    hw_typing *t = HW_NEW(&v->d->arena, hw_typing, ped->n + 1);
    if (t == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < v->d->panel.n; i++) {
        const hw_panel_locus *l = &v->d->panel.locus[i];
        hw_locus_model *lm;
        hw_real p;
        HW_TRY(hw_locus_model_build(&v->d->arena, hw_population_find(&v->pop, l->name), HW_LOCUS_AUTOSOMAL, hw_settings_locus(&v->settings, l->name), 0, HW_RARE_AUTO, 0, NULL, 0,
                                    &lm, err));
        for (size_t n = 0; n < ped->n; n++) {
            hw_genotype g = hw_profile_at(profile[n], i);
            t[n] = (hw_typing){.a = g.a, .b = g.b};
        }
        HW_TRY(hw_likelihood(e, ped, lm, t, &p, err));
        v->ln_nobody += hw_real_ln(p);
    }
    return HW_OK;
}

/* ln P(all readings), every victim unrelated to everybody. */
static hw_status nobody_placed(dvi *v, hw_err *err)
{
    hw_engine *e;
    HW_TRY(hw_engine_new(NULL, &e, err));
    hw_pedigree alone;
    hw_pedigree_init(&alone);
    uint32_t index;
    hw_status s = hw_pedigree_add(&alone, "alone", HW_SEX_UNKNOWN, &index, err);
    for (size_t f = 0; f < v->d->n_families && s == HW_OK; f++) {
        s = add_ln(v, e, &v->d->family[f].pedigree, v->d->family[f].profile, err);
    }
    for (size_t c = 0; c < v->d->n_children && s == HW_OK; c++) {
        const hw_profile *p = v->d->child[c];
        s = add_ln(v, e, &alone, &p, err);
    }
    hw_pedigree_release(&alone);
    hw_engine_free(e);
    return s;
}

/* Does the assignment hold exactly the pairs that the reference's row names among the children of the group? */
static bool same_assignment(const dvi *v, const hw_joint_group *g, const hw_joint_assignment *a, const json_t *assign)
{
    uint32_t placed = 0;
    for (uint32_t i = 0; i < g->n_children; i++) {
        const char *to = json_string_value(json_object_get(assign, v->d->child[g->child[i]]->id));
        placed += to != NULL && !hw_streq(to, "*");
    }
    for (uint32_t i = 0; i < a->n; i++) {
        const hw_candidate *c = &v->listed[a->pair[i]];
        if (!hw_streq(json_string_value(json_object_get(assign, v->d->child[c->child]->id)), missing_id(v, c))) {
            return false;
        }
    }
    return placed == a->n;
}

static void compare_row(dvi *v, const hw_joint_result *j, const json_t *row, size_t number)
{
    double ln = v->ln_nobody, posterior = 1;
    for (size_t g = 0; g < j->n_groups; g++) {
        uint32_t k = 0;
        while (k < j->group[g].n_top && !same_assignment(v, &j->group[g], &j->group[g].top[k], json_object_get(row, "assign"))) {
            k++;
        }
        bool found = k < j->group[g].n_top;
        ln += found ? j->group[g].top[k].ln_ratio : (double)NAN;
        posterior *= found ? j->group[g].top[k].posterior : (double)NAN;
    }
    char what[80];
    snprintf(what, sizeof what, "loglik of assignment %zu", number + 1);
    check_log(v->k, ln, json_object_get(row, "loglik"), what);
    if (!v->full) {
        return;
    }
    snprintf(what, sizeof what, "posterior of assignment %zu", number + 1);
    check_value(v->k, posterior, json_object_get(row, "posterior"), what);
}

static double nowhere(const hw_joint_result *j, uint32_t child)
{
    for (size_t i = 0; i < j->n_children; i++) {
        if (j->child[i].child == child) {
            return j->child[i].not_registered;
        }
    }
    return 1; /* no pair is listed for it */
}

static double posterior_of(const dvi *v, const hw_joint_result *j, const char *child, const char *column)
{
    for (uint32_t c = 0; c < v->d->n_children && hw_streq(column, "*"); c++) {
        if (hw_streq(v->d->child[c]->id, child)) {
            return nowhere(j, c);
        }
    }
    const hw_candidate *c = find_pair(v, v->listed, v->n_listed, child, column);
    return c != NULL ? j->pair[c - v->listed].posterior : 0;
}

static void compare_pairings(dvi *v, const hw_joint_result *j, const json_t *table)
{
    const json_t *rows = json_object_get(table, "rows_victims"), *columns = json_object_get(table, "columns");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        for (size_t c = 0; c < json_array_size(columns); c++) {
            const char *child = json_string_value(json_array_get(rows, i)), *column = json_string_value(json_array_get(columns, c));
            char what[120];
            snprintf(what, sizeof what, "posterior of %.40s being %.40s", child != NULL ? child : "?", column != NULL ? column : "?");
            bool named = child != NULL && column != NULL;
            check_value(v->k, named ? posterior_of(v, j, child, column) : (double)NAN, json_array_get(json_array_get(json_object_get(table, "p"), i), c), what);
        }
    }
}

static void compare_joint(dvi *v, const hw_joint_result *j, const json_t *joint)
{
    v->assignments = 1;
    v->best = 1;
    for (size_t g = 0; g < j->n_groups; g++) {
        v->assignments *= j->group[g].assignments;
        v->best *= j->group[g].n_top > 0 ? j->group[g].top[0].posterior : 0;
        check_true(v->k, j->group[g].exact, "a group was not solved exactly");
    }
    const json_t *top = json_object_get(joint, "top");
    for (size_t i = 0; i < json_array_size(top) && (v->full || !v->mutation); i++) {
        compare_row(v, j, json_array_get(top, i), i);
    }
    if (v->full) {
        check_value(v->k, v->assignments, json_object_get(joint, "assignments_total"), "number of assignments");
        compare_pairings(v, j, json_object_get(joint, "posterior_pairing"));
    }
}

static bool enumerated(const json_t *joint)
{
    const char *method = json_string_value(json_object_get(joint, "method"));
    return method != NULL && (strstr(method, "all sex-consistent assignments") != NULL || strstr(method, "enumerat") != NULL);
}

/* Beside pairs: where the reference counted every assignment, or where the whole joint result is soon computed. */
static bool worth_joint(const dvi *v)
{
    const json_t *joint = part(v, "joint"), *size = part(v, "assignments_sex_consistent");
    bool small = json_is_number(size) && json_number_value(size) <= MAX_ASSIGNMENTS;
    return json_is_object(joint) && (v->full || (small && json_array_size(json_object_get(joint, "top")) > 0));
}

static hw_status check_joint(dvi *v, hw_err *err)
{
    hw_joint_options o;
    hw_joint_options_init(&o);
    o.flat = true;
    o.top = MORE_ROWS + 4 * (uint32_t)json_array_size(json_object_get(part(v, "joint"), "top"));
    o.max_assignments = 1000000;
    HW_TRY(nobody_placed(v, err));
    hw_joint_result j;
    HW_TRY(hw_joint(v->d, &v->match, v->listed, v->n_listed, NULL, &o, &j, err));
    compare_joint(v, &j, part(v, "joint"));
    hw_joint_result_release(&j);
    return HW_OK;
}

/* --- one case --- */

static hw_status run_case(dvi *v, hw_err *err)
{
    HW_TRY(read_markers(v, err));
    HW_TRY(read_people(v, err));
    const hw_population *pop = &v->pop;
    const hw_population *const pops[1] = {pop};
    hw_match_options_init(&v->match);
    v->match.population = pops;
    v->match.n_populations = 1;
    v->match.settings = &v->settings;
    v->match.threshold_log10 = -1e6;
    v->match.rivals = false;
    hw_match_result m;
    HW_TRY(hw_match(v->d, &v->match, &m, err));
    compare_pairs(v, &m);
    hw_status s = list_pairs(v, &m, err);
    v->full = enumerated(part(v, "joint"));
    if (s == HW_OK && worth_joint(v)) {
        s = check_joint(v, err);
    }
    hw_match_result_release(&m);
    return s;
}

static hw_status dvi_case(dvi *v, const json_reader *r, hw_err *err)
{
    HW_CLEANUP(hw_dataset_release) hw_dataset d = {0};
    hw_dataset_init(&d);
    json_reader mine = {r->in, r->o, &d, err};
    v->r = &mine;
    v->d = &d;
    hw_status s = run_case(v, err);
    hw_population_release(&v->pop);
    return s;
}

static void say_full_joint(const dvi *v, const char *id)
{
    if (v->k->json == NULL && !v->full && v->assignments > 0) {
        hw_str_addf(&v->k->out, "        %s: posteriors not compared, the reference fixed strong pairs first; over all %.0f assignments the best has %.6f\n", id, v->assignments, v->best);
    } else if (v->k->json == NULL && !v->full) {
        hw_str_addf(&v->k->out, "        %s: pairs only, the reference has no joint table over all assignments\n", id);
    }
}

hw_status check_dvi(check *k, const json_reader *r, const json_t *cases, hw_err *err)
{
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *one = json_array_get(cases, i);
        const char *id = json_string_value(json_object_get(one, "id")), *source = json_string_value(json_object_get(one, "source"));
        id = id != NULL ? id : "(no id)";
        check_begin(k, id, source != NULL && hw_str_starts(source, "dvir") ? OTHERS_TOLERANCE : CHECK_TOLERANCE);
        dvi v = {.k = k, .at = JSON_AT(JSON_AT_KEY(&json_root, "cases"), i), .one = one};
        hw_status s = dvi_case(&v, r, err);
        if (s == HW_NO_MEMORY) {
            return s;
        }
        if (s != HW_OK) {
            check_broken(k, err->msg);
            hw_err_clear(err);
        }
        check_end(k);
        if (s == HW_OK) {
            say_full_joint(&v, id);
        }
    }
    return HW_OK;
}
