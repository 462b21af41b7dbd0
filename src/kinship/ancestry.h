// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * A pedigree as genes see it: identical twins are one person, and everybody comes after the parents. Internal to identity.c,
 * relationship.c and rivals.c.
 */
#ifndef HW_KINSHIP_ANCESTRY_H
#define HW_KINSHIP_ANCESTRY_H

#include "kinship/pedigree.h"

/* The members are numbered 0..n-1, parents before children. A parent of -1 is an anonymous founder of its own. */
typedef struct ancestry {
    uint32_t n;
    uint32_t of[HW_PEDIGREE_MAX];      /* person -> member */
    uint32_t person[HW_PEDIGREE_MAX];  /* member -> the first of its persons */
    int32_t father[HW_PEDIGREE_MAX], mother[HW_PEDIGREE_MAX]; /* members, or -1 */
    double inbreeding[HW_PEDIGREE_MAX]; /* as stated; 0 for all but founders */
} ancestry;

/* CONFLICT when somebody is their own ancestor. No memory is taken. */
hw_status ancestry_build(const hw_pedigree *ped, ancestry *ret, hw_err *err) HW_MUST_CHECK;

#endif
