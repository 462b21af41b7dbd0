// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Sums of bytes over loci for many children at once; one kernel a processor family, all with the answer of the plain one. */
#include "kinship/screen.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define CHECK_EVERY 3u

size_t screen_kernel_plain(const uint8_t *const *column, const uint8_t *table, uint32_t n, uint32_t check_at, uint8_t most, uint32_t from, uint32_t to,
                           uint32_t *ret)
{
    size_t found = 0;
    (void)check_at;
    for (uint32_t p = from; p < to; p++) {
        uint32_t sum = 0;
        for (uint32_t l = 0; l < n && sum <= most; l++) {
            sum += table[(size_t)l * SCREEN_CLASSES + column[l][p]];
        }
        if (sum <= most) {
            ret[found++] = p;
        }
    }
    return found;
}

#if defined(__x86_64__)

static size_t write_bits(uint64_t bits, uint32_t first, uint32_t *ret)
{
    size_t found = 0;
    while (bits != 0) {
        ret[found++] = first + (uint32_t)__builtin_ctzll(bits);
        bits &= bits - 1;
    }
    return found;
}

__attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi"))) static size_t kernel_vbmi(const uint8_t *const *column, const uint8_t *table, uint32_t n,
                                                                                          uint32_t check_at, uint8_t most, uint32_t from, uint32_t to,
                                                                                          uint32_t *ret)
{
    const __m512i limit = _mm512_set1_epi8((char)most);
    size_t found = 0;
    for (uint32_t p = from; p < to; p += SCREEN_STEP) {
        __m512i s0 = _mm512_setzero_si512();
        __m512i s1 = s0;
        __m512i s2 = s0;
        __m512i s3 = s0;
        uint32_t l = 0;
        uint32_t stop = check_at < n ? check_at : n;
        for (;;) {
            for (; l < stop; l++) {
                const uint8_t *at = column[l] + p;
                const __m512i low = _mm512_loadu_si512(table + (size_t)l * SCREEN_CLASSES);
                const __m512i high = _mm512_loadu_si512(table + (size_t)l * SCREEN_CLASSES + 64);
                s0 = _mm512_adds_epu8(s0, _mm512_permutex2var_epi8(low, _mm512_loadu_si512(at), high));
                s1 = _mm512_adds_epu8(s1, _mm512_permutex2var_epi8(low, _mm512_loadu_si512(at + 64), high));
                s2 = _mm512_adds_epu8(s2, _mm512_permutex2var_epi8(low, _mm512_loadu_si512(at + 128), high));
                s3 = _mm512_adds_epu8(s3, _mm512_permutex2var_epi8(low, _mm512_loadu_si512(at + 192), high));
            }
            if (l == n) {
                break;
            }
            const __m512i least = _mm512_min_epu8(_mm512_min_epu8(s0, s1), _mm512_min_epu8(s2, s3));
            if (_mm512_cmple_epu8_mask(least, limit) == 0) {
                break;
            }
            stop = l + CHECK_EVERY < n ? l + CHECK_EVERY : n;
        }
        if (l == n) {
            found += write_bits(_mm512_cmple_epu8_mask(s0, limit), p, ret + found);
            found += write_bits(_mm512_cmple_epu8_mask(s1, limit), p + 64, ret + found);
            found += write_bits(_mm512_cmple_epu8_mask(s2, limit), p + 128, ret + found);
            found += write_bits(_mm512_cmple_epu8_mask(s3, limit), p + 192, ret + found);
        }
    }
    return found;
}

#define AVX2_CLASSES 64u

__attribute__((target("avx2"))) static inline __m256i look_up(const __m256i *t, __m256i index)
{
    const __m256i bit4 = _mm256_slli_epi16(index, 3);
    const __m256i bit5 = _mm256_slli_epi16(index, 2);
    const __m256i low = _mm256_blendv_epi8(_mm256_shuffle_epi8(t[0], index), _mm256_shuffle_epi8(t[1], index), bit4);
    const __m256i high = _mm256_blendv_epi8(_mm256_shuffle_epi8(t[2], index), _mm256_shuffle_epi8(t[3], index), bit4);
    return _mm256_blendv_epi8(low, high, bit5);
}

/* Classes below 64 only. */
__attribute__((target("avx2"))) static size_t kernel_avx2(const uint8_t *const *column, const uint8_t *table, uint32_t n, uint32_t check_at, uint8_t most,
                                                          uint32_t from, uint32_t to, uint32_t *ret)
{
    const __m256i limit = _mm256_set1_epi8((char)most);
    size_t found = 0;
    for (uint32_t p = from; p < to; p += 64) {
        __m256i s0 = _mm256_setzero_si256();
        __m256i s1 = s0;
        uint32_t l = 0;
        uint32_t stop = check_at < n ? check_at : n;
        for (;;) {
            for (; l < stop; l++) {
                const uint8_t *at = column[l] + p;
                __m256i t[4];
                for (int i = 0; i < 4; i++) {
                    t[i] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)(table + (size_t)l * SCREEN_CLASSES + 16 * i)));
                }
                s0 = _mm256_adds_epu8(s0, look_up(t, _mm256_loadu_si256((const __m256i *)(const void *)at)));
                s1 = _mm256_adds_epu8(s1, look_up(t, _mm256_loadu_si256((const __m256i *)(const void *)(at + 32))));
            }
            const __m256i within = _mm256_cmpeq_epi8(_mm256_max_epu8(_mm256_min_epu8(s0, s1), limit), limit);
            if (l == n || _mm256_movemask_epi8(within) == 0) {
                break;
            }
            stop = l + CHECK_EVERY < n ? l + CHECK_EVERY : n;
        }
        if (l == n) {
            uint64_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(s0, limit), limit));
            uint64_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(s1, limit), limit));
            found += write_bits(low | high << 32, p, ret + found);
        }
    }
    return found;
}

#endif

screen_kernel screen_kernel_at(uint32_t i, uint32_t *ret_classes, const char **ret_name)
{
    uint32_t at = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && at++ == i) {
        *ret_classes = SCREEN_CLASSES;
        *ret_name = "AVX-512 VBMI";
        return kernel_vbmi;
    }
    if (__builtin_cpu_supports("avx2") && at++ == i) {
        *ret_classes = AVX2_CLASSES;
        *ret_name = "AVX2";
        return kernel_avx2;
    }
#endif
    *ret_classes = SCREEN_CLASSES;
    *ret_name = "plain";
    return at == i ? screen_kernel_plain : NULL;
}

screen_kernel screen_kernel_best(uint32_t *ret_classes)
{
    const char *name = NULL;
    return screen_kernel_at(0, ret_classes, &name);
}
