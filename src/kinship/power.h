// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Power: what a searching family can prove. The probability that an unrelated child is excluded, and how the likelihood ratio is distributed if the child is
 * theirs; exactly, before any child is compared. docs/power.md says what the numbers mean.
 *
 * Results own what they hold. One call may be made at a time per dataset; it uses the threads of the options.
 */
#ifndef HW_KINSHIP_POWER_H
#define HW_KINSHIP_POWER_H

#include "kinship/chance.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * P(an unrelated person's genotype is impossible for `person` given the typings of the others), under the model as it is: with mutation nothing is impossible, so that a
 * model without it is the rule. IMPOSSIBLE when the typings of the others are. The engine's failures otherwise.
 */
HW_API hw_status hw_exclusion(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *lm, const hw_typing *typing, uint32_t person, double *ret,
                              hw_err *err) HW_MUST_CHECK;
/**
 * E[LR] of two persons of a pedigree being related so, against unrelated, at one autosomal locus over all pairs of genotypes: if they are, and if they are not (1 but for
 * rounding, and for mutation models that are not stationary). Cost: one conditional table per genotype.
 */
HW_API hw_status hw_expected_lr(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *lm, uint32_t a, uint32_t b, double *ret_related,
                                double *ret_unrelated, hw_err *err) HW_MUST_CHECK;

/** What the typed relatives are to the missing person, for counting. */
typedef enum hw_family_kind {
    HW_FAMILY_TWO_PARENTS,
    HW_FAMILY_PARENT_AND_OTHERS, /* one parent, and other relatives of the missing person */
    HW_FAMILY_ONE_PARENT,
    HW_FAMILY_CHILDREN,          /* children of the missing person, no parent */
    HW_FAMILY_SIBLINGS,          /* full siblings, and whoever else, no parent */
    HW_FAMILY_GRANDPARENTS,      /* grandparents, no parent and no full sibling */
    HW_FAMILY_OTHER,
    HW_FAMILY_NOBODY,
    HW_FAMILY_KINDS
} hw_family_kind;
HW_API hw_family_kind hw_family_kind_of(const hw_family *family, uint32_t missing);
HW_API const char *hw_family_kind_text(hw_family_kind kind); /* "both parents", "one parent", ... */

typedef struct hw_power_locus {
    uint32_t panel_index;
    double exclusion; /* of an unrelated child, without mutation; nan: the family itself does not fit without mutation or drop-out */
} hw_power_locus;

typedef enum hw_power_verdict {
    HW_POWER_ENOUGH,
    HW_POWER_WEAK,        /* P(LR >= threshold | theirs) is not proven to be at least the wanted power */
    HW_POWER_NO_CHILD_CAN /* no child can reach the threshold */
} hw_power_verdict;

#define HW_POWER_TAILS 2

/** One missing person of one family. */
typedef struct hw_power {
    uint32_t family, missing;
    hw_status status;          /* not OK: what cannot be computed of it, and why */
    const char *error;
    hw_family_kind kind;
    uint32_t typed;            /* typed members */
    uint32_t n_loci;           /* in the ratio */
    hw_power_locus *locus;     /* [n_loci] */
    uint32_t n_unfit;          /* loci with exclusion nan; they are left out of the next two */
    double not_excluded;       /* probability that an unrelated child is excluded at no locus; 1 - exclusion, without its rounding */
    double expected_exclusions; /* expected number of excluding loci of an unrelated child */
    hw_tail theirs_quantile[3]; /* 5, 50 and 95 % of log10 LR if the child is theirs */
    hw_tail theirs[HW_POWER_TAILS];    /* P(LR >= tail[i] | theirs) */
    hw_tail unrelated;         /* P(LR >= tail[0] | unrelated) */
    double max_log10;
    hw_power_verdict verdict;
    bool x_left_out, linkage_left_out;
} hw_power;

typedef struct hw_power_kind_summary {
    uint32_t n, n_weak, n_errors; /* n: computed */
    double mean_theirs;          /* mean of P(LR >= tail[0] | theirs), lower bounds */
    double chance_hits;          /* sum of P(LR >= tail[0] | unrelated), upper bounds */
    double median_of_medians;    /* of the medians' lower bounds */
} hw_power_kind_summary;

typedef struct hw_power_options {
    double tail_log10[HW_POWER_TAILS]; /* 4 and 6; the first is the threshold */
    double wanted;                     /* power below which a family is weak; 0.8 */
    uint32_t only_family;              /* UINT32_MAX: all */
} hw_power_options;
HW_API void hw_power_options_init(hw_power_options *p);

typedef struct hw_power_result {
    hw_power *power; /* missing persons in the order of the dataset */
    size_t n;
    hw_power_kind_summary kind[HW_FAMILY_KINDS], all;
    double seconds;
    hw_arena *arena; /* one per thread */
    unsigned n_arenas;
} hw_power_result;

/**
 * Every missing person of every family. o: tables, settings and threads of match; its threshold is not used. What cannot be computed of one family does not end the run.
 * The result does not depend on the number of threads. Cost: about a millisecond for a family of 22 loci.
 */
HW_API hw_status hw_power_compute(const hw_dataset *d, const hw_match_options *o, const hw_power_options *p, hw_power_result *ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_power_result_release(hw_power_result *r);

#ifdef __cplusplus
}
#endif
#endif
