// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/rng.h"
#include "base/thread.h"

#define ITEMS 5000u

typedef struct slots {
    double value[ITEMS];
    atomic_int times[ITEMS];
    unsigned n_threads;
    atomic_bool worker_out_of_range;
    atomic_int busy[256]; /* items a worker runs at this moment */
} slots;

static hw_status fill(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    slots *s = ctx;
    hw_rng r;
    double x = 0.0;

    (void)err;
    if (worker >= s->n_threads || atomic_fetch_add(&s->busy[worker], 1) != 0) {
        atomic_store(&s->worker_out_of_range, true);
    }
    hw_rng_seed(&r, 3, item);
    for (int i = 0; i < 50; i++) {
        x += hw_rng_unit(&r) / 3.0;
    }
    s->value[item] = x;
    atomic_fetch_add(&s->times[item], 1);
    atomic_fetch_sub(&s->busy[worker], 1);
    return HW_OK;
}

static void the_number_of_threads_changes_nothing(void **state)
{
    (void)state;
    static slots one, other;
    static const unsigned counts[] = {2, 3, 8, 64, 0, 1000};

    memset(&one, 0, sizeof(one));
    one.n_threads = 1;
    assert_int_equal(hw_parallel_for(ITEMS, 1, fill, &one, NULL), HW_OK);
    for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
        memset(&other, 0, sizeof(other));
        other.n_threads = counts[k] == 0 ? hw_cpu_count() : counts[k] > 256 ? 256 : counts[k];
        assert_int_equal(hw_parallel_for(ITEMS, counts[k], fill, &other, NULL), HW_OK);
        assert_memory_equal(one.value, other.value, sizeof(one.value));
        assert_false(atomic_load(&other.worker_out_of_range));
        for (size_t i = 0; i < ITEMS; i++) {
            assert_int_equal(atomic_load(&other.times[i]), 1);
        }
    }
}

typedef struct failing {
    size_t bad[3];
    atomic_int ran[ITEMS];
    bool silent;
} failing;

static hw_status fail_some(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    failing *f = ctx;

    (void)worker;
    atomic_fetch_add(&f->ran[item], 1);
    for (size_t i = 0; i < 3; i++) {
        if (item == f->bad[i]) {
            return f->silent ? HW_CONFLICT : HW_FAIL(err, HW_CONFLICT, "item %zu is bad", item);
        }
    }
    return HW_OK;
}

static void the_lowest_failure_is_reported(void **state)
{
    (void)state;
    static failing f;
    for (int round = 0; round < 200; round++) {
        unsigned threads = (unsigned)(1 + round % 8);
        hw_err err = {0};
        memset(&f, 0, sizeof(f));
        f.bad[0] = 17;
        f.bad[1] = 16;
        f.bad[2] = 900;
        f.silent = round % 10 == 9;
        assert_int_equal(hw_parallel_for(ITEMS, threads, fail_some, &f, &err), HW_CONFLICT);
        assert_int_equal(err.code, HW_CONFLICT);
        assert_string_equal(err.msg, f.silent ? "work item 16 failed: the records contradict each other" : "item 16 is bad");
        for (size_t i = 0; i <= 16; i++) {
            assert_int_equal(atomic_load(&f.ran[i]), 1);
        }
        if (threads == 1) {
            for (size_t i = 17; i < ITEMS; i++) {
                assert_int_equal(atomic_load(&f.ran[i]), 0);
            }
        }
    }
    assert_int_equal(hw_parallel_for(ITEMS, 4, fail_some, &f, NULL), HW_CONFLICT);
    hw_err kept = {0};
    assert_int_equal(HW_FAIL(&kept, HW_IO, "earlier"), HW_IO);
    assert_int_equal(hw_parallel_for(ITEMS, 4, fail_some, &f, &kept), HW_CONFLICT);
    assert_string_equal(kept.msg, "earlier");
}

typedef struct ordered {
    atomic_int started;
    size_t late; /* the item that fails last */
} ordered;

/* Two items in two threads at once, both of which fail, one clearly later than the other. */
static hw_status fail_in_order(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    ordered *o = ctx;
    (void)worker;
    atomic_fetch_add(&o->started, 1);
    for (int i = 0; i < 2000 && atomic_load(&o->started) < 2; i++) {
        usleep(1000);
    }
    if (item == o->late) {
        usleep(30000);
    }
    return HW_FAIL(err, HW_CONFLICT, "item %zu is bad", item);
}

static void the_lowest_failure_is_reported_in_whatever_order_they_come(void **state)
{
    (void)state;
    for (size_t late = 0; late < 2; late++) {
        ordered o = {.late = late};
        hw_err err = {0};
        assert_int_equal(hw_parallel_for(2, 2, fail_in_order, &o, &err), HW_CONFLICT);
        assert_int_equal(atomic_load(&o.started), 2);
        assert_string_equal(err.msg, "item 0 is bad");
    }
}

static hw_status note_thread(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    pthread_t *seen = ctx;
    (void)worker;
    (void)err;
    seen[item] = pthread_self();
    return HW_OK;
}

static hw_status leaves_a_message_but_succeeds(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    (void)worker;
    (void)ctx;
    if (item == 0) {
        (void)!HW_FAIL(err, HW_PARSE, "tried and recovered");
        return HW_OK;
    }
    return HW_FAIL(err, HW_LIMIT, "the real one");
}

static void edges(void **state)
{
    (void)state;
    pthread_t seen[5];
    hw_err err = {0};
    assert_int_equal(hw_parallel_for(0, 4, fail_some, NULL, NULL), HW_OK);
    assert_int_equal(hw_parallel_for(5, 1, note_thread, seen, NULL), HW_OK);
    for (int i = 0; i < 5; i++) {
        assert_true(pthread_equal(seen[i], pthread_self()));
    }
    assert_int_equal(hw_parallel_for(2, 1, leaves_a_message_but_succeeds, NULL, &err), HW_LIMIT);
    assert_string_equal(err.msg, "the real one");
    assert_true(hw_cpu_count() >= 1 && hw_cpu_count() <= 256);
    double t = hw_now_seconds();
    assert_true(hw_now_seconds() >= t);
}

static hw_status allocate(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    (void)ctx;
    (void)worker;
    (void)item;
    char *p = hw_alloc(10, 1);
    if (p == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_free(p);
    return HW_OK;
}

static void allocations_are_counted_across_threads(void **state)
{
    (void)state;
    hw_alloc_fail_at(0, false);
    assert_int_equal(hw_parallel_for(20000, 8, allocate, NULL, NULL), HW_OK);
    assert_int_equal(hw_alloc_count(), 20000);
    hw_alloc_fail_at(777, false);
    assert_int_equal(hw_parallel_for(20000, 8, allocate, NULL, NULL), HW_NO_MEMORY);
    hw_alloc_fail_at(0, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_of_threads_changes_nothing),
        cmocka_unit_test(the_lowest_failure_is_reported),
        cmocka_unit_test(the_lowest_failure_is_reported_in_whatever_order_they_come),
        cmocka_unit_test(edges),
        cmocka_unit_test(allocations_are_counted_across_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
