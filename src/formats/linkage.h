// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * LINKAGE pedigree files and their companions: .ped (pre-makeped, MERLIN, or with the header of the pedtools), .map and .dat (names of the
 * markers), .freq (frequencies).
 *
 * What a .ped does not say is who is missing. Members whose code begins with "missing" are; else untyped members
 * without children: they stand there only because somebody looks for them. A family with nobody missing is read as a case with one
 * hypothesis, the pedigree as stated. A single typed person without relatives is a profile alone.
 */
#ifndef HW_FORMATS_LINKAGE_H
#define HW_FORMATS_LINKAGE_H

#include "formats/format.h"
#include "formats/text_input.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Texts of the companions, NULL when there are none. */
typedef struct hw_linkage_input {
    const hw_format_input *ped, *map, *dat, *freq;
} hw_linkage_input;

/** Read a .ped with its companions into the dataset; the frequencies become a population. */
HW_API hw_status hw_linkage_read(const hw_linkage_input *in, hw_format_options *o, hw_dataset *d, hw_err *err) HW_MUST_CHECK;
/** The .map that goes with what the .ped writer writes: chromosome (0: not known), marker, position 0. */
HW_API hw_status hw_linkage_write_map(const hw_dataset *d, hw_str *out, hw_err *err) HW_MUST_CHECK;

/* --- inside --- */

#define LINKAGE_MAX_TOKENS 4096u

typedef struct linkage_token {
    const char *s;
    uint32_t n, column; /* column from 1, in bytes */
} linkage_token;

/** The lines of a text, cut at blanks or at tabs. */
typedef struct linkage_lines {
    const char *data;
    size_t size, pos;
    bool tabs;         /* fields end at tabs only */
    uint32_t line;     /* of the tokens, from 1 */
    size_t start, end; /* bytes of that line */
    linkage_token *token;
    uint32_t n;
    size_t cap;
} linkage_lines;
void linkage_lines_init(linkage_lines *l, const char *data, size_t size, bool tabs);
void linkage_lines_release(linkage_lines *l);
/** The next line with something on it; empty lines too when `empty`. */
hw_status linkage_lines_next(linkage_lines *l, bool empty, bool *ret_more, hw_err *err) HW_MUST_CHECK;
bool linkage_token_is(linkage_token t, const char *word); /* ASCII case ignored */

/** A column group of a .ped, as a .dat or .map says. */
typedef struct linkage_column {
    char type;        /* 'M' marker (two columns), else 'A','T','C','Z' (one column), '2' (two columns to skip) */
    const char *name; /* in the dataset's arena */
    hw_locus_kind kind;
} linkage_column;
typedef struct linkage_columns {
    linkage_column *column;
    uint32_t n;
    size_t cap;
    uint32_t n_markers;
} linkage_columns;
hw_status linkage_read_map(const hw_format_input *in, hw_dataset *d, linkage_columns *ret, hw_err *err) HW_MUST_CHECK;
hw_status linkage_read_dat(const hw_format_input *in, hw_dataset *d, linkage_columns *ret, hw_err *err) HW_MUST_CHECK;
hw_status linkage_read_freq(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err) HW_MUST_CHECK;
hw_status linkage_write_ped(const hw_dataset *d, const hw_format_options *o, hw_str *out, hw_str *losses, hw_err *err) HW_MUST_CHECK;
/** The members that a reader would take for missing (see above), ascending; returns how many. */
uint32_t linkage_missing(const hw_pedigree *ped, const hw_profile *const *profile, uint32_t *ret);

#ifdef __cplusplus
}
#endif
#endif
