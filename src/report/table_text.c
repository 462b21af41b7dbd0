// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Tables and paragraphs in the columns of a terminal.
 */
#include <string.h>

#include "report/document.h"
#include "report/text.h"

#define GAP 2
#define PROSE_MIN 12 /* least width of a column of prose */
#define TITLE_MIN 6  /* titles are broken rather than cells */

typedef struct setting {
    const hw_table *t;
    bool fields;
    bool colour;
    const char *indent;
    hw_str *out;
    size_t *width, *least; /* per column */
} setting;

static void add_blanks(hw_str *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        hw_str_addc(out, ' ');
    }
}

/* Columns of the longest piece that cannot be broken. */
static size_t longest_piece(const char *s)
{
    size_t most = 0;
    while (*s != 0) {
        size_t skip = 0, n = hw_text_line(s, 1.0, hw_measure_columns, &skip);
        /* a break after one column does not exist for words: look for the next real one */
        const char *at = s + n;
        while (*at != 0 && *at != ' ' && strchr("-/_,;", at[-1]) == NULL && hw_text_columns_n(s, (size_t)(at - s)) < 64) {
            (void)hw_utf8_next(&at);
        }
        size_t w = hw_text_columns_n(s, (size_t)(at - s));
        most = w > most ? w : most;
        s = at;
        while (*s == ' ') {
            s++;
        }
    }
    return most;
}

static void measure(setting *s)
{
    const hw_table *t = s->t;
    for (uint32_t i = 0; i < t->n_columns; i++) {
        size_t cells = 0, title = s->fields ? 0 : hw_text_columns(t->column[i].title);
        for (uint32_t r = 0; r < t->n_rows; r++) {
            size_t w = hw_text_columns(t->cell[(size_t)r * t->n_columns + i].text);
            cells = w > cells ? w : cells;
        }
        bool prose = t->column[i].wrap || s->fields;
        size_t piece = s->fields ? 0 : longest_piece(t->column[i].title);
        piece = piece > TITLE_MIN ? piece : TITLE_MIN < title ? TITLE_MIN : title;
        s->width[i] = cells > title ? cells : title;
        s->least[i] = prose ? (s->width[i] < PROSE_MIN ? s->width[i] : PROSE_MIN) : cells > piece ? cells : piece;
    }
}

static size_t total(const setting *s, const size_t *w, uint32_t n)
{
    size_t sum = strlen(s->indent);
    for (uint32_t i = 0; i < n; i++) {
        sum += w[i] + (i > 0 ? GAP : 0);
    }
    return sum;
}

/* Take room from the widest column that can give: first from titles that can be broken, then from prose. */
static void squeeze(setting *s, size_t room)
{
    uint32_t n = s->t->n_columns;
    for (int prose = 0; prose < 2; prose++) {
        while (total(s, s->width, n) > room) {
            uint32_t best = n;
            for (uint32_t i = 0; i < n; i++) {
                bool gives = s->width[i] > s->least[i] && (s->fields || s->t->column[i].wrap) == (prose == 1);
                if (gives && (best == n || s->width[i] > s->width[best])) {
                    best = i;
                }
            }
            if (best == n) {
                break;
            }
            s->width[best]--;
        }
    }
}

static const char *style_code(hw_cell_style style)
{
    return style == HW_CELL_STRONG ? "\033[1m" : style == HW_CELL_WARN ? "\033[33m" : style == HW_CELL_FAINT ? "\033[2m" : "";
}

/* One line of one cell, padded; *at moves on. Returns whether anything is left. */
static bool cell_line(const setting *s, const char **at, size_t width, bool right, hw_cell_style style, bool last)
{
    size_t skip = 0, n = **at != 0 ? hw_text_line(*at, (double)width, hw_measure_columns, &skip) : 0;
    size_t used = hw_text_columns_n(*at, n), pad = used < width ? width - used : 0;
    bool painted = s->colour && n > 0 && style != HW_CELL_PLAIN;
    add_blanks(s->out, right ? pad : 0);
    hw_str_add(s->out, painted ? style_code(style) : "");
    hw_str_addn(s->out, *at, n);
    hw_str_add(s->out, painted ? "\033[0m" : "");
    add_blanks(s->out, right || last ? 0 : pad);
    *at += n + skip;
    return **at != 0;
}

/* One row of the columns in `show`, over as many lines as its longest cell takes. */
static void row_text(const setting *s, const char **at, const hw_cell_style *style, const uint32_t *show, uint32_t n)
{
    for (bool more = true; more;) {
        more = false;
        hw_str_add(s->out, s->indent);
        uint32_t last = 0; /* trailing columns that are empty on this line are not padded */
        for (uint32_t i = 0; i < n; i++) {
            last = *at[show[i]] != 0 ? i : last;
        }
        for (uint32_t i = 0; i <= last && i < n; i++) {
            uint32_t c = show[i];
            add_blanks(s->out, i > 0 ? GAP : 0);
            more = cell_line(s, &at[c], s->width[c], s->t->column[c].right, style[c], i == last) || more;
        }
        hw_str_addc(s->out, '\n');
    }
}

static void group_text(const setting *s, const uint32_t *show, uint32_t n, const char **at, hw_cell_style *style)
{
    const hw_table *t = s->t;
    if (!s->fields) {
        for (uint32_t i = 0; i < t->n_columns; i++) {
            at[i] = t->column[i].title;
            style[i] = HW_CELL_STRONG;
        }
        row_text(s, at, style, show, n);
        hw_str_add(s->out, s->indent);
        for (uint32_t i = 0; i < n; i++) {
            add_blanks(s->out, i > 0 ? GAP : 0);
            for (size_t k = 0; k < s->width[show[i]]; k++) {
                hw_str_addc(s->out, '-');
            }
        }
        hw_str_addc(s->out, '\n');
    }
    for (uint32_t r = 0; r < t->n_rows; r++) {
        for (uint32_t i = 0; i < t->n_columns; i++) {
            const hw_cell *c = &t->cell[(size_t)r * t->n_columns + i];
            at[i] = c->text;
            style[i] = s->fields && i == 0 ? HW_CELL_FAINT : c->style;
        }
        row_text(s, at, style, show, n);
    }
}

hw_status hw_table_text(const hw_table *t, bool fields, unsigned width, bool colour, const char *indent, hw_str *out, hw_err *err)
{
    uint32_t n = t->n_columns;
    hw_arena scratch = {0};
    setting s = {.t = t, .fields = fields, .colour = colour, .indent = indent, .out = out};
    s.width = HW_NEW(&scratch, size_t, n + 1);
    s.least = HW_NEW(&scratch, size_t, n + 1);
    uint32_t *show = HW_NEW(&scratch, uint32_t, n + 1);
    const char **at = HW_NEW(&scratch, const char *, n + 1);
    hw_cell_style *style = HW_NEW(&scratch, hw_cell_style, n + 1);
    if (s.width == NULL || s.least == NULL || show == NULL || at == NULL || style == NULL) {
        hw_arena_release(&scratch);
        return HW_NO_MEMORY_FAIL(err);
    }
    measure(&s);
    if (width > 0) {
        squeeze(&s, width);
    }
    for (uint32_t next = 0; next < n;) {
        /* the first column is repeated in every group, so that each row can be read */
        uint32_t shown = 0;
        show[shown++] = next == 0 ? next++ : 0;
        size_t used = strlen(indent) + s.width[0];
        while (next < n && (width == 0 || shown == 1 || used + GAP + s.width[next] <= width)) {
            used += GAP + s.width[next];
            show[shown++] = next++;
        }
        group_text(&s, show, shown, at, style);
        hw_str_add(out, next < n ? "\n" : "");
    }
    hw_arena_release(&scratch);
    return hw_str_check(out, err);
}

void hw_paragraph_text(const char *text, unsigned width, const char *first, const char *indent, hw_str *out)
{
    const char *lead = first;
    do {
        size_t used = hw_text_columns(lead);
        double room = width == 0 ? 1e9 : width > used + 20 ? (double)(width - used) : 20.0;
        size_t skip = 0, n = *text != 0 ? hw_text_line(text, room, hw_measure_columns, &skip) : 0;
        hw_str_add(out, lead);
        hw_str_addn(out, text, n);
        hw_str_addc(out, '\n');
        text += n + skip;
        lead = indent;
    } while (*text != 0);
}
