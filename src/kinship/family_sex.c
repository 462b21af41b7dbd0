// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Sexes in a family that nobody knows: what the family's own readings say of them, and the family under every assignment.
 */
#include "kinship/matcher.h"

/* P(readings of the family) over all its loci, the missing person taken to be of the given sex; 0 when they contradict each other. */
static hw_status family_probability(matcher *m, const hw_family *family, uint32_t missing, hw_sex sex, hw_real *ret, hw_err *err)
{
    hw_pedigree copy;
    HW_TRY(hw_pedigree_copy(&family->pedigree, &copy, err));
    question q = {0};
    hw_real total = hw_real_from(1.0);
    hw_status status = pedigree_settle_sex(&copy, family->missing[missing], sex, err);
    if (status == HW_OK) {
        status = question_init(m, &q, family, missing, &copy, err);
    }
    hw_typing *t = HW_NEW(&m->scratch, hw_typing, copy.n + 1);
    if (status == HW_OK && t == NULL) {
        status = HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; status == HW_OK && i < m->s->n_loci; i++) {
        locus_table table;
        hw_err mine = {0};
        if (!question_typings(&q, m->s->locus[i].panel_index, t)) {
            continue;
        }
        status = question_table(m, &q, 0, i, NULL, 0, &table, &mine);
        if (status == HW_OK) {
            total = hw_real_mul(total, table.total);
        } else if (err != NULL && err->code == HW_OK) {
            *err = mine;
        }
    }
    question_release(&q);
    hw_pedigree_release(&copy);
    *ret = status == HW_OK ? total : hw_real_from(0.0);
    return status;
}

hw_status family_sex_weights(matcher *m, const hw_family *family, uint32_t missing, double *ret_male, double *ret_female, hw_err *err)
{
    hw_real w[2];
    for (int i = 0; i < 2; i++) {
        hw_err mine = {0};
        hw_status s = family_probability(m, family, missing, i == 0 ? HW_SEX_MALE : HW_SEX_FEMALE, &w[i], &mine);
        bool last = i == 1 && hw_real_is_zero(w[0]);
        if (s != HW_OK && (s != HW_IMPOSSIBLE || last)) {
            if (err != NULL && err->code == HW_OK) {
                *err = mine;
            }
            return s;
        }
    }
    hw_real mean = hw_real_mul_d(hw_real_add(w[0], w[1]), 0.5);
    *ret_male = hw_real_to_double(hw_real_div(w[0], mean));
    *ret_female = hw_real_to_double(hw_real_div(w[1], mean));
    return HW_OK;
}

/* P(readings of the family), over both sexes of the missing person where nobody knows it and it matters. */
static hw_status world_probability(matcher *m, const hw_family *f, uint32_t missing, hw_real *ret, hw_err *err)
{
    hw_sex stated = f->pedigree.person[f->missing[missing]].sex;
    bool both = stated == HW_SEX_UNKNOWN && search_sex_matters(m->s, f, f->missing[missing]);
    hw_real p[2] = {hw_real_from(0.0), hw_real_from(0.0)};
    for (int i = 0; i < (both ? 2 : 1); i++) {
        hw_err mine = {0};
        hw_sex sex = !both ? stated : i == 0 ? HW_SEX_MALE : HW_SEX_FEMALE;
        hw_status s = family_probability(m, f, missing, sex, &p[i], &mine);
        if (s != HW_OK && s != HW_IMPOSSIBLE) {
            return HW_FAIL(err, s, "%s", mine.msg);
        }
    }
    *ret = both ? hw_real_mul_d(hw_real_add(p[0], p[1]), 0.5) : p[0];
    return HW_OK;
}

static hw_status family_worlds_fill(family_worlds *w, matcher *m, const hw_family *family, uint32_t missing, hw_err *err)
{
    w->family = HW_NEW(&m->scratch, hw_family, w->w.n);
    w->weight = HW_NEW(&m->scratch, double, w->w.n);
    hw_real *p = HW_NEW(&m->scratch, hw_real, w->w.n);
    if (w->family == NULL || w->weight == NULL || p == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_real sum = hw_real_from(0.0);
    for (uint32_t i = 0; i < w->w.n; i++) {
        w->family[i] = *family;
        w->family[i].pedigree = w->w.pedigree[i];
        HW_TRY(world_probability(m, &w->family[i], missing, &p[i], err));
        sum = hw_real_add(sum, p[i]);
    }
    for (uint32_t i = 0; i < w->w.n; i++) {
        /* A family that cannot be under any assignment is searched under the first, which then says why. */
        w->weight[i] = hw_real_is_zero(sum) ? (i == 0 ? 1.0 : 0.0) : hw_real_to_double(hw_real_div(p[i], sum));
    }
    w->n = w->w.n;
    return HW_OK;
}

hw_status family_worlds_init(family_worlds *w, matcher *m, const hw_family *family, uint32_t missing, hw_err *err)
{
    *w = (family_worlds){0};
    bool x = false;
    for (uint32_t i = 0; i < m->s->n_loci; i++) {
        x = x || m->s->locus[i].kind == HW_LOCUS_X;
    }
    if (!x && !settings_tell_sexes_apart(m->s->o->settings)) {
        return HW_OK;
    }
    HW_TRY(worlds_init(&w->w, &family->pedigree, family->missing[missing], x, err));
    if (w->w.n == 0) {
        return HW_OK;
    }
    hw_status status = family_worlds_fill(w, m, family, missing, err);
    if (status != HW_OK) {
        family_worlds_release(w);
    }
    return status;
}

void family_worlds_release(family_worlds *w)
{
    worlds_release(&w->w);
    *w = (family_worlds){0};
}

/* P(reading of an unrelated child at an X locus | boy, girl). */
static hw_status unrelated_x(matcher *m, uint32_t locus, const hw_typing *t, double *ret_boy, double *ret_girl, hw_err *err)
{
    hw_allele seen[2] = {t->a, t->b};
    variant *v = NULL;
    HW_TRY(matcher_variant(m, 0, locus, seen, 2, &v, err));
    size_t n = (size_t)v->model->n * (v->model->n + 1) / 2;
    double *p = HW_NEW(&m->scratch, double, n);
    if (p == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (int sex = 0; sex < 2; sex++) {
        HW_TRY(hw_emission(v->model, t, sex == 0, p, err));
        const double *prior = sex == 0 ? v->founder_x : v->founder;
        double sum = 0.0;
        for (size_t i = 0; i < n; i++) {
            sum += prior[i] * p[i];
        }
        *(sex == 0 ? ret_boy : ret_girl) *= sum;
    }
    return HW_OK;
}

static bool family_typed(const hw_family *f, uint32_t missing, uint32_t panel_index)
{
    for (size_t i = 0; i < f->pedigree.n; i++) {
        if (i != f->missing[missing] && hw_genotype_typed(hw_profile_at(f->profile[i], panel_index))) {
            return true;
        }
    }
    return false;
}

hw_status child_x_shares(matcher *m, const hw_family *family, uint32_t missing, const hw_profile *child, double *ret_boy, double *ret_girl, hw_err *err)
{
    double boy = 1.0;
    double girl = 1.0;
    for (uint32_t i = 0; i < m->s->n_loci; i++) {
        uint32_t panel_index = m->s->locus[i].panel_index;
        hw_typing t = profile_typing(child, panel_index);
        bool typed = t.a != HW_ALLELE_UNKNOWN || t.b != HW_ALLELE_UNKNOWN;
        if (m->s->locus[i].kind == HW_LOCUS_X && typed && family_typed(family, missing, panel_index)) {
            HW_TRY(unrelated_x(m, i, &t, &boy, &girl, err));
        }
    }
    /* Some girl can always give the reading, except under the strangest settings: then it says nothing. */
    double both = boy + girl;
    *ret_boy = both > 0.0 ? boy / both : 0.5;
    *ret_girl = both > 0.0 ? girl / both : 0.5;
    return HW_OK;
}
