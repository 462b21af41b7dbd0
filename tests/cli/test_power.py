#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""homeward power from outside.

usage: test_power.py PROGRAM
"""

import csv
import io
import json

from harness import check, contains, main, run, test

G = "tests/golden/cli"
FAMILIES = ["--freq", "norstr-east-asia", "--families", f"{G}/families.csv"]


def power(*more):
    return json.loads(run("power", *FAMILIES, *more, "--json")[0])


def inside(pair):
    return 0 <= pair[0] <= pair[1] <= 1


@test
def table_for_people(folder):
    out, err = run("power", *FAMILIES, "--n-children", "100000")
    contains(out, "F00001", "both parents", "one parent", "weak", "chance hits", "By kind of family", "all")
    contains(err, "missing persons")
    short, _ = run("power", *FAMILIES, "--limit", "3")
    contains(short, "14 more")
    check("F00009" not in short, "--limit 3 shows more than three")


@test
def json_holds_bounds_in_order(folder):
    data = power("--n-children", "1000")
    check(data["format"] == "homeward-power" and data["synthetic"] is True, str(data)[:300])
    check(len(data["families"]) == 17, "17 missing persons")
    for f in data["families"]:
        for key in ("p_theirs_1", "p_theirs_2", "p_unrelated"):
            check(inside(f[key]), f"{f['family']}: {key} {f[key]}")
        check(f["p_theirs_2"][0] <= f["p_theirs_1"][1], f"{f['family']}: tails rise")
        check(f["p_unrelated"][1] <= 1e-4 * 1.0001, f"{f['family']}: beyond the bound of Markov")
        low, middle, high = (f[f"log10_lr_theirs_{q}"] for q in (5, 50, 95))
        check(low[0] <= low[1] and middle[0] <= middle[1] and low[1] <= middle[1] <= high[1], f"{f['family']}: quantiles")
        check(high[1] <= f["max_log10_lr"] + 1e-9, f"{f['family']}: beyond the largest ratio")
        check(abs(f["exclusion"] + f["not_excluded"] - 1) < 1e-12, f["family"])
        check(abs(f["chance_hits"] - 1000 * f["p_unrelated"][1]) <= 1e-9 * f["chance_hits"], f["family"])
        weak = f["p_theirs_1"][0] < 0.8
        check((f["verdict"] == "enough") == (not weak), f"{f['family']}: {f['verdict']}")
    check(any(f["verdict"] == "weak" for f in data["families"]), "nobody is weak")
    total = next(k for k in data["kinds"] if k["kind"] == "all")
    check(total["computed"] == 17 == sum(k["computed"] for k in data["kinds"] if k["kind"] != "all"), str(data["kinds"]))


@test
def one_family_with_its_loci(folder):
    data = power("--family", "F00002")
    check(len(data["families"]) == 1, "one family")
    f = data["families"][0]
    check(len(f["exclusion_per_locus"]) == f["loci"], "a line per locus")
    passes = 1
    for x in f["exclusion_per_locus"].values():
        passes *= 1 - x
    check(abs(passes - f["not_excluded"]) <= 1e-12 * passes, f"{passes} {f['not_excluded']}")


@test
def no_child_can_reach_a_high_threshold(folder):
    data = power("--threshold", "60")
    check(all(f["verdict"] == "no child can reach the threshold" for f in data["families"]), "a family of 15 loci reaches 10^60")
    check(all(f["p_theirs_1"] == [0, 0] for f in data["families"]), "and with a probability")


@test
def threads_change_nothing(folder):
    one, two = (run("power", *FAMILIES, "--threads", n, "--json")[0] for n in (1, 3))
    check(one == two, "the result depends on the number of threads")


@test
def csv_says_the_same(folder):
    rows = list(csv.DictReader(io.StringIO(run("power", *FAMILIES, "--csv", "--n-children", "10")[0])))
    data = power("--n-children", "10")["families"]
    check(len(rows) == len(data), "as many rows")
    for row, f in zip(rows, data):
        check(row["family"] == f["family"] and row["verdict"] == f["verdict"], row["family"])
        check(float(row["theirs_1_low"]) == f["p_theirs_1"][0] and float(row["unrelated_high"]) == f["p_unrelated"][1], row["family"])
        check(None not in row and None not in row.values(), "a row of another length")


@test
def a_family_that_does_not_fit_is_one_line(folder):
    path = folder / "families.csv"
    path.write_text("family,relation,id,sex,TH01_1,TH01_2,FGA_1,FGA_2\nGOOD,father,G-FA,M,6,7,20,21\n"
                    "BAD,father,B-FA,M,6,6,20,21\nBAD,sibling,B-S1,F,7,7,20,21\n", encoding="utf-8")
    arguments = ["power", "--freq", "norstr-east-asia", "--families", path, "--mutation", "none"]
    rows = list(csv.DictReader(io.StringIO(run(*arguments, "--csv")[0])))
    check([r["error_status"] for r in rows] == ["", "IMPOSSIBLE"], str(rows))
    check(rows[1]["synthetic"] == "no" and None not in rows[1] and None not in rows[1].values(), str(rows[1]))
    contains(run(*arguments)[0], "Not computed", "BAD", "TH01")
    run(*arguments, "--family", "BAD", status=11)


@test
def wrong_calls(folder):
    contains(run("power", "--freq", "norstr-east-asia", status=2)[1], "--families is missing")
    contains(run("power", *FAMILIES, "--family", "nobody", status=5)[1], "nobody")
    contains(run("power", *FAMILIES, "--json", "--csv", status=2)[1], "exclude each other")
    contains(run("power", *FAMILIES, "--wanted", "1.5", status=2)[1], "wanted")


if __name__ == "__main__":
    main()
