// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * The table behind labels.h, and the options every writer starts from.
 */
#include "report/labels.h"

static const char *const LABEL[HW_L_COUNT][2] = {
#define X(name, en, zh) {en, zh},
    HW_LABEL_LIST(X)
#undef X
};

const char *hw_label_text(hw_report_lang lang, hw_label label)
{
    HW_ASSERT(label < HW_L_COUNT);
    return LABEL[label][lang == HW_REPORT_ZH ? 1 : 0];
}

const char *hw_lang_tag(hw_report_lang lang)
{
    return lang == HW_REPORT_ZH ? "zh-Hans" : "en";
}

void hw_report_options_init(hw_report_options *o)
{
    *o = (hw_report_options){.lang = HW_REPORT_EN};
}
