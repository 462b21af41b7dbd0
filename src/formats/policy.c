// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "formats/policy.h"

#include <string.h>

#include "base/number.h"
#include "base/str.h"

#define MAX_KEY 64
#define MAX_KEYS 32

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void trim(const char **s, size_t *n)
{
    while (*n > 0 && blank(**s)) {
        ++*s;
        --*n;
    }
    while (*n > 0 && blank((*s)[*n - 1])) {
        --*n;
    }
}

static hw_status read_line(const char *s, size_t n, unsigned line, unsigned *seen, hw_policy *p, hw_err *err)
{
    const char *hash = memchr(s, '#', n);
    n = hash != NULL ? (size_t)(hash - s) : n;
    trim(&s, &n);
    if (n == 0) {
        return HW_OK;
    }
    const char *equals = memchr(s, '=', n);
    if (equals == NULL || memchr(s, '\0', n) != NULL) {
        return HW_FAIL(err, HW_PARSE, "expected key = value");
    }
    const char *key = s;
    size_t key_len = (size_t)(equals - s);
    const char *value = equals + 1;
    size_t value_len = n - key_len - 1;
    trim(&key, &key_len);
    trim(&value, &value_len);
    char name[MAX_KEY];
    double x;
    if (key_len == 0 || key_len >= sizeof name) {
        return HW_FAIL(err, HW_PARSE, "expected a key of 1 to %d characters before \"=\"", MAX_KEY - 1);
    }
    memcpy(name, key, key_len);
    name[key_len] = '\0';
    if (!hw_parse_double(value, value_len, &x)) {
        return HW_FAIL(err, HW_PARSE, "%s: expected a number after \"=\"", name);
    }
    HW_TRY(hw_policy_set(p, name, x, err));
    size_t keys;
    const hw_policy_key *k = hw_policy_keys(&keys);
    for (size_t i = 0; i < keys && i < MAX_KEYS; i++) {
        if (hw_streq(k[i].key, name) && seen[i] != 0) {
            return HW_FAIL(err, HW_CONFLICT, "%s stands in line %u already; expected each key once", name, seen[i]);
        }
        seen[i] = hw_streq(k[i].key, name) ? line : seen[i];
    }
    return HW_OK;
}

hw_status hw_policy_read(const char *name, const char *text, size_t len, hw_policy *ret, hw_err *err)
{
    if (len > HW_POLICY_MAX_BYTES) {
        return HW_FAIL(err, HW_LIMIT, "%s: a policy has at most %zu bytes, not %zu", name, HW_POLICY_MAX_BYTES, len);
    }
    hw_policy p;
    unsigned seen[MAX_KEYS] = {0};
    hw_policy_init(&p);
    const char *at = text;
    const char *end = text + len;
    at += len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    for (unsigned line = 1; at < end; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop != NULL ? stop : end;
        hw_err mine = {0};
        hw_status s = read_line(at, (size_t)(stop - at), line, seen, &p, &mine);
        if (s != HW_OK) {
            return HW_FAIL(err, s, "%s, line %u: %s", name, line, mine.msg);
        }
        at = stop < end ? stop + 1 : end;
    }
    *ret = p;
    return HW_OK;
}
