// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The evidence of a family's readings for one error against its statement. Only members who are related to another typed one enter; groups of members not related to each
 * other are judged apart, since each group's readings speak of its own links alone.
 */
#include "kinship/fit_parts.h"

#include <math.h>
#include <string.h>

/* ---- who and what ---- */

static bool typed_at_all(const search *s, const hw_profile *p)
{
    for (uint32_t i = 0; p != NULL && i < s->n_loci; i++) {
        if (hw_genotype_typed(hw_profile_at(p, s->locus[i].panel_index))) {
            return true;
        }
    }
    return false;
}

static hw_status list_members(fit_job *j, hw_err *err)
{
    const hw_pedigree *ped = j->ped;
    const hw_profile **p = HW_NEW(j->arena, const hw_profile *, ped->n + 1);
    j->member = HW_NEW(j->arena, fit_member, HW_FIT_MAX_TYPED);
    if (p == NULL || j->member == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    uint32_t n = 0;
    for (uint32_t i = 0; j->family->profile != NULL && i < ped->n; i++) {
        p[i] = typed_at_all(j->m->s, j->family->profile[i]) ? j->family->profile[i] : NULL;
        n += p[i] != NULL ? 1 : 0;
    }
    if (n < 2) {
        return HW_OK;
    }
    HW_TRY(ancestors_build(j->arena, ped, &j->kin, err));
    for (uint32_t i = 0; i < ped->n; i++) {
        bool related = false;
        for (uint32_t k = 0; p[i] != NULL && k < ped->n; k++) {
            related = related || (k != i && p[k] != NULL && ancestors_related(&j->kin, i, k));
        }
        if (related && j->n == HW_FIT_MAX_TYPED) {
            return HW_FAIL(err, HW_TOO_COSTLY, "more than %u typed relatives", HW_FIT_MAX_TYPED);
        }
        if (related) {
            j->member[j->n++] = (fit_member){i, p[i]};
        }
    }
    return HW_OK;
}

/* Of a pair of loci stated to be linked the second is left out: the first alone says less, and nothing wrong. */
static bool second_of_pair(const search *s, uint32_t locus)
{
    for (uint32_t q = 0; q < s->o->settings->n_linked; q++) {
        const hw_linked_pair *lp = &s->o->settings->linked[q];
        for (uint32_t i = 0; i < locus; i++) {
            if ((hw_streq(lp->a, s->locus[i].name) && hw_streq(lp->b, s->locus[locus].name)) ||
                (hw_streq(lp->b, s->locus[i].name) && hw_streq(lp->a, s->locus[locus].name))) {
                return true;
            }
        }
    }
    return false;
}

static hw_sex stated_sex(const fit_job *j, uint32_t member)
{
    return j->ped->person[j->member[member].person].sex;
}

/* Two alleles of a man's one X tell nothing of kinship. */
static hw_typing member_typing(const fit_job *j, uint32_t locus, uint32_t member)
{
    const search_locus *l = &j->m->s->locus[locus];
    hw_typing t = profile_typing(j->member[member].profile, l->panel_index);
    bool two = t.a != HW_ALLELE_UNKNOWN && t.b != HW_ALLELE_UNKNOWN && t.a != t.b;
    if (l->kind == HW_LOCUS_X && two && stated_sex(j, member) != HW_SEX_FEMALE) {
        t.a = t.b = HW_ALLELE_UNKNOWN;
    }
    return t;
}

static hw_status read_loci(fit_job *j, bool *ret_x, hw_err *err)
{
    const search *s = j->m->s;
    j->typing = HW_NEW(j->arena, hw_typing, (size_t)s->n_loci * j->n + 1);
    j->model = HW_NEW(j->arena, hw_locus_model *, s->n_loci + 1);
    j->strict = HW_NEW(j->arena, hw_locus_model *, s->n_loci + 1);
    if (j->typing == NULL || j->model == NULL || j->strict == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    *ret_x = false;
    for (uint32_t i = 0; i < s->n_loci; i++) {
        hw_allele seen[2 * HW_FIT_MAX_TYPED];
        uint32_t n_typed = 0;
        for (uint32_t k = 0; k < j->n; k++) {
            hw_typing t = member_typing(j, i, k);
            j->typing[(size_t)i * j->n + k] = t;
            seen[2 * k] = t.a;
            seen[2 * k + 1] = t.b;
            n_typed += t.a != HW_ALLELE_UNKNOWN ? 1 : 0;
        }
        if (n_typed < 2 || second_of_pair(s, i)) {
            continue;
        }
        variant *v = NULL;
        hw_arena_mark mark = hw_arena_get_mark(&j->m->scratch);
        HW_TRY(matcher_variant(j->m, 0, i, seen, (size_t)2 * j->n, &v, err));
        hw_arena_reset(&j->m->scratch, mark);
        j->model[i] = v->model;
        *ret_x = *ret_x || s->locus[i].kind == HW_LOCUS_X;
    }
    return HW_OK;
}

/* ---- the pedigrees ---- */

/* Untyped persons without children drop out of every likelihood: their sexes need not be tried. */
static void settle_idle(const fit_job *j, hw_pedigree *p)
{
    for (uint32_t i = 0; i < p->n; i++) {
        bool idle = p->person[i].sex == HW_SEX_UNKNOWN;
        for (uint32_t k = 0; idle && k < p->n; k++) {
            idle = p->person[k].father != (int32_t)i && p->person[k].mother != (int32_t)i;
        }
        for (uint32_t k = 0; idle && k < j->n; k++) {
            idle = j->member[k].person != i;
        }
        if (idle && p->person[i].twin == 0) {
            p->person[i].sex = HW_SEX_FEMALE;
        }
    }
}

static hw_status add_spare(fit_job *j, hw_pedigree *p, hw_err *err)
{
    char id[32] = "unrelated";
    uint32_t at = 0;
    for (size_t k = 0; hw_pedigree_find(p, id, &at) && k <= p->n; k++) {
        size_t len = strlen(id);
        id[len < sizeof id - 1 ? len : 0] = '\'';
        id[len < sizeof id - 1 ? len + 1 : 1] = '\0';
    }
    return hw_pedigree_add(p, id, HW_SEX_FEMALE, &j->spare, err);
}

static hw_status make_worlds(fit_job *j, bool x, hw_err *err)
{
    hw_pedigree copy;
    HW_TRY(hw_pedigree_copy(j->ped, &copy, err));
    settle_idle(j, &copy);
    worlds w = {0};
    hw_status s = x || settings_tell_sexes_apart(j->m->s->o->settings) ? worlds_init(&w, &copy, UINT32_MAX, x, err) : HW_OK;
    if (s == HW_OK && w.n == 0) {
        w.pedigree = hw_alloc(1, sizeof(*w.pedigree));
        s = w.pedigree == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
    }
    if (s == HW_OK && w.n == 0) {
        w.pedigree[w.n++] = copy;
    } else {
        hw_pedigree_release(&copy);
    }
    j->world = w.pedigree;
    j->n_worlds = w.n;
    for (uint32_t i = 0; i < w.n && s == HW_OK; i++) {
        s = add_spare(j, &j->world[i], err);
    }
    return s;
}

/* Who counts for a likelihood: members, parents, and twins (who may be one with a member). */
static void number_persons(fit_job *j)
{
    const hw_pedigree *p = &j->world[0];
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        bool counts = p->person[i].twin != 0 || i == j->spare;
        for (uint32_t k = 0; k < p->n && !counts; k++) {
            counts = p->person[k].father == (int32_t)i || p->person[k].mother == (int32_t)i;
        }
        for (uint32_t k = 0; k < j->n && !counts; k++) {
            counts = j->member[k].person == i;
        }
        j->place[i] = counts ? n++ : FIT_NOBODY;
    }
}

/* Without a number for every world nothing is remembered of this family. */
static hw_status number_shapes(fit_job *j, bool x, hw_err *err)
{
    j->shape = HW_NEW(j->arena, uint32_t, j->n_worlds + 1);
    j->place = HW_NEW(j->arena, uint32_t, (size_t)j->spare + 1);
    if (j->shape == NULL || j->place == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    number_persons(j);
    for (uint32_t w = 0; w < j->n_worlds && j->memo != NULL; w++) {
        if (!fit_memo_shape(j->memo, &j->world[w], j->place, x, j->member, j->n, &j->shape[w])) {
            j->memo = NULL;
        }
    }
    return HW_OK;
}

hw_status fit_job_init(fit_job *j, matcher *m, fit_memo *memo, const hw_family *family, hw_arena *arena, hw_err *err)
{
    *j = (fit_job){.m = m, .memo = memo, .family = family, .ped = &family->pedigree, .arena = arena};
    HW_TRY(list_members(j, err));
    if (j->n == 0) {
        return HW_OK;
    }
    bool x = false;
    HW_TRY(read_loci(j, &x, err));
    HW_TRY(make_worlds(j, x, err));
    HW_TRY(number_shapes(j, x, err));
    j->row = HW_NEW(arena, hw_typing, (size_t)j->spare + 1);
    return j->row == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

void fit_job_release(fit_job *j)
{
    worlds w = {.pedigree = j->world, .n = j->n_worlds};
    worlds_release(&w);
    j->world = NULL;
    j->n_worlds = 0;
}

/* ---- likelihoods ---- */

bool fit_locus_used(const fit_job *j, uint32_t locus, fit_mask mask)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < j->n; k++) {
        n += (mask >> k & 1) != 0 && j->typing[(size_t)locus * j->n + k].a != HW_ALLELE_UNKNOWN ? 1 : 0;
    }
    return j->model[locus] != NULL && n >= 2;
}

static void fill_row(fit_job *j, uint32_t locus, fit_mask mask, uint32_t loose, bool as_read)
{
    for (uint32_t i = 0; i <= j->spare; i++) {
        j->row[i] = (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0.0, 0.0};
    }
    for (uint32_t k = 0; k < j->n; k++) {
        if ((mask >> k & 1) == 0) {
            continue;
        }
        hw_typing *t = &j->row[k == loose ? j->spare : j->member[k].person];
        *t = j->typing[(size_t)locus * j->n + k];
        if (as_read) {
            t->dropout = t->error = 0.0;
        }
    }
}

/* Take the link out of a pedigree; returns where it stood, for link_back. */
static int32_t *link_cut(hw_pedigree *p, fit_cut cut)
{
    if (cut.child == FIT_NOBODY) {
        return NULL;
    }
    hw_person *c = &p->person[cut.child];
    int32_t *at = c->father == (int32_t)cut.parent ? &c->father : c->mother == (int32_t)cut.parent ? &c->mother : NULL;
    if (at != NULL) {
        *at = -1;
    }
    return at;
}

static void link_back(int32_t *at, fit_cut cut)
{
    if (at != NULL) {
        *at = (int32_t)cut.parent;
    }
}

/* What is asked for: which world, who counts, what is changed. */
typedef struct question_at {
    uint32_t world, loose;
    fit_mask mask;
    fit_cut cut;
} question_at;

static uint32_t key_of(const fit_job *j, const question_at *q, uint32_t locus, uint32_t *word)
{
    uint64_t model = (uint64_t)(uintptr_t)j->model[locus];
    bool cut = q->cut.child != FIT_NOBODY;
    const uint32_t head[] = {j->shape[q->world], q->loose, cut ? j->place[q->cut.child] : FIT_NOBODY, cut ? j->place[q->cut.parent] : FIT_NOBODY, (uint32_t)q->mask, (uint32_t)(q->mask >> 32), (uint32_t)model, (uint32_t)(model >> 32)};
    uint32_t n = sizeof(head) / sizeof(head[0]);
    memcpy(word, head, sizeof(head));
    for (uint32_t k = 0; k < j->n; k++) {
        if ((q->mask >> k & 1) != 0) {
            word[n++] = (uint32_t)j->typing[(size_t)locus * j->n + k].a;
            word[n++] = (uint32_t)j->typing[(size_t)locus * j->n + k].b;
        }
    }
    return n;
}

static hw_status at_locus(fit_job *j, const question_at *q, uint32_t locus, hw_real *ret, hw_err *err)
{
    uint32_t word[8 + 2 * HW_FIT_MAX_TYPED];
    uint32_t n = 0;
    uint32_t number = 0;
    if (j->memo != NULL) {
        n = key_of(j, q, locus, word);
        if (fit_memo_get(j->memo, word, n, ret, &number)) {
            return HW_OK;
        }
    }
    fill_row(j, locus, q->mask, q->loose, false);
    HW_TRY(hw_likelihood(j->m->rival_engine, &j->world[q->world], j->model[locus], j->row, ret, err));
    if (j->memo != NULL) {
        (void)fit_memo_put(j->memo, word, n, *ret, &number);
    }
    return HW_OK;
}

static hw_status in_world(fit_job *j, const question_at *q, fit_mask base, hw_real *ret, hw_err *err)
{
    hw_pedigree *p = &j->world[q->world];
    hw_real total = hw_real_from(1.0);
    p->person[j->spare].sex = q->loose != FIT_NOBODY ? p->person[j->member[q->loose].person].sex : HW_SEX_FEMALE;
    for (uint32_t i = 0; i < j->m->s->n_loci; i++) {
        hw_real l;
        if (fit_locus_used(j, i, base)) {
            HW_TRY(at_locus(j, q, i, &l, err));
            total = hw_real_mul(total, l);
        }
    }
    *ret = total;
    return HW_OK;
}

hw_status fit_likelihood(fit_job *j, fit_mask mask, fit_mask base, uint32_t loose, fit_cut cut, hw_real *ret, hw_err *err)
{
    hw_real sum = hw_real_from(0.0);
    for (uint32_t w = 0; w < j->n_worlds; w++) {
        hw_real one = hw_real_from(0.0);
        const question_at q = {.world = w, .loose = loose, .mask = mask, .cut = cut};
        int32_t *link = link_cut(&j->world[w], cut);
        hw_status s = in_world(j, &q, base, &one, err);
        link_back(link, cut);
        HW_TRY(s);
        sum = hw_real_add(sum, one);
    }
    *ret = hw_real_mul_d(sum, 1.0 / j->n_worlds);
    return HW_OK;
}

static hw_status strict_model(fit_job *j, uint32_t locus, hw_err *err)
{
    const search *s = j->m->s;
    const search_locus *l = &s->locus[locus];
    const hw_locus_settings strict = {.locus = l->name};
    hw_allele seen[2 * HW_FIT_MAX_TYPED];
    for (uint32_t k = 0; k < j->n; k++) {
        seen[2 * k] = j->typing[(size_t)locus * j->n + k].a;
        seen[2 * k + 1] = j->typing[(size_t)locus * j->n + k].b;
    }
    return hw_locus_model_build(j->arena, l->freq[0], l->kind, &strict, 0.0, s->o->settings->rare_rule, s->o->settings->rare_value, seen, (size_t)2 * j->n,
                                &j->strict[locus], err);
}

hw_status fit_impossible(fit_job *j, uint32_t locus, fit_mask mask, fit_cut cut, bool *ret, hw_err *err)
{
    bool zero = true;
    if (!fit_locus_used(j, locus, mask)) {
        *ret = false;
        return HW_OK;
    }
    if (j->strict[locus] == NULL) {
        HW_TRY(strict_model(j, locus, err));
    }
    for (uint32_t w = 0; w < j->n_worlds && zero; w++) {
        hw_real l;
        int32_t *link = link_cut(&j->world[w], cut);
        fill_row(j, locus, mask, FIT_NOBODY, true);
        hw_status s = hw_likelihood(j->m->rival_engine, &j->world[w], j->strict[locus], j->row, &l, err);
        link_back(link, cut);
        HW_TRY(s);
        zero = hw_real_is_zero(l);
    }
    *ret = zero;
    return HW_OK;
}

/* ---- the evidence ---- */

uint32_t fit_groups(const fit_job *j, fit_mask mask, fit_mask *ret)
{
    uint32_t n = 0;
    fit_mask left = mask;
    for (uint32_t k = 0; k < j->n; k++) {
        fit_mask group = (fit_mask)1 << k;
        if ((left & group) == 0) {
            continue;
        }
        for (bool grown = true; grown;) {
            grown = false;
            for (uint32_t i = 0; i < j->n; i++) {
                for (uint32_t h = 0; h < j->n && (left & ~group) >> i & 1; h++) {
                    if ((group >> h & 1) != 0 && ancestors_related(&j->kin, j->member[i].person, j->member[h].person)) {
                        group |= (fit_mask)1 << i;
                        grown = true;
                    }
                }
            }
        }
        left &= ~group;
        if ((group & (group - 1)) != 0) {
            ret[n++] = group;
        }
    }
    return n;
}

/* Children of a person through whom the group's members descend from it; the others say nothing. */
static uint32_t children_of(const fit_job *j, fit_mask group, uint32_t parent, uint32_t *ret_first)
{
    const hw_pedigree *ped = j->ped;
    uint32_t n = 0;
    for (uint32_t i = 0; i < ped->n; i++) {
        bool counts = ped->person[i].father == (int32_t)parent || ped->person[i].mother == (int32_t)parent;
        bool below = false;
        for (uint32_t k = 0; k < j->n && counts; k++) {
            below = below || ((group >> k & 1) != 0 && (j->member[k].person == i || ancestors_has(&j->kin, j->member[k].person, i)));
        }
        if (below) {
            *ret_first = n == 0 ? i : *ret_first;
            n++;
        }
    }
    return n;
}

/* Does it come to the same to say that one member is unrelated? Then that is the one related to others before, and to nobody after. */
static bool same_as_unrelated(const fit_job *j, fit_mask group, const ancestors *after)
{
    for (uint32_t out = 0; out < j->n; out++) {
        bool same = (group >> out & 1) != 0;
        for (uint32_t a = 0; a < j->n && same; a++) {
            for (uint32_t b = a + 1; b < j->n && same; b++) {
                if ((group >> a & 1) == 0 || (group >> b & 1) == 0) {
                    continue;
                }
                bool before = ancestors_related(&j->kin, j->member[a].person, j->member[b].person) && a != out && b != out;
                same = before == ancestors_related(after, j->member[a].person, j->member[b].person);
            }
        }
        if (same) {
            return true;
        }
    }
    return false;
}

/* Is the link one that the readings of the group can speak about, and not only as an unrelated member? */
static bool link_counts(const fit_job *j, fit_mask group, fit_cut cut, const ancestors *after)
{
    const hw_pedigree *ped = j->ped;
    bool below = false;
    bool above = false;
    bool parent_typed = false;
    for (uint32_t k = 0; k < j->n; k++) {
        if ((group >> k & 1) != 0) {
            below = below || ancestors_has(after, j->member[k].person, cut.child);
            above = above || ancestors_related(after, j->member[k].person, cut.parent);
            parent_typed = parent_typed || j->member[k].person == cut.parent;
        }
    }
    uint32_t first = cut.child;
    const hw_person *parent = &ped->person[cut.parent];
    bool founder = parent->father < 0 && parent->mother < 0;
    /* Two children of somebody untyped: that they are not of one parent is one statement, whichever of them is another's. */
    bool twice = children_of(j, group, cut.parent, &first) == 2 && founder && !parent_typed && first != cut.child;
    return below && above && !twice && !same_as_unrelated(j, group, after);
}

static hw_status list_links(fit_job *j, fit_mask group, ancestors *after, fit_alternative *list, uint32_t *io_n, hw_err *err)
{
    const hw_pedigree *ped = j->ped;
    for (uint32_t i = 0; i < ped->n; i++) {
        for (int side = 0; side < 2; side++) {
            int32_t parent = side == 0 ? ped->person[i].father : ped->person[i].mother;
            if (parent < 0 || ped->person[i].twin != 0) {
                continue;
            }
            fit_cut cut = {i, (uint32_t)parent};
            HW_TRY(ancestors_cut(j->arena, ped, cut.child, cut.parent, after, err));
            if (link_counts(j, group, cut, after)) {
                list[(*io_n)++] = (fit_alternative){.kind = HW_FIT_OTHER_PARENT, .member = FIT_NOBODY, .cut = cut, .group = group};
            }
        }
    }
    return HW_OK;
}

static hw_status list_alternatives(fit_job *j, const fit_mask *group, uint32_t n_groups, fit_evidence *e, hw_err *err)
{
    ancestors after = {0};
    e->alternative = HW_NEW(j->arena, fit_alternative, j->n + (size_t)n_groups * 2 * j->ped->n + 1);
    if (e->alternative == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(ancestors_build(j->arena, j->ped, &after, err));
    for (uint32_t g = 0; g < n_groups; g++) {
        for (uint32_t k = 0; k < j->n; k++) {
            if ((group[g] >> k & 1) != 0) {
                e->alternative[e->n++] = (fit_alternative){.kind = HW_FIT_UNRELATED, .member = k, .cut = FIT_NO_CUT, .group = group[g]};
            }
        }
        HW_TRY(list_links(j, group[g], &after, e->alternative, &e->n, err));
    }
    return HW_OK;
}

static void weigh(fit_evidence *e)
{
    hw_real sum = hw_real_from(0.0);
    bool impossible = hw_real_is_zero(e->stated);
    for (uint32_t i = 0; i < e->n && !impossible; i++) {
        sum = hw_real_add(sum, hw_real_div(e->alternative[i].value, e->alternative[i].stated));
    }
    e->log10 = impossible ? (double)INFINITY : hw_real_log10(hw_real_mul_d(sum, 1.0 / e->n));
    e->verdict = e->log10 >= HW_FIT_MISFIT_LOG10 ? HW_FIT_MISFIT : e->log10 >= HW_FIT_DOUBTFUL_LOG10 ? HW_FIT_DOUBTFUL : HW_FIT_FITS;
}

hw_status fit_judge(fit_job *j, fit_mask mask, fit_evidence *ret, hw_err *err)
{
    fit_evidence e = {.verdict = HW_FIT_NOT_TESTABLE, .log10 = (double)NAN, .stated = hw_real_from(1.0)};
    fit_mask group[HW_FIT_MAX_TYPED / 2];
    uint32_t n_groups = fit_groups(j, mask, group);
    bool used = false;
    for (uint32_t i = 0; n_groups > 0 && i < j->m->s->n_loci && !used; i++) {
        for (uint32_t g = 0; g < n_groups; g++) {
            used = used || fit_locus_used(j, i, group[g]);
        }
    }
    if (!used) {
        *ret = e;
        return HW_OK;
    }
    HW_TRY(list_alternatives(j, group, n_groups, &e, err));
    for (uint32_t g = 0; g < n_groups; g++) {
        hw_real stated;
        HW_TRY(fit_likelihood(j, group[g], group[g], FIT_NOBODY, FIT_NO_CUT, &stated, err));
        e.stated = hw_real_mul(e.stated, stated);
        for (uint32_t i = 0; i < e.n; i++) {
            fit_alternative *a = &e.alternative[i];
            if (a->group == group[g]) {
                a->stated = stated;
                HW_TRY(fit_likelihood(j, group[g], group[g], a->member, a->cut, &a->value, err));
            }
        }
    }
    weigh(&e);
    *ret = e;
    return HW_OK;
}
