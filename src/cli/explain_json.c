// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/explain_json.h"

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
    put_double(j, "posterior", s->posterior);
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

hw_status explain_json(const hw_explanation *x, hw_str *out, hw_err *err)
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
