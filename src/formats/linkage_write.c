// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Writing .ped with the header of the pedtools (famid id fid mid sex MARKER ..., tabs, genotypes "15/17") and the .map beside it. Children and
 * profiles without a family are families of one. What a line per person cannot hold is listed.
 */
#include <string.h>

#include "formats/linkage.h"

typedef struct ped_writer {
    const hw_dataset *d;
    hw_str *out, *losses;
    hw_err *err;
    bool synthetic;
    uint32_t *locus; /* panel indices written */
    uint32_t n_loci;
} ped_writer;

/* A tab would end the field, and 0 is nobody. */
static void put_code(ped_writer *w, const char *s)
{
    bool changed = hw_streq(s, "0");
    if (changed) {
        hw_str_add(w->out, "0_");
    }
    for (const char *c = s; !hw_streq(s, "0") && *c != '\0'; c++) {
        bool bad = *c == '\t' || *c == '\n' || *c == '\r';
        changed = changed || bad;
        hw_str_addc(w->out, bad ? '_' : *c);
    }
    if (changed) {
        hw_format_loss(w->losses, "code \"%s\": \"0\" and codes with tabs or line ends are changed", s);
    }
}

/* The format has no place for a comment, and every program keeps the codes: they carry the mark. */
static void put_family_code(ped_writer *w, const char *s)
{
    if (w->synthetic && !hw_str_starts(s, HW_FORMAT_SYNTHETIC_CODE)) {
        hw_str_add(w->out, HW_FORMAT_SYNTHETIC_CODE);
    }
    put_code(w, s);
}

static void put_genotypes(ped_writer *w, const hw_profile *p)
{
    for (uint32_t i = 0; i < w->n_loci; i++) {
        uint32_t l = w->locus[i];
        hw_genotype g = hw_profile_at(p, l);
        char a[HW_ALLELE_BUF], b[HW_ALLELE_BUF];
        if (p != NULL && hw_profile_extra(p, l) != NULL) {
            hw_format_loss(w->losses, "profile \"%s\", %s: more than two alleles", p->id, w->d->panel.locus[l].name);
            g = HW_GENOTYPE_NONE;
        }
        hw_str_addf(w->out, "\t%s/%s", hw_allele_format(g.a, a), hw_allele_format(g.b, b));
    }
    hw_str_addc(w->out, '\n');
}

static void list_losses(ped_writer *w, const hw_profile *p)
{
    if (p->dropout > 0 || p->error > 0) {
        hw_format_loss(w->losses, "profile \"%s\": drop-out and error probabilities: ratios change", p->id);
    }
    if (p->mt != NULL) {
        hw_format_loss(w->losses, "profile \"%s\": the mitochondrial haplotype", p->id);
    }
    if (p->kit != NULL || p->comment != NULL || p->category != NULL) {
        hw_format_loss(w->losses, "profile \"%s\": kit, category and comment", p->id);
    }
}

static void put_pedigree(ped_writer *w, const char *id, const hw_pedigree *ped, const hw_profile *const *profile)
{
    for (size_t i = 0; i < ped->n; i++) {
        const hw_person *p = &ped->person[i];
        put_family_code(w, id);
        hw_str_addc(w->out, '\t');
        put_code(w, p->id);
        /* a parent of unknown sex may stand in either place: the sex of the line says what it is */
        const int32_t parents[2] = {p->father, p->mother};
        for (int k = 0; k < 2; k++) {
            hw_str_addc(w->out, '\t');
            if (parents[k] >= 0) {
                put_code(w, ped->person[parents[k]].id);
            } else {
                hw_str_addc(w->out, '0');
            }
        }
        hw_str_addf(w->out, "\t%d", p->sex == HW_SEX_MALE ? 1 : p->sex == HW_SEX_FEMALE ? 2 : 0);
        put_genotypes(w, profile[i]);
        if (profile[i] != NULL) {
            list_losses(w, profile[i]);
        }
        if (p->twin != 0) {
            hw_format_loss(w->losses, "family \"%s\": \"%s\" has an identical twin: ratios change", id, p->id);
        }
        if (p->inbreeding > 0) {
            hw_format_loss(w->losses, "family \"%s\": the inbreeding of \"%s\": ratios change", id, p->id);
        }
    }
}

static hw_status put_family(ped_writer *w, const hw_family *f)
{
    size_t n = f->pedigree.n;
    HW_AUTO_FREE const hw_profile **none = hw_alloc(n, sizeof *none);
    HW_AUTO_FREE uint32_t *missing = hw_alloc(n, sizeof *missing);
    if (none == NULL || missing == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    const hw_profile *const *profile = f->profile != NULL ? f->profile : none;
    put_pedigree(w, f->id, &f->pedigree, profile);
    uint32_t taken = linkage_missing(&f->pedigree, profile, missing);
    bool same = taken == f->n_missing;
    for (uint32_t i = 0; same && i < taken; i++) {
        bool found = false;
        for (uint32_t k = 0; k < f->n_missing; k++) {
            found = found || f->missing[k] == missing[i];
        }
        same = found;
    }
    if (!same) {
        hw_format_loss(w->losses, "family \"%s\": who is missing (a reader takes untyped members without children)", f->id);
    }
    if (f->comment != NULL) {
        hw_format_loss(w->losses, "family \"%s\": the comment", f->id);
    }
    return HW_OK;
}

static hw_status put_case(ped_writer *w, const hw_case *c)
{
    for (uint32_t h = 1; h < c->n_hypotheses; h++) {
        hw_format_loss(w->losses, "case \"%s\": hypothesis \"%s\": only the first is written", c->id,
                       c->hypothesis[h].name != NULL ? c->hypothesis[h].name : "");
    }
    if (c->n_hypotheses == 0) {
        return HW_OK;
    }
    const hw_pedigree *ped = &c->hypothesis[0];
    HW_AUTO_FREE const hw_profile **profile = hw_alloc(ped->n, sizeof *profile);
    if (profile == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    for (uint32_t i = 0; i < c->n_profiles; i++) {
        uint32_t at;
        if (!hw_pedigree_find(ped, c->profile[i]->person, &at)) {
            hw_format_loss(w->losses, "case \"%s\": profile \"%s\" is of nobody in the first hypothesis", c->id, c->profile[i]->id);
        } else if (profile[at] != NULL) {
            hw_format_loss(w->losses, "case \"%s\": profile \"%s\": a second typing of one person", c->id, c->profile[i]->id);
        } else {
            profile[at] = c->profile[i];
        }
    }
    put_pedigree(w, c->id, ped, profile);
    if (c->has_settings) {
        hw_format_loss(w->losses, "case \"%s\": mutation models, theta and the other settings", c->id);
    }
    return HW_OK;
}

/* Profiles that stand in no family and no case. */
static hw_status put_loose(ped_writer *w)
{
    const hw_dataset *d = w->d;
    HW_CLEANUP(hw_map_release) hw_map used;
    HW_CLEANUP(hw_map_release) hw_map codes; /* of the families written: another one must not grow into them */
    hw_map_init(&used, 0);
    hw_map_init(&codes, 0);
    for (size_t i = 0; i < d->n_families; i++) {
        HW_TRY(hw_map_put(&codes, d->family[i].id, 1, w->err));
        for (size_t k = 0; d->family[i].profile != NULL && k < d->family[i].pedigree.n; k++) {
            if (d->family[i].profile[k] != NULL) {
                HW_TRY(hw_map_put(&used, d->family[i].profile[k]->id, 1, w->err));
            }
        }
    }
    for (size_t i = 0; i < d->n_cases; i++) {
        HW_TRY(hw_map_put(&codes, d->kase[i].id, 1, w->err));
        for (uint32_t k = 0; k < d->kase[i].n_profiles; k++) {
            HW_TRY(hw_map_put(&used, d->kase[i].profile[k]->id, 1, w->err));
        }
    }
    for (size_t i = 0; i < d->n_profiles; i++) {
        const hw_profile *p = d->profile[i];
        uint64_t x;
        if (hw_map_get(&used, p->id, &x)) {
            continue;
        }
        const char *family = p->family != NULL && !hw_map_get(&codes, p->family, &x) ? p->family : p->id;
        HW_TRY(hw_map_put(&codes, family, 1, w->err));
        put_family_code(w, family);
        hw_str_addc(w->out, '\t');
        put_code(w, p->person);
        hw_str_addf(w->out, "\t0\t0\t%d", p->sex == HW_SEX_MALE ? 1 : p->sex == HW_SEX_FEMALE ? 2 : 0);
        put_genotypes(w, p);
        list_losses(w, p);
    }
    if (d->n_children > 0) {
        hw_format_loss(w->losses, "which profiles are rescued children (%zu)", d->n_children);
    }
    return HW_OK;
}

/* Every locus of the panel; a .ped cannot say what kind they are, the .map can. */
static hw_status choose_loci(ped_writer *w)
{
    const hw_dataset *d = w->d;
    w->locus = hw_alloc(d->panel.n, sizeof *w->locus);
    if (w->locus == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    for (uint32_t l = 0; l < d->panel.n; l++) {
        w->locus[w->n_loci++] = l;
    }
    return HW_OK;
}

static hw_status write_all(ped_writer *w)
{
    const hw_dataset *d = w->d;
    HW_TRY(choose_loci(w));
    hw_str_add(w->out, "famid\tid\tfid\tmid\tsex");
    for (uint32_t i = 0; i < w->n_loci; i++) {
        hw_str_addc(w->out, '\t');
        put_code(w, d->panel.locus[w->locus[i]].name);
    }
    hw_str_addc(w->out, '\n');
    for (size_t i = 0; i < d->n_families; i++) {
        HW_TRY(put_family(w, &d->family[i]));
    }
    for (size_t i = 0; i < d->n_cases; i++) {
        HW_TRY(put_case(w, &d->kase[i]));
    }
    HW_TRY(put_loose(w));
    if (d->n_populations > 0) {
        hw_format_loss(w->losses, "the frequency tables (write them to a .freq)");
    }
    if (d->has_settings) {
        hw_format_loss(w->losses, "mutation models, theta and the other settings");
    }
    if (w->synthetic) {
        hw_format_loss(w->losses, "the codes of families, which get \"%s\" in front: the mark that all is synthetic", HW_FORMAT_SYNTHETIC_CODE);
    }
    if (w->losses != NULL) {
        HW_TRY(hw_str_check(w->losses, w->err));
    }
    return hw_str_check(w->out, w->err);
}

hw_status linkage_write_ped(const hw_dataset *d, const hw_format_options *o, hw_str *out, hw_str *losses, hw_err *err)
{
    (void)o;
    ped_writer w = {.d = d, .out = out, .losses = losses, .err = err, .synthetic = hw_format_is_synthetic(d)};
    hw_status s = write_all(&w);
    hw_free(w.locus);
    return s;
}

hw_status hw_linkage_write_map(const hw_dataset *d, hw_str *out, hw_err *err)
{
    for (size_t i = 0; i < d->panel.n; i++) {
        const hw_panel_locus *l = &d->panel.locus[i];
        const hw_locus_info *info = hw_locus_find(l->name);
        const char *chromosome = l->kind == HW_LOCUS_X   ? "X"
                                 : l->kind == HW_LOCUS_Y ? "Y"
                                 : info != NULL && l->kind == HW_LOCUS_AUTOSOMAL && info->chromosome != NULL ? info->chromosome
                                                                                                              : "0";
        hw_str_addf(out, "%s %s 0\n", chromosome, l->name);
    }
    return hw_str_check(out, err);
}
