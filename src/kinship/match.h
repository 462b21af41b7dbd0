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

/** A child and a missing person, with their exact ratio against unrelated (first population, evidence of sex included). */
typedef struct hw_pair {
    uint32_t child, family, missing; /* dataset indices; missing: index into family->missing */
    hw_real ratio;
} hw_pair;

/** A family that could not be searched as stated, and why. A batch goes on. */
typedef struct hw_family_error {
    uint32_t family;
    hw_status status;
    const char *text; /* locus, people, what to do */
} hw_family_error;

typedef enum hw_match_method {
    HW_MATCH_AUTO,    /* plain up to HW_MATCH_PLAIN_PAIRS pairs, else screened */
    HW_MATCH_PLAIN,   /* every ratio is computed */
    HW_MATCH_SCREENED /* pairs that provably cannot reach the threshold are passed over: the same list, some hundred times faster */
} hw_match_method;
#define HW_MATCH_PLAIN_PAIRS 50000000.0

/**
 * What a search of one part found: missing persons are numbered family by family, and searched in chunks of hw_match_chunk_size of their number, so that a small search
 * has chunks to share out too, some 64, and a large one has them of HW_MATCH_CHUNK.
 */
#define HW_MATCH_CHUNK 8192u
HW_API size_t hw_match_chunk_size(uint64_t persons);
typedef struct hw_match_chunk {
    size_t number;
    const hw_pair *pair; /* at or above the threshold; sorted by missing person, then child */
    size_t n_pairs;
    const hw_family_error *error;
    size_t n_errors;
    uint64_t pairs;      /* searched */
    uint64_t persons;    /* missing persons searched */
} hw_match_chunk;

/** Where finished chunks are kept, so that an interrupted search goes on where it was. Called by the thread that called the search, in rising order of chunks. */
typedef struct hw_match_log {
    void *ctx;
    /** The chunk as it was kept, or NOT_FOUND without a message. What *ret points to stays as long as the log. A search that meets people there whom it does not have ends as CONFLICT. */
    hw_status (*get)(void *ctx, size_t number, hw_match_chunk *ret, hw_err *err);
    hw_status (*put)(void *ctx, const hw_match_chunk *chunk, hw_err *err);
} hw_match_log;

typedef struct hw_match_options {
    const hw_population *const *population; /* the first is the one ranked by */
    uint32_t n_populations;
    const hw_settings *settings;
    unsigned n_threads;          /* 0: one per processor */
    double threshold_log10;      /* pairs with log10 LR at or above are listed; 4 by default in match */
    double prior_registered;     /* prior probability that the child's family is among those searched, spread evenly over all missing persons; default 0.5 */
    bool rivals;                 /* compute rivals for listed pairs */
    uint32_t list_family;        /* UINT32_MAX: list pairs of all families; else of this one only, while the posterior still runs over all (plain search) */
    const hw_dataset *lineage_database; /* haplotypes to count Y and mtDNA haplotypes in, or NULL */
    hw_match_method method;
    uint32_t shard, n_shards;    /* search the chunks whose number is shard modulo n_shards; 0, 0: all */
    const bool *known_child, *known_family; /* NULL, or by index: pairs of a known child and a known family are not searched again */
    const hw_match_log *log;     /* or NULL */
    void (*progress)(void *ctx, size_t done, size_t total);
    void *progress_ctx;
} hw_match_options;
HW_API void hw_match_options_init(hw_match_options *o);

/**
 * What a search found, before anything further is said of the pairs.
 *
 * rest of a screened search, for a child to whom none of the persons not listed is related. rest[i]: expected, the number of missing persons times the mean over a sample of them of
 * P(ratio < threshold | related) (change of measure), by the number of loci the child is typed at; rest_low 0; rest_high: not exceeded with probability 1 - 1e-6 (Bernstein:
 * ratios below the threshold T have mean at most 1 and variance at most T; the missing persons of one family count as one term). A related family that is not listed adds less than T.
 */
typedef struct hw_pairs {
    hw_pair *pair;           /* heap; sorted by family, missing person, child */
    size_t n;
    hw_family_error *error;
    size_t n_errors;
    uint64_t pairs;          /* child x missing person pairs searched */
    uint64_t persons;        /* missing persons searched */
    bool plain;              /* every ratio was computed */
    double *rest, *rest_low, *rest_high; /* [children] sum of the ratios of the pairs not listed: exact and equal in a plain search; else see below */
    hw_real *sum;            /* [children] plain search: sum of all ratios, in the order of missing persons; else NULL */
    double seconds;
    hw_arena arena;
} hw_pairs;

/**
 * The search alone: every pair whose exact ratio reaches the threshold, and no other. A part of it with shard, known_* or log, which need HW_MATCH_SCREENED (USAGE otherwise; AUTO takes
 * it then). The same bits for any number of threads and any processor. Memory of the screened search: some 32 bytes a child and 1 GiB a thread at most, usually a quarter of that.
 */
HW_API hw_status hw_match_pairs(const hw_dataset *d, const hw_match_options *o, hw_pairs *ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_pairs_release(hw_pairs *p);

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
    hw_real ratio;            /* what log10_lr is the logarithm of */
} hw_candidate;

typedef struct hw_match_result {
    hw_candidate *candidate; /* sorted: posterior, then log10_lr, then ids */
    size_t n_candidates;
    hw_family_error *error;
    size_t n_errors;
    uint64_t pairs;          /* child x missing person pairs computed */
    double prior_each;       /* the prior given to each missing person */
    bool plain;              /* every ratio was computed */
    double *rest, *rest_low, *rest_high; /* [children] as in hw_pairs */
    double seconds;
    hw_arena arena;
} hw_match_result;

/** Search and describe. */

HW_API hw_status hw_match(const hw_dataset *d, const hw_match_options *o, hw_match_result *ret, hw_err *err) HW_MUST_CHECK;
/** Posteriors, relations, rivals and further tables of the pairs of a search (or of several, merged); sorted by rank. */
HW_API hw_status hw_match_describe(const hw_dataset *d, const hw_match_options *o, const hw_pairs *p, hw_match_result *ret, hw_err *err) HW_MUST_CHECK;
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

/** The pair in full. Searches the child against all families for its posterior. NOT_FOUND: an index out of range; failures of the family's own readings. */
HW_API hw_status hw_match_explain(const hw_dataset *d, const hw_match_options *o, uint32_t child, uint32_t family, uint32_t missing,
                                  hw_explanation *ret, hw_err *err) HW_MUST_CHECK;

/** What a search has said of a pair already, so that its child need not be searched again. */
typedef struct hw_match_known {
    double posterior;  /* NAN: not known */
    double log10_lr;   /* compared with what is found now; NAN: not known */
    double prior_each; /* the search's prior of each missing person */
} hw_match_known;
/** As hw_match_explain, which searches the child against every family for its posterior; with `known` it does not. CONFLICT: the ratio is another now. */
HW_API hw_status hw_match_explain_known(const hw_dataset *d, const hw_match_options *o, uint32_t child, uint32_t family, uint32_t missing, const hw_match_known *known,
                                        hw_explanation *ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_explanation_release(hw_explanation *x);

#ifdef __cplusplus
}
#endif
#endif
