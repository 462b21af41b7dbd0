// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/* homeward simulate nation: a synthetic nation, for demonstrations and tests. */
#include <string.h>

#include "base/csv.h"
#include "base/file.h"
#include "cli/inputs.h"
#include "kinship/simulate.h"

#define MAX_LOCI ((size_t)HW_PANEL_MAX)

static hw_status read_nation(const cli *c, hw_nation *n, hw_err *err)
{
    const struct {
        const char *option;
        double *value;
    } shares[] = {{"share-true", &n->share_true}, {"share-one-parent", &n->share_one_parent}, {"share-two-parents", &n->share_two_parents},
                  {"share-siblings", &n->share_siblings}, {"share-grandparents", &n->share_grandparents}, {"share-mixed", &n->share_mixed},
                  {"share-poor", &n->share_poor}, {"dropout", &n->dropout}, {"share-wrong", &n->share_wrong}, {"share-swapped", &n->share_swapped},
                  {"share-relatives", &n->share_relatives}, {"share-siblings-rescued", &n->share_siblings_rescued},
                  {"share-partial-kit", &n->share_partial_kit}};
    hw_nation_init(n);
    uint64_t children = 178, families = 5000, seed = 1;
    HW_TRY(args_count(&c->args, "children", 1, 10000000, &children, err));
    HW_TRY(args_count(&c->args, "families", 1, 10000000, &families, err));
    HW_TRY(args_count(&c->args, "seed", 0, INT64_MAX, &seed, err));
    n->children = (uint32_t)children;
    n->families = (uint32_t)families;
    n->seed = seed;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        HW_TRY(args_number(&c->args, shares[i].option, 0, 1, shares[i].value, err));
    }
    n->chinese_names = args_has(&c->args, "chinese-names");
    return HW_OK;
}

/* --loci "vWA,FGA": names in the arena. */
static hw_status read_loci(cli *c, const char *const **ret, size_t *ret_n, hw_err *err)
{
    const char *text = args_text(&c->args, "loci");
    *ret = NULL;
    *ret_n = 0;
    if (text == NULL) {
        return HW_OK;
    }
    const char **name = HW_NEW(&c->arena, const char *, MAX_LOCI);
    if (name == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    size_t count = 0;
    for (const char *s = text; *s != '\0';) {
        size_t n = strcspn(s, ",");
        if (n > 0 && count == MAX_LOCI) {
            return HW_FAIL(err, HW_LIMIT, "--loci: more than %zu loci", MAX_LOCI);
        }
        if (n > 0) {
            name[count] = hw_arena_strndup(&c->arena, s, n);
            if (name[count++] == NULL) {
                return HW_NO_MEMORY_FAIL(err);
            }
        }
        s += n + (s[n] == ',');
    }
    *ret = name;
    *ret_n = count;
    return HW_OK;
}

static hw_status path_in(cli *c, const char *folder, const char *name, const char **ret, hw_err *err)
{
    *ret = hw_arena_printf(&c->arena, "%s/%s", folder, name);
    return *ret != NULL ? HW_OK : HW_NO_MEMORY_FAIL(err);
}

static hw_status write_truth(const hw_dataset *d, const hw_nation_truth *truth, const char *path, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str out = {0};
    hw_str_init(&out, 0);
    hw_str_add(&out, "child,family,missing,remark\n");
    for (size_t i = 0; i < d->n_children; i++) {
        const hw_family *f = truth[i].family != UINT32_MAX ? &d->family[truth[i].family] : NULL;
        hw_csv_write(&out, d->child[truth[i].child]->id, ',', true);
        hw_csv_write(&out, f != NULL ? f->id : "", ',', false);
        hw_csv_write(&out, f != NULL && truth[i].missing < f->n_missing ? f->pedigree.person[f->missing[truth[i].missing]].id : "", ',', false);
        hw_csv_write(&out, truth[i].remark, ',', false);
        hw_str_addc(&out, '\n');
    }
    HW_TRY(hw_str_check(&out, err));
    return hw_file_write(path, out.s, out.len, err);
}

static hw_status write_readme(const hw_nation *n, const char *table, const char *children, const char *path, hw_err *err)
{
    HW_CLEANUP(hw_str_release) hw_str out = {0};
    hw_str_init(&out, 0);
    hw_str_addf(&out,
                "SYNTHETIC DATA. Nobody in these files exists; every profile was drawn at random from allele frequencies.\n"
                "They are for demonstrations and tests and must never be mixed with profiles of real people.\n\n"
                "Made by: homeward %s simulate nation --children %u --families %u --seed %llu\n"
                "Allele frequencies: %s\n\n"
                "%s  profiles of the rescued children\n"
                "families.json  searching families with their profiles\n"
                "truth.csv      which child belongs to which family (empty: its family is not registered), and what was done to it\n",
                HW_VERSION, n->children, n->families, (unsigned long long)n->seed, table, children);
    HW_TRY(hw_str_check(&out, err));
    return hw_file_write(path, out.s, out.len, err);
}

/* The profiles of the dataset that are children, or those that are not. Borrows everything but the index of the profiles, which the caller releases. */
static hw_status part(cli *c, const hw_dataset *d, bool children, hw_dataset *ret, hw_err *err)
{
    hw_profile **list = HW_NEW(&c->arena, hw_profile *, d->n_profiles + 1);
    if (list == NULL) {
        return HW_NO_MEMORY_FAIL(err);
    }
    size_t n = 0;
    for (size_t i = 0, k = 0; i < d->n_profiles; i++) {
        bool child = k < d->n_children && d->child[k] == d->profile[i];
        k += child;
        if (child == children) {
            list[n++] = d->profile[i];
        }
    }
    *ret = *d;
    hw_map_init(&ret->profile_by_id, 0);
    for (size_t i = 0; i < n; i++) {
        hw_status s = hw_map_put(&ret->profile_by_id, list[i]->id, i, err);
        if (s != HW_OK) {
            hw_map_release(&ret->profile_by_id);
            return s;
        }
    }
    ret->profile = list;
    ret->n_profiles = n;
    if (children) {
        ret->n_families = 0;
        ret->child = list;
    } else {
        ret->n_children = 0;
    }
    return HW_OK;
}

static hw_status save_part(cli *c, const hw_dataset *d, bool children, hw_format_id format, const char *folder, const char *name, hw_err *err)
{
    hw_format_options o = {.separator = ',', .format = format};
    hw_dataset view;
    const char *path;
    HW_TRY(path_in(c, folder, name, &path, err));
    HW_TRY(part(c, d, children, &view, err));
    hw_status s = hw_format_write_file(path, &o, &view, NULL, err);
    hw_map_release(&view.profile_by_id);
    return s;
}

static hw_status save(cli *c, const hw_nation *n, const hw_dataset *d, const hw_nation_truth *truth, const char *table, const char *folder, hw_err *err)
{
    const char *path;
    int kind;
    HW_TRY(args_choice(&c->args, "children-format", &kind, err));
    const char *name = kind == 1 ? "children.json" : "children.csv";
    HW_TRY(hw_dir_make(folder, err));
    HW_TRY(save_part(c, d, true, kind == 1 ? HW_FORMAT_HOMEWARD_JSON : HW_FORMAT_CSV_WIDE, folder, name, err));
    HW_TRY(save_part(c, d, false, HW_FORMAT_HOMEWARD_JSON, folder, "families.json", err));
    HW_TRY(path_in(c, folder, "truth.csv", &path, err));
    HW_TRY(write_truth(d, truth, path, err));
    HW_TRY(path_in(c, folder, "README.txt", &path, err));
    HW_TRY(write_readme(n, table, name, path, err));
    term_note(c->command->name, "%zu children, %zu families: %s/%s families.json truth.csv README.txt (synthetic)", d->n_children, d->n_families, folder, name);
    return HW_OK;
}

static hw_status run(cli *c, inputs *in, hw_err *err)
{
    hw_nation n;
    const char *folder = args_text(&c->args, "out");
    const char *const *loci;
    size_t n_loci;
    hw_nation_truth *truth;
    HW_TRY(read_nation(c, &n, err));
    HW_TRY(read_loci(c, &loci, &n_loci, err));
    if (folder == NULL) {
        return HW_FAIL(err, HW_USAGE, "--out is missing: name a folder for the files");
    }
    if (!args_has(&c->args, "freq")) {
        HW_TRY(args_add(&c->args, "freq", "norstr-east-asia", err));
    }
    HW_TRY(inputs_read_tables(c, in, err));
    HW_TRY(inputs_read_settings(c, in, err));
    inputs_show_notes(c, in, NULL);
    HW_TRY(hw_nation_simulate(&n, in->population[0], &in->settings, loci, n_loci, &in->people, &truth, err));
    return save(c, &n, &in->people, truth, in->population[0]->name, folder, err);
}

hw_status cmd_simulate_nation(cli *c, hw_err *err)
{
    inputs in;
    inputs_init(&in);
    hw_status s = run(c, &in, err);
    inputs_release(&in);
    return s;
}
