// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The next best samples as a table for people, as CSV and as JSON. Fit for case workers: it says whom to ask and what for, and nothing about whether relatives fit.
 * Functions may be called from any thread; each appends to `out`. NO_MEMORY, LIMIT.
 */
#ifndef HW_REPORT_NEXT_REPORT_H
#define HW_REPORT_NEXT_REPORT_H

#include "kinship/next_sample.h"
#include "report/match_report.h"

/** What the figures rest on. */
typedef struct hw_next_report {
    const hw_dataset *d;
    const hw_match_options *m;
    const hw_next_options *p;
    const hw_next_result *r;
    const hw_next_loss *loss; /* or NULL */
    bool one_family;          /* the steps are alternatives */
} hw_next_report;

hw_status hw_report_next_text(const hw_next_report *c, const hw_report_options *o, hw_str *out, hw_err *err) HW_MUST_CHECK;
/** One line per part of a step. */
hw_status hw_report_next_csv(const hw_next_report *c, hw_str *out, hw_err *err) HW_MUST_CHECK;
hw_status hw_report_next_json(const hw_next_report *c, hw_str *out, hw_err *err) HW_MUST_CHECK;

/** What would settle a child's candidates. */
hw_status hw_report_next_child_text(const hw_dataset *d, const hw_next_child_result *r, const hw_report_options *o, hw_str *out, hw_err *err) HW_MUST_CHECK;
hw_status hw_report_next_child_csv(const hw_dataset *d, const hw_next_child_result *r, hw_str *out, hw_err *err) HW_MUST_CHECK;
hw_status hw_report_next_child_json(const hw_dataset *d, const hw_next_child_result *r, hw_str *out, hw_err *err) HW_MUST_CHECK;

#endif
