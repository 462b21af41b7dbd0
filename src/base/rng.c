// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* xoshiro256** seeded through splitmix64, and draws made from it. */
#include "base/rng.h"

static uint64_t rotl(uint64_t x, unsigned k)
{
    return (x << k) | (x >> (64 - k));
}

/* The output function of splitmix64: a bijection that spreads every bit; 0 stays 0. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

void hw_rng_seed(hw_rng *r, uint64_t seed, uint64_t stream)
{
    /* Stream 0 is the plain seed; mixed, neighbouring streams start at unrelated places of splitmix64's cycle. */
    uint64_t x = seed ^ mix(stream);

    for (int i = 0; i < 4; i++) {
        x += UINT64_C(0x9E3779B97F4A7C15);
        r->s[i] = mix(x);
    }
}

uint64_t hw_rng_u64(hw_rng *r)
{
    uint64_t result = rotl(r->s[1] * 5, 7) * 9, t = r->s[1] << 17;

    r->s[2] ^= r->s[0];
    r->s[3] ^= r->s[1];
    r->s[1] ^= r->s[2];
    r->s[0] ^= r->s[3];
    r->s[2] ^= t;
    r->s[3] = rotl(r->s[3], 45);
    return result;
}

double hw_rng_unit(hw_rng *r)
{
    return (double)(hw_rng_u64(r) >> 11) * 0x1p-53;
}

uint32_t hw_rng_below(hw_rng *r, uint32_t n)
{
    uint64_t product;
    uint32_t reject;

    HW_ASSERT(n > 0);
    /* Lemire (2019): the high half of 32 random bits times n; the first 2^32 mod n low halves are one too many */
    reject = (0u - n) % n;
    do {
        product = (hw_rng_u64(r) >> 32) * n;
    } while ((uint32_t)product < reject);
    return (uint32_t)(product >> 32);
}

size_t hw_rng_pick(hw_rng *r, const double *weights, size_t n)
{
    double sum = 0.0, x;
    size_t last = n;

    for (size_t i = 0; i < n; i++) {
        HW_ASSERT(weights[i] >= 0.0);
        sum += weights[i];
    }
    HW_ASSERT(sum > 0.0);
    x = hw_rng_unit(r) * sum;
    sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (weights[i] > 0.0) {
            sum += weights[i];
            last = i;
            if (x < sum) {
                return i;
            }
        }
    }
    return last; /* x was rounded up to the sum itself */
}
