// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Who stands beside whom. Couples and identical twins are put together in units; the units of each row are first ordered by walking the
 * families down, then by barycentre sweeps, then, in pedigrees of ordinary size, by trying every move and turn that lowers the cost: crossings first, then
 * the reach of the lines; men left and children in the order of the file decide between equals.
 */
#include "report/pedigree_chart.h"

#include <math.h>
#include <string.h>

#define SWEEPS 24
#define SMALL 70          /* vertices of a component up to which every move is tried */
#define CROSSING_COST 1e5

typedef struct link {
    uint32_t a, b;
    double weight;
} link;

/* Partners stand beside each other before twins do: the triangle of twins may span somebody, a mating line had to go over the heads. */
#define COUPLE_WEIGHT 2.0
#define TWIN_WEIGHT 1.0
#define SETTLE_MAX 40 /* members of a unit up to which seats are exchanged */

typedef struct ordering {
    hw_chart *c;
    link *link;
    uint32_t n_links;
    hw_row *hubs;    /* [component * n_rows + row]: hubs hanging from that row */
    double *edge;    /* scratch: pairs source x, target x */
    uint32_t *saved; /* scratch: units of a component, row after row */
    bool *placed;    /* by unit */
    uint32_t *walk;  /* units in the order of placing */
    uint32_t n_walk;
} ordering;

double hw_chart_vertex_x(const hw_chart *c, uint32_t v)
{
    return c->unit[c->v[v].unit].x + c->v[v].offset;
}

double hw_chart_hub_x(const hw_chart *c, const hw_hub *h)
{
    if (h->from_union == HW_NOBODY) {
        return hw_chart_vertex_x(c, h->from_pass);
    }
    const hw_union *u = &c->u[h->from_union];
    return c->unit[u->at].x + u->offset;
}

static bool offset_taken(const hw_chart *c, const hw_union *me, double offset)
{
    for (uint32_t i = 0; i < c->n_unions; i++) {
        const hw_union *u = &c->u[i];
        bool settled = u->split || u->raise == 0 || u < me;
        if (u != me && u->at == me->at && settled && fabs(u->offset - offset) < 1e-6) {
            return true;
        }
    }
    return false;
}

/* Left and right partner of a couple in one row. */
static void partners(const hw_chart *c, const hw_union *u, const hw_vertex **ret_left, const hw_vertex **ret_right)
{
    bool a_first = c->v[u->a].seat < c->v[u->b].seat;
    *ret_left = &c->v[a_first ? u->a : u->b];
    *ret_right = &c->v[a_first ? u->b : u->a];
}

static void seat_neighbours(hw_chart *c, hw_union *u)
{
    const hw_vertex *l = NULL, *r = NULL;
    partners(c, u, &l, &r);
    u->raise = r->seat == l->seat + 1 ? 0 : 1;
    u->offset = r->offset - r->width / 2.0 - c->m->gap / 2.0;
}

/* Somebody stands between the two: their line goes over, and their children hang in a gap that no other couple uses. */
static void seat_distant(hw_chart *c, hw_union *u)
{
    for (const hw_union *o = c->u; o < u; o++) {
        u->raise += !o->split && o->at == u->at && o->raise > 0;
    }
    if (offset_taken(c, u, u->offset)) {
        const hw_vertex *l = NULL, *r = NULL;
        partners(c, u, &l, &r);
        double other = l->offset + l->width / 2.0 + c->m->gap / 2.0;
        u->offset = offset_taken(c, u, other) ? u->offset + c->m->gap / 3.0 : other;
    }
}

void hw_chart_seat(hw_chart *c, hw_unit *unit)
{
    double x = 0.0;
    for (uint32_t i = 0; i < unit->n; i++) {
        hw_vertex *v = &c->v[unit->member[i]];
        v->seat = i;
        v->offset = x + v->width / 2.0;
        x += v->width + c->m->gap;
    }
    unit->width = unit->n > 0 ? x - c->m->gap : 0.0;
    if (unit->n < 2) {
        return;
    }
    uint32_t self = (uint32_t)(unit - c->unit);
    for (uint32_t i = 0; i < c->n_unions; i++) {
        hw_union *u = &c->u[i];
        if (u->at == self && u->split) {
            u->offset = c->v[u->anchor].offset;
        } else if (u->at == self) {
            seat_neighbours(c, u);
        }
    }
    for (uint32_t i = 0; i < c->n_unions; i++) {
        if (c->u[i].at == self && !c->u[i].split && c->u[i].raise > 0) {
            seat_distant(c, &c->u[i]);
        }
    }
}

static hw_status collect_links(ordering *o, hw_err *err)
{
    hw_chart *c = o->c;
    o->link = HW_NEW(c->arena, link, (size_t)c->n_unions + c->n + 1);
    if (o->link == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < c->n; i++) {
        for (uint32_t j = i; c->v[i].twin != 0 && j-- > 0;) {
            if (c->v[j].twin == c->v[i].twin && c->v[j].row == c->v[i].row) {
                o->link[o->n_links++] = (link){j, i, TWIN_WEIGHT};
                break;
            }
        }
    }
    for (uint32_t i = 0; i < c->n_unions; i++) {
        const hw_union *u = &c->u[i];
        uint32_t lower = c->v[u->a].row == u->row ? u->a : u->b;
        o->link[o->n_links++] = u->split ? (link){lower, u->anchor, COUPLE_WEIGHT} : (link){u->a, u->b, COUPLE_WEIGHT};
    }
    return HW_OK;
}

/* The place in the sequence where a newcomer stretches the links least. */
static uint32_t best_seat(const ordering *o, const hw_unit *unit, uint32_t newcomer)
{
    const hw_chart *c = o->c;
    uint32_t best = 0;
    double best_cost = INFINITY;
    for (uint32_t at = 0; at <= unit->n; at++) {
        double cost = 0.0;
        for (uint32_t i = 0; i < o->n_links; i++) {
            uint32_t a = o->link[i].a, b = o->link[i].b;
            if (a == newcomer || b == newcomer) {
                const hw_vertex *w = &c->v[a == newcomer ? b : a];
                if (w->unit == c->v[newcomer].unit && w->seat != HW_NOBODY) {
                    cost += o->link[i].weight * (w->seat < at ? at - w->seat : w->seat - at + 1);
                }
            } else if (c->v[a].unit == c->v[newcomer].unit && c->v[a].seat != HW_NOBODY && c->v[b].seat != HW_NOBODY) {
                cost += (c->v[a].seat < at) != (c->v[b].seat < at) ? o->link[i].weight : 0.0;
            }
        }
        if (cost < best_cost) {
            best_cost = cost;
            best = at;
        }
    }
    return best;
}

static void take_seat(hw_chart *c, hw_unit *unit, uint32_t v, uint32_t at)
{
    memmove(unit->member + at + 1, unit->member + at, (unit->n - at) * sizeof *unit->member);
    unit->member[at] = v;
    unit->n++;
    for (uint32_t i = 0; i < unit->n; i++) {
        c->v[unit->member[i]].seat = i;
    }
}

static double stretch(const ordering *o, const hw_unit *unit)
{
    const hw_chart *c = o->c;
    double cost = 0.0;
    for (uint32_t i = 0; i < o->n_links; i++) {
        const hw_vertex *a = &c->v[o->link[i].a], *b = &c->v[o->link[i].b];
        if (a->unit == c->v[unit->member[0]].unit) {
            cost += o->link[i].weight * (a->seat < b->seat ? b->seat - a->seat : a->seat - b->seat);
        }
    }
    return cost;
}

static void change_seat(hw_chart *c, hw_unit *unit, uint32_t from, uint32_t to)
{
    uint32_t v = unit->member[from];
    memmove(unit->member + from, unit->member + from + 1, (unit->n - from - 1) * sizeof *unit->member);
    unit->n--;
    take_seat(c, unit, v, to);
}

/* Move members as long as that brings partners and twins closer. */
static void settle_unit(ordering *o, hw_unit *unit)
{
    double best = stretch(o, unit);
    for (bool moved = unit->n > 2 && unit->n <= SETTLE_MAX; moved;) {
        moved = false;
        for (uint32_t i = 0; i < unit->n; i++) {
            for (uint32_t k = 0; k < unit->n; k++) {
                change_seat(o->c, unit, i, k);
                double now = stretch(o, unit);
                if (now < best - 1e-9) {
                    best = now;
                    moved = true;
                } else {
                    change_seat(o->c, unit, k, i);
                }
            }
        }
    }
}

static void turn(hw_chart *c, hw_unit *unit)
{
    for (uint32_t i = 0; i < unit->n / 2; i++) {
        uint32_t t = unit->member[i];
        unit->member[i] = unit->member[unit->n - 1 - i];
        unit->member[unit->n - 1 - i] = t;
    }
    hw_chart_seat(c, unit);
}

/* Members in breadth-first order from an end of the chain, each where it fits best. */
static void fill_unit(ordering *o, hw_unit *unit, uint32_t start, uint32_t size)
{
    hw_chart *c = o->c;
    take_seat(c, unit, start, 0);
    while (unit->n < size) {
        uint32_t newcomer = HW_NOBODY;
        for (uint32_t i = 0; i < o->n_links && newcomer == HW_NOBODY; i++) {
            uint32_t a = o->link[i].a, b = o->link[i].b;
            if (c->v[a].unit == c->v[start].unit && (c->v[a].seat == HW_NOBODY) != (c->v[b].seat == HW_NOBODY)) {
                newcomer = c->v[a].seat == HW_NOBODY ? a : b;
            }
        }
        HW_ASSERT(newcomer != HW_NOBODY);
        take_seat(c, unit, newcomer, best_seat(o, unit, newcomer));
    }
    settle_unit(o, unit);
    hw_chart_seat(c, unit);
    if (c->v[unit->member[0]].sex == HW_SEX_FEMALE && c->v[unit->member[unit->n - 1]].sex == HW_SEX_MALE) {
        turn(c, unit);
    }
}

static uint32_t degree(const ordering *o, uint32_t v)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < o->n_links; i++) {
        n += (o->link[i].a == v ? 1u : 0u) + (o->link[i].b == v ? 1u : 0u);
    }
    return n;
}

static hw_status make_units(ordering *o, hw_err *err)
{
    hw_chart *c = o->c;
    uint32_t *size = HW_NEW(c->arena, uint32_t, c->n + 1), *start = HW_NEW(c->arena, uint32_t, c->n + 1);
    c->unit = HW_NEW(c->arena, hw_unit, c->n + 1);
    if (size == NULL || start == NULL || c->unit == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < c->n; i++) {
        c->v[i].unit = i;
        c->v[i].seat = HW_NOBODY;
    }
    for (uint32_t i = 0; i < o->n_links; i++) {
        uint32_t to = c->v[o->link[i].a].unit, from = c->v[o->link[i].b].unit;
        for (uint32_t k = 0; from != to && k < c->n; k++) {
            c->v[k].unit = c->v[k].unit == from ? to : c->v[k].unit;
        }
    }
    /* numbered by their first vertex: `seat` of a label's bearer is free to hold the number meanwhile */
    uint32_t *number = HW_NEW(c->arena, uint32_t, c->n + 1);
    if (number == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < c->n; i++) {
        number[i] = HW_NOBODY;
    }
    for (uint32_t i = 0; i < c->n; i++) {
        uint32_t *k = &number[c->v[i].unit];
        if (*k == HW_NOBODY) {
            *k = c->n_units++;
            c->unit[*k].row = c->v[i].row;
            c->unit[*k].component = c->v[i].component;
            start[*k] = i;
        }
        c->v[i].unit = *k;
        size[*k]++;
        if (size[*k] > 1 && degree(o, start[*k]) > 1 && degree(o, i) == 1) {
            start[*k] = i;
        }
    }
    for (uint32_t i = 0; i < c->n_unions; i++) {
        c->u[i].at = c->v[c->u[i].split ? c->u[i].anchor : c->u[i].a].unit;
    }
    for (uint32_t k = 0; k < c->n_units; k++) {
        c->unit[k].member = HW_NEW(c->arena, uint32_t, size[k]);
        if (c->unit[k].member == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        fill_unit(o, &c->unit[k], start[k], size[k]);
    }
    return HW_OK;
}

static hw_row *row_at(const hw_chart *c, hw_row *rows, uint32_t component, int row)
{
    return &rows[(size_t)component * (size_t)c->n_rows + (size_t)row];
}

static hw_status make_rows(ordering *o, hw_err *err)
{
    hw_chart *c = o->c;
    size_t cells = (size_t)c->n_components * (size_t)c->n_rows + 1;
    c->row = HW_NEW(c->arena, hw_row, cells);
    o->hubs = HW_NEW(c->arena, hw_row, cells);
    o->edge = HW_NEW(c->arena, double, 2 * (size_t)c->n + 2);
    o->saved = HW_NEW(c->arena, uint32_t, c->n + 1);
    o->placed = HW_NEW(c->arena, bool, c->n_units + 1);
    o->walk = HW_NEW(c->arena, uint32_t, c->n_units + 1);
    if (c->row == NULL || o->hubs == NULL || o->edge == NULL || o->saved == NULL || o->placed == NULL || o->walk == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < c->n_units; i++) {
        row_at(c, c->row, c->unit[i].component, c->unit[i].row)->n++;
    }
    for (uint32_t i = 0; i < c->n_hubs; i++) {
        row_at(c, o->hubs, c->hub[i].component, c->hub[i].row)->n++;
    }
    for (size_t i = 0; i + 1 < cells; i++) {
        c->row[i].unit = HW_NEW(c->arena, uint32_t, c->row[i].n);
        o->hubs[i].unit = HW_NEW(c->arena, uint32_t, o->hubs[i].n);
        if (c->row[i].unit == NULL || o->hubs[i].unit == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        c->row[i].n = o->hubs[i].n = 0;
    }
    for (uint32_t i = 0; i < c->n_hubs; i++) {
        hw_row *r = row_at(c, o->hubs, c->hub[i].component, c->hub[i].row);
        r->unit[r->n++] = i;
    }
    return HW_OK;
}

static uint32_t hub_unit(const hw_chart *c, const hw_hub *h)
{
    return h->from_union != HW_NOBODY ? c->u[h->from_union].at : c->v[h->from_pass].unit;
}

/* A unit and all that hangs below it, first child first. Depth: the number of rows. */
static void walk_down(ordering *o, uint32_t unit)
{
    hw_chart *c = o->c;
    if (o->placed[unit]) {
        return;
    }
    o->placed[unit] = true;
    o->walk[o->n_walk++] = unit;
    hw_row *r = row_at(c, c->row, c->unit[unit].component, c->unit[unit].row);
    r->unit[r->n++] = unit;
    const hw_row *hubs = row_at(c, o->hubs, c->unit[unit].component, c->unit[unit].row);
    for (uint32_t i = 0; i < hubs->n; i++) {
        const hw_hub *h = &c->hub[hubs->unit[i]];
        for (uint32_t k = 0; hub_unit(c, h) == unit && k < h->n_targets; k++) {
            walk_down(o, c->v[h->target[k]].unit);
        }
    }
}

static void first_order(ordering *o)
{
    hw_chart *c = o->c;
    uint32_t at = 0;
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < c->n; i++) {
            if (pass == 0 && (c->v[i].row != 0 || o->placed[c->v[i].unit])) {
                continue;
            }
            /* one family down, then the parents of those who married in, and so on */
            bool begun = false;
            for (uint32_t k = 0; k < o->n_walk && pass == 0; k++) {
                begun = begun || c->unit[o->walk[k]].component == c->v[i].component;
            }
            if (!begun || pass == 1) {
                walk_down(o, c->v[i].unit);
            }
            for (; at < o->n_walk; at++) {
                const hw_unit *u = &c->unit[o->walk[at]];
                for (uint32_t k = 0; k < u->n; k++) {
                    uint32_t above = c->v[u->member[k]].above;
                    if (above != HW_NOBODY) {
                        walk_down(o, hub_unit(c, &c->hub[above]));
                    }
                }
            }
        }
    }
}

static void pack_row(hw_chart *c, const hw_row *r)
{
    double total = 0.0;
    for (uint32_t i = 0; i < r->n; i++) {
        total += c->unit[r->unit[i]].width + c->m->gap;
    }
    double x = -total / 2.0;
    for (uint32_t i = 0; i < r->n; i++) {
        c->unit[r->unit[i]].x = x;
        x += c->unit[r->unit[i]].width + c->m->gap;
    }
}

static uint32_t row_edges(const ordering *o, const hw_row *hubs)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < hubs->n; i++) {
        const hw_hub *h = &o->c->hub[hubs->unit[i]];
        for (uint32_t k = 0; k < h->n_targets; k++) {
            o->edge[2 * n] = hw_chart_hub_x(o->c, h);
            o->edge[2 * n + 1] = hw_chart_vertex_x(o->c, h->target[k]);
            n++;
        }
    }
    return n;
}

static double taste(const ordering *o, uint32_t component)
{
    const hw_chart *c = o->c;
    double cost = 0.0;
    for (uint32_t i = 0; i < c->n_unions; i++) {
        const hw_union *u = &c->u[i];
        if (c->v[u->a].component != component) {
            continue;
        }
        if (u->split) {
            uint32_t upper = c->v[u->a].row == u->row ? u->b : u->a;
            cost += 0.5 * fabs(hw_chart_vertex_x(c, u->anchor) - hw_chart_vertex_x(c, upper));
        } else {
            const hw_vertex *l = c->v[u->a].seat < c->v[u->b].seat ? &c->v[u->a] : &c->v[u->b];
            cost += l->sex == HW_SEX_FEMALE ? 0.05 : 0.0;
        }
        for (uint32_t k = 1; k < u->n_children; k++) {
            cost += hw_chart_vertex_x(c, u->child[k - 1]) > hw_chart_vertex_x(c, u->child[k]) ? 0.01 : 0.0;
        }
    }
    return cost;
}

static double cost_of(const ordering *o, uint32_t component, uint32_t *ret_crossings)
{
    const hw_chart *c = o->c;
    double reach = 0.0;
    uint32_t crossings = 0;
    for (int row = 0; row < c->n_rows; row++) {
        uint32_t n = row_edges(o, row_at(c, o->hubs, component, row));
        const double *e = o->edge;
        for (uint32_t i = 0; i < n; i++) {
            reach += fabs(e[2 * i] - e[2 * i + 1]);
            for (uint32_t k = 0; k < i; k++) {
                crossings += (e[2 * i] - e[2 * k]) * (e[2 * i + 1] - e[2 * k + 1]) < 0.0;
            }
        }
    }
    if (ret_crossings != NULL) {
        *ret_crossings = crossings;
    }
    return CROSSING_COST * (double)crossings + reach + taste(o, component);
}

/* Units back into the order of what they want; equals keep their places. */
static void sort_row(hw_chart *c, hw_row *r)
{
    for (uint32_t i = 1; i < r->n; i++) {
        uint32_t unit = r->unit[i], k = i;
        for (; k > 0 && c->unit[r->unit[k - 1]].want > c->unit[unit].want + 1e-9; k--) {
            r->unit[k] = r->unit[k - 1];
        }
        r->unit[k] = unit;
    }
    pack_row(c, r);
}

static void sweep(ordering *o, uint32_t component, bool down)
{
    hw_chart *c = o->c;
    for (int step = 0; step < c->n_rows; step++) {
        int row = down ? step : c->n_rows - 1 - step;
        hw_row *r = row_at(c, c->row, component, row);
        for (uint32_t i = 0; i < r->n; i++) {
            c->unit[r->unit[i]].want = c->unit[r->unit[i]].weight = 0.0;
        }
        if (down ? row == 0 : row == c->n_rows - 1) {
            continue;
        }
        const hw_row *hubs = row_at(c, o->hubs, component, down ? row - 1 : row);
        for (uint32_t i = 0; i < hubs->n; i++) {
            const hw_hub *h = &c->hub[hubs->unit[i]];
            for (uint32_t k = 0; k < h->n_targets; k++) {
                const hw_vertex *t = &c->v[h->target[k]];
                hw_unit *u = &c->unit[down ? t->unit : hub_unit(c, h)];
                u->want += down ? hw_chart_hub_x(c, h) : hw_chart_vertex_x(c, h->target[k]);
                u->weight += 1.0;
            }
        }
        for (uint32_t i = 0; i < r->n; i++) {
            hw_unit *u = &c->unit[r->unit[i]];
            u->want = u->weight > 0.0 ? u->want / u->weight : u->x + u->width / 2.0;
        }
        sort_row(c, r);
    }
}

static void save(ordering *o, uint32_t component)
{
    uint32_t n = 0;
    for (int row = 0; row < o->c->n_rows; row++) {
        const hw_row *r = row_at(o->c, o->c->row, component, row);
        memcpy(o->saved + n, r->unit, r->n * sizeof *r->unit);
        n += r->n;
    }
}

static void restore(ordering *o, uint32_t component)
{
    uint32_t n = 0;
    for (int row = 0; row < o->c->n_rows; row++) {
        hw_row *r = row_at(o->c, o->c->row, component, row);
        memcpy(r->unit, o->saved + n, r->n * sizeof *r->unit);
        n += r->n;
        pack_row(o->c, r);
    }
}

static void move_unit(hw_chart *c, hw_row *r, uint32_t from, uint32_t to)
{
    uint32_t unit = r->unit[from];
    memmove(r->unit + from, r->unit + from + 1, (r->n - from - 1) * sizeof *r->unit);
    memmove(r->unit + to + 1, r->unit + to, (r->n - to - 1) * sizeof *r->unit);
    r->unit[to] = unit;
    pack_row(c, r);
}

/* Every move within a row and every turn, as long as one pays. */
static void improve(ordering *o, uint32_t component, double *cost)
{
    hw_chart *c = o->c;
    for (int round = 0; round < 40; round++) {
        double before = *cost;
        for (int row = 0; row < c->n_rows; row++) {
            hw_row *r = row_at(c, c->row, component, row);
            for (uint32_t i = 0; i < r->n; i++) {
                hw_unit *u = &c->unit[r->unit[i]];
                turn(c, u);
                double now = cost_of(o, component, NULL);
                if (now < *cost - 1e-7) {
                    *cost = now;
                } else {
                    turn(c, u);
                }
                for (uint32_t k = 0; k < r->n; k++) {
                    if (k == i) {
                        continue;
                    }
                    move_unit(c, r, i, k);
                    now = cost_of(o, component, NULL);
                    if (now < *cost - 1e-7) {
                        *cost = now;
                        break;
                    }
                    move_unit(c, r, k, i);
                }
            }
        }
        if (*cost >= before - 1e-7) {
            return;
        }
    }
}

static void order_component(ordering *o, uint32_t component)
{
    hw_chart *c = o->c;
    uint32_t size = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        size += c->v[i].component == component;
    }
    for (int row = 0; row < c->n_rows; row++) {
        pack_row(c, row_at(c, c->row, component, row));
    }
    double best = cost_of(o, component, NULL);
    bool small = size <= SMALL;
    if (small) {
        improve(o, component, &best);
    }
    save(o, component);
    for (int i = 0; i < SWEEPS; i++) {
        sweep(o, component, i % 2 == 0);
        double cost = cost_of(o, component, NULL);
        if (cost < best - 1e-7) {
            best = cost;
            save(o, component);
        }
    }
    restore(o, component);
    if (small) {
        improve(o, component, &best);
    }
    uint32_t crossings = 0;
    (void)cost_of(o, component, &crossings);
    c->crossings += crossings;
}

hw_status hw_chart_order(hw_chart *c, hw_err *err)
{
    ordering o = {.c = c};
    HW_TRY(collect_links(&o, err));
    HW_TRY(make_units(&o, err));
    HW_TRY(make_rows(&o, err));
    first_order(&o);
    for (uint32_t i = 0; i < c->n_components; i++) {
        order_component(&o, i);
    }
    return HW_OK;
}
