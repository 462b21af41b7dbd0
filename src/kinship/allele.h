// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Alleles: a length of a repeat (microvariants in tenths), or one of a few special values. Plain 32-bit codes, so that a
 * million profiles fit in memory and compare as integers. No registry, nothing to free.
 *
 *   0 .. 99999                 repeat number times ten: "9.3" is 93, "14" is 140
 *   HW_ALLELE_UNKNOWN (-1)     nothing known
 *   BELOW | tenths             off the ladder below: "<9";   ABOVE | tenths: ">20"
 *   HW_ALLELE_SILENT           cannot be seen ("silent", "null")
 *   HW_ALLELE_REST             all alleles not listed ("Rest allele")
 *   HW_ALLELE_OFF_LADDER       "OL": off the ladder, side not said
 *   NAMED | four 7-bit chars   a name of 1 to 4 printable ASCII characters that is not a number ("A", "X")
 */
#ifndef HW_KINSHIP_ALLELE_H
#define HW_KINSHIP_ALLELE_H

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t hw_allele;
#define HW_ALLELE_UNKNOWN ((hw_allele)-1)
#define HW_ALLELE_MAX_TENTHS 99999
#define HW_ALLELE_BELOW 0x10000000
#define HW_ALLELE_ABOVE 0x20000000
#define HW_ALLELE_SILENT 0x30000000
#define HW_ALLELE_REST 0x30000001
#define HW_ALLELE_OFF_LADDER 0x30000002
#define HW_ALLELE_NAMED 0x40000000
#define HW_ALLELE_BUF 16

/**
 * Read an allele name of n bytes (blanks at the ends allowed). "9", "9.3", "9.0" (= "9"), "<9", ">20", "OL", "silent",
 * "Rest allele", names of up to 4 characters. Empty, "-", "?", "0", "NA", "None" give HW_ALLELE_UNKNOWN ("0" is a missing allele in every
 * format this library reads). A comma is not a decimal point here: readers convert. PARSE otherwise, message says what was expected.
 */
HW_API hw_status hw_allele_parse(const char *s, size_t n, hw_allele *ret, hw_err *err) HW_MUST_CHECK;
/** Write the name ("9.3"); UNKNOWN gives "-". buf >= HW_ALLELE_BUF. Returns buf. */
HW_API char *hw_allele_format(hw_allele a, char *buf);
HW_API bool hw_allele_is_repeat(hw_allele a);
/** May `real` (a repeat or any allele of a table) be what was read as `seen`? Equal, or on the side that <n or >n says, or seen is UNKNOWN/OFF_LADDER. */
HW_API bool hw_allele_may_be(hw_allele seen, hw_allele real);

#ifdef __cplusplus
}
#endif
#endif
