// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The same person twice: the search by groups of loci against all pairs, and the guarantee that it states; the ratios against the definition. Samples exchanged. Faults of single
 * profiles. Every allocation refused. HOMEWARD_SEED changes the random people.
 */
#include "match_fixture.h"

#include "base/rng.h"
#include "kinship/quality.h"
#include "kinship/same_person.h"

#include <math.h>

enum { LOCI = 22, ALLELES = 8 };

static uint64_t seed(void)
{
    const char *s = getenv("HOMEWARD_SEED");
    return s != NULL ? strtoull(s, NULL, 10) : 5;
}

static void nation_of_loci(nation *n)
{
    char loci[500] = "", table[6000] = "";
    for (int l = 0; l < LOCI; l++) {
        snprintf(loci + strlen(loci), sizeof loci - strlen(loci), "%sL%d", l > 0 ? " " : "", l);
        snprintf(table + strlen(table), sizeof table - strlen(table), "L%d 10:0.05 11:0.05 12:0.1 13:0.1 14:0.15 15:0.15 16:0.2 17:0.2;", l);
    }
    snprintf(loci + strlen(loci), sizeof loci - strlen(loci), " AMEL");
    fx_nation(n, loci);
    fx_population(n, "invented", 0, table);
    n->o.n_populations = 1;
}

/* ---- the search against all pairs ---- */

static hw_allele allele(hw_rng *r)
{
    return 100 + 10 * (hw_allele)hw_rng_below(r, ALLELES);
}

static hw_profile *person(nation *n, uint32_t number, hw_rng *r)
{
    char id[30];
    snprintf(id, sizeof id, "P%u", number);
    hw_profile *p = hw_profile_new(&n->d.arena, id, (uint32_t)n->d.panel.n);
    assert_non_null(p);
    for (uint32_t l = 0; l < LOCI; l++) {
        p->g[l] = hw_genotype_make(allele(r), allele(r));
    }
    return p;
}

/* People, a third of them read again: with loci lost, alleles dropped, alleles misread, a smaller kit. */
static void add_people(nation *n, uint32_t count, hw_rng *r)
{
    hw_err err = {0};
    for (uint32_t i = 0; i < count; i++) {
        hw_profile *p = person(n, i, r);
        if (i % 3 == 2) {
            const hw_profile *twin = n->d.child[hw_rng_below(r, (uint32_t)n->d.n_children)];
            memcpy(p->g, twin->g, LOCI * sizeof p->g[0]);
            uint32_t changes = hw_rng_below(r, i % 2 == 0 ? 8 : 20);
            for (uint32_t k = 0; k < changes; k++) {
                uint32_t l = hw_rng_below(r, LOCI);
                uint32_t how = hw_rng_below(r, 4);
                p->g[l] = how == 0 ? HW_GENOTYPE_NONE
                          : how == 1 ? (hw_genotype){p->g[l].a, HW_ALLELE_UNKNOWN}
                          : how == 2 ? (hw_genotype){p->g[l].a, p->g[l].a}
                                     : hw_genotype_make(allele(r), allele(r));
            }
        }
        for (uint32_t l = 15; l < LOCI && i % 7 == 0; l++) {
            p->g[l] = HW_GENOTYPE_NONE;
        }
        fx_ok(hw_dataset_add_child(&n->d, p, &err), &err);
    }
}

/* Groups of the first order in which both are fully typed. */
static uint32_t complete_groups(const same_codes *c, size_t a, size_t b)
{
    uint32_t n = 0;
    for (uint32_t g = 0; g < c->n_first; g++) {
        bool full = true;
        for (uint32_t i = 0; i < c->group_size; i++) {
            full = full && c->code[a * c->n_loci + c->group[g][i]] != 0 && c->code[b * c->n_loci + c->group[g][i]] != 0;
        }
        n += full ? 1 : 0;
    }
    return n;
}

static void test_search_against_all_pairs(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 8; round++) {
        nation n;
        hw_rng r;
        hw_err err = {0};
        hw_samples people;
        same_codes c;
        same_candidate *found = NULL;
        size_t n_found = 0, at = 0, guaranteed = 0;
        uint64_t compared = 0;
        nation_of_loci(&n);
        hw_rng_seed(&r, seed(), round);
        add_people(&n, 400, &r);
        fx_ok(hw_samples_list(&n.d, NULL, &people, &err), &err);
        fx_ok(same_codes_init(&c, &n.d, &n.o, &people, &err), &err);
        assert_int_equal(c.group_size, 3);
        same_make_groups(&c, 2 + (uint32_t)round % 4);
        fx_ok(same_list_sparse(&c, &err), &err);
        assert_true(c.sparse_compared);
        if (round >= 4) { /* as with too many sparse people */
            c.sparse_compared = false;
        }
        assert_int_equal(c.n_first, LOCI / c.group_size);
        assert_int_equal(c.n_groups, 2 * c.n_first);
        fx_ok(same_search(&c, 1 + (unsigned)round % 3, &found, &n_found, &compared, &err), &err);
        for (uint32_t a = 0; a < people.n; a++) {
            for (uint32_t b = a + 1; b < people.n; b++) {
                uint32_t loci = 0;
                uint32_t differ = same_differences(&c, a, b, &loci);
                bool wanted = differ <= HW_SAME_MAX_DIFFERENCES && loci >= HW_SAME_MIN_LOCI;
                bool in_group = same_first_group(&c, a, b) != UINT32_MAX || (c.sparse_compared && (same_is_sparse(&c, a) || same_is_sparse(&c, b)));
                bool got = at < n_found && found[at].a == a && found[at].b == b;
                if (got != (wanted && in_group) || (wanted && differ < complete_groups(&c, a, b) && !got)) {
                    fail_msg("seed %llu, round %llu: people %u and %u, %u of %u differ", (unsigned long long)seed(), (unsigned long long)round, a, b, differ, loci);
                }
                guaranteed += wanted && differ < complete_groups(&c, a, b) ? 1 : 0;
                at += got ? 1 : 0;
            }
        }
        assert_int_equal(at, n_found);
        assert_true(guaranteed > 50);
        hw_free(found);
        same_codes_release(&c);
        hw_samples_release(&people);
        fx_nation_drop(&n);
    }
}

/* ---- the ratios ---- */

static const char *const EQUAL = "L0=10/11 L1=12/13 L2=14/15 L3=16/17 L4=10/10 L5=12/14 L6=13/15 L7=16/16 L8=10/17 L9=11/16 L10=12/15 L11=13/14";

static hw_same_result same_of(nation *n, const hw_dataset *staff, hw_samples *people)
{
    hw_same_result r;
    hw_err err = {0};
    fx_ok(hw_samples_list(&n->d, staff, people, &err), &err);
    fx_ok(hw_same_people(&n->d, &n->o, people, &r, &err), &err);
    return r;
}

/* Without drop-out a reading r of genotype g has P(r | g); the sums over all genotypes written out. */
static void test_ratio_by_definition(void **state)
{
    (void)state;
    nation n;
    hw_samples people;
    nation_of_loci(&n);
    fx_child(&n, "A", HW_SEX_UNKNOWN, EQUAL);
    fx_child(&n, "B", HW_SEX_UNKNOWN, EQUAL);
    fx_child(&n, "C", HW_SEX_UNKNOWN, "L0=12/14 L1=10/10 L2=11/11 L3=12/12 L4=15/15 L5=10/11 L6=17/17 L7=10/12 L8=12/12 L9=12/12 L10=17/17 L11=10/10");
    hw_same_result r = same_of(&n, NULL, &people);
    assert_int_equal(r.n_pairs, 1);
    assert_int_equal(r.pair[0].a, 0);
    assert_int_equal(r.pair[0].b, 1);
    assert_int_equal(r.pair[0].loci, 12);
    assert_int_equal(r.pair[0].differences, 0);
    fx_near(r.bound_log10, 2 + hw_log10(3), 1e-12);
    double unrelated = 0, sibling = 0;
    for (uint32_t l = 0; l < 12; l++) {
        hw_genotype g = n.d.child[0]->g[l];
        hw_locus_model *lm = NULL;
        hw_err err = {0};
        const hw_freq *f = hw_population_find(n.pop[0], n.d.panel.locus[l].name);
        fx_ok(hw_locus_model_build(&n.d.arena, f, HW_LOCUS_AUTOSOMAL, hw_settings_locus(&n.set, "L0"), 0, HW_RARE_AUTO, 0, NULL, 0, &lm, &err), &err);
        hw_typing t = {g.a, g.b, HW_SAME_ERROR, HW_SAME_ERROR};
        double e[ALLELES * (ALLELES + 1) / 2], one = 0, same = 0, one_gene = 0;
        fx_ok(hw_emission(lm, &t, false, e, &err), &err);
        for (uint32_t j = 0; j < ALLELES; j++) {
            double given = 0;
            for (uint32_t i = 0; i < ALLELES; i++) {
                one += lm->p[i] * lm->p[j] * e[hw_genotype_index(i, j)];
                same += lm->p[i] * lm->p[j] * e[hw_genotype_index(i, j)] * e[hw_genotype_index(i, j)];
                given += lm->p[i] * e[hw_genotype_index(i, j)];
            }
            one_gene += lm->p[j] * given * given;
        }
        unrelated += hw_log10(same / (one * one));
        sibling += hw_log10(same / (0.25 * one * one + 0.5 * one_gene + 0.25 * same));
    }
    fx_near(r.pair[0].log10_unrelated, unrelated, 1e-9);
    fx_near(r.pair[0].log10_sibling, sibling, 1e-9);
    hw_same_result_release(&r);
    hw_samples_release(&people);
    fx_nation_drop(&n);
}

static void test_staff_and_families(void **state)
{
    (void)state;
    nation n;
    hw_samples people;
    hw_err err = {0};
    nation_of_loci(&n);
    fx_child(&n, "A", HW_SEX_UNKNOWN, EQUAL);
    uint32_t f = fx_family(&n, "F1", "F M; M F; CH M F M", "CH");
    fx_member(&n, f, "M", "L0=12/14 L1=10/10 L2=11/11 L3=12/12 L4=15/15 L5=10/11 L6=17/17 L7=10/12");
    hw_dataset staff;
    hw_dataset_init(&staff);
    uint32_t at = 0;
    for (int l = LOCI; l-- > 0;) { /* another order of loci, and one that nobody else has */
        char name[10];
        snprintf(name, sizeof name, "L%d", l);
        fx_ok(hw_panel_add(&staff.panel, name, HW_LOCUS_AUTO, &at, &err), &err);
    }
    fx_ok(hw_panel_add(&staff.panel, "Lextra", HW_LOCUS_AUTO, &at, &err), &err);
    for (int k = 0; k < 2; k++) { /* the same person of the staff twice: not a finding */
        hw_profile *p = hw_profile_new(&staff.arena, k == 0 ? "S1" : "S2", (uint32_t)staff.panel.n);
        assert_non_null(p);
        for (uint32_t l = 0; l < LOCI; l++) {
            p->g[LOCI - 1 - l] = hw_profile_at(n.d.child[0], l);
        }
        fx_ok(hw_dataset_add_profile(&staff, p, &err), &err);
    }
    hw_same_result r = same_of(&n, &staff, &people);
    assert_int_equal(people.n, 4);
    assert_int_equal(people.one[1].family, 0);
    assert_int_equal(people.one[3].staff, 1);
    assert_int_equal(r.n_pairs, 2);
    assert_int_equal(r.pair[0].b, 2);
    assert_int_equal(r.pair[1].b, 3);
    hw_same_result_release(&r);
    hw_samples_release(&people);
    hw_dataset_release(&staff);
    fx_nation_drop(&n);
}

/* One profile that stands for a child and for a member is one sample. */
static void test_shared_profile(void **state)
{
    (void)state;
    nation n;
    hw_samples people;
    nation_of_loci(&n);
    fx_child(&n, "A", HW_SEX_UNKNOWN, EQUAL);
    uint32_t f = fx_family(&n, "F1", "F M; M F; CH M F M", "CH");
    n.d.family[f].profile[2] = n.d.child[0];
    hw_same_result r = same_of(&n, NULL, &people);
    assert_int_equal(people.n, 1);
    assert_int_equal(people.one[0].child, 0);
    assert_int_equal(r.n_pairs, 0);
    hw_same_result_release(&r);
    hw_samples_release(&people);
    fx_nation_drop(&n);
}

/* ---- exchanges ---- */

#define G(g) "L0=" g " L1=" g " L2=" g " L3=" g " L4=" g " L5=" g " L6=" g " L7=" g

static void exchanged(nation *n)
{
    nation_of_loci(n);
    hw_settings_init(&n->set);
    n->set.theta = 0;
    for (int i = 0; i < 12; i++) {
        char id[10];
        snprintf(id, sizeof id, "F%d", i);
        uint32_t f = fx_family(n, id, "F M; M F; S F F M; CH M F M", "CH");
        /* the children of families 4 and 6 are exchanged */
        fx_member(n, f, "M", i % 2 == 0 ? G("10/12") : G("11/14"));
        fx_member(n, f, "S", i == 4 ? G("11/13") : i == 6 ? G("10/17") : i % 2 == 0 ? G("12/16") : G("14/15"));
    }
    n->d.family[6].profile[1] = fx_profile(n, "x", HW_SEX_FEMALE, G("13/14"));
}

static void test_exchange(void **state)
{
    (void)state;
    nation n;
    hw_err err = {0};
    exchanged(&n);
    hw_fit_result fits;
    fx_ok(hw_dataset_fit_families(&n.d, &n.o, &fits, &err), &err);
    assert_int_equal(fits.n_fits, 2);
    hw_exchange_query q[2] = {{fits.fit[0].family, &fits.fit[0]}, {fits.fit[1].family, &fits.fit[1]}};
    hw_exchange x[2][2];
    bool found[2][2];
    for (unsigned threads = 1; threads <= 2; threads++) {
        n.o.n_threads = threads;
        fx_ok(hw_exchanges_find(&n.d, &n.o, q, 2, x[threads - 1], found[threads - 1], &err), &err);
    }
    for (int i = 0; i < 2; i++) {
        assert_true(found[0][i]);
        assert_int_equal(x[0][i].family[0], i == 0 ? 4 : 6);
        assert_int_equal(x[0][i].family[1], i == 0 ? 6 : 4);
        /* two families of two: to exchange the mothers is to exchange the children */
        assert_int_equal(x[0][i].person[0], x[0][i].person[1]);
        fx_near(x[0][i].share_alone, 0.5, 1e-6);
        assert_true(x[0][i].log10_ratio == x[1][i].log10_ratio && x[0][i].share > 0.99 && x[0][i].log10_ratio > x[0][i].log10_error);
    }
    /* there and back again */
    hw_fitter *f = NULL;
    double there = 0, back = 0;
    fx_ok(hw_fitter_new(&n.d, &n.o, &f, &err), &err);
    fx_ok(hw_exchange_ratio(f, &n.d.family[4], 2, &n.d.family[6], 2, &there, &err), &err);
    fx_near(there, x[0][0].log10_ratio, 1e-9);
    const hw_profile *keep = n.d.family[4].profile[2];
    n.d.family[4].profile[2] = n.d.family[6].profile[2];
    n.d.family[6].profile[2] = keep;
    fx_ok(hw_exchange_ratio(f, &n.d.family[4], 2, &n.d.family[6], 2, &back, &err), &err);
    fx_near(-back, there, 1e-9);
    fx_fails(hw_exchange_ratio(f, &n.d.family[4], 0, &n.d.family[6], 2, &back, &err), HW_NOT_FOUND, &err, "samples");
    hw_fitter_free(f);
    fx_ok(hw_exchanges_find(&n.d, &n.o, NULL, 0, NULL, NULL, &err), NULL);
    hw_fit_result_release(&fits);
    fx_nation_drop(&n);
}

/* Father's and mother's tubes, told by amelogenin alone. */
static void test_exchange_of_sexes(void **state)
{
    (void)state;
    nation n;
    hw_err err = {0};
    nation_of_loci(&n);
    uint32_t f = fx_family(&n, "F1", "F M; M F; CH M F M", "CH");
    fx_member(&n, f, "F", "L0=10/11 AMEL=X/X");
    fx_member(&n, f, "M", "L0=12/13 AMEL=X/Y");
    hw_exchange_query q = {f, NULL};
    hw_exchange x;
    bool found = false;
    fx_ok(hw_exchanges_find(&n.d, &n.o, &q, 1, &x, &found, &err), &err);
    assert_true(found);
    fx_near(x.log10_ratio, 2 * hw_log10(999), 1e-9);
    fx_nation_drop(&n);
}

/* ---- single profiles ---- */

static void test_profile_faults(void **state)
{
    (void)state;
    nation n;
    hw_err err = {0};
    hw_samples people;
    hw_profile_bounds b;
    hw_profile_finding *p = NULL;
    size_t n_p = 0;
    nation_of_loci(&n);
    const char *full = "L0=10/11 L1=12/13 L2=14/15 L3=16/17 L4=10/12 L5=12/14 L6=13/15 L7=16/17 L8=10/17 L9=11/16 L10=12/15 L11=13/14";
    fx_child(&n, "good", HW_SEX_MALE, full);
    fx_child(&n, "poor", HW_SEX_UNKNOWN, "L0=10/11 L1=12/13 L2=14/15 L3=16/17 L4=10/12 L5=12/14 L6=13/15");
    fx_child(&n, "mixed", HW_SEX_UNKNOWN, "L0=10/11/12 L1=12/13/14 L2=14/15 L3=16/17 L4=10/12 L5=12/14 L6=13/15 L7=16/17 L8=10/17 L9=11/16 L10=12/15 L11=13/14");
    fx_child(&n, "tri", HW_SEX_UNKNOWN, "L0=10/11/12 L1=12/13 L2=14/15 L3=16/17 L4=10/12 L5=12/14 L6=13/15 L7=16/17 L8=10/17 L9=11/16 L10=12/15 L11=13/14");
    uint32_t boy = fx_child(&n, "boy", HW_SEX_MALE, "L0=10/11 L1=12/13 L2=14/15 L3=16/17 L4=10/12 L5=12/14 L6=13/15 L7=16/17 L8=10/17 L9=11/16 AMEL=X/X");
    fx_child(&n, "dropped", HW_SEX_UNKNOWN, "L0=10/10 L1=12/12 L2=14/14 L3=16/16 L4=10/10 L5=12/12 L6=13/13 L7=16/16 L8=10/17 L9=11/16 L10=12/15 L11=13/14");
    fx_child(&n, "stated", HW_SEX_UNKNOWN, "L0=10/10 L1=12/12 L2=14/14 L3=16/16 L4=10/10 L5=12/12 L6=13/13 L7=16/16 L8=10/17 L9=11/16 L10=12/15 d=0.1");
    fx_child(&n, "lost Y", HW_SEX_MALE, "L0=10/11 L1=12/13 L2=14/15 L3=16/17 L4=10/12 L5=12/14 L6=13/15 L7=16/17 L8=10/17 L9=11/16 AMEL=X/X d=0.05");
    uint32_t f = fx_family(&n, "F1", "F M; M F; CH M F M", "CH");
    fx_member(&n, f, "M", "L0=10/11 L1=12/13 L2=14/15 L3=16/17 L4=10/12 L5=12/14 L6=13/15 L7=16/17 L8=10/17 L9=11/16 AMEL=X/Y");
    fx_ok(hw_samples_list(&n.d, NULL, &people, &err), &err);
    hw_profile_bounds_init(&b);
    b.homozygotes_log10 = -3;
    fx_ok(hw_profiles_check(&n.d, &n.o, &people, &b, &people.arena, &p, &n_p, &err), &err);
    const struct {
        uint32_t who;
        hw_profile_fault fault;
    } expected[] = {{1, HW_FAULT_POOR}, {2, HW_FAULT_MIXTURE}, {boy, HW_FAULT_SEX}, {5, HW_FAULT_HOMOZYGOTES}, {8, HW_FAULT_SEX}};
    assert_int_equal(n_p, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(p[i].who, expected[i].who);
        assert_int_equal(p[i].fault, expected[i].fault);
    }
    assert_int_equal(p[0].loci, 7);
    /* two unrelated people agree: 2 (sum p^2)^2 - sum p^4 at each of seven loci */
    double p2 = 2 * (0.05 * 0.05 + 0.1 * 0.1 + 0.15 * 0.15 + 0.2 * 0.2);
    double p4 = 2 * (0.05 * 0.05 * 0.05 * 0.05 + 0.1 * 0.1 * 0.1 * 0.1 + 0.15 * 0.15 * 0.15 * 0.15 + 0.2 * 0.2 * 0.2 * 0.2);
    fx_near(p[0].value, 7 * hw_log10(2 * p2 * p2 - p4), 1e-9);
    assert_int_equal(p[1].loci, 2);
    assert_int_equal(p[3].count, 8);
    /* binomial tail, 12 loci of which 8 and more are homozygous */
    double tail = 0, choose[13] = {0};
    choose[0] = 1;
    for (int k = 1; k <= 12; k++) {
        for (int j = k; j > 0; j--) {
            choose[j] += choose[j - 1];
        }
    }
    for (int k = 8; k <= 12; k++) {
        tail += choose[k] * hw_powi(p2, (unsigned)k) * hw_powi(1 - p2, (unsigned)(12 - k));
    }
    fx_near(p[3].value, hw_log10(tail), 1e-9);
    hw_samples_release(&people);
    fx_nation_drop(&n);
}

/* ---- memory ---- */

static hw_status everything(nation *n, hw_err *err)
{
    hw_samples people = {0};
    hw_same_result same = {0};
    hw_fit_result fits = {0};
    hw_profile_bounds b;
    hw_profile_finding *p = NULL;
    size_t n_p = 0;
    hw_exchange x[2];
    bool found[2];
    hw_profile_bounds_init(&b);
    hw_status s = hw_samples_list(&n->d, NULL, &people, err);
    s = s == HW_OK ? hw_same_people(&n->d, &n->o, &people, &same, err) : s;
    s = s == HW_OK ? hw_profiles_check(&n->d, &n->o, &people, &b, &people.arena, &p, &n_p, err) : s;
    s = s == HW_OK ? hw_dataset_fit_families(&n->d, &n->o, &fits, err) : s;
    if (s == HW_OK) {
        hw_exchange_query q[2] = {{fits.fit[0].family, &fits.fit[0]}, {fits.fit[1].family, &fits.fit[1]}};
        s = hw_exchanges_find(&n->d, &n->o, q, 2, x, found, err);
    }
    hw_fit_result_release(&fits);
    hw_same_result_release(&same);
    hw_samples_release(&people);
    return s;
}

static void test_memory(void **state)
{
    (void)state;
    nation n;
    exchanged(&n);
    fx_child(&n, "A", HW_SEX_UNKNOWN, EQUAL);
    fx_child(&n, "B", HW_SEX_UNKNOWN, EQUAL);
    /* Later the same places come round for the next family and the next pair: every thirteenth of those. */
    long at = 1;
    for (hw_status s = HW_NO_MEMORY; s != HW_OK; at += at < 150 ? 1 : 13) {
        hw_err err = {0};
        hw_alloc_fail_at(at, false);
        s = everything(&n, &err);
        hw_alloc_fail_at(0, false);
        assert_true(s == HW_OK || s == HW_NO_MEMORY);
    }
    assert_true(at > 100);
    fx_nation_drop(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_against_all_pairs), cmocka_unit_test(test_ratio_by_definition), cmocka_unit_test(test_staff_and_families), cmocka_unit_test(test_shared_profile),
        cmocka_unit_test(test_exchange),                 cmocka_unit_test(test_exchange_of_sexes),   cmocka_unit_test(test_profile_faults),     cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
