# SPDX-License-Identifier: BSD-3-Clause
"""A minute of the soak that scripts/torture runs for longer."""

from amount import times
from soak import Soak
from suite import case, check

SECONDS = times(1800, 60)


@case("soak: all kinds of loads, while Weir is reloaded, edited, stopped and killed")
def soak(laboratory):
    sums = Soak(laboratory, seed=1, tell=lambda _: None).run(SECONDS)
    check(sums.counts["sent"] > 10_000, f"{sums}")
    print(f"# {dict(sums.counts)}")
