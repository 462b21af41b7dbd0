// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* What goes into the distribution of a family's ratio: its loci, the probability of each genotype under each hypothesis, the evidence of sex. */
#include <string.h>

#include "kinship/chance_family.h"

/* What building one needs. */
typedef struct builder {
    chance *c;
    matcher *m;
    hw_arena *arena;
    question q;
    const hw_family *family;
    const hw_profile *child;
    hw_hypotheses h;        /* n 0: no rivals */
} builder;

/* ---- the evidence of sex ---- */

static bool child_shows_sex(const builder *b)
{
    return b->child == NULL || b->child->sex != HW_SEX_UNKNOWN || hw_profile_amelogenin(b->child, &b->m->s->d->panel) != HW_SEX_UNKNOWN;
}

/* As hw_amelogenin_ratio has it: X and Y, or X alone with the Y dropped out; the error exchanges the sexes. */
static void settle_sex(const builder *b, hw_sex missing)
{
    chance *c = b->c;
    c->sex = missing != HW_SEX_UNKNOWN && child_shows_sex(b);
    if (!c->sex) {
        return;
    }
    double e = b->m->s->o->settings->sex_error;
    e = e > 1e-6 ? e : 1e-6;
    e = e < 0.5 ? e : 0.5;
    bool amelogenin = b->child != NULL && hw_profile_amelogenin(b->child, &b->m->s->d->panel) != HW_SEX_UNKNOWN;
    double d = amelogenin && b->child->dropout < 1.0 ? b->child->dropout : 0.0;
    const double boy[2] = {(1.0 - d) * (1.0 - d), d * (1.0 - d)}; /* shows X and Y, shows X */
    const double girl[2] = {0.0, 1.0 - d * d};
    double p[2][2]; /* [boy, girl][read as boy, as girl], given that something is read */
    for (int read = 0; read < 2; read++) {
        p[0][read] = ((1.0 - e) * boy[read] + e * girl[read]) / ((1.0 - e) * (boy[0] + boy[1]) + e * girl[1]);
        p[1][read] = ((1.0 - e) * girl[read] + e * boy[read]) / ((1.0 - e) * girl[1] + e * (boy[0] + boy[1]));
    }
    for (int k = 0; k < 2; k++) {
        bool as_boy = (missing == HW_SEX_MALE) == (k == 0);
        int read = as_boy ? 0 : 1;
        double own = (1.0 - e) * (missing == HW_SEX_MALE ? boy : girl)[read] + e * (missing == HW_SEX_MALE ? girl : boy)[read];
        double other = (1.0 - e) * (missing == HW_SEX_MALE ? girl : boy)[read] + e * (missing == HW_SEX_MALE ? boy : girl)[read];
        c->sex_ratio[k] = own + other > 0.0 ? 2.0 * own / (own + other) : 1.0;
        c->sex_missing[k] = p[missing == HW_SEX_MALE ? 0 : 1][read];
        c->sex_other[k] = 0.5 * (p[0][read] + p[1][read]);
    }
}

/* ---- loci ---- */

static bool child_typed(const builder *b, uint32_t panel_index)
{
    return b->child == NULL || hw_genotype_typed(hw_profile_at(b->child, panel_index));
}

static sample_quality quality_at(const builder *b, uint32_t panel_index)
{
    if (b->child == NULL) {
        return (sample_quality){0};
    }
    hw_genotype g = hw_profile_at(b->child, panel_index);
    bool one = g.b == HW_ALLELE_UNKNOWN || g.b == HW_ALLELE_OFF_LADDER;
    return (sample_quality){b->child->dropout, b->child->error, one};
}

static double total(const double *p, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += p[i];
    }
    return sum;
}

/* The child's genotype under a rival, given the readings of the family. */
static hw_status rival_table(builder *b, uint32_t h, const hw_locus_model *lm, uint32_t panel_index, const double **ret, hw_err *err)
{
    const hw_hypothesis *x = &b->h.h[h];
    size_t n = (size_t)lm->n * (lm->n + 1) / 2;
    double *joint = HW_NEW(b->arena, double, n);
    hw_typing *t = HW_NEW(&b->m->scratch, hw_typing, x->pedigree.n + 1);
    if (joint == NULL || t == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < x->pedigree.n; i++) {
        t[i] = (hw_typing){HW_ALLELE_UNKNOWN, HW_ALLELE_UNKNOWN, 0.0, 0.0};
    }
    for (size_t i = 0; i < b->family->pedigree.n; i++) {
        if (x->person_of[i] != UINT32_MAX && i != b->q.person) {
            t[x->person_of[i]] = profile_typing(b->family->profile[i], panel_index);
        }
    }
    int e = 0;
    hw_real all;
    HW_TRY(hw_condition(b->m->rival_engine, &x->pedigree, lm, t, x->child, joint, &e, &all, err));
    double sum = total(joint, n);
    if (!(sum > 0.0)) {
        return HW_FAIL(err, HW_IMPOSSIBLE, "the family's readings at locus %s cannot be under it", lm->locus);
    }
    for (size_t i = 0; i < n; i++) {
        joint[i] /= sum;
    }
    *ret = joint;
    return HW_OK;
}

static hw_status rivals_at(builder *b, const hw_locus_model *lm, uint32_t panel_index, const double **p, hw_err *err)
{
    for (uint32_t h = 2; h < b->c->facts.n_hypotheses; h++) {
        hw_chance_hypothesis *x = &b->c->hypothesis[h];
        if (x->left_out != NULL) {
            continue;
        }
        hw_err mine = {0};
        hw_status s = rival_table(b, h, lm, panel_index, &p[h], &mine);
        if (s == HW_NO_MEMORY || s == HW_INTERNAL) {
            return HW_FAIL(err, s, "%s", mine.msg);
        }
        if (s != HW_OK) {
            x->left_out = hw_arena_strdup(b->arena, mine.msg);
            if (x->left_out == NULL) {
                return HW_NO_MEMORY_FAIL(err);
            }
        }
    }
    return HW_OK;
}

/* From genotypes to readings: both probabilities of each reading, and with them its ratio. */
static hw_status read_locus(builder *b, const locus_table *t, const sample_quality *quality, bool male_x, chance_locus *l, hw_err *err)
{
    const hw_locus_model *lm = t->v->model;
    uint32_t n_h = b->c->facts.n_hypotheses;
    size_t n = l->n;
    double *scratch = HW_NEW(&b->m->scratch, double, (size_t)lm->n * lm->n + 1);
    double *post = HW_NEW(&b->m->scratch, double, n);
    double *prior = HW_NEW(&b->m->scratch, double, n);
    double *ratio = HW_NEW(b->arena, double, n);
    if (scratch == NULL || post == NULL || prior == NULL || ratio == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    const double **from = l->p;
    l->p = HW_NEW(b->arena, const double *, n_h + 1);
    if (l->p == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t h = 0; h < n_h; h++) {
        double *shown = HW_NEW(b->arena, double, n);
        double *rival = HW_NEW(&b->m->scratch, double, n);
        if (shown == NULL || rival == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        if (from[h] == NULL) {
            continue;
        }
        quality_readings(lm, quality, male_x, from[h], scratch, h == 0 ? post : h == 1 ? prior : rival, shown);
        double sum = total(shown, n);
        for (size_t i = 0; i < n; i++) {
            shown[i] = sum > 0.0 ? shown[i] / sum : 0.0;
        }
        l->p[h] = shown;
    }
    for (size_t i = 0; i < n; i++) {
        ratio[i] = prior[i] > 0.0 ? post[i] / prior[i] : 1.0;
    }
    l->ratio = ratio;
    return HW_OK;
}

static hw_status add_locus(builder *b, uint32_t locus, hw_err *err)
{
    const search_locus *sl = &b->m->s->locus[locus];
    chance *c = b->c;
    chance_locus *l = &c->locus[c->n_loci];
    hw_allele extra[2];
    size_t n_extra = 0;
    if (b->child != NULL) {
        hw_genotype g = hw_profile_at(b->child, sl->panel_index);
        extra[n_extra++] = g.a;
        extra[n_extra++] = g.b;
    }
    locus_table t;
    HW_TRY(question_table(b->m, &b->q, 0, locus, extra, n_extra, &t, err));
    const hw_locus_model *lm = t.v->model;
    *l = (chance_locus){.locus = locus, .x = sl->kind == HW_LOCUS_X, .n = lm->n * (lm->n + 1) / 2, .ratio = t.ratio};
    l->p = HW_NEW(b->arena, const double *, c->facts.n_hypotheses + 1);
    if (l->p == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    l->p[HW_CHANCE_MISSING] = t.post;
    l->p[HW_CHANCE_UNRELATED] = t.prior;
    HW_TRY(rivals_at(b, lm, sl->panel_index, l->p, err));
    sample_quality quality = quality_at(b, sl->panel_index);
    if (!quality_plain(lm, &quality)) {
        bool male_x = l->x && b->q.ped->person[b->q.person].sex == HW_SEX_MALE;
        HW_TRY(read_locus(b, &t, &quality, male_x, l, err));
    }
    c->n_loci++;
    c->n_x += l->x ? 1 : 0;
    return HW_OK;
}

static hw_status add_loci(builder *b, hw_err *err)
{
    const search *s = b->m->s;
    chance *c = b->c;
    bool known = b->q.ped->person[b->q.person].sex != HW_SEX_UNKNOWN;
    hw_typing *t = HW_NEW(&b->m->scratch, hw_typing, b->q.ped->n + 1);
    c->locus = HW_NEW(b->arena, chance_locus, s->n_loci + 1);
    if (t == NULL || c->locus == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (int x = 0; x < 2; x++) {
        for (uint32_t i = 0; i < s->n_loci; i++) {
            bool here = (s->locus[i].kind == HW_LOCUS_X) == (x == 1);
            if (!here || !child_typed(b, s->locus[i].panel_index) || !question_typings(&b->q, s->locus[i].panel_index, t)) {
                continue;
            }
            if (x == 1 && !known) {
                c->facts.x_left_out = true;
                continue;
            }
            HW_TRY(add_locus(b, i, err));
        }
    }
    return HW_OK;
}

static bool used(const chance *c, const search *s, const char *name)
{
    for (uint32_t i = 0; i < c->n_loci; i++) {
        if (hw_streq(s->locus[c->locus[i].locus].name, name)) {
            return true;
        }
    }
    return false;
}

static void say_facts(builder *b)
{
    chance *c = b->c;
    const hw_settings *set = b->m->s->o->settings;
    c->facts.n_loci = c->n_loci;
    c->facts.n_x = c->n_x;
    c->facts.sex_counted = c->sex;
    c->facts.hypothesis = c->hypothesis;
    for (uint32_t i = 0; i < set->n_linked; i++) {
        c->facts.linkage_left_out = c->facts.linkage_left_out || (used(c, b->m->s, set->linked[i].a) && used(c, b->m->s, set->linked[i].b));
    }
    double most = 0.0;
    for (uint32_t i = 0; i < c->n_loci; i++) {
        double top = 0.0;
        for (uint32_t k = 0; k < c->locus[i].n; k++) {
            bool possible = c->locus[i].p[HW_CHANCE_UNRELATED][k] > 0.0;
            top = possible && c->locus[i].ratio[k] > top ? c->locus[i].ratio[k] : top;
        }
        most += hw_log10(top);
    }
    if (c->sex) {
        most += hw_log10(c->sex_ratio[0] > c->sex_ratio[1] ? c->sex_ratio[0] : c->sex_ratio[1]);
    }
    c->facts.max_log10 = most;
}

/* ---- hypotheses ---- */

static hw_status name_hypotheses(builder *b, bool rivals, hw_err *err)
{
    chance *c = b->c;
    if (rivals) {
        HW_TRY(hw_hypotheses_build(b->family, b->q.missing, &b->h, err));
    }
    uint32_t n = rivals ? b->h.n : 2;
    c->facts.n_hypotheses = n;
    c->hypothesis = HW_NEW(b->arena, hw_chance_hypothesis, n + 1);
    if (c->hypothesis == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    c->hypothesis[0] = (hw_chance_hypothesis){HW_HYPOTHESIS_MISSING, "missing", "the missing person", -1, NULL};
    c->hypothesis[1] = (hw_chance_hypothesis){HW_HYPOTHESIS_UNRELATED, "unrelated", "unrelated", -1, NULL};
    for (uint32_t h = 2; h < n; h++) {
        const hw_hypothesis *x = &b->h.h[h];
        c->hypothesis[h] = (hw_chance_hypothesis){x->kind, hw_arena_strdup(b->arena, x->code), hw_arena_strdup(b->arena, x->text), x->same_as, NULL};
        if (c->hypothesis[h].code == NULL || c->hypothesis[h].text == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    return HW_OK;
}

/* Sexes that nobody knows and on which the ratio depends make it a mean over assignments, which is no product over loci. */
static hw_status check_sexes(builder *b, hw_err *err)
{
    family_worlds w;
    HW_TRY(family_worlds_init(&w, b->m, b->family, b->q.missing, err));
    bool open = w.n > 0;
    family_worlds_release(&w);
    const hw_pedigree *ped = &b->family->pedigree;
    bool parent = false;
    for (size_t i = 0; i < ped->n; i++) {
        parent = parent || ped->person[i].father == (int32_t)b->q.person || ped->person[i].mother == (int32_t)b->q.person;
    }
    if (open || (parent && ped->person[b->q.person].sex == HW_SEX_UNKNOWN)) {
        return HW_FAIL(err, HW_UNSUPPORTED,
                       "family %s: the sex of a member is not known and the ratio depends on it; state it to have the distribution of the ratio", b->family->id);
    }
    return HW_OK;
}

static hw_status build(builder *b, bool rivals, hw_err *err)
{
    HW_TRY(check_sexes(b, err));
    HW_TRY(name_hypotheses(b, rivals, err));
    settle_sex(b, b->q.ped->person[b->q.person].sex);
    HW_TRY(add_loci(b, err));
    if (b->c->n_loci == 0) {
        return HW_FAIL(err, HW_NOT_FOUND, "family %s: no locus at which it is typed%s has a table of frequencies", b->family->id,
                       b->child != NULL ? " together with the child" : "");
    }
    say_facts(b);
    return HW_OK;
}

hw_status chance_init(chance *ret, matcher *m, hw_arena *arena, const hw_family *family, uint32_t missing, const hw_profile *child, bool rivals, hw_err *err)
{
    chance c = {0};
    builder b = {.c = &c, .m = m, .arena = arena, .family = family, .child = child};
    HW_TRY(question_init(m, &b.q, family, missing, &family->pedigree, err));
    hw_status s = build(&b, rivals, err);
    question_release(&b.q);
    hw_hypotheses_release(&b.h);
    if (s == HW_OK) {
        *ret = c;
    }
    return s;
}
