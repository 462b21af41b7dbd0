// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Joint identification against its plain twin: every assignment written out, the likelihood of every family in each computed from its pedigree. Then the intervals: whatever
 * the sums of unlisted pairs are within their bounds, and whatever is cut between groups, the posterior of the twin lies inside.
 */
#include "../unit/match_fixture.h"

#include <math.h>

#include "base/rng.h"
#include "kinship/joint.h"

#define ROUNDS 40
#define MAX_PAIRS 64
#define MAX_WAYS 300000
#define MAX_KNOWN 200 /* 136 ways of placing five children as three */

static const char *const LOCI[] = {"D3S1358", "TH01", "FGA", "vWA", "CSF1PO"};
enum { N_LOCI = 5 };

typedef struct problem {
    nation n;
    hw_candidate pair[MAX_PAIRS];
    uint32_t n_pairs;
    double sum[8], low[8], high[8];
    double prior, registered, rival_weight;
    /* the twin */
    double u[8];                /* weight of a child placed nowhere, as at hand */
    double part[8][2];          /* not registered, unlisted: of the estimate */
    uint32_t relative[MAX_WAYS]; /* bit of each family whose children are not placed but relatives */
    uint32_t way[MAX_WAYS][8];  /* [assignment][child] pair + 1, or 0 */
    double ln_ratio[MAX_WAYS];
    double ratio[MAX_WAYS];     /* joint ratio */
    uint32_t n_ways;
    struct known {
        uint32_t way[8];
        hw_real ratio;
    } known[3][MAX_KNOWN]; /* [family] */
    uint32_t n_known[3];
} problem;

/* ---- a random problem ---- */

static uint64_t seed_of_run(void)
{
    const char *s = getenv("HOMEWARD_SEED");
    int64_t x = 20261125;
    if (s != NULL && !hw_parse_int(s, strlen(s), &x)) {
        fail_msg("HOMEWARD_SEED is not a number: %s", s);
    }
    return (uint64_t)x;
}

static bool chance(hw_rng *r, double p)
{
    return hw_rng_unit(r) < p;
}

typedef struct genes {
    uint32_t a[12][N_LOCI][2];
} genes;

static void drop_genes(hw_rng *r, const hw_pedigree *ped, genes *g)
{
    for (size_t i = 0; i < ped->n; i++) { /* the shapes below list parents first */
        for (int l = 0; l < N_LOCI; l++) {
            for (int side = 0; side < 2; side++) {
                int32_t p = side == 0 ? ped->person[i].father : ped->person[i].mother;
                g->a[i][l][side] = p >= 0 ? g->a[p][l][hw_rng_below(r, 2)] : 6 + hw_rng_below(r, 4);
            }
        }
    }
}

static void genes_text(const genes *g, size_t person, char *text, size_t size)
{
    text[0] = '\0';
    for (int l = 0; l < N_LOCI; l++) {
        fx_add(text, size, "%s=%u/%u ", LOCI[l], g->a[person][l][0], g->a[person][l][1]);
    }
}

static void random_table(hw_rng *r, char *text, size_t size)
{
    text[0] = '\0';
    for (int l = 0; l < N_LOCI; l++) {
        double x[4];
        double sum = 0;
        for (int i = 0; i < 4; i++) {
            sum += x[i] = 0.1 + hw_rng_unit(r);
        }
        fx_add(text, size, "%s 6:%.17g 7:%.17g 8:%.17g 9:%.17g; ", LOCI[l], x[0] / sum, x[1] / sum, x[2] / sum, x[3] / sum);
    }
}

static void random_problem(problem *p, hw_rng *r)
{
    static const char *const shape[] = {"F M; M F; A F F M; B M F M", "F M; M F; S M F M; A M F M", "M F; A M - M; B F - M; C F - M", "F M; M F; A M F M; B M F M; C F F M",
                                        "GF M; GM F; M F GF GM; A F - M; U M GF GM; B M U -"};
    static const char *const typed[] = {"F M", "S M", "M", "F", "GM M"};
    static const char *const missing[] = {"A B", "A", "A B C", "A B C", "A B"};
    memset(p, 0, sizeof *p);
    fx_nation(&p->n, "D3S1358 TH01 FGA vWA CSF1PO");
    char text[2000];
    random_table(r, text, sizeof text);
    fx_population(&p->n, "random", 0, text);
    p->n.set.theta = chance(r, 0.25) ? 0.03 : 0;
    if (chance(r, 0.6)) {
        p->n.set.standard = chance(r, 0.5) ? fx_equal(0.01, 0.03) : fx_stepwise(0.01, 0.02);
    }
    if (p->n.set.theta <= 0 && chance(r, 0.3)) {
        static hw_linked_pair linked = {"vWA", "CSF1PO", 0.1}; /* any two will do for the arithmetic */
        p->n.set.linked = &linked;
        p->n.set.n_linked = 1;
    }
    uint32_t families = 1 + hw_rng_below(r, 3);
    uint32_t children = 0;
    for (uint32_t f = 0; f < families; f++) {
        char id[16];
        uint32_t s = hw_rng_below(r, 5);
        genes g;
        snprintf(id, sizeof id, "F%u", f);
        fx_family(&p->n, id, shape[s], missing[s]);
        drop_genes(r, &p->n.d.family[f].pedigree, &g);
        char words[40];
        snprintf(words, sizeof words, "%s", typed[s]);
        for (char *rest = words, *w; (w = strsep(&rest, " ")) != NULL;) {
            genes_text(&g, fx_person(&p->n.d.family[f].pedigree, w), text, sizeof text);
            fx_member(&p->n, f, w, text);
        }
        for (uint32_t m = 0; m < p->n.d.family[f].n_missing && children < 5; m++) {
            if (chance(r, 0.6)) {
                snprintf(id, sizeof id, "K%u", children++);
                genes_text(&g, p->n.d.family[f].missing[m], text, sizeof text);
                fx_child(&p->n, id, HW_SEX_UNKNOWN, text);
            }
        }
    }
    while (children < 2 || (children < 5 && chance(r, 0.4))) {
        char id[16];
        genes g;
        hw_pedigree alone;
        fx_pedigree(&alone, "X U");
        drop_genes(r, &alone, &g);
        genes_text(&g, 0, text, sizeof text);
        hw_pedigree_release(&alone);
        snprintf(id, sizeof id, "K%u", children++);
        fx_child(&p->n, id, HW_SEX_UNKNOWN, text);
    }
}

static void random_pairs(problem *p, hw_rng *r)
{
    hw_match_result m;
    p->n.o.rivals = false;
    fx_match(&p->n, &m);
    assert_int_equal(m.n_errors, 0);
    for (size_t i = 0; i < m.n_candidates; i++) {
        if (p->n_pairs < MAX_PAIRS && chance(r, 0.85)) {
            p->pair[p->n_pairs] = m.candidate[i];
            p->pair[p->n_pairs].rival_log10 = chance(r, 0.5) ? 0.5 + 2 * hw_rng_unit(r) : (double)NAN;
            p->n_pairs++;
        }
    }
    hw_match_result_release(&m);
    for (size_t c = 0; c < p->n.d.n_children; c++) {
        p->low[c] = chance(r, 0.3) ? 0 : 3 * hw_rng_unit(r);
        p->sum[c] = p->low[c] + 2 * hw_rng_unit(r);
        p->high[c] = p->sum[c] + 5 * hw_rng_unit(r);
    }
    p->registered = 0.2 + 0.6 * hw_rng_unit(r);
    p->rival_weight = chance(r, 0.5) ? 0.3 : 0;
    p->prior = p->registered / 20;
}

/* ---- the twin ---- */

static hw_typing reading(const problem *p, const hw_profile *x, int l)
{
    (void)p;
    hw_genotype g = hw_profile_at(x, (uint32_t)l);
    return (hw_typing){g.a, g.b, 0, 0};
}

static hw_real unit_likelihood(const problem *p, hw_engine *e, const hw_pedigree *ped, const hw_profile *const *who, int l)
{
    hw_typing t[2][20];
    const hw_locus_model *lm[2];
    HW_CLEANUP(hw_arena_release) hw_arena arena = {0};
    bool linked = p->n.set.n_linked > 0 && l == 3;
    for (int k = 0; k < (linked ? 2 : 1); k++) {
        hw_locus_model *made = NULL;
        hw_err err = {0};
        fx_ok(hw_locus_model_build(&arena, hw_population_find(p->n.pop[0], LOCI[l + k]), HW_LOCUS_AUTOSOMAL, &p->n.set.standard, p->n.set.theta, HW_RARE_AUTO, 0, NULL, 0, &made, &err),
              &err);
        lm[k] = made;
        for (size_t i = 0; i < ped->n; i++) {
            t[k][i] = reading(p, who[i], l + k);
        }
    }
    hw_real x = {0};
    hw_err err = {0};
    const hw_typing *both[2] = {t[0], t[1]};
    fx_ok(linked ? hw_likelihood_linked(e, ped, lm, both, 0.1, &x, &err) : hw_likelihood(e, ped, lm[0], t[0], &x, &err), &err);
    return x;
}

/* P(family, children in place) / P(family, children unrelated), children as founders of their own. */
static hw_real family_ratio(const problem *p, hw_engine *e, uint32_t f, const uint32_t *way)
{
    const hw_family *fam = &p->n.d.family[f];
    hw_pedigree apart;
    hw_err err = {0};
    fx_ok(hw_pedigree_copy(&fam->pedigree, &apart, &err), &err);
    const hw_profile *in[20] = {NULL};
    const hw_profile *out[20] = {NULL};
    uint32_t placed = 0;
    for (size_t i = 0; i < fam->pedigree.n; i++) {
        in[i] = out[i] = fam->profile[i];
    }
    for (size_t c = 0; c < p->n.d.n_children; c++) {
        if (way[c] == 0 || p->pair[way[c] - 1].family != f) {
            continue;
        }
        char id[40];
        uint32_t at = 0;
        snprintf(id, sizeof id, "apart%zu", c);
        fx_ok(hw_pedigree_add(&apart, id, HW_SEX_UNKNOWN, &at, &err), &err);
        in[fam->missing[p->pair[way[c] - 1].missing]] = p->n.d.child[c];
        out[at] = p->n.d.child[c];
        placed++;
    }
    hw_real ratio = hw_real_from(1);
    for (int l = 0; l < (p->n.set.n_linked > 0 ? 4 : N_LOCI) && placed > 0; l++) {
        ratio = hw_real_mul(ratio, hw_real_div(unit_likelihood(p, e, &fam->pedigree, in, l), unit_likelihood(p, e, &apart, out, l)));
    }
    hw_pedigree_release(&apart);
    return ratio;
}

/* The same placing in one family comes again in many assignments. */
static hw_real remembered_ratio(problem *p, hw_engine *e, uint32_t f, const uint32_t *way)
{
    uint32_t here[8] = {0};
    for (size_t c = 0; c < p->n.d.n_children; c++) {
        here[c] = way[c] != 0 && p->pair[way[c] - 1].family == f ? way[c] : 0;
    }
    for (uint32_t i = 0; i < p->n_known[f]; i++) {
        if (memcmp(p->known[f][i].way, here, sizeof here) == 0) {
            return p->known[f][i].ratio;
        }
    }
    assert_true(p->n_known[f] < MAX_KNOWN);
    struct known *k = &p->known[f][p->n_known[f]++];
    memcpy(k->way, here, sizeof here);
    k->ratio = family_ratio(p, e, f, here);
    return k->ratio;
}

/* Share of the rival for the children of a way in one family; 0 when there is none. */
static double rival_share(const problem *p, uint32_t f, const uint32_t *way)
{
    double least = (double)INFINITY;
    for (size_t c = 0; c < p->n.d.n_children; c++) {
        if (way[c] != 0 && p->pair[way[c] - 1].family == f) {
            double x = p->pair[way[c] - 1].rival_log10;
            double own = x == x ? hw_pow10(-x) : 0;
            least = own < least ? own : least;
        }
    }
    return isinf(least) ? 0 : least * p->rival_weight;
}

static void write_way_with(problem *p, hw_engine *e, const uint32_t *way, uint32_t relative)
{
    assert_true(p->n_ways < MAX_WAYS);
    memcpy(p->way[p->n_ways], way, sizeof p->way[0]);
    p->relative[p->n_ways] = relative;
    hw_real ratio = hw_real_from(1);
    for (uint32_t f = 0; f < p->n.d.n_families; f++) {
        ratio = hw_real_mul(ratio, remembered_ratio(p, e, f, way));
        ratio = (relative >> f & 1) != 0 ? hw_real_mul_d(ratio, rival_share(p, f, way)) : ratio;
    }
    p->ratio[p->n_ways] = hw_real_to_double(ratio);
    p->ln_ratio[p->n_ways++] = hw_real_ln(ratio);
}

/* Each family's children as placed, or as relatives. */
static void write_way(problem *p, hw_engine *e, const uint32_t *way)
{
    for (uint32_t relative = 0; relative < 1u << p->n.d.n_families; relative++) {
        bool real = true;
        for (uint32_t f = 0; f < p->n.d.n_families; f++) {
            real = real && ((relative >> f & 1) == 0 || rival_share(p, f, way) > 0);
        }
        if (real) {
            write_way_with(p, e, way, relative);
        }
    }
}

static void write_ways(problem *p, hw_engine *e, uint32_t *way, size_t child)
{
    if (child == p->n.d.n_children) {
        write_way(p, e, way);
        return;
    }
    way[child] = 0;
    write_ways(p, e, way, child + 1);
    for (uint32_t k = 0; k < p->n_pairs; k++) {
        bool free = p->pair[k].child == child;
        for (size_t c = 0; c < child; c++) {
            free = free && !(way[c] != 0 && p->pair[way[c] - 1].family == p->pair[k].family && p->pair[way[c] - 1].missing == p->pair[k].missing);
        }
        if (free) {
            way[child] = k + 1;
            write_ways(p, e, way, child + 1);
        }
    }
    way[child] = 0;
}

static double weight(const problem *p, uint32_t way)
{
    double w = p->ratio[way];
    for (size_t c = 0; c < p->n.d.n_children; c++) {
        w *= p->way[way][c] != 0 ? p->prior : p->u[c];
    }
    return w;
}

/* Posterior of what the test says of an assignment: pair k holds (family: any of the child with that family); child nowhere; missing person nobody. */
static double posterior(const problem *p, bool (*holds)(const problem *, uint32_t way, uint32_t k), uint32_t k)
{
    double yes = 0;
    double no = 0;
    for (uint32_t i = 0; i < p->n_ways; i++) {
        *(holds(p, i, k) ? &yes : &no) += weight(p, i);
    }
    return yes / (yes + no);
}

static bool has_pair(const problem *p, uint32_t i, uint32_t k)
{
    return p->way[i][p->pair[k].child] == k + 1 && (p->relative[i] >> p->pair[k].family & 1) == 0;
}

static bool has_family(const problem *p, uint32_t i, uint32_t k)
{
    uint32_t at = p->way[i][p->pair[k].child];
    return at != 0 && p->pair[at - 1].family == p->pair[k].family && (p->relative[i] >> p->pair[k].family & 1) == 0;
}

static bool nowhere(const problem *p, uint32_t i, uint32_t child)
{
    return p->way[i][child] == 0;
}

static bool is_relative(const problem *p, uint32_t i, uint32_t child)
{
    uint32_t at = p->way[i][child];
    return at != 0 && (p->relative[i] >> p->pair[at - 1].family & 1) != 0;
}

static bool absent(const problem *p, uint32_t i, uint32_t k)
{
    for (size_t c = 0; c < p->n.d.n_children; c++) {
        uint32_t at = p->way[i][c];
        if (at != 0 && p->pair[at - 1].family == p->pair[k].family && p->pair[at - 1].missing == p->pair[k].missing && (p->relative[i] >> p->pair[k].family & 1) == 0) {
            return false;
        }
    }
    return true;
}

static void weigh(problem *p)
{
    for (size_t c = 0; c < p->n.d.n_children; c++) {
        p->part[c][0] = 1 - p->registered;
        p->part[c][1] = p->prior * p->sum[c];
        p->u[c] = p->part[c][0] + p->part[c][1];
    }
}

/* Each child's sum of unlisted pairs at one end of its bounds, or between. */
static void weigh_at(problem *p, hw_rng *r)
{
    for (size_t c = 0; c < p->n.d.n_children; c++) {
        uint32_t where = hw_rng_below(r, 3);
        double x = where == 0 ? p->low[c] : where == 1 ? p->high[c] : p->low[c] + hw_rng_unit(r) * (p->high[c] - p->low[c]);
        p->u[c] = p->part[c][0] + p->prior * x;
    }
}

/* ---- comparison ---- */

static void joint(problem *p, const hw_joint_options *given, hw_joint_result *r)
{
    hw_joint_options o = *given;
    hw_err err = {0};
    o.prior_each = p->prior;
    o.rival_weight = p->rival_weight;
    p->n.o.prior_registered = p->registered;
    const hw_joint_rest rest = {p->sum, p->low, p->high};
    fx_ok(hw_joint(&p->n.d, &p->n.o, p->pair, p->n_pairs, &rest, &o, r, &err), &err);
    assert_int_equal(r->n, p->n_pairs);
}

static void close_to(double got, double want, const char *what)
{
    if (!(fx_relative(got, want) <= 1e-12) && fx_apart(got, want) > 1e-300) {
        fail_msg("%s: %.17g, the twin has %.17g (relative %.2g)", what, got, want, fx_relative(got, want));
    }
}

static void compare_with_twin(problem *p, const hw_joint_result *r)
{
    weigh(p);
    for (uint32_t k = 0; k < p->n_pairs; k++) {
        assert_true(r->pair[k].exact);
        close_to(r->pair[k].posterior, posterior(p, has_pair, k), "posterior of a pair");
        close_to(r->pair[k].family_posterior, posterior(p, has_family, k), "posterior of a family");
    }
    for (size_t i = 0; i < r->n_children; i++) {
        const hw_joint_child *c = &r->child[i];
        double all = posterior(p, nowhere, c->child);
        close_to(c->not_registered, all * p->part[c->child][0] / p->u[c->child], "not registered");
        close_to(c->unlisted, all * p->part[c->child][1] / p->u[c->child], "unlisted");
        close_to(c->relative, posterior(p, is_relative, c->child), "relative");
        assert_true(c->other_group == 0.0);
    }
    for (size_t i = 0; i < r->n_missing; i++) {
        uint32_t k = 0;
        while (p->pair[k].family != r->missing[i].family || p->pair[k].missing != r->missing[i].missing) {
            k++;
        }
        close_to(r->missing[i].absent, posterior(p, absent, k), "missing person absent");
    }
}

/* Every assignment of a group, found by the search for the most probable: once each, in order, together 1, with the twin's ratio. */
static void compare_assignments(problem *p, const hw_joint_result *r)
{
    double ways = 1, placed = 1;
    for (size_t g = 0; g < r->n_groups; g++) {
        const hw_joint_group *x = &r->group[g];
        double sum = 0;
        ways *= x->assignments;
        assert_true((double)x->n_top == x->assignments);
        for (uint32_t i = 0; i < x->n_top; i++) {
            sum += x->top[i].posterior;
            assert_true(i == 0 || x->top[i].posterior <= x->top[i - 1].posterior * (1 + 1e-13));
            uint32_t way[8] = {0};
            for (uint32_t k = 0; k < x->top[i].n; k++) {
                way[p->pair[x->top[i].pair[k]].child] = x->top[i].pair[k] + 1;
            }
            uint32_t at = 0;
            while (at < p->n_ways && (p->relative[at] != 0 || memcmp(p->way[at], way, sizeof way) != 0)) {
                at++;
            }
            assert_true(at < p->n_ways);
            if (p->ratio[at] > 0) {
                assert_true(fx_apart(x->top[i].ln_ratio, p->ln_ratio[at]) < 1e-11);
            } else {
                assert_true(isinf(x->top[i].ln_ratio) && x->top[i].posterior == 0.0);
            }
        }
        placed *= sum; /* the rest are assignments with relatives */
    }
    uint32_t n_placed = 0;
    double weights[2] = {0};
    for (uint32_t i = 0; i < p->n_ways; i++) {
        n_placed += p->relative[i] == 0 ? 1 : 0;
        weights[p->relative[i] == 0 ? 0 : 1] += weight(p, i);
    }
    close_to(placed, weights[0] / (weights[0] + weights[1]), "assignments without relatives");
    assert_true(ways == (double)n_placed);
}

static void inside(double low, double x, double high, const char *what)
{
    if (!(low <= x * (1 + 1e-12) + 1e-15 && x <= high * (1 + 1e-12) + 1e-15)) {
        fail_msg("%s: %.17g is not within %.17g and %.17g", what, x, low, high);
    }
}

static void compare_intervals(problem *p, const hw_joint_result *r, hw_rng *rng)
{
    for (int trial = 0; trial < 12; trial++) {
        if (trial == 0) {
            weigh(p);
        } else {
            weigh_at(p, rng);
        }
        for (uint32_t k = 0; k < p->n_pairs; k++) {
            inside(r->pair[k].low, posterior(p, has_pair, k), r->pair[k].high, "pair");
            inside(r->pair[k].family_low, posterior(p, has_family, k), r->pair[k].family_high, "family");
        }
        for (size_t i = 0; i < r->n_missing; i++) {
            uint32_t k = 0;
            while (p->pair[k].family != r->missing[i].family || p->pair[k].missing != r->missing[i].missing) {
                k++;
            }
            inside(r->missing[i].low, posterior(p, absent, k), r->missing[i].high, "missing person");
        }
    }
}

static problem p; /* large */

static uint32_t several_cut, several_shared;
static double estimates_off, estimates;

/* Messages carry across what is cut: the estimate is near that of the whole. */
static void add_distance(problem *x, const hw_joint_result *r)
{
    weigh(x);
    for (uint32_t k = 0; k < x->n_pairs; k++) {
        estimates_off += r->pair[k].exact ? 0 : fx_apart(r->pair[k].posterior, posterior(x, has_pair, k));
        estimates += r->pair[k].exact ? 0 : 1;
    }
}

static void one_round(uint64_t seed, uint64_t round)
{
    hw_rng r;
    hw_rng_seed(&r, seed, round);
    random_problem(&p, &r);
    random_pairs(&p, &r);
    hw_engine *e = fx_engine();
    uint32_t way[8] = {0};
    write_ways(&p, e, way, 0);
    hw_engine_free(e);
    hw_joint_options o;
    hw_joint_options_init(&o);
    o.top = 100000;
    hw_joint_result x;
    joint(&p, &o, &x);
    compare_with_twin(&p, &x);
    compare_assignments(&p, &x);
    compare_intervals(&p, &x, &r);
    hw_joint_result_release(&x);
    for (uint32_t shared = 0; shared < 3; shared++) { /* groups cut apart */
        o.max_shared = shared;
        joint(&p, &o, &x);
        bool cut = false;
        for (size_t g = 0; g < x.n_groups; g++) {
            cut = cut || !x.group[g].exact;
            assert_true(x.group[g].exact == (x.group[g].note == NULL));
        }
        add_distance(&p, &x);
        several_cut += cut ? 1 : 0;
        several_shared += !cut && shared > 0 ? 1 : 0;
        compare_intervals(&p, &x, &r);
        hw_joint_result_release(&x);
    }
    o.max_assignments = 3; /* weak pairs set aside: nothing is claimed then */
    joint(&p, &o, &x);
    compare_intervals(&p, &x, &r);
    hw_joint_result_release(&x);
    fx_nation_drop(&p.n);
}

static void agrees_with_enumeration(void **state)
{
    (void)state;
    uint64_t seed = seed_of_run();
    print_message("HOMEWARD_SEED=%llu\n", (unsigned long long)seed);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        one_round(seed, round);
    }
    assert_true(several_cut > 20 && several_shared > 20);
    print_message("posteriors of groups that were cut are %.5f off on average\n", estimates_off / estimates);
    assert_true(estimates_off / estimates < 0.002);
}

/* Under the flat prior nothing but the ratios counts, neither priors nor sums of other pairs. */
static void flat_prior(void **state)
{
    (void)state;
    hw_rng r;
    hw_rng_seed(&r, seed_of_run(), 1000);
    for (int round = 0; round < 10; round++) {
        random_problem(&p, &r);
        random_pairs(&p, &r);
        p.rival_weight = 0;
        hw_engine *e = fx_engine();
        uint32_t way[8] = {0};
        write_ways(&p, e, way, 0);
        hw_engine_free(e);
        hw_joint_options o;
        hw_joint_options_init(&o);
        o.flat = true;
        hw_joint_result x;
        joint(&p, &o, &x);
        p.prior = 1;
        for (int c = 0; c < 8; c++) {
            p.u[c] = 1;
        }
        for (uint32_t k = 0; k < p.n_pairs; k++) {
            close_to(x.pair[k].posterior, posterior(&p, has_pair, k), "flat posterior");
            assert_true(x.pair[k].low == x.pair[k].posterior && x.pair[k].high == x.pair[k].posterior);
        }
        hw_joint_result_release(&x);
        fx_nation_drop(&p.n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_enumeration), cmocka_unit_test(flat_prior)};
    return cmocka_run_group_tests_name("joint_laws", tests, NULL, NULL);
}
