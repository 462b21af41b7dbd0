// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The mark of synthetic data, which must go with the people into every format and come back from it: invented people may never
 * be taken for real ones. Each format carries it where other programs leave it alone (format.h says where).
 */
#include <string.h>

#include "formats/format.h"

bool hw_format_is_synthetic(const hw_dataset *d)
{
    bool synthetic = d->synthetic;
    for (size_t i = 0; i < d->n_profiles && !synthetic; i++) {
        synthetic = d->profile[i]->synthetic;
    }
    return synthetic;
}

void hw_format_mark_synthetic(hw_dataset *d, size_t from)
{
    d->synthetic = true;
    for (size_t i = from; i < d->n_profiles; i++) {
        d->profile[i]->synthetic = true;
    }
}

const char *hw_format_take_mark(const char *text, bool *io_synthetic)
{
    if (text == NULL || !hw_str_starts(text, HW_FORMAT_SYNTHETIC)) {
        return text;
    }
    *io_synthetic = true;
    const char *rest = text + strlen(HW_FORMAT_SYNTHETIC);
    if (rest[0] == '\0') {
        return NULL;
    }
    return rest[0] == ':' && rest[1] == ' ' && rest[2] != '\0' ? rest + 2 : text; /* in other words: the text says more */
}
