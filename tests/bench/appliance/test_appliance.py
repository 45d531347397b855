# SPDX-License-Identifier: BSD-3-Clause
"""Tests of rows, of the search for a rate, and of verdicts. Writes TAP."""

import pathlib
import random
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))

import tap  # noqa: E402
from process import Failed  # noqa: E402
from rows import Row  # noqa: E402
from search import highest_rate  # noqa: E402
from verdicts import handled  # noqa: E402

MIXTURE = {"connect": 0.2, "announce": 0.79, "scrape": 0.01, "junk": 0}
NOTHING = dict.fromkeys(("connect", "announce", "scrape", "ring_full", "id_forged", "tx_full"), 0)


class Rows(unittest.TestCase):
    def test_ratio_above_one_is_better(self):
        self.assertEqual(Row("a", "rate", "requests/s", 30, 20).ratio, 1.5)
        self.assertEqual(Row("a", "time_us", "us", 20, 30).ratio, 1.5)
        self.assertIsNone(Row("a", "rate", "requests/s", 30).ratio)


class Search(unittest.TestCase):
    def find(self, limit, first):
        return highest_rate(lambda rate: rate <= limit, lambda rate: rate <= limit, first, 0.01)

    def test_finds_the_limit_from_either_side(self):
        for first in (1, 900, 1000, 1e6):
            self.assertLessEqual(self.find(1000, first), 1000)
            self.assertGreater(self.find(1000, first), 980)

    def test_returns_none_where_nothing_succeeds(self):
        self.assertIsNone(highest_rate(lambda _: False, lambda _: True, 1000, 0.01))
        self.assertIsNone(highest_rate(lambda rate: rate < 1000, lambda _: False, 1000, 0.01))

    def test_result_holds_where_trials_are_lenient(self):
        chance = random.Random(1)
        found = highest_rate(
            lambda rate: rate < 1000 * chance.uniform(0.9, 1.2), lambda rate: rate < 900, 700, 0.01
        )
        self.assertTrue(800 < found < 900)


class Verdicts(unittest.TestCase):
    def count(self, shares, **grown):
        return handled(shares, NOTHING, {**NOTHING, **grown})

    def test_dropped_requests_do_not_count(self):
        self.assertEqual(self.count(MIXTURE, connect=200, announce=700, scrape=10, ring_full=90), 910)

    def test_junk_counts_when_dropped(self):
        self.assertEqual(self.count({"connect": 0.9, "junk": 0.1}, connect=900, id_forged=100), 1000)

    def test_rejects_unexpected_verdicts(self):
        for grown in (
            {},
            {"connect": 200, "announce": 790, "scrape": 9, "id_forged": 1},
            {"connect": 200, "announce": 790, "scrape": 9, "tx_full": 1},
            {"connect": 400, "announce": 590, "scrape": 10},
        ):
            with self.assertRaises(Failed):
                self.count(MIXTURE, **grown)


if __name__ == "__main__":
    sys.exit(tap.run(sys.modules[__name__]))
