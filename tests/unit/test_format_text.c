// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "format_fixture.h"

#include <unistd.h>

#include "formats/text_input.h"

/* --- decoding --- */

static hw_status decode(hw_str *s, const char *bytes, size_t n, size_t max, hw_text_encoding *e, hw_err *err)
{
    hw_str_release(s);
    hw_str_init(s, max);
    hw_str_addn(s, bytes, n);
    *err = (hw_err){0};
    return hw_text_decode(s, e, err);
}

#define DECODE(bytes) decode(&s, bytes, sizeof(bytes) - 1, 0, &e, &err)

static void decodes(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str s = {0};
    hw_text_encoding e = HW_TEXT_GB18030;
    hw_err err = {0};
    hw_str_init(&s, 0);
    assert_int_equal(DECODE(""), HW_OK);
    assert_int_equal(e, HW_TEXT_UTF8);
    assert_string_equal(s.s, "");
    assert_int_equal(DECODE("a,\xE6\xAF\x8D\xE4\xBA\xB2,\xC3\xA9,\xF0\x9F\x91\xA7\r\n"), HW_OK);
    assert_int_equal(e, HW_TEXT_UTF8);
    assert_string_equal(s.s, "a,母亲,é,👧\r\n");
    assert_int_equal(DECODE("\xEF\xBB\xBFsample"), HW_OK);
    assert_string_equal(s.s, "sample");
    /* GB18030: two bytes, four bytes (U+1F467), and its BOM */
    assert_int_equal(DECODE("\xC4\xB8\xC7\xD7,M\n"), HW_OK);
    assert_int_equal(e, HW_TEXT_GB18030);
    assert_string_equal(s.s, "母亲,M\n");
    assert_int_equal(DECODE("\x84\x31\x95\x33\xC4\xB8"), HW_OK);
    assert_string_equal(s.s, "母");
    assert_int_equal(DECODE("\xC4\xB8 \x94\x39\xD3\x37"), HW_OK);
    assert_string_equal(s.s, "母 👧");
    assert_string_equal(hw_text_encoding_name(e), "GB18030");
    /* UTF-16, with and without BOM */
    assert_int_equal(DECODE("\xFF\xFE"
                            "a\0,\0\xCD\x6B\n\0"),
                     HW_OK);
    assert_int_equal(e, HW_TEXT_UTF16LE);
    assert_string_equal(s.s, "a,母\n");
    assert_int_equal(DECODE("\xFE\xFF\0a\0,\x6B\xCD\xD8\x3D\xDC\x67"), HW_OK);
    assert_int_equal(e, HW_TEXT_UTF16BE);
    assert_string_equal(s.s, "a,母👧");
    assert_int_equal(DECODE("a\0,\0\xCD\x6B\n\0"), HW_OK);
    assert_int_equal(e, HW_TEXT_UTF16LE);
    assert_string_equal(hw_text_encoding_name(e), "UTF-16LE");
    assert_int_equal(DECODE("\0a\0,\0\xE9\0\n"), HW_OK);
    assert_string_equal(s.s, "a,é\n");
    assert_string_equal(hw_text_encoding_name(e), "UTF-16BE");
    assert_string_equal(hw_text_encoding_name(HW_TEXT_UTF8), "UTF-8");
    /* long enough for several rounds of the converter */
    HW_CLEANUP(hw_str_release) hw_str big;
    hw_str_init(&big, 0);
    for (int i = 0; i < 5000; i++) {
        hw_str_add(&big, "\xC7\xD7");
    }
    assert_int_equal(decode(&s, big.s, big.len, 0, &e, &err), HW_OK);
    assert_int_equal(s.len, 15000);
}

static void refuses_what_is_no_text(void **state)
{
    (void)state;
    HW_CLEANUP(hw_str_release) hw_str s = {0};
    hw_text_encoding e = HW_TEXT_UTF8;
    hw_err err = {0};
    hw_str_init(&s, 0);
    assert_int_equal(DECODE("ab\ncdefghijklmnopqrstuvwxyz0123456789abcdefghijk\0x"), HW_PARSE);
    assert_string_equal(err.msg, "byte 48: a zero byte: this is not a text file");
    assert_int_equal(DECODE("a\0\0bcd"), HW_PARSE);
    assert_int_equal(DECODE("a\n\xFF\xFF"), HW_PARSE);
    assert_string_equal(err.msg,
                        "neither UTF-8 (wrong at byte 2, line 2) nor GB18030 (wrong at byte 2, line 2) nor UTF-16; save the file as UTF-8");
    assert_int_equal(s.len, 4);                         /* as it was */
    assert_int_equal(DECODE("\xC4\xB8\xC4"), HW_PARSE); /* cut inside a character */
    assert_int_equal(DECODE("\xFF\xFE"
                            "a\0b"),
                     HW_PARSE);
    assert_string_equal(err.msg, "byte 5: the file is UTF-16LE but has an odd number of bytes: it was cut off; get it again");
    assert_int_equal(DECODE("\xFF\xFE"
                            "a\0\0\0"),
                     HW_PARSE);
    assert_non_null(strstr(err.msg, "byte 4: a zero character in UTF-16LE text"));
    assert_int_equal(DECODE("\xFE\xFF\xDC\x00\0a"), HW_PARSE);
    assert_non_null(strstr(err.msg, "byte 2: half a character in UTF-16BE text"));
    assert_int_equal(DECODE("\xFE\xFF\xD8\x00\0a"), HW_PARSE);
    assert_int_equal(DECODE("\xFE\xFF\xD8\x00\xE0\x01"), HW_PARSE);
    assert_int_equal(DECODE("\xFE\xFF\xD8\x00"), HW_PARSE);
    /* beyond its limit */
    assert_int_equal(decode(&s, "\xC7\xD7", 2, 2, &e, &err), HW_LIMIT);
    assert_int_equal(decode(&s, "\xFF\xFE\xCD\x6B\xCD\x6B", 6, 6, &e, &err), HW_OK);
    assert_int_equal(decode(&s, "\xFF\xFE\xCD\x6B\xCD\x6B\xCD\x6B", 8, 8, &e, &err), HW_LIMIT);
}

static void checks_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *s;
        bool valid;
        size_t bad;
    } cases[] = {
        {"abcdefghijkl", true, 0},      {"\xC2\x80", true, 0},          {"\xC1\xBF", false, 0},         {"\xC0\x80", false, 0},
        {"\xE0\xA0\x80", true, 0},      {"\xE0\x9F\xBF", false, 0},     {"\xED\x9F\xBF", true, 0},      {"\xED\xA0\x80", false, 0},
        {"\xEF\xBF\xBD", true, 0},      {"\xF0\x90\x80\x80", true, 0},  {"\xF0\x8F\xBF\xBF", false, 0}, {"\xF4\x8F\xBF\xBF", true, 0},
        {"\xF4\x90\x80\x80", false, 0}, {"\xF5\x80\x80\x80", false, 0}, {"abcdefgh\x80", false, 8},     {"a\xE6\xAF", false, 1},
        {"\xE6\xAFx", false, 0},        {"a\xF0\x9F\x91x", false, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t bad = 0;
        assert_int_equal(hw_text_valid_utf8(cases[i].s, strlen(cases[i].s), &bad), cases[i].valid);
        assert_int_equal(bad, cases[i].bad);
    }
    assert_false(hw_text_valid_utf8("\x80", 1, NULL));
    uint32_t line, column;
    const char *text = "a\r\n母x\ry\n";
    hw_text_position(text, strlen(text), 0, &line, &column);
    assert_true(line == 1 && column == 1);
    hw_text_position(text, strlen(text), 6, &line, &column);
    assert_true(line == 2 && column == 2);
    hw_text_position(text, strlen(text), 8, &line, &column);
    assert_true(line == 3 && column == 1);
    hw_text_position(text, strlen(text), 99, &line, &column);
    assert_true(line == 4 && column == 1);
    hw_text_position("a\r", 2, 2, &line, &column);
    assert_true(line == 2 && column == 1);
}

/* --- rows --- */

static bool field_is(const hw_rows *r, size_t i, const char *text)
{
    return i < r->n && r->field[i].len == strlen(text) && memcmp(r->field[i].s, text, r->field[i].len) == 0;
}

static void reads_rows(void **state)
{
    (void)state;
    const char *text = "# key : value: more\n#only\n\n#:\na;\" b;\"\"c\"\"\r\nd \" ;e,f\r\n;;\n \n1;2\r3;4;\n#5;6";
    hw_rows r;
    hw_field key, value;
    bool more = false;
    hw_rows_init(&r, text, strlen(text), 0);
    assert_true(hw_rows_comment(&r, &key, &value));
    assert_true(key.len == 3 && memcmp(key.s, "key", 3) == 0 && value.len == 11 && memcmp(value.s, "value: more", 11) == 0);
    assert_true(hw_rows_comment(&r, &key, &value) && key.len == 0 && value.len == 4);
    assert_true(hw_rows_comment(&r, &key, &value) && key.len == 0 && value.len == 0);
    assert_false(hw_rows_comment(&r, &key, &value));
    assert_int_equal(r.sep, ';');
    assert_int_equal(hw_rows_next(&r, &more, NULL), HW_OK);
    assert_true(more && r.n == 3 && r.line == 5);
    assert_true(field_is(&r, 0, "a") && field_is(&r, 1, "b;\"c\"\r\nd") && field_is(&r, 2, "e,f"));
    hw_format_where w = hw_rows_where(&r, 2, "x");
    assert_true(w.line == 6 && w.column == 6 && w.record_len == 21);
    assert_string_equal(w.field, "x");
    w = hw_rows_where(&r, SIZE_MAX, NULL);
    assert_true(w.line == 5 && w.column == 0);
    assert_int_equal(hw_rows_next(&r, &more, NULL), HW_OK);
    assert_true(more && r.line == 9 && field_is(&r, 0, "1") && field_is(&r, 1, "2"));
    assert_int_equal(hw_rows_next(&r, &more, NULL), HW_OK);
    assert_true(more && r.line == 10 && r.n == 3 && field_is(&r, 2, ""));
    assert_int_equal(hw_rows_next(&r, &more, NULL), HW_OK);
    assert_true(more && r.line == 11 && field_is(&r, 0, "#5"));
    assert_int_equal(hw_rows_next(&r, &more, NULL), HW_OK);
    assert_false(more);
    assert_int_equal(r.n_records, 4);
    hw_rows_release(&r);

    hw_rows_init(&r, "x\ta,b;c\n#no\ny", 13, 0);
    r.comments = true;
    assert_int_equal(r.sep, '\t');
    assert_int_equal(hw_rows_next(&r, &more, NULL), HW_OK);
    assert_int_equal(hw_rows_next(&r, &more, NULL), HW_OK);
    assert_true(more && field_is(&r, 0, "y") && r.line == 3);
    hw_rows_release(&r);
    hw_rows_init(&r, "a|b", 3, '|');
    assert_int_equal(hw_rows_next(&r, &more, NULL), HW_OK);
    assert_true(r.n == 2);
    hw_rows_release(&r);
    hw_rows_init(&r, "\"a\tb\",\"c\"\"\"", 11, 0);
    assert_int_equal(r.sep, ',');
    assert_int_equal(hw_rows_next(&r, &more, NULL), HW_OK);
    assert_true(field_is(&r, 0, "a\tb") && field_is(&r, 1, "c\""));
    hw_rows_release(&r);
    hw_rows_init(&r, "", 0, 0);
    assert_false(hw_rows_comment(&r, &key, &value));
    hw_rows_release(&r);
}

static void goes_on_after_a_bad_row(void **state)
{
    (void)state;
    hw_rows r;
    bool more = false;
    hw_err err = {0};
    const char *text = "a,\"b\nc,d\n\"e\"x,f\ng,h\n";
    hw_rows_init(&r, text, strlen(text), 0);
    assert_int_equal(hw_rows_next(&r, &more, &err), HW_PARSE);
    assert_string_equal(err.msg, "expected a separator or the end of the line after the closing quote");
    assert_true(r.bad == 1 && r.line == 1);
    hw_format_where w = hw_rows_where(&r, r.bad, NULL);
    assert_true(w.line == 1 && w.column == 3 && w.record_len == 4);
    assert_int_equal(hw_rows_next(&r, &more, NULL), HW_OK);
    assert_true(field_is(&r, 0, "c") && r.line == 2);
    err = (hw_err){0};
    assert_int_equal(hw_rows_next(&r, &more, &err), HW_PARSE);
    assert_true(r.line == 3 && r.bad == 0);
    assert_int_equal(hw_rows_next(&r, &more, NULL), HW_OK);
    assert_true(field_is(&r, 1, "h") && r.line == 4);
    hw_rows_release(&r);
}

static void limits_rows(void **state)
{
    (void)state;
    hw_rows r;
    bool more = false;
    hw_err err = {0};
    HW_CLEANUP(hw_str_release) hw_str s;
    hw_str_init(&s, 0);
    for (int i = 0; i < 4096; i++) {
        hw_str_add(&s, ",");
    }
    hw_str_add(&s, "x\n");
    hw_rows_init(&r, s.s, s.len, ',');
    assert_int_equal(hw_rows_next(&r, &more, &err), HW_PARSE);
    assert_string_equal(err.msg, "expected at most 4096 fields in a line");
    assert_int_equal(r.bad, SIZE_MAX);
    hw_rows_release(&r);
    hw_rows_init(&r, s.s + 1, s.len - 1, ',');
    assert_int_equal(hw_rows_next(&r, &more, NULL), HW_OK);
    assert_int_equal(r.n, 4096);
    hw_rows_release(&r);
    for (int quoted = 0; quoted < 2; quoted++) {
        hw_str_clear(&s);
        hw_str_add(&s, quoted ? "\"" : "");
        for (int i = 0; i < 65537; i++) {
            hw_str_addc(&s, 'x');
        }
        hw_str_add(&s, quoted ? "\"\nb" : "\nb");
        hw_rows_init(&r, s.s, s.len, ',');
        err = (hw_err){0};
        assert_int_equal(hw_rows_next(&r, &more, &err), HW_PARSE);
        assert_non_null(strstr(err.msg, "expected a field of at most 65536 bytes"));
        assert_int_equal(hw_rows_next(&r, &more, NULL), HW_OK);
        assert_true(field_is(&r, 0, "b"));
        hw_rows_release(&r);
    }
    /* a record longer than all */
    hw_str_clear(&s);
    for (size_t i = 0; i < HW_ROWS_MAX_RECORD / 16; i++) {
        hw_str_add(&s, "               ,");
    }
    hw_rows_init(&r, s.s, s.len, ',');
    err = (hw_err){0};
    assert_int_equal(hw_rows_next(&r, &more, &err), HW_PARSE);
    hw_rows_release(&r);
    hw_str_clear(&s);
    for (size_t i = 0; i < HW_ROWS_MAX_RECORD; i++) {
        hw_str_addc(&s, ' ');
    }
    hw_str_add(&s, " \"x\"");
    hw_rows_init(&r, s.s, s.len, ',');
    err = (hw_err){0};
    assert_int_equal(hw_rows_next(&r, &more, &err), HW_PARSE);
    assert_string_equal(err.msg, "expected a record of at most 16777216 bytes");
    hw_rows_release(&r);
    /* too many records, without reading them */
    hw_rows_init(&r, "a", 1, ',');
    r.n_records = HW_ROWS_MAX_RECORDS;
    err = (hw_err){0};
    assert_int_equal(hw_rows_next(&r, &more, &err), HW_LIMIT);
    assert_string_equal(err.msg, "line 1: more than 20000000 records; split the file");
    hw_rows_release(&r);
    /* a comment as long as it likes */
    hw_str_clear(&s);
    hw_str_addc(&s, '#');
    for (int i = 0; i < 70000; i++) {
        hw_str_addc(&s, 'x');
    }
    hw_field key, value;
    hw_rows_init(&r, s.s, s.len, 0);
    assert_true(hw_rows_comment(&r, &key, &value));
    assert_int_equal(value.len, 65536);
    hw_rows_release(&r);
    hw_str_add(&s, ":y");
    hw_rows_init(&r, s.s, s.len, 0);
    assert_true(hw_rows_comment(&r, &key, &value));
    assert_int_equal(key.len, 0);
    hw_rows_release(&r);
}

static void rows_without_memory(void **state)
{
    (void)state;
    for (long nth = 1; nth < 5; nth++) {
        hw_rows r;
        bool more = true;
        hw_status status = HW_OK;
        hw_alloc_fail_at(nth, true);
        hw_rows_init(&r, "a,\"b\"\"\"\nc,\"d\"\"\"\n", 17, 0);
        while (more && status == HW_OK) {
            status = hw_rows_next(&r, &more, NULL);
        }
        bool reached = hw_alloc_count() >= nth;
        hw_alloc_fail_at(0, false);
        hw_rows_release(&r);
        assert_int_equal(status, reached ? HW_NO_MEMORY : HW_OK);
    }
    for (long nth = 1; nth < 6; nth++) {
        HW_CLEANUP(hw_str_release) hw_str s;
        hw_text_encoding e;
        hw_str_init(&s, 0);
        hw_str_add(&s, nth % 2 == 0 ? "\xC4\xB8\xC7\xD7" : "\xFE\xFF\x6B\xCD");
        hw_alloc_fail_at(1 + nth / 4, true);
        hw_status status = hw_text_decode(&s, &e, NULL);
        bool reached = hw_alloc_count() >= 1 + nth / 4;
        hw_alloc_fail_at(0, false);
        assert_int_equal(status, reached ? HW_NO_MEMORY : HW_OK);
    }
}

static hw_field field(const char *s)
{
    return (hw_field){s, (uint32_t)strlen(s), 0};
}

static void compares_names(void **state)
{
    (void)state;
    assert_true(hw_field_is(field("Sample Name"), "x|samplename"));
    assert_true(hw_field_is(field("sample_NAME."), "samplename"));
    assert_true(hw_field_is(field("母亲"), "父亲|母亲"));
    assert_false(hw_field_is(field("Sample"), "samplename"));
    assert_false(hw_field_is(field("Sample Names"), "samplename"));
    assert_false(hw_field_is(field(""), "samplename||"));
    assert_int_equal(hw_field_numbered(field("Allele 3"), "allele", 8), 3);
    assert_int_equal(hw_field_numbered(field("等位基因2"), "allele|等位基因", 8), 2);
    assert_int_equal(hw_field_numbered(field("Allele 9"), "allele", 8), 0);
    assert_int_equal(hw_field_numbered(field("Allele 0"), "allele", 8), 0);
    assert_int_equal(hw_field_numbered(field("Allele x"), "allele", 8), 0);
    assert_int_equal(hw_field_numbered(field("Allele"), "allele", 8), 0);
    assert_int_equal(hw_field_numbered(field("Allele 0003"), "allele", 8), 0);
    double x = 7;
    assert_true(hw_field_double(field("0,25"), &x) && x == 0.25);
    assert_true(hw_field_double(field("1e-3"), &x) && x == 0.001);
    assert_false(hw_field_double(field(""), &x));
    assert_false(hw_field_double(field("1.2.3"), &x));
    assert_false(hw_field_double(field("0.0000000000000000000000000000000000000000000000000000000000000001"), &x));
    char b[5];
    assert_string_equal(hw_field_copy(field("母亲"), b, sizeof b), "母");
    assert_string_equal(hw_field_copy(field("abcd"), b, sizeof b), "abcd");
    assert_string_equal(hw_field_copy(field("abcde"), b, sizeof b), "abcd");
    hw_arena a = {0};
    hw_arena_init(&a, 0);
    assert_string_equal(hw_text_stem(&a, "/x.y/table.one.csv"), "table.one");
    assert_string_equal(hw_text_stem(&a, "table"), "table");
    assert_string_equal(hw_text_stem(&a, "/x/.hidden"), ".hidden");
    hw_arena_release(&a);
}

static void reads_alleles(void **state)
{
    (void)state;
    static const struct {
        const char *s;
        hw_allele a;
    } cases[] = {
        {"9", 90},
        {"14", 140},
        {"9.3", 93},
        {"9,3", 93},
        {"32.2", 322},
        {"1234", 12340},
        {"09", 90},
        {"9.0", 90},
        {"<9", HW_ALLELE_BELOW | 90},
        {"<9,2", HW_ALLELE_BELOW | 92},
        {"", HW_ALLELE_UNKNOWN},
        {"-", HW_ALLELE_UNKNOWN},
        {"0", HW_ALLELE_UNKNOWN},
        {"OL", HW_ALLELE_OFF_LADDER},
        {"100.1", 1001},
    };
    hw_allele a;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(hw_field_allele(field(cases[i].s), &a, NULL), HW_OK);
        assert_int_equal(a, cases[i].a);
    }
    static const char *const bad[] = {"9.",    "9.33", "9x",    "9,x",
                                      "9,3,1", "1.x",  "99999", "1,00000000000000000000000000000000000000000000000000000000000000000001"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(hw_field_allele(field(bad[i]), &a, NULL), HW_PARSE);
    }
}

/* --- the table of formats --- */

static void knows_formats(void **state)
{
    (void)state;
    assert_int_equal(hw_format_count(), HW_FORMAT_COUNT - 1);
    assert_null(hw_format_at(hw_format_count()));
    for (size_t i = 0; i < hw_format_count(); i++) {
        const hw_format *f = hw_format_at(i);
        assert_non_null(f->name);
        assert_non_null(f->detect);
    }
    assert_ptr_equal(hw_format_by_name("CSV-wide"), &hw_format_csv_wide);
    assert_null(hw_format_by_name("nothing"));
    assert_ptr_equal(hw_format_by_id(HW_FORMAT_GENIS_TABLE), &hw_format_genis_table);
    assert_null(hw_format_by_id(HW_FORMAT_COUNT));
    fixture f;
    fixture_init(&f);
    assert_int_equal(fixture_read(&f, HW_FORMAT_UNKNOWN, "what is this?\n"), HW_PARSE);
    assert_non_null(strstr(f.err.msg, "t.csv: the format is not recognised; expected a table with a header line"));
    hw_format_input in = {"t", "sample,TH01\nA,x\n", 16};
    f.o.format = HW_FORMAT_CSV_WIDE;
    assert_int_equal(hw_format_read_text(&in, &f.o, &f.d, NULL), HW_PARSE); /* without a place for the message */
    fixture_release(&f);
}

static void picks_the_output(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    assert_null(hw_format_for_output("x", &f.d));
    assert_null(hw_format_for_output("a.csv/x", &f.d));
    assert_null(hw_format_for_output("x.nothing", &f.d));
    f.d.has_settings = true;
    assert_ptr_equal(hw_format_for_output("/a.b/x.CSV", &f.d), &hw_format_mutation_rates);
    f.d.has_settings = false;
    fixture_release(&f);
    fixture_reads(&f, HW_FORMAT_FREQUENCY_TABLE, "Allele,TH01\n6,1\n");
    assert_ptr_equal(hw_format_for_output("x.csv", &f.d), &hw_format_frequency_table);
    assert_int_equal(fixture_read(&f, HW_FORMAT_CSV_WIDE, "sample,TH01\nA,6/7\n"), HW_OK);
    assert_ptr_equal(hw_format_for_output("x.tsv", &f.d), &hw_format_csv_wide);
    fixture_release(&f);
}

static void reads_and_writes_files(void **state)
{
    (void)state;
    char folder[] = "/tmp/homeward-format-XXXXXX", path[64], none[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.csv", folder);
    snprintf(none, sizeof none, "%s/a.nothing", folder);
    fixture f, g;
    fixture_init(&f);
    static const char gb[] =
        "\xD1\xF9\xB1\xBE\xB1\xE0\xBA\xC5,\xD0\xD4\xB1\xF0,TH01\n\xBC\xD7,\xC5\xAE,6/9.3\n"; /* 样本编号,性别 ... 甲,女 */
    assert_int_equal(hw_file_write(path, gb, sizeof gb - 1, &f.err), HW_OK);
    assert_int_equal(hw_format_read_file(path, &f.o, &f.d, &f.err), HW_OK);
    assert_string_equal(fixture_genotype(&f, "甲", "TH01"), "6/9.3");
    assert_int_equal(f.d.profile[0]->sex, HW_SEX_FEMALE);
    assert_true(fixture_noted(&f, "read as GB18030"));
    assert_false(f.o.companions);
    HW_CLEANUP(hw_str_release) hw_str losses;
    hw_str_init(&losses, 0);
    f.o.format = HW_FORMAT_UNKNOWN;
    assert_int_equal(hw_format_write_file(path, &f.o, &f.d, &losses, &f.err), HW_OK);
    fixture_init(&g);
    assert_int_equal(hw_format_read_file(path, &g.o, &g.d, &g.err), HW_OK);
    assert_string_equal(fixture_genotype(&g, "甲", "TH01"), "6/9.3");
    /* failures */
    assert_int_equal(hw_format_write_file(none, &g.o, &g.d, NULL, &g.err), HW_USAGE);
    assert_non_null(strstr(g.err.msg, "a.nothing: no format to write is known by this name; expected one of: frequency-table (.csv), "));
    g.err = (hw_err){0};
    g.o.format = HW_FORMAT_GENEMAPPER;
    assert_int_equal(hw_format_write_file(path, &g.o, &g.d, NULL, &g.err), HW_USAGE);
    assert_non_null(strstr(g.err.msg, "known by this name for genemapper; expected"));
    g.err = (hw_err){0};
    g.o.format = HW_FORMAT_FREQUENCY_TABLE;
    assert_int_equal(hw_format_write_file(path, &g.o, &g.d, NULL, &g.err), HW_USAGE);
    g.o.format = HW_FORMAT_UNKNOWN;
    g.err = (hw_err){0};
    assert_int_equal(hw_format_read_file(none, &g.o, &g.d, &g.err), HW_NOT_FOUND);
    g.err = (hw_err){0};
    g.o.max_bytes = 5;
    assert_int_equal(hw_format_read_file(path, &g.o, &g.d, &g.err), HW_LIMIT);
    g.o.max_bytes = 0;
    g.err = (hw_err){0};
    assert_int_equal(hw_file_write(path, "a\n\xFF", 3, &g.err), HW_OK);
    assert_int_equal(hw_format_read_file(path, &g.o, &g.d, &g.err), HW_PARSE);
    assert_non_null(strstr(g.err.msg, "a.csv: neither UTF-8"));
    fixture_release(&f);
    fixture_release(&g);
    unlink(path);
    rmdir(folder);
}

static void rejects(void **state)
{
    (void)state;
    hw_format_input in = {"f.csv", "", 0};
    HW_CLEANUP(hw_str_release) hw_str out;
    hw_str_init(&out, 0);
    hw_format_options o = {.keep_good = true, .rejects = &out};
    hw_format_where w = {.line = 3, .column = 2, .field = "sex", .record = "a,\"b\"", .record_len = 5};
    hw_err err = {0};
    (void)HW_FAIL(&err, HW_PARSE, "expected this");
    assert_int_equal(hw_format_bad(&in, &o, &w, &err), HW_OK);
    assert_int_equal(err.code, HW_OK);
    w = (hw_format_where){0};
    (void)HW_FAIL(&err, HW_CONFLICT, "expected that");
    assert_int_equal(hw_format_bad(&in, &o, &w, &err), HW_OK);
    assert_string_equal(out.s,
                        "file,line,column,field,record,reason\nf.csv,3,2,sex,\"a,\"\"b\"\"\",expected this\nf.csv,,,,,expected that\n");
    assert_int_equal(o.n_rejects, 2);
    static const hw_status not_in_record[] = {HW_NO_MEMORY, HW_LIMIT, HW_IO, HW_USAGE};
    for (size_t i = 0; i < 4; i++) {
        err = (hw_err){0};
        (void)HW_FAIL(&err, not_in_record[i], "x");
        assert_int_equal(hw_format_bad(&in, &o, &w, &err), not_in_record[i]);
        assert_string_equal(err.msg, "f.csv: x");
    }
    static const hw_status in_record[] = {HW_UNSUPPORTED, HW_IMPOSSIBLE};
    for (size_t i = 0; i < 2; i++) {
        err = (hw_err){0};
        (void)HW_FAIL(&err, in_record[i], "x");
        assert_int_equal(hw_format_bad(&in, &o, &w, &err), HW_OK);
    }
    /* long records are cut between characters */
    HW_CLEANUP(hw_str_release) hw_str record;
    hw_str_init(&record, 0);
    hw_str_addc(&record, 'x');
    for (int i = 0; i < 3000; i++) {
        hw_str_add(&record, "母");
    }
    hw_str_clear(&out);
    w = (hw_format_where){.line = 1, .record = record.s, .record_len = record.len};
    hw_format_reject(&o, "f", &w, "y");
    assert_true(hw_text_valid_utf8(out.s, out.len, NULL) && out.len < 4200 && out.len > 4096);
    /* too many, or too much */
    o.n_rejects = HW_FORMAT_MAX_REJECTS;
    err = (hw_err){0};
    (void)HW_FAIL(&err, HW_PARSE, "x");
    assert_int_equal(hw_format_bad(&in, &o, &w, &err), HW_LIMIT);
    assert_string_equal(err.msg, "f.csv, line 1: more than 1000000 bad records; is this the right file?");
    hw_str_release(&out);
    hw_str_init(&out, 20);
    o.n_rejects = 0;
    err = (hw_err){0};
    (void)HW_FAIL(&err, HW_PARSE, "x");
    assert_int_equal(hw_format_bad(&in, &o, &w, &err), HW_LIMIT);
    o.rejects = NULL;
    err = (hw_err){0};
    (void)HW_FAIL(&err, HW_PARSE, "x");
    assert_int_equal(hw_format_bad(&in, &o, &w, &err), HW_OK);
    o.keep_good = false;
    w.column = 4;
    w.field = "sex";
    (void)HW_FAIL(&err, HW_PARSE, "x");
    assert_int_equal(hw_format_bad(&in, &o, &w, &err), HW_PARSE);
    assert_string_equal(err.msg, "f.csv, line 1, column 4, field \"sex\": x");
    hw_format_loss(NULL, "%s", "nothing");
    hw_str_release(&out);
    hw_str_init(&out, 0);
    hw_format_loss(&out, "%d things", 3);
    assert_string_equal(out.s, "3 things\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes),
        cmocka_unit_test(refuses_what_is_no_text),
        cmocka_unit_test(checks_utf8),
        cmocka_unit_test(reads_rows),
        cmocka_unit_test(goes_on_after_a_bad_row),
        cmocka_unit_test(limits_rows),
        cmocka_unit_test(rows_without_memory),
        cmocka_unit_test(compares_names),
        cmocka_unit_test(reads_alleles),
        cmocka_unit_test(knows_formats),
        cmocka_unit_test(picks_the_output),
        cmocka_unit_test(reads_and_writes_files),
        cmocka_unit_test(rejects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
