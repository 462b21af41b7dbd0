// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kinship/frequency.h"

static double apart(double a, double b)
{
    return a > b ? a - b : b - a;
}

/* A population of one or two loci on the stack. */
typedef struct small {
    hw_allele a1[8], a2[4];
    double f1[8], f2[4];
    hw_freq freq[2];
    hw_population p;
} small;

static void fill(small *s)
{
    *s = (small){
        .a1 = {100, 90, 93, 120, 80},
        .f1 = {0.25, 0.25, 0.125, 0.375, 0},
        .a2 = {140, 150},
        .f2 = {0.5, 0.5},
    };
    s->freq[0] = (hw_freq){.locus = "THO1", .n = 5, .allele = s->a1, .freq = s->f1};
    s->freq[1] = (hw_freq){.locus = "My Locus", .n = 2, .allele = s->a2, .freq = s->f2};
    s->p = (hw_population){.name = "test", .n = 2, .freq = s->freq};
}

static void settles_a_population(void **state)
{
    (void)state;
    small s;
    fill(&s);
    hw_err err = {0};
    assert_int_equal(hw_population_finish(&s.p, &err), HW_OK);
    const hw_freq *f = hw_population_find(&s.p, "HUMTH01");
    assert_non_null(f);
    assert_string_equal(f->locus, "TH01");
    assert_int_equal(f->n, 4); /* the one with frequency 0 is gone */
    const hw_allele sorted[] = {90, 93, 100, 120};
    assert_memory_equal(f->allele, sorted, sizeof sorted);
    assert_true(f->freq[1] == 0.125 && f->sum == 1);
    assert_ptr_equal(hw_population_find(&s.p, "my_locus"), &s.freq[1]);
    assert_null(hw_population_find(&s.p, "TPOX"));
    assert_null(hw_population_find(&s.p, NULL));
    assert_null(hw_population_find(NULL, "TPOX"));
    uint64_t h = s.p.hash;
    assert_int_equal(hw_population_finish(&s.p, &err), HW_OK); /* again is harmless */
    assert_true(s.p.hash == h);
    s.f1[0] = 0.26;
    assert_int_equal(hw_population_finish(&s.p, &err), HW_OK);
    assert_true(s.p.hash != h);
    hw_population_release(&s.p);
    fill(&s);
    s.p.name = NULL;
    assert_int_equal(hw_population_finish(&s.p, &err), HW_OK);
    assert_true(s.p.hash != h);
    hw_population_release(&s.p);
}

typedef void (*spoil)(small *);
static void spoil_sum(small *s)
{
    s->f1[0] = 0.5;
}
static void spoil_low_sum(small *s)
{
    s->f1[0] = 0.1;
}
static void spoil_negative(small *s)
{
    s->f1[0] = -0.25;
}
static void spoil_above(small *s)
{
    s->f1[0] = 1.25;
}
static void spoil_nan(small *s)
{
    s->f1[0] = NAN;
}
static void spoil_twice(small *s)
{
    s->a1[0] = 90;
}
static void spoil_unknown(small *s)
{
    s->a1[0] = HW_ALLELE_UNKNOWN;
}
static void spoil_off(small *s)
{
    s->a1[0] = HW_ALLELE_OFF_LADDER;
}
static void spoil_empty(small *s)
{
    s->freq[0].n = 0;
}
static void spoil_name(small *s)
{
    s->freq[0].locus = " ";
}
static void spoil_locus_twice(small *s)
{
    s->freq[1].locus = "TH01";
}
static void spoil_chromosomes(small *s)
{
    s->freq[0].chromosomes = -1;
}
static void spoil_minimum(small *s)
{
    s->freq[0].fmin = 1;
}
static void spoil_tiny(small *s)
{
    s->f1[0] = 9e-13;
    s->f1[3] += 0.25;
}
static void spoil_tiny_minimum(small *s)
{
    s->freq[0].fmin = 1e-300;
}
static void spoil_theta(small *s)
{
    s->p.theta = 1;
}

static void refuses_bad_tables(void **state)
{
    (void)state;
    static const struct {
        spoil how;
        const char *says;
    } cases[] = {
        {spoil_sum, "TH"},          {spoil_low_sum, "sum to"},   {spoil_negative, "-0.25"},    {spoil_above, "1.25"},
        {spoil_nan, "nan"},         {spoil_twice, "allele 9"},   {spoil_unknown, "no allele"}, {spoil_off, "OL"},
        {spoil_empty, "THO1"},      {spoil_name, "number 1"},    {spoil_locus_twice, "twice"}, {spoil_chromosomes, "chromosomes"},
        {spoil_minimum, "minimum"}, {spoil_theta, "theta"},       {spoil_tiny, "locus THO1: allele 10 has the frequency 9e-13; expected 0 (not in the table) or at least 1e-12"},
        {spoil_tiny_minimum, "minimum frequency is 1e-300"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        small s;
        fill(&s);
        cases[i].how(&s);
        hw_err err = {0};
        hw_status status = hw_population_finish(&s.p, &err);
        if (status != HW_PARSE || strstr(err.msg, cases[i].says) == NULL || strstr(err.msg, "population test") == NULL) {
            fail_msg("case %zu gives %s: %s", i, hw_status_name(status), err.msg);
        }
        assert_null(s.p.by_locus.entries);
        assert_int_equal(hw_population_finish(&s.p, NULL), HW_PARSE);
    }
    small s;
    fill(&s);
    s.p.n = HW_PANEL_MAX + 1;
    assert_int_equal(hw_population_finish(&s.p, NULL), HW_LIMIT);
    fill(&s);
    s.freq[0].n = 5000;
    assert_int_equal(hw_population_finish(&s.p, NULL), HW_LIMIT);
}

static void finds_alleles(void **state)
{
    (void)state;
    small s;
    fill(&s);
    s.f1[0] = HW_FREQ_MIN; /* the least that is taken */
    s.f1[3] += 0.25;
    assert_int_equal(hw_population_finish(&s.p, NULL), HW_OK);
    const hw_freq *f = &s.freq[0];
    static const hw_allele there[] = {90, 93, 100, 120}, absent[] = {0, 80, 91, 95, 110, 121, HW_ALLELE_REST, HW_ALLELE_UNKNOWN};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(hw_freq_index(f, there[i]), i);
    }
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        assert_int_equal(hw_freq_index(f, absent[i]), -1);
    }
    assert_int_equal(hw_freq_index(&(const hw_freq){0}, 90), -1);
    hw_population_release(&s.p);
}

/* ---- locus models ---- */

static const hw_locus_settings still = {0};

static hw_freq table(small *s)
{
    fill(s);
    assert_int_equal(hw_population_finish(&s->p, NULL), HW_OK);
    hw_population_release(&s->p);
    return s->freq[0];
}

static void adds_rare_alleles(void **state)
{
    (void)state;
    small s;
    hw_freq f = table(&s);
    f.chromosomes = 100;
    hw_arena arena = {0};
    hw_locus_model *m = NULL;
    /* 8 and 9.1 are new, and so is what was read as <9, >10 and >20; OL and unknown ask for nothing */
    const hw_allele seen[] = {80, 90, 91, 91, HW_ALLELE_BELOW | 90, HW_ALLELE_ABOVE | 200, HW_ALLELE_ABOVE | 100,
                              HW_ALLELE_OFF_LADDER, HW_ALLELE_UNKNOWN, HW_ALLELE_SILENT};
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_AUTOSOMAL, &still, 0.01, HW_RARE_AUTO, 0, seen, 10, &m, NULL), HW_OK);
    const hw_allele want[] = {80, 90, 91, 93, 100, 120, HW_ALLELE_BELOW | 90, HW_ALLELE_ABOVE | 100, HW_ALLELE_ABOVE | 200};
    assert_int_equal(m->n, 9);
    assert_memory_equal(m->allele, want, sizeof want);
    assert_int_equal(m->n_added, 5);
    assert_true(m->added[0] == 80 && m->added[1] == 91 && m->added[2] == (HW_ALLELE_BELOW | 90) && m->added[4] == (HW_ALLELE_ABOVE | 200));
    double sum = 0;
    for (uint32_t i = 0; i < m->n; i++) {
        sum += m->p[i];
        assert_int_equal(hw_locus_model_index(m, m->allele[i]), i);
    }
    assert_true(apart(sum, 1) < 1e-15);
    assert_true(m->added_freq[0] == 0.05 && apart(m->p[0], 0.05 / 1.25) < 1e-16 && apart(m->p[1], 0.25 / 1.25) < 1e-16);
    assert_int_equal(hw_locus_model_index(m, 85), -1);
    assert_int_equal(hw_locus_model_index(m, HW_ALLELE_REST), -1);
    assert_int_equal(m->silent, -1);
    assert_true(m->lumpable && m->stationary_female && m->stationary_male && m->theta == 0.01);
    assert_null(m->female);
    assert_null(m->male);
    assert_memory_equal(m->p_female, m->p, m->n * sizeof(double));
    for (uint32_t i = 0; i < m->n; i++) {
        for (uint32_t j = 0; j < m->n; j++) {
            assert_true(m->pair_male[i * m->n + j] == (i == j ? m->p[i] : 0));
        }
    }
    hw_arena_release(&arena);
}

static void follows_the_rules_for_rare_alleles(void **state)
{
    (void)state;
    small s;
    hw_freq f = table(&s);
    hw_arena arena = {0};
    hw_locus_model *m = NULL;
    const hw_allele seen[] = {80};
    const struct {
        hw_rare_rule rule;
        double value, chromosomes, fmin, want;
    } cases[] = {
        {HW_RARE_AUTO, 0, 200, 0.002, 0.025}, {HW_RARE_AUTO, 0, 0, 0.002, 0.002}, {HW_RARE_AUTO, 0, 0, 0, 0.001},
        {HW_RARE_5_2N, 0, 1000, 0, 0.005},    {HW_RARE_FIXED, 0.01, 0, 0, 0.01},  {HW_RARE_5_2N, 0, 2, 0, 1},
        {HW_RARE_LAPLACE, 0, 95, 0, 0.01},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        f.chromosomes = cases[i].chromosomes;
        f.fmin = cases[i].fmin;
        assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_X, &still, 0, cases[i].rule, cases[i].value, seen, 1, &m, NULL),
                         HW_OK);
        assert_true(apart(m->added_freq[0], cases[i].want) < 1e-18);
        if (cases[i].rule == HW_RARE_LAPLACE) {
            /* (x+1)/(2N+k) for all five: 9, 9.3, 10, 12 and the added 8 */
            assert_true(apart(m->p[1], (0.25 * 95 + 1) / 100) < 1e-15);
            assert_true(apart(m->p[0], 0.01) < 1e-15);
        }
    }
    /* no rule applies: the number of chromosomes is not known, or the minimum is no frequency */
    f.chromosomes = 0;
    hw_err err = {0};
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_X, &still, 0, HW_RARE_5_2N, 0, seen, 1, &m, &err), HW_USAGE);
    assert_non_null(strstr(err.msg, "locus TH01"));
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_X, &still, 0, HW_RARE_LAPLACE, 0, NULL, 0, &m, NULL), HW_USAGE);
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_X, &still, 0, HW_RARE_FIXED, 0, seen, 1, &m, NULL), HW_USAGE);
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_X, &still, 0, (hw_rare_rule)9, 0, seen, 1, &m, NULL), HW_USAGE);
    /* but it is asked only when needed */
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_X, &still, 0, HW_RARE_5_2N, 0, NULL, 0, &m, NULL), HW_OK);
    assert_int_equal(m->n, 4);
    hw_arena_release(&arena);
}

static void adds_a_silent_allele(void **state)
{
    (void)state;
    small s;
    hw_freq f = table(&s);
    hw_arena arena = {0};
    hw_locus_model *m = NULL;
    hw_locus_settings quiet = {.silent = 0.25, .female = {.model = HW_MUTATION_PROPORTIONAL, .rate = 0.01}};
    const hw_allele seen[] = {HW_ALLELE_REST, HW_ALLELE_NAMED | ('A' << 21)};
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_AUTOSOMAL, &quiet, 0, HW_RARE_FIXED, 0.1, seen, 2, &m, NULL), HW_OK);
    assert_int_equal(m->n, 7);
    assert_int_equal(m->silent, 4);
    assert_true(m->allele[4] == HW_ALLELE_SILENT && m->allele[5] == HW_ALLELE_REST);
    assert_true(m->p[4] == 0.2 && apart(m->p[0], 0.25 / 1.2 / 1.25) < 1e-16);
    assert_true(m->stationary_female && m->lumpable && m->female != NULL && m->male == NULL);
    assert_true(m->female[4 * 7 + 4] == 1 && m->female[0 * 7 + 4] == 0);
    /* the table's own silent allele stands, and is not smoothed */
    hw_allele a[] = {90, 100, HW_ALLELE_SILENT};
    double p[] = {0.5, 0.4, 0.1};
    hw_freq own = {.locus = "TH01", .n = 3, .allele = a, .freq = p, .chromosomes = 98};
    quiet.has_silent_in_table = true;
    assert_int_equal(hw_locus_model_build(&arena, &own, HW_LOCUS_AUTOSOMAL, &quiet, 0, HW_RARE_AUTO, 0, NULL, 0, &m, NULL), HW_OK);
    assert_true(m->n == 3 && m->silent == 2 && m->p[2] == 0.1);
    assert_int_equal(hw_locus_model_build(&arena, &own, HW_LOCUS_AUTOSOMAL, &still, 0, HW_RARE_LAPLACE, 0, NULL, 0, &m, NULL), HW_OK);
    assert_true(apart(m->p[0] / m->p[1], (0.5 * 98 + 1) / (0.4 * 98 + 1)) < 1e-15);
    hw_arena_release(&arena);
}

static void derives_gametes(void **state)
{
    (void)state;
    small s;
    hw_freq f = table(&s);
    hw_arena arena = {0};
    hw_locus_model *m = NULL;
    const hw_locus_settings step = {
        .female = {.model = HW_MUTATION_STEPWISE, .rate = 0.01, .rate2 = 1e-3, .range = 0.1},
        .male = {.model = HW_MUTATION_STEPWISE_STATIONARY, .rate = 0.02, .rate2 = 1e-3, .range = 0.1},
    };
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_AUTOSOMAL, &step, 0, HW_RARE_AUTO, 0, NULL, 0, &m, NULL), HW_OK);
    assert_false(m->lumpable || m->stationary_female);
    assert_true(m->stationary_male);
    uint32_t n = m->n;
    double total = 0;
    for (uint32_t i = 0; i < n; i++) {
        double q = 0, margin = 0;
        for (uint32_t g = 0; g < n; g++) {
            q += m->p[g] * m->female[g * n + i];
        }
        for (uint32_t j = 0; j < n; j++) {
            double pair = 0;
            for (uint32_t g = 0; g < n; g++) {
                pair += m->p[g] * m->female[g * n + i] * m->female[g * n + j];
            }
            assert_true(apart(pair, m->pair_female[i * n + j]) < 1e-17);
            assert_true(m->pair_female[i * n + j] == m->pair_female[j * n + i]);
            margin += m->pair_female[i * n + j];
        }
        assert_true(m->p_female[i] == q);
        assert_true(apart(margin, q) < 1e-15);
        assert_true(apart(m->p_male[i], m->p[i]) < 1e-15);
        total += margin;
    }
    assert_true(apart(total, 1) < 1e-15);
    /* one model for both sexes is built once */
    hw_locus_settings same = step;
    same.male = step.female;
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_AUTOSOMAL, &same, 0, HW_RARE_AUTO, 0, NULL, 0, &m, NULL), HW_OK);
    assert_ptr_equal(m->female, m->male);
    same.male.transform = same.female.transform = HW_TRANSFORM_MH;
    same.male.model = same.female.model = HW_MUTATION_EQUAL;
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_AUTOSOMAL, &same, 0, HW_RARE_AUTO, 0, NULL, 0, &m, NULL), HW_OK);
    assert_false(m->lumpable); /* a transformed matrix has lost its constant columns */
    hw_arena_release(&arena);
}

static void refuses_bad_settings(void **state)
{
    (void)state;
    small s;
    hw_freq f = table(&s);
    hw_arena arena = {0};
    hw_locus_model *m = NULL;
    hw_err err = {0};
    assert_int_equal(hw_locus_model_build(&arena, NULL, HW_LOCUS_X, &still, 0, HW_RARE_AUTO, 0, NULL, 0, &m, NULL), HW_NOT_FOUND);
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_Y, &still, 0, HW_RARE_AUTO, 0, NULL, 0, &m, NULL), HW_UNSUPPORTED);
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_X, &still, 1, HW_RARE_AUTO, 0, NULL, 0, &m, NULL), HW_USAGE);
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_X, &still, -1, HW_RARE_AUTO, 0, NULL, 0, &m, NULL), HW_USAGE);
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_X, &still, 0, HW_RARE_FIXED, 1e-13, (const hw_allele[]){300}, 1, &m, NULL), HW_USAGE);
    hw_locus_settings bad = {.silent = 1e-200};
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_X, &bad, 0, HW_RARE_AUTO, 0, NULL, 0, &m, NULL), HW_USAGE);
    bad = (hw_locus_settings){.silent = 1};
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_X, &bad, 0, HW_RARE_AUTO, 0, NULL, 0, &m, NULL), HW_USAGE);
    bad = (hw_locus_settings){.male = {.model = HW_MUTATION_EQUAL, .rate = 2}};
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_X, &bad, 0, HW_RARE_AUTO, 0, NULL, 0, &m, &err), HW_CONFLICT);
    assert_non_null(strstr(err.msg, "locus TH01: fathers: "));
    hw_err_clear(&err);
    bad = (hw_locus_settings){.female = {.model = HW_MUTATION_ONESTEP, .rate = 0.1}};
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_X, &bad, 0, HW_RARE_AUTO, 0, NULL, 0, &m, &err), HW_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "mothers: "));
    static hw_allele many[3000];
    for (int i = 0; i < 3000; i++) {
        many[i] = 1000 + i;
    }
    assert_int_equal(hw_locus_model_build(&arena, &f, HW_LOCUS_X, &still, 0, HW_RARE_AUTO, 0, many, 3000, &m, NULL), HW_LIMIT);
    assert_null(m);
    hw_arena_release(&arena);
}

static void has_settings(void **state)
{
    (void)state;
    hw_settings s;
    hw_settings_init(&s);
    assert_true(s.standard.female.rate == 1e-3 && s.standard.male.rate == 2e-3 && s.standard.male.rate2 == 1e-6);
    assert_true(s.theta < 0 && s.sex_error == 0.001 && s.rare_rule == HW_RARE_AUTO);
    hw_locus_settings own[] = {{.locus = "TH01", .silent = 0.5}};
    s.by_locus = own;
    s.n_by_locus = 1;
    assert_ptr_equal(hw_settings_locus(&s, "TH01"), &own[0]);
    assert_ptr_equal(hw_settings_locus(&s, "TPOX"), &s.standard);
    assert_ptr_equal(hw_settings_locus(&s, NULL), &s.standard);
}

static void survives_want_of_memory(void **state)
{
    (void)state;
    const hw_locus_settings step = {
        .silent = 0.01,
        .female = {.model = HW_MUTATION_STEPWISE, .rate = 0.01, .rate2 = 1e-3, .range = 0.1},
        .male = {.model = HW_MUTATION_STEPWISE_STATIONARY, .rate = 1e-4, .rate2 = 1e-3, .range = 0.1},
    };
    const hw_allele seen[] = {80, 91};
    hw_status status = HW_NO_MEMORY;
    long nth = 1;
    for (; status != HW_OK; nth++) {
        assert_true(nth < 200);
        small s;
        fill(&s);
        hw_err err = {0};
        hw_arena arena = {0};
        hw_locus_model *m = NULL;
        hw_alloc_fail_at(nth, false);
        status = hw_population_finish(&s.p, &err);
        if (status == HW_OK) {
            status = hw_locus_model_build(&arena, &s.freq[0], HW_LOCUS_X, &step, 0, HW_RARE_AUTO, 0, seen, 2, &m, &err);
            assert_true((m != NULL) == (status == HW_OK));
        }
        hw_alloc_fail_at(0, false);
        if (status != HW_OK && status != HW_NO_MEMORY) {
            fail_msg("allocation %ld gives %s: %s", nth, hw_status_name(status), err.msg);
        }
        hw_population_release(&s.p);
        hw_arena_release(&arena);
    }
    assert_true(nth > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settles_a_population), cmocka_unit_test(refuses_bad_tables), cmocka_unit_test(finds_alleles),
        cmocka_unit_test(adds_rare_alleles),    cmocka_unit_test(follows_the_rules_for_rare_alleles),
        cmocka_unit_test(adds_a_silent_allele), cmocka_unit_test(derives_gametes),
        cmocka_unit_test(refuses_bad_settings), cmocka_unit_test(has_settings),
        cmocka_unit_test(survives_want_of_memory),
    };
    return cmocka_run_group_tests_name("frequency", tests, NULL, NULL);
}
