// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/network.h"

#include <string.h>

/* ---- alleles that need not be told apart ---- */

static hw_status classes_plain(network *w, hw_err *err)
{
    const hw_locus_model *lm = w->lm;
    uint32_t *same = HW_NEW(w->arena, uint32_t, lm->n);
    if (same == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < lm->n; i++) {
        same[i] = i;
    }
    w->c = (classes){.k = lm->n,
                     .p = lm->p,
                     .female = lm->female,
                     .male = lm->male,
                     .p_female = lm->p_female,
                     .p_male = lm->p_male,
                     .pair_female = lm->pair_female,
                     .pair_male = lm->pair_male,
                     .of = same,
                     .representative = same};
    return HW_OK;
}

/* Row sums over classes: M[i][C] = sum over j in C of M[i][j], for one allele i of each class. */
static hw_status merge_matrix(const network *w, const double *full, uint32_t k, const uint32_t *of, const uint32_t *rep, double **ret,
                              hw_err *err)
{
    if (full == NULL) {
        *ret = NULL;
        return HW_OK;
    }
    double *m = HW_NEW(w->arena, double, (size_t)k * k);
    if (m == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < k; i++) {
        const double *row = full + (size_t)rep[i] * w->lm->n;
        for (uint32_t j = 0; j < w->lm->n; j++) {
            m[(size_t)i * k + of[j]] += row[j];
        }
    }
    *ret = m;
    return HW_OK;
}

static hw_status merge_vector(const network *w, const double *full, uint32_t k, const uint32_t *of, double **ret, hw_err *err)
{
    double *v = HW_NEW(w->arena, double, k);
    if (v == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t j = 0; j < w->lm->n; j++) {
        v[of[j]] += full[j];
    }
    *ret = v;
    return HW_OK;
}

/*
 * Merge the alleles not told apart by any reading into one class. Exact because the models allowed here (none, equal, proportional; both sexes) leave
 * every unobserved allele with the same row over the classes (Kemeny, Snell 1976).
 */
static hw_status classes_merged(network *w, const bool *told_apart, uint32_t n_apart, hw_err *err)
{
    const hw_locus_model *lm = w->lm;
    if (n_apart + 1 >= lm->n) {
        return classes_plain(w, err);
    }
    uint32_t *of = HW_NEW(w->arena, uint32_t, lm->n);
    uint32_t *rep = HW_NEW(w->arena, uint32_t, lm->n);
    if (of == NULL || rep == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    uint32_t k = 0;
    uint32_t rest = UINT32_MAX;
    for (uint32_t i = 0; i < lm->n; i++) {
        if (told_apart[i] || rest == UINT32_MAX) {
            if (!told_apart[i]) {
                rest = k;
            }
            rep[k] = i;
            of[i] = k++;
        } else {
            of[i] = rest;
        }
    }
    double *p = NULL;
    double *f = NULL;
    double *m = NULL;
    double *pf = NULL;
    double *pm = NULL;
    HW_TRY(merge_vector(w, lm->p, k, of, &p, err));
    HW_TRY(merge_matrix(w, lm->female, k, of, rep, &f, err));
    HW_TRY(merge_matrix(w, lm->male, k, of, rep, &m, err));
    HW_TRY(merge_vector(w, lm->p_female, k, of, &pf, err));
    HW_TRY(merge_vector(w, lm->p_male, k, of, &pm, err));
    w->c = (classes){.k = k, .p = p, .female = f, .male = m, .p_female = pf, .p_male = pm, .of = of, .representative = rep};
    return HW_OK;
}

/* ---- persons that matter ---- */

typedef struct crowd {
    uint32_t *leader;  /* first of a group of identical twins, else oneself */
    bool *matters;
    uint32_t *order;
    reading *reading;  /* per person */
} crowd;

/* Parents before children, and identical twins side by side in the order: sorted by generation. */
static hw_status order_by_generation(const network *w, uint32_t *ret, hw_err *err)
{
    size_t n = w->ped->n;
    uint32_t *topological = HW_NEW(w->arena, uint32_t, n + 1);
    uint32_t *depth = HW_NEW(w->arena, uint32_t, n + 1);
    if (topological == NULL || depth == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(hw_pedigree_order(w->ped, topological, err));
    uint32_t deepest = 0;
    for (size_t k = 0; k < n; k++) {
        const hw_person *p = &w->ped->person[topological[k]];
        uint32_t d = 0;
        d = p->father >= 0 && depth[p->father] + 1 > d ? depth[p->father] + 1 : d;
        d = p->mother >= 0 && depth[p->mother] + 1 > d ? depth[p->mother] + 1 : d;
        depth[topological[k]] = d;
        deepest = d > deepest ? d : deepest;
    }
    size_t out = 0;
    for (uint32_t d = 0; d <= deepest; d++) {
        for (uint32_t i = 0; i < n; i++) {
            if (depth[i] == d) {
                ret[out++] = i;
            }
        }
    }
    return HW_OK;
}

static hw_status crowd_init(network *w, const hw_typing *typing, crowd *c, hw_err *err)
{
    size_t n = w->ped->n;
    c->leader = HW_NEW(w->arena, uint32_t, n + 1);
    c->matters = HW_NEW(w->arena, bool, n + 1);
    c->order = HW_NEW(w->arena, uint32_t, n + 1);
    c->reading = HW_NEW(w->arena, reading, n + 1);
    if (c->leader == NULL || c->matters == NULL || c->order == NULL || c->reading == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(order_by_generation(w, c->order, err));
    for (uint32_t i = 0; i < n; i++) {
        c->leader[i] = i;
        for (uint32_t j = 0; w->ped->person[i].twin != 0 && j < i; j++) {
            if (w->ped->person[j].twin == w->ped->person[i].twin) {
                c->leader[i] = j;
                break;
            }
        }
        HW_TRY(reading_init(&c->reading[i], w->arena, w->lm, &typing[i], err));
    }
    return HW_OK;
}

/* Typed persons, the one asked for, and all ancestors of those; a father's X does not reach his sons. */
static void mark_matters(const network *w, crowd *c, uint32_t query)
{
    for (size_t i = 0; i < w->ped->n; i++) {
        if (c->reading[i].kind != READ_NOTHING || i == query) {
            c->matters[c->leader[i]] = true;
        }
    }
    for (size_t k = w->ped->n; k-- > 0;) {
        uint32_t i = c->order[k];
        if (!c->matters[c->leader[i]]) {
            continue;
        }
        const hw_person *p = &w->ped->person[c->leader[i]];
        if (p->father >= 0 && !(w->x && p->sex == HW_SEX_MALE)) {
            c->matters[c->leader[p->father]] = true;
        }
        if (p->mother >= 0) {
            c->matters[c->leader[p->mother]] = true;
        }
    }
}

static hw_status check_sexes(const network *w, const hw_person *p, hw_err *err)
{
    if (w->x && p->sex == HW_SEX_UNKNOWN) {
        return HW_FAIL(err, HW_CONFLICT, "locus %s is on the X chromosome: the sex of %s must be known", w->lm->locus, p->id);
    }
    if (w->x || p->father < 0 || w->ped->person[p->father].sex != HW_SEX_UNKNOWN) {
        return HW_OK;
    }
    const double *f = w->lm->female;
    const double *m = w->lm->male;
    size_t bytes = (size_t)w->lm->n * w->lm->n * sizeof(double);
    bool same = f == m || (f != NULL && m != NULL && memcmp(f, m, bytes) == 0);
    if (!same) {
        return HW_FAIL(err, HW_CONFLICT, "locus %s: mothers and fathers mutate differently, so the sex of %s, parent of %s, must be known",
                       w->lm->locus, w->ped->person[p->father].id, p->id);
    }
    return HW_OK;
}

/* ---- readings of a node (all twins of it) ---- */

static bool same_exact(const reading *r, const reading *s)
{
    return r->exact && s->exact && ((r->a == s->a && r->b == s->b) || (r->a == s->b && r->b == s->a));
}

static hw_status unsure(network *w, node *d, const crowd *c, hw_err *err)
{
    uint32_t k = w->c.k;
    size_t cells = d->hemizygous ? k : (size_t)k * k;
    d->what = SEEN_UNSURE;
    d->emission = HW_NEW(w->arena, double, cells);
    if (d->emission == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t cell = 0; cell < cells; cell++) {
        d->emission[cell] = 1.0;
    }
    for (size_t i = 0; i < w->ped->n; i++) {
        const reading *r = &c->reading[i];
        if (c->leader[i] != d->person || r->kind == READ_NOTHING) {
            continue;
        }
        for (size_t cell = 0; cell < cells; cell++) {
            uint32_t x = w->c.representative[cell % k];
            d->emission[cell] *= d->hemizygous ? reading_probability_male_x(r, x)
                                               : reading_probability(r, w->c.representative[cell / k], x);
        }
    }
    return HW_OK;
}

static hw_status node_reading(network *w, node *d, const crowd *c, hw_err *err)
{
    const reading *first = NULL;
    bool exact = true;
    d->reading = 1.0;
    for (size_t i = 0; i < w->ped->n; i++) {
        const reading *r = &c->reading[i];
        if (c->leader[i] != d->person || r->kind == READ_NOTHING) {
            continue;
        }
        if (first != NULL && exact && r->exact && !same_exact(first, r)) {
            w->impossible = true;
        }
        first = first == NULL ? r : first;
        exact = exact && r->exact;
        d->reading *= r->exact ? r->seen : 1.0;
    }
    if (first == NULL) {
        d->what = SEEN_NOTHING;
        return HW_OK;
    }
    if (exact && !d->query) {
        d->what = SEEN_EXACT;
        d->a = w->c.of[first->a];
        d->b = w->c.of[first->b];
        if (d->hemizygous && first->kind == READ_TWO) {
            w->impossible = true;
        }
        return HW_OK;
    }
    return unsure(w, d, c, err);
}

static hw_status link_children(network *w, hw_err *err)
{
    w->child = hw_arena_alloc(w->arena, (size_t)w->n * 2 + 1, sizeof(*w->child));
    if (w->child == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < w->n; i++) {
        node *parent = &w->node[i];
        parent->first_child = w->n_child;
        for (uint32_t j = i + 1; j < w->n; j++) {
            bool father = w->node[j].father == (int32_t)i && !w->node[j].hemizygous;
            bool mother = w->node[j].mother == (int32_t)i;
            if (father || mother) {
                w->child[w->n_child].node = j;
                w->child[w->n_child++].from_father = father;
            }
        }
        parent->n_children = w->n_child - parent->first_child;
    }
    return HW_OK;
}

static hw_status choose_classes(network *w, const crowd *c, uint32_t query, hw_err *err)
{
    /* The table of a query tells every allele apart. */
    if (!w->lm->lumpable || query != UINT32_MAX) {
        return classes_plain(w, err);
    }
    bool *apart = HW_NEW(w->arena, bool, w->lm->n);
    if (apart == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < w->ped->n; i++) {
        for (uint32_t a = 0; c->reading[i].kind != READ_NOTHING && a < w->lm->n; a++) {
            apart[a] = apart[a] || c->reading[i].category[a] != 0;
        }
    }
    if (w->lm->silent >= 0) {
        apart[w->lm->silent] = true;
    }
    uint32_t n_apart = 0;
    for (uint32_t a = 0; a < w->lm->n; a++) {
        n_apart += apart[a] ? 1 : 0;
    }
    return classes_merged(w, apart, n_apart, err);
}

hw_status network_nodes(network *w, hw_arena *arena, const hw_pedigree *ped, const hw_locus_model *lm, const hw_typing *typing,
                        uint32_t query, hw_err *err)
{
    *w = (network){.arena = arena, .ped = ped, .lm = lm, .x = lm->kind == HW_LOCUS_X, .query = UINT32_MAX};
    crowd c;
    HW_TRY(crowd_init(w, typing, &c, err));
    mark_matters(w, &c, query);
    HW_TRY(choose_classes(w, &c, query, err));
    w->node = HW_NEW(arena, node, ped->n + 1);
    w->node_of = HW_NEW(arena, uint32_t, ped->n + 1);
    if (w->node == NULL || w->node_of == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < ped->n; i++) {
        w->node_of[i] = UINT32_MAX;
    }
    for (size_t k = 0; k < ped->n; k++) {
        uint32_t i = c.order[k];
        const hw_person *p = &ped->person[i];
        if (c.leader[i] != i || !c.matters[i]) {
            continue;
        }
        HW_TRY(check_sexes(w, p, err));
        node *d = &w->node[w->n];
        *d = (node){.person = i,
                    .father = p->father >= 0 ? (int32_t)w->node_of[c.leader[p->father]] : -1,
                    .mother = p->mother >= 0 ? (int32_t)w->node_of[c.leader[p->mother]] : -1,
                    .has_parents = p->father >= 0 || p->mother >= 0,
                    .hemizygous = w->x && p->sex == HW_SEX_MALE,
                    .inbreeding = p->inbreeding,
                    .query = query != UINT32_MAX && c.leader[query] == i};
        if (d->query) {
            w->query = w->n;
        }
        w->node_of[i] = w->n++;
        HW_TRY(node_reading(w, d, &c, err));
    }
    for (size_t i = 0; i < ped->n; i++) {
        w->node_of[i] = w->node_of[c.leader[i]];
    }
    return link_children(w, err);
}

hw_status network_transmit(const network *w, bool from_father, uint32_t a, uint32_t b, double **ret, hw_err *err)
{
    const double *m = network_matrix(w, from_father);
    double *v = HW_NEW(w->arena, double, w->c.k);
    if (v == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (m == NULL) {
        v[a] += 0.5;
        v[b] += 0.5;
    } else {
        for (uint32_t j = 0; j < w->c.k; j++) {
            v[j] = 0.5 * (m[(size_t)a * w->c.k + j] + m[(size_t)b * w->c.k + j]);
        }
    }
    *ret = v;
    return HW_OK;
}
