// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "formats/csv_output.h"

#include <string.h>

#include "base/csv.h"
#include "base/number.h"
#include "formats/people.h"

typedef struct writer {
    const hw_dataset *d;
    hw_str *out, *losses;
    hw_err *err;
    char sep;
    bool use[HW_COLUMN_COUNT];
    unsigned *width; /* columns of each locus of the panel; 0: nobody is typed */
    bool *written;   /* by index in d->profile */
    bool *child;     /* by index in d->profile */
    hw_map typing;   /* family and person -> first profile plus 1 */
    size_t *next;    /* by index in d->profile: the next typing of that person plus 1 */
} writer;

static void writer_release(writer *w)
{
    hw_free(w->width);
    hw_free(w->written);
    hw_free(w->child);
    hw_free(w->next);
    hw_map_release(&w->typing);
}

/* What a row says about a person beside the profile. */
typedef struct row {
    const hw_profile *profile; /* or NULL */
    const char *person, *family, *father, *mother;
    hw_sex sex;
    bool missing, child;
    uint32_t twin;
    double inbreeding;
} row;

static bool writes_alleles(const hw_profile *p, uint32_t locus, unsigned *ret_n)
{
    const hw_extra *e = hw_profile_extra(p, locus);
    *ret_n = e != NULL && e->n > 2 ? e->n : 2;
    return e != NULL || hw_genotype_typed(hw_profile_at(p, locus));
}

static void see_profile(writer *w, const hw_profile *p)
{
    for (uint32_t i = 0; i < w->d->panel.n; i++) {
        unsigned n;
        if (writes_alleles(p, i, &n) && n > w->width[i]) {
            w->width[i] = n;
        }
    }
    w->use[HW_COLUMN_FAMILY] |= p->family != NULL;
    w->use[HW_COLUMN_PERSON] |= !hw_streq(p->person, p->id);
    w->use[HW_COLUMN_SEX] |= p->sex != HW_SEX_UNKNOWN;
    w->use[HW_COLUMN_KIT] |= p->kit != NULL;
    w->use[HW_COLUMN_CATEGORY] |= p->category != NULL;
    w->use[HW_COLUMN_DROPOUT] |= p->dropout > 0;
    w->use[HW_COLUMN_ERROR] |= p->error > 0;
    w->use[HW_COLUMN_MT] |= p->mt != NULL;
    w->use[HW_COLUMN_COMMENT] |= p->comment != NULL;
    w->use[HW_COLUMN_SYNTHETIC] |= p->synthetic;
}

static hw_status person_key(const char *family, const char *person, hw_str *key, hw_err *err)
{
    hw_str_clear(key);
    hw_str_add(key, family != NULL ? family : "");
    hw_str_addc(key, '\n');
    hw_str_add(key, person);
    return hw_str_check(key, err);
}

static hw_status survey(writer *w)
{
    const hw_dataset *d = w->d;
    HW_CLEANUP(hw_str_release) hw_str key;
    hw_str_init(&key, 1 << 20);
    w->width = hw_alloc(d->panel.n + 1, sizeof *w->width);
    w->written = hw_alloc(d->n_profiles + 1, sizeof *w->written);
    w->child = hw_alloc(d->n_profiles + 1, sizeof *w->child);
    w->next = hw_alloc(d->n_profiles + 1, sizeof *w->next);
    if (w->width == NULL || w->written == NULL || w->child == NULL || w->next == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    w->use[HW_COLUMN_ID] = true;
    for (size_t i = d->n_profiles; i-- > 0;) { /* backwards, so that the chains run in the order of reading */
        see_profile(w, d->profile[i]);
        if (d->n_families > 0 && d->profile[i]->family != NULL) {
            uint64_t first = 0;
            HW_TRY(person_key(d->profile[i]->family, d->profile[i]->person, &key, w->err));
            (void)hw_map_get(&w->typing, key.s, &first);
            w->next[i] = (size_t)first;
            HW_TRY(hw_map_put(&w->typing, key.s, i + 1, w->err));
        }
    }
    for (size_t i = 0; i < d->n_children; i++) {
        uint64_t index;
        if (hw_map_get(&d->profile_by_id, d->child[i]->id, &index)) {
            w->child[index] = true;
            w->use[HW_COLUMN_ROLE] = true;
        }
    }
    for (size_t i = 0; i < d->n_families; i++) {
        const hw_family *f = &d->family[i];
        w->use[HW_COLUMN_PERSON] = w->use[HW_COLUMN_FAMILY] = w->use[HW_COLUMN_FATHER] = w->use[HW_COLUMN_MOTHER] = true;
        w->use[HW_COLUMN_MISSING] = w->use[HW_COLUMN_SEX] = true;
        for (size_t k = 0; k < f->pedigree.n; k++) {
            w->use[HW_COLUMN_TWIN] |= f->pedigree.person[k].twin > 0;
            w->use[HW_COLUMN_INBREEDING] |= f->pedigree.person[k].inbreeding > 0;
            if (f->profile != NULL && f->profile[k] != NULL) {
                see_profile(w, f->profile[k]);
            }
        }
    }
    return HW_OK;
}

static void write_header(writer *w)
{
    bool first = true;
    for (unsigned c = 0; c < HW_COLUMN_COUNT; c++) {
        if (w->use[c]) {
            hw_csv_write(w->out, hw_person_column_name((hw_person_column)c), w->sep, first);
            first = false;
        }
    }
    for (uint32_t i = 0; i < w->d->panel.n; i++) {
        for (unsigned k = 1; k <= w->width[i]; k++) {
            char name[HW_LOCUS_FOLD_MAX + 4];
            size_t n = strlen(w->d->panel.locus[i].name);
            n = n < HW_LOCUS_FOLD_MAX ? n : HW_LOCUS_FOLD_MAX;
            memcpy(name, w->d->panel.locus[i].name, n);
            name[n] = '.';
            name[n + 1] = (char)('0' + k); /* at most 8 */
            name[n + 2] = '\0';
            hw_csv_write(w->out, name, w->sep, false);
        }
    }
    hw_str_addc(w->out, '\n');
}

static void write_text(writer *w, hw_person_column c, const char *text)
{
    if (w->use[c]) {
        hw_csv_write(w->out, text != NULL ? text : "", w->sep, c == HW_COLUMN_ID);
    }
}

static void write_number(writer *w, hw_person_column c, double x)
{
    char b[32];
    write_text(w, c, x > 0 ? hw_fmt_double(x, b) : "");
}

static void write_locus(writer *w, const hw_profile *p, uint32_t locus)
{
    char b[HW_ALLELE_BUF];
    const hw_extra *e = hw_profile_extra(p, locus);
    hw_genotype g = hw_profile_at(p, locus);
    bool typed = hw_genotype_typed(g);
    for (unsigned k = 0; k < w->width[locus]; k++) {
        const char *text = "";
        if (e != NULL) {
            text = k < e->n ? hw_allele_format(e->allele[k], b) : "";
        } else if (typed && k < 2) {
            text = hw_allele_format(k == 0 ? g.a : g.b, b); /* "-": not known */
        }
        hw_csv_write(w->out, text, w->sep, false);
    }
}

static void write_row(writer *w, const row *r)
{
    const hw_profile *p = r->profile;
    hw_sex sex = r->sex != HW_SEX_UNKNOWN ? r->sex : p != NULL ? p->sex : HW_SEX_UNKNOWN;
    write_text(w, HW_COLUMN_ID, p != NULL ? p->id : "");
    write_text(w, HW_COLUMN_PERSON, r->person);
    write_text(w, HW_COLUMN_FAMILY, r->family);
    write_text(w, HW_COLUMN_FATHER, r->father);
    write_text(w, HW_COLUMN_MOTHER, r->mother);
    write_text(w, HW_COLUMN_MISSING, r->missing ? "yes" : "");
    write_number(w, HW_COLUMN_TWIN, (double)r->twin);
    write_number(w, HW_COLUMN_INBREEDING, r->inbreeding);
    write_text(w, HW_COLUMN_SEX, sex == HW_SEX_MALE ? "M" : sex == HW_SEX_FEMALE ? "F" : "");
    write_text(w, HW_COLUMN_KIT, p != NULL ? p->kit : NULL);
    write_text(w, HW_COLUMN_ROLE, r->child ? "child" : "");
    write_text(w, HW_COLUMN_CATEGORY, p != NULL ? p->category : NULL);
    write_number(w, HW_COLUMN_DROPOUT, p != NULL ? p->dropout : 0);
    write_number(w, HW_COLUMN_ERROR, p != NULL ? p->error : 0);
    write_text(w, HW_COLUMN_MT, p != NULL ? p->mt : NULL);
    write_text(w, HW_COLUMN_COMMENT, p != NULL ? p->comment : NULL);
    write_text(w, HW_COLUMN_SYNTHETIC, p != NULL && p->synthetic ? "yes" : "");
    for (uint32_t i = 0; i < w->d->panel.n; i++) {
        write_locus(w, p, i);
    }
    hw_str_addc(w->out, '\n');
}

/* One row for each typing of a member, or one without profile. */
static hw_status write_member(writer *w, const hw_family *f, uint32_t k, hw_str *key)
{
    const hw_person *person = &f->pedigree.person[k];
    const hw_profile *profile = f->profile != NULL ? f->profile[k] : NULL;
    row r = {.profile = profile,
             .person = person->id,
             .family = f->id,
             .father = person->father >= 0 ? f->pedigree.person[person->father].id : NULL,
             .mother = person->mother >= 0 ? f->pedigree.person[person->mother].id : NULL,
             .sex = person->sex,
             .twin = person->twin,
             .inbreeding = person->inbreeding};
    for (uint32_t i = 0; i < f->n_missing; i++) {
        r.missing |= f->missing[i] == k;
    }
    uint64_t index = 0;
    if (profile != NULL && hw_map_get(&w->d->profile_by_id, profile->id, &index) && w->d->profile[index] == profile) {
        if (w->written[index]) {
            hw_format_loss(w->losses, "family %s, person %s: profile %s stands in two families; its second row has no genotypes", f->id,
                           person->id, profile->id);
            r.profile = NULL;
        }
        r.child = w->child[index];
        w->written[index] = true;
        write_row(w, &r);
        return HW_OK;
    }
    HW_TRY(person_key(f->id, person->id, key, w->err));
    index = 0;
    (void)hw_map_get(&w->typing, key->s, &index);
    if (profile == NULL || index == 0) {
        write_row(w, &r);
        return HW_OK;
    }
    for (size_t i = (size_t)index; i > 0; i = w->next[i - 1]) { /* merged: the typings themselves are written */
        r.profile = w->d->profile[i - 1];
        w->written[i - 1] = true;
        write_row(w, &r);
    }
    return HW_OK;
}

static hw_status write_all(writer *w)
{
    const hw_dataset *d = w->d;
    HW_CLEANUP(hw_str_release) hw_str key;
    hw_str_init(&key, 1 << 20);
    HW_TRY(survey(w));
    if (hw_format_is_synthetic(d)) {
        hw_str_add(w->out, "# synthetic: yes\n");
    }
    write_header(w);
    for (size_t i = 0; i < d->n_families; i++) {
        const hw_family *f = &d->family[i];
        for (uint32_t k = 0; k < f->pedigree.n; k++) {
            HW_TRY(write_member(w, f, k, &key));
        }
        if (f->comment != NULL) {
            hw_format_loss(w->losses, "family %s: its comment", f->id);
        }
    }
    for (size_t i = 0; i < d->n_profiles; i++) {
        const hw_profile *p = d->profile[i];
        if (!w->written[i]) {
            row r = {.profile = p, .person = p->person, .family = p->family, .child = w->child[i]};
            if (d->n_families > 0 && p->family != NULL && !w->child[i]) {
                hw_format_loss(w->losses, "profile %s: its family code %s, since it is no member of that family", p->id, p->family);
                r.family = NULL;
            }
            write_row(w, &r);
        }
    }
    if (d->n_cases > 0) {
        hw_format_loss(w->losses, "%zu cases with their hypotheses: a table of profiles holds none", d->n_cases);
    }
    if (d->n_populations > 0) {
        hw_format_loss(w->losses, "%zu frequency tables: a table of profiles holds none", d->n_populations);
    }
    if (d->has_settings) {
        hw_format_loss(w->losses, "mutation rates and other settings: a table of profiles holds none");
    }
    return hw_str_check(w->out, w->err);
}

hw_status hw_csv_output_write(const hw_dataset *d, const hw_format_options *o, hw_str *out, hw_str *losses, hw_err *err)
{
    HW_CLEANUP(writer_release)
    writer w = {.d = d, .out = out, .losses = losses, .err = err, .sep = o->separator != 0 ? o->separator : ','};
    hw_map_init(&w.typing, 0);
    return write_all(&w);
}
