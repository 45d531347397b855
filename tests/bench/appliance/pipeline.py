# SPDX-License-Identifier: BSD-3-Clause
"""The whole pipeline on a port in memory, compared with the speed of that port."""

import argparse
import statistics

import arguments
import control_lists
import pages
import progress
from frames import FRAMES, KINDS, QUICK_STORE, STORE, Writer, check_distinct_torrents
from load import Load
from memory_port import FILL_TO, MBUF_BYTES, MEASURED_TO, MemoryPort, mbufs_for, vdev
from observer import Observer, wait_for_fetch
from process import Lab, run
from rows import Report
from testpmd import Testpmd
from rounds import Subject, busy_note, run_rounds

HUGE_PAGES_MIB = 2800
HUGE_PAGES_TWINS_MIB = 3600
TWINS = 2  # number of processes of each kind that --observation compares

DESCRIPTION = f"""\
Measures all that Weir does with a request, from the port and back to it, without a network: Weir runs
on a net_pcap port that keeps a file of {FRAMES:,} requests in memory and repeats it without end
(infinite_rx); replies are counted and dropped.

The baseline is dpdk-testpmd on the same file: it swaps the MAC addresses of each frame and sends it
back, which is the minimum of work on this port. Both have the same burst size (32), mbuf caches (256),
number and size of mbufs, and page size. The programs run alternately, while the others are stopped, and
a row is the median.

Rows, metric "rate": requests per second with the expected verdict:

  connect      connects only
  announce     announces, each for another of {STORE.torrents:,} torrents with 2 peers each
  scrape       scrapes of up to 10 of those torrents
  production   connect : announce : scrape = 20 : 79 : 1, popularity of torrents as in aquatic's load test
  hostile      connect : announce : scrape = 55 : 36 : 1, and 8 % junk, which must be dropped

  _split       one lcore has the io role, another one the worker role
  _single      one lcore has both roles

Before announces and scrapes the store is filled with {STORE.peers:,} peers, through a second port that has
reached the end of its file when the measurement begins. testpmd always has one lcore. A run with
unexpected verdicts is discarded.

--observation measures the cost of monitoring instead, with pages of 4 KiB if --pages is not
given. Rows:

  <kind>_observed  one lcore, sampling of stages and latency by default, and metrics and status page of
                   weir-gateway fetched once a second; baseline: no sampling, no requests
  <kind>_question  metric "time_us": mean time that a question takes of a worker's turn

--control does the same with the cost of deciding: an access list of all torrents, lists of client programs,
networks and keys, and limits by source, which check every request and refuse none. Rows:

  <kind>_controlled  one lcore, everything on (keys only without scrapes, which cannot show one);
                     baseline: everything off, for the same requests

--quick has a store of {QUICK_STORE.torrents:,} torrents and {QUICK_STORE.peers:,} peers.
"""


def add_options(parser):
    parser.add_argument(
        "--observation",
        action="store_true",
        help="measure the cost of monitoring instead; with --quick this takes two minutes",
    )
    parser.add_argument("--control", action="store_true", help="measure the cost of lists and limits instead")
    parser.add_argument("--weir-gateway", help=argparse.SUPPRESS)


def question_us(stages):
    """Mean time of a worker's turn that is spent on a question."""
    turns = stages["questions_items"]
    return stages["questions_cycles"] / turns / stages["tsc_hz"] * 1e6 if turns else None


def measure_observation(kind, lab, options, store, writer, report):
    """Compares Weirs with monitoring and Weirs without. There are several of each, because the placement
    of a process in memory changes its speed by as much as monitoring costs."""
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
        wait_for_fetch(observers[-1], observed[-1].process)
    subjects = [subject for pair in zip(observed, alone) for subject in pair]
    run_rounds(subjects, *((2, 3.0) if options.quick else (3, 10.0)), kind.name)
    rates = [statistics.mean(subject.rate for subject in group) for group in (observed, alone)]
    report.add(f"{kind.name}_observed", "rate", "requests/s", *rates)
    for subject in observed:
        subject.process.resume()
    fetches = sum(observer.end() for observer in observers)
    progress.note(f"{kind.name}: {fetches} fetches")
    stages = observed[0].program.weir.stages().value
    report.add(f"{kind.name}_question", "time_us", "us", question_us(stages))
    for subject in subjects:
        lab.end(subject.process)
    return busy_note(subjects, kind.name)


def measure_control(kind, lab, options, store, writer, report):
    """Compares Weirs with all lists and limits and Weirs without, in the way of measure_observation."""
    lcore = options.cpus[1]
    lists = control_lists.write(lab, Load(lab, options.weir_load, options.cpus[0]), store)
    requests = [writer.requests(kind)]
    fill = writer.fill(kind.popularity) if kind.filled else None
    pairs = []
    for number in range(TWINS):
        keys = kind.weights[2] == 0
        for name, groups in (("controlled", lists.settings(keys)), ("off", control_lists.OFF)):
            port = MemoryPort(
                lab, options, f"{name}_{number}", requests, store, fill, [lcore], [lcore], groups
            )
            pairs.append(Subject(port))
    run_rounds(pairs, *((2, 3.0) if options.quick else (3, 10.0)), kind.name)
    rates = [statistics.mean(subject.rate for subject in pairs[first::2]) for first in (0, 1)]
    report.add(f"{kind.name}_controlled", "rate", "requests/s", *rates)
    for subject in pairs:
        lab.end(subject.process)
    return busy_note(pairs, kind.name)


def measure(kind, lab, options, store, writer, report):
    """Adds both rows of a kind; returns a note if other programs used the CPUs."""
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
    run_rounds(subjects, *((3, 0.3) if options.quick else (9, 1.0)), kind.name)
    for subject in subjects[1:]:
        report.add(f"{kind.name}_{subject.name}", "rate", "requests/s", subject.rate, subjects[0].rate)
    for subject in subjects:
        lab.end(subject.process)
    return busy_note(subjects, kind.name)


def main():
    options = arguments.parse("pipeline", DESCRIPTION, cpus_needed=2, add=add_options)
    measure_kind = measure
    if options.observation:
        measure_kind = measure_observation
    if options.control:
        measure_kind = measure_control
    huge_pages_mib = HUGE_PAGES_MIB
    if measure_kind != measure:
        huge_pages_mib = HUGE_PAGES_TWINS_MIB
        options.pages = options.pages or "4k"
    store = QUICK_STORE if options.quick else STORE
    report = Report()
    with Lab() as lab:
        load = Load(lab, options.weir_load, options.cpus[0])
        writer = Writer(lab, load, store, to=MEASURED_TO, fill_to=FILL_TO)
        if options.control:
            writer.url_path = control_lists.URL_PATH

        def measure_kinds():
            notes = [measure_kind(kind, lab, options, store, writer, report) for kind in KINDS]
            for note in filter(None, notes):
                progress.note(note)

        pages.measure_each(options, huge_pages_mib, report, measure_kinds)
    progress.done()
    report.publish(options.json)


if __name__ == "__main__":
    run(main)
