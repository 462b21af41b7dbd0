// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Writing JSON as a stream into an hw_str: no tree, right nesting checked (hw_bug on misuse), UTF-8 passed through,
 * control characters escaped, invalid UTF-8 replaced by U+FFFD. inf, -inf and nan are written as strings.
 */
#ifndef HW_BASE_JSON_H
#define HW_BASE_JSON_H

#include "base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hw_json {
    hw_str *out;
    int depth;
    int indent;            /* spaces per level; 0 = compact */
    uint8_t state[64];
} hw_json;

HW_API void hw_json_init(hw_json *j, hw_str *out, int indent);
HW_API void hw_json_object(hw_json *j);
HW_API void hw_json_array(hw_json *j);
HW_API void hw_json_end(hw_json *j); /* closes the innermost object or array */
HW_API void hw_json_key(hw_json *j, const char *key);
HW_API void hw_json_string(hw_json *j, const char *s); /* NULL writes null */
HW_API void hw_json_stringn(hw_json *j, const char *s, size_t n);
HW_API void hw_json_double(hw_json *j, double x); /* shortest round-trip form */
HW_API void hw_json_fixed(hw_json *j, double x, int decimals);
HW_API void hw_json_int(hw_json *j, int64_t x);
HW_API void hw_json_bool(hw_json *j, bool b);
HW_API void hw_json_null(hw_json *j);

#ifdef __cplusplus
}
#endif
#endif
