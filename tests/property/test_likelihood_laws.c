// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* What must hold of every likelihood, on random families: laws of probability and of inheritance, not reference values. */
#include "random_family.h"

#define ANY ((rf_wish){0})
#define WITH_THETA ((rf_wish){.theta = true, .max_people = 6})
#define UNRELATED_UNTYPED ((hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0, 0})

/* ---- the order of persons ---- */

static void shuffled(world *o, hw_rng *r, hw_pedigree *ret, hw_typing *t)
{
    uint32_t place[RF_MAX];
    for (uint32_t i = 0; i < o->ped.n; i++) {
        uint32_t j = hw_rng_below(r, i + 1);
        place[i] = place[j];
        place[j] = i;
    }
    /* place[k] is the person at position k */
    uint32_t at[RF_MAX];
    hw_pedigree_init(ret);
    for (uint32_t k = 0; k < o->ped.n; k++) {
        const hw_person *p = &o->ped.person[place[k]];
        uint32_t index = 0;
        assert_int_equal(hw_pedigree_add(ret, p->id, p->sex, &index, NULL), HW_OK);
        at[place[k]] = k;
        t[k] = o->t[place[k]];
    }
    for (uint32_t i = 0; i < o->ped.n; i++) {
        const hw_person *p = &o->ped.person[i];
        hw_person *q = &ret->person[at[i]];
        q->father = p->father < 0 ? -1 : (int32_t)at[p->father];
        q->mother = p->mother < 0 ? -1 : (int32_t)at[p->mother];
        q->twin = p->twin;
        q->inbreeding = p->inbreeding;
    }
    hw_err err = {0};
    fx_ok(hw_pedigree_check(ret, &err), &err);
}

#define ORDER_OF_PERSONS                                    \
    hw_pedigree other;                                      \
    hw_typing t[RF_MAX];                                    \
    shuffled(&o, r, &other, t);                             \
    double one = rf_value(e, &o.ped, o.lm, o.t);            \
    if (one == one) {                                       \
        rf_near(rf_value(e, &other, o.lm, t), one, 1e-12);  \
        rf_near(rf_value(e, &o.ped, o.lm, o.t), one, 0);    \
    }                                                       \
    hw_pedigree_release(&other);
RF_EACH(order_of_persons, 600, ANY, ORDER_OF_PERSONS)
RF_EACH(order_of_persons_theta, 200, WITH_THETA, ORDER_OF_PERSONS)

/* ---- summing over what a person may show ---- */

static double sum_over(hw_engine *e, world *o, uint32_t person)
{
    bool hemizygous = o->x && o->ped.person[person].sex == HW_SEX_MALE;
    hw_typing before = o->t[person];
    double sum = 0;
    for (uint32_t j = 0; j < o->lm->n; j++) {
        for (uint32_t i = hemizygous ? j : 0; i <= j; i++) {
            o->t[person] = (hw_typing){o->lm->allele[i], o->lm->allele[j], 0, 0};
            sum += rf_value(e, &o->ped, o->lm, o->t);
        }
    }
    o->t[person] = before;
    return sum;
}

#define SUM_OVER_GENOTYPES                                               \
    uint32_t person = hw_rng_below(r, (uint32_t)o.ped.n);                \
    hw_typing before = o.t[person];                                      \
    o.t[person] = UNRELATED_UNTYPED;                                     \
    double without = rf_value(e, &o.ped, o.lm, o.t);                     \
    if (without == without) {                                            \
        rf_near(sum_over(e, &o, person), without, 1e-12);                \
    }                                                                    \
    o.t[person] = before;
RF_EACH(sum_over_genotypes, 400, ((rf_wish){.no_silent = true}), SUM_OVER_GENOTYPES)
RF_EACH(sum_over_genotypes_theta, 100, ((rf_wish){.no_silent = true, .theta = true, .max_people = 5}), SUM_OVER_GENOTYPES)

/* ---- the conditional table ---- */

static void condition_agrees(hw_engine *e, world *o, uint32_t person)
{
    double joint[100], emission[100];
    int exp = 0;
    hw_real total = {0};
    hw_err err = {0};
    hw_status s = hw_condition(e, &o->ped, o->lm, o->t, person, joint, &exp, &total, &err);
    if (s == HW_TOO_COSTLY) {
        return;
    }
    fx_ok(s, &err);
    bool male_x = o->x && o->ped.person[person].sex == HW_SEX_MALE;
    uint32_t cells = o->lm->n * (o->lm->n + 1) / 2;
    hw_typing shown = o->t[person];
    fx_ok(hw_emission(o->lm, &shown, male_x, emission, &err), &err);
    double sum = 0, with = 0;
    for (uint32_t g = 0; g < cells; g++) {
        sum += joint[g];
        with += joint[g] * emission[g];
    }
    rf_near(hw_real_to_double((hw_real){sum, exp}), hw_real_to_double(total), 1e-12);
    rf_near(hw_real_to_double((hw_real){with, exp}), rf_value(e, &o->ped, o->lm, o->t), 1e-11);
    o->t[person] = UNRELATED_UNTYPED;
    rf_near(hw_real_to_double(total), rf_value(e, &o->ped, o->lm, o->t), 1e-12);
    o->t[person] = shown;
    if (o->lm->silent >= 0) {
        return;
    }
    for (uint32_t j = 0; j < o->lm->n; j++) {
        for (uint32_t i = 0; i <= j; i++) {
            o->t[person] = (hw_typing){o->lm->allele[i], o->lm->allele[j], 0, 0};
            rf_near(hw_real_to_double((hw_real){joint[hw_genotype_index(i, j)], exp}), rf_value(e, &o->ped, o->lm, o->t), 1e-11);
        }
    }
    o->t[person] = shown;
}

RF_EACH(conditional_table, 500, ANY, condition_agrees(e, &o, hw_rng_below(r, (uint32_t)o.ped.n));)
RF_EACH(conditional_table_theta, 120, ((rf_wish){.theta = true, .max_people = 5}), condition_agrees(e, &o, hw_rng_below(r, (uint32_t)o.ped.n));)
RF_EACH(conditional_table_x, 200, ((rf_wish){.x = true}), condition_agrees(e, &o, hw_rng_below(r, (uint32_t)o.ped.n));)

/* ---- changes that change nothing ---- */

static uint32_t add_person(hw_pedigree *p, const char *id, hw_sex sex, int32_t father, int32_t mother)
{
    uint32_t at = 0;
    assert_int_equal(hw_pedigree_add(p, id, sex, &at, NULL), HW_OK);
    assert_int_equal(hw_pedigree_set_parents(p, at, father, mother, NULL), HW_OK);
    return at;
}

#define CHILDLESS                                                                                        \
    double before = rf_value(e, &o.ped, o.lm, o.t);                                                      \
    int32_t father = -1;                                                                                 \
    int32_t mother = -1;                                                                                 \
    for (uint32_t i = 0; i < o.ped.n; i++) {                                                             \
        father = o.ped.person[i].sex == HW_SEX_MALE && rf_chance(r, 0.5) ? (int32_t)i : father;          \
        mother = o.ped.person[i].sex == HW_SEX_FEMALE && rf_chance(r, 0.5) ? (int32_t)i : mother;        \
    }                                                                                                    \
    uint32_t extra = add_person(&o.ped, "extra", (hw_sex)hw_rng_below(r, 3), father, mother);            \
    uint32_t grand = add_person(&o.ped, "grand", HW_SEX_FEMALE, -1, -1);                                 \
    uint32_t sex_open = add_person(&o.ped, "open", HW_SEX_UNKNOWN, -1, (int32_t)grand);                  \
    o.t[extra] = o.t[grand] = o.t[sex_open] = UNRELATED_UNTYPED;                                         \
    if (before == before) {                                                                              \
        rf_near(rf_value(e, &o.ped, o.lm, o.t), before, 0);                                              \
    }
RF_EACH(untyped_childless_persons, 400, ANY, CHILDLESS)
RF_EACH(untyped_childless_persons_theta, 100, WITH_THETA, CHILDLESS)

#define STATED                                                                                           \
    double before = rf_value(e, &o.ped, o.lm, o.t);                                                      \
    uint32_t n = (uint32_t)o.ped.n;                                                                      \
    for (uint32_t i = 0; i < n && o.ped.n < RF_MAX; i++) {                                               \
        hw_person *p = &o.ped.person[i];                                                                 \
        if ((p->father < 0) == (p->mother < 0)) {                                                        \
            continue;                                                                                    \
        }                                                                                                \
        char id[16];                                                                                     \
        snprintf(id, sizeof id, "A%u", i);                                                               \
        uint32_t at = add_person(&o.ped, id, p->father < 0 ? HW_SEX_MALE : HW_SEX_FEMALE, -1, -1);       \
        p = &o.ped.person[i];                                                                            \
        *(p->father < 0 ? &p->father : &p->mother) = (int32_t)at;                                        \
        o.t[at] = UNRELATED_UNTYPED;                                                                     \
    }                                                                                                    \
    if (before == before) {                                                                              \
        rf_near(rf_value(e, &o.ped, o.lm, o.t), before, 1e-12);                                          \
    }
RF_EACH(unstated_parent_made_explicit, 600, ANY, STATED)
RF_EACH(unstated_parent_made_explicit_theta, 150, WITH_THETA, STATED)

/* An identical twin who shows the same, nothing, or everything in the other's place, who takes over some of the children. */
#define TWINS                                                                                            \
    uint32_t i = hw_rng_below(r, (uint32_t)o.ped.n);                                                     \
    double before = rf_value(e, &o.ped, o.lm, o.t);                                                      \
    hw_person one = o.ped.person[i];                                                                     \
    uint32_t twin = add_person(&o.ped, "twin", one.sex, one.father, one.mother);                         \
    o.ped.person[twin].inbreeding = one.inbreeding;                                                      \
    o.ped.person[twin].twin = o.ped.person[i].twin = 5;                                                  \
    for (uint32_t c = 0; c < twin; c++) {                                                                \
        hw_person *p = &o.ped.person[c];                                                                 \
        p->father = p->father == (int32_t)i && rf_chance(r, 0.5) ? (int32_t)twin : p->father;            \
        p->mother = p->mother == (int32_t)i && rf_chance(r, 0.5) ? (int32_t)twin : p->mother;            \
    }                                                                                                    \
    o.t[twin] = UNRELATED_UNTYPED;                                                                       \
    rf_near(rf_value(e, &o.ped, o.lm, o.t), before, 1e-12);                                              \
    o.t[twin] = o.t[i];                                                                                  \
    o.t[i] = UNRELATED_UNTYPED;                                                                          \
    rf_near(rf_value(e, &o.ped, o.lm, o.t), before, 1e-12);                                              \
    o.t[i] = o.t[twin];                                                                                  \
    bool sure = o.t[i].dropout == 0 && o.t[i].error == 0;                                                \
    double both = rf_value(e, &o.ped, o.lm, o.t);                                                        \
    if (sure) {                                                                                          \
        rf_near(both, before, 1e-12);                                                                    \
    } else {                                                                                             \
        assert_true(both <= before * (1 + 1e-12));                                                       \
    }                                                                                                    \
    o.t[i] = (hw_typing){o.table.allele[0], o.table.allele[0], 0, 0};                                    \
    o.t[twin] = (hw_typing){o.table.allele[1], o.table.allele[1], 0, 0};                                 \
    rf_near(rf_value(e, &o.ped, o.lm, o.t), 0, 0);
RF_EACH(identical_twins, 400, ANY, TWINS)

/* ---- two families at once ---- */

static void two_at_once(void **state)
{
    (void)state;
    hw_engine *e = fx_engine();
    for (uint64_t round = 0; round < 200; round++) {
        hw_rng r;
        world a, b;
        hw_rng_seed(&r, rf_seed(), round);
        rf_wish w = {.max_people = 5};
        rf_make(&a, &r, &w);
        rf_make(&b, &r, &w);
        rf_round = round;
        /* b's people read at a's locus */
        double product = rf_value(e, &a.ped, a.lm, a.t);
        for (uint32_t i = 0; i < b.ped.n; i++) {
            b.t[i] = a.t[i % a.ped.n];
            if (a.x && b.ped.person[i].sex == HW_SEX_MALE && b.t[i].b != HW_ALLELE_UNKNOWN) {
                b.t[i].b = b.t[i].a;
            }
        }
        product *= rf_value(e, &b.ped, a.lm, b.t);
        uint32_t shift = (uint32_t)a.ped.n;
        for (uint32_t i = 0; i < b.ped.n; i++) {
            const hw_person *p = &b.ped.person[i];
            char id[24];
            snprintf(id, sizeof id, "B%s", p->id);
            uint32_t at = add_person(&a.ped, id, p->sex, p->father < 0 ? -1 : p->father + (int32_t)shift, p->mother < 0 ? -1 : p->mother + (int32_t)shift);
            a.ped.person[at].inbreeding = p->inbreeding;
            a.t[at] = b.t[i];
        }
        rf_near(rf_value(e, &a.ped, a.lm, a.t), product, 1e-12);
        rf_drop(&a);
        rf_drop(&b);
    }
    hw_engine_free(e);
}

/* ---- models ---- */

/* The same matrices given as custom ones: no allele is merged with another then. */
#define UNMERGED                                                                                            \
    hw_locus_settings custom = {.silent = o.ls.silent};                                                     \
    hw_mutation *to[2] = {&custom.female, &custom.male};                                                    \
    const double *from[2] = {o.lm->female, o.lm->male};                                                     \
    for (int s = 0; s < 2; s++) {                                                                           \
        double *m = HW_NEW(&o.arena, double, (size_t)o.lm->n * o.lm->n);                                    \
        for (uint32_t i = 0; i < o.lm->n * o.lm->n; i++) {                                                  \
            m[i] = from[s] != NULL ? from[s][i] : i % (o.lm->n + 1) == 0 ? 1 : 0;                           \
        }                                                                                                   \
        *to[s] = (hw_mutation){.model = HW_MUTATION_CUSTOM, .rate = 1, .n = o.lm->n, .allele = o.lm->allele, .matrix = m}; \
    }                                                                                                       \
    const hw_locus_model *plain = rf_model(&o, &custom, o.lm->theta);                                       \
    assert_false(plain->lumpable);                                                                          \
    assert_true(o.lm->lumpable);                                                                            \
    double one = rf_value(e, &o.ped, o.lm, o.t);                                                            \
    if (one == one) {                                                                                       \
        rf_near(rf_value(e, &o.ped, plain, o.t), one, 1e-11);                                               \
    }
RF_EACH(merging_alleles, 500, ((rf_wish){.lumpable = true, .max_alleles = 7}), UNMERGED)
RF_EACH(merging_alleles_theta, 100, ((rf_wish){.lumpable = true, .theta = true, .max_alleles = 7, .max_people = 5}), UNMERGED)

#define THETA_TO_ZERO                                                      \
    double zero = rf_value(e, &o.ped, o.lm, o.t);                          \
    double small = rf_value(e, &o.ped, rf_model(&o, &o.ls, 1e-9), o.t);    \
    if (small == small) {                                                  \
        rf_near(small, zero, 1e-6);                                        \
        assert_true((zero == 0) == (small == 0));                          \
    }
RF_EACH(theta_to_zero, 300, ((rf_wish){.no_inbreeding = true, .max_people = 6}), THETA_TO_ZERO)

/* Impossible once means impossible whatever the frequencies: exact zeros, and the merged and the plain way agree on which. */
#define EXACT_ZERO                                                          \
    double x = rf_value(e, &o.ped, o.lm, o.t);                              \
    for (uint32_t i = 0; i < o.table.f.n; i++) {                            \
        o.table.freq[i] = 1.0 / o.table.f.n;                                \
    }                                                                       \
    double y = rf_value(e, &o.ped, rf_model(&o, &o.ls, 0), o.t);            \
    assert_true((x == 0) == (y == 0));
RF_EACH(exact_zeros, 500, ((rf_wish){.no_mutation = true}), EXACT_ZERO)

/* A mean of likelihoods of the readings must not pass 1. */
RF_EACH(at_most_one, 500, ANY, { double x = rf_value(e, &o.ped, o.lm, o.t); assert_true(x >= 0 && x <= 1 + 1e-12); })

/* What is predicted is what decides: a limit just below the prediction refuses, the prediction itself does not. */
#define PREDICTION                                                                                            \
    double operations = 0;                                                                                    \
    double bytes = 0;                                                                                         \
    hw_err err = {0};                                                                                         \
    if (hw_likelihood_cost(e, &o.ped, o.lm, o.t, &operations, &bytes, &err) == HW_OK) {                       \
        hw_engine *poor = NULL;                                                                               \
        hw_real v;                                                                                            \
        hw_engine_limits tight = {.max_operations = operations * 1.001, .max_bytes = (size_t)bytes + 1};      \
        assert_int_equal(hw_engine_new(&tight, &poor, NULL), HW_OK);                                          \
        hw_status s = hw_likelihood(poor, &o.ped, o.lm, o.t, &v, &err);                                       \
        assert_true(s == HW_OK || (o.lm->theta > 0 && s == HW_TOO_COSTLY));                                   \
        hw_engine_free(poor);                                                                                 \
        err = (hw_err){0};                                                                                    \
        tight.max_operations = operations * 0.999;                                                            \
        assert_int_equal(hw_engine_new(&tight, &poor, NULL), HW_OK);                                          \
        s = hw_likelihood(poor, &o.ped, o.lm, o.t, &v, &err);                                                 \
        bool zero = s == HW_OK && hw_real_is_zero(v); /* twins, males at X: known before */                   \
        if (!zero) {                                                                                          \
            fx_fails(s, HW_TOO_COSTLY, &err, "RANDOM1");                                                      \
        }                                                                                                     \
        hw_engine_free(poor);                                                                                 \
    }
RF_EACH(prediction_decides, 200, ANY, PREDICTION)
RF_EACH(prediction_decides_theta, 100, WITH_THETA, PREDICTION)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_of_persons),
        cmocka_unit_test(order_of_persons_theta),
        cmocka_unit_test(sum_over_genotypes),
        cmocka_unit_test(sum_over_genotypes_theta),
        cmocka_unit_test(conditional_table),
        cmocka_unit_test(conditional_table_theta),
        cmocka_unit_test(conditional_table_x),
        cmocka_unit_test(untyped_childless_persons),
        cmocka_unit_test(untyped_childless_persons_theta),
        cmocka_unit_test(unstated_parent_made_explicit),
        cmocka_unit_test(unstated_parent_made_explicit_theta),
        cmocka_unit_test(identical_twins),
        cmocka_unit_test(two_at_once),
        cmocka_unit_test(merging_alleles),
        cmocka_unit_test(merging_alleles_theta),
        cmocka_unit_test(theta_to_zero),
        cmocka_unit_test(exact_zeros),
        cmocka_unit_test(at_most_one),
        cmocka_unit_test(prediction_decides),
        cmocka_unit_test(prediction_decides_theta),
    };
    return cmocka_run_group_tests_name("laws", tests, NULL, NULL);
}
