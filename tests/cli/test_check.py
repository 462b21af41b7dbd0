#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`homeward check` from outside: a clean synthetic nation, then one fault planted after the other.

usage: test_check.py PROGRAM [--update]
"""

import copy
import csv
import io
import json

from harness import check, contains, golden, main, run, test

FREQ = ["--freq", "norstr-east-asia"]
KIT = "D3S1358,TH01,D21S11,D18S51,D5S818,D13S317,D7S820,D16S539,CSF1PO,vWA,D8S1179,TPOX,FGA,D19S433,D2S1338,D10S1248,D1S1656,D22S1045,D2S441,D12S391"


class Nation:
    """A clean nation of children.csv and families.json that can be spoiled."""

    def __init__(self, folder, seed=4):
        self.folder = folder
        run("simulate", "nation", "--children", 30, "--families", 120, "--seed", seed, *FREQ, "--loci", KIT, "--share-wrong", 0, "--share-swapped", 0,
            "--share-poor", 0, "--share-one-parent", 0.1, "--share-two-parents", 0.1, "--share-siblings", 0.6, "--share-mixed", 0.2, "--share-grandparents", 0,
            "--share-partial-kit", 0, "--out", folder)
        lines = (folder / "children.csv").read_text().splitlines()
        self.head = [line for line in lines if line.startswith("#")]
        rows = list(csv.reader(line for line in lines if not line.startswith("#")))
        self.columns, self.children = rows[0], rows[1:]
        self.families = json.loads((folder / "families.json").read_text())
        self.profile = {p["id"]: p for p in self.families["profiles"]}

    def write(self):
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(self.children)
        (self.folder / "children.csv").write_text("\n".join(self.head) + "\n" + text.getvalue())
        (self.folder / "families.json").write_text(json.dumps(self.families))

    def check(self, *more, status=1):
        self.write()
        out, _ = run("check", *FREQ, "--children", self.folder / "children.csv", "--families", self.folder / "families.json", "--json", *more, status=status)
        return json.loads(out)

    def family(self, *typed):
        """The first family in which these persons are typed."""
        return next(f for f in self.families["families"] if all(t in f["profiles"] for t in typed))

    def genotypes(self, family, person):
        return self.profile[family["profiles"][person]]["genotypes"]

    def exchange(self, a, i, b, k):
        one, other = self.profile[a["profiles"][i]], self.profile[b["profiles"][k]]
        one["genotypes"], other["genotypes"] = other["genotypes"], one["genotypes"]

    def child_genotypes(self, row):
        """Of a row of children.csv, as the JSON of a family has them."""
        cell = dict(zip(self.columns, row))
        loci = {c[:-2] for c in self.columns if c.endswith(".1")}
        return {l: [cell[l + ".1"], cell[l + ".2"]] for l in sorted(loci) if cell[l + ".1"]}


def codes(result):
    return sorted(f["code"] for f in result["findings"])


def named(finding):
    return {(p.get("family"), p.get("person")) for p in finding["people"] if p["role"] == "member"}


def only(result, code):
    found = [f for f in result["findings"] if f["code"] == code]
    check(len(found) == 1, f"{len(found)} findings {code}: {result['findings']}")
    return found[0]


@test
def a_clean_nation(folder):
    n = Nation(folder)
    result = n.check(status=0)
    check(result["findings"] == [], f"found {result['findings']}")
    check(result["families"]["fits"] > 60, f"only {result['families']}")
    check(result["families"]["misfit"] == 0 and result["families"]["doubtful"] == 0, str(result["families"]))
    out, _ = run("check", *FREQ, "--families", folder / "families.json")
    contains(out, "0 children", "0 findings")
    out, _ = run("check", *FREQ, "--children", folder / "children.csv")
    contains(out, "30 children, 0 families", "0 findings")


@test
def a_swap_with_the_neighbour(folder):
    n = Nation(folder)
    families = n.families["families"]
    at = next(i for i, f in enumerate(families) if {"S1", "S2", "S3"} <= set(f["profiles"]))
    a, b = families[at], families[at + 1]
    k = next(iter(b["profiles"]))
    n.exchange(a, "S1", b, k)
    result = n.check()
    found = only(result, "samples-exchanged")
    check(named(found) == {(a["id"], "S1"), (b["id"], k)}, str(found))
    misfit = next(f for f in result["findings"] if f["code"] == "family-misfit" and f["people"][0]["family"] == a["id"])
    check(misfit["people"][1]["person"] == "S1", str(misfit))
    contains(misfit["found"], "S2, S3")
    check(misfit["suspected"][0]["person"] == "S1" and misfit["suspected"][0]["error"] == "unrelated", str(misfit))
    check({"S2", "S3"} <= set(misfit["fit_together"][0]) and "S1" not in misfit["fit_together"][0], str(misfit))
    check(result["synthetic"] and result["format"] == "homeward-check", "not marked")
    contains(misfit["what_to_do"], "Laboratory and verifiers only")


@test
def the_same_child_twice(folder):
    n = Nation(folder)
    again = list(n.children[3])
    again[0] = "AGAIN"
    n.children.append(again)
    found = only(n.check(), "child-twice")
    check({p["sample"] for p in found["people"]} == {n.children[3][0], "AGAIN"}, str(found))
    contains(found["found"], "20 loci in common, 0 differ", "equal at every locus")
    # a smaller kit and one allele lost: another typing of the same child
    for locus in KIT.split(",")[:4]:
        again[n.columns.index(locus + ".1")] = again[n.columns.index(locus + ".2")] = ""
    het = next(l for l in KIT.split(",")[5:] if again[n.columns.index(l + ".1")] != again[n.columns.index(l + ".2")])
    again[n.columns.index(het + ".2")] = again[n.columns.index(het + ".1")]
    found = only(n.check(), "child-twice")
    contains(found["found"], "16 loci in common, 1 differ", "not copies of each other")


@test
def twins_stated_and_not(folder):
    n = Nation(folder)
    f = n.family("S1", "S2")
    n.profile[f["profiles"]["S2"]]["genotypes"] = copy.deepcopy(n.genotypes(f, "S1"))
    sexes = {i["id"]: i for i in f["individuals"]}
    sexes["S2"]["sex"] = sexes["S1"]["sex"]
    n.profile[f["profiles"]["S2"]]["sex"] = n.profile[f["profiles"]["S1"]]["sex"]
    found = only(n.check(), "twins-or-twice")
    check(named(found) == {(f["id"], "S1"), (f["id"], "S2")}, str(found))
    sexes["S1"]["twin"] = sexes["S2"]["twin"] = 1
    n.check(status=0)


@test
def contamination_by_staff(folder):
    n = Nation(folder)
    staff = folder / "staff.csv"
    row = list(n.children[7])
    row[0] = "TECHNICIAN"
    staff.write_text("\n".join(n.head + [",".join(n.columns), ",".join(row)]) + "\n")
    found = only(n.check("--elimination", staff), "staff-match")
    check([p["role"] for p in found["people"]] == ["child", "staff"], str(found))
    check(found["people"][0]["sample"] == n.children[7][0] and found["people"][1]["sample"] == "TECHNICIAN", str(found))


@test
def a_child_who_is_a_relative(folder):
    n = Nation(folder)
    f = n.family("S1")
    n.profile[f["profiles"]["S1"]]["genotypes"] = n.child_genotypes(n.children[5])
    check("child-is-relative" in codes(n.check()), "not found")


@test
def the_missing_persons_own_sample(folder):
    n = Nation(folder)
    f = n.family("FA", "MO")
    own = copy.deepcopy(n.profile[f["profiles"]["FA"]])
    own.update(id="OWN", person=f["missing"][0], sex=None, genotypes=n.child_genotypes(n.children[2]))
    n.families["profiles"].append(own)
    f["profiles"][f["missing"][0]] = "OWN"
    result = n.check()
    check(only(result, "missing-found")["people"][0]["sample"] == n.children[2][0], str(result))


@test
def poor_mixed_and_contradicting(folder):
    n = Nation(folder)
    poor, mixed, sex = (n.profile[f["profiles"]["S1"]] for f in [f for f in n.families["families"] if "S1" in f["profiles"]][:3])
    poor["genotypes"] = dict(list(poor["genotypes"].items())[:5])
    for locus in ("FGA", "D18S51"):
        mixed["genotypes"][locus] = ["13", "14", "15"]
    sex["genotypes"]["AMEL"] = ["X", "Y"] if sex["sex"] == "F" else ["X", "X"]
    result = n.check()
    for code, profile in (("profile-poor", poor), ("mixture", mixed), ("sex-contradicts", sex)):
        check(only(result, code)["people"][0]["sample"] == profile["id"], str(result["findings"]))
    check(codes(n.check("--min-loci", 21)).count("profile-poor") == result["samples"], "21 loci are wanted and nobody has them")


@test
def all_outputs_agree(folder):
    n = Nation(folder)
    again = list(n.children[3])
    again[0] = "AGAIN"
    n.children.append(again)
    f = n.family("S1")
    n.genotypes(f, "S1").update(AMEL=["X", "Y"] if n.profile[f["profiles"]["S1"]]["sex"] == "F" else ["X", "X"])
    result = n.check("--threads", 1)
    check(result == n.check("--threads", 3), "depends on threads")
    args = ["check", *FREQ, "--children", folder / "children.csv", "--families", folder / "families.json"]
    rows = list(csv.DictReader(io.StringIO(run(*args, "--csv", status=1)[0])))
    check([r["code"] for r in rows] == [f["code"] for f in result["findings"]], str(rows))
    check([r["found"] for r in rows] == [f["found"] for f in result["findings"]], str(rows))
    text, _ = run(*args, status=1)
    contains(text, "child-twice", "sex-contradicts", "What to do:")
    golden("check.txt", text)
    out, _ = run(*args, "--limit", 1, status=1)
    contains(out, "1 more findings are not shown")


@test
def wrong_calls(folder):
    _, err = run("check", *FREQ, status=2)
    contains(err, "--children or --families is missing")
    n = Nation(folder)
    n.write()
    _, err = run("check", "--families", folder / "families.json", status=2)
    contains(err, "--freq is missing")
    _, err = run("check", *FREQ, "--families", folder / "families.json", "--json", "--csv", status=2)
    contains(err, "exclude each other")
    (folder / "none.csv").write_text("sample,TH01.1,TH01.2\n")
    _, err = run("check", *FREQ, "--families", folder / "families.json", "--elimination", folder / "none.csv", status=5)
    contains(err, "no profile")
    run("check", *FREQ, "--families", folder / "families.json", "--min-loci", 0, status=2)


if __name__ == "__main__":
    main()
