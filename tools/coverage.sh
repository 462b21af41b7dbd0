#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Branch coverage of src/kinship and src/formats by the whole suite.
#
#   tools/coverage.sh [MIN_PERCENT]
#
# Writes build-coverage/index.html and prints a table per file; below MIN_PERCENT of branches (default 0) it fails.
# Not counted: the failing side of HW_ASSERT and hw_bug, which no input may reach, and branches the compiler itself made.
set -u
cd "$(dirname "$0")/.." || exit 2
minimum=${1:-0}
dir=build-coverage/build
jobs=$(nproc 2>/dev/null || echo 2)
HOMEWARD_SHARED=${HOMEWARD_SHARED:-$PWD/../shared}
export HOMEWARD_SHARED

mkdir -p build-coverage
if [ ! -f "$dir/build.ninja" ]; then
    CC=gcc meson setup "$dir" -Dtests=enabled -Dbench=false -Db_coverage=true -Doptimization=0 >build-coverage/setup.log 2>&1 </dev/null || {
        tail -n 20 build-coverage/setup.log
        exit 1
    }
fi
ninja -C "$dir" >build-coverage/build.log 2>&1 || {
    tail -n 30 build-coverage/build.log
    exit 1
}
find "$dir" -name '*.gcda' -delete
meson test -C "$dir" --no-rebuild --timeout-multiplier 10 --num-processes "$jobs" >build-coverage/suite.log 2>&1 </dev/null
suite=$?
tools/count-tests "$dir/meson-logs/testlog.json" | sed '1s/\([0-9]*\) \([0-9]*\) \([0-9]*\)/suite: \1 passed, \2 failed, \3 skipped/'

gcovr --root . --object-directory "$dir" -j "$jobs" \
    --filter 'src/kinship/' --filter 'src/formats/' \
    --exclude-throw-branches --exclude-unreachable-branches \
    --exclude-lines-by-pattern '.*\b(HW_ASSERT|hw_bug)\(.*' \
    --branches --txt build-coverage/branches.txt --html-details build-coverage/index.html --print-summary \
    --fail-under-branch "$minimum" "$dir" >build-coverage/summary.txt 2>build-coverage/gcovr.log
status=$?
cat build-coverage/branches.txt
cat build-coverage/summary.txt
if [ "$status" -ne 0 ]; then
    tail -n 5 build-coverage/gcovr.log
    exit "$status"
fi
echo 'details: build-coverage/index.html'
exit "$suite"
