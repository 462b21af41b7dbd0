// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* "Did you mean": the nearest of some words to one that is not among them. */
#ifndef HW_CLI_NEAREST_H
#define HW_CLI_NEAREST_H

#include <stddef.h>
#include <stdint.h>

/** The word fewest edits away, at most one and a quarter of its length; NULL when none is near. The first 40 bytes count. */
const char *nearest(const char *word, size_t n, const char *const *candidate, size_t n_candidates);

#endif
