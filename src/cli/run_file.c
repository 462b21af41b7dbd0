// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/run_file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/review.h"
#include "formats/json_format.h"

#define MAX_PATH ((size_t)65536)

hw_status file_hash(const char *path, char *buf, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, 0);
    HW_TRY(hw_file_read(path, HW_FORMAT_MAX_PROFILE_BYTES, &text, err));
    snprintf(buf, 17, "%016llx", (unsigned long long)hw_hash64(text.s, text.len));
    return HW_OK;
}

/* --- writing --- */

/* Options that do not change what a pair's numbers are. */
static bool left_out(const char *name)
{
    static const char *const names[] = {"threads", "out", "json", "csv", "limit", "lang", "help", "shard", "base", "method"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (hw_streq(names[i], name)) {
            return true;
        }
    }
    return false;
}

static void write_options(const cli *c, hw_json *j)
{
    hw_json_key(j, "options");
    hw_json_object(j);
    for (size_t i = 0; i < c->args.n_options; i++) {
        const char *name = c->args.option[i]->name;
        if (left_out(name) || c->args.value[i].n == 0) {
            continue;
        }
        hw_json_key(j, name);
        hw_json_array(j);
        for (size_t k = 0; k < c->args.value[i].n; k++) {
            hw_json_string(j, c->args.value[i].v[k]);
        }
        hw_json_end(j);
    }
    hw_json_end(j);
}

static hw_status write_files(const inputs *in, hw_json *j, hw_err *err)
{
    hw_json_key(j, "inputs");
    hw_json_array(j);
    for (size_t i = 0; i < in->n_files; i++) {
        char hash[17] = "";
        hw_json_object(j);
        hw_json_key(j, "role");
        hw_json_string(j, in->file[i].role);
        hw_json_key(j, "path");
        hw_json_string(j, in->file[i].path);
        if (!hw_streq(in->file[i].path, "-")) { /* standard input cannot be read twice */
            HW_TRY(file_hash(in->file[i].path, hash, err));
            hw_json_key(j, "fnv1a64");
            hw_json_string(j, hash);
        }
        hw_json_end(j);
    }
    hw_json_end(j);
    return HW_OK;
}

static void write_tables(const inputs *in, const hw_match_options *o, hw_json *j)
{
    hw_json_key(j, "tables");
    hw_json_array(j);
    for (uint32_t i = 0; i < o->n_populations; i++) {
        char hash[17];
        snprintf(hash, sizeof hash, "%016llx", (unsigned long long)o->population[i]->hash);
        hw_json_object(j);
        hw_json_key(j, "name");
        hw_json_string(j, o->population[i]->name);
        hw_json_key(j, "path");
        hw_json_string(j, in->population_file[i]);
        hw_json_key(j, "source");
        hw_json_string(j, o->population[i]->source);
        hw_json_key(j, "loci");
        hw_json_int(j, o->population[i]->n);
        review_write_table(in, o, i, j);
        hw_json_key(j, "hash_of_content");
        hw_json_string(j, hash);
        hw_json_end(j);
    }
    hw_json_end(j);
}

hw_status run_write(const cli *c, const inputs *in, const hw_match_options *o, const hw_match_result *r, hw_str *out, hw_err *err)
{
    char folder[4096];
    hw_json j;
    hw_json_init(&j, out, 1);
    hw_json_object(&j);
    hw_json_key(&j, "format");
    hw_json_string(&j, "homeward-run/1");
    hw_json_key(&j, "program");
    hw_json_string(&j, "homeward");
    hw_json_key(&j, "version");
    hw_json_string(&j, HW_VERSION);
    hw_json_key(&j, "command");
    hw_json_string(&j, c->command->name);
    if (in->people.synthetic) {
        hw_json_key(&j, "synthetic");
        hw_json_bool(&j, true);
    }
    hw_json_key(&j, "folder");
    hw_json_string(&j, getcwd(folder, sizeof folder) != NULL ? folder : NULL);
    write_options(c, &j);
    HW_TRY(write_files(in, &j, err));
    write_tables(in, o, &j);
    hw_json_key(&j, "settings");
    settings_write_json(&in->settings, &j);
    hw_json_key(&j, "threshold_log10");
    hw_json_double(&j, o->threshold_log10);
    hw_json_key(&j, "prior_registered");
    hw_json_double(&j, o->prior_registered);
    hw_json_key(&j, "prior_each");
    hw_json_double(&j, r->prior_each);
    hw_json_key(&j, "children");
    hw_json_int(&j, (int64_t)in->people.n_children);
    hw_json_key(&j, "families");
    hw_json_int(&j, (int64_t)in->people.n_families);
    hw_json_key(&j, "pairs");
    hw_json_int(&j, (int64_t)r->pairs);
    hw_json_key(&j, "candidates");
    hw_json_int(&j, (int64_t)r->n_candidates);
    hw_json_key(&j, "pairs_without_loci");
    hw_json_int(&j, (int64_t)in->without_loci);
    hw_json_key(&j, "families_with_errors");
    hw_json_int(&j, (int64_t)r->n_errors);
    hw_json_key(&j, "records_rejected");
    hw_json_int(&j, (int64_t)in->n_rejects);
    hw_json_end(&j);
    hw_str_addc(out, '\n');
    return hw_str_check(out, err);
}

/* --- reading --- */

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* A relative path stands in the folder the run was made in; or the whole has been moved, then here. */
static hw_status resolve(cli *c, const char *folder, const char *path, const char **ret, hw_err *err)
{
    *ret = path;
    if (path[0] != '/' && folder != NULL) {
        const char *full = hw_arena_printf(&c->arena, "%s/%s", folder, path);
        if (full == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        if (hw_file_exists(full)) {
            *ret = full;
        }
    }
    *ret = hw_arena_strdup(&c->arena, *ret);
    return *ret != NULL ? HW_OK : HW_NO_MEMORY_FAIL(err);
}

static hw_status check_file(cli *c, const char *run, const char *folder, const json_t *file, hw_err *err)
{
    const char *path = text_of(file, "path"), *hash = text_of(file, "fnv1a64"), *now_path;
    if (path == NULL) {
        return HW_FAIL(err, HW_PARSE, "%s/run.json: an input without a path", run);
    }
    if (hash == NULL) {
        return HW_FAIL(err, HW_UNSUPPORTED, "%s: the run read standard input, which cannot be read again; give the files to `match explain` as options", run);
    }
    char now[17];
    HW_TRY(resolve(c, folder, path, &now_path, err));
    if (file_hash(now_path, now, err) != HW_OK) {
        hw_err_prefix(err, "an input of the run %s: ", run);
        return err->code;
    }
    if (!hw_streq(now, hash)) {
        return HW_FAIL(err, HW_CONFLICT, "%s has changed since the run %s was made; run `homeward match` again, or explain with the files as options", now_path, run);
    }
    return HW_OK;
}

static bool names_files(const char *option)
{
    return hw_streq(option, "children") || hw_streq(option, "families") || hw_streq(option, "rates") || hw_streq(option, "freq") || hw_streq(option, "lineage") || hw_streq(option, "policy");
}

/* "a.csv,norstr-east-asia": each part that is a file gets its folder. */
static hw_status resolve_list(cli *c, const char *folder, const char *text, const char **ret, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str all = {0};
    hw_str_init(&all, MAX_PATH);
    HW_TRY(resolve(c, folder, text, ret, err));
    if (strchr(text, ',') == NULL || hw_file_exists(*ret)) {
        return HW_OK;
    }
    for (const char *s = text; *s != '\0';) {
        size_t n = strcspn(s, ",");
        const char *part = hw_arena_strndup(&c->arena, s, n);
        if (part == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        HW_TRY(resolve(c, folder, part, &part, err));
        hw_str_addf(&all, "%s%s", all.len > 0 ? "," : "", part);
        s += n + (s[n] == ',');
    }
    HW_TRY(hw_str_check(&all, err));
    *ret = hw_arena_strdup(&c->arena, all.s != NULL ? all.s : "");
    return *ret != NULL ? HW_OK : HW_NO_MEMORY_FAIL(err);
}

static hw_status apply_options(cli *c, const char *run, const char *folder, const json_t *options, hw_err *err)
{
    const char *name;
    json_t *values;
    json_object_foreach((json_t *)(uintptr_t)options, name, values)
    {
        if (!args_knows(&c->args, name) || args_has(&c->args, name)) {
            continue;
        }
        for (size_t i = 0; i < json_array_size(values); i++) {
            const char *text = json_string_value(json_array_get(values, i)), *value;
            if (text == NULL) {
                return HW_FAIL(err, HW_PARSE, "%s/run.json: option %.40s: expected texts", run, name);
            }
            if (names_files(name)) {
                HW_TRY(resolve_list(c, folder, text, &value, err));
            } else {
                value = hw_arena_strdup(&c->arena, text);
                if (value == NULL) {
                    return HW_NO_MEMORY_FAIL(err);
                }
            }
            HW_TRY(args_add(&c->args, name, value, err));
        }
    }
    return HW_OK;
}

/* Tables come from the paths where the run found them: a name would be looked up in the data folder of today. */
static hw_status apply_tables(cli *c, const char *folder, const json_t *list, hw_err *err)
{
    if (args_has(&c->args, "freq")) {
        return HW_OK;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *file = json_array_get(list, i);
        const char *role = text_of(file, "role"), *path = text_of(file, "path");
        if (role != NULL && path != NULL && hw_streq(role, "table")) {
            HW_TRY(resolve(c, folder, path, &path, err));
            HW_TRY(args_add(&c->args, "freq", path, err));
        }
    }
    return HW_OK;
}

static hw_status apply(cli *c, const char *run, const json_t *root, hw_err *err)
{
    const char *format = text_of(root, "format"), *folder = text_of(root, "folder");
    if (format == NULL || !hw_streq(format, "homeward-run/1")) {
        return HW_FAIL(err, HW_PARSE, "%s/run.json: expected the format homeward-run/1, as `homeward match --out` writes it", run);
    }
    const json_t *list = json_object_get(root, "inputs");
    for (size_t i = 0; i < json_array_size(list); i++) {
        HW_TRY(check_file(c, run, folder, json_array_get(list, i), err));
    }
    HW_TRY(apply_tables(c, folder, list, err));
    return apply_options(c, run, folder, json_object_get(root, "options"), err);
}

hw_status run_apply(cli *c, const char *folder, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str path = {0};
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&path, MAX_PATH);
    hw_str_init(&text, 0);
    hw_str_addf(&path, "%s/run.json", folder);
    HW_TRY(hw_str_check(&path, err));
    HW_TRY(hw_file_read(path.s, HW_FORMAT_MAX_BYTES, &text, err));
    hw_format_input in = {path.s, text.s, text.len};
    hw_format_options o = {0};
    json_t *root = NULL;
    HW_TRY(json_parse(&in, &o, &root, err));
    hw_status s = apply(c, folder, root, err);
    json_decref(root);
    return s;
}
