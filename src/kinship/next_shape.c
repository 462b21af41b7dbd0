// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Families of one shape: the same pedigree, the same persons typed, at about as many loci and as well. What a sample adds is computed for some of them, and stands for all; how rare
 * the alleles are that a family shows explains part of what is left, by a line through those computed.
 */
#include <math.h>
#include <string.h>

#include "base/thread.h"
#include "kinship/next_parts.h"

#define KEY_PERSONS 64u /* a larger family is a shape of its own */
#define KEY_BYTES (KEY_PERSONS * 24u + 32u)
#define ALL_LOCI 1000u
#define FIND_MEMBERS 3u /* families by which a shape's ladder is found */
#define FIND_DRAWS 4u   /* draws for each of them */
#define VALUE_DRAWS 2u  /* draws for each of the others, by which it is valued: families differ by more than that */
#define LARGE_MOST 3u   /* a shape that holds a hundredth of the families is valued by so many times more of them */
#define LINE_LEAST 8u   /* families for a line */

/* ---- keys ---- */

static char *put(char *at, uint32_t x)
{
    while (x >= 32) {
        *at++ = (char)('A' + (x & 31u));
        x >>= 5;
    }
    *at++ = (char)('a' + x);
    return at;
}

static uint32_t loci_typed(const next_context *c, const hw_profile *p)
{
    uint32_t n = 0;
    for (uint32_t l = 0; p != NULL && l < c->s.n_loci; l++) {
        n += hw_genotype_typed(hw_profile_at(p, c->s.locus[l].panel_index)) ? 1 : 0;
    }
    return n;
}

static bool has_x(const next_context *c)
{
    bool any = false;
    for (uint32_t l = 0; l < c->s.n_loci; l++) {
        any = any || c->s.locus[l].kind == HW_LOCUS_X;
    }
    return any;
}

/* How well a sample was typed, in steps of a twentieth; loci by `coarse`. */
static char *put_sample(const next_context *c, const hw_profile *p, uint32_t coarse, char *at)
{
    if (p == NULL) {
        return put(at, 0);
    }
    at = put(at, 1 + (next_worn(c, p) ? 1 : 0));
    at = put(at, (loci_typed(c, p) + coarse - 1) / coarse);
    at = put(at, p->dropout > 0.0 ? 1 + (uint32_t)(20.0 * p->dropout) : 0);
    return put(at, p->error > 0.0 ? 1 + (uint32_t)(20.0 * p->error) : 0);
}

/* Sexes count where something depends on them: at X loci, and for the evidence of the child's own. */
static void key_of(const next_context *c, uint32_t number, bool x, uint32_t coarse, char *key)
{
    const hw_family *f = &c->s.family[number];
    const hw_pedigree *ped = &f->pedigree;
    char *at = put(key, (uint32_t)ped->n);
    if (ped->n > KEY_PERSONS || f->n_missing > KEY_PERSONS / 4) {
        at = put(at, number);
        *at = '\0';
        return;
    }
    for (uint32_t k = 0; k < f->n_missing; k++) {
        at = put(at, f->missing[k]);
        at = put(at, ped->person[f->missing[k]].sex == HW_SEX_UNKNOWN ? 0 : 1);
    }
    for (size_t i = 0; i < ped->n; i++) {
        const hw_person *p = &ped->person[i];
        at = put(at, (uint32_t)(p->father + 1));
        at = put(at, (uint32_t)(p->mother + 1));
        at = put(at, p->twin > 0 ? p->twin % 1024u : 0);
        at = put(at, (uint32_t)(64.0 * p->inbreeding));
        at = put(at, x ? (uint32_t)p->sex : 0);
        at = put_sample(c, f->profile[i], coarse, at);
    }
    *at = '\0';
}

/* ---- which family has which shape ---- */

/* shape_of[number of exact shape] under coarser counting; returns how many there are. */
static hw_status coarsen(const next_context *c, const uint32_t *first, uint32_t n_exact, bool x, uint32_t coarse, uint32_t *ret_of, uint32_t *ret_n, hw_err *err)
{
    char key[KEY_BYTES];
    hw_map map;
    hw_map_init(&map, 0);
    hw_status s = HW_OK;
    for (uint32_t i = 0; s == HW_OK && i < n_exact; i++) {
        uint64_t at = map.count;
        key_of(c, first[i], x, coarse, key);
        if (!hw_map_get(&map, key, &at)) {
            s = hw_map_put(&map, key, at, err);
        }
        ret_of[i] = (uint32_t)at;
    }
    *ret_n = (uint32_t)map.count;
    hw_map_release(&map);
    return s;
}

/* Every family's exact shape into of[]; first[]: a family of each. */
static hw_status exact_shapes(const next_context *c, bool x, uint32_t *of, uint32_t *first, uint32_t *ret_n, hw_err *err)
{
    char key[KEY_BYTES];
    hw_map map;
    hw_map_init(&map, 0);
    hw_status s = HW_OK;
    for (size_t f = 0; s == HW_OK && f < c->d.n_families; f++) {
        uint64_t at = map.count;
        of[f] = UINT32_MAX;
        if (c->s.family[f].n_missing == 0) {
            continue;
        }
        key_of(c, (uint32_t)f, x, 1, key);
        if (!hw_map_get(&map, key, &at)) {
            first[at] = (uint32_t)f;
            s = hw_map_put(&map, key, at, err);
        }
        of[f] = (uint32_t)at;
    }
    *ret_n = (uint32_t)map.count;
    hw_map_release(&map);
    return s;
}

/* Families shape by shape, in the order of the dataset. */
static void sort_families(const next_context *c, next_shapes *s)
{
    for (size_t f = 0; f < c->d.n_families; f++) {
        if (s->of[f] != UINT32_MAX) {
            s->shape[s->of[f]].count++;
        }
    }
    uint32_t at = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        s->shape[i].first = at;
        at += s->shape[i].count;
        s->shape[i].count = 0;
    }
    for (size_t f = 0; f < c->d.n_families; f++) {
        if (s->of[f] != UINT32_MAX) {
            next_shape *own = &s->shape[s->of[f]];
            s->order[own->first + own->count++] = (uint32_t)f;
        }
    }
}

hw_status next_shapes_find(next_context *c, next_shapes *ret, hw_err *err)
{
    next_shapes s = {0};
    size_t n = c->d.n_families;
    bool x = has_x(c);
    uint32_t n_exact = 0;
    s.of = HW_NEW(&c->arena, uint32_t, n + 1);
    s.order = HW_NEW(&c->arena, uint32_t, n + 1);
    HW_AUTO_FREE uint32_t *first = hw_alloc(n + 1, sizeof(*first));
    HW_AUTO_FREE uint32_t *coarser = hw_alloc(n + 1, sizeof(*coarser));
    if (s.of == NULL || s.order == NULL || first == NULL || coarser == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(exact_shapes(c, x, s.of, first, &n_exact, err));
    for (uint32_t coarse = 1;; coarse = coarse >= 16 ? ALL_LOCI : 2 * coarse) {
        HW_TRY(coarsen(c, first, n_exact, x, coarse, coarser, &s.n, err));
        if (s.n <= c->p->max_shapes || coarse == ALL_LOCI) {
            break;
        }
    }
    for (size_t f = 0; f < n; f++) {
        s.of[f] = s.of[f] == UINT32_MAX ? UINT32_MAX : coarser[s.of[f]];
    }
    s.shape = HW_NEW(&c->arena, next_shape, (size_t)s.n + 1);
    if (s.shape == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    sort_families(c, &s);
    *ret = s;
    return HW_OK;
}

/* ---- values ---- */

double next_rarity(const next_context *c, const hw_family *f)
{
    double sum = 0.0;
    for (size_t i = 0; i < f->pedigree.n; i++) {
        for (uint32_t l = 0; f->profile[i] != NULL && l < c->s.n_loci; l++) {
            const hw_freq *fr = c->s.locus[l].freq[0];
            hw_genotype g = hw_profile_at(f->profile[i], c->s.locus[l].panel_index);
            int a = hw_freq_index(fr, g.a);
            int b = hw_freq_index(fr, g.b);
            /* A child shares one allele of a parent: the rarer they are, the more it proves. */
            sum += a >= 0 && b >= 0 ? 1.0 - 0.5 * (fr->freq[a] + fr->freq[b]) : 0.0;
        }
    }
    return sum;
}

/* The line of gain against rarity through the families computed: no steeper than they allow. */
static void fit_line(next_shape *sh, const double *z, const double *gain, uint32_t n)
{
    double mean = 0.0;
    double square = 0.0;
    for (uint32_t i = 0; i < n; i++) {
        mean += z[i] / (double)n;
    }
    for (uint32_t i = 0; i < n; i++) {
        square += (z[i] - mean) * (z[i] - mean);
    }
    sh->z_mean = mean;
    for (uint32_t k = 0; k < sh->ladder.n; k++) {
        double product = 0.0;
        sh->least[k] = sh->most[k] = sh->ladder.step[k].gain;
        for (uint32_t i = 0; i < n; i++) {
            double g = gain[(size_t)i * HW_NEXT_STEPS + k];
            product += (z[i] - mean) * (g - sh->ladder.step[k].gain);
            sh->least[k] = g < sh->least[k] ? g : sh->least[k];
            sh->most[k] = g > sh->most[k] ? g : sh->most[k];
        }
        sh->slope[k] = n >= LINE_LEAST && square > 0.0 ? product / square : 0.0;
    }
}

typedef struct values_job {
    next_context *c;
    next_shapes *s;
    hw_arena *errors; /* [threads] */
    size_t families;
} values_job;

/* Families spread evenly over those of the shape, of which one after the other is asked whether it can be computed at all. */
static hw_status members_of(const values_job *j, matcher *m, next_shape *sh, uint32_t wanted, next_question *ret, uint32_t *ret_n, hw_err *first, hw_err *err)
{
    const next_context *c = j->c;
    const next_set nobody = {.n = 0};
    *ret_n = 0;
    for (uint32_t i = 0; i < wanted; i++) {
        uint32_t f = j->s->order[sh->first + (uint32_t)((uint64_t)i * sh->count / wanted)];
        const next_question q = {.family = &c->s.family[f], .number = f, .missing = UINT32_MAX};
        hw_err mine = {0};
        next_value v;
        hw_status s = next_evaluate(c, m, &q, &nobody, 1, 0, false, &v, &mine);
        if (s == HW_OK) {
            ret[(*ret_n)++] = q;
        } else if (next_left_out(s)) {
            sh->status = sh->status == HW_OK ? s : sh->status;
            (void)HW_FAIL(first, s, "%s", mine.msg);
        } else {
            return HW_FAIL(err, s, "%s", mine.msg);
        }
    }
    return HW_OK;
}

/* More for a shape that holds more of the families: what it says decides more. */
static uint32_t wanted_of(const values_job *j, const next_shape *sh)
{
    double share = (double)sh->count / (double)j->families;
    uint32_t members = j->c->p->members;
    uint32_t n = share >= 0.01 ? LARGE_MOST * members : share >= 0.001 ? members : share >= 0.0001 ? (members + 1) / 2 : (members + 3) / 4;
    return n < sh->count ? n : sh->count;
}

/* The ladder by the first few of them, its value by the others, so that what was chosen for its luck is not valued by it. */
static hw_status value_shape(const values_job *j, matcher *m, next_shape *sh, const next_question *q, uint32_t n, double *room, hw_err *err)
{
    const next_context *c = j->c;
    uint64_t options = 0;
    uint32_t few = n >= 2 * FIND_MEMBERS ? FIND_MEMBERS : (n + 1) / 2;
    next_group g = {.q = q, .n = few, .draws = n < FIND_MEMBERS && sh->count > n ? FIND_DRAWS : FIND_DRAWS * FIND_MEMBERS / few, .stream = 1};
    HW_TRY(next_ladder_find(c, m, &g, &sh->ladder, &options, err));
    double *z = room + (size_t)n * HW_NEXT_STEPS;
    const next_question *rest = n > few ? q + few : q;
    uint32_t n_rest = n > few ? n - few : n;
    for (uint32_t i = 0; i < n_rest; i++) {
        z[i] = next_rarity(c, rest[i].family);
    }
    g = (next_group){.q = rest, .n = n_rest, .draws = n_rest < FIND_MEMBERS && n == sh->count ? c->p->draws : VALUE_DRAWS, .stream = 2};
    HW_TRY(next_ladder_value(c, m, &g, &sh->ladder, room, err));
    fit_line(sh, z, room, n_rest);
    sh->n_computed = n;
    return HW_OK;
}

static hw_status shape_work(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    const values_job *j = ctx;
    next_shape *sh = &j->s->shape[item];
    matcher *m = &j->c->matcher[worker];
    uint32_t wanted = wanted_of(j, sh);
    uint32_t n = 0;
    hw_err first = {0};
    HW_AUTO_FREE next_question *q = hw_alloc(wanted + 1, sizeof(*q));
    HW_AUTO_FREE double *room = hw_alloc(((size_t)wanted + 1) * (HW_NEXT_STEPS + 1), sizeof(*room));
    if (q == NULL || room == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(members_of(j, m, sh, wanted, q, &n, &first, err));
    if (n > 0) {
        hw_err mine = {0};
        hw_status s = value_shape(j, m, sh, q, n, room, &mine);
        if (s != HW_OK && !next_left_out(s)) {
            return HW_FAIL(err, s, "%s", mine.msg);
        }
        sh->status = s;
        if (s != HW_OK) {
            first = mine;
        }
    }
    if (sh->status != HW_OK) {
        sh->ladder.n = 0;
        sh->error = hw_arena_strdup(&j->errors[worker], first.msg);
        return sh->error == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
    }
    return HW_OK;
}

static hw_status keep_errors(next_context *c, next_shapes *s, hw_err *err)
{
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->shape[i].error != NULL) {
            s->shape[i].error = hw_arena_strdup(&c->arena, s->shape[i].error);
            if (s->shape[i].error == NULL) {
                return HW_NO_MEMORY_FAIL(err);
            }
        }
    }
    return HW_OK;
}

hw_status next_shapes_value(next_context *c, next_shapes *s, hw_err *err)
{
    values_job j = {.c = c, .s = s, .families = c->d.n_families};
    j.errors = HW_NEW(&c->arena, hw_arena, c->n_threads);
    if (j.errors == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_status status = hw_parallel_for(s->n, c->n_threads, shape_work, &j, err);
    status = status == HW_OK ? keep_errors(c, s, err) : status;
    for (unsigned i = 0; i < c->n_threads; i++) {
        hw_arena_release(&j.errors[i]);
    }
    return status;
}
