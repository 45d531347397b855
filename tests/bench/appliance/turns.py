# SPDX-License-Identifier: BSD-3-Clause
"""Programs that are measured by turns: one runs, the others stand still; noise hits all alike."""

import statistics
import time
from pathlib import Path

import progress

SETTLE_S = 0.1
READ_TRIES = 10
DISTURBED = 0.01  # of a turn that an lcore had to wait for its CPU
TRIES_MORE = 3


class Subject:
    """A program under test: it has a name and a process, read() gives its counters as
    telemetry.Answer, and handled() says how many requests lie between two of them, or raises Failed
    where they are not what they should be."""

    def __init__(self, program):
        self.program = program
        self.name = program.name
        self.process = program.process
        self.rates = []
        self.waited = []

    @property
    def rate(self):
        return statistics.median(self.rates)


def take_turns(subjects, rounds, seconds, what):
    """Each subject is measured `rounds` times for `seconds`. They stand still before and after. A
    turn that others disturbed is tried again, a few times; the least disturbed one counts."""
    for number in range(rounds):
        for subject in subjects:
            progress.tick(f"{what}: round {number + 1} of {rounds}, {subject.name}")
            rate, waited = _measure(subject, seconds)
            for _ in range(TRIES_MORE):
                if waited < DISTURBED:
                    break
                rate, waited = min((rate, waited), _measure(subject, seconds), key=lambda turn: turn[1])
            subject.rates.append(rate)
            subject.waited.append(waited)


def busy_note(subjects, what):
    """Words for a machine on which somebody else was busy; none if nobody was."""
    worst = max(statistics.median(subject.waited) for subject in subjects)
    if worst < DISTURBED:
        return None
    return (
        f"{what}: lcores waited {worst:.0%} of the time for their CPU: others are busy, do not quote this run"
    )


def _measure(subject, seconds):
    """A rate, and the share of the time that an lcore waited for its CPU."""
    subject.process.check_runs()
    subject.process.resume()
    try:
        time.sleep(SETTLE_S)
        times_before = _thread_times(subject.process.pid)
        before = _read_sharply(subject, seconds)
        time.sleep(seconds)
        after = _read_sharply(subject, seconds)
        times_after = _thread_times(subject.process.pid)
    finally:
        subject.process.pause()
    rate = subject.program.handled(before.value, after.value) / (after.when_s - before.when_s)
    return rate, _waited(times_before, times_after)


def _read_sharply(subject, seconds):
    """An answer of known time: one that took long may be of any moment of it."""
    best = subject.program.read()
    for _ in range(READ_TRIES):
        if best.took_s <= seconds / 1000:
            break
        best = min(best, subject.program.read(), key=lambda answer: answer.took_s)
    return best


def _thread_times(pid):
    """By thread: how long it ran, and how long it was ready to run and did not."""
    paths = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return {path.parent.name: tuple(map(int, path.read_text().split()[:2])) for path in paths}


def _waited(before, after):
    """The greatest share of all lcores: threads that always want to run."""
    grown = [
        (after[thread][0] - before[thread][0], after[thread][1] - before[thread][1]) for thread in before
    ]
    longest = max(ran + waited for ran, waited in grown)
    return max(waited / (ran + waited) for ran, waited in grown if ran + waited > longest / 2)
