// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * What a report says, as blocks that every writer sets in its own way: so that paper, browser and terminal never differ in content. All text in a
 * document is clean (text.h). Building fails softly: hw_doc_check tells at the end.
 */
#ifndef HW_REPORT_DOCUMENT_H
#define HW_REPORT_DOCUMENT_H

#include "report/labels.h"

typedef enum hw_block_kind {
    HW_BLOCK_BANNER,   /* must not be overlooked: synthetic data */
    HW_BLOCK_LEAD,     /* what the report is and is not */
    HW_BLOCK_HEADING,
    HW_BLOCK_TEXT,
    HW_BLOCK_SMALL,
    HW_BLOCK_ITEM,     /* of a list */
    HW_BLOCK_QUOTE,    /* a sentence to be copied */
    HW_BLOCK_FIELDS,   /* table of two columns: name, value */
    HW_BLOCK_TABLE,
    HW_BLOCK_PEDIGREE,
} hw_block_kind;

typedef enum hw_cell_style { HW_CELL_PLAIN, HW_CELL_STRONG, HW_CELL_WARN, HW_CELL_FAINT } hw_cell_style;

typedef struct hw_cell {
    const char *text; /* never NULL once the table is used */
    hw_cell_style style;
} hw_cell;

typedef struct hw_column {
    const char *title;
    bool right; /* numbers */
    bool wrap;  /* prose: may be broken over lines */
} hw_column;

typedef struct hw_table {
    const char *caption; /* or NULL */
    hw_column *column;
    uint32_t n_columns;
    hw_cell *cell;       /* row by row */
    uint32_t n_rows, max_rows;
    bool total;          /* the last row sums up the others */
} hw_table;

typedef struct hw_block {
    hw_block_kind kind;
    const char *text;
    const char *lang;    /* when it is not that of the document */
    hw_table *table;
    struct hw_block *next;
} hw_block;

typedef struct hw_document {
    hw_arena arena;
    hw_report_lang lang;
    const char *title;   /* heading of the first page */
    const char *head;    /* one line for the top of every page */
    const char *date, *program; /* or NULL */
    const char *foot;    /* in the middle of every foot; NULL: that this is a lead, not a confirmation */
    bool synthetic;
    hw_block *first, *last;
    bool ok;
} hw_document;

void hw_doc_init(hw_document *d, const hw_report_options *o);
void hw_doc_release(hw_document *d);
hw_status hw_doc_check(const hw_document *d, hw_err *err) HW_MUST_CHECK;
/** Clean copy; "" for NULL and when out of memory. */
const char *hw_doc_clean(hw_document *d, const char *s);
const char *hw_doc_printf(hw_document *d, const char *fmt, ...) HW_PRINTF(2, 3);
const char *hw_doc_label(const hw_document *d, hw_label label);
/** Engine phrase in the language of the document, clean. */
const char *hw_doc_phrase(hw_document *d, const char *s);
/** Append a block; text is cleaned. */
hw_block *hw_doc_add(hw_document *d, hw_block_kind kind, const char *text);
/** Append a table with room for max_rows; NULL when out of memory (then hw_doc_row gives scratch that goes nowhere). */
hw_table *hw_doc_table(hw_document *d, hw_block_kind kind, const char *caption, uint32_t n_columns, uint32_t max_rows);
void hw_doc_column(hw_document *d, hw_table *t, uint32_t i, const char *title, bool right, bool wrap);
/** Next row, all cells "". NULL when there is no table. */
hw_cell *hw_doc_row(hw_table *t);
/** Set a cell of a row (NULL row: nothing); text is cleaned. */
void hw_doc_cell(hw_document *d, hw_cell *row, uint32_t i, const char *text, hw_cell_style style);
/** A row of a FIELDS table. */
void hw_doc_field(hw_document *d, hw_table *t, hw_label name, const char *value, hw_cell_style style);

/** Sections of it: what was decided, how likely such a ratio is by chance. */
void hw_doc_decision(hw_document *d, const hw_pair_evidence *e);
void hw_doc_chance(hw_document *d, const hw_pair_evidence *e);
/** Which sample the family could give next; nothing when there is none. */
void hw_doc_next(hw_document *d, const hw_pair_evidence *e);
/** The report on one pair. */
hw_status hw_document_match(const hw_explanation *x, const hw_pair_evidence *e, const hw_report_options *o, hw_document *ret, hw_err *err) HW_MUST_CHECK;

/* The writers. A document with a pedigree block needs the drawing of it (PDF) and the explanation it comes from (terminal); others take NULL. */
struct hw_drawing;
/** A4 pages. Also INTERNAL when cairo refuses, USAGE for a date of `o` that is not one. */
hw_status hw_document_pdf(const hw_document *d, const struct hw_drawing *g, const hw_report_options *o, hw_str *out, hw_err *err) HW_MUST_CHECK;
hw_status hw_document_page_text(const hw_document *d, const hw_explanation *x, const hw_report_options *o, hw_str *out, hw_err *err) HW_MUST_CHECK;

/** Append a table in columns of a terminal: no boxes, wide characters counted as two, broken into groups of columns when too wide (width 0: never). */
hw_status hw_table_text(const hw_table *t, bool fields, unsigned width, bool colour, const char *indent, hw_str *out, hw_err *err) HW_MUST_CHECK;
/** Append a document of tables and paragraphs for a terminal. */
hw_status hw_document_text(const hw_document *doc, const hw_report_options *o, hw_str *out, hw_err *err) HW_MUST_CHECK;
/** Append text broken at `width` columns (0: not), each line after `indent`, the first after `first`. */
void hw_paragraph_text(const char *text, unsigned width, const char *first, const char *indent, hw_str *out);

#endif
