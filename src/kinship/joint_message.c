// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * How much a family draws on each of its children, as the rest of the web lets it: the weight Y / X of "somewhere in this family" relative to 1 for "not in it" (docs/joint.md,
 * "Groups"). Each family tells its children, each child tells its families how much all the others draw on it, ten times round. In a web without loops this is exact once
 * the news has gone through; with loops an estimate. It enters estimates only, never a bound.
 */
#include "kinship/joint_parts.h"

#include <string.h>

#define ROUNDS 10
#define PLAIN_ROUNDS 6 /* afterwards new and old are averaged, so that what swings back and forth settles */

typedef struct teller {
    joint_table *table;
    const joint_claim *claim; /* sorted by child */
    size_t n_claims;
    const joint_pair *pair;
    const joint_unplaced *own;
    double **without;         /* [table][child of the table] weight of the child not being in this family: nowhere, or in another */
    hw_real *weight;          /* of the entries with a child, and of those without it */
    hw_real *other;
} teller;

/* For each claim of a child: its own weight of "nowhere" and what the other families draw, as sums before and after (a difference would lose the small beside the large). */
static void tell_families(teller *t)
{
    for (size_t i = 0; i < t->n_claims;) {
        size_t end = i;
        double before = t->own[t->claim[i].child].u[JOINT_MID];
        for (; end < t->n_claims && t->claim[end].child == t->claim[i].child; end++) {
            const joint_claim *c = &t->claim[end];
            t->without[c->table][c->at] = before;
            before += t->table[c->table].flow[c->at];
        }
        double after = 0.0;
        for (size_t k = end; k-- > i;) {
            const joint_claim *c = &t->claim[k];
            t->without[c->table][c->at] += after;
            after += t->table[c->table].flow[c->at];
        }
        i = end;
    }
}

static void tell_children(teller *t, uint32_t number, bool average)
{
    joint_table *x = &t->table[number];
    memset(t->weight, 0, x->n_children * sizeof(*t->weight));
    memset(t->other, 0, x->n_children * sizeof(*t->other));
    for (size_t e = 0; e < x->n; e++) {
        const joint_entry *entry = &x->entry[e];
        hw_real w = entry->ratio;
        uint32_t at = 0;
        for (uint32_t k = 0; k < x->n_children && at < entry->n; k++) {
            if (t->pair[entry->pair[at]].child == x->child[k]) {
                w = hw_real_mul_d(w, x->prior / t->without[number][k]);
                at++;
            }
        }
        at = 0;
        for (uint32_t k = 0; k < x->n_children; k++) {
            bool in = at < entry->n && t->pair[entry->pair[at]].child == x->child[k];
            hw_real *sum = in ? &t->weight[k] : &t->other[k];
            *sum = hw_real_add(*sum, w);
            at += in ? 1 : 0;
        }
    }
    for (uint32_t k = 0; k < x->n_children; k++) {
        double flow = t->without[number][k] * hw_real_to_double(hw_real_div(t->weight[k], t->other[k]));
        flow = flow < 1e290 ? flow : 1e290;
        x->flow[k] = average ? 0.5 * (x->flow[k] + flow) : flow;
    }
}

hw_status joint_messages(joint_table *table, size_t n_tables, const joint_claim *claim, size_t n_claims, const joint_pair *pair, const joint_unplaced *own,
                         hw_arena *arena, hw_err *err)
{
    teller t = {.table = table, .claim = claim, .n_claims = n_claims, .pair = pair, .own = own};
    uint32_t most = 0;
    t.without = HW_NEW(arena, double *, n_tables + 1);
    if (t.without == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < n_tables; i++) {
        most = table[i].n_children > most ? table[i].n_children : most;
        t.without[i] = HW_NEW(arena, double, table[i].n_children + 1);
        table[i].flow = HW_NEW(arena, double, table[i].n_children + 1);
        if (t.without[i] == NULL || table[i].flow == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    t.weight = HW_NEW(arena, hw_real, most + 1);
    t.other = HW_NEW(arena, hw_real, most + 1);
    if (t.weight == NULL || t.other == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (int round = 0; round < ROUNDS; round++) {
        tell_families(&t);
        for (uint32_t i = 0; i < n_tables; i++) {
            tell_children(&t, i, round >= PLAIN_ROUNDS);
        }
    }
    return HW_OK;
}
