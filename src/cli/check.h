// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Comparing with reference values: the tally of `lr --check`, and the kinds of reference documents. */
#ifndef HW_CLI_CHECK_H
#define HW_CLI_CHECK_H

#include "base/json.h"
#include "formats/json_format.h"

/** Likelihoods and ratios agree within this, relative. */
#define CHECK_TOLERANCE 1e-9

typedef struct check {
    hw_str out;             /* text lines, or the JSON document */
    hw_json *json;          /* NULL: text */
    size_t passed, failed, skipped;
    const char *file;
    /* the case being compared */
    const char *id;
    double tolerance, worst;
    size_t values, wrong;
    char first[300];        /* the first value that differs */
} check;

void check_begin(check *k, const char *id, double tolerance);
/** Compare with a number, "inf", "-inf" or "nan". Zeros, infinities and nan must be exact. A reference that is absent or null is a failure. */
void check_value(check *k, double ours, const json_t *reference, const char *what);
/** Compare logarithms: absolute below 1. */
void check_log(check *k, double ours, const json_t *reference, const char *what);
void check_true(check *k, bool good, const char *what);
/** The case could not be computed. */
void check_broken(check *k, const char *why);
/** One line: passed when at least one value was compared and none differs. */
void check_end(check *k);
void check_skip(check *k, const char *id, const char *why);

/* documents without hypotheses (check_parts.c); failures of single cases are counted, not returned */
hw_status check_matrices(check *k, const json_reader *r, const json_t *cases, hw_err *err) HW_MUST_CHECK;
hw_status check_relatedness(check *k, const json_reader *r, const json_t *cases, hw_err *err) HW_MUST_CHECK;
hw_status check_distributions(check *k, const json_reader *r, const json_t *cases, hw_err *err) HW_MUST_CHECK;
hw_status check_power(check *k, const json_reader *r, const json_t *cases, hw_err *err) HW_MUST_CHECK; /* check_power.c */

/* Parts of such documents, for all of them. */
typedef hw_status (*check_case_fn)(check *k, const json_reader *r, const json_path *at, const json_t *one, hw_err *err);
/** Each case through fn. A case that fails is a failed case; only want of memory ends the run. */
hw_status check_each(check *k, const json_reader *r, const json_t *cases, check_case_fn fn, hw_err *err) HW_MUST_CHECK;
/** A table under "alleles" and "frequencies" as a finished one (arena of the reader's dataset). */
hw_status check_table(const json_reader *r, const json_path *at, const json_t *table, hw_freq *ret, hw_err *err) HW_MUST_CHECK;

#endif
