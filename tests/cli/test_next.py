#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""homeward next from outside.

usage: test_next.py PROGRAM
"""

import csv
import io
import json

from harness import check, contains, main, run, test

G = "tests/golden/cli"
PEOPLE = ["--freq", "norstr-east-asia", "--children", f"{G}/children.csv", "--families", f"{G}/families.csv"]


def ask(*more):
    return json.loads(run("next", *PEOPLE, *more, "--json")[0])


@test
def table_for_people(folder):
    out, err = run("next", *PEOPLE, "--budget", "6")
    contains(out, "what to sample", "father (FA)", "6 samples", "additional children identified are expected")
    contains(err, "shapes")
    for word in ("paternity", "not fit", "impossible", "swapped"):
        check(word not in out, f"{word} in a text for case workers")
    short, _ = run("next", *PEOPLE, "--budget", "6", "--limit", "2")
    contains(short, "4 more")


@test
def budget_is_kept_and_adds_up(folder):
    data = ask("--budget", "9")
    check(data["format"] == "homeward-next" and data["synthetic"] is True, str(data)[:300])
    steps = data["steps"]
    check(sum(s["samples"] for s in steps) == data["samples"] <= 9, "more samples than the budget")
    check(abs(sum(s["gain"] for s in steps) - data["gain"]) < 1e-9, "the gains do not add up")
    done = {}
    for s in sorted(steps, key=lambda s: s["step"]):
        check(s["step"] == done.get(s["family"], 0) + 1, f"{s['family']}: step {s['step']} without the one before")
        done[s["family"]] = s["step"]
        check(0 <= s["p_now"] <= len(s["missing"]) and s["p_then"] <= len(s["missing"]) + 1e-9, str(s))
        check(abs(s["gain"] - data["rescued"] * (s["p_then"] - s["p_now"])) < 1e-9, str(s))


@test
def one_parent_gains_most_by_the_other(folder):
    steps = ask("--family", "F00001")["steps"]
    check(steps[0]["parts"][0]["person"] == "FA" and steps[0]["parts"][0]["kind"] == "new sample", str(steps[0]))
    check(any(p["kind"] == "to be found" for s in steps for p in s["parts"]), "nobody to be found")
    named = ask("--family", "F00001", "--named-only")["steps"]
    check(all(p["kind"] != "to be found" for s in named for p in s["parts"]), "--named-only finds somebody")


@test
def a_larger_kit_offers_more_loci(folder):
    few, many = (ask("--family", "F00001", "--kit", kit)["steps"] for kit in ("identifiler", "table"))
    again = [s for s in many if s["parts"][0]["kind"] == "type again"]
    check(again and again[0]["gain"] > 0, "no further loci of the table")
    check(max(s["gain"] for s in many) >= max(s["gain"] for s in few) - 0.01, "more loci lose")
    ask("--family", "F00001", "--kit", "TH01,FGA")


@test
def threads_change_nothing(folder):
    one, two = (run("next", *PEOPLE, "--budget", "5", "--threads", n, "--json")[0] for n in (1, 3))
    check(one == two, "the result depends on the number of threads")


@test
def csv_says_the_same(folder):
    rows = list(csv.DictReader(io.StringIO(run("next", *PEOPLE, "--budget", "5", "--csv")[0])))
    steps = ask("--budget", "5")["steps"]
    check(len(rows) == sum(len(s["parts"]) for s in steps), "as many rows")
    for row in rows:
        s = steps[int(row["rank"]) - 1]
        check(row["family"] == s["family"] and float(row["gain"]) == s["gain"], str(row))
        check(None not in row and None not in row.values(), "a row of another length")


@test
def loss_against_brute_force(folder):
    data = ask("--budget", "4", "--check-loss", "100")["loss"]
    check(data["best"] > 0 and data["draws"] == 100 and data["options"] > 10, str(data))
    check(data["lost"] < 0.25 * data["best"] + 3 * data["lost_se"], f"lost {data}")
    contains(run("next", *PEOPLE, "--budget", "4", "--check-loss", "50")[0], "Loss against brute force", "of the best")


@test
def threshold_follows_the_size(folder):
    check(abs(ask("--family", "F00001", "--threshold", "6")["threshold_log10_lr"] - 6) < 1e-12, "--threshold")
    low, high = (ask("--family", "F00001", "--level", p)["threshold_log10_lr"] for p in ("0.99", "0.999"))
    check(low < high, "a higher level needs no larger ratio")
    check(ask("--family", "F00001", "--rescued", "0.25")["rescued"] == 0.25, "--rescued")


@test
def what_settles_a_child(folder):
    data = ask("--child", "C00002", "--threshold", "9")
    check(data["format"] == "homeward-next-child" and data["candidates"] > 0, str(data)[:300])
    best = data["steps"][0]
    check(best["relation"] == "father" and best["confirms"] > 0.8, str(best))
    for s in data["steps"]:
        check(0 <= s["confirms"] <= 1 and 0 <= s["rules_out"] <= 1, str(s))
        check(abs(s["gain"] - s["posterior"] * s["confirms"]) < 1e-12, str(s))
        check(abs(s["settled"] - s["gain"] - (1 - s["posterior"]) * s["rules_out"]) < 1e-12, str(s))
    own = ask("--child", "C00001", "--threshold", "9", "--least", "-3")
    check(all(s["log10_lr"] >= -3 for s in own["steps"]), "--least")
    rows = list(csv.DictReader(io.StringIO(run("next", *PEOPLE, "--child", "C00002", "--threshold", "9", "--csv")[0])))
    check(len(rows) == len(data["steps"]) and float(rows[0]["gain"]) == best["gain"], "csv differs")
    contains(run("next", *PEOPLE, "--child", "C00002", "--threshold", "9")[0], "confirms", "rules out", "father (FA)")
    contains(run("next", *PEOPLE, "--child", "C00002", "--threshold", "9", "--least", "8")[0], "No candidate family")


@test
def wrong_calls(folder):
    contains(run("next", "--freq", "norstr-east-asia", status=2)[1], "--families is missing")
    contains(run("next", *PEOPLE, "--family", "nobody", status=5)[1], "nobody")
    contains(run("next", *PEOPLE, "--family", "F00001", "--missing", "nobody", status=5)[1], "nobody")
    contains(run("next", *PEOPLE, "--missing", "C1", status=2)[1], "--family")
    contains(run("next", *PEOPLE, "--json", "--csv", status=2)[1], "exclude each other")
    contains(run("next", *PEOPLE, "--kit", "nokit", status=5)[1], "codis13")
    contains(run("next", "--freq", "norstr-east-asia", "--families", f"{G}/families.csv", status=2)[1], "--n-children")
    contains(run("next", *PEOPLE, "--child", "nobody", status=5)[1], "nobody")
    contains(run("next", *PEOPLE, "--child", "C00002", "--family", "F00001", status=2)[1], "--child")
    contains(run("next", *PEOPLE, "--family", "F00001", "--check-loss", "10", status=2)[1], "--check-loss")


if __name__ == "__main__":
    main()
