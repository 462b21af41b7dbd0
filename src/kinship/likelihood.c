// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/theta.h"

#include <string.h>

#define DEFAULT_OPERATIONS 2e9
#define DEFAULT_BYTES ((size_t)1 << 30)

hw_status hw_engine_new(const hw_engine_limits *limits, hw_engine **ret, hw_err *err)
{
    hw_engine *e = hw_alloc(1, sizeof(*e));
    if (e == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (limits != NULL) {
        e->limits = *limits;
    }
    if (!(e->limits.max_operations > 0.0)) {
        e->limits.max_operations = DEFAULT_OPERATIONS;
    }
    if (e->limits.max_bytes == 0) {
        e->limits.max_bytes = DEFAULT_BYTES;
    }
    /* Tables are bounded by the prediction; the arena also holds the net itself. */
    hw_arena_init(&e->arena, 2 * e->limits.max_bytes + ((size_t)64 << 20));
    *ret = e;
    return HW_OK;
}

void hw_engine_free(hw_engine *e)
{
    if (e != NULL) {
        hw_arena_release(&e->arena);
        hw_free(e);
    }
}

static hw_status run(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *lm, const hw_typing *typing, hw_real *ret, hw_err *err)
{
    network w;
    HW_TRY(network_nodes(&w, &e->arena, ped, lm, typing, UINT32_MAX, err));
    if (w.impossible) {
        *ret = hw_real_from(0.0);
        return HW_OK;
    }
    return lm->theta > 0.0 ? theta_sum(e, &w, NULL, NULL, ret, err) : plain_sum(e, &w, NULL, NULL, 0, 1.0, NULL, NULL, ret, err);
}

hw_status hw_likelihood(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *lm, const hw_typing *typing, hw_real *ret, hw_err *err)
{
    hw_arena_mark mark = hw_arena_get_mark(&e->arena);
    hw_real value = {0};
    hw_status s = run(e, ped, lm, typing, &value, err);
    hw_arena_reset(&e->arena, mark);
    if (s == HW_OK) {
        *ret = value;
    }
    return s;
}

hw_status hw_likelihood_cost(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *lm, const hw_typing *typing, double *ret_operations,
                             double *ret_bytes, hw_err *err)
{
    hw_arena_mark mark = hw_arena_get_mark(&e->arena);
    network w;
    hw_status s = network_nodes(&w, &e->arena, ped, lm, typing, UINT32_MAX, err);
    if (s == HW_OK) {
        s = sum_cost(&w, ret_operations, ret_bytes, err);
    }
    hw_arena_reset(&e->arena, mark);
    return s;
}

/* Ordered table [pat][mat] to unordered genotypes. */
static void fold(const double *table, uint32_t n, bool hemizygous, double *joint)
{
    for (uint32_t j = 0; j < n; j++) {
        for (uint32_t i = 0; i <= j; i++) {
            double x = 0.0;
            if (hemizygous) {
                x = i == j ? table[i] : 0.0;
            } else {
                x = i == j ? table[(size_t)i * n + i] : table[(size_t)i * n + j] + table[(size_t)j * n + i];
            }
            joint[hw_genotype_index(i, j)] = x;
        }
    }
}

static hw_status condition(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *lm, const hw_typing *typing, uint32_t person,
                           double *joint, int *ret_exp, hw_real *ret_total, hw_err *err)
{
    hw_typing *others = HW_NEW(&e->arena, hw_typing, ped->n + 1);
    if (others == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    memcpy(others, typing, ped->n * sizeof(*others));
    others[person] = (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0.0, 0.0};
    network w;
    HW_TRY(network_nodes(&w, &e->arena, ped, lm, others, person, err));
    if (w.impossible) {
        memset(joint, 0, (size_t)lm->n * (lm->n + 1) / 2 * sizeof(double));
        *ret_exp = 0;
        *ret_total = hw_real_from(0.0);
        return HW_OK;
    }
    double *table = NULL;
    int64_t exp = 0;
    HW_TRY(lm->theta > 0.0 ? theta_sum(e, &w, &table, &exp, ret_total, err)
                           : plain_sum(e, &w, NULL, NULL, 0, 1.0, &table, &exp, ret_total, err));
    fold(table, lm->n, w.node[w.query].hemizygous, joint);
    *ret_exp = (int)exp;
    return HW_OK;
}

hw_status hw_condition(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *lm, const hw_typing *typing, uint32_t person,
                       double *joint, int *ret_exp, hw_real *ret_total, hw_err *err)
{
    if (person >= ped->n) {
        return HW_FAIL(err, HW_NOT_FOUND, "person %u is not in a pedigree of %zu", person, ped->n);
    }
    hw_arena_mark mark = hw_arena_get_mark(&e->arena);
    hw_status s = condition(e, ped, lm, typing, person, joint, ret_exp, ret_total, err);
    hw_arena_reset(&e->arena, mark);
    return s;
}
