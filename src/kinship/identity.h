// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Coefficients of identity by descent of a pedigree, without mutation: kinship and inbreeding (autosomal and X), Jacquard's nine condensed
 * identity coefficients, kappa; and whether two pedigrees can be told apart by DNA at all.
 */
#ifndef HW_KINSHIP_IDENTITY_H
#define HW_KINSHIP_IDENTITY_H

#include "kinship/pedigree.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Kinship coefficients of all pairs into ret[n*n] (autosomal; twins count as one person; founder inbreeding respected). Cost n^2. */
HW_API hw_status hw_kinship(const hw_pedigree *ped, double *ret, hw_err *err) HW_MUST_CHECK;
/** The same for the X chromosome: kinship of one random X allele of each. Sexes must be known. */
HW_API hw_status hw_kinship_x(const hw_pedigree *ped, double *ret, hw_err *err) HW_MUST_CHECK;
/** Inbreeding coefficients (autosomal) into ret[n]. */
HW_API hw_status hw_inbreeding(const hw_pedigree *ped, double *ret, hw_err *err) HW_MUST_CHECK;
/**
 * Jacquard's condensed identity coefficients of a and b: delta[0..8] = D1..D9 in the usual order (D1: all four identical; D2; D3: a's two and one of b's; D4; D5; D6;
 * D7: kappa2 without inbreeding, D8: kappa1, D9: kappa0). Exact, by the recursion of Karigl (1981) on generalised kinship coefficients.
 * USAGE: no such person. TOO_COSTLY when more than two million intermediate coefficients would be needed (long lines of much mixed ancestors; about a second).
 */
HW_API hw_status hw_jacquard(const hw_pedigree *ped, uint32_t a, uint32_t b, double delta[9], hw_err *err) HW_MUST_CHECK;
/** kappa[0..2] for two persons who are not inbred (CONFLICT otherwise). */
HW_API hw_status hw_kappa(const hw_pedigree *ped, uint32_t a, uint32_t b, double kappa[3], hw_err *err) HW_MUST_CHECK;
/**
 * The words for a pair: "full siblings", "paternal half siblings", "uncle and niece", "first cousins", "unrelated", "mother and son", ... in buf (cut at size).
 * The elder generation stands first, whatever the order of a and b. Bonds beyond the one named are said so: "full siblings, also related otherwise
 * (kinship 0.375)"; what has no words is "related (kinship 3e-05)".
 */
HW_API hw_status hw_relationship_name(const hw_pedigree *ped, uint32_t a, uint32_t b, char *buf, size_t size, hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
