// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * What a search has to say about its own inputs before and after it: loci that a table lacks, profiles that need a look, pairs that shared no locus.
 * Everything goes to the notes of inputs.review (notes.csv), in short to standard error, and the loci to run.json.
 */
#ifndef HW_CLI_REVIEW_H
#define HW_CLI_REVIEW_H

#include "cli/inputs.h"
#include "kinship/match.h"

/** Loci without frequencies, table by table; then every child and relative (hw_profile_review). `kept`: file that holds all notes, or NULL. */
hw_status review_inputs(const cli *c, inputs *in, const hw_match_options *o, const char *kept, hw_err *err) HW_MUST_CHECK;
/** Take candidates without a locus in common out of the list, and say how many they were. */
void review_drop_empty(const cli *c, inputs *in, hw_match_result *io);
/** Members of a table's object in run.json: "loci_used", "loci_without_frequencies". */
struct hw_json;
void review_write_table(const inputs *in, const hw_match_options *o, uint32_t table, struct hw_json *j);

#endif
