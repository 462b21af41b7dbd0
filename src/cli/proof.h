// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Seeds and panels that the commands of proof share. */
#ifndef HW_CLI_PROOF_H
#define HW_CLI_PROOF_H

#include "cli/cli.h"

/** --seed, else one from the system that nobody chose. */
hw_status fresh_seed(const cli *c, uint64_t *ret, hw_err *err) HW_MUST_CHECK;
/** The 21 autosomal loci of GlobalFiler. */
#define PANEL_21_LOCI 21
extern const char *const PANEL_21[PANEL_21_LOCI];
/** The 17 autosomal loci of PowerPlex 18D, and D12S391. */
#define PANEL_18_LOCI 18
extern const char *const PANEL_18[PANEL_18_LOCI];

#endif
