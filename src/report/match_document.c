// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * What the report on one pair says, in order: what it is, the summary, the decision, the sentence, the family, the hypotheses, chance, the loci, the evidence beside
 * them, notes and the model. Decision and chance: decision_document.c.
 */
#include <math.h>

#include "report/document.h"
#include "report/figures.h"
#include "report/pedigree_draw.h"

typedef struct writer {
    hw_document *d;
    const hw_explanation *x;
    uint32_t *typed;   /* persons of the family with a profile */
    uint32_t n_typed;
} writer;

static const char *label(const writer *w, hw_label l)
{
    return hw_doc_label(w->d, l);
}

static const char *person_id(const writer *w, int32_t person)
{
    return person < 0 ? "" : w->x->family->pedigree.person[person].id;
}

static const char *missing_id(const writer *w)
{
    const hw_family *f = w->x->family;
    return w->x->missing < f->n_missing ? f->pedigree.person[f->missing[w->x->missing]].id : "";
}

static hw_label sex_label(hw_sex sex)
{
    return sex == HW_SEX_MALE ? HW_L_MALE : sex == HW_SEX_FEMALE ? HW_L_FEMALE : HW_L_SEX_UNKNOWN;
}

static const char *population_name(const writer *w, uint32_t i)
{
    return i < w->x->n_populations && w->x->population[i] != NULL ? w->x->population[i] : "";
}

/* "log10 8.42 (2.6 × 10^8)" */
static const char *log10_text(writer *w, double log10)
{
    char a[HW_FIGURE_BUF], b[HW_FIGURE_BUF];
    return isnan(log10) ? "-" : hw_doc_printf(w->d, "log10 %s (%s)", hw_figure_log10(log10, a), hw_figure_power(log10, b));
}

static const char *child_text(writer *w)
{
    const hw_profile *c = w->x->child;
    const char *t = hw_doc_printf(w->d, "%s (%s: %s", c->id, label(w, HW_L_SEX), label(w, sex_label(c->sex)));
    t = c->person != NULL && !hw_streq(c->person, c->id) ? hw_doc_printf(w->d, "%s; %s: %s", t, label(w, HW_L_PERSON), c->person) : t;
    t = c->category != NULL ? hw_doc_printf(w->d, "%s; %s: %s", t, label(w, HW_L_CATEGORY), c->category) : t;
    t = c->kit != NULL ? hw_doc_printf(w->d, "%s; %s: %s", t, label(w, HW_L_KIT), c->kit) : t;
    return hw_doc_printf(w->d, "%s)", t);
}

static void add_summary(writer *w)
{
    hw_document *d = w->d;
    const hw_candidate *c = &w->x->summary;
    char buf[HW_FIGURE_BUF], prior[HW_FIGURE_BUF];
    hw_doc_add(d, HW_BLOCK_HEADING, label(w, HW_L_SUMMARY));
    hw_table *t = hw_doc_table(d, HW_BLOCK_FIELDS, NULL, 2, 16);
    hw_doc_field(d, t, HW_L_CHILD, child_text(w), HW_CELL_STRONG);
    hw_doc_field(d, t, HW_L_FAMILY, w->x->family->id, HW_CELL_STRONG);
    hw_doc_field(d, t, HW_L_MISSING, missing_id(w), HW_CELL_STRONG);
    if (c->relation != NULL) {
        hw_doc_field(d, t, HW_L_RELATION, hw_doc_phrase(d, c->relation), HW_CELL_PLAIN);
    }
    hw_doc_field(d, t, HW_L_LOCI_USED, hw_doc_printf(d, "%u", c->loci_used), HW_CELL_PLAIN);
    hw_doc_field(d, t, HW_L_INCONSISTENT, hw_doc_printf(d, "%u", c->inconsistent), c->inconsistent > 0 ? HW_CELL_WARN : HW_CELL_PLAIN);
    hw_doc_field(d, t, HW_L_LR, hw_doc_printf(d, "%s, %s", log10_text(w, c->log10_lr), population_name(w, 0)), HW_CELL_STRONG);
    hw_doc_field(d, t, HW_L_LR_MIN, hw_doc_printf(d, "%s, %s", log10_text(w, c->log10_lr_min), population_name(w, c->min_population)), HW_CELL_PLAIN);
    if (c->rival != NULL) {
        hw_doc_field(d, t, HW_L_RIVAL, hw_doc_phrase(d, c->rival), HW_CELL_PLAIN);
        bool weak = c->rival_log10 < 1.0;
        hw_doc_field(d, t, HW_L_RIVAL_RATIO,
                     weak ? hw_doc_printf(d, "%s: %s", log10_text(w, c->rival_log10), label(w, c->rival_log10 < 0.0 ? HW_L_RIVAL_BETTER : HW_L_RIVAL_WEAK))
                          : log10_text(w, c->rival_log10),
                     weak ? HW_CELL_WARN : HW_CELL_PLAIN);
    } else {
        hw_doc_field(d, t, HW_L_RIVAL, label(w, HW_L_NO_RIVAL), HW_CELL_PLAIN);
    }
    hw_figure_probability(c->posterior, buf);
    hw_figure_ratio(w->x->prior_each, prior);
    hw_doc_field(d, t, HW_L_POSTERIOR, hw_doc_printf(d, "%s, %s%s%s", buf, label(w, HW_L_PRIOR_BEFORE), prior, label(w, HW_L_PRIOR_AFTER)), HW_CELL_STRONG);
    const char *by_min = hw_verbal_scale(c->log10_lr_min), *by_first = hw_verbal_scale(c->log10_lr);
    const char *verbal = hw_doc_printf(d, "%s (%s)", hw_doc_phrase(d, by_min), label(w, HW_L_VERBAL_BASIS));
    if (!hw_streq(by_min, by_first)) {
        verbal = hw_doc_printf(d, "%s; %s: %s", verbal, population_name(w, 0), hw_doc_phrase(d, by_first));
    }
    hw_doc_field(d, t, HW_L_VERBAL, verbal, HW_CELL_PLAIN);
}

static void add_sentences(writer *w)
{
    const char *text[2] = {w->x->sentence, w->x->sentence_zh}, *lang[2] = {"en", "zh-Hans"};
    if (text[0] == NULL && text[1] == NULL) {
        return;
    }
    hw_doc_add(w->d, HW_BLOCK_HEADING, label(w, HW_L_SENTENCE));
    unsigned first = w->d->lang == HW_REPORT_ZH ? 1 : 0;
    for (unsigned k = 0; k < 2; k++) {
        unsigned i = k == 0 ? first : 1 - first;
        hw_block *b = text[i] != NULL ? hw_doc_add(w->d, HW_BLOCK_QUOTE, text[i]) : NULL;
        if (b != NULL) {
            b->lang = lang[i];
        }
    }
}

static const char *member_remark(writer *w, uint32_t person)
{
    const hw_profile *p = w->x->family->profile != NULL ? w->x->family->profile[person] : NULL;
    hw_role role = hw_drawing_role(w->x, person);
    hw_label state = role == HW_ROLE_CANDIDATE ? HW_L_IS_CANDIDATE : role == HW_ROLE_MISSING ? HW_L_IS_MISSING : p != NULL ? HW_L_TYPED : HW_L_UNTYPED;
    const char *t = label(w, state);
    if (p != NULL && role != HW_ROLE_RELATIVE) {
        t = hw_doc_printf(w->d, "%s; %s", t, label(w, HW_L_TYPED));
    }
    if (w->x->family->pedigree.person[person].twin != 0) {
        t = hw_doc_printf(w->d, "%s; %s %u", t, label(w, HW_L_TWIN), w->x->family->pedigree.person[person].twin);
    }
    if (p != NULL && !hw_streq(p->id, w->x->family->pedigree.person[person].id)) {
        t = hw_doc_printf(w->d, "%s; %s %s", t, label(w, HW_L_SAMPLE), p->id);
    }
    return p != NULL && p->kit != NULL ? hw_doc_printf(w->d, "%s; %s %s", t, label(w, HW_L_KIT), p->kit) : t;
}

static void add_family(writer *w)
{
    hw_document *d = w->d;
    const hw_pedigree *p = &w->x->family->pedigree;
    hw_doc_add(d, HW_BLOCK_HEADING, label(w, HW_L_PEDIGREE));
    hw_doc_add(d, HW_BLOCK_PEDIGREE, NULL);
    hw_table *t = hw_doc_table(d, HW_BLOCK_TABLE, label(w, HW_L_MEMBERS), 6, (uint32_t)p->n);
    static const hw_label title[6] = {HW_L_ID, HW_L_SEX_COLUMN, HW_L_FATHER, HW_L_MOTHER, HW_L_LOCI_TYPED, HW_L_WHAT};
    for (uint32_t i = 0; i < 6; i++) {
        hw_doc_column(d, t, i, label(w, title[i]), i == 4, i != 1 && i != 4);
    }
    for (uint32_t i = 0; i < p->n; i++) {
        hw_cell *row = hw_doc_row(t);
        const hw_profile *q = w->x->family->profile != NULL ? w->x->family->profile[i] : NULL;
        hw_cell_style style = hw_drawing_role(w->x, i) == HW_ROLE_CANDIDATE ? HW_CELL_STRONG : HW_CELL_PLAIN;
        hw_doc_cell(d, row, 0, p->person[i].id, style);
        hw_doc_cell(d, row, 1, label(w, sex_label(p->person[i].sex)), HW_CELL_PLAIN);
        hw_doc_cell(d, row, 2, person_id(w, p->person[i].father), HW_CELL_PLAIN);
        hw_doc_cell(d, row, 3, person_id(w, p->person[i].mother), HW_CELL_PLAIN);
        hw_doc_cell(d, row, 4, q != NULL ? hw_doc_printf(d, "%u", hw_profile_typed(q, w->x->panel, HW_LOCUS_AUTO)) : "-", HW_CELL_PLAIN);
        hw_doc_cell(d, row, 5, member_remark(w, i), style);
    }
}

static void add_hypotheses(writer *w)
{
    hw_document *d = w->d;
    const hw_explanation *x = w->x;
    char buf[HW_FIGURE_BUF];
    hw_doc_add(d, HW_BLOCK_HEADING, label(w, HW_L_HYPOTHESES));
    bool same = false;
    for (uint32_t i = 0; i < x->n_hypotheses; i++) {
        same = same || x->hypothesis[i].same_as >= 0;
    }
    uint32_t columns = 1 + x->n_populations + (same ? 1 : 0);
    hw_table *t = hw_doc_table(d, HW_BLOCK_TABLE, label(w, HW_L_LOG10), columns, x->n_hypotheses);
    hw_doc_column(d, t, 0, label(w, HW_L_HYPOTHESIS), false, true);
    for (uint32_t k = 0; k < x->n_populations; k++) {
        hw_doc_column(d, t, 1 + k, population_name(w, k), true, false);
    }
    if (same) {
        hw_doc_column(d, t, columns - 1, label(w, HW_L_WHAT), false, true);
    }
    for (uint32_t i = 0; i < x->n_hypotheses; i++) {
        const hw_explained_hypothesis *h = &x->hypothesis[i];
        hw_cell *row = hw_doc_row(t);
        hw_doc_cell(d, row, 0, hw_doc_phrase(d, h->text), h->kind == HW_HYPOTHESIS_MISSING ? HW_CELL_STRONG : HW_CELL_PLAIN);
        for (uint32_t k = 0; k < x->n_populations; k++) {
            hw_doc_cell(d, row, 1 + k, h->log10_ratio != NULL ? hw_figure_log10(h->log10_ratio[k], buf) : "-", HW_CELL_PLAIN);
        }
        if (h->same_as >= 0 && (uint32_t)h->same_as < x->n_hypotheses) {
            hw_doc_cell(d, row, columns - 1, hw_doc_printf(d, "%s%s", label(w, HW_L_SAME_AS), hw_doc_phrase(d, x->hypothesis[h->same_as].text)), HW_CELL_WARN);
        }
    }
}

static const char *join(writer *w, const char *a, const char *b)
{
    return a[0] == 0 ? b : b[0] == 0 ? a : hw_doc_printf(w->d, "%s; %s", a, b);
}

static const char *locus_remark(writer *w, const hw_explained_locus *l)
{
    hw_document *d = w->d;
    const char *t = "";
    if (l->inconsistent) {
        t = l->assumed != NULL ? hw_doc_printf(d, "%s%s", label(w, HW_L_ASSUMED), hw_doc_phrase(d, l->assumed)) : label(w, HW_L_NOT_FITTING);
    } else if (l->assumed != NULL) {
        t = hw_doc_phrase(d, l->assumed);
    }
    hw_label use = HW_L_COUNT;
    switch (l->use) {
    case HW_USE_USED:
        break;
    case HW_USE_CHILD_UNTYPED:
        use = HW_L_USE_CHILD_UNTYPED;
        break;
    case HW_USE_FAMILY_UNTYPED:
        use = HW_L_USE_FAMILY_UNTYPED;
        break;
    case HW_USE_NO_TABLE:
        use = HW_L_USE_NO_TABLE;
        break;
    case HW_USE_TRIALLELIC:
        use = HW_L_USE_TRIALLELIC;
        break;
    case HW_USE_LINKED_WITH_PREVIOUS:
        use = HW_L_USE_LINKED;
        break;
    case HW_USE_LINEAGE:
        use = HW_L_USE_LINEAGE;
        break;
    case HW_USE_SEX:
        use = HW_L_USE_SEX;
        break;
    }
    if (use != HW_L_COUNT) {
        t = join(w, t, label(w, use));
    }
    if (l->rare != NULL) {
        t = join(w, t, hw_doc_printf(d, "%s%s", label(w, HW_L_RARE), l->rare));
    }
    return join(w, t, hw_doc_phrase(d, l->note));
}

static void cell_genotype(writer *w, hw_cell *row, uint32_t i, const hw_profile *p, uint32_t locus)
{
    const char *text = hw_figure_genotype(&w->d->arena, p, w->x->panel, locus);
    w->d->ok = w->d->ok && text != NULL;
    hw_doc_cell(w->d, row, i, text, HW_CELL_PLAIN);
}

/* Columns: locus, child, typed members. Returns how many. */
static uint32_t genotype_columns(writer *w, hw_table *t)
{
    hw_doc_column(w->d, t, 0, label(w, HW_L_LOCUS), false, false);
    hw_doc_column(w->d, t, 1, hw_doc_printf(w->d, "%s %s", label(w, HW_L_CHILD), w->x->child->id), false, false);
    for (uint32_t i = 0; i < w->n_typed; i++) {
        hw_doc_column(w->d, t, 2 + i, person_id(w, (int32_t)w->typed[i]), false, false);
    }
    return 2 + w->n_typed;
}

static void genotype_cells(writer *w, hw_cell *row, const hw_explained_locus *l)
{
    hw_doc_cell(w->d, row, 0, l->locus, HW_CELL_STRONG);
    cell_genotype(w, row, 1, w->x->child, l->panel_index);
    for (uint32_t i = 0; i < w->n_typed; i++) {
        cell_genotype(w, row, 2 + i, w->x->family->profile[w->typed[i]], l->panel_index);
    }
}

static void add_loci(writer *w)
{
    hw_document *d = w->d;
    const hw_explanation *x = w->x;
    char buf[HW_FIGURE_BUF];
    hw_doc_add(d, HW_BLOCK_HEADING, label(w, HW_L_LOCI));
    hw_table *t = hw_doc_table(d, HW_BLOCK_TABLE, label(w, HW_L_LOCI_CAPTION), 3 + w->n_typed + x->n_populations, x->n_loci + 1);
    uint32_t ratios = genotype_columns(w, t), remarks = ratios + x->n_populations;
    for (uint32_t k = 0; k < x->n_populations; k++) {
        hw_doc_column(d, t, ratios + k, hw_doc_printf(d, "%s %s", label(w, HW_L_RATIO), population_name(w, k)), true, false);
    }
    hw_doc_column(d, t, remarks, label(w, HW_L_WHAT), false, true);
    for (uint32_t i = 0; i < x->n_loci; i++) {
        const hw_explained_locus *l = &x->locus[i];
        if (l->use == HW_USE_LINEAGE) {
            continue;
        }
        hw_cell *row = hw_doc_row(t);
        genotype_cells(w, row, l);
        for (uint32_t k = 0; k < x->n_populations; k++) {
            bool used = l->use == HW_USE_USED && l->ratio != NULL;
            hw_doc_cell(d, row, ratios + k, used ? hw_figure_ratio(l->ratio[k], buf) : "-", l->inconsistent ? HW_CELL_WARN : HW_CELL_PLAIN);
        }
        hw_doc_cell(d, row, remarks, locus_remark(w, l), l->inconsistent ? HW_CELL_WARN : l->use == HW_USE_USED ? HW_CELL_PLAIN : HW_CELL_FAINT);
    }
    if (x->n_hypotheses > 0 && x->hypothesis[0].log10_ratio != NULL) {
        hw_cell *row = hw_doc_row(t);
        hw_doc_cell(d, row, 0, label(w, HW_L_ALL), HW_CELL_STRONG);
        for (uint32_t k = 0; k < x->n_populations; k++) {
            hw_doc_cell(d, row, ratios + k, hw_figure_log10(x->hypothesis[0].log10_ratio[k], buf), HW_CELL_STRONG);
        }
        if (t != NULL) {
            t->total = true;
        }
    }
}

static void add_lineage(writer *w)
{
    hw_document *d = w->d;
    const hw_explanation *x = w->x;
    hw_doc_add(d, HW_BLOCK_HEADING, label(w, HW_L_LINEAGE));
    uint32_t loci = 0;
    for (uint32_t i = 0; i < x->n_loci; i++) {
        loci += x->locus[i].use == HW_USE_LINEAGE;
    }
    hw_doc_add(d, HW_BLOCK_TEXT, label(w, x->n_lineage > 0 ? HW_L_LINEAGE_SAID : HW_L_LINEAGE_NONE));
    if (x->n_lineage > 0) {
        hw_table *t = hw_doc_table(d, HW_BLOCK_TABLE, NULL, 3, x->n_lineage);
        hw_doc_column(d, t, 0, label(w, HW_L_SYSTEM), false, false);
        hw_doc_column(d, t, 1, label(w, HW_L_COMPARED), false, false);
        hw_doc_column(d, t, 2, label(w, HW_L_RESULT), false, true);
        for (uint32_t i = 0; i < x->n_lineage; i++) {
            hw_cell *row = hw_doc_row(t);
            hw_doc_cell(d, row, 0, x->lineage[i].system, HW_CELL_PLAIN);
            hw_doc_cell(d, row, 1, x->lineage[i].relative, HW_CELL_PLAIN);
            hw_doc_cell(d, row, 2, hw_doc_phrase(d, x->lineage[i].text), HW_CELL_PLAIN);
        }
    }
    if (loci > 0) {
        hw_table *t = hw_doc_table(d, HW_BLOCK_TABLE, label(w, HW_L_LINEAGE_LOCI), 2 + w->n_typed, loci);
        (void)genotype_columns(w, t);
        for (uint32_t i = 0; i < x->n_loci; i++) {
            if (x->locus[i].use == HW_USE_LINEAGE) {
                genotype_cells(w, hw_doc_row(t), &x->locus[i]);
            }
        }
    }
}

static void add_rest(writer *w)
{
    hw_document *d = w->d;
    const hw_explanation *x = w->x;
    char buf[HW_FIGURE_BUF];
    hw_doc_add(d, HW_BLOCK_HEADING, label(w, HW_L_SEX_EVIDENCE));
    bool nothing = x->sex_ratio == 1.0;
    hw_doc_add(d, HW_BLOCK_TEXT, nothing ? label(w, HW_L_SEX_NOTHING) : hw_doc_printf(d, "%s%s", label(w, HW_L_SEX_RATIO), hw_figure_ratio(x->sex_ratio, buf)));
    if (x->n_notes > 0) {
        hw_doc_add(d, HW_BLOCK_HEADING, label(w, HW_L_NOTES));
    }
    for (uint32_t i = 0; i < x->n_notes; i++) {
        const char *text = hw_doc_phrase(d, x->note[i]);
        hw_block *b = hw_doc_add(d, HW_BLOCK_ITEM, text);
        if (b != NULL && hw_streq(text, hw_doc_clean(d, x->note[i]))) {
            b->lang = "en"; /* no words of ours for it */
        }
    }
    hw_doc_add(d, HW_BLOCK_HEADING, label(w, HW_L_MODEL));
    if (x->model != NULL) {
        hw_block *b = hw_doc_add(d, HW_BLOCK_TEXT, x->model);
        if (b != NULL) {
            b->lang = "en";
        }
    }
    const char *names = "";
    for (uint32_t k = 0; k < x->n_populations; k++) {
        names = hw_doc_printf(d, "%s%s%s", names, k > 0 ? "; " : "", population_name(w, k));
    }
    hw_doc_add(d, HW_BLOCK_TEXT, hw_doc_printf(d, "%s: %s", label(w, HW_L_POPULATIONS), names));
    hw_doc_add(d, HW_BLOCK_LEAD, label(w, HW_L_LEAD));
}

static void find_typed(writer *w)
{
    const hw_family *f = w->x->family;
    w->typed = HW_NEW(&w->d->arena, uint32_t, f->pedigree.n + 1);
    if (w->typed == NULL) {
        w->d->ok = false;
        return;
    }
    for (uint32_t i = 0; i < f->pedigree.n; i++) {
        if (f->profile != NULL && f->profile[i] != NULL) {
            w->typed[w->n_typed++] = i;
        }
    }
}

hw_status hw_document_match(const hw_explanation *x, const hw_pair_evidence *e, const hw_report_options *o, hw_document *ret, hw_err *err)
{
    hw_document d;
    hw_doc_init(&d, o);
    writer w = {.d = &d, .x = x};
    find_typed(&w);
    d.synthetic = x->synthetic;
    d.title = hw_doc_label(&d, HW_L_TITLE);
    d.head = hw_doc_printf(&d, "%s %s · %s %s · %s %s", label(&w, HW_L_CHILD), x->child->id, label(&w, HW_L_FAMILY), x->family->id, label(&w, HW_L_MISSING),
                           missing_id(&w));
    if (x->synthetic) {
        hw_doc_add(&d, HW_BLOCK_BANNER, label(&w, HW_L_SYNTHETIC));
    }
    hw_doc_add(&d, HW_BLOCK_LEAD, label(&w, HW_L_LEAD));
    add_summary(&w);
    if (e != NULL) {
        hw_doc_decision(&d, e);
        hw_doc_next(&d, e);
    }
    add_sentences(&w);
    add_family(&w);
    add_hypotheses(&w);
    if (e != NULL) {
        hw_doc_chance(&d, e);
    }
    add_loci(&w);
    add_lineage(&w);
    add_rest(&w);
    hw_status status = hw_doc_check(&d, err);
    if (status != HW_OK) {
        hw_doc_release(&d);
        return status;
    }
    *ret = d;
    return HW_OK;
}
