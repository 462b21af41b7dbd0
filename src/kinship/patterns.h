// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The distribution of identity patterns: which genes of some observed persons are copies of one founder gene, the two genes of a person
 * unordered. Without mutation the probability of any data at independent autosomal loci, whatever the frequencies, the founder correlation, drop-out
 * and typing errors, is a sum over these patterns; so two pedigrees with equal distributions cannot be told apart. Internal to rivals.c.
 */
#ifndef HW_KINSHIP_PATTERNS_H
#define HW_KINSHIP_PATTERNS_H

#include "kinship/pedigree.h"

/* A weighted set of patterns: labels of founder genes, two for each observed person, numbered by first appearance. */
typedef struct patterns {
    uint32_t width; /* bytes of a key */
    uint32_t n, cap;
    uint8_t *key;   /* n * width */
    double *p;
    uint32_t *slot; /* hash table of entry numbers + 1 */
    uint32_t n_slots;
} patterns;

void patterns_release(patterns *s);
/*
 * The distribution for the persons observed[0..n), in this order. *ret_within is false, and ret empty, when it would take more than PATTERNS_MAX states
 * on the way, or more than PATTERNS_PERSONS persons: then nothing is claimed.
 */
#define PATTERNS_MAX 16384u
#define PATTERNS_PERSONS 48u
hw_status patterns_find(const hw_pedigree *ped, const uint32_t *observed, uint32_t n, patterns *ret, bool *ret_within, hw_err *err) HW_MUST_CHECK;
/* Equal within rounding (1e-12 for each pattern)? */
bool patterns_equal(const patterns *a, const patterns *b);

#endif
