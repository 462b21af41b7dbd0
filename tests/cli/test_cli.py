#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command line from outside.

usage: test_cli.py PROGRAM [--update]     --update writes the golden files anew; look at the difference before keeping it
"""

import csv
import io
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import time

from harness import GOLDEN, PROGRAM, TOP, Failure, check, contains, environment, golden, main, run, test

G = "tests/golden/cli"
TABLES = ["--freq", "norstr-east-asia,nist1036-asian"]
MATCH = [*TABLES, "--children", f"{G}/children.csv", "--families", f"{G}/families.csv"]


def commands():
    """{command: [(option, letter, kind, value, completion)]} as the program states them."""
    table = {}
    for line in run("help", "--table")[0].splitlines():
        command, *option = line.split("\t")
        table.setdefault(command, []).append(option)
    return table


def files_of(folder):
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


# ---- help ---------------------------------------------------------------------------------------------------------


@test
def help_of_everything(folder):
    text = run("help")[0]
    for command in commands():
        contains(text, f"  {command} ")
        own = run("help", *command.split())[0]
        check(own == run(*command.split(), "--help")[0], f"help {command} and {command} --help differ")
        for option in commands()[command]:
            contains(own, option[0])
        text += f"\n--- {command}\n{own}"
    golden("help.txt", text)


@test
def help_of_nothing_goes_to_stderr(folder):
    out, err = run(status=2)
    check(out == "", "standard output holds something")
    contains(err, "Usage: homeward")


@test
def help_of_the_first_word_of_commands(folder):
    contains(run("help", "simulate")[0], "homeward simulate nation")
    contains(run("simulate", status=2)[1], "simulate nation")


@test
def every_option_stands_in_the_manual(folder):
    pages = {"match": "homeward-match.1", "match merge": "homeward-match.1", "match explain": "homeward-match.1", "match score": "homeward-match.1", "lr": "homeward-lr.1",
             "siblings": "homeward-siblings.1", "power": "homeward-power.1", "next": "homeward-next.1", "check": "homeward-check.1", "validate": "homeward-validate.1",
             "validate chance": "homeward-validate.1", "validate nations": "homeward-validate.1",
             "convert": "homeward-convert.1", "simulate nation": "homeward-simulate.1"}
    for command, options in commands().items():
        page = (TOP / "man" / pages.get(command, "homeward.1")).read_text(encoding="utf-8")
        for option in options:
            check(f"Fl Fl {option[0][2:]}" in page, f"{pages.get(command, 'homeward.1')} lacks {option[0]} of {command}")


@test
def manual_names_every_command_and_exit_code(folder):
    page = (TOP / "man" / "homeward.1").read_text(encoding="utf-8")
    for command in commands():
        contains(page, f".It Cm {command}")
    for code in [0, 1, *range(2, 14), 70]:
        contains(page, f".It {code}\n")


@test
def version_names_tables(folder):
    out, _ = run("version")
    contains(out, "homeward 0.", "norstr-east-asia", "uk-dna17-chinese")
    data = json.loads(run("version", "--json")[0])
    check(len(data["tables"]) >= 20, "tables are missing")
    check(run("--version")[0] == out, "--version differs from version")


@test
def formats_and_loci(folder):
    names = {f["name"]: f for f in json.loads(run("formats", "--json")[0])}
    check(names["familias"]["read"] and names["familias"]["write"], str(names["familias"]))
    contains(run("formats")[0], "familias", "cmf")
    loci = {x["name"]: x for x in json.loads(run("loci", "--json")[0])}
    check("THO1" in loci["TH01"]["aliases"], str(loci["TH01"]))
    contains(run("loci")[0], "DYS391")


# ---- errors -------------------------------------------------------------------------------------------------------


@test
def errors_say_what_where_and_what_to_do(folder):
    children = (TOP / G / "children.csv").read_text(encoding="utf-8").splitlines()
    fields = children[3].split(",")
    fields[6] = "14.75"
    (folder / "bad.csv").write_text("\n".join([*children[:3], ",".join(fields), *children[4:]]) + "\n", encoding="utf-8")
    (folder / "empty.csv").write_text("", encoding="utf-8")
    (folder / "binary.csv").write_bytes(bytes(range(1, 256)))
    (folder / "rates.csv").write_text("locus,female,male\nvWA,0.1,x\n", encoding="utf-8")
    for name in ("children.csv", "families.csv"):
        shutil.copy(TOP / G / name, folder / name)
    env = environment(HOMEWARD_DATA=str(TOP / "data"))
    match = [*TABLES, "--children", "children.csv", "--families", "families.csv"]
    calls = [
        ["frobnicate"], ["matsh"], ["match", "--chilren", "x"], ["match", "--children"], ["match", "stray"], ["match", "--json=yes"],
        ["match"], ["match", "--freq", "norstr-east-asia"], ["match", "--freq", "norstr-east-asa", *match[2:]], ["match", "--freq", "./nope.csv", *match[2:]],
        ["match", *match[:2], "--children", "nope.csv", "--families", "families.csv"],
        ["match", *match[:2], "--children", "bad.csv", "--families", "families.csv"],
        ["match", *match[:2], "--children", "empty.csv", "--families", "families.csv"],
        ["match", *match[:2], "--children", "binary.csv", "--families", "families.csv"],
        ["match", *match[:2], "--children", "children.csv", "--families", "children.csv"],
        ["match", *match, "--threshold", "four"], ["match", *match, "--theta", "1.5"], ["match", *match, "--mutation", "stepwize"],
        ["match", *match, "--mutation", "equal,female=2"], ["match", *match, "--rare", "often"], ["match", *match, "--linked", "vWA-FGA"],
        ["match", *match, "--linked", "vWA:NOPE:0.1"],
        ["match", *match, "--linked", "vWA:vWA:0.1"], ["match", *match, "--linked", "vWA:FGA:0.1"],
        ["match", *match, "--linked", "CSF1PO:D5S818:0.1", "--linked", "D5S818:CSF1PO:0.2"], ["match", *match, "--lineage", "children.csv"],
        ["convert", "children.csv", "children.csv"], ["match", *match, "--rates", "rates.csv"], ["match", *match, "--json", "--csv"],
        ["match", *match, "--lang", "fr"], ["match", "--freq", "families.csv", *match[2:]],
        ["match", "explain", "C00003"], ["match", "explain", "C0003", "F00007", *match], ["match", "explain", "C00003", "F77777", *match],
        ["match", "explain", "C00003", "F00007", "--missing", "C9", *match], ["match", "explain", "C00003", "F00007", "--run", "nowhere"],
        ["match", "score"], ["match", "score", "--run", "nowhere", "--truth", "nowhere.csv"],
        ["lr"], ["lr", "nope.json"], ["lr", "children.csv"], ["lr", "--check", "children.csv"],
        ["convert", "children.csv"], ["convert", "children.csv", "out.unknown"], ["convert", "children.csv", "-"],
        ["convert", "children.csv", "out.json", "--to", "wordperfect"], ["convert", "children.csv", "out.xml", "--from", "familias"],
        ["simulate", "nation"], ["simulate", "nation", "--children", "-3", "--out", "x"], ["simulate", "nation", "--out", "x", "--share-true", "2"],
        ["help", "nothing"],
    ]
    text = ""
    for call in calls:
        done = subprocess.run([PROGRAM, *call], capture_output=True, cwd=folder, env=env, timeout=60, check=False)
        out, err = done.stdout.decode(), done.stderr.decode()
        check(done.returncode not in (0, 1, 70) and 0 < done.returncode < 126, f"{call}: exit {done.returncode}\n{err}")
        check(out == "", f"{call}: standard output holds {out[:200]!r}")
        check(err.startswith("homeward"), f"{call}: {err}")
        text += f"$ homeward {' '.join(call)}\n{err}exit {done.returncode}\n\n"
    golden("errors.txt", text.replace(str(TOP), "TOP"))


@test
def a_bad_record_names_line_and_column(folder):
    (folder / "t.csv").write_text("sample,role,vWA.1,vWA.2\nA,child,14,15\nB,child,14,1x5y9z\n", encoding="utf-8")
    _, err = run("convert", folder / "t.csv", folder / "o.json", status=3)
    contains(err, "homeward convert: ", "t.csv, line 3, column 12")
    check(not (folder / "o.json").exists(), "an output was written")


@test
def keep_good_leaves_the_bad_out(folder):
    path = folder / "t.csv"
    path.write_text("sample,role,vWA.1,vWA.2\nA,child,14,15\nB,child,14,1x5y9z\n", encoding="utf-8")
    _, err = run("convert", "--keep-good", path, folder / "o.json")
    contains(err, "1 record left out")
    rejects = list(csv.DictReader(io.StringIO((folder / "t.csv.rejects.csv").read_text(encoding="utf-8"))))
    check(len(rejects) == 1 and rejects[0]["line"] == "3" and "1x5y9z" in rejects[0]["record"], str(rejects))
    check(len(json.loads((folder / "o.json").read_text(encoding="utf-8"))["profiles"]) == 1, "the good record is lost")
    run("match", *TABLES, "--children", path, "--families", f"{G}/families.csv", "--keep-good", "--out", folder / "run")
    contains((folder / "run" / "rejects.csv").read_text(encoding="utf-8"), "1x5y9z")


# ---- lr -----------------------------------------------------------------------------------------------------------


@test
def lr_of_a_case(folder):
    text = run("lr", f"{G}/case.json")[0]
    text += "--- one ratio\n" + run("lr", f"{G}/case.json", "--case", "trio", "--num", "child of the mother", "--den", "unrelated")[0]
    text += "--- equal mutations\n" + run("lr", f"{G}/case.json", "--case", "trio", "--mutation", "equal,female=0.001,male=0.002")[0]
    text += "--- theta 0.02, 5/2N\n" + run("lr", f"{G}/case.json", "--case", "siblings", "--theta", "0.02", "--rare", "5/2N")[0]
    golden("lr.txt", text)
    contains(text, "log10 -inf", "= 2.5, log10 0.3979400087")


@test
def lr_as_json(folder):
    cases = json.loads(run("lr", f"{G}/case.json", "--json")[0])["cases"]
    trio = cases[0]
    check(trio["synthetic"] is True, "not marked synthetic")
    # by hand: the mother passes on 9 (1/2), the father 6 (1/2): 2*.2*.1 * 2*.3*.3 * 1/4
    first = trio["loci"][0]["likelihood"]["child of both"]
    check(abs(first - 0.0018) < 1e-15, str(first))
    check(trio["hypotheses"][0]["likelihood"] == 0 and trio["hypotheses"][0]["loglik"] == "-inf", str(trio["hypotheses"][0]))
    check(abs(trio["ratios"][2]["total"] - 2.5) < 1e-12, str(trio["ratios"]))


@test
def lr_nan_and_inf(folder):
    doc = json.loads((TOP / G / "case.json").read_text(encoding="utf-8"))
    case = doc["cases"][0]
    other = json.loads(json.dumps(case["hypotheses"][0]))
    other["name"] = "the same again"
    case["hypotheses"].append(other)
    doc["cases"] = [case]
    (folder / "c.json").write_text(json.dumps(doc), encoding="utf-8")
    out, _ = run("lr", folder / "c.json")
    contains(out, "child of both : the same again = nan, log10 nan", "unrelated : the same again = inf, log10 inf")
    ratios = json.loads(run("lr", folder / "c.json", "--json")[0])["cases"][0]["ratios"]
    check("nan" in [r["total"] for r in ratios] and "inf" in [r["total"] for r in ratios], str(ratios))


@test
def lr_check_sees_a_difference(folder):
    person = [{"id": "A", "father": None, "mother": None, "sex": "F"}]
    doc = {"format": "kinship-oracle/1", "family": "small", "frequency_tables": {"t": {"alleles": ["8", "9"], "frequencies": [0.25, 0.75]}},
           "cases": [{"id": "small-1", "title": "one person", "chrom": "autosomal", "theta": 0, "markers": [{"name": "TPOX", "table": "t"}],
                      "hypotheses": [{"name": "H1", "individuals": person}], "genotypes": {"A": {"TPOX": ["8", "9"]}},
                      "reference": {"pedprobr": {"H1": {"likelihood": [0.375], "loglik": -0.9808292530117262}}}, "lr": []}]}
    path = folder / "small.json"
    path.write_text(json.dumps(doc), encoding="utf-8")
    contains(run("lr", "--check", path)[0], "ok      small-1", "1 passed, 0 failed")
    reference = doc["cases"][0]["reference"]["pedprobr"]["H1"]
    for wrong in (0.375 * (1 + 3e-9), 0, "-inf", "nan", None):
        reference["likelihood"] = [wrong]
        path.write_text(json.dumps(doc), encoding="utf-8")
        contains(run("lr", "--check", path, status=1)[0], "FAILED  small-1", "0 passed, 1 failed")
    check(json.loads(run("lr", "--check", "--json", path, status=1)[0])["failed"] == 1, "the JSON does not say so")


# ---- match --------------------------------------------------------------------------------------------------------


@test
def match_end_to_end(folder):
    out, err = run("match", *MATCH, "--csv")
    golden("match.csv", out)
    contains(err, "8 children, 14 families")
    rows = list(csv.DictReader(io.StringIO(out)))
    truth = {(r["child"], r["family"]) for r in csv.DictReader((TOP / G / "truth.csv").read_text(encoding="utf-8").splitlines())}
    check((rows[0]["child"], rows[0]["family"]) in truth, "the first candidate is not a true pair")
    contains(run("match", *MATCH)[0], "C00008", "F00010", "child of both parents", "SYNTHETIC", "norSTR East Asia", "Verdict", "Chance hits", "2 report, 6 lead, 0 not yet",
             "What would settle the first leads", "F00011 (C2)", "brother or sister of the child is listed")
    contains(run("match", *MATCH, "--lang", "zh")[0], "判定", "上报", "线索", "偶然命中", "列出儿童的兄弟姐妹")
    contains(run("match", *MATCH, "--no-check")[0], "0 report, 8 lead", "The quality check was left out")
    data = json.loads(run("match", *MATCH, "--json")[0])
    check(isinstance(data, dict), "no JSON object")


@test
def threads_change_nothing(folder):
    seen = None
    for threads in ("1", "8"):
        for plain in (False, True):
            env = environment(GLIBC_TUNABLES="glibc.cpu.hwcaps=-AVX2_Usable,-AVX2,-FMA,-FMA_Usable") if plain else environment()
            shutil.rmtree(folder / "run", ignore_errors=True)
            out, _ = run("match", *MATCH, "--threads", threads, "--out", folder / "run", env=env)
            now = (out, files_of(folder / "run"))
            check(seen is None or now == seen, f"{threads} threads, plain {plain}: other bytes")
            seen = now
    check(set(seen[1]) == {"candidates.csv", "candidates.json", "errors.csv", "notes.csv", "rejects.csv", "run.json"}, str(set(seen[1])))


@test
def match_limits_language_threshold(folder):
    everything = list(csv.DictReader(io.StringIO(run("match", *MATCH, "--csv", "--threshold", "-100")[0])))
    check(len(everything) > 30, f"{len(everything)} rows at threshold -100")
    check(len(list(csv.DictReader(io.StringIO(run("match", *MATCH, "--csv", "--limit", "2")[0])))) == 2, "--limit 2 of the CSV")
    text = run("match", *MATCH, "--limit", "2", "--lang", "zh")[0]
    check(any("\u4e00" <= c <= "\u9fff" for c in text), "no Chinese in --lang zh")


@test
def a_search_without_a_family_fails(folder):
    out, err = run("match", *MATCH, "--mutation", "onestep", "--csv", "--out", folder / "run", status=12)
    contains(err, "no family could be searched", "onestep")
    check(len(out.splitlines()) == 15, "the list still names the 14 families")
    check(len((folder / "run" / "errors.csv").read_text(encoding="utf-8").splitlines()) == 15, "errors.csv")


@test
def settings_change_ratios(folder):
    seen = {}
    rates = folder / "rates.csv"
    rates.write_text("locus,female,male\ndefault,0.01,0.02\nvWA,0.05,0.05\n", encoding="utf-8")
    for options in ([], ["--theta", "0.02"], ["--linked", "CSF1PO:D5S818:0.1"], ["--mutation", "none"], ["--mutation", "equal"], ["--rates", rates],
                    ["--rates", rates, "--mutation", "equal"], ["--dropout", "0.1"], ["--error", "0.01"], ["--mutation", "stepwise,female=0.01"]):
        rows = csv.DictReader(io.StringIO(run("match", *MATCH, "--csv", "--threshold", "0", *options)[0]))
        ratios = tuple(sorted((r["child"], r["family"], r["missing"], r["log10_lr"]) for r in rows))
        check(ratios not in seen, f"{options} and {seen.get(ratios)} give the same ratios")
        seen[ratios] = options


@test
def match_reads_standard_input(folder):
    children = (TOP / G / "children.csv").read_bytes()
    out, _ = run("match", *TABLES, "--children", "-", "--families", f"{G}/families.csv", "--csv", stdin=children)
    check(out == run("match", *MATCH, "--csv")[0], "standard input gives another result")


@test
def one_file_may_hold_both(folder):
    both = folder / "both.json"
    run("convert", "--role", "children", f"{G}/children.csv", folder / "c.json")
    run("convert", folder / "c.json", f"{G}/families.csv", both)
    out, _ = run("match", *TABLES, "--children", both, "--families", both, "--csv")
    check(out == run("match", *MATCH, "--csv")[0], "children and families in one file give another result")


@test
def typings_of_one_child_are_merged(folder):
    (folder / "c.csv").write_text(
        "sample,person,role,kit,vWA.1,vWA.2,FGA.1,FGA.2,TH01.1,TH01.2\nS1,K,child,old,14,17,21,23,,\nS2,K,child,new,14,17,21,24,6,9\n", encoding="utf-8")
    out, err = run("match", *TABLES, "--children", folder / "c.csv", "--families", f"{G}/families.csv", "--threshold", "-100", "--csv")
    contains(err, "child K: 2 typings merged", "FGA")
    rows = list(csv.DictReader(io.StringIO(out)))
    check({r["child"] for r in rows} == {"K"}, "the child does not go by its own code")
    check({r["loci_used"] for r in rows} == {"2"}, "vWA and TH01 should remain")


LOCI = ["vWA", "FGA", "TH01", "TPOX"]


def people(path, head, rows):
    """A table of profiles: `head` columns and two per locus of LOCI."""
    lines = [",".join([*head, *(f"{locus}.{i}" for locus in LOCI for i in (1, 2))])]
    path.write_text("\n".join([*lines, *rows]) + "\n", encoding="utf-8")
    return path


def listed(*args, threshold="-100"):
    """({(child, family): row}, standard error)."""
    out, err = run("match", *args, "--csv", "--threshold", threshold)
    return {(r["child"], r["family"]): r for r in csv.DictReader(io.StringIO(out))}, err


def table_without(folder, *loci):
    """norSTR East Asia without some loci."""
    lines = (TOP / "data/frequencies/norstr-east-asia.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.split(",")[0].upper() not in [locus.upper() for locus in loci]]
    check(len(kept) < len(lines), f"the table has no {loci}")
    path = folder / "short.csv"
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return path


@test
def loci_without_frequencies_are_named(folder):
    short = table_without(folder, "vWA", "FGA")
    people_of = ["--children", f"{G}/children.csv", "--families", f"{G}/families.csv"]
    _, err = run("match", "--freq", short, *people_of, "--out", folder / "a")
    contains(err, "has no frequencies of 2 of the 15 loci typed: they enter no ratio (vWA, FGA)")
    contains((folder / "a" / "notes.csv").read_text(encoding="utf-8"), "of 2 of the 15 loci typed")
    table = json.loads((folder / "a" / "run.json").read_text(encoding="utf-8"))["tables"][0]
    check(table["loci_without_frequencies"] == ["vWA", "FGA"] and table["loci_used"] == 13, str(table))
    _, err = run("match", "--freq", "norstr-east-asia", "--freq", short, *people_of, "--out", folder / "b")
    contains(err, "its ratios rest on 13 of 15 loci (without vWA, FGA)")
    first, second = json.loads((folder / "b" / "run.json").read_text(encoding="utf-8"))["tables"]
    check(first["loci_without_frequencies"] == [] and first["loci_used"] == 15, str(first))
    check(second["loci_without_frequencies"] == ["vWA", "FGA"] and second["loci_used"] == 13, str(second))


@test
def readings_to_look_at_are_noted(folder):
    children = people(folder / "c.csv", ["sample", "role", "AMEL.1", "AMEL.2", "sex", "vWA.3"], ["K,child,X,X,M,18,14,17,21,23,6,9,8,8"])
    family = people(folder / "f.csv", ["sample", "person", "family", "relation"], ["F1-M,MO,F1,mother,14,OL,21,22,6,7,8,11"])
    _, err = run("match", *TABLES, "--children", children, "--families", family, "--out", folder / "run")
    contains(err, "3 readings of children and relatives to look at", "1 of three or more alleles", "1 of one known allele", "1 stated sex against amelogenin", "each in notes.csv")
    notes = (folder / "run" / "notes.csv").read_text(encoding="utf-8")
    contains(notes, "child K: vWA 14/17/18", "child K: stated male, but amelogenin", "family F1, person MO: vWA 14/-")


@test
def a_pair_without_a_locus_is_not_listed(folder):
    children = people(folder / "c.csv", ["sample", "role"], ["K,child,14,17,21,23,,,,", "L,child,,,,,6,9,8,8"])
    family = people(folder / "f.csv", ["sample", "person", "family", "relation"], ["F1-M,MO,F1,mother,14,18,21,22,,,,"])
    run("match", *TABLES, "--children", children, "--families", family, "--threshold", "-100", "--out", folder / "run")
    rows, err = listed(*TABLES, "--children", children, "--families", family)
    check(set(rows) == {("K", "F1")}, str(rows))
    contains(err, "1 pair at or above the threshold without a locus in common: not listed")
    contains((folder / "run" / "notes.csv").read_text(encoding="utf-8"), "no locus in common")
    check(json.loads((folder / "run" / "run.json").read_text(encoding="utf-8"))["pairs_without_loci"] == 1, "run.json")


@test
def typings_of_a_relative_are_merged_like_those_of_a_child(folder):
    child = ["K1,K,child,14,17,21,23,6,9,8,8", "K2,K,child,14,14,21,23,6,9,8,8"]
    mother = ["M1,MO,F1,mother,14,18,21,22,6,7,8,11", "M2,MO,F1,mother,14,14,21,22,6,7,8,11"]
    one_child = people(folder / "c.csv", ["sample", "person", "role"], child[:1])
    two_child = people(folder / "cc.csv", ["sample", "person", "role"], child)
    one_family = people(folder / "f.csv", ["sample", "person", "family", "relation"], mother[:1])
    two_family = people(folder / "ff.csv", ["sample", "person", "family", "relation"], mother)
    for children, families, who in ((two_child, one_family, "child K"), (one_child, two_family, "family F1, person MO")):
        call = [*TABLES, "--children", children, "--families", families]
        rows, err = listed(*call)
        check([r["loci_used"] for r in rows.values()] == ["3"], f"{who}: vWA contradicts itself: {rows}")
        contains(err, who, "vWA: the typings disagree")
        rows, _ = listed(*call, "--dropout", "0.1")
        whole, _ = listed(*TABLES, "--children", one_child, "--families", one_family, "--dropout", "0.1")
        check([r["loci_used"] for r in rows.values()] == ["4"], f"{who}: a lost allele is no contradiction: {rows}")
        check([r["log10_lr"] for r in rows.values()] == [r["log10_lr"] for r in whole.values()], f"{who}: {rows} {whole}")
        notes = folder / f"run{len(who)}"
        run("match", *call, "--dropout", "0.1", "--out", notes)
        text = (notes / "notes.csv").read_text(encoding="utf-8")
        check(text.count("the typings disagree") == 1, f"one note of one merging:\n{text}")


@test
def lineage_database_is_counted_in(folder):
    head = "DYS391,DYS389I,DYS390,DYS19,vWA.1,vWA.2"
    (folder / "c.csv").write_text(f"sample,role,sex,{head}\nK,child,M,10,13,24,15,14,17\n", encoding="utf-8")
    (folder / "f.csv").write_text(f"sample,person,family,relation,sex,{head}\nF1-F,FA,F1,father,M,10,13,24,15,14,18\n", encoding="utf-8")
    (folder / "db.csv").write_text(f"sample,{head[:head.index(',vWA')]}\nA,10,13,24,15\nB,11,13,24,15\nD,11,12,24,15\n", encoding="utf-8")
    call = [*TABLES, "--children", folder / "c.csv", "--families", folder / "f.csv"]
    bare = json.loads(run("match", "explain", "K", "F1", *call, "--json")[0])
    run("match", *call, "--lineage", folder / "db.csv", "--out", folder / "run")
    stated = json.loads((folder / "run" / "run.json").read_text(encoding="utf-8"))
    check("lineage" in stated["options"] and "lineage" in [x["role"] for x in stated["inputs"]], str(stated["options"]))
    data = json.loads(run("match", "explain", "K", "F1", "--run", folder / "run", "--json")[0])
    check(data["lineage"] != bare["lineage"], f"the haplotypes changed nothing: {data['lineage']}")
    contains(json.dumps(data["lineage"]), "seen 1 times in 3")
    check(data["log10_lr"] == bare["log10_lr"], "a lineage enters no ratio")


@test
def the_list_has_fixed_decimals(folder):
    rows = list(csv.DictReader(io.StringIO(run("match", *MATCH, "--csv", "--threshold", "-1000")[0])))
    exact = json.loads(run("match", *MATCH, "--json", "--threshold", "-1000")[0])["candidates"]
    for row, x in zip(rows, exact, strict=True):
        for name, decimals in (("log10_lr", 6), ("log10_lr_min", 6), ("posterior", 12)):
            if row[name] not in ("inf", "-inf", "nan"):
                check(len(row[name].partition(".")[2]) == decimals, f"{name}: {row[name]}")
                check(abs(float(row[name]) - x[name]) <= 0.51 * 10 ** -decimals, f"{name}: {row[name]} {x[name]}")
        check(len(row["prior_each"].partition(".")[2]) == 12, row["prior_each"])


# ---- rates and models ------------------------------------------------------------------------------------------------


def case_with(folder, **settings):
    doc = json.loads((TOP / G / "case.json").read_text(encoding="utf-8"))
    doc["cases"] = doc["cases"][:1]
    doc["cases"][0]["settings"] = {"theta": 0, **settings}
    path = folder / "case-with.json"
    path.write_text(json.dumps(doc), encoding="utf-8")
    return path


def likelihoods(*args):
    return [x["likelihood"] for x in json.loads(run("lr", *args, "--json")[0])["cases"][0]["hypotheses"]]


@test
def a_model_where_the_file_has_none_takes_the_default_rates(folder):
    none = {"model": "none"}
    case = case_with(folder, standard={"female": none, "male": none})
    check(likelihoods(case)[0] == 0, "the true pedigree needs a mutation, and the file allows none")
    chosen = likelihoods(case, "--mutation", "stepwise")
    check(chosen == likelihoods(case, "--mutation", "stepwise,female=0.001,male=0.002,range=0.1,rate2=1e-6"), f"not the default rates: {chosen}")
    check(chosen[0] > 0, str(chosen))


@test
def linked_loci_make_pairs(folder):
    for pairs, words in ((["TH01:vWA:0.1"], "chromosome 11"), (["TH01:THO1:0.1"], "linked with itself"), (["D12S391:vWA:0.1"], "no profile has a locus D12S391"),
                         (["vWA:D12S391:0.1", "VWA:D12S391:0.2"], "one pair only")):
        contains(run("lr", f"{G}/case.json", *(x for pair in pairs for x in ("--linked", pair)), status=2)[1], words)


@test
def rates_leave_silent_alleles_alone(folder):
    rates = folder / "rates.csv"
    rates.write_text("locus,female,male\ndefault,0.01,0.02\nvWA,0.05,0.05\n", encoding="utf-8")
    none, some = {"model": "none"}, {"model": "stepwise", "rate": 0.01, "rate2": 1e-6, "range": 0.1}
    other, more = {**some, "rate": 0.02}, {**some, "rate": 0.05}
    given = case_with(folder, standard={"female": none, "male": none, "silent": 0.01}, loci=[{"locus": "TPOX", "female": none, "male": none, "silent": 0.03}])
    found = likelihoods(given, "--rates", rates)
    wanted = case_with(folder, standard={"female": some, "male": other, "silent": 0.01},
                       loci=[{"locus": "TPOX", "female": some, "male": other, "silent": 0.03}, {"locus": "vWA", "female": more, "male": more, "silent": 0.01}])
    check(found == likelihoods(wanted), f"{found}, by hand {likelihoods(wanted)}")
    without = case_with(folder, standard={"female": some, "male": other}, loci=[{"locus": "vWA", "female": more, "male": more}])
    check(found != likelihoods(without), "silent alleles change nothing")


@test
def score_of_a_run(folder):
    run("match", *MATCH, "--out", folder / "run")
    text = run("match", "score", "--run", folder / "run", "--truth", f"{G}/truth.csv")[0]
    contains(text, "8 rescued children. The family of 6 is registered")
    score = json.loads(run("match", "score", "--run", folder / "run", "--truth", f"{G}/truth.csv", "--json")[0])
    four = score["thresholds"][0]
    rows = list(csv.DictReader((folder / "run" / "candidates.csv").read_text(encoding="utf-8").splitlines()))
    rows = [r for r in rows if r["rank"]]  # the search's own, not those that brothers and sisters brought in
    truth = {(r["child"], r["family"], r["missing"]) for r in csv.DictReader((TOP / G / "truth.csv").read_text(encoding="utf-8").splitlines()) if r["family"]}
    found = sum((r["child"], r["family"], r["missing"]) in truth for r in rows)
    check((four["found"], four["missed"], four["false"]) == (found, 6 - found, len(rows) - found), f"{four}, counted {found} of {len(rows)}")


# ---- convert, simulate --------------------------------------------------------------------------------------------


@test
def round_trips_keep_every_ratio(folder):
    before = run("match", *MATCH, "--csv")[0]
    run("convert", f"{G}/families.csv", folder / "f.json")
    run("convert", folder / "f.json", folder / "f.csv")
    check((folder / "f.csv").read_text(encoding="utf-8") == (TOP / G / "families.csv").read_text(encoding="utf-8"), "csv - json - csv differs")
    for name in ("f.json", "f.csv"):
        now = run("match", *TABLES, "--children", f"{G}/children.csv", "--families", folder / name, "--csv")[0]
        check(now == before, f"{name}: other ratios")
    run("convert", f"{G}/case.json", folder / "case2.json")
    check(run("lr", folder / "case2.json")[0] == run("lr", f"{G}/case.json")[0], "the case gives other ratios")


@test
def case_through_familias(folder):
    doc = json.loads((TOP / G / "case.json").read_text(encoding="utf-8"))
    doc["cases"] = doc["cases"][:1]
    (folder / "c.json").write_text(json.dumps(doc), encoding="utf-8")
    run("convert", folder / "c.json", folder / "c.fam")
    ours, theirs = (json.loads(run("lr", folder / name, "--json")[0])["cases"][0] for name in ("c.json", "c.fam"))
    for a, b in zip(ours["hypotheses"], theirs["hypotheses"]):
        check(abs(a["likelihood"] - b["likelihood"]) <= 1e-9 * a["likelihood"], f"{a} {b}")


@test
def convert_lists_losses(folder):
    _, err = run("convert", f"{G}/families.csv", folder / "f.xml")
    contains(err, "homeward convert: lost: ")
    out, _ = run("convert", f"{G}/families.csv", folder / "f.xml", "--json")
    data = json.loads(out)
    check(data["read"]["families"] == 14 and data["format"] == "cmf" and len(data["losses"]) > 0, str(data)[:300])


@test
def convert_never_overwrites_an_input(folder):
    path = folder / "c.csv"
    shutil.copy(TOP / G / "children.csv", path)
    os.link(path, folder / "same.csv")
    (folder / "link.csv").symlink_to(path)
    for name in ("c.csv", "same.csv", "link.csv"):
        contains(run("convert", path, folder / name, status=2)[1], "is an input and the output at once")
    check(path.read_bytes() == (TOP / G / "children.csv").read_bytes(), "the input changed")


@test
def convert_sums_losses_up(folder):
    _, err = run("convert", f"{G}/families.csv", folder / "f.fam")
    contains(err, "lost: all genotypes", "give a frequency table")
    check(len(err.splitlines()) <= 22 and "no autosomal frequency table" not in err, err)
    _, err = run("convert", f"{G}/families.csv", "data/frequencies/norstr-east-asia.csv", folder / "g.fam")
    check("all genotypes" not in err and (folder / "g.fam").stat().st_size > 2 * (folder / "f.fam").stat().st_size, err)
    many = ["# synthetic: yes", "sample,role,comment,vWA.1,vWA.2", *(f"S{i:03},child,seen {i},14,17" for i in range(50))]
    (folder / "m.csv").write_text("\n".join(many) + "\n", encoding="utf-8")
    _, err = run("convert", folder / "m.csv", folder / "m.ped")
    lines = err.splitlines()
    check(sum("lost: " in line for line in lines) == 20, err)
    losses = json.loads(run("convert", folder / "m.csv", folder / "m.ped", "--json")[0])["losses"]
    contains(lines[-1], f"... and {len(losses) - 20} more (use --json for all)")


@test
def convert_to_standard_output(folder):
    out, _ = run("convert", f"{G}/children.csv", "-", "--to", "json")
    check(len(json.loads(out)["profiles"]) == 8, "the children")
    out, _ = run("convert", f"{G}/children.csv", "-", "--to", "csv-wide", "--separator", "semicolon")
    check(out.splitlines()[1].count(";") > 10, out[:200])


@test
def nation_is_reproducible_and_synthetic(folder):
    call = ["simulate", "nation", "--children", 20, "--families", 60, "--chinese-names", "--freq", "norstr-east-asia"]
    run(*call, "--seed", 3, "--out", folder / "a")
    run(*call, "--seed", 3, "--out", folder / "b")
    run(*call, "--seed", 4, "--out", folder / "c", "--children-format", "json")
    a, b, c = (files_of(folder / x) for x in "abc")
    check(a == b, "the same seed gave another nation")
    check(a["families.json"] != c["families.json"], "another seed gave the same nation")
    contains(a["README.txt"].decode(), "SYNTHETIC", "--seed 3")
    for nation, name in ((a, "children.csv"), (c, "children.json"), (a, "families.json")):
        contains(nation[name].decode(), "synthetic")
    check(json.loads(a["families.json"])["synthetic"] is True, "families are not marked synthetic")
    truth = list(csv.DictReader(io.StringIO(a["truth.csv"].decode())))
    check(len(truth) == 20 and 5 <= sum(r["family"] != "" for r in truth) <= 19, "the truth")


# ---- pipes, terminals, full disks ----------------------------------------------------------------------------------


@test
def pipes_see_no_escapes(folder):
    for call in (["help"], ["match", *MATCH], ["match", "explain", "C00003", "F00007", *MATCH], ["lr", f"{G}/case.json"], ["match", "--nope"]):
        out, err = run(*call, status=None)
        check("\x1b" not in out + err and "\r" not in out + err, f"{call[0]}: control characters on a pipe")


def on_terminal(call, env, both=True):
    """Standard output (and error) on a pseudo-terminal."""
    master, slave = pty.openpty()
    process = subprocess.Popen([PROGRAM, *call], stdout=slave, stderr=slave if both else subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=TOP, env=env)
    os.close(slave)
    data, end = b"", time.monotonic() + 60
    while time.monotonic() < end:
        if not select.select([master], [], [], 0.2)[0]:
            continue
        try:
            block = os.read(master, 65536)
        except OSError:
            break
        if not block:
            break
        data += block
    os.close(master)
    process.wait(timeout=30)
    check(process.returncode == 0, f"exit {process.returncode}: {data[-500:]}")
    return data.decode()


@test
def colours_on_terminals_unless_no_color(folder):
    call = ["match", "explain", "C00003", "F00007", *MATCH]
    check("\x1b[" in on_terminal(call, environment()), "no colour on a terminal")
    for plain in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        check("\x1b[" not in on_terminal(call, environment(**plain)), f"colour in spite of {plain}")
    check("\x1b[" in on_terminal(call, environment(NO_COLOR="")), "an empty NO_COLOR switches colours off")


@test
def progress_on_terminals_only(folder):
    check("matching [" in on_terminal(["match", *MATCH], environment(NO_COLOR="1")), "no progress bar on a terminal")
    check("matching [" not in run("match", *MATCH)[1], "a progress bar on a pipe")


@test
def full_disk_is_an_error(folder):
    if not os.path.exists("/dev/full"):
        print("SKIPPED: there is no /dev/full")
        return
    for call in (["help"], ["lr", f"{G}/case.json"], ["match", *MATCH], ["convert", f"{G}/children.csv", "-", "--to", "json"], ["version"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, *call], stdout=full, stderr=subprocess.PIPE, cwd=TOP, env=environment(), timeout=60, check=False)
        check(done.returncode == 6 and b"No space left" in done.stderr, f"{call[0]}: exit {done.returncode} {done.stderr}")
    _, err = run("convert", f"{G}/children.csv", "/nonexistent/x.json", status=None)
    contains(err, "/nonexistent/x.json")


@test
def closed_standard_output_is_an_error(folder):
    done = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", PROGRAM, "help"], stderr=subprocess.PIPE, cwd=TOP, env=environment(), timeout=60, check=False)
    check(done.returncode == 6, f"exit {done.returncode} {done.stderr}")


@test
def a_closed_pipe_ends_quietly(folder):
    process = subprocess.Popen([PROGRAM, "loci"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=TOP, env=environment(),
                               preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN))
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=30)
    check(process.returncode in (0, -signal.SIGPIPE) and err == b"", f"exit {process.returncode} {err}")


@test
def a_failed_write_keeps_the_old_file(folder):
    (folder / "o.json").write_text("old", encoding="utf-8")
    run("convert", f"{G}/nothing.csv", folder / "o.json", status=5)
    check((folder / "o.json").read_text(encoding="utf-8") == "old", "the old file is gone")


# ---- completion ----------------------------------------------------------------------------------------------------


def complete(*words):
    """What bash would offer for the last word."""
    script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
              'complete -p homeward >/dev/null || exit 1; _homeward; printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "--norc", "-c", script, "bash", str(TOP / "packaging/completions/homeward"), PROGRAM, *words],
                          capture_output=True, text=True, cwd=TOP, env=environment(), timeout=60, check=False)
    if done.returncode != 0:
        raise Failure(done.stderr)
    return set(done.stdout.split())


@test
def bash_completes(folder):
    check(complete("ma") == {"match"}, str(complete("ma")))
    check({"explain", "score"} <= complete("match", ""), str(complete("match", "")))
    check(complete("match", "--fr") == {"--freq"}, str(complete("match", "--fr")))
    check(complete("match", "explain", "--pd") == {"--pdf"}, str(complete("match", "explain", "--pd")))
    check("norstr-east-asia" in complete("match", "--freq", "norstr-e"), "tables")
    check(complete("match", "--lang", "z") == {"zh"}, "choices")
    check("familias" in complete("convert", "a.json", "b", "--to", "fam"), "formats")
    check(complete("match", "--children", "tests/golden/cli/chil") == {"tests/golden/cli/children.csv"}, "files")
    check(complete("match", "--children", "a.csv", "tests/golden/cli/fam") == {"tests/golden/cli/families.csv"}, "several files")
    check("nation" in complete("simulate", ""), "second words")


if __name__ == "__main__":
    check((GOLDEN / "children.csv").is_file(), "tests/golden/cli is missing")
    main()
