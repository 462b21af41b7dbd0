// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Identity by descent without mutation.
 *
 * Kinship by the recursion over the younger of two persons. Jacquard's condensed coefficients after
 *   G. Karigl, A recursive algorithm for the calculation of identity coefficients. Ann. Hum. Genet. 45 (1981) 299-305:
 * nine generalised kinship coefficients, each the probability that genes drawn at random from named persons are identical within groups,
 * and a linear system. Karigl gives a table of recursions by how often the youngest person occurs; here they are one rule: every draw from the
 * youngest person is of the paternal or of the maternal gene; equal genes in one group are one draw, an equal gene in two groups joins them.
 */
#include "kinship/identity.h"

#include <string.h>

#include "kinship/ancestry.h"

hw_status ancestry_build(const hw_pedigree *ped, ancestry *ret, hw_err *err)
{
    uint32_t order[HW_PEDIGREE_MAX];
    HW_TRY(hw_pedigree_order(ped, order, err));
    ret->n = 0;
    for (size_t k = 0; k < ped->n; k++) {
        uint32_t i = order[k];
        const hw_person *p = &ped->person[i];
        uint32_t member = ret->n;
        for (size_t j = 0; p->twin != 0 && j < k; j++) {
            if (ped->person[order[j]].twin == p->twin) {
                member = ret->of[order[j]];
                break;
            }
        }
        ret->of[i] = member;
        if (member == ret->n) {
            ret->person[member] = i;
            ret->father[member] = p->father < 0 ? -1 : (int32_t)ret->of[p->father];
            ret->mother[member] = p->mother < 0 ? -1 : (int32_t)ret->of[p->mother];
            ret->inbreeding[member] = p->father < 0 && p->mother < 0 ? p->inbreeding : 0;
            ret->n++;
        }
    }
    return HW_OK;
}

/* ---- kinship ---- */

/*
 * phi(a, b) for a younger than b is the mean over a's parents; phi(a, a) is one half of 1 + phi of the parents. On the X chromosome a man has his
 * mother's gene alone. `k` is n*n over members.
 */
static void fill_kinship(const ancestry *t, const bool *hemizygous, double *k)
{
    const size_t n = t->n;
    for (size_t a = 0; a < n; a++) {
        int32_t f = t->father[a], m = t->mother[a];
        for (size_t b = 0; b < a; b++) {
            double from_father = f < 0 ? 0 : k[(size_t)f * n + b];
            double from_mother = m < 0 ? 0 : k[(size_t)m * n + b];
            double x = hemizygous != NULL && hemizygous[a] ? from_mother : (from_father + from_mother) / 2;
            k[a * n + b] = x;
            k[b * n + a] = x;
        }
        double inbred = f >= 0 && m >= 0 ? k[(size_t)f * n + (size_t)m] : t->inbreeding[a];
        k[a * n + a] = hemizygous != NULL && hemizygous[a] ? 1 : (1 + inbred) / 2;
    }
}

static hw_status kinship(const hw_pedigree *ped, bool x, double *ret, hw_err *err)
{
    ancestry t;
    bool hemizygous[HW_PEDIGREE_MAX];
    HW_TRY(ancestry_build(ped, &t, err));
    for (uint32_t i = 0; x && i < t.n; i++) {
        const hw_person *p = &ped->person[t.person[i]];
        if (p->sex == HW_SEX_UNKNOWN) {
            return HW_FAIL(err, HW_CONFLICT, "person \"%s\": the sex is not known, and X-chromosomal kinship depends on it: state the sex",
                           p->id);
        }
        hemizygous[i] = p->sex == HW_SEX_MALE;
    }
    HW_AUTO_FREE double *k = hw_alloc((size_t)t.n * t.n, sizeof(double));
    if (k == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    fill_kinship(&t, x ? hemizygous : NULL, k);
    for (size_t i = 0; i < ped->n; i++) {
        for (size_t j = 0; j < ped->n; j++) {
            ret[i * ped->n + j] = k[(size_t)t.of[i] * t.n + t.of[j]];
        }
    }
    return HW_OK;
}

hw_status hw_kinship(const hw_pedigree *ped, double *ret, hw_err *err)
{
    return kinship(ped, false, ret, err);
}

hw_status hw_kinship_x(const hw_pedigree *ped, double *ret, hw_err *err)
{
    return kinship(ped, true, ret, err);
}

hw_status hw_inbreeding(const hw_pedigree *ped, double *ret, hw_err *err)
{
    const size_t n = ped->n;
    HW_AUTO_FREE double *k = hw_alloc(n * n, sizeof(double));
    if (k == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(kinship(ped, false, k, err));
    for (size_t i = 0; i < n; i++) {
        ret[i] = 2 * k[i * n + i] - 1;
    }
    return HW_OK;
}

/* ---- generalised kinship ---- */

#define MAX_DRAWS 4
#define NOBODY UINT32_MAX                 /* an anonymous founder */
#define MAX_STATES ((size_t)1 << 22)      /* 64 MiB of table; reached only by long lines of mixed ancestors */

/* Up to two groups of draws; the genes within a group must be identical by descent. */
typedef struct draws {
    uint32_t n[2];
    uint32_t who[2][MAX_DRAWS];
} draws;

typedef struct memo {
    const ancestry *t;
    uint64_t *key; /* 0: empty */
    double *value;
    size_t cap, count;
    hw_status failed;
} memo;

static void memo_release(memo *m)
{
    hw_free(m->key);
    hw_free(m->value);
}

static size_t memo_slot(const uint64_t *key, size_t cap, uint64_t wanted)
{
    size_t i = (size_t)((wanted * 0x9E3779B97F4A7C15u) >> 32) & (cap - 1);
    while (key[i] != 0 && key[i] != wanted) {
        i = (i + 1) & (cap - 1);
    }
    return i;
}

static hw_status memo_grow(memo *m)
{
    size_t cap = m->cap == 0 ? 256 : m->cap * 2;
    if (cap > MAX_STATES) {
        return HW_TOO_COSTLY;
    }
    uint64_t *key = hw_alloc(cap, sizeof(uint64_t));
    double *value = hw_alloc(cap, sizeof(double));
    if (key == NULL || value == NULL) {
        hw_free(key);
        hw_free(value);
        return HW_NO_MEMORY;
    }
    for (size_t i = 0; i < m->cap; i++) {
        if (m->key[i] != 0) {
            size_t at = memo_slot(key, cap, m->key[i]);
            key[at] = m->key[i];
            value[at] = m->value[i];
        }
    }
    memo_release(m);
    m->key = key;
    m->value = value;
    m->cap = cap;
    return HW_OK;
}

static void memo_put(memo *m, uint64_t key, double value)
{
    if (m->failed == HW_OK && m->count * 2 >= m->cap) {
        m->failed = memo_grow(m);
    }
    if (m->failed == HW_OK) {
        size_t at = memo_slot(m->key, m->cap, key);
        m->key[at] = key;
        m->value[at] = value;
        m->count++;
    }
}

static void sort_group(uint32_t *who, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        for (uint32_t j = i; j > 0 && who[j] > who[j - 1]; j--) {
            uint32_t swap = who[j];
            who[j] = who[j - 1];
            who[j - 1] = swap;
        }
    }
}

/* One form for equal questions: groups of one draw say nothing and go; members youngest first; the larger, then the younger group first. False: probability 0. */
static bool normalise(draws *d)
{
    for (int g = 0; g < 2; g++) {
        if (d->n[g] < 2) {
            d->n[g] = 0;
        }
        sort_group(d->who[g], d->n[g]);
        if (d->n[g] > 0 && d->who[g][0] == NOBODY) {
            return false;
        }
    }
    int order = (int)(d->n[1] > d->n[0]) - (int)(d->n[1] < d->n[0]);
    for (uint32_t i = 0; order == 0 && i < d->n[0]; i++) {
        order = (int)(d->who[1][i] > d->who[0][i]) - (int)(d->who[1][i] < d->who[0][i]);
    }
    if (order > 0) {
        draws swapped = {{d->n[1], d->n[0]}, {{0}, {0}}};
        memcpy(swapped.who[0], d->who[1], sizeof d->who[1]);
        memcpy(swapped.who[1], d->who[0], sizeof d->who[0]);
        *d = swapped;
    }
    return true;
}

static uint64_t key_of(const draws *d)
{
    uint64_t key = (uint64_t)d->n[0] << 3 | d->n[1];
    for (int g = 0; g < 2; g++) {
        for (uint32_t i = 0; i < d->n[g]; i++) {
            key = key << 11 | d->who[g][i];
        }
    }
    return key;
}

static double coefficient(memo *m, draws d);

/* The youngest is a founder: its genes are identical to no other person's here, and to each other with its inbreeding coefficient. */
static double founder_coefficient(memo *m, const draws *d, uint32_t founder)
{
    draws rest = {{0, 0}, {{0}, {0}}};
    double distinct = 1;
    for (int g = 0; g < 2; g++) {
        uint32_t mine = 0;
        for (uint32_t i = 0; i < d->n[g]; i++) {
            mine += d->who[g][i] == founder;
        }
        if (mine == 0) {
            rest.n[g] = d->n[g];
            memcpy(rest.who[g], d->who[g], sizeof d->who[g]);
        } else if (mine < d->n[g]) {
            return 0;
        } else {
            distinct *= 2.0 / (double)(1u << mine);
        }
    }
    double f = m->t->inbreeding[founder];
    return (f + (1 - f) * distinct) * coefficient(m, rest);
}

/* The draws of `a` become draws from the parents: bit i of `maternal` says which gene the ith of them is. */
static draws replace(const ancestry *t, const draws *d, uint32_t a, unsigned maternal)
{
    draws out = {{0, 0}, {{0}, {0}}};
    bool has[2][2] = {{false, false}, {false, false}}; /* group, gene */
    unsigned bit = 0;
    for (int g = 0; g < 2; g++) {
        for (uint32_t i = 0; i < d->n[g]; i++) {
            if (d->who[g][i] == a) {
                has[g][maternal >> bit & 1u] = true;
                bit++;
            } else {
                out.who[g][out.n[g]++] = d->who[g][i];
            }
        }
    }
    const uint32_t parent[2] = {t->father[a] < 0 ? NOBODY : (uint32_t)t->father[a], t->mother[a] < 0 ? NOBODY : (uint32_t)t->mother[a]};
    if ((has[0][0] && has[1][0]) || (has[0][1] && has[1][1])) {
        for (uint32_t i = 0; i < out.n[1]; i++) {
            out.who[0][out.n[0]++] = out.who[1][i];
        }
        out.n[1] = 0;
        for (int gene = 0; gene < 2; gene++) {
            has[0][gene] = has[0][gene] || has[1][gene];
            has[1][gene] = false;
        }
    }
    for (int g = 0; g < 2; g++) {
        for (int gene = 0; gene < 2; gene++) {
            if (has[g][gene]) {
                out.who[g][out.n[g]++] = parent[gene];
            }
        }
    }
    return out;
}

/* Depth of recursion: at most one level for each ancestor. */
static double coefficient(memo *m, draws d)
{
    if (!normalise(&d) || m->failed != HW_OK) {
        return 0;
    }
    if (d.n[0] == 0) {
        return 1;
    }
    uint64_t key = key_of(&d);
    if (m->cap > 0) {
        size_t at = memo_slot(m->key, m->cap, key);
        if (m->key[at] == key) {
            return m->value[at];
        }
    }
    uint32_t a = d.who[0][0]; /* the youngest of all: two groups are of equal size, and the younger stands first */
    double sum = 0;
    if (m->t->father[a] < 0 && m->t->mother[a] < 0) {
        sum = founder_coefficient(m, &d, a);
    } else {
        unsigned mine = 0;
        for (int g = 0; g < 2; g++) {
            for (uint32_t i = 0; i < d.n[g]; i++) {
                mine += d.who[g][i] == a;
            }
        }
        for (unsigned maternal = 0; maternal < 1u << mine; maternal++) {
            sum += coefficient(m, replace(m->t, &d, a, maternal));
        }
        sum /= (double)(1u << mine);
    }
    memo_put(m, key, sum);
    return sum;
}

static double together(memo *m, uint32_t n, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    return coefficient(m, (draws){{n, 0}, {{a, b, c, d}, {0}}});
}

static double apart(memo *m, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    return coefficient(m, (draws){{2, 2}, {{a, b}, {c, d}}});
}

static double not_negative(double x)
{
    return x < 0 ? 0 : x; /* rounding, where inbreeding of founders is not a sum of powers of two */
}

static hw_status two_persons(const hw_pedigree *ped, uint32_t a, uint32_t b, hw_err *err)
{
    if (a >= ped->n || b >= ped->n) {
        return HW_FAIL(err, HW_USAGE, "persons number %lu and %lu of a pedigree of %zu", (unsigned long)a, (unsigned long)b, ped->n);
    }
    return HW_OK;
}

hw_status hw_jacquard(const hw_pedigree *ped, uint32_t a, uint32_t b, double delta[9], hw_err *err)
{
    ancestry t;
    HW_TRY(two_persons(ped, a, b, err));
    HW_TRY(ancestry_build(ped, &t, err));
    HW_CLEANUP(memo_release) memo m = {.t = &t};
    const uint32_t i = t.of[a], j = t.of[b];
    /* Each is the sum over the nine states of the state's probability times a small whole number; solved by hand. */
    double aa = 2 * together(&m, 2, i, i, 0, 0), bb = 2 * together(&m, 2, j, j, 0, 0), ab = 4 * together(&m, 2, i, j, 0, 0);
    double aab = 8 * together(&m, 3, i, i, j, 0), abb = 8 * together(&m, 3, i, j, j, 0), aabb = 16 * together(&m, 4, i, i, j, j);
    double aa_bb = 4 * apart(&m, i, i, j, j), ab_ab = 16 * apart(&m, i, j, i, j);
    if (m.failed == HW_NO_MEMORY) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (m.failed != HW_OK) {
        return HW_FAIL(err, HW_TOO_COSTLY,
                       "the identity coefficients of \"%s\" and \"%s\" need more than %zu steps: leave out their most distant ancestors",
                       ped->person[a].id, ped->person[b].id, MAX_STATES / 2);
    }
    double d[9];
    d[0] = (aabb - aab - abb + ab) / 4;
    d[2] = (aab - ab - 4 * d[0]) / 2;
    d[4] = (abb - ab - 4 * d[0]) / 2;
    d[6] = (ab_ab - aabb) / 2;
    d[7] = ab - 4 * d[0] - 2 * d[2] - 2 * d[4] - 2 * d[6];
    d[1] = aa_bb - aa - bb + 1 - d[0];
    d[3] = aa - 1 - d[0] - d[1] - d[2];
    d[5] = bb - 1 - d[0] - d[1] - d[4];
    d[8] = 1 - (d[0] + d[1] + d[2] + d[3] + d[4] + d[5] + d[6] + d[7]);
    for (int s = 0; s < 9; s++) {
        delta[s] = not_negative(d[s]);
    }
    return HW_OK;
}

hw_status hw_kappa(const hw_pedigree *ped, uint32_t a, uint32_t b, double kappa[3], hw_err *err)
{
    HW_TRY(two_persons(ped, a, b, err));
    HW_AUTO_FREE double *f = hw_alloc(ped->n, sizeof(double));
    if (f == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(hw_inbreeding(ped, f, err));
    if (f[a] > 0 || f[b] > 0) {
        return HW_FAIL(err, HW_CONFLICT,
                       "person \"%s\" is inbred: kappa is of two persons who are not; use Jacquard's nine coefficients",
                       ped->person[f[a] > 0 ? a : b].id);
    }
    double delta[9];
    HW_TRY(hw_jacquard(ped, a, b, delta, err));
    kappa[0] = delta[8];
    kappa[1] = delta[7];
    kappa[2] = delta[6];
    return HW_OK;
}
