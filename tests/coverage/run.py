#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Branch coverage: how many branches of the sources the tests take. Writes TAP.

Builds Weir in a folder of its own, without optimisation, where gcov sees each branch of the source once. Runs
the suites of SUITES, and the starts in which a call fails. Each folder of FOLDERS has to reach its share.
Each branch of lib/ that no test takes needs a row in reasons.tsv. excluded.tsv has the lines whose branches
do not count.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.append(str(TOP / "tests" / "support"))

import branches  # noqa: E402
import reasons  # noqa: E402
import standard_output  # noqa: E402
from tap_steps import Tap  # noqa: E402

FOLDERS = {"lib/": 98, "app/weir/": 90}  # percent
REASONED = "lib/"
OPTIONS = ["--werror", "-Db_coverage=true", "-Doptimization=0"]
SUITES = ("unit", "golden", "observe", "control", "clients")  # a part of the last three needs root
MESON = ["meson", "test", "--no-rebuild", *(f"--suite={suite}" for suite in SUITES)]
STARTS = ["/usr/bin/python3", TOP / "tests" / "torture" / "run.py", "--only", "call of a start"]


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--test", action="append", metavar="NAME", help="run only this test, may be repeated")
    parser.add_argument("--add", action="store_true", help="add to what earlier runs have taken")
    parser.add_argument(
        "--count", action="store_true", help="run nothing, count what earlier runs have taken"
    )
    parser.add_argument(
        "--rows", action="store_true", help="print rows for reasons.tsv, without their reasons"
    )
    return parser.parse_args()


def build():
    """Builds everything, and returns the folder."""
    options = " ".join(OPTIONS)
    commands = f'. scripts/common.sh && build coverage {options} && printf %s "$builds/coverage"'
    ended = subprocess.run(["bash", "-c", commands], cwd=TOP, stdout=subprocess.PIPE, text=True, check=True)
    return pathlib.Path(ended.stdout)


def forget(folder):
    for path in folder.rglob("*.gcda"):
        path.unlink()


def run(command, what, tap):
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    bad = "\n".join(
        line for line in ended.stdout.splitlines() if re.search(r"FAIL|TIMEOUT|ERROR|^not ok", line)
    )
    tap.say(ended.returncode == 0, f"{what} pass without optimisation", bad)


def run_tests(folder, names, tap):
    run([*MESON, "-C", folder, *(names or [])], f"tests of {', '.join(SUITES)}", tap)
    if not names:
        run([*STARTS, "--build", folder], "starts in which a call fails", tap)


def judge_folders(lines, tap):
    for folder, least in FOLDERS.items():
        chosen = [line for line in lines if line.path.startswith(folder)]
        percent, taken, everything = branches.share(chosen)
        rooms = {}
        for line in chosen:
            rooms.setdefault(os.path.dirname(line.path), []).append(line)
        shares = {room: branches.share(members) for room, members in sorted(rooms.items())}
        text = "\n".join(
            f"{share[0]:6.2f} % {room} ({share[1]} of {share[2]})" for room, share in shares.items()
        )
        name = f"{folder} {percent:.2f} % of {everything} branches taken ({taken}), at least {least} %"
        tap.say(percent >= least, name, text)


def judge_reasons(lines, tap):
    known = [reasons.parse(row) for row in branches.table(HERE / "reasons.tsv")]
    problems = reasons.judge([line for line in lines if line.path.startswith(REASONED)], known)
    for problem in problems:
        tap.say(False, problem.replace("#", r"\#"))
    if not problems:
        tap.say(True, f"each branch of {REASONED} that is not taken has its reason ({len(known)} lines)")


def print_rows(lines):
    left = {}
    for line in lines:
        if line.missing() and line.path.startswith(REASONED):
            left[line.key()] = left.get(line.key(), 0) + line.missing()
    for key, missing in left.items():
        print("\t".join([*key, str(missing), ""]))


def main():
    arguments = parse_arguments()
    folder, tap = build(), Tap()
    if not (arguments.add or arguments.count):
        forget(folder)
    if not arguments.count:
        run_tests(folder, arguments.test, tap)
    excluded = [re.compile(row["pattern"]) for row in branches.table(HERE / "excluded.tsv")]
    reports = branches.reports(folder, len(os.sched_getaffinity(0)))
    lines = branches.lines(branches.merge(reports, TOP, tuple(FOLDERS)), TOP, excluded)
    if arguments.rows:
        print_rows(lines)
        return 0
    judge_folders(lines, tap)
    judge_reasons(lines, tap)
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    standard_output.run(main)
