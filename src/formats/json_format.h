// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Inside the two JSON formats: what json_read.c (the document homeward/1), json_case.c (cases, and the documents kinship-oracle/1),
 * json_value.c (checked access to values) and json_write.c share. docs/formats-json.md describes the document.
 *
 * Every failure names the file and the path of the value ("$.cases[3].markers[0].table"). A json_t is borrowed from the tree of the reader;
 * what is kept is copied into the dataset.
 */
#ifndef HW_FORMATS_JSON_FORMAT_H
#define HW_FORMATS_JSON_FORMAT_H

#include <jansson.h>

#include "formats/format.h"

#define HW_JSON_MAX_BYTES ((size_t)256 << 20)
#define HW_JSON_MAX_ALLELES 1000 /* of one locus in a table */
#define HW_JSON_MAX_ARRAY ((size_t)20000000)

/** Of a value that is there (the macros of jansson also ask for NULL). */
static inline bool json_typeof_is(const json_t *value, json_type type)
{
    return json_typeof(value) == type;
}

/** One reading of one document. */
typedef struct json_reader {
    const hw_format_input *in;
    hw_format_options *o;
    hw_dataset *d;
    hw_err *err;
} json_reader;

/** Where in the document: the chain of keys and indices up to the root. */
typedef struct json_path {
    const struct json_path *up;
    const char *key; /* NULL: index */
    size_t index;
} json_path;
#define JSON_AT_KEY(up, key) (&(const json_path){(up), (key), 0})
#define JSON_AT(up, index) (&(const json_path){(up), NULL, (index)})
extern const json_path json_root;

/* --- json_value.c --- */

/** Raise code with the path in front of the message. */
hw_status json_fail(const json_reader *r, const json_path *at, hw_status code, const char *fmt, ...) HW_PRINTF(4, 5);
/** Write "$.a[1].b" into buf. */
void json_path_text(const json_path *at, char *buf, size_t size);
/** A record is bad: keep-good or fail, after hw_format_bad, with the record's path as the field. */
hw_status json_bad_record(json_reader *r, const json_path *at) HW_MUST_CHECK;
/** Every key of obj is in the '|'-separated list or begins with "x-". */
hw_status json_known_keys(const json_reader *r, const json_path *at, const json_t *obj, const char *keys) HW_MUST_CHECK;

/* members of obj; a key that is absent or null leaves *ret alone (required: PARSE) */
hw_status json_get_object(const json_reader *r, const json_path *at, const json_t *obj, const char *key, bool required, json_t **ret) HW_MUST_CHECK;
hw_status json_get_array(const json_reader *r, const json_path *at, const json_t *obj, const char *key, bool required, json_t **ret) HW_MUST_CHECK;
hw_status json_get_string(const json_reader *r, const json_path *at, const json_t *obj, const char *key, bool required, const char **ret) HW_MUST_CHECK;
hw_status json_get_number(const json_reader *r, const json_path *at, const json_t *obj, const char *key, double low, double high, double *ret) HW_MUST_CHECK;
hw_status json_get_bool(const json_reader *r, const json_path *at, const json_t *obj, const char *key, bool *ret) HW_MUST_CHECK;
hw_status json_get_sex(const json_reader *r, const json_path *at, const json_t *obj, hw_sex *ret) HW_MUST_CHECK;

/** A non-empty string of at most 64 KiB, copied into the dataset. */
hw_status json_keep_string(const json_reader *r, const json_path *at, const json_t *value, const char **ret) HW_MUST_CHECK;
hw_status json_number(const json_reader *r, const json_path *at, const json_t *value, double low, double high, double *ret) HW_MUST_CHECK;
/** "9.3", 9.3, null; `silent` (or NULL) is one more name of the silent allele. */
hw_status json_allele(const json_reader *r, const json_path *at, const json_t *value, const char *silent, hw_allele *ret) HW_MUST_CHECK;
/** {locus: [alleles], ...} into the profile; loci are added to the panel with the kind given. */
hw_status json_genotypes(const json_reader *r, const json_path *at, const json_t *obj, hw_locus_kind kind, const char *silent, hw_profile *p) HW_MUST_CHECK;
/** [{id, father, mother, sex, twin, inbreeding}, ...] into an initialised pedigree, checked. */
hw_status json_individuals(const json_reader *r, const json_path *at, const json_t *array, const json_t *inbreeding, hw_pedigree *ret) HW_MUST_CHECK;
/** Alleles and frequencies of obj ("alleles", "frequencies", and for populations "chromosomes", "fmin") into f. */
hw_status json_table(const json_reader *r, const json_path *at, const json_t *obj, const char *silent, hw_freq *f) HW_MUST_CHECK;
/** {model, rate, ...}; alleles and n_alleles stand for the rows of a matrix that names none. */
hw_status json_mutation(const json_reader *r, const json_path *at, const json_t *value, const hw_allele *alleles, uint32_t n_alleles, const char *silent, hw_mutation *ret) HW_MUST_CHECK;
hw_status json_settings(const json_reader *r, const json_path *at, const json_t *obj, hw_settings *ret) HW_MUST_CHECK;
hw_status json_profile(const json_reader *r, const json_path *at, const json_t *obj, hw_profile **ret, bool *ret_child) HW_MUST_CHECK;
/** Canonical name of a locus: of the panel, else of the list of known loci, else as written; kept in the dataset. */
hw_status json_locus_name(const json_reader *r, const json_path *at, const char *name, const char **ret) HW_MUST_CHECK;

/* --- json_case.c --- */

/** A case of homeward/1, into the dataset. */
hw_status json_case(json_reader *r, const json_path *at, const json_t *obj) HW_MUST_CHECK;
/** A document kinship-oracle/1. */
hw_status json_oracle_document(json_reader *r, const json_t *root) HW_MUST_CHECK;

/* --- json_read.c --- */

/** Parse the text into a tree (json_decref it): PARSE with line and column, LIMIT. */
hw_status json_parse(const hw_format_input *in, const hw_format_options *o, json_t **ret, hw_err *err) HW_MUST_CHECK;
int json_detect(const hw_format_input *in, const char *format_name);
/** Take back families, cases and populations added since `mark` was taken. */
typedef struct json_mark {
    size_t families, cases, populations;
} json_mark;
json_mark json_mark_take(const hw_dataset *d);
void json_mark_undo(hw_dataset *d, json_mark mark);

/* --- json_write.c --- */

hw_status json_write_document(const hw_dataset *d, const hw_format_options *o, hw_str *out, hw_str *losses, hw_err *err) HW_MUST_CHECK;

#endif
