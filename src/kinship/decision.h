// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * From the list of a search to decisions: joint identification over all candidates, then the verdict on each. What other parts of the program know (chance hits, findings
 * of the quality check) comes in as arrays; what is not given is unknown, and forbids "report".
 */
#ifndef HW_KINSHIP_DECISION_H
#define HW_KINSHIP_DECISION_H

#include "kinship/joint.h"
#include "kinship/siblings.h"
#include "kinship/verdict.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Arrays are borrowed; any may be NULL: unknown. */
typedef struct hw_decision_evidence {
    hw_joint_rest rest;               /* of the pairs not listed. sum NULL: a ratio of 1 each is taken (its mean for unrelated pairs), and no bounds are known */
    const double *chance_hits;        /* [candidate of the result] expected in the whole database, at least as strong; NAN unknown */
    const hw_answer *family_fits;     /* [family] fits as stated and was searched as stated */
    const hw_answer *family_quality;  /* [family] no quality finding open */
    const hw_answer *child_quality;   /* [child] the same */
    const hw_sibling_pair *siblings;  /* children found to be siblings: where one is listed for a family that misses several, the other is considered there too */
    size_t n_siblings;
} hw_decision_evidence;

typedef struct hw_decision {
    hw_joint_pair joint;
    hw_verdict_input input; /* all the verdict was decided on */
    hw_verdict verdict;
} hw_decision;

typedef struct hw_decisions {
    hw_candidate *candidate; /* [n] those of the result, in its order, then the pairs that siblings brought in (their chance hits are not known) */
    hw_decision *decision;   /* [n] */
    size_t n, n_listed;      /* n_listed: those of the result. Texts of candidates belong to the result */
    hw_joint_result joint;  /* posteriors of children and missing persons, groups, most probable assignments */
    hw_policy policy;
    hw_arena arena;
} hw_decisions;

/** Joint identification and verdicts over the candidates of r. Statuses of hw_joint. Cost: that of hw_joint. */
HW_API hw_status hw_decide(const hw_dataset *d, const hw_match_options *o, const hw_match_result *r, const hw_decision_evidence *evidence, const hw_policy *policy,
                           hw_decisions *ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_decisions_release(hw_decisions *x);

#ifdef __cplusplus
}
#endif
#endif
