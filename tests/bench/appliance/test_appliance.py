# SPDX-License-Identifier: BSD-3-Clause
"""Tests of rows, of sizes of pages, of the search for a rate, and of verdicts. Writes TAP."""

import argparse
import contextlib
import io
import json
import math
import pathlib
import random
import sys
import tempfile
import unittest
import unittest.mock as mock
from dataclasses import asdict

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))

import pages  # noqa: E402
import rounds  # noqa: E402
import tap  # noqa: E402
from cable import add_latency, add_no_loss  # noqa: E402
from process import Failed  # noqa: E402
from results import Result, bench_of  # noqa: E402
from rows import Report, Row, number_text  # noqa: E402
from search import Bound, Found, Run, Search  # noqa: E402
from telemetry import Reply  # noqa: E402
from verdicts import NothingReceived, handled  # noqa: E402

MIXTURE = {"connect": 0.2, "announce": 0.79, "scrape": 0.01, "junk": 0}
NOTHING = dict.fromkeys(("connect", "announce", "scrape", "ring_full", "id_forged", "tx_full"), 0)


class Rows(unittest.TestCase):
    def test_ratio_above_one_is_better(self):
        self.assertEqual(Row("a", "rate", "requests/s", 30, 20).ratio, 1.5)
        self.assertEqual(Row("a", "time_us", "us", 20, 30).ratio, 1.5)
        self.assertIsNone(Row("a", "rate", "requests/s", 30).ratio)

    def test_a_small_number_is_not_printed_as_nothing(self):
        numbers = (0.0, 0.0036, 0.5, 20.44, 1843320.0, None)
        texts = ["0.00", "0.0036", "0.50", "20.44", "1,843,320", "-"]
        self.assertEqual([number_text(number) for number in numbers], texts)


class FakePool(pages.Pool):
    """Pages of a kernel that has at most `most` of them."""

    def __init__(self, folder, total=0, free=0, most=1000, available_mib=100_000):
        self.folder = pathlib.Path(folder)
        self._most = most
        self.set(total)
        (self.folder / "free_hugepages").write_text(f"{free}\n")
        (self.folder / "meminfo").write_text(f"MemTotal: 1 kB\nMemAvailable: {available_mib * 1024} kB\n")
        super().__init__(self.folder, self.folder / "meminfo")

    def set(self, total):
        (self.folder / "nr_hugepages").write_text(f"{total}\n")

    @property
    def total(self):
        return int((self.folder / "nr_hugepages").read_text())

    def _grow(self, count):
        grown = super()._grow(min(count, self._most - self.total))
        free = int((self.folder / "free_hugepages").read_text())
        (self.folder / "free_hugepages").write_text(f"{free + grown}\n")
        return grown


class Pages(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def measured(self, pool, chosen=None):
        options, report = argparse.Namespace(pages=chosen), Report()
        totals = {}

        def measure():
            totals[report.pages] = pool.total
            self.assertEqual(options.hugepages, report.pages == "2m")
            for name in ("first", "second"):
                report.add(name, "rate", "requests/s", 1)
            return report.pages

        with contextlib.redirect_stderr(io.StringIO()) as told:
            results = pages.measure_each(options, 200, report, measure, pool)
        return totals, results, [(row.name, row.pages) for row in report.rows], told.getvalue()

    def test_both_are_measured_and_pages_are_given_back(self):
        pool = FakePool(self.folder, total=7, free=3)
        totals, results, rows, _ = self.measured(pool)
        self.assertEqual(totals, {"2m": 107, "4k": 7})
        self.assertEqual(sorted(results), ["2m", "4k"])
        expected = [("first", "4k"), ("first_2m", "2m"), ("second", "4k"), ("second_2m", "2m")]
        self.assertEqual(rows, expected)
        self.assertEqual(pool.total, 7)

    def test_one_can_be_chosen(self):
        self.assertEqual(self.measured(FakePool(self.folder), "2m")[0], {"2m": 100})
        self.assertEqual(self.measured(FakePool(self.folder, most=0), "4k")[0], {"4k": 0})

    def test_free_pages_are_used_as_they_are(self):
        for limits in ({"most": 100}, {"available_mib": 700}):
            pool = FakePool(self.folder, total=100, free=100, **limits)
            self.assertEqual(self.measured(pool)[0], {"2m": 100, "4k": 100})
        pool = FakePool(self.folder, total=100, free=60, available_mib=600)
        self.assertEqual(self.measured(pool)[0], {"2m": 140, "4k": 100})

    def test_without_enough_the_reason_is_told(self):
        for limits, reason in (
            ({"most": 50}, "200 MiB are needed, 90 MiB are free, the kernel has no more"),
            ({"available_mib": 700}, "200 MiB do not fit, 188 MiB of memory"),
        ):
            pool = FakePool(self.folder, total=5, **limits)
            totals, _, rows, told = self.measured(pool)
            self.assertEqual(totals, {"4k": 5})
            self.assertEqual(rows, [("first", "4k"), ("second", "4k")])
            self.assertIn(reason, told)
            for chosen in ("2m", "both"):
                with self.assertRaisesRegex(Failed, reason):
                    self.measured(pool, chosen)
            self.assertEqual(pool.total, 5)

    def test_given_back_after_a_failure_or_signal_but_not_the_pages_of_others(self):
        for end in (Failed("no"), KeyboardInterrupt(), SystemExit(143)):
            pool = FakePool(self.folder, total=7)
            with self.assertRaises(type(end)), pool.reserved(200):
                self.assertEqual(pool.total, 107)
                pool.set(117)  # somebody else took ten
                raise end
            self.assertEqual(pool.total, 17)
        pool = FakePool(self.folder)
        with pool.reserved(200):
            pool.set(30)  # somebody else gave back too many
        self.assertEqual(pool.total, 0)

    def test_rows_of_programs_are_taken_once_where_pages_do_not_matter(self):
        report = Report()
        for size in ("2m", "4k"):
            mark = "_2m" if size == "2m" else ""
            rows = [Row(f"rate{mark}", "rate", "a/s", 2, 1, 2, size), Row("bytes", "bytes", "bytes", 16)]
            report.take({"rows": [asdict(row) for row in rows]})
        self.assertEqual([row.name for row in report.rows], ["rate", "rate_2m", "bytes"])


class ResultsOfFiles(unittest.TestCase):
    def result(self, *rows):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "wire-test.json"
            report = Report()
            for row in rows:
                report.append(row)
            report.publish(path)
            return Result(path)

    def test_rows_are_found_whatever_the_pages(self):
        small, huge = Row("a", "rate", "1/s", 1, pages="4k"), Row("a_2m", "rate", "1/s", 2, pages="2m")
        with contextlib.redirect_stdout(io.StringIO()):
            for rows, value, text in (
                ((small, huge), 1, ", pages of 4 KiB"),
                ((small,), 1, ", pages of 4 KiB"),
                ((huge,), 2, ", pages of 2 MiB"),
                ((Row("a", "rate", "1/s", 3),), 3, ""),
            ):
                result = self.result(*rows)
                self.assertEqual((result.get("a", "rate"), result.pages_text), (value, text))
        del result.rows[0]["pages"]  # as in files of earlier versions
        self.assertEqual((result.get("a", "rate"), result.pages_text), (3, ""))

    def test_a_file_is_of_the_benchmark_with_the_longest_name(self):
        for stem, bench in (
            ("scale", "scale"),
            ("scale-model", "scale-model"),
            ("scale-model-12cores", "scale-model"),
            ("scale-12cores", "scale"),
            ("scales", None),
            ("other-wire", None),
        ):
            self.assertEqual(bench_of(stem), bench, stem)


class Machine:
    """A made-up machine that loses what is above its limit. Another program takes its CPU every
    `stall_every_s` on average; a stall loses requests at rates above `survives`."""

    SHORT_S, LONG_S = 5, 23

    def __init__(self, limit, stall_every_s=None, survives=0, seed=1):
        self.now = 0.0
        self.runs = []  # (rate, seconds, loss)
        self._limit = limit
        self._stall_every_s = stall_every_s
        self._survives = survives
        self._chance = random.Random(seed)

    def run(self, rate, seconds):
        self.now += seconds
        loss = max(0.0, 1 - self._limit / rate)
        if self._stall_every_s and rate > self._survives:
            stalled = self._chance.random() > math.exp(-seconds / self._stall_every_s)
            loss = max(loss, 0.002 if stalled else 0.0)
        self.runs.append((rate, seconds, loss))
        return loss, {"rate": rate * (1 - loss)}

    def search(self, first, seconds=240, runs=60, resolution=0.01):
        return Search(
            lambda rate: self.run(rate, self.SHORT_S),
            lambda rate: self.run(rate, self.LONG_S),
            1e-4,
            Bound(seconds, runs, lambda: self.now),
        ).highest(first, resolution)


class Rates(unittest.TestCase):
    def test_finds_the_limit_from_either_side(self):
        for first in (250, 900, 1000, 4000):
            machine = Machine(1000)
            found = machine.search(first)
            self.assertTrue(980 < found.held.rate <= 1000)
            self.assertTrue(1000 < found.lost.rate < 1.03 * found.held.rate)
            self.assertEqual(found.ended, "")
            self.assertEqual(found.held.result, {"rate": found.held.rate})
            self.assertIn((found.held.rate, Machine.LONG_S, 0), machine.runs)

    def test_a_rate_that_only_short_runs_hold_is_lowered_and_found_from_below(self):
        for seed in range(20):
            machine = Machine(1000, stall_every_s=40, survives=600, seed=seed)
            found = machine.search(900, seconds=2000, runs=200)
            self.assertTrue(550 < found.held.rate <= 1000)
            self.assertEqual(found.ended, "")
            self.assertLess(found.lost.rate, 1.031 * found.held.rate)
            self.assertGreaterEqual(found.lost.loss, 1e-4)

    def test_a_noisy_machine_ends_the_search(self):
        confirmed = 0
        for seed in range(50):
            machine = Machine(1000, stall_every_s=15, survives=20, seed=seed)
            found = machine.search(900)
            self.assertLessEqual(machine.now, 240 + Machine.LONG_S)
            close = found.held and found.lost.rate <= 1.031 * found.held.rate
            self.assertNotEqual(bool(found.ended), bool(close))
            longs = [run for run in machine.runs if run[1] == Machine.LONG_S]
            held = [rate for rate, _, loss in longs if loss == 0]
            self.assertEqual(found.held.rate if found.held else None, max(held, default=None))
            self.assertIn(
                (found.lost.rate, found.lost.loss), [(rate, loss) for rate, _, loss in machine.runs]
            )
            confirmed += found.held is not None
        self.assertTrue(0 < confirmed < 50)  # both ends are tested

    def test_ends_where_every_rate_loses(self):
        for seconds, runs in ((240, 60), (1e9, 60), (240, 10**9)):
            machine = Machine(1000, stall_every_s=0.01)
            found = machine.search(900, seconds, runs)
            self.assertIsNone(found.held)
            self.assertEqual(found.lost.loss, 0.002)
            self.assertLessEqual(len(machine.runs), 60)
            self.assertLessEqual(machine.now, 240)

    def test_counts_runs(self):
        machine = Machine(1000)
        found = machine.search(900, seconds=1e9, runs=6)
        self.assertEqual(len(machine.runs), 6)
        self.assertIn("6 runs", found.ended)
        self.assertEqual(found.held.rate, 900)

    def test_what_was_confirmed_in_time_is_kept(self):
        machine = Machine(1000)
        found = machine.search(900, seconds=40)  # four short runs, and a long one
        self.assertEqual(found.held.rate, 900)
        self.assertIn("after 43 s", found.ended)


class RowsOfRates(unittest.TestCase):
    HELD = Run(1000, 0, {"rate": 999})
    LOST = Run(1020, 0.002, {"rate": 1018})

    def rows(self, found):
        report = Report()
        note = add_no_loss(report, found)
        return {(row.name, row.metric): row.value for row in report.rows}, note

    def test_a_rate_that_was_found_needs_no_note(self):
        rows, note = self.rows(Found(self.HELD, self.LOST, ""))
        self.assertEqual(note, "")
        self.assertEqual(rows["no_loss", "rate"], 999)
        self.assertEqual(rows["no_loss", "loss"], 0)
        self.assertEqual(rows["no_loss_above", "rate"], 1020)
        self.assertEqual(rows["no_loss_above", "loss"], 0.002)

    def test_a_search_that_ended_early_is_noted(self):
        rows, note = self.rows(Found(self.HELD, self.LOST, "after 240 s and 9 runs"))
        self.assertEqual(rows["no_loss", "rate"], 999)
        self.assertIn("after 240 s and 9 runs", note)
        self.assertIn("0.20% were lost at 1,020", note)

    def test_without_a_rate_the_row_has_no_value(self):
        rows, note = self.rows(Found(None, self.LOST, "after 240 s and 9 runs"))
        self.assertIsNone(rows["no_loss", "rate"])
        self.assertIsNone(rows["no_loss", "loss"])
        self.assertEqual(rows["no_loss_above", "loss"], 0.002)
        self.assertIn("no rate without loss was found after 240 s", note)
        report = Report()
        add_latency(report, "latency", None, dict.fromkeys(("p50", "p99", "p999"), 30.0))
        self.assertEqual({row.value for row in report.rows}, {None})
        json.dumps(report.as_json())
        report.print(io.StringIO())


class Disturbances(unittest.TestCase):
    """An lcore, and a thread that sleeps most of the time; (ran, waited) in ns."""

    def waited(self, lcore, other=(10**6, 0), seconds=1.0):
        return rounds._waited(
            {"1": (5, 7), "2": (0, 0)}, {"1": (5 + lcore[0], 7 + lcore[1]), "2": other}, seconds
        )

    def test_the_share_is_that_of_the_lcore(self):
        self.assertEqual(self.waited((10**9, 0)), 0)
        self.assertEqual(self.waited((75 * 10**7, 25 * 10**7)), 0.25)
        self.assertEqual(self.waited((10**9, 0), other=(10**6, 10**6)), 0)

    def test_an_lcore_that_did_not_run_waited_all_the_time(self):
        self.assertEqual(self.waited((0, 0)), 1)
        self.assertEqual(self.waited((0, 0), other=(0, 0)), 1)

    def measure(self, lcore):
        """A measurement of a Weir that received nothing while its lcore had these times."""
        times = iter(({"1": (0, 0)}, {"1": lcore}))
        program = mock.Mock()
        program.read.side_effect = (Reply(dict(NOTHING), when_s, 0) for when_s in (1.0, 2.0))
        program.handled = lambda before, after: handled(MIXTURE, before, after)
        with mock.patch.object(rounds, "_thread_times", lambda _: next(times)), mock.patch("time.sleep"):
            return rounds._measure(rounds.Subject(program), 1.0)

    def test_standing_still_is_a_disturbance_only_without_a_cpu(self):
        self.assertEqual(self.measure((0, 0)), (0, 1))
        self.assertEqual(self.measure((10**8, 9 * 10**8)), (0, 0.9))
        with self.assertRaises(NothingReceived):
            self.measure((10**9, 0))


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
