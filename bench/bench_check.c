// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The checks of a national database on a synthetic nation, with real frequencies: all families judged (seconds, families per second, how many cannot be judged), and everybody's profile
 * against everybody else's.
 */
#include "base/thread.h"
#include "formats/format.h"
#include "kinship/quality.h"
#include "kinship/simulate.h"

#include <stdio.h>
#include <stdlib.h>

static void die(const char *what, const hw_err *err)
{
    fprintf(stderr, "bench: %s: %s\n", what, err->msg);
    exit(1);
}

static void judge_all(const hw_dataset *d, hw_match_options *o)
{
    hw_err err = {0};
    for (unsigned threads = 1; threads <= 2; threads++) {
        hw_fit_result r;
        o->n_threads = threads;
        if (hw_dataset_fit_families(d, o, &r, &err) != HW_OK) {
            die("fit", &err);
        }
        size_t judged = d->n_families - r.count[HW_FIT_NOT_TESTABLE];
        printf("  judged, %u thread%s  %7.2f s   %zu of %zu families, %.0f a second; %zu misfit, %zu doubtful, %zu not computed\n", threads, threads > 1 ? "s" : " ", r.seconds, judged,
               d->n_families, (double)judged / r.seconds, r.count[HW_FIT_MISFIT], r.count[HW_FIT_DOUBTFUL], r.count[HW_FIT_NOT_COMPUTED]);
        hw_fit_result_release(&r);
    }
}

static void compare_all(const hw_dataset *d, hw_match_options *o)
{
    hw_err err = {0};
    hw_samples people;
    if (hw_samples_list(d, NULL, &people, &err) != HW_OK) {
        die("people", &err);
    }
    for (unsigned threads = 1; threads <= 2; threads++) {
        hw_same_result r;
        o->n_threads = threads;
        if (hw_same_people(d, o, &people, &r, &err) != HW_OK) {
            die("same people", &err);
        }
        printf("  compared, %u thread%s %6.2f s   %zu people, %u groups of %u loci in two orders, %llu pairs looked at; %zu pairs may be one person\n", threads, threads > 1 ? "s" : " ", r.seconds, people.n,
               r.n_groups, r.group_size, (unsigned long long)r.compared, r.n_pairs);
        hw_same_result_release(&r);
    }
    hw_samples_release(&people);
}

int main(int argc, char **argv)
{
    hw_err err = {0};
    hw_dataset freq;
    hw_dataset nation;
    hw_dataset_init(&freq);
    hw_dataset_init(&nation);
    hw_format_options fo = {0};
    if (hw_format_read_file("data/frequencies/norstr-east-asia.csv", &fo, &freq, &err) != HW_OK) {
        die("table", &err);
    }
    hw_settings set;
    hw_settings_init(&set);
    hw_nation n;
    hw_nation_init(&n);
    n.families = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
    n.children = n.families / 10;
    n.seed = 2011;
    static const char *const kit[] = {"D3S1358", "TH01", "D21S11", "D18S51", "D5S818", "D13S317", "D7S820", "D16S539", "CSF1PO", "vWA", "D8S1179", "TPOX", "FGA", "D19S433",
                                      "D2S1338", "D10S1248", "D1S1656", "D22S1045", "D2S441", "D12S391", "Penta D"};
    hw_nation_truth *truth = NULL;
    if (hw_nation_simulate(&n, freq.population[0], &set, kit, sizeof(kit) / sizeof(kit[0]), &nation, &truth, &err) != HW_OK) {
        die("nation", &err);
    }
    hw_match_options o;
    hw_match_options_init(&o);
    const hw_population *pop[1] = {freq.population[0]};
    o.population = pop;
    o.n_populations = 1;
    o.settings = &set;
    printf("check: %zu children, %zu families, %zu loci, stepwise mutation\n", nation.n_children, nation.n_families, sizeof(kit) / sizeof(kit[0]));
    compare_all(&nation, &o);
    judge_all(&nation, &o);
    hw_dataset_release(&nation);
    hw_dataset_release(&freq);
    return 0;
}
