// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The national search: passes over pairs that cannot reach the threshold, and loses none that does. Internal.
 *
 * At each locus the readings of all children fall into at most 128 classes, once for the whole search. For a family and a class, a level is an upper
 * bound of log2 of the ratio over the readings of the class. A pair can reach the threshold only if the levels' sum does, so only if the sum of
 * deficits (best level of the locus less the level of the child's class) stays within what the best levels leave above the threshold. Deficits
 * are scaled to bytes, rounded down, so that this sum of bytes with saturation is one shuffle and one addition per locus for 64 children at once.
 * Survivors are summed again as levels, and what remains is computed exactly, as the plain search does.
 *
 * Every rounding goes the safe way: levels up, the threshold down, deficits down. Readings that a family's model cannot look up (an allele that neither
 * table nor family has) are bounded by 1 / P(genotype | unrelated); the children who have one are kept apart, so that they do not loosen the rest.
 *
 * Reading order: screen.c (classes of the children), bound.c (levels of a family), screen_kernel.c (sums of bytes), screen_search.c (the search).
 */
#ifndef HW_KINSHIP_SCREEN_H
#define HW_KINSHIP_SCREEN_H

#include "kinship/match_parts.h"

#define SCREEN_CLASSES 128u
#define SCREEN_STEP 256u       /* positions a kernel takes at once; segments are padded to it */
#define LEVEL_ONE 256          /* levels per doubling */
#define LEVEL_LEAST (-28672)   /* stands for everything below, zero included */

typedef enum member_kind {
    MEMBER_UNTYPED,
    MEMBER_PLAIN,   /* one genotype */
    MEMBER_DROP,    /* one allele seen, of a homozygote or, with less probability, of a heterozygote: drop-out */
    MEMBER_ONE,     /* one allele for sure, the other open */
    MEMBER_ANY      /* any genotype */
} member_kind;

/* One reading that occurs among the children at a locus. */
typedef struct screen_member {
    hw_allele a, b;
    member_kind kind;
    bool odd;         /* holds an allele that the table lacks */
    uint8_t class_of;
    int16_t universal; /* level of 1 / P(genotype | unrelated), whatever the family */
    double dropout;
    double homo, hetero; /* MEMBER_DROP: P(reading | homozygote), P(reading | a heterozygote with the allele) */
    uint32_t count;
} screen_member;

typedef struct screen_locus {
    uint32_t locus;    /* of the search */
    bool x;
    screen_member *member;
    uint32_t n_members, n_classes;
    bool *odd;         /* [SCREEN_CLASSES]: only odd readings */
    double *share;     /* [SCREEN_CLASSES] of the children */
    uint8_t *column;   /* [n_positions] class of the child at each position */
} screen_locus;

/* Children who stand together: all new or all known, all without odd readings or all with some. */
typedef struct segment {
    uint32_t from, to; /* positions, multiples of SCREEN_STEP */
    bool odd, known;
} segment;

/* Upper bounds of one family at one locus. */
typedef struct bound_table {
    int16_t level[SCREEN_CLASSES];
    int16_t top, top_odd; /* largest level: of classes of children without odd readings, of all */
    uint16_t mean;        /* mean deficit over the children */
    bool loose;           /* no bounds: the family adds too much to the model, or a ratio is beyond what a level holds */
} bound_table;
_Static_assert(sizeof(bound_table) % sizeof(uint32_t) == 0, "a key of words stands behind it");

/*
 * Add up table[locus * SCREEN_CLASSES + column[locus][position]] with saturation over n loci, and write the positions in [from, to) whose sum is at most `most` to
 * ret; returns how many. Loci from check_at on: whoever is beyond cannot come back, so a step without survivors may end early.
 */
typedef size_t (*screen_kernel)(const uint8_t *const *column, const uint8_t *table, uint32_t n, uint32_t check_at, uint8_t most, uint32_t from,
                                uint32_t to, uint32_t *ret);
size_t screen_kernel_plain(const uint8_t *const *column, const uint8_t *table, uint32_t n, uint32_t check_at, uint8_t most, uint32_t from, uint32_t to,
                           uint32_t *ret);
/* The fastest kernel of this processor and how many classes it looks up well. */
screen_kernel screen_kernel_best(uint32_t *ret_classes);
/* Kernel number i of those this processor can run, NULL beyond the last: for tests. */
screen_kernel screen_kernel_at(uint32_t i, uint32_t *ret_classes, const char **ret_name);

typedef struct screen {
    const search *s;
    screen_locus *locus;   /* [n_loci] in the order of the search's loci */
    uint32_t n_loci;
    uint8_t *sex_column;   /* class of the evidence of sex */
    bound_table sex[3];    /* by sex of the missing person */
    uint32_t *child_at;    /* position -> child, UINT32_MAX: padding */
    uint32_t n_positions;
    segment segment[4];
    uint32_t n_segments;
    uint16_t log2_up[1024]; /* of the mantissa, in levels, rounded up */
    int32_t threshold;     /* level that a sum must reach */
    screen_kernel kernel;
    const bool *known_child; /* or NULL */
} screen;

/* Classes of all children of the search. m: a matcher to build models with. `classes`: at most so many a locus. */
hw_status screen_init(screen *c, matcher *m, hw_arena *arena, double threshold_log10, const bool *known_child, screen_kernel kernel, uint32_t classes,
                      hw_err *err) HW_MUST_CHECK;
/* Level of a ratio, rounded up; INT16_MAX: it may be more than a level holds. */
static inline int16_t screen_level(const screen *c, double x)
{
    union {
        double d;
        uint64_t u;
    } bits = {.d = x};
    int32_t e = (int32_t)((bits.u >> 52) & 0x7ff) - 1023;
    if (e < -112) { /* of -112 the level may lie above the least */
        return LEVEL_LEAST;
    }
    if (e > 111) {
        return INT16_MAX;
    }
    return (int16_t)(e * LEVEL_ONE + c->log2_up[(bits.u >> 42) & 1023]);
}

/* ---- bound.c ---- */

/* Levels already made, by structure of the family and its readings at the locus. One a thread. */
typedef struct bound_cache {
    hw_arena arena;
    uint32_t **slot; /* keys; a bound_table stands before each */
    size_t n, n_slots;
} bound_cache;

void bound_cache_init(bound_cache *c);
void bound_cache_release(bound_cache *c);
/* Forget everything: the numbers of structures in its keys are those of one matcher, and end with it. */
void bound_cache_clear(bound_cache *c);
/* Forget everything when it has grown beyond its share of memory. Pointers handed out before are then invalid. */
void bound_cache_trim(bound_cache *c);
/*
 * Levels of the question's person at every locus where the family is typed; ret[n_loci] by locus of the search, NULL where nobody is. *ret_open: the family needs the plain
 * search (the alleles it adds change its model too much for a bound).
 */
hw_status bound_tables(const screen *c, bound_cache *cache, matcher *m, question *q, const bound_table **ret, bool *ret_open, hw_err *err) HW_MUST_CHECK;

/* ---- screen_search.c ---- */

/* Search slots [from, to) and add what reaches the threshold to the result, in the order of slots and children. */
hw_status screen_search(all *a, screen *c, bound_cache *cache, size_t from, size_t to, hw_pairs *ret, hw_err *err) HW_MUST_CHECK; /* cache: [threads] */

#endif
