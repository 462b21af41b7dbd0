/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/*
 * Recursive conditioning: run through the ordered genotypes of one person;
 * with that person fixed the others fall apart into sets that do not touch,
 * each treated in the same way, and their values are multiplied.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* Somebody unseen, without children, sums to 1: leave him out. */
static uint64_t needed(const struct pedigree *p, const struct locus *locus, size_t loci)
{
    uint64_t active = 0;
    bool again = true;

    for (size_t i = 0; i < p->n; i++)
        active |= bit(i);
    while (again) {
        again = false;
        for (size_t i = 0; i < p->n; i++) {
            bool wanted = false;

            if ((active & bit(i)) == 0)
                continue;
            for (size_t l = 0; l < loci; l++)
                wanted = wanted || locus[l].seen[i].typed;
            for (size_t j = 0; j < p->n; j++) {
                bool child = p->father[j] == (int)i || p->mother[j] == (int)i;

                if (child && (active & bit(j)) != 0)
                    wanted = true;
            }
            if (!wanted) {
                active &= ~bit(i);
                again = true;
            }
        }
    }
    return active;
}

/* Draw one allele from the urn of a locus. */
static double draw(const struct work *w, size_t locus, double *urn, size_t a, size_t drawn)
{
    double theta = w->pedigree->theta;
    double p = w->locus[locus].freq[a];
    double k = (double)drawn;
    double value = (urn[a] * theta + (1.0 - theta) * p) / (1.0 + (k - 1.0) * theta);

    urn[a] += 1.0;
    return value;
}

/* Probability of all founder copies in sequence; all founders are fixed. */
static double urn_probability(const struct work *w)
{
    double value = 1.0;

    for (size_t l = 0; l < w->loci; l++) {
        size_t n = w->locus[l].n;
        size_t n2 = w->loci == 2 ? w->locus[1].n : 1;
        size_t drawn = 0;

        memset(w->urn, 0, n * sizeof *w->urn);
        for (size_t i = 0; i < w->pedigree->n; i++) {
            const struct state *s = w->now[i];

            if ((w->active & bit(i)) == 0 || !is_founder(w, i))
                continue;
            for (int c = 0; c < (s->y < 0 ? 1 : 2); c++) {
                size_t copy = (size_t)(c == 0 ? s->x : s->y);
                size_t a = l == 0 ? copy / n2 : copy % n2;

                value *= draw(w, l, w->urn, a, drawn++);
            }
        }
    }
    return value;
}

static double evaluate(struct work *w, int number)
{
    const struct step *step = &w->step[number];
    const struct states *mine = &w->states[step->person];
    double sum = 0.0;

    for (size_t i = 0; i < mine->n; i++) {
        const struct state *s = &mine->list[i];
        double value = s->weight;

        w->now[step->person] = s;
        for (size_t k = 0; k < step->edges && value > 0.0; k++) {
            const struct edge *e = &w->edge[step->edge[k]];

            value *= edge_value(w, e, w->now[e->parent], w->now[e->child]);
        }
        if (value > 0.0 && step->last_founder)
            value *= urn_probability(w);
        for (size_t k = 0; k < step->parts && value > 0.0; k++)
            value *= evaluate(w, step->part[k]);
        sum += value;
    }
    return sum;
}

static const char *run(struct work *w, double limit, double *value)
{
    const char *why = make_transmission(w);
    double cost = 0.0;
    double product = 1.0;

    if (why == NULL)
        why = make_states(w);
    if (why != NULL)
        return why;
    make_edges(w);
    if (!prune_states(w)) {
        *value = 0.0;
        return NULL;
    }
    w->urn = calloc(MAX_ALLELES, sizeof *w->urn);
    if (w->urn == NULL)
        return "out of memory";
    for (uint64_t rest = w->active; rest != 0;) {
        uint64_t part = connected_part(w, rest);
        int step = plan_set(w, part);

        if (step < 0)
            return "no plan";
        cost += w->step[step].cost;
        rest &= ~part;
    }
    if (cost > limit)
        return "predicted cost above the limit";
    for (uint64_t rest = w->active; rest != 0 && product > 0.0;) {
        uint64_t part = connected_part(w, rest);

        product *= evaluate(w, plan_set(w, part));
        rest &= ~part;
    }
    *value = product;
    return NULL;
}

const char *likelihood(const struct pedigree *pedigree, const struct locus *locus, size_t loci, double limit, double *value)
{
    struct work *w = calloc(1, sizeof *w);
    const char *why;

    if (w == NULL)
        return "out of memory";
    w->pedigree = pedigree;
    w->locus = locus;
    w->loci = loci;
    w->copies = locus[0].n * (loci == 2 ? locus[1].n : 1);
    w->active = needed(pedigree, locus, loci);
    why = run(w, limit, value);
    for (size_t i = 0; i < pedigree->n; i++)
        free(w->states[i].list);
    free(w->from_mother);
    free(w->from_father);
    free(w->step);
    free(w->urn);
    free(w);
    return why;
}
