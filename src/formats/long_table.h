// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Tables with one row per sample and marker: plain CSV, GeneMapper ID-X and GENis differ in their columns and in what they skip.
 */
#ifndef HW_FORMATS_LONG_TABLE_H
#define HW_FORMATS_LONG_TABLE_H

#include "formats/people.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hw_long_columns {
    size_t marker;
    size_t allele[8];
    unsigned n_alleles;
    size_t sample_type, sample_file; /* SIZE_MAX when absent */
} hw_long_columns;

/** Columns of the current record as a header; false when marker or the first allele is missing. */
HW_API bool hw_long_table_columns(const hw_rows *r, hw_long_columns *ret);
/** Does the header name a sample, a marker and alleles? */
HW_API bool hw_long_table_is(const hw_rows *r);

typedef struct hw_long_rules {
    const char *what;           /* "GeneMapper table" */
    bool skip_controls;         /* ladders and controls are left out */
    const char *required;       /* headers that must be there, as hw_field_is, several separated by ' '; or NULL */
    const char *required_names; /* the same for people */
    bool mitochondrial;         /* markers HV1.. and HV1_RANGE.. hold mtDNA (GENis) */
} hw_long_rules;

HW_API hw_status hw_long_table_read(const hw_format_input *in, hw_format_options *o, const hw_long_rules *rules, hw_dataset *d,
                                    hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
