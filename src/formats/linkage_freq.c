// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* The companions of a .ped: lines cut into tokens, .map, .dat and .freq (of the pedtools and of MERLIN). */
#include <string.h>

#include "base/number.h"
#include "formats/linkage.h"

#define MAX_ALLELES 1000u

/* --- lines --- */

void linkage_lines_init(linkage_lines *l, const char *data, size_t size, bool tabs)
{
    memset(l, 0, sizeof *l);
    l->data = data;
    l->size = size;
    l->tabs = tabs;
}

void linkage_lines_release(linkage_lines *l)
{
    hw_free(l->token);
    memset(l, 0, sizeof *l);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

static hw_status cut_line(linkage_lines *l, hw_err *err)
{
    const char *s = l->data + l->start, *end = l->data + l->end, *begin = s;
    l->n = 0;
    while (s < end) {
        while (s < end && (l->tabs ? *s == ' ' : blank(*s))) {
            s++;
        }
        const char *from = s;
        while (s < end && (l->tabs ? *s != '\t' : !blank(*s))) {
            s++;
        }
        const char *stop = s;
        while (stop > from && stop[-1] == ' ') {
            stop--;
        }
        if (stop > from || l->tabs) {
            HW_TRY(HW_GROW(l->token, (size_t)l->n, l->cap, LINKAGE_MAX_TOKENS, "columns", err));
            l->token[l->n++] = (linkage_token){from, (uint32_t)(stop - from), (uint32_t)(from - begin) + 1};
        }
        s += s < end && l->tabs; /* the tab itself */
    }
    /* trailing tabs are no columns */
    while (l->n > 0 && l->token[l->n - 1].n == 0) {
        l->n--;
    }
    return HW_OK;
}

hw_status linkage_lines_next(linkage_lines *l, bool empty, bool *ret_more, hw_err *err)
{
    *ret_more = false;
    l->n = 0;
    while (l->pos < l->size) {
        size_t e = l->pos;
        while (e < l->size && l->data[e] != '\n' && l->data[e] != '\r') {
            e++;
        }
        l->start = l->pos;
        l->end = e;
        l->pos = e + (e + 1 < l->size && l->data[e] == '\r' && l->data[e + 1] == '\n' ? 2 : 1);
        l->line++;
        if (l->end - l->start > HW_ROWS_MAX_RECORD) {
            return HW_FAIL(err, HW_LIMIT, "a line of more than %zu bytes", HW_ROWS_MAX_RECORD);
        }
        HW_TRY(cut_line(l, err));
        if (l->n > 0 || empty) {
            *ret_more = true;
            return HW_OK;
        }
    }
    return HW_OK;
}

bool linkage_token_is(linkage_token t, const char *word)
{
    if (strlen(word) != t.n) {
        return false;
    }
    for (uint32_t i = 0; i < t.n; i++) {
        char c = t.s[i];
        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != word[i]) {
            return false;
        }
    }
    return true;
}

static bool is_number(linkage_token t)
{
    double x;
    return hw_field_double((hw_field){t.s, t.n, 0}, &x);
}

/* --- .map and .dat --- */

static hw_status add_column(linkage_columns *c, hw_dataset *d, char type, const char *name, size_t n, hw_locus_kind kind, hw_err *err)
{
    if (type == 'M' && (n == 0 || n > 100)) {
        return HW_FAIL(err, HW_PARSE, "expected the name of a marker, 1 to 100 bytes");
    }
    HW_TRY(HW_GROW(c->column, (size_t)c->n, c->cap, LINKAGE_MAX_TOKENS, "columns", err));
    char *copy = hw_arena_strndup(&d->arena, name, n);
    if (copy == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    c->column[c->n++] = (linkage_column){type, copy, kind};
    c->n_markers += type == 'M';
    return HW_OK;
}

static hw_locus_kind chromosome_kind(linkage_token t)
{
    if (linkage_token_is(t, "x") || linkage_token_is(t, "23") || linkage_token_is(t, "999")) {
        return HW_LOCUS_X;
    }
    return linkage_token_is(t, "y") || linkage_token_is(t, "24") ? HW_LOCUS_Y : HW_LOCUS_AUTO;
}

hw_status linkage_read_map(const hw_format_input *in, hw_dataset *d, linkage_columns *ret, hw_err *err)
{
    HW_CLEANUP(linkage_lines_release) linkage_lines l;
    linkage_lines_init(&l, in->data, in->size, false);
    for (;;) {
        bool more;
        hw_status s = linkage_lines_next(&l, false, &more, err);
        if (s == HW_OK && !more) {
            return HW_OK;
        }
        if (s == HW_OK && (linkage_token_is(l.token[0], "chromosome") || linkage_token_is(l.token[0], "chr") || l.token[0].s[0] == '#')) {
            continue; /* header or comment */
        }
        if (s == HW_OK && l.n < 2) {
            s = HW_FAIL(err, HW_PARSE, "expected chromosome, marker and position");
        }
        if (s == HW_OK) {
            /* names may hold blanks ("Penta D"): what stands between the chromosome and the position, or the two positions of PLINK */
            uint32_t last = l.n - 1;
            for (int k = 0; k < 2 && last >= 2 && is_number(l.token[last]); k++) {
                last--;
            }
            const char *from = l.token[1].s, *to = l.token[last].s + l.token[last].n;
            s = add_column(ret, d, 'M', from, (size_t)(to - from), chromosome_kind(l.token[0]), err);
        }
        if (s != HW_OK) {
            hw_err_prefix(err, "%s, line %u: ", in->name, l.line);
            return s;
        }
    }
}

hw_status linkage_read_dat(const hw_format_input *in, hw_dataset *d, linkage_columns *ret, hw_err *err)
{
    HW_CLEANUP(linkage_lines_release) linkage_lines l;
    linkage_lines_init(&l, in->data, in->size, false);
    for (;;) {
        bool more;
        hw_status s = linkage_lines_next(&l, false, &more, err);
        if (s == HW_OK && !more) {
            return HW_OK;
        }
        if (s == HW_OK && (linkage_token_is(l.token[0], "e") || linkage_token_is(l.token[0], "end"))) {
            return HW_OK;
        }
        char type = s == HW_OK && l.token[0].n == 1 ? l.token[0].s[0] : '?';
        type = type >= 'a' && type <= 'z' ? (char)(type - ('a' - 'A')) : type;
        if (s == HW_OK && linkage_token_is(l.token[0], "s2")) {
            type = '2';
        }
        if (s == HW_OK && (type == '?' || strchr("MATCZS2", type) == NULL)) {
            s = HW_FAIL(err, HW_PARSE, "expected a line \"M name\" (marker), or A, T, C, Z, S or S2 for another column, found \"%.*s\"",
                        (int)(l.token[0].n < 20 ? l.token[0].n : 20), l.token[0].s);
        }
        if (s == HW_OK) {
            const char *from = l.n > 1 ? l.token[1].s : l.data + l.end;
            const char *to = l.n > 1 ? l.token[l.n - 1].s + l.token[l.n - 1].n : from;
            s = add_column(ret, d, type, from, (size_t)(to - from), HW_LOCUS_AUTO, err);
        }
        if (s != HW_OK) {
            hw_err_prefix(err, "%s, line %u: ", in->name, l.line);
            return s;
        }
    }
}

/* --- .freq --- */

typedef struct table {
    const char *name;
    hw_allele allele[MAX_ALLELES];
    double freq[MAX_ALLELES];
    uint32_t n, line;
    bool bad;
} table;

typedef struct freq_reader {
    const hw_format_input *in;
    hw_format_options *o;
    hw_dataset *d;
    hw_err *err;
    hw_freq *freq; /* heap, moved to the arena at the end */
    uint32_t n;
    size_t cap;
    table t;
} freq_reader;

static hw_status bad_table(freq_reader *r, uint32_t line)
{
    r->t.bad = true;
    return hw_format_bad(r->in, r->o, &(hw_format_where){.line = line, .record = r->t.name, .record_len = r->t.name != NULL ? strlen(r->t.name) : 0},
                         r->err);
}

/* The table is complete: check it and keep it. */
static hw_status finish_table(freq_reader *r)
{
    table *t = &r->t;
    if (t->name == NULL || t->bad) {
        return HW_OK;
    }
    hw_freq f = {.locus = t->name, .n = t->n};
    f.allele = HW_NEW(&r->d->arena, hw_allele, t->n);
    f.freq = HW_NEW(&r->d->arena, double, t->n);
    if (f.allele == NULL || f.freq == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    memcpy(f.allele, t->allele, t->n * sizeof t->allele[0]);
    memcpy(f.freq, t->freq, t->n * sizeof t->freq[0]);
    hw_population one = {.name = r->in->name, .n = 1, .freq = &f};
    hw_map_init(&one.by_locus, 4);
    hw_status s = hw_population_finish(&one, r->err);
    hw_population_release(&one);
    for (uint32_t i = 0; s == HW_OK && i < r->n; i++) {
        if (hw_streq(r->freq[i].locus, f.locus)) {
            s = HW_FAIL(r->err, HW_CONFLICT, "the marker %s is listed twice", f.locus);
        }
    }
    if (s != HW_OK) {
        return bad_table(r, t->line);
    }
    HW_TRY(HW_GROW(r->freq, (size_t)r->n, r->cap, HW_PANEL_MAX, "markers", r->err));
    r->freq[r->n++] = f;
    return HW_OK;
}

static hw_status begin_table(freq_reader *r, const linkage_lines *l, uint32_t first)
{
    HW_TRY(finish_table(r));
    const char *from = l->token[first].s, *to = l->token[l->n - 1].s + l->token[l->n - 1].n;
    r->t.n = 0;
    r->t.bad = false;
    r->t.line = l->line;
    r->t.name = NULL;
    if (to - from > 100) {
        (void)HW_FAIL(r->err, HW_PARSE, "expected the name of a marker, 1 to 100 bytes; found %zu", (size_t)(to - from));
        return bad_table(r, l->line);
    }
    r->t.name = hw_arena_strndup(&r->d->arena, from, (size_t)(to - from));
    return r->t.name != NULL ? HW_OK : HW_NO_MEMORY_FAIL(r->err);
}

static hw_status add_allele(freq_reader *r, const linkage_lines *l, linkage_token allele, linkage_token freq)
{
    table *t = &r->t;
    if (t->bad) {
        return HW_OK;
    }
    hw_status s = HW_OK;
    double x = 0;
    hw_allele a = HW_ALLELE_UNKNOWN;
    if (t->n == MAX_ALLELES) {
        s = HW_FAIL(r->err, HW_LIMIT, "more than %u alleles at one marker", MAX_ALLELES);
    } else if (!hw_field_double((hw_field){freq.s, freq.n, 0}, &x) || !(x >= 0 && x <= 1)) {
        s = HW_FAIL(r->err, HW_PARSE, "expected a frequency from 0 to 1, found \"%.*s\"", (int)(freq.n < 40 ? freq.n : 40), freq.s);
    } else {
        s = hw_field_allele((hw_field){allele.s, allele.n, 0}, &a, r->err);
    }
    if (s != HW_OK) {
        return bad_table(r, l->line);
    }
    t->allele[t->n] = a;
    t->freq[t->n++] = x;
    return HW_OK;
}

/* MERLIN: "M name", then "A allele frequency" or "F frequency frequency ..." for alleles 1, 2, ... */
static hw_status merlin_line(freq_reader *r, const linkage_lines *l)
{
    if (linkage_token_is(l->token[0], "m") && l->n >= 2) {
        return begin_table(r, l, 1);
    }
    if (linkage_token_is(l->token[0], "a") && l->n == 3) {
        return add_allele(r, l, l->token[1], l->token[2]);
    }
    if (linkage_token_is(l->token[0], "f") && l->n >= 2) {
        for (uint32_t i = 1; i < l->n; i++) {
            char number[16];
            linkage_token name = {hw_fmt_double(r->t.n + 1, number), 0, 0};
            name.n = (uint32_t)strlen(number);
            HW_TRY(add_allele(r, l, name, l->token[i]));
        }
        return HW_OK;
    }
    (void)HW_FAIL(r->err, HW_PARSE, "expected \"M marker\", \"A allele frequency\" or \"F frequencies\"");
    return bad_table(r, l->line);
}

static hw_status freq_line(freq_reader *r, const linkage_lines *l, bool merlin, bool *after_gap)
{
    if (l->n == 0) {
        *after_gap = true;
        return HW_OK;
    }
    if (merlin) {
        return merlin_line(r, l);
    }
    /* a name stands on top or after an empty line; without empty lines, where the second token is no number */
    bool pair = l->n == 2 && is_number(l->token[1]);
    if (*after_gap || !pair) {
        *after_gap = false;
        return begin_table(r, l, 0);
    }
    return add_allele(r, l, l->token[0], l->token[1]);
}

static bool is_merlin(const hw_format_input *in)
{
    return in->size > 2 && (in->data[0] == 'M' || in->data[0] == 'm') && blank(in->data[1]);
}

static hw_status read_tables(freq_reader *r)
{
    HW_CLEANUP(linkage_lines_release) linkage_lines l;
    linkage_lines_init(&l, r->in->data, r->in->size, false);
    bool merlin = is_merlin(r->in), gap = true, more = true;
    for (;;) {
        hw_status s = linkage_lines_next(&l, true, &more, r->err);
        if (s != HW_OK || !more) {
            break;
        }
        HW_TRY(freq_line(r, &l, merlin, &gap));
    }
    if (r->err->code != HW_OK) {
        hw_err_prefix(r->err, "%s, line %u: ", r->in->name, l.line);
        return r->err->code;
    }
    return finish_table(r);
}

hw_status linkage_read_freq(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err)
{
    for (size_t i = 0; i < d->n_populations; i++) {
        if (hw_streq(d->population[i]->source != NULL ? d->population[i]->source : "", in->name)) {
            hw_dataset_note(d, in->name, 0, "these frequencies were read already, beside their .ped");
            return HW_OK;
        }
    }
    freq_reader *r = hw_alloc(1, sizeof *r);
    if (r == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    *r = (freq_reader){.in = in, .o = o, .d = d, .err = err};
    hw_status s = read_tables(r);
    hw_population *p = NULL;
    const char *stem = s == HW_OK ? hw_text_stem(&d->arena, in->name) : NULL;
    if (s == HW_OK && stem == NULL) {
        s = HW_NO_MEMORY_FAIL(err);
    }
    if (s == HW_OK && r->n == 0) {
        s = HW_FAIL(err, HW_PARSE, "%s: no frequency table in it", in->name);
    }
    s = s == HW_OK ? hw_dataset_add_population(d, stem, &p, err) : s;
    if (s == HW_OK) {
        p->source = hw_arena_strdup(&d->arena, in->name);
        p->freq = HW_NEW(&d->arena, hw_freq, r->n);
        if (p->source == NULL || p->freq == NULL) {
            s = HW_NO_MEMORY_FAIL(err);
        } else {
            memcpy(p->freq, r->freq, r->n * sizeof *r->freq);
            p->n = r->n;
            s = hw_population_finish(p, err);
        }
    }
    hw_free(r->freq);
    hw_free(r);
    return s;
}

static int detect_freq(const hw_format_input *in)
{
    HW_CLEANUP(linkage_lines_release) linkage_lines l;
    linkage_lines_init(&l, in->data, in->size < 65536 ? in->size : 65536, false);
    bool merlin = is_merlin(in), more;
    for (int k = 0; k < 3; k++) {
        if (linkage_lines_next(&l, false, &more, NULL) != HW_OK || !more) {
            return k == 2 ? 40 : 0; /* a table of one allele */
        }
        bool pair = l.n == 2 && is_number(l.token[1]);
        bool values = linkage_token_is(l.token[0], "a") || linkage_token_is(l.token[0], "f");
        if (merlin && ((k == 1 && !values) || (k == 2 && !values && !linkage_token_is(l.token[0], "m")))) {
            return 0;
        }
        if (!merlin && (k == 0 ? pair || l.n > 3 || memchr(l.data, ',', l.end) != NULL || memchr(l.data, ';', l.end) != NULL || l.token[0].s[0] == '{' ||
                                     l.token[0].s[0] == '<' || l.token[0].s[0] == '"'
                               : !pair)) {
            return 0;
        }
    }
    return merlin ? 80 : 70;
}

static hw_status write_freq(const hw_dataset *d, const hw_format_options *o, hw_str *out, hw_str *losses, hw_err *err)
{
    (void)o;
    if (d->n_populations == 0) {
        return HW_FAIL(err, HW_NOT_FOUND, "there is no frequency table to write");
    }
    const hw_population *p = d->population[0];
    for (size_t i = 1; i < d->n_populations; i++) {
        hw_format_loss(losses, "population \"%s\": the file holds one, \"%s\"", d->population[i]->name, p->name);
    }
    if (p->theta > 0) {
        hw_format_loss(losses, "theta of the population");
    }
    for (uint32_t i = 0; i < p->n; i++) {
        const hw_freq *f = &p->freq[i];
        hw_str_addf(out, "%s%s\n", i > 0 ? "\n" : "", f->locus);
        for (uint32_t a = 0; a < f->n; a++) {
            char name[HW_ALLELE_BUF], x[32];
            hw_allele_format(f->allele[a], name);
            hw_str_addf(out, "%s\t%s\n", hw_streq(name, "Rest allele") ? "Rest" : name, hw_fmt_double(f->freq[a], x));
        }
        if (f->chromosomes > 0 || f->fmin > 0) {
            hw_format_loss(losses, "%s: the number of chromosomes and the minimum frequency", f->locus);
        }
    }
    return hw_str_check(out, err);
}

const hw_format hw_format_freq_lines = {
    .id = HW_FORMAT_FREQ_LINES,
    .name = "freq",
    .title = "frequencies, one line per allele (pedtools, MERLIN)",
    .extensions = "freq",
    .max_bytes = HW_FORMAT_MAX_BYTES,
    .detect = detect_freq,
    .read = linkage_read_freq,
    .write = write_freq,
};
