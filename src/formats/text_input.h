// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * From bytes to rows: decoding of what laboratories save (UTF-8, UTF-16, GB18030) and a reader of separated text whose
 * fields point into the text. A million profiles are fifty million fields, so nothing is copied and nothing allocated
 * per field; base/csv.h is the plain reader that copies.
 */
#ifndef HW_FORMATS_TEXT_INPUT_H
#define HW_FORMATS_TEXT_INPUT_H

#include "formats/format.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hw_text_encoding { HW_TEXT_UTF8, HW_TEXT_UTF16LE, HW_TEXT_UTF16BE, HW_TEXT_GB18030 } hw_text_encoding;

HW_API const char *hw_text_encoding_name(hw_text_encoding e);
/**
 * Turn the bytes in *io into UTF-8 in place: BOM removed, line ends kept. UTF-16 by its BOM or by where its zero bytes stand;
 * bytes that are not valid UTF-8 are taken for GB18030. PARSE names the byte and line where both fail, LIMIT when the text
 * would be longer than io->max. On failure *io is as it was.
 */
HW_API hw_status hw_text_decode(hw_str *io, hw_text_encoding *ret_encoding, hw_err *err) HW_MUST_CHECK;
/** Is it UTF-8 (no surrogates, no overlong forms)? *ret_bad: offset of the first byte that is not. */
HW_API bool hw_text_valid_utf8(const char *s, size_t n, size_t *ret_bad);
/** Line and column (in characters), both from 1, of a byte offset. */
HW_API void hw_text_position(const char *data, size_t size, size_t offset, uint32_t *ret_line, uint32_t *ret_column);

/** A field: not NUL-terminated, blanks at its ends and quotes removed. Valid until the next record. */
typedef struct hw_field {
    const char *s;
    uint32_t len;
    uint32_t at; /* offset of its first byte (the quote) from the start of the record */
} hw_field;

#define HW_ROWS_MAX_FIELDS ((size_t)4096)
#define HW_ROWS_MAX_FIELD ((size_t)65536)
#define HW_ROWS_MAX_RECORD ((size_t)16 << 20)
#define HW_ROWS_MAX_RECORDS ((size_t)20000000)

typedef struct hw_rows {
    const char *data;
    size_t size, pos;
    char sep;
    bool comments; /* lines that begin with '#' are skipped everywhere, not only before the header */
    uint32_t line; /* of the record last returned, from 1 */
    uint32_t next_line;
    size_t start, end; /* bytes of the record, without its line end */
    size_t n_records;
    hw_field *field;
    size_t n; /* fields of the record last returned */
    size_t cap;
    hw_arena scratch; /* fields with doubled quotes */
    size_t bad;       /* field at fault after a PARSE, or SIZE_MAX */
} hw_rows;

/** sep 0: from the first line that is no comment, outside quotes: tab if it has one, else ';', else ','. */
HW_API void hw_rows_init(hw_rows *r, const char *data, size_t size, char sep);
HW_API void hw_rows_release(hw_rows *r);
/** One leading comment line "# key: value"; false when the next line is none. A comment without ':' has an empty key. */
HW_API bool hw_rows_comment(hw_rows *r, hw_field *ret_key, hw_field *ret_value);
/**
 * Next record. LF, CRLF and CR ends; a line end inside quotes belongs to the field. Empty lines and records of empty fields only are
 * skipped. After a PARSE the reader stands behind the line at fault and can go on; LIMIT (records) is final.
 */
HW_API hw_status hw_rows_next(hw_rows *r, bool *ret_more, hw_err *err) HW_MUST_CHECK;
/**
 * For detection: reads the header, the first record behind the leading comments, in the first 64 KiB; false when there is none or the text
 * begins like XML or JSON. The next record can be read after it. Release r in either case.
 */
HW_API bool hw_rows_peek(hw_rows *r, const char *data, size_t size);
/** The place of field i (SIZE_MAX: the record) for hw_format_bad. */
HW_API hw_format_where hw_rows_where(const hw_rows *r, size_t i, const char *name);

/* --- header names --- */

/** Is the field one of `names` (separated by '|')? ASCII case, blanks, '_', '-' and '.' are ignored in the field; names are given so. */
HW_API bool hw_field_is(hw_field f, const char *names);
/** Like hw_field_is with a number behind: "Allele 3" against "allele" gives 3; 0 when it does not match or is beyond max. */
HW_API unsigned hw_field_numbered(hw_field f, const char *names, unsigned max);
/** A decimal number of the whole field with point or comma. */
HW_API bool hw_field_double(hw_field f, double *ret);
/** Copy into buf (cut at a character boundary), NUL-terminated. Returns buf. */
HW_API char *hw_field_copy(hw_field f, char *buf, size_t size);

/* --- input names and alleles --- */

/** File name without folders and extension, in the arena. NULL when out of memory. */
HW_API char *hw_text_stem(hw_arena *arena, const char *path) HW_MUST_CHECK;
/** One allele of a table cell: like hw_allele_parse, a comma is a decimal point. */
HW_API hw_status hw_field_allele(hw_field f, hw_allele *ret, hw_err *err) HW_MUST_CHECK;
/** Is the locus a known STR, whose alleles are numbers? A name such as "x" or "PIC" at one is a slip, not an allele. */
HW_API bool hw_text_is_str(const char *locus);
/** PARSE when the allele is a name and `str` is set. */
HW_API hw_status hw_field_allele_at(hw_field f, bool str, hw_allele *ret, hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
