// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The CSV reader, and the writer against it. The first byte chooses the separator and small limits. Whatever can be read is
 * written again and has to read back as the same records.
 */
#include <stdint.h>
#include <string.h>

#include "base/csv.h"
#include "base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What one record has to satisfy, whatever the input. */
static void check_record(const hw_csv *c, uint32_t line_before)
{
    HW_ASSERT(c->n_fields >= 1 && c->n_fields <= c->max_fields);
    HW_ASSERT(c->line > line_before && c->line < c->next_line + 1);
    HW_ASSERT(c->pos <= c->size);
    for (size_t i = 0; i < c->n_fields; i++) {
        HW_ASSERT(strlen(c->field[i]) <= c->max_field_len);
        HW_ASSERT(c->column[i] >= 1);
    }
}

static void write_record(hw_str *out, const hw_csv *c)
{
    for (size_t i = 0; i < c->n_fields; i++) {
        hw_csv_write(out, c->field[i], c->sep, i == 0);
    }
    hw_str_addc(out, '\n');
}

static void check_reads_back(const char *text, size_t size, char sep, const hw_str *written)
{
    hw_csv a, b;
    bool more_a = true, more_b = true;

    hw_csv_init(&a, text, size, sep);
    hw_csv_init(&b, written->s, written->len, sep);
    for (;;) {
        if (hw_csv_next(&a, &more_a, NULL) != HW_OK || !more_a) {
            break;
        }
        HW_ASSERT(hw_csv_next(&b, &more_b, NULL) == HW_OK && more_b);
        HW_ASSERT(a.n_fields == b.n_fields);
        for (size_t i = 0; i < a.n_fields; i++) {
            HW_ASSERT(strcmp(a.field[i], b.field[i]) == 0);
        }
    }
    hw_csv_release(&a);
    hw_csv_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char separators[] = {0, ',', ';', '\t'};
    HW_CLEANUP(hw_str_release) hw_str out;
    const char *text = (const char *)data + (size > 0);
    hw_err err = {0};
    bool more = true;
    uint32_t line = 0;
    hw_csv c;

    hw_str_init(&out, 0);
    if (size == 0) {
        return 0;
    }
    size--;
    hw_csv_init(&c, text, size, separators[data[0] & 3]);
    if (data[0] & 4) {
        c.max_fields = 5;
        c.max_field_len = 9;
    }
    for (;;) {
        hw_status s = hw_csv_next(&c, &more, &err);
        if (s != HW_OK) {
            HW_ASSERT(err.code == s && strncmp(err.msg, "line ", 5) == 0 && c.n_fields == 0);
            break;
        }
        if (!more) {
            break;
        }
        check_record(&c, line);
        line = c.line;
        write_record(&out, &c);
    }
    if (!(data[0] & 4) && hw_str_check(&out, NULL) == HW_OK) {
        check_reads_back(text, size, c.sep, &out);
    }
    hw_csv_release(&c);
    return 0;
}
