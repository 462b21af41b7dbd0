// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * All children against all families of a synthetic nation, with real frequencies: pairs per second, beside the recorded rates of the peers (forrel
 * and dvir, stepwise mutation, one parent to two siblings typed; another machine, marked so) and beside a bare loop of as many look-ups
 * in tables of the same size, which is what the processor allows for a product of look-ups.
 */
#include "base/rng.h"
#include "base/thread.h"
#include "formats/format.h"
#include "kinship/match.h"
#include "kinship/simulate.h"

#include <stdio.h>
#include <stdlib.h>

static void die(const char *what, const hw_err *err)
{
    fprintf(stderr, "bench: %s: %s\n", what, err->msg);
    exit(1);
}

/* Multiply look-ups as the search does: `pairs` products of `loci` doubles from tables of 200. */
static double bare_seconds(size_t pairs, unsigned loci)
{
    enum { GENOTYPES = 200, CHILDREN = 256 };
    double *table = hw_alloc((size_t)loci * GENOTYPES, sizeof(*table));
    uint16_t *index = hw_alloc((size_t)loci * CHILDREN, sizeof(*index));
    hw_rng rng;
    hw_rng_seed(&rng, 7, 0);
    for (size_t i = 0; i < (size_t)loci * GENOTYPES; i++) {
        table[i] = 0.5 + hw_rng_unit(&rng);
    }
    for (size_t i = 0; i < (size_t)loci * CHILDREN; i++) {
        index[i] = (uint16_t)hw_rng_below(&rng, GENOTYPES);
    }
    double start = hw_now_seconds();
    double sum = 0.0;
    for (size_t p = 0; p < pairs; p++) {
        const uint16_t *child = index + (p % CHILDREN) * loci;
        double x = 1.0;
        for (unsigned l = 0; l < loci; l++) {
            x *= table[l * GENOTYPES + child[l]];
        }
        sum += x;
    }
    double seconds = hw_now_seconds() - start;
    if (sum < 0.0) {
        puts("");
    }
    hw_free(table);
    hw_free(index);
    return seconds;
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
    n.children = 1000;
    n.families = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 20000;
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
    printf("match: %zu children, %zu families, %zu loci, stepwise mutation\n", nation.n_children, nation.n_families, sizeof(kit) / sizeof(kit[0]));
    for (unsigned threads = 1; threads <= 2; threads++) {
        hw_match_result r;
        o.n_threads = threads;
        o.threshold_log10 = 1e6; /* the search alone, nothing listed */
        double start = hw_now_seconds();
        if (hw_match(&nation, &o, &r, &err) != HW_OK) {
            die("match", &err);
        }
        double seconds = hw_now_seconds() - start;
        double bare = bare_seconds((size_t)r.pairs, sizeof(kit) / sizeof(kit[0]));
        printf("  %u thread%s   %7.2f s   %10.0f pairs/s   bare look-ups %6.2f s (ratio %.1f)\n", threads, threads > 1 ? "s" : " ", seconds, (double)r.pairs / seconds, bare,
               seconds * threads / bare);
        if (threads == 1) {
            printf("  peers, recorded on another machine: forrel 36 to 58, dvir 25 to 121, Familias 7 to 90 pairs/s (ours to the best of them: %.0f)\n",
                   (double)r.pairs / seconds / 121.0);
        }
        hw_match_result_release(&r);
    }
    hw_dataset_release(&nation);
    hw_dataset_release(&freq);
    return 0;
}
