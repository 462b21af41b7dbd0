// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * An explanation filled by hand, for the tests of the reports: a family of thirteen with Chinese names, identical twins, a remarriage, a marriage of cousins,
 * a person of unknown sex, a parent not named, two missing persons; loci of every kind. All people are invented and the numbers mean nothing.
 */
#ifndef HW_TESTS_REPORT_EXAMPLE_H
#define HW_TESTS_REPORT_EXAMPLE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/match_report.h"

typedef struct example {
    hw_arena arena;
    hw_panel panel;
    hw_family family;
    hw_explanation x;
    hw_pair_decision decision;
    hw_pair_tail tail[4];
    hw_pair_chance chance;
    hw_pair_place place[3];
    hw_pair_next next[3];
    hw_pair_evidence evidence;
} example;

static void must(hw_status s, const hw_err *err)
{
    if (s != HW_OK) {
        fprintf(stderr, "%s: %s\n", hw_status_name(s), err->msg);
        abort();
    }
}

/* Room that must be there. */
static void *room(example *e, size_t n, size_t size)
{
    void *p = hw_arena_alloc(&e->arena, n, size);
    if (p == NULL) {
        abort();
    }
    return p;
}

static uint32_t add_person(hw_pedigree *p, const char *id, hw_sex sex, int32_t father, int32_t mother, uint32_t twin)
{
    hw_err err = {0};
    uint32_t i = 0;
    must(hw_pedigree_add(p, id, sex, &i, &err), &err);
    if (father >= 0 || mother >= 0) {
        must(hw_pedigree_set_parents(p, i, father, mother, &err), &err);
    }
    p->person[i].twin = twin;
    return i;
}

static hw_profile *make_profile(example *e, const char *id, hw_sex sex, const char *kit)
{
    hw_profile *p = hw_profile_new(&e->arena, id, 32);
    if (p == NULL) {
        abort();
    }
    p->sex = sex;
    p->kit = kit;
    return p;
}

static void set_alleles(example *e, hw_profile *p, uint32_t locus, int a, int b)
{
    hw_allele pair[2] = {a, b};
    hw_err err = {0};
    must(hw_profile_set(p, &e->arena, &e->panel, locus, pair, b < 0 ? 1 : 2, b < 0, &err), &err);
}

static const char *const EXAMPLE_LOCUS[] = {"D3S1358", "vWA", "D16S539", "CSF1PO", "TPOX", "D8S1179", "D21S11", "D18S51", "Penta E", "D2S441", "D19S433", "TH01",
                                            "FGA", "D22S1045", "D5S818", "D13S317", "D7S820", "SE33", "D10S1248", "D1S1656", "D12S391", "D2S1338", "D6S1043", "Penta D",
                                            "AMEL", "DYS391", "DYS393"};
#define EXAMPLE_LOCI (sizeof EXAMPLE_LOCUS / sizeof *EXAMPLE_LOCUS)

static void example_family(example *e)
{
    hw_pedigree *p = &e->family.pedigree;
    hw_pedigree_init(p);
    uint32_t gf = add_person(p, "张福生", HW_SEX_MALE, -1, -1, 0), gm = add_person(p, "王桂兰", HW_SEX_FEMALE, -1, -1, 0);
    uint32_t f = add_person(p, "张建国", HW_SEX_MALE, (int32_t)gf, (int32_t)gm, 1), u = add_person(p, "张建华", HW_SEX_MALE, (int32_t)gf, (int32_t)gm, 1);
    uint32_t m = add_person(p, "李秀英", HW_SEX_FEMALE, -1, -1, 0), w2 = add_person(p, "MO-2 (second wife, née O'Neil <1980>)", HW_SEX_FEMALE, -1, -1, 0);
    uint32_t c = add_person(p, "失踪女童-M1", HW_SEX_FEMALE, (int32_t)f, (int32_t)m, 0);
    (void)add_person(p, "SIS", HW_SEX_FEMALE, (int32_t)f, (int32_t)m, 0);
    uint32_t other = add_person(p, "M2", HW_SEX_UNKNOWN, (int32_t)f, (int32_t)m, 0);
    uint32_t h = add_person(p, "HALF-BROTHER", HW_SEX_MALE, (int32_t)f, (int32_t)w2, 0);
    uint32_t k = add_person(p, "COUSIN", HW_SEX_FEMALE, (int32_t)u, -1, 0);
    (void)add_person(p, "NEPHEW", HW_SEX_MALE, (int32_t)h, (int32_t)k, 0);
    (void)gf;
    hw_err err = {0};
    must(hw_pedigree_check(p, &err), &err);
    e->family.id = "F-203 & 儿子";
    e->family.profile = room(e, p->n, sizeof *e->family.profile);
    e->family.missing = room(e, 2, sizeof *e->family.missing);
    e->family.missing[0] = other;
    e->family.missing[1] = c;
    e->family.n_missing = 2;
    hw_profile *father = make_profile(e, "张建国", HW_SEX_MALE, "Kit-A"), *mother = make_profile(e, "S-0107", HW_SEX_FEMALE, "Kit-A");
    hw_profile *half = make_profile(e, "HALF-BROTHER", HW_SEX_MALE, NULL);
    for (uint32_t i = 0; i < EXAMPLE_LOCI; i++) {
        int base = 80 + (int)(i * 37 % 90) / 10 * 10;
        if (e->panel.locus[i].kind == HW_LOCUS_Y) {
            set_alleles(e, father, i, base, base);
            set_alleles(e, half, i, base, base);
            continue;
        }
        if (e->panel.locus[i].kind == HW_LOCUS_AMEL) {
            continue;
        }
        set_alleles(e, father, i, base, base + 30);
        set_alleles(e, mother, i, base + 20, base + 20 + 10 * (int)(i % 3));
        set_alleles(e, half, i, base + (i == 11 ? 13 : 0), base + 50);
    }
    e->family.profile[f] = father;
    e->family.profile[m] = mother;
    e->family.profile[h] = half;
}

static void example_child(example *e)
{
    hw_profile *c = make_profile(e, "C-0017", HW_SEX_FEMALE, "Kit-B");
    c->person = "P-17";
    c->category = "rescued child";
    for (uint32_t i = 0; i < EXAMPLE_LOCI; i++) {
        int base = 80 + (int)(i * 37 % 90) / 10 * 10;
        if (e->panel.locus[i].kind == HW_LOCUS_AUTOSOMAL && i != 17) {
            set_alleles(e, c, i, i == 5 ? base + 40 : base + 30, i == 9 ? -1 : base + 20);
        }
    }
    hw_allele three[3] = {90, 93, 120};
    hw_err err = {0};
    must(hw_profile_set(c, &e->arena, &e->panel, 22, three, 3, false, &err), &err);
    e->x.child = c;
}

static void example_loci(example *e)
{
    hw_explanation *x = &e->x;
    x->locus = room(e, EXAMPLE_LOCI, sizeof *x->locus);
    x->n_loci = (uint32_t)EXAMPLE_LOCI;
    for (uint32_t i = 0; i < EXAMPLE_LOCI; i++) {
        hw_explained_locus *l = &x->locus[i];
        *l = (hw_explained_locus){.locus = EXAMPLE_LOCUS[i], .panel_index = i, .kind = e->panel.locus[i].kind};
        l->ratio = room(e, 3, sizeof *l->ratio);
        for (uint32_t k = 0; k < 3; k++) {
            l->ratio[k] = 0.75 + 3.125 * (double)((i * 7 + k * 3) % 11);
        }
        l->use = l->kind == HW_LOCUS_Y ? HW_USE_LINEAGE : l->kind == HW_LOCUS_AMEL ? HW_USE_SEX : HW_USE_USED;
    }
    x->locus[5].inconsistent = true;
    x->locus[5].assumed = "mutation 14 -> 15 (father)";
    x->locus[5].ratio[0] = x->locus[5].ratio[2] = 0.00123456;
    x->locus[5].ratio[1] = 0.0;
    x->locus[7].rare = "27.2 (0.00258)";
    x->locus[8].ratio[0] = 123456.789;
    x->locus[9].note = "partial genotype: one allele known";
    x->locus[17].use = HW_USE_CHILD_UNTYPED;
    x->locus[20].use = HW_USE_LINKED_WITH_PREVIOUS;
    x->locus[20].note = "computed together with vWA (linked)";
    x->locus[22].use = HW_USE_TRIALLELIC;
    x->locus[23].use = HW_USE_NO_TABLE;
}

static void example_hypotheses(example *e)
{
    static const struct {
        hw_hypothesis_kind kind;
        const char *code, *text;
        double value;
        int same_as;
    } h[] = {
        {HW_HYPOTHESIS_MISSING, "missing", "the missing person (失踪女童-M1)", 12.4375, -1},
        {HW_HYPOTHESIS_UNRELATED, "unrelated", "unrelated to the family", 0.0, -1},
        {HW_HYPOTHESIS_RIVAL, "full-sib-of:张建国:child", "a child of a full sibling of the father (张建国)", 8.0625, -1},
        {HW_HYPOTHESIS_RIVAL, "full-sib-of:李秀英:child", "a child of a full sibling of the mother (李秀英)", 7.125, -1},
        {HW_HYPOTHESIS_RIVAL, "half-sib-of:张建国:paternal:child", "a child of a half sibling of the father (张建国)", 6.875, 2},
        {HW_HYPOTHESIS_RIVAL, "x", "an engine phrase that no table knows", -300.0, -1},
    };
    hw_explanation *x = &e->x;
    x->n_hypotheses = sizeof h / sizeof *h;
    x->hypothesis = room(e, x->n_hypotheses, sizeof *x->hypothesis);
    for (uint32_t i = 0; i < x->n_hypotheses; i++) {
        x->hypothesis[i] = (hw_explained_hypothesis){h[i].kind, h[i].code, h[i].text, room(e, 3, sizeof(double)), h[i].same_as};
        for (uint32_t k = 0; k < 3; k++) {
            x->hypothesis[i].log10_ratio[k] = h[i].value - (h[i].value > 0.0 ? 0.6875 * k : 0.0);
        }
    }
    x->hypothesis[5].log10_ratio[2] = -1.0 / 0.0;
}

/* Every kind of criterion: met, not met, unknown; a family searched under its mother alone; another claim. */
static void example_evidence(example *e)
{
    hw_err err = {0};
    hw_policy policy;
    hw_verdict_input in;
    hw_verdict v;
    hw_policy_init(&policy);
    hw_verdict_input_init(&in);
    in.posterior = 0.96875;
    in.low = 0.953125;
    in.high = 0.984375;
    in.missing_posterior = 0.5;
    in.log10_lr = 5.0625;
    in.chance_hits = 0.0009765625;
    in.rivals = HW_ANSWER_YES;
    in.rival_log10 = 4.375;
    in.inconsistent = 2;
    in.fits = HW_ANSWER_NO;
    in.contested = HW_ANSWER_YES;
    must(hw_verdict_decide(&policy, &in, &e->arena, &v, &err), &err);
    hw_pair_decision *k = &e->decision;
    *k = (hw_pair_decision){.verdict = v.kind, .n_reasons = HW_CRITERION_COUNT, .which_open = true, .policy = "default", .under = "李秀英 <MO>", .posterior = in.posterior,
                            .low = in.low, .high = in.high, .missing_posterior = in.missing_posterior, .chance_hits = in.chance_hits, .not_registered = 0.015625,
                            .relative = 0.0078125, .other_group = (double)NAN, .together = e->place, .n_together = 2, .n_more = 3, .together_posterior = 0.5,
                            .assignments = 5123.0, .exact = true, .claim = &e->place[2], .n_claims = 1};
    memcpy(k->reason, v.reason, sizeof k->reason);
    double unknown = (double)NAN;
    e->place[0] = (hw_pair_place){"C-0017", "F-203 & 儿子", "失踪女童-M1", unknown, unknown, HW_VERDICT_NOT_YET};
    e->place[1] = (hw_pair_place){"小明", "F-203 & 儿子", "M2", unknown, unknown, HW_VERDICT_NOT_YET};
    e->place[2] = (hw_pair_place){"C-0017", "F-1,\"x\" <b>", "M2", 4.5, 0.03125, HW_VERDICT_NOT_YET};
    e->tail[0] = (hw_pair_tail){HW_HYPOTHESIS_UNRELATED, "unrelated", 12.4375, {9.5367431640625e-07, 9.5367431640625e-07}, NULL};
    e->tail[1] = (hw_pair_tail){HW_HYPOTHESIS_RIVAL, "a child of a full sibling of the father (张建国)", 4.375, {0.000244140625, 0.00048828125}, NULL};
    e->tail[2] = (hw_pair_tail){HW_HYPOTHESIS_RIVAL, "a child of a half sibling of the mother (李秀英)", unknown, {0.0, 1.0}, "it would cost too much to compute exactly"};
    e->tail[3] = (hw_pair_tail){HW_HYPOTHESIS_MISSING, "the missing person", unknown, {0.5, 0.53125}, NULL};
    e->chance = (hw_pair_chance){.tail = e->tail, .n_tails = 4, .n_loci = 20, .x_left_out = true, .linkage_left_out = true};
    e->evidence = (hw_pair_evidence){.decision = k, .chance = &e->chance, .next = e->next, .n_next = 3, .next_threshold_log10 = 9.25};
    e->next[0] = (hw_pair_next){HW_NEXT_RELATIVE, "father", "张建国", 1, 0.5, 0.96875, 0.0234375};
    e->next[1] = (hw_pair_next){HW_NEXT_TO_FIND, "full brother or sister", NULL, 1, 0.5, 0.75, 0.0125};
    e->next[2] = (hw_pair_next){HW_NEXT_LOCI, "all samples of the family", NULL, 3, 0.5, 0.625, 0.00625};
}

static void example_init(example *e)
{
    static const char *populations[3] = {"norSTR East Asia", "UK DNA-17 Chinese", "NIST 1036 Asian"};
    static hw_lineage_line lineage[2] = {
        {"Y-STR", "张建国", "nothing to compare: the child is female"},
        {"mtDNA", "李秀英", "same haplotype: 2 ranges compared, 0 differences; haplotype seen 0 times in 1200, frequency 8.33e-04, below 2.49e-03 (95 %)"},
    };
    static const char *notes[3] = {
        "The value is that of the pedigree as stated; untyped persons are real and none is left out.",
        "1 of the loci cannot be explained without a mutation, drop-out, reading error or silent allele; each is shown with what it assumes.",
        "<script>alert(1)</script> & \"quotes\", a bell \a, an escape \033[31m and a bad byte \xff are all harmless here.",
    };
    *e = (example){0};
    hw_err err = {0};
    hw_panel_init(&e->panel);
    for (size_t i = 0; i < EXAMPLE_LOCI; i++) {
        uint32_t at = 0;
        must(hw_panel_add(&e->panel, EXAMPLE_LOCUS[i], HW_LOCUS_AUTO, &at, &err), &err);
    }
    example_family(e);
    example_child(e);
    example_loci(e);
    example_hypotheses(e);
    example_evidence(e);
    hw_explanation *x = &e->x;
    x->family = &e->family;
    x->missing = 1;
    x->panel = &e->panel;
    x->population = populations;
    x->n_populations = 3;
    x->sex_ratio = 1.998;
    x->lineage = lineage;
    x->n_lineage = 2;
    x->note = notes;
    x->n_notes = 3;
    x->prior_each = 0.5 / 5123.0;
    x->model = "stepwise, rate 0.001 mothers, 0.002 fathers, range 0.1, microvariants 1e-06; theta 0.01; alleles not in the table get 5/2N";
    x->sentence = "The DNA findings are 2.7 × 10^12 times more likely if the child C-0017 is the missing person 失踪女童-M1 of family F-203 than if the child is "
                  "not related to this family (20 loci, table norSTR East Asia). This is extremely strong support (ENFSI scale).";
    x->sentence_zh = "在“儿童 C-0017 是家庭 F-203 的失踪人员 失踪女童-M1”的假设下，DNA 检验结果出现的可能性是“与该家庭无亲缘关系”假设下的 2.7 × 10^12 倍（20 个基因座，频率表 norSTR "
                     "East Asia）。支持强度：极强（ENFSI 量表）。";
    x->synthetic = true;
    x->summary = (hw_candidate){.loci_used = 20, .log10_lr = 12.4375, .log10_lr_min = 5.0625, .min_population = 2, .posterior = 0.99999996, .rival_log10 = 4.375,
                                .rival = "a child of a full sibling of the father (张建国)", .relation = "child of both parents", .inconsistent = 1};
}

static void example_release(example *e)
{
    hw_pedigree_release(&e->family.pedigree);
    hw_panel_release(&e->panel);
    hw_arena_release(&e->arena);
}

#endif
