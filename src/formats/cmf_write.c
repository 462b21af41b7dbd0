// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* Writing CODIS CMF 3.3, valid by the schema of 2017; what it cannot hold is listed. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "formats/cmf.h"
#include "formats/xml_input.h"

#define MAX_LOCI 64
#define MAX_ID 24
#define MAX_CASE 32
#define MAX_COMMENT 255
#define MAX_ALLELE 10
#define MARK_END ": " /* between the mark of synthetic data and the comment */

typedef struct place {
    uint32_t family, person; /* family plus 1, 0: none */
} place;

typedef struct cmf_writer {
    const hw_dataset *d;
    const hw_cmf_header *header;
    hw_str *out, *losses;
    hw_err *err;
    bool synthetic;
    const char *user, *datetime;
    const char **locus;   /* CMF name by panel index, NULL: none */
    hw_map place;         /* profile id -> family and person */
    hw_map used;          /* specimen ids written */
    hw_map typed;         /* members of families written: a further typing must not become a second mother */
} cmf_writer;

/* --- texts within the limits of the schema --- */

static size_t characters(const char *s)
{
    size_t n = 0;
    for (; *s != '\0'; s++) {
        n += ((unsigned char)*s & 0xC0u) != 0x80u;
    }
    return n;
}

/* Bytes of the first n characters. */
static size_t prefix(const char *s, size_t n)
{
    size_t i = 0;
    for (; s[i] != '\0'; i++) {
        if (((unsigned char)s[i] & 0xC0u) != 0x80u && n-- == 0) {
            break;
        }
    }
    return i;
}

/* Characters of a comment that fit, behind the mark where there is one. */
static size_t comment_room(const cmf_writer *w)
{
    return w->synthetic ? MAX_COMMENT - strlen(HW_FORMAT_SYNTHETIC MARK_END) : MAX_COMMENT;
}

/* '|' and ';' trouble the systems that read CMF; control characters are not XML. */
static void tidy(char *s)
{
    for (; *s != '\0'; s++) {
        if (*s == '|' || *s == ';' || (unsigned char)*s < 0x20u) {
            *s = '_';
        }
    }
}

/* A code of at most `max` characters: as it is, or its beginning and a hash of the whole, so that it stays unique and stays the same. */
static void shorten(const char *s, size_t max, char *buf, size_t size)
{
    hw_str b;
    hw_str_init(&b, size);
    if (characters(s) <= max) {
        hw_str_add(&b, s);
    } else {
        hw_str_addn(&b, s, prefix(s, max - 9));
        hw_str_addf(&b, "~%08x", (unsigned)(hw_hash64(s, strlen(s)) & 0xffffffffu));
    }
    size_t n = b.failed == HW_OK && b.len < size ? b.len : 0;
    if (n > 0) {
        memcpy(buf, b.s, n);
    }
    buf[n] = '\0';
    hw_str_release(&b);
    tidy(buf);
}

static void put_element(cmf_writer *w, const char *indent, const char *name, const char *value)
{
    hw_str_addf(w->out, "%s<%s>", indent, name);
    hw_xml_escape(w->out, value);
    hw_str_addf(w->out, "</%s>\n", name);
}

/* --- categories --- */

static bool is_missing(const hw_family *f, int32_t person)
{
    for (uint32_t i = 0; i < f->n_missing; i++) {
        if ((int32_t)f->missing[i] == person) {
            return true;
        }
    }
    return false;
}

static bool is_ancestor(const hw_pedigree *ped, int32_t of, int32_t who, int depth)
{
    if (of < 0 || depth > 20) {
        return false;
    }
    return of == who || is_ancestor(ped, ped->person[of].father, who, depth + 1) || is_ancestor(ped, ped->person[of].mother, who, depth + 1);
}

/* Do the two share an ancestor within a few generations, or is one the other's? */
static bool related(const hw_pedigree *ped, int32_t a, int32_t b)
{
    if (a < 0 || b < 0) {
        return false;
    }
    for (size_t i = 0; i < ped->n; i++) {
        if (is_ancestor(ped, a, (int32_t)i, 0) && is_ancestor(ped, b, (int32_t)i, 0)) {
            return true;
        }
    }
    return false;
}

/* What person i is to the first missing person. *ret_exact: the category says it all. */
static const char *family_category(const hw_family *f, int32_t i, bool *ret_exact)
{
    const hw_pedigree *ped = &f->pedigree;
    *ret_exact = true;
    if (f->n_missing == 0) {
        *ret_exact = false;
        return "Other";
    }
    if (is_missing(f, i)) {
        return "Missing Person";
    }
    const hw_person *m = &ped->person[f->missing[0]], *p = &ped->person[i];
    if (m->mother == i || (m->father == i && p->sex == HW_SEX_FEMALE)) {
        return "Biological Mother";
    }
    if (m->father == i) {
        return "Biological Father";
    }
    if (p->father >= 0 && p->mother >= 0 && p->father == m->father && p->mother == m->mother) {
        *ret_exact = p->twin == 0;
        return "Biological Sibling";
    }
    int32_t missing = (int32_t)f->missing[0];
    if (p->father == missing || p->mother == missing) {
        return "Biological Child";
    }
    for (size_t k = 0; k < ped->n; k++) {
        const hw_person *c = &ped->person[k];
        if ((c->father == missing && c->mother == i) || (c->mother == missing && c->father == i)) {
            return "Spouse";
        }
    }
    *ret_exact = false;
    return related(ped, m->mother, i) ? "Maternal Relative" : related(ped, m->father, i) ? "Paternal Relative" : "Other";
}

static bool is_child(const hw_dataset *d, const hw_profile *p, size_t *next)
{
    bool child = *next < d->n_children && d->child[*next] == p;
    *next += child;
    return child;
}

static place find_place(const cmf_writer *w, const hw_profile *p)
{
    uint64_t x;
    return hw_map_get(&w->place, p->id, &x) ? (place){(uint32_t)(x >> 32), (uint32_t)x} : (place){0, 0};
}

static hw_status index_places(cmf_writer *w)
{
    const hw_dataset *d = w->d;
    HW_CLEANUP(hw_map_release) hw_map by_code;
    hw_map_init(&by_code, 0);
    for (size_t f = 0; f < d->n_families; f++) {
        const hw_family *family = &d->family[f];
        HW_TRY(hw_map_put(&by_code, family->id, f + 1, w->err));
        for (size_t i = 0; family->profile != NULL && i < family->pedigree.n; i++) {
            if (family->profile[i] != NULL) {
                HW_TRY(hw_map_put(&w->place, family->profile[i]->id, ((uint64_t)f + 1) << 32 | i, w->err));
            }
        }
    }
    /* a second typing of a member stands in no family by itself: its codes tell whose it is */
    for (size_t k = 0; k < d->n_profiles; k++) {
        const hw_profile *p = d->profile[k];
        uint64_t f;
        uint32_t i;
        if (p->family != NULL && hw_map_get(&by_code, p->family, &f) && find_place(w, p).family == 0 &&
            hw_pedigree_find(&d->family[f - 1].pedigree, p->person, &i)) {
            HW_TRY(hw_map_put(&w->place, p->id, f << 32 | i, w->err));
        }
    }
    return HW_OK;
}

/* --- one specimen --- */

static unsigned alleles_of(const hw_profile *p, uint32_t locus, hw_allele ret[8], bool *ret_partial)
{
    const hw_extra *x = hw_profile_extra(p, locus);
    *ret_partial = false;
    if (x != NULL) {
        unsigned n = 0;
        for (uint8_t i = 0; i < x->n && i < 8; i++) {
            if (n == 0 || ret[n - 1] != x->allele[i]) {
                ret[n++] = x->allele[i];
            }
        }
        return n;
    }
    hw_genotype g = hw_profile_at(p, locus);
    if (!hw_genotype_typed(g)) {
        return 0;
    }
    *ret_partial = g.b == HW_ALLELE_UNKNOWN;
    ret[0] = g.a;
    ret[1] = g.b;
    return g.b == HW_ALLELE_UNKNOWN || g.b == g.a ? 1 : 2;
}

static bool storable(hw_allele a)
{
    char name[HW_ALLELE_BUF];
    return a != HW_ALLELE_SILENT && strlen(hw_allele_format(a, name)) <= MAX_ALLELE;
}

/* Can the locus be written, and if so with which alleles? */
static unsigned writable(const cmf_writer *w, const hw_profile *p, uint32_t locus, hw_allele a[8], bool *ret_partial)
{
    unsigned n = w->locus[locus] != NULL ? alleles_of(p, locus, a, ret_partial) : 0;
    for (unsigned i = 0; i < n; i++) {
        if (!storable(a[i])) {
            return 0;
        }
    }
    return n;
}

static void list_losses(cmf_writer *w, const hw_profile *p, const char *written, bool partial)
{
    const hw_panel *panel = &w->d->panel;
    if (!hw_streq(written, p->id)) {
        hw_format_loss(w->losses, "profile \"%s\": the id is written as \"%s\"", p->id, written);
    }
    for (uint32_t l = 0; l < panel->n; l++) {
        hw_allele a[8];
        bool one_known;
        unsigned n = alleles_of(p, l, a, &one_known);
        if (n > 0 && w->locus[l] == NULL) {
            hw_format_loss(w->losses, "profile \"%s\", %s: the schema has no such locus", p->id, panel->locus[l].name);
        } else if (n > 0 && writable(w, p, l, a, &one_known) == 0) {
            hw_format_loss(w->losses, "profile \"%s\", %s: an allele that CMF cannot name", p->id, panel->locus[l].name);
        } else if (n == 1 && partial && !one_known && panel->locus[l].kind == HW_LOCUS_AUTOSOMAL) {
            hw_format_loss(w->losses, "profile \"%s\", %s: homozygous, which a specimen marked partial does not say", p->id, panel->locus[l].name);
        }
    }
    if (!hw_streq(p->person, p->id)) {
        hw_format_loss(w->losses, "profile \"%s\": that it is a typing of person \"%s\"", p->id, p->person);
    }
    if (p->mt != NULL) {
        hw_format_loss(w->losses, "profile \"%s\": the mitochondrial haplotype", p->id);
    }
    if (p->dropout > 0 || p->error > 0) {
        hw_format_loss(w->losses, "profile \"%s\": drop-out and error probabilities: ratios change", p->id);
    }
    if (p->sex != HW_SEX_UNKNOWN && hw_profile_amelogenin(p, panel) != p->sex) {
        hw_format_loss(w->losses, "profile \"%s\": the stated sex", p->id);
    }
    if (p->kit != NULL && cmf_find(cmf_kits, p->kit) == NULL) {
        hw_format_loss(w->losses, "profile \"%s\": the schema has no kit \"%s\"", p->id, p->kit);
    }
    if (p->comment != NULL && characters(p->comment) > comment_room(w)) {
        hw_format_loss(w->losses, "profile \"%s\": the comment beyond %zu characters", p->id, comment_room(w));
    }
}

static const char *choose_category(cmf_writer *w, const hw_profile *p, bool child, const hw_family *f, uint32_t person)
{
    const char *given = p->category != NULL ? cmf_find(cmf_categories, p->category) : NULL;
    if (f != NULL) {
        bool exact;
        const char *category = family_category(f, (int32_t)person, &exact);
        if (!exact) {
            hw_format_loss(w->losses, "family \"%s\": what \"%s\" is to the missing person: \"%s\" does not say", f->id, f->pedigree.person[person].id,
                           category);
        }
        bool alleged = given != NULL && hw_str_starts(given, "Alleged") && hw_str_ends(given, strrchr(category, ' ') != NULL ? strrchr(category, ' ') : "");
        return alleged ? given : category;
    }
    if (p->category != NULL && given == NULL) {
        hw_format_loss(w->losses, "profile \"%s\": the category \"%s\"", p->id, p->category);
    }
    if (child) {
        return given != NULL && hw_streq(given, "Missing Person") ? given : "Unidentified Person";
    }
    return given != NULL ? given : "Other";
}

static hw_status put_specimen(cmf_writer *w, const hw_profile *p, bool child, bool *ret_written)
{
    const hw_panel *panel = &w->d->panel;
    hw_allele a[8];
    bool partial = false, one_known = false;
    uint32_t n_loci = 0;
    for (uint32_t l = 0; l < panel->n; l++) {
        if (writable(w, p, l, a, &one_known) > 0) {
            n_loci++;
            partial = partial || one_known;
        }
    }
    *ret_written = n_loci > 0 && n_loci <= MAX_LOCI;
    char id[160], code[160], comment[1100];
    shorten(p->id, MAX_ID, id, sizeof id);
    uint64_t x;
    if (!*ret_written || hw_map_get(&w->used, id, &x)) {
        hw_format_loss(w->losses, "profile \"%s\": not written: %s", p->id,
                       n_loci == 0          ? "no locus that the schema has"
                       : n_loci > MAX_LOCI  ? "more than 64 loci"
                                            : "its shortened id is taken");
        *ret_written = false;
        return HW_OK;
    }
    HW_TRY(hw_map_put(&w->used, id, 1, w->err));
    place at = find_place(w, p);
    const hw_family *f = at.family > 0 ? &w->d->family[at.family - 1] : NULL;
    const char *family = f != NULL ? f->id : p->family;
    bool again = false;
    if (f != NULL) {
        char member[48];
        snprintf(member, sizeof member, "%u %u", at.family, at.person);
        again = hw_map_get(&w->typed, member, &x);
        HW_TRY(hw_map_put(&w->typed, member, 1, w->err));
    }
    hw_str_add(w->out, "  <SPECIMEN");
    if (family != NULL) {
        shorten(family, MAX_CASE, code, sizeof code);
        if (!hw_streq(code, family)) {
            hw_format_loss(w->losses, "profile \"%s\": the code of the family \"%s\" is written as \"%s\"", p->id, family, code);
        }
        hw_str_add(w->out, " CASEID=\"");
        hw_xml_escape(w->out, code);
        hw_str_add(w->out, "\"");
    }
    hw_str_add(w->out, partial ? " PARTIAL=\"true\">\n" : ">\n");
    put_element(w, "    ", "SPECIMENID", id);
    put_element(w, "    ", "SPECIMENCATEGORY", again ? "Other" : choose_category(w, p, child, f, at.person));
    if (p->comment != NULL || w->synthetic) {
        const char *text = p->comment != NULL ? p->comment : "";
        snprintf(comment, sizeof comment, "%s%s%.*s", w->synthetic ? HW_FORMAT_SYNTHETIC : "", w->synthetic && text[0] != '\0' ? MARK_END : "",
                 (int)prefix(text, comment_room(w)), text);
        tidy(comment);
        put_element(w, "    ", "SPECIMENCOMMENT", comment);
    }
    const char *kit = p->kit != NULL ? cmf_find(cmf_kits, p->kit) : NULL;
    for (uint32_t l = 0; l < panel->n; l++) {
        unsigned n = writable(w, p, l, a, &one_known);
        if (n == 0) {
            continue;
        }
        hw_str_add(w->out, "    <LOCUS");
        if (kit != NULL) {
            hw_str_add(w->out, " KIT=\"");
            hw_xml_escape(w->out, kit);
            hw_str_add(w->out, "\"");
        }
        hw_str_add(w->out, ">\n");
        put_element(w, "      ", "LOCUSNAME", w->locus[l]);
        put_element(w, "      ", "READINGBY", w->user);
        put_element(w, "      ", "READINGDATETIME", w->datetime);
        for (unsigned i = 0; i < n; i++) {
            char name[HW_ALLELE_BUF];
            hw_str_add(w->out, "      <ALLELE><ALLELEVALUE>");
            hw_xml_escape(w->out, hw_allele_format(a[i], name));
            hw_str_add(w->out, "</ALLELEVALUE></ALLELE>\n");
        }
        hw_str_add(w->out, "    </LOCUS>\n");
    }
    hw_str_add(w->out, "  </SPECIMEN>\n");
    list_losses(w, p, id, partial);
    return HW_OK;
}

/* --- the file --- */

static hw_status name_loci(cmf_writer *w)
{
    const hw_panel *panel = &w->d->panel;
    w->locus = hw_alloc(panel->n, sizeof *w->locus);
    if (w->locus == NULL) {
        return HW_NO_MEMORY_FAIL(w->err);
    }
    for (size_t i = 0; cmf_loci[i] != NULL; i++) {
        uint32_t l;
        if (hw_panel_find(panel, cmf_loci[i], &l)) {
            w->locus[l] = cmf_loci[i];
        }
    }
    return HW_OK;
}

static void list_general_losses(cmf_writer *w)
{
    const hw_dataset *d = w->d;
    for (size_t i = 0; i < d->n_families; i++) {
        const hw_family *f = &d->family[i];
        uint32_t untyped = 0, typed = 0;
        for (size_t k = 0; k < f->pedigree.n; k++) {
            bool has = f->profile != NULL && f->profile[k] != NULL;
            typed += has;
            untyped += !has && !is_missing(f, (int32_t)k);
        }
        if (typed == 0) {
            hw_format_loss(w->losses, "family \"%s\": nobody is typed", f->id);
        }
        if (f->n_missing > 1) {
            hw_format_loss(w->losses, "family \"%s\": %u missing persons; the categories speak of one", f->id, f->n_missing);
        }
        if (untyped > 0) {
            hw_format_loss(w->losses, "family \"%s\": %u untyped members", f->id, untyped);
        }
        if (f->comment != NULL) {
            hw_format_loss(w->losses, "family \"%s\": the comment", f->id);
        }
    }
    for (size_t i = 0; i < d->n_cases; i++) {
        hw_format_loss(w->losses, "case \"%s\": its hypotheses", d->kase[i].id);
    }
    if (d->n_populations > 0) {
        hw_format_loss(w->losses, "the frequency tables");
    }
    if (d->has_settings) {
        hw_format_loss(w->losses, "mutation models, theta and the other settings");
    }
}

static hw_status write_all(cmf_writer *w)
{
    const hw_dataset *d = w->d;
    HW_TRY(name_loci(w));
    HW_TRY(index_places(w));
    char code[160];
    hw_str_add(w->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CODISImportFile xmlns=\"urn:CODISImportFile-schema\">\n"
                       "  <HEADERVERSION>3.3</HEADERVERSION>\n  <MESSAGETYPE>Import</MESSAGETYPE>\n");
    shorten(w->header->destination != NULL ? w->header->destination : "HOMEWARD", 10, code, sizeof code);
    put_element(w, "  ", "DESTINATIONORI", code);
    shorten(w->header->source != NULL ? w->header->source : "HOMEWARD", 10, code, sizeof code);
    put_element(w, "  ", "SOURCELAB", code);
    put_element(w, "  ", "SUBMITBYUSERID", w->user);
    put_element(w, "  ", "SUBMITDATETIME", w->datetime);
    size_t written = 0;
    for (size_t i = 0, next = 0; i < d->n_profiles; i++) {
        bool done;
        bool child = is_child(d, d->profile[i], &next);
        HW_TRY(put_specimen(w, d->profile[i], child, &done));
        written += done;
    }
    hw_str_add(w->out, "</CODISImportFile>\n");
    if (written == 0) {
        return HW_FAIL(w->err, HW_NOT_FOUND, "there is no profile that a CMF file can hold");
    }
    list_general_losses(w);
    if (w->losses != NULL) {
        HW_TRY(hw_str_check(w->losses, w->err));
    }
    return hw_str_check(w->out, w->err);
}

hw_status hw_cmf_write(const hw_dataset *d, const hw_cmf_header *header, hw_str *out, hw_str *losses, hw_err *err)
{
    char user[160], now[40];
    time_t seconds = time(NULL);
    struct tm tm;
    if (header->datetime == NULL && (gmtime_r(&seconds, &tm) == NULL || strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%S", &tm) == 0)) {
        return HW_FAIL(err, HW_INTERNAL, "the system clock gives no date");
    }
    shorten(header->user != NULL ? header->user : "homeward", 20, user, sizeof user);
    cmf_writer w = {.d = d, .synthetic = hw_format_is_synthetic(d), .header = header, .out = out, .losses = losses, .err = err, .user = user,
                    .datetime = header->datetime != NULL ? header->datetime : now};
    hw_map_init(&w.place, 0);
    hw_map_init(&w.used, 0);
    hw_map_init(&w.typed, 0);
    hw_status s = write_all(&w);
    hw_map_release(&w.place);
    hw_map_release(&w.used);
    hw_map_release(&w.typed);
    hw_free(w.locus);
    return s;
}
