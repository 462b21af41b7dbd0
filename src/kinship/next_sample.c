// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/next_sample.h"

#include <math.h>
#include <stdlib.h>

#include "base/thread.h"
#include "kinship/next_parts.h"

#define MAX_THREADS 256u

void hw_next_options_init(hw_next_options *p)
{
    *p = (hw_next_options){.level = 0.999, .threshold_log10 = (double)NAN, .rescued = (double)NAN, .to_find = true, .draws = 16, .seed = 1, .budget = 100,
                           .max_shapes = 250, .members = 8, .refine = 200};
}

const char *hw_next_kind_text(hw_next_kind kind)
{
    static const char *const text[HW_NEXT_KINDS] = {"new sample", "to be found", "type again", "type all again", "type the child again"};
    return kind < HW_NEXT_KINDS ? text[kind] : "";
}

double hw_next_threshold(double level, double prior_registered, double persons)
{
    double w = prior_registered / (persons > 1.0 ? persons : 1.0);
    return hw_log10(level / (1.0 - level)) - hw_log10(w);
}

double hw_next_rescued(double prior_registered, double children, double persons)
{
    double q = persons > 0.0 ? prior_registered * children / persons : 0.0;
    return q < 1.0 ? q : 1.0;
}

/* ---- tables and threads ---- */

/* The dataset's panel under the same numbers, then the loci of the kit that it lacks. */
static hw_status extend_panel(next_context *c, const hw_dataset *d, hw_err *err)
{
    uint32_t at = 0;
    hw_panel_init(&c->panel);
    for (size_t i = 0; i < d->panel.n; i++) {
        HW_TRY(hw_panel_add(&c->panel, d->panel.locus[i].name, d->panel.locus[i].kind, &at, err));
        HW_ASSERT(at == i);
    }
    for (size_t i = 0; i < c->p->n_kit; i++) {
        HW_TRY(hw_panel_add(&c->panel, c->p->kit[i], HW_LOCUS_AUTO, &at, err));
    }
    c->d = *d;
    c->d.panel = c->panel;
    return HW_OK;
}

static hw_status choose_kit(next_context *c, hw_err *err)
{
    c->kit = HW_NEW(&c->arena, bool, c->s.n_loci + 1);
    if (c->kit == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    bool any = false;
    for (uint32_t l = 0; l < c->s.n_loci; l++) {
        c->kit[l] = c->p->n_kit == 0;
        for (size_t i = 0; i < c->p->n_kit; i++) {
            uint32_t at = 0;
            bool here = hw_panel_find(&c->panel, c->p->kit[i], &at) && at == c->s.locus[l].panel_index;
            c->kit[l] = c->kit[l] || here;
        }
        any = any || c->kit[l];
    }
    return any ? HW_OK : HW_FAIL(err, HW_NOT_FOUND, "table %s has no locus of the kit; name loci that it has", c->o.population[0]->name);
}

static hw_status check_options(const hw_next_options *p, hw_err *err)
{
    if (!(p->level > 0.0 && p->level < 1.0)) {
        return HW_FAIL(err, HW_USAGE, "a level of %g: between 0 and 1", p->level);
    }
    if (p->draws < 2 || p->members == 0 || p->max_shapes == 0) {
        return HW_FAIL(err, HW_USAGE, "at least two draws, one family of a shape, and one shape");
    }
    if (p->rescued < 0.0 || p->rescued > 1.0) {
        return HW_FAIL(err, HW_USAGE, "the probability that a missing person is among the rescued is %g: 0 to 1", p->rescued);
    }
    return HW_OK;
}

hw_status next_context_init(next_context *c, const hw_dataset *d, const hw_match_options *o, const hw_next_options *p, unsigned threads, hw_err *err)
{
    c->p = p;
    c->o = *o;
    hw_arena_init(&c->arena, (size_t)4 << 30);
    HW_TRY(check_options(p, err));
    HW_TRY(extend_panel(c, d, err));
    c->has_search = true;
    HW_TRY(search_init(&c->s, &c->arena, &c->d, &c->o, err));
    HW_TRY(choose_kit(c, err));
    uint64_t persons = 0;
    for (size_t f = 0; f < d->n_families; f++) {
        persons += d->family[f].n_missing;
    }
    c->persons = persons < UINT32_MAX ? (uint32_t)persons : UINT32_MAX;
    c->x = p->threshold_log10 == p->threshold_log10 ? p->threshold_log10 : hw_next_threshold(p->level, o->prior_registered, (double)persons);
    double children = p->children > 0.0 ? p->children : (double)d->n_children;
    c->rescued = p->rescued == p->rescued ? p->rescued : hw_next_rescued(o->prior_registered, children, (double)persons);
    unsigned n = threads != 0 ? threads : o->n_threads != 0 ? o->n_threads : hw_cpu_count();
    c->n_threads = n < MAX_THREADS ? n : MAX_THREADS;
    c->matcher = HW_NEW(&c->arena, matcher, c->n_threads);
    if (c->matcher == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    while (c->n_matchers < c->n_threads) {
        c->n_matchers++;
        HW_TRY(matcher_init(&c->matcher[c->n_matchers - 1], &c->s, err));
        c->matcher[c->n_matchers - 1].few = true; /* tables of families drawn never recur */
    }
    return HW_OK;
}

void next_context_release(next_context *c)
{
    for (unsigned i = 0; i < c->n_matchers; i++) {
        matcher_release(&c->matcher[i]);
    }
    if (c->has_search) {
        search_release(&c->s);
    }
    hw_panel_release(&c->panel);
    hw_arena_release(&c->arena);
    *c = (next_context){0};
}

void hw_next_result_release(hw_next_result *r)
{
    hw_arena_release(&r->arena);
    *r = (hw_next_result){0};
}

/* ---- one family ---- */

static hw_status one_family(next_context *c, uint32_t family, uint32_t missing, hw_next_result *r, hw_err *err)
{
    const next_question q = {.family = &c->s.family[family], .number = family, .missing = missing};
    next_step step[NEXT_OPTIONS_MAX];
    uint32_t n = 0;
    HW_TRY(next_singles(c, &c->matcher[0], &q, step, &n, err));
    r->step = HW_NEW(&r->arena, hw_next_step, (size_t)n + 1);
    if (r->step == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < n; i++) {
        next_publish(c, &q, &step[i], 0, &r->step[i]);
    }
    qsort(r->step, n, sizeof(*r->step), next_by_rate);
    r->n = n;
    r->n_families = 1;
    return HW_OK;
}

hw_status hw_next_for_family(const hw_dataset *d, const hw_match_options *o, const hw_next_options *p, uint32_t family, uint32_t missing, hw_next_result *ret, hw_err *err)
{
    if (family >= d->n_families || (missing != UINT32_MAX && missing >= d->family[family].n_missing)) {
        return HW_FAIL(err, HW_CONFLICT, "there is no missing person number %u of family number %u", missing, family);
    }
    if (d->family[family].n_missing == 0) {
        return HW_FAIL(err, HW_NOT_FOUND, "family %s: nobody is missing", d->family[family].id);
    }
    double start = hw_now_seconds();
    next_context c = {0};
    hw_next_result r = {0};
    hw_arena_init(&r.arena, 0);
    hw_status s = next_context_init(&c, d, o, p, 1, err);
    s = s == HW_OK ? one_family(&c, family, missing, &r, err) : s;
    if (s == HW_OK) {
        r.threshold_log10 = c.x;
        r.rescued = c.rescued;
        r.persons = c.persons;
        r.seconds = hw_now_seconds() - start;
        *ret = r;
    } else {
        hw_arena_release(&r.arena);
    }
    next_context_release(&c);
    return s;
}
