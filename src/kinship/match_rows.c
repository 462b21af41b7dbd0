// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The plain search: the ratios of all children against one missing person, every one computed. Also the twin that the screened search is held against. */
#include "kinship/match_parts.h"

#include <string.h>

/* The ratio of one child at one locus. */
static hw_status locus_ratio(matcher *m, question *q, const family_locus *fl, size_t child, double *ret, hw_err *err)
{
    variant *v = fl->table.v;
    open_reading fresh;
    const open_reading *open = &fresh;
    int32_t g = 0;
    if (v->child_index != NULL) {
        g = v->child_index[child];
        open = g <= CHILD_OPEN ? &v->open[CHILD_OPEN - g] : open;
    } else {
        HW_TRY(variant_child(m, v, child, &g, &fresh, err));
    }
    *ret = 1.0;
    if (g >= 0) {
        *ret = fl->table.ratio[g];
    } else if (g <= CHILD_OPEN) {
        *ret = open_ratio(&fl->table, open);
    } else if (g == CHILD_SLOW) {
        HW_TRY(question_slow_ratio(m, q, 0, fl->locus, m->s->d->child[child], ret, err));
    }
    return HW_OK;
}

/* Multiply the ratios of one child at all loci: products of up to eight, then rescaled, in the order of the panel. Eight mutations of many steps would leave a double. */
hw_status child_ratio(matcher *m, question *q, const family_locus *fl, uint32_t n, size_t child, bool x_usable, hw_real *ret, hw_err *err)
{
    hw_real total = hw_real_from(1.0);
    double product = 1.0;
    uint32_t held = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (m->s->locus[fl[i].locus].kind == HW_LOCUS_X && !x_usable) {
            continue;
        }
        double r = 1.0;
        HW_TRY(locus_ratio(m, q, &fl[i], child, &r, err));
        product *= r;
        if (++held == 8 || product < 1e-100) {
            total = hw_real_mul_d(total, product);
            product = 1.0;
            held = 0;
        }
    }
    *ret = hw_real_mul_d(total, product);
    return HW_OK;
}

hw_status family_tables(matcher *m, question *q, family_locus *fl, uint32_t *ret_n, hw_err *err)
{
    const search *s = m->s;
    hw_typing *t = HW_NEW(&m->scratch, hw_typing, q->ped->n + 1);
    if (t == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->n_loci; i++) {
        bool x_open = s->locus[i].kind == HW_LOCUS_X && q->ped->person[q->person].sex == HW_SEX_UNKNOWN;
        if (!question_typings(q, s->locus[i].panel_index, t) || x_open) {
            continue;
        }
        fl[n].locus = i;
        HW_TRY(question_table(m, q, 0, i, NULL, 0, &fl[n].table, err));
        HW_TRY(variant_child_index(m, fl[n].table.v, err));
        n++;
    }
    *ret_n = n;
    return HW_OK;
}

/* The pair's linked loci, exactly, in place of the product of the two. */
static hw_status linked_ratio(matcher *m, const hw_family *settled, uint32_t missing, size_t child, hw_real *ret, hw_err *err)
{
    pair_lr r;
    HW_TRY(pair_lr_compute(m, (uint32_t)child, settled, missing, false, &r, err));
    *ret = r.ratio;
    pair_lr_release(&r);
    return HW_OK;
}

/* Does the family's pedigree make linkage matter for any pair of loci in use? */
hw_status links_matter(matcher *m, const question *q, const family_locus *fl, uint32_t n, bool *ret, hw_err *err)
{
    const hw_settings *set = m->s->o->settings;
    *ret = false;
    for (uint32_t k = 0; k < set->n_linked && !*ret; k++) {
        const family_locus *two[2] = {NULL, NULL};
        for (uint32_t i = 0; i < n; i++) {
            const char *name = m->s->locus[fl[i].locus].name;
            two[0] = hw_streq(name, set->linked[k].a) ? &fl[i] : two[0];
            two[1] = hw_streq(name, set->linked[k].b) ? &fl[i] : two[1];
        }
        if (two[0] == NULL || two[1] == NULL) {
            continue;
        }
        const hw_locus_model *lm[2] = {two[0]->table.v->model, two[1]->table.v->model};
        hw_typing *t[2];
        for (int i = 0; i < 2; i++) {
            t[i] = HW_NEW(&m->scratch, hw_typing, q->ped->n + 1);
            if (t[i] == NULL) {
                return HW_NO_MEMORY_FAIL(err);
            }
            (void)question_typings(q, m->s->locus[two[i]->locus].panel_index, t[i]);
            t[i][q->person] = (hw_typing){lm[i]->allele[0], lm[i]->allele[0], 0.0, 0.0};
        }
        const hw_typing *both[2] = {t[0], t[1]};
        HW_TRY(linked_matters(m->engine, q->ped, lm, both, ret, err));
    }
    return HW_OK;
}

/* All children against one missing person whose sex is `sex` (UNKNOWN: as it stands, nothing depends on it). */
static hw_status one_sex(matcher *m, const slot *sl, hw_sex sex, hw_real *row, hw_err *err)
{
    const hw_family *f = sl->f;
    hw_pedigree copy;
    HW_TRY(hw_pedigree_copy(&f->pedigree, &copy, err));
    question q = {0};
    family_locus *fl = HW_NEW(&m->scratch, family_locus, m->s->n_loci + 1);
    hw_status status = fl == NULL ? HW_NO_MEMORY_FAIL(err) : pedigree_settle_sex(&copy, f->missing[sl->missing], sex, err);
    if (status == HW_OK) {
        status = question_init(m, &q, f, sl->missing, &copy, err);
    }
    uint32_t n = 0;
    if (status == HW_OK) {
        status = family_tables(m, &q, fl, &n, err);
    }
    bool links = false;
    hw_family settled = *f;
    settled.pedigree = copy;
    if (status == HW_OK && m->s->o->settings->n_linked > 0) {
        status = links_matter(m, &q, fl, n, &links, err);
    }
    for (size_t c = 0; status == HW_OK && c < m->s->d->n_children; c++) {
        hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
        bool x_usable = sex != HW_SEX_UNKNOWN && (m->s->child_sex[c] == HW_SEX_UNKNOWN || m->s->child_sex[c] == sex);
        status = links ? linked_ratio(m, &settled, sl->missing, c, &row[c], err) : child_ratio(m, &q, fl, n, c, x_usable, &row[c], err);
        hw_arena_reset(&m->scratch, mark);
    }
    question_release(&q);
    hw_pedigree_release(&copy);
    return status;
}

/* A sex under which the family's own readings cannot be: no child is the missing person of that sex. */
static hw_status one_possible_sex(matcher *m, const slot *sl, hw_sex sex, double weight, hw_real *row, hw_err *err)
{
    if (weight > 0.0) {
        return one_sex(m, sl, sex, row, err);
    }
    for (size_t c = 0; c < m->s->d->n_children; c++) {
        row[c] = hw_real_from(0.0);
    }
    return HW_OK;
}

/*
 * Nobody knows the sex of the missing person, and it matters. With w the weight of a sex by the family's readings (mean 1), r the ratio and u the probability of the
 * child's X readings for an unrelated child of that sex, divided by their sum: a child of known sex has w r, one of unknown sex w_m r_m u_m + w_f r_f u_f.
 */
static hw_status both_sexes(matcher *m, const slot *sl, hw_real *row, hw_err *err)
{
    size_t n = m->s->d->n_children;
    hw_real *girl = HW_NEW(&m->scratch, hw_real, n + 1);
    double boys = 0.0;
    double girls = 0.0;
    if (girl == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(family_sex_weights(m, sl->f, sl->missing, &boys, &girls, err));
    HW_TRY(one_possible_sex(m, sl, HW_SEX_MALE, boys, row, err));
    HW_TRY(one_possible_sex(m, sl, HW_SEX_FEMALE, girls, girl, err));
    for (size_t c = 0; c < n; c++) {
        hw_real boy = hw_real_mul_d(row[c], boys);
        girl[c] = hw_real_mul_d(girl[c], girls);
        if (m->s->child_sex[c] == HW_SEX_MALE) {
            row[c] = boy;
        } else if (m->s->child_sex[c] == HW_SEX_FEMALE) {
            row[c] = girl[c];
        } else {
            double x_boy = 0.0;
            double x_girl = 0.0;
            HW_TRY(child_x_shares(m, sl->f, sl->missing, m->s->d->child[c], &x_boy, &x_girl, err));
            row[c] = hw_real_add(hw_real_mul_d(boy, x_boy), hw_real_mul_d(girl[c], x_girl));
        }
    }
    return HW_OK;
}

static hw_status search_as_stated(matcher *m, const slot *sl, hw_real *row, hw_err *err)
{
    const hw_family *f = sl->f;
    uint32_t person = f->missing[sl->missing];
    hw_sex stated = f->pedigree.person[person].sex;
    size_t n = m->s->d->n_children;
    if (stated != HW_SEX_UNKNOWN || !search_sex_matters(m->s, f, person)) {
        HW_TRY(one_sex(m, sl, stated, row, err));
        for (size_t c = 0; c < n; c++) {
            row[c] = hw_real_mul_d(row[c], search_sex_ratio(m->s, (uint32_t)c, stated));
        }
        return HW_OK;
    }
    return both_sexes(m, sl, row, err);
}

/*
 * Other members of unknown sex, where it matters: the mean over all assignments of sexes, each weighed by the probability of the family's readings under it.
 */
hw_status search_slot(matcher *m, const slot *sl, hw_real *row, hw_err *err)
{
    size_t n = m->s->d->n_children;
    family_worlds w;
    HW_TRY(family_worlds_init(&w, m, sl->f, sl->missing, err));
    if (w.n == 0) {
        return search_as_stated(m, sl, row, err);
    }
    hw_real *one = HW_NEW(&m->scratch, hw_real, n + 1);
    hw_status status = one == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
    for (size_t c = 0; c < n; c++) {
        row[c] = hw_real_from(0.0);
    }
    for (uint32_t i = 0; status == HW_OK && i < w.n; i++) {
        slot here = *sl;
        here.f = &w.family[i];
        status = w.weight[i] > 0.0 ? search_as_stated(m, &here, one, err) : HW_OK;
        for (size_t c = 0; status == HW_OK && w.weight[i] > 0.0 && c < n; c++) {
            row[c] = hw_real_add(row[c], hw_real_mul_d(one[c], w.weight[i]));
        }
    }
    family_worlds_release(&w);
    return status;
}
