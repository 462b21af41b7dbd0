#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Build the fuzz targets, replay their corpora and run each for some seconds, as many at a time as there are processors.
#
#   tools/fuzz.sh [SECONDS [NAME...]]
#
# Built with clang: address and undefined-behaviour sanitizers and libFuzzer. What it finds is kept in BUILD/found/NAME/; a fixed
# finding belongs into fuzz/corpus/NAME/. The last line reads "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/.." || exit 2
. tools/build.inc

seconds=${1:-10}
[ $# -gt 0 ] && shift
build=$out/sanitizers
build_sanitizers || { echo '0 passed, 1 failed, 0 skipped'; exit 1; }

# One target: replay, then search. Runs in a shell of its own under xargs.
one_target() {
    name=$1 seconds=$2 build=$3
    program=$build/fuzz/fuzz_$name
    log=$build/fuzz/$name.log
    if [ ! -x "$program" ]; then
        echo "FAILED $name: fuzz/fuzz_$name.c is not named in fuzz/meson.build"
        return
    fi
    found=$build/found/$name grown=$build/grown/$name seeds=fuzz/corpus/$name
    mkdir -p "$found" "$grown"
    if [ ! -d "$seeds" ] || [ -z "$(ls -A "$seeds")" ]; then
        echo "FAILED $name: no seed in $seeds"
        return
    fi
    limits="-timeout=25 -rss_limit_mb=2048 -max_len=65536 -artifact_prefix=$found/"
    # shellcheck disable=SC2086 # options hold no blanks
    if ! "$program" $limits -runs=0 "$seeds" >"$log" 2>&1 </dev/null; then
        echo "FAILED $name: a seed fails, see $log"
        grep -m 3 -E 'ERROR|runtime error|SUMMARY' "$log" | sed 's/^/    /'
        return
    fi
    # shellcheck disable=SC2086
    if ! "$program" $limits -max_total_time="$seconds" -print_final_stats=1 "$grown" "$seeds" >"$log" 2>&1 </dev/null; then
        echo "FAILED $name: $(find "$found" -type f | tail -n 1), see $log"
        grep -m 3 -E 'ERROR|runtime error|SUMMARY' "$log" | sed 's/^/    /'
        return
    fi
    echo "ok $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs," \
        "$(grep -o 'cov: [0-9]*' "$log" | tail -n 1)"
}
export -f one_target
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1

if [ $# -gt 0 ]; then
    names=$*
else
    names=$(cd fuzz && for source in fuzz_*.c; do [ -f "$source" ] && echo "$source"; done | sed 's/^fuzz_//; s/\.c$//')
fi
if [ -z "$names" ]; then
    echo '0 passed, 0 failed, 1 skipped'
    exit 0
fi
# shellcheck disable=SC2086
printf '%s\n' $names | xargs -P "$jobs" -I{} bash -c 'one_target "$@"' - {} "$seconds" "$build" | tee "$out/fuzz.log"
passed=$(grep -c '^ok ' "$out/fuzz.log")
failed=$(grep -c '^FAILED ' "$out/fuzz.log")
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
