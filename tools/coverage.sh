#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Branch coverage of src/kinship and src/formats by the whole suite.
#
#   tools/coverage.sh [MIN_PERCENT]
#
# Writes build-coverage/index.html ($HOMEWARD_COVERAGE_DIR moves it) and prints a table per file; below MIN_PERCENT of branches (default 0) it fails.
# Not counted: the failing side of HW_ASSERT and hw_bug, which no input may reach, and branches the compiler itself made.
set -u
cd "$(dirname "$0")/.." || exit 2
minimum=${1:-0}
HOMEWARD_TEST_DIR=${HOMEWARD_COVERAGE_DIR:-build-coverage}
. tools/build.inc
dir=$out/build
use_locale
HOMEWARD_SHARED=${HOMEWARD_SHARED:-$PWD/../shared}
export HOMEWARD_SHARED

configure build gcc -Dtests=enabled -Dbench=false -Db_coverage=true -Doptimization=0 || exit 1
compile build || exit 1
find "$dir" -name '*.gcda' -delete
meson test -C "$dir" --no-rebuild --timeout-multiplier 10 --num-processes "$jobs" >"$out"/suite.log 2>&1 </dev/null
suite=$?
tools/count-tests "$dir/meson-logs/testlog.json" | sed '1s/\([0-9]*\) \([0-9]*\) \([0-9]*\)/suite: \1 passed, \2 failed, \3 skipped/'

gcovr --root . --object-directory "$dir" -j "$jobs" \
    --filter 'src/kinship/' --filter 'src/formats/' \
    --exclude-throw-branches --exclude-unreachable-branches \
    --exclude-lines-by-pattern '.*\b(HW_ASSERT|hw_bug)\(.*' \
    --branches --txt "$out"/branches.txt --html-details "$out"/index.html --print-summary \
    --fail-under-branch "$minimum" "$dir" >"$out"/summary.txt 2>"$out"/gcovr.log
status=$?
cat "$out"/branches.txt
cat "$out"/summary.txt
if [ "$status" -ne 0 ]; then
    tail -n 5 "$out"/gcovr.log
    exit "$status"
fi
echo "details: $out/index.html"
exit "$suite"
