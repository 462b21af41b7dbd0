// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Work over an index range.
 *
 * Items are handed out in rising order and an item once handed out below the lowest failure is always run. So when item k
 * fails, every item below k runs to its end, and the failure reported is the one a single thread would have met.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "base/thread.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 256u

typedef struct job {
    hw_work_fn fn;
    void *ctx;
    size_t n;
    atomic_size_t next;
    atomic_size_t lowest_failed; /* n while nothing failed */
    atomic_uint next_worker;
    pthread_mutex_t lock; /* guards status and err, and the lowering of lowest_failed */
    hw_status status;
    hw_err err;
} job;

static void note_failure(job *j, size_t item, hw_status status, hw_err *err)
{
    HW_FAIL(err, status, "work item %zu failed: %s", item, hw_status_text(status)); /* kept if err has a message */
    pthread_mutex_lock(&j->lock);
    if (item < atomic_load(&j->lowest_failed)) {
        atomic_store(&j->lowest_failed, item);
        j->status = status;
        j->err = *err;
    }
    pthread_mutex_unlock(&j->lock);
}

static void *work(void *arg)
{
    job *j = arg;
    unsigned worker = atomic_fetch_add(&j->next_worker, 1);
    hw_err err = {0};

    for (;;) {
        size_t item = atomic_fetch_add(&j->next, 1);
        hw_status status;
        if (item >= atomic_load(&j->lowest_failed)) {
            return NULL;
        }
        status = j->fn(j->ctx, item, worker, &err);
        if (status != HW_OK) {
            note_failure(j, item, status, &err);
            return NULL;
        }
        if (err.code != HW_OK) {
            hw_err_clear(&err);
        }
    }
}

hw_status hw_parallel_for(size_t n, unsigned n_threads, hw_work_fn fn, void *ctx, hw_err *err)
{
    pthread_t threads[THREADS_MAX];
    unsigned started = 0;
    job j = {.fn = fn, .ctx = ctx, .n = n, .status = HW_OK};

    if (n == 0) {
        return HW_OK;
    }
    HW_ASSERT(n <= SIZE_MAX - THREADS_MAX); /* every worker asks once beyond the end */
    if (n_threads == 0) {
        n_threads = hw_cpu_count();
    }
    if (n_threads > THREADS_MAX) {
        n_threads = THREADS_MAX;
    }
    if (n_threads > n) {
        n_threads = (unsigned)n;
    }
    atomic_init(&j.next, 0);
    atomic_init(&j.lowest_failed, n);
    atomic_init(&j.next_worker, 0);
    if (pthread_mutex_init(&j.lock, NULL) != 0) {
        return HW_NO_MEMORY_FAIL(err);
    }
    /* a thread that cannot be started is only a slower run: the calling thread always works */
    while (started + 1 < n_threads && pthread_create(&threads[started], NULL, work, &j) == 0) {
        started++;
    }
    work(&j);
    for (unsigned i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_mutex_destroy(&j.lock);
    if (j.status != HW_OK && err != NULL && err->code == HW_OK) {
        *err = j.err;
    }
    return j.status;
}

unsigned hw_cpu_count(void)
{
    long n = 0;
#ifdef CPU_COUNT
    cpu_set_t set;

    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set) == 0) {
        n = CPU_COUNT(&set);
    }
#endif
    if (n < 1) {
        n = sysconf(_SC_NPROCESSORS_ONLN);
    }
    return n < 1 ? 1 : n > (long)THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

double hw_now_seconds(void)
{
    struct timespec t = {0};

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
