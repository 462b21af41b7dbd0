// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "formats/relations.h"

#include <string.h>

#include "formats/text_input.h"

/* --- words --- */

typedef struct word {
    hw_relation relation;
    hw_sex sex;        /* that the word tells */
    const char *name;  /* shown */
    const char *words; /* folded, separated by '|' */
} word;

#define M HW_SEX_MALE
#define F HW_SEX_FEMALE
#define U HW_SEX_UNKNOWN
static const word WORDS[] = {
    {HW_RELATION_MISSING, U, "missing",
     "missing|missingchild|missingperson|child|self|proband|失踪|失踪儿童|失踪人|失踪者|被拐儿童|被拐|孩子|本人"},
    {HW_RELATION_MOTHER, F, "mother", "mother|biologicalmother|mum|mom|母亲|母|妈妈|生母"},
    {HW_RELATION_FATHER, M, "father", "father|biologicalfather|dad|父亲|父|爸爸|生父"},
    {HW_RELATION_PARENT, U, "parent", "parent|父母|亲代"},
    {HW_RELATION_BROTHER, M, "brother", "brother|fullbrother|兄|弟|兄弟|哥哥|弟弟|哥|胞兄|胞弟"},
    {HW_RELATION_SISTER, F, "sister", "sister|fullsister|姐|妹|姐妹|姊妹|姐姐|妹妹|胞姐|胞妹"},
    {HW_RELATION_SIBLING, U, "sibling", "sibling|fullsibling|biologicalsibling|同胞|全同胞|兄弟姐妹"},
    {HW_RELATION_TWIN, U, "identical twin", "identicaltwin|monozygotictwin|twinidentical|同卵双胞胎|同卵双生"},
    {HW_RELATION_MATERNAL_HALF_SIBLING, U, "maternal half sibling",
     "maternalhalfsibling|halfsiblingmaternal|maternalhalfsib|同母异父|同母半同胞|同母异父兄弟姐妹"},
    {HW_RELATION_MATERNAL_HALF_SIBLING, M, "maternal half brother", "maternalhalfbrother|halfbrothermaternal|同母异父兄弟"},
    {HW_RELATION_MATERNAL_HALF_SIBLING, F, "maternal half sister", "maternalhalfsister|halfsistermaternal|同母异父姐妹"},
    {HW_RELATION_PATERNAL_HALF_SIBLING, U, "paternal half sibling",
     "paternalhalfsibling|halfsiblingpaternal|paternalhalfsib|同父异母|同父半同胞|同父异母兄弟姐妹"},
    {HW_RELATION_PATERNAL_HALF_SIBLING, M, "paternal half brother", "paternalhalfbrother|halfbrotherpaternal|同父异母兄弟"},
    {HW_RELATION_PATERNAL_HALF_SIBLING, F, "paternal half sister", "paternalhalfsister|halfsisterpaternal|同父异母姐妹"},
    {HW_RELATION_PATERNAL_GRANDFATHER, M, "paternal grandfather", "paternalgrandfather|grandfatherpaternal|fathersfather|祖父|爷爷"},
    {HW_RELATION_PATERNAL_GRANDMOTHER, F, "paternal grandmother", "paternalgrandmother|grandmotherpaternal|fathersmother|祖母|奶奶"},
    {HW_RELATION_MATERNAL_GRANDFATHER, M, "maternal grandfather", "maternalgrandfather|grandfathermaternal|mothersfather|外祖父|外公|姥爷"},
    {HW_RELATION_MATERNAL_GRANDMOTHER, F, "maternal grandmother", "maternalgrandmother|grandmothermaternal|mothersmother|外祖母|外婆|姥姥"},
    {HW_RELATION_PATERNAL_UNCLE, M, "paternal uncle", "paternaluncle|unclepaternal|fathersbrother|叔伯|叔|伯|叔叔|伯父|伯伯|叔父"},
    {HW_RELATION_PATERNAL_AUNT, F, "paternal aunt", "paternalaunt|auntpaternal|fatherssister|姑|姑姑|姑母|姑妈"},
    {HW_RELATION_MATERNAL_UNCLE, M, "maternal uncle", "maternaluncle|unclematernal|mothersbrother|舅|舅舅|舅父"},
    {HW_RELATION_MATERNAL_AUNT, F, "maternal aunt", "maternalaunt|auntmaternal|motherssister|姨|姨母|姨妈|阿姨"},
    {HW_RELATION_CHILD, U, "child of the missing",
     "childofthemissing|childofmissing|childofthemissingperson|missingschild|biologicalchild|offspring|失踪人子女"},
    {HW_RELATION_CHILD, M, "son of the missing", "sonofthemissing|sonofmissing|失踪人儿子"},
    {HW_RELATION_CHILD, F, "daughter of the missing", "daughterofthemissing|daughterofmissing|失踪人女儿"},
    {HW_RELATION_SPOUSE, U, "spouse", "spouse|partner|husband|wife|配偶|丈夫|妻子"},
};
#define N_WORDS (sizeof WORDS / sizeof WORDS[0])

static const word *find_word(const char *s, size_t n)
{
    hw_field f = {s, (uint32_t)n, 0};
    for (size_t i = 0; n <= HW_ROWS_MAX_FIELD && i < N_WORDS; i++) {
        if (hw_field_is(f, WORDS[i].words)) {
            return &WORDS[i];
        }
    }
    return NULL;
}

hw_status hw_relation_parse(const char *s, size_t n, hw_relation *ret, hw_sex *ret_sex, hw_err *err)
{
    const word *w = find_word(s, n);
    if (n == 0) {
        *ret = HW_RELATION_NONE;
        *ret_sex = HW_SEX_UNKNOWN;
        return HW_OK;
    }
    if (w != NULL) {
        *ret = w->relation;
        *ret_sex = w->sex;
        return HW_OK;
    }
    hw_field f = {s, n < 60 ? (uint32_t)n : 60, 0};
    char found[64];
    hw_field_copy(f, found, sizeof found);
    if (hw_field_is(f, "grandfather|grandmother|grandparent|uncle|aunt|halfsibling|halfbrother|halfsister|半同胞")) {
        return HW_FAIL(err, HW_PARSE, "\"%s\" does not say of which side; expected \"maternal %s\" or \"paternal %s\"", found, found,
                       found);
    }
    return HW_FAIL(err, HW_PARSE,
                   "\"%s\" is no relation known here; expected one of mother, father, parent, missing, brother, sister, sibling, "
                   "identical twin, maternal or paternal half sibling, grandfather, grandmother, uncle, aunt, child of the missing, "
                   "spouse; for others leave it empty and give father and mother",
                   found);
}

const char *hw_relation_name(hw_relation r)
{
    for (size_t i = 0; i < N_WORDS; i++) {
        if (WORDS[i].relation == r) {
            return WORDS[i].name;
        }
    }
    return "";
}

hw_status hw_sex_parse(const char *s, size_t n, hw_sex *ret, hw_err *err)
{
    hw_field f = {s, n < HW_ROWS_MAX_FIELD ? (uint32_t)n : 0, 0};
    if (n == 0 || hw_field_is(f, "0|u|unknown|na|none|?|未知|不详")) {
        *ret = HW_SEX_UNKNOWN;
    } else if (hw_field_is(f, "m|male|1|man|boy|xy|男|男性")) {
        *ret = HW_SEX_MALE;
    } else if (hw_field_is(f, "f|female|2|woman|girl|xx|女|女性")) {
        *ret = HW_SEX_FEMALE;
    } else {
        char found[40];
        return HW_FAIL(err, HW_PARSE, "expected a sex (M, F, 男, 女, or empty), found \"%s\"", hw_field_copy(f, found, sizeof found));
    }
    return HW_OK;
}

/* --- building --- */

#define MAX_RELATIVES ((size_t)4000) /* typings of one family; people are limited by HW_PEDIGREE_MAX */

typedef struct builder {
    hw_dataset *d;
    const char *file, *family;
    const hw_relative *r;
    size_t n, bad;
    hw_pedigree pedigree;
    uint32_t *person;       /* of each relative */
    int32_t father, mother; /* of the missing child */
    int32_t grand[2][2];    /* [side: 0 father's, 1 mother's][0 grandfather, 1 grandmother] */
    int32_t spouse;
    int32_t missing; /* the first missing child */
    hw_err *err;
} builder;

static void builder_release(builder *b)
{
    hw_pedigree_release(&b->pedigree);
    hw_free(b->person);
}

/* What the pedigree says does not name the family. */
static hw_status in_family(builder *b, hw_status status)
{
    if (status != HW_OK) {
        hw_err_prefix(b->err, "family %s: ", b->family);
    }
    return status;
}

/* A person who must exist but is not listed; the name is made unique. */
static hw_status add_unlisted(builder *b, const char *name, hw_sex sex, int32_t *io)
{
    char id[64];
    uint32_t index;
    if (*io >= 0) {
        return HW_OK;
    }
    hw_field_copy((hw_field){name, (uint32_t)strlen(name), 0}, id, sizeof id - 4);
    for (size_t n = strlen(id); hw_pedigree_find(&b->pedigree, id, &index); n++) {
        if (n + 1 >= sizeof id) {
            return HW_FAIL(b->err, HW_CONFLICT, "family %s: the code \"%s\" is taken; rename that person", b->family, name);
        }
        id[n] = '*';
        id[n + 1] = '\0';
    }
    HW_TRY(in_family(b, hw_pedigree_add(&b->pedigree, id, sex, &index, b->err)));
    *io = (int32_t)index;
    return HW_OK;
}

/* Beside a parent of unknown sex the other one is of unknown sex too: "father" would decide it. */
static hw_status add_other_parent(builder *b, int32_t other, const char *name, hw_sex sex, int32_t *io)
{
    bool unknown = other >= 0 && b->pedigree.person[other].sex == HW_SEX_UNKNOWN;
    return add_unlisted(b, unknown ? "other parent" : name, unknown ? HW_SEX_UNKNOWN : sex, io);
}

static hw_status add_father(builder *b)
{
    return add_other_parent(b, b->mother, "father", HW_SEX_MALE, &b->father);
}

static hw_status add_mother(builder *b)
{
    return add_other_parent(b, b->father, "mother", HW_SEX_FEMALE, &b->mother);
}

static hw_status add_grandparents(builder *b, int side)
{
    HW_TRY(side == 0 ? add_father(b) : add_mother(b));
    HW_TRY(add_unlisted(b, side == 0 ? "paternal grandfather" : "maternal grandfather", HW_SEX_MALE, &b->grand[side][0]));
    HW_TRY(add_unlisted(b, side == 0 ? "paternal grandmother" : "maternal grandmother", HW_SEX_FEMALE, &b->grand[side][1]));
    return HW_OK;
}

/* People first: every code once, typings of one person together. */
static hw_status add_people(builder *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const hw_relative *r = &b->r[i];
        uint32_t index;
        b->bad = i;
        if (hw_pedigree_find(&b->pedigree, r->person, &index)) {
            hw_person *p = &b->pedigree.person[index];
            if (r->sex != HW_SEX_UNKNOWN && p->sex != HW_SEX_UNKNOWN && r->sex != p->sex) {
                return HW_FAIL(b->err, HW_CONFLICT, "family %s, person %s: stated as male and as female", b->family, r->person);
            }
            p->sex = p->sex == HW_SEX_UNKNOWN ? r->sex : p->sex;
        } else {
            HW_TRY(in_family(b, hw_pedigree_add(&b->pedigree, r->person, r->sex, &index, b->err)));
        }
        b->person[i] = index;
        hw_person *p = &b->pedigree.person[index];
        p->inbreeding = r->inbreeding > p->inbreeding ? r->inbreeding : p->inbreeding;
        p->twin = r->twin > 0 ? r->twin : p->twin;
    }
    return HW_OK;
}

/* The one person of a place in the family; two different ones contradict each other. */
static hw_status take_place(builder *b, size_t i, int32_t *place, hw_sex sex)
{
    uint32_t index = b->person[i];
    hw_person *p = &b->pedigree.person[index];
    if (*place >= 0 && *place != (int32_t)index) {
        return HW_FAIL(b->err, HW_CONFLICT, "family %s: %s and %s are both %s; expected one", b->family, b->pedigree.person[*place].id,
                       p->id, hw_relation_name(b->r[i].relation));
    }
    if (sex != HW_SEX_UNKNOWN && p->sex != HW_SEX_UNKNOWN && p->sex != sex) {
        return HW_FAIL(b->err, HW_CONFLICT, "family %s, person %s: %s, but stated as %s", b->family, p->id,
                       hw_relation_name(b->r[i].relation), p->sex == HW_SEX_MALE ? "male" : "female");
    }
    p->sex = sex != HW_SEX_UNKNOWN ? sex : p->sex;
    *place = (int32_t)index;
    return HW_OK;
}

/* Places that one person holds: parents, grandparents, spouse, the (first) missing child. */
static hw_status fill_places(builder *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const hw_relative *r = &b->r[i];
        b->bad = i;
        switch (r->relation) {
        case HW_RELATION_MOTHER:
            HW_TRY(take_place(b, i, &b->mother, HW_SEX_FEMALE));
            break;
        case HW_RELATION_FATHER:
            HW_TRY(take_place(b, i, &b->father, HW_SEX_MALE));
            break;
        case HW_RELATION_PATERNAL_GRANDFATHER:
            HW_TRY(take_place(b, i, &b->grand[0][0], HW_SEX_MALE));
            break;
        case HW_RELATION_PATERNAL_GRANDMOTHER:
            HW_TRY(take_place(b, i, &b->grand[0][1], HW_SEX_FEMALE));
            break;
        case HW_RELATION_MATERNAL_GRANDFATHER:
            HW_TRY(take_place(b, i, &b->grand[1][0], HW_SEX_MALE));
            break;
        case HW_RELATION_MATERNAL_GRANDMOTHER:
            HW_TRY(take_place(b, i, &b->grand[1][1], HW_SEX_FEMALE));
            break;
        case HW_RELATION_SPOUSE:
            HW_TRY(take_place(b, i, &b->spouse, HW_SEX_UNKNOWN));
            break;
        default:
            break;
        }
        if ((r->missing || r->relation == HW_RELATION_MISSING) && b->missing < 0) {
            b->missing = (int32_t)b->person[i];
        }
    }
    /* a parent of either sex takes the place that its sex or the other parent leaves; of unknown sex and alone, the father's */
    for (size_t i = 0; i < b->n; i++) {
        if (b->r[i].relation == HW_RELATION_PARENT) {
            b->bad = i;
            hw_sex sex = b->pedigree.person[b->person[i]].sex;
            bool mother = sex == HW_SEX_FEMALE || (sex == HW_SEX_UNKNOWN && b->father >= 0 && b->father != (int32_t)b->person[i]);
            HW_TRY(take_place(b, i, mother ? &b->mother : &b->father, HW_SEX_UNKNOWN));
        }
    }
    return HW_OK;
}

/* Who else the relations speak of: the unlisted parents and grandparents, and a missing child when nobody is missing. */
static hw_status add_implied(builder *b)
{
    bool related = false;
    for (size_t i = 0; i < b->n; i++) {
        b->bad = i;
        related |= b->r[i].relation != HW_RELATION_NONE;
        switch (b->r[i].relation) {
        case HW_RELATION_BROTHER:
        case HW_RELATION_SISTER:
        case HW_RELATION_SIBLING:
        case HW_RELATION_TWIN:
            HW_TRY(add_father(b));
            HW_TRY(add_mother(b));
            break;
        case HW_RELATION_MATERNAL_HALF_SIBLING:
            HW_TRY(add_mother(b));
            break;
        case HW_RELATION_PATERNAL_HALF_SIBLING:
            HW_TRY(add_father(b));
            break;
        case HW_RELATION_PATERNAL_GRANDFATHER:
        case HW_RELATION_PATERNAL_GRANDMOTHER:
            HW_TRY(add_father(b));
            break;
        case HW_RELATION_MATERNAL_GRANDFATHER:
        case HW_RELATION_MATERNAL_GRANDMOTHER:
            HW_TRY(add_mother(b));
            break;
        case HW_RELATION_PATERNAL_UNCLE:
        case HW_RELATION_PATERNAL_AUNT:
            HW_TRY(add_grandparents(b, 0));
            break;
        case HW_RELATION_MATERNAL_UNCLE:
        case HW_RELATION_MATERNAL_AUNT:
            HW_TRY(add_grandparents(b, 1));
            break;
        case HW_RELATION_MISSING:
            if (b->missing != (int32_t)b->person[i] && b->r[i].father == NULL && b->r[i].mother == NULL) {
                HW_TRY(add_father(b)); /* several missing children are full siblings */
                HW_TRY(add_mother(b));
            }
            break;
        default:
            break;
        }
    }
    b->bad = 0;
    if (b->missing < 0) {
        if (!related) {
            return HW_FAIL(b->err, HW_PARSE,
                           "family %s: nobody is missing; expected a person with relation \"missing\" or \"yes\" in a column missing",
                           b->family);
        }
        HW_TRY(add_unlisted(b, "missing", HW_SEX_UNKNOWN, &b->missing));
    }
    return HW_OK;
}

/* The parent that a code in a column names. */
static hw_status named_parent(builder *b, const hw_relative *r, const char *code, const char *what, int32_t *ret)
{
    uint32_t index;
    if (code == NULL) {
        *ret = -1;
        return HW_OK;
    }
    if (!hw_pedigree_find(&b->pedigree, code, &index)) {
        return HW_FAIL(b->err, HW_PARSE, "family %s, person %s: the %s \"%s\" is nobody of this family; expected the code of a person",
                       b->family, r->person, what, code);
    }
    *ret = (int32_t)index;
    return HW_OK;
}

/* The parents that a relation means; -1 and -1 when it means none. */
static void related_parents(const builder *b, const hw_relative *r, int32_t *ret_father, int32_t *ret_mother)
{
    *ret_father = *ret_mother = -1;
    switch (r->relation) {
    case HW_RELATION_MISSING:
    case HW_RELATION_BROTHER:
    case HW_RELATION_SISTER:
    case HW_RELATION_SIBLING:
    case HW_RELATION_TWIN:
        *ret_father = b->father;
        *ret_mother = b->mother;
        break;
    case HW_RELATION_MATERNAL_HALF_SIBLING:
        *ret_mother = b->mother;
        break;
    case HW_RELATION_PATERNAL_HALF_SIBLING:
        *ret_father = b->father;
        break;
    case HW_RELATION_FATHER:
    case HW_RELATION_PATERNAL_UNCLE:
    case HW_RELATION_PATERNAL_AUNT:
        *ret_father = b->grand[0][0];
        *ret_mother = b->grand[0][1];
        break;
    case HW_RELATION_MOTHER:
    case HW_RELATION_MATERNAL_UNCLE:
    case HW_RELATION_MATERNAL_AUNT:
        *ret_father = b->grand[1][0];
        *ret_mother = b->grand[1][1];
        break;
    default:
        break;
    }
}

static hw_status state_parents(builder *b, uint32_t child, int32_t father, int32_t mother)
{
    const hw_person *p = &b->pedigree.person[child];
    if (father < 0 && mother < 0) {
        return HW_OK;
    }
    if ((p->father >= 0 || p->mother >= 0) && (p->father != father || p->mother != mother)) {
        return HW_FAIL(b->err, HW_CONFLICT, "family %s, person %s: listed twice with different parents", b->family, p->id);
    }
    return in_family(b, hw_pedigree_set_parents(&b->pedigree, child, father, mother, b->err));
}

static hw_status link_people(builder *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const hw_relative *r = &b->r[i];
        int32_t father = -1, mother = -1;
        b->bad = i;
        if (r->father != NULL || r->mother != NULL) {
            HW_TRY(named_parent(b, r, r->father, "father", &father));
            HW_TRY(named_parent(b, r, r->mother, "mother", &mother));
        } else if (r->relation == HW_RELATION_CHILD) {
            father = b->missing;
            mother = b->spouse;
        } else {
            related_parents(b, r, &father, &mother);
        }
        HW_TRY(state_parents(b, b->person[i], father, mother));
    }
    b->bad = 0;
    /* people who are not in the list have no row of their own to link them */
    const int32_t children[] = {b->missing, b->father, b->mother};
    const int32_t fathers[] = {b->father, b->grand[0][0], b->grand[1][0]}, mothers[] = {b->mother, b->grand[0][1], b->grand[1][1]};
    for (int k = 0; k < 3; k++) {
        int32_t c = children[k];
        if (c >= 0 && c != fathers[k] && c != mothers[k] && b->pedigree.person[c].father < 0 && b->pedigree.person[c].mother < 0) {
            HW_TRY(state_parents(b, (uint32_t)c, fathers[k], mothers[k]));
        }
    }
    return HW_OK;
}

/* Identical twins of the missing child share a group number that nobody else has. */
static void group_twins(builder *b)
{
    uint32_t group = 0;
    bool any = false;
    for (size_t i = 0; i < b->n; i++) {
        group = b->r[i].twin > group ? b->r[i].twin : group;
        any |= b->r[i].relation == HW_RELATION_TWIN;
    }
    for (size_t i = 0; any && i < b->n; i++) {
        if (b->r[i].relation == HW_RELATION_TWIN) {
            b->pedigree.person[b->person[i]].twin = group + 1;
        }
    }
    if (any) {
        b->pedigree.person[b->missing].twin = group + 1;
    }
}

/* --- profiles --- */

/* The one profile of a person: the only typing, or all merged. */
static hw_status person_profile(builder *b, uint32_t person, const hw_profile **scratch, const hw_profile **ret)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (b->person[i] == person && b->r[i].profile != NULL) {
            b->bad = i;
            scratch[n++] = b->r[i].profile;
        }
    }
    if (n <= 1) {
        *ret = n == 1 ? scratch[0] : NULL;
        return HW_OK;
    }
    hw_profile *merged;
    hw_profile_note *notes;
    size_t n_notes;
    HW_TRY(hw_profile_merge(&b->d->arena, &b->d->panel, scratch, n, &merged, &notes, &n_notes, b->err));
    for (size_t i = 0; i < n_notes; i++) {
        hw_dataset_note(b->d, b->file, b->r[b->bad].line, "family %s, person %s, %zu typings merged: %s", b->family,
                        b->pedigree.person[person].id, n, notes[i].text);
    }
    *ret = merged;
    return HW_OK;
}

/* Codes free? Then nothing that follows can fail but for want of memory. */
static hw_status check_profiles(builder *b)
{
    for (size_t i = 0; i < b->n; i++) {
        hw_profile *p = b->r[i].profile;
        const hw_profile *known = p != NULL ? hw_dataset_find_profile(b->d, p->id) : NULL;
        b->bad = i;
        if (known != NULL && known != p) {
            return HW_FAIL(b->err, HW_CONFLICT, "family %s: the sample code \"%s\" is taken (line %u); expected a code of its own",
                           b->family, p->id, known->line);
        }
        for (size_t k = 0; known == NULL && p != NULL && k < i; k++) {
            if (b->r[k].profile != NULL && b->r[k].profile != p && hw_streq(b->r[k].profile->id, p->id)) {
                return HW_FAIL(b->err, HW_CONFLICT, "family %s: the sample code \"%s\" is used twice (first in line %u)", b->family, p->id,
                               b->r[k].line);
            }
        }
    }
    return HW_OK;
}

static hw_status append_family(builder *b)
{
    size_t n = b->pedigree.n, index;
    HW_AUTO_FREE const hw_profile **scratch = hw_alloc(b->n + 1, sizeof *scratch);
    const hw_profile **profile = HW_NEW(&b->d->arena, const hw_profile *, n);
    uint32_t *missing = HW_NEW(&b->d->arena, uint32_t, n);
    if (scratch == NULL || profile == NULL || missing == NULL) {
        return HW_NO_MEMORY_FAIL(b->err);
    }
    uint32_t n_missing = 0;
    HW_AUTO_FREE bool *is_missing = hw_alloc(n, sizeof *is_missing);
    if (is_missing == NULL) {
        return HW_NO_MEMORY_FAIL(b->err);
    }
    is_missing[b->missing] = true;
    for (size_t i = 0; i < b->n; i++) {
        is_missing[b->person[i]] |= b->r[i].missing || b->r[i].relation == HW_RELATION_MISSING;
    }
    for (uint32_t i = 0; i < n; i++) {
        HW_TRY(person_profile(b, i, scratch, &profile[i]));
        if (is_missing[i]) {
            missing[n_missing++] = i;
        }
    }
    for (size_t i = 0; i < b->n; i++) {
        hw_profile *p = b->r[i].profile;
        b->bad = i;
        if (p != NULL && hw_dataset_find_profile(b->d, p->id) == NULL) {
            HW_TRY(hw_dataset_add_profile(b->d, p, b->err));
        }
    }
    HW_TRY(hw_dataset_add_family(b->d, b->family, &index, b->err));
    hw_family *f = &b->d->family[index];
    hw_pedigree_release(&f->pedigree);
    f->pedigree = b->pedigree;
    hw_pedigree_init(&b->pedigree);
    f->profile = profile;
    f->missing = missing;
    f->n_missing = n_missing;
    f->line = b->n > 0 ? b->r[0].line : 0;
    return HW_OK;
}

static hw_status build(builder *b)
{
    b->person = hw_alloc(b->n + 1, sizeof *b->person);
    if (b->person == NULL) {
        return HW_NO_MEMORY_FAIL(b->err);
    }
    HW_TRY(add_people(b));
    HW_TRY(fill_places(b));
    HW_TRY(add_implied(b));
    HW_TRY(link_people(b));
    group_twins(b);
    HW_TRY(in_family(b, hw_pedigree_check(&b->pedigree, b->err)));
    HW_TRY(check_profiles(b));
    return append_family(b);
}

hw_status hw_relations_build(hw_dataset *d, const char *file, const char *family, const hw_relative *relative, size_t n, size_t *ret_bad,
                             hw_err *err)
{
    HW_CLEANUP(builder_release)
    builder b = {.d = d, .file = file, .family = family, .r = relative, .n = n, .err = err};
    b.father = b.mother = b.spouse = b.missing = -1;
    b.grand[0][0] = b.grand[0][1] = b.grand[1][0] = b.grand[1][1] = -1;
    hw_pedigree_init(&b.pedigree);
    hw_status status =
        n <= MAX_RELATIVES ? build(&b) : HW_FAIL(err, HW_PARSE, "family %s: %zu records; expected at most %zu", family, n, MAX_RELATIVES);
    *ret_bad = b.bad;
    return status;
}
