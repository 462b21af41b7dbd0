// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/quick.h"

#include <string.h>

/* ---- the shape of a family ---- */

static bool is_typed(const hw_family *f, int32_t person)
{
    return person >= 0 && f->profile[person] != NULL;
}

static bool is_founder(const hw_pedigree *ped, int32_t person)
{
    return person < 0 || (ped->person[person].father < 0 && ped->person[person].mother < 0);
}

static bool side_init(quick_side *s, const hw_pedigree *ped, int32_t parent)
{
    *s = (quick_side){.parent = parent, .grand = {-1, -1}};
    if (parent >= 0) {
        s->grand[0] = ped->person[parent].father;
        s->grand[1] = ped->person[parent].mother;
    }
    return is_founder(ped, s->grand[0]) && is_founder(ped, s->grand[1]);
}

static bool child_of(const hw_person *p, int32_t father, int32_t mother)
{
    return father >= 0 && mother >= 0 && p->father == father && p->mother == mother;
}

/* A typed child of the side's parent with an untyped founder of no other consequence. */
static bool add_half(quick_side *s, const hw_family *f, const hw_pedigree *ped, int32_t who)
{
    const hw_person *p = &ped->person[who];
    bool by_father = p->mother == s->parent;
    int32_t other = by_father ? p->father : p->mother;
    if (s->parent < 0 || (p->father != s->parent && p->mother != s->parent) || is_typed(f, other) || !is_founder(ped, other) || s->n_half == QUICK_CHILDREN) {
        return false;
    }
    for (size_t i = 0; other >= 0 && i < ped->n; i++) {
        if ((int32_t)i != who && (ped->person[i].father == other || ped->person[i].mother == other)) {
            return false;
        }
    }
    s->half_by_father[s->n_half] = by_father;
    s->half[s->n_half++] = who;
    return true;
}

/* Find the place of one typed person; false: it has none here. */
static bool place_typed(quick_plan *p, const hw_family *f, const hw_pedigree *ped, int32_t who)
{
    const hw_person *w = &ped->person[who];
    for (int k = 0; k < 2; k++) {
        quick_side *s = &p->side[k];
        if (who == s->parent || who == s->grand[0] || who == s->grand[1]) {
            return true;
        }
        if (child_of(w, s->grand[0], s->grand[1])) {
            if (s->n_uncles == QUICK_CHILDREN) {
                return false;
            }
            s->uncle[s->n_uncles++] = who;
            return true;
        }
    }
    if (child_of(w, p->side[0].parent, p->side[1].parent)) {
        if (p->n_siblings == QUICK_CHILDREN) {
            return false;
        }
        p->sibling[p->n_siblings++] = who;
        return true;
    }
    return add_half(&p->side[0], f, ped, who) || add_half(&p->side[1], f, ped, who);
}

static bool distinct(const quick_plan *p)
{
    int32_t who[6];
    for (int k = 0; k < 2; k++) {
        who[3 * k] = p->side[k].parent;
        who[3 * k + 1] = p->side[k].grand[0];
        who[3 * k + 2] = p->side[k].grand[1];
    }
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j < i; j++) {
            if (who[i] >= 0 && who[i] == who[j]) {
                return false;
            }
        }
    }
    return true;
}

void quick_plan_init(quick_plan *p, const hw_family *f, const hw_pedigree *ped, uint32_t person)
{
    *p = (quick_plan){0};
    const hw_person *c = &ped->person[person];
    bool fits = side_init(&p->side[0], ped, c->father) && side_init(&p->side[1], ped, c->mother) && distinct(p);
    for (size_t i = 0; fits && i < ped->n; i++) {
        const hw_person *w = &ped->person[i];
        bool relative = i != person && is_typed(f, (int32_t)i);
        fits = w->twin == 0 && !(w->inbreeding > 0.0) && (!relative || place_typed(p, f, ped, (int32_t)i));
        /* Two children of one stated and one unstated parent are half siblings: nobody of that kind has a place above but by add_half. */
    }
    p->fits = fits;
    for (int k = 0; fits && k < 2; k++) {
        const quick_side *s = &p->side[k];
        p->redundant = p->redundant || (is_typed(f, s->parent) && (s->n_uncles > 0 || is_typed(f, s->grand[0]) || is_typed(f, s->grand[1])));
    }
}

/* ---- one locus ---- */

#define ANY UINT32_MAX /* an allele that a reading says nothing of */
#define MAX_TERMS 64u

/*
 * A reading as ordered genotypes (paternal, maternal) with weights: two for a heterozygote, one for a homozygote; an apparent homozygote of a poor sample, with
 * P(a | a,a) = 1 - d^2 and P(a | a,x) = d (1 - d), is d (1 - d) [(a, any) + (any, a)] + (1 - d)^2 (a, a).
 */
typedef struct reading {
    uint32_t n; /* 0: not typed */
    bool exact;
    uint32_t pat[3], mat[3];
    double weight[3];
} reading;

/* Two genes of a person: a sum of products of distributions. */
typedef struct genes {
    uint32_t n;
    double u[MAX_TERMS][QUICK_ALLELES];
    double v[MAX_TERMS][QUICK_ALLELES];
} genes;

typedef struct work {
    const hw_locus_model *lm;
    const hw_typing *t;
    bool plain;
} work;

static reading read_person(work *w, int32_t who)
{
    reading r = {0};
    if (who < 0 || (w->t[who].a == HW_ALLELE_UNKNOWN && w->t[who].b == HW_ALLELE_UNKNOWN)) {
        return r;
    }
    const hw_typing *t = &w->t[who];
    int i = hw_locus_model_index(w->lm, t->a);
    int j = hw_locus_model_index(w->lm, t->b);
    if (i < 0 || j < 0 || !hw_allele_is_repeat(t->a) || !hw_allele_is_repeat(t->b) || t->error > 0.0) {
        w->plain = false;
        return r;
    }
    uint32_t a = (uint32_t)i;
    uint32_t b = (uint32_t)j;
    double d = t->dropout;
    if (a != b) {
        return (reading){.n = 2, .exact = true, .pat = {a, b}, .mat = {b, a}, .weight = {1.0, 1.0}};
    }
    if (!(d > 0.0)) {
        return (reading){.n = 1, .exact = true, .pat = {a}, .mat = {a}, .weight = {1.0}};
    }
    return (reading){.n = 3, .pat = {a, ANY, a}, .mat = {ANY, a, a}, .weight = {d * (1.0 - d), d * (1.0 - d), (1.0 - d) * (1.0 - d)}};
}

static const double *matrix_of(const work *w, bool father)
{
    return father ? w->lm->male : w->lm->female;
}

/* ret = x M */
static void pass_on(const double *x, const double *m, uint32_t n, double *ret)
{
    if (m == NULL) {
        memcpy(ret, x, n * sizeof(*ret));
        return;
    }
    memset(ret, 0, n * sizeof(*ret));
    for (uint32_t g = 0; g < n; g++) {
        if (x[g] > 0.0) {
            for (uint32_t j = 0; j < n; j++) {
                ret[j] += x[g] * m[(size_t)g * n + j];
            }
        }
    }
}

/* x becomes x(g) M(g, a) */
static void give(double *x, const double *m, uint32_t n, uint32_t a)
{
    for (uint32_t g = 0; g < n; g++) {
        x[g] *= m == NULL ? (g == a ? 1.0 : 0.0) : m[(size_t)g * n + a];
    }
}

static double sum_of(const double *x, uint32_t n)
{
    double s = 0.0;
    for (uint32_t g = 0; g < n; g++) {
        s += x[g];
    }
    return s;
}

/*
 * A person with genes w passes allele[0..k) on, and one more: its distribution, times the probability of the k, added over the terms of w. Subsets are numbered by bits;
 * each subset's product is made from the one without its highest member.
 */
static void transmit(const genes *w, const double *m, uint32_t n, const uint32_t *allele, uint32_t k, double *ret)
{
    double u[1u << QUICK_CHILDREN][QUICK_ALLELES];
    double v[1u << QUICK_CHILDREN][QUICK_ALLELES];
    double sum_u[1u << QUICK_CHILDREN];
    double sum_v[1u << QUICK_CHILDREN];
    double all[QUICK_ALLELES] = {0};
    const uint32_t every = (1u << k) - 1;
    for (uint32_t term = 0; term < w->n; term++) {
        memcpy(u[0], w->u[term], n * sizeof(double));
        memcpy(v[0], w->v[term], n * sizeof(double));
        for (uint32_t s = 0; s <= every; s++) {
            if (s > 0) {
                uint32_t high = 31u - (uint32_t)__builtin_clz(s);
                memcpy(u[s], u[s ^ 1u << high], n * sizeof(double));
                memcpy(v[s], v[s ^ 1u << high], n * sizeof(double));
                give(u[s], m, n, allele[high]);
                give(v[s], m, n, allele[high]);
            }
            sum_u[s] = sum_of(u[s], n);
            sum_v[s] = sum_of(v[s], n);
        }
        for (uint32_t s = 0; s <= every; s++) {
            double cu = sum_v[every ^ s];
            double cv = sum_u[every ^ s];
            for (uint32_t g = 0; g < n; g++) {
                all[g] += u[s][g] * cu + v[s][g] * cv;
            }
        }
    }
    double scale = 1.0 / (double)(2u << k);
    for (uint32_t g = 0; g < n; g++) {
        all[g] *= scale;
    }
    pass_on(all, m, n, ret);
}

/* ---- ways of several readings ---- */

typedef struct readings {
    reading r[QUICK_CHILDREN];
    uint32_t n;
} readings;

static void add_reading(work *w, readings *s, int32_t who)
{
    reading r = read_person(w, who);
    if (r.n > 0) {
        s->r[s->n++] = r;
    }
}

static uint32_t ways_of(const readings *s)
{
    uint32_t n = 1;
    for (uint32_t i = 0; i < s->n; i++) {
        n *= s->r[i].n;
    }
    return n;
}

/* Way number `way`: what the father and what the mother passed on, nothing where a reading does not say. Returns the weight. */
static double one_way(const readings *s, uint32_t way, uint32_t *pat, uint32_t *ret_n_pat, uint32_t *mat, uint32_t *ret_n_mat)
{
    double weight = 1.0;
    *ret_n_pat = *ret_n_mat = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        const reading *r = &s->r[i];
        uint32_t k = way % r->n;
        way /= r->n;
        weight *= r->weight[k];
        if (r->pat[k] != ANY) {
            pat[(*ret_n_pat)++] = r->pat[k];
        }
        if (r->mat[k] != ANY) {
            mat[(*ret_n_mat)++] = r->mat[k];
        }
    }
    return weight;
}

/* ---- parents ---- */

static void restrict_to(double *x, uint32_t n, uint32_t a)
{
    for (uint32_t g = 0; a != ANY && g < n; g++) {
        x[g] = g == a ? x[g] : 0.0;
    }
}

/* Genes of a person of distribution `before` who showed `r`. An exact reading needs no distribution: what it adds is a constant. */
static bool after_reading(const genes *before, const reading *r, uint32_t n, genes *ret)
{
    if (r->n == 0) {
        ret->n = before->n;
        for (uint32_t i = 0; i < before->n; i++) {
            memcpy(ret->u[i], before->u[i], n * sizeof(double));
            memcpy(ret->v[i], before->v[i], n * sizeof(double));
        }
        return true;
    }
    if (r->exact) {
        ret->n = 1;
        memset(ret->u[0], 0, n * sizeof(double));
        memset(ret->v[0], 0, n * sizeof(double));
        ret->u[0][r->pat[0]] = 1.0;
        ret->v[0][r->mat[0]] = 1.0;
        return true;
    }
    if (before->n * r->n > MAX_TERMS) {
        return false;
    }
    ret->n = 0;
    for (uint32_t i = 0; i < before->n; i++) {
        for (uint32_t k = 0; k < r->n; k++) {
            double *u = ret->u[ret->n];
            double *v = ret->v[ret->n++];
            memcpy(u, before->u[i], n * sizeof(double));
            memcpy(v, before->v[i], n * sizeof(double));
            restrict_to(u, n, r->pat[k]);
            restrict_to(v, n, r->mat[k]);
            for (uint32_t g = 0; g < n; g++) {
                u[g] *= r->weight[k];
            }
        }
    }
    return true;
}

static bool founder_genes(work *w, int32_t who, genes *ret)
{
    genes before;
    uint32_t n = w->lm->n;
    reading r = read_person(w, who);
    before.n = 1;
    memcpy(before.u[0], w->lm->p, n * sizeof(double));
    memcpy(before.v[0], w->lm->p, n * sizeof(double));
    return after_reading(&before, &r, n, ret);
}

/* Genes of a parent from its own parents, its brothers and sisters, and its own reading. */
static bool side_genes(work *w, const quick_side *s, genes *ret)
{
    uint32_t n = w->lm->n;
    reading own = read_person(w, s->parent);
    if (own.exact || s->parent < 0 || (s->grand[0] < 0 && s->grand[1] < 0)) {
        return founder_genes(w, s->parent, ret);
    }
    genes grand[2];
    genes before;
    readings uncles = {.n = 0};
    for (uint32_t i = 0; i < s->n_uncles; i++) {
        add_reading(w, &uncles, s->uncle[i]);
    }
    uint32_t ways = ways_of(&uncles);
    if (ways > MAX_TERMS || !founder_genes(w, s->grand[0], &grand[0]) || !founder_genes(w, s->grand[1], &grand[1])) {
        return false;
    }
    before.n = ways;
    for (uint32_t way = 0; way < ways; way++) {
        uint32_t pat[QUICK_CHILDREN];
        uint32_t mat[QUICK_CHILDREN];
        uint32_t n_pat = 0;
        uint32_t n_mat = 0;
        double weight = one_way(&uncles, way, pat, &n_pat, mat, &n_mat);
        transmit(&grand[0], matrix_of(w, true), n, pat, n_pat, before.u[way]);
        transmit(&grand[1], matrix_of(w, false), n, mat, n_mat, before.v[way]);
        for (uint32_t g = 0; g < n; g++) {
            before.u[way][g] *= weight;
        }
    }
    return after_reading(&before, &own, n, ret);
}

/* Half siblings by one parent: `own` is what that parent passed on, the other gene comes from an untyped founder. */
static void side_halves(work *w, const quick_side *s, readings *ret)
{
    ret->n = 0;
    for (uint32_t i = 0; i < s->n_half; i++) {
        uint32_t before = ret->n;
        add_reading(w, ret, s->half[i]);
        const double *gamete = s->half_by_father[i] ? w->lm->p_male : w->lm->p_female;
        for (uint32_t k = 0; ret->n > before && k < ret->r[before].n; k++) {
            reading *r = &ret->r[before];
            /* Stand the parent's allele first, and weigh the other. */
            r->weight[k] *= r->mat[k] == ANY ? 1.0 : gamete[r->mat[k]];
            r->mat[k] = ANY;
        }
    }
}

/* What the parent passes on to the missing child, given its alleles in the full siblings; summed over the ways of the half siblings. */
static void side_vector(const work *w, const genes *g, const readings *halves, bool father, const uint32_t *allele, uint32_t k, double *ret)
{
    uint32_t n = w->lm->n;
    uint32_t ways = ways_of(halves);
    uint32_t given[QUICK_CHILDREN];
    uint32_t none[QUICK_CHILDREN];
    double one[QUICK_ALLELES];
    memset(ret, 0, n * sizeof(*ret));
    memcpy(given, allele, k * sizeof(*given));
    for (uint32_t way = 0; way < ways; way++) {
        uint32_t n_given = 0;
        uint32_t n_none = 0;
        double weight = one_way(halves, way, given + k, &n_given, none, &n_none);
        transmit(g, matrix_of(w, father), n, given, k + n_given, one);
        for (uint32_t x = 0; x < n; x++) {
            ret[x] += weight * one[x];
        }
    }
}

static void add_product(const double *f, const double *g, double weight, uint32_t n, double *joint)
{
    for (uint32_t j = 0; j < n; j++) {
        double *row = joint + (size_t)j * (j + 1) / 2;
        for (uint32_t i = 0; i < j; i++) {
            row[i] += weight * (f[i] * g[j] + f[j] * g[i]);
        }
        row[j] += weight * (f[j] * g[j]);
    }
}

/* Can any allele become any other? Then no family contradicts itself. */
static bool nothing_impossible(const hw_locus_model *lm)
{
    if (lm->female == NULL || lm->male == NULL) {
        return false;
    }
    for (size_t i = 0; i < (size_t)lm->n * lm->n; i++) {
        if (!(lm->female[i] > 0.0 && lm->male[i] > 0.0)) {
            return false;
        }
    }
    return true;
}

bool quick_condition(const quick_plan *p, const hw_locus_model *lm, const hw_typing *typing, double *joint)
{
    if (!p->fits || lm->kind != HW_LOCUS_AUTOSOMAL || lm->theta > 0.0 || lm->silent >= 0 || lm->n > QUICK_ALLELES || (p->redundant && !nothing_impossible(lm))) {
        return false;
    }
    work w = {.lm = lm, .t = typing, .plain = true};
    uint32_t n = lm->n;
    genes g[2];
    readings halves[2];
    readings siblings = {.n = 0};
    for (uint32_t i = 0; i < p->n_siblings; i++) {
        add_reading(&w, &siblings, p->sibling[i]);
    }
    for (int s = 0; s < 2; s++) {
        side_halves(&w, &p->side[s], &halves[s]);
        if (halves[s].n + siblings.n > QUICK_CHILDREN || ways_of(&halves[s]) > MAX_TERMS || !side_genes(&w, &p->side[s], &g[s])) {
            return false;
        }
    }
    uint32_t ways = ways_of(&siblings);
    if (!w.plain || ways > MAX_TERMS) {
        return false;
    }
    memset(joint, 0, (size_t)n * (n + 1) / 2 * sizeof(*joint));
    for (uint32_t way = 0; way < ways; way++) {
        uint32_t pat[QUICK_CHILDREN];
        uint32_t mat[QUICK_CHILDREN];
        uint32_t n_pat = 0;
        uint32_t n_mat = 0;
        double from_father[QUICK_ALLELES];
        double from_mother[QUICK_ALLELES];
        double weight = one_way(&siblings, way, pat, &n_pat, mat, &n_mat);
        side_vector(&w, &g[0], &halves[0], true, pat, n_pat, from_father);
        side_vector(&w, &g[1], &halves[1], false, mat, n_mat, from_mother);
        add_product(from_father, from_mother, weight, n, joint);
    }
    return true;
}
