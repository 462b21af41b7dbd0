// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* What is said of a pair that is listed: how the child would be related, loci that do not fit, the strongest rival, the smallest ratio over all tables. */
#include "kinship/match_parts.h"

#include "base/thread.h"

#include <string.h>

typedef struct detail {
    hw_family_error *problem; /* per candidate: why not all of it could be computed; text NULL when all was */
    all *a;
    hw_match_result *r;
    hw_arena *texts; /* per thread */
} detail;

static const char *relation_text(hw_arena *arena, const hw_family *f, uint32_t person)
{
    const hw_person *p = &f->pedigree.person[person];
    bool father = p->father >= 0 && f->profile[p->father] != NULL;
    bool mother = p->mother >= 0 && f->profile[p->mother] != NULL;
    if (father && mother) {
        return "child of both parents";
    }
    uint32_t full = 0;
    uint32_t half = 0;
    uint32_t grand = 0;
    uint32_t children = 0;
    for (size_t i = 0; i < f->pedigree.n; i++) {
        const hw_person *o = &f->pedigree.person[i];
        if (i == person || f->profile[i] == NULL) {
            continue;
        }
        bool same_father = p->father >= 0 && o->father == p->father;
        bool same_mother = p->mother >= 0 && o->mother == p->mother;
        full += same_father && same_mother ? 1 : 0;
        half += same_father != same_mother ? 1 : 0;
        children += o->father == (int32_t)person || o->mother == (int32_t)person ? 1 : 0;
        for (int side = 0; side < 2; side++) {
            int32_t parent = side == 0 ? p->father : p->mother;
            grand += parent >= 0 && (f->pedigree.person[parent].father == (int32_t)i || f->pedigree.person[parent].mother == (int32_t)i) ? 1 : 0;
        }
    }
    const char *with = full > 0 ? ", with siblings" : half > 0 ? ", with half siblings" : grand > 0 ? ", with grandparents" : "";
    if (father || mother) {
        bool known = f->pedigree.person[father ? p->father : p->mother].sex != HW_SEX_UNKNOWN;
        return hw_arena_printf(arena, "child of %s%s", !known ? "one parent" : father ? "the father" : "the mother", with);
    }
    if (children > 0) {
        return hw_arena_printf(arena, "parent of %u", children);
    }
    if (full > 0) {
        return hw_arena_printf(arena, "full sibling of %u%s", full, grand > 0 ? ", with grandparents" : "");
    }
    if (half > 0) {
        return hw_arena_printf(arena, "half sibling of %u", half);
    }
    return grand > 0 ? hw_arena_printf(arena, "grandchild of %u", grand) : "relative";
}

static hw_status describe(detail *t, hw_candidate *c, matcher *m, hw_arena *texts, hw_err *err)
{
    pair_lr r;
    HW_TRY(pair_lr_compute(m, c->child, &t->a->s.family[c->family], c->missing, t->a->s.o->rivals, &r, err));
    uint32_t n_pop = t->a->s.o->n_populations;
    c->loci_used = r.n_used;
    c->inconsistent = r.n_inconsistent;
    c->log10_lr_min = c->log10_lr;
    for (uint32_t k = 1; k < n_pop; k++) {
        if (r.log10_ratio[k] < c->log10_lr_min) {
            c->log10_lr_min = r.log10_ratio[k];
            c->min_population = k;
        }
    }
    for (uint32_t h = 2; t->a->s.o->rivals && h < r.h.n; h++) {
        double against = r.log10_ratio[0] - r.log10_ratio[(size_t)h * n_pop];
        if (against == against && (c->rival == NULL || against < c->rival_log10)) {
            c->rival_log10 = against;
            c->rival = r.h.h[h].text;
        }
    }
    const hw_family *f = &t->a->s.family[c->family];
    c->rival = c->rival == NULL ? NULL : hw_arena_strdup(texts, c->rival);
    c->relation = relation_text(texts, f, f->missing[c->missing]);
    bool lost = c->relation == NULL || (c->rival == NULL && c->rival_log10 == c->rival_log10);
    pair_lr_release(&r);
    return lost ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

static hw_status detail_item(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    detail *t = ctx;
    hw_candidate *c = &t->r->candidate[item];
    hw_err mine = {0};
    hw_status s = describe(t, c, &t->a->matcher[worker], &t->texts[worker], &mine);
    if (s == HW_OK) {
        return HW_OK;
    }
    if (s == HW_NO_MEMORY || s == HW_INTERNAL) {
        return HW_FAIL(err, s, "%s", mine.msg);
    }
    /* The ratio of the search stands; what else there is to say of the pair could not be computed. */
    const hw_family *f = &t->a->s.family[c->family];
    c->log10_lr_min = c->log10_lr;
    c->relation = relation_text(&t->texts[worker], f, f->missing[c->missing]);
    t->problem[item].family = c->family;
    t->problem[item].status = s;
    t->problem[item].text = hw_arena_printf(&t->texts[worker], "child %s, family %s: rivals and further tables were not computed: %s", t->a->s.d->child[c->child]->id, f->id, mine.msg);
    return c->relation == NULL || t->problem[item].text == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

/* Pairs that stay in the list without all their details stand among the errors too. */
static hw_status list_problems(hw_match_result *r, const hw_family_error *problem, hw_err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_candidates; i++) {
        n += problem[i].text != NULL ? 1 : 0;
    }
    hw_family_error *e = HW_NEW(&r->arena, hw_family_error, r->n_errors + n + 1);
    if (e == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (r->n_errors > 0) {
        memcpy(e, r->error, r->n_errors * sizeof(*e));
    }
    r->error = e;
    for (size_t i = 0; i < r->n_candidates; i++) {
        if (problem[i].text == NULL) {
            continue;
        }
        char *text = hw_arena_strdup(&r->arena, problem[i].text);
        if (text == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        e[r->n_errors++] = (hw_family_error){.family = problem[i].family, .status = problem[i].status, .text = text};
    }
    return HW_OK;
}

hw_status describe_candidates(all *a, hw_match_result *r, hw_err *err)
{
    detail t = {.a = a, .r = r, .texts = a->errors, .problem = HW_NEW(a->s.arena, hw_family_error, r->n_candidates + 1)};
    if (t.problem == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(hw_parallel_for(r->n_candidates, a->n_threads, detail_item, &t, err));
    HW_TRY(list_problems(r, t.problem, err));
    for (size_t i = 0; i < r->n_candidates; i++) {
        hw_candidate *c = &r->candidate[i];
        c->rival = c->rival == NULL ? NULL : hw_arena_strdup(&r->arena, c->rival);
        c->relation = hw_arena_strdup(&r->arena, c->relation);
        if (c->relation == NULL || (c->rival == NULL && c->rival_log10 == c->rival_log10)) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    return HW_OK;
}
