/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* Random pedigrees over a common pool of persons. */
#include "genped.h"

#include <string.h>

void random_pool(struct rng *r, struct pool *pool, size_t n, double typed)
{
    size_t count = 0;

    memset(pool, 0, sizeof *pool);
    pool->n = n;
    for (size_t i = 0; i < POOL; i++)
        pool->male[i] = rng_chance(r, 0.5);
    for (size_t i = 0; i < n; i++) {
        pool->typed[i] = rng_chance(r, typed);
        count += pool->typed[i] ? 1U : 0U;
    }
    while (count < 2) {
        size_t i = rng_below(r, n);

        count += pool->typed[i] ? 0U : 1U;
        pool->typed[i] = true;
    }
    /* a couple is needed for a child */
    if (n > 2 && rng_chance(r, 0.8)) {
        pool->male[0] = true;
        pool->male[1] = false;
    }
}

static void shuffle(struct rng *r, size_t *list, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = rng_below(r, i);
        size_t keep = list[i - 1];

        list[i - 1] = list[j];
        list[j] = keep;
    }
}

/* One of the first `placed` persons of that sex, -1 if there is none. */
static int pick_parent(struct rng *r, const struct pool *pool, const struct genped *ped, size_t placed, bool male)
{
    size_t list[POOL];
    size_t n = 0;

    for (size_t i = 0; i < placed; i++) {
        if (pool->male[ped->order[i]] == male)
            list[n++] = ped->order[i];
    }
    return n == 0 ? -1 : (int)list[rng_below(r, n)];
}

static void give_parents(struct rng *r, const struct pool *pool, struct genped *ped, size_t placed, double again)
{
    size_t child = ped->order[placed];
    int father;
    int mother;

    if (placed > 0 && rng_chance(r, again)) {
        size_t sib = ped->order[rng_below(r, placed)];

        if (ped->father[sib] >= 0) {
            ped->father[child] = ped->father[sib];
            ped->mother[child] = ped->mother[sib];
            return;
        }
    }
    father = pick_parent(r, pool, ped, placed, true);
    mother = pick_parent(r, pool, ped, placed, false);
    if (father >= 0 && mother >= 0) {
        ped->father[child] = father;
        ped->mother[child] = mother;
    }
}

/* Parents for the persons in order; those without stay founders. */
static void link_all(struct rng *r, const struct pool *pool, struct genped *ped)
{
    double has_parents = 0.5 + 0.45 * rng_unit(r);
    double again = 0.6 * rng_unit(r);

    for (size_t i = 0; i < POOL; i++) {
        ped->father[i] = -1;
        ped->mother[i] = -1;
    }
    for (size_t i = 1; i < ped->n; i++) {
        if (rng_chance(r, has_parents))
            give_parents(r, pool, ped, i, again);
    }
}

static void list_persons(struct rng *r, struct genped *ped)
{
    ped->n = 0;
    for (size_t i = 0; i < POOL; i++) {
        if (ped->here[i])
            ped->order[ped->n++] = i;
    }
    shuffle(r, ped->order, ped->n);
}

void random_pedigree(struct rng *r, const struct pool *pool, struct genped *ped)
{
    memset(ped, 0, sizeof *ped);
    for (size_t i = 0; i < pool->n; i++)
        ped->here[i] = true;
    list_persons(r, ped);
    link_all(r, pool, ped);
}

/* Parents first, whatever the order was. */
static void sort_order(struct genped *ped)
{
    bool placed[POOL] = {false};
    size_t count = 0;

    while (count < ped->n) {
        for (size_t i = 0; i < POOL; i++) {
            bool ready = ped->father[i] < 0 || (placed[ped->father[i]] && placed[ped->mother[i]]);

            if (ped->here[i] && !placed[i] && ready) {
                placed[i] = true;
                ped->order[count++] = i;
            }
        }
    }
}

/* Change one person's parents in a copy of the first hypothesis. */
static void rewire(struct rng *r, struct pool *pool, struct genped *ped)
{
    size_t child = ped->order[rng_below(r, ped->n)];
    bool new_father = rng_chance(r, 0.6);
    bool new_mother = rng_chance(r, 0.6);

    if (ped->father[child] >= 0 && rng_chance(r, 0.3)) {
        ped->father[child] = -1;
        ped->mother[child] = -1;
        return;
    }
    if (ped->father[child] < 0) {
        new_father = true;
        new_mother = true;
    }
    if (new_father && ped->n < POOL_FIRST) {
        pool->male[POOL_FIRST] = true;
        ped->here[POOL_FIRST] = true;
        ped->father[child] = POOL_FIRST;
        ped->n++;
    }
    if (new_mother && ped->n < POOL_FIRST) {
        pool->male[POOL_FIRST + 1] = false;
        ped->here[POOL_FIRST + 1] = true;
        ped->mother[child] = POOL_FIRST + 1;
        ped->n++;
    }
    if ((ped->father[child] < 0) != (ped->mother[child] < 0)) {
        /* no room for the second one */
        ped->father[child] = -1;
        ped->mother[child] = -1;
    }
    sort_order(ped);
}

void other_pedigree(struct rng *r, struct pool *pool, const struct genped *first, struct genped *ped)
{
    size_t extra = rng_below(r, 3);
    size_t n = 0;

    if (rng_chance(r, 0.5)) {
        *ped = *first;
        rewire(r, pool, ped);
        return;
    }
    memset(ped, 0, sizeof *ped);
    for (size_t i = 0; i < pool->n; i++) {
        ped->here[i] = pool->typed[i] || rng_chance(r, 0.5);
        n += ped->here[i] ? 1U : 0U;
    }
    for (size_t i = 0; i < extra && n < POOL_FIRST; i++) {
        ped->here[POOL_FIRST + i] = true;
        n++;
    }
    list_persons(r, ped);
    link_all(r, pool, ped);
}
