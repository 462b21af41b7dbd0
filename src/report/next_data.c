// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* The next best samples as CSV and JSON. */
#include "base/csv.h"
#include "base/json.h"
#include "base/number.h"
#include "report/next_report.h"

static const char HEAD[] = "rank,family,missing,step,part,kind,person,relation,samples,step_samples,now,then,gain,gain_se,by_shape,gain_spread,synthetic\n";

static const char *person_id(const hw_family *f, const hw_next_part *p)
{
    return p->person == UINT32_MAX ? NULL : f->pedigree.person[p->person].id;
}

/* ---- CSV ---- */

static void text_field(hw_str *out, const char *s)
{
    hw_csv_write(out, s != NULL ? s : "", ',', false);
}

static void number_field(hw_str *out, double x)
{
    char buf[40];
    text_field(out, hw_fmt_double(x, buf));
}

static void missing_field(const hw_family *f, uint32_t missing, hw_str *out)
{
    hw_str all = {0};
    hw_str_init(&all, 0);
    for (uint32_t i = 0; i < f->n_missing; i++) {
        if (missing == UINT32_MAX || missing == i) {
            hw_str_addf(&all, "%s%s", all.len > 0 ? ";" : "", f->pedigree.person[f->missing[i]].id);
        }
    }
    text_field(out, all.s);
    if (all.failed != HW_OK && out->failed == HW_OK) {
        out->failed = all.failed;
    }
    hw_str_release(&all);
}

static void csv_part(const hw_next_report *c, size_t rank, uint32_t k, hw_str *out)
{
    const hw_next_step *s = &c->r->step[rank];
    const hw_family *f = &c->d->family[s->family];
    const hw_next_part *p = &s->part[k];
    hw_str_addf(out, "%zu", rank + 1);
    text_field(out, f->id);
    missing_field(f, s->missing, out);
    hw_str_addf(out, ",%u,%u", s->number + 1, k + 1);
    text_field(out, hw_next_kind_text(p->kind));
    text_field(out, person_id(f, p));
    text_field(out, p->relation);
    hw_str_addf(out, ",%u,%u", p->samples, s->samples);
    number_field(out, s->now);
    number_field(out, s->then);
    number_field(out, s->gain);
    number_field(out, s->gain_se);
    text_field(out, s->by_shape ? "yes" : "no");
    number_field(out, s->gain_spread);
    text_field(out, c->d->synthetic ? "yes" : "no");
    hw_str_addc(out, '\n');
}

hw_status hw_report_next_csv(const hw_next_report *c, hw_str *out, hw_err *err)
{
    hw_str_add(out, HEAD);
    for (size_t i = 0; i < c->r->n; i++) {
        for (uint32_t k = 0; k < c->r->step[i].n_parts; k++) {
            csv_part(c, i, k, out);
        }
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

static void json_parts(const hw_family *f, const hw_next_step *s, hw_json *j)
{
    hw_json_key(j, "parts");
    hw_json_array(j);
    for (uint32_t k = 0; k < s->n_parts; k++) {
        const hw_next_part *p = &s->part[k];
        hw_json_object(j);
        string_at(j, "kind", hw_next_kind_text(p->kind));
        string_at(j, "person", person_id(f, p));
        string_at(j, "relation", p->relation);
        int_at(j, "samples", p->samples);
        hw_json_end(j);
    }
    hw_json_end(j);
}

static void json_step(const hw_next_report *c, size_t rank, hw_json *j)
{
    const hw_next_step *s = &c->r->step[rank];
    const hw_family *f = &c->d->family[s->family];
    hw_json_object(j);
    int_at(j, "rank", rank + 1);
    string_at(j, "family", f->id);
    hw_json_key(j, "missing");
    hw_json_array(j);
    for (uint32_t i = 0; i < f->n_missing; i++) {
        if (s->missing == UINT32_MAX || s->missing == i) {
            hw_json_string(j, f->pedigree.person[f->missing[i]].id);
        }
    }
    hw_json_end(j);
    int_at(j, "step", s->number + 1);
    json_parts(f, s, j);
    int_at(j, "samples", s->samples);
    double_at(j, "p_now", s->now);
    double_at(j, "p_then", s->then);
    double_at(j, "gain", s->gain);
    double_at(j, "gain_se", s->gain_se);
    hw_json_key(j, "by_shape");
    hw_json_bool(j, s->by_shape);
    double_at(j, "gain_spread", s->gain_spread);
    hw_json_end(j);
}

static void json_loss(const hw_next_loss *l, hw_json *j)
{
    hw_json_key(j, "loss");
    hw_json_object(j);
    double_at(j, "best", l->best);
    double_at(j, "best_se", l->best_se);
    double_at(j, "ours", l->ours);
    double_at(j, "ours_se", l->ours_se);
    double_at(j, "lost", l->lost);
    double_at(j, "lost_se", l->lost_se);
    double_at(j, "claimed", l->claimed);
    int_at(j, "options", l->options);
    int_at(j, "draws", l->draws);
    hw_json_end(j);
}

hw_status hw_report_next_json(const hw_next_report *c, hw_str *out, hw_err *err)
{
    hw_json j;
    const hw_next_result *r = c->r;
    hw_json_init(&j, out, 2);
    hw_json_object(&j);
    string_at(&j, "format", "homeward-next");
    int_at(&j, "version", 1);
    hw_json_key(&j, "synthetic");
    hw_json_bool(&j, c->d->synthetic);
    string_at(&j, "population", c->m->population[0]->name);
    double_at(&j, "threshold_log10_lr", r->threshold_log10);
    double_at(&j, "rescued", r->rescued);
    int_at(&j, "missing_persons", r->persons);
    hw_json_key(&j, "alternatives");
    hw_json_bool(&j, c->one_family);
    int_at(&j, "families", r->n_families);
    int_at(&j, "families_not_computed", r->n_errors);
    if (!c->one_family) {
        int_at(&j, "budget", c->p->budget);
        int_at(&j, "samples", r->samples);
        double_at(&j, "gain", r->gain);
        double_at(&j, "gain_se", r->gain_se);
        int_at(&j, "shapes", r->n_shapes);
        int_at(&j, "families_computed_for_shapes", r->n_computed);
    }
    if (c->loss != NULL) {
        json_loss(c->loss, &j);
    }
    hw_json_key(&j, "steps");
    hw_json_array(&j);
    for (size_t i = 0; i < r->n; i++) {
        json_step(c, i, &j);
    }
    hw_json_end(&j);
    hw_json_end(&j);
    hw_str_addc(out, '\n');
    return hw_str_check(out, err);
}
