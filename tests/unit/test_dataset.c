// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kinship/dataset.h"

static hw_profile *profile(hw_dataset *d, const char *id)
{
    hw_profile *p = hw_profile_new(&d->arena, id, 3);
    assert_non_null(p);
    return p;
}

static void holds_what_is_added(void **state)
{
    (void)state;
    hw_dataset d;
    hw_err err = {0};
    hw_dataset_init(&d);
    hw_profile *a = profile(&d, "A"), *b = profile(&d, "B");
    assert_int_equal(hw_dataset_add_profile(&d, a, &err), HW_OK);
    assert_int_equal(hw_dataset_add_child(&d, b, &err), HW_OK);
    assert_ptr_equal(hw_dataset_find_profile(&d, "A"), a);
    assert_ptr_equal(hw_dataset_find_profile(&d, "B"), b);
    assert_null(hw_dataset_find_profile(&d, "C"));
    assert_int_equal(d.n_profiles, 2);
    assert_int_equal(d.n_children, 1);
    assert_ptr_equal(d.child[0], b);
    size_t f, c;
    uint32_t person;
    hw_population *pop;
    assert_int_equal(hw_dataset_add_family(&d, "F1", &f, &err), HW_OK);
    assert_int_equal(hw_pedigree_add(&d.family[f].pedigree, "MO", HW_SEX_FEMALE, &person, &err), HW_OK);
    assert_int_equal(hw_dataset_add_case(&d, "C1", &c, &err), HW_OK);
    d.kase[c].hypothesis = HW_NEW(&d.arena, hw_pedigree, 1);
    hw_pedigree_init(&d.kase[c].hypothesis[0]);
    d.kase[c].n_hypotheses = 1;
    assert_int_equal(hw_pedigree_add(&d.kase[c].hypothesis[0], "X", HW_SEX_MALE, &person, &err), HW_OK);
    assert_int_equal(hw_dataset_add_population(&d, "P", &pop, &err), HW_OK);
    assert_string_equal(pop->name, "P");
    assert_string_equal(d.family[0].id, "F1");
    assert_string_equal(d.kase[0].id, "C1");
    assert_true(d.kase[0].settings.theta < 0); /* defaults */
    for (int i = 0; i < 1000; i++) { /* growth keeps what stands */
        assert_int_equal(hw_dataset_add_family(&d, "G", &f, &err), HW_OK);
    }
    assert_string_equal(d.family[0].pedigree.person[0].id, "MO");
    hw_dataset_release(&d);
    assert_int_equal(d.n_profiles, 0);
}

static void refuses_ids_taken_or_empty(void **state)
{
    (void)state;
    hw_dataset d;
    hw_err err = {0};
    hw_dataset_init(&d);
    hw_profile *p = profile(&d, "A");
    p->line = 7;
    assert_int_equal(hw_dataset_add_profile(&d, p, &err), HW_OK);
    hw_profile *again = profile(&d, "A");
    again->line = 9;
    assert_int_equal(hw_dataset_add_child(&d, again, &err), HW_CONFLICT);
    assert_non_null(strstr(err.msg, "\"A\""));
    assert_non_null(strstr(err.msg, "line 7"));
    assert_int_equal(d.n_profiles, 1);
    assert_int_equal(d.n_children, 0);
    hw_err_clear(&err);
    assert_int_equal(hw_dataset_add_profile(&d, profile(&d, ""), &err), HW_PARSE);
    hw_err_clear(&err);
    hw_profile *none = profile(&d, "x");
    none->id = NULL;
    assert_int_equal(hw_dataset_add_profile(&d, none, &err), HW_PARSE);
    hw_dataset_release(&d);
}

static void keeps_notes(void **state)
{
    (void)state;
    hw_dataset d;
    hw_dataset_init(&d);
    hw_dataset_note(&d, "a.csv", 3, "%d is odd", 5);
    hw_dataset_note(&d, NULL, 0, "no file");
    assert_int_equal(d.n_notes, 2);
    assert_string_equal(d.note[0].file, "a.csv");
    assert_string_equal(d.note[0].text, "5 is odd");
    assert_int_equal(d.note[0].line, 3);
    assert_null(d.note[1].file);
    /* a long text is cut between characters */
    char text[2002];
    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 'a', shift);
        for (size_t i = shift; i + 3 < sizeof text; i += 3) {
            memcpy(text + i, "\xE5\xAD\xA9", 4);
        }
        hw_dataset_note(&d, NULL, 0, "%s", text);
        const char *kept = d.note[d.n_notes - 1].text;
        size_t n = strlen(kept);
        assert_true(n > 990 && n < 1000);
        assert_int_equal((n - shift) % 3, 0);
    }
    hw_dataset_release(&d);
}

/* Each allocation fails once: a clean NO_MEMORY, and a dataset that releases and still holds what it held. */
static void survives_want_of_memory(void **state)
{
    (void)state;
    for (int sticky = 0; sticky < 2; sticky++) {
        for (long nth = 1;; nth++) {
            hw_dataset d;
            hw_err err = {0};
            size_t i;
            hw_population *pop;
            hw_dataset_init(&d);
            hw_profile a = {.id = "A", .person = "A"}, b = {.id = "B", .person = "B"};
            hw_alloc_fail_at(nth, sticky == 1);
            hw_status s = hw_dataset_add_child(&d, &a, &err);
            size_t children = d.n_children, profiles = d.n_profiles;
            assert_int_equal(children, s == HW_OK);
            assert_int_equal(profiles, s == HW_OK);
            s = s == HW_OK ? hw_dataset_add_profile(&d, &b, &err) : s;
            s = s == HW_OK ? hw_dataset_add_family(&d, "F", &i, &err) : s;
            s = s == HW_OK ? hw_dataset_add_case(&d, "C", &i, &err) : s;
            s = s == HW_OK ? hw_dataset_add_population(&d, "P", &pop, &err) : s;
            hw_dataset_note(&d, "f", 1, "note");
            bool reached = hw_alloc_count() >= nth;
            hw_alloc_fail_at(0, false);
            assert_true(s == HW_OK || s == HW_NO_MEMORY);
            hw_dataset_release(&d);
            if (!reached) {
                assert_int_equal(s, HW_OK);
                break;
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_what_is_added),
        cmocka_unit_test(refuses_ids_taken_or_empty),
        cmocka_unit_test(keeps_notes),
        cmocka_unit_test(survives_want_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
