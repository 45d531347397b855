# SPDX-License-Identifier: BSD-3-Clause
"""Weir and the trackers that people run, one after the other, under the same load on one CPU."""

import os
import sys
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
from trackers.weir_devices import OnAfPacket, OnAfXdp, OnMemif

OURS = (OnMemif, OnAfXdp, OnAfPacket)
THEIRS = (Opentracker, AquaticMio, AquaticUring, Torrust, Chihaya)
NAMES = [kind.name for kind in (*OURS, *THEIRS)]

DESCRIPTION = """\
Weir, opentracker, aquatic_udp, Torrust and Chihaya, one after the other, each on one CPU and asked by
weir-load on another: the shape of aquatic's load test (30 peers wanted, announces and scrapes 100 : 1
with 2 M peers in 1 M torrents), but distinct peers on 65536 flows, each with its own connection id.

Tracker and load are in two network namespaces of their own, joined by a veth pair, and the load is
the same program on the same packet socket for all. weir_memif is the exception: shared memory in the
network's place, which is not like with like, and says what Weir does without a kernel.

Rows, for each of
  weir_memif weir_af_xdp weir_af_packet opentracker aquatic_mio aquatic_uring torrust chihaya

  answers_per_s              at saturation, error replies left out: the best of a few windows
  answers_per_cpu_s          by second that its CPU was busy with anything
  answers_per_process_cpu_s  by second of the process alone
  loss                       requests that got no answer, of a hundred
  rss_mib                    resident memory at the end
  peers_per_reply            replies with fewer peers are cheaper
  aquatic_load_answers_per_s asked by aquatic's own load test instead (not with --quick)

The baseline of Weir's rows is the best of the others. Root is needed, and a machine that does nothing
else. The others are measured where --install has put them before: it fetches them by name from
Debian, cargo's registry and Go's module proxy and builds them, which takes many minutes once.
docs/bench-peers.md says how each is set up and where the comparison ends.
"""


def _parse():
    parser = arguments.parser("peers", DESCRIPTION)
    parser.add_argument("--install", action="store_true", help="first fetch and build what is missing")
    parser.add_argument("--only", metavar="NAMES", help=f"of {','.join(NAMES)}; with commas between")
    options = parser.parse_args()
    options.only = options.only.split(",") if options.only else NAMES
    unknown = [name for name in options.only if name not in NAMES]
    if unknown:
        parser.error(f"argument --only: there is no {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return options


def _builds():
    """The folder that scripts/common.sh calls builds."""
    return Path(os.environ.get("WEIR_BUILDS") or Path(__file__).resolve().parents[3] / "build")


def _install(trackers):
    """What is missing; what does not install is told and left out."""
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
    """Files with the info_hashes of weir-load and of aquatic's load test, for who wants them."""
    # Whoever reads them may have given up being root.
    lab.folder.chmod(0o711)
    folder = lab.place("hashes")
    ours, theirs = folder / "weir-load", folder / "aquatic"
    if any(tracker.wants_hashes for tracker in trackers):
        progress.say("writing whitelists")
        words = ["--print-hashes", ours, "--torrents", str(plan.torrents)]
        Load(lab, options.weir_load, options.client_cpu).run(words)
        if plan.aquatic_intervals:
            aquatic_hashes.write(theirs, aquatic_hashes.COUNT)
    return ours, theirs


def main():
    options = _parse()
    if os.geteuid() != 0:
        raise Failed("needs root, for network namespaces")
    cpus = machine.allowed_cpus()
    if len(cpus) < 2:
        raise Failed("needs 2 CPUs: one for the tracker, one for the load")
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
    add_rows(report, results, [kind.name for kind in OURS])
    report.publish(options.json)


if __name__ == "__main__":
    run(main)
