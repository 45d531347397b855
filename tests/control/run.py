#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tests of what an operator does to a Weir that serves: lists, bans, keys, limits, snapshots.

A known load, or real sockets in a network namespace, while lists are replaced, sources misbehave, and Weir
is killed and started again. WEIR_CONTROL_FULL=1 in the environment makes the numbers those of a release: a
hundred lists, two hundred kills. Needs root for namespaces and skips without. Writes TAP.
"""

import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
tests = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(tests / folder) for folder in ("golden", "support", "observe")]

import cases_abuse  # noqa: E402, F401
import cases_governor  # noqa: E402, F401
import cases_kill  # noqa: E402, F401
import cases_lists  # noqa: E402, F401
import standard_output  # noqa: E402
import suite  # noqa: E402
from laboratory import Laboratory, Programs  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="folder of a build")
    parser.add_argument(
        "--only", default="", metavar="SUBSTRING", help="the cases that have this in their name"
    )
    arguments = parser.parse_args()
    cases = [case for case in suite.CASES if arguments.only in case.name]
    with Laboratory(Programs.of(arguments.build)) as laboratory:
        return 1 if suite.run_all(cases, laboratory) else 0


if __name__ == "__main__":
    standard_output.run(main)
