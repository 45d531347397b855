#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Golden tests: the whole appliance, frames in, frames out, in capture files.

What must come out is computed here, from the protocols, by code that shares nothing with the
appliance. Needs no privileges and no network. Writes TAP.
"""

import argparse
import pathlib
import shlex
import sys
from dataclasses import dataclass, field

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import appliance  # noqa: E402
import audit  # noqa: E402
import cases_anycast  # noqa: E402, F401
import cases_budget  # noqa: E402, F401
import cases_capacity  # noqa: E402, F401
import cases_check  # noqa: E402, F401
import cases_command_line  # noqa: E402, F401
import cases_compatibility  # noqa: E402, F401
import cases_completion  # noqa: E402, F401
import cases_core_dumps  # noqa: E402, F401
import cases_documentation  # noqa: E402, F401
import cases_documents  # noqa: E402, F401
import cases_driver_files  # noqa: E402, F401
import cases_drops  # noqa: E402, F401
import cases_host_stack  # noqa: E402, F401
import cases_isolation  # noqa: E402, F401
import cases_lcores  # noqa: E402, F401
import cases_install  # noqa: E402, F401
import cases_link  # noqa: E402, F401
import cases_lists  # noqa: E402, F401
import cases_locks  # noqa: E402, F401
import cases_migrate  # noqa: E402, F401
import cases_migrate_counts  # noqa: E402, F401
import cases_migrate_documents  # noqa: E402, F401
import cases_migrate_wrong  # noqa: E402, F401
import cases_mld  # noqa: E402, F401
import cases_output  # noqa: E402, F401
import cases_requests  # noqa: E402, F401
import cases_rights  # noqa: E402, F401
import cases_settings  # noqa: E402, F401
import cases_shapes  # noqa: E402, F401
import cases_snapshot  # noqa: E402, F401
import cases_steering  # noqa: E402, F401
import cases_swarms  # noqa: E402, F401
import cases_version  # noqa: E402, F401
import standard_output  # noqa: E402
import suite  # noqa: E402
from lab import Lab  # noqa: E402


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", type=pathlib.Path, help="the binary to test")
    parser.add_argument(
        "--only", default="", metavar="SUBSTRING", help="the cases that have this in their name"
    )
    parser.add_argument("--jobs", type=int, default=4, help="cases at a time; they mostly wait (default: 4)")
    parser.add_argument("--wrapper", default="", help="command to start the binary with")
    parser.add_argument("--list", action="store_true", help="print the names of the cases")
    parser.add_argument("--keep", action="store_true", help="keep the files of all runs")
    return parser.parse_args()


def comment(text):
    for line in text.rstrip("\n").splitlines():
        print(f"# {line}")


@dataclass
class Result:
    problem: str = ""
    skipped: str = ""
    runs: list = field(default_factory=list)  # of the appliance, for the audit


def judge(case, lab):
    """Runs one case, perhaps in a process of its own: all it has to say is returned."""
    lab = lab.of(case)
    try:
        problem, skipped = suite.judge(case, lab)
    finally:
        appliance.end_left()
    return Result(problem, skipped, lab.runs)


def run_all(cases, audits, lab, jobs):
    """Returns how many failed."""
    print(f"1..{len(cases) + len(audits)}", flush=True)
    failures = 0
    for number, (case, result) in enumerate(zip(cases, suite.judge_all(cases, lab, jobs, judge)), 1):
        suite.report(number, case, result.problem, result.skipped)
        failures += bool(result.problem)
        lab.runs += result.runs
    for number, case in enumerate(audits, len(cases) + 1):
        problem, skipped = suite.judge(case, lab)
        suite.report(number, case, problem, skipped)
        failures += bool(problem)
    return failures


def main():
    arguments = parse_arguments()
    cases = [case for case in suite.CASES if arguments.only in case.name]
    audits = [] if arguments.only else audit.CASES  # they judge all runs together
    if arguments.list:
        print("\n".join(case.name for case in cases + audits))
        return 0
    if arguments.weir is None:
        sys.exit("run.py: --weir is needed")
    lab = Lab(arguments.weir.resolve(), shlex.split(arguments.wrapper), arguments.keep)
    try:
        failures = run_all(cases, audits, lab, arguments.jobs)
    finally:
        lab.close()
    if arguments.keep:
        comment(f"files: {lab.root}")
    return 1 if failures else 0


if __name__ == "__main__":
    standard_output.run(main)
