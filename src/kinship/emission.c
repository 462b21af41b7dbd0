// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
#include "kinship/emission.h"

#define CATEGORY_FIRST 1u
#define CATEGORY_SECOND 2u
#define CATEGORY_SILENT 4u

static hw_allele known_or_unknown(hw_allele a)
{
    return a == HW_ALLELE_OFF_LADDER ? HW_ALLELE_UNKNOWN : a;
}

/* Mark the alleles of the model that `seen` may be; *ret_only is the index when there is just one. */
static hw_status mark(const hw_locus_model *lm, hw_allele seen, uint8_t bit, uint8_t *category, uint32_t *ret_count, uint32_t *ret_only,
                      hw_err *err)
{
    *ret_count = 0;
    for (uint32_t i = 0; i < lm->n; i++) {
        if ((int)i != lm->silent && hw_allele_may_be(seen, lm->allele[i])) {
            category[i] |= bit;
            *ret_only = i;
            (*ret_count)++;
        }
    }
    if (*ret_count == 0) {
        char name[HW_ALLELE_BUF];
        return HW_FAIL(err, HW_CONFLICT, "locus %s: allele %s is not in the frequency model; build the model with it among the alleles seen",
                       lm->locus, hw_allele_format(seen, name));
    }
    return HW_OK;
}

/* Each copy is read as itself with 1 - e, else as an allele drawn by frequency; a silent copy is never read. */
static hw_status error_table(reading *r, hw_arena *arena, const hw_locus_model *lm, double e, hw_err *err)
{
    r->read = hw_arena_alloc(arena, lm->n, sizeof(*r->read));
    if (r->read == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    double visible = 0.0;
    double share[8] = {0};
    for (uint32_t u = 0; u < lm->n; u++) {
        if ((int)u != lm->silent) {
            visible += lm->p[u];
            share[r->category[u]] += lm->p[u];
        }
    }
    for (uint32_t x = 0; x < lm->n; x++) {
        if ((int)x == lm->silent) {
            r->read[x][CATEGORY_SILENT] = 1.0;
            continue;
        }
        for (uint32_t c = 0; c < CATEGORY_SILENT; c++) {
            r->read[x][c] = e * share[c] / visible;
        }
        r->read[x][r->category[x]] += 1.0 - e;
    }
    return HW_OK;
}

hw_status reading_init(reading *r, hw_arena *arena, const hw_locus_model *lm, const hw_typing *t, hw_err *err)
{
    *r = (reading){.kind = READ_NOTHING};
    hw_allele a = known_or_unknown(t->a);
    hw_allele b = known_or_unknown(t->b);
    if (a == HW_ALLELE_UNKNOWN) {
        a = b;
        b = HW_ALLELE_UNKNOWN;
    }
    if (a == HW_ALLELE_UNKNOWN) {
        return HW_OK;
    }
    if (!(t->dropout >= 0.0 && t->dropout <= 1.0) || !(t->error >= 0.0 && t->error <= 1.0)) {
        return HW_FAIL(err, HW_CONFLICT, "locus %s: drop-out and typing error are probabilities, 0 to 1", lm->locus);
    }
    r->kind = b == HW_ALLELE_UNKNOWN ? READ_ONE : a == b ? READ_SAME : READ_TWO;
    r->dropout = t->dropout;
    r->category = HW_NEW(arena, uint8_t, lm->n);
    if (r->category == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    uint32_t count_a = 0;
    uint32_t count_b = 0;
    HW_TRY(mark(lm, a, CATEGORY_FIRST, r->category, &count_a, &r->a, err));
    r->b = r->a;
    if (r->kind == READ_TWO) {
        HW_TRY(mark(lm, b, CATEGORY_SECOND, r->category, &count_b, &r->b, err));
    }
    if (lm->silent >= 0) {
        r->category[lm->silent] = CATEGORY_SILENT;
    }
    /* Two alleles seen leave nothing open: both copies were there and neither dropped out. */
    bool one_each = t->error <= 0.0 && count_a == 1 && count_b <= 1;
    r->exact = one_each && (r->kind == READ_TWO || (r->kind == READ_SAME && lm->silent < 0 && t->dropout <= 0.0));
    r->seen = r->kind == READ_TWO ? (1.0 - t->dropout) * (1.0 - t->dropout) : 1.0;
    return t->error > 0.0 ? error_table(r, arena, lm, t->error, err) : HW_OK;
}

static double given_categories(const reading *r, unsigned c, unsigned d)
{
    double seen = 1.0 - r->dropout;
    bool c_first = (c & CATEGORY_FIRST) != 0;
    bool d_first = (d & CATEGORY_FIRST) != 0;
    if (r->kind == READ_TWO) {
        bool c_second = (c & CATEGORY_SECOND) != 0;
        bool d_second = (d & CATEGORY_SECOND) != 0;
        return (c_first && d_second) || (c_second && d_first) ? seen * seen : 0.0;
    }
    if (c_first && d_first) {
        return 1.0 - r->dropout * r->dropout;
    }
    if (!c_first && !d_first) {
        return 0.0;
    }
    unsigned other = c_first ? d : c;
    return r->kind == READ_ONE || other == CATEGORY_SILENT ? seen : seen * r->dropout;
}

double reading_probability(const reading *r, uint32_t x, uint32_t y)
{
    if (r->kind == READ_NOTHING) {
        return 1.0;
    }
    if (r->read == NULL) {
        /* Two different alleles were seen, also where one of them is only known to lie off the ladder. */
        return r->kind == READ_TWO && x == y ? 0.0 : given_categories(r, r->category[x], r->category[y]);
    }
    double total = 0.0;
    for (unsigned c = 0; c <= CATEGORY_SILENT; c++) {
        for (unsigned d = 0; d <= CATEGORY_SILENT; d++) {
            /* The two mixed terms are added as a pair so that exchanging x and y changes no bit. */
            double weight = c == d ? r->read[x][c] * r->read[y][c]
                                   : c < d ? r->read[x][c] * r->read[y][d] + r->read[x][d] * r->read[y][c] : 0.0;
            total += weight * given_categories(r, c, d);
        }
    }
    return total;
}

double reading_probability_male_x(const reading *r, uint32_t x)
{
    if (r->kind == READ_NOTHING) {
        return 1.0;
    }
    if (r->kind == READ_TWO) {
        return 0.0;
    }
    double hit = 0.0;
    if (r->read == NULL) {
        hit = (r->category[x] & CATEGORY_FIRST) != 0 ? 1.0 : 0.0;
    } else {
        for (unsigned c = 0; c < CATEGORY_SILENT; c++) {
            hit += (c & CATEGORY_FIRST) != 0 ? r->read[x][c] : 0.0;
        }
    }
    return hit * (1.0 - r->dropout);
}

hw_status hw_emission(const hw_locus_model *lm, const hw_typing *t, bool male_x, double *ret, hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    hw_arena_init(&arena, 0);
    reading r;
    HW_TRY(reading_init(&r, &arena, lm, t, err));
    for (uint32_t j = 0; j < lm->n; j++) {
        for (uint32_t i = 0; i <= j; i++) {
            ret[hw_genotype_index(i, j)] = !male_x  ? reading_probability(&r, i, j)
                                           : i == j ? reading_probability_male_x(&r, i)
                                                    : 0.0;
        }
    }
    return HW_OK;
}
