// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * One child and its candidate families: what would settle each. A new sample is drawn twice: given that the child is theirs (its readings are then readings of the family), and given that
 * it is not; each draw gives the child a new ratio, computed as match does.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"
#include "kinship/match_parts.h"
#include "kinship/next_parts.h"

#define DRAWS 6u /* times those of a family: a ratio is above the threshold or not, there is no convolution */

/* What a draw is asked for. */
typedef struct trial {
    next_context *c;
    matcher *m;
    const hw_family *family; /* as it is */
    uint32_t missing;
    uint32_t child_at;       /* whose drawn profile is the child's; UINT32_MAX: the child's stays as it is */
    double bound;
    bool at_least;           /* reaches the bound, or is no larger */
} trial;

static hw_status ratio_of(const trial *t, const hw_family *f, double *ret, hw_err *err)
{
    const slot sl = {.missing = t->missing, .f = f};
    hw_real row[1];
    HW_TRY(search_slot(t->m, &sl, row, err));
    *ret = hw_real_log10(row[0]);
    return HW_OK;
}

static hw_status try_draw(void *ctx, const hw_family *f, hw_rng *rng, next_value *ret, hw_err *err)
{
    const trial *t = ctx;
    hw_profile *kept = t->c->d.child[0];
    double x = 0.0;
    hw_status s = HW_OK;
    (void)rng;
    if (t->child_at != UINT32_MAX) {
        hw_profile drawn = *f->profile[t->child_at];
        t->c->d.child[0] = &drawn;
        s = ratio_of(t, t->family, &x, err);
        t->c->d.child[0] = kept;
    } else {
        hw_family bare = *f;
        const hw_profile **profile = HW_NEW(&t->m->scratch, const hw_profile *, f->pedigree.n + 1);
        if (profile == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        memcpy(profile, f->profile, f->pedigree.n * sizeof(const hw_profile *));
        profile[f->missing[t->missing]] = NULL;
        bare.profile = profile;
        s = ratio_of(t, &bare, &x, err);
    }
    HW_TRY(s);
    ret->p = (t->at_least ? x >= t->bound : x <= t->bound) ? 1.0 : 0.0;
    return HW_OK;
}

/* The child alone, a founder of its own: what an unrelated child may show at further loci. */
static hw_status alone(const hw_family *f, uint32_t person, hw_arena *arena, hw_family *ret, hw_err *err)
{
    uint32_t at = 0;
    *ret = (hw_family){.id = f->id, .n_missing = 1};
    hw_pedigree_init(&ret->pedigree);
    ret->profile = HW_NEW(arena, const hw_profile *, 1);
    ret->missing = HW_NEW(arena, uint32_t, 1);
    return ret->profile == NULL || ret->missing == NULL ? HW_NO_MEMORY_FAIL(err) : hw_pedigree_add(&ret->pedigree, "child", f->pedigree.person[person].sex, &at, err);
}

static hw_status with_child(const trial *t, hw_family *ret, hw_err *err)
{
    const hw_family *f = t->family;
    const hw_profile **profile = HW_NEW(&t->m->scratch, const hw_profile *, f->pedigree.n + 1);
    if (profile == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    memcpy(profile, f->profile, f->pedigree.n * sizeof(const hw_profile *));
    profile[f->missing[t->missing]] = t->c->d.child[0];
    *ret = *f;
    ret->profile = profile;
    return HW_OK;
}

static hw_status theirs(trial *t, const next_set *s, uint64_t stream, next_value *ret, hw_err *err)
{
    hw_family f;
    hw_rng rng;
    hw_rng_seed(&rng, t->c->p->seed, stream);
    t->at_least = true;
    t->bound = t->c->x;
    HW_TRY(with_child(t, &f, err));
    return next_draws(t->c, t->m, &f, t->missing, true, s, DRAWS * t->c->p->draws, &rng, try_draw, t, ret, err);
}

static hw_status unrelated(trial *t, const next_set *s, uint64_t stream, double rule_out, next_value *ret, hw_err *err)
{
    hw_rng rng;
    hw_rng_seed(&rng, t->c->p->seed, stream);
    t->at_least = false;
    t->bound = rule_out;
    if (t->child_at == UINT32_MAX) {
        return next_draws(t->c, t->m, t->family, t->missing, false, s, DRAWS * t->c->p->draws, &rng, try_draw, t, ret, err);
    }
    hw_family f;
    const next_set own = {.who = {0}, .n = 1};
    hw_status status = alone(t->family, t->family->missing[t->missing], &t->m->scratch, &f, err);
    if (status == HW_OK) {
        f.profile[0] = t->c->d.child[0];
        t->child_at = 0;
        status = next_draws(t->c, t->m, &f, 0, true, &own, DRAWS * t->c->p->draws, &rng, try_draw, t, ret, err);
    }
    hw_pedigree_release(&f.pedigree);
    return status;
}

static hw_status settle_one(next_context *c, const hw_candidate *k, const next_option *o, uint64_t stream, double rule_out, hw_next_settle *ret, hw_err *err)
{
    const hw_family *f = &c->s.family[k->family];
    trial t = {.c = c, .m = &c->matcher[0], .family = f, .missing = k->missing,
               .child_at = o->kind == HW_NEXT_CHILD ? f->missing[k->missing] : UINT32_MAX};
    next_set s = {.n = 0};
    next_value report;
    next_value out;
    next_set_add(&s, o);
    HW_TRY(theirs(&t, &s, 2 * stream, &report, err));
    HW_TRY(unrelated(&t, &s, 2 * stream + 1, rule_out, &out, err));
    *ret = (hw_next_settle){.family = k->family, .missing = k->missing, .log10_lr = k->log10_lr, .posterior = k->posterior, .report = report.p, .rule_out = out.p,
                            .gain = k->posterior * report.p, .gain_se = k->posterior * report.se,
                            .settled = k->posterior * report.p + (1.0 - k->posterior) * out.p};
    ret->part = (hw_next_part){.kind = o->kind, .person = o->kind != HW_NEXT_CHILD && o->n == 1 && o->who[0] < FIND_FATHER ? o->who[0] : UINT32_MAX,
                               .relation = o->kind == HW_NEXT_CHILD ? o->relation : next_relation(f, k->missing, o), .samples = o->n};
    return HW_OK;
}

static hw_status settle_all(next_context *c, const hw_candidate *k, uint32_t number, double rule_out, hw_next_child_result *r, hw_err *err)
{
    const hw_family *f = &c->s.family[k->family];
    next_option option[NEXT_OPTIONS_MAX + 1];
    const next_set nobody = {.n = 0};
    uint32_t n = next_list(c, f, k->missing, &nobody, option);
    if (next_worn(c, c->d.child[0])) {
        option[n++] = (next_option){.kind = HW_NEXT_CHILD, .who = {f->missing[k->missing]}, .n = 1, .relation = "the child's own sample"};
    }
    for (uint32_t i = 0; i < n; i++) {
        hw_err mine = {0};
        hw_arena_mark mark = hw_arena_get_mark(&c->matcher[0].scratch);
        hw_status s = settle_one(c, k, &option[i], 100 * (uint64_t)number + i, rule_out, &r->settle[r->n], &mine);
        hw_arena_reset(&c->matcher[0].scratch, mark);
        if (s != HW_OK && !next_left_out(s)) {
            return HW_FAIL(err, s, "%s", mine.msg);
        }
        r->n += s == HW_OK ? 1 : 0;
    }
    return HW_OK;
}

static int by_gain(const void *a, const void *b)
{
    const hw_next_settle *x = a;
    const hw_next_settle *y = b;
    double px = x->gain / (double)x->part.samples;
    double py = y->gain / (double)y->part.samples;
    if (px != py) {
        return px > py ? -1 : 1;
    }
    px = x->settled / (double)x->part.samples;
    py = y->settled / (double)y->part.samples;
    if (px != py) {
        return px > py ? -1 : 1;
    }
    return x->family != y->family ? (x->family < y->family ? -1 : 1) : strcmp(x->part.relation, y->part.relation);
}

static hw_status candidates(next_context *c, const hw_match_result *found, hw_next_child_result *r, hw_err *err)
{
    double odds = hw_log10(c->p->level / (1.0 - c->p->level));
    r->threshold_log10 = c->x;
    r->rule_out_log10 = c->x - 2.0 * odds;
    r->settle = HW_NEW(&r->arena, hw_next_settle, HW_NEXT_CANDIDATES * (NEXT_OPTIONS_MAX + 1));
    if (r->settle == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < found->n_candidates; i++) {
        const hw_candidate *k = &found->candidate[i];
        if (k->log10_lr >= c->x) {
            r->n_reported++;
        } else if (r->n_candidates < HW_NEXT_CANDIDATES) {
            HW_TRY(settle_all(c, k, r->n_candidates, r->rule_out_log10, r, err));
            r->n_candidates++;
        }
    }
    qsort(r->settle, r->n, sizeof(*r->settle), by_gain);
    return HW_OK;
}

static hw_status search_and_settle(next_context *c, const hw_dataset *d, const hw_match_options *o, const hw_next_options *p, hw_next_child_result *r, hw_err *err)
{
    hw_match_result found;
    HW_TRY(next_context_init(c, d, o, p, 1, err));
    HW_TRY(hw_match(d, o, &found, err));
    hw_status s = candidates(c, &found, r, err);
    hw_match_result_release(&found);
    return s;
}

hw_status hw_next_for_child(const hw_dataset *d, const hw_match_options *o, const hw_next_options *p, uint32_t child, double least_log10, hw_next_child_result *ret,
                            hw_err *err)
{
    if (child >= d->n_children) {
        return HW_FAIL(err, HW_CONFLICT, "there is no child number %u", child);
    }
    double start = hw_now_seconds();
    hw_profile *only[1] = {d->child[child]};
    hw_dataset own = *d;
    own.child = only;
    own.n_children = 1;
    hw_match_options mine = *o;
    mine.threshold_log10 = least_log10;
    mine.rivals = false;
    next_context c = {0};
    hw_next_child_result r = {0};
    hw_arena_init(&r.arena, 0);
    hw_status s = search_and_settle(&c, &own, &mine, p, &r, err);
    next_context_release(&c);
    if (s != HW_OK) {
        hw_arena_release(&r.arena);
        return s;
    }
    r.seconds = hw_now_seconds() - start;
    *ret = r;
    return HW_OK;
}

void hw_next_child_result_release(hw_next_child_result *r)
{
    hw_arena_release(&r->arena);
    *r = (hw_next_child_result){0};
}
