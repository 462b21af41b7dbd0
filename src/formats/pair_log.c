// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "formats/pair_log.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"

#define MAX_CHUNKS ((size_t)1 << 17) /* a billion missing persons */
#define MAX_FIELDS 7u
#define LEAST_PAIR 12u  /* bytes of the shortest line of a pair */
#define LEAST_ERROR 8u  /* and of an error */

/* ---- hashes ---- */

static uint64_t mix(uint64_t h, const void *p, size_t n)
{
    return (h ^ hw_hash64(p, n)) * 0x9e3779b97f4a7c15u + (h >> 29);
}

static uint64_t mix_text(uint64_t h, const char *s)
{
    return s == NULL ? h * 31 : mix(h, s, strlen(s));
}

static uint64_t mix_number(uint64_t h, double x)
{
    return mix(h, &x, sizeof(x));
}

uint64_t hw_profile_hash(const hw_profile *p, const hw_panel *panel)
{
    uint64_t h = mix_text(1, p->id);
    h = mix(h, &p->sex, sizeof(p->sex));
    h = mix_number(mix_number(h, p->dropout), p->error);
    uint64_t loci = 0;
    for (uint32_t l = 0; l < p->n_loci; l++) { /* whatever the order of the panel */
        if (hw_genotype_typed(p->g[l])) {
            loci += mix(mix_text(2, panel->locus[l].name), &p->g[l], sizeof(p->g[l]));
        }
    }
    for (const hw_extra *e = p->extras; e != NULL; e = e->next) {
        loci += mix(mix_text(3, panel->locus[e->locus].name), e->allele, e->n * sizeof(e->allele[0]));
    }
    return mix(h, &loci, sizeof(loci));
}

uint64_t hw_family_hash(const hw_family *f, const hw_panel *panel)
{
    uint64_t h = mix_text(4, f->id);
    for (size_t i = 0; i < f->pedigree.n; i++) {
        const hw_person *p = &f->pedigree.person[i];
        const int64_t place[4] = {p->father, p->mother, (int64_t)p->twin, (int64_t)p->sex};
        h = mix_number(mix(mix_text(h, p->id), place, sizeof(place)), p->inbreeding);
        uint64_t own = f->profile[i] == NULL ? 0 : hw_profile_hash(f->profile[i], panel);
        h = mix(h, &own, sizeof(own));
    }
    return mix(h, f->missing, f->n_missing * sizeof(*f->missing));
}

uint64_t hw_pair_log_fingerprint(const hw_dataset *d, const hw_match_options *o, const char *settings)
{
    uint64_t h = mix_text(5, settings);
    h = mix_number(h, o->threshold_log10);
    h = mix(h, &o->population[0]->hash, sizeof(o->population[0]->hash));
    for (size_t i = 0; i < d->n_children; i++) {
        uint64_t own = hw_profile_hash(d->child[i], &d->panel);
        h = mix(h, &own, sizeof(own));
    }
    for (size_t f = 0; f < d->n_families; f++) {
        uint64_t own = hw_family_hash(&d->family[f], &d->panel);
        h = mix(h, &own, sizeof(own));
    }
    return h;
}

/* ---- writing ---- */

void hw_pair_log_write_header(const hw_pair_log *l, hw_str *out)
{
    hw_str_addf(out, "homeward-pairs 1 %016llx %zu %zu %zu %zu\n", (unsigned long long)l->fingerprint, l->chunk, l->n_chunks, l->children, l->families);
}

void hw_pair_log_write_chunk(const hw_match_chunk *k, hw_str *out)
{
    size_t from = out->len;
    hw_str_addf(out, "chunk %zu %zu %zu %llu %llu\n", k->number, k->n_pairs, k->n_errors, (unsigned long long)k->pairs, (unsigned long long)k->persons);
    for (size_t i = 0; i < k->n_pairs; i++) {
        const hw_pair *p = &k->pair[i];
        char number[32];
        hw_str_addf(out, "p %u %u %u %s %lld\n", p->child, p->family, p->missing, hw_fmt_double(p->ratio.m, number), (long long)p->ratio.e);
    }
    for (size_t i = 0; i < k->n_errors; i++) {
        const hw_family_error *e = &k->error[i];
        hw_str_addf(out, "e %u %s ", e->family, hw_status_name(e->status));
        for (const char *s = e->text; *s != '\0'; s++) {
            hw_str_addc(out, *s == '\n' || *s == '\r' ? ' ' : *s);
        }
        hw_str_addc(out, '\n');
    }
    if (out->failed == HW_OK) {
        hw_str_addf(out, "end %zu %016llx\n", k->number, (unsigned long long)hw_hash64(out->s + from, out->len - from));
    }
}

/* ---- reading ---- */

typedef struct reader {
    const char *path, *at, *end;
    uint32_t line;
    char *word[MAX_FIELDS]; /* of the line at hand; the last holds the rest of it */
    size_t n_words;
    char *copy;
    hw_pair_log *log;
} reader;

static hw_status bad(const reader *r, const char *expected, hw_err *err)
{
    return HW_FAIL(err, HW_PARSE, "%s, line %u: expected %s; the log is damaged: remove it and search again", r->path, r->line, expected);
}

/* The next line, split at blanks into at most `most` words. False at the end of the text, also when the last line is not whole. */
static hw_status next_line(reader *r, size_t most, bool *ret, hw_err *err)
{
    const char *stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
    *ret = stop != NULL;
    if (stop == NULL) {
        return HW_OK;
    }
    r->line++;
    hw_free(r->copy);
    r->copy = hw_strndup(r->at, (size_t)(stop - r->at));
    if (r->copy == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    r->at = stop + 1;
    r->n_words = 0;
    for (char *s = r->copy; *s != '\0' && r->n_words < most; r->n_words++) {
        r->word[r->n_words] = s;
        size_t n = strcspn(s, " ");
        if (r->n_words + 1 == most || s[n] == '\0') {
            r->n_words++;
            break;
        }
        s[n] = '\0';
        s += n + 1;
    }
    return HW_OK;
}

static bool number_of(const char *word, uint64_t most, uint64_t *ret)
{
    int64_t x = 0;
    if (!hw_parse_int(word, strlen(word), &x) || x < 0 || (uint64_t)x > most) {
        return false;
    }
    *ret = (uint64_t)x;
    return true;
}

static bool hex_of(const char *word, uint64_t *ret)
{
    uint64_t h = 0;
    if (strlen(word) != 16) {
        return false;
    }
    for (const char *s = word; *s != '\0'; s++) {
        const char *digits = "0123456789abcdef";
        const char *d = strchr(digits, *s);
        if (d == NULL) {
            return false;
        }
        h = h << 4 | (uint64_t)(d - digits);
    }
    *ret = h;
    return true;
}

static hw_status read_header(reader *r, hw_err *err)
{
    bool more = false;
    uint64_t n[4] = {0};
    hw_pair_log *l = r->log;
    HW_TRY(next_line(r, 7, &more, err));
    if (!more || r->n_words != 7 || !hw_streq(r->word[0], "homeward-pairs") || !hw_streq(r->word[1], "1") || !hex_of(r->word[2], &l->fingerprint)) {
        r->line = 1;
        return bad(r, "\"homeward-pairs 1\", a fingerprint and four counts", err);
    }
    for (int i = 0; i < 4; i++) {
        if (!number_of(r->word[3 + i], i == 1 ? MAX_CHUNKS : UINT32_MAX, &n[i])) {
            return bad(r, "\"homeward-pairs 1\", a fingerprint and four counts", err);
        }
    }
    l->chunk = (size_t)n[0];
    l->n_chunks = (size_t)n[1];
    l->children = (size_t)n[2];
    l->families = (size_t)n[3];
    l->part = HW_NEW(&l->arena, hw_match_chunk, l->n_chunks + 1);
    l->there = HW_NEW(&l->arena, bool, l->n_chunks + 1);
    return l->part == NULL || l->there == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

static hw_status read_pair(reader *r, hw_pair *ret, hw_err *err)
{
    uint64_t child = 0;
    uint64_t family = 0;
    uint64_t missing = 0;
    int64_t e = 0;
    double m = 0.0;
    bool good = r->n_words == 6 && hw_streq(r->word[0], "p") && number_of(r->word[1], UINT32_MAX, &child) && number_of(r->word[2], UINT32_MAX, &family) &&
                number_of(r->word[3], UINT32_MAX, &missing) && hw_parse_double(r->word[4], strlen(r->word[4]), &m) &&
                hw_parse_int(r->word[5], strlen(r->word[5]), &e);
    if (!good || child >= r->log->children || family >= r->log->families || !(m >= 0.5 && m < 1.0) || e > 1000000 || e < -1000000) {
        return bad(r, "p and a pair: child, family, missing person, mantissa, exponent", err);
    }
    *ret = (hw_pair){.child = (uint32_t)child, .family = (uint32_t)family, .missing = (uint32_t)missing, .ratio = {.m = m, .e = e}};
    return HW_OK;
}

static hw_status read_error(reader *r, hw_family_error *ret, hw_err *err)
{
    uint64_t family = 0;
    bool good = r->n_words >= 3 && hw_streq(r->word[0], "e") && number_of(r->word[1], UINT32_MAX, &family) && family < r->log->families;
    good = good && (r->n_words == 3 || strchr(r->word[3], '\r') == NULL); /* none was written */
    hw_status status = HW_OK;
    while (good && status < HW_STATUS_COUNT && !hw_streq(r->word[2], hw_status_name(status))) {
        status = (hw_status)(status + 1);
    }
    if (!good || status == HW_STATUS_COUNT) {
        return bad(r, "e and a family that could not be searched", err);
    }
    *ret = (hw_family_error){.family = (uint32_t)family, .status = status, .text = hw_arena_strdup(&r->log->arena, r->n_words > 3 ? r->word[3] : "")};
    return ret->text == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

static bool same_chunk(const hw_match_chunk *a, const hw_match_chunk *b)
{
    if (a->n_pairs != b->n_pairs || a->n_errors != b->n_errors || a->pairs != b->pairs || a->persons != b->persons) {
        return false;
    }
    for (size_t i = 0; i < a->n_pairs; i++) {
        const hw_pair *x = &a->pair[i];
        const hw_pair *y = &b->pair[i];
        if (x->child != y->child || x->family != y->family || x->missing != y->missing || hw_real_cmp(x->ratio, y->ratio) != 0) {
            return false;
        }
    }
    for (size_t i = 0; i < a->n_errors; i++) {
        const hw_family_error *x = &a->error[i];
        const hw_family_error *y = &b->error[i];
        if (x->family != y->family || x->status != y->status || !hw_streq(x->text, y->text)) {
            return false;
        }
    }
    return true;
}

static hw_status keep_chunk(hw_pair_log *l, const hw_match_chunk *k, hw_err *err)
{
    if (!l->there[k->number]) {
        l->part[k->number] = *k;
        l->there[k->number] = true;
        l->n_there++;
    } else if (!same_chunk(&l->part[k->number], k)) {
        return HW_FAIL(err, HW_CONFLICT, "chunk %zu of the search stands there twice and differs: the parts were made by different programs or files; search again", k->number);
    }
    return HW_OK;
}

/* One chunk; *ret_whole is false when the text ends before it does. */
static hw_status read_chunk(reader *r, bool *ret_whole, hw_err *err)
{
    hw_pair_log *l = r->log;
    const char *from = r->at;
    bool more = false;
    uint64_t n[5] = {0};
    *ret_whole = false;
    HW_TRY(next_line(r, 6, &more, err));
    if (!more) {
        return HW_OK;
    }
    const uint64_t left = (uint64_t)(r->end - from);
    const uint64_t most[5] = {l->n_chunks - 1, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX};
    bool good = l->n_chunks > 0 && r->n_words == 6 && hw_streq(r->word[0], "chunk");
    for (int i = 0; good && i < 5; i++) {
        good = number_of(r->word[1 + i], most[i], &n[i]);
    }
    if (!good) {
        return bad(r, "chunk, its number and four counts", err);
    }
    if (n[1] > left / LEAST_PAIR || n[2] > left / LEAST_ERROR) { /* the text ends before: no room is made for what is not there */
        return HW_OK;
    }
    hw_pair *pair = HW_NEW(&l->arena, hw_pair, n[1] + 1);
    hw_family_error *error = HW_NEW(&l->arena, hw_family_error, n[2] + 1);
    if (pair == NULL || error == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint64_t i = 0; i < n[1]; i++) {
        HW_TRY(next_line(r, 6, &more, err));
        if (!more) {
            return HW_OK;
        }
        HW_TRY(read_pair(r, &pair[i], err));
    }
    for (uint64_t i = 0; i < n[2]; i++) {
        HW_TRY(next_line(r, 4, &more, err));
        if (!more) {
            return HW_OK;
        }
        HW_TRY(read_error(r, &error[i], err));
    }
    uint64_t hash = hw_hash64(from, (size_t)(r->at - from));
    uint64_t stated = 0;
    uint64_t number = 0;
    HW_TRY(next_line(r, 3, &more, err));
    if (!more) {
        return HW_OK;
    }
    if (r->n_words != 3 || !hw_streq(r->word[0], "end") || !number_of(r->word[1], MAX_CHUNKS, &number) || number != n[0] || !hex_of(r->word[2], &stated) || stated != hash) {
        return bad(r, "the end of the chunk with the hash of its lines", err);
    }
    const hw_match_chunk k = {.number = (size_t)n[0], .pair = pair, .n_pairs = (size_t)n[1], .error = error, .n_errors = (size_t)n[2], .pairs = n[3], .persons = n[4]};
    *ret_whole = true;
    return keep_chunk(l, &k, err);
}

static hw_status read_all(reader *r, const char *text, hw_err *err)
{
    bool whole = true;
    HW_TRY(read_header(r, err));
    while (whole) {
        r->log->good_bytes = (size_t)(r->at - text);
        HW_TRY(read_chunk(r, &whole, err));
    }
    return HW_OK;
}

hw_status hw_pair_log_read(const char *path, const char *text, size_t n, hw_pair_log *ret, hw_err *err)
{
    hw_pair_log l = {0};
    hw_arena_init(&l.arena, (size_t)8 << 30);
    reader r = {.path = path, .at = text, .end = text + n, .log = &l};
    hw_status status = read_all(&r, text, err);
    hw_free(r.copy);
    if (status != HW_OK) {
        hw_pair_log_release(&l);
        return status;
    }
    *ret = l;
    return HW_OK;
}

void hw_pair_log_release(hw_pair_log *l)
{
    hw_arena_release(&l->arena);
    *l = (hw_pair_log){0};
}

hw_status hw_pair_log_join(hw_pair_log *l, const hw_pair_log *other, hw_err *err)
{
    if (l->fingerprint != other->fingerprint || l->chunk != other->chunk || l->n_chunks != other->n_chunks || l->children != other->children || l->families != other->families) {
        return HW_FAIL(err, HW_CONFLICT, "these are parts of different searches (other files, tables, settings or program)");
    }
    for (size_t k = 0; k < other->n_chunks; k++) {
        if (other->there[k]) {
            HW_TRY(keep_chunk(l, &other->part[k], err));
        }
    }
    return HW_OK;
}
