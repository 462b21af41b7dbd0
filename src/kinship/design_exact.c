// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The exact side of a design. Under the model "equal" a parent's genotype matters only through how many copies it has of each of the child's two alleles: for every
 * ordered pair (x, y) of the child's alleles a parent is in one of six states, with probabilities in closed form. So each locus has at most 36 ratios per pair.
 *
 * t(a | k copies) = k/2 (1 - r) + (1 - k/2) e with e = r / (n - 1). An untyped parent passes on p' = p M; an unrelated child draws from p.
 */
#include "kinship/design.h"

#include "base/number.h"

enum { STATES = 6 };
/* copies of the child's first and second allele; for a homozygous child the first counts alone */
static const uint32_t COPIES[STATES][2] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {2, 0}, {0, 2}};

hw_status hw_design_init(hw_design *ret, hw_arena *arena, const hw_population *pop, const char *const *loci, uint32_t n_loci, double rate, hw_err *err)
{
    const uint32_t n = loci != NULL ? n_loci : pop->n;
    hw_locus_settings ls = {.female = {.model = HW_MUTATION_EQUAL, .rate = rate}, .male = {.model = HW_MUTATION_EQUAL, .rate = rate}};
    *ret = (hw_design){.rate = rate, .log10_limit = {4.0, 6.0}, .locus = HW_NEW(arena, const hw_locus_model *, n + 1)};
    if (ret->locus == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < n; i++) {
        const hw_freq *f = loci != NULL ? hw_population_find(pop, loci[i]) : &pop->freq[i];
        hw_locus_model *lm = NULL;
        if (f == NULL) {
            return HW_FAIL(err, HW_NOT_FOUND, "locus %s is not in the frequency table %s", loci[i], pop->name);
        }
        const hw_locus_info *info = hw_locus_find(f->locus);
        if (info != NULL && info->kind != HW_LOCUS_AUTOSOMAL) {
            if (loci != NULL) {
                return HW_FAIL(err, HW_USAGE, "locus %s is not autosomal", f->locus);
            }
            continue;
        }
        HW_TRY(hw_locus_model_build(arena, f, HW_LOCUS_AUTOSOMAL, &ls, 0, HW_RARE_AUTO, 0.001, NULL, 0, &lm, err));
        ret->locus[ret->n_loci++] = lm;
    }
    return ret->n_loci > 0 ? HW_OK : HW_FAIL(err, HW_USAGE, "no autosomal locus");
}

/* ---- one locus ---- */

typedef struct locus_values {
    double *ratio, *p[HW_DESIGN_TRUTHS];
    uint32_t n;
    double miss[HW_DESIGN_TRUTHS]; /* probability that the locus is impossible without mutation */
} locus_values;

/* Constants of a locus. */
typedef struct locus_frame {
    const hw_locus_model *lm;
    double rate, other;   /* r, e */
    double *gamete;       /* p M */
    double *twice;        /* p M M: what a child of an untyped couple passes on */
    double *shared;       /* [s * n + x] J: a gene s of the sibling tested, and x passed on by the true parent through the same grandparent */
    double *shared_sum;   /* [x] sum over s */
} locus_frame;

static double passes(const locus_frame *f, uint32_t copies)
{
    double half = copies / 2.0;
    return half * (1 - f->rate) + (1 - half) * f->other;
}

/* Vector times the matrix of "equal". */
static void mutated(const locus_frame *f, const double *v, double *ret)
{
    double sum = 0;
    for (uint32_t i = 0; i < f->lm->n; i++) {
        sum += v[i];
    }
    for (uint32_t i = 0; i < f->lm->n; i++) {
        ret[i] = v[i] * (1 - f->rate) + (sum - v[i]) * f->other;
    }
}

/*
 * J(s, x) = 1/2 sum_g p_g M_gs (M M)_gx + 1/2 p'_s p''_x: the grandparent's gene behind s and that behind x are one and the same with probability 1/2. One mutation
 * lies before s, two before x.
 */
static void fill_shared(locus_frame *f)
{
    const hw_locus_model *lm = f->lm;
    const uint32_t n = lm->n;
    const double stay = 1 - f->rate - f->other; /* M = stay I + e 1 1' */
    const double two_same = stay * stay, two_any = 2 * stay * f->other + n * f->other * f->other;
    for (uint32_t x = 0; x < n; x++) {
        f->shared_sum[x] = 0;
        for (uint32_t s = 0; s < n; s++) {
            /* sum over g of p_g (stay [g = s] + e) (two_same [g = x] + two_any) */
            double one = stay * lm->p[s] * ((s == x ? two_same : 0) + two_any) + f->other * (two_same * lm->p[x] + two_any);
            f->shared[(size_t)s * n + x] = 0.5 * one + 0.5 * f->gamete[s] * f->twice[x];
            f->shared_sum[x] += f->shared[(size_t)s * n + x];
        }
    }
}

static hw_status frame_init(locus_frame *f, hw_arena *arena, const hw_locus_model *lm, double rate, hw_err *err)
{
    const uint32_t n = lm->n;
    *f = (locus_frame){.lm = lm, .rate = rate, .other = n > 1 ? rate / (n - 1) : 0, .gamete = HW_NEW(arena, double, n), .twice = HW_NEW(arena, double, n),
                       .shared = HW_NEW(arena, double, (size_t)n * n), .shared_sum = HW_NEW(arena, double, n)};
    if (f->gamete == NULL || f->twice == NULL || f->shared == NULL || f->shared_sum == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    f->rate = n > 1 ? rate : 0;
    mutated(f, lm->p, f->gamete);
    mutated(f, f->gamete, f->twice);
    fill_shared(f);
    return HW_OK;
}

/* Probabilities of the six states of two genes that are drawn each with (a, b, neither) = first[3] and second[3], in either order. */
static void states(const double *first, const double *second, bool same, double *ret)
{
    for (uint32_t k = 0; k < STATES; k++) {
        ret[k] = 0;
    }
    for (uint32_t i = 0; i < 3; i++) {
        for (uint32_t j = 0; j < 3; j++) {
            uint32_t a = (i == 0 ? 1u : 0u) + (j == 0 ? 1u : 0u), b = (i == 1 ? 1u : 0u) + (j == 1 ? 1u : 0u);
            if (same && b > 0) {
                continue; /* there is no second allele */
            }
            for (uint32_t k = 0; k < STATES; k++) {
                ret[k] += COPIES[k][0] == a && COPIES[k][1] == b ? first[i] * second[j] : 0;
            }
        }
    }
}

/* A typed founder. */
static void founder_states(const double *p, uint32_t x, uint32_t y, double *ret)
{
    const double q[3] = {p[x], x == y ? 0 : p[y], 1 - p[x] - (x == y ? 0 : p[y])};
    states(q, q, x == y, ret);
}

/* P(states of the sibling tested, x passed on by the true parent). */
static void sibling_states(const locus_frame *f, uint32_t x, uint32_t y, double *ret)
{
    const uint32_t n = f->lm->n;
    const double a = f->shared[(size_t)x * n + x], b = x == y ? 0 : f->shared[(size_t)y * n + x];
    const double near[3] = {a, b, f->shared_sum[x] - a - b};
    const double qa = f->gamete[x], qb = x == y ? 0 : f->gamete[y], far[3] = {qa, qb, 1 - qa - qb};
    states(near, far, x == y, ret);
}

static void add(locus_values *v, double ratio, const double p[HW_DESIGN_TRUTHS], bool miss)
{
    v->ratio[v->n] = ratio;
    for (uint32_t t = 0; t < HW_DESIGN_TRUTHS; t++) {
        v->p[t][v->n] = p[t];
        v->miss[t] += miss ? p[t] : 0;
    }
    v->n++;
}

static void duo_values(const locus_frame *f, uint32_t x, uint32_t y, locus_values *v)
{
    const double *p = f->lm->p;
    double parent[STATES], sibling[STATES];
    founder_states(p, x, y, parent);
    sibling_states(f, x, y, sibling);
    for (uint32_t k = 0; k < STATES; k++) {
        double tx = passes(f, COPIES[k][0]), ty = x == y ? tx : passes(f, COPIES[k][1]);
        double ratio = (tx * f->gamete[y] + ty * f->gamete[x]) / (2 * p[x] * p[y]);
        double chance = p[x] * p[y] * parent[k];
        const double all[HW_DESIGN_TRUTHS] = {chance, chance * ratio, sibling[k] * f->gamete[y]};
        if (chance > 0) {
            add(v, ratio, all, COPIES[k][0] + COPIES[k][1] == 0);
        }
    }
}

static bool can_be(const uint32_t *father, const uint32_t *mother, bool same)
{
    return same ? father[0] > 0 && mother[0] > 0 : (father[0] > 0 && mother[1] > 0) || (father[1] > 0 && mother[0] > 0);
}

static void trio_values(const locus_frame *f, uint32_t x, uint32_t y, locus_values *v)
{
    const double *p = f->lm->p;
    double parent[STATES], sibling[STATES];
    founder_states(p, x, y, parent);
    sibling_states(f, x, y, sibling);
    for (uint32_t i = 0; i < STATES; i++) {
        for (uint32_t j = 0; j < STATES; j++) {
            double fx = passes(f, COPIES[i][0]), fy = x == y ? fx : passes(f, COPIES[i][1]);
            double mx = passes(f, COPIES[j][0]), my = x == y ? mx : passes(f, COPIES[j][1]);
            double ratio = (fx * my + fy * mx) / (2 * p[x] * p[y]);
            double chance = p[x] * p[y] * parent[i] * parent[j];
            /* the father's brother passed on x, the mother y */
            const double all[HW_DESIGN_TRUTHS] = {chance, chance * ratio, sibling[i] * parent[j] * my};
            if (chance > 0) {
                add(v, ratio, all, !can_be(COPIES[i], COPIES[j], x == y));
            }
        }
    }
}

static hw_status values_init(locus_values *v, hw_arena *arena, const hw_locus_model *lm, double rate, bool trio, hw_err *err)
{
    locus_frame f;
    const size_t most = (size_t)lm->n * lm->n * (trio ? STATES * STATES : STATES);
    HW_TRY(frame_init(&f, arena, lm, rate, err));
    *v = (locus_values){.ratio = HW_NEW(arena, double, most)};
    bool got = v->ratio != NULL;
    for (uint32_t t = 0; t < HW_DESIGN_TRUTHS; t++) {
        v->p[t] = HW_NEW(arena, double, most);
        got = got && v->p[t] != NULL;
    }
    if (!got) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t x = 0; x < lm->n; x++) {
        for (uint32_t y = 0; y < lm->n; y++) {
            if (trio) {
                trio_values(&f, x, y, v);
            } else {
                duo_values(&f, x, y, v);
            }
        }
    }
    return HW_OK;
}

/* ---- all loci ---- */

static void count_misses(const locus_values *v, uint32_t n, hw_design_truth t, hw_design_cell *cell)
{
    double p[3] = {1, 0, 0};
    for (uint32_t i = 0; i < n; i++) {
        double q = v[i].miss[t];
        p[2] = p[2] * (1 - q) + p[1] * q;
        p[1] = p[1] * (1 - q) + p[0] * q;
        p[0] *= 1 - q;
    }
    double sum = 0;
    for (uint32_t k = 0; k < 3; k++) {
        sum += p[k];
        cell[HW_DESIGN_MISS_0 + k].exact = (hw_tail){sum, sum};
    }
}

static hw_status tails(const hw_design *d, hw_arena *arena, const locus_values *v, hw_design_truth t, hw_design_result *io, hw_err *err)
{
    hw_ratio_locus *l = HW_NEW(arena, hw_ratio_locus, d->n_loci);
    hw_curve curve;
    if (l == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < d->n_loci; i++) {
        l[i] = (hw_ratio_locus){v[i].ratio, v[i].p[t], v[i].n};
    }
    for (uint32_t k = 0; k < 2; k++) {
        hw_curve_options o = {.step = 0.0004, .from = d->log10_limit[k], .tilt = hw_curve_tilt(l, d->n_loci, d->log10_limit[k])};
        HW_TRY(hw_curve_init(&curve, arena, l, d->n_loci, &o, err));
        io->cell[t][HW_DESIGN_LR_LOW + k].exact = hw_curve_tail(&curve, d->log10_limit[k]);
    }
    if (t == HW_DESIGN_TRUE) {
        hw_curve_options o = {.from = 0};
        HW_TRY(hw_curve_init(&curve, arena, l, d->n_loci, &o, err));
        io->median_log10 = hw_curve_quantile(&curve, 0.5);
    }
    return HW_OK;
}

hw_status hw_design_exact(const hw_design *d, bool trio, hw_design_result *io, hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena arena = {0};
    hw_arena_init(&arena, (size_t)4 << 30);
    locus_values *v = HW_NEW(&arena, locus_values, d->n_loci);
    if (v == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < d->n_loci; i++) {
        HW_TRY(values_init(&v[i], &arena, d->locus[i], d->rate, trio, err));
    }
    for (uint32_t t = 0; t < HW_DESIGN_TRUTHS; t++) {
        count_misses(v, d->n_loci, (hw_design_truth)t, io->cell[t]);
        HW_TRY(tails(d, &arena, v, (hw_design_truth)t, io, err));
    }
    return HW_OK;
}
