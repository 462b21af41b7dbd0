// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * From a layout to shapes: squares, circles and diamonds; typed persons shaded, missing ones dashed with a question mark, the place of the child
 * ringed; labels under them; and a legend of what occurs.
 */
#include "report/pedigree_draw.h"

#include <math.h>
#include <string.h>

#include "report/labels.h"
#include "report/text.h"

#define SYMBOL 30.0
#define FONT 11.0
#define LABEL_WIDTH 96.0 /* longer names go on several lines */
#define LABEL_LINES 3
#define TEXT_MAX 160

#define INK 0x1B2A38u
#define SHADE 0xA9C6E0u
#define PAPER 0xFFFFFFu
#define ACCENT 0xC2410Cu
#define ACCENT_PALE 0xFFF1E3u
#define FAINT 0x8794A1u
#define GREY 0x475563u

static const hw_layout_metrics METRICS = {
    .symbol_w = SYMBOL, .symbol_h = SYMBOL, .gap = 22.0, .raise = 9.0, .label_pad = 5.0, .line_h = 13.0, .bar_pad = 8.0, .bar_step = 10.0,
    .drop = 26.0, .margin = 16.0, .component_gap = 44.0, .shelf = 1000.0, .grid = 1.0,
};

typedef struct label {
    char line[LABEL_LINES][TEXT_MAX];
    unsigned n;
} label;

typedef struct drawer {
    const hw_explanation *x;
    hw_report_lang lang;
    hw_drawing *d;
    uint32_t cap;
    label *label;
    bool ok;
} drawer;

hw_role hw_drawing_role(const hw_explanation *x, uint32_t person)
{
    const hw_family *f = x->family;
    for (uint32_t i = 0; i < f->n_missing; i++) {
        if (f->missing[i] == person) {
            return i == x->missing ? HW_ROLE_CANDIDATE : HW_ROLE_MISSING;
        }
    }
    return HW_ROLE_RELATIVE;
}

static bool is_typed(const hw_explanation *x, uint32_t person)
{
    return x->family->profile != NULL && x->family->profile[person] != NULL;
}

static void add_shape(drawer *w, hw_shape s)
{
    hw_drawing *d = w->d;
    if (d->n_shapes == w->cap) {
        uint32_t cap = w->cap == 0 ? 256 : w->cap * 2;
        hw_shape *more = HW_NEW(&d->layout.arena, hw_shape, cap);
        if (more == NULL) {
            w->ok = false;
            return;
        }
        if (d->n_shapes > 0) {
            memcpy(more, d->shape, d->n_shapes * sizeof *more);
        }
        d->shape = more;
        w->cap = cap;
    }
    d->shape[d->n_shapes++] = s;
}

static void add_line(drawer *w, double x1, double y1, double x2, double y2, uint32_t stroke, double width)
{
    add_shape(w, (hw_shape){.kind = HW_SHAPE_LINE, .person = -1, .x = x1, .y = y1, .x2 = x2, .y2 = y2, .stroke = stroke, .fill = HW_NO_PAINT, .line_width = width});
}

static void add_text(drawer *w, int32_t person, double x, double y, double size, uint32_t fill, bool bold, bool middle, const char *text)
{
    const char *copy = hw_arena_strdup(&w->d->layout.arena, text);
    w->ok = w->ok && copy != NULL;
    add_shape(w, (hw_shape){.kind = HW_SHAPE_TEXT, .person = person, .x = x, .y = y, .size = size, .stroke = HW_NO_PAINT, .fill = fill, .bold = bold,
                            .middle = middle, .text = copy != NULL ? copy : ""});
}

/* Break a clean text over the lines of a label; the last line ends in an ellipsis when there is more. */
static void break_label(label *l, const char *text, unsigned max_lines, double font)
{
    while (*text != 0 && l->n < max_lines) {
        size_t skip = 0, n = hw_text_line(text, LABEL_WIDTH / font, hw_measure_ems, &skip);
        bool cut = l->n + 1 == max_lines && text[n + skip] != 0;
        if (cut) {
            n = hw_text_line(text, (LABEL_WIDTH - font) / font, hw_measure_ems, &skip);
        }
        if (n > TEXT_MAX - 4) { /* narrow combining characters without end */
            n = TEXT_MAX - 4;
            while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80) {
                n--;
            }
        }
        memcpy(l->line[l->n], text, n);
        l->line[l->n][n] = 0;
        if (cut) {
            memcpy(l->line[l->n] + n, "…", sizeof "…");
        }
        l->n++;
        text += n + skip;
    }
}

static double label_width(const label *l)
{
    double w = 0.0;
    for (unsigned i = 0; i < l->n; i++) {
        w = fmax(w, hw_text_ems(l->line[i]) * FONT);
    }
    return w;
}

static void shape_of_sex(drawer *w, int32_t person, hw_sex sex, double x, double y, double size, uint32_t stroke, uint32_t fill, double line,
                         bool dashed)
{
    hw_shape_kind kind = sex == HW_SEX_MALE ? HW_SHAPE_RECT : sex == HW_SEX_FEMALE ? HW_SHAPE_CIRCLE : HW_SHAPE_DIAMOND;
    add_shape(w, (hw_shape){.kind = kind, .person = person, .x = x, .y = y, .size = size, .stroke = stroke, .fill = fill, .line_width = line, .dashed = dashed});
}

/* One person's symbol, also used by the legend. `scale` of the whole. */
static void add_symbol(drawer *w, int32_t person, hw_sex sex, bool typed, hw_role role, double x, double y, double scale)
{
    double s = SYMBOL * scale;
    if (role == HW_ROLE_CANDIDATE) {
        shape_of_sex(w, person, sex, x, y, s + 9.0 * scale, ACCENT, ACCENT_PALE, 1.2, false);
    }
    uint32_t stroke = role == HW_ROLE_CANDIDATE ? ACCENT : INK;
    shape_of_sex(w, person, sex, x, y, s, stroke, typed ? SHADE : PAPER, role == HW_ROLE_RELATIVE ? 1.6 : 1.8, role != HW_ROLE_RELATIVE);
    if (role != HW_ROLE_RELATIVE) {
        add_text(w, person, x, y + 5.5 * scale, 16.0 * scale, stroke, true, true, "?");
    }
}

static void draw_lines(drawer *w)
{
    const hw_layout *l = &w->d->layout;
    for (uint32_t i = 0; i < l->n_lines; i++) {
        const hw_layout_line *n = &l->line[i];
        if (!n->doubled) {
            add_line(w, n->x1, n->y1, n->x2, n->y2, INK, 1.4);
            continue;
        }
        double length = hypot(n->x2 - n->x1, n->y2 - n->y1), ox = -(n->y2 - n->y1) / length * 2.2, oy = (n->x2 - n->x1) / length * 2.2;
        add_line(w, n->x1 + ox, n->y1 + oy, n->x2 + ox, n->y2 + oy, INK, 1.4);
        add_line(w, n->x1 - ox, n->y1 - oy, n->x2 - ox, n->y2 - oy, INK, 1.4);
    }
}

static void draw_nodes(drawer *w)
{
    const hw_layout *l = &w->d->layout;
    for (uint32_t i = 0; i < l->n_nodes; i++) {
        const hw_layout_node *n = &l->node[i];
        if (n->person < 0) {
            shape_of_sex(w, -1, n->sex, n->x, n->y, SYMBOL, FAINT, PAPER, 1.2, false);
            continue;
        }
        uint32_t p = (uint32_t)n->person;
        hw_role role = hw_drawing_role(w->x, p);
        add_symbol(w, n->person, n->sex, is_typed(w->x, p), role, n->x, n->y, 1.0);
        const label *b = &w->label[p];
        for (unsigned k = 0; k < b->n; k++) {
            bool child = role == HW_ROLE_CANDIDATE && k + 1 == b->n;
            add_text(w, n->person, n->x, n->y + SYMBOL / 2.0 + METRICS.label_pad + (k + 0.8) * METRICS.line_h, FONT, child ? ACCENT : INK, child, true,
                     b->line[k]);
        }
    }
}

typedef struct legend {
    drawer *w;
    double x, y, room;
} legend;

/* Room for one entry; on the next line when this one is full. Returns where its symbol's centre is. */
static double legend_entry(legend *g, const char *text, double symbol_width)
{
    double need = symbol_width + 8.0 + hw_text_ems(text) * 10.0;
    if (g->x > METRICS.margin + 0.5 && g->x + need > g->room) {
        g->x = METRICS.margin;
        g->y += 22.0;
    }
    double at = g->x + symbol_width / 2.0;
    add_text(g->w, -1, g->x + symbol_width + 6.0, g->y + 3.5, 10.0, GREY, false, false, text);
    g->x += need + 16.0;
    return at;
}

static void legend_symbol(legend *g, hw_label text, hw_sex sex, bool typed, hw_role role)
{
    double x = legend_entry(g, hw_label_text(g->w->lang, text), 16.0);
    add_symbol(g->w, -1, sex, typed, role, x, g->y, 0.45);
}

static void draw_legend(drawer *w)
{
    const hw_explanation *x = w->x;
    hw_layout *l = &w->d->layout;
    bool sex[3] = {false, false, false}, typed = false, untyped = false, missing = false, unnamed = false, related = false, twins = false;
    for (uint32_t i = 0; i < l->n_nodes; i++) {
        const hw_layout_node *n = &l->node[i];
        sex[n->sex] = true;
        unnamed = unnamed || n->person < 0;
        if (n->person >= 0) {
            hw_role role = hw_drawing_role(x, (uint32_t)n->person);
            typed = typed || is_typed(x, (uint32_t)n->person);
            untyped = untyped || (role == HW_ROLE_RELATIVE && !is_typed(x, (uint32_t)n->person));
            missing = missing || role == HW_ROLE_MISSING;
        }
    }
    for (uint32_t i = 0; i < l->n_lines; i++) {
        twins = twins || l->line[i].kind == HW_LINE_TWIN_BAR;
        related = related || (l->line[i].kind == HW_LINE_MATE && l->line[i].doubled);
    }
    w->d->width = fmax(l->width, 430.0);
    legend g = {.w = w, .x = METRICS.margin, .y = l->height + 12.0, .room = w->d->width - METRICS.margin};
    add_line(w, METRICS.margin, l->height - 6.0, w->d->width - METRICS.margin, l->height - 6.0, 0xD5DCE3u, 0.8);
    hw_sex plain = sex[HW_SEX_FEMALE] ? HW_SEX_FEMALE : HW_SEX_MALE;
    if (sex[HW_SEX_MALE]) {
        legend_symbol(&g, HW_L_LEGEND_MALE, HW_SEX_MALE, false, HW_ROLE_RELATIVE);
    }
    if (sex[HW_SEX_FEMALE]) {
        legend_symbol(&g, HW_L_LEGEND_FEMALE, HW_SEX_FEMALE, false, HW_ROLE_RELATIVE);
    }
    if (sex[HW_SEX_UNKNOWN]) {
        legend_symbol(&g, HW_L_LEGEND_UNKNOWN, HW_SEX_UNKNOWN, false, HW_ROLE_RELATIVE);
    }
    if (typed) {
        legend_symbol(&g, HW_L_LEGEND_TYPED, plain, true, HW_ROLE_RELATIVE);
    }
    if (untyped) {
        legend_symbol(&g, HW_L_LEGEND_UNTYPED, plain, false, HW_ROLE_RELATIVE);
    }
    if (missing) {
        legend_symbol(&g, HW_L_LEGEND_MISSING, plain, false, HW_ROLE_MISSING);
    }
    legend_symbol(&g, HW_L_LEGEND_CANDIDATE, plain, false, HW_ROLE_CANDIDATE);
    if (unnamed) {
        double at = legend_entry(&g, hw_label_text(w->lang, HW_L_UNNAMED), 12.0);
        shape_of_sex(w, -1, plain, at, g.y, 10.0, FAINT, PAPER, 1.0, false);
    }
    if (related) {
        double at = legend_entry(&g, hw_label_text(w->lang, HW_L_LEGEND_RELATED), 20.0);
        add_line(w, at - 10.0, g.y - 2.0, at + 10.0, g.y - 2.0, INK, 1.2);
        add_line(w, at - 10.0, g.y + 2.0, at + 10.0, g.y + 2.0, INK, 1.2);
    }
    if (twins) {
        double at = legend_entry(&g, hw_label_text(w->lang, HW_L_LEGEND_TWINS), 18.0);
        add_line(w, at, g.y - 7.0, at - 8.0, g.y + 6.0, INK, 1.2);
        add_line(w, at, g.y - 7.0, at + 8.0, g.y + 6.0, INK, 1.2);
        add_line(w, at - 4.6, g.y + 0.5, at + 4.6, g.y + 0.5, INK, 1.2);
    }
    if (x->synthetic) { /* the drawing may be cut out of the report: it says so itself */
        g.y += 22.0;
        add_text(w, -1, METRICS.margin, g.y + 4.0, 11.0, 0xB42318u, true, false, hw_label_text(w->lang, HW_L_SYNTHETIC));
    }
    w->d->height = g.y + 20.0;
}

static const char *sex_text(hw_report_lang lang, hw_sex sex)
{
    return hw_label_text(lang, sex == HW_SEX_MALE ? HW_L_MALE : sex == HW_SEX_FEMALE ? HW_L_FEMALE : HW_L_SEX_UNKNOWN);
}

/* "F-1: male, typed; child of GF, GM" */
static const char *person_title(drawer *w, hw_arena *a, uint32_t person)
{
    const hw_pedigree *p = &w->x->family->pedigree;
    const hw_person *q = &p->person[person];
    hw_role role = hw_drawing_role(w->x, person);
    hw_label state = role == HW_ROLE_CANDIDATE ? HW_L_IS_CANDIDATE : role == HW_ROLE_MISSING ? HW_L_IS_MISSING : is_typed(w->x, person) ? HW_L_TYPED : HW_L_UNTYPED;
    const char *name[2] = {q->father >= 0 ? p->person[q->father].id : NULL, q->mother >= 0 ? p->person[q->mother].id : NULL};
    const char *text = hw_arena_printf(a, "%s: %s, %s%s%s%s%s%s%s", q->id, sex_text(w->lang, q->sex), hw_label_text(w->lang, state), q->twin != 0 ? ", " : "",
                                       q->twin != 0 ? hw_label_text(w->lang, HW_L_TWIN) : "",
                                       name[0] != NULL || name[1] != NULL ? "; " : "",
                                       name[0] != NULL || name[1] != NULL ? hw_label_text(w->lang, HW_L_CHILD_OF) : "",
                                       name[0] != NULL ? name[0] : name[1] != NULL ? name[1] : "", "");
    if (text != NULL && name[0] != NULL && name[1] != NULL) {
        text = hw_arena_printf(a, "%s, %s", text, name[1]);
    }
    w->ok = w->ok && text != NULL;
    return text != NULL ? hw_text_clean(a, text, &w->ok) : "";
}

hw_status hw_drawing_build(const hw_explanation *x, hw_report_lang lang, hw_drawing *ret, hw_err *err)
{
    const hw_pedigree *p = &x->family->pedigree;
    hw_drawing d = {.n_persons = (uint32_t)p->n};
    drawer w = {.x = x, .lang = lang, .d = &d, .ok = true};
    hw_arena scratch = {0};
    hw_layout_slot *slot = HW_NEW(&scratch, hw_layout_slot, p->n + 1);
    w.label = HW_NEW(&scratch, label, p->n + 1);
    hw_status status = slot == NULL || w.label == NULL ? HW_NO_MEMORY_FAIL(err) : HW_OK;
    for (uint32_t i = 0; status == HW_OK && i < p->n; i++) {
        label *l = &w.label[i];
        bool candidate = hw_drawing_role(x, i) == HW_ROLE_CANDIDATE;
        break_label(l, hw_text_clean(&scratch, p->person[i].id, &w.ok), candidate ? LABEL_LINES - 1 : LABEL_LINES, FONT);
        if (candidate) {
            const char *child = hw_arena_printf(&scratch, "= %s ?", x->child->id);
            w.ok = w.ok && child != NULL;
            break_label(l, child != NULL ? hw_text_clean(&scratch, child, &w.ok) : "", l->n + 1, FONT);
        }
        slot[i] = (hw_layout_slot){.width = 2.0 * ceil(fmax(label_width(l), SYMBOL + (candidate ? 10.0 : 0.0)) / 2.0), .lines = l->n};
    }
    if (status == HW_OK) {
        status = w.ok ? hw_layout_build(p, slot, &METRICS, &d.layout, err) : HW_NO_MEMORY_FAIL(err);
    }
    if (status == HW_OK) {
        d.title = HW_NEW(&d.layout.arena, const char *, p->n + 1);
        w.ok = w.ok && d.title != NULL;
        for (uint32_t i = 0; d.title != NULL && i < p->n; i++) {
            d.title[i] = person_title(&w, &d.layout.arena, i);
        }
        draw_lines(&w);
        draw_nodes(&w);
        draw_legend(&w);
        status = w.ok ? HW_OK : HW_NO_MEMORY_FAIL(err);
    }
    hw_arena_release(&scratch);
    if (status != HW_OK) {
        hw_arena_release(&d.layout.arena);
        return status;
    }
    *ret = d;
    return HW_OK;
}

void hw_drawing_release(hw_drawing *d)
{
    hw_layout_release(&d->layout);
    *d = (hw_drawing){0};
}
