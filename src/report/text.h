// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * Text as it stands on a page: UTF-8 step by step, columns of a terminal (East Asian wide characters take two), widths in ems for drawings
 * that must not depend on a font, where a line may break, cleaning and escaping.
 */
#ifndef HW_REPORT_TEXT_H
#define HW_REPORT_TEXT_H

#include "base/memory.h"
#include "base/str.h"

/** Next character; *s moves on (not past the NUL). An invalid byte gives U+FFFD and moves by one. 0 at the end. */
uint32_t hw_utf8_next(const char **s);
/** Columns of one character in a terminal: 0, 1 or 2. Ambiguous characters count 1. */
unsigned hw_char_columns(uint32_t c);
size_t hw_text_columns(const char *s);
size_t hw_text_columns_n(const char *s, size_t n);
/** Width in ems of an ordinary sans-serif face, a little on the generous side. */
double hw_text_ems(const char *s);
double hw_text_ems_n(const char *s, size_t n);

typedef double (*hw_text_measure)(const char *s, size_t n);
double hw_measure_columns(const char *s, size_t n);
double hw_measure_ems(const char *s, size_t n);
/**
 * Bytes of s that go on a line of `room` (in the units of the measure): all if they fit, else up to the last place where a line may break (blank,
 * after - / _ , ; between Chinese characters), else as many characters as fit, at least one. *ret_skip: blanks to leave out after them.
 */
size_t hw_text_line(const char *s, double room, hw_text_measure measure, size_t *ret_skip);

/** A copy in which invalid UTF-8, control characters and direction overrides are U+FFFD and line breaks and tabs are blanks. NULL stays NULL (*ok is kept). */
const char *hw_text_clean(hw_arena *arena, const char *s, bool *ok);
/** Append with & < > " ' escaped for XML. The text must be clean. */
void hw_text_xml(hw_str *out, const char *s);

#endif
