// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Decoding, rows, and the recognising of whatever it is. */
#include "fuzz_format.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HW_CLEANUP(hw_str_release) hw_str text;
    hw_str_init(&text, 1 << 22);
    hw_str_addn(&text, (const char *)data, size);
    hw_text_encoding encoding;
    if (size > 1 << 20 || hw_text_decode(&text, &encoding, NULL) != HW_OK) {
        return 0;
    }
    HW_ASSERT(hw_text_valid_utf8(text.s, text.len, NULL) && strlen(text.s) == text.len);
    hw_rows r;
    hw_rows_init(&r, text.s, text.len, 0);
    hw_field key, value;
    while (hw_rows_comment(&r, &key, &value)) {
        HW_ASSERT(key.len <= HW_ROWS_MAX_FIELD && value.len <= HW_ROWS_MAX_FIELD);
    }
    bool more = true;
    while (more) {
        hw_err err = {0};
        hw_status status = hw_rows_next(&r, &more, &err);
        HW_ASSERT(status == HW_OK || status == HW_PARSE);
        HW_ASSERT(r.end <= r.pos && r.pos <= r.size && r.start <= r.end);
        for (size_t i = 0; status == HW_OK && more && i < r.n; i++) {
            hw_format_where w = hw_rows_where(&r, i, NULL);
            HW_ASSERT(w.line >= r.line && w.column >= 1 && r.field[i].len <= HW_ROWS_MAX_FIELD);
        }
    }
    hw_rows_release(&r);
    hw_format_input in = {"fuzz.csv", text.s, text.len};
    (void)hw_format_detect(&in);
    return 0;
}
