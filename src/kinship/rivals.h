// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Hypotheses about a child and a family: the child is the missing person; is unrelated; is one of a documented list of rivals, each a pedigree
 * in its own right (docs/kinship.md lists them). Another child of the same couple is not a rival but a question of which missing child.
 */
#ifndef HW_KINSHIP_RIVALS_H
#define HW_KINSHIP_RIVALS_H

#include "kinship/dataset.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hw_hypothesis_kind { HW_HYPOTHESIS_MISSING, HW_HYPOTHESIS_UNRELATED, HW_HYPOTHESIS_RIVAL } hw_hypothesis_kind;

/** One hypothesis: the family's pedigree with the child in one more or one other place. */
typedef struct hw_hypothesis {
    hw_hypothesis_kind kind;
    const char *code;       /* stable, for files: "missing", "unrelated", "full-sib-of:MO:child", "half-sib-of:MO:paternal:child", "half-sib-of:MO:by:GM:child",
                               "half-sib-by:FA", "full-sib-of:GM:grandchild" */
    const char *text;       /* "a child of a full sibling of the mother (MO)" */
    hw_pedigree pedigree;   /* family pedigree, changed */
    uint32_t child;         /* index of the child in it */
    uint32_t *person_of;    /* for each person of the family's pedigree its index here (family pedigree.n entries) */
    int same_as;            /* index of an earlier hypothesis that DNA (autosomal, independent loci) cannot tell from this one, or -1 */
} hw_hypothesis;

typedef struct hw_hypotheses {
    hw_hypothesis *h;
    uint32_t n;
    hw_arena arena;
} hw_hypotheses;

/**
 * All hypotheses for missing person number `missing` (index into family->missing) of a family; first MISSING, then UNRELATED (the child a founder of its own; the missing person
 * stays in the family, untyped), then the rivals:
 *  - typed parent(s) of the missing: the child is a child of a full sibling, or of a half sibling, of each typed parent (untyped grandparents added as needed);
 *  - both parents untyped, siblings typed: half sibling by the father, half sibling by the mother, first cousin;
 *  - grandparents typed (parents not): great-nephew/-niece: grandchild of a full sibling of each typed grandparent; child of another child of the typed grandparents (the missing one's cousin);
 *  - others (uncle/aunt ... typed only): child of a full sibling of the nearest typed relative.
 * Half siblings of a parent come by each grandparent when one of them is a person of the family. An inbred founder has no such siblings. The child has the sex
 * of the missing person, an added sibling that of the person it stands beside. Persons of the family keep their indices; added ones follow.
 * A hypothesis carries same_as when the joint distribution of identity patterns of all typed persons and the child equals that of an earlier one: then, at
 * independent autosomal loci without mutation, every possible data has the same probability under both. Mutation, sex and linkage may leave small
 * differences. -1 also where the proof would be too long (many typed children of untyped parents; more than 48 persons that matter).
 * CONFLICT when `missing` is out of range; LIMIT when the pedigree has no room for one more person. Cost: some 25 microseconds, at most some milliseconds.
 */
HW_API hw_status hw_hypotheses_build(const hw_family *family, uint32_t missing, hw_hypotheses *ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_hypotheses_release(hw_hypotheses *h);

#ifdef __cplusplus
}
#endif
#endif
