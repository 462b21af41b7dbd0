// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Every allocation fails once. A scenario runs with its first allocation failing, then its second, and so on until it runs
 * through; and each time with all the later ones failing too. It has to report NO_MEMORY, release everything (the leak
 * checker of the sanitized build looks) and leave what it had already built usable.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

typedef hw_status (*scenario)(hw_err *err);

static void fail_each(scenario run, long at_least)
{
    for (int sticky = 0; sticky < 2; sticky++) {
        long nth = 1;
        for (;; nth++) {
            hw_err err = {0};
            hw_alloc_fail_at(nth, sticky == 1);
            hw_status s = run(&err);
            long asked = hw_alloc_count();
            hw_alloc_fail_at(0, false);
            assert_true(nth < 100000);
            if (asked < nth) {
                assert_int_equal(s, HW_OK);
                break;
            }
            assert_int_equal(s, HW_NO_MEMORY);
            assert_int_equal(err.code, HW_NO_MEMORY);
            assert_true(strlen(err.msg) > 0);
        }
        assert_true(nth - 1 >= at_least);
    }
}

static hw_status build_text(hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str b;
    hw_str_init(&b, 0);
    for (int i = 0; i < 500; i++) {
        hw_str_addf(&b, "%d,", i);
        hw_str_addc(&b, 'x');
        hw_str_add(&b, "yz");
        assert_int_equal(b.s[b.len], '\0');
        assert_int_equal(strlen(b.s), b.len);
    }
    return hw_str_check(&b, err);
}

static hw_status build_map(hw_err *err)
{
    HW_CLEANUP(hw_map_release) hw_map m;
    hw_map_init(&m, 0);
    for (unsigned i = 0; i < 60; i++) {
        char key[16];
        snprintf(key, sizeof(key), "key%u", i);
        hw_status s = hw_map_put(&m, key, i, err);
        if (s != HW_OK) {
            /* all the earlier keys are there, this one is not; it can be put as soon as there is memory again */
            uint64_t value = 0;
            assert_int_equal(m.count, i);
            assert_false(hw_map_get(&m, key, &value));
            size_t keys = i + (hw_map_put(&m, key, i, NULL) == HW_OK ? 1 : 0);
            assert_int_equal(m.count, keys);
            for (unsigned k = 0; k < keys; k++) {
                snprintf(key, sizeof(key), "key%u", k);
                assert_true(hw_map_get(&m, key, &value));
                assert_int_equal(value, k);
            }
            return s;
        }
    }
    return HW_OK;
}

static hw_status read_csv(hw_err *err)
{
    static const char text[] = "id,name,note\n1,\"a \"\"quoted\"\" one\",\"two\nlines\"\n";
    HW_CLEANUP(hw_csv_release) hw_csv c;
    static char wide[4000];
    bool more = true;
    hw_csv_init(&c, text, sizeof(text) - 1, ',');
    while (more) {
        hw_status s = hw_csv_next(&c, &more, err);
        if (s != HW_OK) {
            assert_int_equal(c.n_fields, 0);
            return s;
        }
    }
    hw_csv_release(&c);
    memset(wide, ',', sizeof(wide));
    memset(wide + 100, 'x', 2000);
    hw_csv_init(&c, wide, sizeof(wide), ',');
    HW_TRY(hw_csv_next(&c, &more, err));
    assert_int_equal(c.n_fields, 2001);
    return HW_OK;
}

static hw_status write_json(hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str out;
    hw_json j;
    hw_str_init(&out, 0);
    hw_json_init(&j, &out, 1);
    hw_json_array(&j);
    for (int i = 0; i < 100; i++) {
        hw_json_object(&j);
        hw_json_key(&j, "i");
        hw_json_int(&j, i);
        hw_json_key(&j, "text");
        hw_json_string(&j, "\"\n\xFF");
        hw_json_end(&j);
    }
    hw_json_end(&j);
    return hw_str_check(&out, err);
}

static hw_status use_arena(hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena a = {0};
    HW_AUTO_FREE int *list = NULL;
    size_t cap = 0;
    for (size_t i = 0; i < 200; i++) {
        hw_arena_mark m = hw_arena_get_mark(&a);
        char *name = hw_arena_printf(&a, "person %zu", i);
        char *copy = name != NULL ? hw_arena_strdup(&a, name) : NULL;
        void *block = copy != NULL ? hw_arena_alloc(&a, 1, i * 1000) : NULL;
        if (block == NULL) {
            hw_arena_reset(&a, m);
            assert_int_equal(a.used, m.used);
            return HW_NO_MEMORY_FAIL(err);
        }
        if (i % 3 == 0) {
            hw_arena_reset(&a, m);
        }
        HW_TRY(HW_GROW(list, i, cap, 1000, "numbers", err));
        list[i] = (int)i;
    }
    return HW_OK;
}

static hw_status copy_strings(hw_err *err)
{
    HW_AUTO_FREE char *a = hw_strdup("abc");
    HW_AUTO_FREE char *b = hw_strndup("abc", 2);
    return a == NULL || b == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

static char sample[300]; /* name of a file of 300000 bytes */

static hw_status read_file(hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text;
    hw_str_init(&text, 0);
    hw_status s = hw_file_read(sample, 0, &text, err);
    if (s != HW_OK) {
        assert_int_equal(text.len, 0);
        return s;
    }
    assert_int_equal(text.len, 300000);
    return HW_OK;
}

static void texts(void **state)
{
    (void)state;
    fail_each(build_text, 4);
}

static void maps(void **state)
{
    (void)state;
    fail_each(build_map, 60);
}

static void csv_records(void **state)
{
    (void)state;
    fail_each(read_csv, 8);
}

static void json_texts(void **state)
{
    (void)state;
    fail_each(write_json, 4);
}

static void arenas_and_arrays(void **state)
{
    (void)state;
    fail_each(use_arena, 8);
}

static void copies(void **state)
{
    (void)state;
    fail_each(copy_strings, 2);
}

static void files(void **state)
{
    (void)state;
    static const char bytes[300000];
    const char *top = getenv("TMPDIR");
    snprintf(sample, sizeof(sample), "%s/test-base-fault-XXXXXX", top != NULL && top[0] != '\0' ? top : "/tmp");
    int fd = mkstemp(sample);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(hw_file_write(sample, bytes, sizeof(bytes), NULL), HW_OK);
    fail_each(read_file, 3);
    assert_int_equal(unlink(sample), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),  cmocka_unit_test(maps), cmocka_unit_test(csv_records), cmocka_unit_test(json_texts),
        cmocka_unit_test(arenas_and_arrays), cmocka_unit_test(copies), cmocka_unit_test(files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
