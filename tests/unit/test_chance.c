// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The distribution of a family's ratio against all children there can be: every combination of readings is a child of its own, searched by hw_match, and its
 * probability is written out here.
 */
#include "match_fixture.h"

#include <math.h>

#include "base/rng.h"
#include "kinship/chance_family.h"

#define MAX_CHILDREN 8000

typedef struct world {
    nation n;
    double p[MAX_CHILDREN];      /* of an unrelated child showing this */
    double log10[MAX_CHILDREN];  /* its ratio; -INFINITY for 0 */
    double rival[MAX_CHILDREN];  /* probability under one rival */
} world;

typedef struct reading {
    char text[40];
    double p;
} reading;

/* A table "TH01 6:0.2 7:0.8" as alleles and frequencies, divided by their sum as the model does. */
typedef struct table {
    char locus[20], name[8][8];
    double p[8];
    int n;
} table;

static table table_of(const char *text)
{
    table t = {.n = 0};
    char copy[200];
    snprintf(copy, sizeof copy, "%s", text);
    double sum = 0;
    char *rest = copy, *w = strsep(&rest, " ");
    snprintf(t.locus, sizeof t.locus, "%s", w);
    while ((w = strsep(&rest, " ")) != NULL) {
        char *colon = strchr(w, ':');
        assert_non_null(colon);
        *colon = 0;
        snprintf(t.name[t.n], sizeof t.name[0], "%s", w);
        t.p[t.n] = fx_number(colon + 1);
        sum += t.p[t.n++];
    }
    for (int i = 0; i < t.n; i++) {
        t.p[i] /= sum;
    }
    return t;
}

typedef enum how { IN_FULL, DROPPED, ONE_ALLELE, BOY_X } how;

/* All readings of an unrelated child at a locus. Dropped: of those that show anything. */
static int readings_of(const table *t, how kind, double d, reading *ret)
{
    int n = 0;
    double sum = 0;
    for (int i = 0; i < t->n; i++) {
        double other = 1 - t->p[i];
        reading *r = &ret[n++];
        if (kind == ONE_ALLELE) {
            snprintf(r->text, sizeof r->text, "%s=%s/-", t->locus, t->name[i]);
            r->p = t->p[i];
        } else {
            snprintf(r->text, sizeof r->text, "%s=%s/%s", t->locus, t->name[i], t->name[i]);
            r->p = kind == BOY_X ? t->p[i] : t->p[i] * t->p[i] * (1 - d * d) + 2 * t->p[i] * other * d * (1 - d);
        }
        sum += r->p;
        for (int j = i + 1; j < t->n && kind != ONE_ALLELE && kind != BOY_X; j++) {
            r = &ret[n++];
            snprintf(r->text, sizeof r->text, "%s=%s/%s", t->locus, t->name[i], t->name[j]);
            r->p = 2 * t->p[i] * t->p[j] * (1 - d) * (1 - d);
            sum += r->p;
        }
    }
    for (int i = 0; i < n; i++) {
        ret[i].p /= sum;
    }
    return n;
}

/* Children with every combination of readings at the loci; p times `weight`. */
static void add_children(world *w, const table *t, const how *kind, int n_loci, const char *more, hw_sex sex, double d, double weight)
{
    static reading r[4][40];
    int n[4], at[4] = {0};
    for (int i = 0; i < n_loci; i++) {
        n[i] = readings_of(&t[i], kind[i], d, r[i]);
    }
    for (;;) {
        char text[300], id[20];
        size_t used = (size_t)snprintf(text, sizeof text, "%s", more);
        double p = weight;
        for (int i = 0; i < n_loci; i++) {
            used += (size_t)snprintf(text + used, sizeof text - used, " %s", r[i][at[i]].text);
            p *= r[i][at[i]].p;
        }
        snprintf(id, sizeof id, "c%zu", w->n.d.n_children);
        uint32_t c = fx_child(&w->n, id, sex, text);
        assert_true(c < MAX_CHILDREN);
        w->p[c] = p;
        int i = 0;
        while (i < n_loci && ++at[i] == n[i]) {
            at[i++] = 0;
        }
        if (i == n_loci) {
            return;
        }
    }
}

static void search_all(world *w)
{
    hw_match_result r;
    fx_match(&w->n, &r);
    assert_int_equal(r.n_errors, 0);
    for (size_t c = 0; c < w->n.d.n_children; c++) {
        w->log10[c] = -(double)INFINITY;
    }
    for (size_t i = 0; i < r.n_candidates; i++) {
        if (r.candidate[i].family == 0) {
            w->log10[r.candidate[i].child] = r.candidate[i].log10_lr;
        }
    }
    hw_match_result_release(&r);
}

static double exact(const world *w, const double *p, double x, bool times_ratio)
{
    double sum = 0;
    for (size_t c = 0; c < w->n.d.n_children; c++) {
        sum += w->log10[c] >= x - 4e-13 ? p[c] * (times_ratio ? hw_pow10(w->log10[c]) : 1) : 0;
    }
    return sum;
}

static void enclosed(hw_tail t, double want, double x)
{
    if (!(t.low <= want * (1 + 1e-9) && want <= t.high * (1 + 1e-9) && t.high <= 1)) {
        print_error("x %.17g: %.17g not within %.17g .. %.17g\n", x, want, t.low, t.high);
        fail();
    }
}

/* Against all children there are, at ratios that occur and beside them. */
static void compare(world *w, const hw_profile *like, double *ret_apart)
{
    hw_chance *c = NULL;
    hw_err err = {0};
    w->n.o.rivals = true;
    fx_ok(hw_chance_new(&w->n.d, &w->n.o, 0, 0, like, &c, &err), &err);
    hw_rng r;
    hw_rng_seed(&r, 11, 0);
    double top = -(double)INFINITY;
    for (size_t i = 0; i < w->n.d.n_children; i++) {
        top = w->log10[i] > top ? w->log10[i] : top;
    }
    assert_true(hw_chance_describe(c)->max_log10 >= top - 1e-9);
    for (int k = 0; k < 60; k++) {
        double x = w->log10[hw_rng_below(&r, (uint32_t)w->n.d.n_children)];
        x = k == 0 ? top : k % 3 == 2 ? x + 0.02 : x;
        if (!(x > -(double)INFINITY)) {
            continue;
        }
        hw_tail t;
        fx_ok(hw_chance_tail(c, HW_CHANCE_UNRELATED, x, &t, &err), &err);
        enclosed(t, exact(w, w->p, x, false), x);
        *ret_apart = fmax(*ret_apart, t.high - t.low);
        fx_ok(hw_chance_tail(c, HW_CHANCE_MISSING, x, &t, &err), &err);
        enclosed(t, exact(w, w->p, x, true), x);
    }
    hw_real mean;
    fx_ok(hw_chance_mean(c, HW_CHANCE_UNRELATED, &mean, &err), &err);
    fx_near(hw_real_to_double(mean), exact(w, w->p, -1e9, true), 1e-9);
    hw_chance_free(c);
}

#define TABLES "TH01 6:0.2 7:0.3 8:0.5; FGA 20:0.1 21:0.6 22:0.3; vWA 14:0.4 15:0.6; DXS8378 10:0.4 11:0.5 12:0.1"

static void start(world *w, const char *pedigree, table *t)
{
    memset(w, 0, sizeof *w);
    fx_nation(&w->n, "TH01 FGA vWA DXS8378 AMEL");
    fx_population(&w->n, "north", 0, TABLES);
    w->n.set.standard = fx_stepwise(1e-3, 2e-3);
    (void)fx_family(&w->n, "F1", pedigree, "C");
    char copy[300];
    snprintf(copy, sizeof copy, "%s", TABLES);
    int n = 0;
    for (char *rest = copy, *one; (one = strsep(&rest, ";")) != NULL;) {
        t[n++] = table_of(one + strspn(one, " "));
    }
}

static world w;
static const how full[4] = {IN_FULL, IN_FULL, IN_FULL, IN_FULL};

static void one_parent(void **state)
{
    (void)state;
    table t[4];
    start(&w, "F M; M F; C F F M", t);
    fx_member(&w.n, 0, "F", "TH01=6/7 FGA=20/20 vWA=14/15");
    w.n.d.family[0].pedigree.person[w.n.d.family[0].missing[0]].sex = HW_SEX_UNKNOWN;
    add_children(&w, t, full, 3, "", HW_SEX_UNKNOWN, 0, 1);
    search_all(&w);
    double apart = 0;
    compare(&w, NULL, &apart);
    assert_true(apart < 1); /* a jump of the distribution may lie between the bounds */
    fx_nation_drop(&w.n);
}

/* The child's sample is poor: readings of a sample with the same drop-out. */
static void drop_out(void **state)
{
    (void)state;
    table t[4];
    start(&w, "F M; M F; A F F M; C F F M", t);
    fx_member(&w.n, 0, "A", "TH01=6/7 FGA=20/21 vWA=14/14");
    fx_member(&w.n, 0, "M", "TH01=6/6 FGA=20/22 vWA=14/15 d=0.05");
    w.n.d.family[0].pedigree.person[w.n.d.family[0].missing[0]].sex = HW_SEX_UNKNOWN;
    const how kinds[] = {IN_FULL, IN_FULL, ONE_ALLELE};
    add_children(&w, t, kinds, 2, "d=0.1", HW_SEX_UNKNOWN, 0.1, 1);
    search_all(&w);
    double apart = 0;
    compare(&w, w.n.d.child[0], &apart);
    fx_nation_drop(&w.n);
    start(&w, "F M; M F; C F F M", t);
    fx_member(&w.n, 0, "F", "TH01=6/7 FGA=20/20 vWA=14/15");
    w.n.d.family[0].pedigree.person[w.n.d.family[0].missing[0]].sex = HW_SEX_UNKNOWN;
    add_children(&w, t, kinds, 3, "", HW_SEX_UNKNOWN, 0, 1);
    search_all(&w);
    hw_chance *c = NULL;
    hw_err err = {0};
    fx_ok(hw_chance_new(&w.n.d, &w.n.o, 0, 0, w.n.d.child[0], &c, &err), &err);
    hw_tail got;
    for (size_t i = 0; i < w.n.d.n_children; i += 3) {
        fx_ok(hw_chance_tail(c, HW_CHANCE_UNRELATED, w.log10[i], &got, &err), &err);
        enclosed(got, exact(&w, w.p, w.log10[i], false), w.log10[i]);
    }
    hw_chance_free(c);
    fx_nation_drop(&w.n);
}

/* Sex is evidence, and X loci count for a child of the right sex: a mixture. */
static void sex_and_x(void **state)
{
    (void)state;
    for (int boy = 0; boy < 2; boy++) {
        table t[4];
        start(&w, boy ? "F M; M F; C M F M" : "F M; M F; C F F M", t);
        fx_member(&w.n, 0, "F", "TH01=6/7 DXS8378=10/10");
        fx_member(&w.n, 0, "M", "TH01=6/8 DXS8378=10/11");
        const table two[2] = {t[0], t[3]};
        const how girls[2] = {IN_FULL, IN_FULL}, boys[2] = {IN_FULL, BOY_X};
        add_children(&w, two, girls, 2, "AMEL=X/X", HW_SEX_FEMALE, 0, 0.5);
        add_children(&w, two, boys, 2, "AMEL=X/Y", HW_SEX_MALE, 0, 0.5);
        search_all(&w);
        hw_chance *c = NULL;
        hw_err err = {0};
        fx_ok(hw_chance_new(&w.n.d, &w.n.o, 0, 0, NULL, &c, &err), &err);
        const hw_chance_facts *f = hw_chance_describe(c);
        assert_true(f->sex_counted && f->n_x == 1 && f->n_loci == 2 && !f->x_left_out);
        for (size_t i = 0; i < w.n.d.n_children; i++) {
            if (w.log10[i] > -(double)INFINITY) {
                hw_tail got;
                fx_ok(hw_chance_tail(c, HW_CHANCE_UNRELATED, w.log10[i], &got, &err), &err);
                enclosed(got, exact(&w, w.p, w.log10[i], false), w.log10[i]);
            }
        }
        hw_chance_free(c);
        fx_nation_drop(&w.n);
    }
}

/* Under theta a relative's readings say something of an unrelated child too: P(child, family) from a pedigree with an unrelated person. */
static void under_theta(world *o, const table *t, int n_loci)
{
    static const char *family[] = {"6/7", "20/20"};
    hw_engine *e = fx_engine();
    hw_arena a = {0};
    double sum = 0;
    for (uint32_t c = 0; c < o->n.d.n_children; c++) {
        o->p[c] = 1;
        for (int l = 0; l < n_loci; l++) {
            char table_text[200] = "", reading_text[60], name[2][HW_ALLELE_BUF];
            for (int i = 0; i < t[l].n; i++) {
                size_t used = strlen(table_text);
                snprintf(table_text + used, sizeof table_text - used, "%s%s:%.17g", i > 0 ? " " : "", t[l].name[i], t[l].p[i]);
            }
            hw_genotype g = hw_profile_at(o->n.d.child[c], (uint32_t)l);
            snprintf(reading_text, sizeof reading_text, "F=%s U=%s/%s", family[l], hw_allele_format(g.a, name[0]), hw_allele_format(g.b, name[1]));
            const hw_locus_model *lm = fx_model(&a, HW_LOCUS_AUTOSOMAL, table_text, &o->n.set.standard, o->n.set.theta, NULL);
            o->p[c] *= fx_value(e, "F M; M F; C F F M; U F", lm, reading_text);
        }
        sum += o->p[c];
    }
    for (uint32_t c = 0; c < o->n.d.n_children; c++) {
        o->p[c] /= sum;
    }
    hw_arena_release(&a);
    hw_engine_free(e);
}

/* Probability of each child under a hypothesis: that under unrelated times the ratio to it, which explain gives; divided by the sum, because a rival's pedigree may
   give the family's own readings another probability. */
static void under_hypothesis(world *o, uint32_t h, const char *code)
{
    double sum = 0;
    for (uint32_t i = 0; i < o->n.d.n_children; i++) {
        hw_explanation x;
        hw_err err = {0};
        fx_ok(hw_match_explain(&o->n.d, &o->n.o, i, 0, 0, &x, &err), &err);
        assert_string_equal(x.hypothesis[h].code, code);
        o->rival[i] = o->p[i] * hw_pow10(x.hypothesis[h].log10_ratio[0]);
        hw_explanation_release(&x);
        sum += o->rival[i];
    }
    for (uint32_t i = 0; i < o->n.d.n_children; i++) {
        o->rival[i] /= sum;
    }
}

static void rivals(void **state)
{
    (void)state;
    table t[4];
    for (int theta = 0; theta < 2; theta++) {
        start(&w, "F M; M F; C F F M", t);
        fx_member(&w.n, 0, "F", "TH01=6/7 FGA=20/20");
        w.n.set.theta = theta * 0.03;
        add_children(&w, t, full, 2, "", HW_SEX_UNKNOWN, 0, 1);
        w.n.d.family[0].pedigree.person[w.n.d.family[0].missing[0]].sex = HW_SEX_UNKNOWN;
        search_all(&w);
        if (theta == 1) {
            under_theta(&w, t, 2);
        }
        hw_chance *c = NULL;
        hw_err err = {0};
        w.n.o.rivals = true;
        fx_ok(hw_chance_new(&w.n.d, &w.n.o, 0, 0, NULL, &c, &err), &err);
        const hw_chance_facts *f = hw_chance_describe(c);
        assert_true(f->n_hypotheses > 3);
        for (uint32_t h = 0; h < f->n_hypotheses; h++) {
            assert_null(f->hypothesis[h].left_out);
            under_hypothesis(&w, h, f->hypothesis[h].code);
            for (size_t i = 0; i < w.n.d.n_children; i++) {
                hw_tail got, many[2];
                fx_ok(hw_chance_tail(c, h, w.log10[i], &got, &err), &err);
                enclosed(got, exact(&w, w.rival, w.log10[i], false), w.log10[i]);
                const double xs[2] = {w.log10[i], w.log10[i] - 0.5};
                fx_ok(hw_chance_tails(c, h, xs, 2, many, &err), &err);
                enclosed(many[0], exact(&w, w.rival, xs[0], false), xs[0]);
                enclosed(many[1], exact(&w, w.rival, xs[1], false), xs[1]);
            }
            const double q[] = {0.05, 0.5, 0.95};
            hw_tail quantile[3];
            fx_ok(hw_chance_quantiles(c, h, q, 3, quantile, &err), &err);
            for (int i = 0; i < 3; i++) {
                assert_true(exact(&w, w.rival, quantile[i].low, false) >= (1 - q[i]) * (1 - 1e-9));
                assert_true(exact(&w, w.rival, quantile[i].high + 1e-6, false) < (1 - q[i]) * (1 + 1e-9));
                assert_true(quantile[i].high - quantile[i].low < 0.05);
            }
        }
        hw_chance_free(c);
        fx_nation_drop(&w.n);
    }
}

/* All readings at once against hw_emission of each. */
static void readings_of_a_sample(void **state)
{
    (void)state;
    static const sample_quality quality[] = {{0.1, 0, false}, {0, 0.05, false}, {0.2, 0.05, false}, {0, 0, true}, {0.1, 0.05, true}, {0, 0, false}};
    for (int k = 0; k < 12; k++) {
        hw_arena a = {0};
        hw_locus_settings ls = {.silent = k % 2 == 1 ? 0.07 : 0};
        bool male_x = k % 4 >= 2;
        const sample_quality *q = &quality[k / 2];
        const hw_locus_model *lm = fx_model(&a, male_x ? HW_LOCUS_X : HW_LOCUS_AUTOSOMAL, "6:0.2 7:0.3 8:0.4 9:0.1", &ls, 0, NULL);
        assert_int_equal(lm->silent >= 0, k % 2 == 1);
        assert_true(quality_plain(lm, q) == (q->dropout + q->error <= 0 && !q->one_allele && lm->silent < 0));
        size_t n = (size_t)lm->n * (lm->n + 1) / 2;
        double genotype[15] = {0}, got[15], shown[15], scratch[25], emission[15], all = 0, seen = 0;
        for (uint32_t j = 0; j < lm->n; j++) {
            for (uint32_t i = 0; i <= j; i++) {
                double p = i == j ? lm->p[i] * (male_x ? 1 : lm->p[i]) : male_x ? 0 : 2 * lm->p[i] * lm->p[j];
                genotype[hw_genotype_index(i, j)] = p * (1 + 0.3 * i); /* not those of an unrelated child */
            }
        }
        for (size_t g = 0; g < n; g++) {
            all += genotype[g];
        }
        quality_readings(lm, q, male_x, genotype, scratch, got, shown);
        for (uint32_t j = 0; j < lm->n; j++) {
            for (uint32_t i = 0; i <= j; i++) {
                bool can = (int)i != lm->silent && (int)j != lm->silent && (i == j || !(q->one_allele || male_x));
                hw_typing t = {lm->allele[i], q->one_allele ? HW_ALLELE_UNKNOWN : lm->allele[j], q->dropout, q->error};
                hw_err err = {0};
                double want = 0;
                if (can) {
                    fx_ok(hw_emission(lm, &t, male_x, emission, &err), &err);
                    for (size_t g = 0; g < n; g++) {
                        want += genotype[g] * emission[g];
                    }
                }
                uint32_t at = hw_genotype_index(i, j);
                fx_near(got[at], want, 1e-12);
                seen += shown[at];
                assert_true((shown[at] > 0) == can && (q->one_allele || shown[at] == got[at]));
            }
        }
        assert_true(seen <= all * (1 + 1e-12));
        hw_arena_release(&a);
    }
}

#define MANY 20
#define DRAWN 40000

/* Twenty loci of eight alleles: no sum over all of them. Children drawn as the missing person's table has them, weighed by 1 / LR for the unrelated ones. */
static void many_loci(void **state)
{
    (void)state;
    char panel[300] = "", tables[4000] = "", text[2][600] = {"", ""};
    hw_rng r;
    hw_rng_seed(&r, 20, 0);
    for (int l = 0; l < MANY; l++) {
        snprintf(panel + strlen(panel), sizeof panel - strlen(panel), "%sLOC%d", l > 0 ? " " : "", l);
        snprintf(tables + strlen(tables), sizeof tables - strlen(tables), "LOC%d", l);
        double left = 1;
        for (int a = 0; a < 8; a++) {
            double p = a == 7 ? left : left * (0.1 + 0.5 * hw_rng_unit(&r));
            left -= p;
            snprintf(tables + strlen(tables), sizeof tables - strlen(tables), " %d:%.17g", 10 + a, p);
        }
        snprintf(tables + strlen(tables), sizeof tables - strlen(tables), "%s", l + 1 < MANY ? "; " : "");
        for (int k = 0; k < 2; k++) {
            snprintf(text[k] + strlen(text[k]), sizeof text[k] - strlen(text[k]), " LOC%d=%u/%u", l, 10 + hw_rng_below(&r, 6), 10 + hw_rng_below(&r, 6));
        }
    }
    nation n;
    fx_nation(&n, panel);
    fx_population(&n, "north", 0, tables);
    n.o.n_populations = 1;
    n.set.standard = fx_stepwise(1e-3, 2e-3);
    uint32_t f = fx_family(&n, "F1", "F M; M F; A M F M; C M F M", "C");
    fx_member(&n, f, "F", text[0]);
    search s;
    matcher m;
    hw_arena arena = {0};
    hw_err err = {0};
    chance c;
    fx_ok(search_init(&s, &arena, &n.d, &n.o, &err), &err);
    fx_ok(matcher_init(&m, &s, &err), &err);
    fx_ok(chance_init(&c, &m, &arena, &n.d.family[f], 0, NULL, false, &err), &err);
    assert_int_equal(c.n_loci, MANY);
    static const double xs[] = {2, 4, 6, 8, 10, 12, 14};
    double theirs[7] = {0}, unrelated[7] = {0};
    for (int k = 0; k < DRAWN; k++) {
        hw_real ratio = hw_real_from(c.sex_ratio[hw_rng_unit(&r) < c.sex_missing[0] ? 0 : 1]);
        for (uint32_t l = 0; l < c.n_loci; l++) {
            ratio = hw_real_mul_d(ratio, c.locus[l].ratio[hw_rng_pick(&r, c.locus[l].p[HW_CHANCE_MISSING], c.locus[l].n)]);
        }
        double log10 = hw_real_log10(ratio);
        for (int i = 0; i < 7; i++) {
            double weight = log10 >= xs[i] ? hw_pow10(-log10) : 0;
            theirs[i] += log10 >= xs[i] ? 1.0 / DRAWN : 0;
            unrelated[i] += weight / DRAWN;
        }
    }
    for (int i = 0; i < 7; i++) {
        hw_tail t;
        double off = 5 * sqrt(theirs[i] * fabs(1 - theirs[i]) / DRAWN) + 1e-4;
        fx_ok(chance_tail(&c, HW_CHANCE_MISSING, xs[i], 0, 0, &t, &err), &err);
        if (!(t.low <= theirs[i] + off && theirs[i] - off <= t.high && t.high - t.low < 0.04)) {
            fail_msg("x %g: drawn %.6g +- %.2g, bounds %.6g .. %.6g", xs[i], theirs[i], off, t.low, t.high);
        }
        fx_ok(chance_tail(&c, HW_CHANCE_UNRELATED, xs[i], 0, 0, &t, &err), &err);
        off = 5 * sqrt(hw_pow10(-xs[i]) * t.high / DRAWN); /* no weight is above 10^-x */
        if (!(t.low <= unrelated[i] + off && unrelated[i] - off <= t.high && t.high < 1.25 * t.low)) {
            fail_msg("x %g: drawn %.6g +- %.2g, bounds %.6g .. %.6g", xs[i], unrelated[i], off, t.low, t.high);
        }
    }
    if (!(theirs[0] > 0.5 && theirs[6] < 0.9)) {
        fail_msg("the example says little: %g %g", theirs[0], theirs[6]);
    }
    matcher_release(&m);
    search_release(&s);
    hw_arena_release(&arena);
    fx_nation_drop(&n);
}

static hw_status try_all(world *o, hw_err *err)
{
    hw_chance *c = NULL;
    hw_status s = hw_chance_new(&o->n.d, &o->n.o, 0, 0, o->n.d.child[0], &c, err);
    hw_tail t[2] = {{7, 7}, {7, 7}};
    const double q[2] = {0.1, 0.9};
    hw_real mean;
    s = s == HW_OK ? hw_chance_tail(c, HW_CHANCE_UNRELATED, 1, t, err) : s;
    assert_true(s == HW_OK || t[0].low == 7);
    s = s == HW_OK ? hw_chance_quantiles(c, HW_CHANCE_MISSING, q, 2, t, err) : s;
    s = s == HW_OK ? hw_chance_tails(c, 2, q, 2, t, err) : s;
    s = s == HW_OK ? hw_chance_mean(c, 2, &mean, err) : s;
    hw_chance_free(c);
    return s;
}

static void no_memory(void **state)
{
    (void)state;
    table t[4];
    start(&w, "F M; M F; C F F M", t);
    w.n.o.n_populations = 1;
    fx_member(&w.n, 0, "F", "TH01=6/7 FGA=20/20 DXS8378=10/10");
    fx_child(&w.n, "c", HW_SEX_FEMALE, "TH01=6/6 FGA=20/- DXS8378=10/11 AMEL=X/X d=0.1");
    for (int sticky = 0; sticky < 2; sticky++) {
        for (long nth = 1;; nth++) {
            hw_err err = {0};
            hw_alloc_fail_at(nth, sticky == 1);
            hw_status s = try_all(&w, &err);
            long asked = hw_alloc_count();
            hw_alloc_fail_at(0, false);
            if (asked < nth) {
                fx_ok(s, &err);
                assert_true(nth > 20);
                break;
            }
            fx_fails(s, HW_NO_MEMORY, &err, "memory");
        }
    }
    fx_nation_drop(&w.n);
}

static void refused(void **state)
{
    (void)state;
    table t[4];
    start(&w, "F M; M F; C F F M", t);
    w.n.o.n_populations = 1;
    hw_err err = {0};
    hw_chance *c = NULL;
    fx_fails(hw_chance_new(&w.n.d, &w.n.o, 0, 1, NULL, &c, &err), HW_CONFLICT, &err, "number 1");
    err = (hw_err){0};
    fx_fails(hw_chance_new(&w.n.d, &w.n.o, 0, 0, NULL, &c, &err), HW_NOT_FOUND, &err, "F1");
    fx_member(&w.n, 0, "F", "TH01=6/7 FGA=20/20");
    err = (hw_err){0};
    w.n.o.rivals = false;
    fx_ok(hw_chance_new(&w.n.d, &w.n.o, 0, 0, NULL, &c, &err), &err);
    hw_tail tail;
    const double q = 1;
    assert_int_equal(hw_chance_describe(c)->n_hypotheses, 2);
    fx_fails(hw_chance_tail(c, 2, 1, &tail, &err), HW_CONFLICT, &err, "number 2");
    err = (hw_err){0};
    fx_fails(hw_chance_quantiles(c, 0, &q, 1, &tail, &err), HW_USAGE, &err, "quantile");
    hw_chance_free(c);
    hw_chance_free(NULL);
    fx_nation_drop(&w.n);
    /* the missing person is a parent whose sex nobody states: the ratio is a mean over both */
    start(&w, "C U; M F; A F C M", t);
    w.n.o.n_populations = 1;
    fx_member(&w.n, 0, "A", "TH01=6/7 FGA=20/20");
    w.n.d.family[0].pedigree.person[w.n.d.family[0].missing[0]].sex = HW_SEX_UNKNOWN;
    err = (hw_err){0};
    fx_fails(hw_chance_new(&w.n.d, &w.n.o, 0, 0, NULL, &c, &err), HW_UNSUPPORTED, &err, "F1|sex");
    fx_nation_drop(&w.n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_parent),
        cmocka_unit_test(drop_out),
        cmocka_unit_test(sex_and_x),
        cmocka_unit_test(rivals),
        cmocka_unit_test(readings_of_a_sample),
        cmocka_unit_test(many_loci),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests_name("chance", tests, NULL, NULL);
}
