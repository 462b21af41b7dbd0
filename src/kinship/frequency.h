// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Allele frequencies: tables per population, and from a table the model of one locus that the likelihood works on
 * (alleles seen but not in the table added with a minimum, everything divided to sum to 1, mutation matrices derived).
 */
#ifndef HW_KINSHIP_FREQUENCY_H
#define HW_KINSHIP_FREQUENCY_H

#include "base/memory.h"
#include "base/str.h"
#include "kinship/allele.h"
#include "kinship/locus.h"
#include "kinship/mutation.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The least frequency a table may give, and a rare allele or a silent one be given: the product of several must not vanish in a double. */
#define HW_FREQ_MIN 1e-12

/** One locus of one population, as read (alleles sorted by code, no duplicates, frequencies >= HW_FREQ_MIN, sum near 1 but not forced). */
typedef struct hw_freq {
    const char *locus; /* canonical name */
    uint32_t n;
    hw_allele *allele;
    double *freq;
    double chromosomes; /* 2N behind the table; 0 = not given */
    double fmin;        /* the table's own minimum; 0 = not given */
    double sum;         /* of freq as read */
} hw_freq;

typedef struct hw_population {
    const char *name;   /* "norSTR East Asia" */
    const char *source; /* file or citation, or NULL */
    double theta;       /* founder correlation stated for this population, 0 if none */
    uint32_t n;
    hw_freq *freq;
    hw_map by_locus;    /* canonical name -> index of freq */
    uint64_t hash;      /* of the content, for reports */
} hw_population;

/**
 * Check and index a population whose name, n and freq are filled (in any arena): canonical locus names, alleles sorted, zero frequencies dropped,
 * duplicates refused, each in [HW_FREQ_MIN,1], sum within 0.95..1.05 of 1 (else PARSE naming the locus; a sum of counts is the reader's business).
 */
HW_API hw_status hw_population_finish(hw_population *p, hw_err *err) HW_MUST_CHECK;
HW_API void hw_population_release(hw_population *p); /* the index only */
HW_API const hw_freq *hw_population_find(const hw_population *p, const char *locus); /* any spelling; NULL when absent */
/** Place of an allele in a finished table, or -1. */
HW_API int hw_freq_index(const hw_freq *f, hw_allele a);

typedef enum hw_rare_rule {
    HW_RARE_AUTO,    /* 5/2N where chromosomes is given, else the table's fmin, else 0.001 */
    HW_RARE_5_2N,    /* 5/2N */
    HW_RARE_LAPLACE, /* (x+1)/(2N+k): k = number of alleles including the added ones; applied to every allele of the table */
    HW_RARE_FIXED    /* rare_value */
} hw_rare_rule;

/** How one locus is to be modelled. */
typedef struct hw_locus_settings {
    const char *locus;      /* canonical; NULL in defaults */
    hw_mutation female, male; /* of mothers' and of fathers' meioses */
    double silent;          /* frequency of a silent allele; 0 none. It is added and everything divided by 1 + silent, unless the table already lists the allele "silent" */
    bool has_silent_in_table;
} hw_locus_settings;

typedef struct hw_linked_pair {
    const char *a, *b; /* canonical locus names */
    double rho;        /* recombination fraction, 0..0.5 */
} hw_linked_pair;

/** Everything that turns tables and profiles into numbers; printed with every result. */
typedef struct hw_settings {
    hw_locus_settings standard; /* for loci not listed */
    hw_locus_settings *by_locus;
    uint32_t n_by_locus;
    double theta;           /* < 0: take the population's */
    hw_rare_rule rare_rule;
    double rare_value;
    double sex_error;       /* of amelogenin; 0.001 */
    hw_linked_pair *linked;
    uint32_t n_linked;
} hw_settings;

/** Defaults: stepwise 1e-3 female, 2e-3 male, range 0.1, microvariant rate 1e-6, theta of the population, rare AUTO, sex error 0.001, nothing linked. */
HW_API void hw_settings_init(hw_settings *s);
HW_API const hw_locus_settings *hw_settings_locus(const hw_settings *s, const char *canonical);

/** A locus ready for likelihoods. Immutable once built; may be shared between threads. */
typedef struct hw_locus_model {
    const char *locus;
    hw_locus_kind kind;    /* AUTOSOMAL or X */
    uint32_t n;            /* alleles */
    hw_allele *allele;     /* sorted by code */
    double *p;             /* sum 1 */
    double *female, *male; /* n*n mutation matrices; NULL: no mutation */
    double *p_female, *p_male; /* p M: frequency among the gametes of untyped mothers / fathers; equals p without mutation */
    double *pair_female, *pair_male; /* n*n: sum_g p_g M_gi M_gj, symmetric; for founders with two children. Always present (diag(p) without mutation) */
    bool lumpable;         /* both sexes none, equal or proportional (no transform): unobserved alleles may be merged exactly */
    bool stationary_female, stationary_male;
    int silent;            /* index, or -1 */
    double theta;
    hw_allele *added;      /* alleles that were not in the table */
    double *added_freq;    /* the minimum each was given, before dividing */
    uint32_t n_added;
} hw_locus_model;

/**
 * Build the model of one locus in `arena`: alleles of the table plus those in `seen` (n_seen codes, any order, duplicates, UNKNOWN, OFF_LADDER allowed) that
 * are not in it. "<n" and ">n" get an allele of that code, with the minimum: what lies off the ladder may be one of the table's alleles on that side, or none.
 * All frequencies are then divided by their sum. NOT_FOUND when f is NULL.
 */
HW_API hw_status hw_locus_model_build(hw_arena *arena, const hw_freq *f, hw_locus_kind kind, const hw_locus_settings *ls,
                                      double theta, hw_rare_rule rule, double rare_value, const hw_allele *seen, size_t n_seen,
                                      hw_locus_model **ret, hw_err *err) HW_MUST_CHECK;
/** Index of an allele, or -1. */
HW_API int hw_locus_model_index(const hw_locus_model *m, hw_allele a);

#ifdef __cplusplus
}
#endif
#endif
