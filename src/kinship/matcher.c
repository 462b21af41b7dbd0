// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/matcher.h"

#include <math.h>
#include <string.h>

#define MAX_TABLE_BYTES ((size_t)256 << 20) /* of cached tables per thread */
#define KEY_BYTES 8192
#define INDEX_CHILDREN 4096u /* with more children, only models without added alleles keep an index of them: 4 bytes a child, for each set of rare alleles */
#define RIVAL_OPERATIONS 2e7 /* of one rival at one locus; some hundredths of a second */

/* ---- what all threads share ---- */

static hw_status settle_children(search *s, hw_err *err)
{
    s->child_sex = HW_NEW(s->arena, hw_sex, s->d->n_children + 1);
    s->child_male_odds = HW_NEW(s->arena, double, s->d->n_children + 1);
    if (s->child_sex == NULL || s->child_male_odds == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    double e = s->o->settings->sex_error;
    for (size_t i = 0; i < s->d->n_children; i++) {
        const hw_profile *p = s->d->child[i];
        hw_sex shown = hw_profile_amelogenin(p, &s->d->panel);
        s->child_sex[i] = shown != HW_SEX_UNKNOWN ? shown : p->sex;
        s->child_male_odds[i] = hw_amelogenin_ratio(p, &s->d->panel, e);
        if (shown == HW_SEX_UNKNOWN && p->sex != HW_SEX_UNKNOWN && e > 0.0 && e < 1.0) {
            s->child_male_odds[i] = p->sex == HW_SEX_MALE ? (1.0 - e) / e : e / (1.0 - e);
        }
    }
    return HW_OK;
}

/* Linkage together with founder correlation has no exact answer here: said at once, not family by family. */
static hw_status check_links(const search *s, hw_err *err)
{
    const hw_settings *set = s->o->settings;
    for (uint32_t q = 0; q < set->n_linked; q++) {
        uint32_t found = 0;
        for (uint32_t i = 0; i < s->n_loci; i++) {
            found += hw_streq(s->locus[i].name, set->linked[q].a) || hw_streq(s->locus[i].name, set->linked[q].b) ? 1 : 0;
        }
        for (uint32_t k = 0; k < s->o->n_populations; k++) {
            if (found == 2 && s->theta[k] > 0.0) {
                return HW_FAIL(err, HW_UNSUPPORTED, "%s and %s are stated to be linked and table %s has theta %g: the two are not modelled together; set theta to 0 or "
                               "treat the loci as unlinked",
                               set->linked[q].a, set->linked[q].b, s->o->population[k]->name, s->theta[k]);
            }
        }
    }
    return HW_OK;
}

static hw_sex sample_sex(const hw_dataset *d, const hw_profile *p)
{
    hw_sex shown = p == NULL ? HW_SEX_UNKNOWN : hw_profile_amelogenin(p, &d->panel);
    return p != NULL && shown == HW_SEX_UNKNOWN ? p->sex : shown;
}

static bool sex_shown(const hw_dataset *d, const hw_family *f)
{
    for (size_t i = 0; i < f->pedigree.n; i++) {
        if (f->pedigree.person[i].sex == HW_SEX_UNKNOWN && sample_sex(d, f->profile[i]) != HW_SEX_UNKNOWN) {
            return true;
        }
    }
    return false;
}

/* Relatives whose sex no file states have that of their own sample, where the pedigree allows it. */
static hw_status settle_families(search *s, hw_err *err)
{
    const hw_dataset *d = s->d;
    s->family = d->family;
    size_t n = 0;
    for (size_t f = 0; f < d->n_families; f++) {
        n += sex_shown(d, &d->family[f]) ? 1 : 0;
    }
    if (n == 0) {
        return HW_OK;
    }
    hw_family *all = HW_NEW(s->arena, hw_family, d->n_families);
    s->resolved = HW_NEW(s->arena, hw_pedigree, n);
    if (all == NULL || s->resolved == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    memcpy(all, d->family, d->n_families * sizeof(*all));
    s->family = all;
    for (size_t f = 0; f < d->n_families; f++) {
        if (!sex_shown(d, &d->family[f])) {
            continue;
        }
        hw_pedigree *copy = &s->resolved[s->n_resolved];
        HW_TRY(hw_pedigree_copy(&d->family[f].pedigree, copy, err));
        s->n_resolved++;
        for (size_t i = 0; i < copy->n; i++) {
            hw_sex own = sample_sex(d, all[f].profile[i]);
            if (copy->person[i].sex == HW_SEX_UNKNOWN && own != HW_SEX_UNKNOWN) {
                pedigree_place_sex(copy, (uint32_t)i, own);
            }
        }
        hw_err mine = {0};
        hw_status status = hw_pedigree_check(copy, &mine);
        if (status == HW_NO_MEMORY) {
            return HW_NO_MEMORY_FAIL(err);
        }
        if (status == HW_OK) {
            all[f].pedigree = *copy;
        }
    }
    return HW_OK;
}

void search_release(search *s)
{
    for (uint32_t i = 0; i < s->n_resolved; i++) {
        hw_pedigree_release(&s->resolved[i]);
    }
    s->n_resolved = 0;
}

hw_status search_init(search *s, hw_arena *arena, const hw_dataset *d, const hw_match_options *o, hw_err *err)
{
    *s = (search){.d = d, .o = o, .arena = arena};
    if (o->n_populations == 0 || o->settings == NULL) {
        return HW_FAIL(err, HW_USAGE, "a search needs a table of allele frequencies");
    }
    s->locus = HW_NEW(arena, search_locus, d->panel.n + 1);
    s->theta = HW_NEW(arena, double, o->n_populations);
    if (s->locus == NULL || s->theta == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t k = 0; k < o->n_populations; k++) {
        s->theta[k] = o->settings->theta >= 0.0 ? o->settings->theta : o->population[k]->theta;
    }
    for (uint32_t i = 0; i < d->panel.n; i++) {
        const hw_panel_locus *pl = &d->panel.locus[i];
        if ((pl->kind != HW_LOCUS_AUTOSOMAL && pl->kind != HW_LOCUS_X) || hw_population_find(o->population[0], pl->name) == NULL) {
            continue;
        }
        search_locus *l = &s->locus[s->n_loci];
        *l = (search_locus){.panel_index = i, .name = pl->name, .kind = pl->kind, .settings = hw_settings_locus(o->settings, pl->name)};
        l->freq = HW_NEW(arena, const hw_freq *, o->n_populations);
        if (l->freq == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        for (uint32_t k = 0; k < o->n_populations; k++) {
            l->freq[k] = hw_population_find(o->population[k], pl->name);
        }
        s->n_loci++;
    }
    if (s->n_loci == 0 && d->panel.n > 0) {
        return HW_FAIL(err, HW_NOT_FOUND, "table %s has none of the loci of these profiles (the first is %s); give the table of the kit used",
                       o->population[0]->name, d->panel.locus[0].name);
    }
    HW_TRY(check_links(s, err));
    HW_TRY(settle_children(s, err));
    return settle_families(s, err);
}

double search_sex_ratio(const search *s, uint32_t child, hw_sex missing_sex)
{
    double odds = s->child_male_odds[child];
    if (missing_sex == HW_SEX_UNKNOWN) {
        return 1.0;
    }
    if (odds > 1e300) {
        return missing_sex == HW_SEX_MALE ? 2.0 : 0.0;
    }
    return missing_sex == HW_SEX_MALE ? 2.0 * odds / (1.0 + odds) : 2.0 / (1.0 + odds);
}

bool search_sex_matters(const search *s, const hw_family *f, uint32_t person)
{
    for (uint32_t i = 0; i < s->n_loci; i++) {
        if (s->locus[i].kind == HW_LOCUS_X) {
            return true;
        }
    }
    for (size_t i = 0; i < f->pedigree.n; i++) {
        if (f->pedigree.person[i].father == (int32_t)person || f->pedigree.person[i].mother == (int32_t)person) {
            return true;
        }
    }
    return false;
}

hw_status matcher_init(matcher *m, const search *s, hw_err *err)
{
    *m = (matcher){.s = s};
    hw_arena_init(&m->arena, (size_t)2 << 30);
    hw_arena_init(&m->scratch, (size_t)1 << 30);
    hw_map_init(&m->tables, 0);
    hw_map_init(&m->shapes, 0);
    HW_TRY(hw_engine_new(NULL, &m->engine, err));
    const hw_engine_limits rival = {.max_operations = RIVAL_OPERATIONS};
    HW_TRY(hw_engine_new(&rival, &m->rival_engine, err));
    m->variants = HW_NEW(&m->arena, variant *, (size_t)s->n_loci * s->o->n_populations + 1);
    return m->variants == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

void matcher_release(matcher *m)
{
    hw_engine_free(m->engine);
    hw_engine_free(m->rival_engine);
    hw_arena_release(&m->arena);
    hw_arena_release(&m->scratch);
    hw_map_release(&m->tables);
    hw_map_release(&m->shapes);
}

/* ---- models ---- */

/* Alleles of `seen` that the table lacks, sorted, once each. */
static uint32_t missing_alleles(const hw_freq *f, const hw_allele *seen, size_t n_seen, hw_allele *ret)
{
    uint32_t n = 0;
    for (size_t i = 0; i < n_seen; i++) {
        hw_allele a = seen[i];
        if (a == HW_ALLELE_UNKNOWN || a == HW_ALLELE_OFF_LADDER || hw_freq_index(f, a) >= 0) {
            continue;
        }
        uint32_t at = n;
        while (at > 0 && ret[at - 1] > a) {
            at--;
        }
        if (at > 0 && ret[at - 1] == a) {
            continue;
        }
        memmove(ret + at + 1, ret + at, (n - at) * sizeof(*ret));
        ret[at] = a;
        n++;
    }
    return n;
}

static hw_status founder_table(matcher *m, variant *v, hw_err *err)
{
    const hw_locus_model *lm = v->model;
    size_t g = (size_t)lm->n * (lm->n + 1) / 2;
    v->founder = HW_NEW(&m->arena, double, g);
    v->founder_x = HW_NEW(&m->arena, double, g);
    if (v->founder == NULL || v->founder_x == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t j = 0; j < lm->n; j++) {
        for (uint32_t i = 0; i <= j; i++) {
            v->founder[hw_genotype_index(i, j)] = i == j ? lm->p[i] * lm->p[i] : 2.0 * lm->p[i] * lm->p[j];
        }
        v->founder_x[hw_genotype_index(j, j)] = lm->p[j];
    }
    return HW_OK;
}

hw_status matcher_variant(matcher *m, uint32_t population, uint32_t locus, const hw_allele *seen, size_t n_seen, variant **ret, hw_err *err)
{
    const search *s = m->s;
    const search_locus *l = &s->locus[locus];
    hw_allele *added = HW_NEW(&m->scratch, hw_allele, n_seen + 1);
    if (added == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    uint32_t n_added = missing_alleles(l->freq[population], seen, n_seen, added);
    variant **head = &m->variants[(size_t)population * s->n_loci + locus];
    for (variant *v = *head; v != NULL; v = v->next) {
        if (v->n_added == n_added && memcmp(v->added, added, n_added * sizeof(*added)) == 0) {
            *ret = v;
            return HW_OK;
        }
    }
    variant *v = HW_NEW(&m->arena, variant, 1);
    hw_allele *kept = HW_NEW(&m->arena, hw_allele, n_added + 1);
    if (v == NULL || kept == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    memcpy(kept, added, n_added * sizeof(*added));
    *v = (variant){.locus = locus, .population = population, .n_added = n_added, .added = kept};
    HW_TRY(hw_locus_model_build(&m->arena, l->freq[population], l->kind, l->settings, s->theta[population], s->o->settings->rare_rule,
                                s->o->settings->rare_value, kept, n_added, &v->model, err));
    HW_TRY(founder_table(m, v, err));
    /* Appended, so that the variant without additions, asked for most, is found first. */
    while (*head != NULL) {
        head = &(*head)->next;
    }
    *head = v;
    *ret = v;
    return HW_OK;
}

hw_typing profile_typing(const hw_profile *p, uint32_t panel_index)
{
    hw_genotype g = hw_profile_at(p, panel_index);
    return (hw_typing){g.a, g.b, p != NULL ? p->dropout : 0.0, p != NULL ? p->error : 0.0};
}

/* An allele read off the ladder is known where the model has one of that code; else the model with it is another one. */
static bool known(const hw_locus_model *lm, hw_allele seen)
{
    return seen == HW_ALLELE_UNKNOWN || seen == HW_ALLELE_OFF_LADDER || hw_locus_model_index(lm, seen) >= 0;
}

/* The reading of a child with drop-out, an unknown or off-ladder allele, or a silent one in the model: which genotypes are open, and how likely each makes it. */
static hw_status open_child(const hw_locus_model *lm, hw_arena *arena, const hw_typing *t, double *all, int32_t *ret, open_reading *ret_open, hw_err *err)
{
    size_t n = (size_t)lm->n * (lm->n + 1) / 2;
    HW_TRY(hw_emission(lm, t, false, all, err));
    uint32_t open = 0;
    uint32_t only = 0;
    for (uint32_t g = 0; g < n; g++) {
        if (all[g] > 0.0) {
            only = g;
            open++;
        }
    }
    if (open == 1) { /* the probability of the reading cancels */
        *ret = (int32_t)only;
        return HW_OK;
    }
    *ret_open = (open_reading){.genotype = HW_NEW(arena, uint32_t, open + 1), .p = HW_NEW(arena, double, open + 1)};
    if (ret_open->genotype == NULL || ret_open->p == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t g = 0; g < n; g++) {
        if (all[g] > 0.0) {
            ret_open->genotype[ret_open->n] = g;
            ret_open->p[ret_open->n++] = all[g];
        }
    }
    *ret = CHILD_OPEN;
    return HW_OK;
}

/* What needs no look at the model's other genotypes; false: open_child must say. */
static bool plain_child(const matcher *m, const variant *v, const hw_typing *t, int32_t *ret)
{
    if (t->a == HW_ALLELE_UNKNOWN && t->b == HW_ALLELE_UNKNOWN) {
        *ret = CHILD_UNTYPED;
        return true;
    }
    int a = hw_locus_model_index(v->model, t->a);
    int b = hw_locus_model_index(v->model, t->b);
    if (hw_allele_is_repeat(t->a) && hw_allele_is_repeat(t->b) && a >= 0 && b >= 0 && t->dropout <= 0.0 && t->error <= 0.0 &&
        (v->model->silent < 0 || a != b)) {
        *ret = (int32_t)hw_genotype_index((uint32_t)a, (uint32_t)b);
        return true;
    }
    *ret = CHILD_SLOW;
    return m->s->locus[v->locus].kind == HW_LOCUS_X || !known(v->model, t->a) || !known(v->model, t->b);
}

static hw_typing child_typing(const matcher *m, const variant *v, size_t child)
{
    return profile_typing(m->s->d->child[child], m->s->locus[v->locus].panel_index);
}

static hw_status child_genotype(matcher *m, const variant *v, const hw_typing *t, int32_t *ret, open_reading *ret_open, hw_err *err)
{
    if (plain_child(m, v, t, ret)) {
        return HW_OK;
    }
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    double *scratch = HW_NEW(&m->scratch, double, (size_t)v->model->n * (v->model->n + 1) / 2);
    hw_status status = scratch == NULL ? HW_NO_MEMORY_FAIL(err) : open_child(v->model, &m->arena, t, scratch, ret, ret_open, err);
    hw_arena_reset(&m->scratch, mark);
    return status;
}

static uint32_t typing_slot(const hw_typing *t)
{
    uint64_t d = 0;
    uint64_t e = 0;
    memcpy(&d, &t->dropout, sizeof(d));
    memcpy(&e, &t->error, sizeof(e));
    uint64_t h = ((uint64_t)(uint32_t)t->a << 32 | (uint32_t)t->b) * 0x9e3779b97f4a7c15u ^ d * 0xff51afd7ed558ccdu ^ e;
    return (uint32_t)(h >> 40) & (KNOWN_READINGS - 1);
}

hw_status variant_child(matcher *m, variant *v, size_t child, int32_t *ret, open_reading *ret_open, hw_err *err)
{
    hw_typing t = child_typing(m, v, child);
    if (plain_child(m, v, &t, ret)) {
        return HW_OK;
    }
    if (v->known == NULL) {
        v->known = HW_NEW(&m->arena, known_reading *, KNOWN_READINGS);
        if (v->known == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    known_reading **head = &v->known[typing_slot(&t)];
    for (const known_reading *k = *head; k != NULL; k = k->next) {
        if (memcmp(&k->t, &t, sizeof(t)) == 0) {
            *ret = k->is;
            *ret_open = k->open;
            return HW_OK;
        }
    }
    known_reading *k = HW_NEW(&m->arena, known_reading, 1);
    if (k == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    k->t = t;
    HW_TRY(child_genotype(m, v, &t, &k->is, &k->open, err));
    k->next = *head;
    *head = k;
    *ret = k->is;
    *ret_open = k->open;
    return HW_OK;
}

hw_status variant_child_index(matcher *m, variant *v, hw_err *err)
{
    size_t n = m->s->d->n_children;
    if (v->child_index != NULL || m->few || (v->n_added > 0 && n > INDEX_CHILDREN)) {
        return HW_OK;
    }
    int32_t *index = HW_NEW(&m->arena, int32_t, n + 1);
    size_t open_cap = 0;
    if (index == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    v->open = NULL;
    v->n_open = 0;
    for (size_t i = 0; i < n; i++) {
        open_reading open;
        hw_typing t = child_typing(m, v, i);
        HW_TRY(child_genotype(m, v, &t, &index[i], &open, err));
        if (index[i] != CHILD_OPEN) {
            continue;
        }
        if (v->n_open == open_cap) {
            open_cap = open_cap == 0 ? 64 : 2 * open_cap;
            open_reading *more = HW_NEW(&m->arena, open_reading, open_cap);
            if (more == NULL) {
                return HW_NO_MEMORY_FAIL(err);
            }
            if (v->n_open > 0) {
                memcpy(more, v->open, v->n_open * sizeof(*more));
            }
            v->open = more;
        }
        index[i] = CHILD_OPEN - (int32_t)v->n_open;
        v->open[v->n_open++] = open;
    }
    v->child_index = index;
    return HW_OK;
}

double open_ratio(const locus_table *t, const open_reading *r)
{
    double missing = 0.0;
    double unrelated = 0.0;
    for (uint32_t i = 0; i < r->n; i++) {
        missing += t->post[r->genotype[i]] * r->p[i];
        unrelated += t->prior[r->genotype[i]] * r->p[i];
    }
    return unrelated > 0.0 ? missing / unrelated : 1.0;
}

/* ---- a family and its missing person ---- */

static char *key_number(char *at, uint64_t x)
{
    do {
        *at++ = (char)('0' + (x & 63));
        x >>= 6;
    } while (x != 0);
    *at++ = ' ';
    return at;
}

/* A number between 0 and 1 in a key: its bits, which are 0 for the common 0. */
static char *key_share(char *at, double x)
{
    uint64_t bits = 0;
    memcpy(&bits, &x, sizeof(bits));
    return key_number(at, bits);
}

#define SHAPE_BYTES 64u /* of a person in a key, at most */

/* Structure of the pedigree and quality of its samples as text: families that agree share tables. */
static hw_status shape_number(matcher *m, question *q, hw_err *err)
{
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    char *key = HW_NEW(&m->scratch, char, q->ped->n * SHAPE_BYTES + SHAPE_BYTES);
    if (key == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    char *at = key_number(key_number(key, q->person), q->ped->n);
    for (size_t i = 0; i < q->ped->n; i++) {
        const hw_person *p = &q->ped->person[i];
        const hw_profile *f = q->family->profile[i];
        at = key_number(at, (uint64_t)p->sex);
        at = key_number(at, (uint64_t)(uint32_t)(p->father + 1));
        at = key_number(at, (uint64_t)(uint32_t)(p->mother + 1));
        at = key_number(at, p->twin);
        at = key_share(at, p->inbreeding);
        at = key_share(at, f != NULL ? f->dropout : 0.0);
        at = key_share(at, f != NULL ? f->error : 0.0);
    }
    *at = '\0';
    uint64_t number = 0;
    hw_status status = HW_OK;
    if (!hw_map_get(&m->shapes, key, &number)) {
        number = m->shapes.count;
        status = hw_map_put(&m->shapes, key, number, err);
    }
    hw_arena_reset(&m->scratch, mark);
    q->shape = (uint32_t)number;
    return status;
}

hw_status question_init(matcher *m, question *q, const hw_family *family, uint32_t missing, const hw_pedigree *ped, hw_err *err)
{
    *q = (question){.family = family, .missing = missing, .ped = ped, .person = family->missing[missing]};
    return shape_number(m, q, err);
}

void question_release(question *q)
{
    if (q->has_unrelated) {
        hw_pedigree_release(&q->unrelated);
        q->has_unrelated = false;
    }
}

bool question_typings(const question *q, uint32_t panel_index, hw_typing *ret)
{
    bool any = false;
    for (size_t i = 0; i < q->ped->n; i++) {
        ret[i] = i == q->person ? (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0.0, 0.0} : profile_typing(q->family->profile[i], panel_index);
        any = any || ret[i].a != HW_ALLELE_UNKNOWN || ret[i].b != HW_ALLELE_UNKNOWN;
    }
    return any;
}

/* False when the family is too large for a key: its table is then not shared. */
static bool table_key(const question *q, const variant *v, uint32_t number, const hw_typing *t, char *key)
{
    if (q->ped->n * 16 + 64 > KEY_BYTES) {
        return false;
    }
    char *at = key_number(key, q->shape);
    at = key_number(at, v->population);
    at = key_number(at, v->locus);
    at = key_number(at, number);
    for (size_t i = 0; i < q->ped->n; i++) {
        if (t[i].a == HW_ALLELE_UNKNOWN && t[i].b == HW_ALLELE_UNKNOWN) {
            *at++ = '.';
        } else {
            at = key_number(at, (uint32_t)t[i].a);
            at = key_number(at, (uint32_t)t[i].b);
        }
    }
    *at = '\0';
    return true;
}

static uint32_t variant_number(const matcher *m, const variant *v)
{
    uint32_t n = 0;
    for (const variant *w = m->variants[(size_t)v->population * m->s->n_loci + v->locus]; w != v; w = w->next) {
        n++;
    }
    return n;
}

/* The fewest typed people of a family that cannot stand together at a locus, as text. */
static hw_status misfit(matcher *m, const question *q, const variant *v, const hw_typing *t, hw_err *err)
{
    uint32_t *typed = HW_NEW(&m->scratch, uint32_t, q->ped->n + 1);
    hw_typing *some = HW_NEW(&m->scratch, hw_typing, q->ped->n + 1);
    if (typed == NULL || some == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    memcpy(some, t, q->ped->n * sizeof(*some));
    uint32_t n = 0;
    for (uint32_t i = 0; i < q->ped->n; i++) {
        if (t[i].a != HW_ALLELE_UNKNOWN) {
            typed[n++] = i;
        }
    }
    /* Leave out one after the other whoever is not needed for the contradiction. */
    for (uint32_t i = 0; i < n; i++) {
        hw_typing kept = some[typed[i]];
        some[typed[i]] = (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0.0, 0.0};
        hw_real l;
        HW_TRY(hw_likelihood(m->engine, q->ped, v->model, some, &l, err));
        if (!hw_real_is_zero(l)) {
            some[typed[i]] = kept;
        }
    }
    hw_str who;
    hw_str_init(&who, 1024);
    for (uint32_t i = 0; i < n; i++) {
        const hw_typing *x = &some[typed[i]];
        if (x->a != HW_ALLELE_UNKNOWN) {
            char a[HW_ALLELE_BUF];
            char b[HW_ALLELE_BUF];
            hw_str_addf(&who, "%s%s (%s/%s)", who.len > 0 ? ", " : "", q->ped->person[typed[i]].id, hw_allele_format(x->a, a), hw_allele_format(x->b, b));
        }
    }
    hw_status status = who.failed == HW_NO_MEMORY ? HW_NO_MEMORY_FAIL(err) :
                       HW_FAIL(err, HW_IMPOSSIBLE,
                               "family %s does not fit as stated: at locus %s %s cannot be related so. Check for swapped samples and for the stated relations",
                               q->family->id, v->model->locus, who.s);
    hw_str_release(&who);
    return status;
}

static hw_status unrelated_pedigree(question *q, hw_err *err)
{
    if (q->has_unrelated) {
        return HW_OK;
    }
    HW_TRY(hw_pedigree_copy(q->ped, &q->unrelated, err));
    q->has_unrelated = true;
    uint32_t index = 0;
    return hw_pedigree_add(&q->unrelated, "\x01unrelated child", q->ped->person[q->person].sex, &index, err);
}

static void normalise(const double *joint, size_t n, double *ret)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += joint[i];
    }
    for (size_t i = 0; i < n; i++) {
        ret[i] = joint[i] / sum;
    }
}

/* P(genotype | family, unrelated). Without founder correlation the family says nothing about it. */
static hw_status prior_table(matcher *m, question *q, const variant *v, const hw_typing *t, hw_arena *arena, const double **ret, hw_err *err)
{
    const hw_locus_model *lm = v->model;
    if (!(lm->theta > 0.0)) {
        *ret = lm->kind == HW_LOCUS_X && q->ped->person[q->person].sex == HW_SEX_MALE ? v->founder_x : v->founder;
        return HW_OK;
    }
    HW_TRY(unrelated_pedigree(q, err));
    size_t n = (size_t)lm->n * (lm->n + 1) / 2;
    double *joint = HW_NEW(arena, double, n);
    hw_typing *more = HW_NEW(&m->scratch, hw_typing, q->ped->n + 2);
    if (joint == NULL || more == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    memcpy(more, t, q->ped->n * sizeof(*more));
    more[q->ped->n] = (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0.0, 0.0};
    int e = 0;
    hw_real total;
    HW_TRY(hw_condition(m->engine, &q->unrelated, lm, more, (uint32_t)q->ped->n, joint, &e, &total, err));
    normalise(joint, n, joint);
    *ret = joint;
    return HW_OK;
}

static hw_status build_table(matcher *m, question *q, variant *v, const hw_typing *t, bool shared, locus_table *ret, hw_err *err)
{
    const hw_locus_model *lm = v->model;
    size_t n = (size_t)lm->n * (lm->n + 1) / 2;
    hw_arena *arena = shared ? &m->arena : &m->scratch; /* with the shared ones, or with the family alone */
    double *post = HW_NEW(arena, double, n);
    double *ratio = HW_NEW(arena, double, n);
    if (post == NULL || ratio == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    int e = 0;
    hw_real total;
    HW_TRY(hw_condition(m->engine, q->ped, lm, t, q->person, post, &e, &total, err));
    if (hw_real_is_zero(total)) {
        return misfit(m, q, v, t, err);
    }
    normalise(post, n, post);
    const double *prior = NULL;
    HW_TRY(prior_table(m, q, v, t, arena, &prior, err));
    for (size_t i = 0; i < n; i++) {
        /* A reading that nobody can give (a heterozygous boy at X) tells no family from another. */
        ratio[i] = prior[i] > 0.0 ? post[i] / prior[i] : 1.0;
    }
    m->table_bytes += shared ? 3 * n * sizeof(double) : 0;
    *ret = (locus_table){.v = v, .post = post, .prior = prior, .ratio = ratio, .total = total};
    return HW_OK;
}

hw_status question_table(matcher *m, question *q, uint32_t population, uint32_t locus, const hw_allele *extra, size_t n_extra, locus_table *ret,
                         hw_err *err)
{
    hw_typing *t = HW_NEW(&m->scratch, hw_typing, q->ped->n + 1);
    hw_allele *seen = HW_NEW(&m->scratch, hw_allele, 2 * q->ped->n + n_extra + 1);
    if (t == NULL || seen == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    (void)question_typings(q, m->s->locus[locus].panel_index, t);
    size_t n_seen = 0;
    uint32_t typed = 0;
    for (size_t i = 0; i < q->ped->n; i++) {
        seen[n_seen++] = t[i].a;
        seen[n_seen++] = t[i].b;
        typed += t[i].a != HW_ALLELE_UNKNOWN || t[i].b != HW_ALLELE_UNKNOWN ? 1 : 0;
    }
    for (size_t i = 0; i < n_extra; i++) {
        seen[n_seen++] = extra[i];
    }
    variant *v = NULL;
    HW_TRY(matcher_variant(m, population, locus, seen, n_seen, &v, err));
    char key[KEY_BYTES];
    bool keyed = table_key(q, v, variant_number(m, v), t, key);
    bool shared = keyed && m->table_bytes < MAX_TABLE_BYTES && (typed <= 1 || !m->few);
    uint64_t found = 0;
    if (keyed && hw_map_get(&m->tables, key, &found)) {
        *ret = *(const locus_table *)(uintptr_t)found;
        return HW_OK;
    }
    HW_TRY(build_table(m, q, v, t, shared, ret, err));
    if (shared) {
        locus_table *kept = HW_NEW(&m->arena, locus_table, 1);
        if (kept == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        *kept = *ret;
        return hw_map_put(&m->tables, key, (uint64_t)(uintptr_t)kept, err);
    }
    return HW_OK;
}

hw_status question_slow_ratio(matcher *m, question *q, uint32_t population, uint32_t locus, const hw_profile *child, double *ret, hw_err *err)
{
    hw_typing t = profile_typing(child, m->s->locus[locus].panel_index);
    hw_allele extra[2] = {t.a, t.b};
    locus_table table;
    HW_TRY(question_table(m, q, population, locus, extra, 2, &table, err));
    const hw_locus_model *lm = table.v->model;
    size_t n = (size_t)lm->n * (lm->n + 1) / 2;
    double *emission = HW_NEW(&m->scratch, double, n);
    if (emission == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    bool male_x = lm->kind == HW_LOCUS_X && q->ped->person[q->person].sex == HW_SEX_MALE;
    HW_TRY(hw_emission(lm, &t, male_x, emission, err));
    double missing = 0.0;
    double unrelated = 0.0;
    for (size_t i = 0; i < n; i++) {
        missing += table.post[i] * emission[i];
        unrelated += table.prior[i] * emission[i];
    }
    /* A reading that no unrelated child can give (a heterozygous boy at X) is evidence against nobody in particular. */
    *ret = unrelated > 0.0 ? missing / unrelated : 1.0;
    return HW_OK;
}
