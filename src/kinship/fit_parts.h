// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * What judging a family is made of. Internal to fit*.c.
 * Reading order: fit_related.c (who is related to whom), fit_memo.c (likelihoods that come again), fit.c (likelihoods and the evidence of a subset), fit_details.c (suspects and maximal subsets), fit_all.c (all families).
 */
#ifndef HW_KINSHIP_FIT_PARTS_H
#define HW_KINSHIP_FIT_PARTS_H

#include "kinship/fit.h"
#include "kinship/matcher.h"

#define FIT_NOBODY UINT32_MAX

/* One bit per related typed member (HW_FIT_MAX_TYPED). */
typedef uint64_t fit_mask;

/* Who descends from whom: row i has the bit of every person whose genes person i may carry (itself included; identical twins are one). */
typedef struct ancestors {
    uint32_t n, words;
    uint64_t *row;
} ancestors;
hw_status ancestors_build(hw_arena *arena, const hw_pedigree *ped, ancestors *ret, hw_err *err) HW_MUST_CHECK;
/* The same with the link from `child` to `parent` cut; *ret made by ancestors_build for the same pedigree. */
hw_status ancestors_cut(hw_arena *arena, const hw_pedigree *ped, uint32_t child, uint32_t parent, ancestors *ret, hw_err *err) HW_MUST_CHECK;
bool ancestors_related(const ancestors *a, uint32_t i, uint32_t j);
bool ancestors_has(const ancestors *a, uint32_t i, uint32_t ancestor);

/* A parent link that is left out of the pedigree. */
typedef struct fit_cut {
    uint32_t child, parent; /* child FIT_NOBODY: none */
} fit_cut;
#define FIT_NO_CUT ((fit_cut){FIT_NOBODY, FIT_NOBODY})

typedef struct fit_member {
    uint32_t person;
    const hw_profile *profile;
} fit_member;

/* Likelihoods that families share (fit_memo.c). One per thread; NULL where nothing is to be remembered. */
#define FIT_KEY_WORDS 512u
typedef struct memo_entry memo_entry;
typedef struct fit_memo {
    hw_arena arena;
    memo_entry **slot;
    size_t n_slots, n;
} fit_memo;
void fit_memo_init(fit_memo *m);
void fit_memo_release(fit_memo *m);
bool fit_memo_get(const fit_memo *m, const uint32_t *word, uint32_t n, hw_real *ret, uint32_t *ret_number);
/* False when it could not be kept. The key must be new. */
bool fit_memo_put(fit_memo *m, const uint32_t *word, uint32_t n, hw_real value, uint32_t *ret_number);
/*
 * Number of a pedigree with the quality of its samples; false when it has none. place[person]: its number among those who count (FIT_NOBODY: untyped and without children). sexes: do they matter
 * beyond who is father and who mother (X loci)?
 */
bool fit_memo_shape(fit_memo *m, const hw_pedigree *ped, const uint32_t *place, bool sexes, const fit_member *member, uint32_t n_members, uint32_t *ret);

/* One family being judged. */
typedef struct fit_job {
    matcher *m;
    const hw_family *family;
    const hw_pedigree *ped;
    hw_arena *arena;            /* dies with the judgement */
    ancestors kin;
    fit_member *member;         /* typed and related to another typed one */
    uint32_t n;
    hw_pedigree *world;         /* every assignment of unknown sexes, each with one founder more (at `spare`) */
    uint32_t n_worlds, spare;
    fit_memo *memo;             /* or NULL */
    uint32_t *shape;            /* [worlds] number in the memo */
    uint32_t *place;            /* [persons] for the memo */
    hw_typing *typing;          /* [locus * n + member] */
    hw_locus_model **model;     /* [locus], NULL: not used */
    hw_locus_model **strict;    /* [locus] without mutation; made when asked for */
    hw_typing *row;             /* [spare + 1] */
} fit_job;

hw_status fit_job_init(fit_job *j, matcher *m, fit_memo *memo, const hw_family *family, hw_arena *arena, hw_err *err) HW_MUST_CHECK;
void fit_job_release(fit_job *j);

/* An error and the likelihood it gives, against that of the statement. */
typedef struct fit_alternative {
    hw_fit_error kind;
    uint32_t member;  /* UNRELATED */
    fit_cut cut;      /* OTHER_PARENT */
    fit_mask group;   /* the members related to each other that it concerns */
    hw_real value;    /* P(readings of the group | the error) */
    hw_real stated;   /* P(readings of the group | as stated) */
} fit_alternative;

/* What the readings of the members in a mask say. */
typedef struct fit_evidence {
    hw_fit_verdict verdict;   /* NOT_TESTABLE, FITS, DOUBTFUL, MISFIT */
    double log10;             /* NAN when not testable */
    hw_real stated;           /* product over the groups */
    fit_alternative *alternative;
    uint32_t n;
} fit_evidence;
hw_status fit_judge(fit_job *j, fit_mask mask, fit_evidence *ret, hw_err *err) HW_MUST_CHECK;
/* P(readings of the members in the mask, at the loci that `base` uses | the pedigree, with `loose` a founder apart (or FIT_NOBODY) and the cut). */
hw_status fit_likelihood(fit_job *j, fit_mask mask, fit_mask base, uint32_t loose, fit_cut cut, hw_real *ret, hw_err *err) HW_MUST_CHECK;
/* Is the locus impossible for the members in the mask when everything is taken as read and nothing mutates? */
hw_status fit_impossible(fit_job *j, uint32_t locus, fit_mask mask, fit_cut cut, bool *ret, hw_err *err) HW_MUST_CHECK;
/* Members of the mask who are related to each other, directly or through others of it: their groups of two and more. At most n / 2 of them. */
uint32_t fit_groups(const fit_job *j, fit_mask mask, fit_mask *ret);
bool fit_locus_used(const fit_job *j, uint32_t locus, fit_mask mask);

/* Suspects, impossible loci and maximal subsets of a family that does not fit. */
hw_status fit_details(fit_job *j, const fit_evidence *e, hw_fit *io, hw_err *err) HW_MUST_CHECK;
/* Verdict alone, or with details (memo may be NULL); *ret keeps nothing of the matcher. */
hw_status fit_family(matcher *m, fit_memo *memo, const hw_family *family, bool details, hw_fit *ret, hw_err *err) HW_MUST_CHECK;
/* What a fitter works with. */
matcher *fitter_matcher(hw_fitter *f);

#endif
