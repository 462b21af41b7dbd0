// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship_fixture.h"

#include <math.h>

#include "kinship/emission.h"

static hw_arena arena;

static int set_up(void **state)
{
    (void)state;
    hw_arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hw_arena_release(&arena);
    return 0;
}

static hw_typing read_as(const char *a, const char *b, double dropout, double error)
{
    return (hw_typing){fx_allele(a), fx_allele(b), dropout, error};
}

static double emission(const hw_locus_model *lm, hw_typing t, bool male_x, const char *x, const char *y)
{
    double table[500];
    hw_err err = {0};
    fx_ok(hw_emission(lm, &t, male_x, table, &err), &err);
    int i = hw_locus_model_index(lm, fx_allele(x));
    int j = hw_locus_model_index(lm, fx_allele(y));
    assert_true(i >= 0 && j >= 0);
    return table[hw_genotype_index((uint32_t)i, (uint32_t)j)];
}

static void as_read(void **state)
{
    (void)state;
    const hw_locus_model *lm = fx_model(&arena, HW_LOCUS_AUTOSOMAL, "8:0.1 9:0.2 10:0.3 11:0.4", NULL, 0, NULL);
    fx_near(emission(lm, read_as("9", "10", 0, 0), false, "9", "10"), 1, 0);
    fx_near(emission(lm, read_as("10", "9", 0, 0), false, "9", "10"), 1, 0);
    fx_near(emission(lm, read_as("9", "10", 0, 0), false, "9", "9"), 0, 0);
    fx_near(emission(lm, read_as("9", "9", 0, 0), false, "9", "9"), 1, 0);
    fx_near(emission(lm, read_as("9", "9", 0, 0), false, "9", "10"), 0, 0);
    /* nothing read, in every way */
    static const char *const nothing[][2] = {{"-", "-"}, {"OL", "OL"}, {"-", "OL"}, {"OL", "-"}};
    for (size_t i = 0; i < 4; i++) {
        fx_near(emission(lm, read_as(nothing[i][0], nothing[i][1], 0.3, 0.1), false, "8", "11"), 1, 0);
        fx_near(emission(lm, read_as(nothing[i][0], nothing[i][1], 0.3, 0.1), true, "8", "8"), 1, 0);
    }
    /* one allele known, either place, or the other off the ladder: any genotype with it */
    static const char *const one[][2] = {{"9", "-"}, {"-", "9"}, {"9", "OL"}, {"OL", "9"}};
    for (size_t i = 0; i < 4; i++) {
        hw_typing t = read_as(one[i][0], one[i][1], 0, 0);
        fx_near(emission(lm, t, false, "9", "9"), 1, 0);
        fx_near(emission(lm, t, false, "9", "11"), 1, 0);
        fx_near(emission(lm, t, false, "8", "11"), 0, 0);
    }
}

static void dropout(void **state)
{
    (void)state;
    const hw_locus_model *lm = fx_model(&arena, HW_LOCUS_AUTOSOMAL, "8:0.1 9:0.2 10:0.3 11:0.4", NULL, 0, NULL);
    const double d = 0.3;
    fx_near(emission(lm, read_as("9", "9", d, 0), false, "9", "9"), 1 - d * d, 1e-15);
    fx_near(emission(lm, read_as("9", "9", d, 0), false, "9", "11"), (1 - d) * d, 1e-15);
    fx_near(emission(lm, read_as("9", "9", d, 0), false, "8", "11"), 0, 0);
    fx_near(emission(lm, read_as("9", "10", d, 0), false, "9", "10"), (1 - d) * (1 - d), 1e-15);
    fx_near(emission(lm, read_as("9", "-", d, 0), false, "9", "10"), 1 - d, 1e-15);
    fx_near(emission(lm, read_as("9", "-", d, 0), false, "9", "9"), 1 - d * d, 1e-15);
    fx_near(emission(lm, read_as("9", "9", d, 0), true, "9", "9"), 1 - d, 1e-15);
    fx_near(emission(lm, read_as("9", "9", d, 0), true, "10", "10"), 0, 0);
    fx_near(emission(lm, read_as("9", "9", d, 0), true, "9", "10"), 0, 0); /* no such man */
    fx_near(emission(lm, read_as("9", "9", 1, 0), false, "9", "9"), 0, 0); /* nothing survives */
}

static void silent_allele(void **state)
{
    (void)state;
    hw_locus_settings ls = {.silent = 0.05};
    const hw_locus_model *lm = fx_model(&arena, HW_LOCUS_AUTOSOMAL, "8:0.1 9:0.2 10:0.3 11:0.4", &ls, 0, NULL);
    assert_true(lm->silent >= 0);
    fx_near(emission(lm, read_as("9", "9", 0, 0), false, "9", "silent"), 1, 0);
    fx_near(emission(lm, read_as("9", "9", 0.3, 0), false, "9", "silent"), 0.7, 1e-15);
    fx_near(emission(lm, read_as("9", "10", 0, 0), false, "9", "silent"), 0, 0);
    fx_near(emission(lm, read_as("9", "9", 0, 0), false, "silent", "silent"), 0, 0);
    fx_near(emission(lm, read_as("9", "9", 0, 0), true, "silent", "silent"), 0, 0);
    fx_near(emission(lm, read_as("9", "-", 0, 0), false, "9", "silent"), 1, 0);
}

static void off_the_ladder(void **state)
{
    (void)state;
    const hw_locus_model *lm = fx_model(&arena, HW_LOCUS_AUTOSOMAL, "8:0.1 9:0.2 10:0.3 21:0.4", NULL, 0, NULL);
    fx_near(emission(lm, read_as("<9", "10", 0, 0), false, "8", "10"), 1, 0);
    fx_near(emission(lm, read_as("<9", "10", 0, 0), false, "9", "10"), 0, 0);
    fx_near(emission(lm, read_as("10", ">20", 0, 0), false, "10", "21"), 1, 0);
    fx_near(emission(lm, read_as("<10", "21", 0, 0), false, "8", "21"), 1, 0);
    fx_near(emission(lm, read_as("<10", "21", 0, 0), false, "9", "21"), 1, 0);
    fx_near(emission(lm, read_as("<10", "<10", 0, 0), false, "8", "9"), 1, 0);
    /* a side that the table does not reach gets an allele of its own */
    const hw_locus_model *more = fx_model(&arena, HW_LOCUS_AUTOSOMAL, "8:0.1 9:0.2 10:0.3 21:0.4", NULL, 0, "<7 >30");
    assert_int_equal(more->n, 6);
    fx_near(emission(more, read_as("<7", "10", 0, 0), false, "<7", "10"), 1, 0);
    fx_near(emission(more, read_as(">30", ">30", 0, 0), false, ">30", ">30"), 1, 0);
}

/* Against the definition: each visible copy is lost with d or read with 1 - e as itself, else as an allele drawn by frequency. */
static double brute(const hw_locus_model *lm, const hw_typing *t, uint32_t x, uint32_t y)
{
    const uint32_t copy[2] = {x, y};
    double visible = 0;
    for (uint32_t u = 0; u < lm->n; u++) {
        visible += (int)u == lm->silent ? 0 : lm->p[u];
    }
    double total = 0;
    for (uint32_t u = 0; u < lm->n; u++) {
        for (uint32_t v = 0; v < lm->n; v++) {
            const uint32_t read[2] = {u, v};
            double p = 1;
            for (int i = 0; i < 2; i++) {
                if ((int)copy[i] == lm->silent || (int)read[i] == lm->silent) {
                    p *= copy[i] == read[i] ? 1 : 0;
                } else {
                    p *= (copy[i] == read[i] ? 1 - t->error : 0) + t->error * lm->p[read[i]] / visible;
                }
            }
            for (int lost = 0; lost < 4; lost++) {
                double q = p;
                uint32_t seen[2];
                int n = 0;
                for (int i = 0; i < 2; i++) {
                    bool gone = ((lost >> i) & 1) != 0;
                    if ((int)read[i] == lm->silent) {
                        q *= gone ? 0 : 1;
                        continue;
                    }
                    q *= gone ? t->dropout : 1 - t->dropout;
                    if (!gone && (n == 0 || seen[0] != read[i])) {
                        seen[n++] = read[i];
                    }
                }
                int a = hw_locus_model_index(lm, t->a);
                int b = hw_locus_model_index(lm, t->b);
                bool fits = false;
                if (t->b == HW_ALLELE_UNKNOWN) {
                    fits = (n > 0 && (int)seen[0] == a) || (n > 1 && (int)seen[1] == a);
                } else if (a == b) {
                    fits = n == 1 && (int)seen[0] == a;
                } else {
                    fits = n == 2 && (((int)seen[0] == a && (int)seen[1] == b) || ((int)seen[0] == b && (int)seen[1] == a));
                }
                total += fits ? q : 0;
            }
        }
    }
    return total;
}

static void against_the_definition(void **state)
{
    (void)state;
    static const double rates[] = {0, 0.05, 0.4, 1};
    static const char *const readings[][2] = {{"9", "10"}, {"9", "9"}, {"10", "-"}};
    for (int with_silent = 0; with_silent < 2; with_silent++) {
        hw_locus_settings ls = {.silent = with_silent ? 0.08 : 0};
        const hw_locus_model *lm = fx_model(&arena, HW_LOCUS_AUTOSOMAL, "8:0.1 9:0.2 10:0.3 11:0.4", &ls, 0, NULL);
        for (int i = 0; i < 3 * 4 * 4; i++) {
            hw_typing t = read_as(readings[i % 3][0], readings[i % 3][1], rates[i / 3 % 4], rates[i / 12]);
            double table[100];
            assert_int_equal(hw_emission(lm, &t, false, table, NULL), HW_OK);
            for (uint32_t x = 0; x < lm->n; x++) {
                for (uint32_t y = x; y < lm->n; y++) {
                    fx_near(table[hw_genotype_index(x, y)], brute(lm, &t, x, y), 1e-14);
                }
            }
        }
    }
}

static void male_x_with_errors(void **state)
{
    (void)state;
    const hw_locus_model *lm = fx_model(&arena, HW_LOCUS_X, "8:0.1 9:0.2 10:0.3 11:0.4", NULL, 0, NULL);
    fx_near(emission(lm, read_as("9", "9", 0, 0.1), true, "9", "9"), 0.9 + 0.1 * 0.2, 1e-15);
    fx_near(emission(lm, read_as("9", "9", 0, 0.1), true, "8", "8"), 0.1 * 0.2, 1e-15);
    fx_near(emission(lm, read_as("9", "-", 0.5, 0.1), true, "8", "8"), 0.5 * 0.1 * 0.2, 1e-15);
    /* one copy cannot show two alleles, however badly it is read */
    fx_near(emission(lm, read_as("8", "9", 0.5, 0.1), true, "8", "8"), 0, 0);
}

static void what_is_refused(void **state)
{
    (void)state;
    const hw_locus_model *lm = fx_model(&arena, HW_LOCUS_AUTOSOMAL, "8:0.1 9:0.9", NULL, 0, NULL);
    double table[10];
    static const double bad[] = {-0.1, 1.1, (double)NAN};
    for (size_t i = 0; i < 3; i++) {
        hw_err err = {0};
        hw_typing t = read_as("9", "9", bad[i], 0);
        fx_fails(hw_emission(lm, &t, false, table, &err), HW_CONFLICT, &err, "TEST1|0 to 1");
        err = (hw_err){0};
        t = read_as("9", "9", 0, bad[i]);
        fx_fails(hw_emission(lm, &t, false, table, &err), HW_CONFLICT, &err, "TEST1|0 to 1");
    }
    hw_err err = {0};
    hw_typing t = read_as("9", "33.1", 0, 0);
    fx_fails(hw_emission(lm, &t, false, table, &err), HW_CONFLICT, &err, "33.1|TEST1|not in the frequency model");
    err = (hw_err){0};
    t = read_as("33.1", "33.1", 0, 0);
    fx_fails(hw_emission(lm, &t, false, table, &err), HW_CONFLICT, &err, "33.1");
}

/* Every allocation refused once, those of the arena too. */
static void no_memory(void **state)
{
    (void)state;
    const hw_locus_model *lm = fx_model(&arena, HW_LOCUS_AUTOSOMAL, "8:0.1 9:0.9", NULL, 0, NULL);
    hw_typing t = read_as("9", "9", 0, 0.1);
    double table[10] = {7};
    hw_alloc_fail_at(1, false);
    hw_status s = hw_emission(lm, &t, false, table, NULL);
    hw_alloc_fail_at(0, false);
    assert_int_equal(s, HW_NO_MEMORY);
    assert_true(table[0] == 7);
    int refused = 0;
    s = HW_NO_MEMORY;
    for (size_t cap = 8; s != HW_OK; cap += 16, refused++) {
        hw_arena small;
        hw_arena_init(&small, cap);
        reading r;
        s = reading_init(&r, &small, lm, &t, NULL);
        assert_true(s == HW_OK || s == HW_NO_MEMORY);
        hw_arena_release(&small);
    }
    assert_true(refused >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_read),
        cmocka_unit_test(dropout),
        cmocka_unit_test(silent_allele),
        cmocka_unit_test(off_the_ladder),
        cmocka_unit_test(against_the_definition),
        cmocka_unit_test(male_x_with_errors),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests_name("emission", tests, set_up, tear_down);
}
