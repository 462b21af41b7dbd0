// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward match score: what a run found of a known truth. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/json.h"
#include "base/number.h"
#include "cli/cli.h"
#include "formats/json_format.h"

#define MAX_CHILDREN ((size_t)10000000)

typedef struct true_pair {
    const char *child, *family, *missing; /* family "": not registered */
    const char *remark;
    bool searched;                        /* its family was not among the errors */
    bool listed;
    double log10_lr, posterior;           /* of the true pair */
    double best;                          /* highest log10 ratio of any candidate of this child */
    bool first;                           /* the true pair comes first among the child's candidates */
    bool seen;
} true_pair;

typedef struct false_pair {
    double log10_lr, posterior;
    bool relative; /* of the same family or of a family that the truth calls a relative */
} false_pair;

typedef struct score {
    cli *c;
    true_pair *pair;
    size_t n, cap;
    hw_map by_child;      /* child -> index of its truth */
    false_pair *other;
    size_t n_other, other_cap;
    hw_map errors;        /* families that were not searched */
} score;

/* --- tables by the names of their columns --- */

typedef struct table {
    hw_str text;
    hw_csv csv;
    const char *path;
    size_t at[8];
} table;

static void table_release(table *t)
{
    hw_csv_release(&t->csv);
    hw_str_release(&t->text);
}

/* columns: names separated by '|' give t->at[]; all are needed. */
static hw_status table_open(table *t, const char *path, const char *columns, hw_err *err)
{
    t->path = path;
    hw_str_init(&t->text, 0);
    HW_TRY(hw_file_read(path, (size_t)1 << 31, &t->text, err));
    hw_csv_init(&t->csv, t->text.s, t->text.len, ',');
    bool more;
    HW_TRY(hw_csv_next(&t->csv, &more, err));
    size_t k = 0;
    for (const char *s = columns; *s != '\0'; k++) {
        size_t n = strcspn(s, "|"), i = 0;
        HW_ASSERT(k < sizeof t->at / sizeof t->at[0]);
        while (more && i < t->csv.n_fields && (strlen(t->csv.field[i]) != n || strncmp(t->csv.field[i], s, n) != 0)) {
            i++;
        }
        if (!more || i == t->csv.n_fields) {
            return HW_FAIL(err, HW_PARSE, "%s, line 1: expected a column %.*s", path, (int)n, s);
        }
        t->at[k] = i;
        s += n + (s[n] == '|');
    }
    return HW_OK;
}

static hw_status table_next(table *t, bool *ret_more, hw_err *err)
{
    hw_status s = hw_csv_next(&t->csv, ret_more, err);
    if (s != HW_OK) {
        hw_err_prefix(err, "%s, ", t->path);
    }
    return s;
}

static const char *cell(const table *t, size_t k)
{
    return t->at[k] < t->csv.n_fields ? t->csv.field[t->at[k]] : "";
}

static hw_status number(const table *t, size_t k, double *ret, hw_err *err)
{
    const char *text = cell(t, k);
    if (hw_streq(text, "-inf") || hw_streq(text, "inf")) {
        *ret = text[0] == '-' ? -(double)INFINITY : (double)INFINITY;
        return HW_OK;
    }
    if (!hw_parse_double(text, strlen(text), ret)) {
        return HW_FAIL(err, HW_PARSE, "%s, line %u: expected a number, found \"%.40s\"", t->path, t->csv.line, text);
    }
    return HW_OK;
}

/* --- reading --- */

static hw_status read_truth(score *s, const char *path, hw_err *err)
{
    HW_CLEANUP(table_release) table t = {0};
    bool more;
    HW_TRY(table_open(&t, path, "child|family|missing|remark", err));
    for (;;) {
        HW_TRY(table_next(&t, &more, err));
        if (!more) {
            return HW_OK;
        }
        uint64_t index;
        true_pair p = {.searched = true, .best = -(double)INFINITY};
        p.child = hw_arena_strdup(&s->c->arena, cell(&t, 0));
        p.family = hw_arena_strdup(&s->c->arena, cell(&t, 1));
        p.missing = hw_arena_strdup(&s->c->arena, cell(&t, 2));
        p.remark = hw_arena_strdup(&s->c->arena, cell(&t, 3));
        if (p.child == NULL || p.family == NULL || p.missing == NULL || p.remark == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        if (hw_map_get(&s->by_child, p.child, &index)) {
            return HW_FAIL(err, HW_CONFLICT, "%s, line %u: child %.60s stands there twice", path, t.csv.line, p.child);
        }
        HW_TRY(HW_GROW(s->pair, s->n, s->cap, MAX_CHILDREN, "children", err));
        HW_TRY(hw_map_put(&s->by_child, p.child, s->n, err));
        s->pair[s->n++] = p;
    }
}

static hw_status read_errors(score *s, const char *path, hw_err *err)
{
    HW_CLEANUP(table_release) table t = {0};
    bool more;
    HW_TRY(table_open(&t, path, "family", err));
    for (;;) {
        HW_TRY(table_next(&t, &more, err));
        if (!more) {
            return HW_OK;
        }
        HW_TRY(hw_map_put(&s->errors, cell(&t, 0), 1, err));
    }
}

/* The child's own family (another missing person of it), or one that the remark names. */
static bool is_relative(const true_pair *p, const char *family)
{
    static const char words[] = "relative of ";
    const char *at = strstr(p->remark, words);
    size_t n = strlen(family);
    bool named = at != NULL && strncmp(at + sizeof words - 1, family, n) == 0 && strspn(at + sizeof words - 1 + n, "0123456789") == 0;
    return named || hw_streq(p->family, family);
}

static hw_status read_candidates(score *s, const char *path, hw_err *err)
{
    HW_CLEANUP(table_release) table t = {0};
    bool more;
    HW_TRY(table_open(&t, path, "child|family|missing|log10_lr|posterior", err));
    for (;;) {
        HW_TRY(table_next(&t, &more, err));
        if (!more) {
            return HW_OK;
        }
        uint64_t index;
        double lr, posterior;
        if (cell(&t, 0)[0] == '\0' || cell(&t, 4)[0] == '\0') { /* a family with an error, or a pair that the search did not list */
            continue;
        }
        HW_TRY(number(&t, 3, &lr, err));
        HW_TRY(number(&t, 4, &posterior, err));
        if (!hw_map_get(&s->by_child, cell(&t, 0), &index)) {
            return HW_FAIL(err, HW_CONFLICT, "%s, line %u: child %.60s is not in the truth: the two do not belong together", path, t.csv.line, cell(&t, 0));
        }
        true_pair *p = &s->pair[index];
        bool right = hw_streq(p->family, cell(&t, 1)) && hw_streq(p->missing, cell(&t, 2));
        if (right) {
            p->listed = true;
            p->log10_lr = lr;
            p->posterior = posterior;
            p->first = !p->seen;
        } else {
            HW_TRY(HW_GROW(s->other, s->n_other, s->other_cap, MAX_CHILDREN * 10, "candidates", err));
            s->other[s->n_other++] = (false_pair){lr, posterior, is_relative(p, cell(&t, 1))};
        }
        p->seen = true; /* candidates come in the order of rank */
    }
}

/* --- counting --- */

typedef struct row {
    const char *name;
    double limit;
    bool by_posterior;
    size_t found, missed, wrong, relatives;
} row;

static void count(const score *s, row *r)
{
    for (size_t i = 0; i < s->n; i++) {
        const true_pair *p = &s->pair[i];
        if (p->family[0] == '\0' || !p->searched) {
            continue;
        }
        bool found = p->listed && (r->by_posterior ? p->posterior : p->log10_lr) >= r->limit;
        r->found += found;
        r->missed += !found;
    }
    for (size_t i = 0; i < s->n_other; i++) {
        bool listed = (r->by_posterior ? s->other[i].posterior : s->other[i].log10_lr) >= r->limit;
        r->wrong += listed;
        r->relatives += listed && s->other[i].relative;
    }
}

static void write_text(const score *s, const row *r, size_t n_rows, const size_t totals[4], hw_str *out)
{
    hw_str_addf(out,
                "%zu rescued children. The family of %zu is registered; for %zu of these it could be searched as stated, and for %zu of\nthese it stands first "
                "in the list.\n\n",
                s->n, totals[0], totals[1], totals[2]);
    hw_str_addf(out, "%-22s %8s %8s %8s %12s %20s\n", "threshold", "found", "missed", "found %", "false pairs", "relatives among them");
    for (size_t i = 0; i < n_rows; i++) {
        size_t all = r[i].found + r[i].missed;
        char share[340] = "-";
        if (all > 0) {
            hw_fmt_fixed(100.0 * (double)r[i].found / (double)all, 1, share);
        }
        hw_str_addf(out, "%-22s %8zu %8zu %8s %12zu %20zu\n", r[i].name, r[i].found, r[i].missed, share, r[i].wrong, r[i].relatives);
    }
    hw_str_add(out, "\nA false pair is a pair listed that is not the true one. Relatives: another missing person of the true family, or the family\n"
                    "of a close relative of the true parents.\n");
}

static void write_json(const score *s, const row *r, size_t n_rows, const size_t totals[4], hw_str *out)
{
    hw_json j;
    hw_json_init(&j, out, 1);
    hw_json_object(&j);
    static const char *const keys[] = {"registered", "searched", "first"};
    hw_json_key(&j, "children");
    hw_json_int(&j, (int64_t)s->n);
    for (size_t i = 0; i < 3; i++) {
        hw_json_key(&j, keys[i]);
        hw_json_int(&j, (int64_t)totals[i]);
    }
    hw_json_key(&j, "thresholds");
    hw_json_array(&j);
    for (size_t i = 0; i < n_rows; i++) {
        hw_json_object(&j);
        hw_json_key(&j, r[i].by_posterior ? "posterior" : "log10_lr");
        hw_json_double(&j, r[i].limit);
        hw_json_key(&j, "found");
        hw_json_int(&j, (int64_t)r[i].found);
        hw_json_key(&j, "missed");
        hw_json_int(&j, (int64_t)r[i].missed);
        hw_json_key(&j, "false");
        hw_json_int(&j, (int64_t)r[i].wrong);
        hw_json_key(&j, "false_relatives");
        hw_json_int(&j, (int64_t)r[i].relatives);
        hw_json_end(&j);
    }
    hw_json_end(&j);
    hw_json_end(&j);
    hw_str_addc(out, '\n');
}

static hw_status path_in(cli *c, const char *folder, const char *name, const char **ret, hw_err *err)
{
    *ret = hw_arena_printf(&c->arena, "%s/%s", folder, name);
    return *ret != NULL ? HW_OK : HW_NO_MEMORY_FAIL(err);
}

/* Below the threshold of the run nothing was listed, so nothing can be counted there. */
static hw_status read_threshold(const char *path, double *ret, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, 0);
    HW_TRY(hw_file_read(path, HW_FORMAT_MAX_BYTES, &text, err));
    hw_format_input in = {path, text.s, text.len};
    hw_format_options o = {0};
    json_t *root = NULL;
    HW_TRY(json_parse(&in, &o, &root, err));
    const json_t *value = json_object_get(root, "threshold_log10");
    bool there = json_is_number(value);
    *ret = there ? json_number_value(value) : 0;
    json_decref(root);
    return there ? HW_OK : HW_FAIL(err, HW_PARSE, "%s: expected threshold_log10, as `homeward match --out` writes it", path);
}

static hw_status run(score *s, hw_err *err)
{
    cli *c = s->c;
    const char *folder = args_text(&c->args, "run"), *truth = args_text(&c->args, "truth"), *path;
    if (folder == NULL || truth == NULL) {
        return HW_FAIL(err, HW_USAGE, "--%s is missing", folder == NULL ? "run" : "truth");
    }
    HW_TRY(read_truth(s, truth, err));
    HW_TRY(path_in(c, folder, "errors.csv", &path, err));
    HW_TRY(read_errors(s, path, err));
    size_t totals[4] = {0};
    for (size_t i = 0; i < s->n; i++) {
        uint64_t found;
        s->pair[i].searched = !hw_map_get(&s->errors, s->pair[i].family, &found);
    }
    HW_TRY(path_in(c, folder, "candidates.csv", &path, err));
    HW_TRY(read_candidates(s, path, err));
    for (size_t i = 0; i < s->n; i++) {
        const true_pair *p = &s->pair[i];
        bool registered = p->family[0] != '\0';
        totals[0] += registered;
        totals[1] += registered && p->searched;
        totals[2] += registered && p->searched && p->first;
    }
    double threshold;
    HW_TRY(path_in(c, folder, "run.json", &path, err));
    HW_TRY(read_threshold(path, &threshold, err));
    row rows[] = {{"log10 LR >= 4", 4, false, 0, 0, 0, 0},         {"log10 LR >= 6", 6, false, 0, 0, 0, 0},        {"log10 LR >= 8", 8, false, 0, 0, 0, 0},
                  {"log10 LR >= 10", 10, false, 0, 0, 0, 0},       {"posterior >= 0.9", 0.9, true, 0, 0, 0, 0},    {"posterior >= 0.99", 0.99, true, 0, 0, 0, 0},
                  {"posterior >= 0.999", 0.999, true, 0, 0, 0, 0}, {"posterior >= 0.9999", 0.9999, true, 0, 0, 0, 0}};
    size_t n_rows = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].by_posterior || rows[i].limit >= threshold) {
            rows[n_rows] = rows[i];
            count(s, &rows[n_rows++]);
        }
    }
    HW_CLEANUP(hw_str_release) hw_str out = {0};
    hw_str_init(&out, 0);
    if (args_has(&c->args, "json")) {
        write_json(s, rows, n_rows, totals, &out);
    } else {
        write_text(s, rows, n_rows, totals, &out);
    }
    return term_write(&out, err);
}

hw_status cmd_score(cli *c, hw_err *err)
{
    score s = {.c = c};
    hw_map_init(&s.by_child, 0);
    hw_map_init(&s.errors, 0);
    hw_status status = run(&s, err);
    hw_free(s.pair);
    hw_free(s.other);
    hw_map_release(&s.by_child);
    hw_map_release(&s.errors);
    return status;
}
