// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* A search in parts is the whole: interrupted and resumed, shared out over shards, or of what is new alone. */
#include "match_fixture.h"

#include "base/rng.h"

#define CHILDREN 30u
#define FAMILIES 170u
#define MAX_CHUNKS 20u

/* Chunks as a log keeps them, in memory. */
typedef struct kept {
    hw_match_chunk part[MAX_CHUNKS];
    bool there[MAX_CHUNKS];
    size_t puts, stop_after; /* stop_after: that many chunks are written, then the disk is full; 0: never */
    size_t last;
    bool rising;
    hw_arena arena;
} kept;

static void kept_init(kept *k)
{
    memset(k, 0, sizeof *k);
    k->rising = true;
    hw_arena_init(&k->arena, 0);
}

static hw_status kept_get(void *ctx, size_t number, hw_match_chunk *ret, hw_err *err)
{
    const kept *k = ctx;
    (void)err;
    assert_true(number < MAX_CHUNKS);
    if (!k->there[number]) {
        return HW_NOT_FOUND;
    }
    *ret = k->part[number];
    return HW_OK;
}

static hw_status kept_put(void *ctx, const hw_match_chunk *chunk, hw_err *err)
{
    kept *k = ctx;
    if (k->stop_after > 0 && k->puts == k->stop_after) {
        return HW_FAIL(err, HW_IO, "the disk is full");
    }
    k->rising = k->rising && (k->puts == 0 || chunk->number > k->last);
    k->last = chunk->number;
    k->puts++;
    hw_match_chunk own = *chunk;
    hw_pair *pair = HW_NEW(&k->arena, hw_pair, chunk->n_pairs + 1);
    hw_family_error *error = HW_NEW(&k->arena, hw_family_error, chunk->n_errors + 1);
    assert_true(pair != NULL && error != NULL);
    for (size_t i = 0; i < chunk->n_pairs; i++) {
        pair[i] = chunk->pair[i];
    }
    for (size_t i = 0; i < chunk->n_errors; i++) {
        error[i] = chunk->error[i];
        error[i].text = hw_arena_strdup(&k->arena, chunk->error[i].text);
    }
    own.pair = pair;
    own.error = error;
    assert_false(k->there[chunk->number]);
    k->part[chunk->number] = own;
    k->there[chunk->number] = true;
    return HW_OK;
}

static void readings(hw_rng *r, char *text, size_t size)
{
    static const char *const loci[] = {"TH01", "D3S1358", "FGA", "vWA"};
    text[0] = '\0';
    for (int l = 0; l < 4; l++) {
        if (hw_rng_below(r, 9) > 0) {
            fx_add(text, size, "%s=%u/%u ", loci[l], 6 + hw_rng_below(r, 5), 6 + hw_rng_below(r, 4));
        }
    }
}

/* Most families miss two, the first one: so some stand in two chunks. Without mutation many do not fit. */
static void make(nation *n)
{
    static const char *const typed[] = {"F", "M", "S F", "S M", "S"};
    hw_rng r;
    hw_rng_seed(&r, 31, 0);
    fx_nation(n, "TH01 D3S1358 FGA vWA AMEL");
    fx_population(n, "one", 0, "TH01 6:0.2 7:0.3 8:0.1 9:0.4; D3S1358 6:0.1 7:0.3 8:0.4 9:0.2; FGA 6:0.25 7:0.25 8:0.25 9:0.25; vWA 6:0.4 7:0.1 8:0.3 9:0.2");
    for (uint32_t f = 0; f < FAMILIES; f++) {
        char id[16], word[40], text[200], *rest = word;
        snprintf(id, sizeof id, "F%u", f);
        fx_family(n, id, "F M; M F; S F F M; A U F M; B M F M", f == 0 ? "A" : "A B");
        snprintf(word, sizeof word, "%s", typed[hw_rng_below(&r, 5)]);
        for (char *w; (w = strsep(&rest, " ")) != NULL;) {
            readings(&r, text, sizeof text);
            fx_member(n, f, w, text);
        }
    }
    for (uint32_t c = 0; c < CHILDREN; c++) {
        char id[16], text[200];
        snprintf(id, sizeof id, "K%u", c);
        readings(&r, text, sizeof text);
        fx_child(n, id, (hw_sex)hw_rng_below(&r, 3), text);
    }
    n->o.n_populations = n->n_pop;
    n->o.n_threads = 3;
    n->o.threshold_log10 = 0.3;
    n->o.method = HW_MATCH_SCREENED;
}

static void same(const hw_pairs *a, const hw_pairs *b)
{
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        const hw_pair *x = &a->pair[i], *y = &b->pair[i];
        assert_true(x->child == y->child && x->family == y->family && x->missing == y->missing && x->ratio.e == y->ratio.e);
        assert_memory_equal(&x->ratio.m, &y->ratio.m, sizeof(double));
    }
    assert_int_equal(a->n_errors, b->n_errors);
    for (size_t i = 0; i < a->n_errors; i++) {
        assert_true(a->error[i].family == b->error[i].family && a->error[i].status == b->error[i].status);
        assert_string_equal(a->error[i].text, b->error[i].text);
    }
    assert_true(a->persons == b->persons);
    for (size_t c = 0; c < CHILDREN; c++) {
        assert_memory_equal(&a->rest[c], &b->rest[c], sizeof(double));
    }
}

static void search(nation *n, hw_pairs *ret)
{
    hw_err err = {0};
    fx_ok(hw_match_pairs(&n->d, &n->o, ret, &err), &err);
}

static void whole(nation *n, hw_pairs *ret)
{
    make(n);
    search(n, ret);
    assert_true(ret->n > 50 && ret->n_errors > 5 && ret->n < CHILDREN * FAMILIES / 2);
}

static void sizes_of_chunks(void **state)
{
    (void)state;
    for (uint64_t n = 0; n < 2000000; n = n * 5 / 4 + 1) {
        size_t size = hw_match_chunk_size(n);
        assert_true(size % 32 == 0 && size >= 32 && size <= HW_MATCH_CHUNK);
        assert_true(size == 32 || size == HW_MATCH_CHUNK || (n / size >= 32 && n / size <= 64));
    }
    assert_int_equal(hw_match_chunk_size(1000000), HW_MATCH_CHUNK);
}

/* The disk fills up after k chunks; then there is room again. */
static void interrupted_and_resumed(void **state)
{
    (void)state;
    nation n;
    hw_pairs all;
    whole(&n, &all);
    size_t chunks = (2 * FAMILIES - 1 + 31) / 32;
    for (size_t stop = 1; stop < chunks; stop += 3) {
        kept k;
        hw_pairs part;
        hw_err err = {0};
        kept_init(&k);
        const hw_match_log log = {&k, kept_get, kept_put};
        n.o.log = &log;
        k.stop_after = stop;
        n.o.n_threads = 1 + (unsigned)stop % 3;
        fx_fails(hw_match_pairs(&n.d, &n.o, &part, &err), HW_IO, &err, "the disk is full");
        assert_int_equal(k.puts, stop);
        k.stop_after = 0;
        search(&n, &part);
        same(&all, &part);
        assert_true(part.pairs == all.pairs && k.puts == chunks && k.rising);
        hw_pairs_release(&part);
        search(&n, &part); /* nothing left to do */
        same(&all, &part);
        assert_int_equal(k.puts, chunks);
        hw_pairs_release(&part);
        hw_arena_release(&k.arena);
    }
    hw_pairs_release(&all);
    fx_nation_drop(&n);
}

static void shards_are_the_whole(void **state)
{
    (void)state;
    nation n;
    hw_pairs all;
    whole(&n, &all);
    for (uint32_t shards = 2; shards <= 13; shards += 11) { /* 13: two of them find nothing to do */
        kept k;
        hw_pairs part;
        uint64_t pairs = 0;
        kept_init(&k);
        const hw_match_log log = {&k, kept_get, kept_put};
        n.o.log = &log;
        for (uint32_t i = 0; i < shards; i++) {
            n.o.n_shards = shards;
            n.o.shard = shards - 1 - i; /* in any order */
            k.puts = 0;
            search(&n, &part);
            pairs += part.pairs;
            assert_true(k.rising);
            hw_pairs_release(&part);
        }
        n.o.n_shards = n.o.shard = 0;
        k.puts = 0;
        search(&n, &part);
        assert_int_equal(k.puts, 0);
        same(&all, &part);
        assert_true(pairs == all.pairs && part.pairs == all.pairs);
        hw_pairs_release(&part);
        hw_arena_release(&k.arena);
    }
    hw_pairs_release(&all);
    fx_nation_drop(&n);
}

/* A family of two chunks that does not fit is named by each, whichever shard it falls to, and once in the list. */
static void a_chunk_speaks_for_itself(void **state)
{
    (void)state;
    nation n;
    hw_pairs all, part;
    whole(&n, &all);
    kept one, two;
    kept_init(&one);
    kept_init(&two);
    const hw_match_log log = {&one, kept_get, kept_put};
    const hw_match_log log2 = {&two, kept_get, kept_put};
    n.o.log = &log;
    search(&n, &part);
    hw_pairs_release(&part);
    n.o.log = &log2;
    n.o.n_shards = 2;
    for (n.o.shard = 0; n.o.shard < 2; n.o.shard++) {
        two.puts = 0;
        search(&n, &part);
        hw_pairs_release(&part);
    }
    size_t in_two = 0;
    for (size_t k = 0; k < MAX_CHUNKS; k++) {
        const hw_match_chunk *a = &one.part[k], *b = &two.part[k];
        assert_true(one.there[k] == two.there[k] && a->n_pairs == b->n_pairs && a->n_errors == b->n_errors && a->pairs == b->pairs && a->persons == b->persons);
        for (size_t i = 0; i < a->n_errors; i++) {
            assert_int_equal(a->error[i].family, b->error[i].family);
        }
        in_two += k > 0 && a->n_errors > 0 && one.part[k - 1].n_errors > 0 && one.part[k - 1].error[one.part[k - 1].n_errors - 1].family == a->error[0].family ? 1 : 0;
    }
    assert_true(in_two > 0);
    hw_arena_release(&one.arena);
    hw_arena_release(&two.arena);
    hw_pairs_release(&all);
    fx_nation_drop(&n);
}

/* Known against known is left out, everything else is there. */
static void what_is_new_alone(void **state)
{
    (void)state;
    nation n;
    hw_pairs all, part;
    bool child[CHILDREN], family[FAMILIES];
    whole(&n, &all);
    for (uint32_t share = 0; share <= 10; share += 5) { /* none, half, all of them are known */
        hw_rng r;
        hw_rng_seed(&r, 9, share);
        for (uint32_t c = 0; c < CHILDREN; c++) {
            child[c] = hw_rng_below(&r, 10) < share;
        }
        for (uint32_t f = 0; f < FAMILIES; f++) {
            family[f] = hw_rng_below(&r, 10) < share;
        }
        n.o.known_child = child;
        n.o.known_family = family;
        search(&n, &part);
        size_t at = 0;
        for (size_t i = 0; i < all.n; i++) {
            const hw_pair *x = &all.pair[i];
            if (child[x->child] && family[x->family]) {
                continue;
            }
            assert_true(at < part.n);
            const hw_pair *y = &part.pair[at++];
            assert_true(x->child == y->child && x->family == y->family && x->missing == y->missing && hw_real_cmp(x->ratio, y->ratio) == 0);
        }
        assert_int_equal(at, part.n);
        assert_true(part.persons == all.persons && part.n_errors == all.n_errors);
        assert_true(share == 0 ? part.pairs == all.pairs : share == 10 ? part.pairs == 0 : part.pairs < all.pairs && part.pairs > all.pairs / 4);
        hw_pairs_release(&part);
    }
    hw_pairs_release(&all);
    fx_nation_drop(&n);
}

static void what_is_refused(void **state)
{
    (void)state;
    nation n;
    hw_pairs all, part;
    hw_err err = {0};
    bool child[CHILDREN] = {0};
    whole(&n, &all);
    n.o.n_shards = n.o.shard = 3;
    fx_fails(hw_match_pairs(&n.d, &n.o, &part, &err), HW_USAGE, &err, "shard 3 of 3");
    n.o.shard = 2;
    n.o.method = HW_MATCH_PLAIN;
    err = (hw_err){0};
    fx_fails(hw_match_pairs(&n.d, &n.o, &part, &err), HW_USAGE, &err, "not plainly");
    n.o.method = HW_MATCH_AUTO;
    n.o.n_shards = n.o.shard = 0;
    n.o.known_child = child;
    err = (hw_err){0};
    fx_fails(hw_match_pairs(&n.d, &n.o, &part, &err), HW_USAGE, &err, "together");
    n.o.known_child = NULL;
    /* A log of other people. */
    const hw_pair strangers[] = {{CHILDREN, 0, 0, {0.5, 20}}, {0, FAMILIES, 0, {0.5, 20}}, {0, 0, 1, {0.5, 20}}};
    for (size_t i = 0; i < 4; i++) {
        kept k;
        kept_init(&k);
        const hw_match_log log = {&k, kept_get, kept_put};
        const hw_family_error error = {FAMILIES, HW_IMPOSSIBLE, "x"};
        n.o.log = &log;
        k.there[2] = true;
        k.part[2] = (hw_match_chunk){.number = 2, .pair = &strangers[i % 3], .n_pairs = i < 3 ? 1 : 0, .error = &error, .n_errors = i < 3 ? 0 : 1};
        err = (hw_err){0};
        fx_fails(hw_match_pairs(&n.d, &n.o, &part, &err), HW_CONFLICT, &err, "chunk 2 of the log names people");
        hw_arena_release(&k.arena);
    }
    hw_pairs_release(&all);
    fx_nation_drop(&n);
}

static void allocations_fail(void **state)
{
    (void)state;
    nation n;
    hw_pairs all, part;
    whole(&n, &all);
    kept k;
    kept_init(&k);
    const hw_match_log log = {&k, kept_get, kept_put};
    n.o.log = &log;
    n.o.n_threads = 1;
    long refused = 0;
    for (long nth = 1;; nth += 1 + nth / 16) {
        hw_err err = {0};
        for (size_t i = 0; i < MAX_CHUNKS; i++) {
            k.there[i] = k.there[i] && i % 2 == 0; /* some are taken from the log */
        }
        k.puts = 0;
        hw_alloc_fail_at(nth, false);
        hw_status s = hw_match_pairs(&n.d, &n.o, &part, &err);
        hw_alloc_fail_at(0, false);
        if (s == HW_OK) {
            same(&all, &part);
            hw_pairs_release(&part);
            if (refused > 20) {
                break;
            }
        } else {
            assert_int_equal(s, HW_NO_MEMORY);
            refused++;
        }
    }
    hw_arena_release(&k.arena);
    hw_pairs_release(&all);
    fx_nation_drop(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_of_chunks), cmocka_unit_test(interrupted_and_resumed), cmocka_unit_test(shards_are_the_whole), cmocka_unit_test(a_chunk_speaks_for_itself),
        cmocka_unit_test(what_is_new_alone), cmocka_unit_test(what_is_refused), cmocka_unit_test(allocations_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
