# SPDX-License-Identifier: BSD-3-Clause
"""Measures one tracker: start, fill, load, read the results, stop."""

import contextlib
import os
from dataclasses import dataclass, field
from pathlib import Path

import progress
from lab_cpu import Meter, resident_mib
from lab_network import CLIENT_LINK, TRACKER_ADDRESS, TRACKER_MAC, Wire
from load import Load
from process import Failed, Lab, Process
from trackers.aquatic_load import AquaticLoad
from trackers.tracker import Task

FILL_RATE_MIN = 10_000  # peers per second; a slower tracker fails
OTHERS_MAX = 0.03
SATURATED = 0.95  # below this load of the CPU, the tracker was not the limit


@dataclass(frozen=True)
class Plan:
    """Size and length of the load."""

    torrents: int
    peers: int
    clients: int
    windows: tuple
    probe_s: int
    seconds: int
    aquatic_intervals: int


FULL = Plan(1_000_000, 2_000_000, 65_536, (64, 256, 1024), 3, 10, 4)
QUICK = Plan(50_000, 100_000, 4_096, (256,), 0, 2, 0)


@dataclass
class Bench:
    """Settings of all measurements."""

    plan: Plan
    weir_load: Path
    tracker_cpu: int
    client_cpu: int
    hashes: Path
    aquatic_hashes: Path
    aquatic_load: AquaticLoad
    notes: list = field(default_factory=list)


@dataclass(frozen=True)
class Running:
    """A tracker that listens on its end of the veth pair."""

    lab: Lab
    wire: Wire
    process: Process


@contextlib.contextmanager
def _running(bench, tracker, hashes):
    """Runs a tracker; all its processes are ended afterwards."""
    task = Task(bench.tracker_cpu, TRACKER_ADDRESS, bench.plan.torrents, bench.plan.peers, hashes)
    wire = Wire(bench.tracker_cpu, bench.client_cpu)
    try:
        with Lab() as lab:
            process = tracker.start(lab, wire, task)
            yield Running(lab, wire, process)
            process.check_runs()
            tracker.stop(lab, process)
    finally:
        wire.close()


@contextlib.contextmanager
def _on_cpu(cpu):
    """Pins this program, and what it starts meanwhile, to a CPU other than the tracker's."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {cpu})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class LoadClient:
    """weir-load, with the same load for every tracker."""

    def __init__(self, bench, tracker, lab):
        self._plan = bench.plan
        self._tracker = tracker
        device = f"net_af_packet0,iface={CLIENT_LINK},framecnt=4096"
        if not tracker.over_wire:
            device = tracker.client_device()
        self._load = Load(lab, bench.weir_load, bench.client_cpu, device)
        self._options = [
            f"--tracker={TRACKER_ADDRESS}",
            f"--torrents={self._plan.torrents}",
            f"--peers={self._plan.peers}",
            f"--clients={self._plan.clients}",
            f"--num-want={tracker.num_want}",
            f"--scrape-hashes={tracker.scrape_hashes}",
            *("--popularity=aquatic", "--connect=0", "--announce=100", "--scrape=1"),
        ]
        if tracker.over_wire:
            self._options.append(f"--tracker-mac={TRACKER_MAC}")
        if tracker.lists_self:
            self._options.append("--allow-self")

    def _run(self, options, seconds, what, tick=None):
        def both():
            progress.tick(f"{self._tracker.name}: {what}")
            if tick is not None:
                tick()

        return self._load.run([*self._options, *options], seconds, both)

    def fill(self):
        """Every peer announces once."""
        self._run(["--fill"], self._plan.peers // FILL_RATE_MIN, "filling")

    def saturate(self, window, seconds, tick=None):
        options = [f"--window={window}", f"--duration={seconds}"]
        return self._run(options, seconds, f"{window} in flight", tick)

    def best_window(self):
        """The number of requests in flight with the highest rate."""
        windows = self._plan.windows
        if len(windows) == 1:
            return windows[0]
        return max(windows, key=lambda window: self.saturate(window, self._plan.probe_s)["rate"])


def measure(bench, tracker):
    """The metrics of a tracker under weir-load."""
    with _running(bench, tracker, bench.hashes) as running:
        client = LoadClient(bench, tracker, running.lab)
        meter = Meter(bench.tracker_cpu, running.process.pid, tracker.helpers)
        place = running.wire.client if tracker.over_wire else running.wire.tracker
        with place.inside(), _on_cpu(bench.client_cpu):
            client.fill()
            window = client.best_window()
            result = client.saturate(window, bench.plan.seconds, meter.tick)
        resident = resident_mib(running.process.pid)
    busy = meter.shares(result["seconds"])
    bench.notes.append(_note(tracker, window, busy))
    return {
        "answers_per_s": result["rate"],
        "answers_per_cpu_s": result["rate"] / busy.cpu,
        "answers_per_process_cpu_s": result["rate"] / busy.process,
        "loss": 100 * result["loss"],
        "rss_mib": resident,
        "peers_per_reply": result["kinds"]["announce"]["peers_per_reply"],
    }


def _note(tracker, window, busy):
    words = [f"{tracker.name}: {tracker.version}, {window} in flight"]
    if busy.others > OTHERS_MAX:
        words.append(f"other programs took {busy.others:.0%} of its CPU: do not quote this run")
    if busy.cpu < SATURATED:
        words.append(f"its CPU was only {busy.cpu:.0%} busy, so the load was the limit")
    if tracker.remark:
        words.append(tracker.remark)
    return "; ".join(words)


def measure_with_aquatic(bench, tracker):
    """The metric of a tracker under aquatic's load test."""

    def tick():
        progress.tick(f"{tracker.name}: aquatic's load test")

    with _running(bench, tracker, bench.aquatic_hashes) as running:
        running.wire.send_loopback_out()
        with running.wire.client.inside():
            answers, peers = bench.aquatic_load.run(
                running.lab, TRACKER_ADDRESS, bench.client_cpu, bench.plan.aquatic_intervals, tick
            )
    bench.notes.append(f"{tracker.name}: {peers:.1f} peers per reply to aquatic's load test")
    return {"aquatic_load_answers_per_s": answers}


def compare(bench, trackers):
    """Metrics by tracker. Failures are reported and left out."""
    results = {}
    for tracker in trackers:
        metrics = {}
        steps = [measure]
        if bench.plan.aquatic_intervals and tracker.over_wire and not bench.aquatic_load.missing():
            steps.append(measure_with_aquatic)
        for step in steps:
            try:
                metrics |= step(bench, tracker)
            except Failed as failure:
                progress.note(f"{tracker.name}: {failure}")
        if metrics:
            results[tracker.name] = metrics
    return results
