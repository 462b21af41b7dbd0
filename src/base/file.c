// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Whole files in and out. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

#define READ_MAX_DEFAULT ((size_t)256 << 20)

/* ---- messages ---- */

static const char *shown(const char *path, const char *dash)
{
    return strcmp(path, "-") == 0 ? dash : path;
}

static hw_status fail_io(hw_err *err, const char *what, const char *path, int error)
{
    char buf[128];
    /* the GNU form of strerror_r: thread-safe, and the text may be elsewhere than in buf */
    const char *text = strerror_r(error, buf, sizeof(buf));
    hw_status code = error == ENOENT || error == ENOTDIR ? HW_NOT_FOUND : error == ENOMEM ? HW_NO_MEMORY : HW_IO;

    return HW_FAIL(err, code, "%s: %s: %s", path, what, text);
}

static void close_cleanup(int *fd)
{
    if (*fd > STDERR_FILENO) {
        close(*fd);
    }
}
#define AUTO_CLOSE HW_CLEANUP(close_cleanup)

/* ---- reading ---- */

static hw_status read_all(int fd, const char *name, size_t max, size_t expected, hw_str *text, hw_err *err)
{
    char chunk[65536];

    if (expected > max) {
        return HW_FAIL(err, HW_LIMIT, "%s: %zu bytes; at most %zu are accepted", name, expected, max);
    }
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof(chunk));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return fail_io(err, "cannot be read", name, errno);
        }
        if (n == 0) {
            break;
        }
        if ((size_t)n > max - text->len) {
            return HW_FAIL(err, HW_LIMIT, "%s: more than %zu bytes, which is the most that is accepted", name, max);
        }
        hw_str_addn(text, chunk, (size_t)n);
        HW_TRY(hw_str_check(text, err));
    }
    return HW_OK;
}

hw_status hw_file_read(const char *path, size_t max, hw_str *ret, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text;
    const char *name = shown(path, "standard input");
    AUTO_CLOSE int fd = STDIN_FILENO;
    struct stat st;
    hw_status s;

    max = max == 0 ? READ_MAX_DEFAULT : max;
    hw_str_init(&text, max);
    if (name == path) {
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) {
            return fail_io(err, "cannot be opened", path, errno);
        }
    }
    if (fstat(fd, &st) != 0) {
        return fail_io(err, "cannot be examined", name, errno);
    }
    if (S_ISDIR(st.st_mode)) {
        return HW_FAIL(err, HW_IO, "%s: is a folder; name a file", name);
    }
    s = read_all(fd, name, max, S_ISREG(st.st_mode) && st.st_size > 0 && fd != STDIN_FILENO ? (size_t)st.st_size : 0, &text, err);
    if (s != HW_OK) {
        return s;
    }
    hw_str_release(ret);
    *ret = text;
    hw_str_init(&text, max); /* what it held is the caller's now */
    return HW_OK;
}

/* ---- writing ---- */

static hw_status write_all(int fd, const char *name, const char *data, size_t n, hw_err *err)
{
    while (n > 0) {
        ssize_t k = write(fd, data, n < (size_t)1 << 30 ? n : (size_t)1 << 30);
        if (k < 0 && errno == EINTR) {
            continue;
        }
        if (k < 0) {
            return fail_io(err, "cannot be written", name, errno);
        }
        data += k;
        n -= (size_t)k;
    }
    return HW_OK;
}

/* A folder's entry outlives a power cut only when the folder itself is flushed. Not every file system allows it: best effort. */
static void flush_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    AUTO_CLOSE int fd = -1;

    memcpy(folder, slash == NULL ? "." : path, slash == NULL ? 1 : n);
    folder[slash == NULL ? 1 : n] = '\0';
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
    }
}

/* A new file beside path; its name goes to temp. -1 and errno on failure. */
static int open_temporary(const char *path, char *temp, size_t size)
{
    static atomic_uint serial;
    int fd = -1;

    for (int tries = 0; fd < 0 && tries < 100; tries++) {
        unsigned k = atomic_fetch_add(&serial, 1);
        int n = snprintf(temp, size, "%s.%ld-%u.tmp", path, (long)getpid(), k);
        if (n < 0 || (size_t)n >= size) {
            errno = ENAMETOOLONG;
            return -1;
        }
        fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST) {
            return -1;
        }
    }
    return fd;
}

static hw_status fill_temporary(int fd, const char *path, const struct stat *old, const char *data, size_t n, hw_err *err)
{
    if (old != NULL && fchmod(fd, old->st_mode & 07777) != 0) {
        return fail_io(err, "cannot be given its permissions", path, errno);
    }
    HW_TRY(write_all(fd, path, data, n, err));
    if (fsync(fd) != 0) {
        return fail_io(err, "cannot be flushed to the disk", path, errno);
    }
    return HW_OK;
}

static hw_status replace_file(const char *path, const struct stat *old, const char *data, size_t n, hw_err *err)
{
    char temp[PATH_MAX];
    int fd = open_temporary(path, temp, sizeof(temp));
    hw_status s;

    if (fd < 0) {
        return fail_io(err, "cannot be made", path, errno);
    }
    s = fill_temporary(fd, path, old, data, n, err);
    if (close(fd) != 0 && s == HW_OK) {
        s = fail_io(err, "cannot be written", path, errno);
    }
    if (s == HW_OK && rename(temp, path) != 0) {
        s = fail_io(err, "cannot be put in place", path, errno);
    }
    if (s != HW_OK) {
        unlink(temp);
        return s;
    }
    flush_folder(path);
    return HW_OK;
}

hw_status hw_file_write(const char *path, const char *data, size_t n, hw_err *err)
{
    char real[PATH_MAX];
    struct stat st;
    bool exists;

    if (strcmp(path, "-") == 0) {
        return write_all(STDOUT_FILENO, "standard output", data, n, err);
    }
    if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode) && realpath(path, real) != NULL) {
        path = real;
    }
    exists = stat(path, &st) == 0;
    if (exists && S_ISDIR(st.st_mode)) {
        return HW_FAIL(err, HW_IO, "%s: is a folder; name a file", path);
    }
    if (exists && !S_ISREG(st.st_mode)) {
        /* a device or a pipe is written to, not replaced */
        AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);
        return fd < 0 ? fail_io(err, "cannot be opened", path, errno) : write_all(fd, path, data, n, err);
    }
    return replace_file(path, exists ? &st : NULL, data, n, err);
}

bool hw_file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

static hw_status make_one(const char *path, hw_err *err)
{
    struct stat st;

    if (mkdir(path, 0777) == 0) {
        return HW_OK;
    }
    if (errno != EEXIST) {
        return fail_io(err, "the folder cannot be made", path, errno);
    }
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
        return HW_FAIL(err, HW_IO, "%s: exists and is not a folder", path);
    }
    return HW_OK;
}

hw_status hw_dir_make(const char *path, hw_err *err)
{
    char part[PATH_MAX];
    size_t n = strlen(path);

    if (n == 0) {
        return HW_FAIL(err, HW_USAGE, "a folder without a name cannot be made");
    }
    if (n >= sizeof(part)) {
        return HW_FAIL(err, HW_LIMIT, "the name of the folder has %zu bytes; at most %zu are accepted", n, sizeof(part) - 1);
    }
    memcpy(part, path, n + 1);
    for (size_t i = 1; i < n; i++) {
        if (part[i] == '/') {
            struct stat st;
            part[i] = '\0';
            /* stat first: mkdir of an existing folder in a read-only place need not say EEXIST */
            if (stat(part, &st) != 0 || !S_ISDIR(st.st_mode)) {
                HW_TRY(make_one(part, err));
            }
            part[i] = '/';
        }
    }
    return make_one(part, err);
}

uint64_t hw_hash64(const void *p, size_t n)
{
    const unsigned char *b = p;
    uint64_t h = UINT64_C(0xCBF29CE484222325);

    for (size_t i = 0; i < n; i++) {
        h = (h ^ b[i]) * UINT64_C(0x100000001B3);
    }
    return h;
}
