// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The simulated side of a design. Genes are dropped through families (gene_drop.h); the ratio of a duo is looked up in conditional tables of the engine, that of a trio
 * is summed over the four transmissions with the model's matrices; loci are counted by looking at genotypes.
 */
#include <math.h>
#include <string.h>

#include "base/thread.h"
#include "kinship/design.h"
#include "kinship/gene_drop.h"
#include "kinship/likelihood.h"

enum { PLAIN_UNRELATED, PLAIN_TRUE, PLAIN_SIBLING, TILTED, SAMPLINGS = 7 }; /* from TILTED on all are */
#define GRAIN 1e-15
enum { BLOCK = 500, GROUPS = 50 };
enum { FATHER, MOTHER, STRANGER, CHILD };

/*
 * Tilted sampling. At each locus genotypes come with the density p0 L^(1/2) / Z, p0 that of unrelated people, L the ratio, Z = E0[L^(1/2)]: half-way between unrelated and true.
 * With Z' the product of all Z, and L the ratio over all loci,
 *
 *   P(L >= t | unrelated) = Z' E[L^(-1/2); L >= t],   P(L < t | true) = E0[L; L < t] = Z' E[L^(1/2); L < t]
 *
 * and no family weighs more than t^(-1/2) or t^(1/2), so that the mean is no prey to rare heavy ones. A locus is drawn from the even mixture of unrelated and true, of density
 * p0 (1 + L) / 2, and kept with probability 2 L^(1/2) / (1 + L) <= 1, whose mean over all that were drawn is Z.
 */

/* What one block of families found. */
typedef struct block {
    double sum[2][2];               /* [UNRELATED, TRUE][limit]: weights of families at or above; of true ones below */
    uint64_t count[HW_DESIGN_EVENTS];
    double *locus;                  /* [loci] unrelated: how many were impossible; tilted: sum of the probabilities of keeping */
    double *drawn;                  /* [loci] tilted */
} block;

typedef struct simulation {
    const hw_design *d;
    bool trio;
    uint64_t seed;
    uint64_t n_blocks;      /* of one sampling */
    double limit[2];        /* ratios */
    double **sums;          /* of gene_sums */
    double **table;         /* duo: [locus][parent's genotype * genotypes + child's] */
    ancestry family, kin;
    hw_engine **engine;     /* per thread, while tables are filled */
    block *block;
} simulation;

static uint32_t genotypes(const hw_locus_model *lm)
{
    return lm->n * (lm->n + 1) / 2;
}

/* ---- ratios ---- */

static hw_status duo_pedigree(hw_pedigree *ped, hw_err *err)
{
    uint32_t father, mother, child;
    HW_TRY(hw_pedigree_add(ped, "father", HW_SEX_MALE, &father, err));
    HW_TRY(hw_pedigree_add(ped, "mother", HW_SEX_FEMALE, &mother, err));
    HW_TRY(hw_pedigree_add(ped, "child", HW_SEX_UNKNOWN, &child, err));
    HW_TRY(hw_pedigree_set_parents(ped, child, (int32_t)father, (int32_t)mother, err));
    return hw_pedigree_check(ped, err);
}

/* P(child's genotype | the parent's) : P(child's genotype), for every pair of genotypes, by the engine. */
static hw_status fill_table(const simulation *s, hw_engine *engine, uint32_t l, double *table, hw_err *err)
{
    HW_CLEANUP(hw_pedigree_release) hw_pedigree ped = {0};
    const hw_locus_model *lm = s->d->locus[l];
    const uint32_t n = genotypes(lm);
    hw_pedigree_init(&ped);
    HW_TRY(duo_pedigree(&ped, err));
    for (uint32_t j = 0; j < lm->n; j++) {
        for (uint32_t i = 0; i <= j; i++) {
            hw_typing typing[3] = {{lm->allele[i], lm->allele[j], 0, 0}, {HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0, 0}, {HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0, 0}};
            double *row = table + (size_t)hw_genotype_index(i, j) * n;
            hw_real total;
            int exponent;
            HW_TRY(hw_condition(engine, &ped, lm, typing, 2, row, &exponent, &total, err));
            double sum = 0;
            for (uint32_t g = 0; g < n; g++) {
                sum += row[g];
            }
            for (uint32_t y = 0; y < lm->n; y++) {
                for (uint32_t x = 0; x <= y; x++) {
                    row[hw_genotype_index(x, y)] /= sum * lm->p[x] * lm->p[y] * (x == y ? 1 : 2);
                }
            }
        }
    }
    return HW_OK;
}

static hw_status table_item(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    simulation *s = ctx;
    return fill_table(s, s->engine[worker], (uint32_t)item, s->table[item], err);
}

static hw_status fill_tables(simulation *s, hw_arena *arena, unsigned n_threads, hw_err *err)
{
    const uint32_t n = s->d->n_loci;
    unsigned threads = n_threads == 0 ? hw_cpu_count() : n_threads;
    s->table = HW_NEW(arena, double *, n);
    s->engine = HW_NEW(arena, hw_engine *, threads);
    if (s->table == NULL || s->engine == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t l = 0; l < n; l++) {
        s->table[l] = hw_arena_alloc(arena, (size_t)genotypes(s->d->locus[l]) * genotypes(s->d->locus[l]), sizeof(double));
        if (s->table[l] == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    hw_status status = HW_OK;
    for (unsigned i = 0; status == HW_OK && i < threads; i++) {
        status = hw_engine_new(NULL, &s->engine[i], err);
    }
    if (status == HW_OK) {
        status = hw_parallel_for(n, threads, table_item, s, err);
    }
    for (unsigned i = 0; i < threads; i++) {
        hw_engine_free(s->engine[i]);
    }
    return status;
}

static double gives(const double *matrix, uint32_t n, const uint32_t parent[2], uint32_t gene)
{
    return 0.5 * (matrix[(size_t)parent[0] * n + gene] + matrix[(size_t)parent[1] * n + gene]);
}

static double trio_ratio(const hw_locus_model *lm, const uint32_t father[2], const uint32_t mother[2], const uint32_t child[2])
{
    const uint32_t n = lm->n, a = child[0], b = child[1];
    double one = gives(lm->male, n, father, a) * gives(lm->female, n, mother, b);
    double two = a == b ? 0 : gives(lm->male, n, father, b) * gives(lm->female, n, mother, a);
    return (one + two) / (lm->p[a] * lm->p[b] * (a == b ? 1 : 2));
}

static double ratio(const simulation *s, uint32_t l, const uint32_t parent[2], const uint32_t mother[2], const uint32_t child[2])
{
    const hw_locus_model *lm = s->d->locus[l];
    if (s->trio) {
        return trio_ratio(lm, parent, mother, child);
    }
    return s->table[l][(size_t)hw_genotype_index(parent[0], parent[1]) * genotypes(lm) + hw_genotype_index(child[0], child[1])];
}

static bool has(const uint32_t who[2], uint32_t gene)
{
    return who[0] == gene || who[1] == gene;
}

static bool impossible(const simulation *s, const uint32_t parent[2], const uint32_t mother[2], const uint32_t child[2])
{
    if (!s->trio) {
        return !has(parent, child[0]) && !has(parent, child[1]);
    }
    return !(has(parent, child[0]) && has(mother, child[1])) && !(has(parent, child[1]) && has(mother, child[0]));
}

/* ---- families ---- */

static void drop_locus(const simulation *s, uint32_t l, hw_rng *rng, uint32_t gene[4][2])
{
    static const hw_sex sex[4] = {HW_SEX_MALE, HW_SEX_FEMALE, HW_SEX_UNKNOWN, HW_SEX_UNKNOWN};
    gene_drop(&s->family, sex, s->d->locus[l], s->sums[l], rng, gene);
}

static void tilted_family(const simulation *s, hw_rng *rng, block *b)
{
    double lr = 1;
    for (uint32_t l = 0; l < s->d->n_loci; l++) {
        double r = 0, keep = 0;
        do {
            uint32_t gene[4][2];
            drop_locus(s, l, rng, gene);
            r = ratio(s, l, gene[FATHER], gene[MOTHER], hw_rng_below(rng, 2) == 0 ? gene[CHILD] : gene[STRANGER]);
            keep = 2 * sqrt(r) / (1 + r);
            b->drawn[l]++;
            b->locus[l] += keep;
        } while (hw_rng_unit(rng) >= keep);
        lr *= r;
    }
    for (uint32_t i = 0; i < 2; i++) {
        b->sum[0][i] += lr >= s->limit[i] ? 1 / sqrt(lr) : 0;
        b->sum[1][i] += lr < s->limit[i] ? sqrt(lr) : 0;
    }
}

static void count_misses(uint32_t misses, block *b)
{
    for (uint32_t k = 0; k < 3; k++) {
        b->count[HW_DESIGN_MISS_0 + k] += misses <= k;
    }
}

static void plain_family(const simulation *s, bool true_child, hw_rng *rng, block *b)
{
    uint32_t misses = 0;
    for (uint32_t l = 0; l < s->d->n_loci; l++) {
        uint32_t gene[4][2];
        drop_locus(s, l, rng, gene);
        bool miss = impossible(s, gene[FATHER], gene[MOTHER], gene[true_child ? CHILD : STRANGER]);
        misses += miss;
        b->locus[l] += miss;
    }
    count_misses(misses, b);
}

enum { K_GRANDFATHER, K_GRANDMOTHER, K_FATHER, K_SIBLING, K_MOTHER, K_CHILD };

static void sibling_family(const simulation *s, hw_rng *rng, block *b)
{
    static const hw_sex sex[6] = {HW_SEX_MALE, HW_SEX_FEMALE, HW_SEX_MALE, HW_SEX_MALE, HW_SEX_FEMALE, HW_SEX_UNKNOWN};
    double lr = 1;
    uint32_t misses = 0, gene[6][2];
    for (uint32_t l = 0; l < s->d->n_loci; l++) {
        gene_drop(&s->kin, sex, s->d->locus[l], s->sums[l], rng, gene);
        lr *= ratio(s, l, gene[K_SIBLING], gene[K_MOTHER], gene[K_CHILD]);
        misses += impossible(s, gene[K_SIBLING], gene[K_MOTHER], gene[K_CHILD]);
    }
    for (uint32_t k = 0; k < 2; k++) {
        b->count[HW_DESIGN_LR_LOW + k] += lr >= s->limit[k];
    }
    count_misses(misses, b);
}

static hw_status block_item(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    simulation *s = ctx;
    uint32_t sampling = (uint32_t)(item / s->n_blocks);
    hw_rng rng;
    (void)worker;
    (void)err;
    hw_rng_seed(&rng, s->seed, item);
    for (uint32_t i = 0; i < BLOCK; i++) {
        if (sampling >= TILTED) {
            tilted_family(s, &rng, &s->block[item]);
        } else if (sampling == PLAIN_SIBLING) {
            sibling_family(s, &rng, &s->block[item]);
        } else {
            plain_family(s, sampling == PLAIN_TRUE, &rng, &s->block[item]);
        }
    }
    return HW_OK;
}

/* ---- estimates ---- */

static double beyond(double x, hw_tail exact)
{
    return x < exact.low ? x - exact.low : x > exact.high ? x - exact.high : 0;
}

/* Tilted blocks added up, in their order, so that no thread count changes a bit; those of one group left out (GROUPS: none). */
static void estimate_without(const simulation *s, uint32_t group, double ret[2][2])
{
    double families = 0, z = 1;
    const uint64_t from = TILTED * s->n_blocks, to = SAMPLINGS * s->n_blocks;
    for (uint32_t l = 0; l < s->d->n_loci; l++) {
        double keep = 0, drawn = 0;
        for (uint64_t b = from; b < to; b++) {
            keep += b % GROUPS == group ? 0 : s->block[b].locus[l];
            drawn += b % GROUPS == group ? 0 : s->block[b].drawn[l];
        }
        z *= keep / drawn;
    }
    memset(ret, 0, 4 * sizeof(double));
    for (uint64_t b = from; b < to; b++) {
        if (b % GROUPS == group) {
            continue;
        }
        families += BLOCK;
        for (uint32_t k = 0; k < 4; k++) {
            ret[k / 2][k % 2] += s->block[b].sum[k / 2][k % 2];
        }
    }
    for (uint32_t k = 0; k < 4; k++) {
        ret[k / 2][k % 2] *= z / families;
    }
}

/* The standard error by the jackknife, leaving out one group of blocks at a time: Z and the mean come from the same families. */
static void estimate_ratios(const simulation *s, hw_design_result *io)
{
    double all[2][2], part[GROUPS][2][2];
    estimate_without(s, GROUPS, all);
    for (uint32_t g = 0; g < GROUPS; g++) {
        estimate_without(s, g, part[g]);
    }
    for (uint32_t t = 0; t < 2; t++) {
        for (uint32_t i = 0; i < 2; i++) {
            double mean = 0, squares = 0;
            for (uint32_t g = 0; g < GROUPS; g++) {
                mean += part[g][t][i] / GROUPS;
            }
            for (uint32_t g = 0; g < GROUPS; g++) {
                squares += (part[g][t][i] - mean) * (part[g][t][i] - mean);
            }
            hw_design_cell *c = &io->cell[t == 0 ? HW_DESIGN_UNRELATED : HW_DESIGN_TRUE][HW_DESIGN_LR_LOW + i];
            c->simulated = t == 0 ? all[t][i] : 1 - all[t][i];
            c->se = sqrt(squares * (GROUPS - 1) / GROUPS);
            /* a true child misses so seldom that its complement is at the grain of a double */
            c->z = c->se > 0 ? beyond(c->simulated, c->exact) / (c->se > GRAIN ? c->se : GRAIN) : 0;
        }
    }
}

/* A plain count. One event more or less in the denominator keeps cells where less than one is expected from counting as many standard deviations. */
static void estimate_count(uint64_t count, double n, hw_design_cell *c)
{
    double p = (c->exact.low + c->exact.high) / 2;
    c->simulated = (double)count / n;
    c->se = sqrt(c->simulated * (1 - c->simulated) / n);
    c->z = beyond(c->simulated, c->exact) * n / sqrt(n * p * (1 - p) + 1);
}

/* P(exactly k loci of probabilities q), k <= 2, by naming the loci. */
static double exactly(const double *q, uint32_t n, uint32_t k)
{
    double sum = 0;
    for (uint32_t a = 0; a < (k > 0 ? n : 1); a++) {
        for (uint32_t b = k > 1 ? a + 1 : 0; b < (k > 1 ? n : 1); b++) {
            double p = 1;
            for (uint32_t l = 0; l < n; l++) {
                bool named = (k > 0 && l == a) || (k > 1 && l == b);
                p *= named ? q[l] : 1 - q[l];
            }
            sum += p;
        }
    }
    return sum;
}

static double at_most(const double *q, uint32_t n, uint32_t k)
{
    double sum = 0;
    for (uint32_t i = 0; i <= k; i++) {
        sum += exactly(q, n, i);
    }
    return sum;
}

/* Unrelated children pass too seldom to be counted: their impossible loci are counted locus by locus, and the counts are put together. It is linear in each of them. */
static void estimate_misses(const simulation *s, double *q, hw_design_result *io)
{
    const uint32_t loci = s->d->n_loci;
    const double n = (double)(s->n_blocks * BLOCK);
    for (uint32_t l = 0; l < loci; l++) {
        double count = 0;
        for (uint64_t b = 0; b < s->n_blocks; b++) {
            count += s->block[PLAIN_UNRELATED * s->n_blocks + b].locus[l];
        }
        q[l] = count / n;
    }
    for (uint32_t k = 0; k < 3; k++) {
        hw_design_cell *c = &io->cell[HW_DESIGN_UNRELATED][HW_DESIGN_MISS_0 + k];
        double variance = 0;
        c->simulated = at_most(q, loci, k);
        for (uint32_t l = 0; l < loci; l++) {
            double kept = q[l];
            q[l] = 1;
            double slope = at_most(q, loci, k);
            q[l] = 0;
            slope -= at_most(q, loci, k);
            q[l] = kept;
            variance += slope * slope * kept * (1 - kept) / n;
        }
        c->se = sqrt(variance);
        c->z = c->se > 0 ? beyond(c->simulated, c->exact) / c->se : 0;
    }
}

static void estimate_counts(const simulation *s, hw_design_result *io)
{
    const double n = (double)(s->n_blocks * BLOCK);
    for (uint32_t e = 0; e < HW_DESIGN_EVENTS; e++) {
        uint64_t truth = 0, sibling = 0;
        for (uint64_t b = 0; b < s->n_blocks; b++) {
            truth += s->block[PLAIN_TRUE * s->n_blocks + b].count[e];
            sibling += s->block[PLAIN_SIBLING * s->n_blocks + b].count[e];
        }
        estimate_count(sibling, n, &io->cell[HW_DESIGN_SIBLING][e]);
        if (e >= HW_DESIGN_MISS_0) {
            estimate_count(truth, n, &io->cell[HW_DESIGN_TRUE][e]);
        }
    }
}

/* ---- the whole ---- */

static void add_member(ancestry *a, int32_t father, int32_t mother)
{
    a->father[a->n] = father;
    a->mother[a->n] = mother;
    a->inbreeding[a->n++] = 0;
}

static hw_status prepare(simulation *s, hw_arena *arena, hw_err *err)
{
    const size_t items = SAMPLINGS * s->n_blocks;
    const uint32_t loci = s->d->n_loci;
    s->block = HW_NEW(arena, block, items);
    s->sums = HW_NEW(arena, double *, loci);
    double *counts = HW_NEW(arena, double, 2 * items * loci);
    if (s->block == NULL || s->sums == NULL || counts == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < items; i++) {
        s->block[i].locus = counts + 2 * i * loci;
        s->block[i].drawn = s->block[i].locus + loci;
    }
    for (uint32_t l = 0; l < loci; l++) {
        s->sums[l] = HW_NEW(arena, double, s->d->locus[l]->n);
        if (s->sums[l] == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        gene_sums(s->d->locus[l], s->sums[l]);
    }
    s->family.n = s->kin.n = 0;
    add_member(&s->family, -1, -1);
    add_member(&s->family, -1, -1);
    add_member(&s->family, -1, -1);
    add_member(&s->family, FATHER, MOTHER);
    add_member(&s->kin, -1, -1);
    add_member(&s->kin, -1, -1);
    add_member(&s->kin, K_GRANDFATHER, K_GRANDMOTHER);
    add_member(&s->kin, K_GRANDFATHER, K_GRANDMOTHER);
    add_member(&s->kin, -1, -1);
    add_member(&s->kin, K_FATHER, K_MOTHER);
    return HW_OK;
}

hw_status hw_design_simulate(const hw_design *d, bool trio, uint64_t families, uint64_t seed, unsigned n_threads, hw_design_result *io, hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena arena = {0};
    hw_arena_init(&arena, (size_t)8 << 30);
    simulation *s = HW_NEW(&arena, simulation, 1);
    double *q = HW_NEW(&arena, double, d->n_loci + 1);
    if (s == NULL || q == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    s->d = d;
    s->trio = trio;
    s->seed = seed;
    s->n_blocks = families / BLOCK + (families % BLOCK > 0);
    s->n_blocks = s->n_blocks * (SAMPLINGS - TILTED) < GROUPS ? GROUPS / (SAMPLINGS - TILTED) + 1 : s->n_blocks;
    for (uint32_t i = 0; i < 2; i++) {
        s->limit[i] = hw_pow10(d->log10_limit[i]);
    }
    HW_TRY(prepare(s, &arena, err));
    if (!trio) {
        HW_TRY(fill_tables(s, &arena, n_threads, err));
    }
    HW_TRY(hw_parallel_for(SAMPLINGS * s->n_blocks, n_threads, block_item, s, err));
    estimate_ratios(s, io);
    estimate_misses(s, q, io);
    estimate_counts(s, io);
    io->families = SAMPLINGS * s->n_blocks * BLOCK;
    return HW_OK;
}
