// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Writing JSON as a stream. Each level's state is a few bits; a call in the wrong place is a bug of the caller's. */
#include "base/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"

enum {
    IN_ARRAY = 1,
    IN_OBJECT = 2,
    HAS_ITEM = 4,
    AFTER_KEY = 8
};

void hw_json_init(hw_json *j, hw_str *out, int indent)
{
    memset(j, 0, sizeof(*j));
    j->out = out;
    j->indent = indent > 0 ? indent : 0;
}

static void new_line(hw_json *j)
{
    if (j->indent == 0) {
        return;
    }
    hw_str_addc(j->out, '\n');
    for (int i = 0; i < j->depth * j->indent; i++) {
        hw_str_addc(j->out, ' ');
    }
}

/* What goes before an item or a key at this level. */
static void separate(hw_json *j, uint8_t *state)
{
    if (*state & HAS_ITEM) {
        hw_str_addc(j->out, ',');
    }
    new_line(j);
    *state |= HAS_ITEM;
}

static void before_value(hw_json *j)
{
    uint8_t *state = &j->state[j->depth];

    if (*state & IN_OBJECT) {
        if (!(*state & AFTER_KEY)) {
            hw_bug("JSON: a value in an object needs a key first");
        }
        *state &= (uint8_t)~AFTER_KEY;
    } else if (*state & IN_ARRAY) {
        separate(j, state);
    } else {
        if (*state & HAS_ITEM) {
            hw_bug("JSON: a second value at the top");
        }
        *state |= HAS_ITEM;
    }
}

static void open_level(hw_json *j, char c, uint8_t kind)
{
    before_value(j);
    if (j->depth + 1 >= (int)sizeof(j->state)) {
        hw_bug("JSON: nested too deep");
    }
    hw_str_addc(j->out, c);
    j->state[++j->depth] = kind;
}

void hw_json_object(hw_json *j)
{
    open_level(j, '{', IN_OBJECT);
}

void hw_json_array(hw_json *j)
{
    open_level(j, '[', IN_ARRAY);
}

void hw_json_end(hw_json *j)
{
    uint8_t state = j->state[j->depth];

    if (j->depth == 0) {
        hw_bug("JSON: nothing is open to be closed");
    }
    if (state & AFTER_KEY) {
        hw_bug("JSON: a key without a value");
    }
    j->depth--;
    if (state & HAS_ITEM) {
        new_line(j);
    }
    hw_str_addc(j->out, state & IN_OBJECT ? '}' : ']');
}

static void write_control(hw_str *out, char c)
{
    static const char hex[] = "0123456789abcdef";
    unsigned u = (unsigned char)c;

    switch (c) {
    case '\n':
        hw_str_addn(out, "\\n", 2);
        break;
    case '\r':
        hw_str_addn(out, "\\r", 2);
        break;
    case '\t':
        hw_str_addn(out, "\\t", 2);
        break;
    default:
        hw_str_addn(out, "\\u00", 4);
        hw_str_addc(out, hex[u >> 4]);
        hw_str_addc(out, hex[u & 15]);
    }
}

static void write_quoted(hw_str *out, const char *s, size_t n)
{
    size_t run = 0, i = 0; /* s[run..i) needs no change */

    hw_str_addc(out, '"');
    while (i < n) {
        size_t step = hw_utf8_step(s + i, n - i);
        bool plain = step > 1 || (step == 1 && (unsigned char)s[i] >= 0x20 && s[i] != '"' && s[i] != '\\');
        if (plain) {
            i += step;
            continue;
        }
        hw_str_addn(out, s + run, i - run);
        if (step == 0) {
            hw_str_addn(out, "\xEF\xBF\xBD", 3); /* U+FFFD */
        } else if (s[i] == '"' || s[i] == '\\') {
            hw_str_addc(out, '\\');
            hw_str_addc(out, s[i]);
        } else {
            write_control(out, s[i]);
        }
        run = ++i;
    }
    hw_str_addn(out, s + run, n - run);
    hw_str_addc(out, '"');
}

void hw_json_key(hw_json *j, const char *key)
{
    uint8_t *state = &j->state[j->depth];

    if (!(*state & IN_OBJECT) || (*state & AFTER_KEY)) {
        hw_bug("JSON: a key belongs in an object, before its value");
    }
    separate(j, state);
    *state |= AFTER_KEY;
    write_quoted(j->out, key, strlen(key));
    hw_str_addc(j->out, ':');
    if (j->indent > 0) {
        hw_str_addc(j->out, ' ');
    }
}

void hw_json_string(hw_json *j, const char *s)
{
    if (s == NULL) {
        hw_json_null(j);
    } else {
        hw_json_stringn(j, s, strlen(s));
    }
}

void hw_json_stringn(hw_json *j, const char *s, size_t n)
{
    before_value(j);
    write_quoted(j->out, s, n);
}

static void write_number(hw_json *j, const char *text)
{
    bool finite = text[0] != 'n' && text[0] != 'i' && text[1] != 'i';

    before_value(j);
    if (finite) {
        hw_str_add(j->out, text);
    } else {
        write_quoted(j->out, text, strlen(text));
    }
}

void hw_json_double(hw_json *j, double x)
{
    char buf[32];

    write_number(j, hw_fmt_double(x, buf));
}

void hw_json_fixed(hw_json *j, double x, int decimals)
{
    char buf[340];

    write_number(j, hw_fmt_fixed(x, decimals, buf));
}

void hw_json_int(hw_json *j, int64_t x)
{
    before_value(j);
    hw_str_addf(j->out, "%" PRId64, x);
}

void hw_json_bool(hw_json *j, bool b)
{
    before_value(j);
    hw_str_add(j->out, b ? "true" : "false");
}

void hw_json_null(hw_json *j)
{
    before_value(j);
    hw_str_add(j->out, "null");
}
