// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The ranked list as JSON: all digits of every number, the prior and the populations it rests on, and the families with errors. A ratio of zero is
 * the string "-inf" (base/json.h); no rival is null, and so is a number that is not known. `match explain --run` reads what was decided from here.
 */
#include <math.h>

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

static void known_at(hw_json *j, const char *key, double x)
{
    hw_json_key(j, key);
    if (isnan(x)) {
        hw_json_null(j);
    } else {
        hw_json_double(j, x);
    }
}

static void answer_at(hw_json *j, const char *key, hw_answer a)
{
    hw_json_key(j, key);
    if (a == HW_ANSWER_UNKNOWN) {
        hw_json_null(j);
    } else {
        hw_json_bool(j, a == HW_ANSWER_YES);
    }
}

static void reason(hw_json *j, const hw_verdict_reason *r)
{
    hw_json_object(j);
    string_at(j, "code", r->code);
    answer_at(j, "met", r->met);
    string_at(j, "text", r->text);
    string_at(j, "text_zh", r->text_zh);
    string_at(j, "settle", r->settle);
    string_at(j, "settle_zh", r->settle_zh);
    hw_json_end(j);
}

static void decision(hw_json *j, const hw_family *f, const hw_decision *k)
{
    const hw_verdict_input *in = &k->input;
    hw_json_key(j, "decision");
    hw_json_object(j);
    string_at(j, "verdict", hw_verdict_code(k->verdict.kind));
    known_at(j, "family_posterior", in->posterior);
    known_at(j, "family_posterior_low", in->low);
    known_at(j, "family_posterior_high", in->high);
    known_at(j, "missing_posterior", in->missing_posterior);
    known_at(j, "chance_hits", in->chance_hits);
    string_at(j, "searched_under", f->under);
    answer_at(j, "contested", in->contested);
    hw_json_key(j, "which_missing_open");
    hw_json_bool(j, k->verdict.which_open);
    hw_json_key(j, "exact");
    hw_json_bool(j, k->joint.exact);
    int_at(j, "group", k->joint.group);
    hw_json_key(j, "reasons");
    hw_json_array(j);
    for (int i = 0; i < HW_CRITERION_COUNT; i++) {
        reason(j, &k->verdict.reason[i]);
    }
    hw_json_end(j);
    hw_json_end(j);
}

/* rank 0: a pair that brothers and sisters brought in. */
static void candidate(hw_json *j, const hw_dataset *d, const hw_match_options *m, const hw_candidate *c, size_t rank, const hw_decision *k)
{
    const hw_family *f = &d->family[c->family];
    const hw_profile *child = d->child[c->child];
    hw_json_object(j);
    hw_json_key(j, "rank");
    if (rank > 0) {
        hw_json_int(j, (int64_t)rank);
    } else {
        hw_json_null(j);
    }
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
    known_at(j, "posterior", rank > 0 ? c->posterior : (double)NAN);
    string_at(j, "verbal", hw_verbal_scale(c->log10_lr_min));
    if (k != NULL) {
        decision(j, f, k);
    }
    hw_json_end(j);
}

static void policy(hw_json *j, const hw_report_decisions *x)
{
    size_t n = 0;
    const hw_policy_key *key = hw_policy_keys(&n);
    hw_json_key(j, "policy");
    hw_json_object(j);
    string_at(j, "name", x->policy_name);
    for (size_t i = 0; i < n; i++) {
        double_at(j, key[i].key, hw_policy_get(&x->decisions->policy, &key[i]));
    }
    hw_json_end(j);
    hw_json_key(j, "quality_checked");
    hw_json_bool(j, x->quality_checked);
    string_at(j, "chance", "chance_hits: how many unrelated pairs with a ratio at least as large are expected among all pairs of the database, an upper limit");
}

static void siblings(hw_json *j, const hw_dataset *d, const hw_sibling_result *r)
{
    hw_json_key(j, "siblings");
    hw_json_array(j);
    for (size_t i = 0; r != NULL && i < r->n; i++) {
        const hw_sibling_pair *p = &r->pair[i];
        hw_json_object(j);
        string_at(j, "a", d->child[p->a]->id);
        string_at(j, "b", d->child[p->b]->id);
        int_at(j, "loci_used", p->loci_used);
        double_at(j, "log10_full", p->log10_full);
        double_at(j, "log10_half", p->log10_half);
        double_at(j, "log10_parent_child", p->log10_parent);
        double_at(j, "posterior_full", p->posterior_full);
        double_at(j, "posterior_half", p->posterior_half);
        double_at(j, "posterior_parent_child", p->posterior_parent);
        string_at(j, "flag", hw_sibling_flag_code(p->flag));
        hw_json_end(j);
    }
    hw_json_end(j);
}

static void assignment(hw_json *j, const hw_dataset *d, const hw_report_decisions *x, const hw_joint_assignment *a)
{
    hw_json_object(j);
    double_at(j, "posterior", a->posterior);
    double_at(j, "ln_ratio", a->ln_ratio);
    hw_json_key(j, "places");
    hw_json_array(j);
    for (uint32_t i = 0; i < a->n; i++) {
        const hw_candidate *c = &x->decisions->candidate[a->pair[i]];
        const hw_family *f = &d->family[c->family];
        hw_json_object(j);
        string_at(j, "child", d->child[c->child]->id);
        string_at(j, "family", f->id);
        string_at(j, "missing", f->pedigree.person[f->missing[c->missing]].id);
        hw_json_end(j);
    }
    hw_json_end(j);
    hw_json_end(j);
}

/* Families and children that were solved together, and where each child is if it is in none of the places listed. */
static void groups(hw_json *j, const hw_dataset *d, const hw_report_decisions *x)
{
    const hw_joint_result *r = &x->decisions->joint;
    hw_json_key(j, "groups");
    hw_json_array(j);
    for (size_t i = 0; i < r->n_groups; i++) {
        const hw_joint_group *g = &r->group[i];
        hw_json_object(j);
        hw_json_key(j, "exact");
        hw_json_bool(j, g->exact);
        string_at(j, "note", g->note);
        double_at(j, "assignments", g->assignments);
        hw_json_key(j, "most_probable");
        hw_json_array(j);
        for (uint32_t k = 0; k < g->n_top; k++) {
            assignment(j, d, x, &g->top[k]);
        }
        hw_json_end(j);
        hw_json_end(j);
    }
    hw_json_end(j);
    hw_json_key(j, "children");
    hw_json_array(j);
    for (size_t i = 0; i < r->n_children; i++) {
        const hw_joint_child *c = &r->child[i];
        hw_json_object(j);
        string_at(j, "child", d->child[c->child]->id);
        double_at(j, "not_registered", c->not_registered);
        double_at(j, "unlisted", c->unlisted);
        double_at(j, "relative", c->relative);
        double_at(j, "other_group", c->other_group);
        int_at(j, "group", c->group);
        hw_json_end(j);
    }
    hw_json_end(j);
}

hw_status hw_report_list_json(const hw_dataset *d, const hw_match_options *m, const hw_match_result *r, const hw_report_decisions *x, hw_str *out, hw_err *err)
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
        candidate(&j, d, m, &r->candidate[i], i + 1, hw_report_decision(x, i));
    }
    for (size_t i = r->n_candidates; i < hw_report_pairs(r, x); i++) {
        candidate(&j, d, m, &x->decisions->candidate[i], 0, hw_report_decision(x, i));
    }
    hw_json_end(&j);
    if (x != NULL) {
        policy(&j, x);
        siblings(&j, d, x->siblings);
        groups(&j, d, x);
    }
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
