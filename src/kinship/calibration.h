// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Whether decisions are what they claim: synthetic nations, whose truth is known, searched and decided upon; what was found, what was reported wrongly and
 * how much of that was to be expected, and whether posteriors are as often right as they say. Beside it the practice of reporting every pair whose
 * ratio is over 10,000. docs/validation.md tells what the numbers mean.
 *
 * A nation may differ from what the search assumes: its own table, mutation rates, subpopulations, inbreeding.
 * The same options give the same numbers on every machine and for any thread count (times apart). An hw_calibration is plain data.
 */
#ifndef HW_KINSHIP_CALIBRATION_H
#define HW_KINSHIP_CALIBRATION_H

#include "kinship/decision.h"
#include "kinship/power.h"
#include "kinship/simulate.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What was decided of a child and a family: the claim that is put to the test. */
typedef struct hw_claim {
    uint32_t child, family, missing;
    double log10_lr;
    double posterior;        /* that the child is this very missing person */
    double family_posterior; /* that it is one of this family's missing persons */
    bool report;             /* the verdict: report it for confirmation; else it is a lead or less */
} hw_claim;

/** Decide upon the result of a search: claims into `arena`, any order, at least one for each candidate. This is where decision policies plug in. */
typedef hw_status (*hw_decide_fn)(void *ctx, const hw_dataset *d, const hw_match_options *o, const hw_match_result *r, hw_arena *arena, hw_claim **ret,
                                  size_t *ret_n, hw_err *err);
/** By the posterior of hw_match: report from *(const double *)ctx on, summed over a family's missing persons. */
HW_API hw_status hw_decide_by_posterior(void *ctx, const hw_dataset *d, const hw_match_options *o, const hw_match_result *r, hw_arena *arena, hw_claim **ret,
                                        size_t *ret_n, hw_err *err) HW_MUST_CHECK;

/**
 * By joint identification and the verdict of a policy (*(const hw_policy *)ctx); the search must have computed rivals. Chance hits are the upper limit
 * for the whole database (chance.h). No finding of a quality check is known here; families that could be searched as stated count as fitting.
 */
HW_API hw_status hw_decide_jointly(void *ctx, const hw_dataset *d, const hw_match_options *o, const hw_match_result *r, hw_arena *arena, hw_claim **ret,
                                   size_t *ret_n, hw_err *err) HW_MUST_CHECK;

typedef struct hw_calibration_options {
    hw_nation nation;              /* its seed is that of the first nation; the next ones follow */
    uint32_t nations;              /* pooled */
    const hw_population *born_from; /* the table that genes are drawn from */
    const hw_settings *born_with;  /* mutation rates of the nation */
    const char *const *loci;
    size_t n_loci;
    hw_match_options search;       /* tables and settings of the search; its threshold must not be above practice_log10 */
    double practice_log10;         /* 4 */
    hw_decide_fn decide;
    void *decide_ctx;
    uint32_t confirm;              /* right reports of each nation that are also put to a second sample (200) */
} hw_calibration_options;

/** The kinds of hw_family_kind, and two more. */
enum {
    HW_CALIBRATION_MISSTATED = HW_FAMILY_KINDS, /* what the family states is not so: another father, adoption */
    HW_CALIBRATION_SWAPPED,                     /* tubes were exchanged */
    HW_CALIBRATION_KINDS
};

/** One way of deciding: what it reported. */
typedef struct hw_calibration_policy {
    uint64_t found[HW_CALIBRATION_KINDS]; /* true pairs reported */
    uint64_t right, wrong;           /* reports, those of swapped children apart */
    uint64_t wrong_relative;         /* of the wrong ones: to the family of a relative */
    double expected_wrong;           /* sum of 1 - posterior over reports, swapped children apart */
    uint64_t swap_right, swap_wrong; /* reports of children whose family's tubes were swapped */
    uint64_t second_wrong, second_swap; /* wrong reports (swaps apart; caused by swaps) that a second sample of all supports too */
    uint64_t confirmed, confirmed_of;  /* right reports that a second sample supports, of those tried */
} hw_calibration_policy;

#define HW_CALIBRATION_BINS 9
typedef struct hw_calibration_bin {
    double from, to;
    uint64_t n, right;
    double sum; /* of posteriors */
} hw_calibration_bin;

typedef struct hw_calibration {
    uint32_t nations;
    uint64_t children, families, pairs, candidates, families_not_searched;
    uint64_t truth[HW_CALIBRATION_KINDS]; /* children whose family is registered */
    uint64_t listed[HW_CALIBRATION_KINDS]; /* of them: the true pair is among the candidates */
    hw_calibration_policy posterior, practice;
    hw_calibration_bin bin[HW_CALIBRATION_BINS], practice_bin[HW_CALIBRATION_BINS]; /* swapped children apart */
    double seconds; /* of searching */
} hw_calibration;

HW_API void hw_calibration_options_init(hw_calibration_options *o);
/** USAGE: options that exclude each other; and what hw_nation_simulate and hw_match return. */
HW_API hw_status hw_calibrate(const hw_calibration_options *o, hw_calibration *ret, hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
