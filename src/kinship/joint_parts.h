// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Inside joint identification. Read in this order: joint_table.c (the ways of placing children in one family, each with its joint ratio), joint_group.c (which families are
 * solved together, and what is cut between groups), joint_message.c (estimates across what is cut), joint_solve.c (exact sums over a group), joint.c (the whole).
 */
#ifndef HW_KINSHIP_JOINT_PARTS_H
#define HW_KINSHIP_JOINT_PARTS_H

#include "kinship/joint.h"
#include "kinship/matcher.h"

/* A listed pair. Sorted by family, child, missing. */
typedef struct joint_pair {
    uint32_t child, family, missing;
    uint32_t input;  /* place in the list given */
    hw_real ratio;
    double rival;    /* ratio strongest rival : missing; 0 unknown */
} joint_pair;

/*
 * One way of placing children in a family, or of having them, together, as children of a brother or sister of its parents. Entries of a table stand in the order of their lists
 * of pairs, the empty one first; the relatives follow in the same order.
 */
typedef struct joint_entry {
    uint32_t *pair; /* [n] sorted pairs, ascending, hence by child */
    uint32_t n;
    bool relative;
    hw_real ratio;  /* joint likelihood ratio to nobody placed; of relatives times rival_weight */
} joint_entry;

typedef struct joint_table {
    uint32_t family;
    double prior;             /* of placing a child as one of its missing persons */
    uint32_t first, n_pairs;  /* of the sorted pairs */
    uint32_t n_children;
    uint32_t *child;          /* [n_children] dataset indices, ascending */
    double *reach;            /* [n_children] most that placing the child here can multiply the weight of any way of placing the others by, prior not included */
    double *pull;             /* [n_children] the same with nobody else placed: sum of the child's ratios here */
    double *flow;             /* [n_children] estimate of the weight of placing the child here, as the rest of the web lets it; lives while groups are made */
    bool *use;                /* [n_pairs] false: ratio 0, or set aside for the limit */
    joint_entry *entry;
    size_t n, n_placed;       /* n_placed: entries before the relatives */
    const char *unproven;     /* why bounds do not hold, or NULL */
} joint_table;

/* All entries of the family with their joint ratios. The arena keeps the table. */
hw_status joint_table_build(matcher *m, hw_arena *arena, const joint_pair *pair, const hw_joint_options *o, joint_table *t, hw_err *err) HW_MUST_CHECK;

/* Weight of not placing a child: estimate, low, high; by cause, for the estimate. */
enum { JOINT_MID, JOINT_LOW, JOINT_HIGH, JOINT_VIEWS };
typedef struct joint_unplaced {
    double not_registered, unlisted, other_group; /* sum: u[JOINT_MID] */
    double u[JOINT_VIEWS];
} joint_unplaced;

typedef struct joint_group {
    uint32_t *table; /* tables of its families, ascending */
    uint32_t n;
    uint32_t *child; /* ascending */
    uint32_t n_children;
    joint_unplaced *unplaced; /* [n_children] */
    bool cut;                 /* a child of it has a family in another group */
    const char *unproven;     /* of one of its tables */
} joint_group;

/* Child in table: `at` is its place there. Sorted by child, then strongest reach, then table. */
typedef struct joint_claim {
    uint32_t child, table, at;
    double reach;
} joint_claim;
/* Fill flow of all tables, in the arena. */
hw_status joint_messages(joint_table *table, size_t n_tables, const joint_claim *claim, size_t n_claims, const joint_pair *pair, const joint_unplaced *own,
                         hw_arena *arena, hw_err *err) HW_MUST_CHECK;

/* Children with a weight of their own, before anything is cut. [dataset child] */
hw_status joint_groups_build(joint_table *table, size_t n_tables, const joint_pair *pair, const joint_unplaced *own, size_t n_children, const hw_joint_options *o, hw_arena *arena,
                             joint_group **ret, size_t *ret_n, hw_err *err) HW_MUST_CHECK;

/* What a group's sums say. Arrays are in the arena given. */
typedef struct joint_solution {
    hw_real total[JOINT_VIEWS];
    hw_real **of_pair[JOINT_VIEWS];    /* [table of the group][pair of the table]: weight of the assignments with the pair */
    hw_real *unplaced[JOINT_VIEWS];    /* [child of the group]: of those where it is nowhere */
    hw_real *relative[JOINT_VIEWS];    /* [child of the group]: of those where it is a relative */
    hw_real **absent[JOINT_VIEWS];     /* [table][missing person of the family]: of those where nobody is this one */
    hw_joint_assignment *top;          /* pairs as sorted pairs */
    uint32_t n_top;
    bool top_complete;
    double assignments;
} joint_solution;
hw_status joint_solve(const joint_table *table, const joint_pair *pair, const hw_family *family, const joint_group *g, const hw_joint_options *o, hw_arena *arena,
                      joint_solution *ret, hw_err *err) HW_MUST_CHECK;

/* Place of a child in an ascending list, or UINT32_MAX. */
static inline uint32_t joint_find(const uint32_t *list, uint32_t n, uint32_t child)
{
    uint32_t low = 0;
    while (low < n) {
        uint32_t mid = low + (n - low) / 2;
        if (list[mid] == child) {
            return mid;
        }
        if (list[mid] < child) {
            low = mid + 1;
        } else {
            n = mid;
        }
    }
    return UINT32_MAX;
}

#endif
