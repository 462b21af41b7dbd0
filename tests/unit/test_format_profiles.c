// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "format_fixture.h"

#include "formats/people.h"

#define W HW_FORMAT_CSV_WIDE
#define L HW_FORMAT_CSV_LONG

/* --- genotypes --- */

static void two_columns(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(
        &f, HW_FORMAT_UNKNOWN,
        "sample,Sex,Kit,TH01.1,TH01.2,vWA_2,vWA_1,vWA_3,FGA 1,FGA 2,D3S1358,D3S1358,AMEL-1,AMEL-2,SYN1.1,SYN1.2,DXS8378.1,DXS8378.2\n"
        "A,M,GF,9.3,6,16,17,,20,,14,14,X,Y,1,2,11,\n"
        "B,女,GF,\"9,3\",-,16,17,18,OL,21,OL,OL,X,,A,?,11,\n"
        "C,,none,,,<9,>20,,0,0,NA,15,,,,,10,11\n");
    assert_string_equal(fixture_genotype(&f, "A", "TH01"), "6/9.3");
    assert_string_equal(fixture_genotype(&f, "A", "vWA"), "16/17");
    assert_string_equal(fixture_genotype(&f, "A", "FGA"), "20/-");
    assert_string_equal(fixture_genotype(&f, "A", "D3S1358"), "14/14");
    assert_string_equal(fixture_genotype(&f, "A", "AMEL"), "X/Y");
    assert_string_equal(fixture_genotype(&f, "A", "SYN1"), "1/2");
    assert_string_equal(fixture_genotype(&f, "A", "DXS8378"), "11/11");
    assert_string_equal(fixture_genotype(&f, "B", "TH01"), "9.3/-");
    assert_string_equal(fixture_genotype(&f, "B", "vWA"), "3 alleles 16 17 18");
    assert_string_equal(fixture_genotype(&f, "B", "FGA"), "21/-");
    assert_string_equal(fixture_genotype(&f, "B", "D3S1358"), "none");
    assert_string_equal(fixture_genotype(&f, "B", "AMEL"), "X/X");
    assert_string_equal(fixture_genotype(&f, "B", "SYN1"), "A/-");
    assert_string_equal(fixture_genotype(&f, "B", "DXS8378"), "11/-"); /* a woman has two */
    assert_string_equal(fixture_genotype(&f, "C", "TH01"), "none");
    assert_string_equal(fixture_genotype(&f, "C", "vWA"), "<9/>20");
    assert_string_equal(fixture_genotype(&f, "C", "FGA"), "none");
    assert_string_equal(fixture_genotype(&f, "C", "D3S1358"), "15/-");
    const hw_profile *a = hw_dataset_find_profile(&f.d, "A"), *b = hw_dataset_find_profile(&f.d, "B");
    assert_int_equal(a->sex, HW_SEX_MALE);
    assert_int_equal(b->sex, HW_SEX_FEMALE);
    assert_string_equal(a->kit, "GF");
    assert_ptr_equal(a->kit, b->kit); /* kept once */
    assert_null(hw_dataset_find_profile(&f.d, "C")->kit);
    assert_int_equal(a->line, 2);
    assert_true(fixture_noted(&f, "2 genotypes have one allele beside an empty cell"));
    assert_true(fixture_noted(&f, "3 off-ladder alleles (OL) read as not known"));
    assert_int_equal(f.d.n_children, 0);
    fixture_release(&f);

    fixture_reads(&f, W, "# single: homozygous\n# synthetic: yes\nid,TH01.1,TH01.2\nA,6,\nB,7,-\n");
    assert_string_equal(fixture_genotype(&f, "A", "TH01"), "6/6");
    assert_string_equal(fixture_genotype(&f, "B", "TH01"), "7/-");
    assert_true(f.d.synthetic && f.d.profile[0]->synthetic);
    fixture_release(&f);
}

static void one_column(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(&f, HW_FORMAT_UNKNOWN,
                  "样本编号;性别;TH01;vWA;FGA;D3S1358;AMEL;DYS385;My locus;DYS391\n"
                  "甲;男;6/9,3;14|15;14,15;14;XY;11/14/17;8/9;10\n"
                  "乙;女;6/-;14/;20/21/22; 14 / 16 ;XX;;8/8;\n"
                  "丙;未知;OL/6;-;;14/14;X;;x/y;\n"
                  "丁;;9.3;7/OL;<16/17;;X/Y;;;\n");
    assert_string_equal(fixture_genotype(&f, "甲", "TH01"), "6/9.3");
    assert_string_equal(fixture_genotype(&f, "甲", "vWA"), "14/15");
    assert_string_equal(fixture_genotype(&f, "甲", "FGA"), "14/15");
    assert_string_equal(fixture_genotype(&f, "甲", "D3S1358"), "14/14");
    assert_string_equal(fixture_genotype(&f, "甲", "AMEL"), "X/Y");
    assert_string_equal(fixture_genotype(&f, "甲", "DYS385"), "3 alleles 11 14 17");
    assert_string_equal(fixture_genotype(&f, "甲", "My locus"), "8/9");
    assert_string_equal(fixture_genotype(&f, "甲", "DYS391"), "10/10");
    assert_string_equal(fixture_genotype(&f, "乙", "TH01"), "6/-");
    assert_string_equal(fixture_genotype(&f, "乙", "vWA"), "14/-");
    assert_string_equal(fixture_genotype(&f, "乙", "FGA"), "3 alleles 20 21 22");
    assert_string_equal(fixture_genotype(&f, "乙", "D3S1358"), "14/16");
    assert_string_equal(fixture_genotype(&f, "乙", "AMEL"), "X/X");
    assert_string_equal(fixture_genotype(&f, "丙", "TH01"), "6/-");
    assert_string_equal(fixture_genotype(&f, "丙", "vWA"), "none");
    assert_string_equal(fixture_genotype(&f, "丙", "AMEL"), "X/X");
    assert_string_equal(fixture_genotype(&f, "丁", "FGA"), "17/<16");
    assert_string_equal(fixture_genotype(&f, "丁", "AMEL"), "X/Y");
    fixture_release(&f);

    fixture_reads(&f, W, "# single: partial\nperson,\"TH01\",D6S2439,rs12345,DXS99999,D1X,Remark\nA,\"14,15\",9,C/T,11,1,x\n");
    assert_string_equal(fixture_genotype(&f, "A", "TH01"), "14/15");
    assert_string_equal(fixture_genotype(&f, "A", "D6S2439"), "9/9");
    assert_string_equal(fixture_genotype(&f, "A", "rs12345"), "C/T");
    assert_string_equal(fixture_genotype(&f, "A", "DXS99999"), "11/11");
    assert_string_equal(fixture_genotype(&f, "A", "D1X"), "no locus");
    assert_true(fixture_noted(&f, "column 6, \"D1X\", is neither a known locus nor known otherwise: left out"));
    fixture_release(&f);
}

static void people_columns(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(&f, W,
                  "Sample ID;Sample Name;person;case;category;role;dropout;error rate;mt;comment;synthetic;TH01;\n"
                  "x;S1;P1;C1;Unidentified Person;;0,05;0.001;16024-16365;;yes;6/7;\n"
                  "y;S2;P1;C1;;;;;;a \"\"quoted\"\" word;no;6/7;\n");
    const hw_profile *p = hw_dataset_find_profile(&f.d, "S1");
    assert_string_equal(p->person, "P1");
    assert_string_equal(p->family, "C1");
    assert_string_equal(p->category, "Unidentified Person");
    assert_true(p->dropout == 0.05 && p->error == 0.001 && p->synthetic && f.d.synthetic);
    assert_string_equal(p->mt, "16024-16365");
    assert_null(p->comment);
    assert_non_null(hw_dataset_find_profile(&f.d, "S2")->comment);
    assert_int_equal(f.d.n_children, 1); /* by its category */
    fixture_release(&f);

    fixture_init(&f);
    f.o.role = HW_FORMAT_ROLE_CHILDREN;
    assert_int_equal(fixture_read(&f, W, "person,TH01\nA,6/7\nB,6/8\nA,6/7\nA,6/7\n"), HW_OK);
    assert_int_equal(f.d.n_children, 4);
    assert_string_equal(f.d.profile[2]->id, "A#2"); /* typings of one person */
    assert_string_equal(f.d.profile[3]->id, "A#3");
    assert_string_equal(f.d.profile[3]->person, "A");
    fixture_release(&f);

    fixture_init(&f);
    f.o.role = HW_FORMAT_ROLE_FAMILIES;
    assert_int_equal(fixture_read(&f, W, "sample,role,TH01\nA,child,6/7\n"), HW_OK);
    assert_int_equal(f.d.n_children, 0);
    fixture_release(&f);
}

/* --- families --- */

static const hw_person *person(const fixture *f, size_t family, const char *id)
{
    uint32_t i;
    return hw_pedigree_find(&f->d.family[family].pedigree, id, &i) ? &f->d.family[family].pedigree.person[i] : NULL;
}

static const char *parent(const fixture *f, size_t family, const char *id, bool mother)
{
    const hw_person *p = person(f, family, id);
    int32_t i = p == NULL ? -1 : mother ? p->mother : p->father;
    return i >= 0 ? f->d.family[family].pedigree.person[i].id : "";
}

static const hw_profile *family_profile(const fixture *f, size_t family, const char *id)
{
    uint32_t i;
    return hw_pedigree_find(&f->d.family[family].pedigree, id, &i) ? f->d.family[family].profile[i] : NULL;
}

static void families_by_relation(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(&f, HW_FORMAT_UNKNOWN,
                  "family,person,relation,sex,TH01\n"
                  "F1,M1,mother,,6/7\nF1,D1,Father,M,7/8\nF2,M1,母亲,,6/6\nF2,G1,外祖母,女,6/9\nF2,A1,paternal_aunt,,8/9\n"
                  ",C1,,M,6/8\nF2,B1,brother,,6/8\nF2,H1,同母异父,,6/7\nF2,K1,paternal half brother,M,7/7\nF1,Z1,missing,F,\n");
    assert_int_equal(f.d.n_families, 2);
    assert_int_equal(f.d.n_profiles, 9);
    assert_string_equal(f.d.family[0].id, "F1");
    assert_int_equal(f.d.family[0].pedigree.n, 3);
    assert_string_equal(parent(&f, 0, "Z1", true), "M1");
    assert_string_equal(parent(&f, 0, "Z1", false), "D1");
    assert_int_equal(person(&f, 0, "M1")->sex, HW_SEX_FEMALE);
    assert_int_equal(person(&f, 0, "Z1")->sex, HW_SEX_FEMALE);
    assert_int_equal(f.d.family[0].n_missing, 1);
    assert_string_equal(f.d.family[0].pedigree.person[f.d.family[0].missing[0]].id, "Z1");
    assert_null(family_profile(&f, 0, "Z1"));
    assert_string_equal(family_profile(&f, 0, "M1")->id, "M1");
    /* a second M1 has a code of its own */
    assert_string_equal(family_profile(&f, 1, "M1")->id, "F2/M1");
    assert_string_equal(parent(&f, 1, "missing", true), "M1");
    assert_string_equal(parent(&f, 1, "missing", false), "father");
    assert_string_equal(parent(&f, 1, "M1", true), "G1");
    assert_string_equal(parent(&f, 1, "M1", false), "");
    assert_string_equal(parent(&f, 1, "A1", true), "paternal grandmother");
    assert_string_equal(parent(&f, 1, "father", false), "paternal grandfather");
    assert_string_equal(parent(&f, 1, "B1", true), "M1");
    assert_string_equal(parent(&f, 1, "H1", true), "M1");
    assert_string_equal(parent(&f, 1, "H1", false), "");
    assert_string_equal(parent(&f, 1, "K1", true), "");
    assert_string_equal(parent(&f, 1, "K1", false), "father");
    assert_int_equal(person(&f, 1, "B1")->sex, HW_SEX_MALE);
    assert_int_equal(f.d.family[1].line, 4);
    assert_non_null(hw_dataset_find_profile(&f.d, "C1"));
    fixture_release(&f);
}

static void more_relations(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(&f, W,
                  "family,person,relation,sex,missing,TH01\n"
                  "A,s,spouse,F,,6/7\nA,c,child of the missing,,,6/8\nA,d,daughter of missing,,,6/8\n"
                  "B,p,parent,,,6/7\nB,x,sibling,,,6/7\n"
                  "C,p,parent,F,,6/7\nC,q,parent,,,6/7\nC,y,missing,,,\nC,z,missing,,,\n"
                  "D,gf,paternal grandfather,,,6/7\nD,gm,paternal grandmother,,,6/7\nD,u,paternal uncle,,,6/7\nD,mu,maternal uncle,,,6/7\n"
                  "D,ma,maternal aunt,,,6/7\nD,mgf,外祖父,,,6/7\n"
                  "E,t,identical twin,F,,6/7\nE,me,,F,yes,\n"
                  "G,y,missing,,,\nG,z,失踪,,,\nG,m,mother,,,7/8\n"
                  "H,father,sister,,,6/7\n"
                  "I,p,parent,,,6/7\nI,q,parent,,,6/7\n"
                  "J,p,half sister paternal,,,6/7\nJ,q,maternal half sister,,,7/7\n"
                  "K,p,parent,F,,6/7\nK,q,sister,,,6/7\n"
                  "L,m,mother,,,\n");
    assert_string_equal(parent(&f, 0, "c", false), "missing");
    assert_string_equal(parent(&f, 0, "d", true), "s");
    assert_int_equal(person(&f, 0, "missing")->sex, HW_SEX_MALE); /* follows from the spouse */
    assert_int_equal(person(&f, 0, "d")->sex, HW_SEX_FEMALE);
    /* beside a parent of unknown sex the other parent is no "mother" */
    assert_non_null(person(&f, 1, "other parent"));
    assert_int_equal(person(&f, 1, "p")->sex, HW_SEX_UNKNOWN);
    assert_string_equal(parent(&f, 2, "y", true), "p");
    assert_string_equal(parent(&f, 2, "z", false), "q");
    assert_int_equal(f.d.family[2].n_missing, 2);
    assert_string_equal(parent(&f, 3, "father", false), "gf");
    assert_string_equal(parent(&f, 3, "u", true), "gm");
    assert_string_equal(parent(&f, 3, "mu", false), "mgf");
    assert_string_equal(parent(&f, 3, "ma", true), "maternal grandmother");
    assert_true(person(&f, 4, "t")->twin > 0 && person(&f, 4, "t")->twin == person(&f, 4, "me")->twin);
    assert_string_equal(parent(&f, 5, "y", false), "father"); /* several missing children are full siblings */
    assert_string_equal(parent(&f, 5, "z", false), "father");
    assert_string_equal(parent(&f, 6, "father", false), "father*"); /* a person of that code is there */
    assert_int_equal(f.d.family[7].pedigree.n, 3);
    assert_string_equal(parent(&f, 8, "p", false), "father");
    assert_string_equal(parent(&f, 8, "q", true), "mother");
    assert_string_equal(parent(&f, 9, "q", true), "p");
    assert_null(family_profile(&f, 10, "m"));
    fixture_release(&f);
}

static void families_by_parents(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(&f, W,
                  "family,person,father,mother,missing,twin,inbreeding,sex,TH01.1,TH01.2\n"
                  "F,1,0,,,,0.0625,M,6,7\nF,2,,,no,,,,7,8\nF,3,1,2,yes,1,,F,,\nF,4,1,2,,1,,F,6,7\nF,5,,2,是,,,,,\nF,6,,3,,,,,6,6\n");
    assert_int_equal(f.d.n_families, 1);
    assert_int_equal(f.d.family[0].n_missing, 2);
    assert_int_equal(person(&f, 0, "3")->twin, 1);
    assert_true(person(&f, 0, "1")->inbreeding == 0.0625);
    assert_string_equal(parent(&f, 0, "6", true), "3");
    assert_int_equal(person(&f, 0, "2")->sex, HW_SEX_FEMALE);
    fixture_release(&f);
}

static void typings_of_a_relative(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(&f, W,
                  "sample,person,family,relation,kit,TH01.1,TH01.2,vWA.1,vWA.2\n"
                  "S1,P,F,mother,K1,6,7,,\nS2,P,F,mother,K2,6,7,14,15\nS3,P,F,,K3,8,8,14,15\n");
    assert_int_equal(f.d.n_profiles, 3);
    const hw_profile *merged = family_profile(&f, 0, "P");
    assert_non_null(merged);
    assert_true(merged != f.d.profile[0] && merged != f.d.profile[1]);
    uint32_t locus;
    assert_true(hw_panel_find(&f.d.panel, "vWA", &locus) && merged->g[locus].a == 140);
    assert_true(fixture_noted(&f, "family F, person P, 3 typings merged"));
    HW_CLEANUP(hw_str_release) hw_str out, losses;
    hw_str_init(&out, 0);
    hw_str_init(&losses, 0);
    assert_int_equal(hw_format_csv_wide.write(&f.d, &f.o, &out, &losses, &f.err), HW_OK);
    assert_string_equal(losses.s, "");
    fixture g;
    fixture_reads(&g, HW_FORMAT_UNKNOWN, out.s);
    assert_int_equal(g.d.n_profiles, 3);
    assert_int_equal(g.d.n_families, 1);
    assert_true(family_profile(&g, 0, "P")->g[locus].a == 140);
    fixture_release(&g);
    fixture_release(&f);

    /* without sample codes */
    fixture_reads(&f, W, "person,family,relation,TH01\nP,F,mother,6/7\nP,F,mother,6/7\nP,,,6/7\nQ,,,6/7\n");
    assert_non_null(hw_dataset_find_profile(&f.d, "F/P"));
    assert_non_null(hw_dataset_find_profile(&f.d, "F/P#2"));
    assert_non_null(hw_dataset_find_profile(&f.d, "P"));
    fixture_release(&f);
}

static void structure_beside_genotypes(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(&f, L, "Sample Name,Marker,Allele 1,Allele 2\nS1,TH01,6,7\nS1,vWA,14,\nS2,TH01,7,8\n");
    assert_string_equal(fixture_genotype(&f, "S1", "vWA"), "14/14");
    assert_int_equal(fixture_read(&f, HW_FORMAT_UNKNOWN, "family,person,relation,sample\nF,mum,mother,S1\nF,dad,father,S9\n"), HW_OK);
    assert_ptr_equal(family_profile(&f, 0, "mum"), hw_dataset_find_profile(&f.d, "S1"));
    assert_null(family_profile(&f, 0, "dad"));
    assert_true(fixture_noted(&f, "sample S9 of person dad has no genotypes, here or in a file read before"));
    fixture_release(&f);
}

/* --- what is wrong --- */

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const bad_case cases[] = {
        {W, "", "t.csv, line 1, field \"header\": expected a header line, found the end of the file"},
        {W, "\"a", "t.csv, line 1, field \"header\": expected a closing quote"},
        {W, "# single: maybe\nid,TH01\n", "t.csv, line 1, field \"single\": expected \"# single: homozygous\" or \"# single: partial\""},
        {W, "TH01,vWA\n", "line 1, field \"header\": expected a column \"sample\" or \"person\" in the header"},
        {W, "sample,remark\nA,b\n", "expected columns of loci (such as D8S1179.1 and D8S1179.2) or of relations, found neither"},
        {W, "sample,sex,sex,TH01\n", "line 1, column 12, field \"header\": two columns say the sex; expected one"},
        {W, "sample,TH01,THO1.1,THO1.2\n",
         "column 13, field \"THO1.1\": locus TH01 has columns of two kinds (\"TH01\", \"THO1\"); expected one kind"},
        {W, "sample,TH01,THO1\n", "locus TH01 has columns of two kinds (\"TH01\", \"THO1\")"},
        {W, "sample,TH01.1,TH01.1\n", "locus TH01 has two columns with the number 1; expected one"},
        {W, "sample,TH01.1\nA,6\n",
         "line 1, column 8, field \"TH01\": locus TH01 has a column number 1 and no other; expected two or more, or one without number"},
        {W, "sample,TH01,TH01,TH01,TH01,TH01,TH01,TH01,TH01,TH01\n", "locus TH01 has more than 8 columns"},
        {W, "sample,TH01.1,TH01.2\nA,6,1x\n", "t.csv, line 2, column 5, field \"TH01.2\": \"1x\" is no allele; expected a repeat number"},
        {W, "sample,TH01.1,TH01.2\nA,XY,6\n",
         "t.csv, line 2, column 3, field \"TH01.1\": \"XY\" is no allele of an STR; expected a repeat number such as 9 or 9.3"},
        {W, "样本;TH01;vWA\n甲;6/7;7/x!\n", "t.csv, line 2, column 7, field \"vWA\": \"x!\" is no allele"},
        {W, "sample;TH01\nA;9,3\n",
         "field \"TH01\": \"9,3\" may be one allele or two; expected a decimal point (9.3) or a slash between alleles (9/3)"},
        {W, "sample;TH01\nA;1/2/3/4/5/6/7/8/9\n", "expected at most 8 alleles in a cell"},
        {W, "sample,TH01\nA\n", "line 2, column 1, field \"sample\": expected 2 fields as in the header, found 1; is the line cut off?"},
        {W, "sample,TH01\nA,6/7,8\n", "line 2, column 7: expected 2 fields as in the header, found 3"},
        {W, "sample,TH01\n,6/7\n", "line 2, column 1, field \"sample\": expected a sample or person code, found nothing"},
        {W, "person,TH01\n,6/7\n", "field \"person\": expected a sample or person code, found nothing"},
        {W, "sample,TH01\nA,6/7\nA,6/7\n",
         "line 3, column 1, field \"sample\": line 3: the profile id \"A\" is taken (first read at line 2)"},
        {W, "sample,sex,TH01\nA,z,6/7\n", "line 2, column 3, field \"sex\": expected a sex (M, F, 男, 女, or empty), found \"z\""},
        {W, "sample,dropout,TH01\nA,2,6/7\n", "field \"dropout\": expected a drop-out probability from 0 to 1, found \"2\""},
        {W, "sample,error,TH01\nA,x,6/7\n", "field \"error\": expected an error probability from 0 to 1, found \"x\""},
        {W, "sample,synthetic,TH01\nA,maybe,6/7\n", "field \"synthetic\": expected yes or no, found \"maybe\""},
        {W, "sample,\"TH01\"x\nA,6\n", "expected a separator or the end of the line after the closing quote"},
        {W, "sample,TH01\nA,\"6\"7\n", "line 2, column 3, field \"TH01\": expected a separator"},
        {W, "family,person,relation,TH01\nF,A,grandfather,6/7\n",
         "line 2, column 5, field \"relation\": \"grandfather\" does not say of which side; expected \"maternal grandfather\" or "
         "\"paternal grandfather\""},
        {W, "family,person,relation,TH01\nF,A,boss,6/7\n", "\"boss\" is no relation known here; expected one of mother, father"},
        {W, "family,person,relation,sex,TH01\nF,A,mother,M,6/7\n", "field \"relation\": the relation is mother but the sex is male"},
        {W, "family,person,relation,sex,TH01\nF,A,brother,F,6/7\n", "the relation is brother but the sex is female"},
        {W, "family,person,relation,twin,TH01\nF,A,mother,x,6/7\n",
         "field \"twin\": expected the number of a group of identical twins, found \"x\""},
        {W, "family,person,relation,twin,TH01\nF,A,mother,-1,6/7\n", "expected the number of a group of identical twins, found \"-1\""},
        {W, "family,person,relation,inbreeding,TH01\nF,A,mother,2,6/7\n", "expected an inbreeding coefficient from 0 to 1"},
        {W, "family,person,relation,missing,TH01\nF,A,mother,who,6/7\n", "field \"missing\": expected yes or no, found \"who\""},
        {W, "family,person,relation,TH01\nF,A,mother,6/7\nF,B,mother,6/7\n",
         "t.csv, line 3, field \"family\": family F: A and B are both mother; expected one"},
        {W, "family,person,relation,sex,TH01\nF,A,father,,6/7\nF,A,,F,6/7\n", "family F, person A: stated as male and as female"},
        {W, "family,person,relation,TH01\nF,A,mother,6/7\nF,A,father,6/7\n", "family F, person A: stated as male and as female"},
        {W, "family,person,relation,father,TH01\nF,A,missing,B,6/7\n",
         "family F, person A: the father \"B\" is nobody of this family; expected the code of a person"},
        {W, "family,person,father,mother,TH01\nF,A,,B,6/7\n",
         "family F: nobody is missing; expected a person with relation \"missing\" or \"yes\" in a column missing"},
        {W, "family,person,relation,father,mother,TH01\nF,A,missing,,B,6/7\nF,B,,,,\nF,A,,B,,6/7\n",
         "family F, person A: listed twice with different parents"},
        {W, "family,person,relation,father,TH01\nF,A,missing,B,6/7\nF,B,,A,\n", "family F: "},
        {W, "family,sample,relation,TH01\nF,A,mother,6/7\nG,A,mother,6/7\n",
         "family G: the sample code \"A\" is taken (line 2); expected a code of its own"},
        {W, "family,sample,relation,TH01\nF,A,mother,6/7\nF,A,mother,6/7\n",
         "family F: the sample code \"A\" is used twice (first in line 2)"},
        {W, "family,person,relation\nF,A,father\nF,B,father\n", "F: A and B are both father; expected one"},
        {W, "family,person,relation\nF,A,祖父\nF,B,祖父\n", "F: A and B are both paternal grandfather; expected one"},
        {W, "family,person,relation\nF,A,祖母\nF,B,祖母\n", "F: A and B are both paternal grandmother; expected one"},
        {W, "family,person,relation\nF,A,外公\nF,B,外公\n", "F: A and B are both maternal grandfather; expected one"},
        {W, "family,person,relation\nF,A,外婆\nF,B,外婆\n", "F: A and B are both maternal grandmother; expected one"},
        {W, "family,person,relation\nF,A,spouse\nF,B,spouse\n", "F: A and B are both spouse; expected one"},
        {W, "family,person,relation,sex\nF,A,parent,F\nF,B,parent,F\n", "F: A and B are both parent; expected one"},
        {W, "family,person,relation,father,mother\nF,A,missing,A,\n", "family F: "},
        {W, "family,person,relation,father,mother\nF,A,missing,,Q\n", "the mother \"Q\" is nobody of this family"},
        {W, "family,person,relation,father,mother\nF,A,missing,,\nF,A,missing,,\nF,B,parent,A,\n", "family F: "},
        {L, "", "t.csv, line 1, field \"header\": expected a header line, found the end of the file"},
        {L, "sample,sample,marker,allele1\n", "two columns say the sample; expected one"},
        {L, "sample,marker\nA,TH01\n", "expected columns \"Sample Name\", \"Marker\" and \"Allele 1\" in the header of a long table"},
        {L, "marker,allele1\nTH01,6\n", "expected columns \"Sample Name\", \"Marker\" and \"Allele 1\""},
        {L, "sample,marker,allele1\nA,TH01,1x\n", "t.csv, line 2, column 8, field \"Allele 1\": \"1x\" is no allele"},
        {L, "sample,marker,allele1\nA,,6\n",
         "line 2, column 3, field \"Marker\": expected the name of a marker (at most 63 bytes), found nothing"},
        {L, "sample,marker,allele1\nA,0123456789012345678901234567890123456789012345678901234567890123,6\n", "found a longer text"},
        {L, "sample,marker,allele1\n,TH01,6\n", "line 2, column 1, field \"sample\": expected a sample code, found nothing"},
        {L, "person,marker,allele1\n,TH01,6\n", "field \"person\": expected a sample code, found nothing"},
        {L, "sample,marker,allele1\nA,TH01,6\nA,TH01,7\n",
         "line 3, column 3, field \"Marker\": sample A has a second row for TH01 with other alleles; expected one row for each marker of a "
         "sample"},
        {L, "sample,marker,allele1,sex\nA,TH01,6,z\n", "field \"sex\": expected a sex"},
        {L, "sample,marker,allele1\nA,TH01,\"6\n", "line 2, column 8, field \"Allele 1\": expected a closing quote"},
        {L, "sample,marker,allele1,relation,family\nA,TH01,6,boss,F\n", "is no relation known here"},
    };
    check_bad_cases(cases, sizeof cases / sizeof cases[0]);

    fixture f;
    fixture_init(&f);
    f.o.role = HW_FORMAT_ROLE_FAMILIES;
    assert_int_equal(fixture_read(&f, W, "family,person,relation,TH01\n,A,mother,6/7\n"), HW_PARSE);
    assert_string_equal(f.err.msg, "t.csv, line 2, column 1, field \"family\": expected the code of a family, found nothing");
    fixture_release(&f);

    /* codes and texts that are too long */
    HW_CLEANUP(hw_str_release) hw_str text;
    hw_str_init(&text, 0);
    static const char *const columns[] = {"sample", "person", "kit", "family", "father", "mother"};
    for (size_t i = 0; i < 6; i++) {
        hw_str_clear(&text);
        hw_str_addf(&text, "%s,%s,TH01,%s\nA,", i == 0 ? "person" : "sample", columns[i], i == 3 ? "remark" : "family");
        for (int k = 0; k < 256; k++) {
            hw_str_addc(&text, 'x');
        }
        hw_str_add(&text, ",6/7,F\n");
        fixture_init(&f);
        assert_int_equal(fixture_read(&f, W, text.s), HW_PARSE);
        assert_non_null(strstr(f.err.msg, "of at most 255 bytes, found 256"));
        assert_non_null(strstr(f.err.msg, columns[i]));
        fixture_release(&f);
    }
    hw_str_clear(&text);
    hw_str_add(&text, "sample,kit,marker,allele1\nA,");
    for (int k = 0; k < 256; k++) {
        hw_str_addc(&text, 'x');
    }
    hw_str_add(&text, ",TH01,6\n");
    fixture_init(&f);
    assert_int_equal(fixture_read(&f, L, text.s), HW_PARSE);
    assert_non_null(strstr(f.err.msg, "expected a code of at most 255 bytes"));
    fixture_release(&f);
    /* too many typings without sample codes, of a person and of a relative */
    for (int family = 0; family < 2; family++) {
        hw_str_clear(&text);
        hw_str_add(&text, "person,family,relation,TH01\n");
        for (int k = 0; k < 101; k++) {
            hw_str_add(&text, family ? "A,F,mother,6/7\n" : "A,,,6/7\n");
        }
        hw_str_add(&text, "A,F,mother,6/7\n");
        fixture_init(&f);
        assert_int_equal(fixture_read(&f, W, text.s), HW_CONFLICT);
        assert_non_null(strstr(f.err.msg, "A: more than 100 typings without sample codes; give each a sample code"));
        fixture_release(&f);
    }
    /* a family of too many */
    hw_str_clear(&text);
    hw_str_add(&text, "family,person,relation,TH01\n");
    for (int k = 0; k < 4001; k++) {
        hw_str_add(&text, "F,A,mother,\n");
    }
    fixture_init(&f);
    assert_int_equal(fixture_read(&f, W, text.s), HW_PARSE);
    assert_non_null(strstr(f.err.msg, "family F: 4001 records; expected at most 4000"));
    fixture_release(&f);
}

static void keeps_the_good(void **state)
{
    (void)state;
    fixture f;
    fixture_init(&f);
    f.o.keep_good = true;
    assert_int_equal(
        fixture_read(&f, W,
                     "sample,family,person,relation,TH01\nA,,A,,6/7\nB,,B,,6/1x\nC,,C\n\"D\nE,F,E,mother,6/7\nG,F,G,mother,7/7\nH,,H,,8/8\n"
                     "I,F2,I,father,9/9\n"),
        HW_OK);
    assert_int_equal(f.d.n_profiles, 3); /* A, H, I */
    assert_int_equal(f.d.n_families, 1);
    assert_int_equal(f.o.n_rejects, 4);
    assert_string_equal(f.rejects.s, "file,line,column,field,record,reason\n"
                                     "t.csv,3,7,TH01,\"B,,B,,6/1x\",\"\"\"1x\"\" is no allele; expected a repeat number such as 9 or 9.3 "
                                     "(at most 9999.9), <9, >20, OL, a name of up to 4 letters, or nothing\"\n"
                                     "t.csv,4,4,person,\"C,,C\",\"expected 5 fields as in the header, found 3; is the line cut off?\"\n"
                                     "t.csv,5,1,sample,\"\"\"D\",\"expected a closing quote (\"\"), found the end of the file\"\n"
                                     "t.csv,7,,family,F,\"family F: E and G are both mother; expected one\"\n"
                                     "t.csv,6,,,\"E,F,E,mother,6/7\",\"family F: E and G are both mother; expected one\"\n"
                                     "t.csv,7,,,\"G,F,G,mother,7/7\",\"family F: E and G are both mother; expected one\"\n");
    fixture_release(&f);

    fixture_init(&f);
    f.o.keep_good = true;
    assert_int_equal(fixture_read(&f, W, "sample,sex,sex,TH01\nA,,,6/7\n"), HW_CONFLICT); /* a header cannot be left out */
    assert_true(f.o.keep_good);
    fixture_release(&f);

    fixture_init(&f);
    f.o.keep_good = true;
    assert_int_equal(fixture_read(&f, L, "sample,marker,allele1\nA,TH01,6\nA,TH01,7\nA,vWA,14\nA,FGA,1x\nA,\"x,\nB,vWA,15\n"), HW_OK);
    assert_string_equal(fixture_genotype(&f, "A", "TH01"), "none"); /* neither can be trusted */
    assert_string_equal(fixture_genotype(&f, "A", "vWA"), "14/14");
    assert_string_equal(fixture_genotype(&f, "B", "vWA"), "15/15");
    assert_int_equal(f.o.n_rejects, 3);
    fixture_release(&f);
}

/* --- long --- */

static void long_table(void **state)
{
    (void)state;
    fixture f;
    fixture_reads(&f, HW_FORMAT_UNKNOWN,
                  "# made up\n# synthetic: yes\nSample;Locus;Allele1;Allele2;Allele3;Kit;Sex;Relation;Family\n"
                  "A;TH01;6;9,3;;K1;F;mother;F\nB;TH01;7;;;K1;;;\nA;vWA;14;-;;K1;;;\nA;FGA;20;21;22;K1;;;\nA;FGA;22;21;20;K1;;;\n"
                  "A;AMEL;X;;;K1;;;\nA;vWA;14;15;;K2;F;mother;F\nA;vWA;14;15;;;F;mother;F\nA;D3S1358;OL;;;K1;;;\n");
    assert_string_equal(fixture_genotype(&f, "A", "TH01"), "6/9.3");
    assert_string_equal(fixture_genotype(&f, "A", "vWA"), "14/-");
    assert_string_equal(fixture_genotype(&f, "A", "FGA"), "3 alleles 20 21 22");
    assert_string_equal(fixture_genotype(&f, "A", "AMEL"), "X/X");
    assert_string_equal(fixture_genotype(&f, "A", "D3S1358"), "none");
    assert_string_equal(fixture_genotype(&f, "B", "TH01"), "7/7");
    assert_string_equal(fixture_genotype(&f, "A#K2", "vWA"), "14/15");
    assert_string_equal(fixture_genotype(&f, "A#4", "vWA"), "14/15");
    assert_string_equal(hw_dataset_find_profile(&f.d, "A#K2")->person, "A");
    assert_true(f.d.synthetic);
    assert_int_equal(f.d.n_families, 1);
    uint32_t locus;
    assert_true(hw_panel_find(&f.d.panel, "vWA", &locus));
    assert_int_equal(family_profile(&f, 0, "A")->g[locus].b, 150); /* merged when all was read */
    fixture_release(&f);

    fixture_init(&f);
    f.o.role = HW_FORMAT_ROLE_CHILDREN;
    assert_int_equal(fixture_read(&f, L, "person,marker,allele1,allele2\nA,TH01,6,7\nB,TH01,6,7\nA,vWA,14,15\n"), HW_OK);
    assert_int_equal(f.d.n_children, 2);
    fixture_release(&f);
}

/* --- writing --- */

static void writes_what_it_reads(void **state)
{
    (void)state;
    fixture f, g;
    HW_CLEANUP(hw_str_release) hw_str out, again, losses;
    hw_str_init(&out, 0);
    hw_str_init(&again, 0);
    hw_str_init(&losses, 0);
    fixture_reads(&f, W,
                  "# synthetic: yes\n"
                  "sample,person,family,father,mother,missing,twin,inbreeding,sex,kit,role,category,dropout,error,mt,comment,SYN1.1,SYN1.2,"
                  "AMEL.1,AMEL.2,"
                  "vWA.1,vWA.2,DYS391.1,DYS391.2,FGA.1,FGA.2\n"
                  "S1,1,F,,,,,0.25,M,GF,,ref,0.05,0.001,\"16024-16365;16223T\",\"a, b\",1,2,X,Y,14,14,10,,,\n"
                  "S2,2,F,,,,,,F,GF,,,,,,,1,-,X,,<9,16,,,,\n"
                  ",3,F,1,2,yes,1,,,,,,,,,,,,,,,,,,,\n"
                  "S4,4,F,1,2,,1,,,,,,,,,,2,2,,,14,15,,,,\n"
                  "C1,C1,,,,,,,F,,child,,,,,,1,1,X,X,15,16,,,,\n"
                  "X1,P1,,,,,,,,,,,,,,,3,3,,,14,-,,,,\n");
    assert_int_equal(fixture_read(&f, W, "sample,vWA.1,vWA.2,vWA.3\nT1,14,15,16\n"), HW_OK);
    assert_int_equal(hw_format_csv_wide.write(&f.d, &f.o, &out, &losses, &f.err), HW_OK);
    assert_string_equal(losses.s, "");
    assert_true(hw_str_starts(
        out.s,
        "# synthetic: yes\nsample,person,family,father,mother,missing,twin,inbreeding,sex,kit,role,category,dropout,error,mt,comment,"
        "synthetic,SYN1.1,SYN1.2,AMEL.1,AMEL.2,vWA.1,vWA.2,vWA.3,DYS391.1,DYS391.2\n"));
    assert_null(strstr(out.s, "FGA"));
    fixture_reads(&g, HW_FORMAT_UNKNOWN, out.s);
    assert_int_equal(g.d.n_profiles, f.d.n_profiles);
    assert_int_equal(g.d.n_children, 1);
    assert_int_equal(g.d.n_families, 1);
    assert_string_equal(fixture_genotype(&g, "S2", "SYN1"), "1/-");
    assert_string_equal(fixture_genotype(&g, "S2", "vWA"), "16/<9");
    assert_string_equal(fixture_genotype(&g, "T1", "vWA"), "3 alleles 14 15 16");
    assert_true(person(&g, 0, "1")->inbreeding == 0.25 && person(&g, 0, "4")->twin == 1);
    assert_int_equal(hw_format_csv_wide.write(&g.d, &g.o, &again, NULL, &g.err), HW_OK);
    assert_string_equal(again.s, out.s); /* a fixed point */
    fixture_release(&g);

    /* what it cannot hold */
    hw_str_clear(&out);
    size_t index;
    assert_int_equal(hw_dataset_add_case(&f.d, "case", &index, &f.err), HW_OK);
    f.d.has_settings = true;
    f.d.family[0].comment = "made up";
    f.d.profile[f.d.n_profiles - 1]->family = "F9";
    assert_int_equal(fixture_read(&f, HW_FORMAT_FREQUENCY_TABLE, "Allele,TH01\n6,1\n"), HW_OK);
    f.o.separator = '\t';
    assert_int_equal(hw_format_csv_wide.write(&f.d, &f.o, &out, &losses, &f.err), HW_OK);
    assert_string_equal(losses.s, "family F: its comment\n"
                                  "profile T1: its family code F9, since it is no member of that family\n"
                                  "1 cases with their hypotheses: a table of profiles holds none\n"
                                  "1 frequency tables: a table of profiles holds none\n"
                                  "mutation rates and other settings: a table of profiles holds none\n");
    assert_non_null(strstr(out.s, "sample\tperson\tfamily"));
    /* one profile in two families */
    assert_int_equal(fixture_read(&f, W, "family,person,relation,sample\nG,4,sister,S4\n"), HW_OK);
    hw_str_clear(&losses);
    hw_str_clear(&out);
    assert_int_equal(hw_format_csv_wide.write(&f.d, &f.o, &out, &losses, &f.err), HW_OK);
    assert_non_null(strstr(losses.s, "family G, person 4: profile S4 stands in two families; its second row has no genotypes"));
    fixture_release(&f);

    /* a member whose profile stands nowhere else */
    fixture_init(&f);
    assert_int_equal(hw_dataset_add_family(&f.d, "F", &index, &f.err), HW_OK);
    uint32_t who;
    assert_int_equal(hw_pedigree_add(&f.d.family[0].pedigree, "A", HW_SEX_FEMALE, &who, &f.err), HW_OK);
    hw_str_clear(&out);
    assert_int_equal(hw_format_csv_wide.write(&f.d, &f.o, &out, NULL, &f.err), HW_OK);
    assert_string_equal(out.s, "sample,person,family,father,mother,missing,sex\n\"\",A,F,,,,F\n");
    const hw_profile *alone[1] = {hw_profile_new(&f.d.arena, "S", 0)};
    assert_non_null(alone[0]);
    f.d.family[0].profile = alone;
    hw_str_clear(&out);
    assert_int_equal(hw_format_csv_wide.write(&f.d, &f.o, &out, NULL, &f.err), HW_OK);
    assert_string_equal(out.s, "sample,person,family,father,mother,missing,sex\nS,A,F,,,,F\n");
    fixture_release(&f);
}

static void is_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        hw_format_id id;
    } cases[] = {
        {"sample,TH01.1,TH01.2\n", W},
        {"person,Any.1,Any.2\n", W},
        {"family,person,mother\n", W},
        {"sample,marker,allele1\n", L},
        {"sample,remark\n", W}, /* nearly nothing speaks for it; its reader says what is missing */
        {"sample\n", HW_FORMAT_UNKNOWN},
        {"TH01,vWA\n", HW_FORMAT_UNKNOWN},
        {"marker,allele1\n", HW_FORMAT_UNKNOWN},
        {"{\"sample\": 1}", HW_FORMAT_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hw_format_input in = {"x", cases[i].text, strlen(cases[i].text)};
        int wide = hw_format_csv_wide.detect(&in), rows = hw_format_csv_long.detect(&in);
        hw_format_id id = wide > rows ? W : rows > 0 ? L : HW_FORMAT_UNKNOWN;
        if (id != cases[i].id) {
            fail_msg("case %zu: %d %d", i, wide, rows);
        }
    }
    assert_string_equal(hw_person_column_name(HW_COLUMN_MT), "mt");
    assert_string_equal(hw_relation_name(HW_RELATION_MATERNAL_AUNT), "maternal aunt");
    assert_string_equal(hw_relation_name(HW_RELATION_NONE), "");
}

static void fails_each_allocation(void **state)
{
    (void)state;
    fail_each_allocation(
        W, "sample,person,family,relation,kit,comment,Z.1,Z.2,TH01\nS1,A,F,mother,K,\"x \"\"y\"\"\",1,2,6/7/8\nS2,A,F,mother,,,1,,6/7\n"
           "S3,B,F,paternal uncle,,,1,2,\nS4,C,,,,,1,2,\n");
    fail_each_allocation(
        W, "family,person,relation,sex,missing,father,TH01\nF,1,mother,,,,6/7\nF,2,paternal grandmother,,,,6/7\nF,3,spouse,,,,\n"
           "F,4,child of the missing,,,,6/7\nF,5,identical twin,,,,\nF,6,maternal half sibling,,,,\nF,7,maternal uncle,,,,\n"
           "F,8,paternal half sibling,,,,\nF,9,,,,8,\n,10,,,,,\n");
    fail_each_allocation(W, "family,person,relation,TH01\nF,1,parent,6/7\nF,2,sibling,6/7\nG,1,missing,\nG,2,missing,6/7\nF,2,,6/8\n");
    fail_each_allocation(
        W, "family,person,relation,TH01\nF,1,maternal grandfather,6/7\nG,1,paternal grandfather,\nH,1,paternal half sister,6/7\n"
           "I,1,maternal half sister,6/7\n");
    fail_each_allocation(L, "sample,marker,allele1,allele2,allele3,kit\nA,TH01,6,7,8,K\nA,vWA,6,7,,L\nB,TH01,6,OL,,\n");
}

static void reads_real_profiles(void **state)
{
    (void)state;
    const char *path = shared_file("data/nist1036-profiles.csv");
    if (path == NULL) {
        return;
    }
    fixture f;
    fixture_init(&f);
    f.o.role = HW_FORMAT_ROLE_CHILDREN;
    if (hw_format_read_file(path, &f.o, &f.d, &f.err) != HW_OK) {
        fail_msg("%s", f.err.msg);
    }
    assert_int_equal(f.d.n_children, 1036);
    assert_int_equal(f.d.panel.n, 29);
    assert_string_equal(fixture_genotype(&f, "GT37019", "D1S1656"), "12/16.3");
    assert_int_equal(hw_profile_typed(f.d.child[1035], &f.d.panel, HW_LOCUS_AUTOSOMAL), 29);
    assert_true(fixture_noted(&f, "column 2, \"population\""));
    fixture_release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_columns),
        cmocka_unit_test(one_column),
        cmocka_unit_test(people_columns),
        cmocka_unit_test(families_by_relation),
        cmocka_unit_test(more_relations),
        cmocka_unit_test(families_by_parents),
        cmocka_unit_test(typings_of_a_relative),
        cmocka_unit_test(structure_beside_genotypes),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(keeps_the_good),
        cmocka_unit_test(long_table),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(is_recognised),
        cmocka_unit_test(fails_each_allocation),
        cmocka_unit_test(reads_real_profiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
