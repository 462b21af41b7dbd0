/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/*
 * Exact lumping. Alleles that nobody showed start as one class; a class is
 * split while two of its alleles mutate differently into any class.
 */
#include "locus.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double into_class(const double *m, size_t n, size_t i, const size_t *cls, size_t target)
{
    double sum = 0.0;

    for (size_t j = 0; j < n; j++) {
        if (cls[j] == target)
            sum += m[i * n + j];
    }
    return sum;
}

static bool alike(const double *m, size_t n, size_t i, size_t j, const size_t *cls, size_t classes)
{
    for (size_t c = 0; c < classes; c++) {
        double a = into_class(m, n, i, cls, c);
        double b = into_class(m, n, j, cls, c);

        if (fabs(a - b) > 1e-14 * fmax(a, b))
            return false;
    }
    return true;
}

/* One round of splitting; returns the new number of classes. */
static size_t refine(const struct locus *locus, size_t *cls, size_t classes)
{
    size_t n = locus->n;
    size_t fresh[MAX_ALLELES];
    size_t first[MAX_ALLELES];
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        size_t c;

        for (c = 0; c < count; c++) {
            size_t j = first[c];

            if (cls[i] == cls[j] && alike(locus->female, n, i, j, cls, classes) && alike(locus->male, n, i, j, cls, classes))
                break;
        }
        if (c == count)
            first[count++] = i;
        fresh[i] = c;
    }
    memcpy(cls, fresh, n * sizeof *cls);
    return count;
}

static void shrink_matrix(double *m, size_t n, const size_t *cls, const size_t *first, size_t classes)
{
    double *small = calloc(classes * classes, sizeof *small);

    if (small == NULL)
        abort();
    for (size_t a = 0; a < classes; a++) {
        for (size_t b = 0; b < classes; b++)
            small[a * classes + b] = into_class(m, n, first[a], cls, b);
    }
    memcpy(m, small, classes * classes * sizeof *m);
    free(small);
}

static int moved(const size_t *cls, int allele)
{
    return allele < 0 ? -1 : (int)cls[allele];
}

void locus_lump(struct locus *locus, size_t persons)
{
    size_t n = locus->n;
    size_t cls[MAX_ALLELES];
    size_t first[MAX_ALLELES] = {0};
    bool shown[MAX_ALLELES] = {false};
    double freq[MAX_ALLELES] = {0.0};
    size_t classes = 1;
    size_t before;

    if (locus->silent >= 0)
        shown[locus->silent] = true;
    for (size_t i = 0; i < persons; i++) {
        const struct seen *s = &locus->seen[i];

        if (s->typed && s->a >= 0)
            shown[s->a] = true;
        if (s->typed && s->b >= 0)
            shown[s->b] = true;
    }
    for (size_t i = 0; i < n; i++)
        cls[i] = shown[i] ? classes++ : 0;
    do {
        before = classes;
        classes = refine(locus, cls, classes);
    } while (classes != before);

    for (size_t i = n; i-- > 0;)
        first[cls[i]] = i;
    shrink_matrix(locus->female, n, cls, first, classes);
    shrink_matrix(locus->male, n, cls, first, classes);
    for (size_t i = 0; i < n; i++)
        freq[cls[i]] += locus->freq[i];
    memcpy(locus->freq, freq, sizeof freq);
    locus->n = classes;
    locus->silent = moved(cls, locus->silent);
    for (size_t i = 0; i < persons; i++) {
        locus->seen[i].a = moved(cls, locus->seen[i].a);
        locus->seen[i].b = moved(cls, locus->seen[i].b);
    }
}
