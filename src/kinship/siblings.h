// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Brothers and sisters among the rescued, found without any family: every child against every other as its full sibling, and as its half sibling. Two children found to
 * be siblings belong together in care and in the search, whether or not their family ever asked.
 */
#ifndef HW_KINSHIP_SIBLINGS_H
#define HW_KINSHIP_SIBLINGS_H

#include "kinship/match.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Priors: expected number of full siblings, half siblings, and parents or children that a rescued child has among the other rescued. Spread evenly over them. */
typedef struct hw_sibling_options {
    double threshold_log10; /* list pairs whose ratio full or half sibling : unrelated reaches it; 3 */
    double prior_full;      /* 0.02 */
    double prior_half;      /* 0.005 */
    double prior_parent;    /* 0.001 */
} hw_sibling_options;
HW_API void hw_sibling_options_init(hw_sibling_options *o);

typedef enum hw_sibling_flag {
    HW_SIBLING_PLAIN,
    HW_SIBLING_PARENT_CHILD, /* better explained as parent and child */
    HW_SIBLING_IDENTICAL     /* the same profile, or all but one locus: one child entered twice, or identical twins. A matter for the quality check */
} hw_sibling_flag;

typedef struct hw_sibling_pair {
    uint32_t a, b;         /* children, a < b */
    uint32_t loci_used;
    double log10_full;     /* log10 ratio full siblings : unrelated */
    double log10_half;     /* half siblings (by the mother or by the father, the larger) : unrelated */
    double log10_parent;   /* parent and child (either way, the larger) : unrelated */
    double posterior_full, posterior_half, posterior_parent;
    hw_sibling_flag flag;
} hw_sibling_pair;

typedef struct hw_sibling_result {
    hw_sibling_pair *pair; /* sorted: posterior of any kinship, then log10_full, then children */
    size_t n;
    double prior_full_each, prior_half_each, prior_parent_each;
    hw_arena arena;
} hw_sibling_result;

/**
 * Tables, settings and threads are those of match; its threshold and priors are not used. USAGE: priors that are negative or sum to more than 1 for a pair. Cost: a search of
 * all children against twice as many families of one sibling, and four ratios per pair listed.
 */
HW_API hw_status hw_siblings(const hw_dataset *d, const hw_match_options *match, const hw_sibling_options *o, hw_sibling_result *ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_sibling_result_release(hw_sibling_result *r);

/** "", "parent-child", "identical". */
HW_API const char *hw_sibling_flag_code(hw_sibling_flag f);

#ifdef __cplusplus
}
#endif
#endif
