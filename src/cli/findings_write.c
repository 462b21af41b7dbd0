// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* The list of findings for people, as CSV and as JSON. */
#include "base/csv.h"
#include "base/json.h"
#include "base/number.h"
#include "cli/findings.h"
#include "report/document.h"

#define DECIMALS 4

static size_t shown(const findings *f, size_t limit)
{
    return limit > 0 && limit < f->n ? limit : f->n;
}

/* ---- text ---- */

static hw_status summary(const findings *f, const hw_report_options *o, hw_document *doc, hw_str *out, hw_err *err)
{
    hw_table *t = hw_doc_table(doc, HW_BLOCK_TABLE, NULL, 3, FINDING_CODES);
    if (t == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_doc_column(doc, t, 0, "finding", false, false);
    hw_doc_column(doc, t, 1, "number", true, false);
    hw_doc_column(doc, t, 2, "", false, true);
    for (int i = 0; i < FINDING_CODES; i++) {
        if (f->count[i] > 0) {
            hw_cell *row = hw_doc_row(t);
            hw_doc_cell(doc, row, 0, finding_code_name((finding_code)i), HW_CELL_STRONG);
            hw_doc_cell(doc, row, 1, hw_doc_printf(doc, "%zu", f->count[i]), HW_CELL_PLAIN);
            hw_doc_cell(doc, row, 2, finding_title((finding_code)i), HW_CELL_PLAIN);
        }
    }
    HW_TRY(hw_doc_check(doc, err));
    return f->n > 0 ? hw_table_text(t, false, o->width, o->colour, "", out, err) : HW_OK;
}

static void who(const findings *f, const finding *x, const char *between, hw_str *out)
{
    /* a member says its family too */
    uint32_t first = x->n_who > 1 && x->who[0].profile == NULL && x->code != FINDING_MISFIT && x->code != FINDING_DOUBTFUL ? 1 : 0;
    for (uint32_t i = first; i < x->n_who; i++) {
        hw_str_add(out, i > first ? between : "");
        finding_write_who(f, &x->who[i], out);
    }
}

static void one(const findings *f, const finding *x, hw_document *doc, unsigned width, hw_str *out)
{
    HW_CLEANUP(hw_str_release) hw_str line = {0};
    hw_str_init(&line, 0);
    hw_str_addf(&line, "%s: ", finding_code_name(x->code));
    who(f, x, ", ", &line);
    hw_str_addc(out, '\n');
    hw_paragraph_text(hw_doc_clean(doc, line.s), width, "", "  ", out);
    hw_paragraph_text(hw_doc_clean(doc, x->text), width, "  ", "  ", out);
}

/* What to do stands once, under the findings it is for. */
static void todo(finding_code code, hw_document *doc, unsigned width, hw_str *out)
{
    hw_paragraph_text(hw_doc_printf(doc, "What to do: %s", finding_todo(code)), width, "  ", "  ", out);
}

hw_status findings_text(const findings *f, const hw_report_options *o, size_t limit, hw_str *out, hw_err *err)
{
    HW_CLEANUP(hw_doc_release) hw_document doc;
    hw_doc_init(&doc, o);
    size_t judged = f->fits.count[HW_FIT_FITS] + f->fits.count[HW_FIT_DOUBTFUL] + f->fits.count[HW_FIT_MISFIT];
    unsigned width = o->width > 100 ? 100 : o->width;
    if (f->d->synthetic) {
        hw_paragraph_text(hw_doc_label(&doc, HW_L_SYNTHETIC), width, "", "", out);
    }
    hw_paragraph_text(hw_doc_printf(&doc,
                                    "%zu children, %zu families, %zu samples. %zu of the families have typed relatives who can be checked against each other: %zu fit, %zu fit badly, "
                                    "%zu do not fit. %zu findings.",
                                    f->d->n_children, f->d->n_families, f->samples.n, judged, f->fits.count[HW_FIT_FITS], f->fits.count[HW_FIT_DOUBTFUL],
                                    f->fits.count[HW_FIT_MISFIT], f->n),
                      width, "", "", out);
    if (f->not_compared > 0) {
        hw_paragraph_text(hw_doc_printf(&doc, "%zu samples are typed at so few loci that, among so many people, they were compared in part only.", f->not_compared), width, "", "", out);
    }
    hw_str_add(out, f->n > 0 ? "\n" : "");
    HW_TRY(summary(f, o, &doc, out, err));
    size_t n = shown(f, limit);
    for (size_t i = 0; i < n; i++) {
        one(f, &f->list[i], &doc, width, out);
        if (i + 1 == n || f->list[i + 1].code != f->list[i].code) {
            todo(f->list[i].code, &doc, width, out);
        }
    }
    if (n < f->n) {
        hw_str_addf(out, "\n%zu more findings are not shown.\n", f->n - n);
    }
    HW_TRY(hw_doc_check(&doc, err));
    return hw_str_check(out, err);
}

/* ---- CSV ---- */

static const char *number(double x, char *buf)
{
    return x == x ? hw_fmt_fixed(x, DECIMALS, buf) : "";
}

hw_status findings_csv(const findings *f, size_t limit, hw_str *out, hw_err *err)
{
    char buf[400];
    hw_str_add(out, "code,people,log10,measure,found,what_to_do,synthetic\n");
    for (size_t i = 0; i < shown(f, limit); i++) {
        const finding *x = &f->list[i];
        HW_CLEANUP(hw_str_release) hw_str people = {0};
        hw_str_init(&people, 0);
        who(f, x, "; ", &people);
        HW_TRY(hw_str_check(&people, err));
        hw_csv_write(out, finding_code_name(x->code), ',', true);
        hw_csv_write(out, people.s, ',', false);
        hw_csv_write(out, number(x->log10, buf), ',', false);
        hw_csv_write(out, x->measure != NULL ? x->measure : "", ',', false);
        hw_csv_write(out, x->text, ',', false);
        hw_csv_write(out, finding_todo(x->code), ',', false);
        hw_csv_write(out, f->d->synthetic ? "yes" : "no", ',', false);
        hw_str_addc(out, '\n');
    }
    return hw_str_check(out, err);
}

/* ---- JSON ---- */

static void text_member(hw_json *j, const char *key, const char *value)
{
    hw_json_key(j, key);
    hw_json_string(j, value);
}

static void count_member(hw_json *j, const char *key, size_t n)
{
    hw_json_key(j, key);
    hw_json_int(j, (int64_t)n);
}

static void person(const findings *f, const hw_sampled *s, hw_json *j)
{
    hw_json_object(j);
    text_member(j, "role", s->child != HW_NOBODY ? "child" : s->staff != HW_NOBODY ? "staff" : s->person == HW_NOBODY ? "family" : "member");
    if (s->family != HW_NOBODY) {
        text_member(j, "family", f->d->family[s->family].id);
    }
    if (s->person != HW_NOBODY) {
        text_member(j, "person", f->d->family[s->family].pedigree.person[s->person].id);
    }
    if (s->profile != NULL) {
        text_member(j, "sample", s->profile->id);
        if (s->profile->line > 0) {
            count_member(j, "line", s->profile->line);
        }
    }
    hw_json_end(j);
}

/* Who is suspected of what, and which members fit together, as data. */
static void fit_json(const findings *f, const hw_fit *fit, hw_json *j)
{
    const hw_family *fam = &f->d->family[fit->family];
    const hw_person *p = fam->pedigree.person;
    hw_json_key(j, "suspected");
    hw_json_array(j);
    for (uint32_t i = 0; i < fit->n_suspects; i++) {
        const hw_fit_suspect *s = &fit->suspect[i];
        hw_json_object(j);
        text_member(j, "person", p[s->person].id);
        text_member(j, "error", s->kind == HW_FIT_UNRELATED ? "unrelated" : "other-parent");
        if (s->kind == HW_FIT_OTHER_PARENT) {
            text_member(j, "stated_parent", p[s->parent].id);
        }
        hw_json_key(j, "share");
        hw_json_fixed(j, s->share, DECIMALS);
        count_member(j, "impossible_loci", s->impossible);
        hw_json_end(j);
    }
    hw_json_end(j);
    hw_json_key(j, "fit_together");
    hw_json_array(j);
    for (uint32_t i = 0; i < fit->n_subsets; i++) {
        hw_json_array(j);
        for (size_t k = 0; k < fam->pedigree.n; k++) {
            if (fit->subset[i].keep[k]) {
                hw_json_string(j, p[k].id);
            }
        }
        hw_json_end(j);
    }
    hw_json_end(j);
    hw_json_key(j, "fit_together_complete");
    hw_json_bool(j, fit->subsets_complete);
}

static void one_json(const findings *f, const finding *x, hw_json *j)
{
    hw_json_object(j);
    text_member(j, "code", finding_code_name(x->code));
    hw_json_key(j, "people");
    hw_json_array(j);
    for (uint32_t i = 0; i < x->n_who; i++) {
        person(f, &x->who[i], j);
    }
    hw_json_end(j);
    hw_json_key(j, "log10");
    if (x->log10 - x->log10 == 0.0) {
        hw_json_fixed(j, x->log10, DECIMALS);
    } else if (x->log10 == x->log10) {
        hw_json_string(j, x->log10 > 0.0 ? "inf" : "-inf");
    } else {
        hw_json_null(j);
    }
    text_member(j, "measure", x->measure);
    text_member(j, "found", x->text);
    text_member(j, "what_to_do", finding_todo(x->code));
    if (x->fit != NULL) {
        fit_json(f, x->fit, j);
    }
    hw_json_end(j);
}

hw_status findings_json(const findings *f, size_t limit, hw_str *out, hw_err *err)
{
    static const char *const verdict[HW_FIT_VERDICTS] = {"not_testable", "fits", "doubtful", "misfit", "not_computed"};
    hw_json j;
    hw_json_init(&j, out, 2);
    hw_json_object(&j);
    text_member(&j, "format", "homeward-check");
    count_member(&j, "version", 1);
    hw_json_key(&j, "synthetic");
    hw_json_bool(&j, f->d->synthetic);
    text_member(&j, "population", f->o->population[0]->name);
    text_member(&j, "audience", "laboratory and verifiers only");
    count_member(&j, "children", f->d->n_children);
    count_member(&j, "samples", f->samples.n);
    count_member(&j, "samples_compared_in_part", f->not_compared);
    hw_json_key(&j, "families");
    hw_json_object(&j);
    for (int i = 0; i < HW_FIT_VERDICTS; i++) {
        count_member(&j, verdict[i], f->fits.count[i]);
    }
    hw_json_end(&j);
    hw_json_key(&j, "bounds");
    hw_json_object(&j);
    hw_json_key(&j, "misfit_log10");
    hw_json_fixed(&j, HW_FIT_MISFIT_LOG10, DECIMALS);
    hw_json_key(&j, "doubtful_log10");
    hw_json_fixed(&j, HW_FIT_DOUBTFUL_LOG10, DECIMALS);
    hw_json_key(&j, "same_person_log10");
    hw_json_fixed(&j, f->same_bound_log10, DECIMALS);
    hw_json_end(&j);
    hw_json_key(&j, "counts");
    hw_json_object(&j);
    for (int i = 0; i < FINDING_CODES; i++) {
        count_member(&j, finding_code_name((finding_code)i), f->count[i]);
    }
    hw_json_end(&j);
    hw_json_key(&j, "findings");
    hw_json_array(&j);
    for (size_t i = 0; i < shown(f, limit); i++) {
        one_json(f, &f->list[i], &j);
    }
    hw_json_end(&j);
    hw_json_end(&j);
    hw_str_addc(out, '\n');
    return hw_str_check(out, err);
}
