# SPDX-License-Identifier: BSD-3-Clause
"""Files of requests, written by weir-load, that a port of Weir reads in a loop."""

import mmap
from dataclasses import dataclass
from pathlib import Path

import progress
from process import Failed

SEED = 7  # test.seed of Weir, so that connection ids in files are valid
TIME = 1700000000
FRAMES = 131_072

_PCAP_HEADER = 24
_RECORD_HEADER = 16
_INFO_HASH_AT = 58  # of an announce, in an Ethernet frame with IPv4
_SCRAPE_HEADERS = 58  # in front of the info_hashes of a scrape: Ethernet, IPv4, UDP, and its own 16 bytes
_HASH_BYTES = 20


@dataclass(frozen=True)
class Store:
    """The content of the store before the measurement."""

    torrents: int
    peers: int


STORE = Store(1_000_000, 2_000_000)
QUICK_STORE = Store(150_000, 300_000)


@dataclass(frozen=True)
class Kind:
    """A mix of requests. `popularity` and `filled` describe the content of the store."""

    name: str
    weights: tuple  # connect, announce, scrape
    junk_percent: float = 0
    popularity: str = "uniform"
    filled: bool = True


KINDS = (
    Kind("connect", (1, 0, 0), filled=False),
    Kind("announce", (0, 1, 0)),
    Kind("scrape", (0, 0, 1)),
    Kind("production", (20, 79, 1), popularity="aquatic"),
    Kind("hostile", (55, 36, 1), junk_percent=8, popularity="aquatic"),
)


def kind_named(name):
    return next(kind for kind in KINDS if kind.name == name)


@dataclass(frozen=True)
class Requests:
    path: Path
    shares: dict  # connect, announce, scrape, junk -> share of the frames


class Writer:
    """Writes files into a lab's folder, each once. `to`: address and MAC address that requests go to;
    `fill_to`: those of the announces that fill the store."""

    def __init__(self, lab, load, store, to, fill_to):
        self._lab = lab
        self._store = store
        self._load = load
        self._to = to
        self._requests = {}  # by kind
        self._fill_to = fill_to
        self.url_path = ""  # of announces

    def _write(self, path, to, options):
        address, mac = to
        options += [f"--tracker={address}", f"--tracker-mac={mac}"]
        options += [f"--connid-seed={SEED}", f"--connid-time={TIME}"]
        if self.url_path:
            options.append(f"--url-path={self.url_path}")
        options += [f"--torrents={self._store.torrents}", f"--peers={self._store.peers}"]
        return self._load.run(
            [f"--write={path}", *options], tick=lambda: progress.tick(f"writing {path.name}")
        )

    def fill(self, popularity):
        """A file in which every peer announces once."""
        path = self._lab.folder / f"fill-{popularity}.pcap"
        if not path.exists():
            self._write(path, self._fill_to, ["--fill", f"--popularity={popularity}"])
        return path

    def requests(self, kind):
        if kind not in self._requests:
            self._requests[kind] = self._write_requests(kind)
        return self._requests[kind]

    def _write_requests(self, kind):
        path = self._lab.folder / f"{kind.name}.pcap"
        weights = [
            f"--{name}={weight}" for name, weight in zip(("connect", "announce", "scrape"), kind.weights)
        ]
        options = [
            *weights,
            f"--junk={kind.junk_percent}",
            f"--popularity={kind.popularity}",
            f"--count={FRAMES}",
        ]
        result = self._write(path, self._to, options)
        frames = result["sent"] + result["junk_sent"]
        if frames != FRAMES:
            raise Failed(f"{path.name} has {frames} requests, not {FRAMES}")
        shares = {name: sent["sent"] / FRAMES for name, sent in result["kinds"].items()}
        shares["junk"] = result["junk_sent"] / FRAMES
        return Requests(path, shares)


def _records(data):
    """The position and length of each frame of a file."""
    at = _PCAP_HEADER
    while at < len(data):
        length = int.from_bytes(data[at + 8 : at + 12], "little")
        yield at + _RECORD_HEADER, length
        at += _RECORD_HEADER + length


def mean_hashes(path):
    """The mean number of torrents that the scrapes of a file name."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        lengths = [length for _, length in _records(data)]
    return sum(length - _SCRAPE_HEADERS for length in lengths) / _HASH_BYTES / len(lengths)


def check_distinct_torrents(path):
    """Checks that no two announces of a file are for the same torrent."""
    hashes = set()
    frames = 0
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for start, _ in _records(data):
            at = start + _INFO_HASH_AT
            hashes.add(data[at : at + _HASH_BYTES])
            frames += 1
    if len(hashes) != frames:
        raise Failed(f"{path.name}: {frames} announces for only {len(hashes)} torrents")
