# SPDX-License-Identifier: BSD-3-Clause
"""Loads of a Pipeline: files of requests, written by weir-load."""

import pathlib
from dataclasses import dataclass, field

import config
import process

# Weights of connect, announce and scrape. "production" is the mix of aquatic's load test.
KINDS = {
    "connect": (1, 0, 0),
    "announce": (0, 1, 0),
    "scrape": (0, 0, 1),
    "production": (50, 50, 1),
}

MAC = "02:70:63:61:70:00"  # of net_pcap
TRACKER = {"ipv4": "192.0.2.1", "ipv6": "2001:db8::1"}
WRITE_S = 120


@dataclass(frozen=True)
class Load:
    path: object
    frames: int
    addresses: list  # of the tracker
    settings: dict = field(default_factory=dict)  # that the load needs
    rounds: int = 2  # passes until the state is steady

    @property
    def warm_up(self):
        return self.rounds * self.frames


def make(weir_load, folder, *, kind, frames, torrents, ipv6_share=0, seed=1):
    """Writes a file of `frames` requests for `torrents` torrents with two peers each."""
    path = pathlib.Path(folder) / "load.pcap"
    weights = zip(("--connect", "--announce", "--scrape"), KINDS[kind])
    process.run(
        [
            weir_load,
            *(word for pair in weights for word in pair),
            *("--write", path),
            *("--count", frames),
            *("--torrents", torrents),
            *("--peers", 2 * torrents),
            *("--ipv6-share", ipv6_share),
            *("--tracker", TRACKER["ipv4"]),
            *("--tracker6", TRACKER["ipv6"]),
            *("--tracker-mac", MAC),
            *("--seed", seed),
            *("--connid-seed", config.SEED),
            *("--connid-time", config.TIME_S),
            "--quiet",
        ],
        timeout=WRITE_S,
    )
    settings = {
        "swarm.max_torrents": max(1000, torrents),
        "swarm.max_peers": max(2000, 2 * torrents),
        "swarm.max_peers_ipv6": max(2000, 2 * torrents) if ipv6_share > 0 else 0,
    }
    addresses = [f"{TRACKER['ipv4']}/24", f"{TRACKER['ipv6']}/64"]
    return Load(path, frames, addresses, settings)
