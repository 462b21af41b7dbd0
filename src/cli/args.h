// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Options of a command, from one table: `--name VALUE`, `--name=VALUE`, `-x VALUE`, options that take several words (`--children a.csv b.csv`),
 * `--` before operands. Names are written in full, so that a script means the same next year. Strings are borrowed from argv.
 * (argp has no options of several words, which is why this is ours.)
 */
#ifndef HW_CLI_ARGS_H
#define HW_CLI_ARGS_H

#include "base/memory.h"

typedef enum arg_kind {
    ARG_FLAG,   /* no value */
    ARG_ONE,    /* one value; the last one given counts */
    ARG_REPEAT, /* one value each time, all count */
    ARG_MANY    /* one or more words up to the next option, each time */
} arg_kind;

typedef struct arg_option {
    const char *name; /* without "--"; NULL ends the table */
    char letter;      /* or 0 */
    arg_kind kind;
    const char *value;    /* name of the value in help: "FILE" */
    const char *complete; /* "file", "dir", "table", or words separated by '|'; NULL: nothing */
    const char *help;
} arg_option;

#define ARGS_MAX_OPTIONS 48
#define ARGS_MAX_WORDS ((size_t)100000)

typedef struct args {
    const arg_option *option[ARGS_MAX_OPTIONS];
    size_t n_options;
    struct arg_values {
        const char **v;
        size_t n, cap;
    } value[ARGS_MAX_OPTIONS];
    struct arg_values operand;
} args;

/** Ready for the options of these groups. */
void args_init(args *a, const arg_option *const *groups);
void args_release(args *a);
/** Read n words. USAGE names the word and the nearest option. */
hw_status args_parse(args *a, const char *const *word, size_t n, hw_err *err) HW_MUST_CHECK;
/** One more value of an option, as if given on the command line (the string must outlive `a`). */
hw_status args_add(args *a, const char *name, const char *value, hw_err *err) HW_MUST_CHECK;

/* An option that is not in the table is a bug. */
bool args_has(const args *a, const char *name);
bool args_knows(const args *a, const char *name); /* is it in the table? */
const char *args_text(const args *a, const char *name); /* the last value, or NULL */
size_t args_list(const args *a, const char *name, const char *const **ret);
/** A number in [low, high] into *io, which stays when the option is not given. */
hw_status args_number(const args *a, const char *name, double low, double high, double *io, hw_err *err) HW_MUST_CHECK;
hw_status args_count(const args *a, const char *name, uint64_t low, uint64_t high, uint64_t *io, hw_err *err) HW_MUST_CHECK;
/** One of the words of the option's `complete` list into *ret_index (its place), -1 when not given. */
hw_status args_choice(const args *a, const char *name, int *ret_index, hw_err *err) HW_MUST_CHECK;

#endif
