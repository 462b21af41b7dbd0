// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward match explain: one child and one family, locus by locus. */
#include <string.h>

#include "base/file.h"
#include "cli/explain_json.h"
#include "cli/match_args.h"
#include "cli/nearest.h"
#include "cli/run_file.h"

static hw_status unknown(const char *what, const char *code, const char *const *name, size_t n, hw_err *err)
{
    const char *near = nearest(code, strlen(code), name, n);
    return HW_FAIL(err, HW_NOT_FOUND, "there is no %s %.80s%s%s%s", what, code, near != NULL ? "; did you mean " : "", near != NULL ? near : "",
                   near != NULL ? "?" : "");
}

static hw_status find_child(const hw_dataset *d, const char *code, uint32_t *ret, hw_err *err)
{
    HW_AUTO_FREE const char **name = hw_alloc(d->n_children + 1, sizeof *name);
    if (name == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < d->n_children; i++) {
        name[i] = d->child[i]->id;
        if (hw_streq(d->child[i]->id, code) || hw_streq(d->child[i]->person, code)) {
            *ret = (uint32_t)i;
            return HW_OK;
        }
    }
    return unknown("child", code, name, d->n_children, err);
}

static hw_status find_family(const hw_dataset *d, const char *code, uint32_t *ret, hw_err *err)
{
    HW_AUTO_FREE const char **name = hw_alloc(d->n_families + 1, sizeof *name);
    if (name == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < d->n_families; i++) {
        name[i] = d->family[i].id;
        if (hw_streq(name[i], code)) {
            *ret = (uint32_t)i;
            return HW_OK;
        }
    }
    return unknown("family", code, name, d->n_families, err);
}

static hw_status find_missing(const hw_family *f, const char *code, uint32_t *ret, hw_err *err)
{
    HW_AUTO_FREE const char **name = hw_alloc((size_t)f->n_missing + 1, sizeof *name);
    if (name == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < f->n_missing; i++) {
        name[i] = f->pedigree.person[f->missing[i]].id;
        if (hw_streq(name[i], code)) {
            *ret = i;
            return HW_OK;
        }
    }
    hw_err_clear(err);
    HW_CLEANUP(hw_str_release) hw_str all = {0};
    hw_str_init(&all, 300);
    for (uint32_t i = 0; i < f->n_missing; i++) {
        hw_str_addf(&all, "%s%s", i > 0 ? ", " : "", name[i]);
    }
    return HW_FAIL(err, HW_NOT_FOUND, "family %s has no missing person %.80s; missing there: %s", f->id, code, all.s);
}

/* The question asked, or the missing person whom the child fits best. */
static hw_status explain(cli *c, const inputs *in, const hw_match_options *o, hw_explanation *ret, hw_err *err)
{
    uint32_t child = 0, family = 0, missing = 0;
    HW_TRY(find_child(&in->people, c->args.operand.v[0], &child, err));
    HW_TRY(find_family(&in->people, c->args.operand.v[1], &family, err));
    const hw_family *f = &in->people.family[family];
    if (f->n_missing == 0) {
        return HW_FAIL(err, HW_CONFLICT, "family %s has nobody missing", f->id);
    }
    const char *code = args_text(&c->args, "missing");
    if (code != NULL) {
        HW_TRY(find_missing(f, code, &missing, err));
        return hw_match_explain(&in->people, o, child, family, missing, ret, err);
    }
    HW_TRY(hw_match_explain(&in->people, o, child, family, 0, ret, err));
    for (uint32_t i = 1; i < f->n_missing; i++) {
        hw_explanation other = {0};
        hw_status s = hw_match_explain(&in->people, o, child, family, i, &other, err);
        if (s != HW_OK) {
            hw_explanation_release(ret);
            return s;
        }
        bool better = other.summary.log10_lr > ret->summary.log10_lr;
        hw_explanation swap = *ret;
        *ret = better ? other : *ret;
        hw_explanation_release(better ? &swap : &other);
    }
    if (f->n_missing > 1) {
        term_note(c->command->name, "%u persons are missing in family %s; explained is %s, whom the child fits best (--missing names another)",
                  f->n_missing, f->id, f->pedigree.person[f->missing[ret->missing]].id);
    }
    return HW_OK;
}

static hw_status write_reports(cli *c, const hw_explanation *x, const hw_report_options *ro, bool *ret_any, hw_err *err)
{
    static const struct {
        const char *option;
        hw_status (*write)(const hw_explanation *, const hw_report_options *, hw_str *, hw_err *);
    } kinds[] = {{"html", hw_report_match_html}, {"svg", hw_report_match_svg}, {"pdf", hw_report_match_pdf_bytes}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const char *path = args_text(&c->args, kinds[i].option);
        if (path == NULL) {
            continue;
        }
        HW_CLEANUP(hw_str_release) hw_str text = {0};
        hw_str_init(&text, 0);
        HW_TRY(kinds[i].write(x, ro, &text, err));
        HW_TRY(hw_str_check(&text, err));
        HW_TRY(hw_file_write(path, text.s, text.len, err));
        if (!hw_streq(path, "-")) {
            term_note(c->command->name, "written: %s", path);
        }
        *ret_any = true;
    }
    return HW_OK;
}

static hw_status run(cli *c, inputs *in, hw_err *err)
{
    hw_match_options o;
    hw_explanation x = {0};
    hw_report_options ro;
    char date[24];
    const char *folder = args_text(&c->args, "run");
    if (folder != NULL) {
        HW_TRY(run_apply(c, folder, err));
    }
    HW_TRY(report_from_args(c, &ro, date, err));
    HW_TRY(match_read(c, in, &o, err));
    HW_TRY(explain(c, in, &o, &x, err));
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, 0);
    bool any = false;
    hw_status s = write_reports(c, &x, &ro, &any, err);
    if (s == HW_OK && args_has(&c->args, "json")) {
        s = explain_json(&x, &text, err);
    } else if (s == HW_OK && !any) {
        s = hw_report_match_text(&x, &ro, &text, err);
    }
    hw_explanation_release(&x);
    HW_TRY(s);
    return term_write(&text, err);
}

hw_status cmd_explain(cli *c, hw_err *err)
{
    inputs in;
    inputs_init(&in);
    hw_status s = run(c, &in, err);
    inputs_release(&in);
    return s;
}
