// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward lr: cases with any hypotheses, likelihoods and ratios per locus. */
#include "cli/cmd_lr.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"

/* --- reading --- */

static hw_status family_case(hw_dataset *d, size_t f, hw_err *err)
{
    size_t index;
    HW_TRY(hw_dataset_add_case(d, d->family[f].id, &index, err));
    hw_case *c = &d->kase[index];
    const hw_family *family = &d->family[f];
    c->hypothesis = HW_NEW(&d->arena, hw_pedigree, 1);
    c->profile = HW_NEW(&d->arena, hw_profile *, family->pedigree.n + 1);
    c->loci = HW_NEW(&d->arena, uint32_t, d->panel.n + 1);
    if (c->hypothesis == NULL || c->profile == NULL || c->loci == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_pedigree_init(&c->hypothesis[0]);
    c->n_hypotheses = 1;
    HW_TRY(hw_pedigree_copy(&family->pedigree, &c->hypothesis[0], err));
    c->hypothesis[0].name = "as stated";
    for (size_t i = 0; i < family->pedigree.n; i++) {
        if (family->profile == NULL || family->profile[i] == NULL) {
            continue;
        }
        hw_profile *copy = HW_NEW(&d->arena, hw_profile, 1);
        if (copy == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        *copy = *family->profile[i];
        copy->person = c->hypothesis[0].person[i].id;
        c->profile[c->n_profiles++] = copy;
    }
    for (uint32_t l = 0; l < d->panel.n; l++) {
        bool typed = false;
        for (uint32_t i = 0; i < c->n_profiles; i++) {
            typed |= hw_genotype_typed(hw_profile_at(c->profile[i], l)) || hw_profile_extra(c->profile[i], l) != NULL;
        }
        if (typed) {
            c->loci[c->n_loci++] = l;
        }
    }
    return HW_OK;
}

hw_status lr_read(cli *c, inputs *in, const char *path, hw_err *err)
{
    hw_dataset *d = &in->people;
    size_t before = d->n_cases, families = d->n_families;
    in->role = HW_FORMAT_ROLE_ANY;
    HW_TRY(inputs_read_people(c, in, path, "case", err));
    if (d->n_cases == before) {
        for (size_t f = families; f < d->n_families; f++) {
            HW_TRY(family_case(d, f, err));
        }
    }
    if (d->n_cases == before && in->n_rejects == 0) {
        return HW_FAIL(err, HW_NOT_FOUND, "%s: no case and no family in this file", path);
    }
    return HW_OK;
}

/* --- numbers --- */

char *lr_format(hw_real x, char *buf)
{
    double d = hw_real_to_double(x);
    if (hw_real_is_zero(x) || (d > 1e-300 && d < 1e300)) {
        snprintf(buf, 48, "%.10g", d);
        return buf;
    }
    double log = hw_real_log10(x);
    double whole = floor(log);
    snprintf(buf, 48, "%.9fe%+.0f", hw_pow10(log - whole), whole);
    return buf;
}

static char *format_double(double x, char *buf)
{
    if (isnan(x)) {
        snprintf(buf, 48, "nan");
    } else if (isinf(x)) {
        snprintf(buf, 48, x < 0 ? "-inf" : "inf");
    } else {
        snprintf(buf, 48, "%.10g", x);
    }
    return buf;
}

/* --- which ratios --- */

typedef struct pair {
    uint32_t num, den;
} pair;

static hw_status find_hypothesis(const hw_case *k, const char *name, uint32_t *ret, hw_err *err)
{
    for (uint32_t h = 0; h < k->n_hypotheses; h++) {
        if (k->hypothesis[h].name != NULL && hw_streq(k->hypothesis[h].name, name)) {
            *ret = h;
            return HW_OK;
        }
    }
    HW_CLEANUP(hw_str_release) hw_str all = {0};
    hw_str_init(&all, 300);
    for (uint32_t h = 0; h < k->n_hypotheses; h++) {
        hw_str_addf(&all, "%s%s", h > 0 ? ", " : "", k->hypothesis[h].name != NULL ? k->hypothesis[h].name : "(unnamed)");
    }
    return HW_FAIL(err, HW_NOT_FOUND, "case %s has no hypothesis %.60s; it has %s", k->id, name, all.s);
}

/* --num and --den; each left out means all others. Without both: all pairs, the earlier hypothesis above. */
static hw_status choose_pairs(cli *c, const hw_case *k, pair *ret, size_t *ret_n, hw_err *err)
{
    const char *num = args_text(&c->args, "num"), *den = args_text(&c->args, "den");
    uint32_t a = 0, b = 0;
    if (num != NULL) {
        HW_TRY(find_hypothesis(k, num, &a, err));
    }
    if (den != NULL) {
        HW_TRY(find_hypothesis(k, den, &b, err));
    }
    size_t n = 0;
    for (uint32_t i = 0; i < k->n_hypotheses; i++) {
        for (uint32_t h = 0; h < k->n_hypotheses; h++) {
            bool wanted = num == NULL && den == NULL ? i < h : (num == NULL || i == a) && (den == NULL || h == b) && (i != h || (num != NULL && den != NULL));
            if (wanted) {
                ret[n++] = (pair){i, h};
            }
        }
    }
    *ret_n = n;
    return HW_OK;
}

static const char *name_of(const hw_case *k, uint32_t h)
{
    return k->hypothesis[h].name != NULL ? k->hypothesis[h].name : "(unnamed)";
}

/* --- text --- */

static void pad(hw_str *out, const char *text, size_t width)
{
    size_t columns = 0;
    for (const char *s = text; *s != '\0'; s++) {
        columns += ((unsigned char)*s & 0xC0u) != 0x80u;
    }
    hw_str_add(out, text);
    for (; columns < width; columns++) {
        hw_str_addc(out, ' ');
    }
}

/* Cells of a table without blanks at line ends. */
static void end_line(hw_str *out)
{
    while (out->failed == HW_OK && out->len > 0 && out->s[out->len - 1] == ' ') {
        out->s[--out->len] = '\0';
    }
    hw_str_addc(out, '\n');
}

enum { CELL = 20, LOCUS = 14, SHORT_NAME = 8 };

/* Heads of columns: the names of the hypotheses when all are short, else their numbers, with a legend above. */
static bool short_names(const hw_case *k)
{
    for (uint32_t h = 0; h < k->n_hypotheses; h++) {
        if (strlen(name_of(k, h)) > SHORT_NAME) {
            return false;
        }
    }
    return true;
}

static const char *label(const hw_case *k, uint32_t h, bool names, char *buf)
{
    if (names) {
        return name_of(k, h);
    }
    snprintf(buf, 16, "H%u", h + 1);
    return buf;
}

static void write_loci(const hw_case_result *r, const pair *p, size_t n_pairs, hw_str *out)
{
    const hw_case *k = r->kase;
    char buf[128], one[16], two[16];
    bool names = short_names(k);
    for (uint32_t h = 0; h < k->n_hypotheses && !names; h++) {
        hw_str_addf(out, "H%u: %s%s", h + 1, name_of(k, h), h + 1 == k->n_hypotheses ? "\n\n" : "\n");
    }
    pad(out, "locus", LOCUS);
    for (uint32_t h = 0; h < k->n_hypotheses; h++) {
        snprintf(buf, sizeof buf, "P(%s)", label(k, h, names, one));
        pad(out, buf, CELL);
    }
    for (size_t i = 0; i < n_pairs; i++) {
        snprintf(buf, sizeof buf, "%s : %s", label(k, p[i].num, names, one), label(k, p[i].den, names, two));
        pad(out, buf, CELL);
    }
    end_line(out);
    for (uint32_t l = 0; l < r->n_loci; l++) {
        const hw_case_locus *x = &r->locus[l];
        pad(out, x->locus, LOCUS);
        if (!x->used) {
            hw_str_addf(out, "not used: %s", x->note != NULL ? x->note : "");
            end_line(out);
            continue;
        }
        if (x->linked_with >= 0 && (uint32_t)x->linked_with < l) {
            hw_str_addf(out, "computed together with %s", r->locus[x->linked_with].locus);
            end_line(out);
            continue;
        }
        for (uint32_t h = 0; h < k->n_hypotheses; h++) {
            pad(out, lr_format(x->likelihood[h], buf), CELL);
        }
        for (size_t i = 0; i < n_pairs; i++) {
            pad(out, format_double(hw_ratio(x->likelihood[p[i].num], x->likelihood[p[i].den]), buf), CELL);
        }
        hw_str_add(out, x->note != NULL ? x->note : "");
        end_line(out);
    }
}

static void write_totals(const hw_case_result *r, const pair *p, size_t n_pairs, hw_str *out)
{
    const hw_case *k = r->kase;
    char buf[48], number[400];
    hw_str_addc(out, '\n');
    for (uint32_t h = 0; h < k->n_hypotheses; h++) {
        hw_str_addf(out, "P(%s) = %s, ", name_of(k, h), lr_format(r->total[h], buf));
        hw_str_addf(out, "natural log %s\n", hw_fmt_fixed(hw_real_ln(r->total[h]), 10, number));
    }
    for (size_t i = 0; i < n_pairs; i++) {
        hw_real a = r->total[p[i].num], b = r->total[p[i].den];
        double log = hw_ratio_log10(a, b), ratio = hw_ratio(a, b);
        if (hw_real_is_zero(a) || hw_real_is_zero(b) || (ratio > 0 && isfinite(ratio))) {
            format_double(ratio, buf);
        } else {
            lr_format(hw_real_div(a, b), buf);
        }
        hw_str_addf(out, "%s : %s = %s, ", name_of(k, p[i].num), name_of(k, p[i].den), buf);
        hw_str_addf(out, "log10 %s\n", hw_fmt_fixed(log, 10, number));
    }
}

static void write_text(const hw_case_result *r, const pair *p, size_t n_pairs, bool synthetic, hw_str *out)
{
    const hw_case *k = r->kase;
    if (synthetic) {
        hw_str_add(out, "*** SYNTHETIC DATA: invented people, not a real case ***\n");
    }
    hw_str_addf(out, "Case %s%s%s\nFrequencies: %s\n\n", k->id, k->title != NULL ? ": " : "", k->title != NULL ? k->title : "", r->population);
    write_loci(r, p, n_pairs, out);
    write_totals(r, p, n_pairs, out);
}

/* --- data --- */

static void put_real(hw_json *j, hw_real x)
{
    double d = hw_real_to_double(x);
    char buf[48];
    if (hw_real_is_zero(x) || (d > 1e-300 && d < 1e300)) {
        hw_json_double(j, d);
    } else {
        hw_json_string(j, lr_format(x, buf));
    }
}

static void put_locus(hw_json *j, const hw_case_result *r, uint32_t l, const pair *p, size_t n_pairs)
{
    const hw_case *k = r->kase;
    const hw_case_locus *x = &r->locus[l];
    bool second = x->linked_with >= 0 && (uint32_t)x->linked_with < l;
    hw_json_object(j);
    hw_json_key(j, "locus");
    hw_json_string(j, x->locus);
    hw_json_key(j, "used");
    hw_json_bool(j, x->used);
    if (x->note != NULL) {
        hw_json_key(j, "note");
        hw_json_string(j, x->note);
    }
    if (x->linked_with >= 0) {
        hw_json_key(j, "linked_with");
        hw_json_string(j, r->locus[x->linked_with].locus);
    }
    if (x->used && !second) {
        hw_json_key(j, "likelihood");
        hw_json_object(j);
        for (uint32_t h = 0; h < k->n_hypotheses; h++) {
            hw_json_key(j, name_of(k, h));
            put_real(j, x->likelihood[h]);
        }
        hw_json_end(j);
        hw_json_key(j, "ratio");
        hw_json_array(j);
        for (size_t i = 0; i < n_pairs; i++) {
            hw_json_double(j, hw_ratio(x->likelihood[p[i].num], x->likelihood[p[i].den]));
        }
        hw_json_end(j);
    }
    hw_json_end(j);
}

static void put_case(hw_json *j, const hw_case_result *r, const pair *p, size_t n_pairs, bool synthetic)
{
    const hw_case *k = r->kase;
    hw_json_object(j);
    hw_json_key(j, "id");
    hw_json_string(j, k->id);
    hw_json_key(j, "title");
    hw_json_string(j, k->title);
    if (synthetic) {
        hw_json_key(j, "synthetic");
        hw_json_bool(j, true);
    }
    hw_json_key(j, "frequencies");
    hw_json_string(j, r->population);
    hw_json_key(j, "hypotheses");
    hw_json_array(j);
    for (uint32_t h = 0; h < k->n_hypotheses; h++) {
        hw_json_object(j);
        hw_json_key(j, "name");
        hw_json_string(j, name_of(k, h));
        hw_json_key(j, "likelihood");
        put_real(j, r->total[h]);
        hw_json_key(j, "loglik");
        hw_json_double(j, hw_real_ln(r->total[h]));
        hw_json_end(j);
    }
    hw_json_end(j);
    hw_json_key(j, "ratios");
    hw_json_array(j);
    for (size_t i = 0; i < n_pairs; i++) {
        hw_json_object(j);
        hw_json_key(j, "num");
        hw_json_string(j, name_of(k, p[i].num));
        hw_json_key(j, "den");
        hw_json_string(j, name_of(k, p[i].den));
        hw_json_key(j, "total");
        hw_json_double(j, hw_ratio(r->total[p[i].num], r->total[p[i].den]));
        hw_json_key(j, "log10_total");
        hw_json_double(j, hw_ratio_log10(r->total[p[i].num], r->total[p[i].den]));
        hw_json_end(j);
    }
    hw_json_end(j);
    hw_json_key(j, "loci");
    hw_json_array(j);
    for (uint32_t l = 0; l < r->n_loci; l++) {
        put_locus(j, r, l, p, n_pairs);
    }
    hw_json_end(j);
    hw_json_end(j);
}

/* --- the command --- */

#define MAX_SHOWN_HYPOTHESES 64u

static hw_status show_case(cli *c, const inputs *in, const hw_case *k, hw_json *j, hw_str *out, hw_err *err)
{
    if (k->n_hypotheses > MAX_SHOWN_HYPOTHESES) {
        return HW_FAIL(err, HW_LIMIT, "case %s: %u hypotheses, at most %u are compared", k->id, k->n_hypotheses, MAX_SHOWN_HYPOTHESES);
    }
    HW_AUTO_FREE pair *p = hw_alloc(MAX_SHOWN_HYPOTHESES * MAX_SHOWN_HYPOTHESES, sizeof *p);
    if (p == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    size_t n_pairs;
    HW_TRY(choose_pairs(c, k, p, &n_pairs, err));
    const hw_dataset *d = &in->people;
    const hw_population *pop = in->n_populations > 0 ? in->population[0] : d->n_populations == 1 ? d->population[0] : NULL;
    hw_case asked = *k;
    if (in->n_populations > 0) {
        asked.population = NULL; /* --freq says which table */
    }
    if (asked.has_settings) { /* options change the case's own settings, they do not replace them */
        HW_TRY(settings_from_args(c, in->rates.has_settings ? &in->rates.settings : NULL, &asked.settings, err));
    }
    hw_case_result r;
    hw_status s = hw_case_likelihoods(&in->people, &asked, pop, &in->settings, NULL, &r, err);
    if (s != HW_OK) {
        if (strstr(err->msg, k->id) == NULL) {
            hw_err_prefix(err, "case %s: ", k->id);
        }
        return s;
    }
    if (j != NULL) {
        put_case(j, &r, p, n_pairs, d->synthetic);
    } else {
        write_text(&r, p, n_pairs, d->synthetic, out);
    }
    hw_case_result_release(&r);
    return HW_OK;
}

/* One file with a dataset of its own: two files may disagree about what a locus is. */
static hw_status show_file(cli *c, inputs *in, const char *path, hw_json *j, hw_str *out, size_t *shown, hw_err *err)
{
    const char *only = args_text(&c->args, "case");
    hw_dataset_release(&in->people);
    hw_dataset_init(&in->people);
    HW_TRY(lr_read(c, in, path, err));
    HW_TRY(inputs_read_settings(c, in, err));
    HW_TRY(settings_check_linked(c, &in->settings, &in->people.panel, err));
    inputs_show_notes(c, in, NULL);
    for (size_t i = 0; i < in->people.n_cases; i++) {
        if (only != NULL && !hw_streq(in->people.kase[i].id, only)) {
            continue;
        }
        if ((*shown)++ > 0 && j == NULL) {
            hw_str_addc(out, '\n');
        }
        HW_TRY(show_case(c, in, &in->people.kase[i], j, out, err));
    }
    return HW_OK;
}

static hw_status run(cli *c, inputs *in, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str out = {0};
    hw_json j;
    bool json = args_has(&c->args, "json");
    size_t shown = 0;
    HW_TRY(inputs_read_tables(c, in, err));
    hw_str_init(&out, 0);
    hw_json_init(&j, &out, 1);
    if (json) {
        hw_json_object(&j);
        hw_json_key(&j, "format");
        hw_json_string(&j, "homeward-lr/1");
        hw_json_key(&j, "cases");
        hw_json_array(&j);
    }
    for (size_t i = 0; i < c->args.operand.n; i++) {
        HW_TRY(show_file(c, in, c->args.operand.v[i], json ? &j : NULL, &out, &shown, err));
    }
    if (shown == 0) {
        const char *only = args_text(&c->args, "case");
        return HW_FAIL(err, HW_NOT_FOUND, "there is no case%s%s in the files", only != NULL ? " " : "", only != NULL ? only : "");
    }
    if (json) {
        hw_json_end(&j);
        hw_json_end(&j);
        hw_str_addc(&out, '\n');
    }
    return term_write(&out, err);
}

hw_status cmd_lr(cli *c, hw_err *err)
{
    if (args_has(&c->args, "check")) {
        return cmd_lr_check(c, err);
    }
    inputs in;
    inputs_init(&in);
    hw_status s = run(c, &in, err);
    inputs_release(&in);
    return s;
}
