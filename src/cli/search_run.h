// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The search of `homeward match` with what a folder keeps of it: finished parts in pairs.log, so that an interrupted search goes on; one shard of several; a search of what is
 * new since an earlier run; and the joining of shards.
 */
#ifndef HW_CLI_SEARCH_RUN_H
#define HW_CLI_SEARCH_RUN_H

#include "cli/inputs.h"
#include "kinship/match.h"

extern const arg_option SEARCH_OPTIONS[]; /* --shard --base --method */

/**
 * All pairs at or above the threshold into *ret. With a folder a large search keeps its finished parts there and goes on from them. *ret_shard: --shard was given, the
 * result is a part, to be joined by `homeward match merge`.
 */
hw_status search_run(cli *c, inputs *in, const hw_match_options *o, const char *folder, hw_pairs *ret, bool *ret_shard, hw_err *err) HW_MUST_CHECK;
/** The pairs of several runs of shards, named by the operands; all parts must be there. With a folder the joined log is kept there, as of a search in one piece. */
hw_status search_merge(cli *c, inputs *in, const hw_match_options *o, const char *folder, hw_pairs *ret, hw_err *err) HW_MUST_CHECK;

#endif
