/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* A random case: its parts and how it is made and written. */
#ifndef SECOND_GENCASE_H
#define SECOND_GENCASE_H

#include "genped.h"
#include "locus.h"

#include <stdio.h>

enum { MAX_MARKERS = 3, MAX_TABLE = 5, NAME_SIZE = 24 };

struct genmodel {
    struct model model;
    double matrix[MAX_TABLE * MAX_TABLE]; /* as built, model or given */
};

struct genmarker {
    size_t n;
    char name[MAX_TABLE][NAME_SIZE];
    double freq[MAX_TABLE];
    bool integers;
    int silent;    /* -1: none */
    bool mutation; /* false: the field is left out */
    struct genmodel female;
    struct genmodel male;
    struct seen seen[POOL]; /* b = -1: one allele known */
};

struct gencase {
    bool x_linked;
    double theta;
    bool linked;
    double rho;
    bool inbred;
    double inbreeding[POOL];
    bool dropout;
    double lost[POOL];
    bool dropped; /* genotypes by gene dropping, else random */
    struct pool pool;
    struct genped ped[2];
    size_t markers;
    struct genmarker marker[MAX_MARKERS];
};

/* genmarker.c: a table, a silent allele perhaps, and mutation models */
void random_marker(struct rng *r, struct genmarker *m, size_t max_alleles, double mutating);

/* gendrop.c: who shows what */
void random_genotypes(struct rng *r, struct gencase *c);
void drop_genotypes(struct rng *r, struct gencase *c);

/* genwrite.c */
void write_tables(FILE *out, const struct gencase *c, size_t number);
void write_case(FILE *out, const struct gencase *c, uint64_t seed, size_t number);

#endif
