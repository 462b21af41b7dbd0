// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/typings.h"

#include <string.h>

/* --- children --- */

static hw_status merge_child(hw_dataset *d, hw_profile *const *typing, const size_t *which, size_t n, hw_profile **ret, hw_err *err)
{
    HW_AUTO_FREE const hw_profile **list = hw_alloc(n, sizeof *list);
    if (list == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < n; i++) {
        list[i] = typing[which[i]];
    }
    hw_profile_note *note;
    size_t n_notes;
    HW_TRY(hw_profile_merge(&d->arena, &d->panel, list, n, ret, &note, &n_notes, err));
    (*ret)->id = list[0]->person;
    (*ret)->person = list[0]->person;
    hw_dataset_note(d, NULL, 0, "child %s: %zu typings merged into one profile", list[0]->person, n);
    for (size_t i = 0; i < n_notes; i++) {
        hw_dataset_note(d, NULL, 0, "child %s: %s", list[0]->person, note[i].text);
    }
    return HW_OK;
}

/* One profile per child, in the order of first reading. */
static hw_status merge_children(hw_dataset *d, hw_err *err)
{
    HW_CLEANUP(hw_map_release) hw_map first = {0};
    hw_map_init(&first, HW_DATASET_MAX_PROFILES);
    HW_AUTO_FREE size_t *next = hw_alloc(d->n_children + 1, sizeof *next); /* next typing of the same person, plus 1 */
    HW_AUTO_FREE size_t *last = hw_alloc(d->n_children + 1, sizeof *last); /* by first typing */
    HW_AUTO_FREE size_t *which = hw_alloc(d->n_children + 1, sizeof *which);
    HW_AUTO_FREE bool *later = hw_alloc(d->n_children + 1, sizeof *later);
    if (next == NULL || last == NULL || which == NULL || later == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < d->n_children; i++) {
        uint64_t at;
        if (hw_map_get(&first, d->child[i]->person, &at)) {
            next[last[at]] = i + 1;
            last[at] = i;
            later[i] = true;
        } else {
            HW_TRY(hw_map_put(&first, d->child[i]->person, i, err));
            last[i] = i;
        }
    }
    if (first.count == d->n_children) {
        return HW_OK;
    }
    size_t kept = 0;
    HW_AUTO_FREE hw_profile **merged = hw_alloc(d->n_children + 1, sizeof *merged);
    if (merged == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < d->n_children; i++) {
        if (later[i]) {
            continue;
        }
        size_t n = 0;
        for (size_t k = i + 1; k != 0; k = next[k - 1]) {
            which[n++] = k - 1;
        }
        merged[kept] = d->child[i];
        if (n > 1) {
            HW_TRY(merge_child(d, d->child, which, n, &merged[kept], err));
        }
        kept++;
    }
    memcpy(d->child, merged, kept * sizeof *merged);
    d->n_children = kept;
    return HW_OK;
}

/* --- relatives --- */

/*
 * Readers merge the samples of a relative while they build the family, before any option is known. So when options change the samples, the merging is
 * done again from the samples, and its notes take the place of the first ones.
 */

typedef struct samples {
    hw_dataset *d;
    hw_map first;  /* "family, person" -> first sample */
    size_t *next;  /* by sample: the next one of the same person plus 1, or 0 */
    size_t *last;  /* by first sample */
    hw_map again;  /* what notes of relatives merged anew begin with */
} samples;

static void release_samples(samples *s)
{
    hw_map_release(&s->first);
    hw_map_release(&s->again);
    hw_free(s->next);
    hw_free(s->last);
}

static hw_status person_key(const char *family, const char *person, hw_str *key, hw_err *err)
{
    hw_str_clear(key);
    hw_str_addf(key, "%zu:%s:%s", strlen(family), family, person);
    return hw_str_check(key, err);
}

static hw_status index_samples(samples *s, hw_err *err)
{
    hw_dataset *d = s->d;
    HW_CLEANUP(hw_str_release) hw_str key = {0};
    hw_str_init(&key, 0);
    s->next = hw_alloc(d->n_profiles + 1, sizeof *s->next);
    s->last = hw_alloc(d->n_profiles + 1, sizeof *s->last);
    if (s->next == NULL || s->last == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < d->n_profiles; i++) {
        const hw_profile *p = d->profile[i];
        uint64_t at;
        if (p->family == NULL || p->person == NULL) {
            continue;
        }
        HW_TRY(person_key(p->family, p->person, &key, err));
        if (hw_map_get(&s->first, key.s, &at)) {
            s->next[s->last[at]] = i + 1;
            s->last[at] = i;
        } else {
            HW_TRY(hw_map_put(&s->first, key.s, i, err));
            s->last[i] = i;
        }
    }
    return HW_OK;
}

/* The profile of one relative, from the samples as they now are; NULL when they cannot be told. */
static hw_status merge_relative(samples *s, const hw_family *f, size_t person, hw_profile **ret, hw_err *err)
{
    hw_dataset *d = s->d;
    const hw_profile *old = f->profile[person], *list[100];
    HW_CLEANUP(hw_str_release) hw_str key = {0};
    hw_str_init(&key, 0);
    uint64_t at;
    size_t n = 0;
    *ret = NULL;
    HW_TRY(person_key(f->id, old->person != NULL ? old->person : old->id, &key, err));
    if (!hw_map_get(&s->first, key.s, &at)) {
        return HW_OK;
    }
    for (size_t k = (size_t)at + 1; k != 0; k = s->next[k - 1]) {
        if (n == sizeof list / sizeof list[0]) {
            return HW_OK;
        }
        list[n++] = d->profile[k - 1];
    }
    if (n < 2) {
        return HW_OK;
    }
    hw_profile_note *note;
    size_t n_notes;
    HW_TRY(hw_profile_merge(&d->arena, &d->panel, list, n, ret, &note, &n_notes, err));
    (*ret)->id = old->id;
    (*ret)->person = old->person;
    hw_str_clear(&key);
    hw_str_addf(&key, "family %s, person %s, %zu typings merged", f->id, f->pedigree.person[person].id, n);
    HW_TRY(hw_str_check(&key, err));
    HW_TRY(hw_map_put(&s->again, key.s, d->n_notes, err));
    for (size_t i = 0; i < n_notes; i++) {
        hw_dataset_note(d, NULL, 0, "%s: %s", key.s, note[i].text);
    }
    return HW_OK;
}

/* Notes of the first merging say what no longer holds. Those after the place in `again` are the new ones. */
static hw_status drop_old_notes(samples *s, hw_err *err)
{
    static const char mark[] = " typings merged";
    hw_dataset *d = s->d;
    size_t n = 0;
    HW_CLEANUP(hw_str_release) hw_str head = {0};
    hw_str_init(&head, 0);
    for (size_t i = 0; i < d->n_notes; i++) {
        const char *end = strstr(d->note[i].text, mark);
        uint64_t place = 0;
        bool old = false;
        if (end != NULL) {
            hw_str_clear(&head);
            hw_str_addn(&head, d->note[i].text, (size_t)(end - d->note[i].text) + sizeof mark - 1);
            HW_TRY(hw_str_check(&head, err));
            old = hw_map_get(&s->again, head.s, &place) && i < place;
        }
        if (!old) {
            d->note[n++] = d->note[i];
        }
    }
    d->n_notes = n;
    return HW_OK;
}

static void apply_to_sample(hw_profile *p, double dropout, double error)
{
    p->dropout = p->dropout > 0 ? p->dropout : dropout;
    p->error = p->error > 0 ? p->error : error;
}

static hw_status prepare_relatives(hw_dataset *d, double dropout, double error, hw_err *err)
{
    HW_CLEANUP(release_samples) samples s = {.d = d};
    hw_map_init(&s.first, HW_DATASET_MAX_PROFILES);
    hw_map_init(&s.again, HW_DATASET_MAX_PROFILES);
    HW_TRY(index_samples(&s, err));
    for (size_t i = 0; i < d->n_families; i++) {
        const hw_family *f = &d->family[i];
        for (size_t k = 0; f->profile != NULL && k < f->pedigree.n; k++) {
            const hw_profile *p = f->profile[k];
            if (p == NULL || hw_dataset_find_profile(d, p->id) == p) {
                continue; /* a sample of its own: it has the options already */
            }
            hw_profile *now;
            HW_TRY(merge_relative(&s, f, k, &now, err));
            if (now == NULL) {
                now = HW_NEW(&d->arena, hw_profile, 1);
                if (now == NULL) {
                    return HW_NO_MEMORY_FAIL(err);
                }
                *now = *p;
                apply_to_sample(now, dropout, error);
                hw_dataset_note(d, NULL, 0, "family %s, person %s: the typings were merged as the file gives them, before --dropout and --error", f->id,
                                f->pedigree.person[k].id);
            }
            f->profile[k] = now;
        }
    }
    return drop_old_notes(&s, err);
}

hw_status typings_prepare(hw_dataset *d, double dropout, double error, hw_err *err)
{
    if (dropout > 0 || error > 0) {
        for (size_t i = 0; i < d->n_profiles; i++) {
            apply_to_sample(d->profile[i], dropout, error);
        }
        HW_TRY(prepare_relatives(d, dropout, error, err));
    }
    return merge_children(d, err);
}
