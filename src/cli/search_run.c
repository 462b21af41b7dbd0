// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/search_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/json.h"
#include "formats/pair_log.h"

#define MAX_PATH ((size_t)65536)
#define MAX_SHARDS 100000

const arg_option SEARCH_OPTIONS[] = {
    {"shard", 0, ARG_ONE, "I/N", NULL, "search part I of N only, into --out; `homeward match merge` joins the parts"},
    {"base", 0, ARG_ONE, "DIR", "dir", "an earlier large run: pairs of children and families that it searched are taken from there, only what is new or changed is searched"},
    {"method", 0, ARG_ONE, "METHOD", "auto|plain|screened", "plain: compute every pair; screened: pass over pairs that cannot reach the threshold, the same list sooner. Default: auto, by size"},
    {0},
};

/* ---- an earlier run ---- */

typedef struct base_run {
    hw_pair_log log;
    bool *known_child, *known_family;
    uint32_t *child_now, *family_now; /* index then -> index now, UINT32_MAX: gone or changed */
    size_t n_known_children, n_known_families;
    hw_pair *pair;                    /* of a child and a family that are both here unchanged, by indices now; in the order of a search */
    size_t n_pairs;
} base_run;

/* ---- the log of a folder ---- */

typedef struct keeper {
    hw_pair_log log;
    FILE *file;       /* open for appending, and locked */
    const char *path;
    const base_run *base; /* or NULL: its pairs go into the chunks, so that the log holds the whole */
    size_t n_children;
    size_t *first;    /* base: number of each family's first missing person */
    size_t at;        /* base: pairs of chunks already written */
} keeper;

static void keeper_release(keeper *k)
{
    if (k->file != NULL) {
        (void)fclose(k->file);
    }
    hw_pair_log_release(&k->log);
    hw_free(k->first);
}

static hw_status path_in(cli *c, const char *folder, const char *name, const char **ret, hw_err *err)
{
    *ret = hw_arena_printf(&c->arena, "%s/%s", folder, name);
    return *ret == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

/* Of a search of these people; of nobody: of tables, settings, threshold and program alone. */
static hw_status fingerprint(const inputs *in, const hw_match_options *o, const hw_dataset *people, uint64_t *ret, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str settings = {0};
    hw_str_init(&settings, 0);
    hw_str_addf(&settings, "%s ", HW_VERSION);
    hw_json j;
    hw_json_init(&j, &settings, 0);
    settings_write_json(&in->settings, &j);
    HW_TRY(hw_str_check(&settings, err));
    *ret = hw_pair_log_fingerprint(people, o, settings.s);
    return HW_OK;
}

static size_t persons_of(const hw_dataset *d)
{
    size_t n = 0;
    for (size_t f = 0; f < d->n_families; f++) {
        n += d->family[f].n_missing;
    }
    return n;
}

static hw_status read_log(const char *path, hw_pair_log *ret, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, HW_PAIR_LOG_MAX_BYTES);
    HW_TRY(hw_file_read(path, HW_PAIR_LOG_MAX_BYTES, &text, err));
    return hw_pair_log_read(path, text.s, text.len, ret, err);
}

static hw_status io_failed(const char *path, hw_err *err)
{
    return HW_FAIL(err, HW_IO, "%s: %s", path, strerror(errno));
}

static hw_status append(keeper *k, const hw_str *text, hw_err *err)
{
    HW_TRY(hw_str_check(text, err));
    if (fwrite(text->s, 1, text->len, k->file) != text->len || fflush(k->file) != 0 || fdatasync(fileno(k->file)) != 0) {
        return io_failed(k->path, err);
    }
    return HW_OK;
}

/* A log without a search in it, for these people, tables and settings. */
static hw_status fresh_log(const inputs *in, const hw_match_options *o, hw_pair_log *ret, hw_err *err)
{
    size_t persons = persons_of(&in->people);
    hw_pair_log l = {.chunk = hw_match_chunk_size(persons), .children = in->people.n_children, .families = in->people.n_families};
    l.n_chunks = (persons + l.chunk - 1) / l.chunk;
    HW_TRY(fingerprint(in, o, &in->people, &l.fingerprint, err));
    *ret = l;
    return HW_OK;
}

static bool same_search(const hw_pair_log *a, const hw_pair_log *b)
{
    return a->fingerprint == b->fingerprint && a->chunk == b->chunk && a->n_chunks == b->n_chunks && a->children == b->children && a->families == b->families;
}

static hw_status start_log(keeper *k, const hw_pair_log *fresh, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str head = {0};
    hw_str_init(&head, 0);
    hw_pair_log_write_header(fresh, &head);
    HW_TRY(hw_str_check(&head, err));
    if (ftruncate(fileno(k->file), 0) != 0) {
        return io_failed(k->path, err);
    }
    HW_TRY(append(k, &head, err));
    return hw_pair_log_read(k->path, head.s, head.len, &k->log, err);
}

/* Open for this process alone: two that append to one log would spoil it. */
static hw_status open_alone(keeper *k, hw_err *err)
{
    k->file = fopen(k->path, "ab");
    if (k->file == NULL) {
        return io_failed(k->path, err);
    }
    if (flock(fileno(k->file), LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK ? HW_FAIL(err, HW_CONFLICT, "%s: another search is writing it; wait for that one, or name another folder", k->path) : io_failed(k->path, err);
    }
    return HW_OK;
}

/* Go on with the log of the folder if it is of this very search, else begin a new one. */
static hw_status keeper_open(cli *c, keeper *k, const inputs *in, const hw_match_options *o, const char *folder, hw_err *err)
{
    hw_pair_log fresh;
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, HW_PAIR_LOG_MAX_BYTES);
    HW_TRY(fresh_log(in, o, &fresh, err));
    HW_TRY(hw_dir_make(folder, err));
    HW_TRY(path_in(c, folder, "pairs.log", &k->path, err));
    HW_TRY(open_alone(k, err));
    HW_TRY(hw_file_read(k->path, HW_PAIR_LOG_MAX_BYTES, &text, err));
    if (text.len == 0 || memchr(text.s, '\n', text.len) == NULL) { /* new, or interrupted in its first line */
        return start_log(k, &fresh, err);
    }
    HW_TRY(hw_pair_log_read(k->path, text.s, text.len, &k->log, err));
    if (!same_search(&k->log, &fresh)) {
        term_note(c->command->name, "%s is of another search (other files, tables or settings): begun anew", k->path);
        hw_pair_log_release(&k->log);
        return start_log(k, &fresh, err);
    }
    term_note(c->command->name, "%s: %zu of %zu parts of this search are there already", k->path, k->log.n_there, k->log.n_chunks);
    if (ftruncate(fileno(k->file), (off_t)k->log.good_bytes) != 0) { /* what an interruption left half written */
        return io_failed(k->path, err);
    }
    return HW_OK;
}

static hw_status log_get(void *ctx, size_t number, hw_match_chunk *ret, hw_err *err)
{
    const keeper *k = ctx;
    (void)err;
    if (!k->log.there[number]) {
        return HW_NOT_FOUND;
    }
    *ret = k->log.part[number];
    return HW_OK;
}

static int by_place(const void *x, const void *y)
{
    const hw_pair *a = x;
    const hw_pair *b = y;
    if (a->family != b->family) {
        return a->family < b->family ? -1 : 1;
    }
    if (a->missing != b->missing) {
        return a->missing < b->missing ? -1 : 1;
    }
    return (a->child > b->child) - (a->child < b->child);
}

static void sort_pairs(hw_pair *pair, size_t n)
{
    if (n > 1) {
        qsort(pair, n, sizeof(*pair), by_place);
    }
}

/* The chunk with what the earlier run found of its missing persons, as a search of everything would have found it. Chunks come in rising order. */
static hw_status complete_chunk(keeper *k, const hw_match_chunk *chunk, hw_pair **ret, hw_match_chunk *ret_chunk, hw_err *err)
{
    const base_run *b = k->base;
    size_t from = chunk->number * k->log.chunk;
    size_t end = k->at;
    while (end < b->n_pairs && k->first[b->pair[end].family] + b->pair[end].missing < from + k->log.chunk) {
        bool before = k->first[b->pair[end].family] + b->pair[end].missing < from; /* of a chunk that was there */
        end++;
        k->at = before ? end : k->at;
    }
    size_t n = end - k->at;
    *ret = hw_alloc(chunk->n_pairs + n + 1, sizeof(**ret));
    if (*ret == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t i = 0; i < chunk->n_pairs; i++) {
        (*ret)[i] = chunk->pair[i];
    }
    for (size_t i = 0; i < n; i++) {
        (*ret)[chunk->n_pairs + i] = b->pair[k->at + i];
    }
    k->at = end;
    sort_pairs(*ret, chunk->n_pairs + n);
    *ret_chunk = *chunk;
    ret_chunk->pair = *ret;
    ret_chunk->n_pairs = chunk->n_pairs + n;
    ret_chunk->pairs = chunk->persons * k->n_children;
    return HW_OK;
}

static hw_status log_put(void *ctx, const hw_match_chunk *chunk, hw_err *err)
{
    keeper *k = ctx;
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    HW_AUTO_FREE hw_pair *pair = NULL;
    hw_match_chunk whole = *chunk;
    hw_str_init(&text, (size_t)2 << 30);
    if (k->base != NULL) {
        HW_TRY(complete_chunk(k, chunk, &pair, &whole, err));
    }
    hw_pair_log_write_chunk(&whole, &text);
    return append(k, &text, err);
}

/* ---- what was searched, for a later run ---- */

static hw_status write_searched(cli *c, const inputs *in, const hw_match_options *o, const char *folder, hw_err *err)
{
    const hw_dataset *d = &in->people;
    const hw_dataset nobody = {0};
    const char *path = NULL;
    uint64_t search = 0;
    uint64_t whole = 0;
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, (size_t)2 << 30);
    HW_TRY(fingerprint(in, o, &nobody, &search, err));
    HW_TRY(fingerprint(in, o, d, &whole, err));
    hw_str_addf(&text, "kind,id,hash\nsearch,%016llx,%016llx\n", (unsigned long long)whole, (unsigned long long)search);
    for (size_t i = 0; i < d->n_children; i++) {
        hw_str_add(&text, "child,");
        hw_csv_write(&text, d->child[i]->id, ',', true);
        hw_str_addf(&text, ",%016llx\n", (unsigned long long)hw_profile_hash(d->child[i], &d->panel));
    }
    for (size_t f = 0; f < d->n_families; f++) {
        hw_str_add(&text, "family,");
        hw_csv_write(&text, d->family[f].id, ',', true);
        hw_str_addf(&text, ",%016llx\n", (unsigned long long)hw_family_hash(&d->family[f], &d->panel));
    }
    HW_TRY(hw_str_check(&text, err));
    HW_TRY(path_in(c, folder, "searched.csv", &path, err));
    return hw_file_write(path, text.s, text.len, err);
}

/* ---- reading an earlier run ---- */

static void base_release(base_run *b)
{
    hw_pair_log_release(&b->log);
    hw_free(b->pair);
    hw_free(b->known_child);
    hw_free(b->known_family);
    hw_free(b->child_now);
    hw_free(b->family_now);
}

static hw_status put_hash(hw_map *m, char kind, const char *id, uint64_t hash, uint32_t index, hw_str *key, hw_err *err)
{
    hw_str_clear(key);
    hw_str_addf(key, "%c%016llx%s", kind, (unsigned long long)hash, id);
    HW_TRY(hw_str_check(key, err));
    return hw_map_put(m, key->s, index, err);
}

static hw_status index_now(const hw_dataset *d, hw_map *m, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str key = {0};
    hw_str_init(&key, 0);
    for (size_t i = 0; i < d->n_children; i++) {
        HW_TRY(put_hash(m, 'c', d->child[i]->id, hw_profile_hash(d->child[i], &d->panel), (uint32_t)i, &key, err));
    }
    for (size_t f = 0; f < d->n_families; f++) {
        HW_TRY(put_hash(m, 'f', d->family[f].id, hw_family_hash(&d->family[f], &d->panel), (uint32_t)f, &key, err));
    }
    return HW_OK;
}

/* One line of searched.csv: is that child or family here, unchanged? */
static hw_status match_line(const char *path, const hw_csv *r, const hw_map *now, hw_str *key, base_run *b, size_t *n, hw_err *err)
{
    bool child = r->n_fields == 3 && hw_streq(r->field[0], "child") && n[0] < b->log.children;
    bool family = r->n_fields == 3 && hw_streq(r->field[0], "family") && n[1] < b->log.families;
    if (!child && !family) {
        return HW_FAIL(err, HW_PARSE, "%s, line %u: expected child or family, its code and a hash, as many as the run searched", path, r->line);
    }
    hw_str_clear(key);
    hw_str_addf(key, "%c%s%s", child ? 'c' : 'f', r->field[2], r->field[1]);
    HW_TRY(hw_str_check(key, err));
    uint64_t at = UINT32_MAX;
    bool here = hw_map_get(now, key->s, &at);
    if (child) {
        b->child_now[n[0]++] = (uint32_t)at;
        b->n_known_children += here ? 1 : 0;
    } else {
        b->family_now[n[1]++] = (uint32_t)at;
        b->n_known_families += here ? 1 : 0;
    }
    if (here) {
        *(child ? &b->known_child[at] : &b->known_family[at]) = true;
    }
    return HW_OK;
}

/* The second line says of which log this is the list, and with which tables and settings; others would have listed other pairs. */
static hw_status match_search(const char *path, hw_csv *r, const inputs *in, const hw_match_options *o, const hw_pair_log *log, hw_err *err)
{
    const hw_dataset nobody = {0};
    char hash[17];
    uint64_t search = 0;
    bool more = true;
    HW_TRY(fingerprint(in, o, &nobody, &search, err));
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)search);
    HW_TRY(hw_csv_next(r, &more, err));
    if (more) {
        HW_TRY(hw_csv_next(r, &more, err));
    }
    if (!more || r->n_fields != 3 || !hw_streq(r->field[0], "search")) {
        return HW_FAIL(err, HW_PARSE, "%s, line 2: expected search and the hash of its tables and settings; search again without --base", path);
    }
    char whole[17];
    snprintf(whole, sizeof whole, "%016llx", (unsigned long long)log->fingerprint);
    if (!hw_streq(r->field[1], whole)) {
        return HW_FAIL(err, HW_CONFLICT, "%s is not the list of the pairs.log beside it (a search was interrupted there): finish that search, or search again without --base", path);
    }
    if (!hw_streq(r->field[2], hash)) {
        return HW_FAIL(err, HW_CONFLICT, "%s: that run had other tables, settings, another threshold or program: its pairs cannot be taken over; search again without --base", path);
    }
    return HW_OK;
}

/* Which of the children and families that the run searched are here, unchanged. */
static hw_status match_searched(const char *path, const inputs *in, const hw_match_options *o, base_run *b, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    HW_CLEANUP(hw_str_release) hw_str key = {0};
    HW_CLEANUP(hw_map_release) hw_map now;
    HW_CLEANUP(hw_csv_release) hw_csv r;
    hw_csv_init(&r, NULL, 0, ',');
    hw_str_init(&text, HW_PAIR_LOG_MAX_BYTES);
    hw_str_init(&key, 0);
    hw_map_init(&now, 0);
    HW_TRY(index_now(&in->people, &now, err));
    HW_TRY(hw_file_read(path, HW_PAIR_LOG_MAX_BYTES, &text, err));
    hw_csv_init(&r, text.s, text.len, ',');
    HW_TRY(match_search(path, &r, in, o, &b->log, err));
    size_t n[2] = {0};
    for (bool more = true;;) {
        HW_TRY(hw_csv_next(&r, &more, err));
        if (!more) {
            break;
        }
        HW_TRY(match_line(path, &r, &now, &key, b, n, err));
    }
    if (n[0] != b->log.children || n[1] != b->log.families) {
        return HW_FAIL(err, HW_PARSE, "%s: expected %zu children and %zu families, found %zu and %zu", path, b->log.children, b->log.families, n[0], n[1]);
    }
    return HW_OK;
}

/* The pairs of the earlier run whose child and family are both here unchanged. */
static hw_status known_pairs(const char *path, const hw_dataset *d, base_run *b, hw_err *err)
{
    size_t n = 0;
    for (size_t k = 0; k < b->log.n_chunks; k++) {
        n += b->log.part[k].n_pairs;
    }
    b->pair = hw_alloc(n + 1, sizeof(*b->pair));
    if (b->pair == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t k = 0; k < b->log.n_chunks; k++) {
        for (size_t i = 0; i < b->log.part[k].n_pairs; i++) {
            hw_pair x = b->log.part[k].pair[i];
            x.child = b->child_now[x.child];
            x.family = b->family_now[x.family];
            if (x.child == UINT32_MAX || x.family == UINT32_MAX) {
                continue;
            }
            if (x.missing >= d->family[x.family].n_missing) {
                return HW_FAIL(err, HW_CONFLICT, "%s: family %s has no missing person number %u: the log is not of that run; search again without --base", path, d->family[x.family].id, x.missing + 1);
            }
            b->pair[b->n_pairs++] = x;
        }
    }
    sort_pairs(b->pair, b->n_pairs);
    return HW_OK;
}

static hw_status base_read(cli *c, const char *folder, const inputs *in, const hw_match_options *o, base_run *b, hw_err *err)
{
    const hw_dataset *d = &in->people;
    const char *log = NULL;
    const char *searched = NULL;
    HW_TRY(path_in(c, folder, "pairs.log", &log, err));
    HW_TRY(path_in(c, folder, "searched.csv", &searched, err));
    if (!hw_file_exists(log)) {
        return HW_FAIL(err, HW_NOT_FOUND, "%s has no pairs.log: only a large search keeps one, or one with --shard or --method screened; leave --base out, a small search takes seconds", folder);
    }
    HW_TRY(read_log(log, &b->log, err));
    if (b->log.n_there != b->log.n_chunks) {
        return HW_FAIL(err, HW_CONFLICT, "%s holds %zu of %zu parts: finish that search, or join its shards with `homeward match merge --out DIR` and name that folder", log, b->log.n_there,
                       b->log.n_chunks);
    }
    b->known_child = hw_alloc(d->n_children + 1, sizeof(bool));
    b->known_family = hw_alloc(d->n_families + 1, sizeof(bool));
    b->child_now = hw_alloc(b->log.children + 1, sizeof(uint32_t));
    b->family_now = hw_alloc(b->log.families + 1, sizeof(uint32_t));
    if (b->known_child == NULL || b->known_family == NULL || b->child_now == NULL || b->family_now == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(match_searched(searched, in, o, b, err));
    return known_pairs(log, d, b, err);
}

/* The pairs of the earlier run go in between. Those of chunks that were already complete in the log are there. */
static hw_status add_known(const base_run *b, size_t n_children, hw_pairs *p, hw_err *err)
{
    hw_pair *all = hw_realloc(p->pair, p->n + b->n_pairs + 1, sizeof(*all));
    if (all == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    p->pair = all;
    for (size_t i = 0; i < b->n_pairs; i++) {
        all[p->n++] = b->pair[i];
    }
    sort_pairs(all, p->n);
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (n == 0 || by_place(&all[n - 1], &all[i]) != 0) {
            all[n++] = all[i];
        }
    }
    p->n = n;
    p->pairs = p->persons * n_children; /* what the list answers for, whenever it was searched */
    return HW_OK;
}

/* ---- the search ---- */

static hw_status parse_shard(const char *text, uint32_t *ret_shard, uint32_t *ret_n, hw_err *err)
{
    const char *slash = strchr(text, '/');
    int64_t i = 0;
    int64_t n = 0;
    if (slash == NULL || !hw_parse_int(text, (size_t)(slash - text), &i) || !hw_parse_int(slash + 1, strlen(slash + 1), &n) || i < 1 || n < 1 || i > n || n > MAX_SHARDS) {
        return HW_FAIL(err, HW_USAGE, "--shard %.40s: expected a part and their number, such as 2/5", text);
    }
    *ret_shard = (uint32_t)(i - 1);
    *ret_n = (uint32_t)n;
    return HW_OK;
}

static hw_status count_persons(const hw_dataset *d, keeper *k, hw_err *err)
{
    k->first = hw_alloc(d->n_families + 1, sizeof(*k->first));
    if (k->first == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (size_t f = 0; f < d->n_families; f++) {
        k->first[f + 1] = k->first[f] + d->family[f].n_missing;
    }
    return HW_OK;
}

static hw_status search_kept(cli *c, inputs *in, hw_match_options *o, const char *folder, const base_run *base, hw_pairs *ret, hw_err *err)
{
    HW_CLEANUP(keeper_release) keeper k = {.base = base, .n_children = in->people.n_children};
    HW_TRY(count_persons(&in->people, &k, err));
    HW_TRY(keeper_open(c, &k, in, o, folder, err));
    const hw_match_log log = {.ctx = &k, .get = log_get, .put = log_put};
    o->log = &log;
    hw_status s = hw_match_pairs(&in->people, o, ret, err);
    o->log = NULL;
    HW_TRY(s);
    return write_searched(c, in, o, folder, err);
}

/* The log of the earlier run must outlive the search that takes from it. */
static bool same_folder(const char *a, const char *b)
{
    struct stat x;
    struct stat y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static hw_status search_new(cli *c, inputs *in, hw_match_options *o, const char *base, const char *folder, hw_pairs *ret, hw_err *err)
{
    HW_CLEANUP(base_release) base_run b = {0};
    if (folder != NULL && same_folder(base, folder)) {
        return HW_FAIL(err, HW_USAGE, "--base and --out name the same folder: name a new one for the result");
    }
    HW_TRY(base_read(c, base, in, o, &b, err));
    term_note(c->command->name, "%s searched %zu of these %zu children and %zu of these %zu families, unchanged; the rest is searched", base, b.n_known_children,
              in->people.n_children, b.n_known_families, in->people.n_families);
    o->known_child = b.known_child;
    o->known_family = b.known_family;
    hw_status s = folder != NULL ? search_kept(c, in, o, folder, &b, ret, err) : hw_match_pairs(&in->people, o, ret, err);
    o->known_child = o->known_family = NULL;
    HW_TRY(s);
    return add_known(&b, in->people.n_children, ret, err);
}

static hw_status read_method(const cli *c, const char *shard, const char *base, hw_match_method *ret, hw_err *err)
{
    static const hw_match_method methods[] = {HW_MATCH_AUTO, HW_MATCH_PLAIN, HW_MATCH_SCREENED};
    int method = 0;
    HW_TRY(args_choice(&c->args, "method", &method, err));
    *ret = method < 0 ? HW_MATCH_AUTO : methods[method];
    if (*ret == HW_MATCH_PLAIN && (shard != NULL || base != NULL)) {
        return HW_FAIL(err, HW_USAGE, "--method plain searches everything at once: leave --%s out", shard != NULL ? "shard" : "base");
    }
    return HW_OK;
}

hw_status search_run(cli *c, inputs *in, const hw_match_options *o, const char *folder, hw_pairs *ret, bool *ret_shard, hw_err *err)
{
    hw_match_options own = *o;
    const char *shard = args_text(&c->args, "shard");
    const char *base = args_text(&c->args, "base");
    *ret_shard = shard != NULL;
    HW_TRY(read_method(c, shard, base, &own.method, err));
    if (shard != NULL) {
        HW_TRY(parse_shard(shard, &own.shard, &own.n_shards, err));
        if (folder == NULL || base != NULL) {
            return HW_FAIL(err, HW_USAGE, "%s", folder == NULL ? "--shard needs --out DIR, where the part is kept" : "--shard and --base exclude each other");
        }
        return search_kept(c, in, &own, folder, NULL, ret, err);
    }
    if (base != NULL) {
        return search_new(c, in, &own, base, folder, ret, err);
    }
    bool large = (double)persons_of(&in->people) * (double)in->people.n_children > HW_MATCH_PLAIN_PAIRS;
    bool screened = own.method == HW_MATCH_SCREENED || (own.method == HW_MATCH_AUTO && large);
    return screened && folder != NULL ? search_kept(c, in, &own, folder, NULL, ret, err) : hw_match_pairs(&in->people, &own, ret, err);
}

/* ---- joining shards ---- */

typedef struct parts {
    hw_pair_log *log;
    size_t n;
} parts;

static void parts_release(parts *p)
{
    for (size_t i = 0; i < p->n; i++) {
        hw_pair_log_release(&p->log[i]);
    }
    hw_free(p->log);
}

static hw_status part_get(void *ctx, size_t number, hw_match_chunk *ret, hw_err *err)
{
    const hw_pair_log *l = ctx;
    (void)err;
    *ret = l->part[number];
    return HW_OK;
}

static hw_status join(cli *c, const inputs *in, const hw_match_options *o, parts *p, hw_err *err)
{
    hw_pair_log fresh;
    HW_TRY(fresh_log(in, o, &fresh, err));
    for (size_t i = 0; i < c->args.operand.n; i++) {
        const char *folder = c->args.operand.v[i];
        const char *path = NULL;
        HW_TRY(path_in(c, folder, "pairs.log", &path, err));
        if (!hw_file_exists(path)) {
            return HW_FAIL(err, HW_NOT_FOUND, "%s has no pairs.log: name folders that `homeward match --shard I/N --out DIR` wrote", folder);
        }
        p->n = i + 1;
        HW_TRY(read_log(path, &p->log[i], err));
        if (!same_search(&p->log[i], &fresh)) {
            return HW_FAIL(err, HW_CONFLICT, "%s is not a part of the search of %s: its files, tables, settings or program were others", path, c->args.operand.v[0]);
        }
        if (i > 0 && hw_pair_log_join(&p->log[0], &p->log[i], err) != HW_OK) {
            hw_err_prefix(err, "%s: ", path);
            return err->code;
        }
    }
    const hw_pair_log *l = &p->log[0];
    for (size_t k = 0; k < l->n_chunks; k++) {
        if (!l->there[k]) {
            return HW_FAIL(err, HW_NOT_FOUND, "%zu of %zu parts of the search are missing, the first is number %zu: name the folders of all shards, and finish those that were interrupted",
                           l->n_chunks - l->n_there, l->n_chunks, k + 1);
        }
    }
    return HW_OK;
}

/* The joined log is written like that of a search in one piece, so that it can be the base of the next. */
static hw_status write_joined(cli *c, const inputs *in, const hw_match_options *o, const hw_pair_log *l, const char *folder, hw_err *err)
{
    const char *path = NULL;
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, HW_PAIR_LOG_MAX_BYTES);
    hw_pair_log_write_header(l, &text);
    for (size_t k = 0; k < l->n_chunks; k++) {
        hw_pair_log_write_chunk(&l->part[k], &text);
    }
    HW_TRY(hw_str_check(&text, err));
    HW_TRY(hw_dir_make(folder, err));
    HW_TRY(path_in(c, folder, "pairs.log", &path, err));
    HW_TRY(hw_file_write(path, text.s, text.len, err));
    return write_searched(c, in, o, folder, err);
}

hw_status search_merge(cli *c, inputs *in, const hw_match_options *o, const char *folder, hw_pairs *ret, hw_err *err)
{
    HW_CLEANUP(parts_release) parts p = {0};
    p.log = hw_alloc(c->args.operand.n + 1, sizeof(*p.log));
    if (p.log == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(join(c, in, o, &p, err));
    hw_match_options own = *o;
    const hw_match_log log = {.ctx = &p.log[0], .get = part_get};
    own.log = &log;
    HW_TRY(hw_match_pairs(&in->people, &own, ret, err));
    return folder != NULL ? write_joined(c, in, o, &p.log[0], folder, err) : HW_OK;
}
