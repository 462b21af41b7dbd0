// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * From words to a pedigree: tables of laboratories say "mother", "paternal grandfather" or 外祖母 of the missing child, not
 * who is whose child. This builds the family of such a table. Used by the CSV tables and by CODIS categories.
 */
#ifndef HW_FORMATS_RELATIONS_H
#define HW_FORMATS_RELATIONS_H

#include "formats/format.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All are relations to the missing child. */
typedef enum hw_relation {
    HW_RELATION_NONE,    /* not said: father and mother must say it */
    HW_RELATION_MISSING, /* the missing child itself; several are full siblings of one another */
    HW_RELATION_MOTHER,
    HW_RELATION_FATHER,
    HW_RELATION_PARENT,  /* of either sex */
    HW_RELATION_BROTHER, /* full */
    HW_RELATION_SISTER,
    HW_RELATION_SIBLING,
    HW_RELATION_TWIN,                  /* identical */
    HW_RELATION_MATERNAL_HALF_SIBLING, /* of one mother */
    HW_RELATION_PATERNAL_HALF_SIBLING,
    HW_RELATION_PATERNAL_GRANDFATHER,
    HW_RELATION_PATERNAL_GRANDMOTHER,
    HW_RELATION_MATERNAL_GRANDFATHER,
    HW_RELATION_MATERNAL_GRANDMOTHER,
    HW_RELATION_PATERNAL_UNCLE, /* full brother of the father */
    HW_RELATION_PATERNAL_AUNT,
    HW_RELATION_MATERNAL_UNCLE,
    HW_RELATION_MATERNAL_AUNT,
    HW_RELATION_CHILD,  /* a child of the missing person */
    HW_RELATION_SPOUSE, /* the other parent of those children */
    HW_RELATION_COUNT
} hw_relation;

/**
 * "mother", "Full Sibling", 外祖母 ... in any case, blanks, "_" and "-" ignored; *ret_sex is what the word tells. Empty gives NONE.
 * PARSE with the list of words otherwise.
 */
HW_API hw_status hw_relation_parse(const char *s, size_t n, hw_relation *ret, hw_sex *ret_sex, hw_err *err) HW_MUST_CHECK;
HW_API const char *hw_relation_name(hw_relation r); /* "paternal grandfather" */

typedef struct hw_relative {
    const char *person; /* code, unique in the family; several entries of one person are several typings */
    hw_relation relation;
    hw_sex sex;
    const char *father, *mother; /* codes, or NULL; they go before the relation */
    bool missing;                /* also when relation is MISSING */
    uint32_t twin;               /* 0 or the number of a group of identical twins */
    double inbreeding;
    hw_profile *profile; /* or NULL: untyped. Added to the dataset unless it stands there already */
    uint32_t line;
    const char *record; /* for the rejects, or NULL */
    size_t record_len;
} hw_relative;

/**
 * Build one family of n relatives and append it, with their profiles, to the dataset. People who must exist but are not
 * listed (the mother of two siblings) are added untyped; when nobody is missing and relations are given, a child "missing" of the
 * family's couple is added. Several profiles of one person are merged (conflicts become notes). Nothing is appended on failure.
 * CONFLICT: two mothers, a male mother, one's own ancestor, a profile code taken. PARSE: a parent's code that nobody has, nobody
 * missing. The message names family and person; *ret_bad is the relative at fault.
 */
HW_API hw_status hw_relations_build(hw_dataset *d, const char *file, const char *family, const hw_relative *relative, size_t n,
                                    size_t *ret_bad, hw_err *err) HW_MUST_CHECK;

/** "M", "f", "1", "2", "male", 女 ...; empty, "0", "U", "unknown", 未知 give UNKNOWN. PARSE otherwise. */
HW_API hw_status hw_sex_parse(const char *s, size_t n, hw_sex *ret, hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
