// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * What the fuzz targets of the formats share: read bytes in one format, twice (all or nothing, and keeping the good), and check
 * what must hold of any outcome.
 */
#ifndef HW_FUZZ_FORMAT_H
#define HW_FUZZ_FORMAT_H

#include "formats/format.h"
#include "formats/text_input.h"

static inline void fuzz_check(const hw_dataset *d)
{
    for (size_t i = 0; i < d->n_profiles; i++) {
        HW_ASSERT(hw_dataset_find_profile(d, d->profile[i]->id) == d->profile[i]);
    }
    for (size_t i = 0; i < d->n_families; i++) {
        const hw_family *f = &d->family[i];
        HW_ASSERT(f->n_missing > 0 && f->n_missing <= f->pedigree.n);
        for (uint32_t k = 0; k < f->n_missing; k++) {
            HW_ASSERT(f->missing[k] < f->pedigree.n);
        }
    }
    for (size_t i = 0; i < d->n_populations; i++) {
        HW_ASSERT(d->population[i]->n > 0);
    }
}

/* Reads with one format, or whatever it is taken for (HW_FORMAT_UNKNOWN), and writes what was read. */
static inline void fuzz_read(const uint8_t *bytes, size_t size, hw_format_id id, bool keep_good)
{
    HW_CLEANUP(hw_str_release) hw_str text, rejects, out, losses;
    hw_str_init(&text, 1 << 22);
    hw_str_init(&rejects, 1 << 24);
    hw_str_init(&out, 1 << 26);
    hw_str_init(&losses, 1 << 24);
    hw_str_addn(&text, (const char *)bytes, size);
    hw_text_encoding encoding;
    hw_err err = {0};
    if (size > 1 << 20 || hw_text_decode(&text, &encoding, &err) != HW_OK) {
        return;
    }
    HW_ASSERT(hw_text_valid_utf8(text.s, text.len, NULL));
    hw_dataset d;
    hw_dataset_init(&d);
    hw_format_input in = {"fuzz", text.s, text.len};
    hw_format_options o = {.keep_good = keep_good, .rejects = &rejects, .format = id};
    hw_status status = hw_format_read_text(&in, &o, &d, &err);
    HW_ASSERT(status == err.code);
    HW_ASSERT(status == HW_OK || err.msg[0] != '\0');
    HW_ASSERT(keep_good || o.n_rejects == 0);
    if (status == HW_OK) {
        fuzz_check(&d);
        const hw_format *f = hw_format_by_id(d.n_profiles + d.n_families > 0 ? HW_FORMAT_CSV_WIDE : HW_FORMAT_FREQUENCY_TABLE);
        hw_err write_err = {0};
        (void)!f->write(&d, &o, &out, &losses, &write_err);
    }
    hw_dataset_release(&d);
}

#endif
