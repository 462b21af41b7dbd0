// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The growing byte string, the string-keyed map and small string helpers. */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/memory.h"

#define STR_MAX_DEFAULT ((size_t)256 << 20)
#define MAP_MAX_DEFAULT ((size_t)100000000)
#define MAP_SLOTS_FIRST ((size_t)16)

/* ---- growing string ---- */

static char empty_text[1]; /* what an empty string points at; never written */

static size_t str_max(const hw_str *b)
{
    size_t max = b->max != 0 ? b->max : STR_MAX_DEFAULT;
    return max < PTRDIFF_MAX ? max : PTRDIFF_MAX - 1;
}

void hw_str_init(hw_str *b, size_t max)
{
    memset(b, 0, sizeof(*b));
    b->s = empty_text;
    b->max = max != 0 ? max : STR_MAX_DEFAULT;
}

void hw_str_release(hw_str *b)
{
    if (b->cap > 0) {
        hw_free(b->s);
    }
    hw_str_init(b, b->max);
}

void hw_str_clear(hw_str *b)
{
    if (b->cap > 0) {
        b->s[0] = '\0';
    } else {
        b->s = empty_text;
    }
    b->len = 0;
    b->failed = HW_OK;
}

/* Room for n more bytes and the NUL; false (and the failure noted) when there is none. */
static bool str_reserve(hw_str *b, size_t n)
{
    size_t max = str_max(b), cap = b->cap;
    char *s;

    if (b->failed != HW_OK) {
        return false;
    }
    if (b->len > max || n > max - b->len) {
        b->failed = HW_LIMIT;
        return false;
    }
    if (b->len + n < cap) {
        return true;
    }
    cap = cap < 64 ? 64 : cap > max / 2 ? max + 1 : cap * 2;
    if (cap <= b->len + n) {
        cap = b->len + n + 1;
    }
    if (cap > max + 1) {
        cap = max + 1;
    }
    s = hw_realloc(b->cap > 0 ? b->s : NULL, cap, 1);
    if (s == NULL) {
        b->failed = HW_NO_MEMORY;
        return false;
    }
    s[b->len] = '\0';
    b->s = s;
    b->cap = cap;
    return true;
}

void hw_str_add(hw_str *b, const char *s)
{
    hw_str_addn(b, s, strlen(s));
}

void hw_str_addn(hw_str *b, const char *s, size_t n)
{
    uintptr_t from = (uintptr_t)s, start = (uintptr_t)b->s;
    bool own = b->cap > 0 && from >= start && from - start < b->cap; /* a piece of b itself, which may move */
    size_t at = own ? (size_t)(from - start) : 0;

    if (n == 0 || !str_reserve(b, n)) {
        return;
    }
    memmove(b->s + b->len, own ? b->s + at : s, n);
    b->len += n;
    b->s[b->len] = '\0';
}

void hw_str_addc(hw_str *b, char c)
{
    if (!str_reserve(b, 1)) {
        return;
    }
    b->s[b->len++] = c;
    b->s[b->len] = '\0';
}

void hw_str_addf(hw_str *b, const char *fmt, ...)
{
    va_list ap, again;
    size_t room;
    int n;

    if (b->failed != HW_OK) {
        return;
    }
    va_start(ap, fmt);
    va_copy(again, ap);
    room = b->cap > b->len ? b->cap - b->len : 0;
    n = vsnprintf(room > 0 ? b->s + b->len : NULL, room, fmt, ap);
    va_end(ap);
    if (n < 0) {
        b->failed = HW_INTERNAL;
    } else if (room > 0 && (size_t)n < room && (size_t)n <= str_max(b) - b->len) {
        b->len += (size_t)n;
    } else if (room > 0) {
        b->s[b->len] = '\0';
    }
    if (n >= 0 && (room == 0 || (size_t)n >= room) && str_reserve(b, (size_t)n) && n > 0) {
        vsnprintf(b->s + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

hw_status hw_str_check(const hw_str *b, hw_err *err)
{
    switch (b->failed) {
    case HW_OK:
        return HW_OK;
    case HW_LIMIT:
        return HW_FAIL(err, HW_LIMIT, "a text grew beyond its limit of %zu bytes", str_max(b));
    case HW_NO_MEMORY:
        return HW_FAIL(err, HW_NO_MEMORY, "out of memory for a text of more than %zu bytes", b->len);
    default:
        return HW_FAIL(err, b->failed, "a text could not be formatted");
    }
}

/* ---- map ---- */

static size_t map_max(const hw_map *m)
{
    size_t max = m->max != 0 ? m->max : MAP_MAX_DEFAULT;
    return max < UINT32_MAX / 2 ? max : UINT32_MAX / 2;
}

void hw_map_init(hw_map *m, size_t max)
{
    memset(m, 0, sizeof(*m));
    m->max = max != 0 ? max : MAP_MAX_DEFAULT;
}

void hw_map_release(hw_map *m)
{
    for (size_t i = 0; i < m->count; i++) {
        hw_free(m->entries[i].key);
    }
    hw_free(m->entries);
    hw_free(m->slots);
    hw_map_init(m, m->max);
}

static uint64_t map_hash(const char *key)
{
    uint64_t h = hw_hash64(key, strlen(key));
    /* FNV leaves the low bits of short keys weak, and the slots use the low bits. */
    h ^= h >> 32;
    h *= UINT64_C(0xD6E8FEB86659FD93);
    h ^= h >> 32;
    return h;
}

/* The slot that holds key, or the free slot where it belongs. slot_count is a power of two and never full. */
static size_t map_slot(const hw_map *m, const char *key, uint64_t hash)
{
    size_t mask = m->slot_count - 1, i = (size_t)hash & mask;

    while (m->slots[i] != 0) {
        const struct hw_map_entry *e = &m->entries[m->slots[i] - 1];
        if (e->hash == hash && strcmp(e->key, key) == 0) {
            break;
        }
        i = (i + 1) & mask;
    }
    return i;
}

static hw_status map_grow_slots(hw_map *m, hw_err *err)
{
    size_t n = m->slot_count == 0 ? MAP_SLOTS_FIRST : m->slot_count * 2;
    uint32_t *slots = hw_alloc(n, sizeof(*slots));

    if (slots == NULL) {
        return HW_FAIL(err, HW_NO_MEMORY, "out of memory for a table of %zu keys", m->count + 1);
    }
    for (size_t k = 0; k < m->count; k++) {
        size_t i = (size_t)m->entries[k].hash & (n - 1);
        while (slots[i] != 0) {
            i = (i + 1) & (n - 1);
        }
        slots[i] = (uint32_t)(k + 1);
    }
    hw_free(m->slots);
    m->slots = slots;
    m->slot_count = n;
    return HW_OK;
}

hw_status hw_map_put(hw_map *m, const char *key, uint64_t value, hw_err *err)
{
    uint64_t hash = map_hash(key);
    size_t slot;
    char *copy;

    if (m->slot_count > 0) {
        slot = map_slot(m, key, hash);
        if (m->slots[slot] != 0) {
            m->entries[m->slots[slot] - 1].value = value;
            return HW_OK;
        }
    }
    HW_TRY(HW_GROW(m->entries, m->count, m->entry_cap, map_max(m), "keys in one table", err));
    if ((m->count + 1) * 3 > m->slot_count * 2) {
        HW_TRY(map_grow_slots(m, err));
    }
    copy = hw_strdup(key);
    if (copy == NULL) {
        return HW_FAIL(err, HW_NO_MEMORY, "out of memory for a table of %zu keys", m->count + 1);
    }
    slot = map_slot(m, key, hash);
    m->entries[m->count].key = copy;
    m->entries[m->count].value = value;
    m->entries[m->count].hash = hash;
    m->count++;
    m->slots[slot] = (uint32_t)m->count;
    return HW_OK;
}

bool hw_map_get(const hw_map *m, const char *key, uint64_t *ret_value)
{
    size_t slot;

    if (m->slot_count == 0) {
        return false;
    }
    slot = map_slot(m, key, map_hash(key));
    if (m->slots[slot] == 0) {
        return false;
    }
    if (ret_value != NULL) {
        *ret_value = m->entries[m->slots[slot] - 1].value;
    }
    return true;
}

/* ---- helpers ---- */

static unsigned char fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool hw_streq(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

bool hw_str_ieq(const char *a, const char *b)
{
    while (*a != '\0' && fold(*a) == fold(*b)) {
        a++;
        b++;
    }
    return *a == '\0' && *b == '\0';
}

bool hw_str_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool hw_str_ends(const char *s, const char *suffix)
{
    size_t n = strlen(s), k = strlen(suffix);
    return k <= n && memcmp(s + n - k, suffix, k) == 0;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

char *hw_str_trim(char *s)
{
    size_t n;

    while (is_blank(*s)) {
        s++;
    }
    n = strlen(s);
    while (n > 0 && is_blank(s[n - 1])) {
        n--;
    }
    s[n] = '\0';
    return s;
}

size_t hw_utf8_step(const char *s, size_t n)
{
    const unsigned char *u = (const unsigned char *)s;
    unsigned char low = 0x80, high = 0xBF;
    size_t want;

    if (n == 0) {
        return 0;
    }
    if (u[0] < 0x80) {
        return 1;
    }
    if (u[0] < 0xC2 || u[0] > 0xF4) {
        return 0;
    }
    want = u[0] >= 0xF0 ? 4 : u[0] >= 0xE0 ? 3 : 2;
    if (n < want) {
        return 0;
    }
    /* the second byte rules out overlong forms, surrogates and what lies beyond U+10FFFF */
    if (u[0] == 0xE0) {
        low = 0xA0;
    } else if (u[0] == 0xED) {
        high = 0x9F;
    } else if (u[0] == 0xF0) {
        low = 0x90;
    } else if (u[0] == 0xF4) {
        high = 0x8F;
    }
    if (u[1] < low || u[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < want; i++) {
        if (u[i] < 0x80 || u[i] > 0xBF) {
            return 0;
        }
    }
    return want;
}
