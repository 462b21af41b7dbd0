// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The parts of a search of all children against all families. Internal. Reading order: match.c (the whole), match_rows.c (the plain search: every
 * ratio computed), screen.h (the national search: pairs that cannot reach the threshold are passed over), match_detail.c (what is said of a listed pair).
 */
#ifndef HW_KINSHIP_MATCH_PARTS_H
#define HW_KINSHIP_MATCH_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "kinship/matcher.h"

/* A missing person of a family, and how the search for that person ended. */
typedef struct slot {
    uint32_t family, missing;
    const hw_family *f;
    hw_status status;
    const char *error;
} slot;

typedef struct family_locus {
    uint32_t locus;
    locus_table table;
} family_locus;

typedef struct all {
    search s;
    matcher *matcher;   /* [threads] */
    unsigned n_threads;
    slot *slot;         /* every missing person of every family */
    size_t n_slots;
    hw_real *ratio;     /* plain search: [slot of the chunk * n_children + child] */
    size_t chunk_start;
    size_t pair_cap;
    atomic_size_t done;
    hw_arena *errors;   /* per thread texts of errors */
    pthread_mutex_t lock; /* guards the progress call */
} all;

/* ---- match_rows.c ---- */

/* Ratios of all children against one missing person into row[n_children]; evidence of sex included. IMPOSSIBLE: the family does not fit as stated. */
hw_status search_slot(matcher *m, const slot *sl, hw_real *row, hw_err *err) HW_MUST_CHECK;
/* Conditional tables of the question's person at every locus where the family is typed; ret[n_loci]. */
hw_status family_tables(matcher *m, question *q, family_locus *ret, uint32_t *ret_n, hw_err *err) HW_MUST_CHECK;
/* Product of the ratios of one child, evidence of sex left out. x_usable: its sex and that of the missing person agree. */
hw_status child_ratio(matcher *m, question *q, const family_locus *fl, uint32_t n, size_t child, bool x_usable, hw_real *ret, hw_err *err) HW_MUST_CHECK;
/* Does the family's pedigree make linkage matter for any pair of loci in use? */
hw_status links_matter(matcher *m, const question *q, const family_locus *fl, uint32_t n, bool *ret, hw_err *err) HW_MUST_CHECK;

/* ---- match.c ---- */

/* One slot is done. */
void match_progress(all *a);
/* 10^log10, less the rounding that a product of ratios may have gathered. */
hw_real match_threshold(double log10);
/* A status that ends the whole search goes into err; that of one family stays with its slot. */
hw_status slot_failed(all *a, slot *sl, unsigned worker, hw_status status, const hw_err *mine, hw_err *err) HW_MUST_CHECK;
hw_status add_pair(all *a, hw_pairs *r, const hw_pair *p, hw_err *err) HW_MUST_CHECK;

/* ---- match_rest.c ---- */

/* rest, rest_low and rest_high of hw_pairs. */
hw_status match_rest(all *a, uint64_t persons, double *rest, double *rest_low, double *rest_high, hw_err *err) HW_MUST_CHECK;

/* P(ratio < threshold | theirs) of the first missing person of each family, a child typed in full, as the mean over a sample of the families given of its kind. */
hw_status match_below(matcher *m, const uint32_t *family, size_t n, double *ret, hw_err *err) HW_MUST_CHECK;

/* ---- match_detail.c ---- */

/* Relation, loci, rivals and further tables of every candidate. What cannot be computed of one is added to the errors. */
hw_status describe_candidates(all *a, hw_match_result *r, hw_err *err) HW_MUST_CHECK;

#endif
