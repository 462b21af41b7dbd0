/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* Reading one case of a case file into pedigrees and loci. */
#include "casefile.h"

#include <stdlib.h>
#include <string.h>

static double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : 0.0;
}

static const char *text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static int find_person(const struct family *family, const char *id)
{
    for (size_t i = 0; i < family->pedigree.n; i++) {
        if (strcmp(family->id[i], id) == 0)
            return (int)i;
    }
    return -1;
}

static bool ancestor_of_itself(const struct pedigree *p)
{
    bool placed[MAX_PERSONS] = {false};
    size_t count = 0;
    bool again = true;

    while (again) {
        again = false;
        for (size_t i = 0; i < p->n; i++) {
            bool ready = p->father[i] < 0 || (placed[p->father[i]] && placed[p->mother[i]]);

            if (!placed[i] && ready) {
                placed[i] = true;
                count++;
                again = true;
            }
        }
    }
    return count != p->n;
}

static const char *read_parents(const json_t *persons, struct family *family)
{
    struct pedigree *p = &family->pedigree;

    for (size_t i = 0; i < p->n; i++) {
        const json_t *person = json_array_get(persons, i);
        const char *father = text(person, "father");
        const char *mother = text(person, "mother");

        p->father[i] = -1;
        p->mother[i] = -1;
        if (father == NULL && mother == NULL)
            continue;
        if (father == NULL || mother == NULL)
            return "one parent only";
        p->father[i] = find_person(family, father);
        p->mother[i] = find_person(family, mother);
        if (p->father[i] < 0 || p->mother[i] < 0)
            return "parent not in the hypothesis";
        if (!p->male[p->father[i]] || p->male[p->mother[i]])
            return "parent of the wrong sex";
    }
    return ancestor_of_itself(p) ? "own ancestor" : NULL;
}

static const char *read_extras(const json_t *kase, const json_t *hypothesis, struct family *family)
{
    struct pedigree *p = &family->pedigree;
    const json_t *f = json_object_get(hypothesis, "founder_inbreeding");
    const json_t *d = json_object_get(kase, "dropout");
    const char *chrom = text(kase, "chrom");
    bool inbred = false;

    p->x_linked = chrom != NULL && strcmp(chrom, "X") == 0;
    p->theta = number(kase, "theta");
    p->rho = number(kase, "rho");
    for (size_t i = 0; i < p->n; i++) {
        p->inbreeding[i] = number(f, family->id[i]);
        p->dropout[i] = number(d, family->id[i]);
        inbred = inbred || p->inbreeding[i] > 0.0;
        if (p->inbreeding[i] > 0.0 && p->father[i] >= 0)
            return "inbreeding given for a non-founder";
    }
    if (inbred && p->theta > 0.0)
        return "theta with founder inbreeding is not defined";
    if (inbred && json_object_get(kase, "rho") != NULL)
        return "linkage with founder inbreeding is not defined";
    return NULL;
}

const char *read_family(const json_t *kase, const json_t *hypothesis, struct family *family)
{
    const json_t *persons = json_object_get(hypothesis, "individuals");
    struct pedigree *p = &family->pedigree;
    const char *why;

    memset(family, 0, sizeof *family);
    p->n = json_array_size(persons);
    if (p->n == 0 || p->n > MAX_PERSONS)
        return "no persons or too many";
    for (size_t i = 0; i < p->n; i++) {
        const json_t *person = json_array_get(persons, i);
        const char *sex = text(person, "sex");

        family->id[i] = text(person, "id");
        if (family->id[i] == NULL || sex == NULL)
            return "person without id or sex";
        if (strcmp(sex, "M") != 0 && strcmp(sex, "F") != 0)
            return "unknown sex";
        p->male[i] = strcmp(sex, "M") == 0;
    }
    why = read_parents(persons, family);
    return why != NULL ? why : read_extras(kase, hypothesis, family);
}

static const char *read_table(const json_t *root, const json_t *marker, struct table *table)
{
    const char *key = text(marker, "table");
    const json_t *tables = json_object_get(root, "frequency_tables");
    const json_t *entry = key == NULL ? NULL : json_object_get(tables, key);
    const json_t *names = json_object_get(entry, "alleles");
    const json_t *freq = json_object_get(entry, "frequencies");

    table->n = json_array_size(names);
    if (table->n == 0 || table->n > MAX_ALLELES || json_array_size(freq) != table->n)
        return "bad frequency table";
    for (size_t i = 0; i < table->n; i++) {
        table->name[i] = json_string_value(json_array_get(names, i));
        table->freq[i] = json_number_value(json_array_get(freq, i));
        if (table->name[i] == NULL || !(table->freq[i] >= 0.0))
            return "bad frequency table";
    }
    return NULL;
}

static const char *read_matrix(const json_t *rows, size_t n, double *m)
{
    if (json_array_size(rows) != n)
        return "matrix of the wrong size";
    for (size_t i = 0; i < n; i++) {
        const json_t *row = json_array_get(rows, i);

        if (json_array_size(row) != n)
            return "matrix of the wrong size";
        for (size_t j = 0; j < n; j++)
            m[i * n + j] = json_number_value(json_array_get(row, j));
    }
    return NULL;
}

static const char *read_model(const json_t *entry, const struct table *table, bool silent, double *m)
{
    static const char *const names[] = {"none", "equal", "proportional", "stepwise", "onestep", "dawid"};
    const char *name = text(entry, "model");
    const json_t *matrix = json_object_get(entry, "matrix");
    struct model model = {0};
    double given[MAX_ALLELES * MAX_ALLELES];
    const char *why;

    model.kind = MODEL_NONE;
    if (json_is_array(matrix)) {
        why = read_matrix(matrix, table->n, given);
        if (why != NULL)
            return why;
        model.kind = MODEL_MATRIX;
        model.matrix = given;
    } else if (json_is_object(entry)) {
        size_t k = 0;

        while (k < 6 && (name == NULL || strcmp(name, names[k]) != 0))
            k++;
        if (k == 6)
            return "unknown mutation model";
        model.kind = (enum model_kind)k;
        if (json_is_string(json_object_get(entry, "transform")))
            return "transform without a matrix";
        if (silent && model.kind != MODEL_NONE)
            return "silent allele with a computed matrix";
    }
    model.rate = number(entry, "rate");
    model.rate2 = number(entry, "rate2");
    model.range = number(entry, "range");
    return model_matrix(&model, table, m);
}

static const char *read_one(const json_t *pair, const struct table *table, const struct locus *locus, struct seen *seen)
{
    const char *a = json_string_value(json_array_get(pair, 0));
    const char *b = json_string_value(json_array_get(pair, 1));

    if (a == NULL) {
        a = b;
        b = NULL;
    }
    if (a == NULL)
        return NULL;
    seen->typed = true;
    seen->a = table_find(table, a);
    seen->b = b == NULL ? -1 : table_find(table, b);
    if (seen->a < 0 || (b != NULL && seen->b < 0))
        return "genotype with an allele outside the table";
    if (locus->silent >= 0 && (seen->a == locus->silent || seen->b == locus->silent))
        return "silent allele in a genotype";
    return NULL;
}

static const char *read_seen(const json_t *kase, const char *marker, const struct table *table, const struct family *family,
                             struct locus *locus)
{
    json_t *genotypes = json_object_get(kase, "genotypes");
    const char *id;
    json_t *profile;

    json_object_foreach(genotypes, id, profile)
    {
        const json_t *pair = json_object_get(profile, marker);
        int person = find_person(family, id);
        const char *why;
        struct seen *s;

        if (pair == NULL || json_is_null(pair))
            continue;
        if (person < 0)
            return "genotyped person not in the hypothesis";
        s = &locus->seen[person];
        why = read_one(pair, table, locus, s);
        if (why != NULL)
            return why;
        if (s->typed && family->pedigree.x_linked && family->pedigree.male[person] && s->b >= 0 && s->a != s->b)
            return "male with two alleles on X";
    }
    return NULL;
}

const char *read_locus(const json_t *root, const json_t *kase, const json_t *marker, const struct family *family, struct locus *locus)
{
    struct table table;
    const json_t *mutation = json_object_get(marker, "mutation");
    const char *name = text(marker, "name");
    const char *silent = text(marker, "silent");
    const char *why = read_table(root, marker, &table);

    memset(locus, 0, sizeof *locus);
    if (why != NULL)
        return why;
    if (name == NULL)
        return "marker without name";
    locus->n = table.n;
    memcpy(locus->freq, table.freq, table.n * sizeof *table.freq);
    locus->silent = silent == NULL ? -1 : table_find(&table, silent);
    if (silent != NULL && locus->silent < 0)
        return "silent allele not in the table";
    locus->female = calloc(table.n * table.n, sizeof *locus->female);
    locus->male = calloc(table.n * table.n, sizeof *locus->male);
    if (locus->female == NULL || locus->male == NULL)
        return "out of memory";
    why = read_model(json_object_get(mutation, "female"), &table, silent != NULL, locus->female);
    if (why == NULL)
        why = read_model(json_object_get(mutation, "male"), &table, silent != NULL, locus->male);
    if (why == NULL)
        why = read_seen(kase, name, &table, family, locus);
    if (why == NULL)
        locus_lump(locus, family->pedigree.n);
    return why;
}

void free_locus(struct locus *locus)
{
    free(locus->female);
    free(locus->male);
    locus->female = NULL;
    locus->male = NULL;
}
