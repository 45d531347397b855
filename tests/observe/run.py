#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tests of all that watches a Weir: telemetry, weirctl, weir-gateway and what is made for them.

A Weir is fed known frames, or a known number of requests, and everything that tells of it must say
exactly that. Loopback, capture files and memif; what needs a network of its own makes a namespace,
and skips without root. Writes TAP.
"""

import argparse
import pathlib
import sys

sys.dont_write_bytecode = True
tests = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(tests / "golden"), str(tests / "support")]

import cases_capture  # noqa: E402, F401
import cases_changes  # noqa: E402, F401
import cases_control  # noqa: E402, F401
import cases_documents  # noqa: E402, F401
import cases_export  # noqa: E402, F401
import cases_gateway  # noqa: E402, F401
import cases_hook  # noqa: E402, F401
import cases_http_abuse  # noqa: E402, F401
import cases_lists  # noqa: E402, F401
import cases_load  # noqa: E402, F401
import cases_logs  # noqa: E402, F401
import cases_metrics  # noqa: E402, F401
import cases_openapi  # noqa: E402, F401
import cases_page  # noqa: E402, F401
import cases_page_access  # noqa: E402, F401
import cases_partial  # noqa: E402, F401
import cases_reload  # noqa: E402, F401
import cases_reload_refused  # noqa: E402, F401
import cases_reload_settings  # noqa: E402, F401
import cases_rest  # noqa: E402, F401
import cases_snapshot  # noqa: E402, F401
import cases_telemetry  # noqa: E402, F401
import cases_watching  # noqa: E402, F401
import cases_weirctl  # noqa: E402, F401
import cases_weirctl_live  # noqa: E402, F401
import standard_output  # noqa: E402
import suite  # noqa: E402
from laboratory import Laboratory, Programs  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="folder of a build")
    parser.add_argument(
        "--only", default="", metavar="SUBSTRING", help="the cases that have this in their name"
    )
    parser.add_argument("--jobs", type=int, default=2, help="cases at a time; they mostly wait (default: 2)")
    arguments = parser.parse_args()
    cases = [case for case in suite.CASES if arguments.only in case.name]
    with Laboratory(Programs.of(arguments.build)) as laboratory:
        return 1 if suite.run_all(cases, laboratory, arguments.jobs) else 0


if __name__ == "__main__":
    standard_output.run(main)
