// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Chance: how the likelihood ratio of one family's missing person is distributed when the child is unrelated, is the missing person, or is a relative
 * of the true parents; and how many hits at least as strong chance alone gives in a whole database. Exact convolutions with proven bounds (curve.h);
 * docs/power.md has the formulas.
 *
 * The ratio is the one that match lists: the first population, all autosomal loci at which the family is typed, X loci when the sex of the missing
 * person is known, and the evidence of the child's sex. Founder correlation is in it. What is left out is said in hw_chance_facts.
 *
 * An hw_chance owns what it needs but borrows the dataset, the options and their tables, which must outlive it. It may be asked by several threads.
 */
#ifndef HW_KINSHIP_CHANCE_H
#define HW_KINSHIP_CHANCE_H

#include "kinship/curve.h"
#include "kinship/match.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hw_chance hw_chance;

/** 0 and 1 of every hw_chance; rivals follow from 2. */
enum { HW_CHANCE_MISSING = 0, HW_CHANCE_UNRELATED = 1 };

typedef struct hw_chance_hypothesis {
    hw_hypothesis_kind kind;
    const char *code, *text; /* as in hw_hypothesis */
    int same_as;             /* as in hw_hypothesis; it is computed all the same */
    const char *left_out;    /* why it is not computed (cost, a sex that is not known), or NULL */
} hw_chance_hypothesis;

typedef struct hw_chance_facts {
    const hw_chance_hypothesis *hypothesis;
    uint32_t n_hypotheses;
    uint32_t n_loci;         /* in the ratio, X loci included */
    uint32_t n_x;            /* of them X loci */
    bool x_left_out;         /* typed X loci are left out: the sex of the missing person is not known */
    bool linkage_left_out;   /* loci stated to be linked are taken as independent */
    bool sex_counted;        /* the evidence of the child's sex is a factor of the ratio */
    double max_log10;        /* no child can have a larger log10 ratio */
} hw_chance_facts;

/**
 * Prepare the distributions for a family and one of its missing persons (index into family->missing).
 *
 * child NULL: a child typed in full at every locus of the family, its sex known. Else a child typed at the very loci at which this one is typed, read
 * as well: with its drop-out and error; at a locus where one allele of it is known, one allele of the other child is, each with the same chance. Its sex is
 * evidence when that of the given child is. o->rivals: rivals too; one that is beyond the limits of cost is left out and says so.
 *
 * The evidence of sex is one more factor, 2 (1 - e) when the sex read is that of the missing person and 2 e when it is not, with e the sex error of the
 * settings: the first with probability 1 - e for the missing person and 1/2 for anybody else. A child whose sex is read as the other one is not compared at
 * X loci, so that with X loci the distribution is a mixture of two.
 *
 * NOT_FOUND: no locus of the family has a table. IMPOSSIBLE: the family's own readings. TOO_COSTLY. UNSUPPORTED: members (or a missing person with
 * children) of unknown sex where the ratio depends on it. CONFLICT: indices out of range.
 * Cost: the family's tables, some 100 microseconds each; a rival costs as much again.
 */
HW_API hw_status hw_chance_new(const hw_dataset *d, const hw_match_options *o, uint32_t family, uint32_t missing, const hw_profile *child,
                               hw_chance **ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_chance_free(hw_chance *c);
HW_API const hw_chance_facts *hw_chance_describe(const hw_chance *c);
/** P(log10 LR >= x | hypothesis) between two bounds, the evidence of sex included. CONFLICT: hypothesis left out. Some milliseconds at most. */
HW_API hw_status hw_chance_tail(const hw_chance *c, uint32_t hypothesis, double x, hw_tail *ret, hw_err *err) HW_MUST_CHECK;
/** The q[i]-quantiles of log10 LR (0 < q < 1) into ret[i], each between two bounds; -INFINITY: a ratio of 0. */
HW_API hw_status hw_chance_quantiles(const hw_chance *c, uint32_t hypothesis, const double *q, size_t n, hw_tail *ret, hw_err *err) HW_MUST_CHECK;
/** Tails for many x at once, from one curve. */
HW_API hw_status hw_chance_tails(const hw_chance *c, uint32_t hypothesis, const double *x, size_t n, hw_tail *ret, hw_err *err) HW_MUST_CHECK;
/** E[LR | hypothesis]; 1 for an unrelated child without X loci. */
HW_API hw_status hw_chance_mean(const hw_chance *c, uint32_t hypothesis, hw_real *ret, hw_err *err) HW_MUST_CHECK;

/* ---- a whole database ---- */

typedef struct hw_chance_database hw_chance_database;

typedef struct hw_chance_database_options {
    double from, to, step;  /* log10 ratios of the ladder: 4 to 20 in steps of 0.5 */
    uint32_t exact_pairs;   /* all pairs of missing person and kind of sample are computed up to this many; 2000 */
    uint32_t sample;        /* else about this many are drawn; 4000 */
    uint64_t seed;
    double confidence;      /* of the upper limit when they are drawn; 0.95 */
} hw_chance_database_options;
HW_API void hw_chance_database_options_init(hw_chance_database_options *p);

/** What is expected by chance at or above a ratio, over all children and all missing persons of the database. */
typedef struct hw_chance_hits {
    double estimate; /* expected number of unrelated pairs; between the bounds when all were computed */
    double low;      /* proven lower bound; 0 when they were drawn */
    double upper;    /* proven when all were computed, else the upper limit of the stated confidence */
} hw_chance_hits;

/**
 * Prepare the ladder: the sum over all missing persons and all children of P(LR >= x | unrelated), where the other child is typed at the loci at which that child is,
 * with its drop-out. Children typed alike are one kind of sample. Up to exact_pairs pairs of missing person and kind are all computed; else pairs are drawn
 * (fixed seed), stratified by kind of family and number of typed loci, and the upper limit is that of Maurer and Pontil (2009) per stratum, the probabilities shared out
 * between strata: it assumes nothing but Markov's bound P(LR >= x) <= 10^-x. Missing persons that cannot be computed count with that bound in `upper`.
 * Threads of o; the result does not depend on them.
 */
HW_API hw_status hw_chance_database_new(const hw_dataset *d, const hw_match_options *o, const hw_chance_database_options *p, hw_chance_database **ret,
                                        hw_err *err) HW_MUST_CHECK;
HW_API void hw_chance_database_free(hw_chance_database *c);
/**
 * Look-up: what the next lower step of the ladder has, an upper bound for x (chance hits fall with x). Below the ladder the bound of Markov, above it that of the last step or of
 * Markov, whichever is less. Any thread.
 */
HW_API hw_chance_hits hw_chance_database_at(const hw_chance_database *c, double x);
/** Pairs of missing person and kind of sample: of all, and how many were computed; missing persons that could not be. */
HW_API void hw_chance_database_size(const hw_chance_database *c, uint64_t *ret_pairs, uint64_t *ret_computed, uint32_t *ret_failed);

#ifdef __cplusplus
}
#endif
#endif
