// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The shapes of a drawing painted with cairo and pango.
 */
#include <math.h>
#include <pango/pangocairo.h>

#include "report/page.h"
#include "report/pedigree_draw.h"

static void set_colour(cairo_t *cr, uint32_t rgb)
{
    cairo_set_source_rgb(cr, (double)(rgb >> 16 & 255u) / 255.0, (double)(rgb >> 8 & 255u) / 255.0, (double)(rgb & 255u) / 255.0);
}

static void paint_path(cairo_t *cr, const hw_shape *s)
{
    if (s->fill != HW_NO_PAINT) {
        set_colour(cr, s->fill);
        cairo_fill_preserve(cr);
    }
    if (s->stroke != HW_NO_PAINT) {
        static const double dashes[2] = {4.0, 3.0};
        set_colour(cr, s->stroke);
        cairo_set_line_width(cr, s->line_width);
        cairo_set_line_cap(cr, s->kind == HW_SHAPE_LINE ? CAIRO_LINE_CAP_SQUARE : CAIRO_LINE_CAP_BUTT);
        cairo_set_dash(cr, dashes, s->dashed ? 2 : 0, 0.0);
        cairo_stroke_preserve(cr);
    }
    cairo_new_path(cr);
}

static void paint_text(cairo_t *cr, const hw_shape *s)
{
    PangoLayout *layout = hw_page_layout(cr, s->size, s->bold);
    pango_layout_set_text(layout, s->text, -1);
    PangoRectangle box;
    pango_layout_get_extents(layout, NULL, &box);
    double width = (double)box.width / PANGO_SCALE, base = (double)pango_layout_get_baseline(layout) / PANGO_SCALE;
    set_colour(cr, s->fill);
    cairo_move_to(cr, s->middle ? s->x - width / 2.0 : s->x, s->y - base);
    pango_cairo_show_layout(cr, layout);
    cairo_new_path(cr);
    g_object_unref(layout);
}

void hw_drawing_cairo(const hw_drawing *d, hw_cairo *target)
{
    cairo_t *cr = target;
    for (uint32_t i = 0; i < d->n_shapes; i++) {
        const hw_shape *s = &d->shape[i];
        double half = s->size / 2.0;
        switch (s->kind) {
        case HW_SHAPE_LINE:
            cairo_move_to(cr, s->x, s->y);
            cairo_line_to(cr, s->x2, s->y2);
            paint_path(cr, s);
            break;
        case HW_SHAPE_RECT:
            cairo_rectangle(cr, s->x - half, s->y - half, s->size, s->size);
            paint_path(cr, s);
            break;
        case HW_SHAPE_CIRCLE:
            cairo_arc(cr, s->x, s->y, half, 0.0, 2.0 * M_PI);
            cairo_close_path(cr);
            paint_path(cr, s);
            break;
        case HW_SHAPE_DIAMOND:
            cairo_move_to(cr, s->x - half, s->y);
            cairo_line_to(cr, s->x, s->y - half);
            cairo_line_to(cr, s->x + half, s->y);
            cairo_line_to(cr, s->x, s->y + half);
            cairo_close_path(cr);
            paint_path(cr, s);
            break;
        case HW_SHAPE_TEXT:
            paint_text(cr, s);
            break;
        }
    }
}
