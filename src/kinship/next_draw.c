// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * What a family could prove with samples it does not have yet. What they would show is drawn from its distribution given what the family's samples show, one person after the other and locus by
 * locus; each draw makes a family whose own probability is then computed.
 */
#include <math.h>
#include <string.h>

#include "kinship/next_parts.h"

#define STEP 0.02   /* of the convolution, in log10 */
#define FINE 0.002  /* where its bounds lie further apart than APART: few loci, or a ratio that many genotypes share */
#define APART 0.02
#define SLACK 1e-4
#define SOFT_BELOW 0.02 /* a smaller probability does not tell options apart that need another one beside them */
#define SOFT_LOG10 3.0  /* so the probability at a ratio lower by this is looked at too */

/* The new sample of a person: at a locus, the distribution of its genotype when it is the same for every draw. */
typedef struct source {
    variant *v;
    double *sum;       /* running sums over genotypes; NULL: depends on those drawn before */
    bool kept;         /* the reading there stays as it is */
} source;

typedef struct drawing {
    const next_context *c;
    matcher *m;
    hw_family family;  /* extended, with the new profiles */
    question q;
    uint32_t n;
    uint32_t person[NEXT_WHO_MAX];
    hw_profile *now[NEXT_WHO_MAX];
    source *source;    /* [n * n_loci] */
    double *joint;     /* scratch for one table */
    uint32_t joint_n;
    hw_typing *typing;
} drawing;

/* ---- the distribution of a new sample ---- */

/* Is there something to draw of this person at this locus? A clean reading of two alleles stays; so does a pattern of three, which enters no ratio. */
static bool stays(const next_context *c, const hw_profile *old, uint32_t locus)
{
    uint32_t at = c->s.locus[locus].panel_index;
    hw_genotype g = hw_profile_at(old, at);
    bool typed = hw_genotype_typed(g);
    if (hw_profile_extra(old, at) != NULL) {
        return true;
    }
    bool clean = old != NULL && !(old->dropout > 0.0) && !(old->error > 0.0);
    if (typed && clean && hw_allele_is_repeat(g.a) && hw_allele_is_repeat(g.b)) {
        return true;
    }
    return !c->kit[locus] && !typed; /* what the kit lacks is typed again only where it was typed before */
}

/* P(genotype of the person | the readings), as running sums into `sum`. IMPOSSIBLE: the readings. */
static hw_status conditional(drawing *d, uint32_t i, uint32_t locus, const variant *v, const hw_typing *typing, const hw_typing *own, double *sum, hw_err *err)
{
    const hw_locus_model *lm = v->model;
    uint32_t n = lm->n * (lm->n + 1) / 2;
    int e = 0;
    hw_real total;
    HW_TRY(hw_condition(d->m->rival_engine, &d->family.pedigree, lm, typing, d->person[i], sum, &e, &total, err));
    if (hw_genotype_typed((hw_genotype){own->a, own->b})) {
        bool male_x = lm->kind == HW_LOCUS_X && d->family.pedigree.person[d->person[i]].sex == HW_SEX_MALE;
        HW_TRY(hw_emission(lm, own, male_x, d->joint, err));
        for (uint32_t g = 0; g < n; g++) {
            sum[g] *= d->joint[g];
        }
    }
    double running = 0.0;
    for (uint32_t g = 0; g < n; g++) {
        running += sum[g];
        sum[g] = running;
    }
    if (!(running > 0.0)) {
        return HW_FAIL(err, HW_IMPOSSIBLE, "family %s does not fit as stated at locus %s", d->family.id, d->c->s.locus[locus].name);
    }
    return HW_OK;
}

static hw_status typings_at(drawing *d, const hw_family *old, uint32_t locus, variant **ret, hw_err *err)
{
    uint32_t at = d->c->s.locus[locus].panel_index;
    size_t n = d->family.pedigree.n;
    hw_allele *seen = HW_NEW(&d->m->scratch, hw_allele, 2 * n + 1);
    if (seen == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < n; i++) {
        d->typing[i] = i == d->q.person ? profile_typing(NULL, at) : profile_typing(i < old->pedigree.n ? old->profile[i] : NULL, at);
        seen[2 * i] = d->typing[i].a;
        seen[2 * i + 1] = d->typing[i].b;
    }
    return matcher_variant(d->m, 0, locus, seen, 2 * n, ret, err);
}

/* One locus before any draw: the first person who has something to draw there has the same distribution every time. */
static hw_status prepare_locus(drawing *d, const hw_family *old, uint32_t locus, hw_err *err)
{
    variant *v = NULL;
    bool first = true;
    HW_TRY(typings_at(d, old, locus, &v, err));
    uint32_t n = v->model->n * (v->model->n + 1) / 2;
    if (n > d->joint_n) {
        d->joint = HW_NEW(&d->m->scratch, double, n);
        d->joint_n = n;
        if (d->joint == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    for (uint32_t i = 0; i < d->n; i++) {
        source *s = &d->source[(size_t)i * d->c->s.n_loci + locus];
        const hw_profile *own = d->person[i] < old->pedigree.n ? old->profile[d->person[i]] : NULL;
        *s = (source){.v = v, .kept = stays(d->c, own, locus)};
        if (s->kept || !first) {
            continue;
        }
        first = false;
        s->sum = HW_NEW(&d->m->scratch, double, n);
        if (s->sum == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        HW_TRY(conditional(d, i, locus, v, d->typing, &d->typing[d->person[i]], s->sum, err));
    }
    return HW_OK;
}

static hw_status new_profiles(drawing *d, const hw_family *old, hw_err *err)
{
    hw_arena *arena = &d->m->scratch;
    uint32_t n_loci = (uint32_t)d->c->panel.n;
    for (uint32_t i = 0; i < d->n; i++) {
        const hw_profile *own = d->person[i] < old->pedigree.n ? old->profile[d->person[i]] : NULL;
        hw_profile *p = HW_NEW(arena, hw_profile, 1);
        hw_genotype *g = HW_NEW(arena, hw_genotype, n_loci + 1);
        if (p == NULL || g == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        for (uint32_t l = 0; l < n_loci; l++) {
            g[l] = hw_profile_at(own, l);
        }
        *p = own != NULL ? *own : (hw_profile){.id = "", .person = ""};
        p->g = g;
        p->n_loci = n_loci;
        p->dropout = p->error = 0.0;
        d->now[i] = p;
        d->family.profile[d->person[i]] = p;
    }
    return HW_OK;
}

/* `old` has the readings as they are; d->family gets profiles of its own for the persons of the set. */
static hw_status prepare(drawing *d, const hw_family *old, hw_err *err)
{
    hw_arena *arena = &d->m->scratch;
    d->source = HW_NEW(arena, source, (size_t)d->n * d->c->s.n_loci + 1);
    d->typing = HW_NEW(arena, hw_typing, d->family.pedigree.n + 1);
    if (d->source == NULL || d->typing == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t l = 0; l < d->c->s.n_loci; l++) {
        HW_TRY(prepare_locus(d, old, l, err));
    }
    return new_profiles(d, old, err);
}

/* ---- a draw ---- */

static uint32_t pick(const double *sum, uint32_t n, hw_rng *rng)
{
    double x = hw_rng_unit(rng) * sum[n - 1];
    uint32_t low = 0;
    uint32_t high = n - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (sum[middle] > x) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* A silent allele is not seen: one alone reads as the other twice. */
static hw_genotype read_as(const hw_locus_model *lm, uint32_t genotype)
{
    uint32_t j = 0;
    while ((j + 1) * (j + 2) / 2 <= genotype) {
        j++;
    }
    uint32_t i = genotype - j * (j + 1) / 2;
    if ((int)i == lm->silent && (int)j == lm->silent) {
        return HW_GENOTYPE_NONE;
    }
    i = (int)i == lm->silent ? j : i;
    j = (int)j == lm->silent ? i : j;
    return hw_genotype_make(lm->allele[i], lm->allele[j]);
}

static hw_status draw_locus(drawing *d, const hw_family *old, uint32_t locus, hw_rng *rng, hw_err *err)
{
    uint32_t at = d->c->s.locus[locus].panel_index;
    bool drawn = false;
    for (uint32_t i = 0; i < d->n; i++) {
        const source *s = &d->source[(size_t)i * d->c->s.n_loci + locus];
        if (s->kept) {
            continue;
        }
        const hw_locus_model *lm = s->v->model;
        uint32_t n = lm->n * (lm->n + 1) / 2;
        double *sum = s->sum;
        if (sum == NULL) {
            sum = HW_NEW(&d->m->scratch, double, n);
            if (sum == NULL) {
                return HW_NO_MEMORY_FAIL(err);
            }
            if (!drawn) {
                hw_bug("the first person drawn has no distribution");
            }
            HW_TRY(conditional(d, i, locus, s->v, d->typing, &d->typing[d->person[i]], sum, err));
        } else if (d->n > 1) {
            variant *v = NULL; /* the typings of this locus, for those who come after */
            HW_TRY(typings_at(d, old, locus, &v, err));
        }
        hw_genotype g = read_as(lm, pick(sum, n, rng));
        d->now[i]->g[at] = g;
        d->typing[d->person[i]] = (hw_typing){g.a, g.b, 0.0, 0.0};
        drawn = true;
    }
    return HW_OK;
}

/* ---- what a family as it stands can prove ---- */

static double middle(hw_tail t)
{
    return 0.5 * (t.low + t.high);
}

/* One child of theirs drawn: does its ratio reach 10^x? */
static bool child_reaches(const chance *c, double x, hw_rng *rng)
{
    double sum = 0.0;
    bool own_sex = true;
    if (c->sex) {
        own_sex = hw_rng_unit(rng) < c->sex_missing[0];
        sum += hw_log10(c->sex_ratio[own_sex ? 0 : 1]);
    }
    for (uint32_t l = 0; l < c->n_loci; l++) {
        const chance_locus *k = &c->locus[l];
        if (k->x && !own_sex) {
            continue;
        }
        sum += hw_log10(k->ratio[hw_rng_pick(rng, k->p[HW_CHANCE_MISSING], k->n)]);
    }
    return sum >= x;
}

/* To within APART / 2. */
static hw_status tail(const chance *c, double x, hw_tail *ret, hw_err *err)
{
    HW_TRY(chance_tail(c, HW_CHANCE_MISSING, x, STEP, SLACK, ret, err));
    return ret->high - ret->low > APART ? chance_tail(c, HW_CHANCE_MISSING, x, FINE, SLACK, ret, err) : HW_OK;
}

/* Can nothing be computed because nobody is typed? Then nothing can be proven either. */
static hw_status proves(const next_context *c, matcher *m, const hw_family *f, uint32_t missing, bool plain, hw_rng *rng, next_value *io, hw_err *err)
{
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    hw_err mine = {0};
    chance ch;
    hw_tail t = {0.0, 0.0};
    hw_tail soft = {0.0, 0.0};
    hw_status s = chance_init(&ch, m, &m->scratch, f, missing, NULL, false, &mine);
    if (s == HW_OK && plain) {
        t.low = t.high = child_reaches(&ch, c->x, rng) ? 1.0 : 0.0;
    } else if (s == HW_OK) {
        s = tail(&ch, c->x, &t, &mine);
    }
    soft = t;
    if (s == HW_OK && middle(t) < SOFT_BELOW && !plain) {
        s = tail(&ch, c->x - SOFT_LOG10, &soft, &mine);
    }
    hw_arena_reset(&m->scratch, mark);
    if (s != HW_OK && s != HW_NOT_FOUND) {
        return HW_FAIL(err, s, "%s", mine.msg);
    }
    io->p += middle(t);
    io->soft += middle(soft);
    return HW_OK;
}

static hw_status proves_all(const next_context *c, matcher *m, const next_question *q, const hw_family *f, bool plain, hw_rng *rng, next_value *ret, hw_err *err)
{
    *ret = (next_value){0};
    for (uint32_t k = 0; k < f->n_missing; k++) {
        if (q->missing == UINT32_MAX || q->missing == k) {
            HW_TRY(proves(c, m, f, k, plain, rng, ret, err));
        }
    }
    return HW_OK;
}

/* ---- the mean over draws ---- */

static hw_status draws_of(drawing *d, const hw_family *old, uint32_t draws, hw_rng *rng, next_fn fn, void *ctx, next_value *ret, hw_err *err)
{
    double sum = 0.0;
    double square = 0.0;
    double soft = 0.0;
    for (uint32_t k = 0; k < draws; k++) {
        hw_arena_mark mark = hw_arena_get_mark(&d->m->scratch);
        next_value one = {0};
        hw_status s = HW_OK;
        for (uint32_t l = 0; s == HW_OK && l < d->c->s.n_loci; l++) {
            s = draw_locus(d, old, l, rng, err);
        }
        s = s == HW_OK ? fn(ctx, &d->family, rng, &one, err) : s;
        hw_arena_reset(&d->m->scratch, mark);
        HW_TRY(s);
        sum += one.p;
        square += one.p * one.p;
        soft += one.soft;
    }
    double n = (double)draws;
    double variance = draws > 1 ? (square - sum * sum / n) / (n - 1.0) : 0.0;
    *ret = (next_value){.p = sum / n, .se = sqrt((variance > 0.0 ? variance : 0.0) / n), .soft = soft / n};
    return HW_OK;
}

hw_status next_draws(const next_context *c, matcher *m, const hw_family *f, uint32_t missing, bool missing_typed, const next_set *s, uint32_t draws, hw_rng *rng,
                     next_fn fn, void *ctx, next_value *ret, hw_err *err)
{
    drawing d = {.c = c, .m = m, .n = s->n};
    HW_TRY(next_extend(f, missing, s, &m->scratch, &d.family, d.person, err));
    d.q = (question){.family = &d.family, .ped = &d.family.pedigree, .person = missing_typed ? UINT32_MAX : f->missing[missing]};
    hw_status status = prepare(&d, f, err);
    status = status == HW_OK ? draws_of(&d, f, draws, rng, fn, ctx, ret, err) : status;
    hw_pedigree_release(&d.family.pedigree);
    return status;
}

typedef struct proof {
    const next_context *c;
    matcher *m;
    const next_question *q;
    bool plain;
} proof;

static hw_status prove(void *ctx, const hw_family *f, hw_rng *rng, next_value *ret, hw_err *err)
{
    const proof *p = ctx;
    return proves_all(p->c, p->m, p->q, f, p->plain, rng, ret, err);
}

static hw_status as_it_is(const next_context *c, matcher *m, const next_question *q, uint32_t draws, bool plain, hw_rng *rng, next_value *ret, hw_err *err)
{
    next_value sum = {0};
    double n = plain ? (double)draws : 1.0;
    double square = 0.0;
    for (uint32_t k = 0; k < (plain ? draws : 1); k++) {
        next_value one;
        HW_TRY(proves_all(c, m, q, q->family, plain, rng, &one, err));
        sum.p += one.p;
        sum.soft += one.soft;
        square += one.p * one.p;
    }
    double variance = n > 1.0 ? (square - sum.p * sum.p / n) / (n - 1.0) : 0.0;
    *ret = (next_value){.p = sum.p / n, .se = sqrt((variance > 0.0 ? variance : 0.0) / n), .soft = sum.soft / n};
    return HW_OK;
}

hw_status next_evaluate(const next_context *c, matcher *m, const next_question *q, const next_set *s, uint32_t draws, uint64_t stream, bool plain, next_value *ret,
                        hw_err *err)
{
    hw_rng rng;
    hw_rng_seed(&rng, c->p->seed ^ ((uint64_t)q->number << 20), stream);
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    proof p = {c, m, q, plain};
    hw_status status = s->n == 0 ? as_it_is(c, m, q, draws, plain, &rng, ret, err)
                                 : next_draws(c, m, q->family, q->missing == UINT32_MAX ? 0 : q->missing, false, s, draws, &rng, prove, &p, ret, err);
    hw_arena_reset(&m->scratch, mark);
    return status;
}
