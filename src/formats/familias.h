// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Inside the Familias format (.fam): what familias.c (lines, persons, pedigrees), familias_db.c (loci), familias_dvi.c (the DVI section),
 * familias_write.c share. A .fam file is read by line: one value each; names are in quotes.
 *
 * What is read where: persons and pedigrees become one case with a hypothesis per pedigree; the database becomes a population
 * and settings; unidentified persons of the DVI section become children, reference families families.
 */
#ifndef HW_FORMATS_FAMILIAS_H
#define HW_FORMATS_FAMILIAS_H

#include "formats/format.h"

#define FAM_MAX_LINES 20000000u
#define FAM_MAX_PERSONS 100000
#define FAM_MAX_PEDIGREES 1000
#define FAM_MAX_LOCI HW_PANEL_MAX
#define FAM_MAX_ALLELES 1000

typedef struct fam_line {
    const char *s; /* not NUL-terminated, blanks at the end left out */
    uint32_t n;
} fam_line;

/** One database locus. */
typedef struct fam_locus {
    uint32_t panel;        /* index */
    uint32_t n;            /* alleles without the silent one */
    const hw_allele *allele; /* in the order of the file: genotypes refer to it */
    double dropout;
    bool rejected;
    const char *name;      /* as written */
} fam_locus;

/** A typing as the DVI section writes it, or as indices before the database is known. */
typedef struct fam_typing {
    struct fam_typing *next;
    uint32_t line;
    int64_t a, b, locus;             /* main section */
    const char *system;              /* DVI section */
    const char *allele[2];
    unsigned n_alleles;
} fam_typing;

typedef struct fam_person {
    struct fam_person *next;
    const char *name;
    hw_sex sex;
    bool dropout;
    uint32_t line;
    fam_typing *first, *last;
    hw_profile *profile;             /* once built */
} fam_person;

typedef struct fam_relation {
    struct fam_relation *next;
    int64_t parent_index, child_index; /* main section */
    const char *parent, *child;        /* DVI section */
    bool direct;                       /* the two are one person, or identical twins */
    uint32_t line;
} fam_relation;

typedef struct fam_pedigree {
    struct fam_pedigree *next;
    const char *name;
    uint32_t extra_females, extra_males, n_relations;
    fam_relation *first, *last;
    uint32_t line;
} fam_pedigree;

typedef struct fam_reader {
    const hw_format_input *in;
    hw_format_options *o;
    hw_dataset *d;
    hw_err *err;
    hw_arena scratch;  /* drafts, gone after reading */
    fam_line *line;
    uint32_t n_lines, at; /* the next line to read, 0-based */
    /* the main section */
    const char *version;
    uint32_t n_persons;
    fam_person **person;
    fam_pedigree known; /* the known relations */
    fam_pedigree *first_pedigree;
    uint32_t n_pedigrees;
    /* the database */
    double theta;
    fam_locus *locus;
    uint32_t n_loci;
    hw_population *population;
    hw_settings settings;
    bool synthetic; /* the header or a note says so */
} fam_reader;

/* --- familias.c: lines --- */

/** Raise a failure at the 0-based line. */
hw_status fam_fail(const fam_reader *f, uint32_t line, hw_status code, const char *fmt, ...) HW_PRINTF(4, 5);
/** The record that begins at the 0-based line is bad: hw_format_bad. */
hw_status fam_bad(fam_reader *f, uint32_t line, const char *record) HW_MUST_CHECK;
hw_status fam_next(fam_reader *f, const char *what, fam_line *ret) HW_MUST_CHECK;
hw_status fam_read_text(fam_reader *f, const char *what, const char **ret) HW_MUST_CHECK;
/** The integer the line begins with; *ret_rest (or NULL) is what follows it. */
hw_status fam_read_int(fam_reader *f, const char *what, int64_t low, int64_t high, int64_t *ret, fam_line *ret_rest) HW_MUST_CHECK;
hw_status fam_read_number(fam_reader *f, const char *what, double low, double high, double *ret) HW_MUST_CHECK;
hw_status fam_read_bool(fam_reader *f, const char *what, bool *ret, fam_line *ret_rest) HW_MUST_CHECK;
/** Quotes taken off, copied into the scratch arena; NULL when out of memory. */
const char *fam_unquote(fam_reader *f, fam_line l);
/** A number after `label` in the text of a line: "Theta/Kinship/Fst: 0.01 )". Low when absent. */
bool fam_labelled(fam_line l, const char *label, double *ret);
bool fam_contains(fam_line l, const char *word);
/** Name of the file without folders and extension, in the dataset's arena; NULL when out of memory. */
const char *fam_stem(hw_dataset *d, const char *path);
/** A profile's id that is free: the name, else prefix/name, else with a number behind. NULL when out of memory. */
const char *fam_free_id(hw_dataset *d, const char *prefix, const char *name);
/** Take parents over between identical twins and check. */
hw_status fam_settle(hw_pedigree *ped, hw_err *err) HW_MUST_CHECK;
hw_status fam_join_twins(hw_pedigree *ped, uint32_t a, uint32_t b, uint32_t *n_groups, hw_err *err) HW_MUST_CHECK;

/* --- familias_db.c --- */

hw_status fam_read_database(fam_reader *f) HW_MUST_CHECK;

/* --- familias_dvi.c --- */

/** What follows the database. */
hw_status fam_read_sections(fam_reader *f) HW_MUST_CHECK;

/* --- familias_write.c --- */

hw_status fam_write(const hw_dataset *d, const hw_format_options *o, hw_str *out, hw_str *losses, hw_err *err) HW_MUST_CHECK;

#endif
