// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Cases for any hypotheses: those of homeward/1, and the reference documents kinship-oracle/1. */
#include <stdio.h>
#include <string.h>

#include "formats/json_format.h"

#define MAX_HYPOTHESES 1000
#define MAX_CASE_PROFILES 100000

static hw_status add_hypothesis(const json_reader *r, const json_path *at, const json_t *obj, hw_pedigree *ped)
{
    if (!json_typeof_is(obj, JSON_OBJECT)) {
        return json_fail(r, at, HW_PARSE, "expected a hypothesis (an object with name and individuals)");
    }
    HW_TRY(json_known_keys(r, at, obj, "name|individuals|founder_inbreeding"));
    json_t *people = NULL, *inbreeding = NULL;
    const char *name = NULL;
    HW_TRY(json_get_string(r, at, obj, "name", false, &name));
    HW_TRY(json_get_array(r, at, obj, "individuals", true, &people));
    HW_TRY(json_get_object(r, at, obj, "founder_inbreeding", false, &inbreeding));
    ped->name = name;
    return json_individuals(r, JSON_AT_KEY(at, "individuals"), people, inbreeding, ped);
}

static hw_status add_hypotheses(const json_reader *r, const json_path *at, const json_t *array, size_t case_index)
{
    size_t n = json_array_size(array);
    if (n == 0 || n > MAX_HYPOTHESES) {
        return json_fail(r, at, n == 0 ? HW_PARSE : HW_LIMIT, "%zu hypotheses; expected 1 to %d", n, MAX_HYPOTHESES);
    }
    hw_case *c = &r->d->kase[case_index];
    c->hypothesis = HW_NEW(&r->d->arena, hw_pedigree, n);
    if (c->hypothesis == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    for (size_t i = 0; i < n; i++) {
        hw_pedigree_init(&c->hypothesis[i]);
        c->n_hypotheses = (uint32_t)i + 1; /* from here on it is released with the dataset */
        HW_TRY(add_hypothesis(r, JSON_AT(at, i), json_array_get(array, i), &c->hypothesis[i]));
    }
    return HW_OK;
}

/* Somebody typed whom no hypothesis knows is a slip of the pen, and would silently count for nothing. */
static hw_status check_person(const json_reader *r, const json_path *at, const hw_case *c, const char *person, hw_sex *ret_sex)
{
    for (uint32_t h = 0; h < c->n_hypotheses; h++) {
        uint32_t i;
        if (hw_pedigree_find(&c->hypothesis[h], person, &i)) {
            *ret_sex = c->hypothesis[h].person[i].sex;
            return HW_OK;
        }
    }
    return json_fail(r, at, HW_PARSE, "\"%.60s\" is typed but stands in no hypothesis of this case", person);
}

/* --- homeward/1 --- */

static hw_status find_population(const json_reader *r, const json_path *at, const json_t *value, const hw_population **ret)
{
    const hw_dataset *d = r->d;
    if (json_typeof_is(value, JSON_INTEGER)) {
        json_int_t i = json_integer_value(value);
        if (i >= 0 && (size_t)i < d->n_populations) {
            *ret = d->population[i];
            return HW_OK;
        }
        return json_fail(r, at, HW_PARSE, "no population number %lld (the first is 0; the dataset has %zu)", (long long)i, d->n_populations);
    }
    if (!json_typeof_is(value, JSON_STRING)) {
        return json_fail(r, at, HW_PARSE, "expected the name of a population of this document");
    }
    for (size_t i = 0; i < d->n_populations; i++) {
        if (hw_streq(d->population[i]->name, json_string_value(value))) {
            *ret = d->population[i];
            return HW_OK;
        }
    }
    return json_fail(r, at, HW_PARSE, "no population \"%.60s\" in this document", json_string_value(value));
}

static hw_status case_profiles(const json_reader *r, const json_path *at, const json_t *array, size_t case_index)
{
    hw_dataset *d = r->d;
    size_t n = json_array_size(array);
    if (n > MAX_CASE_PROFILES) {
        return json_fail(r, at, HW_LIMIT, "%zu profiles; at most %d are allowed in a case", n, MAX_CASE_PROFILES);
    }
    hw_profile **list = HW_NEW(&d->arena, hw_profile *, n);
    if (list == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *entry = json_array_get(array, i);
        const json_path *here = JSON_AT(at, i);
        if (json_typeof_is(entry, JSON_STRING)) {
            uint64_t index;
            if (!hw_map_get(&d->profile_by_id, json_string_value(entry), &index)) {
                return json_fail(r, here, HW_PARSE, "no profile \"%.60s\" in this document", json_string_value(entry));
            }
            list[i] = d->profile[index];
        } else {
            HW_TRY(json_profile(r, here, entry, &list[i], NULL));
        }
        hw_sex sex;
        HW_TRY(check_person(r, here, &d->kase[case_index], list[i]->person, &sex));
    }
    d->kase[case_index].profile = list;
    d->kase[case_index].n_profiles = (uint32_t)n;
    return HW_OK;
}

static hw_status case_loci(const json_reader *r, const json_path *at, const json_t *array, hw_case *c)
{
    hw_panel *panel = &r->d->panel;
    size_t n = json_array_size(array);
    if (n > HW_PANEL_MAX) {
        return json_fail(r, at, HW_LIMIT, "%zu loci; at most %d are allowed", n, HW_PANEL_MAX);
    }
    uint32_t *loci = HW_NEW(&r->d->arena, uint32_t, n);
    if (loci == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    for (size_t i = 0; i < n; i++) {
        const char *name = NULL;
        HW_TRY(json_keep_string(r, JSON_AT(at, i), json_array_get(array, i), &name));
        HW_TRY(hw_panel_add(panel, name, HW_LOCUS_AUTO, &loci[i], r->err));
        for (size_t j = 0; j < i; j++) {
            if (loci[j] == loci[i]) {
                return json_fail(r, JSON_AT(at, i), HW_CONFLICT, "the locus %s is listed twice", panel->locus[loci[i]].name);
            }
        }
    }
    c->loci = loci;
    c->n_loci = (uint32_t)n;
    return HW_OK;
}

/* Every locus that somebody of the case is typed at, in the order of the panel. */
static hw_status all_typed_loci(const json_reader *r, hw_case *c)
{
    uint32_t n = (uint32_t)r->d->panel.n;
    c->loci = HW_NEW(&r->d->arena, uint32_t, n);
    if (c->loci == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    for (uint32_t l = 0; l < n; l++) {
        bool typed = false;
        for (uint32_t i = 0; i < c->n_profiles && !typed; i++) {
            typed = hw_genotype_typed(hw_profile_at(c->profile[i], l)) || hw_profile_extra(c->profile[i], l) != NULL;
        }
        if (typed) {
            c->loci[c->n_loci++] = l;
        }
    }
    return HW_OK;
}

static hw_status fill_case(json_reader *r, const json_path *at, const json_t *obj, size_t index)
{
    hw_dataset *d = r->d;
    json_t *hypotheses = NULL, *profiles = NULL, *settings = NULL, *loci = NULL;
    HW_TRY(json_known_keys(r, at, obj, "id|title|population|settings|loci|hypotheses|profiles"));
    HW_TRY(json_get_string(r, at, obj, "title", false, &d->kase[index].title));
    HW_TRY(json_get_array(r, at, obj, "hypotheses", true, &hypotheses));
    HW_TRY(json_get_array(r, at, obj, "profiles", true, &profiles));
    HW_TRY(json_get_object(r, at, obj, "settings", false, &settings));
    HW_TRY(json_get_array(r, at, obj, "loci", false, &loci));
    const json_t *population = json_object_get(obj, "population");
    if (population != NULL && !json_typeof_is(population, JSON_NULL)) {
        HW_TRY(find_population(r, JSON_AT_KEY(at, "population"), population, &d->kase[index].population));
    }
    if (settings != NULL) {
        HW_TRY(json_settings(r, JSON_AT_KEY(at, "settings"), settings, &d->kase[index].settings));
        d->kase[index].has_settings = true;
    }
    HW_TRY(add_hypotheses(r, JSON_AT_KEY(at, "hypotheses"), hypotheses, index));
    HW_TRY(case_profiles(r, JSON_AT_KEY(at, "profiles"), profiles, index));
    return loci != NULL ? case_loci(r, JSON_AT_KEY(at, "loci"), loci, &d->kase[index]) : all_typed_loci(r, &d->kase[index]);
}

hw_status json_case(json_reader *r, const json_path *at, const json_t *obj)
{
    if (!json_typeof_is(obj, JSON_OBJECT)) {
        return json_fail(r, at, HW_PARSE, "expected a case (an object)");
    }
    json_mark mark = json_mark_take(r->d);
    const char *id = NULL;
    size_t index;
    HW_TRY(json_get_string(r, at, obj, "id", true, &id));
    HW_TRY(hw_dataset_add_case(r->d, id, &index, r->err));
    hw_status s = fill_case(r, at, obj, index);
    if (s != HW_OK) {
        json_mark_undo(r->d, mark);
    }
    return s;
}

/* --- kinship-oracle/1 --- */

/* One marker: its table into the population, its mutation into the settings, its place into the order. */
static hw_status oracle_marker(const json_reader *r, const json_path *at, const json_t *marker, const json_t *tables, hw_locus_kind kind,
                               hw_population *pop, hw_case *c, uint32_t i, const char **ret_silent)
{
    hw_dataset *d = r->d;
    if (!json_typeof_is(marker, JSON_OBJECT)) {
        return json_fail(r, at, HW_PARSE, "expected a marker (an object)");
    }
    const char *name = NULL, *table = NULL, *silent = NULL;
    HW_TRY(json_get_string(r, at, marker, "name", true, &name));
    HW_TRY(json_get_string(r, at, marker, "table", false, &table));
    HW_TRY(json_get_string(r, at, marker, "silent", false, &silent));
    const json_t *source = marker;
    const json_path *tables_at = JSON_AT_KEY(&json_root, "frequency_tables");
    const json_path *table_at = JSON_AT_KEY(tables_at, table != NULL ? table : ""); /* at this scope: it is used to the end */
    if (table != NULL) {
        json_t *found = NULL;
        if (tables != NULL) {
            HW_TRY(json_get_object(r, tables_at, tables, table, false, &found));
        }
        if (found == NULL) {
            return json_fail(r, JSON_AT_KEY(at, "table"), HW_PARSE, "no table \"%.60s\" in frequency_tables", table);
        }
        source = found;
    }
    uint32_t index;
    HW_TRY(hw_panel_add(&d->panel, name, kind, &index, r->err));
    for (uint32_t j = 0; j < i; j++) {
        if (c->loci[j] == index) {
            return json_fail(r, at, HW_CONFLICT, "the marker %s is listed twice", d->panel.locus[index].name);
        }
    }
    hw_freq *f = &pop->freq[i];
    f->locus = d->panel.locus[index].name;
    HW_TRY(json_table(r, table != NULL ? table_at : at, source, silent, f));

    /* The matrix of a custom model follows the order of the table as written; the table itself gets sorted. */
    hw_allele *order = HW_NEW(&d->arena, hw_allele, f->n);
    if (order == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    memcpy(order, f->allele, f->n * sizeof *order);
    hw_locus_settings *ls = &c->settings.by_locus[i];
    *ls = (hw_locus_settings){.locus = f->locus};
    json_t *mutation = NULL;
    HW_TRY(json_get_object(r, at, marker, "mutation", false, &mutation));
    if (mutation != NULL) {
        const json_path *here = JSON_AT_KEY(at, "mutation");
        HW_TRY(json_known_keys(r, here, mutation, "female|male"));
        HW_TRY(json_mutation(r, JSON_AT_KEY(here, "female"), json_object_get(mutation, "female"), order, f->n, silent, &ls->female));
        HW_TRY(json_mutation(r, JSON_AT_KEY(here, "male"), json_object_get(mutation, "male"), order, f->n, silent, &ls->male));
    }
    if (silent != NULL) {
        bool found = false;
        for (uint32_t a = 0; a < f->n; a++) {
            if (f->allele[a] == HW_ALLELE_SILENT) {
                found = true;
                ls->silent = f->freq[a];
            }
        }
        if (!found) {
            return json_fail(r, JSON_AT_KEY(at, "silent"), HW_PARSE, "the table has no allele \"%.40s\"", silent);
        }
        ls->has_silent_in_table = true;
    }
    c->loci[i] = index;
    *ret_silent = silent;
    return HW_OK;
}

/* Genotypes of one person: each marker has its own name of the silent allele. */
static hw_status oracle_genotypes(const json_reader *r, const json_path *at, const json_t *obj, hw_locus_kind kind, const hw_case *c,
                                  const char *const *silent, hw_profile *p)
{
    const char *locus;
    json_t *list;
    if (!json_typeof_is(obj, JSON_OBJECT)) {
        return json_fail(r, at, HW_PARSE, "expected the genotypes of a person (an object)");
    }
    json_object_foreach((json_t *)(uintptr_t)obj, locus, list)
    {
        uint32_t index, i = 0;
        bool found = hw_panel_find(&r->d->panel, locus, &index);
        while (found && i < c->n_loci && c->loci[i] != index) {
            i++;
        }
        if (!found || i == c->n_loci) {
            return json_fail(r, JSON_AT_KEY(at, locus), HW_PARSE, "the case has no marker of this name");
        }
        HW_AUTO_FREE char *key = hw_strdup(locus);
        json_t *one = json_object();
        hw_status s = key == NULL || one == NULL || json_object_set(one, key, list) != 0
                          ? HW_NO_MEMORY_FAIL(r->err)
                          : json_genotypes(r, at, one, kind, silent[i], p);
        json_decref(one);
        HW_TRY(s);
    }
    return HW_OK;
}

static hw_status oracle_people(const json_reader *r, const json_path *at, const json_t *obj, hw_locus_kind kind, size_t index,
                               const char *const *silent)
{
    hw_dataset *d = r->d;
    json_t *genotypes = NULL, *dropout = NULL;
    HW_TRY(json_get_object(r, at, obj, "genotypes", true, &genotypes));
    HW_TRY(json_get_object(r, at, obj, "dropout", false, &dropout));
    size_t n = json_object_size(genotypes);
    if (n > MAX_CASE_PROFILES) {
        return json_fail(r, JSON_AT_KEY(at, "genotypes"), HW_LIMIT, "%zu persons; at most %d are allowed", n, MAX_CASE_PROFILES);
    }
    hw_profile **list = HW_NEW(&d->arena, hw_profile *, n);
    if (list == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    uint32_t count = 0;
    const char *person;
    json_t *typed;
    json_object_foreach(genotypes, person, typed)
    {
        const json_path *here = JSON_AT_KEY(JSON_AT_KEY(at, "genotypes"), person);
        hw_sex sex = HW_SEX_UNKNOWN;
        HW_TRY(check_person(r, here, &d->kase[index], person, &sex));
        hw_profile *p = hw_profile_new(&d->arena, person, (uint32_t)d->panel.n);
        if (p == NULL) {
            return HW_NO_MEMORY_FAIL(r->err);
        }
        p->sex = sex;
        p->synthetic = d->synthetic;
        if (dropout != NULL) {
            HW_TRY(json_get_number(r, JSON_AT_KEY(at, "dropout"), dropout, person, 0, 1, &p->dropout));
        }
        HW_TRY(oracle_genotypes(r, here, typed, kind, &d->kase[index], silent, p));
        list[count++] = p;
    }
    d->kase[index].profile = list;
    d->kase[index].n_profiles = count;
    return HW_OK;
}

static hw_status oracle_fill(json_reader *r, const json_path *at, const json_t *obj, const json_t *tables, size_t index)
{
    hw_dataset *d = r->d;
    json_t *markers = NULL, *hypotheses = NULL, *people = NULL;
    const char *chrom = NULL;
    HW_TRY(json_get_string(r, at, obj, "title", false, &d->kase[index].title));
    HW_TRY(json_get_string(r, at, obj, "chrom", false, &chrom));
    HW_TRY(json_get_array(r, at, obj, "hypotheses", false, &hypotheses));
    HW_TRY(json_get_array(r, at, obj, "individuals", false, &people));
    if (hypotheses == NULL && (people == NULL || json_object_get(obj, "genotypes") == NULL || json_object_get(obj, "markers") == NULL)) {
        return json_fail(r, at, HW_UNSUPPORTED,
                         "this case has no hypotheses (nor individuals with markers and genotypes): it states no likelihood to compute");
    }
    HW_TRY(json_get_array(r, at, obj, "markers", true, &markers));
    size_t n = json_array_size(markers);
    if (n == 0 || n > HW_PANEL_MAX) {
        return json_fail(r, JSON_AT_KEY(at, "markers"), n == 0 ? HW_PARSE : HW_LIMIT, "%zu markers; expected 1 to %d", n, HW_PANEL_MAX);
    }
    if (chrom != NULL && !hw_streq(chrom, "autosomal") && !hw_streq(chrom, "X")) {
        return json_fail(r, JSON_AT_KEY(at, "chrom"), HW_PARSE, "expected \"autosomal\" or \"X\", found \"%.40s\"", chrom);
    }
    hw_locus_kind kind = chrom != NULL && hw_streq(chrom, "X") ? HW_LOCUS_X : HW_LOCUS_AUTOSOMAL;

    hw_population *pop = NULL;
    HW_TRY(hw_dataset_add_population(d, d->kase[index].id, &pop, r->err));
    pop->source = hw_arena_strdup(&d->arena, r->in->name);
    pop->freq = HW_NEW(&d->arena, hw_freq, n);
    hw_case *c = &d->kase[index];
    c->loci = HW_NEW(&d->arena, uint32_t, n);
    c->settings.by_locus = HW_NEW(&d->arena, hw_locus_settings, n);
    const char **silent = HW_NEW(&d->arena, const char *, n);
    if (pop->source == NULL || pop->freq == NULL || c->loci == NULL || c->settings.by_locus == NULL || silent == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    c->settings.standard = (hw_locus_settings){0};
    c->settings.theta = 0;
    c->has_settings = true;
    HW_TRY(json_get_number(r, at, obj, "theta", 0, 1, &c->settings.theta));
    for (uint32_t i = 0; i < n; i++) {
        const json_path *here = JSON_AT(JSON_AT_KEY(at, "markers"), i);
        HW_TRY(oracle_marker(r, here, json_array_get(markers, i), tables, kind, pop, c, i, &silent[i]));
        pop->n = i + 1;
        c->n_loci = i + 1;
        c->settings.n_by_locus = i + 1;
    }
    if (hw_population_finish(pop, r->err) != HW_OK) {
        hw_err_prefix(r->err, "case %s: ", c->id);
        return r->err->code;
    }
    c->population = pop;
    double rho = -1;
    HW_TRY(json_get_number(r, at, obj, "rho", 0, 0.5, &rho));
    if (rho >= 0) {
        if (n != 2) {
            return json_fail(r, JSON_AT_KEY(at, "rho"), HW_PARSE, "a recombination fraction needs exactly two markers, found %zu", n);
        }
        c->settings.linked = HW_NEW(&d->arena, hw_linked_pair, 1);
        if (c->settings.linked == NULL) {
            return HW_NO_MEMORY_FAIL(r->err);
        }
        c->settings.linked[0] = (hw_linked_pair){c->settings.by_locus[0].locus, c->settings.by_locus[1].locus, rho};
        c->settings.n_linked = 1;
    }
    if (hypotheses != NULL) {
        HW_TRY(add_hypotheses(r, JSON_AT_KEY(at, "hypotheses"), hypotheses, index));
    } else {
        c->hypothesis = HW_NEW(&d->arena, hw_pedigree, 1);
        if (c->hypothesis == NULL) {
            return HW_NO_MEMORY_FAIL(r->err);
        }
        hw_pedigree_init(&c->hypothesis[0]);
        c->hypothesis[0].name = "as stated";
        c->n_hypotheses = 1;
        HW_TRY(json_individuals(r, JSON_AT_KEY(at, "individuals"), people, NULL, &c->hypothesis[0]));
    }
    return oracle_people(r, at, obj, kind, index, silent);
}

static hw_status oracle_case(json_reader *r, const json_path *at, const json_t *obj, const json_t *tables)
{
    if (!json_typeof_is(obj, JSON_OBJECT)) {
        return json_fail(r, at, HW_PARSE, "expected a case (an object)");
    }
    json_mark mark = json_mark_take(r->d);
    const char *id = NULL;
    size_t index;
    HW_TRY(json_get_string(r, at, obj, "id", true, &id));
    HW_TRY(hw_dataset_add_case(r->d, id, &index, r->err));
    hw_status s = oracle_fill(r, at, obj, tables, index);
    if (s != HW_OK) {
        json_mark_undo(r->d, mark);
    }
    return s;
}

hw_status json_oracle_document(json_reader *r, const json_t *root)
{
    json_t *tables = NULL, *cases = NULL;
    HW_TRY(json_get_object(r, &json_root, root, "frequency_tables", false, &tables));
    HW_TRY(json_get_array(r, &json_root, root, "cases", false, &cases));
    if (cases == NULL) {
        hw_status s = oracle_case(r, &json_root, root, tables);
        return s == HW_OK ? HW_OK : json_bad_record(r, &json_root);
    }
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_path *here = JSON_AT(JSON_AT_KEY(&json_root, "cases"), i);
        if (oracle_case(r, here, json_array_get(cases, i), tables) != HW_OK) {
            HW_TRY(json_bad_record(r, here));
        }
    }
    return HW_OK;
}
