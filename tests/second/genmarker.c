/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* Random frequency tables and mutation models. */
#include "gencase.h"

#include <string.h>

static void random_frequencies(struct rng *r, struct genmarker *m)
{
    size_t weight[MAX_TABLE];
    size_t sum = 0;
    size_t left = 1000;

    for (size_t i = 0; i < m->n; i++) {
        weight[i] = 1 + rng_below(r, 30);
        sum += weight[i];
    }
    for (size_t i = 0; i + 1 < m->n; i++) {
        size_t share = 1 + 990 * weight[i] / sum;

        m->freq[i] = (double)share / 1000.0;
        left -= share;
    }
    m->freq[m->n - 1] = (double)left / 1000.0;
}

/* A ladder in tenths of a repeat: whole repeats, gaps, microvariants. */
static void random_ladder(struct rng *r, struct genmarker *m, size_t visible)
{
    size_t tenths = 10 * (4 + rng_below(r, 20));
    bool gaps = rng_chance(r, 0.4);
    bool micro = rng_chance(r, 0.4);

    m->integers = true;
    for (size_t i = 0; i < visible; i++) {
        if (tenths % 10 == 0) {
            (void)snprintf(m->name[i], NAME_SIZE, "%zu", tenths / 10);
        } else {
            (void)snprintf(m->name[i], NAME_SIZE, "%zu.%zu", tenths / 10, tenths % 10);
            m->integers = false;
        }
        if (micro && tenths % 10 == 0 && rng_chance(r, 0.5)) {
            tenths += 1 + rng_below(r, 3);
            continue;
        }
        if (micro && tenths % 10 != 0 && rng_chance(r, 0.4)) {
            tenths += 10; /* 9.3 then 10.3 */
            continue;
        }
        tenths = 10 * (tenths / 10 + 1);
        if (gaps)
            tenths += 10 * rng_below(r, 3);
    }
}

/* The order of a table is free: swap some alleles. */
static void shuffle_names(struct rng *r, struct genmarker *m)
{
    for (size_t i = m->n; i > 1; i--) {
        size_t j = rng_below(r, i);
        char keep[NAME_SIZE];

        memcpy(keep, m->name[i - 1], NAME_SIZE);
        memcpy(m->name[i - 1], m->name[j], NAME_SIZE);
        memcpy(m->name[j], keep, NAME_SIZE);
    }
}

/* Multiples of 1/10000, some zero; a silent allele keeps to itself. */
static void random_matrix(struct rng *r, const struct genmarker *m, double *matrix)
{
    bool sparse = rng_chance(r, 0.4);
    size_t scale = rng_chance(r, 0.5) ? 30 : 1500;

    for (size_t i = 0; i < m->n; i++) {
        size_t stay = 10000;

        for (size_t j = 0; j < m->n; j++) {
            size_t k = 1 + rng_below(r, scale);
            bool zero = sparse && rng_chance(r, 0.5);

            if (i == j)
                continue;
            if (zero || (int)i == m->silent || (int)j == m->silent)
                k = 0;
            matrix[i * m->n + j] = (double)k / 10000.0;
            stay -= k;
        }
        matrix[i * m->n + i] = (double)stay / 10000.0;
    }
}

static enum model_kind random_kind(struct rng *r, const struct genmarker *m)
{
    static const enum model_kind all[] = {
        MODEL_NONE, MODEL_EQUAL, MODEL_PROPORTIONAL, MODEL_STEPWISE, MODEL_STEPWISE, MODEL_ONESTEP, MODEL_DAWID, MODEL_MATRIX, MODEL_MATRIX,
    };

    for (;;) {
        enum model_kind k = all[rng_below(r, sizeof all / sizeof all[0])];

        if (m->silent >= 0 && k != MODEL_NONE && k != MODEL_MATRIX)
            continue;
        if (!m->integers && (k == MODEL_ONESTEP || k == MODEL_DAWID))
            continue;
        return k;
    }
}

static void random_model(struct rng *r, const struct genmarker *m, struct genmodel *g)
{
    static const double rates[] = {0.0005, 0.001, 0.002, 0.01, 0.05, 0.1};
    static const double outer[] = {0.000001, 0.0001, 0.003, 0.02};
    static const double ranges[] = {0.05, 0.1, 0.3, 0.5, 0.8};
    struct table table = {0};
    double given[MAX_TABLE * MAX_TABLE];

    g->model.kind = random_kind(r, m);
    g->model.rate = rates[rng_below(r, sizeof rates / sizeof *rates)];
    g->model.rate2 = outer[rng_below(r, sizeof outer / sizeof *outer)];
    g->model.range = ranges[rng_below(r, sizeof ranges / sizeof *ranges)];
    g->model.matrix = NULL;
    table.n = m->n;
    for (size_t i = 0; i < m->n; i++) {
        table.name[i] = m->name[i];
        table.freq[i] = m->freq[i];
    }
    if (g->model.kind == MODEL_MATRIX) {
        random_matrix(r, m, given);
        g->model.matrix = given;
    }
    while (model_matrix(&g->model, &table, g->matrix) != NULL)
        g->model.rate /= 2.0; /* too high for this table */
    g->model.matrix = NULL;
}

void random_marker(struct rng *r, struct genmarker *m, size_t max_alleles, double mutating)
{
    bool silent = rng_chance(r, 0.22);
    size_t visible;

    memset(m, 0, sizeof *m);
    m->n = 2 + rng_below(r, max_alleles - 1);
    visible = silent ? m->n - 1 : m->n;
    random_ladder(r, m, visible);
    m->silent = -1;
    if (silent)
        (void)snprintf(m->name[visible], NAME_SIZE, "%s", rng_chance(r, 0.7) ? "silent" : "Q0");
    if (rng_chance(r, 0.25))
        shuffle_names(r, m);
    for (size_t i = 0; i < m->n; i++) {
        if (m->name[i][0] == 's' || m->name[i][0] == 'Q')
            m->silent = (int)i;
    }
    random_frequencies(r, m);
    m->mutation = rng_chance(r, mutating);
    if (!m->mutation) {
        m->female.model.kind = MODEL_NONE;
        m->male.model.kind = MODEL_NONE;
        for (size_t i = 0; i < m->n; i++) {
            m->female.matrix[i * m->n + i] = 1.0;
            m->male.matrix[i * m->n + i] = 1.0;
        }
        return;
    }
    random_model(r, m, &m->female);
    m->male = m->female;
    if (rng_chance(r, 0.65))
        random_model(r, m, &m->male);
}
