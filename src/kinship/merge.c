// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Several typings of one person made into one profile, and what there is to tell about a profile.
 */
#include <string.h>

#include "base/str.h"
#include "kinship/profile.h"

typedef struct notes {
    hw_profile_note *v;
    size_t n, cap;
} notes;

static void release_notes(notes *l)
{
    hw_free(l->v);
}

static hw_status add_note(notes *l, hw_arena *arena, int kind, uint32_t locus, const char *text, hw_err *err)
{
    HW_TRY(HW_GROW(l->v, l->n, l->cap, 10 * (size_t)HW_PANEL_MAX, "notes on a profile", err));
    hw_profile_note note = {.locus = locus, .text = hw_arena_strdup(arena, text)};
    note.kind = (__typeof__(note.kind))kind;
    if (note.text == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    l->v[l->n++] = note;
    return HW_OK;
}

static hw_status hand_out(const notes *l, hw_arena *arena, hw_profile_note **ret, size_t *ret_n, hw_err *err)
{
    hw_profile_note *v = HW_NEW(arena, hw_profile_note, l->n + 1);
    if (v == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    if (l->n > 0) {
        memcpy(v, l->v, l->n * sizeof v[0]);
    }
    *ret = v;
    *ret_n = l->n;
    return HW_OK;
}

/* What one typing shows at one locus: n alleles, or one with `partial`. */
typedef struct reading {
    unsigned n;
    bool partial;
    hw_allele allele[8];
} reading;

static reading read_locus(const hw_profile *p, uint32_t locus)
{
    reading r = {0};
    const hw_extra *e = hw_profile_extra(p, locus);
    hw_genotype g = hw_profile_at(p, locus);
    if (e != NULL) {
        r.n = e->n;
        memcpy(r.allele, e->allele, e->n * sizeof e->allele[0]);
    } else if (hw_genotype_typed(g)) {
        r.partial = g.b == HW_ALLELE_UNKNOWN;
        r.n = r.partial ? 1 : 2;
        r.allele[0] = g.a;
        r.allele[1] = g.b;
    }
    return r;
}

static bool off_ladder(hw_allele a)
{
    return (a >= HW_ALLELE_BELOW && a < HW_ALLELE_SILENT) || a == HW_ALLELE_OFF_LADDER;
}

static bool has_off_ladder(const reading *r)
{
    for (unsigned i = 0; i < r->n; i++) {
        if (off_ladder(r->allele[i])) {
            return true;
        }
    }
    return false;
}

static bool same_reading(const reading *a, const reading *b)
{
    return a->n == b->n && a->partial == b->partial && memcmp(a->allele, b->allele, a->n * sizeof a->allele[0]) == 0;
}

static bool homozygous(const reading *r)
{
    return r->n == 2 && r->allele[0] == r->allele[1];
}

static bool contains(const reading *r, hw_allele seen)
{
    for (unsigned i = 0; i < r->n; i++) {
        if (hw_allele_may_be(seen, r->allele[i])) {
            return true;
        }
    }
    return false;
}

/* May `r`, partial or with off-ladder alleles, be an incomplete view of `whole`? */
static bool fits(const reading *r, const reading *whole)
{
    if (r->n == 2 && whole->n == 2) {
        return (hw_allele_may_be(r->allele[0], whole->allele[0]) && hw_allele_may_be(r->allele[1], whole->allele[1])) ||
               (hw_allele_may_be(r->allele[0], whole->allele[1]) && hw_allele_may_be(r->allele[1], whole->allele[0]));
    }
    return r->n == 1 && contains(whole, r->allele[0]);
}

static void show(hw_str *b, const reading *r)
{
    char name[HW_ALLELE_BUF];
    for (unsigned i = 0; i < r->n; i++) {
        hw_str_addf(b, "%s%s", i > 0 ? "/" : "", hw_allele_format(r->allele[i], name));
    }
    if (r->partial) {
        hw_str_add(b, "/-");
    }
}

/* ---- notes on one profile ---- */

static hw_status note_reading(notes *l, hw_arena *arena, int kind, const hw_panel *panel, uint32_t locus, const reading *r,
                              const char *what, hw_err *err)
{
    hw_str text HW_CLEANUP(hw_str_release);
    hw_str_init(&text, 0);
    hw_str_addf(&text, "%s ", panel->locus[locus].name);
    show(&text, r);
    hw_str_addf(&text, ": %s", what);
    HW_TRY(hw_str_check(&text, err));
    return add_note(l, arena, kind, locus, text.s, err);
}

static hw_status review_locus(notes *l, hw_arena *arena, const hw_panel *panel, uint32_t locus, const reading *r, hw_err *err)
{
    const hw_panel_locus *pl = &panel->locus[locus];
    if (pl->kind == HW_LOCUS_AUTOSOMAL || pl->kind == HW_LOCUS_X) {
        if (r->n > 2) {
            HW_TRY(note_reading(l, arena, HW_NOTE_TRIALLELE, panel, locus, r,
                                "more than two alleles (tri-allelic pattern or mixture?); left out of the ratios", err));
        }
        if (r->partial) {
            HW_TRY(note_reading(l, arena, HW_NOTE_PARTIAL, panel, locus, r, "one allele known, the other may be any", err));
        }
    } else if (pl->kind == HW_LOCUS_Y) {
        unsigned distinct = 1;
        for (unsigned i = 1; i < r->n; i++) {
            distinct += r->allele[i] != r->allele[i - 1];
        }
        if (distinct > pl->copies) {
            HW_TRY(note_reading(l, arena, HW_NOTE_TRIALLELE, panel, locus, r,
                                "more alleles than this Y locus normally has (duplication or mixture?)", err));
        }
    }
    if (has_off_ladder(r)) {
        HW_TRY(note_reading(l, arena, HW_NOTE_OFF_LADDER, panel, locus, r,
                            "off the ladder; taken as any allele on that side", err));
    }
    return HW_OK;
}

static hw_status review_sex(notes *l, hw_arena *arena, const hw_panel *panel, const hw_profile *p, hw_err *err)
{
    hw_sex read = hw_profile_amelogenin(p, panel);
    uint32_t amel = UINT32_MAX;
    if (read != HW_SEX_UNKNOWN && p->sex != HW_SEX_UNKNOWN && read != p->sex && hw_panel_find(panel, "AMEL", &amel)) {
        HW_TRY(add_note(l, arena, HW_NOTE_SEX, amel,
                        read == HW_SEX_MALE ? "stated female, but amelogenin shows X and Y"
                                            : "stated male, but amelogenin shows X only (a deletion or drop-out of Y is possible)",
                        err));
    }
    /* One note is enough for each kind of contradiction. */
    bool told_x = false, told_y = false;
    for (uint32_t i = 0; i < panel->n; i++) {
        reading r = read_locus(p, i);
        if (panel->locus[i].kind == HW_LOCUS_X && p->sex == HW_SEX_MALE && !told_x && r.n >= 2 && !homozygous(&r)) {
            HW_TRY(note_reading(l, arena, HW_NOTE_SEX, panel, i, &r, "stated male, but two alleles of an X locus", err));
            told_x = true;
        }
        if (panel->locus[i].kind == HW_LOCUS_Y && p->sex == HW_SEX_FEMALE && !told_y && r.n > 0) {
            HW_TRY(note_reading(l, arena, HW_NOTE_SEX, panel, i, &r, "stated female, but a Y locus is typed", err));
            told_y = true;
        }
    }
    return HW_OK;
}

hw_status hw_profile_review(hw_arena *arena, const hw_panel *panel, const hw_profile *p, hw_profile_note **ret_notes,
                            size_t *ret_n_notes, hw_err *err)
{
    notes l HW_CLEANUP(release_notes) = {0};
    for (uint32_t i = 0; i < panel->n; i++) {
        reading r = read_locus(p, i);
        if (r.n > 0) {
            HW_TRY(review_locus(&l, arena, panel, i, &r, err));
        }
    }
    HW_TRY(review_sex(&l, arena, panel, p, err));
    return hand_out(&l, arena, ret_notes, ret_n_notes, err);
}

/* ---- merging ---- */

typedef struct merge {
    hw_arena *arena;
    const hw_panel *panel;
    const hw_profile *const *typing;
    size_t n;
    reading *r;   /* of each typing at the locus at hand */
    bool *used;   /* by typing: did it give something to the merged profile? */
    hw_profile *to;
    notes *l;
} merge;

static bool whole(const reading *r)
{
    return r->n >= 2 && !has_off_ladder(r);
}

static hw_status note_conflict(merge *k, uint32_t locus, const char *what, hw_err *err)
{
    hw_str text HW_CLEANUP(hw_str_release);
    hw_str_init(&text, 0);
    hw_str_addf(&text, "%s: the typings disagree (", k->panel->locus[locus].name);
    bool first = true;
    for (size_t i = 0; i < k->n && text.len < 300; i++) {
        if (k->r[i].n > 0) {
            hw_str_addf(&text, "%s%s ", first ? "" : ", ", k->typing[i]->id);
            show(&text, &k->r[i]);
            first = false;
        }
    }
    hw_str_addf(&text, "); %s", what);
    HW_TRY(hw_str_check(&text, err));
    return add_note(k->l, k->arena, HW_NOTE_CONFLICT, locus, text.s, err);
}

static hw_status keep(merge *k, uint32_t locus, const reading *r, hw_err *err)
{
    HW_TRY(hw_profile_set(k->to, k->arena, k->panel, locus, r->allele, r->n, r->partial, err));
    for (size_t i = 0; i < k->n; i++) {
        k->used[i] = k->used[i] || k->r[i].n > 0;
    }
    return HW_OK;
}

/* Nothing whole was read: agreeing readings stay, two different single alleles are both there, a single allele completes nothing else. */
static hw_status merge_incomplete(merge *k, uint32_t locus, hw_err *err)
{
    const reading *best = NULL, *other = NULL;
    for (size_t i = 0; i < k->n; i++) {
        const reading *r = &k->r[i];
        if (r->n == 0 || (best != NULL && same_reading(best, r)) || (other != NULL && same_reading(other, r))) {
            continue;
        }
        if (best == NULL) {
            best = r;
        } else if (other == NULL) {
            other = r;
        } else {
            return note_conflict(k, locus, "left untyped", err);
        }
    }
    if (other == NULL) {
        return keep(k, locus, best, err);
    }
    if (best->n == 1 && other->n == 1 && !has_off_ladder(best) && !has_off_ladder(other)) {
        hw_genotype g = hw_genotype_make(best->allele[0], other->allele[0]);
        reading both = {.n = 2, .allele = {g.a, g.b}};
        HW_TRY(note_reading(k->l, k->arena, HW_NOTE_PARTIAL, k->panel, locus, &both,
                            "put together from two typings that each show one allele", err));
        return keep(k, locus, &both, err);
    }
    const reading *larger = best->n > other->n ? best : other, *smaller = larger == best ? other : best;
    if (smaller->n == 1 && larger->n > 1 && fits(smaller, larger)) {
        return keep(k, locus, larger, err);
    }
    return note_conflict(k, locus, "left untyped", err);
}

static hw_status merge_locus(merge *k, uint32_t locus, hw_err *err)
{
    /* The richest whole reading: what the others have to fit. */
    const reading *top = NULL;
    bool any = false;
    for (size_t i = 0; i < k->n; i++) {
        k->r[i] = read_locus(k->typing[i], locus);
        any = any || k->r[i].n > 0;
        if (whole(&k->r[i]) && (top == NULL || (homozygous(top) && !homozygous(&k->r[i])))) {
            top = &k->r[i];
        }
    }
    if (!any) {
        return HW_OK;
    }
    if (top == NULL) {
        return merge_incomplete(k, locus, err);
    }
    bool dropped = false, excused = true;
    for (size_t i = 0; i < k->n; i++) {
        const reading *r = &k->r[i];
        if (r->n == 0 || same_reading(r, top) || (!whole(r) && fits(r, top))) {
            continue;
        }
        if (top->n == 2 && homozygous(r) && contains(top, r->allele[0])) {
            dropped = true;
            excused = excused && k->typing[i]->dropout > 0;
            continue;
        }
        return note_conflict(k, locus, "left untyped", err);
    }
    if (!dropped) {
        return keep(k, locus, top, err);
    }
    if (!excused) {
        return note_conflict(k, locus, "left untyped, as the sample with one allele has no drop-out probability", err);
    }
    HW_TRY(note_conflict(k, locus, "both alleles taken, the other sample has probably lost one", err));
    return keep(k, locus, top, err);
}

static bool same_text(const char *a, const char *b)
{
    return b != NULL && hw_streq(a, b);
}

/* First text given; when the typings differ, all of them with '+'. */
static hw_status join_texts(merge *k, const char *(*get)(const hw_profile *), const char **ret, hw_err *err)
{
    hw_str text HW_CLEANUP(hw_str_release);
    hw_str_init(&text, 0);
    for (size_t i = 0; i < k->n; i++) {
        const char *t = get(k->typing[i]);
        bool seen = t == NULL;
        for (size_t j = 0; j < i; j++) {
            seen = seen || same_text(t, get(k->typing[j]));
        }
        if (!seen && text.len < 1000) {
            hw_str_addf(&text, "%s%s", text.len > 0 ? "+" : "", t);
        }
    }
    HW_TRY(hw_str_check(&text, err));
    *ret = NULL;
    if (text.len > 0) {
        *ret = hw_arena_strdup(k->arena, text.s);
        if (*ret == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    return HW_OK;
}

static const char *get_family(const hw_profile *p)
{
    return p->family;
}
static const char *get_category(const hw_profile *p)
{
    return p->category;
}
static const char *get_kit(const hw_profile *p)
{
    return p->kit;
}
static const char *get_comment(const hw_profile *p)
{
    return p->comment;
}

static hw_status merge_head(merge *k, hw_err *err)
{
    bool sex_conflict = false, mt_conflict = false;
    const char *mt = NULL;
    hw_sex sex = HW_SEX_UNKNOWN;
    for (size_t i = 0; i < k->n; i++) {
        const hw_profile *t = k->typing[i];
        if (t->sex != HW_SEX_UNKNOWN) {
            sex_conflict = sex_conflict || (sex != HW_SEX_UNKNOWN && sex != t->sex);
            sex = t->sex;
        }
        if (t->mt != NULL) {
            mt_conflict = mt_conflict || (mt != NULL && !hw_streq(mt, t->mt));
            mt = t->mt;
        }
        k->to->synthetic = k->to->synthetic || t->synthetic;
    }
    k->to->line = k->typing[0]->line;
    k->to->sex = sex_conflict ? HW_SEX_UNKNOWN : sex;
    if (sex_conflict) {
        HW_TRY(add_note(k->l, k->arena, HW_NOTE_SEX, UINT32_MAX, "the typings state different sexes; taken as unknown", err));
    }
    if (mt_conflict) {
        HW_TRY(add_note(k->l, k->arena, HW_NOTE_CONFLICT, UINT32_MAX, "the typings give different mtDNA haplotypes; left out", err));
    } else if (mt != NULL) {
        k->to->mt = hw_arena_strdup(k->arena, mt);
        if (k->to->mt == NULL) {
            return HW_NO_MEMORY_FAIL(err);
        }
    }
    HW_TRY(join_texts(k, get_family, &k->to->family, err));
    HW_TRY(join_texts(k, get_category, &k->to->category, err));
    HW_TRY(join_texts(k, get_kit, &k->to->kit, err));
    return join_texts(k, get_comment, &k->to->comment, err);
}

hw_status hw_profile_merge(hw_arena *arena, const hw_panel *panel, const hw_profile *const *typings, size_t n, hw_profile **ret,
                           hw_profile_note **ret_notes, size_t *ret_n_notes, hw_err *err)
{
    if (n == 0 || n > 1000) {
        return HW_FAIL(err, n == 0 ? HW_USAGE : HW_LIMIT, "%zu typings of one person; expected 1 to 1000", n);
    }
    HW_AUTO_FREE reading *r = hw_alloc(n, sizeof(reading));
    HW_AUTO_FREE bool *used = hw_alloc(n, sizeof(bool));
    notes l HW_CLEANUP(release_notes) = {0};
    const char *id = typings[0]->person != NULL ? typings[0]->person : typings[0]->id;
    hw_profile *to = hw_profile_new(arena, id, (uint32_t)panel->n);
    if (r == NULL || used == NULL || to == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    merge k = {.arena = arena, .panel = panel, .typing = typings, .n = n, .r = r, .used = used, .to = to, .l = &l};
    HW_TRY(merge_head(&k, err));
    for (uint32_t i = 0; i < panel->n; i++) {
        HW_TRY(merge_locus(&k, i, err));
    }
    for (size_t i = 0; i < n; i++) {
        if (used[i]) {
            to->dropout = typings[i]->dropout > to->dropout ? typings[i]->dropout : to->dropout;
            to->error = typings[i]->error > to->error ? typings[i]->error : to->error;
        }
    }
    hw_profile_note *out = NULL;
    size_t n_out = 0;
    HW_TRY(hand_out(&l, arena, &out, &n_out, err));
    *ret = to;
    *ret_notes = out;
    *ret_n_notes = n_out;
    return HW_OK;
}
