// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The report on one pair for a terminal.
 */
#include "report/document.h"
#include "report/pedigree_draw.h"
#include "report/text.h"

typedef struct page {
    const hw_document *d;
    const hw_explanation *x;
    const hw_report_options *o;
    hw_str *out;
} page;

static const char *paint(const page *p, const char *code)
{
    return p->o->colour ? code : "";
}

static void heading(const page *p, const char *text)
{
    hw_str_addf(p->out, "\n%s%s%s\n", paint(p, "\033[1;36m"), text, paint(p, "\033[0m"));
}

static hw_status drawing(const page *p, hw_err *err)
{
    bool drawn = false;
    HW_TRY(hw_drawing_text(p->x, p->o->width, p->o->ascii, "  ", &drawn, p->out, err));
    if (!drawn) {
        hw_paragraph_text(hw_doc_label(p->d, HW_L_PEDIGREE_WIDE), p->o->width, "  ", "  ", p->out);
        return HW_OK;
    }
    hw_report_lang lang = p->o->lang;
    hw_str key;
    hw_str_init(&key, 4096);
    hw_str_addf(&key, "[ ] %s  ( ) %s  < > %s  x %s  ? %s  ! %s  . %s", hw_label_text(lang, HW_L_LEGEND_MALE), hw_label_text(lang, HW_L_LEGEND_FEMALE),
                hw_label_text(lang, HW_L_LEGEND_UNKNOWN), hw_label_text(lang, HW_L_LEGEND_TYPED), hw_label_text(lang, HW_L_LEGEND_MISSING),
                hw_label_text(lang, HW_L_LEGEND_CANDIDATE), hw_label_text(lang, HW_L_UNNAMED));
    hw_str_addc(p->out, '\n');
    hw_str_add(p->out, paint(p, "\033[2m"));
    hw_paragraph_text(key.s, p->o->width, "  ", "  ", p->out);
    hw_str_add(p->out, paint(p, "\033[0m"));
    hw_status status = hw_str_check(&key, err);
    hw_str_release(&key);
    return status;
}

static hw_status block(const page *p, const hw_block *b, hw_block_kind after, hw_err *err)
{
    unsigned width = p->o->width;
    switch (b->kind) {
    case HW_BLOCK_BANNER:
        hw_str_addf(p->out, "\n%s*** %s ***%s\n", paint(p, "\033[1;31m"), b->text, paint(p, "\033[0m"));
        break;
    case HW_BLOCK_LEAD:
        hw_str_addc(p->out, '\n');
        hw_str_add(p->out, paint(p, "\033[1m"));
        hw_paragraph_text(b->text, width, "", "", p->out);
        hw_str_add(p->out, paint(p, "\033[0m"));
        break;
    case HW_BLOCK_HEADING:
        heading(p, b->text);
        break;
    case HW_BLOCK_TEXT:
    case HW_BLOCK_SMALL:
        hw_paragraph_text(b->text, width, "  ", "  ", p->out);
        break;
    case HW_BLOCK_ITEM:
        hw_paragraph_text(b->text, width, "  - ", "    ", p->out);
        break;
    case HW_BLOCK_QUOTE:
        hw_paragraph_text(b->text, width, "  ", "  ", p->out);
        hw_str_addc(p->out, '\n');
        break;
    case HW_BLOCK_PEDIGREE:
        HW_TRY(drawing(p, err));
        hw_str_addc(p->out, '\n');
        break;
    case HW_BLOCK_FIELDS:
    case HW_BLOCK_TABLE:
        if (b->table->caption != NULL) {
            if (after != HW_BLOCK_HEADING && after != HW_BLOCK_PEDIGREE) { /* its caption is not to be read with what stands above */
                hw_str_addc(p->out, '\n');
            }
            hw_paragraph_text(b->table->caption, width, "  ", "  ", p->out);
        }
        HW_TRY(hw_table_text(b->table, b->kind == HW_BLOCK_FIELDS, width, p->o->colour, "  ", p->out, err));
        break;
    }
    return hw_str_check(p->out, err);
}

hw_status hw_document_page_text(const hw_document *d, const hw_explanation *x, const hw_report_options *o, hw_str *out, hw_err *err)
{
    page p = {d, x, o, out};
    hw_str_addf(out, "%s%s%s\n", paint(&p, "\033[1m"), d->title, paint(&p, "\033[0m"));
    hw_paragraph_text(d->head, o->width, "", "", out);
    if (d->date != NULL) {
        hw_str_addf(out, "%s: %s\n", hw_doc_label(d, HW_L_DATE), d->date);
    }
    HW_TRY(hw_str_check(out, err));
    hw_block_kind after = HW_BLOCK_HEADING;
    for (const hw_block *b = d->first; b != NULL; b = b->next) {
        HW_TRY(block(&p, b, after, err));
        after = b->kind;
    }
    if (d->program != NULL) {
        hw_str_addf(out, "\n%s\n", d->program);
    }
    return hw_str_check(out, err);
}

hw_status hw_report_match_text(const hw_explanation *x, const hw_pair_evidence *e, const hw_report_options *o, hw_str *out, hw_err *err)
{
    hw_document d = {0};
    HW_TRY(hw_document_match(x, e, o, &d, err));
    hw_status status = hw_document_page_text(&d, x, o, out, err);
    hw_doc_release(&d);
    return status;
}
