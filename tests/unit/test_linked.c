// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship_fixture.h"

#include "base/rng.h"
#include "base/thread.h"
#include "kinship/matcher.h"
#include "kinship/network.h"

static hw_arena arena;
static hw_engine *e;

static int set_up(void **state)
{
    (void)state;
    hw_arena_init(&arena, 0);
    e = fx_engine();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hw_engine_free(e);
    hw_arena_release(&arena);
    return 0;
}

static double linked_at(const hw_pedigree *p, const hw_locus_model *a, const hw_locus_model *b, const hw_typing *ta, const hw_typing *tb, double rho,
                        const char *file, int line)
{
    const hw_locus_model *lm[2] = {a, b};
    const hw_typing *t[2] = {ta, tb};
    hw_real r = {0};
    hw_err err = {0};
    fx_ok_at(hw_likelihood_linked(e, p, lm, t, rho, &r, &err), &err, file, line);
    return hw_real_to_double(r);
}
#define linked(p, a, b, ta, tb, rho) linked_at((p), (a), (b), (ta), (tb), (rho), __FILE__, __LINE__)

static const char *const families[] = {
    "A M; B F; C M A B; D F A B",
    "A M; B F; C M A B; D F; E M C D; G F C D",
    "A M; B F; C M A B; D F A B; E F C D", /* loop */
    "B F; C M - B; D F - B; E F - D",
    "A M f=0.2; B F; C M A B; D M A B; E F A B",
    "A M; B F; C M A B twin=1; D M A B twin=1; E F C -; G F D -",
    "A M; C M; B F A -; D M C B; E F C B",
};
#define N_FAMILIES (sizeof families / sizeof families[0])
#define TWO "10:0.3 11:0.7"
#define THREE "14:0.2 15:0.3 16:0.5"

/* Genes dropped by chance, so that exact zeros are few. */
static void random_readings(hw_rng *r, const hw_pedigree *p, const hw_locus_model *lm, bool noise, hw_typing *t)
{
    hw_allele g[20][2];
    for (uint32_t i = 0; i < p->n; i++) {
        const hw_person *q = &p->person[i];
        g[i][0] = q->father >= 0 ? g[q->father][hw_rng_below(r, 2)] : lm->allele[hw_rng_pick(r, lm->p, lm->n)];
        g[i][1] = q->mother >= 0 ? g[q->mother][hw_rng_below(r, 2)] : lm->allele[hw_rng_pick(r, lm->p, lm->n)];
        if (lm->kind == HW_LOCUS_X && q->sex == HW_SEX_MALE) {
            g[i][0] = g[i][1];
        }
        if (q->twin != 0 && i > 0 && p->person[i - 1].twin == q->twin) {
            memcpy(g[i], g[i - 1], sizeof g[i]);
        }
        t[i] = (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0, 0};
        hw_allele shown[2] = {g[i][0] == HW_ALLELE_SILENT ? g[i][1] : g[i][0], g[i][1] == HW_ALLELE_SILENT ? g[i][0] : g[i][1]};
        if (shown[0] != HW_ALLELE_SILENT && hw_rng_below(r, 3) > 0) {
            t[i] = (hw_typing){shown[0], shown[1], noise && hw_rng_below(r, 3) == 0 ? 0.2 : 0, noise && hw_rng_below(r, 4) == 0 ? 0.1 : 0};
        }
    }
}

/* rho 1/2: the product of two unlinked loci. Exchanging the loci changes nothing. Matters? only if it does. */
static void half_is_unlinked(void **state)
{
    (void)state;
    hw_rng r;
    hw_rng_seed(&r, 9, 0);
    for (int round = 0; round < 400; round++) {
        hw_locus_settings ls = round % 3 == 0 ? fx_stepwise(0.01, 0.02) : round % 3 == 1 ? fx_equal(0.01, 0.02) : (hw_locus_settings){0};
        ls.silent = round % 4 == 0 ? 0.03 : 0;
        hw_locus_kind kind = round % 5 < 2 ? HW_LOCUS_X : HW_LOCUS_AUTOSOMAL;
        const hw_locus_model *a = fx_model(&arena, kind, TWO, &ls, 0, NULL);
        const hw_locus_model *b = fx_model(&arena, kind, THREE, &ls, 0, NULL);
        hw_pedigree p;
        fx_pedigree(&p, families[hw_rng_below(&r, N_FAMILIES)]);
        hw_typing ta[20], tb[20];
        random_readings(&r, &p, a, true, ta);
        random_readings(&r, &p, b, true, tb);
        double la = hw_real_to_double(fx_real(e, &p, a, ta));
        double lb = hw_real_to_double(fx_real(e, &p, b, tb));
        fx_near(linked(&p, a, b, ta, tb, 0.5), la * lb, 1e-12);
        static const double rhos[] = {0, 0.05, 0.3};
        bool differs = false;
        for (int k = 0; k < 3; k++) {
            double ab = linked(&p, a, b, ta, tb, rhos[k]);
            fx_near(linked(&p, b, a, tb, ta, rhos[k]), ab, 1e-12);
            differs = differs || fx_relative(ab, la * lb) > 1e-9;
        }
        const hw_locus_model *lm[2] = {a, b};
        const hw_typing *t[2] = {ta, tb};
        bool matters = false;
        assert_int_equal(linked_matters(e, &p, lm, t, &matters, NULL), HW_OK);
        assert_true(matters || !differs);
        hw_pedigree_release(&p);
    }
}

/*
 * rho 0: the two loci are one whose alleles are pairs, a pair mutates as its parts do, and a person heterozygous at both has two possible
 * phases, summed by running through all of them.
 */
static void zero_is_one_locus(void **state)
{
    (void)state;
    hw_rng r;
    hw_rng_seed(&r, 10, 0);
    for (int round = 0; round < 150; round++) {
        hw_locus_settings ls = round % 2 == 0 ? fx_equal(0.05, 0.1) : (hw_locus_settings){0};
        hw_locus_kind kind = round % 5 < 2 ? HW_LOCUS_X : HW_LOCUS_AUTOSOMAL;
        const hw_locus_model *lm[2] = {fx_model(&arena, kind, TWO, &ls, 0, NULL), fx_model(&arena, kind, THREE, &ls, 0, NULL)};
        hw_allele pair[6];
        double p[6], matrix[2][36];
        fx_table table = {.f = {.locus = "PAIR", .n = 6, .sum = 1}};
        table.f.allele = table.allele;
        table.f.freq = table.freq;
        for (uint32_t x = 0; x < 6; x++) {
            pair[x] = table.allele[x] = (hw_allele)(100 + 10 * x);
            p[x] = table.freq[x] = lm[0]->p[x / 3] * lm[1]->p[x % 3];
            for (uint32_t y = 0; y < 6; y++) {
                for (int sex = 0; sex < 2; sex++) {
                    const double *ma = sex == 0 ? lm[0]->female : lm[0]->male;
                    const double *mb = sex == 0 ? lm[1]->female : lm[1]->male;
                    double fa = ma == NULL ? x / 3 == y / 3 : ma[x / 3 * 2 + y / 3];
                    double fb = mb == NULL ? x % 3 == y % 3 : mb[x % 3 * 3 + y % 3];
                    matrix[sex][x * 6 + y] = fa * fb;
                }
            }
        }
        hw_locus_settings both = {.female = {.model = HW_MUTATION_CUSTOM, .rate = 1, .n = 6, .allele = pair, .matrix = matrix[0]},
                                  .male = {.model = HW_MUTATION_CUSTOM, .rate = 1, .n = 6, .allele = pair, .matrix = matrix[1]}};
        hw_locus_model *one = NULL;
        hw_err err = {0};
        fx_ok(hw_locus_model_build(&arena, &table.f, kind, &both, 0, HW_RARE_AUTO, 0, NULL, 0, &one, &err), &err);
        hw_pedigree ped;
        size_t which = 0;
        do {
            which = hw_rng_below(&r, N_FAMILIES);
        } while (strstr(families[which], "f=") != NULL); /* inbreeding of pairs is another thing */
        fx_pedigree(&ped, families[which]);
        hw_typing ta[20], tb[20];
        random_readings(&r, &ped, lm[0], false, ta);
        random_readings(&r, &ped, lm[1], false, tb);
        uint32_t open[20], n_open = 0;
        for (uint32_t i = 0; i < ped.n; i++) {
            if (ta[i].a == HW_ALLELE_UNKNOWN || tb[i].a == HW_ALLELE_UNKNOWN) {
                ta[i] = tb[i] = (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0, 0};
            } else if (ta[i].a != ta[i].b && tb[i].a != tb[i].b) {
                open[n_open++] = i;
            }
        }
        double sum = 0;
        for (uint32_t phases = 0; phases < 1u << n_open; phases++) {
            hw_typing t[20];
            for (uint32_t i = 0, k = 0; i < ped.n; i++) {
                t[i] = ta[i];
                if (ta[i].a == HW_ALLELE_UNKNOWN) {
                    continue;
                }
                bool swap = k < n_open && open[k] == i && ((phases >> k++) & 1) != 0;
                int a0 = hw_locus_model_index(lm[0], ta[i].a), a1 = hw_locus_model_index(lm[0], ta[i].b);
                int b0 = hw_locus_model_index(lm[1], swap ? tb[i].b : tb[i].a), b1 = hw_locus_model_index(lm[1], swap ? tb[i].a : tb[i].b);
                t[i].a = pair[a0 * 3 + b0];
                t[i].b = pair[a1 * 3 + b1];
            }
            sum += hw_real_to_double(fx_real(e, &ped, one, t));
        }
        fx_near(linked(&ped, lm[0], lm[1], ta, tb, 0), sum, 1e-11);
        (void)p;
        hw_pedigree_release(&ped);
    }
}

/* Double recombinants and phase by hand: a father heterozygous at both loci, two children. */
static void by_hand(void **state)
{
    (void)state;
    const hw_locus_model *a = fx_model(&arena, HW_LOCUS_AUTOSOMAL, "10:0.1 11:0.2 12:0.7", NULL, 0, NULL);
    const hw_locus_model *b = fx_model(&arena, HW_LOCUS_AUTOSOMAL, "14:0.3 15:0.3 16:0.4", NULL, 0, NULL);
    hw_pedigree p;
    fx_pedigree(&p, "F M; M F; C M F M; D M F M");
    const double rho = 0.1;
    hw_typing ta[4], tb[4];
    memcpy(ta, fx_typings(&p, "F=10/11 M=12/12 C=10/12 D=10/12"), sizeof ta);
    memcpy(tb, fx_typings(&p, "F=14/15 M=16/16 C=14/16 D=14/16"), sizeof tb);
    double founders = (2 * 0.1 * 0.2 * 0.49) * (2 * 0.3 * 0.3 * 0.16);
    fx_near(linked(&p, a, b, ta, tb, rho), founders * 0.25 * ((1 - rho) * (1 - rho) + rho * rho) * 0.5, 1e-14);
    memcpy(tb, fx_typings(&p, "F=14/15 M=16/16 C=14/16 D=15/16"), sizeof tb);
    fx_near(linked(&p, a, b, ta, tb, rho), founders * 0.25 * (2 * rho * (1 - rho)) * 0.5, 1e-14);
    /* with no recombination that cannot be */
    fx_near(linked(&p, a, b, ta, tb, 0), 0, 0);
    hw_pedigree_release(&p);
}

static void refused(void **state)
{
    (void)state;
    const hw_locus_model *a = fx_model(&arena, HW_LOCUS_AUTOSOMAL, TWO, NULL, 0, NULL);
    const hw_locus_model *theta = fx_model(&arena, HW_LOCUS_AUTOSOMAL, TWO, NULL, 0.01, NULL);
    hw_pedigree p;
    fx_pedigree(&p, "A M; B F; C M A B; D F A B");
    const hw_typing *t = fx_typings(&p, "C=10/11 D=10/11");
    const hw_typing *both[2] = {t, t};
    hw_real r = {0.75, 7};
    static const double bad[] = {-0.01, 0.51, (double)__builtin_nan("")};
    for (int i = 0; i < 3; i++) {
        hw_err err = {0};
        fx_fails(hw_likelihood_linked(e, &p, (const hw_locus_model *const[2]){a, a}, both, bad[i], &r, &err), HW_USAGE, &err, "TEST1|0 and 0.5");
    }
    hw_err err = {0};
    fx_fails(hw_likelihood_linked(e, &p, (const hw_locus_model *const[2]){a, theta}, both, 0.1, &r, &err), HW_UNSUPPORTED, &err, "theta");
    hw_pedigree_release(&p);
    fx_pedigree(&p, "A M twin=1; B M twin=1; C F A -");
    t = fx_typings(&p, "A=10/10 B=11/11 C=10/11");
    both[0] = both[1] = t;
    fx_near(linked(&p, a, a, t, t, 0.1), 0, 0);
    hw_pedigree_release(&p);
    /* eleven siblings: 22 meioses that matter */
    char text[1000] = "F M; M F;", typed[1000] = "";
    for (int i = 0; i < 11; i++) {
        fx_add(text, sizeof text, "C%d M F M;", i);
        fx_add(typed, sizeof typed, "C%d=10/11 ", i);
    }
    fx_pedigree(&p, text);
    both[0] = both[1] = fx_typings(&p, typed);
    err = (hw_err){0};
    fx_fails(hw_likelihood_linked(e, &p, (const hw_locus_model *const[2]){a, a}, both, 0.1, &r, &err), HW_TOO_COSTLY, &err, "TEST1|20 meioses|C9");
    assert_true(r.m == 0.75 && r.e == 7);
    bool matters = false;
    err = (hw_err){0};
    assert_int_equal(linked_matters(e, &p, (const hw_locus_model *const[2]){a, a}, both, &matters, &err), HW_TOO_COSTLY);
    hw_pedigree_release(&p);
}

static void no_memory(void **state)
{
    (void)state;
    hw_locus_settings ls = fx_equal(0.01, 0.02);
    for (int kind = 0; kind < 2; kind++) {
        const hw_locus_model *a = fx_model(&arena, kind == 0 ? HW_LOCUS_AUTOSOMAL : HW_LOCUS_X, THREE, &ls, 0, NULL);
        hw_pedigree p;
        fx_pedigree(&p, "A M; B F; C M A B; D F A B; E F C D; G F - B");
        const hw_typing *t = fx_typings(&p, "A=14/14 D=14/15 d=0.1 E=14/16 G=15/15");
        const hw_typing *both[2] = {t, t};
        const hw_locus_model *lm[2] = {a, a};
        hw_status s = HW_NO_MEMORY;
        uint32_t refusals = 0;
        hw_engine *x = fx_engine();
        for (size_t cap = 8; s != HW_OK; cap += cap < 30000 ? 16 : 512, refusals++) {
            hw_real r = {0.75, 7};
            x->arena.cap = cap;
            s = hw_likelihood_linked(x, &p, lm, both, 0.1, &r, NULL);
            assert_true(s == HW_OK || (s == HW_NO_MEMORY && r.m == 0.75 && r.e == 7));
            assert_int_equal(x->arena.used, 0);
        }
        assert_true(refusals > 50);
        hw_engine_free(x);
        hw_pedigree_release(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_is_unlinked), cmocka_unit_test(zero_is_one_locus), cmocka_unit_test(by_hand),
        cmocka_unit_test(refused),          cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests_name("linked", tests, set_up, tear_down);
}
