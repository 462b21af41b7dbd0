// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The ranked list as separated text, for spreadsheets and scripts: every line says the prior it rests on, and whether people are invented.
 * Decimals are fixed, so that columns can be compared by eye and by tools; list_json.c has every digit. Pairs that brothers and sisters brought in have no rank.
 */
#include <math.h>

#include "base/csv.h"
#include "base/number.h"
#include "report/match_report.h"

static const char HEAD[] = "rank,child,family,missing,relation,loci_used,loci_inconsistent,log10_lr,log10_lr_min,log10_lr_min_population,rival,"
                           "log10_missing_to_rival,posterior,prior_each,verbal,synthetic,error_status,error";
static const char HEAD_DECISION[] = ",verdict,family_posterior,family_posterior_low,family_posterior_high,missing_posterior,chance_hits,searched_under,settle";

enum { LOG10_DECIMALS = 6, PROBABILITY_DECIMALS = 12 };

static void field(hw_str *out, const char *text)
{
    hw_csv_write(out, text != NULL ? text : "", ',', false);
}

static void number(hw_str *out, double x, int decimals)
{
    char buf[340];
    field(out, hw_fmt_fixed(x, decimals, buf));
}

static void count(hw_str *out, uint64_t n, bool first)
{
    hw_str_addf(out, "%s%llu", first ? "" : ",", (unsigned long long)n);
}

/* Empty where it is not known. */
static void known(hw_str *out, double x, bool fixed)
{
    char buf[340];
    if (isnan(x)) {
        field(out, NULL);
    } else {
        field(out, fixed ? hw_fmt_fixed(x, PROBABILITY_DECIMALS, buf) : hw_fmt_double(x, buf));
    }
}

static void decision(const hw_family *f, const hw_decision *k, hw_str *out)
{
    field(out, hw_verdict_code(k->verdict.kind));
    known(out, k->input.posterior, true);
    known(out, k->input.low, true);
    known(out, k->input.high, true);
    known(out, k->input.missing_posterior, true);
    known(out, k->input.chance_hits, false);
    field(out, f->under);
    hw_str_addc(out, ',');
    bool any = false;
    for (int i = 0; i < HW_CRITERION_COUNT; i++) {
        if (k->verdict.reason[i].met != HW_ANSWER_YES) {
            hw_str_addf(out, "%s%s", any ? " " : "", k->verdict.reason[i].code);
            any = true;
        }
    }
}

static void candidate(const hw_dataset *d, const hw_match_options *m, const hw_match_result *r, const hw_candidate *c, size_t rank, const hw_decision *k, hw_str *out)
{
    const hw_family *f = &d->family[c->family];
    if (rank > 0) {
        count(out, rank, true);
    }
    field(out, d->child[c->child]->id);
    field(out, f->id);
    field(out, c->missing < f->n_missing ? f->pedigree.person[f->missing[c->missing]].id : NULL);
    field(out, c->relation);
    count(out, c->loci_used, false);
    count(out, c->inconsistent, false);
    number(out, c->log10_lr, LOG10_DECIMALS);
    number(out, c->log10_lr_min, LOG10_DECIMALS);
    field(out, c->min_population < m->n_populations && m->population[c->min_population] != NULL ? m->population[c->min_population]->name : NULL);
    field(out, c->rival);
    if (c->rival != NULL) {
        number(out, c->rival_log10, LOG10_DECIMALS);
    } else {
        field(out, NULL);
    }
    if (rank > 0) {
        number(out, c->posterior, PROBABILITY_DECIMALS);
    } else {
        field(out, NULL); /* the search alone gives none below its threshold */
    }
    number(out, r->prior_each, PROBABILITY_DECIMALS);
    field(out, hw_verbal_scale(c->log10_lr_min));
    field(out, d->synthetic ? "yes" : "no");
    hw_str_add(out, ",,");
    if (k != NULL) {
        decision(f, k, out);
    }
    hw_str_addc(out, '\n');
}

hw_status hw_report_list_csv(const hw_dataset *d, const hw_match_options *m, const hw_match_result *r, const hw_report_decisions *x, hw_str *out, hw_err *err)
{
    hw_str_addf(out, "%s%s\n", HEAD, x != NULL ? HEAD_DECISION : "");
    for (size_t i = 0; i < r->n_candidates; i++) {
        candidate(d, m, r, &r->candidate[i], i + 1, hw_report_decision(x, i), out);
    }
    for (size_t i = r->n_candidates; i < hw_report_pairs(r, x); i++) {
        candidate(d, m, r, &x->decisions->candidate[i], 0, hw_report_decision(x, i), out);
    }
    for (size_t i = 0; i < r->n_errors; i++) {
        const hw_family_error *e = &r->error[i];
        hw_str_add(out, ",");
        field(out, d->family[e->family].id);
        hw_str_add(out, ",,,,,,,,,,,,");
        field(out, d->synthetic ? "yes" : "no");
        field(out, hw_status_name(e->status));
        field(out, e->text);
        hw_str_add(out, x != NULL ? ",,,,,,,,\n" : "\n");
    }
    return hw_str_check(out, err);
}
