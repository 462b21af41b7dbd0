// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Reading separated text (RFC 4180 quoting; comma, semicolon or tab) with line and column in every error, and writing it.
 * The reader works on a whole buffer in memory (UTF-8) and copies each record's fields into its own storage, valid until
 * the next call.
 */
#ifndef HW_BASE_CSV_H
#define HW_BASE_CSV_H

#include "base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hw_csv {
    const char *data;
    size_t size, pos;
    char sep;
    uint32_t line;        /* line of the record last returned, 1-based */
    uint32_t next_line;
    size_t n_fields;
    char **field;         /* NUL-terminated, unquoted */
    uint32_t *column;     /* 1-based byte column where each field starts */
    size_t field_cap;
    char *buf;
    size_t buf_cap;
    size_t max_fields, max_field_len;
} hw_csv;

/** sep 0: guessed from the first line outside quotes (tab if it has one, else ';' if it has one, else ','). A UTF-8 BOM is skipped. */
HW_API void hw_csv_init(hw_csv *c, const char *data, size_t size, char sep);
HW_API void hw_csv_release(hw_csv *c);
/** Next record; *ret_more is false at the end. LF, CRLF and CR ends; wholly empty lines are skipped. PARSE names line and column. */
HW_API hw_status hw_csv_next(hw_csv *c, bool *ret_more, hw_err *err) HW_MUST_CHECK;
/** Append one field with quoting where needed. */
HW_API void hw_csv_write(hw_str *out, const char *field, char sep, bool first);

#ifdef __cplusplus
}
#endif
#endif
