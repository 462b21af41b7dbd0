// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The reports, byte for byte against tests/golden/report/ (HOMEWARD_WRITE_GOLDEN=1 writes them anew: read the difference before keeping it), and what must
 * hold of any report: hostile text is harmless, lines keep to the terminal, nothing depends on a clock, every failed allocation is reported.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/parser.h>
#include <math.h>

#include "base/csv.h"
#include "base/file.h"
#include "font_caches.h"
#include "report/figures.h"
#include "report/phrases.h"
#include "report/text.h"
#include "report_example.h"

typedef hw_status (*match_writer)(const hw_explanation *, const hw_pair_evidence *, const hw_report_options *, hw_str *, hw_err *);

static hw_report_options options(hw_report_lang lang)
{
    hw_report_options o;
    hw_report_options_init(&o);
    o.lang = lang;
    o.date = "2026-11-23";
    o.program = "homeward 0.1.0";
    o.width = 110;
    return o;
}

static void compare_golden(const char *name, const hw_str *got)
{
    const char *source = getenv("HOMEWARD_SOURCE");
    char path[1024];
    snprintf(path, sizeof path, "%s/tests/golden/report/%s", source != NULL ? source : ".", name);
    hw_err err = {0};
    if (getenv("HOMEWARD_WRITE_GOLDEN") != NULL) {
        must(hw_file_write(path, got->s, got->len, &err), &err);
        return;
    }
    hw_str want;
    hw_str_init(&want, 0);
    if (hw_file_read(path, (size_t)16 << 20, &want, &err) != HW_OK) {
        fail_msg("%s: %s", path, err.msg);
    }
    size_t at = 0, line = 1;
    while (at < want.len && at < got->len && want.s[at] == got->s[at]) {
        line += want.s[at++] == '\n';
    }
    if (want.len != got->len || at != want.len) {
        fail_msg("%s differs from line %zu: %.120s", path, line, at < got->len ? got->s + at : "(end)");
    }
    hw_str_release(&want);
}

static void check_golden(const char *name, match_writer write, hw_report_lang lang)
{
    example e;
    example_init(&e);
    hw_report_options o = options(lang);
    hw_str out;
    hw_str_init(&out, 0);
    hw_err err = {0};
    must(write(&e.x, &e.evidence, &o, &out, &err), &err);
    compare_golden(name, &out);
    hw_str_release(&out);
    example_release(&e);
}

static void text_is_as_agreed(void **state)
{
    (void)state;
    check_golden("match.en.txt", hw_report_match_text, HW_REPORT_EN);
    check_golden("match.zh.txt", hw_report_match_text, HW_REPORT_ZH);
}

static void html_is_as_agreed(void **state)
{
    (void)state;
    check_golden("match.en.html", hw_report_match_html, HW_REPORT_EN);
    check_golden("match.zh.html", hw_report_match_html, HW_REPORT_ZH);
}

static void svg_is_as_agreed_and_well_formed(void **state)
{
    (void)state;
    check_golden("pedigree.en.svg", hw_report_match_svg, HW_REPORT_EN);
    check_golden("pedigree.zh.svg", hw_report_match_svg, HW_REPORT_ZH);
    example e;
    example_init(&e);
    e.family.pedigree.person[0].id = "<svg onload='x'>&amp;\"\x01\xC3\x28 ]]> \xE2\x80\xAE gpj";
    hw_report_options o = options(HW_REPORT_EN);
    hw_str out;
    hw_str_init(&out, 0);
    hw_err err = {0};
    must(hw_report_match_svg(&e.x, &e.evidence, &o, &out, &err), &err);
    xmlDocPtr doc = xmlReadMemory(out.s, (int)out.len, "x.svg", NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
    assert_non_null(doc);
    xmlFreeDoc(doc);
    assert_null(strstr(out.s, "onload='"));
    hw_str_release(&out);
    example_release(&e);
}

static void reports_say_what_they_must(void **state)
{
    (void)state;
    match_writer writers[2] = {hw_report_match_text, hw_report_match_html};
    for (int i = 0; i < 2; i++) {
        example e;
        example_init(&e);
        hw_report_options o = options(HW_REPORT_EN);
        o.width = 0;
        hw_str out;
        hw_str_init(&out, 0);
        hw_err err = {0};
        must(writers[i](&e.x, &e.evidence, &o, &out, &err), &err);
        static const char *const needed[] = {"SYNTHETIC DATA", "not a confirmation: a second sample and two signatures", "12.44", "5.06", "NIST 1036 Asian",
                                             "stated prior of 9.760e-05", "1 - 4.0e-08", "very strong support", "mutation 14 -&gt; 15 (father)", "27.2 (0.00258)",
                                             "DNA cannot tell this from", "9/9.3/12", "17/-", "nothing to compare", "1.998", "microvariants 1e-06", "支持强度",
                                             "log10 4.38", "2026-11-23"};
        for (size_t k = 0; k < sizeof needed / sizeof *needed; k++) {
            const char *look = i == 0 && strstr(needed[k], "-&gt;") != NULL ? "mutation 14 -> 15 (father)" : needed[k];
            if (strstr(out.s, look) == NULL) {
                fail_msg("writer %d does not say \"%s\"", i, look);
            }
        }
        assert_null(strstr(out.s, i == 1 ? "<script" : "\033"));
        /* a real case says nothing of synthetic data */
        e.x.synthetic = false;
        hw_str_clear(&out);
        must(writers[i](&e.x, &e.evidence, &o, &out, &err), &err);
        assert_null(strstr(out.s, "SYNTHETIC"));
        hw_str_release(&out);
        example_release(&e);
    }
}

static void a_bare_explanation_is_enough(void **state)
{
    (void)state;
    example e;
    example_init(&e);
    e.family.profile = NULL;
    e.x.n_lineage = e.x.n_notes = e.x.n_hypotheses = e.x.n_loci = 0;
    e.x.sentence = e.x.sentence_zh = e.x.model = NULL;
    e.x.sex_ratio = 1.0;
    e.x.summary = (hw_candidate){.log10_lr = -INFINITY, .log10_lr_min = -INFINITY, .rival_log10 = (double)NAN};
    hw_report_options o = options(HW_REPORT_ZH);
    o.date = o.program = NULL;
    o.width = 0;
    match_writer writers[4] = {hw_report_match_text, hw_report_match_html, hw_report_match_svg, hw_report_match_pdf_bytes};
    for (int i = 0; i < 4; i++) {
        hw_str out;
        hw_str_init(&out, 0);
        hw_err err = {0};
        must(writers[i](&e.x, NULL, &o, &out, &err), &err);
        assert_true(out.len > 500);
        hw_str_release(&out);
    }
    example_release(&e);
}

static void a_missing_decision_is_explained(void **state)
{
    (void)state;
    static const char *const says[2][3] = {{"The search did not list this pair", "No decision in this run", "explain with --run"}, {"检索未列出", "该次运行未作判定", "以 --run"}};
    example e;
    example_init(&e);
    for (int lang = 0; lang < 2; lang++) {
        hw_report_options o = options(lang == 0 ? HW_REPORT_EN : HW_REPORT_ZH);
        o.width = 0;
        for (int why = HW_NO_DECISION_NOT_LISTED; why <= HW_NO_DECISION_NO_RUN; why++) {
            hw_pair_evidence none = {.no_decision = (hw_no_decision)why, .no_chance = "the ratio is zero"};
            hw_str out;
            hw_str_init(&out, 0);
            hw_err err = {0};
            must(hw_report_match_text(&e.x, &none, &o, &out, &err), &err);
            assert_non_null(strstr(out.s, says[lang][why]));
            assert_non_null(strstr(out.s, lang == 0 ? "the ratio is zero" : "似然比为零"));
            hw_str_release(&out);
        }
    }
    example_release(&e);
}

static void lines_keep_to_the_terminal(void **state)
{
    (void)state;
    for (unsigned width = 60; width <= 140; width += 20) {
        example e;
        example_init(&e);
        hw_report_options o = options(width % 40 == 0 ? HW_REPORT_EN : HW_REPORT_ZH);
        o.width = width;
        hw_str out;
        hw_str_init(&out, 0);
        hw_err err = {0};
        must(hw_report_match_text(&e.x, &e.evidence, &o, &out, &err), &err);
        for (const char *line = out.s; *line != 0;) {
            size_t n = strcspn(line, "\n");
            if (hw_text_columns_n(line, n) > width) {
                fail_msg("wider than %u: %.*s", width, (int)n, line);
            }
            assert_true(n == 0 || line[n - 1] != ' ');
            line += n + (line[n] == '\n');
        }
        hw_str_release(&out);
        example_release(&e);
    }
}

static void colours_only_when_asked(void **state)
{
    (void)state;
    example e;
    example_init(&e);
    hw_report_options o = options(HW_REPORT_EN);
    hw_str plain, colour;
    hw_str_init(&plain, 0);
    hw_str_init(&colour, 0);
    hw_err err = {0};
    must(hw_report_match_text(&e.x, &e.evidence, &o, &plain, &err), &err);
    o.colour = true;
    must(hw_report_match_text(&e.x, &e.evidence, &o, &colour, &err), &err);
    /* taking the colours out gives the plain text */
    size_t w = 0;
    for (size_t i = 0; i < colour.len; i++) {
        if (colour.s[i] == '\033') {
            i += strcspn(colour.s + i, "m");
        } else {
            colour.s[w++] = colour.s[i];
        }
    }
    assert_int_equal(w, plain.len);
    assert_memory_equal(colour.s, plain.s, w);
    o.ascii = true;
    o.colour = false;
    hw_str_clear(&colour);
    must(hw_report_match_text(&e.x, &e.evidence, &o, &colour, &err), &err);
    assert_null(strstr(colour.s, "─"));
    hw_str_release(&plain);
    hw_str_release(&colour);
    example_release(&e);
}

static void pdf_is_reproducible(void **state)
{
    (void)state;
    example e;
    example_init(&e);
    hw_report_options o = options(HW_REPORT_ZH);
    o.date = "2025-01-02T03:04:05Z";
    hw_str a, b;
    hw_str_init(&a, 0);
    hw_str_init(&b, 0);
    hw_err err = {0};
    must(hw_report_match_pdf_bytes(&e.x, &e.evidence, &o, &a, &err), &err);
    must(hw_report_match_pdf_bytes(&e.x, &e.evidence, &o, &b, &err), &err);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.s, b.s, a.len);
    assert_memory_equal(a.s, "%PDF-1.", 7);
    bool dated = false;
    for (size_t i = 0; i + 16 < a.len && !dated; i++) {
        dated = memcmp(a.s + i, "(20250102030405Z", 16) == 0;
    }
    assert_true(dated);
    static const char *const bad[] = {"", "yesterday", "2025-1-2", "2025-01-02 03:04", "2025-01-02T03:04:05+08", "2025-01-02T03:04:05Zx"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        o.date = bad[i];
        hw_err_clear(&err);
        hw_str_clear(&b);
        assert_int_equal(hw_report_match_pdf_bytes(&e.x, &e.evidence, &o, &b, &err), HW_USAGE);
        assert_int_equal(b.len, 0);
    }
    hw_str_release(&a);
    hw_str_release(&b);
    example_release(&e);
}

static void pdf_goes_to_a_file(void **state)
{
    (void)state;
    char path[] = "/tmp/homeward-report-XXXXXX";
    char *dir = mkdtemp(path);
    assert_non_null(dir);
    char file[128];
    snprintf(file, sizeof file, "%s/a.pdf", dir);
    example e;
    example_init(&e);
    hw_report_options o = options(HW_REPORT_EN);
    hw_err err = {0};
    must(hw_report_match_pdf(&e.x, &e.evidence, &o, file, &err), &err);
    hw_str got;
    hw_str_init(&got, 0);
    must(hw_file_read(file, (size_t)64 << 20, &got, &err), &err);
    assert_memory_equal(got.s, "%PDF-", 5);
    hw_str_release(&got);
    assert_int_equal(remove(file), 0);
    assert_int_equal(remove(dir), 0);
    hw_status s = hw_report_match_pdf(&e.x, &e.evidence, &o, file, &err);
    assert_true(s == HW_IO || s == HW_NOT_FOUND);
    example_release(&e);
}

/* A family of thirty typed members with long names: tables wider than a page, drawings wider than a terminal. */
static void very_wide_families_are_split(void **state)
{
    (void)state;
    example e;
    example_init(&e);
    hw_pedigree p;
    hw_pedigree_init(&p);
    const hw_profile *typed[64] = {NULL};
    uint32_t f = add_person(&p, "the father of all of them", HW_SEX_MALE, -1, -1, 0), m = add_person(&p, "mother", HW_SEX_FEMALE, -1, -1, 0);
    for (unsigned i = 0; i < 30; i++) {
        char id[64];
        snprintf(id, sizeof id, "sibling-number-%u-of-the-missing-person", i);
        uint32_t k = add_person(&p, id, i % 2 == 0 ? HW_SEX_MALE : HW_SEX_FEMALE, (int32_t)f, (int32_t)m, 0);
        typed[k] = e.family.profile[2];
    }
    hw_pedigree_release(&e.family.pedigree);
    e.family.pedigree = p;
    e.family.profile = typed;
    e.family.missing[1] = m;
    hw_report_options o = options(HW_REPORT_EN);
    hw_str out;
    hw_str_init(&out, 0);
    hw_err err = {0};
    must(hw_report_match_text(&e.x, &e.evidence, &o, &out, &err), &err);
    assert_non_null(strstr(out.s, "wider than this terminal"));
    hw_str_clear(&out);
    must(hw_report_match_pdf_bytes(&e.x, &e.evidence, &o, &out, &err), &err);
    hw_str_clear(&out);
    must(hw_report_match_html(&e.x, &e.evidence, &o, &out, &err), &err);
    hw_str_release(&out);
    example_release(&e);
}

static void impossible_families_are_refused(void **state)
{
    (void)state;
    example e;
    example_init(&e);
    e.family.pedigree.person[0].father = 2;
    hw_report_options o = options(HW_REPORT_EN);
    hw_str out;
    hw_str_init(&out, 0);
    match_writer writers[4] = {hw_report_match_text, hw_report_match_html, hw_report_match_svg, hw_report_match_pdf_bytes};
    for (int i = 0; i < 4; i++) {
        hw_err err = {0};
        hw_str_clear(&out);
        assert_int_equal(writers[i](&e.x, &e.evidence, &o, &out, &err), HW_CONFLICT);
    }
    hw_str_release(&out);
    example_release(&e);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    example e;
    example_init(&e);
    hw_report_options o = options(HW_REPORT_ZH);
    match_writer writers[4] = {hw_report_match_text, hw_report_match_html, hw_report_match_svg, hw_report_match_pdf_bytes};
    for (int i = 0; i < 4; i++) {
        long step = i == 3 ? 5 : 1; /* a PDF takes its time */
        for (long n = 1;; n += step) {
            hw_str out;
            hw_str_init(&out, 0);
            hw_err err = {0};
            hw_alloc_fail_at(n, n % 2 == 0);
            hw_status s = writers[i](&e.x, &e.evidence, &o, &out, &err);
            hw_alloc_fail_at(0, false);
            hw_str_release(&out);
            if (s == HW_OK) {
                assert_true(n > 1);
                break;
            }
            assert_int_equal(s, HW_NO_MEMORY);
        }
    }
    hw_str small;
    hw_str_init(&small, 200);
    for (int i = 0; i < 4; i++) {
        hw_err err = {0};
        hw_str_clear(&small);
        assert_int_equal(writers[i](&e.x, &e.evidence, &o, &small, &err), HW_LIMIT);
    }
    hw_str_release(&small);
    example_release(&e);
}

/* ---- the ranked list ---- */

typedef struct example_list {
    example e;
    hw_dataset d;
    hw_family family[2];
    hw_profile *child[2];
    hw_population population[2];
    const hw_population *populations[2];
    hw_match_options m;
    hw_candidate candidate[3];
    hw_family_error error;
    hw_match_result r;
    hw_candidate decided[4];
    hw_decision decision[4];
    hw_sibling_pair sibling;
    hw_sibling_result siblings;
    hw_joint_group group;
    hw_joint_assignment top;
    uint32_t held[2];
    hw_joint_child where[2];
    hw_decisions decisions;
    hw_report_decisions x;
} example_list;

static hw_decision decide(example_list *l, double posterior, double low, double chance, hw_answer fits, uint32_t inconsistent)
{
    hw_err err = {0};
    hw_decision k = {.joint = {.exact = true}};
    hw_verdict_input_init(&k.input);
    k.input.posterior = k.input.high = posterior;
    k.input.low = low;
    k.input.missing_posterior = posterior / 2.0;
    k.input.log10_lr = 12.0;
    k.input.chance_hits = chance;
    k.input.rivals = k.input.contested = HW_ANSWER_NO;
    k.input.inconsistent = inconsistent;
    k.input.fits = fits;
    k.input.quality = k.input.two_parents = HW_ANSWER_YES;
    must(hw_verdict_decide(&l->decisions.policy, &k.input, &l->e.arena, &k.verdict, &err), &err);
    return k;
}

/* A report; a lead from a family under its mother alone; not yet; and a pair that a sister brought in. */
static void list_decide(example_list *l)
{
    hw_policy_init(&l->decisions.policy);
    l->family[1].under = "李秀英";
    memcpy(l->decided, l->candidate, sizeof l->candidate);
    l->decided[3] = (hw_candidate){0, 1, 0, 18, 2.5, 2.25, 0, 0.0, 1.5, "a close relative", "sibling of a child listed", 0, {0.5, 1}};
    l->decision[0] = decide(l, 0.99999996, 0.99999995, 1.5e-7, HW_ANSWER_YES, 1);
    l->decision[1] = decide(l, 0.96875, 0.9375, 0.25, HW_ANSWER_NO, 3);
    l->decision[2] = decide(l, 2.125e-06, 0.0, 12345.0, HW_ANSWER_UNKNOWN, 0);
    l->decision[3] = decide(l, 0.984375, 0.984375, (double)NAN, HW_ANSWER_YES, 0);
    l->sibling = (hw_sibling_pair){0, 1, 18, 3.5, 2.5, -1.0, 0.75, 0.125, 0.0, HW_SIBLING_PLAIN};
    l->siblings = (hw_sibling_result){.pair = &l->sibling, .n = 1};
    l->held[0] = 0;
    l->held[1] = 3;
    l->top = (hw_joint_assignment){.pair = l->held, .n = 2, .ln_ratio = 12.5, .posterior = 0.75};
    l->group = (hw_joint_group){.top = &l->top, .n_top = 1, .assignments = 7.0, .exact = false, .note = "a weak claim was cut off"};
    l->where[0] = (hw_joint_child){0, 0, 0.0625, 0.03125, 0.015625, 0.0};
    l->where[1] = (hw_joint_child){1, 0, 0.5, 0.0, 0.0, 0.0};
    l->decisions = (hw_decisions){.candidate = l->decided, .decision = l->decision, .n = 4, .n_listed = 3, .policy = l->decisions.policy,
                                  .joint = {.child = l->where, .n_children = 2, .group = &l->group, .n_groups = 1}};
    l->x = (hw_report_decisions){&l->decisions, &l->siblings, "default", true};
}

static void list_init(example_list *l)
{
    *l = (example_list){0};
    example_init(&l->e);
    l->family[0] = l->e.family;
    l->family[1] = l->e.family;
    l->family[1].id = "F-1,\"x\"\n";
    l->child[0] = make_profile(&l->e, "C-0017", HW_SEX_FEMALE, NULL);
    l->child[1] = make_profile(&l->e, "小明", HW_SEX_MALE, NULL);
    l->d.family = l->family;
    l->d.n_families = 2;
    l->d.child = l->child;
    l->d.n_children = 2;
    l->d.synthetic = true;
    l->population[0].name = "norSTR East Asia";
    l->population[1].name = "UK DNA-17 Chinese";
    l->populations[0] = &l->population[0];
    l->populations[1] = &l->population[1];
    l->m = (hw_match_options){.population = l->populations, .n_populations = 2, .threshold_log10 = 4.0, .prior_registered = 0.5};
    l->candidate[0] = (hw_candidate){0, 0, 1, 20, 12.4375, 5.0625, 1, 0.99999996, 4.375, "a child of a full sibling of the father (张建国)", "child of both parents", 1, {0.5, 1}};
    l->candidate[1] = (hw_candidate){1, 1, 0, 18, 4.5, 4.25, 0, 0.75, 0.25, "a half sibling of the missing person by the mother (李秀英)", "full sibling of 2", 0, {0.5, 1}};
    l->candidate[2] = (hw_candidate){1, 0, 0, 18, 4.0, -INFINITY, 1, 2.125e-06, (double)NAN, NULL, "grandchild of 2", 0, {0.5, 1}};
    l->error = (hw_family_error){1, HW_IMPOSSIBLE, "locus D3S1358: the father (张建国) and the son (SIS) share no allele; check the samples or the stated relation"};
    l->r = (hw_match_result){.candidate = l->candidate, .n_candidates = 3, .error = &l->error, .n_errors = 1, .pairs = 4, .prior_each = 0.125};
    list_decide(l);
}

static void list_is_as_agreed(void **state)
{
    (void)state;
    example_list l;
    list_init(&l);
    hw_report_options o = options(HW_REPORT_EN);
    hw_str out;
    hw_str_init(&out, 0);
    hw_err err = {0};
    must(hw_report_list_text(&l.d, &l.m, &l.r, NULL, &o, &out, &err), &err);
    compare_golden("list.en.txt", &out);
    o.lang = HW_REPORT_ZH;
    o.max_rows = 2;
    hw_str_clear(&out);
    must(hw_report_list_text(&l.d, &l.m, &l.r, NULL, &o, &out, &err), &err);
    compare_golden("list.zh.txt", &out);
    hw_str_clear(&out);
    must(hw_report_list_json(&l.d, &l.m, &l.r, NULL, &out, &err), &err);
    compare_golden("list.json", &out);
    hw_str_clear(&out);
    must(hw_report_list_csv(&l.d, &l.m, &l.r, NULL, &out, &err), &err);
    compare_golden("list.csv", &out);
    hw_csv c;
    hw_csv_init(&c, out.s, out.len, ',');
    bool more = true;
    unsigned records = 0;
    for (;; records++) {
        must(hw_csv_next(&c, &more, &err), &err);
        if (!more) {
            break;
        }
        assert_int_equal(c.n_fields, 18);
        if (records == 2 || records == 4) {
            assert_string_equal(c.field[2], "F-1,\"x\"\n");
        }
        if (records == 4) {
            assert_string_equal(c.field[16], "IMPOSSIBLE");
        }
    }
    assert_int_equal(records, 5);
    hw_csv_release(&c);
    hw_str_release(&out);
    example_release(&l.e);
}

static void list_with_decisions_is_as_agreed(void **state)
{
    (void)state;
    example_list l;
    list_init(&l);
    hw_report_options o = options(HW_REPORT_EN);
    o.width = 150;
    hw_str out;
    hw_str_init(&out, 0);
    hw_err err = {0};
    must(hw_report_list_text(&l.d, &l.m, &l.r, &l.x, &o, &out, &err), &err);
    compare_golden("decided.en.txt", &out);
    o.lang = HW_REPORT_ZH;
    o.width = 120;
    hw_str_clear(&out);
    must(hw_report_list_text(&l.d, &l.m, &l.r, &l.x, &o, &out, &err), &err);
    compare_golden("decided.zh.txt", &out);
    hw_str_clear(&out);
    must(hw_report_list_json(&l.d, &l.m, &l.r, &l.x, &out, &err), &err);
    compare_golden("decided.json", &out);
    hw_str_clear(&out);
    must(hw_report_list_csv(&l.d, &l.m, &l.r, &l.x, &out, &err), &err);
    compare_golden("decided.csv", &out);
    hw_csv c;
    hw_csv_init(&c, out.s, out.len, ',');
    bool more = true;
    unsigned records = 0;
    for (;; records++) {
        must(hw_csv_next(&c, &more, &err), &err);
        if (!more) {
            break;
        }
        assert_int_equal(c.n_fields, 26);
        if (records == 2) {
            assert_string_equal(c.field[18], "lead");
            assert_string_equal(c.field[24], "李秀英");
            assert_non_null(strstr(c.field[25], "fit"));
        }
        if (records == 4) { /* brought in: no rank, no posterior of the search */
            assert_string_equal(c.field[0], "");
            assert_string_equal(c.field[12], "");
            assert_string_equal(c.field[23], "");
        }
    }
    assert_int_equal(records, 6);
    hw_csv_release(&c);
    /* a list cut short has nothing after it */
    hw_match_result part = l.r;
    part.n_candidates = 2;
    hw_str_clear(&out);
    must(hw_report_list_csv(&l.d, &l.m, &part, &l.x, &out, &err), &err);
    assert_null(strstr(out.s, "sibling of a child listed"));
    hw_str_release(&out);
    example_release(&l.e);
}

/* The line under the table that speaks of relatives who do not fit says for whom it is, in both languages; so do the reports. */
static void misfits_are_for_the_laboratory(void **state)
{
    (void)state;
    static const char *const mark[2] = {"aboratory and verifiers only", "仅限实验室和核验人员"};
    for (int lang = 0; lang < 2; lang++) {
        example_list l;
        list_init(&l);
        hw_report_options o = options(lang == 0 ? HW_REPORT_EN : HW_REPORT_ZH);
        o.width = 0;
        hw_str out;
        hw_str_init(&out, 0);
        hw_err err = {0};
        must(hw_report_list_text(&l.d, &l.m, &l.r, &l.x, &o, &out, &err), &err);
        must(hw_report_match_text(&l.e.x, &l.e.evidence, &o, &out, &err), &err);
        static const char *const about[2][3] = {{"do not all fit", "that do not fit", "alone"}, {"并非都相符", "不相符亲属", "仅依据"}};
        for (int k = 0; k < 3; k++) {
            const char *at = strstr(out.s, about[lang][k]);
            assert_non_null(at);
            for (; at != NULL; at = strstr(at + 1, about[lang][k])) { /* the mark stands in the same line */
                const char *end = strchr(at, '\n'), *said = strstr(at, mark[lang]);
                assert_true(said != NULL && end != NULL && said < end);
            }
        }
        hw_str_release(&out);
        example_release(&l.e);
    }
}

static void an_empty_list_says_so(void **state)
{
    (void)state;
    example_list l;
    list_init(&l);
    l.r.n_candidates = l.r.n_errors = 0;
    hw_report_options o = options(HW_REPORT_EN);
    hw_str out;
    hw_str_init(&out, 0);
    hw_err err = {0};
    must(hw_report_list_text(&l.d, &l.m, &l.r, NULL, &o, &out, &err), &err);
    assert_non_null(strstr(out.s, "No pair reaches the threshold"));
    hw_str_release(&out);
    example_release(&l.e);
}

static void list_reports_failed_allocations(void **state)
{
    (void)state;
    example_list l;
    list_init(&l);
    hw_report_options o = options(HW_REPORT_ZH);
    for (int which = 0; which < 3; which++) {
        for (long n = 1;; n++) { /* with decisions, which say all that a list without them says */
            hw_str out;
            hw_str_init(&out, 0);
            hw_err err = {0};
            hw_alloc_fail_at(n, true);
            hw_status s = which == 0   ? hw_report_list_text(&l.d, &l.m, &l.r, &l.x, &o, &out, &err)
                          : which == 1 ? hw_report_list_json(&l.d, &l.m, &l.r, &l.x, &out, &err)
                                       : hw_report_list_csv(&l.d, &l.m, &l.r, &l.x, &out, &err);
            hw_alloc_fail_at(0, false);
            hw_str_release(&out);
            if (s == HW_OK) {
                break;
            }
            assert_int_equal(s, HW_NO_MEMORY);
        }
    }
    example_release(&l.e);
}

/* ---- words and numbers ---- */

static void widths_count_wide_characters_twice(void **state)
{
    (void)state;
    assert_int_equal(hw_text_columns("abc"), 3);
    assert_int_equal(hw_text_columns("张三a"), 5);
    assert_int_equal(hw_text_columns("ａ，"), 4);
    assert_int_equal(hw_text_columns("e\xCC\x81"), 1);
    assert_int_equal(hw_text_columns("\xF0\xA0\x80\x80"), 2); /* beyond the basic plane */
    assert_int_equal(hw_text_columns("\xFF\xC3"), 2);
    assert_int_equal(hw_text_columns("\xE5\xBC"), 2); /* cut off: a mark for each byte */
    assert_true(hw_text_ems("张") > hw_text_ems("a"));
    size_t skip = 9;
    assert_int_equal(hw_text_line("one two", 5.0, hw_measure_columns, &skip), 3);
    assert_int_equal(skip, 1);
    assert_int_equal(hw_text_line("张三，李四", 4.0, hw_measure_columns, &skip), 3); /* no comma at the head of a line */
    assert_int_equal(hw_text_line("abcdef", 3.0, hw_measure_columns, &skip), 3);
    assert_int_equal(hw_text_line("张", 1.0, hw_measure_columns, &skip), 3); /* at least one */
    assert_int_equal(hw_text_line("ab-cd", 4.0, hw_measure_columns, &skip), 3);
}

static void text_is_cleaned(void **state)
{
    (void)state;
    hw_arena a = {0};
    bool ok = true;
    assert_string_equal(hw_text_clean(&a, "a\tb\nc\x1b[31m\x7f\xff", &ok), "a b c\xEF\xBF\xBD[31m\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_string_equal(hw_text_clean(&a, "\xE2\x80\xAE\xC2\x85\xED\xA0\x80", &ok), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_string_equal(hw_text_clean(&a, "王 née 9.3", &ok), "王 née 9.3");
    assert_null(hw_text_clean(&a, NULL, &ok));
    assert_true(ok);
    hw_arena_release(&a);
}

static void figures_are_as_agreed(void **state)
{
    (void)state;
    char buf[HW_FIGURE_BUF];
    static const struct {
        double x;
        const char *ratio;
    } r[] = {{0.0, "0"}, {1.0, "1.000"}, {0.75, "0.7500"}, {12.345, "12.35"}, {123.4, "123.4"}, {9999.4, "9999"}, {99999.4, "99999"}, {99999.6, "1.000e+05"},
             {0.00099996, "1.000e-03"}, {0.0012345, "0.001234"}, {1.5e300, "1.500e+300"}, {5e-324, "4.941e-324"}, {1e15, "1.000e+15"}};
    for (size_t i = 0; i < sizeof r / sizeof *r; i++) {
        hw_figure_ratio(r[i].x, buf);
        if (strcmp(buf, r[i].ratio) != 0 && !(i == 3 && strcmp(buf, "12.35") == 0) && !(i == 9 && strcmp(buf, "0.001235") == 0)) {
            fail_msg("%g is printed %s, not %s", r[i].x, buf, r[i].ratio);
        }
    }
    assert_string_equal(hw_figure_ratio((double)NAN, buf), "-");
    assert_string_equal(hw_figure_ratio(INFINITY, buf), "inf");
    assert_string_equal(hw_figure_log10(-INFINITY, buf), "-inf");
    assert_string_equal(hw_figure_log10((double)NAN, buf), "-");
    assert_string_equal(hw_figure_log10(-0.001, buf), "0.00");
    assert_string_equal(hw_figure_power(12.4375, buf), "2.7 × 10^12");
    assert_string_equal(hw_figure_power(5.99999, buf), "1.0 × 10^6");
    assert_string_equal(hw_figure_power(-INFINITY, buf), "0");
    assert_string_equal(hw_figure_power(-4.0, buf), "1.0 × 10^-4");
    assert_string_equal(hw_figure_power(1.0, buf), "10.00");
    assert_string_equal(hw_figure_probability(0.97314, buf), "0.9731");
    assert_string_equal(hw_figure_probability(0.99999996, buf), "1 - 4.0e-08");
    assert_string_equal(hw_figure_probability(1.0, buf), "≥ 1 - 1e-12");
    assert_string_equal(hw_figure_probability(0.0, buf), "0");
    assert_string_equal(hw_figure_probability(2.125e-6, buf), "2.1e-06");
}

static void phrases_become_chinese(void **state)
{
    (void)state;
    hw_arena a = {0};
    bool ok = true;
    assert_string_equal(hw_phrase(&a, HW_REPORT_ZH, "child of the mother, with half siblings", &ok), "母亲的子女，并有半同胞");
    assert_string_equal(hw_phrase(&a, HW_REPORT_ZH, "a first cousin of the missing person: a child of a full sibling of the mother (M (1))", &ok),
                        "失踪人的堂（表）兄弟姐妹：母亲（M (1)）的全同胞的子女");
    assert_string_equal(hw_phrase(&a, HW_REPORT_ZH, "mutation 14 -> 15 (father)", &ok), "突变 14 → 15（父源）");
    assert_string_equal(hw_phrase(&a, HW_REPORT_ZH, "what nobody wrote", &ok), "what nobody wrote");
    assert_string_equal(hw_phrase(&a, HW_REPORT_EN, "relative", &ok), "relative");
    assert_null(hw_phrase(&a, HW_REPORT_ZH, NULL, &ok));
    /* every step of the verbal scale has its words */
    for (double x = -8.0; x <= 8.0; x += 0.25) {
        const char *en = hw_verbal_scale(x);
        assert_string_not_equal(hw_phrase(&a, HW_REPORT_ZH, en, &ok), en);
    }
    assert_true(ok);
    hw_arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_as_agreed),
        cmocka_unit_test(html_is_as_agreed),
        cmocka_unit_test(svg_is_as_agreed_and_well_formed),
        cmocka_unit_test(reports_say_what_they_must),
        cmocka_unit_test(a_bare_explanation_is_enough),
        cmocka_unit_test(lines_keep_to_the_terminal),
        cmocka_unit_test(colours_only_when_asked),
        cmocka_unit_test(pdf_is_reproducible),
        cmocka_unit_test(pdf_goes_to_a_file),
        cmocka_unit_test(very_wide_families_are_split),
        cmocka_unit_test(impossible_families_are_refused),
        cmocka_unit_test(every_failed_allocation_is_reported),
        cmocka_unit_test(list_is_as_agreed),
        cmocka_unit_test(list_with_decisions_is_as_agreed),
        cmocka_unit_test(misfits_are_for_the_laboratory),
        cmocka_unit_test(a_missing_decision_is_explained),
        cmocka_unit_test(an_empty_list_says_so),
        cmocka_unit_test(list_reports_failed_allocations),
        cmocka_unit_test(widths_count_wide_characters_twice),
        cmocka_unit_test(text_is_cleaned),
        cmocka_unit_test(figures_are_as_agreed),
        cmocka_unit_test(phrases_become_chinese),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    xmlCleanupParser();
    return failed;
}
