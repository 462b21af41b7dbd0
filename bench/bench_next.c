// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The next best samples of a national database of a million families (half one parent, three tenths both parents, the rest siblings, grandparents and mixed; a tenth of the samples typed with
 * an old kit, a tenth of poor quality), a budget of 10,000 samples; beside it brute force on a part, and what is lost against it.
 *
 *   bench_next [FAMILIES [PART]]
 */
#include "base/thread.h"
#include "formats/format.h"
#include "kinship/next_sample.h"
#include "kinship/simulate.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const KIT[] = {"D3S1358", "vWA", "D16S539", "CSF1PO", "TPOX", "D8S1179", "D21S11", "D18S51", "D2S441", "D19S433", "TH01", "FGA",
                                  "D22S1045", "D5S818", "D13S317", "D7S820", "D10S1248", "D1S1656", "D12S391", "D2S1338", "Penta D", "Penta E"};
#define LOCI (sizeof(KIT) / sizeof(KIT[0]))

static void need(hw_status s, const char *what, const hw_err *err)
{
    if (s != HW_OK) {
        fprintf(stderr, "bench: %s: %s\n", what, err->msg);
        exit(1);
    }
}

static void make_nation(hw_dataset *d, const hw_population *pop, const hw_settings *set, uint32_t families)
{
    hw_err err = {0};
    hw_nation n;
    hw_nation_truth *truth = NULL;
    hw_nation_init(&n);
    n.children = families / 10 + 1;
    n.families = families;
    n.seed = 2011;
    n.share_true = 0.2;
    hw_dataset_init(d);
    need(hw_nation_simulate(&n, pop, set, KIT, LOCI, d, &truth, &err), "nation", &err);
}

static void choose(const hw_dataset *d, hw_match_options *o, hw_next_options *p, unsigned threads, uint64_t budget)
{
    hw_err err = {0};
    hw_next_result r;
    o->n_threads = threads;
    p->budget = budget;
    need(hw_next_for_all(d, o, p, &r, &err), "next", &err);
    printf("  %zu families, %llu samples, %u thread%s: %.1f s (%u shapes, %u families for them); %.3f (+- %.3f) additional children expected, 10^%.2f\n", d->n_families,
           (unsigned long long)r.samples, threads, threads > 1 ? "s" : "", r.seconds, r.n_shapes, r.n_computed, r.gain, r.gain_se, r.threshold_log10);
    hw_next_result_release(&r);
}

static void against_brute_force(const hw_dataset *d, hw_match_options *o, hw_next_options *p)
{
    hw_err err = {0};
    hw_next_result r;
    hw_next_loss l;
    o->n_threads = 2;
    p->budget = d->n_families / 10;
    need(hw_next_for_all(d, o, p, &r, &err), "next", &err);
    need(hw_next_check_loss(d, o, p, &r, 200, &l, &err), "loss", &err);
    printf("  part of %zu families, %llu samples: ours %.2f s, brute force (%llu options, %u draws) %.1f s\n", d->n_families, (unsigned long long)r.samples, r.seconds,
           (unsigned long long)l.options, l.draws, l.seconds);
    printf("    children: best %.4f, ours %.4f (says %.4f); lost %.4f (+- %.4f), %.2f %%\n", l.best, l.ours, l.claimed, l.lost, l.lost_se,
           l.best > 0.0 ? 100.0 * l.lost / l.best : 0.0);
    hw_next_result_release(&r);
}

static void one_family(const hw_dataset *d, hw_match_options *o, hw_next_options *p)
{
    hw_err err = {0};
    double seconds = 0.0;
    uint32_t n = d->n_families < 100 ? (uint32_t)d->n_families : 100;
    for (uint32_t f = 0; f < n; f++) {
        hw_next_result r;
        need(hw_next_for_family(d, o, p, f, UINT32_MAX, &r, &err), "family", &err);
        seconds += r.seconds;
        hw_next_result_release(&r);
    }
    printf("  one family, every option: %.1f ms on the average\n", 1e3 * seconds / n);
}

int main(int argc, char **argv)
{
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    uint32_t families = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000000;
    uint32_t part = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 100;
    hw_err err = {0};
    hw_dataset freq;
    hw_dataset nation;
    hw_dataset small;
    hw_dataset_init(&freq);
    hw_format_options fo = {0};
    need(hw_format_read_file("data/frequencies/norstr-east-asia.csv", &fo, &freq, &err), "table", &err);
    hw_settings set;
    hw_settings_init(&set);
    hw_match_options o;
    hw_match_options_init(&o);
    const hw_population *pop[1] = {freq.population[0]};
    o.population = pop;
    o.n_populations = 1;
    o.settings = &set;
    hw_next_options p;
    hw_next_options_init(&p);
    printf("next: %zu loci, stepwise mutation, poor and old samples\n", LOCI);
    make_nation(&small, freq.population[0], &set, part);
    one_family(&small, &o, &p);
    against_brute_force(&small, &o, &p);
    p.threshold_log10 = 8.0;
    against_brute_force(&small, &o, &p);
    p.threshold_log10 = hw_next_threshold(p.level, o.prior_registered, 1e6);
    against_brute_force(&small, &o, &p);
    make_nation(&nation, freq.population[0], &set, families);
    choose(&nation, &o, &p, 2, 10000);
    hw_dataset_release(&nation);
    hw_dataset_release(&small);
    hw_dataset_release(&freq);
    return 0;
}
