// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* For tests that draw: fontconfig and pango keep caches for the life of the process, which are no leaks. Included once by a program. */
#ifndef HW_TESTS_FONT_CACHES_H
#define HW_TESTS_FONT_CACHES_H

#include "base/status.h"

HW_API const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpango\nleak:libcairo\nleak:libglib\n";
}

#endif
