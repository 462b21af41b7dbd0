// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/number.h"
#include "base/rng.h"

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof(x));
    return x;
}

static uint64_t to_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof(bits));
    return bits;
}

/* |got - want| in units of the last place of want; want in long double */
static double ulps(double got, long double want)
{
    double w = (double)want;
    double unit = w == 0.0 ? 5e-324 : ldexp(1.0, ilogb(w) - 52);
    return (double)(fabsl((long double)got - want) / (long double)unit);
}

/* a random positive double: any exponent, or near 1 where logarithms cancel */
static double random_positive(hw_rng *r, int kind)
{
    switch (kind % 4) {
    case 0:
        return from_bits(hw_rng_u64(r) % 0x7FF0000000000000u); /* all of them, subnormals too */
    case 1:
        return 1.0 + (hw_rng_unit(r) - 0.5) * ldexp(1.0, -(int)hw_rng_below(r, 52));
    case 2:
        return hw_rng_unit(r) + 0x1p-60;
    default:
        return 0.5 + 1.5 * hw_rng_unit(r);
    }
}

static void logarithms_of_known_values(void **state)
{
    (void)state;
    double p = 1.0;
    for (int i = 0; i <= 22; i++, p *= 10.0) {
        assert_true(hw_log10(p) == i);
    }
    assert_true(hw_log10(1e300) == 300.0);
    assert_true(hw_log10(1e-300) == -300.0);
    assert_true(hw_log10(0.001) == -3.0);
    assert_true(hw_log10(2.0) == 0.30102999566398120);
    assert_true(hw_log10(3.0) == 0.47712125471966244);
    assert_true(hw_log10(0.5) == -0.30102999566398120);
    assert_true(hw_log10(DBL_MAX) == 308.25471555991674);
    assert_true(hw_log10(5e-324) == -323.30621534311581);
    assert_true(hw_log10(1.0 + DBL_EPSILON) == 9.64327466553287e-17);
    assert_true(hw_log10(0.0) == -INFINITY);
    assert_true(hw_log10(-0.0) == -INFINITY);
    assert_true(hw_log10((double)INFINITY) == INFINITY);
    assert_true(isnan(hw_log10(-1.0)));
    assert_true(isnan(hw_log10((double)NAN)));
    assert_true(hw_real_ln(hw_real_from(1.0)) == 0.0);
    assert_true(hw_real_ln(hw_real_from(2.0)) == 0.69314718055994531);
    assert_true(hw_real_ln(hw_real_from(10.0)) == 2.3025850929940457);
    assert_true(hw_real_ln(hw_real_from(0.0)) == -INFINITY);
    assert_true(hw_real_log10(hw_real_from(0.0)) == -INFINITY);
}

static void logarithms_of_random_values(void **state)
{
    (void)state;
    hw_rng r;
    double worst10 = 0.0, worst_e = 0.0;
    hw_rng_seed(&r, 2026, 0);
    for (int i = 0; i < 100000; i++) {
        double x = random_positive(&r, i);
        if (x == 0.0 || x == 1.0) {
            continue;
        }
        double e10 = ulps(hw_log10(x), log10l((long double)x));
        double ee = ulps(hw_real_ln(hw_real_from(x)), logl((long double)x));
        double plain = ulps(hw_log10(x), (long double)log10(x));
        if (e10 >= 2.0 || ee >= 2.0 || plain > 2.0) {
            fail_msg("%a: log10 off by %g units, ln by %g, against libm %g", x, e10, ee, plain);
        }
        worst10 = e10 > worst10 ? e10 : worst10;
        worst_e = ee > worst_e ? ee : worst_e;
    }
    print_message("log10 off by at most %.4f units, ln by %.4f\n", worst10, worst_e);
}

static void logarithms_rise(void **state)
{
    (void)state;
    hw_rng r;
    hw_rng_seed(&r, 1, 1);
    for (int i = 0; i < 20000; i++) {
        double x = random_positive(&r, i);
        assert_true(hw_log10(x) <= hw_log10(nextafter(x, INFINITY)));
    }
}

static void logarithms_beyond_the_range_of_doubles(void **state)
{
    (void)state;
    hw_rng r;
    hw_rng_seed(&r, 2026, 7);
    for (int i = 0; i < 20000; i++) {
        hw_real a = {0.5 + hw_rng_unit(&r) / 2.0, (int64_t)hw_rng_below(&r, 2000001) - 1000000};
        if (a.m >= 1.0) {
            continue;
        }
        long double want = log10l((long double)a.m) + (long double)a.e * 0.301029995663981195213738894724493027L;
        /* the sum in 64-bit long doubles cancels when e is 1 and m near 1/2, which random_positive covers */
        if (a.e < -2 || a.e > 2) {
            assert_true(ulps(hw_real_log10(a), want) < 2.0);
        }
    }
    hw_real huge = {0.5, 1000000001};
    assert_true(hw_real_log10(huge) == 301029995.66398120);
}

static void powers_of_ten(void **state)
{
    (void)state;
    hw_rng r;
    double worst = 0.0;
    hw_rng_seed(&r, 2026, 3);
    for (int i = 0; i < 100000; i++) {
        double x = i % 3 == 0 ? hw_rng_unit(&r) * 2.0 - 1.0 : (hw_rng_unit(&r) * 2.0 - 1.0) * 307.0;
        long double want = powl(10.0L, (long double)x);
        double off = (double)fabsl(((long double)hw_pow10(x) - want) / want);
        worst = off > worst ? off : worst;
        if (off >= 1e-14) {
            fail_msg("10^%a: off by %g", x, off);
        }
    }
    print_message("10^x off by at most %.3g of its value\n", worst);
    double p = 1.0;
    for (int i = 0; i <= 22; i++, p *= 10.0) {
        assert_true(hw_pow10(i) == p);
        assert_true(hw_pow10(-i) == 1.0 / p);
    }
    assert_true(hw_pow10(-3) == 0.001);
    assert_true(fabs(hw_pow10(308.25) / 1.7782794100389228e308 - 1.0) < 1e-14);
    assert_true(hw_pow10(308.26) == INFINITY);
    assert_true(hw_pow10(1e300) == INFINITY);
    assert_true(hw_pow10((double)INFINITY) == INFINITY);
    assert_true(hw_pow10(-323.3) == 5e-324);
    assert_true(hw_pow10(-324.0) == 0.0);
    assert_true(hw_pow10(-1e300) == 0.0);
    assert_true(hw_pow10(-(double)INFINITY) == 0.0);
    assert_true(isnan(hw_pow10((double)NAN)));
    assert_true(hw_pow10(1e-300) == 1.0);
    assert_true(hw_pow10(-5e-324) == 1.0);
}

static void whole_powers(void **state)
{
    (void)state;
    assert_true(hw_powi(0.0, 0) == 1.0);
    assert_true(hw_powi(0.0, 3) == 0.0);
    assert_true(hw_powi(3.0, 5) == 243.0);
    assert_true(hw_powi(-2.0, 63) == -0x1p63);
    assert_true(hw_powi(0.5, 1074) == 5e-324);
    assert_true(hw_powi(0.5, UINT32_MAX) == 0.0);
    assert_true(fabs(hw_powi(1.000001, 1000000) / pow(1.000001, 1000000) - 1.0) < 1e-9);
}

static void likelihoods_multiply_without_underflow(void **state)
{
    (void)state;
    hw_real a = hw_real_from(1.0), b = hw_real_from(0.0);
    for (int i = 0; i < 10000; i++) {
        a = hw_real_mul_d(a, 1e-3);
        assert_true(a.m >= 0.5 && a.m < 1.0);
    }
    assert_true(fabs(hw_real_log10(a) + 30000.0) < 1e-9);
    assert_true(hw_real_to_double(a) == 0.0);
    for (int i = 0; i < 10000; i++) {
        a = hw_real_div(a, hw_real_from(1e-3));
    }
    assert_true(fabs(hw_real_to_double(a) - 1.0) < 1e-11);
    assert_true(hw_real_is_zero(b));
    assert_true(hw_real_is_zero(hw_real_mul(a, b)));
    assert_true(hw_real_is_zero(hw_real_div(b, a)));
    assert_true(hw_real_mul(a, b).e == 0);
    assert_true(hw_real_is_zero(hw_real_mul_d(a, 0.0)));
    assert_true(hw_real_to_double(hw_real_from(DBL_MAX)) == DBL_MAX);
    assert_true(hw_real_to_double(hw_real_mul_d(hw_real_from(DBL_MAX), 2.0)) == INFINITY);
    assert_true(hw_real_to_double(hw_real_from(5e-324)) == 5e-324);
    assert_true(hw_real_to_double(hw_real_div(hw_real_from(5e-324), hw_real_from(4.0))) == 0.0);
}

/* Within the range of doubles every operation is the double operation itself: one rounding, the same one. */
static void likelihoods_round_as_doubles_do(void **state)
{
    (void)state;
    hw_rng r;
    hw_rng_seed(&r, 4, 4);
    for (int i = 0; i < 100000; i++) {
        double x = ldexp(0.5 + hw_rng_unit(&r) / 2.0, (int)hw_rng_below(&r, 150) - 75);
        double y = ldexp(0.5 + hw_rng_unit(&r) / 2.0, (int)hw_rng_below(&r, 150) - 75);
        hw_real a = hw_real_from(x), b = hw_real_from(y);
        assert_true(hw_real_to_double(hw_real_mul(a, b)) == x * y);
        assert_true(hw_real_to_double(hw_real_mul_d(a, y)) == x * y);
        assert_true(hw_real_to_double(hw_real_div(a, b)) == x / y);
        assert_true(hw_real_to_double(hw_real_add(a, b)) == x + y);
        assert_true(hw_real_cmp(a, b) == (x > y) - (x < y));
        hw_real s = hw_real_add(a, b);
        assert_true(s.m >= 0.5 && s.m < 1.0);
    }
    hw_real zero = hw_real_from(0.0), one = hw_real_from(1.0), tiny = {0.5, -5000};
    assert_int_equal(hw_real_cmp(zero, zero), 0);
    assert_int_equal(hw_real_cmp(zero, tiny), -1);
    assert_int_equal(hw_real_cmp(tiny, zero), 1);
    assert_int_equal(hw_real_cmp(tiny, one), -1);
    assert_true(hw_real_to_double(hw_real_add(zero, one)) == 1.0);
    assert_true(hw_real_to_double(hw_real_add(one, zero)) == 1.0);
    assert_true(hw_real_to_double(hw_real_add(tiny, one)) == 1.0);
}

static bool parses(const char *s, double *x)
{
    return hw_parse_double(s, strlen(s), x);
}

static void decimals_are_read_strictly(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double x;
    } good[] = {{"0", 0.0},
                {"0.1", 0.1},
                {"+.5", 0.5},
                {"5.", 5.0},
                {"-12.75e-3", -0.01275},
                {"1E5", 1e5},
                {"1e+5", 1e5},
                {"007", 7.0},
                {"0.30000000000000004", 0.1 + 0.2},
                {"1.7976931348623157e308", DBL_MAX},
                {"4.9e-324", 5e-324},
                {"1e-400", 0.0},
                {"0e99999999999999", 0.0},
                {"9007199254740993", 9007199254740992.0},
                {"9007199254740992.99999999999999999999999999999999999999999999", 9007199254740992.0},
                {"9007199254740993.00000000000000000000000000000000000000000001", 9007199254740994.0},
                {"123456789012345678901234567890", 123456789012345678901234567890.0},
                {"0.000000000000000000000000000000000000000000000000000000001", 1e-57}};
    static const char *const bad[] = {"",      " ",    "+",     "-",    ".",     "e5",   "1e",    "1e+",  "1.2.3",  "1,5",  " 1", "1 ",
                                      "0x10",  "1p3",  "inf",   "-inf", "nan",   "NAN",  "1e400", "-1e400", "1_000", "--1",  "+-1", "1e5.0",
                                      "1.5f",  "½",    "1e 5",  "1\n",  "infinity", "0x1p4", "1e1e1", ".e1", "1d5"};
    double x;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        x = -1.0;
        if (!parses(good[i].text, &x) || x != good[i].x) {
            fail_msg("%s read as %.17g", good[i].text, x);
        }
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        x = 77.0;
        if (parses(bad[i], &x)) {
            fail_msg("'%s' was taken for %.17g", bad[i], x);
        }
        assert_true(x == 77.0);
    }
    assert_false(hw_parse_double("1\0", 2, &x));
    assert_true(hw_parse_double("1.25abc", 4, &x) && x == 1.25);
    assert_true(parses("-0", &x) && x == 0.0 && signbit(x));
    char wide[2000];
    memset(wide, '0', sizeof(wide));
    assert_true(hw_parse_double(wide, 1200, &x));
    assert_false(hw_parse_double(wide, 1201, &x));
}

/* The short cut of the parser gives what strtod gives. */
static void decimals_are_read_to_the_nearest_double(void **state)
{
    (void)state;
    hw_rng r;
    hw_rng_seed(&r, 8, 8);
    for (int i = 0; i < 100000; i++) {
        char text[64];
        double x = 0.0;
        uint64_t digits = hw_rng_u64(&r) % (uint64_t)hw_pow10(1 + hw_rng_below(&r, 17));
        unsigned decimals = hw_rng_below(&r, 25);
        snprintf(text, sizeof(text), "%llue-%u", (unsigned long long)digits, decimals);
        assert_true(parses(text, &x));
        assert_true(to_bits(x) == to_bits(strtod(text, NULL)));
    }
}

static void integers_are_read_strictly(void **state)
{
    (void)state;
    int64_t x;
    assert_true(hw_parse_int("9223372036854775807", 19, &x) && x == INT64_MAX);
    assert_true(hw_parse_int("-9223372036854775808", 20, &x) && x == INT64_MIN);
    assert_true(hw_parse_int("+0012x", 5, &x) && x == 12);
    assert_true(hw_parse_int("-0", 2, &x) && x == 0);
    static const char *const bad[] = {"", "+", "-", "1.0", " 1", "1 ", "0x1", "1e3", "9223372036854775808", "-9223372036854775809", "99999999999999999999", "--1"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        x = 77;
        assert_false(hw_parse_int(bad[i], strlen(bad[i]), &x));
        assert_int_equal(x, 77);
    }
}

static void doubles_are_written_shortest(void **state)
{
    (void)state;
    char buf[32];
    assert_string_equal(hw_fmt_double(0.1, buf), "0.1");
    assert_string_equal(hw_fmt_double(0.1 + 0.2, buf), "0.30000000000000004");
    assert_string_equal(hw_fmt_double(100.0, buf), "100");
    assert_string_equal(hw_fmt_double(-2.5e-9, buf), "-2.5e-09");
    assert_string_equal(hw_fmt_double(5e-324, buf), "5e-324");
    assert_string_equal(hw_fmt_double(-DBL_MAX, buf), "-1.7976931348623157e+308");
    assert_string_equal(hw_fmt_double(0.0, buf), "0");
    assert_string_equal(hw_fmt_double((double)INFINITY, buf), "inf");
    assert_string_equal(hw_fmt_double(-(double)INFINITY, buf), "-inf");
    assert_string_equal(hw_fmt_double((double)NAN, buf), "nan");
    assert_string_equal(hw_fmt_double(-(double)NAN, buf), "nan");
    hw_rng r;
    hw_rng_seed(&r, 6, 6);
    for (int i = 0; i < 100000; i++) {
        double x = from_bits(hw_rng_u64(&r)), y = 1.5;
        if (!isfinite(x)) {
            continue;
        }
        hw_fmt_double(x, buf);
        assert_true(parses(buf, &y));
        assert_true(to_bits(x) == to_bits(y));
        /* one digit less would be another number */
        char shorter[32];
        int digits = 0;
        for (const char *p = buf; *p != '\0' && *p != 'e'; p++) {
            digits += *p >= '0' && *p <= '9';
        }
        if (digits > 1 && digits <= 17 && strchr(buf, 'e') != NULL) {
            snprintf(shorter, sizeof(shorter), "%.*g", digits - 1, x);
            assert_true(strtod(shorter, NULL) != x);
        }
    }
}

static void fixed_decimals(void **state)
{
    (void)state;
    char buf[340];
    assert_string_equal(hw_fmt_fixed(3.14159, 2, buf), "3.14");
    assert_string_equal(hw_fmt_fixed(-0.004, 2, buf), "0.00");
    assert_string_equal(hw_fmt_fixed(-0.0, 0, buf), "0");
    assert_string_equal(hw_fmt_fixed(-0.006, 2, buf), "-0.01");
    assert_string_equal(hw_fmt_fixed(-100.0, 1, buf), "-100.0");
    assert_string_equal(hw_fmt_fixed(7.0, -3, buf), "7");
    assert_string_equal(hw_fmt_fixed(-(double)INFINITY, 2, buf), "-inf");
    assert_string_equal(hw_fmt_fixed((double)INFINITY, 2, buf), "inf");
    assert_string_equal(hw_fmt_fixed((double)NAN, 2, buf), "nan");
    hw_fmt_fixed(-DBL_MAX, 99, buf);
    assert_int_equal(strlen(buf), 1 + 309 + 1 + 20);
}

/* A program that embeds the library may have chosen a locale with a decimal comma. */
static void the_locale_is_not_consulted(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "es_ES.UTF-8", "pl_PL.UTF-8"};
    const char *found = NULL;
    char buf[340];
    double x;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && found == NULL; i++) {
        found = setlocale(LC_ALL, names[i]);
    }
    if (found == NULL) {
        print_message("SKIPPED: no locale with a decimal comma is installed\n");
        skip();
    }
    assert_string_equal(hw_fmt_double(0.5, buf), "0.5");
    assert_string_equal(hw_fmt_fixed(0.5, 2, buf), "0.50");
    assert_true(parses("0.12345678901234567890", &x) && x == 0.12345678901234567890);
    snprintf(buf, sizeof(buf), "%.1f", 0.5);
    assert_string_equal(buf, "0,5"); /* and the caller's own locale stands */
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logarithms_of_known_values),
        cmocka_unit_test(logarithms_of_random_values),
        cmocka_unit_test(logarithms_rise),
        cmocka_unit_test(logarithms_beyond_the_range_of_doubles),
        cmocka_unit_test(powers_of_ten),
        cmocka_unit_test(whole_powers),
        cmocka_unit_test(likelihoods_multiply_without_underflow),
        cmocka_unit_test(likelihoods_round_as_doubles_do),
        cmocka_unit_test(decimals_are_read_strictly),
        cmocka_unit_test(decimals_are_read_to_the_nearest_double),
        cmocka_unit_test(integers_are_read_strictly),
        cmocka_unit_test(doubles_are_written_shortest),
        cmocka_unit_test(fixed_decimals),
        cmocka_unit_test(the_locale_is_not_consulted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
