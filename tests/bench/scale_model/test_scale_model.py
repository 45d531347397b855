#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""bench_scale_model at both ends of its range: nothing is lost, and it counts. Writes TAP.

usage: test_scale_model.py PROGRAM
"""

import json
import pathlib
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))

import tap  # noqa: E402

PROGRAM = sys.argv[1]
TIMEOUT_S = 120
BURST, LEAST = 32, 8192


def run(*arguments):
    words = [PROGRAM, *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)


class ScaleModel(unittest.TestCase):
    def counts(self, *arguments):
        done = run(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_one(self):
        for roles in ((), ("shared",)):
            told = self.counts(1, 1, *roles)
            self.assertEqual((told["packets"], told["jobs_a_burst"], told["empty_polls"]), (LEAST, BURST, 0))
            self.assertEqual(told["hand_overs"], 0 if roles else 1)

    def test_most(self):
        for roles in ((), ("shared",)):
            told = self.counts(64, 64, *roles)
            self.assertGreaterEqual(told["packets"], LEAST)
            self.assertTrue(1 < told["jobs_a_burst"] < 2, told)
            self.assertGreater(told["empty_polls"], 0)

    def test_both_roles(self):
        for count in (2, 5, 64):
            told = self.counts(count, count, "shared")
            self.assertAlmostEqual(told["hand_overs"], 1 - 1 / count, delta=0.02)

    def test_steered(self):
        """Each announce is served where it arrived, in bursts as the port has them."""
        for count in (1, 2, 5, 64):
            told = self.counts(count, count, "steered")
            self.assertGreater(told["packets"], LEAST - count * BURST)  # whole rounds
            self.assertEqual((told["hand_overs"], told["jobs_a_burst"]), (0, BURST))

    def test_more_of_one_kind(self):
        self.assertEqual(self.counts(3, 1)["jobs_a_burst"], BURST)

    def test_wrong(self):
        for words in (
            (),
            ("0", "1"),
            ("65", "1"),
            ("1", "x"),
            ("1", "1", "apart"),
            ("1", "2", "shared"),
            ("1", "2", "steered"),
        ):
            self.assertEqual(run(*words).returncode, 2, words)


if __name__ == "__main__":
    sys.exit(tap.run(sys.modules[__name__]))
