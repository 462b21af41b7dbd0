#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""homeward validate, validate chance, validate nations, from outside.

usage: test_validate.py PROGRAM
"""

import hashlib
import json
import math
import os
from pathlib import Path

from harness import PROGRAM, TOP, check, contains, main, run, test

CASES = TOP / "data" / "validation"


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@test
def shipped_cases_agree(folder):
    report = json.loads(run("validate", "--json", "--analyst", "N. N.")[0])
    check(report["failed"] == 0 and report["skipped"] == 0, f"{report['failed']} failed, {report['skipped']} skipped")
    # counted without the program: a case that is silently dropped must not pass
    expected = {(path.name, case["id"]) for path in CASES.glob("*.json") for case in json.loads(path.read_text(encoding="utf-8"))["cases"]}
    got = {(Path(case["file"]).name, case["case"]) for case in report["cases"]}
    check(got == expected, f"differs: {got ^ expected}")
    check(report["values"] == sum(len(case["values"]) for case in report["cases"]), "values are counted wrongly")
    check(report["values"] > 3000, "few values")
    check(report["analyst"] == "N. N." and report["laboratory"] is None, "who")
    check(report["date"] == "2025-11-24", "SOURCE_DATE_EPOCH is not respected")
    for case in report["cases"]:
        for value in case["values"]:
            check(value["ok"], f"{case['case']}: {value}")
            if value["expected"] is not None and value["expected"] not in ("inf", "-inf", "nan", "0"):
                ours, theirs = float(value["computed"]), float(value["expected"])
                check(abs(ours - theirs) <= case["tolerance"] * max(abs(theirs), 1e-300) * 1.001 or abs(ours - theirs) <= case["tolerance"], f"{case['case']}: {value}")


@test
def every_family_of_cases_is_shipped(folder):
    shared = Path(os.environ.get("HOMEWARD_SHARED", TOP.parent / "shared")) / "oracles" / "kinship"
    if not shared.is_dir():
        print(f"SKIPPED: {shared} is not there", flush=True)
        return
    names = {path.name for path in shared.glob("*.json")}
    check(names == {path.name for path in CASES.glob("*.json")}, "a family of cases is not shipped")


@test
def no_example_data_of_others_is_shipped(folder):
    ids = {case["id"] for case in json.loads((CASES / "dvi.json").read_text(encoding="utf-8"))["cases"]}
    check(ids and all(int(i.split("-")[1]) > 12 for i in ids), f"{ids}")


@test
def hashes_are_those_of_the_files(folder):
    report = json.loads(run("validate", "--json")[0])
    roles = {}
    for file in report["files"]:
        roles.setdefault(file["role"], []).append(file)
        path = PROGRAM if file["role"] == "program" else file["path"] if file["path"].startswith("/") else TOP / file["path"]
        check(file["sha256"] == sha256(path), f"{file['path']}: another hash")
    check(len(roles["program"]) == 1 and len(roles["rates"]) == 1, f"{roles.keys()}")
    check(len(roles["table"]) == len(list((TOP / "data" / "frequencies").glob("*.csv"))), "tables")
    check(len(roles["cases"]) == len(list(CASES.glob("*.json"))), "cases")


def altered(folder, change):
    document = json.loads((CASES / "trio.json").read_text(encoding="utf-8"))
    change(document["cases"][0])
    path = folder / "ours.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@test
def a_value_that_differs_fails(folder):
    def change(case):
        case["lr"][0]["total"] *= 1 + 1e-6
    path = altered(folder, change)
    out = run("validate", "--cases", path, status=1)[0]
    contains(out, "REFERENCE VALUES DIFFER", "Values that differ", "ours.json", "1.0e-06")
    report = json.loads(run("validate", "--cases", folder, "--json", status=1)[0])
    wrong = [value for case in report["cases"] for value in case["values"] if not value["ok"]]
    check(report["failed"] == 1 and len(wrong) == 1, f"{report['failed']} failed, {len(wrong)} values")
    contains(run("validate", "--cases", path, "--lang", "zh", status=1)[0], "参考值不一致")


@test
def a_pdf_with_every_value(folder):
    pdf = folder / "report.pdf"
    out, err = run("validate", "--pdf", pdf, "--laboratory", "Institute of Tests")
    check(pdf.read_bytes().startswith(b"%PDF-"), "no PDF")
    contains(err, "report.pdf")
    contains(out, "All reference values agree.", "Institute of Tests")


@test
def wrong_calls(folder):
    contains(run("validate", "--cases", folder, status=5)[1], "no reference cases")
    contains(run("validate", "--cases", folder / "none.json", status=5)[1], "none.json")
    contains(run("validate", "extra", status=2)[1], "extra")
    contains(run("validate", "chance", "--panel", "19", "--samples", 1000, status=2)[1], "18")
    contains(run("validate", "nations", "--nation", "utopia", status=2)[1], "utopia", "as-assumed")
    contains(run("validate", "nations", "--threshold", 5, status=2)[1], "threshold")


# ---- chance -------------------------------------------------------------------------------------------------------


@test
def chance_two_ways(folder):
    args = ("validate", "chance", "--panel", 18, "--samples", 3000, "--seed", 11, "--json")
    result = json.loads(run(*args, "--threads", 1)[0])
    check(result == json.loads(run(*args, "--threads", 2)[0]), "threads change the result")
    check(result["agree"] and [d["parents"] for d in result["designs"]] == [1, 2], "designs")
    check(all(len(d["loci"]) == 18 and len(d["cells"]) == 15 for d in result["designs"]), "cells")
    cells = {(d["parents"], c["child"], c["event"]): c for d in result["designs"] for c in d["cells"]}
    check(all(c["exact_low"] <= c["exact_high"] <= 1 + 1e-9 for c in cells.values()), "bounds")
    # Markov: the mean of the ratio of an unrelated child is 1
    for parents in (1, 2):
        for power in (4, 6):
            check(cells[parents, "unrelated", f"LR >= 10^{power}"]["exact_high"] <= 10 ** -power, "more chance hits than there can be")
    # the order of magnitude of the published table on other frequencies
    check(1e-6 < cells[1, "unrelated", "LR >= 10^4"]["exact_low"] < 1e-5, "chance hits of a duo")
    check(0.005 < cells[1, "sibling", "LR >= 10^4"]["exact_low"] < 0.03, "siblings of a duo")
    check(math.isclose(cells[1, "unrelated", "0 impossible loci"]["simulated"], cells[1, "unrelated", "0 impossible loci"]["exact_low"], rel_tol=0.5), "impossible loci")


@test
def chance_says_its_seed(folder):
    out = run("validate", "chance", "--panel", 18, "--samples", 1000, status=None)[0]  # a new seed may differ by chance
    seed = out.split("seed ")[1].split()[0]
    check(run("validate", "chance", "--panel", 18, "--samples", 1000, "--seed", seed, status=None)[0] == out, "the seed does not repeat the run")
    contains(out, "D12S391", "median", "largest |z|")


# ---- nations ------------------------------------------------------------------------------------------------------


@test
def nations_of_every_kind(folder):
    args = ("validate", "nations", "--children", 60, "--families", 150, "--seed", 4, "--json")
    text = run(*args, "--threads", 1)[0]
    check(text == run(*args, "--threads", 2)[0], "threads change the result")
    result = json.loads(text)
    check([n["name"] for n in result["nations"]] == ["as-assumed", "table", "theta", "rates", "prior", "inbreeding"], "kinds")
    for nation in result["nations"]:
        found = sum(nation["truth"].values())
        check(found == (6 if nation["name"] == "prior" else 30), f"{nation['name']}: {found} children with a family")
        for how in ("by_posterior", "by_ratio"):
            policy = nation[how]
            check(sum(policy["found"].values()) == policy["right"] + policy["swap_right"], f"{nation['name']}: {how}")
            check(policy["wrong_upper_95"] > policy["wrong"], "the limit is below the count")
        check(nation["by_posterior"]["right"] <= nation["by_ratio"]["right"], "the verdict reports what the ratio does not")
        for one in nation["bins"]:
            check(one["right"] <= one["pairs"] and one["low_95"] <= one["high_95"], "bins")


@test
def a_nation_says_its_seed(folder):
    out = run("validate", "nations", "--children", 20, "--families", 60, "--nation", "rates", "--report", 0.99)[0]
    seed = out.split("seed ")[1].split()[0]
    again = run("validate", "nations", "--children", 20, "--families", 60, "--nation", "rates", "--report", 0.99, "--seed", seed)[0]
    check(out == again, "the seed does not repeat the run")
    contains(out, "== rates", "by the posterior of the search from 0.99", "95 % upper limit")
    check("== theta" not in out, "a kind that was not asked for")


if __name__ == "__main__":
    main()
