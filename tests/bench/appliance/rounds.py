# SPDX-License-Identifier: BSD-3-Clause
"""Measures programs alternately: one runs while the others are paused, so that noise affects all alike."""

import statistics
import time
from pathlib import Path

import progress
from verdicts import NothingReceived

SETTLE_S = 0.1
READ_TRIES = 10
DISTURBED = 0.01  # share of a measurement for which an lcore waited for its CPU
STARVED = 0.5  # the same for a program that may stand still
TRIES_MORE = 3


class Subject:
    """A program under test. It has a name and a process; read() returns its counters as telemetry.Reply,
    and handled() returns the number of requests between two of them, or raises Failed if they are not as
    expected."""

    def __init__(self, program):
        self.program = program
        self.name = program.name
        self.process = program.process
        self.rates = []
        self.waited = []

    @property
    def rate(self):
        return statistics.median(self.rates)


def run_rounds(subjects, rounds, seconds, what):
    """Measures each subject `rounds` times for `seconds`. Subjects are paused before and after. A
    measurement that other programs disturbed is repeated up to TRIES_MORE times; the least disturbed one
    counts."""
    for number in range(rounds):
        for subject in subjects:
            progress.tick(f"{what}: round {number + 1} of {rounds}, {subject.name}")
            rate, waited = _measure(subject, seconds)
            for _ in range(TRIES_MORE):
                if waited < DISTURBED:
                    break
                rate, waited = min((rate, waited), _measure(subject, seconds), key=lambda result: result[1])
            subject.rates.append(rate)
            subject.waited.append(waited)


def busy_note(subjects, what):
    """A note if other programs used the CPUs, else None."""
    worst = max(statistics.median(subject.waited) for subject in subjects)
    if worst < DISTURBED:
        return None
    return f"{what}: lcores waited for their CPU {worst:.0%} of the time: busy machine, do not quote this run"


def _measure(subject, seconds):
    """Returns a rate, and the share of time for which an lcore waited for its CPU."""
    subject.process.check_runs()
    subject.process.resume()
    try:
        time.sleep(SETTLE_S)
        times_before = _thread_times(subject.process.pid)
        before = _read_promptly(subject, seconds)
        time.sleep(seconds)
        after = _read_promptly(subject, seconds)
        times_after = _thread_times(subject.process.pid)
    finally:
        subject.process.pause()
    waited = _waited(times_before, times_after, seconds)
    try:
        handled = subject.program.handled(before.value, after.value)
    except NothingReceived:
        if waited < STARVED:
            raise
        handled = 0
    return handled / (after.when_s - before.when_s), waited


def _read_promptly(subject, seconds):
    """Reads counters at a known time: a slow reply may be of any moment in between."""
    best = subject.program.read()
    for _ in range(READ_TRIES):
        if best.took_s <= seconds / 1000:
            break
        best = min(best, subject.program.read(), key=lambda reply: reply.took_s)
    return best


def _thread_times(pid):
    """For each thread: how long it ran, and how long it was runnable but did not run."""
    paths = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return {path.parent.name: tuple(map(int, path.read_text().split()[:2])) for path in paths}


def _waited(before, after, seconds):
    """The largest share among lcores, which are the threads that are always runnable. The kernel counts a
    wait when it ends: for an lcore that does not run at all it counts nothing."""
    grown = [
        (after[thread][0] - before[thread][0], after[thread][1] - before[thread][1]) for thread in before
    ]
    longest = max(ran + waited for ran, waited in grown)
    if longest < seconds * 1e9 / 2:
        return 1.0
    return max(waited / (ran + waited) for ran, waited in grown if ran + waited > longest / 2)
