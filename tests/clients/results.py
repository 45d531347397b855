# SPDX-License-Identifier: BSD-3-Clause
"""Test results in the Test Anything Protocol (TAP): what meson and prove read."""

import time
import typing


class Skip(Exception):
    """Raised by a test that cannot run here; the text says why."""


class Outcome(typing.NamedTuple):
    """How a test ended."""

    seconds: float = 0
    problem: str = ""
    skipped: str = ""


def judge(function):
    """Runs a test. One that failed must not keep the next from running."""
    start = time.monotonic()
    try:
        function()
    except Skip as reason:
        return Outcome(skipped=str(reason))
    except Exception as error:
        notes = [f"{type(error).__name__}: {error}", *getattr(error, "__notes__", [])]
        return Outcome(time.monotonic() - start, problem="\n".join(notes))
    return Outcome(time.monotonic() - start)


class Results:
    def __init__(self, count):
        self.number = 0
        self.failures = 0
        print(f"1..{count}", flush=True)

    @staticmethod
    def note(text):
        for line in str(text).splitlines():
            print(f"# {line}", flush=True)

    def report(self, name, outcome):
        self.number += 1
        self.failures += bool(outcome.problem)
        skip = f" # SKIP {outcome.skipped}" if outcome.skipped else ""
        print(f"{'not ok' if outcome.problem else 'ok'} {self.number} - {name}{skip}", flush=True)
        self.note(outcome.problem)
        if not outcome.skipped:
            self.note(f"{outcome.seconds:.1f} s")
