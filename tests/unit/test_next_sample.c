// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The next best sample: against sums over everything the sample may show, against simulation of child and relative together, and what must hold of any choice: the other parent first, more
 * loci never lose, a budget kept, the same on any number of threads.
 */
#include "match_fixture.h"

#include <math.h>

#include "kinship/next_parts.h"

#define LOCI "TH01 FGA vWA D3S1358 D8S1179 D21S11 AMEL"
#define TABLES                                                                                                                                    \
    "TH01 6:0.2 7:0.3 8:0.5; FGA 20:0.1 21:0.6 22:0.3; vWA 14:0.05 15:0.15 16:0.8; D3S1358 14:0.02 15:0.08 16:0.9; "                               \
    "D8S1179 10:0.01 11:0.04 12:0.95; D21S11 28:0.3 29:0.3 30:0.4"

static void start(nation *n)
{
    fx_nation(n, LOCI);
    fx_population(n, "north", 0, TABLES);
    n->o.n_populations = 1;
    n->set.standard = fx_stepwise(1e-3, 2e-3);
}

static hw_next_options options(double threshold)
{
    hw_next_options p;
    hw_next_options_init(&p);
    p.threshold_log10 = threshold;
    p.rescued = 0.5;
    return p;
}

static const hw_next_step *step_of(const hw_next_result *r, const char *relation)
{
    for (size_t i = 0; i < r->n; i++) {
        if (hw_streq(r->step[i].part[0].relation, relation)) {
            return &r->step[i];
        }
    }
    fail_msg("no step for the %s", relation);
    return NULL;
}

static void family(nation *n, const hw_next_options *p, uint32_t f, hw_next_result *r)
{
    hw_err err = {0};
    fx_ok(hw_next_for_family(&n->d, &n->o, p, f, UINT32_MAX, r, &err), &err);
}

/* ---- the definitions ---- */

static void threshold_and_prior(void **state)
{
    (void)state;
    /* w T / (w T + 1) = level */
    double t = hw_pow10(hw_next_threshold(0.999, 0.5, 1e6));
    fx_near(0.5e-6 * t / (0.5e-6 * t + 1), 0.999, 1e-12);
    fx_near(hw_next_rescued(0.5, 1000, 4000), 0.125, 1e-15);
    assert_true(hw_next_rescued(0.9, 1000, 100) == 1.0);
    assert_true(hw_next_rescued(0.9, 1000, 0) == 0.0);
}

/* ---- sums over everything ---- */

static double tail_now(const nation *n, uint32_t f, double x)
{
    hw_chance *c = NULL;
    hw_tail t;
    hw_err err = {0};
    fx_ok(hw_chance_new(&n->d, &n->o, f, 0, NULL, &c, &err), &err);
    fx_ok(hw_chance_tail(c, HW_CHANCE_MISSING, x, &t, &err), &err);
    hw_chance_free(c);
    return 0.5 * (t.low + t.high);
}

/* Two loci of three alleles: the mean over all 36 double genotypes of one person, each as likely as the family makes it, of the family's probability with it typed. */
static double sum_over_everything(nation *n, uint32_t f, const char *who, double x)
{
    static const char *const name[2] = {"TH01", "FGA"};
    static const char *const allele[2][3] = {{"6", "7", "8"}, {"20", "21", "22"}};
    hw_family *own = &n->d.family[f];
    uint32_t person = fx_person(&own->pedigree, who);
    double p[2][6];
    hw_engine *e = NULL;
    hw_err err = {0};
    fx_ok(hw_engine_new(NULL, &e, &err), &err);
    for (uint32_t l = 0; l < 2; l++) {
        hw_locus_model *lm = NULL;
        hw_typing t[8];
        double sum = 0;
        int exponent = 0;
        hw_real total;
        fx_ok(hw_locus_model_build(&n->d.arena, hw_population_find(n->pop[0], name[l]), HW_LOCUS_AUTOSOMAL, &n->set.standard, 0, HW_RARE_AUTO, 0, NULL, 0, &lm, &err), &err);
        for (size_t i = 0; i < own->pedigree.n; i++) {
            hw_genotype g = hw_profile_at(own->profile[i], l);
            t[i] = (hw_typing){g.a, g.b, own->profile[i] != NULL ? own->profile[i]->dropout : 0, 0};
        }
        fx_ok(hw_condition(e, &own->pedigree, lm, t, person, p[l], &exponent, &total, &err), &err);
        if (own->profile[person] != NULL) {
            double emission[6];
            fx_ok(hw_emission(lm, &t[person], false, emission, &err), &err);
            for (int g = 0; g < 6; g++) {
                p[l][g] *= emission[g];
            }
        }
        for (int g = 0; g < 6; g++) {
            sum += p[l][g];
        }
        for (int g = 0; g < 6; g++) {
            p[l][g] /= sum;
        }
    }
    hw_engine_free(e);
    double mean = 0;
    const hw_profile *before = own->profile[person];
    for (uint32_t a = 0; a < 6; a++) {
        for (uint32_t b = 0; b < 6; b++) {
            static const uint32_t pair[6][2] = {{0, 0}, {0, 1}, {1, 1}, {0, 2}, {1, 2}, {2, 2}};
            char text[100];
            snprintf(text, sizeof text, "TH01=%s/%s FGA=%s/%s", allele[0][pair[a][0]], allele[0][pair[a][1]], allele[1][pair[b][0]], allele[1][pair[b][1]]);
            if (p[0][a] * p[1][b] > 0) {
                own->profile[person] = fx_profile(n, "new", HW_SEX_UNKNOWN, text);
                mean += p[0][a] * p[1][b] * tail_now(n, f, x);
            }
        }
    }
    own->profile[person] = before;
    return mean;
}

static void against_everything(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "TH01 FGA");
    fx_population(&n, "north", 0, TABLES);
    n.o.n_populations = 1;
    n.set.standard = fx_stepwise(1e-3, 2e-3);
    static const struct {
        const char *pedigree, *typed, *text, *who, *relation;
    } all[] = {
        {"F M; M F; C F F M", "M", "TH01=6/8 FGA=20/21", "F", "father"},
        {"F M; M F; S M F M; C F F M", "M", "TH01=6/8 FGA=20/21", "S", "full brother"},
        {"F M; M F; S M F M; C F F M", "S", "TH01=6/7 FGA=20/20", "M", "mother"},
        {"G M; H F; F M G H; M F; C F F M", "M", "TH01=7/8 FGA=21/22", "G", "father's father"},
        {"F M; M F; C F F M", "M", "TH01=6/- FGA=20/21", "M", "mother"},
        {"F M; M F; C F F M", "M", "TH01=6/6 FGA=20/21 d=0.3", "M", "mother"},
    };
    hw_next_options p = options(0.8);
    p.draws = 3000;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        hw_next_result r;
        uint32_t f = fx_family(&n, hw_arena_printf(&n.d.arena, "F%zu", i), all[i].pedigree, "C");
        fx_member(&n, f, all[i].typed, all[i].text);
        family(&n, &p, f, &r);
        const hw_next_step *s = step_of(&r, all[i].relation);
        double want = sum_over_everything(&n, f, all[i].who, 0.8);
        if (!(fabs(s->then - want) < 5 * s->gain_se / 0.5 + 0.01)) {
            fail_msg("case %zu: %g, expected %g (se %g)", i, s->then, want, s->gain_se);
        }
        assert_true(fabs(s->now - tail_now(&n, f, 0.8)) < 0.01);
        fx_near(s->gain, 0.5 * (s->then - s->now), 1e-9);
        hw_next_result_release(&r);
    }
    fx_nation_drop(&n);
}

/* ---- a nation ---- */

static void make_nation(nation *n, uint64_t seed, uint32_t families)
{
    static const char *const pedigree[] = {"F M; M F; C F F M", "F M; M F; A M F M; C M F M", "F M; M F; C F F M", "G M; H F; F M G H; M F; C M F M", "M F; C F - M"};
    static const char *const member[][2] = {{"F", NULL}, {"A", NULL}, {"F", "M"}, {"G", "H"}, {"M", NULL}};
    static const char *const allele[6][3] = {{"6", "7", "8"}, {"20", "21", "22"}, {"14", "15", "16"}, {"14", "15", "16"}, {"10", "11", "12"}, {"28", "29", "30"}};
    static const char *const name[6] = {"TH01", "FGA", "vWA", "D3S1358", "D8S1179", "D21S11"};
    hw_rng r;
    hw_rng_seed(&r, seed, 0);
    start(n);
    for (uint32_t i = 0; i < families; i++) {
        uint32_t f = fx_family(n, hw_arena_printf(&n->d.arena, "F%u", i), pedigree[i % 5], "C");
        for (int k = 0; k < 2 && member[i % 5][k] != NULL; k++) {
            char text[300] = "";
            uint32_t loci = i % 3 == 0 ? 4 : 6; /* an old kit */
            for (uint32_t l = 0; l < loci; l++) {
                size_t used = strlen(text);
                snprintf(text + used, sizeof text - used, " %s=%s/%s", name[l], allele[l][hw_rng_below(&r, 3)], allele[l][hw_rng_below(&r, 3)]);
            }
            char more[330];
            snprintf(more, sizeof more, "%s%s", text, i % 7 == 0 ? " d=0.1" : "");
            fx_member(n, f, member[i % 5][k], more);
        }
    }
}

static void other_parent_first(void **state)
{
    (void)state;
    nation n;
    hw_next_result r;
    start(&n);
    uint32_t f = fx_family(&n, "F1", "F M; M F; C F F M", "C");
    fx_member(&n, f, "M", "TH01=6/7 FGA=20/22 vWA=14/15 D3S1358=14/15 D8S1179=10/11 D21S11=28/30");
    hw_next_options p = options(4);
    family(&n, &p, f, &r);
    assert_string_equal(r.step[0].part[0].relation, "father");
    assert_int_equal(r.step[0].part[0].kind, HW_NEXT_RELATIVE);
    assert_int_equal(r.step[0].samples, 1);
    assert_int_equal(step_of(&r, "full brother or sister")->part[0].kind, HW_NEXT_TO_FIND);
    assert_int_equal(step_of(&r, "father's mother")->part[0].kind, HW_NEXT_TO_FIND);
    for (size_t i = 1; i < r.n; i++) {
        assert_true(r.step[i - 1].gain / r.step[i - 1].samples >= r.step[i].gain / r.step[i].samples);
        assert_true(strstr(r.step[i].part[0].relation, "mother's") == NULL); /* whose mother is typed */
    }
    hw_next_result_release(&r);
    p.to_find = false;
    family(&n, &p, f, &r);
    assert_int_equal(r.n, 1);
    hw_next_result_release(&r);
    fx_nation_drop(&n);
}

/* On every option of every family: none loses, simulation agrees, a kit of more loci gains more. */
static void laws(void **state)
{
    (void)state;
    nation n;
    make_nation(&n, 3, 15);
    static const char *const small[] = {"TH01", "FGA", "vWA", "D3S1358", "D8S1179"};
    hw_next_options p = options(2.5);
    hw_next_options less = p;
    p.draws = less.draws = 60;
    less.kit = small;
    less.n_kit = 5;
    for (uint32_t f = 0; f < 15; f++) {
        hw_next_result r;
        hw_next_result k;
        family(&n, &p, f, &r);
        family(&n, &less, f, &k);
        for (size_t i = 0; i < r.n; i++) {
            const hw_next_step *s = &r.step[i];
            assert_true(s->gain >= -4 * s->gain_se - 0.005);
            assert_true(s->then <= 1 + 1e-9 && s->now >= 0);
            for (size_t j = 0; j < k.n; j++) {
                if (hw_streq(k.step[j].part[0].relation, s->part[0].relation) && k.step[j].part[0].kind == s->part[0].kind && k.step[j].samples == s->samples) {
                    assert_true(s->gain >= k.step[j].gain - 4 * (s->gain_se + k.step[j].gain_se) - 0.005);
                }
            }
        }
        hw_next_result_release(&r);
        hw_next_result_release(&k);
    }
    fx_nation_drop(&n);
}

static void simulation_agrees(void **state)
{
    (void)state;
    nation n;
    make_nation(&n, 4, 10);
    hw_next_options p = options(2.5);
    hw_err err = {0};
    next_context c = {0};
    fx_ok(next_context_init(&c, &n.d, &n.o, &p, 1, &err), &err);
    for (uint32_t f = 0; f < 10; f++) {
        next_option o[NEXT_OPTIONS_MAX];
        const next_question q = {.family = &c.s.family[f], .number = f, .missing = UINT32_MAX};
        next_set none = {.n = 0};
        uint32_t k = next_list(&c, q.family, 0, &none, o);
        for (uint32_t i = 0; i < k; i++) {
            next_set s = none;
            next_value a;
            next_value b;
            next_set_add(&s, &o[i]);
            fx_ok(next_evaluate(&c, &c.matcher[0], &q, &s, 100, 1, false, &a, &err), &err);
            fx_ok(next_evaluate(&c, &c.matcher[0], &q, &s, 1000, 2, true, &b, &err), &err);
            if (!(fabs(a.p - b.p) < 5 * sqrt(a.se * a.se + b.se * b.se) + 0.015)) {
                fail_msg("family %u, %s: %g by convolution, %g by simulation (se %g, %g)", f, o[i].relation, a.p, b.p, a.se, b.se);
            }
        }
    }
    next_context_release(&c);
    fx_nation_drop(&n);
}

/* Where one sample brings nobody over the threshold, two together are one step. */
static void packages(void **state)
{
    (void)state;
    nation n;
    hw_err err = {0};
    start(&n);
    uint32_t f = fx_family(&n, "F1", "G M; H F; F M G H; U M G H; M F; C F F M", "C");
    fx_member(&n, f, "U", "TH01=6/7 FGA=20/22 vWA=14/15 D3S1358=14/15 D8S1179=10/11 D21S11=28/30");
    hw_next_options p = options(3.2);
    p.to_find = false;
    p.budget = 2;
    hw_next_result r;
    fx_ok(hw_next_for_all(&n.d, &n.o, &p, &r, &err), &err);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.step[0].n_parts, 2);
    assert_int_equal(r.step[0].samples, 2);
    assert_true(r.step[0].gain > 0);
    hw_next_result_release(&r);
    p.budget = 1; /* half a package is not taken */
    fx_ok(hw_next_for_all(&n.d, &n.o, &p, &r, &err), &err);
    assert_true(r.samples <= 1);
    hw_next_result_release(&r);
    fx_nation_drop(&n);
}

/* ---- the whole database ---- */

static void same(const hw_next_result *a, const hw_next_result *b)
{
    assert_int_equal(a->n, b->n);
    assert_true(a->gain == b->gain && a->gain_se == b->gain_se);
    for (size_t i = 0; i < a->n; i++) {
        const hw_next_step *x = &a->step[i];
        const hw_next_step *y = &b->step[i];
        assert_true(x->family == y->family && x->number == y->number && x->n_parts == y->n_parts && x->gain == y->gain && x->then == y->then && x->now == y->now);
    }
}

static void whole_database(void **state)
{
    (void)state;
    nation n;
    hw_err err = {0};
    make_nation(&n, 5, 40);
    hw_next_options p = options(2.5);
    p.budget = 12;
    hw_next_result r;
    hw_next_result other;
    fx_ok(hw_next_for_all(&n.d, &n.o, &p, &r, &err), &err);
    assert_true(r.samples <= 12 && r.n > 0);
    assert_int_equal(r.n_families, 40);
    assert_int_equal(r.persons, 40);
    double gain = 0;
    uint32_t next[40] = {0};
    for (uint32_t number = 0; number < HW_NEXT_STEPS; number++) {
        for (size_t i = 0; i < r.n; i++) {
            if (r.step[i].number == number) {
                gain += r.step[i].gain;
                assert_int_equal(next[r.step[i].family], number);
                next[r.step[i].family]++;
            }
        }
    }
    fx_near(gain, r.gain, 1e-12); /* every family was computed for itself */
    assert_true(r.n_own > 0);
    for (unsigned threads = 2; threads <= 4; threads += 2) {
        n.o.n_threads = threads;
        fx_ok(hw_next_for_all(&n.d, &n.o, &p, &other, &err), &err);
        same(&r, &other);
        hw_next_result_release(&other);
    }
    hw_next_result_release(&r);
    p.refine = 0;
    fx_ok(hw_next_for_all(&n.d, &n.o, &p, &r, &err), &err);
    assert_true(r.n > 0 && r.step[0].by_shape);
    hw_next_result_release(&r);
    p.max_shapes = 1; /* loci are counted as coarsely as it goes */
    fx_ok(hw_next_for_all(&n.d, &n.o, &p, &other, &err), &err);
    assert_true(other.n > 0);
    hw_next_result_release(&other);
    fx_nation_drop(&n);
}

static void loss_is_small(void **state)
{
    (void)state;
    nation n;
    hw_err err = {0};
    make_nation(&n, 6, 20);
    hw_next_options p = options(2.5);
    p.budget = 6;
    n.o.n_threads = 2;
    hw_next_result r;
    hw_next_loss l;
    fx_ok(hw_next_for_all(&n.d, &n.o, &p, &r, &err), &err);
    fx_ok(hw_next_check_loss(&n.d, &n.o, &p, &r, 300, &l, &err), &err);
    assert_true(l.best > 0 && l.ours > 0 && l.options > 40);
    assert_true(l.lost < 0.15 * l.best + 3 * l.lost_se);
    assert_true(l.lost > -4 * l.lost_se - 1e-9);
    assert_true(fabs(l.claimed - l.ours) < 5 * sqrt(l.ours_se * l.ours_se + r.gain_se * r.gain_se) + 0.01 * (double)p.budget);
    /* A choice of nothing loses everything. */
    hw_next_result nothing = {0};
    hw_next_loss all;
    fx_ok(hw_next_check_loss(&n.d, &n.o, &p, &nothing, 300, &all, &err), &err);
    assert_true(all.best == l.best && all.ours == 0 && all.lost == all.best);
    hw_next_result_release(&r);
    fx_nation_drop(&n);
}

/* ---- a child ---- */

/*
 * One locus without mutation, mother 6/8, child 6/7: the father must show 7. If the child is theirs his genotype is drawn given that, and the ratio follows by hand for each of them; so does what
 * an unrelated man shows.
 */
static void a_child_by_hand(void **state)
{
    (void)state;
    nation n;
    hw_err err = {0};
    fx_nation(&n, "TH01");
    fx_population(&n, "north", 0, "TH01 6:0.2 7:0.3 8:0.5");
    n.o.n_populations = 1;
    fx_child(&n, "c", HW_SEX_UNKNOWN, "TH01=6/7");
    uint32_t f = fx_family(&n, "F1", "F M; M F; C U F M", "C");
    fx_member(&n, f, "M", "TH01=6/8");
    hw_next_options p = options(0.8); /* LR 1/2 x 0.3 / 0.12 = 1.25 now; 1/4 / 0.12 = 2.08 with a father 7/x, 1/2 / 0.12 = 4.17 with 7/7, else 0 */
    p.threshold_log10 = 0.5;
    p.level = 0.9;
    p.to_find = false;
    p.draws = 500;
    hw_next_child_result r;
    fx_ok(hw_next_for_child(&n.d, &n.o, &p, 0, -1, &r, &err), &err);
    assert_int_equal(r.n_candidates, 1);
    const hw_next_settle *s = &r.settle[0];
    assert_string_equal(s->part.relation, "father");
    fx_near(s->log10_lr, log10(1.25), 1e-9);
    /* P(7/7 | gave 7) = p7; P(no 7) = 0.49: ratio 0, below any bound. */
    double draws = 6.0 * 500;
    assert_true(fabs(s->report - 0.3) < 5 * sqrt(0.3 * 0.7 / draws));
    assert_true(fabs(s->rule_out - 0.49) < 5 * sqrt(0.49 * 0.51 / draws));
    fx_near(s->gain, s->posterior * s->report, 1e-12);
    hw_next_child_result_release(&r);
    fx_fails(hw_next_for_child(&n.d, &n.o, &p, 5, -1, &r, &err), HW_CONFLICT, &err, "number 5");
    fx_nation_drop(&n);
}

/* The child's own sample at a locus where the family is typed and the child is not. */
static void a_childs_own_sample(void **state)
{
    (void)state;
    nation n;
    hw_err err = {0};
    fx_nation(&n, "TH01 FGA");
    fx_population(&n, "north", 0, "TH01 6:0.2 7:0.3 8:0.5; FGA 20:0.1 21:0.9");
    n.o.n_populations = 1;
    fx_child(&n, "c", HW_SEX_UNKNOWN, "TH01=6/7");
    uint32_t f = fx_family(&n, "F1", "F M; M F; C U F M", "C");
    fx_member(&n, f, "M", "TH01=6/8 FGA=20/20");
    fx_member(&n, f, "F", "TH01=7/7 FGA=20/20");
    hw_next_options p = options(2);
    p.level = 0.9;
    p.draws = 500;
    p.to_find = false;
    hw_next_child_result r;
    fx_ok(hw_next_for_child(&n.d, &n.o, &p, 0, -1, &r, &err), &err);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.settle[0].part.kind, HW_NEXT_CHILD);
    /* A child of theirs shows 20/20: 4.17 x 100. Anybody else does with probability 0.01, else the ratio is 0. */
    assert_true(r.settle[0].report == 1.0);
    assert_true(fabs(r.settle[0].rule_out - 0.99) < 5 * sqrt(0.99 * 0.01 / 3000));
    hw_next_child_result_release(&r);
    fx_nation_drop(&n);
}

/* ---- what cannot be ---- */

static void left_out(void **state)
{
    (void)state;
    nation n;
    hw_err err = {0};
    start(&n);
    n.set.standard.female = n.set.standard.male = (hw_mutation){0};
    uint32_t f = fx_family(&n, "BAD", "F M; M F; S F F M; C F F M", "C");
    fx_member(&n, f, "F", "TH01=6/6");
    fx_member(&n, f, "S", "TH01=7/7");
    fx_member(&n, fx_family(&n, "GOOD", "F M; M F; C F F M", "C"), "F", "TH01=6/6 FGA=20/20 vWA=14/14");
    hw_next_options p = options(1);
    hw_next_result r;
    fx_ok(hw_next_for_all(&n.d, &n.o, &p, &r, &err), &err);
    assert_int_equal(r.n_errors, 1);
    assert_int_equal(r.first_status, HW_IMPOSSIBLE);
    for (size_t i = 0; i < r.n; i++) {
        assert_int_equal(r.step[i].family, 1);
    }
    hw_next_result_release(&r);
    fx_fails(hw_next_for_family(&n.d, &n.o, &p, 0, 0, &r, &err), HW_IMPOSSIBLE, &err, "BAD");
    fx_nation_drop(&n);
}

static void refused(void **state)
{
    (void)state;
    nation n;
    hw_next_result r;
    hw_next_loss l;
    make_nation(&n, 1, 2);
    hw_next_options p = options(2);
    hw_err err = {0};
    fx_fails(hw_next_for_family(&n.d, &n.o, &p, 9, 0, &r, &err), HW_CONFLICT, &err, "number 9");
    err = (hw_err){0};
    fx_fails(hw_next_for_family(&n.d, &n.o, &p, 0, 1, &r, &err), HW_CONFLICT, &err, "number 1");
    err = (hw_err){0};
    p.level = 1;
    fx_fails(hw_next_for_all(&n.d, &n.o, &p, &r, &err), HW_USAGE, &err, "level");
    p = options(2);
    err = (hw_err){0};
    p.draws = 1;
    fx_fails(hw_next_for_all(&n.d, &n.o, &p, &r, &err), HW_USAGE, &err, "draws");
    p = options(2);
    err = (hw_err){0};
    p.rescued = 2;
    fx_fails(hw_next_for_all(&n.d, &n.o, &p, &r, &err), HW_USAGE, &err, "rescued");
    static const char *const kit[] = {"SE33"};
    p = options(2);
    p.kit = kit;
    p.n_kit = 1;
    err = (hw_err){0};
    fx_fails(hw_next_for_all(&n.d, &n.o, &p, &r, &err), HW_NOT_FOUND, &err, "kit");
    err = (hw_err){0};
    r = (hw_next_result){0};
    fx_fails(hw_next_check_loss(&n.d, &n.o, &p, &r, 1, &l, &err), HW_USAGE, &err, "draws");
    fx_nation_drop(&n);
}

static hw_status try_all(nation *n, hw_err *err)
{
    hw_next_options p = options(1);
    p.draws = 2;
    p.budget = 2;
    hw_next_result r;
    hw_next_loss l;
    HW_TRY(hw_next_for_family(&n->d, &n->o, &p, 0, UINT32_MAX, &r, err));
    hw_next_result_release(&r);
    HW_TRY(hw_next_for_all(&n->d, &n->o, &p, &r, err));
    hw_status s = hw_next_check_loss(&n->d, &n->o, &p, &r, 2, &l, err);
    hw_next_result_release(&r);
    HW_TRY(s);
    hw_next_child_result c;
    HW_TRY(hw_next_for_child(&n->d, &n->o, &p, 0, -5, &c, err));
    hw_next_child_result_release(&c);
    return HW_OK;
}

static void every_allocation_refused(void **state)
{
    (void)state;
    nation n;
    fx_nation(&n, "TH01 FGA");
    fx_population(&n, "north", 0, TABLES);
    n.o.n_populations = 1;
    fx_member(&n, fx_family(&n, "F1", "M F; C F - M", "C"), "M", "TH01=6/-");
    fx_child(&n, "c", HW_SEX_UNKNOWN, "TH01=6/7");
    for (int sticky = 0; sticky < 2; sticky++) {
        for (long nth = 1;; nth++) {
            hw_err err = {0};
            hw_alloc_fail_at(nth, sticky == 1);
            hw_status s = try_all(&n, &err);
            long asked = hw_alloc_count();
            hw_alloc_fail_at(0, false);
            if (asked < nth) {
                fx_ok(s, &err);
                assert_true(nth > 50);
                break;
            }
            fx_fails(s, HW_NO_MEMORY, &err, "memory");
        }
    }
    fx_nation_drop(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threshold_and_prior), cmocka_unit_test(against_everything), cmocka_unit_test(other_parent_first), cmocka_unit_test(laws),
        cmocka_unit_test(simulation_agrees),   cmocka_unit_test(packages),           cmocka_unit_test(whole_database),     cmocka_unit_test(loss_is_small),
        cmocka_unit_test(a_child_by_hand), cmocka_unit_test(a_childs_own_sample),
        cmocka_unit_test(left_out),            cmocka_unit_test(refused),            cmocka_unit_test(every_allocation_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
