// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The report on one pair as PDF. Everything is set twice: once into nothing, to count the pages, and once to keep.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "report/page.h"
#include "report/pedigree_draw.h"

#define INK 0x1B2A38u

/* A failure sticks to the string and is asked for at the end: cairo 1.16 reads freed font data when a write fails while it finishes a file. */
static cairo_status_t keep_bytes(void *closure, const unsigned char *data, unsigned n)
{
    if (closure != NULL) {
        hw_str_addn(closure, (const char *)data, n);
    }
    return CAIRO_STATUS_SUCCESS;
}

/* `below`: what has to stand under it on the same page, so that it is never alone at the foot. */
static void heading(hw_pages *p, const char *text, double below)
{
    hw_page_need(p, 34.0 + below);
    p->y += 8.0;
    char place[96];
    snprintf(place, sizeof place, "page=%d pos=[%d %d]", p->page, (int)HW_PAGE_MARGIN, (int)p->y);
    cairo_pdf_surface_add_outline(p->surface, CAIRO_PDF_OUTLINE_ROOT, text, place, CAIRO_PDF_OUTLINE_FLAG_OPEN);
    hw_page_text(p, text, NULL, HW_PAGE_MARGIN, 0.0, 12.0, true, INK);
    hw_page_colour(p->cr, 0xD5DCE3u);
    cairo_rectangle(p->cr, HW_PAGE_MARGIN, p->y + 1.0, p->width - 2.0 * HW_PAGE_MARGIN, 0.8);
    cairo_fill(p->cr);
    p->y += 6.0;
}

static double text_height(hw_pages *p, const char *text, double room, double size, bool bold)
{
    PangoLayout *layout = hw_page_layout(p->cr, size, bold);
    pango_layout_set_width(layout, (int)(room * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text, -1);
    PangoRectangle box;
    pango_layout_get_extents(layout, NULL, &box);
    g_object_unref(layout);
    return (double)box.height / PANGO_SCALE * 1.15;
}

/* Text on a ground of its own colour, with a bar at its left. */
static void boxed(hw_pages *p, const char *text, const char *lang, uint32_t ground, uint32_t bar, uint32_t ink, bool bold)
{
    double h = text_height(p, text, p->width - 2.0 * HW_PAGE_MARGIN - 22.0, 9.5, bold) + 12.0;
    bool whole = h < p->bottom - 60.0;
    if (whole) { /* beyond a page it goes without its ground */
        hw_page_need(p, h + 4.0);
        p->y += 4.0;
        hw_page_colour(p->cr, ground);
        cairo_rectangle(p->cr, HW_PAGE_MARGIN, p->y, p->width - 2.0 * HW_PAGE_MARGIN, h);
        cairo_fill(p->cr);
        hw_page_colour(p->cr, bar);
        cairo_rectangle(p->cr, HW_PAGE_MARGIN, p->y, 3.0, h);
        cairo_fill(p->cr);
    }
    double top = p->y;
    p->y += 5.0;
    hw_page_text(p, text, lang, HW_PAGE_MARGIN + 12.0, 10.0, 9.5, bold, whole ? ink : INK);
    p->y = whole ? top + h + 4.0 : p->y + 4.0;
}

/* How the drawing goes on a page: upright if that leaves its names legible, else on a page turned round. */
typedef struct fit {
    double scale;
    bool landscape;
} fit;

static fit fit_drawing(const hw_drawing *g)
{
    double margins = 2.0 * HW_PAGE_MARGIN;
    double upright = fmin(0.9, fmin((HW_A4_WIDTH - margins) / g->width, (HW_A4_HEIGHT - 180.0) / g->height));
    double turned = fmin(0.9, fmin((HW_A4_HEIGHT - margins) / g->width, (HW_A4_WIDTH - 110.0) / g->height));
    bool landscape = upright < 0.6 && turned > upright;
    return (fit){landscape ? turned : upright, landscape};
}

static void pedigree(hw_pages *p, const hw_drawing *g)
{
    fit f = fit_drawing(g);
    if (f.landscape) {
        hw_page_new(p, true);
    } else {
        hw_page_need(p, g->height * f.scale);
    }
    cairo_save(p->cr);
    cairo_translate(p->cr, (p->width - g->width * f.scale) / 2.0, p->y);
    cairo_scale(p->cr, f.scale, f.scale);
    hw_drawing_cairo(g, p->cr);
    cairo_restore(p->cr);
    p->y += g->height * f.scale + 6.0;
    if (f.landscape) {
        hw_page_new(p, false);
    }
}

/* What must stand on the page of a heading: a drawing whole; of a table its caption, its titles and a row. */
static double room_below(const hw_drawing *g, const hw_block *b)
{
    if (b != NULL && b->kind == HW_BLOCK_PEDIGREE && !fit_drawing(g).landscape) {
        return g->height * fit_drawing(g).scale;
    }
    return b != NULL && b->kind == HW_BLOCK_TABLE ? 90.0 : 40.0;
}

static void block(hw_pages *p, const hw_drawing *g, const hw_block *b)
{
    switch (b->kind) {
    case HW_BLOCK_BANNER:
        boxed(p, b->text, b->lang, 0xB42318u, 0xB42318u, 0xFFFFFFu, true);
        break;
    case HW_BLOCK_LEAD:
        boxed(p, b->text, b->lang, 0xFFF6EEu, 0xC2410Cu, INK, true);
        break;
    case HW_BLOCK_HEADING:
        heading(p, b->text, room_below(g, b->next));
        break;
    case HW_BLOCK_TEXT:
        hw_page_text(p, b->text, b->lang, HW_PAGE_MARGIN + 3.0, 0.0, 9.0, false, INK);
        p->y += 4.0;
        break;
    case HW_BLOCK_SMALL:
        hw_page_text(p, b->text, b->lang, HW_PAGE_MARGIN + 3.0, 0.0, 8.0, false, 0x475563u);
        p->y += 3.0;
        break;
    case HW_BLOCK_ITEM: {
        hw_page_need(p, 13.0);
        double y = p->y;
        hw_page_colour(p->cr, INK);
        cairo_arc(p->cr, HW_PAGE_MARGIN + 6.0, y + 7.0, 1.3, 0.0, 2.0 * M_PI);
        cairo_fill(p->cr);
        hw_page_text(p, b->text, b->lang, HW_PAGE_MARGIN + 14.0, 0.0, 9.0, false, INK);
        p->y += 2.0;
        break;
    }
    case HW_BLOCK_QUOTE:
        boxed(p, b->text, b->lang, 0xF2F6FAu, 0xA9C6E0u, INK, false);
        break;
    case HW_BLOCK_FIELDS:
        hw_page_fields(p, b->table);
        break;
    case HW_BLOCK_TABLE:
        p->y += 3.0;
        hw_page_table(p, b->table);
        break;
    case HW_BLOCK_PEDIGREE:
        pedigree(p, g);
        break;
    }
}

static bool digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9') {
            return false;
        }
    }
    return true;
}

/* "2026-11-23" or "2026-11-23T09:30:00Z" as the PDF wants it. */
static hw_status creation_date(const char *date, char ret[32], hw_err *err)
{
    size_t n = date != NULL ? strlen(date) : 0;
    bool day = n >= 10 && digits(date, 4) && date[4] == '-' && digits(date + 5, 2) && date[7] == '-' && digits(date + 8, 2);
    bool time = n == 20 && date[10] == 'T' && digits(date + 11, 2) && date[13] == ':' && digits(date + 14, 2) && date[16] == ':' && digits(date + 17, 2) &&
                date[19] == 'Z';
    if (date != NULL && (!day || (n != 10 && !time))) {
        return HW_FAIL(err, HW_USAGE, "\"%.40s\" is not a date; expected 2026-11-23 or 2026-11-23T09:30:00Z", date);
    }
    snprintf(ret, 32, "%.20s%s", date != NULL ? date : "1970-01-01", n == 20 ? "" : "T00:00:00Z");
    return HW_OK;
}

static hw_status render(const hw_document *d, const hw_drawing *g, const char *created, int of, hw_str *out, int *ret_pages, hw_err *err)
{
    hw_pages p = {.d = d, .of = of, .ok = true};
    p.surface = cairo_pdf_surface_create_for_stream(keep_bytes, out, HW_A4_WIDTH, HW_A4_HEIGHT);
    cairo_pdf_surface_set_metadata(p.surface, CAIRO_PDF_METADATA_TITLE, d->title);
    cairo_pdf_surface_set_metadata(p.surface, CAIRO_PDF_METADATA_SUBJECT, d->head);
    cairo_pdf_surface_set_metadata(p.surface, CAIRO_PDF_METADATA_CREATE_DATE, created);
    if (d->program != NULL) {
        cairo_pdf_surface_set_metadata(p.surface, CAIRO_PDF_METADATA_CREATOR, d->program);
    }
    if (d->synthetic) {
        cairo_pdf_surface_set_metadata(p.surface, CAIRO_PDF_METADATA_KEYWORDS, hw_doc_label(d, HW_L_SYNTHETIC_SHORT));
    }
    p.cr = cairo_create(p.surface);
    hw_page_new(&p, false);
    hw_page_text(&p, d->title, NULL, HW_PAGE_MARGIN, 0.0, 19.0, true, INK);
    hw_page_text(&p, d->head, NULL, HW_PAGE_MARGIN, 0.0, 10.5, true, 0x475563u);
    hw_status status = HW_OK;
    for (const hw_block *b = d->first; b != NULL; b = b->next) {
        block(&p, g, b);
    }
    cairo_show_page(p.cr);
    cairo_status_t drawn = cairo_status(p.cr);
    cairo_destroy(p.cr);
    cairo_surface_finish(p.surface);
    drawn = drawn == CAIRO_STATUS_SUCCESS ? cairo_surface_status(p.surface) : drawn;
    cairo_surface_destroy(p.surface);
    if (status == HW_OK && !p.ok) {
        status = HW_NO_MEMORY_FAIL(err);
    }
    if (status == HW_OK && out != NULL) {
        status = hw_str_check(out, err);
    }
    if (status == HW_OK && drawn != CAIRO_STATUS_SUCCESS) {
        status = HW_FAIL(err, drawn == CAIRO_STATUS_NO_MEMORY ? HW_NO_MEMORY : HW_INTERNAL, "the PDF could not be drawn: %s", cairo_status_to_string(drawn));
    }
    *ret_pages = p.page;
    return status;
}

hw_status hw_document_pdf(const hw_document *d, const hw_drawing *g, const hw_report_options *o, hw_str *out, hw_err *err)
{
    char created[32];
    int pages = 0;
    HW_TRY(creation_date(o->date, created, err));
    HW_TRY(render(d, g, created, 0, NULL, &pages, err));
    return render(d, g, created, pages, out, &pages, err);
}

hw_status hw_report_match_pdf_bytes(const hw_explanation *x, const hw_pair_evidence *e, const hw_report_options *o, hw_str *out, hw_err *err)
{
    hw_document d = {0};
    HW_TRY(hw_document_match(x, e, o, &d, err));
    hw_drawing g = {0};
    hw_status status = hw_drawing_build(x, o->lang, &g, err);
    if (status == HW_OK) {
        status = hw_document_pdf(&d, &g, o, out, err);
    }
    hw_drawing_release(&g);
    hw_doc_release(&d);
    return status;
}

hw_status hw_report_match_pdf(const hw_explanation *x, const hw_pair_evidence *e, const hw_report_options *o, const char *path, hw_err *err)
{
    hw_str out;
    hw_str_init(&out, 0);
    hw_status status = hw_report_match_pdf_bytes(x, e, o, &out, err);
    if (status == HW_OK) {
        status = hw_file_write(path, out.s, out.len, err);
    }
    hw_str_release(&out);
    return status;
}
