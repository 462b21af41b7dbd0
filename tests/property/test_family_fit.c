// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Laws of the judgement on families, on genes dropped through pedigrees with the frequencies of a real table: how often a true family is called a misfit (a family in
 * which something mutated among them), how often a wrong one is, and that the members it leaves are those who belong together. Rates are printed.
 */
#include "../unit/kinship_fixture.h"

#include "base/rng.h"
#include "formats/format.h"
#include "kinship/fit_parts.h"
#include "kinship/simulate.h"

static const char *const KIT[] = {"D3S1358", "TH01", "D21S11", "D18S51", "D5S818", "D13S317", "D7S820", "D16S539", "CSF1PO", "vWA", "D8S1179", "TPOX", "FGA", "D19S433",
                                  "D2S1338", "D10S1248", "D1S1656", "D22S1045", "D2S441", "D12S391", "Penta D"};
enum { N_KIT = sizeof KIT / sizeof KIT[0] };

typedef struct world {
    hw_dataset tables, d;
    hw_settings set;
    const hw_population *pop[1];
    hw_match_options o;
    hw_locus_model *model[N_KIT];
    hw_rng rng;
    uint64_t seed;
    uint32_t made;
} world;

static void world_init(world *w)
{
    memset(w, 0, sizeof *w);
    hw_err err = {0};
    hw_format_options fo = {0};
    char path[1000];
    const char *source = getenv("HOMEWARD_SOURCE");
    const char *seed = getenv("HOMEWARD_SEED");
    w->seed = seed != NULL ? strtoull(seed, NULL, 10) : 3;
    hw_rng_seed(&w->rng, w->seed, 11);
    snprintf(path, sizeof path, "%s/data/frequencies/norstr-east-asia.csv", source != NULL ? source : ".");
    hw_dataset_init(&w->tables);
    hw_dataset_init(&w->d);
    fx_ok(hw_format_read_file(path, &fo, &w->tables, &err), &err);
    hw_settings_init(&w->set);
    hw_match_options_init(&w->o);
    w->pop[0] = w->tables.population[0];
    w->o.population = w->pop;
    w->o.n_populations = 1;
    w->o.settings = &w->set;
    for (uint32_t i = 0; i < N_KIT; i++) {
        uint32_t at = 0;
        fx_ok(hw_panel_add(&w->d.panel, KIT[i], HW_LOCUS_AUTO, &at, &err), &err);
        fx_ok(hw_locus_model_build(&w->d.arena, hw_population_find(w->pop[0], KIT[i]), HW_LOCUS_AUTOSOMAL, hw_settings_locus(&w->set, KIT[i]), 0.0, w->set.rare_rule, 0.0,
                                   NULL, 0, &w->model[i], &err), &err);
    }
}

static void world_release(world *w)
{
    hw_dataset_release(&w->d);
    hw_dataset_release(&w->tables);
}

/* Genes of everybody in the pedigree; returns how many transmissions at all loci mutated. */
static uint32_t drop(world *w, const hw_pedigree *ped, uint32_t (*gene)[N_KIT][2])
{
    uint32_t mutated = 0;
    uint32_t one[FX_MAX_PEOPLE][2];
    hw_err err = {0};
    for (uint32_t l = 0; l < N_KIT; l++) {
        fx_ok(hw_gene_drop(ped, w->model[l], &w->rng, one, &err), &err);
        for (size_t i = 0; i < ped->n; i++) {
            for (int side = 0; side < 2; side++) {
                int32_t p = side == 0 ? ped->person[i].father : ped->person[i].mother;
                gene[i][l][side] = one[i][side];
                mutated += p >= 0 && one[p][0] != one[i][side] && one[p][1] != one[i][side] ? 1 : 0;
            }
        }
    }
    return mutated;
}

static const hw_profile *sample(world *w, const uint32_t (*gene)[2])
{
    char id[40];
    hw_err err = {0};
    snprintf(id, sizeof id, "p%u", w->made++);
    hw_profile *p = hw_profile_new(&w->d.arena, id, N_KIT);
    assert_non_null(p);
    for (uint32_t l = 0; l < N_KIT; l++) {
        hw_allele a[2] = {w->model[l]->allele[gene[l][0]], w->model[l]->allele[gene[l][1]]};
        fx_ok(hw_profile_set(p, &w->d.arena, &w->d.panel, l, a, 2, false, &err), &err);
    }
    return p;
}

typedef struct shape {
    const char *name, *pedigree, *typed;
    const char *truth; /* the pedigree that the genes of a wrong family come from; persons of the same ids */
    double least;      /* share of wrong families that must be found, doubtful or misfit */
} shape;

static const shape SHAPES[] = {
    {"mother and child", "F M; M F; S M F M; CH M F M", "M S", "F M; M F; S M; CH M F M", 0.95},
    {"father, mother and child; another father", "F M; M F; S M F M; CH M F M", "F M S", "F M; M F; X M; S M X M; CH M F M", 0.95},
    {"father, mother and child; child of others", "F M; M F; S M F M; CH M F M", "F M S", "F M; M F; S M; CH M F M", 0.95},
    {"mother and two children; one adopted", "F M; M F; S M F M; T F F M; CH M F M", "M S T", "F M; M F; S M F M; T F; CH M F M", 0.95},
    {"mother and two children; half siblings", "F M; M F; S M F M; T F F M; CH M F M", "M S T", "F M; M F; X M; S M F M; T F X M; CH M F M", 0.10},
    {"two siblings; one adopted", "F M; M F; S M F M; T F F M; CH M F M", "S T", "F M; M F; S M F M; T F; CH M F M", 0.3},
    {"three siblings; one adopted", "F M; M F; S M F M; T F F M; U M F M; CH M F M", "S T U", "F M; M F; S M F M; T F F M; U M; CH M F M", 0.6},
    {"grandparents and their child; adopted", "G M; H F; F M G H; M F; CH M F M", "G H F", "G M; H F; F M; M F; CH M F M", 0.95},
    {"aunt and grandmother; swapped", "G M; H F; F M G H; A F G H; M F; CH M F M", "H A", "G M; H F; F M G H; A F; M F; CH M F M", 0.95},
};
enum { N_SHAPES = sizeof SHAPES / sizeof SHAPES[0] };

static size_t index_of(const hw_pedigree *p, const char *id)
{
    uint32_t i = 0;
    assert_true(hw_pedigree_find(p, id, &i));
    return i;
}

static uint32_t judge(world *w, hw_fitter *f, const hw_pedigree *stated, const char *typed, const hw_pedigree *truth, hw_fit *ret)
{
    static uint32_t gene[20][N_KIT][2];
    hw_err err = {0};
    hw_family family = {.id = "F1", .pedigree = *stated, .profile = HW_NEW(&w->d.arena, const hw_profile *, stated->n)};
    uint32_t mutated = drop(w, truth, gene);
    char copy[60];
    snprintf(copy, sizeof copy, "%s", typed);
    for (char *rest = copy, *id; (id = strsep(&rest, " ")) != NULL;) {
        family.profile[index_of(stated, id)] = sample(w, (const uint32_t(*)[2])gene[index_of(truth, id)]);
    }
    fx_ok(hw_family_fit(f, &family, ret, &err), &err);
    return mutated;
}

/* How often each verdict falls. */
typedef struct tally {
    uint32_t n, by[HW_FIT_VERDICTS], with_mutation, misfit_with_mutation;
} tally;

static tally run(world *w, hw_fitter *f, const shape *s, bool wrong, uint32_t n)
{
    hw_pedigree stated, truth;
    tally t = {0};
    fx_pedigree(&stated, s->pedigree);
    fx_pedigree(&truth, wrong ? s->truth : s->pedigree);
    for (uint32_t i = 0; i < n; i++) {
        hw_arena_mark mark = hw_arena_get_mark(&w->d.arena);
        hw_fit fit;
        uint32_t mutated = judge(w, f, &stated, s->typed, &truth, &fit);
        t.n++;
        t.by[fit.verdict]++;
        t.with_mutation += mutated > 0 ? 1 : 0;
        t.misfit_with_mutation += mutated > 0 && fit.verdict == HW_FIT_MISFIT ? 1 : 0;
        hw_fit_release(&fit);
        hw_arena_reset(&w->d.arena, mark);
    }
    hw_pedigree_release(&stated);
    hw_pedigree_release(&truth);
    return t;
}

static void test_rates(void **state)
{
    (void)state;
    world w;
    hw_err err = {0};
    hw_fitter *f = NULL;
    world_init(&w);
    fx_ok(hw_fitter_new(&w.d, &w.o, &f, &err), &err);
    uint32_t n = 100;
    const char *more = getenv("HOMEWARD_FIT_ROUNDS");
    n = more != NULL ? (uint32_t)strtoul(more, NULL, 10) : n;
    print_message("%-46s %9s %28s %20s\n", "", "families", "true: doubtful misfit mutated", "wrong: doubtful misfit");
    uint32_t doubtful = 0, misfit = 0, all = 0;
    for (size_t i = 0; i < N_SHAPES; i++) {
        tally good = run(&w, f, &SHAPES[i], false, n);
        tally bad = run(&w, f, &SHAPES[i], true, n);
        print_message("%-46s %9u %14u %6u %7u %15u %6u\n", SHAPES[i].name, n, good.by[HW_FIT_DOUBTFUL], good.by[HW_FIT_MISFIT], good.with_mutation, bad.by[HW_FIT_DOUBTFUL],
                      bad.by[HW_FIT_MISFIT]);
        doubtful += good.by[HW_FIT_DOUBTFUL];
        misfit += good.by[HW_FIT_MISFIT];
        all += n;
        assert_int_equal(good.misfit_with_mutation, 0);
        if (bad.by[HW_FIT_DOUBTFUL] + bad.by[HW_FIT_MISFIT] < SHAPES[i].least * n) {
            fail_msg("seed %llu: %s: too few found", (unsigned long long)w.seed, SHAPES[i].name);
        }
    }
    print_message("true families: %u doubtful, %u misfit of %u; by Markov's bound at most %.1f and %.2f are expected\n", doubtful, misfit, all, all * 1e-3, all * 1e-5);
    if (misfit > 1 || doubtful > all * 1e-3 + 5) {
        fail_msg("seed %llu: more false alarms than the bound allows", (unsigned long long)w.seed);
    }
    hw_fitter_free(f);
    world_release(&w);
}

/* A value remembered of another family is the value computed anew, to the last bit: for every shape, verdict, suspect and subset. */
static void test_memo_against_plain(void **state)
{
    (void)state;
    world w;
    hw_err err = {0};
    search s;
    matcher m;
    fit_memo memo;
    world_init(&w);
    HW_CLEANUP(hw_arena_release) hw_arena arena = {0};
    fx_ok(search_init(&s, &arena, &w.d, &w.o, &err), &err);
    fx_ok(matcher_init(&m, &s, &err), &err);
    fit_memo_init(&memo);
    static uint32_t gene[20][N_KIT][2];
    for (uint32_t i = 0; i < 40 * N_SHAPES; i++) {
        const shape *x = &SHAPES[i % N_SHAPES];
        hw_pedigree stated, truth;
        hw_fit fit[2];
        fx_pedigree(&stated, x->pedigree);
        fx_pedigree(&truth, hw_rng_below(&w.rng, 2) == 0 ? x->pedigree : x->truth);
        hw_family family = {.id = "F1", .pedigree = stated, .profile = HW_NEW(&w.d.arena, const hw_profile *, stated.n)};
        (void)drop(&w, &truth, gene);
        char copy[60];
        snprintf(copy, sizeof copy, "%s", x->typed);
        for (char *rest = copy, *id; (id = strsep(&rest, " ")) != NULL;) {
            hw_profile *p = hw_profile_new(&w.d.arena, "p", N_KIT);
            assert_non_null(p);
            *p = *sample(&w, (const uint32_t(*)[2])gene[index_of(&truth, id)]);
            p->dropout = hw_rng_below(&w.rng, 3) == 0 ? 0.05 : 0;
            family.profile[index_of(&stated, id)] = p;
        }
        fx_ok(fit_family(&m, NULL, &family, true, &fit[0], &err), &err);
        fx_ok(fit_family(&m, &memo, &family, true, &fit[1], &err), &err);
        assert_int_equal(fit[0].verdict, fit[1].verdict);
        assert_memory_equal(&fit[0].log10_evidence, &fit[1].log10_evidence, sizeof(double));
        assert_int_equal(fit[0].n_suspects, fit[1].n_suspects);
        assert_int_equal(fit[0].n_subsets, fit[1].n_subsets);
        for (uint32_t k = 0; k < fit[0].n_suspects; k++) {
            assert_int_equal(fit[0].suspect[k].person, fit[1].suspect[k].person);
            assert_memory_equal(&fit[0].suspect[k].log10_ratio, &fit[1].suspect[k].log10_ratio, sizeof(double));
        }
        for (uint32_t k = 0; k < fit[0].n_subsets; k++) {
            assert_memory_equal(fit[0].subset[k].keep, fit[1].subset[k].keep, stated.n * sizeof(bool));
            assert_memory_equal(&fit[0].subset[k].log10_ratio, &fit[1].subset[k].log10_ratio, sizeof(double));
        }
        hw_fit_release(&fit[0]);
        hw_fit_release(&fit[1]);
        hw_pedigree_release(&stated);
        hw_pedigree_release(&truth);
    }
    assert_true(memo.n > 1000);
    fit_memo_release(&memo);
    matcher_release(&m);
    search_release(&s);
    world_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_memo_against_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
