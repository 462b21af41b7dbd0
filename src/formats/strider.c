// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * STRidER frequency files: frequencies > marker > name, origin@name@n > frequency@allele. One population per origin; n counts persons,
 * so a table rests on 2n chromosomes.
 */
#include <string.h>

#include "base/number.h"
#include "formats/xml_input.h"

#define MAX_ORIGINS 1000u
#define MAX_ALLELES 1000u

typedef struct origin {
    const char *name;
    hw_freq *freq; /* heap, moved to the arena at the end */
    uint32_t n;
    size_t cap;
} origin;

typedef struct strider_reader {
    const hw_format_input *in;
    hw_format_options *o;
    hw_dataset *d;
    hw_err *err;
    origin *origin;
    uint32_t n;
    size_t cap;
} strider_reader;

static hw_status find_origin(strider_reader *r, const char *name, origin **ret)
{
    for (uint32_t i = 0; i < r->n; i++) {
        if (hw_streq(r->origin[i].name, name)) {
            *ret = &r->origin[i];
            return HW_OK;
        }
    }
    HW_TRY(HW_GROW(r->origin, (size_t)r->n, r->cap, MAX_ORIGINS, "origins", r->err));
    r->origin[r->n] = (origin){.name = name};
    *ret = &r->origin[r->n++];
    return HW_OK;
}

static hw_status read_frequency(strider_reader *r, const xmlNode *node, hw_allele *allele, double *freq)
{
    const char *name, *text;
    HW_TRY(hw_xml_attribute(node, "allele", &r->d->arena, 100, &name, r->err));
    HW_TRY(hw_xml_text(node, &r->d->arena, 100, &text, r->err));
    if (name == NULL) {
        return HW_FAIL(r->err, HW_PARSE, "a frequency without the attribute allele");
    }
    HW_TRY(hw_allele_parse(name, strlen(name), allele, r->err));
    if (!hw_parse_double(text, strlen(text), freq) || !(*freq >= 0 && *freq <= 1)) {
        return HW_FAIL(r->err, HW_PARSE, "allele %s: expected a frequency from 0 to 1, found \"%s\"", name, text);
    }
    return HW_OK;
}

/* One table; checked alone, so that a bad one can be left out. */
static hw_status read_origin(strider_reader *r, const xmlNode *node, const char *locus)
{
    hw_dataset *d = r->d;
    const char *name, *count;
    HW_TRY(hw_xml_attribute(node, "name", &d->arena, 200, &name, r->err));
    HW_TRY(hw_xml_attribute(node, "n", &d->arena, 40, &count, r->err));
    if (name == NULL || name[0] == '\0') {
        return HW_FAIL(r->err, HW_PARSE, "an origin without a name");
    }
    hw_freq f = {.locus = locus};
    if (count != NULL && count[0] != '\0') {
        double n;
        if (!hw_parse_double(count, strlen(count), &n) || !(n >= 0 && n < 1e9)) {
            return HW_FAIL(r->err, HW_PARSE, "origin %s: expected a number of persons in n, found \"%s\"", name, count);
        }
        f.chromosomes = 2 * n;
    }
    uint32_t n = 0;
    for (const xmlNode *c = node->children; c != NULL; c = c->next) {
        n += hw_xml_is(c, "frequency");
    }
    if (n == 0 || n > MAX_ALLELES) {
        return HW_FAIL(r->err, HW_PARSE, "origin %s: %u alleles; expected 1 to %u", name, n, MAX_ALLELES);
    }
    f.allele = HW_NEW(&d->arena, hw_allele, n);
    f.freq = HW_NEW(&d->arena, double, n);
    if (f.allele == NULL || f.freq == NULL) {
        return HW_NO_MEMORY_FAIL(r->err);
    }
    for (const xmlNode *c = node->children; c != NULL; c = c->next) {
        if (hw_xml_is(c, "frequency")) {
            HW_TRY(read_frequency(r, c, &f.allele[f.n], &f.freq[f.n]));
            f.n++;
        }
    }
    hw_population one = {.name = name, .n = 1, .freq = &f};
    hw_map_init(&one.by_locus, 4);
    hw_status s = hw_population_finish(&one, r->err);
    hw_population_release(&one);
    HW_TRY(s);
    origin *o;
    HW_TRY(find_origin(r, name, &o));
    for (uint32_t i = 0; i < o->n; i++) {
        if (hw_streq(o->freq[i].locus, f.locus)) {
            return HW_FAIL(r->err, HW_CONFLICT, "origin %s: marker %s is listed twice", name, f.locus);
        }
    }
    HW_TRY(HW_GROW(o->freq, (size_t)o->n, o->cap, HW_PANEL_MAX, "markers", r->err));
    o->freq[o->n++] = f;
    return HW_OK;
}

static hw_status read_marker(strider_reader *r, const xmlNode *marker)
{
    const xmlNode *name = hw_xml_child(marker, "name");
    const char *locus = NULL;
    hw_status s = name == NULL ? HW_FAIL(r->err, HW_PARSE, "a marker without a name") : hw_xml_text(name, &r->d->arena, 100, &locus, r->err);
    if (s == HW_OK && locus[0] == '\0') {
        s = HW_FAIL(r->err, HW_PARSE, "a marker without a name");
    }
    if (s != HW_OK) {
        return hw_format_bad(r->in, r->o, &(hw_format_where){.line = hw_xml_line(marker), .field = "marker"}, r->err);
    }
    for (const xmlNode *c = marker->children; c != NULL; c = c->next) {
        if (hw_xml_is(c, "origin") && read_origin(r, c, locus) != HW_OK) {
            HW_TRY(hw_format_bad(r->in, r->o,
                                 &(hw_format_where){.line = hw_xml_line(c), .field = "origin", .record = locus, .record_len = strlen(locus)}, r->err));
        }
    }
    return HW_OK;
}

static hw_status make_populations(strider_reader *r)
{
    if (r->n == 0) {
        return HW_FAIL(r->err, HW_PARSE, "%s: no frequency table in it", r->in->name);
    }
    for (uint32_t i = 0; i < r->n; i++) {
        hw_population *p;
        HW_TRY(hw_dataset_add_population(r->d, r->origin[i].name, &p, r->err));
        p->source = hw_arena_strdup(&r->d->arena, r->in->name);
        p->freq = HW_NEW(&r->d->arena, hw_freq, r->origin[i].n);
        if (p->source == NULL || p->freq == NULL) {
            return HW_NO_MEMORY_FAIL(r->err);
        }
        memcpy(p->freq, r->origin[i].freq, r->origin[i].n * sizeof *p->freq);
        p->n = r->origin[i].n;
        HW_TRY(hw_population_finish(p, r->err));
    }
    return HW_OK;
}

static hw_status read_all(strider_reader *r, hw_xml *x)
{
    const char *name;
    int depth;
    bool skip = false;
    for (;;) {
        HW_TRY(hw_xml_next(x, skip, &name, &depth));
        if (name == NULL) {
            return make_populations(r);
        }
        if (depth == 0 && !hw_streq(name, "frequencies")) {
            return HW_FAIL(r->err, HW_PARSE, "%s: expected the element <frequencies>, found <%.60s>", r->in->name, name);
        }
        skip = depth == 1;
        if (depth == 1 && hw_streq(name, "marker")) {
            xmlNodePtr node;
            HW_TRY(hw_xml_expand(x, &node));
            HW_TRY(read_marker(r, node));
        }
    }
}

static hw_status read_strider(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err)
{
    strider_reader r = {.in = in, .o = o, .d = d, .err = err};
    hw_xml x;
    hw_status s = hw_xml_open(&x, in, err);
    s = s == HW_OK ? read_all(&r, &x) : s;
    hw_xml_close(&x);
    for (uint32_t i = 0; i < r.n; i++) {
        hw_free(r.origin[i].freq);
    }
    hw_free(r.origin);
    return s;
}

static int detect(const hw_format_input *in)
{
    char root[64];
    return hw_xml_root(in, root, sizeof root) && hw_streq(root, "frequencies") ? 95 : 0;
}

const hw_format hw_format_strider_xml = {
    .id = HW_FORMAT_STRIDER_XML,
    .name = "strider-xml",
    .title = "STRidER frequencies, XML",
    .extensions = "xml",
    .max_bytes = HW_FORMAT_MAX_BYTES,
    .detect = detect,
    .read = read_strider,
    .write = NULL,
};
