// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The shapes of a drawing as SVG: presentation attributes only (no script, no style, nothing fetched), one group with a title per person.
 */
#include <math.h>

#include "base/number.h"
#include "report/pedigree_draw.h"
#include "report/labels.h"
#include "report/text.h"

#define FONTS "'Noto Sans', 'Noto Sans CJK SC', 'Noto Sans SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', 'WenQuanYi Micro Hei', 'DejaVu Sans', sans-serif"

/* At most two decimals, without trailing zeros, never through the locale. */
static void add_number(hw_str *out, const char *name, double x)
{
    char buf[340];
    hw_str_add(out, " ");
    hw_str_add(out, name);
    hw_str_add(out, "=\"");
    hw_str_add(out, hw_fmt_double(floor(x * 100.0 + 0.5) / 100.0, buf));
    hw_str_add(out, "\"");
}

static void add_paint(hw_str *out, const char *name, uint32_t colour)
{
    if (colour == HW_NO_PAINT) {
        hw_str_addf(out, " %s=\"none\"", name);
    } else {
        hw_str_addf(out, " %s=\"#%06x\"", name, colour);
    }
}

static void add_shape(hw_str *out, const hw_shape *s)
{
    double half = s->size / 2.0;
    switch (s->kind) {
    case HW_SHAPE_LINE:
        hw_str_add(out, "<line");
        add_number(out, "x1", s->x);
        add_number(out, "y1", s->y);
        add_number(out, "x2", s->x2);
        add_number(out, "y2", s->y2);
        hw_str_add(out, " stroke-linecap=\"square\"");
        break;
    case HW_SHAPE_RECT:
        hw_str_add(out, "<rect");
        add_number(out, "x", s->x - half);
        add_number(out, "y", s->y - half);
        add_number(out, "width", s->size);
        add_number(out, "height", s->size);
        break;
    case HW_SHAPE_CIRCLE:
        hw_str_add(out, "<circle");
        add_number(out, "cx", s->x);
        add_number(out, "cy", s->y);
        add_number(out, "r", half);
        break;
    case HW_SHAPE_DIAMOND: {
        /* a rotated square as wide as the other symbols */
        char b[4][64];
        hw_str_addf(out, "<path d=\"M%s %sL%s %sL%s %sL%s %sZ\"", hw_fmt_double(s->x - half, b[0]), hw_fmt_double(s->y, b[1]), hw_fmt_double(s->x, b[2]),
                    hw_fmt_double(s->y - half, b[3]), hw_fmt_double(s->x + half, b[0] + 32), hw_fmt_double(s->y, b[1] + 32),
                    hw_fmt_double(s->x, b[2] + 32), hw_fmt_double(s->y + half, b[3] + 32));
        break;
    }
    case HW_SHAPE_TEXT:
        hw_str_add(out, "<text");
        add_number(out, "x", s->x);
        add_number(out, "y", s->y);
        add_number(out, "font-size", s->size);
        hw_str_add(out, s->middle ? " text-anchor=\"middle\"" : "");
        hw_str_add(out, s->bold ? " font-weight=\"bold\"" : "");
        add_paint(out, "fill", s->fill);
        hw_str_add(out, ">");
        hw_text_xml(out, s->text);
        hw_str_add(out, "</text>\n");
        return;
    }
    add_paint(out, "fill", s->fill);
    add_paint(out, "stroke", s->stroke);
    add_number(out, "stroke-width", s->line_width);
    hw_str_add(out, s->dashed ? " stroke-dasharray=\"4 3\"" : "");
    hw_str_add(out, "/>\n");
}

void hw_drawing_svg(const hw_drawing *d, const char *title, const char *desc, const char *lang, const char *id_prefix, bool standalone,
                    hw_str *out)
{
    if (standalone) {
        hw_str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    }
    hw_str_add(out, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
    add_number(out, "width", d->width);
    add_number(out, "height", d->height);
    char w[32], h[32];
    hw_str_addf(out, " viewBox=\"0 0 %s %s\" lang=\"%s\" role=\"img\" aria-labelledby=\"%s-title %s-desc\" font-family=\"%s\">\n",
                hw_fmt_double(d->width, w), hw_fmt_double(d->height, h), lang, id_prefix, id_prefix, FONTS);
    hw_str_addf(out, "<title id=\"%s-title\">", id_prefix);
    hw_text_xml(out, title);
    hw_str_addf(out, "</title>\n<desc id=\"%s-desc\">", id_prefix);
    hw_text_xml(out, desc);
    hw_str_add(out, "</desc>\n");
    hw_str_add(out, "<rect x=\"0\" y=\"0\" width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
    int32_t person = -1;
    for (uint32_t i = 0; i < d->n_shapes; i++) {
        const hw_shape *s = &d->shape[i];
        if (s->person != person) {
            hw_str_add(out, person >= 0 ? "</g>\n" : "");
            person = s->person;
            if (person >= 0) {
                hw_str_add(out, "<g><title>");
                hw_text_xml(out, d->title[person]);
                hw_str_add(out, "</title>\n");
            }
        }
        add_shape(out, s);
    }
    hw_str_add(out, person >= 0 ? "</g>\n" : "");
    hw_str_add(out, "</svg>\n");
}
