// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Two linked loci: at each locus the probability of the readings given which gene every parent handed on (the selectors), then the sum
 * over both loci's selectors with the recombination fraction between them. Founders are in linkage equilibrium, so that a founder with one child that matters
 * needs no selector: its two haplotypes are exchangeable at each locus by itself. Lander and Green (1987) for the idea, exact here with any mutation model.
 */
#include "kinship/matcher.h"
#include "kinship/network.h"

#include <string.h>

#define MAX_SELECTORS 20

/* A transmission, by parent and child persons, the same at both loci. */
typedef struct selectors {
    uint32_t n;
    struct { uint32_t parent, child; } of[MAX_SELECTORS + 1];
} selectors;

static uint32_t selector_index(const selectors *s, uint32_t parent, uint32_t child)
{
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->of[i].parent == parent && s->of[i].child == child) {
            return i;
        }
    }
    return UINT32_MAX;
}

/* Meioses of both loci whose selector may matter. The leaders of twins are the same at both loci because pedigree and order are. */
static hw_status list_selectors(const network *w, selectors *s, hw_err *err)
{
    for (uint32_t i = 0; i < w->n; i++) {
        const node *d = &w->node[i];
        if (d->hemizygous || (!d->has_parents && d->n_children < 2)) {
            continue;
        }
        for (uint32_t j = 0; j < d->n_children; j++) {
            uint32_t child = w->node[w->child[d->first_child + j].node].person;
            if (selector_index(s, d->person, child) != UINT32_MAX) {
                continue;
            }
            if (s->n == MAX_SELECTORS) {
                return HW_FAIL(err, HW_TOO_COSTLY,
                               "linked loci %s: more than %d meioses matter (the one from %s to %s is too many); leave out a relative or treat the loci as unlinked",
                               w->lm->locus, MAX_SELECTORS, w->ped->person[d->person].id, w->ped->person[child].id);
            }
            s->of[s->n].parent = d->person;
            s->of[s->n++].child = child;
        }
    }
    return HW_OK;
}

typedef struct maker {
    network *w;
    net *n;
    const selectors *s;
    const uint32_t *selector_var;
} maker;

static hw_status vector_on(maker *m, const gene *g, const double *v, hw_err *err)
{
    if (g->var == NET_NO_LABEL) {
        m->n->scale = hw_real_mul_d(m->n->scale, v[g->value[0]]);
        return HW_OK;
    }
    double *table = NULL;
    HW_TRY(net_factor_new(m->n, &g->var, 1, &table, err));
    for (uint32_t x = 0; x < g->domain; x++) {
        table[x] = v[g->domain == m->w->c.k && m->w->c.k > 2 ? x : g->value[x]];
    }
    return HW_OK;
}

static uint32_t class_at(const maker *m, const gene *g, uint32_t x)
{
    return g->domain == m->w->c.k && m->w->c.k > 2 ? x : g->value[x];
}

/* Which variables a transmission touches, ascending: selector, parent's genes, child's gene. */
typedef struct slot {
    uint32_t var;
    uint32_t now; /* current value */
} slot;

static void add_slot(slot *slots, uint32_t *n, uint32_t var)
{
    uint32_t at = *n;
    while (at > 0 && slots[at - 1].var > var) {
        at--;
    }
    if (var == NET_NO_LABEL || (at > 0 && slots[at - 1].var == var)) {
        return;
    }
    memmove(slots + at + 1, slots + at, (*n - at) * sizeof(*slots));
    slots[at] = (slot){.var = var};
    (*n)++;
}

static uint32_t now(const slot *slots, uint32_t n, uint32_t var)
{
    for (uint32_t i = 0; i < n; i++) {
        if (slots[i].var == var) {
            return slots[i].now;
        }
    }
    return 0;
}

/* The parent's gene number `selector` (0 paternal) is handed on to the child's gene. */
static hw_status transmission(maker *m, const node *parent, const gene *child, bool from_father, uint32_t selector, hw_err *err)
{
    network *w = m->w;
    const double *matrix = network_matrix(w, from_father);
    slot slots[4];
    uint32_t n = 0;
    if (selector != NET_NO_LABEL) {
        add_slot(slots, &n, selector);
    }
    if (!parent->hemizygous) {
        add_slot(slots, &n, parent->pat.var);
    }
    add_slot(slots, &n, parent->mat.var);
    add_slot(slots, &n, child->var);
    uint32_t vars[4];
    for (uint32_t i = 0; i < n; i++) {
        vars[i] = slots[i].var;
    }
    double *table = NULL;
    HW_TRY(net_factor_new(m->n, vars, n, &table, err));
    size_t size = m->n->factor[m->n->n_factors - 1].size;
    for (size_t cell = 0; cell < size; cell++) {
        const gene *given = &parent->mat;
        if (selector != NET_NO_LABEL && now(slots, n, selector) == 0) {
            given = &parent->pat;
        }
        uint32_t from = class_at(m, given, now(slots, n, given->var));
        uint32_t to = class_at(m, child, now(slots, n, child->var));
        table[cell] = matrix == NULL ? (from == to ? 1.0 : 0.0) : matrix[(size_t)from * w->c.k + to];
        for (uint32_t i = n; i-- > 0;) {
            if (++slots[i].now < m->n->domain[slots[i].var]) {
                break;
            }
            slots[i].now = 0;
        }
    }
    return HW_OK;
}

static hw_status new_variable(maker *m, gene *g, uint32_t domain, uint32_t person, hw_err *err)
{
    *g = (gene){.domain = domain, .value = {0, 1}};
    return net_variable(m->n, domain, person, false, &g->var, err);
}

/* Ordered genes are needed where a selector of either locus points at them, where parents give them, or where a reading leaves them open. */
static bool needs_genes(const maker *m, const node *d)
{
    bool selected = false;
    for (uint32_t i = 0; i < m->s->n; i++) {
        selected = selected || m->s->of[i].parent == d->person;
    }
    return d->has_parents || selected || d->what == SEEN_UNSURE;
}

/* Ordered genes of a node, the probability of its reading and, for founders, of its genes. A founder with one child is left out: from_parent gives what it hands on. */
static hw_status genes(maker *m, node *d, hw_err *err)
{
    network *w = m->w;
    bool founder = !d->has_parents;
    if (d->what == SEEN_EXACT) {
        m->n->scale = hw_real_mul_d(m->n->scale, d->reading);
        d->pat = (gene){.var = NET_NO_LABEL, .domain = 1, .value = {d->a, d->a}};
        d->mat = d->pat;
        if (d->a != d->b && needs_genes(m, d)) {
            HW_TRY(new_variable(m, &d->pat, 2, d->person, err));
            d->pat.value[0] = d->a;
            d->pat.value[1] = d->b;
            d->mat = d->pat;
            d->mat.value[0] = d->b;
            d->mat.value[1] = d->a;
        }
        if (founder) {
            double pa = w->c.p[d->a];
            double both = d->a == d->b ? pa * pa * (1.0 - d->inbreeding) + pa * d->inbreeding
                                       : pa * w->c.p[d->b] * (1.0 - d->inbreeding) * (needs_genes(m, d) ? 1.0 : 2.0);
            m->n->scale = hw_real_mul_d(m->n->scale, d->hemizygous ? pa : both);
        }
        return HW_OK;
    }
    if (!needs_genes(m, d) && !(d->hemizygous && d->n_children > 1)) {
        return HW_OK;
    }
    if (d->hemizygous) {
        d->pat = (gene){.var = NET_NO_LABEL, .domain = 1};
    } else {
        HW_TRY(new_variable(m, &d->pat, w->c.k, d->person, err));
    }
    HW_TRY(new_variable(m, &d->mat, w->c.k, d->person, err));
    if (d->hemizygous) {
        if (d->what == SEEN_UNSURE) {
            HW_TRY(vector_on(m, &d->mat, d->emission, err));
        }
        return founder ? vector_on(m, &d->mat, w->c.p, err) : HW_OK;
    }
    if (!founder && d->what != SEEN_UNSURE) {
        return HW_OK;
    }
    const uint32_t vars[2] = {d->pat.var, d->mat.var};
    double *table = NULL;
    HW_TRY(net_factor_new(m->n, vars, 2, &table, err));
    for (uint32_t x = 0; x < w->c.k; x++) {
        for (uint32_t y = 0; y < w->c.k; y++) {
            double v = d->what == SEEN_UNSURE ? d->emission[(size_t)x * w->c.k + y] : 1.0;
            if (founder) {
                v *= (1.0 - d->inbreeding) * w->c.p[x] * w->c.p[y] + (x == y ? d->inbreeding * w->c.p[x] : 0.0);
            }
            *table++ = v;
        }
    }
    return HW_OK;
}

static hw_status from_parent(maker *m, node *d, bool from_father, hw_err *err)
{
    network *w = m->w;
    int32_t parent = from_father ? d->father : d->mother;
    const gene *g = from_father ? &d->pat : &d->mat;
    if (parent < 0) {
        return vector_on(m, g, network_gamete(w, from_father), err);
    }
    const node *p = &w->node[parent];
    uint32_t i = selector_index(m->s, p->person, d->person);
    if (i == UINT32_MAX && !p->hemizygous) { /* a founder with one child */
        if (p->what == SEEN_NOTHING) {
            return vector_on(m, g, network_gamete(w, from_father), err);
        }
        if (p->what == SEEN_EXACT) {
            double *v = NULL;
            HW_TRY(network_transmit(w, from_father, p->a, p->b, &v, err));
            return vector_on(m, g, v, err);
        }
        /* Any of the two genes will do: the reading is symmetric in them. */
        return transmission(m, p, g, from_father, NET_NO_LABEL, err);
    }
    if (p->hemizygous && p->what == SEEN_NOTHING && !p->has_parents && p->n_children == 1) {
        return vector_on(m, g, network_gamete(w, from_father), err);
    }
    return transmission(m, p, g, from_father, i == UINT32_MAX ? NET_NO_LABEL : m->selector_var[i], err);
}

/* P(readings at one locus | selectors), for all 2^n selector values, selector 0 slowest. */
static hw_status given_selectors(hw_engine *e, network *w, const selectors *s, double **ret, int64_t *ret_exp, hw_err *err)
{
    net n;
    HW_TRY(net_init(&n, w->arena, 2 * w->n + s->n, 8 * w->n + s->n, err));
    uint32_t vars[MAX_SELECTORS + 1];
    maker m = {.w = w, .n = &n, .s = s, .selector_var = vars};
    for (uint32_t i = 0; i < s->n; i++) {
        HW_TRY(net_variable(&n, 2, s->of[i].parent, true, &vars[i], err));
    }
    for (uint32_t i = 0; i < w->n; i++) {
        HW_TRY(genes(&m, &w->node[i], err));
    }
    for (uint32_t i = 0; i < w->n; i++) {
        node *d = &w->node[i];
        if (d->has_parents && !d->hemizygous) {
            HW_TRY(from_parent(&m, d, true, err));
        }
        if (d->has_parents) {
            HW_TRY(from_parent(&m, d, false, err));
        }
    }
    uint32_t *order = HW_NEW(w->arena, uint32_t, n.n_vars + 1);
    if (order == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    uint32_t n_order = 0;
    net_cost cost;
    HW_TRY(net_plan(&n, order, &n_order, &cost, err));
    HW_TRY(network_check_cost(w, &n, &cost, 1.0, &e->limits, err));
    size_t size = 0;
    return net_eliminate(&n, order, n_order, ret, &size, ret_exp, err);
}

static hw_status run_linked(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *const lm[2], const hw_typing *const typing[2], double rho,
                            hw_real *ret, hw_err *err)
{
    network w[2];
    selectors s = {0};
    for (int i = 0; i < 2; i++) {
        if (lm[i]->theta > 0.0) {
            return HW_FAIL(err, HW_UNSUPPORTED, "linked loci %s and %s: theta > 0 is not modelled together with linkage; set theta to 0 or treat them as unlinked",
                           lm[0]->locus, lm[1]->locus);
        }
        HW_TRY(network_nodes(&w[i], &e->arena, ped, lm[i], typing[i], UINT32_MAX, err));
        HW_TRY(list_selectors(&w[i], &s, err));
    }
    if (w[0].impossible || w[1].impossible) {
        *ret = hw_real_from(0.0);
        return HW_OK;
    }
    double *t[2];
    int64_t exp[2];
    HW_TRY(given_selectors(e, &w[0], &s, &t[0], &exp[0], err));
    HW_TRY(given_selectors(e, &w[1], &s, &t[1], &exp[1], err));
    size_t size = (size_t)1 << s.n;
    for (size_t bit = 1; bit < size; bit <<= 1) {
        for (size_t i = 0; i < size; i++) {
            if ((i & bit) == 0) {
                double same = t[0][i];
                double other = t[0][i | bit];
                t[0][i] = (1.0 - rho) * same + rho * other;
                t[0][i | bit] = rho * same + (1.0 - rho) * other;
            }
        }
    }
    double sum = 0.0;
    for (size_t i = 0; i < size; i++) {
        sum += t[0][i] * t[1][i];
    }
    hw_real r = hw_real_from(sum);
    r.e += hw_real_is_zero(r) ? 0 : exp[0] + exp[1] - (int64_t)s.n;
    *ret = r;
    return HW_OK;
}

hw_status hw_likelihood_linked(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *const lm[2], const hw_typing *const typing[2],
                               double rho, hw_real *ret, hw_err *err)
{
    if (!(rho >= 0.0 && rho <= 0.5)) {
        return HW_FAIL(err, HW_USAGE, "the recombination fraction between %s and %s must be between 0 and 0.5, not %g", lm[0]->locus, lm[1]->locus, rho);
    }
    hw_arena_mark mark = hw_arena_get_mark(&e->arena);
    hw_real value = {0};
    hw_status s = run_linked(e, ped, lm, typing, rho, &value, err);
    hw_arena_reset(&e->arena, mark);
    if (s == HW_OK) {
        *ret = value;
    }
    return s;
}

hw_status linked_matters(hw_engine *e, const hw_pedigree *ped, const hw_locus_model *const lm[2], const hw_typing *const typing[2], bool *ret,
                         hw_err *err)
{
    hw_arena_mark mark = hw_arena_get_mark(&e->arena);
    selectors s = {0};
    hw_status status = HW_OK;
    for (int i = 0; i < 2 && status == HW_OK; i++) {
        network w;
        status = network_nodes(&w, &e->arena, ped, lm[i], typing[i], UINT32_MAX, err);
        if (status == HW_OK) {
            status = list_selectors(&w, &s, err);
        }
    }
    hw_arena_reset(&e->arena, mark);
    *ret = s.n > 0;
    return status;
}
