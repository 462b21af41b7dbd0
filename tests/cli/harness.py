# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the tests of the command line share: running the program, comparing with golden files, reporting like cmocka."""

import difflib
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

PROGRAM = str(Path(sys.argv[1]).resolve())
UPDATE = "--update" in sys.argv
TOP = Path(os.environ.get("HOMEWARD_SOURCE", Path(__file__).resolve().parent.parent.parent)).resolve()
GOLDEN = TOP / "tests" / "golden" / "cli"
TESTS = []


class Failure(Exception):
    pass


def environment(**more):
    env = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LD_LIBRARY_PATH")}
    env.update(HOMEWARD_DATA="data", LC_ALL="C.UTF-8", TERM="xterm", SOURCE_DATE_EPOCH="1764000000",
               LSAN_OPTIONS=f"suppressions={TOP}/tests/cli/lsan.supp:print_suppressions=0")
    env.update(more)
    return env


def run(*args, status=0, stdin=None, cwd=TOP, env=None, raw=False):
    """Run the program; (stdout, stderr). status None: any."""
    done = subprocess.run([PROGRAM, *map(str, args)], input=stdin, capture_output=True, cwd=cwd, env=env or environment(), timeout=100,
                          check=False, stdin=subprocess.DEVNULL if stdin is None else None)
    out, err = done.stdout, done.stderr
    if not raw:
        out, err = out.decode(), err.decode()
    if status is not None and done.returncode != status:
        raise Failure(f"{' '.join(map(str, args))}: exit {done.returncode}, expected {status}\n{err if not raw else err.decode()}")
    return out, err


def check(good, text):
    if not good:
        raise Failure(text)


def contains(text, *parts):
    for part in parts:
        check(part in text, f"expected {part!r} in:\n{text[:2000]}")


def golden(name, text):
    """Compare with tests/golden/cli/NAME, or write it with --update."""
    path = GOLDEN / name
    if UPDATE:
        path.write_text(text, encoding="utf-8")
        return
    expected = path.read_text(encoding="utf-8") if path.is_file() else ""
    if text != expected:
        lines = difflib.unified_diff(expected.splitlines(), text.splitlines(), f"golden/cli/{name}", "now", lineterm="", n=1)
        raise Failure("\n".join(list(lines)[:60]))


def test(function):
    TESTS.append(function)
    return function


def main():
    failed = 0
    for function in TESTS:
        name = function.__name__
        try:
            with tempfile.TemporaryDirectory(prefix="homeward-cli-") as folder:
                function(Path(folder))
            print(f"[       OK ] {name}", flush=True)
        except (Failure, subprocess.TimeoutExpired) as failure:
            failed += 1
            print(f"[  FAILED  ] {name}\n{failure}", flush=True)
        except Exception:  # a fault of the test itself is a failure too
            failed += 1
            print(f"[  FAILED  ] {name}\n{traceback.format_exc()}", flush=True)
    sys.exit(1 if failed else 0)
