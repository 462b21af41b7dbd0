// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The quality of a database of profiles: the same person entered twice, samples exchanged, contamination by staff, profiles too poor or mixed. docs/quality.md gives every bound with its
 * reason. Together with fit.h this is what `homeward check` reports.
 *
 * Lists own their contents through an arena of their own. Functions are pure; threads are used inside where a thread count is given.
 */
#ifndef HW_KINSHIP_QUALITY_H
#define HW_KINSHIP_QUALITY_H

#include "kinship/fit.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HW_NOBODY UINT32_MAX

/* ---- people ---- */

/** One profile and whose it is: a rescued child, a member of a family, or staff. */
typedef struct hw_sampled {
    const hw_profile *profile;
    uint32_t child;          /* index into dataset.child, or HW_NOBODY */
    uint32_t family, person; /* index into dataset.family and person of its pedigree, or HW_NOBODY */
    uint32_t staff;          /* index into the profiles of the elimination list, or HW_NOBODY */
} hw_sampled;

typedef struct hw_samples {
    hw_sampled *one;         /* children, then families in order, then staff */
    size_t n;
    hw_arena arena;
} hw_samples;

/**
 * Everybody of the dataset who has a profile; `staff` (or NULL) is another dataset whose profiles are brought to the panel of `d`, loci that `d` does not
 * have left out. A profile that stands for several persons is listed once, where it is met first.
 */
HW_API hw_status hw_samples_list(const hw_dataset *d, const hw_dataset *staff, hw_samples *ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_samples_release(hw_samples *p);

/* ---- the same person twice ---- */

/** Loci that may differ between two readings of one person. */
#define HW_SAME_MAX_DIFFERENCES 4u
/** Most loci of a group. */
#define HW_SAME_MAX_GROUP 5u
/** Fewer loci in common decide nothing. */
#define HW_SAME_MIN_LOCI 6u
/** Probability that an allele is read as another one, and that a copy drops out, where a sample states less: what makes two readings of one person differ. */
#define HW_SAME_ERROR 0.001
#define HW_SAME_MAX_PAIRS ((size_t)1000000)

typedef struct hw_same_pair {
    uint32_t a, b;           /* of the list, a < b */
    uint32_t loci;           /* typed in both */
    uint32_t differences;    /* of those, with other genotypes */
    double log10_unrelated;  /* P(both readings | one person) : P(| two unrelated persons) */
    double log10_sibling;    /* the same against two full siblings */
} hw_same_pair;

typedef struct hw_same_result {
    hw_same_pair *pair;      /* by a, then b: those that reach the bound against unrelated */
    size_t n_pairs;
    double bound_log10;      /* against unrelated: 100 times the number of pairs of people, so that 0.01 pairs by chance are expected */
    uint32_t group_size;     /* loci of a group */
    uint32_t n_groups;       /* groups of one order: of as many loci as they hold, complete in both, fewer differences than groups are found without fail */
    size_t n_sparse;         /* people with fewer than three complete groups: compared with everybody, */
    bool sparse_compared;    /* unless there are too many of them */
    uint64_t compared;       /* pairs looked at locus by locus */
    double seconds;
    hw_arena arena;
} hw_same_result;

/** At or above this against full siblings a pair is one person (or identical twins); below, siblings cannot be excluded. */
#define HW_SAME_SIBLING_LOG10 3.0

/**
 * All pairs of people who may be one person. Loci (autosomal, in the first table) stand in the order of how many people are typed there; each three (up to 10,000 people), four (up to 100,000) or
 * five make a group, in that order and once more across it. A pair is found when it agrees in one group where both are fully typed, and differs at HW_SAME_MAX_DIFFERENCES
 * loci at most: so with c groups of one order complete in both, every pair that differs at fewer than c loci (pigeonhole). People with
 * fewer than three complete groups are compared with everybody, as long as that is 2e9 pairs at most (sparse_compared). Two of the staff are not compared. LIMIT: more than
 * HW_SAME_MAX_PAIRS pairs. Cost: a sort per group; seconds for a million people.
 */
HW_API hw_status hw_same_people(const hw_dataset *d, const hw_match_options *o, const hw_samples *people, hw_same_result *ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_same_result_release(hw_same_result *r);

/* ---- samples exchanged ---- */

/** Two samples exchanged, as an explanation of two families (or of one). */
typedef struct hw_exchange {
    uint32_t family[2], person[2]; /* of the dataset */
    double log10_ratio;            /* P(all readings and sexes | exchanged) : P(| as stated); inf: impossible as stated */
    double log10_error;            /* the likeliest single error of the first family : as stated */
    double share;                  /* of exchanges between these two families among all tried, each equally likely beforehand */
    double share_alone;            /* of this exchange alone; half of it or less when exchanging two other samples of the two explains as much */
    uint32_t tried;                /* exchanges compared with */
} hw_exchange;

/** Families in front and behind, in the order of the files, with which exchanges are tried. */
#define HW_EXCHANGE_REACH 3u
/** An exchange is named when it is a hundred times likelier than the likeliest other error even after the number of exchanges tried. */
#define HW_EXCHANGE_MARGIN_LOG10 2.0
/** And only when no exchange with another family explains as much. */
#define HW_EXCHANGE_SHARE 0.9

/** log10 of P(readings of both families, sexes shown by amelogenin included | two samples exchanged) : P(| as stated). One family may be given twice. */
HW_API hw_status hw_exchange_ratio(hw_fitter *f, const hw_family *a, uint32_t person_a, const hw_family *b, uint32_t person_b, double *ret_log10, hw_err *err) HW_MUST_CHECK;
/** A family in question; fit: how it does not fit, or NULL when its members fit and only sexes contradict. */
typedef struct hw_exchange_query {
    uint32_t family;
    const hw_fit *fit;
} hw_exchange_query;
/** Besides the neighbours: so many of the other families in question, the next before and after it. */
#define HW_EXCHANGE_OTHERS 4u
/**
 * For each family in question (ascending) the best exchange that explains it: two of its own samples, or a suspected one of it and any of a family nearby. ret_found[i] false when none reaches
 * the margin. On o->n_threads threads; the result does not depend on their number.
 */
HW_API hw_status hw_exchanges_find(const hw_dataset *d, const hw_match_options *o, const hw_exchange_query *query, size_t n, hw_exchange *ret, bool *ret_found,
                                   hw_err *err) HW_MUST_CHECK;

/* ---- single profiles ---- */

typedef enum hw_profile_fault {
    HW_FAULT_POOR,       /* too few loci, or they would be shared too often */
    HW_FAULT_MIXTURE,    /* two or more loci with three and more alleles */
    HW_FAULT_SEX,        /* amelogenin contradicts the sex stated in the profile or the pedigree */
    HW_FAULT_HOMOZYGOTES /* more homozygotes than chance allows, and no drop-out stated */
} hw_profile_fault;
#define HW_PROFILE_FAULTS 4

typedef struct hw_profile_finding {
    uint32_t who;        /* of the list of people */
    hw_profile_fault fault;
    uint32_t loci;       /* POOR, HOMOZYGOTES: loci of the table typed; MIXTURE: loci of three and more alleles */
    uint32_t count;      /* HOMOZYGOTES: homozygotes among them */
    double value;        /* POOR: log10 of the probability of identity; HOMOZYGOTES: log10 of the probability of so many */
} hw_profile_finding;

typedef struct hw_profile_bounds {
    uint32_t min_loci;         /* 8 */
    double identity_log10;     /* -8: probability that two unrelated people agree at the loci typed */
    uint32_t mixture_loci;     /* 2 */
    double sex_ratio;          /* 100: ratio of amelogenin against the sex stated, drop-out of the sample included */
    double homozygotes_log10;  /* -6 */
} hw_profile_bounds;
HW_API void hw_profile_bounds_init(hw_profile_bounds *b);

/** Faults of single profiles, in the order of the list. The array is in `arena`. */
HW_API hw_status hw_profiles_check(const hw_dataset *d, const hw_match_options *o, const hw_samples *people, const hw_profile_bounds *b, hw_arena *arena, hw_profile_finding **ret,
                                   size_t *ret_n, hw_err *err) HW_MUST_CHECK;
/** The sex stated for somebody of the list: by the profile, else by the pedigree. */
HW_API hw_sex hw_sampled_sex(const hw_dataset *d, const hw_sampled *s);

#ifdef __cplusplus
}
#endif
#endif
