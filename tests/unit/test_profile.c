// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kinship/profile.h"

#define U HW_ALLELE_UNKNOWN

typedef struct bench {
    hw_panel panel;
    hw_arena arena;
    uint32_t d3, fga, dxs, dys, dys385, dys464, amel;
} bench;

static uint32_t add(bench *b, const char *name)
{
    uint32_t i = 0;
    assert_int_equal(hw_panel_add(&b->panel, name, HW_LOCUS_AUTO, &i, NULL), HW_OK);
    return i;
}

static int set_up(void **state)
{
    static bench b;
    hw_panel_init(&b.panel);
    hw_arena_init(&b.arena, 0);
    b.d3 = add(&b, "D3S1358");
    b.fga = add(&b, "FGA");
    b.dxs = add(&b, "DXS7132");
    b.dys = add(&b, "DYS19");
    b.dys385 = add(&b, "DYS385");
    b.dys464 = add(&b, "DYS464");
    b.amel = add(&b, "AMEL");
    *state = &b;
    return 0;
}

static int tear_down(void **state)
{
    bench *b = *state;
    hw_panel_release(&b->panel);
    hw_arena_release(&b->arena);
    return 0;
}

static hw_profile *person(bench *b, const char *id)
{
    hw_profile *p = hw_profile_new(&b->arena, id, (uint32_t)b->panel.n);
    assert_non_null(p);
    return p;
}

/* Up to four alleles by name; NULL ends. */
static void put(bench *b, hw_profile *p, uint32_t locus, bool partial, const char *a1, const char *a2, const char *a3, const char *a4)
{
    const char *names[] = {a1, a2, a3, a4};
    hw_allele a[4];
    unsigned n = 0;
    for (; n < 4 && names[n] != NULL; n++) {
        assert_int_equal(hw_allele_parse(names[n], strlen(names[n]), &a[n], NULL), HW_OK);
    }
    assert_int_equal(hw_profile_set(p, &b->arena, &b->panel, locus, a, n, partial, NULL), HW_OK);
}
static void one(bench *b, hw_profile *p, uint32_t locus, const char *a1)
{
    put(b, p, locus, false, a1, NULL, NULL, NULL);
}
static void two(bench *b, hw_profile *p, uint32_t locus, const char *a1, const char *a2)
{
    put(b, p, locus, false, a1, a2, NULL, NULL);
}
static void half(bench *b, hw_profile *p, uint32_t locus, const char *a1)
{
    put(b, p, locus, true, a1, NULL, NULL, NULL);
}

static void check(hw_genotype g, hw_allele a, hw_allele b)
{
    assert_int_equal(g.a, a);
    assert_int_equal(g.b, b);
}

static void orders_genotypes(void **state)
{
    (void)state;
    check(hw_genotype_make(150, 140), 140, 150);
    check(hw_genotype_make(140, 150), 140, 150);
    check(hw_genotype_make(140, U), 140, U);
    check(hw_genotype_make(U, 140), 140, U);
    check(hw_genotype_make(U, U), U, U);
    assert_false(hw_genotype_typed(HW_GENOTYPE_NONE));
    assert_true(hw_genotype_typed(hw_genotype_make(U, 140)));
}

static void sets_what_was_read(void **state)
{
    bench *b = *state;
    hw_profile *p = person(b, "P1");
    assert_string_equal(p->person, "P1");
    check(hw_profile_at(p, b->d3), U, U);
    two(b, p, b->d3, "15", "14");
    check(hw_profile_at(p, b->d3), 140, 150);
    two(b, p, b->d3, "14", "14");
    check(hw_profile_at(p, b->d3), 140, 140);
    two(b, p, b->d3, "14", "-");
    check(hw_profile_at(p, b->d3), 140, 140);
    half(b, p, b->d3, "14");
    check(hw_profile_at(p, b->d3), 140, U);
    put(b, p, b->d3, true, "16", "14", NULL, NULL);
    check(hw_profile_at(p, b->d3), 140, 160);
    put(b, p, b->d3, false, "16", "14", "15", "14");
    check(hw_profile_at(p, b->d3), U, U);
    const hw_extra *e = hw_profile_extra(p, b->d3);
    assert_non_null(e);
    assert_int_equal(e->n, 3);
    assert_true(e->allele[0] == 140 && e->allele[1] == 150 && e->allele[2] == 160);
    put(b, p, b->fga, false, "20", "21", "22", "23");
    assert_int_equal(hw_profile_extra(p, b->fga)->n, 4);
    assert_int_equal(hw_profile_typed(p, &b->panel, HW_LOCUS_AUTOSOMAL), 2);
    put(b, p, b->d3, false, NULL, NULL, NULL, NULL);
    assert_null(hw_profile_extra(p, b->d3));
    assert_non_null(hw_profile_extra(p, b->fga));
    check(hw_profile_at(p, b->d3), U, U);
    /* Y: one allele, two copies, repetitions at loci of many copies */
    one(b, p, b->dys, "14");
    check(hw_profile_at(p, b->dys), 140, 140);
    two(b, p, b->dys385, "17", "11");
    check(hw_profile_at(p, b->dys385), 110, 170);
    put(b, p, b->dys464, false, "15", "17", "15", NULL);
    check(hw_profile_at(p, b->dys464), 150, 150);
    e = hw_profile_extra(p, b->dys464);
    assert_int_equal(e->n, 3);
    assert_true(e->allele[1] == 150 && e->allele[2] == 170);
    two(b, p, b->amel, "Y", "X");
    assert_int_equal(hw_profile_typed(p, &b->panel, HW_LOCUS_AUTO), 5);
    assert_int_equal(hw_profile_typed(p, &b->panel, HW_LOCUS_Y), 3);
    assert_int_equal(hw_profile_typed(NULL, &b->panel, HW_LOCUS_AUTO), 0);
    assert_null(hw_profile_extra(NULL, 0));
}

static void grows_and_refuses(void **state)
{
    bench *b = *state;
    hw_profile *p = hw_profile_new(&b->arena, "short", 0);
    check(hw_profile_at(p, b->amel), U, U);
    one(b, p, b->d3, "14");
    assert_int_equal(p->n_loci, b->panel.n);
    hw_profile *q = hw_profile_new(&b->arena, "one", 1);
    one(b, q, b->d3, "14");
    one(b, q, b->fga, "22");
    check(hw_profile_at(q, b->d3), 140, 140);
    hw_allele many[9] = {10, 20, 30, 40, 50, 60, 70, 80, 90};
    hw_err err = {0};
    assert_int_equal(hw_profile_set(p, &b->arena, &b->panel, b->d3, many, 9, false, &err), HW_LIMIT);
    assert_non_null(strstr(err.msg, "D3S1358"));
    assert_int_equal(hw_profile_set(p, &b->arena, &b->panel, b->d3, many, 8, false, NULL), HW_OK);
    assert_int_equal(hw_profile_extra(p, b->d3)->n, 8);
    assert_int_equal(hw_profile_set(p, &b->arena, &b->panel, (uint32_t)b->panel.n, many, 1, false, NULL), HW_USAGE);
}

static void reads_amelogenin(void **state)
{
    bench *b = *state;
    hw_profile *p = person(b, "P");
    assert_true(hw_amelogenin_ratio(p, &b->panel, 0.001) == 1);
    one(b, p, b->amel, "X");
    assert_int_equal(hw_profile_amelogenin(p, &b->panel), HW_SEX_FEMALE);
    assert_true(fabs(hw_amelogenin_ratio(p, &b->panel, 0.001) - 1.0 / 999) < 1e-15);
    two(b, p, b->amel, "x", "y");
    assert_int_equal(hw_profile_amelogenin(p, &b->panel), HW_SEX_MALE);
    assert_true(fabs(hw_amelogenin_ratio(p, &b->panel, 0.001) - 999) < 1e-9);
    assert_true(hw_amelogenin_ratio(p, &b->panel, 0) < 1e6); /* never a veto */
    assert_true(hw_amelogenin_ratio(p, &b->panel, NAN) < 1e6);
    assert_true(hw_amelogenin_ratio(p, &b->panel, 0.9) == 1);
    one(b, p, b->amel, "Y");
    assert_int_equal(hw_profile_amelogenin(p, &b->panel), HW_SEX_UNKNOWN);
    half(b, p, b->amel, "X");
    assert_int_equal(hw_profile_amelogenin(p, &b->panel), HW_SEX_UNKNOWN);
    two(b, p, b->amel, "1", "2");
    assert_int_equal(hw_profile_amelogenin(p, &b->panel), HW_SEX_UNKNOWN);
    two(b, p, b->amel, "XY", "X");
    assert_int_equal(hw_profile_amelogenin(p, &b->panel), HW_SEX_UNKNOWN);
    hw_panel other;
    hw_panel_init(&other);
    assert_int_equal(hw_profile_amelogenin(p, &other), HW_SEX_UNKNOWN);
    hw_panel_release(&other);
}

/* How many notes of a kind, at a locus, whose text has these words? */
static int noted(const hw_profile_note *v, size_t n, int kind, uint32_t locus, const char *words)
{
    int found = 0;
    for (size_t i = 0; i < n; i++) {
        found += (int)v[i].kind == kind && v[i].locus == locus && strstr(v[i].text, words) != NULL;
    }
    return found;
}

static void reviews(void **state)
{
    bench *b = *state;
    hw_profile_note *v = NULL;
    size_t n = 9;
    hw_profile *p = person(b, "clean");
    p->sex = HW_SEX_MALE;
    two(b, p, b->d3, "14", "15");
    one(b, p, b->dxs, "12");
    one(b, p, b->dys, "14");
    two(b, p, b->dys385, "11", "14");
    two(b, p, b->amel, "X", "Y");
    assert_int_equal(hw_profile_review(&b->arena, &b->panel, p, &v, &n, NULL), HW_OK);
    assert_int_equal(n, 0);
    hw_profile *q = person(b, "odd");
    q->sex = HW_SEX_MALE;
    put(b, q, b->d3, false, "14", "15", "16", NULL);
    half(b, q, b->fga, "<17");
    two(b, q, b->dxs, "12", "13");
    two(b, q, b->dys, "14", "15");
    two(b, q, b->dys385, "OL", "11");
    one(b, q, b->amel, "X");
    assert_int_equal(hw_profile_review(&b->arena, &b->panel, q, &v, &n, NULL), HW_OK);
    assert_int_equal(noted(v, n, HW_NOTE_TRIALLELE, b->d3, "14/15/16"), 1);
    assert_int_equal(noted(v, n, HW_NOTE_PARTIAL, b->fga, "<17/-"), 1);
    assert_int_equal(noted(v, n, HW_NOTE_OFF_LADDER, b->fga, "off the ladder"), 1);
    assert_int_equal(noted(v, n, HW_NOTE_SEX, b->dxs, "two alleles of an X"), 1);
    assert_int_equal(noted(v, n, HW_NOTE_TRIALLELE, b->dys, "Y locus"), 1);
    assert_int_equal(noted(v, n, HW_NOTE_OFF_LADDER, b->dys385, "OL"), 1);
    assert_int_equal(noted(v, n, HW_NOTE_SEX, b->amel, "stated male"), 1);
    assert_int_equal(n, 7);
    q->sex = HW_SEX_FEMALE;
    two(b, q, b->amel, "X", "Y");
    assert_int_equal(hw_profile_review(&b->arena, &b->panel, q, &v, &n, NULL), HW_OK);
    assert_int_equal(noted(v, n, HW_NOTE_SEX, b->amel, "stated female"), 1);
    assert_int_equal(noted(v, n, HW_NOTE_SEX, b->dys, "Y locus is typed"), 1);
}

static hw_profile *merge2(bench *b, const hw_profile *x, const hw_profile *y, hw_profile_note **v, size_t *n)
{
    const hw_profile *both[] = {x, y}, *turned[] = {y, x};
    hw_profile *m = NULL, *t = NULL;
    assert_int_equal(hw_profile_merge(&b->arena, &b->panel, turned, 2, &t, v, n, NULL), HW_OK);
    assert_int_equal(hw_profile_merge(&b->arena, &b->panel, both, 2, &m, v, n, NULL), HW_OK);
    /* the order of the typings makes no difference to what is known */
    assert_memory_equal(m->g, t->g, b->panel.n * sizeof m->g[0]);
    assert_true(m->dropout == t->dropout && m->sex == t->sex);
    return m;
}

static void merges_typings(void **state)
{
    bench *b = *state;
    hw_profile_note *v;
    size_t n;
    hw_profile *x = person(b, "K1"), *y = person(b, "K2");
    x->person = y->person = "child";
    x->kit = "GlobalFiler";
    y->kit = "SiFaSTR";
    x->sex = HW_SEX_MALE;
    y->mt = "16024-16365;";
    y->synthetic = true;
    y->error = 0.01;
    x->line = 7;
    two(b, x, b->d3, "14", "15");
    two(b, y, b->d3, "15", "14");
    two(b, x, b->fga, "22", "23");
    half(b, y, b->fga, "23");
    one(b, y, b->dxs, "12");
    two(b, x, b->amel, "X", "Y");
    hw_profile *m = merge2(b, x, y, &v, &n);
    assert_int_equal(n, 0);
    assert_string_equal(m->id, "child");
    assert_string_equal(m->kit, "GlobalFiler+SiFaSTR");
    assert_string_equal(m->mt, "16024-16365;");
    assert_null(m->comment);
    assert_true(m->sex == HW_SEX_MALE && m->synthetic && m->error == 0.01 && m->line == 7);
    check(hw_profile_at(m, b->d3), 140, 150);
    check(hw_profile_at(m, b->fga), 220, 230);
    check(hw_profile_at(m, b->dxs), 120, 120);
    assert_int_equal(hw_profile_amelogenin(m, &b->panel), HW_SEX_MALE);
    /* same text once */
    y->kit = "GlobalFiler";
    m = merge2(b, x, y, &v, &n);
    assert_string_equal(m->kit, "GlobalFiler");
}

static void flags_conflicts(void **state)
{
    bench *b = *state;
    hw_profile_note *v;
    size_t n;
    hw_profile *x = person(b, "K1"), *y = person(b, "K2");
    two(b, x, b->d3, "14", "15");
    one(b, y, b->d3, "14");
    /* no drop-out probability: left open */
    hw_profile *m = merge2(b, x, y, &v, &n);
    check(hw_profile_at(m, b->d3), U, U);
    assert_int_equal(noted(v, n, HW_NOTE_CONFLICT, b->d3, "K1 14/15, K2 14/14"), 1);
    /* with one: the heterozygote */
    y->dropout = 0.1;
    m = merge2(b, x, y, &v, &n);
    check(hw_profile_at(m, b->d3), 140, 150);
    assert_int_equal(noted(v, n, HW_NOTE_CONFLICT, b->d3, "both alleles taken"), 1);
    assert_true(m->dropout == 0.1);
    /* another allele altogether */
    one(b, y, b->d3, "17");
    m = merge2(b, x, y, &v, &n);
    check(hw_profile_at(m, b->d3), U, U);
    assert_int_equal(noted(v, n, HW_NOTE_CONFLICT, b->d3, "left untyped"), 1);
    two(b, y, b->d3, "14", "16");
    m = merge2(b, x, y, &v, &n);
    check(hw_profile_at(m, b->d3), U, U);
    half(b, y, b->d3, "16");
    m = merge2(b, x, y, &v, &n);
    check(hw_profile_at(m, b->d3), U, U);
    put(b, y, b->d3, false, "14", "15", "16", NULL);
    m = merge2(b, x, y, &v, &n);
    check(hw_profile_at(m, b->d3), U, U);
    assert_null(hw_profile_extra(m, b->d3));
    /* the same three alleles agree */
    put(b, x, b->d3, false, "16", "15", "14", NULL);
    m = merge2(b, x, y, &v, &n);
    assert_int_equal(hw_profile_extra(m, b->d3)->n, 3);
    assert_int_equal(n, 0);
    half(b, x, b->d3, "16");
    m = merge2(b, x, y, &v, &n);
    assert_int_equal(hw_profile_extra(m, b->d3)->n, 3);
    one(b, x, b->d3, "16");
    m = merge2(b, x, y, &v, &n);
    assert_null(hw_profile_extra(m, b->d3));
    /* heads that differ */
    x->sex = HW_SEX_MALE;
    y->sex = HW_SEX_FEMALE;
    x->mt = "16024-16365;";
    y->mt = "16024-16365;16223T";
    m = merge2(b, x, y, &v, &n);
    assert_true(m->sex == HW_SEX_UNKNOWN && m->mt == NULL);
    assert_int_equal(noted(v, n, HW_NOTE_SEX, UINT32_MAX, "different sexes"), 1);
    assert_int_equal(noted(v, n, HW_NOTE_CONFLICT, UINT32_MAX, "mtDNA"), 1);
    y->mt = x->mt;
    m = merge2(b, x, y, &v, &n);
    assert_string_equal(m->mt, x->mt);
}

static void puts_halves_together(void **state)
{
    bench *b = *state;
    hw_profile_note *v;
    size_t n;
    hw_profile *x = person(b, "K1"), *y = person(b, "K2");
    half(b, x, b->d3, "14");
    half(b, y, b->d3, "14");
    half(b, x, b->fga, "22");
    half(b, y, b->fga, "20");
    half(b, x, b->dxs, "<9");
    two(b, y, b->dxs, "OL", "12");
    half(b, x, b->dys385, "11");
    two(b, y, b->dys385, "OL", "11");
    hw_profile *m = merge2(b, x, y, &v, &n);
    check(hw_profile_at(m, b->d3), 140, U);
    check(hw_profile_at(m, b->fga), 200, 220);
    assert_int_equal(noted(v, n, HW_NOTE_PARTIAL, b->fga, "20/22"), 1);
    check(hw_profile_at(m, b->dxs), U, U); /* "<9" is neither of the two for certain */
    assert_int_equal(noted(v, n, HW_NOTE_CONFLICT, b->dxs, "<9/-"), 1);
    check(hw_profile_at(m, b->dys385), 110, HW_ALLELE_OFF_LADDER);
    /* off the ladder of one kit, on that of another */
    two(b, x, b->d3, "OL", "15");
    two(b, y, b->d3, "15", "20");
    two(b, x, b->fga, "<17", "22");
    two(b, y, b->fga, "16.2", "22");
    two(b, x, b->dys385, "<10", "12");
    two(b, y, b->dys385, ">10", "12");
    m = merge2(b, x, y, &v, &n);
    check(hw_profile_at(m, b->d3), 150, 200);
    check(hw_profile_at(m, b->fga), 162, 220);
    check(hw_profile_at(m, b->dys385), U, U);
    two(b, y, b->fga, "18", "22");
    m = merge2(b, x, y, &v, &n);
    check(hw_profile_at(m, b->fga), U, U);
    /* three readings */
    hw_profile *z = person(b, "K3");
    half(b, x, b->fga, "20");
    half(b, y, b->fga, "21");
    half(b, z, b->fga, "22");
    const hw_profile *all[] = {x, y, z};
    assert_int_equal(hw_profile_merge(&b->arena, &b->panel, all, 3, &m, &v, &n, NULL), HW_OK);
    check(hw_profile_at(m, b->fga), U, U);
    half(b, z, b->fga, "21");
    assert_int_equal(hw_profile_merge(&b->arena, &b->panel, all, 3, &m, &v, &n, NULL), HW_OK);
    check(hw_profile_at(m, b->fga), 200, 210);
    /* one heterozygote, both its alleles alone elsewhere */
    two(b, x, b->fga, "20", "21");
    one(b, y, b->fga, "20");
    one(b, z, b->fga, "21");
    y->dropout = z->dropout = 0.2;
    assert_int_equal(hw_profile_merge(&b->arena, &b->panel, all, 3, &m, &v, &n, NULL), HW_OK);
    check(hw_profile_at(m, b->fga), 200, 210);
    y->dropout = 0;
    assert_int_equal(hw_profile_merge(&b->arena, &b->panel, all, 3, &m, &v, &n, NULL), HW_OK);
    check(hw_profile_at(m, b->fga), U, U);
    x->sex = y->sex = HW_SEX_FEMALE;
    z->sex = HW_SEX_MALE;
    x->person = NULL;
    assert_int_equal(hw_profile_merge(&b->arena, &b->panel, all, 3, &m, &v, &n, NULL), HW_OK);
    assert_true(m->sex == HW_SEX_UNKNOWN);
    assert_string_equal(m->id, "K1");
    assert_int_equal(hw_profile_merge(&b->arena, &b->panel, all, 2, &m, &v, &n, NULL), HW_OK);
    assert_true(m->sex == HW_SEX_FEMALE);
    assert_int_equal(hw_profile_merge(&b->arena, &b->panel, all, 0, &m, &v, &n, NULL), HW_USAGE);
    assert_int_equal(hw_profile_merge(&b->arena, &b->panel, all, 1001, &m, &v, &n, NULL), HW_LIMIT);
    assert_int_equal(hw_profile_merge(&b->arena, &b->panel, all, 1, &m, &v, &n, NULL), HW_OK);
    check(hw_profile_at(m, b->fga), 200, 210);
}

static void survives_want_of_memory(void **state)
{
    bench *b = *state;
    hw_profile *x = person(b, "K1"), *y = person(b, "K2");
    x->mt = "16024-16365;";
    x->kit = "A";
    y->kit = "B";
    x->sex = HW_SEX_MALE;
    y->sex = HW_SEX_FEMALE;
    two(b, x, b->d3, "14", "15");
    two(b, y, b->d3, "14", "16");
    half(b, x, b->fga, "14");
    half(b, y, b->fga, "16");
    put(b, x, b->dxs, false, "14", "15", "16", NULL);
    two(b, x, b->dys, "14", "OL");
    const hw_profile *both[] = {x, y};
    hw_status s = HW_NO_MEMORY;
    for (long nth = 1; s != HW_OK; nth++) {
        assert_true(nth < 200);
        hw_arena arena = {0};
        hw_err err = {0};
        hw_profile *m = NULL;
        hw_profile_note *v = NULL;
        size_t n = 0;
        hw_alloc_fail_at(nth, false);
        s = hw_profile_merge(&arena, &b->panel, both, 2, &m, &v, &n, &err);
        assert_true((s == HW_OK) == (m != NULL));
        if (s == HW_OK) {
            s = hw_profile_review(&arena, &b->panel, x, &v, &n, &err);
        }
        hw_alloc_fail_at(0, false);
        assert_true(s == HW_OK || s == HW_NO_MEMORY);
        hw_arena_release(&arena);
    }
    /* an arena that is full */
    for (size_t cap = 1; cap < 40; cap++) {
        hw_arena tiny = {.cap = cap * 64};
        hw_profile *m = hw_profile_new(&tiny, "P", 2);
        hw_allele a[] = {10, 20, 30};
        if (m != NULL) {
            hw_status t = hw_profile_set(m, &tiny, &b->panel, b->amel, a, 3, false, NULL);
            assert_true(t == HW_OK || t == HW_NO_MEMORY);
            assert_true((hw_profile_extra(m, b->amel) != NULL) == (t == HW_OK));
        }
        hw_profile_note *v = NULL;
        size_t n;
        hw_status t = hw_profile_merge(&tiny, &b->panel, both, 2, &m, &v, &n, NULL);
        assert_true(t == HW_OK || t == HW_NO_MEMORY);
        hw_arena_release(&tiny);
    }
}

#define WITH_BENCH(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_genotypes), WITH_BENCH(sets_what_was_read), WITH_BENCH(grows_and_refuses),
        WITH_BENCH(reads_amelogenin),       WITH_BENCH(reviews),            WITH_BENCH(merges_typings),
        WITH_BENCH(flags_conflicts),        WITH_BENCH(puts_halves_together), WITH_BENCH(survives_want_of_memory),
    };
    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
