// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Likelihoods at single loci that families of one shape share: two siblings who are 14/15 and 15/16 come again and again in a nation. The key holds everything the value depends on, so
 * that a value is the same to the bit whether it was remembered or computed. What cannot be remembered (no memory, full) is computed.
 */
#include "kinship/fit_parts.h"

#include <string.h>

#define MAX_ENTRIES ((size_t)2000000)
#define MAX_BYTES ((size_t)256 << 20)

struct memo_entry {
    uint64_t hash;
    hw_real value;
    uint32_t number; /* in the order added */
    uint32_t n;
    uint32_t word[];
};

void fit_memo_init(fit_memo *m)
{
    *m = (fit_memo){0};
    hw_arena_init(&m->arena, MAX_BYTES);
}

void fit_memo_release(fit_memo *m)
{
    hw_arena_release(&m->arena);
    hw_free(m->slot);
    *m = (fit_memo){0};
}

static uint64_t hash_of(const uint32_t *word, uint32_t n)
{
    uint64_t h = n;
    for (uint32_t i = 0; i < n; i++) {
        h = (h ^ word[i]) * 0x9e3779b97f4a7c15u;
        h ^= h >> 32;
    }
    return h;
}

static memo_entry **slot_of(const fit_memo *m, uint64_t hash, const uint32_t *word, uint32_t n)
{
    size_t at = (size_t)hash & (m->n_slots - 1);
    while (m->slot[at] != NULL && !(m->slot[at]->hash == hash && m->slot[at]->n == n && memcmp(m->slot[at]->word, word, n * sizeof(*word)) == 0)) {
        at = (at + 1) & (m->n_slots - 1);
    }
    return &m->slot[at];
}

static bool grow(fit_memo *m)
{
    size_t wanted = m->n_slots == 0 ? 1024 : 2 * m->n_slots;
    memo_entry **old = m->slot;
    size_t n_old = m->n_slots;
    memo_entry **slot = hw_alloc(wanted, sizeof(*slot));
    if (slot == NULL) {
        return false;
    }
    m->slot = slot;
    m->n_slots = wanted;
    for (size_t i = 0; i < n_old; i++) {
        if (old[i] != NULL) {
            *slot_of(m, old[i]->hash, old[i]->word, old[i]->n) = old[i];
        }
    }
    hw_free(old);
    return true;
}

bool fit_memo_get(const fit_memo *m, const uint32_t *word, uint32_t n, hw_real *ret, uint32_t *ret_number)
{
    memo_entry *e = m->n_slots > 0 ? *slot_of(m, hash_of(word, n), word, n) : NULL;
    if (e != NULL) {
        *ret = e->value;
        *ret_number = e->number;
    }
    return e != NULL;
}

bool fit_memo_put(fit_memo *m, const uint32_t *word, uint32_t n, hw_real value, uint32_t *ret_number)
{
    if (m->n >= MAX_ENTRIES || ((m->n + 1) * 2 > m->n_slots && !grow(m))) {
        return false;
    }
    memo_entry *e = hw_arena_alloc(&m->arena, 1, sizeof(*e) + n * sizeof(*word));
    if (e == NULL) {
        return false;
    }
    e->hash = hash_of(word, n);
    e->value = value;
    e->number = (uint32_t)m->n++;
    e->n = n;
    memcpy(e->word, word, n * sizeof(*word));
    *slot_of(m, e->hash, word, n) = e;
    *ret_number = e->number;
    return true;
}

static uint32_t put_double(uint32_t *word, uint32_t n, double x)
{
    memcpy(word + n, &x, sizeof(x));
    return n + 2;
}

static uint32_t parent_at(const uint32_t *place, int32_t parent)
{
    return parent < 0 ? FIT_NOBODY : place[parent];
}

bool fit_memo_shape(fit_memo *m, const hw_pedigree *ped, const uint32_t *place, bool sexes, const fit_member *member, uint32_t n_members, uint32_t *ret)
{
    uint32_t word[FIT_KEY_WORDS];
    uint32_t n = 0;
    hw_real none = {0};
    if (2 + ped->n * 6 + (size_t)n_members * 5 > FIT_KEY_WORDS) {
        return false;
    }
    word[n++] = UINT32_MAX; /* no likelihood's key begins so */
    word[n++] = n_members;
    for (uint32_t i = 0; i < ped->n; i++) {
        const hw_person *p = &ped->person[i];
        if (place[i] == FIT_NOBODY) {
            continue;
        }
        word[n++] = sexes ? (uint32_t)p->sex : 0;
        word[n++] = parent_at(place, p->father);
        word[n++] = parent_at(place, p->mother);
        word[n++] = p->twin;
        n = put_double(word, n, p->inbreeding);
    }
    for (uint32_t k = 0; k < n_members; k++) {
        word[n++] = place[member[k].person];
        n = put_double(word, n, member[k].profile->dropout);
        n = put_double(word, n, member[k].profile->error);
    }
    return fit_memo_get(m, word, n, &none, ret) || fit_memo_put(m, word, n, none, ret);
}
