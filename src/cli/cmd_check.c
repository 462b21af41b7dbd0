// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward check: what is wrong with the profiles and families themselves, before anything is searched. */
#include "cli/findings.h"
#include "cli/match_args.h"

static hw_status read_staff(cli *c, inputs *in, hw_err *err)
{
    const char *const *path;
    size_t n = args_list(&c->args, "elimination", &path);
    for (size_t i = 0; i < n; i++) {
        HW_TRY(inputs_read_staff(c, in, path[i], err));
    }
    if (n > 0 && in->staff.n_profiles == 0) {
        return HW_FAIL(err, HW_NOT_FOUND, "--elimination: no profile in %s%s", path[0], n > 1 ? " and the other files" : "");
    }
    return HW_OK;
}

static hw_status read_all(cli *c, inputs *in, hw_match_options *o, hw_err *err)
{
    uint64_t threads = 0;
    if (!args_has(&c->args, "children") && !args_has(&c->args, "families")) {
        return HW_FAIL(err, HW_USAGE, "--children or --families is missing: name the files to check");
    }
    hw_match_options_init(o);
    HW_TRY(args_count(&c->args, "threads", 0, 256, &threads, err));
    HW_TRY(inputs_read_tables(c, in, err));
    HW_TRY(inputs_read_match(c, in, err));
    HW_TRY(match_take_populations(c, in, err));
    HW_TRY(inputs_read_settings(c, in, err));
    HW_TRY(read_staff(c, in, err));
    if (in->people.n_children == 0 && in->people.n_families == 0) {
        return HW_FAIL(err, HW_NOT_FOUND, "no rescued child and no searching family in these files");
    }
    HW_TRY(settings_check_linked(c, &in->settings, &in->people.panel, err));
    o->population = in->population;
    o->n_populations = in->n_populations;
    o->settings = &in->settings;
    o->n_threads = (unsigned)threads;
    return HW_OK;
}

static hw_status show(const cli *c, const findings *f, const hw_report_options *ro, size_t limit, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, (size_t)4 << 30);
    if (args_has(&c->args, "json")) {
        HW_TRY(findings_json(f, limit, &text, err));
    } else if (args_has(&c->args, "csv")) {
        HW_TRY(findings_csv(f, limit, &text, err));
    } else {
        HW_TRY(findings_text(f, ro, limit, &text, err));
    }
    return term_write(&text, err);
}

static hw_status run(cli *c, inputs *in, hw_err *err)
{
    hw_match_options o;
    hw_report_options ro;
    hw_profile_bounds bounds;
    uint64_t limit = 0, min_loci = 0;
    hw_profile_bounds_init(&bounds);
    if (args_has(&c->args, "json") && args_has(&c->args, "csv")) {
        return HW_FAIL(err, HW_USAGE, "--json and --csv exclude each other");
    }
    hw_report_options_init(&ro);
    ro.width = term_width();
    ro.colour = term_colour();
    ro.ascii = term_ascii();
    min_loci = bounds.min_loci;
    HW_TRY(args_count(&c->args, "limit", 0, 1000000000, &limit, err));
    HW_TRY(args_count(&c->args, "min-loci", 1, HW_PANEL_MAX, &min_loci, err));
    bounds.min_loci = (uint32_t)min_loci;
    HW_TRY(read_all(c, in, &o, err));
    inputs_show_notes(c, in, NULL);
    term_progress bar;
    term_progress_start(&bar, "judging families");
    o.progress = term_progress_show;
    o.progress_ctx = &bar;
    findings f;
    hw_status s = findings_make(in, &o, &bounds, &f, err);
    term_progress_end(&bar);
    if (s == HW_OK) {
        s = show(c, &f, &ro, (size_t)limit, err);
        c->verdict = f.n > 0 ? 1 : 0;
    }
    findings_release(&f);
    return s;
}

hw_status cmd_check(cli *c, hw_err *err)
{
    inputs in;
    inputs_init(&in);
    hw_status s = run(c, &in, err);
    inputs_release(&in);
    return s;
}
