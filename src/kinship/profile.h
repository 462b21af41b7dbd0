// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * DNA profiles: what one sample showed at each locus of a panel; and the merging of several typings of one person.
 * Profiles live in the arena of the dataset that read them.
 */
#ifndef HW_KINSHIP_PROFILE_H
#define HW_KINSHIP_PROFILE_H

#include "base/memory.h"
#include "kinship/allele.h"
#include "kinship/locus.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hw_sex { HW_SEX_UNKNOWN, HW_SEX_MALE, HW_SEX_FEMALE } hw_sex;

/** Unordered pair, smaller code first; both UNKNOWN: not typed; b alone UNKNOWN: one allele known ("14/-"). Males at X: a == b. */
typedef struct hw_genotype {
    hw_allele a, b;
} hw_genotype;
#define HW_GENOTYPE_NONE ((hw_genotype){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN})

/** Alleles at a locus beyond what hw_genotype holds: tri-allelic patterns, multi-copy Y loci, amelogenin as read. */
typedef struct hw_extra {
    uint32_t locus;
    uint8_t n;
    hw_allele allele[8];
    struct hw_extra *next;
} hw_extra;

typedef struct hw_profile {
    const char *id;       /* sample or person code, unique in its role; UTF-8 */
    const char *person;   /* code of the person; equals id unless the file tells them apart */
    const char *family;   /* case or family code the file gives, or NULL */
    const char *category; /* specimen category or role as the file gives it, or NULL */
    const char *kit;      /* or NULL */
    const char *comment;  /* or NULL */
    const char *mt;       /* mtDNA haplotype, "ranges;differences": "16024-16365,73-340;16223T 16362C 73G 263G", or NULL */
    hw_sex sex;           /* as stated by the file; UNKNOWN when not stated */
    bool synthetic;
    double dropout;       /* probability that one copy of a heterozygote is lost, 0..1 */
    double error;         /* probability that an allele is read as another one, 0..1 */
    uint32_t n_loci;      /* entries of g; loci beyond are untyped */
    hw_genotype *g;       /* by panel index. A locus with 3+ alleles stands in extras and is NONE here, unless the locus is of kind Y/AMEL */
    hw_extra *extras;
    uint32_t line;        /* where it was read: first line, 0 unknown */
} hw_profile;

/** The genotype at a panel index; NONE beyond n_loci. */
static inline hw_genotype hw_profile_at(const hw_profile *p, uint32_t locus)
{
    return p != NULL && locus < p->n_loci ? p->g[locus] : HW_GENOTYPE_NONE;
}
static inline bool hw_genotype_typed(hw_genotype g)
{
    return g.a != HW_ALLELE_UNKNOWN || g.b != HW_ALLELE_UNKNOWN;
}
/** Order the pair: smaller code first, UNKNOWN last. */
HW_API hw_genotype hw_genotype_make(hw_allele a, hw_allele b);
/** Loci typed, of one kind (HW_LOCUS_AUTO: all). */
HW_API uint32_t hw_profile_typed(const hw_profile *p, const hw_panel *panel, hw_locus_kind kind);

/** New empty profile with room for n_loci loci, strings copied; in the arena. NULL when out of memory. */
HW_API hw_profile *hw_profile_new(hw_arena *arena, const char *id, uint32_t n_loci) HW_MUST_CHECK;
/**
 * Set the alleles read at a locus (n = 0..8, duplicates and UNKNOWN allowed, room is grown in the arena): one distinct allele is a homozygote,
 * two a heterozygote, more go to extras (autosomal: reported as tri-allelic and left out of ratios). For X loci of males and Y loci one allele is the rule.
 * `partial`: a single allele means "one known, other unknown" instead of homozygous.
 */
HW_API hw_status hw_profile_set(hw_profile *p, hw_arena *arena, const hw_panel *panel, uint32_t locus, const hw_allele *alleles,
                                unsigned n, bool partial, hw_err *err) HW_MUST_CHECK;
HW_API const hw_extra *hw_profile_extra(const hw_profile *p, uint32_t locus);

/** One thing to tell about a profile: conflict between typings, tri-allele, off-ladder allele, sex against amelogenin. */
typedef struct hw_profile_note {
    enum { HW_NOTE_CONFLICT, HW_NOTE_TRIALLELE, HW_NOTE_OFF_LADDER, HW_NOTE_SEX, HW_NOTE_PARTIAL } kind;
    uint32_t locus;   /* UINT32_MAX: the profile as a whole (stated sexes, mtDNA) */
    const char *text; /* in the arena */
} hw_profile_note;

/**
 * Merge n typings of one person (any kits) into one profile in `arena`. Locus by locus: agreeing typings keep; a partial
 * genotype that fits a full one gives the full one; an apparent homozygote against a heterozygote that contains it is a
 * CONFLICT note, and the heterozygote is used only when the homozygote's sample has a drop-out probability > 0; any other
 * disagreement leaves the locus untyped with a CONFLICT note. Two partial
 * readings of different alleles make a heterozygote, with a PARTIAL note. dropout and error become the largest of the typings used.
 * ret_notes: array in the arena.
 */
HW_API hw_status hw_profile_merge(hw_arena *arena, const hw_panel *panel, const hw_profile *const *typings, size_t n,
                                  hw_profile **ret, hw_profile_note **ret_notes, size_t *ret_n_notes, hw_err *err) HW_MUST_CHECK;
/** Notes on one profile alone (tri-alleles, off-ladder, partial, stated sex against amelogenin). */
HW_API hw_status hw_profile_review(hw_arena *arena, const hw_panel *panel, const hw_profile *p, hw_profile_note **ret_notes,
                                   size_t *ret_n_notes, hw_err *err) HW_MUST_CHECK;
/** Sex that amelogenin shows: X only FEMALE, X and Y MALE, else UNKNOWN. */
HW_API hw_sex hw_profile_amelogenin(const hw_profile *p, const hw_panel *panel);
/**
 * Likelihood ratio of the amelogenin reading for sex male : female with an error rate per reading (default 0.001; Y deletion) and the drop-out of the sample:
 * evidence, never a veto. 1 when not typed.
 */
HW_API double hw_amelogenin_ratio(const hw_profile *p, const hw_panel *panel, double error_rate);

#ifdef __cplusplus
}
#endif
#endif
