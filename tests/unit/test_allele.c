// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kinship/allele.h"

static hw_allele parse(const char *s)
{
    hw_allele a = 12345;
    hw_err err = {0};
    assert_int_equal(hw_allele_parse(s, strlen(s), &a, &err), HW_OK);
    return a;
}

static void reads_names(void **state)
{
    (void)state;
    assert_int_equal(parse("9"), 90);
    assert_int_equal(parse(" 9.3\t"), 93);
    assert_int_equal(parse("9.0"), 90);
    assert_int_equal(parse("9.30"), 93);
    assert_int_equal(parse("09"), 90);
    assert_int_equal(parse("0.1"), 1);
    assert_int_equal(parse("9999.9"), HW_ALLELE_MAX_TENTHS);
    assert_int_equal(parse("<9"), HW_ALLELE_BELOW | 90);
    assert_int_equal(parse("> 20.2"), HW_ALLELE_ABOVE | 202);
    assert_int_equal(parse("OL"), HW_ALLELE_OFF_LADDER);
    assert_int_equal(parse("ol"), HW_ALLELE_OFF_LADDER);
    assert_int_equal(parse("Silent"), HW_ALLELE_SILENT);
    assert_int_equal(parse("null"), HW_ALLELE_SILENT);
    assert_int_equal(parse("Rest allele"), HW_ALLELE_REST);
    assert_true(parse("X") >= HW_ALLELE_NAMED);
    assert_true(parse("X") < parse("Y"));
    assert_int_not_equal(parse("AB"), parse("BA"));
    static const char *const unknown[] = {"", " ", "-", "?", "0", "0.0", "NA", "na", "None", ".", "*"};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_int_equal(parse(unknown[i]), HW_ALLELE_UNKNOWN);
    }
    hw_allele a;
    assert_int_equal(hw_allele_parse(NULL, 0, &a, NULL), HW_OK);
    assert_int_equal(a, HW_ALLELE_UNKNOWN);
    assert_int_equal(hw_allele_parse("14,15", 2, &a, NULL), HW_OK);
    assert_int_equal(a, 140);
}

static void refuses_what_is_no_allele(void **state)
{
    (void)state;
    static const char *const bad[] = {"9,3",   "9.",    "9.33",  ".3",    "9.x",   "10000",   "99999999999999", "14/15", "ABCDE", "<",
                                      "<x",    "-3",    "1e3",   "9 3",   "\x01",  "A,B",     "A/",             "a\xC3\xA9", "14x", "+9",
                                      "+",     "<9.33", "A;",    "A\"",   "Rest allele, all the others"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        hw_allele a = 77;
        hw_err err = {0};
        if (hw_allele_parse(bad[i], strlen(bad[i]), &a, &err) != HW_PARSE) {
            fail_msg("\"%s\" was accepted", bad[i]);
        }
        assert_int_equal(a, 77);
        assert_non_null(strstr(err.msg, "expected"));
        assert_int_equal(hw_allele_parse(bad[i], strlen(bad[i]), &a, NULL), HW_PARSE);
    }
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    char buf[HW_ALLELE_BUF];
    for (hw_allele a = 1; a <= HW_ALLELE_MAX_TENTHS; a++) {
        assert_ptr_equal(hw_allele_format(a, buf), buf);
        assert_int_equal(parse(buf), a);
    }
    static const char *const names[] = {"9", "9.3", "<9", ">20.2", "OL", "silent", "Rest allele", "X", "Y", "ABCD", "A1", "-"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_string_equal(hw_allele_format(parse(names[i]), buf), names[i]);
    }
    assert_string_equal(hw_allele_format(0, buf), "0");
    assert_string_equal(hw_allele_format(HW_ALLELE_ABOVE | HW_ALLELE_MAX_TENTHS, buf), ">9999.9");
    assert_string_equal(hw_allele_format(-7, buf), "-");
    assert_string_equal(hw_allele_format(HW_ALLELE_MAX_TENTHS + 1, buf), "-");
}

static void knows_what_may_be_what(void **state)
{
    (void)state;
    assert_true(hw_allele_may_be(93, 93));
    assert_false(hw_allele_may_be(93, 90));
    assert_true(hw_allele_may_be(HW_ALLELE_UNKNOWN, 93));
    assert_true(hw_allele_may_be(HW_ALLELE_OFF_LADDER, HW_ALLELE_REST));
    assert_true(hw_allele_may_be(parse("<9"), 80));
    assert_false(hw_allele_may_be(parse("<9"), 90));
    assert_false(hw_allele_may_be(parse("<9"), 200));
    assert_true(hw_allele_may_be(parse("<9"), parse("<9")));
    assert_false(hw_allele_may_be(parse("<9"), parse("X")));
    assert_true(hw_allele_may_be(parse(">20"), 201));
    assert_false(hw_allele_may_be(parse(">20"), 200));
    assert_false(hw_allele_may_be(HW_ALLELE_SILENT, 200));
    assert_false(hw_allele_may_be(parse("X"), 200));
    assert_true(hw_allele_is_repeat(0));
    assert_false(hw_allele_is_repeat(HW_ALLELE_UNKNOWN));
    assert_false(hw_allele_is_repeat(HW_ALLELE_BELOW | 90));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_names),
        cmocka_unit_test(refuses_what_is_no_allele),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(knows_what_may_be_what),
    };
    return cmocka_run_group_tests_name("allele", tests, NULL, NULL);
}
