// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Mutation rates per locus: columns locus, female, male, and optionally source (kept in the file only), model, range, rate2 (microvariants)
 * and silent (frequency of a silent allele). The row "default" is for loci not listed. An empty model, range or rate2 is that of
 * hw_settings_init (stepwise, 0.1, 1e-6). Lines that begin with '#' are comments.
 */
#include <string.h>

#include "base/csv.h"
#include "base/number.h"
#include "formats/text_input.h"

typedef enum rate_column { COL_LOCUS, COL_FEMALE, COL_MALE, COL_MODEL, COL_RANGE, COL_RATE2, COL_SILENT, COL_COUNT } rate_column;

static const struct {
    const char *name, *words;
} COLUMNS[COL_COUNT] = {
    {"locus", "locus|marker|system|基因座|位点"},
    {"female", "female|maternal|mother|femalerate|maternalrate|mothers|女性|母系"},
    {"male", "male|paternal|father|malerate|paternalrate|fathers|男性|父系"},
    {"model", "model|模型"},
    {"range", "range|步长"},
    {"rate2", "rate2|microvariantrate"},
    {"silent", "silent|silentfrequency|null"},
};

typedef struct rates {
    const hw_format_input *in;
    hw_format_options *o;
    hw_dataset *d;
    hw_err *err;
    hw_rows rows;
    size_t at[COL_COUNT];
    hw_locus_settings *entry;
    size_t n, cap;
    hw_map by_locus;   /* of this file -> line */
    hw_settings fresh; /* the defaults */
    hw_settings mine;  /* those of this file */
} rates;

static void rates_release(rates *t)
{
    hw_rows_release(&t->rows);
    hw_free(t->entry);
    hw_map_release(&t->by_locus);
}

static bool find_columns(const hw_rows *r, size_t *at)
{
    for (unsigned c = 0; c < COL_COUNT; c++) {
        at[c] = SIZE_MAX;
        for (size_t i = r->n; i-- > 0;) {
            at[c] = hw_field_is(r->field[i], COLUMNS[c].words) ? i : at[c];
        }
    }
    return at[COL_LOCUS] != SIZE_MAX && at[COL_FEMALE] != SIZE_MAX && at[COL_MALE] != SIZE_MAX;
}

static hw_field field_at(const rates *t, rate_column c)
{
    return t->at[c] < t->rows.n ? t->rows.field[t->at[c]] : (hw_field){"", 0, 0};
}

/* A number from 0 to max; an empty field leaves *io. */
static hw_status read_number(const rates *t, rate_column c, const char *what, bool needed, double *io)
{
    hw_field f = field_at(t, c);
    double x = *io;
    if ((f.len == 0 && needed) || (f.len > 0 && (!hw_field_double(f, &x) || !(x >= 0 && x <= 1)))) {
        char found[40];
        return HW_FAIL(t->err, HW_PARSE, "expected %s from 0 to 1, found \"%s\"", what, hw_field_copy(f, found, sizeof found));
    }
    *io = x;
    return HW_OK;
}

static hw_status read_model(const rates *t, hw_mutation_model *io)
{
    hw_field f = field_at(t, COL_MODEL);
    char name[40];
    hw_field_copy(f, name, sizeof name);
    if (f.len > 0 && (!hw_mutation_from_name(name, io) || *io == HW_MUTATION_CUSTOM)) {
        return HW_FAIL(t->err, HW_PARSE,
                       "expected a mutation model (none, equal, proportional, onestep, stepwise, stepwise-stationary, dawid), found \"%s\"",
                       name);
    }
    return HW_OK;
}

static hw_status find_entry(rates *t, const char *canonical, hw_locus_settings **ret)
{
    for (size_t i = 0; i < t->n; i++) {
        if (hw_streq(t->entry[i].locus, canonical)) {
            *ret = &t->entry[i];
            return HW_OK;
        }
    }
    HW_TRY(HW_GROW(t->entry, t->n, t->cap, HW_ROWS_MAX_FIELDS, "loci with mutation rates", t->err));
    char *name = hw_arena_strdup(&t->d->arena, canonical);
    if (name == NULL) {
        return HW_NO_MEMORY_FAIL(t->err);
    }
    *ret = &t->entry[t->n++];
    memset(*ret, 0, sizeof **ret);
    (*ret)->locus = name;
    return HW_OK;
}

static hw_status read_row(rates *t, rate_column *ret_bad)
{
    char name[HW_LOCUS_FOLD_MAX];
    hw_field f = field_at(t, COL_LOCUS);
    *ret_bad = COL_LOCUS;
    if (f.len == 0 || f.len >= sizeof name) {
        return HW_FAIL(t->err, HW_PARSE, "expected the name of a locus or \"default\", found %s", f.len == 0 ? "nothing" : "a longer text");
    }
    hw_field_copy(f, name, sizeof name);
    bool standard = hw_field_is(f, "default|other|others|standard|*|其他|默认");
    const hw_locus_info *info = hw_locus_find(name);
    const char *canonical = standard ? "default" : info != NULL ? info->name : name;
    uint64_t line;
    if (hw_map_get(&t->by_locus, canonical, &line)) {
        return HW_FAIL(t->err, HW_CONFLICT, "%s stands here and in line %u; expected each locus once", canonical, (unsigned)line);
    }
    hw_locus_settings s = t->fresh.standard;
    *ret_bad = COL_FEMALE;
    HW_TRY(read_number(t, COL_FEMALE, "a mutation rate", true, &s.female.rate));
    *ret_bad = COL_MALE;
    HW_TRY(read_number(t, COL_MALE, "a mutation rate", true, &s.male.rate));
    *ret_bad = COL_MODEL;
    HW_TRY(read_model(t, &s.female.model));
    s.male.model = s.female.model;
    *ret_bad = COL_RANGE;
    HW_TRY(read_number(t, COL_RANGE, "a mutation range", false, &s.female.range));
    s.male.range = s.female.range;
    *ret_bad = COL_RATE2;
    HW_TRY(read_number(t, COL_RATE2, "a microvariant rate", false, &s.female.rate2));
    s.male.rate2 = s.female.rate2;
    *ret_bad = COL_SILENT;
    HW_TRY(read_number(t, COL_SILENT, "a frequency of a silent allele", false, &s.silent));
    *ret_bad = COL_LOCUS;
    HW_TRY(hw_map_put(&t->by_locus, canonical, t->rows.line, t->err));
    if (standard) {
        s.locus = NULL;
        t->mine.standard = s;
        return HW_OK;
    }
    hw_locus_settings *entry = NULL;
    HW_TRY(find_entry(t, canonical, &entry));
    s.locus = entry->locus;
    *entry = s;
    return HW_OK;
}

static hw_status start(rates *t)
{
    hw_settings_init(&t->fresh);
    hw_settings_init(&t->mine);
    bool more = false;
    hw_status status = hw_rows_next(&t->rows, &more, t->err);
    if (status == HW_OK && (!more || !find_columns(&t->rows, t->at))) {
        status = HW_FAIL(t->err, HW_PARSE, "expected a header with the columns locus, female and male");
    }
    if (status != HW_OK) {
        hw_err_prefix(t->err, "%s, line %u: ", t->in->name, t->rows.line);
    }
    return status;
}

static hw_status read_rates(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err)
{
    HW_CLEANUP(rates_release) rates t = {.in = in, .o = o, .d = d, .err = err};
    hw_rows_init(&t.rows, in->data, in->size, 0);
    t.rows.comments = true;
    hw_map_init(&t.by_locus, HW_ROWS_MAX_FIELDS);
    HW_TRY(start(&t));
    for (;;) {
        bool more = false;
        rate_column bad = COL_COUNT;
        hw_status status = hw_rows_next(&t.rows, &more, err);
        if (status == HW_OK && !more) {
            break;
        }
        size_t at = t.rows.bad;
        if (status == HW_OK) {
            status = read_row(&t, &bad);
            at = t.at[bad < COL_COUNT ? bad : COL_LOCUS];
        }
        if (status != HW_OK) {
            hw_format_where w = hw_rows_where(&t.rows, at, bad < COL_COUNT ? COLUMNS[bad].name : NULL);
            HW_TRY(hw_format_bad(in, o, &w, err));
        }
    }
    hw_locus_settings *kept = HW_NEW(&d->arena, hw_locus_settings, t.n + 1);
    if (kept == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (t.n > 0) {
        memcpy(kept, t.entry, t.n * sizeof *kept);
    }
    t.mine.by_locus = kept;
    t.mine.n_by_locus = (uint32_t)t.n;
    return hw_format_settings(d, in->name, &t.mine, err);
}

static int detect_rates(const hw_format_input *in)
{
    hw_rows r;
    size_t at[COL_COUNT];
    int score = hw_rows_peek(&r, in->data, in->size) && find_columns(&r, at) ? 92 : 0;
    for (size_t i = 0; i < r.n && score > 0; i++) {
        score = hw_field_is(r.field[i], "sample|samplename|person|allele|allele1|frequency") ? 0 : score;
    }
    hw_rows_release(&r);
    return score;
}

static void write_row(hw_str *out, char sep, const char *locus, const hw_locus_settings *s)
{
    char b[32];
    hw_csv_write(out, locus, sep, true);
    hw_csv_write(out, hw_fmt_double(s->female.rate, b), sep, false);
    hw_csv_write(out, hw_fmt_double(s->male.rate, b), sep, false);
    hw_csv_write(out, hw_mutation_name(s->female.model), sep, false);
    hw_csv_write(out, hw_fmt_double(s->female.range, b), sep, false);
    hw_csv_write(out, hw_fmt_double(s->female.rate2, b), sep, false);
    hw_csv_write(out, hw_fmt_double(s->silent, b), sep, false);
    hw_str_addc(out, '\n');
}

static bool same_but_rate(const hw_mutation *a, const hw_mutation *b)
{
    return a->model == b->model && a->transform == HW_TRANSFORM_NONE && b->transform == HW_TRANSFORM_NONE &&
           !(a->range < b->range || a->range > b->range || a->rate2 < b->rate2 || a->rate2 > b->rate2) && a->model != HW_MUTATION_CUSTOM;
}

static hw_status write_rates(const hw_dataset *d, const hw_format_options *o, hw_str *out, hw_str *losses, hw_err *err)
{
    char sep = o->separator != 0 ? o->separator : ',';
    if (!d->has_settings) {
        return HW_FAIL(err, HW_USAGE, "there are no mutation rates to write");
    }
    for (unsigned c = 0; c < COL_COUNT; c++) {
        hw_csv_write(out, COLUMNS[c].name, sep, c == 0);
    }
    hw_str_addc(out, '\n');
    const hw_settings *s = &d->settings;
    for (uint32_t i = 0; i <= s->n_by_locus; i++) {
        const hw_locus_settings *ls = i == 0 ? &s->standard : &s->by_locus[i - 1];
        const char *name = i == 0 ? "default" : ls->locus;
        if (!same_but_rate(&ls->female, &ls->male)) {
            hw_format_loss(losses, "%s: a table of rates has one model, without transform or matrix, for both sexes; left out", name);
            continue;
        }
        write_row(out, sep, name, ls);
    }
    if (s->n_linked > 0) {
        hw_format_loss(losses, "%u linked pairs: a table of rates holds none", s->n_linked);
    }
    if (s->theta >= 0 || s->rare_rule != HW_RARE_AUTO) {
        hw_format_loss(losses, "theta and the rule for rare alleles: a table of rates holds none");
    }
    if (d->n_profiles > 0 || d->n_families > 0 || d->n_cases > 0 || d->n_populations > 0) {
        hw_format_loss(losses, "profiles, families, cases and frequencies: a table of rates holds none");
    }
    return hw_str_check(out, err);
}

const hw_format hw_format_mutation_rates = {
    .id = HW_FORMAT_MUTATION_RATES,
    .name = "mutation-rates",
    .title = "mutation rates",
    .extensions = "csv|tsv|txt",
    .max_bytes = HW_FORMAT_MAX_BYTES,
    .detect = detect_rates,
    .read = read_rates,
    .write = write_rates,
};
