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

#include "base/memory.h"

static bool all_zero(const void *p, size_t n)
{
    const unsigned char *b = p;
    for (size_t i = 0; i < n; i++) {
        if (b[i] != 0) {
            return false;
        }
    }
    return true;
}

static void allocations_are_zeroed_and_checked(void **state)
{
    (void)state;
    HW_AUTO_FREE uint64_t *p = hw_alloc(1000, sizeof(*p));
    assert_non_null(p);
    assert_true(all_zero(p, 8000));
    p[999] = 7;
    uint64_t *q = hw_realloc(p, 2000, sizeof(*p));
    assert_non_null(q);
    p = q;
    assert_int_equal(p[999], 7);
    HW_AUTO_FREE void *none = hw_alloc(0, 8), *none_too = hw_alloc(8, 0);
    assert_non_null(none);
    assert_non_null(none_too);
    assert_ptr_not_equal(none, none_too);
    /* products that wrap around to something small, and sizes no object can have */
    assert_null(hw_alloc(SIZE_MAX / 2 + 2, 2));
    assert_null(hw_alloc(SIZE_MAX, SIZE_MAX));
    assert_null(hw_alloc((size_t)PTRDIFF_MAX + 1, 1));
    assert_null(hw_realloc(p, SIZE_MAX / 8 + 2, 8));
    assert_int_equal(p[999], 7);
    hw_free(NULL);
}

static void strings_are_copied(void **state)
{
    (void)state;
    HW_AUTO_FREE char *a = hw_strdup("home"), *b = hw_strndup("homeward", 4), *c = hw_strndup("ho", 99), *d = hw_strndup("x", 0);
    assert_string_equal(a, "home");
    assert_string_equal(b, "home");
    assert_string_equal(c, "ho");
    assert_string_equal(d, "");
    char *taken = HW_TAKE(a);
    assert_null(a);
    assert_string_equal(taken, "home");
    hw_free(taken);
}

static void the_nth_allocation_fails(void **state)
{
    (void)state;
    hw_alloc_fail_at(3, false);
    HW_AUTO_FREE char *a = hw_strdup("1");
    HW_AUTO_FREE char *b = hw_alloc(1, 1);
    assert_non_null(a);
    assert_non_null(b);
    assert_null(hw_realloc(b, 2, 1));
    HW_AUTO_FREE char *c = hw_strdup("4");
    assert_non_null(c);
    assert_int_equal(hw_alloc_count(), 4);
    hw_alloc_fail_at(2, true);
    HW_AUTO_FREE char *d = hw_strdup("1");
    assert_non_null(d);
    for (int i = 0; i < 5; i++) {
        assert_null(hw_alloc(1, 1));
    }
    assert_int_equal(hw_alloc_count(), 6);
    hw_alloc_fail_at(0, false);
    assert_int_equal(hw_alloc_count(), 0);
    HW_AUTO_FREE char *e = hw_alloc(1, 1);
    assert_non_null(e);
    assert_int_equal(hw_alloc_count(), 1);
}

static void an_arena_hands_out_zeroed_aligned_memory(void **state)
{
    (void)state;
    HW_CLEANUP(hw_arena_release) hw_arena a = {0};
    size_t total = 0;
    unsigned char *before = NULL;
    size_t before_n = 0;
    for (size_t i = 0; i < 3000; i++) {
        size_t n = i % 97 == 0 ? 100000 : i % 200;
        unsigned char *p = HW_NEW(&a, unsigned char, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        assert_true(all_zero(p, n));
        memset(p, 0xA5, n);
        if (before != NULL && before_n > 0) {
            assert_int_equal(before[before_n - 1], 0xA5);
        }
        before = p;
        before_n = n;
        total += n;
    }
    assert_true(a.used >= total && a.used < total + 3000 * 32);
    assert_ptr_not_equal(hw_arena_alloc(&a, 0, 1), hw_arena_alloc(&a, 0, 1));
    assert_string_equal(hw_arena_strdup(&a, "abc"), "abc");
    assert_string_equal(hw_arena_strndup(&a, "abc", 2), "ab");
    assert_string_equal(hw_arena_printf(&a, "%s-%d", "D3S1358", 17), "D3S1358-17");
    assert_null(hw_arena_alloc(&a, SIZE_MAX / 2 + 2, 2));
}

static void an_arena_keeps_its_cap(void **state)
{
    (void)state;
    HW_CLEANUP(hw_arena_release) hw_arena a;
    hw_arena_init(&a, 1008); /* pieces are rounded up to 16 bytes: 512 + 496 */
    assert_non_null(hw_arena_alloc(&a, 1, 500));
    assert_null(hw_arena_alloc(&a, 1, 500));
    assert_non_null(hw_arena_alloc(&a, 1, 488));
    assert_int_equal(a.used, 1008);
    assert_null(hw_arena_alloc(&a, 0, 0));
    assert_null(hw_arena_strdup(&a, ""));
    assert_null(hw_arena_printf(&a, "%d", 1));
    assert_int_equal(a.used, 1008);
    hw_arena_release(&a);
    assert_int_equal(a.used, 0);
    assert_non_null(hw_arena_alloc(&a, 1, 1008));
    hw_arena b = {0};
    assert_null(hw_arena_alloc(&b, 1, ((size_t)1 << 30) + 1));
    assert_null(b.head);
}

static void a_reset_gives_back_and_zeroes_again(void **state)
{
    (void)state;
    HW_CLEANUP(hw_arena_release) hw_arena a = {0};
    hw_arena_mark empty = hw_arena_get_mark(&a);
    char *kept = hw_arena_strdup(&a, "kept");
    for (int round = 0; round < 50; round++) {
        hw_arena_mark m = hw_arena_get_mark(&a);
        size_t used = a.used;
        for (int i = 0; i < 40; i++) {
            size_t n = (size_t)(1 + (round * 7919 + i * 104729) % 60000);
            unsigned char *p = hw_arena_alloc(&a, n, 1);
            assert_non_null(p);
            assert_true(all_zero(p, n));
            memset(p, 0xFF, n);
            if (i == 20) {
                /* a mark within a mark */
                hw_arena_mark inner = hw_arena_get_mark(&a);
                unsigned char *q = hw_arena_alloc(&a, 300000, 1);
                assert_non_null(q);
                assert_true(all_zero(q, 300000));
                memset(q, 0xFF, 300000);
                hw_arena_reset(&a, inner);
            }
        }
        hw_arena_reset(&a, m);
        assert_int_equal(a.used, used);
        assert_string_equal(kept, "kept");
        char *here = hw_arena_alloc(&a, 8, 1);
        hw_arena_reset(&a, m);
        assert_ptr_equal(hw_arena_alloc(&a, 8, 1), here); /* the same bytes are handed out again */
        hw_arena_reset(&a, m);
    }
    hw_arena_reset(&a, empty);
    assert_int_equal(a.used, 0);
    unsigned char *p = hw_arena_alloc(&a, 60000, 1);
    assert_non_null(p);
    assert_true(all_zero(p, 60000));
}

static void a_steady_loop_of_resets_stops_allocating(void **state)
{
    (void)state;
    HW_CLEANUP(hw_arena_release) hw_arena a = {0};
    assert_non_null(hw_arena_alloc(&a, 60000, 1));
    for (int round = 0; round < 20; round++) {
        if (round == 2) {
            hw_alloc_fail_at(0, false); /* counts from here */
        }
        hw_arena_mark m = hw_arena_get_mark(&a);
        assert_non_null(hw_arena_alloc(&a, 100000, 1));
        hw_arena_reset(&a, m);
    }
    assert_int_equal(hw_alloc_count(), 0);
}

static void an_arena_survives_running_out(void **state)
{
    (void)state;
    HW_CLEANUP(hw_arena_release) hw_arena a = {0};
    char *first = hw_arena_strdup(&a, "first");
    size_t used = a.used;
    hw_alloc_fail_at(1, true);
    assert_null(hw_arena_alloc(&a, 1, 1000000));
    assert_int_equal(a.used, used);
    assert_non_null(hw_arena_alloc(&a, 1, 100)); /* fits into the block that is there */
    hw_alloc_fail_at(0, false);
    assert_non_null(hw_arena_alloc(&a, 1, 1000000));
    assert_string_equal(first, "first");
}

static void a_foreign_mark_is_a_bug(void **state)
{
    (void)state;
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        hw_arena a = {0}, b = {0};
        if (hw_arena_alloc(&a, 1, 1) == NULL || hw_arena_alloc(&b, 1, 1) == NULL) {
            _exit(1);
        }
        hw_arena_reset(&a, hw_arena_get_mark(&b));
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void an_array_grows_up_to_its_limit(void **state)
{
    (void)state;
    HW_AUTO_FREE int *list = NULL;
    size_t count = 0, cap = 0;
    hw_err err = {0};
    while (count < 1000) {
        assert_int_equal(HW_GROW(list, count, cap, 1000, "things", &err), HW_OK);
        assert_true(cap > count && cap <= 1000);
        assert_int_equal(list[count], 0);
        list[count] = (int)count;
        count++;
    }
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(list[i], i);
    }
    assert_int_equal(HW_GROW(list, count, cap, 1000, "things", &err), HW_LIMIT);
    assert_non_null(strstr(err.msg, "too many things"));
    assert_non_null(strstr(err.msg, "1000"));
    hw_err_clear(&err);
    int *same = list;
    hw_alloc_fail_at(1, false);
    assert_int_equal(HW_GROW(list, count, cap, 5000, "things", &err), HW_NO_MEMORY);
    hw_alloc_fail_at(0, false);
    assert_ptr_equal(same, list);
    assert_int_equal(cap, 1000);
    assert_int_equal(HW_GROW(list, count, cap, 0, "things", NULL), HW_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_are_zeroed_and_checked),
        cmocka_unit_test(strings_are_copied),
        cmocka_unit_test(the_nth_allocation_fails),
        cmocka_unit_test(an_arena_hands_out_zeroed_aligned_memory),
        cmocka_unit_test(an_arena_keeps_its_cap),
        cmocka_unit_test(a_reset_gives_back_and_zeroes_again),
        cmocka_unit_test(a_steady_loop_of_resets_stops_allocating),
        cmocka_unit_test(an_arena_survives_running_out),
        cmocka_unit_test(a_foreign_mark_is_a_bug),
        cmocka_unit_test(an_array_grows_up_to_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
