// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The families of the synthetic nation: who is in them, who gave a sample, who is missing; and who these persons really are. */
#include "kinship/nation.h"

static hw_sex any_sex(hw_rng *rng)
{
    return hw_rng_below(rng, 2) == 0 ? HW_SEX_MALE : HW_SEX_FEMALE;
}

static uint32_t add(household *h, const char *id, hw_sex sex, int32_t father, int32_t mother, bool typed)
{
    HW_ASSERT(h->n < HOUSEHOLD_MAX);
    h->person[h->n] = (household_person){.id = id, .sex = sex, .father = father, .mother = mother, .typed = typed};
    return h->n++;
}

static void add_parents(household *h, bool father_typed, bool mother_typed)
{
    h->father = add(h, "FA", HW_SEX_MALE, -1, -1, father_typed);
    h->mother = add(h, "MO", HW_SEX_FEMALE, -1, -1, mother_typed);
}

static void add_siblings(household *h, uint32_t n, hw_rng *rng)
{
    static const char *const id[] = {"S1", "S2", "S3"};
    for (uint32_t i = 0; i < n; i++) {
        add(h, id[i], any_sex(rng), (int32_t)h->father, (int32_t)h->mother, true);
    }
}

/* Grandparents before the parents they have; a side not asked for has a founder as parent. */
static void add_grandparents(household *h, bool paternal, bool maternal, bool typed)
{
    int32_t gf = -1, gm = -1;
    if (paternal) {
        gf = (int32_t)add(h, "PGF", HW_SEX_MALE, -1, -1, typed);
        gm = (int32_t)add(h, "PGM", HW_SEX_FEMALE, -1, -1, typed);
    }
    h->father = add(h, "FA", HW_SEX_MALE, gf, gm, false);
    gf = gm = -1;
    if (maternal) {
        gf = (int32_t)add(h, "MGF", HW_SEX_MALE, -1, -1, typed);
        gm = (int32_t)add(h, "MGM", HW_SEX_FEMALE, -1, -1, typed);
    }
    h->mother = add(h, "MO", HW_SEX_FEMALE, gf, gm, false);
}

static void draw_mixed(hw_rng *rng, household *h)
{
    h->by_father = true;
    switch (hw_rng_below(rng, 4)) {
    case 0: /* the mother, and the father's mother */
        add_grandparents(h, true, false, false);
        h->person[1].typed = true; /* PGM */
        h->person[h->mother].typed = true;
        break;
    case 1: /* one parent and a sibling */
        if (hw_rng_below(rng, 2) == 0) {
            add_parents(h, true, false);
        } else {
            add_parents(h, false, true);
        }
        add_siblings(h, 1, rng);
        break;
    case 2: { /* a brother of the father and a sister of the mother */
        add_grandparents(h, true, true, false);
        const household_person *fa = &h->person[h->father], *mo = &h->person[h->mother];
        int32_t of_father[2] = {fa->father, fa->mother}, of_mother[2] = {mo->father, mo->mother};
        add(h, "UN", HW_SEX_MALE, of_father[0], of_father[1], true);
        add(h, "AU", HW_SEX_FEMALE, of_mother[0], of_mother[1], true);
        break;
    }
    default: { /* a sibling, and a half sibling by the mother */
        add_parents(h, false, false);
        add_siblings(h, 1, rng);
        uint32_t other = add(h, "FA2", HW_SEX_MALE, -1, -1, false);
        add(h, "HS", any_sex(rng), (int32_t)other, (int32_t)h->mother, true);
        break;
    }
    }
}

void household_draw(const hw_nation *o, uint32_t n_missing, hw_rng *rng, household *ret)
{
    const double share[5] = {o->share_one_parent, o->share_two_parents, o->share_siblings, o->share_grandparents, o->share_mixed};
    static const char *const id[] = {"C1", "C2"};
    *ret = (household){0};
    switch (hw_rng_pick(rng, share, 5)) {
    case 0: {
        bool mother = hw_rng_unit(rng) < 0.7; /* mothers search more often alone */
        add_parents(ret, !mother, mother);
        ret->by_father = !mother;
        break;
    }
    case 1:
        add_parents(ret, true, true);
        ret->by_father = true;
        break;
    case 2:
        add_parents(ret, false, false);
        add_siblings(ret, 2 + hw_rng_below(rng, 2), rng);
        ret->by_father = true;
        break;
    case 3: {
        uint32_t sides = hw_rng_below(rng, 3); /* the father's, the mother's, both */
        add_grandparents(ret, sides != 1, sides != 0, true);
        ret->by_father = sides != 1;
        break;
    }
    default:
        draw_mixed(rng, ret);
        break;
    }
    for (uint32_t i = 0; i < n_missing; i++) {
        uint32_t c = add(ret, id[i], any_sex(rng), (int32_t)ret->father, (int32_t)ret->mother, false);
        ret->person[c].missing = true;
    }
}

void household_draw_relative(hw_sex sibling, hw_rng *rng, household *ret)
{
    *ret = (household){0};
    bool man = sibling == HW_SEX_MALE;
    uint32_t a = add(ret, man ? "FA" : "MO", sibling, -1, -1, true);
    uint32_t b = add(ret, man ? "MO" : "FA", man ? HW_SEX_FEMALE : HW_SEX_MALE, -1, -1, false);
    ret->father = man ? a : b;
    ret->mother = man ? b : a;
    uint32_t c = add(ret, "C1", any_sex(rng), (int32_t)ret->father, (int32_t)ret->mother, false);
    ret->person[c].missing = true;
    ret->by_father = man;
}

uint32_t kin_add(kin *k, hw_sex sex, int32_t father, int32_t mother)
{
    uint32_t i = k->t.n;
    HW_ASSERT(i < KIN_MAX);
    k->t.father[i] = father;
    k->t.mother[i] = mother;
    k->t.inbreeding[i] = 0;
    k->sex[i] = sex;
    return k->t.n++;
}

void household_realise(household *h, household_wrong wrong, uint32_t child, const int32_t parents[2], kin *k)
{
    for (uint32_t i = 0; i < h->n; i++) {
        household_person *p = &h->person[i];
        int32_t father = p->father < 0 ? -1 : (int32_t)h->person[p->father].real;
        int32_t mother = p->mother < 0 ? -1 : (int32_t)h->person[p->mother].real;
        if (i == child && father < 0 && mother < 0) {
            father = parents[0];
            mother = parents[1];
        }
        if (p->missing && wrong != STATED_RIGHTLY) {
            father = -1;
            mother = wrong == ADOPTED ? -1 : mother;
            wrong = STATED_RIGHTLY; /* the second missing child is as stated */
        }
        p->real = kin_add(k, p->sex, father, mother);
    }
}
