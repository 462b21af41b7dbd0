// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: Apache-2.0
/*
 * Founder correlation (theta), exactly: the founder genes are draws from one Polya urn, so the likelihood is a sum over which unknown founder genes
 * share their origin (set partitions), each term an ordinary net. Internal.
 * Source: the sampling formula of Balding and Nichols (1994); the urn's partitions are Ewens's (Pitman 1995).
 */
#ifndef HW_KINSHIP_THETA_H
#define HW_KINSHIP_THETA_H

#include "kinship/network.h"

/* ret_table NULL: only the value. Else the ordered table of the query, k*k (hemizygous: k), scaled by 2^*ret_exp. */
hw_status theta_sum(hw_engine *e, network *w, double **ret_table, int64_t *ret_exp, hw_real *ret, hw_err *err) HW_MUST_CHECK;
/* One net without theta, the same outputs. */
hw_status plain_sum(hw_engine *e, network *w, const founder_blocks *blocks, const free_founder *free_list, uint32_t n_free, double repeats,
                    double **ret_table, int64_t *ret_exp, hw_real *ret, hw_err *err) HW_MUST_CHECK;
/* Predicted cost, nothing computed. */
hw_status sum_cost(network *w, double *ret_operations, double *ret_bytes, hw_err *err) HW_MUST_CHECK;

#endif
