// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Status codes and error messages: the one way a function of Homeward fails.
 *
 * A function that can fail returns hw_status and takes an `hw_err *err` last. The message goes into the caller's
 * hw_err; the innermost failure wins (a second hw_fail on the same hw_err keeps the first message). `err` may be NULL.
 * Libraries never print, log or exit. A broken invariant aborts through hw_bug().
 * Threads: an hw_err belongs to one thread.
 */
#ifndef HW_BASE_STATUS_H
#define HW_BASE_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HW_API __attribute__((visibility("default")))
#define HW_MUST_CHECK __attribute__((warn_unused_result))
#define HW_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* code, text, HTTP status, exit code of the program */
#define HW_STATUS_LIST(X)                                                  \
    X(OK, "ok", 200, 0)                                                    \
    X(USAGE, "the call is wrong", 400, 2)                                  \
    X(PARSE, "the input is malformed", 400, 3)                             \
    X(LIMIT, "the input is beyond a limit", 413, 4)                        \
    X(NOT_FOUND, "not found", 404, 5)                                      \
    X(IO, "reading or writing failed", 500, 6)                             \
    X(NO_MEMORY, "out of memory", 503, 7)                                  \
    X(CONFLICT, "the records contradict each other", 409, 8)               \
    X(REFUSED, "refused by a rule", 403, 9)                                \
    X(TOO_COSTLY, "the exact answer would cost too much", 422, 10)         \
    X(IMPOSSIBLE, "the stated family is impossible", 422, 11)              \
    X(UNSUPPORTED, "not supported", 501, 12)                               \
    X(CANCELLED, "cancelled", 499, 13)                                     \
    X(INTERNAL, "internal error", 500, 70)

typedef enum hw_status {
#define X(code, text, http, exit_code) HW_##code,
    HW_STATUS_LIST(X)
#undef X
    HW_STATUS_COUNT
} hw_status;

/** The error a caller owns. Zero-initialise: `hw_err err = {0};` */
typedef struct hw_err {
    hw_status code;
    const char *src_file; /* where in the source it was raised, for bug reports */
    int src_line;
    char msg[600]; /* UTF-8: what was wrong, where, what to do; truncated at a character boundary */
} hw_err;

HW_API const char *hw_status_name(hw_status s); /* "PARSE" */
HW_API const char *hw_status_text(hw_status s);
HW_API int hw_status_exit(hw_status s);
HW_API int hw_status_http(hw_status s);

/** Raise `code` with a message; keeps an earlier message of the same err. Returns code. */
HW_API hw_status hw_fail_at(hw_err *err, hw_status code, const char *file, int line, const char *fmt, ...) HW_PRINTF(5, 6);
#define HW_FAIL(err, code, ...) hw_fail_at((err), (code), __FILE__, __LINE__, __VA_ARGS__)

/** Put context ("file x.csv, line 3: ") in front of the message already in err; no-op when err is NULL or clear. */
HW_API void hw_err_prefix(hw_err *err, const char *fmt, ...) HW_PRINTF(2, 3);
HW_API void hw_err_clear(hw_err *err);

/** Pass a failure up. */
#define HW_TRY(expr)                               \
    do {                                           \
        hw_status hw_try_status_ = (expr);         \
        if (hw_try_status_ != HW_OK) {             \
            return hw_try_status_;                 \
        }                                          \
    } while (0)

#define HW_NO_MEMORY_FAIL(err) HW_FAIL((err), HW_NO_MEMORY, "out of memory")

/** Abort: an invariant of this program is broken. Prints file, line and text to standard error. */
HW_API __attribute__((noreturn)) void hw_bug_at(const char *file, int line, const char *what);
#define hw_bug(what) hw_bug_at(__FILE__, __LINE__, (what))
#define HW_ASSERT(cond)                  \
    do {                                 \
        if (!(cond)) {                   \
            hw_bug("broken: " #cond);    \
        }                                \
    } while (0)

#ifdef __cplusplus
}
#endif
#endif
