// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Mutation models: against the matrices of other people's programs, by their properties, and by what they refuse.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/memory.h"
#include "kinship/mutation.h"

#define MAX_N 64

static double apart(double a, double b)
{
    return a > b ? a - b : b - a;
}

/* ---- against the reference matrices ---- */

static json_t *load_reference(const char *name)
{
    const char *shared = getenv("HOMEWARD_SHARED"), *source = getenv("HOMEWARD_SOURCE");
    char path[1024];
    if (shared != NULL) {
        snprintf(path, sizeof path, "%s/oracles/kinship/%s", shared, name);
    } else {
        snprintf(path, sizeof path, "%s/../shared/oracles/kinship/%s", source != NULL ? source : ".", name);
    }
    json_t *j = json_load_file(path, 0, NULL);
    if (j == NULL) {
        print_message("SKIPPED: no %s (set HOMEWARD_SHARED)\n", name);
    }
    return j;
}

static uint32_t read_alleles(const json_t *alleles, const json_t *frequencies, hw_allele *a, double *p, int *silent)
{
    uint32_t n = (uint32_t)json_array_size(alleles);
    assert_true(n <= MAX_N);
    *silent = -1;
    for (uint32_t i = 0; i < n; i++) {
        const char *s = json_string_value(json_array_get(alleles, i));
        assert_int_equal(hw_allele_parse(s, strlen(s), &a[i], NULL), HW_OK);
        p[i] = json_number_value(json_array_get(frequencies, i));
        *silent = a[i] == HW_ALLELE_SILENT ? (int)i : *silent;
    }
    return n;
}

static hw_mutation read_model(const json_t *j)
{
    hw_mutation m = {0};
    static const char *const transforms[] = {"", "MH", "BA", "PR", "PM"};
    const char *t = json_string_value(json_object_get(j, "transform"));
    for (int i = 1; t != NULL && i < 5; i++) {
        m.transform = strcmp(t, transforms[i]) == 0 ? (hw_mutation_transform)i : m.transform;
    }
    assert_true(hw_mutation_from_name(json_string_value(json_object_get(j, "model")), &m.model));
    m.rate = json_number_value(json_object_get(j, "rate"));
    m.rate2 = json_number_value(json_object_get(j, "rate2"));
    m.range = json_number_value(json_object_get(j, "range"));
    return m;
}

/* Every entry within `relative` of the reference's, and exact zeros exact. */
static void compare_matrix(const char *id, uint32_t n, const double *ours, const json_t *theirs, double relative)
{
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n; j++) {
            double x = ours[i * n + j], y = json_number_value(json_array_get(json_array_get(theirs, i), j));
            if ((x == 0) != (y == 0) || apart(x, y) > relative * y) {
                fail_msg("%s [%u][%u]: %.17g, reference %.17g", id, (unsigned)i, (unsigned)j, x, y);
            }
        }
    }
}

static void agrees_with_the_reference(void **state)
{
    (void)state;
    json_t *file = load_reference("mutation-matrix.json");
    if (file == NULL) {
        skip();
    }
    const json_t *c;
    size_t k;
    json_array_foreach(json_object_get(file, "cases"), k, c)
    {
        hw_allele a[MAX_N];
        double p[MAX_N];
        static double w[MAX_N * MAX_N];
        int silent;
        hw_err err = {0};
        const char *id = json_string_value(json_object_get(c, "id"));
        uint32_t n = read_alleles(json_object_get(c, "alleles"), json_object_get(c, "frequencies"), a, p, &silent);
        hw_mutation m = read_model(json_object_get(c, "model"));
        assert_int_equal(hw_mutation_matrix(&m, n, a, p, silent, w, &err), HW_OK);
        /* The reference solves for PM's stationary distribution with a general solver, at rates of 1e-5. */
        compare_matrix(id, n, w, json_object_get(c, "matrix"), m.transform == HW_TRANSFORM_PM ? 1e-9 : 1e-12);
        hw_mutation_properties q;
        hw_mutation_check(n, p, w, &q);
        const json_t *want = json_object_get(c, "properties");
        assert_true(apart(q.overall_rate, json_number_value(json_object_get(want, "overall_rate"))) < 1e-12);
        assert_int_equal(q.stationary, json_is_true(json_object_get(want, "stationary")));
        assert_int_equal(q.reversible, json_is_true(json_object_get(want, "reversible")));
        assert_int_equal(q.always_lumpable, json_is_true(json_object_get(want, "always_lumpable")));
        assert_true(q.row_error < 1e-14);
    }
    assert_true(k >= 13);
    json_decref(file);
}

static void agrees_on_transformed_matrices(void **state)
{
    (void)state;
    json_t *file = load_reference("mutation-models.json");
    if (file == NULL) {
        skip();
    }
    const json_t *tables = json_object_get(file, "frequency_tables"), *c, *marker;
    size_t k, l, compared = 0;
    json_array_foreach(json_object_get(file, "cases"), k, c)
    {
        json_array_foreach(json_object_get(c, "markers"), l, marker)
        {
            static const char *const sexes[] = {"female", "male"};
            for (int s = 0; s < 2; s++) {
                const json_t *model = json_object_get(json_object_get(marker, "mutation"), sexes[s]);
                const char *name = json_string_value(json_object_get(model, "model"));
                if (json_object_get(model, "transform") == NULL || strcmp(name, "random") == 0) {
                    continue;
                }
                const json_t *table = json_object_get(tables, json_string_value(json_object_get(marker, "table")));
                hw_allele a[MAX_N];
                double p[MAX_N];
                static double w[MAX_N * MAX_N];
                int silent;
                uint32_t n = read_alleles(json_object_get(table, "alleles"), json_object_get(table, "frequencies"), a, p, &silent);
                hw_mutation m = read_model(model);
                assert_int_equal(hw_mutation_matrix(&m, n, a, p, silent, w, NULL), HW_OK);
                compare_matrix(json_string_value(json_object_get(marker, "name")), n, w, json_object_get(model, "matrix"),
                               m.transform == HW_TRANSFORM_PM ? 1e-9 : 1e-12);
                if (m.model == HW_MUTATION_STEPWISE && m.transform == HW_TRANSFORM_PM) {
                    m.model = HW_MUTATION_STEPWISE_STATIONARY;
                    m.transform = HW_TRANSFORM_NONE;
                    static double v[MAX_N * MAX_N];
                    assert_int_equal(hw_mutation_matrix(&m, n, a, p, silent, v, NULL), HW_OK);
                    assert_memory_equal(v, w, n * n * sizeof v[0]);
                }
                compared++;
            }
        }
    }
    assert_true(compared >= 60);
    json_decref(file);
}

/* ---- by hand ---- */

static const hw_allele ladder[] = {80, 90, 93, 100, 103, 120, HW_ALLELE_SILENT, HW_ALLELE_REST};
static const double ladder_p[] = {0.1, 0.2, 0.15, 0.25, 0.05, 0.1, 0.05, 0.1};
#define N 8
#define SILENT 6

static hw_status make(hw_mutation m, uint32_t n, const hw_allele *a, const double *p, int silent, double *w, hw_err *err)
{
    return hw_mutation_matrix(&m, n, a, p, silent, w, err);
}

static void steps_within_groups(void **state)
{
    (void)state;
    double w[N * N];
    hw_mutation m = {.model = HW_MUTATION_STEPWISE, .rate = 0.003, .rate2 = 0.0001, .range = 0.1};
    assert_int_equal(make(m, N, ladder, ladder_p, SILENT, w, NULL), HW_OK);
    /* 8 goes to 9, 10, 12 by 0.1, 0.01, 0.0001; to 9.3, 10.3 and the rest in equal parts; never to silent */
    double sum = 0.1 + 0.01 + 0.0001;
    assert_true(apart(w[1], 0.003 * 0.1 / sum) < 1e-17);
    assert_true(apart(w[3], 0.003 * 0.01 / sum) < 1e-17);
    assert_true(apart(w[5], 0.003 * 0.0001 / sum) < 1e-17);
    assert_true(w[2] == 0.0001 / 3 && w[4] == w[2] && w[7] == w[2]);
    assert_true(w[6] == 0);
    assert_true(w[0] == 1 - 0.003 - 0.0001);
    /* 9.3 and 10.3 have only each other */
    assert_true(w[2 * N + 4] == 0.003 && w[4 * N + 2] == 0.003);
    /* the rest allele has no length: it leaves its group of one by rate2 only */
    assert_true(w[7 * N + 7] == 1 - 0.0001);
    /* silent stays */
    for (int j = 0; j < N; j++) {
        assert_true(w[SILENT * N + j] == (j == SILENT));
        assert_true(w[j * N + SILENT] == (j == SILENT));
    }
}

static void stays_finite_over_gaps_and_ranges(void **state)
{
    (void)state;
    const hw_allele a[] = {10, 50000, 99990};
    const double p[] = {0.5, 0.25, 0.25};
    double w[9];
    hw_mutation_properties q;
    for (double range = 0.01; range < 1000; range *= 10) {
        hw_mutation m = {.model = HW_MUTATION_STEPWISE, .rate = 0.01, .rate2 = 0, .range = range};
        assert_int_equal(make(m, 3, a, p, -1, w, NULL), HW_OK);
        hw_mutation_check(3, p, w, &q);
        assert_true(q.row_error < 1e-15 && apart(q.overall_rate, 0.01) < 1e-15);
        m.model = HW_MUTATION_STEPWISE_STATIONARY;
        assert_int_equal(make(m, 3, a, p, -1, w, NULL), HW_OK);
        hw_mutation_check(3, p, w, &q);
        assert_true(q.stationary);
    }
}

static void onestep_knows_ends_and_gaps(void **state)
{
    (void)state;
    const hw_allele a[] = {80, 90, 100, 120};
    const double p[] = {0.25, 0.25, 0.25, 0.25};
    double w[16];
    hw_mutation m = {.model = HW_MUTATION_ONESTEP, .rate = 0.01};
    assert_int_equal(make(m, 4, a, p, -1, w, NULL), HW_OK);
    assert_true(w[1] == 0.01 && w[0] == 0.99);
    assert_true(w[4] == 0.005 && w[6] == 0.005 && w[5] == 0.99);
    assert_true(w[9] == 0.01 && w[11] == 0);
    assert_true(w[15] == 1);
    hw_err err = {0};
    double big[N * N];
    assert_int_equal(make(m, N, ladder, ladder_p, SILENT, big, &err), HW_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "9.3"));
    hw_err_clear(&err);
    m = (hw_mutation){.model = HW_MUTATION_DAWID, .rate = 0.001, .range = 0.1};
    assert_int_equal(make(m, N, ladder, ladder_p, SILENT, big, &err), HW_UNSUPPORTED);
}

static const hw_mutation every[] = {
    {.model = HW_MUTATION_EQUAL, .rate = 0.004},
    {.model = HW_MUTATION_PROPORTIONAL, .rate = 0.004},
    {.model = HW_MUTATION_STEPWISE, .rate = 0.004, .rate2 = 1e-4, .range = 0.5},
    {.model = HW_MUTATION_STEPWISE, .rate = 0.004, .rate2 = 0, .range = 0.5},
    {.model = HW_MUTATION_STEPWISE_STATIONARY, .rate = 0.004, .rate2 = 1e-4, .range = 0.5},
    {.model = HW_MUTATION_STEPWISE_STATIONARY, .rate = 0.004, .rate2 = 0, .range = 0.5},
};

static void keeps_its_promises(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof every / sizeof every[0]; k++) {
        for (int t = HW_TRANSFORM_NONE; t <= HW_TRANSFORM_PM; t++) {
            double w[N * N], plain[N * N];
            hw_mutation_properties q, before;
            hw_mutation m = every[k];
            assert_int_equal(make(m, N, ladder, ladder_p, SILENT, plain, NULL), HW_OK);
            hw_mutation_check(N, ladder_p, plain, &before);
            m.transform = (hw_mutation_transform)t;
            assert_int_equal(make(m, N, ladder, ladder_p, SILENT, w, NULL), HW_OK);
            hw_mutation_check(N, ladder_p, w, &q);
            assert_true(q.row_error < 1e-14);
            assert_true(apart(q.overall_rate, before.overall_rate) < 1e-15); /* every transform keeps the overall rate */
            if (t != HW_TRANSFORM_NONE || m.model == HW_MUTATION_PROPORTIONAL || m.model == HW_MUTATION_STEPWISE_STATIONARY) {
                assert_true(q.stationary && q.stationary_error < 1e-15);
            } else {
                assert_false(q.stationary);
            }
            if (t == HW_TRANSFORM_MH || t == HW_TRANSFORM_BA || t == HW_TRANSFORM_PR || m.model == HW_MUTATION_PROPORTIONAL) {
                assert_true(q.reversible);
            }
            for (int j = 0; j < N; j++) {
                assert_true(w[SILENT * N + j] == (j == SILENT) && w[j * N + SILENT] == (j == SILENT));
            }
        }
    }
}

static void stationary_leaves_classes_apart(void **state)
{
    (void)state;
    /* without a microvariant rate the groups never mix, and a group of one stays as it is */
    double w[N * N];
    hw_mutation m = {.model = HW_MUTATION_STEPWISE_STATIONARY, .rate = 0.01, .rate2 = 0, .range = 0.1};
    assert_int_equal(make(m, N, ladder, ladder_p, SILENT, w, NULL), HW_OK);
    assert_true(w[0 * N + 2] == 0 && w[2 * N + 0] == 0 && w[7 * N + 7] == 1);
    double leave = 0, share = 0;
    for (int i = 2; i <= 4; i += 2) {
        leave += ladder_p[i] * (1 - w[i * N + i]);
        share += ladder_p[i] * 0.01;
    }
    assert_true(apart(leave, share) < 1e-16);
    /* a given chain with an allele that is lost for ever */
    const hw_allele a[] = {10, 20, 30};
    const double p[] = {0.2, 0.3, 0.5}, given[] = {0.9, 0.1, 0, 0, 0.8, 0.2, 0, 0.1, 0.9};
    hw_mutation c = {.model = HW_MUTATION_CUSTOM, .transform = HW_TRANSFORM_PM, .n = 3, .allele = a, .matrix = given};
    double v[9];
    assert_int_equal(make(c, 3, a, p, -1, v, NULL), HW_OK);
    hw_mutation_properties q;
    hw_mutation_check(3, p, v, &q);
    assert_true(q.stationary && v[0] == 1);
}

static void takes_a_matrix_as_given(void **state)
{
    (void)state;
    const hw_allele rows[] = {90, 80, HW_ALLELE_SILENT};
    const double given[] = {0.9, 0.06, 0.04, 0.2, 0.8, 0, 0.01, 0.02, 0.97};
    hw_mutation c = {.model = HW_MUTATION_CUSTOM, .n = 3, .allele = rows, .matrix = given};
    const hw_allele a[] = {80, 90, 100, HW_ALLELE_SILENT};
    const double p[] = {0.4, 0.3, 0.2, 0.1};
    double w[16];
    assert_int_equal(make(c, 4, a, p, 3, w, NULL), HW_OK);
    const double want[] = {0.8, 0.2, 0, 0, 0.06, 0.9, 0, 0.04, 0, 0, 1, 0, 0.02, 0.01, 0, 0.97};
    assert_memory_equal(w, want, sizeof want);
    /* an allele of the matrix that nobody has is fine while nothing leads there */
    const hw_allele fewer[] = {80, 90};
    hw_err err = {0};
    assert_int_equal(make(c, 2, fewer, p, -1, w, &err), HW_CONFLICT);
    assert_non_null(strstr(err.msg, "silent"));
    const double closed[] = {0.9, 0.1, 0, 0.2, 0.8, 0, 0, 0, 1};
    c.matrix = closed;
    assert_int_equal(make(c, 2, fewer, p, -1, w, NULL), HW_OK);
    assert_true(w[1] == 0.2 && w[2] == 0.1);
    /* bad rows */
    const double bad[][9] = {{0.9, 0.2, 0, 0.2, 0.8, 0, 0, 0, 1}, {1.1, -0.1, 0, 0.2, 0.8, 0, 0, 0, 1}};
    for (int i = 0; i < 2; i++) {
        hw_err_clear(&err);
        c.matrix = bad[i];
        assert_int_equal(make(c, 4, a, p, 3, w, &err), HW_CONFLICT);
        assert_non_null(strstr(err.msg, "allele 9 "));
    }
    const hw_allele twice[] = {90, 80, 90};
    c.allele = twice;
    hw_err_clear(&err);
    assert_int_equal(make(c, 4, a, p, 3, w, &err), HW_CONFLICT);
    assert_non_null(strstr(err.msg, "twice"));
    c.allele = NULL;
    assert_int_equal(make(c, 4, a, p, 3, w, NULL), HW_USAGE);
}

static void refuses_what_a_model_cannot_be(void **state)
{
    (void)state;
    const double nan = NAN;
    const hw_allele a[] = {80, 90, 100}, one[] = {80};
    const double p[] = {0.001, 0.499, 0.5}, sure[] = {1}, zero[] = {0.5, 0, 0.5};
    double w[9] = {42};
    const hw_mutation bad[] = {
        {.model = HW_MUTATION_EQUAL, .rate = 1.5},
        {.model = HW_MUTATION_EQUAL, .rate = -0.1},
        {.model = HW_MUTATION_EQUAL, .rate = nan},
        {.model = HW_MUTATION_PROPORTIONAL, .rate = 0.9},
        {.model = HW_MUTATION_STEPWISE, .rate = 0.9, .rate2 = 2, .range = 0.1},
        {.model = HW_MUTATION_STEPWISE, .rate = 0.1, .range = 0},
        {.model = HW_MUTATION_STEPWISE, .rate = 0.1, .range = nan},
        {.model = HW_MUTATION_STEPWISE_STATIONARY, .rate = 0.9, .range = 0.1},
        {.model = HW_MUTATION_DAWID, .rate = 0.1, .range = 1},
        {.model = HW_MUTATION_DAWID, .rate = 0.1, .range = 0.1},
        {.model = HW_MUTATION_EQUAL, .rate = 0.9, .transform = HW_TRANSFORM_PR},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        hw_err err = {0};
        hw_status s = hw_mutation_matrix(&bad[i], 3, a, p, -1, w, &err);
        if (s != HW_CONFLICT) {
            fail_msg("bad model %zu gives %s", i, hw_status_name(s));
        }
        assert_non_null(strstr(err.msg, hw_mutation_name(bad[i].model)));
        assert_true(w[0] == 42);
    }
    const hw_mutation_model lonely[] = {HW_MUTATION_EQUAL, HW_MUTATION_PROPORTIONAL, HW_MUTATION_DAWID};
    for (size_t i = 0; i < 3; i++) {
        hw_mutation m = {.model = lonely[i], .rate = 0.1, .range = 0.1};
        assert_int_equal(make(m, 1, one, sure, -1, w, NULL), HW_CONFLICT);
        m.rate = 0;
        assert_int_equal(make(m, 1, one, sure, -1, w, NULL), HW_OK);
        assert_true(w[0] == 1);
        w[0] = 42;
    }
    hw_mutation m = {.model = HW_MUTATION_STEPWISE, .rate = 0.1, .range = 0.1};
    assert_int_equal(make(m, 1, one, sure, -1, w, NULL), HW_OK);
    assert_true(w[0] == 1);
    assert_int_equal(make(m, 3, a, zero, -1, w, NULL), HW_CONFLICT);
    assert_int_equal(make(m, 0, a, p, -1, w, NULL), HW_USAGE);
    assert_int_equal(make(m, 3, a, p, 3, w, NULL), HW_USAGE);
    /* two groups, and together more than one */
    const hw_allele groups[] = {80, 83, 90};
    m = (hw_mutation){.model = HW_MUTATION_STEPWISE, .rate = 0.9, .rate2 = 0.9, .range = 0.1};
    assert_int_equal(make(m, 3, groups, p, -1, w, NULL), HW_CONFLICT);
    m.model = (hw_mutation_model)99;
    assert_int_equal(make(m, 3, groups, p, -1, w, NULL), HW_USAGE);
    m.transform = (hw_mutation_transform)99;
    assert_int_equal(make(m, 3, groups, p, -1, w, NULL), HW_USAGE);
    /* only a silent allele: nothing to do */
    const hw_allele mute[] = {HW_ALLELE_SILENT};
    m = (hw_mutation){.model = HW_MUTATION_EQUAL, .rate = 0.1};
    assert_int_equal(make(m, 1, mute, sure, 0, w, NULL), HW_OK);
    assert_true(w[0] == 1);
}

static void has_names(void **state)
{
    (void)state;
    hw_mutation_model m;
    for (int i = HW_MUTATION_NONE; i <= HW_MUTATION_CUSTOM; i++) {
        assert_true(hw_mutation_from_name(hw_mutation_name((hw_mutation_model)i), &m));
        assert_int_equal(m, i);
    }
    assert_true(hw_mutation_from_name("Stepwise", &m));
    assert_false(hw_mutation_from_name("steps", &m));
    assert_false(hw_mutation_from_name(NULL, &m));
    assert_string_equal(hw_mutation_name((hw_mutation_model)99), "?");
    hw_mutation none = {0}, still = {.model = HW_MUTATION_STEPWISE}, micro = {.model = HW_MUTATION_STEPWISE, .rate2 = 1e-6};
    assert_true(hw_mutation_is_trivial(&none) && hw_mutation_is_trivial(&still) && !hw_mutation_is_trivial(&micro));
    double w[9];
    const hw_allele a[] = {80, 90, 100};
    const double p[] = {0.3, 0.3, 0.4}, identity[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    assert_int_equal(make(none, 3, a, p, -1, w, NULL), HW_OK);
    assert_memory_equal(w, identity, sizeof w);
}

static void survives_want_of_memory(void **state)
{
    (void)state;
    double w[N * N];
    hw_status s = HW_NO_MEMORY;
    long nth = 1;
    for (; s != HW_OK; nth++) {
        assert_true(nth < 50);
        hw_err err = {0};
        hw_alloc_fail_at(nth, false);
        s = make(every[4], N, ladder, ladder_p, SILENT, w, &err);
        hw_alloc_fail_at(0, false);
        assert_true(s == HW_OK || s == HW_NO_MEMORY);
    }
    assert_true(nth > 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_reference),
        cmocka_unit_test(agrees_on_transformed_matrices),
        cmocka_unit_test(steps_within_groups),
        cmocka_unit_test(stays_finite_over_gaps_and_ranges),
        cmocka_unit_test(onestep_knows_ends_and_gaps),
        cmocka_unit_test(keeps_its_promises),
        cmocka_unit_test(stationary_leaves_classes_apart),
        cmocka_unit_test(takes_a_matrix_as_given),
        cmocka_unit_test(refuses_what_a_model_cannot_be),
        cmocka_unit_test(has_names),
        cmocka_unit_test(survives_want_of_memory),
    };
    return cmocka_run_group_tests_name("mutation", tests, NULL, NULL);
}
