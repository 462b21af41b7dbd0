// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/pair_evidence.h"

#include <math.h>

#include "base/file.h"

#define MAX_LIST_BYTES ((size_t)4 << 30)
#define MAX_PLACES 12

/* --- reading --- */

static const char *text_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* What is absent, null or no number is not known. */
static double number_at(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    const char *text = json_string_value(v);
    if (text != NULL) { /* base/json.h */
        return hw_streq(text, "-inf") ? -(double)INFINITY : hw_streq(text, "inf") ? (double)INFINITY : (double)NAN;
    }
    return json_is_number(v) ? json_number_value(v) : (double)NAN;
}

static hw_answer answer_at(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    return json_is_true(v) ? HW_ANSWER_YES : json_is_false(v) ? HW_ANSWER_NO : HW_ANSWER_UNKNOWN;
}

static bool verdict_at(const json_t *object, hw_verdict_kind *ret)
{
    const char *code = text_at(object, "verdict");
    for (int k = HW_VERDICT_NOT_YET; k <= HW_VERDICT_REPORT; k++) {
        if (code != NULL && hw_streq(code, hw_verdict_code((hw_verdict_kind)k))) {
            *ret = (hw_verdict_kind)k;
            return true;
        }
    }
    return false;
}

static hw_status broken(const pair_list *l, const char *what, hw_err *err)
{
    return HW_FAIL(err, HW_PARSE, "%s: %s; run `homeward match --out` again", l->name, what);
}

hw_status pair_list_parse(const char *name, const hw_str *text, pair_list *ret, hw_err *err)
{
    hw_format_input in = {name, text->s, text->len};
    hw_format_options o = {.max_bytes = MAX_LIST_BYTES};
    ret->name = name;
    HW_TRY(json_parse(&in, &o, &ret->root, err));
    const char *format = text_at(ret->root, "format");
    if (format == NULL || !hw_streq(format, "homeward-match") || !json_is_array(json_object_get(ret->root, "candidates"))) {
        return broken(ret, "expected the list of a search, with the format homeward-match", err);
    }
    return HW_OK;
}

hw_status pair_list_read(const char *folder, hw_arena *arena, pair_list *ret, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, MAX_LIST_BYTES);
    ret->name = hw_arena_printf(arena, "%s/candidates.json", folder);
    if (ret->name == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (!hw_file_exists(ret->name)) {
        return HW_OK;
    }
    HW_TRY(hw_file_read(ret->name, MAX_LIST_BYTES, &text, err));
    return pair_list_parse(ret->name, &text, ret, err);
}

void pair_list_release(pair_list *l)
{
    json_decref(l->root);
    *l = (pair_list){0};
}

static bool is(const json_t *entry, const char *key, const char *id)
{
    const char *text = text_at(entry, key);
    return text != NULL && hw_streq(text, id);
}

hw_status pair_list_find(const pair_list *l, const char *child, const char *family, const char *missing, pair_found *ret, hw_err *err)
{
    double unknown = (double)NAN;
    *ret = (pair_found){.known = {unknown, unknown, number_at(json_object_get(l->root, "prior"), "each_missing_person")}};
    const json_t *all = json_object_get(l->root, "candidates");
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *e = json_array_get(all, i);
        if (is(e, "child", child) && is(e, "family", family) && is(e, "missing", missing)) {
            ret->listed = true;
            ret->entry = e;
            ret->known.posterior = number_at(e, "posterior");
            ret->known.log10_lr = number_at(e, "log10_lr");
            ret->under = text_at(json_object_get(e, "decision"), "searched_under");
            if (isnan(ret->known.log10_lr)) {
                return broken(l, "a pair without its log10_lr", err);
            }
            return HW_OK;
        }
    }
    return HW_OK;
}

/* --- the decision --- */

typedef struct reader {
    const pair_list *l;
    const json_t *entry, *decision;
    hw_arena *arena;
    hw_pair_decision *k;
} reader;

static hw_status read_reasons(reader *r, hw_err *err)
{
    const json_t *list = json_object_get(r->decision, "reasons");
    if (json_array_size(list) > HW_CRITERION_COUNT) {
        return broken(r->l, "a decision with more reasons than there are criteria", err);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *e = json_array_get(list, i);
        hw_verdict_reason *to = &r->k->reason[r->k->n_reasons++];
        *to = (hw_verdict_reason){.code = text_at(e, "code"), .met = answer_at(e, "met"), .text = text_at(e, "text"), .text_zh = text_at(e, "text_zh"),
                                  .settle = text_at(e, "settle"), .settle_zh = text_at(e, "settle_zh")};
        if (to->code == NULL || to->text == NULL || to->text_zh == NULL) {
            return broken(r->l, "a decision with a reason that has no text", err);
        }
    }
    return HW_OK;
}

static hw_pair_place place_of(const json_t *e)
{
    return (hw_pair_place){.child = text_at(e, "child"), .family = text_at(e, "family"), .missing = text_at(e, "missing"), .log10_lr = (double)NAN,
                           .family_posterior = (double)NAN};
}

/* Places of this child and this family first; others follow as far as there is room. */
static hw_status read_together(reader *r, hw_err *err)
{
    const json_t *at = json_object_get(r->decision, "group");
    const json_t *group = json_is_integer(at) ? json_array_get(json_object_get(r->l->root, "groups"), (size_t)json_integer_value(at)) : NULL;
    const json_t *first = json_array_get(json_object_get(group, "most_probable"), 0);
    const json_t *list = json_object_get(first, "places");
    hw_pair_decision *k = r->k;
    k->together_posterior = number_at(first, "posterior");
    k->assignments = number_at(group, "assignments");
    k->exact = answer_at(r->decision, "exact") == HW_ANSWER_YES;
    k->note = text_at(group, "note");
    hw_pair_place *p = HW_NEW(r->arena, hw_pair_place, MAX_PLACES);
    if (p == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    k->together = p;
    for (int own = 1; own >= 0; own--) {
        for (size_t i = 0; i < json_array_size(list); i++) {
            const json_t *e = json_array_get(list, i);
            hw_pair_place one = place_of(e);
            if (one.child == NULL || one.family == NULL || one.missing == NULL) {
                return broken(r->l, "an assignment without its child, family and missing person", err);
            }
            bool mine = is(r->entry, "child", one.child) || is(r->entry, "family", one.family);
            if (mine != (own == 1)) {
                continue;
            }
            if (k->n_together < MAX_PLACES) {
                p[k->n_together++] = one;
            } else {
                k->n_more++;
            }
        }
    }
    return HW_OK;
}

static hw_status read_claims(reader *r, hw_err *err)
{
    const char *child = text_at(r->entry, "child"), *family = text_at(r->entry, "family"), *missing = text_at(r->entry, "missing");
    const json_t *all = json_object_get(r->l->root, "candidates");
    hw_pair_place *p = HW_NEW(r->arena, hw_pair_place, MAX_PLACES);
    if (p == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    r->k->claim = p;
    for (size_t i = 0; i < json_array_size(all) && r->k->n_claims < MAX_PLACES; i++) {
        const json_t *e = json_array_get(all, i);
        bool child_elsewhere = is(e, "child", child) && !is(e, "family", family);
        bool other_child = !is(e, "child", child) && is(e, "family", family) && is(e, "missing", missing);
        if (!child_elsewhere && !other_child) {
            continue;
        }
        hw_pair_place one = place_of(e);
        const json_t *d = json_object_get(e, "decision");
        if (one.child == NULL || one.family == NULL || one.missing == NULL || !verdict_at(d, &one.verdict)) {
            return broken(r->l, "a pair without its child, family, missing person or verdict", err);
        }
        one.log10_lr = number_at(e, "log10_lr");
        one.family_posterior = number_at(d, "family_posterior");
        p[r->k->n_claims++] = one;
    }
    return HW_OK;
}

static void read_child(reader *r)
{
    hw_pair_decision *k = r->k;
    const json_t *all = json_object_get(r->l->root, "children");
    k->not_registered = k->unlisted = k->relative = k->other_group = (double)NAN;
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *e = json_array_get(all, i);
        if (is(e, "child", text_at(r->entry, "child"))) {
            k->not_registered = number_at(e, "not_registered");
            k->unlisted = number_at(e, "unlisted");
            k->relative = number_at(e, "relative");
            k->other_group = number_at(e, "other_group");
        }
    }
}

hw_status pair_list_decision(const pair_list *l, const pair_found *f, hw_arena *arena, const hw_pair_decision **ret, hw_err *err)
{
    const json_t *d = json_object_get(f->entry, "decision");
    *ret = NULL;
    if (d == NULL) {
        return HW_OK;
    }
    hw_pair_decision *k = HW_NEW(arena, hw_pair_decision, 1);
    if (k == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    reader r = {.l = l, .entry = f->entry, .decision = d, .arena = arena, .k = k};
    if (!verdict_at(d, &k->verdict)) {
        return broken(l, "a decision without its verdict", err);
    }
    k->which_open = answer_at(d, "which_missing_open") == HW_ANSWER_YES;
    k->policy = text_at(json_object_get(l->root, "policy"), "name");
    k->under = f->under;
    k->posterior = number_at(d, "family_posterior");
    k->low = number_at(d, "family_posterior_low");
    k->high = number_at(d, "family_posterior_high");
    k->missing_posterior = number_at(d, "missing_posterior");
    k->chance_hits = number_at(d, "chance_hits");
    read_child(&r);
    HW_TRY(read_reasons(&r, err));
    HW_TRY(read_together(&r, err));
    HW_TRY(read_claims(&r, err));
    *ret = k;
    return HW_OK;
}

/* --- chance --- */

static hw_status tail_of(const hw_chance *c, const hw_explanation *x, uint32_t h, hw_arena *arena, hw_pair_tail *ret, hw_err *err)
{
    const hw_chance_hypothesis *k = &hw_chance_describe(c)->hypothesis[h];
    double unknown = (double)NAN;
    *ret = (hw_pair_tail){.kind = k->kind, .log10_against = unknown};
    ret->text = hw_arena_strdup(arena, k->text);
    ret->left_out = k->left_out != NULL ? hw_arena_strdup(arena, k->left_out) : NULL;
    if (ret->text == NULL || (k->left_out != NULL && ret->left_out == NULL)) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < x->n_hypotheses; i++) { /* both lists come from one builder; the code names the hypothesis in each */
        if (k->kind != HW_HYPOTHESIS_MISSING && hw_streq(x->hypothesis[i].code, k->code)) {
            ret->log10_against = x->hypothesis[0].log10_ratio[0] - x->hypothesis[i].log10_ratio[0];
        }
    }
    return k->left_out != NULL ? HW_OK : hw_chance_tail(c, h, x->summary.log10_lr, &ret->tail, err);
}

static hw_status all_tails(const hw_chance *c, const hw_explanation *x, hw_arena *arena, const hw_pair_chance **ret, hw_err *err)
{
    const hw_chance_facts *f = hw_chance_describe(c);
    hw_pair_chance *p = HW_NEW(arena, hw_pair_chance, 1);
    hw_pair_tail *t = HW_NEW(arena, hw_pair_tail, f->n_hypotheses);
    if (p == NULL || t == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    *p = (hw_pair_chance){.tail = t, .n_loci = f->n_loci, .x_left_out = f->x_left_out, .linkage_left_out = f->linkage_left_out};
    for (uint32_t h = 1; h < f->n_hypotheses; h++) {
        HW_TRY(tail_of(c, x, h, arena, &t[p->n_tails++], err));
    }
    HW_TRY(tail_of(c, x, HW_CHANCE_MISSING, arena, &t[p->n_tails++], err));
    *ret = p;
    return HW_OK;
}

hw_status pair_chance(const hw_dataset *d, const hw_match_options *o, const hw_explanation *x, uint32_t family, hw_arena *arena, const hw_pair_chance **ret,
                      const char **ret_why, hw_err *err)
{
    hw_match_options with = *o;
    with.rivals = true;
    hw_chance *c = NULL;
    *ret = NULL;
    *ret_why = NULL;
    if (x->summary.log10_lr == -(double)INFINITY) {
        *ret_why = "the ratio is zero";
        return HW_OK;
    }
    hw_err mine = {0};
    hw_status s = hw_chance_new(d, &with, family, x->missing, x->child, &c, &mine);
    s = s == HW_OK ? all_tails(c, x, arena, ret, &mine) : s;
    hw_chance_free(c);
    if (s == HW_OK) {
        return HW_OK;
    }
    if (s == HW_NO_MEMORY || s == HW_INTERNAL) {
        return HW_FAIL(err, s, "%s", mine.msg);
    }
    *ret_why = hw_arena_strdup(arena, mine.msg);
    return *ret_why != NULL ? HW_OK : HW_NO_MEMORY_FAIL(err);
}

/* --- the next sample --- */

#define NEXT_SHOWN 3

static hw_status keep_next(const hw_dataset *d, uint32_t family, const hw_next_result *r, hw_arena *arena, hw_pair_evidence *e, hw_err *err)
{
    uint32_t n = r->n < NEXT_SHOWN ? (uint32_t)r->n : NEXT_SHOWN;
    hw_pair_next *to = HW_NEW(arena, hw_pair_next, n + 1);
    if (to == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        const hw_next_step *s = &r->step[i];
        const hw_next_part *p = &s->part[0]; /* of one family each option stands for itself */
        if (!(s->gain > 0.0)) {
            continue;
        }
        to[kept] = (hw_pair_next){.kind = p->kind, .samples = s->samples, .now = s->now, .then = s->then, .gain = s->gain};
        to[kept].relation = hw_arena_strdup(arena, p->relation);
        to[kept].person = p->person != UINT32_MAX ? d->family[family].pedigree.person[p->person].id : NULL;
        if (to[kept++].relation == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    e->next = to;
    e->n_next = kept;
    e->next_threshold_log10 = r->threshold_log10;
    return HW_OK;
}

hw_status pair_next(const hw_dataset *d, const hw_match_options *o, uint32_t family, uint32_t missing, double persons, double children, hw_arena *arena, hw_pair_evidence *e,
                    hw_err *err)
{
    hw_next_options p;
    hw_next_options_init(&p);
    p.threshold_log10 = hw_next_threshold(p.level, o->prior_registered, persons);
    p.rescued = hw_next_rescued(o->prior_registered, children, persons);
    hw_next_result r = {0};
    hw_err mine = {0};
    hw_status s = hw_next_for_family(d, o, &p, family, missing, &r, &mine);
    if (s == HW_NO_MEMORY || s == HW_INTERNAL) {
        return HW_FAIL(err, s, "%s", mine.msg);
    }
    if (s != HW_OK) { /* the section on chance says what is wrong with the family */
        return HW_OK;
    }
    s = keep_next(d, family, &r, arena, e, err);
    hw_next_result_release(&r);
    return s;
}
