// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship_fixture.h"

#include "base/thread.h"

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

#define FOUR "10:0.1 11:0.2 12:0.3 13:0.4"
#define T 0.05

static const hw_locus_model *model(hw_locus_kind kind)
{
    return fx_model(&arena, kind, FOUR, NULL, T, NULL);
}

/* Probability of drawing these alleles in turn from the urn (Balding and Nichols 1994). */
static double urn(const char *alleles)
{
    static const double p[4] = {0.1, 0.2, 0.3, 0.4};
    int drawn[4] = {0};
    double x = 1;
    for (int n = 0; alleles[n] != '\0'; n++) {
        int a = alleles[n] - '0';
        x *= (drawn[a] * T + (1 - T) * p[a]) / (1 + (n - 1) * T);
        drawn[a]++;
    }
    return x;
}

static void sampling_formula(void **state)
{
    (void)state;
    const hw_locus_model *lm = model(HW_LOCUS_AUTOSOMAL);
    fx_near(fx_value(e, "A M", lm, "A=10/10"), urn("00"), 1e-14);
    fx_near(fx_value(e, "A M", lm, "A=10/11"), 2 * urn("01"), 1e-14);
    fx_near(fx_value(e, "A M; B F", lm, "A=10/11 B=11/11"), 2 * urn("0111"), 1e-14);
    fx_near(fx_value(e, "A M; B F; C M", lm, "A=10/11 B=11/12 C=10/10"), 4 * urn("011200"), 1e-14);
    /* one known allele: the second gene is anything */
    double any = 0;
    for (char a = '0'; a <= '3'; a++) {
        char seq[] = {'1', '1', '0', a, '\0'};
        any += urn(seq) * (a == '0' ? 1 : 2);
    }
    fx_near(fx_value(e, "A M; B F", lm, "A=11/11 B=10/-"), any, 1e-13);
}

static void through_a_pedigree(void **state)
{
    (void)state;
    const hw_locus_model *lm = model(HW_LOCUS_AUTOSOMAL);
    /* father typed, mother unstated: her gene is the third drawn */
    fx_near(fx_value(e, "A M; C M A -", lm, "A=10/11 C=10/12"), 2 * 0.5 * urn("012"), 1e-14);
    fx_near(fx_value(e, "A M; C M A -", lm, "A=10/11 C=10/11"), 2 * (0.5 * urn("011") + 0.5 * urn("010")), 1e-14);
    /* full siblings, parents untyped: identical by descent at 0, 1, 2 genes */
    fx_near(fx_value(e, "F M; M F; A M F M; B M F M", lm, "A=10/10 B=10/10"), 0.25 * urn("0000") + 0.5 * urn("000") + 0.25 * urn("00"), 1e-14);
    fx_near(fx_value(e, "F M; M F; A M F M; B M F M", lm, "A=10/11 B=10/11"), 0.25 * 4 * urn("0101") + 0.5 * (urn("010") + urn("011")) + 0.25 * 2 * urn("01"),
            1e-14);
    /* half siblings */
    fx_near(fx_value(e, "M F; A M - M; B M - M", lm, "A=10/10 B=10/10"), 0.5 * urn("0000") + 0.5 * urn("000"), 1e-14);
    /* X: a man has one gene, and his sons none of it */
    const hw_locus_model *x = model(HW_LOCUS_X);
    fx_near(fx_value(e, "A M; B F", x, "A=10/10 B=10/11"), 2 * urn("001"), 1e-14);
    fx_near(fx_value(e, "A M; B F; S M A B", x, "A=10/10 S=10/10"), urn("00"), 1e-14);
    fx_near(fx_value(e, "A M; D F A -; G F A -", x, "D=10/11 G=10/12"), urn("012"), 1e-14);
}

static void conditional(void **state)
{
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        const hw_locus_model *lm = model(kind == 0 ? HW_LOCUS_AUTOSOMAL : HW_LOCUS_X);
        static const char *const peds[] = {"A M; B F; C F A B; D F", "A M; B F; C F A B; D M", "A M; B F; C F A B; D F A B"};
        for (int k = 0; k < 3; k++) {
            hw_pedigree p;
            fx_pedigree(&p, peds[k]);
            hw_typing *t = fx_typings(&p, "C=10/11");
            double joint[10];
            int exp = 0;
            hw_real total;
            for (uint32_t person = 0; person < 4; person += person == 1 ? 2 : 1) {
                hw_err err = {0};
                fx_ok(hw_condition(e, &p, lm, t, person, joint, &exp, &total, &err), &err);
                for (uint32_t j = 0; j < 4; j++) {
                    for (uint32_t i = 0; i <= j; i++) {
                        hw_typing with[4];
                        memcpy(with, t, sizeof with);
                        with[person] = (hw_typing){lm->allele[i], lm->allele[j], 0, 0};
                        double got = hw_real_to_double((hw_real){joint[hw_genotype_index(i, j)], exp});
                        fx_near(got, hw_real_to_double(fx_real(e, &p, lm, with)), 1e-13);
                    }
                }
            }
            hw_pedigree_release(&p);
        }
    }
}

static void prompt_refusals(void **state)
{
    (void)state;
    hw_locus_settings ls = fx_stepwise(1e-3, 2e-3);
    const hw_locus_model *lm = fx_model(&arena, HW_LOCUS_AUTOSOMAL, FOUR, &ls, T, NULL);
    hw_err err = {0};
    double start = hw_now_seconds();
    /* eight untyped couples with two typed children each */
    char ped[3000] = "", typed[3000] = "";
    for (int c = 0; c < 8; c++) {
        fx_add(ped, sizeof ped, "F%d M; M%d F; A%d M F%d M%d; B%d F F%d M%d;", c, c, c, c, c, c, c, c);
        fx_add(typed, sizeof typed, "A%d=10/11 B%d=11/12 ", c, c);
    }
    fx_fails(fx_status(e, ped, lm, typed, &err), HW_TOO_COSTLY, &err, "theta|32 unknown founder genes|F0, M0|TEST1");
    hw_pedigree p;
    fx_pedigree(&p, ped);
    double operations, bytes;
    err = (hw_err){0};
    fx_fails(hw_likelihood_cost(e, &p, lm, fx_typings(&p, typed), &operations, &bytes, &err), HW_TOO_COSTLY, &err, "theta|M0");
    hw_pedigree_release(&p);
    /* thirteen children of one man by unstated mothers: few genes enough to be listed, too many partitions */
    snprintf(ped, sizeof ped, "F M;");
    typed[0] = '\0';
    for (int c = 0; c < 11; c++) {
        fx_add(ped, sizeof ped, "A%d M F -;", c);
        fx_add(typed, sizeof typed, "A%d=10/11 ", c);
    }
    fx_fails(fx_status(e, ped, lm, typed, &err), HW_TOO_COSTLY, &err, "13 unknown founder genes|F, the unstated parent of A0");
    /* a message that is full of names stops between two of them */
    ped[0] = '\0';
    typed[0] = '\0';
    for (int c = 0; c < 14; c++) {
        fx_add(ped, sizeof ped, "a_rather_long_name_of_a_person_%d M - -; b%d M a_rather_long_name_of_a_person_%d -;", c, c, c);
        fx_add(typed, sizeof typed, "b%d=10/11 ", c);
    }
    fx_fails(fx_status(e, ped, lm, typed, &err), HW_TOO_COSTLY, &err, "28 unknown founder genes");
    assert_true(hw_now_seconds() - start < 2);
    err = (hw_err){0};
    fx_fails(fx_status(e, "A M f=0.1; C M A -", lm, "C=10/11", &err), HW_UNSUPPORTED, &err, "inbred founder|A|theta");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sampling_formula),
        cmocka_unit_test(through_a_pedigree),
        cmocka_unit_test(conditional),
        cmocka_unit_test(prompt_refusals),
    };
    return cmocka_run_group_tests_name("theta", tests, set_up, tear_down);
}
