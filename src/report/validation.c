// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Gathering a validation report, and the report as data. */
#include "report/validation.h"

#include <string.h>

#include "base/json.h"
#include "base/sha256.h"

#define MAX_FILES ((size_t)100000)
#define MAX_VALUES ((size_t)20000000)

void hw_validation_init(hw_validation *v)
{
    *v = (hw_validation){.version = "", .compiler = "", .machine = ""};
    hw_arena_init(&v->arena, (size_t)2 << 30);
}

void hw_validation_release(hw_validation *v)
{
    hw_free(v->file);
    hw_free(v->kase);
    hw_free(v->value);
    hw_arena_release(&v->arena);
    *v = (hw_validation){0};
}

static hw_status keep(hw_validation *v, const char *s, const char **ret, hw_err *err)
{
    *ret = s != NULL ? hw_arena_strdup(&v->arena, s) : NULL;
    return s != NULL && *ret == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

hw_status hw_validation_add_file(hw_validation *v, const char *role, const char *path, hw_err *err)
{
    hw_validation_file f = {.role = role};
    HW_TRY(hw_sha256_file(path, f.sha256, err));
    HW_TRY(keep(v, path, &f.path, err));
    HW_TRY(HW_GROW(v->file, v->n_files, v->file_cap, MAX_FILES, "files of a validation", err));
    v->file[v->n_files++] = f;
    return HW_OK;
}

hw_status hw_validation_add_value(hw_validation *v, const char *what, const char *expected, const char *computed, double difference, bool good, hw_err *err)
{
    hw_validation_value x = {.difference = difference, .good = good};
    HW_TRY(keep(v, what, &x.what, err));
    HW_TRY(keep(v, expected, &x.expected, err));
    HW_TRY(keep(v, computed, &x.computed, err));
    HW_TRY(HW_GROW(v->value, v->n_values, v->value_cap, MAX_VALUES, "values of a validation", err));
    v->value[v->n_values++] = x;
    return HW_OK;
}

hw_status hw_validation_end_case(hw_validation *v, const char *file, const char *id, const char *result, const char *why, double tolerance, double worst,
                                 hw_err *err)
{
    hw_validation_case c = {.tolerance = tolerance, .worst = worst, .first = v->begun, .n = v->n_values - v->begun};
    HW_TRY(keep(v, file, &c.file, err));
    HW_TRY(keep(v, id, &c.id, err));
    HW_TRY(keep(v, result, &c.result, err));
    HW_TRY(keep(v, why, &c.why, err));
    HW_TRY(HW_GROW(v->kase, v->n_cases, v->case_cap, MAX_VALUES, "cases of a validation", err));
    v->kase[v->n_cases++] = c;
    v->begun = v->n_values;
    v->passed += hw_streq(result, "ok");
    v->failed += hw_streq(result, "FAILED");
    v->skipped += hw_streq(result, "skipped");
    return HW_OK;
}

/* ---- as data ---- */

static void put(hw_json *j, const char *key, const char *value)
{
    hw_json_key(j, key);
    hw_json_string(j, value);
}

static void put_value(hw_json *j, const hw_validation_value *x)
{
    hw_json_object(j);
    put(j, "value", x->what);
    put(j, "expected", x->expected);
    put(j, "computed", x->computed);
    hw_json_key(j, "difference");
    hw_json_double(j, x->difference);
    hw_json_key(j, "ok");
    hw_json_bool(j, x->good);
    hw_json_end(j);
}

static void put_case(hw_json *j, const hw_validation *v, const hw_validation_case *c)
{
    hw_json_object(j);
    put(j, "file", c->file);
    put(j, "case", c->id);
    put(j, "result", c->result);
    put(j, "why", c->why);
    hw_json_key(j, "tolerance");
    hw_json_double(j, c->tolerance);
    hw_json_key(j, "worst");
    hw_json_double(j, c->worst);
    hw_json_key(j, "values");
    hw_json_array(j);
    for (size_t i = 0; i < c->n; i++) {
        put_value(j, &v->value[c->first + i]);
    }
    hw_json_end(j);
    hw_json_end(j);
}

hw_status hw_report_validation_json(const hw_validation *v, const hw_report_options *o, hw_str *out, hw_err *err)
{
    hw_json j;
    hw_json_init(&j, out, 1);
    hw_json_object(&j);
    put(&j, "format", "homeward-validation/1");
    put(&j, "date", o->date);
    put(&j, "version", v->version);
    put(&j, "compiler", v->compiler);
    put(&j, "machine", v->machine);
    put(&j, "laboratory", v->laboratory);
    put(&j, "analyst", v->analyst);
    hw_json_key(&j, "files");
    hw_json_array(&j);
    for (size_t i = 0; i < v->n_files; i++) {
        hw_json_object(&j);
        put(&j, "role", v->file[i].role);
        put(&j, "path", v->file[i].path);
        put(&j, "sha256", v->file[i].sha256);
        hw_json_end(&j);
    }
    hw_json_end(&j);
    hw_json_key(&j, "cases");
    hw_json_array(&j);
    for (size_t i = 0; i < v->n_cases; i++) {
        put_case(&j, v, &v->kase[i]);
    }
    hw_json_end(&j);
    const struct {
        const char *key;
        size_t n;
    } sums[] = {{"values", v->n_values}, {"passed", v->passed}, {"failed", v->failed}, {"skipped", v->skipped}};
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        hw_json_key(&j, sums[i].key);
        hw_json_int(&j, (int64_t)sums[i].n);
    }
    hw_json_end(&j);
    hw_str_addc(out, '\n');
    return hw_str_check(out, err);
}
