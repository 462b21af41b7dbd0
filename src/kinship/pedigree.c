// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Pedigrees: building them, settling who is father and who is mother, and ordering parents before children.
 *
 * hw_pedigree_check works on copies of the sexes and parents and puts them in place only when the whole pedigree stands, so that a
 * refused pedigree is left as it was.
 */
#include "kinship/pedigree.h"

#include <stdio.h>
#include <string.h>

#define ID_MAX 1000

void hw_pedigree_init(hw_pedigree *p)
{
    memset(p, 0, sizeof *p);
    hw_arena_init(&p->arena, 0);
    hw_map_init(&p->by_id, HW_PEDIGREE_MAX);
}

void hw_pedigree_release(hw_pedigree *p)
{
    hw_free(p->person);
    hw_map_release(&p->by_id);
    hw_arena_release(&p->arena);
    memset(p, 0, sizeof *p);
}

static hw_status fill_copy(const hw_pedigree *p, hw_pedigree *to, hw_err *err)
{
    if (p->name != NULL) {
        to->name = hw_arena_strdup(&to->arena, p->name);
        if (to->name == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    for (size_t i = 0; i < p->n; i++) {
        uint32_t index = 0;
        HW_TRY(hw_pedigree_add(to, p->person[i].id, p->person[i].sex, &index, err));
        const char *id = to->person[index].id;
        to->person[index] = p->person[i];
        to->person[index].id = id;
    }
    return HW_OK;
}

hw_status hw_pedigree_copy(const hw_pedigree *p, hw_pedigree *ret, hw_err *err)
{
    hw_pedigree copy;
    hw_pedigree_init(&copy);
    hw_status s = fill_copy(p, &copy, err);
    if (s != HW_OK) {
        hw_pedigree_release(&copy);
        return s;
    }
    *ret = copy;
    return HW_OK;
}

hw_status hw_pedigree_add(hw_pedigree *p, const char *id, hw_sex sex, uint32_t *ret_index, hw_err *err)
{
    size_t len = id != NULL ? strlen(id) : 0;
    if (len == 0 || len > ID_MAX) {
        return HW_FAIL(err, HW_PARSE, "person number %zu of the pedigree: the id has %zu bytes; expected 1 to %d", p->n + 1, len, ID_MAX);
    }
    if (hw_pedigree_find(p, id, NULL)) {
        return HW_FAIL(err, HW_CONFLICT, "person \"%s\" is in the pedigree twice: give each person an id of its own", id);
    }
    if (p->n >= HW_PEDIGREE_MAX) {
        return HW_FAIL(err, HW_LIMIT, "person \"%s\": a pedigree has at most %d persons: leave out branches without typed persons", id,
                       HW_PEDIGREE_MAX);
    }
    HW_TRY(HW_GROW(p->person, p->n, p->cap, HW_PEDIGREE_MAX, "persons of a pedigree", err));
    HW_TRY(hw_map_put(&p->by_id, id, p->n, err));
    /* The map's own copy serves as the id: a million families are kept, and an arena of its own for each would be most of their memory. */
    p->person[p->n] = (hw_person){.id = p->by_id.entries[p->n].key, .sex = sex, .father = -1, .mother = -1};
    *ret_index = (uint32_t)p->n++;
    return HW_OK;
}

bool hw_pedigree_find(const hw_pedigree *p, const char *id, uint32_t *ret_index)
{
    uint64_t at = 0;
    if (!hw_map_get(&p->by_id, id, &at)) {
        return false;
    }
    if (ret_index != NULL) {
        *ret_index = (uint32_t)at;
    }
    return true;
}

/* ---- parents ---- */

hw_status hw_pedigree_set_parents(hw_pedigree *p, uint32_t child, int32_t father, int32_t mother, hw_err *err)
{
    const int64_t n = (int64_t)p->n;
    if (child >= p->n || father < -1 || father >= n || mother < -1 || mother >= n) {
        return HW_FAIL(err, HW_USAGE, "parents %ld and %ld of person number %lu: no such persons; the pedigree has %zu", (long)father,
                       (long)mother, (unsigned long)child, p->n);
    }
    const char *id = p->person[child].id;
    if (father == (int32_t)child || mother == (int32_t)child) {
        return HW_FAIL(err, HW_CONFLICT, "person \"%s\" is stated to be its own parent: correct the parent", id);
    }
    if (father >= 0 && father == mother) {
        return HW_FAIL(err, HW_CONFLICT, "person \"%s\": \"%s\" is stated to be both father and mother: correct one of them", id,
                       p->person[father].id);
    }
    p->person[child].father = father;
    p->person[child].mother = mother;
    return HW_OK;
}

hw_status hw_pedigree_add_parent(hw_pedigree *p, uint32_t child, uint32_t parent, hw_err *err)
{
    if (child >= p->n || parent >= p->n) {
        return HW_FAIL(err, HW_USAGE, "parent number %lu of person number %lu: no such person; the pedigree has %zu",
                       (unsigned long)parent, (unsigned long)child, p->n);
    }
    const hw_person *c = &p->person[child];
    const int32_t new = (int32_t)parent;
    int32_t other = c->father >= 0 ? c->father : c->mother;
    if (c->father >= 0 && c->mother >= 0) {
        return HW_FAIL(err, HW_CONFLICT, "person \"%s\" would have a third parent \"%s\" beside \"%s\" and \"%s\": leave one out", c->id,
                       p->person[parent].id, p->person[c->father].id, p->person[c->mother].id);
    }
    if (other < 0) {
        bool woman = p->person[parent].sex == HW_SEX_FEMALE;
        return hw_pedigree_set_parents(p, child, woman ? -1 : new, woman ? new : -1, err);
    }
    /* A known sex decides; when neither is known the one that came first keeps its place. Two of one sex are left to hw_pedigree_check. */
    hw_sex mine = p->person[parent].sex, theirs = p->person[other].sex;
    bool father = c->father < 0;
    if (mine != theirs && mine != HW_SEX_UNKNOWN) {
        father = mine == HW_SEX_MALE;
    } else if (mine != theirs) {
        father = theirs == HW_SEX_FEMALE;
    }
    return hw_pedigree_set_parents(p, child, father ? new : other, father ? other : new, err);
}

/* ---- order and cycles ---- */

/* The stack from `from` upwards is a line of parents that comes back to its start: "A, parent of B, parent of C, parent of A". */
static hw_status name_cycle(const hw_pedigree *p, const uint32_t *stack, uint32_t top, uint32_t person, hw_err *err)
{
    uint32_t from = top;
    while (stack[from] != person) {
        from--;
    }
    hw_str text;
    hw_str_init(&text, 0);
    for (uint32_t i = top + 1; i > from; i--) {
        if (text.len > 250) { /* the first persons of a long cycle lead to the mistake */
            hw_str_addf(&text, "... parent of ");
            break;
        }
        hw_str_addf(&text, "\"%s\", parent of ", p->person[stack[i - 1]].id);
    }
    hw_status s = HW_FAIL(err, HW_CONFLICT, "person \"%s\" is its own ancestor: %s\"%s\": correct one of these parents",
                          p->person[person].id, text.s, p->person[stack[top]].id);
    hw_str_release(&text);
    return s;
}

hw_status hw_pedigree_order(const hw_pedigree *p, uint32_t *ret, hw_err *err)
{
    enum { NEW, OPEN, DONE };
    uint8_t state[HW_PEDIGREE_MAX] = {0};
    uint32_t stack[HW_PEDIGREE_MAX];
    uint32_t order[HW_PEDIGREE_MAX];
    uint32_t n = 0;
    HW_ASSERT(p->n <= HW_PEDIGREE_MAX);
    for (uint32_t start = 0; start < p->n; start++) {
        if (state[start] != NEW) {
            continue;
        }
        uint32_t top = 0;
        stack[0] = start;
        state[start] = OPEN;
        for (;;) {
            uint32_t at = stack[top];
            const int32_t parent[2] = {p->person[at].father, p->person[at].mother};
            int next = -1;
            for (int k = 0; k < 2 && next < 0; k++) {
                if (parent[k] >= 0 && state[parent[k]] == OPEN) {
                    return name_cycle(p, stack, top, (uint32_t)parent[k], err);
                }
                if (parent[k] >= 0 && state[parent[k]] == NEW) {
                    next = k;
                }
            }
            if (next >= 0) {
                stack[++top] = (uint32_t)parent[next];
                state[parent[next]] = OPEN;
                continue;
            }
            state[at] = DONE;
            order[n++] = at;
            if (top == 0) {
                break;
            }
            top--;
        }
    }
    if (n > 0) {
        memcpy(ret, order, n * sizeof order[0]);
    }
    return HW_OK;
}

/* ---- settling sexes and slots ---- */

/* What hw_pedigree_check works on. Side 0 is the fathers', side 1 the mothers', -1 not known yet. */
typedef struct settled {
    int8_t side[HW_PEDIGREE_MAX];
    bool sexed[HW_PEDIGREE_MAX]; /* the side is a sex, not merely a consistent choice */
    int32_t father[HW_PEDIGREE_MAX], mother[HW_PEDIGREE_MAX];
    uint32_t twin_of[HW_PEDIGREE_MAX]; /* first member of the group of twins, or itself */
} settled;

static const char *sex_word(int8_t side)
{
    return side == 0 ? "male" : "female";
}

/* A sex stated against the slot it stands in is a mistake of the input, unless the other parent's sex is open and the two may change places. */
static hw_status check_stated(const hw_pedigree *p, hw_err *err)
{
    for (size_t i = 0; i < p->n; i++) {
        const hw_person *c = &p->person[i];
        for (int k = 0; k < 2; k++) {
            int32_t here = k == 0 ? c->father : c->mother, there = k == 0 ? c->mother : c->father;
            hw_sex wrong = k == 0 ? HW_SEX_FEMALE : HW_SEX_MALE;
            if (here < 0 || p->person[here].sex != wrong) {
                continue;
            }
            if (there >= 0 && p->person[there].sex == wrong) {
                return HW_FAIL(err, HW_CONFLICT, "person \"%s\": both parents, \"%s\" and \"%s\", are %s: correct a sex or a parent", c->id,
                               p->person[here].id, p->person[there].id, k == 0 ? "female" : "male");
            }
            if (there < 0 || p->person[there].sex != HW_SEX_UNKNOWN) {
                return HW_FAIL(err, HW_CONFLICT, "person \"%s\": the %s \"%s\" is stated to be %s: correct the sex or the parent", c->id,
                               k == 0 ? "father" : "mother", p->person[here].id, k == 0 ? "female" : "male");
            }
        }
    }
    return HW_OK;
}

static hw_status find_twins(const hw_pedigree *p, settled *t, hw_err *err)
{
    for (uint32_t i = 0; i < p->n; i++) {
        const hw_person *a = &p->person[i];
        t->twin_of[i] = i;
        for (uint32_t j = 0; a->twin != 0 && j < i; j++) {
            if (p->person[j].twin == a->twin) {
                t->twin_of[i] = j;
                break;
            }
        }
        const hw_person *b = &p->person[t->twin_of[i]];
        if (b->inbreeding > a->inbreeding || b->inbreeding < a->inbreeding) {
            return HW_FAIL(err, HW_CONFLICT, "persons \"%s\" and \"%s\" are identical twins but have different inbreeding coefficients",
                           b->id, a->id);
        }
    }
    return HW_OK;
}

/* Make the sides of two persons equal (twins) or opposite (a couple), whichever of them is known. */
static bool agree(settled *t, uint32_t a, uint32_t b, int8_t opposite, bool *changed)
{
    if (t->side[a] < 0 && t->side[b] < 0) {
        return true;
    }
    if (t->side[a] < 0 || t->side[b] < 0) {
        uint32_t from = t->side[a] < 0 ? b : a, to = t->side[a] < 0 ? a : b;
        t->side[to] = (int8_t)(t->side[from] ^ opposite);
        t->sexed[to] = t->sexed[from];
        *changed = true;
        return true;
    }
    return t->side[a] == (t->side[b] ^ opposite);
}

/* Carry what is known over couples and twins until nothing changes. Each round settles at least one person, so at most n rounds. */
static hw_status propagate(const hw_pedigree *p, settled *t, hw_err *err)
{
    bool changed = true;
    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < p->n; i++) {
            const hw_person *c = &p->person[i];
            uint32_t twin = t->twin_of[i];
            if (twin != i && !agree(t, i, twin, 0, &changed)) {
                return HW_FAIL(err, HW_CONFLICT, "persons \"%s\" and \"%s\" are identical twins, but one is %s and the other %s",
                               p->person[twin].id, c->id, sex_word(t->side[twin]), sex_word(t->side[i]));
            }
            if (c->father < 0 || c->mother < 0) {
                continue;
            }
            uint32_t a = (uint32_t)c->father, b = (uint32_t)c->mother;
            if (!agree(t, a, b, 1, &changed)) {
                return HW_FAIL(err, HW_CONFLICT,
                               "person \"%s\": the parents \"%s\" and \"%s\" would be of one sex (%s), as the sexes and couples of the "
                               "pedigree stand: correct a sex or a parent",
                               c->id, p->person[a].id, p->person[b].id, t->sexed[a] ? sex_word(t->side[a]) : "unknown");
            }
        }
    }
    return HW_OK;
}

static hw_status settle_sides(const hw_pedigree *p, settled *t, hw_err *err)
{
    for (uint32_t i = 0; i < p->n; i++) {
        hw_sex s = p->person[i].sex;
        t->side[i] = (int8_t)(s == HW_SEX_MALE ? 0 : s == HW_SEX_FEMALE ? 1 : -1);
        t->sexed[i] = s != HW_SEX_UNKNOWN;
    }
    HW_TRY(propagate(p, t, err));
    /* Couples of which no sex is known: the first one's places are kept, and those tied to it follow, so that nobody is father here and mother there. */
    for (uint32_t i = 0; i < p->n; i++) {
        const hw_person *c = &p->person[i];
        if (c->father >= 0 && c->mother >= 0 && t->side[c->father] < 0) {
            t->side[c->father] = 0;
            t->side[c->mother] = 1;
            HW_TRY(propagate(p, t, err));
        }
    }
    return HW_OK;
}

static void settle_parents(const hw_pedigree *p, settled *t)
{
    for (uint32_t i = 0; i < p->n; i++) {
        int32_t a = p->person[i].father, b = p->person[i].mother;
        bool swap;
        if (a >= 0 && b >= 0) {
            swap = t->side[a] == 1;
        } else {
            int32_t only = a >= 0 ? a : b;
            bool woman = only >= 0 && t->sexed[only] && t->side[only] == 1;
            swap = woman ? a >= 0 : b >= 0;
        }
        t->father[i] = swap ? b : a;
        t->mother[i] = swap ? a : b;
    }
}

static hw_status check_persons(const hw_pedigree *p, const settled *t, hw_err *err)
{
    for (uint32_t i = 0; i < p->n; i++) {
        const hw_person *a = &p->person[i];
        if (!(a->inbreeding >= 0 && a->inbreeding <= 1)) {
            return HW_FAIL(err, HW_CONFLICT, "person \"%s\": the inbreeding coefficient must be from 0 to 1", a->id);
        }
        if (a->inbreeding > 0 && (a->father >= 0 || a->mother >= 0)) {
            return HW_FAIL(err, HW_CONFLICT,
                           "person \"%s\" has parents and an inbreeding coefficient: it follows from the parents; state it for founders only",
                           a->id);
        }
        uint32_t twin = t->twin_of[i];
        if (t->father[twin] != t->father[i] || t->mother[twin] != t->mother[i]) {
            return HW_FAIL(err, HW_CONFLICT, "persons \"%s\" and \"%s\" are identical twins but have different parents",
                           p->person[twin].id, a->id);
        }
    }
    return HW_OK;
}

hw_status hw_pedigree_check(hw_pedigree *p, hw_err *err)
{
    HW_ASSERT(p->n <= HW_PEDIGREE_MAX);
    settled t;
    uint32_t order[HW_PEDIGREE_MAX];
    HW_TRY(check_stated(p, err));
    HW_TRY(find_twins(p, &t, err));
    HW_TRY(settle_sides(p, &t, err));
    settle_parents(p, &t);
    HW_TRY(check_persons(p, &t, err));
    HW_TRY(hw_pedigree_order(p, order, err));
    for (uint32_t i = 0; i < p->n; i++) {
        if (t.sexed[i]) {
            p->person[i].sex = t.side[i] == 0 ? HW_SEX_MALE : HW_SEX_FEMALE;
        }
        p->person[i].father = t.father[i];
        p->person[i].mother = t.mother[i];
    }
    return HW_OK;
}
