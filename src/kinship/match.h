// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The main job: every child against every missing person of every family; and the explanation of one pair, locus by locus.
 */
#ifndef HW_KINSHIP_MATCH_H
#define HW_KINSHIP_MATCH_H

#include "kinship/dataset.h"
#include "kinship/likelihood.h"
#include "kinship/rivals.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hw_match_options {
    const hw_population *const *population; /* the first is the one ranked by */
    uint32_t n_populations;
    const hw_settings *settings;
    unsigned n_threads;          /* 0: one per processor */
    double threshold_log10;      /* pairs with log10 LR at or above are listed; 4 by default in match */
    double prior_registered;     /* prior probability that the child's family is among those searched, spread evenly over all missing persons; default 0.5 */
    bool rivals;                 /* compute rivals for listed pairs */
    uint32_t list_family;        /* UINT32_MAX: list pairs of all families; else of this one only, while the posterior still runs over all */
    const hw_dataset *lineage_database; /* haplotypes to count Y and mtDNA haplotypes in, or NULL */
    void (*progress)(void *ctx, size_t done, size_t total);
    void *progress_ctx;
} hw_match_options;
HW_API void hw_match_options_init(hw_match_options *o);

typedef struct hw_candidate {
    uint32_t child, family, missing; /* dataset indices; missing: index into family->missing */
    uint32_t loci_used;
    double log10_lr;          /* against unrelated, first population, all evidence that enters the ratio (autosomal, X, amelogenin) */
    double log10_lr_min;      /* smallest over the populations */
    uint32_t min_population;
    double posterior;         /* under the stated prior, over all missing persons searched, first population */
    double rival_log10;       /* log10 ratio missing : strongest rival; NAN when there is no rival */
    const char *rival;        /* its text, or NULL */
    const char *relation;     /* what the typed relatives are to the missing: "child of both parents", "child of the mother", "full sibling of 2" */
    uint32_t inconsistent;    /* loci that need a mutation, drop-out, error or silent allele */
} hw_candidate;

/** A family that could not be searched as stated, and why. A batch goes on. */
typedef struct hw_family_error {
    uint32_t family;
    hw_status status;
    const char *text; /* locus, people, what to do */
} hw_family_error;

typedef struct hw_match_result {
    hw_candidate *candidate; /* sorted: posterior, then log10_lr, then ids */
    size_t n_candidates;
    hw_family_error *error;
    size_t n_errors;
    uint64_t pairs;          /* child x missing person pairs computed */
    double prior_each;       /* the prior given to each missing person */
    double seconds;
    hw_arena arena;
} hw_match_result;

HW_API hw_status hw_match(const hw_dataset *d, const hw_match_options *o, hw_match_result *ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_match_result_release(hw_match_result *r);

/** Verbal scale after ENFSI (2015): "weak", "moderate", "moderately strong", "strong", "very strong", "extremely strong" support; or "no support"; for ratios below 1 of the opposite. */
HW_API const char *hw_verbal_scale(double log10_lr);

/* ---- explanation of one pair ---- */

typedef enum hw_locus_use {
    HW_USE_USED, HW_USE_CHILD_UNTYPED, HW_USE_FAMILY_UNTYPED, HW_USE_NO_TABLE, HW_USE_TRIALLELIC, HW_USE_LINKED_WITH_PREVIOUS, HW_USE_LINEAGE, HW_USE_SEX
} hw_locus_use;

typedef struct hw_explained_locus {
    const char *locus;
    uint32_t panel_index;
    hw_locus_kind kind;
    hw_locus_use use;
    double *ratio;        /* [n_populations]: missing : unrelated. May be 0; nan where the population's table lacks the locus */
    bool inconsistent;    /* without mutation, drop-out, error and silent alleles the family and child would be impossible here */
    const char *assumed;  /* what then explains it: "mutation 14 -> 15 (father)", or NULL */
    const char *rare;     /* alleles given the minimum frequency: "33.1 (0.00258)", or NULL */
    const char *note;     /* or NULL */
} hw_explained_locus;

typedef struct hw_explained_hypothesis {
    hw_hypothesis_kind kind;
    const char *code, *text;
    double *log10_ratio;  /* [n_populations]: this hypothesis : unrelated; nan when it would cost too much to compute exactly */
    int same_as;          /* see hw_hypothesis */
} hw_explained_hypothesis;

typedef struct hw_lineage_line {
    const char *system;   /* "Y-STR", "mtDNA" */
    const char *relative; /* person compared with */
    const char *text;     /* "27 loci, no difference; 0 in 1,200: frequency below 0.0025 (95 %)" */
} hw_lineage_line;

typedef struct hw_explanation {
    const hw_profile *child;
    const hw_family *family;
    uint32_t missing;
    const char **population; /* names */
    uint32_t n_populations;
    hw_explained_locus *locus;
    uint32_t n_loci;
    hw_explained_hypothesis *hypothesis; /* first MISSING, then UNRELATED, then rivals */
    uint32_t n_hypotheses;
    double sex_ratio;        /* of amelogenin / stated sex against the missing person's sex; 1 when nothing is known */
    hw_lineage_line *lineage;
    uint32_t n_lineage;
    hw_candidate summary;
    double prior_each;
    const char **note;       /* sentences: rare alleles, conflicts, convention, settings */
    uint32_t n_notes;
    const char *model;       /* "stepwise, female 0.001, male 0.002, range 0.1, microvariants 1e-06; theta 0.01; minimum 5/2N" */
    const char *sentence;    /* what a laboratory would write (English) */
    const char *sentence_zh; /* the same in Chinese */
    const hw_panel *panel;
    bool synthetic;
    hw_arena arena;
} hw_explanation;

HW_API hw_status hw_match_explain(const hw_dataset *d, const hw_match_options *o, uint32_t child, uint32_t family, uint32_t missing,
                                  hw_explanation *ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_explanation_release(hw_explanation *x);

#ifdef __cplusplus
}
#endif
#endif
