// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The kinship library words its findings in English; a report in Chinese says the common ones in Chinese. What is not known here stays as it is.
 */
#ifndef HW_REPORT_PHRASES_H
#define HW_REPORT_PHRASES_H

#include "report/match_report.h"

/** The phrase in the language of the report, in the arena or as given. NULL stays NULL; out of memory: *ok false. */
const char *hw_phrase(hw_arena *arena, hw_report_lang lang, const char *text, bool *ok);

#endif
