// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* What `lr` and `lr --check` share. */
#ifndef HW_CLI_CMD_LR_H
#define HW_CLI_CMD_LR_H

#include "cli/inputs.h"
#include "kinship/ratio.h"

/** Read a file of cases; a family without a case becomes a case of one hypothesis, the pedigree as stated. */
hw_status lr_read(cli *c, inputs *in, const char *path, hw_err *err) HW_MUST_CHECK;
/** A likelihood in decimal, 10 significant digits, also beyond the range of a double. buf >= 48. */
char *lr_format(hw_real x, char *buf);

#endif
