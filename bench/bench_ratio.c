// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Time of single ratios and of conditional tables, one thread, stepwise mutation, theta 0, beside the times recorded for the peers. The peers' figures are
 * recorded (forrel 1.9.0, pedprobr 1.1.0, Familias 2.6.4 on another busy machine, 21 loci of the Norwegian tables), not run here, and are marked so.
 * The ratio printed is recorded peer time : our time.
 */
#include "base/rng.h"
#include "base/thread.h"
#include "formats/format.h"
#include "kinship/likelihood.h"
#include "kinship/ratio.h"
#include "kinship/simulate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LOCI 64
#define MAX_PERSONS 16
#define MIN_SECONDS 0.4

typedef struct bench {
    hw_arena arena;
    hw_locus_model *model[MAX_LOCI];
    uint32_t n_loci;
    hw_engine *engine;
} bench;

typedef struct shape {
    const char *name;
    const char *persons;  /* "id:father:mother:sex" separated by blanks; '*' before the id: typed */
    const char *related;  /* the same, the hypothesis to compare with */
    double peer_best_ms;  /* fastest peer of the record, milliseconds */
    const char *peer;
    double aim_ms;
} shape;

static const shape shapes[] = {
    {"duo", "*PA:::M MO:::F *CH:PA:MO:M", "*PA:::M X:::M MO:::F *CH:X:MO:M", 15, "Familias", 0.05},
    {"trio", "*PA:::M *MO:::F *CH:PA:MO:M", "*PA:::M *MO:::F X:::M *CH:X:MO:M", 15, "Familias", 0.05},
    {"full siblings", "FA:::M MO:::F *A:FA:MO:M *CH:FA:MO:F", "*A:::M *CH:::F", 29, "pedprobr", 0},
    {"two grandparents", "*GF:::M *GM:::F FA:GF:GM:M MO:::F *CH:FA:MO:F", "*GF:::M *GM:::F FA:GF:GM:M X:::M MO:::F *CH:X:MO:F", 22, "Familias", 0},
    {"10 persons, 4 typed", "GF:::M *GM:::F HF:::M HM:::F FA:GF:GM:M MO:HF:HM:F *UN:GF:GM:M *S1:FA:MO:M S2:FA:MO:F *CH:FA:MO:M",
     "GF:::M *GM:::F HF:::M HM:::F FA:GF:GM:M MO:HF:HM:F *UN:GF:GM:M *S1:FA:MO:M S2:FA:MO:F *CH:::M", 242, "pedprobr", 0.5},
    {"double first cousins", "G1:::M G2:::F G3:::M G4:::F A:G1:G2:M B:G1:G2:M C:G3:G4:F D:G3:G4:F *X:A:C:M *CH:B:D:F", "*X:::M *CH:::F", 8700.0 * 21, "pedprobr, 20 alleles", 5},
};

static void die(const char *what, const hw_err *err)
{
    fprintf(stderr, "bench: %s: %s\n", what, err->msg);
    exit(1);
}

static void parse(const char *text, hw_pedigree *ped, bool *typed, hw_err *err)
{
    char ids[MAX_PERSONS][3][8];
    size_t n = 0;
    hw_pedigree_init(ped);
    for (const char *p = text; *p != '\0'; n++) {
        typed[n] = *p == '*';
        p += *p == '*' ? 1 : 0;
        for (int k = 0; k < 3; k++) {
            size_t len = strcspn(p, ":");
            memcpy(ids[n][k], p, len);
            ids[n][k][len] = '\0';
            p += len + 1;
        }
        uint32_t index = 0;
        if (hw_pedigree_add(ped, ids[n][0], *p == 'M' ? HW_SEX_MALE : HW_SEX_FEMALE, &index, err) != HW_OK) {
            die("pedigree", err);
        }
        p += p[1] == ' ' ? 2 : 1;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t f = 0;
        uint32_t m = 0;
        bool parents = hw_pedigree_find(ped, ids[i][1], &f) && hw_pedigree_find(ped, ids[i][2], &m);
        if (parents && hw_pedigree_set_parents(ped, i, (int32_t)f, (int32_t)m, err) != HW_OK) {
            die("parents", err);
        }
    }
    if (hw_pedigree_check(ped, err) != HW_OK) {
        die("pedigree", err);
    }
}

typedef struct family {
    hw_pedigree ped, other;
    hw_typing typing[MAX_LOCI][MAX_PERSONS];
    hw_typing typing_other[MAX_LOCI][MAX_PERSONS];
} family;

static void prepare(bench *b, const shape *s, family *f, hw_err *err)
{
    bool typed[MAX_PERSONS] = {0};
    bool typed_other[MAX_PERSONS] = {0};
    parse(s->persons, &f->ped, typed, err);
    parse(s->related, &f->other, typed_other, err);
    for (uint32_t l = 0; l < b->n_loci; l++) {
        uint32_t g[MAX_PERSONS][2];
        hw_rng rng;
        hw_rng_seed(&rng, 20111, l);
        if (hw_gene_drop(&f->ped, b->model[l], &rng, g, err) != HW_OK) {
            die("gene drop", err);
        }
        for (uint32_t i = 0; i < f->other.n; i++) {
            f->typing_other[l][i] = (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0, 0};
        }
        for (uint32_t i = 0; i < f->ped.n; i++) {
            uint32_t j = 0;
            hw_genotype x = hw_genotype_make(b->model[l]->allele[g[i][0]], b->model[l]->allele[g[i][1]]);
            f->typing[l][i] = typed[i] ? (hw_typing){x.a, x.b, 0, 0} : (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0, 0};
            if (typed[i] && hw_pedigree_find(&f->other, f->ped.person[i].id, &j)) {
                f->typing_other[l][j] = f->typing[l][i];
            }
        }
    }
}

static double one_ratio(bench *b, family *f, hw_err *err)
{
    hw_real num = hw_real_from(1.0);
    hw_real den = hw_real_from(1.0);
    for (uint32_t l = 0; l < b->n_loci; l++) {
        hw_real x;
        hw_real y;
        if (hw_likelihood(b->engine, &f->ped, b->model[l], f->typing[l], &x, err) != HW_OK ||
            hw_likelihood(b->engine, &f->other, b->model[l], f->typing_other[l], &y, err) != HW_OK) {
            die("likelihood", err);
        }
        num = hw_real_mul(num, x);
        den = hw_real_mul(den, y);
    }
    return hw_ratio_log10(num, den);
}

static double one_table(bench *b, family *f, uint32_t person, double *joint, hw_err *err)
{
    double sum = 0.0;
    for (uint32_t l = 0; l < b->n_loci; l++) {
        int e = 0;
        hw_real total;
        if (hw_condition(b->engine, &f->ped, b->model[l], f->typing[l], person, joint, &e, &total, err) != HW_OK) {
            die("table", err);
        }
        sum += hw_real_log10(total);
    }
    return sum;
}

/* Seconds of one call, the fastest of three rounds. */
static double time_of(bench *b, family *f, bool table, double *joint, double *ret_value, hw_err *err)
{
    double best = 1e9;
    for (int round = 0; round < 3; round++) {
        double start = hw_now_seconds();
        double now = start;
        size_t n = 0;
        while (now - start < MIN_SECONDS / 3.0) {
            *ret_value = table ? one_table(b, f, (uint32_t)f->ped.n - 1, joint, err) : one_ratio(b, f, err);
            n++;
            now = hw_now_seconds();
        }
        double each = (now - start) / (double)n;
        best = each < best ? each : best;
    }
    return best;
}

int main(int argc, char **argv)
{
    hw_err err = {0};
    const char *path = argc > 1 ? argv[1] : "data/frequencies/norstr-norway.csv";
    hw_dataset d;
    hw_dataset_init(&d);
    hw_format_options o = {0};
    if (hw_format_read_file(path, &o, &d, &err) != HW_OK) {
        die(path, &err);
    }
    hw_settings set;
    hw_settings_init(&set);
    bench b = {0};
    hw_arena_init(&b.arena, 0);
    static const char *const skip[] = {"SE33", "Penta E"};
    static const char *const kit[] = {"D3S1358", "TH01", "D21S11", "D18S51", "D5S818", "D13S317", "D7S820", "D16S539", "CSF1PO", "vWA", "D8S1179", "TPOX", "FGA", "D19S433",
                                      "D2S1338", "D10S1248", "D1S1656", "D22S1045", "D2S441", "D12S391", "Penta D"};
    for (size_t i = 0; i < sizeof(kit) / sizeof(kit[0]); i++) {
        const hw_freq *f = hw_population_find(d.population[0], kit[i]);
        if (f == NULL || hw_streq(kit[i], skip[0]) || hw_streq(kit[i], skip[1])) {
            continue;
        }
        if (hw_locus_model_build(&b.arena, f, HW_LOCUS_AUTOSOMAL, &set.standard, 0.0, HW_RARE_AUTO, 0.0, NULL, 0, &b.model[b.n_loci], &err) != HW_OK) {
            die(kit[i], &err);
        }
        b.n_loci++;
    }
    if (hw_engine_new(NULL, &b.engine, &err) != HW_OK) {
        die("engine", &err);
    }
    double *joint = hw_alloc(200 * 201 / 2, sizeof(*joint));
    printf("single ratios: %u loci of %s, stepwise mutation, theta 0, one thread\n", b.n_loci, d.population[0]->name);
    printf("%-22s %12s %12s %10s %12s %9s\n", "", "ratio, us", "table, us", "aim, us", "peer, us*", "peer:ours");
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        family f = {0};
        double value = 0.0;
        double total = 0.0;
        prepare(&b, &shapes[i], &f, &err);
        double ratio = time_of(&b, &f, false, joint, &value, &err);
        double table = time_of(&b, &f, true, joint, &total, &err);
        printf("%-22s %12.1f %12.1f %10.0f %12.0f %9.0f   log10 LR %.4f (%s)\n", shapes[i].name, ratio * 1e6, table * 1e6, shapes[i].aim_ms * 1e3, shapes[i].peer_best_ms * 1e3,
               shapes[i].peer_best_ms * 1e-3 / ratio, value, shapes[i].peer);
        hw_pedigree_release(&f.ped);
        hw_pedigree_release(&f.other);
    }
    printf("* recorded on another machine, not run here\n");
    hw_free(joint);
    hw_engine_free(b.engine);
    hw_arena_release(&b.arena);
    hw_dataset_release(&d);
    return 0;
}
