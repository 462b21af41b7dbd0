// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The power of searching families as a table for people, as CSV and as JSON. For laboratories and investigators; nothing here is meant for families.
 * Functions may be called from any thread; each appends to `out`. NO_MEMORY, LIMIT.
 */
#ifndef HW_REPORT_POWER_REPORT_H
#define HW_REPORT_POWER_REPORT_H

#include "kinship/power.h"
#include "report/match_report.h"

/** What the figures rest on. */
typedef struct hw_power_context {
    const hw_dataset *d;
    const hw_match_options *m;
    const hw_power_options *p;
    double children; /* for the expected chance hits; 0: not given */
    bool loci;       /* the exclusion of every locus too */
} hw_power_context;

hw_status hw_report_power_text(const hw_power_context *c, const hw_power_result *r, const hw_report_options *o, hw_str *out, hw_err *err) HW_MUST_CHECK;
/** One line per missing person; what could not be computed has its column "error" filled and the numbers empty. */
hw_status hw_report_power_csv(const hw_power_context *c, const hw_power_result *r, hw_str *out, hw_err *err) HW_MUST_CHECK;
hw_status hw_report_power_json(const hw_power_context *c, const hw_power_result *r, hw_str *out, hw_err *err) HW_MUST_CHECK;
/** "enough", "weak", "no child can reach the threshold". */
const char *hw_power_verdict_text(hw_power_verdict v);

#endif
