// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The distribution of a likelihood ratio over independent loci: P(log10 ratio >= x) between two bounds that are proven, not estimated.
 *
 * Each locus gives the logarithm of its ratio, a discrete variable. All are put on one grid, once rounded down and once rounded up, and convolved.
 * The sum of what was rounded down is never above the true sum and that of what was rounded up never below, so that the tails of the two enclose the true
 * one. The grid of each locus is shifted so that its weightiest values lie on it, which costs nothing and halves the distance of the bounds.
 *
 * What is too improbable to matter is left out by Markov's inequality: for any tilt t >= 0, P(S >= x, S in a set D) <= E[10^(t S); D] 10^(-t x). What was left
 * out is missing from the lower bound and added to the upper one. Tilt 1 keeps relative precision in the far tail of unrelated children, whose
 * ratio has the mean 1; tilt 0 keeps absolute precision everywhere. See docs/power.md.
 *
 * Everything lives in the caller's arena. A curve is immutable once made and may be read by any thread.
 */
#ifndef HW_KINSHIP_CURVE_H
#define HW_KINSHIP_CURVE_H

#include "base/memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The ratio at one locus and the probability of each of its values under some hypothesis (sum 1). Equal ratios may repeat; ratio 0: log10 is -inf. */
typedef struct hw_ratio_locus {
    const double *ratio, *p;
    uint32_t n;
} hw_ratio_locus;

/** A probability that lies between the two, both included. */
typedef struct hw_tail {
    double low, high;
} hw_tail;

typedef struct hw_curve_options {
    double step;  /* of the grid, in log10; 0: 0.004 */
    double from;  /* tails at or above this log10 ratio will be asked for; -INFINITY: all. Below it the bounds are valid and wide */
    double tilt;  /* 0 .. 3; see above */
    double slack; /* left out, relative to the bound of Markov; 0: 1e-8 */
} hw_curve_options;

/** One rounding: probability of all grid values from the i-th up. */
typedef struct hw_curve_side {
    double offset;      /* log10 ratio of grid value 0 */
    int64_t first;      /* grid value of at_least[0] */
    uint32_t n;
    double *at_least;   /* [n], falling */
} hw_curve_side;

typedef struct hw_curve {
    double step, from, tilt, max; /* max: largest log10 ratio that is possible; -INFINITY when the ratio is always 0 */
    double left_out;    /* P(S >= x) of what was left out is at most this times 10^(-tilt x) */
    double moment;      /* at least E[10^(tilt S)] */
    hw_curve_side down, up;
} hw_curve;

/**
 * Convolve. USAGE: a probability outside 0..1, a ratio negative or infinite, a step or tilt out of range. NO_MEMORY. Cost: values kept per locus times grid values: some
 * milliseconds for 22 loci.
 */
HW_API hw_status hw_curve_init(hw_curve *ret, hw_arena *arena, const hw_ratio_locus *locus, uint32_t n_loci, const hw_curve_options *o, hw_err *err) HW_MUST_CHECK;
/** The tilt (0, 0.25, 0.5, 0.75, 1, 1.5, 2 or 3) under which the bound of Markov on P(log10 ratio >= x) is least. */
HW_API double hw_curve_tilt(const hw_ratio_locus *locus, uint32_t n_loci, double x);
/** P(log10 ratio >= x); a ratio that equals 10^x but for rounding (relative 1e-12) counts. */
HW_API hw_tail hw_curve_tail(const hw_curve *c, double x);
/** The q-quantile, 0 < q < 1: the largest x with P(log10 ratio >= x) >= 1 - q lies between the two. -INFINITY below curve->from. */
HW_API hw_tail hw_curve_quantile(const hw_curve *c, double q);

#ifdef __cplusplus
}
#endif
#endif
