// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/review.h"

#include "base/json.h"

/* --- loci that a table lacks --- */

/* Does the locus enter ratios, as far as its kind says? */
static bool of_ratio_kind(const hw_panel_locus *l)
{
    return l->kind == HW_LOCUS_AUTOSOMAL || l->kind == HW_LOCUS_X;
}

/* The first table decides which loci are used; the others are asked about those. */
static bool asked(const hw_match_options *o, uint32_t table, const hw_panel_locus *l)
{
    return of_ratio_kind(l) && (table == 0 || hw_population_find(o->population[0], l->name) != NULL);
}

static uint32_t list_lacking(const inputs *in, const hw_match_options *o, uint32_t table, hw_str *names, uint32_t *ret_asked)
{
    const hw_panel *panel = &in->people.panel;
    uint32_t n = 0;
    *ret_asked = 0;
    for (size_t i = 0; i < panel->n; i++) {
        const hw_panel_locus *l = &panel->locus[i];
        if (!asked(o, table, l)) {
            continue;
        }
        ++*ret_asked;
        if (hw_population_find(o->population[table], l->name) == NULL) {
            hw_str_addf(names, "%s%s", n > 0 ? ", " : "", l->name);
            n++;
        }
    }
    return n;
}

static hw_status review_tables(const cli *c, inputs *in, const hw_match_options *o, hw_err *err)
{
    for (uint32_t t = 0; t < o->n_populations; t++) {
        HW_CLEANUP(hw_str_release) hw_str names = {0};
        hw_str_init(&names, 0);
        uint32_t total, n = list_lacking(in, o, t, &names, &total);
        HW_TRY(hw_str_check(&names, err));
        if (n == 0) {
            continue;
        }
        size_t before = in->review.n_notes;
        if (t == 0) {
            hw_dataset_note(&in->review, in->population_file[t], 0, "%s, by which pairs are ranked, has no frequencies of %u of the %u loci typed: they enter no ratio (%s)",
                            o->population[t]->name, n, total, names.s);
        } else {
            hw_dataset_note(&in->review, in->population_file[t], 0, "%s has no frequencies of %u of the loci used: its ratios rest on %u of %u loci (without %s)",
                            o->population[t]->name, n, total - n, total, names.s);
        }
        if (in->review.n_notes == before) {
            return HW_NO_MEMORY_FAIL(err);
        }
        term_note(c->command->name, "note: %s", in->review.note[before].text);
    }
    return HW_OK;
}

void review_write_table(const inputs *in, const hw_match_options *o, uint32_t table, hw_json *j)
{
    const hw_panel *panel = &in->people.panel;
    uint32_t used = 0;
    hw_json_key(j, "loci_without_frequencies");
    hw_json_array(j);
    for (size_t i = 0; i < panel->n; i++) {
        const hw_panel_locus *l = &panel->locus[i];
        if (!asked(o, table, l)) {
            continue;
        }
        if (hw_population_find(o->population[table], l->name) == NULL) {
            hw_json_string(j, l->name);
        } else {
            used++;
        }
    }
    hw_json_end(j);
    hw_json_key(j, "loci_used");
    hw_json_int(j, used);
}

/* --- profiles --- */

enum { KINDS = HW_NOTE_PARTIAL + 1 };

typedef struct counts {
    size_t by_kind[KINDS], all;
} counts;

static hw_status review_profile(inputs *in, const char *family, const hw_profile *p, counts *io, hw_err *err)
{
    hw_profile_note *note;
    size_t n;
    hw_arena *arena = &in->review.arena;
    hw_arena_mark mark = hw_arena_get_mark(arena);
    HW_TRY(hw_profile_review(arena, &in->people.panel, p, &note, &n, err));
    if (n == 0) { /* most profiles: give the room back */
        hw_arena_reset(arena, mark);
        return HW_OK;
    }
    const char *person = p->person != NULL ? p->person : p->id;
    for (size_t i = 0; i < n; i++) {
        io->by_kind[note[i].kind]++;
        io->all++;
        if (family != NULL) {
            hw_dataset_note(&in->review, NULL, 0, "family %s, person %s: %s", family, person, note[i].text);
        } else {
            hw_dataset_note(&in->review, NULL, 0, "child %s: %s", person, note[i].text);
        }
    }
    return HW_OK;
}

static hw_status review_profiles(const cli *c, inputs *in, const char *kept, hw_err *err)
{
    static const char *const what[KINDS] = {[HW_NOTE_CONFLICT] = "conflicting",
                                            [HW_NOTE_TRIALLELE] = "of three or more alleles",
                                            [HW_NOTE_OFF_LADDER] = "off-ladder",
                                            [HW_NOTE_SEX] = "stated sex against amelogenin",
                                            [HW_NOTE_PARTIAL] = "of one known allele"};
    const hw_dataset *d = &in->people;
    counts found = {0};
    for (size_t i = 0; i < d->n_children; i++) {
        HW_TRY(review_profile(in, NULL, d->child[i], &found, err));
    }
    for (size_t i = 0; i < d->n_families; i++) {
        const hw_family *f = &d->family[i];
        for (size_t k = 0; f->profile != NULL && k < f->pedigree.n; k++) {
            if (f->profile[k] != NULL) {
                HW_TRY(review_profile(in, f->id, f->profile[k], &found, err));
            }
        }
    }
    if (found.all == 0) {
        return HW_OK;
    }
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, 0);
    for (size_t i = 0; i < KINDS; i++) {
        if (found.by_kind[i] > 0) {
            hw_str_addf(&text, "%s%zu %s", text.len > 0 ? ", " : "", found.by_kind[i], what[i]);
        }
    }
    HW_TRY(hw_str_check(&text, err));
    term_note(c->command->name, "note: %zu reading%s of children and relatives to look at (%s)%s%s", found.all, found.all == 1 ? "" : "s", text.s,
              kept != NULL ? ": each in " : "; --out keeps each", kept != NULL ? kept : "");
    return HW_OK;
}

hw_status review_inputs(const cli *c, inputs *in, const hw_match_options *o, const char *kept, hw_err *err)
{
    HW_TRY(review_tables(c, in, o, err));
    return review_profiles(c, in, kept, err);
}

/* --- the list --- */

void review_drop_empty(const cli *c, inputs *in, hw_match_result *io)
{
    size_t n = 0;
    for (size_t i = 0; i < io->n_candidates; i++) {
        if (io->candidate[i].loci_used > 0) {
            io->candidate[n++] = io->candidate[i];
        }
    }
    in->without_loci = io->n_candidates - n;
    io->n_candidates = n;
    if (in->without_loci > 0) {
        hw_dataset_note(&in->review, NULL, 0, "%zu pair%s at or above the threshold %s no locus in common and %s not listed", in->without_loci,
                        in->without_loci == 1 ? "" : "s", in->without_loci == 1 ? "has" : "have", in->without_loci == 1 ? "is" : "are");
        term_note(c->command->name, "note: %zu pair%s at or above the threshold without a locus in common: not listed", in->without_loci,
                  in->without_loci == 1 ? "" : "s");
    }
}
