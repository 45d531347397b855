# SPDX-License-Identifier: BSD-3-Clause
"""Weir over memif: throughput and latency of a tracker on one core with a load on another."""

import arguments
import pages
import progress
import stalls
from cable import LOSS_MAX, RUNS_MAX, SECONDS, SECONDS_QUICK, Cable, add_latency, add_no_loss
from process import Failed, Lab, run
from rows import Report

HUGE_PAGES_MIB = 2400
TORRENTS = 1_000_000
PEERS = 2_000_000
PEERS_PER_REPLY_MIN = 10  # expected with num_want 30; fewer means that swarms are missing

DESCRIPTION = f"""\
Weir runs with both roles on one core, weir-load on another, connected by a memif: shared memory, through
which frames are copied. The load is that of aquatic's load test without its pitfalls: {TORRENTS:,}
torrents, {PEERS:,} distinct peers that have all announced before, 65,536 clients with a connection id
each, announce : scrape = 100 : 1, num_want 30. weir-load checks every reply; a run with a wrong one is
discarded.

Rows:

  saturation               rate: replies per second in a closed loop of 256 requests in flight
                           peers_per_reply: mean number of peers in replies to announces
  no_loss                  rate: replies per second at the highest rate that loses less than
                           {LOSS_MAX:.2%}. Open loop: requests are sent when they are due, however many
                           are in flight. The rate is found by bisection and confirmed by a longer run
                           loss: of that run
  no_loss_above            rate: the lowest rate above that one at which requests were lost
                           loss: of that run
  latency_half_load_p50    time_us: at half of the no_loss rate, from the time a request was due until
  latency_half_load_p99    its reply was read
  latency_half_load_p999   baseline: the latency that an idle polling loop on both CPUs would cause,
                           because machines have other work, and virtual ones are paused
  latency_half_load        loss: of that run

The search begins no run after {SECONDS.search} s (--quick: {SECONDS_QUICK.search} s), or after {RUNS_MAX}
runs. On a busy machine that may be too little to get close to the highest rate, which the output says, or
to confirm any: then no_loss and the rows of latency have no value, and the exit status is 1.
"""


def measure(options, report, floor):
    """Adds all rows. Returns whether each has a value."""
    seconds = SECONDS_QUICK if options.quick else SECONDS
    with Lab() as lab:
        cable = Cable(lab, options, TORRENTS, PEERS)
        cable.fill()
        if cable.weir.peers() != PEERS:
            raise Failed(f"{cable.weir.peers()} peers are in the store, not {PEERS}")
        saturation = cable.closed_loop(seconds.confirm)
        per_reply = saturation["kinds"]["announce"]["peers_per_reply"]
        if per_reply < PEERS_PER_REPLY_MIN:
            raise Failed(f"{per_reply} peers per reply on average: this is not aquatic's load")
        report.add("saturation", "rate", "requests/s", saturation["rate"])
        report.add("saturation", "peers_per_reply", "peers", per_reply)
        found = cable.no_loss(saturation["rate"], options.quick)
        note = add_no_loss(report, found)
        half = None
        if found.held is not None:
            half = cable.open_loop(found.held.result["rate"] / 2, seconds.confirm, "half load")
        add_latency(report, "latency_half_load", half, floor)
    if note:
        progress.note(note)
    return found.held is not None


def main():
    options = arguments.parse("wire", DESCRIPTION, cpus_needed=2)
    report = Report()
    floor = stalls.measure(options, (SECONDS_QUICK if options.quick else SECONDS).confirm)
    complete = pages.measure_each(options, HUGE_PAGES_MIB, report, lambda: measure(options, report, floor))
    progress.done()
    report.publish(options.json)
    return 0 if all(complete) else 1


if __name__ == "__main__":
    run(main)
