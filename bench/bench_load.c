// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * A million profiles of 24 loci as one wide CSV, read into a dataset, one thread; beside a plain pass over the same bytes that only
 * counts separators (what the memory bus and one core allow). Aim: 5 seconds.
 */
#include "base/rng.h"
#include "base/thread.h"
#include "formats/format.h"

#include <stdio.h>
#include <stdlib.h>

#define LOCI 24

static const char *const kit[LOCI] = {"D3S1358", "TH01", "D21S11", "D18S51", "Penta E", "D5S818", "D13S317", "D7S820", "D16S539", "CSF1PO", "Penta D", "vWA",
                                      "D8S1179", "TPOX", "FGA", "D19S433", "D2S1338", "D10S1248", "D1S1656", "D22S1045", "D2S441", "D12S391", "D6S1043", "SE33"};

static void make(hw_str *out, size_t n)
{
    hw_rng rng;
    hw_rng_seed(&rng, 2011, 0);
    hw_str_add(out, "sample,sex");
    for (int l = 0; l < LOCI; l++) {
        hw_str_addf(out, ",%s.1,%s.2", kit[l], kit[l]);
    }
    hw_str_addc(out, '\n');
    for (size_t i = 0; i < n; i++) {
        hw_str_addf(out, "P%08zu,%c", i, (i & 1) != 0 ? 'M' : 'F');
        for (int l = 0; l < 2 * LOCI; l++) {
            uint32_t a = 8 + hw_rng_below(&rng, 20);
            hw_str_addf(out, hw_rng_below(&rng, 16) == 0 ? ",%u.2" : ",%u", a);
        }
        hw_str_addc(out, '\n');
    }
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 1000000;
    hw_err err = {0};
    hw_str text;
    hw_str_init(&text, (size_t)2 << 30);
    make(&text, n);
    if (hw_str_check(&text, &err) != HW_OK) {
        fprintf(stderr, "bench: %s\n", err.msg);
        return 1;
    }
    double start = hw_now_seconds();
    size_t marks = 0;
    for (size_t i = 0; i < text.len; i++) {
        marks += text.s[i] == ',' || text.s[i] == '\n' ? 1 : 0;
    }
    double pass = hw_now_seconds() - start;
    hw_dataset d;
    hw_dataset_init(&d);
    hw_format_options o = {0};
    hw_format_input in = {.name = "generated.csv", .data = text.s, .size = text.len};
    start = hw_now_seconds();
    if (hw_format_read_text(&in, &o, &d, &err) != HW_OK || d.n_profiles != n) {
        fprintf(stderr, "bench: %s (%zu profiles)\n", err.msg, d.n_profiles);
        return 1;
    }
    double load = hw_now_seconds() - start;
    printf("loading: %zu profiles of %d loci, %.0f MB of CSV, one thread\n", n, LOCI, (double)text.len / 1e6);
    printf("  read into a dataset   %7.2f s  (aim 5 s for a million)  %.2f million profiles/s, %.0f MB/s\n", load, (double)n / load / 1e6, (double)text.len / load / 1e6);
    printf("  one pass over bytes   %7.2f s  (%zu fields)\n  ratio                 %7.1f\n", pass, marks, load / pass);
    hw_dataset_release(&d);
    hw_str_release(&text);
    return 0;
}
