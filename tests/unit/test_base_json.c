// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/memory.h"

static void write_sample(hw_json *j)
{
    hw_json_object(j);
    hw_json_key(j, "name");
    hw_json_string(j, "B-1");
    hw_json_key(j, "list");
    hw_json_array(j);
    hw_json_int(j, INT64_MIN);
    hw_json_bool(j, true);
    hw_json_null(j);
    hw_json_array(j);
    hw_json_end(j);
    hw_json_object(j);
    hw_json_end(j);
    hw_json_end(j);
    hw_json_key(j, "lr");
    hw_json_double(j, 0.1);
    hw_json_end(j);
}

static void writes_nested_values(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str out;
    hw_json j;
    hw_str_init(&out, 0);
    hw_json_init(&j, &out, 0);
    write_sample(&j);
    assert_string_equal(out.s, "{\"name\":\"B-1\",\"list\":[-9223372036854775808,true,null,[],{}],\"lr\":0.1}");
    assert_int_equal(j.depth, 0);
    hw_str_clear(&out);
    hw_json_init(&j, &out, 2);
    write_sample(&j);
    assert_string_equal(out.s, "{\n  \"name\": \"B-1\",\n  \"list\": [\n    -9223372036854775808,\n    true,\n    null,\n    [],\n    {}\n  ],\n"
                               "  \"lr\": 0.1\n}");
}

static void check_string(const char *s, size_t n, const char *want)
{
    HW_CLEANUP(hw_str_release) hw_str out;
    hw_json j;
    hw_str_init(&out, 0);
    hw_json_init(&j, &out, 0);
    hw_json_stringn(&j, s, n);
    assert_string_equal(out.s, want);
}

static void escapes_what_has_to_be(void **state)
{
    (void)state;
    check_string("", 0, "\"\"");
    check_string("a\"b\\c/", 6, "\"a\\\"b\\\\c/\"");
    check_string("\n\r\t\b\x1F\x7F", 6, "\"\\n\\r\\t\\u0008\\u001f\x7F\"");
    check_string("a\0b", 3, "\"a\\u0000b\"");
    check_string("\xE6\x89\xBE\xF0\x9F\x8F\xA0", 7, "\"\xE6\x89\xBE\xF0\x9F\x8F\xA0\"");
    /* each byte of a malformed character becomes U+FFFD, and the text goes on behind it */
    check_string("x\xFFy", 3, "\"x\xEF\xBF\xBDy\"");
    check_string("\xE6\x89", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
    check_string("\xED\xA0\x80", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    check_string("\xC3\"", 2, "\"\xEF\xBF\xBD\\\"\"");
    HW_CLEANUP(hw_str_release) hw_str out;
    hw_json j;
    hw_str_init(&out, 0);
    hw_json_init(&j, &out, 0);
    hw_json_object(&j);
    hw_json_key(&j, "a\"\n");
    hw_json_string(&j, NULL);
    hw_json_end(&j);
    assert_string_equal(out.s, "{\"a\\\"\\n\":null}");
}

static void writes_numbers_json_can_hold(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str out;
    hw_json j;
    hw_str_init(&out, 0);
    hw_json_init(&j, &out, 0);
    hw_json_array(&j);
    hw_json_double(&j, 1e21);
    hw_json_double(&j, -5e-324);
    hw_json_double(&j, (double)INFINITY);
    hw_json_double(&j, -(double)INFINITY);
    hw_json_double(&j, (double)NAN);
    hw_json_fixed(&j, -1.005, 2);
    hw_json_fixed(&j, -0.001, 2);
    hw_json_fixed(&j, -(double)INFINITY, 2);
    hw_json_fixed(&j, 7.0, 0);
    hw_json_bool(&j, false);
    hw_json_int(&j, 0);
    hw_json_end(&j);
    assert_string_equal(out.s, "[1e+21,-5e-324,\"inf\",\"-inf\",\"nan\",-1.00,0.00,\"-inf\",7,false,0]");
}

static void nests_to_its_limit(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str out;
    hw_json j;
    hw_str_init(&out, 0);
    hw_json_init(&j, &out, 0);
    for (int i = 0; i < 63; i++) {
        hw_json_array(&j);
    }
    for (int i = 0; i < 63; i++) {
        hw_json_end(&j);
    }
    assert_int_equal(out.len, 126);
}

static void a_text_that_is_full_is_reported_once_at_the_end(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str out;
    hw_json j;
    hw_str_init(&out, 20);
    hw_json_init(&j, &out, 0);
    write_sample(&j);
    assert_int_equal(hw_str_check(&out, NULL), HW_LIMIT);
    assert_true(out.len <= 20);
}

static void misuse(int which)
{
    hw_str out;
    hw_json j;
    hw_str_init(&out, 0);
    hw_json_init(&j, &out, 0);
    switch (which) {
    case 0: /* a value without a key */
        hw_json_object(&j);
        hw_json_int(&j, 1);
        break;
    case 1: /* a key in an array */
        hw_json_array(&j);
        hw_json_key(&j, "k");
        break;
    case 2: /* a key at the top */
        hw_json_key(&j, "k");
        break;
    case 3: /* two keys in a row */
        hw_json_object(&j);
        hw_json_key(&j, "k");
        hw_json_key(&j, "l");
        break;
    case 4: /* a key without a value */
        hw_json_object(&j);
        hw_json_key(&j, "k");
        hw_json_end(&j);
        break;
    case 5: /* nothing to close */
        hw_json_end(&j);
        break;
    case 6: /* two values at the top */
        hw_json_int(&j, 1);
        hw_json_int(&j, 2);
        break;
    default: /* too deep */
        for (int i = 0; i < 64; i++) {
            hw_json_array(&j);
        }
    }
}

static void misuse_is_a_bug(void **state)
{
    (void)state;
    for (int which = 0; which < 8; which++) {
        int status = 0;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            signal(SIGABRT, SIG_DFL);
            close(STDERR_FILENO);
            misuse(which);
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT) {
            fail_msg("misuse %d went unnoticed", which);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_nested_values),
        cmocka_unit_test(escapes_what_has_to_be),
        cmocka_unit_test(writes_numbers_json_can_hold),
        cmocka_unit_test(nests_to_its_limit),
        cmocka_unit_test(a_text_that_is_full_is_reported_once_at_the_end),
        cmocka_unit_test(misuse_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
