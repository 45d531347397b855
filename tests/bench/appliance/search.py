# SPDX-License-Identifier: BSD-3-Clause
"""Finds the highest rate at which something still goes well, where going well is a little random."""

STEP_BACK = 0.97  # after a rate that went well once and did not go well for longer
STEPS_MAX = 20


def highest_rate(goes_well, stands, first, resolution):
    """goes_well(rate) is a short trial, stands(rate) a long one that confirms. Doubles or halves from
    `first` on until one rate goes well and another does not, then halves the distance until they are
    closer than `resolution`. The result has been confirmed; None if nothing goes well."""
    good, bad = _bracket(goes_well, first)
    if good is None:
        return None
    while bad - good > resolution * good:
        middle = (good + bad) / 2
        if goes_well(middle):
            good = middle
        else:
            bad = middle
    for _ in range(STEPS_MAX):
        if stands(good):
            return good
        good *= STEP_BACK
    return None


def _bracket(goes_well, first):
    rate = first
    if goes_well(rate):
        while goes_well(rate * 2):
            rate *= 2
        return rate, rate * 2
    while rate > first / 2**STEPS_MAX:
        rate /= 2
        if goes_well(rate):
            return rate, rate * 2
    return None, None
