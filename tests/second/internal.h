/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* Shared between the parts of the recursion: states, plan, evaluation. */
#ifndef SECOND_INTERNAL_H
#define SECOND_INTERNAL_H

#include "condition.h"

#include <stdint.h>

/*
 * An ordered genotype. A copy is an allele number at one locus and, for two
 * loci, first * n2 + second. x is the father's copy, y the mother's; the one
 * copy of a male on X is x, and y is -1. Founders list x <= y only.
 */
struct state {
    int x;
    int y;
    double weight;
};

struct states {
    struct state *list;
    size_t n;
};

/* The probability that a parent's genotype hands on a copy. */
struct edge {
    int parent;
    int child;
    bool from_mother;
};

/* One step of the plan: choose a person, then deal with what falls apart. */
struct step {
    uint64_t mask;
    int person;
    double cost;
    size_t edges;
    int edge[2 * MAX_PERSONS];
    bool last_founder;
    size_t parts;
    int part[MAX_PERSONS];
};

struct work {
    const struct pedigree *pedigree;
    const struct locus *locus;
    size_t loci;
    size_t copies; /* number of different copies */
    uint64_t active;
    double *from_mother; /* (x * copies + y) * copies + copy handed on */
    double *from_father; /* X-linked: x * copies + copy handed on */
    struct states states[MAX_PERSONS];
    const struct state *now[MAX_PERSONS];
    size_t edges;
    struct edge edge[2 * MAX_PERSONS];
    uint64_t near[MAX_PERSONS]; /* who shares a factor with whom */
    struct step *step;
    size_t steps;
    size_t room;
    double *urn; /* counts, all loci one after the other */
};

static inline uint64_t bit(size_t i)
{
    return (uint64_t)1 << i;
}

static inline bool is_founder(const struct work *w, size_t i)
{
    return w->pedigree->father[i] < 0;
}

/* One copy only: a male on X. */
static inline bool single_copy(const struct work *w, size_t i)
{
    return w->pedigree->x_linked && w->pedigree->male[i];
}

static inline double edge_value(const struct work *w, const struct edge *e, const struct state *parent, const struct state *child)
{
    size_t n = w->copies;
    size_t x = (size_t)parent->x;

    if (e->from_mother) {
        int copy = child->y < 0 ? child->x : child->y;

        return w->from_mother[(x * n + (size_t)parent->y) * n + (size_t)copy];
    }
    if (parent->y < 0)
        return w->from_father[x * n + (size_t)child->x];
    return w->from_father[(x * n + (size_t)parent->y) * n + (size_t)child->x];
}

/* states.c */
const char *make_transmission(struct work *w);
const char *make_states(struct work *w);
void make_edges(struct work *w);
bool prune_states(struct work *w);

/* plan.c: number of the step for a connected set of persons, -1: no memory */
int plan_set(struct work *w, uint64_t mask);
uint64_t connected_part(const struct work *w, uint64_t mask);

#endif
