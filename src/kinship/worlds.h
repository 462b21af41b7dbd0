// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Persons whose sex nobody knows, where it matters (X loci; parents, when mothers and fathers mutate differently): every assignment of sexes that the
 * pedigree allows, each equally likely beforehand. Internal.
 */
#ifndef HW_KINSHIP_WORLDS_H
#define HW_KINSHIP_WORLDS_H

#include "kinship/frequency.h"
#include "kinship/pedigree.h"

#define WORLDS_MAX_OPEN 6

typedef struct worlds {
    hw_pedigree *pedigree;
    uint32_t n; /* 0: no sex is open, the pedigree serves as it stands */
} worlds;

/* except: a person left as it is, or UINT32_MAX. x: every unknown sex counts, not only that of parents. TOO_COSTLY beyond WORLDS_MAX_OPEN open persons. */
hw_status worlds_init(worlds *w, const hw_pedigree *ped, uint32_t except, bool x, hw_err *err) HW_MUST_CHECK;
void worlds_release(worlds *w);
/* Give a person a sex; a parent of unknown sex may stand in either place and moves to that of its sex. */
void pedigree_place_sex(hw_pedigree *ped, uint32_t person, hw_sex sex);
/* The same, and check the pedigree. */
hw_status pedigree_settle_sex(hw_pedigree *ped, uint32_t person, hw_sex sex, hw_err *err) HW_MUST_CHECK;
/* Do the settings of any locus tell mothers from fathers? */
bool settings_tell_sexes_apart(const hw_settings *s);

#endif
