// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* pairs.log: exact round trip, what an interruption leaves, damage, joining, and the hashes that say whether a search is the same. */
#include "match_fixture.h"

#include "base/rng.h"
#include "base/str.h"
#include "formats/pair_log.h"

#define CHUNKS 5u

static hw_pair some_pair(hw_rng *r)
{
    hw_pair p = {.child = hw_rng_below(r, 40), .family = hw_rng_below(r, 90), .missing = hw_rng_below(r, 3)};
    p.ratio = (hw_real){.m = 0.5 + 0.5 * hw_rng_unit(r), .e = (int64_t)hw_rng_below(r, 4000) - 2000};
    return p;
}

/* A log in which chunk 3 is lacking; chunk 4 is empty. */
static void write_log(hw_pair_log *l, hw_pair pair[CHUNKS][6], hw_str *out)
{
    static const hw_family_error errors[] = {{7, HW_IMPOSSIBLE, "family X does not fit\nas stated: at locus TH01, %s"}, {8, HW_UNSUPPORTED, ""}};
    hw_rng r;
    hw_rng_seed(&r, 5, 0);
    *l = (hw_pair_log){.fingerprint = 0xfedcba9876543210u, .chunk = 32, .n_chunks = CHUNKS, .children = 40, .families = 90};
    hw_pair_log_write_header(l, out);
    for (uint32_t k = 0; k < CHUNKS; k++) {
        for (int i = 0; i < 6; i++) {
            pair[k][i] = some_pair(&r);
        }
        hw_match_chunk c = {.number = k, .pair = pair[k], .n_pairs = k == 4 ? 0 : 1 + k, .error = errors, .n_errors = k == 1 ? 2 : 0, .pairs = 1280, .persons = 32};
        if (k != 3) {
            hw_pair_log_write_chunk(&c, out);
        }
    }
    assert_int_equal(out->failed, HW_OK);
}

static void reads_back_to_the_last_bit(void **state)
{
    (void)state;
    hw_pair pair[CHUNKS][6];
    hw_pair_log l, back;
    hw_err err = {0};
    hw_str text, again;
    hw_str_init(&text, 0);
    hw_str_init(&again, 0);
    write_log(&l, pair, &text);
    fx_ok(hw_pair_log_read("p", text.s, text.len, &back, &err), &err);
    assert_true(back.fingerprint == l.fingerprint && back.chunk == 32 && back.n_chunks == CHUNKS && back.children == 40 && back.families == 90);
    assert_true(back.n_there == 4 && !back.there[3] && back.good_bytes == text.len);
    hw_pair_log_write_header(&back, &again);
    for (uint32_t k = 0; k < CHUNKS; k++) {
        const hw_match_chunk *c = &back.part[k];
        assert_true(back.there[k] == (k != 3));
        assert_int_equal(c->n_pairs, k == 4 || k == 3 ? 0 : 1 + k);
        for (size_t i = 0; i < c->n_pairs; i++) {
            assert_memory_equal(&c->pair[i].ratio.m, &pair[k][i].ratio.m, sizeof(double));
            assert_true(c->pair[i].ratio.e == pair[k][i].ratio.e && c->pair[i].child == pair[k][i].child && c->pair[i].family == pair[k][i].family &&
                        c->pair[i].missing == pair[k][i].missing);
        }
        if (back.there[k]) {
            assert_true(c->pairs == 1280 && c->persons == 32);
            hw_pair_log_write_chunk(c, &again);
        }
    }
    assert_int_equal(back.part[1].n_errors, 2);
    assert_true(back.part[1].error[0].family == 7 && back.part[1].error[0].status == HW_IMPOSSIBLE && back.part[1].error[1].status == HW_UNSUPPORTED);
    assert_string_equal(back.part[1].error[0].text, "family X does not fit as stated: at locus TH01, %s");
    assert_string_equal(back.part[1].error[1].text, "");
    assert_int_equal(again.len, text.len);
    assert_memory_equal(again.s, text.s, text.len);
    hw_pair_log_release(&back);
    hw_str_release(&text);
    hw_str_release(&again);
}

/* Wherever the writer was interrupted, the chunks before stay, and good_bytes says where to go on. */
static void torn_at_any_byte(void **state)
{
    (void)state;
    hw_pair pair[CHUNKS][6];
    hw_pair_log l, back;
    hw_err err = {0};
    hw_str text;
    hw_str_init(&text, 0);
    write_log(&l, pair, &text);
    size_t header = (size_t)((char *)memchr(text.s, '\n', text.len) - text.s) + 1;
    size_t whole = header;
    size_t there = 0;
    for (size_t n = 0; n <= text.len; n++) {
        char *cut = hw_strndup(text.s, n); /* so that a sanitizer sees a read beyond */
        assert_non_null(cut);
        if (n > header && cut[n - 1] == '\n') {
            size_t line = n - 1;
            while (line > 0 && cut[line - 1] != '\n') {
                line--;
            }
            if (strncmp(cut + line, "end ", 4) == 0) {
                whole = n;
                there++;
            }
        }
        hw_status s = hw_pair_log_read("p", cut, n, &back, &err);
        if (n < header) {
            fx_fails(s, HW_PARSE, &err, "p, line 1: expected \"homeward-pairs 1\"");
            err = (hw_err){0};
        } else {
            fx_ok(s, &err);
            assert_int_equal(back.good_bytes, whole);
            assert_int_equal(back.n_there, there);
            hw_pair_log_release(&back);
        }
        hw_free(cut);
    }
    assert_int_equal(there, 4);
    hw_str_release(&text);
}

/* Any changed byte of a whole chunk is found out: as damage with its line, or because the chunk is no longer whole. */
static void damage_is_found(void **state)
{
    (void)state;
    hw_pair pair[CHUNKS][6];
    hw_pair_log l, back;
    hw_str text;
    hw_rng r;
    hw_str_init(&text, 0);
    write_log(&l, pair, &text);
    size_t header = (size_t)((char *)memchr(text.s, '\n', text.len) - text.s) + 1;
    hw_rng_seed(&r, 77, 0);
    size_t damaged = 0;
    for (size_t i = header; i < text.len; i++) {
        hw_err err = {0};
        char kept = text.s[i];
        text.s[i] = (char)(kept ^ (1 << hw_rng_below(&r, 7)));
        hw_status s = hw_pair_log_read("p", text.s, text.len, &back, &err);
        if (s == HW_OK) {
            assert_true(back.n_there < 4 && back.good_bytes <= i); /* a count grew, or the last line end is gone: not whole */
            hw_pair_log_release(&back);
        } else {
            fx_fails(s, HW_PARSE, &err, "the log is damaged: remove it and search again");
            assert_non_null(strstr(err.msg, "p, line "));
            damaged++;
        }
        text.s[i] = kept;
    }
    assert_true(damaged > (text.len - header) / 2);
    hw_str_release(&text);
}

static void expect_bad(const char *text, const char *words)
{
    hw_pair_log back;
    hw_err err = {0};
    fx_fails(hw_pair_log_read("p", text, strlen(text), &back, &err), HW_PARSE, &err, words);
}

#define HEAD "homeward-pairs 1 0123456789abcdef 32 2 40 90\n"

static void what_no_writer_wrote(void **state)
{
    (void)state;
    expect_bad("", "line 1: expected \"homeward-pairs 1\"");
    expect_bad("homeward-pairs 2 0123456789abcdef 32 2 40 90\n", "line 1: expected");
    expect_bad("homeward-pairs 1 0123456789abcdeg 32 2 40 90\n", "line 1: expected");
    expect_bad("homeward-pairs 1 0123456789abcdef 32 99999999 40 90\n", "line 1: expected");
    expect_bad("homeward-pairs 1 0123456789abcdef 32 2 40 90 1\n", "line 1: expected");
    expect_bad(HEAD "chunk 2 0 0 0 0\n", "line 2: expected chunk, its number");
    expect_bad(HEAD "chunk 0 -1 0 0 0\n", "line 2: expected chunk");
    expect_bad("homeward-pairs 1 0123456789abcdef 32 0 0 0\nchunk 0 0 0 0 0\n", "line 2: expected chunk");
    expect_bad(HEAD "chunk 0 1 0 0 0\np 40 0 0 0.5 3\n", "line 3: expected p and a pair");
    expect_bad(HEAD "chunk 0 1 0 0 0\np 0 90 0 0.5 3\n", "line 3: expected p");
    expect_bad(HEAD "chunk 0 1 0 0 0\np 0 0 0 1.5 3\n", "line 3: expected p");
    expect_bad(HEAD "chunk 0 1 0 0 0\np 0 0 0 0.25 3\n", "line 3: expected p");
    expect_bad(HEAD "chunk 0 1 0 0 0\np 0 0 0 nan 3\n", "line 3: expected p");
    expect_bad(HEAD "chunk 0 1 0 0 0\np 0 0 0 0.5 3000000\n", "line 3: expected p");
    expect_bad(HEAD "chunk 0 0 1 0 0\ne 90 IMPOSSIBLE why\n", "line 3: expected e");
    expect_bad(HEAD "chunk 0 0 1 0 0\ne 9 IMPOSSIBLE one\rtwo\n", "line 3: expected e");
    expect_bad(HEAD "chunk 0 0 1 0 0\ne 9 WRONG why so\n", "line 3: expected e");
    expect_bad(HEAD "chunk 0 0 0 0 0\nend 0 0123456789abcdef\n", "line 3: expected the end of the chunk");
}

static void chunk_text(hw_str *out, size_t number, double m, const char *why)
{
    const hw_pair pair = {.child = 1, .family = 2, .missing = 0, .ratio = {.m = m, .e = 20}};
    const hw_family_error error = {3, HW_IMPOSSIBLE, why};
    const hw_match_chunk c = {.number = number, .pair = &pair, .n_pairs = 1, .error = &error, .n_errors = 1, .pairs = 10, .persons = 5};
    hw_pair_log_write_chunk(&c, out);
}

static void one_log(hw_pair_log *ret, uint64_t fingerprint, size_t chunks, size_t number, double m, const char *why)
{
    const hw_pair_log l = {.fingerprint = fingerprint, .chunk = 32, .n_chunks = chunks, .children = 40, .families = 90};
    hw_err err = {0};
    hw_str text;
    hw_str_init(&text, 0);
    hw_pair_log_write_header(&l, &text);
    chunk_text(&text, number, m, why);
    fx_ok(hw_pair_log_read("p", text.s, text.len, ret, &err), &err);
    hw_str_release(&text);
}

static void a_chunk_twice(void **state)
{
    (void)state;
    const hw_pair_log l = {.fingerprint = 1, .chunk = 32, .n_chunks = 2, .children = 40, .families = 90};
    static const struct {
        double m;
        const char *why;
        hw_status status;
    } second[] = {{0.75, "why", HW_OK}, {0.7500000000000001, "why", HW_CONFLICT}, {0.75, "why not", HW_CONFLICT}};
    for (size_t i = 0; i < 3; i++) {
        hw_pair_log back;
        hw_err err = {0};
        hw_str text;
        hw_str_init(&text, 0);
        hw_pair_log_write_header(&l, &text);
        chunk_text(&text, 1, 0.75, "why");
        chunk_text(&text, 1, second[i].m, second[i].why);
        hw_status s = hw_pair_log_read("p", text.s, text.len, &back, &err);
        if (second[i].status == HW_OK) {
            fx_ok(s, &err);
            assert_true(back.n_there == 1 && back.good_bytes == text.len);
            hw_pair_log_release(&back);
        } else {
            fx_fails(s, HW_CONFLICT, &err, "chunk 1 of the search stands there twice and differs");
        }
        hw_str_release(&text);
    }
}

static void joining(void **state)
{
    (void)state;
    hw_pair_log a, b, c, other, fewer;
    hw_err err = {0};
    one_log(&a, 1, 3, 0, 0.75, "why");
    one_log(&b, 1, 3, 2, 0.625, "why");
    one_log(&c, 1, 3, 0, 0.5, "why");
    one_log(&other, 2, 3, 1, 0.75, "why");
    one_log(&fewer, 1, 2, 1, 0.75, "why");
    fx_ok(hw_pair_log_join(&a, &b, &err), &err);
    fx_ok(hw_pair_log_join(&a, &b, &err), &err);
    assert_true(a.n_there == 2 && a.there[0] && !a.there[1] && a.there[2] && a.part[2].pair[0].ratio.m >= 0.625 && a.part[2].pair[0].ratio.m <= 0.625);
    fx_fails(hw_pair_log_join(&a, &c, &err), HW_CONFLICT, &err, "chunk 0 of the search");
    err = (hw_err){0};
    fx_fails(hw_pair_log_join(&a, &other, &err), HW_CONFLICT, &err, "parts of different searches");
    err = (hw_err){0};
    fx_fails(hw_pair_log_join(&a, &fewer, &err), HW_CONFLICT, &err, "parts of different searches");
    assert_int_equal(a.n_there, 2);
    hw_pair_log_release(&a);
    hw_pair_log_release(&b);
    hw_pair_log_release(&c);
    hw_pair_log_release(&other);
    hw_pair_log_release(&fewer);
}

static void allocations_fail(void **state)
{
    (void)state;
    hw_pair pair[CHUNKS][6];
    hw_pair_log l, back;
    hw_str text;
    hw_str_init(&text, 0);
    write_log(&l, pair, &text);
    long refused = 0;
    for (long k = 1;; k++) {
        hw_err err = {0};
        hw_alloc_fail_at(k, true);
        hw_status s = hw_pair_log_read("p", text.s, text.len, &back, &err);
        hw_alloc_fail_at(0, false);
        if (s == HW_OK) {
            hw_pair_log_release(&back);
            break;
        }
        assert_int_equal(s, HW_NO_MEMORY);
        refused++;
    }
    assert_true(refused > 10);
    hw_str_release(&text);
}

/* ---- hashes ---- */

typedef struct sample_nation {
    nation n;
    uint64_t profile, family, search;
} sample_nation;

static void sample_init(sample_nation *s, const char *loci, const char *child, const char *father, const char *pedigree, const char *missing)
{
    nation *n = &s->n;
    fx_nation(n, loci);
    fx_population(n, "small", 0, "TH01 6:0.2 7:0.3 8:0.1 9.3:0.4; D3S1358 14:0.1 15:0.3 16:0.4 17:0.2");
    n->o.n_populations = 1;
    n->o.threshold_log10 = 4;
    fx_child(n, "K", HW_SEX_MALE, child);
    fx_family(n, "F", pedigree, missing);
    fx_member(n, 0, "F", father);
    s->profile = hw_profile_hash(n->d.child[0], &n->d.panel);
    s->family = hw_family_hash(&n->d.family[0], &n->d.panel);
    s->search = hw_pair_log_fingerprint(&n->d, &n->o, "settings");
}

#define LOCI "TH01 D3S1358 TPOX AMEL"
#define CHILD "TH01=6/7 D3S1358=15/- TPOX=8/9/11 d=0.1"
#define FATHER "TH01=7/8 D3S1358=15/16"
#define TRIO "F M; M F; C M F M"

/* Bits: 1 the child's hash changed, 2 the family's, 4 the search's. */
static unsigned changed(const char *loci, const char *child, const char *father, const char *pedigree, const char *missing)
{
    sample_nation a, b;
    sample_init(&a, LOCI, CHILD, FATHER, TRIO, "C");
    sample_init(&b, loci, child, father, pedigree, missing);
    unsigned bits = (a.profile != b.profile ? 1u : 0u) | (a.family != b.family ? 2u : 0u) | (a.search != b.search ? 4u : 0u);
    fx_nation_drop(&a.n);
    fx_nation_drop(&b.n);
    return bits;
}

static void hashes(void **state)
{
    (void)state;
    assert_int_equal(changed(LOCI, CHILD, FATHER, TRIO, "C"), 0);
    assert_int_equal(changed("AMEL TPOX vWA D3S1358 TH01", CHILD, FATHER, TRIO, "C"), 0); /* order and further loci of the panel */
    static const char *const children[] = {"TH01=6/8 D3S1358=15/- TPOX=8/9/11 d=0.1", "TH01=6/6 D3S1358=15/- TPOX=8/9/11 d=0.1", "TH01=6/7 D3S1358=15/15 TPOX=8/9/11 d=0.1",
                                           "TH01=6/7 D3S1358=15/- TPOX=8/9/12 d=0.1", "TH01=6/7 D3S1358=15/- TPOX=8/9/11 d=0.2", "TH01=6/7 D3S1358=15/- TPOX=8/9/11 d=0.1 e=0.01",
                                           "TH01=6/7 D3S1358=15/- TPOX=8/9/11", "D3S1358=15/- TPOX=8/9/11 d=0.1", "TH01=6/7 D3S1358=15/- TPOX=8/9/11 d=0.1 AMEL=X/Y",
                                           "TH01=15/- D3S1358=6/7 TPOX=8/9/11 d=0.1"};
    for (size_t i = 0; i < sizeof children / sizeof children[0]; i++) {
        assert_int_equal(changed(LOCI, children[i], FATHER, TRIO, "C"), 5);
    }
    assert_int_equal(changed(LOCI, CHILD, "TH01=7/9.3 D3S1358=15/16", TRIO, "C"), 6);
    assert_int_equal(changed(LOCI, CHILD, FATHER, "F M; M F; C F F M", "C"), 6);   /* sex of the missing */
    assert_int_equal(changed(LOCI, CHILD, FATHER, "F M; M F; C M F -", "C"), 6);   /* another mother */
    assert_int_equal(changed(LOCI, CHILD, FATHER, TRIO, "M"), 6);
}

static void fingerprints(void **state)
{
    (void)state;
    sample_nation s;
    sample_init(&s, LOCI, CHILD, FATHER, TRIO, "C");
    nation *n = &s.n;
    assert_true(hw_pair_log_fingerprint(&n->d, &n->o, "other settings") != s.search);
    n->o.threshold_log10 = 5;
    assert_true(hw_pair_log_fingerprint(&n->d, &n->o, "settings") != s.search);
    n->o.threshold_log10 = 4;
    n->o.prior_registered = 0.25; /* changes no ratio */
    assert_true(hw_pair_log_fingerprint(&n->d, &n->o, "settings") == s.search);
    fx_population(n, "small", 0, "TH01 6:0.2 7:0.3 8:0.11 9.3:0.39; D3S1358 14:0.1 15:0.3 16:0.4 17:0.2");
    n->pop[0] = n->pop[1];
    assert_true(hw_pair_log_fingerprint(&n->d, &n->o, "settings") != s.search);
    fx_nation_drop(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back_to_the_last_bit), cmocka_unit_test(torn_at_any_byte), cmocka_unit_test(damage_is_found), cmocka_unit_test(what_no_writer_wrote),
        cmocka_unit_test(a_chunk_twice), cmocka_unit_test(joining), cmocka_unit_test(allocations_fail), cmocka_unit_test(hashes), cmocka_unit_test(fingerprints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
