// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Mitochondrial haplotypes: reading "ranges;differences", and comparing two of them inside the ranges that both have.
 */
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "kinship/lineage.h"
#include "kinship/lineage_count.h"

#define DELETED 16u

static bool separator(char c)
{
    return c == ' ' || c == ',' || c == '\t' || c == '\r' || c == '\n';
}

/* The next piece between separators, up to `end`. */
static bool next_piece(const char **at, const char *end, const char **ret, size_t *ret_n)
{
    while (*at < end && separator(**at)) {
        (*at)++;
    }
    const char *start = *at;
    while (*at < end && !separator(**at)) {
        (*at)++;
    }
    *ret = start;
    *ret_n = (size_t)(*at - start);
    return *ret_n > 0;
}

static size_t digits(const char *s, size_t n, uint32_t max, uint32_t *ret)
{
    uint32_t x = 0;
    size_t i = 0;
    for (; i < n && s[i] >= '0' && s[i] <= '9'; i++) {
        x = x * 10 + (uint32_t)(s[i] - '0');
        if (x > max) {
            return 0;
        }
    }
    *ret = x;
    return x > 0 ? i : 0;
}

static unsigned base_set(char c)
{
    static const char codes[] = "ACMGRSVTWYHKDBN"; /* IUPAC, in the order of the set A=1 C=2 G=4 T=8 */
    const char *found = c != '\0' ? strchr(codes, c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c) : NULL;
    return found != NULL ? (unsigned)(found - codes) + 1 : 0;
}

static bool plain_base(char c)
{
    return c != '\0' && strchr("ACGTacgt", c) != NULL;
}

static bool says_deleted(const char *s, size_t n)
{
    return (n == 1 && (s[0] == 'd' || s[0] == '-')) || (n == 3 && (memcmp(s, "del", 3) == 0 || memcmp(s, "DEL", 3) == 0));
}

/* [base] position [.k] what */
static bool read_difference(const char *s, size_t n, hw_mt_difference *ret)
{
    char reference = '\0';
    if (n > 1 && plain_base(s[0])) {
        reference = s[0];
        s++;
        n--;
    }
    uint32_t position, insertion = 0;
    size_t used = digits(s, n, HW_MT_LENGTH, &position);
    if (used == 0) {
        return false;
    }
    s += used;
    n -= used;
    if (n > 0 && s[0] == '.') {
        used = digits(s + 1, n - 1, 99, &insertion);
        if (used == 0) {
            return false;
        }
        s += used + 1;
        n -= used + 1;
    }
    unsigned bases = 0;
    if (says_deleted(s, n)) {
        bases = insertion == 0 ? DELETED : 0;
    } else if (n == 1) {
        bases = base_set(s[0]);
    }
    if (bases == 0 || (reference != '\0' && base_set(reference) == bases && insertion == 0)) {
        return false;
    }
    *ret = (hw_mt_difference){(uint16_t)position, (uint16_t)insertion, (uint8_t)bases};
    return true;
}

static hw_status fail_piece(const char *s, size_t n, const char *expected, hw_err *err)
{
    return HW_FAIL(err, HW_PARSE, "mtDNA haplotype: \"%.*s\" %s", (int)(n < 40 ? n : 40), s, expected);
}

static int compare_ranges(const void *pa, const void *pb)
{
    const hw_mt_range *a = pa, *b = pb;
    return a->from < b->from ? -1 : a->from > b->from;
}

static int compare_differences(const void *pa, const void *pb)
{
    const hw_mt_difference *a = pa, *b = pb;
    if (a->position != b->position) {
        return a->position < b->position ? -1 : 1;
    }
    return a->insertion < b->insertion ? -1 : a->insertion > b->insertion;
}

static hw_status read_ranges(const char *s, const char *end, hw_mt_range *range, uint32_t *ret_n, hw_err *err)
{
    const char *piece;
    size_t n;
    uint32_t count = 0;
    while (next_piece(&s, end, &piece, &n)) {
        uint32_t from, to;
        size_t used = digits(piece, n, HW_MT_LENGTH, &from);
        size_t more = 0;
        to = from;
        if (used > 0 && used < n && piece[used] == '-') {
            more = digits(piece + used + 1, n - used - 1, HW_MT_LENGTH, &to) + 1;
        }
        if (used == 0 || used + more != n || more == 1) {
            return fail_piece(piece, n, "is no range; expected two positions from 1 to 16569, such as 16024-16365", err);
        }
        if (count + 2 > HW_MT_MAX_RANGES) {
            return HW_FAIL(err, HW_LIMIT, "mtDNA haplotype: more than %d ranges", HW_MT_MAX_RANGES / 2);
        }
        if (from > to) { /* across the origin */
            range[count++] = (hw_mt_range){(uint16_t)from, HW_MT_LENGTH};
            from = 1;
        }
        range[count++] = (hw_mt_range){(uint16_t)from, (uint16_t)to};
    }
    if (count == 0) {
        return HW_FAIL(err, HW_PARSE, "mtDNA haplotype: no range before ';'; expected such as \"16024-16365,73-340;16223T 263G\"");
    }
    qsort(range, count, sizeof range[0], compare_ranges);
    uint32_t last = 0;
    for (uint32_t i = 1; i < count; i++) {
        if (range[i].from <= range[last].to + 1) {
            range[last].to = range[i].to > range[last].to ? range[i].to : range[last].to;
        } else {
            range[++last] = range[i];
        }
    }
    *ret_n = last + 1;
    return HW_OK;
}

static bool inside(const hw_mt *m, uint16_t position)
{
    for (uint32_t i = 0; i < m->n_ranges; i++) {
        if (position >= m->range[i].from && position <= m->range[i].to) {
            return true;
        }
    }
    return false;
}

static hw_status read_differences(const char *s, const char *end, hw_mt *m, hw_err *err)
{
    const char *piece;
    size_t n;
    while (next_piece(&s, end, &piece, &n)) {
        hw_mt_difference d;
        if (!read_difference(piece, n, &d)) {
            return fail_piece(piece, n, "is no difference from the rCRS; expected such as 16223T, 315.1C, 249d or 16093Y", err);
        }
        if (!inside(m, d.position)) {
            return fail_piece(piece, n, "lies outside the ranges that were typed", err);
        }
        if (m->n_differences == HW_MT_MAX_DIFFERENCES) {
            return HW_FAIL(err, HW_LIMIT, "mtDNA haplotype: more than %d differences", HW_MT_MAX_DIFFERENCES);
        }
        m->difference[m->n_differences++] = d;
    }
    qsort(m->difference, m->n_differences, sizeof m->difference[0], compare_differences);
    for (uint32_t i = 1; i < m->n_differences; i++) {
        if (compare_differences(&m->difference[i - 1], &m->difference[i]) == 0) {
            return HW_FAIL(err, HW_PARSE, "mtDNA haplotype: position %u is given twice", (unsigned)m->difference[i].position);
        }
    }
    return HW_OK;
}

hw_status hw_mt_parse(hw_arena *arena, const char *s, hw_mt **ret, hw_err *err)
{
    const char *middle = strchr(s, ';');
    if (middle == NULL || strchr(middle + 1, ';') != NULL) {
        return HW_FAIL(err, HW_PARSE,
                       "mtDNA haplotype: expected one ';' between ranges and differences, such as \"16024-16365,73-340;16223T 263G\"");
    }
    const char *end = middle + strlen(middle);
    HW_AUTO_FREE hw_mt_range *range = hw_alloc(HW_MT_MAX_RANGES, sizeof(hw_mt_range));
    HW_AUTO_FREE hw_mt_difference *difference = hw_alloc(HW_MT_MAX_DIFFERENCES, sizeof(hw_mt_difference));
    if (range == NULL || difference == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_mt m = {.range = range, .difference = difference};
    HW_TRY(read_ranges(s, middle, range, &m.n_ranges, err));
    HW_TRY(read_differences(middle + 1, end, &m, err));
    hw_mt *out = HW_NEW(arena, hw_mt, 1);
    hw_mt_range *out_range = HW_NEW(arena, hw_mt_range, m.n_ranges);
    hw_mt_difference *out_difference = HW_NEW(arena, hw_mt_difference, (size_t)m.n_differences + 1);
    if (out == NULL || out_range == NULL || out_difference == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    memcpy(out_range, range, m.n_ranges * sizeof range[0]);
    memcpy(out_difference, difference, m.n_differences * sizeof difference[0]);
    *out = (hw_mt){out_range, m.n_ranges, out_difference, m.n_differences};
    *ret = out;
    return HW_OK;
}

static uint32_t common_positions(const hw_mt *a, const hw_mt *b)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n_ranges; i++) {
        for (uint32_t j = 0; j < b->n_ranges; j++) {
            uint32_t from = a->range[i].from > b->range[j].from ? a->range[i].from : b->range[j].from;
            uint32_t to = a->range[i].to < b->range[j].to ? a->range[i].to : b->range[j].to;
            n += from <= to ? to - from + 1 : 0;
        }
    }
    return n;
}

static bool several(unsigned bases)
{
    return (bases & (bases - 1)) != 0;
}

/* x and y: the sets at one place, 0 where that haplotype has no difference there. */
static void compare_place(const hw_mt_difference *d, unsigned x, unsigned y, hw_lineage_result *r)
{
    bool unstable = d->insertion > 0 && (d->position == 309 || d->position == 315 || d->position == 16193);
    if (x == y) {
        return;
    }
    if (unstable) {
        r->length_ignored++;
    } else if (x == 0 || y == 0 ? several(x | y) : (x & y) != 0) {
        r->heteroplasmies++;
    } else {
        r->differences++;
    }
}

hw_status hw_lineage_mt(const hw_mt *a, const hw_mt *b, unsigned meioses, double rate, hw_lineage_count count, hw_lineage_result *ret,
                        hw_err *err)
{
    if (!(rate >= 0 && rate < 1)) {
        return HW_FAIL(err, HW_USAGE, "mtDNA: the rate of change per meiosis must be at least 0 and below 1");
    }
    hw_lineage_result r = {.loci_compared = common_positions(a, b)};
    for (uint32_t i = 0, j = 0; i < a->n_differences || j < b->n_differences;) {
        int order = i == a->n_differences   ? 1
                    : j == b->n_differences ? -1
                                            : compare_differences(&a->difference[i], &b->difference[j]);
        const hw_mt_difference *d = order <= 0 ? &a->difference[i] : &b->difference[j];
        unsigned x = order <= 0 ? a->difference[i].bases : 0;
        unsigned y = order >= 0 ? b->difference[j].bases : 0;
        if (inside(a, d->position) && inside(b, d->position)) {
            compare_place(d, x, y, &r);
        }
        i += order <= 0;
        j += order >= 0;
    }
    bool same = r.loci_compared > 0 && r.differences == 0 && r.heteroplasmies == 0;
    if (r.loci_compared == 0) {
        r.verdict = HW_LINEAGE_NOTHING;
    } else if (same) {
        r.verdict = HW_LINEAGE_SAME;
    } else {
        r.verdict = r.differences < 2 ? HW_LINEAGE_INCONCLUSIVE : HW_LINEAGE_DIFFERENT;
    }
    HW_TRY(hw_lineage_weigh(count, hw_powi(1 - rate, meioses), same, &r, err));
    *ret = r;
    return HW_OK;
}
