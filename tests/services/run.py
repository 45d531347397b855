#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The units of scripts/system: what systemd-analyze says of them, and how they start, serve and fail.

The latter under a real systemd, which needs root and systemd-nspawn. Writes TAP.
"""

import argparse
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "systems")]

import cases_guest  # noqa: E402
import cases_units  # noqa: E402
import tap  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=pathlib.Path, help="build folder")
    parser.add_argument(
        "--root", type=pathlib.Path, help="root with systemd and libraries, instead of a new one"
    )
    parser.add_argument("--only", default="", help="tests whose name has this word")
    options = parser.parse_args()
    cases_guest.BUILD, cases_guest.ROOT = options.build, options.root
    suite = unittest.TestSuite()
    for module in (cases_units, cases_guest):
        for group in unittest.defaultTestLoader.loadTestsFromModule(module):
            suite.addTests(test for test in group if options.only in test.id())
    print(f"1..{suite.countTestCases()}")
    result = tap.Tap()
    suite.run(result)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
