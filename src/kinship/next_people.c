// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Who of a family can be sampled next, what each is to the missing person, and the pedigree with those in it whom it does not name. */
#include <stdio.h>
#include <string.h>

#include "kinship/next_parts.h"

/* ---- relations ---- */

static bool parent_of(const hw_person *child, int32_t person)
{
    return person >= 0 && (child->father == person || child->mother == person);
}

static bool share_parent(const hw_person *a, const hw_person *b)
{
    return (a->father >= 0 && a->father == b->father) || (a->mother >= 0 && a->mother == b->mother);
}

/* NULL: no near relative. */
static const char *relation_of(const hw_pedigree *ped, uint32_t missing, uint32_t who)
{
    const hw_person *m = &ped->person[missing];
    const hw_person *p = &ped->person[who];
    const hw_person *fa = m->father >= 0 ? &ped->person[m->father] : NULL;
    const hw_person *mo = m->mother >= 0 ? &ped->person[m->mother] : NULL;
    bool man = p->sex == HW_SEX_MALE;
    bool woman = p->sex == HW_SEX_FEMALE;
    if (parent_of(m, (int32_t)who)) {
        return man ? "father" : woman ? "mother" : "parent";
    }
    if (parent_of(p, (int32_t)missing)) {
        return "child";
    }
    if (p->twin != 0 && p->twin == m->twin) {
        return "identical twin";
    }
    if (share_parent(p, m)) {
        bool full = m->father >= 0 && m->mother >= 0 && p->father == m->father && p->mother == m->mother;
        return full ? (man ? "full brother" : woman ? "full sister" : "full brother or sister") : man ? "half brother" : woman ? "half sister" : "half brother or sister";
    }
    if (fa != NULL && parent_of(fa, (int32_t)who)) {
        return man ? "father's father" : woman ? "father's mother" : "parent of the father";
    }
    if (mo != NULL && parent_of(mo, (int32_t)who)) {
        return man ? "mother's father" : woman ? "mother's mother" : "parent of the mother";
    }
    if (fa != NULL && share_parent(p, fa)) {
        return man ? "father's brother" : woman ? "father's sister" : "brother or sister of the father";
    }
    if (mo != NULL && share_parent(p, mo)) {
        return man ? "mother's brother" : woman ? "mother's sister" : "brother or sister of the mother";
    }
    for (size_t i = 0; i < ped->n; i++) {
        if (parent_of(&ped->person[i], (int32_t)missing) && parent_of(&ped->person[i], (int32_t)who)) {
            return "other parent of a child";
        }
    }
    return NULL;
}

static const char *relation_to_find(uint32_t who)
{
    static const char *const text[FIND_END - FIND_FATHER] = {"father", "mother", "full brother or sister", "second full brother or sister",
                                                             "father's mother", "father's father", "mother's mother", "mother's father"};
    return text[who - FIND_FATHER];
}

/* ---- what can be done ---- */

static bool in_set(const next_set *s, uint32_t who)
{
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->who[i] == who) {
            return true;
        }
    }
    return false;
}

static bool is_missing(const hw_family *f, uint32_t person)
{
    for (uint32_t i = 0; i < f->n_missing; i++) {
        if (f->missing[i] == person) {
            return true;
        }
    }
    return false;
}

bool next_worn(const next_context *c, const hw_profile *p)
{
    if (p == NULL || p->dropout > 0.0 || p->error > 0.0) {
        return p != NULL;
    }
    for (uint32_t l = 0; l < c->s.n_loci; l++) {
        uint32_t at = c->s.locus[l].panel_index;
        hw_genotype g = hw_profile_at(p, at);
        if (c->kit[l] && hw_profile_extra(p, at) == NULL && (!hw_allele_is_repeat(g.a) || !hw_allele_is_repeat(g.b))) {
            return true;
        }
    }
    return false;
}

static void add(next_option *ret, uint32_t *n, hw_next_kind kind, uint32_t who, const char *relation)
{
    if (*n < NEXT_OPTIONS_MAX) {
        ret[(*n)++] = (next_option){.kind = kind, .who = {who}, .n = 1, .relation = relation};
    }
}

static void named(const hw_family *f, uint32_t missing, const next_set *taken, next_option *ret, uint32_t *n)
{
    for (uint32_t i = 0; i < f->pedigree.n; i++) {
        if (f->profile[i] != NULL || is_missing(f, i) || in_set(taken, i)) {
            continue;
        }
        const char *relation = relation_of(&f->pedigree, f->missing[missing], i);
        if (relation != NULL) {
            add(ret, n, HW_NEXT_RELATIVE, i, relation);
        }
    }
}

static bool has_sample(const hw_family *f, const next_set *taken, int32_t person, uint32_t to_find)
{
    return person >= 0 ? f->profile[person] != NULL || in_set(taken, (uint32_t)person) : in_set(taken, to_find);
}

/* Those whom the pedigree does not name. Parents of a typed parent and siblings beside two typed parents would add nothing but what mutation leaves. */
static void to_find(const hw_family *f, uint32_t missing, const next_set *taken, next_option *ret, uint32_t *n)
{
    const hw_person *m = &f->pedigree.person[f->missing[missing]];
    const int32_t parent[2] = {m->father, m->mother};
    const uint32_t find[2] = {FIND_FATHER, FIND_MOTHER};
    bool has[2];
    for (int k = 0; k < 2; k++) {
        has[k] = has_sample(f, taken, parent[k], find[k]);
        if (parent[k] < 0 && !has[k]) {
            add(ret, n, HW_NEXT_TO_FIND, find[k], relation_to_find(find[k]));
        }
    }
    if (!has[0] || !has[1]) {
        uint32_t next = !in_set(taken, FIND_SIBLING) ? FIND_SIBLING : FIND_SIBLING_2;
        if (!in_set(taken, next)) {
            add(ret, n, HW_NEXT_TO_FIND, next, relation_to_find(next));
        }
    }
    for (uint32_t k = 0; k < 2; k++) {
        if (parent[k] < 0 || has[k]) {
            continue;
        }
        const hw_person *p = &f->pedigree.person[parent[k]];
        uint32_t mother = FIND_FATHERS_MOTHER + 2 * k;
        if (p->mother < 0 && !in_set(taken, mother)) {
            add(ret, n, HW_NEXT_TO_FIND, mother, relation_to_find(mother));
        } else if (p->father < 0 && !in_set(taken, mother + 1)) {
            add(ret, n, HW_NEXT_TO_FIND, mother + 1, relation_to_find(mother + 1));
        }
    }
}

static void again(const next_context *c, const hw_family *f, uint32_t missing, const next_set *taken, next_option *ret, uint32_t *n)
{
    next_option all = {.kind = HW_NEXT_LOCI, .relation = "all samples of the family"};
    for (uint32_t i = 0; i < f->pedigree.n; i++) {
        if (is_missing(f, i) || in_set(taken, i) || !next_worn(c, f->profile[i])) {
            continue;
        }
        const char *relation = relation_of(&f->pedigree, f->missing[missing], i);
        add(ret, n, HW_NEXT_RETYPE, i, relation != NULL ? relation : "other relative");
        if (all.n < NEXT_WHO_MAX) {
            all.who[all.n++] = i;
        }
    }
    if (all.n > 1 && *n < NEXT_OPTIONS_MAX) {
        ret[(*n)++] = all;
    }
}

uint32_t next_list(const next_context *c, const hw_family *f, uint32_t missing, const next_set *taken, next_option *ret)
{
    uint32_t n = 0;
    named(f, missing, taken, ret, &n);
    again(c, f, missing, taken, ret, &n);
    if (c->p->to_find) {
        to_find(f, missing, taken, ret, &n);
    }
    return n;
}

const char *next_relation(const hw_family *f, uint32_t missing, const next_option *o)
{
    const char *own = o->n == 1 && o->who[0] < FIND_FATHER ? relation_of(&f->pedigree, f->missing[missing], o->who[0]) : NULL;
    return own != NULL ? own : o->relation;
}

void next_set_add(next_set *s, const next_option *o)
{
    for (uint32_t i = 0; i < o->n && s->n < NEXT_WHO_MAX; i++) {
        if (!in_set(s, o->who[i])) {
            s->who[s->n++] = o->who[i];
        }
    }
}

/* ---- the pedigree with them ---- */

/* The parent on that side, added when the pedigree names none. */
static hw_status ensure_parent(hw_pedigree *ped, uint32_t child, bool father, uint32_t *ret, hw_err *err)
{
    const hw_person *p = &ped->person[child];
    int32_t own = father ? p->father : p->mother;
    if (own >= 0) {
        *ret = (uint32_t)own;
        return HW_OK;
    }
    char id[32];
    (void)snprintf(id, sizeof id, "\x01%s of %u", father ? "father" : "mother", child);
    HW_TRY(hw_pedigree_add(ped, id, father ? HW_SEX_MALE : HW_SEX_FEMALE, ret, err));
    int32_t other = father ? ped->person[child].mother : ped->person[child].father;
    return hw_pedigree_set_parents(ped, child, father ? (int32_t)*ret : other, father ? other : (int32_t)*ret, err);
}

static hw_status find(hw_pedigree *ped, uint32_t missing, uint32_t who, uint32_t *ret, hw_err *err)
{
    uint32_t father = 0;
    uint32_t mother = 0;
    switch (who) {
    case FIND_FATHER:
    case FIND_MOTHER:
        return ensure_parent(ped, missing, who == FIND_FATHER, ret, err);
    case FIND_SIBLING:
    case FIND_SIBLING_2:
        HW_TRY(ensure_parent(ped, missing, true, &father, err));
        HW_TRY(ensure_parent(ped, missing, false, &mother, err));
        /* A sister: at X loci a sex has to be said; elsewhere it does not matter. */
        HW_TRY(hw_pedigree_add(ped, who == FIND_SIBLING ? "\x01sibling" : "\x01second sibling", HW_SEX_FEMALE, ret, err));
        return hw_pedigree_set_parents(ped, *ret, (int32_t)father, (int32_t)mother, err);
    default:
        HW_TRY(ensure_parent(ped, missing, who <= FIND_FATHERS_FATHER, &father, err));
        return ensure_parent(ped, father, who == FIND_FATHERS_FATHER || who == FIND_MOTHERS_FATHER, ret, err);
    }
}

hw_status next_extend(const hw_family *f, uint32_t missing, const next_set *s, hw_arena *arena, hw_family *ret, uint32_t *ret_person, hw_err *err)
{
    hw_pedigree ped;
    HW_TRY(hw_pedigree_copy(&f->pedigree, &ped, err));
    hw_status status = HW_OK;
    for (uint32_t i = 0; status == HW_OK && i < s->n; i++) {
        ret_person[i] = s->who[i];
        status = s->who[i] < FIND_FATHER ? HW_OK : find(&ped, f->missing[missing], s->who[i], &ret_person[i], err);
    }
    status = status == HW_OK ? hw_pedigree_check(&ped, err) : status;
    const hw_profile **profile = status == HW_OK ? HW_NEW(arena, const hw_profile *, ped.n + 1) : NULL;
    if (profile == NULL) {
        hw_pedigree_release(&ped);
        return status == HW_OK ? HW_NO_MEMORY_FAIL(err) : status;
    }
    memcpy(profile, f->profile, f->pedigree.n * sizeof(const hw_profile *));
    *ret = *f;
    ret->pedigree = ped;
    ret->profile = profile;
    return HW_OK;
}
