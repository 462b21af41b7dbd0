// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memory.h"

static char folder[256];

static const char *at(const char *name)
{
    static char path[4][600];
    static unsigned k;
    char *p = path[k++ % 4];
    snprintf(p, sizeof(path[0]), "%s/%s", folder, name);
    return p;
}

static int make_folder(void **state)
{
    (void)state;
    const char *top = getenv("TMPDIR");
    snprintf(folder, sizeof(folder), "%s/test-base-file-XXXXXX", top != NULL && top[0] != '\0' ? top : "/tmp");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

/* Removes what the tests left, at most three levels deep. */
static void remove_below(const char *path, int depth)
{
    DIR *d = opendir(path);
    const struct dirent *e;
    char name[1024];
    while (d != NULL && (e = readdir(d)) != NULL) {
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            (size_t)snprintf(name, sizeof(name), "%s/%s", path, e->d_name) < sizeof(name)) {
            if (depth > 0) {
                remove_below(name, depth - 1);
            }
            remove(name);
        }
    }
    if (d != NULL) {
        closedir(d);
    }
}

static int remove_folder(void **state)
{
    (void)state;
    remove_below(folder, 3);
    return rmdir(folder);
}

static int files_in(const char *name)
{
    DIR *d = opendir(at(name));
    int n = 0;
    while (d != NULL && readdir(d) != NULL) {
        n++;
    }
    if (d != NULL) {
        closedir(d);
    }
    return n - 2;
}

static void writes_and_reads_back(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str text;
    static char big[200001];
    hw_str_init(&text, 0);
    for (size_t i = 0; i < sizeof(big); i++) {
        big[i] = (char)(i * 31 % 256);
    }
    static const size_t sizes[] = {0, 1, 65536, sizeof(big)};
    for (size_t k = 0; k < 4; k++) {
        assert_int_equal(hw_file_write(at("a"), big, sizes[k], NULL), HW_OK);
        assert_int_equal(hw_file_read(at("a"), 0, &text, NULL), HW_OK);
        assert_int_equal(text.len, sizes[k]);
        assert_memory_equal(text.s, big, sizes[k]);
        assert_int_equal(text.s[text.len], '\0');
    }
    assert_int_equal(files_in("."), 1); /* no temporary file is left */
    assert_true(hw_file_exists(at("a")));
    assert_false(hw_file_exists(at("b")));
    assert_true(hw_file_exists(folder));
}

static void reading_has_a_limit(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str text;
    hw_err err = {0};
    hw_str_init(&text, 0);
    hw_str_add(&text, "before");
    assert_int_equal(hw_file_write(at("ten"), "0123456789", 10, NULL), HW_OK);
    assert_int_equal(hw_file_read(at("ten"), 9, &text, &err), HW_LIMIT);
    assert_non_null(strstr(err.msg, "/ten: 10 bytes; at most 9"));
    assert_string_equal(text.s, "before");
    assert_int_equal(hw_file_read(at("ten"), 10, &text, NULL), HW_OK);
    assert_string_equal(text.s, "0123456789");
    /* a pipe does not say its size beforehand */
    hw_err_clear(&err);
    if (access("/dev/zero", R_OK) == 0) {
        assert_int_equal(hw_file_read("/dev/zero", 100000, &text, &err), HW_LIMIT);
        assert_non_null(strstr(err.msg, "more than 100000 bytes"));
        assert_string_equal(text.s, "0123456789");
    }
}

static void failures_name_the_file(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str text;
    hw_err err = {0};
    hw_str_init(&text, 0);
    assert_int_equal(hw_file_read(at("none"), 0, &text, &err), HW_NOT_FOUND);
    assert_non_null(strstr(err.msg, "/none: cannot be opened: No such file"));
    hw_err_clear(&err);
    assert_int_equal(hw_file_read(folder, 0, &text, &err), HW_IO);
    assert_non_null(strstr(err.msg, "is a folder"));
    hw_err_clear(&err);
    assert_int_equal(hw_file_write(folder, "x", 1, &err), HW_IO);
    assert_non_null(strstr(err.msg, "is a folder"));
    hw_err_clear(&err);
    assert_int_equal(hw_file_write(at("no/such"), "x", 1, &err), HW_NOT_FOUND);
    assert_non_null(strstr(err.msg, "/no/such"));
    hw_err_clear(&err);
    char wide[6000];
    memset(wide, 'w', sizeof(wide) - 1);
    wide[sizeof(wide) - 1] = '\0';
    assert_int_equal(hw_file_write(wide, "x", 1, &err), HW_IO);
    assert_int_equal(hw_dir_make(wide, NULL), HW_LIMIT);
    assert_int_equal(hw_dir_make("", NULL), HW_USAGE);
    if (access("/dev/full", W_OK) == 0) {
        hw_err_clear(&err);
        assert_int_equal(hw_file_write("/dev/full", "x", 1, &err), HW_IO);
        assert_non_null(strstr(err.msg, "/dev/full: cannot be written: No space"));
    }
}

static void a_replaced_file_keeps_its_permissions_and_its_link(void **state)
{
    (void)state;
    struct stat st;
    HW_CLEANUP(hw_str_release) hw_str text;
    hw_str_init(&text, 0);
    assert_int_equal(hw_file_write(at("secret"), "1", 1, NULL), HW_OK);
    assert_int_equal(chmod(at("secret"), 0640), 0);
    assert_int_equal(symlink("secret", at("link")), 0);
    assert_int_equal(hw_file_write(at("link"), "22", 2, NULL), HW_OK);
    assert_int_equal(lstat(at("link"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat(at("secret"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(hw_file_read(at("secret"), 0, &text, NULL), HW_OK);
    assert_string_equal(text.s, "22");
}

static void a_reader_of_the_old_file_keeps_it_whole(void **state)
{
    (void)state;
    char buf[16] = "";
    assert_int_equal(hw_file_write(at("live"), "old text", 8, NULL), HW_OK);
    FILE *old = fopen(at("live"), "rb");
    assert_non_null(old);
    assert_int_equal(hw_file_write(at("live"), "new", 3, NULL), HW_OK);
    assert_int_equal(fread(buf, 1, sizeof(buf), old), 8);
    assert_memory_equal(buf, "old text", 8);
    fclose(old);
}

static void a_failed_write_leaves_the_old_file(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str text;
    hw_err err = {0};
    struct rlimit before, small;
    static const char wide[100000];
    hw_str_init(&text, 0);
    assert_int_equal(hw_dir_make(at("full"), NULL), HW_OK);
    assert_int_equal(hw_file_write(at("full/f"), "old", 3, NULL), HW_OK);
    int files = files_in("full");
    /* a limit on the size of files stands for a disk that runs full in the middle of the write */
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 50000;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    hw_status s = hw_file_write(at("full/f"), wide, sizeof(wide), &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    assert_int_equal(s, HW_IO);
    assert_non_null(strstr(err.msg, "full/f: cannot be written: File too large"));
    assert_int_equal(hw_file_read(at("full/f"), 0, &text, NULL), HW_OK);
    assert_string_equal(text.s, "old");
    assert_int_equal(files_in("full"), files);
}

static void dash_is_standard_input_and_output(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str text;
    int in[2], out[2], saved_in = dup(STDIN_FILENO), saved_out = dup(STDOUT_FILENO);
    char buf[16] = "";
    hw_str_init(&text, 0);
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    assert_int_equal(write(in[1], "from a pipe", 11), 11);
    close(in[1]);
    fflush(stdout);
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    hw_status got = hw_file_read("-", 100, &text, NULL);
    hw_status put = hw_file_write("-", "to a pipe", 9, NULL);
    dup2(saved_in, STDIN_FILENO);
    dup2(saved_out, STDOUT_FILENO);
    assert_int_equal(got, HW_OK);
    assert_string_equal(text.s, "from a pipe");
    assert_int_equal(put, HW_OK);
    assert_int_equal(read(out[0], buf, sizeof(buf)), 9);
    assert_memory_equal(buf, "to a pipe", 9);
    close(in[0]);
    close(out[0]);
    close(out[1]);
    close(saved_in);
    close(saved_out);
}

static void folders_are_made_with_their_parents(void **state)
{
    (void)state;
    struct stat st;
    hw_err err = {0};
    assert_int_equal(hw_dir_make(at("x/y//z/"), &err), HW_OK);
    assert_int_equal(stat(at("x/y/z"), &st), 0);
    assert_true(S_ISDIR(st.st_mode));
    assert_int_equal(hw_dir_make(at("x/y/z"), &err), HW_OK);
    assert_int_equal(hw_dir_make("/", &err), HW_OK);
    assert_int_equal(hw_file_write(at("x/file"), "", 0, &err), HW_OK);
    assert_int_equal(hw_dir_make(at("x/file"), &err), HW_IO);
    assert_non_null(strstr(err.msg, "x/file: exists and is not a folder"));
    hw_err_clear(&err);
    assert_int_equal(hw_dir_make(at("x/file/below"), &err), HW_IO);
}

static void hashes_are_the_published_ones(void **state)
{
    (void)state;
    assert_true(hw_hash64("", 0) == 0xCBF29CE484222325u);
    assert_true(hw_hash64("a", 1) == 0xAF63DC4C8601EC8Cu);
    assert_true(hw_hash64("foobar", 6) == 0x85944171F73967E8u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_and_reads_back),
        cmocka_unit_test(reading_has_a_limit),
        cmocka_unit_test(failures_name_the_file),
        cmocka_unit_test(a_replaced_file_keeps_its_permissions_and_its_link),
        cmocka_unit_test(a_reader_of_the_old_file_keeps_it_whole),
        cmocka_unit_test(a_failed_write_leaves_the_old_file),
        cmocka_unit_test(dash_is_standard_input_and_output),
        cmocka_unit_test(folders_are_made_with_their_parents),
        cmocka_unit_test(hashes_are_the_published_ones),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
