// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Pages, text and tables on paper.
 */
#include "report/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define FONTS "Noto Sans CJK SC,Noto Sans SC,Noto Sans,DejaVu Sans,sans-serif"
#define INK 0x1B2A38u
#define GREY 0x475563u
#define RULE 0xD5DCE3u
#define RED 0xB42318u
#define PAD_X 3.0
#define PAD_Y 2.0
#define CELL_HEIGHT_MAX 420.0 /* a cell longer than that ends in an ellipsis */

void hw_page_colour(cairo_t *cr, uint32_t rgb)
{
    cairo_set_source_rgb(cr, (double)(rgb >> 16 & 255u) / 255.0, (double)(rgb >> 8 & 255u) / 255.0, (double)(rgb & 255u) / 255.0);
}

PangoLayout *hw_page_layout(cairo_t *cr, double size, bool bold)
{
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoContext *context = pango_layout_get_context(layout);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    pango_cairo_context_set_resolution(context, 72.0);
    cairo_font_options_destroy(options);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, FONTS);
    pango_font_description_set_size(font, (int)(size * PANGO_SCALE + 0.5));
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    /* the same shapes whatever the language of the environment is */
    pango_context_set_language(context, pango_language_from_string("zh-cn"));
    pango_layout_context_changed(layout);
    return layout;
}

static void layout_size(PangoLayout *layout, double *ret_width, double *ret_height)
{
    PangoRectangle box;
    pango_layout_get_extents(layout, NULL, &box);
    *ret_width = (double)box.width / PANGO_SCALE;
    *ret_height = (double)box.height / PANGO_SCALE;
}

/* One line at a place; x is the left, middle (align 0.5) or right end (1). */
static void put_line(hw_pages *p, const char *text, double x, double y, double align, double room, double size, bool bold, uint32_t colour)
{
    PangoLayout *layout = hw_page_layout(p->cr, size, bold);
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    double w = 0.0, h = 0.0;
    layout_size(layout, &w, &h);
    if (w > room) {
        pango_layout_set_width(layout, (int)(room * PANGO_SCALE));
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
        w = room;
    }
    hw_page_colour(p->cr, colour);
    cairo_move_to(p->cr, x - align * w, y);
    pango_cairo_show_layout(p->cr, layout);
    cairo_new_path(p->cr);
    g_object_unref(layout);
}

static void rule(hw_pages *p, double x1, double x2, double y, double width, uint32_t colour)
{
    hw_page_colour(p->cr, colour);
    cairo_set_line_width(p->cr, width);
    cairo_set_dash(p->cr, NULL, 0, 0.0);
    cairo_move_to(p->cr, x1, y);
    cairo_line_to(p->cr, x2, y);
    cairo_stroke(p->cr);
}

void hw_page_new(hw_pages *p, bool landscape)
{
    if (p->page > 0) {
        cairo_show_page(p->cr);
    }
    p->page++;
    p->width = landscape ? HW_A4_HEIGHT : HW_A4_WIDTH;
    p->height = landscape ? HW_A4_WIDTH : HW_A4_HEIGHT;
    cairo_pdf_surface_set_size(p->surface, p->width, p->height);
    const hw_document *d = p->d;
    double left = HW_PAGE_MARGIN, right = p->width - HW_PAGE_MARGIN, y = 26.0;
    const char *mark = d->synthetic ? hw_doc_label(d, HW_L_SYNTHETIC_SHORT) : "";
    double mark_room = d->synthetic ? 110.0 : 0.0, date_room = d->date != NULL ? 110.0 : 0.0;
    put_line(p, d->head, left, y, 0.0, right - left - mark_room - date_room, 8.0, true, GREY);
    if (d->date != NULL) {
        put_line(p, d->date, right - mark_room, y, 1.0, date_room - 8.0, 8.0, false, GREY);
    }
    put_line(p, mark, right, y, 1.0, mark_room, 8.0, true, RED);
    rule(p, left, right, y + 14.0, 0.6, RULE);
    p->bottom = p->height - 48.0;
    rule(p, left, right, p->bottom + 6.0, 0.6, RULE);
    char of[24] = "", text[128];
    if (p->of > 0) {
        snprintf(of, sizeof of, "%d", p->of);
    }
    snprintf(text, sizeof text, "%s%d%s%s%s", hw_doc_label(d, HW_L_PAGE), p->page, hw_doc_label(d, HW_L_PAGE_OF), of, hw_doc_label(d, HW_L_PAGE_END));
    put_line(p, text, right, p->bottom + 10.0, 1.0, 140.0, 8.0, false, GREY);
    put_line(p, d->foot != NULL ? d->foot : hw_doc_label(d, HW_L_LEAD_SHORT), (left + right) / 2.0, p->bottom + 10.0, 0.5, 200.0, 8.0, true, GREY);
    put_line(p, d->program != NULL ? d->program : "", left, p->bottom + 10.0, 0.0, 140.0, 8.0, false, GREY);
    p->y = y + 24.0;
}

void hw_page_need(hw_pages *p, double height)
{
    if (p->y + height > p->bottom) {
        hw_page_new(p, false);
    }
}

void hw_page_text(hw_pages *p, const char *text, const char *lang, double x, double inset, double size, bool bold, uint32_t colour)
{
    PangoLayout *layout = hw_page_layout(p->cr, size, bold);
    pango_layout_set_width(layout, (int)((p->width - HW_PAGE_MARGIN - inset - x) * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_spacing(layout, (int)(size * 0.12 * PANGO_SCALE));
    if (lang != NULL) {
        pango_context_set_language(pango_layout_get_context(layout), pango_language_from_string(lang));
        pango_layout_context_changed(layout);
    }
    pango_layout_set_text(layout, text, -1);
    PangoLayoutIter *at = pango_layout_get_iter(layout);
    do {
        PangoRectangle box;
        pango_layout_iter_get_line_extents(at, NULL, &box);
        double h = (double)box.height / PANGO_SCALE * 1.12;
        hw_page_need(p, h);
        double base = (double)(pango_layout_iter_get_baseline(at) - box.y) / PANGO_SCALE;
        hw_page_colour(p->cr, colour);
        cairo_move_to(p->cr, x, p->y + base);
        pango_cairo_show_layout_line(p->cr, pango_layout_iter_get_line_readonly(at));
        cairo_new_path(p->cr);
        p->y += h;
    } while (pango_layout_iter_next_line(at));
    pango_layout_iter_free(at);
    g_object_unref(layout);
}

/* ---- tables ---- */

typedef struct grid {
    hw_pages *p;
    const hw_table *t;
    double size;
    double *width; /* per column, padding included */
    uint32_t *show;
    uint32_t n_show;
} grid;

static double text_width(hw_pages *p, const char *text, double size, bool bold)
{
    PangoLayout *layout = hw_page_layout(p->cr, size, bold);
    pango_layout_set_text(layout, text, -1);
    double w = 0.0, h = 0.0;
    layout_size(layout, &w, &h);
    g_object_unref(layout);
    return w;
}

static double widest_word(hw_pages *p, const char *text, double size)
{
    double most = 0.0;
    while (*text != 0) {
        size_t n = strcspn(text, " -_/");
        char word[64];
        size_t take = n + (text[n] != 0 && text[n] != ' ');
        take = take < sizeof word - 1 ? take : sizeof word - 1;
        while (take > 0 && take < n && ((unsigned char)text[take] & 0xC0) == 0x80) {
            take--;
        }
        memcpy(word, text, take);
        word[take] = 0;
        most = fmax(most, text_width(p, word, size, true));
        text += n + (text[n] != 0);
    }
    return fmin(most, 72.0);
}

/* Widths at the size of g; returns what the columns need at least. natural: what they would like. */
static double measure(const grid *g, double *natural)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < g->t->n_columns; i++) {
        const hw_column *c = &g->t->column[i];
        double cells = 0.0;
        for (uint32_t r = 0; r < g->t->n_rows; r++) {
            const hw_cell *k = &g->t->cell[(size_t)r * g->t->n_columns + i];
            cells = fmax(cells, text_width(g->p, k->text, g->size, k->style == HW_CELL_STRONG));
        }
        double title = text_width(g->p, c->title, g->size, true), word = widest_word(g->p, c->title, g->size);
        natural[i] = fmax(cells, title) + 2.0 * PAD_X + 0.5;
        double least = c->wrap ? fmin(cells, 110.0) : fmin(cells, 200.0);
        g->width[i] = fmax(least, word) + 2.0 * PAD_X + 0.5;
        sum += g->width[i];
    }
    return sum;
}

/* Give what is left to prose first, then to broken titles. */
static void spread(const grid *g, const double *natural, double left)
{
    for (int prose = 1; prose >= 0 && left > 0.0; prose--) {
        for (uint32_t i = 0; i < g->t->n_columns && left > 0.0; i++) {
            if (g->t->column[i].wrap == (prose == 1)) {
                double more = fmin(left, fmax(0.0, natural[i] - g->width[i]));
                g->width[i] += more;
                left -= more;
            }
        }
    }
}

static PangoLayout *cell_layout(const grid *g, uint32_t column, const char *text, bool bold, double *ret_height)
{
    PangoLayout *layout = hw_page_layout(g->p->cr, g->size, bold);
    pango_layout_set_width(layout, (int)((g->width[column] - 2.0 * PAD_X) * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout, g->t->column[column].right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    pango_layout_set_text(layout, text, -1);
    double w = 0.0;
    layout_size(layout, &w, ret_height);
    if (*ret_height > CELL_HEIGHT_MAX) {
        pango_layout_set_height(layout, (int)(CELL_HEIGHT_MAX * PANGO_SCALE));
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
        layout_size(layout, &w, ret_height);
    }
    return layout;
}

/* Draw (or only measure) a row; titles when row is NULL. */
static double row(const grid *g, const hw_cell *cells, bool draw, bool strong)
{
    hw_pages *p = g->p;
    double height = 0.0;
    for (int pass = 0; pass < (draw ? 2 : 1); pass++) {
        double x = HW_PAGE_MARGIN;
        for (uint32_t k = 0; k < g->n_show; k++) {
            uint32_t i = g->show[k];
            hw_cell_style style = cells == NULL ? HW_CELL_STRONG : cells[i].style;
            double h = 0.0;
            PangoLayout *layout = cell_layout(g, i, cells == NULL ? g->t->column[i].title : cells[i].text, style == HW_CELL_STRONG || strong, &h);
            if (pass == 0) {
                height = fmax(height, h + 2.0 * PAD_Y);
            } else {
                if (style == HW_CELL_WARN) {
                    hw_page_colour(p->cr, 0xFFF1E3u);
                    cairo_rectangle(p->cr, x, p->y, g->width[i], height);
                    cairo_fill(p->cr);
                }
                hw_page_colour(p->cr, style == HW_CELL_WARN ? 0x8A2F06u : style == HW_CELL_FAINT ? GREY : INK);
                cairo_move_to(p->cr, x + PAD_X, p->y + (cells == NULL ? height - h - PAD_Y : PAD_Y));
                pango_cairo_show_layout(p->cr, layout);
                cairo_new_path(p->cr);
            }
            x += g->width[i];
            g_object_unref(layout);
        }
    }
    return height;
}

static double shown_width(const grid *g)
{
    double w = 0.0;
    for (uint32_t k = 0; k < g->n_show; k++) {
        w += g->width[g->show[k]];
    }
    return w;
}

static void head(const grid *g, bool again)
{
    hw_pages *p = g->p;
    if (g->t->caption != NULL) {
        char text[512];
        snprintf(text, sizeof text, "%s (%s)", g->t->caption, hw_doc_label(p->d, HW_L_CONTINUED));
        put_line(p, again ? text : g->t->caption, HW_PAGE_MARGIN + PAD_X, p->y, 0.0, p->width - 2.0 * HW_PAGE_MARGIN, 8.5, false, GREY);
        p->y += 13.0;
    }
    p->y += row(g, NULL, true, true);
    rule(p, HW_PAGE_MARGIN, HW_PAGE_MARGIN + shown_width(g), p->y, 0.9, 0x8794A1u);
}

static void group(grid *g)
{
    hw_pages *p = g->p;
    double title = row(g, NULL, false, true) + (g->t->caption != NULL ? 13.0 : 0.0);
    double first = g->t->n_rows > 0 ? row(g, g->t->cell, false, false) : 0.0;
    hw_page_need(p, title + first + 12.0);
    head(g, false);
    for (uint32_t r = 0; r < g->t->n_rows; r++) {
        const hw_cell *cells = g->t->cell + (size_t)r * g->t->n_columns;
        bool sum = g->t->total && r + 1 == g->t->n_rows;
        double h = row(g, cells, false, sum);
        if (p->y + h > p->bottom) {
            hw_page_new(p, false);
            head(g, true);
        }
        if (sum) {
            rule(p, HW_PAGE_MARGIN, HW_PAGE_MARGIN + shown_width(g), p->y, 0.9, 0x8794A1u);
        }
        (void)row(g, cells, true, sum);
        p->y += h;
        rule(p, HW_PAGE_MARGIN, HW_PAGE_MARGIN + shown_width(g), p->y, 0.4, RULE);
    }
    p->y += 10.0;
}

void hw_page_table(hw_pages *p, const hw_table *t)
{
    static const double sizes[] = {8.5, 8.0, 7.5, 7.0, 6.5, 6.0};
    uint32_t n = t->n_columns;
    hw_arena scratch = {0};
    grid g = {.p = p, .t = t, .size = 7.0};
    g.width = HW_NEW(&scratch, double, n + 1);
    g.show = HW_NEW(&scratch, uint32_t, n + 1);
    double *natural = HW_NEW(&scratch, double, n + 1);
    if (g.width == NULL || g.show == NULL || natural == NULL) {
        p->ok = false;
        hw_arena_release(&scratch);
        return;
    }
    double room = p->width - 2.0 * HW_PAGE_MARGIN;
    bool fits = false;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes && !fits; i++) {
        g.size = sizes[i];
        double need = measure(&g, natural);
        fits = need <= room;
        if (fits) {
            spread(&g, natural, room - need);
        }
    }
    if (!fits) { /* groups of columns, in a size that can be read */
        g.size = 7.5;
        (void)measure(&g, natural);
    }
    for (uint32_t next = 0; next < n;) {
        g.n_show = 0;
        g.show[g.n_show++] = next == 0 ? next++ : 0;
        while (next < n && (g.n_show == 1 || shown_width(&g) + g.width[next] <= room + 0.01)) {
            g.show[g.n_show++] = next++;
        }
        group(&g);
    }
    hw_arena_release(&scratch);
}

void hw_page_fields(hw_pages *p, const hw_table *t)
{
    double width[2] = {165.0, p->width - 2.0 * HW_PAGE_MARGIN - 165.0};
    uint32_t show[2] = {0, 1};
    grid g = {p, t, 9.0, width, show, 2};
    for (uint32_t r = 0; r < t->n_rows; r++) {
        hw_cell cells[2] = {t->cell[2 * (size_t)r], t->cell[2 * (size_t)r + 1]};
        cells[0].style = HW_CELL_FAINT;
        double h = row(&g, cells, false, false);
        hw_page_need(p, h);
        (void)row(&g, cells, true, false);
        p->y += h;
    }
    p->y += 6.0;
}
