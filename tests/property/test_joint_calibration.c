// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Joint posteriors keep their word: among pairs said to be true with probability p, a share p is. Small synthetic nations, few loci so that much stays open, the priors those the
 * nation was made with. Families with several missing, siblings rescued together, and chance hits are all in it.
 */
#include "../unit/match_fixture.h"

#include <math.h>

#include "kinship/joint.h"
#include "kinship/simulate.h"

enum { BINS = 10, NATIONS = 6, CHILDREN = 40, FAMILIES = 80 };

typedef struct tally {
    double expected[BINS], variance[BINS];
    uint32_t hits[BINS], n[BINS];
} tally;

static void count(tally *t, double p, bool hit)
{
    int bin = (int)(p * BINS);
    bin = bin >= BINS ? BINS - 1 : bin;
    t->expected[bin] += p;
    t->variance[bin] += p * (1 - p);
    t->n[bin]++;
    t->hits[bin] += hit ? 1 : 0;
}

static void compare(const tally *t, const char *what)
{
    for (int b = 0; b < BINS; b++) {
        print_message("%s %.1f..%.1f: %u pairs, %.1f true expected, %u are\n", what, b * 0.1, (b + 1) * 0.1, t->n[b], t->expected[b], t->hits[b]);
        /* Five standard deviations, and one more pair: the joint posterior makes pairs of one group lean on each other. */
        double away = fx_apart((double)t->hits[b], t->expected[b]) - 1;
        if (away > 0 && away * away > 25 * t->variance[b]) {
            fail_msg("%s: the posteriors of %.1f to %.1f do not hold", what, b * 0.1, (b + 1) * 0.1);
        }
    }
}

static void one_nation(uint64_t seed, tally *family, tally *child, uint32_t *several)
{
    nation n;
    fx_nation(&n, "TH01");
    fx_population(&n, "few", 0, "TH01 6:0.1 7:0.3 8:0.2 9:0.4; D3S1358 14:0.1 15:0.3 16:0.35 17:0.25; FGA 20:0.2 21:0.25 22:0.3 23:0.25; vWA 14:0.3 15:0.1 16:0.2 17:0.4;"
                                "CSF1PO 9:0.05 10:0.3 11:0.25 12:0.4; D18S51 13:0.25 14:0.25 15:0.2 16:0.3; D21S11 28:0.1 29:0.3 30:0.35 31:0.25");
    n.set.standard = fx_stepwise(1e-3, 2e-3);
    hw_nation made;
    hw_nation_init(&made);
    made.children = CHILDREN;
    made.families = FAMILIES;
    made.seed = seed;
    made.share_true = 0.5;
    made.share_wrong = made.share_swapped = made.share_relatives = made.share_poor = made.share_partial_kit = 0;
    made.share_siblings_rescued = 0.6;
    hw_dataset ds = {0};
    hw_dataset_init(&ds);
    hw_nation_truth *truth = NULL;
    hw_err err = {0};
    fx_ok(hw_nation_simulate(&made, n.pop[0], &n.set, NULL, 0, &ds, &truth, &err), &err);
    n.o.n_populations = 1;
    n.o.rivals = false;
    hw_match_result m;
    fx_ok(hw_match(&ds, &n.o, &m, &err), &err);
    double rest[CHILDREN] = {0};
    hw_candidate *list = calloc(m.n_candidates, sizeof *list);
    assert_non_null(list);
    size_t n_list = 0;
    for (size_t i = 0; i < m.n_candidates; i++) {
        if (m.candidate[i].log10_lr >= 1) {
            list[n_list++] = m.candidate[i];
        } else {
            rest[m.candidate[i].child] += hw_pow10(m.candidate[i].log10_lr);
        }
    }
    hw_joint_options o;
    hw_joint_options_init(&o);
    hw_joint_result r;
    fx_ok(hw_joint(&ds, &n.o, list, n_list, &(hw_joint_rest){.sum = rest}, &o, &r, &err), &err);
    for (size_t i = 0; i < n_list; i++) {
        bool seen = false; /* once for each child and family, not for each missing person */
        for (size_t k = 0; k < i; k++) {
            seen = seen || (list[k].child == list[i].child && list[k].family == list[i].family);
        }
        if (!seen) {
            count(family, r.pair[i].family_posterior, truth[list[i].child].family == list[i].family);
        }
    }
    for (size_t i = 0; i < r.n_children; i++) {
        count(child, r.child[i].not_registered, truth[r.child[i].child].family == UINT32_MAX);
    }
    for (size_t g = 0; g < r.n_groups; g++) {
        *several += r.group[g].n_families > 1 ? 1 : 0;
    }
    free(list);
    hw_joint_result_release(&r);
    hw_match_result_release(&m);
    hw_dataset_release(&ds);
    fx_nation_drop(&n);
}

static void posteriors_hold(void **state)
{
    (void)state;
    const char *s = getenv("HOMEWARD_SEED");
    int64_t seed = 20261125;
    assert_true(s == NULL || hw_parse_int(s, strlen(s), &seed));
    print_message("HOMEWARD_SEED=%lld\n", (long long)seed);
    tally family = {0}, child = {0};
    uint32_t several = 0;
    for (uint64_t i = 0; i < NATIONS; i++) {
        one_nation((uint64_t)seed * NATIONS + i, &family, &child, &several);
    }
    compare(&family, "family");
    compare(&child, "not registered");
    assert_true(several > 0 && family.n[BINS - 1] > 10 && family.n[0] > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(posteriors_hold)};
    return cmocka_run_group_tests_name("joint_calibration", tests, NULL, NULL);
}
