// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The parts of the next best sample. Internal. Reading order: next_people.c (who can be sampled, and the pedigree with relatives to be found), next_draw.c (what a family can prove
 * with them), next_family.c (the options of one family and the order to take them in), next_sample.c (tables, threads, one family), next_shape.c (families of one shape),
 * next_all.c (the whole database), next_loss.c (against brute force), next_child.c (one child and its candidates).
 */
#ifndef HW_KINSHIP_NEXT_PARTS_H
#define HW_KINSHIP_NEXT_PARTS_H

#include "base/rng.h"
#include "kinship/chance_family.h"
#include "kinship/next_sample.h"

/* Persons whom the pedigree does not name, in place of a person's index. */
enum {
    FIND_FATHER = 0x10000u,
    FIND_MOTHER,
    FIND_SIBLING,
    FIND_SIBLING_2,
    FIND_FATHERS_MOTHER,
    FIND_FATHERS_FATHER,
    FIND_MOTHERS_MOTHER,
    FIND_MOTHERS_FATHER,
    FIND_END
};

#define NEXT_WHO_MAX 24u
#define NEXT_OPTIONS_MAX 24u

/* Persons (of the pedigree, or FIND_) whose new sample is supposed to be there; in the order they were chosen. */
typedef struct next_set {
    uint32_t who[NEXT_WHO_MAX];
    uint32_t n;
} next_set;

/* Something that can be done: whom it adds to the set. */
typedef struct next_option {
    hw_next_kind kind;
    uint32_t who[NEXT_WHO_MAX];
    uint32_t n;
    const char *relation;
} next_option;

typedef struct next_context {
    hw_dataset d;      /* the caller's, with a panel that has the loci of the kit too */
    hw_panel panel;
    hw_match_options o;
    search s;
    const hw_next_options *p;
    bool *kit;         /* [s.n_loci] */
    matcher *matcher;  /* [n_threads] */
    unsigned n_threads, n_matchers;
    double x, rescued;
    uint32_t persons;
    hw_arena arena;
    bool has_search;
} next_context;

/* Zero *c first. threads 0: those of the options. */
hw_status next_context_init(next_context *c, const hw_dataset *d, const hw_match_options *o, const hw_next_options *p, unsigned threads, hw_err *err) HW_MUST_CHECK;
void next_context_release(next_context *c);

/* ---- next_people.c ---- */

/* Is there anything to gain by typing this profile again? */
bool next_worn(const next_context *c, const hw_profile *p);
/* What can be done when `taken` is done; ret[NEXT_OPTIONS_MAX]. Relations are those to the missing person number `missing`. */
uint32_t next_list(const next_context *c, const hw_family *f, uint32_t missing, const next_set *taken, next_option *ret);
/* What the person of an option is to the missing person of this very family (in a shape the option may be another family's). */
const char *next_relation(const hw_family *f, uint32_t missing, const next_option *o);
void next_set_add(next_set *s, const next_option *o);
/* The family with all persons of the set in its pedigree; ret->pedigree is to be released. ret_person[s->n]: their indices. */
hw_status next_extend(const hw_family *f, uint32_t missing, const next_set *s, hw_arena *arena, hw_family *ret, uint32_t *ret_person, hw_err *err) HW_MUST_CHECK;

/* ---- next_draw.c ---- */

typedef struct next_value {
    double p, se;  /* P(LR >= T | theirs), summed over the missing persons asked for */
    double soft;   /* the same at a lower ratio, where p is next to nothing; else p */
} next_value;

typedef struct next_question {
    const hw_family *family; /* of the search */
    uint32_t number;         /* of the family */
    uint32_t missing;        /* or UINT32_MAX */
} next_question;

/* What is asked of a family with samples drawn. */
typedef hw_status (*next_fn)(void *ctx, const hw_family *f, hw_rng *rng, next_value *ret, hw_err *err);
/* Mean of fn over draws of the samples of the set, given what `f` shows. missing_typed: the profile of the missing person is one of its readings. */
hw_status next_draws(const next_context *c, matcher *m, const hw_family *f, uint32_t missing, bool missing_typed, const next_set *s, uint32_t draws, hw_rng *rng,
                     next_fn fn, void *ctx, next_value *ret, hw_err *err) HW_MUST_CHECK;
/* With the samples of the set. stream: draws with another one are independent. plain: the child is drawn too and its ratio compared, without a convolution. */
hw_status next_evaluate(const next_context *c, matcher *m, const next_question *q, const next_set *s, uint32_t draws, uint64_t stream, bool plain, next_value *ret,
                        hw_err *err) HW_MUST_CHECK;

/* ---- next_family.c ---- */

typedef struct next_step {
    next_option option[HW_NEXT_PARTS];
    uint32_t n_options, samples;
    double now, then, gain, se; /* in probability, not yet times q; se of the gain */
    double spread;              /* of the gain between families; 0 for one */
} next_step;

/* Steps in the order to take them, gain per sample never rising. */
typedef struct next_ladder {
    next_step step[HW_NEXT_STEPS];
    uint32_t n;
} next_ladder;

/* Families that are asked together: of one shape, so that one option means the same in all. */
typedef struct next_group {
    const next_question *q;
    uint32_t n;
    uint32_t draws;   /* for each family */
    uint64_t stream;
    bool plain;
} next_group;

/* The best ladder for the mean over the families. Failures are those of the first family that fails; an option that fails in one of them is none. */
hw_status next_ladder_find(const next_context *c, matcher *m, const next_group *g, next_ladder *ret, uint64_t *ret_options, hw_err *err) HW_MUST_CHECK;
/* The same steps valued anew. each: NULL, or [n * HW_NEXT_STEPS] gains of every family. */
hw_status next_ladder_value(const next_context *c, matcher *m, const next_group *g, next_ladder *io, double *each, hw_err *err) HW_MUST_CHECK;
void next_ladder_concave(next_ladder *l);
/* Every option of one family for itself; ret[NEXT_OPTIONS_MAX]. */
hw_status next_singles(const next_context *c, matcher *m, const next_question *q, next_step *ret, uint32_t *ret_n, hw_err *err) HW_MUST_CHECK;
/* Gain per sample; a negative one, which is noise, counts as zero. */
double next_rate(const next_step *s);
/* As the public result has it. */
void next_publish(const next_context *c, const next_question *q, const next_step *s, uint32_t number, hw_next_step *ret);
int next_by_rate(const void *a, const void *b);
/* An option that a pedigree cannot carry or that would cost too much is no option; a family that fails so is left out. */
bool next_left_out(hw_status s);

/* ---- next_shape.c ---- */

typedef struct next_shape {
    uint32_t first;          /* into next_shapes.order */
    uint32_t count;          /* families */
    uint32_t n_computed;
    hw_status status;        /* of all its families that were tried */
    const char *error;
    next_ladder ladder;
    double z_mean;           /* of next_rarity over the families computed */
    double slope[HW_NEXT_STEPS], least[HW_NEXT_STEPS], most[HW_NEXT_STEPS]; /* gain against rarity, and the gains met */
} next_shape;

typedef struct next_shapes {
    uint32_t *of;            /* [families] shape; UINT32_MAX: nobody is missing */
    uint32_t *order;         /* families, shape by shape */
    next_shape *shape;
    uint32_t n;
} next_shapes;

/* Everything in the arena of the context. */
hw_status next_shapes_find(next_context *c, next_shapes *ret, hw_err *err) HW_MUST_CHECK;
hw_status next_shapes_value(next_context *c, next_shapes *s, hw_err *err) HW_MUST_CHECK;
/* How rare what a family shows is: the sum over its readings of 1 - the mean frequency of their alleles. What tells families of one shape apart. */
double next_rarity(const next_context *c, const hw_family *f);

#endif
