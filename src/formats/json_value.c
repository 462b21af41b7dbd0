// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Checked access to the values of a JSON tree, and the parts that documents of both kinds share. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "formats/json_format.h"

#define MAX_STRING 65536u

const json_path json_root = {NULL, "$", 0};

/* --- places and failures --- */

static void add_path(const json_path *at, hw_str *b)
{
    if (at->up != NULL) {
        add_path(at->up, b);
    }
    if (at->key == NULL) {
        hw_str_addf(b, "[%zu]", at->index);
        return;
    }
    bool plain = at->key[0] != '\0' && strlen(at->key) <= 64;
    for (const char *c = at->key; *c != '\0' && plain; c++) {
        plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '_' || *c == '$';
    }
    if (plain) {
        hw_str_addf(b, "%s%s", at->up != NULL ? "." : "", at->key);
    } else {
        hw_str_addf(b, "[\"%.64s\"]", at->key);
    }
}

void json_path_text(const json_path *at, char *buf, size_t size)
{
    hw_str b;
    hw_str_init(&b, 4096);
    add_path(at, &b);
    snprintf(buf, size, "%s", b.failed == HW_OK && b.s != NULL ? b.s : "$");
    hw_str_release(&b);
}

hw_status json_fail(const json_reader *r, const json_path *at, hw_status code, const char *fmt, ...)
{
    char path[200], text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    json_path_text(at, path, sizeof path);
    return HW_FAIL(r->err, code, "%s: %s", path, text);
}

hw_status json_bad_record(json_reader *r, const json_path *at)
{
    char path[200];
    json_path_text(at, path, sizeof path);
    return hw_format_bad(r->in, r->o, &(hw_format_where){.field = NULL, .record = path, .record_len = strlen(path)}, r->err);
}

static const char *type_name(const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    default:
        return "null";
    }
}

static hw_status wrong_type(const json_reader *r, const json_path *at, const json_t *v, const char *expected)
{
    return json_fail(r, at, HW_PARSE, "expected %s, found %s", expected, type_name(v));
}

hw_status json_known_keys(const json_reader *r, const json_path *at, const json_t *obj, const char *keys)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)obj, key, value)
    {
        (void)value;
        if (hw_str_starts(key, "x-")) {
            continue;
        }
        size_t n = strlen(key);
        bool found = false;
        for (const char *k = keys; !found && *k != '\0';) {
            const char *end = strchr(k, '|');
            size_t len = end != NULL ? (size_t)(end - k) : strlen(k);
            found = len == n && memcmp(k, key, n) == 0;
            k += len + (end != NULL);
        }
        if (!found) {
            return json_fail(r, JSON_AT_KEY(at, key), HW_PARSE,
                             "no such key here; expected one of %s (a key of your own begins with x-)", keys);
        }
    }
    return HW_OK;
}

/* The member, or NULL when absent or null. */
static json_t *member(const json_t *obj, const char *key)
{
    json_t *v = json_object_get(obj, key);
    return v == NULL || json_typeof_is(v, JSON_NULL) ? NULL : v;
}

static hw_status absent(const json_reader *r, const json_path *at, bool required, const char *key, const char *what)
{
    return required ? json_fail(r, at, HW_PARSE, "the key \"%s\" is missing; expected %s", key, what) : HW_OK;
}

hw_status json_get_object(const json_reader *r, const json_path *at, const json_t *obj, const char *key, bool required, json_t **ret)
{
    json_t *v = member(obj, key);
    if (v == NULL) {
        return absent(r, at, required, key, "an object");
    }
    if (!json_typeof_is(v, JSON_OBJECT)) {
        return wrong_type(r, JSON_AT_KEY(at, key), v, "an object");
    }
    *ret = v;
    return HW_OK;
}

hw_status json_get_array(const json_reader *r, const json_path *at, const json_t *obj, const char *key, bool required, json_t **ret)
{
    json_t *v = member(obj, key);
    if (v == NULL) {
        return absent(r, at, required, key, "an array");
    }
    if (!json_typeof_is(v, JSON_ARRAY)) {
        return wrong_type(r, JSON_AT_KEY(at, key), v, "an array");
    }
    if (json_array_size(v) > HW_JSON_MAX_ARRAY) {
        return json_fail(r, JSON_AT_KEY(at, key), HW_LIMIT, "%zu entries; at most %zu are allowed", json_array_size(v), HW_JSON_MAX_ARRAY);
    }
    *ret = v;
    return HW_OK;
}

hw_status json_keep_string(const json_reader *r, const json_path *at, const json_t *value, const char **ret)
{
    if (!json_typeof_is(value, JSON_STRING)) {
        return wrong_type(r, at, value, "a string");
    }
    size_t n = json_string_length(value);
    if (n == 0 || n > MAX_STRING) {
        return json_fail(r, at, n == 0 ? HW_PARSE : HW_LIMIT, "expected a string of 1 to %u bytes, found %zu", MAX_STRING, n);
    }
    char *copy = hw_arena_strndup(&r->d->arena, json_string_value(value), n);
    if (copy == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    *ret = copy;
    return HW_OK;
}

hw_status json_get_string(const json_reader *r, const json_path *at, const json_t *obj, const char *key, bool required, const char **ret)
{
    json_t *v = member(obj, key);
    if (v == NULL) {
        return absent(r, at, required, key, "a string");
    }
    return json_keep_string(r, JSON_AT_KEY(at, key), v, ret);
}

hw_status json_number(const json_reader *r, const json_path *at, const json_t *value, double low, double high, double *ret)
{
    double x;
    if ((json_typeof_is(value, JSON_INTEGER) || json_typeof_is(value, JSON_REAL))) {
        x = json_number_value(value);
    } else if (json_typeof_is(value, JSON_STRING) && hw_streq(json_string_value(value), "inf")) {
        x = HUGE_VAL;
    } else if (json_typeof_is(value, JSON_STRING) && hw_streq(json_string_value(value), "-inf")) {
        x = -HUGE_VAL;
    } else {
        return wrong_type(r, at, value, "a number");
    }
    if (!(x >= low && x <= high)) {
        char a[32], b[32], c[32];
        return json_fail(r, at, HW_PARSE, "%s is not allowed here; expected a number from %s to %s", hw_fmt_double(x, a),
                         hw_fmt_double(low, b), hw_fmt_double(high, c));
    }
    *ret = x;
    return HW_OK;
}

hw_status json_get_number(const json_reader *r, const json_path *at, const json_t *obj, const char *key, double low, double high, double *ret)
{
    json_t *v = member(obj, key);
    return v == NULL ? HW_OK : json_number(r, JSON_AT_KEY(at, key), v, low, high, ret);
}

hw_status json_get_bool(const json_reader *r, const json_path *at, const json_t *obj, const char *key, bool *ret)
{
    json_t *v = member(obj, key);
    if (v == NULL) {
        return HW_OK;
    }
    if (!(json_typeof_is(v, JSON_TRUE) || json_typeof_is(v, JSON_FALSE))) {
        return wrong_type(r, JSON_AT_KEY(at, key), v, "true or false");
    }
    *ret = json_typeof_is(v, JSON_TRUE);
    return HW_OK;
}

hw_status json_get_sex(const json_reader *r, const json_path *at, const json_t *obj, hw_sex *ret)
{
    json_t *v = member(obj, "sex");
    if (v == NULL) {
        return HW_OK;
    }
    const char *s = json_typeof_is(v, JSON_STRING) ? json_string_value(v) : "";
    if (hw_streq(s, "M")) {
        *ret = HW_SEX_MALE;
    } else if (hw_streq(s, "F")) {
        *ret = HW_SEX_FEMALE;
    } else if (hw_streq(s, "U")) {
        *ret = HW_SEX_UNKNOWN;
    } else {
        return json_fail(r, JSON_AT_KEY(at, "sex"), HW_PARSE, "expected \"M\", \"F\" or \"U\"%s%.20s", s[0] != '\0' ? ", found " : "", s);
    }
    return HW_OK;
}

hw_status json_locus_name(const json_reader *r, const json_path *at, const char *name, const char **ret)
{
    uint32_t i;
    if (hw_panel_find(&r->d->panel, name, &i)) {
        *ret = r->d->panel.locus[i].name;
        return HW_OK;
    }
    const hw_locus_info *info = hw_locus_find(name);
    if (info != NULL) {
        *ret = info->name;
        return HW_OK;
    }
    if (name[0] == '\0' || strlen(name) > 1000) {
        return json_fail(r, at, HW_PARSE, "expected the name of a locus, 1 to 1000 bytes");
    }
    char *copy = hw_arena_strdup(&r->d->arena, name);
    if (copy == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    *ret = copy;
    return HW_OK;
}

/* --- alleles, genotypes, profiles --- */

hw_status json_allele(const json_reader *r, const json_path *at, const json_t *value, const char *silent, hw_allele *ret)
{
    char number[32];
    const char *s;
    if (json_typeof_is(value, JSON_NULL)) {
        *ret = HW_ALLELE_UNKNOWN;
        return HW_OK;
    }
    if (json_typeof_is(value, JSON_STRING)) {
        s = json_string_value(value);
    } else if ((json_typeof_is(value, JSON_INTEGER) || json_typeof_is(value, JSON_REAL))) {
        s = hw_fmt_double(json_number_value(value), number);
    } else {
        return wrong_type(r, at, value, "an allele (a string such as \"9.3\", or null)");
    }
    if (silent != NULL && hw_streq(s, silent)) {
        *ret = HW_ALLELE_SILENT;
        return HW_OK;
    }
    if (hw_allele_parse(s, strlen(s), ret, r->err) != HW_OK) {
        char path[200];
        json_path_text(at, path, sizeof path);
        hw_err_prefix(r->err, "%s: ", path);
        return r->err->code;
    }
    return HW_OK;
}

hw_status json_genotypes(const json_reader *r, const json_path *at, const json_t *obj, hw_locus_kind kind, const char *silent, hw_profile *p)
{
    const char *locus;
    json_t *list;
    json_object_foreach((json_t *)(uintptr_t)obj, locus, list)
    {
        const json_path *here = JSON_AT_KEY(at, locus);
        if (!json_typeof_is(list, JSON_ARRAY)) {
            return wrong_type(r, here, list, "an array of alleles");
        }
        size_t n = json_array_size(list);
        if (n > 8) {
            return json_fail(r, here, HW_PARSE, "%zu alleles; at most 8 are allowed at a locus", n);
        }
        uint32_t index;
        if (hw_panel_add(&r->d->panel, locus, kind, &index, r->err) != HW_OK) {
            hw_err_prefix(r->err, "%s: ", locus);
            return r->err->code;
        }
        if (hw_genotype_typed(hw_profile_at(p, index)) || hw_profile_extra(p, index) != NULL) {
            return json_fail(r, here, HW_CONFLICT, "the locus %s is typed twice in this profile (under two spellings)",
                             r->d->panel.locus[index].name);
        }
        hw_allele allele[8];
        unsigned known = 0;
        for (size_t i = 0; i < n; i++) {
            hw_allele a = HW_ALLELE_UNKNOWN;
            HW_TRY(json_allele(r, JSON_AT(here, i), json_array_get(list, i), silent, &a));
            if (a != HW_ALLELE_UNKNOWN) {
                allele[known++] = a;
            }
        }
        /* [a, null]: one allele known, the other not */
        bool partial = known == 1 && n >= 2;
        if (known > 0) {
            HW_TRY(hw_profile_set(p, &r->d->arena, &r->d->panel, index, allele, known, partial, r->err));
        }
    }
    return HW_OK;
}

hw_status json_profile(const json_reader *r, const json_path *at, const json_t *obj, hw_profile **ret, bool *ret_child)
{
    if (!json_typeof_is(obj, JSON_OBJECT)) {
        return wrong_type(r, at, obj, "a profile (an object)");
    }
    HW_TRY(json_known_keys(r, at, obj,
                           "id|person|family|category|kit|comment|mt|sex|synthetic|dropout|error|child|genotypes"));
    const char *id = NULL;
    HW_TRY(json_get_string(r, at, obj, "id", true, &id));
    hw_profile *p = hw_profile_new(&r->d->arena, id, (uint32_t)r->d->panel.n);
    if (p == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    HW_TRY(json_get_string(r, at, obj, "person", false, &p->person));
    HW_TRY(json_get_string(r, at, obj, "family", false, &p->family));
    HW_TRY(json_get_string(r, at, obj, "category", false, &p->category));
    HW_TRY(json_get_string(r, at, obj, "kit", false, &p->kit));
    HW_TRY(json_get_string(r, at, obj, "comment", false, &p->comment));
    HW_TRY(json_get_string(r, at, obj, "mt", false, &p->mt));
    HW_TRY(json_get_sex(r, at, obj, &p->sex));
    HW_TRY(json_get_bool(r, at, obj, "synthetic", &p->synthetic));
    r->d->synthetic |= p->synthetic;
    HW_TRY(json_get_number(r, at, obj, "dropout", 0, 1, &p->dropout));
    HW_TRY(json_get_number(r, at, obj, "error", 0, 1, &p->error));
    if (ret_child != NULL) {
        HW_TRY(json_get_bool(r, at, obj, "child", ret_child));
    }
    json_t *genotypes = NULL;
    HW_TRY(json_get_object(r, at, obj, "genotypes", false, &genotypes));
    if (genotypes != NULL) {
        HW_TRY(json_genotypes(r, JSON_AT_KEY(at, "genotypes"), genotypes, HW_LOCUS_AUTO, NULL, p));
    }
    *ret = p;
    return HW_OK;
}

/* --- pedigrees --- */

static hw_status parent_index(const json_reader *r, const json_path *at, const json_t *person, const char *key, const hw_pedigree *ped,
                              int32_t *ret)
{
    json_t *v = member(person, key);
    if (v == NULL) {
        return HW_OK;
    }
    uint32_t index;
    if (!json_typeof_is(v, JSON_STRING)) {
        return wrong_type(r, JSON_AT_KEY(at, key), v, "the id of a person, or null");
    }
    if (!hw_pedigree_find(ped, json_string_value(v), &index)) {
        return json_fail(r, JSON_AT_KEY(at, key), HW_PARSE, "no person \"%.60s\" is listed here: list every parent, or write null",
                         json_string_value(v));
    }
    *ret = (int32_t)index;
    return HW_OK;
}

hw_status json_individuals(const json_reader *r, const json_path *at, const json_t *array, const json_t *inbreeding, hw_pedigree *ret)
{
    size_t n = json_array_size(array);
    if (n == 0 || n > HW_PEDIGREE_MAX) {
        return json_fail(r, at, n == 0 ? HW_PARSE : HW_LIMIT, "%zu persons; expected 1 to %d", n, HW_PEDIGREE_MAX);
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *person = json_array_get(array, i);
        const json_path *here = JSON_AT(at, i);
        if (!json_typeof_is(person, JSON_OBJECT)) {
            return wrong_type(r, here, person, "a person (an object)");
        }
        HW_TRY(json_known_keys(r, here, person, "id|father|mother|sex|twin|inbreeding"));
        const char *id = NULL;
        hw_sex sex = HW_SEX_UNKNOWN;
        uint32_t index;
        double twin = 0, f = 0;
        HW_TRY(json_get_string(r, here, person, "id", true, &id));
        HW_TRY(json_get_sex(r, here, person, &sex));
        HW_TRY(json_get_number(r, here, person, "twin", 0, HW_PEDIGREE_MAX, &twin));
        HW_TRY(json_get_number(r, here, person, "inbreeding", 0, 1, &f));
        if (twin != floor(twin)) {
            return json_fail(r, JSON_AT_KEY(here, "twin"), HW_PARSE, "expected a whole number: the number of a group of identical twins");
        }
        if (hw_pedigree_add(ret, id, sex, &index, r->err) != HW_OK) {
            char path[200];
            json_path_text(here, path, sizeof path);
            hw_err_prefix(r->err, "%s: ", path);
            return r->err->code;
        }
        ret->person[index].twin = (uint32_t)twin;
        ret->person[index].inbreeding = f;
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *person = json_array_get(array, i);
        int32_t father = -1, mother = -1;
        HW_TRY(parent_index(r, JSON_AT(at, i), person, "father", ret, &father));
        HW_TRY(parent_index(r, JSON_AT(at, i), person, "mother", ret, &mother));
        HW_TRY(hw_pedigree_set_parents(ret, (uint32_t)i, father, mother, r->err));
    }
    if (inbreeding != NULL) {
        const char *id;
        json_t *value;
        json_object_foreach((json_t *)(uintptr_t)inbreeding, id, value)
        {
            uint32_t index;
            if (!hw_pedigree_find(ret, id, &index)) {
                return json_fail(r, at, HW_PARSE, "founder_inbreeding names \"%.60s\", who is not listed", id);
            }
            HW_TRY(json_number(r, at, value, 0, 1, &ret->person[index].inbreeding));
        }
    }
    if (hw_pedigree_check(ret, r->err) != HW_OK) {
        char path[200];
        json_path_text(at, path, sizeof path);
        hw_err_prefix(r->err, "%s: ", path);
        return r->err->code;
    }
    return HW_OK;
}

/* --- tables and settings --- */

static hw_status allele_list(const json_reader *r, const json_path *at, const json_t *obj, const char *silent, hw_allele **ret, uint32_t *ret_n)
{
    json_t *alleles = NULL;
    HW_TRY(json_get_array(r, at, obj, "alleles", true, &alleles));
    size_t n = json_array_size(alleles);
    const json_path *here = JSON_AT_KEY(at, "alleles");
    if (n == 0 || n > HW_JSON_MAX_ALLELES) {
        return json_fail(r, here, n == 0 ? HW_PARSE : HW_LIMIT, "%zu alleles; expected 1 to %d", n, HW_JSON_MAX_ALLELES);
    }
    hw_allele *a = HW_NEW(&r->d->arena, hw_allele, n);
    if (a == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    for (size_t i = 0; i < n; i++) {
        HW_TRY(json_allele(r, JSON_AT(here, i), json_array_get(alleles, i), silent, &a[i]));
    }
    *ret = a;
    *ret_n = (uint32_t)n;
    return HW_OK;
}

hw_status json_table(const json_reader *r, const json_path *at, const json_t *obj, const char *silent, hw_freq *f)
{
    json_t *freqs = NULL;
    HW_TRY(allele_list(r, at, obj, silent, &f->allele, &f->n));
    HW_TRY(json_get_array(r, at, obj, "frequencies", true, &freqs));
    if (json_array_size(freqs) != f->n) {
        return json_fail(r, JSON_AT_KEY(at, "frequencies"), HW_PARSE, "%zu frequencies for %u alleles", json_array_size(freqs), f->n);
    }
    f->freq = HW_NEW(&r->d->arena, double, f->n);
    if (f->freq == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    for (uint32_t i = 0; i < f->n; i++) {
        HW_TRY(json_number(r, JSON_AT(JSON_AT_KEY(at, "frequencies"), i), json_array_get(freqs, i), 0, 1, &f->freq[i]));
    }
    HW_TRY(json_get_number(r, at, obj, "chromosomes", 0, 1e12, &f->chromosomes));
    return json_get_number(r, at, obj, "fmin", 0, 1, &f->fmin);
}

static hw_status matrix_values(const json_reader *r, const json_path *at, const json_t *rows, uint32_t n, const double **ret)
{
    if (json_array_size(rows) != n) {
        return json_fail(r, at, HW_PARSE, "%zu rows for %u alleles", json_array_size(rows), n);
    }
    double *m = HW_NEW(&r->d->arena, double, (size_t)n * n);
    if (m == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    for (uint32_t i = 0; i < n; i++) {
        const json_t *row = json_array_get(rows, i);
        if (!json_typeof_is(row, JSON_ARRAY) || json_array_size(row) != n) {
            return json_fail(r, JSON_AT(at, i), HW_PARSE, "expected a row of %u numbers", n);
        }
        for (uint32_t j = 0; j < n; j++) {
            HW_TRY(json_number(r, JSON_AT(JSON_AT(at, i), j), json_array_get(row, j), 0, 1, &m[(size_t)i * n + j]));
        }
    }
    *ret = m;
    return HW_OK;
}

static hw_status transform_from_name(const json_reader *r, const json_path *at, const char *name, hw_mutation_transform *ret)
{
    static const char *const names[] = {"none", "MH", "BA", "PR", "PM"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (hw_streq(name, names[i])) {
            *ret = (hw_mutation_transform)i;
            return HW_OK;
        }
    }
    return json_fail(r, at, HW_PARSE, "no transform \"%.40s\"; expected none, MH, BA, PR or PM", name);
}

hw_status json_mutation(const json_reader *r, const json_path *at, const json_t *value, const hw_allele *alleles, uint32_t n_alleles,
                        const char *silent, hw_mutation *ret)
{
    *ret = (hw_mutation){0};
    if (value == NULL || json_typeof_is(value, JSON_NULL)) {
        return HW_OK;
    }
    if (!json_typeof_is(value, JSON_OBJECT)) {
        return wrong_type(r, at, value, "a mutation model (an object), or null");
    }
    HW_TRY(json_known_keys(r, at, value, "model|transform|rate|rate2|range|seed|alleles|matrix"));
    hw_mutation m = {0};
    const char *model = NULL, *transform = NULL;
    json_t *rows = NULL;
    HW_TRY(json_get_string(r, at, value, "model", true, &model));
    HW_TRY(json_get_string(r, at, value, "transform", false, &transform));
    HW_TRY(json_get_number(r, at, value, "rate", 0, 1, &m.rate));
    HW_TRY(json_get_number(r, at, value, "rate2", 0, 1, &m.rate2));
    HW_TRY(json_get_number(r, at, value, "range", 0, 1e6, &m.range));
    HW_TRY(json_get_array(r, at, value, "matrix", false, &rows));
    if (transform != NULL) {
        HW_TRY(transform_from_name(r, JSON_AT_KEY(at, "transform"), transform, &m.transform));
    }
    if (rows != NULL) {
        /* A matrix is used as it stands, whatever model and transform it was made with. */
        m.model = HW_MUTATION_CUSTOM;
        m.transform = HW_TRANSFORM_NONE;
        m.allele = alleles;
        m.n = n_alleles;
        if (json_object_get(value, "alleles") != NULL) {
            hw_allele *own = NULL;
            HW_TRY(allele_list(r, at, value, silent, &own, &m.n));
            m.allele = own;
        } else if (alleles == NULL) {
            return json_fail(r, at, HW_PARSE, "a matrix needs the key \"alleles\": the alleles of its rows in order");
        }
        HW_TRY(matrix_values(r, JSON_AT_KEY(at, "matrix"), rows, m.n, &m.matrix));
    } else if (!hw_mutation_from_name(model, &m.model) || m.model == HW_MUTATION_CUSTOM) {
        return json_fail(r, JSON_AT_KEY(at, "model"), HW_PARSE,
                         "no mutation model \"%.40s\"; expected none, equal, proportional, onestep, stepwise, stepwise-stationary, dawid, "
                         "or any name with a \"matrix\"",
                         model);
    }
    *ret = m;
    return HW_OK;
}

static hw_status locus_settings(const json_reader *r, const json_path *at, const json_t *obj, hw_locus_settings *ls)
{
    if (json_object_get(obj, "female") != NULL) {
        HW_TRY(json_mutation(r, JSON_AT_KEY(at, "female"), json_object_get(obj, "female"), NULL, 0, NULL, &ls->female));
    }
    if (json_object_get(obj, "male") != NULL) {
        HW_TRY(json_mutation(r, JSON_AT_KEY(at, "male"), json_object_get(obj, "male"), NULL, 0, NULL, &ls->male));
    }
    HW_TRY(json_get_number(r, at, obj, "silent", 0, 1, &ls->silent));
    return json_get_bool(r, at, obj, "silent_in_table", &ls->has_silent_in_table);
}

static hw_status rare_rule(const json_reader *r, const json_path *at, const json_t *obj, hw_settings *ret)
{
    static const char *const names[] = {"auto", "5/2N", "laplace", "fixed"};
    const char *rule = NULL;
    HW_TRY(json_known_keys(r, at, obj, "rule|value"));
    HW_TRY(json_get_string(r, at, obj, "rule", true, &rule));
    HW_TRY(json_get_number(r, at, obj, "value", 0, 1, &ret->rare_value));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (hw_streq(rule, names[i])) {
            ret->rare_rule = (hw_rare_rule)i;
            return HW_OK;
        }
    }
    return json_fail(r, JSON_AT_KEY(at, "rule"), HW_PARSE, "no rule \"%.40s\"; expected auto, 5/2N, laplace or fixed", rule);
}

static hw_status linked_pairs(const json_reader *r, const json_path *at, const json_t *array, hw_settings *s)
{
    size_t n = json_array_size(array);
    if (n > HW_PANEL_MAX) {
        return json_fail(r, at, HW_LIMIT, "%zu linked pairs; at most %d are allowed", n, HW_PANEL_MAX);
    }
    hw_linked_pair *pairs = HW_NEW(&r->d->arena, hw_linked_pair, n);
    if (pairs == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *obj = json_array_get(array, i);
        const json_path *here = JSON_AT(at, i);
        const char *a = NULL, *b = NULL;
        if (!json_typeof_is(obj, JSON_OBJECT)) {
            return wrong_type(r, here, obj, "a pair (an object)");
        }
        HW_TRY(json_known_keys(r, here, obj, "a|b|rho"));
        HW_TRY(json_get_string(r, here, obj, "a", true, &a));
        HW_TRY(json_get_string(r, here, obj, "b", true, &b));
        HW_TRY(json_locus_name(r, here, a, &pairs[i].a));
        HW_TRY(json_locus_name(r, here, b, &pairs[i].b));
        pairs[i].rho = 0.5;
        HW_TRY(json_get_number(r, here, obj, "rho", 0, 0.5, &pairs[i].rho));
    }
    s->linked = pairs;
    s->n_linked = (uint32_t)n;
    return HW_OK;
}

hw_status json_settings(const json_reader *r, const json_path *at, const json_t *obj, hw_settings *ret)
{
    hw_settings s;
    hw_settings_init(&s);
    json_t *standard = NULL, *loci = NULL, *rare = NULL, *linked = NULL;
    HW_TRY(json_known_keys(r, at, obj, "standard|loci|theta|rare|sex_error|linked"));
    HW_TRY(json_get_object(r, at, obj, "standard", false, &standard));
    HW_TRY(json_get_array(r, at, obj, "loci", false, &loci));
    HW_TRY(json_get_object(r, at, obj, "rare", false, &rare));
    HW_TRY(json_get_array(r, at, obj, "linked", false, &linked));
    HW_TRY(json_get_number(r, at, obj, "theta", 0, 1, &s.theta));
    HW_TRY(json_get_number(r, at, obj, "sex_error", 0, 1, &s.sex_error));
    if (standard != NULL) {
        HW_TRY(json_known_keys(r, JSON_AT_KEY(at, "standard"), standard, "female|male|silent|silent_in_table"));
        HW_TRY(locus_settings(r, JSON_AT_KEY(at, "standard"), standard, &s.standard));
    }
    if (loci != NULL) {
        size_t n = json_array_size(loci);
        if (n > HW_PANEL_MAX) {
            return json_fail(r, JSON_AT_KEY(at, "loci"), HW_LIMIT, "%zu loci; at most %d are allowed", n, HW_PANEL_MAX);
        }
        s.by_locus = HW_NEW(&r->d->arena, hw_locus_settings, n);
        if (s.by_locus == NULL) {
            return HW_NO_MEMORY_FAIL(r->err);
        }
        for (size_t i = 0; i < n; i++) {
            const json_path *here = JSON_AT(JSON_AT_KEY(at, "loci"), i);
            const json_t *entry = json_array_get(loci, i);
            const char *locus = NULL;
            if (!json_typeof_is(entry, JSON_OBJECT)) {
                return wrong_type(r, here, entry, "the settings of a locus (an object)");
            }
            HW_TRY(json_known_keys(r, here, entry, "locus|female|male|silent|silent_in_table"));
            HW_TRY(json_get_string(r, here, entry, "locus", true, &locus));
            s.by_locus[i] = s.standard;
            HW_TRY(json_locus_name(r, here, locus, &s.by_locus[i].locus));
            HW_TRY(locus_settings(r, here, entry, &s.by_locus[i]));
        }
        s.n_by_locus = (uint32_t)n;
    }
    if (rare != NULL) {
        HW_TRY(rare_rule(r, JSON_AT_KEY(at, "rare"), rare, &s));
    }
    if (linked != NULL) {
        HW_TRY(linked_pairs(r, JSON_AT_KEY(at, "linked"), linked, &s));
    }
    *ret = s;
    return HW_OK;
}
