// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * An arena takes blocks from the heap, so that hw_alloc_fail_at alone would meet few of the places where one is asked for memory; here the linker puts the functions
 * below in front of the arena's (link_args --wrap in meson.build), and call number arena_fail_at is refused.
 */
#ifndef HW_TEST_ARENA_REFUSAL_H
#define HW_TEST_ARENA_REFUSAL_H

#include <stdarg.h>
#include <stdio.h>

#include "base/memory.h"

static long arena_calls, arena_fail_at;

static bool refuse(void)
{
    return ++arena_calls == arena_fail_at;
}

void *__real_hw_arena_alloc(hw_arena *a, size_t count, size_t size);
char *__real_hw_arena_strdup(hw_arena *a, const char *s);
void *__wrap_hw_arena_alloc(hw_arena *a, size_t count, size_t size);
char *__wrap_hw_arena_strdup(hw_arena *a, const char *s);
char *__wrap_hw_arena_printf(hw_arena *a, const char *fmt, ...) HW_PRINTF(2, 3);

void *__wrap_hw_arena_alloc(hw_arena *a, size_t count, size_t size)
{
    return refuse() ? NULL : __real_hw_arena_alloc(a, count, size);
}

char *__wrap_hw_arena_strdup(hw_arena *a, const char *s)
{
    return refuse() ? NULL : __real_hw_arena_strdup(a, s);
}

char *__wrap_hw_arena_printf(hw_arena *a, const char *fmt, ...)
{
    char text[2000];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return refuse() ? NULL : __real_hw_arena_strdup(a, text);
}

#endif
