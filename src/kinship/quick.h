// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Conditional tables in closed form for the families that most searches are made of: a missing child whose parents, full and half siblings, grandparents, uncles and
 * aunts are typed or not, without loops, plain readings, no theta. Internal to the national search, which needs a million of them; they agree with
 * hw_condition to some 1e-12 (a test holds them to it), and no ratio that is listed is taken from here.
 *
 * Method. Given which allele of each typed sibling came from which parent (2 ways for a heterozygote), the parents are independent. A parent whose two genes
 * have distributions u and v passes alleles a_1..a_k on to siblings and x to the child with probability
 * 2^-(k+1) sum over subsets S of [ (u M_S M)(x) (v M_S')(1) + (u M_S)(1) (v M_S' M)(x) ], M_S the product of M(., a_i) over S, S' the rest. A parent with typed brothers and sisters has a
 * sum of such products itself, by the same formula one generation up.
 */
#ifndef HW_KINSHIP_QUICK_H
#define HW_KINSHIP_QUICK_H

#include "kinship/matcher.h"

#define QUICK_CHILDREN 6u /* of a parent, besides the missing one */
#define QUICK_ALLELES 64u

/* One parent of the missing child. Persons are numbers of the pedigree, -1: none. */
typedef struct quick_side {
    int32_t parent;
    int32_t grand[2];               /* the parent's father and mother */
    int32_t uncle[QUICK_CHILDREN];  /* typed full siblings of the parent */
    uint32_t n_uncles;
    int32_t half[QUICK_CHILDREN];   /* typed children with somebody else */
    bool half_by_father[QUICK_CHILDREN]; /* that somebody else is the half sibling's father */
    uint32_t n_half;
} quick_side;

/* The shape of a family as this module understands it. */
typedef struct quick_plan {
    bool fits;
    bool redundant;                 /* a typed parent has typed parents or siblings, which then say nothing more, but may contradict it */
    quick_side side[2];             /* father, mother */
    int32_t sibling[QUICK_CHILDREN]; /* typed full siblings of the missing child */
    uint32_t n_siblings;
} quick_plan;

void quick_plan_init(quick_plan *p, const hw_family *f, const hw_pedigree *ped, uint32_t person);
/*
 * joint[g] = P(typings of the others, genotype of the missing child), up to a factor; false when the readings or the model are not plain enough: then hw_condition must be asked.
 * typing: of every person of the pedigree.
 */
bool quick_condition(const quick_plan *p, const hw_locus_model *lm, const hw_typing *typing, double *joint);

#endif
