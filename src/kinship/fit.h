// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Does a family fit as stated? The readings of typed relatives under the pedigree as stated, against one error: one member unrelated to the rest (swapped tube, adoption,
 * a stated father who is not), or one stated parent of a person being somebody else. And if it does not fit, which maximal subsets of its members do. docs/quality.md gives the
 * bounds and their reasons. What it says is for the laboratory and the verifiers only.
 *
 * An hw_fitter belongs to one thread; the dataset and options it was made from must outlive it. An hw_fit owns its contents.
 */
#ifndef HW_KINSHIP_FIT_H
#define HW_KINSHIP_FIT_H

#include "kinship/match.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * log10 of P(readings | one error, all equally likely) / P(readings | as stated). The prior of any error is 1 in 100: at 5 the error is a thousand times likelier even
 * so, at 3 ten times. A family that is as stated reaches 10^b with probability 10^-b at most (Markov), whatever its shape.
 */
#define HW_FIT_MISFIT_LOG10 5.0
#define HW_FIT_DOUBTFUL_LOG10 3.0
/** Families of more related typed members are not computed. */
#define HW_FIT_MAX_TYPED 64u
/** Up to so many all subsets are tried; beyond, members are left out one by one, the likeliest error first. */
#define HW_FIT_MAX_ENUMERATED 10u

typedef enum hw_fit_verdict {
    HW_FIT_NOT_TESTABLE, /* no two typed members are related to each other */
    HW_FIT_FITS,
    HW_FIT_DOUBTFUL,     /* to look at; searched as stated */
    HW_FIT_MISFIT,
    HW_FIT_NOT_COMPUTED  /* text says why */
} hw_fit_verdict;
#define HW_FIT_VERDICTS 5

typedef enum hw_fit_error {
    HW_FIT_UNRELATED,   /* `person` is unrelated to the rest */
    HW_FIT_OTHER_PARENT /* `parent` is not a parent of `person` */
} hw_fit_error;

/** One error that may explain the readings. */
typedef struct hw_fit_suspect {
    hw_fit_error kind;
    uint32_t person, parent; /* persons of the pedigree; parent of OTHER_PARENT */
    double log10_ratio;      /* this error : as stated; inf when the readings are impossible as stated */
    double share;            /* of this error among all, each equally likely beforehand; sum 1 (0 when none explains the readings) */
    uint32_t impossible;     /* loci that stay impossible without mutation and drop-out */
} hw_fit_suspect;

/** Members who fit together; nobody can be added without a misfit. */
typedef struct hw_fit_subset {
    bool *keep;              /* [pedigree.n] whose profiles are kept */
    uint32_t n_kept;         /* typed members kept */
    double log10_evidence;   /* of this subset; NAN: no two of it are related, nothing contradicts it and nothing supports it */
    double log10_ratio;      /* P(readings | these as stated, the others unrelated) : as stated */
    uint32_t impossible;     /* loci impossible without mutation and drop-out */
} hw_fit_subset;

typedef struct hw_fit {
    uint32_t family;         /* of hw_dataset_fit_families */
    hw_fit_verdict verdict;
    double log10_evidence;   /* one error : as stated; inf: impossible as stated; NAN when not testable or not computed */
    uint32_t n_related;      /* typed members who are related to another typed one */
    uint32_t loci_used;      /* where two of them are typed */
    uint32_t *impossible;    /* panel indices: impossible without mutation and drop-out. This and the next two: of DOUBTFUL and MISFIT only */
    uint32_t n_impossible;
    hw_fit_suspect *suspect; /* likeliest first */
    uint32_t n_suspects;
    hw_fit_subset *subset;   /* likeliest first */
    uint32_t n_subsets;
    bool subsets_complete;
    const char *text;        /* NOT_COMPUTED: why; else NULL */
    hw_arena arena;
} hw_fit;

typedef struct hw_fitter hw_fitter;
/** Of a dataset and the options of a match (first population, settings). NOT_FOUND: the table has none of the loci. Cost: one pass over children and families. */
HW_API hw_status hw_fitter_new(const hw_dataset *d, const hw_match_options *o, hw_fitter **ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_fitter_free(hw_fitter *f);
/**
 * Judge one family (of the dataset, or one made from it by hw_family_restrict or by exchanging profiles). A family too costly to compute is NOT_COMPUTED, no failure. Loci
 * stated to be linked: the first of each pair is used. Cost: likelihoods of (1 + errors) pedigrees per locus; a misfit of n members up to 2^n times that.
 */
HW_API hw_status hw_family_fit(hw_fitter *f, const hw_family *family, hw_fit *ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_fit_release(hw_fit *f);
/** Could the family be judged at all: are two of its typed members related? No likelihood is computed. NO_MEMORY. */
HW_API hw_status hw_family_testable(const hw_family *family, bool *ret, hw_err *err) HW_MUST_CHECK;

typedef struct hw_fit_result {
    hw_fit *fit;                      /* families that are DOUBTFUL, MISFIT or NOT_COMPUTED, in the order of the dataset */
    size_t n_fits;
    size_t count[HW_FIT_VERDICTS];    /* families by verdict */
    double seconds;
} hw_fit_result;
/**
 * All families of a dataset, on o->n_threads threads; the result does not depend on their number. With theta above 0 every family is judged without it first, and with it only where that
 * leaves the statement less likely than an error. o->progress is called.
 */
HW_API hw_status hw_dataset_fit_families(const hw_dataset *d, const hw_match_options *o, hw_fit_result *ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_fit_result_release(hw_fit_result *r);

/**
 * The family with the profiles of those not kept taken away: same id, same pedigree (borrowed: `family` must outlive *ret, which must not be released), same
 * missing persons. keep has pedigree.n entries. NO_MEMORY.
 */
HW_API hw_status hw_family_restrict(const hw_family *family, const bool *keep, hw_arena *arena, hw_family *ret, hw_err *err) HW_MUST_CHECK;
/** Who is kept, for a label: "mother alone" reads "MO"; ids separated by ", ". Append to out. */
HW_API void hw_family_kept(const hw_family *family, const bool *keep, hw_str *out);

#ifdef __cplusplus
}
#endif
#endif
