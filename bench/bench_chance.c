// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The distribution of a family's ratio on a synthetic nation of 21 loci with real frequencies: power of all families, one tail at 10^4 and at 10^8 per family (what every
 * candidate asks for) with the distance of its bounds, and the ladder of a whole database.
 */
#include "base/number.h"
#include "base/thread.h"
#include "formats/format.h"
#include "kinship/chance_family.h"
#include "kinship/power.h"
#include "kinship/simulate.h"

#include <stdio.h>
#include <stdlib.h>

static void need(hw_status s, const char *what, const hw_err *err)
{
    if (s != HW_OK) {
        fprintf(stderr, "bench: %s: %s\n", what, err->msg);
        exit(1);
    }
}

static void tails(const hw_dataset *d, const hw_match_options *o, double x, size_t families)
{
    hw_arena arena;
    hw_err err = {0};
    search s;
    matcher m;
    hw_arena_init(&arena, 0);
    need(search_init(&s, &arena, d, o, &err), "search", &err);
    need(matcher_init(&m, &s, &err), "matcher", &err);
    double tables = 0.0;
    double convolution = 0.0;
    double apart = 0.0;
    size_t n = 0;
    for (size_t f = 0; f < families; f++) {
        hw_arena_mark mark = hw_arena_get_mark(&m.scratch);
        double start = hw_now_seconds();
        chance c;
        hw_tail t;
        need(chance_init(&c, &m, &m.scratch, &s.family[f], 0, NULL, false, &err), "chance", &err);
        double middle = hw_now_seconds();
        need(chance_tail(&c, HW_CHANCE_UNRELATED, x, 0.0, 0.0, &t, &err), "tail", &err);
        tables += middle - start;
        convolution += hw_now_seconds() - middle;
        if (t.low > 0.0) {
            apart += t.high / t.low;
            n++;
        }
        hw_arena_reset(&m.scratch, mark);
    }
    printf("  10^%-3.0f tables %6.2f ms, convolution %6.2f ms a family; upper : lower bound %.3f\n", x, 1e3 * tables / (double)families, 1e3 * convolution / (double)families,
           n > 0 ? apart / (double)n : 0.0);
    matcher_release(&m);
    search_release(&s);
    hw_arena_release(&arena);
}

int main(int argc, char **argv)
{
    hw_err err = {0};
    hw_dataset freq;
    hw_dataset nation;
    hw_dataset_init(&freq);
    hw_dataset_init(&nation);
    hw_format_options fo = {0};
    need(hw_format_read_file("data/frequencies/norstr-east-asia.csv", &fo, &freq, &err), "table", &err);
    hw_settings set;
    hw_settings_init(&set);
    hw_nation n;
    hw_nation_init(&n);
    n.children = 1000;
    n.families = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 5000;
    n.seed = 2011;
    static const char *const kit[] = {"D3S1358", "TH01", "D21S11", "D18S51", "D5S818", "D13S317", "D7S820", "D16S539", "CSF1PO", "vWA", "D8S1179", "TPOX", "FGA", "D19S433",
                                      "D2S1338", "D10S1248", "D1S1656", "D22S1045", "D2S441", "D12S391", "SE33"};
    hw_nation_truth *truth = NULL;
    need(hw_nation_simulate(&n, freq.population[0], &set, kit, sizeof(kit) / sizeof(kit[0]), &nation, &truth, &err), "nation", &err);
    hw_match_options o;
    hw_match_options_init(&o);
    const hw_population *pop[1] = {freq.population[0]};
    o.population = pop;
    o.n_populations = 1;
    o.settings = &set;
    printf("chance: %zu families, %zu loci, stepwise mutation\n", nation.n_families, sizeof(kit) / sizeof(kit[0]));
    size_t some = nation.n_families < 300 ? nation.n_families : 300;
    tails(&nation, &o, 4.0, some);
    tails(&nation, &o, 8.0, some);
    for (unsigned threads = 1; threads <= 2; threads++) {
        hw_power_options p;
        hw_power_options_init(&p);
        hw_power_result r;
        o.n_threads = threads;
        need(hw_power_compute(&nation, &o, &p, &r, &err), "power", &err);
        printf("  power of %zu missing persons, %u thread%s: %.2f s\n", r.n, threads, threads > 1 ? "s" : "", r.seconds);
        hw_power_result_release(&r);
    }
    hw_chance_database_options q;
    hw_chance_database_options_init(&q);
    hw_chance_database *c = NULL;
    double start = hw_now_seconds();
    need(hw_chance_database_new(&nation, &o, &q, &c, &err), "database", &err);
    hw_chance_hits four = hw_chance_database_at(c, 4.0);
    hw_chance_hits eight = hw_chance_database_at(c, 8.0);
    printf("  ladder of the database, 2 threads: %.2f s; chance hits at 10^4 %.3g (95 %%: below %.3g), at 10^8 %.3g (below %.3g)\n", hw_now_seconds() - start, four.estimate,
           four.upper, eight.estimate, eight.upper);
    hw_chance_database_free(c);
    hw_dataset_release(&nation);
    hw_dataset_release(&freq);
    return 0;
}
