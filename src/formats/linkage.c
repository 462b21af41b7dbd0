// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Reading .ped: which column is what, one person per line, then the families. */
#include "formats/linkage.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "formats/relations.h"

#define MAX_PERSONS ((size_t)5000000)

/* One person of the file. */
typedef struct entry {
    const char *family, *id, *father, *mother; /* NULL: none stated */
    hw_sex sex;
    hw_profile *profile; /* NULL: untyped */
    uint32_t line;
    uint32_t next;       /* next of the same family, plus 1 */
} entry;

typedef struct ped_reader {
    const hw_linkage_input *in;
    hw_format_options *o;
    hw_dataset *d;
    hw_err *err;
    linkage_lines lines;
    linkage_columns columns;   /* of the markers, in order; and others of a .dat */
    bool has_family, has_affection, slashes, header;
    uint32_t first;            /* column of the first marker */
    uint32_t *locus;           /* panel index by marker */
    entry *person;
    size_t n, cap;
    hw_map family;             /* code -> first entry, plus 1 */
    hw_map last;               /* code -> last entry */
    const hw_population *population;
} ped_reader;

/* --- which column is what --- */

static uint32_t header_column(const linkage_lines *l, const char *a, const char *b, const char *c)
{
    for (uint32_t i = 0; i < l->n; i++) {
        if (linkage_token_is(l->token[i], a) || linkage_token_is(l->token[i], b) || linkage_token_is(l->token[i], c)) {
            return i;
        }
    }
    return UINT32_MAX;
}

/* "famid id fid mid sex MARKER ...": the columns in this order, the first may lack. */
static bool is_header(const linkage_lines *l, bool *ret_family)
{
    uint32_t id = header_column(l, "id", "iid", "#id"), fid = header_column(l, "fid", "father", "pid"),
             mid = header_column(l, "mid", "mother", "mid"), sex = header_column(l, "sex", "gender", "sex");
    uint32_t famid = header_column(l, "famid", "family", "#famid");
    *ret_family = famid == 0;
    return id != UINT32_MAX && id == (famid == 0 ? 1u : 0u) && fid == id + 1 && mid == id + 2 && sex == id + 3;
}

static bool has_tabs(const char *data, size_t size)
{
    size_t n = 0;
    while (n < size && data[n] != '\n' && data[n] != '\r') {
        n++;
    }
    return memchr(data, '\t', n) != NULL;
}

static hw_status add_marker(ped_reader *r, const char *name, size_t n)
{
    HW_TRY(HW_GROW(r->columns.column, (size_t)r->columns.n, r->columns.cap, LINKAGE_MAX_TOKENS, "markers", r->err));
    char *copy = hw_arena_strndup(&r->d->arena, name, n);
    if (copy == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    r->columns.column[r->columns.n++] = (linkage_column){'M', copy, HW_LOCUS_AUTO};
    r->columns.n_markers++;
    return HW_OK;
}

static bool slash(linkage_token t)
{
    return memchr(t.s, '/', t.n) != NULL;
}

/* Columns after the five fixed ones: the .dat says, or the .map with an affection column where the count asks for one, or nobody. */
static hw_status plain_layout(ped_reader *r)
{
    const linkage_lines *l = &r->lines;
    r->has_family = true;
    r->first = 5;
    if (l->n < 6) {
        return HW_FAIL(r->err, HW_PARSE, "%u columns; expected family, id, father, mother, sex and genotypes", l->n);
    }
    r->slashes = slash(l->token[l->n - 1]);
    uint32_t rest = l->n - 5, width = r->slashes ? 1 : 2;
    if (r->in->dat != NULL) {
        uint32_t wanted = 0;
        for (uint32_t i = 0; i < r->columns.n; i++) {
            wanted += r->columns.column[i].type == 'M' ? width : r->columns.column[i].type == '2' ? 2 : 1;
        }
        if (rest != wanted) {
            return HW_FAIL(r->err, HW_PARSE, "%u columns after the sex; %s describes %u", rest, r->in->dat->name, wanted);
        }
        return HW_OK;
    }
    uint32_t markers = r->columns.n_markers;
    if (r->in->map != NULL) {
        r->has_affection = rest == markers * width + 1;
        if (rest != markers * width && !r->has_affection) {
            return HW_FAIL(r->err, HW_PARSE, "%u columns after the sex; %s lists %u markers", rest, r->in->map->name, markers);
        }
        r->first += r->has_affection;
        return HW_OK;
    }
    if (r->slashes) {
        r->has_affection = !slash(l->token[5]);
    } else {
        r->has_affection = rest % 2 == 1;
    }
    r->first += r->has_affection;
    markers = (l->n - r->first) / width;
    for (uint32_t i = 0; i < markers; i++) {
        char name[32];
        int n = snprintf(name, sizeof name, "marker %u", i + 1);
        HW_TRY(add_marker(r, name, (size_t)n));
    }
    hw_dataset_note(r->d, r->in->ped->name, 1,
                    "no .map or .dat beside this file names its %u markers: they are called \"marker 1\" and so on, and fit no frequency table", markers);
    return HW_OK;
}

static hw_status layout(ped_reader *r)
{
    linkage_lines *l = &r->lines;
    if (is_header(l, &r->has_family)) {
        r->header = r->slashes = true;
        r->first = r->has_family ? 5 : 4;
        hw_locus_kind kinds[HW_PANEL_MAX] = {HW_LOCUS_AUTO};
        bool mapped = r->in->dat == NULL && r->in->map != NULL && r->columns.n_markers == l->n - r->first && l->n - r->first <= HW_PANEL_MAX;
        for (uint32_t i = 0; mapped && i < r->columns.n; i++) {
            kinds[i] = r->columns.column[i].kind;
        }
        r->columns.n = r->columns.n_markers = 0; /* the header names the markers; the .map adds the chromosome */
        for (uint32_t i = r->first; i < l->n; i++) {
            if (l->token[i].n == 0 || l->token[i].n > 100) {
                return HW_FAIL(r->err, HW_PARSE, "column %u of the header has no name, or one of more than 100 bytes", i + 1);
            }
            HW_TRY(add_marker(r, l->token[i].s, l->token[i].n));
            r->columns.column[r->columns.n - 1].kind = mapped ? kinds[i - r->first] : HW_LOCUS_AUTO;
        }
    } else {
        HW_TRY(plain_layout(r));
    }
    if (r->columns.n_markers > HW_PANEL_MAX) {
        return HW_FAIL(r->err, HW_LIMIT, "%u markers; at most %d are read", r->columns.n_markers, HW_PANEL_MAX);
    }
    r->locus = HW_NEW(&r->d->arena, uint32_t, r->columns.n_markers);
    if (r->locus == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    for (uint32_t i = 0, k = 0; i < r->columns.n; i++) {
        if (r->columns.column[i].type != 'M') {
            continue;
        }
        HW_TRY(hw_panel_add(&r->d->panel, r->columns.column[i].name, r->columns.column[i].kind, &r->locus[k], r->err));
        for (uint32_t j = 0; j < k; j++) {
            if (r->locus[j] == r->locus[k]) {
                return HW_FAIL(r->err, HW_CONFLICT, "the marker %s is listed twice", r->columns.column[i].name);
            }
        }
        k++;
    }
    return HW_OK;
}

/* --- one person --- */

static hw_status code(ped_reader *r, linkage_token t, const char *what, const char **ret)
{
    if (t.n == 0 || t.n > 255) {
        return HW_FAIL(r->err, HW_PARSE, "expected %s, 1 to 255 bytes", what);
    }
    char *s = hw_arena_strndup(&r->d->arena, t.s, t.n);
    if (s == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    *ret = s;
    return HW_OK;
}

static hw_status parent_code(ped_reader *r, linkage_token t, const char *what, const char **ret)
{
    bool none = t.n == 0 || (t.n == 1 && (t.s[0] == '0' || t.s[0] == '.' || t.s[0] == '*')) || linkage_token_is(t, "na");
    return none ? HW_OK : code(r, t, what, ret);
}

static hw_status token_allele(ped_reader *r, const char *s, size_t n, hw_allele *ret)
{
    return hw_field_allele((hw_field){s, (uint32_t)n, 0}, ret, r->err);
}

/* The genotype at token i; one token "a/b" or two. */
static hw_status genotype(ped_reader *r, uint32_t i, uint32_t marker, hw_profile *p)
{
    const linkage_lines *l = &r->lines;
    linkage_token t = i < l->n ? l->token[i] : (linkage_token){"", 0, 0};
    hw_allele a[2] = {HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN};
    unsigned given = 2;
    if (r->slashes) {
        const char *cut = t.n > 0 ? memchr(t.s, '/', t.n) : NULL;
        given = cut != NULL ? 2 : 1;
        HW_TRY(token_allele(r, t.s, cut != NULL ? (size_t)(cut - t.s) : t.n, &a[0]));
        if (cut != NULL) {
            HW_TRY(token_allele(r, cut + 1, t.n - (size_t)(cut - t.s) - 1, &a[1]));
        }
    } else {
        HW_TRY(token_allele(r, t.s, t.n, &a[0]));
        HW_TRY(token_allele(r, l->token[i + 1].s, l->token[i + 1].n, &a[1]));
    }
    hw_allele known[2];
    unsigned n = 0;
    for (unsigned k = 0; k < 2; k++) {
        if (a[k] != HW_ALLELE_UNKNOWN) {
            known[n++] = a[k];
        }
    }
    if (n == 0) {
        return HW_OK;
    }
    /* a male's one allele at an X or Y locus is all he has; elsewhere the other one is not known */
    hw_locus_kind kind = r->d->panel.locus[r->locus[marker]].kind;
    bool single = kind == HW_LOCUS_Y || (kind == HW_LOCUS_X && p->sex == HW_SEX_MALE);
    return hw_profile_set(p, &r->d->arena, &r->d->panel, r->locus[marker], known, n, n == 1 && given == 2 && !single, r->err);
}

static hw_status read_person(ped_reader *r, entry *e, uint32_t *ret_column)
{
    const linkage_lines *l = &r->lines;
    uint32_t at = 0, width = r->slashes ? 1 : 2;
    *ret_column = 0;
    uint32_t wanted = r->first;
    for (uint32_t i = 0; i < r->columns.n; i++) {
        wanted += r->columns.column[i].type == 'M' ? width : r->columns.column[i].type == '2' ? 2 : 1;
    }
    if (r->header ? l->n < r->first || l->n > wanted : l->n != wanted) {
        return HW_FAIL(r->err, HW_PARSE, "%u columns; the first line has %u", l->n, wanted);
    }
    e->line = l->line;
    if (r->has_family) {
        HW_TRY(code(r, l->token[at], "the code of a family", &e->family));
        *ret_column = ++at;
    }
    HW_TRY(code(r, l->token[at], "the code of a person", &e->id));
    *ret_column = ++at;
    HW_TRY(parent_code(r, l->token[at], "the code of the father", &e->father));
    *ret_column = ++at;
    HW_TRY(parent_code(r, l->token[at], "the code of the mother", &e->mother));
    *ret_column = ++at;
    if (!linkage_token_is(l->token[at], "3") && !linkage_token_is(l->token[at], "9") && !linkage_token_is(l->token[at], "-9")) {
        HW_TRY(hw_sex_parse(l->token[at].s, l->token[at].n, &e->sex, r->err));
    }
    hw_profile *p = hw_profile_new(&r->d->arena, e->id, (uint32_t)r->d->panel.n);
    if (p == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    p->sex = e->sex;
    p->line = e->line;
    p->family = e->family;
    uint32_t token = r->first, marker = 0;
    for (uint32_t i = 0; i < r->columns.n; i++) {
        char type = r->columns.column[i].type;
        *ret_column = token;
        if (type == 'M') {
            HW_TRY(genotype(r, token, marker++, p));
        }
        token += type == 'M' ? width : type == '2' ? 2 : 1;
    }
    if (e->family != NULL && hw_str_starts(e->family, HW_FORMAT_SYNTHETIC_CODE)) {
        p->synthetic = r->d->synthetic = true;
    }
    e->profile = hw_profile_typed(p, &r->d->panel, HW_LOCUS_AUTO) > 0 ? p : NULL;
    return HW_OK;
}

static hw_status keep_person(ped_reader *r, entry e)
{
    const char *family = e.family != NULL ? e.family : "";
    HW_TRY(HW_GROW(r->person, r->n, r->cap, MAX_PERSONS, "persons", r->err));
    uint64_t last;
    if (hw_map_get(&r->last, family, &last)) {
        r->person[last].next = (uint32_t)r->n + 1;
    } else {
        HW_TRY(hw_map_put(&r->family, family, r->n + 1, r->err));
    }
    HW_TRY(hw_map_put(&r->last, family, r->n, r->err));
    r->person[r->n++] = e;
    return HW_OK;
}

static hw_status read_persons(ped_reader *r)
{
    linkage_lines *l = &r->lines;
    bool more = true, first = true;
    while (true) {
        hw_status s = linkage_lines_next(l, false, &more, r->err);
        if (s == HW_OK && !more) {
            return HW_OK;
        }
        if (s == HW_OK && first) {
            first = false;
            s = layout(r);
            if (s == HW_OK && r->header) {
                continue;
            }
        }
        if (s != HW_OK) {
            hw_err_prefix(r->err, "%s, line %u: ", r->in->ped->name, l->line);
            return s;
        }
        if (l->token[0].s[0] == '#' && l->token[0].n > 0) {
            continue;
        }
        entry e = {0};
        uint32_t column = 0;
        if (read_person(r, &e, &column) != HW_OK) {
            uint32_t place = column < l->n ? l->token[column].column : 0;
            HW_TRY(hw_format_bad(r->in->ped, r->o,
                                 &(hw_format_where){.line = l->line, .column = place, .record = l->data + l->start, .record_len = l->end - l->start},
                                 r->err));
            continue;
        }
        HW_TRY(keep_person(r, e));
    }
}

/* --- families --- */

static bool named_missing(const char *id)
{
    const char *word = "missing";
    for (; *word != '\0'; word++, id++) {
        if ((*id | 0x20) != *word) {
            return false;
        }
    }
    return true;
}

uint32_t linkage_missing(const hw_pedigree *ped, const hw_profile *const *profile, uint32_t *ret)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < ped->n; i++) {
        if (profile[i] == NULL && named_missing(ped->person[i].id)) {
            ret[n++] = i;
        }
    }
    for (uint32_t i = 0, by_name = n; by_name == 0 && i < ped->n; i++) {
        bool parent = false;
        for (size_t k = 0; k < ped->n && !parent; k++) {
            parent = ped->person[k].father == (int32_t)i || ped->person[k].mother == (int32_t)i;
        }
        bool child = ped->person[i].father >= 0 || ped->person[i].mother >= 0;
        if (profile[i] == NULL && !parent && child) {
            ret[n++] = i;
        }
    }
    return n;
}

static hw_status build_pedigree(ped_reader *r, uint32_t first, hw_pedigree *ped)
{
    for (uint32_t i = first; i != 0; i = r->person[i - 1].next) {
        const entry *e = &r->person[i - 1];
        uint32_t at;
        if (hw_pedigree_add(ped, e->id, e->sex, &at, r->err) != HW_OK) {
            hw_err_prefix(r->err, "line %u: ", e->line);
            return r->err->code;
        }
    }
    uint32_t child = 0;
    for (uint32_t i = first; i != 0; i = r->person[i - 1].next, child++) {
        const entry *e = &r->person[i - 1];
        const char *codes[2] = {e->father, e->mother};
        int32_t parents[2] = {-1, -1};
        for (int k = 0; k < 2; k++) {
            uint32_t at;
            if (codes[k] == NULL) {
                continue;
            }
            if (!hw_pedigree_find(ped, codes[k], &at)) {
                return HW_FAIL(r->err, HW_PARSE, "line %u: the %s \"%.60s\" of \"%.60s\" has no line of its own in the family", e->line,
                               k == 0 ? "father" : "mother", codes[k], e->id);
            }
            parents[k] = (int32_t)at;
        }
        HW_TRY(hw_pedigree_set_parents(ped, child, parents[0], parents[1], r->err));
    }
    return hw_pedigree_check(ped, r->err);
}

/* The id of a profile: the person's code where there are no families, else family/person; free in the dataset. */
static hw_status profile_id(ped_reader *r, hw_profile *p)
{
    const char *family = p->family != NULL ? p->family : r->in->ped->name;
    const char *id = p->family != NULL ? hw_arena_printf(&r->d->arena, "%s/%s", family, p->person) : p->person;
    for (unsigned k = 2; id != NULL && hw_dataset_find_profile(r->d, id) != NULL; k++) {
        id = hw_arena_printf(&r->d->arena, "%s/%s/%u", family, p->person, k);
    }
    if (id == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    p->id = id;
    return HW_OK;
}

static hw_status make_case(ped_reader *r, const char *id, hw_pedigree *ped, const hw_profile *const *profile)
{
    hw_dataset *d = r->d;
    size_t index, n = ped->n;
    HW_TRY(hw_dataset_add_case(d, id, &index, r->err));
    hw_case *c = &d->kase[index];
    c->hypothesis = HW_NEW(&d->arena, hw_pedigree, 1);
    c->profile = HW_NEW(&d->arena, hw_profile *, n);
    c->loci = HW_NEW(&d->arena, uint32_t, r->columns.n_markers);
    if (c->hypothesis == NULL || c->profile == NULL || c->loci == NULL) {
        d->n_cases--;
        return HW_NO_MEMORY_FAIL(r->err);
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t at;
        if (profile[i] != NULL && hw_map_get(&d->profile_by_id, profile[i]->id, &at)) {
            c->profile[c->n_profiles++] = d->profile[at];
        }
    }
    memcpy(c->loci, r->locus, r->columns.n_markers * sizeof *c->loci);
    c->n_loci = r->columns.n_markers;
    c->population = r->population;
    c->hypothesis[0] = *ped;
    hw_pedigree_init(ped); /* it belongs to the case now */
    c->hypothesis[0].name = "as stated";
    c->n_hypotheses = 1;
    return HW_OK;
}

static hw_status make_family(ped_reader *r, const char *id, hw_pedigree *ped, const hw_profile **profile, uint32_t *missing, uint32_t n_missing)
{
    size_t index;
    HW_TRY(hw_dataset_add_family(r->d, id, &index, r->err));
    hw_family *f = &r->d->family[index];
    hw_pedigree_release(&f->pedigree);
    f->pedigree = *ped;
    hw_pedigree_init(ped);
    f->profile = profile;
    f->missing = missing;
    f->n_missing = n_missing;
    return HW_OK;
}

static hw_status build_family(ped_reader *r, const char *code_of_family, uint32_t first, hw_pedigree *ped)
{
    hw_dataset *d = r->d;
    HW_TRY(build_pedigree(r, first, ped));
    const hw_profile **profile = HW_NEW(&d->arena, const hw_profile *, ped->n);
    uint32_t *missing = HW_NEW(&d->arena, uint32_t, ped->n);
    const char *id = code_of_family[0] != '\0' ? hw_arena_strdup(&d->arena, code_of_family) : hw_text_stem(&d->arena, r->in->ped->name);
    if (profile == NULL || missing == NULL || id == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    bool alone = ped->n == 1;
    uint32_t at = 0;
    for (uint32_t i = first; i != 0; i = r->person[i - 1].next, at++) {
        hw_profile *p = r->person[i - 1].profile;
        if (p != NULL) {
            HW_TRY(profile_id(r, p));
            p->sex = ped->person[at].sex; /* the pedigree may know more */
            bool child = alone && r->o->role == HW_FORMAT_ROLE_CHILDREN;
            HW_TRY(child ? hw_dataset_add_child(d, p, r->err) : hw_dataset_add_profile(d, p, r->err));
            profile[at] = p;
        }
    }
    if (alone && profile[0] != NULL) {
        return HW_OK;
    }
    uint32_t n_missing = linkage_missing(ped, profile, missing), line = r->person[first - 1].line;
    if (n_missing > 0) {
        bool by_name = named_missing(ped->person[missing[0]].id);
        if (!by_name) {
            hw_dataset_note(d, r->in->ped->name, line, "family \"%.60s\": taken as missing: \"%.60s\"%s (untyped, without children)", id,
                            ped->person[missing[0]].id, n_missing > 1 ? " and others" : "");
        }
        HW_TRY(make_family(r, id, ped, profile, missing, n_missing));
        d->family[d->n_families - 1].line = line;
        return HW_OK;
    }
    hw_dataset_note(d, r->in->ped->name, line, "family \"%.60s\" has nobody missing: read as a case with one hypothesis", id);
    HW_TRY(make_case(r, id, ped, profile));
    d->kase[d->n_cases - 1].line = line;
    return HW_OK;
}

static hw_status build_families(ped_reader *r)
{
    for (size_t i = 0; i < r->family.count; i++) {
        const char *id = r->family.entries[i].key;
        uint32_t first = (uint32_t)r->family.entries[i].value;
        hw_pedigree ped;
        hw_pedigree_init(&ped);
        hw_status s = build_family(r, id, first, &ped);
        hw_pedigree_release(&ped);
        if (s != HW_OK) {
            hw_err_prefix(r->err, "family \"%.60s\": ", id);
            HW_TRY(hw_format_bad(r->in->ped, r->o, &(hw_format_where){.line = r->person[first - 1].line, .record = id, .record_len = strlen(id)},
                                 r->err));
        }
    }
    return HW_OK;
}

static hw_status read_all(ped_reader *r)
{
    if (r->in->dat != NULL) {
        HW_TRY(linkage_read_dat(r->in->dat, r->d, &r->columns, r->err));
    } else if (r->in->map != NULL) {
        HW_TRY(linkage_read_map(r->in->map, r->d, &r->columns, r->err));
    }
    if (r->in->freq != NULL) {
        size_t before = r->d->n_populations;
        HW_TRY(linkage_read_freq(r->in->freq, r->o, r->d, r->err));
        r->population = r->d->n_populations > before ? r->d->population[before] : NULL;
    }
    HW_TRY(read_persons(r));
    return build_families(r);
}

hw_status hw_linkage_read(const hw_linkage_input *in, hw_format_options *o, hw_dataset *d, hw_err *err)
{
    ped_reader r = {.in = in, .o = o, .d = d, .err = err};
    linkage_lines_init(&r.lines, in->ped->data, in->ped->size, has_tabs(in->ped->data, in->ped->size));
    hw_map_init(&r.family, MAX_PERSONS);
    hw_map_init(&r.last, MAX_PERSONS);
    hw_status s = read_all(&r);
    linkage_lines_release(&r.lines);
    hw_map_release(&r.family);
    hw_map_release(&r.last);
    hw_free(r.columns.column);
    hw_free(r.person);
    return s;
}

/* --- the table of formats --- */

/* A file beside the .ped, decoded; empty when there is none. */
static hw_status companion(const char *path, const char *extension, hw_str *text, hw_str *name, hw_format_input *ret, bool *found, hw_err *err)
{
    const char *dot = strrchr(path, '.'), *cut = strrchr(path, '/');
    *found = false;
    if (dot == NULL || (cut != NULL && dot < cut)) {
        return HW_OK;
    }
    hw_str_addn(name, path, (size_t)(dot - path));
    hw_str_add(name, extension);
    HW_TRY(hw_str_check(name, err));
    if (!hw_file_exists(name->s)) {
        return HW_OK;
    }
    hw_text_encoding encoding;
    HW_TRY(hw_file_read(name->s, HW_FORMAT_MAX_BYTES, text, err));
    if (hw_text_decode(text, &encoding, err) != HW_OK) {
        hw_err_prefix(err, "%s: ", name->s);
        return err->code;
    }
    *ret = (hw_format_input){name->s, text->s, text->len};
    *found = true;
    return HW_OK;
}

static hw_status read_ped(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err)
{
    static const char *const extensions[3] = {".map", ".dat", ".freq"};
    hw_str text[3], name[3];
    hw_format_input input[3];
    bool found[3] = {false, false, false};
    hw_status s = HW_OK;
    for (int i = 0; i < 3; i++) {
        hw_str_init(&text[i], HW_FORMAT_MAX_BYTES * 2);
        hw_str_init(&name[i], 8192);
        if (s == HW_OK && o->companions) {
            s = companion(in->name, extensions[i], &text[i], &name[i], &input[i], &found[i], err);
        }
    }
    if (s == HW_OK) {
        hw_linkage_input all = {in, found[0] ? &input[0] : NULL, found[1] ? &input[1] : NULL, found[2] ? &input[2] : NULL};
        s = hw_linkage_read(&all, o, d, err);
    }
    for (int i = 0; i < 3; i++) {
        hw_str_release(&text[i]);
        hw_str_release(&name[i]);
    }
    return s;
}

static bool sex_code(linkage_token t)
{
    return t.n == 1 && t.s[0] >= '0' && t.s[0] <= '3';
}

static int detect(const hw_format_input *in)
{
    HW_CLEANUP(linkage_lines_release) linkage_lines l;
    size_t size = in->size < 65536 ? in->size : 65536;
    linkage_lines_init(&l, in->data, size, has_tabs(in->data, size));
    bool more, family;
    uint32_t columns = 0, rows = 0;
    for (int k = 0; k < 10; k++) {
        if (linkage_lines_next(&l, false, &more, NULL) != HW_OK || !more) {
            break;
        }
        if (k == 0 && is_header(&l, &family)) {
            return l.tabs || l.n > (family ? 5u : 4u) ? 95 : 60;
        }
        if (l.pos >= size && in->size > size) {
            break; /* a line cut by the window */
        }
        if (l.token[0].n > 0 && l.token[0].s[0] == '#') {
            continue;
        }
        if (l.n < 7 || !sex_code(l.token[4]) || (columns != 0 && l.n != columns)) {
            return 0;
        }
        columns = l.n;
        rows++;
    }
    return rows > 0 ? 50 : 0;
}

const hw_format hw_format_linkage = {
    .id = HW_FORMAT_LINKAGE,
    .name = "linkage",
    .title = "LINKAGE pedigree file (pre-makeped, MERLIN, pedtools)",
    .extensions = "ped",
    .max_bytes = HW_FORMAT_MAX_PROFILE_BYTES,
    .detect = detect,
    .read = read_ped,
    .write = linkage_write_ped,
};
