// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Exact limits of a rate and of a count: Clopper and Pearson (1934) for binomial, Garwood (1936) for Poisson counts. By bisection on sums of hw_real terms, so
 * that they come out the same everywhere. Functions hold no state.
 */
#ifndef HW_KINSHIP_INTERVAL_H
#define HW_KINSHIP_INTERVAL_H

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** P(X <= k) for X binomial with n trials of probability p. Cost: k + 1 terms. */
HW_API double hw_binomial_cdf(uint64_t k, uint64_t n, double p);
/** P(X <= k) for X Poisson with mean m >= 0. */
HW_API double hw_poisson_cdf(uint64_t k, double m);
/**
 * Limits of the probability behind k successes in n trials: P(X >= k | low) = alpha / 2 = P(X <= k | high). low 0 when k is 0, high 1 when k is n. k <= n, 0 < alpha < 1.
 * Accurate to 1e-12 absolute. n 0: 0 to 1.
 */
HW_API void hw_interval_binomial(uint64_t k, uint64_t n, double alpha, double *ret_low, double *ret_high);
/** The one-sided upper limit m of a Poisson mean of which k was observed: P(X <= k | m) = alpha. 2.9957 for k 0 and alpha 0.05. */
HW_API double hw_interval_poisson_upper(uint64_t k, double alpha);

#ifdef __cplusplus
}
#endif
#endif
