// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Power for people: one row per missing person, one per kind of family, and what the columns mean. */
#include "report/document.h"
#include "report/figures.h"
#include "report/power_report.h"

enum { FAMILY, KIND, TYPED, LOCI, EXCLUDED, Q5, Q50, Q95, FIRST, SECOND, UNRELATED, CHANCE, VERDICT, COLUMNS };

static const char *middle(hw_document *doc, hw_tail t)
{
    char buf[HW_FIGURE_BUF];
    double x = t.low > -1e300 ? 0.5 * (t.low + t.high) : t.low;
    return hw_doc_printf(doc, "%s", hw_fmt_fixed(x, 1, buf));
}

static void probability(hw_document *doc, hw_cell *row, uint32_t i, double p, hw_cell_style style)
{
    char buf[HW_FIGURE_BUF];
    hw_doc_cell(doc, row, i, hw_figure_probability(p, buf), style);
}

static void ratio(hw_document *doc, hw_cell *row, uint32_t i, double x)
{
    char buf[HW_FIGURE_BUF];
    hw_doc_cell(doc, row, i, hw_figure_ratio(x, buf), HW_CELL_PLAIN);
}

static const char *threshold(hw_document *doc, double log10)
{
    char buf[40];
    return hw_doc_printf(doc, "10^%s", hw_fmt_double(log10, buf));
}

static void power_row(hw_document *doc, hw_table *t, const hw_power_context *c, const hw_power *p)
{
    hw_cell *row = hw_doc_row(t);
    const hw_family *f = &c->d->family[p->family];
    const char *missing = f->pedigree.person[f->missing[p->missing]].id;
    hw_doc_cell(doc, row, FAMILY, f->n_missing > 1 ? hw_doc_printf(doc, "%s (%s)", f->id, missing) : f->id, HW_CELL_STRONG);
    hw_doc_cell(doc, row, KIND, hw_family_kind_text(p->kind), HW_CELL_PLAIN);
    hw_doc_cell(doc, row, TYPED, hw_doc_printf(doc, "%u", p->typed), HW_CELL_PLAIN);
    if (p->status != HW_OK) {
        hw_doc_cell(doc, row, VERDICT, "not computed", HW_CELL_WARN);
        return;
    }
    const char *loci = p->n_unfit > 0 ? hw_doc_printf(doc, "%u (%u!)", p->n_loci, p->n_unfit) : hw_doc_printf(doc, "%u", p->n_loci);
    hw_doc_cell(doc, row, LOCI, loci, p->n_unfit > 0 ? HW_CELL_WARN : HW_CELL_PLAIN);
    probability(doc, row, EXCLUDED, 1.0 - p->not_excluded, HW_CELL_PLAIN);
    for (uint32_t i = 0; i < 3; i++) {
        hw_doc_cell(doc, row, Q5 + i, middle(doc, p->theirs_quantile[i]), i == 1 ? HW_CELL_STRONG : HW_CELL_PLAIN);
    }
    bool weak = p->verdict != HW_POWER_ENOUGH;
    probability(doc, row, FIRST, p->theirs[0].low, weak ? HW_CELL_WARN : HW_CELL_PLAIN);
    probability(doc, row, SECOND, p->theirs[1].low, HW_CELL_PLAIN);
    probability(doc, row, UNRELATED, p->unrelated.high, HW_CELL_PLAIN);
    if (c->children > 0.0) {
        ratio(doc, row, CHANCE, c->children * p->unrelated.high);
    }
    hw_doc_cell(doc, row, VERDICT, hw_power_verdict_text(p->verdict), weak ? HW_CELL_WARN : HW_CELL_PLAIN);
}

static void families(hw_document *doc, const hw_power_context *c, const hw_power_result *r, size_t shown)
{
    hw_table *t = hw_doc_table(doc, HW_BLOCK_TABLE, NULL, COLUMNS, (uint32_t)shown);
    static const char *const plain[COLUMNS] = {"family", "typed relatives", "typed", "loci", "excluded", "5 %", "50 %", "95 %", NULL, NULL, NULL, NULL, "power"};
    const char *first = threshold(doc, c->p->tail_log10[0]), *second = threshold(doc, c->p->tail_log10[1]);
    for (uint32_t i = 0; i < COLUMNS; i++) {
        const char *title = i == FIRST      ? hw_doc_printf(doc, "theirs %s", first)
                            : i == SECOND   ? hw_doc_printf(doc, "theirs %s", second)
                            : i == UNRELATED ? hw_doc_printf(doc, "unrelated %s", first)
                            : i == CHANCE   ? "chance hits"
                                            : plain[i];
        hw_doc_column(doc, t, i, title, i >= TYPED && i < VERDICT, i == FAMILY || i == KIND || i == VERDICT);
    }
    for (size_t i = 0; i < shown && doc->ok; i++) {
        power_row(doc, t, c, &r->power[i]);
    }
}

static void kind_row(hw_document *doc, hw_table *t, const hw_power_context *c, const char *name, const hw_power_kind_summary *s)
{
    hw_cell *row = hw_doc_row(t);
    char buf[HW_FIGURE_BUF];
    hw_doc_cell(doc, row, 0, name, HW_CELL_STRONG);
    hw_doc_cell(doc, row, 1, hw_doc_printf(doc, "%u", s->n), HW_CELL_PLAIN);
    hw_doc_cell(doc, row, 2, hw_doc_printf(doc, "%u", s->n_weak), s->n_weak > 0 ? HW_CELL_WARN : HW_CELL_PLAIN);
    if (s->n > 0) {
        hw_doc_cell(doc, row, 3, hw_fmt_fixed(s->median_of_medians, 1, buf), HW_CELL_PLAIN);
        probability(doc, row, 4, s->mean_theirs, HW_CELL_PLAIN);
        ratio(doc, row, 5, (c->children > 0.0 ? c->children : 1.0) * s->chance_hits);
    }
    hw_doc_cell(doc, row, 6, hw_doc_printf(doc, "%u", s->n_errors), s->n_errors > 0 ? HW_CELL_WARN : HW_CELL_PLAIN);
}

static void kinds(hw_document *doc, const hw_power_context *c, const hw_power_result *r)
{
    hw_doc_add(doc, HW_BLOCK_HEADING, "By kind of family");
    hw_table *t = hw_doc_table(doc, HW_BLOCK_TABLE, NULL, 7, HW_FAMILY_KINDS + 1);
    hw_doc_column(doc, t, 0, "typed relatives", false, true);
    hw_doc_column(doc, t, 1, "missing persons", true, false);
    hw_doc_column(doc, t, 2, "weak", true, false);
    hw_doc_column(doc, t, 3, "median 50 %", true, false);
    hw_doc_column(doc, t, 4, hw_doc_printf(doc, "mean theirs %s", threshold(doc, c->p->tail_log10[0])), true, false);
    hw_doc_column(doc, t, 5, c->children > 0.0 ? "chance hits" : "chance hits per child", true, false);
    hw_doc_column(doc, t, 6, "not computed", true, false);
    for (int k = 0; k < HW_FAMILY_KINDS; k++) {
        if (r->kind[k].n + r->kind[k].n_errors > 0) {
            kind_row(doc, t, c, hw_family_kind_text((hw_family_kind)k), &r->kind[k]);
        }
    }
    kind_row(doc, t, c, "all", &r->all);
}

static void explain(hw_document *doc, const hw_power_context *c, const hw_power_result *r)
{
    char children[HW_FIGURE_BUF], wanted[HW_FIGURE_BUF];
    const char *first = threshold(doc, c->p->tail_log10[0]);
    bool unfit = false, x = false, linkage = false;
    for (size_t i = 0; i < r->n; i++) {
        unfit |= r->power[i].n_unfit > 0;
        x |= r->power[i].x_left_out;
        linkage |= r->power[i].linkage_left_out;
    }
    hw_doc_add(doc, HW_BLOCK_SMALL,
               hw_doc_printf(doc, "excluded: an unrelated child shows a genotype that is impossible without mutation at one locus or more. 5, 50, 95 %%: quantiles of log10 of the ratio if the "
                                  "child is theirs. theirs, unrelated: probability of a ratio of %s or more if the child is theirs, if it is unrelated (lower and upper bound).", first));
    hw_doc_add(doc, HW_BLOCK_SMALL, hw_doc_printf(doc, "weak: the probability of reaching %s if the child is theirs is below %s. Frequencies: %s.", first,
                                                  hw_fmt_double(c->p->wanted, wanted), c->m->population[0]->name));
    if (c->children > 0.0) {
        hw_doc_add(doc, HW_BLOCK_SMALL, hw_doc_printf(doc, "chance hits: expected number of unrelated children among %s that reach %s (upper bound).", hw_fmt_double(c->children, children), first));
    }
    if (unfit) {
        hw_doc_add(doc, HW_BLOCK_SMALL, "(n!): at n loci the family itself does not fit without mutation or drop-out; they exclude nobody here. For the laboratory and the verifiers only.");
    }
    if (x) {
        hw_doc_add(doc, HW_BLOCK_SMALL, "X loci are left out where the sex of the missing person is not known.");
    }
    if (linkage) {
        hw_doc_add(doc, HW_BLOCK_SMALL, "Loci stated to be linked are taken as independent here.");
    }
}

static void errors(hw_document *doc, const hw_power_context *c, const hw_power_result *r)
{
    if (r->all.n_errors == 0) {
        return;
    }
    hw_doc_add(doc, HW_BLOCK_HEADING, "Not computed");
    hw_table *t = hw_doc_table(doc, HW_BLOCK_TABLE, NULL, 2, r->all.n_errors);
    hw_doc_column(doc, t, 0, "family", false, false);
    hw_doc_column(doc, t, 1, "why", false, true);
    for (size_t i = 0; i < r->n && doc->ok; i++) {
        if (r->power[i].status != HW_OK) {
            hw_cell *row = hw_doc_row(t);
            hw_doc_cell(doc, row, 0, c->d->family[r->power[i].family].id, HW_CELL_STRONG);
            hw_doc_cell(doc, row, 1, r->power[i].error, HW_CELL_WARN);
        }
    }
}

hw_status hw_report_power_text(const hw_power_context *c, const hw_power_result *r, const hw_report_options *o, hw_str *out, hw_err *err)
{
    if (r->n > 10000000) {
        return HW_FAIL(err, HW_LIMIT, "%zu missing persons are too many for a table; write --csv", r->n);
    }
    hw_document doc;
    hw_doc_init(&doc, o);
    doc.arena.cap = (size_t)4 << 30;
    size_t shown = o->max_rows > 0 && o->max_rows < r->n ? o->max_rows : r->n;
    if (c->d->synthetic) {
        hw_doc_add(&doc, HW_BLOCK_BANNER, hw_doc_label(&doc, HW_L_SYNTHETIC));
    }
    families(&doc, c, r, shown);
    if (shown < r->n) {
        hw_doc_add(&doc, HW_BLOCK_TEXT, hw_doc_printf(&doc, "%zu more; --limit 0 or --csv shows all", r->n - shown));
    }
    kinds(&doc, c, r);
    explain(&doc, c, r);
    errors(&doc, c, r);
    hw_status s = hw_doc_check(&doc, err);
    if (s == HW_OK) {
        s = hw_document_text(&doc, o, out, err);
    }
    hw_doc_release(&doc);
    return s;
}
