// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The bulk upload table of GENis: tab text with the columns Sample Name, Specimen Category (the laboratory's own alias), UD1 (who
 * typed it; not kept), UD2 (kit), Marker, Allele 1 .. 8. mtDNA stands in the same table as markers HV1 .. HV4 and HV1_RANGE .. HV4_RANGE.
 */
#include "formats/long_table.h"

static hw_status read_genis(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err)
{
    static const hw_long_rules rules = {
        .what = "GENis table",
        .skip_controls = true,
        .required = "samplename specimencategory ud1 allele2",
        .required_names = "Sample Name,Specimen Category,UD1,Allele 2",
        .mitochondrial = true,
    };
    return hw_long_table_read(in, o, &rules, d, err);
}

static int detect_genis(const hw_format_input *in)
{
    hw_rows r;
    int score = 0;
    if (hw_rows_peek(&r, in->data, in->size) && hw_long_table_is(&r)) {
        bool sample = false, category = false, ud1 = false;
        for (size_t i = 0; i < r.n; i++) {
            sample |= hw_field_is(r.field[i], "samplename");
            category |= hw_field_is(r.field[i], "specimencategory");
            ud1 |= hw_field_is(r.field[i], "ud1");
        }
        score = sample && category && ud1 ? 90 : 0;
    }
    hw_rows_release(&r);
    return score;
}

const hw_format hw_format_genis_table = {
    .id = HW_FORMAT_GENIS_TABLE,
    .name = "genis",
    .title = "GENis bulk upload table",
    .extensions = "tsv|txt|csv",
    .max_bytes = HW_FORMAT_MAX_PROFILE_BYTES,
    .detect = detect_genis,
    .read = read_genis,
};
