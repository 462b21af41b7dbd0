// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The pedigree in the characters of a terminal: the same layout with columns and lines as its units, painted into a grid of cells. A cell knows in which
 * of the four directions a line leaves it, and gets the box-drawing character for that.
 */
#include <math.h>
#include <string.h>

#include "report/labels.h"
#include "report/pedigree_draw.h"
#include "report/text.h"

#define SLOT_MAX 17
#define CELL_BYTES 16 /* a character with its combining marks */
#define GRID_MAX ((size_t)4 << 20)

static const hw_layout_metrics METRICS = {
    .symbol_w = 3.0, .symbol_h = 1.0, .gap = 3.0, .raise = 1.0, .label_pad = 0.0, .line_h = 1.0, .bar_pad = 0.0, .bar_step = 1.0,
    .drop = 1.0, .margin = 0.0, .component_gap = 4.0, .shelf = 100.0, .grid = 1.0, .orthogonal = true,
};

enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8, DOUBLE = 16, COVERED = 32 };

typedef struct cell {
    uint8_t line;
    char text[CELL_BYTES];
} cell;

typedef struct grid {
    cell *cell;
    size_t columns, lines;
    cell nowhere; /* takes what falls outside */
} grid;

static cell *at(grid *g, double x, double y)
{
    double cx = floor(x), cy = floor(y);
    return cx < 0.0 || cy < 0.0 || cx >= (double)g->columns || cy >= (double)g->lines ? &g->nowhere : &g->cell[(size_t)cy * g->columns + (size_t)cx];
}

/* Every half cell the line covers gets its direction. */
static void paint_line(grid *g, const hw_layout_line *l)
{
    uint8_t twice = l->doubled ? DOUBLE : 0;
    bool level = fabs(l->y1 - l->y2) < 1e-9;
    double from = level ? fmin(l->x1, l->x2) : fmin(l->y1, l->y2), to = level ? fmax(l->x1, l->x2) : fmax(l->y1, l->y2);
    for (double c = floor(from); c < to - 1e-9; c += 1.0) {
        cell *k = level ? at(g, c, l->y1) : at(g, l->x1, c);
        if (from < c + 0.5 - 1e-9) {
            k->line |= (uint8_t)((level ? LEFT : UP) | twice);
        }
        if (to > c + 0.5 + 1e-9) {
            k->line |= (uint8_t)((level ? RIGHT : DOWN) | twice);
        }
    }
}

static void paint_text(grid *g, double middle, double y, const char *text)
{
    double x = floor(middle - (double)hw_text_columns(text) / 2.0 + 0.25);
    while (*text != 0) {
        const char *from = text;
        unsigned w = hw_char_columns(hw_utf8_next(&text));
        cell *k = at(g, w == 0 ? x - 1.0 : x, y);
        size_t have = w == 0 ? strlen(k->text) : 0, n = (size_t)(text - from);
        if (have + n < CELL_BYTES) {
            memcpy(k->text + have, from, n);
            k->text[have + n] = 0;
        }
        for (unsigned i = 1; i < w; i++) {
            cell *next = at(g, x + i, y);
            next->line = COVERED;
            next->text[0] = 0;
        }
        x += w;
    }
}

static const char *line_char(uint8_t line, bool ascii)
{
    static const char *const box[16] = {" ", "│", "│", "│", "─", "┘", "┐", "┤", "─", "└", "┌", "├", "─", "┴", "┬", "┼"};
    static const char *const twice[16] = {" ", "║", "║", "║", "═", "╝", "╗", "╣", "═", "╚", "╔", "╠", "═", "╩", "╦", "╬"};
    unsigned way = line & 15u;
    if (!ascii) {
        /* the line of descent that leaves a double bar is a single one */
        bool level_twice = (line & DOUBLE) != 0 && (way & (LEFT | RIGHT)) != 0;
        if (level_twice && (way == (LEFT | RIGHT | DOWN) || way == (LEFT | RIGHT | UP) || way == 15u)) {
            return way == 15u ? "╪" : way == (LEFT | RIGHT | DOWN) ? "╤" : "╧";
        }
        return (line & DOUBLE) != 0 ? twice[way] : box[way];
    }
    bool level = (way & (LEFT | RIGHT)) != 0, upright = (way & (UP | DOWN)) != 0;
    return level && upright ? "+" : level ? (line & DOUBLE) != 0 ? "=" : "-" : upright ? (line & DOUBLE) != 0 ? "H" : "|" : " ";
}

static void write_grid(const grid *g, bool ascii, const char *indent, hw_str *out)
{
    for (size_t y = 0; y < g->lines; y++) {
        size_t end = g->columns;
        while (end > 0 && (g->cell[y * g->columns + end - 1].line & ~(unsigned)DOUBLE) == 0 && g->cell[y * g->columns + end - 1].text[0] == 0) {
            end--;
        }
        hw_str_add(out, end > 0 ? indent : "");
        for (size_t x = 0; x < end; x++) {
            const cell *k = &g->cell[y * g->columns + x];
            if (k->text[0] != 0) {
                hw_str_add(out, k->text);
            } else if (k->line != COVERED) {
                hw_str_add(out, line_char((uint8_t)(k->line & 31u), ascii));
            }
        }
        hw_str_addc(out, '\n');
    }
}

static const char *symbol(hw_sex sex, bool typed, hw_role role, bool unnamed)
{
    static const char *const all[3][5] = {
        {"< >", "<x>", "<?>", "<!>", "<.>"},
        {"[ ]", "[x]", "[?]", "[!]", "[.]"},
        {"( )", "(x)", "(?)", "(!)", "(.)"},
    };
    return all[sex][unnamed ? 4 : role == HW_ROLE_CANDIDATE ? 3 : role == HW_ROLE_MISSING ? 2 : typed ? 1 : 0];
}

/* The name on at most two lines; cut with ".." when longer. */
static unsigned label_lines(hw_arena *arena, const char *id, const char *line[2], bool *ok)
{
    const char *text = hw_text_clean(arena, id, ok);
    unsigned n = 0;
    while (*text != 0 && n < 2) {
        size_t skip = 0, len = hw_text_line(text, SLOT_MAX, hw_measure_columns, &skip);
        bool cut = n == 1 && text[len + skip] != 0;
        if (cut) {
            len = hw_text_line(text, SLOT_MAX - 2.0, hw_measure_columns, &skip);
        }
        line[n] = hw_arena_printf(arena, "%.*s%s", (int)len, text, cut ? ".." : "");
        if (line[n] == NULL) {
            *ok = false;
            return 0;
        }
        n++;
        text += len + skip;
    }
    return n;
}

static hw_status paint(const hw_explanation *x, const hw_layout *l, const char *(*label)[3], const hw_layout_slot *slot, hw_arena *arena, grid *g,
                       hw_err *err)
{
    g->columns = (size_t)ceil(l->width) + 2;
    g->lines = (size_t)ceil(l->height);
    if (g->columns * g->lines > GRID_MAX) {
        return HW_FAIL(err, HW_LIMIT, "the pedigree of family %s is too large for a terminal; draw it with --svg", x->family->id);
    }
    g->cell = HW_NEW(arena, cell, g->columns * g->lines + 1);
    if (g->cell == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < l->n_lines; i++) {
        paint_line(g, &l->line[i]);
    }
    for (uint32_t i = 0; i < l->n_nodes; i++) {
        const hw_layout_node *n = &l->node[i];
        uint32_t p = n->person < 0 ? 0 : (uint32_t)n->person;
        bool typed = n->person >= 0 && x->family->profile != NULL && x->family->profile[p] != NULL;
        paint_text(g, n->x, n->y, symbol(n->sex, typed, n->person < 0 ? HW_ROLE_RELATIVE : hw_drawing_role(x, p), n->person < 0));
        for (unsigned k = 0; n->person >= 0 && k < slot[p].lines; k++) {
            paint_text(g, n->x, n->y + 1.0 + k, label[p][k]);
        }
    }
    return HW_OK;
}

static hw_status draw(const hw_explanation *x, unsigned width, bool ascii, const char *indent, bool *ret_drawn, hw_arena *scratch, hw_str *out, hw_err *err)
{
    const hw_pedigree *p = &x->family->pedigree;
    bool ok = true;
    hw_layout_slot *slot = HW_NEW(scratch, hw_layout_slot, p->n + 1);
    const char *(*label)[3] = hw_arena_alloc(scratch, p->n + 1, sizeof *label);
    if (slot == NULL || label == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    for (uint32_t i = 0; i < p->n; i++) {
        unsigned n = label_lines(scratch, p->person[i].id, label[i], &ok);
        if (hw_drawing_role(x, i) == HW_ROLE_CANDIDATE && n > 0) {
            const char *name[2] = {NULL, NULL};
            const char *child = hw_arena_printf(scratch, "= %s ?", x->child->id);
            n = n > 1 ? 2 : 1;
            if (child == NULL || label_lines(scratch, child, name, &ok) == 0) {
                return HW_NO_MEMORY_FAIL(err);
            }
            label[i][n++] = name[0];
        }
        size_t columns = 3;
        for (unsigned k = 0; k < n; k++) {
            size_t w = hw_text_columns(label[i][k]);
            columns = w > columns ? w : columns;
        }
        slot[i] = (hw_layout_slot){.width = (double)(columns | 1u), .lines = n};
    }
    if (!ok) {
        return HW_NO_MEMORY_FAIL(err);
    }
    hw_layout_metrics m = METRICS;
    size_t margin = hw_text_columns(indent);
    m.shelf = width > margin ? (double)(width - margin) : m.shelf;
    hw_layout l = {0};
    HW_TRY(hw_layout_build(p, slot, &m, &l, err));
    grid g = {0};
    hw_status status = HW_OK;
    *ret_drawn = width == 0 || l.width + (double)margin <= (double)width;
    if (*ret_drawn) {
        status = paint(x, &l, label, slot, scratch, &g, err);
    }
    if (*ret_drawn && status == HW_OK) {
        write_grid(&g, ascii, indent, out);
        status = hw_str_check(out, err);
    }
    hw_layout_release(&l);
    return status;
}

hw_status hw_drawing_text(const hw_explanation *x, unsigned width, bool ascii, const char *indent, bool *ret_drawn, hw_str *out, hw_err *err)
{
    hw_arena scratch = {0};
    hw_status status = draw(x, width, ascii, indent, ret_drawn, &scratch, out, err);
    hw_arena_release(&scratch);
    return status;
}
