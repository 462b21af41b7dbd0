// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/nearest.h"

#include <string.h>

#define MOST 40u

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions and replacements that make one of the other (Levenshtein). */
static size_t edits(const char *a, size_t na, const char *b, size_t nb)
{
    size_t row[MOST + 1];
    for (size_t j = 0; j <= nb; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t above = row[j];
            row[j] = smaller(smaller(above, row[j - 1]) + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[nb];
}

const char *nearest(const char *word, size_t n, const char *const *candidate, size_t n_candidates)
{
    const char *best = NULL;
    size_t least = SIZE_MAX, na = smaller(n, MOST);
    for (size_t i = 0; i < n_candidates; i++) {
        size_t nb = smaller(strlen(candidate[i]), MOST);
        size_t d = edits(word, na, candidate[i], nb);
        if (d < least && d <= 1 + (na > nb ? na : nb) / 4) {
            least = d;
            best = candidate[i];
        }
    }
    return best;
}
