// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Numbers and genotypes as they are printed.
 */
#include "report/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

char *hw_figure_log10(double x, char *buf)
{
    if (isnan(x)) {
        memcpy(buf, "-", 2);
        return buf;
    }
    return hw_fmt_fixed(x, 2, buf);
}

/* m e+07 with `decimals` digits after the point; x > 0 and finite. */
static char *scientific(double x, int decimals, char *buf)
{
    double log10 = hw_log10(x), e = floor(log10);
    double scale = e < -300.0 ? x * 1e200 * hw_pow10(-e - 200.0) : x / hw_pow10(e); /* subnormal numbers */
    char m[HW_FIGURE_BUF];
    hw_fmt_fixed(scale, decimals, m);
    if (m[0] == '1' && m[1] == '0') { /* 9.9996 became 10.000 */
        e += 1.0;
        hw_fmt_fixed(1.0, decimals, m);
    } else if (m[0] == '0') { /* the logarithm stood a hair above a power of ten */
        e -= 1.0;
        hw_fmt_fixed(scale * 10.0, decimals, m);
    }
    snprintf(buf, HW_FIGURE_BUF, "%.12se%c%02d", m, e < 0.0 ? '-' : '+', (int)fabs(e));
    return buf;
}

char *hw_figure_ratio(double x, char *buf)
{
    if (isnan(x)) {
        memcpy(buf, "-", 2);
        return buf;
    }
    if (x == 0.0 || isinf(x)) {
        return hw_fmt_double(x, buf);
    }
    double size = fabs(x);
    if (size < 0.001 || size >= 99999.5) {
        return scientific(x, 3, buf);
    }
    int decimals = size >= 9999.5 ? 0 : size >= 999.95 ? 0 : size >= 99.995 ? 1 : size >= 9.9995 ? 2 : size >= 0.99995 ? 3 : size >= 0.099995 ? 4 : size >= 0.0099995 ? 5 : 6;
    return hw_fmt_fixed(x, decimals, buf);
}

char *hw_figure_power(double log10, char *buf)
{
    if (isnan(log10)) {
        memcpy(buf, "-", 2);
        return buf;
    }
    if (isinf(log10)) {
        return hw_fmt_double(log10 < 0.0 ? 0.0 : log10, buf);
    }
    if (log10 > -3.0 && log10 < 5.0) {
        return hw_figure_ratio(hw_pow10(log10), buf);
    }
    double e = floor(log10);
    char m[HW_FIGURE_BUF];
    hw_fmt_fixed(hw_pow10(log10 - e), 1, m);
    if (m[0] == '1' && m[1] == '0') {
        e += 1.0;
        hw_fmt_fixed(1.0, 1, m);
    }
    snprintf(buf, HW_FIGURE_BUF, "%.12s × 10^%.0f", m, e);
    return buf;
}

char *hw_figure_probability(double p, char *buf)
{
    if (isnan(p)) {
        memcpy(buf, "-", 2);
        return buf;
    }
    if (p <= 0.0) {
        return hw_fmt_double(0.0, buf);
    }
    if (p < 1e-4) {
        return scientific(p, 1, buf);
    }
    if (p <= 0.9999) {
        return hw_fmt_fixed(p, 4, buf);
    }
    char rest[HW_FIGURE_BUF];
    if (1.0 - p < 1e-12) { /* below that the digits of a double say little */
        memcpy(buf, "≥ 1 - 1e-12", sizeof "≥ 1 - 1e-12");
        return buf;
    }
    snprintf(buf, HW_FIGURE_BUF, "1 - %.20s", scientific(1.0 - p, 1, rest));
    return buf;
}

const char *hw_figure_genotype(hw_arena *arena, const hw_profile *p, const hw_panel *panel, uint32_t locus)
{
    char a[HW_ALLELE_BUF], b[HW_ALLELE_BUF], text[9 * (HW_ALLELE_BUF + 1)];
    const hw_extra *more = p != NULL ? hw_profile_extra(p, locus) : NULL;
    if (more != NULL && more->n > 0) {
        size_t at = 0;
        for (unsigned i = 0; i < more->n && i < 8; i++) {
            hw_allele_format(more->allele[i], a);
            at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", i > 0 ? "/" : "", a);
        }
        return hw_arena_strdup(arena, text);
    }
    hw_genotype g = hw_profile_at(p, locus);
    if (!hw_genotype_typed(g)) {
        return "-";
    }
    hw_locus_kind kind = locus < panel->n ? panel->locus[locus].kind : HW_LOCUS_AUTOSOMAL;
    bool one_copy = kind == HW_LOCUS_Y || (kind == HW_LOCUS_X && p->sex == HW_SEX_MALE);
    if (one_copy && (g.a == g.b || g.b == HW_ALLELE_UNKNOWN)) {
        return hw_arena_strdup(arena, hw_allele_format(g.a, a));
    }
    return hw_arena_printf(arena, "%s/%s", hw_allele_format(g.a, a), hw_allele_format(g.b, b));
}
