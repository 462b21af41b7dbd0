/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* gencases --seed S --cases N --out FILE.json: random cases. */
#include "gencase.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void random_features(struct rng *r, struct gencase *c)
{
    static const double thetas[] = {0.01, 0.02, 0.03, 0.05, 0.1};
    static const double rhos[] = {0.0, 0.001, 0.01, 0.05, 0.1, 0.25, 0.4, 0.5};
    size_t kind = rng_below(r, 10);

    c->x_linked = rng_chance(r, 0.25);
    if (kind < 2) {
        c->theta = thetas[rng_below(r, 5)];
    } else if (kind < 4) {
        c->linked = true;
        c->rho = rhos[rng_below(r, 8)];
    } else if (kind == 4) {
        c->inbred = true;
        c->x_linked = false;
    }
    c->dropout = rng_chance(r, 0.3);
}

static void random_persons(struct rng *r, struct gencase *c)
{
    static const double loss[] = {0.02, 0.1, 0.3, 0.5};
    static const double f[] = {0.05, 0.125, 0.25};
    bool heavy = c->theta > 0.0 || c->linked;
    size_t n = 2 + rng_below(r, heavy ? 5 : 6);
    double typed = heavy ? 0.75 : 0.4 + 0.4 * rng_unit(r);
    bool any = false;

    random_pool(r, &c->pool, n, typed);
    random_pedigree(r, &c->pool, &c->ped[0]);
    other_pedigree(r, &c->pool, &c->ped[0], &c->ped[1]);
    for (size_t i = 0; i < POOL; i++) {
        bool lossy = rng_chance(r, 0.5);
        bool inbred = rng_chance(r, 0.5);
        double d = loss[rng_below(r, 4)];
        double g = f[rng_below(r, 3)];

        if (c->dropout && lossy && c->pool.typed[i]) {
            c->lost[i] = d;
            any = true;
        }
        if (c->inbred && inbred)
            c->inbreeding[i] = g;
    }
    c->dropout = any;
}

/* Work of brute force grows with the untyped persons: smaller tables then. */
static size_t table_limit(const struct gencase *c)
{
    size_t worst = 0;

    for (size_t h = 0; h < 2; h++) {
        size_t untyped = 0;

        for (size_t i = 0; i < POOL; i++) {
            if (c->ped[h].here[i] && !c->pool.typed[i])
                untyped++;
        }
        worst = untyped > worst ? untyped : worst;
    }
    if (c->linked)
        return worst <= 2 ? 4 : worst == 3 ? 3 : 2;
    if (c->theta > 0.0)
        return worst <= 3 ? 5 : 4;
    return worst <= 4 ? 5 : 4;
}

static void random_case(struct rng *r, struct gencase *c, bool dropped)
{
    size_t limit;

    memset(c, 0, sizeof *c);
    c->dropped = dropped;
    random_features(r, c);
    random_persons(r, c);
    limit = table_limit(c);
    c->markers = c->linked ? 2 : 1 + rng_below(r, MAX_MARKERS);
    for (size_t k = 0; k < c->markers; k++)
        random_marker(r, &c->marker[k], limit, dropped ? 0.8 : 0.5);
    if (dropped)
        drop_genotypes(r, c);
    else
        random_genotypes(r, c);
}

static bool write_file(const char *path, const struct gencase *all, size_t cases, uint64_t seed)
{
    FILE *out = fopen(path, "w");
    bool good;

    if (out == NULL)
        return false;
    (void)fputs("{\"format\": \"kinship-oracle/1\", "
                "\"family\": \"random\",\n \"frequency_tables\": {",
                out);
    for (size_t i = 0; i < cases; i++)
        write_tables(out, &all[i], i + 1);
    (void)fputs("},\n \"cases\": [", out);
    for (size_t i = 0; i < cases; i++)
        write_case(out, &all[i], seed, i + 1);
    (void)fputs("]}\n", out);
    good = ferror(out) == 0;
    return fclose(out) == 0 && good;
}

static bool parse(const char *text, uint64_t *value)
{
    char *end = NULL;

    errno = 0;
    *value = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    uint64_t cases = 100;
    const char *path = NULL;
    bool good = argc % 2 == 1;
    struct gencase *all;

    for (int i = 1; good && i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seed") == 0)
            good = parse(argv[i + 1], &seed);
        else if (strcmp(argv[i], "--cases") == 0)
            good = parse(argv[i + 1], &cases);
        else if (strcmp(argv[i], "--out") == 0)
            path = argv[i + 1];
        else
            good = false;
    }
    if (!good || path == NULL || cases == 0 || cases > 100000) {
        (void)fputs("usage: gencases --seed S --cases N "
                    "--out FILE.json\n",
                    stderr);
        return 2;
    }
    all = calloc((size_t)cases, sizeof *all);
    if (all == NULL)
        return 1;
    for (size_t i = 0; i < cases; i++) {
        struct rng r = {seed * UINT64_C(0x2545f4914f6cdd1d) + i};

        (void)rng_next(&r);
        r.state = rng_next(&r); /* cases do not share a sequence */
        random_case(&r, &all[i], i % 2 == 0);
    }
    good = write_file(path, all, (size_t)cases, seed);
    if (!good)
        (void)fprintf(stderr, "gencases: cannot write %s\n", path);
    free(all);
    return good ? 0 : 1;
}
