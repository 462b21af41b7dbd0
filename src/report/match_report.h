// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * What a person reads of a match: the report on one child and one family (terminal, HTML, SVG, PDF) and the ranked list of
 * candidates (terminal, JSON, CSV).
 *
 * Reading list of this room: labels (words in two languages), text (UTF-8 widths, escaping), figures (numbers as words on paper), phrases (engine words
 * in Chinese), document and match_document (what a report says, once, for all writers), table_text; pedigree_layout.h, pedigree_graph, pedigree_rank,
 * pedigree_order, pedigree_layout, pedigree_route (where everything stands), pedigree_draw (the drawing as shapes), pedigree_svg, pedigree_cairo,
 * pedigree_text; match_text, match_html, page, match_pdf; list_text, list_json, list_csv.
 *
 * The same input gives the same bytes: no clock, no locale, no environment is read (the PDF also depends on the installed fonts
 * and on the versions of cairo and pango). Strings of the input may be anything: invalid UTF-8, control characters and writing-direction overrides
 * are replaced by U+FFFD in text, HTML, SVG and PDF. Functions may be called from any thread.
 */
#ifndef HW_REPORT_MATCH_REPORT_H
#define HW_REPORT_MATCH_REPORT_H

#include "base/str.h"
#include "kinship/chance.h"
#include "kinship/decision.h"
#include "kinship/match.h"
#include "kinship/next_sample.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hw_report_lang { HW_REPORT_EN, HW_REPORT_ZH } hw_report_lang;

typedef struct hw_report_options {
    hw_report_lang lang;
    const char *date;    /* "2026-11-23" or "2026-11-23T09:30:00Z", printed as given and put into the PDF; NULL: no date is printed, the PDF says 1970-01-01 */
    const char *program; /* "homeward 0.1.0", printed at the foot; NULL: nothing */
    unsigned width;      /* columns of the terminal; 0: as wide as needed (a pipe) */
    bool colour;         /* terminal text with ANSI colours */
    bool ascii;          /* terminal drawing with ASCII lines only */
    size_t max_rows;     /* of list_text; 0: all */
} hw_report_options;

/** English, no date, no program, width 0, no colour, lines of Unicode. */
HW_API void hw_report_options_init(hw_report_options *o);

/* ---- what is known of a pair beside its explanation; everything is borrowed ---- */

/** A child in a place, or a claim on one. */
typedef struct hw_pair_place {
    const char *child, *family, *missing;
    double log10_lr, family_posterior; /* NAN: not known */
    hw_verdict_kind verdict;
} hw_pair_place;

/** What was decided of the pair, in the search that listed it. */
typedef struct hw_pair_decision {
    hw_verdict_kind verdict;
    hw_verdict_reason reason[HW_CRITERION_COUNT];
    uint32_t n_reasons;
    bool which_open;                  /* as in hw_verdict */
    const char *policy;               /* "default", or its file */
    const char *under;                /* the relatives that the family was searched under alone, or NULL */
    double posterior, low, high;      /* joint: the child is one of the missing of this family */
    double missing_posterior;         /* joint: the child is this missing person */
    double chance_hits;               /* expected in the whole database, at least as strong, upper limit */
    double not_registered, unlisted, relative, other_group; /* of the child, as in hw_joint_child */
    const hw_pair_place *together;    /* the most probable assignment of its group */
    uint32_t n_together, n_more;      /* n_more: places of it left out here */
    double together_posterior, assignments;
    bool exact;
    const char *note;                 /* what was approximated, or NULL */
    const hw_pair_place *claim;       /* other families that claim the child, other children for this missing person */
    uint32_t n_claims;
} hw_pair_decision;

typedef enum hw_no_decision {
    HW_NO_DECISION_NOT_LISTED, /* the search did not list the pair */
    HW_NO_DECISION_OLD_RUN,    /* the run was made without decisions */
    HW_NO_DECISION_NO_RUN      /* no run was named, and the data are too large to decide anew */
} hw_no_decision;

/** P(a ratio at least as large as that observed | hypothesis). */
typedef struct hw_pair_tail {
    hw_hypothesis_kind kind;
    const char *text;
    double log10_against; /* log10 ratio missing : this hypothesis, first population; NAN for the missing person and where it is not known */
    hw_tail tail;
    const char *left_out; /* why there is no tail, or NULL */
} hw_pair_tail;

typedef struct hw_pair_chance {
    const hw_pair_tail *tail; /* unrelated, the rivals, the missing person */
    uint32_t n_tails, n_loci;
    bool x_left_out, linkage_left_out;
} hw_pair_chance;

/** A sample that the family could give next, and what it would bring for any child of theirs. */
typedef struct hw_pair_next {
    hw_next_kind kind;
    const char *relation, *person; /* person NULL: not named in the pedigree, or several */
    uint32_t samples;
    double now, then, gain;        /* as in hw_next_step */
} hw_pair_next;

typedef struct hw_pair_evidence {
    const hw_pair_decision *decision; /* NULL: no_decision says why */
    hw_no_decision no_decision;
    const hw_pair_chance *chance;     /* NULL: no_chance says why */
    const char *no_chance;
    const hw_pair_next *next;         /* best first */
    uint32_t n_next;
    double next_threshold_log10;
} hw_pair_evidence;

/*
 * The report on one pair, for the laboratory and verifiers. e NULL: nothing is said of decision and chance. Each appends to `out`. NO_MEMORY, LIMIT (out is full, or more than HW_PEDIGREE_MAX persons), CONFLICT (a person is its own
 * ancestor, or an index points nowhere).
 */
HW_API hw_status hw_report_match_text(const hw_explanation *x, const hw_pair_evidence *e, const hw_report_options *o, hw_str *out, hw_err *err) HW_MUST_CHECK;
/** One HTML page that needs nothing else: no script, styles in its head, the pedigree inside as SVG. */
HW_API hw_status hw_report_match_html(const hw_explanation *x, const hw_pair_evidence *e, const hw_report_options *o, hw_str *out, hw_err *err) HW_MUST_CHECK;
/** The pedigree alone, as an SVG file. */
HW_API hw_status hw_report_match_svg(const hw_explanation *x, const hw_pair_evidence *e, const hw_report_options *o, hw_str *out, hw_err *err) HW_MUST_CHECK;
/** A4 pages. Also INTERNAL when cairo refuses (its words in the message), USAGE for a date that is not one. */
HW_API hw_status hw_report_match_pdf_bytes(const hw_explanation *x, const hw_pair_evidence *e, const hw_report_options *o, hw_str *out, hw_err *err) HW_MUST_CHECK;
/** The same into a file, through a temporary name; also IO. */
HW_API hw_status hw_report_match_pdf(const hw_explanation *x, const hw_pair_evidence *e, const hw_report_options *o, const char *path, hw_err *err) HW_MUST_CHECK;

/** What was decided of the pairs of a list. Borrowed. */
typedef struct hw_report_decisions {
    const hw_decisions *decisions;
    const hw_sibling_result *siblings; /* or NULL */
    const char *policy_name;           /* "default", or its file */
    bool quality_checked;
} hw_report_decisions;

/** The decision on pair i (of the list, or of those that brothers and sisters brought in); NULL without any. */
static inline const hw_decision *hw_report_decision(const hw_report_decisions *x, size_t i)
{
    return x != NULL && i < x->decisions->n ? &x->decisions->decision[i] : NULL;
}

/** Pairs of the list and those brought in; the latter only after a whole list. */
static inline size_t hw_report_pairs(const hw_match_result *r, const hw_report_decisions *x)
{
    return x != NULL && x->decisions->n_listed == r->n_candidates ? x->decisions->n : r->n_candidates;
}

/* The ranked list; x NULL: without decisions. For the laboratory and verifiers: decisions speak of relatives that do not fit. `m` gives the names of the populations and the stated prior; `d` the ids. NO_MEMORY, LIMIT. */
HW_API hw_status hw_report_list_text(const hw_dataset *d, const hw_match_options *m, const hw_match_result *r, const hw_report_decisions *x,
                                     const hw_report_options *o, hw_str *out, hw_err *err) HW_MUST_CHECK;
HW_API hw_status hw_report_list_json(const hw_dataset *d, const hw_match_options *m, const hw_match_result *r, const hw_report_decisions *x, hw_str *out,
                                     hw_err *err) HW_MUST_CHECK;
/** One line per candidate, then one per family with an error (its column "error" filled, the numbers empty). RFC 4180, comma, LF. */
HW_API hw_status hw_report_list_csv(const hw_dataset *d, const hw_match_options *m, const hw_match_result *r, const hw_report_decisions *x, hw_str *out,
                                    hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
