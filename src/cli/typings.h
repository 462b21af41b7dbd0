// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * From samples to persons: drop-out and error probabilities of the options go to every sample that states none, and only then are the samples of
 * one person merged, since what a single allele means depends on them. The same for children and for relatives.
 */
#ifndef HW_CLI_TYPINGS_H
#define HW_CLI_TYPINGS_H

#include "kinship/dataset.h"

/** One profile per child and per relative. Conflicts become notes of the dataset. */
hw_status typings_prepare(hw_dataset *d, double dropout, double error, hw_err *err) HW_MUST_CHECK;

#endif
