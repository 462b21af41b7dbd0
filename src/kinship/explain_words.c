// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The words of an explanation: the model in one line, notes, and the sentence a laboratory would write, in English and Chinese. */
#include "kinship/explain_parts.h"

#include <math.h>

static void add_mutation(hw_str *out, const hw_mutation *f, const hw_mutation *m)
{
    hw_str_addf(out, "%s", hw_mutation_name(f->model));
    if (f->model != m->model) {
        hw_str_addf(out, " (mothers), %s (fathers)", hw_mutation_name(m->model));
    }
    if (f->model != HW_MUTATION_NONE || m->model != HW_MUTATION_NONE) {
        hw_str_addf(out, ", rate %g mothers, %g fathers", f->rate, m->rate);
    }
    if (f->model == HW_MUTATION_STEPWISE || f->model == HW_MUTATION_STEPWISE_STATIONARY) {
        hw_str_addf(out, ", range %g, microvariants %g", f->range, f->rate2);
    }
}

static const char *rare_rule_text(hw_rare_rule r)
{
    switch (r) {
    case HW_RARE_5_2N:
        return "5/2N";
    case HW_RARE_LAPLACE:
        return "(x+1)/(2N+k) for every allele";
    case HW_RARE_FIXED:
        return "a fixed value";
    default:
        return "5/2N where N is given, else the table's own minimum, else 0.001";
    }
}

static hw_status keep(parts *x, hw_str *text, const char **ret, hw_err *err)
{
    hw_status s = hw_str_check(text, err);
    *ret = s == HW_OK ? hw_arena_strdup(&x->r->arena, text->s) : NULL;
    hw_str_release(text);
    return s == HW_OK && *ret == NULL ? HW_NO_MEMORY_FAIL(err) : s;
}

static hw_status model_line(parts *x, hw_err *err)
{
    const hw_settings *set = x->o->settings;
    hw_str t;
    hw_str_init(&t, 8192);
    add_mutation(&t, &set->standard.female, &set->standard.male);
    if (set->n_by_locus > 0) {
        hw_str_addf(&t, " (%u loci with rates of their own)", set->n_by_locus);
    }
    hw_str_addf(&t, "; theta %g", x->s->theta[0]);
    if (set->standard.silent > 0.0) {
        hw_str_addf(&t, "; silent allele %g", set->standard.silent);
    }
    hw_str_addf(&t, "; alleles not in the table get %s", rare_rule_text(set->rare_rule));
    if (set->rare_rule == HW_RARE_FIXED) {
        hw_str_addf(&t, " %g", set->rare_value);
    }
    for (uint32_t i = 0; i < set->n_linked; i++) {
        hw_str_addf(&t, "; %s and %s linked, recombination %g", set->linked[i].a, set->linked[i].b, set->linked[i].rho);
    }
    return keep(x, &t, &x->r->model, err);
}

/* 3.2 x 10^9 for large and small ratios, plain for the rest. */
static void add_ratio(hw_str *t, double log10)
{
    if (log10 != log10) {
        hw_str_add(t, "undetermined");
    } else if (log10 > -4.0 && log10 < 6.0) {
        hw_str_addf(t, "%.3g", hw_pow10(log10));
    } else if (log10 < -1e300) {
        hw_str_add(t, "0");
    } else if (log10 > 1e300) {
        hw_str_add(t, "∞"); /* the other statement is impossible */
    } else {
        double whole = floor(log10);
        double m = hw_pow10(log10 - whole);
        if (m >= 9.95) {
            m = 1.0;
            whole += 1.0;
        }
        hw_str_addf(t, "%.1f × 10^%d", m, (int)whole);
    }
}

static void add_percent(hw_str *t, double p)
{
    if (p > 1.0 - 1e-12) {
        hw_str_add(t, "≥ 1 - 1e-12");
    } else if (p > 0.99995) {
        hw_str_addf(t, "1 - %.1e", 1.0 - p);
    } else if (p <= 0.0) {
        hw_str_add(t, "0");
    } else if (p < 1e-4) {
        hw_str_addf(t, "%.1e", p);
    } else {
        hw_str_addf(t, "%.4f", p);
    }
}

static hw_status sentence_en(parts *x, hw_err *err)
{
    const hw_candidate *c = &x->r->summary;
    const char *missing = x->family->pedigree.person[x->family->missing[x->r->missing]].id;
    bool other = c->log10_lr < 0.0;
    hw_str t;
    hw_str_init(&t, 16384);
    hw_str_add(&t, "The DNA findings are ");
    add_ratio(&t, other ? -c->log10_lr : c->log10_lr);
    hw_str_addf(&t, " times more likely if the child %s is %s%s of family %s than if the child is %s (%u loci, table %s", x->r->child->id,
                other ? "not related to the missing person " : "the missing person ", missing, x->family->id, other ? "that person" : "not related to this family", c->loci_used,
                x->r->population[0]);
    if (x->r->n_populations > 1) {
        hw_str_add(&t, "; the smallest over all tables is ");
        add_ratio(&t, c->log10_lr_min);
        hw_str_addf(&t, " with %s", x->r->population[c->min_population]);
    }
    hw_str_addf(&t, "). This is %s (ENFSI scale, by the smallest ratio).", hw_verbal_scale(c->log10_lr_min));
    if (c->rival != NULL) {
        hw_str_addf(&t, " The strongest other explanation examined is that the child is %s: the findings are ", c->rival);
        add_ratio(&t, c->rival_log10 < 0.0 ? -c->rival_log10 : c->rival_log10);
        hw_str_addf(&t, " times %s likely if the child is the missing person.", c->rival_log10 < 0.0 ? "less" : "more");
    }
    if (c->posterior == c->posterior) { /* not known when the pair stands in no search */
        hw_str_addf(&t, " With a prior probability of %.3g for each of the missing persons searched, the posterior probability is ", x->r->prior_each);
        add_percent(&t, c->posterior);
        hw_str_add(&t, ".");
    }
    return keep(x, &t, &x->r->sentence, err);
}

static const char *scale_zh(double log10_lr)
{
    double s = log10_lr < 0.0 ? -log10_lr : log10_lr;
    return s >= 6.0 ? "极强" : s >= 4.0 ? "非常强" : s >= 3.0 ? "强" : s >= 2.0 ? "中等偏强" : s >= 1.0 ? "中等" : s >= 0.3010299956639812 ? "弱" : "无";
}

static hw_status sentence_zh(parts *x, hw_err *err)
{
    const hw_candidate *c = &x->r->summary;
    const char *missing = x->family->pedigree.person[x->family->missing[x->r->missing]].id;
    bool other = c->log10_lr < 0.0;
    hw_str t;
    hw_str_init(&t, 16384);
    hw_str_addf(&t, "在“儿童 %s %s家庭 %s 的失踪人员 %s”的假设下，DNA 检验结果出现的可能性是“%s”假设下的 ", x->r->child->id, other ? "与该家庭无亲缘关系，而非" : "是", x->family->id,
                missing, other ? "是该失踪人员" : "与该家庭无亲缘关系");
    add_ratio(&t, other ? -c->log10_lr : c->log10_lr);
    hw_str_addf(&t, " 倍（%u 个基因座，频率表 %s", c->loci_used, x->r->population[0]);
    if (x->r->n_populations > 1) {
        hw_str_add(&t, "；各频率表中最小的似然比为 ");
        add_ratio(&t, c->log10_lr_min);
        hw_str_addf(&t, "，%s", x->r->population[c->min_population]);
    }
    hw_str_addf(&t, "）。支持强度：%s（ENFSI 量表%s）。", scale_zh(c->log10_lr_min), other ? "，反对" : "");
    if (c->posterior == c->posterior) {
        hw_str_addf(&t, "若每名被检索的失踪人员的先验概率为 %.3g，则后验概率为 ", x->r->prior_each);
        add_percent(&t, c->posterior);
        hw_str_add(&t, "。");
    }
    return keep(x, &t, &x->r->sentence_zh, err);
}

static hw_status note(parts *x, const char *text, hw_err *err)
{
    if (text == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (x->r->n_notes < x->note_cap) {
        x->r->note[x->r->n_notes++] = text;
    }
    return HW_OK;
}

static hw_status profile_notes(parts *x, const hw_profile *p, const char *who, hw_err *err)
{
    hw_profile_note *n = NULL;
    size_t count = 0;
    HW_TRY(hw_profile_review(&x->r->arena, &x->d->panel, p, &n, &count, err));
    for (size_t i = 0; i < count; i++) {
        HW_TRY(note(x, hw_arena_printf(&x->r->arena, "%s: %s", who, n[i].text), err));
    }
    return HW_OK;
}

static hw_status notes(parts *x, hw_err *err)
{
    hw_arena *a = &x->r->arena;
    x->note_cap = 200;
    x->r->note = HW_NEW(a, const char *, x->note_cap);
    if (x->r->note == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(note(x, "The value is that of the pedigree as stated; untyped persons are real and none is left out.", err));
    const hw_settings *set = x->o->settings;
    if (set->standard.female.model != HW_MUTATION_NONE && set->n_by_locus == 0) {
        HW_TRY(note(x, "Mutation rates are the default of the program for every locus; bring the rates of your laboratory.", err));
    }
    for (uint32_t k = 1; k < x->r->n_populations; k++) {
        uint32_t lacking = 0;
        for (uint32_t i = 0; i < x->r->n_loci; i++) {
            const hw_explained_locus *l = &x->r->locus[i];
            bool used = l->use == HW_USE_USED || l->use == HW_USE_LINKED_WITH_PREVIOUS;
            lacking += used && hw_population_find(x->o->population[k], l->locus) == NULL ? 1 : 0;
        }
        if (lacking > 0) {
            HW_TRY(note(x, hw_arena_printf(a, "Table %s has no frequencies for %u of the %u loci used: its ratio rests on fewer loci, so that a smaller value there is no sign of rarer alleles.",
                                           x->r->population[k], lacking, x->r->summary.loci_used),
                        err));
        }
    }
    if (x->r->summary.inconsistent > 0) {
        HW_TRY(note(x, hw_arena_printf(a, "%u of the loci cannot be explained without a mutation, drop-out, reading error or silent allele; each is shown with what it assumes.",
                                       x->r->summary.inconsistent),
                    err));
    }
    for (uint32_t h = 1; h < x->r->n_hypotheses; h++) {
        const hw_explained_hypothesis *e = &x->r->hypothesis[h];
        if (e->log10_ratio[0] != e->log10_ratio[0]) {
            HW_TRY(note(x, hw_arena_printf(a, "\"%s\" was not computed: exactly, it would cost too much under these settings (theta).", e->text), err));
        }
        if (e->same_as >= 0) {
            HW_TRY(note(x, hw_arena_printf(a, "DNA of these persons cannot tell \"%s\" from \"%s\" (independent loci, apart from mutation).", e->text,
                                           x->r->hypothesis[e->same_as].text),
                        err));
        }
    }
    HW_TRY(profile_notes(x, x->r->child, x->r->child->id, err));
    for (size_t i = 0; i < x->family->pedigree.n; i++) {
        if (x->family->profile[i] != NULL) {
            HW_TRY(profile_notes(x, x->family->profile[i], x->family->pedigree.person[i].id, err));
        }
    }
    if (x->family->n_missing > 1) {
        HW_TRY(note(x, hw_arena_printf(a, "This family misses %u persons. Which of them the child is, is a question of age, sex and circumstances where DNA cannot tell.",
                                       x->family->n_missing),
                    err));
    }
    return HW_OK;
}

hw_status explain_words(parts *x, hw_err *err)
{
    HW_TRY(model_line(x, err));
    HW_TRY(notes(x, err));
    HW_TRY(sentence_en(x, err));
    return sentence_zh(x, err);
}
