# SPDX-License-Identifier: BSD-3-Clause
"""Searches for the highest rate at which a trial succeeds, where success is somewhat random."""

STEP_BACK = 0.97  # after a rate that succeeded in a short trial and failed in a long one
STEPS_MAX = 20


def highest_rate(succeeds, holds, first, resolution):
    """succeeds(rate) is a short trial, holds(rate) a long one that confirms it. Doubles or halves the
    rate, beginning at `first`, until one rate succeeds and another fails, then bisects until they are
    closer than `resolution`. Returns a confirmed rate, or None if no rate succeeds."""
    good, bad = _bracket(succeeds, first)
    if good is None:
        return None
    while bad - good > resolution * good:
        middle = (good + bad) / 2
        if succeeds(middle):
            good = middle
        else:
            bad = middle
    for _ in range(STEPS_MAX):
        if holds(good):
            return good
        good *= STEP_BACK
    return None


def _bracket(succeeds, first):
    rate = first
    if succeeds(rate):
        while succeeds(rate * 2):
            rate *= 2
        return rate, rate * 2
    while rate > first / 2**STEPS_MAX:
        rate /= 2
        if succeeds(rate):
            return rate, rate * 2
    return None, None
