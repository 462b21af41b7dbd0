// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/rng.h"
#include "kinship/identity.h"

static double apart(double a, double b)
{
    return a > b ? a - b : b - a;
}

static uint32_t at(const hw_pedigree *p, const char *id)
{
    uint32_t i = 0;
    if (!hw_pedigree_find(p, id, &i)) {
        fail_msg("no person %s", id);
    }
    return i;
}

/* "A M" a founder; "C F A B" a child of A and B, "-" a parent not known. One person a line. */
static void read_pedigree(hw_pedigree *p, const char *text)
{
    hw_pedigree_init(p);
    char copy[4000];
    assert_true(strlen(text) < sizeof copy);
    for (int pass = 0; pass < 2; pass++) {
        snprintf(copy, sizeof copy, "%s", text);
        char *rest = copy, *line;
        while ((line = strsep(&rest, "\n")) != NULL) {
            char *word[4] = {NULL, NULL, NULL, NULL};
            for (int k = 0; k < 4 && line != NULL; k++) {
                word[k] = strsep(&line, " ");
            }
            uint32_t i = 0;
            if (pass == 0) {
                hw_sex sex = word[1][0] == 'M' ? HW_SEX_MALE : word[1][0] == 'F' ? HW_SEX_FEMALE : HW_SEX_UNKNOWN;
                assert_int_equal(hw_pedigree_add(p, word[0], sex, &i, NULL), HW_OK);
            } else if (word[3] != NULL) {
                int32_t father = strcmp(word[2], "-") == 0 ? -1 : (int32_t)at(p, word[2]);
                int32_t mother = strcmp(word[3], "-") == 0 ? -1 : (int32_t)at(p, word[3]);
                assert_int_equal(hw_pedigree_set_parents(p, at(p, word[0]), father, mother, NULL), HW_OK);
            }
        }
    }
    hw_err err = {0};
    if (hw_pedigree_check(p, &err) != HW_OK) {
        fail_msg("%s", err.msg);
    }
}

static void expect_delta(const hw_pedigree *p, const char *a, const char *b, const double want[9])
{
    double d[9];
    assert_int_equal(hw_jacquard(p, at(p, a), at(p, b), d, NULL), HW_OK);
    for (int s = 0; s < 9; s++) {
        if (apart(d[s], want[s]) > 1e-15) {
            fail_msg("%s and %s: D%d is %.17g, not %.17g", a, b, s + 1, d[s], want[s]);
        }
    }
}

/* ---- the reference values ---- */

static hw_sex json_sex(const json_t *v)
{
    return strcmp(json_string_value(v), "M") == 0 ? HW_SEX_MALE : HW_SEX_FEMALE;
}

static int32_t json_parent(const hw_pedigree *p, const json_t *person, const char *key)
{
    const json_t *v = json_object_get(person, key);
    return json_is_string(v) ? (int32_t)at(p, json_string_value(v)) : -1;
}

static void check_case(const json_t *kase, size_t *values)
{
    hw_pedigree p;
    hw_pedigree_init(&p);
    const json_t *people = json_object_get(kase, "individuals"), *pairs = json_object_get(kase, "pairs");
    size_t n = json_array_size(people);
    for (size_t i = 0; i < n; i++) {
        const json_t *person = json_array_get(people, i);
        uint32_t index;
        assert_int_equal(hw_pedigree_add(&p, json_string_value(json_object_get(person, "id")), json_sex(json_object_get(person, "sex")),
                                         &index, NULL), HW_OK);
    }
    for (size_t i = 0; i < n; i++) {
        const json_t *person = json_array_get(people, i);
        assert_int_equal(hw_pedigree_set_parents(&p, (uint32_t)i, json_parent(&p, person, "father"), json_parent(&p, person, "mother"), NULL),
                         HW_OK);
    }
    assert_int_equal(hw_pedigree_check(&p, NULL), HW_OK);
    double *f = calloc(n, sizeof *f), *k = calloc(n * n, sizeof *k), *x = calloc(n * n, sizeof *x);
    assert_true(f != NULL && k != NULL && x != NULL);
    assert_int_equal(hw_inbreeding(&p, f, NULL), HW_OK);
    assert_int_equal(hw_kinship(&p, k, NULL), HW_OK);
    assert_int_equal(hw_kinship_x(&p, x, NULL), HW_OK);
    const char *id;
    json_t *value;
    json_object_foreach(json_object_get(kase, "inbreeding"), id, value)
    {
        assert_true(apart(f[at(&p, id)], json_number_value(value)) <= 1e-12);
        ++*values;
    }
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const json_t *pair = json_array_get(pairs, i);
        uint32_t a = at(&p, json_string_value(json_object_get(pair, "a"))), b = at(&p, json_string_value(json_object_get(pair, "b")));
        assert_true(apart(k[a * n + b], json_number_value(json_object_get(pair, "kinship"))) <= 1e-12);
        assert_true(apart(x[a * n + b], json_number_value(json_object_get(pair, "kinship_x"))) <= 1e-12);
        double d[9], kappa[3];
        assert_int_equal(hw_jacquard(&p, a, b, d, NULL), HW_OK);
        const json_t *want = json_object_get(pair, "jacquard_delta_1_to_9");
        for (size_t s = 0; s < 9; s++) {
            if (apart(d[s], json_number_value(json_array_get(want, s))) > 1e-12) {
                fail_msg("%s: %s and %s: D%zu", json_string_value(json_object_get(kase, "id")), p.person[a].id, p.person[b].id, s + 1);
            }
        }
        *values += 11;
        want = json_object_get(pair, "kappa_0_1_2");
        if (!json_is_array(want)) {
            assert_int_equal(hw_kappa(&p, a, b, kappa, NULL), HW_CONFLICT);
            continue;
        }
        assert_int_equal(hw_kappa(&p, a, b, kappa, NULL), HW_OK);
        for (size_t s = 0; s < 3; s++) {
            assert_true(apart(kappa[s], json_number_value(json_array_get(want, s))) <= 1e-12);
            ++*values;
        }
    }
    free(f);
    free(k);
    free(x);
    hw_pedigree_release(&p);
}

static void agrees_with_the_reference(void **state)
{
    (void)state;
    char path[4200];
    const char *shared = getenv("HOMEWARD_SHARED"), *source = getenv("HOMEWARD_SOURCE");
    if (shared != NULL) {
        snprintf(path, sizeof path, "%s/oracles/kinship/relatedness.json", shared);
    } else {
        snprintf(path, sizeof path, "%s/../shared/oracles/kinship/relatedness.json", source != NULL ? source : ".");
    }
    json_t *file = json_load_file(path, 0, NULL);
    if (file == NULL) {
        print_message("SKIPPED: no reference values of relatedness (set HOMEWARD_SHARED)\n");
        skip();
    }
    const json_t *cases = json_object_get(file, "cases");
    size_t values = 0;
    for (size_t i = 0; i < json_array_size(cases); i++) {
        check_case(json_array_get(cases, i), &values);
    }
    print_message("%zu cases, %zu values\n", json_array_size(cases), values);
    assert_true(values > 500);
    json_decref(file);
}

/* ---- properties ---- */

/* A pedigree at random: some persons with one known parent, some inbred founders, now and then identical twins, lines that come together again. */
static void random_pedigree(hw_pedigree *p, hw_rng *rng, uint32_t n)
{
    hw_pedigree_init(p);
    for (uint32_t i = 0; i < n; i++) {
        char id[16];
        uint32_t index = 0;
        snprintf(id, sizeof id, "p%u", (unsigned)i);
        hw_sex sex = i < 2 ? (i == 0 ? HW_SEX_MALE : HW_SEX_FEMALE) : hw_rng_below(rng, 2) == 0 ? HW_SEX_MALE : HW_SEX_FEMALE;
        assert_int_equal(hw_pedigree_add(p, id, sex, &index, NULL), HW_OK);
        int32_t father = -1, mother = -1;
        uint32_t kind = i < 2 ? 0 : hw_rng_below(rng, 10);
        for (uint32_t tries = 0; tries < 20 && kind > 1; tries++) {
            uint32_t parent = hw_rng_below(rng, i);
            if (p->person[parent].sex == HW_SEX_MALE && kind != 2) {
                father = (int32_t)parent;
            } else if (p->person[parent].sex == HW_SEX_FEMALE && kind != 3) {
                mother = (int32_t)parent;
            }
        }
        p->person[i].father = father;
        p->person[i].mother = mother;
        if (father < 0 && mother < 0 && kind == 1) {
            p->person[i].inbreeding = 0.125 * (double)hw_rng_below(rng, 9);
        }
        if (kind == 9 && i > 2) {
            hw_person *twin = &p->person[i - 1];
            twin->twin = twin->twin != 0 ? twin->twin : i;
            p->person[i] = (hw_person){.id = p->person[i].id, .sex = twin->sex, .father = twin->father, .mother = twin->mother,
                                       .twin = twin->twin, .inbreeding = twin->inbreeding};
        }
    }
    hw_err err = {0};
    if (hw_pedigree_check(p, &err) != HW_OK) {
        fail_msg("%s", err.msg);
    }
}

/* The same persons in another order. where[old] = new. */
static void permute(const hw_pedigree *p, hw_rng *rng, hw_pedigree *ret, uint32_t *where)
{
    uint32_t n = (uint32_t)p->n, from[32];
    for (uint32_t i = 0; i < n; i++) {
        from[i] = i;
    }
    for (uint32_t i = n; i > 1; i--) {
        uint32_t j = hw_rng_below(rng, i), swap = from[j];
        from[j] = from[i - 1];
        from[i - 1] = swap;
    }
    hw_pedigree_init(ret);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t index = 0;
        assert_int_equal(hw_pedigree_add(ret, p->person[from[i]].id, p->person[from[i]].sex, &index, NULL), HW_OK);
        where[from[i]] = i;
    }
    for (uint32_t i = 0; i < n; i++) {
        const hw_person *o = &p->person[from[i]];
        hw_person *q = &ret->person[i];
        q->father = o->father < 0 ? -1 : (int32_t)where[o->father];
        q->mother = o->mother < 0 ? -1 : (int32_t)where[o->mother];
        q->twin = o->twin;
        q->inbreeding = o->inbreeding;
    }
    assert_int_equal(hw_pedigree_check(ret, NULL), HW_OK);
}

static void keeps_its_properties(void **state)
{
    (void)state;
    static const int swapped[9] = {0, 1, 4, 5, 2, 3, 6, 7, 8};
    hw_rng rng;
    hw_rng_seed(&rng, 20260101, 1);
    for (int round = 0; round < 60; round++) {
        const uint32_t n = 4 + hw_rng_below(&rng, 12);
        hw_pedigree p, q;
        uint32_t where[32];
        double k[256], k2[256], x[256], f[16], d[9], e[9];
        random_pedigree(&p, &rng, n);
        permute(&p, &rng, &q, where);
        assert_int_equal(hw_kinship(&p, k, NULL), HW_OK);
        assert_int_equal(hw_kinship(&q, k2, NULL), HW_OK);
        assert_int_equal(hw_kinship_x(&p, x, NULL), HW_OK);
        assert_int_equal(hw_inbreeding(&p, f, NULL), HW_OK);
        for (uint32_t a = 0; a < n; a++) {
            assert_true(x[a * n + a] == (p.person[a].sex == HW_SEX_MALE ? 1 : x[a * n + a]));
            for (uint32_t b = 0; b < n; b++) {
                assert_true(k[a * n + b] == k[b * n + a] && x[a * n + b] == x[b * n + a]);
                assert_true(apart(k[a * n + b], k2[where[a] * n + where[b]]) < 1e-15);
                assert_int_equal(hw_jacquard(&p, a, b, d, NULL), HW_OK);
                assert_int_equal(hw_jacquard(&q, where[b], where[a], e, NULL), HW_OK);
                double sum = 0;
                for (int s = 0; s < 9; s++) {
                    assert_true(d[s] >= 0 && d[s] <= 1);
                    assert_true(apart(d[s], e[swapped[s]]) < 1e-14);
                    sum += d[s];
                }
                assert_true(apart(sum, 1) < 1e-14);
                /* the margins of the nine are what the simple recursion says */
                assert_true(apart(d[0] + d[1] + d[2] + d[3], f[a]) < 1e-14);
                assert_true(apart(d[0] + d[1] + d[4] + d[5], f[b]) < 1e-14);
                assert_true(apart(d[0] + (d[2] + d[4] + d[6]) / 2 + d[7] / 4, k[a * n + b]) < 1e-14);
                if (a == b || (p.person[a].twin != 0 && p.person[a].twin == p.person[b].twin)) {
                    assert_true(apart(d[0], f[a]) < 1e-14 && apart(d[6], 1 - f[a]) < 1e-14);
                }
            }
        }
        hw_pedigree_release(&p);
        hw_pedigree_release(&q);
    }
}

/* ---- values known in closed form ---- */

static void knows_the_textbook(void **state)
{
    (void)state;
    hw_pedigree p;
    read_pedigree(&p, "F M\nM F\nA M F M\nB F F M\nI M A B\nJ F A B");
    /* full siblings whose parents are full siblings (Jacquard 1970; Lynch and Walsh, table 7.2) */
    expect_delta(&p, "I", "J", (const double[9]){1 / 16.0, 1 / 32.0, 1 / 8.0, 1 / 32.0, 1 / 8.0, 1 / 32.0, 7 / 32.0, 5 / 16.0, 1 / 16.0});
    expect_delta(&p, "A", "I", (const double[9]){0, 0, 0, 0, 0.25, 0, 0.25, 0.5, 0});
    double kappa[3] = {7, 7, 7};
    hw_err err = {0};
    assert_int_equal(hw_kappa(&p, at(&p, "A"), at(&p, "I"), kappa, &err), HW_CONFLICT);
    assert_non_null(strstr(err.msg, "\"I\" is inbred"));
    assert_int_equal(hw_kappa(&p, at(&p, "I"), at(&p, "A"), kappa, NULL), HW_CONFLICT);
    assert_true(kappa[0] == 7);
    assert_int_equal(hw_kappa(&p, at(&p, "A"), at(&p, "B"), kappa, NULL), HW_OK);
    assert_true(kappa[0] == 0.25 && kappa[1] == 0.5 && kappa[2] == 0.25);
    double d[9];
    err = (hw_err){0};
    assert_int_equal(hw_jacquard(&p, 99, 0, d, &err), HW_USAGE);
    assert_int_equal(hw_jacquard(&p, 0, 99, d, NULL), HW_USAGE);
    assert_int_equal(hw_kappa(&p, 0, 99, kappa, NULL), HW_USAGE);
    hw_pedigree_release(&p);

    read_pedigree(&p, "M F\nA M - M\nB F - M\nF M\nC U F M"); /* one known parent: the other is a founder of its own */
    expect_delta(&p, "A", "B", (const double[9]){0, 0, 0, 0, 0, 0, 0, 0.5, 0.5});
    expect_delta(&p, "M", "A", (const double[9]){0, 0, 0, 0, 0, 0, 0, 1, 0});
    double k[25];
    err = (hw_err){0};
    assert_int_equal(hw_kinship_x(&p, k, &err), HW_CONFLICT);
    assert_non_null(strstr(err.msg, "\"C\""));
    hw_pedigree_release(&p);

    read_pedigree(&p, "A M\nB F\nC F A B"); /* an inbred founder */
    p.person[0].inbreeding = 0.3;
    assert_int_equal(hw_kinship(&p, k, NULL), HW_OK);
    assert_true(apart(k[0], 0.65) < 1e-15 && apart(k[2], 0.325) < 1e-15);
    expect_delta(&p, "A", "C", (const double[9]){0, 0, 0.3, 0, 0, 0, 0, 0.7, 0});
    expect_delta(&p, "A", "B", (const double[9]){0, 0, 0, 0.3, 0, 0, 0, 0, 0.7});
    hw_pedigree_release(&p);

    read_pedigree(&p, "A F\nB F\nP M\nQ M\nC M P A\nD F Q B"); /* children of identical twin sisters are half siblings to DNA */
    p.person[0].twin = p.person[1].twin = 1;
    expect_delta(&p, "C", "D", (const double[9]){0, 0, 0, 0, 0, 0, 0, 0.5, 0.5});
    hw_pedigree_release(&p);

    hw_pedigree_init(&p);
    assert_int_equal(hw_kinship(&p, k, NULL), HW_OK); /* nobody */
    hw_pedigree_release(&p);
}

static void passes_failures_up(void **state)
{
    (void)state;
    hw_pedigree p;
    read_pedigree(&p, "F M\nM F\nA M F M\nB F F M\nI M A B\nJ F A B");
    for (int what = 0; what < 4; what++) {
        for (long nth = 1;; nth++) {
            double room[36], out[9] = {5};
            char buf[80] = "as it was";
            hw_err err = {0};
            hw_alloc_fail_at(nth, false);
            hw_status s = what == 0   ? hw_kinship(&p, room, &err)
                          : what == 1 ? hw_jacquard(&p, 4, 5, out, &err)
                          : what == 2 ? hw_kappa(&p, 2, 3, out, &err)
                                      : hw_relationship_name(&p, 4, 5, buf, sizeof buf, &err);
            hw_alloc_fail_at(0, false);
            if (s == HW_OK) {
                break;
            }
            assert_int_equal(s, HW_NO_MEMORY);
            assert_true(out[0] == 5);
            assert_string_equal(buf, "as it was");
        }
    }
    double inbreeding[6];
    hw_alloc_fail_at(1, false);
    assert_int_equal(hw_inbreeding(&p, inbreeding, NULL), HW_NO_MEMORY);
    hw_alloc_fail_at(0, false);
    p.person[0].father = 5; /* F a child of J: a ring */
    double room[36], d[9];
    char buf[8];
    assert_int_equal(hw_kinship(&p, room, NULL), HW_CONFLICT);
    assert_int_equal(hw_kinship_x(&p, room, NULL), HW_CONFLICT);
    assert_int_equal(hw_inbreeding(&p, inbreeding, NULL), HW_CONFLICT);
    assert_int_equal(hw_jacquard(&p, 0, 1, d, NULL), HW_CONFLICT);
    assert_int_equal(hw_kappa(&p, 0, 1, d, NULL), HW_CONFLICT);
    assert_int_equal(hw_relationship_name(&p, 0, 1, buf, sizeof buf, NULL), HW_CONFLICT);
    hw_pedigree_release(&p);
}

static void refuses_endless_work(void **state)
{
    (void)state;
    /* A closed colony: every generation 20 couples at random, 24 generations. Far beyond any family, and beyond the table. */
    hw_pedigree p;
    hw_rng rng;
    hw_rng_seed(&rng, 5, 5);
    hw_pedigree_init(&p);
    for (uint32_t i = 0; i < 960; i++) {
        char id[16];
        uint32_t index = 0;
        snprintf(id, sizeof id, "p%u", (unsigned)i);
        assert_int_equal(hw_pedigree_add(&p, id, i % 2 == 0 ? HW_SEX_MALE : HW_SEX_FEMALE, &index, NULL), HW_OK);
        if (i >= 40) {
            uint32_t first = (i / 40 - 1) * 40;
            p.person[i].father = (int32_t)(first + 2 * hw_rng_below(&rng, 20));
            p.person[i].mother = (int32_t)(first + 2 * hw_rng_below(&rng, 20) + 1);
        }
    }
    double d[9];
    hw_err err = {0};
    assert_int_equal(hw_jacquard(&p, 958, 959, d, &err), HW_TOO_COSTLY);
    assert_non_null(strstr(err.msg, "\"p958\" and \"p959\""));
    hw_pedigree_release(&p);
}

/* ---- words ---- */

static void says(const hw_pedigree *p, const char *a, const char *b, const char *words)
{
    char there[160], back[160];
    assert_int_equal(hw_relationship_name(p, at(p, a), at(p, b), there, sizeof there, NULL), HW_OK);
    assert_int_equal(hw_relationship_name(p, at(p, b), at(p, a), back, sizeof back, NULL), HW_OK);
    assert_string_equal(there, words);
    assert_string_equal(back, words);
}

static void finds_the_words(void **state)
{
    (void)state;
    hw_pedigree p;
    read_pedigree(&p, "GF M\nGM F\nGX F\nU M GF GM\nF M GF GM\nH F GF GX\nM F\nA M F M\nB F F M\nN F\nP F F N\nQ U - M\nV F\nC M U V\nW M\nD F C V2\n"
                      "V2 F\nE U D2 D\nD2 M\nK F W H\nAA M A AW\nAW F\nBB U B2 B\nB2 M\nAAA F AA AAW\nAAW F\nS U SF SM\nSF U\nSM U");
    says(&p, "F", "A", "father and son");
    says(&p, "M", "B", "mother and daughter");
    says(&p, "M", "Q", "mother and child");
    says(&p, "A", "A", "the same person");
    says(&p, "A", "B", "full siblings");
    says(&p, "A", "P", "paternal half siblings");
    says(&p, "A", "Q", "maternal half siblings");
    says(&p, "P", "Q", "unrelated");
    says(&p, "GF", "A", "grandfather and grandson");
    says(&p, "GM", "AA", "great-grandmother and great-grandson");
    says(&p, "GM", "AAA", "great-great-grandmother and great-great-granddaughter");
    says(&p, "U", "A", "uncle and nephew");
    says(&p, "H", "B", "half aunt and half niece");
    says(&p, "U", "AA", "great-uncle and great-nephew");
    says(&p, "U", "BB", "great-uncle and great-nephew or niece");
    says(&p, "C", "A", "first cousins");
    says(&p, "K", "A", "half first cousins");
    says(&p, "C", "AA", "first cousins once removed");
    says(&p, "D", "AA", "second cousins");
    says(&p, "E", "AA", "second cousins once removed");
    says(&p, "K", "AAA", "half first cousins twice removed");
    says(&p, "S", "SF", "parent and child");
    char buf[5], none[1];
    assert_int_equal(hw_relationship_name(&p, at(&p, "F"), at(&p, "A"), buf, sizeof buf, NULL), HW_OK);
    assert_string_equal(buf, "fath");
    assert_int_equal(hw_relationship_name(&p, 0, 1, none, 0, NULL), HW_USAGE);
    assert_int_equal(hw_relationship_name(&p, 0, 99, buf, sizeof buf, NULL), HW_USAGE);
    assert_int_equal(hw_relationship_name(&p, 99, 0, buf, sizeof buf, NULL), HW_USAGE);
    hw_pedigree_release(&p);

    read_pedigree(&p, "A M\nB F\nC M\nD F\nE M A B\nF M A B\nG F C D\nH F C D\nI M E G\nJ F F H\nT F A B");
    says(&p, "I", "J", "double first cousins");
    p.person[at(&p, "E")].twin = p.person[at(&p, "F")].twin = 4;
    says(&p, "E", "F", "identical twins");
    /* the sons of twins are half siblings by DNA, and cousins by their mothers */
    says(&p, "I", "J", "paternal half siblings, also related otherwise (kinship 0.1875)");
    hw_pedigree_release(&p);

    read_pedigree(&p, "GF M\nGM F\nU M GF GM\nQ M GF GM\nW F\nN F Q W\nCH F U N");
    says(&p, "U", "CH", "father and daughter, also related otherwise (kinship 0.3125)");
    says(&p, "U", "N", "uncle and niece");
    says(&p, "W", "CH", "grandmother and granddaughter");
    hw_pedigree_release(&p);

    read_pedigree(&p, "F M\nM F\nA M F M\nB F F M\nI M A B\nJ F A B");
    p.person[0].inbreeding = 0.25;
    says(&p, "A", "B", "full siblings"); /* the inbreeding of an ancestor is no further bond */
    p.person[0].inbreeding = 0;
    says(&p, "I", "J", "full siblings, also related otherwise (kinship 0.375)");
    hw_pedigree_release(&p);

    /* beyond the words: seven generations down on both sides */
    hw_pedigree_init(&p);
    uint32_t top = 0, last[2] = {0, 0};
    assert_int_equal(hw_pedigree_add(&p, "top", HW_SEX_MALE, &top, NULL), HW_OK);
    for (int side = 0; side < 2; side++) {
        for (int k = 0; k < 7; k++) {
            char id[32];
            uint32_t index = 0;
            snprintf(id, sizeof id, "%d-%d", side, k);
            assert_int_equal(hw_pedigree_add(&p, id, HW_SEX_MALE, &index, NULL), HW_OK);
            p.person[index].father = (int32_t)last[side];
            last[side] = index;
        }
    }
    says(&p, "0-6", "1-6", "related (kinship 3.0517578125e-05)");
    says(&p, "0-5", "1-5", "half fifth cousins");
    says(&p, "0-5", "1-1", "half first cousins four times removed");
    hw_pedigree_release(&p);

    /* more bonds than are kept: the nearest is still named */
    hw_rng rng;
    hw_rng_seed(&rng, 9, 9);
    hw_pedigree_init(&p);
    for (uint32_t i = 0; i < 24; i++) {
        char id[16];
        uint32_t index = 0;
        snprintf(id, sizeof id, "p%u", (unsigned)i);
        assert_int_equal(hw_pedigree_add(&p, id, i % 2 == 0 ? HW_SEX_MALE : HW_SEX_FEMALE, &index, NULL), HW_OK);
        if (i >= 4) {
            uint32_t first = (i / 4 - 1) * 4;
            p.person[i].father = (int32_t)(first + 2 * (i & 1u));
            p.person[i].mother = (int32_t)(first + 2 * ((i >> 1) & 1u) + 1);
        }
    }
    char buf2[160];
    assert_int_equal(hw_relationship_name(&p, 20, 23, buf2, sizeof buf2, NULL), HW_OK);
    assert_non_null(strstr(buf2, ", also related otherwise (kinship "));
    hw_pedigree_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_reference), cmocka_unit_test(keeps_its_properties), cmocka_unit_test(knows_the_textbook),
        cmocka_unit_test(passes_failures_up),        cmocka_unit_test(refuses_endless_work), cmocka_unit_test(finds_the_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
