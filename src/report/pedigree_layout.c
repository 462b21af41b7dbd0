// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The steps of a layout, and the placing: each unit wants to stand under its parents and over its children (sum of squared distances); row after row is
 * solved exactly by pooling neighbours that would overlap (isotonic regression), which descends to the optimum of the whole.
 */
#include "report/pedigree_chart.h"

#include <math.h>
#include <string.h>

#define ROUNDS 400

typedef struct block {
    double sum, weight; /* of wants and weights pooled */
    uint32_t n;
} block;

typedef struct placing {
    hw_chart *c;
    block *block;
    double *x;
} placing;

static void pull(hw_unit *u, double to, double weight)
{
    u->want += to * weight;
    u->weight += weight;
}

/* What the units of one row want, from the hubs above and below them. */
static void gather_wants(hw_chart *c, uint32_t component, int row)
{
    for (uint32_t i = 0; i < c->n_hubs; i++) {
        const hw_hub *h = &c->hub[i];
        if (h->component != component || (h->row != row && h->row != row - 1)) {
            continue;
        }
        uint32_t source = h->from_union != HW_NOBODY ? c->u[h->from_union].at : c->v[h->from_pass].unit;
        double source_x = hw_chart_hub_x(c, h);
        for (uint32_t k = 0; k < h->n_targets; k++) {
            const hw_vertex *t = &c->v[h->target[k]];
            double target_x = hw_chart_vertex_x(c, h->target[k]), distance = target_x - source_x;
            double weight = t->kind == HW_VERTEX_PASS || h->from_union == HW_NOBODY ? 3.0 : 1.0;
            if (h->row == row) {
                pull(&c->unit[source], c->unit[source].x + distance, weight);
            } else {
                pull(&c->unit[t->unit], c->unit[t->unit].x - distance, weight);
            }
        }
    }
}

static double solve_row(placing *p, const hw_row *r)
{
    hw_chart *c = p->c;
    uint32_t n = 0;
    double before = 0.0, moved = 0.0;
    for (uint32_t i = 0; i < r->n; i++) {
        hw_unit *u = &c->unit[r->unit[i]];
        double weight = u->weight + 1e-6, want = (u->want + 1e-6 * u->x) / weight - before;
        before += u->width + c->m->gap;
        p->block[n++] = (block){want * weight, weight, 1};
        while (n > 1 && p->block[n - 2].sum / p->block[n - 2].weight >= p->block[n - 1].sum / p->block[n - 1].weight) {
            p->block[n - 2].sum += p->block[n - 1].sum;
            p->block[n - 2].weight += p->block[n - 1].weight;
            p->block[n - 2].n += p->block[n - 1].n;
            n--;
        }
    }
    before = 0.0;
    uint32_t i = 0;
    for (uint32_t b = 0; b < n; b++) {
        double base = p->block[b].sum / p->block[b].weight;
        for (uint32_t k = 0; k < p->block[b].n; k++, i++) {
            hw_unit *u = &c->unit[r->unit[i]];
            moved = fmax(moved, fabs(base + before - u->x));
            u->x = base + before;
            before += u->width + c->m->gap;
        }
    }
    return moved;
}

static void place_component(placing *p, uint32_t component)
{
    hw_chart *c = p->c;
    hw_row *rows = c->row + (size_t)component * (size_t)c->n_rows;
    int rounds = c->n > 400 ? 40 : ROUNDS;
    for (int round = 0; round < rounds; round++) {
        double moved = 0.0;
        for (int step = 0; step < c->n_rows; step++) {
            int row = round % 2 == 0 ? step : c->n_rows - 1 - step;
            for (uint32_t i = 0; i < rows[row].n; i++) {
                c->unit[rows[row].unit[i]].want = c->unit[rows[row].unit[i]].weight = 0.0;
            }
            gather_wants(c, component, row);
            moved = fmax(moved, solve_row(p, &rows[row]));
        }
        if (moved < 1e-4) {
            break;
        }
    }
    double left = INFINITY;
    for (uint32_t i = 0; i < c->n_units; i++) {
        left = c->unit[i].component == component ? fmin(left, c->unit[i].x) : left;
    }
    for (uint32_t i = 0; i < c->n_units; i++) {
        if (c->unit[i].component == component) {
            c->unit[i].x = floor((c->unit[i].x - left) / c->m->grid + 0.5) * c->m->grid;
        }
    }
    /* rounding keeps neighbours apart only up to the last bit of a width that is not on the grid */
    for (int row = 0; row < c->n_rows; row++) {
        double free_from = 0.0;
        for (uint32_t i = 0; i < rows[row].n; i++) {
            hw_unit *u = &c->unit[rows[row].unit[i]];
            u->x = fmax(u->x, ceil(free_from / c->m->grid - 1e-9) * c->m->grid);
            free_from = u->x + u->width + c->m->gap;
        }
    }
}

hw_status hw_chart_place(hw_chart *c, hw_err *err)
{
    placing p = {.c = c, .block = HW_NEW(c->arena, block, c->n_units + 1)};
    if (p.block == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < c->n_components; i++) {
        place_component(&p, i);
    }
    return HW_OK;
}

static hw_status build(const hw_pedigree *p, const hw_layout_slot *slot, const hw_layout_metrics *m, hw_layout *l, hw_err *err)
{
    hw_chart c = {.p = p, .m = m, .arena = &l->arena};
    HW_TRY(hw_chart_graph(&c, slot, err));
    HW_TRY(hw_chart_rank(&c, err));
    HW_TRY(hw_chart_order(&c, err));
    HW_TRY(hw_chart_place(&c, err));
    return hw_chart_route(&c, l, err);
}

hw_status hw_layout_build(const hw_pedigree *p, const hw_layout_slot *slot, const hw_layout_metrics *m, hw_layout *ret, hw_err *err)
{
    if (p->n > HW_PEDIGREE_MAX) {
        return HW_FAIL(err, HW_LIMIT, "a pedigree of %zu persons is too large to be drawn (at most %d)", p->n, HW_PEDIGREE_MAX);
    }
    hw_layout l = {0};
    hw_arena_init(&l.arena, (size_t)256 << 20);
    hw_status status = build(p, slot, m, &l, err);
    if (status != HW_OK) {
        hw_arena_release(&l.arena);
        return status;
    }
    *ret = l;
    return HW_OK;
}

void hw_layout_release(hw_layout *l)
{
    hw_arena_release(&l->arena);
    *l = (hw_layout){0};
}
