# SPDX-License-Identifier: BSD-3-Clause
"""The list of cases, and the ways a case can end besides well."""

import itertools
import multiprocessing
import sys
import traceback
from concurrent.futures import ProcessPoolExecutor
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
    alone: bool = False  # runs while no other case does


CASES = []


def case(name, alone=False):
    """Adds the function below to the list. It is called with a laboratory."""

    def add(function):
        CASES.append(Case(name, function, alone))
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


# What the processes of the pool inherit: cases cannot be sent to them.
_inherited = None


def _judge_inherited(number):
    judge, cases, laboratory = _inherited
    return judge(cases[number], laboratory)


def judge_all(cases, laboratory, jobs, judge=judge):
    """Judges cases, `jobs` at a time in processes of their own, and yields the results in order."""
    global _inherited
    _inherited = judge, cases, laboratory
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork")) as pool:
        yield from pool.map(_judge_inherited, range(len(cases)))


def run_all(cases, laboratory, jobs=1):
    """Runs cases, some at a time. Returns how many failed."""
    failures = 0
    alone = [case for case in cases if case.alone]
    others = [case for case in cases if not case.alone]
    results = itertools.chain(judge_all(alone, laboratory, 1), judge_all(others, laboratory, jobs))
    print(f"1..{len(cases)}", flush=True)
    for number, (case, (problem, skipped)) in enumerate(zip(alone + others, results), 1):
        report(number, case, problem, skipped)
        failures += bool(problem)
    return failures
