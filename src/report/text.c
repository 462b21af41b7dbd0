// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Widths, line breaks, cleaning and escaping of text.
 */
#include "report/text.h"

#include <string.h>

#define BAD_CHAR 0xFFFDu

uint32_t hw_utf8_next(const char **s)
{
    const unsigned char *p = (const unsigned char *)*s;
    if (p[0] == 0) {
        return 0;
    }
    if (p[0] < 0x80) {
        *s += 1;
        return p[0];
    }
    unsigned more = p[0] >= 0xF0 && p[0] <= 0xF4 ? 3 : p[0] >= 0xE0 && p[0] < 0xF0 ? 2 : p[0] >= 0xC2 && p[0] < 0xE0 ? 1 : 0;
    uint32_t c = more == 3 ? p[0] & 7u : more == 2 ? p[0] & 15u : p[0] & 31u;
    for (unsigned i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            more = 0; /* also the NUL of a cut-off character */
            break;
        }
        c = c << 6 | (p[i] & 63u);
    }
    bool over_long = (more == 2 && c < 0x800) || (more == 3 && c < 0x10000);
    if (more == 0 || over_long || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) {
        *s += 1;
        return BAD_CHAR;
    }
    *s += more + 1;
    return c;
}

typedef struct range {
    uint32_t first, last;
} range;

static bool in_ranges(uint32_t c, const range *r, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (c >= r[i].first && c <= r[i].last) {
            return true;
        }
    }
    return false;
}

/* Unicode 15: East Asian Width W and F, in the blocks that carry names and text. */
static const range WIDE[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},
    {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B2FF}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF},
    {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};
static const range ZERO[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F}, {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E},
    {0x0F71, 0x0F7E}, {0x0F80, 0x0F84}, {0x0F90, 0x0FBC}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x20D0, 0x20FF},
    {0x302A, 0x302D}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF},
};

unsigned hw_char_columns(uint32_t c)
{
    if (c < 0x300) {
        return c >= 0x20;
    }
    if (in_ranges(c, ZERO, sizeof ZERO / sizeof *ZERO)) {
        return 0;
    }
    return in_ranges(c, WIDE, sizeof WIDE / sizeof *WIDE) ? 2 : 1;
}

size_t hw_text_columns_n(const char *s, size_t n)
{
    size_t w = 0;
    for (const char *end = s + n; s < end;) {
        w += hw_char_columns(hw_utf8_next(&s));
    }
    return w;
}

size_t hw_text_columns(const char *s)
{
    return hw_text_columns_n(s, strlen(s));
}

/* Classes of width are enough: a drawing only needs that neighbours do not touch. */
static double char_ems(uint32_t c)
{
    if (c < 0x80) {
        static const char narrow[] = " !'(),./:;I[]fijlrt|`";
        static const char broad[] = "MWmw@%&+<=>";
        return strchr(narrow, (int)c) != NULL ? 0.36 : strchr(broad, (int)c) != NULL ? 0.9 : c >= 'A' && c <= 'Z' ? 0.68 : 0.57;
    }
    unsigned columns = hw_char_columns(c);
    return columns == 0 ? 0.0 : columns == 2 ? 1.0 : 0.65;
}

double hw_text_ems_n(const char *s, size_t n)
{
    double w = 0.0;
    for (const char *end = s + n; s < end;) {
        w += char_ems(hw_utf8_next(&s));
    }
    return w;
}

double hw_text_ems(const char *s)
{
    return hw_text_ems_n(s, strlen(s));
}

double hw_measure_columns(const char *s, size_t n)
{
    return (double)hw_text_columns_n(s, n);
}

double hw_measure_ems(const char *s, size_t n)
{
    return hw_text_ems_n(s, n);
}

/* Punctuation that must not begin a line. */
static bool hangs_on(uint32_t c)
{
    static const uint32_t closing[] = {0x3001, 0x3002, 0xFF0C, 0xFF1B, 0xFF1A, 0xFF09, 0x300D, 0x300F, 0x300B, 0xFF01, 0xFF1F, 0x201D, ')', ']', ',', '.', ';', ':', '%'};
    for (size_t i = 0; i < sizeof closing / sizeof *closing; i++) {
        if (c == closing[i]) {
            return true;
        }
    }
    return false;
}

/* Brackets and quotation marks that must not end a line. */
static bool opens(uint32_t c)
{
    return c == '(' || c == '[' || c == 0xFF08 || c == 0x300C || c == 0x300E || c == 0x300A || c == 0x201C;
}

size_t hw_text_line(const char *s, double room, hw_text_measure measure, size_t *ret_skip)
{
    const char *at = s, *fits = s, *broke = NULL;
    double width = 0.0;
    bool all = true;
    while (*at != 0) {
        const char *next = at;
        uint32_t c = hw_utf8_next(&next);
        /* summed character by character: a prefix measured anew each time would make long names quadratic */
        width += measure(at, (size_t)(next - at));
        const char *look = next;
        uint32_t after = hw_utf8_next(&look);
        if (width > room + 1e-9) {
            if (c == ' ' && at > s) {
                broke = at;
            }
            all = false;
            break;
        }
        fits = next;
        bool between_wide = (hw_char_columns(c) == 2 || hw_char_columns(after) == 2) && after != 0 && !hangs_on(after) && !opens(c);
        if (c == ' ') {
            broke = at > s ? at : broke;
        } else if (strchr("-/_,;", (int)(c < 0x80 ? c : 'x')) != NULL || between_wide) {
            broke = next;
        }
        at = next;
    }
    const char *end = all ? at : broke != NULL ? broke : fits;
    if (end == s && *s != 0) {
        end = s;
        (void)hw_utf8_next(&end);
    }
    const char *rest = end;
    while (*rest == ' ') {
        rest++;
    }
    *ret_skip = (size_t)(rest - end);
    return (size_t)(end - s);
}

static bool is_forbidden(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E ||
           c == 0x200F || c == 0x2028 || c == 0x2029 || (c & 0xFFFE) == 0xFFFE || c == BAD_CHAR;
}

const char *hw_text_clean(hw_arena *arena, const char *s, bool *ok)
{
    if (s == NULL) {
        return NULL;
    }
    size_t bad = 0;
    for (const char *p = s; *p != 0;) {
        uint32_t c = hw_utf8_next(&p);
        bad += is_forbidden(c);
    }
    size_t n = strlen(s);
    char *out = hw_arena_alloc(arena, n + 2 * bad + 1, 1);
    if (out == NULL) {
        *ok = false;
        return "";
    }
    char *w = out;
    for (const char *p = s; *p != 0;) {
        const char *from = p;
        uint32_t c = hw_utf8_next(&p);
        if (c == '\n' || c == '\r' || c == '\t') {
            *w++ = ' ';
        } else if (is_forbidden(c)) {
            memcpy(w, "\xEF\xBF\xBD", 3);
            w += 3;
        } else {
            memcpy(w, from, (size_t)(p - from));
            w += p - from;
        }
    }
    *w = 0;
    return out;
}

void hw_text_xml(hw_str *out, const char *s)
{
    for (const char *from = s;; s++) {
        const char *code = *s == '&' ? "&amp;" : *s == '<' ? "&lt;" : *s == '>' ? "&gt;" : *s == '"' ? "&quot;" : *s == '\'' ? "&#39;" : NULL;
        if (code != NULL || *s == 0) {
            hw_str_addn(out, from, (size_t)(s - from));
            from = s + 1;
        }
        if (*s == 0) {
            return;
        }
        if (code != NULL) {
            hw_str_add(out, code);
        }
    }
}
