// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Separated text. A record's fields are unquoted into c->buf one after the other, each with its NUL.
 * The reader keeps two cursors: the state in hw_csv stays at the start of a record until the whole record is read, so
 * that an error is repeated, not skipped, when the caller asks again.
 */
#include "base/csv.h"

#include <string.h>

#include "base/memory.h"

#define FIELDS_MAX_DEFAULT ((size_t)4096)
#define FIELD_LEN_MAX_DEFAULT ((size_t)1 << 20)

/* A place in the text: offset, line, and the offset at which that line starts. */
typedef struct place {
    size_t pos, line_start;
    uint32_t line;
} place;

static size_t bom_size(const char *data, size_t size)
{
    return size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static char guess_separator(const char *data, size_t size)
{
    bool quoted = false, semicolon = false;

    for (size_t i = 0; i < size; i++) {
        char ch = data[i];
        if (ch == '"') {
            quoted = !quoted;
        } else if (quoted) {
            continue;
        } else if (ch == '\t') {
            return '\t';
        } else if (ch == ';') {
            semicolon = true;
        } else if (ch == '\n' || ch == '\r') {
            break;
        }
    }
    return semicolon ? ';' : ',';
}

void hw_csv_init(hw_csv *c, const char *data, size_t size, char sep)
{
    memset(c, 0, sizeof(*c));
    c->data = data != NULL ? data : "";
    c->size = data != NULL ? size : 0;
    c->pos = bom_size(c->data, c->size);
    c->sep = sep != 0 ? sep : guess_separator(c->data + c->pos, c->size - c->pos);
    c->next_line = 1;
    c->max_fields = FIELDS_MAX_DEFAULT;
    c->max_field_len = FIELD_LEN_MAX_DEFAULT;
}

void hw_csv_release(hw_csv *c)
{
    hw_free(c->field);
    hw_free(c->column);
    hw_free(c->buf);
    c->field = NULL;
    c->column = NULL;
    c->buf = NULL;
    c->n_fields = c->field_cap = c->buf_cap = 0;
}

static uint32_t column_of(const place *p)
{
    size_t column = p->pos - p->line_start + 1;
    return column < UINT32_MAX ? (uint32_t)column : UINT32_MAX;
}

/* Step over the line end at p (LF, CRLF or CR). */
static void pass_line_end(const hw_csv *c, place *p)
{
    p->pos += c->data[p->pos] == '\r' && p->pos + 1 < c->size && c->data[p->pos + 1] == '\n' ? 2 : 1;
    p->line_start = p->pos;
    p->line++;
}

static bool is_line_end(char ch)
{
    return ch == '\n' || ch == '\r';
}

/* Room in buf for `n` bytes from `used` on, and the NUL. The fields already read move with the buffer. */
static hw_status reserve(hw_csv *c, size_t used, size_t n, hw_err *err)
{
    size_t want = used + n + 1, cap = c->buf_cap < 256 ? 256 : c->buf_cap;
    char *buf;

    if (want <= c->buf_cap) {
        return HW_OK;
    }
    while (cap < want) {
        cap *= 2; /* want is bounded by the size of the text, which is in memory */
    }
    buf = hw_alloc(cap, 1);
    if (buf == NULL) {
        return HW_FAIL(err, HW_NO_MEMORY, "line %u: out of memory for a record of more than %zu bytes", c->next_line, used);
    }
    if (used > 0) {
        memcpy(buf, c->buf, used);
    }
    for (size_t i = 0; i < c->n_fields; i++) {
        c->field[i] = buf + (c->field[i] - c->buf);
    }
    hw_free(c->buf);
    c->buf = buf;
    c->buf_cap = cap;
    return HW_OK;
}

/* What a character that may not stand at p is. */
static hw_status bad_byte(const hw_csv *c, const place *p, hw_err *err)
{
    unsigned byte = (unsigned char)c->data[p->pos];

    if (byte == 0) {
        return HW_FAIL(err, HW_PARSE, "line %u, column %u: a zero byte, which text does not contain; save the file as UTF-8 text",
                       p->line, column_of(p));
    }
    return HW_FAIL(err, HW_PARSE, "line %u, column %u: byte 0x%02X is not UTF-8; save the file as UTF-8 text", p->line, column_of(p),
                   byte);
}

/*
 * Add the run of ordinary text at p to the field that began at buf[start]: up to a quote, a line end, or (outside quotes)
 * a separator. `open` is where the field starts, for messages.
 */
static hw_status take_run(hw_csv *c, place *p, bool quoted, size_t start, size_t *used, const place *open, hw_err *err)
{
    size_t i = p->pos, n;

    while (i < c->size) {
        char ch = c->data[i];
        size_t step;
        if (ch == '"' || is_line_end(ch) || (ch == c->sep && !quoted)) {
            break;
        }
        step = ch == '\0' ? 0 : hw_utf8_step(c->data + i, c->size - i);
        if (step == 0) {
            p->pos = i;
            return bad_byte(c, p, err);
        }
        i += step;
    }
    n = i - p->pos;
    if (*used - start + n > c->max_field_len) {
        return HW_FAIL(err, HW_LIMIT, "line %u, column %u: a field of more than %zu bytes; is a closing quote missing?", open->line,
                       column_of(open), c->max_field_len);
    }
    HW_TRY(reserve(c, *used, n, err));
    memcpy(c->buf + *used, c->data + p->pos, n);
    *used += n;
    p->pos = i;
    return HW_OK;
}

/* The rest of a quoted field; p stands behind the opening quote, afterwards behind the closing one. */
static hw_status read_quoted(hw_csv *c, place *p, size_t start, size_t *used, const place *open, hw_err *err)
{
    for (;;) {
        size_t end;
        HW_TRY(take_run(c, p, true, start, used, open, err));
        if (p->pos >= c->size) {
            return HW_FAIL(err, HW_PARSE, "line %u, column %u: the quote opened here is never closed", open->line, column_of(open));
        }
        end = p->pos + 1;
        if (is_line_end(c->data[p->pos])) {
            size_t from = p->pos;
            pass_line_end(c, p);
            HW_TRY(reserve(c, *used, p->pos - from, err));
            memcpy(c->buf + *used, c->data + from, p->pos - from);
            *used += p->pos - from;
        } else if (end < c->size && c->data[end] == '"') {
            HW_TRY(reserve(c, *used, 1, err));
            c->buf[(*used)++] = '"';
            p->pos += 2;
        } else {
            p->pos = end;
            break;
        }
        if (*used - start > c->max_field_len) {
            return HW_FAIL(err, HW_LIMIT, "line %u, column %u: a field of more than %zu bytes; is a closing quote missing?",
                           open->line, column_of(open), c->max_field_len);
        }
    }
    if (p->pos < c->size && c->data[p->pos] != c->sep && !is_line_end(c->data[p->pos])) {
        return HW_FAIL(err, HW_PARSE,
                       "line %u, column %u: text after a closing quote; expected a separator or the end of the line "
                       "(a quote inside a quoted field is written twice)",
                       p->line, column_of(p));
    }
    return HW_OK;
}

static hw_status add_field(hw_csv *c, size_t start, const place *open, hw_err *err)
{
    if (c->n_fields >= c->max_fields) {
        return HW_FAIL(err, HW_LIMIT, "line %u, column %u: more than %zu fields in one record", open->line, column_of(open),
                       c->max_fields);
    }
    if (c->n_fields == c->field_cap) {
        size_t cap = c->field_cap == 0 ? 32 : c->field_cap * 2;
        uint32_t *column;
        char **field = hw_realloc(c->field, cap, sizeof(*field));
        if (field == NULL) {
            return HW_FAIL(err, HW_NO_MEMORY, "line %u: out of memory for a record of %zu fields", open->line, cap);
        }
        c->field = field;
        column = hw_realloc(c->column, cap, sizeof(*column));
        if (column == NULL) {
            return HW_FAIL(err, HW_NO_MEMORY, "line %u: out of memory for a record of %zu fields", open->line, cap);
        }
        c->column = column;
        c->field_cap = cap;
    }
    c->field[c->n_fields] = c->buf + start;
    c->column[c->n_fields] = column_of(open);
    c->n_fields++;
    return HW_OK;
}

/* One field at p, which afterwards stands at a separator, a line end or the end. */
static hw_status read_field(hw_csv *c, place *p, size_t *used, hw_err *err)
{
    place open = *p;
    size_t start = *used;

    if (p->pos < c->size && c->data[p->pos] == '"') {
        p->pos++;
        HW_TRY(read_quoted(c, p, start, used, &open, err));
    } else {
        HW_TRY(take_run(c, p, false, start, used, &open, err));
        if (p->pos < c->size && c->data[p->pos] == '"') {
            return HW_FAIL(err, HW_PARSE,
                           "line %u, column %u: a quote inside an unquoted field; put the whole field in quotes and write the "
                           "quote twice",
                           p->line, column_of(p));
        }
    }
    HW_TRY(reserve(c, *used, 0, err));
    c->buf[(*used)++] = '\0';
    return add_field(c, start, &open, err);
}

/* The fields of one record; p stands behind them afterwards, at a line end or the end. */
static hw_status read_record(hw_csv *c, place *p, hw_err *err)
{
    size_t used = 0;

    for (;;) {
        HW_TRY(read_field(c, p, &used, err));
        if (p->pos >= c->size || is_line_end(c->data[p->pos])) {
            return HW_OK;
        }
        p->pos++; /* the separator; a field follows even at the end of the text */
    }
}

hw_status hw_csv_next(hw_csv *c, bool *ret_more, hw_err *err)
{
    place p = {c->pos, c->pos, c->next_line}; /* columns count from here: a byte order mark is none */
    uint32_t first_line;
    hw_status s;

    while (p.pos < c->size && is_line_end(c->data[p.pos])) {
        pass_line_end(c, &p);
    }
    first_line = p.line;
    c->n_fields = 0;
    if (p.pos >= c->size) {
        c->pos = p.pos;
        c->next_line = p.line;
        *ret_more = false;
        return HW_OK;
    }
    s = read_record(c, &p, err);
    if (s != HW_OK) {
        c->n_fields = 0;
        return s;
    }
    if (p.pos < c->size) {
        pass_line_end(c, &p);
    }
    c->line = first_line;
    c->pos = p.pos;
    c->next_line = p.line;
    *ret_more = true;
    return HW_OK;
}

void hw_csv_write(hw_str *out, const char *field, char sep, bool first)
{
    /* Every separator is quoted, not sep alone, so that a reader that guesses it finds the same one. */
    const char special[] = {',', ';', '\t', '"', '\n', '\r', sep, '\0'};
    size_t n;

    if (field == NULL) {
        field = "";
    }
    if (!first) {
        hw_str_addc(out, sep);
    }
    n = strlen(field);
    /*
     * A first field is also quoted when it is empty, because it may be the only one and an empty line is no record; and when
     * it begins like a byte order mark, which a reader would drop.
     */
    if (field[strcspn(field, special)] == '\0' && !(first && (n == 0 || bom_size(field, n) > 0))) {
        hw_str_addn(out, field, n);
        return;
    }
    hw_str_addc(out, '"');
    for (size_t i = 0; i < n; i++) {
        if (field[i] == '"') {
            hw_str_addc(out, '"');
        }
        hw_str_addc(out, field[i]);
    }
    hw_str_addc(out, '"');
}
