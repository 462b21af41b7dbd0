// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Familias .fam: lines and values, the persons and pedigrees of the main section, the case they make. */
#include "formats/familias.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "formats/text_input.h"

/* --- lines and values --- */

hw_status fam_fail(const fam_reader *f, uint32_t line, hw_status code, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return HW_FAIL(f->err, code, "%s, line %u: %s", f->in->name, line + 1, text);
}

hw_status fam_bad(fam_reader *f, uint32_t line, const char *record)
{
    if (!f->o->keep_good && hw_str_starts(f->err->msg, f->in->name)) {
        return f->err->code; /* the message names a nearer line already */
    }
    return hw_format_bad(f->in, f->o,
                         &(hw_format_where){.line = line + 1, .record = record, .record_len = record != NULL ? strlen(record) : 0}, f->err);
}

hw_status fam_next(fam_reader *f, const char *what, fam_line *ret)
{
    if (f->at >= f->n_lines) {
        return fam_fail(f, f->n_lines, HW_PARSE, "the file ends here; expected %s", what);
    }
    *ret = f->line[f->at++];
    return HW_OK;
}

const char *fam_unquote(fam_reader *f, fam_line l)
{
    while (l.n > 0 && (l.s[0] == ' ' || l.s[0] == '\t')) {
        l.s++;
        l.n--;
    }
    if (l.n >= 2 && l.s[0] == '"' && l.s[l.n - 1] == '"') {
        l.s++;
        l.n -= 2;
    }
    return hw_arena_strndup(&f->scratch, l.s, l.n);
}

hw_status fam_read_text(fam_reader *f, const char *what, const char **ret)
{
    fam_line l = {0};
    HW_TRY(fam_next(f, what, &l));
    if (l.n > 1000) {
        return fam_fail(f, f->at - 1, HW_LIMIT, "%s of %u bytes; at most 1000 are read", what, l.n);
    }
    const char *s = fam_unquote(f, l);
    if (s == NULL) {
        return HW_NO_MEMORY_FAIL(f->err);
    }
    *ret = s;
    return HW_OK;
}

hw_status fam_read_int(fam_reader *f, const char *what, int64_t low, int64_t high, int64_t *ret, fam_line *ret_rest)
{
    fam_line l = {0};
    HW_TRY(fam_next(f, what, &l));
    uint32_t end = l.n > 0 && l.s[0] == '-' ? 1 : 0;
    while (end < l.n && l.s[end] >= '0' && l.s[end] <= '9') {
        end++;
    }
    bool alone = end == l.n || (ret_rest != NULL && (l.s[end] == ' ' || l.s[end] == '\t'));
    int64_t x = 0;
    if (!alone || !hw_parse_int(l.s, end, &x)) {
        return fam_fail(f, f->at - 1, HW_PARSE, "expected %s (a whole number), found \"%.*s\"", what, (int)(l.n < 60 ? l.n : 60), l.s);
    }
    if (x < low || x > high) {
        bool count = x > high && hw_str_starts(what, "the number of");
        return fam_fail(f, f->at - 1, count ? HW_LIMIT : HW_PARSE, "%s is %lld; expected %lld to %lld", what, (long long)x, (long long)low,
                        (long long)high);
    }
    *ret = x;
    if (ret_rest != NULL) {
        *ret_rest = (fam_line){l.s + end, l.n - end};
    }
    return HW_OK;
}

/* A number as Windows in any country writes it: "1e-006", "0,001". */
static bool number_value(const char *s, size_t n, double *ret)
{
    char buf[64];
    if (n == 0 || n >= sizeof buf) {
        return false;
    }
    memcpy(buf, s, n);
    char *comma = memchr(buf, ',', n);
    if (comma != NULL) {
        *comma = '.';
    }
    return hw_parse_double(buf, n, ret);
}

hw_status fam_read_number(fam_reader *f, const char *what, double low, double high, double *ret)
{
    fam_line l = {0};
    double x;
    HW_TRY(fam_next(f, what, &l));
    if (!number_value(l.s, l.n, &x)) {
        return fam_fail(f, f->at - 1, HW_PARSE, "expected %s (a number), found \"%.*s\"", what, (int)(l.n < 60 ? l.n : 60), l.s);
    }
    if (!(x >= low && x <= high)) {
        char a[32], b[32], c[32];
        return fam_fail(f, f->at - 1, HW_PARSE, "%s is %s; expected %s to %s", what, hw_fmt_double(x, a), hw_fmt_double(low, b),
                        hw_fmt_double(high, c));
    }
    *ret = x;
    return HW_OK;
}

hw_status fam_read_bool(fam_reader *f, const char *what, bool *ret, fam_line *ret_rest)
{
    fam_line l = {0};
    HW_TRY(fam_next(f, what, &l));
    bool yes = l.n >= 6 && memcmp(l.s, "#TRUE#", 6) == 0, no = l.n >= 7 && memcmp(l.s, "#FALSE#", 7) == 0;
    if (!yes && !no) {
        return fam_fail(f, f->at - 1, HW_PARSE, "expected %s (#TRUE# or #FALSE#), found \"%.*s\"", what, (int)(l.n < 60 ? l.n : 60), l.s);
    }
    *ret = yes;
    if (ret_rest != NULL) {
        *ret_rest = (fam_line){l.s + (yes ? 6 : 7), l.n - (yes ? 6u : 7u)};
    }
    return HW_OK;
}

static const char *find_word(fam_line l, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= l.n; i++) {
        size_t k = 0;
        while (k < n && (l.s[i + k] | 0x20) == (word[k] | 0x20)) {
            k++;
        }
        if (k == n) {
            return l.s + i;
        }
    }
    return NULL;
}

bool fam_contains(fam_line l, const char *word)
{
    return find_word(l, word) != NULL;
}

bool fam_labelled(fam_line l, const char *label, double *ret)
{
    const char *at = find_word(l, label), *end = l.s + l.n;
    if (at == NULL) {
        return false;
    }
    at += strlen(label);
    while (at < end && (*at == ' ' || *at == '=' || *at == ':')) {
        at++;
    }
    const char *stop = at;
    while (stop < end && *stop != ' ' && *stop != ')' && *stop != ';' && *stop != '\t') {
        stop++;
    }
    return number_value(at, (size_t)(stop - at), ret);
}

static hw_status split_lines(fam_reader *f)
{
    const char *s = f->in->data, *end = s + f->in->size;
    size_t cap = 0, n = 0;
    while (s < end) {
        const char *e = s;
        while (e < end && *e != '\n' && *e != '\r') {
            e++;
        }
        const char *stop = e;
        while (stop > s && (stop[-1] == ' ' || stop[-1] == '\t')) {
            stop--;
        }
        HW_TRY(HW_GROW(f->line, n, cap, FAM_MAX_LINES, "lines", f->err));
        if ((size_t)(stop - s) > (1u << 20)) {
            return fam_fail(f, (uint32_t)n, HW_LIMIT, "a line of more than 1 MiB; is this a Familias file?");
        }
        f->line[n++] = (fam_line){s, (uint32_t)(stop - s)};
        f->n_lines = (uint32_t)n;
        s = e + (e + 1 < end && e[0] == '\r' && e[1] == '\n' ? 2 : 1);
    }
    return HW_OK;
}

/* --- small services --- */

const char *fam_stem(hw_dataset *d, const char *path)
{
    const char *stem = hw_text_stem(&d->arena, path);
    return stem == NULL || stem[0] != '\0' ? stem : "case";
}

const char *fam_free_id(hw_dataset *d, const char *prefix, const char *name)
{
    char *id = hw_arena_strdup(&d->arena, name);
    if (id == NULL || hw_dataset_find_profile(d, id) == NULL) {
        return id;
    }
    id = hw_arena_printf(&d->arena, "%s/%s", prefix, name);
    for (unsigned k = 2; id != NULL && hw_dataset_find_profile(d, id) != NULL; k++) {
        id = hw_arena_printf(&d->arena, "%s/%s/%u", prefix, name, k);
    }
    return id;
}

hw_status fam_join_twins(hw_pedigree *ped, uint32_t a, uint32_t b, uint32_t *n_groups, hw_err *err)
{
    if (a == b) {
        return HW_FAIL(err, HW_PARSE, "\"%s\" is stated to be identical with itself", ped->person[a].id);
    }
    uint32_t ga = ped->person[a].twin, gb = ped->person[b].twin;
    uint32_t group = ga != 0 ? ga : gb != 0 ? gb : ++*n_groups;
    for (size_t i = 0; i < ped->n; i++) {
        if (ga != 0 && gb != 0 && ped->person[i].twin == gb) {
            ped->person[i].twin = group;
        }
    }
    ped->person[a].twin = ped->person[b].twin = group;
    return HW_OK;
}

hw_status fam_settle(hw_pedigree *ped, hw_err *err)
{
    /* Of identical people the file states the parents of one: they are the parents of all. */
    for (size_t i = 0; i < ped->n; i++) {
        for (size_t j = 0; ped->person[i].twin != 0 && j < ped->n; j++) {
            hw_person *a = &ped->person[i], *b = &ped->person[j];
            if (i != j && a->twin == b->twin) {
                if (a->father < 0 && a->mother < 0) {
                    a->father = b->father;
                    a->mother = b->mother;
                }
                if (a->sex == HW_SEX_UNKNOWN) {
                    a->sex = b->sex;
                }
            }
        }
    }
    return hw_pedigree_check(ped, err);
}

/* --- the main section --- */

static hw_status read_person(fam_reader *f, fam_person *p)
{
    bool skipped, male;
    int64_t n;
    fam_line rest;
    p->line = f->at;
    HW_TRY(fam_read_text(f, "the name of a person", &p->name));
    if (p->name[0] == '\0') {
        return fam_fail(f, p->line, HW_PARSE, "a person without a name");
    }
    /* age and "is a child" bear on prior probabilities of pedigrees only, which Homeward does not take from a file */
    HW_TRY(fam_read_bool(f, "a flag of the person", &skipped, NULL));
    HW_TRY(fam_read_int(f, "the year of birth, or -1", INT32_MIN, INT32_MAX, &n, &rest));
    p->dropout = fam_contains(rest, "dropout");
    HW_TRY(fam_read_bool(f, "whether the person is a child", &skipped, NULL));
    HW_TRY(fam_read_bool(f, "whether the person is male", &male, NULL));
    p->sex = male ? HW_SEX_MALE : HW_SEX_FEMALE;
    HW_TRY(fam_read_int(f, "the number of genotypes", 0, FAM_MAX_LOCI, &n, NULL));
    for (int64_t i = 0; i < n; i++) {
        fam_typing *t = HW_NEW(&f->scratch, fam_typing, 1);
        if (t == NULL) {
            return HW_NO_MEMORY_FAIL(f->err);
        }
        t->line = f->at;
        HW_TRY(fam_read_int(f, "the index of the first allele", -1, FAM_MAX_ALLELES, &t->a, NULL));
        HW_TRY(fam_read_int(f, "the index of the second allele", -1, FAM_MAX_ALLELES, &t->b, NULL));
        HW_TRY(fam_read_int(f, "the index of the locus", 0, FAM_MAX_LOCI, &t->locus, NULL));
        if (p->last != NULL) {
            p->last->next = t;
        } else {
            p->first = t;
        }
        p->last = t;
    }
    return HW_OK;
}

static hw_status read_relations(fam_reader *f, fam_pedigree *ped, uint32_t n_people)
{
    int64_t n;
    HW_TRY(fam_read_int(f, "the number of relations", 0, 4 * (int64_t)FAM_MAX_PERSONS, &n, NULL));
    for (int64_t i = 0; i < n; i++) {
        fam_relation *r = HW_NEW(&f->scratch, fam_relation, 1);
        if (r == NULL) {
            return HW_NO_MEMORY_FAIL(f->err);
        }
        fam_line rest1, rest2;
        int64_t top = (int64_t)n_people - 1;
        r->line = f->at;
        HW_TRY(fam_read_int(f, "the index of a parent", 0, top, &r->parent_index, &rest1));
        HW_TRY(fam_read_int(f, "the index of a child", 0, top, &r->child_index, &rest2));
        r->direct = fam_contains(rest1, "direct") || fam_contains(rest2, "direct") || fam_contains(rest1, "identi");
        if (ped->last != NULL) {
            ped->last->next = r;
        } else {
            ped->first = r;
        }
        ped->last = r;
        ped->n_relations++;
    }
    return HW_OK;
}

static hw_status read_extras(fam_reader *f, fam_pedigree *ped)
{
    int64_t n;
    HW_TRY(fam_read_int(f, "the number of extra females", 0, HW_PEDIGREE_MAX, &n, NULL));
    ped->extra_females = (uint32_t)n;
    HW_TRY(fam_read_int(f, "the number of extra males", 0, HW_PEDIGREE_MAX, &n, NULL));
    ped->extra_males = (uint32_t)n;
    return HW_OK;
}

static hw_status read_header(fam_reader *f)
{
    const char *text;
    fam_line first;
    HW_TRY(fam_next(f, "the line \"Output from Familias, version ...\"", &first));
    if (!fam_contains(first, "Familias")) {
        return fam_fail(f, 0, HW_PARSE, "expected \"Output from Familias, version ...\": this is no Familias file");
    }
    HW_TRY(fam_read_text(f, "the line \"DO NOT EDIT!\"", &text));
    (void)hw_format_take_mark(text[0] == '(' ? text + 1 : text, &f->synthetic);
    HW_TRY(fam_read_text(f, "the version", &f->version));
    /* most versions have an empty line here, some go on at once with the number of persons */
    HW_TRY(fam_read_text(f, "an empty line or the number of persons", &text));
    if (text[0] != '\0') {
        f->at--;
    }
    return HW_OK;
}

static hw_status read_main(fam_reader *f)
{
    int64_t n;
    const char *text;
    HW_TRY(read_header(f));
    HW_TRY(fam_read_int(f, "the number of persons", 0, FAM_MAX_PERSONS, &n, NULL));
    f->n_persons = (uint32_t)n;
    f->person = HW_NEW(&f->scratch, fam_person *, (size_t)n);
    if (f->person == NULL) {
        return HW_NO_MEMORY_FAIL(f->err);
    }
    for (uint32_t i = 0; i < f->n_persons; i++) {
        f->person[i] = HW_NEW(&f->scratch, fam_person, 1);
        if (f->person[i] == NULL) {
            return HW_NO_MEMORY_FAIL(f->err);
        }
        HW_TRY(read_person(f, f->person[i]));
    }
    uint32_t here = f->at;
    HW_TRY(fam_read_text(f, "\"Known relations\"", &text));
    if (!hw_str_ieq(text, "Known relations")) {
        return fam_fail(f, here, HW_PARSE, "expected \"Known relations\", found \"%.60s\": a count above does not fit its lines", text);
    }
    HW_TRY(read_extras(f, &f->known));
    uint32_t people = f->n_persons + f->known.extra_females + f->known.extra_males;
    HW_TRY(read_relations(f, &f->known, people));
    HW_TRY(fam_read_int(f, "the number of pedigrees", 0, FAM_MAX_PEDIGREES, &n, NULL));
    f->n_pedigrees = (uint32_t)n;
    fam_pedigree **tail = &f->first_pedigree;
    for (uint32_t i = 0; i < f->n_pedigrees; i++) {
        fam_pedigree *ped = HW_NEW(&f->scratch, fam_pedigree, 1);
        if (ped == NULL) {
            return HW_NO_MEMORY_FAIL(f->err);
        }
        *tail = ped;
        tail = &ped->next;
        ped->line = f->at;
        HW_TRY(fam_read_int(f, "the index of a pedigree", 0, FAM_MAX_PEDIGREES, &n, NULL));
        HW_TRY(fam_read_text(f, "the name of a pedigree", &ped->name));
        HW_TRY(read_extras(f, ped));
        HW_TRY(read_relations(f, ped, people + ped->extra_females + ped->extra_males));
    }
    return HW_OK;
}

/* --- the case --- */

static hw_status add_extras(fam_reader *f, hw_pedigree *ped, uint32_t n, hw_sex sex)
{
    for (uint32_t i = 0; i < n; i++) {
        char name[64];
        uint32_t at, k = i + 1;
        do {
            snprintf(name, sizeof name, "extra %s %u", sex == HW_SEX_MALE ? "male" : "female", k++);
        } while (hw_pedigree_find(ped, name, &at));
        HW_TRY(hw_pedigree_add(ped, name, sex, &at, f->err));
    }
    return HW_OK;
}

static hw_status add_relations(fam_reader *f, hw_pedigree *ped, const fam_pedigree *draft, uint32_t *n_groups)
{
    for (const fam_relation *r = draft->first; r != NULL; r = r->next) {
        uint32_t parent = (uint32_t)r->parent_index, child = (uint32_t)r->child_index;
        hw_status s = r->direct ? fam_join_twins(ped, parent, child, n_groups, f->err) : hw_pedigree_add_parent(ped, child, parent, f->err);
        if (s != HW_OK) {
            hw_err_prefix(f->err, "%s, line %u: ", f->in->name, r->line + 1);
            return s;
        }
    }
    return HW_OK;
}

static hw_status build_hypothesis(fam_reader *f, const fam_pedigree *draft, hw_pedigree *ped)
{
    uint32_t at, groups = 0;
    for (uint32_t i = 0; i < f->n_persons; i++) {
        if (hw_pedigree_add(ped, f->person[i]->name, f->person[i]->sex, &at, f->err) != HW_OK) {
            hw_err_prefix(f->err, "%s, line %u: ", f->in->name, f->person[i]->line + 1);
            return f->err->code;
        }
    }
    HW_TRY(add_extras(f, ped, f->known.extra_females, HW_SEX_FEMALE));
    HW_TRY(add_extras(f, ped, f->known.extra_males, HW_SEX_MALE));
    if (draft != NULL) {
        HW_TRY(add_extras(f, ped, draft->extra_females, HW_SEX_FEMALE));
        HW_TRY(add_extras(f, ped, draft->extra_males, HW_SEX_MALE));
    }
    const char *name = draft != NULL && draft->name[0] != '\0' ? draft->name : draft != NULL ? "pedigree" : "known relations";
    ped->name = hw_arena_strdup(&f->d->arena, name);
    if (ped->name == NULL) {
        return HW_NO_MEMORY_FAIL(f->err);
    }
    HW_TRY(add_relations(f, ped, &f->known, &groups));
    if (draft != NULL) {
        HW_TRY(add_relations(f, ped, draft, &groups));
    }
    if (fam_settle(ped, f->err) != HW_OK) {
        hw_err_prefix(f->err, "%s, line %u, pedigree \"%.60s\": ", f->in->name, draft != NULL ? draft->line + 1 : 1, ped->name);
        return f->err->code;
    }
    return HW_OK;
}

static hw_status typing_to_profile(fam_reader *f, const fam_person *p, const fam_typing *t, hw_profile *profile)
{
    if (t->locus >= f->n_loci) {
        return fam_fail(f, t->line + 2, HW_PARSE, "locus number %lld; the database has %u (the first is 0)", (long long)t->locus, f->n_loci);
    }
    const fam_locus *l = &f->locus[t->locus];
    if (l->rejected) {
        return HW_OK;
    }
    const int64_t index[2] = {t->a, t->b};
    hw_allele a[2];
    unsigned n = 0;
    for (unsigned k = 0; k < 2; k++) {
        if (index[k] >= (int64_t)l->n) {
            return fam_fail(f, t->line + k, HW_PARSE, "allele number %lld of \"%.60s\" at %s; the database has %u (the first is 0)",
                            (long long)index[k], p->name, l->name, l->n);
        }
        if (index[k] >= 0) {
            a[n++] = l->allele[index[k]];
        }
    }
    if (hw_genotype_typed(hw_profile_at(profile, l->panel))) {
        return fam_fail(f, t->line, HW_CONFLICT, "\"%.60s\" is typed twice at %s", p->name, l->name);
    }
    return n == 0 ? HW_OK : hw_profile_set(profile, &f->d->arena, &f->d->panel, l->panel, a, n, n == 1, f->err);
}

static hw_status build_profiles(fam_reader *f)
{
    double dropout = 0;
    for (uint32_t l = 0; l < f->n_loci; l++) {
        dropout = f->locus[l].dropout > dropout ? f->locus[l].dropout : dropout;
    }
    for (uint32_t i = 0; i < f->n_persons; i++) {
        fam_person *p = f->person[i];
        if (p->first == NULL) {
            continue;
        }
        hw_profile *profile = hw_profile_new(&f->d->arena, p->name, (uint32_t)f->d->panel.n);
        if (profile == NULL) {
            return HW_NO_MEMORY_FAIL(f->err);
        }
        profile->sex = p->sex;
        profile->line = p->line + 1;
        profile->dropout = p->dropout ? dropout : 0;
        for (const fam_typing *t = p->first; t != NULL; t = t->next) {
            if (typing_to_profile(f, p, t, profile) != HW_OK) {
                HW_TRY(fam_bad(f, t->line, p->name));
            }
        }
        p->profile = profile;
    }
    return HW_OK;
}

static hw_status fill_case(fam_reader *f, size_t index)
{
    hw_dataset *d = f->d;
    uint32_t n = f->n_pedigrees > 0 ? f->n_pedigrees : 1, typed = 0;
    hw_case *c = &d->kase[index];
    c->line = 1;
    c->hypothesis = HW_NEW(&d->arena, hw_pedigree, n);
    c->loci = HW_NEW(&d->arena, uint32_t, f->n_loci);
    c->profile = HW_NEW(&d->arena, hw_profile *, f->n_persons);
    if (c->hypothesis == NULL || c->loci == NULL || c->profile == NULL) {
        return HW_NO_MEMORY_FAIL(f->err);
    }
    const fam_pedigree *draft = f->first_pedigree;
    for (uint32_t i = 0; i < n; i++) {
        hw_pedigree_init(&c->hypothesis[i]);
        c->n_hypotheses = i + 1;
        HW_TRY(build_hypothesis(f, draft, &c->hypothesis[i]));
        draft = draft != NULL ? draft->next : NULL;
    }
    for (uint32_t i = 0; i < f->n_persons; i++) {
        if (f->person[i]->profile != NULL) {
            c->profile[typed++] = f->person[i]->profile;
        }
    }
    c->n_profiles = typed;
    for (uint32_t l = 0; l < f->n_loci; l++) {
        if (!f->locus[l].rejected) {
            c->loci[c->n_loci++] = f->locus[l].panel;
        }
    }
    c->population = f->population;
    c->settings = f->settings;
    c->has_settings = true;
    return HW_OK;
}

/* Profiles that stand in no pedigree are a database for blind search: children, when the caller says so. */
static hw_status add_profiles(fam_reader *f, const char *stem, bool loose)
{
    bool children = loose && f->o->role == HW_FORMAT_ROLE_CHILDREN;
    for (uint32_t i = 0; i < f->n_persons; i++) {
        hw_profile *p = f->person[i]->profile;
        if (p == NULL) {
            continue;
        }
        p->id = fam_free_id(f->d, stem, p->person);
        if (p->id == NULL) {
            return HW_NO_MEMORY_FAIL(f->err);
        }
        HW_TRY(children ? hw_dataset_add_child(f->d, p, f->err) : hw_dataset_add_profile(f->d, p, f->err));
    }
    return HW_OK;
}

static hw_status build_case(fam_reader *f)
{
    hw_dataset *d = f->d;
    HW_TRY(build_profiles(f));
    const char *stem = fam_stem(d, f->in->name);
    if (stem == NULL) {
        return HW_NO_MEMORY_FAIL(f->err);
    }
    bool loose = f->n_pedigrees == 0 && f->known.first == NULL;
    HW_TRY(add_profiles(f, stem, loose));
    if (loose) {
        return HW_OK;
    }
    size_t index;
    HW_TRY(hw_dataset_add_case(d, stem, &index, f->err));
    hw_status s = fill_case(f, index);
    if (s != HW_OK) {
        hw_case *c = &d->kase[--d->n_cases];
        for (uint32_t h = 0; h < c->n_hypotheses; h++) {
            hw_pedigree_release(&c->hypothesis[h]);
        }
        return fam_bad(f, f->known.line, "the pedigrees");
    }
    return HW_OK;
}

/* --- the table of formats --- */

static hw_status read_all(fam_reader *f)
{
    HW_TRY(split_lines(f));
    HW_TRY(read_main(f));
    HW_TRY(fam_read_database(f));
    HW_TRY(build_case(f));
    return fam_read_sections(f);
}

static hw_status read_fam(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err)
{
    size_t max = o->max_bytes != 0 ? o->max_bytes : HW_FORMAT_MAX_BYTES;
    if (in->size > max) {
        return HW_FAIL(err, HW_LIMIT, "%s: %zu bytes; at most %zu are read", in->name, in->size, max);
    }
    fam_reader f = {.in = in, .o = o, .d = d, .err = err};
    hw_arena_init(&f.scratch, 0);
    hw_settings_init(&f.settings);
    size_t before = d->n_profiles;
    hw_status s = read_all(&f);
    if (f.synthetic) {
        hw_format_mark_synthetic(d, before);
    }
    hw_free(f.line);
    hw_arena_release(&f.scratch);
    if (s != HW_OK && !hw_str_starts(err->msg, in->name)) {
        hw_err_prefix(err, "%s: ", in->name);
    }
    return s;
}

static int detect(const hw_format_input *in)
{
    size_t n = in->size < 200 ? in->size : 200;
    fam_line head = {in->data, (uint32_t)n};
    const char *at = find_word(head, "Output from Familias");
    return at != NULL ? 100 : 0;
}

const hw_format hw_format_familias = {
    .id = HW_FORMAT_FAMILIAS,
    .name = "familias",
    .title = "Familias: cases, frequency database, DVI section",
    .extensions = "fam",
    .max_bytes = HW_FORMAT_MAX_BYTES,
    .detect = detect,
    .read = read_fam,
    .write = fam_write,
};
