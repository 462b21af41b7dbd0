// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward lr --check: cases compared with the reference values that their files carry. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "cli/check.h"
#include "cli/cmd_lr.h"

/* MERLIN's frequencies have 8 decimals at most, often 6. */
#define ROUNDED_TOLERANCE 1e-4

static const json_t *member(const json_t *object, const char *a, const char *b)
{
    return json_object_get(json_object_get(object, a), b);
}

static const char *name_of(const hw_case *c, uint32_t h)
{
    return c->hypothesis[h].name != NULL ? c->hypothesis[h].name : "";
}

/* --- cases with hypotheses --- */

static void compare_likelihoods(check *k, const hw_case_result *r, const json_t *reference)
{
    const hw_case *c = r->kase;
    char what[200];
    for (uint32_t h = 0; h < c->n_hypotheses; h++) {
        const char *name = name_of(c, h);
        const json_t *one = member(reference, "pedprobr", name), *both = member(reference, "pedprobr2", name),
                     *apart = member(reference, "pedprobr_unlinked", name);
        if (one == NULL && both == NULL) {
            snprintf(what, sizeof what, "hypothesis %.60s has no reference value", name);
            check_broken(k, what);
            continue;
        }
        const json_t *list = json_object_get(one, "likelihood");
        for (uint32_t l = 0; l < r->n_loci && one != NULL; l++) {
            snprintf(what, sizeof what, "%.60s %.60s", name, r->locus[l].locus);
            check_value(k, r->locus[l].used ? hw_real_to_double(r->locus[l].likelihood[h]) : (double)NAN, json_array_get(list, l), what);
        }
        if (both != NULL) {
            snprintf(what, sizeof what, "%.60s linked", name);
            check_value(k, hw_real_to_double(r->total[h]), json_object_get(both, "likelihood"), what);
        }
        list = json_object_get(apart, "likelihood");
        for (uint32_t l = 0; l < r->n_loci && apart != NULL; l++) {
            snprintf(what, sizeof what, "%.60s %.60s unlinked", name, r->locus[l].locus);
            check_value(k, r->locus[l].unlinked != NULL ? r->locus[l].unlinked[h] : (double)NAN, json_array_get(list, l), what);
        }
        snprintf(what, sizeof what, "%.60s loglik", name);
        check_log(k, hw_real_ln(r->total[h]), json_object_get(one != NULL ? one : both, "loglik"), what);
    }
}

static bool find(const hw_case *c, const char *name, uint32_t *ret)
{
    for (uint32_t h = 0; h < c->n_hypotheses && name != NULL; h++) {
        if (hw_streq(name_of(c, h), name)) {
            *ret = h;
            return true;
        }
    }
    return false;
}

static void compare_ratio(check *k, const hw_case_result *r, const json_t *lr)
{
    const char *names[2] = {json_string_value(json_object_get(lr, "num")), json_string_value(json_object_get(lr, "den"))};
    uint32_t num, den;
    char what[200];
    if (!find(r->kase, names[0], &num) || !find(r->kase, names[1], &den)) {
        check_broken(k, "a ratio names a hypothesis that is not there");
        return;
    }
    const json_t *list = json_object_get(lr, "per_marker"), *apart = json_object_get(lr, "total_unlinked");
    for (uint32_t l = 0; l < r->n_loci && list != NULL; l++) {
        snprintf(what, sizeof what, "%.40s:%.40s %.60s", names[0], names[1], r->locus[l].locus);
        check_value(k, r->locus[l].used ? hw_ratio(r->locus[l].likelihood[num], r->locus[l].likelihood[den]) : (double)NAN, json_array_get(list, l), what);
    }
    snprintf(what, sizeof what, "%.60s:%.60s total", names[0], names[1]);
    check_value(k, hw_ratio(r->total[num], r->total[den]), json_object_get(lr, "total"), what);
    snprintf(what, sizeof what, "%.60s:%.60s log10", names[0], names[1]);
    check_log(k, hw_ratio_log10(r->total[num], r->total[den]), json_object_get(lr, "log10_total"), what);
    if (apart != NULL) {
        double ratio = 1;
        for (uint32_t l = 0; l < r->n_loci; l++) {
            ratio *= r->locus[l].unlinked != NULL ? r->locus[l].unlinked[num] / r->locus[l].unlinked[den] : (double)NAN;
        }
        snprintf(what, sizeof what, "%.60s:%.60s unlinked", names[0], names[1]);
        check_value(k, ratio, apart, what);
    }
}

static const hw_case *find_case(const hw_dataset *d, const char *id)
{
    for (size_t i = 0; i < d->n_cases; i++) {
        if (hw_streq(d->kase[i].id, id)) {
            return &d->kase[i];
        }
    }
    return NULL;
}

static hw_status compute(check *k, const hw_dataset *d, const hw_case *c, const hw_population *pop, const hw_settings *settings, hw_case_result *ret,
                         bool *ret_done, hw_err *err)
{
    hw_status s = hw_case_likelihoods(d, c, pop, settings, NULL, ret, err);
    *ret_done = s == HW_OK;
    if (s == HW_OK || s == HW_NO_MEMORY) {
        return s;
    }
    check_broken(k, err->msg);
    hw_err_clear(err);
    return HW_OK;
}

static hw_status check_hypotheses(check *k, const hw_dataset *d, const json_t *cases, hw_err *err)
{
    for (size_t i = 0; i < json_array_size(cases); i++) {
        const json_t *one = json_array_get(cases, i);
        const char *id = json_string_value(json_object_get(one, "id"));
        check_begin(k, id != NULL ? id : "(no id)", CHECK_TOLERANCE);
        const hw_case *c = id != NULL ? find_case(d, id) : NULL;
        if (c == NULL) {
            check_broken(k, "the case could not be read");
        } else {
            hw_case_result r;
            bool done;
            HW_TRY(compute(k, d, c, NULL, NULL, &r, &done, err));
            if (done) {
                const json_t *lr = json_object_get(one, "lr");
                compare_likelihoods(k, &r, json_object_get(one, "reference"));
                for (size_t n = 0; n < json_array_size(lr); n++) {
                    compare_ratio(k, &r, json_array_get(lr, n));
                }
                hw_case_result_release(&r);
            }
        }
        check_end(k);
    }
    return HW_OK;
}

/* --- one family in several formats --- */

/* MERLIN numbers alleles 1, 2, ... in the order of its frequency file, which is that of the JSON: back to their names. */
static hw_allele rename_allele(hw_allele a, const hw_allele *names, uint32_t n)
{
    return hw_allele_is_repeat(a) && a % 10 == 0 && a >= 10 && (uint32_t)(a / 10) <= n ? names[a / 10 - 1] : a;
}

static hw_status names_of_alleles(const json_t *marker, hw_allele *names, uint32_t *ret_n, hw_err *err)
{
    const json_t *list = json_object_get(marker, "alleles");
    *ret_n = 0;
    for (size_t i = 0; i < json_array_size(list) && i < HW_JSON_MAX_ALLELES; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text != NULL) {
            HW_TRY(hw_allele_parse(text, strlen(text), &names[(*ret_n)++], err));
        }
    }
    return HW_OK;
}

static hw_status rename_alleles(hw_dataset *d, const hw_case *c, hw_population *pop, const json_t *markers, hw_err *err)
{
    static hw_allele names[HW_JSON_MAX_ALLELES];
    for (size_t i = 0; i < json_array_size(markers); i++) {
        const json_t *marker = json_array_get(markers, i);
        const char *name = json_string_value(json_object_get(marker, "name"));
        uint32_t n, index;
        if (name == NULL || !hw_panel_find(&d->panel, name, &index)) {
            continue;
        }
        HW_TRY(names_of_alleles(marker, names, &n, err));
        for (uint32_t p = 0; p < c->n_profiles; p++) {
            if (index < c->profile[p]->n_loci) {
                hw_genotype *g = &c->profile[p]->g[index];
                *g = hw_genotype_make(rename_allele(g->a, names, n), rename_allele(g->b, names, n));
            }
        }
        for (uint32_t f = 0; f < pop->n; f++) {
            if (hw_streq(pop->freq[f].locus, d->panel.locus[index].name)) {
                for (uint32_t a = 0; a < pop->freq[f].n; a++) {
                    pop->freq[f].allele[a] = rename_allele(pop->freq[f].allele[a], names, n);
                }
            }
        }
    }
    hw_population_release(pop);
    hw_map_init(&pop->by_locus, HW_PANEL_MAX);
    return hw_population_finish(pop, err);
}

/* Compare a case read from one of the files with the likelihoods of the JSON, marker by marker. */
static void compare_import(check *k, const hw_case_result *r, const hw_dataset *d, const json_t *document)
{
    const json_t *markers = json_object_get(document, "markers"), *values = json_object_get(document, "likelihood");
    for (size_t i = 0; i < json_array_size(markers); i++) {
        const char *name = json_string_value(json_object_get(json_array_get(markers, i), "name"));
        uint32_t index, l = 0;
        bool known = name != NULL && hw_panel_find(&d->panel, name, &index);
        while (known && l < r->n_loci && r->locus[l].panel_index != index) {
            l++;
        }
        bool there = known && l < r->n_loci && r->locus[l].used;
        check_value(k, there ? hw_real_to_double(r->locus[l].likelihood[0]) : (double)NAN, json_array_get(values, i), name != NULL ? name : "(no name)");
    }
    check_log(k, hw_real_ln(r->total[0]), json_object_get(document, "loglik"), "loglik");
}

/* .ped files know no mutation: the settings of the JSON's own case are used for them. */
static hw_status check_import(check *k, cli *c, const char *path, const char *id, double tolerance, bool merlin, const hw_settings *settings,
                              const json_t *document, hw_err *err)
{
    inputs in;
    inputs_init(&in);
    hw_case_result r;
    bool done = false;
    check_begin(k, id, tolerance);
    hw_status s = lr_read(c, &in, path, err);
    hw_dataset *d = &in.people;
    if (s == HW_OK && d->n_cases == 0) {
        s = HW_FAIL(err, HW_PARSE, "no case in the file");
    }
    hw_case one = s == HW_OK ? d->kase[0] : (hw_case){0};
    if (s == HW_OK && !one.has_settings && one.population == NULL && d->n_populations > 0) {
        one.population = d->population[0];
    }
    if (s == HW_OK && merlin && d->n_populations > 0) {
        s = rename_alleles(d, &one, d->population[0], json_object_get(document, "markers"), err);
    }
    if (s == HW_OK) {
        s = compute(k, d, &one, NULL, settings, &r, &done, err);
    }
    if (done) {
        compare_import(k, &r, d, document);
        hw_case_result_release(&r);
    }
    if (s != HW_OK && s != HW_NO_MEMORY) {
        check_broken(k, err->msg);
        hw_err_clear(err);
        s = HW_OK;
    }
    check_end(k);
    inputs_release(&in);
    return s;
}

static hw_status check_formats(check *k, cli *c, const char *path, const hw_dataset *d, const json_t *document, hw_err *err)
{
    static const struct {
        const char *ending;
        double tolerance;
        bool merlin;
    } files[] = {{".fam", CHECK_TOLERANCE, false}, {".ped", CHECK_TOLERANCE, false}, {"-merlin.ped", ROUNDED_TOLERANCE, true}};
    const char *id = d->n_cases > 0 ? d->kase[0].id : "(not read)";
    hw_case_result r;
    bool done = false;
    check_begin(k, id, CHECK_TOLERANCE);
    if (d->n_cases == 0) {
        check_broken(k, "the case could not be read");
    } else {
        HW_TRY(compute(k, d, &d->kase[0], NULL, NULL, &r, &done, err));
    }
    if (done) {
        compare_import(k, &r, d, document);
        hw_case_result_release(&r);
    }
    check_end(k);
    size_t stem = strlen(path) - (hw_str_ends(path, ".json") ? 5 : 0);
    for (size_t i = 0; i < sizeof files / sizeof files[0] && d->n_cases > 0; i++) {
        const char *file = hw_arena_printf(&c->arena, "%.*s%s", (int)stem, path, files[i].ending);
        const char *name = hw_arena_printf(&c->arena, "%s%s", id, files[i].ending);
        if (file == NULL || name == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        if (hw_file_exists(file)) {
            HW_TRY(check_import(k, c, file, name, files[i].tolerance, files[i].merlin, &d->kase[0].settings, document, err));
        }
    }
    return HW_OK;
}

/* --- one file --- */

static hw_status check_document(check *k, cli *c, const hw_format_input *in, const json_t *root, hw_err *err)
{
    const char *family = json_string_value(json_object_get(root, "family"));
    const json_t *cases = json_object_get(root, "cases");
    family = family != NULL ? family : "";
    if (hw_streq(family, "dvi")) {
        char id[40];
        snprintf(id, sizeof id, "%s (%zu cases)", family, json_array_size(cases));
        check_skip(k, id, "next release");
        return HW_OK;
    }
    HW_CLEANUP(hw_dataset_release) hw_dataset d = {0};
    hw_dataset_init(&d);
    hw_format_options o = {.keep_good = true};
    json_reader r = {in, &o, &d, err};
    if (hw_streq(family, "mutation-matrix")) {
        return check_matrices(k, &r, cases, err);
    }
    if (hw_streq(family, "relatedness")) {
        return check_relatedness(k, &r, cases, err);
    }
    if (hw_streq(family, "power")) {
        return check_power(k, &r, cases, err);
    }
    if (hw_streq(family, "genotype-distribution")) {
        return check_distributions(k, &r, cases, err);
    }
    const json_t *first = cases != NULL ? json_array_get(cases, 0) : root;
    if (json_object_get(first, "reference") == NULL && json_object_get(first, "likelihood") == NULL) {
        return HW_FAIL(err, HW_PARSE, "%s: this file carries no reference values; --check expects kinship-oracle documents", in->name);
    }
    HW_TRY(hw_format_read_text(in, &o, &d, err));
    return cases != NULL ? check_hypotheses(k, &d, cases, err) : check_formats(k, c, in->name, &d, root, err);
}

static hw_status check_file(check *k, cli *c, const char *path, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, 0);
    HW_TRY(hw_file_read(path, HW_JSON_MAX_BYTES, &text, err));
    hw_format_input in = {path, text.s, text.len};
    hw_format_options o = {0};
    json_t *root = NULL;
    k->file = path;
    HW_TRY(json_parse(&in, &o, &root, err));
    hw_status s = check_document(k, c, &in, root, err);
    json_decref(root);
    return s;
}

hw_status cmd_lr_check(cli *c, hw_err *err)
{
    check k = {0};
    hw_json j;
    hw_str_init(&k.out, 0);
    hw_json_init(&j, &k.out, 1);
    if (args_has(&c->args, "json")) {
        k.json = &j;
        hw_json_object(&j);
        hw_json_key(&j, "cases");
        hw_json_array(&j);
    }
    hw_status s = HW_OK;
    for (size_t i = 0; i < c->args.operand.n && s == HW_OK; i++) {
        s = check_file(&k, c, c->args.operand.v[i], err);
    }
    if (s == HW_OK && k.json != NULL) {
        hw_json_end(&j);
        hw_json_key(&j, "passed");
        hw_json_int(&j, (int64_t)k.passed);
        hw_json_key(&j, "failed");
        hw_json_int(&j, (int64_t)k.failed);
        hw_json_key(&j, "skipped");
        hw_json_int(&j, (int64_t)k.skipped);
        hw_json_end(&j);
        hw_str_addc(&k.out, '\n');
    } else if (s == HW_OK) {
        hw_str_addf(&k.out, "%zu passed, %zu failed, %zu skipped\n", k.passed, k.failed, k.skipped);
    }
    if (s == HW_OK) {
        s = term_write(&k.out, err);
    }
    hw_str_release(&k.out);
    c->verdict = k.failed > 0 ? 1 : 0;
    return s;
}
