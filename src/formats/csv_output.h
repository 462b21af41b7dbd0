// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Writing a dataset as the wide table that profile_table.c reads. */
#ifndef HW_FORMATS_CSV_OUTPUT_H
#define HW_FORMATS_CSV_OUTPUT_H

#include "formats/format.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Families (with father, mother, missing, twin and inbreeding, so that the pedigree is the same when read again), rescued
 * children and other profiles, one row per typing. Cases, frequencies and settings are listed in losses. Cost: linear.
 */
HW_API hw_status hw_csv_output_write(const hw_dataset *d, const hw_format_options *o, hw_str *out, hw_str *losses,
                                     hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
