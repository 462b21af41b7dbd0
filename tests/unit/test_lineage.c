// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kinship/lineage.h"

static void assert_same(const hw_lineage_result *r, const hw_lineage_result *t)
{
    assert_true(r->verdict == t->verdict && r->loci_compared == t->loci_compared && r->differences == t->differences);
    assert_true(r->steps == t->steps && r->skipped == t->skipped && r->heteroplasmies == t->heteroplasmies);
    assert_true(r->length_ignored == t->length_ignored && r->has_ratio == t->has_ratio);
    assert_true(r->p_related == t->p_related && r->ratio == t->ratio && r->ratio_lower == t->ratio_lower);
}

/* ---- counting ---- */

static double upper(uint64_t x, uint64_t n)
{
    double p = -1;
    assert_int_equal(hw_binomial_upper(x, n, 0.05, &p, NULL), HW_OK);
    return p;
}

static void limits_of_proportions(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 10000; n = n * 3 + 1) {
        assert_true(fabs(upper(0, n) - (1 - pow(0.05, 1.0 / (double)n))) < 1e-13);
        assert_true(fabs(upper(n - 1, n) - pow(0.95, 1.0 / (double)n)) < 1e-13);
        assert_true(upper(n, n) == 1);
    }
    assert_true(upper(0, 0) == 1);
    /* definition: P(X <= x | limit) = 0.05, by plain summation with lgamma */
    const uint64_t cases[][2] = {{1, 10}, {3, 100}, {10, 100}, {50, 100}, {99, 100}, {7, 25000}, {300, 1000}, {1234, 100000}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double x = (double)cases[i][0], n = (double)cases[i][1], p = upper(cases[i][0], cases[i][1]), tail = 0;
        for (double k = 0; k <= x; k++) {
            tail += exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p));
        }
        assert_true(fabs(tail - 0.05) < 1e-9);
        assert_true(p > x / n);
    }
    /* more seen, higher limit; a larger database, a lower one */
    for (uint64_t x = 0; x < 200; x++) {
        assert_true(upper(x, 200) < upper(x + 1, 200) && upper(x, 200) > upper(x, 201));
    }
    assert_true(upper(5, HW_LINEAGE_MAX_DATABASE) < 2e-6);
    double p = 7;
    assert_int_equal(hw_binomial_upper(2, 1, 0.05, &p, NULL), HW_USAGE);
    assert_int_equal(hw_binomial_upper(1, 2, 0, &p, NULL), HW_USAGE);
    assert_int_equal(hw_binomial_upper(1, 2, NAN, &p, NULL), HW_USAGE);
    assert_int_equal(hw_binomial_upper(1, HW_LINEAGE_MAX_DATABASE + 1, 0.05, &p, NULL), HW_LIMIT);
    assert_true(p == 7);
}

/* ---- Y ---- */

typedef struct bench {
    hw_panel panel;
    hw_arena arena;
    hw_profile *a, *b;
    hw_lineage_model model;
} bench;

static int set_up(void **state)
{
    static bench b;
    hw_panel_init(&b.panel);
    hw_arena_init(&b.arena, 0);
    static const char *const names[] = {"DYS19", "DYS389I", "DYS389II", "DYS385", "DYS464", "DYS390", "D3S1358"};
    for (size_t i = 0; i < 7; i++) {
        uint32_t at;
        assert_int_equal(hw_panel_add(&b.panel, names[i], HW_LOCUS_AUTO, &at, NULL), HW_OK);
    }
    b.a = hw_profile_new(&b.arena, "A", 7);
    b.b = hw_profile_new(&b.arena, "B", 7);
    hw_lineage_model_init(&b.model);
    *state = &b;
    return 0;
}

static int tear_down(void **state)
{
    bench *b = *state;
    hw_panel_release(&b->panel);
    hw_arena_release(&b->arena);
    return 0;
}

/* "11,14" or "" */
static void put(bench *b, hw_profile *p, const char *locus, const char *alleles, bool partial)
{
    uint32_t i;
    hw_allele a[8];
    unsigned n = 0;
    assert_true(hw_panel_find(&b->panel, locus, &i));
    while (*alleles != '\0') {
        size_t len = strcspn(alleles, ",");
        assert_int_equal(hw_allele_parse(alleles, len, &a[n++], NULL), HW_OK);
        alleles += len + (alleles[len] == ',');
    }
    assert_int_equal(hw_profile_set(p, &b->arena, &b->panel, i, a, n, partial, NULL), HW_OK);
}

static void both(bench *b, const char *locus, const char *x, const char *y)
{
    put(b, b->a, locus, x, false);
    put(b, b->b, locus, y, false);
}

static hw_lineage_result compare(bench *b, unsigned meioses, uint64_t x, uint64_t n)
{
    hw_lineage_result r, t;
    hw_lineage_count c = {x, n};
    assert_int_equal(hw_lineage_y(&b->panel, b->a, b->b, meioses, &b->model, c, &r, NULL), HW_OK);
    assert_int_equal(hw_lineage_y(&b->panel, b->b, b->a, meioses, &b->model, c, &t, NULL), HW_OK);
    assert_same(&r, &t); /* symmetric */
    return r;
}

static void compares_y_haplotypes(void **state)
{
    bench *b = *state;
    hw_lineage_result r = compare(b, 1, 0, 100);
    assert_true(r.verdict == HW_LINEAGE_NOTHING && !r.has_ratio && r.ratio == 0);
    assert_true(fabs(r.frequency - 1.0 / 101) < 1e-16 && fabs(r.upper - (1 - pow(0.05, 0.01))) < 1e-13);
    both(b, "DYS19", "14", "14");
    both(b, "DYS385", "14,11", "11,14");
    both(b, "D3S1358", "14", "15"); /* not on Y */
    put(b, b->a, "DYS390", "24", false); /* typed in one only */
    b->model.rate2 = 0;
    r = compare(b, 1, 0, 100);
    assert_true(r.verdict == HW_LINEAGE_SAME && r.loci_compared == 2 && r.differences == 0 && r.has_ratio);
    assert_true(fabs(r.p_related - pow(0.998, 3)) < 1e-15); /* three copies, none mutated */
    assert_true(fabs(r.ratio - r.p_related * 101) < 1e-10 && fabs(r.ratio_lower * r.upper - r.p_related) < 1e-15);
    /* one step in one birth: half the rate, ten in eleven of all steps being single ones */
    both(b, "DYS385", "11,15", "11,14");
    r = compare(b, 1, 0, 100);
    assert_true(r.verdict == HW_LINEAGE_INCONCLUSIVE && r.differences == 1 && r.steps == 1);
    assert_true(fabs(r.p_related - 0.998 * 0.998 * 0.001 * 0.9) < 1e-15);
    /* two births: twice, once without the other */
    r = compare(b, 2, 0, 100);
    assert_true(fabs(r.p_related / (pow(0.998, 4) * 2 * 0.998 * 0.001 * 0.9) - 1) < 1e-4);
    /* two steps: far less, but not nothing */
    both(b, "DYS385", "11,16", "11,14");
    r = compare(b, 1, 0, 100);
    assert_true(r.steps == 2 && fabs(r.p_related - 0.998 * 0.998 * 0.001 * 0.09) < 1e-15);
    r = compare(b, 0, 0, 100);
    assert_true(r.verdict == HW_LINEAGE_DIFFERENT && r.ratio == 0 && r.has_ratio);
    both(b, "DYS385", "11,99", "11,14"); /* beyond what the model follows */
    r = compare(b, 3, 0, 100);
    assert_true(r.verdict == HW_LINEAGE_DIFFERENT);
    /* the database says nothing: neither does a match */
    both(b, "DYS385", "11,14", "11,14");
    r = compare(b, 1, 0, 0);
    assert_true(r.frequency == 1 && r.upper == 1 && r.ratio < 1);
    r = compare(b, 1, 100, 100);
    assert_true(r.frequency == 1);
}

static void knows_the_odd_loci(void **state)
{
    bench *b = *state;
    b->model.rate2 = 1e-3;
    /* one mutation in the part that both fragments share counts once */
    both(b, "DYS389I", "13", "14");
    both(b, "DYS389II", "29", "30");
    hw_lineage_result r = compare(b, 1, 0, 10);
    assert_true(r.loci_compared == 2 && r.differences == 1 && r.steps == 1);
    both(b, "DYS389II", "29", "29");
    r = compare(b, 1, 0, 10);
    assert_true(r.differences == 2 && r.steps == 2);
    put(b, b->a, "DYS389I", "", false);
    r = compare(b, 1, 0, 10);
    assert_true(r.loci_compared == 1 && r.differences == 0);
    both(b, "DYS389I", "13,14", "14");
    r = compare(b, 1, 0, 10);
    assert_true(r.loci_compared == 2 && r.differences == 1);
    both(b, "DYS389I", "40", "14");
    both(b, "DYS389II", "29", "29,30");
    r = compare(b, 1, 0, 10);
    assert_true(r.differences == 2);
    both(b, "DYS389I", "", "");
    both(b, "DYS389II", "", "");
    /* parts of a repeat, names, another number of copies: a change of the other kind */
    both(b, "DYS19", "14", "14.2");
    r = compare(b, 1, 0, 10);
    assert_true(r.differences == 1 && r.steps == 0 && fabs(r.p_related - 1e-3) < 1e-15);
    both(b, "DYS19", "X", "14");
    r = compare(b, 2, 0, 10);
    assert_true(fabs(r.p_related - (1 - 0.999 * 0.999)) < 1e-15);
    both(b, "DYS19", "14,15", "14");
    r = compare(b, 1, 0, 10);
    assert_true(r.differences == 1 && fabs(r.p_related - 1e-3) < 1e-15);
    both(b, "DYS19", "14,15,16", "14,15,16");
    r = compare(b, 1, 0, 10);
    assert_true(r.differences == 0 && r.loci_compared == 1);
    /* off the ladder: not comparable; a partial reading is one at a locus of one copy only */
    both(b, "DYS19", "<9", "14");
    put(b, b->a, "DYS385", "11", true);
    put(b, b->b, "DYS385", "11,14", false);
    put(b, b->a, "DYS390", "24", true);
    put(b, b->b, "DYS390", "24", false);
    r = compare(b, 1, 0, 10);
    assert_true(r.skipped == 2 && r.loci_compared == 1 && r.differences == 0);
    /* many copies: repetitions are not told apart, what is there is */
    both(b, "DYS464", "15,15,17", "15,17,17,17");
    r = compare(b, 1, 0, 10);
    assert_true(r.loci_compared == 2 && r.differences == 0);
    both(b, "DYS464", "15,16,17", "15,17");
    r = compare(b, 1, 0, 10);
    assert_true(r.differences == 1);
    /* two copies, both the same: "14" and "14,14" say the same */
    both(b, "DYS464", "", "");
    both(b, "DYS385", "14", "14,14");
    r = compare(b, 1, 0, 10);
    assert_true(r.differences == 0 && r.loci_compared == 2);
}

static void uses_rates_by_locus(void **state)
{
    bench *b = *state;
    double rates[] = {0.1, -1, -1};
    b->model.rate2 = 0;
    b->model.rate_by_locus = rates;
    b->model.n_rates = 3;
    both(b, "DYS19", "14", "14");
    both(b, "DYS389I", "13", "13");
    both(b, "DYS390", "24", "24");
    hw_lineage_result r = compare(b, 1, 0, 10);
    assert_true(fabs(r.p_related - 0.9 * 0.998 * 0.998) < 1e-15);
    hw_err err = {0};
    hw_lineage_count c = {0, 10};
    rates[0] = 1.5;
    assert_int_equal(hw_lineage_y(&b->panel, b->a, b->b, 1, &b->model, c, &r, &err), HW_USAGE);
    assert_non_null(strstr(err.msg, "DYS19"));
    rates[0] = NAN;
    assert_int_equal(hw_lineage_y(&b->panel, b->a, b->b, 1, &b->model, c, &r, NULL), HW_USAGE);
    b->model.rate_by_locus = NULL;
    const hw_lineage_model bad[] = {{.rate = -1, .range = 0.1}, {.rate = 0.5, .rate2 = 0.6, .range = 0.1}, {.rate = 0.1, .range = 2},
                                    {.rate = NAN, .range = 0.1}, {.rate = 0.1, .rate2 = -1}, {.rate = 0.1, .range = NAN}};
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(hw_lineage_y(&b->panel, b->a, b->b, 1, &bad[i], c, &r, NULL), HW_USAGE);
    }
    assert_int_equal(hw_lineage_y(&b->panel, b->a, b->b, 101, &b->model, c, &r, NULL), HW_USAGE);
    c.x = 11;
    assert_int_equal(hw_lineage_y(&b->panel, b->a, b->b, 1, &b->model, c, &r, NULL), HW_USAGE);
}

static void steps_are_a_distribution(void **state)
{
    bench *b = *state;
    /* over all lengths of the other man the probabilities sum to 1 */
    b->model = (hw_lineage_model){.rate = 0.2, .range = 0.3};
    for (unsigned m = 0; m < 6; m++) {
        double sum = 0;
        for (int k = 1; k < 140; k++) {
            char other[16];
            snprintf(other, sizeof other, "%d", k);
            both(b, "DYS19", "70", other);
            sum += compare(b, m, 0, 1).p_related;
        }
        assert_true(fabs(sum - 1) < 1e-9);
    }
}

/* ---- mtDNA ---- */

static hw_mt *parse(hw_arena *arena, const char *s)
{
    hw_mt *m = NULL;
    hw_err err = {0};
    if (hw_mt_parse(arena, s, &m, &err) != HW_OK) {
        fail_msg("%s: %s", s, err.msg);
    }
    return m;
}

static void reads_haplotypes(void **state)
{
    bench *b = *state;
    hw_mt *m = parse(&b->arena, "16024-16365,73-340;16223T C16362y A73G 263G 315.1C 249d 309.2C 309.1C");
    assert_int_equal(m->n_ranges, 2);
    assert_true(m->range[0].from == 73 && m->range[0].to == 340 && m->range[1].from == 16024);
    assert_int_equal(m->n_differences, 8);
    const hw_mt_difference want[] = {{73, 0, 4}, {249, 0, 16}, {263, 0, 4}, {309, 1, 2}, {309, 2, 2}, {315, 1, 2}, {16223, 0, 8}, {16362, 0, 10}};
    for (int i = 0; i < 8; i++) {
        assert_true(m->difference[i].position == want[i].position && m->difference[i].insertion == want[i].insertion &&
                    m->difference[i].bases == want[i].bases);
    }
    m = parse(&b->arena, " 16024-576 , 300-600, 577 ;");
    assert_int_equal(m->n_ranges, 2);
    assert_true(m->range[0].from == 1 && m->range[0].to == 600 && m->range[1].to == HW_MT_LENGTH);
    assert_int_equal(m->n_differences, 0);
    m = parse(&b->arena, "1-16569;249del 250DEL 251- 252D 16569N\r\n");
    assert_true(m->difference[0].bases == 16 && m->difference[1].bases == 16 && m->difference[2].bases == 16);
    assert_true(m->difference[3].bases == 13 && m->difference[4].bases == 15);
    static const char *const bad[] = {"",          "16024-16365",      "1-2;3A;",          ";73G",         "x;",           "0-5;",       "5-;",
                                      "1-16570;",  "5--6;",            "1-2x;",            "1-99;73",      "1-99;G",       "1-99;73Z",   "1-99;73GG",
                                      "1-99;73.G", "1-99;73.0G",       "1-99;73.1",        "1-99;73.1d",   "1-99;73.100G", "1-99;G73G",  "1-99;200G",
                                      "1-99;73G 73A", "1-99;99999G",   "1-99;N73G",        "1-99;73\xC3"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        hw_err err = {0};
        hw_mt *none = NULL;
        if (hw_mt_parse(&b->arena, bad[i], &none, &err) != HW_PARSE) {
            fail_msg("\"%s\" was accepted", bad[i]);
        }
        assert_null(none);
        assert_non_null(strstr(err.msg, "mtDNA haplotype"));
    }
    static char large[20000];
    size_t n = 0;
    for (int i = 0; i < 100; i++) {
        n += (size_t)snprintf(large + n, sizeof large - n, "%d ", 1 + 2 * i);
    }
    snprintf(large + n, sizeof large - n, ";");
    hw_mt *none = NULL;
    assert_int_equal(hw_mt_parse(&b->arena, large, &none, NULL), HW_LIMIT);
    n = (size_t)snprintf(large, sizeof large, "1-16569;");
    for (int i = 1; i < 1100; i++) {
        n += (size_t)snprintf(large + n, sizeof large - n, "%dA ", i);
    }
    assert_int_equal(hw_mt_parse(&b->arena, large, &none, NULL), HW_LIMIT);
    hw_status s = HW_NO_MEMORY;
    for (long nth = 1; s != HW_OK; nth++) {
        assert_true(nth < 20);
        hw_arena arena = {0};
        hw_alloc_fail_at(nth, false);
        s = hw_mt_parse(&arena, "73-340;263G", &none, NULL);
        hw_alloc_fail_at(0, false);
        hw_arena_release(&arena);
    }
    for (size_t cap = 1; cap < 100; cap += 8) {
        hw_arena tiny = {.cap = cap};
        s = hw_mt_parse(&tiny, "73-340;263G", &none, NULL);
        assert_true(s == HW_OK || s == HW_NO_MEMORY);
        hw_arena_release(&tiny);
    }
}

static hw_lineage_result mt(bench *b, const char *x, const char *y)
{
    hw_lineage_result r, t;
    hw_lineage_count c = {3, 1000};
    hw_mt *a = parse(&b->arena, x), *z = parse(&b->arena, y);
    assert_int_equal(hw_lineage_mt(a, z, 2, 0.01, c, &r, NULL), HW_OK);
    assert_int_equal(hw_lineage_mt(z, a, 2, 0.01, c, &t, NULL), HW_OK);
    assert_same(&r, &t);
    return r;
}

static void compares_mt_haplotypes(void **state)
{
    bench *b = *state;
    hw_lineage_result r = mt(b, "16024-16365;16223T 16362C", "16024-16365,73-340;16223T 16362C 73G");
    assert_true(r.verdict == HW_LINEAGE_SAME && r.loci_compared == 342 && r.differences == 0 && r.has_ratio);
    assert_true(fabs(r.frequency - 4.0 / 1001) < 1e-16 && fabs(r.ratio - 0.99 * 0.99 * 1001 / 4) < 1e-10);
    assert_true(r.ratio_lower < r.ratio && r.ratio_lower > 0);
    r = mt(b, "16024-16365;", "73-340;");
    assert_true(r.verdict == HW_LINEAGE_NOTHING && !r.has_ratio && r.ratio == 0);
    r = mt(b, "73-340;263G", "73-340;263G 249d");
    assert_true(r.verdict == HW_LINEAGE_INCONCLUSIVE && r.differences == 1 && !r.has_ratio);
    r = mt(b, "73-340;263G 150T", "73-340;263A 249d 200G");
    assert_true(r.verdict == HW_LINEAGE_DIFFERENT && r.differences == 4);
    /* length heteroplasmy is told, not counted; other insertions count */
    r = mt(b, "73-340,16193;263G 309.1C 315.1C 16193.1C", "73-340,16193;263G 309.1T 315.1C 315.2C");
    assert_true(r.verdict == HW_LINEAGE_SAME && r.length_ignored == 3);
    r = mt(b, "1-600;573.1C", "1-600;");
    assert_true(r.differences == 1);
    /* point heteroplasmy */
    r = mt(b, "1-600;150Y", "1-600;");
    assert_true(r.verdict == HW_LINEAGE_INCONCLUSIVE && r.heteroplasmies == 1 && r.differences == 0 && !r.has_ratio);
    r = mt(b, "1-600;150Y", "1-600;150T");
    assert_true(r.heteroplasmies == 1);
    r = mt(b, "1-600;150Y", "1-600;150A");
    assert_true(r.heteroplasmies == 0 && r.differences == 1);
    hw_mt *m = parse(&b->arena, "1-600;");
    hw_lineage_count c = {2, 1};
    assert_int_equal(hw_lineage_mt(m, m, 1, 0, c, &r, NULL), HW_USAGE);
    c.x = 0;
    assert_int_equal(hw_lineage_mt(m, m, 1, 1, c, &r, NULL), HW_USAGE);
    assert_int_equal(hw_lineage_mt(m, m, 1, NAN, c, &r, NULL), HW_USAGE);
    assert_int_equal(hw_lineage_mt(m, m, 1, 0, c, &r, NULL), HW_OK);
    assert_true(r.p_related == 1 && r.ratio == 2);
}

#define WITH_BENCH(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_of_proportions), WITH_BENCH(compares_y_haplotypes),    WITH_BENCH(knows_the_odd_loci),
        WITH_BENCH(uses_rates_by_locus),         WITH_BENCH(steps_are_a_distribution), WITH_BENCH(reads_haplotypes),
        WITH_BENCH(compares_mt_haplotypes),
    };
    return cmocka_run_group_tests_name("lineage", tests, NULL, NULL);
}
