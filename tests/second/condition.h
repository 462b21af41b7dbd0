/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* Likelihood of a pedigree by recursion over ordered genotypes. */
#ifndef SECOND_CONDITION_H
#define SECOND_CONDITION_H

#include "locus.h"

struct pedigree {
    size_t n;
    int father[MAX_PERSONS]; /* -1: founder */
    int mother[MAX_PERSONS];
    bool male[MAX_PERSONS];
    double inbreeding[MAX_PERSONS];
    double dropout[MAX_PERSONS];
    bool x_linked;
    double theta;
    double rho; /* used with two loci only */
};

/*
 * Probability of everything seen at one locus, or at two linked ones.
 * Returns NULL, or the reason why there is no value (then *value is unset).
 * limit: the highest predicted number of elementary steps that is tried.
 */
const char *likelihood(const struct pedigree *pedigree, const struct locus *locus, size_t loci, double limit, double *value);

#endif
