// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "kinship/identity.h"
#include "kinship/likelihood.h"
#include "kinship/patterns.h"
#include "kinship/rivals.h"

static double apart(double a, double b)
{
    return a > b ? a - b : b - a;
}

static const hw_profile typed_person = {.id = "typed"};

static uint32_t at(const hw_pedigree *p, const char *id)
{
    uint32_t i = 0;
    if (!hw_pedigree_find(p, id, &i)) {
        fail_msg("no person %s", id);
    }
    return i;
}

/* A family with room of its own. */
typedef struct household {
    hw_family f;
    const hw_profile *profile[64];
    uint32_t missing[8];
} household;

/* Persons "id sex [father mother]" by ';', "*" behind the id: typed, "!": missing, "-" a parent not known. */
static void read_family(household *h, const char *text)
{
    memset(h, 0, sizeof *h);
    h->f.id = "F1";
    hw_pedigree_init(&h->f.pedigree);
    h->f.profile = h->profile;
    h->f.missing = h->missing;
    for (int pass = 0; pass < 2; pass++) {
        char copy[2000];
        snprintf(copy, sizeof copy, "%s", text);
        char *rest = copy, *line;
        while ((line = strsep(&rest, ";")) != NULL) {
            char *word[4] = {NULL, NULL, NULL, NULL};
            for (int k = 0; k < 4 && line != NULL; k++) {
                word[k] = strsep(&line, " ");
            }
            size_t len = strlen(word[0]);
            char mark = word[0][len - 1];
            if (mark == '*' || mark == '!') {
                word[0][len - 1] = '\0';
            }
            uint32_t i = 0;
            if (pass == 0) {
                hw_sex sex = word[1][0] == 'M' ? HW_SEX_MALE : word[1][0] == 'F' ? HW_SEX_FEMALE : HW_SEX_UNKNOWN;
                assert_int_equal(hw_pedigree_add(&h->f.pedigree, word[0], sex, &i, NULL), HW_OK);
                assert_true(i < 64);
                h->profile[i] = mark == '*' ? &typed_person : NULL;
                if (mark == '!') {
                    h->missing[h->f.n_missing++] = i;
                }
            } else if (word[3] != NULL) {
                int32_t father = strcmp(word[2], "-") == 0 ? -1 : (int32_t)at(&h->f.pedigree, word[2]);
                int32_t mother = strcmp(word[3], "-") == 0 ? -1 : (int32_t)at(&h->f.pedigree, word[3]);
                assert_int_equal(hw_pedigree_set_parents(&h->f.pedigree, at(&h->f.pedigree, word[0]), father, mother, NULL), HW_OK);
            }
        }
    }
    hw_err err = {0};
    if (hw_pedigree_check(&h->f.pedigree, &err) != HW_OK) {
        fail_msg("%s", err.msg);
    }
}

/* Codes with same_as behind each, in one line. */
static void expect(const char *family, const char *codes)
{
    household h;
    hw_hypotheses x;
    hw_err err = {0};
    char got[2000] = "";
    read_family(&h, family);
    if (hw_hypotheses_build(&h.f, 0, &x, &err) != HW_OK) {
        fail_msg("%s", err.msg);
    }
    for (uint32_t i = 0; i < x.n; i++) {
        size_t used = strlen(got);
        snprintf(got + used, sizeof got - used, "%s%s", i > 0 ? " " : "", x.h[i].code);
        if (x.h[i].same_as >= 0) {
            used = strlen(got);
            snprintf(got + used, sizeof got - used, "=%d", x.h[i].same_as);
        }
        assert_true(strlen(x.h[i].text) > 5);
        assert_int_equal(x.h[i].kind, i == 0 ? HW_HYPOTHESIS_MISSING : i == 1 ? HW_HYPOTHESIS_UNRELATED : HW_HYPOTHESIS_RIVAL);
        for (uint32_t k = 0; k < h.f.pedigree.n; k++) { /* the family stands unchanged inside, but for parents now named */
            const hw_person *a = &h.f.pedigree.person[k], *b = &x.h[i].pedigree.person[x.h[i].person_of[k]];
            assert_string_equal(a->id, b->id);
            assert_true(a->father < 0 || a->father == b->father);
            assert_true(a->mother < 0 || a->mother == b->mother);
        }
    }
    assert_string_equal(got, codes);
    hw_hypotheses_release(&x);
    assert_int_equal(x.n, 0);
    hw_pedigree_release(&h.f.pedigree);
}

static void lists_the_rivals(void **state)
{
    (void)state;
    expect("FA* M;MO* F;C! F FA MO", "missing unrelated full-sib-of:FA:child half-sib-of:FA:paternal:child full-sib-of:MO:child half-sib-of:MO:paternal:child");
    expect("FA M;MO* F;C! F FA MO", "missing unrelated full-sib-of:MO:child half-sib-of:MO:paternal:child");
    expect("MO* F;C! F - MO", "missing unrelated full-sib-of:MO:child half-sib-of:MO:paternal:child");
    expect("PA* U;C! U PA -", "missing unrelated full-sib-of:PA:child half-sib-of:PA:paternal:child");
    /* grandparents that are persons of the family make half siblings differ when one of them is typed */
    expect("GM* F;MO* F - GM;C! F - MO", "missing unrelated full-sib-of:MO:child half-sib-of:MO:paternal:child half-sib-of:MO:by:GM:child");
    expect("GF M;GM F;MO* F GF GM;C! F - MO", "missing unrelated full-sib-of:MO:child half-sib-of:MO:by:GF:child half-sib-of:MO:by:GM:child=3");
    /* siblings only */
    expect("FA M;MO F;S* M FA MO;C! F FA MO", "missing unrelated half-sib-by:FA half-sib-by:MO=2 full-sib-of:FA:child full-sib-of:MO:child=4");
    expect("FA M;MO F;S* M FA MO;T* M FA MO;C! F FA MO", "missing unrelated half-sib-by:FA half-sib-by:MO=2 full-sib-of:FA:child full-sib-of:MO:child=4");
    expect("FA M;MO F;NN F;S* M FA MO;T* M FA NN;C! F FA MO", "missing unrelated half-sib-by:FA half-sib-by:MO full-sib-of:FA:child full-sib-of:MO:child");
    expect("MO F;S* M - MO;C! F - MO", "missing unrelated full-sib-of:MO:child");
    expect("FA M;MO F;S* M FA -;C! F FA MO", "missing unrelated half-sib-by:FA=0 half-sib-by:MO=1 full-sib-of:FA:child full-sib-of:MO:child=1");
    /* grandparents */
    expect("GF* M;GM* F;FA M GF GM;MO F;C! F FA MO",
           "missing unrelated full-sib-of:GF:grandchild full-sib-of:GM:grandchild full-sib-of:FA:child=0");
    expect("GF* M;GM F;FA M GF GM;MO F;C! F FA MO", "missing unrelated full-sib-of:GF:grandchild full-sib-of:FA:child=0");
    expect("GM* F;MO F - GM;C! F - MO", "missing unrelated full-sib-of:GM:grandchild full-sib-of:MO:child=0");
    expect("GF* M;GM* F;HF* M;HM* F;FA M GF GM;MO F HF HM;C! F FA MO",
           "missing unrelated full-sib-of:GF:grandchild full-sib-of:GM:grandchild full-sib-of:FA:child full-sib-of:HF:grandchild "
           "full-sib-of:HM:grandchild full-sib-of:MO:child");
    /* a grandfather on both sides, whose sibling is asked for once */
    expect("GF* M;FA M GF -;MO F GF -;C! F FA MO", "missing unrelated full-sib-of:GF:grandchild full-sib-of:FA:child full-sib-of:MO:child=3");
    /* siblings and grandparents: the cousin by that side comes once */
    expect("GF* M;GM F;FA M GF GM;MO F;S* M FA MO;C! F FA MO",
           "missing unrelated half-sib-by:FA half-sib-by:MO full-sib-of:FA:child full-sib-of:MO:child full-sib-of:GF:grandchild");
    /* farther relatives; the uncle's other nephew is a nephew like the missing child */
    expect("GF M;GM F;U* M GF GM;FA M GF GM;C! F FA -", "missing unrelated full-sib-of:U:child=0");
    expect("U* M GF GM;GF M;GM F;FA M GF GM;V* F FA2 MO2;FA2 M GF -;MO2 F;C! F FA -", "missing unrelated full-sib-of:U:child=0");
    expect("C! M;D* F C -", "missing unrelated full-sib-of:D:child");
    /* sexes that nobody knows */
    expect("GP U;PA* F GP -;C! F - PA", "missing unrelated full-sib-of:PA:child half-sib-of:PA:by:GP:child half-sib-of:PA:maternal:child=3");
    expect("GM* F;PA U - GM;C! F PA -", "missing unrelated full-sib-of:GM:grandchild full-sib-of:PA:child=0");
    /* nobody who says anything */
    expect("W* F;C! M;D F C W", "missing unrelated=0");
    expect("C! M", "missing unrelated=0");
    /* identical twins: the mother's twin is typed in her place, the missing one's own twin */
    household h;
    read_family(&h, "MO F;TW* F;C! F - MO");
    h.f.pedigree.person[0].twin = h.f.pedigree.person[1].twin = 1;
    hw_hypotheses x;
    assert_int_equal(hw_hypotheses_build(&h.f, 0, &x, NULL), HW_OK);
    assert_int_equal(x.n, 4);
    assert_string_equal(x.h[2].text, "a child of a full sibling of the mother (MO)");
    assert_int_equal(x.h[2].pedigree.person[1].father, x.h[2].pedigree.person[0].father);
    hw_hypotheses_release(&x);
    hw_pedigree_release(&h.f.pedigree);
}

static void inbred_founders_have_no_siblings(void **state)
{
    (void)state;
    household h;
    hw_hypotheses x;
    read_family(&h, "MO* F;C! F - MO");
    h.f.pedigree.person[0].inbreeding = 0.25;
    assert_int_equal(hw_hypotheses_build(&h.f, 0, &x, NULL), HW_OK);
    assert_int_equal(x.n, 2);
    hw_hypotheses_release(&x);
    hw_pedigree_release(&h.f.pedigree);
    read_family(&h, "GM* F;MO F - GM;C! F - MO");
    h.f.pedigree.person[0].inbreeding = 0.25;
    assert_int_equal(hw_hypotheses_build(&h.f, 0, &x, NULL), HW_OK);
    assert_int_equal(x.n, 3);
    assert_string_equal(x.h[2].code, "full-sib-of:MO:child");
    hw_hypotheses_release(&x);
    hw_pedigree_release(&h.f.pedigree);
}

static void speaks_plainly(void **state)
{
    (void)state;
    household h;
    hw_hypotheses x;
    read_family(&h, "GM* F;MO* F - GM;C F - MO;C2! M - MO;(child) M");
    assert_int_equal(hw_hypotheses_build(&h.f, 0, &x, NULL), HW_OK);
    assert_string_equal(x.h[0].text, "the missing person (C2)");
    assert_int_equal(x.h[0].child, 3);
    assert_string_equal(x.h[1].text, "unrelated to the family");
    assert_string_equal(x.h[1].pedigree.person[x.h[1].child].id, "(child 2)"); /* the family has a "(child)" of its own */
    assert_int_equal(x.h[1].pedigree.person[x.h[1].child].sex, HW_SEX_MALE);
    assert_string_equal(x.h[2].text, "a child of a full sibling of the mother (MO)");
    assert_string_equal(x.h[3].text, "a child of a half sibling of the mother (MO)");
    assert_string_equal(x.h[4].text, "a child of a half sibling of the mother (MO) by GM");
    char words[100];
    assert_int_equal(hw_relationship_name(&x.h[2].pedigree, at(&x.h[2].pedigree, "MO"), x.h[2].child, words, sizeof words, NULL), HW_OK);
    assert_string_equal(words, "aunt and nephew");
    assert_int_equal(hw_relationship_name(&x.h[4].pedigree, at(&x.h[4].pedigree, "MO"), x.h[4].child, words, sizeof words, NULL), HW_OK);
    assert_string_equal(words, "half aunt and half nephew");
    hw_hypotheses_release(&x);
    hw_pedigree_release(&h.f.pedigree);
    read_family(&h, "GF M;GM* F;FA M GF GM;MO F;S* F FA MO;C! F FA MO");
    assert_int_equal(hw_hypotheses_build(&h.f, 0, &x, NULL), HW_OK);
    assert_string_equal(x.h[2].text, "a half sibling of the missing person by the father (FA)");
    assert_string_equal(x.h[4].text, "a first cousin of the missing person: a child of a full sibling of the father (FA)");
    assert_string_equal(x.h[6].text, "a great-nephew or great-niece: a grandchild of a full sibling of the paternal grandmother (GM)");
    assert_int_equal(hw_relationship_name(&x.h[6].pedigree, at(&x.h[6].pedigree, "GM"), x.h[6].child, words, sizeof words, NULL), HW_OK);
    assert_string_equal(words, "great-aunt and great-niece");
    hw_hypotheses_release(&x);
    hw_err err = {0};
    assert_int_equal(hw_hypotheses_build(&h.f, 1, &x, &err), HW_CONFLICT);
    assert_non_null(strstr(err.msg, "F1"));
    h.missing[0] = 99;
    assert_int_equal(hw_hypotheses_build(&h.f, 0, &x, NULL), HW_CONFLICT);
    hw_pedigree_release(&h.f.pedigree);
}

/* ---- same_as against likelihoods ---- */

static hw_locus_model *small_model(hw_arena *arena, double theta)
{
    static hw_allele allele[] = {100, 110, 120, 130};
    static double freq[] = {0.1, 0.2, 0.3, 0.4};
    static hw_freq f = {.locus = "L", .n = 4, .allele = allele, .freq = freq};
    hw_locus_settings ls = {.locus = "L"};
    hw_locus_model *lm = NULL;
    assert_int_equal(hw_locus_model_build(arena, &f, HW_LOCUS_AUTOSOMAL, &ls, theta, HW_RARE_FIXED, 0.01, NULL, 0, &lm, NULL), HW_OK);
    return lm;
}

/* Likelihoods of all hypotheses for data drawn at random, all equally likely: equal where same_as says so; told apart at least once where it does not. */
static void compare_by_data(const household *h, const hw_hypotheses *x, hw_engine *e, const hw_locus_model *lm, hw_rng *rng, int rounds,
                            bool (*told_apart)[16])
{
    for (int round = 0; round < rounds; round++) {
        hw_typing family[64], t[80];
        hw_typing child = {0};
        double lik[16];
        for (uint32_t i = 0; i <= h->f.pedigree.n; i++) {
            hw_typing *to = i == h->f.pedigree.n ? &child : &family[i];
            hw_genotype g = hw_genotype_make(lm->allele[hw_rng_below(rng, 4)], lm->allele[hw_rng_below(rng, 4)]);
            *to = (hw_typing){g.a, g.b, 0.1 * (double)hw_rng_below(rng, 2), 0};
            if (i < h->f.pedigree.n && h->profile[i] == NULL) {
                *to = (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0, 0};
            }
        }
        assert_true(x->n <= 16);
        for (uint32_t k = 0; k < x->n; k++) {
            for (uint32_t i = 0; i < x->h[k].pedigree.n; i++) {
                t[i] = i < h->f.pedigree.n ? family[i] : (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0, 0};
            }
            t[x->h[k].child] = child;
            hw_real value;
            hw_err err = {0};
            if (hw_likelihood(e, &x->h[k].pedigree, lm, t, &value, &err) != HW_OK) {
                fail_msg("%s", err.msg);
            }
            lik[k] = hw_real_to_double(value);
            for (uint32_t j = 0; j < k; j++) {
                double scale = lik[j] > lik[k] ? lik[j] : lik[k];
                bool equal = apart(lik[j], lik[k]) <= 1e-10 * scale;
                if (x->h[k].same_as == (int)j && !equal) {
                    fail_msg("%s and %s: %g and %g", x->h[j].code, x->h[k].code, lik[j], lik[k]);
                }
                told_apart[k][j] = told_apart[k][j] || !equal;
            }
        }
    }
}

static void random_family(household *h, hw_rng *rng)
{
    memset(h, 0, sizeof *h);
    h->f.id = "R";
    hw_pedigree_init(&h->f.pedigree);
    h->f.profile = h->profile;
    h->f.missing = h->missing;
    const uint32_t n = 4 + hw_rng_below(rng, 6);
    hw_pedigree *p = &h->f.pedigree;
    for (uint32_t i = 0; i < n; i++) {
        char id[16];
        uint32_t index = 0;
        snprintf(id, sizeof id, "p%u", (unsigned)i);
        assert_int_equal(hw_pedigree_add(p, id, hw_rng_below(rng, 2) == 0 ? HW_SEX_MALE : HW_SEX_FEMALE, &index, NULL), HW_OK);
        for (uint32_t tries = 0; i > 1 && tries < 3; tries++) {
            uint32_t parent = hw_rng_below(rng, i);
            int32_t *slot = p->person[parent].sex == HW_SEX_MALE ? &p->person[i].father : &p->person[i].mother;
            *slot = (int32_t)parent;
        }
        if (p->person[i].father < 0 && p->person[i].mother < 0 && hw_rng_below(rng, 5) == 0) {
            p->person[i].inbreeding = 0.25;
        }
        h->profile[i] = hw_rng_below(rng, 3) == 0 ? &typed_person : NULL;
    }
    h->f.n_missing = 1;
    h->missing[0] = n - 1;
    h->profile[n - 1] = NULL;
    assert_int_equal(hw_pedigree_check(p, NULL), HW_OK);
}

static void same_means_the_same_likelihood(void **state)
{
    (void)state;
    hw_rng rng;
    hw_rng_seed(&rng, 42, 0);
    hw_engine *e = NULL;
    hw_arena arena;
    hw_arena_init(&arena, 0);
    assert_int_equal(hw_engine_new(NULL, &e, NULL), HW_OK);
    const hw_locus_model *lm[2] = {small_model(&arena, 0), small_model(&arena, 0.03)};
    unsigned same = 0, missed = 0, pairs = 0;
    for (int round = 0; round < 150; round++) {
        household h;
        hw_hypotheses x;
        hw_err err = {0};
        bool told_apart[16][16] = {{false}};
        random_family(&h, &rng);
        if (hw_hypotheses_build(&h.f, 0, &x, &err) != HW_OK) {
            fail_msg("%s", err.msg);
        }
        compare_by_data(&h, &x, e, lm[0], &rng, 24, told_apart);
        bool inbred = false;
        for (uint32_t i = 0; i < h.f.pedigree.n; i++) {
            inbred = inbred || h.f.pedigree.person[i].inbreeding > 0;
        }
        if (!inbred && h.f.pedigree.n < 6) {
            compare_by_data(&h, &x, e, lm[1], &rng, 2, told_apart);
        }
        for (uint32_t k = 0; k < x.n; k++) {
            for (uint32_t j = 0; j < k; j++) {
                bool first = x.h[j].same_as < 0;
                pairs += first;
                same += x.h[k].same_as == (int)j;
                missed += first && x.h[k].same_as != (int)j && !told_apart[k][j];
            }
        }
        hw_hypotheses_release(&x);
        hw_pedigree_release(&h.f.pedigree);
    }
    print_message("%u pairs of hypotheses, %u the same, %u not told apart by 24 random readings\n", pairs, same, missed);
    assert_true(same > 50);
    assert_int_equal(missed, 0); /* the criterion is complete on these, not merely sound */
    hw_engine_free(e);
    hw_arena_release(&arena);
}

/* ---- patterns ---- */

static void patterns_agree_with_jacquard(void **state)
{
    (void)state;
    household h;
    read_family(&h, "F M;M F;A M F M;B F F M;I M A B;J F A B");
    uint32_t both[2] = {at(&h.f.pedigree, "I"), at(&h.f.pedigree, "J")};
    patterns s;
    bool within = false;
    double delta[9], sum = 0;
    assert_int_equal(hw_jacquard(&h.f.pedigree, both[0], both[1], delta, NULL), HW_OK);
    assert_int_equal(patterns_find(&h.f.pedigree, both, 2, &s, &within, NULL), HW_OK);
    assert_true(within);
    assert_int_equal(s.n, 9);
    static const uint8_t form[9][4] = {{0, 0, 0, 0}, {0, 0, 1, 1}, {0, 0, 0, 1}, {0, 0, 1, 2}, {0, 1, 0, 0}, {0, 1, 2, 2}, {0, 1, 0, 1}, {0, 1, 0, 2}, {0, 1, 2, 3}};
    for (uint32_t i = 0; i < s.n; i++) {
        bool found = false;
        for (int d = 0; d < 9; d++) {
            if (memcmp(s.key + 4 * i, form[d], 4) == 0) {
                assert_true(apart(s.p[i], delta[d]) < 1e-15);
                found = true;
            }
        }
        assert_true(found);
        sum += s.p[i];
    }
    assert_true(apart(sum, 1) < 1e-15);
    patterns other;
    h.f.pedigree.person[0].inbreeding = 1; /* a founder with one gene */
    assert_int_equal(patterns_find(&h.f.pedigree, both, 2, &other, &within, NULL), HW_OK);
    assert_false(patterns_equal(&s, &other));
    patterns_release(&other);
    assert_int_equal(patterns_find(&h.f.pedigree, both, 1, &other, &within, NULL), HW_OK);
    assert_int_equal(other.n, 2);
    assert_false(patterns_equal(&s, &other));
    patterns_release(&other);
    assert_int_equal(patterns_find(&h.f.pedigree, both, 0, &other, &within, NULL), HW_OK);
    assert_true(within);
    patterns_release(&other);
    /* the same number of patterns, but others; and the same patterns with other weights */
    uint32_t parents[2] = {0, 1}, parent_child[2] = {0, 2};
    patterns a, b;
    h.f.pedigree.person[0].inbreeding = 0;
    assert_int_equal(patterns_find(&h.f.pedigree, parents, 2, &a, &within, NULL), HW_OK);
    assert_int_equal(patterns_find(&h.f.pedigree, parent_child, 2, &b, &within, NULL), HW_OK);
    assert_int_equal(a.n, b.n);
    assert_false(patterns_equal(&a, &b));
    patterns_release(&a);
    patterns_release(&b);
    h.f.pedigree.person[0].inbreeding = 0.25;
    assert_int_equal(patterns_find(&h.f.pedigree, parents, 1, &a, &within, NULL), HW_OK);
    h.f.pedigree.person[0].inbreeding = 0.5;
    assert_int_equal(patterns_find(&h.f.pedigree, parents, 1, &b, &within, NULL), HW_OK);
    assert_int_equal(a.n, b.n);
    assert_false(patterns_equal(&a, &b));
    patterns_release(&a);
    patterns_release(&b);
    patterns_release(&s);
    hw_pedigree_release(&h.f.pedigree);
}

static void claims_nothing_beyond_the_limit(void **state)
{
    (void)state;
    /* many typed children of untyped parents: too many patterns */
    household h;
    hw_hypotheses x;
    char text[1500] = "FA M;MO F;C! F FA MO";
    for (int i = 0; i < 12; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, ";S%d* M FA MO", i);
    }
    read_family(&h, text);
    assert_int_equal(hw_hypotheses_build(&h.f, 0, &x, NULL), HW_OK);
    assert_int_equal(x.n, 6);
    for (uint32_t i = 0; i < x.n; i++) {
        assert_int_equal(x.h[i].same_as, -1);
    }
    hw_hypotheses_release(&x);
    hw_pedigree_release(&h.f.pedigree);
    /* many unrelated typed persons: too many orders of genes within persons; then too many persons */
    for (int n = 12; n <= 60; n += 48) {
        snprintf(text, sizeof text, "MO* F;C! F - MO");
        for (int i = 0; i < n; i++) {
            size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, ";W%d* M", i);
        }
        read_family(&h, text);
        assert_int_equal(hw_hypotheses_build(&h.f, 0, &x, NULL), HW_OK);
        for (uint32_t i = 0; i < x.n; i++) {
            assert_int_equal(x.h[i].same_as, -1);
        }
        hw_hypotheses_release(&x);
        hw_pedigree_release(&h.f.pedigree);
    }
    /* persons behind the typed ones: more ancestors than the limit */
    snprintf(text, sizeof text, "MO* F A0 -;SI* F A0 -;C! F - MO;A0 M A1 -");
    for (int i = 1; i < 52; i++) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, i < 51 ? ";A%d M A%d -" : ";A%d M", i, i + 1);
    }
    read_family(&h, text);
    assert_int_equal(hw_hypotheses_build(&h.f, 0, &x, NULL), HW_OK);
    assert_int_equal(x.h[2].same_as, -1);
    hw_hypotheses_release(&x);
    hw_pedigree_release(&h.f.pedigree);
}

static void passes_failures_up(void **state)
{
    (void)state;
    static const char *const families[] = {
        "FA* M;MO* F;C! F FA MO",
        "GF M;GM* F;FA M GF GM;MO F;S* F FA MO;C! F FA MO",
        "GF M;GM F;U* M GF GM;FA M GF GM;C! F FA -",
        "MO* F;C! F - MO",
    };
    for (size_t k = 0; k < sizeof families / sizeof families[0]; k++) {
        household h;
        read_family(&h, families[k]);
        for (long nth = 1;; nth++) {
            hw_hypotheses x = {.n = 1234};
            hw_err err = {0};
            hw_alloc_fail_at(nth, false);
            hw_status s = hw_hypotheses_build(&h.f, 0, &x, &err);
            hw_alloc_fail_at(0, false);
            if (s == HW_OK) {
                hw_hypotheses_release(&x);
                assert_true(nth > 20);
                break;
            }
            assert_int_equal(s, HW_NO_MEMORY);
            assert_int_equal(err.code, HW_NO_MEMORY);
            assert_int_equal(x.n, 1234);
        }
        hw_pedigree_release(&h.f.pedigree);
    }
    /* a pedigree with no room for one more person */
    household h;
    read_family(&h, "MO* F;C! F - MO");
    const hw_profile *profile[HW_PEDIGREE_MAX] = {&typed_person};
    h.f.profile = profile;
    for (int i = 2; i < HW_PEDIGREE_MAX; i++) {
        char id[16];
        uint32_t index = 0;
        snprintf(id, sizeof id, "p%d", i);
        assert_int_equal(hw_pedigree_add(&h.f.pedigree, id, HW_SEX_MALE, &index, NULL), HW_OK);
    }
    hw_hypotheses x;
    assert_int_equal(hw_hypotheses_build(&h.f, 0, &x, NULL), HW_LIMIT);
    hw_pedigree_release(&h.f.pedigree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_the_rivals),
        cmocka_unit_test(inbred_founders_have_no_siblings),
        cmocka_unit_test(speaks_plainly),
        cmocka_unit_test(same_means_the_same_likelihood),
        cmocka_unit_test(patterns_agree_with_jacquard),
        cmocka_unit_test(claims_nothing_beyond_the_limit),
        cmocka_unit_test(passes_failures_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
