// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * What a reading says about the true alleles of a person: drop-out, typing error, partial and off-ladder readings, silent alleles. Internal;
 * the public face is hw_emission in likelihood.h. The model is in docs/kinship.md, "From the tube to the genotype".
 */
#ifndef HW_KINSHIP_EMISSION_H
#define HW_KINSHIP_EMISSION_H

#include "kinship/likelihood.h"

/* A reading against one locus model. */
typedef struct reading {
    enum { READ_NOTHING, READ_ONE, READ_SAME, READ_TWO } kind; /* untyped; a/-; a/a; a/b */
    double dropout;
    uint8_t *category;     /* per allele: bit 0 may be the first allele read, bit 1 the second, 4: silent */
    double (*read)[8];     /* per allele: probability that it is read as an allele of each category; NULL without typing error */
    bool exact;            /* the reading names the true genotype: a and b below, and is made with probability `seen` of it */
    double seen;
    uint32_t a, b;         /* allele indices, valid when exact */
} reading;

/* CONFLICT when an allele read is not in the model. Memory from the arena. */
hw_status reading_init(reading *r, hw_arena *arena, const hw_locus_model *lm, const hw_typing *t, hw_err *err) HW_MUST_CHECK;
/* P(reading | true alleles x and y), symmetric in x and y. */
double reading_probability(const reading *r, uint32_t x, uint32_t y);
/* The same for the single X of a male. */
double reading_probability_male_x(const reading *r, uint32_t x);

#endif
