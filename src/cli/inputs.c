// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/inputs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "cli/nearest.h"
#include "cli/typings.h"

#ifndef HW_DATADIR
#define HW_DATADIR "/usr/local/share/homeward"
#endif

#define MAX_TABLES 64u
#define MAX_SHIPPED ((size_t)1000)
#define NOTES_SHOWN 12u

const arg_option TABLE_OPTIONS[] = {
    {"freq", 0, ARG_REPEAT, "TABLE[,TABLE...]", "table",
     "allele frequencies: a file, or the name of a shipped table (norstr-east-asia). The first table is the one ranked by; every other is computed too"},
    {0},
};

const arg_option PEOPLE_OPTIONS[] = {
    {"children", 0, ARG_MANY, "FILE...", "file", "profiles of rescued children; \"-\" is standard input"},
    {"families", 0, ARG_MANY, "FILE...", "file", "searching families with their profiles"},
    {0},
};

const arg_option READ_OPTIONS[] = {
    {"keep-good", 0, ARG_FLAG, NULL, NULL, "leave out records that are wrong, write them with the reason to rejects.csv in --out, else to FILE.rejects.csv"},
    {0},
};

void inputs_init(inputs *in)
{
    memset(in, 0, sizeof *in);
    hw_dataset_init(&in->people);
    hw_dataset_init(&in->tables);
    hw_dataset_init(&in->rates);
    hw_dataset_init(&in->lineage);
    hw_dataset_init(&in->staff);
    hw_dataset_init(&in->review);
    hw_settings_init(&in->settings);
    hw_str_init(&in->rejects, 0);
}

void inputs_release(inputs *in)
{
    hw_dataset_release(&in->people);
    hw_dataset_release(&in->tables);
    hw_dataset_release(&in->rates);
    hw_dataset_release(&in->lineage);
    hw_dataset_release(&in->staff);
    hw_dataset_release(&in->review);
    hw_str_release(&in->rejects);
    hw_free(in->file);
    memset(in, 0, sizeof *in);
}

/* --- the shipped tables --- */

const char *data_folder(void)
{
    const char *own = getenv("HOMEWARD_DATA");
    return own != NULL && own[0] != '\0' ? own : HW_DATADIR;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

hw_status folder_names(cli *c, const char *folder, const char *ending, const char *const **ret, size_t *ret_n, hw_err *err)
{
    const char **name = HW_NEW(&c->arena, const char *, MAX_SHIPPED);
    size_t n = 0, end = strlen(ending);
    if (name == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    DIR *dir = opendir(folder);
    for (struct dirent *e = dir != NULL ? readdir(dir) : NULL; e != NULL && n < MAX_SHIPPED; e = readdir(dir)) {
        size_t len = strlen(e->d_name);
        if (len > end && hw_streq(e->d_name + len - end, ending)) {
            name[n] = hw_arena_strndup(&c->arena, e->d_name, len - end);
            if (name[n++] == NULL) {
                closedir(dir);
                return HW_NO_MEMORY_FAIL(err);
            }
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    qsort(name, n, sizeof *name, by_name);
    *ret = name;
    *ret_n = n;
    return HW_OK;
}

hw_status table_names(cli *c, const char *const **ret, size_t *ret_n, hw_err *err)
{
    const char *folder = hw_arena_printf(&c->arena, "%s/frequencies", data_folder());
    return folder != NULL ? folder_names(c, folder, ".csv", ret, ret_n, err) : HW_NO_MEMORY_FAIL(err);
}

hw_status table_path(cli *c, const char *name, const char **ret, hw_err *err)
{
    if (hw_streq(name, "-") || hw_file_exists(name)) {
        *ret = name;
        return HW_OK;
    }
    if (strchr(name, '/') != NULL) {
        return HW_FAIL(err, HW_NOT_FOUND, "%s: there is no such file", name);
    }
    const char *path = hw_arena_printf(&c->arena, "%s/frequencies/%s.csv", data_folder(), name);
    if (path == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (hw_file_exists(path)) {
        *ret = path;
        return HW_OK;
    }
    const char *const *known;
    size_t n;
    HW_TRY(table_names(c, &known, &n, err));
    const char *near = nearest(name, strlen(name), known, n);
    if (near != NULL) {
        return HW_FAIL(err, HW_NOT_FOUND, "%s: there is no such file and no table of that name; did you mean %s?", name, near);
    }
    return HW_FAIL(err, HW_NOT_FOUND, "%s: there is no such file, and no table of that name in %s/frequencies (`homeward version` lists them; HOMEWARD_DATA names another folder)",
                   name, data_folder());
}

/* --- reading --- */

static hw_status remember(inputs *in, const char *path, const char *role, hw_err *err)
{
    HW_TRY(HW_GROW(in->file, in->n_files, in->file_cap, ARGS_MAX_WORDS, "input files", err));
    in->file[in->n_files++] = (input_file){path, role};
    return HW_OK;
}

static hw_status write_rejects(const hw_str *rejects, const char *path, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str name = {0};
    hw_str_init(&name, 1 << 16);
    hw_str_addf(&name, "%s.rejects.csv", hw_streq(path, "-") ? "stdin" : path);
    HW_TRY(hw_str_check(&name, err));
    HW_TRY(hw_str_check(rejects, err));
    return hw_file_write(name.s, rejects->s, rejects->len, err);
}

static hw_status read_file(cli *c, inputs *in, const char *path, const char *role_name, hw_format_role role, hw_format_id from, hw_dataset *d,
                           hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str own = {0};
    hw_str_init(&own, 0);
    hw_str *rejects = in->collect_rejects ? &in->rejects : &own;
    hw_format_options o = {.keep_good = args_knows(&c->args, "keep-good") && args_has(&c->args, "keep-good"), .rejects = rejects, .role = role, .format = from};
    HW_TRY(remember(in, path, role_name, err));
    HW_TRY(hw_format_read_file(path, &o, d, err));
    in->n_rejects += o.n_rejects;
    if (o.n_rejects > 0) {
        if (!in->collect_rejects) {
            HW_TRY(write_rejects(&own, path, err));
        }
        term_note(c->command->name, "%s: %zu record%s left out; the reasons stand in %s%s", path, o.n_rejects, o.n_rejects == 1 ? "" : "s",
                  in->collect_rejects ? "rejects.csv" : hw_streq(path, "-") ? "stdin" : path, in->collect_rejects ? "" : ".rejects.csv");
    }
    return HW_OK;
}

static hw_status read_table(cli *c, inputs *in, const char *name, hw_err *err)
{
    const char *path;
    HW_TRY(table_path(c, name, &path, err));
    size_t before = in->tables.n_populations;
    HW_TRY(read_file(c, in, path, "table", HW_FORMAT_ROLE_ANY, HW_FORMAT_UNKNOWN, &in->tables, err));
    if (in->tables.n_populations == before) {
        return HW_FAIL(err, HW_PARSE, "%s: no allele frequencies in this file; --freq expects a frequency table", path);
    }
    for (size_t i = before; i < in->tables.n_populations; i++) {
        if (in->n_populations == MAX_TABLES) {
            return HW_FAIL(err, HW_LIMIT, "--freq: more than %u tables", MAX_TABLES);
        }
        in->population_file[in->n_populations] = path;
        in->population[in->n_populations++] = in->tables.population[i];
    }
    return HW_OK;
}

hw_status inputs_read_tables(cli *c, inputs *in, hw_err *err)
{
    const char *const *text;
    size_t n = args_list(&c->args, "freq", &text);
    in->population = HW_NEW(&c->arena, const hw_population *, MAX_TABLES);
    in->population_file = HW_NEW(&c->arena, const char *, MAX_TABLES);
    if (in->population == NULL || in->population_file == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < n; i++) {
        if (hw_file_exists(text[i])) { /* a file may have a comma in its name */
            HW_TRY(read_table(c, in, text[i], err));
            continue;
        }
        for (const char *s = text[i]; *s != '\0';) {
            size_t len = strcspn(s, ",");
            const char *name = hw_arena_strndup(&c->arena, s, len);
            if (name == NULL) {
                return HW_NO_MEMORY_FAIL(err);
            }
            if (len > 0) {
                HW_TRY(read_table(c, in, name, err));
            }
            s += len + (s[len] == ',');
        }
    }
    if (n > 0 && in->n_populations == 0) {
        return HW_FAIL(err, HW_USAGE, "--freq: expected a frequency table, found nothing");
    }
    return HW_OK;
}

hw_status inputs_read_people(cli *c, inputs *in, const char *path, const char *role_name, hw_err *err)
{
    return read_file(c, in, path, role_name, in->role, in->from, &in->people, err);
}

hw_status inputs_read_lineage(cli *c, inputs *in, const char *path, hw_err *err)
{
    return read_file(c, in, path, "lineage", HW_FORMAT_ROLE_ANY, HW_FORMAT_UNKNOWN, &in->lineage, err);
}

/* A command may search among the children alone. */
static size_t files_of(cli *c, const char *option, const char *const **ret)
{
    return args_knows(&c->args, option) ? args_list(&c->args, option, ret) : 0;
}

hw_status inputs_read_staff(cli *c, inputs *in, const char *path, hw_err *err)
{
    return read_file(c, in, path, "elimination", HW_FORMAT_ROLE_ANY, HW_FORMAT_UNKNOWN, &in->staff, err);
}

hw_status inputs_read_match(cli *c, inputs *in, hw_err *err)
{
    static const struct {
        const char *option;
        hw_format_role role;
    } groups[] = {{"children", HW_FORMAT_ROLE_CHILDREN}, {"families", HW_FORMAT_ROLE_FAMILIES}};
    for (size_t g = 0; g < 2; g++) {
        const char *const *path;
        size_t n = files_of(c, groups[g].option, &path);
        in->role = groups[g].role;
        for (size_t i = 0; i < n; i++) {
            bool both = false; /* one file may hold children and families: read once, as it says itself */
            const char *const *other;
            size_t n_other = files_of(c, groups[1 - g].option, &other);
            for (size_t k = 0; k < n_other; k++) {
                both |= hw_streq(other[k], path[i]);
            }
            if (both && g == 1) {
                continue;
            }
            in->role = both ? HW_FORMAT_ROLE_ANY : groups[g].role;
            HW_TRY(inputs_read_people(c, in, path[i], groups[g].option, err));
        }
    }
    double dropout = 0, error = 0;
    HW_TRY(args_number(&c->args, "dropout", 0, 1, &dropout, err));
    HW_TRY(args_number(&c->args, "error", 0, 1, &error, err));
    return typings_prepare(&in->people, dropout, error, err);
}

hw_status inputs_read_settings(cli *c, inputs *in, hw_err *err)
{
    const char *path = args_text(&c->args, "rates");
    if (in->people.has_settings) {
        in->settings = in->people.settings;
    } else {
        hw_settings_init(&in->settings);
    }
    if (path != NULL && !in->rates.has_settings) {
        HW_TRY(read_file(c, in, path, "rates", HW_FORMAT_ROLE_ANY, HW_FORMAT_MUTATION_RATES, &in->rates, err));
        if (!in->rates.has_settings) {
            return HW_FAIL(err, HW_PARSE, "%s: no mutation rates in this file", path);
        }
    }
    return settings_from_args(c, path != NULL ? &in->rates.settings : NULL, &in->settings, err);
}

/* --- notes --- */

void inputs_write_notes(const inputs *in, hw_str *out)
{
    const hw_dataset *all[] = {&in->review, &in->tables, &in->rates, &in->lineage, &in->staff, &in->people};
    hw_str_add(out, "file,line,note\n");
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
        for (size_t i = 0; i < all[k]->n_notes; i++) {
            const hw_note *n = &all[k]->note[i];
            char line[16] = "";
            if (n->line > 0) {
                snprintf(line, sizeof line, "%u", n->line);
            }
            hw_csv_write(out, n->file, ',', true);
            hw_csv_write(out, line, ',', false);
            hw_csv_write(out, n->text, ',', false);
            hw_str_addc(out, '\n');
        }
    }
}

void inputs_show_notes(const cli *c, const inputs *in, const char *kept)
{
    const hw_dataset *all[] = {&in->tables, &in->rates, &in->lineage, &in->staff, &in->people};
    size_t total = 0;
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
        for (size_t i = 0; i < all[k]->n_notes; i++) {
            const hw_note *n = &all[k]->note[i];
            if (++total > NOTES_SHOWN) {
                continue;
            }
            if (n->file == NULL) {
                term_note(c->command->name, "note: %s", n->text);
            } else if (n->line == 0) {
                term_note(c->command->name, "note: %s: %s", n->file, n->text);
            } else {
                term_note(c->command->name, "note: %s, line %u: %s", n->file, n->line, n->text);
            }
        }
    }
    if (total > NOTES_SHOWN) {
        term_note(c->command->name, "note: and %zu more%s%s", total - NOTES_SHOWN, kept != NULL ? ", all in " : "; --out keeps them all",
                  kept != NULL ? kept : "");
    }
}
