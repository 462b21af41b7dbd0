// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Power as CSV and JSON: both bounds of everything that lies between two. */
#include "base/csv.h"
#include "base/json.h"
#include "base/number.h"
#include "report/power_report.h"

static const char HEAD[] = "family,missing,kind,typed,loci,exclusion,not_excluded,expected_exclusions,loci_unfit,log10_lr_5_low,log10_lr_5_high,log10_lr_50_low,"
                           "log10_lr_50_high,log10_lr_95_low,log10_lr_95_high,theirs_1_low,theirs_1_high,theirs_2_low,theirs_2_high,unrelated_low,unrelated_high,"
                           "chance_hits,max_log10,verdict,x_left_out,linkage_left_out,synthetic,error_status,error\n";

const char *hw_power_verdict_text(hw_power_verdict v)
{
    return v == HW_POWER_ENOUGH ? "enough" : v == HW_POWER_WEAK ? "weak" : "no child can reach the threshold";
}

static const char *missing_id(const hw_power_context *c, const hw_power *p)
{
    const hw_family *f = &c->d->family[p->family];
    return f->pedigree.person[f->missing[p->missing]].id;
}

/* ---- CSV ---- */

static void text_field(hw_str *out, const char *s)
{
    hw_csv_write(out, s, ',', false);
}

static void number(hw_str *out, double x)
{
    char buf[40];
    text_field(out, hw_fmt_double(x, buf));
}

static void both(hw_str *out, hw_tail t)
{
    number(out, t.low);
    number(out, t.high);
}

static void csv_numbers(const hw_power_context *c, const hw_power *p, hw_str *out)
{
    hw_str_addf(out, ",%u,%u", p->typed, p->n_loci);
    number(out, 1.0 - p->not_excluded);
    number(out, p->not_excluded);
    number(out, p->expected_exclusions);
    hw_str_addf(out, ",%u", p->n_unfit);
    for (int i = 0; i < 3; i++) {
        both(out, p->theirs_quantile[i]);
    }
    for (int i = 0; i < HW_POWER_TAILS; i++) {
        both(out, p->theirs[i]);
    }
    both(out, p->unrelated);
    if (c->children > 0.0) {
        number(out, c->children * p->unrelated.high);
    } else {
        text_field(out, "");
    }
    number(out, p->max_log10);
    text_field(out, hw_power_verdict_text(p->verdict));
    text_field(out, p->x_left_out ? "yes" : "no");
    text_field(out, p->linkage_left_out ? "yes" : "no");
}

hw_status hw_report_power_csv(const hw_power_context *c, const hw_power_result *r, hw_str *out, hw_err *err)
{
    hw_str_add(out, HEAD);
    for (size_t i = 0; i < r->n; i++) {
        const hw_power *p = &r->power[i];
        hw_csv_write(out, c->d->family[p->family].id, ',', true);
        text_field(out, missing_id(c, p));
        text_field(out, hw_family_kind_text(p->kind));
        if (p->status == HW_OK) {
            csv_numbers(c, p, out);
        } else {
            hw_str_addf(out, ",%u%s", p->typed, ",,,,,,,,,,,,,,,,,,,,,,");
        }
        text_field(out, c->d->synthetic ? "yes" : "no");
        text_field(out, p->status == HW_OK ? "" : hw_status_name(p->status));
        text_field(out, p->status == HW_OK ? "" : p->error);
        hw_str_addc(out, '\n');
    }
    return hw_str_check(out, err);
}

/* ---- JSON ---- */

static void string_at(hw_json *j, const char *key, const char *s)
{
    hw_json_key(j, key);
    hw_json_string(j, s);
}

static void double_at(hw_json *j, const char *key, double x)
{
    hw_json_key(j, key);
    hw_json_double(j, x);
}

static void int_at(hw_json *j, const char *key, uint64_t x)
{
    hw_json_key(j, key);
    hw_json_int(j, (int64_t)x);
}

static void tail_at(hw_json *j, const char *key, hw_tail t)
{
    hw_json_key(j, key);
    hw_json_array(j);
    hw_json_double(j, t.low);
    hw_json_double(j, t.high);
    hw_json_end(j);
}

static void bool_at(hw_json *j, const char *key, bool b)
{
    hw_json_key(j, key);
    hw_json_bool(j, b);
}

static void json_loci(const hw_power_context *c, const hw_power *p, hw_json *j)
{
    hw_json_key(j, "exclusion_per_locus");
    hw_json_object(j);
    for (uint32_t i = 0; i < p->n_loci; i++) {
        hw_json_key(j, c->d->panel.locus[p->locus[i].panel_index].name);
        if (p->locus[i].exclusion != p->locus[i].exclusion) {
            hw_json_null(j);
        } else {
            hw_json_double(j, p->locus[i].exclusion);
        }
    }
    hw_json_end(j);
}

static void json_power(const hw_power_context *c, const hw_power *p, hw_json *j)
{
    static const char *const quantile[3] = {"log10_lr_theirs_5", "log10_lr_theirs_50", "log10_lr_theirs_95"};
    static const char *const tail[HW_POWER_TAILS] = {"p_theirs_1", "p_theirs_2"};
    hw_json_object(j);
    string_at(j, "family", c->d->family[p->family].id);
    string_at(j, "missing", missing_id(c, p));
    string_at(j, "kind", hw_family_kind_text(p->kind));
    int_at(j, "typed", p->typed);
    if (p->status != HW_OK) {
        string_at(j, "status", hw_status_name(p->status));
        string_at(j, "error", p->error);
        hw_json_end(j);
        return;
    }
    int_at(j, "loci", p->n_loci);
    double_at(j, "exclusion", 1.0 - p->not_excluded);
    double_at(j, "not_excluded", p->not_excluded);
    double_at(j, "expected_exclusions", p->expected_exclusions);
    int_at(j, "loci_unfit", p->n_unfit);
    if (c->loci) {
        json_loci(c, p, j);
    }
    for (int i = 0; i < 3; i++) {
        tail_at(j, quantile[i], p->theirs_quantile[i]);
    }
    for (int i = 0; i < HW_POWER_TAILS; i++) {
        tail_at(j, tail[i], p->theirs[i]);
    }
    tail_at(j, "p_unrelated", p->unrelated);
    if (c->children > 0.0) {
        double_at(j, "chance_hits", c->children * p->unrelated.high);
    }
    double_at(j, "max_log10_lr", p->max_log10);
    string_at(j, "verdict", hw_power_verdict_text(p->verdict));
    bool_at(j, "x_left_out", p->x_left_out);
    bool_at(j, "linkage_left_out", p->linkage_left_out);
    hw_json_end(j);
}

static void json_kind(const hw_power_context *c, const char *name, const hw_power_kind_summary *s, hw_json *j)
{
    hw_json_object(j);
    string_at(j, "kind", name);
    int_at(j, "computed", s->n);
    int_at(j, "errors", s->n_errors);
    int_at(j, "weak", s->n_weak);
    double_at(j, "mean_p_theirs", s->mean_theirs);
    double_at(j, "median_of_medians", s->median_of_medians);
    double_at(j, "sum_p_unrelated", s->chance_hits);
    if (c->children > 0.0) {
        double_at(j, "chance_hits", c->children * s->chance_hits);
    }
    hw_json_end(j);
}

hw_status hw_report_power_json(const hw_power_context *c, const hw_power_result *r, hw_str *out, hw_err *err)
{
    hw_json j;
    hw_json_init(&j, out, 2);
    hw_json_object(&j);
    string_at(&j, "format", "homeward-power");
    int_at(&j, "version", 1);
    bool_at(&j, "synthetic", c->d->synthetic);
    string_at(&j, "population", c->m->population[0]->name);
    double_at(&j, "threshold_log10_lr", c->p->tail_log10[0]);
    double_at(&j, "second_threshold_log10_lr", c->p->tail_log10[1]);
    double_at(&j, "wanted", c->p->wanted);
    if (c->children > 0.0) {
        double_at(&j, "children", c->children);
    }
    hw_json_key(&j, "kinds");
    hw_json_array(&j);
    for (int k = 0; k < HW_FAMILY_KINDS; k++) {
        if (r->kind[k].n + r->kind[k].n_errors > 0) {
            json_kind(c, hw_family_kind_text((hw_family_kind)k), &r->kind[k], &j);
        }
    }
    json_kind(c, "all", &r->all, &j);
    hw_json_end(&j);
    hw_json_key(&j, "families");
    hw_json_array(&j);
    for (size_t i = 0; i < r->n; i++) {
        json_power(c, &r->power[i], &j);
    }
    hw_json_end(&j);
    hw_json_end(&j);
    hw_str_addc(out, '\n');
    return hw_str_check(out, err);
}
