// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The next best sample on random nations with old, poor and wrong samples: what convolution says of random sets of samples is what simulation of child and relatives together says,
 * and no sample loses but by mutation and noise.
 */
#include "random_family.h"

#include <math.h>

#include "formats/format.h"
#include "kinship/next_parts.h"
#include "kinship/simulate.h"

static const char *const KIT[] = {"D3S1358", "TH01", "FGA", "vWA", "D8S1179", "D21S11", "D18S51", "TPOX"};

typedef struct random_nation {
    hw_dataset freq, d;
    hw_settings set;
    hw_match_options o;
    const hw_population *pop[1];
} random_nation;

static void nation_init(random_nation *n, hw_rng *r, uint32_t families)
{
    hw_err err = {0};
    hw_nation o;
    hw_nation_truth *truth = NULL;
    hw_format_options fo = {0};
    hw_dataset_init(&n->freq);
    hw_dataset_init(&n->d);
    fx_ok(hw_format_read_file("data/frequencies/norstr-east-asia.csv", &fo, &n->freq, &err), &err);
    hw_settings_init(&n->set);
    n->set.theta = rf_chance(r, 0.2) ? 0.02 : 0.0;
    hw_nation_init(&o);
    o.children = 3;
    o.families = families;
    o.seed = hw_rng_u64(r) >> 1;
    o.share_poor = 0.3;
    o.share_partial_kit = 0.3;
    o.dropout = 0.1;
    fx_ok(hw_nation_simulate(&o, n->freq.population[0], &n->set, KIT, sizeof KIT / sizeof KIT[0], &n->d, &truth, &err), &err);
    n->pop[0] = n->freq.population[0];
    hw_match_options_init(&n->o);
    n->o.population = n->pop;
    n->o.n_populations = 1;
    n->o.settings = &n->set;
}

/* One option, or two together. */
static bool random_set(const next_context *c, const next_question *q, hw_rng *r, next_set *s)
{
    next_option o[NEXT_OPTIONS_MAX];
    *s = (next_set){.n = 0};
    for (uint32_t k = 0; k < 1 + hw_rng_below(r, 2); k++) {
        uint32_t n = next_list(c, q->family, 0, s, o);
        if (n == 0) {
            break;
        }
        next_set_add(s, &o[hw_rng_below(r, n)]);
    }
    return s->n > 0;
}

static void check_family(next_context *c, uint32_t f, hw_rng *r, uint64_t seed)
{
    const next_question q = {.family = &c->s.family[f], .number = f, .missing = UINT32_MAX};
    const next_set nobody = {.n = 0};
    next_set s;
    next_value now;
    next_value a;
    next_value b;
    hw_err err = {0};
    hw_status status = next_evaluate(c, &c->matcher[0], &q, &nobody, 1, 0, false, &now, &err);
    if (next_left_out(status) || !random_set(c, &q, r, &s)) {
        return;
    }
    fx_ok(status, &err);
    status = next_evaluate(c, &c->matcher[0], &q, &s, 40, 1, false, &a, &err);
    if (next_left_out(status)) {
        return;
    }
    fx_ok(status, &err);
    fx_ok(next_evaluate(c, &c->matcher[0], &q, &s, 400, 2, true, &b, &err), &err);
    double n = (double)q.family->n_missing;
    double noise = sqrt(a.se * a.se + b.se * b.se + n * 0.01 / 400);
    if (!(fabs(a.p - b.p) < 5.5 * noise + 0.012 * n) || !(a.p > now.p - 5.5 * a.se - 0.025 * n)) {
        fail_msg("HOMEWARD_SEED=%llu: family %s: now %g, then %g (%g) by convolution, %g (%g) by simulation", (unsigned long long)seed, q.family->id, now.p, a.p, a.se, b.p, b.se);
    }
}

static void convolution_is_simulation(void **state)
{
    (void)state;
    uint64_t seed = rf_seed();
    hw_rng r;
    hw_rng_seed(&r, seed, 77);
    for (int round = 0; round < 3; round++) {
        random_nation n;
        hw_next_options p;
        next_context c = {0};
        hw_err err = {0};
        nation_init(&n, &r, 12);
        hw_next_options_init(&p);
        p.threshold_log10 = 1.0 + 4.0 * hw_rng_unit(&r);
        p.rescued = 1.0;
        fx_ok(next_context_init(&c, &n.d, &n.o, &p, 1, &err), &err);
        for (uint32_t f = 0; f < n.d.n_families; f++) {
            check_family(&c, f, &r, seed);
        }
        next_context_release(&c);
        hw_dataset_release(&n.d);
        hw_dataset_release(&n.freq);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(convolution_is_simulation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
