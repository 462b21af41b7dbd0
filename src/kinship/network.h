// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * From a pedigree and the typings at one locus to a net of variables and factors. Internal to the likelihood.
 *
 * Reading order: nodes.c (who matters, what each showed, which alleles must be told apart), network.c (collapse what has a closed form, make
 * variables of the rest), eliminate.c (sum), theta.c and linked.c (sums over such nets), likelihood.c (the calls).
 */
#ifndef HW_KINSHIP_NETWORK_H
#define HW_KINSHIP_NETWORK_H

#include "kinship/eliminate.h"
#include "kinship/emission.h"
#include "kinship/likelihood.h"

/* The alleles as the engine sees them: classes. Without merging, class i is allele i. */
typedef struct classes {
    uint32_t k;
    const double *p;
    const double *female, *male;     /* k*k, NULL: no mutation */
    const double *p_female, *p_male;
    const double *pair_female, *pair_male; /* NULL when merged */
    const uint32_t *of;              /* allele -> class */
    const uint32_t *representative;  /* class -> one allele of it */
} classes;

typedef enum seen { SEEN_NOTHING, SEEN_EXACT, SEEN_UNSURE } seen;
typedef enum treatment { AS_NOTHING, AS_CONSTANT, AS_PHASE, AS_VARIABLES, AS_VECTOR, AS_JOINT } treatment;

/* A gene of a node as a factor meets it. */
typedef struct gene {
    const double *prior; /* [k] independent distribution, or NULL: a factor of the parent gives it */
    uint32_t var;        /* its variable; NET_NO_LABEL for a constant */
    uint32_t domain;     /* 1 constant, 2 phase, k variable */
    uint32_t value[2];   /* classes of a constant or of the two phases */
} gene;

/* A person (or a group of identical twins) that matters. */
typedef struct node {
    uint32_t person;
    int32_t father, mother; /* nodes, or -1 */
    bool has_parents;       /* at least one parent is stated; the other, when -1, is a founder of its own */
    bool hemizygous;        /* male at an X locus: only the maternal gene */
    double inbreeding;
    bool query;
    seen what;
    uint32_t a, b;          /* classes, when EXACT */
    double reading;         /* probability of what was read, when EXACT */
    double *emission;       /* k*k (hemizygous: k), when UNSURE */
    treatment as;
    gene pat, mat;
    uint32_t first_child, n_children; /* into network.child */
    double *vector;         /* AS_VECTOR: distribution of the gene given on */
} node;

typedef struct network {
    hw_arena *arena;
    const hw_pedigree *ped;
    const hw_locus_model *lm;
    bool x;
    classes c;
    node *node;             /* parents before children */
    uint32_t n;
    uint32_t *node_of;      /* person -> node, UINT32_MAX when it does not matter */
    struct { uint32_t node; bool from_father; } *child; /* transmissions grouped by parent */
    uint32_t n_child;
    uint32_t query;         /* node, or UINT32_MAX */
    bool impossible;        /* twins that differ, a heterozygous male X without typing error: probability 0 */
} network;

/* Who matters and what they showed. query: person or UINT32_MAX. linked: keep typed founders apart by gene. */
hw_status network_nodes(network *w, hw_arena *arena, const hw_pedigree *ped, const hw_locus_model *lm, const hw_typing *typing,
                        uint32_t query, hw_err *err) HW_MUST_CHECK;
static inline const double *network_matrix(const network *w, bool from_father)
{
    return from_father ? w->c.male : w->c.female;
}
static inline const double *network_gamete(const network *w, bool from_father)
{
    return from_father ? w->c.p_male : w->c.p_female;
}
/* Distribution of the gene that parent alleles a, b (classes; b == a for one gene) give on. */
hw_status network_transmit(const network *w, bool from_father, uint32_t a, uint32_t b, double **ret, hw_err *err) HW_MUST_CHECK;

/* Founder genes that share their origin under theta: which block each belongs to. NULL: independent founders. */
typedef struct founder_blocks {
    uint32_t n_genes;      /* free founder genes, in the order network_free_genes lists them */
    const uint32_t *block; /* [n_genes] */
    uint32_t n_blocks;
    const double *prior;   /* [k] of a block */
} founder_blocks;

/* Founders (or unstated parents) whose genes are not known: each has one or two free genes. */
typedef struct free_founder {
    uint32_t node;         /* founder node, or the child node of an unstated parent */
    bool unstated;         /* the parent of `node` on side from_father */
    bool from_father;
    uint32_t first_gene, n_genes;
} free_founder;
hw_status network_free_genes(const network *w, free_founder **ret, uint32_t *ret_n, uint32_t *ret_genes, hw_err *err) HW_MUST_CHECK;

/* Build the net. For a query the kept variables are its genes: *ret_pat, *ret_mat (equal when they share a block; pat NET_NO_LABEL when hemizygous). */
hw_status network_build(network *w, const founder_blocks *blocks, const free_founder *free_list, uint32_t n_free, net *ret,
                        hw_err *err) HW_MUST_CHECK;
/* TOO_COSTLY with the persons of the widest step when the prediction is beyond the limits. repeats: how often the net will be run. */
hw_status network_check_cost(const network *w, const net *n, const net_cost *cost, double repeats, const hw_engine_limits *limits,
                             hw_err *err) HW_MUST_CHECK;

struct hw_engine {
    hw_engine_limits limits;
    hw_arena arena;
};

#endif
