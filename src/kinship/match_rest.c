// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * What the pairs that a national search passes over still weigh in a child's posterior. For a missing person to whom the child is not related,
 * E[ratio; ratio < T | unrelated] = P(ratio < T | related), so the expected sum over all persons passed over is their number times the mean of that
 * probability, here by drawing related children for a sample of persons.
 */
#include "kinship/match_parts.h"

#include "base/rng.h"
#include "kinship/power.h"

#include <math.h>
#include <string.h>

#define SAMPLE 256u         /* missing persons */
#define DRAWS 64u           /* children for each */
#define SEED 0x484f4d45u
#define LN_MILLION 13.815510557964274 /* of 1 / (1 - the probability that the upper bound holds) */

/* Children typed at the same number of loci are represented by the first of them. */
typedef struct rest_group {
    uint32_t child; /* UINT32_MAX: a child typed in full */
    bool used;
    double below; /* share of related children who stay below the threshold */
} rest_group;

static uint32_t typed_loci(const search *s, uint32_t child)
{
    uint32_t n = 0;
    for (uint32_t l = 0; l < s->n_loci; l++) {
        n += hw_genotype_typed(hw_profile_at(s->d->child[child], s->locus[l].panel_index)) ? 1 : 0;
    }
    return n;
}

/* One related child drawn: its ratio at each locus of the family. */
static void draw_child(const family_locus *fl, uint32_t n, hw_rng *rng, double *ret)
{
    for (uint32_t i = 0; i < n; i++) {
        const hw_locus_model *lm = fl[i].table.v->model;
        ret[i] = fl[i].table.ratio[hw_rng_pick(rng, fl[i].table.post, (size_t)lm->n * (lm->n + 1) / 2)];
    }
}

static hw_status sample_person(matcher *m, const slot *sl, uint32_t number, rest_group *g, uint32_t n_groups, hw_err *err)
{
    const search *s = m->s;
    question q;
    uint32_t n = 0;
    hw_rng rng;
    hw_real threshold = match_threshold(s->o->threshold_log10);
    bool sexed = sl->f->pedigree.person[sl->f->missing[sl->missing]].sex != HW_SEX_UNKNOWN;
    family_locus *fl = HW_NEW(&m->scratch, family_locus, s->n_loci + 1);
    double *ratio = HW_NEW(&m->scratch, double, s->n_loci + 1);
    if (fl == NULL || ratio == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_rng_seed(&rng, SEED, 1 + number);
    HW_TRY(question_init(m, &q, sl->f, sl->missing, &sl->f->pedigree, err));
    hw_err mine = {0};
    hw_status status = family_tables(m, &q, fl, &n, &mine);
    question_release(&q);
    if (status == HW_NO_MEMORY) {
        return HW_NO_MEMORY_FAIL(err);
    }
    /* A family that cannot be computed adds nothing to anybody's sum either; here it counts as one that no child reaches. */
    for (uint32_t k = 0; k < DRAWS; k++) {
        if (status == HW_OK) {
            draw_child(fl, n, &rng, ratio);
        }
        for (uint32_t i = 0; i < n_groups; i++) {
            hw_real total = hw_real_from(sexed ? 2.0 : 1.0);
            for (uint32_t l = 0; g[i].used && status == HW_OK && l < n; l++) {
                if (g[i].child == UINT32_MAX || hw_genotype_typed(hw_profile_at(s->d->child[g[i].child], s->locus[fl[l].locus].panel_index))) {
                    total = hw_real_mul_d(total, ratio[l]);
                }
            }
            g[i].below += status != HW_OK || hw_real_cmp(total, threshold) < 0 ? 1.0 : 0.0;
        }
    }
    return HW_OK;
}

/* ---- how often a family's own child stays below ---- */

#define KIND_SAMPLE 96u /* missing persons of a kind of family */

static hw_status below_of_kind(matcher *m, const slot *sl, uint32_t n, hw_rng *rng, double *ret, hw_err *err)
{
    rest_group whole = {.used = true, .child = UINT32_MAX};
    uint32_t taken = n < KIND_SAMPLE ? n : KIND_SAMPLE;
    for (uint32_t i = 0; i < taken; i++) {
        uint32_t at = n <= KIND_SAMPLE ? i : hw_rng_below(rng, n);
        hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
        hw_status status = sample_person(m, &sl[at], at, &whole, 1, err);
        hw_arena_reset(&m->scratch, mark);
        HW_TRY(status);
    }
    *ret = taken == 0 ? 0.0 : whole.below / (double)(taken * DRAWS);
    return HW_OK;
}

hw_status match_below(matcher *m, const uint32_t *family, size_t n, double *ret, hw_err *err)
{
    const search *s = m->s;
    double below[HW_FAMILY_KINDS];
    hw_rng rng;
    hw_rng_seed(&rng, SEED, UINT32_MAX);
    HW_AUTO_FREE slot *sl = hw_alloc(n + 1, sizeof(*sl));
    if (sl == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    m->few = true;
    for (uint32_t k = 0; k < HW_FAMILY_KINDS; k++) {
        uint32_t found = 0;
        for (size_t i = 0; i < n; i++) {
            const hw_family *f = &s->family[family[i]];
            if ((uint32_t)hw_family_kind_of(f, 0) == k) {
                sl[found++] = (slot){.family = family[i], .f = f};
            }
        }
        HW_TRY(below_of_kind(m, sl, found, &rng, &below[k], err));
    }
    for (size_t i = 0; i < n; i++) {
        ret[i] = below[hw_family_kind_of(&s->family[family[i]], 0)];
    }
    return HW_OK;
}

/* Missing persons of one family, its parts included, at most. */
static hw_status most_together(const search *s, uint32_t *ret, hw_err *err)
{
    HW_AUTO_FREE uint32_t *count = hw_alloc(s->d->n_families + 1, sizeof(*count));
    if (count == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t f = 0; f < s->d->n_families; f++) {
        uint32_t *own = &count[s->family[f].under != NULL ? s->family[f].whole : f];
        *own += s->family[f].n_missing;
        *ret = *own > *ret ? *own : *ret;
    }
    return HW_OK;
}

hw_status match_rest(all *a, uint64_t persons, double *rest, double *rest_low, double *rest_high, hw_err *err)
{
    const search *s = &a->s;
    size_t n_children = s->d->n_children;
    HW_AUTO_FREE rest_group *g = hw_alloc((size_t)s->n_loci + 1, sizeof(*g));
    if (g == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t c = 0; c < n_children; c++) {
        rest_group *own = &g[typed_loci(s, c)];
        own->child = own->used ? own->child : c;
        own->used = true;
    }
    hw_rng rng;
    hw_rng_seed(&rng, SEED, 0);
    uint32_t taken = a->n_slots == 0 ? 0 : SAMPLE;
    for (uint32_t i = 0; i < taken; i++) {
        matcher *m = &a->matcher[0];
        m->few = true; /* no child is looked up */
        size_t at = a->n_slots <= SAMPLE ? i % a->n_slots : hw_rng_below(&rng, (uint32_t)a->n_slots);
        hw_arena_mark mark = hw_arena_get_mark(&m->scratch);
        hw_status status = sample_person(m, &a->slot[at], i, g, s->n_loci + 1, err);
        hw_arena_reset(&m->scratch, mark);
        HW_TRY(status);
    }
    double n = (double)persons;
    uint32_t together = 1;
    HW_TRY(most_together(s, &together, err));
    /* Missing persons of one family are not independent: a family counts as one term of as many times the threshold. */
    double t = together * hw_real_to_double(match_threshold(s->o->threshold_log10));
    double high = n + sqrt(2.0 * t * n * LN_MILLION) + t * LN_MILLION / 3.0;
    for (size_t c = 0; c < n_children; c++) {
        rest[c] = taken == 0 ? 0.0 : n * g[typed_loci(s, (uint32_t)c)].below / (double)(taken * DRAWS);
        rest_low[c] = 0.0;
        rest_high[c] = high;
    }
    return HW_OK;
}
