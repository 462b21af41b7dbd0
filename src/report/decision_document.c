// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Three sections of the report on a pair: what was decided, on which criteria and with which other children and families; which sample would help most; and how likely such a
 * ratio is if the child is unrelated, or a relative of the true parents.
 */
#include <math.h>

#include "base/number.h"
#include "report/document.h"
#include "report/figures.h"

static const char *say(const hw_document *d, hw_label l)
{
    return hw_doc_label(d, l);
}

static const char *verdict_text(const hw_document *d, hw_verdict_kind k)
{
    return d->lang == HW_REPORT_ZH ? hw_verdict_text_zh(k) : hw_verdict_text(k);
}

/* "0.9731", "0.9731 (0.9700 to 0.9740)" */
static const char *interval(hw_document *d, double p, double low, double high)
{
    char a[HW_FIGURE_BUF], b[HW_FIGURE_BUF], c[HW_FIGURE_BUF];
    hw_figure_probability(p, a);
    if (!(high - low > 1e-6)) {
        return hw_doc_clean(d, a);
    }
    return hw_doc_printf(d, "%s (%s%s%s)", a, hw_figure_probability(low, b), say(d, HW_L_JOINT_TO), hw_figure_probability(high, c));
}

static void probability(hw_document *d, hw_table *t, hw_label name, double p)
{
    char buf[HW_FIGURE_BUF];
    if (p > 0.0) {
        hw_doc_field(d, t, name, hw_figure_probability(p, buf), HW_CELL_PLAIN);
    }
}

static void add_fields(hw_document *d, const hw_pair_decision *k)
{
    char buf[HW_FIGURE_BUF];
    hw_table *t = hw_doc_table(d, HW_BLOCK_FIELDS, NULL, 2, 12);
    hw_doc_field(d, t, HW_L_VERDICT, verdict_text(d, k->verdict), HW_CELL_STRONG);
    if (k->under != NULL) {
        hw_doc_field(d, t, HW_L_UNDER, hw_doc_printf(d, "%s%s", k->under, say(d, HW_L_LAB_ONLY)), HW_CELL_WARN);
    }
    hw_doc_field(d, t, HW_L_POLICY, k->policy, HW_CELL_PLAIN);
    hw_doc_field(d, t, HW_L_JOINT_FAMILY, interval(d, k->posterior, k->low, k->high), HW_CELL_STRONG);
    hw_doc_field(d, t, HW_L_JOINT_MISSING, hw_figure_probability(k->missing_posterior, buf), HW_CELL_PLAIN);
    probability(d, t, HW_L_NOT_REGISTERED, k->not_registered);
    probability(d, t, HW_L_UNLISTED, k->unlisted);
    probability(d, t, HW_L_CHILD_RELATIVE, k->relative);
    probability(d, t, HW_L_OTHER_GROUP, k->other_group);
    hw_doc_field(d, t, HW_L_CHANCE_HITS, hw_figure_ratio(k->chance_hits, buf), HW_CELL_PLAIN);
}

static void add_criteria(hw_document *d, const hw_pair_decision *k)
{
    bool zh = d->lang == HW_REPORT_ZH;
    hw_table *t = hw_doc_table(d, HW_BLOCK_TABLE, say(d, HW_L_CRITERIA), 4, k->n_reasons);
    hw_doc_column(d, t, 0, say(d, HW_L_CRITERION), false, false);
    hw_doc_column(d, t, 1, say(d, HW_L_MET), false, false);
    hw_doc_column(d, t, 2, say(d, HW_L_FINDING), false, true);
    hw_doc_column(d, t, 3, say(d, HW_L_SETTLES), false, true);
    for (uint32_t i = 0; i < k->n_reasons; i++) {
        const hw_verdict_reason *r = &k->reason[i];
        hw_cell *row = hw_doc_row(t);
        bool met = r->met == HW_ANSWER_YES;
        const char *text = zh ? r->text_zh : r->text;
        const char *settle = zh ? r->settle_zh : r->settle;
        bool misfit = hw_streq(r->code, "fit") && r->met == HW_ANSWER_NO;
        hw_doc_cell(d, row, 0, hw_doc_phrase(d, r->code), HW_CELL_PLAIN);
        hw_doc_cell(d, row, 1, say(d, met ? HW_L_MET_YES : r->met == HW_ANSWER_NO ? HW_L_MET_NO : HW_L_MET_UNKNOWN), met ? HW_CELL_PLAIN : HW_CELL_WARN);
        hw_doc_cell(d, row, 2, misfit ? hw_doc_printf(d, "%s%s", text, say(d, HW_L_LAB_ONLY)) : text, HW_CELL_PLAIN);
        hw_doc_cell(d, row, 3, misfit ? hw_doc_printf(d, "%s%s", settle, say(d, HW_L_LAB_ONLY)) : settle, HW_CELL_PLAIN);
    }
}

static hw_table *places(hw_document *d, const char *caption, const hw_pair_place *p, uint32_t n, bool verdicts)
{
    char buf[HW_FIGURE_BUF];
    hw_table *t = hw_doc_table(d, HW_BLOCK_TABLE, caption, verdicts ? 6 : 3, n);
    static const hw_label title[6] = {HW_L_CHILD, HW_L_FAMILY, HW_L_MISSING, HW_L_LIST_LR, HW_L_LIST_JOINT, HW_L_VERDICT};
    for (uint32_t i = 0; i < (verdicts ? 6u : 3u); i++) {
        hw_doc_column(d, t, i, say(d, title[i]), i == 3 || i == 4, i < 3);
    }
    for (uint32_t i = 0; i < n; i++) {
        hw_cell *row = hw_doc_row(t);
        hw_doc_cell(d, row, 0, p[i].child, HW_CELL_PLAIN);
        hw_doc_cell(d, row, 1, p[i].family, HW_CELL_PLAIN);
        hw_doc_cell(d, row, 2, p[i].missing, HW_CELL_PLAIN);
        if (verdicts) {
            hw_doc_cell(d, row, 3, hw_figure_log10(p[i].log10_lr, buf), HW_CELL_PLAIN);
            hw_doc_cell(d, row, 4, hw_figure_probability(p[i].family_posterior, buf), HW_CELL_PLAIN);
            hw_doc_cell(d, row, 5, verdict_text(d, p[i].verdict), HW_CELL_PLAIN);
        }
    }
    return t;
}

static void add_together(hw_document *d, const hw_pair_decision *k)
{
    char buf[HW_FIGURE_BUF], count[HW_FIGURE_BUF];
    bool whole = k->assignments < 1e6;
    if (isnan(k->together_posterior)) {
        return;
    }
    const char *odds = hw_doc_printf(d, "%s %s; %s %s", say(d, HW_L_TOGETHER_POSTERIOR), hw_figure_probability(k->together_posterior, buf), whole ? hw_fmt_fixed(k->assignments, 0, count) : hw_figure_ratio(k->assignments, count),
                                     say(d, HW_L_TOGETHER_OF));
    if (k->n_together == 0) {
        hw_doc_add(d, HW_BLOCK_TEXT, hw_doc_printf(d, "%s (%s)", say(d, HW_L_TOGETHER_NONE), odds));
    } else {
        (void)places(d, hw_doc_printf(d, "%s (%s)", say(d, HW_L_TOGETHER), odds), k->together, k->n_together, false);
    }
    if (k->n_more > 0) {
        hw_doc_add(d, HW_BLOCK_SMALL, hw_doc_printf(d, "%u %s", k->n_more, say(d, HW_L_TOGETHER_MORE)));
    }
    if (k->note != NULL) {
        hw_doc_add(d, HW_BLOCK_SMALL, hw_doc_phrase(d, k->note));
    }
}

void hw_doc_decision(hw_document *d, const hw_pair_evidence *e)
{
    static const hw_label why[] = {HW_L_NO_DECISION_NOT_LISTED, HW_L_NO_DECISION_OLD_RUN, HW_L_NO_DECISION_NO_RUN};
    const hw_pair_decision *k = e->decision;
    hw_doc_add(d, HW_BLOCK_HEADING, say(d, HW_L_DECISION));
    if (k == NULL) {
        hw_doc_add(d, HW_BLOCK_TEXT, say(d, why[e->no_decision]));
        return;
    }
    hw_doc_add(d, HW_BLOCK_SMALL, say(d, HW_L_DECISION_FOR));
    add_fields(d, k);
    if (k->which_open) {
        hw_doc_add(d, HW_BLOCK_TEXT, say(d, HW_L_WHICH_OPEN));
    }
    add_criteria(d, k);
    add_together(d, k);
    if (k->n_claims > 0) {
        (void)places(d, say(d, HW_L_CLAIMS), k->claim, k->n_claims, true);
    } else {
        hw_doc_add(d, HW_BLOCK_TEXT, say(d, HW_L_CLAIMS_NONE));
    }
}

void hw_doc_next(hw_document *d, const hw_pair_evidence *e)
{
    char buf[HW_FIGURE_BUF];
    if (e->n_next == 0) {
        return;
    }
    hw_doc_add(d, HW_BLOCK_HEADING, say(d, HW_L_NEXT));
    hw_table *t = hw_doc_table(d, HW_BLOCK_TABLE, NULL, 5, e->n_next);
    static const hw_label title[5] = {HW_L_NEXT_WHAT, HW_L_NEXT_SAMPLES, HW_L_NEXT_NOW, HW_L_NEXT_THEN, HW_L_NEXT_GAIN};
    for (uint32_t i = 0; i < 5; i++) {
        hw_doc_column(d, t, i, say(d, title[i]), i > 0, i == 0);
    }
    for (uint32_t i = 0; i < e->n_next; i++) {
        const hw_pair_next *n = &e->next[i];
        hw_cell *row = hw_doc_row(t);
        const char *who = hw_doc_phrase(d, n->relation);
        who = n->person != NULL ? hw_doc_printf(d, "%s (%s)", who, n->person) : who;
        hw_label how = n->kind == HW_NEXT_RELATIVE ? HW_L_NEXT_NEW : n->kind == HW_NEXT_TO_FIND ? HW_L_NEXT_TO_FIND : HW_L_NEXT_RETYPE;
        hw_doc_cell(d, row, 0, hw_doc_printf(d, "%s: %s", who, say(d, how)), HW_CELL_PLAIN);
        hw_doc_cell(d, row, 1, hw_doc_printf(d, "%u", n->samples), HW_CELL_PLAIN);
        hw_doc_cell(d, row, 2, hw_figure_probability(n->now, buf), HW_CELL_PLAIN);
        hw_doc_cell(d, row, 3, hw_figure_probability(n->then, buf), HW_CELL_STRONG);
        hw_doc_cell(d, row, 4, hw_figure_ratio(n->gain, buf), HW_CELL_PLAIN);
    }
    hw_doc_add(d, HW_BLOCK_SMALL, hw_doc_printf(d, "%s%s%s", say(d, HW_L_NEXT_SAID), hw_figure_log10(e->next_threshold_log10, buf), say(d, HW_L_NEXT_SAID_END)));
}

void hw_doc_chance(hw_document *d, const hw_pair_evidence *e)
{
    const hw_pair_chance *c = e->chance;
    char buf[HW_FIGURE_BUF];
    hw_doc_add(d, HW_BLOCK_HEADING, say(d, HW_L_CHANCE));
    if (c == NULL) {
        hw_doc_add(d, HW_BLOCK_TEXT, hw_doc_printf(d, "%s%s", say(d, HW_L_NO_CHANCE), hw_doc_phrase(d, e->no_chance)));
        return;
    }
    hw_table *t = hw_doc_table(d, HW_BLOCK_TABLE, say(d, HW_L_CHANCE_CAPTION), 4, c->n_tails);
    hw_doc_column(d, t, 0, say(d, HW_L_HYPOTHESIS), false, true);
    hw_doc_column(d, t, 1, say(d, HW_L_CHANCE_AGAINST), true, false);
    hw_doc_column(d, t, 2, say(d, HW_L_CHANCE_TAIL), true, false);
    hw_doc_column(d, t, 3, say(d, HW_L_CHANCE_AND), true, false);
    for (uint32_t i = 0; i < c->n_tails; i++) {
        const hw_pair_tail *p = &c->tail[i];
        hw_cell *row = hw_doc_row(t);
        const char *text = hw_doc_phrase(d, p->text);
        text = p->left_out != NULL ? hw_doc_printf(d, "%s (%s%s)", text, say(d, HW_L_NO_CHANCE), hw_doc_phrase(d, p->left_out)) : text;
        hw_doc_cell(d, row, 0, text, p->kind == HW_HYPOTHESIS_UNRELATED ? HW_CELL_STRONG : HW_CELL_PLAIN);
        hw_doc_cell(d, row, 1, hw_figure_log10(p->log10_against, buf), HW_CELL_PLAIN);
        hw_doc_cell(d, row, 2, p->left_out != NULL ? "-" : hw_figure_ratio(p->tail.low, buf), HW_CELL_PLAIN);
        hw_doc_cell(d, row, 3, p->left_out != NULL ? "-" : hw_figure_ratio(p->tail.high, buf), HW_CELL_PLAIN);
    }
    if (c->x_left_out) {
        hw_doc_add(d, HW_BLOCK_SMALL, say(d, HW_L_CHANCE_X));
    }
    if (c->linkage_left_out) {
        hw_doc_add(d, HW_BLOCK_SMALL, say(d, HW_L_CHANCE_LINKED));
    }
}
