// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * CODIS common message format (CMF 3.2, 3.3; Rapid CMF read only). The format has no pedigrees: relatives share a CASEID, and the
 * category of a specimen says what it is to the missing person. Reading builds a family from them; what cannot be placed ("Maternal
 * Relative") is noted.
 */
#ifndef HW_FORMATS_CMF_H
#define HW_FORMATS_CMF_H

#include "formats/format.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What the header of a written file says; zero-initialised: "HOMEWARD" everywhere and the present time. */
typedef struct hw_cmf_header {
    const char *destination; /* at most 10 characters */
    const char *source;      /* at most 10 */
    const char *user;        /* at most 20 */
    const char *datetime;    /* "2026-01-31T12:00:00" */
} hw_cmf_header;

/** Write CMF 3.3, valid by its schema (data/schemas/cmf33_2017.xsd). NOT_FOUND when there is no profile that it can hold. */
HW_API hw_status hw_cmf_write(const hw_dataset *d, const hw_cmf_header *header, hw_str *out, hw_str *losses, hw_err *err) HW_MUST_CHECK;

/* The names of the schema of 2017, NULL at the end. */
extern const char *const cmf_loci[];
extern const char *const cmf_kits[];
extern const char *const cmf_categories[];
/** The name of the schema that is this one but for case, blanks and '-'; NULL when none is. */
const char *cmf_find(const char *const *names, const char *s);

#ifdef __cplusplus
}
#endif
#endif
