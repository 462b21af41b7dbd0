// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "match_fixture.h"

#include <math.h>

#define TABLES "TH01 6:0.2 7:0.3 8:0.1 9.3:0.4; D3S1358 14:0.1 15:0.3 16:0.4 17:0.2; FGA 20:0.25 21:0.25 22:0.25 23:0.25; DXS8378 10:0.4 11:0.6"
#define OTHER "TH01 6:0.4 7:0.3 8:0.1 9.3:0.2; D3S1358 14:0.3 15:0.3 16:0.2 17:0.2; FGA 20:0.3 21:0.2 22:0.25 23:0.25"

static void start(nation *n)
{
    fx_nation(n, "TH01 D3S1358 FGA DXS8378 AMEL");
    fx_population(n, "north", 0, TABLES);
    n->set.standard = fx_stepwise(1e-3, 2e-3);
    n->o.threshold_log10 = 4;
}

static void explain_at(nation *n, uint32_t child, uint32_t family, hw_explanation *x, const char *file, int line)
{
    hw_err err = {0};
    n->o.n_populations = n->n_pop;
    fx_ok_at(hw_match_explain(&n->d, &n->o, child, family, 0, x, &err), &err, file, line);
}
#define explain(n, c, f, x) explain_at((n), (c), (f), (x), __FILE__, __LINE__)

static const hw_explained_locus *locus(const hw_explanation *x, const char *name)
{
    for (uint32_t i = 0; i < x->n_loci; i++) {
        if (strcmp(x->locus[i].locus, name) == 0) {
            return &x->locus[i];
        }
    }
    fail_msg("no locus %s", name);
    return NULL;
}

static bool noted(const hw_explanation *x, const char *words)
{
    for (uint32_t i = 0; i < x->n_notes; i++) {
        if (strstr(x->note[i], words) != NULL) {
            return true;
        }
    }
    return false;
}

/* What each contradiction of child and parents assumes. */
static void what_is_assumed(void **state)
{
    (void)state;
    static const struct {
        const char *father, *mother, *child, *text;
    } of[] = {
        {"TH01=6/7", "TH01=8/8", "TH01=9/8", "mutation 7 -> 9 (father)"},
        {"TH01=6/7", "TH01=8/8", "TH01=6/9.3", "mutation 8 -> 9.3 (mother)"},
        {"TH01=6/7", "TH01=8/8", "TH01=12/13", "mutations from both parents"},
        {"TH01=6/7", "", "TH01=8/8", "mutation 7 -> 8 (father)"},
        {"TH01=6/7", "TH01=8/-", "TH01=9/12", "mutation 7 -> 9 (father)"},
        {"", "TH01=6/-", "TH01=8/9", NULL}, /* the allele not read may be the child's */
        {"TH01=6/7", "TH01=8/8", "TH01=6/6 d=0.1", "drop-out of an allele of the child, or a mutation"},
        {"TH01=6/7", "TH01=8/8", "TH01=6/8", NULL},
        {"TH01=6/7", "TH01=8/8", "TH01=6/-", NULL},
    };
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        nation n;
        start(&n);
        uint32_t f = fx_family(&n, "F", "F M; M F; C U F M", "C");
        fx_member(&n, f, "F", of[i].father);
        fx_member(&n, f, "M", of[i].mother);
        uint32_t c = fx_child(&n, "c", HW_SEX_UNKNOWN, of[i].child);
        hw_explanation x;
        explain(&n, c, f, &x);
        const hw_explained_locus *l = locus(&x, "TH01");
        assert_int_equal(l->use, HW_USE_USED);
        assert_int_equal(l->inconsistent, of[i].text != NULL);
        assert_int_equal(x.summary.inconsistent, of[i].text != NULL);
        if (of[i].text != NULL) {
            assert_non_null(l->assumed);
            assert_string_equal(l->assumed, of[i].text);
            assert_true(noted(&x, "1 of the loci"));
        } else {
            assert_null(l->assumed);
        }
        hw_explanation_release(&x);
        fx_nation_drop(&n);
    }
}

static void without_typed_parents(void **state)
{
    (void)state;
    nation n;
    start(&n);
    uint32_t f = fx_family(&n, "F", "GF M; GM F; F M GF GM; M F; C U F M", "C");
    fx_member(&n, f, "GF", "TH01=6/6 FGA=20/20");
    fx_member(&n, f, "GM", "TH01=6/6 FGA=20/20");
    uint32_t c = fx_child(&n, "c", HW_SEX_UNKNOWN, "TH01=7/7 FGA=20/21 D3S1358=14/14 DXS8378=10/10");
    hw_explanation x;
    explain(&n, c, f, &x);
    assert_string_equal(locus(&x, "TH01")->assumed, "a mutation between relatives who were not typed");
    assert_int_equal(locus(&x, "D3S1358")->use, HW_USE_FAMILY_UNTYPED);
    assert_int_equal(x.summary.loci_used, 2);
    hw_explanation_release(&x);
    /* typed parents and brother at odds among themselves, the child fits them */
    uint32_t g = fx_family(&n, "G", "F M; M F; S M F M; C U F M", "C");
    fx_member(&n, g, "F", "TH01=6/7");
    fx_member(&n, g, "M", "TH01=8/8 D3S1358=14/15");
    fx_member(&n, g, "S", "TH01=9.3/8 DXS8378=10/10");
    explain(&n, c, g, &x);
    uint32_t fits = fx_child(&n, "fits", HW_SEX_UNKNOWN, "TH01=6/8 DXS8378=10/10");
    hw_explanation_release(&x);
    explain(&n, fits, g, &x);
    assert_string_equal(locus(&x, "TH01")->assumed, "a mutation elsewhere in the family");
    assert_int_equal(locus(&x, "D3S1358")->use, HW_USE_CHILD_UNTYPED);
    assert_true(locus(&x, "DXS8378")->use == HW_USE_USED); /* both sexes are thinkable: the mean of both */
    hw_explanation_release(&x);
    fx_nation_drop(&n);
}

static void the_words(void **state)
{
    (void)state;
    nation n;
    start(&n);
    fx_population(&n, "south", 0.02, OTHER);
    n.set.standard.silent = 0.001;
    n.set.rare_rule = HW_RARE_FIXED;
    n.set.rare_value = 0.004;
    n.set.standard.male.model = HW_MUTATION_EQUAL;
    uint32_t f = fx_family(&n, "FAM7", "F M; M F; C M F M; D M F M", "C D");
    fx_member(&n, f, "F", "TH01=6/7 D3S1358=14/15 FGA=20/31.2");
    fx_member(&n, f, "M", "TH01=8/8 D3S1358=16/17 FGA=21/22");
    uint32_t c = fx_child(&n, "K1", HW_SEX_UNKNOWN, "TH01=6/8 D3S1358=14/17 FGA=21/31.2 AMEL=X/Y");
    uint32_t girl = fx_child(&n, "K2", HW_SEX_FEMALE, "TH01=9.3/9.3 D3S1358=15/15 FGA=20/23");
    n.d.synthetic = true;
    hw_explanation x;
    explain(&n, c, f, &x);
    assert_int_equal(x.n_populations, 2);
    assert_string_equal(x.population[1], "south");
    assert_true(x.synthetic);
    assert_string_equal(locus(&x, "FGA")->rare, "31.2 (0.004)");
    assert_null(locus(&x, "TH01")->rare);
    assert_int_equal(locus(&x, "AMEL")->use, HW_USE_SEX);
    fx_near(x.sex_ratio, 2 * 0.999, 1e-12);
    fx_near(locus(&x, "AMEL")->ratio[1], x.sex_ratio, 0);
    assert_non_null(strstr(x.model, "stepwise (mothers), equal (fathers), rate 0.001 mothers, 0.002 fathers"));
    assert_non_null(strstr(x.model, "range 0.1"));
    assert_non_null(strstr(x.model, "silent allele 0.001"));
    assert_non_null(strstr(x.model, "a fixed value 0.004"));
    assert_non_null(strstr(x.sentence, "K1 is the missing person C of family FAM7"));
    assert_non_null(strstr(x.sentence, "table north; the smallest over all tables"));
    assert_non_null(strstr(x.sentence, "ENFSI"));
    assert_non_null(strstr(x.sentence_zh, "K1"));
    assert_true(noted(&x, "misses 2 persons"));
    assert_true(noted(&x, "as stated"));
    /* the product of the loci and the sex is the ratio, in every table */
    for (uint32_t k = 0; k < 2; k++) {
        double product = 1;
        for (uint32_t i = 0; i < x.n_loci; i++) {
            product *= x.locus[i].ratio[k];
        }
        fx_near(hw_pow10(x.hypothesis[0].log10_ratio[k]), product, 1e-12);
    }
    assert_int_equal(x.hypothesis[0].kind, HW_HYPOTHESIS_MISSING);
    assert_int_equal(x.hypothesis[1].kind, HW_HYPOTHESIS_UNRELATED);
    fx_near(x.hypothesis[1].log10_ratio[0], 0, 0);
    assert_true(x.n_hypotheses > 2);
    double strongest = -(double)INFINITY;
    for (uint32_t h = 2; h < x.n_hypotheses; h++) {
        strongest = x.hypothesis[h].log10_ratio[0] > strongest ? x.hypothesis[h].log10_ratio[0] : strongest;
    }
    fx_near(x.summary.rival_log10, x.hypothesis[0].log10_ratio[0] - strongest, 1e-12);
    hw_explanation_release(&x);
    explain(&n, girl, f, &x);
    assert_true(x.summary.log10_lr < 0);
    assert_non_null(strstr(x.sentence, "not related to the missing person C"));
    assert_non_null(strstr(x.sentence, "against"));
    hw_explanation_release(&x);
    n.set.rare_rule = HW_RARE_AUTO;
    n.set.standard = (hw_locus_settings){0};
    explain(&n, c, f, &x);
    assert_non_null(strstr(x.model, "5/2N where N is given"));
    assert_non_null(strstr(x.model, "none; theta"));
    hw_explanation_release(&x);
    /* the other rules, rates by locus, a third table that lacks loci */
    fx_population(&n, "west", 0, "TH01 6:0.4 7:0.3 8:0.1 9.3:0.2");
    hw_locus_settings own = fx_equal(1e-3, 1e-3);
    own.locus = "TH01";
    n.set.by_locus = &own;
    n.set.n_by_locus = 1;
    n.set.standard.male = (hw_mutation){.model = HW_MUTATION_STEPWISE_STATIONARY, .rate = 1e-3, .range = 0.1};
    static const struct {
        hw_rare_rule rule;
        const char *text;
    } rules[] = {{HW_RARE_5_2N, "get 5/2N"}, {HW_RARE_LAPLACE, "(x+1)/(2N+k)"}};
    for (int i = 0; i < 2; i++) {
        for (uint32_t k = 0; k < n.n_pop; k++) {
            for (uint32_t l = 0; l < n.pop[k]->n; l++) {
                n.pop[k]->freq[l].chromosomes = 500;
            }
        }
        n.set.rare_rule = rules[i].rule;
        explain(&n, c, f, &x);
        assert_non_null(strstr(x.model, rules[i].text));
        assert_non_null(strstr(x.model, "1 loci with rates of their own"));
        assert_true(noted(&x, "west"));
        hw_explanation_release(&x);
    }
    fx_nation_drop(&n);
}

/* Every kind of number the sentence writes: exact zero, far below and far above one, nearly certain. */
static void numbers_in_words(void **state)
{
    (void)state;
    nation n;
    char loci[300] = "", tables[2000] = "", same[300] = "", apart[300] = "";
    for (int i = 0; i < 12; i++) {
        fx_add(loci, sizeof loci, "%sL%d", i > 0 ? " " : "", i);
        fx_add(tables, sizeof tables, "L%d 10:0.01 11:0.49 20:0.5;", i);
        fx_add(same, sizeof same, "L%d=10/11 ", i);
        fx_add(apart, sizeof apart, "L%d=20/20 ", i);
    }
    fx_nation(&n, loci);
    fx_population(&n, "north", 0, tables);
    uint32_t f = fx_family(&n, "F", "F M; M F; C U F M", "C");
    fx_member(&n, f, "F", same);
    uint32_t yes = fx_child(&n, "yes", HW_SEX_UNKNOWN, same);
    uint32_t no = fx_child(&n, "no", HW_SEX_UNKNOWN, apart);
    hw_explanation x;
    explain(&n, yes, f, &x);
    assert_non_null(strstr(x.sentence, " × 10^"));
    assert_non_null(strstr(x.sentence, "1 - 1e-12"));
    hw_explanation_release(&x);
    explain(&n, no, f, &x);
    assert_true(x.summary.log10_lr == -(double)INFINITY);
    assert_string_equal(x.summary.relation, "excluded");
    assert_non_null(strstr(x.sentence, "are ∞ times more likely if the child no is not related"));
    assert_non_null(strstr(x.sentence, "probability is 0."));
    assert_null(strstr(x.sentence, "inf"));
    assert_null(strstr(x.sentence, "nan"));
    assert_null(strstr(x.sentence, "-2147483648"));
    hw_explanation_release(&x);
    n.set.standard = fx_stepwise(1e-3, 2e-3);
    explain(&n, no, f, &x);
    assert_non_null(strstr(x.sentence, " × 10^"));
    assert_null(strstr(x.sentence, "inf"));
    assert_null(strstr(x.sentence, "nan"));
    hw_explanation_release(&x);
    fx_nation_drop(&n);
}

static void note_total(void *ctx, size_t done, size_t total)
{
    size_t *most = ctx;
    (void)done;
    *most = total > *most ? total : *most;
}

/* What a search has said already is taken from it: the same explanation, and no other family is looked at. */
static void what_is_known_is_not_searched(void **state)
{
    (void)state;
    nation n;
    start(&n);
    uint32_t f = fx_family(&n, "F", "F M; M F; C U F M", "C");
    fx_member(&n, f, "F", "TH01=6/7 D3S1358=14/15 FGA=20/21");
    fx_member(&n, f, "M", "TH01=8/8 D3S1358=14/16 FGA=22/23");
    for (int i = 0; i < 5; i++) {
        char id[8];
        (void)snprintf(id, sizeof id, "G%d", i);
        uint32_t g = fx_family(&n, id, "F M; M F; C U F M", "C");
        fx_member(&n, g, "F", "TH01=6/9 D3S1358=15/15 FGA=20/24");
    }
    uint32_t c = fx_child(&n, "c", HW_SEX_UNKNOWN, "TH01=6/8 D3S1358=14/16 FGA=20/22");
    hw_explanation all;
    hw_explanation x;
    hw_err err = {0};
    size_t total = 0;
    n.o.progress = note_total;
    n.o.progress_ctx = &total;
    explain(&n, c, f, &all);
    assert_true(total > 1);
    total = 0;
    hw_match_known known = {.posterior = all.summary.posterior, .log10_lr = all.summary.log10_lr, .prior_each = all.prior_each};
    fx_ok(hw_match_explain_known(&n.d, &n.o, c, f, 0, &known, &x, &err), &err);
    assert_true(total <= 1);
    assert_string_equal(x.sentence, all.sentence);
    assert_string_equal(x.sentence_zh, all.sentence_zh);
    assert_true(x.summary.log10_lr == all.summary.log10_lr && x.summary.posterior == all.summary.posterior && x.prior_each == all.prior_each);
    assert_true(x.summary.log10_lr_min == all.summary.log10_lr_min && x.summary.rival_log10 == all.summary.rival_log10);
    assert_int_equal(x.summary.family, f);
    assert_int_equal(x.n_loci, all.n_loci);
    hw_explanation_release(&x);
    /* not known: nothing is said of it */
    known.posterior = known.log10_lr = (double)NAN;
    fx_ok(hw_match_explain_known(&n.d, &n.o, c, f, 0, &known, &x, &err), &err);
    assert_null(strstr(x.sentence, "posterior"));
    assert_null(strstr(x.sentence_zh, "后验"));
    hw_explanation_release(&x);
    known.log10_lr = all.summary.log10_lr + 1e-6;
    fx_fails(hw_match_explain_known(&n.d, &n.o, c, f, 0, &known, &x, &err), HW_CONFLICT, &err, "search again");
    hw_explanation_release(&all);
    fx_nation_drop(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_assumed),
        cmocka_unit_test(without_typed_parents),
        cmocka_unit_test(the_words),
        cmocka_unit_test(numbers_in_words),
        cmocka_unit_test(what_is_known_is_not_searched),
    };
    return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
