// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* The next best samples for people: one row per step, what they add up to, and what the columns mean. */
#include "report/document.h"
#include "report/figures.h"
#include "report/next_report.h"

enum { RANK, FAMILY, MISSING, WHAT, SAMPLES, NOW, THEN, GAIN, ERROR, COLUMNS };

static const char *part_text(hw_document *doc, const hw_family *f, const hw_next_part *p)
{
    if (p->person == UINT32_MAX) {
        return p->kind == HW_NEXT_LOCI ? hw_doc_printf(doc, "%s (%u): all loci of the kit", p->relation, p->samples) : hw_doc_printf(doc, "%s, to be found", p->relation);
    }
    const char *who = hw_doc_printf(doc, "%s (%s)", p->relation, f->pedigree.person[p->person].id);
    return p->kind == HW_NEXT_RETYPE ? hw_doc_printf(doc, "%s: sample again, all loci of the kit", who) : who;
}

static const char *step_text(hw_document *doc, const hw_family *f, const hw_next_step *s)
{
    const char *text = part_text(doc, f, &s->part[0]);
    for (uint32_t i = 1; i < s->n_parts; i++) {
        text = hw_doc_printf(doc, "%s, and %s", text, part_text(doc, f, &s->part[i]));
    }
    return text;
}

static const char *missing_text(hw_document *doc, const hw_family *f, uint32_t missing)
{
    if (missing != UINT32_MAX) {
        return f->pedigree.person[f->missing[missing]].id;
    }
    const char *text = f->pedigree.person[f->missing[0]].id;
    for (uint32_t i = 1; i < f->n_missing; i++) {
        text = hw_doc_printf(doc, "%s, %s", text, f->pedigree.person[f->missing[i]].id);
    }
    return text;
}

static void figure(hw_document *doc, hw_cell *row, uint32_t i, const char *mark, double x, hw_cell_style style)
{
    char buf[HW_FIGURE_BUF];
    hw_doc_cell(doc, row, i, hw_doc_printf(doc, "%s%s", mark, hw_figure_ratio(x, buf)), style);
}

static void step_row(hw_document *doc, hw_table *t, const hw_next_report *c, size_t rank)
{
    const hw_next_step *s = &c->r->step[rank];
    const hw_family *f = &c->d->family[s->family];
    hw_cell *row = hw_doc_row(t);
    char buf[HW_FIGURE_BUF];
    hw_doc_cell(doc, row, RANK, hw_doc_printf(doc, "%zu", rank + 1), HW_CELL_FAINT);
    hw_doc_cell(doc, row, FAMILY, f->id, HW_CELL_STRONG);
    hw_doc_cell(doc, row, MISSING, missing_text(doc, f, s->missing), HW_CELL_PLAIN);
    hw_doc_cell(doc, row, WHAT, step_text(doc, f, s), HW_CELL_PLAIN);
    hw_doc_cell(doc, row, SAMPLES, hw_doc_printf(doc, "%u", s->samples), HW_CELL_PLAIN);
    hw_doc_cell(doc, row, NOW, hw_fmt_fixed(s->now, 3, buf), HW_CELL_PLAIN);
    hw_doc_cell(doc, row, THEN, hw_fmt_fixed(s->then, 3, buf), HW_CELL_PLAIN);
    figure(doc, row, GAIN, s->by_shape ? "~" : "", s->gain > 0.0 ? s->gain : 0.0, HW_CELL_STRONG);
    figure(doc, row, ERROR, "", s->gain_se, HW_CELL_FAINT);
}

static void steps(hw_document *doc, const hw_next_report *c, size_t shown)
{
    static const char *const title[COLUMNS] = {"", "family", "missing", "what to sample", "samples", "now", "then", "gain", "+-"};
    hw_table *t = hw_doc_table(doc, HW_BLOCK_TABLE, NULL, COLUMNS, (uint32_t)shown);
    for (uint32_t i = 0; i < COLUMNS; i++) {
        hw_doc_column(doc, t, i, title[i], i == RANK || i >= SAMPLES, i == FAMILY || i == WHAT);
    }
    for (size_t i = 0; i < shown && doc->ok; i++) {
        step_row(doc, t, c, i);
    }
}

static void total(hw_document *doc, const hw_next_report *c)
{
    char gain[HW_FIGURE_BUF];
    char se[HW_FIGURE_BUF];
    const hw_next_result *r = c->r;
    if (r->n == 0) {
        hw_doc_add(doc, HW_BLOCK_TEXT, "Nothing is to be gained by further samples at this threshold.");
        return;
    }
    if (!c->one_family) {
        hw_doc_add(doc, HW_BLOCK_TEXT, hw_doc_printf(doc, "%llu samples: %s (+- %s) additional children identified are expected.", (unsigned long long)r->samples,
                                                     hw_figure_ratio(r->gain, gain), hw_figure_ratio(r->gain_se, se)));
    }
}

static void loss(hw_document *doc, const hw_next_report *c)
{
    char a[4][HW_FIGURE_BUF];
    const hw_next_loss *l = c->loss;
    if (l == NULL) {
        return;
    }
    double share = l->best > 0.0 ? 100.0 * l->lost / l->best : 0.0;
    hw_doc_add(doc, HW_BLOCK_HEADING, "Loss against brute force");
    hw_doc_add(doc, HW_BLOCK_TEXT,
               hw_doc_printf(doc, "Brute force, %llu options of %u draws: %s children by the best choice, %s by this one. Lost: %s (+- %s) children, ", (unsigned long long)l->options,
                             l->draws, hw_figure_ratio(l->best, a[0]), hw_figure_ratio(l->ours, a[1]), hw_fmt_fixed(l->lost, 5, a[2]), hw_fmt_fixed(l->lost_se, 5, a[3])));
    hw_doc_add(doc, HW_BLOCK_TEXT, hw_doc_printf(doc, "%s %% of the best. This choice says of itself: %s.", hw_fmt_fixed(share, 2, a[0]), hw_figure_ratio(l->claimed, a[1])));
}

static void explain(hw_document *doc, const hw_next_report *c)
{
    char x[HW_FIGURE_BUF];
    char q[HW_FIGURE_BUF];
    bool by_shape = false;
    for (size_t i = 0; i < c->r->n; i++) {
        by_shape = by_shape || c->r->step[i].by_shape;
    }
    hw_doc_add(doc, HW_BLOCK_SMALL,
               hw_doc_printf(doc, "now, then: probability that the missing child, if among the rescued, is reported (likelihood ratio of 10^%s or more), without and with the sample%s. gain: expected "
                                  "number of additional children identified, that is the difference times the probability that the child is among the rescued (%s). +-: standard error from the draws.",
                             hw_fmt_fixed(c->r->threshold_log10, 2, x), c->one_family ? "" : "; a later step of a family supposes its earlier ones", hw_figure_probability(c->r->rescued, q)));
    hw_doc_add(doc, HW_BLOCK_SMALL, "to be found: the family names no such person; ask whether there is one. Rescued children are taken to be typed at the loci of the kit too.");
    if (by_shape) {
        hw_doc_add(doc, HW_BLOCK_SMALL, "~: the mean over families like this one.");
    }
    if (c->r->n_errors > 0) {
        hw_doc_add(doc, HW_BLOCK_SMALL, hw_doc_printf(doc, "%u families could not be computed and are not in the list; the laboratory finds the reasons with `homeward check`.", c->r->n_errors));
    }
}

hw_status hw_report_next_text(const hw_next_report *c, const hw_report_options *o, hw_str *out, hw_err *err)
{
    if (c->r->n > 10000000) {
        return HW_FAIL(err, HW_LIMIT, "%zu steps are too many for a table; write --csv", c->r->n);
    }
    hw_document doc;
    hw_doc_init(&doc, o);
    doc.arena.cap = (size_t)4 << 30;
    size_t shown = o->max_rows > 0 && o->max_rows < c->r->n ? o->max_rows : c->r->n;
    if (c->d->synthetic) {
        hw_doc_add(&doc, HW_BLOCK_BANNER, hw_doc_label(&doc, HW_L_SYNTHETIC));
    }
    if (shown > 0) {
        steps(&doc, c, shown);
    }
    if (shown < c->r->n) {
        hw_doc_add(&doc, HW_BLOCK_TEXT, hw_doc_printf(&doc, "%zu more; --limit 0 or --csv shows all", c->r->n - shown));
    }
    total(&doc, c);
    loss(&doc, c);
    explain(&doc, c);
    hw_status s = hw_doc_check(&doc, err);
    if (s == HW_OK) {
        s = hw_document_text(&doc, o, out, err);
    }
    hw_doc_release(&doc);
    return s;
}
