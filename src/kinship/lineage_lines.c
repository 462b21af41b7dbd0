// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The lineage lines of an explanation: the child's Y and mtDNA haplotypes against every typed relative of the missing person's own line.
 */
#include "kinship/explain_parts.h"
#include "kinship/lineage.h"

#include <string.h>

/* Chance that a haplotype changes in one birth, taken as 0: a difference then gives no ratio, only the count of differences. */
#define MT_RATE 0.0

/* Births between two persons along fathers only (or mothers only), or -1 when they are not of one line. */
static int line_distance(const hw_pedigree *ped, uint32_t a, uint32_t b, bool fathers)
{
    int up_a = 0;
    for (int32_t x = (int32_t)a; x >= 0; x = fathers ? ped->person[x].father : ped->person[x].mother) {
        int up_b = 0;
        for (int32_t y = (int32_t)b; y >= 0; y = fathers ? ped->person[y].father : ped->person[y].mother) {
            if (x == y) {
                return up_a + up_b;
            }
            up_b++;
        }
        up_a++;
    }
    return -1;
}

/* The same readings by the panel of another dataset. */
static hw_status to_panel(hw_arena *arena, const hw_panel *from, const hw_profile *p, const hw_panel *to, hw_profile **ret, hw_err *err)
{
    hw_profile *q = hw_profile_new(arena, p->id, (uint32_t)to->n);
    if (q == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    q->mt = p->mt;
    q->sex = p->sex;
    for (uint32_t i = 0; i < from->n; i++) {
        uint32_t index = 0;
        if (from->locus[i].kind != HW_LOCUS_Y || !hw_panel_find(to, from->locus[i].name, &index)) {
            continue;
        }
        const hw_extra *x = hw_profile_extra(p, i);
        hw_genotype g = hw_profile_at(p, i);
        hw_allele two[2] = {g.a, g.b};
        if (x != NULL) {
            HW_TRY(hw_profile_set(q, arena, to, index, x->allele, x->n, false, err));
        } else if (hw_genotype_typed(g)) {
            HW_TRY(hw_profile_set(q, arena, to, index, two, 2, false, err));
        }
    }
    *ret = q;
    return HW_OK;
}

/* Carriers of the haplotype in the database, among those that can be compared at all. */
static hw_status count_haplotype(const parts *x, const hw_profile *p, bool y, hw_lineage_count *ret, hw_err *err)
{
    const hw_dataset *db = x->o->lineage_database;
    *ret = (hw_lineage_count){0};
    if (db == NULL) {
        return HW_OK;
    }
    HW_CLEANUP(hw_arena_release) hw_arena arena;
    hw_arena_init(&arena, 0);
    hw_profile *q = NULL;
    HW_TRY(to_panel(&arena, &x->d->panel, p, &db->panel, &q, err));
    hw_lineage_model model;
    hw_lineage_model_init(&model);
    for (size_t i = 0; i < db->n_profiles; i++) {
        hw_lineage_result r = {0};
        if (y) {
            HW_TRY(hw_lineage_y(&db->panel, q, db->profile[i], 1, &model, (hw_lineage_count){0}, &r, err));
        } else if (q->mt != NULL && db->profile[i]->mt != NULL) {
            hw_mt *a = NULL;
            hw_mt *b = NULL;
            HW_TRY(hw_mt_parse(&arena, q->mt, &a, err));
            HW_TRY(hw_mt_parse(&arena, db->profile[i]->mt, &b, err));
            HW_TRY(hw_lineage_mt(a, b, 1, MT_RATE, (hw_lineage_count){0}, &r, err));
        }
        if (r.verdict != HW_LINEAGE_NOTHING) {
            ret->n++;
            ret->x += r.differences == 0 ? 1 : 0;
        }
    }
    return HW_OK;
}

static const char *verdict_text(hw_lineage_verdict v)
{
    switch (v) {
    case HW_LINEAGE_SAME:
        return "same haplotype";
    case HW_LINEAGE_INCONCLUSIVE:
        return "inconclusive";
    case HW_LINEAGE_DIFFERENT:
        return "different lineages";
    default:
        return "nothing to compare";
    }
}

static hw_status add_line(parts *x, const char *system, const char *relative, const hw_lineage_result *r, hw_lineage_count count, hw_err *err)
{
    hw_str text;
    hw_str_init(&text, 4096);
    hw_str_addf(&text, "%s: %u %s compared, %u %s", verdict_text(r->verdict), r->loci_compared, hw_streq(system, "mtDNA") ? "positions" : "loci", r->differences,
                r->differences == 1 ? "difference" : "differences");
    if (r->steps > 0) {
        hw_str_addf(&text, " (%u %s)", r->steps, r->steps == 1 ? "step" : "steps");
    }
    if (count.n > 0) {
        hw_str_addf(&text, "; haplotype seen %llu times in %llu, frequency %.2e, below %.2e (95 %%)", (unsigned long long)count.x, (unsigned long long)count.n,
                    r->frequency, r->upper);
        if (r->has_ratio) {
            hw_str_addf(&text, "; ratio at least %.3g", r->ratio_lower);
        }
    } else {
        hw_str_add(&text, "; no database of haplotypes was given, so how rare it is is not known");
    }
    hw_status s = hw_str_check(&text, err);
    hw_lineage_line *l = &x->r->lineage[x->r->n_lineage];
    *l = (hw_lineage_line){.system = system, .relative = relative, .text = hw_arena_strdup(&x->r->arena, text.s)};
    hw_str_release(&text);
    if (s == HW_OK && l->text == NULL) {
        s = HW_NO_MEMORY_FAIL(err);
    }
    x->r->n_lineage += s == HW_OK ? 1 : 0;
    return s;
}

static hw_status one_relative(parts *x, uint32_t i, hw_lineage_count count_y, hw_lineage_count count_mt, hw_err *err)
{
    const hw_pedigree *ped = &x->family->pedigree;
    const hw_profile *p = x->family->profile[i];
    const hw_profile *child = x->r->child;
    uint32_t missing = x->family->missing[x->r->missing];
    int y = line_distance(ped, missing, i, true);
    int mt = line_distance(ped, missing, i, false);
    bool male = ped->person[i].sex != HW_SEX_FEMALE && child->sex != HW_SEX_FEMALE;
    if (y >= 0 && y <= 100 && male) {
        hw_lineage_model model;
        hw_lineage_model_init(&model);
        hw_lineage_result r = {0};
        HW_TRY(hw_lineage_y(&x->d->panel, p, child, (unsigned)y, &model, count_y, &r, err));
        if (r.loci_compared > 0) {
            HW_TRY(add_line(x, "Y-STR", ped->person[i].id, &r, count_y, err));
        }
    }
    if (mt >= 0 && mt <= 100 && p->mt != NULL && child->mt != NULL) {
        hw_mt *a = NULL;
        hw_mt *b = NULL;
        hw_lineage_result r = {0};
        HW_TRY(hw_mt_parse(&x->r->arena, p->mt, &a, err));
        HW_TRY(hw_mt_parse(&x->r->arena, child->mt, &b, err));
        HW_TRY(hw_lineage_mt(a, b, (unsigned)mt, MT_RATE, count_mt, &r, err));
        if (r.loci_compared > 0) {
            HW_TRY(add_line(x, "mtDNA", ped->person[i].id, &r, count_mt, err));
        }
    }
    return HW_OK;
}

hw_status explain_lineage(parts *x, hw_err *err)
{
    const hw_family *f = x->family;
    x->r->lineage = HW_NEW(&x->r->arena, hw_lineage_line, 2 * f->pedigree.n + 1);
    if (x->r->lineage == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_lineage_count y = {0};
    hw_lineage_count mt = {0};
    HW_TRY(count_haplotype(x, x->r->child, true, &y, err));
    HW_TRY(count_haplotype(x, x->r->child, false, &mt, err));
    for (uint32_t i = 0; i < f->pedigree.n; i++) {
        if (f->profile[i] != NULL && i != f->missing[x->r->missing]) {
            HW_TRY(one_relative(x, i, y, mt, err));
        }
    }
    return HW_OK;
}
