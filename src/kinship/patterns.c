// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Identity patterns by one pass over the pedigree, parents before children. A state says, for every gene still needed (of an observed person, or of
 * somebody whose children are yet to come), which founder gene it copies; labels are numbered by first appearance, so that states that differ only
 * in the names of founder genes are one. Each person multiplies the states by at most four ways to inherit and merges what has become equal.
 */
#include "kinship/patterns.h"

#include <string.h>

#include "base/file.h"
#include "kinship/ancestry.h"

#define DEAD 255
#define MAX_WIDTH (2 * PATTERNS_PERSONS)
#define MAX_FREE_PERSONS 10 /* observed persons both of whose genes are new: each doubles the forms to compare */

void patterns_release(patterns *s)
{
    hw_free(s->key);
    hw_free(s->p);
    hw_free(s->slot);
    *s = (patterns){0};
}

static uint32_t find_slot(const patterns *s, const uint8_t *key)
{
    uint32_t at = (uint32_t)hw_hash64(key, s->width) & (s->n_slots - 1);
    while (s->slot[at] != 0 && memcmp(s->key + (size_t)(s->slot[at] - 1) * s->width, key, s->width) != 0) {
        at = (at + 1) & (s->n_slots - 1);
    }
    return at;
}

static hw_status grow(patterns *s, hw_err *err)
{
    uint32_t cap = s->cap == 0 ? 16 : s->cap * 2;
    uint8_t *key = hw_realloc(s->key, cap, s->width);
    if (key == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    s->key = key;
    double *p = hw_realloc(s->p, cap, sizeof(double));
    if (p == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    s->p = p;
    uint32_t *slot = hw_alloc((size_t)cap * 2, sizeof(uint32_t));
    if (slot == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_free(s->slot);
    s->slot = slot;
    s->n_slots = cap * 2;
    s->cap = cap;
    for (uint32_t i = 0; i < s->n; i++) {
        slot[find_slot(s, s->key + (size_t)i * s->width)] = i + 1;
    }
    return HW_OK;
}

static hw_status add(patterns *s, const uint8_t *key, double p, hw_err *err)
{
    if (s->n == s->cap) {
        HW_TRY(grow(s, err));
    }
    uint32_t at = find_slot(s, key);
    if (s->slot[at] == 0) {
        memcpy(s->key + (size_t)s->n * s->width, key, s->width);
        s->p[s->n] = 0;
        s->slot[at] = ++s->n;
    }
    s->p[s->slot[at] - 1] += p;
    return HW_OK;
}

/* Number the labels by first appearance; dead genes stay dead. */
static void number_labels(uint8_t *key, uint32_t width)
{
    uint8_t name[256];
    uint8_t next = 0;
    memset(name, DEAD, sizeof name);
    for (uint32_t i = 0; i < width; i++) {
        if (key[i] != DEAD) {
            if (name[key[i]] == DEAD) {
                name[key[i]] = next++;
            }
            key[i] = name[key[i]];
        }
    }
}

/* ---- one pass over the pedigree ---- */

/* The members that matter: those observed and their ancestors. Place k of a state holds the genes of member[k]. */
typedef struct pass {
    const ancestry *t;
    uint32_t n;
    uint32_t member[PATTERNS_PERSONS];
    uint32_t place[HW_PEDIGREE_MAX];
    uint32_t last_use[PATTERNS_PERSONS]; /* place of the last child; UINT32_MAX: observed, needed to the end */
} pass;

static bool plan(const ancestry *t, const uint32_t *observed, uint32_t n, pass *ret)
{
    bool matters[HW_PEDIGREE_MAX] = {false}, seen[HW_PEDIGREE_MAX] = {false};
    for (uint32_t i = 0; i < n; i++) {
        matters[t->of[observed[i]]] = true;
        seen[t->of[observed[i]]] = true;
    }
    for (uint32_t m = t->n; m > 0; m--) {
        const int32_t parent[2] = {t->father[m - 1], t->mother[m - 1]};
        for (int k = 0; k < 2; k++) {
            if (matters[m - 1] && parent[k] >= 0) {
                matters[parent[k]] = true;
            }
        }
    }
    ret->t = t;
    ret->n = 0;
    for (uint32_t m = 0; m < t->n; m++) {
        if (!matters[m]) {
            continue;
        }
        if (ret->n == PATTERNS_PERSONS) {
            return false;
        }
        const int32_t parent[2] = {t->father[m], t->mother[m]};
        for (int k = 0; k < 2; k++) {
            if (parent[k] >= 0 && !seen[parent[k]]) {
                ret->last_use[ret->place[parent[k]]] = ret->n;
            }
        }
        ret->place[m] = ret->n;
        ret->last_use[ret->n] = UINT32_MAX;
        ret->member[ret->n++] = m;
    }
    return true;
}

/* What a person may inherit: (paternal, maternal) labels with weights, at most four. */
typedef struct ways {
    uint32_t n;
    uint8_t gene[4][2];
    double weight[4];
} ways;

static void inherit(const pass *w, const uint8_t *state, uint32_t m, uint8_t fresh, ways *ret)
{
    const int32_t parent[2] = {w->t->father[m], w->t->mother[m]};
    if (parent[0] < 0 && parent[1] < 0) {
        double f = w->t->inbreeding[m];
        *ret = (ways){f > 0 ? 2 : 1, {{fresh, (uint8_t)(fresh + 1)}, {fresh, fresh}}, {1 - f, f}};
        return;
    }
    uint8_t from[2][2];
    for (int k = 0; k < 2; k++) {
        if (parent[k] < 0) {
            from[k][0] = from[k][1] = (uint8_t)(fresh + k);
        } else {
            memcpy(from[k], state + (size_t)w->place[parent[k]] * 2, 2);
        }
    }
    ret->n = 0;
    for (int i = 0; i < 4; i++) {
        ret->gene[i][0] = from[0][i & 1];
        ret->gene[i][1] = from[1][i >> 1];
        ret->weight[i] = 0.25;
    }
    ret->n = 4;
}

static hw_status add_member(const pass *w, uint32_t at, const patterns *from, patterns *to, hw_err *err)
{
    const uint32_t width = from->width;
    for (uint32_t s = 0; s < from->n; s++) {
        const uint8_t *state = from->key + (size_t)s * width;
        uint8_t fresh = 0;
        for (uint32_t i = 0; i < width; i++) {
            if (state[i] != DEAD && state[i] >= fresh) {
                fresh = (uint8_t)(state[i] + 1);
            }
        }
        ways x;
        inherit(w, state, w->member[at], fresh, &x);
        for (uint32_t i = 0; i < x.n; i++) {
            if (!(x.weight[i] > 0)) {
                continue; /* a founder who is wholly inbred */
            }
            uint8_t next[MAX_WIDTH];
            memcpy(next, state, width);
            memcpy(next + (size_t)at * 2, x.gene[i], 2);
            for (uint32_t k = 0; k < at; k++) {
                if (w->last_use[k] == at) {
                    next[2 * k] = next[2 * k + 1] = DEAD;
                }
            }
            number_labels(next, width);
            HW_TRY(add(to, next, from->p[s] * x.weight[i], err));
        }
    }
    return HW_OK;
}

/* ---- from states to patterns ---- */

/*
 * One form of a pattern for all orders of the two genes within persons. Going through the persons, a gene seen before stands first, and of two seen
 * before the one seen first; only where both are new is there a choice, bit by bit in `choice`. Returns the number of such choices.
 */
static uint32_t form(const uint8_t *gene, uint32_t n, uint32_t choice, uint8_t *ret)
{
    uint8_t name[256];
    uint8_t next = 0;
    uint32_t choices = 0;
    memset(name, DEAD, sizeof name);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t a = gene[2 * i], b = gene[2 * i + 1];
        bool swap = name[b] < name[a];
        if (name[a] == DEAD && name[b] == DEAD && a != b) {
            swap = choices < 32 && (choice >> choices & 1u) != 0;
            choices++;
        }
        const uint8_t pair[2] = {swap ? b : a, swap ? a : b};
        for (int k = 0; k < 2; k++) {
            if (name[pair[k]] == DEAD) {
                name[pair[k]] = next++;
            }
            ret[2 * i + (uint32_t)k] = name[pair[k]];
        }
    }
    return choices;
}

static hw_status unorder(const pass *w, const patterns *from, const uint32_t *observed, uint32_t n, patterns *to, bool *ret_within, hw_err *err)
{
    for (uint32_t s = 0; s < from->n; s++) {
        uint8_t gene[MAX_WIDTH], best[MAX_WIDTH], other[MAX_WIDTH];
        for (uint32_t i = 0; i < n; i++) {
            memcpy(gene + (size_t)i * 2, from->key + (size_t)s * from->width + (size_t)w->place[w->t->of[observed[i]]] * 2, 2);
        }
        uint32_t choices = form(gene, n, 0, best);
        if (choices > MAX_FREE_PERSONS) {
            *ret_within = false;
            return HW_OK;
        }
        for (uint32_t c = 1; c < 1u << choices; c++) {
            form(gene, n, c, other);
            if (memcmp(other, best, to->width) < 0) {
                memcpy(best, other, to->width);
            }
        }
        HW_TRY(add(to, best, from->p[s], err));
    }
    return HW_OK;
}

static hw_status run(const pass *w, const uint32_t *observed, uint32_t n, patterns *ret, bool *ret_within, hw_err *err)
{
    HW_CLEANUP(patterns_release) patterns now = {.width = 2 * w->n};
    uint8_t empty[MAX_WIDTH];
    memset(empty, DEAD, sizeof empty);
    HW_TRY(add(&now, empty, 1, err));
    for (uint32_t at = 0; at < w->n; at++) {
        HW_CLEANUP(patterns_release) patterns next = {.width = now.width};
        HW_TRY(add_member(w, at, &now, &next, err));
        patterns done = now;
        now = next;
        next = done;
        if (now.n > PATTERNS_MAX) {
            *ret_within = false;
            return HW_OK;
        }
    }
    return unorder(w, &now, observed, n, ret, ret_within, err);
}

hw_status patterns_find(const hw_pedigree *ped, const uint32_t *observed, uint32_t n, patterns *ret, bool *ret_within, hw_err *err)
{
    ancestry t;
    pass w;
    HW_TRY(ancestry_build(ped, &t, err));
    bool within = n <= PATTERNS_PERSONS && plan(&t, observed, n, &w);
    HW_CLEANUP(patterns_release) patterns found = {.width = 2 * n};
    if (within) {
        HW_TRY(run(&w, observed, n, &found, &within, err));
    }
    *ret = (patterns){0};
    if (within) {
        *ret = found;
        found = (patterns){0};
    }
    *ret_within = within;
    return HW_OK;
}

bool patterns_equal(const patterns *a, const patterns *b)
{
    if (a->width != b->width || a->n != b->n) {
        return false;
    }
    for (uint32_t i = 0; i < a->n; i++) {
        uint32_t at = find_slot(b, a->key + (size_t)i * a->width);
        if (b->slot[at] == 0) {
            return false;
        }
        double d = a->p[i] - b->p[b->slot[at] - 1];
        if (d > 1e-12 || d < -1e-12) {
            return false;
        }
    }
    return true;
}
