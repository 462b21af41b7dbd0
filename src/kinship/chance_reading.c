// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Readings of a child's sample, all of them at once: the model of emission.c in matrix form. With A the symmetric matrix of ordered genotypes, T the matrix
 * of misreadings (1 - e on the diagonal, plus e times the frequencies), T' A T is the matrix of what both copies are read as; drop-out and silent
 * alleles then leave one of them. That takes n^2 steps where a call of hw_emission for every reading would take n^4.
 */
#include "kinship/chance_family.h"

bool quality_plain(const hw_locus_model *lm, const sample_quality *q)
{
    return !(q->dropout > 0.0) && !(q->error > 0.0) && !q->one_allele && lm->silent < 0;
}

static double visible_sum(const hw_locus_model *lm)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < lm->n; i++) {
        sum += (int)i != lm->silent ? lm->p[i] : 0.0;
    }
    return sum;
}

/* Copies as read, before drop-out: square [n*n] becomes T' A T in place. */
static void misread(const hw_locus_model *lm, double e, double *square)
{
    uint32_t n = lm->n;
    double visible = visible_sum(lm);
    for (int side = 0; side < 2; side++) {
        /* A T, then T' of that: the second time on the transpose, which puts it right again. */
        for (uint32_t i = 0; i < n; i++) {
            double sum = 0.0;
            for (uint32_t j = 0; j < n; j++) {
                sum += (int)j != lm->silent ? square[(size_t)i * n + j] : 0.0;
            }
            for (uint32_t j = 0; j < n; j++) {
                double *at = &square[(size_t)i * n + j];
                *at = (int)j == lm->silent ? *at : (1.0 - e) * *at + e * sum * lm->p[j] / visible;
            }
        }
        for (uint32_t i = 0; i < n; i++) {
            for (uint32_t j = 0; j < i; j++) {
                double t = square[(size_t)i * n + j];
                square[(size_t)i * n + j] = square[(size_t)j * n + i];
                square[(size_t)j * n + i] = t;
            }
        }
    }
}

static void square_of(uint32_t n, const double *genotype, double *ret)
{
    for (uint32_t j = 0; j < n; j++) {
        for (uint32_t i = 0; i <= j; i++) {
            double p = genotype[hw_genotype_index(i, j)];
            ret[(size_t)i * n + j] = i == j ? p : 0.5 * p;
            ret[(size_t)j * n + i] = ret[(size_t)i * n + j];
        }
    }
}

static double both_ways(const double *square, uint32_t n, uint32_t i, uint32_t j)
{
    return i == j ? square[(size_t)i * n + j] : square[(size_t)i * n + j] + square[(size_t)j * n + i];
}

static void diploid(const hw_locus_model *lm, const sample_quality *q, const double *square, double *ret, double *shown)
{
    uint32_t n = lm->n;
    double d = q->dropout;
    for (uint32_t i = 0; i < n; i++) {
        if ((int)i == lm->silent) {
            continue;
        }
        double one = both_ways(square, n, i, i);
        double other = 0.0;  /* the second copy is another, visible allele */
        double silent = lm->silent >= 0 ? both_ways(square, n, i, (uint32_t)lm->silent) : 0.0;
        for (uint32_t j = 0; j < n; j++) {
            if (j == i || (int)j == lm->silent) {
                continue;
            }
            double p = both_ways(square, n, i, j);
            other += p;
            if (i < j && !q->one_allele) {
                ret[hw_genotype_index(i, j)] = p * (1.0 - d) * (1.0 - d);
                shown[hw_genotype_index(i, j)] = ret[hw_genotype_index(i, j)];
            }
        }
        uint32_t at = hw_genotype_index(i, i);
        if (q->one_allele) {
            ret[at] = one * (1.0 - d * d) + (other + silent) * (1.0 - d);
            shown[at] = one + 0.5 * other + silent;
        } else {
            ret[at] = one * (1.0 - d * d) + other * d * (1.0 - d) + silent * (1.0 - d);
            shown[at] = ret[at];
        }
    }
}

static void haploid(const hw_locus_model *lm, const sample_quality *q, const double *genotype, double *ret, double *shown)
{
    double visible = visible_sum(lm);
    double sum = 0.0;
    for (uint32_t i = 0; i < lm->n; i++) {
        sum += (int)i != lm->silent ? genotype[hw_genotype_index(i, i)] : 0.0;
    }
    for (uint32_t i = 0; i < lm->n; i++) {
        if ((int)i != lm->silent) {
            uint32_t at = hw_genotype_index(i, i);
            ret[at] = ((1.0 - q->error) * genotype[at] + q->error * sum * lm->p[i] / visible) * (1.0 - q->dropout);
            shown[at] = ret[at];
        }
    }
}

void quality_readings(const hw_locus_model *lm, const sample_quality *q, bool male_x, const double *genotype, double *scratch, double *ret, double *shown)
{
    size_t n = (size_t)lm->n * (lm->n + 1) / 2;
    for (size_t i = 0; i < n; i++) {
        ret[i] = 0.0;
        shown[i] = 0.0;
    }
    if (male_x) {
        haploid(lm, q, genotype, ret, shown);
        return;
    }
    square_of(lm->n, genotype, scratch);
    if (q->error > 0.0) {
        misread(lm, q->error, scratch);
    }
    diploid(lm, q, scratch, ret, shown);
}
