// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "kinship/interval.h"

static void near(double x, double expected, double tolerance)
{
    if (!(fabs(x - expected) <= tolerance)) {
        print_error("%.12g, expected %.12g\n", x, expected);
        fail();
    }
}

static void distribution_functions(void **state)
{
    (void)state;
    near(hw_binomial_cdf(3, 10, 0.5), 176.0 / 1024.0, 1e-15);
    near(hw_binomial_cdf(0, 5, 0.1), 0.59049, 1e-15);
    near(hw_binomial_cdf(5, 5, 0.1), 1.0, 0.0);
    near(hw_binomial_cdf(2, 5, 0.0), 1.0, 0.0);
    near(hw_binomial_cdf(2, 5, 1.0), 0.0, 0.0);
    near(hw_poisson_cdf(0, 1.0), exp(-1.0), 1e-15);
    near(hw_poisson_cdf(2, 3.0), 8.5 * exp(-3.0), 1e-15);
    near(hw_poisson_cdf(7, 0.0), 1.0, 0.0);
    /* where every single term is below the least double, sums are not: the middle of a Poisson of 2000, 1/2 - 1/(3 sqrt(2 pi m)) */
    near(hw_poisson_cdf(1999, 2000.0), 0.5 - 1.0 / (3.0 * sqrt(4000.0 * 3.14159265358979)), 1e-5);
    near(hw_binomial_cdf(49999, 100000, 0.5), 0.5 - 0.5 * 0.0025231, 1e-6);
}

/* Values of R 4: binom.test(k, n)$conf.int and qchisq(0.95, 2 (k + 1)) / 2. */
static void known_limits(void **state)
{
    (void)state;
    double low, high;
    hw_interval_binomial(3, 10, 0.05, &low, &high);
    near(low, 0.06673951, 5e-9);
    near(high, 0.65245285, 5e-9);
    hw_interval_binomial(7, 10, 0.05, &low, &high);
    near(low, 1 - 0.65245285, 5e-9);
    near(high, 1 - 0.06673951, 5e-9);
    hw_interval_binomial(0, 10, 0.05, &low, &high);
    near(low, 0, 0);
    near(high, 0.308497107819, 1e-11); /* 1 - 0.025^(1/10) */
    hw_interval_binomial(10, 10, 0.05, &low, &high);
    near(low, 1 - 0.308497107819, 1e-11);
    near(high, 1, 0);
    hw_interval_binomial(0, 0, 0.05, &low, &high);
    near(low, 0, 0);
    near(high, 1, 0);
    near(hw_interval_poisson_upper(0, 0.05), 2.995732274, 1e-9);
    near(hw_interval_poisson_upper(1, 0.05), 4.743864518, 1e-9);
    near(hw_interval_poisson_upper(5, 0.05), 10.513034909, 1e-9);
    near(hw_interval_poisson_upper(10, 0.05), 16.96222, 5e-6);
}

/* What a limit is defined by. */
static void limits_solve_their_equations(void **state)
{
    (void)state;
    static const uint64_t n[] = {1, 7, 100, 20000};
    for (size_t i = 0; i < sizeof n / sizeof n[0]; i++) {
        for (uint64_t k = 0; k <= n[i]; k += n[i] > 100 ? 4999 : n[i] > 10 ? 33 : 1) {
            double low, high;
            hw_interval_binomial(k, n[i], 0.1, &low, &high);
            assert_true(low <= (double)k / (double)n[i] && (double)k / (double)n[i] <= high);
            if (k > 0) {
                near(1 - hw_binomial_cdf(k - 1, n[i], low), 0.05, 1e-6);
            }
            if (k < n[i]) {
                near(hw_binomial_cdf(k, n[i], high), 0.05, 1e-6);
            }
        }
    }
    for (uint64_t k = 0; k < 3000; k = 3 * k + 1) {
        near(hw_poisson_cdf(k, hw_interval_poisson_upper(k, 0.025)), 0.025, 1e-9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distribution_functions),
        cmocka_unit_test(known_limits),
        cmocka_unit_test(limits_solve_their_equations),
    };
    return cmocka_run_group_tests_name("interval", tests, NULL, NULL);
}
