// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Gene dropping at one locus over an ancestry. Internal to gene_drop.c and the simulated nation. */
#ifndef HW_KINSHIP_GENE_DROP_H
#define HW_KINSHIP_GENE_DROP_H

#include "base/rng.h"
#include "kinship/ancestry.h"
#include "kinship/frequency.h"

/* ret[i] = p[0] + ... + p[i]. */
void gene_sums(const hw_locus_model *lm, double *ret);
/* Alleles of every member into ret[0..t->n). sex[] by member decides at X loci alone. sums: of gene_sums. */
void gene_drop(const ancestry *t, const hw_sex *sex, const hw_locus_model *lm, const double *sums, hw_rng *rng, uint32_t (*ret)[2]);

#endif
