#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tests of weir-load: short runs against Weir, over memif and capture files, and against a tracker
with faults on kernel sockets in a network namespace. Writes TAP."""

import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
tests = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(tests / "golden"), str(tests / "support")]

import cases_command_line  # noqa: E402, F401
import cases_files  # noqa: E402, F401
import cases_kernel  # noqa: E402, F401
import cases_memif  # noqa: E402, F401
import standard_output  # noqa: E402
import suite  # noqa: E402
from laboratory import Laboratory  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", type=pathlib.Path, required=True, help="the tracker under load")
    parser.add_argument("--weir-load", type=pathlib.Path, required=True, help="the program under test")
    parser.add_argument(
        "--only", default="", metavar="SUBSTRING", help="run only cases with this in their name"
    )
    arguments = parser.parse_args()
    cases = [case for case in suite.CASES if arguments.only in case.name]
    with Laboratory(arguments.weir.resolve(), arguments.weir_load.resolve()) as laboratory:
        return 1 if suite.run_all(cases, laboratory) else 0


if __name__ == "__main__":
    standard_output.run(main)
