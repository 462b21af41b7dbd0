// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Small worlds for tests of the engine, written as text: a pedigree "F M; M F; C M F M" (id sex [father mother], "-" a parent not known; then
 * "twin=1", "f=0.1"), a reading "F=14/15 C=15/- M=OL/OL d=0.1", a frequency table "10:0.2 11:0.3 12:0.5". Every helper fails the test by itself.
 */
#ifndef HW_TEST_KINSHIP_FIXTURE_H
#define HW_TEST_KINSHIP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/number.h"
#include "kinship/likelihood.h"

#define FX_UNUSED __attribute__((unused))
#define FX_MAX_PEOPLE HW_PEDIGREE_MAX

static inline double fx_apart(double a, double b)
{
    return a > b ? a - b : b - a;
}

/* Relative to the larger; 0 for equal values, zeros included. */
static inline double fx_relative(double a, double b)
{
    double larger = a > b ? a : b;
    return a == b ? 0.0 : fx_apart(a, b) / larger;
}

FX_UNUSED static void fx_near_at(double got, double want, double tolerance, const char *file, int line)
{
    if (!(fx_relative(got, want) <= tolerance)) {
        print_error("%.17g, expected %.17g (relative difference %.3g)\n", got, want, fx_relative(got, want));
        _fail(file, line);
    }
}
#define fx_near(got, want, tolerance) fx_near_at((got), (want), (tolerance), __FILE__, __LINE__)

FX_UNUSED static void fx_ok_at(hw_status s, const hw_err *err, const char *file, int line)
{
    if (s != HW_OK) {
        print_error("%s: %s\n", hw_status_name(s), err->msg);
        _fail(file, line);
    }
}
#define fx_ok(status, err) fx_ok_at((status), (err), __FILE__, __LINE__)

/* The status, and every word of the '|'-separated list in the message. */
FX_UNUSED static void fx_fails_at(hw_status s, hw_status want, const hw_err *err, const char *words, const char *file, int line)
{
    char copy[400];
    snprintf(copy, sizeof copy, "%s", words);
    bool good = s == want;
    for (char *rest = copy, *w; good && (w = strsep(&rest, "|")) != NULL;) {
        good = strstr(err->msg, w) != NULL;
    }
    if (!good) {
        print_error("%s (expected %s with \"%s\"): %s\n", hw_status_name(s), hw_status_name(want), words, err->msg);
        _fail(file, line);
    }
}
#define fx_fails(status, want, err, words) fx_fails_at((status), (want), (err), (words), __FILE__, __LINE__)

/* Append to the text in a buffer of that size. */
FX_UNUSED static void fx_add(char *buf, size_t size, const char *fmt, ...) HW_PRINTF(3, 4);
FX_UNUSED static void fx_add(char *buf, size_t size, const char *fmt, ...)
{
    size_t len = strlen(buf);
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(buf + len, size - len, fmt, ap);
    va_end(ap);
    assert_true(n >= 0 && (size_t)n < size - len);
}

FX_UNUSED static double fx_number(const char *s)
{
    double x = 0;
    assert_true(hw_parse_double(s, strlen(s), &x));
    return x;
}

FX_UNUSED static hw_allele fx_allele(const char *s)
{
    hw_allele a = HW_ALLELE_UNKNOWN;
    assert_int_equal(hw_allele_parse(s, strlen(s), &a, NULL), HW_OK);
    return a;
}

/* ---- pedigrees ---- */

FX_UNUSED static uint32_t fx_person(const hw_pedigree *p, const char *id)
{
    uint32_t i = 0;
    if (!hw_pedigree_find(p, id, &i)) {
        fail_msg("no person %s", id);
    }
    return i;
}

FX_UNUSED static void fx_pedigree_raw(hw_pedigree *p, const char *text)
{
    hw_pedigree_init(p);
    size_t bytes = strlen(text) + 1;
    char *copy = strdup(text);
    assert_non_null(copy);
    for (int pass = 0; pass < 2; pass++) {
        memcpy(copy, text, bytes);
        for (char *rest = copy, *line; (line = strsep(&rest, ";")) != NULL;) {
            char *word[8] = {NULL};
            int n = 0;
            for (char *w; n < 8 && (w = strsep(&line, " ")) != NULL;) {
                if (w[0] != '\0') {
                    word[n++] = w;
                }
            }
            if (n == 0) {
                continue;
            }
            assert_true(n >= 2);
            uint32_t i = 0;
            if (pass == 0) {
                hw_sex sex = word[1][0] == 'M' ? HW_SEX_MALE : word[1][0] == 'F' ? HW_SEX_FEMALE : HW_SEX_UNKNOWN;
                assert_int_equal(hw_pedigree_add(p, word[0], sex, &i, NULL), HW_OK);
                continue;
            }
            i = fx_person(p, word[0]);
            int plain = 2;
            for (int k = 2; k < n; k++) {
                if (strncmp(word[k], "twin=", 5) == 0) {
                    p->person[i].twin = (uint32_t)fx_number(word[k] + 5);
                } else if (strncmp(word[k], "f=", 2) == 0) {
                    p->person[i].inbreeding = fx_number(word[k] + 2);
                } else {
                    int32_t parent = strcmp(word[k], "-") == 0 ? -1 : (int32_t)fx_person(p, word[k]);
                    *(plain++ == 2 ? &p->person[i].father : &p->person[i].mother) = parent;
                }
            }
        }
    }
    free(copy);
}

FX_UNUSED static void fx_pedigree(hw_pedigree *p, const char *text)
{
    fx_pedigree_raw(p, text);
    hw_err err = {0};
    fx_ok(hw_pedigree_check(p, &err), &err);
}

/* ---- readings ---- */

/* "F=14/15 C=15/- d=0.1 e=0.01": d and e belong to the person before. */
FX_UNUSED static hw_typing *fx_typings(const hw_pedigree *p, const char *text)
{
    static hw_typing pool[8][FX_MAX_PEOPLE + 1];
    static unsigned next;
    hw_typing *t = pool[next++ % 8];
    for (size_t i = 0; i <= p->n; i++) {
        t[i] = (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0.0, 0.0};
    }
    char *copy = strdup(text);
    assert_non_null(copy);
    uint32_t last = 0;
    for (char *rest = copy, *w; (w = strsep(&rest, " ")) != NULL;) {
        char *value = strchr(w, '=');
        if (value == NULL) {
            continue;
        }
        *value++ = '\0';
        uint32_t index = 0;
        if (!hw_pedigree_find(p, w, &index)) {
            assert_true(strcmp(w, "d") == 0 || strcmp(w, "e") == 0);
            *(w[0] == 'd' ? &t[last].dropout : &t[last].error) = fx_number(value);
            continue;
        }
        char *second = strchr(value, '/');
        assert_non_null(second);
        *second++ = '\0';
        t[index].a = fx_allele(value);
        t[index].b = fx_allele(second);
        last = index;
    }
    free(copy);
    return t;
}

/* ---- models ---- */

typedef struct fx_table {
    hw_freq f;
    hw_allele allele[400];
    double freq[400];
} fx_table;

FX_UNUSED static const hw_freq *fx_freq(fx_table *t, const char *locus, const char *text)
{
    *t = (fx_table){.f = {.locus = locus, .chromosomes = 0}};
    t->f.allele = t->allele;
    t->f.freq = t->freq;
    char *copy = strdup(text);
    assert_non_null(copy);
    for (char *rest = copy, *w; (w = strsep(&rest, " ")) != NULL;) {
        char *value = strchr(w, ':');
        if (value == NULL) {
            continue;
        }
        *value++ = '\0';
        t->allele[t->f.n] = fx_allele(w);
        t->freq[t->f.n++] = fx_number(value);
    }
    free(copy);
    for (uint32_t i = 0; i < t->f.n; i++) {
        t->f.sum += t->freq[i];
    }
    return &t->f;
}

/* A locus with the given settings in the arena; `seen` as in "33.1 <9", or NULL. */
FX_UNUSED static const hw_locus_model *fx_model(hw_arena *arena, hw_locus_kind kind, const char *table, const hw_locus_settings *ls, double theta,
                                                const char *seen)
{
    hw_allele alleles[32];
    size_t n = 0;
    char copy[300];
    snprintf(copy, sizeof copy, "%s", seen == NULL ? "" : seen);
    for (char *rest = copy, *w; (w = strsep(&rest, " ")) != NULL;) {
        if (w[0] != '\0') {
            alleles[n++] = fx_allele(w);
        }
    }
    fx_table *t = HW_NEW(arena, fx_table, 1);
    assert_non_null(t);
    static const hw_locus_settings none;
    hw_locus_model *m = NULL;
    hw_err err = {0};
    fx_ok(hw_locus_model_build(arena, fx_freq(t, "TEST1", table), kind, ls == NULL ? &none : ls, theta, HW_RARE_AUTO, 0, alleles, n, &m, &err), &err);
    return m;
}

FX_UNUSED static hw_locus_settings fx_equal(double female, double male)
{
    return (hw_locus_settings){.female = {.model = HW_MUTATION_EQUAL, .rate = female}, .male = {.model = HW_MUTATION_EQUAL, .rate = male}};
}

FX_UNUSED static hw_locus_settings fx_stepwise(double female, double male)
{
    return (hw_locus_settings){.female = {.model = HW_MUTATION_STEPWISE, .rate = female, .rate2 = 1e-6, .range = 0.1},
                               .male = {.model = HW_MUTATION_STEPWISE, .rate = male, .rate2 = 1e-6, .range = 0.1}};
}

/* ---- likelihoods ---- */

FX_UNUSED static hw_engine *fx_engine(void)
{
    hw_engine *e = NULL;
    assert_int_equal(hw_engine_new(NULL, &e, NULL), HW_OK);
    return e;
}

FX_UNUSED static hw_real fx_real_at(hw_engine *e, const hw_pedigree *p, const hw_locus_model *lm, const hw_typing *t, const char *file, int line)
{
    hw_real r = {0};
    hw_err err = {0};
    fx_ok_at(hw_likelihood(e, p, lm, t, &r, &err), &err, file, line);
    return r;
}
#define fx_real(e, p, lm, t) fx_real_at((e), (p), (lm), (t), __FILE__, __LINE__)
#define fx_likelihood(e, p, lm, text) hw_real_to_double(fx_real((e), (p), (lm), fx_typings((p), (text))))

/* The pedigree as text, made and dropped. */
FX_UNUSED static double fx_value_at(hw_engine *e, const char *pedigree, const hw_locus_model *lm, const char *typings, const char *file, int line)
{
    hw_pedigree p;
    fx_pedigree(&p, pedigree);
    double x = hw_real_to_double(fx_real_at(e, &p, lm, fx_typings(&p, typings), file, line));
    hw_pedigree_release(&p);
    return x;
}
#define fx_value(e, pedigree, lm, typings) fx_value_at((e), (pedigree), (lm), (typings), __FILE__, __LINE__)

FX_UNUSED static hw_status fx_status(hw_engine *e, const char *pedigree, const hw_locus_model *lm, const char *typings, hw_err *err)
{
    hw_pedigree p;
    fx_pedigree(&p, pedigree);
    hw_real r = {0.75, 7};
    *err = (hw_err){0};
    hw_status s = hw_likelihood(e, &p, lm, fx_typings(&p, typings), &r, err);
    if (s != HW_OK) {
        assert_true(r.m == 0.75 && r.e == 7); /* what the caller holds stays */
    }
    hw_pedigree_release(&p);
    return s;
}

#endif
