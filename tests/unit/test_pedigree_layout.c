// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "base/rng.h"
#include "report/pedigree_layout.h"

#define SLOT 40.0

static const hw_layout_metrics POINTS = {
    .symbol_w = 30.0, .symbol_h = 30.0, .gap = 20.0, .raise = 9.0, .label_pad = 5.0, .line_h = 13.0, .bar_pad = 8.0, .bar_step = 10.0,
    .drop = 26.0, .margin = 10.0, .component_gap = 40.0, .shelf = 1000.0, .grid = 1.0,
};

static void assert_near(double a, double b, double within)
{
    if (!(fabs(a - b) <= within)) {
        fail_msg("%g is not within %g of %g", a, within, b);
    }
}

static uint32_t person(hw_pedigree *p, hw_sex sex, int father, int mother)
{
    char id[32];
    hw_err err = {0};
    uint32_t i = 0;
    snprintf(id, sizeof id, "P%zu", p->n);
    assert_int_equal(hw_pedigree_add(p, id, sex, &i, &err), HW_OK);
    p->person[i].father = father;
    p->person[i].mother = mother;
    return i;
}

static uint32_t man(hw_pedigree *p, int father, int mother)
{
    return person(p, HW_SEX_MALE, father, mother);
}

static uint32_t woman(hw_pedigree *p, int father, int mother)
{
    return person(p, HW_SEX_FEMALE, father, mother);
}

static hw_status build_at(const hw_pedigree *p, const hw_layout_metrics *m, hw_layout *l, hw_err *err)
{
    static hw_layout_slot slot[HW_PEDIGREE_MAX];
    for (size_t i = 0; i < HW_PEDIGREE_MAX; i++) {
        slot[i] = (hw_layout_slot){SLOT, 1 + (unsigned)(i % 2)};
    }
    return hw_layout_build(p, slot, m, l, err);
}

static bool ends_at(const hw_layout_line *l, double x, double y)
{
    return (fabs(l->x1 - x) < 0.01 && fabs(l->y1 - y) < 0.01) || (fabs(l->x2 - x) < 0.01 && fabs(l->y2 - y) < 0.01);
}

/* What holds of every drawing: order of generations, room between neighbours, a line down to every child, all within the page. */
static void check_drawing(const hw_pedigree *p, const hw_layout *l)
{
    assert_true(l->n_nodes >= p->n);
    for (uint32_t i = 0; i < l->n_nodes; i++) {
        const hw_layout_node *n = &l->node[i];
        assert_true(n->person == (i < p->n ? (int32_t)i : -1));
        assert_true(n->x - SLOT / 2.0 >= -0.01 && n->x + SLOT / 2.0 <= l->width + 0.01 && n->y > 0.0 && n->y < l->height);
        for (uint32_t k = 0; k < i; k++) {
            const hw_layout_node *o = &l->node[k];
            if (n->component == o->component && n->row == o->row) {
                double room = (i < p->n ? SLOT : 30.0) / 2.0 + (k < p->n ? SLOT : 30.0) / 2.0 + POINTS.gap;
                assert_true(fabs(n->y - o->y) < 0.01);
                if (fabs(n->x - o->x) < room - 0.01) {
                    fail_msg("persons %u and %u overlap: %g and %g", i, k, n->x, o->x);
                }
            }
        }
    }
    for (uint32_t i = 0; i < p->n; i++) {
        int parent[2] = {p->person[i].father, p->person[i].mother};
        bool any = false;
        for (int k = 0; k < 2; k++) {
            if (parent[k] >= 0) {
                any = true;
                assert_true(l->node[i].row > l->node[parent[k]].row);
                assert_true(l->node[i].y > l->node[parent[k]].y);
            }
        }
        bool hangs = false;
        for (uint32_t k = 0; any && k < l->n_lines; k++) {
            bool down = l->line[k].kind == HW_LINE_DESCENT || l->line[k].kind == HW_LINE_TWIN;
            hangs = hangs || (down && ends_at(&l->line[k], l->node[i].x, l->node[i].y - POINTS.symbol_h / 2.0));
        }
        assert_true(hangs == any);
    }
    for (uint32_t k = 0; k < l->n_lines; k++) {
        const hw_layout_line *n = &l->line[k];
        assert_true(isfinite(n->x1) && isfinite(n->x2) && isfinite(n->y1) && isfinite(n->y2));
        assert_true(fmin(n->x1, n->x2) >= -0.01 && fmax(n->x1, n->x2) <= l->width + 0.01 && fmin(n->y1, n->y2) >= 0.0 && fmax(n->y1, n->y2) <= l->height);
    }
}

static void build(const hw_pedigree *p, hw_layout *l)
{
    hw_err err = {0};
    if (build_at(p, &POINTS, l, &err) != HW_OK) {
        fail_msg("%s", err.msg);
    }
    check_drawing(p, l);
}

static uint32_t count(const hw_layout *l, hw_line_kind kind, bool doubled)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->n_lines; i++) {
        n += l->line[i].kind == kind && l->line[i].doubled == doubled;
    }
    return n;
}

static void couple_stands_side_by_side_over_its_children(void **state)
{
    (void)state;
    hw_pedigree p;
    hw_pedigree_init(&p);
    uint32_t m = woman(&p, -1, -1), f = man(&p, -1, -1);
    uint32_t a = man(&p, (int)f, (int)m), b = woman(&p, (int)f, (int)m), c = man(&p, (int)f, (int)m);
    hw_layout l;
    build(&p, &l);
    assert_int_equal(l.n_components, 1);
    assert_int_equal(l.crossings, 0);
    assert_true(l.node[f].x < l.node[m].x); /* men left */
    assert_near(l.node[m].x - l.node[f].x, SLOT + POINTS.gap, 0.01);
    assert_true(l.node[a].x < l.node[b].x && l.node[b].x < l.node[c].x); /* as listed */
    assert_near((l.node[f].x + l.node[m].x) / 2.0, l.node[b].x, 1.01);
    assert_int_equal(count(&l, HW_LINE_MATE, false), 1);
    assert_int_equal(count(&l, HW_LINE_MATE, true), 0);
    hw_layout_release(&l);
    hw_pedigree_release(&p);
}

static void in_laws_with_parents_cross_nothing(void **state)
{
    (void)state;
    hw_pedigree p;
    hw_pedigree_init(&p);
    uint32_t gf = man(&p, -1, -1), gm = woman(&p, -1, -1), hf = man(&p, -1, -1), hm = woman(&p, -1, -1);
    uint32_t h = man(&p, (int)gf, (int)gm);
    (void)man(&p, (int)gf, (int)gm);
    (void)woman(&p, (int)gf, (int)gm);
    (void)man(&p, (int)hf, (int)hm);
    uint32_t w = woman(&p, (int)hf, (int)hm);
    (void)woman(&p, (int)hf, (int)hm);
    (void)woman(&p, (int)h, (int)w);
    (void)woman(&p, (int)h, (int)w);
    hw_layout l;
    build(&p, &l);
    assert_int_equal(l.crossings, 0);
    assert_int_equal(l.n_rows, 3);
    assert_near(l.node[w].x - l.node[h].x, SLOT + POINTS.gap, 0.01);
    assert_int_equal(l.node[gf].row, l.node[hm].row);
    hw_layout_release(&l);
    hw_pedigree_release(&p);
}

static void one_who_marries_in_stands_beside_the_partner(void **state)
{
    (void)state;
    hw_pedigree p;
    hw_pedigree_init(&p);
    uint32_t a = man(&p, -1, -1), b = woman(&p, -1, -1), c = man(&p, (int)a, (int)b), d = woman(&p, -1, -1);
    uint32_t e = man(&p, (int)c, (int)d), in_law_f = man(&p, -1, -1), in_law_m = woman(&p, -1, -1), w = woman(&p, (int)in_law_f, (int)in_law_m);
    (void)man(&p, (int)e, (int)w);
    hw_layout l;
    build(&p, &l);
    assert_int_equal(l.node[d].row, 1);
    assert_int_equal(l.node[in_law_f].row, 1); /* not floating at the top */
    assert_int_equal(l.node[w].row, 2);
    hw_layout_release(&l);
    hw_pedigree_release(&p);
}

static void remarriages_are_adjacent_and_the_third_goes_over(void **state)
{
    (void)state;
    hw_pedigree p;
    hw_pedigree_init(&p);
    uint32_t h = man(&p, -1, -1), w[4], c[4];
    for (int i = 0; i < 4; i++) {
        w[i] = woman(&p, -1, -1);
        c[i] = man(&p, (int)h, (int)w[i]);
    }
    hw_layout l;
    build(&p, &l);
    unsigned beside = 0;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(l.node[w[i]].row, l.node[h].row);
        assert_int_equal(l.node[c[i]].row, 1);
        beside += fabs(l.node[w[i]].x - l.node[h].x) < SLOT + POINTS.gap + 0.01;
    }
    assert_int_equal(beside, 2);
    /* two level lines between neighbours, and two that go up, over and down at different heights */
    assert_int_equal(count(&l, HW_LINE_MATE, false), 2 + 2 * 3);
    assert_int_equal(l.crossings, 0);
    hw_layout_release(&l);
    hw_pedigree_release(&p);
}

static void half_siblings_of_one_stated_parent_have_parents_of_their_own(void **state)
{
    (void)state;
    hw_pedigree p;
    hw_pedigree_init(&p);
    uint32_t m = woman(&p, -1, -1);
    (void)man(&p, -1, (int)m);
    (void)man(&p, -1, (int)m);
    uint32_t t1 = man(&p, -1, (int)m), t2 = man(&p, -1, (int)m);
    p.person[t1].twin = p.person[t2].twin = 7;
    hw_layout l;
    build(&p, &l);
    assert_int_equal(l.n_nodes, p.n + 3); /* the twins have one father */
    for (uint32_t i = (uint32_t)p.n; i < l.n_nodes; i++) {
        assert_int_equal(l.node[i].sex, HW_SEX_MALE);
        assert_int_equal(l.node[i].row, 0);
    }
    assert_int_equal(count(&l, HW_LINE_TWIN, false), 2);
    hw_layout_release(&l);
    hw_pedigree_release(&p);
}

static void identical_twins_hang_from_one_point(void **state)
{
    (void)state;
    hw_pedigree p;
    hw_pedigree_init(&p);
    uint32_t f = man(&p, -1, -1), m = woman(&p, -1, -1), a = man(&p, (int)f, (int)m), b = woman(&p, (int)f, (int)m), c = man(&p, (int)f, (int)m);
    p.person[a].twin = p.person[c].twin = 1;
    hw_layout l;
    build(&p, &l);
    assert_near(fabs(l.node[a].x - l.node[c].x), SLOT + POINTS.gap, 0.01); /* the sister does not stand between */
    assert_true(l.node[b].x < fmin(l.node[a].x, l.node[c].x) || l.node[b].x > fmax(l.node[a].x, l.node[c].x));
    const hw_layout_line *side[2] = {NULL, NULL}, *bar = NULL;
    for (uint32_t i = 0; i < l.n_lines; i++) {
        if (l.line[i].kind == HW_LINE_TWIN) {
            side[side[0] != NULL] = &l.line[i];
        }
        bar = l.line[i].kind == HW_LINE_TWIN_BAR ? &l.line[i] : bar;
    }
    assert_non_null(side[1]);
    assert_non_null(bar);
    assert_near(side[0]->x1, side[1]->x1, 0.01);
    assert_near(side[0]->y1, side[1]->y1, 0.01);
    assert_true(bar->y1 > side[0]->y1 && bar->y1 < side[0]->y2);
    assert_near(bar->y1, bar->y2, 0.01);
    hw_layout_release(&l);
    hw_pedigree_release(&p);
}

static void twins_without_parents_are_drawn_too(void **state)
{
    (void)state;
    hw_pedigree p;
    hw_pedigree_init(&p);
    uint32_t a = woman(&p, -1, -1), b = woman(&p, -1, -1);
    p.person[a].twin = p.person[b].twin = 3;
    (void)man(&p, -1, (int)a);
    hw_layout l;
    build(&p, &l);
    assert_int_equal(l.n_components, 1);
    assert_int_equal(l.node[a].row, l.node[b].row);
    assert_int_equal(count(&l, HW_LINE_TWIN, false), 2);
    assert_int_equal(count(&l, HW_LINE_TWIN_BAR, false), 1);
    hw_layout_release(&l);
    hw_pedigree_release(&p);
}

static void relatives_who_marry_have_a_double_line(void **state)
{
    (void)state;
    hw_pedigree p;
    hw_pedigree_init(&p);
    uint32_t gf = man(&p, -1, -1), gm = woman(&p, -1, -1), f = man(&p, (int)gf, (int)gm), u = man(&p, (int)gf, (int)gm);
    uint32_t m = woman(&p, -1, -1), v = woman(&p, -1, -1), a = man(&p, (int)f, (int)m), b = woman(&p, (int)u, (int)v);
    (void)woman(&p, (int)a, (int)b);
    hw_layout l;
    build(&p, &l);
    assert_int_equal(count(&l, HW_LINE_MATE, true), 1);
    assert_int_equal(count(&l, HW_LINE_MATE, false), 3);
    assert_int_equal(l.crossings, 0);
    assert_int_equal(l.n_rows, 4);
    hw_layout_release(&l);
    hw_pedigree_release(&p);
}

static void uncle_and_niece_share_a_row(void **state)
{
    (void)state;
    hw_pedigree p;
    hw_pedigree_init(&p);
    uint32_t gf = man(&p, -1, -1), gm = woman(&p, -1, -1), f = man(&p, (int)gf, (int)gm), u = man(&p, (int)gf, (int)gm);
    uint32_t m = woman(&p, -1, -1), n = woman(&p, (int)f, (int)m);
    (void)man(&p, (int)u, (int)n);
    hw_layout l;
    build(&p, &l);
    assert_int_equal(l.node[u].row, l.node[n].row);
    assert_int_equal(l.node[u].row, 2); /* his line passes the row of his brother */
    assert_int_equal(l.node[f].row, 1);
    assert_int_equal(count(&l, HW_LINE_MATE, true), 1);
    hw_layout_release(&l);
    hw_pedigree_release(&p);
}

static void father_and_daughter_stand_in_their_own_rows(void **state)
{
    (void)state;
    hw_pedigree p;
    hw_pedigree_init(&p);
    uint32_t f = man(&p, -1, -1), m = woman(&p, -1, -1), d = woman(&p, (int)f, (int)m);
    (void)man(&p, (int)f, (int)m);
    uint32_t c = man(&p, (int)f, (int)d);
    hw_layout l;
    build(&p, &l);
    assert_int_equal(l.node[f].row, 0);
    assert_int_equal(l.node[d].row, 1);
    assert_int_equal(l.node[c].row, 2);
    assert_true(count(&l, HW_LINE_MATE, true) >= 3);
    hw_layout_release(&l);
    hw_pedigree_release(&p);
}

static void brothers_who_marry_sisters_cross_once(void **state)
{
    (void)state;
    hw_pedigree p;
    hw_pedigree_init(&p);
    uint32_t a = man(&p, -1, -1), b = woman(&p, -1, -1), c = man(&p, -1, -1), d = woman(&p, -1, -1);
    uint32_t h1 = man(&p, (int)a, (int)b), h2 = man(&p, (int)a, (int)b), w1 = woman(&p, (int)c, (int)d), w2 = woman(&p, (int)c, (int)d);
    uint32_t x = man(&p, (int)h1, (int)w1), y = woman(&p, (int)h2, (int)w2);
    (void)man(&p, (int)x, (int)y);
    hw_layout l;
    build(&p, &l);
    assert_int_equal(l.crossings, 1);
    assert_int_equal(count(&l, HW_LINE_MATE, true), 1);
    hw_layout_release(&l);
    hw_pedigree_release(&p);
}

static void components_do_not_overlap(void **state)
{
    (void)state;
    hw_pedigree p;
    hw_pedigree_init(&p);
    for (int i = 0; i < 30; i++) {
        uint32_t f = man(&p, -1, -1), m = woman(&p, -1, -1);
        (void)person(&p, HW_SEX_UNKNOWN, (int)f, (int)m);
    }
    (void)man(&p, -1, -1); /* alone */
    hw_layout l;
    build(&p, &l);
    assert_int_equal(l.n_components, 31);
    assert_true(l.width <= POINTS.shelf + 2.0 * POINTS.margin);
    for (uint32_t i = 0; i < p.n; i++) {
        for (uint32_t k = 0; k < i; k++) {
            bool apart = fabs(l.node[i].x - l.node[k].x) >= SLOT || fabs(l.node[i].y - l.node[k].y) >= POINTS.symbol_h;
            assert_true(apart);
        }
    }
    hw_layout_release(&l);
    hw_pedigree_release(&p);
}

static void refuses_what_is_no_pedigree(void **state)
{
    (void)state;
    hw_pedigree p;
    hw_pedigree_init(&p);
    uint32_t a = man(&p, -1, -1), b = man(&p, (int)a, -1);
    p.person[a].father = (int)b;
    hw_layout l = {0};
    hw_err err = {0};
    assert_int_equal(build_at(&p, &POINTS, &l, &err), HW_CONFLICT);
    assert_non_null(strstr(err.msg, "ancestor"));
    p.person[a].father = 99;
    hw_err_clear(&err);
    assert_int_equal(build_at(&p, &POINTS, &l, &err), HW_CONFLICT);
    p.person[a].father = p.person[a].mother = (int)b;
    p.person[b].father = -1;
    hw_err_clear(&err);
    assert_int_equal(build_at(&p, &POINTS, &l, &err), HW_CONFLICT);
    assert_null(l.node); /* untouched */
    hw_pedigree_release(&p);
    hw_pedigree_init(&p);
    build(&p, &l); /* nobody */
    assert_int_equal(l.n_nodes, 0);
    hw_layout_release(&l);
    hw_pedigree_release(&p);
}

/* A random pedigree: parents always earlier, sexes as drawn, sometimes one parent, sometimes twins. */
static void random_pedigree(hw_pedigree *p, hw_rng *r, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        int father = -1, mother = -1;
        if (i > 2 && hw_rng_below(r, 3) > 0) {
            for (int tries = 0; tries < 6; tries++) {
                uint32_t k = hw_rng_below(r, i);
                if (p->person[k].sex == HW_SEX_MALE && father < 0) {
                    father = (int)k;
                } else if (p->person[k].sex == HW_SEX_FEMALE && mother < 0) {
                    mother = (int)k;
                }
            }
        }
        (void)person(p, hw_rng_below(r, 2) == 0 ? HW_SEX_MALE : HW_SEX_FEMALE, father, mother);
        if (i > 0 && (father >= 0 || mother >= 0) && hw_rng_below(r, 3) == 0 && p->n < HW_PEDIGREE_MAX) {
            uint32_t t = person(p, p->person[p->n - 1].sex, father, mother);
            p->person[t].twin = p->person[t - 1].twin = t;
        }
    }
}

static void random_pedigrees_keep_the_rules_and_repeat(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 300; seed++) {
        hw_rng r;
        hw_rng_seed(&r, seed, 5);
        hw_pedigree p;
        hw_pedigree_init(&p);
        random_pedigree(&p, &r, 1 + hw_rng_below(&r, 30));
        hw_layout a, b;
        build(&p, &a);
        build(&p, &b);
        assert_int_equal(a.n_lines, b.n_lines);
        assert_memory_equal(a.node, b.node, a.n_nodes * sizeof *a.node);
        for (uint32_t i = 0; i < a.n_lines; i++) {
            assert_true(a.line[i].x1 == b.line[i].x1 && a.line[i].y2 == b.line[i].y2);
        }
        hw_layout_release(&a);
        hw_layout_release(&b);
        hw_pedigree_release(&p);
    }
}

static void the_largest_are_drawn_or_refused_in_time(void **state)
{
    (void)state;
    hw_pedigree p;
    hw_pedigree_init(&p);
    uint32_t f = man(&p, -1, -1), m = woman(&p, -1, -1);
    while (p.n + 2 <= HW_PEDIGREE_MAX) { /* a line of five hundred generations */
        uint32_t c = man(&p, (int)f, (int)m);
        f = c;
        m = woman(&p, -1, -1);
    }
    hw_layout l;
    build(&p, &l);
    assert_int_equal(l.n_rows, 500);
    hw_layout_release(&l);
    hw_pedigree_release(&p);
    hw_pedigree_init(&p);
    f = man(&p, -1, -1);
    m = woman(&p, -1, -1);
    while (p.n < HW_PEDIGREE_MAX) {
        (void)man(&p, (int)f, (int)m);
    }
    build(&p, &l);
    assert_int_equal(l.crossings, 0);
    hw_layout_release(&l);
    hw_pedigree_release(&p);
    hw_rng r;
    hw_rng_seed(&r, 11, 5);
    hw_pedigree_init(&p);
    random_pedigree(&p, &r, 400);
    hw_err err = {0};
    hw_status s = build_at(&p, &POINTS, &l, &err);
    assert_true(s == HW_OK || s == HW_LIMIT);
    if (s == HW_OK) {
        check_drawing(&p, &l);
        hw_layout_release(&l);
    }
    hw_pedigree_release(&p);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    hw_pedigree p;
    hw_pedigree_init(&p);
    hw_rng r;
    hw_rng_seed(&r, 3, 5);
    random_pedigree(&p, &r, 120);
    hw_layout l = {0};
    long n = 1;
    for (;; n++) {
        hw_err err = {0};
        hw_alloc_fail_at(n, true);
        hw_status s = build_at(&p, &POINTS, &l, &err);
        hw_alloc_fail_at(0, false);
        if (s == HW_OK) {
            break;
        }
        assert_int_equal(s, HW_NO_MEMORY);
        assert_null(l.node);
    }
    assert_true(n > 1);
    hw_layout_release(&l);
    hw_pedigree_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(couple_stands_side_by_side_over_its_children),
        cmocka_unit_test(in_laws_with_parents_cross_nothing),
        cmocka_unit_test(one_who_marries_in_stands_beside_the_partner),
        cmocka_unit_test(remarriages_are_adjacent_and_the_third_goes_over),
        cmocka_unit_test(half_siblings_of_one_stated_parent_have_parents_of_their_own),
        cmocka_unit_test(identical_twins_hang_from_one_point),
        cmocka_unit_test(twins_without_parents_are_drawn_too),
        cmocka_unit_test(relatives_who_marry_have_a_double_line),
        cmocka_unit_test(uncle_and_niece_share_a_row),
        cmocka_unit_test(father_and_daughter_stand_in_their_own_rows),
        cmocka_unit_test(brothers_who_marry_sisters_cross_once),
        cmocka_unit_test(components_do_not_overlap),
        cmocka_unit_test(refuses_what_is_no_pedigree),
        cmocka_unit_test(random_pedigrees_keep_the_rules_and_repeat),
        cmocka_unit_test(the_largest_are_drawn_or_refused_in_time),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
