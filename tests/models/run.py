#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Checks the models of this folder with spin, for every state that they can reach. Writes TAP.

Each model is checked as it is, where no error may be found, and once for each mistake that it can have
built in, where one has to be: a model that could not fail would show nothing.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT_S = 600
DEPTH = 5_000_000


@dataclass(frozen=True)
class Check:
    model: str
    defines: dict = field(default_factory=dict)
    progress: bool = False  # also that nobody waits for ever, every lcore taking its turns
    fails: bool = False

    def title(self):
        words = [f"{name} {value}" for name, value in self.defines.items()]
        what = "progress" if self.progress else "no error"
        return " ".join([f"{self.model}:", *words, "is found" if self.fails else what])


CHECKS = [
    Check("ring", {"SIZE": 2}),
    Check("ring", {"SIZE": 4}),
    Check("ring", {"SIZE": 4}, progress=True),
    *(Check("ring", {"SIZE": 4, "DEFECT": defect}, fails=True) for defect in (1, 2, 3)),
    Check("publish", {"LCORES": 1}),
    Check("publish", {"LCORES": 2}),
    *(Check("publish", {"DEFECT": defect}, fails=True) for defect in (1, 2, 3)),
    Check("scrape", {"WORKERS": 2, "SCRAPES": 4}),
    Check("scrape", {"WORKERS": 3, "SCRAPES": 3}),
    *(Check("scrape", {"DEFECT": defect}, fails=True) for defect in (1, 2, 3)),
]


def _run(command, folder):
    return subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT_S
    )


def _explore(check, folder):
    """What the search says."""
    defines = [f"-D{name}={value}" for name, value in check.defines.items()]
    made = _run(["spin", *defines, "-a", HERE / f"{check.model}.pml"], folder)
    if made.returncode == 0:
        kind = ["-DNP"] if check.progress else ["-DSAFETY"]
        made = _run(["cc", "-O2", "-w", "-DCOLLAPSE", *kind, "-o", "pan", "pan.c"], folder)
    if made.returncode != 0:
        return made.stdout
    return _run(["./pan", f"-m{DEPTH}", *(["-l", "-f"] if check.progress else [])], folder).stdout


def _number(said, pattern):
    found = re.search(pattern, said)
    return int(found[1]) if found else None


def _judge(check, said):
    """(whether it is as it should be, a remark)."""
    errors = _number(said, r"errors: (\d+)")
    whole = "error: max search depth too small" not in said and "Search not completed" not in said
    if errors is None:
        return False, ""
    if check.fails:
        return errors > 0, ""
    states = float(re.search(r"([\d.e+]+) states, stored", said)[1])
    return errors == 0 and whole, f" ({states:.0f} states)"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", metavar="WORD", help="checks with WORD in their names")
    options = parser.parse_args()
    if shutil.which("spin") is None:
        print("1..1\nok 1 - models # SKIP needs spin")
        return 0
    checks = [check for check in CHECKS if options.only in check.title()]
    failed = False
    print(f"1..{len(checks)}")
    for number, check in enumerate(checks, 1):
        with tempfile.TemporaryDirectory(prefix="weir-models-") as folder:
            said = _explore(check, folder)
        good, remark = _judge(check, said)
        failed |= not good
        print(f"{'ok' if good else 'not ok'} {number} - {check.title()}{remark}")
        if not good:
            print("".join(f"# {line}\n" for line in said.splitlines()[-40:]), end="")
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
