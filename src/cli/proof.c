// SPDX-FileCopyrightText: 2026 The Homeward authors
// SPDX-License-Identifier: AGPL-3.0-or-later
#include "cli/proof.h"

#include <sys/random.h>

const char *const PANEL_21[PANEL_21_LOCI] = {"CSF1PO", "D10S1248", "D12S391", "D13S317", "D16S539", "D18S51", "D19S433", "D1S1656", "D21S11", "D22S1045", "D2S1338",
                                             "D2S441", "D3S1358", "D5S818", "D7S820", "D8S1179", "FGA", "SE33", "TH01", "TPOX", "vWA"};
const char *const PANEL_18[PANEL_18_LOCI] = {"CSF1PO", "D12S391", "D13S317", "D16S539", "D18S51", "D19S433", "D21S11", "D2S1338", "D3S1358",
                                             "D5S818", "D7S820", "D8S1179", "FGA", "Penta D", "Penta E", "TH01", "TPOX", "vWA"};

hw_status fresh_seed(const cli *c, uint64_t *ret, hw_err *err)
{
    uint64_t seed = 0;
    if (args_has(&c->args, "seed")) {
        return args_count(&c->args, "seed", 0, INT64_MAX, ret, err);
    }
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
        return HW_FAIL(err, HW_IO, "the system gave no random seed: choose one with --seed");
    }
    *ret = seed >> 20; /* short enough to copy from paper, and exact in JSON */
    return HW_OK;
}
