// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The national search loses nothing and invents nothing: on random nations whose samples are spoiled in every way that files know, it lists the very pairs of the
 * plain search, ratios equal to the last bit, with every kernel and number of classes. Its closed-form tables agree with the engine; its kernels with each other.
 */
#include "random_family.h"
#include "../unit/match_fixture.h"

#include "formats/format.h"
#include "kinship/quick.h"
#include "kinship/screen.h"
#include "kinship/simulate.h"

static const char *const KIT[] = {"D3S1358", "TH01", "FGA", "vWA", "D8S1179", "D21S11", "D18S51", "Penta E", "SE33", "TPOX", "D12S391", "D2S1338"};
#define LOCI (sizeof KIT / sizeof KIT[0])

/* Sanitizers take ten times as long and look for other things than a rare case. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ROUNDS(n) ((n) / 3 + 1)
#endif
#endif
#ifndef ROUNDS
#define ROUNDS(n) (n)
#endif

typedef struct spoiled {
    hw_dataset freq, d;
    hw_settings set;
    hw_match_options o;
    const hw_population *pop[1];
} spoiled;

static hw_allele odd_allele(hw_rng *r)
{
    static const hw_allele odd[] = {33, 991, 1234, 5, HW_ALLELE_BELOW | 90, HW_ALLELE_ABOVE | 200, HW_ALLELE_OFF_LADDER};
    return odd[hw_rng_below(r, sizeof odd / sizeof odd[0])];
}

static void spoil_profile(hw_rng *r, hw_profile *p, double share)
{
    if (rf_chance(r, share)) {
        p->dropout = rf_chance(r, 0.5) ? 0.02 : 0.3 * hw_rng_unit(r);
    }
    if (rf_chance(r, share / 4)) {
        p->error = 0.01 * hw_rng_unit(r);
    }
    for (uint32_t l = 0; l < p->n_loci; l++) {
        if (!hw_genotype_typed(p->g[l])) {
            continue;
        }
        if (rf_chance(r, share / 4)) {
            p->g[l].b = HW_ALLELE_UNKNOWN;
        } else if (rf_chance(r, share / 4)) {
            p->g[l] = HW_GENOTYPE_NONE;
        } else if (rf_chance(r, share / 24)) { /* few: the plain search takes a table for each */
            p->g[l] = hw_genotype_make(p->g[l].a, odd_allele(r));
        } else if (rf_chance(r, share / 4)) {
            p->g[l] = hw_genotype_make(p->g[l].a, p->g[l].a);
        }
    }
}

static void spoiled_init(spoiled *n, hw_rng *r, uint32_t children, uint32_t families, bool small)
{
    hw_err err = {0};
    hw_nation o;
    hw_nation_truth *truth = NULL;
    hw_format_options fo = {0};
    hw_dataset_init(&n->freq);
    hw_dataset_init(&n->d);
    fx_ok(hw_format_read_file("data/frequencies/norstr-east-asia.csv", &fo, &n->freq, &err), &err);
    n->pop[0] = n->freq.population[0];
    hw_settings_init(&n->set);
    hw_nation_init(&o);
    o.children = children;
    o.families = families;
    o.seed = hw_rng_u64(r);
    o.share_true = 0.5 * families / children < 0.6 ? 0.5 * families / children : 0.6;
    o.share_siblings = small ? 0.1 : 0.2;
    o.share_grandparents = small ? 0 : 0.15;
    o.share_mixed = small ? 0 : 0.3;
    o.share_wrong = 0.1;
    o.share_siblings_rescued = 0.2;
    fx_ok(hw_nation_simulate(&o, n->pop[0], &n->set, KIT, small ? 5 : LOCI, &n->d, &truth, &err), &err);
    double share = rf_chance(r, 0.3) ? 0.0 : 0.3 * hw_rng_unit(r);
    for (size_t i = 0; i < n->d.n_profiles; i++) {
        spoil_profile(r, n->d.profile[i], share);
    }
    for (size_t f = 0; f < families; f++) {
        hw_family *x = &n->d.family[f];
        for (size_t i = 0; i < x->pedigree.n && rf_chance(r, share / 4); i++) {
            x->pedigree.person[i].sex = x->pedigree.person[i].father < 0 && x->pedigree.person[i].mother < 0 ? x->pedigree.person[i].sex : HW_SEX_UNKNOWN;
        }
    }
    switch (hw_rng_below(r, 6)) {
    case 3: /* families may contradict themselves: both searches say so */
        n->set.standard.female = n->set.standard.male = (hw_mutation){.model = HW_MUTATION_NONE};
        break;
    case 0:
        n->set.standard.silent = 0.01;
        break;
    case 1:
        n->set.standard.female = n->set.standard.male = (hw_mutation){.model = HW_MUTATION_EQUAL, .rate = 0.003};
        break;
    case 2:
        n->set.rare_rule = HW_RARE_FIXED;
        n->set.rare_value = 0.03;
        break;
    default:
        break;
    }
    hw_match_options_init(&n->o);
    n->o.population = n->pop;
    n->o.n_populations = 1;
    n->o.settings = &n->set;
    n->o.n_threads = 1 + hw_rng_below(r, 3);
    n->o.threshold_log10 = -1.0 + 6.0 * hw_rng_unit(r);
}

static void spoiled_drop(spoiled *n)
{
    hw_dataset_release(&n->d);
    hw_dataset_release(&n->freq);
}

static int by_place(const void *x, const void *y)
{
    const hw_pair *a = x, *b = y;
    if (a->family != b->family) {
        return a->family < b->family ? -1 : 1;
    }
    if (a->missing != b->missing) {
        return a->missing < b->missing ? -1 : 1;
    }
    return (a->child > b->child) - (a->child < b->child);
}

static void same_pairs(const hw_pairs *a, const hw_pairs *b, uint64_t seed, uint32_t round)
{
    for (size_t i = 0; i < a->n && i < b->n; i++) {
        if (by_place(&a->pair[i], &b->pair[i]) != 0 || hw_real_cmp(a->pair[i].ratio, b->pair[i].ratio) != 0) {
            fail_msg("HOMEWARD_SEED=%llu round %u: pair %zu is child %u family %u (log10 %.6f) plainly, child %u family %u (log10 %.6f) screened", (unsigned long long)seed, round, i,
                     a->pair[i].child, a->pair[i].family, hw_real_log10(a->pair[i].ratio), b->pair[i].child, b->pair[i].family, hw_real_log10(b->pair[i].ratio));
        }
    }
    if (a->n != b->n || a->n_errors != b->n_errors || a->pairs != b->pairs || a->persons != b->persons) {
        fail_msg("HOMEWARD_SEED=%llu round %u: %zu pairs, %zu errors plainly; %zu and %zu screened", (unsigned long long)seed, round, a->n, a->n_errors, b->n, b->n_errors);
    }
}

static void lossless(void **state)
{
    (void)state;
    uint64_t seed = rf_seed();
    size_t listed = 0;
    for (uint32_t round = 0; round < ROUNDS(6); round++) {
        hw_rng r;
        spoiled n;
        hw_pairs plain, screened;
        hw_err err = {0};
        hw_rng_seed(&r, seed, round);
        spoiled_init(&n, &r, 40 + hw_rng_below(&r, 200), 40, false);
        n.o.method = HW_MATCH_PLAIN;
        fx_ok(hw_match_pairs(&n.d, &n.o, &plain, &err), &err);
        n.o.method = HW_MATCH_SCREENED;
        fx_ok(hw_match_pairs(&n.d, &n.o, &screened, &err), &err);
        same_pairs(&plain, &screened, seed, round);
        listed += plain.n;
        hw_pairs_release(&plain);
        hw_pairs_release(&screened);
        spoiled_drop(&n);
    }
    assert_true(listed > ROUNDS(60) / 2); /* else nothing was tried */
}

/* Theta changes every table; families of many untyped founders are left out by both searches alike. */
static void lossless_theta(void **state)
{
    (void)state;
    uint64_t seed = rf_seed();
    for (uint32_t round = 0; round < ROUNDS(3); round++) {
        hw_rng r;
        spoiled n;
        hw_pairs plain, screened;
        hw_err err = {0};
        hw_rng_seed(&r, seed, 1000 + round);
        spoiled_init(&n, &r, 60, 8, true);
        n.o.threshold_log10 = -1.0 + 2.0 * hw_rng_unit(&r);
        n.set.theta = 0.02;
        n.set.standard.silent = 0;
        n.o.method = HW_MATCH_PLAIN;
        fx_ok(hw_match_pairs(&n.d, &n.o, &plain, &err), &err);
        n.o.method = HW_MATCH_SCREENED;
        fx_ok(hw_match_pairs(&n.d, &n.o, &screened, &err), &err);
        same_pairs(&plain, &screened, seed, 1000 + round);
        hw_pairs_release(&plain);
        hw_pairs_release(&screened);
        spoiled_drop(&n);
    }
}

/* ---- readings at the edge ---- */

/* Every kind of reading at one locus, each in a child of its own, against families that have some of the same; autosomal and X, all sexes. */
static void edge_nation(nation *n, hw_rng *r)
{
    static const char *const shown[] = {"6/7", "6/6", "8/8", "9/10", "6/-", "9.3/-", "6/12", "12/12", "12/13", "12/-", "12/OL", "6/OL", "OL/OL", "OL/-", ">20/-", "20/-", "6/>20", "<5/6", "5/-", "7/8/9"};
    static const char *const shapes[] = {"F M; M F; C U F M", "F M; M F; C M F M", "F M; M F; C F F M", "F M; M F; S F F M; C M F M", "M F; C F - M"};
    static const char *const typed[] = {"F M", "F", "M", "S", "M"};
    static const char *const with[] = {"6/7", "6/6", "9/10", "6/12", "12/12", "12/13", "6/-", "8/20", "OL/6"};
    fx_nation(n, "TH01 DXS8378 AMEL");
    fx_population(n, "edge", 0, "TH01 6:0.2 7:0.3 8:0.1 9:0.15 9.3:0.2 10:0.05; DXS8378 6:0.2 7:0.3 8:0.1 9:0.15 9.3:0.2 10:0.05");
    for (uint32_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        for (int sex = 0; sex < 3; sex++) {
            char id[24], text[100];
            snprintf(id, sizeof id, "K%u-%d", i, sex);
            const char *poor = rf_chance(r, 0.3) ? " d=0.2" : rf_chance(r, 0.3) ? " e=0.01" : "";
            const char *x = shown[hw_rng_below(r, sizeof shown / sizeof shown[0])];
            snprintf(text, sizeof text, "TH01=%s%s%s%s", shown[i], poor, rf_chance(r, 0.4) ? " DXS8378=" : "", "");
            if (text[strlen(text) - 1] == '=') {
                fx_add(text, sizeof text, "%s", x);
            }
            fx_child(n, id, (hw_sex)sex, text);
        }
    }
    for (uint32_t f = 0; f < 10; f++) {
        char id[16], word[20], *rest = word;
        uint32_t shape = hw_rng_below(r, 5);
        snprintf(id, sizeof id, "F%u", f);
        fx_family(n, id, shapes[shape], "C");
        snprintf(word, sizeof word, "%s", typed[shape]);
        for (char *w; (w = strsep(&rest, " ")) != NULL;) {
            char text[100];
            snprintf(text, sizeof text, "TH01=%s%s", with[hw_rng_below(r, 9)], rf_chance(r, 0.2) ? " d=0.1" : "");
            if (rf_chance(r, 0.4)) {
                fx_add(text, sizeof text, " DXS8378=%s", with[hw_rng_below(r, 9)]);
            }
            fx_member(n, f, w, text);
        }
    }
    n->set.standard = fx_stepwise(1e-3, 2e-3);
    n->set.standard.silent = rf_chance(r, 0.3) ? 0.02 : 0;
    n->set.rare_rule = HW_RARE_FIXED;
    n->set.rare_value = rf_chance(r, 0.5) ? 0.3 : 1e-12; /* a family's own alleles then change the model much, or make ratios huge */
    n->o.n_populations = 1;
}

/* With the threshold at the very ratio of a pair, the pair is listed. */
static void the_edge_is_listed(void **state)
{
    (void)state;
    uint64_t seed = rf_seed();
    for (uint32_t round = 0; round < ROUNDS(12); round++) {
        hw_rng r;
        nation n;
        hw_pairs plain, screened;
        hw_err err = {0};
        hw_rng_seed(&r, seed, 5000 + round);
        edge_nation(&n, &r);
        n.o.threshold_log10 = -1e6;
        n.o.method = HW_MATCH_PLAIN;
        fx_ok(hw_match_pairs(&n.d, &n.o, &plain, &err), &err);
        assert_true(plain.n > 30);
        for (uint32_t k = 0; k < 40; k++) {
            const hw_pair *p = &plain.pair[hw_rng_below(&r, (uint32_t)plain.n)];
            n.o.method = HW_MATCH_SCREENED;
            n.o.threshold_log10 = k == 0 ? -1e6 : hw_real_log10(p->ratio);
            fx_ok(hw_match_pairs(&n.d, &n.o, &screened, &err), &err);
            hw_pairs expected;
            n.o.method = HW_MATCH_PLAIN;
            fx_ok(hw_match_pairs(&n.d, &n.o, &expected, &err), &err);
            same_pairs(&expected, &screened, seed, 5000 + round);
            hw_pairs_release(&expected);
            hw_pairs_release(&screened);
        }
        hw_pairs_release(&plain);
        fx_nation_drop(&n);
    }
}

/* ---- closed-form tables ---- */

static void quick_tables(void **state)
{
    (void)state;
    uint64_t seed = rf_seed();
    hw_engine *e = NULL;
    hw_err err = {0};
    fx_ok(hw_engine_new(NULL, &e, &err), &err);
    size_t tried = 0, answered = 0;
    for (uint32_t round = 0; round < ROUNDS(12); round++) {
        hw_rng r;
        spoiled n;
        hw_rng_seed(&r, seed, 2000 + round);
        spoiled_init(&n, &r, 1, 120, false);
        hw_arena arena;
        hw_arena_init(&arena, 0);
        for (size_t f = 0; f < n.d.n_families; f++) {
            const hw_family *x = &n.d.family[f];
            quick_plan plan;
            quick_plan_init(&plan, x, &x->pedigree, x->missing[0]);
            uint32_t l = hw_rng_below(&r, LOCI);
            hw_typing t[40];
            hw_allele seen[80];
            bool any = false;
            bool open = false;
            for (size_t i = 0; i < x->pedigree.n; i++) {
                t[i] = profile_typing(i == x->missing[0] ? NULL : x->profile[i], l);
                seen[2 * i] = t[i].a;
                seen[2 * i + 1] = t[i].b;
                any = any || t[i].a != HW_ALLELE_UNKNOWN || t[i].b != HW_ALLELE_UNKNOWN;
                open = open || x->pedigree.person[i].sex == HW_SEX_UNKNOWN;
            }
            hw_locus_model *lm = NULL;
            fx_ok(hw_locus_model_build(&arena, hw_population_find(n.pop[0], KIT[l]), HW_LOCUS_AUTOSOMAL, &n.set.standard, 0, HW_RARE_AUTO, 0.001, seen, 2 * x->pedigree.n, &lm, &err), &err);
            size_t g = (size_t)lm->n * (lm->n + 1) / 2;
            double *quick = HW_NEW(&arena, double, g), *plain = HW_NEW(&arena, double, g);
            assert_true(quick != NULL && plain != NULL);
            int exp = 0;
            hw_real total;
            if (!any || open) {
                continue;
            }
            tried++;
            if (!quick_condition(&plan, lm, t, quick)) {
                continue;
            }
            answered++;
            fx_ok(hw_condition(e, &x->pedigree, lm, t, x->missing[0], plain, &exp, &total, &err), &err);
            double sum_quick = 0, sum_plain = 0;
            for (size_t i = 0; i < g; i++) {
                sum_quick += quick[i];
                sum_plain += plain[i];
            }
            for (size_t i = 0; i < g && sum_plain > 0; i++) {
                double a = quick[i] / sum_quick, b = plain[i] / sum_plain;
                if (!(a - b <= 1e-10 * b && b - a <= 1e-10 * b)) {
                    fail_msg("HOMEWARD_SEED=%llu round %u family %s locus %s genotype %zu: %.17g in closed form, %.17g by the engine", (unsigned long long)seed, round, x->id, KIT[l], i, a, b);
                }
            }
        }
        hw_arena_release(&arena);
        spoiled_drop(&n);
    }
    hw_engine_free(e);
    assert_true(answered > tried / 2);
}

/* ---- kernels ---- */

static void kernels(void **state)
{
    (void)state;
    enum { COLUMNS = 9, POSITIONS = 4 * SCREEN_STEP };
    static uint8_t column[COLUMNS][POSITIONS], table[COLUMNS * SCREEN_CLASSES];
    static uint32_t expected[POSITIONS], found[POSITIONS];
    const uint8_t *at[COLUMNS];
    hw_rng r;
    hw_rng_seed(&r, rf_seed(), 3000);
    for (uint32_t k = 0;; k++) {
        uint32_t classes = 0;
        const char *name = NULL;
        screen_kernel kernel = screen_kernel_at(k, &classes, &name);
        if (kernel == NULL) {
            break;
        }
        for (uint32_t round = 0; round < 200; round++) {
            uint32_t n = hw_rng_below(&r, COLUMNS + 1), high = 1 + hw_rng_below(&r, 256);
            uint8_t most = (uint8_t)hw_rng_below(&r, 255);
            for (uint32_t l = 0; l < COLUMNS; l++) {
                at[l] = column[l];
                for (uint32_t i = 0; i < POSITIONS; i++) {
                    column[l][i] = (uint8_t)hw_rng_below(&r, classes);
                }
                for (uint32_t i = 0; i < SCREEN_CLASSES; i++) {
                    table[l * SCREEN_CLASSES + i] = (uint8_t)hw_rng_below(&r, high);
                }
            }
            size_t a = screen_kernel_plain(at, table, n, 0, most, SCREEN_STEP, POSITIONS, expected);
            size_t b = kernel(at, table, n, hw_rng_below(&r, COLUMNS + 2), most, SCREEN_STEP, POSITIONS, found);
            if (a != b || memcmp(expected, found, a * sizeof expected[0]) != 0) {
                fail_msg("HOMEWARD_SEED=%llu: kernel %s found %zu of %zu positions", (unsigned long long)rf_seed(), name, b, a);
            }
        }
    }
}

/* Few classes and the plain kernel, or many and the fastest: the list is the same. */
static void classes_do_not_matter(void **state)
{
    (void)state;
    hw_rng r;
    hw_rng_seed(&r, rf_seed(), 4000);
    for (uint32_t round = 0; round < ROUNDS(4); round++) {
        spoiled n;
        hw_err err = {0};
        spoiled_init(&n, &r, 200, 40, false);
        size_t first = 0;
        for (uint32_t classes = 8; classes <= SCREEN_CLASSES; classes *= 4) {
            hw_arena arena;
            hw_arena_init(&arena, 0);
            search s;
            matcher m;
            screen c;
            fx_ok(search_init(&s, &arena, &n.d, &n.o, &err), &err);
            fx_ok(matcher_init(&m, &s, &err), &err);
            fx_ok(screen_init(&c, &m, &arena, n.o.threshold_log10, NULL, screen_kernel_plain, classes, &err), &err);
            all a = {.s = s, .matcher = &m, .n_threads = 1};
            hw_arena texts;
            hw_arena_init(&texts, 0);
            a.errors = &texts;
            a.slot = HW_NEW(&arena, slot, 2 * n.d.n_families);
            assert_non_null(a.slot);
            for (size_t f = 0; f < n.d.n_families; f++) {
                for (uint32_t j = 0; j < n.d.family[f].n_missing; j++) {
                    a.slot[a.n_slots++] = (slot){.family = (uint32_t)f, .missing = j, .f = &s.family[f]};
                }
            }
            bound_cache cache;
            bound_cache_init(&cache);
            hw_pairs p = {0};
            fx_ok(screen_search(&a, &c, &cache, 0, a.n_slots, &p, &err), &err);
            first = classes == 8 ? p.n : first;
            assert_int_equal(p.n, first);
            for (uint32_t l = 0; l < c.n_loci; l++) {
                assert_true(c.locus[l].n_classes <= classes);
            }
            hw_pairs_release(&p);
            bound_cache_release(&cache);
            matcher_release(&m);
            search_release(&s);
            hw_arena_release(&texts);
            hw_arena_release(&arena);
        }
        spoiled_drop(&n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lossless), cmocka_unit_test(lossless_theta), cmocka_unit_test(the_edge_is_listed), cmocka_unit_test(quick_tables), cmocka_unit_test(kernels), cmocka_unit_test(classes_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
