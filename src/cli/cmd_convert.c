// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward convert: read any format, write another, and say what was lost. */
#include <string.h>
#include <sys/stat.h>

#include "base/json.h"
#include "cli/inputs.h"

static hw_status format_named(const cli *c, const char *option, hw_format_id *ret, hw_err *err)
{
    const char *name = args_text(&c->args, option);
    *ret = HW_FORMAT_UNKNOWN;
    if (name == NULL) {
        return HW_OK;
    }
    const hw_format *f = hw_format_by_name(name);
    if (f == NULL) {
        return HW_FAIL(err, HW_USAGE, "--%s: there is no format %.60s; `homeward formats` lists them", option, name);
    }
    *ret = f->id;
    return HW_OK;
}

static void write_lines(hw_json *j, const char *text)
{
    hw_json_array(j);
    for (const char *s = text != NULL ? text : ""; *s != '\0';) {
        size_t n = strcspn(s, "\n");
        hw_json_stringn(j, s, n);
        s += n + (s[n] == '\n');
    }
    hw_json_end(j);
}

static hw_status say_json(const inputs *in, const char *out_path, const hw_format *f, const hw_str *losses, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str out = {0};
    hw_json j;
    const hw_dataset *d = &in->people;
    const struct {
        const char *key;
        size_t n;
    } counts[] = {{"profiles", d->n_profiles}, {"children", d->n_children}, {"families", d->n_families}, {"cases", d->n_cases},
                  {"populations", d->n_populations}, {"rejected", in->n_rejects}};
    hw_str_init(&out, 0);
    hw_json_init(&j, &out, 1);
    hw_json_object(&j);
    hw_json_key(&j, "read");
    hw_json_object(&j);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        hw_json_key(&j, counts[i].key);
        hw_json_int(&j, (int64_t)counts[i].n);
    }
    hw_json_end(&j);
    hw_json_key(&j, "written");
    hw_json_string(&j, out_path);
    hw_json_key(&j, "format");
    hw_json_string(&j, f != NULL ? f->name : NULL);
    hw_json_key(&j, "losses");
    write_lines(&j, losses->s);
    hw_json_end(&j);
    hw_str_addc(&out, '\n');
    return term_write(&out, err);
}

enum { MAX_SHOWN_LOSSES = 20 };

/* Genotypes of a .fam file stand in terms of its frequency table. */
static bool lacks_table(const hw_format *f, const hw_dataset *d)
{
    return f != NULL && f->id == HW_FORMAT_FAMILIAS && d->n_populations == 0;
}

/* What familias_write.c says of each genotype when there is no table: said once, in say_losses. */
static bool about_table(const char *line, size_t n)
{
    static const char end[] = "no autosomal frequency table for this locus", all[] = "every genotype: ";
    size_t len = sizeof end - 1;
    return (n >= len && memcmp(line + n - len, end, len) == 0) || hw_str_starts(line, all);
}

/* What concerns the whole file or changes ratios goes before what concerns one family or profile. */
static bool weighty(const char *line, size_t n)
{
    static const char end[] = "ratios change";
    size_t len = sizeof end - 1;
    return (n >= len && memcmp(line + n - len, end, len) == 0) || !(hw_str_starts(line, "family \"") || hw_str_starts(line, "profile \""));
}

static void say_losses(const cli *c, const char *out_path, const hw_str *losses, bool no_table)
{
    size_t shown = 0, more = 0;
    if (no_table) {
        term_note(c->command->name, "lost: all genotypes: %s holds pedigrees only, since this format needs allele frequencies and no input has any; "
                                    "give a frequency table as one more input", out_path);
        shown++;
    }
    for (int weight = 1; weight >= 0; weight--) {
        for (const char *s = losses->len > 0 ? losses->s : ""; *s != '\0';) {
            size_t n = strcspn(s, "\n");
            bool wanted = n > 0 && !(no_table && about_table(s, n)) && weighty(s, n) == (weight == 1);
            if (wanted && shown < MAX_SHOWN_LOSSES) {
                term_note(c->command->name, "lost: %.*s", (int)(n < 2000 ? n : 2000), s);
                shown++;
            } else {
                more += wanted;
            }
            s += n + (s[n] == '\n');
        }
    }
    if (more > 0) {
        term_note(c->command->name, "... and %zu more (use --json for all)", more);
    }
}

/* A file that is read and then replaced would be gone when what was lost matters after all. */
static hw_status refuse_own_input(const cli *c, size_t n, const char *out_path, hw_err *err)
{
    struct stat out, in;
    if (hw_streq(out_path, "-") || stat(out_path, &out) != 0 || !S_ISREG(out.st_mode)) {
        return HW_OK;
    }
    for (size_t i = 0; i < n; i++) {
        const char *path = c->args.operand.v[i];
        if (!hw_streq(path, "-") && stat(path, &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino) {
            return HW_FAIL(err, HW_USAGE, "%s is an input and the output at once, and would be lost; name another file to write", out_path);
        }
    }
    return HW_OK;
}

static hw_status run(cli *c, inputs *in, hw_err *err)
{
    static const char separators[] = {',', ';', '\t'};
    hw_format_options o = {0};
    size_t n = c->args.operand.n - 1;
    const char *out_path = c->args.operand.v[n];
    int role, separator;
    HW_TRY(format_named(c, "from", &in->from, err));
    HW_TRY(format_named(c, "to", &o.format, err));
    HW_TRY(args_choice(&c->args, "role", &role, err));
    HW_TRY(args_choice(&c->args, "separator", &separator, err));
    bool json = args_has(&c->args, "json");
    if (hw_streq(out_path, "-") && (json || o.format == HW_FORMAT_UNKNOWN)) {
        return HW_FAIL(err, HW_USAGE, json ? "--json and standard output as OUT exclude each other" : "standard output has no extension: say --to FORMAT");
    }
    in->role = role == 0 ? HW_FORMAT_ROLE_CHILDREN : role == 1 ? HW_FORMAT_ROLE_FAMILIES : HW_FORMAT_ROLE_ANY;
    o.separator = separator < 0 ? ',' : separators[separator];
    HW_TRY(refuse_own_input(c, n, out_path, err));
    for (size_t i = 0; i < n; i++) {
        HW_TRY(inputs_read_people(c, in, c->args.operand.v[i], "input", err));
    }
    inputs_show_notes(c, in, NULL);
    HW_CLEANUP(hw_str_release) hw_str losses = {0};
    hw_str_init(&losses, 0);
    HW_TRY(hw_format_write_file(out_path, &o, &in->people, &losses, err));
    const hw_format *f = o.format != HW_FORMAT_UNKNOWN ? hw_format_by_id(o.format) : hw_format_for_output(out_path, &in->people);
    say_losses(c, out_path, &losses, lacks_table(f, &in->people));
    return json ? say_json(in, out_path, f, &losses, err) : HW_OK;
}

hw_status cmd_convert(cli *c, hw_err *err)
{
    inputs in;
    inputs_init(&in);
    hw_status s = run(c, &in, err);
    inputs_release(&in);
    return s;
}
