// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The working state of a pedigree layout, passed from step to step: graph -> rank -> order -> place -> route. Only the pedigree_* files of this
 * room see it. Everything lives in the arena of the layout that is being made.
 */
#ifndef HW_REPORT_PEDIGREE_CHART_H
#define HW_REPORT_PEDIGREE_CHART_H

#include "report/pedigree_layout.h"

#define HW_CHART_MAX_VERTICES 20000
#define HW_NOBODY UINT32_MAX

typedef enum hw_vertex_kind {
    HW_VERTEX_PERSON,
    HW_VERTEX_UNNAMED, /* a parent not stated */
    HW_VERTEX_ANCHOR,  /* stands beside the lower of two partners in different rows, for the line to the upper one */
    HW_VERTEX_PASS,    /* a line of descent passes through this row */
} hw_vertex_kind;

/** Whatever takes room in a row. */
typedef struct hw_vertex {
    hw_vertex_kind kind;
    int32_t person;
    hw_sex sex;
    uint32_t twin;
    uint32_t component;
    int row;
    uint32_t parents;   /* union of which it is a child, or HW_NOBODY */
    uint32_t above;     /* hub that leads to it, or HW_NOBODY */
    uint32_t unit, seat; /* its place in a unit */
    double width;       /* of its slot */
    double offset;      /* of its centre from the left end of the unit */
    unsigned lines;     /* of its label */
} hw_vertex;

/** A couple. */
typedef struct hw_union {
    uint32_t a, b;      /* vertices; a before b */
    uint32_t *child;
    uint32_t n_children;
    bool related;       /* by blood */
    bool split;         /* a and b in different rows */
    int row;            /* of the lower one: its children hang from there */
    uint32_t anchor;    /* vertex, when split */
    unsigned raise;     /* 0: side by side; else the level of its line above the row */
    double offset;      /* of the point of descent from the left end of the unit of `at` */
    uint32_t at;        /* unit that carries the point of descent */
    uint32_t track;     /* of the level piece of a split couple's line */
} hw_union;

/** What hangs in the gap below one row: from a couple, or from a line passing, to children and lines passing on. */
typedef struct hw_hub {
    uint32_t from_union; /* HW_NOBODY when it comes from a passing line */
    uint32_t from_pass;
    int row;             /* of its source; its targets are one below */
    uint32_t *target;
    uint32_t n_targets;
    uint32_t component;
    double lo, hi;       /* reach of its bar, once placed */
    uint32_t track;      /* height of its bar */
    bool straight;       /* a single drop without a bar */
} hw_hub;

/** Vertices of one row that move together: couples, remarriages, identical twins. */
typedef struct hw_unit {
    uint32_t *member;
    uint32_t n;
    int row;
    uint32_t component;
    double width;
    double x;            /* of its left end */
    double want, weight; /* scratch of the placing */
} hw_unit;

typedef struct hw_row {
    uint32_t *unit; /* from left to right */
    uint32_t n;
} hw_row;

typedef struct hw_chart {
    const hw_pedigree *p;
    const hw_layout_metrics *m;
    hw_arena *arena;
    hw_vertex *v;
    uint32_t n, cap;
    hw_union *u;
    uint32_t n_unions;
    hw_hub *hub;
    uint32_t n_hubs, hub_cap;
    hw_unit *unit;
    uint32_t n_units;
    uint32_t n_components;
    int n_rows;
    hw_row *row;        /* [component * n_rows + row] */
    uint32_t crossings;
} hw_chart;

/** Vertices and couples from the pedigree; components; who is related. */
hw_status hw_chart_graph(hw_chart *c, const hw_layout_slot *slot, hw_err *err) HW_MUST_CHECK;
/** A row for every person; anchors, passing lines and hubs. */
hw_status hw_chart_rank(hw_chart *c, hw_err *err) HW_MUST_CHECK;
/** Units, and their order in each row. */
hw_status hw_chart_order(hw_chart *c, hw_err *err) HW_MUST_CHECK;
/** x of every unit, component by component, from 0. */
hw_status hw_chart_place(hw_chart *c, hw_err *err) HW_MUST_CHECK;
/** Heights, components beside each other, nodes and lines of the result. */
hw_status hw_chart_route(hw_chart *c, hw_layout *ret, hw_err *err) HW_MUST_CHECK;

/** New vertex; HW_NOBODY and a failure when there is no room. */
hw_status hw_chart_add(hw_chart *c, hw_vertex_kind kind, uint32_t component, uint32_t *ret, hw_err *err) HW_MUST_CHECK;
/** Offsets of the members of a unit and its width, after its members were (re)ordered. */
void hw_chart_seat(hw_chart *c, hw_unit *unit);
double hw_chart_vertex_x(const hw_chart *c, uint32_t v);
double hw_chart_hub_x(const hw_chart *c, const hw_hub *h);

#endif
