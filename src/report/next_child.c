// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* What would settle a child's candidates: as a table for people, as CSV and as JSON. */
#include "base/csv.h"
#include "base/json.h"
#include "report/document.h"
#include "report/figures.h"
#include "report/next_report.h"

enum { FAMILY, MISSING, WHAT, SAMPLES, RATIO, POSTERIOR, REPORT, OUT, GAIN, ERROR, COLUMNS };

static const char *missing_id(const hw_family *f, uint32_t missing)
{
    return f->pedigree.person[f->missing[missing]].id;
}

static const char *what(hw_document *doc, const hw_family *f, const hw_next_part *p)
{
    if (p->person != UINT32_MAX) {
        return hw_doc_printf(doc, "%s (%s)%s", p->relation, f->pedigree.person[p->person].id, p->kind == HW_NEXT_RETYPE ? ": sample again, all loci of the kit" : "");
    }
    return hw_doc_printf(doc, "%s%s", p->relation, p->kind == HW_NEXT_TO_FIND ? ", to be found" : ": all loci of the kit");
}

static void probability(hw_document *doc, hw_cell *row, uint32_t i, double p, hw_cell_style style)
{
    char buf[HW_FIGURE_BUF];
    hw_doc_cell(doc, row, i, hw_fmt_fixed(p, 3, buf), style);
}

static void row_of(hw_document *doc, hw_table *t, const hw_dataset *d, const hw_next_settle *s)
{
    const hw_family *f = &d->family[s->family];
    hw_cell *row = hw_doc_row(t);
    char buf[HW_FIGURE_BUF];
    hw_doc_cell(doc, row, FAMILY, f->id, HW_CELL_STRONG);
    hw_doc_cell(doc, row, MISSING, missing_id(f, s->missing), HW_CELL_PLAIN);
    hw_doc_cell(doc, row, WHAT, what(doc, f, &s->part), HW_CELL_PLAIN);
    hw_doc_cell(doc, row, SAMPLES, hw_doc_printf(doc, "%u", s->part.samples), HW_CELL_PLAIN);
    hw_doc_cell(doc, row, RATIO, hw_figure_log10(s->log10_lr, buf), HW_CELL_PLAIN);
    hw_doc_cell(doc, row, POSTERIOR, hw_figure_probability(s->posterior, buf), HW_CELL_PLAIN);
    probability(doc, row, REPORT, s->report, HW_CELL_PLAIN);
    probability(doc, row, OUT, s->rule_out, HW_CELL_PLAIN);
    hw_doc_cell(doc, row, GAIN, hw_figure_ratio(s->gain, buf), HW_CELL_STRONG);
    hw_doc_cell(doc, row, ERROR, hw_figure_ratio(s->gain_se, buf), HW_CELL_FAINT);
}

static void table(hw_document *doc, const hw_dataset *d, const hw_next_child_result *r, size_t shown)
{
    static const char *const title[COLUMNS] = {"family", "missing", "what to sample", "samples", "log10 LR", "posterior", "confirms", "rules out", "gain", "+-"};
    hw_table *t = hw_doc_table(doc, HW_BLOCK_TABLE, NULL, COLUMNS, (uint32_t)shown);
    for (uint32_t i = 0; i < COLUMNS; i++) {
        hw_doc_column(doc, t, i, title[i], i >= SAMPLES, i == FAMILY || i == WHAT);
    }
    for (size_t i = 0; i < shown && doc->ok; i++) {
        row_of(doc, t, d, &r->settle[i]);
    }
}

hw_status hw_report_next_child_text(const hw_dataset *d, const hw_next_child_result *r, const hw_report_options *o, hw_str *out, hw_err *err)
{
    hw_document doc;
    char t[2][HW_FIGURE_BUF];
    size_t shown = o->max_rows > 0 && o->max_rows < r->n ? o->max_rows : r->n;
    hw_doc_init(&doc, o);
    if (d->synthetic) {
        hw_doc_add(&doc, HW_BLOCK_BANNER, hw_doc_label(&doc, HW_L_SYNTHETIC));
    }
    if (shown > 0) {
        table(&doc, d, r, shown);
    }
    if (r->n_candidates == 0) {
        hw_doc_add(&doc, HW_BLOCK_TEXT, r->n_reported > 0 ? "No open candidate: what reaches the threshold already is reported by `homeward match`." : "No candidate family is near the threshold.");
    }
    hw_doc_add(&doc, HW_BLOCK_SMALL,
               hw_doc_printf(&doc, "confirms: probability that the ratio then reaches 10^%s if the child is theirs. rules out: probability that it then is 10^%s or less if not. gain: posterior "
                                   "times confirms, the expected number of additional children identified. +-: standard error from the draws.",
                             hw_fmt_fixed(r->threshold_log10, 2, t[0]), hw_fmt_fixed(r->rule_out_log10, 2, t[1])));
    hw_status s = hw_doc_check(&doc, err);
    s = s == HW_OK ? hw_document_text(&doc, o, out, err) : s;
    hw_doc_release(&doc);
    return s;
}

static void number_field(hw_str *out, double x)
{
    char buf[40];
    hw_csv_write(out, hw_fmt_double(x, buf), ',', false);
}

hw_status hw_report_next_child_csv(const hw_dataset *d, const hw_next_child_result *r, hw_str *out, hw_err *err)
{
    hw_str_add(out, "family,missing,kind,person,relation,samples,log10_lr,posterior,confirms,rules_out,gain,gain_se,settled\n");
    for (size_t i = 0; i < r->n; i++) {
        const hw_next_settle *s = &r->settle[i];
        const hw_family *f = &d->family[s->family];
        hw_csv_write(out, f->id, ',', true);
        hw_csv_write(out, missing_id(f, s->missing), ',', false);
        hw_csv_write(out, hw_next_kind_text(s->part.kind), ',', false);
        hw_csv_write(out, s->part.person != UINT32_MAX ? f->pedigree.person[s->part.person].id : "", ',', false);
        hw_csv_write(out, s->part.relation, ',', false);
        hw_str_addf(out, ",%u", s->part.samples);
        const double x[7] = {s->log10_lr, s->posterior, s->report, s->rule_out, s->gain, s->gain_se, s->settled};
        for (int k = 0; k < 7; k++) {
            number_field(out, x[k]);
        }
        hw_str_addc(out, '\n');
    }
    return hw_str_check(out, err);
}

static void double_at(hw_json *j, const char *key, double x)
{
    hw_json_key(j, key);
    hw_json_double(j, x);
}

static void string_at(hw_json *j, const char *key, const char *s)
{
    hw_json_key(j, key);
    hw_json_string(j, s);
}

static void json_settle(const hw_dataset *d, const hw_next_settle *s, hw_json *j)
{
    const hw_family *f = &d->family[s->family];
    hw_json_object(j);
    string_at(j, "family", f->id);
    string_at(j, "missing", missing_id(f, s->missing));
    string_at(j, "kind", hw_next_kind_text(s->part.kind));
    string_at(j, "person", s->part.person != UINT32_MAX ? f->pedigree.person[s->part.person].id : NULL);
    string_at(j, "relation", s->part.relation);
    hw_json_key(j, "samples");
    hw_json_int(j, s->part.samples);
    double_at(j, "log10_lr", s->log10_lr);
    double_at(j, "posterior", s->posterior);
    double_at(j, "confirms", s->report);
    double_at(j, "rules_out", s->rule_out);
    double_at(j, "gain", s->gain);
    double_at(j, "gain_se", s->gain_se);
    double_at(j, "settled", s->settled);
    hw_json_end(j);
}

hw_status hw_report_next_child_json(const hw_dataset *d, const hw_next_child_result *r, hw_str *out, hw_err *err)
{
    hw_json j;
    hw_json_init(&j, out, 2);
    hw_json_object(&j);
    string_at(&j, "format", "homeward-next-child");
    hw_json_key(&j, "version");
    hw_json_int(&j, 1);
    hw_json_key(&j, "synthetic");
    hw_json_bool(&j, d->synthetic);
    double_at(&j, "threshold_log10_lr", r->threshold_log10);
    double_at(&j, "rule_out_log10_lr", r->rule_out_log10);
    hw_json_key(&j, "candidates");
    hw_json_int(&j, r->n_candidates);
    hw_json_key(&j, "reported");
    hw_json_int(&j, r->n_reported);
    hw_json_key(&j, "steps");
    hw_json_array(&j);
    for (size_t i = 0; i < r->n; i++) {
        json_settle(d, &r->settle[i], &j);
    }
    hw_json_end(&j);
    hw_json_end(&j);
    hw_str_addc(out, '\n');
    return hw_str_check(out, err);
}
