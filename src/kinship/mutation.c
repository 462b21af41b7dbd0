// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Mutation models. Each model fills a matrix over the alleles that take part (all but the silent one); a transform may then
 * make it reversible or stationary; the result is checked and only then handed out.
 *
 * Sources: equal, proportional, stepwise: Egeland, Kling, Mostad, Relationship Inference with Familias and R (2016);
 * dawid: Dawid, Mortera, Pascali, Scand. J. Stat. 29 (2002) 577; MH, BA, PR: balanced versions of a matrix by Metropolis and Hastings,
 * by Barker, and by averaging the flows both ways; PM: Simonsson, Mostad, FSI:Genetics 23 (2016) 217.
 * Only + - * / in a fixed order, so that every compiler gives the same bits.
 */
#include "kinship/mutation.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/str.h"

static const char *const model_names[] = {
    [HW_MUTATION_NONE] = "none",
    [HW_MUTATION_EQUAL] = "equal",
    [HW_MUTATION_PROPORTIONAL] = "proportional",
    [HW_MUTATION_ONESTEP] = "onestep",
    [HW_MUTATION_STEPWISE] = "stepwise",
    [HW_MUTATION_STEPWISE_STATIONARY] = "stepwise-stationary",
    [HW_MUTATION_DAWID] = "dawid",
    [HW_MUTATION_CUSTOM] = "custom",
};
#define MODEL_COUNT (sizeof model_names / sizeof model_names[0])

const char *hw_mutation_name(hw_mutation_model m)
{
    return (size_t)m < MODEL_COUNT ? model_names[m] : "?";
}

bool hw_mutation_from_name(const char *name, hw_mutation_model *ret)
{
    for (size_t i = 0; name != NULL && i < MODEL_COUNT; i++) {
        if (hw_str_ieq(name, model_names[i])) {
            *ret = (hw_mutation_model)i;
            return true;
        }
    }
    return false;
}

static double magnitude(double x)
{
    return x < 0 ? -x : x;
}

static bool in_unit(double x)
{
    return x >= 0 && x <= 1; /* false for NaN */
}

/* The alleles that take part in the model, and the matrix over them. */
typedef struct work {
    const hw_mutation *m;
    uint32_t n;
    const hw_allele *allele;
    const double *p; /* sum 1 over these alleles */
    double *w;       /* n*n */
} work;

static hw_status fail_rate(const work *k, const char *why, hw_err *err)
{
    char rate[32];
    return HW_FAIL(err, HW_CONFLICT, "mutation model %s with rate %s: %s", hw_mutation_name(k->m->model),
                   hw_fmt_double(k->m->rate, rate), why);
}

static hw_status check_parameters(const hw_mutation *m, hw_err *err)
{
    char number[32];
    if (m->model == HW_MUTATION_CUSTOM) {
        return HW_OK; /* no parameters */
    }
    if (!in_unit(m->rate)) {
        return HW_FAIL(err, HW_CONFLICT, "mutation model %s: the rate %s is not within 0 and 1", hw_mutation_name(m->model),
                       hw_fmt_double(m->rate, number));
    }
    bool step = m->model == HW_MUTATION_STEPWISE || m->model == HW_MUTATION_STEPWISE_STATIONARY;
    if (step && !in_unit(m->rate2)) {
        return HW_FAIL(err, HW_CONFLICT, "mutation model %s: the microvariant rate %s is not within 0 and 1",
                       hw_mutation_name(m->model), hw_fmt_double(m->rate2, number));
    }
    if (step && !(m->range > 0 && m->range <= 1e6)) {
        return HW_FAIL(err, HW_CONFLICT, "mutation model %s: the range %s must be above 0 (0.1 is usual)",
                       hw_mutation_name(m->model), hw_fmt_double(m->range, number));
    }
    if (m->model == HW_MUTATION_DAWID && !(m->range > 0 && m->range < 1)) {
        return HW_FAIL(err, HW_CONFLICT, "mutation model dawid: the range %s must lie between 0 and 1",
                       hw_fmt_double(m->range, number));
    }
    return HW_OK;
}

static void fill_identity(work *k)
{
    memset(k->w, 0, (size_t)k->n * k->n * sizeof(double));
    for (uint32_t i = 0; i < k->n; i++) {
        k->w[(size_t)i * k->n + i] = 1;
    }
}

static hw_status fill_equal(work *k, hw_err *err)
{
    if (k->n < 2) {
        return fail_rate(k, "the locus has one allele only, so nothing can mutate; take the model none", err);
    }
    double other = k->m->rate / (double)(k->n - 1);
    for (uint32_t i = 0; i < k->n; i++) {
        for (uint32_t j = 0; j < k->n; j++) {
            k->w[(size_t)i * k->n + j] = i == j ? 1 - k->m->rate : other;
        }
    }
    return HW_OK;
}

static hw_status fill_proportional(work *k, hw_err *err)
{
    double spread = 0;
    for (uint32_t i = 0; i < k->n; i++) {
        spread += k->p[i] * (1 - k->p[i]);
    }
    if (k->n < 2 || !(spread > 0)) {
        return fail_rate(k, "the locus has one allele only, so nothing can mutate; take the model none", err);
    }
    /* With probability a the allele is drawn anew from the population; the matrix stands a little beyond a = 1 too. */
    double a = k->m->rate / spread;
    for (uint32_t i = 0; i < k->n; i++) {
        if (1 - a + a * k->p[i] < 0) {
            return fail_rate(k, "the rate is higher than this model can have with these frequencies; lower it", err);
        }
    }
    for (uint32_t i = 0; i < k->n; i++) {
        for (uint32_t j = 0; j < k->n; j++) {
            k->w[(size_t)i * k->n + j] = i == j ? 1 - a + a * k->p[i] : a * k->p[j];
        }
    }
    return HW_OK;
}

/* onestep and dawid know whole repeat numbers only. */
static hw_status need_whole_repeats(const work *k, hw_err *err)
{
    for (uint32_t i = 0; i < k->n; i++) {
        if (!hw_allele_is_repeat(k->allele[i]) || k->allele[i] % 10 != 0) {
            char name[HW_ALLELE_BUF];
            return HW_FAIL(err, HW_UNSUPPORTED,
                           "mutation model %s needs whole repeat numbers, and allele %s is none; take stepwise, equal or proportional",
                           hw_mutation_name(k->m->model), hw_allele_format(k->allele[i], name));
        }
    }
    return HW_OK;
}

static hw_status fill_onestep(work *k, hw_err *err)
{
    HW_TRY(need_whole_repeats(k, err));
    fill_identity(k);
    for (uint32_t i = 0; i < k->n; i++) {
        bool down = i > 0 && k->allele[i] - k->allele[i - 1] == 10;
        bool up = i + 1 < k->n && k->allele[i + 1] - k->allele[i] == 10;
        double *row = k->w + (size_t)i * k->n;
        double each = down && up ? k->m->rate / 2 : k->m->rate;
        if (down) {
            row[i - 1] = each;
        }
        if (up) {
            row[i + 1] = each;
        }
        if (down || up) {
            row[i] = 1 - k->m->rate;
        }
    }
    return HW_OK;
}

/* Alleles that differ by whole repeats form a group: 8.3 and 9.3, 8 and 9. What has no length is a group of its own. */
static bool same_group(hw_allele a, hw_allele b)
{
    return a == b || (hw_allele_is_repeat(a) && hw_allele_is_repeat(b) && a % 10 == b % 10);
}

static uint32_t repeats_apart(hw_allele a, hw_allele b)
{
    return (uint32_t)(a > b ? a - b : b - a) / 10;
}

static void fill_stepwise(work *k)
{
    const hw_mutation *m = k->m;
    for (uint32_t i = 0; i < k->n; i++) {
        double *row = k->w + (size_t)i * k->n;
        uint32_t inside = 0, outside = 0, nearest = UINT32_MAX, farthest = 0;
        for (uint32_t j = 0; j < k->n; j++) {
            if (j == i) {
                continue;
            }
            if (!same_group(k->allele[i], k->allele[j])) {
                outside++;
                continue;
            }
            uint32_t d = repeats_apart(k->allele[i], k->allele[j]);
            inside++;
            nearest = d < nearest ? d : nearest;
            farthest = d > farthest ? d : farthest;
        }
        /* Powers relative to the largest one: the sum is at least 1 whatever the gap between the alleles. */
        uint32_t base = m->range > 1 ? farthest : nearest;
        double sum = 0;
        for (uint32_t j = 0; j < k->n; j++) {
            if (j != i && same_group(k->allele[i], k->allele[j])) {
                uint32_t d = repeats_apart(k->allele[i], k->allele[j]);
                row[j] = m->range > 1 ? 1 / hw_powi(m->range, base - d) : hw_powi(m->range, d - base);
                sum += row[j];
            }
        }
        for (uint32_t j = 0; j < k->n; j++) {
            if (j == i) {
                row[j] = 1 - (inside > 0 ? m->rate : 0) - (outside > 0 ? m->rate2 : 0);
            } else if (same_group(k->allele[i], k->allele[j])) {
                row[j] = m->rate * row[j] / sum;
            } else {
                row[j] = m->rate2 / (double)outside;
            }
        }
    }
}

static hw_status fill_dawid(work *k, hw_err *err)
{
    HW_TRY(need_whole_repeats(k, err));
    const double r = k->m->range, n = (double)k->n;
    if (k->n < 2) {
        return fail_rate(k, "the locus has one allele only, so nothing can mutate; take the model none", err);
    }
    double a = (1 - hw_powi(r, k->n)) / (1 - r);
    for (uint32_t i = 0; i < k->n; i++) {
        double *row = k->w + (size_t)i * k->n;
        double left = 0;
        for (uint32_t j = 0; j < k->n; j++) {
            if (j != i) {
                row[j] = k->m->rate / k->p[i] * (1 - r) / (2 * r * (n - a)) * hw_powi(r, i > j ? i - j : j - i);
                left += row[j];
            }
        }
        row[i] = 1 - left;
    }
    return HW_OK;
}

/* A given matrix, its rows and columns put into the order of our alleles; an allele it does not list stays as it is. */
static hw_status fill_custom(work *k, hw_err *err)
{
    const hw_mutation *m = k->m;
    if (m->n == 0 || m->allele == NULL || m->matrix == NULL) {
        return HW_FAIL(err, HW_USAGE, "mutation model custom: no matrix given");
    }
    for (uint32_t i = 0; i < m->n; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (m->allele[i] == m->allele[j]) {
                char name[HW_ALLELE_BUF];
                return HW_FAIL(err, HW_CONFLICT, "mutation model custom: the matrix lists allele %s twice",
                               hw_allele_format(m->allele[i], name));
            }
        }
    }
    fill_identity(k);
    for (uint32_t gi = 0; gi < m->n; gi++) {
        uint32_t i = 0;
        while (i < k->n && k->allele[i] != m->allele[gi]) {
            i++;
        }
        if (i == k->n) {
            continue; /* nobody carries it */
        }
        for (uint32_t gj = 0; gj < m->n; gj++) {
            uint32_t j = 0;
            while (j < k->n && k->allele[j] != m->allele[gj]) {
                j++;
            }
            double x = m->matrix[(size_t)gi * m->n + gj];
            if (j < k->n) {
                k->w[(size_t)i * k->n + j] = x;
            } else if (x != 0) {
                char from[HW_ALLELE_BUF], to[HW_ALLELE_BUF];
                return HW_FAIL(err, HW_CONFLICT,
                               "mutation model custom: the matrix lets allele %s become %s, which the frequency table does not list; add it there",
                               hw_allele_format(m->allele[gi], from), hw_allele_format(m->allele[gj], to));
            }
        }
    }
    return HW_OK;
}

/* Every entry a probability, every row a distribution. */
static hw_status check_rows(const work *k, const char *what, hw_err *err)
{
    for (uint32_t i = 0; i < k->n; i++) {
        const double *row = k->w + (size_t)i * k->n;
        double sum = 0;
        for (uint32_t j = 0; j < k->n; j++) {
            if (!in_unit(row[j])) {
                char from[HW_ALLELE_BUF], to[HW_ALLELE_BUF], x[32];
                return HW_FAIL(err, HW_CONFLICT,
                               "mutation model %s%s: the probability that allele %s is passed on as %s would be %s, outside 0 and 1; %s",
                               hw_mutation_name(k->m->model), what, hw_allele_format(k->allele[i], from),
                               hw_allele_format(k->allele[j], to), hw_fmt_double(row[j], x),
                               k->m->model == HW_MUTATION_CUSTOM ? "correct the matrix" : "lower the rate");
            }
            sum += row[j];
        }
        if (!(magnitude(sum - 1) <= 1e-9)) {
            char from[HW_ALLELE_BUF], x[32];
            return HW_FAIL(err, HW_CONFLICT, "mutation model %s%s: the row of allele %s sums to %s instead of 1",
                           hw_mutation_name(k->m->model), what, hw_allele_format(k->allele[i], from), hw_fmt_double(sum, x));
        }
    }
    return HW_OK;
}

static double row_leaves(const work *k, uint32_t i)
{
    double sum = 0;
    for (uint32_t j = 0; j < k->n; j++) {
        if (j != i) {
            sum += k->w[(size_t)i * k->n + j];
        }
    }
    return sum;
}

static double overall_rate(const work *k)
{
    double sum = 0;
    for (uint32_t i = 0; i < k->n; i++) {
        sum += k->p[i] * row_leaves(k, i);
    }
    return sum;
}

static void settle_diagonal(work *k)
{
    for (uint32_t i = 0; i < k->n; i++) {
        k->w[(size_t)i * k->n + i] = 1 - row_leaves(k, i);
    }
}

/* Balanced matrices: p_i R_ij = p_j R_ji. MH and BA then get the overall rate back that the matrix had; PR keeps it by itself. */
static void make_reversible(work *k)
{
    double before = overall_rate(k);
    for (uint32_t i = 0; i < k->n; i++) {
        for (uint32_t j = i + 1; j < k->n; j++) {
            double *ij = k->w + (size_t)i * k->n + j, *ji = k->w + (size_t)j * k->n + i;
            double there = k->p[i] * *ij, back = k->p[j] * *ji, flow = 0;
            if (k->m->transform == HW_TRANSFORM_MH) {
                flow = there < back ? there : back;
            } else if (k->m->transform == HW_TRANSFORM_PR) {
                flow = (there + back) / 2;
            } else if (there > 0 && back > 0) { /* BA */
                flow = there * back / (there + back);
            }
            *ij = flow / k->p[i];
            *ji = flow / k->p[j];
        }
    }
    if (k->m->transform != HW_TRANSFORM_PR) {
        double after = overall_rate(k);
        double factor = after > 0 ? before / after : 0;
        for (uint32_t i = 0; i < k->n; i++) {
            for (uint32_t j = 0; j < k->n; j++) {
                if (j != i) {
                    k->w[(size_t)i * k->n + j] *= factor;
                }
            }
        }
    }
    settle_diagonal(k);
}

/* Which allele can become which over any number of generations. */
static void close_reach(uint32_t n, const double *w, uint8_t *reach)
{
    for (size_t i = 0; i < (size_t)n * n; i++) {
        reach[i] = w[i] > 0;
    }
    for (uint32_t m = 0; m < n; m++) {
        for (uint32_t i = 0; i < n; i++) {
            for (uint32_t j = 0; reach[(size_t)i * n + m] && j < n; j++) {
                reach[(size_t)i * n + j] |= reach[(size_t)m * n + j];
            }
        }
    }
}

/*
 * Stationary distribution, up to a factor, of the chain on the `size` alleles of one closed class: elimination of one state after the
 * other without a subtraction (Grassmann, Taksar, Heyman, Oper. Res. 33 (1985) 1107), so small rates keep all their digits.
 */
static void class_stationary(const work *k, const uint32_t *member, uint32_t size, double *b, double *v)
{
    for (uint32_t i = 0; i < size; i++) {
        for (uint32_t j = 0; j < size; j++) {
            b[(size_t)i * size + j] = k->w[(size_t)member[i] * k->n + member[j]];
        }
    }
    for (uint32_t m = size; m-- > 1;) {
        double out = 0;
        for (uint32_t j = 0; j < m; j++) {
            out += b[(size_t)m * size + j];
        }
        for (uint32_t i = 0; i < m; i++) {
            double share = b[(size_t)i * size + m] / out;
            b[(size_t)i * size + m] = share;
            for (uint32_t j = 0; j < m; j++) {
                if (j != i) {
                    b[(size_t)i * size + j] += share * b[(size_t)m * size + j];
                }
            }
        }
    }
    v[0] = 1;
    for (uint32_t m = 1; m < size; m++) {
        v[m] = 0;
        for (uint32_t i = 0; i < m; i++) {
            v[m] += v[i] * b[(size_t)i * size + m];
        }
    }
}

/*
 * PM: row i's mutations are multiplied by c v_i / p_i, where v is the stationary distribution of the matrix itself; then p is stationary. c keeps
 * the overall rate. Where the alleles fall into classes that never mutate into each other, v and c are those of the class;
 * an allele that is lost for ever by mutation (in no closed class) keeps v = 0 and so does not mutate.
 */
static hw_status make_stationary(work *k, hw_err *err)
{
    HW_AUTO_FREE uint8_t *reach = hw_alloc((size_t)k->n * k->n, 1);
    HW_AUTO_FREE double *b = hw_alloc((size_t)k->n * k->n, sizeof(double));
    HW_AUTO_FREE double *v = hw_alloc(k->n, sizeof(double));
    HW_AUTO_FREE double *scale = hw_alloc(k->n, sizeof(double));
    HW_AUTO_FREE uint32_t *member = hw_alloc(k->n, sizeof(uint32_t));
    HW_AUTO_FREE uint8_t *done = hw_alloc(k->n, 1);
    if (reach == NULL || b == NULL || v == NULL || scale == NULL || member == NULL || done == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    close_reach(k->n, k->w, reach);
    for (uint32_t first = 0; first < k->n; first++) {
        if (done[first]) {
            continue;
        }
        uint32_t size = 0;
        bool closed = true;
        for (uint32_t j = 0; j < k->n; j++) {
            bool there = reach[(size_t)first * k->n + j], back = reach[(size_t)j * k->n + first];
            if (j == first || (there && back)) {
                member[size++] = j;
                done[j] = 1;
            } else if (there) {
                closed = false;
            }
        }
        if (!closed || size < 2) {
            continue;
        }
        class_stationary(k, member, size, b, v);
        double old_rate = 0, new_rate = 0;
        for (uint32_t i = 0; i < size; i++) {
            double leaves = row_leaves(k, member[i]);
            old_rate += k->p[member[i]] * leaves;
            new_rate += v[i] * leaves;
        }
        for (uint32_t i = 0; i < size; i++) {
            scale[member[i]] = old_rate / new_rate * v[i] / k->p[member[i]];
        }
    }
    for (uint32_t i = 0; i < k->n; i++) {
        for (uint32_t j = 0; j < k->n; j++) {
            if (j != i) {
                k->w[(size_t)i * k->n + j] *= scale[i];
            }
        }
    }
    settle_diagonal(k);
    return HW_OK;
}

static hw_status fill_model(work *k, hw_err *err)
{
    switch (k->m->model) {
    case HW_MUTATION_EQUAL:
        return fill_equal(k, err);
    case HW_MUTATION_PROPORTIONAL:
        return fill_proportional(k, err);
    case HW_MUTATION_ONESTEP:
        return fill_onestep(k, err);
    case HW_MUTATION_STEPWISE:
    case HW_MUTATION_STEPWISE_STATIONARY:
        fill_stepwise(k);
        return HW_OK;
    case HW_MUTATION_DAWID:
        return fill_dawid(k, err);
    case HW_MUTATION_CUSTOM:
        return fill_custom(k, err);
    case HW_MUTATION_NONE:
        break;
    }
    return HW_FAIL(err, HW_USAGE, "unknown mutation model");
}

bool hw_mutation_is_trivial(const hw_mutation *m)
{
    bool step = m->model == HW_MUTATION_STEPWISE || m->model == HW_MUTATION_STEPWISE_STATIONARY;
    return m->model == HW_MUTATION_NONE || (m->model != HW_MUTATION_CUSTOM && m->rate == 0 && (!step || m->rate2 == 0));
}

static const char *const transform_names[] = {"", " (MH)", " (BA)", " (PR)", " (PM)"};

static hw_status build(work *k, hw_err *err)
{
    if (hw_mutation_is_trivial(k->m)) {
        fill_identity(k);
        return HW_OK;
    }
    HW_TRY(check_parameters(k->m, err));
    HW_TRY(fill_model(k, err));
    HW_TRY(check_rows(k, "", err));
    hw_mutation_transform t = k->m->transform;
    if (k->m->model == HW_MUTATION_STEPWISE_STATIONARY || t == HW_TRANSFORM_PM) {
        HW_TRY(make_stationary(k, err));
        HW_TRY(check_rows(k, transform_names[HW_TRANSFORM_PM], err));
    }
    if (t == HW_TRANSFORM_MH || t == HW_TRANSFORM_BA || t == HW_TRANSFORM_PR) {
        make_reversible(k);
        HW_TRY(check_rows(k, transform_names[t], err));
    }
    return HW_OK;
}

hw_status hw_mutation_matrix(const hw_mutation *m, uint32_t n, const hw_allele *allele, const double *p, int silent, double *ret,
                             hw_err *err)
{
    if (n == 0 || (unsigned)m->transform >= sizeof transform_names / sizeof transform_names[0] || silent >= (int)n) {
        return HW_FAIL(err, HW_USAGE, "mutation matrix: no alleles, an unknown transform or a silent allele that is not there");
    }
    /* A given matrix says itself what happens to a silent allele that it lists. */
    int apart = m->model == HW_MUTATION_CUSTOM ? -1 : silent;
    HW_AUTO_FREE hw_allele *own_allele = hw_alloc(n, sizeof(hw_allele));
    HW_AUTO_FREE double *own_p = hw_alloc(n, sizeof(double));
    HW_AUTO_FREE double *w = hw_alloc((size_t)n * n, sizeof(double));
    if (own_allele == NULL || own_p == NULL || w == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    work k = {.m = m, .allele = own_allele, .p = own_p, .w = w};
    double total = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!(p[i] > 0)) {
            char name[HW_ALLELE_BUF];
            return HW_FAIL(err, HW_CONFLICT, "mutation matrix: allele %s has no frequency above 0", hw_allele_format(allele[i], name));
        }
        if ((int)i != apart) {
            own_allele[k.n] = allele[i];
            own_p[k.n++] = p[i];
            total += p[i];
        }
    }
    for (uint32_t i = 0; apart >= 0 && i < k.n; i++) {
        own_p[i] /= total;
    }
    if (k.n > 0) {
        HW_TRY(build(&k, err));
    }
    for (uint32_t i = 0, wi = 0; i < n; i++) {
        for (uint32_t j = 0, wj = 0; j < n; j++) {
            bool outside = (int)i == apart || (int)j == apart;
            ret[(size_t)i * n + j] = outside ? (i == j ? 1 : 0) : w[(size_t)wi * k.n + wj];
            wj += (int)j != apart;
        }
        wi += (int)i != apart;
    }
    return HW_OK;
}

void hw_mutation_check(uint32_t n, const double *p, const double *matrix, hw_mutation_properties *ret)
{
    hw_mutation_properties q = {.reversible = true, .always_lumpable = true};
    double kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        double row = 0, arrives = 0;
        for (uint32_t j = 0; j < n; j++) {
            double ij = matrix[(size_t)i * n + j], ji = matrix[(size_t)j * n + i];
            row += ij;
            arrives += p[j] * ji;
            if (magnitude(p[i] * ij - p[j] * ji) > 1e-12) {
                q.reversible = false;
            }
        }
        kept += p[i] * matrix[(size_t)i * n + i];
        double row_error = magnitude(row - 1), error = magnitude(arrives - p[i]);
        q.row_error = row_error > q.row_error ? row_error : q.row_error;
        q.stationary_error = error > q.stationary_error ? error : q.stationary_error;
        /* column i without its diagonal */
        bool have = false;
        double first = 0;
        for (uint32_t j = 0; j < n; j++) {
            if (j == i) {
                continue;
            }
            double x = matrix[(size_t)j * n + i];
            if (have && magnitude(x - first) > 1e-12) {
                q.always_lumpable = false;
            }
            first = have ? first : x;
            have = true;
        }
    }
    q.overall_rate = 1 - kept;
    q.stationary = q.stationary_error < 1e-12;
    *ret = q;
}
