// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "kinship/identity.h"
#include "kinship/simulate.h"

#define N_LOCI 6

/* An invented table: five autosomal loci (three of them in old kits too) and one X locus. */
typedef struct table {
    hw_allele allele[N_LOCI][6];
    double freq[N_LOCI][6];
    hw_freq f[N_LOCI];
    hw_population p;
} table;

static void make_table(table *t, bool with_x)
{
    static const char *const name[N_LOCI] = {"TH01", "FGA", "vWA", "D12S391", "Penta E", "DXS8378"};
    memset(t, 0, sizeof *t);
    for (int l = 0; l < N_LOCI; l++) {
        double sum = 0;
        for (int i = 0; i < 6; i++) {
            t->allele[l][i] = 80 + 10 * (l + i);
            t->freq[l][i] = 1 + (double)((i * 7 + l * 3) % 5);
            sum += t->freq[l][i];
        }
        for (int i = 0; i < 6; i++) {
            t->freq[l][i] /= sum;
        }
        t->f[l] = (hw_freq){.locus = name[l], .n = 6, .allele = t->allele[l], .freq = t->freq[l]};
    }
    t->p = (hw_population){.name = "invented", .n = with_x ? N_LOCI : N_LOCI - 1, .freq = t->f};
    assert_int_equal(hw_population_finish(&t->p, NULL), HW_OK);
}

static hw_settings no_mutation(void)
{
    hw_settings s;
    hw_settings_init(&s);
    s.standard.female = s.standard.male = (hw_mutation){.model = HW_MUTATION_NONE};
    s.sex_error = 0;
    return s;
}

/* Everybody as they are: no poor samples, no mistakes, no old kits, nobody related. */
static hw_nation plain(uint32_t children, uint32_t families)
{
    hw_nation n;
    hw_nation_init(&n);
    n.children = children;
    n.families = families;
    n.seed = 7;
    n.share_poor = n.share_wrong = n.share_swapped = n.share_relatives = n.share_siblings_rescued = n.share_partial_kit = 0;
    return n;
}

typedef struct run {
    table t;
    hw_dataset ds;
    hw_nation_truth *truth;
} run;

static void simulate(run *r, const hw_nation *n, const hw_settings *s)
{
    hw_err err = {0};
    make_table(&r->t, true);
    hw_dataset_init(&r->ds);
    if (hw_nation_simulate(n, &r->t.p, s, NULL, 0, &r->ds, &r->truth, &err) != HW_OK) {
        fail_msg("%s", err.msg);
    }
}

static void release(run *r)
{
    hw_dataset_release(&r->ds);
    hw_population_release(&r->t.p);
}

static uint32_t panel_of(const run *r, const char *locus)
{
    uint32_t i = 0;
    assert_true(hw_panel_find(&r->ds.panel, locus, &i));
    return i;
}

static const hw_profile *relative(const hw_family *f, const char *id)
{
    uint32_t i = 0;
    return hw_pedigree_find(&f->pedigree, id, &i) ? f->profile[i] : NULL;
}

static bool carries(hw_genotype g, hw_allele a)
{
    return g.a == a || g.b == a;
}

/* One allele of each parent; a parent not typed (or NULL) may have given any. */
static bool fits(hw_genotype child, hw_genotype father, hw_genotype mother)
{
    bool fa = carries(father, child.a) || !hw_genotype_typed(father), fb = carries(father, child.b) || !hw_genotype_typed(father);
    bool ma = carries(mother, child.a) || !hw_genotype_typed(mother), mb = carries(mother, child.b) || !hw_genotype_typed(mother);
    return (fa && mb) || (fb && ma);
}

/* Everything that was simulated, in one number. */
static uint64_t fingerprint(const run *r, uint32_t children, bool comments)
{
    hw_str s;
    hw_str_init(&s, 0);
    for (size_t i = 0; i < r->ds.n_profiles; i++) {
        const hw_profile *p = r->ds.profile[i];
        hw_str_addf(&s, "%s %d %s %d", p->id, (int)p->sex, p->kit, p->dropout > 0);
        for (uint32_t l = 0; l < p->n_loci; l++) {
            hw_str_addf(&s, " %d/%d", p->g[l].a, p->g[l].b);
        }
        hw_str_addf(&s, "%s\n", comments && p->comment != NULL ? p->comment : "");
    }
    for (size_t i = 0; i < r->ds.n_families; i++) {
        const hw_family *f = &r->ds.family[i];
        hw_str_addf(&s, "%s %zu %s\n", f->id, f->pedigree.n, comments && f->comment != NULL ? f->comment : "");
    }
    for (uint32_t i = 0; i < children; i++) {
        hw_str_addf(&s, "%u %u %u %s\n", r->truth[i].child, r->truth[i].family, r->truth[i].missing, r->truth[i].remark);
    }
    assert_int_equal(hw_str_check(&s, NULL), HW_OK);
    uint64_t h = hw_hash64(s.s, s.len);
    hw_str_release(&s);
    return h;
}

static void is_the_same_everywhere(void **state)
{
    (void)state;
    hw_nation n;
    hw_settings s;
    hw_settings_init(&s);
    hw_nation_init(&n);
    n.children = 60;
    n.families = 200;
    n.share_wrong = n.share_swapped = n.share_relatives = n.share_siblings_rescued = 0.2;
    run a, b;
    simulate(&a, &n, &s);
    simulate(&b, &n, &s);
    uint64_t h = fingerprint(&a, n.children, true);
    assert_int_equal(h, fingerprint(&b, n.children, true));
    assert_true(h == UINT64_C(0xf3ff787ceccf0948)); /* on every compiler and machine */
    release(&b);
    /* names change nothing but comments */
    n.chinese_names = true;
    simulate(&b, &n, &s);
    assert_int_equal(fingerprint(&a, n.children, false), fingerprint(&b, n.children, false));
    for (size_t i = 0; i < b.ds.n_profiles; i++) {
        assert_non_null(strstr(b.ds.profile[i]->comment, "（虚构）"));
    }
    assert_true(hw_str_starts(b.ds.family[0].comment, "虚构家庭：父亲"));
    release(&b);
    n.chinese_names = false;
    n.seed = 2;
    simulate(&b, &n, &s);
    assert_int_not_equal(h, fingerprint(&b, n.children, true));
    release(&b);
    release(&a);
}

static void marks_everything_synthetic(void **state)
{
    (void)state;
    hw_nation n;
    hw_settings s;
    run r;
    hw_nation_init(&n);
    hw_settings_init(&s);
    n.children = 20;
    n.families = 50;
    simulate(&r, &n, &s);
    assert_true(r.ds.synthetic);
    assert_int_equal(r.ds.n_children, 20);
    assert_int_equal(r.ds.n_families, 50);
    assert_int_equal(r.ds.panel.n, N_LOCI + 1);
    assert_string_equal(r.ds.child[0]->id, "C00001");
    assert_string_equal(r.ds.child[19]->id, "C00020");
    assert_string_equal(r.ds.family[49].id, "F00050");
    for (size_t i = 0; i < r.ds.n_profiles; i++) {
        const hw_profile *p = r.ds.profile[i];
        assert_true(p->synthetic);
        assert_ptr_equal(hw_dataset_find_profile(&r.ds, p->id), p);
        hw_sex shown = hw_profile_amelogenin(p, &r.ds.panel);
        assert_true(shown == p->sex || p->dropout > 0);
    }
    for (size_t i = 0; i < r.ds.n_families; i++) {
        const hw_family *f = &r.ds.family[i];
        bool typed = false;
        assert_true(f->n_missing >= 1);
        for (uint32_t k = 0; k < f->pedigree.n; k++) {
            typed = typed || f->profile[k] != NULL;
            if (f->profile[k] != NULL) {
                assert_string_equal(f->profile[k]->person, f->pedigree.person[k].id);
                assert_string_equal(f->profile[k]->family, f->id);
                assert_int_equal(f->profile[k]->sex, f->pedigree.person[k].sex);
            }
        }
        assert_true(typed);
        assert_null(f->profile[f->missing[0]]);
    }
    release(&r);
}

static void children_have_genes_of_their_parents(void **state)
{
    (void)state;
    hw_nation n = plain(800, 1000);
    hw_settings s = no_mutation();
    n.share_one_parent = n.share_two_parents = 0.5;
    n.share_siblings = n.share_grandparents = n.share_mixed = 0;
    n.share_siblings_rescued = 0.1;
    unsigned trios = 0, doubles = 0, misfits = 0, meioses = 0;
    for (int mutating = 0; mutating < 2; mutating++) {
        run r;
        simulate(&r, &n, &s);
        uint32_t x = panel_of(&r, "DXS8378"), amel = panel_of(&r, "AMEL");
        for (uint32_t i = 0; i < n.children; i++) {
            assert_int_equal(r.truth[i].child, i);
            assert_string_equal(r.truth[i].remark, "");
            if (r.truth[i].family == UINT32_MAX) {
                continue;
            }
            const hw_family *f = &r.ds.family[r.truth[i].family];
            const hw_profile *c = r.ds.child[i], *fa = relative(f, "FA"), *mo = relative(f, "MO");
            assert_int_equal(c->sex, f->pedigree.person[f->missing[r.truth[i].missing]].sex);
            doubles += f->n_missing == 2 && mutating == 0;
            trios += fa != NULL && mo != NULL && mutating == 0;
            for (uint32_t l = 0; l < c->n_loci; l++) {
                if (l == amel) {
                    continue;
                }
                hw_genotype g = hw_profile_at(c, l), gf = hw_profile_at(fa, l), gm = hw_profile_at(mo, l);
                bool fit = l == x && c->sex == HW_SEX_MALE ? g.a == g.b && (carries(gm, g.a) || !hw_genotype_typed(gm)) : fits(g, gf, gm);
                if (l == x && fa != NULL) {
                    assert_true(gf.a == gf.b);
                }
                assert_true(fit || mutating == 1);
                misfits += !fit;
                meioses += mutating == 1;
            }
        }
        release(&r);
        s.standard.female = s.standard.male = (hw_mutation){.model = HW_MUTATION_STEPWISE, .rate = 0.05, .range = 0.1};
    }
    print_message("%u trios, %u children of double families; %u of %u loci misfit at a mutation rate of 0.05\n", trios, doubles, misfits, meioses);
    assert_true(trios > 150 && doubles > 60);
    assert_true(misfits > meioses / 100 && misfits < meioses / 10);
}

/* Unregistered children are founders: allele counts after the table, heterozygotes after Hardy and Weinberg. */
static void founders_follow_the_table(void **state)
{
    (void)state;
    hw_nation n = plain(5000, 0);
    hw_settings s = no_mutation();
    n.share_true = 0;
    run r;
    simulate(&r, &n, &s);
    unsigned men = 0;
    for (int l = 0; l < N_LOCI; l++) {
        uint32_t locus = panel_of(&r, r.t.f[l].locus);
        double count[6] = {0}, genes = 0, het = 0, women = 0, chi2 = 0, expected_het = 1;
        men = 0;
        for (size_t i = 0; i < r.ds.n_children; i++) {
            hw_genotype g = hw_profile_at(r.ds.child[i], locus);
            bool man = r.ds.child[i]->sex == HW_SEX_MALE, single = man && l == N_LOCI - 1;
            men += man;
            women += !single;
            het += g.a != g.b;
            for (int a = 0; a < 6; a++) {
                count[a] += (g.a == r.t.allele[l][a]) + (!single && g.b == r.t.allele[l][a]);
            }
            genes += single ? 1 : 2;
            assert_true(!single || g.a == g.b);
        }
        for (int a = 0; a < 6; a++) {
            double want = genes * r.t.freq[l][a];
            chi2 += (count[a] - want) * (count[a] - want) / want;
            expected_het -= r.t.freq[l][a] * r.t.freq[l][a];
        }
        assert_true(chi2 < 30); /* 5 degrees of freedom: beyond it one in 70,000 */
        double z2 = (het - women * expected_het) * (het - women * expected_het) / (women * expected_het * (1 - expected_het));
        assert_true(z2 < 20);
    }
    assert_true(men > 2300 && men < 2700);
    release(&r);
}

typedef struct kinds {
    unsigned one, two, siblings, grandparents, mixed, old_kit, poor, profiles, wrong, swapped, relatives, doubles;
} kinds;

static void count_kinds(const run *r, uint32_t children, kinds *k)
{
    memset(k, 0, sizeof *k);
    for (size_t i = 0; i < r->ds.n_families; i++) {
        const hw_family *f = &r->ds.family[i];
        uint32_t who;
        bool fa = relative(f, "FA") != NULL, mo = relative(f, "MO") != NULL;
        bool sibling = relative(f, "S1") != NULL, other = relative(f, "HS") != NULL || relative(f, "UN") != NULL;
        bool grandparent = relative(f, "PGM") != NULL || relative(f, "MGM") != NULL;
        bool mixed = other || ((fa || mo) && (sibling || grandparent));
        k->mixed += mixed;
        k->one += !mixed && fa != mo;
        k->two += !mixed && fa && mo;
        k->siblings += !mixed && sibling;
        k->grandparents += !mixed && grandparent;
        k->doubles += hw_pedigree_find(&f->pedigree, "C2", &who);
    }
    for (size_t i = 0; i < r->ds.n_profiles; i++) {
        k->profiles++;
        k->old_kit += strcmp(r->ds.profile[i]->kit, "old kit") == 0;
        k->poor += r->ds.profile[i]->dropout > 0;
    }
    for (uint32_t i = 0; i < children; i++) {
        const char *remark = r->truth[i].remark;
        k->wrong += strstr(remark, "adopted") != NULL || strstr(remark, "another father") != NULL;
        k->swapped += strstr(remark, "swapped") != NULL;
        k->relatives += strstr(remark, "relative of F") != NULL;
    }
}

static bool near(unsigned got, double want)
{
    double d = (double)got - want;
    return d * d < 25 * (want + 4); /* five standard deviations */
}

static void shares_are_as_asked(void **state)
{
    (void)state;
    hw_nation n;
    hw_settings s;
    kinds k;
    run r;
    hw_settings_init(&s);
    hw_nation_init(&n);
    n.children = 2000;
    n.families = 6000;
    n.share_wrong = 0.1;
    n.share_swapped = 0.08;
    n.share_relatives = 0;
    n.dropout = 0.3;
    simulate(&r, &n, &s);
    count_kinds(&r, n.children, &k);
    unsigned registered = 0;
    for (uint32_t i = 0; i < n.children; i++) {
        registered += r.truth[i].family != UINT32_MAX;
    }
    assert_int_equal(registered, 1200); /* exactly the share */
    assert_true(near(k.one, 3000) && near(k.two, 1800) && near(k.siblings, 480) && near(k.grandparents, 360) && near(k.mixed, 360));
    assert_true(near(k.old_kit, k.profiles * 0.1) && near(k.poor, k.profiles * 0.1));
    assert_true(near(k.wrong, 120));
    assert_true(k.swapped > 60 && k.swapped < 190); /* an exchange between families touches two of them */
    assert_true(near(k.doubles, 6000 * 0.03));
    /* what poor and old samples look like */
    uint32_t penta = panel_of(&r, "Penta E"), th = panel_of(&r, "TH01");
    unsigned missing = 0, poor_homozygotes = 0, poor = 0, homozygotes = 0, good = 0;
    for (size_t i = 0; i < r.ds.n_profiles; i++) {
        const hw_profile *p = r.ds.profile[i];
        hw_genotype g = hw_profile_at(p, th);
        if (strcmp(p->kit, "old kit") == 0) {
            assert_false(hw_genotype_typed(hw_profile_at(p, penta)));
        }
        if (p->dropout > 0) {
            assert_true(p->dropout == 0.3);
            poor++;
            missing += !hw_genotype_typed(g);
            poor_homozygotes += hw_genotype_typed(g) && g.a == g.b;
        } else {
            good++;
            assert_true(hw_genotype_typed(g));
            homozygotes += g.a == g.b;
        }
    }
    assert_true(near(missing, poor * 0.09));
    assert_true((double)poor_homozygotes / poor > 1.5 * homozygotes / good);
    release(&r);
}

static void relatives_are_relatives(void **state)
{
    (void)state;
    /* Genes of many loci would be needed to see one aunt; over hundreds of families shared alleles are plain. */
    hw_nation n = plain(1200, 3000);
    hw_settings s = no_mutation();
    n.share_relatives = 0.5;
    n.share_siblings = n.share_grandparents = n.share_mixed = 0;
    run r;
    kinds k;
    simulate(&r, &n, &s);
    count_kinds(&r, n.children, &k);
    assert_int_equal(k.relatives, 360); /* half of the 720 true families */
    double shared[2] = {0, 0}, compared[2] = {0, 0};
    for (uint32_t i = 0; i < n.children; i++) {
        if (r.truth[i].family == UINT32_MAX) {
            continue;
        }
        const char *at = strstr(r.truth[i].remark, "relative of F");
        unsigned number = 0;
        for (const char *d = at != NULL ? at + strlen("relative of F") : ""; *d >= '0' && *d <= '9'; d++) {
            number = number * 10 + (unsigned)(*d - '0');
        }
        /* the relative against the child; and the next family against the child */
        for (int which = 0; which < 2 && number > 0; which++) {
            const hw_family *f = &r.ds.family[(number - 1 + (unsigned)which) % 3000];
            const hw_profile *q = relative(f, "FA") != NULL ? relative(f, "FA") : relative(f, "MO");
            assert_non_null(q);
            for (uint32_t l = 0; l + 2 < r.ds.panel.n; l++) { /* the autosomal ones */
                hw_genotype g = hw_profile_at(q, l), c = hw_profile_at(r.ds.child[i], l);
                shared[which] += carries(g, c.a) || carries(g, c.b);
                compared[which]++;
            }
        }
    }
    print_message("shared by a parent's sibling %.3f, by a stranger %.3f\n", shared[0] / compared[0], shared[1] / compared[1]);
    assert_true(shared[0] / compared[0] > shared[1] / compared[1] + 0.1);
    release(&r);
    /* as many as there is room for */
    n = plain(100, 62);
    n.share_relatives = 1;
    simulate(&r, &n, &s);
    count_kinds(&r, n.children, &k);
    assert_int_equal(k.relatives, 2);
    release(&r);
}

static void wrong_families_are_wrong(void **state)
{
    (void)state;
    hw_nation n = plain(400, 400);
    hw_settings s = no_mutation();
    n.share_true = 1;
    n.share_wrong = 1;
    n.share_two_parents = 1;
    n.share_one_parent = n.share_siblings = n.share_grandparents = n.share_mixed = 0;
    run r;
    simulate(&r, &n, &s);
    unsigned adopted = 0, excluded = 0;
    for (uint32_t i = 0; i < n.children; i++) {
        const hw_family *f = &r.ds.family[r.truth[i].family];
        bool fits_mother = true, fits_both = true;
        for (uint32_t l = 0; l + 2 < r.ds.panel.n; l++) {
            hw_genotype c = hw_profile_at(r.ds.child[i], l), fa = hw_profile_at(relative(f, "FA"), l), mo = hw_profile_at(relative(f, "MO"), l);
            fits_mother = fits_mother && fits(c, HW_GENOTYPE_NONE, mo);
            fits_both = fits_both && fits(c, fa, mo);
        }
        if (strstr(r.truth[i].remark, "adopted") != NULL) {
            adopted++;
        } else {
            assert_string_equal(r.truth[i].remark, "another father than stated");
            assert_true(fits_mother);
        }
        excluded += !fits_both;
    }
    assert_true(adopted > 40 && adopted < 130 && excluded > 300);
    release(&r);
    /* samples exchanged within the family: the mother's tube holds a man's */
    n.share_wrong = 0;
    n.share_swapped = 1;
    simulate(&r, &n, &s);
    assert_int_equal(hw_profile_amelogenin(relative(&r.ds.family[0], "MO"), &r.ds.panel), HW_SEX_MALE);
    assert_true(strstr(r.truth[0].remark, "swapped samples FA/MO") != NULL || strstr(r.truth[0].remark, "swapped samples MO/FA") != NULL);
    release(&r);
    /* and with the next family where there is one sample only; alone in the land there is nobody to exchange with */
    n.share_two_parents = 0;
    n.share_one_parent = 1;
    simulate(&r, &n, &s);
    assert_non_null(strstr(r.truth[0].remark, "swapped samples F00"));
    release(&r);
    n.children = n.families = 1;
    simulate(&r, &n, &s);
    assert_string_equal(r.truth[0].remark, "");
    release(&r);
}

static void sees_no_silent_alleles(void **state)
{
    (void)state;
    hw_nation n = plain(3000, 0);
    hw_settings s = no_mutation();
    n.share_true = 0;
    s.standard.silent = 0.2;
    run r;
    simulate(&r, &n, &s);
    unsigned untyped = 0;
    for (uint32_t i = 0; i < n.children; i++) {
        hw_genotype g = hw_profile_at(r.ds.child[i], 0);
        assert_true(g.a != HW_ALLELE_SILENT && g.b != HW_ALLELE_SILENT);
        assert_true((g.a == HW_ALLELE_UNKNOWN) == (g.b == HW_ALLELE_UNKNOWN));
        untyped += !hw_genotype_typed(g);
    }
    assert_true(near(untyped, 3000.0 / 36)); /* 0.2/1.2 squared */
    s.sex_error = 0.2;
    release(&r);
    simulate(&r, &n, &s);
    unsigned hidden = 0, men = 0;
    for (uint32_t i = 0; i < n.children; i++) {
        men += r.ds.child[i]->sex == HW_SEX_MALE;
        hidden += r.ds.child[i]->sex == HW_SEX_MALE && hw_profile_amelogenin(r.ds.child[i], &r.ds.panel) == HW_SEX_FEMALE;
    }
    assert_true(near(hidden, men * 0.2));
    release(&r);
}

static void refuses_the_impossible(void **state)
{
    (void)state;
    table t;
    hw_settings s;
    hw_settings_init(&s);
    make_table(&t, false);
    for (int k = 0; k < 11; k++) {
        static const char *const twice[] = {"TH01", "THO1"}, *const unknown[] = {"D3S1358"}, *const one[] = {"TH01"};
        hw_nation n = plain(10, 20);
        hw_dataset ds;
        hw_nation_truth *truth = NULL;
        hw_err err = {0};
        hw_status want = HW_USAGE;
        const char *const *loci = NULL;
        size_t n_loci = 0;
        hw_dataset_init(&ds);
        switch (k) {
        case 0:
            n.share_true = 1.5;
            break;
        case 1:
            n.share_mixed = -0.1;
            break;
        case 2:
            n.share_one_parent = n.share_two_parents = n.share_siblings = n.share_grandparents = n.share_mixed = 0;
            break;
        case 3:
            n.children = 6000000;
            want = HW_LIMIT;
            break;
        case 4:
            n.families = 6000000;
            want = HW_LIMIT;
            break;
        case 5:
            n.families = 3;
            break;
        case 6:
            loci = twice;
            n_loci = 2;
            want = HW_CONFLICT;
            break;
        case 7:
            loci = unknown;
            n_loci = 1;
            want = HW_NOT_FOUND;
            break;
        case 8:
            loci = one;
            n_loci = 0;
            break;
        case 9:
            loci = one;
            n_loci = 1000;
            break;
        default: { /* a Y locus among the frequencies, and a panel that knows a locus as another kind */
            uint32_t index;
            assert_int_equal(hw_panel_add(&ds.panel, "TH01", HW_LOCUS_Y, &index, NULL), HW_OK);
            want = HW_UNSUPPORTED;
            break;
        }
        }
        assert_int_equal(hw_nation_simulate(&n, &t.p, &s, loci, n_loci, &ds, &truth, &err), want);
        assert_true(strlen(err.msg) > 10);
        assert_null(truth);
        hw_dataset_release(&ds);
    }
    /* some loci only; none of them in an old kit: the first half stands for it */
    static const char *const two[] = {"D12S391", "Penta_E"};
    hw_nation n = plain(40, 10);
    hw_dataset ds;
    hw_nation_truth *truth = NULL;
    n.share_true = 0;
    n.share_partial_kit = 1;
    hw_dataset_init(&ds);
    assert_int_equal(hw_nation_simulate(&n, &t.p, &s, two, 2, &ds, &truth, NULL), HW_OK);
    assert_int_equal(ds.panel.n, 3);
    assert_true(hw_genotype_typed(hw_profile_at(ds.child[0], 0)));
    assert_false(hw_genotype_typed(hw_profile_at(ds.child[0], 1)));
    /* a second nation into the same dataset would take its codes */
    hw_err err = {0};
    assert_int_equal(hw_nation_simulate(&n, &t.p, &s, two, 2, &ds, &truth, &err), HW_CONFLICT);
    hw_dataset_release(&ds);
    /* a mutation model that does not fit the locus */
    t.f[0].locus = "TH01";
    t.allele[0][0] = 83;
    s.standard.male = (hw_mutation){.model = HW_MUTATION_ONESTEP, .rate = 0.001};
    hw_dataset_init(&ds);
    assert_int_equal(hw_nation_simulate(&n, &t.p, &s, NULL, 0, &ds, &truth, &err), HW_UNSUPPORTED);
    hw_dataset_release(&ds);
    hw_population_release(&t.p);
}

static void passes_failures_up(void **state)
{
    (void)state;
    table t;
    make_table(&t, true);
    hw_settings s;
    hw_settings_init(&s);
    hw_nation n = plain(6, 8);
    n.share_relatives = n.share_wrong = n.share_swapped = n.share_siblings_rescued = 1;
    n.chinese_names = true;
    for (long nth = 1;; nth++) {
        hw_dataset ds;
        hw_nation_truth *truth = NULL;
        hw_err err = {0};
        hw_dataset_init(&ds);
        hw_alloc_fail_at(nth, false);
        hw_status status = hw_nation_simulate(&n, &t.p, &s, NULL, 0, &ds, &truth, &err);
        hw_alloc_fail_at(0, false);
        hw_dataset_release(&ds);
        if (status == HW_OK) {
            assert_true(nth > 30);
            break;
        }
        assert_int_equal(status, HW_NO_MEMORY);
        assert_null(truth);
    }
    /* a dataset that may hold only so much: every piece that goes into it is refused once */
    for (size_t cap = 64;; cap += 64) {
        hw_dataset ds;
        hw_nation_truth *truth = NULL;
        hw_dataset_init(&ds);
        hw_arena_init(&ds.arena, cap);
        hw_status status = hw_nation_simulate(&n, &t.p, &s, NULL, 0, &ds, &truth, NULL);
        hw_dataset_release(&ds);
        if (status == HW_OK) {
            assert_true(cap > 2000);
            break;
        }
        assert_int_equal(status, HW_NO_MEMORY);
    }
    hw_population_release(&t.p);
}

static void numbers_stay_in_order(void **state)
{
    (void)state;
    static const char *const one[] = {"TH01"};
    table t;
    make_table(&t, false);
    hw_settings s = no_mutation();
    hw_nation n = plain(100000, 0);
    hw_dataset ds;
    hw_nation_truth *truth = NULL;
    n.share_true = 0;
    hw_dataset_init(&ds);
    assert_int_equal(hw_nation_simulate(&n, &t.p, &s, one, 1, &ds, &truth, NULL), HW_OK);
    assert_string_equal(ds.child[0]->id, "C000001"); /* all of one length, so that sorted names are sorted numbers */
    assert_string_equal(ds.child[99999]->id, "C100000");
    hw_dataset_release(&ds);
    hw_population_release(&t.p);
}

/* ---- dropping genes through any pedigree ---- */

static void drops_through_any_pedigree(void **state)
{
    (void)state;
    table t;
    make_table(&t, true);
    hw_arena arena;
    hw_arena_init(&arena, 0);
    hw_locus_settings ls = {.locus = "TH01"};
    hw_locus_model *lm = NULL, *urn = NULL, *x = NULL;
    assert_int_equal(hw_locus_model_build(&arena, &t.f[0], HW_LOCUS_AUTOSOMAL, &ls, 0, HW_RARE_AUTO, 0.001, NULL, 0, &lm, NULL), HW_OK);
    assert_int_equal(hw_locus_model_build(&arena, &t.f[0], HW_LOCUS_AUTOSOMAL, &ls, 0.3, HW_RARE_AUTO, 0.001, NULL, 0, &urn, NULL), HW_OK);
    assert_int_equal(hw_locus_model_build(&arena, &t.f[5], HW_LOCUS_X, &ls, 0, HW_RARE_AUTO, 0.001, NULL, 0, &x, NULL), HW_OK);
    hw_pedigree p;
    hw_pedigree_init(&p);
    uint32_t i = 0;
    static const char *const id[] = {"C", "D", "M", "S", "I"};
    for (int k = 0; k < 5; k++) { /* children before the mother, the father not stated */
        assert_int_equal(hw_pedigree_add(&p, id[k], k == 2 || k == 3 ? HW_SEX_FEMALE : HW_SEX_MALE, &i, NULL), HW_OK);
    }
    assert_int_equal(hw_pedigree_set_parents(&p, 0, -1, 2, NULL), HW_OK);
    assert_int_equal(hw_pedigree_set_parents(&p, 1, -1, 2, NULL), HW_OK);
    p.person[0].twin = p.person[1].twin = 1;
    p.person[4].inbreeding = 1;
    hw_rng rng;
    hw_rng_seed(&rng, 3, 3);
    double same[2] = {0, 0}, expected = 0;
    const int rounds = 20000;
    for (int round = 0; round < rounds; round++) {
        uint32_t g[5][2];
        assert_int_equal(hw_gene_drop(&p, lm, &rng, g, NULL), HW_OK);
        assert_memory_equal(g[0], g[1], sizeof g[0]); /* identical twins */
        assert_true(g[0][1] == g[2][0] || g[0][1] == g[2][1]);
        assert_true(g[4][0] == g[4][1]); /* wholly inbred */
        same[0] += g[2][0] == g[3][0];
        assert_int_equal(hw_gene_drop(&p, urn, &rng, g, NULL), HW_OK);
        same[1] += g[2][0] == g[3][0]; /* of two founders: as theta has it */
        assert_int_equal(hw_gene_drop(&p, x, &rng, g, NULL), HW_OK);
        assert_true(g[0][0] == g[0][1] && (g[0][0] == g[2][0] || g[0][0] == g[2][1]));
    }
    for (uint32_t a = 0; a < lm->n; a++) {
        expected += lm->p[a] * lm->p[a];
    }
    assert_true(near((unsigned)same[0], rounds * expected));
    assert_true(near((unsigned)same[1], rounds * (0.3 + 0.7 * expected)));
    uint32_t g[5][2] = {{77, 77}};
    hw_err err = {0};
    hw_alloc_fail_at(1, false);
    assert_int_equal(hw_gene_drop(&p, lm, &rng, g, NULL), HW_NO_MEMORY);
    hw_alloc_fail_at(0, false);
    p.person[3].sex = HW_SEX_UNKNOWN;
    assert_int_equal(hw_gene_drop(&p, lm, &rng, g, NULL), HW_OK);
    g[0][0] = 77;
    assert_int_equal(hw_gene_drop(&p, x, &rng, g, &err), HW_CONFLICT);
    assert_non_null(strstr(err.msg, "\"S\""));
    p.person[2].mother = 3;
    p.person[3].mother = 2;
    assert_int_equal(hw_gene_drop(&p, lm, &rng, g, NULL), HW_CONFLICT);
    assert_int_equal(g[0][0], 77);
    hw_pedigree_release(&p);
    hw_arena_release(&arena);
    hw_population_release(&t.p);
}

/* With share_two_missing each missing child of a family of two is rescued like any other: both, one and none in the proportion of independence. */
static void two_missing_independently(void **state)
{
    (void)state;
    hw_nation n;
    hw_settings s;
    run r;
    hw_nation_init(&n);
    hw_settings_init(&s);
    n.children = 2000;
    n.families = 3000;
    n.share_two_missing = 0.3;
    simulate(&r, &n, &s);
    uint32_t rescued[3] = {0}, two = 0, one = 0;
    HW_AUTO_FREE uint32_t *found = hw_alloc(n.families, sizeof *found);
    assert_non_null(found);
    for (uint32_t c = 0; c < n.children; c++) {
        if (r.truth[c].family != UINT32_MAX) {
            found[r.truth[c].family]++;
        }
    }
    for (uint32_t f = 0; f < n.families; f++) {
        if (r.ds.family[f].n_missing == 2) {
            rescued[found[f]]++;
            two++;
        } else {
            one += found[f];
        }
    }
    double q = 1200.0 / 3900.0, n_two = two;
    assert_true(two > 800 && two < 1000);
    assert_true(one > 0);
    assert_true(rescued[2] > n_two * q * q * 0.75 && rescued[2] < n_two * q * q * 1.3);
    assert_true(rescued[1] > n_two * 2 * q * (1 - q) * 0.85 && rescued[1] < n_two * 2 * q * (1 - q) * 1.15);
    release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_missing_independently),
        cmocka_unit_test(is_the_same_everywhere),    cmocka_unit_test(marks_everything_synthetic),
        cmocka_unit_test(children_have_genes_of_their_parents), cmocka_unit_test(founders_follow_the_table),
        cmocka_unit_test(shares_are_as_asked),       cmocka_unit_test(relatives_are_relatives),
        cmocka_unit_test(wrong_families_are_wrong),  cmocka_unit_test(sees_no_silent_alleles),
        cmocka_unit_test(refuses_the_impossible),    cmocka_unit_test(passes_failures_up),
        cmocka_unit_test(numbers_stay_in_order),     cmocka_unit_test(drops_through_any_pedigree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
