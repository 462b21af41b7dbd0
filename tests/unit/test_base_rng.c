// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

/* splitmix64 and xoshiro256** written down again, one step of the generator as a formula on the old state. */
static uint64_t splitmix_output(uint64_t seed, unsigned k)
{
    uint64_t z = seed + (k + 1) * 0x9E3779B97F4A7C15u;
    z ^= z >> 30;
    z *= 0xBF58476D1CE4E5B9u;
    z ^= z >> 27;
    z *= 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static uint64_t rotate_left(uint64_t x, int k)
{
    return x * ((uint64_t)1 << k) + x / ((uint64_t)1 << (64 - k));
}

static uint64_t xoshiro_output(uint64_t s[4])
{
    uint64_t a = s[0], b = s[1], c = s[2], d = s[3];
    s[0] = a ^ b ^ d;
    s[1] = a ^ b ^ c;
    s[2] = a ^ c ^ b << 17;
    s[3] = rotate_left(b ^ d, 45);
    return 9 * rotate_left(5 * b, 7);
}

static void the_stream_is_the_published_one(void **state)
{
    (void)state;
    /* the first outputs of xoshiro256** from the state 1, 2, 3, 4 */
    static const uint64_t from_1234[] = {11520u,
                                         0u,
                                         1509978240u,
                                         1215971899390074240u,
                                         1216172134540287360u,
                                         607988272756665600u,
                                         16172922978634559625u,
                                         8476171486693032832u,
                                         10595114339597558777u,
                                         2904607092377533576u};
    hw_rng r = {{1, 2, 3, 4}};
    for (size_t i = 0; i < 10; i++) {
        assert_true(hw_rng_u64(&r) == from_1234[i]);
    }
    /* splitmix64 from 1234567 */
    hw_rng_seed(&r, 1234567, 0);
    assert_true(r.s[0] == 6457827717110365317u);
    assert_true(r.s[1] == 3203168211198807973u);
    assert_true(r.s[2] == 9817491932198370423u);
    assert_true(r.s[3] == 4593380528125082431u);
}

static void the_stream_is_the_formula(void **state)
{
    (void)state;
    static const uint64_t seeds[] = {0, 1, 42, UINT64_MAX, 0x9E3779B97F4A7C15u};
    for (size_t k = 0; k < sizeof(seeds) / sizeof(seeds[0]); k++) {
        uint64_t s[4];
        hw_rng r;
        hw_rng_seed(&r, seeds[k], 0);
        for (unsigned i = 0; i < 4; i++) {
            s[i] = splitmix_output(seeds[k], i);
        }
        for (int i = 0; i < 1000; i++) {
            assert_true(hw_rng_u64(&r) == xoshiro_output(s));
        }
    }
}

static void streams_differ(void **state)
{
    (void)state;
    uint64_t first[400];
    for (unsigned i = 0; i < 400; i++) {
        hw_rng r;
        hw_rng_seed(&r, i / 20, i % 20);
        first[i] = hw_rng_u64(&r);
        for (unsigned j = 0; j < i; j++) {
            assert_true(first[i] != first[j]);
        }
    }
    /* bits of neighbouring streams agree as often as those of strangers: 64 * 2000 pairs of bits, 5 standard deviations */
    long agree = 0;
    hw_rng a, b;
    hw_rng_seed(&a, 7, 1);
    hw_rng_seed(&b, 7, 2);
    for (int i = 0; i < 2000; i++) {
        agree += __builtin_popcountll(~(hw_rng_u64(&a) ^ hw_rng_u64(&b)));
    }
    assert_in_range(agree, 64000 - 895, 64000 + 895);
}

static void units_fill_the_unit_interval(void **state)
{
    (void)state;
    hw_rng r;
    double sum = 0.0;
    long bins[10] = {0};
    hw_rng_seed(&r, 5, 0);
    for (int i = 0; i < 100000; i++) {
        double x = hw_rng_unit(&r);
        assert_true(x >= 0.0 && x < 1.0);
        assert_true(x * 0x1p53 == (double)(uint64_t)(x * 0x1p53));
        sum += x;
        bins[(int)(x * 10)]++;
    }
    assert_true(sum / 100000 > 0.495 && sum / 100000 < 0.505);
    for (int i = 0; i < 10; i++) {
        assert_in_range(bins[i], 9500, 10500);
    }
    /* the ends of the range */
    hw_rng top = {{0, 0, 0, 0}};
    assert_true(hw_rng_unit(&top) == 0.0);
}

static void below_is_even(void **state)
{
    (void)state;
    hw_rng r;
    hw_rng_seed(&r, 9, 0);
    static const uint32_t sizes[] = {1, 2, 3, 7, 10};
    for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
        long count[10] = {0};
        for (uint32_t i = 0; i < 10000 * sizes[k]; i++) {
            uint32_t x = hw_rng_below(&r, sizes[k]);
            assert_true(x < sizes[k]);
            count[x]++;
        }
        for (uint32_t i = 0; i < sizes[k]; i++) {
            assert_in_range(count[i], 9500, 10500);
        }
    }
    /* 3 * 2^30: without the rejection a third of the values would come up twice as often as the others */
    long low = 0;
    for (int i = 0; i < 100000; i++) {
        uint32_t x = hw_rng_below(&r, 3u << 30);
        assert_true(x < 3u << 30);
        low += x % 3 == 0;
    }
    assert_in_range(low, 33333 - 745, 33333 + 745);
}

static void picks_follow_the_weights(void **state)
{
    (void)state;
    hw_rng r;
    const double weights[] = {0.0, 1.0, 0.0, 3.0, 0.0};
    long count[5] = {0};
    hw_rng_seed(&r, 11, 0);
    for (int i = 0; i < 40000; i++) {
        size_t k = hw_rng_pick(&r, weights, 5);
        assert_true(k < 5);
        count[k]++;
    }
    assert_int_equal(count[0] + count[2] + count[4], 0);
    assert_in_range(count[1], 9600, 10400);
    const double one[] = {0.0, 5e-324};
    assert_int_equal(hw_rng_pick(&r, one, 2), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_stream_is_the_published_one), cmocka_unit_test(the_stream_is_the_formula),
        cmocka_unit_test(streams_differ),                  cmocka_unit_test(units_fill_the_unit_interval),
        cmocka_unit_test(below_is_even),                   cmocka_unit_test(picks_follow_the_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
