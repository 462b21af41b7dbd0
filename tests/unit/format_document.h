// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* What the tests of families, cases and documents share: reading and writing by format, whole datasets as text, likelihoods of a case. */
#ifndef HW_TESTS_FORMAT_DOCUMENT_H
#define HW_TESTS_FORMAT_DOCUMENT_H

#include "format_fixture.h"
#include "kinship/likelihood.h"

static inline hw_status read_named(fixture *f, hw_format_id id, const char *name, const char *text, size_t n)
{
    hw_format_input in = {name, text, n};
    f->o.format = id;
    return hw_format_read_text(&in, &f->o, &f->d, &f->err);
}

static inline void must_read(fixture *f, hw_format_id id, const char *name, const char *text)
{
    fixture_init(f);
    if (read_named(f, id, name, text, strlen(text)) != HW_OK) {
        fail_msg("not read: %s", f->err.msg);
    }
}

static inline void must_read_file(fixture *f, const char *path)
{
    fixture_init(f);
    if (hw_format_read_file(path, &f->o, &f->d, &f->err) != HW_OK) {
        fail_msg("not read: %s", f->err.msg);
    }
}

static inline void must_write(const hw_dataset *d, hw_format_id id, hw_str *out, hw_str *losses)
{
    hw_err err = {0};
    hw_format_options o = {0};
    hw_str_init(out, 0);
    hw_str_init(losses, 0);
    if (hw_format_by_id(id)->write(d, &o, out, losses, &err) != HW_OK) {
        fail_msg("not written: %s", err.msg);
    }
}

/* The whole dataset as our JSON, which loses nothing, without the notes (they tell where a file was read). */
static inline char *as_text(hw_dataset *d)
{
    hw_str out, losses;
    size_t notes = d->n_notes;
    d->n_notes = 0;
    must_write(d, HW_FORMAT_HOMEWARD_JSON, &out, &losses);
    d->n_notes = notes;
    assert_int_equal(losses.len, 0);
    char *copy = strdup(out.s);
    hw_str_release(&out);
    hw_str_release(&losses);
    return copy;
}

/* Every allocation of reading the text and of writing it as `write` fails once. */
static inline void fail_every_allocation(hw_format_id id, const char *name, const char *text, hw_format_id write)
{
    for (int sticky = 0; sticky < 2; sticky++) {
        for (long nth = 1;; nth++) {
            fixture f;
            hw_str out, losses;
            hw_str_init(&out, 0);
            hw_str_init(&losses, 0);
            fixture_init(&f);
            hw_alloc_fail_at(nth, sticky == 1);
            hw_status s = read_named(&f, id, name, text, strlen(text));
            if (s == HW_OK) {
                s = hw_format_by_id(write)->write(&f.d, &f.o, &out, &losses, &f.err);
            }
            bool reached = hw_alloc_count() >= nth;
            hw_alloc_fail_at(0, false);
            if (s != HW_OK && s != HW_NO_MEMORY) {
                fail_msg("allocation %ld: %s: %s", nth, hw_status_name(s), f.err.msg);
            }
            hw_str_release(&out);
            hw_str_release(&losses);
            fixture_release(&f);
            if (!reached) {
                assert_int_equal(s, HW_OK);
                break;
            }
            assert_true(nth < 100000);
        }
    }
}

/* The dataset's arena ends a little later each time: every string and array that is kept fails once. */
static inline void starve(hw_format_id id, const char *name, const char *text)
{
    for (size_t cap = 16;; cap += 16) {
        fixture f;
        fixture_init(&f);
        f.d.arena.cap = cap;
        hw_status s = read_named(&f, id, name, text, strlen(text));
        fixture_release(&f);
        if (s == HW_OK) {
            return;
        }
        assert_true(s == HW_NO_MEMORY && cap < 10000000);
    }
}

/* Reads what may be anything: it is read, or refused with a message. */
static inline void read_anything(hw_format_id id, const char *name, const char *text, size_t n)
{
    for (int keep = 0; keep < 2; keep++) {
        fixture f;
        fixture_init(&f);
        f.o.keep_good = keep == 1;
        HW_AUTO_FREE char *copy = hw_strndup(text, n); /* exactly as long as it is, for the sanitizers */
        hw_status s = read_named(&f, id, name, copy, n);
        if (s != f.err.code || (s != HW_OK && f.err.msg[0] == '\0')) {
            fail_msg("status %s, message \"%s\"", hw_status_name(s), f.err.msg);
        }
        fixture_release(&f);
    }
}

/* Cut at every `step` bytes. */
static inline void truncate_everywhere(hw_format_id id, const char *name, const char *text, size_t step)
{
    for (size_t n = strlen(text); n > step; n -= step) {
        read_anything(id, name, text, n);
    }
}

/* Every line in turn taken away or replaced by something else. */
static inline void replace_every_line(hw_format_id id, const char *name, const char *text)
{
    static const char *const instead[] = {NULL, "", "x", "-1", "3", "99999999999", "0.5", "#TRUE#", "\"!!\"", "[[[Family 9]]]", "Allele1= 8", "SystemName= FGA"};
    hw_str b;
    hw_str_init(&b, 0);
    for (const char *line = text; *line != '\0';) {
        const char *end = strchr(line, '\n');
        end = end != NULL ? end + 1 : line + strlen(line);
        for (size_t i = 0; i < sizeof instead / sizeof instead[0]; i++) {
            hw_str_clear(&b);
            hw_str_addn(&b, text, (size_t)(line - text));
            if (instead[i] != NULL) {
                hw_str_addf(&b, "%s\n", instead[i]);
            }
            hw_str_add(&b, end);
            read_anything(id, name, b.s, b.len);
        }
        line = end;
    }
    hw_str_release(&b);
}

/* Likelihood of hypothesis h of a case at its locus i, under its own table (or `population`) and settings (or `settings`). */
static inline double case_likelihood(const hw_dataset *d, const hw_case *c, uint32_t h, uint32_t i, const hw_population *population,
                                     const hw_settings *settings)
{
    hw_err err = {0};
    hw_arena arena;
    hw_arena_init(&arena, 0);
    const hw_pedigree *ped = &c->hypothesis[h];
    uint32_t locus = c->loci[i];
    const char *name = d->panel.locus[locus].name;
    population = population != NULL ? population : c->population;
    settings = settings != NULL ? settings : &c->settings;
    hw_typing *typing = HW_NEW(&arena, hw_typing, ped->n);
    hw_allele *seen = HW_NEW(&arena, hw_allele, 2 * ped->n);
    size_t n_seen = 0;
    for (size_t k = 0; k < ped->n; k++) {
        typing[k] = (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0, 0};
        for (uint32_t p = 0; p < c->n_profiles; p++) {
            if (hw_streq(c->profile[p]->person, ped->person[k].id)) {
                hw_genotype g = hw_profile_at(c->profile[p], locus);
                typing[k] = (hw_typing){g.a, g.b, c->profile[p]->dropout, c->profile[p]->error};
                seen[n_seen++] = g.a;
                seen[n_seen++] = g.b;
            }
        }
    }
    hw_locus_model *m = NULL;
    hw_engine *e = NULL;
    hw_real l = {0, 0};
    double theta = settings->theta >= 0 ? settings->theta : population->theta;
    if (hw_locus_model_build(&arena, hw_population_find(population, name), d->panel.locus[locus].kind, hw_settings_locus(settings, name), theta,
                             settings->rare_rule, settings->rare_value, seen, n_seen, &m, &err) != HW_OK ||
        hw_engine_new(NULL, &e, &err) != HW_OK || hw_likelihood(e, ped, m, typing, &l, &err) != HW_OK) {
        fail_msg("%s, %s: %s", c->id, name, err.msg);
    }
    hw_engine_free(e);
    hw_arena_release(&arena);
    return hw_real_to_double(l);
}

static inline void near(double a, double b, double relative)
{
    double scale = b < 0 ? -b : b, difference = a < b ? b - a : a - b;
    if (!(difference <= relative * scale)) {
        fail_msg("%.17g is not %.17g", a, b);
    }
}

#endif
