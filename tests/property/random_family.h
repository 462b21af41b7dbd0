// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Random families with readings for property tests: pedigrees of every shape (loops, half siblings, one parent stated, inbred founders), tables with
 * and without silent alleles, every mutation model, autosomal and X, theta, drop-out, typing errors, partial readings.
 * The seed is HOMEWARD_SEED when set; a failing round prints what makes it again.
 */
#ifndef HW_TEST_RANDOM_FAMILY_H
#define HW_TEST_RANDOM_FAMILY_H

#include "../unit/kinship_fixture.h"

#include "base/rng.h"

#define RF_MAX 10

/* What a world may contain; 0: the plain thing. */
typedef struct rf_wish {
    uint32_t max_people; /* 0: 7 */
    bool x, autosomal;   /* neither: either */
    bool theta;
    bool no_silent, no_noise, no_mutation, no_inbreeding, lumpable;
    uint32_t max_alleles; /* 0: 5 */
} rf_wish;

typedef struct world {
    hw_arena arena;
    hw_pedigree ped;
    const hw_locus_model *lm;
    hw_locus_settings ls;
    fx_table table;
    hw_typing t[RF_MAX + 4];
    bool x;
} world;

static uint64_t rf_seed(void)
{
    const char *s = getenv("HOMEWARD_SEED");
    int64_t x = 20261123;
    if (s != NULL && !hw_parse_int(s, strlen(s), &x)) {
        fail_msg("HOMEWARD_SEED is not a number: %s", s);
    }
    return (uint64_t)x;
}

static bool rf_chance(hw_rng *r, double p)
{
    return hw_rng_unit(r) < p;
}

static void rf_table(hw_rng *r, const rf_wish *w, world *o)
{
    uint32_t most = w->max_alleles != 0 ? w->max_alleles : 5;
    uint32_t k = 2 + hw_rng_below(r, most - 1);
    double sum = 0;
    o->table = (fx_table){.f = {.locus = "RANDOM1", .n = k, .sum = 1}};
    o->table.f.allele = o->table.allele;
    o->table.f.freq = o->table.freq;
    for (uint32_t i = 0; i < k; i++) {
        o->table.allele[i] = (hw_allele)(100 + 10 * i + (i + 1 == k && k > 3 && rf_chance(r, 0.3) ? 3 : 0));
        o->table.freq[i] = 0.05 + hw_rng_unit(r);
        sum += o->table.freq[i];
    }
    for (uint32_t i = 0; i < k; i++) {
        o->table.freq[i] /= sum;
    }
}

static hw_mutation rf_mutation(hw_rng *r, const rf_wish *w)
{
    static const double rates[] = {0.001, 0.02, 0.3};
    double rate = rates[hw_rng_below(r, 3)];
    switch (w->no_mutation ? 0 : hw_rng_below(r, w->lumpable ? 3 : 5)) {
    case 1:
        return (hw_mutation){.model = HW_MUTATION_EQUAL, .rate = rate};
    case 2:
        return (hw_mutation){.model = HW_MUTATION_PROPORTIONAL, .rate = rate / 4};
    case 3:
    case 4:
        return (hw_mutation){.model = HW_MUTATION_STEPWISE, .rate = rate, .rate2 = rf_chance(r, 0.5) ? 1e-3 : 0, .range = 0.1 + 0.6 * hw_rng_unit(r)};
    default:
        return (hw_mutation){.model = HW_MUTATION_NONE};
    }
}

static void rf_people(hw_rng *r, const rf_wish *w, world *o)
{
    uint32_t n = 2 + hw_rng_below(r, (w->max_people != 0 ? w->max_people : 7) - 1);
    hw_pedigree_init(&o->ped);
    for (uint32_t i = 0; i < n; i++) {
        char id[16];
        uint32_t at = 0;
        snprintf(id, sizeof id, "P%u", i + 1);
        assert_int_equal(hw_pedigree_add(&o->ped, id, rf_chance(r, 0.5) ? HW_SEX_MALE : HW_SEX_FEMALE, &at, NULL), HW_OK);
        int32_t parent[2] = {-1, -1};
        for (int side = 0; side < 2 && i > 0; side++) {
            uint32_t c = hw_rng_below(r, i);
            if (rf_chance(r, 0.7) && o->ped.person[c].sex == (side == 0 ? HW_SEX_MALE : HW_SEX_FEMALE)) {
                parent[side] = (int32_t)c;
            }
        }
        assert_int_equal(hw_pedigree_set_parents(&o->ped, i, parent[0], parent[1], NULL), HW_OK);
        if (parent[0] < 0 && parent[1] < 0 && !w->no_inbreeding && !w->theta && rf_chance(r, 0.15)) {
            o->ped.person[i].inbreeding = 0.25;
        }
    }
    hw_err err = {0};
    fx_ok(hw_pedigree_check(&o->ped, &err), &err);
}

static hw_allele rf_draw(hw_rng *r, const world *o)
{
    return o->table.allele[hw_rng_pick(r, o->table.freq, o->table.f.n)];
}

/* Genes dropped through the pedigree, now and then replaced by others so that mutations and exact zeros occur. */
static void rf_readings(hw_rng *r, const rf_wish *w, world *o)
{
    hw_allele gene[RF_MAX][2];
    double typed = 0.3 + 0.6 * hw_rng_unit(r);
    for (uint32_t i = 0; i < o->ped.n; i++) {
        const hw_person *p = &o->ped.person[i];
        gene[i][0] = p->father >= 0 ? gene[p->father][hw_rng_below(r, 2)] : rf_draw(r, o);
        gene[i][1] = p->mother >= 0 ? gene[p->mother][hw_rng_below(r, 2)] : rf_draw(r, o);
        bool hemizygous = o->x && p->sex == HW_SEX_MALE;
        gene[i][0] = hemizygous ? gene[i][1] : gene[i][0];
        hw_typing t = {gene[i][0], gene[i][1], 0, 0};
        if (rf_chance(r, 0.1)) {
            t.a = rf_draw(r, o);
            t.b = hemizygous ? t.a : t.b;
        }
        if (!w->no_noise && rf_chance(r, 0.15)) {
            t.dropout = 0.2;
        }
        if (!w->no_noise && rf_chance(r, 0.15)) {
            t.error = 0.05;
        }
        if (!w->no_noise && rf_chance(r, 0.1)) {
            t.b = HW_ALLELE_UNKNOWN;
        }
        if (!rf_chance(r, typed)) {
            t = (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0, 0};
        }
        o->t[i] = t;
    }
}

static const hw_locus_model *rf_model(world *o, const hw_locus_settings *ls, double theta)
{
    hw_locus_model *m = NULL;
    hw_err err = {0};
    fx_ok(hw_locus_model_build(&o->arena, &o->table.f, o->x ? HW_LOCUS_X : HW_LOCUS_AUTOSOMAL, ls, theta, HW_RARE_AUTO, 0, NULL, 0, &m, &err), &err);
    return m;
}

FX_UNUSED static void rf_make(world *o, hw_rng *r, const rf_wish *w)
{
    static const double thetas[] = {0.01, 0.05, 0.3};
    memset(o, 0, sizeof *o);
    hw_arena_init(&o->arena, 0);
    o->x = w->x || (!w->autosomal && rf_chance(r, 0.3));
    rf_table(r, w, o);
    rf_people(r, w, o);
    rf_readings(r, w, o);
    o->ls = (hw_locus_settings){.female = rf_mutation(r, w), .silent = !w->no_silent && rf_chance(r, 0.25) ? 0.04 : 0};
    o->ls.male = rf_chance(r, 0.5) ? o->ls.female : rf_mutation(r, w);
    o->lm = rf_model(o, &o->ls, w->theta ? thetas[hw_rng_below(r, 3)] : 0);
}

FX_UNUSED static void rf_drop(world *o)
{
    hw_pedigree_release(&o->ped);
    hw_arena_release(&o->arena);
}

/* NaN when it would be too costly (theta with many untyped founders): the caller goes on with the next world. */
FX_UNUSED static double rf_value(hw_engine *e, const hw_pedigree *p, const hw_locus_model *lm, const hw_typing *t)
{
    hw_real r = {0};
    hw_err err = {0};
    hw_status s = hw_likelihood(e, p, lm, t, &r, &err);
    if (s == HW_TOO_COSTLY) {
        return (double)__builtin_nan("");
    }
    fx_ok(s, &err);
    return hw_real_to_double(r);
}

/* ROUNDS worlds, each from a stream of its own so that a single one can be made again. */
#define RF_EACH(name, rounds, wish, ...)                                                                     \
    static void name(void **state)                                                                           \
    {                                                                                                        \
        (void)state;                                                                                         \
        hw_engine *e = fx_engine();                                                                          \
        for (uint64_t round = 0; round < (rounds); round++) {                                                \
            hw_rng rng, *r = &rng;                                                                           \
            world o;                                                                                         \
            rf_wish w = wish;                                                                                \
            hw_rng_seed(r, rf_seed(), round);                                                                \
            rf_make(&o, r, &w);                                                                              \
            rf_round = round;                                                                                \
            __VA_ARGS__                                                                                      \
            rf_drop(&o);                                                                                     \
        }                                                                                                    \
        hw_engine_free(e);                                                                                   \
    }
static uint64_t rf_round FX_UNUSED;

FX_UNUSED static void rf_near_at(double got, double want, double tolerance, const char *file, int line)
{
    if (!(fx_relative(got, want) <= tolerance)) {
        print_error("seed %llu, round %llu: %.17g, expected %.17g (relative difference %.3g)\n", (unsigned long long)rf_seed(),
                    (unsigned long long)rf_round, got, want, fx_relative(got, want));
        _fail(file, line);
    }
}
#define rf_near(got, want, tolerance) rf_near_at((got), (want), (tolerance), __FILE__, __LINE__)

#endif
