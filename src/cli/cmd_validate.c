// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward validate: reference cases computed anew, with hashes of program and data, as a report that a laboratory can sign. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/file.h"
#include "base/thread.h"
#include "cli/check.h"
#include "cli/match_args.h"
#include "report/validation.h"

/* A folder of reference cases, or one file. */
static bool is_folder(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* ---- what the numbers rest on ---- */

static const char *machine_text(cli *c)
{
    struct utsname u;
    if (uname(&u) != 0) {
        return "";
    }
    return hw_arena_printf(&c->arena, "%s, %s, %s %s, %u processors", u.nodename, u.machine, u.sysname, u.release, hw_cpu_count());
}

/* The libraries beside the program that decide numbers or how they are read. Where the system does not tell what is mapped, none are listed. */
static hw_status add_libraries(hw_validation *v, hw_err *err)
{
    static const char *const names[] = {"/libc.so", "/libm.so", "/libjansson.so"};
    HW_CLEANUP(hw_str_release) hw_str maps = {0};
    hw_str_init(&maps, 0);
    if (hw_file_read("/proc/self/maps", 0, &maps, NULL) != HW_OK) {
        return HW_OK;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *found = maps.len > 0 ? strstr(maps.s, names[i]) : NULL;
        if (found == NULL) {
            continue;
        }
        const char *line = found;
        while (line > maps.s && line[-1] != '\n') {
            line--;
        }
        const char *path = strchr(line, '/');
        char *copy = hw_arena_strndup(&v->arena, path, strcspn(path, "\n"));
        if (copy == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        if (hw_file_exists(copy)) {
            HW_TRY(hw_validation_add_file(v, "library", copy, err));
        }
    }
    return HW_OK;
}

static hw_status add_data(cli *c, hw_validation *v, hw_err *err)
{
    const char *const *name;
    const char *path;
    size_t n;
    HW_TRY(hw_validation_add_file(v, "program", "/proc/self/exe", err));
    HW_TRY(add_libraries(v, err));
    HW_TRY(table_names(c, &name, &n, err));
    for (size_t i = 0; i < n; i++) {
        HW_TRY(table_path(c, name[i], &path, err));
        HW_TRY(hw_validation_add_file(v, "table", path, err));
    }
    path = hw_arena_printf(&c->arena, "%s/mutation-rates.csv", data_folder());
    if (path == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    return hw_file_exists(path) ? hw_validation_add_file(v, "rates", path, err) : HW_OK;
}

/* ---- cases ---- */

typedef struct gathering {
    hw_validation *v;
    hw_status failed; /* the first failure: the sink cannot return one */
    hw_err *err;
} gathering;

static void take_value(void *ctx, const char *what, const char *expected, const char *computed, double difference, bool good)
{
    gathering *g = ctx;
    if (g->failed == HW_OK) {
        g->failed = hw_validation_add_value(g->v, what, expected, computed, difference, good, g->err);
    }
}

static void take_case(void *ctx, const check *k, const char *result, const char *why)
{
    gathering *g = ctx;
    if (g->failed == HW_OK) {
        g->failed = hw_validation_end_case(g->v, k->file, k->id, result, why, k->tolerance, k->worst, g->err);
    }
}

static hw_status check_one(cli *c, hw_validation *v, const char *path, hw_err *err)
{
    hw_err own = {0};
    gathering g = {.v = v, .err = &own};
    check k = {.sink = {&g, take_value, take_case}};
    hw_str_init(&k.out, 0);
    HW_TRY(hw_validation_add_file(v, "cases", path, err));
    hw_status s = check_file(&k, c, path, err);
    hw_str_release(&k.out);
    HW_TRY(s);
    return g.failed != HW_OK ? HW_FAIL(err, g.failed, "%s", own.msg) : HW_OK;
}

static hw_status check_folder(cli *c, hw_validation *v, const char *folder, hw_err *err)
{
    const char *const *name;
    size_t n;
    HW_TRY(folder_names(c, folder, ".json", &name, &n, err));
    for (size_t i = 0; i < n; i++) {
        const char *path = hw_arena_printf(&c->arena, "%s/%s.json", folder, name[i]);
        if (path == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        HW_TRY(check_one(c, v, path, err));
    }
    return n > 0 ? HW_OK : HW_FAIL(err, HW_NOT_FOUND, "%s: there are no reference cases (.json) in this folder", folder);
}

static hw_status check_all(cli *c, hw_validation *v, hw_err *err)
{
    const char *const *more;
    const char *folder = hw_arena_printf(&c->arena, "%s/validation", data_folder());
    if (folder == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(check_folder(c, v, folder, err));
    size_t n = args_list(&c->args, "cases", &more);
    for (size_t i = 0; i < n; i++) {
        HW_TRY(is_folder(more[i]) ? check_folder(c, v, more[i], err) : check_one(c, v, more[i], err));
    }
    return HW_OK;
}

/* ---- the report ---- */

static hw_status write_report(cli *c, const hw_validation *v, const hw_report_options *o, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str out = {0};
    const char *pdf = args_text(&c->args, "pdf");
    hw_str_init(&out, 0);
    if (pdf != NULL) {
        HW_TRY(hw_report_validation_pdf(v, o, &out, err));
        HW_TRY(hw_file_write(pdf, out.s, out.len, err));
        if (hw_streq(pdf, "-")) {
            return HW_OK;
        }
        term_note(c->command->name, "written: %s", pdf);
        hw_str_clear(&out);
    }
    if (args_has(&c->args, "json")) {
        HW_TRY(hw_report_validation_json(v, o, &out, err));
    } else {
        HW_TRY(hw_report_validation_text(v, o, &out, err));
    }
    return term_write(&out, err);
}

static hw_status run(cli *c, hw_validation *v, hw_err *err)
{
    hw_report_options o;
    char date[24];
    HW_TRY(report_from_args(c, &o, date, err));
    v->version = HW_VERSION;
    v->compiler = __VERSION__;
    v->machine = machine_text(c);
    v->laboratory = args_text(&c->args, "laboratory");
    v->analyst = args_text(&c->args, "analyst");
    if (v->machine == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(add_data(c, v, err));
    HW_TRY(check_all(c, v, err));
    HW_TRY(write_report(c, v, &o, err));
    c->verdict = v->failed > 0 || v->passed == 0 ? 1 : 0;
    return HW_OK;
}

hw_status cmd_validate(cli *c, hw_err *err)
{
    hw_validation v;
    hw_validation_init(&v);
    hw_status s = run(c, &v, err);
    hw_validation_release(&v);
    return s;
}
