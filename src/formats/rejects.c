// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* What happens to a bad record: the file fails, or the record is written beside it with the reason. */
#include "formats/format.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/csv.h"

/* Does the failure lie in the record, so that the next record may be good? */
static bool lies_in_record(hw_status code)
{
    return code == HW_PARSE || code == HW_CONFLICT || code == HW_UNSUPPORTED || code == HW_IMPOSSIBLE;
}

static void add_number(hw_str *out, uint32_t x)
{
    if (x > 0) {
        hw_str_addf(out, ",%u", x);
    } else {
        hw_str_addc(out, ',');
    }
}

void hw_format_reject(hw_format_options *o, const char *file, const hw_format_where *w, const char *reason)
{
    o->n_rejects++;
    hw_str *out = o->rejects;
    if (out == NULL) {
        return;
    }
    if (out->len == 0) {
        hw_str_add(out, "file,line,column,field,record,reason\n");
    }
    char record[HW_FORMAT_MAX_REJECT_RECORD + 1];
    size_t n = w->record == NULL ? 0 : w->record_len < sizeof record ? w->record_len : sizeof record - 1;
    while (n > 0 && n < w->record_len && ((unsigned char)w->record[n] & 0xC0) == 0x80) {
        n--; /* cut between characters */
    }
    if (n > 0) {
        memcpy(record, w->record, n);
    }
    record[n] = '\0';
    hw_csv_write(out, file, ',', true);
    add_number(out, w->line);
    add_number(out, w->column);
    hw_csv_write(out, w->field != NULL ? w->field : "", ',', false);
    hw_csv_write(out, record, ',', false);
    hw_csv_write(out, reason, ',', false);
    hw_str_addc(out, '\n');
}

hw_status hw_format_bad(const hw_format_input *in, hw_format_options *o, const hw_format_where *w, hw_err *err)
{
    HW_ASSERT(err != NULL && err->code != HW_OK);
    hw_status code = err->code;
    if (o->keep_good && lies_in_record(code)) {
        if (o->n_rejects >= HW_FORMAT_MAX_REJECTS) {
            hw_err_clear(err);
            return HW_FAIL(err, HW_LIMIT, "%s, line %u: more than %zu bad records; is this the right file?", in->name, w->line,
                           HW_FORMAT_MAX_REJECTS);
        }
        hw_format_reject(o, in->name, w, err->msg);
        hw_err_clear(err);
        return o->rejects != NULL ? hw_str_check(o->rejects, err) : HW_OK;
    }
    char where[256] = "";
    int n = 0;
    if (w->line > 0) {
        n = snprintf(where, sizeof where, ", line %u", w->line);
    }
    if (w->column > 0) {
        n += snprintf(where + n, sizeof where - (size_t)n, ", column %u", w->column);
    }
    if (w->field != NULL) {
        (void)snprintf(where + n, sizeof where - (size_t)n, ", field \"%.*s\"", 100, w->field);
    }
    hw_err_prefix(err, "%s%s: ", in->name, where);
    return code;
}

void hw_format_loss(hw_str *losses, const char *fmt, ...)
{
    if (losses == NULL) {
        return;
    }
    char line[1024];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    hw_str_add(losses, line);
    hw_str_addc(losses, '\n');
}
