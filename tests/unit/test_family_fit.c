// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The judgement on single families: verdicts, suspects, subsets; who is related to whom; a family with fewer profiles; against the definition; every allocation refused. */
#include "match_fixture.h"

#include "kinship/fit.h"

#include <math.h>

#define LOCI "TH01 TPOX D3S1358 D5S818 D7S820 D8S1179 vWA FGA DXS10074 AMEL"
#define TRIO "F M; M F; S M F M; CH M F M"

static void nation_with_table(nation *n, bool mutation)
{
    fx_nation(n, LOCI);
    fx_population(n, "invented", 0,
                  "TH01 6:0.1 7:0.2 8:0.3 9:0.4; TPOX 6:0.1 7:0.2 8:0.3 9:0.4; D3S1358 6:0.1 7:0.2 8:0.3 9:0.4; D5S818 6:0.1 7:0.2 8:0.3 9:0.4;"
                  "D7S820 6:0.1 7:0.2 8:0.3 9:0.4; D8S1179 6:0.1 7:0.2 8:0.3 9:0.4; vWA 6:0.1 7:0.2 8:0.3 9:0.4; FGA 6:0.1 7:0.2 8:0.3 9:0.4;"
                  "DXS10074 6:0.1 7:0.2 8:0.3 9:0.4");
    n->o.n_populations = 1;
    if (mutation) {
        hw_settings_init(&n->set);
        n->set.theta = 0;
    }
}

static hw_fit fit_of(nation *n, uint32_t family)
{
    hw_fitter *f = NULL;
    hw_fit r;
    hw_err err = {0};
    fx_ok(hw_fitter_new(&n->d, &n->o, &f, &err), &err);
    fx_ok(hw_family_fit(f, &n->d.family[family], &r, &err), &err);
    assert_int_equal(r.family, family);
    hw_fitter_free(f);
    return r;
}

#define ALL(g) "TH01=" g " TPOX=" g " D3S1358=" g " D5S818=" g " D7S820=" g " D8S1179=" g " vWA=" g " FGA=" g

/* A couple and n children S0.., of whom the first is missing. */
static uint32_t couple(nation *n, int children)
{
    char pedigree[3000] = "F M; M F";
    for (int i = 0; i < children; i++) {
        snprintf(pedigree + strlen(pedigree), sizeof pedigree - strlen(pedigree), "; S%d M F M", i);
    }
    return fx_family(n, "F1", pedigree, "S0");
}

static void expect_testable(const char *pedigree, const char *typed, bool expected)
{
    nation n;
    nation_with_table(&n, true);
    uint32_t f = fx_family(&n, "F1", pedigree, "CH");
    char copy[100];
    snprintf(copy, sizeof copy, "%s", typed);
    for (char *rest = copy, *id; (id = strsep(&rest, " ")) != NULL;) {
        fx_member(&n, f, id, ALL("7/8"));
    }
    bool got = !expected;
    hw_err err = {0};
    fx_ok(hw_family_testable(&n.d.family[f], &got, &err), &err);
    hw_fit r = fit_of(&n, f);
    if (got != expected || (r.verdict != HW_FIT_NOT_TESTABLE) != expected) {
        fail_msg("%s, typed %s", pedigree, typed);
    }
    hw_fit_release(&r);
    fx_nation_drop(&n);
}

static void test_testable(void **state)
{
    (void)state;
    expect_testable(TRIO, "M", false);
    expect_testable(TRIO, "F M", false);
    expect_testable(TRIO, "M S", true);
    expect_testable(TRIO, "F M S", true);
    expect_testable("F M; M F; S M F M; T F F M; CH M F M", "S T", true);
    expect_testable("G M; H F; K M; L F; F M G H; M F K L; CH M F M", "G H K L", false);
    expect_testable("G M; H F; F M G H; M F; CH M F M", "G F", true);
    expect_testable("G M; H F; F M G H; U M G H; M F; CH M F M", "M U", false);
    expect_testable("F M; M F; CH M F M", "F M CH", true);
    expect_testable("F M; M F; CH M F M twin=1; T M F M twin=1", "T CH", true);
}

/* The mean over the errors, written out for a mother and a child: both errors are the same statement. */
static void test_definition(void **state)
{
    (void)state;
    nation n;
    nation_with_table(&n, false);
    uint32_t f = fx_family(&n, "F1", TRIO, "CH");
    fx_member(&n, f, "M", "TH01=6/7 FGA=9/9");
    fx_member(&n, f, "S", "TH01=6/8 FGA=8/9");
    hw_fit r = fit_of(&n, f);
    /* P(child | mother) / P(child): TH01 0.5 p8 / (2 p6 p8), FGA p8 / (2 p8 p9) */
    double lr = 0.5 / (2 * 0.1) * 1 / (2 * 0.4);
    fx_near(r.log10_evidence, -hw_log10(lr), 1e-9);
    assert_int_equal(r.verdict, HW_FIT_FITS);
    assert_int_equal(r.loci_used, 2);
    assert_int_equal(r.n_related, 2);
    assert_int_equal(r.n_suspects, 0);
    hw_fit_release(&r);
    fx_nation_drop(&n);
}

/* P(readings of M, S, T under a pedigree written out), product over the loci; X stands for the one who is unrelated. */
static hw_real written_out(nation *n, uint32_t f, const char *pedigree)
{
    hw_pedigree ped;
    hw_engine *e = NULL;
    hw_err err = {0};
    hw_real total = hw_real_from(1.0);
    fx_pedigree(&ped, pedigree);
    fx_ok(hw_engine_new(NULL, &e, &err), &err);
    const hw_family *fam = &n->d.family[f];
    for (uint32_t l = 0; l < 8; l++) {
        hw_locus_model *lm = NULL;
        const char *name = n->d.panel.locus[l].name;
        hw_typing t[8];
        fx_ok(hw_locus_model_build(&n->d.arena, hw_population_find(n->pop[0], name), HW_LOCUS_AUTOSOMAL, hw_settings_locus(&n->set, name), 0, HW_RARE_AUTO, 0, NULL, 0, &lm, &err),
              &err);
        for (size_t i = 0; i < ped.n; i++) {
            uint32_t at = 0;
            bool member = hw_pedigree_find(&fam->pedigree, ped.person[i].id, &at) && fam->profile[at] != NULL;
            hw_genotype g = member ? hw_profile_at(fam->profile[at], l) : HW_GENOTYPE_NONE;
            t[i] = (hw_typing){g.a, g.b, 0, 0};
        }
        hw_real one;
        fx_ok(hw_likelihood(e, &ped, lm, t, &one, &err), &err);
        total = hw_real_mul(total, one);
    }
    hw_engine_free(e);
    hw_pedigree_release(&ped);
    return total;
}

/* A mother and two children: three members who may be unrelated, two links to the mother, one to the father (of two children one may be another's, whichever). */
static void test_errors_written_out(void **state)
{
    (void)state;
    static const char *const error[] = {"M F; F M; N F; S M F N; T F F N", "M F; F M; S M; T F F M", "M F; F M; S M F M; T F",
                                        "M F; F M; N F; S M F N; T F F M", "M F; F M; N F; S M F M; T F F N", "M F; F M; G M; S M G M; T F F M"};
    nation n;
    nation_with_table(&n, true);
    uint32_t f = fx_family(&n, "F1", "F M; M F; S M F M; T F F M; CH M F M", "CH");
    fx_member(&n, f, "M", ALL("6/7"));
    fx_member(&n, f, "S", ALL("6/8"));
    fx_member(&n, f, "T", "TH01=8/9 TPOX=8/8 D3S1358=7/9 D5S818=8/9 D7S820=9/9 D8S1179=8/9 vWA=6/9 FGA=8/9");
    hw_fit r = fit_of(&n, f);
    assert_int_equal(r.verdict, HW_FIT_MISFIT);
    assert_int_equal(r.n_suspects, 6);
    hw_real stated = written_out(&n, f, "M F; F M; S M F M; T F F M");
    hw_real sum = hw_real_from(0.0);
    for (int i = 0; i < 6; i++) {
        hw_real one = hw_real_div(written_out(&n, f, error[i]), stated);
        double log10 = hw_real_log10(one);
        bool found = false;
        for (uint32_t k = 0; k < r.n_suspects; k++) {
            found = found || fx_apart(r.suspect[k].log10_ratio, log10) < 1e-9;
        }
        if (!found) {
            fail_msg("no suspect for %s", error[i]);
        }
        sum = hw_real_add(sum, one);
    }
    fx_near(r.log10_evidence, hw_real_log10(hw_real_mul_d(sum, 1.0 / 6)), 1e-9);
    hw_fit_release(&r);
    fx_nation_drop(&n);
}

static void test_other_father(void **state)
{
    (void)state;
    for (int mutation = 0; mutation < 2; mutation++) {
        nation n;
        nation_with_table(&n, mutation == 1);
        uint32_t f = fx_family(&n, "F1", TRIO, "CH");
        fx_member(&n, f, "F", ALL("6/6"));
        fx_member(&n, f, "M", ALL("7/8"));
        fx_member(&n, f, "S", ALL("7/9"));
        hw_fit r = fit_of(&n, f);
        assert_int_equal(r.verdict, HW_FIT_MISFIT);
        assert_int_equal(r.n_impossible, 8);
        assert_int_equal(isinf(r.log10_evidence) != 0, mutation == 0);
        assert_string_equal(n.d.family[f].pedigree.person[r.suspect[0].person].id, "F");
        assert_int_equal(r.suspect[0].kind, HW_FIT_UNRELATED);
        assert_int_equal(r.suspect[0].impossible, 0);
        double shares = 0;
        for (uint32_t i = 0; i < r.n_suspects; i++) {
            shares += r.suspect[i].share;
        }
        fx_near(shares, 1, 1e-9);
        assert_int_equal(r.n_subsets, 2);
        assert_true(r.subsets_complete);
        const bool *keep = r.subset[0].keep;
        assert_true(!keep[0] && keep[1] && keep[2]);
        assert_int_equal(r.subset[0].n_kept, 2);
        keep = r.subset[1].keep; /* the parents alone: nothing to contradict */
        assert_true(keep[0] && keep[1] && !keep[2]);
        assert_true(isnan(r.subset[1].log10_evidence));
        hw_fit_release(&r);
        fx_nation_drop(&n);
    }
}

/* Two children who share a typed mother and not the father: a link is suspected, not a sample. */
static void test_half_siblings(void **state)
{
    (void)state;
    nation n;
    nation_with_table(&n, false);
    uint32_t f = fx_family(&n, "F1", "F M; M F; S M F M; T F F M; U F F M; V M F M; W M F M; CH M F M", "CH");
    fx_member(&n, f, "M", ALL("7/7"));
    fx_member(&n, f, "S", ALL("7/8"));
    fx_member(&n, f, "T", ALL("6/7"));
    fx_member(&n, f, "V", ALL("7/8"));
    fx_member(&n, f, "W", ALL("6/7"));
    fx_member(&n, f, "U", ALL("7/9"));
    hw_fit r = fit_of(&n, f);
    assert_int_equal(r.verdict, HW_FIT_MISFIT);
    assert_int_equal(r.n_impossible, 8);
    assert_int_equal(r.suspect[0].kind, HW_FIT_OTHER_PARENT);
    assert_string_equal(n.d.family[f].pedigree.person[r.suspect[0].person].id, "U");
    assert_string_equal(n.d.family[f].pedigree.person[r.suspect[0].parent].id, "F");
    hw_fit_release(&r);
    fx_nation_drop(&n);
}

/* A single mutated locus among eight is no misfit. */
static void test_one_mutation(void **state)
{
    (void)state;
    nation n;
    nation_with_table(&n, true);
    uint32_t f = fx_family(&n, "F1", TRIO, "CH");
    fx_member(&n, f, "F", ALL("6/6"));
    fx_member(&n, f, "M", ALL("7/8"));
    fx_member(&n, f, "S", "TH01=6/8 TPOX=6/8 D3S1358=6/7 D5S818=6/8 D7S820=6/8 D8S1179=6/8 vWA=6/8 FGA=7/8");
    hw_fit r = fit_of(&n, f);
    assert_int_equal(r.verdict, HW_FIT_FITS);
    hw_fit_release(&r);
    fx_nation_drop(&n);
}

static void test_not_computed(void **state)
{
    (void)state;
    nation n;
    nation_with_table(&n, true);
    uint32_t f = couple(&n, 65);
    for (int i = 0; i < 65; i++) {
        char id[10];
        snprintf(id, sizeof id, "S%d", i);
        fx_member(&n, f, id, "TH01=7/8");
    }
    hw_fit r = fit_of(&n, f);
    assert_int_equal(r.verdict, HW_FIT_NOT_COMPUTED);
    assert_non_null(strstr(r.text, "64"));
    hw_fit_release(&r);
    fx_nation_drop(&n);
}

/* More members than are enumerated: left out one by one, and nobody who fits is left out. */
static void test_large_family(void **state)
{
    (void)state;
    nation n;
    nation_with_table(&n, true);
    uint32_t f = couple(&n, 12);
    fx_member(&n, f, "F", ALL("6/6"));
    fx_member(&n, f, "M", ALL("7/8"));
    for (int i = 1; i < 12; i++) {
        char id[10];
        snprintf(id, sizeof id, "S%d", i);
        fx_member(&n, f, id, i == 4 ? ALL("9/9") : i % 2 == 0 ? ALL("6/7") : ALL("6/8"));
    }
    hw_fit r = fit_of(&n, f);
    assert_int_equal(r.verdict, HW_FIT_MISFIT);
    assert_false(r.subsets_complete);
    assert_int_equal(r.n_subsets, 1);
    assert_int_equal(r.subset[0].n_kept, 12);
    uint32_t s4 = fx_person(&n.d.family[f].pedigree, "S4");
    assert_int_equal(r.suspect[0].person, s4);
    assert_false(r.subset[0].keep[s4]);
    hw_fit_release(&r);
    fx_nation_drop(&n);
}

/* X loci, sexes that nobody knows: the same verdict as with the sexes that the readings leave possible. */
static void test_unknown_sexes(void **state)
{
    (void)state;
    nation n;
    nation_with_table(&n, true);
    uint32_t f = fx_family(&n, "F1", "F ?; M ?; S ? F M; T F F M; CH ? F M", "CH");
    fx_member(&n, f, "S", ALL("7/8") " DXS10074=7/8");
    fx_member(&n, f, "T", ALL("7/8") " DXS10074=7/9");
    fx_member(&n, f, "F", ALL("7/7") " DXS10074=7/7");
    hw_fit r = fit_of(&n, f);
    assert_int_equal(r.verdict, HW_FIT_FITS);
    assert_int_equal(r.loci_used, 9);
    hw_fit_release(&r);
    fx_nation_drop(&n);
}

static void test_restrict(void **state)
{
    (void)state;
    nation n;
    nation_with_table(&n, true);
    uint32_t f = fx_family(&n, "F1", TRIO, "CH");
    fx_member(&n, f, "F", ALL("6/6"));
    fx_member(&n, f, "M", ALL("7/8"));
    fx_member(&n, f, "S", ALL("7/9"));
    hw_fit r = fit_of(&n, f);
    hw_family less;
    hw_err err = {0};
    HW_CLEANUP(hw_arena_release) hw_arena arena = {0};
    fx_ok(hw_family_restrict(&n.d.family[f], r.subset[0].keep, &arena, &less, &err), &err);
    assert_string_equal(less.id, "F1");
    assert_null(less.profile[0]);
    assert_ptr_equal(less.profile[1], n.d.family[f].profile[1]);
    assert_ptr_equal(less.pedigree.person, n.d.family[f].pedigree.person);
    assert_int_equal(less.n_missing, 1);
    hw_str who = {0};
    hw_str_init(&who, 0);
    hw_family_kept(&less, r.subset[0].keep, &who);
    assert_string_equal(who.s, "M, S");
    hw_str_release(&who);
    hw_fitter *fitter = NULL;
    hw_fit again;
    fx_ok(hw_fitter_new(&n.d, &n.o, &fitter, &err), &err);
    fx_ok(hw_family_fit(fitter, &less, &again, &err), &err);
    assert_int_equal(again.verdict, HW_FIT_FITS);
    fx_near(again.log10_evidence, r.subset[0].log10_evidence, 1e-9);
    hw_fit_release(&again);
    hw_fitter_free(fitter);
    hw_fit_release(&r);
    fx_nation_drop(&n);
}

static void some_families(nation *n)
{
    nation_with_table(n, true);
    for (int i = 0; i < 40; i++) {
        char id[10];
        snprintf(id, sizeof id, "F%d", i);
        uint32_t f = fx_family(n, id, TRIO, "CH");
        fx_member(n, f, "M", ALL("7/8"));
        if (i % 3 != 0) {
            fx_member(n, f, "S", i % 2 == 0 ? ALL("7/9") : ALL("6/6"));
            fx_member(n, f, "F", ALL("6/9"));
        }
    }
}

/* The batch says what each family by itself says, on any number of threads. */
static void test_batch(void **state)
{
    (void)state;
    nation n;
    hw_err err = {0};
    some_families(&n);
    hw_fit_result one, many;
    fx_ok(hw_dataset_fit_families(&n.d, &n.o, &one, &err), &err);
    n.o.n_threads = 3;
    fx_ok(hw_dataset_fit_families(&n.d, &n.o, &many, &err), &err);
    assert_int_equal(one.count[HW_FIT_NOT_TESTABLE], 14);
    assert_int_equal(one.count[HW_FIT_MISFIT], one.n_fits);
    assert_int_equal(one.n_fits, 13);
    assert_int_equal(many.n_fits, one.n_fits);
    for (size_t i = 0; i < one.n_fits; i++) {
        hw_fit alone = fit_of(&n, one.fit[i].family);
        assert_int_equal(many.fit[i].family, one.fit[i].family);
        assert_memory_equal(&many.fit[i].log10_evidence, &one.fit[i].log10_evidence, sizeof(double));
        assert_memory_equal(&alone.log10_evidence, &one.fit[i].log10_evidence, sizeof(double));
        assert_int_equal(alone.n_subsets, one.fit[i].n_subsets);
        hw_fit_release(&alone);
    }
    hw_fit_result_release(&one);
    hw_fit_result_release(&many);
    fx_nation_drop(&n);
}

/* With founder correlation: a first look without it, and the same verdicts as with it throughout. */
static void test_batch_with_theta(void **state)
{
    (void)state;
    nation n;
    hw_err err = {0};
    some_families(&n);
    n.set.theta = 0.02;
    hw_fit_result r;
    fx_ok(hw_dataset_fit_families(&n.d, &n.o, &r, &err), &err);
    size_t misfit = 0;
    for (uint32_t i = 0; i < n.d.n_families; i++) {
        hw_fit alone = fit_of(&n, i);
        if (alone.verdict == HW_FIT_MISFIT) {
            assert_int_equal(r.fit[misfit].family, i);
            assert_memory_equal(&alone.log10_evidence, &r.fit[misfit].log10_evidence, sizeof(double));
            misfit++;
        }
        hw_fit_release(&alone);
    }
    assert_int_equal(misfit, 13);
    assert_int_equal(r.n_fits, misfit);
    hw_fit_result_release(&r);
    fx_nation_drop(&n);
}

static void test_memory(void **state)
{
    (void)state;
    nation n;
    some_families(&n);
    n.set.theta = 0.02; /* the first look without it, then with it */
    long at = 1;
    for (hw_status s = HW_NO_MEMORY; s != HW_OK; at++) {
        hw_fit_result r = {.n_fits = 77};
        hw_err err = {0};
        hw_alloc_fail_at(at, false);
        s = hw_dataset_fit_families(&n.d, &n.o, &r, &err);
        hw_alloc_fail_at(0, false);
        if (s != HW_OK) {
            assert_int_equal(s, HW_NO_MEMORY);
            assert_int_equal(r.n_fits, 77);
        } else {
            hw_fit_result_release(&r);
        }
    }
    assert_true(at > 20);
    hw_err err = {0};
    hw_fitter *f = NULL;
    at = 1;
    for (hw_status s = HW_NO_MEMORY; s != HW_OK; at++) {
        hw_alloc_fail_at(at, false);
        s = hw_fitter_new(&n.d, &n.o, &f, &err);
        hw_alloc_fail_at(0, false);
        hw_err_clear(&err);
    }
    hw_fitter_free(f);
    hw_fitter_free(NULL);
    fx_nation_drop(&n);
}

static void test_refusals(void **state)
{
    (void)state;
    nation n;
    hw_err err = {0};
    hw_fitter *f = NULL;
    nation_with_table(&n, true);
    n.o.n_populations = 0;
    fx_fails(hw_fitter_new(&n.d, &n.o, &f, &err), HW_USAGE, &err, "table");
    assert_null(f);
    fx_nation_drop(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_testable),     cmocka_unit_test(test_definition),  cmocka_unit_test(test_errors_written_out), cmocka_unit_test(test_other_father),   cmocka_unit_test(test_half_siblings),
        cmocka_unit_test(test_one_mutation), cmocka_unit_test(test_not_computed), cmocka_unit_test(test_large_family), cmocka_unit_test(test_unknown_sexes),
        cmocka_unit_test(test_restrict),     cmocka_unit_test(test_batch), cmocka_unit_test(test_batch_with_theta),      cmocka_unit_test(test_memory),         cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
