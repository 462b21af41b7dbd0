// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Heights and lines. Sibship bars that would overlap get different heights, in an order that makes few verticals cross bars; then every line is
 * written out, and components are put beside each other.
 */
#include "report/pedigree_chart.h"

#include <math.h>
#include <string.h>

/* A level piece in the gap below a row: the bar of a hub, or the long way of a couple in different rows. */
typedef struct bar {
    double lo, hi;
    hw_hub *hub;       /* or */
    hw_union *split;
    uint32_t track;
} bar;

typedef struct routing {
    hw_chart *c;
    hw_layout *l;
    uint32_t line_cap;
    double dx, dy;     /* of the component being drawn */
    double *row_y;     /* centre of the symbols, per row */
    double *bar_y;     /* height of the first bar below each row */
    bar *bar;          /* of one gap */
    uint32_t *first_track; /* scratch */
} routing;

static hw_status add_line(routing *r, hw_line_kind kind, bool doubled, double x1, double y1, double x2, double y2, hw_err *err)
{
    hw_layout *l = r->l;
    if (fabs(x1 - x2) < 1e-9 && fabs(y1 - y2) < 1e-9) {
        return HW_OK;
    }
    if (l->n_lines == r->line_cap) {
        uint32_t cap = r->line_cap * 2;
        hw_layout_line *more = HW_NEW(&l->arena, hw_layout_line, cap);
        if (more == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        memcpy(more, l->line, l->n_lines * sizeof *more);
        l->line = more;
        r->line_cap = cap;
    }
    l->line[l->n_lines++] = (hw_layout_line){kind, doubled, x1 + r->dx, y1 + r->dy, x2 + r->dx, y2 + r->dy};
    return HW_OK;
}

/* The twins among the targets that hang together with target k: are there several, is k their first, and where is their common point? */
static uint32_t twin_group(const routing *r, const hw_hub *h, uint32_t k, bool *ret_first, double *ret_lo, double *ret_hi)
{
    const hw_chart *c = r->c;
    uint32_t twin = c->v[h->target[k]].twin, n = 0;
    *ret_first = true;
    *ret_lo = INFINITY;
    *ret_hi = -INFINITY;
    for (uint32_t i = 0; i < h->n_targets; i++) {
        const hw_vertex *t = &c->v[h->target[i]];
        if (i == k || (twin != 0 && t->twin == twin)) {
            double x = hw_chart_vertex_x(c, h->target[i]);
            *ret_first = *ret_first && i >= k;
            *ret_lo = fmin(*ret_lo, x);
            *ret_hi = fmax(*ret_hi, x);
            n++;
        }
    }
    return n;
}

/* The point between lo and hi where twins hang, on the half cells of a terminal when lines must be orthogonal. */
static double twin_point(const routing *r, double lo, double hi)
{
    double x = (lo + hi) / 2.0;
    return r->c->m->orthogonal ? floor(x) + 0.5 : x;
}

static void measure_hub(const routing *r, hw_hub *h)
{
    double source = hw_chart_hub_x(r->c, h);
    h->lo = h->hi = source;
    bool twins = false;
    for (uint32_t k = 0; k < h->n_targets; k++) {
        bool first = false;
        double lo = 0.0, hi = 0.0;
        uint32_t n = twin_group(r, h, k, &first, &lo, &hi);
        double x = n > 1 ? twin_point(r, lo, hi) : lo;
        twins = twins || n > 1;
        h->lo = fmin(h->lo, x);
        h->hi = fmax(h->hi, x);
    }
    /* a mating line may be left anywhere between the symbols: better there than with a little bend */
    bool level = h->from_union != HW_NOBODY && r->c->u[h->from_union].raise == 0 && !r->c->u[h->from_union].split;
    double play = level ? fmax(r->c->m->grid, r->c->m->gap * 0.35) : 1e-9;
    h->straight = h->n_targets == 1 && !twins && h->hi - h->lo <= play;
}

static bool overlap(const routing *r, const bar *a, const bar *b)
{
    double pad = r->c->m->orthogonal ? 0.75 : r->c->m->gap / 2.0;
    return a->lo < b->hi + pad && b->lo < a->hi + pad;
}

/* Verticals that cross bars when a lies above b. */
static uint32_t crossings_above(const routing *r, const bar *a, const bar *b)
{
    uint32_t n = 0;
    for (uint32_t k = 0; a->hub != NULL && k < a->hub->n_targets; k++) {
        double x = hw_chart_vertex_x(r->c, a->hub->target[k]);
        n += x > b->lo - 0.1 && x < b->hi + 0.1;
    }
    if (b->hub != NULL) {
        double x = hw_chart_hub_x(r->c, b->hub);
        n += x > a->lo - 0.1 && x < a->hi + 0.1;
    }
    return n;
}

static double stub_x(const hw_chart *c, const hw_union *u);

/* The bars of the gap below a row, ordered from the top; returns the number of heights needed. */
static uint32_t assign_tracks(routing *r, uint32_t component, int row)
{
    hw_chart *c = r->c;
    uint32_t n = 0, tracks = 0;
    for (uint32_t i = 0; i < c->n_hubs; i++) {
        hw_hub *h = &c->hub[i];
        if (h->component == component && h->row == row) {
            measure_hub(r, h);
            if (!h->straight) {
                r->bar[n++] = (bar){h->lo, h->hi, h, NULL, 0};
            }
        }
    }
    for (uint32_t i = 0; i < c->n_unions; i++) {
        hw_union *u = &c->u[i];
        uint32_t upper = c->v[u->a].row == u->row ? u->b : u->a;
        if (u->split && c->v[upper].component == component && c->v[upper].row == row) {
            double x = hw_chart_vertex_x(c, u->anchor), stub = stub_x(c, u);
            r->bar[n++] = (bar){fmin(x, stub), fmax(x, stub), NULL, u, 0};
        }
    }
    for (uint32_t round = 0; n <= 64 && round < n; round++) {
        for (uint32_t i = 0; i + 1 < n; i++) {
            if (overlap(r, &r->bar[i], &r->bar[i + 1]) &&
                crossings_above(r, &r->bar[i + 1], &r->bar[i]) < crossings_above(r, &r->bar[i], &r->bar[i + 1])) {
                bar t = r->bar[i];
                r->bar[i] = r->bar[i + 1];
                r->bar[i + 1] = t;
            }
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        bar *b = &r->bar[i];
        for (uint32_t k = 0; k < i; k++) {
            if (overlap(r, b, &r->bar[k]) && b->track <= r->bar[k].track) {
                b->track = r->bar[k].track + 1;
            }
        }
        *(b->hub != NULL ? &b->hub->track : &b->split->track) = b->track;
        tracks = b->track + 1 > tracks ? b->track + 1 : tracks;
    }
    return tracks;
}

/* Beside the upper partner of a couple in different rows: on the side of the anchor, unless a spouse stands there and not on the other. */
static double stub_x(const hw_chart *c, const hw_union *u)
{
    uint32_t upper = c->v[u->a].row == u->row ? u->b : u->a;
    const hw_vertex *v = &c->v[upper];
    const hw_unit *unit = &c->unit[v->unit];
    double x = hw_chart_vertex_x(c, upper);
    bool right = hw_chart_vertex_x(c, u->anchor) > x;
    bool busy_right = v->seat + 1 < unit->n, busy_left = v->seat > 0;
    if ((right && busy_right && !busy_left) || (!right && busy_left && !busy_right)) {
        right = !right;
    }
    double out = v->width / 2.0 + (c->m->orthogonal ? c->m->gap - 0.5 : c->m->gap * (busy_left && busy_right ? 0.25 : 0.5));
    if (c->m->orthogonal && busy_left && busy_right) {
        out = v->width / 2.0 + 0.5;
    }
    return right ? x + out : x - out;
}

/* Heights of the rows of one component; returns the height of the whole. */
static double heights(routing *r, uint32_t component)
{
    const hw_chart *c = r->c;
    const hw_layout_metrics *m = c->m;
    double y = 0.0;
    for (int row = 0; row < c->n_rows; row++) {
        unsigned lines = 0, raise = 0;
        bool any = false, founder_twins = false, hubs = false;
        for (uint32_t i = 0; i < c->n; i++) {
            const hw_vertex *v = &c->v[i];
            if (v->component == component && v->row == row) {
                any = true;
                lines = v->lines > lines ? v->lines : lines;
                founder_twins = founder_twins || (v->twin != 0 && v->above == HW_NOBODY && row == 0);
            }
        }
        if (!any) {
            break;
        }
        for (uint32_t i = 0; i < c->n_unions; i++) {
            const hw_union *u = &c->u[i];
            if (!u->split && u->row == row && c->v[u->a].component == component) {
                raise = u->raise > raise ? u->raise : raise;
            }
        }
        for (uint32_t i = 0; i < c->n_hubs; i++) {
            hubs = hubs || (c->hub[i].component == component && c->hub[i].row == row);
        }
        uint32_t tracks = assign_tracks(r, component, row);
        y += raise * m->raise + (founder_twins ? m->drop : 0.0);
        r->row_y[row] = y + m->symbol_h / 2.0;
        y += m->symbol_h + (lines > 0 ? m->label_pad + lines * m->line_h : 0.0);
        r->bar_y[row] = y + m->bar_pad + m->bar_step / 2.0;
        if (hubs || tracks > 0) {
            y += m->bar_pad + (tracks > 0 ? tracks : 1) * m->bar_step + m->drop;
        }
    }
    return y;
}

/* Twins hanging from (x, y) with their tops at `top`. */
static hw_status draw_twins(routing *r, const uint32_t *vertex, uint32_t n, uint32_t twin, double x, double y, double top, hw_err *err)
{
    const hw_chart *c = r->c;
    double sub = c->m->orthogonal ? top - c->m->drop * 0.5 : y + (top - y) * 0.55, lo = INFINITY, hi = -INFINITY;
    for (uint32_t i = 0; i < n; i++) {
        if (c->v[vertex[i]].twin != twin || c->v[vertex[i]].kind != HW_VERTEX_PERSON) {
            continue;
        }
        double tx = hw_chart_vertex_x(c, vertex[i]);
        double at = c->m->orthogonal ? tx : x + (tx - x) * 0.55;
        lo = fmin(lo, at);
        hi = fmax(hi, at);
        if (c->m->orthogonal) {
            HW_TRY(add_line(r, HW_LINE_TWIN, false, tx, sub, tx, top, err));
        } else {
            HW_TRY(add_line(r, HW_LINE_TWIN, false, x, y, tx, top, err));
        }
    }
    if (c->m->orthogonal) {
        HW_TRY(add_line(r, HW_LINE_TWIN, false, x, y, x, sub, err));
    }
    return add_line(r, HW_LINE_TWIN_BAR, c->m->orthogonal, lo, sub, hi, sub, err);
}

static hw_status draw_hub(routing *r, const hw_hub *h, hw_err *err)
{
    const hw_chart *c = r->c;
    double from_y = r->row_y[h->row], x = hw_chart_hub_x(c, h), half = c->m->symbol_h / 2.0;
    if (h->from_union != HW_NOBODY) {
        const hw_union *u = &c->u[h->from_union];
        from_y -= u->raise > 0 ? half + (u->raise - 0.5) * c->m->raise : 0.0;
    }
    double next_y = r->row_y[h->row + 1];
    if (h->straight) {
        uint32_t t = h->target[0];
        double tx = hw_chart_vertex_x(c, t);
        return add_line(r, HW_LINE_DESCENT, false, tx, from_y, tx, c->v[t].kind == HW_VERTEX_PASS ? next_y : next_y - half, err);
    }
    double y = r->bar_y[h->row] + h->track * c->m->bar_step;
    HW_TRY(add_line(r, HW_LINE_DESCENT, false, x, from_y, x, y, err));
    HW_TRY(add_line(r, HW_LINE_DESCENT, false, h->lo, y, h->hi, y, err));
    for (uint32_t k = 0; k < h->n_targets; k++) {
        bool first = false;
        double lo = 0.0, hi = 0.0;
        const hw_vertex *t = &c->v[h->target[k]];
        if (twin_group(r, h, k, &first, &lo, &hi) > 1) {
            if (first) {
                HW_TRY(draw_twins(r, h->target, h->n_targets, t->twin, twin_point(r, lo, hi), y, next_y - half, err));
            }
        } else {
            HW_TRY(add_line(r, HW_LINE_DESCENT, false, lo, y, lo, t->kind == HW_VERTEX_PASS ? next_y : next_y - half, err));
        }
    }
    return HW_OK;
}

static hw_status draw_split(routing *r, const hw_union *u, hw_err *err)
{
    const hw_chart *c = r->c;
    uint32_t upper = c->v[u->a].row == u->row ? u->b : u->a, lower = upper == u->a ? u->b : u->a;
    double half = c->m->symbol_w / 2.0, stub = stub_x(c, u), up_y = r->row_y[c->v[upper].row], low_y = r->row_y[u->row];
    double up_x = hw_chart_vertex_x(c, upper), low_x = hw_chart_vertex_x(c, lower), x = hw_chart_vertex_x(c, u->anchor);
    double y = r->bar_y[c->v[upper].row] + u->track * c->m->bar_step;
    HW_TRY(add_line(r, HW_LINE_MATE, u->related, stub > up_x ? up_x + half : up_x - half, up_y, stub, up_y, err));
    HW_TRY(add_line(r, HW_LINE_MATE, u->related, stub, up_y, stub, y, err));
    HW_TRY(add_line(r, HW_LINE_MATE, u->related, stub, y, x, y, err));
    HW_TRY(add_line(r, HW_LINE_MATE, u->related, x, y, x, low_y, err));
    return add_line(r, HW_LINE_MATE, u->related, x, low_y, x > low_x ? low_x + half : low_x - half, low_y, err);
}

static hw_status draw_union(routing *r, const hw_union *u, hw_err *err)
{
    const hw_chart *c = r->c;
    if (u->split) {
        return draw_split(r, u, err);
    }
    double y = r->row_y[u->row], half_w = c->m->symbol_w / 2.0, half_h = c->m->symbol_h / 2.0;
    double a = hw_chart_vertex_x(c, u->a), b = hw_chart_vertex_x(c, u->b), lo = fmin(a, b), hi = fmax(a, b);
    if (u->raise == 0) {
        return add_line(r, HW_LINE_MATE, u->related, lo + half_w, y, hi - half_w, y, err);
    }
    /* over the heads; from beside the middle of the symbols, where an own line of descent may come down */
    double up = y - half_h - (u->raise - 0.5) * c->m->raise, in = c->m->orthogonal ? 1.0 : c->m->symbol_w * 0.3;
    HW_TRY(add_line(r, HW_LINE_MATE, u->related, lo + in, y - half_h, lo + in, up, err));
    HW_TRY(add_line(r, HW_LINE_MATE, u->related, lo + in, up, hi - in, up, err));
    return add_line(r, HW_LINE_MATE, u->related, hi - in, up, hi - in, y - half_h, err);
}

/* Identical twins whose parents are not stated hang from a point of their own. */
static hw_status draw_founder_twins(routing *r, uint32_t component, hw_err *err)
{
    const hw_chart *c = r->c;
    uint32_t n = (uint32_t)c->p->n;
    for (uint32_t i = 0; i < n; i++) {
        const hw_vertex *v = &c->v[i];
        if (v->component != component || v->twin == 0 || v->above != HW_NOBODY) {
            continue;
        }
        uint32_t *group = NULL, size = 0;
        bool first = true;
        double lo = INFINITY, hi = -INFINITY;
        for (uint32_t k = 0; k < n; k++) {
            if (c->v[k].twin == v->twin) {
                first = first && k >= i;
                size++;
                lo = fmin(lo, hw_chart_vertex_x(c, k));
                hi = fmax(hi, hw_chart_vertex_x(c, k));
            }
        }
        if (!first || size < 2) {
            continue;
        }
        group = HW_NEW(c->arena, uint32_t, n);
        if (group == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        for (uint32_t k = 0; k < n; k++) {
            group[k] = k;
        }
        double top = r->row_y[v->row] - c->m->symbol_h / 2.0;
        HW_TRY(draw_twins(r, group, n, v->twin, twin_point(r, lo, hi), top - c->m->drop * (c->m->orthogonal ? 0.5 : 0.9), top, err));
    }
    return HW_OK;
}

static hw_status draw_component(routing *r, uint32_t component, hw_err *err)
{
    const hw_chart *c = r->c;
    for (uint32_t i = 0; i < c->n_unions; i++) {
        if (c->v[c->u[i].a].component == component) {
            HW_TRY(draw_union(r, &c->u[i], err));
        }
    }
    for (uint32_t i = 0; i < c->n_hubs; i++) {
        if (c->hub[i].component == component) {
            HW_TRY(draw_hub(r, &c->hub[i], err));
        }
    }
    HW_TRY(draw_founder_twins(r, component, err));
    uint32_t at = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        const hw_vertex *v = &c->v[i];
        if (v->kind != HW_VERTEX_PERSON && v->kind != HW_VERTEX_UNNAMED) {
            continue;
        }
        if (v->component == component) {
            r->l->node[at] = (hw_layout_node){v->person, v->sex, v->row, component, hw_chart_vertex_x(c, i) + r->dx, r->row_y[v->row] + r->dy};
        }
        at++;
    }
    return HW_OK;
}

static double component_width(const hw_chart *c, uint32_t component)
{
    double w = 0.0;
    for (uint32_t i = 0; i < c->n_units; i++) {
        w = c->unit[i].component == component ? fmax(w, c->unit[i].x + c->unit[i].width) : w;
    }
    return w;
}

hw_status hw_chart_route(hw_chart *c, hw_layout *ret, hw_err *err)
{
    const hw_layout_metrics *m = c->m;
    routing r = {.c = c, .l = ret, .line_cap = 4 * (c->n + c->n_unions) + 16};
    size_t rows = (size_t)c->n_rows + 2;
    ret->line = HW_NEW(c->arena, hw_layout_line, r.line_cap);
    ret->node = HW_NEW(c->arena, hw_layout_node, c->n + 1);
    r.row_y = HW_NEW(c->arena, double, rows);
    r.bar_y = HW_NEW(c->arena, double, rows);
    r.bar = HW_NEW(c->arena, bar, (size_t)c->n_hubs + c->n_unions + 1);
    if (ret->line == NULL || ret->node == NULL || r.row_y == NULL || r.bar_y == NULL || r.bar == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < c->n; i++) {
        ret->n_nodes += c->v[i].kind == HW_VERTEX_PERSON || c->v[i].kind == HW_VERTEX_UNNAMED;
    }
    double x = m->margin, y = m->margin, shelf_height = 0.0, right = 0.0;
    for (uint32_t i = 0; i < c->n_components; i++) {
        double w = component_width(c, i), h = heights(&r, i);
        if (x > m->margin && x + w > m->shelf) {
            y += shelf_height + m->component_gap;
            x = m->margin;
            shelf_height = 0.0;
        }
        r.dx = x;
        r.dy = y;
        HW_TRY(draw_component(&r, i, err));
        x += w;
        right = fmax(right, x);
        x += m->component_gap;
        shelf_height = fmax(shelf_height, h);
    }
    ret->width = right + m->margin;
    ret->height = y + shelf_height + m->margin;
    ret->n_components = c->n_components;
    ret->n_rows = c->n_rows;
    ret->crossings = c->crossings;
    return HW_OK;
}
