// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Loci: which markers forensic kits type, under which names, and where they are inherited from; and the panel, the
 * numbered list of loci that the profiles of one run refer to.
 * Both columns of a two-copy Y locus ("DYS385a", "DYS385b") are the one locus DYS385: a reader puts their alleles together.
 */
#ifndef HW_KINSHIP_LOCUS_H
#define HW_KINSHIP_LOCUS_H

#include "base/memory.h"
#include "base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum hw_locus_kind {
    HW_LOCUS_AUTO,       /* asks hw_panel_add to look the kind up (unknown names: DXS.. X, DYS../DYF.. Y, else autosomal) */
    HW_LOCUS_AUTOSOMAL,
    HW_LOCUS_X,
    HW_LOCUS_Y,
    HW_LOCUS_AMEL,       /* amelogenin, Y indel, SRY: evidence of sex */
} hw_locus_kind;

typedef struct hw_locus_info {
    const char *name;      /* canonical: "TH01", "vWA", "Penta D" */
    hw_locus_kind kind;
    uint8_t copies;        /* alleles a person of the right sex normally shows at most: 2; Y: 1, DYS385 and DYF387S1: 2 */
    const char *chromosome; /* "11", "X", "Y" */
    const char *aliases;   /* separated by '|' */
} hw_locus_info;

/** Known locus by any spelling (case, blanks, '_' and '-' ignored; aliases THO1, TP0X, PENTA_D ...). NULL when unknown. Thread-safe. */
HW_API const hw_locus_info *hw_locus_find(const char *name);
#define HW_LOCUS_FOLD_MAX 64
/** The name without blanks, '_' and '-', in capitals: how spellings are compared. False (and "") when empty or too long for buf. */
HW_API bool hw_locus_fold(const char *name, char *buf, size_t size);
HW_API size_t hw_locus_count(void);
HW_API const hw_locus_info *hw_locus_at(size_t i);

typedef struct hw_panel_locus {
    const char *name; /* canonical where known, else as first read; in the panel's arena */
    hw_locus_kind kind;
    uint8_t copies;
} hw_panel_locus;

/** The loci of a run. Indices never change. Owns its strings. */
typedef struct hw_panel {
    hw_arena arena;
    hw_panel_locus *locus;
    size_t n, cap;
    hw_map by_name; /* folded spellings -> index; ask hw_panel_find */
} hw_panel;

#define HW_PANEL_MAX 512
HW_API void hw_panel_init(hw_panel *p);
HW_API void hw_panel_release(hw_panel *p);
/** Index of the locus of that name, added when new. CONFLICT when it stands there with another kind. */
HW_API hw_status hw_panel_add(hw_panel *p, const char *name, hw_locus_kind kind, uint32_t *ret_index, hw_err *err) HW_MUST_CHECK;
HW_API bool hw_panel_find(const hw_panel *p, const char *name, uint32_t *ret_index);

#ifdef __cplusplus
}
#endif
#endif
