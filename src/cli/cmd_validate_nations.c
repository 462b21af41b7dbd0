// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward validate nations: are decisions what they claim, on synthetic nations whose truth is known? */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"
#include "cli/inputs.h"
#include "cli/match_args.h"
#include "cli/proof.h"
#include "kinship/calibration.h"
#include "kinship/interval.h"

/* How the nation differs from what the search assumes. */
typedef struct scenario {
    const char *name, *title;
    const char *born_from;  /* a shipped table; NULL: that of the search */
    double rates;           /* mutation rates of the nation, as a multiple of those of the search */
    double theta, inbreeding;
    double share_true;      /* the search believes in 0.5 */
} scenario;

static const scenario SCENARIO[] = {
    {"as-assumed", "the nation is as the search assumes", NULL, 1, 0, 0, 0.5},
    {"table", "born from another table (NIST 1036 Asian)", "nist1036-asian", 1, 0, 0, 0.5},
    {"theta", "founders of 5 subpopulations, theta 0.02; searched with 0", NULL, 1, 0.02, 0, 0.5},
    {"rates", "mutation rates three times those of the search", NULL, 3, 0, 0, 0.5},
    {"prior", "one child in ten has a registered family; the search believes one in two", NULL, 1, 0, 0, 0.1},
    {"inbreeding", "founders inbred, 0.0625 (children of first cousins)", NULL, 1, 0, 0.0625, 0.5},
};
#define N_SCENARIOS (sizeof SCENARIO / sizeof SCENARIO[0])

static const char *kind_text(size_t k)
{
    return k < HW_FAMILY_KINDS ? hw_family_kind_text((hw_family_kind)k) : k == HW_CALIBRATION_MISSTATED ? "stated wrongly" : "samples swapped";
}

typedef struct nations {
    cli *c;
    inputs *in;
    hw_calibration_options o;
    double report_posterior;
    hw_policy policy;
    bool simple;            /* decide by the posterior of the search alone */
    uint64_t seed;
    hw_settings born_with;
    hw_calibration result[N_SCENARIOS];
    bool done[N_SCENARIOS];
} nations;

/* ---- running ---- */

static hw_status read_options(nations *n, hw_err *err)
{
    const args *a = &n->c->args;
    uint64_t children = 500, families = 5000, rounds = 1, threads = 0;
    hw_calibration_options_init(&n->o);
    HW_TRY(args_count(a, "children", 1, 5000000, &children, err));
    HW_TRY(args_count(a, "families", 1, 5000000, &families, err));
    HW_TRY(args_count(a, "nations", 1, 100000, &rounds, err));
    HW_TRY(args_count(a, "threads", 0, 256, &threads, err));
    HW_TRY(args_number(a, "threshold", -1000, 4, &n->o.search.threshold_log10, err));
    HW_TRY(fresh_seed(n->c, &n->seed, err));
    hw_nation *w = &n->o.nation;
    w->children = (uint32_t)children;
    w->families = (uint32_t)families;
    w->seed = n->seed;
    /* every tenth sample loses every tenth allele: one allele in a hundred in all */
    w->share_poor = 0.1;
    w->dropout = 0.1;
    w->share_wrong = 0.01;
    w->share_swapped = 0.005;
    w->share_relatives = 0.2;
    n->o.nations = (uint32_t)rounds;
    n->o.search.n_threads = (unsigned)threads;
    n->o.search.prior_registered = 0.5;
    n->o.loci = PANEL_21;
    n->o.n_loci = PANEL_21_LOCI;
    hw_policy_init(&n->policy);
    n->report_posterior = n->policy.posterior_low;
    n->simple = args_has(a, "report");
    HW_TRY(args_number(a, "report", 0.5, 1, &n->report_posterior, err));
    n->o.decide = n->simple ? hw_decide_by_posterior : hw_decide_jointly;
    n->o.decide_ctx = n->simple ? (void *)&n->report_posterior : &n->policy;
    n->o.search.rivals = !n->simple;
    return HW_OK;
}

static void scale_rates(hw_locus_settings *s, double by)
{
    s->female.rate *= by;
    s->male.rate *= by;
}

/* The settings that the nation is born with, in the arena of the run. */
static hw_status born_with(nations *n, double rates, hw_err *err)
{
    const hw_settings *from = &n->in->settings;
    n->born_with = *from;
    n->born_with.by_locus = HW_NEW(&n->c->arena, hw_locus_settings, from->n_by_locus + 1);
    if (n->born_with.by_locus == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    scale_rates(&n->born_with.standard, rates);
    for (uint32_t i = 0; i < from->n_by_locus; i++) {
        n->born_with.by_locus[i] = from->by_locus[i];
        scale_rates(&n->born_with.by_locus[i], rates);
    }
    n->o.born_with = &n->born_with;
    return HW_OK;
}

static hw_status run_scenario(nations *n, size_t k, hw_err *err)
{
    const scenario *s = &SCENARIO[k];
    hw_dataset other;
    hw_dataset_init(&other);
    hw_status status = born_with(n, s->rates, err);
    n->o.born_from = n->in->population[0];
    if (status == HW_OK && s->born_from != NULL) {
        const char *path;
        status = table_path(n->c, s->born_from, &path, err);
        hw_format_options fo = {0};
        if (status == HW_OK) {
            status = hw_format_read_file(path, &fo, &other, err);
        }
        if (status == HW_OK && other.n_populations == 0) {
            status = HW_FAIL(err, HW_PARSE, "%s: no frequency table in this file", path);
        }
        n->o.born_from = status == HW_OK ? other.population[0] : NULL;
    }
    n->o.nation.theta = s->theta;
    n->o.nation.demes = s->theta > 0 ? 5 : 0;
    n->o.nation.inbreeding = s->inbreeding;
    n->o.nation.share_true = s->share_true;
    if (status == HW_OK) {
        term_progress bar;
        term_progress_start(&bar, s->name);
        n->o.search.progress = term_progress_show;
        n->o.search.progress_ctx = &bar;
        status = hw_calibrate(&n->o, &n->result[k], err);
        term_progress_end(&bar);
    }
    n->done[k] = status == HW_OK;
    hw_dataset_release(&other);
    return status;
}

/* ---- text ---- */

static double share(uint64_t k, uint64_t n)
{
    return n > 0 ? (double)k / (double)n : 0;
}

static void write_kinds(const hw_calibration *r, hw_str *out)
{
    hw_str_add(out, "\n  Sensitivity                 children     listed   reported   LR over 10,000\n");
    uint64_t all[4] = {0};
    for (size_t k = 0; k < HW_CALIBRATION_KINDS; k++) {
        const uint64_t v[4] = {r->truth[k], r->listed[k], r->posterior.found[k], r->practice.found[k]};
        if (v[0] == 0) {
            continue;
        }
        hw_str_addf(out, "  %-24s %11llu %9.2f%% %9.2f%% %15.2f%%\n", kind_text(k), (unsigned long long)v[0], 100 * share(v[1], v[0]), 100 * share(v[2], v[0]),
                    100 * share(v[3], v[0]));
        for (size_t i = 0; i < 4; i++) {
            all[i] += v[i];
        }
    }
    hw_str_addf(out, "  %-24s %11llu %9.2f%% %9.2f%% %15.2f%%\n", "all", (unsigned long long)all[0], 100 * share(all[1], all[0]), 100 * share(all[2], all[0]),
                100 * share(all[3], all[0]));
}

static void write_count(hw_str *out, const char *what, uint64_t a, uint64_t b)
{
    hw_str_addf(out, "  %-58s %12llu %15llu\n", what, (unsigned long long)a, (unsigned long long)b);
}

static void write_reports(const hw_calibration *r, hw_str *out)
{
    const hw_calibration_policy *p = &r->posterior, *q = &r->practice;
    hw_str_addf(out, "\n  Reports %64s  LR over 10,000\n", "by verdict");
    write_count(out, "right, swaps apart", p->right, q->right);
    write_count(out, "wrong, swaps apart: observed", p->wrong, q->wrong);
    write_count(out, "  of them to the family of a relative", p->wrong_relative, q->wrong_relative);
    hw_str_addf(out, "  %-58s %12.3f %15.3f\n", "  expected, the sum of 1 - posterior (or 1 - LR/(LR+1))", p->expected_wrong, q->expected_wrong);
    hw_str_addf(out, "  %-58s %12.3f %15.3f\n", "  95 % upper limit of what was observed (Garwood)", hw_interval_poisson_upper(p->wrong, 0.05),
                hw_interval_poisson_upper(q->wrong, 0.05));
    hw_str_addf(out, "  %-58s %12.2e %15.2e\n", "  95 % upper limit of the rate per report", share(1, p->right + p->wrong) * hw_interval_poisson_upper(p->wrong, 0.05),
                share(1, q->right + q->wrong) * hw_interval_poisson_upper(q->wrong, 0.05));
    write_count(out, "  not stopped by a second sample of child and family", p->second_wrong, q->second_wrong);
    write_count(out, "swapped samples: right", p->swap_right, q->swap_right);
    write_count(out, "swapped samples: wrong", p->swap_wrong, q->swap_wrong);
    write_count(out, "  not stopped by a second sample of child and family", p->second_swap, q->second_swap);
    char text[2][48];
    snprintf(text[0], sizeof text[0], "%llu/%llu", (unsigned long long)p->confirmed, (unsigned long long)p->confirmed_of);
    snprintf(text[1], sizeof text[1], "%llu/%llu", (unsigned long long)q->confirmed, (unsigned long long)q->confirmed_of);
    hw_str_addf(out, "  %-58s %12s %15s\n", "right reports that a second sample confirms (of those tried)", text[0], text[1]);
}

typedef struct bin_judged {
    double rate, mean, low, high;
    bool within;
} bin_judged;

static bin_judged judge(const hw_calibration_bin *b)
{
    bin_judged j = {.rate = share(b->right, b->n), .mean = b->n > 0 ? b->sum / (double)b->n : 0};
    hw_interval_binomial(b->right, b->n, 0.05, &j.low, &j.high);
    j.within = b->n == 0 || (j.low <= j.mean && j.mean <= j.high);
    return j;
}

static void write_bins(const hw_calibration_bin *bin, const char *what, hw_str *out)
{
    hw_str_addf(out, "\n  %-26s %9s %10s %10s  %-23s\n", what, "pairs", "claimed", "observed", "95 % interval");
    for (size_t i = 0; i < HW_CALIBRATION_BINS; i++) {
        if (bin[i].n == 0) {
            continue;
        }
        bin_judged j = judge(&bin[i]);
        char name[40];
        snprintf(name, sizeof name, "%g to %g", bin[i].from, bin[i].to);
        hw_str_addf(out, "  %-26s %9llu %10.6f %10.6f  %.6f .. %.6f  %s\n", name, (unsigned long long)bin[i].n, j.mean, j.rate, j.low, j.high,
                    j.within ? "within" : j.mean > j.high ? "OUTSIDE: claims too much" : "OUTSIDE: claims too little");
    }
}

static void write_scenario(const nations *n, size_t k, hw_str *out)
{
    const hw_calibration *r = &n->result[k];
    hw_str_addf(out, "\n== %s: %s\n", SCENARIO[k].name, SCENARIO[k].title);
    hw_str_addf(out, "  %u nations, %llu children, %llu families, %llu pairs, %llu candidates, %llu families not searched\n", r->nations,
                (unsigned long long)r->children, (unsigned long long)r->families, (unsigned long long)r->pairs, (unsigned long long)r->candidates,
                (unsigned long long)r->families_not_searched);
    write_kinds(r, out);
    write_reports(r, out);
    write_bins(r->bin, "Posterior of a pair", out);
    write_bins(r->practice_bin, "Practice: W = LR/(LR+1)", out);
}

static void write_text(const nations *n, hw_str *out)
{
    hw_str_addf(out, "Synthetic nations of %u children and %u families, %u each; seed %llu\n", n->o.nation.children, n->o.nation.families, n->o.nations,
                (unsigned long long)n->seed);
    hw_str_addf(out, "Table %s, %zu loci; listed from log10 LR %g; report %s %g; prior 0.5\n", n->in->population[0]->name, n->o.n_loci,
                n->o.search.threshold_log10, n->simple ? "by the posterior of the search from" : "by joint posterior and policy, from", n->report_posterior);
    for (size_t k = 0; k < N_SCENARIOS; k++) {
        if (n->done[k]) {
            write_scenario(n, k, out);
        }
    }
}

/* ---- data ---- */

static void put_count(hw_json *j, const char *key, uint64_t x)
{
    hw_json_key(j, key);
    hw_json_int(j, (int64_t)x);
}

static void put_number(hw_json *j, const char *key, double x)
{
    hw_json_key(j, key);
    hw_json_double(j, x);
}

static void put_policy(hw_json *j, const char *key, const hw_calibration_policy *p)
{
    hw_json_key(j, key);
    hw_json_object(j);
    hw_json_key(j, "found");
    hw_json_object(j);
    for (size_t i = 0; i < HW_CALIBRATION_KINDS; i++) {
        put_count(j, kind_text(i), p->found[i]);
    }
    hw_json_end(j);
    put_count(j, "right", p->right);
    put_count(j, "wrong", p->wrong);
    put_count(j, "wrong_relative", p->wrong_relative);
    put_number(j, "wrong_expected", p->expected_wrong);
    put_number(j, "wrong_upper_95", hw_interval_poisson_upper(p->wrong, 0.05));
    put_count(j, "wrong_second_sample", p->second_wrong);
    put_count(j, "swap_right", p->swap_right);
    put_count(j, "swap_wrong", p->swap_wrong);
    put_count(j, "swap_second_sample", p->second_swap);
    put_count(j, "confirmed", p->confirmed);
    put_count(j, "confirmed_of", p->confirmed_of);
    hw_json_end(j);
}

static void put_bins(hw_json *j, const char *key, const hw_calibration_bin *bin)
{
    hw_json_key(j, key);
    hw_json_array(j);
    for (size_t i = 0; i < HW_CALIBRATION_BINS; i++) {
        bin_judged x = judge(&bin[i]);
        hw_json_object(j);
        put_number(j, "from", bin[i].from);
        put_number(j, "to", bin[i].to);
        put_count(j, "pairs", bin[i].n);
        put_count(j, "right", bin[i].right);
        put_number(j, "claimed", x.mean);
        put_number(j, "low_95", x.low);
        put_number(j, "high_95", x.high);
        hw_json_key(j, "within");
        hw_json_bool(j, x.within);
        hw_json_end(j);
    }
    hw_json_end(j);
}

static void put_kinds(hw_json *j, const char *key, const uint64_t *v)
{
    hw_json_key(j, key);
    hw_json_object(j);
    for (size_t i = 0; i < HW_CALIBRATION_KINDS; i++) {
        put_count(j, kind_text(i), v[i]);
    }
    hw_json_end(j);
}

static void write_json(const nations *n, hw_str *out)
{
    hw_json j;
    hw_json_init(&j, out, 1);
    hw_json_object(&j);
    hw_json_key(&j, "format");
    hw_json_string(&j, "homeward-validation-nations/1");
    put_count(&j, "seed", n->seed);
    put_count(&j, "children", n->o.nation.children);
    put_count(&j, "families", n->o.nation.families);
    hw_json_key(&j, "decided_by");
    hw_json_string(&j, n->simple ? "posterior" : "policy");
    put_number(&j, "report_posterior", n->report_posterior);
    put_number(&j, "threshold_log10", n->o.search.threshold_log10);
    hw_json_key(&j, "table");
    hw_json_string(&j, n->in->population[0]->name);
    hw_json_key(&j, "nations");
    hw_json_array(&j);
    for (size_t k = 0; k < N_SCENARIOS; k++) {
        const hw_calibration *r = &n->result[k];
        if (!n->done[k]) {
            continue;
        }
        hw_json_object(&j);
        hw_json_key(&j, "name");
        hw_json_string(&j, SCENARIO[k].name);
        hw_json_key(&j, "title");
        hw_json_string(&j, SCENARIO[k].title);
        put_count(&j, "nations", r->nations);
        put_count(&j, "pairs", r->pairs);
        put_count(&j, "candidates", r->candidates);
        put_count(&j, "families_not_searched", r->families_not_searched);
        put_kinds(&j, "truth", r->truth);
        put_kinds(&j, "listed", r->listed);
        put_policy(&j, "by_posterior", &r->posterior);
        put_policy(&j, "by_ratio", &r->practice);
        put_bins(&j, "bins", r->bin);
        put_bins(&j, "practice_bins", r->practice_bin);
        hw_json_end(&j);
    }
    hw_json_end(&j);
    hw_json_end(&j);
    hw_str_addc(out, '\n');
}

/* ---- the command ---- */

static hw_status choose(const nations *n, bool *ret, hw_err *err)
{
    const char *const *asked;
    size_t count = args_list(&n->c->args, "nation", &asked);
    for (size_t k = 0; k < N_SCENARIOS; k++) {
        ret[k] = count == 0;
    }
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;
        while (k < N_SCENARIOS && !hw_streq(SCENARIO[k].name, asked[i])) {
            k++;
        }
        if (k == N_SCENARIOS) {
            return HW_FAIL(err, HW_USAGE, "--nation %.40s: expected as-assumed, table, theta, rates, prior or inbreeding", asked[i]);
        }
        ret[k] = true;
    }
    return HW_OK;
}

static hw_status run(nations *n, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str out = {0};
    bool wanted[N_SCENARIOS];
    HW_TRY(choose(n, wanted, err));
    HW_TRY(read_options(n, err));
    if (!args_has(&n->c->args, "freq")) {
        HW_TRY(args_add(&n->c->args, "freq", "norstr-east-asia", err));
    }
    HW_TRY(inputs_read_tables(n->c, n->in, err));
    HW_TRY(inputs_read_settings(n->c, n->in, err));
    n->o.search.population = n->in->population;
    n->o.search.n_populations = 1;
    n->o.search.settings = &n->in->settings;
    for (size_t k = 0; k < N_SCENARIOS; k++) {
        if (wanted[k]) {
            HW_TRY(run_scenario(n, k, err));
            term_note(n->c->command->name, "%s: %.1f seconds of searching", SCENARIO[k].name, n->result[k].seconds);
        }
    }
    hw_str_init(&out, 0);
    if (args_has(&n->c->args, "json")) {
        write_json(n, &out);
    } else {
        write_text(n, &out);
    }
    return term_write(&out, err);
}

hw_status cmd_validate_nations(cli *c, hw_err *err)
{
    inputs in;
    inputs_init(&in);
    nations n = {.c = c, .in = &in};
    hw_status s = run(&n, err);
    inputs_release(&in);
    return s;
}
