#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Go on testing for some minutes: the suites under the sanitizers with a new seed each round, then every fuzz target, then
# the identity of numbers.
#
#   tools/soak.sh [MINUTES]
#
# Tests of properties take their seed from HOMEWARD_SEED; the seed of a failing round is printed, and the same command with
# HOMEWARD_SEED set runs it again.
set -u
cd "$(dirname "$0")/.." || exit 2
minutes=${1:-30}
end=$((SECONDS + minutes * 60))
seed=${HOMEWARD_SEED:-$(date +%s)}
rounds=0 failed=0
HOMEWARD_SHARED=${HOMEWARD_SHARED:-$PWD/../shared}
export HOMEWARD_SHARED

while [ "$SECONDS" -lt "$end" ]; do
    rounds=$((rounds + 1))
    echo "== round $rounds, seed $seed"
    if ! HOMEWARD_SEED=$seed FUZZ_SECONDS=${FUZZ_SECONDS:-60} tools/test.sh sanitizers threads fuzz identical; then
        failed=$((failed + 1))
        echo "FAILED with HOMEWARD_SEED=$seed"
    fi
    seed=$((seed + 1))
done
echo "$rounds rounds, $failed failed"
[ "$failed" -eq 0 ]
