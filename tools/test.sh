#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# Everything `make test` proves, area by area.
#
#   tools/test.sh [AREA...]
#
#   checks      layers, banned functions, licences (REUSE); and each checker seen to catch a planted violation
#   docs        manual pages lint clean and are installed; links in the documentation lead somewhere
#   gcc         build without a warning; every suite
#   install     staged installation; a stranger's program against the shared and the static library; exported symbols
#   sanitizers  clang, without a warning: every suite under address and undefined-behaviour sanitizers
#   fuzz        every fuzz target: its corpus, then FUZZ_SECONDS (10) of search
#   threads     tests that use threads under ThreadSanitizer
#   identical   gcc and clang programs, with and without AVX2 and FMA, with 1 and 8 threads: the same bytes
#
# An area that fails does not stop the others. The last line is "N passed, N failed, N skipped" over all of them; a fuzz
# target, a checker and a case of a unit test count as one each.
set -u
cd "$(dirname "$0")/.." || exit 2
. tools/build.inc

all_areas='checks docs gcc install sanitizers fuzz threads identical'
passed=0 failed=0 skipped=0
table=
HOMEWARD_SHARED=${HOMEWARD_SHARED:-$PWD/../shared}
export HOMEWARD_SHARED
use_locale

# add PASSED FAILED SKIPPED: to this area's counts
add() {
    area_passed=$((area_passed + $1)) area_failed=$((area_failed + $2)) area_skipped=$((area_skipped + $3))
}

# one NAME COMMAND...: a command that is one test; its output is shown when it fails
one() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1 </dev/null); then
        add 1 0 0
    else
        add 0 1 0
        printf 'FAILED %s\n%s\n' "$name" "$output" | tail -n 60
    fi
}

# many COMMAND...: a command whose last line counts its own tests
many() {
    local log=$out/area-$area.log counts
    "$@" 2>&1 </dev/null | tee "$log" | grep -v '^ok '
    counts=$(tail -n 1 "$log" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p')
    if [ -n "$counts" ]; then
        # shellcheck disable=SC2086 # three numbers
        add $counts
    else
        echo "FAILED: $* ended without a count"
        add 0 1 0
    fi
}

# suite BUILD MULTIPLIER [TEST...]: the tests of a build, with time-outs stretched by MULTIPLIER
suite() {
    local dir=$out/$1 multiplier=$2 counts
    shift 2
    rm -f "$dir/meson-logs/testlog.json"
    meson test -C "$dir" --no-suite slow --timeout-multiplier "$multiplier" --num-processes "$jobs" --print-errorlogs "$@" \
        >"$dir/suite.log" 2>&1 </dev/null
    if [ ! -f "$dir/meson-logs/testlog.json" ]; then
        if grep -q 'No tests defined' "$dir/suite.log"; then
            add 0 0 1
        else
            tail -n 20 "$dir/suite.log"
            add 0 1 0
        fi
        return
    fi
    counts=$(tools/count-tests "$dir/meson-logs/testlog.json")
    printf '%s\n' "$counts" | tail -n +2
    # shellcheck disable=SC2046 # three numbers
    add $(printf '%s\n' "$counts" | head -n 1)
    if printf '%s\n' "$counts" | grep -q '^    FAILED '; then
        grep -v -E '^ *[0-9]+/[0-9]+ .* OK ' "$dir/suite.log" | tail -n 60
    fi
}

area_checks() {
    one 'layers' tools/check-layers
    one 'banned functions and file rules' tools/check-banned
    one 'licences (reuse lint)' reuse lint
    many tests/tools/selftest.sh
}

area_docs() {
    many tools/check-docs
}

area_gcc() {
    one 'gcc build without a warning' build_gcc
    [ "$area_failed" -gt 0 ] || suite gcc 3
}

area_install() {
    build_gcc >/dev/null 2>&1
    many tests/install/run.sh "$out/gcc"
}

area_sanitizers() {
    one 'clang build with sanitizers without a warning' build_sanitizers
    [ "$area_failed" -gt 0 ] || suite sanitizers 6
}

area_fuzz() {
    many tools/fuzz.sh "${FUZZ_SECONDS:-10}"
}

area_threads() {
    one 'ThreadSanitizer build' build_threads
    [ "$area_failed" -gt 0 ] && return
    if meson introspect --tests "$out/threads" | grep -q ':threads"'; then
        suite threads 10 --suite threads
    else
        add 0 0 1
    fi
}

area_identical() {
    one 'clang build without a warning' build_clang
    one 'gcc build' build_gcc
    [ "$area_failed" -gt 0 ] && return
    export CASES=$out/cases.json
    "$out/gcc/tests/second/gencases" --seed 5 --cases 500 --out "$CASES" >/dev/null 2>&1
    many tools/check-identical "$out/gcc/src/cli/homeward" "$out/clang/src/cli/homeward"
}

started=$SECONDS
# shellcheck disable=SC2048 # areas are words
for area in ${*:-$all_areas}; do
    case " $all_areas " in
    *" $area "*) ;;
    *)
        echo "tools/test.sh: no area '$area'; there are: $all_areas" >&2
        exit 2
        ;;
    esac
    echo "== $area"
    area_passed=0 area_failed=0 area_skipped=0 began=$SECONDS
    "area_$area"
    took=$((SECONDS - began))
    table+=$(printf '%-12s %4d.%d %8d %8d %8d' "$area" $((took / 60)) $((took % 60 / 6)) "$area_passed" "$area_failed" "$area_skipped")$'\n'
    passed=$((passed + area_passed)) failed=$((failed + area_failed)) skipped=$((skipped + area_skipped))
done
took=$((SECONDS - started))

printf '\n%-12s %6s %8s %8s %8s\n%s' area minutes passed failed skipped "$table"
printf '%-12s %4d.%d\n\n' all $((took / 60)) $((took % 60 / 6))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
