// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Lineage evidence: Y-STR haplotypes (father's line) and mtDNA haplotypes (mother's line). Each is a line of its own in a report, and is not
 * multiplied into the autosomal ratio unasked: everybody of one lineage shares the haplotype.
 *
 * How rare a haplotype is comes from counting: x carriers among N people of a database (SWGDAM, Interpretation Guidelines for Y-Chromosome STR
 * Typing, 2014/2022; and for mtDNA, 2013/2019). Reported are the estimate (x+1)/(N+1), which counts the case itself, and the exact upper
 * confidence limit (Clopper, Pearson, Biometrika 26 (1934) 404). The lower ratio uses the limit.
 *
 * All functions are pure and may be called from any thread.
 */
#ifndef HW_KINSHIP_LINEAGE_H
#define HW_KINSHIP_LINEAGE_H

#include "kinship/profile.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- counting ---- */

#define HW_LINEAGE_MAX_DATABASE 10000000u

/**
 * One-sided upper confidence limit of a proportion of which x in n were seen: the p with P(X <= x | n, p) = alpha (0.05 for 95 %). For x = 0 it is
 * 1 - alpha^(1/n); for x = n, or n = 0, it is 1. Same bits everywhere. USAGE when x > n or alpha is not within 0 and 1; LIMIT above
 * HW_LINEAGE_MAX_DATABASE. Cost: some hundred times sqrt(n) operations, plus min(x, n-x).
 */
HW_API hw_status hw_binomial_upper(uint64_t x, uint64_t n, double alpha, double *ret, hw_err *err) HW_MUST_CHECK;

/** x carriers in a database of n. Zero-initialised: no database, then the frequency is 1 and the ratio says nothing. */
typedef struct hw_lineage_count {
    uint64_t x, n;
} hw_lineage_count;

/* ---- Y-STR ---- */

/**
 * Mutation of Y-STRs in one meiosis: with `rate` the repeat number changes, up or down alike, by s steps in proportion to range^(s-1), s at most 20; with
 * `rate2` it changes by a part of a repeat or becomes something without a length.
 */
typedef struct hw_lineage_model {
    double rate;                 /* per meiosis, of loci not in rate_by_locus */
    double rate2;
    double range;
    const double *rate_by_locus; /* by panel index, negative: `rate`; or NULL */
    uint32_t n_rates;
} hw_lineage_model;
/** The default of the program for fathers: rate 2e-3, rate2 1e-6, range 0.1. Not taken from any study of Y-STRs: give your own where known. */
HW_API void hw_lineage_model_init(hw_lineage_model *m);

typedef enum hw_lineage_verdict {
    HW_LINEAGE_NOTHING,      /* nothing to compare */
    HW_LINEAGE_SAME,         /* no difference */
    HW_LINEAGE_INCONCLUSIVE, /* mtDNA: one difference, or point heteroplasmy only; Y: differences that the mutation model allows */
    HW_LINEAGE_DIFFERENT,    /* mtDNA: two differences or more; Y: the model gives the pair no chance */
} hw_lineage_verdict;

typedef struct hw_lineage_result {
    hw_lineage_verdict verdict;
    uint32_t loci_compared; /* Y: loci typed in both; mtDNA: positions typed in both */
    uint32_t differences;   /* loci or positions that differ */
    uint32_t steps;         /* Y: repeats apart, over all loci */
    uint32_t skipped;       /* Y: loci typed in both but not comparable (off the ladder, partial multi-copy) */
    uint32_t heteroplasmies;/* mtDNA: positions where an ambiguity code agrees with the other one */
    uint32_t length_ignored;/* mtDNA: insertions at 309, 315 and 16193 that differ and are not counted */
    double frequency;       /* (x+1)/(n+1) */
    double upper;           /* 95 % upper limit of the frequency */
    double p_related;       /* probability of the second haplotype given the first, if of one lineage with m meioses between them */
    double ratio;           /* p_related / frequency: one lineage against unrelated */
    double ratio_lower;     /* p_related / upper */
    bool has_ratio;         /* false: nothing compared, or mtDNA with a difference; then p_related and both ratios are 0 */
} hw_lineage_result;

/**
 * Compare two Y haplotypes locus by locus, at Y loci typed in both; multi-copy loci as sorted sets. Where both DYS389I and DYS389II are typed in both, DYS389II is
 * compared without the part it shares with DYS389I. `meioses`: births between the two men along the male line (father and son 1, brothers 2), 0..100.
 * The probability is the product over loci of the model's probability of that many steps after that many meioses (0 steps: mostly (1-rate)^m; one
 * step: about m rate/2 (1-rate)^(m-1)). `count` is of the haplotype of the person sought. USAGE for a bad model or count.
 */
HW_API hw_status hw_lineage_y(const hw_panel *panel, const hw_profile *a, const hw_profile *b, unsigned meioses,
                              const hw_lineage_model *model, hw_lineage_count count, hw_lineage_result *ret, hw_err *err) HW_MUST_CHECK;

/* ---- mtDNA ---- */

#define HW_MT_LENGTH 16569

/** One difference from the revised Cambridge reference (rCRS). Sorted by position, then insertion. */
typedef struct hw_mt_difference {
    uint16_t position;
    uint16_t insertion; /* 0: at the position itself; k: the kth base inserted after it ("315.1C") */
    uint8_t bases;      /* set of A=1 C=2 G=4 T=8; 16: deleted */
} hw_mt_difference;

typedef struct hw_mt_range {
    uint16_t from, to; /* 1..16569, from <= to (a range across the origin is two) */
} hw_mt_range;

#define HW_MT_MAX_RANGES 64
#define HW_MT_MAX_DIFFERENCES 1000

typedef struct hw_mt {
    hw_mt_range *range; /* sorted, apart */
    uint32_t n_ranges;
    hw_mt_difference *difference;
    uint32_t n_differences;
} hw_mt;

/**
 * Read "ranges;differences": "16024-16365,73-340;16223T 16362C 73G 263G 315.1C 249d". Ranges and differences are separated by blanks or commas; a range may cross the
 * origin ("16024-576"). A difference is a position, or a reference base and a position ("A73G"), and: a base or ambiguity code (RYSWKMBDHVN);
 * ".k" and a base for an insertion; "d", "del" or "-" for a deletion ("D" alone is the code for A, G or T). Nothing after ';' says: equal to the rCRS. PARSE with the
 * offending piece; a difference outside the ranges is refused. Cost: linear.
 */
HW_API hw_status hw_mt_parse(hw_arena *arena, const char *s, hw_mt **ret, hw_err *err) HW_MUST_CHECK;
/**
 * Compare two mtDNA haplotypes inside the ranges typed in both. The bases of the rCRS are not on board: an ambiguity code against no
 * difference counts as heteroplasmy, not as a difference. Insertions at 309, 315 and 16193 (length heteroplasmy) are not counted but reported.
 * `rate`: probability per meiosis that the compared region changes (0 when not known). A ratio is given for haplotypes without any
 * difference or heteroplasmy between them: (1-rate)^meioses over the frequency. USAGE for a bad rate or count.
 */
HW_API hw_status hw_lineage_mt(const hw_mt *a, const hw_mt *b, unsigned meioses, double rate, hw_lineage_count count,
                               hw_lineage_result *ret, hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
