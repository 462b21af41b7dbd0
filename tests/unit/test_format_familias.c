// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "format_document.h"

#include <jansson.h>

#define FAM HW_FORMAT_FAMILIAS

#define HEAD "\"Output from Familias, version 3.3.1\"\n\"DO NOT EDIT!\"\n3.3.1\n\"\"\n"
#define PERSON(name, male, typings) "\"" name "\"\n#FALSE#\n-1\n#FALSE#\n" male "\n" typings
#define NO_PEOPLE "0\n\"Known relations\"\n0\n0\n0\n0\n"
#define THETA "#FALSE# (#Databases: 1 ;Theta/Kinship/Fst: 0 )\n"
#define LOCUS(name, models, alleles) \
    "\"" name "\"\n0.001\n0.002\n" models "2\n0.1\n0.2\n1e-006\n2e-006\n#FALSE#\n0\n2\t(DatabaseSize = 100 , Dropout probability = 0.05 , Minor allele frequency = 0.01 )\n" alleles
#define TWO "\"8\"\n0.25\n\"9.3\"\n0.75\n"

/* Two hypotheses with extra people, a known relation, drop-out, every mutation model, two kinds of silent alleles. */
static const char paternity[] = HEAD
    "4\n" PERSON("AF", "#TRUE#", "2\n0\n1\n0\n1\n1\n1\n") "\"MO\"\n#FALSE#\n1990 (Consider dropouts)\n#TRUE#\n#FALSE#\n1\n1\n0\n0\n"
    PERSON("CH", "#TRUE#", "2\n0\n0\n0\n0\n-1\n1\n") PERSON("SI", "#FALSE#", "0\n")
    "\"Known relations\"\n1\n1\n1\n1\n2\n3\n0\n\"H1\"\n0\n0\n3\n0\n2\n0\n3\n4\n3\n1\n\"H2\"\n1\n1\n2\n6\n3\n7\n3\n2\n\"H3\"\n0\n0\n0\n"
    "#FALSE# (#Databases: 1 ;Theta/Kinship/Fst: 0.02 )\n6\n#TRUE#\n\"My base\"\n"
    LOCUS("THO1", "0\n1\n", TWO) LOCUS("D3S1358", "2\n3\n", TWO) LOCUS("FGA", "4\n4\n", TWO)
    "\"D21S11\"\n0\n0\n4\n0\n3\n0\n0\n0\n0\n#TRUE#\n0.1\n2\t(DatabaseSize = 100 , Dropout probability = 0.01 , Minor allele frequency = 0 )\n\"30\"\n0.4\n\"31.2\"\n0.5\n"
    "\"CSF1PO\"\n0,001\n0.001\n0\n0\n3\n0\n0\n0\n0\n#TRUE#\n0.01\n2\n\"10\"\n0.4\n\"0\"\n0.6\n"
    "\"vWA\"\n0.001\n0.001\n2\n2\n2\n0.1\n0.1\n0\n0\n#FALSE#\n0\n2\t(DatabaseSize = 1000 )\n\"14\"\n0.9\n\"Rest allele\"\n0.1\n"
    "[Advanced]\n[[Direct/Identity]]\nDropin= 0.05\nDropout= 0\nError= 0\n[[Other]]\nNumberOfDecimals= 10\n";

static void reads_a_case(void **state)
{
    (void)state;
    fixture f;
    must_read(&f, HW_FORMAT_UNKNOWN, "dir/my.case.fam", paternity);
    hw_dataset *d = &f.d;
    assert_int_equal(d->n_cases, 1);
    const hw_case *c = &d->kase[0];
    assert_string_equal(c->id, "my.case");
    assert_int_equal(c->n_hypotheses, 3);
    assert_string_equal(c->hypothesis[0].name, "H1");
    const hw_pedigree *h1 = &c->hypothesis[0], *h2 = &c->hypothesis[1], *h3 = &c->hypothesis[2];
    assert_int_equal(h1->n, 6); /* four named, one extra of each sex */
    assert_int_equal(h2->n, 8);
    uint32_t af = 0, mo = 0, ch = 0, si = 0;
    assert_true(hw_pedigree_find(h1, "AF", &af) && hw_pedigree_find(h1, "MO", &mo) && hw_pedigree_find(h1, "CH", &ch) && hw_pedigree_find(h1, "SI", &si));
    assert_int_equal(h1->person[ch].father, (int32_t)af);
    assert_int_equal(h1->person[ch].mother, (int32_t)mo); /* the known relation holds in every pedigree */
    assert_int_equal(h1->person[si].father, (int32_t)af);
    assert_string_equal(h1->person[h1->person[si].mother].id, "extra female 1");
    assert_string_equal(h2->person[h2->person[si].father].id, "extra male 2");
    assert_string_equal(h2->person[6].id, "extra female 2");
    assert_int_equal(h2->person[6].sex, HW_SEX_FEMALE);
    assert_int_equal(h3->person[ch].father, -1);
    assert_int_equal(h3->person[ch].mother, (int32_t)mo);

    assert_int_equal(d->n_profiles, 3);
    assert_string_equal(fixture_genotype(&f, "AF", "TH01"), "8/9.3");
    assert_string_equal(fixture_genotype(&f, "AF", "D3S1358"), "9.3/9.3");
    assert_string_equal(fixture_genotype(&f, "CH", "D3S1358"), "8/-"); /* an index of -1: not known */
    assert_true(hw_dataset_find_profile(d, "MO")->dropout == 0.05); /* the largest of the loci */
    assert_true(hw_dataset_find_profile(d, "AF")->dropout == 0);
    assert_true(fixture_noted(&f, "drop-out probabilities differ"));

    assert_true(c->settings.theta == 0.02 && c->population->theta == 0.02);
    assert_string_equal(c->population->name, "My base");
    assert_int_equal(c->n_loci, 6);
    const hw_locus_settings *ls = hw_settings_locus(&c->settings, "TH01");
    assert_int_equal(ls->female.model, HW_MUTATION_EQUAL);
    assert_int_equal(ls->male.model, HW_MUTATION_PROPORTIONAL);
    assert_true(ls->female.rate == 0.001 && ls->male.rate == 0.002);
    ls = hw_settings_locus(&c->settings, "D3S1358");
    assert_int_equal(ls->female.model, HW_MUTATION_STEPWISE);
    assert_int_equal(ls->male.model, HW_MUTATION_STEPWISE_STATIONARY);
    assert_true(ls->female.rate2 == 0 && ls->female.range == 0.1 && ls->male.range == 0.2);
    ls = hw_settings_locus(&c->settings, "FGA");
    assert_true(ls->female.rate2 == 1e-6 && ls->male.rate2 == 2e-6 && ls->male.model == HW_MUTATION_STEPWISE);
    ls = hw_settings_locus(&c->settings, "D21S11"); /* 0.4 + 0.5 + 0.1 */
    assert_true(ls->silent == 0.1 && ls->has_silent_in_table && ls->female.model == HW_MUTATION_NONE && ls->male.model == HW_MUTATION_NONE);
    assert_int_equal(hw_population_find(c->population, "D21S11")->n, 3);
    ls = hw_settings_locus(&c->settings, "CSF1PO"); /* 0.4 + 0.6, and silent on top */
    assert_true(ls->silent == 0.01 && !ls->has_silent_in_table && ls->female.rate == 0.001);
    assert_true(fixture_noted(&f, "renamed to \"z\""));
    assert_true(fixture_noted(&f, "\"Rest allele\" has no length"));
    assert_true(fixture_noted(&f, "the second mutation rate is not used"));
    assert_true(fixture_noted(&f, "Dropin= 0.05"));
    const hw_freq *th01 = hw_population_find(c->population, "TH01");
    assert_true(th01->chromosomes == 100 && th01->fmin == 0.01 && th01->freq[1] == 0.75);
    assert_true(d->has_settings && d->settings.theta == 0.02);
    fixture_release(&f);
}

static const char dvi[] = HEAD NO_PEOPLE THETA "2\n#FALSE#\n" LOCUS("TH01", "0\n0\n", TWO) LOCUS("FGA", "0\n0\n", TWO)
    "\n[DVI]\n[[Unidentified persons]]\nnPersons= 3\n"
    "[[[Person 1 ]]]\nName= V1\nGender= Female\n[[[[DNA data]]]]\nnSystems= 2\nSystemName= TH01\nAllele1= 8\nAllele2= 9.3\nSystemName= FGA\nAllele1= 8\nAllele2= \n"
    "[[[Person 2 ]]]\nName= V2\nGender= Unknown\n[[[[DNA data]]]]\nnSystems= 1\nSystemName= THO1\nAllele1= 8\nAllele2= 8\n"
    "[[[Person 3 ]]]\nName= V3\nGender= Male\n[[[[DNA data]]]]\nnSystems= 0\n"
    "[[Notes]]\nnFamilies= 4\nA free note = with signs\n\n\n\n"
    "[[Reference Families]]\nnFamilies= 4\n"
    "[[[Family 1 ]]]\nName= F1\n[[[[Persons]]]]\nnPersons= 4\n"
    "[[[[[Person 1]]]]]\nName= R1\nGender= Male\n[[[[[[DNA data]]]]]]\nnSystems= 1\nSystemName= TH01\nAllele1= 8\nAllele2= 8\n"
    "[[[[[Person 2]]]]]\nName= EM1\nGender= Male\n[[[[[[DNA data]]]]]]\nnSystems= 0\n"
    "[[[[[Person 3]]]]]\nName= Missing female 1\nGender= Female\n[[[[[[DNA data]]]]]]\nnSystems= 0\n"
    "[[[[[Person 4]]]]]\nName= nobody\nGender= Female\n[[[[[[DNA data]]]]]]\nnSystems= 0\n"
    "[[[[Pedigrees]]]]\nnPedigrees= 2\n[[[[[Pedigree 1]]]]]\nName= Reference pedigree\nnRelations= 1\nParent= Missing person\nChild= R1\n"
    "[[[[[Pedigree 2]]]]]\nName= am\nnRelations= 3\nParent= Missing person\nChild= R1\nParent= Missing person\nChild= Missing female 1\nParent= EM1\nChild= Missing female 1\n"
    /* the same pedigree twice; a twin; the missing one is not among the persons */
    "[[[Family 2 ]]]\nName= F2\n[[[[Persons]]]]\nnPersons= 2\n"
    "[[[[[Person 1]]]]]\nName= R1\nGender= Male\n[[[[[[DNA data]]]]]]\nnSystems= 1\nSystemName= TH01\nAllele1= 8\nAllele2= 9.3\n"
    "[[[[[Person 2]]]]]\nName= T2\nGender= Male\n[[[[[[DNA data]]]]]]\nnSystems= 0\n"
    "[[[[Pedigrees]]]]\nnPedigrees= 2\n[[[[[Pedigree 1]]]]]\nName= Reference pedigree\nnRelations= 2\nParent= R1 (Direct)\nChild= T2\nParent= T2\nChild= X\n"
    "[[[[[Pedigree 2]]]]]\nName= F2\nnRelations= 2\nParent= R1 (Direct)\nChild= T2\nParent= T2\nChild= X\n"
    /* a singleton without relations, nobody missing */
    "[[[Family 3 ]]]\nName= F3\n[[[[Persons]]]]\nnPersons= 1\n"
    "[[[[[Person 1]]]]]\nName= Single\nGender= Female\n[[[[[[DNA data]]]]]]\nnSystems= 1\nSystemName= FGA\nAllele1= 8\nAllele2= 9.3\n"
    "[[[[Pedigrees]]]]\nnPedigrees= 1\n[[[[[Pedigree 1]]]]]\nName= Reference pedigree\nnRelations= 0\n"
    "[[[Family 4 ]]]\nName= F4\n[[[[Persons]]]]\nnPersons= 1\n"
    "[[[[[Person 1]]]]]\nName= MO\nGender= Female\n[[[[[[DNA data]]]]]]\nnSystems= 1\nSystemName= TH01\nAllele1= 8\nAllele2= 9.3\n"
    "[[[[Pedigrees]]]]\nnPedigrees= 2\n[[[[[Pedigree 1]]]]]\nName= Reference pedigree\nnRelations= 1\nParent= MO\nChild= Missing person\n"
    "[[[[[Pedigree 2]]]]]\nName= other\nnRelations= 1\nParent= Missing person\nChild= MO\n"
    "[Prior]\nUseList= Yes\nSize= 3\n[Advanced]\n[[Direct/Identity]]\nDropin= 0\n[[DVI]]\nQuickSearch= Enabled\n";

static void reads_the_dvi_section(void **state)
{
    (void)state;
    fixture f;
    must_read(&f, HW_FORMAT_UNKNOWN, "d.fam", dvi);
    hw_dataset *d = &f.d;
    assert_int_equal(d->n_cases, 0);
    assert_int_equal(d->n_children, 3);
    assert_string_equal(d->child[0]->id, "V1");
    assert_int_equal(d->child[0]->sex, HW_SEX_FEMALE);
    assert_string_equal(fixture_genotype(&f, "V1", "TH01"), "8/9.3");
    assert_string_equal(fixture_genotype(&f, "V1", "FGA"), "8/-");
    assert_string_equal(fixture_genotype(&f, "V2", "TH01"), "8/8");
    assert_int_equal(d->child[1]->sex, HW_SEX_UNKNOWN);
    assert_true(fixture_noted(&f, "\"V3\" is not typed"));
    assert_int_equal(d->n_families, 4);

    const hw_family *f1 = &d->family[0];
    assert_string_equal(f1->id, "F1");
    assert_string_equal(f1->comment, "A free note = with signs");
    assert_string_equal(f1->pedigree.name, "am"); /* the one that says more */
    assert_true(fixture_noted(&f, "\"nobody\" is neither typed nor related"));
    uint32_t mp = 0, r1 = 0, mf = 0, em = 0;
    assert_true(hw_pedigree_find(&f1->pedigree, "Missing person", &mp) && hw_pedigree_find(&f1->pedigree, "R1", &r1));
    assert_true(hw_pedigree_find(&f1->pedigree, "Missing female 1", &mf) && hw_pedigree_find(&f1->pedigree, "EM1", &em));
    assert_int_equal(f1->pedigree.person[mp].sex, HW_SEX_FEMALE); /* the partner of a man */
    assert_int_equal(f1->pedigree.person[r1].mother, (int32_t)mp);
    assert_int_equal(f1->n_missing, 2);
    assert_ptr_equal(f1->profile[r1], hw_dataset_find_profile(d, "R1"));
    assert_string_equal(f1->profile[r1]->family, "F1");

    const hw_family *f2 = &d->family[1];
    uint32_t t2 = 0, x = 0;
    assert_true(hw_pedigree_find(&f2->pedigree, "R1", &r1) && hw_pedigree_find(&f2->pedigree, "T2", &t2) && hw_pedigree_find(&f2->pedigree, "X", &x));
    assert_string_equal(f2->pedigree.name, "F2");
    assert_true(f2->pedigree.person[r1].twin != 0 && f2->pedigree.person[r1].twin == f2->pedigree.person[t2].twin);
    assert_int_equal(f2->n_missing, 1);
    assert_int_equal(f2->missing[0], x);
    assert_string_equal(f2->profile[r1]->id, "F2/R1"); /* R1 is taken by another family */
    assert_string_equal(f2->profile[r1]->person, "R1");

    assert_int_equal(d->family[2].n_missing, 0);
    assert_int_equal(d->family[2].pedigree.n, 1);
    assert_true(fixture_noted(&f, "\"F3\": nobody is missing"));
    assert_string_equal(d->family[3].pedigree.name, "other");
    assert_true(fixture_noted(&f, "the other pedigree \"Reference pedigree\" is not"));
    fixture_release(&f);
}

static void reads_twins_and_stored_probabilities(void **state)
{
    (void)state;
    static const char text[] = "\"Output from Familias, version 3.2.8\"\r\n\"DO NOT EDIT!\"\r\n3.2.8\r\n3\r\n"
        PERSON("FA", "#TRUE#", "0\n") PERSON("T1", "#FALSE#", "1\n0\n0\n0\n") PERSON("T2", "#FALSE#", "1\n0\n0\n0\n")
        "\"Known relations\"\n0\n0\n0\n2\n0\n\"twins\"\n0\n0\n2\n0\n1\n1 (Direct/Identity)\n2\n1\n\"apart\"\n0\n0\n0\n"
        "#TRUE# (#Databases: 1 ;Theta/Kinship/Fst: 0.01 )\n0.25\n0.75\n1e-5\n2e-5\n1\n#FALSE#\n" LOCUS("TH01", "0\n0\n", TWO);
    fixture f;
    must_read(&f, FAM, "mz.fam", text);
    const hw_pedigree *p = &f.d.kase[0].hypothesis[0];
    assert_true(p->person[1].twin != 0 && p->person[1].twin == p->person[2].twin);
    assert_int_equal(p->person[2].father, 0); /* the father of one twin is that of the other */
    assert_int_equal(f.d.kase[0].hypothesis[1].person[1].twin, 0);
    assert_true(fixture_noted(&f, "4 lines of stored probabilities"));
    assert_true(f.d.kase[0].settings.theta == 0.01);
    assert_string_equal(f.d.population[0]->name, "mz");
    fixture_release(&f);
}

static void reads_a_database_or_profiles_alone(void **state)
{
    (void)state;
    fixture f;
    must_read(&f, FAM, "base.fam", HEAD NO_PEOPLE "#FALSE#\n1\n#TRUE#\n\"unknown\"\n" LOCUS("TH01", "0\n0\n", TWO));
    assert_int_equal(f.d.n_cases, 0);
    assert_int_equal(f.d.n_populations, 1);
    assert_string_equal(f.d.population[0]->name, "base");
    assert_true(fixture_noted(&f, "no theta is stated"));
    fixture_release(&f);
    static const char loose[] = HEAD "2\n" PERSON("A", "#TRUE#", "1\n0\n1\n0\n") PERSON("B", "#TRUE#", "0\n")
        "\"Known relations\"\n0\n0\n0\n0\n#FALSE# (#Databases: 2 ;Theta/Kinship/Fst: 0 )\n1\n#FALSE#\n" LOCUS("TH01", "0\n0\n", TWO);
    must_read(&f, FAM, "l.fam", loose);
    assert_int_equal(f.d.n_profiles, 1);
    assert_int_equal(f.d.n_children, 0);
    assert_true(fixture_noted(&f, "several databases"));
    fixture_release(&f);
    fixture_init(&f);
    f.o.role = HW_FORMAT_ROLE_CHILDREN;
    assert_int_equal(read_named(&f, FAM, "l.fam", loose, strlen(loose)), HW_OK);
    assert_int_equal(f.d.n_children, 1);
    /* a second file: the code is taken, so the profile gets another id */
    assert_int_equal(read_named(&f, FAM, "m.fam", loose, strlen(loose)), HW_OK);
    assert_string_equal(f.d.child[1]->id, "m/A");
    assert_int_equal(read_named(&f, FAM, "m.fam", loose, strlen(loose)), HW_OK);
    assert_string_equal(f.d.child[2]->id, "m/A/2");
    assert_string_equal(f.d.child[2]->person, "A");
    fixture_release(&f);
    /* known relations alone make a case */
    must_read(&f, FAM, "k.fam",
              HEAD "2\n" PERSON("A", "#TRUE#", "1\n0\n1\n0\n") PERSON("B", "#TRUE#", "0\n") "\"Known relations\"\n0\n0\n1\n0\n1\n0\n" THETA "1\n#FALSE#\n"
                  LOCUS("DXS10074", "0\n0\n", TWO));
    assert_int_equal(f.d.n_cases, 1);
    assert_string_equal(f.d.kase[0].hypothesis[0].name, "known relations");
    assert_true(fixture_noted(&f, "is not autosomal"));
    fixture_release(&f);
}

static void reads_the_samples(void **state)
{
    (void)state;
    const char *path = shared_file("oracles/formats/familias/paternity.fam");
    if (path == NULL) {
        return;
    }
    fixture f;
    must_read_file(&f, path);
    assert_int_equal(f.d.kase[0].n_hypotheses, 2);
    assert_int_equal(f.d.kase[0].n_loci, 10);
    assert_string_equal(fixture_genotype(&f, "AF", "D3S1358"), "17/17");
    fixture_release(&f);
    must_read_file(&f, shared_file("oracles/formats/familias/dvi_example_3victims.fam"));
    assert_int_equal(f.d.n_children, 3);
    assert_int_equal(f.d.n_families, 1);
    assert_int_equal(f.d.family[0].n_missing, 3); /* as dvir has it: M1, M2, M3 */
    assert_int_equal(f.d.family[0].pedigree.n, 5);
    assert_string_equal(fixture_genotype(&f, "V2", "D19S433"), "14/16.2");
    assert_string_equal(fixture_genotype(&f, "R1", "vWA"), "14/17");
    fixture_release(&f);
}

/* What the peers wrote, against the .json beside it: genotypes, tables, mutation, and the likelihoods. */
static void agrees_with_the_reference_likelihoods(void **state)
{
    (void)state;
    static const char *const names[] = {"001", "003", "006", "008"};
    for (size_t i = 0; i < 4; i++) {
        char name[200];
        snprintf(name, sizeof name, "oracles/kinship/formats/format-%s.fam", names[i]);
        const char *path = shared_file(name);
        if (path == NULL) {
            return;
        }
        fixture f, j;
        must_read_file(&f, path);
        snprintf(name, sizeof name, "oracles/kinship/formats/format-%s.json", names[i]);
        must_read_file(&j, shared_file(name));
        json_t *root = json_load_file(shared_file(name), 0, NULL), *expected = json_object_get(root, "likelihood");
        const hw_case *c = &f.d.kase[0], *r = &j.d.kase[0];
        assert_int_equal(c->n_loci, r->n_loci);
        assert_int_equal(c->n_profiles, r->n_profiles);
        for (uint32_t l = 0; l < c->n_loci; l++) {
            const char *locus = f.d.panel.locus[c->loci[l]].name;
            assert_string_equal(locus, j.d.panel.locus[r->loci[l]].name);
            const hw_freq *p = hw_population_find(c->population, locus), *q = hw_population_find(r->population, locus);
            assert_int_equal(p->n, q->n);
            for (uint32_t a = 0; a < p->n; a++) {
                assert_int_equal(p->allele[a], q->allele[a]);
                near(p->freq[a], q->freq[a], 1e-14); /* the .fam has 15 digits */
            }
            const hw_mutation *m = &hw_settings_locus(&c->settings, locus)->female, *n = &hw_settings_locus(&r->settings, locus)->female;
            assert_int_equal(m->model, n->model);
            assert_true(m->rate == n->rate && m->rate2 == n->rate2 && m->range == n->range);
            for (uint32_t k = 0; k < c->n_profiles; k++) {
                hw_genotype g = hw_profile_at(c->profile[k], c->loci[l]), h = HW_GENOTYPE_NONE;
                for (uint32_t x = 0; x < r->n_profiles; x++) {
                    if (hw_streq(r->profile[x]->person, c->profile[k]->person)) {
                        h = hw_profile_at(r->profile[x], r->loci[l]);
                    }
                }
                assert_true(g.a == h.a && g.b == h.b);
            }
            near(case_likelihood(&f.d, c, 0, l, NULL, NULL), json_number_value(json_array_get(expected, l)), 1e-10);
        }
        json_decref(root);
        fixture_release(&f);
        fixture_release(&j);
    }
}

/* Written and read again: every likelihood of every hypothesis is the same. */
static void check_ratios(const char *name, const char *text, const char *path)
{
    fixture a, b;
    if (path != NULL) {
        must_read_file(&a, path);
    } else {
        must_read(&a, FAM, name, text);
    }
    hw_str out, losses;
    must_write(&a.d, FAM, &out, &losses);
    must_read(&b, HW_FORMAT_UNKNOWN, name, out.s);
    assert_int_equal(a.d.n_cases, b.d.n_cases);
    for (size_t k = 0; k < a.d.n_cases; k++) {
        const hw_case *c = &a.d.kase[k], *e = &b.d.kase[k];
        assert_int_equal(c->n_hypotheses, e->n_hypotheses);
        for (uint32_t h = 0; h < c->n_hypotheses; h++) {
            assert_string_equal(c->hypothesis[h].name, e->hypothesis[h].name);
            for (uint32_t l = 0; l < c->n_loci; l++) {
                near(case_likelihood(&b.d, e, h, l, NULL, NULL), case_likelihood(&a.d, c, h, l, NULL, NULL), 1e-14);
            }
        }
    }
    assert_int_equal(a.d.n_children, b.d.n_children);
    assert_int_equal(a.d.n_families, b.d.n_families);
    for (size_t i = 0; i < a.d.n_families; i++) {
        assert_int_equal(a.d.family[i].n_missing, b.d.family[i].n_missing);
        assert_int_equal(a.d.family[i].pedigree.n, b.d.family[i].pedigree.n);
    }
    /* the second writing says the same as the first (in a family the missing come last the second time) */
    hw_str again, more;
    must_write(&b.d, FAM, &again, &more);
    if (a.d.n_families == 0) {
        assert_string_equal(out.s, again.s);
    }
    hw_str_release(&out);
    hw_str_release(&losses);
    hw_str_release(&again);
    hw_str_release(&more);
    fixture_release(&a);
    fixture_release(&b);
}

static void keeps_every_ratio(void **state)
{
    (void)state;
    /* without the partial typing, which a .fam cannot hold */
    char *full = strdup(paternity), *at = strstr(full, "0\n-1\n1\n");
    assert_non_null(at);
    memcpy(at, "0\n01\n1\n", 7);
    check_ratios("my.fam", full, NULL);
    free(full);
    check_ratios("d.fam", dvi, NULL);
    static const char *const samples[] = {"oracles/formats/familias/paternity.fam", "oracles/formats/familias/dvi_example_3victims.fam",
                                          "oracles/kinship/formats/format-001.fam", "oracles/kinship/formats/format-008.fam"};
    for (size_t i = 0; i < 4; i++) {
        const char *path = shared_file(samples[i]);
        if (path != NULL) {
            char copy[1024];
            snprintf(copy, sizeof copy, "%s", path);
            check_ratios("sample.fam", NULL, copy);
        }
    }
}

/* Hundreds of reference cases through a .fam: what the losses do not name is the same to the last digits. */
static void keeps_the_ratios_of_the_reference_cases(void **state)
{
    (void)state;
    static const char *const names[] = {"trio", "motherless", "rare-allele", "silent", "theta", "two-missing", "full-sibs", "mutation-models", "exclusion"};
    size_t compared = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[200];
        snprintf(name, sizeof name, "oracles/kinship/%s.json", names[i]);
        const char *path = shared_file(name);
        if (path == NULL) {
            return;
        }
        fixture f;
        must_read_file(&f, path);
        for (size_t k = 0; k < f.d.n_cases; k++) {
            hw_dataset one = f.d; /* the same, but with this case alone */
            one.kase = &f.d.kase[k];
            one.n_cases = 1;
            hw_str out, losses;
            must_write(&one, FAM, &out, &losses);
            fixture g;
            must_read(&g, HW_FORMAT_UNKNOWN, "case.fam", out.s);
            const hw_case *c = one.kase, *e = &g.d.kase[0];
            assert_int_equal(c->n_hypotheses, e->n_hypotheses);
            for (uint32_t l = 0; strstr(losses.s, "ratios change") == NULL && l < c->n_loci; l++) {
                assert_string_equal(f.d.panel.locus[c->loci[l]].name, g.d.panel.locus[e->loci[l]].name);
                for (uint32_t h = 0; h < c->n_hypotheses; h++) {
                    near(case_likelihood(&g.d, e, h, l, NULL, NULL), case_likelihood(&f.d, c, h, l, NULL, NULL), 1e-13);
                    compared++;
                }
            }
            fixture_release(&g);
            hw_str_release(&out);
            hw_str_release(&losses);
        }
        fixture_release(&f);
    }
    assert_true(compared > 500);
}

/* A case from JSON with all that a .fam cannot hold. */
static const char rich[] =
    "{\"format\": \"homeward/1\", \"synthetic\": true, \"populations\": [{\"name\": \"P \\\"q\\\"\", \"theta\": 0.01, \"loci\": [\n"
    "  {\"locus\": \"TH01\", \"alleles\": [6, 9, \"9.3\"], \"frequencies\": [0.3, 0.3, 0.4], \"chromosomes\": 200},\n"
    "  {\"locus\": \"FGA\", \"alleles\": [20, 21, \"<18\"], \"frequencies\": [0.5, 0.4, 0.1]}, {\"locus\": \"DXS7132\", \"alleles\": [12], \"frequencies\": [1]},\n"
    "  {\"locus\": \"vWA\", \"alleles\": [14, 15], \"frequencies\": [0.5, 0.52]}]}, {\"name\": \"Q\", \"loci\": []}],\n"
    " \"settings\": {\"rare\": {\"rule\": \"5/2N\"}, \"linked\": [{\"a\": \"TH01\", \"b\": \"FGA\", \"rho\": 0.1}],\n"
    "  \"standard\": {\"female\": {\"model\": \"onestep\", \"rate\": 0.001}, \"male\": {\"model\": \"equal\", \"rate\": 0.001, \"transform\": \"MH\"}},\n"
    "  \"loci\": [{\"locus\": \"FGA\", \"female\": {\"model\": \"stepwise-stationary\", \"rate\": 0.001, \"rate2\": 1e-6, \"range\": 0.1}, \"male\": {\"model\": \"proportional\", \"rate\": 0.001}}]},\n"
    " \"profiles\": [{\"id\": \"a\", \"person\": \"FA\", \"sex\": \"M\", \"dropout\": 0.1, \"error\": 0.01, \"kit\": \"k\", \"mt\": \"1-2;\", \"genotypes\": {\"TH01\": [6, 10], \"FGA\": [20, null], \"vWA\": [14, 15, 16], \"D6S1043\": [12, 13]}},\n"
    "  {\"id\": \"b\", \"person\": \"CH\", \"dropout\": 0.2, \"genotypes\": {\"TH01\": [6, 10], \"FGA\": [\"<18\", 20]}}, {\"id\": \"loose\", \"genotypes\": {}}],\n"
    " \"children\": [{\"id\": \"c1\", \"dropout\": 0.1, \"genotypes\": {\"TH01\": [6, 6]}}],\n"
    " \"families\": [{\"id\": \"F\", \"comment\": \"[x\", \"individuals\": [{\"id\": \"M\", \"sex\": \"F\", \"inbreeding\": 0.1}, {\"id\": \"S1\", \"mother\": \"M\", \"twin\": 1, \"sex\": \"M\"}, {\"id\": \"S2\", \"mother\": \"M\", \"twin\": 1, \"sex\": \"M\"},\n"
    "    {\"id\": \"K1\", \"mother\": \"M\", \"sex\": \"M\"}, {\"id\": \"K2\", \"mother\": \"M\"}, {\"id\": \"K3\", \"mother\": \"M\", \"sex\": \"F\"}],\n"
    "    \"genotypes\": {\"M\": {\"TH01\": [6, 9]}}, \"profiles\": {\"S1\": {\"id\": \"s1\", \"dropout\": 0.1, \"genotypes\": {\"TH01\": [6, 9]}}}, \"missing\": [\"K1\", \"K2\", \"K3\"]}],\n"
    " \"cases\": [{\"id\": \"C\", \"population\": 0, \"hypotheses\": [{\"name\": \"H\\\"1\", \"individuals\": [{\"id\": \"FA\", \"inbreeding\": 0.2}, {\"id\": \"CH\", \"father\": \"FA\"}, {\"id\": \"T\", \"father\": \"FA\", \"sex\": \"F\", \"twin\": 2},\n"
    "     {\"id\": \"U\", \"father\": \"FA\", \"sex\": \"F\", \"twin\": 2}]}, {\"individuals\": [{\"id\": \"FA\", \"sex\": \"M\"}, {\"id\": \"CH\"}]}],\n"
    "     \"profiles\": [\"a\", \"b\"]}, {\"id\": \"C2\", \"hypotheses\": [{\"individuals\": [{\"id\": \"Z\"}]}], \"profiles\": []}]}";

static void lists_what_is_lost(void **state)
{
    (void)state;
    fixture f, g;
    must_read(&f, HW_FORMAT_UNKNOWN, "rich.json", rich);
    hw_str out, losses;
    must_write(&f.d, FAM, &out, &losses);
    static const char *const expected[] = {
        "case \"C2\": a .fam file holds one case",
        "population \"Q\"",
        "quotes and line ends are replaced",
        "DXS7132: the frequency table of a locus that is not autosomal",
        "TH01: allele 10 is not in the table and was added with frequency 0.025",
        "FGA: the frequency of allele <18 is counted among",
        "drop-out probabilities of the samples differ",
        "the mutation model \"onestep\" of mothers",
        "the mutation model \"equal\" (transformed) of fathers",
        "the microvariant rate of the stationary stepwise model",
        "profile \"a\", FGA: not written",
        "profile \"a\", vWA: not written",
        "profile \"a\", D6S1043: not written: no autosomal frequency table",
        "profile \"a\": the mitochondrial haplotype",
        "profile \"a\": the typing error",
        "profile \"a\": kit",
        "profile \"loose\": belongs to no case",
        "the sex of \"CH\" is unknown",
        "the inbreeding of \"FA\"",
        "family \"F\": the inbreeding of \"M\"",
        "the missing person \"K1\" is called \"Missing person\", the sex is not kept",
        "\"K2\" is called \"Missing person 1\"",
        "\"K3\" is called \"Missing female 2\"",
        "profile \"c1\": the drop-out probability",
        "profile \"s1\": the drop-out probability",
        "the rule for alleles that are not in the table",
        "the linkage of TH01 and FGA",
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        if (strstr(losses.s, expected[i]) == NULL) {
            fail_msg("not among the losses: %s\n%s", expected[i], losses.s);
        }
    }
    must_read(&g, HW_FORMAT_UNKNOWN, "C.fam", out.s);
    assert_int_equal(g.d.kase[0].n_hypotheses, 2);
    const hw_pedigree *p = &g.d.kase[0].hypothesis[0];
    uint32_t t, u;
    assert_true(hw_pedigree_find(p, "T", &t) && hw_pedigree_find(p, "U", &u) && p->person[t].twin == p->person[u].twin && p->person[t].twin != 0);
    assert_int_equal(g.d.family[0].n_missing, 3);
    /* a rare allele was added to the table as the likelihood adds it: nothing changes at that locus */
    hw_settings none = g.d.kase[0].settings;
    none.theta = 0;
    none.n_by_locus = 0;
    none.standard = (hw_locus_settings){0};
    none.rare_rule = HW_RARE_5_2N;
    f.d.kase[0].settings = none;
    uint32_t l1 = 0, l2 = 0;
    while (!hw_streq(f.d.panel.locus[f.d.kase[0].loci[l1]].name, "TH01")) {
        l1++;
    }
    while (!hw_streq(g.d.panel.locus[g.d.kase[0].loci[l2]].name, "TH01")) {
        l2++;
    }
    f.d.kase[0].profile[0]->dropout = f.d.kase[0].profile[1]->dropout = 0;
    f.d.kase[0].profile[0]->error = 0;
    g.d.kase[0].profile[0]->dropout = g.d.kase[0].profile[1]->dropout = 0;
    f.d.kase[0].hypothesis[0].person[0].inbreeding = 0;
    near(case_likelihood(&g.d, &g.d.kase[0], 0, l2, NULL, &none), case_likelihood(&f.d, &f.d.kase[0], 0, l1, NULL, &none), 1e-12);
    hw_str_release(&out);
    hw_str_release(&losses);
    fixture_release(&f);
    fixture_release(&g);
    /* nothing at all */
    fixture_init(&f);
    must_write(&f.d, FAM, &out, &losses);
    assert_non_null(strstr(losses.s, "every genotype"));
    hw_str_release(&out);
    hw_str_release(&losses);
    fixture_release(&f);
    must_read(&f, HW_FORMAT_UNKNOWN, "x.json",
              "{\"format\": \"homeward/1\", \"cases\": [{\"id\": \"C\", \"profiles\": [], \"hypotheses\": [{\"individuals\": [{\"id\": \"A\", \"sex\": \"M\"}]}, {\"individuals\": [{\"id\": "
              "\"A\", \"sex\": \"F\"}]}]}]}");
    hw_str_init(&out, 0);
    assert_int_equal(hw_format_familias.write(&f.d, &f.o, &out, NULL, &f.err), HW_UNSUPPORTED);
    hw_str_release(&out);
    fixture_release(&f);
}

#define ONE_PERSON "1\n" PERSON("A", "#TRUE#", "0\n")
#define DVI HEAD NO_PEOPLE THETA "1\n#FALSE#\n" LOCUS("TH01", "0\n0\n", TWO) "[DVI]\n"
#define UNKNOWN_PERSON "[[Unidentified persons]]\n[[[Person 1]]]\n"
#define FAMILY "[[Reference Families]]\n[[[Family 1]]]\nName= F\n[[[[Persons]]]]\n[[[[[Person 1]]]]]\nName= R\nGender= Male\n[[[[[[DNA data]]]]]]\nSystemName= TH01\nAllele1= 8\nAllele2= 8\n"

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const bad_case cases[] = {
        {FAM, "", "t.csv, line 1: the file ends here; expected the line \"Output from Familias"},
        {FAM, "hello\n", "t.csv, line 1: expected \"Output from Familias"},
        {FAM, HEAD "x\n", "t.csv, line 5: expected the number of persons (a whole number), found \"x\""},
        {FAM, HEAD "-2\n", "is -2; expected 0 to"},
        {FAM, HEAD "1000000\n", "is 1000000; expected 0 to"},
        {FAM, HEAD "1\n\"\"\n", "a person without a name"},
        {FAM, HEAD "1\n\"A\"\nyes\n", "line 7: expected a flag of the person (#TRUE# or #FALSE#), found \"yes\""},
        {FAM, HEAD "1\n\"A\"\n#FALSE#\n1x\n", "line 8: expected the year of birth"},
        {FAM, HEAD "1\n" PERSON("A", "#TRUE#", "1\n0\n"), "the file ends here; expected the index of the second allele"},
        {FAM, HEAD ONE_PERSON "Relations\n", "line 12: expected \"Known relations\", found \"Relations\""},
        {FAM, HEAD ONE_PERSON "\"Known relations\"\n0\n0\n1\n5\n0\n", "the index of a parent is 5; expected 0 to 0"},
        {FAM, HEAD "2\n" PERSON("A", "#TRUE#", "0\n") PERSON("A", "#TRUE#", "0\n") "\"Known relations\"\n0\n0\n0\n1\n0\n\"H\"\n0\n0\n0\n" THETA "0\n#FALSE#\n", "A"},
        {FAM, HEAD "2\n" PERSON("A", "#TRUE#", "0\n") PERSON("B", "#TRUE#", "0\n") "\"Known relations\"\n0\n0\n0\n1\n0\n\"H\"\n0\n0\n2\n0\n1\n1\n0\n" THETA "0\n#FALSE#\n", "ancestor"},
        {FAM, HEAD ONE_PERSON "\"Known relations\"\n0\n0\n1\n0 (Direct)\n0\n0\n" THETA "0\n#FALSE#\n", "identical with itself"},
        {FAM, HEAD "3\n" PERSON("A", "#TRUE#", "0\n") PERSON("B", "#TRUE#", "0\n") PERSON("C", "#TRUE#", "0\n") "\"Known relations\"\n0\n2\n3\n3\n2\n4\n2\n0\n2\n0\n" THETA "0\n#FALSE#\n", "line"},
        {FAM, HEAD NO_PEOPLE "x\n", "whether probabilities are stored"},
        {FAM, HEAD NO_PEOPLE "#TRUE# probabilities\n0.1\n0.2\n", "stored probabilities without a database"},
        {FAM, HEAD NO_PEOPLE "#FALSE# (Theta/Kinship/Fst: 1.5 )\n", "theta is 1.5"},
        {FAM, HEAD NO_PEOPLE THETA "1000\n", "the number of loci is 1000; expected 0 to 512"},
        {FAM, HEAD NO_PEOPLE THETA "1\n#FALSE#\n\"TH01\"\nx\n", "expected the female mutation rate (a number), found \"x\""},
        {FAM, HEAD NO_PEOPLE THETA "1\n#FALSE#\n\"TH01\"\n2\n", "the female mutation rate is 2; expected 0 to 1"},
        {FAM, HEAD NO_PEOPLE THETA "1\n#FALSE#\n\"TH01\"\n0\n0\n5\n", "the female mutation model (0 to 4) is 5"},
        {FAM, HEAD NO_PEOPLE THETA "1\n#FALSE#\n\"TH01\"\n0\n0\n0\n0\n2\n0\n0\n0\n0\n#FALSE#\n0\n3\n", "3 alleles; 2 were stated"},
        {FAM, HEAD NO_PEOPLE THETA "1\n#FALSE#\n\"TH01\"\n0\n0\n0\n0\n2\n0\n0\n0\n0\n#FALSE#\n0\n2\t(DatabaseSize = -1 )\n", "database size"},
        {FAM, HEAD NO_PEOPLE THETA "1\n#FALSE#\n" LOCUS("TH01", "0\n0\n", "\"!!\"\n0.5\n\"9\"\n0.5\n"), "line 27: \"!!\" is no allele"},
        {FAM, HEAD NO_PEOPLE THETA "1\n#FALSE#\n" LOCUS("TH01", "0\n0\n", "\"8\"\n0.5\n\"9\"\n0.1\n"), "sum to 0.6"},
        {FAM, HEAD NO_PEOPLE THETA "1\n#FALSE#\n" LOCUS("TH01", "0\n0\n", "\"8\"\n0.5\n\"8\"\n0.5\n"), "listed twice"},
        {FAM, HEAD NO_PEOPLE THETA "1\n#FALSE#\n" LOCUS("", "0\n0\n", TWO), "a locus without a name"},
        {FAM, HEAD NO_PEOPLE THETA "2\n#FALSE#\n" LOCUS("TH01", "0\n0\n", TWO) LOCUS("THO1", "0\n0\n", TWO), "the locus TH01 is listed twice"},
        {FAM, HEAD NO_PEOPLE THETA "1\n#FALSE#\n" LOCUS("TH01", "0\n0\n", TWO) "stray\n", "the end of the file or a section in brackets"},
        {FAM, HEAD "1\n" PERSON("A", "#TRUE#", "1\n0\n0\n7\n") "\"Known relations\"\n0\n0\n0\n0\n" THETA "1\n#FALSE#\n" LOCUS("TH01", "0\n0\n", TWO), "line 14: locus number 7; the database has 1"},
        {FAM, HEAD "1\n" PERSON("A", "#TRUE#", "1\n0\n9\n0\n") "\"Known relations\"\n0\n0\n0\n0\n" THETA "1\n#FALSE#\n" LOCUS("TH01", "0\n0\n", TWO), "line 13: allele number 9 of \"A\" at TH01"},
        {FAM, HEAD "1\n" PERSON("A", "#TRUE#", "2\n0\n0\n0\n1\n1\n0\n") "\"Known relations\"\n0\n0\n0\n0\n" THETA "1\n#FALSE#\n" LOCUS("TH01", "0\n0\n", TWO), "typed twice at TH01"},
        {FAM, DVI "[[Unidentified persons]\n", "2 opening and 1 closing"},
        {FAM, DVI "[[[[[[[[[deep]]]]]]]]]\n", "9 opening"},
        {FAM, DVI UNKNOWN_PERSON "Gender= Male\n", "a person without a name"},
        {FAM, DVI UNKNOWN_PERSON "no equals sign\n", "a header in brackets or \"Key= value\""},
        {FAM, DVI UNKNOWN_PERSON "Name= V\nAllele1= 8\n", "Allele1 without a SystemName"},
        {FAM, DVI UNKNOWN_PERSON "Name= V\nSystemName= FGA\nAllele1= 8\nAllele2= 8\n", "the database has no locus \"FGA\""},
        {FAM, DVI UNKNOWN_PERSON "Name= V\nSystemName= TH01\nAllele1= !!\nAllele2= 8\n", "\"!!\" is no allele"},
        {FAM, DVI UNKNOWN_PERSON "Name= V\nSystemName= TH01\nAllele1= 8\nAllele2= 8\nSystemName= TH01\nAllele1= 8\n", "typed twice at TH01"},
        {FAM, DVI UNKNOWN_PERSON "Name= V\n[[[Person 2]]]\nName= V\n", "\"V\" is taken"},
        {FAM, DVI "[[Reference Families]]\n[[[Family 1]]]\n[[[[Persons]]]]\n", "a family without a name"},
        {FAM, DVI "[[Reference Families]]\n[[[Family 1]]]\nName= F\n[[[[Persons]]]]\n", "has nobody typed or related"},
        {FAM, DVI "[[Reference Families]]\n[[[Family 1]]]\nName= F\n[[[[Persons]]]]\n[[[[[Person 1]]]]]\nGender= Male\n", "a person without a name in family \"F\""},
        {FAM, DVI FAMILY "[[[[[Person 2]]]]]\nName= R\n[[[[[[DNA data]]]]]]\nSystemName= TH01\nAllele1= 8\nAllele2= 8\n", "two persons \"R\""},
        {FAM, DVI FAMILY "[[[[Pedigrees]]]]\n[[[[[Pedigree 1]]]]]\nChild= R\n", "Child= without Parent="},
        {FAM, DVI FAMILY "[[[[Pedigrees]]]]\n[[[[[Pedigree 1]]]]]\nParent= R\nChild= R\n", "R"},
        {FAM, DVI FAMILY "[[[[Pedigrees]]]]\n[[[[[Pedigree 1]]]]]\nParent= A\nChild= R\nParent= B\nChild= R\nParent= C\nChild= R\n", "t.csv, line"},
    };
    check_bad_cases(cases, sizeof cases / sizeof cases[0]);
}

static void keeps_good_records(void **state)
{
    (void)state;
    static const char text[] = HEAD "2\n" PERSON("A", "#TRUE#", "3\n0\n9\n1\n0\n1\n2\n0\n0\n0\n") PERSON("B", "#TRUE#", "0\n")
        "\"Known relations\"\n0\n0\n0\n1\n0\n\"H\"\n0\n0\n2\n0\n1\n1\n0\n" THETA "3\n#FALSE#\n" LOCUS("FGA", "0\n0\n", "\"!!\"\n0.5\n\"9\"\n0.5\n")
        LOCUS("TH01", "0\n0\n", TWO) LOCUS("vWA", "0\n0\n", TWO) "[DVI]\n" UNKNOWN_PERSON "Gender= Male\n[[[Person 2]]]\nName= V\nSystemName= FGA\nAllele1= 8\nSystemName= "
        "TH01\nAllele1= 8\nAllele2= 8\n[[Reference Families]]\n[[[Family 1]]]\nName= F\n[[[[Pedigrees]]]]\n[[[[[Pedigree 1]]]]]\nParent= X\nChild= X\n[[[Family 2]]]\nName= "
        "G\n[[[[Persons]]]]\n[[[[[Person 1]]]]]\nName= R\nGender= Male\n[[[[[[DNA data]]]]]]\nSystemName= TH01\nAllele1= 8\nAllele2= 8\n";
    fixture f;
    fixture_init(&f);
    f.o.keep_good = true;
    if (read_named(&f, FAM, "k.fam", text, strlen(text)) != HW_OK) {
        fail_msg("%s", f.err.msg);
    }
    assert_int_equal(f.o.n_rejects, 6); /* the table of FGA, a typing, the circular case, a person, a typing, a family */
    assert_int_equal(f.d.population[0]->n, 2);
    assert_int_equal(f.d.n_cases, 0);
    assert_int_equal(f.d.n_children, 1);
    assert_int_equal(f.d.n_families, 1);
    assert_string_equal(f.d.family[0].id, "G");
    assert_string_equal(fixture_genotype(&f, "A", "vWA"), "8/9.3");
    assert_string_equal(fixture_genotype(&f, "A", "TH01"), "none");
    assert_string_equal(fixture_genotype(&f, "V", "TH01"), "8/8");
    fixture_release(&f);
}

static void obeys_limits(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    f.o.max_bytes = 20;
    assert_int_equal(read_named(&f, FAM, "p.fam", paternity, strlen(paternity)), HW_LIMIT);
    fixture_release(&f);
    hw_str b;
    hw_str_init(&b, 0);
    hw_str_add(&b, DVI "[[Reference Families]]\n[[[Family 1]]]\nName= F\n[[[[Persons]]]]\n");
    for (int i = 0; i < 1001; i++) {
        hw_str_addf(&b, "[[[[[Person %d]]]]]\nName= %d\n", i, i);
    }
    fixture_init(&f);
    assert_int_equal(read_named(&f, FAM, "p.fam", b.s, b.len), HW_LIMIT);
    fixture_release(&f);
    hw_str_clear(&b);
    hw_str_add(&b, DVI "[[Reference Families]]\n[[[Family 1]]]\nName= F\n[[[[Pedigrees]]]]\n");
    for (int i = 0; i < 101; i++) {
        hw_str_addf(&b, "[[[[[Pedigree %d]]]]]\n", i);
    }
    fixture_init(&f);
    assert_int_equal(read_named(&f, FAM, "p.fam", b.s, b.len), HW_LIMIT);
    fixture_release(&f);
    hw_str_clear(&b);
    hw_str_add(&b, DVI "[[Reference Families]]\n[[[Family 1]]]\nName= F\n[[[[Pedigrees]]]]\n[[[[[Pedigree 1]]]]]\n");
    for (int i = 0; i < 4001; i++) {
        hw_str_add(&b, "Parent= A\nChild= B\n");
    }
    fixture_init(&f);
    assert_int_equal(read_named(&f, FAM, "p.fam", b.s, b.len), HW_LIMIT);
    fixture_release(&f);
    hw_str_clear(&b);
    hw_str_add(&b, DVI "[[Unidentified persons]]\n[[[Person 1]]]\nName= ");
    for (int i = 0; i < 1100; i++) {
        hw_str_addc(&b, 'x');
    }
    fixture_init(&f);
    assert_int_equal(read_named(&f, FAM, "p.fam", b.s, b.len), HW_LIMIT);
    fixture_release(&f);
    hw_str_clear(&b);
    hw_str_add(&b, HEAD "1\n\"");
    for (int i = 0; i < 1100; i++) {
        hw_str_addc(&b, 'x');
    }
    fixture_init(&f);
    assert_int_equal(read_named(&f, FAM, "p.fam", b.s, b.len), HW_LIMIT);
    fixture_release(&f);
    hw_str_clear(&b);
    hw_str_add(&b, DVI "[[Notes]]\n"); /* notes without end are not kept without end */
    for (int i = 0; i < 1100; i++) {
        hw_str_add(&b, "a\n");
    }
    fixture_init(&f);
    assert_int_equal(read_named(&f, FAM, "p.fam", b.s, b.len), HW_OK);
    fixture_release(&f);
    hw_str_release(&b);
    must_read(&f, FAM, "d.fam", dvi);
    hw_str small;
    hw_str_init(&small, 50);
    assert_int_equal(hw_format_familias.write(&f.d, &f.o, &small, NULL, &f.err), HW_LIMIT);
    hw_str_release(&small);
    fixture_release(&f);
}

static void survives_anything(void **state)
{
    (void)state;
    replace_every_line(FAM, "p.fam", paternity);
    replace_every_line(FAM, "d.fam", dvi);
    truncate_everywhere(FAM, "p.fam", paternity, 3);
    starve(FAM, "p.fam", paternity);
    starve(FAM, "d.fam", dvi);
}

static void survives_want_of_memory(void **state)
{
    (void)state;
    fail_every_allocation(FAM, "p.fam", paternity, FAM);
    fail_every_allocation(FAM, "d.fam", dvi, FAM);
    fail_every_allocation(HW_FORMAT_HOMEWARD_JSON, "rich.json", rich, FAM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_case),
        cmocka_unit_test(reads_the_dvi_section),
        cmocka_unit_test(reads_twins_and_stored_probabilities),
        cmocka_unit_test(reads_a_database_or_profiles_alone),
        cmocka_unit_test(reads_the_samples),
        cmocka_unit_test(agrees_with_the_reference_likelihoods),
        cmocka_unit_test(keeps_every_ratio),
        cmocka_unit_test(keeps_the_ratios_of_the_reference_cases),
        cmocka_unit_test(lists_what_is_lost),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(keeps_good_records),
        cmocka_unit_test(obeys_limits),
        cmocka_unit_test(survives_anything),
        cmocka_unit_test(survives_want_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
