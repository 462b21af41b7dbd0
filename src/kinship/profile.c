// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * DNA profiles: making them, setting what was read at a locus, and what amelogenin says about the sex.
 */
#include "kinship/profile.h"

#include <string.h>

hw_genotype hw_genotype_make(hw_allele a, hw_allele b)
{
    bool swap = b != HW_ALLELE_UNKNOWN && (a == HW_ALLELE_UNKNOWN || b < a);
    return swap ? (hw_genotype){b, a} : (hw_genotype){a, b};
}

uint32_t hw_profile_typed(const hw_profile *p, const hw_panel *panel, hw_locus_kind kind)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < panel->n; i++) {
        bool wanted = kind == HW_LOCUS_AUTO || panel->locus[i].kind == kind;
        n += wanted && (hw_genotype_typed(hw_profile_at(p, i)) || hw_profile_extra(p, i) != NULL);
    }
    return n;
}

static hw_genotype *new_genotypes(hw_arena *arena, uint32_t n)
{
    hw_genotype *g = HW_NEW(arena, hw_genotype, n > 0 ? n : 1);
    for (uint32_t i = 0; g != NULL && i < n; i++) {
        g[i] = HW_GENOTYPE_NONE;
    }
    return g;
}

hw_profile *hw_profile_new(hw_arena *arena, const char *id, uint32_t n_loci)
{
    hw_profile *p = HW_NEW(arena, hw_profile, 1);
    char *copy = hw_arena_strdup(arena, id);
    hw_genotype *g = new_genotypes(arena, n_loci);
    if (p == NULL || copy == NULL || g == NULL) {
        return NULL;
    }
    p->id = copy;
    p->person = copy;
    p->n_loci = n_loci;
    p->g = g;
    return p;
}

static void drop_extra(hw_profile *p, uint32_t locus)
{
    for (hw_extra **at = &p->extras; *at != NULL; at = &(*at)->next) {
        if ((*at)->locus == locus) {
            *at = (*at)->next;
            return;
        }
    }
}

/* Sorted copy without UNKNOWN; `sets` drops repetitions too. Returns how many. */
static unsigned tidy(const hw_allele *alleles, unsigned n, bool sets, hw_allele *ret)
{
    unsigned m = 0;
    for (unsigned i = 0; i < n; i++) {
        hw_allele a = alleles[i];
        unsigned at = 0;
        while (at < m && ret[at] < a) {
            at++;
        }
        if (a == HW_ALLELE_UNKNOWN || (sets && at < m && ret[at] == a)) {
            continue;
        }
        memmove(ret + at + 1, ret + at, (m - at) * sizeof ret[0]);
        ret[at] = a;
        m++;
    }
    return m;
}

hw_status hw_profile_set(hw_profile *p, hw_arena *arena, const hw_panel *panel, uint32_t locus, const hw_allele *alleles, unsigned n,
                         bool partial, hw_err *err)
{
    if (locus >= panel->n) {
        return HW_FAIL(err, HW_USAGE, "profile %s: no locus number %u in the panel", p->id, (unsigned)locus);
    }
    const hw_panel_locus *l = &panel->locus[locus];
    if (n > 8) {
        return HW_FAIL(err, HW_LIMIT, "profile %s, locus %s: %u alleles; at most 8 are accepted", p->id, l->name, n);
    }
    /* Loci of three and more copies keep repetitions: "15 15 17" is not "15 17" there. */
    bool many_copies = l->kind == HW_LOCUS_Y && l->copies > 2;
    hw_allele read[9];
    unsigned m = tidy(alleles, n, !many_copies, read);

    hw_genotype g = HW_GENOTYPE_NONE;
    bool need_extra = m > 2;
    if (m == 1) {
        g = (hw_genotype){read[0], partial ? HW_ALLELE_UNKNOWN : read[0]};
    } else if (m == 2 || (m > 2 && (l->kind == HW_LOCUS_Y || l->kind == HW_LOCUS_AMEL))) {
        g = (hw_genotype){read[0], read[1]};
    }
    if (locus >= p->n_loci) {
        uint32_t room = panel->n > locus ? (uint32_t)panel->n : locus + 1;
        hw_genotype *grown = new_genotypes(arena, room);
        if (grown == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        if (p->n_loci > 0) {
            memcpy(grown, p->g, p->n_loci * sizeof grown[0]);
        }
        p->g = grown;
        p->n_loci = room;
    }
    hw_extra *extra = NULL;
    if (need_extra) {
        extra = HW_NEW(arena, hw_extra, 1);
        if (extra == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        extra->locus = locus;
        extra->n = (uint8_t)m;
        memcpy(extra->allele, read, m * sizeof read[0]);
    }
    drop_extra(p, locus);
    if (extra != NULL) {
        extra->next = p->extras;
        p->extras = extra;
    }
    p->g[locus] = g;
    return HW_OK;
}

const hw_extra *hw_profile_extra(const hw_profile *p, uint32_t locus)
{
    const hw_extra *e = p != NULL ? p->extras : NULL;
    while (e != NULL && e->locus != locus) {
        e = e->next;
    }
    return e;
}

static bool named(hw_allele a, char upper)
{
    if (a == HW_ALLELE_UNKNOWN || a < HW_ALLELE_NAMED || (a & ((1 << 21) - 1)) != 0) {
        return false;
    }
    char c = (char)((a >> 21) & 127);
    return c == upper || c == (char)(upper - 'A' + 'a');
}

hw_sex hw_profile_amelogenin(const hw_profile *p, const hw_panel *panel)
{
    uint32_t locus;
    if (!hw_panel_find(panel, "AMEL", &locus)) {
        return HW_SEX_UNKNOWN;
    }
    hw_genotype g = hw_profile_at(p, locus);
    if (named(g.a, 'X') && named(g.b, 'X')) {
        return HW_SEX_FEMALE;
    }
    return named(g.a, 'X') && named(g.b, 'Y') ? HW_SEX_MALE : HW_SEX_UNKNOWN;
}

double hw_amelogenin_ratio(const hw_profile *p, const hw_panel *panel, double error_rate)
{
    /* Never a veto: an error rate of 0 is not believed, and above 1/2 the reading says nothing. */
    double e = error_rate > 1e-6 ? error_rate : 1e-6;
    e = e < 0.5 ? e : 0.5;
    hw_sex shown = hw_profile_amelogenin(p, panel);
    if (shown == HW_SEX_UNKNOWN) {
        return 1;
    }
    /* X and Y: a boy of whom nothing dropped out. X alone: a girl, or a boy whose Y dropped out. The error exchanges the sexes. */
    double d = p->dropout;
    double boy = shown == HW_SEX_MALE ? 1 : d * (1 - d);
    double girl = shown == HW_SEX_MALE ? 0 : 1 - d * d;
    if (!(boy + girl > 0)) {
        return 1;
    }
    return ((1 - e) * boy + e * girl) / ((1 - e) * girl + e * boy);
}
