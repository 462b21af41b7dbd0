// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * From a frequency table, the alleles that people were seen to carry and the settings of a locus to the model that the
 * likelihood works on: frequencies that sum to 1, mutation matrices, and the gamete frequencies that follow from them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "kinship/frequency.h"

#define MAX_ALLELES 1200u

static int compare_alleles(const void *pa, const void *pb)
{
    hw_allele a = *(const hw_allele *)pa, b = *(const hw_allele *)pb;
    return a < b ? -1 : a > b;
}

/* Alleles seen but not in the table, sorted, without duplicates, into a heap array. */
static hw_status collect_added(const hw_freq *f, const hw_allele *seen, size_t n_seen, hw_allele **ret, uint32_t *ret_n, hw_err *err)
{
    HW_AUTO_FREE hw_allele *sorted = hw_alloc(n_seen + 1, sizeof(hw_allele));
    HW_AUTO_FREE hw_allele *added = hw_alloc(n_seen + 1, sizeof(hw_allele));
    if (sorted == NULL || added == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (n_seen > 0) {
        memcpy(sorted, seen, n_seen * sizeof sorted[0]);
    }
    qsort(sorted, n_seen, sizeof sorted[0], compare_alleles);
    uint32_t n = 0;
    /* "<9" and ">20" too: what lies off the ladder may be none of the table's alleles on that side. */
    for (size_t i = 0; i < n_seen; i++) {
        hw_allele a = sorted[i];
        bool nothing = a == HW_ALLELE_UNKNOWN || a == HW_ALLELE_OFF_LADDER || a == HW_ALLELE_SILENT;
        if (nothing || (i > 0 && a == sorted[i - 1]) || hw_freq_index(f, a) >= 0) {
            continue;
        }
        if (f->n + n >= MAX_ALLELES) {
            return HW_FAIL(err, HW_LIMIT, "more than %u alleles at one locus", MAX_ALLELES);
        }
        added[n++] = a;
    }
    *ret = HW_TAKE(added);
    *ret_n = n;
    return HW_OK;
}

/* The minimum that an allele missing in the table is given. k: alleles of the table and added ones, the silent one not counted. */
static hw_status rare_minimum(const hw_freq *f, hw_rare_rule rule, double rare_value, uint32_t k, double *ret, hw_err *err)
{
    double q = 0;
    if ((rule == HW_RARE_5_2N || rule == HW_RARE_LAPLACE) && !(f->chromosomes > 0)) {
        return HW_FAIL(err, HW_USAGE,
                       "the rule for rare alleles needs the number of chromosomes behind the table, which is not given; "
                       "give it, or take a fixed minimum");
    }
    switch (rule) {
    case HW_RARE_AUTO:
        q = f->chromosomes > 0 ? 5 / f->chromosomes : f->fmin > 0 ? f->fmin : 0.001;
        break;
    case HW_RARE_5_2N:
        q = 5 / f->chromosomes;
        break;
    case HW_RARE_LAPLACE:
        q = 1 / (f->chromosomes + (double)k);
        break;
    case HW_RARE_FIXED:
        q = rare_value;
        break;
    }
    if (!(q >= HW_FREQ_MIN)) {
        char number[32];
        return HW_FAIL(err, HW_USAGE, "the minimum frequency for rare alleles is %s; expected a number above 0 (at least 1e-12) and below 1",
                       hw_fmt_double(q, number));
    }
    *ret = q < 1 ? q : 1; /* a table of fewer than five chromosomes cannot claim more */
    return HW_OK;
}

static hw_status set_frequencies(hw_arena *arena, const hw_freq *f, const hw_locus_settings *ls, hw_rare_rule rule,
                                 double rare_value, const hw_allele *added, uint32_t n_added, hw_locus_model *m, hw_err *err)
{
    bool silent_listed = hw_freq_index(f, HW_ALLELE_SILENT) >= 0;
    bool add_silent = !silent_listed && ls->silent > 0;
    uint32_t k = f->n + n_added - (silent_listed ? 1 : 0);
    m->n = f->n + n_added + (add_silent ? 1 : 0);
    m->n_added = n_added;
    m->allele = HW_NEW(arena, hw_allele, m->n);
    m->p = HW_NEW(arena, double, m->n);
    m->added = HW_NEW(arena, hw_allele, (size_t)n_added + 1);
    m->added_freq = HW_NEW(arena, double, (size_t)n_added + 1);
    if (m->allele == NULL || m->p == NULL || m->added == NULL || m->added_freq == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    double q = 0;
    if (n_added > 0 || rule == HW_RARE_LAPLACE) {
        HW_TRY(rare_minimum(f, rule, rare_value, k, &q, err));
    }
    uint32_t n = 0;
    double sum = 0;
    for (uint32_t i = 0, j = 0; i < f->n || j < n_added;) {
        bool from_table = j == n_added || (i < f->n && f->allele[i] < added[j]);
        hw_allele a = from_table ? f->allele[i] : added[j];
        double x = q;
        if (from_table) {
            x = f->freq[i++];
            if (rule == HW_RARE_LAPLACE && a != HW_ALLELE_SILENT) {
                x = (x * f->chromosomes + 1) / (f->chromosomes + (double)k);
            }
        } else {
            m->added[j] = a;
            m->added_freq[j++] = q;
        }
        m->allele[n] = a;
        m->p[n++] = x;
        sum += x;
    }
    for (uint32_t i = 0; i < n; i++) {
        m->p[i] /= sum;
        if (add_silent) {
            m->p[i] /= 1 + ls->silent;
        }
    }
    if (add_silent) {
        uint32_t at = n; /* among the special codes, behind every repeat */
        while (at > 0 && m->allele[at - 1] > HW_ALLELE_SILENT) {
            m->allele[at] = m->allele[at - 1];
            m->p[at] = m->p[at - 1];
            at--;
        }
        m->allele[at] = HW_ALLELE_SILENT;
        m->p[at] = ls->silent / (1 + ls->silent);
    }
    m->silent = hw_locus_model_index(m, HW_ALLELE_SILENT);
    return HW_OK;
}

/* Columns constant off the diagonal, whatever the frequencies: then unobserved alleles may be merged (Kemeny and Snell). */
static bool merges_exactly(const hw_mutation *mu)
{
    return hw_mutation_is_trivial(mu) ||
           ((mu->model == HW_MUTATION_EQUAL || mu->model == HW_MUTATION_PROPORTIONAL) && mu->transform == HW_TRANSFORM_NONE);
}

/* Matrix (NULL without mutation), frequencies after one meiosis, and joint frequencies of two gametes from one founder allele. */
static hw_status set_meiosis(hw_arena *arena, const hw_mutation *mu, const hw_locus_model *m, double **ret_matrix, double **ret_p,
                             double **ret_pair, bool *ret_stationary, hw_err *err)
{
    const size_t n = m->n;
    double *pair = HW_NEW(arena, double, n * n);
    if (pair == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (hw_mutation_is_trivial(mu)) {
        for (size_t i = 0; i < n; i++) {
            pair[i * n + i] = m->p[i];
        }
        *ret_matrix = NULL;
        *ret_p = m->p;
        *ret_pair = pair;
        *ret_stationary = true;
        return HW_OK;
    }
    double *matrix = HW_NEW(arena, double, n * n);
    double *p = HW_NEW(arena, double, n);
    HW_AUTO_FREE double *weighted = hw_alloc(n * n, sizeof(double));
    if (matrix == NULL || p == NULL || weighted == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(hw_mutation_matrix(mu, m->n, m->allele, m->p, m->silent, matrix, err));
    for (size_t g = 0; g < n; g++) {
        for (size_t j = 0; j < n; j++) {
            weighted[g * n + j] = m->p[g] * matrix[g * n + j];
            p[j] += weighted[g * n + j];
        }
    }
    /* Each entry adds over g in rising order; g is the outer loop so that memory is read in a row. */
    for (size_t g = 0; g < n; g++) {
        for (size_t i = 0; i < n; i++) {
            double x = weighted[g * n + i];
            for (size_t j = i; x != 0 && j < n; j++) {
                pair[i * n + j] += x * matrix[g * n + j];
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            pair[i * n + j] = pair[j * n + i];
        }
    }
    hw_mutation_properties q;
    hw_mutation_check(m->n, m->p, matrix, &q);
    *ret_matrix = matrix;
    *ret_p = p;
    *ret_pair = pair;
    *ret_stationary = q.stationary;
    return HW_OK;
}

static bool same_model(const hw_mutation *a, const hw_mutation *b)
{
    return a->model == b->model && a->transform == b->transform && a->rate == b->rate && a->rate2 == b->rate2 &&
           a->range == b->range && a->n == b->n && a->allele == b->allele && a->matrix == b->matrix;
}

static hw_status build(hw_arena *arena, const hw_freq *f, hw_locus_kind kind, const hw_locus_settings *ls, double theta,
                       hw_rare_rule rule, double rare_value, const hw_allele *seen, size_t n_seen, hw_locus_model **ret,
                       hw_err *err)
{
    if (kind != HW_LOCUS_AUTOSOMAL && kind != HW_LOCUS_X) {
        return HW_FAIL(err, HW_UNSUPPORTED, "only autosomal and X loci have likelihoods of this kind");
    }
    if (!(theta >= 0 && theta < 1)) {
        return HW_FAIL(err, HW_USAGE, "theta must be at least 0 and below 1");
    }
    if (!(ls->silent >= 0 && ls->silent < 1) || (ls->silent > 0 && ls->silent < HW_FREQ_MIN)) {
        return HW_FAIL(err, HW_USAGE, "the frequency of the silent allele must be 0 (none), or at least 1e-12 and below 1");
    }
    if ((unsigned)rule > HW_RARE_FIXED) {
        return HW_FAIL(err, HW_USAGE, "unknown rule for rare alleles");
    }
    HW_AUTO_FREE hw_allele *added = NULL;
    uint32_t n_added = 0;
    HW_TRY(collect_added(f, seen, n_seen, &added, &n_added, err));
    hw_locus_model *m = HW_NEW(arena, hw_locus_model, 1);
    if (m == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    m->locus = f->locus;
    m->kind = kind;
    m->theta = theta;
    m->lumpable = merges_exactly(&ls->female) && merges_exactly(&ls->male);
    HW_TRY(set_frequencies(arena, f, ls, rule, rare_value, added, n_added, m, err));
    hw_status s = set_meiosis(arena, &ls->female, m, &m->female, &m->p_female, &m->pair_female, &m->stationary_female, err);
    if (s != HW_OK) {
        hw_err_prefix(err, "mothers: ");
        return s;
    }
    if (same_model(&ls->female, &ls->male)) {
        m->male = m->female;
        m->p_male = m->p_female;
        m->pair_male = m->pair_female;
        m->stationary_male = m->stationary_female;
    } else {
        s = set_meiosis(arena, &ls->male, m, &m->male, &m->p_male, &m->pair_male, &m->stationary_male, err);
        if (s != HW_OK) {
            hw_err_prefix(err, "fathers: ");
            return s;
        }
    }
    *ret = m;
    return HW_OK;
}

hw_status hw_locus_model_build(hw_arena *arena, const hw_freq *f, hw_locus_kind kind, const hw_locus_settings *ls, double theta,
                               hw_rare_rule rule, double rare_value, const hw_allele *seen, size_t n_seen, hw_locus_model **ret,
                               hw_err *err)
{
    if (f == NULL) {
        return HW_FAIL(err, HW_NOT_FOUND, "no frequency table for this locus");
    }
    hw_arena_mark mark = hw_arena_get_mark(arena);
    hw_status s = build(arena, f, kind, ls, theta, rule, rare_value, seen, n_seen, ret, err);
    if (s != HW_OK) {
        hw_arena_reset(arena, mark);
        hw_err_prefix(err, "locus %s: ", f->locus);
    }
    return s;
}

int hw_locus_model_index(const hw_locus_model *m, hw_allele a)
{
    uint32_t low = 0, high = m->n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (m->allele[mid] < a) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low < m->n && m->allele[low] == a ? (int)low : -1;
}
