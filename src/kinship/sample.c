// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* What a laboratory of the synthetic nation sees of a person: kits of different age, poor samples that lose alleles, silent alleles unseen. */
#include "kinship/nation.h"

void nation_drop(nation *w, const kin *k)
{
    for (uint32_t l = 0; l < w->n_loci; l++) {
        gene_drop(&k->t, k->sex, w->locus[l].lm, w->locus[l].sums[w->deme], &w->genes, w->gene[l]);
    }
}

static hw_allele seen(const hw_locus_model *lm, uint32_t gene)
{
    return (int)gene == lm->silent ? HW_ALLELE_UNKNOWN : lm->allele[gene];
}

/* Each copy is lost with the sample's drop-out; one left over is read as a homozygote. */
static hw_genotype read_pair(nation *w, const hw_profile *p, hw_allele a, hw_allele b, bool one_copy)
{
    if (p->dropout > 0 && hw_rng_unit(&w->samples) < p->dropout) {
        a = HW_ALLELE_UNKNOWN;
    }
    if (one_copy) {
        b = a;
    } else if (p->dropout > 0 && hw_rng_unit(&w->samples) < p->dropout) {
        b = HW_ALLELE_UNKNOWN;
    }
    return hw_genotype_make(a == HW_ALLELE_UNKNOWN ? b : a, b == HW_ALLELE_UNKNOWN ? a : b);
}

static hw_genotype read_amelogenin(nation *w, const hw_profile *p, hw_sex sex)
{
    hw_allele x = HW_ALLELE_UNKNOWN, y = HW_ALLELE_UNKNOWN;
    hw_status s = hw_allele_parse("X", 1, &x, NULL);
    HW_ASSERT(s == HW_OK);
    s = hw_allele_parse("Y", 1, &y, NULL);
    HW_ASSERT(s == HW_OK);
    /* The error that happens in practice: a man whose Y copy does not show (a deletion). */
    bool hidden = hw_rng_unit(&w->samples) < w->sex_error;
    return read_pair(w, p, x, sex == HW_SEX_MALE && !hidden ? y : x, false);
}

hw_status nation_sample(nation *w, const char *id, hw_sex sex, uint32_t member, hw_profile **ret, hw_err *err)
{
    hw_profile *p = hw_profile_new(&w->ds->arena, id, (uint32_t)w->ds->panel.n);
    if (p == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    p->synthetic = true;
    p->sex = sex;
    bool old_kit = hw_rng_unit(&w->samples) < w->o->share_partial_kit;
    bool poor = hw_rng_unit(&w->samples) < w->o->share_poor;
    p->kit = old_kit ? "old kit" : "full kit";
    p->dropout = poor ? w->o->dropout : 0;
    for (uint32_t l = 0; l < w->n_loci; l++) {
        const nation_locus *locus = &w->locus[l];
        const uint32_t *gene = w->gene[l][member];
        bool one_copy = locus->lm->kind == HW_LOCUS_X && sex == HW_SEX_MALE;
        if (locus->old_kit || !old_kit) {
            p->g[locus->panel] = read_pair(w, p, seen(locus->lm, gene[0]), seen(locus->lm, gene[1]), one_copy);
        }
    }
    p->g[w->amel] = read_amelogenin(w, p, sex);
    *ret = p;
    return HW_OK;
}
