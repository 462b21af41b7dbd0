// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Logs of national searches: whatever comes, either chunks that read back as they were written, or a message with a line. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/status.h"
#include "base/file.h"
#include "base/str.h"
#include "formats/pair_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_log(const hw_pair_log *l, hw_str *out)
{
    hw_pair_log_write_header(l, out);
    for (size_t k = 0; k < l->n_chunks; k++) {
        if (l->there[k]) {
            hw_pair_log_write_chunk(&l->part[k], out);
        }
    }
}

/* What was read is written, read and written again: the same bytes. */
static void round_trip(const hw_pair_log *l)
{
    hw_pair_log again;
    hw_err err = {0};
    HW_CLEANUP(hw_str_release) hw_str first = {0};
    HW_CLEANUP(hw_str_release) hw_str second = {0};
    hw_str_init(&first, 0);
    hw_str_init(&second, 0);
    write_log(l, &first);
    if (hw_pair_log_read("again", first.s, first.len, &again, &err) != HW_OK) {
        HW_ASSERT(err.code == HW_NO_MEMORY);
        return;
    }
    HW_ASSERT(again.n_there == l->n_there && again.good_bytes == first.len);
    write_log(&again, &second);
    HW_ASSERT(first.len == second.len && memcmp(first.s, second.s, first.len) == 0);
    HW_ASSERT(hw_pair_log_join(&again, l, &err) == HW_OK && again.n_there == l->n_there);
    hw_pair_log_release(&again);
}

/* A mutated chunk would never have the hash that it states: put the right one there, so that its fields are tried too. */
static size_t with_hashes(char *text, size_t n)
{
    char *chunk = NULL;
    for (char *line = text, *stop; line < text + n && (stop = memchr(line, '\n', (size_t)(text + n - line))) != NULL; line = stop + 1) {
        size_t len = (size_t)(stop - line);
        chunk = len > 6 && memcmp(line, "chunk ", 6) == 0 ? line : chunk;
        if (chunk != NULL && len > 21 && memcmp(line, "end ", 4) == 0) {
            uint64_t h = hw_hash64(chunk, (size_t)(line - chunk));
            for (int i = 0; i < 16; i++) {
                stop[-1 - i] = "0123456789abcdef"[h >> (4 * i) & 15];
            }
        }
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, 0);
    hw_str_addn(&text, (const char *)data, size);
    for (int pass = 0; pass < 2 && text.s != NULL; pass++) {
        hw_pair_log l;
        hw_err err = {0};
        hw_status s = hw_pair_log_read("fuzz.log", text.s, text.len, &l, &err);
        if (s == HW_OK) {
            HW_ASSERT(l.good_bytes <= text.len && l.n_there <= l.n_chunks);
            round_trip(&l);
            hw_pair_log_release(&l);
        } else {
            HW_ASSERT(s == HW_NO_MEMORY || strstr(err.msg, s == HW_CONFLICT ? "twice" : "fuzz.log, line ") != NULL);
        }
        text.len = with_hashes(text.s, text.len);
    }
    return 0;
}
