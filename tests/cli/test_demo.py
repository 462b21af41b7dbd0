#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Homeward authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""tools/demo.sh on a small nation: it ends well, finds what can be found, and writes what it says.

usage: test_demo.py PROGRAM
"""

import json
import re
import subprocess
import sys

from harness import PROGRAM, TOP, check, contains, environment, main, run, test


@test
def demo_of_a_small_nation(folder):
    env = environment(CHILDREN="12", FAMILIES="40", SEED="5", ROWS="5")
    env.pop("HOMEWARD_DATA")
    done = subprocess.run(["sh", str(TOP / "tools" / "demo.sh"), PROGRAM], cwd=folder, env=env, capture_output=True, text=True, timeout=110, check=False)
    check(done.returncode == 0, done.stdout + done.stderr)
    contains(done.stdout, "How much of the truth was found", "SYNTHETIC", "The demonstration took")
    report = re.search(r"Open (\S+\.pdf)", done.stdout)
    check(report is not None, "no report is named")
    with open(report.group(1), "rb") as pdf:
        check(pdf.read(5) == b"%PDF-", "the report is no PDF")
    score, _ = run("match", "score", "--run", folder / "demo-out/run", "--truth", folder / "demo-out/nation/truth.csv", "--json")
    score = json.loads(score)
    check(score["children"] == 12 and 0 < score["registered"] <= 12, str(score))
    four = next(t for t in score["thresholds"] if t.get("log10_lr") == 4)
    check(four["found"] + four["missed"] == score["searched"], str(score))
    check(four["found"] >= score["searched"] * 0.7, f"too little of the truth was found: {score}")


if __name__ == "__main__":
    main()
