// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The loci of an explanation: used or why not, the ratio under every table, what a contradiction assumes, which alleles were rare. */
#include "kinship/explain_parts.h"

#include <math.h>
#include <string.h>

static bool anybody_typed(const parts *x, uint32_t panel_index, bool *ret_family)
{
    *ret_family = false;
    uint32_t missing = x->family->missing[x->r->missing];
    for (size_t i = 0; i < x->family->pedigree.n; i++) {
        const hw_profile *p = x->family->profile[i];
        if (p != NULL && i != missing && (hw_genotype_typed(hw_profile_at(p, panel_index)) || hw_profile_extra(p, panel_index) != NULL)) {
            *ret_family = true;
        }
    }
    return *ret_family || hw_genotype_typed(hw_profile_at(x->r->child, panel_index)) || hw_profile_extra(x->r->child, panel_index) != NULL;
}

static bool any_extra(const parts *x, uint32_t panel_index)
{
    bool any = hw_profile_extra(x->r->child, panel_index) != NULL;
    for (size_t i = 0; i < x->family->pedigree.n; i++) {
        any = any || (x->family->profile[i] != NULL && hw_profile_extra(x->family->profile[i], panel_index) != NULL);
    }
    return any;
}

/* Steps between two alleles: whole repeats count one each, anything else many. */
static double steps(hw_allele a, hw_allele b)
{
    if (!hw_allele_is_repeat(a) || !hw_allele_is_repeat(b)) {
        return a == b ? 0.0 : 100.0;
    }
    double d = (double)(a > b ? a - b : b - a) / 10.0;
    return (a % 10) == (b % 10) ? d : 100.0 + d;
}

typedef struct transfer {
    hw_allele from, to;
    double steps;
} transfer;

static transfer nearest(hw_genotype parent, hw_allele child)
{
    transfer a = {parent.a, child, steps(parent.a, child)};
    transfer b = {parent.b, child, parent.b == HW_ALLELE_UNKNOWN ? 0.0 : steps(parent.b, child)};
    return b.steps < a.steps ? b : a;
}

static const char *transfer_text(hw_arena *arena, const transfer *t, const char *who)
{
    char from[HW_ALLELE_BUF];
    char to[HW_ALLELE_BUF];
    return hw_arena_printf(arena, "mutation %s -> %s (%s)", hw_allele_format(t->from, from), hw_allele_format(t->to, to), who);
}

/* The smallest change that makes child and typed parents agree; words for the rest. */
static hw_status assumed(const parts *x, uint32_t panel_index, const char **ret, hw_err *err)
{
    hw_arena *arena = &x->r->arena;
    const hw_person *p = &x->family->pedigree.person[x->family->missing[x->r->missing]];
    hw_genotype c = hw_profile_at(x->r->child, panel_index);
    hw_genotype fa = p->father >= 0 ? hw_profile_at(x->family->profile[p->father], panel_index) : HW_GENOTYPE_NONE;
    hw_genotype mo = p->mother >= 0 ? hw_profile_at(x->family->profile[p->mother], panel_index) : HW_GENOTYPE_NONE;
    bool has_fa = hw_genotype_typed(fa);
    bool has_mo = hw_genotype_typed(mo);
    hw_allele second = c.b == HW_ALLELE_UNKNOWN ? c.a : c.b;
    if (x->r->child->dropout > 0.0 && c.a == c.b) {
        *ret = "drop-out of an allele of the child, or a mutation";
        return HW_OK;
    }
    if (!has_fa && !has_mo) {
        *ret = "a mutation between relatives who were not typed";
        return HW_OK;
    }
    transfer best_f = {0};
    transfer best_m = {0};
    double best = INFINITY;
    for (int order = 0; order < 2; order++) {
        hw_allele from_fa = order == 0 ? c.a : second;
        hw_allele from_mo = order == 0 ? second : c.a;
        transfer f = has_fa ? nearest(fa, from_fa) : (transfer){0};
        transfer m = has_mo ? nearest(mo, from_mo) : (transfer){0};
        /* One mutation of two steps is likelier than two of one step: few mutations first, few steps next. */
        double cost = f.steps + m.steps + (f.steps > 0.0 ? 1e6 : 0.0) + (m.steps > 0.0 ? 1e6 : 0.0);
        if (cost < best) {
            best = cost;
            best_f = f;
            best_m = m;
        }
    }
    if (best_f.steps > 0.0 && best_m.steps > 0.0) {
        *ret = "mutations from both parents";
    } else if (best_f.steps > 0.0) {
        *ret = transfer_text(arena, &best_f, "father");
    } else if (best_m.steps > 0.0) {
        *ret = transfer_text(arena, &best_m, "mother");
    } else {
        *ret = "a mutation elsewhere in the family";
    }
    return *ret == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

/* Alleles of the pair that the first table lacks, with the minimum each was given. */
static hw_status rare(const parts *x, uint32_t locus, uint32_t panel_index, const char **ret, hw_err *err)
{
    size_t n = 0;
    hw_arena_mark mark = hw_arena_get_mark(&x->m->scratch);
    hw_allele *seen = HW_NEW(&x->m->scratch, hw_allele, 2 * x->family->pedigree.n + 3);
    if (seen == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i <= x->family->pedigree.n; i++) {
        hw_genotype g = hw_profile_at(i == x->family->pedigree.n ? x->r->child : x->family->profile[i], panel_index);
        seen[n++] = g.a;
        seen[n++] = g.b;
    }
    variant *v = NULL;
    hw_status s = matcher_variant(x->m, 0, locus, seen, n, &v, err);
    hw_arena_reset(&x->m->scratch, mark);
    if (s != HW_OK || v->model->n_added == 0) {
        return s;
    }
    hw_str text;
    hw_str_init(&text, 4096);
    for (uint32_t i = 0; i < v->model->n_added; i++) {
        char name[HW_ALLELE_BUF];
        hw_str_addf(&text, "%s%s (%.3g)", i > 0 ? ", " : "", hw_allele_format(v->model->added[i], name), v->model->added_freq[i]);
    }
    s = hw_str_check(&text, err);
    *ret = s == HW_OK ? hw_arena_strdup(&x->r->arena, text.s) : NULL;
    hw_str_release(&text);
    return s == HW_OK && *ret == NULL ? HW_NO_MEMORY_FAIL(err) : s;
}

static int32_t search_position(const search *s, uint32_t panel_index)
{
    for (uint32_t i = 0; i < s->n_loci; i++) {
        if (s->locus[i].panel_index == panel_index) {
            return (int32_t)i;
        }
    }
    return -1;
}

static hw_status one(parts *x, const pair_lr *p, hw_explained_locus *l, bool family, hw_err *err)
{
    uint32_t n_pop = x->o->n_populations;
    int32_t at = search_position(x->s, l->panel_index);
    for (uint32_t k = 0; k < n_pop; k++) {
        bool lacking = at >= 0 && x->s->locus[at].freq[k] == NULL;
        l->ratio[k] = lacking ? (double)NAN : at >= 0 ? p->locus_ratio[(size_t)at * n_pop + k] : 1.0;
    }
    if (l->kind == HW_LOCUS_AMEL) {
        l->use = HW_USE_SEX;
        l->ratio[0] = x->r->sex_ratio;
        for (uint32_t k = 1; k < n_pop; k++) {
            l->ratio[k] = x->r->sex_ratio;
        }
        return HW_OK;
    }
    if (l->kind == HW_LOCUS_Y) {
        l->use = HW_USE_LINEAGE;
        return HW_OK;
    }
    if (any_extra(x, l->panel_index)) {
        l->use = HW_USE_TRIALLELIC;
        l->note = "three or more alleles: set aside";
        return HW_OK;
    }
    if (at < 0) {
        l->use = HW_USE_NO_TABLE;
        l->note = "no frequencies in the table";
        return HW_OK;
    }
    if (!p->used[at]) {
        l->use = family && hw_genotype_typed(hw_profile_at(x->r->child, l->panel_index)) ? HW_USE_SEX : family ? HW_USE_CHILD_UNTYPED : HW_USE_FAMILY_UNTYPED;
        l->note = l->use == HW_USE_SEX ? "X locus: the sex of child and missing person is not settled" : NULL;
        return HW_OK;
    }
    bool second = p->linked_with[at] >= 0 && p->linked_with[at] < at;
    l->use = second ? HW_USE_LINKED_WITH_PREVIOUS : HW_USE_USED;
    l->inconsistent = p->inconsistent[at];
    if (p->linked_with[at] >= 0) {
        l->note = hw_arena_printf(&x->r->arena, "computed together with %s (linked)", x->s->locus[p->linked_with[at]].name);
        if (l->note == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    if (l->inconsistent) {
        HW_TRY(assumed(x, l->panel_index, &l->assumed, err));
    }
    return rare(x, (uint32_t)at, l->panel_index, &l->rare, err);
}

hw_status explain_loci(parts *x, const pair_lr *p, hw_err *err)
{
    const hw_panel *panel = &x->d->panel;
    x->r->locus = HW_NEW(&x->r->arena, hw_explained_locus, panel->n + 1);
    if (x->r->locus == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < panel->n; i++) {
        bool family = false;
        if (!anybody_typed(x, i, &family)) {
            continue;
        }
        hw_explained_locus *l = &x->r->locus[x->r->n_loci++];
        *l = (hw_explained_locus){.locus = panel->locus[i].name, .panel_index = i, .kind = panel->locus[i].kind};
        l->ratio = HW_NEW(&x->r->arena, double, x->o->n_populations);
        if (l->ratio == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        HW_TRY(one(x, p, l, family, err));
    }
    return HW_OK;
}
