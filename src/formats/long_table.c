// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * One row per sample and marker: columns sample, marker, allele 1 .. 8, and any of the columns of people.c, which are read
 * from the first row of a sample. One allele alone is a homozygote, unless "-", "?" or OL stands beside it: then the other is not
 * known. A sample with another kit (or another sample file) is a further typing of the same person: "code#kit".
 */
#include "formats/long_table.h"

#include <string.h>

#define MARKER_NAMES "marker|locus|markername|locusname|system|基因座|位点"
#define SAMPLE_KEY 800
#define MAX_NAMED ((size_t)20) /* controls named in the note */

/* One sample as typed once. */
typedef struct typing {
    hw_profile *profile;
} typing;

typedef struct long_table {
    hw_people people;
    hw_rows rows;
    hw_long_columns at;
    const hw_long_rules *rules;
    typing *typing;
    size_t n_typings, typing_cap;
    hw_map by_key;    /* sample, kit and file -> typing */
    hw_map by_sample; /* sample -> its first typing */
    hw_map controls;  /* samples left out -> line of the first row */
    char key[SAMPLE_KEY];
    char last_key[SAMPLE_KEY];
    size_t last;
    bool mark_synthetic;
    size_t n_skipped, n_off_ladder;
    hw_err *err;
} long_table;

static void table_release(long_table *t)
{
    hw_people_release(&t->people);
    hw_rows_release(&t->rows);
    hw_map_release(&t->by_key);
    hw_map_release(&t->by_sample);
    hw_map_release(&t->controls);
    hw_free(t->typing);
}

bool hw_long_table_columns(const hw_rows *r, hw_long_columns *ret)
{
    *ret = (hw_long_columns){.marker = SIZE_MAX, .sample_type = SIZE_MAX, .sample_file = SIZE_MAX};
    for (unsigned k = 0; k < 8; k++) {
        ret->allele[k] = SIZE_MAX;
    }
    for (size_t i = 0; i < r->n; i++) {
        hw_field f = r->field[i];
        unsigned number = hw_field_numbered(f, "allele|等位基因", 8);
        if (number > 0 && ret->allele[number - 1] == SIZE_MAX) {
            ret->allele[number - 1] = i;
        } else if (ret->marker == SIZE_MAX && hw_field_is(f, MARKER_NAMES)) {
            ret->marker = i;
        } else if (ret->sample_type == SIZE_MAX && hw_field_is(f, "sampletype|样本类型")) {
            ret->sample_type = i;
        } else if (ret->sample_file == SIZE_MAX && hw_field_is(f, "samplefile|filename")) {
            ret->sample_file = i;
        }
    }
    while (ret->n_alleles < 8 && ret->allele[ret->n_alleles] != SIZE_MAX) {
        ret->n_alleles++;
    }
    return ret->marker != SIZE_MAX && ret->n_alleles > 0;
}

bool hw_long_table_is(const hw_rows *r)
{
    hw_long_columns at;
    bool sample = false;
    for (size_t i = 0; i < r->n; i++) {
        hw_person_column c;
        sample |= hw_person_column_find(r->field[i], &c) && (c == HW_COLUMN_ID || c == HW_COLUMN_PERSON);
    }
    return sample && hw_long_table_columns(r, &at);
}

static hw_field field_at(const long_table *t, size_t i)
{
    return i < t->rows.n ? t->rows.field[i] : (hw_field){"", 0, 0};
}

/* The sample's code: its own column, else the person's. */
static hw_field sample_code(const long_table *t)
{
    hw_field f = hw_people_field(&t->people, HW_COLUMN_ID);
    return f.len > 0 ? f : hw_people_field(&t->people, HW_COLUMN_PERSON);
}

/* Folded text holds one of the words? */
static bool holds(hw_field f, const char *const *words)
{
    char fold[64];
    size_t n = 0;
    for (uint32_t i = 0; i < f.len && n + 1 < sizeof fold; i++) {
        char c = f.s[i];
        if (c != ' ' && c != '_' && c != '-') {
            fold[n++] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
        }
    }
    fold[n] = '\0';
    for (; *words != NULL; words++) {
        if (strstr(fold, *words) != NULL) {
            return true;
        }
    }
    return false;
}

/*
 * Usual names of controls and ladders, folded. `short_number`: people's samples may also begin so ("PC-00123", "007-4711"); a number of more
 * than two digits behind it then makes it one of them.
 */
static const struct {
    const char *name;
    bool short_number;
} CONTROLS[] = {
    {"allelicladder", false},
    {"ladder", false},
    {"positivecontrol", false},
    {"negativecontrol", false},
    {"controlpositive", false},
    {"controlnegative", false},
    {"poscontrol", false},
    {"negcontrol", false},
    {"posctrl", false},
    {"negctrl", false},
    {"controldna", false},
    {"reagentblank", false},
    {"extractionblank", false},
    {"blank", false},
    {"9947a", false},
    {"2800m", false},
    {"9948", true},
    {"dna007", true},
    {"007", true},
    {"pc", true},
    {"nc", true},
    {"阳性对照", false},
    {"阴性对照", false},
    {"空白", false},
};

static bool is_separator(char c)
{
    return c == ' ' || c == '-' || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes of the field that spell the name, separators inside it ignored; 0 when it does not begin so. */
static uint32_t spells(hw_field f, const char *name)
{
    uint32_t i = 0;
    for (; *name != '\0'; i++) {
        if (i >= f.len) {
            return 0;
        }
        char c = f.s[i];
        if (c == *name || (c >= 'A' && c <= 'Z' && (char)(c + ('a' - 'A')) == *name)) {
            name++;
        } else if (i == 0 || !is_separator(c)) {
            return 0;
        }
    }
    return i;
}

/* "PC", "PC1", "NC-2", "9947A_rerun", "Allelic Ladder 3": the name, then the end, a separator or a number. */
static bool names_control(hw_field f)
{
    for (size_t k = 0; k < sizeof CONTROLS / sizeof CONTROLS[0]; k++) {
        uint32_t at = spells(f, CONTROLS[k].name);
        if (at == 0) {
            continue;
        }
        if (at == f.len) {
            return true;
        }
        bool apart = is_separator(f.s[at]), number_last = is_digit(f.s[at - 1]);
        if (!apart && (number_last || !is_digit(f.s[at]))) {
            continue; /* "0071", "PCR": another word */
        }
        at += apart;
        uint32_t digits = 0;
        while (at + digits < f.len && is_digit(f.s[at + digits])) {
            digits++;
        }
        if (!CONTROLS[k].short_number || digits <= 2) {
            return true;
        }
    }
    return false;
}

/* The type says; without one the name does. */
static bool is_control(const long_table *t)
{
    static const char *const types[] = {"ladder", "control", "blank", NULL};
    /* these are no codes of people wherever they stand: "run7 Allelic Ladder" */
    static const char *const names[] = {"allelicladder", "positivecontrol", "negativecontrol", "controlpositive", "controlnegative", NULL};
    hw_field type = field_at(t, t->at.sample_type);
    return type.len > 0 ? holds(type, types) : holds(sample_code(t), names) || names_control(sample_code(t));
}

/* One more row that is left out, and whose it is: named in the note, for a sample taken for a control must be found again. */
static hw_status skip_control(long_table *t)
{
    char name[HW_PEOPLE_MAX_CODE + 1];
    uint64_t known;
    t->n_skipped++;
    hw_field_copy(sample_code(t), name, sizeof name);
    return hw_map_get(&t->controls, name, &known) ? HW_OK : hw_map_put(&t->controls, name, t->rows.line, t->err);
}

static hw_status note_controls(long_table *t)
{
    if (t->n_skipped == 0) {
        return HW_OK;
    }
    HW_CLEANUP(hw_str_release) hw_str names;
    hw_str_init(&names, 16384);
    size_t n = t->controls.count;
    for (size_t i = 0; i < n && i < MAX_NAMED; i++) {
        hw_str_addf(&names, "%s%.60s", i > 0 ? ", " : "", t->controls.entries[i].key);
    }
    if (n > MAX_NAMED) {
        hw_str_addf(&names, " and %zu more", n - MAX_NAMED);
    }
    HW_TRY(hw_str_check(&names, t->err));
    hw_dataset_note(t->people.d, t->people.in->name, 0, "%zu rows of ladders and controls left out: %s", t->n_skipped, names.s);
    return HW_OK;
}

/* Size standards and quality sensors of kits are no loci. */
static bool is_sensor(hw_field marker)
{
    return hw_field_is(marker, "qs1|qs2|iqcs|iqcl|qc1|qc2|iqc");
}

/* --- samples --- */

static hw_status make_key(long_table *t)
{
    const hw_field parts[] = {sample_code(t), hw_people_field(&t->people, HW_COLUMN_KIT), field_at(t, t->at.sample_file)};
    size_t n = 0;
    for (unsigned i = 0; i < 3; i++) {
        if (parts[i].len > HW_PEOPLE_MAX_CODE || (i == 0 && parts[i].len == 0)) {
            return HW_FAIL(t->err, HW_PARSE,
                           i == 0 && parts[i].len == 0 ? "expected a sample code, found nothing" : "expected a code of at most 255 bytes");
        }
        memcpy(t->key + n, parts[i].s, parts[i].len);
        n += parts[i].len;
        t->key[n++] = i < 2 ? '\n' : '\0';
    }
    return HW_OK;
}

/* A further typing of a sample, of another kit or another run: "code#kit", or with a number where that does not tell them apart. */
static hw_status further_code(long_table *t, hw_field *io)
{
    hw_arena *arena = &t->people.d->arena;
    hw_field kit = hw_people_field(&t->people, HW_COLUMN_KIT);
    const char *code = hw_arena_printf(arena, "%.*s#%.*s", (int)io->len, io->s, (int)kit.len, kit.s);
    if (code != NULL && (kit.len == 0 || hw_dataset_find_profile(t->people.d, code) != NULL)) {
        code = hw_arena_printf(arena, "%s%s%zu", code, kit.len > 0 ? "#" : "", t->n_typings + 1);
    }
    if (code == NULL) {
        return HW_NO_MEMORY_FAIL(t->err);
    }
    *io = (hw_field){code, (uint32_t)strlen(code), 0};
    return HW_OK;
}

static hw_status add_typing(long_table *t, size_t *ret_bad)
{
    char sample[HW_PEOPLE_MAX_CODE + 1];
    hw_field code = sample_code(t);
    hw_field_copy(code, sample, sizeof sample);
    uint64_t first = 0;
    bool further = hw_map_get(&t->by_sample, sample, &first);
    if (further) {
        HW_TRY(further_code(t, &code));
    }
    hw_profile *p = NULL;
    HW_TRY(HW_GROW(t->typing, t->n_typings, t->typing_cap, HW_DATASET_MAX_PROFILES, "samples", t->err));
    HW_TRY(hw_people_profile(&t->people, code, (uint32_t)t->people.d->panel.n, &p, ret_bad));
    if (further && hw_people_field(&t->people, HW_COLUMN_PERSON).len == 0) {
        p->person = t->typing[first].profile->person;
    }
    p->synthetic |= t->mark_synthetic && t->people.at[HW_COLUMN_SYNTHETIC] == SIZE_MAX;
    HW_TRY(hw_people_add(&t->people, p, true, ret_bad));
    HW_TRY(hw_map_put(&t->by_key, t->key, t->n_typings, t->err));
    if (!further) {
        HW_TRY(hw_map_put(&t->by_sample, sample, t->n_typings, t->err));
    }
    t->typing[t->n_typings++].profile = p;
    return HW_OK;
}

static hw_status find_typing(long_table *t, hw_profile **ret, size_t *ret_bad)
{
    *ret_bad = t->people.at[t->people.at[HW_COLUMN_ID] != SIZE_MAX ? HW_COLUMN_ID : HW_COLUMN_PERSON];
    HW_TRY(make_key(t));
    if (t->n_typings == 0 || !hw_streq(t->key, t->last_key)) {
        uint64_t index;
        if (hw_map_get(&t->by_key, t->key, &index)) {
            t->last = (size_t)index;
        } else {
            t->last_key[0] = '\0';
            HW_TRY(add_typing(t, ret_bad));
            t->last = t->n_typings - 1;
        }
        memcpy(t->last_key, t->key, sizeof t->key);
    }
    *ret = t->typing[t->last].profile;
    return HW_OK;
}

/* --- genotypes --- */

static bool same_extra(const hw_extra *a, const hw_extra *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || (a->n == b->n && memcmp(a->allele, b->allele, a->n * sizeof a->allele[0]) == 0));
}

static hw_status set_alleles(long_table *t, hw_profile *p, uint32_t locus, const hw_allele *allele, unsigned n, bool partial)
{
    hw_dataset *d = t->people.d;
    hw_genotype before = hw_profile_at(p, locus);
    const hw_extra *extra = hw_profile_extra(p, locus);
    bool typed = hw_genotype_typed(before) || extra != NULL;
    HW_TRY(hw_profile_set(p, &d->arena, &d->panel, locus, allele, n, partial, t->err));
    hw_genotype now = hw_profile_at(p, locus);
    if (typed && (now.a != before.a || now.b != before.b || !same_extra(extra, hw_profile_extra(p, locus)))) {
        /* neither reading can be trusted */
        HW_TRY(hw_profile_set(p, &d->arena, &d->panel, locus, NULL, 0, false, t->err));
        return HW_FAIL(t->err, HW_CONFLICT,
                       "sample %s has a second row for %s with other alleles; expected one row for each marker of a sample", p->id,
                       d->panel.locus[locus].name);
    }
    return HW_OK;
}

static hw_status read_genotype(long_table *t, hw_profile *p, hw_field marker, size_t *ret_bad)
{
    char name[HW_LOCUS_FOLD_MAX];
    hw_allele allele[8];
    unsigned n = 0, off = 0;
    bool partial = false;
    *ret_bad = t->at.marker;
    if (marker.len == 0 || marker.len >= sizeof name) {
        return HW_FAIL(t->err, HW_PARSE, "expected the name of a marker (at most %zu bytes), found %s", sizeof name - 1,
                       marker.len == 0 ? "nothing" : "a longer text");
    }
    bool str = hw_text_is_str(hw_field_copy(marker, name, sizeof name));
    for (unsigned k = 0; k < t->at.n_alleles; k++) {
        hw_field f = field_at(t, t->at.allele[k]);
        hw_allele a;
        if (f.len == 0 || hw_field_is(f, "none")) {
            continue;
        }
        *ret_bad = t->at.allele[k];
        HW_TRY(hw_field_allele_at(f, str, &a, t->err));
        if (a == HW_ALLELE_OFF_LADDER) {
            t->n_off_ladder++;
            off++;
            partial = true;
        } else if (a == HW_ALLELE_UNKNOWN) {
            partial = true;
        } else {
            allele[n++] = a;
        }
    }
    *ret_bad = t->at.marker;
    uint32_t locus;
    HW_TRY(hw_panel_add(&t->people.d->panel, name, HW_LOCUS_AUTO, &locus, t->err));
    const hw_panel_locus *l = &t->people.d->panel.locus[locus];
    if (hw_people_off_ladder(l->kind, off, allele, &n)) {
        hw_dataset_note(t->people.d, t->people.in->name, t->rows.line,
                        "sample %s, %s: three or more peaks, one of them off the ladder: set aside", p->id, l->name);
        partial = false;
    }
    return n > 0 ? set_alleles(t, p, locus, allele, n, partial) : HW_OK;
}

/* mtDNA: HV1 .. HV4 hold differences ("16223T"), HV1_RANGE .. HV4_RANGE the ends of what was read. */
static bool is_mitochondrial(hw_field marker, bool *ret_range)
{
    *ret_range = hw_field_is(marker, "hv1range|hv2range|hv3range|hv4range");
    return *ret_range || hw_field_is(marker, "hv1|hv2|hv3|hv4");
}

static hw_status read_mitochondrial(long_table *t, hw_profile *p, bool range)
{
    const char *old = p->mt != NULL ? p->mt : ";", *semicolon = strchr(old, ';');
    HW_CLEANUP(hw_str_release) hw_str part;
    hw_str_init(&part, 65536);
    for (unsigned k = 0; k < t->at.n_alleles; k++) {
        hw_field f = field_at(t, t->at.allele[k]);
        if (f.len > 0) {
            if (part.len > 0) {
                hw_str_addc(&part, range ? (k % 2 == 1 ? '-' : ',') : ' ');
            }
            hw_str_addn(&part, f.s, f.len);
        }
    }
    HW_TRY(hw_str_check(&part, t->err));
    const char *rest = semicolon != NULL ? semicolon + 1 : "";
    int head = semicolon != NULL ? (int)(semicolon - old) : (int)strlen(old);
    const char *after_range = range && head > 0 && part.len > 0 ? "," : "",
               *after_rest = !range && rest[0] != '\0' && part.len > 0 ? " " : "";
    p->mt = hw_arena_printf(&t->people.d->arena, "%.*s%s%s;%s%s%s", head, old, after_range, range ? part.s : "", rest, after_rest,
                            range ? "" : part.s);
    return p->mt != NULL ? HW_OK : HW_NO_MEMORY_FAIL(t->err);
}

static hw_status read_row(long_table *t, size_t *ret_bad)
{
    hw_field marker = field_at(t, t->at.marker);
    *ret_bad = t->at.marker;
    if (t->rules->skip_controls && (is_control(t) || is_sensor(marker))) {
        return is_control(t) ? skip_control(t) : HW_OK;
    }
    hw_profile *p = NULL;
    HW_TRY(find_typing(t, &p, ret_bad));
    bool range;
    if (t->rules->mitochondrial && is_mitochondrial(marker, &range)) {
        *ret_bad = t->at.allele[0];
        return read_mitochondrial(t, p, range);
    }
    return read_genotype(t, p, marker, ret_bad);
}

/* --- the file --- */

static hw_status header_failed(long_table *t, size_t i)
{
    bool keep = t->people.o->keep_good;
    t->people.o->keep_good = false; /* a fault of the header spoils every record */
    hw_status status = hw_people_bad(&t->people, i, "header");
    t->people.o->keep_good = keep;
    return status;
}

static hw_status check_required(long_table *t)
{
    const char *names = t->rules->required_names;
    for (const char *at = t->rules->required; at != NULL && *at != '\0'; names++) {
        char one[32], shown[32];
        size_t n = strcspn(at, " "), shown_n = strcspn(names, ",");
        hw_field_copy((hw_field){at, (uint32_t)n, 0}, one, sizeof one);
        hw_field_copy((hw_field){names, (uint32_t)shown_n, 0}, shown, sizeof shown);
        bool found = false;
        for (size_t i = 0; i < t->rows.n; i++) {
            found |= hw_field_is(t->rows.field[i], one);
        }
        if (!found) {
            return HW_FAIL(t->err, HW_PARSE, "expected a column \"%s\" in the header of a %s", shown, t->rules->what);
        }
        at += n + (at[n] == ' ');
        names += shown_n;
    }
    return HW_OK;
}

static hw_status read_header(long_table *t)
{
    hw_field key, value;
    while (hw_rows_comment(&t->rows, &key, &value)) {
        t->mark_synthetic |= hw_field_is(key, "synthetic") && hw_field_is(value, "yes|true|1|是");
    }
    t->people.d->synthetic |= t->mark_synthetic;
    bool more = false;
    size_t bad = SIZE_MAX;
    hw_status status = hw_rows_next(&t->rows, &more, t->err);
    if (status == HW_OK && !more) {
        status = HW_FAIL(t->err, HW_PARSE, "expected a header line, found the end of the file");
    }
    if (status == HW_OK) {
        status = hw_people_header(&t->people, &bad, t->err);
    }
    if (status == HW_OK && (!hw_long_table_columns(&t->rows, &t->at) || !hw_long_table_is(&t->rows))) {
        status = HW_FAIL(t->err, HW_PARSE, "expected columns \"Sample Name\", \"Marker\" and \"Allele 1\" in the header of a %s",
                         t->rules->what);
    }
    if (status == HW_OK) {
        status = check_required(t);
    }
    return status == HW_OK ? HW_OK : header_failed(t, bad);
}

/* What a field is called in messages. */
static const char *field_name(const long_table *t, size_t i)
{
    static const char *const alleles[8] = {"Allele 1", "Allele 2", "Allele 3", "Allele 4", "Allele 5", "Allele 6", "Allele 7", "Allele 8"};
    for (unsigned k = 0; k < t->at.n_alleles; k++) {
        if (i == t->at.allele[k]) {
            return alleles[k];
        }
    }
    if (i == t->at.marker) {
        return "Marker";
    }
    for (unsigned c = 0; i != SIZE_MAX && c < HW_COLUMN_COUNT; c++) {
        if (i == t->people.at[c]) {
            return hw_person_column_name((hw_person_column)c);
        }
    }
    return NULL;
}

hw_status hw_long_table_read(const hw_format_input *in, hw_format_options *o, const hw_long_rules *rules, hw_dataset *d, hw_err *err)
{
    HW_CLEANUP(table_release) long_table t = {.rules = rules, .err = err};
    hw_rows_init(&t.rows, in->data, in->size, 0);
    hw_people_init(&t.people, in, o, d, &t.rows, err);
    hw_map_init(&t.by_key, 0);
    hw_map_init(&t.by_sample, 0);
    hw_map_init(&t.controls, 0);
    HW_TRY(read_header(&t));
    for (;;) {
        bool more = false;
        hw_status status = hw_rows_next(&t.rows, &more, err);
        if (status == HW_OK && !more) {
            break;
        }
        size_t bad = t.rows.bad;
        if (status == HW_OK) {
            status = read_row(&t, &bad);
        }
        if (status != HW_OK) {
            HW_TRY(hw_people_bad(&t.people, bad, field_name(&t, bad)));
        }
    }
    HW_TRY(hw_people_finish(&t.people));
    HW_TRY(note_controls(&t));
    if (t.n_off_ladder > 0) {
        hw_dataset_note(d, in->name, 0, "%zu off-ladder alleles (OL) read as not known", t.n_off_ladder);
    }
    return HW_OK;
}

static hw_status read_long(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err)
{
    static const hw_long_rules rules = {.what = "long table"};
    return hw_long_table_read(in, o, &rules, d, err);
}

static int detect_long(const hw_format_input *in)
{
    hw_rows r;
    int score = hw_rows_peek(&r, in->data, in->size) && hw_long_table_is(&r) ? 75 : 0;
    hw_rows_release(&r);
    return score;
}

const hw_format hw_format_csv_long = {
    .id = HW_FORMAT_CSV_LONG,
    .name = "csv-long",
    .title = "profiles, one row per sample and marker",
    .extensions = "csv|tsv|txt",
    .max_bytes = HW_FORMAT_MAX_PROFILE_BYTES,
    .detect = detect_long,
    .read = read_long,
};
