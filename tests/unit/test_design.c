// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The exact side of a design against the engine, pedigree by pedigree; and its simulated side against the exact one. */
#include "kinship_fixture.h"

#include "kinship/design.h"

#define N_LOCI 2u
#define N_ALLELES 3u
#define N_GENOTYPES 6u

typedef struct small_table {
    hw_allele allele[N_LOCI][N_ALLELES];
    double freq[N_LOCI][N_ALLELES];
    hw_freq f[N_LOCI];
    hw_population p;
    hw_arena arena;
    hw_design d;
} small_table;

static void table_init(small_table *t)
{
    static const char *const name[N_LOCI] = {"TH01", "vWA"};
    static const double freq[N_LOCI][N_ALLELES] = {{0.2, 0.3, 0.5}, {0.05, 0.6, 0.35}};
    memset(t, 0, sizeof *t);
    for (uint32_t l = 0; l < N_LOCI; l++) {
        for (uint32_t i = 0; i < N_ALLELES; i++) {
            t->allele[l][i] = (hw_allele)(80 + 10 * i);
            t->freq[l][i] = freq[l][i];
        }
        t->f[l] = (hw_freq){.locus = name[l], .n = N_ALLELES, .allele = t->allele[l], .freq = t->freq[l]};
    }
    t->p = (hw_population){.name = "invented", .n = N_LOCI, .freq = t->f};
    hw_err err = {0};
    fx_ok(hw_population_finish(&t->p, &err), &err);
    hw_arena_init(&t->arena, 0);
    /* so large a rate that every place of it shows */
    fx_ok(hw_design_init(&t->d, &t->arena, &t->p, NULL, 0, 0.1, &err), &err);
    assert_int_equal(t->d.n_loci, N_LOCI);
    t->d.log10_limit[0] = 0.11;
    t->d.log10_limit[1] = 0.37;
}

static void table_release(small_table *t)
{
    hw_population_release(&t->p);
    hw_arena_release(&t->arena);
}

typedef struct outcome {
    double p[3], ratio;
    bool impossible;
} outcome;

static bool holds(const uint32_t g[2], uint32_t a)
{
    return g[0] == a || g[1] == a;
}

static bool cannot_be(bool trio, const uint32_t t[2], const uint32_t m[2], const uint32_t c[2])
{
    for (int turn = 0; turn < 2; turn++) {
        if (holds(t, c[turn]) && (!trio || holds(m, c[1 - turn]))) {
            return false;
        }
    }
    return true;
}

static void add_person(hw_pedigree *ped, const char *id, hw_sex sex, const char *father, const char *mother)
{
    uint32_t i = 0, f = 0, m = 0;
    hw_err err = {0};
    fx_ok(hw_pedigree_add(ped, id, sex, &i, &err), &err);
    if (father != NULL) {
        assert_true(hw_pedigree_find(ped, father, &f) && hw_pedigree_find(ped, mother, &m));
        fx_ok(hw_pedigree_set_parents(ped, i, (int32_t)f, (int32_t)m, &err), &err);
    }
}

static void truth_pedigree(int truth, hw_pedigree *ped)
{
    hw_err err = {0};
    hw_pedigree_init(ped);
    if (truth == HW_DESIGN_SIBLING) {
        add_person(ped, "G", HW_SEX_MALE, NULL, NULL);
        add_person(ped, "H", HW_SEX_FEMALE, NULL, NULL);
        add_person(ped, "T", HW_SEX_MALE, "G", "H");
        add_person(ped, "P", HW_SEX_MALE, "G", "H");
    } else {
        add_person(ped, "T", HW_SEX_MALE, NULL, NULL);
    }
    add_person(ped, "M", HW_SEX_FEMALE, NULL, NULL);
    bool related = truth != HW_DESIGN_UNRELATED;
    add_person(ped, "C", HW_SEX_MALE, !related ? NULL : truth == HW_DESIGN_SIBLING ? "P" : "T", related ? "M" : NULL);
    fx_ok(hw_pedigree_check(ped, &err), &err);
}

/* P(genotypes | truth) by the engine. */
static double likelihood(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *lm, bool trio, const uint32_t t[2], const uint32_t m[2], const uint32_t c[2])
{
    hw_typing typing[8];
    hw_real r;
    hw_err err = {0};
    for (size_t i = 0; i < ped->n; i++) {
        const uint32_t *g = hw_streq(ped->person[i].id, "T") ? t : hw_streq(ped->person[i].id, "C") ? c : hw_streq(ped->person[i].id, "M") && trio ? m : NULL;
        typing[i] = g != NULL ? (hw_typing){lm->allele[g[0]], lm->allele[g[1]], 0, 0} : (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0, 0};
    }
    fx_ok(hw_likelihood(e, ped, lm, typing, &r, &err), &err);
    return hw_real_to_double(r);
}

static uint32_t outcomes(hw_engine *e, const hw_locus_model *lm, bool trio, const hw_pedigree ped[3], outcome *ret)
{
    static const uint32_t g[N_GENOTYPES][2] = {{0, 0}, {0, 1}, {1, 1}, {0, 2}, {1, 2}, {2, 2}};
    uint32_t n = 0;
    for (uint32_t t = 0; t < N_GENOTYPES; t++) {
        for (uint32_t m = 0; m < (trio ? N_GENOTYPES : 1); m++) {
            for (uint32_t c = 0; c < N_GENOTYPES; c++) {
                for (int k = 0; k < 3; k++) {
                    ret[n].p[k] = likelihood(e, &ped[k], lm, trio, g[t], g[m], g[c]);
                }
                ret[n].ratio = ret[n].p[HW_DESIGN_TRUE] / ret[n].p[HW_DESIGN_UNRELATED];
                ret[n++].impossible = cannot_be(trio, g[t], g[m], g[c]);
            }
        }
    }
    return n;
}

/* Every event of every truth from all outcomes of two loci. */
static void enumerate(const small_table *s, bool trio, double ret[3][HW_DESIGN_EVENTS])
{
    static outcome o[N_LOCI][N_GENOTYPES * N_GENOTYPES * N_GENOTYPES];
    hw_pedigree ped[3];
    hw_engine *e = NULL;
    hw_err err = {0};
    uint32_t n = 0;
    fx_ok(hw_engine_new(NULL, &e, &err), &err);
    for (int k = 0; k < 3; k++) {
        truth_pedigree(k, &ped[k]);
    }
    for (uint32_t l = 0; l < N_LOCI; l++) {
        n = outcomes(e, s->d.locus[l], trio, ped, o[l]);
    }
    memset(ret, 0, 3 * HW_DESIGN_EVENTS * sizeof(double));
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n; j++) {
            double ratio = o[0][i].ratio * o[1][j].ratio;
            uint32_t misses = (o[0][i].impossible ? 1u : 0u) + (o[1][j].impossible ? 1u : 0u);
            for (int k = 0; k < 3; k++) {
                double p = o[0][i].p[k] * o[1][j].p[k];
                ret[k][HW_DESIGN_LR_LOW] += ratio >= hw_pow10(s->d.log10_limit[0]) ? p : 0;
                ret[k][HW_DESIGN_LR_HIGH] += ratio >= hw_pow10(s->d.log10_limit[1]) ? p : 0;
                for (uint32_t m = 0; m < 3; m++) {
                    ret[k][HW_DESIGN_MISS_0 + m] += misses <= m ? p : 0;
                }
            }
        }
    }
    for (int k = 0; k < 3; k++) {
        hw_pedigree_release(&ped[k]);
    }
    hw_engine_free(e);
}

static void exact_values_are_those_of_the_engine(void **state)
{
    (void)state;
    small_table s;
    table_init(&s);
    for (int trio = 0; trio < 2; trio++) {
        hw_design_result r = {0};
        hw_err err = {0};
        double want[3][HW_DESIGN_EVENTS];
        fx_ok(hw_design_exact(&s.d, trio == 1, &r, &err), &err);
        enumerate(&s, trio == 1, want);
        for (int k = 0; k < 3; k++) {
            fx_near(want[k][HW_DESIGN_MISS_2], 1.0, 1e-12); /* two loci: the enumeration is complete */
            for (int e = 0; e < HW_DESIGN_EVENTS; e++) {
                const hw_tail *x = &r.cell[k][e].exact;
                if (!(x->low <= want[k][e] * (1 + 1e-12) && want[k][e] <= x->high * (1 + 1e-12))) {
                    print_error("trio %d, truth %d, event %d: %.17g is not in %.17g .. %.17g\n", trio, k, e, want[k][e], x->low, x->high);
                    fail();
                }
                assert_true(x->high - x->low < 0.01);
            }
        }
    }
    table_release(&s);
}

static uint64_t test_seed(void)
{
    const char *text = getenv("HOMEWARD_SEED");
    return text != NULL ? strtoull(text, NULL, 10) : 20261125;
}

/* 30 cells: beyond five standard errors comes once in 50,000 runs. */
static void simulation_agrees(void **state)
{
    (void)state;
    small_table s;
    table_init(&s);
    for (int trio = 0; trio < 2; trio++) {
        hw_design_result r = {0}, again;
        hw_err err = {0};
        fx_ok(hw_design_exact(&s.d, trio == 1, &r, &err), &err);
        again = r;
        fx_ok(hw_design_simulate(&s.d, trio == 1, 50000, test_seed(), 1, &r, &err), &err);
        fx_ok(hw_design_simulate(&s.d, trio == 1, 50000, test_seed(), 2, &again, &err), &err);
        assert_memory_equal(&r, &again, sizeof r);
        for (int k = 0; k < 3; k++) {
            for (int e = 0; e < HW_DESIGN_EVENTS; e++) {
                if (!(r.cell[k][e].z < 5 && r.cell[k][e].z > -5)) {
                    print_error("HOMEWARD_SEED=%llu trio %d, truth %d, event %d: z %g\n", (unsigned long long)test_seed(), trio, k, e, r.cell[k][e].z);
                    fail();
                }
            }
        }
    }
    table_release(&s);
}

/* A simulation of something else must not pass. */
static void simulation_notices_another_rate(void **state)
{
    (void)state;
    small_table s;
    table_init(&s);
    hw_design other;
    hw_design_result r = {0};
    hw_err err = {0};
    fx_ok(hw_design_init(&other, &s.arena, &s.p, NULL, 0, 0.12, &err), &err);
    fx_ok(hw_design_exact(&s.d, false, &r, &err), &err);
    fx_ok(hw_design_simulate(&other, false, 50000, test_seed(), 1, &r, &err), &err);
    assert_true(r.cell[HW_DESIGN_TRUE][HW_DESIGN_MISS_0].z < -5);
    table_release(&s);
}

static void wrong_calls(void **state)
{
    (void)state;
    small_table s;
    table_init(&s);
    hw_design d;
    static const char *const unknown[] = {"FGA"};
    hw_err err = {0};
    fx_fails(hw_design_init(&d, &s.arena, &s.p, unknown, 1, 0.002, &err), HW_NOT_FOUND, &err, "FGA|invented");
    table_release(&s);
}

static void want_of_memory(void **state)
{
    (void)state;
    small_table s;
    table_init(&s);
    for (int which = 0; which < 3; which++) {
        hw_status status = HW_NO_MEMORY;
        for (long n = 1; status != HW_OK; n++) {
            hw_design_result r = {0};
            hw_err err = {0};
            hw_alloc_fail_at(n, n % 2 == 0);
            status = which == 0 ? hw_design_exact(&s.d, true, &r, &err) : hw_design_simulate(&s.d, which == 1, 1000, 1, 1, &r, &err);
            hw_alloc_fail_at(0, false);
            assert_true(status == HW_OK ? n > 1 : status == HW_NO_MEMORY);
        }
    }
    table_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_values_are_those_of_the_engine),
        cmocka_unit_test(simulation_agrees),
        cmocka_unit_test(simulation_notices_another_rate),
        cmocka_unit_test(wrong_calls),
        cmocka_unit_test(want_of_memory),
    };
    return cmocka_run_group_tests_name("design", tests, NULL, NULL);
}
