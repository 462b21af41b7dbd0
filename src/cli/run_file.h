// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * run.json: what a matching run was made from (program, options, tables and inputs with their hashes, settings), so that a pair can be explained
 * later without repeating options, and nobody explains it from other data unawares. The same run gives the same bytes: no clock, no thread count.
 */
#ifndef HW_CLI_RUN_FILE_H
#define HW_CLI_RUN_FILE_H

#include "cli/inputs.h"
#include "kinship/match.h"

/** FNV-1a 64 of a file's bytes, as 16 hexadecimal digits. buf >= 17. */
hw_status file_hash(const char *path, char *buf, hw_err *err) HW_MUST_CHECK;
/** Append run.json to `out`. */
hw_status run_write(const cli *c, const inputs *in, const hw_match_options *o, const hw_match_result *r, hw_str *out, hw_err *err) HW_MUST_CHECK;
/** Options of FOLDER/run.json for those not given on the command line. CONFLICT when a file has changed since. */
hw_status run_apply(cli *c, const char *folder, hw_err *err) HW_MUST_CHECK;

#endif
