// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/dataset.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_FAMILIES ((size_t)10000000)
#define MAX_CASES ((size_t)1000000)
#define MAX_POPULATIONS ((size_t)100000)
#define MAX_NOTES ((size_t)100000)
/* A national set of millions of profiles with their strings stays well below; a runaway reader does not. */
#define MAX_ARENA ((size_t)64 << 30)

void hw_dataset_init(hw_dataset *d)
{
    memset(d, 0, sizeof *d);
    hw_arena_init(&d->arena, MAX_ARENA);
    hw_panel_init(&d->panel);
    hw_map_init(&d->profile_by_id, HW_DATASET_MAX_PROFILES);
    hw_settings_init(&d->settings);
}

void hw_dataset_release(hw_dataset *d)
{
    for (size_t i = 0; i < d->n_families; i++) {
        if (d->family[i].under == NULL) {
            hw_pedigree_release(&d->family[i].pedigree);
        }
    }
    for (size_t i = 0; i < d->n_cases; i++) {
        for (uint32_t h = 0; h < d->kase[i].n_hypotheses; h++) {
            hw_pedigree_release(&d->kase[i].hypothesis[h]);
        }
    }
    for (size_t i = 0; i < d->n_populations; i++) {
        hw_population_release(d->population[i]);
    }
    hw_free(d->profile);
    hw_free(d->child);
    hw_free(d->family);
    hw_free(d->kase);
    hw_free(d->population);
    hw_free(d->note);
    hw_map_release(&d->profile_by_id);
    hw_panel_release(&d->panel);
    hw_arena_release(&d->arena);
    memset(d, 0, sizeof *d);
}

hw_status hw_dataset_add_part(hw_dataset *d, const hw_family *part, const char *under, uint32_t whole, hw_err *err)
{
    HW_TRY(HW_GROW(d->family, d->n_families, d->family_cap, MAX_FAMILIES, "families", err));
    hw_family *f = &d->family[d->n_families];
    *f = *part;
    f->under = hw_arena_strdup(&d->arena, under);
    f->whole = whole;
    if (f->under == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    d->n_families++;
    return HW_OK;
}

hw_status hw_dataset_add_profile(hw_dataset *d, hw_profile *p, hw_err *err)
{
    if (p->id == NULL || p->id[0] == '\0') {
        return HW_FAIL(err, HW_PARSE, "line %u: a profile without an id: every profile needs one", p->line);
    }
    uint64_t at = 0;
    if (hw_map_get(&d->profile_by_id, p->id, &at)) {
        return HW_FAIL(err, HW_CONFLICT,
                       "line %u: the profile id \"%s\" is taken (first read at line %u): give each typing an id of its own", p->line,
                       p->id, d->profile[at]->line);
    }
    HW_TRY(HW_GROW(d->profile, d->n_profiles, d->profile_cap, HW_DATASET_MAX_PROFILES, "profiles", err));
    HW_TRY(hw_map_put(&d->profile_by_id, p->id, d->n_profiles, err));
    d->profile[d->n_profiles++] = p;
    return HW_OK;
}

hw_status hw_dataset_add_child(hw_dataset *d, hw_profile *p, hw_err *err)
{
    /* Room first, so that a failure leaves no profile behind that is not a child. */
    HW_TRY(HW_GROW(d->child, d->n_children, d->child_cap, HW_DATASET_MAX_PROFILES, "children", err));
    HW_TRY(hw_dataset_add_profile(d, p, err));
    d->child[d->n_children++] = p;
    return HW_OK;
}

hw_status hw_dataset_add_family(hw_dataset *d, const char *id, size_t *ret_index, hw_err *err)
{
    HW_TRY(HW_GROW(d->family, d->n_families, d->family_cap, MAX_FAMILIES, "families", err));
    char *copy = hw_arena_strdup(&d->arena, id);
    if (copy == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_family *f = &d->family[d->n_families];
    memset(f, 0, sizeof *f);
    f->id = copy;
    hw_pedigree_init(&f->pedigree);
    *ret_index = d->n_families++;
    return HW_OK;
}

hw_status hw_dataset_add_case(hw_dataset *d, const char *id, size_t *ret_index, hw_err *err)
{
    HW_TRY(HW_GROW(d->kase, d->n_cases, d->case_cap, MAX_CASES, "cases", err));
    char *copy = hw_arena_strdup(&d->arena, id);
    if (copy == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_case *c = &d->kase[d->n_cases];
    memset(c, 0, sizeof *c);
    c->id = copy;
    hw_settings_init(&c->settings);
    *ret_index = d->n_cases++;
    return HW_OK;
}

hw_status hw_dataset_add_population(hw_dataset *d, const char *name, hw_population **ret, hw_err *err)
{
    HW_TRY(HW_GROW(d->population, d->n_populations, d->population_cap, MAX_POPULATIONS, "populations", err));
    hw_population *p = HW_NEW(&d->arena, hw_population, 1);
    char *copy = hw_arena_strdup(&d->arena, name);
    if (p == NULL || copy == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    p->name = copy;
    hw_map_init(&p->by_locus, HW_PANEL_MAX);
    d->population[d->n_populations++] = p;
    *ret = p;
    return HW_OK;
}

void hw_dataset_note(hw_dataset *d, const char *file, uint32_t line, const char *fmt, ...)
{
    /* A note that cannot be kept for want of memory is dropped: the next allocation of the caller reports the want. */
    if (d->n_notes >= MAX_NOTES || HW_GROW(d->note, d->n_notes, d->note_cap, MAX_NOTES, "notes", NULL) != HW_OK) {
        return;
    }
    char text[1000];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n < 0) {
        return;
    }
    size_t len = (size_t)n < sizeof text ? (size_t)n : sizeof text - 1;
    /* a cut inside a UTF-8 character: take the broken character away */
    if ((size_t)n >= sizeof text) {
        while (len > 0 && ((unsigned char)text[len - 1] & 0xC0u) == 0x80u) {
            len--;
        }
        if (len > 0 && ((unsigned char)text[len - 1] & 0x80u) != 0) {
            len--;
        }
    }
    char *copy = hw_arena_strndup(&d->arena, text, len);
    char *name = file != NULL ? hw_arena_strdup(&d->arena, file) : NULL;
    if (copy == NULL || (file != NULL && name == NULL)) {
        return;
    }
    d->note[d->n_notes++] = (hw_note){.file = name, .line = line, .text = copy};
}

const hw_profile *hw_dataset_find_profile(const hw_dataset *d, const char *id)
{
    uint64_t at = 0;
    return hw_map_get(&d->profile_by_id, id, &at) ? d->profile[at] : NULL;
}
