// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward match: every child against every family; and match merge: the parts of such a search, joined. */
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "cli/assess.h"
#include "cli/match_args.h"
#include "cli/review.h"
#include "cli/run_file.h"
#include "cli/search_run.h"

static hw_status save(const char *folder, const char *name, const hw_str *text, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str path = {0};
    hw_str_init(&path, 1 << 16);
    hw_str_addf(&path, "%s/%s", folder, name);
    HW_TRY(hw_str_check(&path, err));
    HW_TRY(hw_str_check(text, err));
    return hw_file_write(path.s, text->s != NULL ? text->s : "", text->len, err);
}

/* Families that could not be searched as stated. */
static void write_errors(const hw_dataset *d, const hw_match_result *r, hw_str *out)
{
    hw_str_add(out, "family,status,reason\n");
    for (size_t i = 0; i < r->n_errors; i++) {
        hw_csv_write(out, d->family[r->error[i].family].id, ',', true);
        hw_csv_write(out, hw_status_name(r->error[i].status), ',', false);
        hw_csv_write(out, r->error[i].text, ',', false);
        hw_str_addc(out, '\n');
    }
}

#define MAX_LIST ((size_t)4 << 30)

static hw_status save_all(cli *c, const inputs *in, const hw_match_options *o, const assessment *a, const char *folder, hw_err *err)
{
    const hw_dataset *d = &in->people;
    const hw_match_result *r = &a->match;
    const hw_report_decisions x = assess_decisions(a);
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, MAX_LIST);
    HW_TRY(hw_dir_make(folder, err));
    HW_TRY(hw_report_list_csv(d, o, r, &x, &text, err));
    HW_TRY(save(folder, "candidates.csv", &text, err));
    hw_str_clear(&text);
    HW_TRY(hw_report_list_json(d, o, r, &x, &text, err));
    HW_TRY(save(folder, "candidates.json", &text, err));
    hw_str_clear(&text);
    write_errors(d, r, &text);
    HW_TRY(save(folder, "errors.csv", &text, err));
    hw_str_clear(&text);
    inputs_write_notes(in, &text);
    HW_TRY(save(folder, "notes.csv", &text, err));
    hw_str_clear(&text);
    if (in->rejects.len == 0) {
        hw_str_add(&text, "file,line,column,field,record,reason\n");
    }
    HW_TRY(save(folder, "rejects.csv", in->rejects.len > 0 ? &in->rejects : &text, err));
    hw_str_clear(&text);
    HW_TRY(run_write(c, in, o, r, &text, err));
    return save(folder, "run.json", &text, err);
}

static void say_done(const cli *c, const inputs *in, const hw_match_result *r, const char *folder)
{
    const hw_dataset *d = &in->people;
    term_note(c->command->name, "%zu children, %zu families, %llu pairs; %zu candidates", d->n_children, d->n_families,
              (unsigned long long)r->pairs, r->n_candidates);
    if (r->n_errors > 0) {
        term_note(c->command->name, "%zu famil%s could not be searched as stated, family %s first: %s", r->n_errors, r->n_errors == 1 ? "y" : "ies",
                  d->family[r->error[0].family].id, r->error[0].text);
    }
    if (folder != NULL) {
        term_note(c->command->name, "written to %s: candidates.csv candidates.json errors.csv notes.csv rejects.csv run.json", folder);
    }
}

static hw_status show(const cli *c, const inputs *in, const hw_match_options *o, const hw_report_options *ro, const assessment *a, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, MAX_LIST);
    hw_match_result part = a->match;
    const hw_report_decisions x = assess_decisions(a);
    if (ro->max_rows > 0 && part.n_candidates > ro->max_rows) {
        part.n_candidates = ro->max_rows;
    }
    if (args_has(&c->args, "json")) {
        HW_TRY(hw_report_list_json(&in->people, o, &part, &x, &text, err));
    } else if (args_has(&c->args, "csv")) {
        HW_TRY(hw_report_list_csv(&in->people, o, &part, &x, &text, err));
    } else {
        HW_TRY(hw_report_list_text(&in->people, o, &a->match, &x, ro, &text, err));
    }
    return term_write(&text, err);
}

/* A part of a search: kept in the folder, nothing said of its pairs yet. */
static hw_status keep_shard(const cli *c, const inputs *in, const hw_match_options *o, const hw_pairs *p, const char *folder, hw_err *err)
{
    const hw_match_result none = {.pairs = p->pairs, .n_candidates = 0, .n_errors = p->n_errors};
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, 0);
    HW_TRY(run_write(c, in, o, &none, &text, err));
    HW_TRY(save(folder, "run.json", &text, err));
    term_note(c->command->name, "part %s: %llu pairs searched, %zu listed; kept in %s. `homeward match merge` joins the parts", args_text(&c->args, "shard"),
              (unsigned long long)p->pairs, p->n, folder);
    return HW_OK;
}

static hw_status tell(cli *c, inputs *in, const hw_match_options *o, const hw_report_options *ro, const assessment *a, const char *folder, hw_err *err)
{
    const hw_match_result *r = &a->match;
    if (folder != NULL) {
        HW_TRY(save_all(c, in, o, a, folder, err));
    }
    say_done(c, in, r, folder);
    HW_TRY(show(c, in, o, ro, a, err));
    if (r->pairs == 0 && r->n_errors > 0) { /* that is no matter of one family: a setting, or the wrong files */
        return HW_FAIL(err, r->error[0].status, "no family could be searched; %s, the first: %s", in->people.family[r->error[0].family].id, r->error[0].text);
    }
    return HW_OK;
}

static hw_status search_and_tell(cli *c, inputs *in, hw_match_options *o, const hw_report_options *ro, const char *folder, bool merge, hw_err *err)
{
    HW_CLEANUP(assess_release) assessment a = {0};
    HW_CLEANUP(hw_pairs_release) hw_pairs p = {0};
    bool shard = false;
    HW_TRY(assess_start(c, in, o, &a, err));
    term_progress bar;
    term_progress_start(&bar, "matching");
    o->progress = term_progress_show;
    o->progress_ctx = &bar;
    hw_status s = merge ? search_merge(c, in, o, folder, &p, err) : search_run(c, in, o, folder, &p, &shard, err);
    term_progress_end(&bar);
    o->progress = NULL;
    HW_TRY(s);
    if (shard) {
        return keep_shard(c, in, o, &p, folder, err);
    }
    HW_TRY(assess_pairs(c, in, o, &p, &a, err));
    return tell(c, in, o, ro, &a, folder, err);
}

static hw_status run(cli *c, inputs *in, bool merge, hw_err *err)
{
    hw_match_options o;
    hw_report_options ro;
    char date[24];
    uint64_t limit = 0;
    const char *folder = args_text(&c->args, "out");
    in->collect_rejects = folder != NULL;
    if (args_has(&c->args, "json") && args_has(&c->args, "csv")) {
        return HW_FAIL(err, HW_USAGE, "--json and --csv exclude each other");
    }
    HW_TRY(report_from_args(c, &ro, date, err));
    HW_TRY(args_count(&c->args, "limit", 0, 1000000000, &limit, err));
    ro.max_rows = (size_t)limit;
    if (merge) {
        HW_TRY(run_apply(c, c->args.operand.v[0], err));
    }
    HW_TRY(match_read(c, in, &o, err));
    inputs_show_notes(c, in, folder != NULL ? "notes.csv" : NULL);
    HW_TRY(review_inputs(c, in, &o, folder != NULL ? "notes.csv" : NULL, err));
    return search_and_tell(c, in, &o, &ro, folder, merge, err);
}

hw_status cmd_match(cli *c, hw_err *err)
{
    inputs in;
    inputs_init(&in);
    hw_status s = run(c, &in, false, err);
    inputs_release(&in);
    return s;
}

hw_status cmd_match_merge(cli *c, hw_err *err)
{
    inputs in;
    inputs_init(&in);
    hw_status s = run(c, &in, true, err);
    inputs_release(&in);
    return s;
}
