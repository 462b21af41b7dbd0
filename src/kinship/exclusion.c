// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Exclusion and expected ratios at one locus. */
#include "kinship/power.h"

#define UNTYPED ((hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0.0, 0.0})

/* P(genotype) of an unrelated person; male_x: hemizygous. */
static double founder(const hw_locus_model *lm, uint32_t i, uint32_t j, bool male_x)
{
    if (male_x) {
        return i == j ? lm->p[i] : 0.0;
    }
    return i == j ? lm->p[i] * lm->p[i] : 2.0 * lm->p[i] * lm->p[j];
}

hw_status hw_exclusion(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *lm, const hw_typing *typing, uint32_t person, double *ret, hw_err *err)
{
    size_t n = (size_t)lm->n * (lm->n + 1) / 2;
    HW_AUTO_FREE double *joint = hw_alloc(n, sizeof(*joint));
    if (joint == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    int exponent = 0;
    hw_real total;
    HW_TRY(hw_condition(e, ped, lm, typing, person, joint, &exponent, &total, err));
    if (hw_real_is_zero(total)) {
        return HW_FAIL(err, HW_IMPOSSIBLE, "locus %s: the typed relatives cannot be related as stated", lm->locus);
    }
    bool male_x = lm->kind == HW_LOCUS_X && ped->person[person].sex == HW_SEX_MALE;
    double sum = 0.0;
    for (uint32_t j = 0; j < lm->n; j++) {
        for (uint32_t i = 0; i <= j; i++) {
            sum += joint[hw_genotype_index(i, j)] > 0.0 ? 0.0 : founder(lm, i, j, male_x);
        }
    }
    *ret = sum;
    return HW_OK;
}

/* The sum over b's genotypes, given that of a: of P(b | a)^2 / P(b), and of P(b | a). */
static void add_ratios(const hw_locus_model *lm, const double *joint, double p_a, double *related, double *unrelated)
{
    size_t n = (size_t)lm->n * (lm->n + 1) / 2;
    double total = 0.0;
    for (size_t g = 0; g < n; g++) {
        total += joint[g];
    }
    for (uint32_t j = 0; j < lm->n; j++) {
        for (uint32_t i = 0; i <= j; i++) {
            double p = joint[hw_genotype_index(i, j)] / total;
            double ratio = p / founder(lm, i, j, false);
            *related += p_a * p * ratio;
            *unrelated += p_a * founder(lm, i, j, false) * ratio;
        }
    }
}

hw_status hw_expected_lr(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *lm, uint32_t a, uint32_t b, double *ret_related, double *ret_unrelated,
                         hw_err *err)
{
    size_t n = (size_t)lm->n * (lm->n + 1) / 2;
    HW_AUTO_FREE double *joint = hw_alloc(n, sizeof(*joint));
    HW_AUTO_FREE hw_typing *t = hw_alloc(ped->n + 1, sizeof(*t));
    if (joint == NULL || t == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < ped->n; i++) {
        t[i] = UNTYPED;
    }
    double related = 0.0;
    double unrelated = 0.0;
    for (uint32_t j = 0; j < lm->n; j++) {
        for (uint32_t i = 0; i <= j; i++) {
            int exponent = 0;
            hw_real total;
            t[a] = (hw_typing){lm->allele[i], lm->allele[j], 0.0, 0.0};
            HW_TRY(hw_condition(e, ped, lm, t, b, joint, &exponent, &total, err));
            add_ratios(lm, joint, founder(lm, i, j, false), &related, &unrelated);
        }
    }
    *ret_related = related;
    *ret_unrelated = unrelated;
    return HW_OK;
}
