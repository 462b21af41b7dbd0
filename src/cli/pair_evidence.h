// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * What a search has said and decided of one pair, read from the list it wrote (candidates.json), so that a report on the pair tells what was decided then and needs
 * no new search; the chance of its ratio; and which sample of the family would help most.
 */
#ifndef HW_CLI_PAIR_EVIDENCE_H
#define HW_CLI_PAIR_EVIDENCE_H

#include "formats/json_format.h"
#include "kinship/match.h"
#include "report/match_report.h"

/** The list of a search. Release also after a failure. */
typedef struct pair_list {
    json_t *root; /* NULL: there is none */
    const char *name; /* for messages */
} pair_list;

/** A list as its writer made it; `name` stays. PARSE names what is wrong and what to do. */
hw_status pair_list_parse(const char *name, const hw_str *text, pair_list *ret, hw_err *err) HW_MUST_CHECK;
/** FOLDER/candidates.json; a folder without one (a part of a search) gives an empty list. */
hw_status pair_list_read(const char *folder, hw_arena *arena, pair_list *ret, hw_err *err) HW_MUST_CHECK;
void pair_list_release(pair_list *l);

/** What the list says of a pair. Strings belong to the list. */
typedef struct pair_found {
    bool listed;
    const json_t *entry;   /* its entry, or NULL */
    hw_match_known known;  /* prior_each also when it is not listed */
    const char *under;     /* the relatives that the family was searched under alone, or NULL */
} pair_found;
hw_status pair_list_find(const pair_list *l, const char *child, const char *family, const char *missing, pair_found *ret, hw_err *err) HW_MUST_CHECK;

/** The decision on a pair that was found; *ret NULL when the list holds none. In the arena, strings belong to the list. */
hw_status pair_list_decision(const pair_list *l, const pair_found *f, hw_arena *arena, const hw_pair_decision **ret, hw_err *err) HW_MUST_CHECK;

/**
 * P(ratio at least as large as that of x | unrelated, each rival, the missing person), for a child typed as this one. d, o: those of the explanation. A family for which it cannot
 * be computed says why in *ret_why, and *ret is NULL.
 */
hw_status pair_chance(const hw_dataset *d, const hw_match_options *o, const hw_explanation *x, uint32_t family, hw_arena *arena, const hw_pair_chance **ret,
                      const char **ret_why, hw_err *err) HW_MUST_CHECK;

/**
 * The samples that the family could give next, the best three, into e: in the arena. persons, children: of the whole search. A family for which none can be computed leaves e alone.
 */
hw_status pair_next(const hw_dataset *d, const hw_match_options *o, uint32_t family, uint32_t missing, double persons, double children, hw_arena *arena, hw_pair_evidence *e,
                    hw_err *err) HW_MUST_CHECK;

#endif
