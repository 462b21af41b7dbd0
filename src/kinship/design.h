// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * What a set of loci can decide about one parent and a child (duo) or two parents and a child (trio): chance hits, sensitivity, siblings of the true parent, and the
 * counting of impossible loci, each computed two ways that share no code: exactly, by convolution over loci (curve.h), and by simulation (dropped genes, ratios of the
 * engine). The design of the table in docs/validation.md. Loci are independent; mutation is the model "equal" with one rate.
 *
 * Everything lives in the caller's arena. The same seed gives the same simulation for any thread count.
 */
#ifndef HW_KINSHIP_DESIGN_H
#define HW_KINSHIP_DESIGN_H

#include "kinship/curve.h"
#include "kinship/frequency.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Who the child really is. SIBLING: the child of a full sibling of the person tested (duo); of the mother tested and a full brother of the man tested (trio). */
typedef enum hw_design_truth { HW_DESIGN_UNRELATED, HW_DESIGN_TRUE, HW_DESIGN_SIBLING, HW_DESIGN_TRUTHS } hw_design_truth;
/** The ratio at or above a limit; at most so many loci impossible without mutation. */
typedef enum hw_design_event { HW_DESIGN_LR_LOW, HW_DESIGN_LR_HIGH, HW_DESIGN_MISS_0, HW_DESIGN_MISS_1, HW_DESIGN_MISS_2, HW_DESIGN_EVENTS } hw_design_event;

typedef struct hw_design {
    const hw_locus_model **locus;
    uint32_t n_loci;
    double rate;
    double log10_limit[2]; /* of LR_LOW and LR_HIGH: 4, 6 */
} hw_design;

typedef struct hw_design_cell {
    hw_tail exact;          /* the convolution's bounds; equal for counts of loci */
    double simulated, se;   /* and its standard error */
    double z;               /* of the simulation against the nearest value within the bounds */
} hw_design_cell;

typedef struct hw_design_result {
    hw_design_cell cell[HW_DESIGN_TRUTHS][HW_DESIGN_EVENTS];
    hw_tail median_log10;   /* of the ratio of the true child */
    uint64_t families;      /* simulated */
} hw_design_result;

/** The loci of a table by name (NULL: all that are autosomal) as a design. NOT_FOUND, USAGE, NO_MEMORY. */
HW_API hw_status hw_design_init(hw_design *ret, hw_arena *arena, const hw_population *pop, const char *const *loci, uint32_t n_loci, double rate, hw_err *err) HW_MUST_CHECK;
/** Exact values into cell[][].exact and median_log10. */
HW_API hw_status hw_design_exact(const hw_design *d, bool trio, hw_design_result *io, hw_err *err) HW_MUST_CHECK;
/**
 * Simulated values into cell[][].simulated, se and z, about `families` families for each of seven samplings; exact must be there already.
 * Ratios of unrelated and true children come from four samplings half-way between the two, importance-weighted; impossible loci of unrelated children are counted locus by
 * locus; the rest is plain counting.
 */
HW_API hw_status hw_design_simulate(const hw_design *d, bool trio, uint64_t families, uint64_t seed, unsigned n_threads, hw_design_result *io, hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
