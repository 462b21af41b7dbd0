// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * A dataset: everything that files bring in, in one shape, whatever format it came from. Readers of src/formats append to it; match, lr and convert
 * work on it; writers write it. Owns everything inside through its arena (pedigrees and panel have arenas of their own).
 */
#ifndef HW_KINSHIP_DATASET_H
#define HW_KINSHIP_DATASET_H

#include "kinship/frequency.h"
#include "kinship/pedigree.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A searching family: one pedigree, its typed members, and who of it is missing. */
typedef struct hw_family {
    const char *id;
    hw_pedigree pedigree;
    const hw_profile **profile; /* by person of the pedigree (pedigree.n entries); NULL: untyped */
    uint32_t *missing;          /* person indices */
    uint32_t n_missing;
    const char *comment;        /* or NULL */
    uint32_t line;
    const char *under;          /* NULL; else this is another family of the dataset searched under these of its members alone ("MO, S1"): pedigree and profiles are borrowed from it */
    uint32_t whole;             /* then: that family's index */
} hw_family;

/** A case for any hypotheses: the same profiles under several pedigrees. Persons are matched to profiles by id. */
typedef struct hw_case {
    const char *id;
    const char *title;          /* or NULL */
    hw_pedigree *hypothesis;
    uint32_t n_hypotheses;
    hw_profile **profile;       /* typed persons; profile->person is the id in the pedigrees */
    uint32_t n_profiles;
    const hw_population *population; /* the case's own table, or NULL: the caller's */
    hw_settings settings;       /* the case's own; valid when has_settings */
    bool has_settings;
    uint32_t *loci;             /* panel indices in the case's order */
    uint32_t n_loci;
    uint32_t line;
} hw_case;

typedef struct hw_note {
    const char *file;
    uint32_t line;
    const char *text; /* what was odd and what was done about it: reported, never hidden */
} hw_note;

typedef struct hw_dataset {
    hw_arena arena;
    hw_panel panel;
    hw_profile **profile; /* every profile read, children and relatives alike */
    size_t n_profiles, profile_cap;
    hw_map profile_by_id; /* id -> index; several typings of one person have different ids and the same person */
    hw_profile **child;   /* rescued children (unidentified persons): subset of profile, when the format says so */
    size_t n_children, child_cap;
    hw_family *family;
    size_t n_families, family_cap;
    hw_case *kase;
    size_t n_cases, case_cap;
    hw_population **population;
    size_t n_populations, population_cap;
    hw_settings settings; /* of the file (.fam carries them), valid when has_settings */
    bool has_settings;
    const char *settings_file; /* where they stand, for messages; NULL: not from a file */
    hw_note *note;
    size_t n_notes, note_cap;
    bool synthetic;       /* marked synthetic for ever */
} hw_dataset;

#define HW_DATASET_MAX_PROFILES ((size_t)20000000)

HW_API void hw_dataset_init(hw_dataset *d);
HW_API void hw_dataset_release(hw_dataset *d);
/** Append; CONFLICT when the id is taken. The pointer stays valid. */
HW_API hw_status hw_dataset_add_profile(hw_dataset *d, hw_profile *p, hw_err *err) HW_MUST_CHECK;
HW_API hw_status hw_dataset_add_child(hw_dataset *d, hw_profile *p, hw_err *err) HW_MUST_CHECK; /* also adds the profile */
/** New family with an initialised pedigree. The pointer is valid until the next add; use the index. */
HW_API hw_status hw_dataset_add_family(hw_dataset *d, const char *id, size_t *ret_index, hw_err *err) HW_MUST_CHECK;
/** Add a family that is family `whole` under a part of its members, as hw_family_restrict makes it (its arrays must live as long as the dataset). */
HW_API hw_status hw_dataset_add_part(hw_dataset *d, const hw_family *part, const char *under, uint32_t whole, hw_err *err) HW_MUST_CHECK;
HW_API hw_status hw_dataset_add_case(hw_dataset *d, const char *id, size_t *ret_index, hw_err *err) HW_MUST_CHECK;
/** New empty population in the arena. */
HW_API hw_status hw_dataset_add_population(hw_dataset *d, const char *name, hw_population **ret, hw_err *err) HW_MUST_CHECK;
HW_API void hw_dataset_note(hw_dataset *d, const char *file, uint32_t line, const char *fmt, ...) HW_PRINTF(4, 5);
HW_API const hw_profile *hw_dataset_find_profile(const hw_dataset *d, const char *id);

#ifdef __cplusplus
}
#endif
#endif
