// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * What one thread of a search holds: locus models (with the alleles that a family or child adds), conditional tables shared between equal
 * typed genotypes, and the ratio of a child by look-up. Internal to match.c, hypothesis_lr.c and explain.c.
 */
#ifndef HW_KINSHIP_MATCHER_H
#define HW_KINSHIP_MATCHER_H

#include "kinship/match.h"
#include "kinship/worlds.h"

/* A locus that the first population and the panel share, and where every population has it. */
typedef struct search_locus {
    uint32_t panel_index;
    const char *name;
    hw_locus_kind kind;
    const hw_freq **freq;              /* [n_populations], NULL where the table lacks it */
    const hw_locus_settings *settings;
} search_locus;

/* What all threads share; immutable while they run. */
typedef struct search {
    const hw_dataset *d;
    const hw_match_options *o;
    search_locus *locus;
    uint32_t n_loci;
    double *theta;                     /* [n_populations] */
    const hw_family *family;           /* those of d; persons of unknown sex have the sex their own sample shows */
    hw_pedigree *resolved;             /* pedigrees made for that */
    uint32_t n_resolved;
    hw_sex *child_sex;                 /* stated, else amelogenin */
    double *child_male_odds;           /* likelihood ratio of the evidence of sex, male : female */
    hw_arena *arena;
} search;

/* One model of a locus: the table plus the alleles added for this family or child. */
typedef struct variant {
    uint32_t locus, population;
    uint32_t n_added;
    hw_allele *added;                  /* sorted */
    hw_locus_model *model;
    int32_t *child_index;              /* [children] genotype index, or one of the values below; NULL until asked for */
    struct known_reading **known;      /* [KNOWN_READINGS] by hash, or NULL: readings looked up one by one */
    struct open_reading *open;         /* readings that leave the genotype open: child_index CHILD_OPEN - k is number k */
    uint32_t n_open;
    int32_t *member;                   /* of the national search: what each reading among the children is in this model; NULL until asked for */
    double *founder;                   /* [genotypes] probability of an unrelated child's genotype, theta 0 */
    double *founder_x;                 /* [genotypes] of an unrelated boy at an X locus */
    struct variant *next;
} variant;
#define CHILD_UNTYPED (-1)
#define CHILD_SLOW (-2)
#define CHILD_OPEN (-3)

/* The genotypes that a reading leaves open, with P(reading | genotype). */
typedef struct open_reading {
    uint32_t n;
    uint32_t *genotype;
    double *p;
} open_reading;

/* A reading looked up before in a model. */
typedef struct known_reading {
    hw_typing t;
    int32_t is;        /* a genotype, or CHILD_OPEN */
    open_reading open;
    struct known_reading *next;
} known_reading;
#define KNOWN_READINGS 256u

/* P(genotype | family) when the person is the missing one and when unrelated, at one locus; ratio = post / prior. */
typedef struct locus_table {
    variant *v;
    const double *post, *prior, *ratio;
    hw_real total; /* P(readings of the family) */
} locus_table;

typedef struct matcher {
    const search *s;
    hw_engine *engine;
    hw_engine *rival_engine;           /* with a lower limit: a rival is worth less waiting than the pair itself */
    hw_arena arena;                    /* variants and cached tables */
    hw_arena scratch;                  /* one family */
    variant **variants;                /* [population * n_loci + locus] */
    hw_map tables;                     /* key -> locus_table* */
    hw_map shapes;                     /* structure of a family -> number */
    size_t table_bytes;
    bool few;                          /* few children are looked up: no index of all of them; and no table kept but those of one typed member, which recur */
} matcher;

/* A family being searched for one missing person, with that person's sex settled. */
typedef struct question {
    const hw_family *family;
    uint32_t missing;                  /* index into family->missing */
    const hw_pedigree *ped;            /* the family's pedigree, sex of the missing person settled */
    uint32_t person;                   /* the missing person */
    hw_pedigree unrelated;             /* the same and an unrelated child; built when theta > 0 asks for it */
    bool has_unrelated;
    uint32_t shape;
} question;

hw_status search_init(search *s, hw_arena *arena, const hw_dataset *d, const hw_match_options *o, hw_err *err) HW_MUST_CHECK;
void search_release(search *s);
hw_status matcher_init(matcher *m, const search *s, hw_err *err) HW_MUST_CHECK;
void matcher_release(matcher *m);

/* The model of a locus with the alleles of the profiles added where the table lacks them. */
hw_status matcher_variant(matcher *m, uint32_t population, uint32_t locus, const hw_allele *seen, size_t n_seen, variant **ret, hw_err *err) HW_MUST_CHECK;
hw_status question_init(matcher *m, question *q, const hw_family *family, uint32_t missing, const hw_pedigree *ped, hw_err *err) HW_MUST_CHECK;
void question_release(question *q);
/* Typings of the family's members at a locus into ret[ped->n]; false when nobody is typed there. */
bool question_typings(const question *q, uint32_t panel_index, hw_typing *ret);
/* Conditional table of the missing person. extra: alleles of a child to be told apart too. IMPOSSIBLE names locus and people. */
hw_status question_table(matcher *m, question *q, uint32_t population, uint32_t locus, const hw_allele *extra, size_t n_extra, locus_table *ret,
                         hw_err *err) HW_MUST_CHECK;
/* Ratio of a child whose genotype is not a plain look-up. */
hw_status question_slow_ratio(matcher *m, question *q, uint32_t population, uint32_t locus, const hw_profile *child, double *ret, hw_err *err) HW_MUST_CHECK;
/* Ratio of a child whose reading leaves several genotypes open, from the family's own table. */
double open_ratio(const locus_table *t, const open_reading *r);
/* Look up all children once, where that is worth its memory; else child_index stays NULL and variant_child looks one up. */
hw_status variant_child_index(matcher *m, variant *v, hw_err *err) HW_MUST_CHECK;
/* What the child's reading is in this model: a genotype, or CHILD_UNTYPED, CHILD_SLOW, or CHILD_OPEN with the genotypes in *ret_open. */
hw_status variant_child(matcher *m, variant *v, size_t child, int32_t *ret, open_reading *ret_open, hw_err *err) HW_MUST_CHECK;
hw_typing profile_typing(const hw_profile *p, uint32_t panel_index);
/* Likelihood ratio of the evidence of a child's sex when the missing person has the given sex. */
double search_sex_ratio(const search *s, uint32_t child, hw_sex missing_sex);
/* Can the answer depend on the sex of this person (X loci searched, or children in the family)? */
bool search_sex_matters(const search *s, const hw_family *f, uint32_t person);

/*
 * Both sexes of a missing person whose sex nobody knows, weighed by what the family's readings say of each (ratio of P(readings of the family) to the mean over both; 0 when
 * they cannot be under that sex). IMPOSSIBLE when neither can be.
 */
hw_status family_sex_weights(matcher *m, const hw_family *family, uint32_t missing, double *ret_male, double *ret_female, hw_err *err) HW_MUST_CHECK;
/* A family under every assignment of the sexes that nobody knows (the missing person's apart), each with its share of the probability of the family's readings. */
typedef struct family_worlds {
    worlds w;
    hw_family *family; /* [n] in the scratch of the matcher */
    double *weight;    /* [n] sum 1 */
    uint32_t n;        /* 0: nothing is open */
} family_worlds;
hw_status family_worlds_init(family_worlds *w, matcher *m, const hw_family *family, uint32_t missing, hw_err *err) HW_MUST_CHECK;
void family_worlds_release(family_worlds *w);
/* Shares (sum 1) of both sexes by P(X readings of the child | unrelated, sex), at the X loci where the family is typed too. */
hw_status child_x_shares(matcher *m, const hw_family *family, uint32_t missing, const hw_profile *child, double *ret_boy, double *ret_girl, hw_err *err) HW_MUST_CHECK;

/* hypothesis_lr.c: the ratios of all hypotheses about one pair. */
typedef struct pair_lr {
    hw_hypotheses h;
    double *log10_ratio;       /* [hypothesis * n_populations + population], against unrelated, evidence of sex included for MISSING; NAN: not computed */
    double *locus_ratio;       /* [locus * n_populations + population] missing : unrelated */
    bool *used;                /* [locus] in the first population */
    bool *inconsistent;        /* [locus]: impossible without mutation, drop-out, error and silent alleles */
    int32_t *linked_with;      /* [locus] */
    uint32_t n_used, n_inconsistent;
    double sex_ratio;
    hw_real ratio;             /* missing : unrelated in the first population, evidence of sex not included */
} pair_lr;
hw_status pair_lr_compute(matcher *m, uint32_t child, const hw_family *family, uint32_t missing, bool rivals, pair_lr *ret, hw_err *err) HW_MUST_CHECK;
void pair_lr_release(pair_lr *p);
/* linked.c: does linkage between the two loci change the likelihood of this pedigree? */
hw_status linked_matters(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *const lm[2], const hw_typing *const typing[2], bool *ret, hw_err *err) HW_MUST_CHECK;

#endif
