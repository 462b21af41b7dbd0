#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# The checkers, checked: each violation is planted in a small tree of its own and must be caught, and the clean tree must
# pass. The last line reads "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/../.." || exit 2
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
tag='SPDX-License'
tag+='-Identifier:'

# fresh: a clean tree
fresh() {
    rm -rf "$work/tree"
    mkdir -p "$work/tree"/{src/base,src/kinship,src/formats,src/cli,docs,man,tests}
    cd "$work/tree" || exit 2
    plant src/base/str.h Apache-2.0 '#include <stddef.h>' 'HW_API hw_status hw_str_add(int *s) HW_MUST_CHECK;'
    plant src/kinship/locus.c Apache-2.0 '#include "base/str.h"' 'int f(int *s) { return (int)hw_str_add(s); }'
    plant src/formats/fam.c AGPL-3.0-or-later '#include <jansson.h>' '#include "kinship/locus.h"' '/* strcpy( in a comment */'
    plant src/kinship/locus.h Apache-2.0 '#include "base/str.h"'
    plant src/cli/main.c AGPL-3.0-or-later '#include "formats/fam.h"' 'const char *s = "gets(";'
    plant src/formats/fam.h AGPL-3.0-or-later '#include "kinship/locus.h"'
    printf '<!-- %s CC-BY-4.0 -->\n# One\n## Part two\n[itself](guide.md#part-two)\n' "$tag" >docs/guide.md
    printf "man_pages = files('x.1')\n# %s AGPL-3.0-or-later\n" "$tag" >man/meson.build
    printf '.\\" %s CC-BY-4.0\n.Dd November 23, 2026\n.Dt X 1\n.Os\n.Sh NAME\n.Nm x\n.Nd an example\n' "$tag" >man/x.1
}

# plant FILE LICENCE LINE...
plant() {
    local file=$1 licence=$2
    shift 2
    printf '// %s %s\n' "$tag" "$licence" >"$file"
    [ $# -eq 0 ] || printf '%s\n' "$@" >>"$file"
}

# passes CHECKER / catches WHAT CHECKER TEXT: on the tree as it stands
passes() {
    if output=$("$top/tools/$1" "$PWD" 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED %s complains about a clean tree:\n%s\n' "$1" "$output"
    fi
}
catches() {
    if output=$("$top/tools/$2" "$PWD" 2>&1); then
        failed=$((failed + 1))
        echo "FAILED $2 does not see $1"
    elif ! printf '%s\n' "$output" | grep -qF -- "$3"; then
        failed=$((failed + 1))
        printf 'FAILED %s, with %s planted, says something else:\n%s\n' "$2" "$1" "$output"
    else
        passed=$((passed + 1))
    fi
    fresh
}

fresh
passes check-layers
passes check-banned
passes check-docs

plant src/base/str.c Apache-2.0 '#include "kinship/locus.h"'
catches 'an include that points up' check-layers 'str.c:2: "kinship/locus.h" points up'
plant src/kinship/locus.c Apache-2.0 '#include "formats/fam.h"'
catches 'kinship calling formats' check-layers 'points up'
plant src/kinship/locus.c Apache-2.0 '# include <jansson.h>'
catches 'a library in kinship' check-layers 'may include libc, immintrin.h with <>, not <jansson.h>'
plant src/formats/fam.c AGPL-3.0-or-later '#include <cairo.h>'
catches 'a library of another room' check-layers 'not <cairo.h>'
plant src/kinship/locus.c Apache-2.0 '#include "locus.h"'
catches 'a bare include' check-layers 'is not the path of a header'
plant src/kinship/locus.c Apache-2.0 '#include "base/../formats/fam.h"'
catches 'a way round' check-layers 'is not the path of a header'
mkdir src/attic && plant src/attic/x.c AGPL-3.0-or-later
catches 'an unknown room' check-layers 'not in the table'

printf "sources = files('locus.c')\n# %s Apache-2.0\n" "$tag" >src/kinship/meson.build
passes check-layers
plant src/kinship/new.c Apache-2.0
catches 'a source that is not built' check-layers 'src/kinship/new.c:1: src/kinship/meson.build does not name it'

for call in 'strcpy(a, b)' 'sprintf(a, b)' 'strtok(a, b)' 'atoi(a)' 'x = malloc (3)' 'free(a)' 'strtod(a, b)' 'sscanf(a, b)' \
    'rand()' 'localtime(t)' 'setlocale(0, a)' 'assert(a)' 'printf(a)' 'exit(1)' 'fputs(a, stderr)'; do
    plant src/formats/fam.c AGPL-3.0-or-later "void f(void) { $call; }"
    catches "$call" check-banned 'fam.c:2:'
done
plant src/kinship/locus.c Apache-2.0 'double f(double x) { return x * log10(x); }'
catches 'libm in kinship' check-banned 'log10() is banned here'
plant tests/test_x.c Apache-2.0 'void f(void) { strcat(a, b); }'
catches 'strcat in a test' check-banned 'strcat() is banned here'
plant src/cli/main.c AGPL-3.0-or-later 'void f(int *s) {' '    (void)hw_str_add(s);' '}'
catches 'a dropped status' check-banned 'main.c:3: the status of hw_str_add() is dropped'
plant src/cli/main.c AGPL-3.0-or-later 'static hw_status show(void);' 'void f(void) {' '    show();' '}'
plant src/formats/fam.c AGPL-3.0-or-later 'static void show(void);' 'void f(void) {' '    show();' '}'
catches 'a dropped status of a static function' check-banned 'main.c:4: the status of show() is dropped'
plant src/formats/fam.c AGPL-3.0-or-later 'static void hw_str_add(int);' 'void f(void) {' '    hw_str_add(1);' '}'
passes check-banned
fresh
plant src/base/str.h Apache-2.0 'HW_API hw_status hw_str_add(int *s);'
catches 'a status that may be dropped' check-banned 'without HW_MUST_CHECK'
plant src/base/str.c AGPL-3.0-or-later
catches 'GPL in base' check-banned 'the licence here is Apache-2.0'
plant src/kinship/str.c GPL-3.0-only
catches 'GPL in kinship' check-banned 'the licence here is Apache-2.0'
echo 'int x;' >src/cli/x.c
catches 'a file without a licence' check-banned 'no SPDX licence line'
{ plant src/cli/x.c AGPL-3.0-or-later && yes 'int x;' | head -n 800 >>src/cli/x.c; }
catches 'a long file' check-banned 'more than 800'
plant src/cli/x.c AGPL-3.0-or-later '// TO''DO: the rest'
catches 'work left over' check-banned "do it, or say it"
plant src/cli/x.c AGPL-3.0-or-later 'const char *p = "/wo''rk/main";'
catches 'a path of one machine' check-banned 'is a path of one machine'

echo '[gone](nowhere.md)' >>docs/guide.md
catches 'a dead link' check-docs '(nowhere.md) leads nowhere'
echo '[gone](#part-three)' >>docs/guide.md
catches 'a dead anchor' check-docs 'no such heading'
echo '.Zz' >>man/x.1
catches 'a manual page with an unknown macro' check-docs 'unknown macro'
cp man/x.1 man/y.1
catches 'a manual page that is not installed' check-docs 'not named in man/meson.build'

# check-identical must see a program that depends on the processor, on the threads, or on the compiler.
cd "$work" || exit 2
printf '#!/bin/sh\necho "$2"\n' >same
# shellcheck disable=SC2016 # for the program
printf '#!/bin/sh\necho "$2 $GLIBC_TUNABLES"\n' >tuned
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$1"\n' >threaded
printf '#!/bin/sh\necho other\n' >other
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$2"; echo "$GLIBC_TUNABLES" >"$3/file"\n' >written
chmod +x same tuned threaded other written
echo '@THREADS@ lr @OUT@' >commands
for case in 'same same 0' 'tuned tuned 1' 'threaded threaded 1' 'same other 1' 'written written 1'; do
    # shellcheck disable=SC2086 # three words
    set -- $case
    COMMANDS=$work/commands "$top/tools/check-identical" "$work/$1" "$work/$2" >log 2>&1
    if [ $? -eq "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED check-identical with $1 and $2:"
        cat log
    fi
done

# count-tests must count a crash after passing cases, a failing case once though cmocka names it twice, and a loud skip.
cat >log.json <<'LOG'
{"name": "a", "result": "OK", "stdout": "[       OK ] one\n[       OK ] two\n[  SKIPPED ] three\n[  SKIPPED ] 1 test(s), listed below:\n[  SKIPPED ] three\n"}
{"name": "b", "result": "FAIL", "stdout": "[       OK ] one\n[  FAILED  ] two\n[  FAILED  ] 1 test(s), listed below:\n[  FAILED  ] two\n"}
{"name": "c", "result": "FAIL", "stdout": "[       OK ] one\n"}
{"name": "d", "result": "OK", "stdout": "fine\n"}
{"name": "e", "result": "SKIP", "stdout": "SKIPPED: no reference cases\n"}
{"name": "f", "result": "TIMEOUT", "stdout": ""}
{"name": "g", "result": "OK", "stdout": "SKIPPED: part of it\n[       OK ] one\n"}
LOG
counts=$("$top/tools/count-tests" log.json)
counts=${counts%%$'\n'*}
if [ "$counts" = '6 3 3' ]; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    echo "FAILED count-tests counts '$counts', not '6 3 3'"
fi
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
