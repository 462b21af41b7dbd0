// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/sha256.h"

/* Examples of FIPS 180-4 (NIST, "Examples with intermediate values") and of the Secure Hash Standard validation system. */
static const struct {
    const char *text, *hex;
} VECTOR[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
     "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
};

static void known_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof VECTOR / sizeof VECTOR[0]; i++) {
        hw_sha256 s;
        char hex[65];
        hw_sha256_init(&s);
        hw_sha256_add(&s, VECTOR[i].text, strlen(VECTOR[i].text));
        hw_sha256_hex(&s, hex);
        assert_string_equal(hex, VECTOR[i].hex);
    }
}

static void a_million_letters_in_any_pieces(void **state)
{
    (void)state;
    static const char letters[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    for (size_t piece = 1; piece < sizeof letters; piece += 31) {
        hw_sha256 s;
        char hex[65];
        hw_sha256_init(&s);
        for (size_t left = 1000000; left > 0;) {
            size_t n = left < piece ? left : piece;
            hw_sha256_add(&s, letters, n);
            left -= n;
        }
        hw_sha256_hex(&s, hex);
        assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
}

static void files(void **state)
{
    (void)state;
    char path[] = "/tmp/homeward-sha256-XXXXXX", hex[65] = "";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "abc", 3), 3);
    assert_int_equal(close(fd), 0);
    hw_err err = {0};
    assert_int_equal(hw_sha256_file(path, hex, &err), HW_OK);
    assert_string_equal(hex, VECTOR[1].hex);
    for (long nth = 1; nth < 10; nth++) {
        hw_err failure = {0};
        hw_alloc_fail_at(nth, false);
        hw_status s = hw_sha256_file(path, hex, &failure);
        bool reached = hw_alloc_count() >= nth;
        hw_alloc_fail_at(0, false);
        assert_int_equal(s, reached ? HW_NO_MEMORY : HW_OK);
    }
    assert_int_equal(unlink(path), 0);
    assert_int_equal(hw_sha256_file(path, hex, &err), HW_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_vectors),
        cmocka_unit_test(a_million_letters_in_any_pieces),
        cmocka_unit_test(files),
    };
    return cmocka_run_group_tests_name("base_sha256", tests, NULL, NULL);
}
