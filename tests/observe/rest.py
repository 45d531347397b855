# SPDX-License-Identifier: BSD-3-Clause
"""What cases of weir-gateway share."""

import time

import frames
from suite import check

A, B, UNKNOWN = b"\xaa" * 20, b"\xbb" * 20, b"\xcc" * 20
TIME_MS = 1_700_000_000_000  # test.time of scenarios
DEADLINE_S = 20


def check_equal(name, got, wanted):
    check(got == wanted, f"{name}: {got}, not {wanted}")


def wait_until(what, condition):
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        check(time.monotonic() < deadline, f"not within {DEADLINE_S} s: {what}")
        time.sleep(0.1)


def fill(scenario):
    scenario.connect(frames.client4(11))
    scenario.connect(frames.client6(11))
    scenario.announce(frames.client4(11), A, left=0)
    scenario.announce(frames.client6(12), A, left=7)
    scenario.announce(frames.client6(12), A, left=0)
    scenario.announce(frames.client4(13), B)
    scenario.announce(frames.client4(14), B, connection_id=1, verdict="id_forged")
    scenario.scrape(frames.client4(13), [A])
    scenario.scrape(frames.client6(12), [A, B])
    scenario.noise(2)


class Named:
    """A laboratory all of whose Weirs have one file prefix."""

    def __init__(self, laboratory, prefix):
        self.weir = laboratory.weir
        self.prefix = prefix

    def file_prefix(self):
        return self.prefix
