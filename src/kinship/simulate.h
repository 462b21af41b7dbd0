// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * A synthetic nation on real allele frequencies, by gene dropping: for demonstrations and tests only, and marked synthetic for ever.
 */
#ifndef HW_KINSHIP_SIMULATE_H
#define HW_KINSHIP_SIMULATE_H

#include "base/rng.h"
#include "kinship/dataset.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Shares of family kinds need not sum to 1: they are divided by their sum. */
typedef struct hw_nation {
    uint32_t children, families;
    uint64_t seed;
    double share_true;       /* share of the children whose family is registered (0.6) */
    double share_one_parent, share_two_parents, share_siblings, share_grandparents, share_mixed; /* 0.5 0.3 0.08 0.06 0.06 */
    double dropout;          /* per copy, of samples of poor quality (0.02), in share_poor (0.1) of the samples */
    double share_poor;
    double share_wrong;      /* families whose stated relation is wrong (0.01): non-paternity, adoption */
    double share_swapped;    /* families with two tubes swapped (0.005) */
    double share_relatives;  /* true families of which a sibling's family of a true parent is registered too (0.05) */
    double share_siblings_rescued; /* families with two missing children, both rescued (0.03) */
    double share_two_missing; /* 0; else the share of families that miss two children, each of whom is rescued like any other, in place of share_siblings_rescued */
    double share_partial_kit; /* samples typed with an old kit of fewer loci (0.1) */
    bool chinese_names;      /* invented Chinese names in comments */
    /* What makes the nation differ from what a search assumes (0: it does not). */
    double theta;            /* founders come from `demes` subpopulations, each with frequencies of its own of this correlation (0) */
    uint32_t demes;          /* 0 is taken as 1 */
    double inbreeding;       /* of every founder (0) */
    uint64_t sample_seed;    /* the same people sampled another time: everything but their genes and families is drawn anew; 0: as by seed */
} hw_nation;

typedef struct hw_nation_truth {
    uint32_t child, family, missing; /* indices into the dataset and the family's missing list; family UINT32_MAX: not registered */
    const char *remark;              /* "swapped samples MO/FA", "relative of F00012", or "" */
} hw_nation_truth;

HW_API void hw_nation_init(hw_nation *n);
/**
 * Drop genes: children and families into `ds` (ids C00001.., F00001..; ds->synthetic = true), the truth into `ret_truth` (one per child, in ds's arena). All loci of `pop` that are in
 * `loci` (panel names; NULL: all of pop). Mutation, silent alleles and the rate of hidden Y copies by `settings`; founders are drawn independently, within their deme when there is a theta.
 * The same seed gives the same nation on every machine and for any thread count. The number of children with a registered family is exact, the other
 * shares are probabilities; relatives' families are as many as there is room for. Person ids: FA MO PGF PGM MGF MGM UN AU S1.. HS FA2 C1 C2.
 * USAGE: a share outside 0..1, no loci, fewer families than children need. NOT_FOUND: a locus without frequencies. UNSUPPORTED: neither autosomal nor X.
 * On failure `ds` is good for releasing only.
 */
HW_API hw_status hw_nation_simulate(const hw_nation *n, const hw_population *pop, const hw_settings *settings, const char *const *loci,
                                    size_t n_loci, hw_dataset *ds, hw_nation_truth **ret_truth, hw_err *err) HW_MUST_CHECK;

/**
 * Drop genes through one pedigree at one locus: genotypes of all persons into ret[n] as allele indices (paternal, maternal; X: males (i,i)). Theta of the model and
 * inbreeding of founders are respected; identical twins are equal. CONFLICT: an unknown sex at an X locus.
 */
HW_API hw_status hw_gene_drop(const hw_pedigree *ped, const hw_locus_model *lm, hw_rng *rng, uint32_t (*ret)[2], hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
