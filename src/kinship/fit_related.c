// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Who of a family is related to whom, by ancestors in common: the cheap question that most families of a national search end with. */
#include "kinship/fit_parts.h"

#include <string.h>

static void join(ancestors *a, uint32_t i, int32_t other)
{
    if (other >= 0) {
        for (uint32_t w = 0; w < a->words; w++) {
            a->row[(size_t)i * a->words + w] |= a->row[(size_t)other * a->words + w];
        }
    }
}

static void set_bit(ancestors *a, uint32_t i, uint32_t bit)
{
    a->row[(size_t)i * a->words + bit / 64] |= (uint64_t)1 << (bit % 64);
}

/* The first of the person's group of identical twins. */
static uint32_t twin_of(const hw_pedigree *ped, uint32_t i)
{
    uint32_t first = 0;
    while (ped->person[i].twin != 0 && first < i && ped->person[first].twin != ped->person[i].twin) {
        first++;
    }
    return ped->person[i].twin != 0 ? first : i;
}

static hw_status fill(hw_arena *arena, const hw_pedigree *ped, uint32_t child, uint32_t parent, ancestors *a, hw_err *err)
{
    hw_arena_mark mark = hw_arena_get_mark(arena);
    uint32_t *order = HW_NEW(arena, uint32_t, ped->n + 1);
    if (order == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(hw_pedigree_order(ped, order, err));
    memset(a->row, 0, (size_t)a->n * a->words * sizeof(*a->row));
    for (uint32_t k = 0; k < a->n; k++) {
        uint32_t i = order[k];
        const hw_person *p = &ped->person[i];
        set_bit(a, i, twin_of(ped, i));
        for (int side = 0; side < 2; side++) {
            int32_t up = side == 0 ? p->father : p->mother;
            if (!(i == child && up == (int32_t)parent)) {
                join(a, i, up);
            }
        }
    }
    hw_arena_reset(arena, mark);
    return HW_OK;
}

hw_status ancestors_build(hw_arena *arena, const hw_pedigree *ped, ancestors *ret, hw_err *err)
{
    ancestors a = {.n = (uint32_t)ped->n, .words = (uint32_t)(ped->n + 63) / 64};
    a.row = HW_NEW(arena, uint64_t, (size_t)a.n * a.words + 1);
    if (a.row == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(fill(arena, ped, FIT_NOBODY, FIT_NOBODY, &a, err));
    *ret = a;
    return HW_OK;
}

hw_status ancestors_cut(hw_arena *arena, const hw_pedigree *ped, uint32_t child, uint32_t parent, ancestors *ret, hw_err *err)
{
    return fill(arena, ped, child, parent, ret, err);
}

bool ancestors_related(const ancestors *a, uint32_t i, uint32_t j)
{
    uint64_t common = 0;
    for (uint32_t w = 0; w < a->words; w++) {
        common |= a->row[(size_t)i * a->words + w] & a->row[(size_t)j * a->words + w];
    }
    return common != 0;
}

bool ancestors_has(const ancestors *a, uint32_t i, uint32_t ancestor)
{
    return (a->row[(size_t)i * a->words + ancestor / 64] >> (ancestor % 64) & 1) != 0;
}

static bool typed(const hw_profile *p)
{
    for (uint32_t i = 0; p != NULL && i < p->n_loci; i++) {
        if (hw_genotype_typed(p->g[i])) {
            return true;
        }
    }
    return false;
}

hw_status hw_family_testable(const hw_family *family, bool *ret, hw_err *err)
{
    const hw_pedigree *ped = &family->pedigree;
    uint32_t n_typed = 0;
    for (uint32_t i = 0; family->profile != NULL && i < ped->n; i++) {
        n_typed += family->profile[i] != NULL ? 1 : 0;
    }
    if (n_typed < 2) {
        *ret = false;
        return HW_OK;
    }
    HW_CLEANUP(hw_arena_release) hw_arena arena = {0};
    ancestors a = {0};
    HW_TRY(ancestors_build(&arena, ped, &a, err));
    bool found = false;
    for (uint32_t i = 0; i < ped->n && !found; i++) {
        for (uint32_t j = i + 1; j < ped->n && !found && family->profile[i] != NULL; j++) {
            found = family->profile[j] != NULL && ancestors_related(&a, i, j) && typed(family->profile[i]) && typed(family->profile[j]);
        }
    }
    *ret = found;
    return HW_OK;
}
