// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/worlds.h"

void pedigree_place_sex(hw_pedigree *ped, uint32_t person, hw_sex sex)
{
    ped->person[person].sex = sex;
    for (size_t i = 0; i < ped->n; i++) {
        hw_person *c = &ped->person[i];
        if ((sex == HW_SEX_FEMALE && c->father == (int32_t)person) || (sex == HW_SEX_MALE && c->mother == (int32_t)person)) {
            int32_t other = c->father;
            c->father = c->mother;
            c->mother = other;
        }
    }
}

hw_status pedigree_settle_sex(hw_pedigree *ped, uint32_t person, hw_sex sex, hw_err *err)
{
    pedigree_place_sex(ped, person, sex);
    return hw_pedigree_check(ped, err);
}

static bool is_parent(const hw_pedigree *ped, uint32_t person)
{
    for (size_t i = 0; i < ped->n; i++) {
        if (ped->person[i].father == (int32_t)person || ped->person[i].mother == (int32_t)person) {
            return true;
        }
    }
    return false;
}

static hw_status list_open(const hw_pedigree *ped, uint32_t except, bool x, uint32_t *open, uint32_t *ret_n, hw_err *err)
{
    *ret_n = 0;
    for (uint32_t i = 0; i < ped->n; i++) {
        if (ped->person[i].sex != HW_SEX_UNKNOWN || i == except || !(x || is_parent(ped, i))) {
            continue;
        }
        if (*ret_n == WORLDS_MAX_OPEN) {
            return HW_FAIL(err, HW_TOO_COSTLY, "the sex of more than %d persons is not known (%s is one too many); state it for some of them", WORLDS_MAX_OPEN,
                           ped->person[i].id);
        }
        open[(*ret_n)++] = i;
    }
    return HW_OK;
}

hw_status worlds_init(worlds *w, const hw_pedigree *ped, uint32_t except, bool x, hw_err *err)
{
    *w = (worlds){0};
    uint32_t open[WORLDS_MAX_OPEN];
    uint32_t n_open = 0;
    HW_TRY(list_open(ped, except, x, open, &n_open, err));
    if (n_open == 0) {
        return HW_OK;
    }
    w->pedigree = hw_alloc((size_t)1 << n_open, sizeof(*w->pedigree));
    if (w->pedigree == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_err mine = {0};
    for (uint32_t mask = 0; mask < 1u << n_open; mask++) {
        hw_pedigree *p = &w->pedigree[w->n];
        hw_status s = hw_pedigree_copy(ped, p, err);
        if (s != HW_OK) {
            worlds_release(w);
            return s;
        }
        for (uint32_t i = 0; i < n_open; i++) {
            pedigree_place_sex(p, open[i], (mask >> i) & 1 ? HW_SEX_FEMALE : HW_SEX_MALE);
        }
        hw_err_clear(&mine);
        s = hw_pedigree_check(p, &mine);
        if (s == HW_OK) {
            w->n++;
            continue;
        }
        hw_pedigree_release(p); /* two fathers, say: no such world */
        if (s == HW_NO_MEMORY) {
            worlds_release(w);
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    if (w->n == 0) {
        worlds_release(w);
        return HW_FAIL(err, mine.code, "%s", mine.msg);
    }
    return HW_OK;
}

void worlds_release(worlds *w)
{
    for (uint32_t i = 0; i < w->n; i++) {
        hw_pedigree_release(&w->pedigree[i]);
    }
    hw_free(w->pedigree);
    *w = (worlds){0};
}

static bool same_model(const hw_mutation *f, const hw_mutation *m)
{
    return f->model == m->model && f->transform == m->transform && f->n == m->n && f->matrix == m->matrix && !(f->rate < m->rate) && !(f->rate > m->rate) &&
           !(f->rate2 < m->rate2) && !(f->rate2 > m->rate2) && !(f->range < m->range) && !(f->range > m->range);
}

bool settings_tell_sexes_apart(const hw_settings *s)
{
    bool apart = !same_model(&s->standard.female, &s->standard.male);
    for (uint32_t i = 0; i < s->n_by_locus && !apart; i++) {
        apart = !same_model(&s->by_locus[i].female, &s->by_locus[i].male);
    }
    return apart;
}
