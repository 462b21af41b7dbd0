// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The ranked list as JSON: all digits of every number, the prior and the populations it rests on, and the families with errors. A ratio of zero is
 * the string "-inf" (base/json.h); no rival is null.
 */
#include "base/json.h"
#include "report/match_report.h"

static void population(hw_json *j, const hw_match_options *m, uint32_t i)
{
    hw_json_string(j, i < m->n_populations && m->population[i] != NULL ? m->population[i]->name : NULL);
}

static void string_at(hw_json *j, const char *key, const char *value)
{
    hw_json_key(j, key);
    hw_json_string(j, value);
}

static void double_at(hw_json *j, const char *key, double value)
{
    hw_json_key(j, key);
    hw_json_double(j, value);
}

static void int_at(hw_json *j, const char *key, uint64_t value)
{
    hw_json_key(j, key);
    hw_json_int(j, (int64_t)value);
}

static void candidate(hw_json *j, const hw_dataset *d, const hw_match_options *m, const hw_candidate *c, size_t rank)
{
    const hw_family *f = &d->family[c->family];
    const hw_profile *child = d->child[c->child];
    hw_json_object(j);
    int_at(j, "rank", rank);
    string_at(j, "child", child->id);
    string_at(j, "family", f->id);
    string_at(j, "missing", c->missing < f->n_missing ? f->pedigree.person[f->missing[c->missing]].id : NULL);
    string_at(j, "relation", c->relation);
    int_at(j, "loci_used", c->loci_used);
    int_at(j, "loci_inconsistent", c->inconsistent);
    double_at(j, "log10_lr", c->log10_lr);
    double_at(j, "log10_lr_min", c->log10_lr_min);
    hw_json_key(j, "log10_lr_min_population");
    population(j, m, c->min_population);
    hw_json_key(j, "rival");
    if (c->rival == NULL) {
        hw_json_null(j);
    } else {
        hw_json_object(j);
        string_at(j, "text", c->rival);
        double_at(j, "log10_missing_to_rival", c->rival_log10);
        hw_json_end(j);
    }
    double_at(j, "posterior", c->posterior);
    string_at(j, "verbal", hw_verbal_scale(c->log10_lr_min));
    hw_json_end(j);
}

hw_status hw_report_list_json(const hw_dataset *d, const hw_match_options *m, const hw_match_result *r, hw_str *out, hw_err *err)
{
    hw_json j;
    hw_json_init(&j, out, 2);
    hw_json_object(&j);
    string_at(&j, "format", "homeward-match");
    int_at(&j, "version", 1);
    hw_json_key(&j, "synthetic");
    hw_json_bool(&j, d->synthetic);
    string_at(&j, "meaning", "leads for the laboratory, not confirmations: a second sample and two signatures are needed");
    hw_json_key(&j, "populations");
    hw_json_array(&j);
    for (uint32_t i = 0; i < m->n_populations; i++) {
        population(&j, m, i);
    }
    hw_json_end(&j);
    hw_json_key(&j, "prior");
    hw_json_object(&j);
    double_at(&j, "family_registered", m->prior_registered);
    double_at(&j, "each_missing_person", r->prior_each);
    hw_json_end(&j);
    double_at(&j, "threshold_log10_lr", m->threshold_log10);
    int_at(&j, "pairs", r->pairs);
    hw_json_key(&j, "candidates");
    hw_json_array(&j);
    for (size_t i = 0; i < r->n_candidates; i++) {
        candidate(&j, d, m, &r->candidate[i], i + 1);
    }
    hw_json_end(&j);
    hw_json_key(&j, "errors");
    hw_json_array(&j);
    for (size_t i = 0; i < r->n_errors; i++) {
        hw_json_object(&j);
        string_at(&j, "family", d->family[r->error[i].family].id);
        string_at(&j, "status", hw_status_name(r->error[i].status));
        string_at(&j, "text", r->error[i].text);
        hw_json_end(&j);
    }
    hw_json_end(&j);
    hw_json_end(&j);
    hw_str_addc(out, '\n');
    return hw_str_check(out, err);
}
