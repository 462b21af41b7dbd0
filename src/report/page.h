// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * A4 pages with cairo and pango: text at places, page breaks with a head and a foot, tables that go on over pages. One writer belongs to one
 * thread. Errors of cairo stick to its surface and are asked for at the end.
 */
#ifndef HW_REPORT_PAGE_H
#define HW_REPORT_PAGE_H

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "report/document.h"

#define HW_A4_WIDTH 595.276
#define HW_A4_HEIGHT 841.890
#define HW_PAGE_MARGIN 45.0

typedef struct hw_pages {
    cairo_surface_t *surface;
    cairo_t *cr;
    const hw_document *d;
    int page, of;        /* number of this page; how many there will be, 0 while that is being counted */
    double width, height; /* of this page */
    double y;            /* where the next block begins */
    double bottom;       /* where the foot begins */
    bool ok;             /* false: out of memory */
} hw_pages;

/** A layout in the fonts of the reports, without hinting. Release with g_object_unref. */
PangoLayout *hw_page_layout(cairo_t *cr, double size, bool bold);
void hw_page_colour(cairo_t *cr, uint32_t rgb);
/** Begin a page: head, foot, y at the top of the body. */
void hw_page_new(hw_pages *p, bool landscape);
/** A new page unless `height` still fits on this one. */
void hw_page_need(hw_pages *p, double height);
/** A paragraph from `x` to the right margin minus `inset`, line by line over page breaks; y moves on. */
void hw_page_text(hw_pages *p, const char *text, const char *lang, double x, double inset, double size, bool bold, uint32_t colour);
/** A table over as many pages as it takes; head repeated; groups of columns when it is too wide. */
void hw_page_table(hw_pages *p, const hw_table *t);
void hw_page_fields(hw_pages *p, const hw_table *t);

#endif
