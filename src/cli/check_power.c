// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Reference documents about power: exclusion of an unrelated person, marker by marker, and the expected ratio of one marker. */
#include <stdio.h>
#include <string.h>

#include "cli/check.h"
#include "kinship/power.h"

static void untyped(hw_typing *t, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        t[i] = (hw_typing){.a = HW_ALLELE_UNKNOWN, .b = HW_ALLELE_UNKNOWN};
    }
}

static hw_status read_marker(const json_reader *r, const json_path *at, const json_t *genotypes, const char *marker, const hw_pedigree *ped, hw_typing *ret, hw_err *err)
{
    const char *id;
    json_t *of;
    untyped(ret, ped->n);
    json_object_foreach((json_t *)(uintptr_t)genotypes, id, of)
    {
        const json_t *pair = json_object_get(of, marker);
        uint32_t person;
        if (!hw_pedigree_find(ped, id, &person)) {
            return HW_FAIL(err, HW_PARSE, "%.60s is typed but not in the pedigree", id);
        }
        if (pair != NULL) {
            HW_TRY(json_allele(r, JSON_AT_KEY(at, id), json_array_get(pair, 0), NULL, &ret[person].a));
            HW_TRY(json_allele(r, JSON_AT_KEY(at, id), json_array_get(pair, 1), NULL, &ret[person].b));
        }
    }
    return HW_OK;
}

/* Exclusion without mutation at one locus of a table. */
static hw_status marker_exclusion(hw_engine *e, const json_reader *r, const json_path *at, const json_t *one, const char *marker, const json_t *table,
                                  const hw_pedigree *ped, uint32_t missing, double *ret, hw_err *err)
{
    hw_arena *arena = &r->d->arena;
    hw_typing *typing = HW_NEW(arena, hw_typing, ped->n + 1);
    hw_freq f;
    if (typing == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(check_table(r, JSON_AT_KEY(JSON_AT_KEY(at, "frequency_tables"), marker), table, &f, err));
    HW_TRY(read_marker(r, JSON_AT_KEY(at, "genotypes"), json_object_get(one, "genotypes"), marker, ped, typing, err));
    const hw_locus_settings plain = {0};
    hw_locus_model *lm;
    HW_TRY(hw_locus_model_build(arena, &f, HW_LOCUS_AUTOSOMAL, &plain, 0, HW_RARE_AUTO, 0, NULL, 0, &lm, err));
    return hw_exclusion(e, ped, lm, typing, missing, ret, err);
}

static hw_status compare_markers(check *k, hw_engine *e, const json_reader *r, const json_path *at, const json_t *one, const hw_pedigree *ped, hw_err *err)
{
    const char *id = json_string_value(json_object_get(one, "missing"));
    uint32_t missing;
    if (id == NULL || !hw_pedigree_find(ped, id, &missing)) {
        return json_fail(r, at, HW_PARSE, "the missing person is not in the pedigree");
    }
    double passes = 1, expected = 0;
    const char *marker;
    json_t *table;
    json_object_foreach(json_object_get(one, "frequency_tables"), marker, table)
    {
        double x;
        HW_TRY(marker_exclusion(e, r, at, one, marker, table, ped, missing, &x, err));
        check_value(k, x, json_object_get(json_object_get(one, "ep_per_marker"), marker), marker);
        passes *= 1 - x;
        expected += x;
    }
    check_value(k, 1 - passes, json_object_get(one, "ep_total"), "ep_total");
    check_value(k, expected, json_object_get(one, "expected_mismatch"), "expected_mismatch");
    return HW_OK;
}

static hw_status exclusion_case(check *k, hw_engine *e, const json_reader *r, const json_path *at, const json_t *one, hw_err *err)
{
    HW_CLEANUP(hw_pedigree_release) hw_pedigree ped = {0};
    hw_pedigree_init(&ped);
    HW_TRY(json_individuals(r, JSON_AT_KEY(at, "individuals"), json_object_get(one, "individuals"), NULL, &ped));
    return compare_markers(k, e, r, at, one, &ped, err);
}

/* The relationships that references name, persons A and B first. */
static hw_status related_pair(const char *name, hw_pedigree *ped, hw_err *err)
{
    uint32_t a, b, c, d;
    HW_TRY(hw_pedigree_add(ped, "A", HW_SEX_MALE, &a, err));
    HW_TRY(hw_pedigree_add(ped, "B", HW_SEX_MALE, &b, err));
    HW_TRY(hw_pedigree_add(ped, "C", HW_SEX_MALE, &c, err));
    HW_TRY(hw_pedigree_add(ped, "D", HW_SEX_FEMALE, &d, err));
    if (hw_streq(name, "paternity")) {
        HW_TRY(hw_pedigree_set_parents(ped, b, (int32_t)a, -1, err));
    } else if (hw_streq(name, "half sibs")) {
        HW_TRY(hw_pedigree_set_parents(ped, a, (int32_t)c, -1, err));
        HW_TRY(hw_pedigree_set_parents(ped, b, (int32_t)c, -1, err));
    } else if (hw_streq(name, "full sibs")) {
        HW_TRY(hw_pedigree_set_parents(ped, a, (int32_t)c, (int32_t)d, err));
        HW_TRY(hw_pedigree_set_parents(ped, b, (int32_t)c, (int32_t)d, err));
    } else {
        return HW_FAIL(err, HW_UNSUPPORTED, "the relationship \"%.60s\" is not one of: paternity, half sibs, full sibs", name);
    }
    return hw_pedigree_check(ped, err);
}

static hw_status expected_case(check *k, hw_engine *e, const json_reader *r, const json_path *at, const json_t *one, hw_err *err)
{
    HW_CLEANUP(hw_pedigree_release) hw_pedigree ped = {0};
    hw_pedigree_init(&ped);
    const char *name = json_string_value(json_object_get(one, "relationship"));
    HW_TRY(related_pair(name != NULL ? name : "", &ped, err));
    hw_freq f;
    HW_TRY(check_table(r, JSON_AT_KEY(at, "frequencies"), json_object_get(one, "frequencies"), &f, err));
    const hw_locus_settings plain = {0};
    hw_locus_model *lm;
    HW_TRY(hw_locus_model_build(&r->d->arena, &f, HW_LOCUS_AUTOSOMAL, &plain, 0, HW_RARE_AUTO, 0, NULL, 0, &lm, err));
    double related, unrelated;
    HW_TRY(hw_expected_lr(e, &ped, lm, 0, 1, &related, &unrelated, err));
    check_value(k, related, json_object_get(one, "expected_lr_if_related"), "expected_lr_if_related");
    check_value(k, unrelated, json_object_get(one, "expected_lr_if_unrelated"), "expected_lr_if_unrelated");
    return HW_OK;
}

static hw_status power_case(check *k, const json_reader *r, const json_path *at, const json_t *one, hw_err *err)
{
    hw_engine *e;
    HW_TRY(hw_engine_new(NULL, &e, err));
    hw_status s = json_object_get(one, "relationship") != NULL ? expected_case(k, e, r, at, one, err) : exclusion_case(k, e, r, at, one, err);
    hw_engine_free(e);
    return s;
}

hw_status check_power(check *k, const json_reader *r, const json_t *cases, hw_err *err)
{
    return check_each(k, r, cases, power_case, err);
}
