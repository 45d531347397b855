# SPDX-License-Identifier: BSD-3-Clause
"""The whole pipeline on a port in memory, beside that port's own speed."""

import argparse
import statistics

import arguments
import progress
from frames import FRAMES, KINDS, QUICK_STORE, STORE, Writer, check_distinct_torrents
from load import Load
from memory_port import FILL_TO, MBUF_BYTES, MEASURED_TO, MemoryPort, mbufs_for, vdev
from observer import Observer, wait_for_a_look
from process import Lab, run
from rows import Report
from testpmd import Testpmd
from turns import Subject, busy_note, take_turns

HUGE_PAGES_MIB = 2800
TWINS = 2  # processes of each kind that --observation compares

DESCRIPTION = f"""\
Weir on a net_pcap port that keeps a file of {FRAMES:,} requests in memory and gives them again and
again (infinite_rx); replies are counted and dropped. What is measured is all that Weir does with a
request, from the port and back, without a wire.

The baseline is dpdk-testpmd on the same file: it swaps the MAC addresses of each frame and sends it
back, which is the least that a program can do on this port. Both have the same burst (32), caches of
packet buffers (256), number and size of buffers, and pages. They take turns: one runs, the others
are stopped, and the row is the median.

Rows, metric "rate", requests a second that ended as they should by Weir's own verdicts:

  connect      connects alone
  announce     announces, each of another torrent of {STORE.torrents:,} with 2 peers each
  scrape       scrapes of up to 10 of those torrents
  production   connect : announce : scrape = 20 : 79 : 1, torrents as popular as in aquatic's load test
  hostile      55 : 36 : 1 and 8 % junk, which ends as it should when it is refused

  _split       one lcore has the io role, another the worker's
  _single      one lcore has both

Before announces and scrapes the store is filled with {STORE.peers:,} peers, through a second port that is
at its end when measuring begins. testpmd always has one lcore. A run whose verdicts are not what its
file deserves is refused. --observation asks another question: what does watching cost? Rows

  <kind>_observed  one lcore, stages and latencies timed as by default, and weir-gateway asked for its
                   metrics and its page's numbers once a second; baseline: nothing timed, nobody asks
  <kind>_question  metric "time_us": how long a turn is held up by a piece of an answer, on average

--quick has a store of {QUICK_STORE.torrents:,} torrents and {QUICK_STORE.peers:,} peers.
"""


def add_options(parser):
    parser.add_argument(
        "--observation", action="store_true", help="what watching costs, instead; --quick takes two minutes"
    )
    parser.add_argument("--weir-gateway", help=argparse.SUPPRESS)


def question_us(stages):
    """What looking into the torrents takes of a turn in which somebody asks."""
    turns = stages["questions_items"]
    return stages["questions_cycles"] / turns / stages["tsc_hz"] * 1e6 if turns else None


def measure_observation(kind, lab, options, store, writer, report):
    """Weirs that everybody watches, and as many that nobody does: where a process's memory happens to
    lie makes it faster or slower by as much as watching costs."""
    control, lcore = options.cpus[:2]
    requests = [writer.requests(kind)]
    fill = writer.fill(kind.popularity) if kind.filled else None

    def subject(name, groups):
        return Subject(MemoryPort(lab, options, name, requests, store, fill, [lcore], [lcore], groups))

    observed, alone, observers = [], [], []
    for number in range(TWINS):
        observed.append(subject(f"observed_{number}", {}))
        alone.append(subject(f"alone_{number}", {"telemetry": {"stage_turns": 0}}))
        observers.append(Observer(lab, options.weir_gateway, observed[-1].program.weir, control))
        wait_for_a_look(observers[-1], observed[-1].process)
    subjects = [subject for pair in zip(observed, alone) for subject in pair]
    take_turns(subjects, *((2, 3.0) if options.quick else (3, 10.0)), kind.name)
    rates = [statistics.mean(subject.rate for subject in group) for group in (observed, alone)]
    report.add(f"{kind.name}_observed", "rate", "requests/s", *rates)
    for subject in observed:
        subject.process.resume()
    looks = sum(observer.end() for observer in observers)
    progress.note(f"{kind.name}: looked at {looks} times")
    stages = observed[0].program.weir.stages().value
    report.add(f"{kind.name}_question", "time_us", "us", question_us(stages))
    for subject in subjects:
        lab.end(subject.process)
    return busy_note(subjects, kind.name)


def measure(kind, lab, options, store, writer, report):
    """Both rows of a kind; words if others used the CPUs meanwhile."""
    io, worker = options.cpus[:2]
    requests = [writer.requests(kind)]
    fill = None
    if kind.name == "announce":
        check_distinct_torrents(requests[0].path)
    if kind.filled:
        fill = writer.fill(kind.popularity)
    progress.tick(f"{kind.name}: starting testpmd")
    testpmd = Testpmd(lab, vdev(requests), io, worker, mbufs_for(1), MBUF_BYTES, options.hugepages)
    split = MemoryPort(lab, options, "split", requests, store, fill, [io], [worker])
    single = MemoryPort(lab, options, "single", requests, store, fill, [worker], [worker])
    subjects = [Subject(program) for program in (testpmd, split, single)]
    take_turns(subjects, *((3, 0.3) if options.quick else (9, 1.0)), kind.name)
    for subject in subjects[1:]:
        report.add(f"{kind.name}_{subject.name}", "rate", "requests/s", subject.rate, subjects[0].rate)
    for subject in subjects:
        lab.end(subject.process)
    return busy_note(subjects, kind.name)


def main():
    options = arguments.parse(
        "pipeline", DESCRIPTION, cpus_needed=2, huge_pages_mib=HUGE_PAGES_MIB, add=add_options
    )
    measure_kind = measure_observation if options.observation else measure
    store = QUICK_STORE if options.quick else STORE
    report = Report()
    with Lab() as lab:
        load = Load(lab, options.weir_load, options.cpus[0])
        writer = Writer(lab, load, store, to=MEASURED_TO, fill_to=FILL_TO)
        notes = [measure_kind(kind, lab, options, store, writer, report) for kind in KINDS]
    for note in filter(None, notes):
        progress.note(note)
    progress.done()
    report.publish(options.json)


if __name__ == "__main__":
    run(main)
