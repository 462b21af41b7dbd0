// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * What the program's ends are: terminal or pipe, wide or narrow, coloured or not; results to standard output with every write
 * checked; notes and progress to standard error. Colours and progress appear on a terminal only; NO_COLOR (no-color.org) switches colours off.
 */
#ifndef HW_CLI_TERM_H
#define HW_CLI_TERM_H

#include <pthread.h>

#include "base/str.h"

/** Call first: standard streams that are closed are opened on /dev/null for reading, so that no file takes their place and writing fails. */
void term_start(void);
bool term_stdout_is_terminal(void);
bool term_colour(void);   /* on standard output */
unsigned term_width(void); /* columns of standard output; 0 when it is no terminal */
bool term_ascii(void);    /* the environment names a character set other than UTF-8 */

/** Write a result. IO on failure (full disk). */
hw_status term_write(const hw_str *s, hw_err *err) HW_MUST_CHECK;
/** Flush and close standard output: a failure that was buffered shows here. */
hw_status term_finish(hw_err *err) HW_MUST_CHECK;
/** One line to standard error: "homeward NAME: text". */
void term_note(const char *command, const char *fmt, ...) HW_PRINTF(2, 3);

/** A progress bar with the time left, on standard error when that is a terminal. */
typedef struct term_progress {
    const char *what;
    double started, drawn;
    bool on;
    pthread_mutex_t lock;
} term_progress;
void term_progress_start(term_progress *p, const char *what);
/** Any thread. */
void term_progress_show(void *progress, size_t done, size_t total);
/** Wipe the line. */
void term_progress_end(term_progress *p);

#endif
