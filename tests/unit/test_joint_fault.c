// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The pieces of memory that joint identification, decisions and the search for siblings ask for are refused, one at a time: of an arena (--wrap), then of the heap. */
#include "arena_refusal.h"
#include "match_fixture.h"

#include "kinship/decision.h"
#include "kinship/siblings.h"

typedef struct job {
    nation *n;
    const hw_match_result *m;
    int what;
} job;

static hw_status run(const job *j, hw_err *err)
{
    hw_decisions x = {.n = 77};
    hw_sibling_result r = {.n = 77};
    hw_policy p;
    hw_sibling_options o;
    hw_policy_init(&p);
    hw_sibling_options_init(&o);
    o.threshold_log10 = 0;
    const double sum[2] = {1, 1};
    hw_sibling_pair pair = {.a = 0, .b = 1};
    hw_decision_evidence e = {.rest = {.sum = j->what == 0 ? NULL : sum}, .siblings = &pair, .n_siblings = j->what == 0 ? 0 : 1};
    hw_status s = j->what < 2 ? hw_decide(&j->n->d, &j->n->o, j->m, &e, &p, &x, err) : hw_siblings(&j->n->d, &j->n->o, &o, &r, err);
    if (s != HW_OK) {
        assert_true(x.n == 77 && r.n == 77); /* what the caller holds stays */
    } else if (j->what < 2) {
        assert_true(j->what == 0 ? x.n == x.n_listed : x.n == x.n_listed + 2);
        hw_decisions_release(&x);
    } else {
        hw_sibling_result_release(&r);
    }
    return s;
}

static long refuse_each(const job *j, bool heap)
{
    hw_err err = {0};
    arena_calls = arena_fail_at = 0;
    hw_alloc_fail_at(0, false);
    fx_ok(run(j, &err), &err);
    long calls = heap ? hw_alloc_count() : arena_calls;
    /* In the middle the same places come round again: every seventh of those. */
    for (long nth = 1; nth <= calls; nth += nth < 1500 || nth + 500 > calls ? 1 : 7) {
        arena_calls = 0;
        arena_fail_at = heap ? 0 : nth;
        hw_alloc_fail_at(heap ? nth : 0, false);
        err = (hw_err){0};
        hw_status s = run(j, &err);
        arena_fail_at = 0;
        hw_alloc_fail_at(0, false);
        if (s != HW_NO_MEMORY) {
            print_error("job %d, %s, refusal %ld of %ld\n", j->what, heap ? "heap" : "arena", nth, calls);
        }
        fx_fails(s, HW_NO_MEMORY, &err, "memory");
    }
    return calls;
}

#define TABLES "TH01 6:0.2 7:0.8; FGA 20:0.3 21:0.7; vWA 14:0.4 15:0.6"

static void everything_refused_once(void **state)
{
    (void)state;
    static hw_linked_pair pair = {"FGA", "vWA", 0.2};
    for (int kind = 0; kind < 3; kind++) { /* plain with a rare allele; theta; linked loci */
        nation n;
        fx_nation(&n, "TH01 FGA vWA AMEL");
        fx_population(&n, "north", 0, TABLES);
        n.o.n_populations = 1;
        n.set.standard = fx_stepwise(1e-3, 2e-3);
        n.set.theta = kind == 1 ? 0.02 : 0;
        n.set.linked = &pair;
        n.set.n_linked = kind == 2 ? 1 : 0;
        n.o.rivals = false;
        uint32_t f = fx_family(&n, "F", "F M; M F; A M F M; B F F M", "A B");
        fx_member(&n, f, "F", "TH01=6/7 FGA=20/21 vWA=14/15");
        f = fx_family(&n, "G", "P M; C U P -", "C");
        fx_member(&n, f, "P", "TH01=6/7 FGA=20/21");
        fx_child(&n, "a", HW_SEX_MALE, kind == 0 ? "TH01=6/9.3 FGA=20/21 vWA=14/15 AMEL=X/Y" : "TH01=6/7 FGA=20/21 vWA=14/15 AMEL=X/Y");
        fx_child(&n, "b", HW_SEX_UNKNOWN, "TH01=7/7 FGA=21/21 vWA=14/15");
        hw_match_result m;
        fx_match(&n, &m);
        assert_true(m.n_candidates == 6);
        hw_match_result part = m; /* a with the first family alone: its sibling brings in the rest */
        hw_candidate own[2] = {*fx_candidate(&m, 0, 0, 0), *fx_candidate(&m, 0, 0, 1)};
        part.candidate = own;
        part.n_candidates = 2;
        for (int what = 0; what < 3; what++) { /* decisions; with siblings; siblings */
            job j = {.n = &n, .m = what == 1 ? &part : &m, .what = what};
            assert_true(refuse_each(&j, false) > 100);
            assert_true(refuse_each(&j, true) > 10);
        }
        hw_match_result_release(&m);
        fx_nation_drop(&n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(everything_refused_once)};
    return cmocka_run_group_tests_name("joint_fault", tests, NULL, NULL);
}
