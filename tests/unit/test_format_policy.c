// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "formats/policy.h"

static hw_status read_text(const char *text, hw_policy *ret, hw_err *err)
{
    *err = (hw_err){0};
    return hw_policy_read("own.policy", text, strlen(text), ret, err);
}

/* The file that is shipped says what the program does without one. */
static void default_policy_is_the_default(void **state)
{
    (void)state;
    const char *top = getenv("HOMEWARD_SOURCE");
    char path[4096];
    hw_str text;
    hw_err err = {0};
    hw_policy file;
    hw_policy own;
    snprintf(path, sizeof path, "%s/data/policy/default.policy", top != NULL ? top : ".");
    hw_str_init(&text, 0);
    assert_int_equal(hw_file_read(path, HW_POLICY_MAX_BYTES, &text, &err), HW_OK);
    hw_policy_init(&own);
    size_t n;
    const hw_policy_key *k = hw_policy_keys(&n);
    for (size_t i = 0; i < n; i++) { /* each key is there, and is not only left at its default */
        char line[100];
        snprintf(line, sizeof line, "\n%s = ", k[i].key);
        assert_non_null(strstr(text.s, line));
    }
    assert_int_equal(hw_policy_read(path, text.s, text.len, &file, &err), HW_OK);
    assert_memory_equal(&file, &own, sizeof file);
    hw_str_release(&text);
}

static void reads_lines(void **state)
{
    (void)state;
    hw_policy p;
    hw_err err;
    assert_int_equal(read_text("\xef\xbb\xbf# all\r\n\r\nlog10_lr=5 # more\r\n  posterior_low \t=  0.99999\r\ninconsistent_one = 0", &p, &err), HW_OK);
    assert_true(p.log10_lr == 5.0 && p.posterior_low == 0.99999 && p.inconsistent_one == 0.0 && p.inconsistent_two == 2.0);
    hw_policy own;
    hw_policy_init(&own);
    assert_int_equal(read_text("", &p, &err), HW_OK);
    assert_memory_equal(&p, &own, sizeof p);
}

static void refuses_with_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        hw_status status;
        const char *words[2];
    } bad[] = {
        {"\n\nposterior = 0.9\n", HW_NOT_FOUND, {"own.policy, line 3", "\"posterior\""}},
        {"log10_lr 4", HW_PARSE, {"line 1", "key = value"}},
        {"log10_lr = four", HW_PARSE, {"line 1", "log10_lr: expected a number"}},
        {"log10_lr = 0x4", HW_PARSE, {"line 1", "number"}},
        {"log10_lr =", HW_PARSE, {"line 1", "number"}},
        {"= 4", HW_PARSE, {"line 1", "key"}},
        {"# x\nlog10_lr = -1", HW_USAGE, {"line 2", "from 0 to 100"}},
        {"posterior_low = 0.2", HW_USAGE, {"line 1", "from 0.5 to 1"}},
        {"inconsistent_two = 1.5", HW_USAGE, {"line 1", "whole number"}},
        {"log10_lr = 4\n\nlog10_lr = 4", HW_CONFLICT, {"line 3", "line 1 already"}},
        {"a_key_that_is_far_longer_than_any_key_of_any_policy_has_reason_to_be = 1", HW_PARSE, {"line 1", "characters"}},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        hw_policy p = {.log10_lr = 77};
        hw_err err;
        assert_int_equal(read_text(bad[i].text, &p, &err), bad[i].status);
        for (int k = 0; k < 2; k++) {
            if (strstr(err.msg, bad[i].words[k]) == NULL) {
                fail_msg("\"%s\" lacks \"%s\"", err.msg, bad[i].words[k]);
            }
        }
        assert_true(p.log10_lr == 77.0);
    }
    hw_policy p;
    hw_err err = {0};
    assert_int_equal(hw_policy_read("x", "log10_lr\0 = 4", 13, &p, &err), HW_PARSE);
    static char large[HW_POLICY_MAX_BYTES + 1];
    memset(large, '#', sizeof large);
    err = (hw_err){0};
    assert_int_equal(hw_policy_read("x", large, sizeof large, &p, &err), HW_LIMIT);
    assert_int_equal(hw_policy_read("x", large, sizeof large - 1, &p, &err), HW_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(default_policy_is_the_default), cmocka_unit_test(reads_lines), cmocka_unit_test(refuses_with_the_line)};
    return cmocka_run_group_tests_name("format_policy", tests, NULL, NULL);
}
