// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/policy.h"

#include <string.h>

#include "base/number.h"
#include "base/str.h"

static const hw_policy_key KEYS[] = {
    {"posterior_low", offsetof(hw_policy, posterior_low), 0.5, 1.0, false},
    {"interval_width", offsetof(hw_policy, interval_width), 0.0, 1.0, false},
    {"log10_lr", offsetof(hw_policy, log10_lr), 0.0, 100.0, false},
    {"chance_hits", offsetof(hw_policy, chance_hits), 0.0, 1e9, false},
    {"rival_ratio", offsetof(hw_policy, rival_ratio), 1.0, 1e12, false},
    {"inconsistent_one", offsetof(hw_policy, inconsistent_one), 0.0, 1000.0, true},
    {"inconsistent_two", offsetof(hw_policy, inconsistent_two), 0.0, 1000.0, true},
    {"contested_factor", offsetof(hw_policy, contested_factor), 1.0, 1e30, false},
    {"lead_posterior", offsetof(hw_policy, lead_posterior), 0.0, 1.0, false},
    {"rival_weight", offsetof(hw_policy, rival_weight), 0.0, 1000.0, false},
};

void hw_policy_init(hw_policy *p)
{
    *p = (hw_policy){.posterior_low = 0.9999,
                     .interval_width = 0.01,
                     .log10_lr = 4.0,
                     .chance_hits = 0.01,
                     .rival_ratio = 100.0,
                     .inconsistent_one = 1.0,
                     .inconsistent_two = 2.0,
                     .contested_factor = 1e6,
                     .lead_posterior = 0.01,
                     .rival_weight = 0.1};
}

const hw_policy_key *hw_policy_keys(size_t *ret_n)
{
    *ret_n = sizeof KEYS / sizeof KEYS[0];
    return KEYS;
}

double hw_policy_get(const hw_policy *p, const hw_policy_key *k)
{
    double x;
    memcpy(&x, (const char *)p + k->offset, sizeof x);
    return x;
}

hw_status hw_policy_set(hw_policy *p, const char *key, double value, hw_err *err)
{
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
        const hw_policy_key *k = &KEYS[i];
        if (!hw_streq(k->key, key)) {
            continue;
        }
        char low[32];
        char high[32];
        bool whole = !k->whole || (value >= 0.0 && value <= 1e6 && (double)(long)value == value);
        if (!(value >= k->low && value <= k->high) || !whole) {
            return HW_FAIL(err, HW_USAGE, "%s must be %s from %s to %s", key, k->whole ? "a whole number" : "a number", hw_fmt_double(k->low, low), hw_fmt_double(k->high, high));
        }
        memcpy((char *)p + k->offset, &value, sizeof value);
        return HW_OK;
    }
    return HW_FAIL(err, HW_NOT_FOUND, "a policy has no key \"%s\"", key);
}
