// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* Pairs of people whose profiles nearly agree, among a million: people sorted by each group of loci, and only those equal in one compared. */
#include "kinship/same_person.h"

#include "base/thread.h"

#include <stdlib.h>
#include <string.h>

#define MAX_ALLELES 254u /* told apart at a locus; a genotype is a pair of bytes */

/* ---- codes ---- */

typedef struct place {
    uint32_t panel_index;
    size_t typed;
} place;

static int by_typed(const void *a, const void *b)
{
    const place *x = a;
    const place *y = b;
    if (x->typed != y->typed) {
        return x->typed > y->typed ? -1 : 1;
    }
    return x->panel_index < y->panel_index ? -1 : x->panel_index > y->panel_index;
}

static bool full(hw_genotype g)
{
    return g.a != HW_ALLELE_UNKNOWN && g.b != HW_ALLELE_UNKNOWN;
}

static void list_places(const hw_dataset *d, const hw_match_options *o, const hw_samples *people, place *at, uint32_t *ret_n)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->panel.n; i++) {
        if (d->panel.locus[i].kind != HW_LOCUS_AUTOSOMAL || hw_population_find(o->population[0], d->panel.locus[i].name) == NULL) {
            continue;
        }
        at[n] = (place){i, 0};
        for (size_t k = 0; k < people->n; k++) {
            at[n].typed += full(hw_profile_at(people->one[k].profile, i)) ? 1 : 0;
        }
        n += at[n].typed > 0 ? 1 : 0;
    }
    qsort(at, n, sizeof(*at), by_typed);
    *ret_n = n;
}

/* Alleles of one locus as numbers from 1, in the order met. */
typedef struct numbering {
    hw_allele allele[MAX_ALLELES];
    uint32_t n;
} numbering;

static uint32_t number_of(numbering *m, hw_allele a)
{
    uint32_t i = 0;
    while (i < m->n && m->allele[i] != a) {
        i++;
    }
    if (i == m->n && m->n < MAX_ALLELES) {
        m->allele[m->n++] = a;
    }
    return i + 1; /* beyond MAX_ALLELES: MAX_ALLELES + 1, all rarer ones alike */
}

static void code_locus(same_codes *c, const hw_samples *people, uint32_t at, uint32_t panel_index)
{
    numbering m;
    m.n = 0;
    for (size_t k = 0; k < people->n; k++) {
        hw_genotype g = hw_profile_at(people->one[k].profile, panel_index);
        uint32_t code = 0;
        if (full(g)) {
            uint32_t a = number_of(&m, g.a);
            uint32_t b = number_of(&m, g.b);
            code = a << 8 | b;
        }
        c->code[k * c->n_loci + at] = (uint16_t)code;
    }
}

/* Neighbours in the order, so that a smaller kit still has whole groups; then the same number of groups across the order. What is left over makes no group. */
void same_make_groups(same_codes *c, uint32_t size)
{
    uint32_t n = c->n_loci / size;
    n = n < SAME_MAX_GROUPS / 2 ? n : SAME_MAX_GROUPS / 2;
    for (uint32_t g = 0; g < n; g++) {
        for (uint32_t i = 0; i < size; i++) {
            c->group[g][i] = g * size + i;
            c->group[n + g][i] = i * n + g;
        }
    }
    c->group_size = size;
    c->n_first = n;
    c->n_groups = n > 1 ? 2 * n : n;
}

/*
 * Two people agree at a locus with probability 0.07 or so: groups small enough for many of them, and large enough that of N^2 / 2 pairs few agree in one. Three groups at
 * least, so that two differences never hide a pair.
 */
static uint32_t size_for(size_t n_people, uint32_t n_loci)
{
    uint32_t size = n_people <= 10000 ? 3 : n_people <= 100000 ? 4 : 5;
    while (size > 2 && n_loci < 3 * size) {
        size--;
    }
    return size;
}

hw_status same_codes_init(same_codes *c, const hw_dataset *d, const hw_match_options *o, const hw_samples *people, hw_err *err)
{
    *c = (same_codes){.n_people = people->n, .first_staff = people->n};
    HW_AUTO_FREE place *at = hw_alloc(d->panel.n + 1, sizeof(*at));
    if (at == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    list_places(d, o, people, at, &c->n_loci);
    c->code = hw_alloc(people->n * c->n_loci + 1, sizeof(*c->code));
    if (c->code == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < c->n_loci; i++) {
        code_locus(c, people, i, at[i].panel_index);
    }
    while (c->first_staff > 0 && people->one[c->first_staff - 1].staff != HW_NOBODY) {
        c->first_staff--;
    }
    same_make_groups(c, size_for(people->n, c->n_loci));
    return same_list_sparse(c, err);
}

static uint64_t key_of(const same_codes *c, uint32_t g, size_t person)
{
    uint64_t key = 0;
    for (uint32_t i = 0; i < c->group_size; i++) {
        uint16_t x = c->code[person * c->n_loci + c->group[g][i]];
        if (x == 0) {
            return 0;
        }
        key = (key ^ x) * 0x9e3779b97f4a7c15u;
        key ^= key >> 29;
    }
    return key != 0 ? key : 1;
}

bool same_is_sparse(const same_codes *c, size_t person)
{
    uint32_t complete = 0;
    uint32_t typed = 0;
    for (uint32_t i = 0; i < c->n_loci; i++) {
        typed += c->code[person * c->n_loci + i] != 0 ? 1 : 0;
    }
    for (uint32_t g = 0; g < c->n_first; g++) {
        complete += key_of(c, g, person) != 0 ? 1 : 0;
    }
    return complete < SAME_WANTED_GROUPS && typed >= HW_SAME_MIN_LOCI;
}

hw_status same_list_sparse(same_codes *c, hw_err *err)
{
    uint32_t *list = hw_realloc(c->sparse, c->n_people + 1, sizeof(*list));
    if (list == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    c->sparse = list;
    c->n_sparse = 0;
    for (size_t p = 0; p < c->n_people; p++) {
        if (same_is_sparse(c, p)) {
            list[c->n_sparse++] = (uint32_t)p;
        }
    }
    c->sparse_compared = (double)c->n_sparse * (double)c->n_people <= SAME_MAX_SPARSE_PAIRS;
    return HW_OK;
}

void same_codes_release(same_codes *c)
{
    hw_free(c->code);
    hw_free(c->sparse);
    c->code = NULL;
    c->sparse = NULL;
}

/* ---- pairs ---- */

uint32_t same_differences(const same_codes *c, size_t a, size_t b, uint32_t *ret_loci)
{
    const uint16_t *x = c->code + a * c->n_loci;
    const uint16_t *y = c->code + b * c->n_loci;
    uint32_t loci = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->n_loci && n <= HW_SAME_MAX_DIFFERENCES; i++) {
        bool both = x[i] != 0 && y[i] != 0;
        loci += both ? 1 : 0;
        n += both && x[i] != y[i] ? 1 : 0;
    }
    *ret_loci = loci;
    return n;
}

static bool agree(const same_codes *c, uint32_t g, size_t a, size_t b)
{
    for (uint32_t i = 0; i < c->group_size; i++) {
        uint16_t x = c->code[a * c->n_loci + c->group[g][i]];
        if (x == 0 || x != c->code[b * c->n_loci + c->group[g][i]]) {
            return false;
        }
    }
    return true;
}

uint32_t same_first_group(const same_codes *c, size_t a, size_t b)
{
    for (uint32_t g = 0; g < c->n_groups; g++) {
        if (agree(c, g, a, b)) {
            return g;
        }
    }
    return UINT32_MAX;
}

typedef struct keyed {
    uint64_t key; /* 0: a locus of the group is not typed */
    uint32_t person;
} keyed;

/* What one group found. */
typedef struct group_pairs {
    same_candidate *pair;
    size_t n, cap;
    uint64_t compared;
} group_pairs;

typedef struct searching {
    const same_codes *c;
    group_pairs *of; /* [groups], then [sparse / SPARSE_BATCH] */
    size_t n;
} searching;
#define SPARSE_BATCH ((size_t)64)

/* Least significant byte first, eight rounds; equal keys keep the order of people. Constant bytes are skipped. */
static void sort_keys(keyed *from, keyed *to, size_t n)
{
    for (uint32_t shift = 0; shift < 64; shift += 8) {
        size_t start[257] = {0};
        for (size_t i = 0; i < n; i++) {
            start[(from[i].key >> shift & 255) + 1]++;
        }
        if (n > 0 && start[(from[0].key >> shift & 255) + 1] == n) {
            /* copied all the same, so that the rounds end in the array they began with */
            memcpy(to, from, n * sizeof(*to));
        } else {
            for (uint32_t b = 1; b <= 256; b++) {
                start[b] += start[b - 1];
            }
            for (size_t i = 0; i < n; i++) {
                to[start[from[i].key >> shift & 255]++] = from[i];
            }
        }
        keyed *swap = from;
        from = to;
        to = swap;
    }
}

static hw_status compare_run(const same_codes *c, uint32_t g, const keyed *k, size_t n, group_pairs *r, hw_err *err)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            uint32_t a = k[i].person;
            uint32_t b = k[j].person;
            uint32_t loci = 0;
            r->compared++;
            /* Each pair is told by the first group it agrees in. */
            if (a >= c->first_staff || same_differences(c, a, b, &loci) > HW_SAME_MAX_DIFFERENCES || loci < HW_SAME_MIN_LOCI || same_first_group(c, a, b) != g) {
                continue;
            }
            HW_TRY(HW_GROW(r->pair, r->n, r->cap, HW_SAME_MAX_PAIRS, "pairs of nearly equal profiles (the same samples seem to have been read many times)", err));
            r->pair[r->n++] = (same_candidate){a, b};
        }
    }
    return HW_OK;
}

/* More differences than the limit, looking only where the sparse person is typed? */
static bool far_apart(const same_codes *c, const uint32_t *typed, uint32_t n_typed, size_t sparse, size_t other)
{
    const uint16_t *x = c->code + sparse * c->n_loci;
    const uint16_t *y = c->code + other * c->n_loci;
    uint32_t n = 0;
    for (uint32_t i = 0; i < n_typed && n <= HW_SAME_MAX_DIFFERENCES; i++) {
        n += y[typed[i]] != 0 && y[typed[i]] != x[typed[i]] ? 1 : 0;
    }
    return n > HW_SAME_MAX_DIFFERENCES;
}

/* Pairs of a sparse person that no group tells; of two sparse people the first tells. */
static hw_status compare_sparse(const same_codes *c, size_t first, group_pairs *r, hw_err *err)
{
    for (size_t i = first; i < c->n_sparse && i < first + SPARSE_BATCH; i++) {
        uint32_t p = c->sparse[i];
        uint32_t typed[HW_PANEL_MAX];
        uint32_t n_typed = 0;
        for (uint32_t l = 0; l < c->n_loci; l++) {
            typed[n_typed] = l;
            n_typed += c->code[(size_t)p * c->n_loci + l] != 0 ? 1 : 0;
        }
        size_t later = 0; /* place in the list of the sparse people met so far */
        for (uint32_t q = 0; q < c->n_people; q++) {
            bool told = later < c->n_sparse && c->sparse[later] == q && q <= p;
            later += later < c->n_sparse && c->sparse[later] == q ? 1 : 0;
            uint32_t loci = 0;
            uint32_t a = p < q ? p : q;
            uint32_t b = p < q ? q : p;
            if (told || a >= c->first_staff) {
                continue;
            }
            r->compared++;
            if (far_apart(c, typed, n_typed, p, q) || same_differences(c, a, b, &loci) > HW_SAME_MAX_DIFFERENCES || loci < HW_SAME_MIN_LOCI ||
                same_first_group(c, a, b) != UINT32_MAX) {
                continue;
            }
            HW_TRY(HW_GROW(r->pair, r->n, r->cap, HW_SAME_MAX_PAIRS, "pairs of nearly equal profiles (the same samples seem to have been read many times)", err));
            r->pair[r->n++] = (same_candidate){a, b};
        }
    }
    return HW_OK;
}

static hw_status group_item(void *ctx, size_t item, unsigned worker, hw_err *err)
{
    (void)worker;
    searching *s = ctx;
    if (item >= s->c->n_groups) {
        return compare_sparse(s->c, (item - s->c->n_groups) * SPARSE_BATCH, &s->of[item], err);
    }
    const same_codes *c = s->c;
    group_pairs *r = &s->of[item];
    HW_AUTO_FREE keyed *k = hw_alloc(c->n_people + 1, sizeof(*k));
    HW_AUTO_FREE keyed *other = hw_alloc(c->n_people + 1, sizeof(*other));
    if (k == NULL || other == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    size_t n = 0;
    for (size_t p = 0; p < c->n_people; p++) {
        uint64_t key = key_of(c, (uint32_t)item, p);
        if (key != 0) {
            k[n++] = (keyed){key, (uint32_t)p};
        }
    }
    sort_keys(k, other, n);
    for (size_t i = 0, end; i < n; i = end) {
        end = i + 1;
        while (end < n && k[end].key == k[i].key) {
            end++;
        }
        HW_TRY(compare_run(c, (uint32_t)item, k + i, end - i, r, err));
    }
    return HW_OK;
}

static int by_people(const void *a, const void *b)
{
    const same_candidate *x = a;
    const same_candidate *y = b;
    if (x->a != y->a) {
        return x->a < y->a ? -1 : 1;
    }
    return x->b < y->b ? -1 : x->b > y->b;
}

static hw_status gather(const searching *s, same_candidate **ret, size_t *ret_n, uint64_t *ret_compared, hw_err *err)
{
    size_t n = 0;
    *ret_compared = 0;
    for (size_t g = 0; g < s->n; g++) {
        n += s->of[g].n;
        *ret_compared += s->of[g].compared;
    }
    if (n > HW_SAME_MAX_PAIRS) {
        return HW_FAIL(err, HW_LIMIT, "more than %zu pairs of nearly equal profiles: the same samples seem to have been read many times", HW_SAME_MAX_PAIRS);
    }
    same_candidate *all = hw_alloc(n + 1, sizeof(*all));
    if (all == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    size_t at = 0;
    for (size_t g = 0; g < s->n; g++) {
        if (s->of[g].n > 0) {
            memcpy(all + at, s->of[g].pair, s->of[g].n * sizeof(*all));
            at += s->of[g].n;
        }
    }
    qsort(all, n, sizeof(*all), by_people);
    *ret = all;
    *ret_n = n;
    return HW_OK;
}

hw_status same_search(const same_codes *c, unsigned n_threads, same_candidate **ret, size_t *ret_n, uint64_t *ret_compared, hw_err *err)
{
    searching s = {.c = c, .n = c->n_groups + (c->sparse_compared ? (c->n_sparse + SPARSE_BATCH - 1) / SPARSE_BATCH : 0)};
    s.of = hw_alloc(s.n + 1, sizeof(*s.of));
    if (s.of == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_status status = hw_parallel_for(s.n, n_threads, group_item, &s, err);
    if (status == HW_OK) {
        status = gather(&s, ret, ret_n, ret_compared, err);
    }
    for (size_t g = 0; g < s.n; g++) {
        hw_free(s.of[g].pair);
    }
    hw_free(s.of);
    return status;
}
