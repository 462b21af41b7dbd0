// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Whole files in and out. Reading has a size limit; writing goes to a temporary name beside the target, is flushed to the
 * disk and renamed, so that a reader never sees half a file. "-" is standard input or output.
 */
#ifndef HW_BASE_FILE_H
#define HW_BASE_FILE_H

#include "base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The whole file into *ret, which must be initialised (what it held is released) and is untouched on failure.
 * At most max bytes (0 = 256 MiB), else LIMIT. NOT_FOUND when there is no such file, IO otherwise.
 */
HW_API hw_status hw_file_read(const char *path, size_t max, hw_str *ret, hw_err *err) HW_MUST_CHECK;
/** Replace or make the file; an existing one keeps its permissions, a link keeps pointing at the file it names. */
HW_API hw_status hw_file_write(const char *path, const char *data, size_t n, hw_err *err) HW_MUST_CHECK;
HW_API bool hw_file_exists(const char *path);
HW_API hw_status hw_dir_make(const char *path, hw_err *err) HW_MUST_CHECK; /* like mkdir -p */
/** FNV-1a 64 of bytes: for naming versions of tables, not for security. */
HW_API uint64_t hw_hash64(const void *p, size_t n);

#ifdef __cplusplus
}
#endif
#endif
