// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/interval.h"

#include "base/number.h"

#define LOG10_E 0.43429448190325182765
#define STEPS 60

static hw_real power(double x, uint64_t n)
{
    hw_real r = hw_real_from(1.0), square = hw_real_from(x);
    for (; n > 0; n >>= 1) {
        r = (n & 1u) != 0 ? hw_real_mul(r, square) : r;
        square = hw_real_mul(square, square);
    }
    return r;
}

double hw_binomial_cdf(uint64_t k, uint64_t n, double p)
{
    if (k >= n || p <= 0) {
        return 1;
    }
    if (p >= 1) {
        return 0;
    }
    hw_real term = power(1 - p, n), sum = term;
    for (uint64_t i = 0; i < k; i++) {
        term = hw_real_mul_d(term, (double)(n - i) / (double)(i + 1) * (p / (1 - p)));
        sum = hw_real_add(sum, term);
    }
    double r = hw_real_to_double(sum);
    return r < 1 ? r : 1;
}

/* e^-m, also where a double has none: in steps that one has. */
static hw_real decay(double m)
{
    hw_real r = hw_real_from(1.0);
    for (; m > 500; m -= 500) {
        r = hw_real_mul_d(r, hw_pow10(-500 * LOG10_E));
    }
    return hw_real_mul_d(r, hw_pow10(-m * LOG10_E));
}

double hw_poisson_cdf(uint64_t k, double m)
{
    hw_real term = decay(m), sum = term;
    for (uint64_t i = 1; i <= k; i++) {
        term = hw_real_mul_d(term, m / (double)i);
        sum = hw_real_add(sum, term);
    }
    double r = hw_real_to_double(sum);
    return r < 1 ? r : 1;
}

/* The p at which P(X <= k) falls to `target`. */
static double binomial_limit(uint64_t k, uint64_t n, double target)
{
    double low = 0, high = 1;
    for (int i = 0; i < STEPS; i++) {
        double mid = low + (high - low) / 2;
        if (hw_binomial_cdf(k, n, mid) > target) {
            low = mid;
        } else {
            high = mid;
        }
    }
    return low + (high - low) / 2;
}

void hw_interval_binomial(uint64_t k, uint64_t n, double alpha, double *ret_low, double *ret_high)
{
    HW_ASSERT(k <= n);
    /* the lower limit is one less the upper limit of the failures: then sums have few terms for rates near one, too */
    bool many = k > n / 2;
    uint64_t few = many ? n - k : k;
    double low = few == 0 ? 0 : binomial_limit(few - 1, n, 1 - alpha / 2);
    double high = n == 0 ? 1 : few == n ? 1 : binomial_limit(few, n, alpha / 2);
    *ret_low = many ? 1 - high : low;
    *ret_high = many ? 1 - low : high;
}

double hw_interval_poisson_upper(uint64_t k, double alpha)
{
    double low = 0, high = 2 * (double)k + 100;
    for (int i = 0; i < STEPS; i++) {
        double mid = low + (high - low) / 2;
        if (hw_poisson_cdf(k, mid) > alpha) {
            low = mid;
        } else {
            high = mid;
        }
    }
    return low + (high - low) / 2;
}
