// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Memory: one allocator entry (so that a test can make the Nth call fail), arenas for things that die together,
 * and cleanup attributes for the rest.
 * Threads: hw_alloc and friends may be called from any thread; an arena belongs to one thread at a time.
 */
#ifndef HW_BASE_MEMORY_H
#define HW_BASE_MEMORY_H

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Allocate count*size zeroed bytes (overflow checked); NULL when out of memory. Zero bytes give a unique pointer. */
HW_API void *hw_alloc(size_t count, size_t size) HW_MUST_CHECK;
/** Grow or shrink to count*size bytes; new bytes are NOT zeroed; on failure NULL and the old block stands. */
HW_API void *hw_realloc(void *p, size_t count, size_t size) HW_MUST_CHECK;
HW_API void hw_free(void *p);
HW_API char *hw_strdup(const char *s) HW_MUST_CHECK;
HW_API char *hw_strndup(const char *s, size_t n) HW_MUST_CHECK;

/** Tests: let the nth allocation from now on (1-based) and, if `sticky`, all later ones fail; 0 switches it off. */
HW_API void hw_alloc_fail_at(long nth, bool sticky);
/** Tests: allocations asked for since the last hw_alloc_fail_at call. */
HW_API long hw_alloc_count(void);

/* `HW_AUTO_FREE char *p = hw_strdup(..)` releases p at the end of the scope. */
HW_API void hw_free_cleanup(void *pp);
#define HW_AUTO_FREE __attribute__((cleanup(hw_free_cleanup)))
#define HW_CLEANUP(fn) __attribute__((cleanup(fn)))
/** Take a pointer out of an HW_AUTO_FREE variable. */
#define HW_TAKE(p)                   \
    __extension__({                  \
        __typeof__(p) hw_t_ = (p);   \
        (p) = NULL;                  \
        hw_t_;                       \
    })

/** An arena: allocations that die together. Zero-initialise or hw_arena_init. */
typedef struct hw_arena {
    struct hw_arena_block *head;
    size_t used;  /* bytes handed out */
    size_t cap;   /* most bytes it may hand out; 0 = 1 GiB */
} hw_arena;
typedef struct hw_arena_mark {
    struct hw_arena_block *block;
    size_t block_used, used;
} hw_arena_mark;

HW_API void hw_arena_init(hw_arena *a, size_t cap);
HW_API void hw_arena_release(hw_arena *a);
/** count*size zeroed bytes aligned to 16; NULL when out of memory or beyond the cap. */
HW_API void *hw_arena_alloc(hw_arena *a, size_t count, size_t size) HW_MUST_CHECK;
HW_API char *hw_arena_strdup(hw_arena *a, const char *s) HW_MUST_CHECK;
HW_API char *hw_arena_strndup(hw_arena *a, const char *s, size_t n) HW_MUST_CHECK;
HW_API char *hw_arena_printf(hw_arena *a, const char *fmt, ...) HW_PRINTF(2, 3) HW_MUST_CHECK;
HW_API hw_arena_mark hw_arena_get_mark(const hw_arena *a);
/** Give back everything handed out since the mark (blocks are kept for reuse where that is simple). */
HW_API void hw_arena_reset(hw_arena *a, hw_arena_mark m);
#define HW_NEW(arena, type, count) ((type *)hw_arena_alloc((arena), (count), sizeof(type)))

/** Make room for one more element in a heap array (doubling, at most `max` elements). NO_MEMORY or LIMIT on failure. */
#define HW_GROW(ptr, count, capacity, max, what, err) \
    hw_grow_((void **)&(ptr), (count), &(capacity), (max), sizeof(*(ptr)), (what), (err))
HW_API hw_status hw_grow_(void **ptr, size_t count, size_t *capacity, size_t max, size_t elem, const char *what,
                          hw_err *err) HW_MUST_CHECK;

#ifdef __cplusplus
}
#endif
#endif
