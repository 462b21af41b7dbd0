/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Homeward authors */

/* Reading one case of a case file into pedigrees and loci. */
#ifndef SECOND_CASEFILE_H
#define SECOND_CASEFILE_H

#include "condition.h"

#include <jansson.h>

/* A pedigree and the ids of its persons, in the same order. */
struct family {
    struct pedigree pedigree;
    const char *id[MAX_PERSONS];
};

/* All return NULL or the reason why not. */
const char *read_family(const json_t *kase, const json_t *hypothesis, struct family *family);
const char *read_locus(const json_t *root, const json_t *kase, const json_t *marker, const struct family *family, struct locus *locus);
void free_locus(struct locus *locus);

#endif
