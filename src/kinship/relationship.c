// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The words for how two persons are related.
 *
 * A bond is a common ancestor (or an ancestral couple) with a line of descent to each of the two that share nobody else. The nearest bond is named;
 * a second one of the same kind makes it "double". The kinship coefficient says whether the bonds named are the whole of it: if it is larger, the words
 * say so, and give it. The elder generation is named first, whatever the order asked for.
 */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "kinship/ancestry.h"
#include "kinship/identity.h"

#define MAX_DEPTH 6 /* generations between a person and a common ancestor that words are found for */
#define MAX_LINES 128 /* 2^(MAX_DEPTH + 1): all lines up from one person */
#define MAX_BONDS 16

/* A line upwards: member[0] is the person, member[depth] the ancestor. */
typedef struct line {
    uint32_t depth;
    uint32_t member[MAX_DEPTH + 1];
} line;

typedef struct lines {
    uint32_t n;
    line line[MAX_LINES];
} lines;

/* The two lines end in one ancestor, or (couple) in the father and the mother. */
typedef struct bond {
    const line *a, *b; /* of the ancestor, when a couple the father */
    bool couple;
} bond;

/* All lines up from one person, breadth first. */
static void climb(const ancestry *t, uint32_t from, lines *ret)
{
    ret->n = 1;
    ret->line[0] = (line){.depth = 0, .member = {from}};
    for (uint32_t i = 0; i < ret->n; i++) {
        const line *l = &ret->line[i];
        uint32_t top = l->member[l->depth];
        const int32_t parent[2] = {t->father[top], t->mother[top]};
        for (int k = 0; k < 2 && l->depth < MAX_DEPTH; k++) {
            if (parent[k] >= 0) {
                line *next = &ret->line[ret->n++];
                *next = *l;
                next->member[++next->depth] = (uint32_t)parent[k];
            }
        }
    }
}

static bool shares_only_the_top(const line *a, const line *b)
{
    for (uint32_t i = 0; i <= a->depth; i++) {
        for (uint32_t j = 0; j <= b->depth; j++) {
            if (a->member[i] == b->member[j] && (i < a->depth || j < b->depth)) {
                return false;
            }
        }
    }
    return true;
}

static bool same_below_the_top(const line *a, const line *b)
{
    return a->depth == b->depth && memcmp(a->member, b->member, a->depth * sizeof a->member[0]) == 0;
}

static uint32_t distance(const bond *x)
{
    return x->a->depth + x->b->depth;
}

/* Which of two bonds is named first: the nearer, then the couple before the single ancestor, then the one found first. */
static bool comes_before(const bond *x, const bond *y)
{
    return distance(x) != distance(y) ? distance(x) < distance(y) : x->couple && !y->couple;
}

/* Bonds in the order of naming; at most MAX_BONDS nearest ones. Lines come by rising depth, and the father's before the mother's. */
static uint32_t find_bonds(const lines *a, const lines *b, bond *ret)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n; i++) {
        for (uint32_t j = 0; j < b->n; j++) {
            const line *u = &a->line[i], *v = &b->line[j];
            uint32_t top = u->member[u->depth];
            if (top != v->member[v->depth] || !shares_only_the_top(u, v)) {
                continue;
            }
            bond x = {u, v, false};
            bool known = false;
            for (uint32_t k = 0; k < n && !known && u->depth > 0 && v->depth > 0; k++) {
                if (!ret[k].couple && same_below_the_top(ret[k].a, u) && same_below_the_top(ret[k].b, v)) {
                    ret[k].couple = true;
                    x = ret[k];
                    known = true;
                    n--; /* it moves up to its new place */
                    memmove(&ret[k], &ret[k + 1], (n - k) * sizeof ret[0]);
                }
            }
            uint32_t at = n;
            while (at > 0 && comes_before(&x, &ret[at - 1])) {
                at--;
            }
            if (at < MAX_BONDS) {
                n = n < MAX_BONDS ? n + 1 : n;
                memmove(&ret[at + 1], &ret[at], (n - 1 - at) * sizeof ret[0]);
                ret[at] = x;
            }
        }
    }
    return n;
}

/* ---- words ---- */

typedef struct pair {
    const hw_pedigree *ped;
    const ancestry *t;
    hw_sex elder, younger; /* sexes of the two in the order they are named */
} pair;

static const char *by_sex(hw_sex s, const char *man, const char *woman, const char *either)
{
    return s == HW_SEX_MALE ? man : s == HW_SEX_FEMALE ? woman : either;
}

static void add_greats(hw_str *out, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        hw_str_addf(out, "great-");
    }
}

/* The elder is an ancestor, `depth` generations up. */
static void lineal_words(hw_str *out, const pair *p, uint32_t depth)
{
    if (depth == 1) {
        hw_str_addf(out, "%s and %s", by_sex(p->elder, "father", "mother", "parent"), by_sex(p->younger, "son", "daughter", "child"));
        return;
    }
    add_greats(out, depth - 2);
    hw_str_addf(out, "%s and ", by_sex(p->elder, "grandfather", "grandmother", "grandparent"));
    add_greats(out, depth - 2);
    hw_str_addf(out, "%s", by_sex(p->younger, "grandson", "granddaughter", "grandchild"));
}

/* The elder is a sibling of an ancestor `depth` - 1 generations up. */
static void uncle_words(hw_str *out, const pair *p, uint32_t depth, bool half)
{
    hw_str_addf(out, "%s", half ? "half " : "");
    add_greats(out, depth - 2);
    hw_str_addf(out, "%s and %s", by_sex(p->elder, "uncle", "aunt", "uncle or aunt"), half ? "half " : "");
    add_greats(out, depth - 2);
    hw_str_addf(out, "%s", by_sex(p->younger, "nephew", "niece", "nephew or niece"));
}

static void sibling_words(hw_str *out, const pair *p, const bond *x)
{
    if (x->couple) {
        hw_str_addf(out, "full siblings");
        return;
    }
    hw_sex parent = p->ped->person[p->t->person[x->a->member[1]]].sex;
    hw_str_addf(out, "%shalf siblings", by_sex(parent, "paternal ", "maternal ", ""));
}

static void cousin_words(hw_str *out, const bond *x)
{
    static const char *const ordinal[MAX_DEPTH] = {"", "first", "second", "third", "fourth", "fifth"};
    static const char *const times[MAX_DEPTH] = {"", " once removed", " twice removed", " three times removed", " four times removed", ""};
    uint32_t low = x->a->depth < x->b->depth ? x->a->depth : x->b->depth;
    uint32_t high = x->a->depth < x->b->depth ? x->b->depth : x->a->depth;
    hw_str_addf(out, "%s%s cousins%s", x->couple ? "" : "half ", ordinal[low - 1], times[high - low]);
}

static void bond_words(hw_str *out, const pair *p, const bond *x)
{
    uint32_t low = x->a->depth < x->b->depth ? x->a->depth : x->b->depth;
    uint32_t high = x->a->depth < x->b->depth ? x->b->depth : x->a->depth;
    if (low == 0) {
        lineal_words(out, p, high);
    } else if (high == 1) {
        sibling_words(out, p, x);
    } else if (low == 1) {
        uncle_words(out, p, high, !x->couple);
    } else {
        cousin_words(out, x);
    }
}

/* What a bond adds to the kinship: one half to the number of persons on the way, more when the ancestor is inbred. k is n*n over persons. */
static double contribution(const hw_pedigree *ped, const ancestry *t, const double *k, const bond *x)
{
    const uint32_t below = x->a->member[x->a->depth > 0 ? x->a->depth - 1 : 0];
    double sum = 0;
    for (int one = 0; one < (x->couple ? 2 : 1); one++) {
        uint32_t top = x->a->member[x->a->depth];
        if (x->couple) {
            top = (uint32_t)(one == 0 ? t->father[below] : t->mother[below]);
        }
        size_t person = t->person[top];
        sum += 2 * k[person * ped->n + person] / (double)(1u << (distance(x) + 1));
    }
    return sum;
}

static void name_related(hw_str *out, const pair *p, const double *k, uint32_t a, uint32_t b)
{
    char number[32];
    double phi = k[(size_t)a * p->ped->n + b];
    lines up_a, up_b;
    bond x[MAX_BONDS + 1];
    climb(p->t, p->t->of[a], &up_a);
    climb(p->t, p->t->of[b], &up_b);
    uint32_t n = find_bonds(&up_a, &up_b, x);
    if (n == 0) {
        hw_str_addf(out, "related (kinship %s)", hw_fmt_double(phi, number));
        return;
    }
    /* The order of naming: the one nearer to the ancestor. */
    bool swap = x[0].a->depth > x[0].b->depth;
    pair named = *p;
    named.elder = p->ped->person[swap ? b : a].sex;
    named.younger = p->ped->person[swap ? a : b].sex;
    double told = contribution(p->ped, p->t, k, &x[0]);
    bool twice = n > 1 && x[0].couple && x[1].couple && x[0].a->depth > 1 && x[0].b->depth > 1 && x[0].a->depth == x[1].a->depth &&
                 x[0].b->depth == x[1].b->depth;
    if (twice) {
        told += contribution(p->ped, p->t, k, &x[1]);
        hw_str_addf(out, "double ");
    }
    bond_words(out, &named, &x[0]);
    if (phi > told + 1e-12) {
        hw_str_addf(out, ", also related otherwise (kinship %s)", hw_fmt_double(phi, number));
    }
}

hw_status hw_relationship_name(const hw_pedigree *ped, uint32_t a, uint32_t b, char *buf, size_t size, hw_err *err)
{
    if (a >= ped->n || b >= ped->n || size == 0) {
        return HW_FAIL(err, HW_USAGE, "persons number %lu and %lu of a pedigree of %zu", (unsigned long)a, (unsigned long)b, ped->n);
    }
    ancestry t;
    HW_TRY(ancestry_build(ped, &t, err));
    HW_AUTO_FREE double *k = hw_alloc(ped->n * ped->n, sizeof(double));
    if (k == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(hw_kinship(ped, k, err));
    HW_CLEANUP(hw_str_release) hw_str text;
    hw_str_init(&text, 0);
    if (a == b) {
        hw_str_addf(&text, "the same person");
    } else if (t.of[a] == t.of[b]) {
        hw_str_addf(&text, "identical twins");
    } else if (k[(size_t)a * ped->n + b] > 0) {
        pair p = {ped, &t, HW_SEX_UNKNOWN, HW_SEX_UNKNOWN};
        name_related(&text, &p, k, a, b);
    } else {
        hw_str_addf(&text, "unrelated");
    }
    HW_TRY(hw_str_check(&text, err));
    snprintf(buf, size, "%s", text.s);
    return HW_OK;
}
