// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* The table of formats; which one a file is; files in and out. */
#include "formats/format.h"

#include <string.h>

#include "base/file.h"
#include "formats/text_input.h"

static const hw_format *const FORMATS[] = {
    &hw_format_frequency_table, &hw_format_strider_xml,   &hw_format_freq_lines,  &hw_format_mutation_rates, &hw_format_genemapper,
    &hw_format_genis_table,     &hw_format_cmf_xml,       &hw_format_csv_long,    &hw_format_csv_wide,       &hw_format_familias,
    &hw_format_linkage,         &hw_format_homeward_json, &hw_format_oracle_json,
};
#define N_FORMATS (sizeof FORMATS / sizeof FORMATS[0])

size_t hw_format_count(void)
{
    return N_FORMATS;
}

const hw_format *hw_format_at(size_t i)
{
    return i < N_FORMATS ? FORMATS[i] : NULL;
}

const hw_format *hw_format_by_name(const char *name)
{
    for (size_t i = 0; i < N_FORMATS; i++) {
        if (hw_str_ieq(FORMATS[i]->name, name)) {
            return FORMATS[i];
        }
    }
    return NULL;
}

const hw_format *hw_format_by_id(hw_format_id id)
{
    for (size_t i = 0; i < N_FORMATS; i++) {
        if (FORMATS[i]->id == id) {
            return FORMATS[i];
        }
    }
    return NULL;
}

/* Has the path one of the extensions? */
static bool has_extension(const char *path, const char *extensions)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash != NULL ? slash : path, '.');
    if (dot == NULL) {
        return false;
    }
    size_t have = strlen(dot + 1);
    for (const char *e = extensions; *e != '\0';) {
        size_t n = strcspn(e, "|");
        bool same = n == have;
        for (size_t i = 0; same && i < n; i++) {
            char c = dot[1 + i];
            same = (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) == e[i];
        }
        if (same) {
            return true;
        }
        e += n + (e[n] == '|');
    }
    return false;
}

/* How much of the dataset a format of this id is made for. */
static int fits_content(hw_format_id id, const hw_dataset *d)
{
    bool people = d->n_profiles > 0 || d->n_families > 0;
    switch (id) {
    case HW_FORMAT_FREQUENCY_TABLE:
        return !people && d->n_populations > 0 ? 2 : 0;
    case HW_FORMAT_MUTATION_RATES:
        return !people && d->n_populations == 0 && d->has_settings ? 2 : 0;
    default:
        return people ? 2 : 1;
    }
}

const hw_format *hw_format_for_output(const char *path, const hw_dataset *d)
{
    const hw_format *best = NULL;
    int best_fit = -1;
    for (size_t i = 0; i < N_FORMATS; i++) {
        if (FORMATS[i]->write != NULL && has_extension(path, FORMATS[i]->extensions)) {
            int fit = fits_content(FORMATS[i]->id, d);
            if (fit > best_fit) {
                best = FORMATS[i];
                best_fit = fit;
            }
        }
    }
    return best;
}

const hw_format *hw_format_detect(const hw_format_input *in)
{
    const hw_format *best = NULL;
    int best_score = 0;
    for (size_t i = 0; i < N_FORMATS; i++) {
        if (FORMATS[i]->read == NULL) {
            continue;
        }
        int score = FORMATS[i]->detect(in) * 2;
        score += score > 0 && has_extension(in->name, FORMATS[i]->extensions);
        if (score > best_score) {
            best = FORMATS[i];
            best_score = score;
        }
    }
    return best;
}

hw_status hw_format_read_text(const hw_format_input *in, hw_format_options *o, hw_dataset *d, hw_err *err)
{
    hw_err own = {0};
    if (err == NULL) {
        err = &own; /* readers judge the message of a bad record, so there must be one */
    }
    const hw_format *f = o->format != HW_FORMAT_UNKNOWN ? hw_format_by_id(o->format) : hw_format_detect(in);
    if (f == NULL) {
        return HW_FAIL(err, HW_PARSE,
                       "%s: the format is not recognised; expected a table with a header line (see `homeward formats`), "
                       "CMF or STRidER XML, .fam, .ped or Homeward JSON",
                       in->name);
    }
    if (f->read == NULL) {
        return HW_FAIL(err, HW_UNSUPPORTED, "%s: the format %s is written, not read", in->name, f->name);
    }
    size_t max = o->max_bytes > 0 ? o->max_bytes : f->max_bytes;
    if (in->size > max) {
        return HW_FAIL(err, HW_LIMIT, "%s: %zu bytes, more than the limit of %zu bytes for %s; split the file", in->name, in->size, max,
                       f->title);
    }
    return f->read(in, o, d, err);
}

hw_status hw_format_read_file(const char *path, hw_format_options *o, hw_dataset *d, hw_err *err)
{
    size_t max = o->max_bytes > 0 ? o->max_bytes : HW_FORMAT_MAX_PROFILE_BYTES;
    HW_CLEANUP(hw_str_release) hw_str text;
    hw_str_init(&text, 0);
    HW_TRY(hw_file_read(path, max, &text, err));
    text.max = max + max / 2; /* GB18030 and UTF-16 text is up to half longer in UTF-8 */
    hw_text_encoding encoding;
    hw_status status = hw_text_decode(&text, &encoding, err);
    if (status != HW_OK) {
        hw_err_prefix(err, "%s: ", path);
        return status;
    }
    bool companions = o->companions;
    o->companions = !hw_streq(path, "-");
    hw_format_input in = {hw_streq(path, "-") ? "standard input" : path, text.s, text.len};
    status = hw_format_read_text(&in, o, d, err);
    o->companions = companions;
    if (status == HW_OK && encoding != HW_TEXT_UTF8) {
        hw_dataset_note(d, in.name, 0, "read as %s", hw_text_encoding_name(encoding));
    }
    return status;
}

hw_status hw_format_write_file(const char *path, const hw_format_options *o, const hw_dataset *d, hw_str *losses, hw_err *err)
{
    const hw_format *f = o->format != HW_FORMAT_UNKNOWN ? hw_format_by_id(o->format) : hw_format_for_output(path, d);
    if (f == NULL || f->write == NULL) {
        HW_CLEANUP(hw_str_release) hw_str names;
        hw_str_init(&names, 1024);
        for (size_t i = 0; i < N_FORMATS; i++) {
            if (FORMATS[i]->write != NULL) {
                hw_str_addf(&names, "%s%s (.%.*s)", names.len > 0 ? ", " : "", FORMATS[i]->name, (int)strcspn(FORMATS[i]->extensions, "|"),
                            FORMATS[i]->extensions);
            }
        }
        return HW_FAIL(err, HW_USAGE, "%s: no format to write is known by this name%s%s; expected one of: %s", path,
                       f != NULL ? " for " : "", f != NULL ? f->name : "", names.s);
    }
    HW_CLEANUP(hw_str_release) hw_str out;
    hw_str_init(&out, HW_FORMAT_MAX_PROFILE_BYTES);
    HW_TRY(f->write(d, o, &out, losses, err));
    HW_TRY(hw_str_check(&out, err));
    return hw_file_write(path, out.s, out.len, err);
}
