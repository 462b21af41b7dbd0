// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Tables of allele frequencies. Wide: an allele column and one column per locus (NIST, EuroForMix, GENis), with optional
 * rows FMIN, N (persons) and 2N (chromosomes). Long: columns marker, allele and frequency or count (or both), and
 * optionally population. Comment lines "# population:", "# source:", "# theta:", "# n:", "# chromosomes:", "# fmin:" before the
 * header speak for all loci. With keep_good the record that is dropped is the locus: a table that lacks one of its alleles
 * would be a wrong table.
 */
#include <string.h>

#include "base/csv.h"
#include "base/number.h"
#include "formats/text_input.h"

#define MAX_ALLELES ((size_t)1000) /* of one locus, and rows of a wide table */
#define ALLELE_NAMES "allele|alleles|alelo|alelos|allel|allele°|等位基因"
#define LOCUS_NAMES "marker|locus|loci|markername|locusname|system|str|基因座|位点"
#define FREQUENCY_NAMES "frequency|freq|frequencies|frecuencia|频率"
#define COUNT_NAMES "count|counts|allelecount|observed|计数"
#define POPULATION_NAMES "population|pop|人群|群体"
#define PERSON_NAMES "sample|samplename|sampleid|id|person|name|family|specimen"
#define NONE SIZE_MAX

/* One locus while it is read. */
typedef struct column {
    const char *locus;
    size_t population; /* index of the group */
    hw_allele *allele;
    double *freq, *count;
    size_t n, allele_cap, freq_cap, count_cap;
    size_t n_freq, n_count; /* entries that state a frequency, a count */
    double chromosomes, fmin;
    bool dropped, str;
    uint32_t line, at; /* of its header cell or first row */
} column;

typedef struct group {
    const char *name;
} group;

typedef struct table {
    const hw_format_input *in;
    hw_format_options *o;
    hw_dataset *d;
    hw_err *err;
    hw_rows rows;
    column *col;
    size_t n_col, col_cap;
    group *pop;
    size_t n_pop, pop_cap;
    hw_map by_name; /* population and locus -> column */
    const char *population, *source;
    double theta, chromosomes, fmin;
} table;

static void table_release(table *t)
{
    for (size_t i = 0; i < t->n_col; i++) {
        hw_free(t->col[i].allele);
        hw_free(t->col[i].freq);
        hw_free(t->col[i].count);
    }
    hw_free(t->col);
    hw_free(t->pop);
    hw_map_release(&t->by_name);
    hw_rows_release(&t->rows);
}

static char *keep_field(table *t, hw_field f)
{
    return hw_arena_strndup(&t->d->arena, f.s, f.len);
}

/* The failure in t->err lies in field i: fail, or drop the locus (c may be NULL) and go on. */
static hw_status bad(table *t, size_t i, const char *name, column *c)
{
    hw_format_where w = hw_rows_where(&t->rows, i, name);
    HW_TRY(hw_format_bad(t->in, t->o, &w, t->err));
    if (c != NULL) {
        c->dropped = true;
    }
    return HW_OK;
}

static hw_status add_group(table *t, hw_field f, size_t *ret)
{
    for (size_t i = 0; i < t->n_pop; i++) {
        if (strlen(t->pop[i].name) == f.len && memcmp(t->pop[i].name, f.s, f.len) == 0) {
            *ret = i;
            return HW_OK;
        }
    }
    HW_TRY(HW_GROW(t->pop, t->n_pop, t->pop_cap, 256, "populations of one table", t->err));
    char *name = keep_field(t, f);
    if (name == NULL) {
        return HW_NO_MEMORY_FAIL(t->err);
    }
    t->pop[t->n_pop].name = name;
    *ret = t->n_pop++;
    return HW_OK;
}

/* The column of a locus, made when new. */
static hw_status find_column(table *t, size_t population, hw_field f, size_t *ret, bool *ret_new)
{
    char name[128], key[160];
    if (f.len == 0 || f.len >= sizeof name) {
        return HW_FAIL(t->err, HW_PARSE, "expected the name of a locus (1 to %zu bytes), found %u", sizeof name - 1, f.len);
    }
    hw_field_copy(f, name, sizeof name);
    const hw_locus_info *info = hw_locus_find(name);
    const char *canonical = info != NULL ? info->name : name;
    size_t n = strlen(canonical);
    key[0] = (char)('0' + population / 64);
    key[1] = (char)('0' + population % 64);
    memcpy(key + 2, canonical, n + 1);
    uint64_t index;
    *ret_new = !hw_map_get(&t->by_name, key, &index);
    if (!*ret_new) {
        *ret = (size_t)index;
        return HW_OK;
    }
    HW_TRY(HW_GROW(t->col, t->n_col, t->col_cap, HW_ROWS_MAX_FIELDS, "loci of a table", t->err));
    column *c = &t->col[t->n_col];
    memset(c, 0, sizeof *c);
    c->locus = hw_arena_strdup(&t->d->arena, canonical);
    if (c->locus == NULL) {
        return HW_NO_MEMORY_FAIL(t->err);
    }
    c->population = population;
    c->str = hw_text_is_str(name);
    c->line = t->rows.line;
    HW_TRY(hw_map_put(&t->by_name, key, t->n_col, t->err));
    *ret = t->n_col++;
    return HW_OK;
}

static hw_status add_allele(table *t, column *c, hw_allele allele, double freq, double count)
{
    if (c->str && allele >= HW_ALLELE_NAMED) {
        char name[HW_ALLELE_BUF];
        return HW_FAIL(t->err, HW_PARSE,
                       "%s is an STR and \"%s\" no allele of it; expected a repeat number such as 9 or 9.3, or nothing here", c->locus,
                       hw_allele_format(allele, name));
    }
    HW_TRY(HW_GROW(c->allele, c->n, c->allele_cap, MAX_ALLELES, "alleles of a locus", t->err));
    HW_TRY(HW_GROW(c->freq, c->n, c->freq_cap, MAX_ALLELES, "alleles of a locus", t->err));
    HW_TRY(HW_GROW(c->count, c->n, c->count_cap, MAX_ALLELES, "alleles of a locus", t->err));
    c->allele[c->n] = allele;
    c->freq[c->n] = freq;
    c->count[c->n] = count;
    c->n_freq += freq >= 0;
    c->n_count += count >= 0;
    c->n++;
    return HW_OK;
}

/* --- rows that are no allele --- */

typedef enum row_kind { ROW_ALLELE, ROW_FMIN, ROW_PERSONS, ROW_CHROMOSOMES } row_kind;

static row_kind kind_of_row(hw_field f)
{
    if (hw_field_is(f, "fmin|min|minimum|minfreq|minimumfrequency|最小频率")) {
        return ROW_FMIN;
    }
    if (hw_field_is(f, "n|samples|individuals|persons|samplesize|人数|样本数")) {
        return ROW_PERSONS;
    }
    if (hw_field_is(f, "2n|chromosomes|allelestyped|numberofalleles|染色体数")) {
        return ROW_CHROMOSOMES;
    }
    return ROW_ALLELE;
}

static hw_status set_special(table *t, row_kind kind, hw_field f, double *fmin, double *chromosomes)
{
    double x;
    char found[40];
    bool number = hw_field_double(f, &x);
    if (kind == ROW_FMIN) {
        if (!number || x <= 0 || x >= 1) {
            return HW_FAIL(t->err, HW_PARSE, "expected a minimum frequency above 0 and below 1, found \"%s\"",
                           hw_field_copy(f, found, sizeof found));
        }
        *fmin = x;
    } else {
        if (!number || x < 1 || x > 1e12) {
            return HW_FAIL(t->err, HW_PARSE, "expected a number of %s, 1 or more, found \"%s\"",
                           kind == ROW_PERSONS ? "persons" : "chromosomes", hw_field_copy(f, found, sizeof found));
        }
        *chromosomes = kind == ROW_PERSONS ? 2 * x : x;
    }
    return HW_OK;
}

static hw_status read_comments(table *t)
{
    hw_field key, value;
    while (hw_rows_comment(&t->rows, &key, &value)) {
        bool number = hw_field_is(key, "n|persons|2n|chromosomes|fmin");
        row_kind kind = !number ? ROW_ALLELE : hw_field_is(key, "persons") ? ROW_PERSONS : kind_of_row(key);
        hw_status status = HW_OK;
        if (kind != ROW_ALLELE) {
            status = set_special(t, kind, value, &t->fmin, &t->chromosomes);
        } else if (hw_field_is(key, "theta|fst")) {
            char found[40];
            if (!hw_field_double(value, &t->theta) || t->theta < 0 || t->theta >= 1) {
                t->theta = 0;
                status = HW_FAIL(t->err, HW_PARSE, "expected a founder correlation from 0 to 1, found \"%s\"",
                                 hw_field_copy(value, found, sizeof found));
            }
        } else if (hw_field_is(key, POPULATION_NAMES) || hw_field_is(key, "source")) {
            char *text = keep_field(t, value);
            if (text == NULL) {
                return HW_NO_MEMORY_FAIL(t->err);
            }
            *(hw_field_is(key, "source") ? &t->source : &t->population) = text;
        }
        if (status == HW_PARSE) {
            char name[40];
            HW_TRY(bad(t, NONE, hw_field_copy(key, name, sizeof name), NULL));
        }
    }
    return HW_OK;
}

/* --- wide --- */

/* What a cell says: absent (0 or empty) or a frequency. */
static hw_status cell_frequency(table *t, hw_field f, double *ret)
{
    char found[40];
    if (f.len == 0 || hw_field_is(f, "na|none|")) {
        *ret = 0;
        return HW_OK;
    }
    if (!hw_field_double(f, ret) || *ret < 0 || *ret > 1) {
        return HW_FAIL(t->err, HW_PARSE, "expected a frequency from 0 to 1, found \"%s\"", hw_field_copy(f, found, sizeof found));
    }
    return HW_OK;
}

/* The allele a row is about; *ret_skip when it cannot stand in a table ("0" is a missing allele). */
static hw_status row_allele(table *t, hw_field f, hw_allele *ret, bool *ret_skip)
{
    char found[40];
    *ret_skip = false;
    hw_err err = {0};
    hw_status status = hw_field_allele(f, ret, &err);
    if (status == HW_OK && *ret != HW_ALLELE_UNKNOWN) {
        return HW_OK;
    }
    if (status == HW_OK && f.len == 1 && f.s[0] == '0') {
        *ret_skip = true;
        return HW_OK;
    }
    return HW_FAIL(t->err, HW_PARSE, "expected an allele (\"9\", \"9.3\", \"<9\", \"Rest allele\") or FMIN, N, 2N, found \"%s\"",
                   hw_field_copy(f, found, sizeof found));
}

static hw_status wide_row(table *t, const size_t *col_of, size_t n_header, hw_allele *seen, uint32_t *seen_line, size_t *n_seen)
{
    const hw_rows *r = &t->rows;
    hw_field first = r->field[0];
    row_kind kind = kind_of_row(first);
    hw_allele allele = HW_ALLELE_UNKNOWN;
    bool skip = false, dropped = false;
    char name[64];
    hw_status status = kind == ROW_ALLELE ? row_allele(t, first, &allele, &skip) : HW_OK;
    if (kind == ROW_ALLELE && !skip && status == HW_OK) {
        for (size_t i = 0; i < *n_seen; i++) {
            if (seen[i] == allele) {
                status = HW_FAIL(t->err, HW_CONFLICT, "allele \"%s\" stands here and in line %u; expected each allele once",
                                 hw_field_copy(first, name, sizeof name), seen_line[i]);
                break;
            }
        }
    }
    if (status == HW_OK && r->n > n_header) {
        for (size_t i = n_header; i < r->n && status == HW_OK; i++) {
            if (r->field[i].len > 0) {
                status = HW_FAIL(t->err, HW_PARSE, "expected %zu fields as in the header, found %zu", n_header, r->n);
            }
        }
    }
    if (status == HW_OK && kind == ROW_ALLELE && !skip) {
        if (*n_seen == MAX_ALLELES) {
            return HW_FAIL(t->err, HW_LIMIT, "%s, line %u: more than %zu alleles", t->in->name, r->line, MAX_ALLELES);
        }
        seen[*n_seen] = allele;
        seen_line[(*n_seen)++] = r->line;
    }
    if (status != HW_OK) {
        HW_TRY(bad(t, 0, "allele", NULL));
        dropped = true;
    }
    for (size_t i = 1; i < r->n && i < n_header; i++) {
        if (col_of[i] == NONE) {
            continue;
        }
        column *c = &t->col[col_of[i]];
        if (dropped) { /* a locus that lost an allele with its row */
            c->dropped |= r->field[i].len > 0;
            continue;
        }
        double x = 0;
        if (kind != ROW_ALLELE) {
            status = r->field[i].len == 0 ? HW_OK : set_special(t, kind, r->field[i], &c->fmin, &c->chromosomes);
        } else {
            status = cell_frequency(t, r->field[i], &x);
            if (status == HW_OK && x > 0 && skip) {
                hw_dataset_note(t->d, t->in->name, r->line, "allele \"0\" is no allele here: its frequency %.6g at %s is left out", x,
                                c->locus);
            } else if (status == HW_OK && x > 0) {
                status = add_allele(t, c, allele, x, -1);
            }
        }
        if (status == HW_PARSE) {
            HW_TRY(bad(t, i, c->locus, c));
            status = HW_OK;
        }
        HW_TRY(status);
    }
    return HW_OK;
}

static hw_status read_wide(table *t)
{
    HW_AUTO_FREE size_t *col_of = hw_alloc(t->rows.n, sizeof *col_of);
    HW_AUTO_FREE hw_allele *seen = hw_alloc(MAX_ALLELES, sizeof *seen);
    HW_AUTO_FREE uint32_t *seen_line = hw_alloc(MAX_ALLELES, sizeof *seen_line);
    if (col_of == NULL || seen == NULL || seen_line == NULL) {
        return HW_NO_MEMORY_FAIL(t->err);
    }
    size_t n_header = t->rows.n, n_seen = 0;
    for (size_t i = 1; i < n_header; i++) {
        col_of[i] = NONE;
        if (t->rows.field[i].len == 0) {
            continue;
        }
        bool fresh = false;
        hw_status status = find_column(t, 0, t->rows.field[i], &col_of[i], &fresh);
        if (status == HW_OK && !fresh) {
            status = HW_FAIL(t->err, HW_CONFLICT, "locus %s has two columns; expected one", t->col[col_of[i]].locus);
        }
        if (status == HW_OK) {
            hw_format_where w = hw_rows_where(&t->rows, i, NULL);
            t->col[col_of[i]].line = w.line;
            t->col[col_of[i]].at = w.column;
        } else if (status == HW_PARSE || status == HW_CONFLICT) {
            HW_TRY(bad(t, i, "locus", status == HW_CONFLICT ? &t->col[col_of[i]] : NULL));
            col_of[i] = NONE;
        } else {
            return status;
        }
    }
    for (;;) {
        bool more = false;
        hw_status status = hw_rows_next(&t->rows, &more, t->err);
        if (status == HW_PARSE) {
            HW_TRY(bad(t, t->rows.bad, NULL, NULL));
            continue;
        }
        HW_TRY(status);
        if (!more) {
            return HW_OK;
        }
        HW_TRY(wide_row(t, col_of, n_header, seen, seen_line, &n_seen));
    }
}

/* --- long --- */

typedef struct long_columns {
    size_t locus, allele, frequency, count, population;
} long_columns;

static bool find_long_columns(const hw_rows *r, long_columns *ret)
{
    *ret = (long_columns){NONE, NONE, NONE, NONE, NONE};
    for (size_t i = r->n; i-- > 0;) {
        hw_field f = r->field[i];
        if (hw_field_is(f, LOCUS_NAMES)) {
            ret->locus = i;
        } else if (hw_field_is(f, ALLELE_NAMES)) {
            ret->allele = i;
        } else if (hw_field_is(f, FREQUENCY_NAMES)) {
            ret->frequency = i;
        } else if (hw_field_is(f, COUNT_NAMES)) {
            ret->count = i;
        } else if (hw_field_is(f, POPULATION_NAMES)) {
            ret->population = i;
        }
    }
    return ret->locus != NONE && ret->allele != NONE && (ret->frequency != NONE || ret->count != NONE);
}

static hw_field field_at(const hw_rows *r, size_t i)
{
    return i < r->n ? r->field[i] : (hw_field){"", 0, 0};
}

/* One row of a long table; *ret_bad is the field at fault, *ret_col the locus it drops. */
static hw_status long_row(table *t, const long_columns *at, size_t *ret_bad, column **ret_col)
{
    const hw_rows *r = &t->rows;
    size_t population = 0, index;
    bool fresh, skip = false;
    *ret_col = NULL;
    *ret_bad = at->population;
    if (at->population != NONE) {
        hw_field f = field_at(r, at->population);
        if (f.len == 0) {
            return HW_FAIL(t->err, HW_PARSE, "expected the name of a population, found nothing");
        }
        HW_TRY(add_group(t, f, &population));
    }
    *ret_bad = at->locus;
    HW_TRY(find_column(t, population, field_at(r, at->locus), &index, &fresh));
    column *c = *ret_col = &t->col[index];
    hw_field name = field_at(r, at->allele);
    hw_field freq = field_at(r, at->frequency), count = field_at(r, at->count);
    row_kind kind = kind_of_row(name);
    if (kind != ROW_ALLELE) {
        *ret_bad = at->frequency != NONE ? at->frequency : at->count;
        return set_special(t, kind, freq.len > 0 ? freq : count, &c->fmin, &c->chromosomes);
    }
    hw_allele allele;
    *ret_bad = at->allele;
    HW_TRY(row_allele(t, name, &allele, &skip));
    for (size_t i = 0; i < c->n; i++) {
        if (c->allele[i] == allele) {
            char found[40];
            return HW_FAIL(t->err, HW_CONFLICT, "allele \"%s\" of %s is listed twice; expected each allele once",
                           hw_field_copy(name, found, sizeof found), c->locus);
        }
    }
    double p = -1, k = -1;
    *ret_bad = at->count;
    if (count.len > 0 && (!hw_field_double(count, &k) || k < 0 || k > 1e12)) {
        char found[40];
        return HW_FAIL(t->err, HW_PARSE, "expected a count, 0 or more, found \"%s\"", hw_field_copy(count, found, sizeof found));
    }
    *ret_bad = at->frequency;
    if (at->frequency != NONE) {
        if (freq.len > 0) {
            HW_TRY(cell_frequency(t, freq, &p));
        } else if (count.len == 0) {
            return HW_FAIL(t->err, HW_PARSE, "expected a frequency from 0 to 1, found nothing");
        }
    } else if (count.len == 0) {
        *ret_bad = at->count;
        return HW_FAIL(t->err, HW_PARSE, "expected a count, 0 or more, found nothing");
    }
    if (skip) {
        hw_dataset_note(t->d, t->in->name, r->line, "allele \"0\" is no allele here: its row at %s is left out", c->locus);
        return HW_OK;
    }
    return add_allele(t, c, allele, p, k);
}

static hw_status read_long(table *t, const long_columns *at)
{
    if (at->population == NONE) {
        size_t unused;
        HW_TRY(add_group(t, (hw_field){"", 0, 0}, &unused));
    }
    for (;;) {
        bool more = false;
        size_t where = NONE;
        column *c = NULL;
        hw_status status = hw_rows_next(&t->rows, &more, t->err);
        if (status == HW_OK && !more) {
            return HW_OK;
        }
        if (status == HW_OK) {
            status = long_row(t, at, &where, &c);
        } else if (status == HW_PARSE) {
            where = t->rows.bad;
        }
        if (status == HW_PARSE || status == HW_CONFLICT) {
            const char *name = where == at->locus        ? "marker"
                               : where == at->allele     ? "allele"
                               : where == at->count      ? "count"
                               : where == at->population ? "population"
                                                         : "frequency";
            HW_TRY(bad(t, where, name, c));
            status = HW_OK;
        }
        HW_TRY(status);
    }
}

/* --- into the dataset --- */

/* Frequencies from counts, the chromosomes behind them, and the sum. */
static hw_status settle_column(table *t, column *c)
{
    double counted = 0, sum = 0;
    for (size_t i = 0; i < c->n; i++) {
        counted += c->count[i] > 0 ? c->count[i] : 0;
    }
    bool all_counted = c->n_count == c->n && counted > 0;
    for (size_t i = 0; i < c->n; i++) {
        if (c->freq[i] < 0) {
            if (!all_counted) {
                return HW_FAIL(t->err, HW_PARSE, "%s: expected a frequency for every allele, or a count for every allele", c->locus);
            }
            c->freq[i] = c->count[i] / counted;
        }
        sum += c->freq[i];
    }
    if (c->chromosomes <= 0 && all_counted) {
        c->chromosomes = counted;
    }
    if (sum < 0.95 || sum > 1.05) {
        return HW_FAIL(t->err, HW_PARSE, "the frequencies of %s sum to %.6g; expected 0.95 to 1.05", c->locus, sum);
    }
    return HW_OK;
}

static hw_status copy_column(table *t, const column *c, hw_freq *f)
{
    hw_arena *arena = &t->d->arena;
    f->allele = HW_NEW(arena, hw_allele, c->n);
    f->freq = HW_NEW(arena, double, c->n);
    if (f->allele == NULL || f->freq == NULL) {
        return HW_NO_MEMORY_FAIL(t->err);
    }
    f->locus = c->locus;
    f->n = (uint32_t)c->n;
    memcpy(f->allele, c->allele, c->n * sizeof *f->allele);
    memcpy(f->freq, c->freq, c->n * sizeof *f->freq);
    f->chromosomes = c->chromosomes > 0 ? c->chromosomes : t->chromosomes;
    f->fmin = c->fmin > 0 ? c->fmin : t->fmin;
    return HW_OK;
}

static hw_status add_population(table *t, size_t g, const char *stem)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_col; i++) {
        column *c = &t->col[i];
        if (c->population != g) {
            continue;
        }
        if (c->dropped) {
            hw_dataset_note(t->d, t->in->name, c->line, "%s is left out: a record of it is bad", c->locus);
            continue;
        }
        if (c->n == 0) {
            hw_dataset_note(t->d, t->in->name, c->line, "%s has no frequency: left out", c->locus);
            c->dropped = true;
            continue;
        }
        if (settle_column(t, c) != HW_OK) {
            hw_format_where w = {.line = c->line, .column = c->at, .field = c->locus};
            HW_TRY(hw_format_bad(t->in, t->o, &w, t->err));
            c->dropped = true;
            continue;
        }
        n++;
    }
    if (n == 0) {
        return HW_FAIL(t->err, HW_PARSE, "%s: no locus with frequencies%s%s", t->in->name, t->n_pop > 1 ? " for population " : "",
                       t->n_pop > 1 ? t->pop[g].name : "");
    }
    hw_freq *freq = HW_NEW(&t->d->arena, hw_freq, n);
    if (freq == NULL) {
        return HW_NO_MEMORY_FAIL(t->err);
    }
    size_t k = 0;
    for (size_t i = 0; i < t->n_col; i++) {
        if (t->col[i].population == g && !t->col[i].dropped) {
            HW_TRY(copy_column(t, &t->col[i], &freq[k++]));
        }
    }
    const char *own = t->pop[g].name;
    hw_population *p = NULL;
    HW_TRY(hw_dataset_add_population(t->d, own[0] != '\0' ? own : t->population != NULL ? t->population : stem, &p, t->err));
    p->source = t->source != NULL ? t->source : hw_arena_strdup(&t->d->arena, t->in->name);
    if (p->source == NULL) {
        return HW_NO_MEMORY_FAIL(t->err);
    }
    p->theta = t->theta;
    p->n = (uint32_t)n;
    p->freq = freq;
    hw_status status = hw_population_finish(p, t->err);
    if (status != HW_OK) {
        hw_err_prefix(t->err, "%s: ", t->in->name);
    }
    return status;
}

static hw_status read_table(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err)
{
    HW_CLEANUP(table_release) table t = {.in = in, .o = o, .d = d, .err = err};
    hw_map_init(&t.by_name, HW_ROWS_MAX_FIELDS);
    hw_rows_init(&t.rows, in->data, in->size, 0);
    t.rows.comments = true;
    HW_TRY(read_comments(&t));
    bool more = false;
    long_columns at;
    if (hw_rows_next(&t.rows, &more, err) != HW_OK || !more) {
        if (err->code == HW_OK) {
            (void)HW_FAIL(err, HW_PARSE, "expected a header line, found the end of the file");
        }
        hw_err_prefix(err, "%s, line %u: ", in->name, t.rows.line);
        return err->code;
    }
    if (find_long_columns(&t.rows, &at)) {
        HW_TRY(read_long(&t, &at));
    } else if (t.rows.n < 2) {
        return HW_FAIL(err, HW_PARSE,
                       "%s, line %u: expected an allele column and one column per locus, or columns marker, allele and frequency; "
                       "found one column",
                       in->name, t.rows.line);
    } else {
        size_t unused;
        HW_TRY(add_group(&t, (hw_field){"", 0, 0}, &unused));
        HW_TRY(read_wide(&t));
    }
    char *stem = hw_text_stem(&d->arena, in->name);
    if (stem == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (t.n_pop == 0) {
        return HW_FAIL(err, HW_PARSE, "%s: no locus with frequencies", in->name);
    }
    for (size_t g = 0; g < t.n_pop; g++) {
        HW_TRY(add_population(&t, g, stem));
    }
    return HW_OK;
}

/* --- recognising --- */

static bool plausible_row(const hw_rows *r)
{
    hw_allele allele;
    if (kind_of_row(r->field[0]) == ROW_ALLELE && (r->field[0].len == 0 || hw_field_allele(r->field[0], &allele, NULL) != HW_OK)) {
        return false;
    }
    for (size_t i = 1; i < r->n; i++) {
        double x;
        if (r->field[i].len > 0 && !hw_field_double(r->field[i], &x)) {
            return false;
        }
    }
    return true;
}

static int detect_header(hw_rows *r)
{
    long_columns at;
    size_t known = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (hw_field_is(r->field[i], PERSON_NAMES)) {
            return 0;
        }
        char name[64];
        known += i > 0 && r->field[i].len > 0 && hw_locus_find(hw_field_copy(r->field[i], name, sizeof name)) != NULL;
    }
    if (find_long_columns(r, &at)) {
        return 95;
    }
    bool named = hw_field_is(r->field[0], ALLELE_NAMES "|" LOCUS_NAMES), more = false;
    bool half = known > 0 && known * 2 >= r->n - 1;
    if (r->n < 2 || !(named || half)) {
        return 0;
    }
    r->comments = true;
    if (hw_rows_next(r, &more, NULL) != HW_OK || !more || !plausible_row(r)) {
        return 0;
    }
    return named && half ? 90 : half ? 70 : 60;
}

static int detect_table(const hw_format_input *in)
{
    hw_rows r;
    int score = hw_rows_peek(&r, in->data, in->size) ? detect_header(&r) : 0;
    hw_rows_release(&r);
    return score;
}

/* --- writing --- */

static void write_row(hw_str *out, char sep, const char *population, const char *locus, const char *allele, double x)
{
    char number[32];
    if (population != NULL) {
        hw_csv_write(out, population, sep, true);
    }
    hw_csv_write(out, locus, sep, population == NULL);
    hw_csv_write(out, allele, sep, false);
    hw_csv_write(out, hw_fmt_double(x, number), sep, false);
    hw_str_addc(out, '\n');
}

/* A comment value stands on one line. */
static void write_comment(hw_str *out, const char *key, const char *text)
{
    hw_str_addf(out, "# %s: ", key);
    for (const char *s = text; *s != '\0'; s++) {
        hw_str_addc(out, *s == '\n' || *s == '\r' ? ' ' : *s);
    }
    hw_str_addc(out, '\n');
}

static hw_status write_frequencies(const hw_dataset *d, const hw_format_options *o, hw_str *out, hw_str *losses, hw_err *err)
{
    char sep = o->separator != 0 ? o->separator : ',', buf[HW_ALLELE_BUF];
    bool many = d->n_populations > 1;
    if (d->n_populations == 0) {
        return HW_FAIL(err, HW_USAGE, "there is no frequency table to write");
    }
    if (!many) {
        const hw_population *p = d->population[0];
        write_comment(out, "population", p->name);
        if (p->source != NULL) {
            write_comment(out, "source", p->source);
        }
        if (p->theta > 0) {
            write_comment(out, "theta", hw_fmt_double(p->theta, (char[32]){0}));
        }
    }
    const char *const names[] = {"population", "marker", "allele", "frequency"};
    for (size_t i = many ? 0 : 1; i < 4; i++) {
        hw_csv_write(out, names[i], sep, i == (many ? 0 : 1));
    }
    hw_str_addc(out, '\n');
    for (size_t g = 0; g < d->n_populations; g++) {
        const hw_population *p = d->population[g];
        const char *name = many ? p->name : NULL;
        for (uint32_t i = 0; i < p->n; i++) {
            const hw_freq *f = &p->freq[i];
            for (uint32_t k = 0; k < f->n; k++) {
                write_row(out, sep, name, f->locus, hw_allele_format(f->allele[k], buf), f->freq[k]);
            }
            if (f->chromosomes > 0) {
                write_row(out, sep, name, f->locus, "2N", f->chromosomes);
            }
            if (f->fmin > 0) {
                write_row(out, sep, name, f->locus, "FMIN", f->fmin);
            }
        }
        if (many && (p->theta > 0 || p->source != NULL)) {
            hw_format_loss(losses, "population %s: a table of several populations holds neither source nor theta", p->name);
        }
    }
    if (d->n_profiles > 0 || d->n_families > 0 || d->n_cases > 0) {
        hw_format_loss(losses, "%zu profiles, %zu families, %zu cases: a frequency table holds none", d->n_profiles, d->n_families,
                       d->n_cases);
    }
    if (d->has_settings) {
        hw_format_loss(losses, "mutation rates and other settings: a frequency table holds none");
    }
    return hw_str_check(out, err);
}

const hw_format hw_format_frequency_table = {
    .id = HW_FORMAT_FREQUENCY_TABLE,
    .name = "frequency-table",
    .title = "allele frequencies",
    .extensions = "csv|tsv|txt",
    .max_bytes = HW_FORMAT_MAX_BYTES,
    .detect = detect_table,
    .read = read_table,
    .write = write_frequencies,
};
