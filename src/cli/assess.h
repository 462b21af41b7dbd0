// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * From profiles to decisions, as `homeward match` makes them: the quality of the database first, families that do not fit searched under the parts of them that do, then the
 * search, brothers and sisters among the children, chance hits, joint identification, and a verdict on every candidate.
 */
#ifndef HW_CLI_ASSESS_H
#define HW_CLI_ASSESS_H

#include "cli/findings.h"
#include "kinship/chance.h"
#include "kinship/decision.h"
#include "report/match_report.h"

extern const arg_option ASSESS_OPTIONS[]; /* --policy --no-check */

typedef struct assessment {
    findings quality;
    bool checked;                 /* quality holds; else it is unknown, and nothing is reported */
    size_t n_parts;               /* families added: parts of those that do not fit */
    hw_policy policy;
    const char *policy_name;
    hw_match_result match;
    hw_sibling_result siblings;
    hw_chance_database *chance;   /* NULL: nothing was listed */
    double *chance_hits;          /* [match.n_candidates] upper limit expected in the whole database, at least as strong */
    hw_decisions decisions;
    hw_arena arena;
} assessment;

/** Before the search: the policy, the quality check, and parts of families that do not fit added to the people. Release also after a failure. */
hw_status assess_start(cli *c, inputs *in, const hw_match_options *o, assessment *ret, hw_err *err) HW_MUST_CHECK;
/** After the search: everything else. The part of a family with the strongest pair stands for the family; pairs of its other parts are dropped from p. */
hw_status assess_pairs(cli *c, inputs *in, const hw_match_options *o, hw_pairs *p, assessment *io, hw_err *err) HW_MUST_CHECK;
/** For the writers of the list; borrowed. */
hw_report_decisions assess_decisions(const assessment *a);
void assess_release(assessment *a);

#endif
