// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Status codes and the one error message a caller owns.
 *
 * Messages quote pieces of input. Whatever the input held, the message stays valid UTF-8 without control characters
 * (bytes that are neither become '?'), so that it may go to a terminal, a log or a JSON answer as it is.
 */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static const struct {
    const char *name, *text;
    int http, exit_code;
} status_table[HW_STATUS_COUNT] = {
#define X(code, text, http, exit_code) {#code, text, http, exit_code},
    HW_STATUS_LIST(X)
#undef X
};

static bool status_known(hw_status s)
{
    return (int)s >= 0 && (int)s < (int)HW_STATUS_COUNT;
}

const char *hw_status_name(hw_status s)
{
    return status_known(s) ? status_table[s].name : "UNKNOWN";
}

const char *hw_status_text(hw_status s)
{
    return status_known(s) ? status_table[s].text : "unknown status";
}

int hw_status_exit(hw_status s)
{
    return status_known(s) ? status_table[s].exit_code : status_table[HW_INTERNAL].exit_code;
}

int hw_status_http(hw_status s)
{
    return status_known(s) ? status_table[s].http : status_table[HW_INTERNAL].http;
}

/* Length of s[0..n) without a character that the end of the buffer cut in two. */
static size_t whole_characters(const char *s, size_t n)
{
    size_t start = n;

    while (start > 0 && n - start < 4) {
        unsigned char c = (unsigned char)s[start - 1];
        start--;
        if (c < 0x80) {
            return n;
        }
        if (c >= 0xC0) {
            size_t want = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
            return n - start < want ? start : n;
        }
    }
    return n;
}

static void clean_text(char *s, size_t n)
{
    size_t i = 0;

    while (i < n) {
        unsigned char c = (unsigned char)s[i];
        size_t step = hw_utf8_step(s + i, n - i);
        if (step == 0 || (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) {
            s[i] = '?';
            step = 1;
        }
        i += step;
    }
}

/* Close off a vsnprintf into buf[cap] that returned `wanted`. */
static void settle(char *buf, size_t cap, int wanted)
{
    size_t n;

    if (wanted < 0) {
        buf[0] = '\0';
        return;
    }
    n = (size_t)wanted;
    if (n >= cap) {
        n = whole_characters(buf, cap - 1);
        buf[n] = '\0';
    }
    clean_text(buf, n);
}

hw_status hw_fail_at(hw_err *err, hw_status code, const char *file, int line, const char *fmt, ...)
{
    va_list ap;
    int n;

    HW_ASSERT(code != HW_OK);
    if (err == NULL || err->code != HW_OK) {
        return code;
    }
    va_start(ap, fmt);
    n = vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
    va_end(ap);
    settle(err->msg, sizeof(err->msg), n);
    err->code = code;
    err->src_file = file;
    err->src_line = line;
    return code;
}

void hw_err_prefix(hw_err *err, const char *fmt, ...)
{
    char text[sizeof(err->msg)];
    size_t n, old;
    va_list ap;
    int wanted;

    if (err == NULL || err->code == HW_OK) {
        return;
    }
    va_start(ap, fmt);
    wanted = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    settle(text, sizeof(text), wanted);
    n = strlen(text);
    old = strlen(err->msg);
    if (n + old >= sizeof(err->msg)) {
        old = whole_characters(err->msg, sizeof(err->msg) - 1 - n);
    }
    memmove(err->msg + n, err->msg, old);
    memcpy(err->msg, text, n);
    err->msg[n + old] = '\0';
}

void hw_err_clear(hw_err *err)
{
    if (err != NULL) {
        memset(err, 0, sizeof(*err));
    }
}

void hw_bug_at(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: internal error: %s\n", file, line, what);
    fflush(stderr);
    abort();
}
