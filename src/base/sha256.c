// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "base/sha256.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

#define MAX_FILE ((size_t)2 << 30)

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t K[64] = {
    0x428a2f98u, 0x71374491u, 0xb5c0fbcfu, 0xe9b5dba5u, 0x3956c25bu, 0x59f111f1u, 0x923f82a4u, 0xab1c5ed5u, 0xd807aa98u, 0x12835b01u, 0x243185beu,
    0x550c7dc3u, 0x72be5d74u, 0x80deb1feu, 0x9bdc06a7u, 0xc19bf174u, 0xe49b69c1u, 0xefbe4786u, 0x0fc19dc6u, 0x240ca1ccu, 0x2de92c6fu, 0x4a7484aau,
    0x5cb0a9dcu, 0x76f988dau, 0x983e5152u, 0xa831c66du, 0xb00327c8u, 0xbf597fc7u, 0xc6e00bf3u, 0xd5a79147u, 0x06ca6351u, 0x14292967u, 0x27b70a85u,
    0x2e1b2138u, 0x4d2c6dfcu, 0x53380d13u, 0x650a7354u, 0x766a0abbu, 0x81c2c92eu, 0x92722c85u, 0xa2bfe8a1u, 0xa81a664bu, 0xc24b8b70u, 0xc76c51a3u,
    0xd192e819u, 0xd6990624u, 0xf40e3585u, 0x106aa070u, 0x19a4c116u, 0x1e376c08u, 0x2748774cu, 0x34b0bcb5u, 0x391c0cb3u, 0x4ed8aa4au, 0x5b9cca4fu,
    0x682e6ff3u, 0x748f82eeu, 0x78a5636fu, 0x84c87814u, 0x8cc70208u, 0x90befffau, 0xa4506cebu, 0xbef9a3f7u, 0xc67178f2u,
};

static uint32_t turned(uint32_t x, unsigned n)
{
    return x >> n | x << (32u - n);
}

static void take_block(hw_sha256 *s, const unsigned char *b)
{
    uint32_t w[64], v[8];
    for (size_t i = 0; i < 16; i++) {
        w[i] = (uint32_t)b[4 * i] << 24 | (uint32_t)b[4 * i + 1] << 16 | (uint32_t)b[4 * i + 2] << 8 | (uint32_t)b[4 * i + 3];
    }
    for (size_t i = 16; i < 64; i++) {
        uint32_t s0 = turned(w[i - 15], 7) ^ turned(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = turned(w[i - 2], 17) ^ turned(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    memcpy(v, s->h, sizeof v);
    for (size_t i = 0; i < 64; i++) {
        uint32_t s1 = turned(v[4], 6) ^ turned(v[4], 11) ^ turned(v[4], 25), choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t one = v[7] + s1 + choice + K[i] + w[i];
        uint32_t s0 = turned(v[0], 2) ^ turned(v[0], 13) ^ turned(v[0], 22), most = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += one;
        v[0] = one + s0 + most;
    }
    for (size_t i = 0; i < 8; i++) {
        s->h[i] += v[i];
    }
}

void hw_sha256_init(hw_sha256 *s)
{
    *s = (hw_sha256){.h = {0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au, 0x510e527fu, 0x9b05688cu, 0x1f83d9abu, 0x5be0cd19u}};
}

void hw_sha256_add(hw_sha256 *s, const void *p, size_t n)
{
    const unsigned char *from = p;
    while (n > 0) {
        size_t at = (size_t)(s->bytes % 64), room = 64 - at, take = n < room ? n : room;
        memcpy(s->block + at, from, take);
        s->bytes += take;
        from += take;
        n -= take;
        if (take == room) {
            take_block(s, s->block);
        }
    }
}

void hw_sha256_hex(hw_sha256 *s, char ret[65])
{
    static const unsigned char one = 0x80, zero = 0;
    const uint64_t bits = s->bytes * 8;
    unsigned char length[8];
    for (size_t i = 0; i < 8; i++) {
        length[i] = (unsigned char)(bits >> (56 - 8 * i) & 0xffu);
    }
    hw_sha256_add(s, &one, 1);
    while (s->bytes % 64 != 56) {
        hw_sha256_add(s, &zero, 1);
    }
    hw_sha256_add(s, length, sizeof length);
    for (size_t i = 0; i < 8; i++) {
        snprintf(ret + 8 * i, 9, "%08lx", (unsigned long)s->h[i]);
    }
}

hw_status hw_sha256_file(const char *path, char ret[65], hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_sha256 s;
    hw_str_init(&text, MAX_FILE);
    HW_TRY(hw_file_read(path, MAX_FILE, &text, err));
    hw_sha256_init(&s);
    hw_sha256_add(&s, text.s, text.len);
    hw_sha256_hex(&s, ret);
    return HW_OK;
}
