// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "fuzz_document.h"

#include "formats/linkage.h"

/* The bytes cut at the first NUL: a .ped, and what follows as its companion. */
static void fuzz_companions(const uint8_t *data, size_t size)
{
    const uint8_t *cut = memchr(data, 0, size);
    if (size == 0 || cut == NULL) {
        return;
    }
    HW_CLEANUP(hw_str_release) hw_str ped, other;
    hw_str_init(&ped, 1 << 22);
    hw_str_init(&other, 1 << 22);
    hw_str_addn(&ped, (const char *)data, (size_t)(cut - data));
    hw_str_addn(&other, (const char *)cut + 1, size - (size_t)(cut - data) - 1);
    hw_text_encoding encoding;
    if (hw_text_decode(&ped, &encoding, NULL) != HW_OK || hw_text_decode(&other, &encoding, NULL) != HW_OK) {
        return;
    }
    hw_format_input in = {"fuzz.ped", ped.s, ped.len}, beside = {"fuzz.map", other.s, other.len};
    for (int kind = 0; kind < 3; kind++) {
        hw_linkage_input all = {&in, kind == 0 ? &beside : NULL, kind == 1 ? &beside : NULL, kind == 2 ? &beside : NULL};
        hw_format_options o = {0};
        hw_err err = {0};
        hw_dataset d;
        hw_dataset_init(&d);
        hw_status s = hw_linkage_read(&all, &o, &d, &err);
        HW_ASSERT(s == err.code);
        hw_dataset_release(&d);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_document(data, size, HW_FORMAT_LINKAGE, false);
    fuzz_document(data, size, HW_FORMAT_LINKAGE, true);
    fuzz_document(data, size, HW_FORMAT_FREQ_LINES, size % 2 == 0);
    fuzz_companions(data, size);
    return 0;
}
