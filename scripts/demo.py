#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Shows Weir at work: one libtorrent client seeds a file, another fetches it, and the tracker in
the middle is the only way they can find each other.

All of it happens in network namespaces made for the demo and removed afterwards; no packet
leaves this machine. Needs root, and the Debian packages python3-libtorrent, iproute2 and ethtool
(--capture: tcpdump).
"""

import argparse
import contextlib
import os
import signal
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(ROOT, "tests", folder) for folder in ("clients", "support")]

import catalogue  # noqa: E402
import process  # noqa: E402
import standard_output  # noqa: E402
from lab import QUICK, Lab  # noqa: E402
from peer import Peer  # noqa: E402
from torrent import Torrent, sha256  # noqa: E402

MIB = 1 << 20
FILE_BYTES = 16 * MIB
RATE = 4 * MIB  # bytes per second: slow enough to watch
TRANSFER_S = 60
TRACKERS = ("udp://10.77.0.1:6969/announce", "udp://[fd77::1]:6969/announce")
BAR_CELLS = 40
LINE_EVERY_S = 1.0


def say(text):
    print(text, flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weir", metavar="PATH", required=True, help="the program, as meson built it")
    parser.add_argument(
        "--capture",
        metavar="FILE",
        help="record what Weir receives and sends; look at it with: tshark -r FILE",
    )
    return parser.parse_args()


def check_machine(arguments):
    needs = ["libtorrent"] + (["tcpdump"] if arguments.capture else [])
    why = catalogue.obstacle(catalogue.Test("demo", None, needs))
    if why is not None:
        raise process.Failure(why)
    if not os.access(arguments.weir, os.X_OK):
        raise process.Failure(f"{arguments.weir} is no program: build it with scripts/run")


class Progress:
    """A bar on a terminal, else a line now and then."""

    def __init__(self):
        self._bar = sys.stdout.isatty()
        self._start = time.monotonic()
        self._next = self._start

    def show(self, fraction, last=False):
        now = time.monotonic()
        rate = fraction * FILE_BYTES / max(now - self._start, 0.1)
        text = f"{fraction:4.0%}  {fraction * FILE_BYTES / MIB:4.1f} of {FILE_BYTES // MIB} MiB"
        text += f"  {rate / MIB:4.1f} MiB/s"
        if self._bar:
            cells = round(fraction * BAR_CELLS)
            bar = "#" * cells + "." * (BAR_CELLS - cells)
            print(f"\r  [{bar}] {text}", end="\n" if last else "", flush=True)
        elif last or now >= self._next and fraction < 1:
            self._next = now + LINE_EVERY_S
            say(f"  {text}")


def start_peer(lab, number, torrent, folder, **options):
    listen = [f"10.77.0.{number}", f"[fd77::{number}]"]
    return Peer(lab, number, torrent, folder, listen, **options)


def fetch(lab, torrent, seed):
    """Fetches the file through the tracker; returns the client that did, and its folder."""
    folder = lab.make_folder("fetch")
    leecher = start_peer(lab, 3, torrent, folder, download_limit=RATE)
    progress = Progress()
    start = time.monotonic()
    while True:
        look = leecher.look()
        progress.show(look["progress"], last=look["finished"])
        if look["finished"]:
            break
        if time.monotonic() - start > TRANSFER_S:
            errors = look["errors"] + seed.look()["errors"]
            reason = errors[0] if errors else "no error was reported"
            raise process.Failure(f"the download did not end within {TRANSFER_S} s: {reason}")
        time.sleep(0.2)
    if look["sources"] != ["tracker"]:
        raise process.Failure(f"peers came from {look['sources']}, not from the tracker alone")
    return leecher, folder


def verify(torrent, folder):
    name = torrent.files[0]
    if not torrent.same(folder):
        raise process.Failure("the fetched file is not the one that was seeded")
    say(f"  SHA-256 {sha256(os.path.join(folder, name))}")
    say("  the same at both ends; the tracker was the only source of peers")


def show_table(title, values):
    shown = {name: value for name, value in values.items() if value}
    width = max(len(name) for name in shown)
    say(f"\n{title}")
    for name, value in shown.items():
        say(f"  {name:<{width}}  {value:>12,}")


def show_counters(weir):
    show_table("/weir/verdicts: what became of packets", weir.verdicts())
    show_table("/weir/stats", weir.stats())


def expect_swarm(weir, peers):
    """Waits until Weir counts this many seeders in each family, and no leecher."""

    def same():
        stats = weir.stats()
        seeders = (stats["seeders_ipv4"], stats["seeders_ipv6"])
        return seeders == (peers, peers) and not stats["leechers_ipv4"] + stats["leechers_ipv6"]

    process.wait_until(same, f"{peers} seeders of each family at the tracker", timeout=15)


def demo(arguments):
    with Lab(arguments.weir, QUICK) as lab:
        say("Weir starts as 10.77.0.1 and fd77::1 …")
        weir = lab.start_weir()
        recording = lab.capture(os.path.abspath(arguments.capture)) if arguments.capture else None
        say(f"A file of {FILE_BYTES // MIB} MiB, and a torrent with two trackers:")
        torrent = Torrent(lab.folder, "demo.bin", [FILE_BYTES], TRACKERS)
        for tracker in TRACKERS:
            say(f"  {tracker}")
        say("Client 10.77.0.2, fd77::2 seeds it …")
        seed = start_peer(lab, 2, torrent, torrent.seed_folder)
        expect_swarm(weir, 1)
        say("Client 10.77.0.3, fd77::3 asks the tracker and fetches it:")
        leecher, folder = fetch(lab, torrent, seed)
        verify(torrent, folder)
        expect_swarm(weir, 2)
        show_counters(weir)
        for client in (seed, leecher):
            client.leave()
        expect_swarm(weir, 0)
        say("\nBoth clients have said goodbye, and the tracker has forgotten them.")
        status = weir.stop()
        if status != 0:
            raise process.Failure(f"weir ended with exit status {status}")
        if recording is not None:
            recording.stop()
            say(f"Frames are in {arguments.capture}: tshark -r {arguments.capture}")


def interrupt(number, _frame):
    for other in (signal.SIGINT, signal.SIGTERM):
        signal.signal(other, signal.SIG_IGN)  # once is enough: let the clean-up end
    raise SystemExit(128 + number)


def main():
    arguments = parse_arguments()
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, interrupt)
    try:
        check_machine(arguments)
        demo(arguments)
    except process.Failure as error:
        print(f"demo: {error}", file=sys.stderr)
        for note in getattr(error, "__notes__", []):
            print(note, file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read our output has left
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


if __name__ == "__main__":
    standard_output.run(main)
