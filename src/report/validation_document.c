// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* What the validation report says on paper and on a terminal, in English and Chinese. */
#include <stdio.h>
#include <string.h>

#include "report/document.h"
#include "report/validation.h"

#define WORD_LIST(X)                                                                                                                              \
    X(TITLE, "Validation report", "验证报告")                                                                                                     \
    X(HEAD, "Homeward: reference cases computed anew", "Homeward：参考案例重新计算")                                                             \
    X(PASSED, "All reference values agree.", "所有参考值均一致。")                                                                               \
    X(NOT_PASSED, "REFERENCE VALUES DIFFER: do not use this installation.", "参考值不一致：请勿使用本安装。")                                   \
    X(NONE, "NOTHING WAS COMPARED: this report shows nothing.", "未比较任何数值：本报告不能证明任何事项。")                                      \
    X(WHAT,                                                                                                                                       \
      "This report states what the program named below computed from the data named below, beside reference values that were computed by other "  \
      "programs or by hand. Anybody can check a hash with sha256sum.",                                                                            \
      "本报告列出下述程序依据下述数据计算的结果，并与其他程序或手工计算的参考值逐一对照。任何人均可用 sha256sum 核对散列值。")                     \
    X(PROGRAM, "Program", "程序")                                                                                                                 \
    X(VERSION, "Version", "版本")                                                                                                                 \
    X(COMPILER, "Compiler", "编译器")                                                                                                             \
    X(MACHINE, "Machine", "计算机")                                                                                                               \
    X(LABORATORY, "Laboratory", "实验室")                                                                                                         \
    X(ANALYST, "Analyst", "检验人")                                                                                                               \
    X(RESULT, "Result", "结果")                                                                                                                   \
    X(COUNTS, "%zu cases passed, %zu failed, %zu skipped; %zu values compared", "通过 %zu 例，未通过 %zu 例，跳过 %zu 例；共比较 %zu 个数值")    \
    X(FILES, "Program and data", "程序与数据")                                                                                                    \
    X(FILE, "File", "文件")                                                                                                                       \
    X(ROLE, "What", "用途")                                                                                                                       \
    X(CASES, "Reference cases", "参考案例")                                                                                                       \
    X(CASE, "Case", "案例")                                                                                                                       \
    X(VALUES, "Values", "数值")                                                                                                                   \
    X(TOLERANCE, "Tolerance", "允许误差")                                                                                                         \
    X(WORST, "Worst", "最大误差")                                                                                                                 \
    X(WHY, "Remark", "备注")                                                                                                                      \
    X(EVERY, "Every value", "全部数值")                                                                                                           \
    X(DIFFERING, "Values that differ", "不一致的数值")                                                                                            \
    X(VALUE, "Value", "数值名称")                                                                                                                 \
    X(EXPECTED, "Expected", "参考值")                                                                                                             \
    X(COMPUTED, "Computed", "计算值")                                                                                                             \
    X(DIFFERENCE, "Difference", "误差")                                                                                                           \
    X(HOLDS, "(a statement)", "（陈述）")                                                                                                         \
    X(DIFFERENCES_SAID,                                                                                                                           \
      "Differences are relative; of logarithms between -1 and 1 absolute. Zeros, infinities and \"nan\" must be exact.",                          \
      "误差为相对误差；绝对值小于 1 的对数用绝对误差。零、无穷大和“nan”须完全一致。")                                                            \
    X(SIGN, "Signatures", "签字")                                                                                                                 \
    X(SIGN_DONE, "Carried out by (name, date, signature)", "检验人（姓名、日期、签字）")                                                          \
    X(SIGN_CHECKED, "Checked by (name, date, signature)", "复核人（姓名、日期、签字）")                                                           \
    X(SIGN_RELEASED, "Released for use by (name, date, signature)", "批准使用人（姓名、日期、签字）")                                             \
    X(LINE, "________________________________________", "________________________________________")                                               \
    X(OK, "ok", "一致")                                                                                                                           \
    X(FAILED, "FAILED", "不一致")                                                                                                                 \
    X(SKIPPED, "skipped", "跳过")                                                                                                                 \
    X(ROLE_PROGRAM, "program", "程序")                                                                                                            \
    X(ROLE_LIBRARY, "library", "程序库")                                                                                                          \
    X(ROLE_TABLE, "frequencies", "频率表")                                                                                                        \
    X(ROLE_RATES, "mutation rates", "突变率")                                                                                                     \
    X(ROLE_CASES, "reference cases", "参考案例")

typedef enum word {
#define X(name, en, zh) W_##name,
    WORD_LIST(X)
#undef X
    W_COUNT
} word;

static const char *const WORD[W_COUNT][2] = {
#define X(name, en, zh) {en, zh},
    WORD_LIST(X)
#undef X
};

static const char *say(const hw_document *d, word w)
{
    return WORD[w][d->lang == HW_REPORT_ZH];
}

static const char *role_of(const hw_document *d, const char *role)
{
    static const struct {
        const char *name;
        word w;
    } roles[] = {{"program", W_ROLE_PROGRAM}, {"library", W_ROLE_LIBRARY}, {"table", W_ROLE_TABLE}, {"rates", W_ROLE_RATES}, {"cases", W_ROLE_CASES}};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        if (hw_streq(roles[i].name, role)) {
            return say(d, roles[i].w);
        }
    }
    return role;
}

static void field(hw_document *d, hw_table *t, word name, const char *value, hw_cell_style style)
{
    hw_cell *row = hw_doc_row(t);
    hw_doc_cell(d, row, 0, say(d, name), HW_CELL_PLAIN);
    hw_doc_cell(d, row, 1, value, style);
}

static void add_summary(hw_document *d, const hw_validation *v)
{
    char counts[400];
    hw_doc_add(d, HW_BLOCK_LEAD, say(d, v->failed > 0 ? W_NOT_PASSED : v->passed == 0 ? W_NONE : W_PASSED));
    hw_doc_add(d, HW_BLOCK_TEXT, say(d, W_WHAT));
    hw_doc_add(d, HW_BLOCK_HEADING, say(d, W_RESULT));
    hw_table *t = hw_doc_table(d, HW_BLOCK_FIELDS, NULL, 2, 8);
    if (d->lang == HW_REPORT_ZH) {
        snprintf(counts, sizeof counts, WORD[W_COUNTS][1], v->passed, v->failed, v->skipped, v->n_values);
    } else {
        snprintf(counts, sizeof counts, WORD[W_COUNTS][0], v->passed, v->failed, v->skipped, v->n_values);
    }
    field(d, t, W_RESULT, counts, v->failed > 0 ? HW_CELL_WARN : HW_CELL_STRONG);
    field(d, t, W_LABORATORY, v->laboratory != NULL ? v->laboratory : say(d, W_LINE), HW_CELL_PLAIN);
    field(d, t, W_ANALYST, v->analyst != NULL ? v->analyst : say(d, W_LINE), HW_CELL_PLAIN);
    field(d, t, W_VERSION, v->version, HW_CELL_STRONG);
    field(d, t, W_COMPILER, v->compiler, HW_CELL_PLAIN);
    field(d, t, W_MACHINE, v->machine, HW_CELL_PLAIN);
}

static void add_files(hw_document *d, const hw_validation *v)
{
    hw_doc_add(d, HW_BLOCK_HEADING, say(d, W_FILES));
    hw_table *t = hw_doc_table(d, HW_BLOCK_TABLE, NULL, 3, (uint32_t)v->n_files);
    hw_doc_column(d, t, 0, say(d, W_ROLE), false, false);
    hw_doc_column(d, t, 1, say(d, W_FILE), false, true);
    hw_doc_column(d, t, 2, "SHA-256", false, true);
    for (size_t i = 0; i < v->n_files; i++) {
        hw_cell *row = hw_doc_row(t);
        hw_doc_cell(d, row, 0, role_of(d, v->file[i].role), HW_CELL_PLAIN);
        hw_doc_cell(d, row, 1, v->file[i].path, HW_CELL_PLAIN);
        /* two halves: a page has no room for 64 digits in a row beside a path */
        hw_doc_cell(d, row, 2, hw_doc_printf(d, "%.32s %.32s", v->file[i].sha256, v->file[i].sha256 + 32), HW_CELL_PLAIN);
    }
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static word result_word(const char *result)
{
    return hw_streq(result, "ok") ? W_OK : hw_streq(result, "skipped") ? W_SKIPPED : W_FAILED;
}

static void add_cases(hw_document *d, const hw_validation *v)
{
    static const word title[7] = {W_RESULT, W_FILE, W_CASE, W_VALUES, W_TOLERANCE, W_WORST, W_WHY};
    hw_doc_add(d, HW_BLOCK_HEADING, say(d, W_CASES));
    hw_doc_add(d, HW_BLOCK_SMALL, say(d, W_DIFFERENCES_SAID));
    hw_table *t = hw_doc_table(d, HW_BLOCK_TABLE, NULL, 7, (uint32_t)v->n_cases);
    for (uint32_t i = 0; i < 7; i++) {
        hw_doc_column(d, t, i, say(d, title[i]), i >= 3 && i <= 5, i == 1 || i == 6);
    }
    for (size_t i = 0; i < v->n_cases; i++) {
        const hw_validation_case *c = &v->kase[i];
        hw_cell *row = hw_doc_row(t);
        word r = result_word(c->result);
        hw_doc_cell(d, row, 0, say(d, r), r == W_FAILED ? HW_CELL_WARN : HW_CELL_PLAIN);
        hw_doc_cell(d, row, 1, last_part(c->file), HW_CELL_PLAIN);
        hw_doc_cell(d, row, 2, c->id, HW_CELL_PLAIN);
        hw_doc_cell(d, row, 3, hw_doc_printf(d, "%zu", c->n), HW_CELL_PLAIN);
        hw_doc_cell(d, row, 4, hw_doc_printf(d, "%.0e", c->tolerance), HW_CELL_PLAIN);
        hw_doc_cell(d, row, 5, hw_doc_printf(d, "%.1e", c->worst), HW_CELL_PLAIN);
        hw_doc_cell(d, row, 6, c->why, HW_CELL_PLAIN);
    }
}

/* One case: all values, or only those that differ. */
static void add_values(hw_document *d, const hw_validation *v, const hw_validation_case *c, bool all)
{
    static const word title[5] = {W_VALUE, W_EXPECTED, W_COMPUTED, W_DIFFERENCE, W_RESULT};
    uint32_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        n += all || !v->value[c->first + i].good;
    }
    if (n == 0) {
        return;
    }
    hw_table *t = hw_doc_table(d, HW_BLOCK_TABLE, hw_doc_printf(d, "%s, %s", last_part(c->file), c->id), 5, n);
    for (uint32_t i = 0; i < 5; i++) {
        hw_doc_column(d, t, i, say(d, title[i]), i >= 1 && i <= 3, i == 0);
    }
    for (size_t i = 0; i < c->n; i++) {
        const hw_validation_value *x = &v->value[c->first + i];
        if (!all && x->good) {
            continue;
        }
        hw_cell_style style = x->good ? HW_CELL_PLAIN : HW_CELL_WARN;
        hw_cell *row = hw_doc_row(t);
        hw_doc_cell(d, row, 0, x->what, style);
        hw_doc_cell(d, row, 1, x->expected != NULL ? x->expected : say(d, W_HOLDS), style);
        hw_doc_cell(d, row, 2, x->computed, style);
        hw_doc_cell(d, row, 3, hw_doc_printf(d, "%.1e", x->difference), style);
        hw_doc_cell(d, row, 4, say(d, x->good ? W_OK : W_FAILED), style);
    }
}

static void add_signatures(hw_document *d)
{
    static const word who[3] = {W_SIGN_DONE, W_SIGN_CHECKED, W_SIGN_RELEASED};
    hw_doc_add(d, HW_BLOCK_HEADING, say(d, W_SIGN));
    hw_table *t = hw_doc_table(d, HW_BLOCK_FIELDS, NULL, 2, 6);
    for (size_t i = 0; i < 3; i++) {
        field(d, t, who[i], "", HW_CELL_PLAIN);
        hw_cell *row = hw_doc_row(t);
        hw_doc_cell(d, row, 1, say(d, W_LINE), HW_CELL_FAINT);
    }
}

static void build(hw_document *d, const hw_validation *v, const hw_report_options *o, bool paper)
{
    hw_doc_init(d, o);
    d->title = say(d, W_TITLE);
    d->head = say(d, W_HEAD);
    d->foot = d->title;
    add_summary(d, v);
    if (paper) {
        add_signatures(d);
    }
    add_files(d, v);
    add_cases(d, v);
    if (paper || v->failed > 0) {
        hw_doc_add(d, HW_BLOCK_HEADING, say(d, paper ? W_EVERY : W_DIFFERING));
        for (size_t i = 0; i < v->n_cases; i++) {
            add_values(d, v, &v->kase[i], paper);
        }
    }
}

hw_status hw_report_validation_pdf(const hw_validation *v, const hw_report_options *o, hw_str *out, hw_err *err)
{
    hw_document d = {0};
    build(&d, v, o, true);
    hw_status s = hw_doc_check(&d, err);
    if (s == HW_OK) {
        s = hw_document_pdf(&d, NULL, o, out, err);
    }
    hw_doc_release(&d);
    return s;
}

hw_status hw_report_validation_text(const hw_validation *v, const hw_report_options *o, hw_str *out, hw_err *err)
{
    hw_document d = {0};
    build(&d, v, o, false);
    hw_status s = hw_doc_check(&d, err);
    if (s == HW_OK) {
        s = hw_document_page_text(&d, NULL, o, out, err);
    }
    hw_doc_release(&d);
    return s;
}
