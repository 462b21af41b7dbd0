#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Shards, resumption and incremental search of `homeward match`, from outside.

usage: test_search_run.py PROGRAM
"""

import csv
import fcntl
import json
import os
import shutil
import signal
import subprocess
import time

from harness import PROGRAM, TOP, check, contains, environment, main, run, test

FREQ = ["--freq", "norstr-east-asia"]
RESULT = ("candidates.csv", "candidates.json", "errors.csv")


def nation(folder, children=60, families=300, seed=7, share=0.08):
    run("simulate", "nation", "--children", children, "--families", families, "--seed", seed, "--share-true", share, *FREQ, "--out", folder / "n")
    return folder / "n"


def match_of(n, *more):
    return ["match", *FREQ, "--children", n / "children.csv", "--families", n / "families.json", "--limit", "1", "--no-check", *more]


def same_result(a, b, *names):
    for name in names or RESULT:
        check((a / name).read_bytes() == (b / name).read_bytes(), f"{a.name}/{name} differs from {b.name}/{name}")


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def keys(folder):
    return {(r["child"], r["family"], r["missing"], r["log10_lr"]) for r in rows_of(folder / "candidates.csv")}


@test
def screened_and_plain_list_the_same(folder):
    n = nation(folder)
    run(*match_of(n, "--method", "plain", "--threshold", "3", "--out", folder / "plain"))
    run(*match_of(n, "--method", "screened", "--threshold", "3", "--out", folder / "screened"))
    run(*match_of(n, "--threshold", "3", "--out", folder / "auto"))
    same_result(folder / "auto", folder / "plain")
    check(len(keys(folder / "plain")) >= 4, "too few candidates to compare")
    check(keys(folder / "plain") == keys(folder / "screened"), "the screened search lists other pairs")
    check(not (folder / "plain" / "pairs.log").exists() and (folder / "screened" / "pairs.log").exists(), "who keeps a log")
    check("method" not in json.loads((folder / "screened" / "run.json").read_text(encoding="utf-8"))["options"], "the method changes no number of a pair")


@test
def shards_join_in_any_order(folder):
    n = nation(folder)
    run(*match_of(n, "--method", "screened", "--out", folder / "whole"))
    sizes = []
    for i in (1, 2, 3):
        _, err = run(*match_of(n, "--shard", f"{i}/3", "--out", folder / f"s{i}"))
        contains(err, f"part {i}/3", "match merge")
        log = (folder / f"s{i}" / "pairs.log").read_text(encoding="utf-8")
        sizes.append(sum(line.startswith("chunk ") for line in log.splitlines()))
        check(not (folder / f"s{i}" / "candidates.csv").exists(), "a part alone tells no candidates")
    check(min(sizes) > 0 and max(sizes) - min(sizes) <= 1, f"a small search shares out as well: {sizes}")
    for k, order in enumerate([(1, 2, 3), (3, 1, 2), (1, 1, 3, 2, 3)]):
        out = folder / f"m{k}"
        run("match", "merge", *(folder / f"s{i}" for i in order), "--limit", "1", "--out", out)
        same_result(folder / "whole", out, *RESULT, "pairs.log", "searched.csv")
    log = run("match", "merge", folder / "m0", "--csv")[0]
    check(log == (folder / "whole" / "candidates.csv").read_text(encoding="utf-8"), "a joined run is a part that is the whole")
    missing = run("match", "merge", folder / "s1", folder / "s3", status=5)[1]
    contains(missing, "parts of the search are missing", "the first is number 2")


@test
def more_shards_than_chunks_leave_some_empty(folder):
    n = nation(folder, 5, 40)
    run(*match_of(n, "--method", "screened", "--out", folder / "whole"))
    for i in range(1, 6):
        run(*match_of(n, "--shard", f"{i}/5", "--out", folder / f"s{i}"))
    run("match", "merge", *(folder / f"s{i}" for i in range(1, 6)), "--out", folder / "m")
    same_result(folder / "whole", folder / "m")


@test
def parts_of_different_searches_are_refused(folder):
    n = nation(folder)
    run(*match_of(n, "--shard", "1/2", "--out", folder / "a"))
    run(*match_of(n, "--shard", "2/2", "--threshold", "5", "--out", folder / "b"))
    contains(run("match", "merge", folder / "a", folder / "b", status=8)[1], "is not a part of the search of", "b/pairs.log")
    (folder / "none").mkdir()
    contains(run("match", "merge", folder / "a", folder / "none", status=5)[1], "none has no pairs.log")


@test
def a_torn_log_goes_on(folder):
    n = nation(folder)
    run(*match_of(n, "--method", "screened", "--out", folder / "whole"))
    text = (folder / "whole" / "pairs.log").read_bytes()
    chunks = text.count(b"\nend ")
    for cut in (0, 10, len(text) // 2, len(text) - 1, len(text)):
        out = folder / f"cut{cut}"
        out.mkdir()
        (out / "pairs.log").write_bytes(text[:cut])
        _, err = run(*match_of(n, "--method", "screened", "--out", out))
        same_result(folder / "whole", out, *RESULT, "pairs.log")
        if cut > 100:
            whole_lines = text[:cut].rpartition(b"\n")[0].split(b"\n")
            there = sum(line.startswith(b"end ") for line in whole_lines)
            contains(err, f"{there} of {chunks} parts of this search are there already")
    damaged = folder / "damaged"
    damaged.mkdir()
    at = text.index(b"\np ") + 3
    (damaged / "pairs.log").write_bytes(text[:at] + b"9" + text[at + 1:])
    contains(run(*match_of(n, "--method", "screened", "--out", damaged), status=3)[1], "pairs.log, line ", "the log is damaged: remove it and search again")
    other = folder / "other"
    shutil.copytree(folder / "whole", other)
    contains(run(*match_of(n, "--method", "screened", "--threshold", "5", "--out", other))[1], "is of another search", "begun anew")


@test
def a_killed_search_goes_on(folder):
    n = nation(folder, 60, 1200, share=0.05)
    whole = match_of(n, "--method", "screened", "--threads", "1")
    run(*whole, "--out", folder / "whole")
    chunks = (folder / "whole" / "pairs.log").read_bytes().count(b"\nend ")
    interrupted = False
    for attempt in range(8):
        out = folder / f"killed{attempt}"
        done = subprocess.Popen([PROGRAM, *map(str, whole), "--out", str(out)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                                cwd=TOP, env=environment())
        log = out / "pairs.log"
        for _ in range(20000):
            if log.is_file() and log.read_bytes().count(b"\nend ") >= 2 + attempt:
                break
            if done.poll() is not None:
                break
            time.sleep(0.001)
        done.send_signal(signal.SIGKILL)
        done.wait()
        there = log.read_bytes().count(b"\nend ")
        interrupted = interrupted or 0 < there < chunks
        contains(run(*whole, "--out", out)[1], "parts of this search are there already")
        same_result(folder / "whole", out, *RESULT, "pairs.log")
        if interrupted:
            break
    check(interrupted, "no search was caught in the middle")


@test
def two_searches_do_not_write_one_log(folder):
    n = nation(folder, 20, 60)
    out = folder / "out"
    out.mkdir()
    with (out / "pairs.log").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        contains(run(*match_of(n, "--method", "screened", "--out", out), status=8)[1], "another search is writing it")
    run(*match_of(n, "--method", "screened", "--out", out))


def without(n, ret, children, families):
    """The nation before these came."""
    ret.mkdir()
    lines = (n / "children.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (ret / "children.csv").write_text("".join(line for line in lines if line.split(",")[0] not in children), encoding="utf-8")
    doc = json.loads((n / "families.json").read_text(encoding="utf-8"))
    doc["families"] = [f for f in doc["families"] if f["id"] not in families]
    doc["profiles"] = [p for p in doc["profiles"] if p["family"] not in families]
    (ret / "families.json").write_text(json.dumps(doc), encoding="utf-8")


@test
def what_is_new_is_searched_alone(folder):
    n = nation(folder)
    run(*match_of(n, "--method", "screened", "--threshold", "3", "--out", folder / "whole"))
    first = rows_of(folder / "whole" / "candidates.csv")
    children, families = sorted({first[0]["child"], first[-1]["child"]}), {first[1]["family"]}
    early = folder / "early"
    without(n, early, children, families)
    run(*match_of(early, "--method", "screened", "--threshold", "3", "--out", folder / "base"))
    _, err = run(*match_of(n, "--threshold", "3", "--base", folder / "base", "--out", folder / "new"))
    contains(err, f"searched {60 - len(children)} of these 60 children and 299 of these 300 families")
    same_result(folder / "whole", folder / "new", *RESULT, "pairs.log", "searched.csv")
    check(run(*match_of(n, "--threshold", "3", "--base", folder / "base", "--csv", "--limit", "0"))[0] == (folder / "whole" / "candidates.csv").read_text(encoding="utf-8"), "without --out")
    # of the new one on, nothing at all is new; and people may go as well
    run(*match_of(n, "--threshold", "3", "--base", folder / "new", "--out", folder / "again"))
    same_result(folder / "whole", folder / "again", *RESULT, "pairs.log")
    run(*match_of(early, "--threshold", "3", "--base", folder / "new", "--out", folder / "fewer"))
    same_result(folder / "base", folder / "fewer", *RESULT, "pairs.log")
    # interrupted in the middle
    text = (folder / "new" / "pairs.log").read_bytes()
    torn = folder / "torn"
    torn.mkdir()
    (torn / "pairs.log").write_bytes(text[:len(text) // 2])
    run(*match_of(n, "--threshold", "3", "--base", folder / "base", "--out", torn))
    same_result(folder / "whole", torn, *RESULT, "pairs.log")


@test
def errors_of_a_base_say_what_to_do(folder):
    n = nation(folder)
    run(*match_of(n, "--method", "screened", "--out", folder / "base"))
    again = match_of(n, "--base", folder / "base")
    contains(run(*again, "--threshold", "5", status=8)[1], "searched.csv: that run had other tables, settings, another threshold", "without --base")
    contains(run(*again, "--theta", "0.01", status=8)[1], "searched.csv")
    contains(run(*again, "--out", folder / "base", status=2)[1], "same folder")
    contains(run(*again, "--shard", "1/2", "--out", folder / "x", status=2)[1], "exclude each other")
    contains(run(*again, "--method", "plain", status=2)[1], "leave --base out")
    contains(run(*match_of(n, "--base", folder / "n"), status=5)[1], "has no pairs.log")
    run(*match_of(n, "--shard", "1/2", "--out", folder / "half"))
    contains(run(*match_of(n, "--base", folder / "half"), status=8)[1], "finish that search, or join its shards")
    searched = folder / "base" / "searched.csv"
    lines = searched.read_text(encoding="utf-8").splitlines()
    for text, part in (("\n".join([*lines[:-1], "dog,D1,0"]), f"line {len(lines)}: expected child or family"), ("\n".join(lines[:-1]), "families, found"),
                       ("\n".join([lines[0], *lines[2:]]), "line 2: expected search")):
        searched.write_text(text + "\n", encoding="utf-8")
        contains(run(*again, status=3)[1], part)
    searched.unlink()
    contains(run(*again, status=None)[1], "searched.csv")


@test
def errors_of_shards_say_what_to_do(folder):
    n = nation(folder, 5, 20)
    for text in ("2", "0/3", "4/3", "1/0", "a/b", "1/9999999", "-1/2"):
        contains(run(*match_of(n, f"--shard={text}", "--out", folder / "x"), status=2)[1], "expected a part and their number")
    contains(run(*match_of(n, "--shard", "1/2"), status=2)[1], "--shard needs --out DIR")
    contains(run(*match_of(n, "--shard", "1/2", "--method", "plain", "--out", folder / "x"), status=2)[1], "leave --shard out")
    contains(run(*match_of(n, "--method", "fast"), status=2)[1], "auto", "plain", "screened")


@test
def threads_do_not_show(folder):
    n = nation(folder)
    for threads in ("1", "3"):
        run(*match_of(n, "--method", "screened", "--threads", threads, "--out", folder / threads))
    same_result(folder / "1", folder / "3", *RESULT, "pairs.log", "searched.csv")
    check(os.path.getsize(folder / "1" / "pairs.log") > 500, "nothing was found")


main()
