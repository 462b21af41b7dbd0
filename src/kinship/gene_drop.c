// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Genes dropped through a pedigree: founders draw from the population (with theta: from an urn, so that founders resemble each other), children get
 * one gene of each parent, changed by the mutation matrix of that parent's sex.
 */
#include "kinship/gene_drop.h"

#include "kinship/simulate.h"

void gene_sums(const hw_locus_model *lm, double *ret)
{
    double sum = 0;
    for (uint32_t i = 0; i < lm->n; i++) {
        sum += lm->p[i];
        ret[i] = sum;
    }
}

/* Founder genes drawn so far, for theta. */
typedef struct urn {
    uint32_t n;
    uint32_t drawn[DEME_GENES];
} urn;

static uint32_t draw(const hw_locus_model *lm, const double *sums, hw_rng *rng)
{
    double x = hw_rng_unit(rng) * sums[lm->n - 1];
    uint32_t low = 0, high = lm->n - 1; /* the first i with sums[i] > x; the last one takes what rounding leaves */
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (sums[mid] > x) {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    return low;
}

/*
 * The next founder gene. P(a) = (b_a theta + (1 - theta) p_a) / (1 + (k - 1) theta) after k draws of which b_a were a: with probability
 * k theta / (1 + (k - 1) theta) a copy of one drawn before, else from the population.
 */
static uint32_t founder_gene(const hw_locus_model *lm, const double *sums, urn *u, hw_rng *rng)
{
    uint32_t gene;
    double k = (double)u->n;
    if (u->n > 0 && lm->theta > 0 && hw_rng_unit(rng) * (1 + (k - 1) * lm->theta) < k * lm->theta) {
        gene = u->drawn[hw_rng_below(rng, u->n)];
    } else {
        gene = draw(lm, sums, rng);
    }
    u->drawn[u->n++] = gene;
    return gene;
}

void gene_sums_deme(const hw_locus_model *lm, const double *sums, double theta, hw_rng *rng, double *ret)
{
    hw_locus_model deme = *lm;
    urn u;
    u.n = 0;
    deme.theta = theta;
    for (uint32_t i = 0; i < lm->n; i++) {
        ret[i] = 0;
    }
    for (uint32_t k = 0; k < DEME_GENES; k++) {
        ret[founder_gene(&deme, sums, &u, rng)] += 1.0 / DEME_GENES;
    }
    for (uint32_t i = 1; i < lm->n; i++) {
        ret[i] += ret[i - 1];
    }
}

static uint32_t mutate(const hw_locus_model *lm, const double *matrix, uint32_t gene, hw_rng *rng)
{
    if (matrix == NULL) {
        return gene;
    }
    const double *row = matrix + (size_t)gene * lm->n;
    double x = hw_rng_unit(rng) - row[gene];
    for (uint32_t j = 0; x >= 0 && j < lm->n; j++) {
        x -= j == gene ? 0 : row[j];
        if (x < 0) {
            return j;
        }
    }
    return gene;
}

void gene_drop(const ancestry *t, const hw_sex *sex, const hw_locus_model *lm, const double *sums, hw_rng *rng, uint32_t (*ret)[2])
{
    const bool x = lm->kind == HW_LOCUS_X;
    urn u;
    u.n = 0;
    for (uint32_t i = 0; i < t->n; i++) {
        const int32_t parent[2] = {t->father[i], t->mother[i]};
        const bool man = x && sex[i] == HW_SEX_MALE;
        if (parent[0] < 0 && parent[1] < 0) {
            ret[i][0] = founder_gene(lm, sums, &u, rng);
            bool same = man || (t->inbreeding[i] > 0 && hw_rng_unit(rng) < t->inbreeding[i]);
            ret[i][1] = same ? ret[i][0] : founder_gene(lm, sums, &u, rng);
            continue;
        }
        for (int side = man ? 1 : 0; side < 2; side++) {
            /* A parent who is not stated gives on one gene of a founder; only that one is ever looked at. */
            uint32_t gene = parent[side] < 0 ? founder_gene(lm, sums, &u, rng)
                                             : ret[parent[side]][x && side == 0 ? 0 : hw_rng_below(rng, 2)];
            ret[i][side] = mutate(lm, side == 0 ? lm->male : lm->female, gene, rng);
        }
        if (man) {
            ret[i][0] = ret[i][1];
        }
    }
}

hw_status hw_gene_drop(const hw_pedigree *ped, const hw_locus_model *lm, hw_rng *rng, uint32_t (*ret)[2], hw_err *err)
{
    ancestry t;
    hw_sex sex[HW_PEDIGREE_MAX];
    uint32_t gene[HW_PEDIGREE_MAX][2];
    HW_TRY(ancestry_build(ped, &t, err));
    for (uint32_t i = 0; i < t.n; i++) {
        const hw_person *p = &ped->person[t.person[i]];
        sex[i] = p->sex;
        if (lm->kind == HW_LOCUS_X && p->sex == HW_SEX_UNKNOWN) {
            return HW_FAIL(err, HW_CONFLICT, "person \"%s\": the sex is not known, and inheritance at the X locus %s depends on it: state the sex",
                           p->id, lm->locus);
        }
    }
    HW_AUTO_FREE double *sums = hw_alloc(lm->n, sizeof(double));
    if (sums == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    gene_sums(lm, sums);
    gene_drop(&t, sex, lm, sums, rng, gene);
    for (size_t i = 0; i < ped->n; i++) {
        ret[i][0] = gene[t.of[i]][0];
        ret[i][1] = gene[t.of[i]][1];
    }
    return HW_OK;
}
