// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward next: which sample is worth most next. */
#include <string.h>

#include "cli/match_args.h"
#include "kinship/next_sample.h"
#include "report/next_report.h"

/* What one run was asked for. */
typedef struct asked {
    hw_match_options m;
    hw_next_options p;
    uint32_t family, missing; /* UINT32_MAX: all */
    uint32_t child;           /* UINT32_MAX: not one child */
    double least;             /* log10 ratio of its candidates */
    uint64_t loss_draws;      /* 0: not asked for */
    size_t limit;
} asked;

static hw_status find_family(const hw_dataset *d, const char *id, uint32_t *ret, hw_err *err)
{
    for (size_t f = 0; id != NULL && f < d->n_families; f++) {
        if (hw_streq(d->family[f].id, id)) {
            *ret = (uint32_t)f;
            return HW_OK;
        }
    }
    return id == NULL ? HW_OK : HW_FAIL(err, HW_NOT_FOUND, "there is no family %.100s in the files of --families", id);
}

static hw_status find_missing(const hw_dataset *d, const char *id, asked *a, hw_err *err)
{
    if (id == NULL) {
        return HW_OK;
    }
    if (a->family == UINT32_MAX) {
        return HW_FAIL(err, HW_USAGE, "--missing needs --family");
    }
    const hw_family *f = &d->family[a->family];
    for (uint32_t i = 0; i < f->n_missing; i++) {
        if (hw_streq(f->pedigree.person[f->missing[i]].id, id)) {
            a->missing = i;
            return HW_OK;
        }
    }
    return HW_FAIL(err, HW_NOT_FOUND, "family %s: no missing person %.100s", f->id, id);
}

static hw_status find_child(const hw_dataset *d, const char *id, asked *a, hw_err *err)
{
    if (id == NULL) {
        return HW_OK;
    }
    if (a->family != UINT32_MAX || a->loss_draws > 0) {
        return HW_FAIL(err, HW_USAGE, "--child asks about one child and its candidates: leave out --family and --check-loss");
    }
    for (size_t i = 0; i < d->n_children; i++) {
        if (hw_streq(d->child[i]->id, id) || hw_streq(d->child[i]->person, id)) {
            a->child = (uint32_t)i;
            return HW_OK;
        }
    }
    return HW_FAIL(err, HW_NOT_FOUND, "there is no child %.100s in the files of --children", id);
}

/* ---- kits ---- */

typedef struct kit {
    const char *name, *loci;
} kit;

/* Autosomal loci of kits in use; "table" stands for all that the first table has. */
static const kit KITS[] = {
    {"codis13", "CSF1PO,D3S1358,D5S818,D7S820,D8S1179,D13S317,D16S539,D18S51,D21S11,FGA,TH01,TPOX,vWA"},
    {"codis20", "CSF1PO,D1S1656,D2S441,D2S1338,D3S1358,D5S818,D7S820,D8S1179,D10S1248,D12S391,D13S317,D16S539,D18S51,D19S433,D21S11,D22S1045,FGA,TH01,TPOX,vWA"},
    {"identifiler", "CSF1PO,D2S1338,D3S1358,D5S818,D7S820,D8S1179,D13S317,D16S539,D18S51,D19S433,D21S11,FGA,TH01,TPOX,vWA"},
    {"globalfiler", "CSF1PO,D1S1656,D2S441,D2S1338,D3S1358,D5S818,D7S820,D8S1179,D10S1248,D12S391,D13S317,D16S539,D18S51,D19S433,D21S11,D22S1045,FGA,SE33,TH01,TPOX,vWA"},
    {"fusion", "CSF1PO,D1S1656,D2S441,D2S1338,D3S1358,D5S818,D7S820,D8S1179,D10S1248,D12S391,D13S317,D16S539,D18S51,D19S433,D21S11,D22S1045,FGA,Penta D,Penta E,TH01,TPOX,vWA"},
    {"powerplex21", "CSF1PO,D1S1656,D2S1338,D3S1358,D5S818,D6S1043,D7S820,D8S1179,D12S391,D13S317,D16S539,D18S51,D19S433,D21S11,FGA,Penta D,Penta E,TH01,TPOX,vWA"},
};

static hw_status kit_names(cli *c, const char *list, hw_next_options *p, hw_err *err)
{
    char *copy = hw_arena_strdup(&c->arena, list);
    const char **name = HW_NEW(&c->arena, const char *, strlen(list) + 1);
    size_t n = 0;
    if (copy == NULL || name == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (char *rest = copy, *w; (w = strsep(&rest, ",")) != NULL;) {
        w = hw_str_trim(w);
        if (*w != '\0') {
            name[n++] = w;
        }
    }
    if (n == 0) {
        return HW_FAIL(err, HW_USAGE, "--kit: the name of a kit, or loci separated by commas");
    }
    p->kit = name;
    p->n_kit = n;
    return HW_OK;
}

static hw_status kit_of_table(cli *c, const hw_population *pop, hw_next_options *p, hw_err *err)
{
    const char **name = HW_NEW(&c->arena, const char *, pop->n + 1);
    size_t n = 0;
    if (name == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < pop->n; i++) {
        const hw_locus_info *known = hw_locus_find(pop->freq[i].locus);
        if (known == NULL || known->kind == HW_LOCUS_AUTOSOMAL) {
            name[n++] = pop->freq[i].locus;
        }
    }
    p->kit = name;
    p->n_kit = n;
    return HW_OK;
}

static hw_status read_kit(cli *c, const hw_population *pop, hw_next_options *p, hw_err *err)
{
    const char *text = args_text(&c->args, "kit");
    if (text == NULL) {
        return HW_OK;
    }
    if (hw_streq(text, "table")) {
        return kit_of_table(c, pop, p, err);
    }
    for (size_t i = 0; i < sizeof KITS / sizeof KITS[0]; i++) {
        if (hw_streq(KITS[i].name, text)) {
            return kit_names(c, KITS[i].loci, p, err);
        }
    }
    if (strchr(text, ',') == NULL && hw_locus_find(text) == NULL && hw_population_find(pop, text) == NULL) {
        return HW_FAIL(err, HW_NOT_FOUND, "--kit: no kit and no locus %.60s; there are table, codis13, codis20, identifiler, globalfiler, fusion, powerplex21", text);
    }
    return kit_names(c, text, p, err);
}

/* ---- the run ---- */

static hw_status read_options(cli *c, const hw_dataset *d, asked *a, hw_err *err)
{
    hw_next_options *p = &a->p;
    uint64_t limit = 0;
    uint64_t children = 0;
    uint64_t draws = p->draws;
    uint64_t refine = p->refine;
    HW_TRY(args_number(&c->args, "threshold", -1000, 1000, &p->threshold_log10, err));
    HW_TRY(args_number(&c->args, "level", 0.5, 1 - 1e-12, &p->level, err));
    HW_TRY(args_number(&c->args, "rescued", 0, 1, &p->rescued, err));
    HW_TRY(args_count(&c->args, "n-children", 0, 10000000000u, &children, err));
    HW_TRY(args_count(&c->args, "budget", 1, 1000000000, &p->budget, err));
    HW_TRY(args_count(&c->args, "draws", 2, 100000, &draws, err));
    HW_TRY(args_count(&c->args, "refine", 0, 1000000, &refine, err));
    HW_TRY(args_count(&c->args, "seed", 0, UINT64_MAX >> 1, &p->seed, err));
    HW_TRY(args_count(&c->args, "check-loss", 2, 100000, &a->loss_draws, err));
    HW_TRY(args_count(&c->args, "limit", 0, 1000000000, &limit, err));
    p->children = (double)children;
    p->draws = (uint32_t)draws;
    p->refine = (uint32_t)refine;
    p->to_find = !args_has(&c->args, "named-only");
    a->limit = (size_t)limit;
    HW_TRY(find_family(d, args_text(&c->args, "family"), &a->family, err));
    HW_TRY(find_missing(d, args_text(&c->args, "missing"), a, err));
    if (a->loss_draws > 0 && a->family != UINT32_MAX) {
        return HW_FAIL(err, HW_USAGE, "--check-loss looks at the whole database: leave out --family");
    }
    HW_TRY(args_number(&c->args, "least", -1000, 1000, &a->least, err));
    HW_TRY(find_child(d, args_text(&c->args, "child"), a, err));
    if (p->rescued != p->rescued && children == 0 && d->n_children == 0) {
        return HW_FAIL(err, HW_USAGE, "how many children were rescued is not known: give --children, --n-children or --rescued");
    }
    return read_kit(c, a->m.population[0], p, err);
}

static hw_status show(const cli *c, const hw_next_report *report, size_t limit, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, (size_t)4 << 30);
    if (args_has(&c->args, "json")) {
        HW_TRY(hw_report_next_json(report, &text, err));
    } else if (args_has(&c->args, "csv")) {
        HW_TRY(hw_report_next_csv(report, &text, err));
    } else {
        hw_report_options o;
        hw_report_options_init(&o);
        o.width = term_width();
        o.colour = term_colour();
        o.max_rows = limit;
        HW_TRY(hw_report_next_text(report, &o, &text, err));
    }
    return term_write(&text, err);
}

static hw_status compute(const cli *c, const hw_dataset *d, const asked *a, hw_next_result *r, hw_err *err)
{
    if (a->family != UINT32_MAX) {
        return hw_next_for_family(d, &a->m, &a->p, a->family, a->missing, r, err);
    }
    HW_TRY(hw_next_for_all(d, &a->m, &a->p, r, err));
    term_note(c->command->name, "%u families of %u shapes, %u computed for their shape, %u not; %.2f s", r->n_families, r->n_shapes, r->n_computed, r->n_errors, r->seconds);
    return HW_OK;
}

static hw_status report(const cli *c, const hw_dataset *d, const asked *a, const hw_next_result *r, hw_err *err)
{
    hw_next_loss loss;
    hw_next_report out = {.d = d, .m = &a->m, .p = &a->p, .r = r, .one_family = a->family != UINT32_MAX};
    if (a->loss_draws > 0) {
        HW_TRY(hw_next_check_loss(d, &a->m, &a->p, r, (uint32_t)a->loss_draws, &loss, err));
        out.loss = &loss;
    }
    HW_TRY(show(c, &out, a->limit, err));
    if (r->n == 0 && r->n_errors > 0) {
        return HW_FAIL(err, r->first_status, "nothing could be computed; `homeward check` finds the reasons");
    }
    return HW_OK;
}

static hw_status show_child(const cli *c, const hw_dataset *d, const hw_next_child_result *r, size_t limit, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, 0);
    if (args_has(&c->args, "json")) {
        HW_TRY(hw_report_next_child_json(d, r, &text, err));
    } else if (args_has(&c->args, "csv")) {
        HW_TRY(hw_report_next_child_csv(d, r, &text, err));
    } else {
        hw_report_options o;
        hw_report_options_init(&o);
        o.width = term_width();
        o.colour = term_colour();
        o.max_rows = limit;
        HW_TRY(hw_report_next_child_text(d, r, &o, &text, err));
    }
    return term_write(&text, err);
}

static hw_status one_child(const cli *c, const hw_dataset *d, const asked *a, hw_err *err)
{
    hw_next_child_result r;
    HW_TRY(hw_next_for_child(d, &a->m, &a->p, a->child, a->least, &r, err));
    term_note(c->command->name, "%u candidate families looked at, %u at the threshold already; %.2f s", r.n_candidates, r.n_reported, r.seconds);
    hw_status s = show_child(c, d, &r, a->limit, err);
    hw_next_child_result_release(&r);
    return s;
}

static hw_status run(cli *c, inputs *in, hw_err *err)
{
    asked a = {.family = UINT32_MAX, .missing = UINT32_MAX, .child = UINT32_MAX, .least = 2.0};
    if (args_has(&c->args, "json") && args_has(&c->args, "csv")) {
        return HW_FAIL(err, HW_USAGE, "--json and --csv exclude each other");
    }
    HW_TRY(families_read(c, in, &a.m, err));
    inputs_show_notes(c, in, NULL);
    hw_next_options_init(&a.p);
    HW_TRY(read_options(c, &in->people, &a, err));
    if (a.child != UINT32_MAX) {
        return one_child(c, &in->people, &a, err);
    }
    hw_next_result r;
    HW_TRY(compute(c, &in->people, &a, &r, err));
    hw_status s = report(c, &in->people, &a, &r, err);
    hw_next_result_release(&r);
    return s;
}

hw_status cmd_next(cli *c, hw_err *err)
{
    inputs in;
    inputs_init(&in);
    hw_status s = run(c, &in, err);
    inputs_release(&in);
    return s;
}
