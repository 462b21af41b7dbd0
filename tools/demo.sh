#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The main job on a synthetic nation: 178 rescued children, 100,000 searching families, real allele frequencies. Ends with the
# ranked table and its verdicts, how much of the truth was found, the samples to take next, and one PDF report. Everything goes below ./demo-out/.
#
#   tools/demo.sh PROGRAM
#
#   CHILDREN, FAMILIES, SEED   sizes and seed                178, 100000, 2026
#   ROWS                       rows of the table             25
#   SAMPLES                    samples that may be taken     20
set -eu
program=${1:?usage: tools/demo.sh PROGRAM}
case $program in
*/*) program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program") ;;
esac
top=$(cd "$(dirname "$0")/.." && pwd)
HOMEWARD_DATA=${HOMEWARD_DATA:-$top/data}
export HOMEWARD_DATA
out=demo-out
# The loci of a common kit that all three tables have.
kit='D3S1358,vWA,D16S539,CSF1PO,TPOX,D8S1179,D21S11,D18S51,D2S441,D19S433,TH01,FGA,D22S1045,D5S818,D13S317,D7S820,D10S1248,D1S1656,D12S391,D2S1338,Penta D,Penta E'
began=$(date +%s)

step() {
    printf '\n== %s\n' "$1"
}

rm -rf "$out"
mkdir "$out"

step "A synthetic nation: relatives, wrong reports, swapped samples, drop-out, old kits (seed ${SEED:-2026})"
"$program" simulate nation --children "${CHILDREN:-178}" --families "${FAMILIES:-100000}" --seed "${SEED:-2026}" \
    --freq norstr-east-asia --loci "$kit" --chinese-names --out "$out/nation"

step 'Every child against every family, ranked by norSTR East Asia; NIST 1036 Asian and FBI 2015 Filipino beside it; then the verdicts'
"$program" match --freq norstr-east-asia,nist1036-asian,fbi2015-filipino --children "$out/nation/children.csv" \
    --families "$out/nation/families.json" --out "$out/run" --limit "${ROWS:-25}"
echo "The whole table: $out/run/candidates.csv"

step 'How much of the truth was found'
"$program" match score --run "$out/run" --truth "$out/nation/truth.csv"

step "The ${SAMPLES:-20} samples that would bring most children home next"
"$program" next --freq norstr-east-asia --children "$out/nation/children.csv" --families "$out/nation/families.json" --budget "${SAMPLES:-20}" \
    --draws 8 --refine 40 --limit 10

# The best pair: first row of the ranked table (rank, child, family, ...).
child=$(sed -n '2s/^[^,]*,\([^,]*\),.*/\1/p' "$out/run/candidates.csv")
family=$(sed -n '2s/^[^,]*,[^,]*,\([^,]*\),.*/\1/p' "$out/run/candidates.csv")
if [ -n "$child" ] && [ -n "$family" ]; then
    step "The report on the best pair: child $child, family $family"
    report=$out/report-$child-$family.pdf
    "$program" match explain "$child" "$family" --run "$out/run" --pdf "$report" --html "${report%.pdf}.html"
    if command -v pdftotext >/dev/null 2>&1; then
        pdftotext -layout "$report" - 2>/dev/null | sed -n '/[^ ]/p' | sed -n '1,24p' || true
    fi
    printf '\nOpen %s (or the .html beside it).\n' "$(pwd)/$report"
fi
printf 'The demonstration took %s seconds. All persons in it are invented.\n' $(($(date +%s) - began))
