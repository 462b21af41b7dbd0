// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward help, version, formats, loci. */
#include <string.h>

#include "base/json.h"
#include "cli/inputs.h"
#include "cli/run_file.h"
#include "kinship/locus.h"

enum { WIDTH = 100, INDENT = 32 };

/* --- help --- */

/* Words into lines of WIDTH columns; continuation lines begin at `indent`, the first at `column`. */
static void wrap(const char *text, size_t column, size_t indent, hw_str *out)
{
    bool first = true;
    for (const char *s = text; *s != '\0';) {
        size_t n = strcspn(s, " ");
        if (!first && column + 1 + n > WIDTH) {
            hw_str_addf(out, "\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        if (!first) {
            hw_str_addc(out, ' ');
            column++;
        }
        hw_str_addn(out, s, n);
        column += n;
        first = false;
        s += n;
        s += strspn(s, " ");
    }
    hw_str_addc(out, '\n');
}

static void write_usage(const command *cmd, hw_str *out)
{
    hw_str_addf(out, "Usage: homeward %s%s%s [OPTIONS]\n\n", cmd->name, cmd->operands != NULL ? " " : "", cmd->operands != NULL ? cmd->operands : "");
    hw_str_addc(out, (char)(cmd->summary[0] - 'a' + 'A'));
    hw_str_addf(out, "%s.\n", cmd->summary + 1);
    if (cmd->text != NULL) {
        wrap(cmd->text, 0, 0, out);
    }
    hw_str_add(out, "\nOptions:\n");
}

static void write_option(const arg_option *o, hw_str *out)
{
    size_t start = out->len;
    if (o->letter != '\0') {
        hw_str_addf(out, "  -%c, --%s", o->letter, o->name);
    } else {
        hw_str_addf(out, "  --%s", o->name);
    }
    if (o->value != NULL) {
        hw_str_addf(out, " %s", o->value);
    }
    size_t n = out->len - start;
    if (n + 2 > INDENT) {
        hw_str_addf(out, "\n%*s", INDENT, "");
    } else {
        hw_str_addf(out, "%*s", (int)(INDENT - n), "");
    }
    wrap(o->help, INDENT, INDENT, out);
}

void help_write(const command *cmd, hw_str *out)
{
    if (cmd != NULL) {
        write_usage(cmd, out);
        for (size_t g = 0; cmd->options[g] != NULL; g++) {
            for (const arg_option *o = cmd->options[g]; o->name != NULL; o++) {
                write_option(o, out);
            }
        }
        return;
    }
    hw_str_add(out, "Homeward brings rescued children and searching families together by DNA.\n\nUsage: homeward COMMAND [OPTIONS]\n");
    const char *section = "";
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (!hw_streq(section, COMMANDS[i].section)) {
            section = COMMANDS[i].section;
            hw_str_addf(out, "\n%s:\n", section);
        }
        hw_str_addf(out, "  %-17s %s\n", COMMANDS[i].name, COMMANDS[i].summary);
    }
    hw_str_add(out, "\n`homeward help COMMAND` shows its options; `man homeward` has the whole story.\n"
                    "Exit codes: 0 done, 1 a check failed, 2 wrong call, 3 malformed input, 4 beyond a limit, 5 not found, 6 reading or\n"
                    "writing failed, 7 out of memory, 8 contradiction, 9 refused by a rule, 10 too costly, 11 impossible, 12 not supported.\n");
}

/* command TAB option TAB letter TAB kind TAB value TAB completion, one line per option; read by the completion and the check of the manual pages. */
static void write_table(hw_str *out)
{
    static const char *const kinds[] = {"flag", "one", "repeat", "many"};
    for (size_t i = 0; i < N_COMMANDS; i++) {
        for (size_t g = 0; COMMANDS[i].options[g] != NULL; g++) {
            for (const arg_option *o = COMMANDS[i].options[g]; o->name != NULL; o++) {
                const char letter[] = {o->letter != '\0' ? o->letter : '-', '\0'};
                hw_str_addf(out, "%s\t--%s\t%s\t%s\t%s\t%s\n", COMMANDS[i].name, o->name, letter, kinds[o->kind], o->value != NULL ? o->value : "-",
                            o->complete != NULL ? o->complete : "-");
            }
        }
    }
}

hw_status cmd_help(cli *c, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str out = {0};
    hw_str_init(&out, 0);
    const command *cmd = NULL;
    size_t used = 0;
    if (c->args.operand.n > 0) {
        cmd = command_find(c->args.operand.v, c->args.operand.n, &used);
        if (used != c->args.operand.n) {
            HW_CLEANUP(hw_str_release) hw_str text = {0};
            hw_str_init(&text, 500);
            bool group = false;
            for (size_t i = 0; i < N_COMMANDS; i++) { /* "simulate": every command that begins with it */
                size_t n = strlen(c->args.operand.v[0]);
                if (c->args.operand.n == 1 && strncmp(COMMANDS[i].name, c->args.operand.v[0], n) == 0 && COMMANDS[i].name[n] == ' ') {
                    help_write(&COMMANDS[i], &out);
                    group = true;
                }
            }
            if (group) {
                return term_write(&out, err);
            }
            return HW_FAIL(err, HW_USAGE, "there is no command %.60s; `homeward help` lists them", c->args.operand.v[used]);
        }
    }
    if (args_has(&c->args, "table")) {
        write_table(&out);
    } else {
        help_write(cmd, &out);
    }
    return term_write(&out, err);
}

/* --- version --- */

hw_status cmd_version(cli *c, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str out = {0};
    hw_str_init(&out, 0);
    const char *const *name;
    size_t n;
    HW_TRY(table_names(c, &name, &n, err));
    bool json = args_has(&c->args, "json");
    hw_json j;
    hw_json_init(&j, &out, 1);
    if (json) {
        hw_json_object(&j);
        hw_json_key(&j, "version");
        hw_json_string(&j, HW_VERSION);
        hw_json_key(&j, "compiler");
        hw_json_string(&j, __VERSION__);
        hw_json_key(&j, "data");
        hw_json_string(&j, data_folder());
        hw_json_key(&j, "tables");
        hw_json_object(&j);
    } else {
        hw_str_addf(&out, "homeward %s\ncompiler: %s\ndata: %s (%zu frequency tables)\n", HW_VERSION, __VERSION__, data_folder(), n);
    }
    for (size_t i = 0; i < n; i++) {
        char hash[17];
        const char *path;
        HW_TRY(table_path(c, name[i], &path, err));
        HW_TRY(file_hash(path, hash, err));
        if (json) {
            hw_json_key(&j, name[i]);
            hw_json_string(&j, hash);
        } else {
            hw_str_addf(&out, "  %s  %s\n", hash, name[i]);
        }
    }
    if (json) {
        hw_json_end(&j);
        hw_json_end(&j);
        hw_str_addc(&out, '\n');
    } else {
        hw_str_add(&out, "Licence: AGPL-3.0-or-later; the kinship library Apache-2.0.\n");
    }
    return term_write(&out, err);
}

/* --- formats, loci --- */

static void format_json(const hw_format *f, hw_json *j)
{
    hw_json_object(j);
    hw_json_key(j, "name");
    hw_json_string(j, f->name);
    hw_json_key(j, "title");
    hw_json_string(j, f->title);
    hw_json_key(j, "extensions");
    hw_json_string(j, f->extensions);
    hw_json_key(j, "read");
    hw_json_bool(j, f->read != NULL);
    hw_json_key(j, "write");
    hw_json_bool(j, f->write != NULL);
    hw_json_end(j);
}

hw_status cmd_formats(cli *c, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str out = {0};
    hw_str_init(&out, 0);
    hw_json j;
    hw_json_init(&j, &out, 1);
    bool json = args_has(&c->args, "json");
    if (json) {
        hw_json_array(&j);
    } else {
        hw_str_addf(&out, "%-18s %-5s %-6s %-12s %s\n", "name", "read", "write", "extension", "what");
    }
    for (size_t i = 0; i < hw_format_count(); i++) {
        const hw_format *f = hw_format_at(i);
        if (json) {
            format_json(f, &j);
        } else {
            hw_str_addf(&out, "%-18s %-5s %-6s %-12s %s\n", f->name, f->read != NULL ? "yes" : "-", f->write != NULL ? "yes" : "-", f->extensions, f->title);
        }
    }
    if (json) {
        hw_json_end(&j);
        hw_str_addc(&out, '\n');
    }
    return term_write(&out, err);
}

hw_status cmd_loci(cli *c, hw_err *err)
{
    static const char *const kinds[] = {"", "autosomal", "X", "Y", "sex"};
    HW_CLEANUP(hw_str_release) hw_str out = {0};
    hw_str_init(&out, 0);
    hw_json j;
    hw_json_init(&j, &out, 1);
    bool json = args_has(&c->args, "json");
    if (json) {
        hw_json_array(&j);
    } else {
        hw_str_addf(&out, "%-16s %-10s %-11s %s\n", "locus", "kind", "chromosome", "also written");
    }
    for (size_t i = 0; i < hw_locus_count(); i++) {
        const hw_locus_info *l = hw_locus_at(i);
        if (json) {
            hw_json_object(&j);
            hw_json_key(&j, "name");
            hw_json_string(&j, l->name);
            hw_json_key(&j, "kind");
            hw_json_string(&j, kinds[l->kind]);
            hw_json_key(&j, "chromosome");
            hw_json_string(&j, l->chromosome);
            hw_json_key(&j, "aliases");
            hw_json_string(&j, l->aliases);
            hw_json_end(&j);
            continue;
        }
        hw_str_addf(&out, "%-16s %-10s %-11s", l->name, kinds[l->kind], l->chromosome);
        for (const char *s = l->aliases; s != NULL && *s != '\0';) {
            size_t n = strcspn(s, "|");
            hw_str_addf(&out, "%s%.*s", s == l->aliases ? " " : ", ", (int)n, s);
            s += n + (s[n] == '|');
        }
        while (out.failed == HW_OK && out.len > 0 && out.s[out.len - 1] == ' ') {
            out.s[--out.len] = '\0';
        }
        hw_str_addc(&out, '\n');
    }
    if (json) {
        hw_json_end(&j);
        hw_str_addc(&out, '\n');
    }
    return term_write(&out, err);
}
