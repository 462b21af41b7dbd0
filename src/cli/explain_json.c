// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/explain_json.h"

#include <math.h>

#include "base/json.h"
#include "base/number.h"

static const char *const USES[] = {"used", "child untyped", "family untyped", "no table", "tri-allelic", "linked with the previous", "lineage", "sex"};

static void put(hw_json *j, const char *key, const char *text)
{
    hw_json_key(j, key);
    hw_json_string(j, text);
}

static void put_double(hw_json *j, const char *key, double x)
{
    hw_json_key(j, key);
    hw_json_double(j, x);
}

/* null: not known */
static void put_known(hw_json *j, const char *key, double x)
{
    hw_json_key(j, key);
    if (isnan(x)) {
        hw_json_null(j);
    } else {
        hw_json_double(j, x);
    }
}

static void put_numbers(hw_json *j, const char *key, const double *x, uint32_t n)
{
    hw_json_key(j, key);
    if (x == NULL) {
        hw_json_null(j);
        return;
    }
    hw_json_array(j);
    for (uint32_t i = 0; i < n; i++) {
        hw_json_double(j, x[i]);
    }
    hw_json_end(j);
}

static void put_genotype(hw_json *j, const char *key, const hw_profile *p, uint32_t locus)
{
    char buf[HW_ALLELE_BUF];
    const hw_extra *extra = p != NULL ? hw_profile_extra(p, locus) : NULL;
    hw_genotype g = hw_profile_at(p, locus);
    hw_json_key(j, key);
    hw_json_array(j);
    if (extra != NULL) {
        for (unsigned i = 0; i < extra->n; i++) {
            hw_json_string(j, hw_allele_format(extra->allele[i], buf));
        }
    } else if (hw_genotype_typed(g)) {
        hw_json_string(j, hw_allele_format(g.a, buf));
        hw_json_string(j, g.b == HW_ALLELE_UNKNOWN ? NULL : hw_allele_format(g.b, buf));
    }
    hw_json_end(j);
}

static void put_locus(hw_json *j, const hw_explanation *x, const hw_explained_locus *l)
{
    hw_json_object(j);
    put(j, "locus", l->locus);
    put(j, "use", (size_t)l->use < sizeof USES / sizeof USES[0] ? USES[l->use] : NULL);
    put_genotype(j, "child", x->child, l->panel_index);
    hw_json_key(j, "relatives");
    hw_json_object(j);
    for (size_t i = 0; i < x->family->pedigree.n; i++) {
        const hw_profile *p = x->family->profile != NULL ? x->family->profile[i] : NULL;
        if (p != NULL) {
            put_genotype(j, x->family->pedigree.person[i].id, p, l->panel_index);
        }
    }
    hw_json_end(j);
    put_numbers(j, "ratio", l->use == HW_USE_USED ? l->ratio : NULL, x->n_populations);
    hw_json_key(j, "inconsistent");
    hw_json_bool(j, l->inconsistent);
    put(j, "assumed", l->assumed);
    put(j, "rare", l->rare);
    put(j, "note", l->note);
    hw_json_end(j);
}

static void put_hypothesis(hw_json *j, const hw_explanation *x, const hw_explained_hypothesis *h)
{
    hw_json_object(j);
    put(j, "code", h->code);
    put(j, "text", h->text);
    put_numbers(j, "log10_ratio", h->log10_ratio, x->n_populations);
    if (h->same_as >= 0 && (uint32_t)h->same_as < x->n_hypotheses) {
        put(j, "same_as", x->hypothesis[h->same_as].code);
    }
    hw_json_end(j);
}

static void put_summary(hw_json *j, const hw_explanation *x)
{
    const hw_candidate *s = &x->summary;
    put_double(j, "log10_lr", s->log10_lr);
    put_double(j, "log10_lr_min", s->log10_lr_min);
    put(j, "min_population", s->min_population < x->n_populations ? x->population[s->min_population] : NULL);
    put_known(j, "posterior", s->posterior);
    put_double(j, "prior", x->prior_each);
    put(j, "verbal", hw_verbal_scale(s->log10_lr));
    put(j, "relation", s->relation);
    put(j, "rival", s->rival);
    put_double(j, "rival_log10", s->rival_log10);
    hw_json_key(j, "loci_used");
    hw_json_int(j, s->loci_used);
    hw_json_key(j, "inconsistent");
    hw_json_int(j, s->inconsistent);
    put_double(j, "sex_ratio", x->sex_ratio);
}

static void put_answer(hw_json *j, const char *key, hw_answer a)
{
    hw_json_key(j, key);
    if (a == HW_ANSWER_UNKNOWN) {
        hw_json_null(j);
    } else {
        hw_json_bool(j, a == HW_ANSWER_YES);
    }
}

static void put_places(hw_json *j, const char *key, const hw_pair_place *p, uint32_t n, bool claims)
{
    hw_json_key(j, key);
    hw_json_array(j);
    for (uint32_t i = 0; i < n; i++) {
        hw_json_object(j);
        put(j, "child", p[i].child);
        put(j, "family", p[i].family);
        put(j, "missing", p[i].missing);
        if (claims) {
            put_known(j, "log10_lr", p[i].log10_lr);
            put_known(j, "family_posterior", p[i].family_posterior);
            put(j, "verdict", hw_verdict_code(p[i].verdict));
        }
        hw_json_end(j);
    }
    hw_json_end(j);
}

static void put_reasons(hw_json *j, const hw_pair_decision *k)
{
    hw_json_key(j, "reasons");
    hw_json_array(j);
    for (uint32_t i = 0; i < k->n_reasons; i++) {
        const hw_verdict_reason *r = &k->reason[i];
        hw_json_object(j);
        put(j, "code", r->code);
        put_answer(j, "met", r->met);
        put(j, "text", r->text);
        put(j, "text_zh", r->text_zh);
        put(j, "settle", r->settle);
        put(j, "settle_zh", r->settle_zh);
        hw_json_end(j);
    }
    hw_json_end(j);
}

static void put_decision(hw_json *j, const hw_pair_evidence *e)
{
    static const char *const why[] = {"not listed", "no decision in this run", "no run"};
    const hw_pair_decision *k = e->decision;
    hw_json_key(j, "decision");
    if (k == NULL) {
        hw_json_null(j);
        put(j, "no_decision", why[e->no_decision]);
        return;
    }
    hw_json_object(j);
    put(j, "verdict", hw_verdict_code(k->verdict));
    put(j, "policy", k->policy);
    put(j, "searched_under", k->under);
    put_known(j, "family_posterior", k->posterior);
    put_known(j, "family_posterior_low", k->low);
    put_known(j, "family_posterior_high", k->high);
    put_known(j, "missing_posterior", k->missing_posterior);
    hw_json_key(j, "which_missing_open");
    hw_json_bool(j, k->which_open);
    put_known(j, "chance_hits", k->chance_hits);
    put_known(j, "not_registered", k->not_registered);
    put_known(j, "unlisted", k->unlisted);
    put_known(j, "relative", k->relative);
    put_known(j, "other_group", k->other_group);
    put_reasons(j, k);
    put_places(j, "most_probable", k->together, k->n_together, false);
    put_known(j, "most_probable_posterior", k->together_posterior);
    hw_json_key(j, "exact");
    hw_json_bool(j, k->exact);
    put(j, "note", k->note);
    put_places(j, "other_claims", k->claim, k->n_claims, true);
    hw_json_end(j);
}

static void put_chance(hw_json *j, const hw_pair_evidence *e)
{
    const hw_pair_chance *c = e->chance;
    hw_json_key(j, "chance");
    if (c == NULL) {
        hw_json_null(j);
        put(j, "no_chance", e->no_chance);
        return;
    }
    hw_json_array(j);
    for (uint32_t i = 0; i < c->n_tails; i++) {
        const hw_pair_tail *t = &c->tail[i];
        hw_json_object(j);
        put(j, "if_child_is", t->text);
        put_known(j, "log10_missing_to_this", t->log10_against);
        put_known(j, "probability_low", t->left_out != NULL ? (double)NAN : t->tail.low);
        put_known(j, "probability_high", t->left_out != NULL ? (double)NAN : t->tail.high);
        put(j, "left_out", t->left_out);
        hw_json_end(j);
    }
    hw_json_end(j);
}

static void put_next(hw_json *j, const hw_pair_evidence *e)
{
    hw_json_key(j, "next_samples");
    hw_json_array(j);
    for (uint32_t i = 0; i < e->n_next; i++) {
        const hw_pair_next *n = &e->next[i];
        hw_json_object(j);
        put(j, "kind", hw_next_kind_text(n->kind));
        put(j, "relation", n->relation);
        put(j, "person", n->person);
        hw_json_key(j, "samples");
        hw_json_int(j, n->samples);
        put_double(j, "now", n->now);
        put_double(j, "then", n->then);
        put_double(j, "gain", n->gain);
        hw_json_end(j);
    }
    hw_json_end(j);
}

hw_status explain_json(const hw_explanation *x, const hw_pair_evidence *e, hw_str *out, hw_err *err)
{
    hw_json j;
    hw_json_init(&j, out, 1);
    hw_json_object(&j);
    put(&j, "format", "homeward-explanation/1");
    if (x->synthetic) {
        hw_json_key(&j, "synthetic");
        hw_json_bool(&j, true);
    }
    put(&j, "child", x->child->id);
    put(&j, "family", x->family->id);
    put(&j, "missing", x->family->pedigree.person[x->family->missing[x->missing]].id);
    hw_json_key(&j, "populations");
    hw_json_array(&j);
    for (uint32_t i = 0; i < x->n_populations; i++) {
        hw_json_string(&j, x->population[i]);
    }
    hw_json_end(&j);
    put_summary(&j, x);
    put(&j, "model", x->model);
    put_decision(&j, e);
    put_chance(&j, e);
    put_next(&j, e);
    hw_json_key(&j, "loci");
    hw_json_array(&j);
    for (uint32_t i = 0; i < x->n_loci; i++) {
        put_locus(&j, x, &x->locus[i]);
    }
    hw_json_end(&j);
    hw_json_key(&j, "hypotheses");
    hw_json_array(&j);
    for (uint32_t i = 0; i < x->n_hypotheses; i++) {
        put_hypothesis(&j, x, &x->hypothesis[i]);
    }
    hw_json_end(&j);
    hw_json_key(&j, "lineage");
    hw_json_array(&j);
    for (uint32_t i = 0; i < x->n_lineage; i++) {
        hw_json_object(&j);
        put(&j, "system", x->lineage[i].system);
        put(&j, "relative", x->lineage[i].relative);
        put(&j, "text", x->lineage[i].text);
        hw_json_end(&j);
    }
    hw_json_end(&j);
    hw_json_key(&j, "notes");
    hw_json_array(&j);
    for (uint32_t i = 0; i < x->n_notes; i++) {
        hw_json_string(&j, x->note[i]);
    }
    hw_json_end(&j);
    put(&j, "sentence", x->sentence);
    put(&j, "sentence_zh", x->sentence_zh);
    hw_json_end(&j);
    hw_str_addc(out, '\n');
    return hw_str_check(out, err);
}
