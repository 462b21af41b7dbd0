// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The ranked list of candidates for a terminal, the stated prior under it, and the families that could not be searched.
 */
#include <math.h>

#include "report/document.h"
#include "report/figures.h"

typedef struct list {
    hw_document doc;
    const hw_dataset *d;
    const hw_match_options *m;
    const hw_match_result *r;
    const hw_report_decisions *x; /* or NULL */
    uint32_t at[16];              /* where each column stands; HW_NO_COLUMN: it is left out */
    uint32_t n_columns;
} list;

#define HW_NO_COLUMN UINT32_MAX

static const char *population_name(const list *l, uint32_t i)
{
    return i < l->m->n_populations && l->m->population[i] != NULL && l->m->population[i]->name != NULL ? l->m->population[i]->name : "";
}

static const char *missing_id(const list *l, const hw_candidate *c)
{
    const hw_family *f = &l->d->family[c->family];
    return c->missing < f->n_missing ? f->pedigree.person[f->missing[c->missing]].id : "";
}

static const char *label(const list *l, hw_label name)
{
    return hw_doc_label(&l->doc, name);
}

/* The columns, which of them are prose, and whether they belong to a list with decisions (which takes the words out), to one without, or to both. */
enum { RANK, CHILD, FAMILY, VERDICT, RELATION, LOCI, LR, LR_MIN, RIVAL, POSTERIOR, JOINT, CHANCE, VERBAL, COLUMNS };
enum { ALWAYS, DECIDED, PLAIN };

static const struct {
    hw_label title;
    bool right, wrap;
    int where;
} COLUMN[COLUMNS] = {
    {HW_L_RANK, true, false, ALWAYS},        {HW_L_CHILD, false, true, ALWAYS},     {HW_L_FAMILY, false, true, ALWAYS},
    {HW_L_VERDICT, false, false, DECIDED},   {HW_L_RELATION, false, true, ALWAYS},  {HW_L_LIST_LOCI, true, false, ALWAYS},
    {HW_L_LIST_LR, true, false, ALWAYS},     {HW_L_LIST_MIN, true, false, ALWAYS},  {HW_L_LIST_RIVAL, false, true, ALWAYS},
    {HW_L_LIST_POSTERIOR, true, false, PLAIN}, {HW_L_LIST_JOINT, true, false, DECIDED}, {HW_L_LIST_CHANCE, true, false, DECIDED},
    {HW_L_VERBAL, false, true, PLAIN},
};

static hw_table *columns(list *l, uint32_t rows)
{
    for (uint32_t i = 0; i < COLUMNS; i++) {
        bool there = COLUMN[i].where == ALWAYS || COLUMN[i].where == (l->x != NULL ? DECIDED : PLAIN);
        l->at[i] = there ? l->n_columns++ : HW_NO_COLUMN;
    }
    hw_table *t = hw_doc_table(&l->doc, HW_BLOCK_TABLE, NULL, l->n_columns, rows);
    for (uint32_t i = 0; i < COLUMNS; i++) {
        if (l->at[i] != HW_NO_COLUMN) {
            hw_doc_column(&l->doc, t, l->at[i], label(l, COLUMN[i].title), COLUMN[i].right, COLUMN[i].wrap);
        }
    }
    return t;
}

static void put(list *l, hw_cell *row, uint32_t column, const char *text, hw_cell_style style)
{
    if (l->at[column] != HW_NO_COLUMN) {
        hw_doc_cell(&l->doc, row, l->at[column], text, style);
    }
}

static const char *verdict_text(const list *l, hw_verdict_kind k)
{
    return l->doc.lang == HW_REPORT_ZH ? hw_verdict_text_zh(k) : hw_verdict_text(k);
}

#define WIDE_INTERVAL 1e-6 /* an interval narrower than that is not worth a reader's while */

static void decision_cells(list *l, hw_cell *row, const hw_decision *k)
{
    hw_document *doc = &l->doc;
    char buf[HW_FIGURE_BUF], low[HW_FIGURE_BUF];
    const hw_verdict_input *in = &k->input;
    hw_verdict_kind kind = k->verdict.kind;
    put(l, row, VERDICT, verdict_text(l, kind), kind == HW_VERDICT_REPORT ? HW_CELL_STRONG : kind == HW_VERDICT_LEAD ? HW_CELL_PLAIN : HW_CELL_FAINT);
    const char *posterior = hw_figure_probability(in->posterior, buf);
    if (in->high - in->low > WIDE_INTERVAL) {
        posterior = hw_doc_printf(doc, "%s (%s)", posterior, hw_figure_probability(in->low, low));
    }
    put(l, row, JOINT, posterior, HW_CELL_PLAIN);
    put(l, row, CHANCE, hw_figure_ratio(in->chance_hits, buf), HW_CELL_PLAIN);
}

/* Which of several missing persons, and under whom, where the family's id does not say it all. */
static const char *family_text(list *l, const hw_candidate *c)
{
    const hw_family *f = &l->d->family[c->family];
    const char *t = f->n_missing > 1 ? hw_doc_printf(&l->doc, "%s (%s)", f->id, missing_id(l, c)) : f->id;
    return f->under != NULL ? hw_doc_printf(&l->doc, "%s%s%s", t, label(l, HW_L_LIST_UNDER), f->under) : t;
}

/* rank 0: a pair that brothers and sisters brought in. */
static void candidate_row(list *l, hw_table *t, const hw_candidate *c, size_t rank, const hw_decision *k)
{
    hw_document *doc = &l->doc;
    char buf[HW_FIGURE_BUF];
    hw_cell *row = hw_doc_row(t);
    put(l, row, RANK, rank > 0 ? hw_doc_printf(doc, "%zu", rank) : "+", HW_CELL_PLAIN);
    put(l, row, CHILD, l->d->child[c->child]->id, HW_CELL_STRONG);
    put(l, row, FAMILY, family_text(l, c), HW_CELL_STRONG);
    put(l, row, RELATION, hw_doc_phrase(doc, c->relation), HW_CELL_PLAIN);
    put(l, row, LOCI, c->inconsistent > 0 ? hw_doc_printf(doc, "%u (%u!)", c->loci_used, c->inconsistent) : hw_doc_printf(doc, "%u", c->loci_used),
        c->inconsistent > 0 ? HW_CELL_WARN : HW_CELL_PLAIN);
    put(l, row, LR, hw_figure_log10(c->log10_lr, buf), HW_CELL_STRONG);
    put(l, row, LR_MIN, hw_figure_log10(c->log10_lr_min, buf), HW_CELL_PLAIN);
    if (c->rival != NULL) {
        const char *rival = hw_doc_phrase(doc, c->rival);
        put(l, row, RIVAL, hw_doc_printf(doc, "%s: %s", rival, hw_figure_log10(c->rival_log10, buf)), c->rival_log10 < 1.0 ? HW_CELL_WARN : HW_CELL_PLAIN);
    } else {
        put(l, row, RIVAL, "-", HW_CELL_PLAIN);
    }
    put(l, row, POSTERIOR, hw_figure_probability(c->posterior, buf), HW_CELL_PLAIN);
    put(l, row, VERBAL, hw_doc_phrase(doc, hw_verbal_scale(c->log10_lr_min)), HW_CELL_PLAIN);
    if (k != NULL) {
        decision_cells(l, row, k);
    }
}

/* What would settle a lead, each way once. */
static const char *ways(list *l, const hw_verdict *v)
{
    const char *all = "";
    bool zh = l->doc.lang == HW_REPORT_ZH;
    for (int i = 0; i < HW_CRITERION_COUNT; i++) {
        const hw_verdict_reason *r = &v->reason[i];
        bool again = r->settle == NULL;
        for (int k = 0; k < i && !again; k++) {
            again = v->reason[k].settle != NULL && hw_streq(v->reason[k].settle, r->settle);
        }
        if (!again) {
            all = hw_doc_printf(&l->doc, "%s%s%s%s", all, all[0] != 0 ? zh ? "；" : "; " : "", zh ? r->settle_zh : r->settle,
                                r->criterion == HW_CRITERION_FIT ? label(l, HW_L_LAB_ONLY) : "");
        }
    }
    return all;
}

#define LEADS_SHOWN 5

static void add_leads(list *l)
{
    const hw_decisions *x = l->x->decisions;
    unsigned shown = 0;
    for (size_t i = 0; i < x->n && shown < LEADS_SHOWN; i++) {
        const hw_candidate *c = &x->candidate[i];
        if (x->decision[i].verdict.kind != HW_VERDICT_LEAD) {
            continue;
        }
        if (shown++ == 0) {
            hw_doc_add(&l->doc, HW_BLOCK_HEADING, label(l, HW_L_LIST_SETTLE));
        }
        hw_doc_add(&l->doc, HW_BLOCK_ITEM, hw_doc_printf(&l->doc, "%s · %s: %s", l->d->child[c->child]->id, family_text(l, c), ways(l, &x->decision[i].verdict)));
    }
}

static void add_verdicts(list *l, size_t shown)
{
    hw_document *doc = &l->doc;
    const hw_decisions *x = l->x->decisions;
    size_t count[3] = {0, 0, 0};
    for (size_t i = 0; i < x->n; i++) {
        count[x->decision[i].verdict.kind]++;
    }
    hw_doc_add(doc, HW_BLOCK_TEXT,
               hw_doc_printf(doc, "%s%zu %s, %zu %s, %zu %s.", label(l, HW_L_LIST_VERDICTS), count[HW_VERDICT_REPORT], verdict_text(l, HW_VERDICT_REPORT), count[HW_VERDICT_LEAD],
                             verdict_text(l, HW_VERDICT_LEAD), count[HW_VERDICT_NOT_YET], verdict_text(l, HW_VERDICT_NOT_YET)));
    if (!l->x->quality_checked) {
        hw_doc_add(doc, HW_BLOCK_TEXT, label(l, HW_L_LIST_UNCHECKED));
    }
    if (shown > x->n_listed) {
        hw_doc_add(doc, HW_BLOCK_TEXT, label(l, HW_L_LIST_ADDED_SAID));
    }
    hw_doc_add(doc, HW_BLOCK_SMALL, label(l, HW_L_LIST_JOINT_SAID));
    hw_doc_add(doc, HW_BLOCK_SMALL, label(l, HW_L_LIST_CHANCE_SAID));
}

static void build(list *l, const hw_report_options *o)
{
    hw_document *doc = &l->doc;
    const hw_match_result *r = l->r;
    bool inconsistent = false, under = false;
    size_t all_pairs = hw_report_pairs(r, l->x);
    size_t shown = o->max_rows > 0 && o->max_rows < all_pairs ? o->max_rows : all_pairs;
    if (l->d->synthetic) {
        hw_doc_add(doc, HW_BLOCK_BANNER, label(l, HW_L_SYNTHETIC));
    }
    if (shown == 0) {
        hw_doc_add(doc, HW_BLOCK_TEXT, label(l, HW_L_LIST_NONE));
    } else {
        hw_table *t = columns(l, (uint32_t)shown);
        for (size_t i = 0; i < shown && doc->ok; i++) {
            const hw_candidate *c = i < r->n_candidates ? &r->candidate[i] : &l->x->decisions->candidate[i];
            candidate_row(l, t, c, i < r->n_candidates ? i + 1 : 0, hw_report_decision(l->x, i));
            inconsistent = inconsistent || c->inconsistent > 0;
            under = under || l->d->family[c->family].under != NULL;
        }
    }
    if (shown < all_pairs) {
        hw_doc_add(doc, HW_BLOCK_TEXT, hw_doc_printf(doc, "%zu %s", all_pairs - shown, label(l, HW_L_LIST_MORE)));
    }
    if (l->x != NULL && shown > 0) {
        add_verdicts(l, shown);
    }
    if (under) {
        hw_doc_add(doc, HW_BLOCK_TEXT, label(l, HW_L_LIST_UNDER_SAID));
    }
    char all[HW_FIGURE_BUF], each[HW_FIGURE_BUF];
    hw_doc_add(doc, HW_BLOCK_SMALL,
               hw_doc_printf(doc, "%s%s%s%s%s", label(l, HW_L_LIST_PRIOR), hw_figure_ratio(l->m->prior_registered, all), label(l, HW_L_LIST_PRIOR_SPREAD),
                             hw_figure_ratio(r->prior_each, each), label(l, HW_L_LIST_PRIOR_EACH)));
    hw_doc_add(doc, HW_BLOCK_SMALL, hw_doc_printf(doc, "%s%s", label(l, HW_L_LIST_RANKED_BY), population_name(l, 0)));
    if (l->m->n_populations > 1) {
        const char *names = "";
        for (uint32_t k = 0; k < l->m->n_populations; k++) {
            names = hw_doc_printf(doc, "%s%s%s", names, k > 0 ? "; " : "", population_name(l, k));
        }
        hw_doc_add(doc, HW_BLOCK_SMALL, hw_doc_printf(doc, "%s%s", label(l, HW_L_LIST_MIN_OVER), names));
    }
    if (l->x == NULL) {
        hw_doc_add(doc, HW_BLOCK_SMALL, label(l, HW_L_LIST_VERBAL_SAID));
    }
    if (inconsistent) {
        hw_doc_add(doc, HW_BLOCK_SMALL, label(l, HW_L_LIST_INCONSISTENT));
    }
    if (shown > 0) {
        hw_doc_add(doc, HW_BLOCK_LEAD, label(l, HW_L_LEAD));
    }
    if (l->x != NULL) {
        add_leads(l);
    }
    if (r->n_errors > 0) {
        bool misfit = false;
        for (size_t i = 0; i < r->n_errors; i++) {
            misfit = misfit || r->error[i].status == HW_IMPOSSIBLE;
        }
        hw_doc_add(doc, HW_BLOCK_HEADING, hw_doc_printf(doc, "%s%s", label(l, HW_L_LIST_ERRORS), misfit ? label(l, HW_L_LAB_ONLY) : ""));
        hw_table *t = hw_doc_table(doc, HW_BLOCK_TABLE, NULL, 2, (uint32_t)r->n_errors);
        hw_doc_column(doc, t, 0, label(l, HW_L_FAMILY), false, false);
        hw_doc_column(doc, t, 1, label(l, HW_L_LIST_ERROR), false, true);
        for (size_t i = 0; i < r->n_errors && doc->ok; i++) {
            hw_cell *row = hw_doc_row(t);
            hw_doc_cell(doc, row, 0, l->d->family[r->error[i].family].id, HW_CELL_STRONG);
            hw_doc_cell(doc, row, 1, r->error[i].text != NULL ? r->error[i].text : hw_status_text(r->error[i].status), HW_CELL_WARN);
        }
    }
}

hw_status hw_document_text(const hw_document *doc, const hw_report_options *o, hw_str *out, hw_err *err)
{
    const char *bold = o->colour ? "\033[1m" : "", *red = o->colour ? "\033[1;31m" : "", *plain = o->colour ? "\033[0m" : "";
    for (const hw_block *b = doc->first; b != NULL; b = b->next) {
        switch (b->kind) {
        case HW_BLOCK_BANNER:
            hw_str_addf(out, "%s*** %s ***%s\n\n", red, b->text, plain);
            break;
        case HW_BLOCK_HEADING:
            hw_str_addf(out, "\n%s%s%s\n", bold, b->text, plain);
            break;
        case HW_BLOCK_TABLE:
            HW_TRY(hw_table_text(b->table, false, o->width, o->colour, "", out, err));
            hw_str_addc(out, '\n');
            break;
        case HW_BLOCK_LEAD:
            hw_str_add(out, bold);
            hw_paragraph_text(b->text, o->width, "", "", out);
            hw_str_add(out, plain);
            break;
        case HW_BLOCK_ITEM:
            hw_paragraph_text(b->text, o->width, "- ", "  ", out);
            break;
        default:
            hw_paragraph_text(b->text, o->width, "", "", out);
            break;
        }
    }
    return hw_str_check(out, err);
}

hw_status hw_report_list_text(const hw_dataset *d, const hw_match_options *m, const hw_match_result *r, const hw_report_decisions *x, const hw_report_options *o,
                              hw_str *out, hw_err *err)
{
    if (r->n_candidates > 10000000 || r->n_errors > 10000000) {
        return HW_FAIL(err, HW_LIMIT, "%zu candidates are too many for a table; raise the threshold, or write --csv", r->n_candidates);
    }
    list l = {.d = d, .m = m, .r = r, .x = x};
    hw_doc_init(&l.doc, o);
    l.doc.arena.cap = (size_t)4 << 30;
    build(&l, o);
    hw_status status = hw_doc_check(&l.doc, err);
    if (status == HW_OK) {
        status = hw_document_text(&l.doc, o, out, err);
    }
    hw_doc_release(&l.doc);
    return status;
}
