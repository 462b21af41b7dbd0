// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* What match and explain share: their options, and the inputs and match options made from them. */
#ifndef HW_CLI_MATCH_ARGS_H
#define HW_CLI_MATCH_ARGS_H

#include "cli/inputs.h"
#include "kinship/match.h"
#include "report/match_report.h"

extern const arg_option MATCH_OPTIONS[];  /* --threshold --prior */
extern const arg_option LINEAGE_OPTIONS[]; /* --lineage */
extern const arg_option THREAD_OPTIONS[]; /* --threads */
extern const arg_option LANG_OPTIONS[];   /* --lang */

/** Read everything that the options name, and fill *ret. USAGE when tables, children or families are lacking. */
hw_status match_read(cli *c, inputs *in, hw_match_options *ret, hw_err *err) HW_MUST_CHECK;
/** The same where children are not needed. */
hw_status families_read(cli *c, inputs *in, hw_match_options *ret, hw_err *err) HW_MUST_CHECK;
/** The same of children alone: no families, nor the options of match. */
hw_status match_read_children(cli *c, inputs *in, hw_match_options *ret, hw_err *err) HW_MUST_CHECK;
/** Tables of --freq; without it those that the files of people bring along. USAGE when there is none. */
hw_status match_take_populations(cli *c, inputs *in, hw_err *err) HW_MUST_CHECK;
/** Language, terminal, program name; the date into `date` (>= 24 bytes): of SOURCE_DATE_EPOCH when that is set, else today. */
hw_status report_from_args(cli *c, hw_report_options *ret, char *date, hw_err *err) HW_MUST_CHECK;

#endif
