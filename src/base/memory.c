// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The one allocator entry, arenas, and growing arrays. */
#include "base/memory.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the allocator entry ---- */

static atomic_long alloc_calls;
static atomic_long alloc_fail_nth; /* 0 = off */
static atomic_bool alloc_fail_sticky;

/* Counts this call; true when a test wants it to fail. */
static bool injected_failure(void)
{
    long call = atomic_fetch_add_explicit(&alloc_calls, 1, memory_order_relaxed) + 1;
    long nth = atomic_load_explicit(&alloc_fail_nth, memory_order_relaxed);

    if (nth == 0 || call < nth) {
        return false;
    }
    return call == nth || atomic_load_explicit(&alloc_fail_sticky, memory_order_relaxed);
}

/* count*size into *ret_bytes, at least 1; false when no object can be that large. */
static bool total_bytes(size_t count, size_t size, size_t *ret_bytes)
{
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX) {
        return false;
    }
    *ret_bytes = bytes == 0 ? 1 : bytes;
    return true;
}

void *hw_alloc(size_t count, size_t size)
{
    size_t bytes;

    if (injected_failure() || !total_bytes(count, size, &bytes)) {
        return NULL;
    }
    return calloc(1, bytes);
}

void *hw_realloc(void *p, size_t count, size_t size)
{
    size_t bytes;

    if (injected_failure() || !total_bytes(count, size, &bytes)) {
        return NULL;
    }
    return realloc(p, bytes);
}

void hw_free(void *p)
{
    free(p);
}

char *hw_strdup(const char *s)
{
    return hw_strndup(s, strlen(s));
}

char *hw_strndup(const char *s, size_t n)
{
    size_t len = strnlen(s, n);
    char *copy;

    if (len >= PTRDIFF_MAX) {
        return NULL;
    }
    copy = hw_alloc(len + 1, 1);
    if (copy != NULL) {
        memcpy(copy, s, len);
    }
    return copy;
}

void hw_alloc_fail_at(long nth, bool sticky)
{
    atomic_store(&alloc_fail_nth, 0);
    atomic_store(&alloc_fail_sticky, sticky);
    atomic_store(&alloc_calls, 0);
    atomic_store(&alloc_fail_nth, nth > 0 ? nth : 0);
}

long hw_alloc_count(void)
{
    return atomic_load(&alloc_calls);
}

void hw_free_cleanup(void *pp)
{
    void *p;

    /* pp points at a pointer of any type; memcpy reads it without pretending that it is a void pointer. */
    memcpy(&p, pp, sizeof(p));
    hw_free(p);
}

/* ---- arenas ---- */

#define ARENA_ALIGN 16u
#define ARENA_BLOCK_FIRST ((size_t)64 * 1024)
#define ARENA_BLOCK_MAX ((size_t)4 * 1024 * 1024)
#define ARENA_CAP_DEFAULT ((size_t)1 << 30)

struct hw_arena_block {
    struct hw_arena_block *prev;
    struct hw_arena_block *spare; /* kept by a reset for the next time this block is full */
    size_t size, used;
    size_t dirty; /* bytes from here on have never been handed out and are still zero */
    size_t pad;
    _Alignas(16) unsigned char data[];
};

static void arena_free_block(struct hw_arena_block *b)
{
    if (b != NULL) {
        hw_free(b->spare);
        hw_free(b);
    }
}

void hw_arena_init(hw_arena *a, size_t cap)
{
    a->head = NULL;
    a->used = 0;
    a->cap = cap;
}

void hw_arena_release(hw_arena *a)
{
    while (a->head != NULL) {
        struct hw_arena_block *prev = a->head->prev;
        arena_free_block(a->head);
        a->head = prev;
    }
    a->used = 0;
}

/* Put a block with room for n bytes in front. */
static bool arena_add_block(hw_arena *a, size_t n)
{
    struct hw_arena_block *b = a->head != NULL ? a->head->spare : NULL;
    size_t size = ARENA_BLOCK_FIRST;

    if (b != NULL) {
        a->head->spare = NULL;
        if (b->size >= n) {
            b->prev = a->head;
            a->head = b;
            return true;
        }
        hw_free(b);
    }
    if (a->head != NULL) {
        size = a->head->size >= ARENA_BLOCK_MAX / 2 ? ARENA_BLOCK_MAX : a->head->size * 2;
    }
    if (size < n) {
        size = n;
    }
    b = hw_alloc(1, sizeof(*b) + size);
    if (b == NULL) {
        return false;
    }
    b->prev = a->head;
    b->size = size;
    a->head = b;
    return true;
}

void *hw_arena_alloc(hw_arena *a, size_t count, size_t size)
{
    size_t cap = a->cap != 0 ? a->cap : ARENA_CAP_DEFAULT;
    struct hw_arena_block *b;
    unsigned char *p;
    size_t n;

    if (!total_bytes(count, size, &n) || n > cap) {
        return NULL;
    }
    n = (n + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    if (a->used > cap || n > cap - a->used) {
        return NULL;
    }
    if ((a->head == NULL || a->head->size - a->head->used < n) && !arena_add_block(a, n)) {
        return NULL;
    }
    b = a->head;
    p = b->data + b->used;
    if (b->used < b->dirty) {
        size_t stale = b->dirty - b->used;
        memset(p, 0, stale < n ? stale : n);
    }
    b->used += n;
    if (b->dirty < b->used) {
        b->dirty = b->used;
    }
    a->used += n;
    return p;
}

char *hw_arena_strdup(hw_arena *a, const char *s)
{
    return hw_arena_strndup(a, s, strlen(s));
}

char *hw_arena_strndup(hw_arena *a, const char *s, size_t n)
{
    size_t len = strnlen(s, n);
    char *copy;

    if (len >= PTRDIFF_MAX) {
        return NULL;
    }
    copy = hw_arena_alloc(a, len + 1, 1);
    if (copy != NULL) {
        memcpy(copy, s, len);
    }
    return copy;
}

char *hw_arena_printf(hw_arena *a, const char *fmt, ...)
{
    va_list ap, again;
    char *text = NULL;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    if (n >= 0) {
        text = hw_arena_alloc(a, (size_t)n + 1, 1);
    }
    if (text != NULL) {
        vsnprintf(text, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    va_end(ap);
    return text;
}

hw_arena_mark hw_arena_get_mark(const hw_arena *a)
{
    hw_arena_mark m = {a->head, a->head != NULL ? a->head->used : 0, a->used};
    return m;
}

void hw_arena_reset(hw_arena *a, hw_arena_mark m)
{
    struct hw_arena_block *keep = NULL;

    /* The largest block given back is kept, so that a loop of mark, work and reset settles without allocating. */
    while (a->head != m.block) {
        struct hw_arena_block *b = a->head;
        if (b == NULL) {
            hw_bug("an arena was reset to a mark that is not its own, or that an earlier reset undid");
        }
        a->head = b->prev;
        if (keep == NULL || b->size > keep->size) {
            arena_free_block(keep);
            keep = b;
        } else {
            arena_free_block(b);
        }
    }
    if (keep != NULL) {
        hw_free(keep->spare);
        keep->spare = NULL;
        keep->prev = NULL;
        keep->used = 0;
        if (a->head == NULL) {
            a->head = keep;
        } else {
            hw_free(a->head->spare);
            a->head->spare = keep;
        }
    }
    if (m.block != NULL) {
        HW_ASSERT(m.block_used <= m.block->used);
        m.block->used = m.block_used;
    }
    a->used = m.used;
}

/* ---- growing arrays ---- */

hw_status hw_grow_(void **ptr, size_t count, size_t *capacity, size_t max, size_t elem, const char *what, hw_err *err)
{
    size_t cap = *capacity;
    void *p;

    if (count < cap) {
        return HW_OK;
    }
    if (count >= max) {
        return HW_FAIL(err, HW_LIMIT, "too many %s: at most %zu are accepted", what, max);
    }
    cap = cap < 8 ? 8 : cap > max / 2 ? max : cap * 2;
    if (cap <= count) {
        cap = count + 1;
    }
    if (cap > max) {
        cap = max;
    }
    /* The caller's pointer has its own type, hence memcpy (see hw_free_cleanup). */
    memcpy(&p, (void *)ptr, sizeof(p));
    p = hw_realloc(p, cap, elem);
    if (p == NULL) {
        return HW_FAIL(err, HW_NO_MEMORY, "out of memory for %zu %s", cap, what);
    }
    memset((unsigned char *)p + *capacity * elem, 0, (cap - *capacity) * elem);
    memcpy((void *)ptr, &p, sizeof(p));
    *capacity = cap;
    return HW_OK;
}
