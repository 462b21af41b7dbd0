#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`homeward match explain` from outside: from a run and from options, what was decided, the reports it writes, what it refuses.

usage: test_explain.py PROGRAM [--update]
"""

import csv
import json
import shutil

from harness import TOP, check, contains, environment, main, run, test

G = "tests/golden/cli"
TABLES = ["--freq", "norstr-east-asia,nist1036-asian"]
MATCH = [*TABLES, "--children", f"{G}/children.csv", "--families", f"{G}/families.csv"]


@test
def explain_from_a_run_and_from_options(folder):
    run("match", *MATCH, "--out", folder / "run")
    pair = ["C00003", "F00007"]
    direct, _ = run("match", "explain", *pair, *MATCH)
    check(run("match", "explain", *pair, "--run", folder / "run")[0] == direct, "explaining from the run gives another text")
    elsewhere = environment(HOMEWARD_DATA=str(TOP / "data"))
    check(run("match", "explain", *pair, "--run", folder / "run", cwd=folder, env=elsewhere)[0] == direct, "explaining from another folder gives another text")
    contains(direct, "C00003", "F00007", "vWA", "SYNTHETIC")
    data = json.loads(run("match", "explain", *pair, "--run", folder / "run", "--json")[0])
    check(data["child"] == "C00003" and data["synthetic"] is True and len(data["loci"]) >= 15, "the JSON")
    used = [x for x in data["loci"] if x["use"] == "used"]
    check(all(len(x["ratio"]) == 2 for x in used), "a ratio per table")
    listed = next(r for r in csv.DictReader((folder / "run" / "candidates.csv").read_text(encoding="utf-8").splitlines()) if r["child"] == "C00003")
    check(abs(float(listed["log10_lr"]) - data["log10_lr"]) <= 5.1e-7, "list and explanation differ")


@test
def explain_tells_what_was_decided(folder):
    """The run's decision, word for word, without a search; and the chance of the ratio."""
    run("match", *MATCH, "--out", folder / "run")
    listed = json.loads((folder / "run" / "candidates.json").read_text(encoding="utf-8"))
    for pair in listed["candidates"]:
        call = ["match", "explain", pair["child"], pair["family"], "--missing", pair["missing"]]
        data = json.loads(run(*call, "--run", folder / "run", "--json")[0])
        for key in ("verdict", "family_posterior", "family_posterior_low", "missing_posterior", "chance_hits", "reasons", "searched_under", "which_missing_open"):
            check(data["decision"][key] == pair["decision"][key], f"{pair['child']} {pair['family']}: {key}: {data['decision'][key]}, listed {pair['decision'][key]}")
        check(data["posterior"] == pair["posterior"], "posterior of the search")
        check(abs(data["log10_lr"] - pair["log10_lr"]) < 1e-9, "ratio of the search")
        claims = {(c["child"], c["family"], c["missing"]) for c in listed["candidates"]
                  if (c["child"] == pair["child"]) != ((c["family"], c["missing"]) == (pair["family"], pair["missing"])) and
                  not (c["child"] == pair["child"] and c["family"] == pair["family"])}
        check({(c["child"], c["family"], c["missing"]) for c in data["decision"]["other_claims"]} == claims, "other claims")
        tails = data["chance"]
        check(tails[0]["if_child_is"] == "unrelated" and tails[-1]["if_child_is"] == "the missing person", str(tails))
        for t in tails:
            check(0 <= t["probability_low"] <= t["probability_high"] <= 1, str(t))
        check(tails[0]["probability_high"] <= 10 ** -data["log10_lr"], "chance is beyond the bound of Markov")
        check(tails[0]["probability_high"] < tails[-1]["probability_low"], "the missing person reaches the ratio more often than an unrelated child")
    text = run("match", "explain", "C00006", "F00011", "--run", folder / "run")[0]
    contains(text, "Decision", "lead", "Criteria of the policy", "The child's family is not registered", "C00002  F00011  C1", "Chance", "a child of a full sibling of the mother (MO)")
    contains(run("match", "explain", "C00006", "F00011", "--run", folder / "run", "--lang", "zh")[0], "判定依据", "线索", "偶然性", "仅限实验室和核验人员")
    # without a run the same is decided anew
    check(run("match", "explain", "C00006", "F00011", *MATCH)[0] == text, "explaining without the run gives another text")


@test
def a_family_that_does_not_fit_is_explained_as_it_was_searched(folder):
    """A stranger stands in for the father: the pair is a lead under the siblings alone, and is explained so."""
    rows = (TOP / G / "families.csv").read_text(encoding="utf-8").splitlines()
    stranger = next(r for r in rows if r.startswith("F00010-FA,")).replace("F00010", "F00007")
    swapped = [stranger if r.startswith('"",FA,F00007,') else r for r in rows]
    check(swapped != rows, "no row was changed")
    (folder / "families.csv").write_text("\n".join(swapped) + "\n", encoding="utf-8")
    call = [*TABLES, "--children", f"{G}/children.csv", "--families", folder / "families.csv"]
    text = run("match", *call, "--out", folder / "run")[0]
    contains(text, "F00007 under S1, S2", "Laboratory and verifiers only")
    (row,) = [r for r in csv.DictReader((folder / "run" / "candidates.csv").read_text(encoding="utf-8").splitlines()) if (r["child"], r["family"]) == ("C00003", "F00007")]
    check(row["searched_under"] == "S1, S2" and row["verdict"] == "lead" and "fit" in row["settle"].split(), str(row))
    whole = json.loads(run("match", "explain", "C00003", "F00007", *MATCH, "--json")[0])
    for more in (["--run", folder / "run"], call):
        data = json.loads(run("match", "explain", "C00003", "F00007", *more, "--json")[0])
        check(data["decision"]["searched_under"] == "S1, S2", str(data["decision"]))
        check(abs(data["log10_lr"] - whole["log10_lr"]) < 1e-9, "the ratio is not that of the siblings alone")
    contains(run("match", "explain", "C00003", "F00007", "--run", folder / "run")[0], "Searched under these relatives alone", "S1, S2 (laboratory and verifiers only)")


@test
def explain_of_a_run_that_decided_nothing(folder):
    run("match", *MATCH, "--out", folder / "run")
    path = folder / "run" / "candidates.json"
    listed = json.loads(path.read_text(encoding="utf-8"))
    call = ["match", "explain", "C00003", "F00007", "--run", folder / "run"]
    # a pair that the run did not list: no posterior, as the child is not searched again
    data = json.loads(run("match", "explain", "C00003", "F00010", "--run", folder / "run", "--json")[0])
    check(data["decision"] is None and data["no_decision"] == "not listed" and data["posterior"] in (None, 0), str(data["posterior"]))
    contains(run("match", "explain", "C00007", "F00012", "--run", folder / "run")[0], "The search did not list this pair")
    # a run made before decisions
    old = {k: v for k, v in listed.items() if k not in ("policy", "siblings", "groups", "children")}
    old["candidates"] = [{k: v for k, v in c.items() if k != "decision"} for c in listed["candidates"] if c["rank"]]
    path.write_text(json.dumps(old), encoding="utf-8")
    contains(run(*call)[0], "No decision in this run", "Posterior probability", "1 - 9.5e-09")
    path.unlink()
    contains(run(*call)[0], "No decision in this run")
    # files that are none, and a run of other numbers
    for text, status, says in (("[1]", 3, "candidates.json"), ("{", 3, "not valid JSON"), ('{"format": "x"}', 3, "run `homeward match --out` again"),
                               (json.dumps({**listed, "candidates": [{**c, "log10_lr": None} for c in listed["candidates"]]}), 3, "without its log10_lr"),
                               (json.dumps({**listed, "candidates": [{**c, "decision": {}} for c in listed["candidates"]]}), 3, "without its verdict"),
                               (json.dumps({**listed, "candidates": [{**c, "log10_lr": c["log10_lr"] + 1} for c in listed["candidates"]]}), 8, "search again"),
                               (json.dumps({**listed, "groups": [{"most_probable": [{"places": [{}]}]}] * 9}), 3, "without its child")):
        path.write_text(text, encoding="utf-8")
        contains(run(*call, status=status)[1], says)


@test
def explain_writes_reports(folder):
    out, err = run("match", "explain", "C00003", "F00007", *MATCH, "--html", folder / "a.html", "--svg", folder / "a.svg", "--pdf", folder / "a.pdf")
    check(out == "", "standard output holds something beside the files")
    contains(err, "a.html", "a.svg", "a.pdf")
    contains((folder / "a.html").read_text(encoding="utf-8"), "<html", "C00003")
    contains((folder / "a.svg").read_text(encoding="utf-8"), "<svg")
    check((folder / "a.pdf").read_bytes().startswith(b"%PDF-"), "no PDF")
    contains(run("match", "explain", "C00003", "F00007", *MATCH, "--svg", "-")[0], "<svg")


@test
def explain_refuses_changed_inputs(folder):
    for name in ("children.csv", "families.csv"):
        shutil.copy(TOP / G / name, folder / name)
    env = environment(HOMEWARD_DATA=str(TOP / "data"))
    run("match", *TABLES, "--children", "children.csv", "--families", "families.csv", "--out", "run", cwd=folder, env=env)
    with open(folder / "children.csv", "a", encoding="utf-8") as more:
        more.write("\n")
    contains(run("match", "explain", "C00003", "F00007", "--run", "run", status=8, cwd=folder, env=env)[1], "children.csv has changed since the run")


@test
def explain_chooses_the_best_missing_person(folder):
    out, err = run("match", "explain", "C00006", "F00011", *MATCH, "--json")
    contains(err, "2 persons are missing")
    best = json.loads(out)
    asked = json.loads(run("match", "explain", "C00006", "F00011", *MATCH, "--missing", "C2", "--json")[0])
    check(asked["missing"] == "C2" and best["log10_lr"] >= asked["log10_lr"], f"{best['missing']} {best['log10_lr']} {asked['log10_lr']}")


# ---- nothing dropped in silence --------------------------------------------------------------------------------------


@test
def explain_from_a_run_needs_no_data_folder(folder):
    run("match", *MATCH, "--out", folder / "run")
    nowhere = environment(HOMEWARD_DATA=str(folder / "nowhere"))
    direct, _ = run("match", "explain", "C00003", "F00007", *MATCH)
    check(run("match", "explain", "C00003", "F00007", "--run", folder / "run", cwd=folder, env=nowhere)[0] == direct, "without the data folder: another text")
    run("match", "explain", "C00003", "F00007", "--run", folder / "run", "--freq", "norstr-east-asia", cwd=folder, env=nowhere, status=5)


if __name__ == "__main__":
    main()
