// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/settings_args.h"

#include <string.h>

#include "base/json.h"
#include "base/number.h"
#include "kinship/locus.h"

const arg_option SETTINGS_OPTIONS[] = {
    {"rates", 0, ARG_ONE, "FILE", "file", "mutation rates per locus (columns locus, female, male; see homeward-formats(5))"},
    {"mutation", 0, ARG_ONE, "MODEL", "none|equal|proportional|onestep|stepwise|stepwise-stationary|dawid",
     "mutation model, with its numbers where wanted: stepwise,female=0.001,male=0.002,range=0.1,rate2=1e-6,transform=PM. "
     "Default: stepwise with these rates, no transform"},
    {"theta", 0, ARG_ONE, "X", NULL, "founder correlation inside pedigrees, 0 to 1. Default: what the table states, else 0"},
    {"rare", 0, ARG_ONE, "RULE", "auto|5/2N|laplace",
     "frequency of an allele that the table lacks: auto (5/2N, else the table's minimum, else 0.001), 5/2N, laplace, or a number"},
    {"sex-error", 0, ARG_ONE, "X", NULL, "error rate of amelogenin. Default: 0.001"},
    {"linked", 0, ARG_REPEAT, "A:B:RHO", NULL, "two loci that are inherited together, with their recombination fraction (vWA:D12S391:0.11)"},
    {0},
};

const arg_option SAMPLE_OPTIONS[] = {
    {"dropout", 0, ARG_ONE, "X", NULL, "probability that an allele of a heterozygote was lost, for samples that state none. Default: 0"},
    {"error", 0, ARG_ONE, "X", NULL, "probability that an allele was read as another, for samples that state none. Default: 0"},
    {0},
};

static const struct {
    const char *name;
    hw_mutation_transform transform;
} TRANSFORMS[] = {{"none", HW_TRANSFORM_NONE}, {"MH", HW_TRANSFORM_MH}, {"BA", HW_TRANSFORM_BA}, {"PR", HW_TRANSFORM_PR}, {"PM", HW_TRANSFORM_PM}};

static const char *transform_name(hw_mutation_transform t)
{
    for (size_t i = 0; i < sizeof TRANSFORMS / sizeof TRANSFORMS[0]; i++) {
        if (TRANSFORMS[i].transform == t) {
            return TRANSFORMS[i].name;
        }
    }
    return "none";
}

/* The parts of --mutation that were given. */
typedef struct model_text {
    hw_mutation_model model;
    bool has_female, has_male, has_range, has_rate2, has_transform;
    double female, male, range, rate2;
    hw_mutation_transform transform;
} model_text;

static bool key_is(const char *s, size_t n, const char *key)
{
    return strlen(key) == n && strncmp(s, key, n) == 0;
}

static hw_status model_part(const char *s, size_t n, model_text *m, hw_err *err)
{
    size_t k = 0;
    while (k < n && s[k] != '=') {
        k++;
    }
    const char *value = s + k + 1;
    size_t len = k < n ? n - k - 1 : 0;
    if (k < n && key_is(s, k, "transform")) {
        for (size_t i = 0; i < sizeof TRANSFORMS / sizeof TRANSFORMS[0]; i++) {
            if (key_is(value, len, TRANSFORMS[i].name)) {
                m->transform = TRANSFORMS[i].transform;
                m->has_transform = true;
                return HW_OK;
            }
        }
        return HW_FAIL(err, HW_USAGE, "--mutation: expected transform=MH, BA, PR or PM, found \"%.*s\"", (int)(n < 60 ? n : 60), s);
    }
    const struct {
        const char *key;
        double *value, max;
        bool *has;
    } numbers[] = {{"female", &m->female, 1, &m->has_female},
                   {"male", &m->male, 1, &m->has_male},
                   {"range", &m->range, 1000, &m->has_range},
                   {"rate2", &m->rate2, 1, &m->has_rate2}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (k < n && key_is(s, k, numbers[i].key)) {
            if (!hw_parse_double(value, len, numbers[i].value) || !(*numbers[i].value >= 0 && *numbers[i].value <= numbers[i].max)) {
                return HW_FAIL(err, HW_USAGE, "--mutation: expected a number from 0 to %g after %s=, found \"%.*s\"", numbers[i].max,
                               numbers[i].key, (int)(len < 60 ? len : 60), value);
            }
            *numbers[i].has = true;
            return HW_OK;
        }
    }
    return HW_FAIL(err, HW_USAGE, "--mutation: expected female=, male=, range=, rate2= or transform= after the model, found \"%.*s\"",
                   (int)(n < 60 ? n : 60), s);
}

static hw_status parse_model(const char *text, model_text *m, hw_err *err)
{
    char name[40];
    size_t n = strcspn(text, ",");
    memset(m, 0, sizeof *m);
    if (n < sizeof name) {
        memcpy(name, text, n);
        name[n] = '\0';
    }
    if (n >= sizeof name || !hw_mutation_from_name(name, &m->model) || m->model == HW_MUTATION_CUSTOM) {
        return HW_FAIL(err, HW_USAGE,
                       "--mutation: expected none, equal, proportional, onestep, stepwise, stepwise-stationary or dawid, found \"%.60s\"", text);
    }
    for (const char *s = text + n; *s == ',';) {
        size_t len = strcspn(++s, ",");
        HW_TRY(model_part(s, len, m, err));
        s += len;
    }
    return HW_OK;
}

/* What a model needs and the one that stood there before did not have comes from the defaults: a locus without mutation has no rate to keep. */
static void fill_defaults(const hw_mutation *preset, hw_mutation *io)
{
    if (io->model == HW_MUTATION_NONE || io->model == HW_MUTATION_CUSTOM) {
        *io = *preset;
    } else if (io->model == HW_MUTATION_EQUAL || io->model == HW_MUTATION_PROPORTIONAL || io->model == HW_MUTATION_ONESTEP) {
        io->range = io->range > 0 ? io->range : preset->range;
        io->rate2 = io->rate2 > 0 ? io->rate2 : preset->rate2;
    }
}

static void apply_model(const model_text *m, bool rates, hw_locus_settings *ls)
{
    hw_settings preset;
    hw_settings_init(&preset);
    for (int sex = 0; sex < 2; sex++) {
        hw_mutation *x = sex == 0 ? &ls->female : &ls->male;
        if (m->model == HW_MUTATION_NONE) {
            *x = (hw_mutation){0};
            continue;
        }
        fill_defaults(sex == 0 ? &preset.standard.female : &preset.standard.male, x);
        x->model = m->model;
        x->transform = m->has_transform ? m->transform : HW_TRANSFORM_NONE;
        if (rates && (sex == 0 ? m->has_female : m->has_male)) {
            x->rate = sex == 0 ? m->female : m->male;
        }
        x->range = m->has_range ? m->range : x->range;
        x->rate2 = m->has_rate2 ? m->rate2 : x->rate2;
    }
}

static hw_status apply_rare(const char *text, hw_settings *io, hw_err *err)
{
    double x;
    if (hw_streq(text, "auto")) {
        io->rare_rule = HW_RARE_AUTO;
    } else if (hw_str_ieq(text, "5/2N")) {
        io->rare_rule = HW_RARE_5_2N;
    } else if (hw_streq(text, "laplace")) {
        io->rare_rule = HW_RARE_LAPLACE;
    } else if (hw_parse_double(text, strlen(text), &x) && x > 0 && x < 1) {
        io->rare_rule = HW_RARE_FIXED;
        io->rare_value = x;
    } else {
        return HW_FAIL(err, HW_USAGE, "--rare: expected auto, 5/2N, laplace or a frequency between 0 and 1, found \"%.60s\"", text);
    }
    return HW_OK;
}

static const char *keep_locus(cli *c, const char *s, size_t n)
{
    char *name = hw_arena_strndup(&c->arena, s, n);
    const hw_locus_info *known = name != NULL ? hw_locus_find(name) : NULL;
    return known != NULL ? known->name : name;
}

/* A pair that can be one: two loci, on one chromosome as far as that is known, and none of them in a pair before. */
static hw_status check_pair(const hw_settings *s, uint32_t i, const char *text, hw_err *err)
{
    const hw_linked_pair *p = &s->linked[i];
    const hw_locus_info *a = hw_locus_find(p->a), *b = hw_locus_find(p->b);
    if (hw_str_ieq(p->a, p->b)) {
        return HW_FAIL(err, HW_USAGE, "--linked %.60s: %s is linked with itself; name two different loci", text, p->a);
    }
    if (a != NULL && b != NULL && a->chromosome != NULL && b->chromosome != NULL && !hw_streq(a->chromosome, b->chromosome)) {
        return HW_FAIL(err, HW_USAGE, "--linked %.60s: %s lies on chromosome %s, %s on chromosome %s, so they are inherited independently; leave this pair out",
                       text, p->a, a->chromosome, p->b, b->chromosome);
    }
    for (uint32_t k = 0; k < i; k++) {
        const hw_linked_pair *q = &s->linked[k];
        const char *twice = hw_str_ieq(p->a, q->a) || hw_str_ieq(p->a, q->b) ? p->a : hw_str_ieq(p->b, q->a) || hw_str_ieq(p->b, q->b) ? p->b : NULL;
        if (twice != NULL) {
            return HW_FAIL(err, HW_USAGE, "--linked %.60s: %s already stands in the pair %s:%s; a locus may stand in one pair only: keep the closer one",
                           text, twice, q->a, q->b);
        }
    }
    return HW_OK;
}

hw_status settings_check_linked(const cli *c, const hw_settings *s, const hw_panel *panel, hw_err *err)
{
    const char *source = args_has(&c->args, "linked") ? "--linked" : "the linked loci of the files";
    for (uint32_t i = 0; i < s->n_linked; i++) {
        const hw_linked_pair *p = &s->linked[i];
        uint32_t index;
        const char *unknown = !hw_panel_find(panel, p->a, &index) ? p->a : !hw_panel_find(panel, p->b, &index) ? p->b : NULL;
        if (unknown != NULL) {
            return HW_FAIL(err, HW_USAGE, "%s: no profile has a locus %s; leave the pair %s:%s out, or correct the name (`homeward loci` lists them)", source,
                           unknown, p->a, p->b);
        }
    }
    return HW_OK;
}

static hw_status apply_linked(cli *c, hw_settings *io, hw_err *err)
{
    const char *const *text;
    size_t n = args_list(&c->args, "linked", &text);
    if (n == 0) {
        return HW_OK;
    }
    io->linked = HW_NEW(&c->arena, hw_linked_pair, n);
    io->n_linked = (uint32_t)n;
    if (io->linked == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < n; i++) {
        const char *first = strchr(text[i], ':'), *last = strrchr(text[i], ':');
        hw_linked_pair *p = &io->linked[i];
        if (first == NULL || first == last || first == text[i] || last == first + 1 || !hw_parse_double(last + 1, strlen(last + 1), &p->rho) ||
            !(p->rho >= 0 && p->rho <= 0.5)) {
            return HW_FAIL(err, HW_USAGE, "--linked: expected LOCUS:LOCUS:RHO with RHO from 0 to 0.5, found \"%.60s\"", text[i]);
        }
        p->a = keep_locus(c, text[i], (size_t)(first - text[i]));
        p->b = keep_locus(c, first + 1, (size_t)(last - first - 1));
        if (p->a == NULL || p->b == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        HW_TRY(check_pair(io, (uint32_t)i, text[i], err));
    }
    return HW_OK;
}

/* Does the list name the locus itself? */
static const hw_locus_settings *entry_of(const hw_settings *s, const char *locus)
{
    const hw_locus_settings *ls = s != NULL ? hw_settings_locus(s, locus) : NULL;
    return ls != NULL && ls != &s->standard ? ls : NULL;
}

static void take_rates(const hw_locus_settings *from, hw_locus_settings *io)
{
    io->female = from->female;
    io->male = from->male;
    io->silent = from->silent > 0 ? from->silent : io->silent;
}

/* Rates replace rates: what the files of people say about silent alleles stays, unless the file of rates states a frequency of its own. */
static hw_status apply_rates(cli *c, const hw_settings *rates, hw_settings *io, hw_err *err)
{
    hw_locus_settings *all = HW_NEW(&c->arena, hw_locus_settings, (size_t)io->n_by_locus + rates->n_by_locus + 1);
    uint32_t n = 0;
    if (all == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < io->n_by_locus; i++) {
        all[n] = io->by_locus[i];
        const hw_locus_settings *from = hw_settings_locus(rates, all[n].locus);
        double silent = all[n].silent;
        take_rates(from, &all[n]);
        all[n].silent = from != &rates->standard ? all[n].silent : silent; /* what is said of the locus itself goes before what is said of all */
        n++;
    }
    for (uint32_t i = 0; i < rates->n_by_locus; i++) {
        if (entry_of(io, rates->by_locus[i].locus) == NULL) {
            all[n] = io->standard;
            all[n].locus = rates->by_locus[i].locus;
            take_rates(&rates->by_locus[i], &all[n]);
            n++;
        }
    }
    take_rates(&rates->standard, &io->standard);
    io->by_locus = all;
    io->n_by_locus = n;
    return HW_OK;
}

bool settings_given(const cli *c)
{
    for (const arg_option *o = SETTINGS_OPTIONS; o->name != NULL; o++) {
        if (args_has(&c->args, o->name)) {
            return true;
        }
    }
    return false;
}

hw_status settings_from_args(cli *c, const hw_settings *rates, hw_settings *io, hw_err *err)
{
    if (rates != NULL) {
        HW_TRY(apply_rates(c, rates, io, err));
    }
    const char *text = args_text(&c->args, "mutation");
    if (text != NULL) {
        model_text m;
        HW_TRY(parse_model(text, &m, err));
        hw_locus_settings *copy = HW_NEW(&c->arena, hw_locus_settings, io->n_by_locus + 1);
        if (copy == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        apply_model(&m, true, &io->standard);
        for (uint32_t i = 0; i < io->n_by_locus; i++) {
            copy[i] = io->by_locus[i];
            apply_model(&m, entry_of(rates, copy[i].locus) == NULL, &copy[i]); /* rates that a file of rates states for a locus stay */
        }
        io->by_locus = copy;
    }
    HW_TRY(args_number(&c->args, "theta", 0, 1, &io->theta, err));
    HW_TRY(args_number(&c->args, "sex-error", 1e-9, 0.5, &io->sex_error, err));
    text = args_text(&c->args, "rare");
    if (text != NULL) {
        HW_TRY(apply_rare(text, io, err));
    }
    return apply_linked(c, io, err);
}

/* --- as data --- */

static void write_mutation(const hw_mutation *m, hw_json *j)
{
    hw_json_object(j);
    hw_json_key(j, "model");
    hw_json_string(j, hw_mutation_name(m->model));
    if (m->model != HW_MUTATION_NONE && m->model != HW_MUTATION_CUSTOM) {
        hw_json_key(j, "rate");
        hw_json_double(j, m->rate);
        hw_json_key(j, "rate2");
        hw_json_double(j, m->rate2);
        hw_json_key(j, "range");
        hw_json_double(j, m->range);
        hw_json_key(j, "transform");
        hw_json_string(j, transform_name(m->transform));
    }
    hw_json_end(j);
}

static void write_locus(const hw_locus_settings *ls, hw_json *j)
{
    hw_json_object(j);
    hw_json_key(j, "locus");
    hw_json_string(j, ls->locus);
    hw_json_key(j, "female");
    write_mutation(&ls->female, j);
    hw_json_key(j, "male");
    write_mutation(&ls->male, j);
    hw_json_key(j, "silent");
    hw_json_double(j, ls->silent);
    hw_json_end(j);
}

void settings_write_json(const hw_settings *s, hw_json *j)
{
    static const char *const rules[] = {"auto", "5/2N", "laplace", "fixed"};
    hw_json_object(j);
    hw_json_key(j, "theta");
    if (s->theta < 0) {
        hw_json_string(j, "of the population");
    } else {
        hw_json_double(j, s->theta);
    }
    hw_json_key(j, "rare");
    hw_json_string(j, rules[s->rare_rule]);
    if (s->rare_rule == HW_RARE_FIXED) {
        hw_json_key(j, "rare_value");
        hw_json_double(j, s->rare_value);
    }
    hw_json_key(j, "sex_error");
    hw_json_double(j, s->sex_error);
    hw_json_key(j, "standard");
    write_locus(&s->standard, j);
    hw_json_key(j, "loci");
    hw_json_array(j);
    for (uint32_t i = 0; i < s->n_by_locus; i++) {
        write_locus(&s->by_locus[i], j);
    }
    hw_json_end(j);
    hw_json_key(j, "linked");
    hw_json_array(j);
    for (uint32_t i = 0; i < s->n_linked; i++) {
        hw_json_object(j);
        hw_json_key(j, "a");
        hw_json_string(j, s->linked[i].a);
        hw_json_key(j, "b");
        hw_json_string(j, s->linked[i].b);
        hw_json_key(j, "rho");
        hw_json_double(j, s->linked[i].rho);
        hw_json_end(j);
    }
    hw_json_end(j);
    hw_json_end(j);
}
