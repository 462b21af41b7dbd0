/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* Genotypes: by gene dropping under the first hypothesis, or at random. */
#include "gencase.h"

static bool one_copy(const struct gencase *c, size_t person)
{
    return c->x_linked && c->pool.male[person];
}

static bool may_be_partial(struct rng *r, const struct gencase *c, size_t person)
{
    bool wish = rng_chance(r, 0.12);

    return wish && c->lost[person] <= 0.0 && !one_copy(c, person);
}

static bool unseen(struct rng *r, const struct gencase *c, size_t person)
{
    bool missing = rng_chance(r, 0.08);

    return missing || !c->pool.typed[person];
}

void random_genotypes(struct rng *r, struct gencase *c)
{
    for (size_t k = 0; k < c->markers; k++) {
        struct genmarker *m = &c->marker[k];

        for (size_t i = 0; i < POOL; i++) {
            struct seen *s = &m->seen[i];

            if (unseen(r, c, i))
                continue;
            s->typed = true;
            do {
                s->a = (int)rng_below(r, m->n);
                s->b = (int)rng_below(r, m->n);
            } while (s->a == m->silent || s->b == m->silent);
            if (one_copy(c, i))
                s->b = s->a;
            else if (may_be_partial(r, c, i))
                s->b = -1;
        }
    }
}

static int draw_index(struct rng *r, const double *weight, size_t n)
{
    double sum = 0.0;
    double u = rng_unit(r);
    int last = 0;

    for (size_t i = 0; i < n; i++)
        sum += weight[i];
    u *= sum;
    for (size_t i = 0; i < n; i++) {
        if (weight[i] <= 0.0)
            continue;
        last = (int)i;
        u -= weight[i];
        if (u < 0.0)
            break;
    }
    return last;
}

/* The next founder allele of a marker. */
static int draw_founder(struct rng *r, const struct gencase *c, const struct genmarker *m, double *urn)
{
    double weight[MAX_TABLE];
    int a;

    for (size_t i = 0; i < m->n; i++)
        weight[i] = urn[i] * c->theta + (1.0 - c->theta) * m->freq[i];
    a = draw_index(r, weight, m->n);
    urn[a] += 1.0;
    return a;
}

static int mutate(struct rng *r, const struct genmarker *m, const struct genmodel *g, int a)
{
    return draw_index(r, &g->matrix[(size_t)a * m->n], m->n);
}

/* What somebody shows who carries x and y (y = -1: one copy). */
static void look(struct rng *r, const struct gencase *c, const struct genmarker *m, size_t person, int x, int y, struct seen *s)
{
    bool lost_x = rng_chance(r, c->lost[person]);
    bool lost_y = rng_chance(r, c->lost[person]);
    bool swap = rng_chance(r, 0.5);

    s->typed = false;
    if (x == m->silent || lost_x)
        x = -1;
    if (y == m->silent || lost_y)
        y = -1;
    if (x < 0)
        x = y;
    if (y < 0)
        y = x;
    if (x < 0)
        return;
    s->typed = true;
    s->a = swap ? y : x;
    s->b = swap ? x : y;
    if (may_be_partial(r, c, person))
        s->b = -1;
}

struct carried {
    int copy[POOL][2]; /* from the father, from the mother */
};

static void drop_founder(struct rng *r, const struct gencase *c, const struct genmarker *m, struct carried *g, size_t i, double *urn)
{
    bool same = rng_chance(r, c->inbreeding[i]);

    g->copy[i][0] = draw_founder(r, c, m, urn);
    g->copy[i][1] = -1;
    if (one_copy(c, i))
        return;
    if (same)
        g->copy[i][1] = g->copy[i][0];
    else
        g->copy[i][1] = draw_founder(r, c, m, urn);
}

static void drop_child(struct rng *r, const struct gencase *c, const struct genmarker *m, struct carried *g, size_t i, const int *from)
{
    int father = c->ped[0].father[i];
    int mother = c->ped[0].mother[i];
    int of_mother = g->copy[mother][from[1]];
    int of_father = -1;

    of_mother = mutate(r, m, &m->female, of_mother);
    if (one_copy(c, i)) {
        g->copy[i][0] = of_mother;
        g->copy[i][1] = -1;
        return;
    }
    of_father = g->copy[father][c->x_linked ? 0 : from[0]];
    g->copy[i][0] = mutate(r, m, &m->male, of_father);
    g->copy[i][1] = of_mother;
}

void drop_genotypes(struct rng *r, struct gencase *c)
{
    const struct genped *ped = &c->ped[0];
    int from[POOL][2] = {{0}};

    for (size_t k = 0; k < c->markers; k++) {
        struct genmarker *m = &c->marker[k];
        struct carried g = {0};
        double urn[MAX_TABLE] = {0.0};

        for (size_t o = 0; o < ped->n; o++) {
            size_t i = ped->order[o];

            for (size_t s = 0; s < 2; s++) {
                bool flip = rng_chance(r, c->rho);
                bool half = rng_chance(r, 0.5);

                if (k == 0 || !c->linked)
                    from[i][s] = half ? 1 : 0;
                else if (flip)
                    from[i][s] = 1 - from[i][s];
            }
            if (ped->father[i] < 0)
                drop_founder(r, c, m, &g, i, urn);
            else
                drop_child(r, c, m, &g, i, from[i]);
        }
        for (size_t i = 0; i < POOL; i++) {
            if (!unseen(r, c, i))
                look(r, c, m, i, g.copy[i][0], g.copy[i][1], &m->seen[i]);
        }
    }
}
