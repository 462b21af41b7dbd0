// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The parts of the synthetic nation. Internal. Reading order: household.c (who is in a family, what it states and what is true), sample.c (what a
 * laboratory sees of a person), nation_names.c (invented names), simulate.c (who is registered and who is rescued).
 */
#ifndef HW_KINSHIP_NATION_H
#define HW_KINSHIP_NATION_H

#include "kinship/gene_drop.h"
#include "kinship/simulate.h"

#define HOUSEHOLD_MAX 16u
#define KIN_MAX 40u

/* A person of a family as the family states it. Parents are earlier persons of the same household, or -1. */
typedef struct household_person {
    const char *id; /* "FA" */
    hw_sex sex;
    int32_t father, mother;
    bool typed, missing;
    uint32_t real; /* who this really is: member of the kin */
} household_person;

typedef struct household {
    uint32_t n;
    household_person person[HOUSEHOLD_MAX];
    uint32_t father, mother; /* of the missing children */
    bool by_father;          /* somebody typed is related to the missing through the father, so that a wrong father shows */
} household;

/* The persons who really exist behind one family, or behind a family and that of a relative; parents before children. */
typedef struct kin {
    ancestry t;
    hw_sex sex[KIN_MAX];
} kin;

typedef enum household_wrong { STATED_RIGHTLY, WRONG_FATHER, ADOPTED } household_wrong;

/* A family with n_missing (1 or 2) missing children, of a kind drawn with the shares of o. */
void household_draw(const hw_nation *o, uint32_t n_missing, hw_rng *rng, household *ret);
/* The family of a full sibling of a parent: he or she (person 0, the only one typed), somebody married, and their own missing child. */
void household_draw_relative(hw_sex sibling, hw_rng *rng, household *ret);
/* One more real person. Returns who. */
uint32_t kin_add(kin *k, hw_sex sex, int32_t father, int32_t mother);
/*
 * Add the household's persons to the kin, as they really are: wrong is said of the first missing child; person `child` (UINT32_MAX: nobody) really is a child
 * of parents[0] and parents[1] (members of the kin), if the household states no parents for it.
 */
void household_realise(household *h, household_wrong wrong, uint32_t child, const int32_t parents[2], kin *k);

/* ---- samples ---- */

/* One locus of the run. */
typedef struct nation_locus {
    const hw_locus_model *lm;
    const double *const *sums; /* [demes] */
    uint32_t panel;
    bool old_kit; /* typed by the old kit too */
} nation_locus;

typedef struct nation {
    const hw_nation *o;
    hw_dataset *ds;
    double sex_error;
    nation_locus *locus;
    uint32_t n_loci;
    uint32_t deme;         /* of the kin at hand */
    uint32_t amel;         /* panel index */
    uint32_t (*gene)[KIN_MAX][2]; /* [n_loci] of the kin at hand */
    hw_rng genes, samples, names; /* streams of the kin at hand */
} nation;

/* Drop genes through the kin at every locus. */
void nation_drop(nation *w, const kin *k);
/* The profile of a member of the kin at hand, with drop-out, old kit and misread amelogenin as the shares have it. Not added to the dataset. */
hw_status nation_sample(nation *w, const char *id, hw_sex sex, uint32_t member, hw_profile **ret, hw_err *err) HW_MUST_CHECK;

/* ---- names ---- */

/* Bytes of UTF-8 for a whole name. */
#define NAME_BUF 32
/* A surname's number. */
uint32_t name_family(hw_rng *rng);
/* Surname and a given name of one or two syllables. Returns buf. */
char *name_person(uint32_t family, hw_sex sex, hw_rng *rng, char *buf);

#endif
