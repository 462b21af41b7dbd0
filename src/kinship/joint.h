// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Joint identification: many children against many families at once. An assignment places some children, each as one missing person, no missing person twice. Its weight is
 *
 *   product over families  P(family's readings, children placed in it) / (P(family's readings) * P(those children, unrelated))
 *   times, for every child placed, the prior of one missing person (over the share of them that is free), and for every child not placed u = (1 - P) + prior * (sum of ratios of its pairs not listed)
 *
 * Instead of being placed, the children of one family may all be its relatives (children of a brother or sister of its parents): the same weight times
 * rival_weight over the largest of their ratios missing : rival.
 *
 * with P the prior probability that the child's family is among those searched. Brothers and sisters placed in one family so support each other, and one child
 * claimed by two families counts once. docs/joint.md gives the model, the source of the priors, and the proofs of the bounds.
 *
 * A result owns what it holds. One thread calls; hw_joint itself works on several, with results that do not depend on how many.
 */
#ifndef HW_KINSHIP_JOINT_H
#define HW_KINSHIP_JOINT_H

#include "kinship/match.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hw_joint_options {
    bool flat;                /* every assignment has the same prior: prior and u are 1. For comparison with programs that count so */
    double prior_each;        /* prior of one missing person; 0: match options' prior_registered over the missing persons of the dataset */
    const double *free_share; /* [family] probability that a missing person of it is not taken by some other child, given that no other is listed: a child that is placed is placed in one of
                                 these, so that the prior of a placing is prior_each over it; NULL: 1. It matters once the rescued are as many as the missing (docs/joint.md) */
    double rival_weight;      /* prior of "a child of a brother or sister of this family's parents" relative to prior_each; 0.1. Uses hw_candidate.rival_log10 */
    uint32_t max_shared;      /* children claimed by several families that are solved together; 12, at most 16 */
    uint32_t max_shared_weak; /* the same where families would be joined by a claim that weighs less than "nowhere"; 6 */
    uint32_t max_assignments; /* of one family; 20000 */
    double max_operations;    /* of one group; 4e6 (about a second) */
    uint32_t top;             /* assignments listed per group; 5 */
} hw_joint_options;
HW_API void hw_joint_options_init(hw_joint_options *o);

/** Per child the sum of the ratios (not logarithms) of all its pairs that are not listed: an estimate and what it is certainly between. Arrays NULL: 0. */
typedef struct hw_joint_rest {
    const double *sum, *low, *high; /* [n_children] */
} hw_joint_rest;

/** About one listed pair, in the order of the list given. */
typedef struct hw_joint_pair {
    double posterior, low, high;                      /* the child is this missing person */
    double family_posterior, family_low, family_high; /* the child is one of the missing of this family: what is asked when brothers are missing that DNA cannot tell apart */
    bool exact;                                       /* nothing was cut off or left unproven; the interval is that of the sums of unlisted pairs alone */
    uint32_t group;
} hw_joint_pair;

/** A child with a listed pair: where it is when it is in none of the places listed. The four and its family_posteriors in this group sum to 1. */
typedef struct hw_joint_child {
    uint32_t child, group;
    double not_registered; /* its family never asked, or is not in the database */
    double unlisted;       /* one of the pairs not listed */
    double relative;       /* a child of a brother or sister of a family listed for it */
    double other_group;    /* a family listed for it that was cut off from this group (approximation) */
} hw_joint_child;

/** A missing person with a listed pair: the probability that none of the listed children is this one. */
typedef struct hw_joint_missing {
    uint32_t family, missing, group;
    double absent, low, high;
} hw_joint_missing;

typedef struct hw_joint_assignment {
    uint32_t *pair;    /* indices of the listed pairs that hold; all other children are placed nowhere */
    uint32_t n;
    double ln_ratio;   /* natural logarithm of the joint likelihood ratio to "nobody is placed"; prior not included */
    double posterior;  /* within the group */
} hw_joint_assignment;

/** Families and children solved together. */
typedef struct hw_joint_group {
    uint32_t *family, n_families;
    uint32_t *child, n_children;
    hw_joint_assignment *top; /* the most probable, best first */
    uint32_t n_top;
    double assignments;       /* how many there are */
    bool exact;
    const char *note;         /* what was approximated and how it is bounded, or NULL */
} hw_joint_group;

typedef struct hw_joint_result {
    hw_joint_pair *pair; /* [n] as given */
    size_t n;
    hw_joint_child *child; /* by child, each once: in the group where it most probably belongs */
    size_t n_children;
    hw_joint_missing *missing; /* by family and missing */
    size_t n_missing;
    hw_joint_group *group;
    size_t n_groups;
    double prior_each, prior_registered;
    hw_arena arena;
} hw_joint_result;

/**
 * Posterior of every assignment over the pairs listed. `match` gives tables, settings, prior_registered and threads; pair[i].log10_lr must be the pair's exact ratio; of the
 * other members only child, family, missing and rival_log10 are read. A pair of ratio 0 has posterior 0.
 * USAGE: a prior outside (0,1), a pair twice, an index out of range, bounds of the rest out of order. Cost: likelihoods of families in which several listed children could
 * be placed together (some hundred microseconds per assignment), and up to max_operations per group.
 */
HW_API hw_status hw_joint(const hw_dataset *d, const hw_match_options *match, const hw_candidate *pair, size_t n, const hw_joint_rest *rest,
                          const hw_joint_options *o, hw_joint_result *ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_joint_result_release(hw_joint_result *r);

#ifdef __cplusplus
}
#endif
#endif
