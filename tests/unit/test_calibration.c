// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship_fixture.h"

#include "kinship/calibration.h"

#define N_LOCI 8u
#define N_ALLELES 8u

typedef struct world {
    hw_allele allele[N_LOCI][N_ALLELES];
    double freq[N_LOCI][N_ALLELES];
    hw_freq f[N_LOCI];
    hw_population p;
    const hw_population *table[1];
    hw_settings settings;
    hw_calibration_options o;
    double least;
    hw_policy policy;
} world;

static void world_init(world *w, uint32_t children, uint32_t families)
{
    static const char *const name[N_LOCI] = {"TH01", "FGA", "vWA", "D12S391", "Penta E", "D18S51", "D21S11", "SE33"};
    hw_err err = {0};
    memset(w, 0, sizeof *w);
    for (uint32_t l = 0; l < N_LOCI; l++) {
        for (uint32_t i = 0; i < N_ALLELES; i++) {
            w->allele[l][i] = (hw_allele)(80 + 10 * i);
            w->freq[l][i] = 1.0 / N_ALLELES;
        }
        w->f[l] = (hw_freq){.locus = name[l], .n = N_ALLELES, .allele = w->allele[l], .freq = w->freq[l]};
    }
    w->p = (hw_population){.name = "invented", .n = N_LOCI, .freq = w->f};
    fx_ok(hw_population_finish(&w->p, &err), &err);
    w->table[0] = &w->p;
    hw_settings_init(&w->settings);
    hw_policy_init(&w->policy);
    w->least = 0.99;
    hw_calibration_options_init(&w->o);
    w->o.nation.children = children;
    w->o.nation.families = families;
    w->o.nation.seed = 7;
    w->o.nation.share_swapped = 0.1;
    w->o.born_from = &w->p;
    w->o.born_with = &w->settings;
    w->o.search.population = w->table;
    w->o.search.n_populations = 1;
    w->o.search.settings = &w->settings;
    w->o.search.n_threads = 1;
    w->o.search.threshold_log10 = 1;
    w->o.practice_log10 = 3;
    w->o.decide_ctx = &w->least;
}

static void world_release(world *w)
{
    hw_population_release(&w->p);
}

static uint64_t sum(const uint64_t *v)
{
    uint64_t s = 0;
    for (uint32_t i = 0; i < HW_CALIBRATION_KINDS; i++) {
        s += v[i];
    }
    return s;
}

static void check_policy(const hw_calibration *r, const hw_calibration_policy *p)
{
    assert_int_equal(p->right + p->swap_right, sum(p->found));
    assert_true(p->second_wrong <= p->wrong && p->second_swap <= p->swap_wrong && p->confirmed <= p->confirmed_of && p->wrong_relative <= p->wrong);
    assert_true(p->expected_wrong >= 0 && p->expected_wrong <= (double)(p->right + p->wrong));
    for (uint32_t k = 0; k < HW_CALIBRATION_KINDS; k++) {
        assert_true(p->found[k] <= r->listed[k] && r->listed[k] <= r->truth[k]);
    }
}

static void counts_hang_together(void **state)
{
    (void)state;
    world w;
    hw_err err = {0};
    hw_calibration r, again;
    world_init(&w, 60, 200);
    w.o.nations = 2;
    fx_ok(hw_calibrate(&w.o, &r, &err), &err);
    assert_int_equal(r.nations, 2);
    assert_int_equal(r.children, 120);
    assert_int_equal(r.families, 400);
    assert_int_equal(sum(r.truth), 72); /* 0.6 of the children */
    check_policy(&r, &r.posterior);
    check_policy(&r, &r.practice);
    assert_true(r.posterior.right > 0 && r.practice.right > r.posterior.right && r.practice.wrong > 0);
    uint64_t pairs = 0;
    for (uint32_t i = 0; i < HW_CALIBRATION_BINS; i++) {
        pairs += r.bin[i].n;
        assert_true(r.bin[i].right <= r.bin[i].n && r.bin[i].sum >= r.bin[i].from * (double)r.bin[i].n && r.bin[i].sum <= r.bin[i].to * (double)r.bin[i].n);
    }
    assert_true(pairs > 0 && pairs <= r.candidates);
    /* threads change nothing; the clock alone does */
    w.o.search.n_threads = 3;
    fx_ok(hw_calibrate(&w.o, &again, &err), &err);
    r.seconds = again.seconds = 0;
    assert_memory_equal(&r, &again, sizeof r);
    w.o.search.threshold_log10 = 3.5;
    fx_fails(hw_calibrate(&w.o, &again, &err), HW_USAGE, &err, "threshold");
    world_release(&w);
}

/* The whole decision needs more than the posterior does, and reports no pair that is not among the candidates. */
static void whole_decisions(void **state)
{
    (void)state;
    world w;
    hw_err err = {0};
    hw_calibration r;
    world_init(&w, 60, 200);
    w.o.decide = hw_decide_jointly;
    w.o.decide_ctx = &w.policy;
    w.o.search.rivals = true;
    w.policy.posterior_low = 0.9;
    w.policy.chance_hits = 1;
    w.policy.rival_ratio = 1;
    w.policy.contested_factor = 10;
    w.policy.log10_lr = 3;
    fx_ok(hw_calibrate(&w.o, &r, &err), &err);
    check_policy(&r, &r.posterior);
    assert_true(r.posterior.right > 0 && r.posterior.right + r.posterior.wrong < r.practice.right + r.practice.wrong);
    world_release(&w);
}

static void simulate(const world *w, const hw_nation *n, hw_dataset *d, hw_nation_truth **truth)
{
    hw_err err = {0};
    hw_dataset_init(d);
    fx_ok(hw_nation_simulate(n, &w->p, &w->settings, NULL, 0, d, truth, &err), &err);
}

/* Samples taken another time: the same people under the same labels, drawn alleles apart. */
static void a_second_sampling_is_of_the_same_people(void **state)
{
    (void)state;
    world w;
    hw_dataset a, b;
    hw_nation_truth *ta, *tb;
    world_init(&w, 40, 100);
    hw_nation n = w.o.nation;
    n.share_swapped = n.share_poor = n.share_partial_kit = 0;
    simulate(&w, &n, &a, &ta);
    n.sample_seed = 99;
    simulate(&w, &n, &b, &tb);
    assert_int_equal(a.n_profiles, b.n_profiles);
    for (size_t i = 0; i < a.n_profiles; i++) {
        assert_string_equal(a.profile[i]->id, b.profile[i]->id);
        assert_memory_equal(a.profile[i]->g, b.profile[i]->g, N_LOCI * sizeof(hw_genotype));
    }
    for (size_t i = 0; i < a.n_children; i++) {
        assert_int_equal(ta[i].family, tb[i].family);
    }
    hw_dataset_release(&a);
    hw_dataset_release(&b);
    world_release(&w);
}

static double homozygotes(const hw_dataset *d)
{
    double n = 0, all = 0;
    for (size_t i = 0; i < d->n_profiles; i++) {
        for (uint32_t l = 0; l < N_LOCI; l++) {
            hw_genotype g = hw_profile_at(d->profile[i], l);
            all += hw_genotype_typed(g) ? 1 : 0;
            n += hw_genotype_typed(g) && g.a == g.b ? 1 : 0;
        }
    }
    return n / all;
}

/* Of one-parent families alone, so that nearly everybody is a founder. Eight even alleles: 1/8 of the loci are homozygous. */
static void nations_that_differ(void **state)
{
    (void)state;
    static const struct {
        double theta, inbreeding, want;
        uint32_t demes;
    } kind[] = {{0, 0, 0.125, 0}, {0, 0.2, 0.125 + 0.2 * 0.875, 0}, {0.1, 0, 0.125 + 0.1 * 0.875, 50}};
    world w;
    world_init(&w, 10, 4000);
    for (size_t k = 0; k < sizeof kind / sizeof kind[0]; k++) {
        hw_dataset d;
        hw_nation_truth *t;
        hw_nation n = w.o.nation;
        n.share_two_parents = n.share_siblings = n.share_grandparents = n.share_mixed = n.share_poor = n.share_swapped = 0;
        n.theta = kind[k].theta;
        n.demes = kind[k].demes;
        n.inbreeding = kind[k].inbreeding;
        simulate(&w, &n, &d, &t);
        double got = homozygotes(&d);
        if (!(fx_apart(got, kind[k].want) < 0.012)) { /* 50 subpopulations of 8 loci vary by 0.003 */
            print_error("kind %zu: %g homozygous, expected %g\n", k, got, kind[k].want);
            fail();
        }
        hw_dataset_release(&d);
    }
    hw_nation n = w.o.nation;
    hw_dataset d;
    hw_nation_truth *t = NULL;
    hw_err err = {0};
    hw_dataset_init(&d);
    n.theta = 1.5;
    fx_fails(hw_nation_simulate(&n, &w.p, &w.settings, NULL, 0, &d, &t, &err), HW_USAGE, &err, "theta");
    hw_err_clear(&err);
    n.theta = 0;
    n.demes = 100000;
    fx_fails(hw_nation_simulate(&n, &w.p, &w.settings, NULL, 0, &d, &t, &err), HW_LIMIT, &err, "subpopulations");
    hw_dataset_release(&d);
    world_release(&w);
}

/* Every allocation of a small run refused in turn, the later ones in growing steps. */
static void want_of_memory(void **state)
{
    (void)state;
    for (int joint = 0; joint < 2; joint++) {
        hw_status s = HW_NO_MEMORY;
        world w;
        world_init(&w, 6, 12);
        w.o.confirm = 1;
        if (joint == 1) {
            w.o.decide = hw_decide_jointly;
            w.o.decide_ctx = &w.policy;
            w.o.search.rivals = true;
        }
        for (long n = 1; s != HW_OK; n += 1 + n / 50) {
            hw_calibration r;
            hw_err err = {0};
            hw_alloc_fail_at(n, n % 2 == 0);
            s = hw_calibrate(&w.o, &r, &err);
            hw_alloc_fail_at(0, false);
            assert_true(s == HW_OK ? n > 1 : s == HW_NO_MEMORY);
        }
        world_release(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_hang_together),
        cmocka_unit_test(whole_decisions),
        cmocka_unit_test(a_second_sampling_is_of_the_same_people),
        cmocka_unit_test(nations_that_differ),
        cmocka_unit_test(want_of_memory),
    };
    return cmocka_run_group_tests_name("calibration", tests, NULL, NULL);
}
