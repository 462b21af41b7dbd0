// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * One case, any hypotheses: likelihoods per locus and ratios between all hypotheses, as `homeward lr` prints them. Exact zeros stay zeros; 0/0 is nan, x/0 is inf.
 */
#ifndef HW_KINSHIP_RATIO_H
#define HW_KINSHIP_RATIO_H

#include "kinship/dataset.h"
#include "kinship/likelihood.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hw_case_locus {
    const char *locus;
    uint32_t panel_index;
    bool used;
    int32_t linked_with;      /* position of the locus it is computed together with, or -1. The later of the two holds 1 for every hypothesis */
    hw_real *likelihood;      /* [n_hypotheses] */
    double *unlinked;         /* [n_hypotheses] of this locus by itself, when linked; else NULL */
    const hw_locus_model *model;
    const char *note;         /* why not used, alleles added; or NULL */
} hw_case_locus;

typedef struct hw_case_result {
    const hw_case *kase;
    const char *population;
    hw_case_locus *locus;
    uint32_t n_loci;
    hw_real *total;           /* [n_hypotheses] */
    hw_arena arena;
} hw_case_result;

/**
 * Likelihoods of a case. population and settings are used where the case brings none of its own (either may be NULL then). NOT_FOUND when neither has a table for any locus; CONFLICT when
 * a typed person is missing from a hypothesis. Where the sex of somebody is not known and matters, every assignment of sexes is computed: the total is their mean, and the value shown for a locus is the mean at that locus, so that the product over loci is then not the total. Loci without a table, Y loci and amelogenin stand with used = false and a note.
 */
HW_API hw_status hw_case_likelihoods(const hw_dataset *d, const hw_case *c, const hw_population *population, const hw_settings *settings,
                                     const hw_engine_limits *limits, hw_case_result *ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_case_result_release(hw_case_result *r);
/** a/b as a double: 0, inf, nan in the exact cases. */
HW_API double hw_ratio(hw_real a, hw_real b);
HW_API double hw_ratio_log10(hw_real a, hw_real b);

#ifdef __cplusplus
}
#endif
#endif
