// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Settings that files bring in. One rule for every format: the first file that brings settings is followed; a later one that says
 * otherwise is reported and not used. Two files are never mixed: half a model of one laboratory and half of another is nobody's.
 */
#include <string.h>

#include "formats/format.h"

static bool same_number(double a, double b)
{
    return !(a < b || a > b);
}

static bool same_mutation(const hw_mutation *a, const hw_mutation *b)
{
    if (a->model != b->model || a->transform != b->transform || !same_number(a->rate, b->rate) || !same_number(a->rate2, b->rate2) ||
        !same_number(a->range, b->range)) {
        return false;
    }
    if (a->model != HW_MUTATION_CUSTOM) {
        return true;
    }
    if (a->n != b->n || (a->allele == NULL) != (b->allele == NULL) || (a->matrix == NULL) != (b->matrix == NULL)) {
        return false;
    }
    size_t n = a->n;
    for (size_t i = 0; a->allele != NULL && i < n; i++) {
        if (a->allele[i] != b->allele[i]) {
            return false;
        }
    }
    for (size_t i = 0; a->matrix != NULL && i < n * n; i++) {
        if (!same_number(a->matrix[i], b->matrix[i])) {
            return false;
        }
    }
    return true;
}

static bool same_locus(const hw_locus_settings *a, const hw_locus_settings *b)
{
    return same_mutation(&a->female, &b->female) && same_mutation(&a->male, &b->male) && same_number(a->silent, b->silent) &&
           a->has_silent_in_table == b->has_silent_in_table;
}

/* Does b say of every locus that a names what a says? */
static bool covers(const hw_settings *a, const hw_settings *b)
{
    for (uint32_t i = 0; i < a->n_by_locus; i++) {
        if (!same_locus(&a->by_locus[i], hw_settings_locus(b, a->by_locus[i].locus))) {
            return false;
        }
    }
    return true;
}

static bool same_linked(const hw_settings *a, const hw_settings *b)
{
    bool same = a->n_linked == b->n_linked;
    for (uint32_t i = 0; same && i < a->n_linked; i++) {
        const hw_linked_pair *x = &a->linked[i];
        same = false;
        for (uint32_t k = 0; k < b->n_linked; k++) {
            const hw_linked_pair *y = &b->linked[k];
            bool pair = (hw_streq(x->a, y->a) && hw_streq(x->b, y->b)) || (hw_streq(x->a, y->b) && hw_streq(x->b, y->a));
            same |= pair && same_number(x->rho, y->rho);
        }
    }
    return same;
}

static bool same_settings(const hw_settings *a, const hw_settings *b)
{
    /* every value below 0 asks for the theta of the population */
    bool same_theta = (a->theta < 0 && b->theta < 0) || same_number(a->theta, b->theta);
    return same_theta && a->rare_rule == b->rare_rule && (a->rare_rule != HW_RARE_FIXED || same_number(a->rare_value, b->rare_value)) &&
           same_number(a->sex_error, b->sex_error) && same_locus(&a->standard, &b->standard) && covers(a, b) && covers(b, a) &&
           same_linked(a, b);
}

hw_status hw_format_settings(hw_dataset *d, const char *file, const hw_settings *s, hw_err *err)
{
    if (d->has_settings) {
        if (!same_settings(&d->settings, s)) {
            const char *first = d->settings_file != NULL ? d->settings_file : "a file read before";
            hw_dataset_note(
                d, file, 0,
                "the mutation models and other settings of %s are not used: %s, read before it, states others, and those are followed",
                file, first);
        }
        return HW_OK;
    }
    const char *name = hw_arena_strdup(&d->arena, file);
    if (name == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    d->settings = *s;
    d->settings_file = name;
    d->has_settings = true;
    return HW_OK;
}
