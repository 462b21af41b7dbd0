// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* What explain.c and its parts share. Internal. */
#ifndef HW_KINSHIP_EXPLAIN_PARTS_H
#define HW_KINSHIP_EXPLAIN_PARTS_H

#include "kinship/matcher.h"

typedef struct parts {
    const hw_dataset *d;
    const hw_match_options *o;
    const search *s;
    matcher *m;
    const hw_family *family;
    hw_explanation *r;
    uint32_t note_cap;
    const hw_match_known *known; /* or NULL */
} parts;

/* lineage_lines.c */
hw_status explain_lineage(parts *x, hw_err *err) HW_MUST_CHECK;
/* explain_locus.c: all loci of the panel that anybody was typed at */
hw_status explain_loci(parts *x, const pair_lr *p, hw_err *err) HW_MUST_CHECK;
/* explain_words.c: model, notes and the two sentences */
hw_status explain_words(parts *x, hw_err *err) HW_MUST_CHECK;

#endif
