// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "match_fixture.h"

#include <math.h>

#include "kinship/decision.h"

#define MANY "TH01 6:0.05 7:0.05 8:0.9; D3S1358 6:0.05 7:0.05 8:0.9; FGA 6:0.05 7:0.05 8:0.9; vWA 6:0.05 7:0.05 8:0.9; CSF1PO 6:0.05 7:0.05 8:0.9"

/* A family with both parents typed and its child, beside a stranger and another family. */
static void scene(nation *n)
{
    fx_nation(n, "TH01 D3S1358 FGA vWA CSF1PO");
    fx_population(n, "rare", 0, MANY);
    n->o.n_populations = 1;
    n->set.standard = fx_stepwise(1e-3, 2e-3);
    uint32_t f = fx_family(n, "F", "F M; M F; A U F M", "A");
    fx_member(n, f, "F", "TH01=6/6 D3S1358=6/6 FGA=6/6 vWA=6/6 CSF1PO=6/6");
    fx_member(n, f, "M", "TH01=7/7 D3S1358=7/7 FGA=7/7 vWA=7/7 CSF1PO=7/7");
    f = fx_family(n, "G", "F M; A U F -", "A");
    fx_member(n, f, "F", "TH01=8/8 D3S1358=8/8 FGA=8/8 vWA=8/8 CSF1PO=8/8");
    fx_child(n, "a", HW_SEX_UNKNOWN, "TH01=6/7 D3S1358=6/7 FGA=6/7 vWA=6/7 CSF1PO=6/7");
    fx_child(n, "b", HW_SEX_UNKNOWN, "TH01=8/8 D3S1358=8/8 FGA=8/8 vWA=8/8 CSF1PO=8/8");
    n->o.threshold_log10 = 0;
}

typedef struct evidence {
    double sum[2], low[2], high[2], chance[8];
    hw_answer family[2], child[2];
    hw_decision_evidence e;
} evidence;

static void know_everything(evidence *x, size_t n)
{
    memset(x, 0, sizeof *x);
    for (size_t i = 0; i < n; i++) {
        x->chance[i] = 1e-6;
    }
    for (int i = 0; i < 2; i++) {
        x->family[i] = x->child[i] = HW_ANSWER_YES;
    }
    x->e = (hw_decision_evidence){.rest = {x->sum, x->low, x->high}, .chance_hits = x->chance, .family_fits = x->family, .family_quality = x->family, .child_quality = x->child};
}

static void decide_at(nation *n, const hw_match_result *m, const hw_decision_evidence *e, hw_decisions *ret, const char *file, int line)
{
    hw_policy p;
    hw_err err = {0};
    hw_policy_init(&p);
    fx_ok_at(hw_decide(&n->d, &n->o, m, e, &p, ret, &err), &err, file, line);
    assert_int_equal(ret->n, m->n_candidates);
}
#define decide(n, m, e, ret) decide_at((n), (m), (e), (ret), __FILE__, __LINE__)

static size_t of(const hw_match_result *m, uint32_t child, uint32_t family)
{
    const hw_candidate *c = fx_candidate(m, child, family, 0);
    assert_non_null(c);
    return (size_t)(c - m->candidate);
}

static void reports_what_is_known_and_good(void **state)
{
    (void)state;
    nation n;
    scene(&n);
    hw_match_result m;
    fx_match(&n, &m);
    size_t a = of(&m, 0, 0), b = of(&m, 1, 1);
    evidence x;
    hw_decisions r;
    know_everything(&x, m.n_candidates);
    decide(&n, &m, &x.e, &r);
    assert_int_equal(r.decision[a].verdict.kind, HW_VERDICT_REPORT);
    assert_int_equal(r.decision[a].input.two_parents, HW_ANSWER_YES);
    assert_int_equal(r.decision[b].input.two_parents, HW_ANSWER_NO);
    assert_int_equal(r.decision[b].verdict.kind, HW_VERDICT_LEAD); /* probable, but a ratio of 2 */
    assert_memory_equal(&r.decision[a].joint, &r.joint.pair[a], sizeof r.joint.pair[a]);
    hw_decisions_release(&r);
    fx_nation_drop(&n);
    hw_match_result_release(&m);
}

/* Each array alone left out, or saying no. */
static void what_is_not_known_forbids_it(void **state)
{
    (void)state;
    nation n;
    scene(&n);
    hw_match_result m;
    fx_match(&n, &m);
    size_t a = of(&m, 0, 0);
    static const hw_criterion touched[] = {HW_CRITERION_POSTERIOR, HW_CRITERION_CHANCE, HW_CRITERION_FIT, HW_CRITERION_QUALITY, HW_CRITERION_QUALITY, HW_CRITERION_CHANCE,
                                           HW_CRITERION_FIT, HW_CRITERION_QUALITY, HW_CRITERION_CONTESTED, HW_CRITERION_INTERVAL};
    for (int k = 0; k < 10; k++) {
        evidence x;
        hw_answer no[2] = {HW_ANSWER_NO, HW_ANSWER_NO};
        hw_decisions r;
        know_everything(&x, m.n_candidates);
        n.o.threshold_log10 = k == 8 ? 5 : 0;
        switch (k) {
        case 0: x.e.rest = (hw_joint_rest){0}; break;
        case 1: x.e.chance_hits = NULL; break;
        case 2: x.e.family_fits = NULL; break;
        case 3: x.e.family_quality = NULL; break;
        case 4: x.e.child_quality = NULL; break;
        case 5: x.chance[a] = (double)NAN; break;
        case 6: x.e.family_fits = no; break;
        case 7: x.e.child_quality = no; break;
        case 8: break; /* a list that does not hold the claims that could contest */
        default: x.sum[0] = x.high[0] = 1e14; break; /* a bound so wide that it says nothing */
        }
        decide(&n, &m, &x.e, &r);
        assert_true(r.decision[a].verdict.kind != HW_VERDICT_REPORT);
        assert_true(r.decision[a].verdict.reason[touched[k]].met != HW_ANSWER_YES);
        if (k == 0) { /* the mean of unrelated pairs stands in: all missing persons but those listed */
            double rest = 2 - (fx_candidate(&m, 0, 1, 0) != NULL ? 2 : 1);
            fx_near(r.joint.child[0].unlisted, r.joint.child[0].not_registered * rest * m.prior_each / 0.5, 1e-12);
        }
        hw_decisions_release(&r);
    }
    hw_match_result_release(&m);
    fx_nation_drop(&n);
}

static void contested_claims(void **state)
{
    (void)state;
    nation n;
    scene(&n);
    hw_match_result m;
    fx_match(&n, &m);
    hw_candidate list[3] = {m.candidate[of(&m, 0, 0)], m.candidate[of(&m, 0, 0)], m.candidate[of(&m, 0, 0)]};
    static const struct {
        double own, other;
        bool same_child, contested;
    } tries[] = {{14, 9, true, true}, {14, 7.5, true, false}, {9, 3.9, true, false}, {14, 9, false, true}, {14, 7.5, false, false}};
    for (size_t k = 0; k < sizeof tries / sizeof tries[0]; k++) {
        evidence x;
        hw_decisions r;
        know_everything(&x, 3);
        list[0].log10_lr = list[0].log10_lr_min = tries[k].own;
        list[0].rival_log10 = list[1].rival_log10 = 12; /* else one is the child and the other its cousin */
        list[1].log10_lr = list[1].log10_lr_min = tries[k].other;
        list[1].child = tries[k].same_child ? 0 : 1;
        list[1].family = tries[k].same_child ? 1 : 0;
        hw_match_result own = {.candidate = list, .n_candidates = 2, .prior_each = 0.25};
        decide(&n, &own, &x.e, &r);
        assert_int_equal(r.decision[0].input.contested, tries[k].contested ? HW_ANSWER_YES : HW_ANSWER_NO);
        assert_int_equal(r.decision[0].verdict.kind, tries[k].contested ? HW_VERDICT_LEAD : HW_VERDICT_REPORT);
        hw_decisions_release(&r);
    }
    hw_match_result_release(&m);
    fx_nation_drop(&n);
}

/* A family that misses two has room for two children: neither contests the other; a third does. */
static void room_for_brothers(void **state)
{
    (void)state;
    nation n;
    scene(&n);
    uint32_t f = fx_family(&n, "H", "F M; A U F -; B U F -", "A B");
    fx_child(&n, "c", HW_SEX_UNKNOWN, "TH01=6/7");
    hw_candidate list[3];
    for (uint32_t i = 0; i < 3; i++) {
        list[i] = (hw_candidate){.child = i, .family = f, .missing = i % 2, .log10_lr = 8, .log10_lr_min = 8, .loci_used = 5, .rival_log10 = (double)NAN};
    }
    for (size_t count = 2; count <= 3; count++) {
        hw_decisions r;
        hw_match_result own = {.candidate = list, .n_candidates = count, .prior_each = 0.1};
        decide(&n, &own, NULL, &r);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(r.decision[i].input.contested, count == 3 ? HW_ANSWER_YES : HW_ANSWER_NO);
        }
        hw_decisions_release(&r);
    }
    fx_nation_drop(&n);
}

/* One parent typed, two children missing. The second child alone is nothing to list; beside its brother it is. */
static void a_sibling_below_the_threshold(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "TH01 D3S1358 FGA vWA CSF1PO");
    fx_population(&n, "rare", 0, MANY);
    n.o.n_populations = 1;
    n.set.standard = fx_stepwise(1e-3, 2e-3);
    uint32_t f = fx_family(&n, "F", "F M; M F; A U F M; B U F M", "A B");
    fx_member(&n, f, "F", "TH01=6/8 D3S1358=6/8 FGA=6/8 vWA=6/8 CSF1PO=6/8");
    fx_family(&n, "G", "X U", "X");
    /* Both have their mother's rare 7s; the second has none of the father's rare 6s. */
    fx_child(&n, "a", HW_SEX_UNKNOWN, "TH01=6/7 D3S1358=6/7 FGA=6/7 vWA=6/7 CSF1PO=6/7");
    fx_child(&n, "b", HW_SEX_UNKNOWN, "TH01=7/8 D3S1358=7/8 FGA=7/8 vWA=7/8 CSF1PO=7/8");
    hw_match_result all, m;
    fx_match(&n, &all);
    n.o.threshold_log10 = 2;
    fx_match(&n, &m);
    assert_int_equal(m.n_candidates, 2); /* a as A and as B */
    double sum[2] = {0};
    for (size_t i = 0; i < all.n_candidates; i++) {
        const hw_candidate *c = &all.candidate[i];
        sum[c->child] += fx_candidate(&m, c->child, c->family, c->missing) == NULL ? hw_pow10(c->log10_lr) : 0;
    }
    hw_sibling_options so;
    hw_sibling_result s;
    hw_sibling_options_init(&so);
    hw_err err = {0};
    so.threshold_log10 = 1;
    fx_ok(hw_siblings(&n.d, &n.o, &so, &s, &err), &err);
    assert_int_equal(s.n, 1);
    hw_decision_evidence e = {.rest = {.sum = sum}};
    hw_decisions without, with;
    decide(&n, &m, &e, &without);
    e.siblings = s.pair;
    e.n_siblings = s.n;
    hw_policy p;
    hw_policy_init(&p);
    fx_ok(hw_decide(&n.d, &n.o, &m, &e, &p, &with, &err), &err);
    assert_int_equal(with.n_listed, 2);
    assert_int_equal(with.n, 4);
    for (size_t i = 2; i < 4; i++) {
        const hw_candidate *c = &with.candidate[i];
        assert_true(c->child == 1 && c->family == f && c->missing == i - 2);
        fx_near(hw_pow10(c->log10_lr), hw_pow10(fx_candidate(&all, 1, f, c->missing)->log10_lr), 1e-12);
        assert_true(with.decision[i].joint.family_posterior > 0.9 && with.decision[i].verdict.kind == HW_VERDICT_LEAD);
        assert_int_equal(with.decision[i].verdict.reason[HW_CRITERION_CHANCE].met, HW_ANSWER_UNKNOWN);
    }
    assert_true(with.decision[0].joint.family_posterior > without.decision[0].joint.family_posterior); /* and a by b */
    assert_memory_equal(with.candidate, m.candidate, 2 * sizeof(*m.candidate));
    hw_decisions_release(&with);
    s.pair[0].flag = HW_SIBLING_IDENTICAL; /* one child entered twice brings nobody in */
    fx_ok(hw_decide(&n.d, &n.o, &m, &e, &p, &with, &err), &err);
    assert_int_equal(with.n, 2);
    hw_decisions_release(&with);
    s.pair[0].b = 9;
    fx_fails(hw_decide(&n.d, &n.o, &m, &e, &p, &with, &err), HW_USAGE, &err, "siblings|9");
    hw_decisions_release(&without);
    hw_sibling_result_release(&s);
    hw_match_result_release(&m);
    hw_match_result_release(&all);
    fx_nation_drop(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reports_what_is_known_and_good), cmocka_unit_test(what_is_not_known_forbids_it), cmocka_unit_test(contested_claims),
                                       cmocka_unit_test(room_for_brothers), cmocka_unit_test(a_sibling_below_the_threshold)};
    return cmocka_run_group_tests_name("decision", tests, NULL, NULL);
}
