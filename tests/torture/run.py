#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Storms of bad frames, floods, and faults around a Weir that serves known clients; a short soak at the end.

WEIR_TORTURE_FULL=1 in the environment makes the numbers those of a release: a hundred million bad frames,
half an hour of soak. Needs root, to mount a small disk. Writes TAP.
"""

import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
tests = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(tests / folder) for folder in ("golden", "support", "observe", "control")]

import cases_faults  # noqa: E402, F401
import cases_soak  # noqa: E402, F401
import cases_start  # noqa: E402, F401
import cases_storm  # noqa: E402, F401
import standard_output  # noqa: E402
import suite  # noqa: E402
from laboratory import Laboratory, Programs  # noqa: E402


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
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
