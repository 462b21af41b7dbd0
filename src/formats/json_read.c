// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* The document homeward/1 (docs/formats-json.md), which loses nothing; and the entries of both JSON formats in the table. */
#include <stdio.h>
#include <string.h>

#include "formats/json_format.h"

#define DETECT_BYTES ((size_t)64 << 10)

/* --- text to tree --- */

int json_detect(const hw_format_input *in, const char *format_name)
{
    size_t n = in->size < DETECT_BYTES ? in->size : DETECT_BYTES, i = 0;
    while (i < n && (in->data[i] == ' ' || in->data[i] == '\t' || in->data[i] == '\n' || in->data[i] == '\r')) {
        i++;
    }
    if (i == n || in->data[i] != '{') {
        return 0;
    }
    size_t len = strlen(format_name);
    for (; i + len + 2 <= n; i++) {
        if (in->data[i] == '"' && in->data[i + len + 1] == '"' && memcmp(in->data + i + 1, format_name, len) == 0) {
            return 100;
        }
    }
    return 5; /* some JSON: the reader says best what is missing */
}

hw_status json_parse(const hw_format_input *in, const hw_format_options *o, json_t **ret, hw_err *err)
{
    size_t max = o->max_bytes != 0 ? o->max_bytes : HW_JSON_MAX_BYTES;
    if (in->size > max) {
        return HW_FAIL(err, HW_LIMIT, "%s: %zu bytes of JSON; at most %zu are read: use CSV tables for a national set", in->name, in->size, max);
    }
    json_error_t e;
    json_t *root = json_loadb(in->data, in->size, JSON_REJECT_DUPLICATES, &e);
    if (root == NULL) {
        hw_status code = json_error_code(&e) == json_error_out_of_memory ? HW_NO_MEMORY : HW_PARSE;
        return HW_FAIL(err, code, "%s, line %d, column %d: not valid JSON: %s", in->name, e.line, e.column, e.text);
    }
    if (!json_typeof_is(root, JSON_OBJECT)) {
        json_decref(root);
        return HW_FAIL(err, HW_PARSE, "%s: expected a JSON object with the key \"format\"", in->name);
    }
    *ret = root;
    return HW_OK;
}

json_mark json_mark_take(const hw_dataset *d)
{
    return (json_mark){d->n_families, d->n_cases, d->n_populations};
}

void json_mark_undo(hw_dataset *d, json_mark mark)
{
    while (d->n_families > mark.families) {
        hw_pedigree_release(&d->family[--d->n_families].pedigree);
    }
    while (d->n_cases > mark.cases) {
        hw_case *c = &d->kase[--d->n_cases];
        for (uint32_t h = 0; h < c->n_hypotheses; h++) {
            hw_pedigree_release(&c->hypothesis[h]);
        }
    }
    while (d->n_populations > mark.populations) {
        hw_population_release(d->population[--d->n_populations]);
    }
}

/* --- the parts of homeward/1 --- */

static hw_status read_loci(json_reader *r, const json_t *array)
{
    static const struct {
        const char *name;
        hw_locus_kind kind;
    } kinds[] = {{"autosomal", HW_LOCUS_AUTOSOMAL}, {"X", HW_LOCUS_X}, {"Y", HW_LOCUS_Y}, {"amelogenin", HW_LOCUS_AMEL}};
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_path *here = JSON_AT(JSON_AT_KEY(&json_root, "loci"), i);
        const json_t *obj = json_array_get(array, i);
        const char *name = NULL, *kind = NULL;
        if (!json_typeof_is(obj, JSON_OBJECT)) {
            return json_fail(r, here, HW_PARSE, "expected a locus (an object with name and kind)");
        }
        HW_TRY(json_known_keys(r, here, obj, "name|kind"));
        HW_TRY(json_get_string(r, here, obj, "name", true, &name));
        HW_TRY(json_get_string(r, here, obj, "kind", false, &kind));
        hw_locus_kind k = HW_LOCUS_AUTO;
        for (size_t j = 0; kind != NULL && j < sizeof kinds / sizeof kinds[0]; j++) {
            k = hw_streq(kind, kinds[j].name) ? kinds[j].kind : k;
        }
        if (kind != NULL && k == HW_LOCUS_AUTO) {
            return json_fail(r, JSON_AT_KEY(here, "kind"), HW_PARSE, "no kind \"%.40s\"; expected autosomal, X, Y or amelogenin", kind);
        }
        uint32_t index;
        HW_TRY(hw_panel_add(&r->d->panel, name, k, &index, r->err));
    }
    return HW_OK;
}

static hw_status fill_population(json_reader *r, const json_path *at, const json_t *obj, hw_population *pop)
{
    json_t *loci = NULL;
    HW_TRY(json_known_keys(r, at, obj, "name|source|theta|loci"));
    HW_TRY(json_get_string(r, at, obj, "source", false, &pop->source));
    HW_TRY(json_get_number(r, at, obj, "theta", 0, 1, &pop->theta));
    HW_TRY(json_get_array(r, at, obj, "loci", true, &loci));
    size_t n = json_array_size(loci);
    if (n > HW_PANEL_MAX) {
        return json_fail(r, JSON_AT_KEY(at, "loci"), HW_LIMIT, "%zu loci; at most %d are allowed", n, HW_PANEL_MAX);
    }
    pop->freq = HW_NEW(&r->d->arena, hw_freq, n);
    if (pop->freq == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *table = json_array_get(loci, i);
        const json_path *here = JSON_AT(JSON_AT_KEY(at, "loci"), i);
        if (!json_typeof_is(table, JSON_OBJECT)) {
            return json_fail(r, here, HW_PARSE, "expected the table of a locus (an object)");
        }
        HW_TRY(json_known_keys(r, here, table, "locus|alleles|frequencies|chromosomes|fmin"));
        HW_TRY(json_get_string(r, here, table, "locus", true, &pop->freq[i].locus));
        HW_TRY(json_locus_name(r, here, pop->freq[i].locus, &pop->freq[i].locus));
        HW_TRY(json_table(r, here, table, NULL, &pop->freq[i]));
        pop->n = (uint32_t)i + 1;
    }
    if (hw_population_finish(pop, r->err) != HW_OK) {
        char path[200];
        json_path_text(at, path, sizeof path);
        hw_err_prefix(r->err, "%s: ", path);
        return r->err->code;
    }
    return HW_OK;
}

static hw_status read_population(json_reader *r, const json_path *at, const json_t *obj)
{
    if (!json_typeof_is(obj, JSON_OBJECT)) {
        return json_fail(r, at, HW_PARSE, "expected a population (an object)");
    }
    json_mark mark = json_mark_take(r->d);
    const char *name = NULL;
    hw_population *pop = NULL;
    HW_TRY(json_get_string(r, at, obj, "name", true, &name));
    HW_TRY(hw_dataset_add_population(r->d, name, &pop, r->err));
    hw_status s = fill_population(r, at, obj, pop);
    if (s != HW_OK) {
        json_mark_undo(r->d, mark);
    }
    return s;
}

static hw_status read_profile(json_reader *r, const json_path *at, const json_t *obj, bool child)
{
    hw_profile *p = NULL;
    HW_TRY(json_profile(r, at, obj, &p, &child));
    return child || (r->o->role == HW_FORMAT_ROLE_CHILDREN && p->family == NULL) ? hw_dataset_add_child(r->d, p, r->err)
                                                                                  : hw_dataset_add_profile(r->d, p, r->err);
}

/* "profiles" of a family: {person: id of a profile | profile}. */
static hw_status family_profiles(json_reader *r, const json_path *at, const json_t *obj, hw_family *f)
{
    const char *person;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)obj, person, value)
    {
        const json_path *here = JSON_AT_KEY(at, person);
        uint32_t i;
        if (!hw_pedigree_find(&f->pedigree, person, &i)) {
            return json_fail(r, here, HW_PARSE, "\"%.60s\" is typed but is no person of this family", person);
        }
        if (json_typeof_is(value, JSON_STRING)) {
            f->profile[i] = hw_dataset_find_profile(r->d, json_string_value(value));
            if (f->profile[i] == NULL) {
                return json_fail(r, here, HW_PARSE, "no profile \"%.60s\" in this document", json_string_value(value));
            }
        } else {
            hw_profile *p = NULL;
            HW_TRY(json_profile(r, here, value, &p, NULL));
            f->profile[i] = p;
        }
    }
    return HW_OK;
}

/* "genotypes" of a family, the short form: {person: {locus: [alleles]}}; the profile gets the id "family/person". */
static hw_status family_genotypes(json_reader *r, const json_path *at, const json_t *obj, size_t index)
{
    hw_dataset *d = r->d;
    const char *person;
    json_t *value;
    for (int pass = 0; pass < 2; pass++) {
        /* the first pass finds what is wrong, the second keeps: a bad family leaves no profile behind */
        json_object_foreach((json_t *)(uintptr_t)obj, person, value)
        {
            const json_path *here = JSON_AT_KEY(at, person);
            hw_family *f = &d->family[index];
            uint32_t i;
            if (!hw_pedigree_find(&f->pedigree, person, &i)) {
                return json_fail(r, here, HW_PARSE, "\"%.60s\" is typed but is no person of this family", person);
            }
            if (!json_typeof_is(value, JSON_OBJECT)) {
                return json_fail(r, here, HW_PARSE, "expected the genotypes of a person (an object)");
            }
            if (pass == 1) {
                HW_TRY(hw_dataset_add_profile(d, (hw_profile *)(uintptr_t)f->profile[i], r->err));
                continue;
            }
            if (f->profile[i] != NULL) {
                return json_fail(r, here, HW_CONFLICT, "\"%.60s\" has a profile already: put several typings under \"profiles\"", person);
            }
            char *id = hw_arena_printf(&d->arena, "%s/%s", f->id, person);
            hw_profile *p = id != NULL ? hw_profile_new(&d->arena, id, (uint32_t)d->panel.n) : NULL;
            if (p == NULL) {
                return HW_NO_MEMORY_FAIL(r->err);
            }
            p->person = f->pedigree.person[i].id;
            p->person = hw_arena_strdup(&d->arena, p->person);
            p->family = f->id;
            p->sex = f->pedigree.person[i].sex;
            p->synthetic = d->synthetic;
            if (p->person == NULL) {
                return HW_NO_MEMORY_FAIL(r->err);
            }
            HW_TRY(json_genotypes(r, here, value, HW_LOCUS_AUTO, NULL, p));
            if (hw_dataset_find_profile(d, id) != NULL) {
                return json_fail(r, here, HW_CONFLICT, "the profile id \"%.120s\" is taken", id);
            }
            f->profile[i] = p;
        }
    }
    return HW_OK;
}

static hw_status fill_family(json_reader *r, const json_path *at, const json_t *obj, size_t index)
{
    hw_dataset *d = r->d;
    hw_family *f = &d->family[index];
    json_t *people = NULL, *profiles = NULL, *genotypes = NULL, *missing = NULL;
    HW_TRY(json_known_keys(r, at, obj, "id|comment|individuals|profiles|genotypes|missing"));
    HW_TRY(json_get_string(r, at, obj, "comment", false, &f->comment));
    HW_TRY(json_get_array(r, at, obj, "individuals", true, &people));
    HW_TRY(json_get_object(r, at, obj, "profiles", false, &profiles));
    HW_TRY(json_get_object(r, at, obj, "genotypes", false, &genotypes));
    HW_TRY(json_get_array(r, at, obj, "missing", false, &missing));
    HW_TRY(json_individuals(r, JSON_AT_KEY(at, "individuals"), people, NULL, &f->pedigree));
    f->profile = HW_NEW(&d->arena, const hw_profile *, f->pedigree.n);
    f->missing = HW_NEW(&d->arena, uint32_t, f->pedigree.n);
    if (f->profile == NULL || f->missing == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    for (size_t i = 0; missing != NULL && i < json_array_size(missing); i++) {
        const json_path *here = JSON_AT(JSON_AT_KEY(at, "missing"), i);
        const json_t *id = json_array_get(missing, i);
        uint32_t person;
        if (!json_typeof_is(id, JSON_STRING) || !hw_pedigree_find(&f->pedigree, json_string_value(id), &person)) {
            return json_fail(r, here, HW_PARSE, "expected the id of a person of this family");
        }
        for (uint32_t j = 0; j < f->n_missing; j++) {
            if (f->missing[j] == person) {
                return json_fail(r, here, HW_CONFLICT, "\"%.60s\" is listed twice", json_string_value(id));
            }
        }
        f->missing[f->n_missing++] = person;
    }
    if (profiles != NULL) {
        HW_TRY(family_profiles(r, JSON_AT_KEY(at, "profiles"), profiles, f));
    }
    return genotypes != NULL ? family_genotypes(r, JSON_AT_KEY(at, "genotypes"), genotypes, index) : HW_OK;
}

static hw_status read_family(json_reader *r, const json_path *at, const json_t *obj)
{
    if (!json_typeof_is(obj, JSON_OBJECT)) {
        return json_fail(r, at, HW_PARSE, "expected a family (an object)");
    }
    json_mark mark = json_mark_take(r->d);
    const char *id = NULL;
    size_t index;
    HW_TRY(json_get_string(r, at, obj, "id", true, &id));
    HW_TRY(hw_dataset_add_family(r->d, id, &index, r->err));
    hw_status s = fill_family(r, at, obj, index);
    if (s != HW_OK) {
        json_mark_undo(r->d, mark);
    }
    return s;
}

static hw_status read_notes(json_reader *r, const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_path *here = JSON_AT(JSON_AT_KEY(&json_root, "notes"), i);
        const json_t *obj = json_array_get(array, i);
        const char *file = NULL, *text = NULL;
        double line = 0;
        if (!json_typeof_is(obj, JSON_OBJECT)) {
            return json_fail(r, here, HW_PARSE, "expected a note (an object)");
        }
        HW_TRY(json_get_string(r, here, obj, "file", false, &file));
        HW_TRY(json_get_string(r, here, obj, "text", false, &text));
        HW_TRY(json_get_number(r, here, obj, "line", 0, UINT32_MAX, &line));
        hw_dataset_note(r->d, file, (uint32_t)line, "%s", text != NULL ? text : "");
    }
    return HW_OK;
}

typedef enum part { PART_POPULATION, PART_PROFILE, PART_CHILD, PART_FAMILY, PART_CASE } part;

static hw_status read_records(json_reader *r, const json_t *root, const char *key, part what)
{
    json_t *array = NULL;
    HW_TRY(json_get_array(r, &json_root, root, key, false, &array));
    for (size_t i = 0; array != NULL && i < json_array_size(array); i++) {
        const json_path *here = JSON_AT(JSON_AT_KEY(&json_root, key), i);
        const json_t *obj = json_array_get(array, i);
        hw_status s = what == PART_POPULATION ? read_population(r, here, obj)
                      : what == PART_FAMILY   ? read_family(r, here, obj)
                      : what == PART_CASE     ? json_case(r, here, obj)
                                              : read_profile(r, here, obj, what == PART_CHILD);
        if (s != HW_OK) {
            HW_TRY(json_bad_record(r, here));
        }
    }
    return HW_OK;
}

static hw_status read_document(json_reader *r, const json_t *root)
{
    json_t *loci = NULL, *settings = NULL, *notes = NULL;
    HW_TRY(json_known_keys(r, &json_root, root, "format|synthetic|loci|populations|settings|profiles|children|families|cases|notes"));
    bool synthetic = false;
    HW_TRY(json_get_bool(r, &json_root, root, "synthetic", &synthetic));
    r->d->synthetic |= synthetic; /* a file that is not does not take the mark of another away */
    HW_TRY(json_get_array(r, &json_root, root, "loci", false, &loci));
    HW_TRY(json_get_object(r, &json_root, root, "settings", false, &settings));
    HW_TRY(json_get_array(r, &json_root, root, "notes", false, &notes));
    if (loci != NULL) {
        HW_TRY(read_loci(r, loci));
    }
    HW_TRY(read_records(r, root, "populations", PART_POPULATION));
    if (settings != NULL) {
        hw_settings mine;
        HW_TRY(json_settings(r, JSON_AT_KEY(&json_root, "settings"), settings, &mine));
        HW_TRY(hw_format_settings(r->d, r->in->name, &mine, r->err));
    }
    HW_TRY(read_records(r, root, "profiles", PART_PROFILE));
    HW_TRY(read_records(r, root, "children", PART_CHILD));
    HW_TRY(read_records(r, root, "families", PART_FAMILY));
    HW_TRY(read_records(r, root, "cases", PART_CASE));
    return notes != NULL ? read_notes(r, notes) : HW_OK;
}

/* --- the table of formats --- */

static hw_status read_json(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err)
{
    json_t *root = NULL;
    HW_TRY(json_parse(in, o, &root, err));
    json_reader r = {in, o, d, err};
    const char *format = json_string_value(json_object_get(root, "format"));
    hw_status s;
    bool bare = true; /* the message has no file name in front yet */
    if (format != NULL && hw_streq(format, "homeward/1")) {
        s = read_document(&r, root);
    } else if (format != NULL && hw_streq(format, "kinship-oracle/1")) {
        s = json_oracle_document(&r, root);
    } else {
        s = HW_FAIL(err, HW_PARSE, "the key \"format\" says %.40s; expected \"homeward/1\" (or \"kinship-oracle/1\")",
                    format != NULL ? format : "nothing");
    }
    if (s != HW_OK) {
        bare = !hw_str_starts(err->msg, in->name);
        if (bare) {
            hw_err_prefix(err, "%s: ", in->name);
        }
    }
    json_decref(root);
    return s;
}

static int detect_homeward(const hw_format_input *in)
{
    return json_detect(in, "homeward/1");
}

static int detect_oracle(const hw_format_input *in)
{
    int score = json_detect(in, "kinship-oracle/1");
    return score == 100 ? 100 : 0;
}

const hw_format hw_format_homeward_json = {
    .id = HW_FORMAT_HOMEWARD_JSON,
    .name = "json",
    .title = "Homeward JSON: everything, nothing lost",
    .extensions = "json",
    .max_bytes = HW_JSON_MAX_BYTES,
    .detect = detect_homeward,
    .read = read_json,
    .write = json_write_document,
};

const hw_format hw_format_oracle_json = {
    .id = HW_FORMAT_ORACLE_JSON,
    .name = "oracle-json",
    .title = "kinship reference cases, JSON",
    .extensions = "json",
    .max_bytes = HW_JSON_MAX_BYTES,
    .detect = detect_oracle,
    .read = read_json,
    .write = NULL,
};
