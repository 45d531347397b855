#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""weir_sim: seeds with all faults and without, the same bytes twice, the same swarms on any lcores.

Writes TAP. usage: test_sim.py PROGRAM
"""

import pathlib
import re
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import tap  # noqa: E402

PROGRAM = sys.argv[1]
TIMEOUT_S = 120
STEPS = 200_000
SEEDS = range(1, 9)
# Swarms depend on the order of requests where these strike, or on what a reload or a full table does to them.
CHANGES_SWARMS = (
    "duplicate,reorder,broken,stranger,crash,stop,lists,small_tables,limits,suspend,wall_clock,flood,new_keys"
)


def run(*words):
    command = [PROGRAM, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)


class Sim(unittest.TestCase):
    def result(self, *words):
        done = run(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_no_faults(self):
        for shape in ("1+1", "2+3", "2"):
            self.result("--seed", 1, "--steps", STEPS, "--only", "none", "--lcores", shape)

    def test_seeds(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.result("--seed", seed, "--steps", STEPS)

    def test_same_seed_same_bytes(self):
        words = ("--seed", 77, "--steps", STEPS, "--quiet")
        first = self.result(*words)
        self.assertEqual(first, self.result(*words))
        self.assertNotEqual(first, self.result("--seed", 78, "--steps", STEPS, "--quiet"))

    def test_same_swarms(self):
        swarms = set()
        for workers in (1, 2, 7):
            words = ("--seed", 5, "--steps", 0, "--careful", 12, "--clients", 500, "--torrents", 40)
            more = ("--rate", 2000, "--lcores", f"2+{workers}", "--without", CHANGES_SWARMS, "--quiet")
            swarms.add(re.search(r"swarms (\w+)", self.result(*words, *more)).group(1))
        self.assertEqual(len(swarms), 1, swarms)

    def test_usage(self):
        self.assertIn("--shrink", self.result("--help"))
        for words in (("--seed", "x"), ("--lcores", "17+1"), ("--only", "mice"), ("more",), ("--nothing",)):
            self.assertEqual(run(*words).returncode, 2, words)


if __name__ == "__main__":
    sys.exit(tap.run(sys.modules[__name__]))
