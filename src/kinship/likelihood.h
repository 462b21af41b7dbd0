// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The likelihood of typed persons in a pedigree at one locus, exactly, by variable elimination on alleles; at a pair of linked loci;
 * under founder correlation; and the conditional table of a missing person. See docs/kinship.md for the method and the conventions.
 *
 * An hw_engine holds scratch memory and plans; one per thread. Values never depend on what an engine computed before.
 * Convention: the value is that of the pedigree as stated. An untyped person is real. Persons without typed descendants drop out because
 * their factors sum to one exactly; no founder couple is ever pruned.
 */
#ifndef HW_KINSHIP_LIKELIHOOD_H
#define HW_KINSHIP_LIKELIHOOD_H

#include "base/number.h"
#include "kinship/frequency.h"
#include "kinship/pedigree.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What one person showed at the locus. Zero drop-out and error: taken as read. a UNKNOWN: untyped. */
typedef struct hw_typing {
    hw_allele a, b;
    double dropout, error;
} hw_typing;

typedef struct hw_engine hw_engine;

/** Limits of one call: beyond them TOO_COSTLY, predicted before anything is computed. */
typedef struct hw_engine_limits {
    double max_operations; /* multiply-adds of one locus; default 2e9 (some seconds) */
    size_t max_bytes;      /* largest scratch; default 1 GiB */
} hw_engine_limits;

/** limits NULL: defaults. NO_MEMORY. */
HW_API hw_status hw_engine_new(const hw_engine_limits *limits, hw_engine **ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_engine_free(hw_engine *e);

/**
 * P(typings | pedigree). typing[i] is of ped->person[i]. The pedigree has passed hw_pedigree_check. Every allele typed is known to the model
 * (hw_locus_model_build with it among `seen`), else CONFLICT. TOO_COSTLY names the persons to drop (loop, or founders under theta).
 * At X loci a male's typing is a == b (a heterozygous male gives 0), and every person's sex must be known (CONFLICT), except that
 * untyped childless persons do not matter. A parent of unknown sex at an autosomal locus whose female and male models differ: CONFLICT.
 */
HW_API hw_status hw_likelihood(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *lm, const hw_typing *typing, hw_real *ret,
                               hw_err *err) HW_MUST_CHECK;

/** The same for two linked loci with recombination fraction rho (both sexes; founders in linkage equilibrium; theta must be 0: UNSUPPORTED). Cost grows as 2^meioses. */
HW_API hw_status hw_likelihood_linked(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *const lm[2],
                                      const hw_typing *const typing[2], double rho, hw_real *ret, hw_err *err) HW_MUST_CHECK;

/**
 * Conditional table: joint[g] = P(typings of the others, person has true genotype g), for all unordered genotypes g of the model's alleles
 * in the order of hw_genotype_index; n(n+1)/2 entries (X, male: only g = (i,i) are non-zero). The person's own typing is ignored. *ret_total = P(typings of
 * the others) (the sum). Values are scaled by 2^ret_exp: true value = joint * 2^ret_exp.
 */
HW_API hw_status hw_condition(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *lm, const hw_typing *typing, uint32_t person,
                              double *joint, int *ret_exp, hw_real *ret_total, hw_err *err) HW_MUST_CHECK;
/** Index of the unordered genotype (i,j) of allele indices: j*(j+1)/2 + i with i <= j. */
static inline uint32_t hw_genotype_index(uint32_t i, uint32_t j)
{
    return i <= j ? j * (j + 1) / 2 + i : i * (i + 1) / 2 + j;
}
/**
 * P(typing | true genotype) for every unordered genotype: what a reading says when drop-out, error, partial typing, off-ladder or silent
 * alleles stand between the two. ret: n(n+1)/2. male_x: hemizygous.
 */
HW_API hw_status hw_emission(const hw_locus_model *lm, const hw_typing *t, bool male_x, double *ret, hw_err *err) HW_MUST_CHECK;

/** Predicted multiply-adds and bytes for hw_likelihood, without computing it. */
HW_API hw_status hw_likelihood_cost(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *lm, const hw_typing *typing,
                                    double *ret_operations, double *ret_bytes, hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
