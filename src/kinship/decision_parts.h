// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Inside decisions: decision.c (joint identification, evidence, verdicts) and decision_siblings.c (pairs that only a sibling brings in). */
#ifndef HW_KINSHIP_DECISION_PARTS_H
#define HW_KINSHIP_DECISION_PARTS_H

#include "kinship/decision.h"

/*
 * The candidates of the result and, behind them, the pairs that siblings bring in: (y, family, missing) for siblings x and y when x is listed for a family that misses several. Texts
 * are constant; the array is in the arena.
 */
hw_status decision_candidates(const hw_dataset *d, const hw_match_options *o, const hw_match_result *r, const hw_sibling_pair *siblings, size_t n_siblings, hw_arena *arena,
                              hw_candidate **ret, size_t *ret_n, hw_err *err) HW_MUST_CHECK;

#endif
