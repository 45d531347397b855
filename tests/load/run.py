#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Tests of weir-load: short runs against Weir, over memif and capture files, and against a tracker
on the kernel's sockets, in a network namespace, that makes mistakes on demand. Writes TAP."""

import argparse
import pathlib
import sys
import traceback

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "golden"))

import cases_command_line  # noqa: E402, F401
import cases_files  # noqa: E402, F401
import cases_kernel  # noqa: E402, F401
import cases_memif  # noqa: E402, F401
import suite  # noqa: E402
from laboratory import Laboratory  # noqa: E402


def judge(case, laboratory):
    """Returns what went wrong and why it was skipped, each empty where not."""
    try:
        case.function(laboratory)
    except suite.Skipped as why:
        return "", str(why)
    except suite.Failed as failed:
        return str(failed) or "failed", ""
    except Exception:  # a broken case must not hide the others
        return traceback.format_exc(), ""
    return "", ""


def run_all(cases, laboratory):
    """Returns how many failed."""
    failures = 0
    print(f"1..{len(cases)}", flush=True)
    for number, case in enumerate(cases, 1):
        problem, skipped = judge(case, laboratory)
        skip = f" # SKIP {skipped}" if skipped else ""
        print(f"{'not ok' if problem else 'ok'} {number} - {case.name}{skip}")
        for line in problem.rstrip("\n").splitlines():
            print(f"# {line}")
        sys.stdout.flush()
        failures += bool(problem)
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", type=pathlib.Path, required=True, help="the tracker")
    parser.add_argument("--weir-load", type=pathlib.Path, required=True, help="what is tested")
    parser.add_argument(
        "--only", default="", metavar="SUBSTRING", help="the cases that have this in their name"
    )
    arguments = parser.parse_args()
    cases = [case for case in suite.CASES if arguments.only in case.name]
    with Laboratory(arguments.weir.resolve(), arguments.weir_load.resolve()) as laboratory:
        return 1 if run_all(cases, laboratory) else 0


if __name__ == "__main__":
    sys.exit(main())
