// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * What tables of profiles say about people besides genotypes: the columns for it by name, a profile from the row, and where the
 * profile goes (rescued child, member of a family, neither). Shared by the wide and the long tables.
 */
#ifndef HW_FORMATS_PEOPLE_H
#define HW_FORMATS_PEOPLE_H

#include "formats/relations.h"
#include "formats/text_input.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hw_person_column {
    HW_COLUMN_ID,
    HW_COLUMN_PERSON,
    HW_COLUMN_FAMILY,
    HW_COLUMN_RELATION,
    HW_COLUMN_FATHER,
    HW_COLUMN_MOTHER,
    HW_COLUMN_MISSING,
    HW_COLUMN_TWIN,
    HW_COLUMN_INBREEDING,
    HW_COLUMN_SEX,
    HW_COLUMN_KIT,
    HW_COLUMN_ROLE,
    HW_COLUMN_CATEGORY,
    HW_COLUMN_DROPOUT,
    HW_COLUMN_ERROR,
    HW_COLUMN_MT,
    HW_COLUMN_COMMENT,
    HW_COLUMN_SYNTHETIC,
    HW_COLUMN_COUNT
} hw_person_column;

/** Name in headers that we write and in messages: "sample", "person", "family" ... */
HW_API const char *hw_person_column_name(hw_person_column c);
/** Which column a header field names; false when none. */
HW_API bool hw_person_column_find(hw_field header, hw_person_column *ret);

/**
 * Off-ladder peaks at a locus, `off` of them beside the *io_n alleles in io (room for 8 in all). Three peaks and more are a pattern of more than
 * two copies, which the known alleles alone must not hide: the off-ladder peak then joins them (or nothing is left, where the pattern
 * cannot be stated), and true is returned. Else the peak is an allele that is not known, which the caller says by `partial`.
 */
HW_API bool hw_people_off_ladder(hw_locus_kind kind, unsigned off, hw_allele *io, unsigned *io_n);

#define HW_PEOPLE_MAX_CODE ((size_t)255) /* bytes of a code or name */

typedef struct hw_people {
    const hw_format_input *in;
    hw_format_options *o;
    hw_dataset *d;
    hw_err *err;
    hw_rows *rows;
    size_t at[HW_COLUMN_COUNT];        /* field of each column, SIZE_MAX when absent */
    const char *last[HW_COLUMN_COUNT]; /* the string last kept for it: kits and categories repeat */
    bool has_families;                 /* has relation, father or mother */
    struct hw_people_entry *entry;     /* relatives, in file order */
    size_t n_entries, entry_cap;
    hw_map families; /* family -> last entry of it, plus 1 */
} hw_people;

HW_API void hw_people_init(hw_people *p, const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_rows *rows, hw_err *err);
HW_API void hw_people_release(hw_people *p);
/** Take over the columns of a header record: fills `at`. CONFLICT when a column comes twice; *ret_bad is its field. */
HW_API hw_status hw_people_header(hw_people *p, size_t *ret_bad, hw_err *err) HW_MUST_CHECK;
/** Field of a column in the current record; empty when absent. */
HW_API hw_field hw_people_field(const hw_people *p, hw_person_column c);
/**
 * New profile with what the current record says about the person, room for n_loci loci, in the dataset's arena but not yet added.
 * `id` overrides the sample column (empty: none). *ret_bad: field at fault.
 */
HW_API hw_status hw_people_profile(hw_people *p, hw_field id, uint32_t n_loci, hw_profile **ret, size_t *ret_bad) HW_MUST_CHECK;
/**
 * File the profile read from the current record (its genotypes may follow): as a child, as a member of a family to be built by
 * hw_people_finish, or as a profile alone. `typed`: it has genotypes, or will have.
 */
HW_API hw_status hw_people_add(hw_people *p, hw_profile *profile, bool typed, size_t *ret_bad) HW_MUST_CHECK;
/** Build the families. A family that cannot be is one bad record. */
HW_API hw_status hw_people_finish(hw_people *p) HW_MUST_CHECK;
/** The failure in p->err lies in field i of the current record: fail, or reject the record. */
HW_API hw_status hw_people_bad(hw_people *p, size_t i, const char *name) HW_MUST_CHECK;
/** Is it a word for a rescued child ("child", "unidentified person", 被拐儿童)? */
HW_API bool hw_people_is_child(hw_field f);

#ifdef __cplusplus
}
#endif
#endif
