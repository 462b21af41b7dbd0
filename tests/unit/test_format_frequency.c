// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "format_fixture.h"

#define FT HW_FORMAT_FREQUENCY_TABLE

static double freq_of(const fixture *f, size_t population, const char *locus, hw_allele a)
{
    const hw_freq *q = hw_population_find(f->d.population[population], locus);
    for (uint32_t i = 0; q != NULL && i < q->n; i++) {
        if (q->allele[i] == a) {
            return q->freq[i];
        }
    }
    return -1;
}

static void wide(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(&f, HW_FORMAT_UNKNOWN,
                  "# a remark without a key\n# population: Testers\n#source: made up: here\n# theta: 0,01\n# Licence: none\n\n"
                  "alelo;THO1;vWA;My Locus;D3S1358\n"
                  "6;0,25;;0;\n9,3;0.74;0;;\n# between\n16;;5E-1;;\n17;;0.5;;\n<5;0,01;;;;\nRest allele;;;1;\n"
                  "FMIN;0,001;0,002;;\nN;100;;50;\n2N;;300;;\n;;;;\n");
    assert_int_equal(f.d.n_populations, 1);
    const hw_population *p = f.d.population[0];
    assert_string_equal(p->name, "Testers");
    assert_string_equal(p->source, "made up: here");
    assert_true(p->theta == 0.01);
    assert_int_equal(p->n, 3);
    assert_true(freq_of(&f, 0, "TH01", 60) == 0.25 && freq_of(&f, 0, "TH01", 93) == 0.74);
    assert_true(freq_of(&f, 0, "TH01", HW_ALLELE_BELOW | 50) == 0.01);
    assert_true(freq_of(&f, 0, "VWA", 160) == 0.5);
    assert_true(freq_of(&f, 0, "my_locus", HW_ALLELE_REST) == 1);
    assert_true(hw_population_find(p, "TH01")->fmin == 0.001 && hw_population_find(p, "vWA")->fmin == 0.002);
    assert_true(hw_population_find(p, "TH01")->chromosomes == 200 && hw_population_find(p, "vWA")->chromosomes == 300);
    assert_true(hw_population_find(p, "mylocus")->chromosomes == 100);
    assert_null(hw_population_find(p, "D3S1358"));
    assert_true(fixture_noted(&f, "D3S1358 has no frequency"));
    fixture_release(&f);

    fixture_reads(&f, HW_FORMAT_UNKNOWN, "# n: 40\n# fmin: 0.01\nAllele\tTH01\tD8S1179\n0\t0.0001\t\n6\t0.6\t1\n7\t0.4\tNA\n");
    assert_string_equal(f.d.population[0]->name, "t");
    assert_string_equal(f.d.population[0]->source, "t.csv");
    assert_true(hw_population_find(f.d.population[0], "TH01")->chromosomes == 80);
    assert_true(hw_population_find(f.d.population[0], "TH01")->fmin == 0.01);
    assert_true(fixture_noted(&f, "allele \"0\" is no allele here: its frequency 0.0001 at TH01"));
    fixture_release(&f);
}

static void longs(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(&f, HW_FORMAT_UNKNOWN,
                  "# 2N: 500\nmarker,allele,count,frequency\nTH01,6,1,0.25\nTH01,9.3,3,\nTH01,0,1,\nvWA,16,,0.4\nvWA,17,,0.6\nFGA,20,3,\n"
                  "FGA,21,1,\nFGA,FMIN,,0.01\nFGA,2N,9,\n");
    const hw_population *p = f.d.population[0];
    assert_int_equal(p->n, 3);
    assert_true(freq_of(&f, 0, "TH01", 93) == 0.75 && freq_of(&f, 0, "FGA", 200) == 0.75);
    assert_true(hw_population_find(p, "TH01")->chromosomes == 4 && hw_population_find(p, "vWA")->chromosomes == 500);
    assert_true(hw_population_find(p, "FGA")->chromosomes == 9 && hw_population_find(p, "FGA")->fmin == 0.01);
    assert_true(fixture_noted(&f, "its row at TH01 is left out"));
    fixture_release(&f);

    fixture_reads(&f, HW_FORMAT_UNKNOWN, "人群;基因座;等位基因;计数\n甲;TH01;6;1\n甲;TH01;7;3\n乙;TH01;6;2\n");
    assert_int_equal(f.d.n_populations, 2);
    assert_string_equal(f.d.population[1]->name, "乙");
    assert_true(freq_of(&f, 0, "TH01", 70) == 0.75 && freq_of(&f, 1, "TH01", 60) == 1);
    fixture_release(&f);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const bad_case cases[] = {
        {FT, "", "t.csv, line 1: expected a header line, found the end of the file"},
        {FT, "# x\n\"Allele,TH01\n", "t.csv, line 2: expected a closing quote"},
        {FT, "Allele\n6\n", "expected an allele column and one column per locus, or columns marker, allele and frequency"},
        {FT, "Allele,TH01\n6,1.2\n", "t.csv, line 2, column 3, field \"TH01\": expected a frequency from 0 to 1, found \"1.2\""},
        {FT, "Allele,TH01\n6,-0.1\n", "expected a frequency from 0 to 1, found \"-0.1\""},
        {FT, "Allele,TH01\n6,x\n", "expected a frequency from 0 to 1, found \"x\""},
        {FT, "Allele,TH01\n6,0.5\n6.0,0.5\n",
         "t.csv, line 3, column 1, field \"allele\": allele \"6.0\" stands here and in line 2; expected each allele once"},
        {FT, "Allele,TH01\n14x,0.5\n",
         "line 2, column 1, field \"allele\": expected an allele (\"9\", \"9.3\", \"<9\", \"Rest allele\") or FMIN, N, 2N, found \"14x\""},
        {FT, "Allele,TH01\n,0.5\n", "or FMIN, N, 2N, found \"\""},
        {FT, "Allele,TH01\n6,0.5,0.5\n", "expected 2 fields as in the header, found 3"},
        {FT, "Allele,TH01\n6,0.5\n", "t.csv, line 1, column 8, field \"TH01\": the frequencies of TH01 sum to 0.5; expected 0.95 to 1.05"},
        {FT, "Allele,TH01\n6,0.6\n7,0.6\n", "the frequencies of TH01 sum to 1.2"},
        {FT, "Allele,TH01,THO1\n6,1,1\n", "line 1, column 13, field \"locus\": locus TH01 has two columns; expected one"},
        {FT, "Allele,TH01\n6,1\nFMIN,0\n",
         "line 3, column 6, field \"TH01\": expected a minimum frequency above 0 and below 1, found \"0\""},
        {FT, "Allele,TH01\n6,1\nFMIN,1\n", "expected a minimum frequency above 0 and below 1, found \"1\""},
        {FT, "Allele,TH01\n6,1\nN,x\n", "expected a number of persons, 1 or more, found \"x\""},
        {FT, "Allele,TH01\n6,1\n2N,0\n", "expected a number of chromosomes, 1 or more, found \"0\""},
        {FT, "Allele,TH01\n6,1\n2N,1e13\n", "expected a number of chromosomes, 1 or more, found \"1e13\""},
        {FT, "# theta: 2\nAllele,TH01\n6,1\n", "t.csv, line 1, field \"theta\": expected a founder correlation from 0 to 1, found \"2\""},
        {FT, "# persons: many\nAllele,TH01\n6,1\n", "line 1, field \"persons\": expected a number of persons, 1 or more, found \"many\""},
        {FT, "Allele,TH01\n\"6,1\n", "t.csv, line 2, column 1: expected a closing quote"},
        {FT, "Allele,TH01\n6,1\nPIC,0.8\n", "line 3, column 5, field \"TH01\": TH01 is an STR and \"PIC\" no allele of it"},
        {FT, "marker,allele,frequency\nTH01,A,1\n", "TH01 is an STR and \"A\" no allele of it"},
        {FT, "Allele,TH01\n", "t.csv: no locus with frequencies"},
        {FT, "marker,allele,frequency\n", "t.csv: no locus with frequencies"},
        {FT, "population,marker,allele,frequency\n", "t.csv: no locus with frequencies"},
        {FT, "marker,allele,frequency\nTH01,14x,1\n", "line 2, column 6, field \"allele\": expected an allele"},
        {FT, "marker,allele,frequency\nTH01,6,2\n", "line 2, column 8, field \"frequency\": expected a frequency from 0 to 1, found \"2\""},
        {FT, "marker,allele,frequency\nTH01,6,\n", "field \"frequency\": expected a frequency from 0 to 1, found nothing"},
        {FT, "marker,allele,count\nTH01,6,-1\n", "field \"count\": expected a count, 0 or more, found \"-1\""},
        {FT, "marker,allele,count\nTH01,6,\n", "field \"count\": expected a count, 0 or more, found nothing"},
        {FT, "marker,allele,count\nTH01,N,x\n", "field \"count\": expected a number of persons, 1 or more, found \"x\""},
        {FT, "marker,allele,frequency\nTH01,6,1\nTH01,6,1\n",
         "line 3, column 6, field \"allele\": allele \"6\" of TH01 is listed twice; expected each allele once"},
        {FT, "marker,allele,frequency\n,6,1\n",
         "line 2, column 1, field \"marker\": expected the name of a locus (1 to 127 bytes), found 0"},
        {FT, "population,marker,allele,frequency\n,TH01,6,1\n", "field \"population\": expected the name of a population, found nothing"},
        {FT, "marker,allele,count,frequency\nTH01,6,1,\nTH01,7,,0.5\n",
         "TH01: expected a frequency for every allele, or a count for every allele"},
        {FT, "marker,allele,frequency\nTH01,\"6\"x,1\n", "expected a separator or the end of the line after the closing quote"},
        {FT, "marker,allele,count\nTH01,6,0\n", "expected a frequency for every allele, or a count for every allele"},
    };
    check_bad_cases(cases, sizeof cases / sizeof cases[0]);
}

static void keeps_the_good(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    f.o.keep_good = true;
    assert_int_equal(
        fixture_read(&f, FT,
                     "# theta: x\nAllele,TH01,vWA,FGA,TPOX,vWA,D3S1358\n6,0.5,x,1,0.5,1,\n7,0.5,,,0.2,,\n14x,,,1,,,\n\"15,\n16,,,,,,1\n"),
        HW_OK);
    assert_int_equal(f.d.population[0]->n, 2); /* TH01, D3S1358 */
    assert_non_null(hw_population_find(f.d.population[0], "TH01"));
    assert_non_null(hw_population_find(f.d.population[0], "D3S1358"));
    assert_int_equal(f.o.n_rejects, 6);
    assert_string_equal(f.rejects.s,
                        "file,line,column,field,record,reason\n"
                        "t.csv,1,,theta,# theta: x,\"expected a founder correlation from 0 to 1, found \"\"x\"\"\"\n"
                        "t.csv,2,26,locus,\"Allele,TH01,vWA,FGA,TPOX,vWA,D3S1358\",\"locus vWA has two columns; expected one\"\n"
                        "t.csv,3,7,vWA,\"6,0.5,x,1,0.5,1,\",\"expected a frequency from 0 to 1, found \"\"x\"\"\"\n"
                        "t.csv,5,1,allele,\"14x,,,1,,,\",\"expected an allele (\"\"9\"\", \"\"9.3\"\", \"\"<9\"\", \"\"Rest allele\"\") or "
                        "FMIN, N, 2N, found \"\"14x\"\"\"\n"
                        "t.csv,6,1,,\"\"\"15,\",\"expected a closing quote (\"\"), found the end of the file\"\n"
                        "t.csv,2,21,TPOX,,\"the frequencies of TPOX sum to 0.7; expected 0.95 to 1.05\"\n");
    assert_true(fixture_noted(&f, "FGA is left out: a record of it is bad"));
    fixture_release(&f);

    fixture_init(&f);
    f.o.keep_good = true;
    assert_int_equal(fixture_read(&f, FT, "marker,allele,frequency\nTH01,6,1\nTH01,,1\nvWA,16,1\n\"vWA\"x,1\n,6,1\n"), HW_OK);
    assert_int_equal(f.d.population[0]->n, 1);
    assert_int_equal(f.o.n_rejects, 3);
    fixture_release(&f);

    fixture_init(&f);
    f.o.keep_good = true;
    f.o.rejects = NULL;
    assert_int_equal(fixture_read(&f, FT, "marker,allele,frequency\nTH01,6,1\nTH01,6,1\n"), HW_PARSE);
    assert_string_equal(f.err.msg, "t.csv: no locus with frequencies");
    fixture_release(&f);
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    fixture f, g;
    HW_CLEANUP(hw_str_release) hw_str out, losses;
    hw_str_init(&out, 0);
    hw_str_init(&losses, 0);
    fixture_reads(&f, FT,
                  "# population: Testers\n# theta: 0.01\nAllele,TH01,vWA\n6,0.1,\n9.3,0.9,\n16,,0.3\n>20,,0.7\nFMIN,0.001,\n2N,,77\n");
    f.d.has_settings = true;
    assert_int_equal(hw_format_frequency_table.write(&f.d, &f.o, &out, &losses, &f.err), HW_OK);
    assert_string_equal(
        out.s, "# population: Testers\n# source: t.csv\n# theta: 0.01\nmarker,allele,frequency\nTH01,6,0.1\nTH01,9.3,0.9\nTH01,FMIN,0.001\n"
               "vWA,16,0.3\nvWA,>20,0.7\nvWA,2N,77\n");
    assert_string_equal(losses.s, "mutation rates and other settings: a frequency table holds none\n");
    fixture_reads(&g, HW_FORMAT_UNKNOWN, out.s);
    assert_true(g.d.population[0]->hash == f.d.population[0]->hash);
    assert_string_equal(g.d.population[0]->name, "Testers");
    fixture_release(&f);
    /* two populations in one table */
    hw_str_clear(&out);
    hw_str_clear(&losses);
    assert_int_equal(fixture_read(&g, FT, "# population: A, \"B\"\nAllele;TH01\n6;1\n"), HW_OK);
    g.o.separator = ';';
    assert_int_equal(hw_format_frequency_table.write(&g.d, &g.o, &out, &losses, &g.err), HW_OK);
    assert_non_null(strstr(out.s, "population;marker;allele;frequency\nTesters;TH01;6;0.1\n"));
    assert_non_null(strstr(out.s, "\"A, \"\"B\"\"\";TH01;6;1\n"));
    assert_non_null(strstr(losses.s, "population Testers: a table of several populations holds neither source nor theta"));
    fixture_reads(&f, HW_FORMAT_UNKNOWN, out.s);
    assert_int_equal(f.d.n_populations, 2);
    assert_string_equal(f.d.population[1]->name, "A, \"B\"");
    fixture_release(&f);
    fixture_release(&g);
    fixture_init(&f);
    assert_int_equal(hw_format_frequency_table.write(&f.d, &f.o, &out, NULL, &f.err), HW_USAGE);
    fixture_release(&f);
    fixture_reads(&f, HW_FORMAT_CSV_WIDE, "sample,TH01\nA,6/7\n");
    assert_int_equal(fixture_read(&f, FT, "Allele,TH01\n6,1\n"), HW_OK);
    hw_str_clear(&losses);
    assert_int_equal(hw_format_frequency_table.write(&f.d, &f.o, &out, &losses, &f.err), HW_OK);
    assert_string_equal(losses.s, "1 profiles, 0 families, 0 cases: a frequency table holds none\n");
    fixture_release(&f);
}

static void has_limits(void **state)
{
    (void)state;
    fixture f;
    HW_CLEANUP(hw_str_release) hw_str text;
    hw_str_init(&text, 0);
    hw_str_add(&text, "Allele,TH01\n");
    for (int i = 1; i <= 1001; i++) {
        hw_str_addf(&text, "%d,0.001\n", i);
    }
    fixture_init(&f);
    assert_int_equal(fixture_read(&f, FT, text.s), HW_LIMIT);
    assert_non_null(strstr(f.err.msg, "t.csv, line 1002: more than 1000 alleles"));
    fixture_release(&f);
    hw_str_clear(&text);
    hw_str_add(&text, "marker,allele,frequency\n");
    for (int i = 1; i <= 1001; i++) {
        hw_str_addf(&text, "TH01,%d,0.001\n", i);
    }
    fixture_init(&f);
    f.o.keep_good = true;
    assert_int_equal(fixture_read(&f, FT, text.s), HW_LIMIT);
    fixture_release(&f);
    hw_str_clear(&text);
    hw_str_add(&text, "population,marker,allele,frequency\n");
    for (int i = 1; i <= 257; i++) {
        hw_str_addf(&text, "P%d,TH01,6,1\n", i);
    }
    fixture_init(&f);
    assert_int_equal(fixture_read(&f, FT, text.s), HW_LIMIT);
    fixture_release(&f);
    fixture_init(&f);
    f.o.max_bytes = 20;
    assert_int_equal(fixture_read(&f, FT, "Allele,TH01\n6,1\n7,0\n"), HW_OK);
    assert_int_equal(fixture_read(&f, FT, "Allele,TH01\n6,1\n7,0\n\n"), HW_LIMIT);
    assert_non_null(strstr(f.err.msg, "t.csv: 21 bytes, more than the limit of 20 bytes for allele frequencies"));
    fixture_release(&f);
}

static void is_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        hw_format_id id;
    } cases[] = {
        {"Allele,TH01\n6,1\n", FT},
        {"x;TH01;vWA\n6;1;\n", FT},
        {"Allele,My1,My2\n6,1,\n", FT},
        {"marker,allele,frequency\n", FT},
        {"Allele,TH01\nFMIN,0.1\n", FT},
        {"sample,TH01\n6,1\n", HW_FORMAT_CSV_WIDE},
        {"Allele,TH01\n6,x\n", HW_FORMAT_UNKNOWN},
        {"Allele,TH01\nhello,1\n", HW_FORMAT_UNKNOWN},
        {"Allele,TH01\n,1\n", HW_FORMAT_UNKNOWN},
        {"Allele,TH01\n", HW_FORMAT_UNKNOWN},
        {"Allele\n6\n", HW_FORMAT_UNKNOWN},
        {"a,b,c\n6,1,1\n", HW_FORMAT_UNKNOWN},
        {"", HW_FORMAT_UNKNOWN},
        {"  <xml>\n", HW_FORMAT_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hw_format_input in = {"x.csv", cases[i].text, strlen(cases[i].text)};
        const hw_format *f = hw_format_detect(&in);
        if ((f != NULL ? f->id : HW_FORMAT_UNKNOWN) != cases[i].id) {
            fail_msg("case %zu: taken for %s", i, f != NULL ? f->name : "nothing");
        }
    }
}

static void fails_each_allocation(void **state)
{
    (void)state;
    fail_each_allocation(FT, "# population: P\n# source: S\nAllele,TH01,X1\n0,0.1,\n6,0.5,1\n7,0.5,\nFMIN,0.1,\n");
    fail_each_allocation(FT, "population,marker,allele,count\nA,TH01,6,1\nA,TH01,7,1\nB,TH01,7,1\n");
}

static void reads_open_tables(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t loci;
        double chromosomes;
    } tables[] = {
        {"data/nist1036-asian.csv", 29, 0},
        {"data/norstr-east-asia.csv", 40, 0},
        {"data/fbi2015-caucasian.csv", 23, 0},
        {"data/uk-dna17-chinese.csv", 16, 406},
        {"oracles/formats/frequency/ngm_holland_semicolon.csv", 15, 0},
        {"oracles/formats/frequency/nist_identifiler_comma.csv", 15, 0},
        {"oracles/formats/genis/frequency_table_genis_test.csv", 15, 0},
    };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        const char *path = shared_file(tables[i].name);
        if (path == NULL) {
            continue;
        }
        fixture f;
        fixture_init(&f);
        if (hw_format_read_file(path, &f.o, &f.d, &f.err) != HW_OK) {
            fail_msg("%s", f.err.msg);
        }
        assert_int_equal(f.d.n_populations, 1);
        assert_int_equal(f.d.population[0]->n, tables[i].loci);
        assert_true(f.d.population[0]->freq[0].chromosomes == tables[i].chromosomes);
        fixture_release(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wide),
        cmocka_unit_test(longs),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(keeps_the_good),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(has_limits),
        cmocka_unit_test(is_recognised),
        cmocka_unit_test(fails_each_allocation),
        cmocka_unit_test(reads_open_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
