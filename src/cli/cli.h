// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The command line: one table of commands (main.c), one file per command (cmd_NAME.c), one table of options per command that
 * feeds the parser, the help, the completion and the check of the manual pages (args.h).
 *
 * Reading list of this room: cli.h, args (options), term (terminal, progress, standard output), inputs (tables, profiles and settings
 * named by options), settings_args, run_file (run.json), then one file per command.
 *
 * A command returns a status; main prints the message to standard error, and the status is the exit code (hw_status_exit). Standard output carries
 * results only. One thread, but for the progress of a search.
 */
#ifndef HW_CLI_CLI_H
#define HW_CLI_CLI_H

#include "base/memory.h"
#include "cli/args.h"
#include "cli/term.h"

#ifndef HW_VERSION
#define HW_VERSION "unknown"
#endif

struct command;

/** One run of one command. */
typedef struct cli {
    const struct command *command;
    args args;
    hw_arena arena;     /* strings that live as long as the run */
    int verdict;        /* exit code when all went well: 1 when a check failed */
} cli;

typedef hw_status (*command_fn)(cli *c, hw_err *err);

/** One command. Two-word names are commands of their own ("match explain"). */
typedef struct command {
    const char *name;
    const char *operands;                 /* "CHILD FAMILY", or NULL */
    const char *summary;                  /* one line */
    const char *section;                  /* heading in the list of commands */
    const char *text;                     /* paragraphs of the help, or NULL */
    const arg_option *const *options;     /* groups, NULL-terminated; each ends with a zero entry */
    size_t min_operands, max_operands;
    command_fn run;
} command;

extern const command COMMANDS[];
extern const size_t N_COMMANDS;

/** By name of n words; NULL when unknown. */
const command *command_find(const char *const *word, size_t n_words, size_t *ret_used);

hw_status cmd_match(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_match_merge(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_explain(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_score(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_power(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_next(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_check(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_lr(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_lr_check(cli *c, hw_err *err) HW_MUST_CHECK; /* lr --check */
hw_status cmd_siblings(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_convert(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_simulate_nation(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_validate(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_validate_nations(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_validate_chance(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_help(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_version(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_formats(cli *c, hw_err *err) HW_MUST_CHECK;
hw_status cmd_loci(cli *c, hw_err *err) HW_MUST_CHECK;

/** Help of one command, or of the program when NULL. */
void help_write(const command *cmd, hw_str *out);

#endif
