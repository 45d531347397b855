# SPDX-License-Identifier: BSD-3-Clause
"""The list of cases, and the ways a case can end besides well."""

import sys
import traceback
from dataclasses import dataclass
from typing import Callable


class Failed(Exception):
    """The appliance did something else than expected; the text says what, a line each."""


class Skipped(Exception):
    """The case cannot run here; the text says why."""


@dataclass(frozen=True)
class Case:
    name: str
    function: Callable


CASES = []


def case(name):
    """Adds the function below to the list. It is called with a laboratory."""

    def add(function):
        CASES.append(Case(name, function))
        return function

    return add


def check(condition, text):
    if not condition:
        raise Failed(text)


def judge(case, laboratory):
    """Returns what went wrong and why it was skipped, each empty where not."""
    try:
        case.function(laboratory)
    except Skipped as why:
        return "", str(why)
    except Failed as failed:
        return str(failed) or "failed", ""
    except Exception:  # a broken case must not hide the others
        return traceback.format_exc(), ""
    return "", ""


def report(number, case, problem, skipped):
    """Prints the lines of one case, as TAP."""
    skip = f" # SKIP {skipped}" if skipped else ""
    print(f"{'not ok' if problem else 'ok'} {number} - {case.name}{skip}")
    for line in problem.rstrip("\n").splitlines():
        print(f"# {line}")
    sys.stdout.flush()


def run_all(cases, laboratory):
    """Runs cases one after the other. Returns how many failed."""
    failures = 0
    print(f"1..{len(cases)}", flush=True)
    for number, case in enumerate(cases, 1):
        problem, skipped = judge(case, laboratory)
        report(number, case, problem, skipped)
        failures += bool(problem)
    return failures
