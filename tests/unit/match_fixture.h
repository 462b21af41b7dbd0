// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/* A small nation in memory: a panel, tables, families and children, written as in kinship_fixture.h with loci named. */
#ifndef HW_TEST_MATCH_FIXTURE_H
#define HW_TEST_MATCH_FIXTURE_H

#include "kinship_fixture.h"

#include "kinship/match.h"
#include "kinship/ratio.h"

typedef struct nation {
    hw_dataset d;
    hw_settings set;
    const hw_population *pop[4];
    uint32_t n_pop;
    hw_match_options o;
} nation;

/* A table per population: "TH01 6:0.2 7:0.3 9.3:0.5; D3S1358 14:0.4 15:0.6". */
FX_UNUSED static void fx_population(nation *n, const char *name, double theta, const char *text)
{
    hw_population *p = NULL;
    hw_err err = {0};
    fx_ok(hw_dataset_add_population(&n->d, name, &p, &err), &err);
    p->theta = theta;
    p->freq = HW_NEW(&n->d.arena, hw_freq, 60);
    char *copy = strdup(text);
    assert_true(p->freq != NULL && copy != NULL);
    for (char *rest = copy, *line; (line = strsep(&rest, ";")) != NULL;) {
        line += strspn(line, " ");
        size_t len = strcspn(line, " ");
        if (len == 0) {
            continue;
        }
        fx_table *t = HW_NEW(&n->d.arena, fx_table, 1);
        assert_non_null(t);
        p->freq[p->n++] = *fx_freq(t, hw_arena_strndup(&n->d.arena, line, len), line + len);
    }
    free(copy);
    fx_ok(hw_population_finish(p, &err), &err);
    n->pop[n->n_pop++] = p;
}

/* Settings without mutation, theta 0, nothing linked; four threads at most. */
FX_UNUSED static void fx_nation(nation *n, const char *loci)
{
    memset(n, 0, sizeof *n);
    hw_dataset_init(&n->d);
    hw_settings_init(&n->set);
    n->set.standard.female = n->set.standard.male = (hw_mutation){0};
    n->set.theta = 0;
    hw_match_options_init(&n->o);
    n->o.population = n->pop;
    n->o.settings = &n->set;
    n->o.n_threads = 1;
    n->o.threshold_log10 = -1e9;
    char copy[500];
    snprintf(copy, sizeof copy, "%s", loci);
    for (char *rest = copy, *w; (w = strsep(&rest, " ")) != NULL;) {
        uint32_t i = 0;
        hw_err err = {0};
        fx_ok(hw_panel_add(&n->d.panel, w, HW_LOCUS_AUTO, &i, &err), &err);
    }
}

FX_UNUSED static void fx_nation_drop(nation *n)
{
    hw_dataset_release(&n->d);
}

/* "TH01=6/9.3 D3S1358=14/14 AMEL=X/Y d=0.1 e=0.01 TPOX=8/9/10": "a/-" is a partial reading. */
FX_UNUSED static hw_profile *fx_profile(nation *n, const char *id, hw_sex sex, const char *text)
{
    hw_profile *p = hw_profile_new(&n->d.arena, id, (uint32_t)n->d.panel.n);
    assert_non_null(p);
    p->sex = sex;
    char *copy = strdup(text);
    assert_non_null(copy);
    for (char *rest = copy, *w; (w = strsep(&rest, " ")) != NULL;) {
        char *value = strchr(w, '=');
        if (value == NULL) {
            continue;
        }
        *value++ = '\0';
        if (strcmp(w, "d") == 0 || strcmp(w, "e") == 0) {
            *(w[0] == 'd' ? &p->dropout : &p->error) = fx_number(value);
            continue;
        }
        uint32_t locus = 0;
        if (!hw_panel_find(&n->d.panel, w, &locus)) {
            fail_msg("no locus %s", w);
        }
        hw_allele a[8];
        unsigned k = 0;
        bool partial = false;
        for (char *v; (v = strsep(&value, "/")) != NULL;) {
            a[k] = fx_allele(v);
            partial = partial || a[k] == HW_ALLELE_UNKNOWN;
            k += a[k] == HW_ALLELE_UNKNOWN ? 0 : 1;
        }
        hw_err err = {0};
        fx_ok(hw_profile_set(p, &n->d.arena, &n->d.panel, locus, a, k, partial, &err), &err);
    }
    free(copy);
    return p;
}

FX_UNUSED static uint32_t fx_child(nation *n, const char *id, hw_sex sex, const char *text)
{
    hw_err err = {0};
    fx_ok(hw_dataset_add_child(&n->d, fx_profile(n, id, sex, text), &err), &err);
    return (uint32_t)n->d.n_children - 1;
}

/* missing: "CH" or "A B". */
FX_UNUSED static uint32_t fx_family(nation *n, const char *id, const char *pedigree, const char *missing)
{
    size_t index = 0;
    hw_err err = {0};
    fx_ok(hw_dataset_add_family(&n->d, id, &index, &err), &err);
    hw_family *f = &n->d.family[index];
    hw_pedigree_release(&f->pedigree);
    fx_pedigree(&f->pedigree, pedigree);
    f->profile = HW_NEW(&n->d.arena, const hw_profile *, f->pedigree.n + 1);
    f->missing = HW_NEW(&n->d.arena, uint32_t, f->pedigree.n + 1);
    char copy[200];
    snprintf(copy, sizeof copy, "%s", missing);
    for (char *rest = copy, *w; (w = strsep(&rest, " ")) != NULL;) {
        f->missing[f->n_missing++] = fx_person(&f->pedigree, w);
    }
    return (uint32_t)index;
}

FX_UNUSED static void fx_member(nation *n, uint32_t family, const char *person, const char *text)
{
    hw_family *f = &n->d.family[family];
    uint32_t i = fx_person(&f->pedigree, person);
    char id[100];
    snprintf(id, sizeof id, "%s:%s", f->id, person);
    f->profile[i] = fx_profile(n, id, f->pedigree.person[i].sex, text);
}

FX_UNUSED static void fx_match_at(nation *n, hw_match_result *r, const char *file, int line)
{
    hw_err err = {0};
    n->o.n_populations = n->n_pop;
    fx_ok_at(hw_match(&n->d, &n->o, r, &err), &err, file, line);
}
#define fx_match(n, r) fx_match_at((n), (r), __FILE__, __LINE__)

/* NULL: not listed. */
FX_UNUSED static const hw_candidate *fx_candidate(const hw_match_result *r, uint32_t child, uint32_t family, uint32_t missing)
{
    for (size_t i = 0; i < r->n_candidates; i++) {
        const hw_candidate *c = &r->candidate[i];
        if (c->child == child && c->family == family && c->missing == missing) {
            return c;
        }
    }
    return NULL;
}

/* The pair's ratio, searched with everything else of the nation. */
FX_UNUSED static double fx_pair_at(nation *n, uint32_t child, uint32_t family, uint32_t missing, const char *file, int line)
{
    hw_match_result r;
    fx_match_at(n, &r, file, line);
    for (size_t i = 0; i < r.n_errors; i++) {
        if (r.error[i].family == family) {
            print_error("%s\n", r.error[i].text);
            _fail(file, line);
        }
    }
    const hw_candidate *c = fx_candidate(&r, child, family, missing);
    double x = c == NULL ? 0 : hw_pow10(c->log10_lr);
    hw_match_result_release(&r);
    return x;
}
#define fx_pair(n, child, family, missing) fx_pair_at((n), (child), (family), (missing), __FILE__, __LINE__)

#endif
