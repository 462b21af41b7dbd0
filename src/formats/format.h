// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The outside formats: one table of readers and writers, recognised by content. Pure decoding and encoding: a reader
 * appends to a dataset, a writer fills a string, neither stores a record.
 *
 * Reading list of this room: format.h, text_input.h (bytes to UTF-8, rows and fields), detect.c (the table of formats),
 * rejects.c (what happens to a bad record), then one file per format.
 *
 * Ownership: what a reader keeps is copied into the dataset. Threads: one dataset, one thread; different datasets may be
 * read at the same time.
 *
 * Bad records. A reader that finds something wrong raises its reason in `err` and hands it to hw_format_bad with the
 * place. Without keep_good the first bad record fails the file: the message names file, line, column, field and what was
 * expected, and the dataset is then good for nothing but hw_dataset_release. With keep_good the record is written to
 * `rejects` with the reason and the reader goes on with the next one.
 */
#ifndef HW_FORMATS_FORMAT_H
#define HW_FORMATS_FORMAT_H

#include "kinship/dataset.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hw_format_id {
    HW_FORMAT_UNKNOWN,
    HW_FORMAT_FREQUENCY_TABLE, /* allele column and one column per locus, or marker,allele,[count,]frequency */
    HW_FORMAT_STRIDER_XML,
    HW_FORMAT_FREQ_LINES,      /* pedtools and Merlin .freq */
    HW_FORMAT_MUTATION_RATES,
    HW_FORMAT_GENEMAPPER,
    HW_FORMAT_GENIS_TABLE,
    HW_FORMAT_CMF_XML,
    HW_FORMAT_CSV_LONG,
    HW_FORMAT_CSV_WIDE,
    HW_FORMAT_FAMILIAS,
    HW_FORMAT_LINKAGE,
    HW_FORMAT_HOMEWARD_JSON,
    HW_FORMAT_ORACLE_JSON,
    HW_FORMAT_COUNT
} hw_format_id;

/** What the caller wants the profiles of a file to be; a file that says so itself is believed where it says so. */
typedef enum hw_format_role {
    HW_FORMAT_ROLE_ANY,      /* as the file says */
    HW_FORMAT_ROLE_CHILDREN, /* every profile that belongs to no family is a rescued child */
    HW_FORMAT_ROLE_FAMILIES  /* profiles are relatives: none is taken for a child, whatever category it has */
} hw_format_role;

/** Decoded text: valid UTF-8 without BOM and without NUL bytes, line ends as in the file. */
typedef struct hw_format_input {
    const char *name; /* path or other name for messages; a path when options->companions is set */
    const char *data; /* data[size] is readable and 0 */
    size_t size;
} hw_format_input;

/** Zero-initialise: no rejects kept, limits by format. */
typedef struct hw_format_options {
    bool keep_good;
    hw_str *rejects;     /* CSV of rejected records "file,line,column,field,record,reason"; may be NULL */
    size_t n_rejects;    /* out: records rejected so far, over all files read with these options */
    hw_format_role role;
    hw_format_id format; /* HW_FORMAT_UNKNOWN: recognise by content */
    size_t max_bytes;    /* 0: the format's own limit (2 GiB for tables of profiles, 64 MiB for the rest) */
    bool companions;     /* a reader may open files beside input->name (.ped: its .map or .dat). Set by hw_format_read_file only */
    char separator;      /* writers of separated text: 0 = ',' */
} hw_format_options;

#define HW_FORMAT_MAX_PROFILE_BYTES ((size_t)2 << 30)
#define HW_FORMAT_MAX_BYTES ((size_t)64 << 20)

typedef struct hw_format {
    hw_format_id id;
    const char *name;       /* "csv-wide": the name in options and messages */
    const char *title;      /* "profiles, one row per person" */
    const char *extensions; /* separated by '|', without dot: breaks ties of detection and picks the writer */
    size_t max_bytes;
    /** How sure that this is the format, 0 (no) .. 100; looks at the first 64 KiB at most, never fails, keeps nothing. */
    int (*detect)(const hw_format_input *in);
    /** NULL: not read. */
    hw_status (*read)(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err);
    /** NULL: not written. What the format cannot hold is added to `losses` (may be NULL), one line each (hw_format_loss). */
    hw_status (*write)(const hw_dataset *d, const hw_format_options *o, hw_str *out, hw_str *losses, hw_err *err);
} hw_format;

/* each defined in the file of its format */
extern const hw_format hw_format_frequency_table; /* frequency_table.c */
extern const hw_format hw_format_strider_xml;     /* strider.c */
extern const hw_format hw_format_freq_lines;      /* linkage_freq.c */
extern const hw_format hw_format_mutation_rates;  /* rates_table.c */
extern const hw_format hw_format_genemapper;      /* genemapper.c */
extern const hw_format hw_format_genis_table;     /* genis.c */
extern const hw_format hw_format_cmf_xml;         /* cmf.c */
extern const hw_format hw_format_csv_long;        /* profile_table.c */
extern const hw_format hw_format_csv_wide;        /* profile_table.c, csv_output.c */
extern const hw_format hw_format_familias;        /* familias.c */
extern const hw_format hw_format_linkage;         /* linkage.c */
extern const hw_format hw_format_homeward_json;   /* json_read.c */
extern const hw_format hw_format_oracle_json;     /* json_read.c, json_case.c */

/* --- the table (detect.c) --- */

/** All formats, in the order of hw_format_id without UNKNOWN. */
HW_API size_t hw_format_count(void);
HW_API const hw_format *hw_format_at(size_t i);
/** By name ("csv-wide"), in any case; NULL when unknown. */
HW_API const hw_format *hw_format_by_name(const char *name);
HW_API const hw_format *hw_format_by_id(hw_format_id id);
/** The format to write under this file name: by extension; where several share it, by what the dataset holds. NULL when none. */
HW_API const hw_format *hw_format_for_output(const char *path, const hw_dataset *d);
/** The best score; NULL when no reader knows the content. */
HW_API const hw_format *hw_format_detect(const hw_format_input *in);
/** Read decoded text in the format of options->format, or recognise it. PARSE when not recognised. */
HW_API hw_status hw_format_read_text(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err) HW_MUST_CHECK;
/** Read the file ("-": standard input), decode it (UTF-8, UTF-16, GB18030), recognise and read. */
HW_API hw_status hw_format_read_file(const char *path, hw_format_options *o, hw_dataset *d, hw_err *err) HW_MUST_CHECK;
/** Write with the format of options->format or, when that is UNKNOWN, of the path's extension. */
HW_API hw_status hw_format_write_file(const char *path, const hw_format_options *o, const hw_dataset *d, hw_str *losses,
                                      hw_err *err) HW_MUST_CHECK;

/* --- bad records (rejects.c) --- */

typedef struct hw_format_where {
    uint32_t line, column; /* 1-based, columns in characters; 0: not known */
    const char *field;     /* name of the field, or NULL */
    const char *record;    /* the record as read (need not end in NUL), or NULL */
    size_t record_len;     /* at most HW_FORMAT_MAX_REJECT_RECORD bytes of it are kept */
} hw_format_where;

#define HW_FORMAT_MAX_REJECT_RECORD ((size_t)4096)
#define HW_FORMAT_MAX_REJECTS ((size_t)1000000)

/**
 * Deal with the failure that stands in `err`. With keep_good and a failure that lies in the record (PARSE, CONFLICT,
 * UNSUPPORTED, IMPOSSIBLE): write it to the rejects, clear err, return OK: the caller skips the record. Otherwise put
 * `file, line L, column C, field "F": ` in front of the message and return its code. err must not be NULL (readers use one of their own when the caller gave none: see hw_format_read_text).
 */
HW_API hw_status hw_format_bad(const hw_format_input *in, hw_format_options *o, const hw_format_where *w, hw_err *err) HW_MUST_CHECK;
/** Write one reject line; header first when `rejects` is empty. */
HW_API void hw_format_reject(hw_format_options *o, const char *file, const hw_format_where *w, const char *reason);
/** Add one line to losses (NULL: nothing). */
HW_API void hw_format_loss(hw_str *losses, const char *fmt, ...) HW_PRINTF(2, 3);

/* --- settings (settings.c) --- */

/**
 * A file brings settings (mutation models, theta, ...; in the arena of the dataset). The first such file is followed; a later one that states
 * others leaves a note that names both.
 */
HW_API hw_status hw_format_settings(hw_dataset *d, const char *file, const hw_settings *s, hw_err *err) HW_MUST_CHECK;

/* --- the mark of synthetic data (synthetic.c) --- */

/**
 * Where the mark stands: JSON "synthetic": true; CSV "# synthetic: yes" and the column synthetic; .fam the second line, and the notes of the
 * DVI section; .ped codes of families that begin with HW_FORMAT_SYNTHETIC_CODE (the format has no comments); CMF the comment of each specimen.
 */
#define HW_FORMAT_SYNTHETIC "SYNTHETIC DATA"
#define HW_FORMAT_SYNTHETIC_CODE "SYNTHETIC-"
/** Is the dataset, or any profile of it, marked? A file holds no half mark: all of what is written then carries it. */
HW_API bool hw_format_is_synthetic(const hw_dataset *d);
/** Mark the dataset and its profiles from index `from` on. */
HW_API void hw_format_mark_synthetic(hw_dataset *d, size_t from);
/** A comment as read: sets *io_synthetic when it begins with the mark; returns what stands behind the mark, or NULL when nothing does. */
HW_API const char *hw_format_take_mark(const char *text, bool *io_synthetic);

#ifdef __cplusplus
}
#endif
#endif
