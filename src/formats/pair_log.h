// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * pairs.log: what a national search found, chunk by chunk, so that an interrupted search goes on, shards are joined, and a later search computes only what is new. Text, one
 * line a fact, appended to while the search runs; a chunk counts when its last line, which carries a hash of its others, is whole.
 *
 *   homeward-pairs 1 FINGERPRINT CHUNK CHUNKS CHILDREN FAMILIES
 *   chunk NUMBER PAIRS ERRORS PAIRS_SEARCHED PERSONS_SEARCHED
 *   p CHILD FAMILY MISSING MANTISSA EXPONENT           a pair at or above the threshold, by index; ratio = MANTISSA 2^EXPONENT
 *   e FAMILY STATUS TEXT                               a family that could not be searched
 *   end NUMBER HASH
 */
#ifndef HW_FORMATS_PAIR_LOG_H
#define HW_FORMATS_PAIR_LOG_H

#include "kinship/match.h"

#define HW_PAIR_LOG_MAX_BYTES ((size_t)4 << 30)

typedef struct hw_pair_log {
    uint64_t fingerprint;  /* of profiles, families, tables and settings (hw_pair_log_fingerprint) */
    size_t chunk, n_chunks;
    size_t children, families;
    hw_match_chunk *part;  /* [n_chunks] */
    bool *there;           /* [n_chunks] */
    size_t n_there;
    size_t good_bytes;     /* of the text: up to the end of the last whole chunk */
    hw_arena arena;
} hw_pair_log;

/** Read a log. What follows the last whole chunk is left alone (a search was interrupted); PARSE for damage before that, with the line. CONFLICT when a chunk stands there twice and differs. */
hw_status hw_pair_log_read(const char *path, const char *text, size_t n, hw_pair_log *ret, hw_err *err) HW_MUST_CHECK;
void hw_pair_log_release(hw_pair_log *l);
/** Take the chunks of another log in that are not there yet. CONFLICT when they are of different searches, or a chunk differs. The other must outlive this one. */
hw_status hw_pair_log_join(hw_pair_log *l, const hw_pair_log *other, hw_err *err) HW_MUST_CHECK;
void hw_pair_log_write_header(const hw_pair_log *l, hw_str *out);
void hw_pair_log_write_chunk(const hw_match_chunk *k, hw_str *out);

/** Hash of what one profile says: code, sex, quality and all readings but mtDNA, which enters no ratio; the order of the panel does not matter. */
uint64_t hw_profile_hash(const hw_profile *p, const hw_panel *panel);
/** Hash of a family: its pedigree, who is missing, and its members' profiles. */
uint64_t hw_family_hash(const hw_family *f, const hw_panel *panel);
/** Hash of everything that the result of a search depends on; `settings`: the settings as text. */
uint64_t hw_pair_log_fingerprint(const hw_dataset *d, const hw_match_options *o, const char *settings);

#endif
