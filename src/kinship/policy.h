// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The policy of decisions: the numbers that divide "report" from "lead" from "not yet". One small struct, fixed before anything is calibrated by it; the file
 * data/policy/default.policy says the same with the reasons, and src/formats/policy.c reads such files.
 */
#ifndef HW_KINSHIP_POLICY_H
#define HW_KINSHIP_POLICY_H

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hw_policy {
    double posterior_low;        /* report: least lower bound of the joint posterior of the family */
    double interval_width;       /* report: greatest width of that posterior's interval */
    double log10_lr;             /* report: least log10 ratio, smallest over the tables */
    double chance_hits;          /* report: most chance hits at least as strong expected in the whole database */
    double rival_ratio;          /* report: least ratio against the strongest rival */
    double inconsistent_one;     /* report: most inconsistent loci when not both parents are typed */
    double inconsistent_two;     /* report: the same when both are */
    double contested_factor;     /* a claim whose ratio comes within this factor of the pair's contests it */
    double lead_posterior;       /* lead: least joint posterior of the family */
    double rival_weight;         /* prior of "a child of a brother or sister of this family's parents", relative to that of a missing person */
} hw_policy;

typedef struct hw_policy_key {
    const char *key;
    size_t offset;
    double low, high;
    bool whole;       /* a whole number */
} hw_policy_key;

/** The defaults, as in data/policy/default.policy. */
HW_API void hw_policy_init(hw_policy *p);
/** The keys of a policy file in their order. */
HW_API const hw_policy_key *hw_policy_keys(size_t *ret_n);
HW_API double hw_policy_get(const hw_policy *p, const hw_policy_key *k);
/** Set by name: NOT_FOUND for a key that is none (the nearest is not guessed), USAGE outside the key's range. */
HW_API hw_status hw_policy_set(hw_policy *p, const char *key, double value, hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
