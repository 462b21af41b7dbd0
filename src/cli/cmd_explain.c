// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward match explain: one child and one family, locus by locus; what was decided of them; and the chance of it. */
#include <string.h>

#include "base/file.h"
#include "cli/assess.h"
#include "cli/explain_json.h"
#include "cli/match_args.h"
#include "cli/nearest.h"
#include "cli/pair_evidence.h"
#include "cli/run_file.h"
#include "kinship/fit.h"

static hw_status unknown(const char *what, const char *code, const char *const *name, size_t n, hw_err *err)
{
    const char *near = nearest(code, strlen(code), name, n);
    return HW_FAIL(err, HW_NOT_FOUND, "there is no %s %.80s%s%s%s", what, code, near != NULL ? "; did you mean " : "", near != NULL ? near : "",
                   near != NULL ? "?" : "");
}

static hw_status find_child(const hw_dataset *d, const char *code, uint32_t *ret, hw_err *err)
{
    HW_AUTO_FREE const char **name = hw_alloc(d->n_children + 1, sizeof *name);
    if (name == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < d->n_children; i++) {
        name[i] = d->child[i]->id;
        if (hw_streq(d->child[i]->id, code) || hw_streq(d->child[i]->person, code)) {
            *ret = (uint32_t)i;
            return HW_OK;
        }
    }
    return unknown("child", code, name, d->n_children, err);
}

static hw_status find_family(const hw_dataset *d, const char *code, uint32_t *ret, hw_err *err)
{
    HW_AUTO_FREE const char **name = hw_alloc(d->n_families + 1, sizeof *name);
    if (name == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < d->n_families; i++) {
        name[i] = d->family[i].id;
        if (hw_streq(name[i], code)) {
            *ret = (uint32_t)i;
            return HW_OK;
        }
    }
    return unknown("family", code, name, d->n_families, err);
}

static hw_status find_missing(const hw_family *f, const char *code, uint32_t *ret, hw_err *err)
{
    HW_AUTO_FREE const char **name = hw_alloc((size_t)f->n_missing + 1, sizeof *name);
    if (name == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < f->n_missing; i++) {
        name[i] = f->pedigree.person[f->missing[i]].id;
        if (hw_streq(name[i], code)) {
            *ret = i;
            return HW_OK;
        }
    }
    hw_err_clear(err);
    HW_CLEANUP(hw_str_release) hw_str all = {0};
    hw_str_init(&all, 300);
    for (uint32_t i = 0; i < f->n_missing; i++) {
        hw_str_addf(&all, "%s%s", i > 0 ? ", " : "", name[i]);
    }
    return HW_FAIL(err, HW_NOT_FOUND, "family %s has no missing person %.80s; missing there: %s", f->id, code, all.s);
}

/* ---- what is explained ---- */

/* One missing person of the family, explained. */
typedef struct answer {
    hw_explanation x;
    const hw_dataset *d; /* what it was explained from, in the arena of the command */
    uint32_t family;     /* index there */
    pair_found found;
} answer;

typedef struct question {
    cli *c;
    inputs *in;
    const hw_match_options *o;
    pair_list list;      /* of the run, or of a search made here; empty when there is none */
    bool from_run;
    uint32_t child, family;
    size_t n_families;   /* without the parts that an assessment adds */
} question;

static void question_release(question *q)
{
    pair_list_release(&q->list);
}

/* "MO, S1", as hw_family_kept wrote it. */
static hw_status keep_named(const hw_family *f, const char *under, bool *keep, hw_err *err)
{
    const char *rest = under;
    for (size_t i = 0; i < f->pedigree.n; i++) {
        const char *id = f->pedigree.person[i].id;
        size_t n = strlen(id);
        if (f->profile != NULL && f->profile[i] != NULL && strncmp(rest, id, n) == 0 && (rest[n] == '\0' || strncmp(rest + n, ", ", 2) == 0)) {
            keep[i] = true;
            rest += rest[n] == '\0' ? n : n + 2;
        }
    }
    return rest[0] == '\0' ? HW_OK : HW_FAIL(err, HW_CONFLICT, "the search took %.80s of family %s alone, who are not its typed members; search again", under, f->id);
}

/* The child and the family alone, as the search took it. */
static hw_status pair_alone(const question *q, const char *under, const hw_dataset **ret, hw_err *err)
{
    hw_arena *arena = &q->c->arena;
    hw_dataset *one = HW_NEW(arena, hw_dataset, 1);
    hw_family *family = HW_NEW(arena, hw_family, 1);
    hw_profile **child = HW_NEW(arena, hw_profile *, 1);
    const hw_family *whole = &q->in->people.family[q->family];
    bool *keep = HW_NEW(arena, bool, whole->pedigree.n + 1);
    if (one == NULL || family == NULL || child == NULL || keep == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    *one = q->in->people;
    *family = *whole;
    *child = q->in->people.child[q->child];
    if (under != NULL) {
        HW_TRY(keep_named(whole, under, keep, err));
        HW_TRY(hw_family_restrict(whole, keep, arena, family, err));
    }
    one->child = child;
    one->family = family;
    one->n_children = one->n_families = 1;
    *ret = one;
    return HW_OK;
}

static hw_status everybody(const question *q, const hw_dataset **ret, hw_err *err)
{
    hw_dataset *all = HW_NEW(&q->c->arena, hw_dataset, 1);
    if (all == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    *all = q->in->people;
    all->n_families = q->n_families;
    *ret = all;
    return HW_OK;
}

static hw_status explain_missing(const question *q, uint32_t missing, answer *ret, hw_err *err)
{
    const hw_family *f = &q->in->people.family[q->family];
    *ret = (answer){.family = q->family};
    if (q->list.root != NULL) {
        HW_TRY(pair_list_find(&q->list, q->in->people.child[q->child]->id, f->id, f->pedigree.person[f->missing[missing]].id, &ret->found, err));
    }
    if (ret->found.listed || (q->from_run && q->list.root != NULL)) { /* the search is not made again: in a national set it takes long */
        ret->family = 0;
        HW_TRY(pair_alone(q, ret->found.under, &ret->d, err));
        return hw_match_explain_known(ret->d, q->o, 0, 0, missing, &ret->found.known, &ret->x, err);
    }
    HW_TRY(everybody(q, &ret->d, err));
    return hw_match_explain(ret->d, q->o, q->child, q->family, missing, &ret->x, err);
}

/* The question asked, or the missing person whom the child fits best. */
static hw_status explain(const question *q, answer *ret, hw_err *err)
{
    uint32_t missing = 0;
    const hw_family *f = &q->in->people.family[q->family];
    if (f->n_missing == 0) {
        return HW_FAIL(err, HW_CONFLICT, "family %s has nobody missing", f->id);
    }
    const char *code = args_text(&q->c->args, "missing");
    if (code != NULL) {
        HW_TRY(find_missing(f, code, &missing, err));
        return explain_missing(q, missing, ret, err);
    }
    HW_TRY(explain_missing(q, 0, ret, err));
    for (uint32_t i = 1; i < f->n_missing; i++) {
        answer other = {0};
        hw_status s = explain_missing(q, i, &other, err);
        if (s != HW_OK) {
            hw_explanation_release(&ret->x);
            return s;
        }
        bool better = other.x.summary.log10_lr > ret->x.summary.log10_lr;
        answer swap = *ret;
        *ret = better ? other : *ret;
        hw_explanation_release(better ? &swap.x : &other.x);
    }
    if (f->n_missing > 1) {
        term_note(q->c->command->name, "%u persons are missing in family %s; explained is %s, whom the child fits best (--missing names another)",
                  f->n_missing, f->id, f->pedigree.person[f->missing[ret->x.missing]].id);
    }
    return HW_OK;
}

/* ---- what was decided, and its chance ---- */

/* Few people: search and decide as `homeward match` does, and read its list. */
static hw_status decide_here(question *q, hw_err *err)
{
    HW_CLEANUP(assess_release) assessment a = {0};
    HW_CLEANUP(hw_pairs_release) hw_pairs p = {0};
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, (size_t)4 << 30);
    HW_TRY(assess_start(q->c, q->in, q->o, &a, err));
    HW_TRY(hw_match_pairs(&q->in->people, q->o, &p, err));
    HW_TRY(assess_pairs(q->c, q->in, q->o, &p, &a, err));
    const hw_report_decisions x = assess_decisions(&a);
    HW_TRY(hw_report_list_json(&q->in->people, q->o, &a.match, &x, &text, err));
    return pair_list_parse("the search", &text, &q->list, err);
}

static double count_missing(const question *q)
{
    double persons = 0.0;
    for (size_t i = 0; i < q->n_families; i++) {
        persons += (double)q->in->people.family[i].n_missing;
    }
    return persons;
}

static hw_status find_list(question *q, const char *folder, hw_err *err)
{
    q->from_run = folder != NULL;
    if (folder != NULL) {
        return pair_list_read(folder, &q->c->arena, &q->list, err);
    }
    if (count_missing(q) * (double)q->in->people.n_children > HW_MATCH_PLAIN_PAIRS) {
        return HW_OK;
    }
    hw_err mine = {0};
    hw_status s = decide_here(q, &mine);
    if (s == HW_NO_MEMORY || s == HW_INTERNAL || s == HW_USAGE) {
        return HW_FAIL(err, s, "%s", mine.msg);
    }
    if (s != HW_OK) { /* what is wrong with others need not hinder the explanation of a pair */
        term_note(q->c->command->name, "nothing could be decided: %s", mine.msg);
    }
    return HW_OK;
}

static hw_status gather(const question *q, const answer *a, hw_pair_evidence *ret, hw_err *err)
{
    bool decided = json_object_get(q->list.root, "policy") != NULL;
    *ret = (hw_pair_evidence){.no_decision = q->from_run ? HW_NO_DECISION_OLD_RUN : HW_NO_DECISION_NO_RUN};
    if (decided && !a->found.listed) {
        ret->no_decision = HW_NO_DECISION_NOT_LISTED;
    } else if (a->found.listed) {
        HW_TRY(pair_list_decision(&q->list, &a->found, &q->c->arena, &ret->decision, err));
    }
    HW_TRY(pair_chance(a->d, q->o, &a->x, a->family, &q->c->arena, &ret->chance, &ret->no_chance, err));
    if (ret->decision != NULL && ret->decision->verdict == HW_VERDICT_REPORT) {
        return HW_OK; /* what comes next is the confirmation */
    }
    const hw_dataset *d = a->d;
    uint32_t family = a->family;
    if (a->found.under == NULL) { /* what `homeward next --family` says: its draws go by the family's place among all */
        HW_TRY(everybody(q, &d, err));
        family = q->family;
    }
    return pair_next(d, q->o, family, a->x.missing, count_missing(q), (double)q->in->people.n_children, &q->c->arena, ret, err);
}

/* ---- telling it ---- */

static hw_status write_reports(cli *c, const hw_explanation *x, const hw_pair_evidence *e, const hw_report_options *ro, bool *ret_any, hw_err *err)
{
    static const struct {
        const char *option;
        hw_status (*write)(const hw_explanation *, const hw_pair_evidence *, const hw_report_options *, hw_str *, hw_err *);
    } kinds[] = {{"html", hw_report_match_html}, {"svg", hw_report_match_svg}, {"pdf", hw_report_match_pdf_bytes}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const char *path = args_text(&c->args, kinds[i].option);
        if (path == NULL) {
            continue;
        }
        HW_CLEANUP(hw_str_release) hw_str text = {0};
        hw_str_init(&text, 0);
        HW_TRY(kinds[i].write(x, e, ro, &text, err));
        HW_TRY(hw_str_check(&text, err));
        HW_TRY(hw_file_write(path, text.s, text.len, err));
        if (!hw_streq(path, "-")) {
            term_note(c->command->name, "written: %s", path);
        }
        *ret_any = true;
    }
    return HW_OK;
}

static hw_status tell(cli *c, const hw_explanation *x, const hw_pair_evidence *e, const hw_report_options *ro, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, 0);
    bool any = false;
    HW_TRY(write_reports(c, x, e, ro, &any, err));
    if (args_has(&c->args, "json")) {
        HW_TRY(explain_json(x, e, &text, err));
    } else if (!any) {
        HW_TRY(hw_report_match_text(x, e, ro, &text, err));
    }
    return term_write(&text, err);
}

static hw_status run(cli *c, inputs *in, hw_err *err)
{
    hw_match_options o;
    hw_report_options ro;
    char date[24];
    const char *folder = args_text(&c->args, "run");
    if (folder != NULL) {
        HW_TRY(run_apply(c, folder, err));
    }
    HW_TRY(report_from_args(c, &ro, date, err));
    HW_TRY(match_read(c, in, &o, err));
    HW_CLEANUP(question_release) question q = {.c = c, .in = in, .o = &o, .n_families = in->people.n_families};
    HW_TRY(find_child(&in->people, c->args.operand.v[0], &q.child, err));
    HW_TRY(find_family(&in->people, c->args.operand.v[1], &q.family, err));
    HW_TRY(find_list(&q, folder, err));
    answer a = {0};
    hw_pair_evidence e;
    HW_TRY(explain(&q, &a, err));
    hw_status s = gather(&q, &a, &e, err);
    s = s == HW_OK ? tell(c, &a.x, &e, &ro, err) : s;
    hw_explanation_release(&a.x);
    return s;
}

hw_status cmd_explain(cli *c, hw_err *err)
{
    inputs in;
    inputs_init(&in);
    hw_status s = run(c, &in, err);
    inputs_release(&in);
    return s;
}
