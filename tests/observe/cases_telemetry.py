# SPDX-License-Identifier: BSD-3-Clause
"""What Weir says about itself on DPDK's telemetry socket."""

import bep15
import frames
from suite import case, check

HASH = bytes(range(20))


@case("telemetry: verdicts and numbers are those of the frames")
def numbers(laboratory):
    scenario = laboratory.scenario()
    scenario.connect(frames.client4(11))
    scenario.announce(frames.client4(11), HASH, left=0)
    scenario.announce(frames.client6(12), HASH, left=5, event=bep15.STARTED)
    with laboratory.fed(scenario) as weir:
        told = {
            (family, name): count
            for family in ("link", "ipv4", "ipv6")
            for name, count in weir.ask(f"/weir/verdicts,{family}").items()
            if count
        }
        stats = weir.ask("/weir/stats")
    check(told == dict(scenario.verdicts), f"verdicts {told}")
    for name, value in scenario.tracker.gauges().items():
        check(stats[name] == value, f"{name} is {stats[name]}, not {value}")
    check(stats["rx_packets"] == 3, f"{stats['rx_packets']} packets")
