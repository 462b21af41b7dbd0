// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Evidence beyond plain genotypes: sexes that nobody knows, amelogenin, readings that leave a genotype open, lineage lines, pairs that cannot be described whole. */
#include "match_fixture.h"

#include "kinship/worlds.h"

static const double half = 0.5;

/* Father 10, mother 11/12 at X, nothing mutates: P(10/11 | daughter) = 1/2, P(unrelated girl) = 2 x 0.1 x 0.2; a boy cannot show two alleles. */
static void child_and_missing_of_unknown_sex_at_x(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "DXS10074");
    fx_population(&n, "P", 0, "DXS10074 10:0.1 11:0.2 12:0.3 13:0.4");
    uint32_t f = fx_family(&n, "F1", "FA M; MO F; C U FA MO", "C");
    fx_member(&n, f, "FA", "DXS10074=10");
    fx_member(&n, f, "MO", "DXS10074=11/12");
    fx_child(&n, "c", HW_SEX_UNKNOWN, "DXS10074=10/11");
    fx_child(&n, "girl", HW_SEX_FEMALE, "DXS10074=10/11");
    hw_match_result r;
    fx_match(&n, &r);
    assert_int_equal(r.n_candidates, 2);
    for (size_t i = 0; i < r.n_candidates; i++) {
        fx_near(hw_pow10(r.candidate[i].log10_lr), half / (2 * 0.1 * 0.2), 1e-12);
    }
    hw_match_result_release(&r);
    fx_nation_drop(&n);
}

/* Two daughters of the missing parent share no X allele: a father gives both his only X, so the missing person is a woman; a boy cannot be her. */
static void family_tells_the_sex_of_its_missing_parent(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "DXS10074");
    fx_population(&n, "P", 0, "DXS10074 10:0.1 11:0.2 12:0.3 13:0.4");
    uint32_t f = fx_family(&n, "F3", "M U; D1 F M -; D2 F M -", "M");
    fx_member(&n, f, "D1", "DXS10074=10/11");
    fx_member(&n, f, "D2", "DXS10074=12/13");
    fx_child(&n, "woman", HW_SEX_FEMALE, "DXS10074=10/12");
    fx_child(&n, "man", HW_SEX_MALE, "DXS10074=10");
    fx_child(&n, "who", HW_SEX_UNKNOWN, "DXS10074=10/12");
    hw_match_result r;
    fx_match(&n, &r);
    assert_int_equal(r.n_errors, 0);
    assert_int_equal(r.n_candidates, 2); /* the man's ratio is an exact 0 */
    assert_true(fx_candidate(&r, 0, f, 0) != NULL && fx_candidate(&r, 1, f, 0) == NULL);
    hw_explanation x;
    hw_err err = {0};
    fx_ok(hw_match_explain(&n.d, &n.o, 0, f, 0, &x, &err), &err);
    fx_near(x.sex_ratio, 2.0, 1e-12);
    double woman = x.hypothesis[0].log10_ratio[0];
    hw_explanation_release(&x);
    /* Two different alleles of a child of unknown sex: as the woman, and "unrelated" stays the measure of all others. */
    fx_ok(hw_match_explain(&n.d, &n.o, 2, f, 0, &x, &err), &err);
    fx_near(x.hypothesis[0].log10_ratio[0], woman, 1e-12);
    fx_near(x.hypothesis[1].log10_ratio[0], 0, 0);
    hw_explanation_release(&x);
    hw_match_result_release(&r);
    fx_nation_drop(&n);
}

/* A typed parent of unknown sex, rates that differ: the mean of mother and father, weighed by the family's own readings (here the same for both). */
static void parent_of_unknown_sex(void **state)
{
    (void)state;
    double lr[3];
    static const char *const pedigree[3] = {"P F; C M - P", "P M; C M P -", "P U; C M P -"};
    for (int i = 0; i < 3; i++) {
        nation n;
        fx_nation(&n, "TH01");
        n.set.standard.female = (hw_mutation){.model = HW_MUTATION_EQUAL, .rate = 0.01};
        n.set.standard.male = (hw_mutation){.model = HW_MUTATION_EQUAL, .rate = 0.05};
        fx_population(&n, "P", 0, "TH01 6:0.1 7:0.2 8:0.3 9:0.4");
        uint32_t f = fx_family(&n, "F", pedigree[i], "C");
        fx_member(&n, f, "P", "TH01=6/7");
        fx_child(&n, "c", HW_SEX_MALE, "TH01=8/9");
        hw_match_result r;
        fx_match(&n, &r);
        assert_int_equal(r.n_candidates, 1);
        assert_int_equal(r.n_errors, 0);
        lr[i] = hw_pow10(r.candidate[0].log10_lr);
        hw_explanation x;
        hw_err err = {0};
        fx_ok(hw_match_explain(&n.d, &n.o, 0, f, 0, &x, &err), &err); /* checks the tables against the pedigrees */
        hw_explanation_release(&x);
        hw_match_result_release(&r);
        fx_nation_drop(&n);
    }
    assert_true(lr[0] < lr[1]);
    fx_near(lr[2], (lr[0] + lr[1]) / 2, 1e-12);
}

/* Linked loci do not change what is said of a missing person and a child of unknown sex where linkage says nothing new (rho 1/2). */
static void linked_and_of_unknown_sex(void **state)
{
    (void)state;
    double lr[2];
    for (int linked = 0; linked < 2; linked++) {
        nation n;
        fx_nation(&n, "TH01 TPOX DXS10074");
        fx_population(&n, "P", 0, "TH01 6:0.1 7:0.2 8:0.3 9:0.4; TPOX 8:0.5 9:0.3 11:0.2; DXS10074 10:0.1 11:0.2 12:0.3 13:0.4");
        uint32_t f = fx_family(&n, "F", "A M; B F; S F A B; M U A B; K F M -", "M");
        fx_member(&n, f, "S", "TH01=6/7 TPOX=8/9 DXS10074=10/11");
        fx_member(&n, f, "K", "TH01=6/9 TPOX=9/11 DXS10074=10/13");
        fx_child(&n, "c", HW_SEX_UNKNOWN, "TH01=6/9 TPOX=8/9 DXS10074=10/10");
        hw_linked_pair pair = {"TH01", "TPOX", 0.5};
        n.set.linked = &pair;
        n.set.n_linked = linked == 1 ? 1 : 0;
        lr[linked] = fx_pair(&n, 0, f, 0);
        fx_nation_drop(&n);
    }
    assert_true(lr[0] > 0);
    fx_near(lr[1], lr[0], 1e-12);
}

/* The sex of a relative that only the sample shows. */
static void parent_whose_sample_shows_the_sex(void **state)
{
    (void)state;
    double lr[2];
    for (int i = 0; i < 2; i++) {
        nation n;
        fx_nation(&n, "TH01 AMEL");
        n.set.standard.female = (hw_mutation){.model = HW_MUTATION_EQUAL, .rate = 0.01};
        n.set.standard.male = (hw_mutation){.model = HW_MUTATION_EQUAL, .rate = 0.05};
        fx_population(&n, "P", 0, "TH01 6:0.1 7:0.2 8:0.3 9:0.4");
        uint32_t f = fx_family(&n, "F", i == 0 ? "P F; C M - P" : "P U; C M P -", "C");
        fx_member(&n, f, "P", "TH01=6/7 AMEL=X/X");
        fx_child(&n, "c", HW_SEX_MALE, "TH01=8/9");
        hw_match_result r;
        fx_match(&n, &r);
        assert_int_equal(r.n_candidates, 1);
        lr[i] = r.candidate[0].log10_lr;
        hw_match_result_release(&r);
        fx_nation_drop(&n);
    }
    fx_near(lr[0], lr[1], 1e-13);
}

/* Amelogenin X alone from a boy's sample of which a copy may have dropped out: 2 x 0.09 / (0.09 + 0.99), the error rate nearly nothing. */
static void amelogenin_and_dropout(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "AMEL");
    hw_profile *p = fx_profile(&n, "p", HW_SEX_UNKNOWN, "AMEL=X/X d=0.1");
    double odds = hw_amelogenin_ratio(p, &n.d.panel, 1e-6);
    fx_near(2 * odds / (1 + odds), 2 * 0.09 / (0.09 + 0.99), 1e-4);
    p = fx_profile(&n, "q", HW_SEX_UNKNOWN, "AMEL=X/Y d=0.1");
    assert_true(hw_amelogenin_ratio(p, &n.d.panel, 1e-6) > 1e5);
    fx_nation_drop(&n);
}

/* Two different alleles were seen: no homozygote gives them, wherever the second lies. */
static void off_ladder_beside_an_allele(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "TH01");
    fx_population(&n, "P", 0, "TH01 6:0.4 7:0.3 8:0.3");
    uint32_t f = fx_family(&n, "F", "FA M; MO F; C M FA MO", "C");
    fx_member(&n, f, "FA", "TH01=6/6");
    fx_member(&n, f, "MO", "TH01=6/6");
    fx_child(&n, "c", HW_SEX_MALE, "TH01=6/<7");
    hw_match_result r;
    fx_match(&n, &r);
    assert_int_equal(r.n_candidates, 0);
    hw_match_result_release(&r);
    fx_nation_drop(&n);
}

/* A second table with theta and an inbred founder cannot be computed together: the pair stays, the batch goes on. */
static void a_table_that_cannot_be_computed(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "TH01");
    n.set.theta = -1;
    fx_population(&n, "P", 0, "TH01 6:0.2 7:0.2 8:0.3 9:0.3");
    fx_population(&n, "Q", 0.03, "TH01 6:0.25 7:0.25 8:0.25 9:0.25");
    for (int i = 0; i < 2; i++) {
        uint32_t f = fx_family(&n, i == 0 ? "F1" : "F2", "FA M; MO F; C M FA MO", "C");
        fx_member(&n, f, "FA", "TH01=6/7");
        fx_member(&n, f, "MO", "TH01=8/9");
        n.d.family[f].pedigree.person[0].inbreeding = i == 0 ? 0.25 : 0;
    }
    fx_child(&n, "c", HW_SEX_MALE, "TH01=6/8");
    hw_match_result r;
    fx_match(&n, &r);
    assert_int_equal(r.n_candidates, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(r.candidate[i].log10_lr > 0);
        assert_true(r.candidate[i].family == 1 || r.candidate[i].min_population == 0);
    }
    hw_match_result_release(&r);
    fx_nation_drop(&n);
}

/* homeward lr: a parent of unknown sex is the mean of a mother and a father, also over several loci. */
static void case_with_a_parent_of_unknown_sex(void **state)
{
    (void)state;
    hw_real total[3];
    static const char *const pedigree[3] = {"P F; C M - P", "P M; C M P -", "P U; C M P -"};
    for (int i = 0; i < 3; i++) {
        nation n;
        fx_nation(&n, "TH01 TPOX");
        n.set.standard.female = (hw_mutation){.model = HW_MUTATION_EQUAL, .rate = 0.01};
        n.set.standard.male = (hw_mutation){.model = HW_MUTATION_EQUAL, .rate = 0.05};
        fx_population(&n, "P", 0, "TH01 6:0.1 7:0.2 8:0.3 9:0.4; TPOX 8:0.5 9:0.3 11:0.2");
        size_t index = 0;
        hw_err err = {0};
        fx_ok(hw_dataset_add_case(&n.d, "k", &index, &err), &err);
        hw_case *c = &n.d.kase[index];
        c->hypothesis = HW_NEW(&n.d.arena, hw_pedigree, 1);
        c->profile = HW_NEW(&n.d.arena, hw_profile *, 2);
        c->loci = HW_NEW(&n.d.arena, uint32_t, 2);
        fx_pedigree(&c->hypothesis[0], pedigree[i]);
        c->n_hypotheses = 1;
        c->profile[0] = fx_profile(&n, "P", HW_SEX_UNKNOWN, "TH01=6/7 TPOX=8/8");
        c->profile[1] = fx_profile(&n, "C", HW_SEX_UNKNOWN, "TH01=8/9 TPOX=9/11");
        c->n_profiles = 2;
        c->loci[1] = 1;
        c->n_loci = 2;
        hw_case_result r;
        fx_ok(hw_case_likelihoods(&n.d, c, n.pop[0], &n.set, NULL, &r, &err), &err);
        total[i] = r.total[0];
        hw_case_result_release(&r);
        for (long nth = 1;; nth++) { /* every allocation refused once */
            hw_alloc_fail_at(nth, false);
            hw_err_clear(&err);
            hw_status s = hw_case_likelihoods(&n.d, c, n.pop[0], &n.set, NULL, &r, &err);
            long asked = hw_alloc_count();
            hw_alloc_fail_at(0, false);
            if (s == HW_OK) {
                hw_case_result_release(&r);
                assert_true(asked < nth);
                break;
            }
            assert_int_equal(s, HW_NO_MEMORY);
        }
        fx_nation_drop(&n);
    }
    fx_near(hw_real_to_double(total[2]), (hw_real_to_double(total[0]) + hw_real_to_double(total[1])) / 2, 1e-13);
}

/* Seven parents of unknown sex are one too many; nobody waits for 2^7 pedigrees. */
static void too_many_unknown_sexes(void **state)
{
    (void)state;
    hw_pedigree ped;
    fx_pedigree(&ped, "A U; B U A -; C U B -; D U C -; E U D -; F U E -; G U F -; H M G -");
    worlds w;
    hw_err err = {0};
    assert_int_equal(worlds_init(&w, &ped, UINT32_MAX, false, &err), HW_TOO_COSTLY);
    assert_non_null(strstr(err.msg, "G"));
    hw_err_clear(&err);
    fx_ok(worlds_init(&w, &ped, fx_person(&ped, "A"), false, &err), &err);
    assert_int_equal(w.n, 64);
    worlds_release(&w);
    hw_pedigree_release(&ped);
    fx_pedigree(&ped, "A U; B U; C M A B");
    fx_ok(worlds_init(&w, &ped, UINT32_MAX, false, &err), &err);
    assert_int_equal(w.n, 2); /* two fathers are no couple */
    worlds_release(&w);
    hw_pedigree_release(&ped);
}

/* Y and mtDNA of the child against the relatives of each line, counted in a database of another panel. */
static void lineage_lines(void **state)
{
    (void)state;
    nation n;
    nation db;
    fx_nation(&n, "TH01 DYS19 DYS391 DYS385");
    fx_nation(&db, "DYS391 DYS19 DYS385");
    fx_population(&n, "P", 0, "TH01 6:0.2 7:0.2 8:0.3 9:0.3");
    uint32_t f = fx_family(&n, "F", "GF M; GM F; FA M GF GM; MO F; U M GF GM; C M FA MO", "C");
    fx_member(&n, f, "GF", "TH01=6/7 DYS19=14 DYS391=10 DYS385=11/14");
    fx_member(&n, f, "U", "TH01=6/8 DYS19=15 DYS391=10 DYS385=11/14");
    fx_member(&n, f, "MO", "TH01=8/9");
    hw_profile *mother = (hw_profile *)(uintptr_t)n.d.family[f].profile[fx_person(&n.d.family[f].pedigree, "MO")];
    mother->mt = "16024-16365,73-340;16223T 73G 263G";
    uint32_t c = fx_child(&n, "c", HW_SEX_MALE, "TH01=6/8 DYS19=14 DYS391=10 DYS385=11/14");
    n.d.child[c]->mt = "16024-16365,73-340;16223T 73G 263G";
    for (int i = 0; i < 3; i++) {
        char id[8];
        hw_err add = {0};
        snprintf(id, sizeof id, "d%d", i);
        hw_profile *p = fx_profile(&db, id, HW_SEX_MALE, i == 0 ? "DYS19=14 DYS391=10 DYS385=11/14" : "DYS19=13 DYS391=11 DYS385=12/13");
        p->mt = i == 1 ? "16024-16365,73-340;16223T 73G 263G" : "16024-16365,73-340;16189C 73G";
        fx_ok(hw_dataset_add_profile(&db.d, p, &add), &add);
    }
    n.o.n_populations = 1;
    for (int with = 0; with < 2; with++) {
        n.o.lineage_database = with == 1 ? &db.d : NULL;
        hw_explanation x;
        hw_err err = {0};
        fx_ok(hw_match_explain(&n.d, &n.o, c, f, 0, &x, &err), &err);
        assert_int_equal(x.n_lineage, 3);
        uint32_t same = 0;
        uint32_t differ = 0;
        for (uint32_t i = 0; i < x.n_lineage; i++) {
            const char *text = x.lineage[i].text;
            same += strstr(text, "same haplotype") != NULL ? 1 : 0;
            differ += strstr(text, "1 difference (1 step)") != NULL ? 1 : 0;
            assert_true((strstr(text, "seen 1 times in 3") != NULL) == (with == 1));
            assert_true((strstr(text, "no database") != NULL) == (with == 0));
        }
        assert_int_equal(same, 2);   /* grandfather's Y, mother's mtDNA */
        assert_int_equal(differ, 1); /* uncle's Y */
        hw_explanation_release(&x);
    }
    mother->mt = "no haplotype";
    hw_explanation x;
    hw_err err = {0};
    fx_fails(hw_match_explain(&n.d, &n.o, c, f, 0, &x, &err), HW_PARSE, &err, "mtDNA haplotype");
    fx_nation_drop(&n);
    fx_nation_drop(&db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(child_and_missing_of_unknown_sex_at_x),
        cmocka_unit_test(family_tells_the_sex_of_its_missing_parent),
        cmocka_unit_test(parent_of_unknown_sex),
        cmocka_unit_test(linked_and_of_unknown_sex),
        cmocka_unit_test(parent_whose_sample_shows_the_sex),
        cmocka_unit_test(amelogenin_and_dropout),
        cmocka_unit_test(off_ladder_beside_an_allele),
        cmocka_unit_test(a_table_that_cannot_be_computed),
        cmocka_unit_test(case_with_a_parent_of_unknown_sex),
        cmocka_unit_test(too_many_unknown_sexes),
        cmocka_unit_test(lineage_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
