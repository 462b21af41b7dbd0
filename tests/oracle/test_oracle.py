#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`homeward lr --check` on every reference document; each case counts as a test.

usage: test_oracle.py PROGRAM

The references are looked for in $HOMEWARD_SHARED, by default `shared` beside the top folder of the source.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

NEXT_RELEASE = {"dvi"}


def expected_cases(path):
    """Cases the document holds, counted without the program: one that silently drops some must not pass."""
    document = json.loads(path.read_text(encoding="utf-8"))
    if document.get("family") in NEXT_RELEASE:
        return 0
    if "cases" in document:
        return len(document["cases"])
    beside = [path.with_suffix(s) for s in (".fam", ".ped")] + [path.with_name(path.stem + "-merlin.ped")]
    return 1 + sum(p.is_file() for p in beside)


def main():
    top = Path(os.environ.get("HOMEWARD_SOURCE", Path(__file__).resolve().parent.parent.parent))
    shared = Path(os.environ.get("HOMEWARD_SHARED", top.parent / "shared"))
    folder = shared / "oracles" / "kinship"
    files = sorted([*folder.glob("*.json"), *(folder / "formats").glob("*.json")])
    if not files:
        print(f"SKIPPED: no reference cases in {folder}; HOMEWARD_SHARED names another folder")
        sys.exit(77)
    done = subprocess.run([sys.argv[1], "lr", "--check", "--json", *map(str, files)], capture_output=True, text=True, timeout=110, check=False)
    if done.returncode not in (0, 1):
        print(f"[  FAILED  ] lr_check\nexit {done.returncode}\n{done.stderr}")
        sys.exit(1)
    result = json.loads(done.stdout)
    failed = done.returncode != 0
    for case in result["cases"]:
        if case["result"] == "skipped":
            print(f"SKIPPED: {case['case']}: {case['why']}")
            continue
        good = case["result"] == "ok" and case["values"] > 0
        name = case["case"].replace(" ", "_")
        print(f"[       OK ] {name}" if good else f"[  FAILED  ] {name}\n{case['why']}")
        failed |= not good
    expected, counted = sum(map(expected_cases, files)), result["passed"] + result["failed"]
    if counted != expected:
        print(f"[  FAILED  ] all_cases_compared\n{counted} cases compared, the files hold {expected}")
        failed = True
    else:
        print("[       OK ] all_cases_compared")
    print(f"{result['passed']} passed, {result['failed']} failed")
    sys.exit(1 if failed else 0)


main()
