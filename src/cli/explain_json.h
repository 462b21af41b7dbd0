// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* The explanation of one pair as data. */
#ifndef HW_CLI_EXPLAIN_JSON_H
#define HW_CLI_EXPLAIN_JSON_H

#include "base/str.h"
#include "report/match_report.h"

/** Append one JSON document. NO_MEMORY, LIMIT. */
hw_status explain_json(const hw_explanation *x, const hw_pair_evidence *e, hw_str *out, hw_err *err) HW_MUST_CHECK;

#endif
