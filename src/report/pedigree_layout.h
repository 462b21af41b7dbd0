// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Where everything of a pedigree drawing stands: persons in rows by generation, couples side by side, sibships below, and the lines between
 * them. One geometry for SVG, PDF and the terminal: only the metrics differ. The same pedigree gives the same drawing.
 *
 * A parent who is not named is drawn, as a person of its own (kinship/pedigree.h says it is one). Couples stand in one row wherever no one
 * would have to stand above an own ancestor for it. Crossings are kept few by sweeps and exchanges, not proved fewest.
 */
#ifndef HW_REPORT_PEDIGREE_LAYOUT_H
#define HW_REPORT_PEDIGREE_LAYOUT_H

#include "kinship/pedigree.h"

/** Lengths in one unit (points, or columns and lines of a terminal). */
typedef struct hw_layout_metrics {
    double symbol_w, symbol_h;
    double gap;         /* least space between the slots of neighbours; lines of descent pass through it */
    double raise;       /* room above a row for each mating line that has to go over somebody */
    double label_pad;   /* from the symbol to its label */
    double line_h;      /* one line of a label */
    double bar_pad;     /* from the labels to the first sibship bar */
    double bar_step;    /* from one bar to the next */
    double drop;        /* from the last bar to the top of the symbols below */
    double margin;
    double component_gap;
    double shelf;       /* components stand side by side up to this width, then below; 0: one below the other */
    double grid;        /* positions are multiples of this */
    bool orthogonal;    /* no slanting lines: twins hang on a bar of their own */
} hw_layout_metrics;

/** What a person's label takes, set by the caller. */
typedef struct hw_layout_slot {
    double width;
    unsigned lines;
} hw_layout_slot;

typedef struct hw_layout_node {
    int32_t person; /* index in the pedigree; -1: a parent who is not named */
    hw_sex sex;
    int row;        /* generation, 0 at the top of its component */
    uint32_t component;
    double x, y;    /* centre of the symbol */
} hw_layout_node;

typedef enum hw_line_kind {
    HW_LINE_MATE,     /* between the parents; doubled when they are related by blood */
    HW_LINE_DESCENT,  /* from parents down, sibship bars, down to a child */
    HW_LINE_TWIN,     /* from the common point to an identical twin */
    HW_LINE_TWIN_BAR, /* between identical twins */
} hw_line_kind;

typedef struct hw_layout_line {
    hw_line_kind kind;
    bool doubled;
    double x1, y1, x2, y2;
} hw_layout_line;

typedef struct hw_layout {
    hw_layout_node *node; /* first the persons in the order of the pedigree, then unnamed parents */
    uint32_t n_nodes;
    hw_layout_line *line;
    uint32_t n_lines;
    uint32_t n_components;
    int n_rows;           /* of the tallest component */
    uint32_t crossings;   /* of lines of descent, as counted by the ordering */
    double width, height;
    hw_arena arena;
} hw_layout;

/**
 * Lay out a pedigree. slot: p->n entries. CONFLICT when a person is its own ancestor or a parent's index points nowhere; LIMIT beyond
 * HW_PEDIGREE_MAX persons or when lines would pass through more than 20,000 places. Release with hw_layout_release.
 */
hw_status hw_layout_build(const hw_pedigree *p, const hw_layout_slot *slot, const hw_layout_metrics *m, hw_layout *ret,
                          hw_err *err) HW_MUST_CHECK;
void hw_layout_release(hw_layout *l);

#endif
