// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Numbers and genotypes as they are printed: fixed ways, never through the locale.
 */
#ifndef HW_REPORT_FIGURES_H
#define HW_REPORT_FIGURES_H

#include "base/memory.h"
#include "kinship/profile.h"

#define HW_FIGURE_BUF 400

/** "8.42", "-inf", "inf"; "-" for nan. */
char *hw_figure_log10(double x, char *buf);
/** Four significant digits: "12.35", "0.002000"; below 0.001 and from 100,000 on "1.235e+07"; exact zero "0"; "-" for nan. */
char *hw_figure_ratio(double x, char *buf);
/** 10 to the x in words of a report: "2.6 × 10^8", "35.2", "0". */
char *hw_figure_power(double log10, char *buf);
/** "0.9731"; never rounded up to one or down to zero: "1 - 3.0e-08", "2.1e-06". */
char *hw_figure_probability(double p, char *buf);
/** "14/15", "14/14", "14" (one copy), "14/-", "9/9.3/10", "-" when untyped; in the arena. NULL when out of memory. */
const char *hw_figure_genotype(hw_arena *arena, const hw_profile *p, const hw_panel *panel, uint32_t locus);

#endif
