# SPDX-License-Identifier: BSD-3-Clause
"""Latency of replies while peers time out continuously."""

import arguments
import pages
import progress
import stalls
from cable import SECONDS, SECONDS_QUICK, Cable, add_latency, add_no_loss
from process import Failed, Lab, run
from rows import Report

HUGE_PAGES_MIB = 5200
TORRENTS = 1_000_000
PEERS = 10_000_000  # more than can announce within the timeout at any rate
PEER_TIMEOUT_S = 2
LOADS = (10, 50, 80)  # percent of the no-loss rate

DESCRIPTION = f"""\
The setup of "wire", but {PEERS:,} peers announce in turn, and a peer times out after
{PEER_TIMEOUT_S} s, before it announces again. So every announce stores a new peer, another peer expires,
and the sweep is always busy. A run in which no peer expired is discarded.

Rows, metric "time_us", from the time a request was due until its reply was read, at 10 %, 50 % and 80 %
of the highest rate without loss of this store:

  latency_10_p50   latency_10_p99   latency_10_p999   and for 50 and 80
  latency_10       loss: of that run
                   expired: peers per second that expired during the run
  no_loss          rate: 100 %; loss: of the run that confirmed it
  no_loss_above    rate: the lowest rate above that one at which requests were lost; loss: of that run

The search for that rate is that of "wire". If no rate is confirmed, the rows have no value, and the exit
status is 1.

Baseline: the latency that an idle polling loop on both CPUs would cause. Reloads of access lists and
snapshots are not included: Weir has none. Times are measured by the client and include the memif and
both its ends.
"""


def measure_load(cable, load_percent, rate, seconds, report, floor):
    """Adds the rows of a load; `rate` of None: none is without loss."""
    name = f"latency_{load_percent}"
    result = expired = None
    if rate is not None:
        before = cable.weir.stats()
        # By then the first peers of this load have begun to expire.
        warm_up_s = PEER_TIMEOUT_S + 1
        result = cable.open_loop(rate * load_percent / 100, seconds, f"{load_percent} % load", warm_up_s)
        after = cable.weir.stats()
        expired = after.value["peers_expired"] - before.value["peers_expired"]
        if expired == 0:
            raise Failed(f"at {load_percent} % load no peer expired")
        expired /= after.when_s - before.when_s
    add_latency(report, name, result, floor)
    report.add(name, "expired", "peers/s", expired)


def measure(options, report, floor):
    """Adds all rows. Returns whether each has a value."""
    seconds = SECONDS_QUICK if options.quick else SECONDS
    with Lab() as lab:
        cable = Cable(lab, options, TORRENTS, PEERS, PEER_TIMEOUT_S)
        saturation = cable.closed_loop(seconds.confirm)
        found = cable.no_loss(saturation["rate"], options.quick)
        note = add_no_loss(report, found)
        rate = found.held and found.held.result["rate"]
        for load_percent in LOADS:
            measure_load(cable, load_percent, rate, seconds.confirm, report, floor)
    if note:
        progress.note(note)
    return found.held is not None


def main():
    options = arguments.parse("latency", DESCRIPTION, cpus_needed=2)
    report = Report()
    floor = stalls.measure(options, (SECONDS_QUICK if options.quick else SECONDS).confirm)
    complete = pages.measure_each(options, HUGE_PAGES_MIB, report, lambda: measure(options, report, floor))
    progress.done()
    report.publish(options.json)
    return 0 if all(complete) else 1


if __name__ == "__main__":
    run(main)
