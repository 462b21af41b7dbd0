// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The ways of placing listed children in one family, and the joint likelihood ratio of each. The ratio of one child is that of the search. Of several it is the product of
 * theirs and of what they say of each other: the ratio of the pedigree with all in place, over the product of the ratios with each alone, locus by locus
 * under one model for the whole table (the alleles of the family and of all its candidates). Linked loci are taken together.
 */
#include "kinship/joint_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Independent evidence: one locus, or two linked ones. */
typedef struct unit {
    uint32_t locus[2];
    uint32_t n;
    double rho;
    const hw_locus_model *model[2];
    hw_real nobody;      /* P(family's readings) */
    bool has_nobody;
    hw_real *alone;      /* [pairs of the table] likelihood with this child in place, over its denominator when founders are correlated */
    bool *has_alone;
} unit;

typedef struct builder {
    matcher *m;
    const search *s;
    const joint_pair *pair;
    const hw_joint_options *o;
    joint_table *t;
    const hw_family *family;
    hw_arena *arena;
    unit *unit;
    uint32_t n_units;
    bool *taken;         /* [missing] during enumeration */
    uint32_t *chosen;
    hw_pedigree apart;   /* the family and one unrelated founder for each of its children */
    bool has_apart;
} builder;

/* ---- enumeration ---- */

static hw_status keep_entry(builder *b, uint32_t n, hw_err *err)
{
    joint_entry *e = &b->t->entry[b->t->n++];
    *e = (joint_entry){.n = n, .pair = HW_NEW(b->arena, uint32_t, n + 1), .ratio = hw_real_from(1.0)};
    if (e->pair == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    memcpy(e->pair, b->chosen, n * sizeof(*e->pair));
    return HW_OK;
}

/* Count the ways that continue the pairs chosen, or keep them when the table has room for them. */
static hw_status enumerate(builder *b, uint32_t n, uint32_t from, size_t *count, hw_err *err)
{
    const joint_table *t = b->t;
    if (++*count > b->o->max_assignments) {
        return HW_OK;
    }
    if (t->entry != NULL) {
        HW_TRY(keep_entry(b, n, err));
    }
    for (uint32_t i = from; i < t->n_pairs && *count <= b->o->max_assignments; i++) {
        const joint_pair *p = &b->pair[t->first + i];
        bool same_child = n > 0 && b->pair[b->chosen[n - 1]].child == p->child;
        if (!t->use[i] || same_child || b->taken[p->missing]) {
            continue;
        }
        b->taken[p->missing] = true;
        b->chosen[n] = t->first + i;
        HW_TRY(enumerate(b, n + 1, i + 1, count, err));
        b->taken[p->missing] = false;
    }
    return HW_OK;
}

typedef struct weakness {
    hw_real ratio;
    uint32_t at;
} weakness;

static int by_weakness(const void *x, const void *y)
{
    const weakness *a = x;
    const weakness *b = y;
    int c = hw_real_cmp(a->ratio, b->ratio);
    return c != 0 ? c : (a->at < b->at) - (a->at > b->at);
}

/* Beyond the limit the weakest sixteenth of the pairs, one at least, is set aside; what they could add is not bounded then. */
static hw_status set_aside_weakest(builder *b, hw_err *err)
{
    joint_table *t = b->t;
    weakness *w = HW_NEW(&b->m->scratch, weakness, t->n_pairs + 1);
    uint32_t n = 0;
    if (w == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < t->n_pairs; i++) {
        if (t->use[i]) {
            w[n++] = (weakness){b->pair[t->first + i].ratio, i};
        }
    }
    qsort(w, n, sizeof(*w), by_weakness);
    for (uint32_t i = 0; i < (n < 16 ? 1 : n / 16); i++) {
        t->use[w[i].at] = false;
    }
    t->unproven = "so many children could be placed in one family in so many ways that the weakest pairs were set aside";
    return HW_OK;
}

static hw_status list_entries(builder *b, hw_err *err)
{
    joint_table *t = b->t;
    b->taken = HW_NEW(&b->m->scratch, bool, b->family->n_missing + 1);
    b->chosen = HW_NEW(&b->m->scratch, uint32_t, b->family->n_missing + 1);
    if (b->taken == NULL || b->chosen == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    size_t count = 0;
    HW_TRY(enumerate(b, 0, 0, &count, err));
    while (count > b->o->max_assignments) {
        HW_TRY(set_aside_weakest(b, err));
        count = 0;
        memset(b->taken, 0, b->family->n_missing * sizeof(*b->taken));
        HW_TRY(enumerate(b, 0, 0, &count, err));
    }
    t->entry = HW_NEW(b->arena, joint_entry, 2 * count + 1);
    if (t->entry == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    count = 0;
    HW_TRY(enumerate(b, 0, 0, &count, err));
    t->n_placed = t->n;
    return HW_OK;
}

/*
 * Whoever could be placed could be, together, the children of a brother or sister of the parents instead. As siblings they say of each other what they say as the
 * missing; against the family, the child that fits the rival worst speaks for all (more would count one relation twice).
 */
static void add_relatives(builder *b)
{
    joint_table *t = b->t;
    for (size_t i = 1; i < t->n_placed && !b->o->flat && b->o->rival_weight > 0.0; i++) {
        joint_entry e = t->entry[i];
        double share = b->pair[e.pair[0]].rival;
        for (uint32_t k = 1; k < e.n; k++) {
            double own = b->pair[e.pair[k]].rival;
            share = own < share ? own : share;
        }
        if (share > 0.0) {
            e.relative = true;
            e.ratio = hw_real_mul_d(e.ratio, share * b->o->rival_weight);
            t->entry[t->n++] = e;
        }
    }
}

/* ---- likelihoods ---- */

static bool child_typed(const builder *b, const joint_pair *p, const unit *u)
{
    for (uint32_t i = 0; i < u->n; i++) {
        if (hw_genotype_typed(hw_profile_at(b->s->d->child[p->child], b->s->locus[u->locus[i]].panel_index))) {
            return true;
        }
    }
    return false;
}

/* At X loci every sex has to be known and to agree, as in the search of one pair. */
static bool unit_usable(const builder *b, const uint32_t *pair, uint32_t n, const unit *u)
{
    uint32_t typed = 0;
    for (uint32_t k = 0; k < n; k++) {
        const joint_pair *p = &b->pair[pair[k]];
        hw_sex missing = b->family->pedigree.person[b->family->missing[p->missing]].sex;
        hw_sex child = b->s->child_sex[p->child];
        if (b->s->locus[u->locus[0]].kind == HW_LOCUS_X && (missing == HW_SEX_UNKNOWN ? child == HW_SEX_UNKNOWN : child != HW_SEX_UNKNOWN && child != missing)) {
            return false;
        }
        typed += child_typed(b, p, u) ? 1 : 0;
    }
    return typed >= 2;
}

static hw_status seen_alleles(const builder *b, uint32_t panel_index, hw_allele **ret, size_t *ret_n, hw_err *err)
{
    const joint_table *t = b->t;
    hw_allele *seen = HW_NEW(&b->m->scratch, hw_allele, 2 * (b->family->pedigree.n + t->n_children) + 1);
    size_t n = 0;
    if (seen == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < b->family->pedigree.n + t->n_children; i++) {
        const hw_profile *p = i < b->family->pedigree.n ? b->family->profile[i] : b->s->d->child[t->child[i - b->family->pedigree.n]];
        hw_genotype g = hw_profile_at(p, panel_index);
        seen[n++] = g.a;
        seen[n++] = g.b;
    }
    *ret = seen;
    *ret_n = n;
    return HW_OK;
}

static hw_status add_unit(builder *b, uint32_t locus, uint32_t second, double rho, hw_err *err)
{
    unit *u = &b->unit[b->n_units++];
    *u = (unit){.locus = {locus, second}, .n = second == UINT32_MAX ? 1 : 2, .rho = rho};
    u->alone = HW_NEW(&b->m->scratch, hw_real, b->t->n_pairs + 1);
    u->has_alone = HW_NEW(&b->m->scratch, bool, b->t->n_pairs + 1);
    if (u->alone == NULL || u->has_alone == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < u->n; i++) {
        hw_allele *seen = NULL;
        size_t n = 0;
        variant *v = NULL;
        HW_TRY(seen_alleles(b, b->s->locus[u->locus[i]].panel_index, &seen, &n, err));
        HW_TRY(matcher_variant(b->m, 0, u->locus[i], seen, n, &v, err));
        u->model[i] = v->model;
    }
    return HW_OK;
}

static hw_status list_units(builder *b, hw_err *err)
{
    const search *s = b->s;
    const hw_settings *set = s->o->settings;
    bool *done = HW_NEW(&b->m->scratch, bool, s->n_loci + 1);
    b->unit = HW_NEW(&b->m->scratch, unit, s->n_loci + 1);
    if (done == NULL || b->unit == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t q = 0; q < set->n_linked; q++) {
        uint32_t two[2] = {UINT32_MAX, UINT32_MAX};
        for (uint32_t i = 0; i < s->n_loci; i++) {
            two[0] = hw_streq(s->locus[i].name, set->linked[q].a) ? i : two[0];
            two[1] = hw_streq(s->locus[i].name, set->linked[q].b) ? i : two[1];
        }
        if (two[0] != UINT32_MAX && two[1] != UINT32_MAX && two[0] != two[1] && !done[two[0]] && !done[two[1]]) {
            done[two[0]] = done[two[1]] = true;
            HW_TRY(add_unit(b, two[0], two[1], set->linked[q].rho, err));
        }
    }
    for (uint32_t i = 0; i < s->n_loci; i++) {
        if (!done[i]) {
            HW_TRY(add_unit(b, i, UINT32_MAX, 0.5, err));
        }
    }
    return HW_OK;
}

/* A missing person whose sex nobody knows has that of the child placed there. */
static hw_status settled(const builder *b, const hw_pedigree *from, const uint32_t *pair, uint32_t n, hw_pedigree *copy, bool *ret_copied, hw_err *err)
{
    *ret_copied = false;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t person = b->family->missing[b->pair[pair[k]].missing];
        hw_sex sex = b->s->child_sex[b->pair[pair[k]].child];
        if (from->person[person].sex != HW_SEX_UNKNOWN || sex == HW_SEX_UNKNOWN) {
            continue;
        }
        if (!*ret_copied) {
            HW_TRY(hw_pedigree_copy(from, copy, err));
            *ret_copied = true;
        }
        HW_TRY(pedigree_settle_sex(copy, person, sex, err));
    }
    return HW_OK;
}

static hw_status likelihood_in(builder *b, const hw_pedigree *ped, const unit *u, const uint32_t *pair, uint32_t n, bool apart, hw_real *ret, hw_err *err)
{
    hw_typing *t[2] = {NULL, NULL};
    for (uint32_t i = 0; i < u->n; i++) {
        uint32_t panel_index = b->s->locus[u->locus[i]].panel_index;
        t[i] = HW_NEW(&b->m->scratch, hw_typing, ped->n + 1);
        if (t[i] == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        for (size_t k = 0; k < ped->n; k++) {
            t[i][k] = profile_typing(k < b->family->pedigree.n ? b->family->profile[k] : NULL, panel_index);
        }
        for (uint32_t k = 0; k < n; k++) {
            const joint_pair *p = &b->pair[pair[k]];
            uint32_t person = b->family->missing[p->missing];
            /* A reading of the missing person's own is set aside, as in the search: it would be a direct comparison, not kinship. */
            t[i][person] = profile_typing(apart ? NULL : b->s->d->child[p->child], panel_index);
            if (apart) {
                t[i][b->family->pedigree.n + joint_find(b->t->child, b->t->n_children, p->child)] = profile_typing(b->s->d->child[p->child], panel_index);
            }
        }
    }
    const hw_typing *both[2] = {t[0], t[1]};
    return u->n == 1 ? hw_likelihood(b->m->engine, ped, u->model[0], t[0], ret, err) : hw_likelihood_linked(b->m->engine, ped, u->model, both, u->rho, ret, err);
}

static hw_status likelihood(builder *b, const unit *u, const uint32_t *pair, uint32_t n, bool apart, hw_real *ret, hw_err *err)
{
    const hw_pedigree *ped = apart ? &b->apart : &b->family->pedigree;
    hw_pedigree copy;
    bool copied = false;
    hw_arena_mark mark = hw_arena_get_mark(&b->m->scratch);
    hw_pedigree_init(&copy);
    hw_status status = settled(b, ped, pair, n, &copy, &copied, err);
    if (status == HW_OK) {
        status = likelihood_in(b, copied ? &copy : ped, u, pair, n, apart, ret, err);
    }
    if (copied) {
        hw_pedigree_release(&copy);
    }
    hw_arena_reset(&b->m->scratch, mark);
    return status;
}

/*
 * Founders all of one population: the children count as further founders of the family's, so that "unrelated" is said under the same correlation. Without it
 * their probabilities cancel.
 */
static hw_status build_apart(builder *b, hw_err *err)
{
    HW_TRY(hw_pedigree_copy(&b->family->pedigree, &b->apart, err));
    b->has_apart = true;
    for (uint32_t i = 0; i < b->t->n_children; i++) {
        char id[32];
        uint32_t index = 0;
        hw_str text;
        hw_str_init(&text, sizeof id);
        hw_str_addf(&text, "\x01unrelated %u", i);
        hw_status s = hw_str_check(&text, err);
        if (s == HW_OK) {
            s = hw_pedigree_add(&b->apart, text.s, b->s->child_sex[b->t->child[i]], &index, err);
        }
        hw_str_release(&text);
        HW_TRY(s);
    }
    return HW_OK;
}

/* P(children in place) / P(children unrelated), over what cancels between the joint and the single ratios. */
static hw_status relative_value(builder *b, const unit *u, const uint32_t *pair, uint32_t n, hw_real *ret, hw_err *err)
{
    HW_TRY(likelihood(b, u, pair, n, false, ret, err));
    if (!b->has_apart || hw_real_is_zero(*ret)) {
        return HW_OK;
    }
    hw_real unrelated;
    HW_TRY(likelihood(b, u, pair, n, true, &unrelated, err));
    *ret = hw_real_div(*ret, unrelated);
    return HW_OK;
}

static hw_status value_alone(builder *b, unit *u, uint32_t pair, hw_real *ret, hw_err *err)
{
    uint32_t at = pair - b->t->first;
    if (!u->has_alone[at]) {
        HW_TRY(relative_value(b, u, &pair, 1, &u->alone[at], err));
        u->has_alone[at] = true;
    }
    *ret = u->alone[at];
    return HW_OK;
}

static hw_status value_nobody(builder *b, unit *u, hw_real *ret, hw_err *err)
{
    if (!u->has_nobody) {
        u->nobody = hw_real_from(1.0);
        if (!b->has_apart) {
            HW_TRY(likelihood(b, u, NULL, 0, false, &u->nobody, err));
        }
        u->has_nobody = true;
    }
    *ret = u->nobody;
    return HW_OK;
}

/* What the children of an entry say of each other at one unit. */
static hw_status multiply_synergy(builder *b, unit *u, joint_entry *e, hw_err *err)
{
    hw_real value;
    hw_real nobody;
    HW_TRY(value_nobody(b, u, &nobody, err));
    HW_TRY(relative_value(b, u, e->pair, e->n, &value, err));
    for (uint32_t k = 0; k < e->n; k++) {
        hw_real alone;
        HW_TRY(value_alone(b, u, e->pair[k], &alone, err));
        if (hw_real_is_zero(alone)) { /* impossible alone, hence together */
            e->ratio = hw_real_from(0.0);
            return HW_OK;
        }
        value = hw_real_div(value, alone);
        value = k == 0 ? value : hw_real_mul(value, nobody);
    }
    e->ratio = hw_real_mul(e->ratio, value);
    return HW_OK;
}

static hw_status synergies(builder *b, hw_err *err)
{
    joint_table *t = b->t;
    HW_TRY(list_units(b, err));
    if (b->s->theta[0] > 0.0) {
        HW_TRY(build_apart(b, err));
    }
    for (size_t i = 0; i < t->n; i++) {
        joint_entry *e = &t->entry[i];
        for (uint32_t k = 0; k < b->n_units && e->n >= 2 && !hw_real_is_zero(e->ratio); k++) {
            if (unit_usable(b, e->pair, e->n, &b->unit[k])) {
                HW_TRY(multiply_synergy(b, &b->unit[k], e, err));
            }
        }
    }
    return HW_OK;
}

static void single_ratios(builder *b)
{
    for (size_t i = 0; i < b->t->n; i++) {
        joint_entry *e = &b->t->entry[i];
        e->ratio = hw_real_from(1.0);
        for (uint32_t k = 0; k < e->n; k++) {
            e->ratio = hw_real_mul(e->ratio, b->pair[e->pair[k]].ratio);
        }
    }
}

/* Where the joint likelihood cannot be had, the children count as if they said nothing of each other, and no bound is claimed. */
static hw_status ratios(builder *b, hw_err *err)
{
    bool several = false;
    for (size_t i = 0; i < b->t->n; i++) {
        several = several || b->t->entry[i].n >= 2;
    }
    single_ratios(b);
    if (!several) {
        return HW_OK;
    }
    hw_err mine = {0};
    hw_status status = synergies(b, &mine);
    if (status == HW_OK) {
        return HW_OK;
    }
    if (status == HW_NO_MEMORY || status == HW_INTERNAL) {
        return HW_FAIL(err, status, "family %s: %s", b->family->id, mine.msg);
    }
    single_ratios(b);
    b->t->unproven = hw_arena_printf(b->arena, "family %s: children placed in it together could not be computed: %s", b->family->id, mine.msg);
    return b->t->unproven == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

/* ---- how far a child reaches ---- */

static int compare_pairs(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb)
{
    for (uint32_t i = 0; i < na && i < nb; i++) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return (na > nb) - (na < nb);
}

/* With nobody in it, relatives are the empty entry. */
static size_t find_entry(const joint_table *t, const uint32_t *pair, uint32_t n, bool relative)
{
    size_t low = relative && n > 0 ? t->n_placed : 0;
    size_t high = relative && n > 0 ? t->n : t->n_placed;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = compare_pairs(t->entry[mid].pair, t->entry[mid].n, pair, n);
        if (c == 0) {
            return mid;
        }
        if (c < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return SIZE_MAX;
}

/* Sum over the places of child k of ratio(with it there) / ratio(without), greatest over the ways of placing the others. */
static hw_status child_reach(builder *b, uint32_t k, double *sum, uint32_t *rest, hw_err *err)
{
    joint_table *t = b->t;
    memset(sum, 0, t->n * sizeof(*sum));
    for (size_t i = 0; i < t->n; i++) {
        const joint_entry *e = &t->entry[i];
        uint32_t n = 0;
        for (uint32_t j = 0; j < e->n; j++) {
            if (b->pair[e->pair[j]].child != t->child[k]) {
                rest[n++] = e->pair[j];
            }
        }
        if (n == e->n || hw_real_is_zero(e->ratio)) {
            continue;
        }
        size_t without = find_entry(t, rest, n, e->relative);
        if (without == SIZE_MAX) {
            return HW_FAIL(err, HW_INTERNAL, "family %s: a way of placing children is missing from its table", b->family->id);
        }
        bool gone = hw_real_is_zero(t->entry[without].ratio);
        sum[without] += gone ? (double)INFINITY : hw_real_to_double(hw_real_div(e->ratio, t->entry[without].ratio));
    }
    t->pull[k] = sum[0];
    t->reach[k] = 0.0;
    for (size_t i = 0; i < t->n; i++) {
        t->reach[k] = sum[i] > t->reach[k] ? sum[i] : t->reach[k];
    }
    return HW_OK;
}

/* Where nobody can be placed beside another, every child reaches as far as its own ratios. */
static bool reaches_alone(builder *b)
{
    joint_table *t = b->t;
    for (size_t i = 0; i < t->n; i++) {
        if (t->entry[i].n > 1) {
            return false;
        }
    }
    for (size_t i = 1; i < t->n; i++) {
        t->pull[joint_find(t->child, t->n_children, b->pair[t->entry[i].pair[0]].child)] += hw_real_to_double(t->entry[i].ratio);
    }
    for (uint32_t k = 0; k < t->n_children; k++) {
        t->reach[k] = t->unproven != NULL ? (double)INFINITY : t->pull[k];
    }
    return true;
}

static hw_status reaches(builder *b, hw_err *err)
{
    joint_table *t = b->t;
    t->reach = HW_NEW(b->arena, double, t->n_children + 1);
    t->pull = HW_NEW(b->arena, double, t->n_children + 1);
    if (t->reach == NULL || t->pull == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (reaches_alone(b)) {
        return HW_OK;
    }
    double *sum = HW_NEW(&b->m->scratch, double, t->n + 1);
    uint32_t *rest = HW_NEW(&b->m->scratch, uint32_t, b->family->n_missing + 1);
    if (sum == NULL || rest == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t k = 0; k < t->n_children; k++) {
        HW_TRY(child_reach(b, k, sum, rest, err));
        t->reach[k] = t->unproven != NULL ? (double)INFINITY : t->reach[k];
    }
    return HW_OK;
}

/* ---- the table ---- */

static hw_status start(builder *b, hw_err *err)
{
    joint_table *t = b->t;
    t->child = HW_NEW(b->arena, uint32_t, t->n_pairs + 1);
    t->use = HW_NEW(b->arena, bool, t->n_pairs + 1);
    if (t->child == NULL || t->use == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < t->n_pairs; i++) {
        const joint_pair *p = &b->pair[t->first + i];
        t->use[i] = !hw_real_is_zero(p->ratio);
        if (t->n_children == 0 || t->child[t->n_children - 1] != p->child) {
            t->child[t->n_children++] = p->child;
        }
    }
    return HW_OK;
}

hw_status joint_table_build(matcher *m, hw_arena *arena, const joint_pair *pair, const hw_joint_options *o, joint_table *t, hw_err *err)
{
    builder b = {.m = m, .s = m->s, .pair = pair, .o = o, .t = t, .family = &m->s->family[t->family], .arena = arena};
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    hw_pedigree_init(&b.apart);
    hw_status status = start(&b, err);
    if (status == HW_OK) {
        status = list_entries(&b, err);
    }
    if (status == HW_OK) {
        status = ratios(&b, err);
    }
    if (status == HW_OK) {
        add_relatives(&b);
        status = reaches(&b, err);
    }
    if (b.has_apart) {
        hw_pedigree_release(&b.apart);
    }
    hw_arena_reset(&m->scratch, mark);
    return status;
}
