// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Gene dropping at one locus over an ancestry. Internal to gene_drop.c and the simulated nation. */
#ifndef HW_KINSHIP_GENE_DROP_H
#define HW_KINSHIP_GENE_DROP_H

#include "base/rng.h"
#include "kinship/ancestry.h"
#include "kinship/frequency.h"

#define DEME_GENES (2u * HW_PEDIGREE_MAX) /* also the most that founders of one pedigree have */

/* ret[i] = p[0] + ... + p[i]. */
void gene_sums(const hw_locus_model *lm, double *ret);
/*
 * The same for one subpopulation whose frequencies differ from the model's with correlation theta: those of DEME_GENES genes drawn from an urn, which tend
 * to a Dirichlet distribution (Balding and Nichols 1995) as the genes become many.
 */
void gene_sums_deme(const hw_locus_model *lm, const double *sums, double theta, hw_rng *rng, double *ret);
/* Alleles of every member into ret[0..t->n). sex[] by member decides at X loci alone. sums: of gene_sums. */
void gene_drop(const ancestry *t, const hw_sex *sex, const hw_locus_model *lm, const double *sums, hw_rng *rng, uint32_t (*ret)[2]);

#endif
