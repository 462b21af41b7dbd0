// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "base/thread.h"
#include "kinship/matcher.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_PAIRS ((size_t)8 << 20) /* ratios held at a time */
#define MAX_CANDIDATES ((size_t)50000000)

void hw_match_options_init(hw_match_options *o)
{
    *o = (hw_match_options){.threshold_log10 = 4.0, .prior_registered = 0.5, .rivals = true, .list_family = UINT32_MAX};
}

const char *hw_verbal_scale(double log10_lr)
{
    /* ENFSI guideline for evaluative reporting (2015); the other way round below 1. */
    static const struct {
        double above;
        const char *text;
    } scale[] = {
        {6.0, "extremely strong support"}, {4.0, "very strong support"}, {3.0, "strong support"}, {2.0, "moderately strong support"},
        {1.0, "moderate support"}, {0.3010299956639812, "weak support"}, {-0.3010299956639812, "no support for either"}, {-1.0, "weak support against"},
        {-2.0, "moderate support against"}, {-3.0, "moderately strong support against"}, {-4.0, "strong support against"},
        {-6.0, "very strong support against"},
    };
    for (size_t i = 0; i < sizeof(scale) / sizeof(scale[0]); i++) {
        if (log10_lr >= scale[i].above) {
            return scale[i].text;
        }
    }
    return log10_lr < 0.0 ? "extremely strong support against" : "no statement";
}

/* ---- all against all ---- */

typedef struct slot {
    uint32_t family, missing;
    const hw_family *f;
    hw_status status;
    const char *error;
} slot;

typedef struct all {
    search s;
    matcher *matcher;   /* [threads] */
    slot *slot;         /* every missing person of every family */
    size_t n_slots;
    hw_real *ratio;     /* [slot of the chunk * n_children + child] */
    size_t chunk_start;
    hw_real *own;       /* ratio of each candidate, in the order found */
    size_t own_cap;
    atomic_size_t done;
    hw_arena *errors;   /* per thread texts of errors */
    pthread_mutex_t lock; /* guards the progress call */
} all;

typedef struct family_locus {
    uint32_t locus;
    locus_table table;
} family_locus;

/* Multiply the ratios of one child at all loci: products of up to eight, then rescaled, in the order of the panel. Eight mutations of many steps would leave a double. */
static hw_status child_ratio(matcher *m, question *q, const family_locus *fl, uint32_t n, size_t child, bool x_usable, hw_real *ret, hw_err *err)
{
    hw_real total = hw_real_from(1.0);
    double product = 1.0;
    uint32_t held = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (m->s->locus[fl[i].locus].kind == HW_LOCUS_X && !x_usable) {
            continue;
        }
        int32_t g = fl[i].table.v->child_index[child];
        double r = 1.0;
        if (g >= 0) {
            r = fl[i].table.ratio[g];
        } else if (g <= CHILD_OPEN) {
            r = open_ratio(&fl[i].table, &fl[i].table.v->open[CHILD_OPEN - g]);
        } else if (g == CHILD_SLOW) {
            HW_TRY(question_slow_ratio(m, q, 0, fl[i].locus, m->s->d->child[child], &r, err));
        }
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

static hw_status family_tables(matcher *m, question *q, family_locus *fl, uint32_t *ret_n, hw_err *err)
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
static hw_status links_matter(matcher *m, const question *q, const family_locus *fl, uint32_t n, bool *ret, hw_err *err)
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
static hw_status one_sex(all *a, matcher *m, const slot *sl, hw_sex sex, hw_real *row, hw_err *err)
{
    const hw_family *f = sl->f;
    hw_pedigree copy;
    HW_TRY(hw_pedigree_copy(&f->pedigree, &copy, err));
    question q = {0};
    family_locus *fl = HW_NEW(&m->scratch, family_locus, a->s.n_loci + 1);
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
    if (status == HW_OK && a->s.o->settings->n_linked > 0) {
        status = links_matter(m, &q, fl, n, &links, err);
    }
    for (size_t c = 0; status == HW_OK && c < a->s.d->n_children; c++) {
        hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
        bool x_usable = sex != HW_SEX_UNKNOWN && (a->s.child_sex[c] == HW_SEX_UNKNOWN || a->s.child_sex[c] == sex);
        status = links ? linked_ratio(m, &settled, sl->missing, c, &row[c], err) : child_ratio(m, &q, fl, n, c, x_usable, &row[c], err);
        hw_arena_reset(&m->scratch, mark);
    }
    question_release(&q);
    hw_pedigree_release(&copy);
    return status;
}

/* A sex under which the family's own readings cannot be: no child is the missing person of that sex. */
static hw_status one_possible_sex(all *a, matcher *m, const slot *sl, hw_sex sex, double weight, hw_real *row, hw_err *err)
{
    if (weight > 0.0) {
        return one_sex(a, m, sl, sex, row, err);
    }
    for (size_t c = 0; c < a->s.d->n_children; c++) {
        row[c] = hw_real_from(0.0);
    }
    return HW_OK;
}

/*
 * Nobody knows the sex of the missing person, and it matters. With w the weight of a sex by the family's readings (mean 1), r the ratio and u the probability of the
 * child's X readings for an unrelated child of that sex, divided by their sum: a child of known sex has w r, one of unknown sex w_m r_m u_m + w_f r_f u_f.
 */
static hw_status both_sexes(all *a, matcher *m, const slot *sl, hw_real *row, hw_err *err)
{
    size_t n = a->s.d->n_children;
    hw_real *girl = HW_NEW(&m->scratch, hw_real, n + 1);
    double boys = 0.0;
    double girls = 0.0;
    if (girl == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(family_sex_weights(m, sl->f, sl->missing, &boys, &girls, err));
    HW_TRY(one_possible_sex(a, m, sl, HW_SEX_MALE, boys, row, err));
    HW_TRY(one_possible_sex(a, m, sl, HW_SEX_FEMALE, girls, girl, err));
    for (size_t c = 0; c < n; c++) {
        hw_real boy = hw_real_mul_d(row[c], boys);
        girl[c] = hw_real_mul_d(girl[c], girls);
        if (a->s.child_sex[c] == HW_SEX_MALE) {
            row[c] = boy;
        } else if (a->s.child_sex[c] == HW_SEX_FEMALE) {
            row[c] = girl[c];
        } else {
            double x_boy = 0.0;
            double x_girl = 0.0;
            HW_TRY(child_x_shares(m, sl->f, sl->missing, a->s.d->child[c], &x_boy, &x_girl, err));
            row[c] = hw_real_add(hw_real_mul_d(boy, x_boy), hw_real_mul_d(girl[c], x_girl));
        }
    }
    return HW_OK;
}

static hw_status search_as_stated(all *a, matcher *m, const slot *sl, hw_real *row, hw_err *err)
{
    const hw_family *f = sl->f;
    uint32_t person = f->missing[sl->missing];
    hw_sex stated = f->pedigree.person[person].sex;
    size_t n = a->s.d->n_children;
    if (stated != HW_SEX_UNKNOWN || !search_sex_matters(&a->s, f, person)) {
        HW_TRY(one_sex(a, m, sl, stated, row, err));
        for (size_t c = 0; c < n; c++) {
            row[c] = hw_real_mul_d(row[c], search_sex_ratio(&a->s, (uint32_t)c, stated));
        }
        return HW_OK;
    }
    return both_sexes(a, m, sl, row, err);
}

/*
 * Other members of unknown sex, where it matters: the mean over all assignments of sexes, each weighed by the probability of the family's readings under it.
 */
static hw_status search_slot(all *a, matcher *m, const slot *sl, hw_real *row, hw_err *err)
{
    size_t n = a->s.d->n_children;
    family_worlds w;
    HW_TRY(family_worlds_init(&w, m, sl->f, sl->missing, err));
    if (w.n == 0) {
        return search_as_stated(a, m, sl, row, err);
    }
    hw_real *one = HW_NEW(&m->scratch, hw_real, n + 1);
    hw_status status = one == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
    for (size_t c = 0; c < n; c++) {
        row[c] = hw_real_from(0.0);
    }
    for (uint32_t i = 0; status == HW_OK && i < w.n; i++) {
        slot here = *sl;
        here.f = &w.family[i];
        status = w.weight[i] > 0.0 ? search_as_stated(a, m, &here, one, err) : HW_OK;
        for (size_t c = 0; status == HW_OK && w.weight[i] > 0.0 && c < n; c++) {
            row[c] = hw_real_add(row[c], hw_real_mul_d(one[c], w.weight[i]));
        }
    }
    family_worlds_release(&w);
    return status;
}

static void progress(all *a, size_t total)
{
    size_t done = atomic_fetch_add(&a->done, 1) + 1;
    if (a->s.o->progress != NULL) {
        pthread_mutex_lock(&a->lock);
        a->s.o->progress(a->s.o->progress_ctx, done, total);
        pthread_mutex_unlock(&a->lock);
    }
}

static hw_status search_item(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    all *a = ctx;
    matcher *m = &a->matcher[worker];
    slot *sl = &a->slot[a->chunk_start + item];
    hw_real *row = a->ratio + item * a->s.d->n_children;
    hw_err mine = {0};
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    sl->status = search_slot(a, m, sl, row, &mine);
    hw_arena_reset(&m->scratch, mark);
    progress(a, a->n_slots);
    if (sl->status == HW_OK) {
        return HW_OK;
    }
    memset(row, 0, a->s.d->n_children * sizeof(*row));
    if (sl->status == HW_NO_MEMORY || sl->status == HW_INTERNAL) {
        return HW_FAIL(err, sl->status, "family %s: %s", a->s.family[sl->family].id, mine.msg);
    }
    sl->error = hw_arena_strdup(&a->errors[worker], mine.msg);
    return sl->error == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

static hw_status add_candidate(all *a, hw_match_result *r, size_t *cap, const slot *sl, size_t child, hw_real ratio, hw_err *err)
{
    HW_TRY(HW_GROW(a->own, r->n_candidates, a->own_cap, MAX_CANDIDATES, "candidate pairs; raise the threshold", err));
    HW_TRY(HW_GROW(r->candidate, r->n_candidates, *cap, MAX_CANDIDATES, "candidate pairs; raise the threshold", err));
    a->own[r->n_candidates] = ratio;
    r->candidate[r->n_candidates++] = (hw_candidate){.child = (uint32_t)child,
                                                     .family = sl->family,
                                                     .missing = sl->missing,
                                                     .log10_lr = hw_real_log10(ratio),
                                                     .rival_log10 = (double)NAN};
    return HW_OK;
}

/* 10^x, less the rounding that a product of ratios may have gathered: a ratio of just 10^4 is at a threshold of 4. */
static hw_real threshold_of(double log10)
{
    const double most = 1e6;
    double rest = log10 > most ? most : log10 < -most ? -most : log10;
    hw_real r = hw_real_from(1.0 - 1e-12);
    for (; rest > 300.0; rest -= 300.0) {
        r = hw_real_mul_d(r, 1e300);
    }
    for (; rest < -300.0; rest += 300.0) {
        r = hw_real_mul_d(r, 1e-300);
    }
    return hw_real_mul_d(r, hw_pow10(rest));
}

/* Sums run over families in their order, so that no thread count changes a bit. */
static hw_status collect(all *a, size_t n, hw_real *sum, hw_match_result *r, size_t *cap, hw_err *err)
{
    size_t n_children = a->s.d->n_children;
    hw_real threshold = threshold_of(a->s.o->threshold_log10);
    for (size_t i = 0; i < n; i++) {
        const slot *sl = &a->slot[a->chunk_start + i];
        if (sl->status != HW_OK) {
            continue;
        }
        bool listed = a->s.o->list_family == UINT32_MAX || a->s.o->list_family == sl->family;
        r->pairs += n_children;
        for (size_t c = 0; c < n_children; c++) {
            hw_real x = a->ratio[i * n_children + c];
            sum[c] = hw_real_add(sum[c], x);
            if (listed && hw_real_cmp(x, threshold) >= 0) {
                HW_TRY(add_candidate(a, r, cap, sl, c, x, err));
            }
        }
    }
    return HW_OK;
}

/* ---- what is said of a candidate ---- */

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

static int by_rank(const void *x, const void *y)
{
    const hw_candidate *a = x;
    const hw_candidate *b = y;
    if (a->posterior != b->posterior) {
        return a->posterior < b->posterior ? 1 : -1;
    }
    if (a->log10_lr != b->log10_lr) {
        return a->log10_lr < b->log10_lr ? 1 : -1;
    }
    if (a->child != b->child) {
        return a->child < b->child ? -1 : 1;
    }
    if (a->family != b->family) {
        return a->family < b->family ? -1 : 1;
    }
    return (a->missing > b->missing) - (a->missing < b->missing);
}

/* Posterior over all missing persons searched: prior_each LR / (1 - P + prior_each sum LR). */
static void posteriors(const all *a, hw_match_result *r, const hw_real *sum)
{
    double registered = a->s.o->prior_registered;
    for (size_t i = 0; i < r->n_candidates; i++) {
        hw_candidate *c = &r->candidate[i];
        hw_real mass = hw_real_add(hw_real_from(1.0 - registered), hw_real_mul_d(sum[c->child], r->prior_each));
        hw_real own = hw_real_mul_d(a->own[i], r->prior_each);
        c->posterior = hw_real_is_zero(mass) ? 0.0 : hw_real_to_double(hw_real_div(own, mass));
    }
}

/* ---- the whole ---- */

static hw_status list_slots(all *a, hw_arena *arena, hw_err *err)
{
    size_t n = 0;
    for (size_t f = 0; f < a->s.d->n_families; f++) {
        n += a->s.family[f].n_missing;
    }
    a->slot = HW_NEW(arena, slot, n + 1);
    if (a->slot == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t f = 0; f < a->s.d->n_families; f++) {
        for (uint32_t j = 0; j < a->s.family[f].n_missing; j++) {
            a->slot[a->n_slots++] = (slot){.family = (uint32_t)f, .missing = j, .f = &a->s.family[f]};
        }
    }
    return HW_OK;
}

static hw_status search_all(all *a, unsigned n_threads, hw_real *sum, hw_match_result *r, hw_err *err)
{
    size_t n_children = a->s.d->n_children;
    size_t per_chunk = n_children == 0 ? a->n_slots + 1 : CHUNK_PAIRS / n_children + 1;
    per_chunk = per_chunk > a->n_slots ? a->n_slots + 1 : per_chunk;
    HW_AUTO_FREE hw_real *ratio = hw_alloc(per_chunk * n_children + 1, sizeof(*ratio));
    if (ratio == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    a->ratio = ratio;
    size_t cap = 0;
    for (a->chunk_start = 0; a->chunk_start < a->n_slots; a->chunk_start += per_chunk) {
        size_t n = a->n_slots - a->chunk_start;
        n = n > per_chunk ? per_chunk : n;
        HW_TRY(hw_parallel_for(n, n_threads, search_item, a, err));
        HW_TRY(collect(a, n, sum, r, &cap, err));
    }
    return HW_OK;
}

static hw_status list_errors(const all *a, hw_match_result *r, size_t *ret_searched, hw_err *err)
{
    size_t bad = 0;
    for (size_t i = 0; i < a->n_slots; i++) {
        bad += a->slot[i].status != HW_OK ? 1 : 0;
    }
    *ret_searched = a->n_slots - bad;
    r->error = HW_NEW(&r->arena, hw_family_error, bad + 1);
    if (r->error == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < a->n_slots; i++) {
        const slot *sl = &a->slot[i];
        /* A family that does not fit says so once, not once for each of its missing persons. */
        if (sl->status == HW_OK || (r->n_errors > 0 && r->error[r->n_errors - 1].family == sl->family)) {
            continue;
        }
        hw_family_error *e = &r->error[r->n_errors++];
        *e = (hw_family_error){.family = sl->family, .status = sl->status, .text = hw_arena_strdup(&r->arena, sl->error)};
        if (e->text == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    return HW_OK;
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

static hw_status finish(all *a, unsigned n_threads, const hw_real *sum, hw_match_result *r, hw_arena *texts, hw_err *err)
{
    size_t searched = 0;
    HW_TRY(list_errors(a, r, &searched, err));
    r->prior_each = searched == 0 ? 0.0 : a->s.o->prior_registered / (double)searched;
    posteriors(a, r, sum);
    detail t = {.a = a, .r = r, .texts = texts, .problem = HW_NEW(a->s.arena, hw_family_error, r->n_candidates + 1)};
    if (t.problem == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(hw_parallel_for(r->n_candidates, n_threads, detail_item, &t, err));
    HW_TRY(list_problems(r, t.problem, err));
    for (size_t i = 0; i < r->n_candidates; i++) {
        hw_candidate *c = &r->candidate[i];
        c->rival = c->rival == NULL ? NULL : hw_arena_strdup(&r->arena, c->rival);
        c->relation = hw_arena_strdup(&r->arena, c->relation);
        if (c->relation == NULL || (c->rival == NULL && c->rival_log10 == c->rival_log10)) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    if (r->n_candidates > 0) {
        qsort(r->candidate, r->n_candidates, sizeof(*r->candidate), by_rank);
    }
    return HW_OK;
}

static hw_status run(all *a, hw_arena *arena, unsigned n_threads, hw_match_result *r, hw_err *err)
{
    HW_TRY(list_slots(a, arena, err));
    hw_real *sum = HW_NEW(arena, hw_real, a->s.d->n_children + 1);
    if (sum == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(search_all(a, n_threads, sum, r, err));
    return finish(a, n_threads, sum, r, a->errors, err);
}

static void all_release(all *a)
{
    search_release(&a->s);
    hw_free(a->own);
}

hw_status hw_match(const hw_dataset *d, const hw_match_options *o, hw_match_result *ret, hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    hw_arena_init(&arena, (size_t)8 << 30);
    double start = hw_now_seconds();
    if (!(o->prior_registered > 0.0 && o->prior_registered < 1.0)) {
        return HW_FAIL(err, HW_USAGE, "the prior probability that a family is registered must lie between 0 and 1, not %g", o->prior_registered);
    }
    HW_CLEANUP(all_release) all a = {0};
    HW_TRY(search_init(&a.s, &arena, d, o, err));
    unsigned n_threads = o->n_threads == 0 ? hw_cpu_count() : o->n_threads;
    n_threads = n_threads > 256 ? 256 : n_threads;
    a.matcher = HW_NEW(&arena, matcher, n_threads);
    a.errors = HW_NEW(&arena, hw_arena, n_threads);
    if (a.matcher == NULL || a.errors == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_match_result r = {0};
    hw_arena_init(&r.arena, (size_t)8 << 30);
    pthread_mutex_init(&a.lock, NULL);
    hw_status s = HW_OK;
    for (unsigned i = 0; i < n_threads && s == HW_OK; i++) {
        s = matcher_init(&a.matcher[i], &a.s, err);
    }
    if (s == HW_OK) {
        s = run(&a, &arena, n_threads, &r, err);
    }
    for (unsigned i = 0; i < n_threads; i++) {
        matcher_release(&a.matcher[i]);
        hw_arena_release(&a.errors[i]);
    }
    pthread_mutex_destroy(&a.lock);
    if (s != HW_OK) {
        hw_match_result_release(&r);
        return s;
    }
    r.seconds = hw_now_seconds() - start;
    *ret = r;
    return HW_OK;
}

void hw_match_result_release(hw_match_result *r)
{
    hw_free(r->candidate);
    hw_arena_release(&r->arena);
    *r = (hw_match_result){0};
}
