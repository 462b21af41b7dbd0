// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/args.h"

#include <string.h>

#include "base/number.h"
#include "base/str.h"
#include "cli/nearest.h"

void args_init(args *a, const arg_option *const *groups)
{
    memset(a, 0, sizeof *a);
    for (size_t g = 0; groups != NULL && groups[g] != NULL; g++) {
        for (const arg_option *o = groups[g]; o->name != NULL; o++) {
            HW_ASSERT(a->n_options < ARGS_MAX_OPTIONS);
            a->option[a->n_options++] = o;
        }
    }
}

void args_release(args *a)
{
    for (size_t i = 0; i < a->n_options; i++) {
        hw_free(a->value[i].v);
    }
    hw_free(a->operand.v);
    memset(a, 0, sizeof *a);
}

static size_t find_name(const args *a, const char *name, size_t n)
{
    size_t i = 0;
    while (i < a->n_options && (strncmp(a->option[i]->name, name, n) != 0 || a->option[i]->name[n] != '\0')) {
        i++;
    }
    return i;
}

static size_t find_letter(const args *a, char letter)
{
    size_t i = 0;
    while (i < a->n_options && (letter == '\0' || a->option[i]->letter != letter)) {
        i++;
    }
    return i;
}

static hw_status append(struct arg_values *values, const char *word, hw_err *err)
{
    HW_TRY(HW_GROW(values->v, values->n, values->cap, ARGS_MAX_WORDS, "words on the command line", err));
    values->v[values->n++] = word;
    return HW_OK;
}

static hw_status unknown(const args *a, const char *word, size_t n, hw_err *err)
{
    const char *name[ARGS_MAX_OPTIONS];
    for (size_t i = 0; i < a->n_options; i++) {
        name[i] = a->option[i]->name;
    }
    const char *near = n > 2 && word[1] == '-' ? nearest(word + 2, n - 2, name, a->n_options) : NULL;
    return HW_FAIL(err, HW_USAGE, "there is no option %.*s%s%s%s", (int)(n < 60 ? n : 60), word, near != NULL ? "; did you mean --" : "",
                   near != NULL ? near : "", near != NULL ? "?" : "");
}

/* An option begins with '-'; "-" alone is standard input. */
static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0';
}

static hw_status take_values(args *a, size_t i, const char *inline_value, const char *const *word, size_t n, size_t *at, hw_err *err)
{
    const arg_option *o = a->option[i];
    struct arg_values *values = &a->value[i];
    if (o->kind == ARG_FLAG) {
        if (inline_value != NULL) {
            return HW_FAIL(err, HW_USAGE, "--%s takes no value", o->name);
        }
        return values->n > 0 ? HW_OK : append(values, "yes", err);
    }
    if (inline_value != NULL) {
        HW_TRY(append(values, inline_value, err));
    } else if (o->kind == ARG_MANY) {
        size_t before = values->n;
        while (*at < n && !is_option(word[*at])) {
            HW_TRY(append(values, word[(*at)++], err));
        }
        if (values->n == before) {
            return HW_FAIL(err, HW_USAGE, "--%s needs at least one %s", o->name, o->value);
        }
        return HW_OK;
    } else {
        if (*at >= n || hw_str_starts(word[*at], "--")) {
            return HW_FAIL(err, HW_USAGE, "--%s needs a value: %s", o->name, o->value);
        }
        HW_TRY(append(values, word[(*at)++], err));
    }
    return HW_OK;
}

hw_status args_parse(args *a, const char *const *word, size_t n, hw_err *err)
{
    bool only_operands = false;
    for (size_t at = 0; at < n;) {
        const char *w = word[at++];
        if (only_operands || !is_option(w)) {
            HW_TRY(append(&a->operand, w, err));
        } else if (hw_streq(w, "--")) {
            only_operands = true;
        } else if (w[1] == '-') {
            size_t len = strcspn(w, "=");
            size_t i = find_name(a, w + 2, len - 2);
            if (i == a->n_options) {
                return unknown(a, w, len, err);
            }
            HW_TRY(take_values(a, i, w[len] == '=' ? w + len + 1 : NULL, word, n, &at, err));
        } else {
            size_t i = w[2] == '\0' ? find_letter(a, w[1]) : a->n_options;
            if (i == a->n_options) {
                return unknown(a, w, strlen(w), err);
            }
            HW_TRY(take_values(a, i, NULL, word, n, &at, err));
        }
    }
    return HW_OK;
}

static const struct arg_values *values_of(const args *a, const char *name, const arg_option **ret_option)
{
    size_t i = find_name(a, name, strlen(name));
    HW_ASSERT(i < a->n_options);
    if (ret_option != NULL) {
        *ret_option = a->option[i];
    }
    return &a->value[i];
}

hw_status args_add(args *a, const char *name, const char *value, hw_err *err)
{
    size_t i = find_name(a, name, strlen(name));
    HW_ASSERT(i < a->n_options);
    return append(&a->value[i], value, err);
}

bool args_knows(const args *a, const char *name)
{
    return find_name(a, name, strlen(name)) < a->n_options;
}

bool args_has(const args *a, const char *name)
{
    return values_of(a, name, NULL)->n > 0;
}

const char *args_text(const args *a, const char *name)
{
    const struct arg_values *v = values_of(a, name, NULL);
    return v->n > 0 ? v->v[v->n - 1] : NULL;
}

size_t args_list(const args *a, const char *name, const char *const **ret)
{
    const struct arg_values *v = values_of(a, name, NULL);
    *ret = v->v;
    return v->n;
}

hw_status args_number(const args *a, const char *name, double low, double high, double *io, hw_err *err)
{
    const char *text = args_text(a, name);
    double x;
    if (text == NULL) {
        return HW_OK;
    }
    if (!hw_parse_double(text, strlen(text), &x) || !(x >= low && x <= high)) {
        char from[32], to[32];
        return HW_FAIL(err, HW_USAGE, "--%s: expected a number from %s to %s, found \"%.60s\"", name, hw_fmt_double(low, from),
                       hw_fmt_double(high, to), text);
    }
    *io = x;
    return HW_OK;
}

hw_status args_count(const args *a, const char *name, uint64_t low, uint64_t high, uint64_t *io, hw_err *err)
{
    const char *text = args_text(a, name);
    int64_t x;
    if (text == NULL) {
        return HW_OK;
    }
    if (!hw_parse_int(text, strlen(text), &x) || x < 0 || (uint64_t)x < low || (uint64_t)x > high) {
        return HW_FAIL(err, HW_USAGE, "--%s: expected a whole number from %llu to %llu, found \"%.60s\"", name, (unsigned long long)low,
                       (unsigned long long)high, text);
    }
    *io = (uint64_t)x;
    return HW_OK;
}

hw_status args_choice(const args *a, const char *name, int *ret_index, hw_err *err)
{
    const arg_option *o;
    const struct arg_values *v = values_of(a, name, &o);
    *ret_index = -1;
    if (v->n == 0) {
        return HW_OK;
    }
    const char *text = v->v[v->n - 1];
    size_t n = strlen(text);
    int index = 0;
    for (const char *word = o->complete; *word != '\0'; index++) {
        size_t len = strcspn(word, "|");
        if (len == n && strncmp(word, text, n) == 0) {
            *ret_index = index;
            return HW_OK;
        }
        word += len + (word[len] == '|');
    }
    return HW_FAIL(err, HW_USAGE, "--%s: expected one of %s, found \"%.60s\"", name, o->complete, text);
}
