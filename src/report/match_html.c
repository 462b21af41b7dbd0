// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The report on one pair as one HTML page, and the pedigree alone as SVG. No script; nothing is fetched, and the page says so itself in a content
 * security policy; tables carry scopes and captions; a print style for A4.
 */
#include "report/document.h"
#include "report/pedigree_draw.h"
#include "report/text.h"

static const char STYLE[] =
    ":root{color-scheme:light}"
    "body{font:15px/1.5 'Noto Sans','Noto Sans CJK SC','Noto Sans SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','WenQuanYi Micro "
    "Hei','DejaVu Sans',sans-serif;color:#1b2a38;background:#fff;max-width:64rem;margin:0 auto;padding:1.5rem}"
    "header{border-bottom:2px solid #1b2a38;margin-bottom:1rem}"
    "h1{font-size:1.6rem;margin:0}"
    ".ids{margin:.2rem 0;font-weight:600}.date{margin:.2rem 0 .6rem;color:#475563}"
    "h2{font-size:1.15rem;margin:1.8rem 0 .5rem;border-bottom:1px solid #d5dce3}"
    ".banner{background:#b42318;color:#fff;font-weight:700;text-align:center;padding:.5rem;margin:1rem 0;letter-spacing:.04em}"
    ".lead{border-left:4px solid #c2410c;background:#fff6ee;padding:.5rem .8rem;margin:1rem 0}"
    "blockquote{margin:.6rem 0;padding:.2rem 0 .2rem 1rem;border-left:4px solid #a9c6e0}"
    ".wide{overflow-x:auto}"
    "table{border-collapse:collapse;margin:.5rem 0;font-size:.9rem}"
    "caption{text-align:left;color:#475563;padding:.2rem 0;white-space:nowrap}"
    "th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid #e3e8ed}"
    "thead th{border-bottom:2px solid #8794a1;vertical-align:bottom}"
    "tbody th{font-weight:600;white-space:nowrap}tbody th.p{white-space:normal}thead th{word-break:keep-all}"
    ".fields th{font-weight:400;color:#475563;white-space:normal;width:18rem}"
    ".n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    "thead .n{white-space:normal}"
    ".strong{font-weight:600}.warn{background:#fff1e3;color:#8a2f06}.faint{color:#5b6875}"
    "tr.total th,tr.total td{border-top:2px solid #8794a1;border-bottom:0;font-weight:600}"
    "figure{margin:.5rem 0;overflow-x:auto}figure svg{max-width:100%;height:auto}"
    "footer{margin-top:2rem;border-top:1px solid #d5dce3;color:#475563;font-size:.85rem}"
    "@page{size:A4;margin:15mm}"
    "@media print{body{font-size:9.5pt;max-width:none;padding:0}.wide,figure{overflow:visible}table{font-size:7.5pt}thead{display:table-header-group}"
    "tr,figure,blockquote{break-inside:avoid}h2{break-after:avoid}.banner,.lead,.warn{-webkit-print-color-adjust:exact;print-color-adjust:exact}}";

typedef struct page {
    const hw_document *d;
    const hw_explanation *x;
    hw_str *out;
    bool in_list;
} page;

static void element(hw_str *out, const char *open, const char *text, const char *close)
{
    hw_str_add(out, open);
    hw_text_xml(out, text);
    hw_str_add(out, close);
}

static void add_lang(hw_str *out, const char *lang, const hw_document *d)
{
    if (lang != NULL && !hw_streq(lang, hw_lang_tag(d->lang))) {
        hw_str_addf(out, " lang=\"%s\"", lang);
    }
}

static void table_cell(hw_str *out, const hw_column *column, const hw_cell *cell, bool head)
{
    const char *style = cell->style == HW_CELL_STRONG && !head ? "strong" : cell->style == HW_CELL_WARN ? "warn" : cell->style == HW_CELL_FAINT ? "faint" : "";
    const char *number = column->right ? "n" : head && column->wrap ? "p" : "";
    hw_str_add(out, head ? "<th scope=\"row\"" : "<td");
    if (style[0] != 0 || number[0] != 0) {
        hw_str_addf(out, " class=\"%s%s%s\"", number, number[0] != 0 && style[0] != 0 ? " " : "", style);
    }
    element(out, ">", cell->text, head ? "</th>" : "</td>");
}

static void table(hw_str *out, const hw_table *t, bool fields)
{
    hw_str_add(out, fields ? "<table class=\"fields\">\n" : "<div class=\"wide\"><table>\n");
    if (t->caption != NULL) {
        element(out, "<caption>", t->caption, "</caption>\n");
    }
    if (!fields) {
        hw_str_add(out, "<thead><tr>");
        for (uint32_t i = 0; i < t->n_columns; i++) {
            element(out, t->column[i].right ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">", t->column[i].title, "</th>");
        }
        hw_str_add(out, "</tr></thead>\n");
    }
    hw_str_add(out, "<tbody>\n");
    for (uint32_t r = 0; r < t->n_rows; r++) {
        hw_str_add(out, t->total && r + 1 == t->n_rows ? "<tr class=\"total\">" : "<tr>");
        for (uint32_t i = 0; i < t->n_columns; i++) {
            table_cell(out, &t->column[i], &t->cell[(size_t)r * t->n_columns + i], i == 0);
        }
        hw_str_add(out, "</tr>\n");
    }
    hw_str_add(out, fields ? "</tbody></table>\n" : "</tbody></table></div>\n");
}

/* The pedigree said in words, for those who cannot see the drawing. */
static hw_status svg(const hw_explanation *x, const hw_document *d, bool standalone, hw_str *out, hw_err *err)
{
    hw_drawing g = {0};
    HW_TRY(hw_drawing_build(x, d->lang, &g, err));
    hw_str title, desc;
    hw_str_init(&title, (size_t)1 << 20);
    hw_str_init(&desc, (size_t)16 << 20);
    hw_str_addf(&title, "%s: %s", hw_doc_label(d, HW_L_PEDIGREE), d->head);
    if (d->synthetic) {
        hw_str_addf(&title, " (%s)", hw_doc_label(d, HW_L_SYNTHETIC_SHORT));
    }
    for (uint32_t i = 0; i < g.n_persons; i++) {
        hw_str_addf(&desc, "%s%s", i > 0 ? ". " : "", g.title[i]);
    }
    hw_status status = hw_str_check(&title, err);
    status = status == HW_OK ? hw_str_check(&desc, err) : status;
    if (status == HW_OK) {
        hw_drawing_svg(&g, title.s, desc.s, hw_lang_tag(d->lang), "pedigree", standalone, out);
        status = hw_str_check(out, err);
    }
    hw_str_release(&title);
    hw_str_release(&desc);
    hw_drawing_release(&g);
    return status;
}

static hw_status block(page *p, const hw_block *b, hw_err *err)
{
    hw_str *out = p->out;
    if (p->in_list != (b->kind == HW_BLOCK_ITEM)) {
        hw_str_add(out, p->in_list ? "</ul>\n" : "<ul>\n");
        p->in_list = !p->in_list;
    }
    switch (b->kind) {
    case HW_BLOCK_BANNER:
        element(out, "<p class=\"banner\" role=\"note\">", b->text, "</p>\n");
        break;
    case HW_BLOCK_LEAD:
        element(out, "<p class=\"lead\"><strong>", b->text, "</strong></p>\n");
        break;
    case HW_BLOCK_HEADING:
        element(out, "<h2>", b->text, "</h2>\n");
        break;
    case HW_BLOCK_TEXT:
    case HW_BLOCK_SMALL:
        hw_str_add(out, "<p");
        add_lang(out, b->lang, p->d);
        element(out, ">", b->text, "</p>\n");
        break;
    case HW_BLOCK_ITEM:
        hw_str_add(out, "<li");
        add_lang(out, b->lang, p->d);
        element(out, ">", b->text, "</li>\n");
        break;
    case HW_BLOCK_QUOTE:
        hw_str_add(out, "<blockquote");
        add_lang(out, b->lang, p->d);
        element(out, "><p>", b->text, "</p></blockquote>\n");
        break;
    case HW_BLOCK_FIELDS:
    case HW_BLOCK_TABLE:
        table(out, b->table, b->kind == HW_BLOCK_FIELDS);
        break;
    case HW_BLOCK_PEDIGREE:
        hw_str_add(out, "<figure>\n");
        HW_TRY(svg(p->x, p->d, false, out, err));
        hw_str_add(out, "</figure>\n");
        break;
    }
    return hw_str_check(out, err);
}

static hw_status html(const hw_explanation *x, const hw_document *d, hw_str *out, hw_err *err)
{
    hw_str_addf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", hw_lang_tag(d->lang));
    hw_str_add(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
                    "<meta name=\"robots\" content=\"noindex\">\n");
    element(out, "<title>", d->title, ": ");
    hw_text_xml(out, d->head);
    hw_str_addf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<header>\n", STYLE);
    element(out, "<h1>", d->title, "</h1>\n");
    element(out, "<p class=\"ids\">", d->head, "</p>\n");
    if (d->date != NULL) {
        element(out, "<p class=\"date\">", hw_doc_label(d, HW_L_DATE), ": ");
        element(out, "", d->date, "</p>\n");
    }
    hw_str_add(out, "</header>\n<main>\n");
    page p = {d, x, out, false};
    for (const hw_block *b = d->first; b != NULL; b = b->next) {
        HW_TRY(block(&p, b, err));
    }
    hw_str_add(out, p.in_list ? "</ul>\n" : "");
    hw_str_add(out, "</main>\n");
    if (d->program != NULL) {
        element(out, "<footer><p>", d->program, "</p></footer>\n");
    }
    hw_str_add(out, "</body>\n</html>\n");
    return hw_str_check(out, err);
}

hw_status hw_report_match_html(const hw_explanation *x, const hw_pair_evidence *e, const hw_report_options *o, hw_str *out, hw_err *err)
{
    hw_document d = {0};
    HW_TRY(hw_document_match(x, e, o, &d, err));
    hw_status status = html(x, &d, out, err);
    hw_doc_release(&d);
    return status;
}

hw_status hw_report_match_svg(const hw_explanation *x, const hw_pair_evidence *e, const hw_report_options *o, hw_str *out, hw_err *err)
{
    hw_document d = {0};
    HW_TRY(hw_document_match(x, e, o, &d, err));
    hw_status status = svg(x, &d, true, out, err);
    hw_doc_release(&d);
    return status;
}
