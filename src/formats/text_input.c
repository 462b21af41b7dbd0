// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "formats/text_input.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/number.h"

/* --- encodings --- */

const char *hw_text_encoding_name(hw_text_encoding e)
{
    switch (e) {
    case HW_TEXT_UTF16LE:
        return "UTF-16LE";
    case HW_TEXT_UTF16BE:
        return "UTF-16BE";
    case HW_TEXT_GB18030:
        return "GB18030";
    case HW_TEXT_UTF8:
        break;
    }
    return "UTF-8";
}

/* Length of the character at s, 0 when it is none (RFC 3629). */
static size_t utf8_length(const unsigned char *s, size_t n)
{
    unsigned char c = s[0];
    if (c < 0x80) {
        return 1;
    }
    size_t len = c >= 0xC2 && c < 0xE0 ? 2 : c >= 0xE0 && c < 0xF0 ? 3 : c >= 0xF0 && c < 0xF5 ? 4 : 0;
    if (len == 0 || len > n) {
        return 0;
    }
    unsigned char low = 0x80, high = 0xBF;
    if (c == 0xE0) {
        low = 0xA0;
    } else if (c == 0xED) {
        high = 0x9F;
    } else if (c == 0xF0) {
        low = 0x90;
    } else if (c == 0xF4) {
        high = 0x8F;
    }
    if (s[1] < low || s[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    return len;
}

bool hw_text_valid_utf8(const char *s, size_t n, size_t *ret_bad)
{
    size_t i = 0;
    while (i < n) {
        /* tables are nearly all ASCII: eight bytes at a time */
        uint64_t word;
        while (n - i >= sizeof word) {
            memcpy(&word, s + i, sizeof word);
            if ((word & UINT64_C(0x8080808080808080)) != 0) {
                break;
            }
            i += sizeof word;
        }
        if (i == n) {
            break;
        }
        size_t len = utf8_length((const unsigned char *)s + i, n - i);
        if (len == 0) {
            if (ret_bad != NULL) {
                *ret_bad = i;
            }
            return false;
        }
        i += len;
    }
    return true;
}

void hw_text_position(const char *data, size_t size, size_t offset, uint32_t *ret_line, uint32_t *ret_column)
{
    uint32_t line = 1, column = 1;
    for (size_t i = 0; i < offset && i < size; i++) {
        unsigned char c = (unsigned char)data[i];
        if (c == '\n' || (c == '\r' && (i + 1 >= size || data[i + 1] != '\n'))) {
            line++;
            column = 1;
        } else if ((c & 0xC0) != 0x80) {
            column++;
        }
    }
    *ret_line = line;
    *ret_column = column;
}

static void add_utf8(hw_str *out, uint32_t c)
{
    char b[4];
    size_t n = 1;
    if (c < 0x80) {
        b[0] = (char)c;
    } else if (c < 0x800) {
        b[0] = (char)(0xC0 | c >> 6);
        n = 2;
    } else if (c < 0x10000) {
        b[0] = (char)(0xE0 | c >> 12);
        n = 3;
    } else {
        b[0] = (char)(0xF0 | c >> 18);
        n = 4;
    }
    for (size_t i = 1; i < n; i++) {
        b[i] = (char)(0x80 | (c >> 6 * (n - 1 - i) & 0x3F));
    }
    hw_str_addn(out, b, n);
}

static hw_status decode_utf16(const unsigned char *s, size_t n, bool big, hw_str *out, hw_err *err)
{
    const char *name = big ? "UTF-16BE" : "UTF-16LE";
    if (n % 2 != 0) {
        return HW_FAIL(err, HW_PARSE, "byte %zu: the file is %s but has an odd number of bytes: it was cut off; get it again", n, name);
    }
    unsigned hi = big ? 0 : 1;
    for (size_t i = 0; i < n; i += 2) {
        uint32_t c = (uint32_t)s[i + hi] << 8 | s[i + 1 - hi];
        if (c >= 0xD800 && c < 0xE000) {
            uint32_t low = i + 3 < n ? (uint32_t)s[i + 2 + hi] << 8 | s[i + 3 - hi] : 0;
            if (c >= 0xDC00 || low < 0xDC00 || low > 0xDFFF) {
                return HW_FAIL(err, HW_PARSE, "byte %zu: half a character in %s text; save the file as UTF-8", i, name);
            }
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
            i += 2;
        }
        if (c == 0) {
            return HW_FAIL(err, HW_PARSE, "byte %zu: a zero character in %s text: this is not a table", i, name);
        }
        if (c != 0xFEFF || i > 0) {
            add_utf8(out, c);
        }
    }
    return hw_str_check(out, err);
}

static hw_status decode_gb18030(const char *s, size_t n, size_t utf8_bad, hw_str *out, hw_err *err)
{
    iconv_t cd = iconv_open("UTF-8", "GB18030");
    if (cd == (iconv_t)-1) {
        return HW_FAIL(err, HW_UNSUPPORTED, "byte %zu is not UTF-8 and this system has no converter for GB18030; save the file as UTF-8",
                       utf8_bad);
    }
    char *in = (char *)(uintptr_t)s; /* iconv does not write to its input */
    size_t in_left = n;
    hw_status status = HW_OK;
    while (in_left > 0 && status == HW_OK) {
        char buf[4096];
        char *o = buf;
        size_t out_left = sizeof buf;
        size_t got = iconv(cd, &in, &in_left, &o, &out_left);
        hw_str_addn(out, buf, sizeof buf - out_left);
        status = hw_str_check(out, err);
        if (status == HW_OK && got == (size_t)-1 && errno != E2BIG) {
            uint32_t line, column, line8, column8;
            size_t bad = n - in_left;
            hw_text_position(s, n, bad, &line, &column);
            hw_text_position(s, n, utf8_bad, &line8, &column8);
            status = HW_FAIL(err, HW_PARSE,
                             "neither UTF-8 (wrong at byte %zu, line %u) nor GB18030 (wrong at byte %zu, line %u) nor UTF-16; "
                             "save the file as UTF-8",
                             utf8_bad, line8, bad, line);
        }
    }
    iconv_close(cd);
    return status;
}

/* Which UTF-16 it is, going by the zero bytes that its ASCII has. */
static bool looks_utf16(const unsigned char *s, size_t n, bool *ret_big)
{
    if (n >= 2 && ((s[0] == 0xFF && s[1] == 0xFE) || (s[0] == 0xFE && s[1] == 0xFF))) {
        *ret_big = s[0] == 0xFE;
        return true;
    }
    size_t zero[2] = {0, 0}, seen = n < 4096 ? n : 4096;
    for (size_t i = 0; i < seen; i++) {
        zero[i % 2] += s[i] == 0;
    }
    *ret_big = zero[0] > 0;
    return (zero[0] == 0) != (zero[1] == 0) && (zero[0] + zero[1]) * 16 >= seen;
}

hw_status hw_text_decode(hw_str *io, hw_text_encoding *ret_encoding, hw_err *err)
{
    const unsigned char *s = (const unsigned char *)io->s;
    size_t n = io->len, bad = 0;
    hw_text_encoding encoding = HW_TEXT_UTF8;
    bool big = false;
    HW_CLEANUP(hw_str_release) hw_str out;
    hw_str_init(&out, io->max);
    if (looks_utf16(s, n, &big)) {
        encoding = big ? HW_TEXT_UTF16BE : HW_TEXT_UTF16LE;
        HW_TRY(decode_utf16(s, n, big, &out, err));
    } else {
        const void *zero = n > 0 ? memchr(s, 0, n) : NULL;
        if (zero != NULL) {
            return HW_FAIL(err, HW_PARSE, "byte %zu: a zero byte: this is not a text file", (size_t)((const unsigned char *)zero - s));
        }
        if (hw_text_valid_utf8(io->s, n, &bad)) {
            if (n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0) {
                memmove(io->s, io->s + 3, n - 3 + 1);
                io->len = n - 3;
            }
            *ret_encoding = encoding;
            return HW_OK;
        }
        encoding = HW_TEXT_GB18030;
        HW_TRY(decode_gb18030(io->s, n, bad, &out, err));
        if (out.len >= 3 && memcmp(out.s, "\xEF\xBB\xBF", 3) == 0) {
            memmove(out.s, out.s + 3, out.len - 3 + 1);
            out.len -= 3;
        }
    }
    hw_str old = *io;
    *io = out;
    out = old;
    *ret_encoding = encoding;
    return HW_OK;
}

/* --- rows --- */

static bool at_line_end(const hw_rows *r, size_t i)
{
    return i >= r->size || r->data[i] == '\n' || r->data[i] == '\r';
}

static size_t line_end(const hw_rows *r, size_t i)
{
    while (!at_line_end(r, i)) {
        i++;
    }
    return i;
}

/* Behind the line end at i; counts the line. */
static size_t pass_line_end(hw_rows *r, size_t i)
{
    if (i < r->size) {
        i += r->data[i] == '\r' && i + 1 < r->size && r->data[i + 1] == '\n' ? 2 : 1;
        r->next_line++;
    }
    return i;
}

void hw_rows_init(hw_rows *r, const char *data, size_t size, char sep)
{
    memset(r, 0, sizeof *r);
    r->data = data;
    r->size = size;
    r->sep = sep;
    r->next_line = 1;
    r->bad = SIZE_MAX;
    hw_arena_init(&r->scratch, HW_ROWS_MAX_FIELDS * HW_ROWS_MAX_FIELD);
    if (sep != 0) {
        return;
    }
    size_t i = 0;
    while (i < size && (data[i] == '#' || at_line_end(r, i))) {
        i = line_end(r, i);
        i += i < size;
    }
    bool quoted = false, tab = false, semicolon = false;
    for (; i < size && (quoted || !at_line_end(r, i)); i++) {
        quoted ^= data[i] == '"';
        tab |= !quoted && data[i] == '\t';
        semicolon |= !quoted && data[i] == ';';
    }
    r->sep = tab ? '\t' : semicolon ? ';' : ',';
}

void hw_rows_release(hw_rows *r)
{
    hw_free(r->field);
    hw_arena_release(&r->scratch);
    memset(r, 0, sizeof *r);
}

static hw_field trimmed(const char *s, size_t n, size_t at)
{
    while (n > 0 && (*s == ' ' || *s == '\t')) {
        s++;
        n--;
    }
    while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t')) {
        n--;
    }
    return (hw_field){s, (uint32_t)n, (uint32_t)at};
}

bool hw_rows_comment(hw_rows *r, hw_field *ret_key, hw_field *ret_value)
{
    while (r->pos < r->size && at_line_end(r, r->pos)) {
        r->pos = pass_line_end(r, r->pos);
    }
    if (r->pos >= r->size || r->data[r->pos] != '#') {
        return false;
    }
    size_t start = r->pos + 1, end = line_end(r, r->pos);
    r->line = r->next_line;
    r->start = r->pos;
    r->end = end;
    r->pos = pass_line_end(r, end);
    size_t colon = start;
    while (colon < end && r->data[colon] != ':') {
        colon++;
    }
    /* a comment line may be as long as the file: what is read of it is cut */
    size_t stop = end - start > HW_ROWS_MAX_FIELD ? start + HW_ROWS_MAX_FIELD : end;
    if (colon >= stop) {
        *ret_key = (hw_field){"", 0, 0};
        *ret_value = trimmed(r->data + start, stop - start, 1);
    } else {
        *ret_key = trimmed(r->data + start, colon - start, 1);
        *ret_value = trimmed(r->data + colon + 1, stop - colon - 1, colon + 1 - r->start);
    }
    return true;
}

hw_format_where hw_rows_where(const hw_rows *r, size_t i, const char *name)
{
    hw_format_where w = {.line = r->line, .field = name, .record = r->data + r->start, .record_len = r->end - r->start};
    if (i < r->n) {
        uint32_t line, column;
        hw_text_position(w.record, w.record_len, r->field[i].at, &line, &column);
        w.line += line - 1;
        w.column = column;
    }
    return w;
}

/* A field in quotes that starts at r->data[i]; *ret_end is behind it. */
static hw_status quoted_field(hw_rows *r, size_t i, size_t *ret_end, hw_field *ret, hw_err *err)
{
    size_t start = i++, first = i;
    const char *from = NULL; /* unescaped text, once a doubled quote was met */
    size_t doubled = 0;
    for (;; i++) {
        if (i >= r->size) {
            return HW_FAIL(err, HW_PARSE, "expected a closing quote (\"), found the end of the file");
        }
        if (i - first > HW_ROWS_MAX_FIELD) {
            return HW_FAIL(err, HW_PARSE, "expected a field of at most %zu bytes; is a closing quote missing?", HW_ROWS_MAX_FIELD);
        }
        if (r->data[i] == '"') {
            if (i + 1 >= r->size || r->data[i + 1] != '"') {
                break;
            }
            doubled++;
            i++;
        }
    }
    size_t n = i - first - doubled;
    if (doubled > 0) {
        char *to = HW_NEW(&r->scratch, char, n + 1);
        if (to == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        from = to;
        for (size_t k = first; k < i; k++) {
            *to++ = r->data[k];
            k += r->data[k] == '"';
        }
    }
    i++;
    while (i < r->size && r->data[i] == ' ') {
        i++;
    }
    if (!at_line_end(r, i) && r->data[i] != r->sep) {
        return HW_FAIL(err, HW_PARSE, "expected a separator or the end of the line after the closing quote");
    }
    *ret_end = i;
    *ret = trimmed(from != NULL ? from : r->data + first, n, start - r->start);
    return HW_OK;
}

static hw_status one_field(hw_rows *r, size_t *io, hw_field *ret, bool *quotes, hw_err *err)
{
    size_t i = *io, start = i;
    const char *data = r->data;
    const char sep = r->sep;
    while (i < r->size && data[i] == ' ') {
        i++;
    }
    if (i < r->size && data[i] == '"') {
        *quotes = true;
        return quoted_field(r, i, io, ret, err);
    }
    while (i < r->size && data[i] != sep && data[i] != '\n' && data[i] != '\r') {
        i++;
    }
    if (i - start > HW_ROWS_MAX_FIELD) {
        return HW_FAIL(err, HW_PARSE, "expected a field of at most %zu bytes, found %zu", HW_ROWS_MAX_FIELD, i - start);
    }
    *ret = trimmed(data + start, i - start, start - r->start);
    *io = i;
    return HW_OK;
}

/* Behind the record that failed: the rest of its first line is given up. */
static void give_up_record(hw_rows *r)
{
    r->end = line_end(r, r->start);
    r->next_line = r->line;
    r->pos = pass_line_end(r, r->end);
}

hw_status hw_rows_next(hw_rows *r, bool *ret_more, hw_err *err)
{
    for (;;) {
        while (r->pos < r->size && at_line_end(r, r->pos)) {
            r->pos = pass_line_end(r, r->pos);
        }
        r->n = 0;
        r->bad = SIZE_MAX;
        r->line = r->next_line;
        r->start = r->end = r->pos;
        if (r->pos >= r->size) {
            *ret_more = false;
            return HW_OK;
        }
        if (r->comments && r->data[r->pos] == '#') {
            r->pos = line_end(r, r->pos);
            continue;
        }
        if (r->n_records >= HW_ROWS_MAX_RECORDS) {
            return HW_FAIL(err, HW_LIMIT, "line %u: more than %zu records; split the file", r->line, HW_ROWS_MAX_RECORDS);
        }
        if (r->scratch.used > 0) {
            hw_arena_reset(&r->scratch, (hw_arena_mark){0});
        }
        size_t i = r->pos;
        bool filled = false, quotes = false;
        for (;;) {
            hw_status status = HW_OK;
            if (r->n == HW_ROWS_MAX_FIELDS) {
                status = HW_FAIL(err, HW_PARSE, "expected at most %zu fields in a line", HW_ROWS_MAX_FIELDS);
            } else if (r->n == r->cap) {
                HW_TRY(HW_GROW(r->field, r->n, r->cap, HW_ROWS_MAX_FIELDS, "fields of a line", err));
            }
            if (status == HW_OK) {
                r->field[r->n].at = (uint32_t)(i - r->start);
                status = one_field(r, &i, &r->field[r->n], &quotes, err);
                if (status == HW_OK && i - r->start > HW_ROWS_MAX_RECORD) {
                    status = HW_FAIL(err, HW_PARSE, "expected a record of at most %zu bytes", HW_ROWS_MAX_RECORD);
                }
            }
            if (status == HW_PARSE) {
                r->bad = r->n < HW_ROWS_MAX_FIELDS ? r->n++ : SIZE_MAX;
                r->n_records++;
                give_up_record(r);
                return status;
            }
            HW_TRY(status);
            filled |= r->field[r->n].len > 0;
            r->n++;
            if (at_line_end(r, i)) {
                break;
            }
            i++; /* the separator */
        }
        r->end = i;
        if (quotes) {
            for (size_t k = r->start; k < r->end; k++) {
                bool crlf = r->data[k] == '\r' && r->data[k + 1] == '\n';
                r->next_line += !crlf && (r->data[k] == '\n' || r->data[k] == '\r');
            }
        }
        r->pos = pass_line_end(r, i);
        if (filled) {
            r->n_records++;
            *ret_more = true;
            return HW_OK;
        }
    }
}

bool hw_rows_peek(hw_rows *r, const char *data, size_t size)
{
    hw_rows_init(r, data, size < 65536 ? size : 65536, 0);
    hw_field key, value;
    while (hw_rows_comment(r, &key, &value)) {
    }
    size_t i = r->pos;
    while (i < r->size && (data[i] == ' ' || data[i] == '\t' || at_line_end(r, i))) {
        i++;
    }
    bool more = false;
    return i < r->size && data[i] != '<' && data[i] != '{' && hw_rows_next(r, &more, NULL) == HW_OK && more;
}

/* --- header names --- */

static bool is_filler(char c)
{
    return c == ' ' || c == '_' || c == '-' || c == '.';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Does f begin with the folded name, and where does it go on? */
static bool field_begins(hw_field f, const char *name, size_t n, size_t *ret_rest)
{
    size_t i = 0, k = 0;
    while (k < n) {
        while (i < f.len && is_filler(f.s[i])) {
            i++;
        }
        if (i >= f.len || lower(f.s[i]) != name[k]) {
            return false;
        }
        i++;
        k++;
    }
    while (i < f.len && is_filler(f.s[i])) {
        i++;
    }
    *ret_rest = i;
    return true;
}

static unsigned match_names(hw_field f, const char *names, bool numbered, unsigned max)
{
    while (*names != '\0') {
        size_t n = strcspn(names, "|"), rest;
        if (n > 0 && field_begins(f, names, n, &rest)) {
            if (!numbered && rest == f.len) {
                return 1;
            }
            int64_t number = 0;
            if (numbered && f.len - rest <= 3 && hw_parse_int(f.s + rest, f.len - rest, &number) && number > 0 && number <= (int64_t)max) {
                return (unsigned)number;
            }
        }
        names += n + (names[n] == '|');
    }
    return 0;
}

bool hw_field_is(hw_field f, const char *names)
{
    return match_names(f, names, false, 0) != 0;
}

unsigned hw_field_numbered(hw_field f, const char *names, unsigned max)
{
    return match_names(f, names, true, max);
}

bool hw_field_double(hw_field f, double *ret)
{
    char buf[64];
    if (f.len == 0 || f.len >= sizeof buf) {
        return false;
    }
    for (uint32_t i = 0; i < f.len; i++) {
        buf[i] = f.s[i] == ',' ? '.' : f.s[i];
    }
    return hw_parse_double(buf, f.len, ret);
}

char *hw_field_copy(hw_field f, char *buf, size_t size)
{
    size_t n = f.len < size ? f.len : size - 1;
    while (n > 0 && n < f.len && ((unsigned char)f.s[n] & 0xC0) == 0x80) {
        n--;
    }
    memcpy(buf, f.s, n);
    buf[n] = '\0';
    return buf;
}

char *hw_text_stem(hw_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return hw_arena_strndup(arena, name, dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name));
}

hw_status hw_field_allele(hw_field f, hw_allele *ret, hw_err *err)
{
    /* nearly every cell is one or two digits, or three with a point: read them here */
    const char *s = f.s;
    uint32_t n = f.len;
    if (n >= 1 && n <= 4 && s[0] >= '1' && s[0] <= '9') {
        int32_t v = s[0] - '0';
        uint32_t i = 1;
        while (i < n && s[i] >= '0' && s[i] <= '9') {
            v = v * 10 + (s[i++] - '0');
        }
        if (i == n) {
            *ret = v * 10;
            return HW_OK;
        }
        if (i + 2 == n && (s[i] == '.' || s[i] == ',') && s[i + 1] >= '0' && s[i + 1] <= '9') {
            *ret = v * 10 + (s[i + 1] - '0');
            return HW_OK;
        }
    }
    if (n < 64 && memchr(s, ',', n) != NULL) {
        char buf[64];
        for (uint32_t i = 0; i < n; i++) {
            buf[i] = s[i] == ',' ? '.' : s[i];
        }
        return hw_allele_parse(buf, n, ret, err);
    }
    return hw_allele_parse(s, n, ret, err);
}

bool hw_text_is_str(const char *locus)
{
    const hw_locus_info *info = hw_locus_find(locus);
    return info != NULL && info->kind != HW_LOCUS_AMEL;
}

hw_status hw_field_allele_at(hw_field f, bool str, hw_allele *ret, hw_err *err)
{
    HW_TRY(hw_field_allele(f, ret, err));
    if (str && *ret >= HW_ALLELE_NAMED) {
        char found[16];
        return HW_FAIL(err, HW_PARSE, "\"%s\" is no allele of an STR; expected a repeat number such as 9 or 9.3, <9, >20, OL, or nothing",
                       hw_field_copy(f, found, sizeof found));
    }
    return HW_OK;
}
