// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The distribution of one family's ratio on a matcher, so that a thread can ask for thousands of families without setting up anything. Internal to
 * chance.c, chance_loci.c, chance_reading.c, chance_database.c and power.c.
 */
#ifndef HW_KINSHIP_CHANCE_FAMILY_H
#define HW_KINSHIP_CHANCE_FAMILY_H

#include "kinship/chance.h"
#include "kinship/matcher.h"

/* The ratio of every genotype (or reading) of a child at one locus, and its probability under each hypothesis. */
typedef struct chance_locus {
    uint32_t locus;      /* of the search */
    bool x;
    uint32_t n;
    const double *ratio;
    const double **p;    /* [hypothesis][n]; NULL where the hypothesis is left out */
} chance_locus;

typedef struct chance {
    hw_chance_facts facts;
    hw_chance_hypothesis *hypothesis; /* facts.hypothesis */
    chance_locus *locus;              /* autosomal ones first */
    uint32_t n_loci, n_x;
    bool sex;                         /* the child's sex is read: as that of the missing person [0] or as the other [1] */
    double sex_ratio[2];
    double sex_missing[2], sex_other[2]; /* probability of either reading of the missing person, of anybody else */
} chance;

/* A mixture of at most two curves: sex read as that of the missing person, or as the other. */
typedef struct chance_curve {
    uint32_t n;
    double weight[2], shift[2];
    hw_curve curve[2];
} chance_curve;

/*
 * Everything of *ret lives in `arena` or, as tables do, in the matcher: those beyond its cache in the scratch arena of the matcher, so that the caller
 * resets that only when done with *ret. child NULL: any child typed in full.
 */
hw_status chance_init(chance *ret, matcher *m, hw_arena *arena, const hw_family *family, uint32_t missing, const hw_profile *child, bool rivals, hw_err *err) HW_MUST_CHECK;
/* step and slack 0: those of a single tail. */
hw_status chance_tail(const chance *c, uint32_t hypothesis, double x, double step, double slack, hw_tail *ret, hw_err *err) HW_MUST_CHECK;
/* P(log10 LR >= x | the child is theirs) of a family as it stands, any child, in one call; the scratch of the matcher is as before. */
hw_status chance_power(matcher *m, const hw_family *family, uint32_t missing, double x, hw_tail *ret, hw_err *err) HW_MUST_CHECK;
/* The curve for tails at or above `from`, in the arena. */
hw_status chance_curve_init(chance_curve *ret, const chance *c, hw_arena *arena, uint32_t hypothesis, const hw_curve_options *o, hw_err *err) HW_MUST_CHECK;
hw_tail chance_curve_tail(const chance_curve *c, double x);
hw_tail chance_curve_quantile(const chance_curve *c, double q);

/* ---- what a child's sample shows of its genotype ---- */

typedef struct sample_quality {
    double dropout, error;
    bool one_allele; /* one allele is known, the other is not */
} sample_quality;

/* Is what is read the genotype itself? */
bool quality_plain(const hw_locus_model *lm, const sample_quality *q);
/*
 * From probabilities of genotypes (sum 1) to those of readings, [n(n+1)/2] in the order of genotypes: two alleles read, or (i, i) for one alone. one_allele: n
 * entries at the places of (i, i). Not conditioned: the sum lacks what shows nothing. `shown`: probability that the reading comes about (differs from the probability
 * of the reading in one_allele alone, where one of two alleles is shown with chance 1/2 each). scratch: n*n.
 */
void quality_readings(const hw_locus_model *lm, const sample_quality *q, bool male_x, const double *genotype, double *scratch, double *ret, double *shown);

#endif
