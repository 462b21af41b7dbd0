// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Alleles: names to codes and back.
 */
#include "kinship/allele.h"

#include <string.h>

#include "base/str.h"

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* "9", "9.3", "09", "12.0": digits, then at most one decimal that counts. Returns tenths or -1. */
static int32_t read_tenths(const char *s, size_t n)
{
    int32_t whole = 0, tenth = 0;
    size_t i = 0;
    for (; i < n && s[i] >= '0' && s[i] <= '9'; i++) {
        whole = whole * 10 + (s[i] - '0');
        if (whole > HW_ALLELE_MAX_TENTHS / 10) {
            return -1;
        }
    }
    if (i == 0) {
        return -1;
    }
    if (i < n && s[i] == '.') {
        i++;
        if (i == n || s[i] < '0' || s[i] > '9') {
            return -1;
        }
        tenth = s[i++] - '0';
        while (i < n && s[i] == '0') {
            i++;
        }
    }
    return i == n ? whole * 10 + tenth : -1;
}

static bool same_word(const char *s, size_t n, const char *word)
{
    char copy[HW_ALLELE_BUF];
    if (n >= sizeof copy) {
        return false;
    }
    memcpy(copy, s, n);
    copy[n] = '\0';
    return hw_str_ieq(copy, word);
}

static bool any_word(const char *s, size_t n, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (same_word(s, n, *words)) {
            return true;
        }
    }
    return false;
}

static const char *const missing_words[] = {"-", "?", "NA", "N/A", "None", ".", "*", NULL};
static const char *const silent_words[] = {"silent", "null", "silent allele", NULL};
static const char *const rest_words[] = {"Rest allele", "Rest", "RestAllele", NULL};
static const char *const off_words[] = {"OL", "off ladder", "OffLadder", NULL};

static bool letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* A name of 1 to 4 printable characters. It begins with a letter: "14x" is a slip of the pen rather than a name. */
static bool may_be_name(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '!' || s[i] > '~' || s[i] == ',' || s[i] == ';' || s[i] == '/' || s[i] == '"') {
            return false;
        }
    }
    return n <= 4 && letter(s[0]);
}

hw_status hw_allele_parse(const char *s, size_t n, hw_allele *ret, hw_err *err)
{
    while (n > 0 && blank(s[0])) {
        s++;
        n--;
    }
    while (n > 0 && blank(s[n - 1])) {
        n--;
    }
    if (n == 0 || any_word(s, n, missing_words)) {
        *ret = HW_ALLELE_UNKNOWN;
        return HW_OK;
    }
    bool side = s[0] == '<' || s[0] == '>';
    size_t skip = side ? 1 : 0;
    while (side && skip < n && blank(s[skip])) {
        skip++;
    }
    int32_t tenths = read_tenths(s + skip, n - skip);
    if (tenths >= 0) {
        if (side) {
            *ret = (s[0] == '<' ? HW_ALLELE_BELOW : HW_ALLELE_ABOVE) | tenths;
        } else {
            *ret = tenths == 0 ? HW_ALLELE_UNKNOWN : tenths;
        }
        return HW_OK;
    }
    if (any_word(s, n, silent_words)) {
        *ret = HW_ALLELE_SILENT;
    } else if (any_word(s, n, rest_words)) {
        *ret = HW_ALLELE_REST;
    } else if (any_word(s, n, off_words)) {
        *ret = HW_ALLELE_OFF_LADDER;
    } else if (may_be_name(s, n)) {
        int32_t code = 0;
        for (size_t i = 0; i < 4; i++) {
            code = code * 128 + (i < n ? s[i] : 0);
        }
        *ret = HW_ALLELE_NAMED | code;
    } else {
        return HW_FAIL(err, HW_PARSE,
                       "\"%.*s\" is no allele; expected a repeat number such as 9 or 9.3 (at most 9999.9), <9, >20, OL, "
                       "a name of up to 4 letters, or nothing",
                       (int)(n < 40 ? n : 40), s);
    }
    return HW_OK;
}

static char *put_tenths(char *at, int32_t tenths)
{
    char digits[HW_ALLELE_BUF];
    int n = 0;
    int32_t whole = tenths / 10;
    do {
        digits[n++] = (char)('0' + whole % 10);
        whole /= 10;
    } while (whole > 0);
    while (n > 0) {
        *at++ = digits[--n];
    }
    if (tenths % 10 != 0) {
        *at++ = '.';
        *at++ = (char)('0' + tenths % 10);
    }
    return at;
}

char *hw_allele_format(hw_allele a, char *buf)
{
    char *at = buf;
    const char *word = NULL;
    if (hw_allele_is_repeat(a)) {
        at = put_tenths(at, a);
    } else if (a == HW_ALLELE_SILENT) {
        word = "silent";
    } else if (a == HW_ALLELE_REST) {
        word = "Rest allele";
    } else if (a == HW_ALLELE_OFF_LADDER) {
        word = "OL";
    } else if (a >= HW_ALLELE_NAMED) {
        for (int shift = 21; shift >= 0 && ((a >> shift) & 127) != 0; shift -= 7) {
            *at++ = (char)((a >> shift) & 127);
        }
    } else if (a >= HW_ALLELE_ABOVE && a < HW_ALLELE_SILENT) {
        *at++ = '>';
        at = put_tenths(at, a - HW_ALLELE_ABOVE);
    } else if (a >= HW_ALLELE_BELOW && a < HW_ALLELE_ABOVE) {
        *at++ = '<';
        at = put_tenths(at, a - HW_ALLELE_BELOW);
    } else {
        word = "-";
    }
    if (word != NULL) {
        size_t n = strlen(word);
        memcpy(at, word, n);
        at += n;
    }
    *at = '\0';
    return buf;
}

bool hw_allele_is_repeat(hw_allele a)
{
    return a >= 0 && a <= HW_ALLELE_MAX_TENTHS;
}

bool hw_allele_may_be(hw_allele seen, hw_allele real)
{
    if (seen == real || seen == HW_ALLELE_UNKNOWN || seen == HW_ALLELE_OFF_LADDER) {
        return true;
    }
    if (!hw_allele_is_repeat(real)) {
        return false;
    }
    if (seen >= HW_ALLELE_BELOW && seen < HW_ALLELE_ABOVE) {
        return real < seen - HW_ALLELE_BELOW;
    }
    return seen >= HW_ALLELE_ABOVE && seen < HW_ALLELE_SILENT && real > seen - HW_ALLELE_ABOVE;
}
