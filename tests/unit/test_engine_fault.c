// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The pieces of memory that the match, the explanation and the case ask an arena for are refused, one at a time. An arena takes blocks from the heap, so that
 * hw_alloc_fail_at alone would meet few of these places; here the linker puts the functions below in front of the arena's (--wrap).
 */
#include "arena_refusal.h"
#include "match_fixture.h"

#include "kinship/power.h"

typedef struct job {
    nation *n;
    hw_case *c;
    int what;
} job;

static hw_status chance_and_tail(nation *n, hw_err *err)
{
    hw_chance *c = NULL;
    hw_tail t = {7, 7};
    hw_status s = hw_chance_new(&n->d, &n->o, 0, 0, n->d.child[0], &c, err);
    assert_true(s == HW_OK || c == NULL);
    if (s == HW_OK) {
        s = hw_chance_tail(c, HW_CHANCE_UNRELATED, 0, &t, err);
        assert_true(s == HW_OK || t.low == 7);
    }
    hw_chance_free(c);
    return s;
}

static hw_status power(nation *n, hw_err *err)
{
    hw_power_options o;
    hw_power_options_init(&o);
    hw_power_result r = {.n = 77};
    hw_status s = hw_power_compute(&n->d, &n->o, &o, &r, err);
    assert_true(s == HW_OK || r.n == 77);
    if (s == HW_OK) {
        hw_power_result_release(&r);
    }
    return s;
}

static hw_status database(nation *n, hw_err *err)
{
    hw_chance_database_options o;
    hw_chance_database_options_init(&o);
    hw_chance_database *c = NULL;
    hw_status s = hw_chance_database_new(&n->d, &n->o, &o, &c, err);
    assert_true(s == HW_OK || c == NULL);
    hw_chance_database_free(c);
    return s;
}

static hw_status run(const job *j, hw_err *err)
{
    nation *n = j->n;
    hw_match_result m = {.pairs = 77};
    hw_explanation x = {.missing = 77};
    hw_case_result r = {.n_loci = 77};
    hw_status s = HW_OK;
    if (j->what >= 3) {
        return j->what == 3 ? chance_and_tail(n, err) : j->what == 4 ? power(n, err) : database(n, err);
    }
    if (j->what == 0) {
        s = hw_match(&n->d, &n->o, &m, err);
    } else if (j->what == 1) {
        s = hw_match_explain(&n->d, &n->o, 0, 0, 0, &x, err);
    } else {
        s = hw_case_likelihoods(&n->d, j->c, n->pop[0], &n->set, NULL, &r, err);
    }
    if (s != HW_OK) {
        assert_true(m.pairs == 77 && x.missing == 77 && r.n_loci == 77);
    } else if (j->what == 0) {
        hw_match_result_release(&m);
    } else if (j->what == 1) {
        hw_explanation_release(&x);
    } else {
        hw_case_result_release(&r);
    }
    return s;
}

static long refuse_each(const job *j)
{
    arena_calls = arena_fail_at = 0;
    hw_err err = {0};
    fx_ok(run(j, &err), &err);
    long calls = arena_calls;
    /* In the middle the same places come round for the next locus and the next hypothesis: every seventh of those. */
    for (long nth = 1; nth <= calls; nth += nth < 1000 || nth + 500 > calls ? 1 : 7) {
        arena_calls = 0;
        arena_fail_at = nth;
        err = (hw_err){0};
        hw_status s = run(j, &err);
        arena_fail_at = 0;
        if (s != HW_NO_MEMORY) {
            print_error("job %d, refusal %ld of %ld\n", j->what, nth, calls);
        }
        fx_fails(s, HW_NO_MEMORY, &err, "memory");
    }
    return calls;
}

#define TABLES "TH01 6:0.2 7:0.8; FGA 20:0.3 21:0.7; vWA 14:0.4 15:0.6; DXS8378 10:0.4 11:0.6"

static void kin(nation *n, int kind)
{
    fx_nation(n, "TH01 FGA vWA DXS8378 AMEL DYS390");
    fx_population(n, "north", 0, TABLES);
    static hw_linked_pair pair = {"FGA", "vWA", 0.2};
    n->o.n_populations = 1;
    uint32_t f = 0;
    switch (kind) {
    case 0: /* linked loci, a rare allele, a mutation */
        n->set.standard = fx_stepwise(1e-3, 2e-3);
        n->set.linked = &pair;
        n->set.n_linked = 1;
        f = fx_family(n, "F", "F M; M F; A M F M; C M F M", "C");
        fx_member(n, f, "A", "TH01=6/7 FGA=20/21 vWA=14/15 DYS390=24/24");
        fx_child(n, "c", HW_SEX_MALE, "TH01=6/9.3 FGA=20/21 vWA=14/15 DYS390=24/24 AMEL=X/Y");
        break;
    case 1: /* theta */
        n->set.theta = 0.02;
        f = fx_family(n, "F", "F M; C F F -", "C");
        fx_member(n, f, "F", "TH01=6/7 DXS8378=10/10");
        fx_child(n, "c", HW_SEX_FEMALE, "TH01=6/- DXS8378=10/11 d=0.1");
        break;
    case 2: /* nobody's sex is known */
        n->set.standard = fx_equal(1e-3, 2e-3);
        f = fx_family(n, "F", "P U; K M P -", "P");
        fx_member(n, f, "K", "TH01=6/7 FGA=20/20");
        fx_child(n, "c", HW_SEX_UNKNOWN, "TH01=6/6 FGA=21/21 vWA=14/15");
        break;
    default: /* one family fits, one does not */
        f = fx_family(n, "F", "F M; C F F -", "C");
        fx_member(n, f, "F", "TH01=6/7");
        fx_child(n, "c", HW_SEX_FEMALE, "TH01=6/7");
        f = fx_family(n, "G", "F M; A M F -; C F F -", "C");
        fx_member(n, f, "F", "TH01=6/6");
        fx_member(n, f, "A", "TH01=7/7");
        break;
    }
}

static void match_and_explanation(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        for (int k = 0; k < 3; k++) {
            int what = k % 2;
            nation n;
            kin(&n, kind);
            n.o.method = k == 2 ? HW_MATCH_SCREENED : HW_MATCH_PLAIN;
            if (k == 2 && kind > 0) { /* differs before the tables only: one kind of family will do */
                fx_nation_drop(&n);
                continue;
            }
            job j = {.n = &n, .what = what};
            assert_true(refuse_each(&j) > 100);
            fx_nation_drop(&n);
        }
    }
}

/* With drop-out of the child, rivals, theta and a family that does not fit. */
static void chance_and_power(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind += kind == 1 ? 2 : 1) {
        for (int what = 3; what < (kind == 0 ? 6 : 5); what++) { /* the database asks the same of every kind */
            nation n;
            kin(&n, kind);
            job j = {.n = &n, .what = what};
            assert_true(refuse_each(&j) > 50);
            fx_nation_drop(&n);
        }
    }
}

static void cases(void **state)
{
    (void)state;
    nation n;
    kin(&n, 0);
    size_t index = 0;
    hw_err err = {0};
    fx_ok(hw_dataset_add_case(&n.d, "case", &index, &err), &err);
    hw_case *c = &n.d.kase[index];
    c->hypothesis = HW_NEW(&n.d.arena, hw_pedigree, 2);
    fx_pedigree(&c->hypothesis[0], "A M; B M A -");
    fx_pedigree(&c->hypothesis[1], "A M; B M");
    c->n_hypotheses = 2;
    c->profile = HW_NEW(&n.d.arena, hw_profile *, 2);
    c->profile[0] = fx_profile(&n, "A", HW_SEX_MALE, "TH01=6/9.3 FGA=20/21 vWA=14/15");
    c->profile[1] = fx_profile(&n, "B", HW_SEX_MALE, "TH01=6/9.3 FGA=20/21 vWA=14/15");
    c->n_profiles = 2;
    c->loci = HW_NEW(&n.d.arena, uint32_t, 3);
    for (uint32_t i = 0; i < 3; i++) {
        c->loci[c->n_loci++] = i;
    }
    job j = {.n = &n, .c = c, .what = 2};
    assert_true(refuse_each(&j) > 50);
    fx_nation_drop(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(match_and_explanation), cmocka_unit_test(chance_and_power), cmocka_unit_test(cases)};
    return cmocka_run_group_tests_name("engine faults", tests, NULL, NULL);
}
