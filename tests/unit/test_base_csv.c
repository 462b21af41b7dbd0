// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/csv.h"
#include "base/memory.h"
#include "base/rng.h"

/* The whole text as "line:[field@column|field@column]" per record, or the error's message. */
static const char *dump(const char *text, size_t n, char sep, hw_str *out)
{
    hw_csv c;
    hw_err err = {0};
    bool more = false;

    hw_str_clear(out);
    hw_csv_init(&c, text, n, sep);
    for (;;) {
        hw_status s = hw_csv_next(&c, &more, &err);
        if (s != HW_OK) {
            /* the same error again, and no fields to be read by mistake */
            hw_err again = {0};
            bool untouched = true;
            assert_int_equal(s, err.code);
            assert_int_equal(hw_csv_next(&c, &untouched, &again), s);
            assert_string_equal(again.msg, err.msg);
            assert_true(untouched);
            assert_int_equal(c.n_fields, 0);
            hw_str_addf(out, "%s: %s", hw_status_name(s), err.msg);
            break;
        }
        if (!more) {
            break;
        }
        hw_str_addf(out, "%u:[", c.line);
        for (size_t i = 0; i < c.n_fields; i++) {
            hw_str_addf(out, "%s%s@%u", i > 0 ? "|" : "", c.field[i], c.column[i]);
        }
        hw_str_add(out, "]");
    }
    hw_csv_release(&c);
    assert_int_equal(hw_str_check(out, NULL), HW_OK);
    return out->s;
}

static void check(const char *text, char sep, const char *want)
{
    HW_CLEANUP(hw_str_release) hw_str out;
    hw_str_init(&out, 0);
    assert_string_equal(dump(text, strlen(text), sep, &out), want);
}

static void reads_records(void **state)
{
    (void)state;
    check("", ',', "");
    check("\n\r\n\r", ',', "");
    check("a,b\nc,d\n", ',', "1:[a@1|b@3]2:[c@1|d@3]");
    check("a,b\nc,d", ',', "1:[a@1|b@3]2:[c@1|d@3]");
    check("a\r\nb\rc\n\n\nd", ',', "1:[a@1]2:[b@1]3:[c@1]6:[d@1]");
    check(",", ',', "1:[@1|@2]");
    check("a,b,", ',', "1:[a@1|b@3|@5]");
    check("a,\n,b\n", ',', "1:[a@1|@3]2:[@1|b@2]");
    check(" a , b ", ',', "1:[ a @1| b @5]");
    check(" \n\"\"\n", ',', "1:[ @1]2:[@1]");
    check("\xE6\x89\xBE,x", ',', "1:[\xE6\x89\xBE@1|x@5]");
}

static void reads_quoted_fields(void **state)
{
    (void)state;
    check("\"a,b\",c", ',', "1:[a,b@1|c@7]");
    check("\"say \"\"x\"\"\",\"\"\"\"", ',', "1:[say \"x\"@1|\"@13]");
    check("\"\",\"\"\n", ',', "1:[@1|@4]");
    check("\"a\nb\r\nc\rd\",e\nf", ',', "1:[a\nb\r\nc\rd@1|e@4]5:[f@1]");
    check("\"\n\",\"\n\"\nz", ',', "1:[\n@1|\n@3]4:[z@1]");
    check("a;\"b;c\"\t", ';', "PARSE: line 1, column 8: text after a closing quote; expected a separator or the end of the line (a "
                               "quote inside a quoted field is written twice)");
}

static void guesses_the_separator(void **state)
{
    (void)state;
    check("a;b,c\nd;e", 0, "1:[a@1|b,c@3]2:[d@1|e@3]");
    check("a;b\tc,d", 0, "1:[a;b@1|c,d@5]");
    check("a,b\nc;d\te", 0, "1:[a@1|b@3]2:[c;d\te@1]");
    check("\"a;b\tc\",d\n", 0, "1:[a;b\tc@1|d@9]");
    check("\"x\n;\";y", 0, "1:[x\n;@1|y@4]");
    check("\xEF\xBB\xBF" "a;b\nc;d", 0, "1:[a@1|b@3]2:[c@1|d@3]");
    check("\xEF\xBB\xBF" "\"a\"", 0, "1:[a@1]");
    check("\xEF\xBB\xBF", 0, "");
    HW_CLEANUP(hw_str_release) hw_str out;
    hw_str_init(&out, 0);
    assert_string_equal(dump(NULL, 0, 0, &out), "");
}

static void says_where_it_is_wrong(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str out;
    static const struct {
        const char *text, *start;
    } bad[] = {{"a,b\nc,d\"e\n", "1:[a@1|b@3]PARSE: line 2, column 4: a quote inside an unquoted field;"},
               {"a, \"b\"", "PARSE: line 1, column 4: a quote inside an unquoted field;"},
               {"a,\"b\nc", "PARSE: line 1, column 3: the quote opened here is never closed"},
               {"a\nb,\"x\ny\"z", "1:[a@1]PARSE: line 3, column 3: text after a closing quote;"},
               {"\"", "PARSE: line 1, column 1: the quote opened here is never closed"},
               {"a\n\nbc,\xB5\n", "1:[a@1]PARSE: line 3, column 4: byte 0xB5 is not UTF-8; save the file as UTF-8"},
               {"\"\n\xC0\xAF\"", "PARSE: line 2, column 1: byte 0xC0 is not UTF-8;"},
               {"\xFF\xFE" "a", "PARSE: line 1, column 1: byte 0xFF is not UTF-8;"},
               {"\xEF\xBB\xBF" "ab\"", "PARSE: line 1, column 3: a quote inside"}};
    hw_str_init(&out, 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        dump(bad[i].text, strlen(bad[i].text), ',', &out);
        if (!hw_str_starts(out.s, bad[i].start)) {
            fail_msg("want %s\ngot  %s", bad[i].start, out.s);
        }
    }
    dump("a,b\0c", 5, ',', &out);
    assert_true(hw_str_starts(out.s, "PARSE: line 1, column 4: a zero byte"));
}

static void keeps_its_limits(void **state)
{
    (void)state;
    static const char *const at_the_limit[] = {"a,b,c\nabcde,x", "\"abcde\"", "\"a\"\"b\n\""};
    static const char *const beyond[] = {"a,b,c,d", "abcdef", "\"abcdef\"", "\"abcde\"\"\"", "\"abcde\n\"", "\"abcd\r\nx\""};
    for (size_t i = 0; i < 9; i++) {
        const char *text = i < 3 ? at_the_limit[i] : beyond[i - 3];
        hw_csv c;
        hw_err err = {0};
        bool more = true;
        hw_status s = HW_OK;
        hw_csv_init(&c, text, strlen(text), ',');
        c.max_fields = 3;
        c.max_field_len = 5;
        while (s == HW_OK && more) {
            s = hw_csv_next(&c, &more, &err);
        }
        assert_int_equal(s, i < 3 ? HW_OK : HW_LIMIT);
        if (i >= 3) {
            assert_true(hw_str_starts(err.msg, "line 1, column "));
        }
        hw_csv_release(&c);
    }
}

static void long_records_move_their_fields_along(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str text;
    hw_csv c;
    bool more = false;
    char field[32];
    hw_str_init(&text, 0);
    for (int record = 0; record < 3; record++) {
        for (int i = 0; i < 1000; i++) {
            snprintf(field, sizeof(field), "value \"%d\"", i * record);
            hw_csv_write(&text, field, ';', i == 0);
        }
        hw_str_addc(&text, '\n');
    }
    hw_csv_init(&c, text.s, text.len, 0);
    for (int record = 0; record < 3; record++) {
        assert_int_equal(hw_csv_next(&c, &more, NULL), HW_OK);
        assert_true(more);
        assert_int_equal(c.n_fields, 1000);
        for (int i = 0; i < 1000; i++) {
            snprintf(field, sizeof(field), "value \"%d\"", i * record);
            assert_string_equal(c.field[i], field);
        }
    }
    hw_csv_release(&c);
}

static void writes_what_it_reads_back(void **state)
{
    (void)state;
    static const char alphabet[] = "ab,;\t\"\n\r \xC3\xA9";
    static const char separators[] = ",;\t";
    hw_rng r;
    hw_rng_seed(&r, 3, 3);
    for (int round = 0; round < 3000; round++) {
        HW_CLEANUP(hw_str_release) hw_str text;
        char fields[20][8];
        size_t n = 1 + hw_rng_below(&r, 4), records = 1 + hw_rng_below(&r, 4);
        char sep = separators[hw_rng_below(&r, 3)];
        hw_str_init(&text, 0);
        for (size_t i = 0; i < n * records; i++) {
            size_t len = 0, want = hw_rng_below(&r, 6);
            while (len < want) {
                size_t k = hw_rng_below(&r, sizeof(alphabet) - 2); /* the two-byte character counts once */
                fields[i][len++] = alphabet[k];
                if (alphabet[k] == '\xC3') {
                    fields[i][len++] = '\xA9';
                }
            }
            fields[i][len] = '\0';
            hw_csv_write(&text, fields[i], sep, i % n == 0);
            if (i % n == n - 1) {
                hw_str_add(&text, round % 2 ? "\n" : "\r\n");
            }
        }
        hw_csv c;
        hw_err err = {0};
        bool more = false;
        /* one column shows no separator to guess from */
        hw_csv_init(&c, text.s, text.len, n > 1 ? 0 : sep);
        assert_int_equal(c.sep, sep);
        for (size_t i = 0; i < records; i++) {
            assert_int_equal(hw_csv_next(&c, &more, &err), HW_OK);
            assert_true(more);
            assert_int_equal(c.n_fields, n);
            for (size_t k = 0; k < n; k++) {
                assert_string_equal(c.field[k], fields[i * n + k]);
            }
        }
        assert_int_equal(hw_csv_next(&c, &more, &err), HW_OK);
        assert_false(more);
        hw_csv_release(&c);
    }
}

static void writes_quotes_only_where_needed(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str out;
    hw_str_init(&out, 0);
    hw_csv_write(&out, "plain text", ',', true);
    hw_csv_write(&out, "", ',', false);
    hw_csv_write(&out, NULL, ',', false);
    hw_csv_write(&out, "a;b", ',', false);
    hw_csv_write(&out, "5\"", ',', false);
    hw_csv_write(&out, "l\n", ',', false);
    assert_string_equal(out.s, "plain text,,,\"a;b\",\"5\"\"\",\"l\n\"");
    hw_str_clear(&out);
    hw_csv_write(&out, "", ',', true);
    assert_string_equal(out.s, "\"\"");
    hw_str_clear(&out);
    hw_csv_write(&out, "\xEF\xBB\xBF" "id", ',', true);
    assert_string_equal(out.s, "\"\xEF\xBB\xBF" "id\"");
    hw_str_clear(&out);
    hw_csv_write(&out, "a|b", '|', true);
    assert_string_equal(out.s, "\"a|b\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_records),
        cmocka_unit_test(reads_quoted_fields),
        cmocka_unit_test(guesses_the_separator),
        cmocka_unit_test(says_where_it_is_wrong),
        cmocka_unit_test(keeps_its_limits),
        cmocka_unit_test(long_records_move_their_fields_along),
        cmocka_unit_test(writes_what_it_reads_back),
        cmocka_unit_test(writes_quotes_only_where_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
