// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Numbers that come out the same on every machine.
 *
 * Logarithms and powers are worked out in pairs of doubles (an unevaluated sum hi + lo with |lo| at most half a unit in
 * the last place of hi) from +, -, *, / alone, each of which IEEE 754 rounds the same everywhere. The products of pairs
 * follow Dekker (1971) and Veltkamp, not fma, so that a processor without fma gives the same bits.
 */
#include "base/number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(FLT_EVAL_METHOD == 0, "doubles must be evaluated as doubles (on 32-bit x86: -msse2 -mfpmath=sse)");
_Static_assert(DBL_MANT_DIG == 53 && DBL_MAX_EXP == 1024, "doubles must be IEEE 754 binary64");

/* ---- pairs of doubles ---- */

typedef struct pair {
    double hi, lo;
} pair;

static const pair LN2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
static const pair LN10 = {0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53};
static const pair INV_LN10 = {0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57};
static const pair LOG10_2 = {0x1.34413509f79ffp-2, -0x1.9dc1da994fd21p-59};
static const double LOG2_10 = 0x1.a934f0979a371p+1;
static const double SQRT_HALF = 0x1.6a09e667f3bcdp-1;

/* a + b exactly, for |a| >= |b| or a == 0 */
static pair quick_sum(double a, double b)
{
    double s = a + b;
    pair r = {s, b - (s - a)};
    return r;
}

/* a + b exactly */
static pair exact_sum(double a, double b)
{
    double s = a + b, t = s - a;
    pair r = {s, (a - (s - t)) + (b - t)};
    return r;
}

/* a * b exactly; |a|, |b| below 2^970 and the product well above the subnormals */
static pair exact_product(double a, double b)
{
    const double split = 134217729.0; /* 2^27 + 1 */
    double p = a * b;
    double ta = split * a, tb = split * b;
    double ah = ta - (ta - a), bh = tb - (tb - b);
    double al = a - ah, bl = b - bh;
    pair r = {p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
    return r;
}

static pair pair_mul(pair a, pair b)
{
    pair p = exact_product(a.hi, b.hi);
    return quick_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

static pair pair_mul_d(pair a, double b)
{
    pair p = exact_product(a.hi, b);
    return quick_sum(p.hi, p.lo + a.lo * b);
}

static pair pair_add(pair a, pair b)
{
    pair s = exact_sum(a.hi, b.hi);
    return quick_sum(s.hi, s.lo + (a.lo + b.lo));
}

/* ---- likelihoods ---- */

static const hw_real real_zero = {0.0, 0};

hw_real hw_real_from(double x)
{
    hw_real r;
    int e;

    HW_ASSERT(x >= 0.0 && x <= DBL_MAX);
    if (x == 0.0) {
        return real_zero;
    }
    r.m = frexp(x, &e);
    r.e = e;
    return r;
}

hw_real hw_real_mul(hw_real a, hw_real b)
{
    hw_real r = {a.m * b.m, a.e + b.e};

    if (r.m == 0.0) {
        return real_zero;
    }
    if (r.m < 0.5) {
        r.m *= 2.0;
        r.e--;
    }
    return r;
}

hw_real hw_real_mul_d(hw_real a, double x)
{
    return hw_real_mul(a, hw_real_from(x));
}

hw_real hw_real_div(hw_real a, hw_real b)
{
    hw_real r;

    HW_ASSERT(b.m > 0.0);
    if (a.m == 0.0) {
        return real_zero;
    }
    r.m = a.m / b.m;
    r.e = a.e - b.e;
    if (r.m >= 1.0) {
        r.m *= 0.5;
        r.e++;
    }
    return r;
}

hw_real hw_real_add(hw_real a, hw_real b)
{
    int64_t gap;

    if (a.m == 0.0) {
        return b;
    }
    if (b.m == 0.0) {
        return a;
    }
    if (a.e < b.e) {
        hw_real t = a;
        a = b;
        b = t;
    }
    gap = a.e - b.e;
    if (gap > 60) {
        return a; /* b is below half a unit in the last place of a */
    }
    a.m += ldexp(b.m, -(int)gap);
    if (a.m >= 1.0) {
        a.m *= 0.5;
        a.e++;
    }
    return a;
}

int hw_real_cmp(hw_real a, hw_real b)
{
    if (a.m == 0.0 || b.m == 0.0) {
        return (a.m != 0.0) - (b.m != 0.0);
    }
    if (a.e != b.e) {
        return a.e < b.e ? -1 : 1;
    }
    return (a.m > b.m) - (a.m < b.m);
}

bool hw_real_is_zero(hw_real a)
{
    return a.m == 0.0;
}

double hw_real_to_double(hw_real a)
{
    if (a.m == 0.0 || a.e < -1100) {
        return 0.0;
    }
    if (a.e > DBL_MAX_EXP) {
        return HUGE_VAL;
    }
    return ldexp(a.m, (int)a.e);
}

/*
 * ln(m) for m in [sqrt(1/2), sqrt(2)]: 2 atanh(s) = 2s (1 + s^2/3 + s^4/5 + ...), s = (m-1)/(m+1), |s| < 0.1716.
 * s is a pair; the tail is below 2% of s, so working it out in plain doubles costs less than 2^-57 of the result.
 */
static pair ln_near_one(double m)
{
    double f = m - 1.0; /* exact */
    pair d = exact_sum(m, 1.0), s, p;
    double t, tail = 0.0;

    if (f == 0.0) {
        pair zero = {0.0, 0.0};
        return zero;
    }
    s.hi = f / d.hi;
    p = exact_product(s.hi, d.hi);
    s.lo = (((f - p.hi) - p.lo) - s.hi * d.lo) / d.hi;
    t = s.hi * s.hi;
    for (int k = 15; k >= 1; k--) {
        tail = t * (tail + 1.0 / (2 * k + 1));
    }
    return quick_sum(2.0 * s.hi, 2.0 * s.lo + 2.0 * s.hi * tail);
}

/* m * 2^e with m in [0.5, 1) as m' * 2^e' with m' in [sqrt(1/2), sqrt(2)), so that ln(m') and e' never cancel */
static hw_real centre(hw_real a)
{
    if (a.m < SQRT_HALF) {
        a.m *= 2.0;
        a.e--;
    }
    return a;
}

double hw_real_log10(hw_real a)
{
    pair r;

    if (a.m == 0.0) {
        return -HUGE_VAL;
    }
    a = centre(a);
    r = pair_mul(ln_near_one(a.m), INV_LN10);
    return a.e == 0 ? r.hi : pair_add(pair_mul_d(LOG10_2, (double)a.e), r).hi;
}

double hw_real_ln(hw_real a)
{
    pair r;

    if (a.m == 0.0) {
        return -HUGE_VAL;
    }
    a = centre(a);
    r = ln_near_one(a.m);
    return a.e == 0 ? r.hi : pair_add(pair_mul_d(LN2, (double)a.e), r).hi;
}

double hw_log10(double x)
{
    if (x != x || x < 0.0) {
        return (double)NAN;
    }
    return x > DBL_MAX ? x : hw_real_log10(hw_real_from(x));
}

/*
 * 10^x = 2^k e^r, k the integer nearest to x log2(10), r = x ln(10) - k ln(2) as a pair, |r| < 0.347; e^r by its series
 * to r^17/17!, whose rest is below 2^-78.
 */
double hw_pow10(double x)
{
    static const double exact[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    double y, rest = 0.0;
    pair r, s;
    int k;

    if (x != x) {
        return x;
    }
    if (x > 309.0) {
        return HUGE_VAL;
    }
    if (x < -324.0) {
        return 0.0;
    }
    k = (int)x;
    if ((double)k == x && k >= -22 && k <= 22) {
        return k >= 0 ? exact[k] : 1.0 / exact[-k];
    }
    if (x > -1e-20 && x < 1e-20) {
        return 1.0; /* the nearest double; the low half of a pair this small could be lost */
    }
    y = x * LOG2_10;
    k = (int)(y < 0.0 ? y - 0.5 : y + 0.5);
    r = pair_add(pair_mul_d(LN10, x), pair_mul_d(LN2, -(double)k));
    for (int n = 17; n >= 2; n--) {
        rest = (rest + 1.0) * r.hi / n;
    }
    /* rest = r/2 (1 + r/3 (1 + ...)), so e^r = 1 + r + r rest */
    s = exact_sum(1.0, r.hi);
    return ldexp(s.hi + (s.lo + (r.lo + r.hi * rest)), k);
}

double hw_powi(double x, unsigned n)
{
    double r = 1.0;

    while (n > 0) {
        if (n & 1u) {
            r *= x;
        }
        n >>= 1;
        if (n > 0) {
            x *= x;
        }
    }
    return r;
}

/* ---- text ---- */

static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;
static locale_t c_locale_object;

static void make_c_locale(void)
{
    c_locale_object = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* The calling thread in the C locale, whatever a program that embeds this library chose; give the result to uselocale. */
static locale_t enter_c_locale(void)
{
    pthread_once(&c_locale_once, make_c_locale);
    return uselocale(c_locale_object);
}

#define NUMBER_TEXT_MAX 1200 /* more digits than the exact decimal form of any double has */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

typedef struct decimal {
    uint64_t digits; /* the significant digits, valid when at most 19 */
    int n_digits;    /* of them, leading zeros not counted */
    int exponent;    /* value = digits * 10^exponent */
    bool negative;
} decimal;

/* [+-] (digits [. digits*] | . digits) [(e|E) [+-] digits], all of s[0..n) */
static bool scan_decimal(const char *s, size_t n, decimal *ret)
{
    decimal d = {0, 0, 0, false};
    bool any = false, point = false;
    size_t i = 0;

    if (i < n && (s[i] == '+' || s[i] == '-')) {
        d.negative = s[i] == '-';
        i++;
    }
    for (; i < n && (is_digit(s[i]) || (s[i] == '.' && !point)); i++) {
        if (s[i] == '.') {
            point = true;
            continue;
        }
        any = true;
        d.exponent -= point ? 1 : 0;
        if (d.n_digits > 0 || s[i] != '0') {
            d.n_digits++;
            if (d.n_digits <= 19) {
                d.digits = d.digits * 10 + (uint64_t)(s[i] - '0');
            }
        }
    }
    if (!any) {
        return false;
    }
    if (i < n && (s[i] == 'e' || s[i] == 'E')) {
        bool minus = false;
        int e = 0;
        i++;
        if (i < n && (s[i] == '+' || s[i] == '-')) {
            minus = s[i] == '-';
            i++;
        }
        if (i == n) {
            return false;
        }
        for (; i < n && is_digit(s[i]); i++) {
            e = e < 100000 ? e * 10 + (s[i] - '0') : e;
        }
        d.exponent += minus ? -e : e;
    }
    *ret = d;
    return i == n;
}

bool hw_parse_double(const char *s, size_t n, double *ret)
{
    char buf[NUMBER_TEXT_MAX + 1];
    decimal d;
    locale_t before;
    double x;

    if (n == 0 || n > NUMBER_TEXT_MAX || !scan_decimal(s, n, &d)) {
        return false;
    }
    if (d.n_digits <= 15 && d.exponent >= -22 && d.exponent <= 0) {
        /* both sides are exact doubles, so the division rounds once: the nearest double, as strtod would find it */
        x = (double)d.digits / hw_pow10(-d.exponent);
        *ret = d.negative ? -x : x;
        return true;
    }
    memcpy(buf, s, n);
    buf[n] = '\0';
    before = enter_c_locale();
    x = strtod(buf, NULL);
    uselocale(before);
    if (x > DBL_MAX || x < -DBL_MAX) {
        return false;
    }
    *ret = x;
    return true;
}

bool hw_parse_int(const char *s, size_t n, int64_t *ret)
{
    bool negative = false;
    int64_t x = 0;
    size_t i = 0;

    if (i < n && (s[i] == '+' || s[i] == '-')) {
        negative = s[i] == '-';
        i++;
    }
    if (i == n) {
        return false;
    }
    for (; i < n; i++) {
        int digit = s[i] - '0';
        if (!is_digit(s[i]) || __builtin_mul_overflow(x, 10, &x) ||
            (negative ? __builtin_sub_overflow(x, digit, &x) : __builtin_add_overflow(x, digit, &x))) {
            return false;
        }
    }
    *ret = x;
    return true;
}

/* "inf", "-inf" and "nan" into buf; false when x is finite. */
static bool write_special(double x, char *buf)
{
    const char *text;

    if (x != x) {
        text = "nan";
    } else if (x > DBL_MAX) {
        text = "inf";
    } else if (x < -DBL_MAX) {
        text = "-inf";
    } else {
        return false;
    }
    memcpy(buf, text, strlen(text) + 1);
    return true;
}

char *hw_fmt_double(double x, char *buf)
{
    /* 15 digits name every normal double that has so short a form; a subnormal may need as few as 1 */
    int digits = x > -DBL_MIN && x < DBL_MIN ? 1 : 15;
    locale_t before;

    if (write_special(x, buf)) {
        return buf;
    }
    before = enter_c_locale();
    for (; digits <= 17; digits++) {
        snprintf(buf, 32, "%.*g", digits, x);
        if (strtod(buf, NULL) == x) {
            break;
        }
    }
    uselocale(before);
    return buf;
}

char *hw_fmt_fixed(double x, int decimals, char *buf)
{
    locale_t before;

    if (write_special(x, buf)) {
        return buf;
    }
    decimals = decimals < 0 ? 0 : decimals > 20 ? 20 : decimals;
    before = enter_c_locale();
    snprintf(buf, 340, "%.*f", decimals, x);
    uselocale(before);
    if (buf[0] == '-' && strspn(buf + 1, "0.") == strlen(buf + 1)) {
        memmove(buf, buf + 1, strlen(buf));
    }
    return buf;
}
