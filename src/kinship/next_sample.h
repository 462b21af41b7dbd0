// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The next best sample: which relative to ask for a sample, which samples to type at more loci, which old or poor sample to type again, ranked by the
 * expected number of additional children identified. docs/next-sample.md has the definitions and what they leave out.
 *
 * The gain of a sample is q [P(LR >= T | theirs, with it) - P(LR >= T | theirs, as now)]: q is the probability that the missing person is among the rescued children, T the
 * ratio from which a pair is reported. The first probability is a mean over what the new sample may show, given what the family's samples show: its genotypes are drawn locus by locus,
 * and for each draw the probability is computed by convolution. Draws have fixed seeds, so that results are the same on any number of threads.
 *
 * Results own what they hold. A call uses the threads of the options; calls on one dataset may run at the same time.
 */
#ifndef HW_KINSHIP_NEXT_SAMPLE_H
#define HW_KINSHIP_NEXT_SAMPLE_H

#include "kinship/match.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hw_next_kind {
    HW_NEXT_RELATIVE, /* somebody of the pedigree who gave no sample */
    HW_NEXT_TO_FIND,  /* a relative whom the pedigree does not name */
    HW_NEXT_RETYPE,   /* one sample typed again, with all loci of the kit */
    HW_NEXT_LOCI,     /* all samples of the family typed again so */
    HW_NEXT_CHILD,    /* the child's own sample typed again so */
    HW_NEXT_KINDS
} hw_next_kind;
HW_API const char *hw_next_kind_text(hw_next_kind kind); /* "new sample", ... */

/** Most samples of one step, and most steps for one family. */
#define HW_NEXT_PARTS 3
#define HW_NEXT_STEPS 3

/** One thing to be done: a person to sample, or samples to type again. */
typedef struct hw_next_part {
    hw_next_kind kind;
    uint32_t person;      /* of the family's pedigree; UINT32_MAX: not named there (TO_FIND), or several (LOCI) */
    const char *relation; /* to the missing person: "mother", "full brother or sister" */
    uint32_t samples;     /* laboratory samples it takes */
} hw_next_part;

/** A step: one part, or several that are worth more together than one after the other. */
typedef struct hw_next_step {
    uint32_t family;
    uint32_t missing;     /* index into family->missing; UINT32_MAX: all missing persons of the family, of whom probabilities are then added up */
    uint32_t number;      /* 0: the family's first; others suppose those before */
    hw_next_part part[HW_NEXT_PARTS];
    uint32_t n_parts, samples;
    double now, then;     /* P(LR >= T | theirs) before and after the step */
    double gain, gain_se; /* expected number of additional children identified, and its standard error from the draws */
    bool by_shape;        /* a mean over families of this shape and not this family's own; its spread is in gain_spread */
    double gain_spread;   /* by_shape: standard deviation between families of the shape */
} hw_next_step;

typedef struct hw_next_options {
    double level;           /* posterior from which a pair is reported, with no rival near it; 0.999 */
    double threshold_log10; /* T; NAN: from the level, see hw_next_threshold */
    double rescued;         /* q; NAN: from prior_registered of the match options and the counts of the dataset */
    double children;        /* rescued children, when the dataset does not hold them; 0: those of the dataset */
    bool to_find;           /* relatives whom the pedigree does not name too; true */
    const char *const *kit; /* loci that a new sample and a sample typed again are typed at; n_kit 0: every locus of the dataset that the first table has */
    size_t n_kit;
    uint32_t draws;         /* for each option of a family; 16 */
    uint64_t seed;
    uint64_t budget;        /* samples */
    uint32_t max_shapes;    /* shapes of families; loci are counted more coarsely until there are no more than these; 250 */
    uint32_t members;       /* families computed for a shape that holds a thousandth of all; three times as many for a hundredth, fewer for less; 8 */
    uint32_t refine;        /* families computed for themselves, at most; 200. When those in question are more, the choice stays that by shapes, and so many of it, evenly spread, put the sum right */
} hw_next_options;
HW_API void hw_next_options_init(hw_next_options *p);

/**
 * log10 of the ratio T at which the posterior w T / (w T + 1) reaches `level`, where w = prior_registered / persons is the prior of each missing person and all others together add 1, as
 * ratios of unrelated persons do on the average. 9.3 for a million persons, prior 0.5, level 0.999.
 */
HW_API double hw_next_threshold(double level, double prior_registered, double persons);
/** prior_registered x children / persons, 1 at most: the expected number of rescued children whose family is registered, over those missed. */
HW_API double hw_next_rescued(double prior_registered, double children, double persons);

typedef struct hw_next_result {
    hw_next_step *step;     /* by gain per sample, largest first */
    size_t n;
    uint64_t samples;       /* of all steps */
    double gain, gain_se;   /* of all steps together; where steps are by shape, put right as refine says */
    double threshold_log10, rescued;
    uint32_t persons;       /* missing persons of the dataset */
    uint32_t n_families;    /* looked at */
    uint32_t n_errors;      /* of them could not be computed */
    hw_status first_status; /* of the first of those, and what */
    const char *first_error;
    uint32_t n_shapes, n_computed; /* whole database: shapes, and families computed for them */
    uint32_t n_own;       /* families computed for themselves */
    double seconds;
    hw_arena arena;
} hw_next_result;

/**
 * Every option of one family, each for itself, by gain per sample. missing: index into family->missing, or UINT32_MAX for all. CONFLICT: indices out of range. Failures of the family's own
 * tables as in hw_chance_new. Cost: about draws x options x 0.4 ms for 22 loci.
 */
HW_API hw_status hw_next_for_family(const hw_dataset *d, const hw_match_options *o, const hw_next_options *p, uint32_t family, uint32_t missing, hw_next_result *ret,
                                    hw_err *err) HW_MUST_CHECK;
/**
 * The whole database: the steps that p->budget samples are best spent on. Families of one shape (pedigree, who is typed at how many loci and how well) share the mean over
 * some of them; when the families in question are no more than p->refine, they are computed for themselves and the choice is made again. Steps of one family follow each other, the second computed with the first done.
 */
HW_API hw_status hw_next_for_all(const hw_dataset *d, const hw_match_options *o, const hw_next_options *p, hw_next_result *ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_next_result_release(hw_next_result *r);

/** What would settle whether a child belongs to a candidate family. */
typedef struct hw_next_settle {
    uint32_t family, missing;
    hw_next_part part;
    double log10_lr, posterior; /* as now */
    double report;    /* P(the ratio then reaches T | theirs, what child and family show) */
    double rule_out;  /* P(the ratio then is at most T ((1 - level) / level)^2 | unrelated, the same): the posterior is as far on the other side */
    double gain, gain_se; /* posterior x report: expected number of additional children identified */
    double settled;   /* posterior x report + (1 - posterior) x rule_out */
} hw_next_settle;

#define HW_NEXT_CANDIDATES 3
typedef struct hw_next_child_result {
    hw_next_settle *settle;   /* by gain per sample */
    size_t n;
    uint32_t n_candidates;    /* looked at: those of the largest posterior that are not at T yet, HW_NEXT_CANDIDATES at most */
    uint32_t n_reported;      /* already at T */
    double threshold_log10, rule_out_log10;
    double seconds;
    hw_arena arena;
} hw_next_child_result;

/**
 * One child (index into d->child): its candidate families at or above `least_log10`, and what would settle each. New samples are drawn given what the child shows too. Ratios are those of
 * match. The child's own sample is an option when the kit has loci that it lacks. Cost: a search of one child, then some seconds.
 */
HW_API hw_status hw_next_for_child(const hw_dataset *d, const hw_match_options *o, const hw_next_options *p, uint32_t child, double least_log10, hw_next_child_result *ret,
                                   hw_err *err) HW_MUST_CHECK;
HW_API void hw_next_child_result_release(hw_next_child_result *r);

/** What is lost by shapes and few draws. */
typedef struct hw_next_loss {
    double best, best_se; /* gain of the choice by brute force */
    double ours, ours_se; /* gain of ours; both valued by the same further draws, in which neither was chosen */
    double lost, lost_se; /* best - ours, of which what both chose cancels */
    double claimed;       /* what ours says of itself */
    uint64_t options;     /* computed by brute force */
    uint32_t draws;
    double seconds;
} hw_next_loss;
/**
 * Compare a choice with brute force: every step of every family simulated (child and relative drawn together, no convolution, no shapes) with `draws` draws, the best p->budget samples taken. Small
 * datasets only.
 */
HW_API hw_status hw_next_check_loss(const hw_dataset *d, const hw_match_options *o, const hw_next_options *p, const hw_next_result *ours, uint32_t draws, hw_next_loss *ret,
                                    hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
