// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * A whole dataset as the document homeward/1. Reading it back gives the same dataset, numbers bit for bit (shortest decimals that
 * read back as the same double); only the line numbers of the first file are not kept. docs/formats-json.md describes the document.
 */
#include <string.h>

#include "base/json.h"
#include "formats/json_format.h"

/* An empty text says as much as none; the reader takes no empty strings. */
static void put_string(hw_json *j, const char *key, const char *value)
{
    if (value != NULL && value[0] != '\0') {
        hw_json_key(j, key);
        hw_json_string(j, value);
    }
}

static void put_number(hw_json *j, const char *key, double value)
{
    hw_json_key(j, key);
    hw_json_double(j, value);
}

static void put_allele(hw_json *j, hw_allele a)
{
    char buf[HW_ALLELE_BUF];
    if (a == HW_ALLELE_UNKNOWN) {
        hw_json_null(j);
    } else {
        hw_json_string(j, hw_allele_format(a, buf));
    }
}

static const char *kind_name(hw_locus_kind kind)
{
    return kind == HW_LOCUS_X ? "X" : kind == HW_LOCUS_Y ? "Y" : kind == HW_LOCUS_AMEL ? "amelogenin" : "autosomal";
}

static const char *sex_name(hw_sex sex)
{
    return sex == HW_SEX_MALE ? "M" : sex == HW_SEX_FEMALE ? "F" : "U";
}

static void write_loci(hw_json *j, const hw_panel *panel)
{
    hw_json_key(j, "loci");
    hw_json_array(j);
    for (size_t i = 0; i < panel->n; i++) {
        hw_json_object(j);
        put_string(j, "name", panel->locus[i].name);
        put_string(j, "kind", kind_name(panel->locus[i].kind));
        hw_json_end(j);
    }
    hw_json_end(j);
}

static void write_population(hw_json *j, const hw_population *p)
{
    hw_json_object(j);
    put_string(j, "name", p->name);
    put_string(j, "source", p->source);
    if (p->theta != 0) {
        put_number(j, "theta", p->theta);
    }
    hw_json_key(j, "loci");
    hw_json_array(j);
    for (uint32_t i = 0; i < p->n; i++) {
        const hw_freq *f = &p->freq[i];
        hw_json_object(j);
        put_string(j, "locus", f->locus);
        if (f->chromosomes != 0) {
            put_number(j, "chromosomes", f->chromosomes);
        }
        if (f->fmin != 0) {
            put_number(j, "fmin", f->fmin);
        }
        hw_json_key(j, "alleles");
        hw_json_array(j);
        for (uint32_t a = 0; a < f->n; a++) {
            put_allele(j, f->allele[a]);
        }
        hw_json_end(j);
        hw_json_key(j, "frequencies");
        hw_json_array(j);
        for (uint32_t a = 0; a < f->n; a++) {
            hw_json_double(j, f->freq[a]);
        }
        hw_json_end(j);
        hw_json_end(j);
    }
    hw_json_end(j);
    hw_json_end(j);
}

static void write_mutation(hw_json *j, const char *key, const hw_mutation *m)
{
    static const char *const transforms[] = {"none", "MH", "BA", "PR", "PM"};
    hw_json_key(j, key);
    if (m->model == HW_MUTATION_NONE) {
        hw_json_null(j);
        return;
    }
    hw_json_object(j);
    put_string(j, "model", hw_mutation_name(m->model));
    if (m->transform != HW_TRANSFORM_NONE) {
        put_string(j, "transform", transforms[m->transform]);
    }
    put_number(j, "rate", m->rate);
    put_number(j, "rate2", m->rate2);
    put_number(j, "range", m->range);
    if (m->model == HW_MUTATION_CUSTOM) {
        hw_json_key(j, "alleles");
        hw_json_array(j);
        for (uint32_t i = 0; i < m->n; i++) {
            put_allele(j, m->allele[i]);
        }
        hw_json_end(j);
        hw_json_key(j, "matrix");
        hw_json_array(j);
        for (uint32_t i = 0; i < m->n; i++) {
            hw_json_array(j);
            for (uint32_t k = 0; k < m->n; k++) {
                hw_json_double(j, m->matrix[(size_t)i * m->n + k]);
            }
            hw_json_end(j);
        }
        hw_json_end(j);
    }
    hw_json_end(j);
}

static void write_locus_settings(hw_json *j, const hw_locus_settings *ls)
{
    hw_json_object(j);
    put_string(j, "locus", ls->locus);
    write_mutation(j, "female", &ls->female);
    write_mutation(j, "male", &ls->male);
    put_number(j, "silent", ls->silent);
    hw_json_key(j, "silent_in_table");
    hw_json_bool(j, ls->has_silent_in_table);
    hw_json_end(j);
}

static void write_settings(hw_json *j, const hw_settings *s)
{
    static const char *const rules[] = {"auto", "5/2N", "laplace", "fixed"};
    hw_json_key(j, "settings");
    hw_json_object(j);
    hw_json_key(j, "theta");
    if (s->theta < 0) {
        hw_json_null(j);
    } else {
        hw_json_double(j, s->theta);
    }
    hw_json_key(j, "rare");
    hw_json_object(j);
    put_string(j, "rule", rules[s->rare_rule]);
    put_number(j, "value", s->rare_value);
    hw_json_end(j);
    put_number(j, "sex_error", s->sex_error);
    hw_json_key(j, "linked");
    hw_json_array(j);
    for (uint32_t i = 0; i < s->n_linked; i++) {
        hw_json_object(j);
        put_string(j, "a", s->linked[i].a);
        put_string(j, "b", s->linked[i].b);
        put_number(j, "rho", s->linked[i].rho);
        hw_json_end(j);
    }
    hw_json_end(j);
    hw_json_key(j, "standard");
    write_locus_settings(j, &(const hw_locus_settings){NULL, s->standard.female, s->standard.male, s->standard.silent,
                                                       s->standard.has_silent_in_table});
    hw_json_key(j, "loci");
    hw_json_array(j);
    for (uint32_t i = 0; i < s->n_by_locus; i++) {
        write_locus_settings(j, &s->by_locus[i]);
    }
    hw_json_end(j);
    hw_json_end(j);
}

static void write_genotypes(hw_json *j, const hw_panel *panel, const hw_profile *p)
{
    hw_json_key(j, "genotypes");
    hw_json_object(j);
    for (uint32_t l = 0; l < panel->n; l++) {
        hw_genotype g = hw_profile_at(p, l);
        const hw_extra *x = hw_profile_extra(p, l);
        if (x == NULL && !hw_genotype_typed(g)) {
            continue;
        }
        hw_json_key(j, panel->locus[l].name);
        hw_json_array(j);
        if (x != NULL) {
            for (uint8_t i = 0; i < x->n; i++) {
                put_allele(j, x->allele[i]);
            }
        } else {
            put_allele(j, g.a);
            put_allele(j, g.b);
        }
        hw_json_end(j);
    }
    hw_json_end(j);
}

static void write_profile(hw_json *j, const hw_panel *panel, const hw_profile *p, bool child)
{
    hw_json_object(j);
    put_string(j, "id", p->id);
    if (!hw_streq(p->person, p->id)) {
        put_string(j, "person", p->person);
    }
    put_string(j, "family", p->family);
    put_string(j, "category", p->category);
    put_string(j, "kit", p->kit);
    put_string(j, "comment", p->comment);
    put_string(j, "mt", p->mt);
    if (p->sex != HW_SEX_UNKNOWN) {
        put_string(j, "sex", sex_name(p->sex));
    }
    if (p->synthetic) {
        hw_json_key(j, "synthetic");
        hw_json_bool(j, true);
    }
    if (child) {
        hw_json_key(j, "child");
        hw_json_bool(j, true);
    }
    if (p->dropout != 0) {
        put_number(j, "dropout", p->dropout);
    }
    if (p->error != 0) {
        put_number(j, "error", p->error);
    }
    write_genotypes(j, panel, p);
    hw_json_end(j);
}

static void write_people(hw_json *j, const hw_pedigree *ped)
{
    hw_json_key(j, "individuals");
    hw_json_array(j);
    for (size_t i = 0; i < ped->n; i++) {
        const hw_person *p = &ped->person[i];
        hw_json_object(j);
        put_string(j, "id", p->id);
        hw_json_key(j, "father");
        hw_json_string(j, p->father >= 0 ? ped->person[p->father].id : NULL);
        hw_json_key(j, "mother");
        hw_json_string(j, p->mother >= 0 ? ped->person[p->mother].id : NULL);
        put_string(j, "sex", sex_name(p->sex));
        if (p->twin != 0) {
            hw_json_key(j, "twin");
            hw_json_int(j, p->twin);
        }
        if (p->inbreeding != 0) {
            put_number(j, "inbreeding", p->inbreeding);
        }
        hw_json_end(j);
    }
    hw_json_end(j);
}

/* By its id when it stands in the list of profiles, else in full: the merged profile of several typings stands in no list. */
static void write_profile_ref(hw_json *j, const hw_dataset *d, const hw_profile *p)
{
    if (hw_dataset_find_profile(d, p->id) == p) {
        hw_json_string(j, p->id);
    } else {
        write_profile(j, &d->panel, p, false);
    }
}

static void write_family(hw_json *j, const hw_dataset *d, const hw_family *f)
{
    hw_json_object(j);
    put_string(j, "id", f->id);
    put_string(j, "comment", f->comment);
    write_people(j, &f->pedigree);
    hw_json_key(j, "profiles");
    hw_json_object(j);
    for (size_t i = 0; i < f->pedigree.n; i++) {
        if (f->profile != NULL && f->profile[i] != NULL) {
            hw_json_key(j, f->pedigree.person[i].id);
            write_profile_ref(j, d, f->profile[i]);
        }
    }
    hw_json_end(j);
    hw_json_key(j, "missing");
    hw_json_array(j);
    for (uint32_t i = 0; i < f->n_missing; i++) {
        hw_json_string(j, f->pedigree.person[f->missing[i]].id);
    }
    hw_json_end(j);
    hw_json_end(j);
}

static void write_case(hw_json *j, const hw_dataset *d, const hw_case *c)
{
    hw_json_object(j);
    put_string(j, "id", c->id);
    put_string(j, "title", c->title);
    for (size_t i = 0; i < d->n_populations; i++) {
        if (d->population[i] == c->population) {
            hw_json_key(j, "population");
            hw_json_int(j, (int64_t)i);
        }
    }
    if (c->has_settings) {
        write_settings(j, &c->settings);
    }
    hw_json_key(j, "loci");
    hw_json_array(j);
    for (uint32_t i = 0; i < c->n_loci; i++) {
        hw_json_string(j, d->panel.locus[c->loci[i]].name);
    }
    hw_json_end(j);
    hw_json_key(j, "hypotheses");
    hw_json_array(j);
    for (uint32_t h = 0; h < c->n_hypotheses; h++) {
        hw_json_object(j);
        put_string(j, "name", c->hypothesis[h].name);
        write_people(j, &c->hypothesis[h]);
        hw_json_end(j);
    }
    hw_json_end(j);
    hw_json_key(j, "profiles");
    hw_json_array(j);
    for (uint32_t i = 0; i < c->n_profiles; i++) {
        write_profile_ref(j, d, c->profile[i]);
    }
    hw_json_end(j);
    hw_json_end(j);
}

static void write_notes(hw_json *j, const hw_dataset *d)
{
    hw_json_key(j, "notes");
    hw_json_array(j);
    for (size_t i = 0; i < d->n_notes; i++) {
        hw_json_object(j);
        put_string(j, "file", d->note[i].file);
        hw_json_key(j, "line");
        hw_json_int(j, d->note[i].line);
        put_string(j, "text", d->note[i].text);
        hw_json_end(j);
    }
    hw_json_end(j);
}

hw_status json_write_document(const hw_dataset *d, const hw_format_options *o, hw_str *out, hw_str *losses, hw_err *err)
{
    (void)o;
    (void)losses; /* nothing is lost */
    hw_json j;
    hw_json_init(&j, out, 1);
    hw_json_object(&j);
    put_string(&j, "format", "homeward/1");
    if (d->synthetic) {
        hw_json_key(&j, "synthetic");
        hw_json_bool(&j, true);
    }
    write_loci(&j, &d->panel);
    if (d->n_populations > 0) {
        hw_json_key(&j, "populations");
        hw_json_array(&j);
        for (size_t i = 0; i < d->n_populations; i++) {
            write_population(&j, d->population[i]);
        }
        hw_json_end(&j);
    }
    if (d->has_settings) {
        write_settings(&j, &d->settings);
    }
    hw_json_key(&j, "profiles");
    hw_json_array(&j);
    /* the list of children is in the order of the profiles: one walk over both tells who is one */
    for (size_t i = 0, c = 0; i < d->n_profiles; i++) {
        bool child = c < d->n_children && d->child[c] == d->profile[i];
        c += child;
        write_profile(&j, &d->panel, d->profile[i], child);
    }
    hw_json_end(&j);
    if (d->n_families > 0) {
        hw_json_key(&j, "families");
        hw_json_array(&j);
        for (size_t i = 0; i < d->n_families; i++) {
            write_family(&j, d, &d->family[i]);
        }
        hw_json_end(&j);
    }
    if (d->n_cases > 0) {
        hw_json_key(&j, "cases");
        hw_json_array(&j);
        for (size_t i = 0; i < d->n_cases; i++) {
            write_case(&j, d, &d->kase[i]);
        }
        hw_json_end(&j);
    }
    if (d->n_notes > 0) {
        write_notes(&j, d);
    }
    hw_json_end(&j);
    hw_str_addc(out, '\n');
    return hw_str_check(out, err);
}
