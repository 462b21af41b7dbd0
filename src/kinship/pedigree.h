// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Pedigrees: who is whose child. A person has no, one or two known parents; a parent not known is a real, untyped founder of its own
 * (two children of one known mother without a named father are maternal half siblings). Identical twins share their genes.
 */
#ifndef HW_KINSHIP_PEDIGREE_H
#define HW_KINSHIP_PEDIGREE_H

#include "base/memory.h"
#include "base/str.h"
#include "kinship/profile.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hw_person {
    const char *id;
    hw_sex sex;          /* UNKNOWN allowed; a parent of a couple whose other sex is known gets its own by hw_pedigree_check */
    int32_t father, mother; /* index or -1. While parents' sexes are unknown either may hold either parent; hw_pedigree_check sorts them out */
    uint32_t twin;       /* 0, or the number of a group of identical twins */
    double inbreeding;   /* founders: 0..1 */
} hw_person;

#define HW_PEDIGREE_MAX 1000

/** Owns its array; ids are the keys of by_id, the name is in its arena. Zero-initialise or hw_pedigree_init. */
typedef struct hw_pedigree {
    const char *name; /* of the hypothesis, or NULL */
    hw_person *person;
    size_t n, cap;
    hw_map by_id;
    hw_arena arena;
} hw_pedigree;

HW_API void hw_pedigree_init(hw_pedigree *p);
HW_API void hw_pedigree_release(hw_pedigree *p);
HW_API hw_status hw_pedigree_copy(const hw_pedigree *p, hw_pedigree *ret, hw_err *err) HW_MUST_CHECK;
/** Add a person. CONFLICT when the id is taken. */
HW_API hw_status hw_pedigree_add(hw_pedigree *p, const char *id, hw_sex sex, uint32_t *ret_index, hw_err *err) HW_MUST_CHECK;
/** State parents by index, -1 for not known. */
HW_API hw_status hw_pedigree_set_parents(hw_pedigree *p, uint32_t child, int32_t father, int32_t mother, hw_err *err) HW_MUST_CHECK;
/** Add `parent` to whichever parent slot is free or fits its sex. CONFLICT when both are taken. */
HW_API hw_status hw_pedigree_add_parent(hw_pedigree *p, uint32_t child, uint32_t parent, hw_err *err) HW_MUST_CHECK;
HW_API bool hw_pedigree_find(const hw_pedigree *p, const char *id, uint32_t *ret_index);
/**
 * Check and settle: sexes of parents deduced and fathers put into `father`; CONFLICT naming the person for: a male mother, one's own ancestor, two parents
 * of one sex, twins with different parents or sexes, inbreeding on a person with parents. A parent whose sex cannot be deduced keeps UNKNOWN, and stands in `father`
 * when it is the only one (callers who need the sex: X loci, sex-specific mutation, resolve it or compute both).
 */
HW_API hw_status hw_pedigree_check(hw_pedigree *p, hw_err *err) HW_MUST_CHECK;
/** Order with parents before children into ret[0..n). The pedigree must have passed hw_pedigree_check. */
HW_API hw_status hw_pedigree_order(const hw_pedigree *p, uint32_t *ret, hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
