// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Policy files: "key = value" lines, '#' comments. homeward-policy(5) describes them. */
#ifndef HW_FORMATS_POLICY_H
#define HW_FORMATS_POLICY_H

#include "base/status.h"
#include "kinship/policy.h"

#define HW_POLICY_MAX_BYTES ((size_t)64 << 10)

/**
 * Read a policy; keys that the text leaves out keep their defaults. `name` is for messages, which name the line. PARSE: no "key = value", not a number; NOT_FOUND: no such key;
 * CONFLICT: a key twice; USAGE: outside its range; LIMIT: beyond HW_POLICY_MAX_BYTES.
 */
hw_status hw_policy_read(const char *name, const char *text, size_t len, hw_policy *ret, hw_err *err) HW_MUST_CHECK;

#endif
