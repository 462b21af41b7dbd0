// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Reference documents about parts of the engine: mutation matrices, coefficients of relatedness, genotype distributions. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/check.h"
#include "kinship/identity.h"
#include "kinship/likelihood.h"

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static const char *id_of(const json_t *one)
{
    const char *id = text_of(one, "id");
    return id != NULL ? id : "(no id)";
}

/* --- mutation matrices --- */

static hw_status matrix_case(check *k, const json_reader *r, const json_path *at, const json_t *one, hw_err *err)
{
    hw_freq f = {0};
    HW_TRY(json_table(r, at, one, NULL, &f));
    hw_arena *arena = &r->d->arena;
    uint32_t n = f.n;
    hw_allele *sorted = HW_NEW(arena, hw_allele, n);
    double *p = HW_NEW(arena, double, n), *m = HW_NEW(arena, double, (size_t)n *n);
    uint32_t *place = HW_NEW(arena, uint32_t, n); /* of the i-th allele of the document among the sorted */
    if (sorted == NULL || p == NULL || m == NULL || place == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < n; i++) {
        place[i] = 0;
        for (uint32_t j = 0; j < n; j++) {
            place[i] += f.allele[j] < f.allele[i];
        }
        sorted[place[i]] = f.allele[i];
        p[place[i]] = f.freq[i];
    }
    hw_mutation mutation = {0};
    HW_TRY(json_mutation(r, JSON_AT_KEY(at, "model"), json_object_get(one, "model"), f.allele, n, NULL, &mutation));
    HW_TRY(hw_mutation_matrix(&mutation, n, sorted, p, -1, m, err));
    const json_t *matrix = json_object_get(one, "matrix");
    check_true(k, json_array_size(matrix) == n, "the matrix has another order");
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n; j++) {
            char what[80];
            snprintf(what, sizeof what, "entry %u,%u", i + 1, j + 1);
            check_value(k, m[(size_t)place[i] * n + place[j]], json_array_get(json_array_get(matrix, i), j), what);
        }
    }
    hw_mutation_properties properties;
    hw_mutation_check(n, p, m, &properties);
    const json_t *expected = json_object_get(one, "properties");
    check_value(k, properties.overall_rate, json_object_get(expected, "overall_rate"), "overall_rate");
    check_true(k, properties.stationary == json_is_true(json_object_get(expected, "stationary")), "stationary differs");
    check_true(k, properties.reversible == json_is_true(json_object_get(expected, "reversible")), "reversible differs");
    check_true(k, properties.always_lumpable == json_is_true(json_object_get(expected, "always_lumpable")), "always_lumpable differs");
    return HW_OK;
}

/* --- relatedness --- */

static void check_list(check *k, const double *ours, size_t n, const json_t *list, const char *what)
{
    for (size_t i = 0; i < n; i++) {
        char text[240];
        snprintf(text, sizeof text, "%s[%zu]", what, i);
        check_value(k, ours[i], json_array_get(list, i), text);
    }
}

static hw_status relatedness_pair(check *k, const hw_pedigree *ped, const double *kinship, const double *kinship_x, const json_t *pair, hw_err *err)
{
    const char *id[2] = {text_of(pair, "a"), text_of(pair, "b")};
    uint32_t at[2];
    char what[200];
    for (int i = 0; i < 2; i++) {
        if (id[i] == NULL || !hw_pedigree_find(ped, id[i], &at[i])) {
            return HW_FAIL(err, HW_PARSE, "a pair names a person who is not in the pedigree");
        }
    }
    size_t cell = at[0] * ped->n + at[1];
    snprintf(what, sizeof what, "kinship %.40s %.40s", id[0], id[1]);
    check_value(k, kinship[cell], json_object_get(pair, "kinship"), what);
    snprintf(what, sizeof what, "kinship_x %.40s %.40s", id[0], id[1]);
    check_value(k, kinship_x[cell], json_object_get(pair, "kinship_x"), what);
    const json_t *list = json_object_get(pair, "jacquard_delta_1_to_9");
    double delta[9], kappa[3];
    HW_TRY(hw_jacquard(ped, at[0], at[1], delta, err));
    snprintf(what, sizeof what, "jacquard %.40s %.40s", id[0], id[1]);
    check_list(k, delta, 9, list, what);
    list = json_object_get(pair, "kappa_0_1_2");
    if (json_is_array(list)) {
        HW_TRY(hw_kappa(ped, at[0], at[1], kappa, err));
        snprintf(what, sizeof what, "kappa %.40s %.40s", id[0], id[1]);
        check_list(k, kappa, 3, list, what);
    }
    return HW_OK;
}

static hw_status relatedness_pedigree(check *k, const hw_pedigree *ped, const json_t *one, hw_err *err)
{
    size_t n = ped->n;
    HW_AUTO_FREE double *kinship = hw_alloc(n * n, sizeof *kinship);
    HW_AUTO_FREE double *kinship_x = hw_alloc(n * n, sizeof *kinship_x);
    HW_AUTO_FREE double *inbreeding = hw_alloc(n, sizeof *inbreeding);
    if (kinship == NULL || kinship_x == NULL || inbreeding == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(hw_kinship(ped, kinship, err));
    HW_TRY(hw_kinship_x(ped, kinship_x, err));
    HW_TRY(hw_inbreeding(ped, inbreeding, err));
    for (size_t i = 0; i < n; i++) {
        char what[80];
        snprintf(what, sizeof what, "inbreeding %.60s", ped->person[i].id);
        check_value(k, inbreeding[i], json_object_get(json_object_get(one, "inbreeding"), ped->person[i].id), what);
    }
    const json_t *pairs = json_object_get(one, "pairs");
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        HW_TRY(relatedness_pair(k, ped, kinship, kinship_x, json_array_get(pairs, i), err));
    }
    return HW_OK;
}

static hw_status relatedness_case(check *k, const json_reader *r, const json_path *at, const json_t *one, hw_err *err)
{
    HW_CLEANUP(hw_pedigree_release) hw_pedigree ped = {0};
    hw_pedigree_init(&ped);
    HW_TRY(json_individuals(r, JSON_AT_KEY(at, "individuals"), json_object_get(one, "individuals"), NULL, &ped));
    return relatedness_pedigree(k, &ped, one, err);
}

/* --- genotype distributions --- */

static hw_status read_typings(const json_reader *r, const json_path *at, const json_t *genotypes, const hw_pedigree *ped, hw_typing *ret, hw_err *err)
{
    const char *id;
    json_t *list;
    json_object_foreach((json_t *)(uintptr_t)genotypes, id, list)
    {
        uint32_t person;
        if (!hw_pedigree_find(ped, id, &person)) {
            return HW_FAIL(err, HW_PARSE, "%.60s is typed but not in the pedigree", id);
        }
        HW_TRY(json_allele(r, JSON_AT_KEY(at, id), json_array_get(list, 0), NULL, &ret[person].a));
        HW_TRY(json_allele(r, JSON_AT_KEY(at, id), json_array_get(list, 1), NULL, &ret[person].b));
    }
    return HW_OK;
}

static hw_status compare_distribution(check *k, const json_reader *r, const json_path *at, const json_t *one, const hw_locus_model *lm, const double *joint,
                                      double total, hw_err *err)
{
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(one, "distribution"), key, value)
    {
        const char *slash = strchr(key, '/');
        hw_allele a, b;
        if (slash == NULL) {
            return json_fail(r, JSON_AT_KEY(at, key), HW_PARSE, "expected a genotype \"a/b\"");
        }
        HW_TRY(hw_allele_parse(key, (size_t)(slash - key), &a, err));
        HW_TRY(hw_allele_parse(slash + 1, strlen(slash + 1), &b, err));
        int i = hw_locus_model_index(lm, a), j = hw_locus_model_index(lm, b);
        if (i < 0 || j < 0) {
            return json_fail(r, JSON_AT_KEY(at, key), HW_PARSE, "an allele that the table lacks");
        }
        check_value(k, joint[hw_genotype_index((uint32_t)i, (uint32_t)j)] / total, value, key);
    }
    return HW_OK;
}

static hw_status distribution_of(check *k, const json_reader *r, const json_path *at, const json_t *one, const hw_pedigree *ped, hw_err *err)
{
    hw_arena *arena = &r->d->arena;
    const char *target = text_of(one, "target");
    uint32_t person;
    if (target == NULL || !hw_pedigree_find(ped, target, &person)) {
        return json_fail(r, at, HW_PARSE, "the target is not in the pedigree");
    }
    hw_freq f;
    hw_typing *typing = HW_NEW(arena, hw_typing, ped->n);
    if (typing == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(check_table(r, JSON_AT_KEY(at, "frequencies"), json_object_get(one, "frequencies"), &f, err));
    for (size_t i = 0; i < ped->n; i++) {
        typing[i] = (hw_typing){.a = HW_ALLELE_UNKNOWN, .b = HW_ALLELE_UNKNOWN};
    }
    HW_TRY(read_typings(r, JSON_AT_KEY(at, "genotypes"), json_object_get(one, "genotypes"), ped, typing, err));
    hw_locus_settings ls = {0};
    const json_t *mutation = json_object_get(one, "mutation");
    if (json_is_object(mutation)) {
        HW_TRY(json_mutation(r, at, json_object_get(mutation, "female"), f.allele, f.n, NULL, &ls.female));
        HW_TRY(json_mutation(r, at, json_object_get(mutation, "male"), f.allele, f.n, NULL, &ls.male));
    }
    hw_locus_model *lm;
    HW_TRY(hw_locus_model_build(arena, &f, HW_LOCUS_AUTOSOMAL, &ls, 0, HW_RARE_AUTO, 0, NULL, 0, &lm, err));
    double *joint = HW_NEW(arena, double, (size_t)lm->n *(lm->n + 1) / 2);
    if (joint == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_engine *engine;
    HW_TRY(hw_engine_new(NULL, &engine, err));
    int exponent;
    hw_real total;
    hw_status s = hw_condition(engine, ped, lm, typing, person, joint, &exponent, &total, err);
    hw_engine_free(engine);
    HW_TRY(s);
    double sum = 0;
    for (size_t i = 0; i < (size_t)lm->n * (lm->n + 1) / 2; i++) {
        sum += joint[i];
    }
    return compare_distribution(k, r, JSON_AT_KEY(at, "distribution"), one, lm, joint, sum, err);
}

static hw_status distribution_case(check *k, const json_reader *r, const json_path *at, const json_t *one, hw_err *err)
{
    HW_CLEANUP(hw_pedigree_release) hw_pedigree ped = {0};
    hw_pedigree_init(&ped);
    HW_TRY(json_individuals(r, JSON_AT_KEY(at, "individuals"), json_object_get(one, "individuals"), NULL, &ped));
    return distribution_of(k, r, at, one, &ped, err);
}

/* --- each case of a document --- */

hw_status check_table(const json_reader *r, const json_path *at, const json_t *table, hw_freq *ret, hw_err *err)
{
    hw_population pop = {.name = "reference", .n = 1, .freq = HW_NEW(&r->d->arena, hw_freq, 1)};
    if (pop.freq == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    pop.freq[0].locus = "reference";
    hw_map_init(&pop.by_locus, 0);
    HW_TRY(json_table(r, at, table, NULL, &pop.freq[0]));
    hw_status s = hw_population_finish(&pop, err);
    hw_population_release(&pop);
    if (s == HW_OK) {
        *ret = pop.freq[0];
    }
    return s;
}

hw_status check_each(check *k, const json_reader *r, const json_t *cases, check_case_fn fn, hw_err *err)
{
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *one = json_array_get(cases, i);
        check_begin(k, id_of(one), CHECK_TOLERANCE);
        hw_status s = fn(k, r, JSON_AT(JSON_AT_KEY(&json_root, "cases"), i), one, err);
        if (s == HW_NO_MEMORY) {
            return s;
        }
        if (s != HW_OK) {
            check_broken(k, err->msg);
            hw_err_clear(err);
        }
        check_end(k);
    }
    return HW_OK;
}

hw_status check_matrices(check *k, const json_reader *r, const json_t *cases, hw_err *err)
{
    return check_each(k, r, cases, matrix_case, err);
}

hw_status check_relatedness(check *k, const json_reader *r, const json_t *cases, hw_err *err)
{
    return check_each(k, r, cases, relatedness_case, err);
}

hw_status check_distributions(check *k, const json_reader *r, const json_t *cases, hw_err *err)
{
    return check_each(k, r, cases, distribution_case, err);
}
