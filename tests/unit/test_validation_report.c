// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "font_caches.h"
#include "report/validation.h"

static hw_status fill(hw_validation *v, hw_err *err)
{
    hw_validation_init(v);
    v->version = "1.2.3";
    v->compiler = "cc 9";
    v->machine = "a machine";
    v->laboratory = "Institute <1>";
    HW_TRY(hw_validation_add_file(v, "program", "/dev/null", err));
    HW_TRY(hw_validation_add_value(v, "likelihood", "0.25", "0.25", 0, true, err));
    HW_TRY(hw_validation_add_value(v, "order", NULL, "holds", 0, true, err));
    HW_TRY(hw_validation_end_case(v, "a/good.json", "good-1", "ok", NULL, 1e-9, 0, err));
    HW_TRY(hw_validation_add_value(v, "a value, \"so-called\"", "0.5", "0.75", 0.5, false, err));
    HW_TRY(hw_validation_end_case(v, "a/bad.json", "bad-1", "FAILED", "1 of 1 values differ", 1e-9, 0.5, err));
    return hw_validation_end_case(v, "a/none.json", "none-1", "skipped", "next release", 0, 0, err);
}

typedef hw_status (*writer)(const hw_validation *, const hw_report_options *, hw_str *, hw_err *);
static const writer WRITER[] = {hw_report_validation_text, hw_report_validation_json, hw_report_validation_pdf};

static void counts_and_values(void **state)
{
    (void)state;
    hw_validation v;
    hw_err err = {0};
    assert_int_equal(fill(&v, &err), HW_OK);
    assert_int_equal(v.passed, 1);
    assert_int_equal(v.failed, 1);
    assert_int_equal(v.skipped, 1);
    assert_int_equal(v.kase[0].n, 2);
    assert_int_equal(v.kase[1].first, 2);
    assert_int_equal(v.kase[2].n, 0);
    assert_string_equal(v.file[0].sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_int_equal(hw_validation_add_file(&v, "cases", "/nonexistent/file", &err), HW_NOT_FOUND);
    assert_int_equal(v.n_files, 1);
    hw_validation_release(&v);
}

static void contains(const hw_str *text, const char *part)
{
    if (strstr(text->s, part) == NULL) {
        print_error("expected \"%s\" in:\n%s\n", part, text->s);
        fail();
    }
}

static void says_what_differs(void **state)
{
    (void)state;
    hw_validation v;
    hw_report_options o;
    hw_err err = {0};
    hw_str out;
    hw_str_init(&out, 0);
    hw_report_options_init(&o);
    o.date = "2026-11-25";
    assert_int_equal(fill(&v, &err), HW_OK);
    assert_int_equal(hw_report_validation_text(&v, &o, &out, &err), HW_OK);
    contains(&out, "REFERENCE VALUES DIFFER");
    contains(&out, "Institute <1>");
    contains(&out, "Analyst     ____");
    contains(&out, "0.75");
    assert_null(strstr(out.s, "0.25")); /* what agrees is on paper and in JSON only */
    hw_str_clear(&out);
    o.lang = HW_REPORT_ZH;
    assert_int_equal(hw_report_validation_text(&v, &o, &out, &err), HW_OK);
    contains(&out, "参考值不一致");
    hw_str_clear(&out);
    assert_int_equal(hw_report_validation_json(&v, &o, &out, &err), HW_OK);
    contains(&out, "\"expected\": null");
    contains(&out, "\"expected\": \"0.25\"");
    contains(&out, "so-called");
    hw_str_clear(&out);
    assert_int_equal(hw_report_validation_pdf(&v, &o, &out, &err), HW_OK);
    assert_memory_equal(out.s, "%PDF-", 5);
    /* nothing compared is not a pass */
    hw_validation none;
    hw_validation_init(&none);
    o.lang = HW_REPORT_EN;
    hw_str_clear(&out);
    assert_int_equal(hw_report_validation_text(&none, &o, &out, &err), HW_OK);
    contains(&out, "NOTHING WAS COMPARED");
    hw_validation_release(&none);
    hw_validation_release(&v);
    hw_str_release(&out);
}

static void want_of_memory(void **state)
{
    (void)state;
    for (long n = 1;; n++) {
        hw_validation v;
        hw_err err = {0};
        hw_alloc_fail_at(n, n % 2 == 0);
        hw_status s = fill(&v, &err);
        hw_alloc_fail_at(0, false);
        hw_validation_release(&v);
        if (s == HW_OK) {
            break;
        }
        assert_int_equal(s, HW_NO_MEMORY);
    }
    hw_validation v;
    hw_report_options o;
    hw_err none = {0};
    hw_report_options_init(&o);
    assert_int_equal(fill(&v, &none), HW_OK);
    for (size_t i = 0; i < sizeof WRITER / sizeof WRITER[0]; i++) {
        long step = i == 2 ? 5 : 1; /* a PDF takes its time */
        for (long n = 1;; n += step) {
            hw_str out;
            hw_err err = {0};
            hw_str_init(&out, 0);
            hw_alloc_fail_at(n, n % 2 == 0);
            hw_status s = WRITER[i](&v, &o, &out, &err);
            hw_alloc_fail_at(0, false);
            hw_str_release(&out);
            if (s == HW_OK) {
                assert_true(n > 1);
                break;
            }
            assert_int_equal(s, HW_NO_MEMORY);
        }
    }
    hw_validation_release(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_and_values),
        cmocka_unit_test(says_what_differs),
        cmocka_unit_test(want_of_memory),
    };
    return cmocka_run_group_tests_name("validation_report", tests, NULL, NULL);
}
