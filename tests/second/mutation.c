/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* Mutation matrices, written from their definitions. */
#include "locus.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int table_find(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++) {
        if (strcmp(table->name[i], name) == 0)
            return (int)i;
    }
    return -1;
}

/* Allele names as numbers; false if one is no number. */
static bool allele_numbers(const struct table *table, double *x)
{
    for (size_t i = 0; i < table->n; i++) {
        char *end = NULL;

        x[i] = strtod(table->name[i], &end);
        if (end == table->name[i] || *end != '\0' || !isfinite(x[i]))
            return false;
    }
    return true;
}

static bool all_integers(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (x[i] != floor(x[i]))
            return false;
    }
    return true;
}

static void identity(double *m, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            m[i * n + j] = i == j ? 1.0 : 0.0;
    }
}

static void equal(const struct model *model, double *m, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            if (i == j)
                m[i * n + j] = 1.0 - model->rate;
            else
                m[i * n + j] = model->rate / (double)(n - 1);
        }
    }
}

static void proportional(const struct model *model, const struct table *table, double *m)
{
    size_t n = table->n;
    double het = 0.0;
    double a;

    for (size_t i = 0; i < n; i++)
        het += table->freq[i] * (1.0 - table->freq[i]);
    a = model->rate / het;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            m[i * n + j] = a * table->freq[j];
        m[i * n + i] = 1.0 - a + a * table->freq[i];
    }
}

/* Alleles of one group differ by whole repeats. */
static int repeat_group(double x)
{
    return (int)lround(10.0 * (x - round(x)));
}

static void stepwise(const struct model *model, const double *x, double *m, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double in_group = 0.0;
        size_t outside = 0;
        double stay = 1.0;

        for (size_t j = 0; j < n; j++) {
            if (repeat_group(x[j]) != repeat_group(x[i]))
                outside++;
            else if (j != i)
                in_group += pow(model->range, fabs(x[i] - x[j]));
        }
        if (in_group > 0.0)
            stay -= model->rate;
        if (outside > 0)
            stay -= model->rate2;
        for (size_t j = 0; j < n; j++) {
            double *entry = &m[i * n + j];

            if (j == i)
                *entry = stay;
            else if (repeat_group(x[j]) != repeat_group(x[i]))
                *entry = model->rate2 / (double)outside;
            else
                *entry = model->rate * pow(model->range, fabs(x[i] - x[j])) / in_group;
        }
    }
}

static void onestep(const struct model *model, const double *x, double *m, size_t n)
{
    identity(m, n);
    for (size_t i = 0; i < n; i++) {
        size_t neighbours = 0;

        for (size_t j = 0; j < n; j++)
            neighbours += fabs(x[i] - x[j]) == 1.0 ? 1U : 0U;
        if (neighbours == 0)
            continue;
        m[i * n + i] = 1.0 - model->rate;
        for (size_t j = 0; j < n; j++) {
            if (fabs(x[i] - x[j]) == 1.0)
                m[i * n + j] = model->rate / (double)neighbours;
        }
    }
}

static void dawid(const struct model *model, const struct table *table, const double *x, double *m)
{
    size_t n = table->n;
    double r = model->range;
    double a = (1.0 - pow(r, (double)n)) / (1.0 - r);
    double scale = (1.0 - r) / (2.0 * r * ((double)n - a));
    size_t rank[MAX_ALLELES];

    for (size_t i = 0; i < n; i++) {
        rank[i] = 0;
        for (size_t j = 0; j < n; j++)
            rank[i] += x[j] < x[i] ? 1U : 0U;
    }
    for (size_t i = 0; i < n; i++) {
        double moved = 0.0;

        for (size_t j = 0; j < n; j++) {
            double steps = fabs((double)rank[i] - (double)rank[j]);
            double value;

            if (i == j)
                continue;
            value = model->rate / table->freq[i] * scale * pow(r, steps);
            m[i * n + j] = value;
            moved += value;
        }
        m[i * n + i] = 1.0 - moved;
    }
}

static const char *check(const double *m, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;

        for (size_t j = 0; j < n; j++) {
            if (!(m[i * n + j] >= 0.0))
                return "negative entry in a mutation matrix";
            sum += m[i * n + j];
        }
        if (!(fabs(sum - 1.0) <= 1e-9))
            return "mutation matrix row does not sum to 1";
    }
    return NULL;
}

const char *model_matrix(const struct model *model, const struct table *table, double *m)
{
    size_t n = table->n;
    double x[MAX_ALLELES];
    bool numeric = allele_numbers(table, x);

    if (model->kind == MODEL_MATRIX) {
        memcpy(m, model->matrix, n * n * sizeof *m);
        return check(m, n);
    }
    identity(m, n);
    if (model->kind == MODEL_NONE || n < 2)
        return NULL;
    switch (model->kind) {
    case MODEL_EQUAL:
        equal(model, m, n);
        break;
    case MODEL_PROPORTIONAL:
        proportional(model, table, m);
        break;
    case MODEL_STEPWISE:
        if (!numeric)
            return "stepwise needs numbers as alleles";
        stepwise(model, x, m, n);
        break;
    case MODEL_ONESTEP:
        if (!numeric || !all_integers(x, n))
            return "onestep needs integer alleles";
        onestep(model, x, m, n);
        break;
    case MODEL_DAWID:
        if (!numeric || !all_integers(x, n))
            return "dawid needs integer alleles";
        dawid(model, table, x, m);
        break;
    case MODEL_NONE:
    case MODEL_MATRIX:
    default:
        break;
    }
    return check(m, n);
}
