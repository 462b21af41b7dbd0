// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * SHA-256 (FIPS 180-4): which bytes a report was made from, in a form that anybody can check with sha256sum. A hw_sha256 belongs to one thread.
 */
#ifndef HW_BASE_SHA256_H
#define HW_BASE_SHA256_H

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hw_sha256 {
    uint32_t h[8];
    uint64_t bytes;
    unsigned char block[64]; /* bytes % 64 of it are filled */
} hw_sha256;

HW_API void hw_sha256_init(hw_sha256 *s);
HW_API void hw_sha256_add(hw_sha256 *s, const void *p, size_t n);
/** 64 hexadecimal digits and a NUL into ret; s is used up. */
HW_API void hw_sha256_hex(hw_sha256 *s, char ret[65]);
/** Of a file of at most 2 GiB. NOT_FOUND, LIMIT, IO, NO_MEMORY. */
HW_API hw_status hw_sha256_file(const char *path, char ret[65], hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
