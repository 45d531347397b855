# SPDX-License-Identifier: BSD-3-Clause
"""Weir is killed and started again; what it promises to keep is there."""

import random
import time

import loaded
from full import times
from suite import case, check

KILLS = times(1000, 6)
PEERS = 20_000
STARTS_S = 5.0  # of a program that polls a port on a machine with other work
SETTINGS = """
snapshot = {{ file = "{folder}/snapshot"; interval = 1; }};
tracker = {{ key_file = "{folder}/key"; }};
"""


def settings(folder):
    return SETTINGS.format(folder=folder)


def peers_of(stats):
    return sum(stats[f"{role}_{family}"] for role in ("seeders", "leechers") for family in ("ipv4", "ipv6"))


@case("restart: killed at random moments under load, Weir serves the peers of its last snapshot")
def kills(laboratory):
    folder = laboratory.folder()
    rng = random.Random(1)
    load = ("--torrents", 5000, "--peers", PEERS)
    with loaded.running(laboratory, torrents=20_000, peers=100_000, more=settings(folder)) as weir:
        weir.load("--fill", *load)
        weir.weir.wait_for(
            lambda: weir.weir.ask("/weir/snapshot")["last_peers"] >= PEERS, "a snapshot of all peers"
        )
    for number in range(KILLS):
        began = time.monotonic()
        with loaded.running(
            laboratory, torrents=20_000, peers=100_000, more=settings(folder), dies=True
        ) as weir:
            took = time.monotonic() - began
            said = weir.weir.watched.text()
            check(took < STARTS_S, f"kill {number}: it served again after {took} s\n{said}")
            told = weir.weir.ask("/weir/snapshot")
            check(told["restored_peers"] >= 0.99 * PEERS, f"kill {number}: {told}")
            with weir.loading("--duration", 60, *load):
                time.sleep(rng.uniform(0.1, 1.6))  # snapshots begin a second after each other
                weir.weir.process.kill()


def scrape_all(weir, hashes):
    """All counts, by the telemetry of torrents, which is what a scrape says."""
    names = ("seeders_ipv4", "leechers_ipv4", "seeders_ipv6", "leechers_ipv6", "completed")
    rows = {}
    for info_hash in hashes:
        row = weir.ask(f"/weir/torrent,{info_hash}")
        rows[info_hash] = [row.get(name) for name in names]
    return rows


@case("restart: after SIGTERM and a start every torrent has the same counts")
def upgrade(laboratory):
    folder = laboratory.folder()
    load = ("--torrents", 300, "--peers", 5000, "--stopped", 5, "--completed", 20)
    with loaded.running(laboratory, torrents=20_000, peers=100_000, more=settings(folder)) as weir:
        weir.load("--count", 40_000, *load)
        hashes = [row["info_hash"] for row in weir.weir.ask("/weir/top,100")["torrents"].values()]
        before = scrape_all(weir.weir, hashes)
        stats = weir.weir.ask("/weir/stats")
    with loaded.running(laboratory, torrents=20_000, peers=100_000, more=settings(folder)) as weir:
        after = scrape_all(weir.weir, hashes)
        again = weir.weir.ask("/weir/stats")
    check(before == after, "".join(f"{key}: {before[key]} {after[key]}\n" for key in before))
    check(peers_of(stats) == peers_of(again), f"{stats} {again}")
    check(stats["torrents"] == again["torrents"], f"{stats} {again}")
