# SPDX-License-Identifier: BSD-3-Clause
"""Weir and weir-load connected by shared memory (memif), as if by a cable."""

from dataclasses import dataclass

import progress
import stalls
from load import Load
from search import Bound, Search
from weir import Settings, Weir

LOSS_MAX = 1e-4  # less than this counts as no loss
MBUFS = 32768
STORE_MIB_PER_MPEER = 250  # torrents included, with a margin
RUNS_MAX = 60  # of a search for the rate without loss


@dataclass(frozen=True)
class Seconds:
    """How long a cable is measured, and how close a search for the rate without loss gets."""

    trial: float
    confirm: float  # of that rate; also of all other measurements
    search: float  # after which no other run begins
    resolution: float


SECONDS = Seconds(trial=3, confirm=20, search=240, resolution=0.01)
SECONDS_QUICK = Seconds(trial=0.5, confirm=2, search=20, resolution=0.04)


class Cable:
    """Weir has both roles on the first CPU, weir-load has the second. The control thread gets a third
    CPU if there is one."""

    def __init__(self, lab, options, torrents, peers, peer_timeout_s=None):
        weir_cpu, load_cpu = options.cpus[:2]
        spare_cpu = options.cpus[2] if len(options.cpus) > 2 else weir_cpu
        path = lab.folder / "cable.sock"
        vdev = f"net_memif0,id=0,socket={path},socket-abstract=no"
        swarm = {"max_torrents": torrents * 11 // 10, "max_peers": peers * 11 // 10, "max_peers_ipv6": 0}
        groups = {}
        if peer_timeout_s is not None:
            swarm["peer_timeout"] = peer_timeout_s
            groups["tracker"] = {"interval": 1, "interval_spread": 0}  # must be shorter than the timeout
        size = MBUFS * 4096 // 2**20 + peers * STORE_MIB_PER_MPEER // 1_000_000 + 512
        settings = Settings(
            vdevs=[f"{vdev},role=server"],
            io=[weir_cpu],
            workers=[weir_cpu],
            main=spare_cpu,
            hugepages=options.hugepages,
            groups={**groups, "swarm": swarm, "memory": {"mbufs": MBUFS, "size": size}},
        )
        progress.say("starting Weir")
        self.weir = Weir(lab, options.weir, settings).wait_ready()
        self._load = Load(lab, options.weir_load, load_cpu, f"{vdev},role=client,rsize=12", options.hugepages)
        self._shape = [f"--torrents={torrents}", f"--peers={peers}", "--popularity=aquatic", "--num-want=30"]
        self._shape += ["--connect=0", "--announce=100", "--scrape=1"]
        self._shape += [f"--warm-up={0.3 if options.quick else 1}"]

    def _run(self, options, seconds, what):
        progress.say(what)
        result = self._load.run([*self._shape, *options], seconds, lambda: progress.tick(what))
        self.weir.process.check_runs()
        return result

    def fill(self):
        """Every peer announces once."""
        self._run(["--fill"], 120, "filling the store")

    def closed_loop(self, seconds):
        return self._run([f"--duration={seconds}"], seconds, "closed loop")

    def open_loop(self, rate, seconds, what, warm_up_s=None):
        options = [f"--rate={rate:.0f}", f"--duration={seconds}"]
        if warm_up_s is not None:
            options.append(f"--warm-up={warm_up_s}")
        return self._run(options, seconds, f"{what}: {rate:,.0f} requests/s")

    def no_loss(self, first, quick):
        """Searches for the highest rate without loss, from `first` on; returns search.Found."""
        seconds = SECONDS_QUICK if quick else SECONDS

        def measure(rate, seconds, what):
            result = self.open_loop(rate, seconds, what)
            return loss(result), result

        return Search(
            lambda rate: measure(rate, seconds.trial, "searching for the rate without loss"),
            lambda rate: measure(rate, seconds.confirm, "confirming it"),
            LOSS_MAX,
            Bound(seconds.search, RUNS_MAX),
        ).highest(first, seconds.resolution)


def loss(result):
    """The share of due requests without a reply; requests that the port did not accept are lost, too."""
    due = result["sent"] + result["unsent"]
    return (due - result["answered"]) / due if due else 1.0


def add_no_loss(report, found):
    """Adds what a search found. Returns what users must know about it; empty: nothing."""
    held, lost = found.held, found.lost
    report.add("no_loss", "rate", "requests/s", held and held.result["rate"])
    report.add("no_loss", "loss", "share", held and held.loss)
    report.add("no_loss_above", "rate", "requests/s", lost and lost.rate)
    report.add("no_loss_above", "loss", "share", lost and lost.loss)
    above = f"{lost.loss:.2%} were lost at {lost.rate:,.0f} requests/s" if lost else "nothing was lost"
    if held is None:
        ended = f" {found.ended}" if found.ended else ""
        return f"no rate without loss was found{ended}, {above}: is the machine busy?"
    if found.ended:
        return f"the search for the rate without loss ended {found.ended}: {held.rate:,.0f} held, {above}"
    return ""


def add_latency(report, name, result, floor):
    """Adds latency percentiles and loss; `result`: None if there is none; `floor`: from stalls.measure."""
    for point in stalls.PERCENTILES:
        latency = result and result["latency_us"][point]
        report.add(f"{name}_{point}", "time_us", "us", latency, floor[point] or None)
    report.add(name, "loss", "share", loss(result) if result else None)
