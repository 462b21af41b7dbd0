// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "formats/people.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"

#define MAX_TEXT ((size_t)65536) /* bytes of a comment or mtDNA haplotype */
#define MAX_TYPINGS 100u         /* of one person that are told apart by number */

typedef struct hw_people_entry {
    hw_relative r;
    const char *family;
    size_t before; /* the entry of the same family before this one, plus 1; 0: none */
    bool own_id;   /* the sample code is the file's own, not made from the person's */
} entry;

/* Names in headers, folded, the preferred ones first: a table may have both "Sample Name" and "Sample ID". */
static const struct {
    const char *name, *words;
} COLUMNS[HW_COLUMN_COUNT] = {
    [HW_COLUMN_ID] = {"sample", "samplename|sample|sampleid|sampleno|samplenumber|samplecode|specimenid|specimen|profileid|profile|id|"
                                "样本编号|样品编号|样本名称|样本|样品|检材编号|编号"},
    [HW_COLUMN_PERSON] = {"person", "person|personid|personcode|individual|individualid|name|人员编号|人员|姓名|代号"},
    [HW_COLUMN_FAMILY] = {"family", "family|familyid|case|caseid|casenumber|pedigree|家庭编号|家庭|案件编号|案件|家系"},
    [HW_COLUMN_RELATION] = {"relation", "relation|relationship|kinship|亲属关系|关系|与失踪人关系|与失踪儿童关系"},
    [HW_COLUMN_FATHER] = {"father", "father|fatherid|dad|父亲编号|父亲"},
    [HW_COLUMN_MOTHER] = {"mother", "mother|motherid|mum|mom|母亲编号|母亲"},
    [HW_COLUMN_MISSING] = {"missing", "missing|ismissing|失踪"},
    [HW_COLUMN_TWIN] = {"twin", "twin|twins|twingroup|同卵双胞胎"},
    [HW_COLUMN_INBREEDING] = {"inbreeding", "inbreeding|inbreedingcoefficient|近交系数"},
    [HW_COLUMN_SEX] = {"sex", "sex|gender|性别"},
    [HW_COLUMN_KIT] = {"kit", "kit|kitname|ud2|panel|试剂盒"},
    [HW_COLUMN_ROLE] = {"role", "role|角色"},
    [HW_COLUMN_CATEGORY] = {"category", "category|specimencategory|样本类别|类别"},
    [HW_COLUMN_DROPOUT] = {"dropout", "dropout|dropoutprobability|allelicdropout|丢失概率"},
    [HW_COLUMN_ERROR] = {"error", "error|errorrate|typingerror|错误率"},
    [HW_COLUMN_MT] = {"mt", "mt|mtdna|mitochondrial|线粒体"},
    [HW_COLUMN_COMMENT] = {"comment", "comment|comments|note|notes|remark|remarks|备注|说明"},
    [HW_COLUMN_SYNTHETIC] = {"synthetic", "synthetic|simulated"},
};

const char *hw_person_column_name(hw_person_column c)
{
    return COLUMNS[c].name;
}

/* Place of the header among the names of a column, from 1; 0 when it is none of them. */
static unsigned name_rank(hw_field header, const char *words)
{
    unsigned rank = 1;
    while (*words != '\0') {
        char one[64];
        size_t n = strcspn(words, "|");
        memcpy(one, words, n);
        one[n] = '\0';
        if (hw_field_is(header, one)) {
            return rank;
        }
        words += n + (words[n] == '|');
        rank++;
    }
    return 0;
}

bool hw_person_column_find(hw_field header, hw_person_column *ret)
{
    for (unsigned c = 0; c < HW_COLUMN_COUNT; c++) {
        if (header.len > 0 && name_rank(header, COLUMNS[c].words) > 0) {
            *ret = (hw_person_column)c;
            return true;
        }
    }
    return false;
}

bool hw_people_is_child(hw_field f)
{
    return hw_field_is(f, "child|children|rescued|rescuedchild|foundchild|unidentified|unidentifiedperson|unidentifiedchild|"
                          "儿童|被拐儿童|获救儿童|疑似被拐儿童|孩子|来历不明儿童");
}

bool hw_people_off_ladder(hw_locus_kind kind, unsigned off, hw_allele *io, unsigned *io_n)
{
    unsigned distinct = 0;
    for (unsigned i = 0; i < *io_n; i++) {
        bool again = false;
        for (unsigned k = 0; k < i; k++) {
            again |= io[k] == io[i];
        }
        distinct += !again;
    }
    if (off == 0 || kind == HW_LOCUS_AMEL || distinct + off < 3) {
        return false;
    }
    if (distinct < 2 || *io_n >= 8) {
        *io_n = 0; /* two off-ladder peaks have one code: beside one allele they would pass for a heterozygote */
        return true;
    }
    io[(*io_n)++] = HW_ALLELE_OFF_LADDER;
    return true;
}

void hw_people_init(hw_people *p, const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_rows *rows, hw_err *err)
{
    memset(p, 0, sizeof *p);
    p->in = in;
    p->o = o;
    p->d = d;
    p->rows = rows;
    p->err = err;
    for (unsigned c = 0; c < HW_COLUMN_COUNT; c++) {
        p->at[c] = SIZE_MAX;
    }
    hw_map_init(&p->families, 0);
}

void hw_people_release(hw_people *p)
{
    hw_free(p->entry);
    hw_map_release(&p->families);
}

hw_status hw_people_header(hw_people *p, size_t *ret_bad, hw_err *err)
{
    for (size_t i = 0; i < p->rows->n; i++) {
        hw_person_column c;
        if (!hw_person_column_find(p->rows->field[i], &c)) {
            continue;
        }
        if (p->at[c] == SIZE_MAX) {
            p->at[c] = i;
            continue;
        }
        unsigned have = name_rank(p->rows->field[p->at[c]], COLUMNS[c].words), now = name_rank(p->rows->field[i], COLUMNS[c].words);
        if (now == have) {
            *ret_bad = i;
            return HW_FAIL(err, HW_CONFLICT, "two columns say the %s; expected one", COLUMNS[c].name);
        }
        if (now < have) {
            p->at[c] = i;
        }
    }
    p->has_families = p->at[HW_COLUMN_RELATION] != SIZE_MAX || p->at[HW_COLUMN_FATHER] != SIZE_MAX || p->at[HW_COLUMN_MOTHER] != SIZE_MAX;
    return HW_OK;
}

hw_field hw_people_field(const hw_people *p, hw_person_column c)
{
    size_t i = p->at[c];
    return i < p->rows->n ? p->rows->field[i] : (hw_field){"", 0, 0};
}

hw_status hw_people_bad(hw_people *p, size_t i, const char *name)
{
    hw_format_where w = hw_rows_where(p->rows, i, name);
    return hw_format_bad(p->in, p->o, &w, p->err);
}

/* The text of a column, NULL when empty; the same pointer again for the same text in the next row. */
static hw_status keep_text(hw_people *p, hw_person_column c, size_t max, const char **ret)
{
    hw_field f = hw_people_field(p, c);
    const char *last = p->last[c];
    *ret = NULL;
    if (f.len == 0 || hw_field_is(f, "none")) {
        return HW_OK;
    }
    if (f.len > max) {
        return HW_FAIL(p->err, HW_PARSE, "expected a text of at most %zu bytes, found %u", max, f.len);
    }
    if (last == NULL || strncmp(last, f.s, f.len) != 0 || last[f.len] != '\0') {
        last = hw_arena_strndup(&p->d->arena, f.s, f.len);
        if (last == NULL) {
            return HW_NO_MEMORY_FAIL(p->err);
        }
        p->last[c] = last;
    }
    *ret = last;
    return HW_OK;
}

static hw_status read_number(hw_people *p, hw_person_column c, const char *what, double *ret)
{
    hw_field f = hw_people_field(p, c);
    *ret = 0;
    if (f.len > 0 && (!hw_field_double(f, ret) || !(*ret >= 0 && *ret <= 1))) {
        char found[40];
        return HW_FAIL(p->err, HW_PARSE, "expected %s from 0 to 1, found \"%s\"", what, hw_field_copy(f, found, sizeof found));
    }
    return HW_OK;
}

static hw_status read_yes(hw_people *p, hw_person_column c, bool *ret)
{
    hw_field f = hw_people_field(p, c);
    *ret = hw_field_is(f, "1|yes|y|true|x|missing|synthetic|是");
    if (f.len > 0 && !*ret && !hw_field_is(f, "0|no|n|false|否")) {
        char found[40];
        return HW_FAIL(p->err, HW_PARSE, "expected yes or no, found \"%s\"", hw_field_copy(f, found, sizeof found));
    }
    return HW_OK;
}

/* The sample code and the person's: one of them is needed. */
static hw_status read_codes(hw_people *p, hw_field id, char *code, const char **ret_person, size_t *ret_bad)
{
    hw_field person = hw_people_field(p, HW_COLUMN_PERSON);
    hw_field use = id.len > 0 ? id : person;
    *ret_bad = p->at[id.len > 0 || p->at[HW_COLUMN_PERSON] == SIZE_MAX ? HW_COLUMN_ID : HW_COLUMN_PERSON];
    if (use.len == 0) {
        return HW_FAIL(p->err, HW_PARSE, "expected a sample or person code, found nothing");
    }
    if (use.len > HW_PEOPLE_MAX_CODE) {
        return HW_FAIL(p->err, HW_PARSE, "expected a code of at most %zu bytes, found %u", HW_PEOPLE_MAX_CODE, use.len);
    }
    hw_field_copy(use, code, HW_PEOPLE_MAX_CODE + 1);
    *ret_bad = p->at[HW_COLUMN_PERSON];
    return keep_text(p, HW_COLUMN_PERSON, HW_PEOPLE_MAX_CODE, ret_person);
}

static hw_status read_details(hw_people *p, hw_profile *f, size_t *ret_bad)
{
    static const hw_person_column texts[] = {HW_COLUMN_FAMILY, HW_COLUMN_KIT, HW_COLUMN_CATEGORY, HW_COLUMN_COMMENT, HW_COLUMN_MT};
    const char **const into[] = {&f->family, &f->kit, &f->category, &f->comment, &f->mt};
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *ret_bad = p->at[texts[i]];
        HW_TRY(keep_text(p, texts[i], i < 3 ? HW_PEOPLE_MAX_CODE : MAX_TEXT, into[i]));
    }
    hw_field sex = hw_people_field(p, HW_COLUMN_SEX);
    *ret_bad = p->at[HW_COLUMN_SEX];
    HW_TRY(hw_sex_parse(sex.s, sex.len, &f->sex, p->err));
    *ret_bad = p->at[HW_COLUMN_DROPOUT];
    HW_TRY(read_number(p, HW_COLUMN_DROPOUT, "a drop-out probability", &f->dropout));
    *ret_bad = p->at[HW_COLUMN_ERROR];
    HW_TRY(read_number(p, HW_COLUMN_ERROR, "an error probability", &f->error));
    *ret_bad = p->at[HW_COLUMN_SYNTHETIC];
    HW_TRY(read_yes(p, HW_COLUMN_SYNTHETIC, &f->synthetic));
    return HW_OK;
}

hw_status hw_people_profile(hw_people *p, hw_field id, uint32_t n_loci, hw_profile **ret, size_t *ret_bad)
{
    char code[HW_PEOPLE_MAX_CODE + 1];
    const char *person = NULL;
    HW_TRY(read_codes(p, id, code, &person, ret_bad));
    hw_profile *f = hw_profile_new(&p->d->arena, code, n_loci);
    if (f == NULL) {
        return HW_NO_MEMORY_FAIL(p->err);
    }
    f->person = person != NULL ? person : f->id;
    f->line = p->rows->line;
    HW_TRY(read_details(p, f, ret_bad));
    p->d->synthetic |= f->synthetic;
    *ret = f;
    return HW_OK;
}

/* Does a profile of this code stand in the dataset, or among the `n` entries of its family? */
static bool code_taken(const hw_people *p, const char *code, const hw_relative *r, size_t n)
{
    if (hw_dataset_find_profile(p->d, code) != NULL) {
        return true;
    }
    for (size_t i = 0; i < n; i++) {
        if (r[i].profile != NULL && hw_streq(r[i].profile->id, code)) {
            return true;
        }
    }
    return false;
}

/* A code for a profile whose person's code is taken: "family/person", then "family/person#2" and so on. */
static hw_status make_code(hw_people *p, hw_profile *f, const char *family, const hw_relative *r, size_t n)
{
    char code[2 * HW_PEOPLE_MAX_CODE + 8];
    for (unsigned k = family != NULL ? 1 : 2; k <= MAX_TYPINGS; k++) {
        int len = snprintf(code, sizeof code, "%s%s%s", family != NULL ? family : "", family != NULL ? "/" : "", f->person);
        if (k > 1) {
            (void)snprintf(code + len, sizeof code - (size_t)len, "#%u", k);
        }
        if (!code_taken(p, code, r, n)) {
            f->id = hw_arena_strdup(&p->d->arena, code);
            return f->id != NULL ? HW_OK : HW_NO_MEMORY_FAIL(p->err);
        }
    }
    return HW_FAIL(p->err, HW_CONFLICT, "%s: more than %u typings without sample codes; give each a sample code", f->person, MAX_TYPINGS);
}

static hw_status read_relation(hw_people *p, hw_relative *r, size_t *ret_bad)
{
    hw_field relation = hw_people_field(p, HW_COLUMN_RELATION);
    hw_sex told;
    *ret_bad = p->at[HW_COLUMN_RELATION];
    HW_TRY(hw_relation_parse(relation.s, relation.len, &r->relation, &told, p->err));
    if (told != HW_SEX_UNKNOWN && r->sex != HW_SEX_UNKNOWN && told != r->sex) {
        return HW_FAIL(p->err, HW_CONFLICT, "the relation is %s but the sex is %s", hw_relation_name(r->relation),
                       r->sex == HW_SEX_MALE ? "male" : "female");
    }
    r->sex = r->sex == HW_SEX_UNKNOWN ? told : r->sex;
    *ret_bad = p->at[HW_COLUMN_FATHER];
    HW_TRY(keep_text(p, HW_COLUMN_FATHER, HW_PEOPLE_MAX_CODE, &r->father));
    *ret_bad = p->at[HW_COLUMN_MOTHER];
    HW_TRY(keep_text(p, HW_COLUMN_MOTHER, HW_PEOPLE_MAX_CODE, &r->mother));
    /* as in pedigree files, 0 is no parent */
    r->father = r->father != NULL && hw_streq(r->father, "0") ? NULL : r->father;
    r->mother = r->mother != NULL && hw_streq(r->mother, "0") ? NULL : r->mother;
    *ret_bad = p->at[HW_COLUMN_MISSING];
    HW_TRY(read_yes(p, HW_COLUMN_MISSING, &r->missing));
    hw_field twin = hw_people_field(p, HW_COLUMN_TWIN);
    *ret_bad = p->at[HW_COLUMN_TWIN];
    int64_t group = 0;
    if (twin.len > 0 && (!hw_parse_int(twin.s, twin.len, &group) || group < 0 || group > 1000000)) {
        char found[40];
        return HW_FAIL(p->err, HW_PARSE, "expected the number of a group of identical twins, found \"%s\"",
                       hw_field_copy(twin, found, sizeof found));
    }
    r->twin = (uint32_t)group;
    *ret_bad = p->at[HW_COLUMN_INBREEDING];
    return read_number(p, HW_COLUMN_INBREEDING, "an inbreeding coefficient", &r->inbreeding);
}

static hw_status add_relative(hw_people *p, hw_profile *profile, bool typed, size_t *ret_bad)
{
    entry e = {.family = profile->family,
               .own_id = hw_people_field(p, HW_COLUMN_ID).len > 0,
               .r = {.person = profile->person,
                     .sex = profile->sex,
                     .profile = profile,
                     .line = p->rows->line,
                     .record = p->rows->data + p->rows->start,
                     .record_len = p->rows->end - p->rows->start}};
    HW_TRY(read_relation(p, &e.r, ret_bad));
    if (!typed) {
        const hw_profile *known = e.own_id ? hw_dataset_find_profile(p->d, profile->id) : NULL;
        uint64_t index = 0;
        e.r.profile = known != NULL && hw_map_get(&p->d->profile_by_id, profile->id, &index) ? p->d->profile[index] : NULL;
        if (e.own_id && known == NULL) {
            hw_dataset_note(p->d, p->in->name, p->rows->line, "sample %s of person %s has no genotypes, here or in a file read before",
                            profile->id, profile->person);
        }
    }
    uint64_t last = 0;
    (void)hw_map_get(&p->families, e.family, &last);
    e.before = (size_t)last;
    HW_TRY(HW_GROW(p->entry, p->n_entries, p->entry_cap, HW_ROWS_MAX_RECORDS, "relatives", p->err));
    p->entry[p->n_entries++] = e;
    return hw_map_put(&p->families, e.family, p->n_entries, p->err);
}

hw_status hw_people_add(hw_people *p, hw_profile *profile, bool typed, size_t *ret_bad)
{
    hw_format_role role = p->o->role;
    hw_field says = hw_people_field(p, HW_COLUMN_ROLE), category = hw_people_field(p, HW_COLUMN_CATEGORY);
    bool said_child = (says.len > 0 && hw_people_is_child(says)) || (says.len == 0 && category.len > 0 && hw_people_is_child(category));
    bool child = role == HW_FORMAT_ROLE_CHILDREN || (role == HW_FORMAT_ROLE_ANY && said_child);
    if (p->has_families && profile->family != NULL && !(said_child && hw_people_field(p, HW_COLUMN_RELATION).len == 0)) {
        return add_relative(p, profile, typed, ret_bad);
    }
    if (p->has_families && !child && role == HW_FORMAT_ROLE_FAMILIES) {
        *ret_bad = p->at[HW_COLUMN_FAMILY];
        return HW_FAIL(p->err, HW_PARSE, "expected the code of a family, found nothing");
    }
    *ret_bad = p->at[p->at[HW_COLUMN_ID] != SIZE_MAX ? HW_COLUMN_ID : HW_COLUMN_PERSON];
    if (hw_people_field(p, HW_COLUMN_ID).len == 0 && hw_dataset_find_profile(p->d, profile->id) != NULL) {
        HW_TRY(make_code(p, profile, NULL, NULL, 0));
    }
    return child ? hw_dataset_add_child(p->d, profile, p->err) : hw_dataset_add_profile(p->d, profile, p->err);
}

/* The family could not be built: the whole of it is the bad record. */
static hw_status reject_family(hw_people *p, const char *family, const hw_relative *r, size_t n, size_t bad)
{
    hw_format_where w = {.line = r[bad < n ? bad : 0].line, .field = "family", .record = family, .record_len = strlen(family)};
    if (bad < n && r[bad].record != NULL && !p->o->keep_good) {
        w.record = r[bad].record;
        w.record_len = r[bad].record_len;
    }
    char reason[sizeof p->err->msg];
    memcpy(reason, p->err->msg, sizeof reason);
    HW_TRY(hw_format_bad(p->in, p->o, &w, p->err));
    for (size_t i = 0; i < n; i++) {
        if (r[i].record != NULL) {
            w = (hw_format_where){.line = r[i].line, .record = r[i].record, .record_len = r[i].record_len};
            hw_format_reject(p->o, p->in->name, &w, reason);
            p->o->n_rejects--; /* the family counts once */
        }
    }
    return HW_OK;
}

static hw_status build_family(hw_people *p, const char *family, size_t last)
{
    size_t n = 0, bad = 0;
    for (size_t i = last; i > 0; i = p->entry[i - 1].before) {
        n++;
    }
    HW_AUTO_FREE hw_relative *r = hw_alloc(n, sizeof *r);
    HW_AUTO_FREE bool *own = hw_alloc(n, sizeof *own);
    if (r == NULL || own == NULL) {
        return HW_NO_MEMORY_FAIL(p->err);
    }
    size_t k = n;
    for (size_t i = last; i > 0; i = p->entry[i - 1].before) {
        r[--k] = p->entry[i - 1].r;
        own[k] = p->entry[i - 1].own_id;
    }
    hw_status status = HW_OK;
    for (size_t i = 0; i < n && n <= 4000 && status == HW_OK; i++) {
        if (r[i].profile != NULL && !own[i] && code_taken(p, r[i].profile->id, r, i)) {
            status = make_code(p, r[i].profile, family, r, i);
            bad = i;
        }
    }
    if (status == HW_OK) {
        status = hw_relations_build(p->d, p->in->name, family, r, n, &bad, p->err);
    }
    return status == HW_OK ? HW_OK : reject_family(p, family, r, n, bad);
}

hw_status hw_people_finish(hw_people *p)
{
    for (size_t i = 0; i < p->families.count; i++) {
        HW_TRY(build_family(p, p->families.entries[i].key, (size_t)p->families.entries[i].value));
    }
    return HW_OK;
}
