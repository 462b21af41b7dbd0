// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The children's side of the national search: which readings occur at a locus, which of them share a class, and who stands where. */
#include "kinship/screen.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_MEMBERS ((size_t)60000) /* readings that differ, at one locus */
#define MANY_MEMBERS 2000u          /* beyond, readings with drop-out are told apart by their allele alone */
#define OWN_SHARE 0.75              /* of the classes go to the most frequent readings, the rest is shared */
#define SEX_CLASSES 60u

/* An allele that a model has to be widened by: then ratios are computed with another model than the family's. */
static bool table_lacks(const hw_locus_model *base, hw_allele a)
{
    return a != HW_ALLELE_UNKNOWN && a != HW_ALLELE_OFF_LADDER && hw_locus_model_index(base, a) < 0;
}

/* What one child showed at one locus, as far as bounds care. */
static screen_member reading_of(const search_locus *l, const hw_locus_model *base, const hw_profile *p)
{
    hw_genotype g = hw_profile_at(p, l->panel_index);
    screen_member m = {.a = g.a, .b = g.b};
    if (!hw_genotype_typed(g)) {
        m.kind = MEMBER_UNTYPED;
        return m;
    }
    m.odd = table_lacks(base, g.a) || table_lacks(base, g.b);
    bool repeats = hw_allele_is_repeat(g.a) && (g.b == HW_ALLELE_UNKNOWN || hw_allele_is_repeat(g.b));
    if (!repeats || p->error > 0.0) {
        m.kind = MEMBER_ANY;
    } else if (g.b == HW_ALLELE_UNKNOWN || (g.a == g.b && base->silent >= 0)) {
        m.kind = MEMBER_ONE;
    } else if (g.a == g.b && p->dropout > 0.0) {
        m.kind = MEMBER_DROP;
        m.dropout = p->dropout;
    } else {
        m.kind = MEMBER_PLAIN;
    }
    return m;
}

static int by_content(const void *x, const void *y)
{
    const screen_member *a = x;
    const screen_member *b = y;
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (a->a != b->a) {
        return a->a < b->a ? -1 : 1;
    }
    if (a->b != b->b) {
        return a->b < b->b ? -1 : 1;
    }
    return (a->dropout > b->dropout) - (a->dropout < b->dropout);
}

static int by_count(const void *x, const void *y)
{
    const screen_member *a = x;
    const screen_member *b = y;
    if ((a->kind == MEMBER_UNTYPED) != (b->kind == MEMBER_UNTYPED)) {
        return a->kind == MEMBER_UNTYPED ? -1 : 1;
    }
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    return by_content(x, y);
}

/* 1 / P(reading | unrelated), whatever alleles a family adds to the model (bound_tables sees to it that they halve no frequency). */
static hw_status universal_level(const screen *c, matcher *m, screen_locus *l, screen_member *r, hw_err *err)
{
    hw_allele seen[2] = {r->a, r->b};
    variant *v = NULL;
    HW_TRY(matcher_variant(m, 0, l->locus, seen, 2, &v, err));
    const hw_locus_model *lm = v->model;
    double least = 1.0;
    for (uint32_t i = 0; i < lm->n; i++) {
        least = lm->p[i] < least ? lm->p[i] : least;
    }
    int a = hw_locus_model_index(lm, r->a);
    int b = hw_locus_model_index(lm, r->b);
    double p = least * least;
    if (r->kind == MEMBER_PLAIN && a >= 0 && b >= 0) {
        p = (a == b ? 1.0 : 2.0) * lm->p[a] * lm->p[b];
    }
    int32_t level = screen_level(c, 4.0 / p) + LEVEL_ONE / 64;
    r->universal = (int16_t)(level > INT16_MAX ? INT16_MAX : level);
    return HW_OK;
}

/* What a homozygous reading of a poor sample says of the genotypes, when it is of the plain form; else it only says that one allele is there. */
static hw_status drop_reading(matcher *m, const hw_locus_model *base, screen_member *r, hw_err *err)
{
    int a = hw_locus_model_index(base, r->a);
    if (r->kind != MEMBER_DROP || a < 0) {
        return HW_OK; /* an odd one is bounded otherwise, or looked up in a family's model, which gives it the same form */
    }
    size_t n = (size_t)base->n * (base->n + 1) / 2;
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    double *e = HW_NEW(&m->scratch, double, n);
    const hw_typing t = {.a = r->a, .b = r->b, .dropout = r->dropout};
    hw_status status = e == NULL ? HW_NO_MEMORY_FAIL(err) : hw_emission(base, &t, false, e, err);
    uint32_t other = a == 0 ? 1 : 0;
    r->homo = status == HW_OK ? e[hw_genotype_index((uint32_t)a, (uint32_t)a)] : 0.0;
    r->hetero = status == HW_OK && base->n > 1 ? e[hw_genotype_index((uint32_t)a, other)] : 0.0;
    for (uint32_t j = 0; status == HW_OK && j < base->n; j++) {
        for (uint32_t i = 0; i <= j; i++) {
            bool with = (int)i == a || (int)j == a;
            double expected = !with ? 0.0 : i == j ? r->homo : r->hetero;
            double found = e[hw_genotype_index(i, j)];
            r->kind = found < expected || found > expected ? MEMBER_ONE : r->kind;
        }
    }
    hw_arena_reset(&m->scratch, mark);
    return status;
}

static hw_allele commoner(const hw_locus_model *base, hw_allele a, hw_allele b)
{
    int i = hw_locus_model_index(base, a);
    int j = b == HW_ALLELE_UNKNOWN ? -1 : hw_locus_model_index(base, b);
    return i >= 0 && j >= 0 && base->p[j] > base->p[i] ? b : a;
}

/*
 * Number the readings' classes: frequent ones have their own; the others stand with those that share their commoner allele, so that the bound of a class is high
 * only for families that have this allele or one of the rare ones. Member 0 is "untyped" with class 0.
 */
static void assign_classes(screen_locus *l, const hw_locus_model *base, uint32_t classes)
{
    uint32_t own = l->n_members <= classes ? l->n_members : (uint32_t)(OWN_SHARE * classes);
    hw_allele shared[SCREEN_CLASSES];
    uint32_t n_shared = 0;
    l->n_classes = own;
    for (uint32_t i = 0; i < l->n_members; i++) {
        screen_member *r = &l->member[i];
        if (i < own) {
            r->class_of = (uint8_t)i;
            continue;
        }
        /* Odd and open readings share apart from plain ones, by the code of the allele. */
        hw_allele key = r->odd ? -2 : r->kind == MEMBER_ANY ? -3 : commoner(base, r->a, r->b);
        uint32_t k = 0;
        while (k < n_shared && shared[k] != key) {
            k++;
        }
        if (k == n_shared && own + n_shared < classes) {
            shared[n_shared++] = key;
            l->n_classes++;
        }
        r->class_of = (uint8_t)(k < n_shared ? own + k : own + n_shared - 1);
    }
}

static void class_shares(screen_locus *l, uint32_t n_children)
{
    for (uint32_t k = 0; k < SCREEN_CLASSES; k++) {
        l->odd[k] = true;
    }
    for (uint32_t i = 0; i < l->n_members; i++) {
        const screen_member *r = &l->member[i];
        l->odd[r->class_of] = l->odd[r->class_of] && r->odd;
        l->share[r->class_of] += (double)r->count / (n_children > 0 ? n_children : 1);
    }
}

#define MEMBER_KEY 96

static void member_key(const screen_member *r, char *key)
{
    uint64_t bits = 0;
    memcpy(&bits, &r->dropout, sizeof(bits));
    char *end = key + snprintf(key, 32, "%llx ", (unsigned long long)bits);
    *end++ = (char)('0' + (int)r->kind);
    for (uint64_t code = (uint64_t)(uint32_t)r->a << 32 | (uint32_t)r->b; code != 0; code >>= 6) {
        *end++ = (char)('0' + (int)(code & 63));
    }
    *end = '\0';
}

/* Distinct readings of all children at a locus; of[child]: its member. */
static hw_status collect_members(screen *c, matcher *m, hw_arena *arena, screen_locus *l, uint32_t classes, uint32_t *of, hw_err *err)
{
    const search *s = c->s;
    const search_locus *sl = &s->locus[l->locus];
    size_t n = s->d->n_children;
    variant *base = NULL;
    HW_TRY(matcher_variant(m, 0, l->locus, NULL, 0, &base, err));
    HW_CLEANUP(hw_map_release) hw_map seen;
    hw_map_init(&seen, 0);
    HW_AUTO_FREE screen_member *found = NULL;
    size_t n_found = 0;
    size_t cap = 0;
    HW_TRY(HW_GROW(found, n_found, cap, MAX_MEMBERS, "different readings at a locus", err));
    found[n_found++] = (screen_member){.a = HW_ALLELE_UNKNOWN, .b = HW_ALLELE_UNKNOWN, .kind = MEMBER_UNTYPED};
    for (size_t i = 0; i < n; i++) {
        screen_member r = reading_of(sl, base->model, s->d->child[i]);
        uint64_t at = 0;
        if (r.kind != MEMBER_UNTYPED) {
            char key[MEMBER_KEY];
            member_key(&r, key);
            if (!hw_map_get(&seen, key, &at) && r.kind == MEMBER_DROP && n_found > MANY_MEMBERS) {
                r.kind = MEMBER_ONE; /* every sample with a drop-out of its own: a looser bound, shared by all of one allele */
                r.dropout = 0.0;
                member_key(&r, key);
            }
            if (!hw_map_get(&seen, key, &at)) {
                at = n_found;
                HW_TRY(HW_GROW(found, n_found, cap, MAX_MEMBERS, "different readings at a locus", err));
                HW_TRY(hw_map_put(&seen, key, at, err));
                found[n_found++] = r;
            }
        }
        found[at].count++;
        of[i] = (uint32_t)at;
    }
    HW_AUTO_FREE uint32_t *place = hw_alloc(n_found, sizeof(*place));
    l->member = HW_NEW(arena, screen_member, n_found);
    l->odd = HW_NEW(arena, bool, SCREEN_CLASSES);
    l->share = HW_NEW(arena, double, SCREEN_CLASSES);
    if (place == NULL || l->member == NULL || l->odd == NULL || l->share == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    l->n_members = (uint32_t)n_found;
    memcpy(l->member, found, n_found * sizeof(*found));
    qsort(l->member, n_found, sizeof(*l->member), by_count);
    assign_classes(l, base->model, classes);
    class_shares(l, (uint32_t)n);
    /* From the order of appearance to the class: by content, which is unique. */
    HW_AUTO_FREE screen_member *sorted = hw_alloc(n_found, sizeof(*sorted));
    if (sorted == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    memcpy(sorted, l->member, n_found * sizeof(*sorted));
    qsort(sorted, n_found, sizeof(*sorted), by_content);
    for (size_t i = 0; i < n_found; i++) {
        const screen_member *at = bsearch(&found[i], sorted, n_found, sizeof(*sorted), by_content);
        place[i] = at->class_of;
    }
    for (size_t i = 0; i < n; i++) {
        of[i] = place[of[i]] | (found[of[i]].odd ? 0x100u : 0u);
    }
    for (size_t i = 0; i < n_found; i++) {
        HW_TRY(drop_reading(m, base->model, &l->member[i], err));
        if (l->member[i].odd) {
            HW_TRY(universal_level(c, m, l, &l->member[i], err));
        }
    }
    return HW_OK;
}

/* Places for the children of one segment, padded. */
static void place_segment(screen *c, const bool *odd, bool of_odd, bool of_known)
{
    segment *g = &c->segment[c->n_segments];
    uint32_t at = c->n_positions;
    *g = (segment){.from = at, .odd = of_odd, .known = of_known};
    for (size_t i = 0; i < c->s->d->n_children; i++) {
        bool known = c->known_child != NULL && c->known_child[i];
        if (odd[i] == of_odd && known == of_known) {
            c->child_at[at++] = (uint32_t)i;
        }
    }
    while (at % SCREEN_STEP != 0) {
        c->child_at[at++] = UINT32_MAX;
    }
    g->to = at;
    c->n_positions = at;
    c->n_segments += g->to > g->from ? 1 : 0;
}

/* The evidence of sex as one more column: few values occur. */
static hw_status sex_column(screen *c, hw_arena *arena, hw_err *err)
{
    double odds[SEX_CLASSES];
    bound_table *t = c->sex;
    uint32_t n = 0;
    c->sex_column = HW_NEW(arena, uint8_t, c->n_positions + 1);
    if (c->sex_column == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (int sex = 0; sex < 3; sex++) {
        for (uint32_t k = 0; k < SCREEN_CLASSES; k++) {
            t[sex].level[k] = LEVEL_LEAST;
        }
        t[sex].top = t[sex].top_odd = sex == HW_SEX_UNKNOWN ? 0 : LEVEL_ONE + 1; /* a ratio of at most 2 */
    }
    for (uint32_t p = 0; p < c->n_positions; p++) {
        uint32_t child = c->child_at[p];
        if (child == UINT32_MAX) {
            continue;
        }
        uint32_t k = 0;
        while (k < n && (odds[k] < c->s->child_male_odds[child] || odds[k] > c->s->child_male_odds[child])) {
            k++;
        }
        if (k == n && n < SEX_CLASSES) {
            odds[n++] = c->s->child_male_odds[child];
        }
        k = k < n ? k : SEX_CLASSES - 1; /* too many values: the last class holds several */
        c->sex_column[p] = (uint8_t)k;
        for (int sex = 0; sex < 3; sex++) {
            int16_t level = sex == HW_SEX_UNKNOWN ? 0 : screen_level(c, search_sex_ratio(c->s, child, (hw_sex)sex));
            t[sex].level[k] = level > t[sex].level[k] ? level : t[sex].level[k];
        }
    }
    for (int sex = HW_SEX_MALE; sex <= HW_SEX_FEMALE; sex++) {
        double sum = 0.0;
        for (uint32_t p = 0; p < c->n_positions; p++) {
            sum += c->child_at[p] == UINT32_MAX ? 0 : t[sex].top - t[sex].level[c->sex_column[p]];
        }
        sum /= (double)(c->s->d->n_children + 1);
        t[sex].mean = (uint16_t)(sum < 65535.0 ? sum : 65535.0);
    }
    return HW_OK;
}

static void fill_levels(screen *c, double threshold_log10)
{
    const double log2 = hw_log10(2.0);
    for (uint32_t i = 0; i < 1024; i++) {
        double exact = LEVEL_ONE * hw_log10(1.0 + (i + 1) / 1024.0) / log2;
        c->log2_up[i] = (uint16_t)(exact + 1.0);
    }
    /* One level of slack: some thousandths, far above the rounding of a product of doubles. */
    double threshold = LEVEL_ONE * threshold_log10 / log2 - 2.0;
    c->threshold = (int32_t)(threshold < -1e9 ? -1e9 : threshold > 1e9 ? 1e9 : threshold);
    c->threshold -= threshold < 0.0 ? 1 : 0;
}

hw_status screen_init(screen *c, matcher *m, hw_arena *arena, double threshold_log10, const bool *known_child, screen_kernel kernel, uint32_t classes, hw_err *err)
{
    const search *s = m->s;
    size_t n = s->d->n_children;
    *c = (screen){.s = s, .kernel = kernel, .known_child = known_child, .n_loci = s->n_loci};
    fill_levels(c, threshold_log10);
    c->locus = HW_NEW(arena, screen_locus, s->n_loci + 1);
    c->child_at = HW_NEW(arena, uint32_t, n + 4 * SCREEN_STEP);
    HW_AUTO_FREE uint32_t *of = hw_alloc(n * s->n_loci + 1, sizeof(*of));
    HW_AUTO_FREE bool *odd = hw_alloc(n + 1, sizeof(*odd));
    if (c->locus == NULL || c->child_at == NULL || of == NULL || odd == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t l = 0; l < s->n_loci; l++) {
        c->locus[l] = (screen_locus){.locus = l, .x = s->locus[l].kind == HW_LOCUS_X};
        HW_TRY(collect_members(c, m, arena, &c->locus[l], classes, of + (size_t)l * n, err));
        for (size_t i = 0; i < n; i++) {
            odd[i] = odd[i] || (of[(size_t)l * n + i] & 0x100u) != 0;
        }
    }
    place_segment(c, odd, false, false);
    place_segment(c, odd, true, false);
    place_segment(c, odd, false, true);
    place_segment(c, odd, true, true);
    for (uint32_t l = 0; l < s->n_loci; l++) {
        c->locus[l].column = HW_NEW(arena, uint8_t, c->n_positions + 1);
        if (c->locus[l].column == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        for (uint32_t p = 0; p < c->n_positions; p++) {
            c->locus[l].column[p] = c->child_at[p] == UINT32_MAX ? 0 : (uint8_t)(of[(size_t)l * n + c->child_at[p]] & 0xffu);
        }
    }
    return sex_column(c, arena, err);
}
