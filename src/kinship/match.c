// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "base/thread.h"
#include "kinship/screen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_PAIRS ((size_t)8 << 20) /* ratios held at a time */
#define MAX_CANDIDATES ((size_t)50000000)
#define MAX_THREADS 256u

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

/* ---- the search ---- */

void match_progress(all *a)
{
    size_t done = atomic_fetch_add(&a->done, 1) + 1;
    if (a->s.o->progress != NULL) {
        pthread_mutex_lock(&a->lock);
        a->s.o->progress(a->s.o->progress_ctx, done, a->n_slots);
        pthread_mutex_unlock(&a->lock);
    }
}

hw_status slot_failed(all *a, slot *sl, unsigned worker, hw_status status, const hw_err *mine, hw_err *err)
{
    sl->status = status;
    if (status == HW_NO_MEMORY || status == HW_INTERNAL || status == HW_LIMIT) {
        return HW_FAIL(err, status, "family %s: %s", a->s.family[sl->family].id, mine->msg);
    }
    sl->error = hw_arena_strdup(&a->errors[worker], mine->msg);
    return sl->error == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

static hw_status plain_item(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    all *a = ctx;
    matcher *m = &a->matcher[worker];
    slot *sl = &a->slot[a->chunk_start + item];
    hw_real *row = a->ratio + item * a->s.d->n_children;
    hw_err mine = {0};
    hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
    hw_status status = search_slot(m, sl, row, &mine);
    hw_arena_reset(&m->scratch, mark);
    match_progress(a);
    if (status == HW_OK) {
        return HW_OK;
    }
    memset(row, 0, a->s.d->n_children * sizeof(*row));
    return slot_failed(a, sl, worker, status, &mine, err);
}

hw_status add_pair(all *a, hw_pairs *r, const hw_pair *p, hw_err *err)
{
    HW_TRY(HW_GROW(r->pair, r->n, a->pair_cap, MAX_CANDIDATES, "candidate pairs; raise the threshold", err));
    r->pair[r->n++] = *p;
    return HW_OK;
}

/* A ratio of just 10^4 is at a threshold of 4. */
hw_real match_threshold(double log10)
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
static hw_status collect_rows(all *a, size_t n, hw_real *rest, hw_pairs *r, hw_err *err)
{
    size_t n_children = a->s.d->n_children;
    hw_real threshold = match_threshold(a->s.o->threshold_log10);
    for (size_t i = 0; i < n; i++) {
        const slot *sl = &a->slot[a->chunk_start + i];
        if (sl->status != HW_OK) {
            continue;
        }
        bool listed = a->s.o->list_family == UINT32_MAX || a->s.o->list_family == sl->family;
        r->pairs += n_children;
        r->persons++;
        for (size_t c = 0; c < n_children; c++) {
            hw_real x = a->ratio[i * n_children + c];
            r->sum[c] = hw_real_add(r->sum[c], x);
            if (listed && hw_real_cmp(x, threshold) >= 0) {
                const hw_pair p = {.child = (uint32_t)c, .family = sl->family, .missing = sl->missing, .ratio = x};
                HW_TRY(add_pair(a, r, &p, err));
            } else {
                rest[c] = hw_real_add(rest[c], x);
            }
        }
    }
    return HW_OK;
}

static hw_status search_plain(all *a, hw_pairs *r, hw_err *err)
{
    size_t n_children = a->s.d->n_children;
    size_t per_chunk = n_children == 0 ? a->n_slots + 1 : CHUNK_PAIRS / n_children + 1;
    per_chunk = per_chunk > a->n_slots ? a->n_slots + 1 : per_chunk;
    HW_AUTO_FREE hw_real *ratio = hw_alloc(per_chunk * n_children + 1, sizeof(*ratio));
    HW_AUTO_FREE hw_real *rest = hw_alloc(n_children + 1, sizeof(*rest));
    r->sum = HW_NEW(&r->arena, hw_real, n_children + 1);
    if (ratio == NULL || rest == NULL || r->sum == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    r->plain = true;
    a->ratio = ratio;
    for (a->chunk_start = 0; a->chunk_start < a->n_slots; a->chunk_start += per_chunk) {
        size_t n = a->n_slots - a->chunk_start;
        n = n > per_chunk ? per_chunk : n;
        HW_TRY(hw_parallel_for(n, a->n_threads, plain_item, a, err));
        HW_TRY(collect_rows(a, n, rest, r, err));
    }
    for (size_t c = 0; c < n_children; c++) {
        r->rest[c] = r->rest_low[c] = r->rest_high[c] = hw_real_to_double(rest[c]);
    }
    return HW_OK;
}

/* A family that does not fit says so once, not once for each of its missing persons. */
static hw_status list_errors(const slot *sl, size_t n, hw_pairs *r, size_t *cap, hw_err *err)
{
    size_t first = r->n_errors;
    for (size_t i = 0; i < n; i++) {
        if (sl[i].status == HW_OK || (r->n_errors > first && r->error[r->n_errors - 1].family == sl[i].family)) {
            continue;
        }
        HW_TRY(HW_GROW(r->error, r->n_errors, *cap, MAX_CANDIDATES, "families that could not be searched", err));
        const char *text = hw_arena_strdup(&r->arena, sl[i].error);
        if (text == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        r->error[r->n_errors++] = (hw_family_error){.family = sl[i].family, .status = sl[i].status, .text = text};
    }
    return HW_OK;
}

size_t hw_match_chunk_size(uint64_t persons)
{
    const uint64_t least = 32;
    uint64_t n = (persons / 64 + least) / least * least;
    return n > HW_MATCH_CHUNK ? HW_MATCH_CHUNK : (size_t)n;
}

/* A chunk says of itself who did not fit, whatever else was searched; of a family that goes on from the chunk before, the list says it once. */
static void join_errors(hw_pairs *r, size_t first)
{
    if (first > 0 && first < r->n_errors && r->error[first].family == r->error[first - 1].family) {
        r->n_errors--;
        memmove(&r->error[first], &r->error[first + 1], (r->n_errors - first) * sizeof(*r->error));
    }
}

static hw_status check_chunk(const all *a, const hw_match_chunk *k, hw_err *err)
{
    const hw_dataset *d = a->s.d;
    bool good = true;
    for (size_t i = 0; good && i < k->n_pairs; i++) {
        const hw_pair *p = &k->pair[i];
        good = p->child < d->n_children && p->family < d->n_families && p->missing < d->family[p->family].n_missing;
    }
    for (size_t i = 0; good && i < k->n_errors; i++) {
        good = k->error[i].family < d->n_families;
    }
    return good ? HW_OK : HW_FAIL(err, HW_CONFLICT, "chunk %zu of the log names people who are not among those searched: it is of another search", k->number);
}

/* A chunk from the log instead of a search. */
static hw_status take_chunk(all *a, const hw_match_chunk *k, hw_pairs *r, size_t *error_cap, hw_err *err)
{
    size_t first_error = r->n_errors;
    HW_TRY(check_chunk(a, k, err));
    for (size_t i = 0; i < k->n_pairs; i++) {
        HW_TRY(add_pair(a, r, &k->pair[i], err));
    }
    for (size_t i = 0; i < k->n_errors; i++) {
        HW_TRY(HW_GROW(r->error, r->n_errors, *error_cap, MAX_CANDIDATES, "families that could not be searched", err));
        r->error[r->n_errors] = k->error[i];
        r->error[r->n_errors].text = hw_arena_strdup(&r->arena, k->error[i].text);
        if (r->error[r->n_errors].text == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        r->n_errors++;
    }
    join_errors(r, first_error);
    r->pairs += k->pairs;
    r->persons += k->persons;
    return HW_OK;
}

static hw_status one_chunk(all *a, screen *c, bound_cache *cache, size_t size, size_t number, hw_pairs *r, size_t *error_cap, hw_err *err)
{
    const hw_match_log *log = a->s.o->log;
    size_t from = number * size;
    size_t to = a->n_slots - from > size ? from + size : a->n_slots;
    hw_match_chunk kept = {.number = number};
    if (log != NULL) {
        hw_status status = log->get(log->ctx, number, &kept, err);
        if (status != HW_NOT_FOUND) {
            HW_TRY(status);
            atomic_fetch_add(&a->done, to - from);
            return take_chunk(a, &kept, r, error_cap, err);
        }
    }
    size_t first_pair = r->n;
    size_t first_error = r->n_errors;
    uint64_t pairs = r->pairs;
    uint64_t persons = 0;
    HW_TRY(screen_search(a, c, cache, from, to, r, err));
    HW_TRY(list_errors(a->slot + from, to - from, r, error_cap, err));
    for (size_t i = from; i < to; i++) {
        persons += a->slot[i].status == HW_OK ? 1 : 0;
    }
    r->persons += persons;
    hw_match_chunk done = {.number = number, .n_pairs = r->n - first_pair, .n_errors = r->n_errors - first_error, .pairs = r->pairs - pairs, .persons = persons};
    done.pair = done.n_pairs > 0 ? r->pair + first_pair : NULL; /* there may be no array yet */
    done.error = done.n_errors > 0 ? r->error + first_error : NULL;
    if (log != NULL) {
        HW_TRY(log->put(log->ctx, &done, err));
    }
    join_errors(r, first_error);
    return HW_OK;
}

static hw_status search_screened(all *a, hw_arena *arena, hw_pairs *r, hw_err *err)
{
    const hw_match_options *o = a->s.o;
    uint32_t classes = 0;
    screen c;
    screen_kernel kernel = screen_kernel_best(&classes);
    HW_TRY(screen_init(&c, &a->matcher[0], arena, o->threshold_log10, o->known_child, kernel, classes, err));
    bound_cache *cache = HW_NEW(arena, bound_cache, a->n_threads);
    if (cache == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (unsigned i = 0; i < a->n_threads; i++) {
        bound_cache_init(&cache[i]);
        a->matcher[i].few = true;
    }
    size_t error_cap = 0;
    hw_status status = HW_OK;
    size_t size = o->n_shards > 1 || o->log != NULL ? hw_match_chunk_size(a->n_slots) : HW_MATCH_CHUNK; /* else large ones: all threads have work */
    size_t n = (a->n_slots + size - 1) / size;
    for (size_t k = 0; status == HW_OK && k < n; k++) {
        if (o->n_shards < 2 || k % o->n_shards == o->shard) {
            status = one_chunk(a, &c, cache, size, k, r, &error_cap, err);
        }
    }
    for (unsigned i = 0; i < a->n_threads; i++) {
        a->matcher[i].few = false;
        bound_cache_release(&cache[i]);
    }
    return status;
}

/* ---- the list ---- */

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
static hw_status posteriors(const hw_match_options *o, const hw_pairs *p, size_t n_children, hw_match_result *r, hw_err *err)
{
    HW_AUTO_FREE hw_real *sum = hw_alloc(n_children + 1, sizeof(*sum));
    if (sum == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t c = 0; c < n_children; c++) {
        sum[c] = p->sum != NULL ? p->sum[c] : hw_real_from(p->rest[c]);
    }
    for (size_t i = 0; p->sum == NULL && i < p->n; i++) {
        sum[p->pair[i].child] = hw_real_add(sum[p->pair[i].child], p->pair[i].ratio);
    }
    for (size_t i = 0; i < r->n_candidates; i++) {
        hw_candidate *c = &r->candidate[i];
        hw_real mass = hw_real_add(hw_real_from(1.0 - o->prior_registered), hw_real_mul_d(sum[c->child], r->prior_each));
        hw_real own = hw_real_mul_d(c->ratio, r->prior_each);
        c->posterior = hw_real_is_zero(mass) ? 0.0 : hw_real_to_double(hw_real_div(own, mass));
    }
    return HW_OK;
}

static hw_status copy_doubles(hw_arena *arena, const double *from, size_t n, double **ret, hw_err *err)
{
    *ret = HW_NEW(arena, double, n + 1);
    if (*ret == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    memcpy(*ret, from, n * sizeof(**ret));
    return HW_OK;
}

static hw_status take_pairs(const hw_dataset *d, const hw_match_options *o, const hw_pairs *p, hw_match_result *r, hw_err *err)
{
    r->pairs = p->pairs;
    r->plain = p->plain;
    r->prior_each = p->persons == 0 ? 0.0 : o->prior_registered / (double)p->persons;
    HW_TRY(copy_doubles(&r->arena, p->rest, d->n_children, &r->rest, err));
    HW_TRY(copy_doubles(&r->arena, p->rest_low, d->n_children, &r->rest_low, err));
    HW_TRY(copy_doubles(&r->arena, p->rest_high, d->n_children, &r->rest_high, err));
    r->candidate = hw_alloc(p->n + 1, sizeof(*r->candidate));
    r->error = HW_NEW(&r->arena, hw_family_error, p->n_errors + 1);
    if (r->candidate == NULL || r->error == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < p->n_errors; i++) {
        r->error[i] = p->error[i];
        r->error[i].text = hw_arena_strdup(&r->arena, p->error[i].text);
        if (r->error[i].text == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        r->n_errors++;
    }
    for (size_t i = 0; i < p->n; i++) {
        const hw_pair *x = &p->pair[i];
        r->candidate[r->n_candidates++] = (hw_candidate){.child = x->child, .family = x->family, .missing = x->missing, .ratio = x->ratio,
                                                         .log10_lr = hw_real_log10(x->ratio), .rival_log10 = (double)NAN};
    }
    return HW_OK;
}

static hw_status describe(all *a, const hw_pairs *p, hw_match_result *r, hw_err *err)
{
    HW_TRY(take_pairs(a->s.d, a->s.o, p, r, err));
    HW_TRY(posteriors(a->s.o, p, a->s.d->n_children, r, err));
    HW_TRY(describe_candidates(a, r, err));
    if (r->n_candidates > 0) {
        qsort(r->candidate, r->n_candidates, sizeof(*r->candidate), by_rank);
    }
    return HW_OK;
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

static void all_release(all *a)
{
    for (unsigned i = 0; i < a->n_threads && a->matcher != NULL; i++) {
        matcher_release(&a->matcher[i]);
    }
    for (unsigned i = 0; i < a->n_threads && a->errors != NULL; i++) {
        hw_arena_release(&a->errors[i]);
    }
    search_release(&a->s);
    pthread_mutex_destroy(&a->lock);
}

/* a is good for all_release also when this fails. */
static hw_status all_init(all *a, hw_arena *arena, const hw_dataset *d, const hw_match_options *o, hw_err *err)
{
    unsigned n = o->n_threads == 0 ? hw_cpu_count() : o->n_threads;
    n = n > MAX_THREADS ? MAX_THREADS : n;
    pthread_mutex_init(&a->lock, NULL);
    if (!(o->prior_registered > 0.0 && o->prior_registered < 1.0)) {
        return HW_FAIL(err, HW_USAGE, "the prior probability that a family is registered must lie between 0 and 1, not %g", o->prior_registered);
    }
    HW_TRY(search_init(&a->s, arena, d, o, err));
    a->matcher = HW_NEW(arena, matcher, n);
    a->errors = HW_NEW(arena, hw_arena, n);
    if (a->matcher == NULL || a->errors == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (; a->n_threads < n; a->n_threads++) {
        hw_status status = matcher_init(&a->matcher[a->n_threads], &a->s, err);
        if (status != HW_OK) {
            a->n_threads++;
            return status;
        }
    }
    return HW_OK;
}

static hw_status choose_method(const all *a, hw_match_method *ret, hw_err *err)
{
    const hw_match_options *o = a->s.o;
    bool part = o->n_shards > 1 || o->log != NULL || o->known_child != NULL || o->known_family != NULL;
    if (part && (o->method == HW_MATCH_PLAIN || (o->known_child == NULL) != (o->known_family == NULL) || (o->n_shards > 1 && o->shard >= o->n_shards))) {
        return HW_FAIL(err, HW_USAGE, "a search of a part: shard %u of %u, known children and families together, and not plainly", o->shard, o->n_shards);
    }
    bool small = (double)a->n_slots * (double)a->s.d->n_children <= HW_MATCH_PLAIN_PAIRS;
    *ret = part || o->method == HW_MATCH_SCREENED || (o->method == HW_MATCH_AUTO && !small && o->list_family == UINT32_MAX) ? HW_MATCH_SCREENED : HW_MATCH_PLAIN;
    return HW_OK;
}

static hw_status find_pairs(all *a, hw_arena *arena, hw_pairs *r, hw_err *err)
{
    size_t n = a->s.d->n_children;
    hw_match_method method = HW_MATCH_PLAIN;
    HW_TRY(list_slots(a, arena, err));
    HW_TRY(choose_method(a, &method, err));
    r->rest = HW_NEW(&r->arena, double, n + 1);
    r->rest_low = HW_NEW(&r->arena, double, n + 1);
    r->rest_high = HW_NEW(&r->arena, double, n + 1);
    if (r->rest == NULL || r->rest_low == NULL || r->rest_high == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (method == HW_MATCH_SCREENED) {
        HW_TRY(search_screened(a, arena, r, err));
        return match_rest(a, r->persons, r->rest, r->rest_low, r->rest_high, err);
    }
    size_t error_cap = 0;
    HW_TRY(search_plain(a, r, err));
    return list_errors(a->slot, a->n_slots, r, &error_cap, err);
}

hw_status hw_match_pairs(const hw_dataset *d, const hw_match_options *o, hw_pairs *ret, hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    HW_CLEANUP(all_release) all a = {0};
    hw_arena_init(&arena, (size_t)8 << 30);
    double start = hw_now_seconds();
    hw_pairs r = {0};
    hw_arena_init(&r.arena, (size_t)8 << 30);
    hw_status s = all_init(&a, &arena, d, o, err);
    if (s == HW_OK) {
        s = find_pairs(&a, &arena, &r, err);
    }
    if (s != HW_OK) {
        hw_pairs_release(&r);
        return s;
    }
    r.seconds = hw_now_seconds() - start;
    *ret = r;
    return HW_OK;
}

void hw_pairs_release(hw_pairs *p)
{
    hw_free(p->pair);
    hw_free(p->error);
    hw_arena_release(&p->arena);
    *p = (hw_pairs){0};
}

hw_status hw_match_describe(const hw_dataset *d, const hw_match_options *o, const hw_pairs *p, hw_match_result *ret, hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    HW_CLEANUP(all_release) all a = {0};
    hw_arena_init(&arena, (size_t)8 << 30);
    hw_match_result r = {.seconds = p->seconds};
    hw_arena_init(&r.arena, (size_t)8 << 30);
    hw_status s = all_init(&a, &arena, d, o, err);
    if (s == HW_OK) {
        s = describe(&a, p, &r, err);
    }
    if (s != HW_OK) {
        hw_match_result_release(&r);
        return s;
    }
    *ret = r;
    return HW_OK;
}

hw_status hw_match(const hw_dataset *d, const hw_match_options *o, hw_match_result *ret, hw_err *err)
{
    hw_pairs p = {0};
    double start = hw_now_seconds();
    HW_TRY(hw_match_pairs(d, o, &p, err));
    hw_status s = hw_match_describe(d, o, &p, ret, err);
    hw_pairs_release(&p);
    if (s == HW_OK) {
        ret->seconds = hw_now_seconds() - start;
    }
    return s;
}

void hw_match_result_release(hw_match_result *r)
{
    hw_free(r->candidate);
    hw_arena_release(&r->arena);
    *r = (hw_match_result){0};
}
