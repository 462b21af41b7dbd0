// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* What the tests of the formats share: a dataset filled from text in one line, its genotypes as text, and a loop of failing allocations. */
#ifndef HW_TESTS_FORMAT_FIXTURE_H
#define HW_TESTS_FORMAT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "formats/format.h"

typedef struct fixture {
    hw_dataset d;
    hw_err err;
    hw_format_options o;
    hw_str rejects;
    char genotype[128];
} fixture;

static inline void fixture_init(fixture *f)
{
    memset(f, 0, sizeof *f);
    hw_dataset_init(&f->d);
    hw_str_init(&f->rejects, 0);
    f->o.rejects = &f->rejects;
}

static inline void fixture_release(fixture *f)
{
    hw_dataset_release(&f->d);
    hw_str_release(&f->rejects);
}

/* Reads text as a file "t.csv"; id UNKNOWN: recognised. */
static inline hw_status fixture_read(fixture *f, hw_format_id id, const char *text)
{
    hw_format_input in = {"t.csv", text, strlen(text)};
    f->o.format = id;
    return hw_format_read_text(&in, &f->o, &f->d, &f->err);
}

static inline void fixture_reads(fixture *f, hw_format_id id, const char *text)
{
    fixture_init(f);
    if (fixture_read(f, id, text) != HW_OK) {
        fail_msg("not read: %s", f->err.msg);
    }
}

/* "14/15", "14/-", "3 alleles 14 15 16", "none" */
static inline const char *fixture_genotype(fixture *f, const char *sample, const char *locus)
{
    char b[3][HW_ALLELE_BUF];
    const hw_profile *p = hw_dataset_find_profile(&f->d, sample);
    uint32_t i;
    if (p == NULL || !hw_panel_find(&f->d.panel, locus, &i)) {
        return p == NULL ? "no profile" : "no locus";
    }
    const hw_extra *e = hw_profile_extra(p, i);
    hw_genotype g = hw_profile_at(p, i);
    if (e != NULL) {
        snprintf(f->genotype, sizeof f->genotype, "%u alleles %s %s %s", e->n, hw_allele_format(e->allele[0], b[0]),
                 hw_allele_format(e->allele[1], b[1]), hw_allele_format(e->allele[2], b[2]));
    } else if (hw_genotype_typed(g)) {
        snprintf(f->genotype, sizeof f->genotype, "%s/%s", hw_allele_format(g.a, b[0]), hw_allele_format(g.b, b[1]));
    } else {
        return "none";
    }
    return f->genotype;
}

/* Does a note hold this text? */
static inline bool fixture_noted(const fixture *f, const char *text)
{
    for (size_t i = 0; i < f->d.n_notes; i++) {
        if (strstr(f->d.note[i].text, text) != NULL) {
            return true;
        }
    }
    return false;
}

/* A bad text, and what the message must say. */
typedef struct bad_case {
    hw_format_id id;
    const char *text, *message;
} bad_case;

static inline void check_bad_cases(const bad_case *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        fixture f;
        fixture_init(&f);
        hw_status status = fixture_read(&f, c[i].id, c[i].text);
        if (status == HW_OK || status != f.err.code || strstr(f.err.msg, c[i].message) == NULL) {
            fail_msg("case %zu: expected \"%s\", got %s \"%s\"", i, c[i].message, hw_status_name(status), f.err.msg);
        }
        fixture_release(&f);
    }
}

/* Every allocation of reading the text, and of writing it again, fails once: a clean NO_MEMORY (or a lost note), no leak, no crash. */
static inline void fail_each_allocation(hw_format_id id, const char *text)
{
    for (long nth = 1; nth < 100000; nth++) {
        fixture f;
        HW_CLEANUP(hw_str_release) hw_str out, losses;
        hw_str_init(&out, 0);
        hw_str_init(&losses, 0);
        hw_alloc_fail_at(nth, true);
        fixture_init(&f);
        hw_status status = fixture_read(&f, id, text);
        const hw_format *w = hw_format_by_id(f.d.n_profiles + f.d.n_families > 0 ? HW_FORMAT_CSV_WIDE
                                             : f.d.n_populations > 0             ? HW_FORMAT_FREQUENCY_TABLE
                                                                                 : HW_FORMAT_MUTATION_RATES);
        if (status == HW_OK) {
            status = w->write(&f.d, &f.o, &out, &losses, &f.err);
        }
        bool reached = hw_alloc_count() >= nth;
        hw_alloc_fail_at(0, false);
        fixture_release(&f);
        if (status != HW_OK && status != HW_NO_MEMORY) {
            fail_msg("allocation %ld: %s %s", nth, hw_status_name(status), f.err.msg);
        }
        if (!reached) {
            assert_int_equal(status, HW_OK);
            return;
        }
    }
    fail_msg("the allocations never end");
}

/* A file of the reference data, or NULL after saying that it is skipped. Freed by the next call. */
static inline const char *shared_file(const char *name)
{
    static char path[1024];
    const char *root = getenv("HOMEWARD_SHARED"), *source = getenv("HOMEWARD_SOURCE");
    if (root != NULL) {
        snprintf(path, sizeof path, "%s/%s", root, name);
    } else {
        snprintf(path, sizeof path, "%s/../shared/%s", source != NULL ? source : ".", name);
    }
    if (!hw_file_exists(path)) {
        print_message("SKIPPED: %s is not there\n", path);
        return NULL;
    }
    return path;
}

#endif
