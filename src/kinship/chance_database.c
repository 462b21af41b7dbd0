// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Chance hits in a whole database. A pair is a missing person and a kind of sample (children typed alike); it weighs as many as there are such children. Its tails
 * for every step of the ladder come from one curve. Sums run in the order of pairs, so that no thread count changes a bit.
 */
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "base/thread.h"
#include "kinship/chance_family.h"
#include "kinship/power.h"

#define MAX_STEPS 512u
#define MAX_THREADS 256u
#define LEAST_DRAWN 100u /* of a stratum */
#define CURVE_STEP 0.005
#define CURVE_SLACK 1e-6

struct hw_chance_database {
    double from, step;
    uint32_t n_steps;
    hw_chance_hits *hits; /* [n_steps] */
    double all;           /* children times missing persons */
    uint64_t pairs, computed;
    uint32_t failed;
};

typedef struct person {
    uint32_t family, missing, stratum;
    bool failed;
} person;

typedef struct kind {
    uint32_t child;   /* the first of it */
    uint32_t n;
} kind;

typedef struct pair {
    uint32_t person, kind;
} pair;

typedef struct stratum {
    uint32_t first, n; /* persons in the sorted list */
    uint32_t drawn;
} stratum;

typedef struct job {
    const hw_dataset *d;
    const hw_chance_database_options *p;
    search s;
    matcher *m;
    unsigned n_matchers;
    hw_arena arena;
    person *person;
    uint32_t n_persons;
    kind *kind;
    uint32_t n_kinds;
    stratum *stratum;
    uint32_t n_strata;
    bool all;          /* every pair is computed */
    pair *pair;
    uint32_t n_pairs;
    hw_tail *tail;     /* [pair * n_steps + step] */
    bool *failed;      /* [pair] */
    uint32_t n_steps;
} job;

void hw_chance_database_options_init(hw_chance_database_options *p)
{
    *p = (hw_chance_database_options){.from = 4.0, .to = 20.0, .step = 0.5, .exact_pairs = 2000, .sample = 4000, .seed = 1, .confidence = 0.95};
}

/* ---- kinds of samples ---- */

/* Loci typed, in full or in part, the quality of the sample and whether it shows the sex, as text. */
static hw_status kind_key(const job *j, const hw_profile *p, hw_str *key, hw_err *err)
{
    hw_str_clear(key);
    for (uint32_t i = 0; i < j->s.n_loci; i++) {
        hw_genotype g = hw_profile_at(p, j->s.locus[i].panel_index);
        bool part = g.b == HW_ALLELE_UNKNOWN || g.b == HW_ALLELE_OFF_LADDER;
        hw_str_addc(key, !hw_genotype_typed(g) ? '.' : part ? '1' : '2');
    }
    hw_sex shown = hw_profile_amelogenin(p, &j->d->panel);
    hw_str_addf(key, " %a %a %c", p->dropout, p->error, shown != HW_SEX_UNKNOWN ? 'a' : p->sex != HW_SEX_UNKNOWN ? 's' : '-');
    return hw_str_check(key, err);
}

static hw_status list_kinds(job *j, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str key = {0};
    HW_CLEANUP(hw_map_release) hw_map by_key = {0};
    hw_str_init(&key, (size_t)1 << 16);
    hw_map_init(&by_key, 0);
    j->kind = HW_NEW(&j->arena, kind, j->d->n_children + 1);
    if (j->kind == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t c = 0; c < j->d->n_children; c++) {
        uint64_t at = 0;
        HW_TRY(kind_key(j, j->d->child[c], &key, err));
        if (!hw_map_get(&by_key, key.s, &at)) {
            at = j->n_kinds;
            HW_TRY(hw_map_put(&by_key, key.s, at, err));
            j->kind[j->n_kinds++] = (kind){(uint32_t)c, 0};
        }
        j->kind[at].n++;
    }
    return HW_OK;
}

/* ---- strata ---- */

static uint32_t loci_typed(const job *j, const hw_family *f, uint32_t missing)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < j->s.n_loci; i++) {
        bool any = false;
        for (size_t k = 0; k < f->pedigree.n && !any; k++) {
            any = k != f->missing[missing] && hw_genotype_typed(hw_profile_at(f->profile[k], j->s.locus[i].panel_index));
        }
        n += any ? 1 : 0;
    }
    return n;
}

/* Kind of family, and by quarters how many of the loci it is typed at. */
static hw_status list_persons(job *j, hw_err *err)
{
    const uint32_t groups = 4;
    uint32_t n_strata = groups * HW_FAMILY_KINDS;
    size_t n = 0;
    for (size_t f = 0; f < j->d->n_families; f++) {
        n += j->d->family[f].n_missing;
    }
    person *found = HW_NEW(&j->arena, person, n + 1);
    j->person = HW_NEW(&j->arena, person, n + 1);
    j->stratum = HW_NEW(&j->arena, stratum, n_strata + 1);
    if (found == NULL || j->person == NULL || j->stratum == NULL || n > UINT32_MAX) {
        return HW_NO_MEMORY_FAIL(err);
    }
    n = 0;
    for (uint32_t f = 0; f < j->d->n_families; f++) {
        const hw_family *family = &j->s.family[f];
        for (uint32_t k = 0; k < family->n_missing; k++) {
            uint32_t at = (uint32_t)hw_family_kind_of(family, k) * groups + loci_typed(j, family, k) * groups / (j->s.n_loci + 1);
            found[n++] = (person){.family = f, .missing = k, .stratum = at};
            j->stratum[at].n++;
        }
    }
    uint32_t first = 0;
    for (uint32_t i = 0; i < n_strata; i++) {
        j->stratum[i].first = first;
        first += j->stratum[i].n;
        j->stratum[i].n = 0;
    }
    for (size_t i = 0; i < n; i++) {
        stratum *s = &j->stratum[found[i].stratum];
        j->person[s->first + s->n++] = found[i];
    }
    j->n_persons = (uint32_t)n;
    j->n_strata = n_strata;
    return HW_OK;
}

/* How many pairs each stratum has drawn: in proportion to its persons, and no fewer than LEAST_DRAWN. */
static uint32_t share_out(job *j)
{
    uint32_t total = 0;
    for (uint32_t i = 0; i < j->n_strata; i++) {
        stratum *s = &j->stratum[i];
        double share = (double)j->p->sample * (double)s->n / (double)j->n_persons;
        s->drawn = s->n == 0 ? 0 : share > LEAST_DRAWN ? (uint32_t)share : LEAST_DRAWN;
        total += s->drawn;
    }
    return total;
}

static hw_status list_pairs(job *j, hw_err *err)
{
    uint64_t all = (uint64_t)j->n_persons * j->n_kinds;
    j->all = all <= j->p->exact_pairs;
    uint32_t n = j->all ? (uint32_t)all : share_out(j);
    j->pair = HW_NEW(&j->arena, pair, (size_t)n + 1);
    j->failed = HW_NEW(&j->arena, bool, (size_t)n + 1);
    j->tail = HW_NEW(&j->arena, hw_tail, (size_t)n * j->n_steps + 1);
    if (j->pair == NULL || j->failed == NULL || j->tail == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; j->all && i < j->n_persons; i++) {
        for (uint32_t k = 0; k < j->n_kinds; k++) {
            j->pair[j->n_pairs++] = (pair){i, k};
        }
    }
    /* A child drawn among all children has a kind with the share of it; a person drawn again is another pair. */
    double *weight = HW_NEW(&j->arena, double, j->n_kinds + 1);
    if (weight == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t k = 0; k < j->n_kinds; k++) {
        weight[k] = j->kind[k].n;
    }
    for (uint32_t i = 0; !j->all && i < j->n_strata; i++) {
        hw_rng rng;
        hw_rng_seed(&rng, j->p->seed, i);
        const stratum *s = &j->stratum[i];
        for (uint32_t k = 0; k < s->drawn; k++) {
            uint32_t who = s->first + hw_rng_below(&rng, s->n);
            j->pair[j->n_pairs++] = (pair){who, (uint32_t)hw_rng_pick(&rng, weight, j->n_kinds)};
        }
    }
    return HW_OK;
}

/* ---- the work ---- */

static hw_status ladder(const job *j, matcher *m, const pair *x, hw_tail *ret, hw_err *err)
{
    chance c;
    const person *who = &j->person[x->person];
    HW_TRY(chance_init(&c, m, &m->scratch, &j->s.family[who->family], who->missing, j->d->child[j->kind[x->kind].child], false, err));
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    hw_arena_init(&arena, 0);
    chance_curve curve;
    const hw_curve_options o = {.step = CURVE_STEP, .from = j->p->from, .tilt = 1.0, .slack = CURVE_SLACK};
    HW_TRY(chance_curve_init(&curve, &c, &arena, HW_CHANCE_UNRELATED, &o, err));
    for (uint32_t i = 0; i < j->n_steps; i++) {
        ret[i] = chance_curve_tail(&curve, j->p->from + j->p->step * i);
    }
    return HW_OK;
}

static hw_status work(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    job *j = ctx;
    matcher *m = &j->m[worker];
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    hw_err mine = {0};
    hw_status s = ladder(j, m, &j->pair[item], j->tail + item * j->n_steps, &mine);
    hw_arena_reset(&m->scratch, mark);
    if (s == HW_NO_MEMORY || s == HW_INTERNAL) {
        return HW_FAIL(err, s, "%s", mine.msg);
    }
    /* No locus in common: the ratio is that of the sex alone, and no hit. */
    j->failed[item] = s != HW_OK && s != HW_NOT_FOUND;
    return HW_OK;
}

/* 10^-x: the bound of Markov on any P(LR >= x | unrelated). */
static double markov(double x)
{
    return x > 0.0 ? hw_pow10(-x) : 1.0;
}

static void add_all(const job *j, uint32_t step, hw_chance_hits *h)
{
    double x = j->p->from + j->p->step * step;
    *h = (hw_chance_hits){0};
    for (uint32_t i = 0; i < j->n_pairs; i++) {
        hw_tail t = j->failed[i] ? (hw_tail){0.0, markov(x)} : j->tail[(size_t)i * j->n_steps + step];
        double n = j->kind[j->pair[i].kind].n;
        h->low += n * t.low;
        h->upper += n * t.high;
        h->estimate += n * (j->failed[i] ? 0.0 : 0.5 * (t.low + t.high));
    }
}

/*
 * Maurer and Pontil (2009), theorem 4: with probability 1 - a the mean of a variable between 0 and 1 is at most m + sqrt(2 V ln(2/a) / n) + 7 ln(2/a) / (3 (n - 1)),
 * with m the mean and V the variance of a sample of n. Here the variable is P(LR >= x) 10^x.
 */
static void add_stratum(const job *j, const stratum *s, uint32_t first, uint32_t step, double ln_term, hw_chance_hits *h)
{
    double x = j->p->from + j->p->step * step;
    double scale = 1.0 / markov(x);
    double n = s->drawn;
    double mean = 0.0;
    double known = 0.0;
    double square = 0.0;
    for (uint32_t i = first; i < first + s->drawn; i++) {
        double v = j->failed[i] ? 1.0 : j->tail[(size_t)i * j->n_steps + step].high * scale;
        mean += v / n;
        known += j->failed[i] ? 0.0 : v / n;
    }
    for (uint32_t i = first; i < first + s->drawn; i++) {
        double v = (j->failed[i] ? 1.0 : j->tail[(size_t)i * j->n_steps + step].high * scale) - mean;
        square += v * v / (n - 1.0);
    }
    double most = mean + sqrt(2.0 * square * ln_term / n) + 7.0 * ln_term / (3.0 * (n - 1.0));
    double pairs = (double)s->n * (double)j->d->n_children * markov(x);
    h->estimate += pairs * known;
    h->upper += pairs * (most < 1.0 ? most : 1.0);
}

static void add_drawn(const job *j, uint32_t step, hw_chance_hits *h)
{
    uint32_t used = 0;
    for (uint32_t i = 0; i < j->n_strata; i++) {
        used += j->stratum[i].drawn > 0 ? 1 : 0;
    }
    hw_real r = hw_real_from(2.0 * (double)(used > 0 ? used : 1) / (1.0 - j->p->confidence));
    double ln_term = hw_real_ln(r);
    uint32_t first = 0;
    *h = (hw_chance_hits){0};
    for (uint32_t i = 0; i < j->n_strata; i++) {
        if (j->stratum[i].drawn > 0) {
            add_stratum(j, &j->stratum[i], first, step, ln_term, h);
        }
        first += j->stratum[i].drawn;
    }
}

static hw_status collect(const job *j, hw_chance_database *c, hw_err *err)
{
    c->from = j->p->from;
    c->step = j->p->step;
    c->n_steps = j->n_steps;
    c->all = (double)j->n_persons * (double)j->d->n_children;
    c->pairs = (uint64_t)j->n_persons * j->n_kinds;
    c->computed = j->n_pairs;
    c->hits = hw_alloc(j->n_steps, sizeof(*c->hits));
    if (c->hits == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < j->n_pairs; i++) {
        person *who = &j->person[j->pair[i].person];
        c->failed += j->failed[i] && !who->failed ? 1 : 0;
        who->failed = who->failed || j->failed[i];
    }
    for (uint32_t i = 0; i < j->n_steps; i++) {
        (j->all ? add_all : add_drawn)(j, i, &c->hits[i]);
    }
    return HW_OK;
}

static hw_status run(job *j, const hw_match_options *o, hw_chance_database *c, hw_err *err)
{
    HW_TRY(search_init(&j->s, &j->arena, j->d, o, err));
    unsigned n = o->n_threads != 0 ? o->n_threads : hw_cpu_count();
    n = n < MAX_THREADS ? n : MAX_THREADS;
    j->m = HW_NEW(&j->arena, matcher, n);
    if (j->m == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    while (j->n_matchers < n) {
        j->n_matchers++;
        HW_TRY(matcher_init(&j->m[j->n_matchers - 1], &j->s, err));
    }
    HW_TRY(list_kinds(j, err));
    HW_TRY(list_persons(j, err));
    HW_TRY(list_pairs(j, err));
    HW_TRY(hw_parallel_for(j->n_pairs, n, work, j, err));
    return collect(j, c, err);
}

static bool in_range(const hw_chance_database_options *p)
{
    return p->from >= 0.0 && p->to >= p->from && p->to <= 300.0 && p->step > 0.0 && (p->to - p->from) / p->step < MAX_STEPS && p->sample > 0 &&
           p->confidence > 0.0 && p->confidence < 1.0;
}

hw_status hw_chance_database_new(const hw_dataset *d, const hw_match_options *o, const hw_chance_database_options *p, hw_chance_database **ret, hw_err *err)
{
    if (!in_range(p)) {
        return HW_FAIL(err, HW_USAGE, "a ladder from %g to %g in steps of %g: it starts at 0 or above, rises, and has fewer than %u steps", p->from, p->to, p->step, MAX_STEPS);
    }
    hw_chance_database *c = hw_alloc(1, sizeof(*c));
    if (c == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    job j = {.d = d, .p = p, .n_steps = (uint32_t)floor((p->to - p->from) / p->step + 1e-9) + 1};
    hw_arena_init(&j.arena, (size_t)8 << 30);
    hw_status s = run(&j, o, c, err);
    for (unsigned i = 0; i < j.n_matchers; i++) {
        matcher_release(&j.m[i]);
    }
    search_release(&j.s);
    hw_arena_release(&j.arena);
    if (s != HW_OK) {
        hw_chance_database_free(c);
        return s;
    }
    *ret = c;
    return HW_OK;
}

void hw_chance_database_free(hw_chance_database *c)
{
    if (c != NULL) {
        hw_free(c->hits);
        hw_free(c);
    }
}

hw_chance_hits hw_chance_database_at(const hw_chance_database *c, double x)
{
    double most = c->all * markov(x);
    if (!(x >= c->from)) {
        return (hw_chance_hits){.estimate = most, .upper = most};
    }
    double at = floor((x - c->from) / c->step + 1e-9);
    uint32_t i = at < (double)(c->n_steps - 1) ? (uint32_t)at : c->n_steps - 1;
    /* Hits fall with x, so that the step below is an upper bound and the one above a lower one. */
    bool on_step = fabs(c->from + c->step * i - x) < 1e-9;
    hw_chance_hits h = c->hits[i];
    h.low = on_step ? h.low : i + 1 < c->n_steps ? c->hits[i + 1].low : 0.0;
    h.upper = h.upper < most ? h.upper : most;
    h.estimate = h.estimate < most ? h.estimate : most;
    return h;
}

void hw_chance_database_size(const hw_chance_database *c, uint64_t *ret_pairs, uint64_t *ret_computed, uint32_t *ret_failed)
{
    *ret_pairs = c->pairs;
    *ret_computed = c->computed;
    *ret_failed = c->failed;
}
