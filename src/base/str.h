// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * A growing byte string with a cap, and a string-keyed map. Both fail softly: the first failure sticks and is reported by
 * hw_str_check, so that writers need not test every call.
 */
#ifndef HW_BASE_STR_H
#define HW_BASE_STR_H

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hw_str {
    char *s; /* always NUL-terminated, "" when empty and nothing allocated */
    size_t len, cap, max;
    hw_status failed;
} hw_str;

/** max: most bytes it may hold; 0 = 256 MiB. No allocation. A zeroed hw_str works too, but its s is NULL until the first add. */
HW_API void hw_str_init(hw_str *b, size_t max);
HW_API void hw_str_release(hw_str *b);
HW_API void hw_str_clear(hw_str *b); /* keeps the memory, clears the failure */
HW_API void hw_str_add(hw_str *b, const char *s);
HW_API void hw_str_addn(hw_str *b, const char *s, size_t n);
HW_API void hw_str_addc(hw_str *b, char c);
HW_API void hw_str_addf(hw_str *b, const char *fmt, ...) HW_PRINTF(2, 3);
/** NO_MEMORY or LIMIT if any earlier add failed. */
HW_API hw_status hw_str_check(const hw_str *b, hw_err *err) HW_MUST_CHECK;

/** String-keyed map to uint64_t; keys are copied. Iteration order is insertion order. */
typedef struct hw_map {
    struct hw_map_entry {
        char *key;
        uint64_t value;
        uint64_t hash;
    } *entries;
    uint32_t *slots;
    size_t count, entry_cap, slot_count, max;
} hw_map;
HW_API void hw_map_init(hw_map *m, size_t max); /* max entries; 0 = 100 million */
HW_API void hw_map_release(hw_map *m);
HW_API hw_status hw_map_put(hw_map *m, const char *key, uint64_t value, hw_err *err) HW_MUST_CHECK; /* replaces */
HW_API bool hw_map_get(const hw_map *m, const char *key, uint64_t *ret_value);

/* small string helpers, ASCII rules, locale never consulted */
HW_API bool hw_streq(const char *a, const char *b);
HW_API bool hw_str_ieq(const char *a, const char *b); /* ASCII case folded */
HW_API bool hw_str_starts(const char *s, const char *prefix);
HW_API bool hw_str_ends(const char *s, const char *suffix);
HW_API char *hw_str_trim(char *s); /* in place; returns the first non-blank */
/** Bytes (1..4) of the well-formed UTF-8 character at s[0..n); 0 when it is malformed, cut short or n is 0. */
HW_API size_t hw_utf8_step(const char *s, size_t n);

#ifdef __cplusplus
}
#endif
#endif
