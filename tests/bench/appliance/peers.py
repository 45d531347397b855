# SPDX-License-Identifier: BSD-3-Clause
"""Weir and other trackers, one after the other, under the same load on one CPU."""

import os
from pathlib import Path

import arguments
import machine
import progress
from lab_comparison import add_rows
from lab_measure import FULL, QUICK, Bench, compare
from lab_sysctl import large_socket_buffers
from load import Load
from process import Failed, Lab, run
from rows import Report
from trackers import aquatic_hashes
from trackers.aquatic import AquaticMio, AquaticUring
from trackers.aquatic_load import AquaticLoad
from trackers.chihaya import Chihaya
from trackers.opentracker import Opentracker
from trackers.torrust import Torrust
from trackers.weir_devices import Beside, OnAfPacket, OnAfXdp, OnMemif, OnMemifPlain

OURS = (OnMemif, OnMemifPlain, OnAfXdp, Beside, OnAfPacket)
THEIRS = (Opentracker, AquaticMio, AquaticUring, Torrust, Chihaya)
NAMES = [kind.name for kind in (*OURS, *THEIRS)]

DESCRIPTION = """\
Compares Weir, opentracker, aquatic_udp, Torrust and Chihaya, one after the other, each on one CPU,
with weir-load on another. The load is that of aquatic's load test (num_want 30, announce : scrape =
100 : 1, 2 M peers in 1 M torrents), but with distinct peers on 65,536 flows, each with its own
connection id.

Tracker and load run in two network namespaces connected by a veth pair, and the load is the same
program on the same packet socket for all trackers. The exception is weir_memif: it uses shared memory
in place of the network, so it is not comparable, but shows Weir without the kernel. weir_memif_plain is
the same without the full records of peers (swarm.peer_detail = false): opentracker keeps none either,
so compare its memory with that row. weir_beside is weir_af_xdp on an interface that stays the kernel's
(host.stack = "kernel").

Rows, for each of
  weir_memif weir_memif_plain weir_af_xdp weir_beside weir_af_packet
  opentracker aquatic_mio aquatic_uring torrust chihaya

  answers_per_s              replies per second at saturation, without errors; the best of several
                             windows
  answers_per_cpu_s          replies per second in which its CPU was busy, with any work
  answers_per_process_cpu_s  replies per second of CPU time of the process
  loss                       percentage of requests without a reply
  rss_mib                    resident memory at the end
  peers_per_reply            replies with fewer peers are cheaper
  aquatic_load_answers_per_s replies per second to aquatic's load test (not with --quick)

The baseline of Weir's rows is the best of the other trackers. Requires root and an otherwise idle
machine. The other trackers must be installed with --install first: it fetches them by name from
Debian, cargo's registry and Go's module proxy and builds them, which takes many minutes, once.
docs/bench-peers.md describes how each is configured, and the limits of the comparison.
"""


def _parse():
    parser = arguments.parser("peers", DESCRIPTION)
    parser.add_argument("--install", action="store_true", help="fetch and build missing trackers first")
    parser.add_argument("--only", metavar="NAMES", help=f"comma-separated list of {','.join(NAMES)}")
    options = parser.parse_args()
    options.only = options.only.split(",") if options.only else NAMES
    unknown = [name for name in options.only if name not in NAMES]
    if unknown:
        parser.error(f"argument --only: unknown {', '.join(unknown)}; known are {', '.join(NAMES)}")
    return options


def _builds():
    """The folder $builds of scripts/common.sh."""
    return Path(os.environ.get("WEIR_BUILDS") or Path(__file__).resolve().parents[3] / "build")


def _install(trackers):
    """Installs missing trackers. Failures are reported and left out."""
    for tracker in trackers:
        if tracker.missing():
            progress.say(f"installing {tracker.name}")
            try:
                tracker.install()
            except Failed as failure:
                progress.note(f"{tracker.name}: {failure}")


def _present(trackers):
    present = []
    for tracker in trackers:
        why = tracker.missing()
        if why:
            progress.note(f"{tracker.name}: left out, {why}")
        else:
            present.append(tracker)
    return present


def _whitelists(lab, options, plan, trackers):
    """Files with the info_hashes of weir-load and of aquatic's load test, for trackers that need them."""
    # Trackers that read them may have dropped root privileges.
    lab.folder.chmod(0o711)
    folder = lab.place("hashes")
    ours, theirs = folder / "weir-load", folder / "aquatic"
    if any(tracker.needs_whitelist for tracker in trackers):
        progress.say("writing whitelists")
        words = ["--print-hashes", ours, "--torrents", str(plan.torrents)]
        Load(lab, options.weir_load, options.client_cpu).run(words)
        if plan.aquatic_intervals:
            aquatic_hashes.write(theirs, aquatic_hashes.COUNT)
    return ours, theirs


def main():
    options = _parse()
    if os.geteuid() != 0:
        raise Failed("root is required, for network namespaces")
    cpus = machine.allowed_cpus()
    if len(cpus) < 2:
        raise Failed("2 CPUs are required: one for the tracker, one for the load")
    options.tracker_cpu, options.client_cpu = cpus[:2]
    installed = _builds() / "peers"
    trackers = [kind(Path(options.weir)) for kind in OURS] + [kind(installed) for kind in THEIRS]
    trackers = [tracker for tracker in trackers if tracker.name in options.only]
    aquatic_load = AquaticLoad(installed)
    if options.install:
        _install([*trackers, aquatic_load])
    plan = QUICK if options.quick else FULL
    trackers = _present(trackers)
    if plan.aquatic_intervals:
        _present([aquatic_load])
    with Lab() as lab, large_socket_buffers():
        hashes = _whitelists(lab, options, plan, trackers)
        cpus = (options.tracker_cpu, options.client_cpu)
        bench = Bench(plan, Path(options.weir_load), *cpus, *hashes, aquatic_load)
        results = compare(bench, trackers)
    if not results:
        raise Failed("nothing was measured")
    for note in bench.notes:
        progress.note(note)
    report = Report()
    report.pages = "4k"
    add_rows(report, results, [kind.name for kind in OURS])
    report.publish(options.json)


if __name__ == "__main__":
    run(main)
