// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The wide table of profiles: one row per person. A column `sample` or `person`, any of the columns of people.c (family,
 * relation, father, mother, sex, kit ...), then per locus either two to eight columns of one allele each (D8S1179.1, D8S1179_2,
 * "D8S1179 1", or the same name twice) or one column that holds all ("14/15", "14,15", "14/-", "14").
 *
 * One allele alone: in one column "14" is a homozygote and "14/-" is 14 and not known. In two columns "14" and "-" is 14 and
 * not known; "14" and an empty cell too, unless the file says in its head "# single: homozygous" (which also makes "14/" one).
 * OL is an allele that is not known. Y loci, amelogenin and X loci of anybody not stated female show one allele by nature.
 */
#include <string.h>

#include "formats/csv_output.h"
#include "formats/long_table.h"
#include "formats/people.h"

#define MAX_COLUMNS 8

/* How one locus is read from a row. */
typedef struct locus_plan {
    uint32_t locus;
    hw_locus_kind kind;
    bool str;                 /* alleles are numbers */
    unsigned n;               /* columns; 1: all alleles in one */
    uint32_t at[MAX_COLUMNS]; /* fields, in the order of their numbers */
} locus_plan;

/* A header field that may belong to a locus. */
typedef struct candidate {
    char base[HW_LOCUS_FOLD_MAX]; /* folded canonical name, "" when the field is no candidate */
    char name[HW_LOCUS_FOLD_MAX]; /* as written, without the number */
    unsigned slot;                /* 1..8, 0: no number */
    bool known;                   /* in the list of loci, or named like one */
} candidate;

typedef struct wide {
    hw_people people;
    hw_rows rows;
    locus_plan *plan;
    size_t n_plan, plan_cap;
    size_t n_header;
    bool single_homozygous;
    bool mark_synthetic;
    size_t n_off_ladder, n_single; /* genotypes, for the notes */
    hw_err *err;
} wide;

static void wide_release(wide *w)
{
    hw_people_release(&w->people);
    hw_rows_release(&w->rows);
    hw_free(w->plan);
}

/* --- header --- */

static bool digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9') {
            return false;
        }
    }
    return n > 0;
}

/* Names that only loci have: D6S1043, DXS10074, DYS19, rs12913832. */
static bool named_like_locus(const char *fold)
{
    size_t n = strlen(fold);
    if (n >= 4 && (hw_str_starts(fold, "DXS") || hw_str_starts(fold, "DYS") || hw_str_starts(fold, "DYF"))) {
        return true;
    }
    if (n > 3 && hw_str_starts(fold, "RS") && digits(fold + 2, n - 2)) {
        return true;
    }
    size_t s = 1;
    while (fold[0] == 'D' && fold[s] >= '0' && fold[s] <= '9') {
        s++;
    }
    return s > 1 && s < 4 && fold[s] == 'S' && digits(fold + s + 1, n - s - 1);
}

/* The number behind a name ("D8S1179.2", "D8S1179 (2)" is not one); its length in the field, 0: none. */
static size_t number_behind(hw_field f, unsigned *ret_slot)
{
    if (f.len < 3) {
        return 0;
    }
    char last = f.s[f.len - 1], before = f.s[f.len - 2];
    if (last < '1' || last > '0' + MAX_COLUMNS || (before != '.' && before != '_' && before != '-' && before != ' ')) {
        return 0;
    }
    *ret_slot = (unsigned)(last - '0');
    return 2;
}

static void set_base(candidate *c, const char *name)
{
    const hw_locus_info *info = hw_locus_find(name);
    (void)hw_locus_fold(info != NULL ? info->name : name, c->base, sizeof c->base);
    c->known = info != NULL || named_like_locus(c->base);
    memcpy(c->name, name, strlen(name) + 1);
}

static void read_candidate(hw_field f, candidate *c)
{
    char name[HW_LOCUS_FOLD_MAX];
    memset(c, 0, sizeof *c);
    if (f.len == 0 || f.len >= sizeof name) {
        return;
    }
    hw_field_copy(f, name, sizeof name);
    size_t cut = hw_locus_find(name) == NULL ? number_behind(f, &c->slot) : 0;
    name[f.len - cut] = '\0';
    set_base(c, name);
}

/* Does the cell hold two alleles ("14/15")? Then its column is a locus whatever its name. */
static bool looks_like_pair(hw_field f)
{
    const char *slash = f.len > 2 ? memchr(f.s, '/', f.len) : NULL;
    if (slash == NULL) {
        return false;
    }
    hw_allele a, b;
    uint32_t n = (uint32_t)(slash - f.s);
    return hw_field_allele((hw_field){f.s, n, 0}, &a, NULL) == HW_OK &&
           hw_field_allele((hw_field){slash + 1, f.len - n - 1, 0}, &b, NULL) == HW_OK && hw_allele_is_repeat(a);
}

/* Columns that are loci for another reason than their name: their fellow column, or what the first record holds. */
static void find_unknown_loci(wide *w, candidate *c)
{
    hw_rows first;
    bool more = false;
    hw_rows_init(&first, w->rows.data + w->rows.pos, w->rows.size - w->rows.pos, w->rows.sep);
    bool have = hw_rows_next(&first, &more, NULL) == HW_OK && more;
    for (size_t i = 0; i < w->n_header; i++) {
        if (c[i].base[0] == '\0' || c[i].known) {
            continue;
        }
        c[i].known = have && i < first.n && looks_like_pair(first.field[i]);
        for (size_t k = 0; k < w->n_header && !c[i].known; k++) {
            c[i].known = k != i && hw_streq(c[k].base, c[i].base) && (c[k].slot > 0) == (c[i].slot > 0);
        }
    }
    hw_rows_release(&first);
}

/* Column i joins the plan of its locus. */
static hw_status plan_column(wide *w, const candidate *c, size_t i)
{
    uint32_t locus;
    hw_panel *panel = &w->people.d->panel;
    HW_TRY(hw_panel_add(panel, c[i].name, HW_LOCUS_AUTO, &locus, w->err));
    for (size_t k = 0; k < w->n_plan; k++) {
        locus_plan *p = &w->plan[k];
        if (p->locus != locus) {
            continue;
        }
        const candidate *other = &c[p->at[0]];
        if ((other->slot > 0) != (c[i].slot > 0) || (c[i].slot == 0 && !hw_str_ieq(other->name, c[i].name))) {
            return HW_FAIL(w->err, HW_CONFLICT, "locus %s has columns of two kinds (\"%s\", \"%s\"); expected one kind",
                           panel->locus[locus].name, other->name, c[i].name);
        }
        if (p->n == MAX_COLUMNS) {
            return HW_FAIL(w->err, HW_CONFLICT, "locus %s has more than %d columns", panel->locus[locus].name, MAX_COLUMNS);
        }
        unsigned at = p->n;
        while (at > 0 && c[i].slot > 0 && c[p->at[at - 1]].slot >= c[i].slot) {
            if (c[p->at[at - 1]].slot == c[i].slot) {
                return HW_FAIL(w->err, HW_CONFLICT, "locus %s has two columns with the number %u; expected one", panel->locus[locus].name,
                               c[i].slot);
            }
            p->at[at] = p->at[at - 1];
            at--;
        }
        p->at[at] = (uint32_t)i;
        p->n++;
        return HW_OK;
    }
    HW_TRY(HW_GROW(w->plan, w->n_plan, w->plan_cap, HW_ROWS_MAX_FIELDS, "loci of a table", w->err));
    w->plan[w->n_plan++] =
        (locus_plan){.locus = locus, .kind = panel->locus[locus].kind, .str = hw_text_is_str(c[i].name), .n = 1, .at = {(uint32_t)i}};
    return HW_OK;
}

/* A fault of the header spoils every record: it fails the file whatever is to be kept. */
static hw_status bad_header(wide *w, size_t i, const char *name)
{
    bool keep = w->people.o->keep_good;
    w->people.o->keep_good = false;
    hw_status status = hw_people_bad(&w->people, i, name);
    w->people.o->keep_good = keep;
    return status;
}

static hw_status plan_loci(wide *w)
{
    HW_AUTO_FREE candidate *c = hw_alloc(w->n_header, sizeof *c);
    if (c == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    bool unknown = false;
    for (size_t i = 0; i < w->n_header; i++) {
        hw_person_column column;
        if (!hw_person_column_find(w->rows.field[i], &column)) {
            read_candidate(w->rows.field[i], &c[i]);
            unknown |= c[i].base[0] != '\0' && !c[i].known;
        }
    }
    if (unknown) {
        find_unknown_loci(w, c);
    }
    for (size_t i = 0; i < w->n_header; i++) {
        hw_person_column column;
        char name[80];
        hw_field f = w->rows.field[i];
        if (c[i].known) {
            if (plan_column(w, c, i) != HW_OK) {
                return bad_header(w, i, hw_field_copy(f, name, sizeof name));
            }
        } else if (f.len > 0 && !hw_person_column_find(f, &column)) {
            hw_dataset_note(w->people.d, w->people.in->name, w->rows.line,
                            "column %zu, \"%s\", is neither a known locus nor known otherwise: left out", i + 1,
                            hw_field_copy(f, name, sizeof name));
        }
    }
    for (size_t k = 0; k < w->n_plan; k++) {
        const candidate *only = &c[w->plan[k].at[0]];
        if (w->plan[k].n == 1 && only->slot > 0) {
            (void)HW_FAIL(w->err, HW_CONFLICT, "locus %s has a column number %u and no other; expected two or more, or one without number",
                          only->name, only->slot);
            return bad_header(w, w->plan[k].at[0], only->name);
        }
    }
    return HW_OK;
}

/* --- cells --- */

/* "9,3" in one cell: 9.3, or 9 and 3? Nobody can know. */
static bool ambiguous_comma(hw_field f)
{
    const char *comma = memchr(f.s, ',', f.len);
    size_t whole = comma != NULL ? (size_t)(comma - f.s) : 0;
    return comma != NULL && whole + 2 == f.len && digits(f.s, whole) && comma[1] >= '1' && comma[1] <= '4';
}

/* The alleles of a cell that holds all of a locus. */
static hw_status split_cell(hw_field f, hw_locus_kind kind, hw_field *ret, unsigned *ret_n, bool *ret_open, hw_err *err)
{
    *ret_n = 0;
    *ret_open = false;
    if (kind == HW_LOCUS_AMEL && f.len == 2 && memchr(f.s, '/', 2) == NULL) { /* XY and XX in one word */
        ret[0] = (hw_field){f.s, 1, 0};
        ret[1] = (hw_field){f.s + 1, 1, 0};
        *ret_n = 2;
        return HW_OK;
    }
    char sep = '\0';
    for (const char *s = "/|;,"; *s != '\0' && sep == '\0'; s++) {
        sep = memchr(f.s, *s, f.len) != NULL ? *s : '\0';
    }
    if (sep == ',' && ambiguous_comma(f)) {
        char found[40];
        hw_field_copy(f, found, sizeof found);
        return HW_FAIL(err, HW_PARSE, "\"%s\" may be one allele or two; expected a decimal point (9.3) or a slash between alleles (9/3)",
                       found);
    }
    uint32_t from = 0;
    for (uint32_t i = 0; i <= f.len; i++) {
        if (i < f.len && (sep == '\0' || f.s[i] != sep)) {
            continue;
        }
        hw_field part = {f.s + from, i - from, 0};
        while (part.len > 0 && part.s[0] == ' ') {
            part.s++;
            part.len--;
        }
        while (part.len > 0 && part.s[part.len - 1] == ' ') {
            part.len--;
        }
        from = i + 1;
        if (part.len == 0) {
            *ret_open = true; /* "14/" */
            continue;
        }
        if (*ret_n == MAX_COLUMNS) {
            return HW_FAIL(err, HW_PARSE, "expected at most %d alleles in a cell", MAX_COLUMNS);
        }
        ret[(*ret_n)++] = part;
    }
    return HW_OK;
}

/* Sets the genotype of one locus. `open`: a place for a further allele is empty. *ret_typed says whether any allele is known. */
static hw_status set_locus(wide *w, hw_profile *p, const locus_plan *plan, const hw_field *cell, unsigned n, bool open, bool *ret_typed)
{
    hw_allele allele[MAX_COLUMNS];
    unsigned known = 0, off = 0;
    bool partial = false;
    for (unsigned i = 0; i < n; i++) {
        hw_allele a;
        HW_TRY(hw_field_allele_at(cell[i], plan->str, &a, w->err));
        if (a == HW_ALLELE_OFF_LADDER) {
            w->n_off_ladder++;
            off++;
            partial = true;
        } else if (a == HW_ALLELE_UNKNOWN) {
            partial = true; /* "-": said to be not known */
        } else {
            allele[known++] = a;
        }
    }
    if (hw_people_off_ladder(plan->kind, off, allele, &known)) {
        hw_dataset_note(w->people.d, w->people.in->name, w->rows.line,
                        "sample %s, %s: three or more peaks, one of them off the ladder: set aside", p->id,
                        w->people.d->panel.locus[plan->locus].name);
        partial = false;
    }
    if (known == 0) {
        return HW_OK;
    }
    *ret_typed = true;
    bool one_by_nature = plan->kind == HW_LOCUS_Y || plan->kind == HW_LOCUS_AMEL || (plan->kind == HW_LOCUS_X && p->sex != HW_SEX_FEMALE);
    if (known == 1 && !partial && open && !one_by_nature && !w->single_homozygous) {
        w->n_single++;
        partial = true;
    }
    if (known == 2 && plan->kind == HW_LOCUS_AUTOSOMAL) {
        p->g[plan->locus] = hw_genotype_make(allele[0], allele[1]);
        return HW_OK;
    }
    return hw_profile_set(p, &w->people.d->arena, &w->people.d->panel, plan->locus, allele, known, partial, w->err);
}

static hw_status read_loci(wide *w, hw_profile *p, size_t *ret_bad, bool *ret_typed)
{
    const hw_field *field = w->rows.field;
    for (size_t k = 0; k < w->n_plan; k++) {
        const locus_plan *plan = &w->plan[k];
        hw_field cell[MAX_COLUMNS];
        unsigned n = 0;
        bool open = false;
        if (plan->n == 1) {
            *ret_bad = plan->at[0];
            HW_TRY(split_cell(field[plan->at[0]], plan->kind, cell, &n, &open, w->err));
            HW_TRY(set_locus(w, p, plan, cell, n, open, ret_typed));
            continue;
        }
        for (unsigned i = 0; i < plan->n; i++) {
            if (field[plan->at[i]].len > 0) {
                cell[n++] = field[plan->at[i]];
            }
        }
        if (set_locus(w, p, plan, cell, n, n < 2, ret_typed) != HW_OK) {
            /* which of the cells was it? */
            hw_allele a;
            for (unsigned i = 0; i < plan->n; i++) {
                *ret_bad = plan->at[i];
                if (hw_field_allele_at(field[plan->at[i]], plan->str, &a, NULL) != HW_OK) {
                    break;
                }
            }
            return w->err->code;
        }
    }
    return HW_OK;
}

static hw_status read_row(wide *w, size_t *ret_bad)
{
    hw_rows *r = &w->rows;
    for (size_t i = w->n_header; i < r->n; i++) {
        if (r->field[i].len > 0) {
            *ret_bad = i;
            return HW_FAIL(w->err, HW_PARSE, "expected %zu fields as in the header, found %zu", w->n_header, r->n);
        }
    }
    if (r->n < w->n_header) {
        *ret_bad = r->n - 1;
        return HW_FAIL(w->err, HW_PARSE, "expected %zu fields as in the header, found %zu; is the line cut off?", w->n_header, r->n);
    }
    hw_profile *p = NULL;
    bool typed = false;
    HW_TRY(hw_people_profile(&w->people, hw_people_field(&w->people, HW_COLUMN_ID), (uint32_t)w->people.d->panel.n, &p, ret_bad));
    HW_TRY(read_loci(w, p, ret_bad, &typed));
    p->synthetic |= w->mark_synthetic && w->people.at[HW_COLUMN_SYNTHETIC] == SIZE_MAX;
    return hw_people_add(&w->people, p, typed, ret_bad);
}

/* --- the file --- */

static hw_status read_comments(wide *w)
{
    hw_field key, value;
    while (hw_rows_comment(&w->rows, &key, &value)) {
        if (hw_field_is(key, "single")) {
            w->single_homozygous = hw_field_is(value, "homozygous|homozygote|纯合");
            if (!w->single_homozygous && !hw_field_is(value, "partial|unknown")) {
                (void)HW_FAIL(w->err, HW_PARSE, "expected \"# single: homozygous\" or \"# single: partial\"");
                return bad_header(w, SIZE_MAX, "single");
            }
        } else if (hw_field_is(key, "synthetic")) {
            w->mark_synthetic = hw_field_is(value, "yes|true|1|是");
        }
    }
    w->people.d->synthetic |= w->mark_synthetic;
    return HW_OK;
}

static hw_status read_header(wide *w)
{
    bool more = false;
    size_t bad = SIZE_MAX;
    hw_status status = hw_rows_next(&w->rows, &more, w->err);
    if (status == HW_OK && !more) {
        status = HW_FAIL(w->err, HW_PARSE, "expected a header line, found the end of the file");
    }
    w->n_header = w->rows.n;
    if (status == HW_OK) {
        status = hw_people_header(&w->people, &bad, w->err);
    }
    if (status == HW_OK && w->people.at[HW_COLUMN_ID] == SIZE_MAX && w->people.at[HW_COLUMN_PERSON] == SIZE_MAX) {
        status = HW_FAIL(w->err, HW_PARSE, "expected a column \"sample\" or \"person\" in the header");
    }
    if (status != HW_OK) {
        return bad_header(w, bad, "header");
    }
    HW_TRY(plan_loci(w));
    if (w->n_plan == 0 && !w->people.has_families) {
        (void)HW_FAIL(w->err, HW_PARSE, "expected columns of loci (such as D8S1179.1 and D8S1179.2) or of relations, found neither");
        return bad_header(w, SIZE_MAX, "header");
    }
    return HW_OK;
}

static void tell(wide *w)
{
    const char *file = w->people.in->name;
    if (w->n_off_ladder > 0) {
        hw_dataset_note(w->people.d, file, 0, "%zu off-ladder alleles (OL) read as not known", w->n_off_ladder);
    }
    if (w->n_single > 0) {
        hw_dataset_note(w->people.d, file, 0,
                        "%zu genotypes have one allele beside an empty cell and are read as one allele known; if the file writes "
                        "homozygotes so, put the line \"# single: homozygous\" on top",
                        w->n_single);
    }
}

static hw_status read_wide(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err)
{
    HW_CLEANUP(wide_release) wide w = {.err = err};
    hw_rows_init(&w.rows, in->data, in->size, 0);
    hw_people_init(&w.people, in, o, d, &w.rows, err);
    HW_TRY(read_comments(&w));
    HW_TRY(read_header(&w));
    for (;;) {
        bool more = false;
        size_t bad = SIZE_MAX;
        hw_status status = hw_rows_next(&w.rows, &more, err);
        if (status == HW_OK && !more) {
            break;
        }
        bad = w.rows.bad;
        if (status == HW_OK) {
            status = read_row(&w, &bad);
        }
        if (status != HW_OK) {
            char name[80] = "";
            hw_rows header;
            bool named = bad < w.n_header && hw_rows_peek(&header, in->data, in->size) && bad < header.n;
            if (bad < w.n_header) {
                if (named) {
                    hw_field_copy(header.field[bad], name, sizeof name);
                }
                hw_rows_release(&header);
            }
            HW_TRY(hw_people_bad(&w.people, bad, named ? name : NULL));
        }
    }
    HW_TRY(hw_people_finish(&w.people));
    tell(&w);
    return HW_OK;
}

static int detect_wide(const hw_format_input *in)
{
    hw_rows r;
    int score = 0;
    if (hw_rows_peek(&r, in->data, in->size)) {
        bool named = false, related = false;
        size_t loci = 0;
        for (size_t i = 0; i < r.n; i++) {
            hw_person_column c;
            candidate k;
            if (hw_person_column_find(r.field[i], &c)) {
                named |= c == HW_COLUMN_ID || c == HW_COLUMN_PERSON;
                related |= c == HW_COLUMN_RELATION || c == HW_COLUMN_FATHER || c == HW_COLUMN_MOTHER;
            } else {
                read_candidate(r.field[i], &k);
                loci += k.known || (k.slot > 0 && k.base[0] != '\0');
            }
        }
        score = !named || hw_long_table_is(&r) ? 0 : loci > 0 ? 75 : related ? 65 : r.n > 1 ? 5 : 0;
    }
    hw_rows_release(&r);
    return score;
}

const hw_format hw_format_csv_wide = {
    .id = HW_FORMAT_CSV_WIDE,
    .name = "csv-wide",
    .title = "profiles and families, one row per person",
    .extensions = "csv|tsv|txt",
    .max_bytes = HW_FORMAT_MAX_PROFILE_BYTES,
    .detect = detect_wide,
    .read = read_wide,
    .write = hw_csv_output_write,
};
