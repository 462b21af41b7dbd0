// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * A synthetic nation: which families are registered, which of their children are rescued, what is stated wrongly, whose tubes are swapped.
 *
 * Every family and every child of no registered family has random streams of its own, named by its number, so that nothing depends on the order of work;
 * structure, genes, samples and names have separate ones, so that asking for names changes no genotype. Founders are drawn independently from the
 * table as it stands, or from the frequencies of their subpopulation.
 */
#include "kinship/simulate.h"

#include <stdio.h>
#include <string.h>

#include "kinship/nation.h"

#define NOBODY UINT32_MAX
#define MAX_NATION 5000000u
#define MAX_DEMES 1000u
#define UNREGISTERED ((uint64_t)1 << 62) /* streams of children without a family, apart from those of families */

enum { STREAM_STRUCTURE, STREAM_GENES, STREAM_SAMPLES, STREAM_NAMES, STREAMS };
#define DEMES ((uint64_t)1 << 63)        /* streams of the subpopulations' frequencies */
enum { STREAM_FAMILY_ORDER, STREAM_CHILD_ORDER };

/* What is planned for a registered family. */
typedef struct slot {
    uint32_t child[2];  /* rescued children, by number of the child; NOBODY */
    uint32_t relative;  /* the family of a parent's full sibling, or NOBODY */
    bool is_relative;   /* filled together with the family it is related to */
    bool swap_outside;  /* its only sample is exchanged with the next family's */
    const char *remark; /* of its children */
} slot;

typedef struct plan {
    nation w;
    hw_arena arena;     /* what lives as long as the run: models, sums */
    slot *slots;        /* [families] */
    hw_profile **child; /* [children] */
    size_t first_family; /* index of family 0 in the dataset */
    double both, one, none; /* of families that miss two children, see set_two_missing */
    int child_digits, family_digits;
} plan;

void hw_nation_init(hw_nation *n)
{
    *n = (hw_nation){
        .children = 178,
        .families = 5000,
        .seed = 1,
        .share_true = 0.6,
        .share_one_parent = 0.5,
        .share_two_parents = 0.3,
        .share_siblings = 0.08,
        .share_grandparents = 0.06,
        .share_mixed = 0.06,
        .dropout = 0.02,
        .share_poor = 0.1,
        .share_wrong = 0.01,
        .share_swapped = 0.005,
        .share_relatives = 0.05,
        .share_siblings_rescued = 0.03,
        .share_partial_kit = 0.1,
    };
}

/* ---- checking what is asked for ---- */

static hw_status check_nation(const hw_nation *o, hw_err *err)
{
    const struct {
        const char *name;
        double value;
    } share[] = {
        {"true", o->share_true}, {"one_parent", o->share_one_parent}, {"two_parents", o->share_two_parents}, {"siblings", o->share_siblings},
        {"grandparents", o->share_grandparents}, {"mixed", o->share_mixed}, {"dropout", o->dropout}, {"poor", o->share_poor},
        {"wrong", o->share_wrong}, {"swapped", o->share_swapped}, {"relatives", o->share_relatives},
        {"siblings_rescued", o->share_siblings_rescued}, {"two_missing", o->share_two_missing}, {"partial_kit", o->share_partial_kit}, {"theta", o->theta}, {"inbreeding", o->inbreeding},
    };
    double kinds = 0;
    for (size_t i = 0; i < sizeof share / sizeof share[0]; i++) {
        if (!(share[i].value >= 0 && share[i].value <= 1)) {
            return HW_FAIL(err, HW_USAGE, "the share \"%s\" of the nation must be from 0 to 1", share[i].name);
        }
        kinds += i >= 1 && i <= 5 ? share[i].value : 0;
    }
    if (!(kinds > 0)) {
        return HW_FAIL(err, HW_USAGE, "all shares of family kinds are 0: give at least one of them a share");
    }
    if (o->demes > MAX_DEMES) {
        return HW_FAIL(err, HW_LIMIT, "%lu subpopulations: at most %lu", (unsigned long)o->demes, (unsigned long)MAX_DEMES);
    }
    if (o->children > MAX_NATION || o->families > MAX_NATION) {
        return HW_FAIL(err, HW_LIMIT, "a nation of %lu children and %lu families: at most %lu of each", (unsigned long)o->children,
                       (unsigned long)o->families, (unsigned long)MAX_NATION);
    }
    return HW_OK;
}

/* ---- loci ---- */

/* What kits of fifteen loci typed, twenty years ago. */
static bool in_old_kit(const char *locus)
{
    static const char *const name[] = {"CSF1PO", "D13S317", "D16S539", "D18S51", "D19S433", "D21S11", "D2S1338", "D3S1358",
                                       "D5S818", "D7S820", "D8S1179", "FGA", "TH01", "TPOX", "vWA"};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        if (hw_streq(name[i], locus)) {
            return true;
        }
    }
    return false;
}

static uint32_t demes(const hw_nation *o)
{
    return o->demes > 0 ? o->demes : 1;
}

/* Founder frequencies of every subpopulation, summed up for drawing. */
static hw_status add_sums(plan *p, const hw_locus_model *lm, uint32_t locus, const double *const **ret, hw_err *err)
{
    const hw_nation *o = p->w.o;
    const uint32_t n = demes(o);
    const double **list = HW_NEW(&p->arena, const double *, n);
    double *whole = HW_NEW(&p->arena, double, lm->n);
    if (list == NULL || whole == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    gene_sums(lm, whole);
    for (uint32_t i = 0; i < n; i++) {
        double *own = o->theta > 0 ? HW_NEW(&p->arena, double, lm->n) : whole;
        if (own == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
        if (o->theta > 0) {
            hw_rng rng;
            hw_rng_seed(&rng, o->seed, DEMES + (uint64_t)i * HW_PANEL_MAX + locus);
            gene_sums_deme(lm, whole, o->theta, &rng, own);
        }
        list[i] = own;
    }
    *ret = list;
    return HW_OK;
}

static hw_status add_locus(plan *p, const hw_freq *f, const hw_settings *settings, nation_locus *ret, hw_err *err)
{
    hw_panel *panel = &p->w.ds->panel;
    HW_TRY(hw_panel_add(panel, f->locus, HW_LOCUS_AUTO, &ret->panel, err));
    const hw_panel_locus *l = &panel->locus[ret->panel];
    if (l->kind != HW_LOCUS_AUTOSOMAL && l->kind != HW_LOCUS_X) {
        return HW_FAIL(err, HW_UNSUPPORTED, "locus %s: only autosomal and X loci can be simulated; leave it out", f->locus);
    }
    for (uint32_t i = 0; i < p->w.n_loci; i++) {
        if (p->w.locus[i].panel == ret->panel) {
            return HW_FAIL(err, HW_CONFLICT, "locus %s is asked for twice", f->locus);
        }
    }
    hw_locus_model *lm = NULL;
    HW_TRY(hw_locus_model_build(&p->arena, f, l->kind, hw_settings_locus(settings, f->locus), 0, HW_RARE_AUTO, 0.001, NULL, 0, &lm, err));
    HW_TRY(add_sums(p, lm, ret->panel, &ret->sums, err));
    ret->lm = lm;
    ret->old_kit = in_old_kit(l->name);
    p->w.n_loci++;
    return HW_OK;
}

static hw_status set_loci(plan *p, const hw_population *pop, const hw_settings *settings, const char *const *loci, size_t n_loci, hw_err *err)
{
    size_t n = loci != NULL ? n_loci : pop->n;
    if (n == 0 || n > HW_PANEL_MAX) {
        return HW_FAIL(err, HW_USAGE, "%zu loci to simulate; expected 1 to %d", n, HW_PANEL_MAX);
    }
    p->w.locus = HW_NEW(&p->arena, nation_locus, n);
    p->w.gene = hw_arena_alloc(&p->arena, n, sizeof *p->w.gene);
    if (p->w.locus == NULL || p->w.gene == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    uint32_t old = 0;
    for (size_t i = 0; i < n; i++) {
        const hw_freq *f = loci != NULL ? hw_population_find(pop, loci[i]) : &pop->freq[i];
        if (f == NULL) {
            return HW_FAIL(err, HW_NOT_FOUND, "locus %s is not in the frequency table %s", loci[i], pop->name);
        }
        HW_TRY(add_locus(p, f, settings, &p->w.locus[i], err));
        old += p->w.locus[i].old_kit;
    }
    for (uint32_t i = 0; old == 0 && i < (n + 1) / 2; i++) {
        p->w.locus[i].old_kit = true; /* other loci than those of any kit: the first half were typed early */
    }
    return hw_panel_add(&p->w.ds->panel, "AMEL", HW_LOCUS_AMEL, &p->w.amel, err);
}

/* ---- who is registered, who is rescued ---- */

static uint32_t rounded(double x)
{
    return (uint32_t)(x + 0.5);
}

/* 0..n-1 in random order. */
static hw_status shuffled(hw_arena *arena, uint64_t seed, uint64_t stream, uint32_t n, uint32_t **ret, hw_err *err)
{
    hw_rng rng;
    uint32_t *a = HW_NEW(arena, uint32_t, n);
    if (a == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_rng_seed(&rng, seed, stream);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t j = hw_rng_below(&rng, i + 1);
        a[i] = a[j];
        a[j] = i;
    }
    *ret = a;
    return HW_OK;
}

/*
 * Families that miss two children: of those with a rescued child the shares of which both are and of which one is, and the share of those with none. With q the
 * probability that a missing child is rescued, t the share of families that miss two: t q^2, t 2q(1-q) and t (1-q)^2 of all.
 */
static void set_two_missing(plan *p, uint32_t fit)
{
    const hw_nation *o = p->w.o;
    double t = o->share_two_missing;
    p->both = p->none = o->share_siblings_rescued;
    p->one = 0;
    if (!(t > 0) || o->families == 0) {
        return;
    }
    double q = fit / (o->families * (1 + t));
    q = q < 1 ? q : 1;
    double single = (1 - t) * q + t * 2 * q * (1 - q);
    p->both = q > 0 ? t * q * q / (single + t * q * q) : 0;
    p->one = single > 0 ? t * 2 * q * (1 - q) / single : 0;
    p->none = q < 1 ? t * (1 - q) / (1 - t + t * (1 - q)) : 0;
}

/*
 * Which families have lost which rescued children: `fit` children have a registered family; of these families the share of `both`
 * has lost two of them; the next families, up to the share of share_relatives, are those of parents' siblings.
 */
static hw_status plan_families(plan *p, hw_err *err)
{
    const hw_nation *o = p->w.o;
    uint32_t *family = NULL, *child = NULL;
    uint32_t fit = rounded(o->share_true * o->children);
    set_two_missing(p, fit);
    uint32_t true_families = rounded(fit / (1 + p->both));
    uint32_t doubles = fit - true_families;
    if (true_families > o->families) {
        return HW_FAIL(err, HW_USAGE, "%lu of the %lu children have a registered family, but there are only %lu families: ask for more families or fewer children",
                       (unsigned long)fit, (unsigned long)o->children, (unsigned long)o->families);
    }
    uint32_t relatives = rounded(o->share_relatives * true_families);
    if (relatives > o->families - true_families) {
        relatives = o->families - true_families;
    }
    p->slots = HW_NEW(&p->arena, slot, o->families);
    p->child = HW_NEW(&p->arena, hw_profile *, o->children);
    if (p->slots == NULL || p->child == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(shuffled(&p->arena, o->seed, STREAM_FAMILY_ORDER, o->families, &family, err));
    HW_TRY(shuffled(&p->arena, o->seed, STREAM_CHILD_ORDER, o->children, &child, err));
    for (uint32_t i = 0; i < o->families; i++) {
        p->slots[i] = (slot){.child = {NOBODY, NOBODY}, .relative = NOBODY};
    }
    uint32_t used = 0;
    for (uint32_t i = 0; i < true_families; i++) {
        slot *s = &p->slots[family[i]];
        s->child[0] = child[used++];
        if (i < doubles) {
            s->child[1] = child[used++];
        }
    }
    for (uint32_t i = 0; i < relatives; i++) { /* from the other end, so that it does not always meet families with two children */
        uint32_t relative = family[true_families + i];
        p->slots[family[true_families - 1 - i]].relative = relative;
        p->slots[relative].is_relative = true;
    }
    return HW_OK;
}

/* ---- one family ---- */

static int digits(uint32_t n)
{
    int d = 5;
    for (uint32_t limit = 99999; n > limit; limit = limit * 10 + 9) {
        d++;
    }
    return d;
}

static void start_streams(nation *w, uint64_t number, hw_rng *structure)
{
    const uint64_t base = 16 + number * STREAMS;
    hw_rng_seed(structure, w->o->seed, base + STREAM_STRUCTURE);
    hw_rng_seed(&w->genes, w->o->seed, base + STREAM_GENES);
    hw_rng_seed(&w->samples, w->o->sample_seed != 0 ? w->o->sample_seed : w->o->seed, base + STREAM_SAMPLES);
    hw_rng_seed(&w->names, w->o->seed, base + STREAM_NAMES);
}

/* Drop genes through the kin at hand: its people are of one subpopulation. */
static void drop(nation *w, kin *k, hw_rng *structure)
{
    w->deme = w->o->demes > 1 ? hw_rng_below(structure, w->o->demes) : 0;
    for (uint32_t i = 0; i < k->t.n; i++) {
        k->t.inbreeding[i] = k->t.father[i] < 0 && k->t.mother[i] < 0 ? w->o->inbreeding : 0;
    }
    nation_drop(w, k);
}

static hw_status add_remark(plan *p, slot *s, const char *remark, hw_err *err)
{
    s->remark = s->remark == NULL ? hw_arena_strdup(&p->w.ds->arena, remark) : hw_arena_printf(&p->w.ds->arena, "%s; %s", s->remark, remark);
    return s->remark == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

static hw_status add_child(plan *p, uint32_t number, hw_sex sex, uint32_t member, hw_err *err)
{
    char id[24], name[NAME_BUF];
    snprintf(id, sizeof id, "C%0*lu", p->child_digits, (unsigned long)number + 1);
    HW_TRY(nation_sample(&p->w, id, sex, member, &p->child[number], err));
    if (p->w.o->chinese_names) {
        /* The name a home gave: it says nothing about the family. */
        name_person(name_family(&p->w.names), sex, &p->w.names, name);
        p->child[number]->comment = hw_arena_printf(&p->w.ds->arena, "%s（虚构）", name);
        if (p->child[number]->comment == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    return HW_OK;
}

static hw_status state_pedigree(const household *h, hw_pedigree *ped, hw_err *err)
{
    for (uint32_t i = 0; i < h->n; i++) {
        uint32_t index = 0;
        HW_TRY(hw_pedigree_add(ped, h->person[i].id, h->person[i].sex, &index, err));
        HW_TRY(hw_pedigree_set_parents(ped, index, h->person[i].father, h->person[i].mother, err));
    }
    return hw_pedigree_check(ped, err);
}

/* Names for everybody, children under the father's surname; in the profiles' comments and the family's. */
static hw_status give_names(plan *p, const household *h, hw_family *f, hw_err *err)
{
    uint32_t surname[HOUSEHOLD_MAX];
    char name[HOUSEHOLD_MAX][NAME_BUF];
    HW_CLEANUP(hw_str_release) hw_str missing;
    hw_str_init(&missing, 0);
    for (uint32_t i = 0; i < h->n; i++) {
        surname[i] = name_family(&p->w.names);
        if (h->person[i].father >= 0) {
            surname[i] = surname[h->person[i].father];
        }
        name_person(surname[i], h->person[i].sex, &p->w.names, name[i]);
        if (h->person[i].missing) {
            hw_str_addf(&missing, "%s%s", missing.len > 0 ? "、" : "", name[i]);
        }
        if (f->profile[i] != NULL) {
            /* the profile was made by us a moment ago and is ours to change until the nation is handed over */
            hw_profile *profile = (hw_profile *)(uintptr_t)f->profile[i];
            profile->comment = hw_arena_printf(&p->w.ds->arena, "%s（虚构）", name[i]);
            if (profile->comment == NULL) {
                return HW_NO_MEMORY_FAIL(err);
            }
        }
    }
    HW_TRY(hw_str_check(&missing, err));
    f->comment = hw_arena_printf(&p->w.ds->arena, "虚构家庭：父亲%s，母亲%s，寻找孩子%s", name[h->father], name[h->mother], missing.s);
    return f->comment == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

/* What the laboratory mixes up: the profiles keep their persons and exchange everything that was read. */
static void exchange(const hw_profile *a, const hw_profile *b)
{
    hw_profile *x = (hw_profile *)(uintptr_t)a, *y = (hw_profile *)(uintptr_t)b;
    hw_profile was = *x;
    x->g = y->g;
    x->kit = y->kit;
    x->dropout = y->dropout;
    y->g = was.g;
    y->kit = was.kit;
    y->dropout = was.dropout;
}

/* Two samples of the family exchanged; with only one there is, the exchange with another family comes when all are filled. */
static hw_status swap_tubes(plan *p, const household *h, const hw_family *f, slot *s, hw_rng *rng, hw_err *err)
{
    uint32_t typed[HOUSEHOLD_MAX], n = 0;
    for (uint32_t i = 0; i < h->n; i++) {
        if (f->profile[i] != NULL) {
            typed[n++] = i;
        }
    }
    if (n < 2) {
        s->swap_outside = true;
        return HW_OK;
    }
    uint32_t a = hw_rng_below(rng, n), b = (a + 1 + hw_rng_below(rng, n - 1)) % n;
    char remark[64];
    exchange(f->profile[typed[a]], f->profile[typed[b]]);
    snprintf(remark, sizeof remark, "swapped samples %s/%s", h->person[typed[a]].id, h->person[typed[b]].id);
    return add_remark(p, s, remark, err);
}

/* Put a household into the dataset as family `index`: pedigree, samples, missing persons, children found. */
static hw_status register_family(plan *p, uint32_t index, const household *h, hw_rng *structure, hw_err *err)
{
    hw_dataset *ds = p->w.ds;
    hw_family *f = &ds->family[p->first_family + index];
    slot *s = &p->slots[index];
    HW_TRY(state_pedigree(h, &f->pedigree, err));
    f->profile = HW_NEW(&ds->arena, const hw_profile *, h->n);
    f->missing = HW_NEW(&ds->arena, uint32_t, 2);
    if (f->profile == NULL || f->missing == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < h->n; i++) {
        const household_person *who = &h->person[i];
        if (who->typed) {
            char id[64];
            hw_profile *profile = NULL;
            snprintf(id, sizeof id, "%s-%s", f->id, who->id);
            HW_TRY(nation_sample(&p->w, id, who->sex, who->real, &profile, err));
            profile->person = who->id;
            profile->family = f->id;
            HW_TRY(hw_dataset_add_profile(ds, profile, err));
            f->profile[i] = profile;
        }
        if (who->missing) {
            uint32_t child = s->child[f->n_missing];
            f->missing[f->n_missing++] = i;
            if (child != NOBODY) {
                HW_TRY(add_child(p, child, who->sex, who->real, err));
            }
        }
    }
    if (p->w.o->chinese_names) {
        HW_TRY(give_names(p, h, f, err));
    }
    /* drawn always, so that the rest of the stream does not depend on the share */
    bool swapped = hw_rng_unit(structure) < p->w.o->share_swapped;
    return swapped ? swap_tubes(p, h, f, s, structure, err) : HW_OK;
}

static household_wrong draw_wrong(const hw_nation *o, const household *h, hw_rng *rng)
{
    bool wrong = hw_rng_unit(rng) < o->share_wrong, adopted = hw_rng_unit(rng) < 0.2;
    return !wrong ? STATED_RIGHTLY : adopted || !h->by_father ? ADOPTED : WRONG_FATHER;
}

static hw_status fill_family(plan *p, uint32_t index, hw_err *err)
{
    const hw_nation *o = p->w.o;
    slot *s = &p->slots[index];
    hw_rng structure;
    household h, other;
    kin k;
    int32_t outside[2] = {-1, -1};
    uint32_t parent = NOBODY;
    start_streams(&p->w, index, &structure);
    bool two = hw_rng_unit(&structure) < (s->child[0] != NOBODY ? p->one : p->none) || s->child[1] != NOBODY;
    household_draw(o, two ? 2 : 1, &structure, &h);
    household_wrong wrong = draw_wrong(o, &h, &structure);
    bool by_father = hw_rng_below(&structure, 2) == 0;
    k.t.n = 0;
    if (s->relative != NOBODY) {
        parent = by_father ? h.father : h.mother;
        if (h.person[parent].father < 0) {
            outside[0] = (int32_t)kin_add(&k, HW_SEX_MALE, -1, -1);
            outside[1] = (int32_t)kin_add(&k, HW_SEX_FEMALE, -1, -1);
        }
    }
    household_realise(&h, wrong, parent, outside, &k);
    if (wrong != STATED_RIGHTLY) {
        HW_TRY(add_remark(p, s, wrong == ADOPTED ? "adopted: no child of the stated parents" : "another father than stated", err));
    }
    if (s->relative != NOBODY) {
        char remark[64];
        uint32_t real = h.person[parent].real;
        outside[0] = k.t.father[real];
        outside[1] = k.t.mother[real];
        household_draw_relative(hw_rng_below(&structure, 2) == 0 ? HW_SEX_MALE : HW_SEX_FEMALE, &structure, &other);
        household_realise(&other, STATED_RIGHTLY, 0, outside, &k);
        snprintf(remark, sizeof remark, "relative of F%0*lu", p->family_digits, (unsigned long)s->relative + 1);
        HW_TRY(add_remark(p, s, remark, err));
    }
    drop(&p->w, &k, &structure);
    HW_TRY(register_family(p, index, &h, &structure, err));
    return s->relative != NOBODY ? register_family(p, s->relative, &other, &structure, err) : HW_OK;
}

/* A child whose family has not registered. */
static hw_status fill_child(plan *p, uint32_t number, hw_err *err)
{
    hw_rng structure;
    kin k;
    start_streams(&p->w, UNREGISTERED / STREAMS + number, &structure);
    k.t.n = 0;
    hw_sex sex = hw_rng_below(&structure, 2) == 0 ? HW_SEX_MALE : HW_SEX_FEMALE;
    uint32_t member = kin_add(&k, sex, -1, -1);
    drop(&p->w, &k, &structure);
    return add_child(p, number, sex, member, err);
}

static const hw_profile *first_sample(const hw_family *f)
{
    uint32_t i = 0;
    while (f->profile[i] == NULL) {
        i++; /* every household has somebody typed */
    }
    return f->profile[i];
}

static hw_status swap_between_families(plan *p, hw_err *err)
{
    const uint32_t n = p->w.o->families;
    for (uint32_t i = 0; n > 1 && i < n; i++) {
        if (p->slots[i].swap_outside) {
            uint32_t next = (i + 1) % n;
            const hw_profile *a = first_sample(&p->w.ds->family[p->first_family + i]);
            const hw_profile *b = first_sample(&p->w.ds->family[p->first_family + next]);
            char remark[160];
            exchange(a, b);
            snprintf(remark, sizeof remark, "swapped samples %s/%s", a->id, b->id);
            HW_TRY(add_remark(p, &p->slots[i], remark, err));
            HW_TRY(add_remark(p, &p->slots[next], remark, err));
        }
    }
    return HW_OK;
}

/* ---- the whole ---- */

static hw_status fill(plan *p, hw_err *err)
{
    const hw_nation *o = p->w.o;
    hw_dataset *ds = p->w.ds;
    p->first_family = ds->n_families;
    p->child_digits = digits(o->children);
    p->family_digits = digits(o->families);
    for (uint32_t i = 0; i < o->families; i++) {
        char id[24];
        size_t index = 0;
        snprintf(id, sizeof id, "F%0*lu", p->family_digits, (unsigned long)i + 1);
        HW_TRY(hw_dataset_add_family(ds, id, &index, err));
    }
    for (uint32_t i = 0; i < o->families; i++) {
        if (!p->slots[i].is_relative) {
            HW_TRY(fill_family(p, i, err));
        }
    }
    HW_TRY(swap_between_families(p, err));
    for (uint32_t i = 0; i < o->children; i++) {
        if (p->child[i] == NULL) {
            HW_TRY(fill_child(p, i, err));
        }
        HW_TRY(hw_dataset_add_child(ds, p->child[i], err));
    }
    return HW_OK;
}

static hw_status tell_truth(const plan *p, hw_nation_truth **ret, hw_err *err)
{
    const hw_nation *o = p->w.o;
    hw_nation_truth *truth = HW_NEW(&p->w.ds->arena, hw_nation_truth, o->children);
    if (truth == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    const uint32_t first_child = (uint32_t)(p->w.ds->n_children - o->children);
    for (uint32_t i = 0; i < o->children; i++) {
        truth[i] = (hw_nation_truth){.child = first_child + i, .family = NOBODY, .remark = ""};
    }
    for (uint32_t i = 0; i < o->families; i++) {
        const slot *s = &p->slots[i];
        for (uint32_t k = 0; k < 2 && s->child[k] != NOBODY; k++) {
            hw_nation_truth *t = &truth[s->child[k]];
            t->family = (uint32_t)p->first_family + i;
            t->missing = k;
            t->remark = s->remark != NULL ? s->remark : "";
        }
    }
    *ret = truth;
    return HW_OK;
}

static void plan_release(plan *p)
{
    hw_arena_release(&p->arena);
}

hw_status hw_nation_simulate(const hw_nation *n, const hw_population *pop, const hw_settings *settings, const char *const *loci, size_t n_loci,
                             hw_dataset *ds, hw_nation_truth **ret_truth, hw_err *err)
{
    HW_TRY(check_nation(n, err));
    HW_CLEANUP(plan_release) plan p = {.w = {.o = n, .ds = ds, .sex_error = settings->sex_error}};
    hw_arena_init(&p.arena, 0);
    ds->synthetic = true;
    HW_TRY(plan_families(&p, err));
    HW_TRY(set_loci(&p, pop, settings, loci, n_loci, err));
    HW_TRY(fill(&p, err));
    return tell_truth(&p, ret_truth, err);
}
