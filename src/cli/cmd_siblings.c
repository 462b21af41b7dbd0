// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward siblings: brothers and sisters among the rescued children. */
#include "base/csv.h"
#include "base/json.h"
#include "base/number.h"
#include "cli/match_args.h"
#include "kinship/siblings.h"
#include "report/text.h"

enum { LOG10_DECIMALS = 6, PROBABILITY_DECIMALS = 12 };

static const char *child_id(const inputs *in, uint32_t child)
{
    return in->people.child[child]->id;
}

static void csv_number(hw_str *out, double x, int decimals)
{
    char buf[344];
    hw_csv_write(out, hw_fmt_fixed(x, decimals, buf), ',', false);
}

static void write_csv(const inputs *in, const hw_sibling_result *r, hw_str *out)
{
    hw_str_add(out, "rank,child,sibling,loci_used,log10_full,log10_half,log10_full_to_half,log10_parent_child,posterior_full,posterior_half,posterior_parent_child,flag,"
                    "prior_full_each,prior_half_each,prior_parent_each,synthetic\n");
    for (size_t i = 0; i < r->n; i++) {
        const hw_sibling_pair *p = &r->pair[i];
        hw_str_addf(out, "%zu", i + 1);
        hw_csv_write(out, child_id(in, p->a), ',', false);
        hw_csv_write(out, child_id(in, p->b), ',', false);
        hw_str_addf(out, ",%u", p->loci_used);
        csv_number(out, p->log10_full, LOG10_DECIMALS);
        csv_number(out, p->log10_half, LOG10_DECIMALS);
        csv_number(out, p->log10_full - p->log10_half, LOG10_DECIMALS);
        csv_number(out, p->log10_parent, LOG10_DECIMALS);
        csv_number(out, p->posterior_full, PROBABILITY_DECIMALS);
        csv_number(out, p->posterior_half, PROBABILITY_DECIMALS);
        csv_number(out, p->posterior_parent, PROBABILITY_DECIMALS);
        hw_csv_write(out, hw_sibling_flag_code(p->flag), ',', false);
        csv_number(out, r->prior_full_each, PROBABILITY_DECIMALS);
        csv_number(out, r->prior_half_each, PROBABILITY_DECIMALS);
        csv_number(out, r->prior_parent_each, PROBABILITY_DECIMALS);
        hw_csv_write(out, in->people.synthetic ? "yes" : "no", ',', false);
        hw_str_addc(out, '\n');
    }
}

static void member(hw_json *j, const char *key, double x)
{
    hw_json_key(j, key);
    hw_json_double(j, x);
}

static void write_json(const inputs *in, const hw_sibling_options *o, const hw_sibling_result *r, hw_str *out)
{
    hw_json j;
    hw_json_init(&j, out, 1);
    hw_json_object(&j);
    hw_json_key(&j, "synthetic");
    hw_json_bool(&j, in->people.synthetic);
    member(&j, "threshold_log10", o->threshold_log10);
    member(&j, "prior_full_each", r->prior_full_each);
    member(&j, "prior_half_each", r->prior_half_each);
    member(&j, "prior_parent_each", r->prior_parent_each);
    hw_json_key(&j, "pairs");
    hw_json_array(&j);
    for (size_t i = 0; i < r->n; i++) {
        const hw_sibling_pair *p = &r->pair[i];
        hw_json_object(&j);
        hw_json_key(&j, "child");
        hw_json_string(&j, child_id(in, p->a));
        hw_json_key(&j, "sibling");
        hw_json_string(&j, child_id(in, p->b));
        hw_json_key(&j, "loci_used");
        hw_json_int(&j, p->loci_used);
        member(&j, "log10_full", p->log10_full);
        member(&j, "log10_half", p->log10_half);
        member(&j, "log10_parent_child", p->log10_parent);
        member(&j, "posterior_full", p->posterior_full);
        member(&j, "posterior_half", p->posterior_half);
        member(&j, "posterior_parent_child", p->posterior_parent);
        hw_json_key(&j, "flag");
        hw_json_string(&j, p->flag == HW_SIBLING_PLAIN ? NULL : hw_sibling_flag_code(p->flag));
        hw_json_end(&j);
    }
    hw_json_end(&j);
    hw_json_end(&j);
    hw_str_addc(out, '\n');
}

static const char *what_of(const hw_sibling_pair *p)
{
    if (p->flag == HW_SIBLING_IDENTICAL) {
        return "same profile: entered twice, or identical twins";
    }
    if (p->flag == HW_SIBLING_PARENT_CHILD) {
        return "rather parent and child";
    }
    return p->log10_full >= p->log10_half ? "full siblings" : "half siblings";
}

static hw_status write_table(cli *c, const inputs *in, const hw_sibling_result *r, hw_str *out, hw_err *err)
{
    static const char *const titles[] = {"child", "sibling", "loci", "log10 full", "log10 half", "full : half", "posterior full", "posterior half", "what it looks like"};
    enum { COLUMNS = 9 };
    if (in->people.synthetic) {
        hw_str_add(out, "SYNTHETIC DATA: everybody is invented\n\n");
    }
    if (r->n == 0) {
        hw_str_addf(out, "No siblings found among %zu children.\n", in->people.n_children);
        return HW_OK;
    }
    size_t width[COLUMNS];
    const char **cell = HW_NEW(&c->arena, const char *, (r->n + 1) * COLUMNS);
    if (cell == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t k = 0; k < COLUMNS; k++) {
        cell[k] = titles[k];
    }
    for (size_t i = 0; i < r->n; i++) {
        const hw_sibling_pair *p = &r->pair[i];
        const char **row = cell + (i + 1) * COLUMNS;
        const double number[] = {p->log10_full, p->log10_half, p->log10_full - p->log10_half, p->posterior_full, p->posterior_half};
        row[0] = child_id(in, p->a);
        row[1] = child_id(in, p->b);
        row[2] = hw_arena_printf(&c->arena, "%u", p->loci_used);
        for (size_t k = 0; k < 5; k++) {
            char buf[344];
            row[3 + k] = hw_arena_strdup(&c->arena, hw_fmt_fixed(number[k], k < 3 ? 2 : 6, buf));
        }
        row[8] = what_of(p);
    }
    for (size_t k = 0; k < COLUMNS; k++) {
        width[k] = 0;
        for (size_t i = 0; i <= r->n; i++) {
            const char *text = cell[i * COLUMNS + k];
            if (text == NULL) {
                return HW_NO_MEMORY_FAIL(err);
            }
            size_t w = hw_text_columns(text);
            width[k] = w > width[k] ? w : width[k];
        }
    }
    for (size_t i = 0; i <= r->n; i++) {
        for (size_t k = 0; k < COLUMNS; k++) {
            const char *text = cell[i * COLUMNS + k];
            size_t pad = width[k] - hw_text_columns(text);
            bool right = k >= 2 && k < 8;
            hw_str_addf(out, "%s%*s%s", k > 0 ? "  " : "", right ? (int)pad : 0, "", text);
            hw_str_addf(out, "%*s", right || k + 1 == COLUMNS ? 0 : (int)pad, "");
        }
        hw_str_addc(out, '\n');
    }
    char full[32];
    char half[32];
    hw_str_addf(out, "\nPrior of each pair: full siblings %s, half siblings %s. Siblings belong together, in care and in the search.\n", hw_fmt_double(r->prior_full_each, full),
                hw_fmt_double(r->prior_half_each, half));
    return HW_OK;
}

static hw_status show(cli *c, const inputs *in, const hw_sibling_options *o, const hw_sibling_result *r, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, 0);
    if (args_has(&c->args, "json")) {
        write_json(in, o, r, &text);
    } else if (args_has(&c->args, "csv")) {
        write_csv(in, r, &text);
    } else {
        HW_TRY(write_table(c, in, r, &text, err));
    }
    return term_write(&text, err);
}

static hw_status run(cli *c, inputs *in, hw_err *err)
{
    hw_match_options m;
    hw_sibling_options o;
    hw_sibling_result r;
    hw_sibling_options_init(&o);
    if (args_has(&c->args, "json") && args_has(&c->args, "csv")) {
        return HW_FAIL(err, HW_USAGE, "--json and --csv exclude each other");
    }
    HW_TRY(args_number(&c->args, "threshold", -1000, 1000, &o.threshold_log10, err));
    HW_TRY(args_number(&c->args, "prior-full", 0, 1000, &o.prior_full, err));
    HW_TRY(args_number(&c->args, "prior-half", 0, 1000, &o.prior_half, err));
    HW_TRY(args_number(&c->args, "prior-parent", 0, 1000, &o.prior_parent, err));
    HW_TRY(match_read_children(c, in, &m, err));
    inputs_show_notes(c, in, NULL);
    term_progress bar;
    term_progress_start(&bar, "comparing");
    m.progress = term_progress_show;
    m.progress_ctx = &bar;
    hw_status s = hw_siblings(&in->people, &m, &o, &r, err);
    term_progress_end(&bar);
    HW_TRY(s);
    term_note(c->command->name, "%zu children; %zu pairs", in->people.n_children, r.n);
    s = show(c, in, &o, &r, err);
    hw_sibling_result_release(&r);
    return s;
}

hw_status cmd_siblings(cli *c, hw_err *err)
{
    inputs in;
    inputs_init(&in);
    hw_status s = run(c, &in, err);
    inputs_release(&in);
    return s;
}
