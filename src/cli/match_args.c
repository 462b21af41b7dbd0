// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/match_args.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/number.h"

const arg_option MATCH_OPTIONS[] = {
    {"threshold", 0, ARG_ONE, "LOG10", NULL, "list pairs whose log10 likelihood ratio is at least this. Default: 4"},
    {"prior", 0, ARG_ONE, "P", NULL,
     "prior probability that a child's family is among those searched, spread evenly over all missing persons. Default: 0.5"},
    {0},
};

const arg_option LINEAGE_OPTIONS[] = {
    {"lineage", 0, ARG_ONE, "FILE", "file",
     "haplotypes of unrelated people (Y loci, mtDNA) in which `match explain` counts those of the lineage lines; any profile format"},
    {0},
};

const arg_option THREAD_OPTIONS[] = {
    {"threads", 0, ARG_ONE, "N", NULL, "threads; the result does not depend on it. Default: one per processor"},
    {0},
};

const arg_option LANG_OPTIONS[] = {
    {"lang", 0, ARG_ONE, "LANG", "en|zh", "language of tables and reports. Default: en"},
    {0},
};

static hw_status need(bool there, const char *option, const char *what, hw_err *err)
{
    return there ? HW_OK : HW_FAIL(err, HW_USAGE, "--%s is missing: %s", option, what);
}

/* Tables of --freq; without it those that the files of people bring along. */
hw_status match_take_populations(cli *c, inputs *in, hw_err *err)
{
    if (in->n_populations > 0) {
        return HW_OK;
    }
    size_t n = in->people.n_populations;
    HW_TRY(need(n > 0, "freq", "name a frequency table (`homeward version` lists those that were installed)", err));
    in->population = HW_NEW(&c->arena, const hw_population *, n);
    in->population_file = HW_NEW(&c->arena, const char *, n);
    if (in->population == NULL || in->population_file == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < n; i++) {
        in->population[i] = in->people.population[i];
    }
    in->n_populations = (uint32_t)n;
    return HW_OK;
}

/* A file of haplotypes to count in. Its people are nobody's children and relatives, so it has a dataset of its own. */
static hw_status read_lineage(cli *c, inputs *in, hw_match_options *ret, hw_err *err)
{
    const char *path = args_text(&c->args, "lineage");
    if (path == NULL) {
        return HW_OK;
    }
    HW_TRY(inputs_read_lineage(c, in, path, err));
    size_t n = 0;
    for (size_t i = 0; i < in->lineage.n_profiles; i++) {
        const hw_profile *p = in->lineage.profile[i];
        n += p->mt != NULL || hw_profile_typed(p, &in->lineage.panel, HW_LOCUS_Y) > 0;
    }
    if (n == 0) {
        return HW_FAIL(err, HW_NOT_FOUND, "%s: no haplotype in this file; --lineage expects profiles with Y loci (DYS391, ...) or mtDNA", path);
    }
    ret->lineage_database = &in->lineage;
    return HW_OK;
}

/* Tables, people and settings; the match options that follow from them. */
static hw_status read_inputs(cli *c, inputs *in, bool children_too, bool families_too, hw_match_options *ret, hw_err *err)
{
    uint64_t threads = 0;
    HW_TRY(need(args_has(&c->args, "children") || !children_too, "children", "name the files of rescued children", err));
    HW_TRY(need(!families_too || args_has(&c->args, "families"), "families", "name the files of searching families", err));
    hw_match_options_init(ret);
    if (args_knows(&c->args, "threads")) {
        HW_TRY(args_count(&c->args, "threads", 0, 256, &threads, err));
    }
    HW_TRY(inputs_read_tables(c, in, err));
    HW_TRY(inputs_read_match(c, in, err));
    HW_TRY(match_take_populations(c, in, err));
    HW_TRY(inputs_read_settings(c, in, err));
    if (in->people.n_children == 0 && children_too) {
        return HW_FAIL(err, HW_NOT_FOUND, "no rescued child in the files of --children");
    }
    if (in->people.n_families == 0 && families_too) {
        return HW_FAIL(err, HW_NOT_FOUND, "no searching family in the files of --families; a table of relatives needs the columns family and relation, or father and mother");
    }
    HW_TRY(settings_check_linked(c, &in->settings, &in->people.panel, err));
    ret->population = in->population;
    ret->n_populations = in->n_populations;
    ret->settings = &in->settings;
    ret->n_threads = (unsigned)threads;
    ret->rivals = true;
    return HW_OK;
}

/* The options of a search, where the command has them. */
static hw_status read_search(cli *c, inputs *in, hw_match_options *ret, hw_err *err)
{
    HW_TRY(args_number(&c->args, "threshold", -1000, 1000, &ret->threshold_log10, err));
    if (args_knows(&c->args, "prior")) {
        HW_TRY(args_number(&c->args, "prior", 1e-12, 1 - 1e-12, &ret->prior_registered, err));
    }
    return args_knows(&c->args, "lineage") ? read_lineage(c, in, ret, err) : HW_OK;
}

hw_status match_read(cli *c, inputs *in, hw_match_options *ret, hw_err *err)
{
    HW_TRY(read_inputs(c, in, true, true, ret, err));
    return read_search(c, in, ret, err);
}

hw_status families_read(cli *c, inputs *in, hw_match_options *ret, hw_err *err)
{
    HW_TRY(read_inputs(c, in, false, true, ret, err));
    return read_search(c, in, ret, err);
}

hw_status match_read_children(cli *c, inputs *in, hw_match_options *ret, hw_err *err)
{
    return read_inputs(c, in, true, false, ret, err);
}

hw_status report_from_args(cli *c, hw_report_options *ret, char *date, hw_err *err)
{
    int lang;
    HW_TRY(args_choice(&c->args, "lang", &lang, err));
    hw_report_options_init(ret);
    ret->lang = lang == 1 ? HW_REPORT_ZH : HW_REPORT_EN;
    ret->program = "homeward " HW_VERSION;
    ret->width = term_width();
    ret->colour = term_colour();
    ret->ascii = term_ascii();
    time_t now = time(NULL);
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    int64_t seconds;
    if (fixed != NULL && hw_parse_int(fixed, strlen(fixed), &seconds)) {
        now = (time_t)seconds;
    }
    struct tm day;
    if (gmtime_r(&now, &day) != NULL && strftime(date, 24, "%Y-%m-%d", &day) > 0) {
        ret->date = date;
    }
    return HW_OK;
}
