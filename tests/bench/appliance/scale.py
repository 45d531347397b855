# SPDX-License-Identifier: BSD-3-Clause
"""One worker, two workers, and an io lcore with a worker, under the same load."""

from dataclasses import dataclass

import arguments
import pages
import progress
from frames import FRAMES, QUICK_STORE, STORE, Writer, check_distinct_torrents, kind_named, mean_hashes
from load import Load
from memory_port import FILL_TO, MEASURED_TO, MemoryPort
from process import Lab, run
from rows import Report
from rounds import Subject, busy_note, run_rounds

HUGE_PAGES_MIB = 3600

DESCRIPTION = f"""\
Compares ways to use lcores. Weir runs on a net_pcap port that keeps a file of {FRAMES:,} announces in
memory and repeats it without end, as in "pipeline": each announce is for another of
{STORE.torrents:,} torrents, and the store has {STORE.peers:,} peers. The processes run alternately,
while the others are stopped.

Rows, metric "rate": announces per second; the baseline is workers_1:

  workers_1    one lcore has both roles
  workers_2    two lcores have both roles: each has an RX queue of the port with the whole file, and half
               of the torrents, so half of its announces go to the other lcore
  io_worker    one lcore has the io role, another one the worker role

Then scrapes of 1 to 10 of those torrents, alternating with announces again:

  scrape_workers_1       scrapes per second of one lcore with both roles
  scrape_workers_2       of two; the torrents of nearly each scrape are spread over both; baseline: one
  scrape_hash_workers_1  metric "time_ns": time of the lcore for each torrent of a scrape; baseline: for an
                         announce

--quick has a store of {QUICK_STORE.torrents:,} torrents and {QUICK_STORE.peers:,} peers.
"""


@dataclass(frozen=True)
class Way:
    """Lcores: 0 is the first CPU, 1 the second."""

    name: str
    io: tuple  # each has a queue of the port
    workers: tuple


ONE, TWO, APART = Way("workers_1", (1,), (1,)), Way("workers_2", (0, 1), (0, 1)), Way("io_worker", (0,), (1,))


class Bench:
    def __init__(self, options, lab, writer, store, report):
        self._options = options
        self._lab = lab
        self._writer = writer
        self._store = store
        self._report = report

    def _start(self, kind, way):
        requests = [self._writer.requests(kind)] * len(way.io)
        lcores = [[self._options.cpus[number] for number in numbers] for numbers in (way.io, way.workers)]
        fill = self._writer.fill(kind.popularity)
        name = f"{kind.name[0]}_{way.name}"
        return Subject(MemoryPort(self._lab, self._options, name, requests, self._store, fill, *lcores))

    def _rates(self, what, kinds_and_ways):
        """Measures alternately; returns the rates."""
        subjects = [self._start(kind, way) for kind, way in kinds_and_ways]
        run_rounds(subjects, *((3, 0.4) if self._options.quick else (9, 1.0)), what)
        for subject in subjects:
            self._lab.end(subject.process)
        note = busy_note(subjects, what)
        if note:
            progress.note(note)
        return [subject.rate for subject in subjects]

    def announces(self):
        announce = kind_named("announce")
        check_distinct_torrents(self._writer.requests(announce).path)
        ways = (ONE, TWO, APART)
        rates = self._rates("announce", [(announce, way) for way in ways])
        for way, rate in zip(ways, rates):
            self._report.add(way.name, "rate", "requests/s", rate, rates[0])

    def scrapes(self):
        announce, scrape = kind_named("announce"), kind_named("scrape")
        rates = self._rates("scrape", [(announce, ONE), (scrape, ONE), (scrape, TWO)])
        hashes = mean_hashes(self._writer.requests(scrape).path)
        add = self._report.add
        add("scrape_workers_1", "rate", "requests/s", rates[1])
        add("scrape_workers_2", "rate", "requests/s", rates[2], rates[1])
        add("scrape_hash_workers_1", "time_ns", "ns", _time_ns(rates[1] * hashes), _time_ns(rates[0]))


def _time_ns(rate):
    """None for a rate of 0, where the machine let nothing run."""
    return 1e9 / rate if rate else None


def main():
    options = arguments.parse("scale", DESCRIPTION, cpus_needed=2)
    store = QUICK_STORE if options.quick else STORE
    report = Report()
    with Lab() as lab:
        load = Load(lab, options.weir_load, options.cpus[0])
        writer = Writer(lab, load, store, to=MEASURED_TO, fill_to=FILL_TO)
        bench = Bench(options, lab, writer, store, report)

        def measure():
            bench.announces()
            bench.scrapes()

        pages.measure_each(options, HUGE_PAGES_MIB, report, measure)
    progress.done()
    report.publish(options.json)


if __name__ == "__main__":
    run(main)
