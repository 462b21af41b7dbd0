// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The drawing of a pedigree as a list of shapes in points, for painters that know nothing about pedigrees (SVG, cairo); and the same pedigree in
 * the characters of a terminal.
 */
#ifndef HW_REPORT_PEDIGREE_DRAW_H
#define HW_REPORT_PEDIGREE_DRAW_H

#include "report/match_report.h"
#include "report/pedigree_layout.h"

typedef struct _cairo hw_cairo; /* cairo_t, without its header */

#define HW_NO_PAINT UINT32_MAX

typedef enum hw_shape_kind { HW_SHAPE_LINE, HW_SHAPE_RECT, HW_SHAPE_CIRCLE, HW_SHAPE_DIAMOND, HW_SHAPE_TEXT } hw_shape_kind;

typedef struct hw_shape {
    hw_shape_kind kind;
    int32_t person;        /* whose symbol or label it is, or -1 */
    double x, y;           /* centre; start of a line; text: middle or start of the base line */
    double x2, y2;         /* end of a line */
    double size;           /* side, diameter, font size */
    uint32_t stroke, fill; /* 0xRRGGBB or HW_NO_PAINT; text: fill */
    double line_width;
    bool dashed, bold, middle;
    const char *text;      /* clean */
} hw_shape;

/** Who a person of the pedigree is in this report. */
typedef enum hw_role { HW_ROLE_RELATIVE, HW_ROLE_MISSING, HW_ROLE_CANDIDATE } hw_role;

typedef struct hw_drawing {
    hw_layout layout;      /* owns the memory of all */
    hw_shape *shape;
    uint32_t n_shapes;
    const char **title;    /* per person: its whole id and what is known, for screen readers */
    uint32_t n_persons;
    double width, height;
} hw_drawing;

/** Draw the family of an explanation, with the place of the missing person marked for the child. CONFLICT, LIMIT, NO_MEMORY. */
hw_status hw_drawing_build(const hw_explanation *x, hw_report_lang lang, hw_drawing *ret, hw_err *err) HW_MUST_CHECK;
void hw_drawing_release(hw_drawing *d);
hw_role hw_drawing_role(const hw_explanation *x, uint32_t person);

/** Append an <svg> element. title and desc: clean text for those who cannot see it; id_prefix: of its ids. standalone: with XML declaration. */
void hw_drawing_svg(const hw_drawing *d, const char *title, const char *desc, const char *lang, const char *id_prefix, bool standalone,
                    hw_str *out);

/** Paint the drawing with its top left corner at the current origin. */
void hw_drawing_cairo(const hw_drawing *d, hw_cairo *cr);

/**
 * Append the pedigree in characters, or nothing when it is wider than `width` columns (0: no limit); *ret_drawn says which. Symbols: [ ] male, ( ) female,
 * < > not known; x typed, ? missing, ! the place of the child.
 */
hw_status hw_drawing_text(const hw_explanation *x, unsigned width, bool ascii, const char *indent, bool *ret_drawn, hw_str *out,
                          hw_err *err) HW_MUST_CHECK;

#endif
