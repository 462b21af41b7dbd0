// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/findings.h"

#include <math.h>
#include <stdlib.h>

#include "base/number.h"

#define MAX_FINDINGS ((size_t)20000000)
#define NAMED_SUSPECTS 3u

static const char *const CODE[] = {
#define X(name, code, title, todo) code,
    FINDING_LIST(X)
#undef X
};
static const char *const TITLE[] = {
#define X(name, code, title, todo) title,
    FINDING_LIST(X)
#undef X
};
static const char *const ADVICE[] = {
#define X(name, code, title, todo) todo,
    FINDING_LIST(X)
#undef X
};

const char *finding_code_name(finding_code code)
{
    return CODE[code];
}

const char *finding_title(finding_code code)
{
    return TITLE[code];
}

const char *finding_todo(finding_code code)
{
    return ADVICE[code];
}

void finding_write_who(const findings *f, const hw_sampled *s, hw_str *out)
{
    if (s->child != HW_NOBODY) {
        hw_str_addf(out, "child %s", s->profile->person);
    } else if (s->staff != HW_NOBODY) {
        hw_str_addf(out, "staff %s", s->profile->person);
    } else if (s->person == HW_NOBODY) {
        hw_str_addf(out, "family %s", f->d->family[s->family].id);
    } else {
        hw_str_addf(out, "%s/%s", f->d->family[s->family].id, f->d->family[s->family].pedigree.person[s->person].id);
    }
}

void findings_release(findings *f)
{
    hw_free(f->list);
    hw_fit_result_release(&f->fits);
    hw_samples_release(&f->samples);
    hw_arena_release(&f->arena);
    *f = (findings){0};
}

/* ---- adding ---- */

static hw_status add(findings *f, finding x, const hw_str *text, hw_err *err)
{
    HW_TRY(hw_str_check(text, err));
    HW_TRY(HW_GROW(f->list, f->n, f->cap, MAX_FINDINGS, "findings", err));
    x.text = hw_arena_strdup(&f->arena, text->s);
    if (x.text == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    x.number = f->n;
    f->list[f->n++] = x;
    f->count[x.code]++;
    return HW_OK;
}

static hw_sampled of_family(uint32_t family)
{
    return (hw_sampled){NULL, HW_NOBODY, family, HW_NOBODY, HW_NOBODY};
}

static hw_sampled of_member(const hw_dataset *d, uint32_t family, uint32_t person)
{
    return (hw_sampled){d->family[family].profile[person], HW_NOBODY, family, person, HW_NOBODY};
}

static const char *log10_text(double x, char *buf)
{
    return hw_fmt_fixed(x, 1, buf);
}

/* ---- families ---- */

static void write_suspects(const hw_family *fam, const hw_fit *fit, hw_str *out)
{
    for (uint32_t i = 0; i < fit->n_suspects && i < NAMED_SUSPECTS; i++) {
        const hw_fit_suspect *s = &fit->suspect[i];
        const hw_person *p = fam->pedigree.person;
        char buf[400];
        if (i > 0 && s->share < 0.001) {
            break;
        }
        hw_str_addf(out, "%s%s", i > 0 ? "; " : " Suspected: ", p[s->person].id);
        if (s->kind == HW_FIT_OTHER_PARENT) {
            hw_str_addf(out, " is no child of %s", p[s->parent].id);
        } else {
            hw_str_add(out, " is not related to the others");
        }
        hw_str_addf(out, " (share %s, %u loci stay impossible)", hw_fmt_fixed(s->share, 3, buf), s->impossible);
    }
    hw_str_add(out, ".");
}

static void write_subsets(const hw_family *fam, const hw_fit *fit, hw_str *out)
{
    hw_str_add(out, " Together fit: ");
    for (uint32_t i = 0; i < fit->n_subsets; i++) {
        hw_str_add(out, i > 0 ? " | " : "");
        hw_family_kept(fam, fit->subset[i].keep, out);
    }
    hw_str_add(out, fit->subsets_complete ? "." : " (one of several: the family is too large for all).");
}

static hw_status add_family(findings *f, const hw_fit *fit, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, 0);
    const hw_family *fam = &f->d->family[fit->family];
    char buf[400];
    finding x = {.code = fit->verdict == HW_FIT_MISFIT ? FINDING_MISFIT : FINDING_DOUBTFUL, .who = {of_family(fit->family)}, .n_who = 1, .log10 = fit->log10_evidence};
    if (fit->verdict == HW_FIT_NOT_COMPUTED) {
        x.code = FINDING_NOT_COMPUTED;
        hw_str_add(&text, fit->text);
        return add(f, x, &text, err);
    }
    x.measure = "one error : as stated";
    x.fit = fit;
    for (uint32_t i = 0; i < fit->n_suspects && x.n_who < 2; i++) {
        x.who[x.n_who++] = of_member(f->d, fit->family, fit->suspect[i].person);
    }
    if (fit->log10_evidence > 1e300) {
        hw_str_addf(&text, "%u related samples, %u loci: impossible as stated", fit->n_related, fit->loci_used);
    } else {
        hw_str_addf(&text, "%u related samples, %u loci: one error is 10^%s times likelier than the statement", fit->n_related, fit->loci_used,
                    log10_text(fit->log10_evidence, buf));
    }
    hw_str_addf(&text, "; %u loci are impossible without mutation and drop-out", fit->n_impossible);
    for (uint32_t i = 0; i < fit->n_impossible; i++) {
        hw_str_addf(&text, "%s%s", i > 0 ? ", " : " (", f->d->panel.locus[fit->impossible[i]].name);
    }
    hw_str_add(&text, fit->n_impossible > 0 ? ")." : ".");
    write_suspects(fam, fit, &text);
    write_subsets(fam, fit, &text);
    if (x.n_who == 2 && x.who[1].profile == NULL) {
        x.n_who = 1; /* an untyped child of another parent */
    }
    return add(f, x, &text, err);
}

static hw_status add_exchange(findings *f, const hw_exchange *x, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, 0);
    char buf[400];
    finding y = {.code = FINDING_EXCHANGE, .n_who = 2, .log10 = x->log10_ratio, .measure = "exchanged : as stated"};
    y.who[0] = of_member(f->d, x->family[0], x->person[0]);
    y.who[1] = of_member(f->d, x->family[1], x->person[1]);
    hw_str_add(&text, "The samples of ");
    finding_write_who(f, &y.who[0], &text);
    hw_str_add(&text, " and ");
    finding_write_who(f, &y.who[1], &text);
    if (x->log10_ratio > 1e300) {
        hw_str_add(&text, " exchanged make possible what is impossible as stated");
    } else {
        hw_str_addf(&text, " exchanged are 10^%s times likelier than as stated", log10_text(x->log10_ratio, buf));
    }
    if (x->log10_error > 0.0 && x->log10_error < 1e300) {
        hw_str_addf(&text, "; the likeliest other error of %s gives 10^%s", f->d->family[x->family[0]].id, log10_text(x->log10_error, buf));
    }
    if (x->share_alone < HW_EXCHANGE_SHARE) {
        hw_str_add(&text, "; exchanging two others of the same families explains as much");
    }
    hw_str_addf(&text, ". %u exchanges were tried.", x->tried);
    return add(f, y, &text, err);
}

static bool told_before(const hw_exchange *x, const bool *found, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        bool same = x[k].family[0] == x[i].family[0] && x[k].family[1] == x[i].family[1] && x[k].person[0] == x[i].person[0] && x[k].person[1] == x[i].person[1];
        bool turned = x[k].family[0] == x[i].family[1] && x[k].family[1] == x[i].family[0];
        if (found[k] && (same || turned)) {
            return true;
        }
    }
    return false;
}

static int by_family(const void *a, const void *b)
{
    const hw_exchange_query *x = a;
    const hw_exchange_query *y = b;
    return x->family != y->family ? (x->family < y->family ? -1 : 1) : (x->fit == NULL) - (y->fit == NULL);
}

/* Families that do not fit, and those where a sex contradicts; one query each. */
static size_t list_queries(const hw_fit_result *r, const hw_samples *people, const hw_profile_finding *p, size_t n_p, hw_exchange_query *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_fits; i++) {
        if (r->fit[i].verdict == HW_FIT_MISFIT) {
            ret[n++] = (hw_exchange_query){r->fit[i].family, &r->fit[i]};
        }
    }
    for (size_t i = 0; i < n_p; i++) {
        if (p[i].fault == HW_FAULT_SEX && people->one[p[i].who].family != HW_NOBODY) {
            ret[n++] = (hw_exchange_query){people->one[p[i].who].family, NULL};
        }
    }
    qsort(ret, n, sizeof(*ret), by_family);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || ret[kept - 1].family != ret[i].family) {
            ret[kept++] = ret[i];
        }
    }
    return kept;
}

static hw_status check_exchanges(findings *f, const hw_match_options *o, const hw_fit_result *r, const hw_profile_finding *p, size_t n_p, hw_err *err)
{
    HW_AUTO_FREE hw_exchange_query *query = hw_alloc(r->n_fits + n_p + 1, sizeof *query);
    HW_AUTO_FREE hw_exchange *found = hw_alloc(r->n_fits + n_p + 1, sizeof *found);
    HW_AUTO_FREE bool *is_found = hw_alloc(r->n_fits + n_p + 1, sizeof *is_found);
    if (query == NULL || found == NULL || is_found == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    size_t n = list_queries(r, &f->samples, p, n_p, query);
    HW_TRY(hw_exchanges_find(f->d, o, query, n, found, is_found, err));
    for (size_t i = 0; i < n; i++) {
        if (is_found[i] && !told_before(found, is_found, i)) {
            HW_TRY(add_exchange(f, &found[i], err));
        }
    }
    return HW_OK;
}

/* ---- the same person twice ---- */

static bool is_missing(const hw_family *fam, uint32_t person)
{
    for (uint32_t i = 0; i < fam->n_missing; i++) {
        if (fam->missing[i] == person) {
            return true;
        }
    }
    return false;
}

static bool stated_twins(const hw_dataset *d, const hw_sampled *a, const hw_sampled *b)
{
    if (a->family == HW_NOBODY || a->family != b->family) {
        return false;
    }
    const hw_person *p = d->family[a->family].pedigree.person;
    return p[a->person].twin != 0 && p[a->person].twin == p[b->person].twin;
}

static bool full_siblings(const hw_dataset *d, const hw_sampled *a, const hw_sampled *b)
{
    if (a->family == HW_NOBODY || a->family != b->family) {
        return false;
    }
    const hw_person *p = d->family[a->family].pedigree.person;
    const hw_person *x = &p[a->person];
    const hw_person *y = &p[b->person];
    return (x->father >= 0 || x->mother >= 0) && x->father == y->father && x->mother == y->mother;
}

static finding_code code_of(const hw_dataset *d, const hw_sampled *a, const hw_sampled *b, const hw_same_pair *pair)
{
    if (b->staff != HW_NOBODY) {
        return FINDING_STAFF;
    }
    if (a->child != HW_NOBODY && b->family != HW_NOBODY) {
        return is_missing(&d->family[b->family], b->person) ? FINDING_DIRECT : FINDING_CHILD_RELATIVE;
    }
    if (pair->log10_sibling < HW_SAME_SIBLING_LOG10) {
        return FINDING_OR_SIBLING;
    }
    if (a->child != HW_NOBODY) {
        return FINDING_CHILD_TWICE;
    }
    return full_siblings(d, a, b) ? FINDING_TWINS : FINDING_RELATIVE_TWICE;
}

/* What the two results themselves say of one sample entered twice, one person typed twice, twins. */
static void write_telling(const hw_dataset *d, const hw_sampled *a, const hw_sampled *b, const hw_same_pair *pair, hw_str *out)
{
    hw_sex x = hw_profile_amelogenin(a->profile, &d->panel);
    hw_sex y = hw_profile_amelogenin(b->profile, &d->panel);
    hw_sex stated_x = hw_sampled_sex(d, a);
    hw_sex stated_y = hw_sampled_sex(d, b);
    uint32_t apart = 0;
    for (uint32_t i = 0; i < d->panel.n; i++) {
        apart += hw_genotype_typed(hw_profile_at(a->profile, i)) != hw_genotype_typed(hw_profile_at(b->profile, i)) ? 1 : 0;
    }
    if (x != HW_SEX_UNKNOWN && y != HW_SEX_UNKNOWN && x != y) {
        hw_str_add(out, " Amelogenin differs: neither one person nor twins if both readings hold.");
    } else if (stated_x != HW_SEX_UNKNOWN && stated_y != HW_SEX_UNKNOWN && stated_x != stated_y) {
        hw_str_add(out, " The stated sexes differ: not twins; one record is wrong.");
    } else if (apart > 0 || pair->differences > 0) {
        hw_str_add(out, " The two results are not copies of each other: two typings, of one person or of identical twins, whom DNA does not tell apart.");
    } else {
        hw_str_add(out, " The two results are equal at every locus, so one result may have been entered twice; identical twins would look the same.");
    }
}

static hw_status add_same(findings *f, const hw_same_pair *pair, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, 0);
    char buf[2][400];
    const hw_sampled *a = &f->samples.one[pair->a];
    const hw_sampled *b = &f->samples.one[pair->b];
    if (stated_twins(f->d, a, b)) {
        return HW_OK;
    }
    finding x = {.code = code_of(f->d, a, b, pair), .who = {*a, *b}, .n_who = 2, .log10 = pair->log10_unrelated, .measure = "one person : unrelated"};
    hw_str_addf(&text, "%u loci in common, %u differ: one person is 10^%s times likelier than two unrelated people and 10^%s times likelier than full siblings.", pair->loci,
                pair->differences, log10_text(pair->log10_unrelated, buf[0]), log10_text(pair->log10_sibling, buf[1]));
    if (b->staff == HW_NOBODY) {
        write_telling(f->d, a, b, pair, &text);
    }
    return add(f, x, &text, err);
}

/* ---- single profiles ---- */

static hw_status add_profile(findings *f, const hw_profile_finding *p, const hw_profile_bounds *b, hw_err *err)
{
    static const finding_code code[HW_PROFILE_FAULTS] = {
        [HW_FAULT_POOR] = FINDING_POOR, [HW_FAULT_MIXTURE] = FINDING_MIXTURE, [HW_FAULT_SEX] = FINDING_SEX, [HW_FAULT_HOMOZYGOTES] = FINDING_HOMOZYGOTES};
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, 0);
    char buf[400];
    char wanted[400];
    const hw_sampled *s = &f->samples.one[p->who];
    finding x = {.code = code[p->fault], .who = {*s}, .n_who = 1, .log10 = (double)NAN};
    switch (p->fault) {
    case HW_FAULT_POOR:
        x.log10 = p->value;
        x.measure = "probability of identity";
        hw_str_addf(&text, "%u loci of the table typed (%u are wanted); two unrelated people agree at them with probability 10^%s (at most 10^%s is wanted).", p->loci, b->min_loci,
                    log10_text(p->value, buf), log10_text(b->identity_log10, wanted));
        break;
    case HW_FAULT_MIXTURE:
        hw_str_addf(&text, "Three or more alleles at %u loci.", p->loci);
        break;
    case HW_FAULT_SEX:
        hw_str_addf(&text, "Stated %s, amelogenin shows %s.", hw_sampled_sex(f->d, s) == HW_SEX_MALE ? "male" : "female",
                    hw_profile_amelogenin(s->profile, &f->d->panel) == HW_SEX_MALE ? "X and Y" : "X alone");
        break;
    case HW_FAULT_HOMOZYGOTES:
        x.log10 = p->value;
        x.measure = "probability of so many";
        hw_str_addf(&text, "%u of %u loci homozygous: probability 10^%s without drop-out, and none is stated.", p->count, p->loci, log10_text(p->value, buf));
        break;
    }
    return add(f, x, &text, err);
}

/* ---- everything ---- */

static int by_code(const void *a, const void *b)
{
    const finding *x = a;
    const finding *y = b;
    if (x->code != y->code) {
        return x->code < y->code ? -1 : 1;
    }
    return x->number < y->number ? -1 : x->number > y->number;
}

static hw_status check_all(findings *f, const hw_match_options *o, const hw_profile_bounds *bounds, hw_same_result *same, hw_err *err)
{
    hw_profile_finding *p = NULL;
    size_t n_p = 0;
    HW_TRY(hw_samples_list(f->d, f->staff, &f->samples, err));
    HW_TRY(hw_dataset_fit_families(f->d, o, &f->fits, err));
    const hw_fit_result *fits = &f->fits;
    HW_TRY(hw_profiles_check(f->d, o, &f->samples, bounds, &f->arena, &p, &n_p, err));
    for (size_t i = 0; i < fits->n_fits; i++) {
        HW_TRY(add_family(f, &fits->fit[i], err));
    }
    HW_TRY(check_exchanges(f, o, fits, p, n_p, err));
    HW_TRY(hw_same_people(f->d, o, &f->samples, same, err));
    f->same_bound_log10 = same->bound_log10;
    f->not_compared = same->sparse_compared ? 0 : same->n_sparse;
    for (size_t i = 0; i < same->n_pairs; i++) {
        HW_TRY(add_same(f, &same->pair[i], err));
    }
    for (size_t i = 0; i < n_p; i++) {
        HW_TRY(add_profile(f, &p[i], bounds, err));
    }
    return HW_OK;
}

hw_status findings_make(const inputs *in, const hw_match_options *o, const hw_profile_bounds *bounds, findings *ret, hw_err *err)
{
    hw_same_result same = {0};
    *ret = (findings){.d = &in->people, .o = o, .staff = in->staff.n_profiles > 0 ? &in->staff : NULL};
    hw_arena_init(&ret->arena, (size_t)8 << 30);
    hw_status s = check_all(ret, o, bounds, &same, err);
    hw_same_result_release(&same);
    if (s == HW_OK && ret->n > 0) {
        qsort(ret->list, ret->n, sizeof *ret->list, by_code);
    }
    return s;
}
