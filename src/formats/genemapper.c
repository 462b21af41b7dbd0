// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The genotypes table that GeneMapper ID-X exports: tab text of up to 112 columns, found by name: Sample Name, Marker, Allele 1 .. 8,
 * and where present Sample Type, Specimen Category, Sample File, Panel or UD2 (the kit), Comments. Ladders, controls and
 * quality sensors are left out; a homozygote is written once; OL is an allele that is not known; a comma is a decimal point.
 */
#include "formats/long_table.h"

static hw_status read_genemapper(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err)
{
    static const hw_long_rules rules = {.what = "GeneMapper table", .skip_controls = true};
    return hw_long_table_read(in, o, &rules, d, err);
}

/* Its spelling of the headers, and columns that only it has. */
static int detect_genemapper(const hw_format_input *in)
{
    hw_rows r;
    int score = 0;
    if (hw_rows_peek(&r, in->data, in->size) && hw_long_table_is(&r)) {
        bool sample = false, marker = false, own = false;
        for (size_t i = 0; i < r.n; i++) {
            sample |= hw_field_is(r.field[i], "samplename");
            marker |= hw_field_is(r.field[i], "marker");
            own |= hw_field_is(r.field[i], "samplefile|sampletype|dye|height1|size1|peakarea1|runname");
        }
        score = !sample || !marker ? 0 : own ? 95 : r.sep == '\t' ? 80 : 0;
    }
    hw_rows_release(&r);
    return score;
}

const hw_format hw_format_genemapper = {
    .id = HW_FORMAT_GENEMAPPER,
    .name = "genemapper",
    .title = "GeneMapper ID-X genotypes table",
    .extensions = "txt|tsv|csv",
    .max_bytes = HW_FORMAT_MAX_PROFILE_BYTES,
    .detect = detect_genemapper,
    .read = read_genemapper,
};
