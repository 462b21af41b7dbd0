// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The search itself: families in batches, so that their bytes stay near the processor while the children pass by in blocks; each batch writes its own
 * pairs, which are gathered in the order of the slots.
 */
#include "kinship/screen.h"

#include "base/thread.h"

#include <stdlib.h>
#include <string.h>

#define BATCH 32u      /* slots */
#define BLOCK 2048u    /* positions: with some 24 loci what a core's nearest cache holds */
#define MODEL_BYTES ((size_t)512 << 20) /* of a thread's models and tables, between batches */
#define MAX_PAIRS ((size_t)400000000)

/* One slot on its way through the screen. */
typedef struct lane {
    slot *sl;
    bool plain;                  /* takes the plain search */
    bool done;                   /* nothing (more) to do: failed, or nobody can reach the threshold */
    uint32_t n;                  /* columns */
    uint32_t check_at;
    const uint8_t **column;
    const bound_table **bound;   /* [n] */
    uint8_t *table[2];           /* [n * SCREEN_CLASSES] without and with odd readings; NULL: nobody there can reach the threshold */
    uint8_t most[2];
} lane;

typedef struct survivor {
    uint32_t lane, position;
} survivor;

/* What one batch found. */
typedef struct batch {
    hw_pair *pair;
    size_t n, cap;
    uint64_t pairs;
} batch;

typedef struct run {
    all *a;
    screen *c;
    size_t from, to;
    batch *batch;
    bound_cache *cache; /* [threads] */
} run;

/* ---- from bounds to bytes ---- */

static uint16_t deficit_of(int16_t top, int16_t level)
{
    int32_t d = (int32_t)top - level;
    return (uint16_t)(d < 0 ? 0 : d > UINT16_MAX ? UINT16_MAX : d);
}

static void fill_bytes(uint8_t *ret, const bound_table *b, bool odd, uint32_t factor)
{
    int16_t top = odd ? b->top_odd : b->top;
    for (uint32_t k = 0; k < SCREEN_CLASSES; k++) {
        uint32_t d = (deficit_of(top, b->level[k]) * factor) >> 16;
        ret[k] = (uint8_t)(d > UINT8_MAX ? UINT8_MAX : d);
    }
}

/* Largest mean deficit first: then most children are out early. */
static void sort_columns(lane *ln)
{
    for (uint32_t i = 1; i < ln->n; i++) {
        const bound_table *b = ln->bound[i];
        const uint8_t *col = ln->column[i];
        uint32_t at = i;
        while (at > 0 && ln->bound[at - 1]->mean < b->mean) {
            ln->bound[at] = ln->bound[at - 1];
            ln->column[at] = ln->column[at - 1];
            at--;
        }
        ln->bound[at] = b;
        ln->column[at] = col;
    }
}

static hw_status make_bytes(const screen *c, lane *ln, hw_arena *arena, hw_err *err)
{
    ln->done = true;
    for (int odd = 0; odd < 2; odd++) {
        int64_t budget = -(int64_t)c->threshold;
        for (uint32_t i = 0; i < ln->n; i++) {
            budget += odd ? ln->bound[i]->top_odd : ln->bound[i]->top;
        }
        bool any = false;
        for (uint32_t g = 0; g < c->n_segments; g++) {
            any = any || c->segment[g].odd == (odd != 0);
        }
        if (budget < 0 || !any) {
            continue;
        }
        /* floor(sum d f) <= floor(budget f) whenever sum d <= budget, and floors of the parts sum to less still. */
        uint64_t factor = budget == 0 ? 65535 : 65536u * (uint64_t)254 / (uint64_t)budget;
        factor = factor > 65535 ? 65535 : factor;
        ln->most[odd] = (uint8_t)(((uint64_t)budget * factor) >> 16);
        ln->table[odd] = HW_NEW(arena, uint8_t, (size_t)ln->n * SCREEN_CLASSES + 64);
        if (ln->table[odd] == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        for (uint32_t i = 0; i < ln->n; i++) {
            fill_bytes(ln->table[odd] + (size_t)i * SCREEN_CLASSES, ln->bound[i], odd != 0, (uint32_t)factor);
        }
        if (odd == 0) {
            int64_t mean = 0;
            ln->check_at = 0;
            while (ln->check_at < ln->n && 2 * mean < 3 * budget) {
                mean += ln->bound[ln->check_at++]->mean;
            }
        }
        ln->done = false;
    }
    return HW_OK;
}

/* ---- one slot ---- */

/* Members of unknown sex, where it matters: only the plain search weighs their sexes. */
static bool needs_plain(const search *s, const slot *sl)
{
    const hw_family *f = sl->f;
    uint32_t person = f->missing[sl->missing];
    bool x = false;
    for (uint32_t i = 0; i < s->n_loci; i++) {
        x = x || s->locus[i].kind == HW_LOCUS_X;
    }
    if (f->pedigree.person[person].sex == HW_SEX_UNKNOWN && search_sex_matters(s, f, person)) {
        return true;
    }
    if (!x && !settings_tell_sexes_apart(s->o->settings)) {
        return false;
    }
    for (size_t i = 0; i < f->pedigree.n; i++) {
        if (i != person && f->pedigree.person[i].sex == HW_SEX_UNKNOWN) {
            return true;
        }
    }
    return false;
}

static hw_status linked_slot(matcher *m, question *q, bool *ret, hw_err *err)
{
    *ret = false;
    if (m->s->o->settings->n_linked == 0) {
        return HW_OK;
    }
    uint32_t n = 0;
    family_locus *fl = HW_NEW(&m->scratch, family_locus, m->s->n_loci + 1);
    if (fl == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(family_tables(m, q, fl, &n, err));
    return links_matter(m, q, fl, n, ret, err);
}

static hw_status open_lane(const screen *c, bound_cache *cache, matcher *m, lane *ln, hw_err *err)
{
    const slot *sl = ln->sl;
    question q;
    HW_TRY(question_init(m, &q, sl->f, sl->missing, &sl->f->pedigree, err));
    ln->bound = HW_NEW(&m->scratch, const bound_table *, c->n_loci + 2);
    ln->column = HW_NEW(&m->scratch, const uint8_t *, c->n_loci + 2);
    const bound_table **found = HW_NEW(&m->scratch, const bound_table *, c->n_loci + 1);
    if (ln->bound == NULL || ln->column == NULL || found == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_status status = bound_tables(c, cache, m, &q, found, &ln->plain, err);
    bool linked = false;
    if (status == HW_OK) {
        status = linked_slot(m, &q, &linked, err);
    }
    question_release(&q);
    HW_TRY(status);
    ln->plain = ln->plain || linked;
    if (ln->plain) {
        return HW_OK;
    }
    for (uint32_t l = 0; l < c->n_loci; l++) {
        if (found[l] != NULL) {
            ln->bound[ln->n] = found[l];
            ln->column[ln->n++] = c->locus[l].column;
        }
    }
    hw_sex sex = sl->f->pedigree.person[q.person].sex;
    if (sex != HW_SEX_UNKNOWN) {
        ln->bound[ln->n] = &c->sex[sex];
        ln->column[ln->n++] = c->sex_column;
    }
    sort_columns(ln);
    return make_bytes(c, ln, &m->scratch, err);
}

/* The sum of levels, which rounds less than the bytes. */
static bool may_reach(const screen *c, const lane *ln, uint32_t position)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < ln->n; i++) {
        sum += ln->bound[i]->level[ln->column[i][position]];
    }
    return sum >= c->threshold;
}

static hw_status add_found(batch *b, const slot *sl, uint32_t child, hw_real ratio, hw_err *err)
{
    HW_TRY(HW_GROW(b->pair, b->n, b->cap, MAX_PAIRS, "candidate pairs; raise the threshold", err));
    b->pair[b->n++] = (hw_pair){.child = child, .family = sl->family, .missing = sl->missing, .ratio = ratio};
    return HW_OK;
}

/* The exact ratios of a slot's survivors, as the plain search computes them. */
static hw_status exact_pairs(const screen *c, matcher *m, const lane *ln, const survivor *who, size_t n, batch *b, hw_err *err)
{
    const search *s = m->s;
    const slot *sl = ln->sl;
    question q;
    uint32_t n_loci = 0;
    hw_sex sex = sl->f->pedigree.person[sl->f->missing[sl->missing]].sex;
    hw_real threshold = match_threshold(s->o->threshold_log10);
    family_locus *fl = HW_NEW(&m->scratch, family_locus, s->n_loci + 1);
    if (fl == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(question_init(m, &q, sl->f, sl->missing, &sl->f->pedigree, err));
    hw_status status = family_tables(m, &q, fl, &n_loci, err);
    for (size_t i = 0; status == HW_OK && i < n; i++) {
        uint32_t child = c->child_at[who[i].position];
        hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
        bool x_usable = sex != HW_SEX_UNKNOWN && (s->child_sex[child] == HW_SEX_UNKNOWN || s->child_sex[child] == sex);
        hw_real ratio;
        status = child_ratio(m, &q, fl, n_loci, child, x_usable, &ratio, err);
        hw_arena_reset(&m->scratch, mark);
        if (status == HW_OK) {
            ratio = hw_real_mul_d(ratio, search_sex_ratio(s, child, sex));
            status = hw_real_cmp(ratio, threshold) >= 0 ? add_found(b, sl, child, ratio, err) : HW_OK;
        }
    }
    question_release(&q);
    return status;
}

static hw_status plain_slot(const screen *c, matcher *m, const slot *sl, bool known, batch *b, hw_err *err)
{
    size_t n = m->s->d->n_children;
    hw_real threshold = match_threshold(m->s->o->threshold_log10);
    hw_real *row = HW_NEW(&m->scratch, hw_real, n + 1);
    if (row == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(search_slot(m, sl, row, err));
    for (size_t i = 0; i < n; i++) {
        bool skip = known && c->known_child != NULL && c->known_child[i];
        if (!skip && hw_real_cmp(row[i], threshold) >= 0) {
            HW_TRY(add_found(b, sl, (uint32_t)i, row[i], err));
        }
    }
    return HW_OK;
}

/* ---- one batch ---- */

static bool family_known(const all *a, const slot *sl)
{
    return a->s.o->known_family != NULL && a->s.o->known_family[sl->family];
}

/* All blocks of children against all lanes; survivors in the order block, lane, position. */
static hw_status screen_blocks(const run *r, lane *ln, uint32_t n, survivor **ret, size_t *ret_n, hw_err *err)
{
    const screen *c = r->c;
    uint32_t hit[BLOCK];
    size_t cap = 0;
    for (uint32_t g = 0; g < c->n_segments; g++) {
        const segment *sg = &c->segment[g];
        int odd = sg->odd ? 1 : 0;
        for (uint32_t from = sg->from; from < sg->to; from += BLOCK) {
            uint32_t to = sg->to - from > BLOCK ? from + BLOCK : sg->to;
            for (uint32_t i = 0; i < n; i++) {
                if (ln[i].done || ln[i].plain || ln[i].table[odd] == NULL || (sg->known && family_known(r->a, ln[i].sl))) {
                    continue;
                }
                size_t found = c->kernel(ln[i].column, ln[i].table[odd], ln[i].n, ln[i].check_at, ln[i].most[odd], from, to, hit);
                for (size_t k = 0; k < found; k++) {
                    if (c->child_at[hit[k]] == UINT32_MAX || !may_reach(c, &ln[i], hit[k])) {
                        continue;
                    }
                    HW_TRY(HW_GROW(*ret, *ret_n, cap, MAX_PAIRS, "pairs to compute; raise the threshold", err));
                    (*ret)[(*ret_n)++] = (survivor){i, hit[k]};
                }
            }
        }
    }
    return HW_OK;
}

static int by_lane(const void *x, const void *y)
{
    const survivor *a = x;
    const survivor *b = y;
    if (a->lane != b->lane) {
        return a->lane < b->lane ? -1 : 1;
    }
    return (a->position > b->position) - (a->position < b->position);
}

static int by_child(const void *x, const void *y)
{
    const hw_pair *a = x;
    const hw_pair *b = y;
    return (a->child > b->child) - (a->child < b->child);
}

static uint64_t pairs_of(const all *a, const screen *c, const slot *sl)
{
    if (c->known_child == NULL || !family_known(a, sl)) {
        return a->s.d->n_children;
    }
    uint64_t n = 0;
    for (size_t i = 0; i < a->s.d->n_children; i++) {
        n += c->known_child[i] ? 0 : 1;
    }
    return n;
}

static hw_status finish_slot(const run *r, matcher *m, const lane *ln, const survivor *who, size_t n, batch *b, hw_err *err)
{
    size_t first = b->n;
    if (ln->plain) {
        HW_TRY(plain_slot(r->c, m, ln->sl, family_known(r->a, ln->sl), b, err));
    } else if (n > 0) {
        HW_TRY(exact_pairs(r->c, m, ln, who, n, b, err));
    }
    if (b->n - first > 1) {
        qsort(b->pair + first, b->n - first, sizeof(*b->pair), by_child);
    }
    b->pairs += pairs_of(r->a, r->c, ln->sl);
    return HW_OK;
}

static hw_status run_batch(run *r, matcher *m, bound_cache *cache, unsigned worker, slot *first, uint32_t n, batch *b, hw_err *err)
{
    lane ln[BATCH];
    memset(ln, 0, sizeof(ln));
    for (uint32_t i = 0; i < n; i++) {
        hw_err mine = {0};
        ln[i].sl = &first[i];
        ln[i].plain = needs_plain(&r->a->s, &first[i]);
        hw_status status = ln[i].plain ? HW_OK : open_lane(r->c, cache, m, &ln[i], &mine);
        if (status != HW_OK) {
            ln[i].done = true;
            HW_TRY(slot_failed(r->a, &first[i], worker, status, &mine, err));
        }
    }
    HW_AUTO_FREE survivor *who = NULL;
    size_t n_who = 0;
    HW_TRY(screen_blocks(r, ln, n, &who, &n_who, err));
    if (n_who > 1) {
        qsort(who, n_who, sizeof(*who), by_lane);
    }
    size_t at = 0;
    for (uint32_t i = 0; i < n; i++) {
        size_t end = at;
        while (end < n_who && who[end].lane == i) {
            end++;
        }
        if (first[i].status == HW_OK) {
            hw_err mine = {0};
            size_t kept = b->n;
            hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
            hw_status status = finish_slot(r, m, &ln[i], n_who > 0 ? who + at : NULL, end - at, b, &mine);
            hw_arena_reset(&m->scratch, mark);
            if (status != HW_OK) {
                b->n = kept;
                HW_TRY(slot_failed(r->a, &first[i], worker, status, &mine, err));
            }
        }
        match_progress(r->a);
        at = end;
    }
    return HW_OK;
}

/* Models of ever new sets of rare alleles add up: beyond their share of memory everything is forgotten and made again. */
static hw_status renew_matcher(matcher *m, bound_cache *cache, hw_err *err)
{
    if (m->arena.used <= MODEL_BYTES) {
        return HW_OK;
    }
    const search *s = m->s;
    bool few = m->few;
    bound_cache_clear(cache);
    matcher_release(m);
    hw_status status = matcher_init(m, s, err);
    m->few = few;
    return status;
}

static hw_status batch_item(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    run *r = ctx;
    matcher *m = &r->a->matcher[worker];
    HW_TRY(renew_matcher(m, &r->cache[worker], err));
    size_t from = r->from + item * BATCH;
    uint32_t n = (uint32_t)(r->to - from > BATCH ? BATCH : r->to - from);
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    bound_cache_trim(&r->cache[worker]);
    hw_status status = run_batch(r, m, &r->cache[worker], worker, &r->a->slot[from], n, &r->batch[item], err);
    hw_arena_reset(&m->scratch, mark);
    return status;
}

hw_status screen_search(all *a, screen *c, bound_cache *cache, size_t from, size_t to, hw_pairs *ret, hw_err *err)
{
    size_t n = (to - from + BATCH - 1) / BATCH;
    HW_AUTO_FREE batch *found = hw_alloc(n + 1, sizeof(*found));
    if (found == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    run r = {.a = a, .c = c, .from = from, .to = to, .batch = found, .cache = cache};
    hw_status status = hw_parallel_for(n, a->n_threads, batch_item, &r, err);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; status == HW_OK && k < found[i].n; k++) {
            status = add_pair(a, ret, &found[i].pair[k], err);
        }
        ret->pairs += found[i].pairs;
        hw_free(found[i].pair);
    }
    return status;
}
