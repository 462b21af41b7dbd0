// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The national search: 100,000 children against a million families (half one parent, three tenths both parents, the rest siblings, grandparents and mixed), threshold 10^4, from
 * loaded profiles to the list with exact ratios, tables of the families included. Beside it in the same run: the plain search (on a part), a straight bit-mask mismatch filter,
 * and what the memory bus gives. Peers have no such search.
 *
 *   bench_national [CHILDREN [FAMILIES]]
 */
#include "base/rng.h"
#include "base/thread.h"
#include "formats/format.h"
#include "kinship/match.h"
#include "kinship/simulate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const char *const KIT[] = {"D3S1358", "vWA", "D16S539", "CSF1PO", "TPOX", "D8S1179", "D21S11", "D18S51", "D2S441", "D19S433", "TH01", "FGA",
                                  "D22S1045", "D5S818", "D13S317", "D7S820", "D10S1248", "D1S1656", "D12S391", "D2S1338", "Penta D", "Penta E"};
#define LOCI (sizeof(KIT) / sizeof(KIT[0]))

static void die(const char *what, const hw_err *err)
{
    fprintf(stderr, "bench: %s: %s\n", what, err->msg);
    exit(1);
}

static double peak_gib(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss / 1048576.0;
}

/* Of all threads of the process: what a pair costs, whatever else the machine is doing. */
static double cpu_seconds(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

typedef struct kind {
    const char *name;
    double share[5];
} kind;
static const kind ALL = {"as registered", {0.5, 0.3, 0.08, 0.06, 0.06}};
static const kind KINDS[] = {{"one parent", {1, 0, 0, 0, 0}}, {"two parents", {0, 1, 0, 0, 0}}, {"siblings only", {0, 0, 1, 0, 0}},
                             {"grandparents only", {0, 0, 0, 1, 0}}, {"mixed", {0, 0, 0, 0, 1}}};

static hw_population *population;
static hw_settings settings;

static void make_nation(hw_dataset *d, const kind *k, uint32_t children, uint32_t families, hw_nation_truth **truth)
{
    hw_err err = {0};
    hw_nation n;
    hw_nation_init(&n);
    n.children = children;
    n.families = families;
    n.seed = 2011;
    n.share_true = children == 0 ? 0 : 0.02 * families / children;
    n.share_true = n.share_true > 1 ? 1 : n.share_true;
    n.share_one_parent = k->share[0];
    n.share_two_parents = k->share[1];
    n.share_siblings = k->share[2];
    n.share_grandparents = k->share[3];
    n.share_mixed = k->share[4];
    hw_dataset_init(d);
    if (hw_nation_simulate(&n, population, &settings, KIT, LOCI, d, truth, &err) != HW_OK) {
        die("nation", &err);
    }
}

static double search(const hw_dataset *d, unsigned threads, hw_match_method method, hw_pairs *ret)
{
    hw_err err = {0};
    hw_match_options o;
    const hw_population *pop[1] = {population};
    hw_match_options_init(&o);
    o.population = pop;
    o.n_populations = 1;
    o.settings = &settings;
    o.n_threads = threads;
    o.method = method;
    double start = hw_now_seconds();
    if (hw_match_pairs(d, &o, ret, &err) != HW_OK) {
        die("search", &err);
    }
    return hw_now_seconds() - start;
}

/* Loci at which child and parent share no allele, alleles as bits of a word a locus: the filter that national systems are said to use. It decides far less: no ratios, one parent. */
static double mask_filter_rate(const hw_dataset *d, uint64_t *ret_kept)
{
    enum { PARENTS = 400 };
    size_t n = d->n_children;
    uint32_t *mask = hw_alloc(n * LOCI, sizeof(*mask));
    uint8_t *missed = hw_alloc(n, 1);
    uint64_t kept = 0;
    size_t done = 0;
    if (mask == NULL || missed == NULL) {
        exit(1);
    }
    for (size_t i = 0; i < n; i++) {
        for (uint32_t l = 0; l < LOCI; l++) {
            hw_genotype g = hw_profile_at(d->child[i], l);
            mask[l * n + i] = g.a < 0 ? UINT32_MAX : 1u << (g.a / 10 & 31) | 1u << (g.b / 10 & 31);
        }
    }
    double start = hw_now_seconds();
    for (size_t f = 0; f < d->n_families && done < PARENTS; f++) {
        const hw_profile *p = NULL;
        for (size_t i = 0; i < d->family[f].pedigree.n && p == NULL; i++) {
            p = d->family[f].profile[i];
        }
        memset(missed, 0, n);
        for (uint32_t l = 0; l < LOCI; l++) {
            hw_genotype g = hw_profile_at(p, l);
            uint32_t own = g.a < 0 ? UINT32_MAX : 1u << (g.a / 10 & 31) | 1u << (g.b / 10 & 31);
            const uint32_t *m = mask + l * n;
            for (size_t i = 0; i < n; i++) {
                missed[i] = (uint8_t)(missed[i] + ((m[i] & own) == 0));
            }
        }
        for (size_t i = 0; i < n; i++) {
            kept += missed[i] <= 1;
        }
        done++;
    }
    double seconds = hw_now_seconds() - start;
    hw_free(mask);
    hw_free(missed);
    *ret_kept = kept;
    return (double)done * (double)n / seconds;
}

/* Bytes a second of one core reading an array far beyond every cache. */
static double bus_rate(void)
{
    size_t n = (size_t)512 << 20;
    uint64_t *a = hw_alloc(n / 8, 8);
    uint64_t sum = 0;
    if (a == NULL) {
        exit(1);
    }
    memset(a, 1, n);
    double start = hw_now_seconds();
    for (size_t i = 0; i < n / 8; i++) {
        sum += a[i];
    }
    double seconds = hw_now_seconds() - start;
    hw_free(a);
    return sum == 0 ? 0 : (double)n / seconds;
}

/* True pairs that reach the threshold are in the list by construction of the test; here: how many of the registered were listed. */
static size_t true_listed(const hw_dataset *d, const hw_nation_truth *truth, const hw_pairs *p, size_t *ret_registered)
{
    size_t listed = 0;
    *ret_registered = 0;
    for (size_t i = 0; i < d->n_children; i++) {
        *ret_registered += truth[i].family != UINT32_MAX;
    }
    for (size_t i = 0; i < p->n; i++) {
        listed += truth[p->pair[i].child].family == p->pair[i].family && truth[p->pair[i].child].missing == p->pair[i].missing;
    }
    return listed;
}

static void growth(const hw_dataset *d, const hw_nation_truth *truth)
{
    static const size_t part[] = {100, 10, 1};
    printf("  families     pairs      seconds   core-seconds   pairs/core-second   listed   true listed\n");
    for (int i = 0; i < 3; i++) {
        hw_dataset some = *d;
        hw_pairs p;
        size_t registered = 0;
        some.n_families = d->n_families / part[i];
        if (some.n_families == 0) {
            continue;
        }
        double cpu = cpu_seconds();
        double seconds = search(&some, 2, HW_MATCH_SCREENED, &p);
        cpu = cpu_seconds() - cpu;
        size_t listed = true_listed(d, truth, &p, &registered);
        printf("  %8zu   %8.2g   %9.2f   %12.2f   %17.3g   %6zu   %zu of %zu registered in all\n", some.n_families, (double)p.pairs, seconds, cpu, (double)p.pairs / cpu, p.n, listed, registered);
        fflush(stdout);
        hw_pairs_release(&p);
    }
}

int main(int argc, char **argv)
{
    hw_err err = {0};
    uint32_t children = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
    uint32_t families = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1000000;
    hw_dataset freq;
    hw_dataset d;
    hw_dataset_init(&freq);
    hw_format_options fo = {0};
    if (hw_format_read_file("data/frequencies/norstr-east-asia.csv", &fo, &freq, &err) != HW_OK) {
        die("table", &err);
    }
    population = freq.population[0];
    hw_settings_init(&settings);
    hw_nation_truth *truth = NULL;
    double start = hw_now_seconds();
    make_nation(&d, &ALL, children, families, &truth);
    printf("national search: %u children, %u families, %zu loci, threshold 10^4, 2 threads (nation made in %.0f s, %.2f GiB)\n", children, families, LOCI, hw_now_seconds() - start,
           peak_gib());
    fflush(stdout);
    growth(&d, truth);
    printf("  memory at most %.2f GiB, profiles and pedigrees of the nation included (aim 4)\n", peak_gib());

    uint64_t kept = 0;
    double filter = mask_filter_rate(&d, &kept);
    double bus = bus_rate();
    printf("  bit-mask mismatch filter, one parent, at most one locus without a shared allele: %.3g pairs/core-second (120 million recorded elsewhere); decides no ratio\n", filter);
    printf("  memory bus: %.3g bytes/core-second: %.3g pairs/core-second if each pair read its %zu bytes from memory\n", bus, bus / LOCI, LOCI);
    hw_dataset_release(&d);

    printf("  by kind of family, %u families, 1 thread:\n", families / 50);
    for (size_t k = 0; k < sizeof(KINDS) / sizeof(KINDS[0]); k++) {
        hw_pairs p;
        make_nation(&d, &KINDS[k], children, families / 50, &truth);
        double before = cpu_seconds();
        search(&d, 1, HW_MATCH_SCREENED, &p);
        double seconds = cpu_seconds() - before;
        hw_dataset some = d;
        some.n_families = some.n_families < 40 ? some.n_families : 40;
        hw_pairs q;
        before = cpu_seconds();
        search(&some, 1, HW_MATCH_PLAIN, &q);
        double plain = cpu_seconds() - before;
        double fast = (double)p.pairs / seconds;
        double slow = (double)q.pairs / plain;
        printf("    %-18s %8.3g pairs/core-second, plain search %8.3g (ratio %.0f)\n", KINDS[k].name, fast, slow, fast / slow);
        fflush(stdout);
        hw_pairs_release(&p);
        hw_pairs_release(&q);
        hw_dataset_release(&d);
    }
    hw_dataset_release(&freq);
    return 0;
}
