// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Mutation models: from a model and its rates to the matrix M, M[i*n+j] = P(parent allele i is passed on as j).
 * Matrices are always derived from model, alleles and frequencies, never stored loose.
 */
#ifndef HW_KINSHIP_MUTATION_H
#define HW_KINSHIP_MUTATION_H

#include "kinship/allele.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hw_mutation_model {
    HW_MUTATION_NONE,
    HW_MUTATION_EQUAL,
    HW_MUTATION_PROPORTIONAL,
    HW_MUTATION_ONESTEP,
    HW_MUTATION_STEPWISE,            /* rate, rate2 (microvariant rate, 0: none), range; Familias codes 2 (rate2 = 0) and 4 (extended) */
    HW_MUTATION_STEPWISE_STATIONARY, /* Familias code 3 */
    HW_MUTATION_DAWID,
    HW_MUTATION_CUSTOM               /* matrix given ("custom", "random") */
} hw_mutation_model;

typedef enum hw_mutation_transform { HW_TRANSFORM_NONE, HW_TRANSFORM_MH, HW_TRANSFORM_BA, HW_TRANSFORM_PR, HW_TRANSFORM_PM } hw_mutation_transform;

/** A model for one sex at one locus. Zero-initialised: no mutation. */
typedef struct hw_mutation {
    hw_mutation_model model;
    hw_mutation_transform transform;
    double rate, rate2, range;
    uint32_t n;               /* CUSTOM: order of the matrix */
    const hw_allele *allele;  /* CUSTOM: the alleles its rows stand for */
    const double *matrix;     /* CUSTOM: n*n row-major, not owned */
} hw_mutation;

/** Name as in files and options: "none", "equal", "proportional", "onestep", "stepwise", "stepwise-stationary", "dawid", "custom". */
HW_API const char *hw_mutation_name(hw_mutation_model m);
HW_API bool hw_mutation_from_name(const char *name, hw_mutation_model *ret);

/** Does it leave every allele as it is, whatever the locus: no model, or rates of 0? */
HW_API bool hw_mutation_is_trivial(const hw_mutation *m);

/**
 * Fill ret (n*n) for alleles allele[0..n) (sorted, distinct) of frequencies p (sum 1). `silent` is the index of the silent
 * allele or -1: it neither mutates nor is mutated to, and does not count among the n of the model (a custom matrix that lists it says itself what it does). REST and NAMED alleles have no length: for the
 * stepwise models each is a group of its own; onestep and dawid need whole repeat numbers (UNSUPPORTED otherwise).
 * A custom matrix that lacks an allele of the list (one that was added as rare) is extended: the added allele does not mutate and is not mutated to.
 * CONFLICT when a row does not sum to 1 within 1e-9, an entry is outside [0,1], or the rate is more than the model can have; the message names the allele.
 * Every p must be above 0. Cost n^2 (PM: n^3). STEPWISE_STATIONARY is stepwise with transform PM. Transforms: M the matrix, f_ij = p_i M_ij its flows;
 * MH: flow min(f_ij, f_ji), BA: f_ij f_ji / (f_ij + f_ji), both then scaled to the overall rate of M; PR: (f_ij + f_ji)/2;
 * PM: c v_i/p_i M_ij off the diagonal, v the stationary distribution of M, c such that the overall rate is that of M (by class where M splits into classes).
 */
HW_API hw_status hw_mutation_matrix(const hw_mutation *m, uint32_t n, const hw_allele *allele, const double *p, int silent,
                                    double *ret, hw_err *err) HW_MUST_CHECK;

typedef struct hw_mutation_properties {
    double overall_rate;    /* 1 - sum p_i M_ii */
    double row_error;       /* largest |row sum - 1| */
    double stationary_error; /* largest |(pM)_j - p_j| */
    bool stationary;        /* stationary_error < 1e-12 */
    bool reversible;        /* p_i M_ij == p_j M_ji within 1e-12 */
    bool always_lumpable;   /* off-diagonal columns are constant, so any grouping of alleles is exact (Kemeny, Snell) */
} hw_mutation_properties;
HW_API void hw_mutation_check(uint32_t n, const double *p, const double *matrix, hw_mutation_properties *ret);

#ifdef __cplusplus
}
#endif
#endif
