# SPDX-License-Identifier: BSD-3-Clause
"""Searches for the highest rate at which nothing is lost, for a bounded time: losses are somewhat random."""

import time
from dataclasses import dataclass
from typing import Any, Callable, Optional

STEP_BACK = 0.03  # after the first long run that lost requests
STEP_GROWTH = 3  # after each other one
STEP_BACK_MAX = 0.5
HALVINGS_MAX = 12  # of the first rate
SHORT_SHARE = 0.5  # of the bound, for short runs


@dataclass(frozen=True)
class Run:
    rate: float  # at which requests were due
    loss: float  # share of them
    result: Any  # what the measurement returned


@dataclass(frozen=True)
class Bound:
    """No run begins after `seconds`, or after `runs` other ones."""

    seconds: float
    runs: int
    clock: Callable = time.monotonic


@dataclass(frozen=True)
class Found:
    held: Optional[Run]  # the long run with the highest rate that held; None: none did
    lost: Optional[Run]  # the run with the lowest rate above that which lost requests; None: none did
    ended: str  # the bound that ended the search too early, as "after ..."; empty: none did


class _Spent(Exception):
    pass


class Search:
    """`short(rate)` and `long(rate)` measure, and return (loss, result). A rate holds if less than
    `loss_max` is lost."""

    def __init__(self, short, long, loss_max, bound):
        self._short = short
        self._long = long
        self._loss_max = loss_max
        self._bound = bound
        self._runs = 0
        self._held = None
        self._lost = []

    def highest(self, first, resolution):
        """Short runs double or halve the rate, beginning at `first`, until one rate holds and another one
        does not, and then bisect until they are closer than `resolution`. Long runs confirm it: a rate that
        does not hold is lowered, more each time; from one that holds they go up again by bisection."""
        self._began = self._bound.clock()
        ended = ""
        try:
            rate = self._guess(first, resolution)
            if rate is not None:
                self._confirm(rate, max(resolution, STEP_BACK))
        except _Spent as spent:
            ended = str(spent)
        return Found(self._held, self._lowest_lost(), ended)

    def _guess(self, first, resolution):
        """The highest rate that held in short runs, or the next one to try when their share of the bound is
        used; None if even the lowest rate did not hold."""
        good, bad, rate = None, None, first
        try:
            while good is None or bad is None:
                if self._holds(rate, long=False):
                    good, rate = rate, rate * 2
                elif rate > first / 2**HALVINGS_MAX:
                    bad, rate = rate, rate / 2
                else:
                    return None
            while bad - good > resolution * good:
                middle = (good + bad) / 2
                if self._holds(middle, long=False):
                    good = middle
                else:
                    bad = middle
        except _Spent:
            return rate if good is None else good
        return good

    def _confirm(self, rate, resolution):
        step = STEP_BACK
        while not self._holds(rate, long=True):
            rate *= 1 - step
            step = min(STEP_GROWTH * step, STEP_BACK_MAX)
        while (lost := self._lowest_lost()) is None or lost.rate > self._held.rate * (1 + resolution):
            above = self._held.rate * 2 if lost is None else (self._held.rate + lost.rate) / 2
            self._holds(above, long=True)

    def _holds(self, rate, long):
        seconds = self._bound.clock() - self._began
        share = 1 if long else SHORT_SHARE
        if self._runs >= self._bound.runs * share or seconds >= self._bound.seconds * share:
            raise _Spent(f"after {seconds:.0f} s and {self._runs} runs")
        self._runs += 1
        run = Run(rate, *(self._long if long else self._short)(rate))
        holds = run.loss < self._loss_max
        if not holds:
            self._lost.append(run)
        elif long:
            self._held = run
        return holds

    def _lowest_lost(self):
        held = self._held.rate if self._held else 0
        return min((run for run in self._lost if run.rate > held), key=lambda run: run.rate, default=None)
