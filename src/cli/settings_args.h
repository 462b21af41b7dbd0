// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Options that say how likelihoods are computed: mutation, theta, rare alleles, drop-out, linked loci. Shared by match, explain, lr and simulate.
 */
#ifndef HW_CLI_SETTINGS_ARGS_H
#define HW_CLI_SETTINGS_ARGS_H

#include "cli/cli.h"
#include "kinship/frequency.h"

extern const arg_option SETTINGS_OPTIONS[]; /* --rates --mutation --theta --rare --sex-error --linked */
extern const arg_option SAMPLE_OPTIONS[];   /* --dropout --error, of samples that state none */

/**
 * Change *io by the options. `rates` are the settings that the file of --rates gave, or NULL. Strings and arrays are in the arena of `c`. USAGE.
 */
hw_status settings_from_args(cli *c, const hw_settings *rates, hw_settings *io, hw_err *err) HW_MUST_CHECK;
/** Are the linked loci loci of the panel? USAGE. (That they make pairs is checked where --linked is read.) */
hw_status settings_check_linked(const cli *c, const hw_settings *s, const hw_panel *panel, hw_err *err) HW_MUST_CHECK;
/** Was any option given that changes settings? */
bool settings_given(const cli *c);
/** The settings as data, for run.json and lr --json. */
struct hw_json;
void settings_write_json(const hw_settings *s, struct hw_json *j);

#endif
