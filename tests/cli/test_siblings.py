#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`homeward siblings` from outside.

usage: test_siblings.py PROGRAM
"""

import csv
import io
import json

from harness import check, contains, main, run, test

FREQ = ["--freq", "norstr-east-asia"]


def nation(folder):
    """Sixty children, many of them siblings rescued together; truth: sets of children of one family."""
    run("simulate", "nation", "--children", "60", "--families", "300", "--seed", "5", "--share-siblings-rescued", "0.5", *FREQ, "--out", folder / "n")
    families = {}
    for row in csv.DictReader((folder / "n" / "truth.csv").open(encoding="utf-8")):
        if row["family"]:
            families.setdefault(row["family"], []).append(row["child"])
    return folder / "n" / "children.csv", [tuple(sorted(f)) for f in families.values() if len(f) == 2]


@test
def finds_the_siblings_of_a_nation(folder):
    children, truth = nation(folder)
    check(len(truth) >= 5, "the nation has no siblings")
    rows = list(csv.DictReader(io.StringIO(run("siblings", *FREQ, "--children", children, "--csv")[0])))
    found = {(r["child"], r["sibling"]): float(r["posterior_full"]) for r in rows}
    check(all(a < b for a, b in found), "a pair stands the wrong way round")
    check(len(found) == len(rows), "a pair is listed twice")
    sure = {p for p, x in found.items() if x > 0.9}
    check(3 * len(sure & set(truth)) >= 2 * len(truth), f"missed: {set(truth) - sure}")  # samples of poor quality are among them
    check(sure <= set(truth), f"wrong: {sure - set(truth)}")
    check(all(r["synthetic"] == "yes" for r in rows), "synthetic data must be marked")


@test
def table_csv_and_json_agree(folder):
    children, _ = nation(folder)
    rows = list(csv.DictReader(io.StringIO(run("siblings", *FREQ, "--children", children, "--csv")[0])))
    data = json.loads(run("siblings", *FREQ, "--children", children, "--json")[0])
    check(len(data["pairs"]) == len(rows) > 5, "CSV and JSON differ in length")
    for row, pair in zip(rows, data["pairs"]):
        check((row["child"], row["sibling"]) == (pair["child"], pair["sibling"]), f"{row} {pair}")
        check(abs(float(row["log10_full"]) - pair["log10_full"]) < 1e-6, f"{row} {pair}")
        check(abs(float(row["log10_full_to_half"]) - (pair["log10_full"] - pair["log10_half"])) < 1e-5, f"{row} {pair}")
    text = run("siblings", *FREQ, "--children", children)[0]
    contains(text, "SYNTHETIC", "full siblings", rows[0]["child"], "Prior of each pair")
    first = run("siblings", *FREQ, "--children", children, "--csv", "--threads", "1")[0]
    check(run("siblings", *FREQ, "--children", children, "--csv", "--threads", "4")[0] == first, "the number of threads shows")


@test
def marks_a_child_entered_twice(folder):
    children, _ = nation(folder)
    lines = children.read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("C00004,"))
    twice = folder / "twice.csv"
    again = lines[at].split(",")
    head = next(line for line in lines if "sample" in line).split(",")
    again[0] = "C99999"
    if "person" in head:
        again[head.index("person")] = "C99999"
    twice.write_text("\n".join([*lines, ",".join(again)]) + "\n", encoding="utf-8")
    data = json.loads(run("siblings", *FREQ, "--children", twice, "--json")[0])
    marked = [(p["child"], p["sibling"]) for p in data["pairs"] if p["flag"] == "identical"]
    check(marked == [("C00004", "C99999")], str(marked))
    contains(run("siblings", *FREQ, "--children", twice)[0], "entered twice, or identical twins")


@test
def options_and_refusals(folder):
    children, _ = nation(folder)
    few = run("siblings", *FREQ, "--children", children, "--csv", "--threshold", "15")[0]
    check(2 <= len(few.splitlines()) < 6, few)
    contains(run("siblings", *FREQ, "--children", children, "--threshold", "300")[0], "No siblings found among 60 children")
    sure = json.loads(run("siblings", *FREQ, "--children", children, "--json", "--prior-full", "0")[0])
    check(all(p["posterior_full"] == 0 for p in sure["pairs"]), "a prior of 0 leaves a posterior")
    contains(run("siblings", *FREQ, status=2)[1], "--children is missing")
    contains(run("siblings", "--children", children, status=2)[1], "--freq is missing")
    contains(run("siblings", *FREQ, "--children", children, "--json", "--csv", status=2)[1], "exclude each other")
    contains(run("siblings", *FREQ, "--children", children, "--prior-full", "100", status=2)[1], "make every pair kin")
    contains(run("siblings", *FREQ, "--families", children, status=2)[1], "--families")


main()
