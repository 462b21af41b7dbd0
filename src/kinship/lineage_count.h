// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Inside the room: what the two kinds of lineage evidence share. Not installed.
 */
#ifndef HW_KINSHIP_LINEAGE_COUNT_H
#define HW_KINSHIP_LINEAGE_COUNT_H

#include "kinship/lineage.h"

/**
 * Put frequency, limit and, if has_ratio, the ratios into r. The lower ratio uses the larger of limit and estimate. Statuses as hw_binomial_upper;
 * r is not to be used after a failure.
 */
hw_status hw_lineage_weigh(hw_lineage_count count, double p_related, bool has_ratio, hw_lineage_result *r, hw_err *err) HW_MUST_CHECK;

#endif
