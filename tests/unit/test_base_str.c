// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/str.h"

static void adds_in_order(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str b;
    hw_str_init(&b, 0);
    assert_string_equal(b.s, "");
    hw_str_add(&b, "");
    hw_str_addn(&b, NULL, 0);
    assert_string_equal(b.s, "");
    hw_str_add(&b, "ab");
    hw_str_addc(&b, '\0');
    hw_str_addn(&b, "cdef", 2);
    hw_str_addf(&b, "%03d|%s", 7, "x");
    assert_int_equal(b.len, 10);
    assert_memory_equal(b.s, "ab\0cd007|x", 11);
    assert_int_equal(hw_str_check(&b, NULL), HW_OK);
    hw_str_clear(&b);
    assert_string_equal(b.s, "");
    assert_int_equal(b.len, 0);
    hw_str_add(&b, "again");
    assert_string_equal(b.s, "again");
    hw_str_release(&b);
    assert_string_equal(b.s, "");
    hw_str_add(&b, "and again");
    assert_string_equal(b.s, "and again");
}

static void grows_over_every_boundary(void **state)
{
    (void)state;
    for (size_t step = 1; step < 200; step += 13) {
        HW_CLEANUP(hw_str_release) hw_str b = {0}, f = {0};
        char piece[200];
        memset(piece, 'p', step);
        piece[step] = '\0';
        for (size_t n = 0; n < 3000; n += step) {
            hw_str_addn(&b, piece, step);
            hw_str_addf(&f, "%s", piece);
            assert_int_equal(b.len, n + step);
            assert_int_equal(b.s[b.len], '\0');
            assert_int_equal(f.len, n + step);
            assert_int_equal(strlen(f.s), f.len);
        }
        assert_int_equal(strspn(b.s, "p"), b.len);
        assert_string_equal(b.s, f.s);
    }
}

static void a_string_can_be_added_to_itself(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str b;
    hw_str_init(&b, 0);
    hw_str_add(&b, "0123456789");
    for (int i = 0; i < 6; i++) {
        hw_str_addn(&b, b.s, b.len);
    }
    hw_str_add(&b, b.s + 635);
    assert_int_equal(b.len, 645);
    for (size_t i = 0; i < b.len; i++) {
        assert_int_equal(b.s[i], '0' + (int)((i < 640 ? i : i - 5) % 10));
    }
}

static void the_limit_sticks(void **state)
{
    (void)state;
    static const size_t limits[] = {1, 5, 63, 64, 65, 127, 128, 1000};
    for (size_t k = 0; k < sizeof(limits) / sizeof(limits[0]); k++) {
        HW_CLEANUP(hw_str_release) hw_str b;
        hw_err err = {0};
        hw_str_init(&b, limits[k]);
        for (size_t i = 0; i < limits[k]; i++) {
            hw_str_addc(&b, 'x');
        }
        assert_int_equal(hw_str_check(&b, &err), HW_OK);
        assert_int_equal(b.len, limits[k]);
        if (k % 2 == 0) {
            hw_str_addc(&b, 'y');
        } else {
            hw_str_addf(&b, "%d", 5);
        }
        assert_int_equal(b.len, limits[k]);
        assert_int_equal(strspn(b.s, "x"), limits[k]);
        assert_int_equal(hw_str_check(&b, &err), HW_LIMIT);
        assert_true(strlen(err.msg) > 0);
        hw_str_add(&b, "");
        hw_str_addf(&b, "%s", "");
        assert_int_equal(hw_str_check(&b, NULL), HW_LIMIT);
        hw_str_clear(&b);
        assert_int_equal(hw_str_check(&b, NULL), HW_OK);
        hw_str_addc(&b, 'z');
        assert_string_equal(b.s, "z");
    }
}

static void out_of_memory_sticks_and_keeps_what_was_there(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str b;
    hw_err err = {0};
    hw_str_init(&b, 0);
    hw_str_add(&b, "kept");
    hw_alloc_fail_at(1, false);
    hw_str_addf(&b, "%500d", 1);
    hw_alloc_fail_at(0, false);
    hw_str_add(&b, "lost");
    assert_string_equal(b.s, "kept");
    assert_int_equal(hw_str_check(&b, &err), HW_NO_MEMORY);
    assert_int_equal(err.code, HW_NO_MEMORY);
}

static void a_map_holds_many_keys_in_order(void **state)
{
    (void)state;
    HW_CLEANUP(hw_map_release) hw_map m;
    hw_map_init(&m, 0);
    uint64_t value = 99;
    char key[32];
    assert_false(hw_map_get(&m, "a", &value));
    assert_int_equal(value, 99);
    for (unsigned i = 0; i < 20000; i++) {
        snprintf(key, sizeof(key), "person-%u", i * 7u);
        assert_int_equal(hw_map_put(&m, key, i, NULL), HW_OK);
    }
    assert_int_equal(m.count, 20000);
    assert_true(m.slot_count >= m.count * 3 / 2);
    for (unsigned i = 0; i < 20000; i++) {
        snprintf(key, sizeof(key), "person-%u", i * 7u);
        assert_true(hw_map_get(&m, key, &value));
        assert_int_equal(value, i);
        assert_string_equal(m.entries[i].key, key);
        snprintf(key, sizeof(key), "person-%u", i * 7u + 1);
        assert_false(hw_map_get(&m, key, NULL));
    }
    assert_int_equal(hw_map_put(&m, "person-7", UINT64_MAX, NULL), HW_OK);
    assert_int_equal(hw_map_put(&m, "", 5, NULL), HW_OK);
    assert_int_equal(m.count, 20001);
    assert_true(hw_map_get(&m, "person-7", &value));
    assert_true(value == UINT64_MAX);
    assert_true(hw_map_get(&m, "", &value));
    assert_int_equal(value, 5);
    hw_map_release(&m);
    assert_false(hw_map_get(&m, "", &value));
    assert_int_equal(hw_map_put(&m, "x", 1, NULL), HW_OK);
}

static void a_map_copies_its_keys_and_keeps_its_limit(void **state)
{
    (void)state;
    HW_CLEANUP(hw_map_release) hw_map m;
    hw_err err = {0};
    char key[] = "k0";
    hw_map_init(&m, 3);
    for (int i = 0; i < 3; i++) {
        key[1] = (char)('0' + i);
        assert_int_equal(hw_map_put(&m, key, (uint64_t)i, &err), HW_OK);
    }
    key[1] = '9';
    assert_int_equal(hw_map_put(&m, key, 9, &err), HW_LIMIT);
    assert_int_equal(hw_map_put(&m, "k1", 11, NULL), HW_OK);
    uint64_t value = 0;
    assert_true(hw_map_get(&m, "k1", &value));
    assert_int_equal(value, 11);
    assert_false(hw_map_get(&m, "k9", NULL));
    assert_int_equal(m.count, 3);
}

static void helpers_know_only_ascii(void **state)
{
    (void)state;
    assert_true(hw_streq("a", "a"));
    assert_false(hw_streq("a", "A"));
    assert_true(hw_str_ieq("D3s1358", "d3S1358"));
    assert_false(hw_str_ieq("abc", "ab"));
    assert_false(hw_str_ieq("ab", "abc"));
    assert_false(hw_str_ieq("[", "{"));
    assert_false(hw_str_ieq("\xC3\x89", "\xC3\xA9"));
    assert_true(hw_str_starts("homeward", "home"));
    assert_true(hw_str_starts("x", ""));
    assert_false(hw_str_starts("ho", "home"));
    assert_true(hw_str_ends("a.csv", ".csv"));
    assert_true(hw_str_ends("a.csv", ""));
    assert_false(hw_str_ends("csv", ".csv"));
    char a[] = " \t x y\r\n", b[] = " \v\f ", c[] = "", d[] = "\xC2\xA0x";
    assert_string_equal(hw_str_trim(a), "x y");
    assert_string_equal(hw_str_trim(b), "");
    assert_string_equal(hw_str_trim(c), "");
    assert_string_equal(hw_str_trim(d), "\xC2\xA0x");
}

/* the definition of well-formed UTF-8: decode, then encode again in the shortest form */
static size_t utf8_by_definition(const unsigned char *u, size_t n)
{
    uint32_t cp;
    size_t want = u[0] < 0x80 ? 1 : u[0] < 0xC0 ? 0 : u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : u[0] < 0xF8 ? 4 : 0;
    if (want == 0 || want > n) {
        return 0;
    }
    cp = want == 1 ? u[0] : u[0] & (0x7Fu >> want);
    for (size_t i = 1; i < want; i++) {
        if ((u[i] & 0xC0) != 0x80) {
            return 0;
        }
        cp = cp << 6 | (u[i] & 0x3Fu);
    }
    size_t shortest = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    return shortest == want && cp <= 0x10FFFF && !(cp >= 0xD800 && cp <= 0xDFFF) ? want : 0;
}

static void utf8_is_judged_by_its_definition(void **state)
{
    (void)state;
    static const unsigned char third[] = {0x00, 0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xFF};
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            for (size_t c = 0; c < sizeof(third); c++) {
                for (size_t d = 0; d < sizeof(third); d++) {
                    const unsigned char u[4] = {(unsigned char)a, (unsigned char)b, third[c], third[d]};
                    for (size_t n = 1; n <= 4; n++) {
                        if (hw_utf8_step((const char *)u, n) != utf8_by_definition(u, n)) {
                            fail_msg("%02x %02x %02x %02x, %zu bytes", u[0], u[1], u[2], u[3], n);
                        }
                    }
                }
            }
        }
    }
    assert_int_equal(hw_utf8_step("", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_in_order),
        cmocka_unit_test(grows_over_every_boundary),
        cmocka_unit_test(a_string_can_be_added_to_itself),
        cmocka_unit_test(the_limit_sticks),
        cmocka_unit_test(out_of_memory_sticks_and_keeps_what_was_there),
        cmocka_unit_test(a_map_holds_many_keys_in_order),
        cmocka_unit_test(a_map_copies_its_keys_and_keeps_its_limit),
        cmocka_unit_test(helpers_know_only_ascii),
        cmocka_unit_test(utf8_is_judged_by_its_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
