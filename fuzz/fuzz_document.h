// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * What the fuzz targets of families, cases and documents share: read bytes in one format; what was read must survive our JSON unchanged, and
 * writing it in its own format must give something that reads again.
 */
#ifndef HW_FUZZ_DOCUMENT_H
#define HW_FUZZ_DOCUMENT_H

#include <string.h>

#include "formats/format.h"
#include "formats/text_input.h"

static inline void fuzz_check_dataset(const hw_dataset *d)
{
    for (size_t i = 0; i < d->n_profiles; i++) {
        HW_ASSERT(hw_dataset_find_profile(d, d->profile[i]->id) == d->profile[i]);
        HW_ASSERT(d->profile[i]->person != NULL);
    }
    for (size_t i = 0; i < d->n_families; i++) {
        const hw_family *f = &d->family[i];
        HW_ASSERT(f->n_missing <= f->pedigree.n);
        for (uint32_t k = 0; k < f->n_missing; k++) {
            HW_ASSERT(f->missing[k] < f->pedigree.n);
        }
    }
    for (size_t i = 0; i < d->n_cases; i++) {
        for (uint32_t k = 0; k < d->kase[i].n_loci; k++) {
            HW_ASSERT(d->kase[i].loci[k] < d->panel.n);
        }
    }
}

/* Reads text into an initialised dataset. */
static inline bool fuzz_read_text(const hw_str *text, hw_format_id id, bool keep_good, hw_dataset *d)
{
    HW_CLEANUP(hw_str_release) hw_str rejects;
    hw_str_init(&rejects, 1 << 24);
    hw_err err = {0};
    hw_format_input in = {"fuzz", text->s, text->len};
    hw_format_options o = {.keep_good = keep_good, .rejects = &rejects, .format = id};
    hw_status s = hw_format_read_text(&in, &o, d, &err);
    HW_ASSERT(s == err.code);
    HW_ASSERT(s == HW_OK || err.msg[0] != '\0');
    HW_ASSERT(keep_good || o.n_rejects == 0);
    return s == HW_OK;
}

static inline bool fuzz_write_text(const hw_dataset *d, hw_format_id id, hw_str *out)
{
    HW_CLEANUP(hw_str_release) hw_str losses;
    hw_str_init(out, 1 << 26);
    hw_str_init(&losses, 1 << 26);
    hw_err err = {0};
    hw_format_options o = {.format = id};
    const hw_format *f = hw_format_by_id(id);
    return f->write != NULL && f->write(d, &o, out, &losses, &err) == HW_OK;
}

static inline void fuzz_document(const uint8_t *bytes, size_t size, hw_format_id id, bool keep_good)
{
    HW_CLEANUP(hw_str_release) hw_str text, json, again, own;
    hw_str_init(&text, 1 << 22);
    hw_str_init(&json, 0);
    hw_str_init(&again, 0);
    hw_str_init(&own, 0);
    hw_str_addn(&text, (const char *)bytes, size);
    hw_text_encoding encoding;
    if (size > 1 << 20 || hw_text_decode(&text, &encoding, NULL) != HW_OK) {
        return;
    }
    hw_dataset d, e;
    hw_dataset_init(&d);
    if (fuzz_read_text(&text, id, keep_good, &d)) {
        fuzz_check_dataset(&d);
        if (fuzz_write_text(&d, HW_FORMAT_HOMEWARD_JSON, &json)) {
            hw_dataset_init(&e);
            HW_ASSERT(fuzz_read_text(&json, HW_FORMAT_HOMEWARD_JSON, false, &e));
            HW_ASSERT(fuzz_write_text(&e, HW_FORMAT_HOMEWARD_JSON, &again));
            HW_ASSERT(json.len == again.len && memcmp(json.s, again.s, json.len) == 0);
            hw_dataset_release(&e);
        }
        if (fuzz_write_text(&d, id, &own)) {
            hw_dataset_init(&e);
            (void)fuzz_read_text(&own, id, true, &e);
            hw_dataset_release(&e);
        }
    }
    hw_dataset_release(&d);
}

#endif
