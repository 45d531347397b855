#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tests Weir with real clients, in network namespaces of its own. Output is TAP.

Debian's interpreter, because python3-libtorrent is built for it.
"""

import argparse
import itertools
import multiprocessing
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "support")]

import catalogue  # noqa: E402
import process  # noqa: E402
import results  # noqa: E402
import standard_output  # noqa: E402

TEST_S = 1800 if os.environ.get("WEIR_CLIENTS_FULL") else 90


def load_tests():
    """Each of these modules adds its tests to the catalogue, in this order."""
    import tests_libtorrent  # noqa: F401
    import tests_programs  # noqa: F401
    import tests_ids  # noqa: F401
    import tests_keys  # noqa: F401
    import tests_host  # noqa: F401
    import tests_limits  # noqa: F401
    import tests_beside  # noqa: F401
    import tests_drivers  # noqa: F401
    import tests_exception  # noqa: F401
    import tests_idle  # noqa: F401
    import tests_interface  # noqa: F401
    import tests_mld  # noqa: F401
    import tests_neighbours  # noqa: F401


def interrupt(number, _frame):
    for other in (signal.SIGINT, signal.SIGTERM):
        signal.signal(other, signal.SIG_IGN)  # once is enough: let the clean-up end
    raise SystemExit(128 + number)  # unwinds, so that every lab cleans up


def out_of_time(_number, _frame):
    raise process.Failure(f"not over within {TEST_S} s")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", metavar="PATH", help="the program to test")
    parser.add_argument("--only", metavar="S", default="", help="tests with S in their names")
    parser.add_argument("--jobs", type=int, default=2, help="tests at a time; they mostly wait (default: 2)")
    parser.add_argument("--list", action="store_true", help="name the tests and end")
    arguments = parser.parse_args()
    if arguments.weir is None and not arguments.list:
        parser.error("--weir PATH is needed")
    return arguments


def judge(test, weir):
    """Runs one test, perhaps in a process of its own."""
    why = catalogue.obstacle(test)
    if why is not None:
        return results.Outcome(skipped=why)
    signal.signal(signal.SIGALRM, out_of_time)
    signal.alarm(TEST_S)
    try:
        return results.judge(lambda: test.function(weir))
    finally:
        signal.alarm(0)


# What the processes of the pool inherit: tests cannot be sent to them.
_inherited = None


def judge_inherited(number):
    tests, weir = _inherited
    return judge(tests[number], weir)


def judge_all(tests, weir, jobs):
    """Judges tests, `jobs` at a time, and yields the outcomes in order."""
    global _inherited
    _inherited = tests, weir
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork")) as pool:
        yield from pool.map(judge_inherited, range(len(tests)))


def main():
    arguments = parse_arguments()
    load_tests()
    chosen = [test for test in catalogue.tests if arguments.only in test.name]
    if arguments.list:
        print("\n".join(test.name for test in chosen))
        return 0
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, interrupt)
    alone = [test for test in chosen if test.alone]
    others = [test for test in chosen if not test.alone]
    outcomes = itertools.chain(
        judge_all(alone, arguments.weir, 1), judge_all(others, arguments.weir, arguments.jobs)
    )
    report = results.Results(len(chosen))
    for test, outcome in zip(alone + others, outcomes):
        report.report(test.name, outcome)
    return 1 if report.failures else 0


if __name__ == "__main__":
    standard_output.run(main)
