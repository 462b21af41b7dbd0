// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* The whole of the decision put to the test: joint identification, chance hits, rivals, verdict. */
#include "kinship/calibration.h"
#include "kinship/chance.h"

/* Upper limits of the chance hits expected in the whole database, at least as strong as each candidate. */
static hw_status chance_hits(const hw_dataset *d, const hw_match_options *o, const hw_match_result *r, hw_arena *arena, const double **ret, hw_err *err)
{
    hw_chance_database_options p;
    hw_chance_database *database = NULL;
    double *hits = HW_NEW(arena, double, r->n_candidates + 1);
    if (hits == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_chance_database_options_init(&p);
    HW_TRY(hw_chance_database_new(d, o, &p, &database, err));
    for (size_t i = 0; i < r->n_candidates; i++) {
        hits[i] = hw_chance_database_at(database, r->candidate[i].log10_lr).upper;
    }
    hw_chance_database_free(database);
    *ret = hits;
    return HW_OK;
}

static hw_status all_yes(hw_arena *arena, size_t n, hw_answer **ret, hw_err *err)
{
    *ret = HW_NEW(arena, hw_answer, n + 1);
    if (*ret == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < n; i++) {
        (*ret)[i] = HW_ANSWER_YES;
    }
    return HW_OK;
}

static hw_status gather(const hw_dataset *d, const hw_match_options *o, const hw_match_result *r, hw_arena *arena, hw_decision_evidence *ret, hw_err *err)
{
    hw_answer *fits, *family_quality, *child_quality;
    const double *hits = NULL;
    HW_TRY(all_yes(arena, d->n_families, &fits, err));
    HW_TRY(all_yes(arena, d->n_families, &family_quality, err));
    HW_TRY(all_yes(arena, d->n_children, &child_quality, err));
    for (size_t i = 0; i < r->n_errors; i++) {
        fits[r->error[i].family] = HW_ANSWER_NO;
    }
    HW_TRY(chance_hits(d, o, r, arena, &hits, err));
    *ret = (hw_decision_evidence){.rest = {r->rest, r->rest_low, r->rest_high}, .chance_hits = hits, .family_fits = fits, .family_quality = family_quality,
                                  .child_quality = child_quality};
    return HW_OK;
}

hw_status hw_decide_jointly(void *ctx, const hw_dataset *d, const hw_match_options *o, const hw_match_result *r, hw_arena *arena, hw_claim **ret, size_t *ret_n,
                            hw_err *err)
{
    hw_decision_evidence e;
    hw_decisions x = {0};
    hw_claim *c = HW_NEW(arena, hw_claim, r->n_candidates + 1);
    if (c == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(gather(d, o, r, arena, &e, err));
    HW_TRY(hw_decide(d, o, r, &e, ctx, &x, err));
    for (size_t i = 0; i < r->n_candidates; i++) {
        const hw_candidate *k = &r->candidate[i];
        const hw_decision *y = &x.decision[i];
        c[i] = (hw_claim){.child = k->child, .family = k->family, .missing = k->missing, .log10_lr = k->log10_lr, .posterior = y->joint.posterior,
                          .family_posterior = y->joint.family_posterior, .report = y->verdict.kind == HW_VERDICT_REPORT};
    }
    *ret = c;
    *ret_n = r->n_candidates;
    hw_decisions_release(&x);
    return HW_OK;
}
