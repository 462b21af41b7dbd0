// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Familias .fam: the sections after the database, "[DVI]" above all. Headers in brackets, as many as the depth; "Key= value" lines.
 *
 *   [DVI]
 *   [[Unidentified persons]]   nPersons=  [[[Person 1 ]]]  Name= Gender= [[[[DNA data]]]] nSystems= SystemName= Allele1= Allele2=
 *   [[Notes]]                  nFamilies= and one line per family
 *   [[Reference Families]]     nFamilies=  [[[Family 1 ]]]  Name=
 *       [[[[Persons]]]]        [[[[[Person 1]]]]]  as above, two brackets more
 *       [[[[Pedigrees]]]]      [[[[[Pedigree 1]]]]]  Name= nRelations= Parent= Child=
 *
 * A missing person is one whose name begins with "Missing", or who stands in relations but not among the persons. A family has several
 * pedigrees: usually the same one twice, "Reference pedigree" and one under the family's name. The one that says most is used.
 */
#include <string.h>

#include "formats/familias.h"

#define MAX_DEPTH 8
#define MAX_DVI_PERSONS 1000000u
#define MAX_FAMILIES 1000000u
#define MAX_FAMILY_PEDIGREES 100u

typedef struct dvi_family {
    const char *name, *comment;
    fam_person *first, *last;
    fam_pedigree *first_pedigree, *last_pedigree;
    uint32_t line, n_persons, n_pedigrees;
} dvi_family;

typedef struct dvi {
    fam_reader *f;
    const char *title[MAX_DEPTH + 1];
    fam_person *person;      /* whom the lines are about */
    fam_pedigree *pedigree;
    dvi_family *family;
    const char **note;       /* lines of [[Notes]], by family */
    uint32_t n_notes, note_line, n_families, n_persons;
    const char *parent;      /* of the relation whose child comes next */
    bool parent_direct;
} dvi;

/* --- profiles --- */

static hw_status set_typing(fam_reader *f, const fam_person *p, const fam_typing *t, hw_profile *profile)
{
    hw_allele a[2];
    unsigned n = 0;
    uint32_t locus;
    if (!hw_panel_find(&f->d->panel, t->system, &locus)) {
        return fam_fail(f, t->line, HW_PARSE, "the database has no locus \"%.60s\"", t->system);
    }
    for (unsigned i = 0; i < t->n_alleles; i++) {
        if (hw_allele_parse(t->allele[i], strlen(t->allele[i]), &a[n], f->err) != HW_OK) {
            hw_err_prefix(f->err, "%s, line %u, %s: ", f->in->name, t->line + 1, t->system);
            return f->err->code;
        }
        n += a[n] != HW_ALLELE_UNKNOWN;
    }
    if (hw_genotype_typed(hw_profile_at(profile, locus))) {
        return fam_fail(f, t->line, HW_CONFLICT, "\"%.60s\" is typed twice at %s", p->name, t->system);
    }
    return n == 0 ? HW_OK : hw_profile_set(profile, &f->d->arena, &f->d->panel, locus, a, n, n == 1, f->err);
}

/* NULL profile: nothing typed. */
static hw_status build_profile(fam_reader *f, fam_person *p, const char *family)
{
    if (p->first == NULL) {
        return HW_OK;
    }
    const char *id = fam_free_id(f->d, family != NULL ? family : "unidentified", p->name);
    hw_profile *profile = id != NULL ? hw_profile_new(&f->d->arena, id, (uint32_t)f->d->panel.n) : NULL;
    if (profile == NULL) {
        return HW_NO_MEMORY_FAIL(f->err);
    }
    profile->person = hw_arena_strdup(&f->d->arena, p->name);
    profile->family = family;
    profile->sex = p->sex;
    profile->line = p->line + 1;
    if (profile->person == NULL) {
        return HW_NO_MEMORY_FAIL(f->err);
    }
    for (const fam_typing *t = p->first; t != NULL; t = t->next) {
        if (set_typing(f, p, t, profile) != HW_OK) {
            HW_TRY(fam_bad(f, t->line, p->name));
        }
    }
    p->profile = profile;
    return HW_OK;
}

static hw_status finish_unidentified(dvi *x)
{
    fam_reader *f = x->f;
    fam_person *p = x->person;
    x->person = NULL;
    if (p->name == NULL) {
        return fam_fail(f, p->line, HW_PARSE, "a person without a name");
    }
    HW_TRY(build_profile(f, p, NULL));
    if (p->profile == NULL) {
        hw_dataset_note(f->d, f->in->name, p->line + 1, "the unidentified person \"%.60s\" is not typed", p->name);
        p->profile = hw_profile_new(&f->d->arena, p->name, 0);
        if (p->profile == NULL) {
            return HW_NO_MEMORY_FAIL(f->err);
        }
        p->profile->sex = p->sex;
        p->profile->line = p->line + 1;
    }
    return hw_dataset_add_child(f->d, p->profile, f->err);
}

/* --- families --- */

static bool same_relations(const fam_pedigree *a, const fam_pedigree *b)
{
    const fam_relation *r = a->first, *s = b->first;
    while (r != NULL && s != NULL && hw_streq(r->parent, s->parent) && hw_streq(r->child, s->child) && r->direct == s->direct) {
        r = r->next;
        s = s->next;
    }
    return r == NULL && s == NULL;
}

/* The pedigree that says most; of equals one that is not the program's own copy. */
static const fam_pedigree *choose_pedigree(fam_reader *f, const dvi_family *family)
{
    const fam_pedigree *best = family->first_pedigree;
    for (const fam_pedigree *p = family->first_pedigree; p != NULL; p = p->next) {
        bool copy = best->name != NULL && hw_str_ieq(best->name, "Reference pedigree");
        if (p->n_relations > best->n_relations || (p->n_relations == best->n_relations && copy)) {
            best = p;
        }
    }
    for (const fam_pedigree *p = family->first_pedigree; p != NULL; p = p->next) {
        if (p != best && p->n_relations > 0 && !same_relations(p, best)) {
            hw_dataset_note(f->d, f->in->name, p->line + 1, "family \"%.60s\": pedigree \"%.60s\" is used, the other pedigree \"%.60s\" is not",
                            family->name, best->name != NULL ? best->name : "", p->name != NULL ? p->name : "");
        }
    }
    return best;
}

static bool is_missing_name(const char *name)
{
    const char *word = "missing";
    for (; *word != '\0'; word++, name++) {
        if ((*name | 0x20) != *word) {
            return false;
        }
    }
    return true;
}

static const fam_person *find_person(const dvi_family *family, const char *name)
{
    const fam_person *p = family->first;
    while (p != NULL && !hw_streq(p->name, name)) {
        p = p->next;
    }
    return p;
}

static hw_status person_index(fam_reader *f, hw_pedigree *ped, const dvi_family *family, const char *name, uint32_t *ret)
{
    if (hw_pedigree_find(ped, name, ret)) {
        return HW_OK;
    }
    const fam_person *p = find_person(family, name);
    return hw_pedigree_add(ped, name, p != NULL ? p->sex : HW_SEX_UNKNOWN, ret, f->err);
}

static hw_status build_pedigree(fam_reader *f, const dvi_family *family, const fam_pedigree *chosen, hw_pedigree *ped)
{
    uint32_t groups = 0, at;
    for (const fam_person *p = family->first; p != NULL; p = p->next) {
        bool related = false;
        for (const fam_relation *r = chosen != NULL ? chosen->first : NULL; r != NULL && !related; r = r->next) {
            related = hw_streq(r->parent, p->name) || hw_streq(r->child, p->name);
        }
        if (related || p->profile != NULL) {
            if (hw_pedigree_find(ped, p->name, &at)) {
                return fam_fail(f, p->line, HW_CONFLICT, "family \"%.60s\" has two persons \"%.60s\"", family->name, p->name);
            }
            HW_TRY(hw_pedigree_add(ped, p->name, p->sex, &at, f->err));
        } else {
            hw_dataset_note(f->d, f->in->name, p->line + 1, "family \"%.60s\": \"%.60s\" is neither typed nor related to anybody: left out",
                            family->name, p->name);
        }
    }
    for (const fam_relation *r = chosen != NULL ? chosen->first : NULL; r != NULL; r = r->next) {
        uint32_t parent, child;
        HW_TRY(person_index(f, ped, family, r->parent, &parent));
        HW_TRY(person_index(f, ped, family, r->child, &child));
        hw_status s = r->direct ? fam_join_twins(ped, parent, child, &groups, f->err) : hw_pedigree_add_parent(ped, child, parent, f->err);
        if (s != HW_OK) {
            hw_err_prefix(f->err, "%s, line %u: ", f->in->name, r->line + 1);
            return s;
        }
    }
    if (ped->n == 0) {
        return fam_fail(f, family->line, HW_PARSE, "family \"%.60s\" has nobody typed or related", family->name);
    }
    if (chosen != NULL && chosen->name != NULL) {
        ped->name = hw_arena_strdup(&f->d->arena, chosen->name);
        if (ped->name == NULL) {
            return HW_NO_MEMORY_FAIL(f->err);
        }
    }
    return fam_settle(ped, f->err);
}

static hw_status fill_family(fam_reader *f, const dvi_family *draft, const fam_pedigree *chosen, size_t index)
{
    hw_dataset *d = f->d;
    hw_family *family = &d->family[index];
    family->line = draft->line + 1;
    HW_TRY(build_pedigree(f, draft, chosen, &family->pedigree));
    size_t n = family->pedigree.n;
    family->profile = HW_NEW(&d->arena, const hw_profile *, n);
    family->missing = HW_NEW(&d->arena, uint32_t, n);
    if (family->profile == NULL || family->missing == NULL) {
        return HW_NO_MEMORY_FAIL(f->err);
    }
    bool named = false;
    for (uint32_t i = 0; i < n; i++) {
        named = named || is_missing_name(family->pedigree.person[i].id);
    }
    for (uint32_t i = 0; i < n; i++) {
        const char *name = family->pedigree.person[i].id;
        const fam_person *p = find_person(draft, name);
        if (p != NULL && p->profile != NULL) {
            family->profile[i] = p->profile;
        } else if (named ? is_missing_name(name) : p == NULL) {
            family->missing[family->n_missing++] = i;
        }
    }
    if (family->n_missing == 0) {
        hw_dataset_note(d, f->in->name, draft->line + 1, "family \"%.60s\": nobody is missing (no name begins with \"Missing\")", draft->name);
    }
    return HW_OK;
}

static hw_status finish_family(dvi *x)
{
    fam_reader *f = x->f;
    dvi_family *draft = x->family;
    x->family = NULL;
    x->pedigree = NULL;
    x->person = NULL;
    uint32_t number = x->n_families - 1;
    if (draft->name == NULL || draft->name[0] == '\0') {
        return fam_fail(f, draft->line, HW_PARSE, "a family without a name");
    }
    char *id = hw_arena_strdup(&f->d->arena, draft->name);
    if (id == NULL) {
        return HW_NO_MEMORY_FAIL(f->err);
    }
    for (fam_person *p = draft->first; p != NULL; p = p->next) {
        if (p->name == NULL || p->name[0] == '\0') {
            return fam_fail(f, p->line, HW_PARSE, "a person without a name in family \"%.60s\"", draft->name);
        }
        HW_TRY(build_profile(f, p, id));
    }
    const fam_pedigree *chosen = draft->first_pedigree != NULL ? choose_pedigree(f, draft) : NULL;
    size_t index;
    HW_TRY(hw_dataset_add_family(f->d, id, &index, f->err));
    hw_status s = fill_family(f, draft, chosen, index);
    if (s != HW_OK) {
        hw_pedigree_release(&f->d->family[--f->d->n_families].pedigree);
        return s;
    }
    if (number < x->n_notes && x->note[number] != NULL) {
        f->d->family[index].comment = hw_arena_strdup(&f->d->arena, x->note[number]);
        if (f->d->family[index].comment == NULL) {
            return HW_NO_MEMORY_FAIL(f->err);
        }
    }
    for (fam_person *p = draft->first; p != NULL; p = p->next) {
        if (p->profile != NULL) {
            HW_TRY(hw_dataset_add_profile(f->d, p->profile, f->err));
        }
    }
    return HW_OK;
}

/* --- headers and lines --- */

/* A record is complete when a header of its depth or above comes. */
static hw_status close_records(dvi *x, int depth)
{
    bool unidentified = x->title[2] != NULL && hw_str_ieq(x->title[2], "Unidentified persons");
    if (x->person != NULL && unidentified && depth <= 3) {
        uint32_t line = x->person->line;
        const char *name = x->person->name;
        if (finish_unidentified(x) != HW_OK) {
            HW_TRY(fam_bad(x->f, line, name));
        }
    }
    if (x->family != NULL && depth <= 3) {
        uint32_t line = x->family->line;
        const char *name = x->family->name;
        if (finish_family(x) != HW_OK) {
            HW_TRY(fam_bad(x->f, line, name));
        }
    }
    return HW_OK;
}

static hw_status begin_person(dvi *x, uint32_t line)
{
    fam_person *p = HW_NEW(&x->f->scratch, fam_person, 1);
    if (p == NULL) {
        return HW_NO_MEMORY_FAIL(x->f->err);
    }
    if (++x->n_persons > MAX_DVI_PERSONS) {
        return fam_fail(x->f, line, HW_LIMIT, "more than %u persons", MAX_DVI_PERSONS);
    }
    p->line = line;
    if (x->family != NULL) {
        if (++x->family->n_persons > HW_PEDIGREE_MAX) {
            return fam_fail(x->f, line, HW_LIMIT, "more than %d persons in a family", HW_PEDIGREE_MAX);
        }
        if (x->family->last != NULL) {
            x->family->last->next = p;
        } else {
            x->family->first = p;
        }
        x->family->last = p;
    }
    x->person = p;
    return HW_OK;
}

static hw_status begin_pedigree(dvi *x, uint32_t line)
{
    fam_pedigree *p = HW_NEW(&x->f->scratch, fam_pedigree, 1);
    if (p == NULL) {
        return HW_NO_MEMORY_FAIL(x->f->err);
    }
    if (++x->family->n_pedigrees > MAX_FAMILY_PEDIGREES) {
        return fam_fail(x->f, line, HW_LIMIT, "more than %u pedigrees in a family", MAX_FAMILY_PEDIGREES);
    }
    p->line = line;
    if (x->family->last_pedigree != NULL) {
        x->family->last_pedigree->next = p;
    } else {
        x->family->first_pedigree = p;
    }
    x->family->last_pedigree = x->pedigree = p;
    x->parent = NULL;
    return HW_OK;
}

static bool titled(const dvi *x, int depth, const char *title)
{
    return x->title[depth] != NULL && hw_str_starts(x->title[depth], title);
}

static hw_status read_header(dvi *x, fam_line l, uint32_t line)
{
    uint32_t depth = 0, end = l.n;
    while (depth < l.n && l.s[depth] == '[') {
        depth++;
    }
    while (end > depth && l.s[end - 1] == ']') {
        end--;
    }
    if (depth > MAX_DEPTH || l.n - end != depth) {
        return fam_fail(x->f, line, HW_PARSE, "a header with %u opening and %u closing brackets", depth, l.n - end);
    }
    HW_TRY(close_records(x, (int)depth));
    for (uint32_t i = depth; i <= MAX_DEPTH; i++) {
        x->title[i] = NULL;
    }
    char *title = hw_arena_strndup(&x->f->scratch, l.s + depth, end - depth);
    if (title == NULL) {
        return HW_NO_MEMORY_FAIL(x->f->err);
    }
    x->title[depth] = hw_str_trim(title);
    if (!titled(x, 1, "DVI")) {
        return HW_OK;
    }
    if (titled(x, 2, "Notes")) {
        x->note_line = 0;
    } else if (titled(x, 2, "Unidentified persons")) {
        return depth == 3 && titled(x, 3, "Person") ? begin_person(x, line) : HW_OK;
    } else if (titled(x, 2, "Reference Families")) {
        if (depth == 3 && titled(x, 3, "Family")) {
            x->family = HW_NEW(&x->f->scratch, dvi_family, 1);
            if (x->family == NULL) {
                return HW_NO_MEMORY_FAIL(x->f->err);
            }
            if (++x->n_families > MAX_FAMILIES) {
                return fam_fail(x->f, line, HW_LIMIT, "more than %u families", MAX_FAMILIES);
            }
            x->family->line = line;
        } else if (depth == 5 && x->family != NULL && titled(x, 4, "Persons")) {
            return begin_person(x, line);
        } else if (depth == 5 && x->family != NULL && titled(x, 4, "Pedigrees")) {
            return begin_pedigree(x, line);
        }
    }
    return HW_OK;
}

static hw_status person_value(dvi *x, const char *key, const char *value, uint32_t line)
{
    fam_reader *f = x->f;
    fam_person *p = x->person;
    if (hw_streq(key, "Name")) {
        p->name = value;
    } else if (hw_streq(key, "Gender") || hw_streq(key, "Sex")) {
        p->sex = hw_str_ieq(value, "Male") ? HW_SEX_MALE : hw_str_ieq(value, "Female") ? HW_SEX_FEMALE : HW_SEX_UNKNOWN;
    } else if (hw_streq(key, "SystemName")) {
        fam_typing *t = HW_NEW(&f->scratch, fam_typing, 1);
        if (t == NULL) {
            return HW_NO_MEMORY_FAIL(f->err);
        }
        t->line = line;
        t->system = value;
        if (p->last != NULL) {
            p->last->next = t;
        } else {
            p->first = t;
        }
        p->last = t;
    } else if (hw_str_starts(key, "Allele")) {
        if (p->last == NULL || p->last->n_alleles == 2) {
            return fam_fail(f, line, HW_PARSE, "%s without a SystemName before it", key);
        }
        p->last->allele[p->last->n_alleles++] = value;
    }
    return HW_OK;
}

static hw_status pedigree_value(dvi *x, const char *key, const char *value, uint32_t line)
{
    fam_reader *f = x->f;
    if (hw_streq(key, "Name")) {
        x->pedigree->name = value;
    } else if (hw_streq(key, "Parent")) {
        fam_line l = {value, (uint32_t)strlen(value)};
        x->parent_direct = l.n > 8 && fam_contains((fam_line){value + l.n - 8, 8}, "(direct)");
        x->parent = value;
        if (x->parent_direct) {
            char *name = hw_arena_strndup(&f->scratch, value, l.n - 8);
            if (name == NULL) {
                return HW_NO_MEMORY_FAIL(f->err);
            }
            x->parent = hw_str_trim(name);
        }
    } else if (hw_streq(key, "Child")) {
        if (x->pedigree->n_relations >= 4 * HW_PEDIGREE_MAX) {
            return fam_fail(f, line, HW_LIMIT, "more than %d relations in a pedigree", 4 * HW_PEDIGREE_MAX);
        }
        if (x->parent == NULL) {
            return fam_fail(f, line, HW_PARSE, "Child= without Parent= before it");
        }
        fam_relation *r = HW_NEW(&f->scratch, fam_relation, 1);
        if (r == NULL) {
            return HW_NO_MEMORY_FAIL(f->err);
        }
        *r = (fam_relation){.parent = x->parent, .child = value, .direct = x->parent_direct, .line = line};
        if (x->pedigree->last != NULL) {
            x->pedigree->last->next = r;
        } else {
            x->pedigree->first = r;
        }
        x->pedigree->last = r;
        x->pedigree->n_relations++;
        x->parent = NULL;
    }
    return HW_OK;
}

static hw_status read_value(dvi *x, fam_line l, uint32_t line)
{
    fam_reader *f = x->f;
    const char *eq = memchr(l.s, '=', l.n);
    if (eq == NULL) {
        return fam_fail(f, line, HW_PARSE, "expected a header in brackets or \"Key= value\", found \"%.*s\"", (int)(l.n < 60 ? l.n : 60), l.s);
    }
    char *key = hw_arena_strndup(&f->scratch, l.s, (size_t)(eq - l.s));
    char *value = hw_arena_strndup(&f->scratch, eq + 1, (size_t)(l.s + l.n - eq - 1));
    if (key == NULL || value == NULL) {
        return HW_NO_MEMORY_FAIL(f->err);
    }
    if (strlen(value) > 1000) {
        return fam_fail(f, line, HW_LIMIT, "a value of more than 1000 bytes");
    }
    key = hw_str_trim(key);
    value = hw_str_trim(value);
    if (titled(x, 1, "Advanced") && titled(x, 2, "Direct/Identity")) {
        if (!hw_streq(value, "0") && !hw_streq(value, "")) {
            hw_dataset_note(f->d, f->in->name, line + 1,
                            "%s= %.20s holds for the comparison of two samples of one person: it is not used for families", key, value);
        }
        return HW_OK;
    }
    if (!titled(x, 1, "DVI")) {
        return HW_OK; /* settings of the program that bear on no likelihood */
    }
    if (x->pedigree != NULL && titled(x, 4, "Pedigrees")) {
        return pedigree_value(x, key, value, line);
    }
    if (x->person != NULL && (titled(x, 2, "Unidentified persons") || titled(x, 4, "Persons"))) {
        return person_value(x, key, value, line);
    }
    if (x->family != NULL && x->title[4] == NULL && hw_streq(key, "Name")) {
        x->family->name = value;
    }
    return HW_OK;
}

/* Free text, one line per family after the count. */
static hw_status read_note(dvi *x, fam_line l)
{
    if (x->note_line++ == 0) {
        return HW_OK;
    }
    if (x->n_notes >= 1000) {
        return HW_OK; /* far beyond any real file; and keeps the copying below cheap */
    }
    const char *text = fam_unquote(x->f, l);
    const char **grown = HW_NEW(&x->f->scratch, const char *, x->n_notes + 1u);
    if (text == NULL || grown == NULL) {
        return HW_NO_MEMORY_FAIL(x->f->err);
    }
    if (x->n_notes > 0) {
        memcpy(grown, x->note, x->n_notes * sizeof *grown);
    }
    text = hw_format_take_mark(text, &x->f->synthetic);
    grown[x->n_notes++] = text != NULL && text[0] != '\0' ? text : NULL;
    x->note = grown;
    return HW_OK;
}

hw_status fam_read_sections(fam_reader *f)
{
    dvi x = {.f = f};
    for (; f->at < f->n_lines; f->at++) {
        fam_line l = f->line[f->at];
        if (l.n > 0 && l.s[0] == '[') {
            HW_TRY(read_header(&x, l, f->at));
        } else if (titled(&x, 1, "DVI") && titled(&x, 2, "Notes")) {
            HW_TRY(read_note(&x, l));
        } else if (l.n > 0) {
            if (x.title[1] == NULL) {
                return fam_fail(f, f->at, HW_PARSE, "expected the end of the file or a section in brackets: the number of loci or alleles above does not fit");
            }
            HW_TRY(read_value(&x, l, f->at));
        }
    }
    return close_records(&x, 1);
}
