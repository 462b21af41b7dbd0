// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Power of families, exclusion by hand, chance hits of a database: exact, drawn, with any number of threads. */
#include "match_fixture.h"

#include <math.h>

#include "base/rng.h"
#include "kinship/chance_family.h"
#include "kinship/power.h"

#define LOCI "TH01 FGA vWA D3S1358 D8S1179 D21S11 AMEL"
#define TABLES                                                                                                                                    \
    "TH01 6:0.2 7:0.3 8:0.5; FGA 20:0.1 21:0.6 22:0.3; vWA 14:0.05 15:0.15 16:0.8; D3S1358 14:0.02 15:0.08 16:0.9; "                               \
    "D8S1179 10:0.01 11:0.04 12:0.95; D21S11 28:0.3 29:0.3 30:0.4"

static void kinship(nation *n, uint64_t seed, uint32_t families, uint32_t children)
{
    static const char *const pedigree[] = {"F M; M F; C F F M", "F M; M F; A M F M; C M F M", "F M; M F; C F F M", "G M; H F; F M G H; M F; C M F M"};
    static const char *const member[][3] = {{"F", NULL, NULL}, {"A", NULL, NULL}, {"F", "M", NULL}, {"G", "H", NULL}};
    static const char *const allele[6][3] = {{"6", "7", "8"}, {"20", "21", "22"}, {"14", "15", "16"}, {"14", "15", "16"}, {"10", "11", "12"}, {"28", "29", "30"}};
    static const char *const name[6] = {"TH01", "FGA", "vWA", "D3S1358", "D8S1179", "D21S11"};
    hw_rng r;
    hw_rng_seed(&r, seed, 0);
    fx_nation(n, LOCI);
    fx_population(n, "north", 0, TABLES);
    n->o.n_populations = 1;
    n->set.standard = fx_stepwise(1e-3, 2e-3);
    for (uint32_t i = 0; i < families + children; i++) {
        uint32_t f = i < families ? fx_family(n, hw_arena_printf(&n->d.arena, "F%u", i), pedigree[i % 4], "C") : 0;
        for (int k = 0; k < (i < families ? 3 : 1) && (i >= families || member[i % 4][k] != NULL); k++) {
            char text[300] = "";
            uint32_t loci = i >= families && i % 3 == 0 ? 4 : 6; /* an old kit */
            for (uint32_t l = 0; l < loci; l++) {
                size_t used = strlen(text);
                snprintf(text + used, sizeof text - used, " %s=%s/%s", name[l], allele[l][hw_rng_below(&r, 3)], allele[l][hw_rng_below(&r, 3)]);
            }
            if (i < families) {
                fx_member(n, f, member[i % 4][k], text);
            } else {
                char more[330];
                snprintf(more, sizeof more, "%s%s%s", text, i % 2 == 0 ? " AMEL=X/X" : "", i % 5 == 0 ? " d=0.1" : "");
                fx_child(n, hw_arena_printf(&n->d.arena, "c%u", i), HW_SEX_UNKNOWN, more);
            }
        }
    }
}

static hw_engine *engine;

/* A father 6/7: excluded is whoever has neither, (1 - p6 - p7)^2. Both parents homozygous: whoever is not 6/7. */
static void exclusion_by_hand(void **state)
{
    (void)state;
    hw_arena a = {0};
    const hw_locus_model *lm = fx_model(&a, HW_LOCUS_AUTOSOMAL, "6:0.2 7:0.3 8:0.5", NULL, 0, NULL);
    hw_pedigree p;
    hw_err err = {0};
    double x = 0;
    fx_pedigree(&p, "F M; M F; C M F M");
    fx_ok(hw_exclusion(engine, &p, lm, fx_typings(&p, "F=6/7"), fx_person(&p, "C"), &x, &err), &err);
    fx_near(x, 0.25, 1e-14);
    fx_ok(hw_exclusion(engine, &p, lm, fx_typings(&p, "F=6/6 M=7/7"), fx_person(&p, "C"), &x, &err), &err);
    fx_near(x, 1 - 2 * 0.2 * 0.3, 1e-14);
    fx_ok(hw_exclusion(engine, &p, lm, fx_typings(&p, ""), fx_person(&p, "C"), &x, &err), &err);
    assert_true(x == 0);
    hw_pedigree_release(&p);
    fx_pedigree(&p, "F M; M F; A M F M; C M F M");
    fx_fails(hw_exclusion(engine, &p, lm, fx_typings(&p, "F=6/6 A=7/7"), fx_person(&p, "C"), &x, &err), HW_IMPOSSIBLE, &err, "TEST1");
    hw_pedigree_release(&p);
    /* a boy has one X */
    lm = fx_model(&a, HW_LOCUS_X, "6:0.2 7:0.3 8:0.5", NULL, 0, NULL);
    err = (hw_err){0};
    fx_pedigree(&p, "F M; M F; C M F M");
    fx_ok(hw_exclusion(engine, &p, lm, fx_typings(&p, "M=6/7"), fx_person(&p, "C"), &x, &err), &err);
    fx_near(x, 0.5, 1e-14);
    hw_pedigree_release(&p);
    hw_arena_release(&a);
}

/* With n equally frequent alleles parent and child have an expected ratio of (n + 3) / 4; anybody's under unrelated is 1. */
static void expected_ratio(void **state)
{
    (void)state;
    hw_arena a = {0};
    const hw_locus_model *lm = fx_model(&a, HW_LOCUS_AUTOSOMAL, "6:0.2 7:0.2 8:0.2 9:0.2 10:0.2", NULL, 0, NULL);
    hw_pedigree p;
    hw_err err = {0};
    double related = 0, unrelated = 0;
    fx_pedigree(&p, "F M; C M F -");
    fx_ok(hw_expected_lr(engine, &p, lm, 0, 1, &related, &unrelated, &err), &err);
    fx_near(related, 2.0, 1e-12);
    fx_near(unrelated, 1, 1e-12);
    hw_pedigree_release(&p);
    hw_arena_release(&a);
}

static void kinds_of_families(void **state)
{
    (void)state;
    nation n;
    kinship(&n, 1, 4, 1);
    static const hw_family_kind want[] = {HW_FAMILY_ONE_PARENT, HW_FAMILY_SIBLINGS, HW_FAMILY_TWO_PARENTS, HW_FAMILY_GRANDPARENTS};
    for (uint32_t f = 0; f < 4; f++) {
        assert_int_equal(hw_family_kind_of(&n.d.family[f], 0), want[f]);
        assert_true(strlen(hw_family_kind_text(want[f])) > 0);
    }
    fx_nation_drop(&n);
}

/* What power says of a family is what chance says, and what the tables without mutation say. */
static void power_agrees(void **state)
{
    (void)state;
    nation n;
    kinship(&n, 2, 12, 2);
    hw_power_options p;
    hw_power_options_init(&p);
    p.tail_log10[0] = 1;
    p.tail_log10[1] = 2;
    hw_power_result r, again;
    hw_err err = {0};
    fx_ok(hw_power_compute(&n.d, &n.o, &p, &r, &err), &err);
    n.o.n_threads = 3;
    fx_ok(hw_power_compute(&n.d, &n.o, &p, &again, &err), &err);
    assert_int_equal(r.n, 12);
    double hits = 0;
    uint32_t weak = 0;
    for (size_t i = 0; i < r.n; i++) {
        const hw_power *x = &r.power[i];
        assert_int_equal(x->status, HW_OK);
        assert_memory_equal(x->theirs, again.power[i].theirs, sizeof x->theirs);
        assert_memory_equal(x->theirs_quantile, again.power[i].theirs_quantile, sizeof x->theirs_quantile);
        assert_true(x->unrelated.high == again.power[i].unrelated.high && x->not_excluded == again.power[i].not_excluded);
        hw_chance *c = NULL;
        hw_tail fine;
        fx_ok(hw_chance_new(&n.d, &n.o, x->family, x->missing, NULL, &c, &err), &err);
        for (int k = 0; k < HW_POWER_TAILS; k++) {
            fx_ok(hw_chance_tail(c, HW_CHANCE_MISSING, p.tail_log10[k], &fine, &err), &err);
            assert_true(x->theirs[k].low <= fine.high && fine.low <= x->theirs[k].high);
        }
        fx_ok(hw_chance_tail(c, HW_CHANCE_UNRELATED, 1, &fine, &err), &err);
        assert_true(x->unrelated.low <= fine.high && fine.low <= x->unrelated.high);
        assert_true(hw_chance_describe(c)->max_log10 == x->max_log10);
        hw_power_verdict want = x->max_log10 < 1 ? HW_POWER_NO_CHILD_CAN : x->theirs[0].low < 0.8 ? HW_POWER_WEAK : HW_POWER_ENOUGH;
        assert_int_equal(x->verdict, want);
        double passes = 1;
        for (uint32_t l = 0; l < x->n_loci; l++) {
            passes *= x->locus[l].exclusion == x->locus[l].exclusion ? 1 - x->locus[l].exclusion : 1;
        }
        fx_near(passes, x->not_excluded, 1e-14);
        hits += x->unrelated.high;
        weak += x->verdict != HW_POWER_ENOUGH;
        hw_chance_free(c);
    }
    fx_near(r.all.chance_hits, hits, 1e-14);
    assert_true(weak > 0 && weak < r.n && r.all.n_weak == weak && r.all.n == 12);
    hw_power_result_release(&r);
    hw_power_result_release(&again);
    fx_nation_drop(&n);
}

/* The quick call on a matcher says the same. */
static void power_on_a_matcher(void **state)
{
    (void)state;
    nation n;
    kinship(&n, 6, 8, 2);
    search s;
    matcher m;
    hw_arena arena = {0};
    hw_err err = {0};
    fx_ok(search_init(&s, &arena, &n.d, &n.o, &err), &err);
    fx_ok(matcher_init(&m, &s, &err), &err);
    size_t used = m.scratch.used;
    for (uint32_t f = 0; f < 8; f++) {
        hw_chance *c = NULL;
        fx_ok(hw_chance_new(&n.d, &n.o, f, 0, NULL, &c, &err), &err);
        for (double x = -1; x < 4; x += 1) {
            hw_tail quick, fine;
            fx_ok(chance_power(&m, &n.d.family[f], 0, x, &quick, &err), &err);
            fx_ok(hw_chance_tail(c, HW_CHANCE_MISSING, x, &fine, &err), &err);
            assert_true(quick.low <= fine.high && fine.low <= quick.high && quick.high - quick.low <= fine.high - fine.low + 0.2);
        }
        hw_chance_free(c);
    }
    assert_true(m.scratch.used == used);
    matcher_release(&m);
    search_release(&s);
    hw_arena_release(&arena);
    fx_nation_drop(&n);
}

/* A family that cannot be is one line, not the end. */
static void family_that_does_not_fit(void **state)
{
    (void)state;
    nation n;
    kinship(&n, 3, 2, 1);
    n.set.standard = (hw_locus_settings){0};
    uint32_t f = fx_family(&n, "BAD", "F M; M F; A M F M; C M F M", "C");
    fx_member(&n, f, "F", "TH01=6/6");
    fx_member(&n, f, "A", "TH01=7/7");
    hw_power_options p;
    hw_power_options_init(&p);
    hw_power_result r;
    hw_err err = {0};
    fx_ok(hw_power_compute(&n.d, &n.o, &p, &r, &err), &err);
    assert_int_equal(r.power[2].status, HW_IMPOSSIBLE);
    assert_non_null(strstr(r.power[2].error, "BAD"));
    assert_int_equal(r.all.n_errors, 1);
    hw_power_result_release(&r);
    n.set.standard = fx_stepwise(1e-3, 2e-3); /* with mutation it can be; without, nobody is excluded by that locus */
    p.only_family = f;
    fx_ok(hw_power_compute(&n.d, &n.o, &p, &r, &err), &err);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.power[0].status, HW_OK);
    assert_true(r.power[0].n_unfit == 1 && r.power[0].not_excluded == 1);
    hw_power_result_release(&r);
    p.only_family = 77;
    fx_fails(hw_power_compute(&n.d, &n.o, &p, &r, &err), HW_CONFLICT, &err, "77");
    fx_nation_drop(&n);
}

/* The sum over all pairs, each asked for by itself. */
static void chance_hits_of_a_database(void **state)
{
    (void)state;
    nation n;
    kinship(&n, 4, 12, 20);
    hw_chance_database_options p;
    hw_chance_database_options_init(&p);
    p.from = 0.5;
    p.to = 4;
    hw_chance_database *all = NULL, *again = NULL, *drawn = NULL;
    hw_err err = {0};
    fx_ok(hw_chance_database_new(&n.d, &n.o, &p, &all, &err), &err);
    n.o.n_threads = 3;
    fx_ok(hw_chance_database_new(&n.d, &n.o, &p, &again, &err), &err);
    p.exact_pairs = 0;
    p.sample = 400;
    fx_ok(hw_chance_database_new(&n.d, &n.o, &p, &drawn, &err), &err);
    uint64_t pairs, computed;
    uint32_t failed;
    hw_chance_database_size(all, &pairs, &computed, &failed);
    assert_true(pairs == computed && pairs > 12 && failed == 0);
    hw_chance_database_size(drawn, &pairs, &computed, &failed);
    assert_true(computed >= 400 - 32 && computed != pairs && failed == 0);
    double before = (double)INFINITY;
    for (double x = 0.5; x < 4; x += 0.5) {
        hw_tail sum = {0, 0};
        for (uint32_t f = 0; f < n.d.n_families; f++) {
            for (uint32_t c = 0; c < n.d.n_children; c++) {
                hw_chance *one = NULL;
                hw_tail t;
                fx_ok(hw_chance_new(&n.d, &n.o, f, 0, n.d.child[c], &one, &err), &err);
                fx_ok(hw_chance_tail(one, HW_CHANCE_UNRELATED, x, &t, &err), &err);
                hw_chance_free(one);
                sum.low += t.low;
                sum.high += t.high;
            }
        }
        hw_chance_hits h = hw_chance_database_at(all, x), i = hw_chance_database_at(again, x), d = hw_chance_database_at(drawn, x);
        assert_true(h.low <= sum.high && sum.low <= h.upper && h.low <= h.estimate && h.estimate <= h.upper);
        assert_true(h.low == i.low && h.upper == i.upper && h.estimate == i.estimate);
        assert_true(d.upper >= sum.low && d.low == 0);
        assert_true(d.estimate > 0.5 * sum.low && d.estimate < 2 * sum.high);
        assert_true(h.upper <= before);
        before = h.upper;
        /* between two steps: the lower one is the bound */
        hw_chance_hits between = hw_chance_database_at(all, x + 0.2);
        assert_true(between.upper <= h.upper && between.low <= h.upper && between.upper >= hw_chance_database_at(all, x + 0.5).low);
    }
    assert_true(hw_chance_database_at(all, -3).upper == 12.0 * 20.0);
    assert_true(hw_chance_database_at(all, 50).upper <= 240 * 1e-50 * 1.001);
    hw_chance_database_free(all);
    hw_chance_database_free(again);
    hw_chance_database_free(drawn);
    hw_chance_database_free(NULL);
    p.step = -1;
    fx_fails(hw_chance_database_new(&n.d, &n.o, &p, &all, &err), HW_USAGE, &err, "ladder");
    fx_nation_drop(&n);
}

static hw_status everything(nation *n, int what, hw_err *err)
{
    hw_chance_database *c = NULL;
    hw_power_result r = {.n = 77};
    hw_power_options p;
    hw_power_options_init(&p);
    hw_chance_database_options q;
    hw_chance_database_options_init(&q);
    q.exact_pairs = what == 1 ? 1000 : 0;
    q.sample = 10;
    hw_status s = what == 0 ? hw_power_compute(&n->d, &n->o, &p, &r, err) : hw_chance_database_new(&n->d, &n->o, &q, &c, err);
    assert_true(s == HW_OK || (r.n == 77 && c == NULL));
    if (s == HW_OK && what == 0) {
        hw_power_result_release(&r);
    }
    hw_chance_database_free(c);
    return s;
}

static void no_memory(void **state)
{
    (void)state;
    nation n;
    kinship(&n, 5, 2, 2);
    for (int what = 0; what < 3; what++) {
        for (int sticky = 0; sticky < 2; sticky++) {
            for (long nth = 1;; nth++) {
                hw_err err = {0};
                hw_alloc_fail_at(nth, sticky == 1);
                hw_status s = everything(&n, what, &err);
                long asked = hw_alloc_count();
                hw_alloc_fail_at(0, false);
                if (asked < nth) {
                    fx_ok(s, &err);
                    assert_true(nth > 20);
                    break;
                }
                fx_fails(s, HW_NO_MEMORY, &err, "memory");
            }
        }
    }
    fx_nation_drop(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exclusion_by_hand), cmocka_unit_test(expected_ratio),           cmocka_unit_test(kinds_of_families),
        cmocka_unit_test(power_agrees),      cmocka_unit_test(family_that_does_not_fit), cmocka_unit_test(chance_hits_of_a_database),
        cmocka_unit_test(no_memory),         cmocka_unit_test(power_on_a_matcher),
    };
    engine = fx_engine();
    int failed = cmocka_run_group_tests_name("power", tests, NULL, NULL);
    hw_engine_free(engine);
    return failed;
}
