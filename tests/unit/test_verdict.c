// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "base/str.h"
#include "kinship/verdict.h"

/* Evidence that meets every criterion of the default policy. */
static hw_verdict_input good(void)
{
    return (hw_verdict_input){.posterior = 0.99999, .low = 0.99995, .high = 0.999999, .missing_posterior = 0.99999, .log10_lr = 9, .chance_hits = 1e-4, .rivals = HW_ANSWER_YES,
                              .rival_log10 = 4, .inconsistent = 1, .two_parents = HW_ANSWER_YES, .fits = HW_ANSWER_YES, .quality = HW_ANSWER_YES, .contested = HW_ANSWER_NO};
}

static hw_verdict decide(const hw_verdict_input *in)
{
    static hw_arena arena; /* what reasons point to, until the next */
    hw_arena_release(&arena);
    hw_policy p;
    hw_verdict v;
    hw_err err = {0};
    hw_policy_init(&p);
    assert_int_equal(hw_verdict_decide(&p, in, &arena, &v, &err), HW_OK);
    for (int c = 0; c < HW_CRITERION_COUNT; c++) {
        const hw_verdict_reason *r = &v.reason[c];
        assert_int_equal(r->criterion, c);
        assert_true(r->code != NULL && r->text[0] != '\0' && r->text_zh[0] != '\0');
        assert_true((r->settle == NULL) == (r->met == HW_ANSWER_YES));
        assert_true((r->settle_zh == NULL) == (r->settle == NULL));
    }
    return v;
}

static void all_met_is_a_report(void **state)
{
    (void)state;
    hw_verdict_input in = good();
    hw_verdict v = decide(&in);
    assert_int_equal(v.kind, HW_VERDICT_REPORT);
    assert_false(v.which_open);
    assert_non_null(strstr(v.reason[HW_CRITERION_POSTERIOR].text, "0.99995000"));
    assert_non_null(strstr(v.reason[HW_CRITERION_CHANCE].text, "1.00e-04; asked for: at most 0.01"));
}

/* One criterion alone: what fails, and what is not known. */
static void each_criterion_alone_forbids_it(void **state)
{
    (void)state;
    for (int c = 0; c < HW_CRITERION_COUNT; c++) {
        for (int unknown = 0; unknown < 2; unknown++) {
            hw_verdict_input in = good();
            double nan = (double)NAN;
            switch ((hw_criterion)c) {
            case HW_CRITERION_POSTERIOR: in.low = unknown ? nan : 0.99989; in.high = unknown ? 1.0 : 0.999; break;
            case HW_CRITERION_INTERVAL: in.high = unknown ? nan : 1.02; break;
            case HW_CRITERION_RATIO: in.log10_lr = unknown ? nan : 3.99; break;
            case HW_CRITERION_CHANCE: in.chance_hits = unknown ? nan : 0.011; break;
            case HW_CRITERION_RIVAL: in.rivals = unknown ? HW_ANSWER_UNKNOWN : HW_ANSWER_YES; in.rival_log10 = 1.99; break;
            case HW_CRITERION_LOCI: in.inconsistent = unknown ? UINT32_MAX : 3; break;
            case HW_CRITERION_FIT: in.fits = unknown ? HW_ANSWER_UNKNOWN : HW_ANSWER_NO; break;
            case HW_CRITERION_QUALITY: in.quality = unknown ? HW_ANSWER_UNKNOWN : HW_ANSWER_NO; break;
            case HW_CRITERION_CONTESTED: in.contested = unknown ? HW_ANSWER_UNKNOWN : HW_ANSWER_YES; break;
            case HW_CRITERION_COUNT: break;
            }
            hw_verdict v = decide(&in);
            assert_int_equal(v.kind, HW_VERDICT_LEAD);
            assert_int_equal(v.reason[c].met, unknown ? HW_ANSWER_UNKNOWN : HW_ANSWER_NO);
            for (int k = 0; k < HW_CRITERION_COUNT; k++) {
                bool follows = c == HW_CRITERION_POSTERIOR && k == HW_CRITERION_INTERVAL && unknown; /* no bound, no width */
                assert_true(k == c || follows || v.reason[k].met == HW_ANSWER_YES);
            }
        }
    }
}

static void at_the_limit(void **state)
{
    (void)state;
    hw_verdict_input in = good();
    in.low = 0.9999;
    in.high = in.low + 0.0099;
    in.log10_lr = 4;
    in.chance_hits = 0.01;
    in.rival_log10 = 2;
    in.inconsistent = 2;
    assert_int_equal(decide(&in).kind, HW_VERDICT_REPORT);
    in.two_parents = HW_ANSWER_NO;
    assert_int_equal(decide(&in).kind, HW_VERDICT_LEAD);
    in.inconsistent = 1;
    assert_int_equal(decide(&in).kind, HW_VERDICT_REPORT);
    in.two_parents = HW_ANSWER_UNKNOWN; /* the stricter limit */
    assert_int_equal(decide(&in).kind, HW_VERDICT_REPORT);
    in.inconsistent = 2;
    assert_int_equal(decide(&in).kind, HW_VERDICT_LEAD);
    in.rivals = HW_ANSWER_NO;
    in.rival_log10 = (double)NAN;
    in.inconsistent = 0;
    assert_int_equal(decide(&in).kind, HW_VERDICT_REPORT);
}

static void little_is_not_yet(void **state)
{
    (void)state;
    hw_verdict_input in = good();
    in.posterior = 0.0099;
    in.low = 0.009;
    in.high = 0.01;
    assert_int_equal(decide(&in).kind, HW_VERDICT_NOT_YET);
    in.posterior = 0.01;
    assert_int_equal(decide(&in).kind, HW_VERDICT_LEAD);
    hw_verdict_input_init(&in);
    hw_verdict v = decide(&in);
    assert_int_equal(v.kind, HW_VERDICT_NOT_YET);
    for (int c = 0; c < HW_CRITERION_COUNT; c++) {
        assert_int_equal(v.reason[c].met, HW_ANSWER_UNKNOWN);
    }
}

static void brothers_that_dna_cannot_tell_apart(void **state)
{
    (void)state;
    hw_verdict_input in = good();
    in.missing_posterior = 0.5;
    hw_verdict v = decide(&in);
    assert_int_equal(v.kind, HW_VERDICT_REPORT);
    assert_true(v.which_open);
}

static void words(void **state)
{
    (void)state;
    static const hw_verdict_kind kinds[] = {HW_VERDICT_NOT_YET, HW_VERDICT_LEAD, HW_VERDICT_REPORT};
    static const char *const texts[] = {"not yet", "lead", "report"};
    static const char *const codes[] = {"not-yet", "lead", "report"};
    static const char *const zh[] = {"尚不足", "线索", "上报"};
    for (int i = 0; i < 3; i++) {
        assert_string_equal(hw_verdict_text(kinds[i]), texts[i]);
        assert_string_equal(hw_verdict_code(kinds[i]), codes[i]);
        assert_string_equal(hw_verdict_text_zh(kinds[i]), zh[i]);
    }
}

static void keys_of_a_policy(void **state)
{
    (void)state;
    hw_policy p;
    size_t n;
    const hw_policy_key *k = hw_policy_keys(&n);
    assert_int_equal(n * sizeof(double), sizeof(hw_policy)); /* every member has its key */
    hw_policy_init(&p);
    for (size_t i = 0; i < n; i++) {
        hw_err err = {0};
        double before = hw_policy_get(&p, &k[i]);
        assert_true(before >= k[i].low && before <= k[i].high);
        assert_int_equal(hw_policy_set(&p, k[i].key, k[i].high, &err), HW_OK);
        assert_true(hw_policy_get(&p, &k[i]) == k[i].high);
        assert_int_equal(hw_policy_set(&p, k[i].key, k[i].high + 1e20 * (k[i].high + 1), &err), HW_USAGE);
        assert_non_null(strstr(err.msg, k[i].key));
        err = (hw_err){0};
        assert_int_equal(hw_policy_set(&p, k[i].key, (double)NAN, &err), HW_USAGE);
        if (k[i].whole) {
            err = (hw_err){0};
            assert_int_equal(hw_policy_set(&p, k[i].key, 1.5, &err), HW_USAGE);
            assert_non_null(strstr(err.msg, "whole"));
        }
        assert_true(hw_policy_get(&p, &k[i]) == k[i].high);
    }
    hw_err err = {0};
    assert_int_equal(hw_policy_set(&p, "posterior", 0.9, &err), HW_NOT_FOUND);
    assert_non_null(strstr(err.msg, "posterior"));
}

static void without_memory(void **state)
{
    (void)state;
    hw_verdict_input in = good();
    hw_policy p;
    hw_policy_init(&p);
    hw_alloc_fail_at(1, true);
    hw_arena arena = {0};
    hw_verdict v = {.which_open = true};
    hw_err err = {0};
    hw_status s = hw_verdict_decide(&p, &in, &arena, &v, &err);
    hw_alloc_fail_at(0, false);
    assert_int_equal(s, HW_NO_MEMORY);
    assert_true(v.which_open); /* what the caller holds stays */
    hw_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_met_is_a_report), cmocka_unit_test(each_criterion_alone_forbids_it), cmocka_unit_test(at_the_limit), cmocka_unit_test(little_is_not_yet),
        cmocka_unit_test(brothers_that_dna_cannot_tell_apart), cmocka_unit_test(words), cmocka_unit_test(keys_of_a_policy), cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
