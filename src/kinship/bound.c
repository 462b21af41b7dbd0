// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The family's side of the national search: from its conditional tables to upper bounds for each class of readings. */
#include "kinship/quick.h"
#include "kinship/screen.h"

#include <string.h>

#define CACHE_BYTES ((size_t)160 << 20) /* a thread */
#define ADDED_MASS 1.0                  /* frequencies that a family adds to a model, at most, for the universal levels to hold */

/* What a reading is in a family's model: a genotype, or one of these. */
#define IS_ANY (-1)
#define IS_UNIVERSAL (-2)
#define IS_ONE (-3) /* IS_ONE - allele index: of a reading that leaves the other allele open */

void bound_cache_init(bound_cache *c)
{
    *c = (bound_cache){0};
    hw_arena_init(&c->arena, 2 * CACHE_BYTES);
}

void bound_cache_release(bound_cache *c)
{
    hw_arena_release(&c->arena);
    hw_free(c->slot);
    *c = (bound_cache){0};
}

void bound_cache_clear(bound_cache *c)
{
    hw_arena_release(&c->arena);
    hw_arena_init(&c->arena, 2 * CACHE_BYTES);
    if (c->slot != NULL) {
        memset(c->slot, 0, c->n_slots * sizeof(*c->slot));
    }
    c->n = 0;
}

void bound_cache_trim(bound_cache *c)
{
    if (c->arena.used > CACHE_BYTES) {
        bound_cache_clear(c);
    }
}

/* A key is its length in words, then the words. */
static size_t place_of(const bound_cache *c, const uint32_t *key)
{
    uint64_t h = 0x9e3779b97f4a7c15u;
    for (uint32_t i = 0; i <= key[0]; i++) {
        h = (h ^ key[i]) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    size_t at = (size_t)h & (c->n_slots - 1);
    while (c->slot[at] != NULL && memcmp(c->slot[at], key, (key[0] + 1) * sizeof(*key)) != 0) {
        at = (at + 1) & (c->n_slots - 1);
    }
    return at;
}

static hw_status cache_grow(bound_cache *c, hw_err *err)
{
    size_t n = c->n_slots == 0 ? 4096 : 2 * c->n_slots;
    uint32_t **place = hw_alloc(n, sizeof(*place));
    if (place == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    bound_cache grown = *c;
    grown.slot = place;
    grown.n_slots = n;
    for (size_t i = 0; i < c->n_slots; i++) {
        if (c->slot[i] != NULL) {
            place[place_of(&grown, c->slot[i])] = c->slot[i];
        }
    }
    hw_free(c->slot);
    *c = grown;
    return HW_OK;
}

/* The table of a key, made room for when it is new. */
static hw_status cache_entry(bound_cache *c, const uint32_t *key, bound_table **ret, bool *ret_new, hw_err *err)
{
    if (2 * (c->n + 1) > c->n_slots) {
        HW_TRY(cache_grow(c, err));
    }
    size_t at = place_of(c, key);
    *ret_new = c->slot[at] == NULL;
    if (!*ret_new) {
        *ret = (bound_table *)(void *)(c->slot[at] - sizeof(bound_table) / sizeof(uint32_t));
        return HW_OK;
    }
    size_t words = sizeof(bound_table) / sizeof(uint32_t) + key[0] + 1;
    uint32_t *room = HW_NEW(&c->arena, uint32_t, words);
    if (room == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    memcpy(room + sizeof(bound_table) / sizeof(uint32_t), key, (key[0] + 1) * sizeof(*key));
    *ret = (bound_table *)(void *)room;
    c->slot[at] = room + sizeof(bound_table) / sizeof(uint32_t);
    c->n++;
    return HW_OK;
}

static int32_t member_in(const hw_locus_model *lm, const screen_member *r)
{
    if (r->kind == MEMBER_UNTYPED) {
        return IS_ANY; /* not asked */
    }
    int a = hw_locus_model_index(lm, r->a);
    int b = r->b == HW_ALLELE_UNKNOWN ? 0 : hw_locus_model_index(lm, r->b);
    if (r->odd && (a < 0 || b < 0)) {
        return IS_UNIVERSAL;
    }
    if (r->kind == MEMBER_ANY || a < 0 || b < 0) {
        return IS_ANY;
    }
    return r->kind == MEMBER_ONE || r->kind == MEMBER_DROP ? IS_ONE - a : (int32_t)hw_genotype_index((uint32_t)a, (uint32_t)b);
}

static hw_status variant_members(const screen_locus *l, matcher *m, variant *v, hw_err *err)
{
    if (v->member != NULL) {
        return HW_OK;
    }
    int32_t *member = HW_NEW(&m->arena, int32_t, l->n_members);
    if (member == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < l->n_members; i++) {
        member[i] = member_in(v->model, &l->member[i]);
    }
    v->member = member;
    return HW_OK;
}

/* Over the genotypes with an allele: the largest level, and the sums that a reading with drop-out weighs. */
typedef struct row {
    int16_t best;
    double missing, unrelated; /* sum of P(genotype | family), P(genotype | unrelated) over heterozygotes */
} row;

static int16_t fill_rows(const screen *c, const locus_table *t, row *with)
{
    uint32_t n = t->v->model->n;
    int16_t best = LEVEL_LEAST;
    for (uint32_t a = 0; a < n; a++) {
        with[a] = (row){.best = LEVEL_LEAST};
    }
    for (uint32_t j = 0; j < n; j++) {
        for (uint32_t i = 0; i <= j; i++) {
            uint32_t g = hw_genotype_index(i, j);
            int16_t level = screen_level(c, t->ratio[g]);
            with[i].best = level > with[i].best ? level : with[i].best;
            with[j].best = level > with[j].best ? level : with[j].best;
            if (i != j) {
                with[i].missing += t->post[g];
                with[j].missing += t->post[g];
                with[i].unrelated += t->prior[g];
                with[j].unrelated += t->prior[g];
            }
        }
        best = with[j].best > best ? with[j].best : best;
    }
    return best;
}

static int16_t drop_level(const screen *c, const locus_table *t, const screen_member *r, uint32_t a, const row *with)
{
    uint32_t g = hw_genotype_index(a, a);
    double missing = t->post[g] * r->homo + with->missing * r->hetero;
    double unrelated = t->prior[g] * r->homo + with->unrelated * r->hetero;
    return unrelated > 0.0 ? screen_level(c, missing / unrelated) : with->best;
}

/* theta widens 1 / P(genotype | unrelated): each of the two genes is drawn after at most k others. */
static int32_t theta_levels(const screen *c, const hw_locus_model *lm, size_t n_persons)
{
    if (!(lm->theta > 0.0)) {
        return 0;
    }
    double k = 2.0 * (double)n_persons + 2.0;
    return 2 * (screen_level(c, (1.0 + k * lm->theta) / (1.0 - lm->theta)) + 1);
}

static hw_status fill_bounds(const screen *c, const screen_locus *l, matcher *m, const question *q, const locus_table *t, bound_table *ret, hw_err *err)
{
    variant *v = t->v;
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    row *with = HW_NEW(&m->scratch, row, v->model->n + 1);
    if (with == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(variant_members(l, m, v, err));
    int16_t any = 0;
    bool asked = false;
    for (uint32_t k = 0; k < SCREEN_CLASSES; k++) {
        ret->level[k] = LEVEL_LEAST;
    }
    for (uint32_t i = 0; i < l->n_members; i++) {
        const screen_member *r = &l->member[i];
        int32_t is = v->member[i];
        int32_t level = 0; /* untyped: a ratio of 1 */
        if (r->kind != MEMBER_UNTYPED && is >= 0) {
            level = screen_level(c, t->ratio[is]);
        } else if (is == IS_UNIVERSAL) {
            level = r->universal + theta_levels(c, v->model, q->ped->n);
        } else if (r->kind != MEMBER_UNTYPED) {
            any = asked ? any : fill_rows(c, t, with);
            asked = true;
            uint32_t a = (uint32_t)(IS_ONE - is);
            bool exact = is != IS_ANY && r->kind == MEMBER_DROP && r->homo > 0.0 && !l->x;
            level = is == IS_ANY ? any : exact ? drop_level(c, t, r, a, &with[a]) : with[a].best;
        }
        /* At X loci a reading may be passed over (sexes that differ), and one that nobody can give counts as 1. */
        level = l->x && level < 0 ? 0 : level > INT16_MAX ? INT16_MAX : level;
        ret->loose = ret->loose || level == INT16_MAX;
        ret->level[r->class_of] = level > ret->level[r->class_of] ? (int16_t)level : ret->level[r->class_of];
    }
    ret->top = ret->top_odd = LEVEL_LEAST;
    for (uint32_t k = 0; k < l->n_classes; k++) {
        ret->top_odd = ret->level[k] > ret->top_odd ? ret->level[k] : ret->top_odd;
        ret->top = !l->odd[k] && ret->level[k] > ret->top ? ret->level[k] : ret->top;
    }
    double mean = 0.0;
    for (uint32_t k = 0; k < l->n_classes; k++) {
        mean += l->share[k] * (double)(l->odd[k] ? 0 : ret->top - ret->level[k]);
    }
    ret->mean = (uint16_t)(mean < 65535.0 ? mean : 65535.0);
    hw_arena_reset(&m->scratch, mark);
    return HW_OK;
}

static bool adds_little(const hw_locus_model *lm)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < lm->n_added; i++) {
        sum += lm->added_freq[i];
    }
    return sum <= ADDED_MASS;
}

/* The ratios of the question's person at a locus, in closed form where the family allows it, else by the engine. */
static hw_status ratio_table(matcher *m, question *q, const quick_plan *plan, uint32_t locus, locus_table *ret, hw_err *err)
{
    size_t persons = q->ped->n;
    hw_typing *t = HW_NEW(&m->scratch, hw_typing, persons + 1);
    hw_allele *seen = HW_NEW(&m->scratch, hw_allele, 2 * persons + 1);
    if (t == NULL || seen == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    (void)question_typings(q, m->s->locus[locus].panel_index, t);
    for (size_t i = 0; i < persons; i++) {
        seen[2 * i] = t[i].a;
        seen[2 * i + 1] = t[i].b;
    }
    variant *v = NULL;
    HW_TRY(matcher_variant(m, 0, locus, seen, 2 * persons, &v, err));
    size_t n = (size_t)v->model->n * (v->model->n + 1) / 2;
    double *ratio = HW_NEW(&m->scratch, double, n);
    double *post = HW_NEW(&m->scratch, double, n);
    if (ratio == NULL || post == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    double sum = 0.0;
    if (quick_condition(plan, v->model, t, post)) {
        for (size_t i = 0; i < n; i++) {
            sum += post[i];
        }
    }
    if (!(sum > 1e-290)) { /* the engine also says who does not fit */
        return question_table(m, q, 0, locus, NULL, 0, ret, err);
    }
    for (size_t i = 0; i < n; i++) {
        post[i] /= sum;
        ratio[i] = v->founder[i] > 0.0 ? post[i] / v->founder[i] : 1.0;
    }
    *ret = (locus_table){.v = v, .post = post, .prior = v->founder, .ratio = ratio};
    return HW_OK;
}

hw_status bound_tables(const screen *c, bound_cache *cache, matcher *m, question *q, const bound_table **ret, bool *ret_open, hw_err *err)
{
    uint32_t n_typed = 0;
    uint32_t *who = HW_NEW(&m->scratch, uint32_t, q->ped->n + 1);
    uint32_t *key = HW_NEW(&m->scratch, uint32_t, 3 * q->ped->n + 4);
    if (who == NULL || key == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < q->ped->n; i++) {
        if (i != q->person && q->family->profile[i] != NULL) {
            who[n_typed++] = i;
        }
    }
    quick_plan plan;
    bool planned = false;
    *ret_open = false;
    for (uint32_t l = 0; l < c->n_loci; l++) {
        uint32_t panel_index = c->s->locus[l].panel_index;
        ret[l] = NULL;
        uint32_t n = 0;
        key[++n] = q->shape;
        key[++n] = l;
        for (uint32_t i = 0; i < n_typed; i++) {
            hw_genotype g = hw_profile_at(q->family->profile[who[i]], panel_index);
            if (hw_genotype_typed(g)) {
                key[++n] = who[i];
                key[++n] = (uint32_t)g.a;
                key[++n] = (uint32_t)g.b;
            }
        }
        if (n == 2) {
            continue;
        }
        key[0] = n;
        bound_table *b = NULL;
        bool fresh = false;
        HW_TRY(cache_entry(cache, key, &b, &fresh, err));
        if (fresh) {
            hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
            locus_table t;
            if (!planned) {
                quick_plan_init(&plan, q->family, q->ped, q->person);
                planned = true;
            }
            hw_status status = ratio_table(m, q, &plan, l, &t, err);
            b->loose = status == HW_OK && !adds_little(t.v->model);
            status = status != HW_OK ? status : fill_bounds(c, &c->locus[l], m, q, &t, b, err);
            hw_arena_reset(&m->scratch, mark);
            if (status != HW_OK) {
                cache->slot[place_of(cache, key)] = NULL; /* a linear probe that ends here is one of this key or of later ones: none was added since */
                cache->n--;
                return status;
            }
        }
        *ret_open = *ret_open || b->loose;
        ret[l] = b;
    }
    return HW_OK;
}
