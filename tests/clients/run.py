#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tests Weir with real clients, in network namespaces of its own. Output is TAP.

Debian's interpreter, because python3-libtorrent is built for it.
"""

import argparse
import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "support")]

import catalogue  # noqa: E402
import process  # noqa: E402
import results  # noqa: E402
import standard_output  # noqa: E402

TEST_S = 90


def load_tests():
    """Each of these modules adds its tests to the catalogue, in this order."""
    import tests_libtorrent  # noqa: F401
    import tests_programs  # noqa: F401
    import tests_ids  # noqa: F401
    import tests_host  # noqa: F401
    import tests_limits  # noqa: F401
    import tests_drivers  # noqa: F401
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
    parser.add_argument("--list", action="store_true", help="name the tests and end")
    arguments = parser.parse_args()
    if arguments.weir is None and not arguments.list:
        parser.error("--weir PATH is needed")
    return arguments


def run_test(outcome, test, weir):
    why = catalogue.obstacle(test)
    if why is not None:
        outcome.skip(test.name, why)
        return
    signal.alarm(TEST_S)
    outcome.run(test.name, lambda: test.function(weir))
    signal.alarm(0)


def main():
    arguments = parse_arguments()
    load_tests()
    chosen = [test for test in catalogue.tests if arguments.only in test.name]
    if arguments.list:
        print("\n".join(test.name for test in chosen))
        return 0
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGALRM, out_of_time)
    outcome = results.Results(len(chosen))
    for test in chosen:
        run_test(outcome, test, arguments.weir)
    return 1 if outcome.failures else 0


if __name__ == "__main__":
    standard_output.run(main)
