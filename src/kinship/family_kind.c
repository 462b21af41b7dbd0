// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/power.h"

/* Who of the typed members is what to the missing person. */
typedef struct relatives {
    uint32_t parents, children, full_siblings, grandparents, all;
} relatives;

static bool child_of(const hw_person *p, int32_t parent)
{
    return parent >= 0 && (p->father == parent || p->mother == parent);
}

static relatives count(const hw_family *f, uint32_t person)
{
    const hw_pedigree *ped = &f->pedigree;
    const hw_person *p = &ped->person[person];
    relatives r = {0};
    for (size_t i = 0; i < ped->n; i++) {
        const hw_person *o = &ped->person[i];
        if (i == person || f->profile[i] == NULL) {
            continue;
        }
        bool grand = (p->father >= 0 && child_of(&ped->person[p->father], (int32_t)i)) || (p->mother >= 0 && child_of(&ped->person[p->mother], (int32_t)i));
        r.all++;
        r.parents += child_of(p, (int32_t)i) ? 1 : 0;
        r.children += child_of(o, (int32_t)person) ? 1 : 0;
        r.full_siblings += p->father >= 0 && p->mother >= 0 && o->father == p->father && o->mother == p->mother ? 1 : 0;
        r.grandparents += grand ? 1 : 0;
    }
    return r;
}

hw_family_kind hw_family_kind_of(const hw_family *family, uint32_t missing)
{
    relatives r = count(family, family->missing[missing]);
    if (r.parents >= 2) {
        return HW_FAMILY_TWO_PARENTS;
    }
    if (r.parents == 1) {
        return r.all > 1 ? HW_FAMILY_PARENT_AND_OTHERS : HW_FAMILY_ONE_PARENT;
    }
    return r.children > 0        ? HW_FAMILY_CHILDREN
           : r.full_siblings > 0 ? HW_FAMILY_SIBLINGS
           : r.grandparents > 0  ? HW_FAMILY_GRANDPARENTS
           : r.all > 0           ? HW_FAMILY_OTHER
                                 : HW_FAMILY_NOBODY;
}

const char *hw_family_kind_text(hw_family_kind kind)
{
    static const char *const text[HW_FAMILY_KINDS] = {"both parents", "one parent and others", "one parent", "children", "siblings",
                                                      "grandparents", "other relatives", "nobody typed"};
    return kind < HW_FAMILY_KINDS ? text[kind] : "";
}
