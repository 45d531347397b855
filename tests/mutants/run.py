#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Mutation testing: makes small mistakes in the sources, one at a time, and looks whether the tests find
them.

A mistake is one operator, constant or word (mutate.py) in a function of FOLDERS. It is found where a unit
test fails, does not end, or where the compiler refuses it under -Werror; with --golden also where a golden
case fails. A mistake that no test finds is a survivor: a test is missing, or it changes nothing; those have
their reason in survivors.tsv.

Everything happens in a copy of the tree. Takes half a minute a mistake.
"""

import argparse
import csv
import pathlib
import subprocess
import sys
import tempfile
import time
from collections import Counter

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import mutate  # noqa: E402
from source_copy import TOP, copy_sources  # noqa: E402

REASONS = pathlib.Path(__file__).resolve().parent / "survivors.tsv"
FOLDERS = ("lib/net", "lib/bep15", "lib/guard", "lib/tracker", "lib/swarm")
SLOW = 10  # times a test's own time before it counts as hanging
LEAST_S = 20
XDP_PROGRAM = "app/xdp/tracker_port.o"  # a unit test loads it
COMPILED, FOUND, SURVIVED, KNOWN = "refused by the compiler", "found", "survived", "survived, for a reason"


def _run(command, cwd, timeout=1800):
    try:
        ended = subprocess.run(
            command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        return None, b""
    return ended.returncode, ended.stdout


class Tree:
    """A copy of the sources, with a build of the unit tests."""

    def __init__(self, folder):
        self.folder = folder
        self.build = folder / "build"
        self.tree = folder / "tree"
        copy_sources(self.tree)
        self._must(["meson", "setup", self.build, self.tree, "--werror"])
        self.programs = self._unit_programs()
        self._must(["ninja", "-C", self.build, *self.programs, XDP_PROGRAM])
        self.times = {name: self._time(name) for name in self.programs}

    def _must(self, command):
        status, said = _run(command, self.folder)
        if status != 0:
            sys.exit(f"{command[0]}: {said.decode(errors='replace')[-3000:]}")

    def _unit_programs(self):
        said = _run(["ninja", "-C", self.build, "-t", "targets", "all"], self.folder)[1].decode()
        names = (line.partition(":")[0] for line in said.splitlines())
        return sorted(
            name
            for name in names
            if name.startswith(("tests/unit/test_", "tests/fuzz/test_")) and "." not in name
        )

    def _time(self, name):
        began = time.monotonic()
        if _run([self.build / name], self.tree)[0] != 0:
            sys.exit(f"{name} fails without a mistake")
        return time.monotonic() - began

    def _stamps(self):
        return {name: (self.build / name).stat().st_mtime_ns for name in self.programs}

    def compile(self):
        """The programs that are made anew, the fast ones first; None: the compiler refuses."""
        before = self._stamps()
        if _run(["ninja", "-C", self.build, "--quiet", *self.programs], self.folder)[0] != 0:
            return None
        after = self._stamps()
        changed = [name for name in self.programs if after[name] != before[name]]
        return sorted(changed, key=lambda name: self.times[name])

    def fails(self, name):
        timeout = max(LEAST_S, SLOW * self.times[name])
        return _run([self.build / name], self.tree, timeout)[0] != 0

    def golden_fails(self):
        self._must(["ninja", "-C", self.build, "--quiet"])
        command = ["/usr/bin/python3", "tests/golden/run.py", "--weir", self.build / "app/weir/weir"]
        return _run(command, self.tree)[0] != 0


def _try(tree, mutant, golden):
    """How it ended, and what found it."""
    path = tree.tree / mutant.path
    source = path.read_text(encoding="utf-8")
    path.write_text(mutant.apply(source), encoding="utf-8")
    try:
        changed = tree.compile()
        if changed is None:
            return COMPILED, ""
        for name in changed:
            if tree.fails(name):
                return FOUND, pathlib.Path(name).name
        if golden and tree.golden_fails():
            return FOUND, "golden"
        return SURVIVED, ""
    finally:
        path.write_text(source, encoding="utf-8")


def _reasons():
    if not REASONS.exists():
        return set()
    with REASONS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {(row["file"], row["line"], row["old"], row["new"]) for row in rows}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100, help="mistakes to make (100)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (1)")
    parser.add_argument("--folder", action="append", help=f"of sources ({', '.join(FOLDERS)})")
    parser.add_argument(
        "--golden", action="store_true", help="golden cases, too, for what unit tests do not find"
    )
    parser.add_argument("--minutes", type=float, default=1e9, help="make no further mistake after that")
    options = parser.parse_args()
    sources = {
        str(path.relative_to(TOP)): path.read_text(encoding="utf-8")
        for folder in options.folder or FOLDERS
        for path in sorted((TOP / folder).glob("*.[ch]"))
    }
    chosen, possible = mutate.choose(sources, options.count, options.seed)
    known = _reasons()
    counts = Counter()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="weir-mutants-") as folder:
        tree = Tree(pathlib.Path(folder))
        print(f"{len(chosen)} of {possible} mistakes, seed {options.seed}", flush=True)
        for mutant in chosen:
            if time.monotonic() - began > options.minutes * 60:
                break
            how, by = _try(tree, mutant, options.golden)
            if how == SURVIVED and mutant.key() in known:
                how = KNOWN
            counts[how] += 1
            print(f"{mutant.title()}: {how} {by}".rstrip(), flush=True)
            if how == SURVIVED:
                print("\t".join(mutant.key()), flush=True)
    tried = counts[FOUND] + counts[SURVIVED] + counts[KNOWN]
    share = 100 * (counts[FOUND] + counts[KNOWN]) / tried if tried else 0
    print(f"{tried} mistakes: {counts[FOUND]} found, {counts[KNOWN]} change nothing, {counts[SURVIVED]} left")
    print(f"{share:.1f} % found or without effect; {counts[COMPILED]} more were refused by the compiler")
    return 1 if counts[SURVIVED] else 0


if __name__ == "__main__":
    sys.exit(main())
