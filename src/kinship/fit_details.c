// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Of a family that does not fit: the impossible loci, who is suspected, and the maximal subsets of its members who do fit. */
#include "kinship/fit_parts.h"

#include <math.h>
#include <stdlib.h>

static fit_mask everybody(const fit_job *j)
{
    return j->n == 64 ? ~(fit_mask)0 : ((fit_mask)1 << j->n) - 1;
}

static hw_status count_impossible(fit_job *j, fit_mask mask, fit_cut cut, uint32_t *ret, hw_err *err)
{
    *ret = 0;
    for (uint32_t i = 0; i < j->m->s->n_loci; i++) {
        bool zero = false;
        HW_TRY(fit_impossible(j, i, mask, cut, &zero, err));
        *ret += zero ? 1 : 0;
    }
    return HW_OK;
}

static hw_status list_impossible(fit_job *j, hw_fit *io, hw_err *err)
{
    const search *s = j->m->s;
    io->impossible = HW_NEW(&io->arena, uint32_t, s->n_loci + 1);
    if (io->impossible == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < s->n_loci; i++) {
        bool zero = false;
        HW_TRY(fit_impossible(j, i, everybody(j), FIT_NO_CUT, &zero, err));
        if (zero) {
            io->impossible[io->n_impossible++] = s->locus[i].panel_index;
        }
    }
    return HW_OK;
}

/* ---- suspects ---- */

/* A suspect with the value that orders them. */
typedef struct ranked {
    hw_fit_suspect suspect;
    hw_real value;
    uint32_t number;
} ranked;

static int by_value(const void *a, const void *b)
{
    const ranked *x = a;
    const ranked *y = b;
    int c = hw_real_cmp(y->value, x->value);
    return c != 0 ? c : x->number < y->number ? -1 : x->number > y->number;
}

/* P(all readings | the error): of its own group, times the other groups as stated. */
static hw_real whole_value(const fit_evidence *e, const fit_alternative *a)
{
    hw_real v = a->value;
    fit_mask seen = a->group;
    for (uint32_t i = 0; i < e->n; i++) {
        if ((seen & e->alternative[i].group) == 0) {
            v = hw_real_mul(v, e->alternative[i].stated);
            seen |= e->alternative[i].group;
        }
    }
    return v;
}

static double log10_of(hw_real value, hw_real stated)
{
    return hw_real_is_zero(stated) ? (double)INFINITY : hw_real_log10(hw_real_div(value, stated));
}

static hw_status list_suspects(fit_job *j, const fit_evidence *e, hw_fit *io, hw_err *err)
{
    ranked *r = HW_NEW(j->arena, ranked, e->n + 1);
    io->suspect = HW_NEW(&io->arena, hw_fit_suspect, e->n + 1);
    if (r == NULL || io->suspect == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_real sum = hw_real_from(0.0);
    for (uint32_t i = 0; i < e->n; i++) {
        const fit_alternative *a = &e->alternative[i];
        bool alone = a->kind == HW_FIT_UNRELATED;
        r[i].number = i;
        r[i].value = whole_value(e, a);
        sum = hw_real_add(sum, r[i].value);
        r[i].suspect = (hw_fit_suspect){.kind = a->kind, .log10_ratio = log10_of(r[i].value, e->stated)};
        r[i].suspect.person = alone ? j->member[a->member].person : a->cut.child;
        r[i].suspect.parent = alone ? FIT_NOBODY : a->cut.parent;
        fit_mask left = alone ? everybody(j) & ~((fit_mask)1 << a->member) : everybody(j);
        HW_TRY(count_impossible(j, left, a->cut, &r[i].suspect.impossible, err));
    }
    qsort(r, e->n, sizeof(*r), by_value);
    for (uint32_t i = 0; i < e->n; i++) {
        io->suspect[i] = r[i].suspect;
        io->suspect[i].share = hw_real_is_zero(sum) ? 0.0 : hw_real_to_double(hw_real_div(r[i].value, sum));
    }
    io->n_suspects = e->n;
    return HW_OK;
}

/* ---- subsets ---- */

typedef struct found {
    fit_mask *mask;
    uint32_t n, cap;
} found;

static bool within(const found *f, fit_mask mask)
{
    for (uint32_t i = 0; i < f->n; i++) {
        if ((mask & ~f->mask[i]) == 0) {
            return true;
        }
    }
    return false;
}

static hw_status fits(fit_job *j, fit_mask mask, bool *ret, double *ret_log10, hw_err *err)
{
    hw_arena_mark mark = hw_arena_get_mark(j->arena);
    fit_evidence e;
    HW_TRY(fit_judge(j, mask, &e, err));
    hw_arena_reset(j->arena, mark);
    *ret = e.verdict == HW_FIT_FITS || e.verdict == HW_FIT_NOT_TESTABLE;
    *ret_log10 = e.log10;
    return HW_OK;
}

static uint32_t size_of(fit_mask mask)
{
    uint32_t n = 0;
    for (; mask != 0; mask &= mask - 1) {
        n++;
    }
    return n;
}

/* Largest first, so that a subset is asked about only when none that holds it fits. */
static hw_status enumerate(fit_job *j, found *f, hw_err *err)
{
    for (uint32_t size = j->n; size > 0; size--) {
        for (fit_mask mask = 1; mask <= everybody(j); mask++) {
            bool ok = false;
            double log10 = 0.0;
            if (size_of(mask) != size || within(f, mask)) {
                continue;
            }
            HW_TRY(fits(j, mask, &ok, &log10, err));
            if (ok) {
                f->mask[f->n++] = mask;
            }
        }
    }
    return HW_OK;
}

/* Whom to leave out next: whose absence explains most. */
static hw_status drop_one(fit_job *j, fit_mask *io, bool *ret_done, hw_err *err)
{
    hw_arena_mark mark = hw_arena_get_mark(j->arena);
    fit_evidence e;
    HW_TRY(fit_judge(j, *io, &e, err));
    *ret_done = e.verdict == HW_FIT_FITS || e.verdict == HW_FIT_NOT_TESTABLE;
    const fit_alternative *best = NULL;
    hw_real most = {0};
    for (uint32_t i = 0; i < e.n && !*ret_done; i++) {
        if (e.alternative[i].kind == HW_FIT_UNRELATED) {
            hw_real v = whole_value(&e, &e.alternative[i]);
            if (best == NULL || hw_real_cmp(v, most) > 0) {
                best = &e.alternative[i];
                most = v;
            }
        }
    }
    if (best != NULL) {
        *io &= ~((fit_mask)1 << best->member);
    }
    hw_arena_reset(j->arena, mark);
    return HW_OK;
}

static hw_status one_by_one(fit_job *j, found *f, hw_err *err)
{
    fit_mask mask = everybody(j);
    for (bool done = false; !done;) {
        HW_TRY(drop_one(j, &mask, &done, err));
    }
    for (uint32_t k = 0; k < j->n; k++) {
        fit_mask more = mask | (fit_mask)1 << k;
        bool ok = false;
        double log10 = 0.0;
        HW_TRY(fits(j, more, &ok, &log10, err));
        mask = ok ? more : mask;
    }
    f->mask[f->n++] = mask;
    return HW_OK;
}

/* P(readings | those of the mask as stated, each of the others unrelated to anybody), at the loci that the whole family uses. */
static hw_status subset_value(fit_job *j, fit_mask mask, hw_real *ret, hw_err *err)
{
    HW_TRY(fit_likelihood(j, mask, everybody(j), FIT_NOBODY, FIT_NO_CUT, ret, err));
    for (uint32_t k = 0; k < j->n; k++) {
        hw_real alone;
        if ((mask >> k & 1) == 0) {
            HW_TRY(fit_likelihood(j, (fit_mask)1 << k, everybody(j), k, FIT_NO_CUT, &alone, err));
            *ret = hw_real_mul(*ret, alone);
        }
    }
    return HW_OK;
}

typedef struct valued {
    hw_fit_subset subset;
    hw_real value;
    fit_mask mask;
} valued;

static int by_subset(const void *a, const void *b)
{
    const valued *x = a;
    const valued *y = b;
    int c = hw_real_cmp(y->value, x->value);
    return c != 0 ? c : x->mask < y->mask ? -1 : x->mask > y->mask;
}

static hw_status describe(fit_job *j, fit_mask mask, hw_real stated, hw_fit *io, valued *ret, hw_err *err)
{
    bool ok = false;
    ret->mask = mask;
    ret->subset.keep = HW_NEW(&io->arena, bool, j->ped->n + 1);
    if (ret->subset.keep == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < j->ped->n; i++) {
        ret->subset.keep[i] = j->family->profile[i] != NULL;
    }
    for (uint32_t k = 0; k < j->n; k++) {
        ret->subset.keep[j->member[k].person] = (mask >> k & 1) != 0;
    }
    for (uint32_t i = 0; i < j->ped->n; i++) {
        ret->subset.n_kept += ret->subset.keep[i] ? 1 : 0;
    }
    HW_TRY(fits(j, mask, &ok, &ret->subset.log10_evidence, err));
    HW_TRY(subset_value(j, mask, &ret->value, err));
    ret->subset.log10_ratio = log10_of(ret->value, stated);
    return count_impossible(j, mask, FIT_NO_CUT, &ret->subset.impossible, err);
}

static hw_status list_subsets(fit_job *j, const fit_evidence *e, hw_fit *io, hw_err *err)
{
    bool all = j->n <= HW_FIT_MAX_ENUMERATED;
    found f = {.mask = HW_NEW(j->arena, fit_mask, ((size_t)1 << HW_FIT_MAX_ENUMERATED) + 1)};
    if (f.mask == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(all ? enumerate(j, &f, err) : one_by_one(j, &f, err));
    valued *v = HW_NEW(j->arena, valued, f.n + 1);
    io->subset = HW_NEW(&io->arena, hw_fit_subset, f.n + 1);
    if (v == NULL || io->subset == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < f.n; i++) {
        HW_TRY(describe(j, f.mask[i], e->stated, io, &v[i], err));
    }
    qsort(v, f.n, sizeof(*v), by_subset);
    for (uint32_t i = 0; i < f.n; i++) {
        io->subset[i] = v[i].subset;
    }
    io->n_subsets = f.n;
    io->subsets_complete = all;
    return HW_OK;
}

hw_status fit_details(fit_job *j, const fit_evidence *e, hw_fit *io, hw_err *err)
{
    HW_TRY(list_impossible(j, io, err));
    HW_TRY(list_suspects(j, e, io, err));
    return list_subsets(j, e, io, err);
}
