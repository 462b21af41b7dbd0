// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The validation report: which program computed what from which data, and every reference value beside the computed one, for a laboratory to sign under
 * ISO/IEC 17025. Filled by the caller through hw_validation_file, _value and _end_case; strings are copied. It belongs to one thread.
 */
#ifndef HW_REPORT_VALIDATION_H
#define HW_REPORT_VALIDATION_H

#include "report/match_report.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hw_validation_value {
    const char *what;
    const char *expected; /* NULL: a statement that holds or does not */
    const char *computed;
    double difference;    /* relative; of logarithms below 1, absolute */
    bool good;
} hw_validation_value;

typedef struct hw_validation_case {
    const char *file, *id;
    const char *result;   /* "ok", "FAILED", "skipped" */
    const char *why;      /* or NULL */
    double tolerance, worst;
    size_t first, n;      /* its values */
} hw_validation_case;

typedef struct hw_validation_file {
    const char *role;     /* "program", "library", "table", "rates", "cases" */
    const char *path;
    char sha256[65];
} hw_validation_file;

typedef struct hw_validation {
    hw_arena arena;
    const char *version, *compiler, *machine; /* set by the caller; must outlive the report */
    const char *laboratory, *analyst;         /* or NULL: a line to write on */
    hw_validation_file *file;
    size_t n_files, file_cap;
    hw_validation_case *kase;
    size_t n_cases, case_cap;
    hw_validation_value *value;
    size_t n_values, value_cap;
    size_t begun;                             /* values before the case at hand */
    size_t passed, failed, skipped;
} hw_validation;

void hw_validation_init(hw_validation *v);
void hw_validation_release(hw_validation *v);
/** A file that the report rests on, hashed now. NOT_FOUND, IO, NO_MEMORY. */
hw_status hw_validation_add_file(hw_validation *v, const char *role, const char *path, hw_err *err) HW_MUST_CHECK;
hw_status hw_validation_add_value(hw_validation *v, const char *what, const char *expected, const char *computed, double difference, bool good,
                                  hw_err *err) HW_MUST_CHECK;
/** Close a case: the values added since the last one are its own. */
hw_status hw_validation_end_case(hw_validation *v, const char *file, const char *id, const char *result, const char *why, double tolerance, double worst,
                                 hw_err *err) HW_MUST_CHECK;

/* Each appends to `out`. */
/** A4 pages with every value. */
hw_status hw_report_validation_pdf(const hw_validation *v, const hw_report_options *o, hw_str *out, hw_err *err) HW_MUST_CHECK;
/** For a terminal: the cases, and of the values only those that differ. */
hw_status hw_report_validation_text(const hw_validation *v, const hw_report_options *o, hw_str *out, hw_err *err) HW_MUST_CHECK;
/** "homeward-validation/1", every value. */
hw_status hw_report_validation_json(const hw_validation *v, const hw_report_options *o, hw_str *out, hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
