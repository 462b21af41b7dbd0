// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/status.h"
#include "base/str.h"

static void every_code_has_its_row(void **state)
{
    (void)state;
    assert_string_equal(hw_status_name(HW_PARSE), "PARSE");
    assert_string_equal(hw_status_text(HW_NO_MEMORY), "out of memory");
    assert_int_equal(hw_status_exit(HW_OK), 0);
    assert_int_equal(hw_status_exit(HW_INTERNAL), 70);
    assert_int_equal(hw_status_http(HW_CONFLICT), 409);
    for (int a = 0; a < HW_STATUS_COUNT; a++) {
        assert_true(strlen(hw_status_text((hw_status)a)) > 0);
        for (int b = 0; b < a; b++) {
            assert_int_not_equal(hw_status_exit((hw_status)a), hw_status_exit((hw_status)b));
            assert_string_not_equal(hw_status_name((hw_status)a), hw_status_name((hw_status)b));
        }
    }
    assert_string_equal(hw_status_name(HW_STATUS_COUNT), "UNKNOWN");
    assert_int_equal(hw_status_exit((hw_status)-1), 70);
    assert_int_equal(hw_status_http((hw_status)1000), 500);
    assert_true(strlen(hw_status_text((hw_status)1000)) > 0);
}

static void the_first_message_stays(void **state)
{
    (void)state;
    hw_err err = {0};
    int line = __LINE__ + 1;
    assert_int_equal(HW_FAIL(&err, HW_PARSE, "line %d: '%s'", 3, "x"), HW_PARSE);
    assert_string_equal(err.msg, "line 3: 'x'");
    assert_int_equal(err.code, HW_PARSE);
    assert_int_equal(err.src_line, line);
    assert_non_null(strstr(err.src_file, "test_base_status.c"));
    assert_int_equal(HW_FAIL(&err, HW_IO, "later"), HW_IO);
    assert_int_equal(err.code, HW_PARSE);
    assert_string_equal(err.msg, "line 3: 'x'");
    hw_err_clear(&err);
    assert_int_equal(err.code, HW_OK);
    assert_string_equal(err.msg, "");
    assert_int_equal(HW_FAIL(&err, HW_IO, "later"), HW_IO);
    assert_string_equal(err.msg, "later");
    assert_int_equal(HW_FAIL(NULL, HW_LIMIT, "nobody listens"), HW_LIMIT);
    hw_err_clear(NULL);
}

static hw_status passes_up(hw_status inner, int *reached)
{
    HW_TRY(inner);
    *reached = 1;
    return HW_OK;
}

static void try_passes_a_failure_up(void **state)
{
    (void)state;
    int reached = 0;
    assert_int_equal(passes_up(HW_REFUSED, &reached), HW_REFUSED);
    assert_int_equal(reached, 0);
    assert_int_equal(passes_up(HW_OK, &reached), HW_OK);
    assert_int_equal(reached, 1);
}

static void assert_whole_utf8(const char *s)
{
    size_t n = strlen(s);
    for (size_t i = 0; i < n;) {
        size_t step = hw_utf8_step(s + i, n - i);
        assert_true(step > 0);
        i += step;
    }
}

static void a_long_message_ends_at_a_character(void **state)
{
    (void)state;
    /* 2-, 3- and 4-byte characters, shifted through every position of the cut */
    static const char *const units[] = {"\xC3\xA9", "\xE6\x89\xBE", "\xF0\x9F\x8F\xA0"};
    for (size_t u = 0; u < 3; u++) {
        for (int shift = 0; shift < 5; shift++) {
            hw_err err = {0};
            char text[900] = "";
            size_t n = 0, unit = strlen(units[u]);
            memset(text, 'a', (size_t)shift);
            n = (size_t)shift;
            while (n + unit < sizeof(text)) {
                memcpy(text + n, units[u], unit);
                n += unit;
            }
            text[n] = '\0';
            assert_int_equal(HW_FAIL(&err, HW_PARSE, "%s", text), HW_PARSE);
            assert_whole_utf8(err.msg);
            assert_true(strlen(err.msg) < sizeof(err.msg));
            assert_true(strlen(err.msg) >= sizeof(err.msg) - unit);
            assert_memory_equal(err.msg, text, strlen(err.msg));
            hw_err_prefix(&err, "%s", "\xE5\xAE\xB6: ");
            assert_whole_utf8(err.msg);
            assert_memory_equal(err.msg, "\xE5\xAE\xB6: ", 5);
            assert_memory_equal(err.msg + 5, text, strlen(err.msg) - 5);
        }
    }
}

static void a_message_is_clean_text_whatever_the_input_held(void **state)
{
    (void)state;
    hw_err err = {0};
    assert_int_equal(HW_FAIL(&err, HW_PARSE, "'%s'", "a\x1B[2Jb\xFF\xC3\x7F\tc\r\n"), HW_PARSE);
    assert_string_equal(err.msg, "'a?[2Jb???\tc?\n'");
    hw_err_prefix(&err, "%s: ", "\xC0");
    assert_string_equal(err.msg, "?: 'a?[2Jb???\tc?\n'");
}

static void a_prefix_goes_in_front(void **state)
{
    (void)state;
    hw_err err = {0};
    hw_err_prefix(&err, "file %s: ", "a.csv");
    assert_string_equal(err.msg, "");
    hw_err_prefix(NULL, "x");
    assert_int_equal(HW_FAIL(&err, HW_PARSE, "line 3: bad"), HW_PARSE);
    hw_err_prefix(&err, "file %s: ", "a.csv");
    assert_string_equal(err.msg, "file a.csv: line 3: bad");
    assert_int_equal(err.code, HW_PARSE);
    /* a prefix longer than the whole room leaves a valid message */
    char wide[1000];
    memset(wide, 'w', sizeof(wide) - 1);
    wide[sizeof(wide) - 1] = '\0';
    hw_err_prefix(&err, "%s", wide);
    assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
    assert_int_equal(strspn(err.msg, "w"), sizeof(err.msg) - 1);
}

static void a_bug_aborts_and_says_where(void **state)
{
    (void)state;
    int fd[2];
    char text[500] = "";
    int status = 0;
    size_t n = 0;
    assert_int_equal(pipe(fd), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(fd[1], STDERR_FILENO);
        int two = 2;
        HW_ASSERT(two == 2);
        HW_ASSERT(two == 3);
        _exit(0);
    }
    close(fd[1]);
    for (ssize_t k; n < sizeof(text) - 1 && (k = read(fd[0], text + n, sizeof(text) - 1 - n)) > 0;) {
        n += (size_t)k;
    }
    close(fd[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(text, "test_base_status.c:"));
    assert_non_null(strstr(text, "broken: two == 3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_its_row),
        cmocka_unit_test(the_first_message_stays),
        cmocka_unit_test(try_passes_a_failure_up),
        cmocka_unit_test(a_long_message_ends_at_a_character),
        cmocka_unit_test(a_message_is_clean_text_whatever_the_input_held),
        cmocka_unit_test(a_prefix_goes_in_front),
        cmocka_unit_test(a_bug_aborts_and_says_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
