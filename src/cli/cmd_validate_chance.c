// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward validate chance: what one or two parents and a set of loci can decide, computed exactly and by simulation. */
#include <math.h>
#include <stdio.h>

#include "base/json.h"
#include "cli/inputs.h"
#include "cli/match_args.h"
#include "cli/proof.h"
#include "kinship/design.h"

#define MOST_Z 4.0
#define N_PANELS 3u

static const char *const TRUTH[HW_DESIGN_TRUTHS] = {"unrelated", "true", "sibling"};
static const char *const EVENT[HW_DESIGN_EVENTS] = {"LR >= 10^4", "LR >= 10^6", "0 impossible loci", "at most 1", "at most 2"};

typedef struct panel {
    const char *what;
    hw_design design;
    hw_design_result result[2]; /* duo, trio */
} panel;

typedef struct chance_run {
    cli *c;
    inputs *in;
    uint64_t seed, families, threads;
    double rate, most_z;
    uint32_t cells, beyond;
    panel panel[N_PANELS];
    uint32_t n_panels;
} chance_run;

static bool wanted(const chance_run *r, const char *name)
{
    const char *const *asked;
    size_t n = args_list(&r->c->args, "panel", &asked);
    bool found = n == 0;
    for (size_t i = 0; i < n; i++) {
        found = found || hw_streq(asked[i], name);
    }
    return found;
}

/* i: number of the panel, which its seed depends on, so that a panel alone gives what it gives among others. */
static hw_status run_panel(chance_run *r, uint64_t i, const char *name, const char *what, const char *const *loci, uint32_t n, hw_err *err)
{
    if (!wanted(r, name)) {
        return HW_OK;
    }
    panel *p = &r->panel[r->n_panels++];
    p->what = what;
    HW_TRY(hw_design_init(&p->design, &r->c->arena, r->in->population[0], loci, n, r->rate, err));
    for (int trio = 0; trio < 2; trio++) {
        HW_TRY(hw_design_exact(&p->design, trio == 1, &p->result[trio], err));
        HW_TRY(hw_design_simulate(&p->design, trio == 1, r->families, r->seed + 2 * i + (uint64_t)trio, (unsigned)r->threads, &p->result[trio], err));
        for (uint32_t t = 0; t < HW_DESIGN_TRUTHS; t++) {
            for (uint32_t e = 0; e < HW_DESIGN_EVENTS; e++) {
                double z = fabs(p->result[trio].cell[t][e].z);
                r->most_z = z > r->most_z ? z : r->most_z;
                r->cells++;
                r->beyond += !(z < MOST_Z);
            }
        }
    }
    return HW_OK;
}

static void write_design(const panel *p, int trio, hw_str *out)
{
    const hw_design_result *d = &p->result[trio];
    hw_str_addf(out, "\n%u loci, %s; median log10 LR of a true child %.2f .. %.2f\n", p->design.n_loci, trio == 1 ? "two parents and a child" : "one parent and a child",
                d->median_log10.low, d->median_log10.high);
    hw_str_addf(out, "  %-11s %-18s %12s %12s %12s %10s %7s\n", "child", "", "exact, low", "high", "simulated", "s.e.", "z");
    for (uint32_t t = 0; t < HW_DESIGN_TRUTHS; t++) {
        for (uint32_t e = 0; e < HW_DESIGN_EVENTS; e++) {
            const hw_design_cell *c = &d->cell[t][e];
            hw_str_addf(out, "  %-11s %-18s %12.5e %12.5e %12.5e %10.1e %7.2f\n", e == 0 ? TRUTH[t] : "", EVENT[e], c->exact.low, c->exact.high, c->simulated, c->se, c->z);
        }
    }
}

static void write_text(const chance_run *r, hw_str *out)
{
    hw_str_addf(out, "Table %s; mutation equal %g; %llu simulated families; seed %llu\n", r->in->population[0]->name, r->rate,
                (unsigned long long)(2 * r->n_panels * r->panel[0].result[0].families), (unsigned long long)r->seed);
    for (uint32_t i = 0; i < r->n_panels; i++) {
        hw_str_addf(out, "%u loci: %s:", r->panel[i].design.n_loci, r->panel[i].what);
        for (uint32_t l = 0; l < r->panel[i].design.n_loci; l++) {
            hw_str_addf(out, "%s %s", l > 0 ? "," : "", r->panel[i].design.locus[l]->locus);
        }
        hw_str_addc(out, '\n');
    }
    for (uint32_t i = 0; i < r->n_panels; i++) {
        write_design(&r->panel[i], 0, out);
        write_design(&r->panel[i], 1, out);
    }
    hw_str_addf(out, "\n%u cells, largest |z| %.2f: %s\n", r->cells, r->most_z,
                r->beyond == 0 ? "the two ways agree" : "THE TWO WAYS DIFFER");
}

static void put_number(hw_json *j, const char *key, double x)
{
    hw_json_key(j, key);
    hw_json_double(j, x);
}

static void put_cell(hw_json *j, const hw_design_cell *c, uint32_t t, uint32_t e)
{
    hw_json_object(j);
    hw_json_key(j, "child");
    hw_json_string(j, TRUTH[t]);
    hw_json_key(j, "event");
    hw_json_string(j, EVENT[e]);
    put_number(j, "exact_low", c->exact.low);
    put_number(j, "exact_high", c->exact.high);
    put_number(j, "simulated", c->simulated);
    put_number(j, "standard_error", c->se);
    put_number(j, "z", c->z);
    hw_json_end(j);
}

static void put_design(hw_json *j, const panel *p, int trio)
{
    const hw_design_result *d = &p->result[trio];
    hw_json_object(j);
    hw_json_key(j, "loci");
    hw_json_array(j);
    for (uint32_t l = 0; l < p->design.n_loci; l++) {
        hw_json_string(j, p->design.locus[l]->locus);
    }
    hw_json_end(j);
    hw_json_key(j, "parents");
    hw_json_int(j, trio + 1);
    put_number(j, "median_log10_low", d->median_log10.low);
    put_number(j, "median_log10_high", d->median_log10.high);
    hw_json_key(j, "cells");
    hw_json_array(j);
    for (uint32_t t = 0; t < HW_DESIGN_TRUTHS; t++) {
        for (uint32_t e = 0; e < HW_DESIGN_EVENTS; e++) {
            put_cell(j, &d->cell[t][e], t, e);
        }
    }
    hw_json_end(j);
    hw_json_end(j);
}

static void write_json(const chance_run *r, hw_str *out)
{
    hw_json j;
    hw_json_init(&j, out, 1);
    hw_json_object(&j);
    hw_json_key(&j, "format");
    hw_json_string(&j, "homeward-validation-chance/1");
    hw_json_key(&j, "table");
    hw_json_string(&j, r->in->population[0]->name);
    put_number(&j, "mutation", r->rate);
    hw_json_key(&j, "seed");
    hw_json_int(&j, (int64_t)r->seed);
    put_number(&j, "largest_z", r->most_z);
    hw_json_key(&j, "agree");
    hw_json_bool(&j, r->beyond == 0);
    hw_json_key(&j, "designs");
    hw_json_array(&j);
    for (uint32_t i = 0; i < r->n_panels; i++) {
        put_design(&j, &r->panel[i], 0);
        put_design(&j, &r->panel[i], 1);
    }
    hw_json_end(&j);
    hw_json_end(&j);
    hw_str_addc(out, '\n');
}

static hw_status run(chance_run *r, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str out = {0};
    r->families = 20000;
    r->rate = 0.002;
    HW_TRY(args_count(&r->c->args, "samples", 1000, 100000000, &r->families, err));
    HW_TRY(args_count(&r->c->args, "threads", 0, 256, &r->threads, err));
    HW_TRY(fresh_seed(r->c, &r->seed, err));
    if (!args_has(&r->c->args, "freq")) {
        HW_TRY(args_add(&r->c->args, "freq", "norstr-east-asia", err));
    }
    HW_TRY(inputs_read_tables(r->c, r->in, err));
    HW_TRY(run_panel(r, 0, "18", "PowerPlex 18D and D12S391", PANEL_18, PANEL_18_LOCI, err));
    HW_TRY(run_panel(r, 1, "21", "GlobalFiler", PANEL_21, PANEL_21_LOCI, err));
    HW_TRY(run_panel(r, 2, "all", "all autosomal loci of the table", NULL, 0, err));
    if (r->n_panels == 0) {
        return HW_FAIL(err, HW_USAGE, "--panel: expected 18, 21 or all");
    }
    hw_str_init(&out, 0);
    if (args_has(&r->c->args, "json")) {
        write_json(r, &out);
    } else {
        write_text(r, &out);
    }
    HW_TRY(term_write(&out, err));
    r->c->verdict = r->beyond > 0 ? 1 : 0;
    return HW_OK;
}

hw_status cmd_validate_chance(cli *c, hw_err *err)
{
    inputs in;
    inputs_init(&in);
    chance_run *r = HW_NEW(&c->arena, chance_run, 1);
    hw_status s = HW_OK;
    if (r == NULL) {
        s = HW_NO_MEMORY_FAIL(err);
    } else {
        r->c = c;
        r->in = &in;
        s = run(r, err);
    }
    inputs_release(&in);
    return s;
}
