// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Familias .fam: the frequency database, its mutation models, silent alleles and theta. */
#include <string.h>

#include "base/number.h"
#include "formats/familias.h"

/* Lines that a file with computed probabilities may have between the pedigrees and the database. */
#define MAX_PROBABILITY_LINES 1000000u

static bool is_bool(fam_line l, bool *ret)
{
    *ret = l.n >= 6 && memcmp(l.s, "#TRUE#", 6) == 0;
    return *ret || (l.n >= 7 && memcmp(l.s, "#FALSE#", 7) == 0);
}

/* Does the database begin at this line: a count, a flag, perhaps a name, the name of the first locus? */
static bool database_begins(const fam_reader *f, uint32_t at)
{
    int64_t n;
    bool named = false;
    if (at + 1 >= f->n_lines || !hw_parse_int(f->line[at].s, f->line[at].n, &n) || n < 0 || !is_bool(f->line[at + 1], &named)) {
        return false;
    }
    uint32_t locus = at + (named ? 3 : 2);
    return n == 0 || (locus < f->n_lines && f->line[locus].n >= 2 && f->line[locus].s[0] == '"');
}

/* "#FALSE# (#Databases: 1 ;Theta/Kinship/Fst: 0 )", or #TRUE# and probabilities once computed, which are skipped. */
static hw_status read_theta(fam_reader *f, double *ret_databases)
{
    bool computed;
    fam_line rest;
    uint32_t here = f->at;
    HW_TRY(fam_read_bool(f, "whether probabilities are stored", &computed, &rest));
    *ret_databases = 1;
    bool stated = fam_labelled(rest, "Theta/Kinship/Fst", &f->theta);
    (void)fam_labelled(rest, "#Databases", ret_databases);
    if (computed) {
        uint32_t skipped = 0;
        while (!database_begins(f, f->at)) {
            if (f->at >= f->n_lines || ++skipped > MAX_PROBABILITY_LINES) {
                return fam_fail(f, here, HW_PARSE, "stored probabilities without a database after them");
            }
            stated = fam_labelled(f->line[f->at], "Theta/Kinship/Fst", &f->theta) || stated;
            (void)fam_labelled(f->line[f->at], "#Databases", ret_databases);
            f->at++;
        }
        if (skipped > 0) {
            hw_dataset_note(f->d, f->in->name, here + 1, "%u lines of stored probabilities were skipped: Homeward computes its own", skipped);
        }
    }
    if (!(f->theta >= 0 && f->theta < 1)) {
        char x[32];
        return fam_fail(f, here, HW_PARSE, "theta is %s; expected at least 0 and below 1", hw_fmt_double(f->theta, x));
    }
    if (!stated) {
        hw_dataset_note(f->d, f->in->name, here + 1, "no theta is stated: taken as 0");
    }
    return HW_OK;
}

static hw_mutation mutation_of(int64_t code, double rate, double rate2, double range)
{
    switch (code) {
    case 0:
        return (hw_mutation){.model = rate > 0 ? HW_MUTATION_EQUAL : HW_MUTATION_NONE, .rate = rate};
    case 1:
        return (hw_mutation){.model = rate > 0 ? HW_MUTATION_PROPORTIONAL : HW_MUTATION_NONE, .rate = rate};
    case 2:
        return (hw_mutation){.model = rate > 0 ? HW_MUTATION_STEPWISE : HW_MUTATION_NONE, .rate = rate, .range = rate > 0 ? range : 0};
    case 3:
        return (hw_mutation){.model = rate > 0 ? HW_MUTATION_STEPWISE_STATIONARY : HW_MUTATION_NONE, .rate = rate, .range = rate > 0 ? range : 0};
    default:
        if (rate <= 0 && rate2 <= 0) {
            return (hw_mutation){0};
        }
        return (hw_mutation){.model = HW_MUTATION_STEPWISE, .rate = rate, .rate2 = rate2, .range = range};
    }
}

static bool steps(const hw_mutation *m)
{
    return m->model == HW_MUTATION_STEPWISE || m->model == HW_MUTATION_STEPWISE_STATIONARY;
}

typedef struct raw_locus {
    const char *name;
    uint32_t line, n;
    int64_t code[2];
    double rate[2], range[2], rate2[2], silent, size, dropout, minimum;
    bool has_silent;
    hw_allele *allele;
    double *freq;
    uint32_t bad_line; /* of an allele that is none; 0-based line + 1 */
} raw_locus;

static hw_status read_info(fam_reader *f, raw_locus *l, int64_t with_silent)
{
    int64_t n;
    fam_line rest;
    HW_TRY(fam_read_int(f, "the number of alleles", 0, FAM_MAX_ALLELES, &n, &rest));
    if (n != with_silent && n != with_silent - (l->has_silent ? 1 : 0)) {
        return fam_fail(f, f->at - 1, HW_PARSE, "%lld alleles; %lld were stated seven lines above", (long long)n, (long long)with_silent);
    }
    l->n = (uint32_t)n;
    (void)fam_labelled(rest, "DatabaseSize", &l->size);
    (void)fam_labelled(rest, "Dropout probability", &l->dropout);
    (void)fam_labelled(rest, "Minor allele frequency", &l->minimum);
    if (!(l->size >= 0 && l->size < 1e12) || !(l->dropout >= 0 && l->dropout <= 1) || !(l->minimum >= 0 && l->minimum < 1)) {
        return fam_fail(f, f->at - 1, HW_PARSE, "the database size, drop-out probability or minor allele frequency is out of range");
    }
    return HW_OK;
}

static hw_status read_alleles(fam_reader *f, raw_locus *l)
{
    hw_dataset *d = f->d;
    l->allele = HW_NEW(&d->arena, hw_allele, l->n + 1u);
    l->freq = HW_NEW(&d->arena, double, l->n + 1u);
    if (l->allele == NULL || l->freq == NULL) {
        return HW_NO_MEMORY_FAIL(f->err);
    }
    for (uint32_t i = 0; i < l->n; i++) {
        const char *name;
        uint32_t here = f->at;
        HW_TRY(fam_read_text(f, "the name of an allele", &name));
        /* A bad name is the locus' fault; its lines are read on, so that the loci after it can be kept. */
        if (l->bad_line == 0 && hw_streq(name, "0")) {
            /* 0 means "not typed" everywhere else: keep the allele under a name of its own, as the pedsuite does */
            HW_TRY(hw_allele_parse("z", 1, &l->allele[i], f->err));
            hw_dataset_note(d, f->in->name, here + 1, "%s: the allele \"0\" was renamed to \"z\": 0 means \"not typed\"", l->name);
        } else if (l->bad_line == 0 && hw_allele_parse(name, strlen(name), &l->allele[i], f->err) != HW_OK) {
            if (f->err->code != HW_PARSE) {
                return f->err->code;
            }
            l->bad_line = here + 1;
        }
        HW_TRY(fam_read_number(f, "the frequency of an allele", 0, 1, &l->freq[i]));
    }
    return HW_OK;
}

static hw_status read_locus(fam_reader *f, raw_locus *l)
{
    int64_t with_silent;
    l->line = f->at;
    HW_TRY(fam_read_text(f, "the name of a locus", &l->name));
    HW_TRY(fam_read_number(f, "the female mutation rate", 0, 1, &l->rate[0]));
    HW_TRY(fam_read_number(f, "the male mutation rate", 0, 1, &l->rate[1]));
    HW_TRY(fam_read_int(f, "the female mutation model (0 to 4)", 0, 4, &l->code[0], NULL));
    HW_TRY(fam_read_int(f, "the male mutation model (0 to 4)", 0, 4, &l->code[1], NULL));
    HW_TRY(fam_read_int(f, "the number of alleles", 0, FAM_MAX_ALLELES, &with_silent, NULL));
    HW_TRY(fam_read_number(f, "the female mutation range", 0, 1e6, &l->range[0]));
    HW_TRY(fam_read_number(f, "the male mutation range", 0, 1e6, &l->range[1]));
    HW_TRY(fam_read_number(f, "the second female mutation rate", 0, 1, &l->rate2[0]));
    HW_TRY(fam_read_number(f, "the second male mutation rate", 0, 1, &l->rate2[1]));
    HW_TRY(fam_read_bool(f, "whether there is a silent allele", &l->has_silent, NULL));
    HW_TRY(fam_read_number(f, "the frequency of the silent allele", 0, 1, &l->silent));
    HW_TRY(read_info(f, l, with_silent));
    return read_alleles(f, l);
}

/* Into the panel, the population and the settings, as number `out`. */
static hw_status keep_locus(fam_reader *f, raw_locus *l, uint32_t number, uint32_t out)
{
    hw_dataset *d = f->d;
    uint32_t panel;
    if (l->name[0] == '\0') {
        return fam_fail(f, l->line, HW_PARSE, "a locus without a name");
    }
    HW_TRY(hw_panel_add(&d->panel, l->name, HW_LOCUS_AUTO, &panel, f->err));
    for (uint32_t i = 0; i < number; i++) {
        if (!f->locus[i].rejected && f->locus[i].panel == panel) {
            return fam_fail(f, l->line, HW_CONFLICT, "the locus %s is listed twice", d->panel.locus[panel].name);
        }
    }
    if (d->panel.locus[panel].kind != HW_LOCUS_AUTOSOMAL) {
        hw_dataset_note(d, f->in->name, l->line + 1, "%s is not autosomal: Familias computes it as if it were, Homeward does not", l->name);
    }
    fam_locus *kept = &f->locus[number];
    hw_allele *order = HW_NEW(&d->arena, hw_allele, l->n + 1u);
    if (order == NULL) {
        return HW_NO_MEMORY_FAIL(f->err);
    }
    memcpy(order, l->allele, l->n * sizeof *order);
    double sum = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        sum += l->freq[i];
    }
    hw_locus_settings *ls = &f->settings.by_locus[out];
    *ls = (hw_locus_settings){.locus = d->panel.locus[panel].name,
                              .female = mutation_of(l->code[0], l->rate[0], l->rate2[0], l->range[0]),
                              .male = mutation_of(l->code[1], l->rate[1], l->rate2[1], l->range[1])};
    uint32_t n = l->n;
    if (l->has_silent && l->silent > 0) {
        /* Does the silent allele belong to the sum of 1, or come on top of it? The nearer sum decides. */
        double with = sum + l->silent - 1, without = sum - 1;
        ls->silent = l->silent;
        ls->has_silent_in_table = (with < 0 ? -with : with) < (without < 0 ? -without : without);
        if (ls->has_silent_in_table) {
            l->allele[n] = HW_ALLELE_SILENT;
            l->freq[n++] = l->silent;
        }
    }
    for (uint32_t i = 0; i < l->n; i++) {
        if (!hw_allele_is_repeat(l->allele[i]) && (steps(&ls->female) || steps(&ls->male))) {
            char name[HW_ALLELE_BUF];
            hw_dataset_note(d, f->in->name, l->line + 1, "%s: allele \"%s\" has no length: in the stepwise model it stands apart from the others",
                            l->name, hw_allele_format(l->allele[i], name));
            break;
        }
    }
    if ((l->code[0] == 2 || l->code[0] == 3) && l->rate2[0] > 0) {
        hw_dataset_note(d, f->in->name, l->line + 1, "%s: the second mutation rate is not used by mutation model %lld", l->name, (long long)l->code[0]);
    }
    f->population->freq[out] =
        (hw_freq){.locus = ls->locus, .n = n, .allele = l->allele, .freq = l->freq, .chromosomes = l->size, .fmin = l->minimum};
    *kept = (fam_locus){.panel = panel, .n = l->n, .allele = order, .dropout = l->dropout, .name = ls->locus};
    return HW_OK;
}

/* The rest of the checks of a table, one locus at a time, so that a bad one can be left out. */
static hw_status check_locus(fam_reader *f, const raw_locus *l, uint32_t out)
{
    hw_population one = {.name = f->population->name, .n = 1, .freq = &f->population->freq[out]};
    hw_map_init(&one.by_locus, 4);
    hw_status s = hw_population_finish(&one, f->err);
    hw_population_release(&one);
    if (s != HW_OK) {
        hw_err_prefix(f->err, "%s, line %u: ", f->in->name, l->line + 1);
    }
    return s;
}

static void note_dropout(fam_reader *f)
{
    double low = 2, high = -1;
    for (uint32_t i = 0; i < f->n_loci; i++) {
        if (!f->locus[i].rejected) {
            low = f->locus[i].dropout < low ? f->locus[i].dropout : low;
            high = f->locus[i].dropout > high ? f->locus[i].dropout : high;
        }
    }
    bool used = false;
    for (uint32_t i = 0; i < f->n_persons; i++) {
        used = used || f->person[i]->dropout;
    }
    if (used && low < high) {
        char x[32];
        hw_dataset_note(f->d, f->in->name, 0,
                        "the drop-out probabilities differ between loci; Homeward has one per sample and took the largest, %s", hw_fmt_double(high, x));
    }
}

hw_status fam_read_database(fam_reader *f)
{
    hw_dataset *d = f->d;
    double databases;
    int64_t n;
    bool named;
    const char *name = "";
    HW_TRY(read_theta(f, &databases));
    HW_TRY(fam_read_int(f, "the number of loci", 0, FAM_MAX_LOCI, &n, NULL));
    HW_TRY(fam_read_bool(f, "whether the database has a name", &named, NULL));
    if (named) {
        HW_TRY(fam_read_text(f, "the name of the database", &name));
    }
    if (name[0] == '\0' || hw_streq(name, "unknown")) {
        name = fam_stem(d, f->in->name);
        if (name == NULL) {
            return HW_NO_MEMORY_FAIL(f->err);
        }
    }
    f->n_loci = (uint32_t)n;
    f->locus = HW_NEW(&f->scratch, fam_locus, (size_t)n);
    f->settings.by_locus = HW_NEW(&d->arena, hw_locus_settings, (size_t)n);
    /* 0 is what the program writes when nobody asked for a theta: it holds for the table of this file (population->theta), not for another one */
    f->settings.theta = f->theta > 0 ? f->theta : -1;
    if (f->locus == NULL || f->settings.by_locus == NULL) {
        return HW_NO_MEMORY_FAIL(f->err);
    }
    HW_TRY(hw_dataset_add_population(d, name, &f->population, f->err));
    f->population->theta = f->theta;
    f->population->source = hw_arena_strdup(&d->arena, f->in->name);
    f->population->freq = HW_NEW(&d->arena, hw_freq, (size_t)n);
    if (f->population->source == NULL || f->population->freq == NULL) {
        return HW_NO_MEMORY_FAIL(f->err);
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < f->n_loci; i++) {
        raw_locus l = {0};
        HW_TRY(read_locus(f, &l)); /* past a broken count nothing can be read */
        hw_status s = HW_OK;
        if (l.bad_line != 0) {
            hw_err_prefix(f->err, "%s, line %u: ", f->in->name, l.bad_line);
            s = HW_PARSE;
        } else {
            s = keep_locus(f, &l, i, kept);
            s = s == HW_OK ? check_locus(f, &l, kept) : s;
        }
        if (s != HW_OK) {
            f->locus[i].rejected = true;
            f->locus[i].name = l.name;
            HW_TRY(fam_bad(f, l.line, l.name));
        } else {
            kept++;
        }
    }
    f->population->n = kept;
    f->settings.n_by_locus = kept;
    HW_TRY(hw_population_finish(f->population, f->err));
    if (databases > 1) {
        hw_dataset_note(d, f->in->name, 0, "the file announces several databases; the first is used");
    }
    note_dropout(f);
    if (!(f->theta > 0)) {
        hw_dataset_note(d, f->in->name, 0, "theta is 0 with the frequency table of this file; with another table, that table's theta holds");
    }
    return hw_format_settings(d, f->in->name, &f->settings, f->err);
}
