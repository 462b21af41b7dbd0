// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The hypotheses about a child and a family, each a pedigree. Persons are only ever added behind those of the family, so a person of the family keeps its
 * index. The child of a rival has the sex of the missing person, and an added brother or sister the sex of the one it stands for (a sibling of the mother is
 * a sister), because mutation rates and the X chromosome depend on sexes; autosomally, but for mutation, it makes no difference.
 *
 * What same_as claims: at independent autosomal loci and without mutation, every possible set of readings of the typed relatives and the child has the
 * same probability under both pedigrees, whatever the frequencies, the founder correlation, drop-out and error. It is proven by equal distributions of identity
 * patterns (patterns.h; for one typed relative by equal Jacquard coefficients, which are the same thing for two persons). Mutation, sex and linkage can
 * leave small differences between such hypotheses. -1 means that none of the earlier ones was proven equal: nearly always because it differs, else because the
 * proof would take more work than it is worth.
 */
#include "kinship/rivals.h"

#include <stdio.h>
#include <string.h>

#include "kinship/identity.h"
#include "kinship/patterns.h"

#define MAX_HYPOTHESES 32u
#define NOBODY UINT32_MAX

/* What a build works on. */
typedef struct plan {
    const hw_family *family;
    const hw_pedigree *ped;
    uint32_t missing;       /* person */
    hw_hypotheses *out;
    hw_err *err;
} plan;

void hw_hypotheses_release(hw_hypotheses *h)
{
    for (uint32_t i = 0; i < h->n; i++) {
        hw_pedigree_release(&h->h[i].pedigree);
    }
    hw_arena_release(&h->arena);
    *h = (hw_hypotheses){0};
}

/* ---- who is who ---- */

/* Typed, or the identical twin of somebody typed; never the missing person. */
static bool is_typed(const plan *w, uint32_t person)
{
    const hw_person *p = &w->ped->person[person];
    for (uint32_t i = 0; i < w->ped->n; i++) {
        bool same = i == person || (p->twin != 0 && w->ped->person[i].twin == p->twin);
        if (same && i != w->missing && w->family->profile[i] != NULL) {
            return true;
        }
    }
    return false;
}

/* A parent's index, or NOBODY: side 0 is the father's. */
static uint32_t parent_of(const hw_pedigree *ped, uint32_t person, int side)
{
    int32_t i = side == 0 ? ped->person[person].father : ped->person[person].mother;
    return i < 0 ? NOBODY : (uint32_t)i;
}

static const char *parent_word(const hw_pedigree *ped, uint32_t parent)
{
    hw_sex s = ped->person[parent].sex;
    return s == HW_SEX_MALE ? "father" : s == HW_SEX_FEMALE ? "mother" : "parent";
}

/* An inbred founder cannot be given parents without changing what was stated about it. */
static bool may_have_siblings(const plan *w, uint32_t person)
{
    return !(w->ped->person[person].inbreeding > 0);
}

/* ---- making pedigrees ---- */

static hw_status add_person(hw_pedigree *ped, const char *role, hw_sex sex, uint32_t *ret, hw_err *err)
{
    char id[64];
    snprintf(id, sizeof id, "(%s)", role);
    for (unsigned k = 2; hw_pedigree_find(ped, id, NULL); k++) {
        snprintf(id, sizeof id, "(%s %u)", role, k);
    }
    return hw_pedigree_add(ped, id, sex, ret, err);
}

/* Name the parents that are not named (which -1: both, else that side): a founder that was only implied becomes a person. Identical twins get the same. */
static hw_status name_parents(hw_pedigree *ped, uint32_t person, int which, hw_err *err)
{
    for (int side = 0; side < 2; side++) {
        if (side == 1 - which || parent_of(ped, person, side) != NOBODY) {
            continue;
        }
        uint32_t other = parent_of(ped, person, 1 - side), made = 0;
        hw_sex sex = side == 0 ? HW_SEX_MALE : HW_SEX_FEMALE;
        if (other != NOBODY && ped->person[other].sex == HW_SEX_UNKNOWN) {
            sex = HW_SEX_UNKNOWN; /* which of the two is the father is as open as before */
        }
        HW_TRY(add_person(ped, side == 0 ? "father" : "mother", sex, &made, err));
        uint32_t twin = ped->person[person].twin;
        for (uint32_t i = 0; i < made; i++) {
            if (i == person || (twin != 0 && ped->person[i].twin == twin)) {
                int32_t *slot = side == 0 ? &ped->person[i].father : &ped->person[i].mother;
                *slot = (int32_t)made;
            }
        }
    }
    return HW_OK;
}

/* A brother or sister of `person`: by both parents, or by the one on `side` (0, 1). */
static hw_status add_sibling(hw_pedigree *ped, uint32_t person, int side, uint32_t *ret, hw_err *err)
{
    HW_TRY(name_parents(ped, person, side, err));
    hw_sex sex = ped->person[person].sex == HW_SEX_UNKNOWN ? HW_SEX_MALE : ped->person[person].sex;
    HW_TRY(add_person(ped, "sibling", sex, ret, err));
    int32_t father = ped->person[person].father, mother = ped->person[person].mother;
    return hw_pedigree_set_parents(ped, *ret, side == 1 ? -1 : father, side == 0 ? -1 : mother, err);
}

/* A new hypothesis whose pedigree is the family's; code and text are the caller's to fill. */
static hw_status begin(plan *w, hw_hypothesis_kind kind, hw_hypothesis **ret)
{
    HW_ASSERT(w->out->n < MAX_HYPOTHESES);
    hw_hypothesis *h = &w->out->h[w->out->n];
    h->kind = kind;
    h->same_as = -1;
    h->person_of = HW_NEW(&w->out->arena, uint32_t, w->ped->n);
    if (h->person_of == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    for (uint32_t i = 0; i < w->ped->n; i++) {
        h->person_of[i] = i;
    }
    HW_TRY(hw_pedigree_copy(w->ped, &h->pedigree, w->err));
    w->out->n++; /* from here on its pedigree is released with the rest */
    *ret = h;
    return HW_OK;
}

static hw_status add_child(const plan *w, hw_hypothesis *h, uint32_t parent)
{
    HW_TRY(add_person(&h->pedigree, "child", w->ped->person[w->missing].sex, &h->child, w->err));
    return parent == NOBODY ? HW_OK : hw_pedigree_add_parent(&h->pedigree, h->child, parent, w->err);
}

static hw_status finish(const plan *w, hw_hypothesis *h)
{
    if (h->code == NULL || h->text == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    return hw_pedigree_check(&h->pedigree, w->err);
}

static bool has_code(const plan *w, const char *code)
{
    for (uint32_t i = 0; i < w->out->n; i++) {
        if (hw_streq(w->out->h[i].code, code)) {
            return true;
        }
    }
    return false;
}

/* ---- the rivals ---- */

/* A child of a brother or sister of `person`. side -1: full sibling; else half sibling by that parent, named when it is a person of the family. */
static hw_status child_of_sibling(plan *w, uint32_t person, int side, const char *role, const char *before)
{
    hw_arena *arena = &w->out->arena;
    const char *id = w->ped->person[person].id;
    uint32_t by = side < 0 ? NOBODY : parent_of(w->ped, person, side);
    char *code = side < 0        ? hw_arena_printf(arena, "full-sib-of:%s:child", id)
                 : by == NOBODY  ? hw_arena_printf(arena, "half-sib-of:%s:%s:child", id, side == 0 ? "paternal" : "maternal")
                                 : hw_arena_printf(arena, "half-sib-of:%s:by:%s:child", id, w->ped->person[by].id);
    if (code == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    if (!may_have_siblings(w, person) || has_code(w, code)) {
        return HW_OK;
    }
    hw_hypothesis *h = NULL;
    uint32_t sibling = 0;
    HW_TRY(begin(w, HW_HYPOTHESIS_RIVAL, &h));
    h->code = code;
    h->text = side < 0       ? hw_arena_printf(arena, "%sa child of a full sibling of %s (%s)", before, role, id)
              : by == NOBODY ? hw_arena_printf(arena, "%sa child of a half sibling of %s (%s)", before, role, id)
                             : hw_arena_printf(arena, "%sa child of a half sibling of %s (%s) by %s", before, role, id, w->ped->person[by].id);
    HW_TRY(add_sibling(&h->pedigree, person, side, &sibling, w->err));
    HW_TRY(add_child(w, h, sibling));
    return finish(w, h);
}

static hw_status rivals_of_typed_parent(plan *w, uint32_t parent)
{
    char role[32];
    snprintf(role, sizeof role, "the %s", parent_word(w->ped, parent));
    HW_TRY(child_of_sibling(w, parent, -1, role, ""));
    /* By which grandparent makes no difference as long as neither is a person of the family. */
    bool known = parent_of(w->ped, parent, 0) != NOBODY || parent_of(w->ped, parent, 1) != NOBODY;
    HW_TRY(child_of_sibling(w, parent, 0, role, ""));
    return known ? child_of_sibling(w, parent, 1, role, "") : HW_OK;
}

/* A child of one parent of the missing person with somebody else. With one parent known the missing person is that already. */
static hw_status half_sibling_of_missing(plan *w, int side)
{
    uint32_t parent = parent_of(w->ped, w->missing, side);
    if (parent == NOBODY || parent_of(w->ped, w->missing, 1 - side) == NOBODY) {
        return HW_OK;
    }
    hw_hypothesis *h = NULL;
    HW_TRY(begin(w, HW_HYPOTHESIS_RIVAL, &h));
    const char *id = w->ped->person[parent].id;
    h->code = hw_arena_printf(&w->out->arena, "half-sib-by:%s", id);
    h->text = hw_arena_printf(&w->out->arena, "a half sibling of the missing person by the %s (%s)", parent_word(w->ped, parent), id);
    HW_TRY(add_child(w, h, parent));
    return finish(w, h);
}

static hw_status cousin_by(plan *w, uint32_t parent)
{
    char role[32];
    snprintf(role, sizeof role, "the %s", parent_word(w->ped, parent));
    return child_of_sibling(w, parent, -1, role, "a first cousin of the missing person: ");
}

/* A grandchild of a full sibling of a typed grandparent, through a person of the sex of the parent in between. */
static hw_status great_nephew_of(plan *w, uint32_t parent, uint32_t grandparent)
{
    hw_arena *arena = &w->out->arena;
    const char *id = w->ped->person[grandparent].id;
    if (!may_have_siblings(w, grandparent)) {
        return HW_OK;
    }
    hw_sex between = w->ped->person[parent].sex;
    const char *line = between == HW_SEX_MALE ? "paternal " : between == HW_SEX_FEMALE ? "maternal " : "";
    char *code = hw_arena_printf(arena, "full-sib-of:%s:grandchild", id);
    if (code == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    if (has_code(w, code)) {
        return HW_OK; /* grandparent on both sides */
    }
    hw_hypothesis *h = NULL;
    uint32_t sibling = 0, nephew = 0;
    HW_TRY(begin(w, HW_HYPOTHESIS_RIVAL, &h));
    h->code = code;
    h->text = hw_arena_printf(arena, "a great-nephew or great-niece: a grandchild of a full sibling of the %sgrand%s (%s)", line,
                              parent_word(w->ped, grandparent), id);
    HW_TRY(add_sibling(&h->pedigree, grandparent, -1, &sibling, w->err));
    HW_TRY(add_person(&h->pedigree, "nephew or niece", between == HW_SEX_UNKNOWN ? HW_SEX_MALE : between, &nephew, w->err));
    HW_TRY(hw_pedigree_add_parent(&h->pedigree, nephew, sibling, w->err));
    HW_TRY(add_child(w, h, nephew));
    return finish(w, h);
}

static hw_status rivals_by_grandparents(plan *w, bool *found)
{
    for (int side = 0; side < 2; side++) {
        uint32_t parent = parent_of(w->ped, w->missing, side);
        bool any = false;
        for (int k = 0; parent != NOBODY && k < 2; k++) {
            uint32_t grandparent = parent_of(w->ped, parent, k);
            if (grandparent != NOBODY && is_typed(w, grandparent)) {
                any = true;
                HW_TRY(great_nephew_of(w, parent, grandparent));
            }
        }
        if (any) {
            *found = true;
            HW_TRY(cousin_by(w, parent));
        }
    }
    return HW_OK;
}

static hw_status rivals_by_siblings(plan *w, bool *found)
{
    const uint32_t father = parent_of(w->ped, w->missing, 0), mother = parent_of(w->ped, w->missing, 1);
    for (uint32_t i = 0; i < w->ped->n && !*found; i++) {
        bool sibling = (father != NOBODY && parent_of(w->ped, i, 0) == father) || (mother != NOBODY && parent_of(w->ped, i, 1) == mother);
        *found = sibling && i != w->missing && w->family->profile[i] != NULL;
    }
    if (!*found) {
        return HW_OK;
    }
    HW_TRY(half_sibling_of_missing(w, 0));
    HW_TRY(half_sibling_of_missing(w, 1));
    if (father != NOBODY) {
        HW_TRY(cousin_by(w, father));
    }
    return mother != NOBODY ? cousin_by(w, mother) : HW_OK;
}

/* Only distant relatives, or the missing person's own descendants, are typed. */
static hw_status rival_by_nearest(plan *w)
{
    const size_t n = w->ped->n;
    HW_AUTO_FREE double *k = hw_alloc(n * n, sizeof(double));
    if (k == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    HW_TRY(hw_kinship(w->ped, k, w->err));
    uint32_t nearest = NOBODY;
    double best = 0;
    for (uint32_t i = 0; i < n; i++) {
        double phi = k[(size_t)w->missing * n + i];
        if (i != w->missing && w->family->profile[i] != NULL && phi > best) {
            nearest = i;
            best = phi;
        }
    }
    return nearest == NOBODY ? HW_OK : child_of_sibling(w, nearest, -1, "the nearest typed relative", "");
}

static hw_status build_rivals(plan *w)
{
    bool parents = false, siblings = false, grandparents = false;
    for (int side = 0; side < 2; side++) {
        uint32_t parent = parent_of(w->ped, w->missing, side);
        if (parent != NOBODY && is_typed(w, parent)) {
            parents = true;
            HW_TRY(rivals_of_typed_parent(w, parent));
        }
    }
    if (parents) {
        return HW_OK;
    }
    HW_TRY(rivals_by_siblings(w, &siblings));
    HW_TRY(rivals_by_grandparents(w, &grandparents));
    return siblings || grandparents ? HW_OK : rival_by_nearest(w);
}

static hw_status build_two(plan *w)
{
    hw_hypothesis *h = NULL;
    HW_TRY(begin(w, HW_HYPOTHESIS_MISSING, &h));
    h->child = w->missing;
    h->code = "missing";
    h->text = hw_arena_printf(&w->out->arena, "the missing person (%s)", w->ped->person[w->missing].id);
    HW_TRY(finish(w, h));
    HW_TRY(begin(w, HW_HYPOTHESIS_UNRELATED, &h));
    h->code = "unrelated";
    h->text = "unrelated to the family";
    HW_TRY(add_child(w, h, NOBODY));
    return finish(w, h);
}

/* ---- what DNA cannot tell apart ---- */

/* Every hypothesis against the earlier ones, by identity coefficients of the child with the only typed relative. */
static hw_status compare_pairs(const plan *w, uint32_t typed)
{
    double (*delta)[9] = (double(*)[9])hw_arena_alloc(&w->out->arena, w->out->n, sizeof *delta);
    if (delta == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    for (uint32_t i = 0; i < w->out->n; i++) {
        hw_hypothesis *h = &w->out->h[i];
        hw_err costly = {0};
        hw_status s = hw_jacquard(&h->pedigree, typed, h->child, delta[i], &costly);
        if (s == HW_TOO_COSTLY) {
            return HW_OK; /* nothing is claimed */
        }
        if (s != HW_OK) {
            return HW_FAIL(w->err, s, "%s", costly.msg);
        }
        for (uint32_t j = 0; j < i && h->same_as < 0; j++) {
            bool same = true;
            for (int d = 0; d < 9; d++) {
                double apart = delta[i][d] - delta[j][d];
                same = same && apart < 1e-12 && apart > -1e-12;
            }
            h->same_as = same ? (int)j : -1;
        }
    }
    return HW_OK;
}

static void release_sets(patterns *set, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        patterns_release(&set[i]);
    }
}

/* The same by the joint distribution of identity patterns of all typed persons and the child. */
static hw_status compare_patterns(const plan *w, uint32_t *observed, uint32_t n_typed)
{
    patterns set[MAX_HYPOTHESES] = {{0}};
    hw_status s = HW_OK;
    for (uint32_t i = 0; s == HW_OK && i < w->out->n; i++) {
        hw_hypothesis *h = &w->out->h[i];
        bool within = false;
        observed[n_typed] = h->child;
        s = patterns_find(&h->pedigree, observed, n_typed + 1, &set[i], &within, w->err);
        for (uint32_t j = 0; s == HW_OK && within && j < i && h->same_as < 0; j++) {
            if (patterns_equal(&set[j], &set[i])) {
                h->same_as = (int)j;
            }
        }
    }
    release_sets(set, w->out->n);
    return s;
}

static hw_status compare(const plan *w)
{
    uint32_t n = 0;
    HW_AUTO_FREE uint32_t *observed = hw_alloc(w->ped->n + 1, sizeof(uint32_t));
    if (observed == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    for (uint32_t i = 0; i < w->ped->n; i++) {
        if (i != w->missing && w->family->profile[i] != NULL) {
            observed[n++] = i;
        }
    }
    return n == 1 ? compare_pairs(w, observed[0]) : compare_patterns(w, observed, n);
}

hw_status hw_hypotheses_build(const hw_family *family, uint32_t missing, hw_hypotheses *ret, hw_err *err)
{
    if (missing >= family->n_missing || family->missing[missing] >= family->pedigree.n) {
        return HW_FAIL(err, HW_CONFLICT, "family \"%s\": missing person number %lu; the family has %lu", family->id,
                       (unsigned long)missing + 1, (unsigned long)family->n_missing);
    }
    HW_CLEANUP(hw_hypotheses_release) hw_hypotheses out = {0};
    hw_arena_init(&out.arena, 0);
    out.h = HW_NEW(&out.arena, hw_hypothesis, MAX_HYPOTHESES);
    if (out.h == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    plan w = {.family = family, .ped = &family->pedigree, .missing = family->missing[missing], .out = &out, .err = err};
    HW_TRY(build_two(&w));
    HW_TRY(build_rivals(&w));
    HW_TRY(compare(&w));
    *ret = out;
    out = (hw_hypotheses){0};
    return HW_OK;
}
