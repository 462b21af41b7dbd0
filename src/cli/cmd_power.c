// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward power: what each searching family can prove. */
#include "cli/match_args.h"
#include "kinship/power.h"
#include "report/power_report.h"

static hw_status find_family(const hw_dataset *d, const char *id, uint32_t *ret, hw_err *err)
{
    for (size_t f = 0; f < d->n_families; f++) {
        if (hw_streq(d->family[f].id, id)) {
            *ret = (uint32_t)f;
            return HW_OK;
        }
    }
    return HW_FAIL(err, HW_NOT_FOUND, "there is no family %.100s in the files of --families", id);
}

static hw_status read_options(cli *c, const hw_dataset *d, hw_power_options *p, hw_power_context *context, size_t *ret_limit, hw_err *err)
{
    uint64_t limit = 0, children = d->n_children;
    const char *id = args_text(&c->args, "family");
    HW_TRY(args_number(&c->args, "threshold", -1000, 1000, &p->tail_log10[0], err));
    HW_TRY(args_number(&c->args, "second", -1000, 1000, &p->tail_log10[1], err));
    HW_TRY(args_number(&c->args, "wanted", 0, 1, &p->wanted, err));
    HW_TRY(args_count(&c->args, "n-children", 0, 10000000000u, &children, err));
    HW_TRY(args_count(&c->args, "limit", 0, 1000000000, &limit, err));
    if (id != NULL) {
        HW_TRY(find_family(d, id, &p->only_family, err));
    }
    context->children = (double)children;
    context->loci = id != NULL;
    *ret_limit = (size_t)limit;
    return HW_OK;
}

static hw_status show(const cli *c, const hw_power_context *context, const hw_power_result *r, size_t limit, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, (size_t)4 << 30);
    if (args_has(&c->args, "json")) {
        HW_TRY(hw_report_power_json(context, r, &text, err));
    } else if (args_has(&c->args, "csv")) {
        HW_TRY(hw_report_power_csv(context, r, &text, err));
    } else {
        hw_report_options o;
        hw_report_options_init(&o);
        o.width = term_width();
        o.colour = term_colour();
        o.max_rows = limit;
        HW_TRY(hw_report_power_text(context, r, &o, &text, err));
    }
    return term_write(&text, err);
}

static hw_status run(cli *c, inputs *in, hw_err *err)
{
    hw_match_options o;
    hw_power_options p;
    hw_power_result r;
    size_t limit;
    if (args_has(&c->args, "json") && args_has(&c->args, "csv")) {
        return HW_FAIL(err, HW_USAGE, "--json and --csv exclude each other");
    }
    HW_TRY(families_read(c, in, &o, err));
    inputs_show_notes(c, in, NULL);
    hw_power_options_init(&p);
    hw_power_context context = {.d = &in->people, .m = &o, .p = &p};
    HW_TRY(read_options(c, &in->people, &p, &context, &limit, err));
    HW_TRY(hw_power_compute(&in->people, &o, &p, &r, err));
    term_note(c->command->name, "%zu missing persons, %u weak, %u not computed; %.2f s", r.n, r.all.n_weak, r.all.n_errors, r.seconds);
    hw_status s = show(c, &context, &r, limit, err);
    if (s == HW_OK && r.n > 0 && r.all.n == 0) {
        s = HW_FAIL(err, r.power[0].status, "nothing could be computed; the first: %s", r.power[0].error);
    }
    hw_power_result_release(&r);
    return s;
}

hw_status cmd_power(cli *c, hw_err *err)
{
    inputs in;
    inputs_init(&in);
    hw_status s = run(c, &in, err);
    inputs_release(&in);
    return s;
}
