/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* In which order to choose persons, so that the rest falls apart early. */
#include "internal.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { EXACT_UP_TO = 12 };

static size_t count_bits(uint64_t mask)
{
    size_t n = 0;

    for (; mask != 0; mask &= mask - 1)
        n++;
    return n;
}

static size_t lowest(uint64_t mask)
{
    size_t i = 0;

    while ((mask & bit(i)) == 0)
        i++;
    return i;
}

/* The persons of mask connected with its lowest one, within mask. */
uint64_t connected_part(const struct work *w, uint64_t mask)
{
    uint64_t part = bit(lowest(mask));
    uint64_t todo = part;

    while (todo != 0) {
        size_t i = lowest(todo);
        uint64_t more = w->near[i] & mask & ~part;

        todo &= ~bit(i);
        todo |= more;
        part |= more;
    }
    return part;
}

static double guess(const struct work *w, size_t person, uint64_t rest)
{
    double sum = 1.0;

    while (rest != 0) {
        uint64_t part = connected_part(w, rest);
        double size = 1.0;

        rest &= ~part;
        for (uint64_t m = part; m != 0; m &= m - 1)
            size *= sqrt((double)w->states[lowest(m)].n);
        sum += size;
    }
    return sum * (double)w->states[person].n;
}

static int find_step(const struct work *w, uint64_t mask)
{
    for (size_t i = 0; i < w->steps; i++) {
        if (w->step[i].mask == mask)
            return (int)i;
    }
    return -1;
}

static double try_person(struct work *w, size_t person, uint64_t rest, double best)
{
    double k = (double)w->states[person].n;
    double cost = k;

    while (rest != 0 && cost < best) {
        uint64_t part = connected_part(w, rest);
        int step = plan_set(w, part);

        if (step < 0)
            return DBL_MAX;
        cost += k * w->step[step].cost;
        rest &= ~part;
    }
    return cost;
}

static int cheapest(struct work *w, uint64_t mask)
{
    double best = DBL_MAX;
    int chosen = -1;
    bool exact = count_bits(mask) <= EXACT_UP_TO;

    for (uint64_t m = mask; m != 0; m &= m - 1) {
        size_t i = lowest(m);
        uint64_t rest = mask & ~bit(i);
        double cost = exact ? try_person(w, i, rest, best) : guess(w, i, rest);

        if (cost < best) {
            best = cost;
            chosen = (int)i;
        }
    }
    return chosen;
}

static void fill_step(struct work *w, struct step *s, uint64_t rest)
{
    size_t person = (size_t)s->person;

    for (size_t k = 0; k < w->edges; k++) {
        const struct edge *e = &w->edge[k];
        bool mine = e->parent == s->person || e->child == s->person;
        size_t other = (size_t)(e->parent == s->person ? e->child : e->parent);

        if (mine && (rest & bit(other)) == 0)
            s->edge[s->edges++] = (int)k;
    }
    s->last_founder = w->pedigree->theta > 0.0 && is_founder(w, person);
    for (uint64_t m = rest; m != 0; m &= m - 1) {
        if (is_founder(w, lowest(m)))
            s->last_founder = false;
    }
}

int plan_set(struct work *w, uint64_t mask)
{
    struct step step = {0};
    int known = find_step(w, mask);
    uint64_t rest;

    if (known >= 0)
        return known;
    step.mask = mask;
    step.person = cheapest(w, mask);
    if (step.person < 0)
        return -1;
    rest = mask & ~bit((size_t)step.person);
    fill_step(w, &step, rest);
    step.cost = (double)w->states[step.person].n;
    while (rest != 0) {
        uint64_t part = connected_part(w, rest);
        int number = plan_set(w, part);

        if (number < 0)
            return -1;
        step.part[step.parts++] = number;
        step.cost += (double)w->states[step.person].n * w->step[number].cost;
        rest &= ~part;
    }
    if (w->steps == w->room) {
        size_t room = w->room == 0 ? 256 : 2 * w->room;
        struct step *more = realloc(w->step, room * sizeof *more);

        if (more == NULL)
            return -1;
        w->step = more;
        w->room = room;
    }
    w->step[w->steps] = step;
    return (int)w->steps++;
}
