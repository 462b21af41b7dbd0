// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * What the options of a command bring in: frequency tables (by path, or by name in the data folder), children and families, settings. Owns
 * the datasets; the settings point into them and into the arena of the run.
 */
#ifndef HW_CLI_INPUTS_H
#define HW_CLI_INPUTS_H

#include "cli/cli.h"
#include "cli/settings_args.h"
#include "formats/format.h"
#include "kinship/dataset.h"

extern const arg_option TABLE_OPTIONS[];  /* --freq */
extern const arg_option PEOPLE_OPTIONS[]; /* --children --families */
extern const arg_option READ_OPTIONS[];   /* --keep-good */

typedef struct input_file {
    const char *path, *role; /* "table", "rates", "children", "families", "lineage", "elimination", "case" */
} input_file;

typedef struct inputs {
    hw_dataset people, tables, rates;
    hw_dataset lineage;               /* of --lineage */
    hw_dataset staff;                 /* of --elimination */
    hw_dataset review;                /* its notes only: what was found in tables and profiles (review.h), for notes.csv */
    size_t without_loci;              /* pairs left out of a list because no locus could be compared */
    const hw_population **population; /* in the order of --freq */
    const char **population_file;     /* path of each, or NULL */
    uint32_t n_populations;
    hw_settings settings;
    input_file *file;
    size_t n_files, file_cap;
    hw_str rejects;        /* CSV, when they are collected and not written beside the files */
    size_t n_rejects;
    bool collect_rejects;
    hw_format_id from;     /* UNKNOWN: recognise */
    hw_format_role role;   /* of inputs_read_people */
    bool ready;
} inputs;

void inputs_init(inputs *in);
void inputs_release(inputs *in);
/** Folder of the shipped tables: HOMEWARD_DATA, else where the program was installed. */
const char *data_folder(void);
/** Path of a table: as given when there is such a file, else NAME.csv in the folder of frequencies. NOT_FOUND names near ones. */
hw_status table_path(cli *c, const char *name, const char **ret, hw_err *err) HW_MUST_CHECK;
/** Names, without their ending, of the files of a folder that end so; sorted, in the arena; none when there is no such folder. */
hw_status folder_names(cli *c, const char *folder, const char *ending, const char *const **ret, size_t *ret_n, hw_err *err) HW_MUST_CHECK;
/** Names of the shipped tables, sorted, in the arena. */
hw_status table_names(cli *c, const char *const **ret, size_t *ret_n, hw_err *err) HW_MUST_CHECK;

/** --freq; then n_populations may be 0: the caller decides. */
hw_status inputs_read_tables(cli *c, inputs *in, hw_err *err) HW_MUST_CHECK;
/** One file of people or cases, in role in->role. */
hw_status inputs_read_people(cli *c, inputs *in, const char *path, const char *role_name, hw_err *err) HW_MUST_CHECK;
/** --lineage: into the dataset `lineage`. */
hw_status inputs_read_lineage(cli *c, inputs *in, const char *path, hw_err *err) HW_MUST_CHECK;
/** --elimination: into the dataset `staff`. */
hw_status inputs_read_staff(cli *c, inputs *in, const char *path, hw_err *err) HW_MUST_CHECK;
/** --children and --families; a child typed several times is merged into one profile. */
hw_status inputs_read_match(cli *c, inputs *in, hw_err *err) HW_MUST_CHECK;
/** Settings: defaults, then those of the files of people, then --rates and the other options. */
hw_status inputs_read_settings(cli *c, inputs *in, hw_err *err) HW_MUST_CHECK;
/** Notes of all datasets to standard error, the first few in full. `kept`: file that holds all of them, or NULL. */
void inputs_show_notes(const cli *c, const inputs *in, const char *kept);
/** All notes, those of the review first, as CSV: file,line,text. */
void inputs_write_notes(const inputs *in, hw_str *out);

#endif
