// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Work over an index range on several threads. Each item writes only its own slot, so results never depend on the
 * number of threads.
 */
#ifndef HW_BASE_THREAD_H
#define HW_BASE_THREAD_H

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One item of work; worker is 0..n_threads-1 (for per-thread scratch). A failure stops the rest. */
typedef hw_status (*hw_work_fn)(void *ctx, size_t item, unsigned worker, hw_err *err);

/**
 * Run fn for items 0..n-1 on n_threads threads (0 = one per processor, at most 256). The failure reported is that of
 * the lowest failing item seen. With n_threads 1 it runs in the calling thread.
 */
HW_API hw_status hw_parallel_for(size_t n, unsigned n_threads, hw_work_fn fn, void *ctx, hw_err *err) HW_MUST_CHECK;
HW_API unsigned hw_cpu_count(void);
/** Seconds from a monotonic clock, for progress and benchmarks only. */
HW_API double hw_now_seconds(void);

#ifdef __cplusplus
}
#endif
#endif
