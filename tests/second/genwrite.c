/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* Writing cases in the format of the kinship oracle files. */
#include "gencase.h"

#include <inttypes.h>
#include <stdlib.h>

/* The shortest decimal that reads back as the same double. */
static void write_number(FILE *out, double x)
{
    char text[40];

    for (int digits = 1; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            break;
    }
    (void)fputs(text, out);
}

static void write_id(FILE *out, size_t person)
{
    if (person < POOL_FIRST)
        (void)fprintf(out, "\"P%zu\"", person + 1);
    else
        (void)fprintf(out, "\"N%zu\"", person - POOL_FIRST + 1);
}

static void write_parent(FILE *out, int person)
{
    if (person < 0)
        (void)fputs("null", out);
    else
        write_id(out, (size_t)person);
}

void write_tables(FILE *out, const struct gencase *c, size_t number)
{
    for (size_t k = 0; k < c->markers; k++) {
        const struct genmarker *m = &c->marker[k];

        (void)fprintf(out, "%s\n  \"T%zu:M%zu\": {\"alleles\": [", number == 1 && k == 0 ? "" : ",", number, k + 1);
        for (size_t i = 0; i < m->n; i++)
            (void)fprintf(out, "%s\"%s\"", i == 0 ? "" : ", ", m->name[i]);
        (void)fputs("], \"frequencies\": [", out);
        for (size_t i = 0; i < m->n; i++) {
            (void)fputs(i == 0 ? "" : ", ", out);
            write_number(out, m->freq[i]);
        }
        (void)fputs("]}", out);
    }
}

static void write_model(FILE *out, const struct genmarker *m, const struct genmodel *g)
{
    static const char *const names[] = {"none", "equal", "proportional", "stepwise", "onestep", "dawid"};

    if (g->model.kind == MODEL_NONE) {
        (void)fputs("null", out);
        return;
    }
    if (g->model.kind == MODEL_MATRIX) {
        (void)fputs("{\"model\": \"custom\", \"matrix\": [", out);
        for (size_t i = 0; i < m->n; i++) {
            (void)fputs(i == 0 ? "[" : ", [", out);
            for (size_t j = 0; j < m->n; j++) {
                (void)fputs(j == 0 ? "" : ", ", out);
                write_number(out, g->matrix[i * m->n + j]);
            }
            (void)fputc(']', out);
        }
        (void)fputs("]}", out);
        return;
    }
    (void)fprintf(out, "{\"model\": \"%s\", \"rate\": ", names[g->model.kind]);
    write_number(out, g->model.rate);
    if (g->model.kind == MODEL_STEPWISE) {
        (void)fputs(", \"rate2\": ", out);
        write_number(out, g->model.rate2);
    }
    if (g->model.kind == MODEL_STEPWISE || g->model.kind == MODEL_DAWID) {
        (void)fputs(", \"range\": ", out);
        write_number(out, g->model.range);
    }
    (void)fputc('}', out);
}

/* A marker has one way of inheritance in a file. */
static const char *prefix(const struct gencase *c)
{
    return c->x_linked ? "DXSM" : "M";
}

static void write_markers(FILE *out, const struct gencase *c, size_t number)
{
    (void)fputs(",\n   \"markers\": [", out);
    for (size_t k = 0; k < c->markers; k++) {
        const struct genmarker *m = &c->marker[k];

        (void)fprintf(out,
                      "%s\n    {\"name\": \"%s%zu\", "
                      "\"table\": \"T%zu:M%zu\"",
                      k == 0 ? "" : ",", prefix(c), k + 1, number, k + 1);
        if (m->mutation) {
            (void)fputs(", \"mutation\": {\"female\": ", out);
            write_model(out, m, &m->female);
            (void)fputs(", \"male\": ", out);
            write_model(out, m, &m->male);
            (void)fputc('}', out);
        }
        if (m->silent >= 0)
            (void)fprintf(out, ", \"silent\": \"%s\"", m->name[m->silent]);
        (void)fputc('}', out);
    }
    (void)fputs("]", out);
}

/* {"id": value, ...} for the persons asked for. */
static void write_values(FILE *out, const bool *wanted, const double *value)
{
    bool first = true;

    (void)fputc('{', out);
    for (size_t i = 0; i < POOL; i++) {
        if (!wanted[i])
            continue;
        (void)fputs(first ? "" : ", ", out);
        write_id(out, i);
        (void)fputs(": ", out);
        write_number(out, value[i]);
        first = false;
    }
    (void)fputc('}', out);
}

/* Persons stand in any order: start somewhere, backwards every other time. */
static void write_hypothesis(FILE *out, const struct gencase *c, size_t h, size_t number)
{
    const struct genped *p = &c->ped[h];
    bool wanted[POOL] = {false};
    bool any = false;

    (void)fprintf(out, "%s\n    {\"name\": \"H%zu\", \"individuals\": [", h == 0 ? "" : ",", h + 1);
    for (size_t k = 0; k < p->n; k++) {
        size_t at = (number + k) % p->n;
        size_t i = p->order[number % 2 == 0 ? at : p->n - 1 - at];

        (void)fprintf(out, "%s\n     {\"id\": ", k == 0 ? "" : ",");
        write_id(out, i);
        (void)fputs(", \"father\": ", out);
        write_parent(out, p->father[i]);
        (void)fputs(", \"mother\": ", out);
        write_parent(out, p->mother[i]);
        (void)fprintf(out, ", \"sex\": \"%s\"}", c->pool.male[i] ? "M" : "F");
        wanted[i] = p->father[i] < 0 && c->inbreeding[i] > 0.0;
        any = any || wanted[i];
    }
    (void)fputc(']', out);
    if (any) {
        (void)fputs(", \"founder_inbreeding\": ", out);
        write_values(out, wanted, c->inbreeding);
    }
    (void)fputc('}', out);
}

static void write_genotypes(FILE *out, const struct gencase *c)
{
    bool first_person = true;

    (void)fputs(",\n   \"genotypes\": {", out);
    for (size_t i = 0; i < POOL; i++) {
        bool first = true;
        bool any = false;

        for (size_t k = 0; k < c->markers; k++)
            any = any || c->marker[k].seen[i].typed;
        if (!any)
            continue;
        (void)fputs(first_person ? "\n    " : ",\n    ", out);
        first_person = false;
        write_id(out, i);
        (void)fputs(": {", out);
        for (size_t k = 0; k < c->markers; k++) {
            const struct genmarker *m = &c->marker[k];
            const struct seen *s = &m->seen[i];

            if (!s->typed)
                continue;
            (void)fprintf(out, "%s\"%s%zu\": [\"%s\", ", first ? "" : ", ", prefix(c), k + 1, m->name[s->a]);
            first = false;
            if (s->b < 0)
                (void)fputs("null]", out);
            else
                (void)fprintf(out, "\"%s\"]", m->name[s->b]);
        }
        (void)fputc('}', out);
    }
    (void)fputs("}", out);
}

static void write_title(FILE *out, const struct gencase *c)
{
    bool silent = false;
    bool mutation = false;
    bool partial = false;

    for (size_t k = 0; k < c->markers; k++) {
        const struct genmarker *m = &c->marker[k];

        silent = silent || m->silent >= 0;
        mutation = mutation || m->mutation;
        for (size_t i = 0; i < POOL; i++)
            partial = partial || (m->seen[i].typed && m->seen[i].b < 0);
    }
    (void)fprintf(out, "%zu persons, %s genotypes", c->ped[0].n, c->dropped ? "gene-dropped" : "random");
    (void)fprintf(out, "%s%s%s%s%s%s%s%s", c->x_linked ? ", X" : "", c->theta > 0.0 ? ", theta" : "", c->linked ? ", linked" : "",
                  c->inbred ? ", founder inbreeding" : "", c->dropout ? ", dropout" : "", silent ? ", silent" : "",
                  mutation ? ", mutation" : "", partial ? ", partial" : "");
}

void write_case(FILE *out, const struct gencase *c, uint64_t seed, size_t number)
{
    (void)fprintf(out, "%s\n  {\"id\": \"gen-%" PRIu64 "-%04zu\",", number == 1 ? "" : ",", seed, number);
    (void)fputs(" \"title\": \"", out);
    write_title(out, c);
    (void)fprintf(out, "\",\n   \"seed\": %" PRIu64, seed);
    (void)fprintf(out, ", \"simulated_under\": %s", c->dropped ? "\"H1\"" : "null");
    (void)fprintf(out, ", \"chrom\": \"%s\", \"theta\": ", c->x_linked ? "X" : "autosomal");
    write_number(out, c->theta);
    if (c->linked) {
        (void)fputs(", \"rho\": ", out);
        write_number(out, c->rho);
    }
    if (c->dropout) {
        bool wanted[POOL];

        for (size_t i = 0; i < POOL; i++)
            wanted[i] = c->lost[i] > 0.0;
        (void)fputs(", \"dropout\": ", out);
        write_values(out, wanted, c->lost);
    }
    write_markers(out, c, number);
    (void)fputs(",\n   \"hypotheses\": [", out);
    for (size_t h = 0; h < 2; h++)
        write_hypothesis(out, c, h, number);
    (void)fputc(']', out);
    write_genotypes(out, c);
    (void)fputc('}', out);
}
