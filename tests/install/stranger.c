// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * A program of somebody else, who has only the installed headers, the library and pkg-config: the ratio of a father and a
 * child at one locus, by hand 1 / (4 p) for one shared allele of frequency p.
 */
#include <base/memory.h>
#include <base/number.h>
#include <kinship/frequency.h>
#include <kinship/likelihood.h>
#include <kinship/pedigree.h>

#include <math.h>
#include <stdio.h>

static hw_status ratio(double *ret, hw_err *err)
{
    HW_CLEANUP(hw_arena_release) hw_arena arena = {0};
    HW_CLEANUP(hw_pedigree_release) hw_pedigree related = {0}, unrelated = {0};
    hw_allele alleles[] = {140, 150, 160};
    double freqs[] = {0.1, 0.3, 0.6};
    hw_freq table = {.locus = "D3S1358", .n = 3, .allele = alleles, .freq = freqs, .sum = 1};
    hw_locus_settings settings = {0};
    hw_locus_model *model = NULL;
    uint32_t father = 0, child = 0;
    hw_real alike, apart;

    hw_arena_init(&arena, 0);
    HW_TRY(hw_locus_model_build(&arena, &table, HW_LOCUS_AUTOSOMAL, &settings, 0, HW_RARE_AUTO, 0, NULL, 0, &model, err));
    hw_pedigree_init(&related);
    HW_TRY(hw_pedigree_add(&related, "father", HW_SEX_MALE, &father, err));
    HW_TRY(hw_pedigree_add(&related, "child", HW_SEX_UNKNOWN, &child, err));
    HW_TRY(hw_pedigree_copy(&related, &unrelated, err));
    HW_TRY(hw_pedigree_set_parents(&related, child, (int32_t)father, -1, err));
    HW_TRY(hw_pedigree_check(&related, err));
    HW_TRY(hw_pedigree_check(&unrelated, err));

    hw_typing typing[2] = {0};
    typing[father] = (hw_typing){.a = 140, .b = 150};
    typing[child] = (hw_typing){.a = 140, .b = 160};
    hw_engine *engine = NULL;
    HW_TRY(hw_engine_new(NULL, &engine, err));
    hw_status status = hw_likelihood(engine, &related, model, typing, &alike, err);
    if (status == HW_OK) {
        status = hw_likelihood(engine, &unrelated, model, typing, &apart, err);
    }
    hw_engine_free(engine);
    HW_TRY(status);
    *ret = hw_real_to_double(hw_real_div(alike, apart));
    return HW_OK;
}

int main(void)
{
    hw_err err = {0};
    double found = 0;
    hw_status status = ratio(&found, &err);
    if (status != HW_OK) {
        fprintf(stderr, "%s: %s\n", hw_status_name(status), err.msg);
        return hw_status_exit(status);
    }
    printf("%.12g\n", found);
    return fabs(found - 2.5) < 1e-12 ? 0 : 1;
}
