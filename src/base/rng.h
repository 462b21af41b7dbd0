// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * xoshiro256** (Blackman, Vigna 2018; public domain algorithm), seeded through splitmix64. The same seed gives the same
 * stream on every machine. State is passed in; there is no global generator.
 */
#ifndef HW_BASE_RNG_H
#define HW_BASE_RNG_H

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hw_rng {
    uint64_t s[4];
} hw_rng;
HW_API void hw_rng_seed(hw_rng *r, uint64_t seed, uint64_t stream); /* different streams of one seed are independent */
HW_API uint64_t hw_rng_u64(hw_rng *r);
HW_API double hw_rng_unit(hw_rng *r);               /* [0,1), 53 bits */
HW_API uint32_t hw_rng_below(hw_rng *r, uint32_t n); /* 0..n-1 without bias; n > 0 */
/** Index drawn with the given weights (sum > 0). */
HW_API size_t hw_rng_pick(hw_rng *r, const double *weights, size_t n);

#ifdef __cplusplus
}
#endif
#endif
