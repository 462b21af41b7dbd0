// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Policy files: whatever comes, either a policy within its ranges or a message with a line. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/status.h"
#include "formats/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    hw_policy p;
    hw_err err = {0};
    hw_status s = hw_policy_read("fuzz.policy", (const char *)data, size, &p, &err);
    size_t n;
    const hw_policy_key *k = hw_policy_keys(&n);
    for (size_t i = 0; i < n && s == HW_OK; i++) {
        double x = hw_policy_get(&p, &k[i]);
        HW_ASSERT(x >= k[i].low && x <= k[i].high);
    }
    HW_ASSERT(s == HW_OK || strstr(err.msg, "fuzz.policy") != NULL);
    return 0;
}
