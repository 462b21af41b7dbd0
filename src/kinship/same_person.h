// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The search for equal profiles before any ratio: genotypes as 16-bit codes, groups of loci as 64-bit keys (which may agree by chance: what decides are the codes). Internal to same_person.c and same_people.c; tests compare it with all pairs. */
#ifndef HW_KINSHIP_SAME_PERSON_H
#define HW_KINSHIP_SAME_PERSON_H

#include "kinship/quality.h"

#define SAME_MAX_GROUPS 256u

/* People by loci: 0 untyped (or typed in part), else a code of the genotype. */
typedef struct same_codes {
    uint16_t *code;             /* [person * n_loci + place] */
    size_t n_people;
    uint32_t n_loci;
    uint32_t group_size;
    uint32_t group[SAME_MAX_GROUPS][HW_SAME_MAX_GROUP]; /* places */
    uint32_t n_groups, n_first; /* of both orders; of the first alone */
    size_t first_staff;         /* people from here on are not compared with each other */
    uint32_t *sparse;           /* people typed fully in fewer groups than SAME_WANTED_GROUPS, ascending */
    size_t n_sparse;
    bool sparse_compared;       /* with everybody; false: there are too many */
} same_codes;

/* Groups that have to be complete for two differences never to hide a pair. */
#define SAME_WANTED_GROUPS 3u
#define SAME_MAX_SPARSE_PAIRS 2e9

typedef struct same_candidate {
    uint32_t a, b;
} same_candidate;

/* Loci by how many people are typed, most first; the groups. Memory from the heap: same_codes_release. */
hw_status same_codes_init(same_codes *c, const hw_dataset *d, const hw_match_options *o, const hw_samples *people, hw_err *err) HW_MUST_CHECK;
void same_codes_release(same_codes *c);
/* Groups of so many loci (2 to HW_SAME_MAX_GROUP); same_codes_init chooses by the number of people. */
void same_make_groups(same_codes *c, uint32_t size);
/* Who is compared with everybody; after same_make_groups. */
hw_status same_list_sparse(same_codes *c, hw_err *err) HW_MUST_CHECK;
bool same_is_sparse(const same_codes *c, size_t person);
/* Loci that differ of those typed in both, counted up to one beyond the limit; *ret_loci: typed in both (when within the limit). */
uint32_t same_differences(const same_codes *c, size_t a, size_t b, uint32_t *ret_loci);
/* Do they agree in a group complete in both? The first such, or UINT32_MAX. */
uint32_t same_first_group(const same_codes *c, size_t a, size_t b);
/* Pairs (a < b, in order) that agree in a group, or of which one is sparse, and differ at few loci. Heap, the caller frees. */
hw_status same_search(const same_codes *c, unsigned n_threads, same_candidate **ret, size_t *ret_n, uint64_t *ret_compared, hw_err *err) HW_MUST_CHECK;

#endif
