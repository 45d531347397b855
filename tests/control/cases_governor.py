# SPDX-License-Identifier: BSD-3-Clause
"""The interval that clients are told follows the load."""

import time

import loaded
from full import FULL
from suite import Skipped, case, check

LEAST, MOST = 600, 1200
FOLLOWS_S = 60
SETTINGS = f"""
tracker = {{ interval = {LEAST}; interval_max = {MOST}; interval_spread = 0; }};
"""


def watch(weir, until, seconds):
    """Intervals of each second, until one is as wanted."""
    seen = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        seen.append(weir.ask("/weir/info")["interval_s"])
        if until(seen[-1]):
            return seen
        time.sleep(1)
    check(False, f"not in {seconds} s: {seen}")
    return seen


def check_one_way(seen, up):
    steps = zip(seen, seen[1:])
    check(all((b >= a) if up else (b <= a) for a, b in steps), f"it swings: {seen}")


@case("governor: the interval rises with the load, holds, and falls again")
def governor(laboratory):
    if not FULL:
        raise Skipped("two minutes: WEIR_CONTROL_FULL=1")
    # 19 of 20 places are taken: a table that is nearly full is load like any other.
    with loaded.running(laboratory, torrents=20_000, peers=20_000, more=SETTINGS) as weir:
        check(weir.weir.ask("/weir/info")["interval_s"] == LEAST, "it starts above tracker.interval")
        weir.load("--fill", "--torrents", 5000, "--peers", 19_000)
        seen = watch(weir.weir, lambda interval: interval >= MOST * 0.95, FOLLOWS_S)
        check_one_way(seen, up=True)
        held = [weir.weir.ask("/weir/info")["interval_s"] for _ in range(10) if not time.sleep(1)]
        check_one_way(held, up=True)
        check(max(held) - min(held) <= MOST * 0.05, f"it does not settle: {held}")
        weir.load("--count", 80_000, "--stopped", 100, "--torrents", 5000, "--peers", 19_000)
        seen = watch(weir.weir, lambda interval: interval <= LEAST * 1.05, FOLLOWS_S)
        check_one_way(seen, up=False)
