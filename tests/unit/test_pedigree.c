// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kinship/pedigree.h"

/* A person in one line: "id sex", sex M, F or U; parents by id. */
typedef struct row {
    const char *id;
    char sex;
    const char *father, *mother;
    uint32_t twin;
    double inbreeding;
} row;

static int32_t index_of(const hw_pedigree *p, const char *id)
{
    uint32_t i = 0;
    if (id == NULL) {
        return -1;
    }
    assert_true(hw_pedigree_find(p, id, &i));
    return (int32_t)i;
}

static void build(hw_pedigree *p, const row *rows, size_t n)
{
    hw_pedigree_init(p);
    for (size_t i = 0; i < n; i++) {
        uint32_t at = 99;
        hw_sex sex = rows[i].sex == 'M' ? HW_SEX_MALE : rows[i].sex == 'F' ? HW_SEX_FEMALE : HW_SEX_UNKNOWN;
        assert_int_equal(hw_pedigree_add(p, rows[i].id, sex, &at, NULL), HW_OK);
        assert_int_equal(at, i);
        p->person[at].twin = rows[i].twin;
        p->person[at].inbreeding = rows[i].inbreeding;
    }
    for (size_t i = 0; i < n; i++) {
        hw_err err = {0};
        assert_int_equal(hw_pedigree_set_parents(p, (uint32_t)i, index_of(p, rows[i].father), index_of(p, rows[i].mother), &err), HW_OK);
    }
}
#define BUILD(p, rows) build((p), (rows), sizeof(rows) / sizeof((rows)[0]))

/* The check refuses, its message has the words, and the pedigree is left as it was. */
static void refuses(const row *rows, size_t n, const char *words)
{
    hw_pedigree p;
    hw_err err = {0};
    build(&p, rows, n);
    hw_person before[40];
    assert_true(n <= 40);
    memcpy(before, p.person, n * sizeof before[0]);
    assert_int_equal(hw_pedigree_check(&p, &err), HW_CONFLICT);
    if (strstr(err.msg, words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.msg, words);
    }
    assert_memory_equal(before, p.person, n * sizeof before[0]);
    assert_int_equal(hw_pedigree_check(&p, NULL), HW_CONFLICT);
    hw_pedigree_release(&p);
}
#define REFUSES(rows, words) refuses((rows), sizeof(rows) / sizeof((rows)[0]), (words))

static void adds_and_finds(void **state)
{
    (void)state;
    hw_pedigree p = {0}; /* zero-initialised is as good as hw_pedigree_init */
    hw_err err = {0};
    uint32_t i = 7;
    assert_false(hw_pedigree_find(&p, "A", &i));
    assert_int_equal(hw_pedigree_add(&p, "A", HW_SEX_MALE, &i, &err), HW_OK);
    assert_int_equal(i, 0);
    assert_int_equal(p.person[0].father, -1);
    assert_int_equal(p.person[0].mother, -1);
    assert_int_equal(hw_pedigree_add(&p, "A", HW_SEX_MALE, &i, &err), HW_CONFLICT);
    assert_non_null(strstr(err.msg, "\"A\""));
    hw_err_clear(&err);
    assert_int_equal(hw_pedigree_add(&p, "", HW_SEX_MALE, &i, &err), HW_PARSE);
    assert_int_equal(hw_pedigree_add(&p, NULL, HW_SEX_MALE, &i, NULL), HW_PARSE);
    char longest[1100];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(hw_pedigree_add(&p, longest, HW_SEX_MALE, &i, NULL), HW_PARSE);
    for (int k = 1; k < HW_PEDIGREE_MAX; k++) {
        char id[16];
        snprintf(id, sizeof id, "p%d", k);
        assert_int_equal(hw_pedigree_add(&p, id, HW_SEX_UNKNOWN, &i, NULL), HW_OK);
    }
    hw_err_clear(&err);
    assert_int_equal(hw_pedigree_add(&p, "one more", HW_SEX_MALE, &i, &err), HW_LIMIT);
    assert_int_equal(p.n, HW_PEDIGREE_MAX);
    assert_true(hw_pedigree_find(&p, "p999", &i));
    assert_int_equal(i, 999);
    /* the longest line of descent there can be */
    for (uint32_t k = 1; k < p.n; k++) {
        assert_int_equal(hw_pedigree_add_parent(&p, k - 1, k, &err), HW_OK);
    }
    assert_int_equal(hw_pedigree_check(&p, &err), HW_OK);
    uint32_t order[HW_PEDIGREE_MAX];
    assert_int_equal(hw_pedigree_order(&p, order, &err), HW_OK);
    assert_int_equal(order[0], 999);
    assert_int_equal(order[999], 0);
    /* closed to a ring: the message names the first of them and stays short */
    p.person[999].father = 0;
    hw_err_clear(&err);
    assert_int_equal(hw_pedigree_check(&p, &err), HW_CONFLICT);
    assert_non_null(strstr(err.msg, "is its own ancestor"));
    assert_non_null(strstr(err.msg, "... parent of "));
    hw_pedigree_release(&p);
    assert_int_equal(p.n, 0);
}

static void sets_parents(void **state)
{
    (void)state;
    const row rows[] = {{.id = "A", .sex = 'U'}, {.id = "B", .sex = 'U'}, {.id = "C", .sex = 'U'}, {.id = "D", .sex = 'U'}};
    hw_pedigree p;
    BUILD(&p, rows);
    hw_err err = {0};
    assert_int_equal(hw_pedigree_set_parents(&p, 9, -1, -1, &err), HW_USAGE);
    assert_int_equal(hw_pedigree_set_parents(&p, 0, 4, -1, NULL), HW_USAGE);
    assert_int_equal(hw_pedigree_set_parents(&p, 0, -1, 4, NULL), HW_USAGE);
    assert_int_equal(hw_pedigree_set_parents(&p, 0, -2, -1, NULL), HW_USAGE);
    assert_int_equal(hw_pedigree_set_parents(&p, 0, -1, -2, NULL), HW_USAGE);
    assert_int_equal(hw_pedigree_set_parents(&p, 0, 0, -1, NULL), HW_CONFLICT);
    assert_int_equal(hw_pedigree_set_parents(&p, 0, -1, 0, NULL), HW_CONFLICT);
    assert_int_equal(hw_pedigree_set_parents(&p, 0, 1, 1, NULL), HW_CONFLICT);
    assert_int_equal(p.person[0].father, -1);
    assert_int_equal(hw_pedigree_add_parent(&p, 9, 1, NULL), HW_USAGE);
    assert_int_equal(hw_pedigree_add_parent(&p, 0, 9, NULL), HW_USAGE);
    assert_int_equal(hw_pedigree_add_parent(&p, 0, 0, NULL), HW_CONFLICT);
    assert_int_equal(hw_pedigree_add_parent(&p, 0, 1, NULL), HW_OK);
    assert_int_equal(hw_pedigree_add_parent(&p, 0, 1, NULL), HW_CONFLICT); /* twice the same */
    assert_int_equal(hw_pedigree_add_parent(&p, 0, 2, NULL), HW_OK);
    err = (hw_err){0};
    assert_int_equal(hw_pedigree_add_parent(&p, 0, 3, &err), HW_CONFLICT);
    assert_non_null(strstr(err.msg, "third parent"));
    hw_pedigree_release(&p);
}

/* Every order in which parents of known or unknown sex can be added. */
static void parents_find_their_slots(void **state)
{
    (void)state;
    static const struct {
        char first, second;
        int father; /* who of the two stands in father: 1 first, 2 second */
    } cases[] = {
        {'M', 'F', 1}, {'F', 'M', 2}, {'U', 'M', 2}, {'U', 'F', 1}, {'M', 'U', 1}, {'F', 'U', 2}, {'U', 'U', 1},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const row rows[] = {{.id = "C", .sex = 'U'}, {.id = "first", .sex = cases[k].first}, {.id = "second", .sex = cases[k].second}};
        hw_pedigree p;
        BUILD(&p, rows);
        assert_int_equal(hw_pedigree_add_parent(&p, 0, 1, NULL), HW_OK);
        assert_int_equal(cases[k].first == 'F' ? p.person[0].mother : p.person[0].father, 1);
        assert_int_equal(hw_pedigree_add_parent(&p, 0, 2, NULL), HW_OK);
        assert_int_equal(p.person[0].father, cases[k].father);
        assert_int_equal(p.person[0].mother, 3 - cases[k].father);
        assert_int_equal(hw_pedigree_check(&p, NULL), HW_OK);
        assert_int_equal(p.person[0].father, cases[k].father);
        bool known = cases[k].first != 'U' || cases[k].second != 'U';
        assert_int_equal(p.person[cases[k].father].sex, known ? HW_SEX_MALE : HW_SEX_UNKNOWN);
        assert_int_equal(p.person[3 - cases[k].father].sex, known ? HW_SEX_FEMALE : HW_SEX_UNKNOWN);
        hw_pedigree_release(&p);
    }
    for (int k = 0; k < 2; k++) { /* two of one sex both find a place, and the check says so */
        char sex = k == 0 ? 'M' : 'F';
        const row rows[] = {{.id = "C", .sex = 'U'}, {.id = "first", .sex = sex}, {.id = "second", .sex = sex}};
        hw_pedigree p;
        hw_err err = {0};
        BUILD(&p, rows);
        assert_int_equal(hw_pedigree_add_parent(&p, 0, 1, NULL), HW_OK);
        assert_int_equal(hw_pedigree_add_parent(&p, 0, 2, NULL), HW_OK);
        assert_int_equal(hw_pedigree_check(&p, &err), HW_CONFLICT);
        assert_non_null(strstr(err.msg, "\"C\""));
        hw_pedigree_release(&p);
    }
}

static void deduces_sexes_over_couples(void **state)
{
    (void)state;
    /* E is known to be a woman; D, then C, then B, then A follow over their common children, listed against the direction of the proof. */
    const row rows[] = {
        {.id = "ab", .father = "A", .mother = "B"}, {.id = "bc", .father = "B", .mother = "C"}, {.id = "cd", .father = "C", .mother = "D"},
        {.id = "de", .father = "D", .mother = "E"}, {.id = "A", .sex = 'U'}, {.id = "B", .sex = 'U'}, {.id = "C", .sex = 'U'},
        {.id = "D", .sex = 'U'}, {.id = "E", .sex = 'F'}, {.id = "alone", .mother = "A"}, {.id = "by B", .father = "B"},
        {.id = "by C", .mother = "C"}, {.id = "by B too", .mother = "B"},
    };
    hw_pedigree p;
    BUILD(&p, rows);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(hw_pedigree_check(&p, NULL), HW_OK);
        assert_int_equal(p.person[index_of(&p, "A")].sex, HW_SEX_FEMALE);
        assert_int_equal(p.person[index_of(&p, "B")].sex, HW_SEX_MALE);
        assert_int_equal(p.person[index_of(&p, "C")].sex, HW_SEX_FEMALE);
        assert_int_equal(p.person[index_of(&p, "D")].sex, HW_SEX_MALE);
        assert_int_equal(p.person[0].father, index_of(&p, "B"));
        assert_int_equal(p.person[0].mother, index_of(&p, "A"));
        assert_int_equal(p.person[1].father, index_of(&p, "B"));
        assert_int_equal(p.person[2].father, index_of(&p, "D"));
        assert_int_equal(p.person[9].mother, index_of(&p, "A"));
        assert_int_equal(p.person[9].father, -1);
        assert_int_equal(p.person[10].father, index_of(&p, "B"));
        assert_int_equal(p.person[11].mother, index_of(&p, "C"));
        assert_int_equal(p.person[12].father, index_of(&p, "B"));
        assert_int_equal(p.person[12].mother, -1);
    }
    hw_pedigree_release(&p);
}

static void keeps_unknown_sexes_consistent(void **state)
{
    (void)state;
    const row rows[] = {
        {.id = "xy", .father = "X", .mother = "Y"}, {.id = "yz", .father = "Y", .mother = "Z"}, {.id = "X", .sex = 'U'},
        {.id = "Y", .sex = 'U'}, {.id = "Z", .sex = 'U'}, {.id = "by Y", .mother = "Y"},
    };
    hw_pedigree p;
    BUILD(&p, rows);
    assert_int_equal(hw_pedigree_check(&p, NULL), HW_OK);
    assert_int_equal(p.person[2].sex, HW_SEX_UNKNOWN);
    assert_int_equal(p.person[0].father, 2);
    assert_int_equal(p.person[0].mother, 3);
    assert_int_equal(p.person[1].father, 4); /* Y is the mother of xy, so of yz too */
    assert_int_equal(p.person[1].mother, 3);
    assert_int_equal(p.person[5].father, 3); /* the only one, of unknown sex */
    assert_int_equal(p.person[5].mother, -1);
    hw_pedigree_release(&p);
}

static void refuses_contradictions(void **state)
{
    (void)state;
    const row male_mother[] = {{.id = "M", .sex = 'M'}, {.id = "C", .mother = "M"}};
    REFUSES(male_mother, "the mother \"M\" is stated to be male");
    const row female_father[] = {{.id = "M", .sex = 'F'}, {.id = "C", .father = "M"}};
    REFUSES(female_father, "the father \"M\" is stated to be female");
    const row changed[] = {{.id = "M", .sex = 'F'}, {.id = "P", .sex = 'M'}, {.id = "C", .father = "M", .mother = "P"}};
    REFUSES(changed, "the father \"M\" is stated to be female");
    const row men[] = {{.id = "M", .sex = 'M'}, {.id = "P", .sex = 'M'}, {.id = "C", .father = "M", .mother = "P"}};
    REFUSES(men, "\"P\" and \"M\", are male");
    const row women[] = {{.id = "M", .sex = 'F'}, {.id = "P", .sex = 'F'}, {.id = "C", .father = "M", .mother = "P"}};
    REFUSES(women, "are female");
    /* A with B, B with C, C with A cannot be three couples */
    const row triangle[] = {{.id = "A"}, {.id = "B"}, {.id = "C"}, {.id = "1", .father = "A", .mother = "B"},
                            {.id = "2", .father = "B", .mother = "C"}, {.id = "3", .father = "C", .mother = "A"}};
    REFUSES(triangle, "of one sex");
    const row proven[] = {{.id = "A", .sex = 'M'}, {.id = "B"}, {.id = "C", .sex = 'F'}, {.id = "1", .father = "A", .mother = "B"},
                          {.id = "2", .father = "B", .mother = "C"}};
    REFUSES(proven, "of one sex (female)");
    const row cycle[] = {{.id = "A", .father = "B"}, {.id = "B", .mother = "C"}, {.id = "C", .father = "A"}, {.id = "D", .mother = "C"}};
    REFUSES(cycle, "is its own ancestor");
    REFUSES(cycle, "\"C\", parent of \"B\", parent of \"A\", parent of \"C\"");
    const row inbred_child[] = {{.id = "A", .sex = 'M'}, {.id = "C", .father = "A", .inbreeding = 0.1}};
    REFUSES(inbred_child, "\"C\"");
    const row inbred_of_mother[] = {{.id = "A", .sex = 'F'}, {.id = "C", .mother = "A", .inbreeding = 0.1}};
    REFUSES(inbred_of_mother, "founders only");
    const row too_inbred[] = {{.id = "A", .inbreeding = 1.5}};
    REFUSES(too_inbred, "from 0 to 1");
    const row less_than_none[] = {{.id = "A", .inbreeding = -0.5}};
    REFUSES(less_than_none, "from 0 to 1");
}

static void twins(void **state)
{
    (void)state;
    const row good[] = {{.id = "F", .sex = 'M'}, {.id = "M", .sex = 'F'}, {.id = "A", .father = "F", .mother = "M", .twin = 3},
                        {.id = "B", .sex = 'F', .father = "F", .mother = "M", .twin = 3}, {.id = "X", .twin = 1}, {.id = "Y", .twin = 1},
                        {.id = "of X", .father = "X", .mother = "P"}, {.id = "P", .sex = 'M'}};
    hw_pedigree p;
    BUILD(&p, good);
    assert_int_equal(hw_pedigree_check(&p, NULL), HW_OK);
    assert_int_equal(p.person[2].sex, HW_SEX_FEMALE); /* as her twin */
    assert_int_equal(p.person[5].sex, HW_SEX_FEMALE); /* as her twin, who has a child with a man */
    assert_int_equal(p.person[6].mother, 4);
    hw_pedigree_release(&p);
    const row parents[] = {{.id = "F", .sex = 'M'}, {.id = "A", .father = "F", .twin = 1}, {.id = "B", .twin = 1}};
    REFUSES(parents, "different parents");
    const row mothers[] = {{.id = "F", .sex = 'F'}, {.id = "A", .mother = "F", .twin = 1}, {.id = "B", .twin = 1}};
    REFUSES(mothers, "different parents");
    const row sexes[] = {{.id = "A", .sex = 'M', .twin = 1}, {.id = "B", .sex = 'F', .twin = 1}};
    REFUSES(sexes, "one is male and the other female");
    const row couple[] = {{.id = "A", .twin = 1}, {.id = "B", .twin = 1}, {.id = "C", .father = "A", .mother = "B"}};
    REFUSES(couple, "twins");
    const row inbred[] = {{.id = "A", .inbreeding = 0.25, .twin = 1}, {.id = "B", .twin = 1}};
    REFUSES(inbred, "inbreeding");
    const row inbred2[] = {{.id = "A", .twin = 1}, {.id = "B", .inbreeding = 0.25, .twin = 1}};
    REFUSES(inbred2, "inbreeding");
}

static void orders_parents_first(void **state)
{
    (void)state;
    const row rows[] = {{.id = "C", .father = "A", .mother = "B"}, {.id = "A", .sex = 'M', .father = "G"}, {.id = "B", .sex = 'F', .father = "G"},
                        {.id = "G", .sex = 'M'}, {.id = "D", .father = "A", .mother = "B"}};
    hw_pedigree p;
    BUILD(&p, rows);
    uint32_t order[5];
    size_t place[5];
    assert_int_equal(hw_pedigree_order(&p, order, NULL), HW_OK);
    for (size_t i = 0; i < 5; i++) {
        place[order[i]] = i;
    }
    assert_true(place[3] < place[1] && place[3] < place[2] && place[1] < place[0] && place[2] < place[0]);
    assert_true(place[1] < place[4] && place[2] < place[4]);
    hw_pedigree_release(&p);
    hw_pedigree_init(&p);
    assert_int_equal(hw_pedigree_check(&p, NULL), HW_OK); /* nobody at all */
    assert_int_equal(hw_pedigree_order(&p, order, NULL), HW_OK);
    hw_pedigree_release(&p);
}

static void copies(void **state)
{
    (void)state;
    const row rows[] = {{.id = "A", .sex = 'M', .inbreeding = 0.5}, {.id = "B", .father = "A", .twin = 2}};
    hw_pedigree p, q;
    BUILD(&p, rows);
    for (int named = 0; named < 2; named++) {
        p.name = named ? "H1" : NULL;
        assert_int_equal(hw_pedigree_copy(&p, &q, NULL), HW_OK);
        assert_int_equal(q.n, 2);
        assert_true(q.person[0].inbreeding == 0.5);
        assert_int_equal(q.person[1].father, 0);
        assert_int_equal(q.person[1].twin, 2);
        assert_ptr_not_equal(q.person[1].id, p.person[1].id);
        assert_string_equal(q.person[1].id, "B");
        uint32_t i = 0;
        assert_true(hw_pedigree_find(&q, "B", &i));
        assert_int_equal(i, 1);
        if (named) {
            assert_string_equal(q.name, "H1");
            assert_ptr_not_equal(q.name, p.name);
        }
        hw_pedigree_release(&q);
    }
    /* every allocation failing once leaves nothing behind and the output untouched */
    for (long nth = 1;; nth++) {
        hw_pedigree untouched = {.n = 77};
        hw_alloc_fail_at(nth, false);
        hw_status s = hw_pedigree_copy(&p, &untouched, NULL);
        hw_alloc_fail_at(0, false);
        if (s == HW_OK) {
            hw_pedigree_release(&untouched);
            assert_true(nth > 3);
            break;
        }
        assert_int_equal(s, HW_NO_MEMORY);
        assert_int_equal(untouched.n, 77);
    }
    hw_pedigree_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_and_finds),
        cmocka_unit_test(sets_parents),
        cmocka_unit_test(parents_find_their_slots),
        cmocka_unit_test(deduces_sexes_over_couples),
        cmocka_unit_test(keeps_unknown_sexes_consistent),
        cmocka_unit_test(refuses_contradictions),
        cmocka_unit_test(twins),
        cmocka_unit_test(orders_parents_first),
        cmocka_unit_test(copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
