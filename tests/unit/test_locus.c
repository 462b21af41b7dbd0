// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kinship/locus.h"

static void finds_any_spelling(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"TH01", "TH01"},          {"tho1", "TH01"},           {"HUMTH01", "TH01"},      {"TP0X", "TPOX"},
        {"PENTA_D", "Penta D"},    {"PentaD", "Penta D"},      {"penta e", "Penta E"},   {"VWA", "vWA"},
        {"vWA31", "vWA"},          {"D8S1179", "D8S1179"},     {"D6S502", "D8S1179"},    {"ACTBP2", "SE33"},
        {"DYS389 I", "DYS389I"},   {"DYS389-II", "DYS389II"},  {"YGATAH4", "Y-GATA-H4"}, {"GATA_H4", "Y-GATA-H4"},
        {"Y GATA H4", "Y-GATA-H4"}, {"DYS385 a/b", "DYS385"},  {"DYS385a", "DYS385"},    {"DYF387S1a/b", "DYF387S1"},
        {"Amelogenin", "AMEL"},    {"Yindel", "Y indel"},      {"Y-InDel", "Y indel"},   {"SRY", "SRY"},
        {"D22-GATA198B05", "D22GATA198B05"}, {"HPRT", "HPRTB"}, {"d6s1043", "D6S1043"},  {"FES/FPS", "FESFPS"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const hw_locus_info *l = hw_locus_find(pairs[i][0]);
        if (l == NULL) {
            fail_msg("%s is not known", pairs[i][0]);
        }
        assert_string_equal(l->name, pairs[i][1]);
    }
    assert_null(hw_locus_find("D99S999"));
    assert_null(hw_locus_find(""));
    assert_null(hw_locus_find(" - _"));
    assert_null(hw_locus_find(NULL));
    assert_null(hw_locus_find("a name far longer than any locus in the table could ever have, and then some more"));
    /* alike in name, different in place */
    assert_ptr_not_equal(hw_locus_find("D5S2500"), hw_locus_find("D5S2800"));
    assert_ptr_not_equal(hw_locus_find("D4S2366"), hw_locus_find("D4S2408"));
}

static void knows_the_kits(void **state)
{
    (void)state;
    static const char *const kits[] = {
        /* CODIS 20, with Penta D and E */
        "CSF1PO", "D3S1358", "D5S818", "D7S820", "D8S1179", "D13S317", "D16S539", "D18S51", "D21S11", "FGA", "TH01", "TPOX",
        "vWA", "D1S1656", "D2S441", "D2S1338", "D10S1248", "D12S391", "D19S433", "D22S1045", "Penta D", "Penta E",
        /* loci of Chinese kits */
        "SE33", "D6S1043", "D19S253", "D10S1435", "D1S1677", "D3S3045", "D4S2366", "D4S2408", "D5S2500", "D7S3048", "D8S1132",
        "D11S4463", "D13S325", "D14S608", "D14S1434", "D15S659", "D17S1290", "D18S1364", "D20S482", "D21S2055", "D22GATA198B05",
        "D3S1744", "D6S477", "D10S2325", "D1GATA113", "D12ATA63", "D9S1122",
        /* X */
        "DXS10103", "DXS8378", "DXS7132", "DXS10134", "DXS10074", "DXS10101", "DXS10135", "DXS7423", "DXS10146", "DXS10079", "HPRTB",
        "DXS10148", "DXS10159", "DXS7424", "DXS10164", "DXS10162", "DXS6789", "DXS101", "DXS6809", "DXS10075",
        /* Y */
        "DYS19", "DYS385", "DYS389I", "DYS389II", "DYS390", "DYS391", "DYS392", "DYS393", "DYS437", "DYS438", "DYS439", "DYS448",
        "DYS449", "DYS456", "DYS458", "DYS460", "DYS481", "DYS518", "DYS533", "DYS549", "DYS570", "DYS576", "DYS627", "DYS635",
        "DYS643", "Y-GATA-H4", "DYF387S1", "DYS388", "DYS444", "DYS447", "DYS522", "DYS527", "DYS557", "DYS593", "DYS596",
        "DYS645", "DYF404S1"};
    for (size_t i = 0; i < sizeof kits / sizeof kits[0]; i++) {
        const hw_locus_info *l = hw_locus_find(kits[i]);
        if (l == NULL || strcmp(l->name, kits[i]) != 0) {
            fail_msg("%s is not in the table", kits[i]);
        }
    }
    size_t n = hw_locus_count();
    assert_true(n > 150);
    assert_null(hw_locus_at(n));
    for (size_t i = 0; i < n; i++) {
        const hw_locus_info *l = hw_locus_at(i);
        assert_ptr_equal(hw_locus_find(l->name), l);
        assert_true(l->kind != HW_LOCUS_AUTO && l->copies >= 1 && l->chromosome[0] != '\0');
        const char *s = l->aliases;
        while (*s != '\0') {
            char alias[HW_LOCUS_FOLD_MAX];
            size_t len = strcspn(s, "|");
            snprintf(alias, sizeof alias, "%.*s", (int)len, s);
            assert_ptr_equal(hw_locus_find(alias), l);
            s += len + (s[len] == '|');
        }
    }
    assert_int_equal(hw_locus_find("DYS385")->copies, 2);
    assert_int_equal(hw_locus_find("DYS19")->copies, 1);
    assert_int_equal(hw_locus_find("DXS7132")->kind, HW_LOCUS_X);
    assert_int_equal(hw_locus_find("AMEL")->kind, HW_LOCUS_AMEL);
    assert_string_equal(hw_locus_find("D21S11")->chromosome, "21");
}

static void folds(void **state)
{
    (void)state;
    char buf[8];
    assert_true(hw_locus_fold(" Penta_\td\r\n", buf, sizeof buf));
    assert_string_equal(buf, "PENTAD");
    assert_true(hw_locus_fold("ABCDEFG", buf, sizeof buf));
    assert_false(hw_locus_fold("ABCDEFGH", buf, sizeof buf));
    assert_string_equal(buf, "");
    assert_false(hw_locus_fold(NULL, buf, sizeof buf));
}

static void keeps_a_panel(void **state)
{
    (void)state;
    hw_panel p;
    hw_err err = {0};
    uint32_t i = 99;
    hw_panel_init(&p);
    assert_int_equal(hw_panel_add(&p, "THO1", HW_LOCUS_AUTO, &i, &err), HW_OK);
    assert_int_equal(i, 0);
    assert_string_equal(p.locus[0].name, "TH01");
    assert_int_equal(hw_panel_add(&p, "th01", HW_LOCUS_AUTOSOMAL, &i, &err), HW_OK);
    assert_int_equal(i, 0);
    assert_int_equal(hw_panel_add(&p, "Made Up", HW_LOCUS_AUTO, &i, &err), HW_OK);
    assert_int_equal(i, 1);
    assert_string_equal(p.locus[1].name, "Made Up");
    assert_int_equal(p.locus[1].kind, HW_LOCUS_AUTOSOMAL);
    assert_int_equal(p.locus[1].copies, 2);
    assert_int_equal(hw_panel_add(&p, "DXS99999", HW_LOCUS_AUTO, &i, &err), HW_OK);
    assert_int_equal(p.locus[i].kind, HW_LOCUS_X);
    assert_int_equal(hw_panel_add(&p, "dys99999", HW_LOCUS_AUTO, &i, &err), HW_OK);
    assert_int_equal(p.locus[i].kind, HW_LOCUS_Y);
    assert_int_equal(p.locus[i].copies, 1);
    assert_int_equal(hw_panel_add(&p, "DYF99", HW_LOCUS_AUTO, &i, &err), HW_OK);
    assert_int_equal(p.locus[i].kind, HW_LOCUS_Y);
    assert_int_equal(hw_panel_add(&p, "M1", HW_LOCUS_X, &i, &err), HW_OK);
    assert_int_equal(p.locus[i].kind, HW_LOCUS_X);
    assert_true(hw_panel_find(&p, "MADE_UP", &i));
    assert_int_equal(i, 1);
    assert_true(hw_panel_find(&p, "HUMTH01", &i));
    assert_int_equal(i, 0);
    assert_false(hw_panel_find(&p, "D3S1358", &i));
    assert_false(hw_panel_find(&p, "nobody's", &i));
    assert_false(hw_panel_find(&p, "", &i));
    i = 99;
    assert_int_equal(hw_panel_add(&p, "TH01", HW_LOCUS_X, &i, &err), HW_CONFLICT);
    assert_non_null(strstr(err.msg, "TH01"));
    assert_int_equal(i, 99);
    hw_err_clear(&err);
    assert_int_equal(hw_panel_add(&p, "  ", HW_LOCUS_AUTO, &i, &err), HW_PARSE);
    hw_panel_release(&p);
}

static void has_a_limit(void **state)
{
    (void)state;
    hw_panel p;
    hw_panel_init(&p);
    uint32_t i;
    for (int n = 0; n < HW_PANEL_MAX; n++) {
        char name[32];
        snprintf(name, sizeof name, "L%d", n);
        assert_int_equal(hw_panel_add(&p, name, HW_LOCUS_AUTO, &i, NULL), HW_OK);
    }
    hw_err err = {0};
    assert_int_equal(hw_panel_add(&p, "one more", HW_LOCUS_AUTO, &i, &err), HW_LIMIT);
    assert_true(hw_panel_find(&p, "L511", &i));
    assert_int_equal(i, 511);
    hw_panel_release(&p);
}

static void survives_want_of_memory(void **state)
{
    (void)state;
    (void)hw_locus_find("TH01");
    bool done = false;
    for (long nth = 1; !done; nth++) {
        assert_true(nth < 100);
        hw_panel p;
        hw_panel_init(&p);
        uint32_t i;
        hw_alloc_fail_at(nth, false);
        done = true;
        static const char *const names[] = {"THO1", "other", "PentaD", "TP0X"};
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
            hw_err err = {0};
            hw_status s = hw_panel_add(&p, names[k], HW_LOCUS_AUTO, &i, &err);
            if (s != HW_OK) {
                assert_int_equal(s, HW_NO_MEMORY);
                done = false;
                assert_int_equal(hw_panel_add(&p, names[k], HW_LOCUS_AUTO, &i, NULL), HW_OK);
            }
            assert_int_equal(i, k);
        }
        hw_alloc_fail_at(0, false);
        assert_int_equal(p.n, 4);
        hw_panel_release(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_any_spelling), cmocka_unit_test(knows_the_kits), cmocka_unit_test(folds),
        cmocka_unit_test(keeps_a_panel),      cmocka_unit_test(has_a_limit),    cmocka_unit_test(survives_want_of_memory),
    };
    return cmocka_run_group_tests_name("locus", tests, NULL, NULL);
}
