// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Writing .fam as Familias 3 does: one case in the main section, children and families in the DVI section, one database.
 * What the format cannot hold is listed. Numbers are written so that they read back as the same double.
 */
#include <string.h>

#include "base/number.h"
#include "formats/familias.h"

#define EOL "\n"

typedef struct written_locus {
    uint32_t panel;
    const char *name;
    uint32_t n;
    const hw_allele *allele; /* without the silent one */
    const double *freq;
    double silent;
    const hw_locus_settings *ls;
    double chromosomes, fmin;
} written_locus;

typedef struct writer {
    const hw_dataset *d;
    hw_str *out, *losses;
    hw_err *err;
    hw_arena scratch;
    const hw_case *kase; /* or NULL */
    const hw_population *population;
    const hw_settings *settings;
    double theta, dropout;
    bool synthetic;
    written_locus *locus;
    uint32_t n_loci;
} writer;

static bool same(double a, double b)
{
    return !(a < b) && !(a > b);
}

static void put_number(writer *w, double x)
{
    char buf[32];
    hw_str_add(w->out, hw_fmt_double(x, buf));
    hw_str_add(w->out, EOL);
}

static void put_line(writer *w, const char *s)
{
    hw_str_add(w->out, s);
    hw_str_add(w->out, EOL);
}

static void put_int(writer *w, int64_t x)
{
    hw_str_addf(w->out, "%lld" EOL, (long long)x);
}

/* No escape is known in this format: quotes and line ends in a name are replaced. */
static void put_clean(writer *w, const char *s)
{
    bool changed = false;
    for (const char *c = s; *c != '\0'; c++) {
        bool bad = *c == '"' || *c == '\n' || *c == '\r';
        changed = changed || bad;
        hw_str_addc(w->out, !bad ? *c : *c == '"' ? '\'' : ' ');
    }
    if (changed) {
        hw_format_loss(w->losses, "name \"%s\": quotes and line ends are replaced", s);
    }
}

static void put_quoted(writer *w, const char *s)
{
    hw_str_addc(w->out, '"');
    put_clean(w, s);
    hw_str_add(w->out, "\"" EOL);
}

/* --- what is written --- */

static bool storable(hw_allele a)
{
    return hw_allele_is_repeat(a) || a == HW_ALLELE_REST || (a != HW_ALLELE_UNKNOWN && a >= HW_ALLELE_NAMED);
}

/* Can the typing be held: both alleles known and named in a table? */
static bool full_typing(const writer *w, const hw_profile *p, uint32_t panel, hw_genotype *ret)
{
    (void)w;
    hw_genotype g = hw_profile_at(p, panel);
    if (hw_profile_extra(p, panel) != NULL || !storable(g.a) || !storable(g.b)) {
        return false;
    }
    *ret = g;
    return true;
}

static void list_typing_losses(writer *w, const hw_profile *p)
{
    for (uint32_t l = 0; l < w->d->panel.n; l++) {
        hw_genotype g = hw_profile_at(p, l);
        const hw_extra *x = hw_profile_extra(p, l);
        if (!hw_genotype_typed(g) && x == NULL) {
            continue;
        }
        const char *locus = w->d->panel.locus[l].name;
        bool listed = false;
        for (uint32_t i = 0; i < w->n_loci; i++) {
            listed = listed || w->locus[i].panel == l;
        }
        if (!listed) {
            hw_format_loss(w->losses, "profile \"%s\", %s: not written: no autosomal frequency table for this locus", p->id, locus);
        } else if (!full_typing(w, p, l, &g)) {
            hw_format_loss(w->losses, "profile \"%s\", %s: not written: a partial, off-ladder, silent or tri-allelic typing cannot be held", p->id, locus);
        }
    }
    if (p->mt != NULL) {
        hw_format_loss(w->losses, "profile \"%s\": the mitochondrial haplotype", p->id);
    }
    if (p->error > 0) {
        hw_format_loss(w->losses, "profile \"%s\": the typing error probability", p->id);
    }
    if (p->kit != NULL || p->category != NULL || p->comment != NULL) {
        hw_format_loss(w->losses, "profile \"%s\": kit, category and comment", p->id);
    }
}

/* Every profile that will be written, by a callback. */
typedef hw_status (*profile_fn)(writer *w, const hw_profile *p, void *ctx);

static hw_status each_profile(writer *w, profile_fn fn, void *ctx)
{
    const hw_dataset *d = w->d;
    for (uint32_t i = 0; w->kase != NULL && i < w->kase->n_profiles; i++) {
        HW_TRY(fn(w, w->kase->profile[i], ctx));
    }
    for (size_t i = 0; i < d->n_children; i++) {
        HW_TRY(fn(w, d->child[i], ctx));
    }
    for (size_t i = 0; i < d->n_families; i++) {
        const hw_family *f = &d->family[i];
        for (size_t k = 0; f->profile != NULL && k < f->pedigree.n; k++) {
            if (f->profile[k] != NULL) {
                HW_TRY(fn(w, f->profile[k], ctx));
            }
        }
    }
    return HW_OK;
}

static hw_status collect_dropout(writer *w, const hw_profile *p, void *ctx)
{
    bool *mixed = ctx;
    *mixed = *mixed || (p->dropout > 0 && w->dropout > 0 && !same(p->dropout, w->dropout));
    w->dropout = p->dropout > w->dropout ? p->dropout : w->dropout;
    return HW_OK;
}

typedef struct seen_set {
    hw_allele *allele;
    size_t n, cap;
    uint32_t panel;
    const hw_freq *f;
} seen_set;

/* Alleles of the profiles that the table lacks. */
static hw_status collect_seen(writer *w, const hw_profile *p, void *ctx)
{
    seen_set *s = ctx;
    hw_genotype g;
    if (!full_typing(w, p, s->panel, &g)) {
        return HW_OK;
    }
    const hw_allele a[2] = {g.a, g.b};
    for (int k = 0; k < 2; k++) {
        bool known = false;
        for (uint32_t i = 0; i < s->f->n && !known; i++) {
            known = s->f->allele[i] == a[k];
        }
        for (size_t i = 0; i < s->n && !known; i++) {
            known = s->allele[i] == a[k];
        }
        if (!known) {
            HW_TRY(HW_GROW(s->allele, s->n, s->cap, FAM_MAX_ALLELES, "alleles", w->err));
            s->allele[s->n++] = a[k];
        }
    }
    return HW_OK;
}

/*
 * The table as written. As it stands when it sums to 1 and lists every allele seen; else the frequencies the likelihood works with, rare
 * alleles included, so that reading the file back gives the same ratios.
 */
static hw_status fill_locus(writer *w, const hw_freq *f, written_locus *l, const seen_set *seen)
{
    uint32_t n = f->n;
    const hw_allele *allele = f->allele;
    const double *freq = f->freq;
    double off = f->sum - 1;
    if (seen->n > 0 || off > 1e-6 || off < -1e-6) {
        hw_locus_settings plain = {.locus = f->locus};
        hw_locus_model *m = NULL;
        HW_TRY(hw_locus_model_build(&w->scratch, f, HW_LOCUS_AUTOSOMAL, &plain, 0, w->settings->rare_rule, w->settings->rare_value,
                                    seen->allele, seen->n, &m, w->err));
        n = m->n;
        allele = m->allele;
        freq = m->p;
        for (uint32_t i = 0; i < m->n_added; i++) {
            char name[HW_ALLELE_BUF], x[32];
            hw_format_loss(w->losses, "%s: allele %s is not in the table and was added with frequency %s, all divided by their sum", f->locus,
                           hw_allele_format(m->added[i], name), hw_fmt_double(m->added_freq[i], x));
        }
    }
    hw_allele *a = HW_NEW(&w->scratch, hw_allele, n + 1u);
    double *p = HW_NEW(&w->scratch, double, n + 1u);
    double rest = 0;
    if (a == NULL || p == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    l->silent = l->ls->has_silent_in_table ? 0 : l->ls->silent;
    for (uint32_t i = 0; i < n; i++) {
        if (allele[i] == HW_ALLELE_SILENT) {
            l->silent = freq[i];
        } else if (storable(allele[i])) {
            a[l->n] = allele[i];
            p[l->n++] = freq[i];
        } else {
            char name[HW_ALLELE_BUF];
            hw_format_loss(w->losses, "%s: the frequency of allele %s is counted among \"Rest allele\"", f->locus, hw_allele_format(allele[i], name));
            rest += freq[i];
        }
    }
    if (rest > 0) {
        uint32_t i = 0;
        while (i < l->n && a[i] != HW_ALLELE_REST) {
            i++;
        }
        l->n += i == l->n;
        a[i] = HW_ALLELE_REST;
        p[i] += rest;
    }
    l->allele = a;
    l->freq = p;
    l->chromosomes = f->chromosomes;
    l->fmin = f->fmin;
    return HW_OK;
}

static hw_status choose_loci(writer *w)
{
    const hw_population *pop = w->population;
    const hw_panel *panel = &w->d->panel;
    uint32_t n = pop != NULL ? pop->n : 0;
    w->locus = HW_NEW(&w->scratch, written_locus, n);
    if (w->locus == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    for (uint32_t i = 0; i < n; i++) {
        const hw_freq *f = &pop->freq[i];
        uint32_t index = UINT32_MAX;
        bool typed = hw_panel_find(panel, f->locus, &index);
        hw_locus_kind kind = typed ? panel->locus[index].kind : HW_LOCUS_AUTOSOMAL;
        const hw_locus_info *info = hw_locus_find(f->locus);
        kind = !typed && info != NULL ? info->kind : kind;
        if (kind != HW_LOCUS_AUTOSOMAL) {
            hw_format_loss(w->losses, "%s: the frequency table of a locus that is not autosomal", f->locus);
            continue;
        }
        written_locus *l = &w->locus[w->n_loci];
        *l = (written_locus){.panel = index, .name = f->locus, .ls = hw_settings_locus(w->settings, f->locus)};
        seen_set seen = {.panel = index, .f = f};
        hw_status s = typed ? each_profile(w, collect_seen, &seen) : HW_OK;
        s = s == HW_OK ? fill_locus(w, f, l, &seen) : s;
        hw_free(seen.allele);
        HW_TRY(s);
        w->n_loci++;
    }
    return HW_OK;
}

/* --- the parts of the file --- */

static int mutation_code(writer *w, const written_locus *l, const hw_mutation *m, const char *sex)
{
    bool plain = m->transform == HW_TRANSFORM_NONE;
    switch (plain ? m->model : HW_MUTATION_CUSTOM) {
    case HW_MUTATION_NONE:
    case HW_MUTATION_EQUAL:
        return 0;
    case HW_MUTATION_PROPORTIONAL:
        return 1;
    case HW_MUTATION_STEPWISE:
        return m->rate2 > 0 ? 4 : 2;
    case HW_MUTATION_STEPWISE_STATIONARY:
        if (m->rate2 > 0) {
            hw_format_loss(w->losses, "%s: the microvariant rate of the stationary stepwise model of %s", l->name, sex);
        }
        return 3;
    default:
        hw_format_loss(w->losses, "%s: the mutation model \"%s\"%s of %s is written as \"equal\" with the same rate: ratios change", l->name,
                       hw_mutation_name(m->model), plain ? "" : " (transformed)", sex);
        return 0;
    }
}

static double value_for(int code, double x)
{
    return code >= 2 ? x : 0;
}

static void put_locus(writer *w, const written_locus *l)
{
    const hw_mutation *female = &l->ls->female, *male = &l->ls->male;
    int cf = mutation_code(w, l, female, "mothers"), cm = mutation_code(w, l, male, "fathers");
    bool silent = l->silent > 0;
    char a[32], b[32], c[32];
    put_quoted(w, l->name);
    put_number(w, female->rate);
    put_number(w, male->rate);
    put_int(w, cf);
    put_int(w, cm);
    put_int(w, (int64_t)l->n + silent);
    put_number(w, value_for(cf, female->range));
    put_number(w, value_for(cm, male->range));
    put_number(w, cf == 4 ? female->rate2 : 0);
    put_number(w, cm == 4 ? male->rate2 : 0);
    put_line(w, silent ? "#TRUE#" : "#FALSE#");
    put_number(w, l->silent);
    hw_str_addf(w->out, "%u\t(DatabaseSize = %s , Dropout probability = %s , Minor allele frequency = %s )" EOL, l->n,
                hw_fmt_double(l->chromosomes, a), hw_fmt_double(w->dropout, b), hw_fmt_double(l->fmin, c));
    for (uint32_t i = 0; i < l->n; i++) {
        char name[HW_ALLELE_BUF];
        put_quoted(w, hw_allele_format(l->allele[i], name));
        put_number(w, l->freq[i]);
    }
}

static int64_t allele_index(const written_locus *l, hw_allele a)
{
    for (uint32_t i = 0; i < l->n; i++) {
        if (l->allele[i] == a) {
            return i;
        }
    }
    return -1;
}

/* The typings of a person, as indices (main section) or as names (DVI section). */
static void put_typings(writer *w, const hw_profile *p, bool dvi)
{
    uint32_t n = 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1 && dvi) {
            hw_str_addf(w->out, "nSystems= %u" EOL, n);
        } else if (pass == 1) {
            put_int(w, n);
        }
        for (uint32_t i = 0; i < w->n_loci; i++) {
            const written_locus *l = &w->locus[i];
            hw_genotype g;
            if (p == NULL || !full_typing(w, p, l->panel, &g)) {
                continue;
            }
            if (pass == 0) {
                n++;
            } else if (dvi) {
                char a[HW_ALLELE_BUF], b[HW_ALLELE_BUF];
                hw_str_addf(w->out, "SystemName= %s" EOL "Allele1= %s" EOL "Allele2= %s" EOL, l->name, hw_allele_format(g.a, a),
                            hw_allele_format(g.b, b));
            } else {
                put_int(w, allele_index(l, g.a));
                put_int(w, allele_index(l, g.b));
                put_int(w, i);
            }
        }
    }
}

static const hw_profile *case_profile(const hw_case *c, const char *person)
{
    for (uint32_t i = 0; i < c->n_profiles; i++) {
        if (hw_streq(c->profile[i]->person, person)) {
            return c->profile[i];
        }
    }
    return NULL;
}

/* Every person of any hypothesis once; *ret holds ids in order. */
static hw_status case_people(writer *w, hw_pedigree *ret)
{
    const hw_case *c = w->kase;
    for (uint32_t h = 0; h < c->n_hypotheses; h++) {
        const hw_pedigree *ped = &c->hypothesis[h];
        for (size_t i = 0; i < ped->n; i++) {
            uint32_t at;
            if (!hw_pedigree_find(ret, ped->person[i].id, &at)) {
                HW_TRY(hw_pedigree_add(ret, ped->person[i].id, ped->person[i].sex, &at, w->err));
            }
            hw_sex sex = ped->person[i].sex;
            if (ret->person[at].sex == HW_SEX_UNKNOWN) {
                ret->person[at].sex = sex;
            } else if (sex != HW_SEX_UNKNOWN && sex != ret->person[at].sex) {
                return HW_FAIL(w->err, HW_UNSUPPORTED, "case %s: \"%s\" is male in one hypothesis and female in another: .fam cannot hold that", c->id,
                               ped->person[i].id);
            }
        }
    }
    return HW_OK;
}

static void put_relations(writer *w, const hw_pedigree *ped, const hw_pedigree *people)
{
    uint32_t n = 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1) {
            put_int(w, n);
        }
        for (size_t i = 0; i < ped->n; i++) {
            const hw_person *p = &ped->person[i];
            uint32_t child = 0;
            (void)hw_pedigree_find(people, p->id, &child);
            const int32_t parents[2] = {p->father, p->mother};
            for (int k = 0; k < 2; k++) {
                uint32_t parent = 0;
                if (parents[k] < 0) {
                    continue;
                }
                n += pass == 0;
                if (pass == 1) {
                    (void)hw_pedigree_find(people, ped->person[parents[k]].id, &parent);
                    put_int(w, parent);
                    put_int(w, child);
                }
            }
            /* identical twins: a relation marked as direct, to the first of the group */
            for (size_t j = 0; p->twin != 0 && j < i; j++) {
                if (ped->person[j].twin == p->twin) {
                    uint32_t other = 0;
                    n += pass == 0;
                    if (pass == 1) {
                        (void)hw_pedigree_find(people, ped->person[j].id, &other);
                        hw_str_addf(w->out, "%u (Direct)" EOL, other);
                        put_int(w, child);
                    }
                    break;
                }
            }
            if (pass == 0 && p->inbreeding > 0) {
                hw_format_loss(w->losses, "the inbreeding of \"%s\": ratios change", p->id);
            }
        }
    }
}

static hw_status put_case(writer *w, hw_pedigree *people)
{
    if (w->kase != NULL) {
        HW_TRY(case_people(w, people));
    }
    put_int(w, (int64_t)people->n);
    for (size_t i = 0; i < people->n; i++) {
        const hw_person *person = &people->person[i];
        const hw_profile *p = case_profile(w->kase, person->id);
        uint32_t typed = 0;
        for (uint32_t l = 0; p != NULL && l < w->n_loci; l++) {
            hw_genotype g;
            typed += full_typing(w, p, w->locus[l].panel, &g);
        }
        put_quoted(w, person->id);
        put_line(w, "#FALSE#");
        /* the program fails on drop-out of somebody who is not typed */
        put_line(w, typed > 0 && p->dropout > 0 ? "-1 (Consider dropouts)" : "-1");
        put_line(w, "#FALSE#");
        put_line(w, person->sex != HW_SEX_FEMALE ? "#TRUE#" : "#FALSE#");
        if (person->sex == HW_SEX_UNKNOWN) {
            hw_format_loss(w->losses, "the sex of \"%s\" is unknown; written as male", person->id);
        }
        put_typings(w, p, false);
    }
    put_quoted(w, "Known relations");
    put_line(w, "0" EOL "0" EOL "0");
    put_int(w, w->kase != NULL ? w->kase->n_hypotheses : 0);
    for (uint32_t h = 0; w->kase != NULL && h < w->kase->n_hypotheses; h++) {
        const hw_pedigree *ped = &w->kase->hypothesis[h];
        put_int(w, h);
        put_quoted(w, ped->name != NULL ? ped->name : "");
        put_line(w, "0" EOL "0");
        put_relations(w, ped, people);
    }
    return HW_OK;
}

/* --- the DVI section --- */

static void put_dvi_value(writer *w, const char *key, const char *value)
{
    hw_str_addf(w->out, "%s= ", key);
    put_clean(w, value);
    hw_str_add(w->out, EOL);
}

static void put_dvi_person(writer *w, const char *name, hw_sex sex, const hw_profile *p, int depth, size_t number)
{
    static const char open[] = "[[[[[[[[", close[] = "]]]]]]]]";
    hw_str_addf(w->out, "%.*sPerson %zu %.*s" EOL, depth, open, number, depth, close);
    put_dvi_value(w, "Name", name);
    put_dvi_value(w, "Gender", sex == HW_SEX_MALE ? "Male" : sex == HW_SEX_FEMALE ? "Female" : "Unknown");
    hw_str_addf(w->out, "%.*sDNA data%.*s" EOL, depth + 1, open, depth + 1, close);
    put_typings(w, p, true);
}

/* The program knows missing persons by this name. One is enough for it; further ones are told apart by a number. */
static const char *dvi_name(writer *w, const hw_family *f, size_t i)
{
    for (uint32_t m = 0; m < f->n_missing; m++) {
        if (f->missing[m] == i) {
            const char *sex = f->pedigree.person[i].sex == HW_SEX_MALE ? "male" : f->pedigree.person[i].sex == HW_SEX_FEMALE ? "female" : "person";
            return m == 0 ? "Missing person" : hw_arena_printf(&w->scratch, "Missing %s %u", sex, m);
        }
    }
    return f->pedigree.person[i].id;
}

static hw_status put_dvi_family(writer *w, const hw_family *f, size_t number)
{
    const hw_pedigree *ped = &f->pedigree;
    const char **name = HW_NEW(&w->scratch, const char *, ped->n);
    if (name == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    size_t listed = 0;
    for (size_t i = 0; i < ped->n; i++) {
        name[i] = dvi_name(w, f, i);
        if (name[i] == NULL) {
            return HW_NO_MEMORY_FAIL(w->err);
        }
        listed += !hw_streq(name[i], "Missing person");
        if (!hw_streq(name[i], ped->person[i].id)) {
            hw_format_loss(w->losses, "family \"%s\": the missing person \"%s\" is called \"%s\"%s", f->id, ped->person[i].id, name[i],
                           hw_streq(name[i], "Missing person") && ped->person[i].sex != HW_SEX_UNKNOWN ? ", the sex is not kept" : "");
        }
        if (ped->person[i].inbreeding > 0) {
            hw_format_loss(w->losses, "family \"%s\": the inbreeding of \"%s\": ratios change", f->id, ped->person[i].id);
        }
    }
    hw_str_addf(w->out, "[[[Family %zu ]]]" EOL, number);
    put_dvi_value(w, "Name", f->id);
    hw_str_addf(w->out, "[[[[Persons]]]]" EOL "nPersons= %zu" EOL, listed);
    for (size_t i = 0, k = 1; i < ped->n; i++) {
        if (!hw_streq(name[i], "Missing person")) {
            const hw_profile *p = f->profile != NULL ? f->profile[i] : NULL;
            if (p != NULL && p->dropout > 0) {
                hw_format_loss(w->losses, "profile \"%s\": the drop-out probability (the DVI section has none per person)", p->id);
            }
            put_dvi_person(w, name[i], ped->person[i].sex, p, 5, k++);
        }
    }
    hw_str_add(w->out, "[[[[Pedigrees]]]]" EOL "nPedigrees= 2" EOL);
    for (int copy = 1; copy <= 2; copy++) {
        hw_str_addf(w->out, "[[[[[Pedigree %d]]]]]" EOL, copy);
        put_dvi_value(w, "Name", copy == 1 ? "Reference pedigree" : ped->name != NULL ? ped->name : f->id);
        uint32_t n = 0;
        for (int pass = 0; pass < 2; pass++) {
            if (pass == 1) {
                hw_str_addf(w->out, "nRelations= %u" EOL, n);
            }
            for (size_t i = 0; i < ped->n; i++) {
                const hw_person *p = &ped->person[i];
                const int32_t parents[2] = {p->father, p->mother};
                for (int k = 0; k < 2; k++) {
                    if (parents[k] < 0) {
                        continue;
                    }
                    n += pass == 0;
                    if (pass == 1) {
                        put_dvi_value(w, "Parent", name[parents[k]]);
                        put_dvi_value(w, "Child", name[i]);
                    }
                }
                for (size_t j = 0; p->twin != 0 && j < i; j++) {
                    if (ped->person[j].twin == p->twin) {
                        n += pass == 0;
                        if (pass == 1) {
                            hw_str_add(w->out, "Parent= ");
                            put_clean(w, name[j]);
                            hw_str_add(w->out, " (Direct)" EOL);
                            put_dvi_value(w, "Child", name[i]);
                        }
                        break;
                    }
                }
            }
        }
    }
    return HW_OK;
}

static hw_status put_dvi(writer *w)
{
    const hw_dataset *d = w->d;
    hw_str_addf(w->out, EOL "[DVI]" EOL "[[Unidentified persons]]" EOL "nPersons= %zu" EOL, d->n_children);
    for (size_t i = 0; i < d->n_children; i++) {
        put_dvi_person(w, d->child[i]->person, d->child[i]->sex, d->child[i], 3, i + 1);
        if (d->child[i]->dropout > 0) {
            hw_format_loss(w->losses, "profile \"%s\": the drop-out probability (the DVI section has none per person)", d->child[i]->id);
        }
    }
    hw_str_addf(w->out, "[[Notes]]" EOL "nFamilies= %zu" EOL, d->n_families);
    for (size_t i = 0; i < d->n_families; i++) {
        /* a line that begins with a bracket would be taken for a header */
        const char *comment = d->family[i].comment;
        if (w->synthetic) { /* here too: the program keeps the notes when it writes a header of its own */
            hw_str_add(w->out, comment != NULL ? HW_FORMAT_SYNTHETIC ": " : HW_FORMAT_SYNTHETIC);
            put_clean(w, comment != NULL ? comment : "");
        } else {
            put_clean(w, comment != NULL && comment[0] != '[' ? comment : "");
        }
        hw_str_add(w->out, EOL);
    }
    hw_str_addf(w->out, "[[Reference Families]]" EOL "nFamilies= %zu" EOL, d->n_families);
    for (size_t i = 0; i < d->n_families; i++) {
        HW_TRY(put_dvi_family(w, &d->family[i], i + 1));
    }
    hw_str_addf(w->out, "[Prior]" EOL "UseList= Yes" EOL "Size= %zu" EOL, d->n_children);
    return HW_OK;
}

/* --- all of it --- */

static hw_status list_losses_of(writer *w, const hw_profile *p, void *ctx)
{
    (void)ctx;
    list_typing_losses(w, p);
    return HW_OK;
}

static void list_general_losses(writer *w)
{
    const hw_dataset *d = w->d;
    for (size_t i = 1; i < d->n_cases; i++) {
        hw_format_loss(w->losses, "case \"%s\": a .fam file holds one case, \"%s\"", d->kase[i].id, d->kase[0].id);
    }
    for (size_t i = 0; i < d->n_populations; i++) {
        if (d->population[i] != w->population) {
            hw_format_loss(w->losses, "population \"%s\": a .fam file holds one, \"%s\"", d->population[i]->name, w->population->name);
        }
    }
    if (w->population == NULL) {
        hw_format_loss(w->losses, "every genotype: they need a frequency table, and there is none");
    }
    if (w->settings->rare_rule != HW_RARE_AUTO) {
        hw_format_loss(w->losses, "the rule for alleles that are not in the table");
    }
    for (uint32_t i = 0; i < w->settings->n_linked; i++) {
        hw_format_loss(w->losses, "the linkage of %s and %s: ratios change", w->settings->linked[i].a, w->settings->linked[i].b);
    }
    hw_map used;
    hw_map_init(&used, 0);
    hw_status s = HW_OK;
    for (size_t i = 0; s == HW_OK && i < d->n_children; i++) {
        s = hw_map_put(&used, d->child[i]->id, 1, NULL);
    }
    for (size_t i = 0; i < d->n_families; i++) {
        for (size_t k = 0; d->family[i].profile != NULL && k < d->family[i].pedigree.n && s == HW_OK; k++) {
            s = d->family[i].profile[k] != NULL ? hw_map_put(&used, d->family[i].profile[k]->id, 1, NULL) : HW_OK;
        }
    }
    for (uint32_t i = 0; w->kase != NULL && i < w->kase->n_profiles && s == HW_OK; i++) {
        s = hw_map_put(&used, w->kase->profile[i]->id, 1, NULL);
    }
    for (size_t i = 0; s == HW_OK && i < d->n_profiles; i++) {
        uint64_t x;
        if (!hw_map_get(&used, d->profile[i]->id, &x)) {
            hw_format_loss(w->losses, "profile \"%s\": belongs to no case, no family and is no child", d->profile[i]->id);
        }
    }
    hw_map_release(&used);
}

static hw_status write_all(writer *w, hw_pedigree *people)
{
    const hw_dataset *d = w->d;
    char theta[32];
    bool mixed = false;
    HW_TRY(each_profile(w, collect_dropout, &mixed));
    if (mixed) {
        char x[32];
        hw_format_loss(w->losses, "the drop-out probabilities of the samples differ; all are written as the largest, %s", hw_fmt_double(w->dropout, x));
    }
    HW_TRY(choose_loci(w));
    bool dvi = d->n_children > 0 || d->n_families > 0;
    put_quoted(w, "Output from Familias, version 3.3.1");
    put_quoted(w, w->synthetic ? "(" HW_FORMAT_SYNTHETIC "; produced by Homeward)" : "(Actually produced by Homeward)");
    put_line(w, dvi ? "3.3.1 (DVI)" : "3.3.1");
    put_quoted(w, "");
    HW_TRY(put_case(w, people));
    hw_str_addf(w->out, "#FALSE# (#Databases: 1 ;Theta/Kinship/Fst: %s )" EOL, hw_fmt_double(w->theta, theta));
    put_int(w, w->n_loci);
    put_line(w, "#TRUE#");
    put_quoted(w, w->population != NULL ? w->population->name : "unknown");
    for (uint32_t i = 0; i < w->n_loci; i++) {
        put_locus(w, &w->locus[i]);
    }
    if (dvi) {
        HW_TRY(put_dvi(w));
    }
    hw_str_add(w->out, "[Advanced]" EOL "[[Direct/Identity]]" EOL "Dropin= 0" EOL "Dropout= 0" EOL "Error= 0" EOL "[[Other]]" EOL
                       "NumberOfDecimals= 10" EOL "[[DVI]]" EOL "QuickSearch= Enabled" EOL "AllowedMismatches= 5" EOL
                       "[[Simulation]]" EOL "SaveGenotypes= Disabled" EOL "SaveComplete= Enabled" EOL "ForceMAF= Disabled" EOL);
    list_general_losses(w);
    HW_TRY(each_profile(w, list_losses_of, NULL));
    if (w->losses != NULL) {
        HW_TRY(hw_str_check(w->losses, w->err));
    }
    return hw_str_check(w->out, w->err);
}

hw_status fam_write(const hw_dataset *d, const hw_format_options *o, hw_str *out, hw_str *losses, hw_err *err)
{
    (void)o;
    hw_settings standard;
    hw_settings_init(&standard);
    writer w = {.d = d, .out = out, .losses = losses, .err = err, .settings = &standard, .synthetic = hw_format_is_synthetic(d)};
    if (d->n_cases > 0) {
        w.kase = &d->kase[0];
        w.population = w.kase->population;
        w.settings = w.kase->has_settings ? &w.kase->settings : w.settings;
    }
    if (d->has_settings && w.settings == &standard) {
        w.settings = &d->settings;
    }
    if (w.population == NULL && d->n_populations > 0) {
        w.population = d->population[0];
    }
    w.theta = w.settings->theta >= 0 ? w.settings->theta : w.population != NULL ? w.population->theta : 0;
    hw_arena_init(&w.scratch, 0);
    hw_pedigree people;
    hw_pedigree_init(&people);
    hw_status s = write_all(&w, &people);
    hw_pedigree_release(&people);
    hw_arena_release(&w.scratch);
    return s;
}
