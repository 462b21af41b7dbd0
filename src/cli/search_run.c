// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/search_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
    {0},
};

/* ---- the log of a folder ---- */

typedef struct keeper {
    hw_pair_log log;
    hw_str text;      /* that log was read from */
    FILE *file;       /* open for appending */
    const char *path;
} keeper;

static void keeper_release(keeper *k)
{
    if (k->file != NULL) {
        (void)fclose(k->file);
    }
    hw_pair_log_release(&k->log);
    hw_str_release(&k->text);
}

static hw_status path_in(cli *c, const char *folder, const char *name, const char **ret, hw_err *err)
{
    *ret = hw_arena_printf(&c->arena, "%s/%s", folder, name);
    return *ret == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
}

static hw_status fingerprint(const inputs *in, const hw_match_options *o, uint64_t *ret, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str settings = {0};
    hw_str_init(&settings, 0);
    hw_str_addf(&settings, "%s ", HW_VERSION);
    hw_json j;
    hw_json_init(&j, &settings, 0);
    settings_write_json(&in->settings, &j);
    HW_TRY(hw_str_check(&settings, err));
    *ret = hw_pair_log_fingerprint(&in->people, o, settings.s);
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

static hw_status read_log(const char *path, hw_str *text, hw_pair_log *ret, hw_err *err)
{
    hw_str_init(text, HW_PAIR_LOG_MAX_BYTES);
    HW_TRY(hw_file_read(path, HW_PAIR_LOG_MAX_BYTES, text, err));
    return hw_pair_log_read(path, text->s, text->len, ret, err);
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

static hw_status start_log(keeper *k, const hw_pair_log *fresh, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str head = {0};
    hw_str_init(&head, 0);
    hw_pair_log_write_header(fresh, &head);
    HW_TRY(hw_str_check(&head, err));
    HW_TRY(hw_file_write(k->path, head.s, head.len, err));
    return read_log(k->path, &k->text, &k->log, err);
}

/* Go on with the log of the folder if it is of this very search, else begin a new one. */
static hw_status keeper_open(cli *c, keeper *k, const inputs *in, const hw_match_options *o, const char *folder, hw_err *err)
{
    hw_pair_log fresh = {.chunk = HW_MATCH_CHUNK, .children = in->people.n_children, .families = in->people.n_families};
    fresh.n_chunks = (persons_of(&in->people) + HW_MATCH_CHUNK - 1) / HW_MATCH_CHUNK;
    HW_TRY(fingerprint(in, o, &fresh.fingerprint, err));
    HW_TRY(hw_dir_make(folder, err));
    HW_TRY(path_in(c, folder, "pairs.log", &k->path, err));
    bool kept = false;
    if (hw_file_exists(k->path)) {
        HW_TRY(read_log(k->path, &k->text, &k->log, err));
        kept = k->log.fingerprint == fresh.fingerprint && k->log.chunk == fresh.chunk && k->log.n_chunks == fresh.n_chunks;
        if (kept) {
            term_note(c->command->name, "%s: %zu of %zu parts of this search are there already", k->path, k->log.n_there, k->log.n_chunks);
        } else {
            term_note(c->command->name, "%s is of another search (other files, tables or settings): begun anew", k->path);
            hw_pair_log_release(&k->log);
            hw_str_release(&k->text);
        }
    }
    if (!kept) {
        HW_TRY(start_log(k, &fresh, err));
    }
    if (truncate(k->path, (off_t)k->log.good_bytes) != 0) { /* what an interruption left half written */
        return io_failed(k->path, err);
    }
    k->file = fopen(k->path, "ab");
    return k->file == NULL ? io_failed(k->path, err) : HW_OK;
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

static hw_status log_put(void *ctx, const hw_match_chunk *chunk, hw_err *err)
{
    keeper *k = ctx;
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, (size_t)2 << 30);
    hw_pair_log_write_chunk(chunk, &text);
    return append(k, &text, err);
}

/* ---- what was searched, for a later run ---- */

static hw_status write_searched(cli *c, const hw_dataset *d, const char *folder, hw_err *err)
{
    const char *path = NULL;
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, (size_t)2 << 30);
    hw_str_add(&text, "kind,id,hash\n");
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

/* ---- an earlier run ---- */

typedef struct base_run {
    hw_str text;
    hw_pair_log log;
    bool *known_child, *known_family;
    uint32_t *child_now, *family_now; /* index then -> index now, UINT32_MAX: gone or changed */
    size_t n_known_children, n_known_families;
} base_run;

static void base_release(base_run *b)
{
    hw_pair_log_release(&b->log);
    hw_str_release(&b->text);
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

/* Which of the children and families that the run searched are here, unchanged. */
static hw_status match_searched(const char *path, const hw_dataset *d, base_run *b, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    HW_CLEANUP(hw_str_release) hw_str key = {0};
    HW_CLEANUP(hw_map_release) hw_map now;
    HW_CLEANUP(hw_csv_release) hw_csv r;
    hw_csv_init(&r, NULL, 0, ',');
    hw_str_init(&text, HW_PAIR_LOG_MAX_BYTES);
    hw_str_init(&key, 0);
    hw_map_init(&now, 0);
    HW_TRY(index_now(d, &now, err));
    HW_TRY(hw_file_read(path, HW_PAIR_LOG_MAX_BYTES, &text, err));
    hw_csv_init(&r, text.s, text.len, ',');
    size_t n_children = 0;
    size_t n_families = 0;
    bool more = true;
    HW_TRY(hw_csv_next(&r, &more, err));
    for (;;) {
        HW_TRY(hw_csv_next(&r, &more, err));
        if (!more) {
            break;
        }
        bool child = r.n_fields == 3 && hw_streq(r.field[0], "child") && n_children < b->log.children;
        bool family = r.n_fields == 3 && hw_streq(r.field[0], "family") && n_families < b->log.families;
        if (!child && !family) {
            return HW_FAIL(err, HW_PARSE, "%s, line %u: expected child or family, its code and a hash, as many as the run searched", path, r.line);
        }
        hw_str_clear(&key);
        hw_str_addf(&key, "%c%s%s", child ? 'c' : 'f', r.field[2], r.field[1]);
        HW_TRY(hw_str_check(&key, err));
        uint64_t at = UINT32_MAX;
        bool here = hw_map_get(&now, key.s, &at);
        if (child) {
            b->child_now[n_children++] = (uint32_t)at;
            b->n_known_children += here ? 1 : 0;
        } else {
            b->family_now[n_families++] = (uint32_t)at;
            b->n_known_families += here ? 1 : 0;
        }
        if (here) {
            *(child ? &b->known_child[at] : &b->known_family[at]) = true;
        }
    }
    if (n_children != b->log.children || n_families != b->log.families) {
        return HW_FAIL(err, HW_PARSE, "%s: expected %zu children and %zu families, found %zu and %zu", path, b->log.children, b->log.families, n_children, n_families);
    }
    return HW_OK;
}

static hw_status base_read(cli *c, const char *folder, const hw_dataset *d, base_run *b, hw_err *err)
{
    const char *path = NULL;
    HW_TRY(path_in(c, folder, "pairs.log", &path, err));
    if (!hw_file_exists(path)) {
        return HW_FAIL(err, HW_NOT_FOUND, "%s has no pairs.log: only a large search (or one with --shard) keeps one; leave --base out, a small search takes seconds", folder);
    }
    HW_TRY(read_log(path, &b->text, &b->log, err));
    if (b->log.n_there != b->log.n_chunks) {
        return HW_FAIL(err, HW_CONFLICT, "%s holds %zu of %zu parts: finish or merge that search first", path, b->log.n_there, b->log.n_chunks);
    }
    b->known_child = hw_alloc(d->n_children + 1, sizeof(bool));
    b->known_family = hw_alloc(d->n_families + 1, sizeof(bool));
    b->child_now = hw_alloc(b->log.children + 1, sizeof(uint32_t));
    b->family_now = hw_alloc(b->log.families + 1, sizeof(uint32_t));
    if (b->known_child == NULL || b->known_family == NULL || b->child_now == NULL || b->family_now == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(path_in(c, folder, "searched.csv", &path, err));
    return match_searched(path, d, b, err);
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

/* The pairs of the earlier run whose child and family are both here unchanged. */
static hw_status add_known(const base_run *b, hw_pairs *p, hw_err *err)
{
    size_t n = 0;
    for (size_t k = 0; k < b->log.n_chunks; k++) {
        n += b->log.part[k].n_pairs;
    }
    hw_pair *all = hw_realloc(p->pair, p->n + n + 1, sizeof(*all));
    if (all == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    p->pair = all;
    for (size_t k = 0; k < b->log.n_chunks; k++) {
        for (size_t i = 0; i < b->log.part[k].n_pairs; i++) {
            hw_pair x = b->log.part[k].pair[i];
            x.child = b->child_now[x.child];
            x.family = b->family_now[x.family];
            if (x.child != UINT32_MAX && x.family != UINT32_MAX) {
                p->pair[p->n++] = x;
            }
        }
    }
    if (p->n > 1) {
        qsort(p->pair, p->n, sizeof(*p->pair), by_place);
    }
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

static hw_status search_kept(cli *c, inputs *in, hw_match_options *o, const char *folder, hw_pairs *ret, hw_err *err)
{
    HW_CLEANUP(keeper_release) keeper k = {0};
    HW_TRY(keeper_open(c, &k, in, o, folder, err));
    const hw_match_log log = {.ctx = &k, .get = log_get, .put = log_put};
    o->log = &log;
    hw_status s = hw_match_pairs(&in->people, o, ret, err);
    o->log = NULL;
    HW_TRY(s);
    return write_searched(c, &in->people, folder, err);
}

static hw_status search_new(cli *c, inputs *in, hw_match_options *o, const char *base, hw_pairs *ret, hw_err *err)
{
    HW_CLEANUP(base_release) base_run b = {0};
    HW_TRY(base_read(c, base, &in->people, &b, err));
    term_note(c->command->name, "%s searched %zu of these %zu children and %zu of these %zu families, unchanged; the rest is searched", base, b.n_known_children,
              in->people.n_children, b.n_known_families, in->people.n_families);
    o->known_child = b.known_child;
    o->known_family = b.known_family;
    hw_status s = hw_match_pairs(&in->people, o, ret, err);
    o->known_child = o->known_family = NULL;
    HW_TRY(s);
    return add_known(&b, ret, err);
}

/* A result without a log of its own gets one, so that it can be the base of the next. */
static hw_status write_whole_log(cli *c, const inputs *in, const hw_match_options *o, const char *folder, const hw_pairs *p, hw_err *err)
{
    const char *path = NULL;
    hw_pair_log l = {.chunk = persons_of(&in->people), .n_chunks = 1, .children = in->people.n_children, .families = in->people.n_families};
    HW_CLEANUP(hw_str_release) hw_str text = {0};
    hw_str_init(&text, (size_t)2 << 30);
    HW_TRY(fingerprint(in, o, &l.fingerprint, err));
    HW_TRY(hw_dir_make(folder, err));
    const hw_match_chunk k = {.pair = p->pair, .n_pairs = p->n, .error = p->error, .n_errors = p->n_errors, .pairs = p->pairs, .persons = p->persons};
    hw_pair_log_write_header(&l, &text);
    hw_pair_log_write_chunk(&k, &text);
    HW_TRY(hw_str_check(&text, err));
    HW_TRY(path_in(c, folder, "pairs.log", &path, err));
    HW_TRY(hw_file_write(path, text.s, text.len, err));
    return write_searched(c, &in->people, folder, err);
}

hw_status search_run(cli *c, inputs *in, const hw_match_options *o, const char *folder, hw_pairs *ret, bool *ret_shard, hw_err *err)
{
    hw_match_options own = *o;
    const char *shard = args_text(&c->args, "shard");
    const char *base = args_text(&c->args, "base");
    *ret_shard = shard != NULL;
    if (shard != NULL) {
        HW_TRY(parse_shard(shard, &own.shard, &own.n_shards, err));
        if (folder == NULL || base != NULL) {
            return HW_FAIL(err, HW_USAGE, "%s", folder == NULL ? "--shard needs --out DIR, where the part is kept" : "--shard and --base exclude each other");
        }
        return search_kept(c, in, &own, folder, ret, err);
    }
    if (base != NULL) {
        HW_TRY(search_new(c, in, &own, base, ret, err));
        return folder == NULL ? HW_OK : write_whole_log(c, in, &own, folder, ret, err);
    }
    bool large = (double)persons_of(&in->people) * (double)in->people.n_children > HW_MATCH_PLAIN_PAIRS;
    return large && folder != NULL ? search_kept(c, in, &own, folder, ret, err) : hw_match_pairs(&in->people, &own, ret, err);
}

/* ---- joining shards ---- */

typedef struct parts {
    hw_pair_log *log;
    hw_str *text;
    size_t n;
} parts;

static void parts_release(parts *p)
{
    for (size_t i = 0; i < p->n; i++) {
        hw_pair_log_release(&p->log[i]);
        hw_str_release(&p->text[i]);
    }
    hw_free(p->log);
    hw_free(p->text);
}

static hw_status part_get(void *ctx, size_t number, hw_match_chunk *ret, hw_err *err)
{
    const hw_pair_log *l = ctx;
    (void)err;
    *ret = l->part[number];
    return HW_OK;
}

static hw_status join(cli *c, inputs *in, const hw_match_options *o, parts *p, hw_err *err)
{
    uint64_t expected = 0;
    HW_TRY(fingerprint(in, o, &expected, err));
    for (size_t i = 0; i < c->args.operand.n; i++) {
        const char *folder = c->args.operand.v[i];
        const char *path = NULL;
        HW_TRY(path_in(c, folder, "pairs.log", &path, err));
        p->n = i + 1;
        HW_TRY(read_log(path, &p->text[i], &p->log[i], err));
        if (p->log[i].fingerprint != expected) {
            return HW_FAIL(err, HW_CONFLICT, "%s was not made from the files, tables and settings of %s", path, c->args.operand.v[0]);
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

hw_status search_merge(cli *c, inputs *in, const hw_match_options *o, hw_pairs *ret, hw_err *err)
{
    HW_CLEANUP(parts_release) parts p = {0};
    p.log = hw_alloc(c->args.operand.n + 1, sizeof(*p.log));
    p.text = hw_alloc(c->args.operand.n + 1, sizeof(*p.text));
    if (p.log == NULL || p.text == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    HW_TRY(join(c, in, o, &p, err));
    hw_match_options own = *o;
    const hw_match_log log = {.ctx = &p.log[0], .get = part_get};
    own.log = &log;
    return hw_match_pairs(&in->people, &own, ret, err);
}
