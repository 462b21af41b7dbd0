#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
#
# A staged installation, seen by a stranger: his program is compiled with pkg-config against the shared and the static
# library, every installed header stands alone in C and in C++, and the libraries need libc alone and show hw_ names only.
#
#   tests/install/run.sh BUILD
#
# The last line reads "N passed, N failed, N skipped".
set -u
build=$(cd "$1" && pwd) || exit 2
cd "$(dirname "$0")/../.." || exit 2
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
passed=0 failed=0

check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1 </dev/null); then
        passed=$((passed + 1))
        echo "ok $name"
    else
        failed=$((failed + 1))
        printf 'FAILED %s\n%s\n' "$name" "$output" | head -n 40
    fi
}

install_it() {
    meson install -C "$build" --no-rebuild --quiet --destdir "$stage"
}
nothing_outside_usr() {
    [ "$(ls "$stage")" = usr ]
}
check 'meson install into DESTDIR' install_it
check 'everything is below the prefix' nothing_outside_usr

lib=$stage/usr/lib include=$stage/usr/include/homeward
export PKG_CONFIG_SYSROOT_DIR=$stage PKG_CONFIG_LIBDIR=$lib/pkgconfig
module=homeward-kinship

header_alone() {
    local compiler=$1 language=$2 header=$3
    printf '#include <%s>\n' "$header" |
        "$compiler" -x "$language" -Wall -Wextra -Werror -fsyntax-only "-I$include" -
}
while IFS= read -r header; do
    check "<$header> alone in C" header_alone gcc c "$header"
    check "<$header> alone in C++" header_alone g++ c++ "$header"
done < <(cd "$include" && find . -name '*.h' | sed 's|^\./||' | sort)

# shellcheck disable=SC2046 # options
compile_shared() {
    gcc -std=gnu11 -Wall -Wextra -Werror tests/install/stranger.c -o "$stage/shared" $(pkg-config --cflags --libs $module)
}
# shellcheck disable=SC2046
compile_static() {
    gcc -std=gnu11 -static tests/install/stranger.c -o "$stage/static" $(pkg-config --static --cflags --libs $module)
}
uses_shared_library() {
    readelf -d "$stage/shared" | grep -q 'NEEDED.*libhomeward-kinship\.so\.'
}
check 'a program compiles against the shared library' compile_shared
check 'it asks for the library by its version' uses_shared_library
check 'it runs' env LD_LIBRARY_PATH="$lib" "$stage/shared"
check 'a program compiles against the static library' compile_static
check 'it runs' "$stage/static"

needs_libc_alone() {
    local needed
    needed=$(readelf -d "$lib/libhomeward-kinship.so" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | grep -v -E '^(libc|libm|ld-linux.*)\.so')
    [ -z "$needed" ] || { echo "$needed"; return 1; }
}
# names OPTION LIBRARY: the defined global symbols that do not begin with hw_
foreign_names() {
    local foreign
    foreign=$(nm "$1" --defined-only "$2" | awk 'NF == 3 && $2 ~ /[A-TV-Z]/ && $3 !~ /^hw_/ {print $3}' | sort -u)
    [ -z "$foreign" ] || { echo "$foreign"; return 1; }
}
check 'the shared library needs libc alone' needs_libc_alone
check 'the shared library exports hw_ names only' foreign_names --dynamic "$lib/libhomeward-kinship.so"
check 'the static library has hw_ global names only' foreign_names --extern-only "$lib/libhomeward-kinship.a"


# The program looks for its tables where it will be installed; in a staging folder it has to be told.
export HOMEWARD_DATA=$stage/usr/share/homeward
finds_its_tables() {
    "$stage/usr/bin/homeward" version | grep -q norstr-east-asia
}
has_its_pages() {
    man_pages=$(find "$stage/usr/share/man" -type f | wc -l)
    [ "$man_pages" -ge 5 ] && [ -f "$stage/usr/share/bash-completion/completions/homeward" ]
}
check 'the installed program runs' "$stage/usr/bin/homeward" help
check 'it finds the installed tables' finds_its_tables
check 'manual pages and completion are installed' has_its_pages
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
