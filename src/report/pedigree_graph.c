// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * From the pedigree to vertices and couples: unnamed parents get vertices of their own, connected parts are numbered, partners with a
 * common ancestor are marked.
 */
#include "report/pedigree_chart.h"

#include <string.h>

hw_status hw_chart_add(hw_chart *c, hw_vertex_kind kind, uint32_t component, uint32_t *ret, hw_err *err)
{
    if (c->n == c->cap) {
        uint32_t cap = c->cap * 2;
        if (c->n >= HW_CHART_MAX_VERTICES) {
            return HW_FAIL(err, HW_LIMIT, "this pedigree is too tangled to be drawn: its lines pass more than %d places; leave out distant relatives",
                           HW_CHART_MAX_VERTICES);
        }
        hw_vertex *more = HW_NEW(c->arena, hw_vertex, cap);
        if (more == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        memcpy(more, c->v, c->n * sizeof *more);
        c->v = more;
        c->cap = cap;
    }
    *ret = c->n++;
    c->v[*ret] = (hw_vertex){.kind = kind, .person = -1, .component = component, .parents = HW_NOBODY, .above = HW_NOBODY, .unit = HW_NOBODY};
    /* a line takes one column of a terminal, or a little room on paper */
    c->v[*ret].width = kind == HW_VERTEX_PASS || kind == HW_VERTEX_ANCHOR ? (c->m->orthogonal ? 1.0 : 6.0) : 0.0;
    return HW_OK;
}

/* Kahn's order of the persons; a person left over stands in a circle of ancestors. */
static hw_status order_persons(hw_chart *c, uint32_t *order, uint32_t *waiting, hw_err *err)
{
    const hw_pedigree *p = c->p;
    uint32_t n = (uint32_t)p->n, done = 0;
    for (uint32_t i = 0; i < n; i++) {
        const hw_person *q = &p->person[i];
        if (q->father >= (int32_t)n || q->mother >= (int32_t)n || q->father < -1 || q->mother < -1 || (q->father >= 0 && q->father == q->mother)) {
            return HW_FAIL(err, HW_CONFLICT, "person %s: a parent's index points nowhere, or both parents are one person", q->id);
        }
        waiting[i] = (q->father >= 0 ? 1u : 0u) + (q->mother >= 0 ? 1u : 0u);
        if (waiting[i] == 0) {
            order[done++] = i;
        }
    }
    for (uint32_t at = 0; at < done; at++) {
        for (uint32_t i = 0; i < n; i++) {
            const hw_person *q = &p->person[i];
            uint32_t times = (q->father == (int32_t)order[at] ? 1u : 0u) + (q->mother == (int32_t)order[at] ? 1u : 0u);
            if (times > 0 && (waiting[i] -= times) == 0) {
                order[done++] = i;
            }
        }
    }
    for (uint32_t i = 0; done < n && i < n; i++) {
        if (waiting[i] != 0) {
            return HW_FAIL(err, HW_CONFLICT, "person %s is an own ancestor, or descends from one; correct the parents before drawing", p->person[i].id);
        }
    }
    return HW_OK;
}

static uint32_t find_union(const hw_chart *c, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < c->n_unions; i++) {
        if (c->u[i].a == a && c->u[i].b == b) {
            return i;
        }
    }
    return HW_NOBODY;
}

static hw_sex other_sex(hw_sex s)
{
    return s == HW_SEX_MALE ? HW_SEX_FEMALE : s == HW_SEX_FEMALE ? HW_SEX_MALE : HW_SEX_UNKNOWN;
}

/* A child of one stated parent: identical twins have the same unnamed one, everybody else one alone. */
static hw_status union_of_one(hw_chart *c, uint32_t child, uint32_t parent, uint32_t *ret, hw_err *err)
{
    const hw_person *me = &c->p->person[child];
    for (uint32_t i = 0; me->twin != 0 && i < child; i++) {
        const hw_person *q = &c->p->person[i];
        if (q->twin == me->twin && (q->father < 0) != (q->mother < 0) && (q->father == (int32_t)parent || q->mother == (int32_t)parent)) {
            *ret = c->v[i].parents;
            return HW_OK;
        }
    }
    uint32_t partner = 0;
    HW_TRY(hw_chart_add(c, HW_VERTEX_UNNAMED, 0, &partner, err));
    c->v[partner].sex = other_sex(c->p->person[parent].sex);
    *ret = c->n_unions++;
    c->u[*ret] = (hw_union){.a = parent, .b = partner, .anchor = HW_NOBODY, .at = HW_NOBODY};
    return HW_OK;
}

static hw_status find_unions(hw_chart *c, hw_err *err)
{
    uint32_t n = (uint32_t)c->p->n;
    for (uint32_t i = 0; i < n; i++) {
        const hw_person *q = &c->p->person[i];
        if (q->father < 0 && q->mother < 0) {
            continue;
        }
        uint32_t which = HW_NOBODY;
        if (q->father < 0 || q->mother < 0) {
            HW_TRY(union_of_one(c, i, (uint32_t)(q->father < 0 ? q->mother : q->father), &which, err));
        } else {
            uint32_t a = (uint32_t)(q->father < q->mother ? q->father : q->mother), b = (uint32_t)(q->father < q->mother ? q->mother : q->father);
            which = find_union(c, a, b);
            if (which == HW_NOBODY) {
                which = c->n_unions++;
                c->u[which] = (hw_union){.a = a, .b = b, .anchor = HW_NOBODY, .at = HW_NOBODY};
            }
        }
        c->v[i].parents = which;
        c->u[which].n_children++;
    }
    for (uint32_t i = 0; i < c->n_unions; i++) {
        c->u[i].child = HW_NEW(c->arena, uint32_t, c->u[i].n_children);
        if (c->u[i].child == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        c->u[i].n_children = 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (c->v[i].parents != HW_NOBODY) {
            hw_union *u = &c->u[c->v[i].parents];
            u->child[u->n_children++] = i;
        }
    }
    return HW_OK;
}

/* Ancestors as bit sets, the person among them. */
static hw_status mark_related(hw_chart *c, const uint32_t *order, hw_err *err)
{
    uint32_t n = (uint32_t)c->p->n;
    size_t words = (n + 63) / 64;
    uint64_t *bits = HW_NEW(c->arena, uint64_t, n * words + 1);
    if (bits == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t k = 0; k < n; k++) {
        uint32_t i = order[k];
        const hw_person *q = &c->p->person[i];
        bits[i * words + i / 64] |= (uint64_t)1 << (i % 64);
        for (size_t w = 0; w < words; w++) {
            bits[i * words + w] |= q->father >= 0 ? bits[(size_t)q->father * words + w] : 0;
            bits[i * words + w] |= q->mother >= 0 ? bits[(size_t)q->mother * words + w] : 0;
        }
    }
    for (uint32_t i = 0; i < c->n_unions; i++) {
        hw_union *u = &c->u[i];
        for (size_t w = 0; w < words && u->a < n && u->b < n; w++) {
            u->related = u->related || (bits[u->a * words + w] & bits[u->b * words + w]) != 0;
        }
    }
    return HW_OK;
}

static void paint(hw_chart *c, uint32_t from, uint32_t to)
{
    for (uint32_t i = 0; from != to && i < c->n; i++) {
        c->v[i].component = c->v[i].component == from ? to : c->v[i].component;
    }
}

static void number_components(hw_chart *c)
{
    for (uint32_t i = 0; i < c->n; i++) {
        c->v[i].component = i;
    }
    for (uint32_t i = 0; i < c->n_unions; i++) {
        const hw_union *u = &c->u[i];
        paint(c, c->v[u->b].component, c->v[u->a].component);
        for (uint32_t k = 0; k < u->n_children; k++) {
            paint(c, c->v[u->child[k]].component, c->v[u->a].component);
        }
    }
    for (uint32_t i = 0; i < c->n; i++) { /* twins whose parents are not stated */
        for (uint32_t k = 0; c->v[i].twin != 0 && k < i; k++) {
            if (c->v[k].twin == c->v[i].twin) {
                paint(c, c->v[i].component, c->v[k].component);
            }
        }
    }
    /* numbered by their first person */
    for (uint32_t i = 0; i < c->n; i++) {
        if (c->v[i].component >= c->n_components) {
            uint32_t label = c->v[i].component;
            for (uint32_t k = 0; k < c->n; k++) { /* make room: labels are vertex numbers, never below the count */
                if (c->v[k].component == c->n_components && label != c->n_components) {
                    c->v[k].component = label;
                } else if (c->v[k].component == label) {
                    c->v[k].component = c->n_components;
                }
            }
            c->n_components++;
        }
    }
}

hw_status hw_chart_graph(hw_chart *c, const hw_layout_slot *slot, hw_err *err)
{
    uint32_t n = (uint32_t)c->p->n;
    c->cap = 2 * n + 8;
    c->v = HW_NEW(c->arena, hw_vertex, c->cap);
    c->u = HW_NEW(c->arena, hw_union, n + 1);
    uint32_t *order = HW_NEW(c->arena, uint32_t, n + 1), *waiting = HW_NEW(c->arena, uint32_t, n + 1);
    if (c->v == NULL || c->u == NULL || order == NULL || waiting == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(order_persons(c, order, waiting, err));
    for (uint32_t i = 0; i < n; i++) {
        uint32_t v = 0;
        HW_TRY(hw_chart_add(c, HW_VERTEX_PERSON, 0, &v, err));
        c->v[v].person = (int32_t)i;
        c->v[v].sex = c->p->person[i].sex;
        c->v[v].twin = c->p->person[i].twin;
        c->v[v].width = slot[i].width;
        c->v[v].lines = slot[i].lines;
    }
    HW_TRY(find_unions(c, err));
    number_components(c);
    for (uint32_t i = 0; i < c->n; i++) {
        c->v[i].width = c->v[i].width < c->m->symbol_w ? c->m->symbol_w : c->v[i].width;
    }
    return mark_related(c, order, err);
}
