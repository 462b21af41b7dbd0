// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "match_fixture.h"

#include <math.h>

#define TABLES "TH01 6:0.2 7:0.3 8:0.1 9.3:0.4; vWA 14:0.1 15:0.2 16:0.7; D12S391 17:0.1 18:0.3 19:0.6; DXS8378 10:0.4 11:0.6"

static hw_case *add_case(nation *n, const char *const *pedigrees, uint32_t n_pedigrees)
{
    size_t index = 0;
    hw_err err = {0};
    fx_ok(hw_dataset_add_case(&n->d, "case-1", &index, &err), &err);
    hw_case *c = &n->d.kase[index];
    c->hypothesis = HW_NEW(&n->d.arena, hw_pedigree, n_pedigrees);
    for (uint32_t i = 0; i < n_pedigrees; i++) {
        fx_pedigree(&c->hypothesis[i], pedigrees[i]);
        c->hypothesis[i].name = i == 0 ? "H1" : i == 1 ? "H2" : NULL;
    }
    c->n_hypotheses = n_pedigrees;
    c->profile = HW_NEW(&n->d.arena, hw_profile *, 20);
    c->loci = HW_NEW(&n->d.arena, uint32_t, n->d.panel.n);
    for (uint32_t i = 0; i < n->d.panel.n; i++) {
        c->loci[c->n_loci++] = i;
    }
    return c;
}

static void typed(nation *n, hw_case *c, const char *person, const char *text)
{
    c->profile[c->n_profiles++] = fx_profile(n, person, HW_SEX_UNKNOWN, text);
}

static void ratios_of_numbers(void **state)
{
    (void)state;
    hw_real zero = hw_real_from(0), one = hw_real_from(1), ten = hw_real_from(10);
    fx_near(hw_ratio(ten, one), 10, 0);
    fx_near(hw_ratio(zero, one), 0, 0);
    assert_true(hw_ratio(one, zero) == (double)INFINITY);
    assert_true(isnan(hw_ratio(zero, zero)));
    fx_near(hw_ratio_log10(ten, one), 1, 0);
    assert_true(hw_ratio_log10(zero, one) == -(double)INFINITY);
    assert_true(hw_ratio_log10(one, zero) == (double)INFINITY);
    assert_true(isnan(hw_ratio_log10(zero, zero)));
}

static void paternity(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "TH01 vWA D12S391 DXS8378 DYS390 AMEL FGA");
    fx_population(&n, "small", 0, TABLES);
    hw_case *c = add_case(&n, (const char *const[]){"F M; M F; C M F M", "F M; M F; C M - M", "F M; M F; C M"}, 3);
    typed(&n, c, "F", "TH01=6/7 vWA=14/15 DYS390=24/24 AMEL=X/Y FGA=20/20 DXS8378=10/10");
    typed(&n, c, "M", "TH01=8/9.3 vWA=16/16 DXS8378=10/11");
    typed(&n, c, "C", "TH01=6/8 vWA=14/16 D12S391=17/22 DYS390=24/24 DXS8378=11/11");
    hw_case_result r;
    hw_err err = {0};
    fx_ok(hw_case_likelihoods(&n.d, c, n.pop[0], &n.set, NULL, &r, &err), &err);
    assert_int_equal(r.n_loci, 7);
    assert_string_equal(r.population, "small");
    fx_near(hw_ratio(r.locus[0].likelihood[0], r.locus[0].likelihood[1]), 0.5 / 0.2, 1e-13);
    fx_near(hw_ratio(r.locus[1].likelihood[0], r.locus[1].likelihood[1]), 0.5 / 0.1, 1e-13);
    fx_near(hw_ratio(r.locus[2].likelihood[0], r.locus[2].likelihood[1]), 1, 1e-13);
    fx_near(hw_ratio(r.locus[3].likelihood[0], r.locus[3].likelihood[1]), 1, 1e-13);
    assert_non_null(strstr(r.locus[2].note, "22 ("));
    assert_true(r.locus[0].used && r.locus[3].used && !r.locus[4].used && !r.locus[5].used && !r.locus[6].used);
    assert_non_null(strstr(r.locus[4].note, "Y locus"));
    assert_non_null(strstr(r.locus[5].note, "sex"));
    assert_non_null(strstr(r.locus[6].note, "no frequencies"));
    fx_near(hw_ratio(r.total[0], r.total[1]), 0.5 / 0.2 * 0.5 / 0.1, 1e-12);
    hw_case_result_release(&r);
    /* linked loci: one value for the two, each alone beside it */
    hw_linked_pair pairs[2] = {{"vWA", "D12S391", 0.1}, {"TH01", "vWA", 0.1}};
    n.set.linked = pairs;
    n.set.n_linked = 1;
    fx_ok(hw_case_likelihoods(&n.d, c, n.pop[0], &n.set, NULL, &r, &err), &err);
    assert_int_equal(r.locus[1].linked_with, 2);
    assert_int_equal(r.locus[2].linked_with, 1);
    fx_near(hw_real_to_double(r.locus[2].likelihood[0]), 1, 0);
    fx_near(hw_real_to_double(r.locus[1].likelihood[0]), r.locus[1].unlinked[0] * r.locus[2].unlinked[0], 1e-12); /* phase unknown: no difference */
    hw_case_result_release(&r);
    n.set.n_linked = 2;
    fx_fails(hw_case_likelihoods(&n.d, c, n.pop[0], &n.set, NULL, &r, &err), HW_UNSUPPORTED, &err, "case-1|pairs");
    n.set.n_linked = 0;
    /* a tri-allelic pattern sets the locus aside */
    c->profile[0] = fx_profile(&n, "F", HW_SEX_MALE, "TH01=6/7/8 vWA=14/15");
    err = (hw_err){0};
    fx_ok(hw_case_likelihoods(&n.d, c, n.pop[0], &n.set, NULL, &r, &err), &err);
    assert_true(!r.locus[0].used && strstr(r.locus[0].note, "tri-allelic") != NULL);
    hw_case_result_release(&r);
    fx_nation_drop(&n);
}

static void own_tables_and_settings(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "TH01");
    fx_population(&n, "one", 0.05, "TH01 6:0.2 7:0.8");
    fx_population(&n, "two", 0, "TH01 6:0.5 7:0.5");
    hw_case *c = add_case(&n, (const char *const[]){"A M", "A M"}, 2);
    typed(&n, c, "A", "TH01=6/6");
    hw_case_result r;
    hw_err err = {0};
    fx_fails(hw_case_likelihoods(&n.d, c, NULL, &n.set, NULL, &r, &err), HW_NOT_FOUND, &err, "case-1|--freq");
    err = (hw_err){0};
    fx_fails(hw_case_likelihoods(&n.d, c, n.pop[0], NULL, NULL, &r, &err), HW_USAGE, &err, "case-1|settings");
    n.set.theta = -1; /* that of the table */
    fx_ok(hw_case_likelihoods(&n.d, c, n.pop[0], &n.set, NULL, &r, &err), &err);
    fx_near(hw_real_to_double(r.total[0]), 0.2 * (0.05 + 0.95 * 0.2), 1e-14);
    hw_case_result_release(&r);
    c->population = n.pop[1];
    c->has_settings = true;
    c->settings.theta = 0.1;
    fx_ok(hw_case_likelihoods(&n.d, c, n.pop[0], &n.set, NULL, &r, &err), &err);
    fx_near(hw_real_to_double(r.total[0]), 0.5 * (0.1 + 0.9 * 0.5), 1e-14);
    assert_string_equal(r.population, "two");
    hw_case_result_release(&r);
    fx_nation_drop(&n);
}

static void refused(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "TH01");
    fx_population(&n, "one", 0, "TH01 6:0.2 7:0.8");
    fx_population(&n, "none", 0, "FGA 20:0.2 21:0.8");
    hw_case *c = add_case(&n, (const char *const[]){"A M; B M A -", "A M; B M", "A M; B M; C F A -"}, 3);
    typed(&n, c, "A", "TH01=6/6");
    hw_case_result r;
    hw_err err = {0};
    fx_fails(hw_case_likelihoods(&n.d, c, n.pop[1], &n.set, NULL, &r, &err), HW_NOT_FOUND, &err, "case-1|none");
    hw_engine_limits poor = {.max_operations = 0.5};
    err = (hw_err){0};
    fx_fails(hw_case_likelihoods(&n.d, c, n.pop[0], &n.set, &poor, &r, &err), HW_TOO_COSTLY, &err, "case case-1, hypothesis H1|TH01");
    typed(&n, c, "C", "TH01=6/6");
    err = (hw_err){0};
    fx_fails(hw_case_likelihoods(&n.d, c, n.pop[0], &n.set, NULL, &r, &err), HW_CONFLICT, &err, "C is typed|H1");
    c->hypothesis[0].name = NULL;
    err = (hw_err){0};
    fx_fails(hw_case_likelihoods(&n.d, c, n.pop[0], &n.set, NULL, &r, &err), HW_CONFLICT, &err, "(unnamed)");
    fx_nation_drop(&n);
}

static void no_memory(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "TH01 vWA D12S391");
    fx_population(&n, "small", 0, TABLES);
    n.set.standard = fx_stepwise(1e-3, 2e-3);
    hw_linked_pair pair = {"vWA", "D12S391", 0.1};
    n.set.linked = &pair;
    n.set.n_linked = 1;
    hw_case *c = add_case(&n, (const char *const[]){"F M; M F; C M F M", "F M; M F; C M - M"}, 2);
    typed(&n, c, "F", "TH01=6/7 vWA=14/15 D12S391=17/18");
    typed(&n, c, "C", "TH01=6/8 vWA=14/21 D12S391=17/19");
    hw_status s = HW_NO_MEMORY;
    long nth = 1;
    for (; s != HW_OK; nth++) {
        hw_case_result r = {.n_loci = 77};
        hw_err err = {0};
        hw_alloc_fail_at(nth, false);
        s = hw_case_likelihoods(&n.d, c, n.pop[0], &n.set, NULL, &r, &err);
        bool fired = hw_alloc_count() >= nth;
        hw_alloc_fail_at(0, false);
        assert_true((s == HW_OK) == !fired);
        if (s == HW_OK) {
            hw_case_result_release(&r);
        } else {
            fx_fails(s, HW_NO_MEMORY, &err, "memory");
            assert_int_equal(r.n_loci, 77);
        }
    }
    assert_true(nth > 10);
    fx_nation_drop(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ratios_of_numbers), cmocka_unit_test(paternity), cmocka_unit_test(own_tables_and_settings),
        cmocka_unit_test(refused),           cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests_name("ratio", tests, NULL, NULL);
}
