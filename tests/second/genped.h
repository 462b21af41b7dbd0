/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* Random pedigrees over a common pool of persons. */
#ifndef SECOND_GENPED_H
#define SECOND_GENPED_H

#include "rng.h"

/* POOL_FIRST persons can be typed; the rest only help a second hypothesis. */
enum { POOL_FIRST = 7, POOL = 10 };

struct pool {
    size_t n; /* persons of the first hypothesis: 0 .. n-1 */
    bool male[POOL];
    bool typed[POOL];
};

struct genped {
    bool here[POOL];
    int father[POOL]; /* -1: founder */
    int mother[POOL];
    size_t order[POOL]; /* parents first */
    size_t n;
};

/* Sexes and typed persons. */
void random_pool(struct rng *r, struct pool *pool, size_t n, double typed);

/* Any pedigree over the pool's first n persons. */
void random_pedigree(struct rng *r, const struct pool *pool, struct genped *ped);

/* Another one with all typed persons; may leave out or add untyped ones. */
void other_pedigree(struct rng *r, struct pool *pool, const struct genped *first, struct genped *ped);

#endif
