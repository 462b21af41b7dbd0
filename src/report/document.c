// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Building documents: an arena, a list of blocks, and one sticky failure.
 */
#include "report/document.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report/phrases.h"
#include "report/text.h"

#define PRINTF_MAX 2048

void hw_doc_init(hw_document *d, const hw_report_options *o)
{
    *d = (hw_document){.lang = o->lang, .ok = true};
    hw_arena_init(&d->arena, (size_t)256 << 20);
    d->date = o->date != NULL ? hw_doc_clean(d, o->date) : NULL;
    d->program = o->program != NULL ? hw_doc_clean(d, o->program) : NULL;
    d->title = d->head = "";
}

void hw_doc_release(hw_document *d)
{
    hw_arena_release(&d->arena);
    *d = (hw_document){0};
}

hw_status hw_doc_check(const hw_document *d, hw_err *err)
{
    return d->ok ? HW_OK : HW_NO_MEMORY_FAIL(err);
}

const char *hw_doc_clean(hw_document *d, const char *s)
{
    return s == NULL ? "" : hw_text_clean(&d->arena, s, &d->ok);
}

const char *hw_doc_printf(hw_document *d, const char *fmt, ...)
{
    char small[PRINTF_MAX];
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    const char *text = small;
    if (n >= (int)sizeof small) {
        char *large = hw_arena_alloc(&d->arena, (size_t)n + 1, 1);
        if (large != NULL) {
            (void)vsnprintf(large, (size_t)n + 1, fmt, again);
        }
        d->ok = d->ok && large != NULL;
        text = large;
    }
    va_end(again);
    return hw_doc_clean(d, n < 0 ? NULL : text);
}

const char *hw_doc_label(const hw_document *d, hw_label label)
{
    return hw_label_text(d->lang, label);
}

const char *hw_doc_phrase(hw_document *d, const char *s)
{
    return hw_doc_clean(d, hw_phrase(&d->arena, d->lang, s, &d->ok));
}

hw_block *hw_doc_add(hw_document *d, hw_block_kind kind, const char *text)
{
    hw_block *b = HW_NEW(&d->arena, hw_block, 1);
    if (b == NULL) {
        d->ok = false;
        return NULL;
    }
    b->kind = kind;
    b->text = hw_doc_clean(d, text);
    *(d->last != NULL ? &d->last->next : &d->first) = b;
    d->last = b;
    return b;
}

hw_table *hw_doc_table(hw_document *d, hw_block_kind kind, const char *caption, uint32_t n_columns, uint32_t max_rows)
{
    hw_block *b = hw_doc_add(d, kind, NULL);
    hw_table *t = HW_NEW(&d->arena, hw_table, 1);
    hw_column *column = HW_NEW(&d->arena, hw_column, n_columns + 1);
    hw_cell *cell = HW_NEW(&d->arena, hw_cell, (size_t)n_columns * max_rows + 1);
    if (b == NULL || t == NULL || column == NULL || cell == NULL) {
        d->ok = false;
        return NULL;
    }
    *t = (hw_table){.column = column, .n_columns = n_columns, .cell = cell, .max_rows = max_rows};
    t->caption = caption != NULL ? hw_doc_clean(d, caption) : NULL;
    for (uint32_t i = 0; i < n_columns; i++) {
        column[i].title = "";
    }
    b->table = t;
    return t;
}

void hw_doc_column(hw_document *d, hw_table *t, uint32_t i, const char *title, bool right, bool wrap)
{
    if (t != NULL) {
        HW_ASSERT(i < t->n_columns);
        t->column[i] = (hw_column){hw_doc_clean(d, title), right, wrap};
    }
}

hw_cell *hw_doc_row(hw_table *t)
{
    if (t == NULL) {
        return NULL;
    }
    HW_ASSERT(t->n_rows < t->max_rows);
    hw_cell *row = t->cell + (size_t)t->n_columns * t->n_rows++;
    for (uint32_t i = 0; i < t->n_columns; i++) {
        row[i].text = "";
    }
    return row;
}

void hw_doc_cell(hw_document *d, hw_cell *row, uint32_t i, const char *text, hw_cell_style style)
{
    if (row != NULL) {
        row[i] = (hw_cell){hw_doc_clean(d, text), style};
    }
}

void hw_doc_field(hw_document *d, hw_table *t, hw_label name, const char *value, hw_cell_style style)
{
    hw_cell *row = hw_doc_row(t);
    hw_doc_cell(d, row, 0, hw_doc_label(d, name), HW_CELL_PLAIN);
    hw_doc_cell(d, row, 1, value, style);
}
