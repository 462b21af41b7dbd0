// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* The mark of synthetic data goes into every format that holds people, and comes back from it. */
#include "format_document.h"

#include "formats/cmf.h"

#define PEOPLE                                                                                                                             \
    "\"populations\": [{\"name\": \"P\", \"loci\": [{\"locus\": \"TH01\", \"alleles\": [6, 7], \"frequencies\": [0.5, 0.5]}]}],"           \
    "\"families\": [{\"id\": \"F1\", \"comment\": \"made up\", \"individuals\": [{\"id\": \"MO\", \"sex\": \"F\"}, {\"id\": \"FA\", "      \
    "\"sex\": \"M\"},"                                                                                                                     \
    "{\"id\": \"K\", \"sex\": \"M\", \"mother\": \"MO\", \"father\": \"FA\"}], \"missing\": [\"K\"],"                                      \
    "\"profiles\": {\"MO\": \"m1\"}}]"
#define PROFILES(mark)                                                                                                                     \
    "\"profiles\": [{\"id\": \"m1\", \"person\": \"MO\", \"sex\": \"F\", \"genotypes\": {\"TH01\": [6, 7]}}],"                             \
    "\"children\": [{\"id\": \"c1\", \"comment\": \"found; here\"" mark ", \"genotypes\": {\"TH01\": [6, 6]}}],"

static const char whole[] = "{\"format\": \"homeward/1\", \"synthetic\": true, " PROFILES("") PEOPLE "}";
static const char one[] = "{\"format\": \"homeward/1\", " PROFILES(", \"synthetic\": true") PEOPLE "}";
static const char real[] = "{\"format\": \"homeward/1\", " PROFILES("") PEOPLE "}";

static const struct {
    hw_format_id id;
    const char *name, *mark;
} FORMATS[] = {
    {HW_FORMAT_FAMILIAS, "x.fam", "\"(SYNTHETIC DATA; produced by Homeward)\""},
    {HW_FORMAT_LINKAGE, "x.ped", "SYNTHETIC-F1\t"},
    {HW_FORMAT_CMF_XML, "x.xml", "<SPECIMENCOMMENT>SYNTHETIC DATA: found"},
    {HW_FORMAT_CSV_WIDE, "x.csv", "# synthetic: yes\n"},
    {HW_FORMAT_HOMEWARD_JSON, "x.json", "\"synthetic\""},
};
#define N_FORMATS (sizeof FORMATS / sizeof FORMATS[0])

static void survives_every_format(void **state)
{
    (void)state;
    const char *const texts[] = {whole, one};
    for (size_t i = 0; i < 2 * N_FORMATS; i++) {
        hw_format_id id = FORMATS[i / 2].id;
        fixture f, g, h;
        hw_str a, b, losses;
        must_read(&f, HW_FORMAT_HOMEWARD_JSON, "in.json", texts[i % 2]);
        assert_true(hw_format_is_synthetic(&f.d) && f.d.synthetic);
        must_write(&f.d, id, &a, &losses);
        hw_str_release(&losses);
        if (strstr(a.s, FORMATS[i / 2].mark) == NULL) {
            fail_msg("%s, text %zu: no mark in\n%s", FORMATS[i / 2].name, i % 2, a.s);
        }
        must_read(&g, HW_FORMAT_UNKNOWN, FORMATS[i / 2].name, a.s);
        if (!g.d.synthetic || g.d.n_profiles == 0) {
            fail_msg("%s, text %zu: the mark is lost", FORMATS[i / 2].name, i % 2);
        }
        bool single = i % 2 == 1 && (id == HW_FORMAT_CSV_WIDE || id == HW_FORMAT_HOMEWARD_JSON); /* these mark each profile by itself */
        for (size_t k = 0; k < g.d.n_profiles && !single && id != HW_FORMAT_HOMEWARD_JSON; k++) {
            assert_true(g.d.profile[k]->synthetic);
        }
        /* once more: the mark is neither lost nor doubled */
        must_write(&g.d, id, &b, &losses);
        assert_null(strstr(b.s, "SYNTHETIC DATA: SYNTHETIC"));
        assert_null(strstr(b.s, "SYNTHETIC-SYNTHETIC"));
        must_read(&h, HW_FORMAT_UNKNOWN, FORMATS[i / 2].name, b.s);
        assert_true(h.d.synthetic);
        assert_int_equal(h.d.n_profiles, g.d.n_profiles);
        assert_int_equal(h.d.n_families, 1);
        hw_str_release(&a);
        hw_str_release(&b);
        hw_str_release(&losses);
        fixture_release(&f);
        fixture_release(&g);
        fixture_release(&h);
    }
}

/* From each format into each other one. */
static void survives_chains(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_FORMATS * N_FORMATS; i++) {
        fixture f, g, h;
        hw_str a, b, la, lb;
        must_read(&f, HW_FORMAT_HOMEWARD_JSON, "in.json", whole);
        must_write(&f.d, FORMATS[i / N_FORMATS].id, &a, &la);
        must_read(&g, HW_FORMAT_UNKNOWN, FORMATS[i / N_FORMATS].name, a.s);
        must_write(&g.d, FORMATS[i % N_FORMATS].id, &b, &lb);
        must_read(&h, HW_FORMAT_UNKNOWN, FORMATS[i % N_FORMATS].name, b.s);
        if (!h.d.synthetic) {
            fail_msg("lost from %s to %s", FORMATS[i / N_FORMATS].name, FORMATS[i % N_FORMATS].name);
        }
        hw_str_release(&a);
        hw_str_release(&b);
        hw_str_release(&la);
        hw_str_release(&lb);
        fixture_release(&f);
        fixture_release(&g);
        fixture_release(&h);
    }
}

static void marks_nobody_real(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_FORMATS; i++) {
        fixture f, g;
        hw_str a, losses;
        must_read(&f, HW_FORMAT_HOMEWARD_JSON, "in.json", real);
        must_write(&f.d, FORMATS[i].id, &a, &losses);
        assert_null(strstr(a.s, FORMATS[i].mark));
        must_read(&g, HW_FORMAT_UNKNOWN, FORMATS[i].name, a.s);
        assert_false(hw_format_is_synthetic(&g.d));
        hw_str_release(&a);
        hw_str_release(&losses);
        fixture_release(&f);
        fixture_release(&g);
    }
}

/* What stood beside the mark is as it was. */
static void keeps_comments(void **state)
{
    (void)state;
    fixture f, g;
    hw_str a, losses;
    must_read(&f, HW_FORMAT_HOMEWARD_JSON, "in.json", whole);
    must_write(&f.d, HW_FORMAT_FAMILIAS, &a, &losses);
    must_read(&g, HW_FORMAT_UNKNOWN, "x.fam", a.s);
    assert_string_equal(g.d.family[0].comment, "made up");
    assert_string_equal(g.d.family[0].id, "F1");
    /* the program writes a header of its own: the notes still say it */
    char *header = strstr(a.s, "(SYNTHETIC DATA");
    assert_non_null(header);
    memset(header, 'x', strlen("(SYNTHETIC DATA"));
    fixture_release(&g);
    must_read(&g, HW_FORMAT_UNKNOWN, "x.fam", a.s);
    assert_true(g.d.synthetic && g.d.profile[0]->synthetic);
    fixture_release(&g);
    hw_str_release(&a);
    hw_str_release(&losses);
    must_write(&f.d, HW_FORMAT_CMF_XML, &a, &losses);
    must_read(&g, HW_FORMAT_UNKNOWN, "x.xml", a.s);
    assert_non_null(hw_dataset_find_profile(&g.d, "c1")->comment);
    assert_true(hw_str_starts(hw_dataset_find_profile(&g.d, "c1")->comment, "found"));
    assert_null(hw_dataset_find_profile(&g.d, "m1")->comment);
    hw_str_release(&a);
    hw_str_release(&losses);
    fixture_release(&f);
    fixture_release(&g);
}

static void takes_the_mark_off(void **state)
{
    (void)state;
    static const struct {
        const char *text, *rest;
        bool marked;
    } cases[] = {
        {NULL, NULL, false},
        {"made up", "made up", false},
        {"SYNTHETIC DATA", NULL, true},
        {"SYNTHETIC DATA: made up", "made up", true},
        {"SYNTHETIC DATA: ", "SYNTHETIC DATA: ", true},
        {"SYNTHETIC DATA of last year", "SYNTHETIC DATA of last year", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool marked = false;
        const char *rest = hw_format_take_mark(cases[i].text, &marked);
        assert_int_equal(marked, cases[i].marked);
        assert_int_equal(rest == NULL, cases[i].rest == NULL);
        assert_true(rest == NULL || hw_streq(rest, cases[i].rest));
    }
}

/* A file that says nothing, or "synthetic": false, does not take the mark of another file away. */
static void stays_beside_other_files(void **state)
{
    (void)state;
    fixture f;
    must_read(&f, HW_FORMAT_HOMEWARD_JSON, "a.json", "{\"format\": \"homeward/1\", \"synthetic\": true}");
    const char *other = "{\"format\": \"homeward/1\", \"synthetic\": false}";
    assert_int_equal(read_named(&f, HW_FORMAT_HOMEWARD_JSON, "b.json", other, strlen(other)), HW_OK);
    assert_true(f.d.synthetic);
    fixture_release(&f);
}

/* A long comment is cut so that the mark and what fits of it are within the 255 characters of the schema. */
static void leaves_room_in_cmf(void **state)
{
    (void)state;
    fixture f, g;
    hw_str text, a, losses;
    hw_str_init(&text, 0);
    hw_str_add(&text, "{\"format\": \"homeward/1\", \"synthetic\": true, \"profiles\": [{\"id\": \"a\", \"comment\": \"");
    for (int i = 0; i < 300; i++) {
        hw_str_add(&text, "\xE5\xAD\xA9");
    }
    hw_str_add(&text, "\", \"genotypes\": {\"TH01\": [6, 6]}}]}");
    must_read(&f, HW_FORMAT_HOMEWARD_JSON, "in.json", text.s);
    must_write(&f.d, HW_FORMAT_CMF_XML, &a, &losses);
    assert_non_null(strstr(losses.s, "the comment beyond 239 characters"));
    must_read(&g, HW_FORMAT_CMF_XML, "x.xml", a.s);
    assert_int_equal(strlen(g.d.profile[0]->comment), (size_t)3 * 239);
    assert_true(g.d.profile[0]->synthetic);
    hw_str_release(&text);
    hw_str_release(&a);
    hw_str_release(&losses);
    fixture_release(&f);
    fixture_release(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives_every_format), cmocka_unit_test(survives_chains),    cmocka_unit_test(marks_nobody_real),
        cmocka_unit_test(keeps_comments),        cmocka_unit_test(takes_the_mark_off), cmocka_unit_test(stays_beside_other_files),
        cmocka_unit_test(leaves_room_in_cmf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
