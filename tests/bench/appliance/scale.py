# SPDX-License-Identifier: BSD-3-Clause
"""One worker, two workers, and an io lcore with a worker, under the same load."""

import arguments
import pages
import progress
from frames import FRAMES, QUICK_STORE, STORE, Writer, check_distinct_torrents, kind_named
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

--quick has a store of {QUICK_STORE.torrents:,} torrents and {QUICK_STORE.peers:,} peers.
"""


def measure(options, lab, writer, store, report):
    one, two = options.cpus[:2]
    kind = kind_named("announce")
    requests = writer.requests(kind)
    check_distinct_torrents(requests.path)
    fill = writer.fill(kind.popularity)
    subjects = [
        Subject(MemoryPort(lab, options, name, [requests] * queues, store, fill, io, workers))
        for name, queues, io, workers in (
            ("workers_1", 1, [two], [two]),
            ("workers_2", 2, [one, two], [one, two]),
            ("io_worker", 1, [one], [two]),
        )
    ]
    run_rounds(subjects, *((3, 0.4) if options.quick else (9, 1.0)), "announce")
    for subject in subjects:
        report.add(subject.name, "rate", "requests/s", subject.rate, subjects[0].rate)
        lab.end(subject.process)
    note = busy_note(subjects, kind.name)
    if note:
        progress.note(note)


def main():
    options = arguments.parse("scale", DESCRIPTION, cpus_needed=2)
    store = QUICK_STORE if options.quick else STORE
    report = Report()
    with Lab() as lab:
        load = Load(lab, options.weir_load, options.cpus[0])
        writer = Writer(lab, load, store, to=MEASURED_TO, fill_to=FILL_TO)
        pages.measure_each(
            options, HUGE_PAGES_MIB, report, lambda: measure(options, lab, writer, store, report)
        )
    progress.done()
    report.publish(options.json)


if __name__ == "__main__":
    run(main)
