/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* Which ordered genotypes each person can have, and what parents hand on. */
#include "internal.h"

#include <stdlib.h>

static size_t locus_allele(const struct work *w, size_t locus, size_t copy)
{
    if (w->loci == 1)
        return copy;
    return locus == 0 ? copy / w->locus[1].n : copy % w->locus[1].n;
}

static const double *mutation(const struct work *w, size_t locus, bool mother)
{
    return mother ? w->locus[locus].female : w->locus[locus].male;
}

/* P(copy c is handed on | allele by allele source copies s0 and s1). */
static double pass(const struct work *w, bool mother, size_t s0, size_t s1, size_t c)
{
    size_t n = w->locus[0].n;
    double p = mutation(w, 0, mother)[locus_allele(w, 0, s0) * n + locus_allele(w, 0, c)];

    if (w->loci == 2) {
        n = w->locus[1].n;
        p *= mutation(w, 1, mother)[locus_allele(w, 1, s1) * n + locus_allele(w, 1, c)];
    }
    return p;
}

static void fill_two(const struct work *w, bool mother, double *out)
{
    size_t n = w->copies;
    double rho = w->pedigree->rho;

    for (size_t x = 0; x < n; x++) {
        for (size_t y = 0; y < n; y++) {
            double *row = &out[(x * n + y) * n];

            for (size_t c = 0; c < n; c++) {
                double same = pass(w, mother, x, x, c) + pass(w, mother, y, y, c);
                double cross = 0.0;

                if (w->loci == 1) {
                    row[c] = 0.5 * same;
                    continue;
                }
                cross = pass(w, mother, x, y, c) + pass(w, mother, y, x, c);
                row[c] = 0.5 * ((1.0 - rho) * same + rho * cross);
            }
        }
    }
}

const char *make_transmission(struct work *w)
{
    size_t n = w->copies;
    bool x_linked = w->pedigree->x_linked;

    if (n > 200)
        return "too many haplotypes";
    w->from_mother = calloc(n * n * n, sizeof *w->from_mother);
    w->from_father = calloc(x_linked ? n * n : n * n * n, sizeof *w->from_father);
    if (w->from_mother == NULL || w->from_father == NULL)
        return "out of memory";
    fill_two(w, true, w->from_mother);
    if (!x_linked) {
        fill_two(w, false, w->from_father);
        return NULL;
    }
    for (size_t x = 0; x < n; x++) {
        for (size_t c = 0; c < n; c++)
            w->from_father[x * n + c] = pass(w, false, x, x, c);
    }
    return NULL;
}

/* Do the copies that stayed visible give what was seen? */
static bool shows(const struct seen *s, bool vis_x, int x, bool vis_y, int y)
{
    bool any_a = (vis_x && x == s->a) || (vis_y && y == s->a);
    bool any_b = (vis_x && x == s->b) || (vis_y && y == s->b);
    bool other = (vis_x && x != s->a && x != s->b) || (vis_y && y != s->a && y != s->b);

    if (s->b < 0)
        return any_a; /* the other one may be anything */
    return any_a && any_b && !other;
}

/* P(seen | alleles x, y); y = -1 for a single copy. */
static double seen_weight(const struct work *w, size_t person, size_t locus, int x, int y)
{
    const struct locus *l = &w->locus[locus];
    const struct seen *s = &l->seen[person];
    double d = w->pedigree->dropout[person];
    double total = 0.0;

    if (!s->typed)
        return 1.0;
    for (int lost = 0; lost < 4; lost++) {
        bool can_x = x != l->silent;
        bool can_y = y >= 0 && y != l->silent;
        bool vis_x = can_x && (lost & 1) == 0;
        bool vis_y = can_y && (lost & 2) == 0;
        double p = 1.0;

        /* a copy that cannot be seen is counted once, as not lost */
        if ((!can_x && (lost & 1) != 0) || (!can_y && (lost & 2) != 0))
            continue;
        if (can_x)
            p *= vis_x ? 1.0 - d : d;
        if (can_y)
            p *= vis_y ? 1.0 - d : d;
        if (shows(s, vis_x, x, vis_y, y))
            total += p;
    }
    return total;
}

/* Population probability of a founder's copies, theta = 0. */
static double founder_prior(const struct work *w, size_t person, size_t x, size_t y, bool single)
{
    double f = w->pedigree->inbreeding[person];
    double p = 1.0;
    double q = 1.0;

    for (size_t l = 0; l < w->loci; l++) {
        p *= w->locus[l].freq[locus_allele(w, l, x)];
        q *= w->locus[l].freq[locus_allele(w, l, y)];
    }
    if (single)
        return p;
    if (x == y)
        return p * q * (1.0 - f) + p * f;
    return 2.0 * p * q * (1.0 - f);
}

static double state_weight(const struct work *w, size_t person, size_t x, size_t y, bool single)
{
    double weight = 1.0;

    for (size_t l = 0; l < w->loci && weight > 0.0; l++) {
        int ax = (int)locus_allele(w, l, x);
        int ay = single ? -1 : (int)locus_allele(w, l, y);

        weight *= seen_weight(w, person, l, ax, ay);
    }
    if (!is_founder(w, person))
        return weight;
    if (w->pedigree->theta > 0.0)
        return !single && x != y ? 2.0 * weight : weight;
    return weight * founder_prior(w, person, x, y, single);
}

const char *make_states(struct work *w)
{
    size_t n = w->copies;

    for (size_t i = 0; i < w->pedigree->n; i++) {
        struct states *s = &w->states[i];
        bool single = single_copy(w, i);

        if ((w->active & bit(i)) == 0)
            continue;
        s->list = calloc(single ? n : n * n, sizeof *s->list);
        if (s->list == NULL)
            return "out of memory";
        for (size_t x = 0; x < n; x++) {
            size_t from = is_founder(w, i) ? x : 0;
            size_t to = single ? from + 1 : n;

            for (size_t y = from; y < to; y++) {
                struct state *t = &s->list[s->n];

                t->x = (int)x;
                t->y = single ? -1 : (int)y;
                t->weight = state_weight(w, i, x, y, single);
                if (t->weight > 0.0)
                    s->n++;
            }
        }
    }
    return NULL;
}

static void add_edge(struct work *w, int parent, size_t child, bool mother)
{
    struct edge *e = &w->edge[w->edges++];

    e->parent = parent;
    e->child = (int)child;
    e->from_mother = mother;
    w->near[parent] |= bit(child);
    w->near[child] |= bit((size_t)parent);
}

void make_edges(struct work *w)
{
    const struct pedigree *p = w->pedigree;

    for (size_t i = 0; i < p->n; i++) {
        if ((w->active & bit(i)) == 0 || is_founder(w, i))
            continue;
        add_edge(w, p->mother[i], i, true);
        if (!single_copy(w, i))
            add_edge(w, p->father[i], i, false);
    }
    if (p->theta <= 0.0)
        return;
    for (size_t i = 0; i < p->n; i++) {
        for (size_t j = 0; j < p->n; j++) {
            if (i != j && is_founder(w, i) && is_founder(w, j) && (w->active & bit(i)) != 0 && (w->active & bit(j)) != 0)
                w->near[i] |= bit(j);
        }
    }
}

/* Drop a person's states that fit no state of the person at the other end. */
static bool prune_one(const struct work *w, const struct edge *e, bool parent, struct states *mine, const struct states *theirs)
{
    size_t kept = 0;
    size_t before = mine->n;

    for (size_t i = 0; i < mine->n; i++) {
        bool fits = false;

        for (size_t j = 0; j < theirs->n && !fits; j++) {
            const struct state *a = &mine->list[i];
            const struct state *b = &theirs->list[j];

            fits = parent ? edge_value(w, e, a, b) > 0.0 : edge_value(w, e, b, a) > 0.0;
        }
        if (fits)
            mine->list[kept++] = mine->list[i];
    }
    mine->n = kept;
    return kept != before;
}

/* Returns false if somebody has no possible genotype left. */
bool prune_states(struct work *w)
{
    bool again = true;

    while (again) {
        again = false;
        for (size_t k = 0; k < w->edges; k++) {
            const struct edge *e = &w->edge[k];
            struct states *p = &w->states[e->parent];
            struct states *c = &w->states[e->child];

            if ((double)p->n * (double)c->n > 4e6)
                continue;
            if (prune_one(w, e, true, p, c))
                again = true;
            if (prune_one(w, e, false, c, p))
                again = true;
        }
    }
    for (size_t i = 0; i < w->pedigree->n; i++) {
        if ((w->active & bit(i)) != 0 && w->states[i].n == 0)
            return false;
    }
    return true;
}
