// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

void check_begin(check *k, const char *id, double tolerance)
{
    k->id = id;
    k->tolerance = tolerance;
    k->worst = 0;
    k->values = k->wrong = 0;
    k->first[0] = '\0';
}

static bool read_reference(const json_t *v, double *ret)
{
    const char *text = json_string_value(v);
    if (json_is_number(v)) {
        *ret = json_number_value(v);
        return true;
    }
    if (text == NULL) {
        return false;
    }
    *ret = hw_streq(text, "inf") ? (double)INFINITY : hw_streq(text, "-inf") ? -(double)INFINITY : (double)NAN;
    return hw_streq(text, "inf") || hw_streq(text, "-inf") || hw_streq(text, "nan");
}

static void wrong(check *k, const char *text)
{
    k->wrong++;
    if (k->first[0] == '\0') {
        snprintf(k->first, sizeof k->first, "%s", text);
    }
}

static void tell(check *k, const char *what, const char *expected, const char *computed, double difference, bool good)
{
    if (k->sink.value != NULL) {
        k->sink.value(k->sink.ctx, what, expected, computed, difference, good);
    }
}

static void compare(check *k, double ours, const json_t *reference, double unit, const char *what)
{
    double theirs, difference;
    char text[300], number[2][40];
    k->values++;
    if (!read_reference(reference, &theirs)) {
        snprintf(text, sizeof text, "%s: no reference value", what);
        wrong(k, text);
        tell(k, what, NULL, hw_fmt_double(ours, number[0]), (double)INFINITY, false);
        return;
    }
    if (isnan(theirs) || isnan(ours) || isinf(theirs) || isinf(ours) || (theirs == 0 && unit == 0)) {
        difference = (isnan(theirs) && isnan(ours)) || theirs == ours ? 0 : (double)INFINITY;
    } else {
        double scale = fabs(theirs) > unit ? fabs(theirs) : unit;
        difference = fabs(ours - theirs) / scale;
    }
    k->worst = difference > k->worst ? difference : k->worst;
    if (!(difference <= k->tolerance)) {
        snprintf(text, sizeof text, "%s: %.17g, the reference is %.17g", what, ours, theirs);
        wrong(k, text);
    }
    tell(k, what, hw_fmt_double(theirs, number[0]), hw_fmt_double(ours, number[1]), difference, difference <= k->tolerance);
}

void check_value(check *k, double ours, const json_t *reference, const char *what)
{
    compare(k, ours, reference, 0, what);
}

void check_log(check *k, double ours, const json_t *reference, const char *what)
{
    compare(k, ours, reference, 1, what);
}

void check_true(check *k, bool good, const char *what)
{
    k->values++;
    if (!good) {
        wrong(k, what);
    }
    tell(k, what, NULL, good ? "holds" : "does not hold", good ? 0 : (double)INFINITY, good);
}

void check_broken(check *k, const char *why)
{
    k->values++;
    wrong(k, why);
    tell(k, why, NULL, "not computed", (double)INFINITY, false);
}

static void write_case(check *k, const char *result, const char *why)
{
    char number[40];
    snprintf(number, sizeof number, "%.1e", k->worst);
    if (k->sink.end != NULL) {
        k->sink.end(k->sink.ctx, k, result, why);
        return;
    }
    if (k->json != NULL) {
        hw_json *j = k->json;
        hw_json_object(j);
        hw_json_key(j, "file");
        hw_json_string(j, k->file);
        hw_json_key(j, "case");
        hw_json_string(j, k->id);
        hw_json_key(j, "result");
        hw_json_string(j, result);
        hw_json_key(j, "values");
        hw_json_int(j, (int64_t)k->values);
        hw_json_key(j, "worst");
        hw_json_double(j, k->worst);
        hw_json_key(j, "why");
        hw_json_string(j, why);
        hw_json_end(j);
    } else if (why == NULL) {
        hw_str_addf(&k->out, "%-7s %-36s %5zu values, worst %s\n", result, k->id, k->values, number);
    } else {
        hw_str_addf(&k->out, "%-7s %-36s %s\n", result, k->id, why);
    }
}

void check_end(check *k)
{
    if (k->values == 0) {
        wrong(k, "no value to compare");
    }
    if (k->wrong == 0) {
        k->passed++;
        write_case(k, "ok", NULL);
        return;
    }
    char why[400];
    snprintf(why, sizeof why, "%zu of %zu values differ; %s", k->wrong, k->values, k->first);
    k->failed++;
    write_case(k, "FAILED", why);
}

void check_skip(check *k, const char *id, const char *why)
{
    check_begin(k, id, 0);
    k->skipped++;
    write_case(k, "skipped", why);
}
