// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The ranked list of candidates for a terminal, the stated prior under it, and the families that could not be searched.
 */
#include "report/document.h"
#include "report/figures.h"

typedef struct list {
    hw_document doc;
    const hw_dataset *d;
    const hw_match_options *m;
    const hw_match_result *r;
} list;

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

/* The columns, and which of them are prose. */
enum { RANK, CHILD, FAMILY, RELATION, LOCI, LR, LR_MIN, RIVAL, POSTERIOR, VERBAL, COLUMNS };

static const struct {
    hw_label title;
    bool right, wrap;
} COLUMN[COLUMNS] = {
    {HW_L_RANK, true, false},    {HW_L_CHILD, false, true},      {HW_L_FAMILY, false, true},         {HW_L_RELATION, false, true}, {HW_L_LIST_LOCI, true, false},
    {HW_L_LIST_LR, true, false}, {HW_L_LIST_MIN, true, false},   {HW_L_LIST_RIVAL, false, true},
    {HW_L_LIST_POSTERIOR, true, false}, {HW_L_VERBAL, false, true},
};

static void candidate_row(list *l, hw_table *t, const hw_candidate *c, size_t rank)
{
    hw_document *doc = &l->doc;
    char buf[HW_FIGURE_BUF];
    hw_cell *row = hw_doc_row(t);
    hw_doc_cell(doc, row, RANK, hw_doc_printf(doc, "%zu", rank), HW_CELL_PLAIN);
    hw_doc_cell(doc, row, CHILD, l->d->child[c->child]->id, HW_CELL_STRONG);
    const hw_family *f = &l->d->family[c->family];
    /* which of several missing persons, where the family's id does not say it all */
    hw_doc_cell(doc, row, FAMILY, f->n_missing > 1 ? hw_doc_printf(doc, "%s (%s)", f->id, missing_id(l, c)) : f->id, HW_CELL_STRONG);
    hw_doc_cell(doc, row, RELATION, hw_doc_phrase(doc, c->relation), HW_CELL_PLAIN);
    hw_doc_cell(doc, row, LOCI, c->inconsistent > 0 ? hw_doc_printf(doc, "%u (%u!)", c->loci_used, c->inconsistent) : hw_doc_printf(doc, "%u", c->loci_used),
                c->inconsistent > 0 ? HW_CELL_WARN : HW_CELL_PLAIN);
    hw_doc_cell(doc, row, LR, hw_figure_log10(c->log10_lr, buf), HW_CELL_STRONG);
    hw_doc_cell(doc, row, LR_MIN, hw_figure_log10(c->log10_lr_min, buf), HW_CELL_PLAIN);
    if (c->rival != NULL) {
        const char *rival = hw_doc_phrase(doc, c->rival);
        hw_doc_cell(doc, row, RIVAL, hw_doc_printf(doc, "%s: %s", rival, hw_figure_log10(c->rival_log10, buf)), c->rival_log10 < 1.0 ? HW_CELL_WARN : HW_CELL_PLAIN);
    } else {
        hw_doc_cell(doc, row, RIVAL, "-", HW_CELL_PLAIN);
    }
    hw_doc_cell(doc, row, POSTERIOR, hw_figure_probability(c->posterior, buf), HW_CELL_PLAIN);
    hw_doc_cell(doc, row, VERBAL, hw_doc_phrase(doc, hw_verbal_scale(c->log10_lr_min)), HW_CELL_PLAIN);
}

static void build(list *l, const hw_report_options *o)
{
    hw_document *doc = &l->doc;
    const hw_match_result *r = l->r;
    bool inconsistent = false;
    size_t shown = o->max_rows > 0 && o->max_rows < r->n_candidates ? o->max_rows : r->n_candidates;
    if (l->d->synthetic) {
        hw_doc_add(doc, HW_BLOCK_BANNER, label(l, HW_L_SYNTHETIC));
    }
    if (shown == 0) {
        hw_doc_add(doc, HW_BLOCK_TEXT, label(l, HW_L_LIST_NONE));
    } else {
        hw_table *t = hw_doc_table(doc, HW_BLOCK_TABLE, NULL, COLUMNS, (uint32_t)shown);
        for (uint32_t i = 0; i < COLUMNS; i++) {
            hw_doc_column(doc, t, i, label(l, COLUMN[i].title), COLUMN[i].right, COLUMN[i].wrap);
        }
        for (size_t i = 0; i < shown && doc->ok; i++) {
            candidate_row(l, t, &r->candidate[i], i + 1);
            inconsistent = inconsistent || r->candidate[i].inconsistent > 0;
        }
    }
    if (shown < r->n_candidates) {
        hw_doc_add(doc, HW_BLOCK_TEXT, hw_doc_printf(doc, "%zu %s", r->n_candidates - shown, label(l, HW_L_LIST_MORE)));
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
    hw_doc_add(doc, HW_BLOCK_SMALL, label(l, HW_L_LIST_VERBAL_SAID));
    if (inconsistent) {
        hw_doc_add(doc, HW_BLOCK_SMALL, label(l, HW_L_LIST_INCONSISTENT));
    }
    if (shown > 0) {
        hw_doc_add(doc, HW_BLOCK_LEAD, label(l, HW_L_LEAD));
    }
    if (r->n_errors > 0) {
        hw_doc_add(doc, HW_BLOCK_HEADING, label(l, HW_L_LIST_ERRORS));
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
        default:
            hw_paragraph_text(b->text, o->width, "", "", out);
            break;
        }
    }
    return hw_str_check(out, err);
}

hw_status hw_report_list_text(const hw_dataset *d, const hw_match_options *m, const hw_match_result *r, const hw_report_options *o, hw_str *out,
                              hw_err *err)
{
    if (r->n_candidates > 10000000 || r->n_errors > 10000000) {
        return HW_FAIL(err, HW_LIMIT, "%zu candidates are too many for a table; raise the threshold, or write --csv", r->n_candidates);
    }
    list l = {.d = d, .m = m, .r = r};
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
