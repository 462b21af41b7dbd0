// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The exact ratio of two nearly equal profiles: one person, two full siblings, two unrelated people, by the engine of all other ratios. */
#include "kinship/same_person.h"

#include "base/thread.h"
#include "kinship/matcher.h"

#include <math.h>

enum { SAME, SIBLINGS, UNRELATED, STATEMENTS };
#define PERSON_A 2u
#define PERSON_B 3u

typedef struct pedigrees {
    hw_pedigree p[STATEMENTS]; /* F, M, A, B */
} pedigrees;

static void pedigrees_release(pedigrees *q)
{
    for (int i = 0; i < STATEMENTS; i++) {
        hw_pedigree_release(&q->p[i]);
    }
}

static hw_status pedigrees_init(pedigrees *q, hw_err *err)
{
    static const char *const id[] = {"F", "M", "A", "B"};
    for (int i = 0; i < STATEMENTS; i++) {
        hw_pedigree_init(&q->p[i]);
    }
    for (int i = 0; i < STATEMENTS; i++) {
        for (uint32_t k = 0, at; k < 4; k++) {
            HW_TRY(hw_pedigree_add(&q->p[i], id[k], k == 1 ? HW_SEX_FEMALE : HW_SEX_MALE, &at, err));
        }
        for (uint32_t k = PERSON_A; k <= PERSON_B && i != UNRELATED; k++) {
            HW_TRY(hw_pedigree_set_parents(&q->p[i], k, 0, 1, err));
        }
    }
    /* One person twice is what identical twins are to DNA. */
    q->p[SAME].person[PERSON_A].twin = 1;
    q->p[SAME].person[PERSON_B].twin = 1;
    return HW_OK;
}

typedef struct judging {
    search s;
    matcher *matcher; /* [threads] */
    pedigrees q;
    const hw_samples *people;
    const same_codes *codes;
    const same_candidate *candidate;
    hw_same_pair *pair; /* [candidates] */
} judging;

static hw_typing reading(const hw_profile *p, uint32_t panel_index)
{
    hw_typing t = profile_typing(p, panel_index);
    t.error = t.error > HW_SAME_ERROR ? t.error : HW_SAME_ERROR;
    t.dropout = t.dropout > HW_SAME_ERROR ? t.dropout : HW_SAME_ERROR;
    return t;
}

static hw_status locus_values(judging *j, matcher *m, uint32_t locus, const hw_typing *t, hw_real *io, hw_err *err)
{
    const hw_allele seen[4] = {t[PERSON_A].a, t[PERSON_A].b, t[PERSON_B].a, t[PERSON_B].b};
    variant *v = NULL;
    HW_TRY(matcher_variant(m, 0, locus, seen, 4, &v, err));
    for (int i = 0; i < STATEMENTS; i++) {
        hw_real l;
        HW_TRY(hw_likelihood(m->engine, &j->q.p[i], v->model, t, &l, err));
        io[i] = hw_real_mul(io[i], l);
    }
    return HW_OK;
}

static hw_status pair_item(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    judging *j = ctx;
    matcher *m = &j->matcher[worker];
    same_candidate c = j->candidate[item];
    hw_real value[STATEMENTS] = {hw_real_from(1.0), hw_real_from(1.0), hw_real_from(1.0)};
    hw_same_pair *p = &j->pair[item];
    *p = (hw_same_pair){.a = c.a, .b = c.b};
    p->differences = same_differences(j->codes, c.a, c.b, &p->loci);
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    for (uint32_t i = 0; i < j->s.n_loci; i++) {
        hw_typing t[4] = {{HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0.0, 0.0}, {HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0.0, 0.0}};
        t[PERSON_A] = reading(j->people->one[c.a].profile, j->s.locus[i].panel_index);
        t[PERSON_B] = reading(j->people->one[c.b].profile, j->s.locus[i].panel_index);
        if (j->s.locus[i].kind == HW_LOCUS_AUTOSOMAL && t[PERSON_A].a != HW_ALLELE_UNKNOWN && t[PERSON_B].a != HW_ALLELE_UNKNOWN) {
            HW_TRY(locus_values(j, m, i, t, value, err));
        }
    }
    hw_arena_reset(&m->scratch, mark);
    p->log10_unrelated = hw_real_log10(hw_real_div(value[SAME], value[UNRELATED]));
    p->log10_sibling = hw_real_log10(hw_real_div(value[SAME], value[SIBLINGS]));
    return HW_OK;
}

static hw_status keep_likely(const judging *j, size_t n, hw_same_result *r, hw_err *err)
{
    r->pair = HW_NEW(&r->arena, hw_same_pair, n + 1);
    if (r->pair == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < n; i++) {
        if (j->pair[i].log10_unrelated >= r->bound_log10) {
            r->pair[r->n_pairs++] = j->pair[i];
        }
    }
    return HW_OK;
}

static hw_status judge(judging *j, size_t n, unsigned n_threads, hw_arena *arena, hw_same_result *r, hw_err *err)
{
    j->pair = HW_NEW(arena, hw_same_pair, n + 1);
    j->matcher = HW_NEW(arena, matcher, n_threads);
    if (j->pair == NULL || j->matcher == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_status s = pedigrees_init(&j->q, err);
    for (unsigned i = 0; i < n_threads && s == HW_OK; i++) {
        s = matcher_init(&j->matcher[i], &j->s, err);
    }
    if (s == HW_OK) {
        s = hw_parallel_for(n, n_threads, pair_item, j, err);
    }
    for (unsigned i = 0; i < n_threads; i++) {
        matcher_release(&j->matcher[i]);
    }
    pedigrees_release(&j->q);
    return s == HW_OK ? keep_likely(j, n, r, err) : s;
}

static hw_status search_and_judge(const hw_dataset *d, const hw_match_options *o, const hw_samples *people, same_codes *codes, hw_arena *arena, hw_same_result *r, hw_err *err)
{
    unsigned n_threads = o->n_threads == 0 ? hw_cpu_count() : o->n_threads;
    n_threads = n_threads > 256 ? 256 : n_threads;
    HW_AUTO_FREE same_candidate *candidate = NULL;
    size_t n = 0;
    HW_TRY(same_codes_init(codes, d, o, people, err));
    r->n_groups = codes->n_first;
    r->group_size = codes->group_size;
    r->n_sparse = codes->n_sparse;
    r->sparse_compared = codes->sparse_compared;
    HW_TRY(same_search(codes, n_threads, &candidate, &n, &r->compared, err));
    judging j = {.people = people, .codes = codes, .candidate = candidate};
    /* Children and families are not searched here: the search needs the loci alone. */
    hw_dataset *loci = HW_NEW(arena, hw_dataset, 1);
    if (loci == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    loci->panel = d->panel;
    HW_TRY(search_init(&j.s, arena, loci, o, err));
    hw_status s = judge(&j, n, n_threads, arena, r, err);
    search_release(&j.s);
    return s;
}

hw_status hw_same_people(const hw_dataset *d, const hw_match_options *o, const hw_samples *people, hw_same_result *ret, hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    hw_arena_init(&arena, (size_t)8 << 30);
    double start = hw_now_seconds();
    hw_same_result r = {0};
    hw_arena_init(&r.arena, (size_t)1 << 30);
    HW_CLEANUP(same_codes_release) same_codes codes = {0};
    double n = (double)people->n;
    r.bound_log10 = 2.0 + (people->n > 1 ? hw_log10(n * (n - 1.0) / 2.0) : 0.0);
    hw_status s = search_and_judge(d, o, people, &codes, &arena, &r, err);
    if (s != HW_OK) {
        hw_arena_release(&r.arena);
        return s;
    }
    r.seconds = hw_now_seconds() - start;
    *ret = r;
    return HW_OK;
}

void hw_same_result_release(hw_same_result *r)
{
    hw_arena_release(&r->arena);
    *r = (hw_same_result){0};
}
