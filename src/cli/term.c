// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/term.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/number.h"
#include "base/thread.h"

void term_start(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF && open("/dev/null", O_RDONLY) != fd) {
            _exit(hw_status_exit(HW_IO));
        }
    }
    /* `homeward ... | head` ends quietly, as everywhere, also when started by a program that ignores the signal. */
    signal(SIGPIPE, SIG_DFL);
}

bool term_stdout_is_terminal(void)
{
    return isatty(STDOUT_FILENO) == 1;
}

static bool dumb(void)
{
    const char *kind = getenv("TERM");
    return kind == NULL || hw_streq(kind, "") || hw_streq(kind, "dumb");
}

bool term_colour(void)
{
    const char *off = getenv("NO_COLOR");
    return term_stdout_is_terminal() && !dumb() && (off == NULL || off[0] == '\0');
}

unsigned term_width(void)
{
    if (!term_stdout_is_terminal()) {
        return 0;
    }
    struct winsize w;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0) {
        return w.ws_col < 40 ? 40 : w.ws_col;
    }
    return 80;
}

bool term_ascii(void)
{
    const char *name = NULL;
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < 3 && (name == NULL || name[0] == '\0'); i++) {
        name = getenv(variables[i]);
    }
    if (name == NULL || strcasestr(name, "utf-8") != NULL || strcasestr(name, "utf8") != NULL) {
        return false;
    }
    /* A pipe goes to a file or program, where the locale of this shell says little: there it is always UTF-8. */
    return term_stdout_is_terminal();
}

hw_status term_write(const hw_str *s, hw_err *err)
{
    HW_TRY(hw_str_check(s, err));
    if (s->len > 0 && fwrite(s->s, 1, s->len, stdout) != s->len) {
        return HW_FAIL(err, HW_IO, "writing to standard output failed: %s", strerror(errno));
    }
    return HW_OK;
}

hw_status term_finish(hw_err *err)
{
    bool failed = ferror(stdout) != 0;
    errno = 0;
    if (fflush(stdout) != 0 || failed) {
        return HW_FAIL(err, HW_IO, "writing to standard output failed: %s", errno != 0 ? strerror(errno) : "an earlier write failed");
    }
    if (close(STDOUT_FILENO) != 0 && errno != EBADF) {
        return HW_FAIL(err, HW_IO, "closing standard output failed: %s", strerror(errno));
    }
    return HW_OK;
}

void term_note(const char *command, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "homeward%s%s: ", command != NULL ? " " : "", command != NULL ? command : "");
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
}

void term_progress_start(term_progress *p, const char *what)
{
    *p = (term_progress){.what = what, .started = hw_now_seconds(), .on = isatty(STDERR_FILENO) == 1 && !dumb()};
    pthread_mutex_init(&p->lock, NULL);
}

static void draw(const term_progress *p, size_t done, size_t total, double now)
{
    enum { BAR = 30 };
    char bar[BAR + 1];
    double share = total > 0 ? (double)done / (double)total : 0, spent = now - p->started;
    size_t full = (size_t)(share * BAR);
    for (size_t i = 0; i < BAR; i++) {
        bar[i] = i < full ? '#' : '.';
    }
    bar[BAR] = '\0';
    char left[40] = "";
    if (share > 0.01 && spent > 1) {
        double seconds = spent * (1 - share) / share;
        long whole = (long)(seconds + 0.5);
        if (whole >= 3600) {
            snprintf(left, sizeof left, "  %ld h %02ld min left", whole / 3600, whole / 60 % 60);
        } else if (whole >= 60) {
            snprintf(left, sizeof left, "  %ld min %02ld s left", whole / 60, whole % 60);
        } else {
            snprintf(left, sizeof left, "  %ld s left", whole);
        }
    }
    fprintf(stderr, "\r%s [%s] %3d %%%s\x1b[K", p->what, bar, (int)(share * 100), left);
    fflush(stderr);
}

void term_progress_show(void *progress, size_t done, size_t total)
{
    term_progress *p = progress;
    if (!p->on || pthread_mutex_trylock(&p->lock) != 0) {
        return;
    }
    double now = hw_now_seconds();
    if (now - p->drawn >= 0.1) {
        p->drawn = now;
        draw(p, done, total, now);
    }
    pthread_mutex_unlock(&p->lock);
}

void term_progress_end(term_progress *p)
{
    if (p->on && p->drawn > 0) {
        fprintf(stderr, "\r\x1b[K");
        fflush(stderr);
    }
    pthread_mutex_destroy(&p->lock);
}
