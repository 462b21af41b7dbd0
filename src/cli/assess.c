// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/assess.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/review.h"
#include "formats/policy.h"

const arg_option ASSESS_OPTIONS[] = {
    {"policy", 0, ARG_ONE, "FILE", "file", "what makes a candidate a report or a lead (homeward-policy(5)). Default: the shipped default.policy"},
    {"no-check", 0, ARG_FLAG, NULL, NULL, "leave the quality check out: nothing is then reported, only leads; families are searched as stated only"},
    {0},
};

static hw_status read_policy(cli *c, assessment *a, hw_err *err)
{
    const char *path = args_text(&c->args, "policy");
    hw_policy_init(&a->policy);
    a->policy_name = path == NULL ? "default" : path;
    if (path == NULL) { /* the shipped file says the same with its reasons */
        return HW_OK;
    }
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, HW_POLICY_MAX_BYTES);
    HW_TRY(hw_file_read(path, HW_POLICY_MAX_BYTES, &text, err));
    return hw_policy_read(path, text.s, text.len, &a->policy, err);
}

/* ---- families that do not fit ---- */

static hw_status add_parts(inputs *in, assessment *a, hw_err *err)
{
    hw_dataset *d = &in->people;
    const hw_fit_result *r = &a->quality.fits;
    for (size_t i = 0; i < r->n_fits; i++) {
        const hw_fit *f = &r->fit[i];
        for (uint32_t k = 0; f->verdict == HW_FIT_MISFIT && k < f->n_subsets; k++) {
            hw_family part;
            HW_CLEANUP(hw_str_release) hw_str who = {0};
            hw_str_init(&who, 4096);
            hw_family_kept(&d->family[f->family], f->subset[k].keep, &who);
            HW_TRY(hw_str_check(&who, err));
            HW_TRY(hw_family_restrict(&d->family[f->family], f->subset[k].keep, &d->arena, &part, err));
            HW_TRY(hw_dataset_add_part(d, &part, who.s, f->family, err));
            a->n_parts++;
        }
    }
    return HW_OK;
}

/* What cannot be made of these files and settings is said, is unknown from then on, and forbids a report; the search goes on. */
static hw_status tolerate(const cli *c, const char *what, hw_status status, const hw_err *mine, hw_err *err)
{
    if (status == HW_OK) {
        return HW_OK;
    }
    if (status == HW_NO_MEMORY || status == HW_INTERNAL || status == HW_LIMIT || status == HW_IO || status == HW_CANCELLED) {
        return HW_FAIL(err, status, "%s", mine->msg);
    }
    term_note(c->command->name, "%s: not known, so that no candidate is reported: %s", what, mine->msg);
    return HW_OK;
}

hw_status assess_start(cli *c, inputs *in, const hw_match_options *o, assessment *ret, hw_err *err)
{
    *ret = (assessment){.checked = !args_has(&c->args, "no-check")};
    hw_arena_init(&ret->arena, (size_t)4 << 30);
    HW_TRY(read_policy(c, ret, err));
    if (!ret->checked) {
        return HW_OK;
    }
    hw_profile_bounds bounds;
    hw_err mine = {0};
    hw_profile_bounds_init(&bounds);
    hw_status status = findings_make(in, o, &bounds, &ret->quality, &mine);
    if (status != HW_OK) {
        ret->checked = false;
        findings_release(&ret->quality);
        return tolerate(c, "the quality of the database", status, &mine, err);
    }
    return add_parts(in, ret, err);
}

static uint32_t whole_of(const hw_dataset *d, uint32_t family)
{
    return d->family[family].under != NULL ? d->family[family].whole : family;
}

/*
 * Of a family that does not fit, one of its parts (or the family as stated) speaks for all: the one with the strongest pair. Two of them side by side would be two families to
 * everything that follows.
 */
static hw_status keep_best_parts(const hw_dataset *d, hw_pairs *p, hw_err *err)
{
    HW_AUTO_FREE size_t *best = hw_alloc(d->n_families + 1, sizeof(*best)); /* [whole] strongest pair + 1 */
    if (best == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < p->n; i++) {
        size_t *own = &best[whole_of(d, p->pair[i].family)];
        *own = *own == 0 || hw_real_cmp(p->pair[i].ratio, p->pair[*own - 1].ratio) > 0 ? i + 1 : *own;
    }
    for (size_t f = 0; f < d->n_families; f++) { /* from the pair to its family, before pairs move */
        best[f] = best[f] == 0 ? 0 : (size_t)p->pair[best[f] - 1].family + 1;
    }
    size_t kept = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (best[whole_of(d, p->pair[i].family)] == (size_t)p->pair[i].family + 1) {
            p->pair[kept++] = p->pair[i];
        }
    }
    p->n = kept;
    return HW_OK;
}

/* ---- what is known of quality ---- */

static void concerns(const finding *f, hw_answer *child, hw_answer *family)
{
    for (uint32_t i = 0; i < f->n_who; i++) {
        if (f->who[i].child != HW_NOBODY) {
            child[f->who[i].child] = HW_ANSWER_NO;
        }
        if (f->who[i].family != HW_NOBODY) {
            family[f->who[i].family] = HW_ANSWER_NO;
        }
    }
}

static hw_status all_are(hw_arena *arena, size_t n, hw_answer what, hw_answer **ret, hw_err *err)
{
    *ret = HW_NEW(arena, hw_answer, n + 1);
    if (*ret == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < n; i++) {
        (*ret)[i] = what;
    }
    return HW_OK;
}

static hw_status quality_known(const hw_dataset *d, const hw_pairs *p, assessment *a, hw_decision_evidence *e, hw_err *err)
{
    hw_answer *child = NULL;
    hw_answer *family = NULL;
    hw_answer *fits = NULL;
    if (!a->checked) {
        return HW_OK;
    }
    HW_TRY(all_are(&a->arena, d->n_children, HW_ANSWER_YES, &child, err));
    HW_TRY(all_are(&a->arena, d->n_families, HW_ANSWER_YES, &family, err));
    HW_TRY(all_are(&a->arena, d->n_families, HW_ANSWER_YES, &fits, err));
    for (size_t i = 0; i < a->quality.n; i++) {
        const finding *f = &a->quality.list[i];
        if (f->code == FINDING_MISFIT || f->code == FINDING_NOT_COMPUTED) {
            fits[f->who[0].family] = f->code == FINDING_MISFIT ? HW_ANSWER_NO : HW_ANSWER_UNKNOWN;
        } else {
            concerns(f, child, family);
        }
    }
    for (size_t i = 0; i < p->n_errors; i++) { /* a family that was too costly says nothing of how it fits */
        hw_answer *own = &fits[p->error[i].family];
        *own = p->error[i].status == HW_IMPOSSIBLE || *own == HW_ANSWER_NO ? HW_ANSWER_NO : HW_ANSWER_UNKNOWN;
    }
    for (size_t f = 0; f < d->n_families; f++) {
        if (d->family[f].under != NULL) {
            fits[f] = HW_ANSWER_NO;
            family[f] = family[d->family[f].whole];
        }
    }
    e->family_fits = fits;
    e->family_quality = family;
    e->child_quality = child;
    return HW_OK;
}

/* ---- after the search ---- */

static hw_status find_chance(const cli *c, const hw_dataset *d, const hw_match_options *o, assessment *a, hw_err *err)
{
    size_t n = a->match.n_candidates;
    a->chance_hits = HW_NEW(&a->arena, double, n + 1);
    if (a->chance_hits == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (n == 0) {
        return HW_OK;
    }
    hw_chance_database_options p;
    hw_chance_database_options_init(&p);
    hw_err mine = {0};
    HW_TRY(tolerate(c, "chance hits", hw_chance_database_new(d, o, &p, &a->chance, &mine), &mine, err));
    for (size_t i = 0; i < n; i++) {
        a->chance_hits[i] = a->chance == NULL ? (double)NAN : hw_chance_database_at(a->chance, a->match.candidate[i].log10_lr).upper;
    }
    return HW_OK;
}

hw_status assess_pairs(cli *c, inputs *in, const hw_match_options *o, hw_pairs *p, assessment *io, hw_err *err)
{
    const hw_dataset *d = &in->people;
    hw_sibling_options so;
    hw_sibling_options_init(&so);
    HW_TRY(keep_best_parts(d, p, err));
    HW_TRY(hw_match_describe(d, o, p, &io->match, err));
    review_drop_empty(c, in, &io->match);
    hw_match_options quiet = *o;
    quiet.progress = NULL;
    hw_err mine = {0};
    HW_TRY(find_chance(c, d, &quiet, io, err));
    HW_TRY(tolerate(c, "brothers and sisters among the children", hw_siblings(d, &quiet, &so, &io->siblings, &mine), &mine, err));
    hw_decision_evidence e = {.rest = {io->match.rest, io->match.rest_low, io->match.rest_high}, .chance_hits = io->chance_hits, .siblings = io->siblings.pair,
                              .n_siblings = io->siblings.n};
    HW_TRY(quality_known(d, p, io, &e, err));
    return hw_decide(d, o, &io->match, &e, &io->policy, &io->decisions, err);
}

hw_report_decisions assess_decisions(const assessment *a)
{
    return (hw_report_decisions){.decisions = &a->decisions, .siblings = &a->siblings, .policy_name = a->policy_name, .quality_checked = a->checked};
}

void assess_release(assessment *a)
{
    hw_decisions_release(&a->decisions);
    hw_sibling_result_release(&a->siblings);
    hw_match_result_release(&a->match);
    hw_chance_database_free(a->chance);
    findings_release(&a->quality);
    hw_arena_release(&a->arena);
    *a = (assessment){0};
}
