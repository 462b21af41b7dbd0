/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* Frequency tables, mutation matrices and lumping of alleles. */
#ifndef SECOND_LOCUS_H
#define SECOND_LOCUS_H

#include <stdbool.h>
#include <stddef.h>

enum { MAX_ALLELES = 128, MAX_PERSONS = 60 };

/* A frequency table; the strings belong to somebody else. */
struct table {
    size_t n;
    const char *name[MAX_ALLELES];
    double freq[MAX_ALLELES];
};

/* A mutation model as written in a case; MODEL_MATRIX is a given matrix. */
enum model_kind { MODEL_NONE, MODEL_EQUAL, MODEL_PROPORTIONAL, MODEL_STEPWISE, MODEL_ONESTEP, MODEL_DAWID, MODEL_MATRIX };

struct model {
    enum model_kind kind;
    double rate;
    double rate2;
    double range;
    double *matrix; /* n * n, rows are the parent's alleles; MODEL_MATRIX only */
};

/* What was seen of one person at one locus; -1 is an unknown allele. */
struct seen {
    bool typed;
    int a;
    int b;
};

/* A locus ready for counting: alleles may stand for lumps of table alleles. */
struct locus {
    size_t n;
    double freq[MAX_ALLELES];
    double *female; /* n * n */
    double *male;   /* n * n */
    int silent;     /* -1: none */
    struct seen seen[MAX_PERSONS];
};

/* Fill m (n * n) with the model's matrix. Returns NULL or the reason why not. */
const char *model_matrix(const struct model *model, const struct table *table, double *m);

/* Number of an allele in a table, -1 if it is not there. */
int table_find(const struct table *table, const char *name);

/*
 * Replace alleles that nobody showed by lumps, where both matrices allow it
 * exactly. Changes the locus in place, seen alleles included.
 */
void locus_lump(struct locus *locus, size_t persons);

#endif
