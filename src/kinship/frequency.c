// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Frequency tables as read: checking, ordering, finding a locus by any spelling; and the settings that go with them.
 */
#include "kinship/frequency.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/* More alleles than any STR has in any table; keeps the matrices of one locus small. */
#define MAX_ALLELES 1000u

typedef struct entry {
    hw_allele allele;
    double freq;
} entry;

static int compare_entries(const void *pa, const void *pb)
{
    const entry *a = pa, *b = pb;
    return a->allele < b->allele ? -1 : a->allele > b->allele;
}

/* FNV-1a over bytes in a fixed order, the same on every machine. */
static uint64_t hash_bytes(uint64_t h, const unsigned char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        h = (h ^ s[i]) * 1099511628211u;
    }
    return h;
}

static uint64_t hash_text(uint64_t h, const char *s)
{
    return hash_bytes(h, (const unsigned char *)s, strlen(s) + 1);
}

static uint64_t hash_number(uint64_t h, double x)
{
    char text[32];
    return hash_text(h, hw_fmt_double(x, text));
}

/* Name under which a locus is indexed: canonical where known, else folded. `buf` holds the folded one. */
static const char *index_name(const char *locus, char *buf, size_t size)
{
    const hw_locus_info *info = hw_locus_find(locus);
    if (info != NULL) {
        return info->name;
    }
    hw_locus_fold(locus, buf, size);
    return buf;
}

static hw_status settle_locus(hw_freq *f, hw_err *err)
{
    char name[HW_ALLELE_BUF], number[32], least[32];
    if (f->n == 0 || f->n > MAX_ALLELES) {
        return HW_FAIL(err, f->n == 0 ? HW_PARSE : HW_LIMIT, "%u alleles; expected 1 to %u", (unsigned)f->n, MAX_ALLELES);
    }
    if (!(f->chromosomes >= 0 && f->chromosomes < 1e12) || !(f->fmin >= 0 && f->fmin < 1)) {
        return HW_FAIL(err, HW_PARSE, "the number of chromosomes must not be negative, and the minimum frequency must be below 1");
    }
    if (f->fmin > 0 && f->fmin < HW_FREQ_MIN) {
        return HW_FAIL(err, HW_PARSE, "the minimum frequency is %s; expected 0 (not given) or at least %s", hw_fmt_double(f->fmin, number),
                       hw_fmt_double(HW_FREQ_MIN, least));
    }
    HW_AUTO_FREE entry *e = hw_alloc(f->n, sizeof(entry));
    if (e == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    uint32_t n = 0;
    double sum = 0;
    for (uint32_t i = 0; i < f->n; i++) {
        double x = f->freq[i];
        if (!(x >= 0 && x <= 1)) {
            return HW_FAIL(err, HW_PARSE, "allele %s has the frequency %s; expected a number from 0 to 1",
                           hw_allele_format(f->allele[i], name), hw_fmt_double(x, number));
        }
        if (x > 0 && x < HW_FREQ_MIN) {
            return HW_FAIL(err, HW_PARSE, "allele %s has the frequency %s; expected 0 (not in the table) or at least %s",
                           hw_allele_format(f->allele[i], name), hw_fmt_double(x, number), hw_fmt_double(HW_FREQ_MIN, least));
        }
        if (f->allele[i] == HW_ALLELE_UNKNOWN || f->allele[i] == HW_ALLELE_OFF_LADDER) {
            return HW_FAIL(err, HW_PARSE, "a frequency is given for \"%s\", which is no allele",
                           hw_allele_format(f->allele[i], name));
        }
        if (x > 0) {
            e[n++] = (entry){f->allele[i], x};
        }
    }
    qsort(e, n, sizeof e[0], compare_entries);
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0 && e[i].allele == e[i - 1].allele) {
            return HW_FAIL(err, HW_PARSE, "allele %s is listed twice", hw_allele_format(e[i].allele, name));
        }
        sum += e[i].freq;
    }
    if (!(sum >= 0.95 && sum <= 1.05)) {
        return HW_FAIL(err, HW_PARSE,
                       "the frequencies sum to %s; expected 1 (0.95 to 1.05): is an allele missing, or are these counts?",
                       hw_fmt_double(sum, number));
    }
    for (uint32_t i = 0; i < n; i++) {
        f->allele[i] = e[i].allele;
        f->freq[i] = e[i].freq;
    }
    f->n = n;
    f->sum = sum;
    return HW_OK;
}

hw_status hw_population_finish(hw_population *p, hw_err *err)
{
    const char *population = p->name != NULL ? p->name : "without a name";
    uint64_t h = hash_text(14695981039346656037u, p->name != NULL ? p->name : "");
    hw_map index;
    hw_map_init(&index, HW_PANEL_MAX);
    hw_status s = HW_OK;
    if (p->n > HW_PANEL_MAX) {
        s = HW_FAIL(err, HW_LIMIT, "population %s: %u loci; at most %u are allowed", population, (unsigned)p->n,
                    (unsigned)HW_PANEL_MAX);
    }
    if (s == HW_OK && !(p->theta >= 0 && p->theta < 1)) {
        s = HW_FAIL(err, HW_PARSE, "population %s: theta must be at least 0 and below 1", population);
    }
    h = hash_number(h, p->theta);
    for (uint32_t i = 0; s == HW_OK && i < p->n; i++) {
        hw_freq *f = &p->freq[i];
        char folded[HW_LOCUS_FOLD_MAX];
        const char *key = index_name(f->locus, folded, sizeof folded);
        uint64_t other;
        if (key[0] == '\0') {
            s = HW_FAIL(err, HW_PARSE, "population %s: locus number %u has no name", population, (unsigned)i + 1);
        } else if (hw_map_get(&index, key, &other)) {
            s = HW_FAIL(err, HW_PARSE, "population %s: locus %s is listed twice (as %s and as %s)", population, key,
                        p->freq[other].locus, f->locus);
        } else {
            s = settle_locus(f, err);
            if (s == HW_PARSE || s == HW_LIMIT) {
                hw_err_prefix(err, "population %s, locus %s: ", population, f->locus);
            }
        }
        if (s == HW_OK) {
            s = hw_map_put(&index, key, i, err);
        }
        if (s == HW_OK) {
            const hw_locus_info *info = hw_locus_find(f->locus);
            f->locus = info != NULL ? info->name : f->locus;
            h = hash_number(hash_number(hash_text(h, key), f->chromosomes), f->fmin);
            for (uint32_t j = 0; j < f->n; j++) {
                char name[HW_ALLELE_BUF];
                h = hash_number(hash_text(h, hw_allele_format(f->allele[j], name)), f->freq[j]);
            }
        }
    }
    if (s != HW_OK) {
        hw_map_release(&index);
        return s;
    }
    hw_map_release(&p->by_locus);
    p->by_locus = index;
    p->hash = h;
    return HW_OK;
}

void hw_population_release(hw_population *p)
{
    hw_map_release(&p->by_locus);
}

const hw_freq *hw_population_find(const hw_population *p, const char *locus)
{
    char folded[HW_LOCUS_FOLD_MAX];
    uint64_t i;
    if (p == NULL || locus == NULL || !hw_map_get(&p->by_locus, index_name(locus, folded, sizeof folded), &i)) {
        return NULL;
    }
    return &p->freq[i];
}

int hw_freq_index(const hw_freq *f, hw_allele a)
{
    uint32_t low = 0, high = f->n;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (f->allele[mid] == a) {
            return (int)mid;
        }
        if (f->allele[mid] < a) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return -1;
}

void hw_settings_init(hw_settings *s)
{
    *s = (hw_settings){
        .standard = {.female = {.model = HW_MUTATION_STEPWISE, .rate = 1e-3, .rate2 = 1e-6, .range = 0.1},
                     .male = {.model = HW_MUTATION_STEPWISE, .rate = 2e-3, .rate2 = 1e-6, .range = 0.1}},
        .theta = -1,
        .rare_rule = HW_RARE_AUTO,
        .rare_value = 0.001,
        .sex_error = 0.001,
    };
}

const hw_locus_settings *hw_settings_locus(const hw_settings *s, const char *canonical)
{
    for (uint32_t i = 0; canonical != NULL && i < s->n_by_locus; i++) {
        if (hw_str_ieq(s->by_locus[i].locus, canonical)) {
            return &s->by_locus[i];
        }
    }
    return &s->standard;
}
