// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Numbers that come out the same, bit for bit, on every compiler, processor and thread count.
 *
 * hw_real holds a non-negative likelihood as m * 2^e with 0.5 <= m < 1 (or m == 0). Products only ever multiply and
 * rescale by powers of two, so they are exact up to one rounding each. hw_log10 uses +, -, *, / only (no libm), so that
 * its last bit does not depend on the processor. Parsing and printing never consult the locale.
 */
#ifndef HW_BASE_NUMBER_H
#define HW_BASE_NUMBER_H

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hw_real {
    double m;
    int64_t e;
} hw_real;

HW_API hw_real hw_real_from(double x); /* x >= 0, finite */
HW_API hw_real hw_real_mul(hw_real a, hw_real b);
HW_API hw_real hw_real_mul_d(hw_real a, double x); /* x >= 0 */
HW_API hw_real hw_real_div(hw_real a, hw_real b);  /* b must not be zero */
HW_API hw_real hw_real_add(hw_real a, hw_real b);
HW_API int hw_real_cmp(hw_real a, hw_real b);
HW_API bool hw_real_is_zero(hw_real a);
/** To a double: 0 or DBL_MAX-clamped infinity beyond its range (inf). */
HW_API double hw_real_to_double(hw_real a);
/** log10, -inf for zero. Error below 2 units in the last place of the result. */
HW_API double hw_real_log10(hw_real a);
HW_API double hw_real_ln(hw_real a);
HW_API double hw_log10(double x); /* x > 0; -inf for 0; nan for negative or nan */
HW_API double hw_pow10(double x); /* 10^x, deterministic, relative error < 1e-14; inf/0 beyond range */
HW_API double hw_powi(double x, unsigned n); /* x^n by repeated squaring */

/** Strict decimal parse of the WHOLE of s[0..n): sign, digits, one '.', exponent; false otherwise, also for inf/nan/hex. */
HW_API bool hw_parse_double(const char *s, size_t n, double *ret);
HW_API bool hw_parse_int(const char *s, size_t n, int64_t *ret);
/** Shortest decimal that reads back as the same double; "inf", "-inf", "nan". buf >= 32 bytes. Returns buf. */
HW_API char *hw_fmt_double(double x, char *buf);
/** Fixed decimals, half away from zero removed by printf rules; "-inf", "inf", "nan"; never "-0.00". buf >= 340. */
HW_API char *hw_fmt_fixed(double x, int decimals, char *buf);

#ifdef __cplusplus
}
#endif
#endif
