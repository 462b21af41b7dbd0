// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The verdict on one candidate pair: report it for confirmation, treat it as a lead, or not yet; with every criterion of the policy, whether it is met, and what would
 * settle it where it is not. What is not known counts against "report", never for it.
 *
 * "Report" starts a confirmation: a second sample of the child and of the relatives, and two signatures. It reunites nobody.
 * The texts are for the laboratory and for verifiers. Some speak of relatives that do not fit: none of them goes into anything meant for families or carers.
 */
#ifndef HW_KINSHIP_VERDICT_H
#define HW_KINSHIP_VERDICT_H

#include "base/memory.h"
#include "kinship/policy.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hw_verdict_kind { HW_VERDICT_NOT_YET, HW_VERDICT_LEAD, HW_VERDICT_REPORT } hw_verdict_kind;
typedef enum hw_answer { HW_ANSWER_UNKNOWN, HW_ANSWER_NO, HW_ANSWER_YES } hw_answer;

/** All evidence about a pair. NAN, UINT32_MAX and UNKNOWN: not known. */
typedef struct hw_verdict_input {
    double posterior, low, high; /* joint: the child is one of the missing of this family */
    double missing_posterior;    /* joint: the child is this missing person */
    double log10_lr;             /* log10 ratio of the pair, smallest over the tables */
    double chance_hits;          /* expected in the whole database, at least as strong */
    hw_answer rivals;            /* NO: no close relative can stand in the missing person's place; YES: rival_log10 holds */
    double rival_log10;          /* log10 ratio missing : strongest rival */
    uint32_t inconsistent;       /* loci that need a mutation, drop-out, error or silent allele */
    hw_answer two_parents;       /* both parents of the missing person are typed */
    hw_answer fits;              /* the family fits as stated, and was searched as stated, not under a part of its relatives */
    hw_answer quality;           /* no quality finding about the child or the family is open */
    hw_answer contested;         /* another claim on this child, or on this missing person, comes within the policy's contested_factor */
} hw_verdict_input;
/** Everything unknown. */
HW_API void hw_verdict_input_init(hw_verdict_input *in);

typedef enum hw_criterion {
    HW_CRITERION_POSTERIOR, HW_CRITERION_INTERVAL, HW_CRITERION_RATIO, HW_CRITERION_CHANCE, HW_CRITERION_RIVAL, HW_CRITERION_LOCI,
    HW_CRITERION_FIT, HW_CRITERION_QUALITY, HW_CRITERION_CONTESTED, HW_CRITERION_COUNT
} hw_criterion;

typedef struct hw_verdict_reason {
    hw_criterion criterion;
    const char *code;      /* stable: "posterior", "interval", "ratio", "chance", "rival", "loci", "fit", "quality", "contested" */
    hw_answer met;
    const char *text, *text_zh;
    const char *settle, *settle_zh; /* what would settle it; NULL when it is met */
} hw_verdict_reason;

typedef struct hw_verdict {
    hw_verdict_kind kind;
    hw_verdict_reason reason[HW_CRITERION_COUNT]; /* all, in the order of hw_criterion */
    bool which_open;       /* the family is clear, which of its missing persons is not (brothers that DNA cannot tell apart): age and memory settle that */
} hw_verdict;

/** "report", "lead", "not yet" and their Chinese; never NULL. */
HW_API const char *hw_verdict_text(hw_verdict_kind k);
HW_API const char *hw_verdict_text_zh(hw_verdict_kind k);
/** "report", "lead", "not-yet": for files. */
HW_API const char *hw_verdict_code(hw_verdict_kind k);

/**
 * REPORT: every criterion is met. LEAD: not that, but the joint posterior of the family is known and at least lead_posterior. NOT_YET: else.
 * Texts are in the arena. NO_MEMORY.
 */
HW_API hw_status hw_verdict_decide(const hw_policy *policy, const hw_verdict_input *in, hw_arena *arena, hw_verdict *ret, hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
