// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * What `homeward check` found, one finding each with a stable code, whom it concerns, what was seen and what to do; and the ways to write the list. Texts on families that do not fit are for
 * the laboratory and the verifiers only.
 */
#ifndef HW_CLI_FINDINGS_H
#define HW_CLI_FINDINGS_H

#include "cli/inputs.h"
#include "kinship/quality.h"
#include "report/match_report.h"

/* code for files, short name, what to do */
#define FINDING_LIST(X)                                                                                                                                        \
    X(MISFIT, "family-misfit", "stated relatives do not fit",                                                                                                  \
      "Laboratory and verifiers only. Look for exchanged tubes and for a slip in the stated relations, then type the suspected member from a second sample. "  \
      "Until then search the family under each of the subsets that fit, as a lead at most.")                                                                  \
    X(EXCHANGE, "samples-exchanged", "two samples were probably exchanged",                                                                                    \
      "Laboratory and verifiers only. Take both samples anew, or type the stored ones again; exchange nothing on this evidence alone.")                       \
    X(DOUBTFUL, "family-doubtful", "stated relatives fit badly",                                                                                               \
      "Laboratory and verifiers only. Type more loci of the suspected member, or another relative; the family is searched as stated.")                        \
    X(NOT_COMPUTED, "family-not-computed", "fit could not be computed", "State what the reason asks for, and check the family again.")                         \
    X(STAFF, "staff-match", "a profile is that of staff", "Take the sample as contaminated: leave it out, and take and type it anew.")                          \
    X(DIRECT, "missing-found", "a child is the missing person by that person's own sample",                                                                    \
      "Confirm with a second sample of both, and with the parents' profiles, before anybody is told.")                                                       \
    X(CHILD_TWICE, "child-twice", "the same child entered twice, or identical twins",                                                                          \
      "Compare dates, places and photographs of the two rescues. One child: join the records. Two children: note that they are twins.")                            \
    X(CHILD_RELATIVE, "child-is-relative", "a child's profile is that of a registered relative",                                                               \
      "One of the two samples is mislabelled or contaminated: take both anew.")                                                                               \
    X(TWINS, "twins-or-twice", "identical twins, or one sample entered twice",                                                                                 \
      "Ask whether the two are twins. If so, state it in the pedigree (twin); if not, take the sample of one of them anew.")                                  \
    X(RELATIVE_TWICE, "relative-twice", "the same relative entered twice",                                                                                     \
      "If one person stands in both places, say so and join the families where they are one. If two, a sample was exchanged or entered twice.")               \
    X(OR_SIBLING, "same-or-sibling", "one person, or full siblings", "Type more loci of both: too few decide between one person and siblings.")                 \
    X(SEX, "sex-contradicts", "stated sex against amelogenin",                                                                                                 \
      "Check the record of the person and the label of the tube: two such people together point to an exchange. X alone of a man may be a lost Y.")                                            \
    X(MIXTURE, "mixture", "a mixture of people", "Leave the sample out of the search, and take and type it anew.")                                             \
    X(HOMOZYGOTES, "dropout-unstated", "too many homozygotes", "State a drop-out probability for the sample, or type it again from more DNA.")                  \
    X(POOR, "profile-poor", "too few loci", "Type the sample again, with more loci or from more DNA; until then it decides little.")

typedef enum finding_code {
#define X(name, code, title, todo) FINDING_##name,
    FINDING_LIST(X)
#undef X
    FINDING_CODES
} finding_code;

#define FINDING_PEOPLE 4

typedef struct finding {
    finding_code code;
    hw_sampled who[FINDING_PEOPLE]; /* family alone: profile NULL, person HW_NOBODY */
    uint32_t n_who;
    double log10;                   /* the number it rests on, see `measure`; NAN: none */
    const char *measure;            /* "one error : as stated", or NULL */
    const char *text;
    const hw_fit *fit;              /* of MISFIT and DOUBTFUL, else NULL */
    size_t number;                  /* in the order they were found */
} finding;

typedef struct findings {
    finding *list;                  /* by code, then in the order of the files */
    size_t n, cap;
    hw_arena arena;
    size_t count[FINDING_CODES];
    hw_fit_result fits;              /* families by verdict, and those that do not fit */
    hw_samples samples;
    double same_bound_log10;
    size_t not_compared;             /* people with too few whole groups of loci to be compared with all others */
    const hw_dataset *d, *staff;
    const hw_match_options *o;
} findings;

/** All checks. min_loci: of a profile. Release also after a failure. */
hw_status findings_make(const inputs *in, const hw_match_options *o, const hw_profile_bounds *bounds, findings *ret, hw_err *err) HW_MUST_CHECK;
void findings_release(findings *f);

const char *finding_code_name(finding_code code);
const char *finding_title(finding_code code);
const char *finding_todo(finding_code code);
/** "child C1", "F1/MO", "family F1", "staff S1". */
void finding_write_who(const findings *f, const hw_sampled *s, hw_str *out);

/* findings_write.c; limit 0: all */
hw_status findings_text(const findings *f, const hw_report_options *o, size_t limit, hw_str *out, hw_err *err) HW_MUST_CHECK;
hw_status findings_csv(const findings *f, size_t limit, hw_str *out, hw_err *err) HW_MUST_CHECK;
hw_status findings_json(const findings *f, size_t limit, hw_str *out, hw_err *err) HW_MUST_CHECK;

#endif
