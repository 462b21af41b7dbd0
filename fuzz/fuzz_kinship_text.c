// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * The small readers of the kinship library: allele names, locus names, mtDNA haplotypes. What was read is written and read again.
 */
#include <stdint.h>
#include <string.h>

#include "kinship/lineage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096) {
        return 0;
    }
    hw_allele a, again;
    if (hw_allele_parse((const char *)data, size, &a, NULL) == HW_OK) {
        char buf[HW_ALLELE_BUF];
        hw_allele_format(a, buf);
        HW_ASSERT(hw_allele_parse(buf, strlen(buf), &again, NULL) == HW_OK && again == a);
    }
    hw_arena arena = {0};
    char *text = hw_arena_strndup(&arena, (const char *)data, size);
    HW_ASSERT(text != NULL);
    const hw_locus_info *l = hw_locus_find(text);
    HW_ASSERT(l == NULL || hw_locus_find(l->name) == l);
    hw_mt *m;
    if (hw_mt_parse(&arena, text, &m, NULL) == HW_OK) {
        hw_lineage_result r;
        hw_lineage_count none = {0};
        HW_ASSERT(hw_lineage_mt(m, m, 1, 0, none, &r, NULL) == HW_OK);
        HW_ASSERT(r.verdict == HW_LINEAGE_SAME && r.differences == 0);
    }
    hw_arena_release(&arena);
    return 0;
}
