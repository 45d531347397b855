# SPDX-License-Identifier: BSD-3-Clause
"""A naive tracker: dictionaries, no limits on cost, the rules of docs/architecture.md."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Callable

import bep15

FAMILIES = ("ipv4", "ipv6")


@dataclass
class Peer:
    seeder: bool
    finished: bool  # its completion has been counted, or it came as a seeder


@dataclass
class Torrent:
    completed: int = 0
    peers: dict = field(default_factory=lambda: {family: {} for family in FAMILIES})

    def counts(self, family):
        peers = self.peers[family].values()
        seeders = sum(peer.seeder for peer in peers)
        return seeders, len(peers) - seeders


@dataclass
class Answer:
    """What an announce gets. The peers are `count` different ones of `candidates`."""

    verdict: str
    seeders: int = 0
    leechers: int = 0
    candidates: frozenset = frozenset()
    count: int = 0


@dataclass
class Limits:
    """What a source may store; None: whatever it wants."""

    peers: int = None
    peers_of_swarm: int = None
    torrents: int = None  # new ones; a run is much shorter than an hour


def _source(address):
    """An IPv4 address, or the /64 of an IPv6 address."""
    return address[:4] if len(address) == 6 else address[:8]


def _all(_):
    return True


@dataclass
class Lists:
    """What the operator's lists say. A refused request does not reach the tracker."""

    allows_torrent: Callable = _all  # of an info_hash
    allows_client: Callable = _all  # of a peer id
    keys: dict = None  # key -> whether it is good still; None: no key is needed

    def refusal(self, peer_id, key):
        """The verdict and the error of an announce, or None."""
        if not self.allows_client(peer_id):
            return "client_denied", bep15.CLIENT_DENIED
        if self.keys is None or self.keys.get(key):
            return None
        return ("key_expired", bep15.KEY_EXPIRED) if key in self.keys else ("key_unknown", bep15.KEY_UNKNOWN)


class Tracker:
    def __init__(self, max_torrents=None, max_peers=None, lists=None, limits=Limits()):
        self.torrents = {}
        self.max_torrents = max_torrents
        self.max_peers = max_peers
        self.lists = lists or Lists()
        self.limits = limits
        self.added = Counter()  # torrents, by source
        self.completed = 0
        self.rows_denied = 0

    def follow(self, lists):
        """Other lists. What they do not allow is removed."""
        self.lists = lists
        self.torrents = {t: torrent for t, torrent in self.torrents.items() if lists.allows_torrent(t)}

    def _peer_count(self):
        return sum(len(t.peers[f]) for t in self.torrents.values() for f in FAMILIES)

    def _has_room(self):
        return self.max_peers is None or self._peer_count() < self.max_peers

    def _missing_room(self, address):
        """Why a new torrent cannot be made, or None. Without its first peer, it would stay empty."""
        if self.max_torrents is not None and len(self.torrents) >= self.max_torrents:
            return "announce_torrents_full"
        if not self._has_room():
            return "announce_peers_full"
        if self._is_over(self.added[_source(address)], self.limits.torrents):
            return "announce_source_full"
        return self._missing_share([], address)

    @staticmethod
    def _is_over(count, limit):
        return limit is not None and count >= limit

    def _missing_share(self, swarm, address):
        """Why a peer cannot be added, or None."""
        if not self._has_room():
            return "announce_peers_full"
        of_swarm = sum(_source(other) == _source(address) for other in swarm)
        swarms = (t.peers[f] for t in self.torrents.values() for f in FAMILIES)
        of_all = sum(_source(other) == _source(address) for peers in swarms for other in peers)
        if self._is_over(of_swarm, self.limits.peers_of_swarm) or self._is_over(of_all, self.limits.peers):
            return "announce_source_full"
        return None

    def _touch(self, torrent, peers, address, seeder):
        """Stores or updates the asker; the verdict."""
        peer = peers.get(address)
        if peer is None:
            why = self._missing_share(peers, address)
            if why is None:
                peers[address] = Peer(seeder, finished=seeder)
            return why or "announce"
        peer.seeder = seeder
        if seeder and not peer.finished:
            peer.finished = True
            torrent.completed += 1
            self.completed += 1
        return "announce"

    def announce(self, family, info_hash, address, *, left, stopped, num_want):
        """`address`: as peers get it, so 6 or 18 bytes. `num_want`: already bounded."""
        if not self.lists.allows_torrent(info_hash):
            return Answer("announce_denied")
        if stopped:
            return self._stop(family, info_hash, address)
        if info_hash not in self.torrents:
            why = self._missing_room(address)
            if why is not None:
                return Answer(why)
            self.torrents[info_hash] = Torrent()
            self.added[_source(address)] += 1
        torrent = self.torrents[info_hash]
        peers = torrent.peers[family]
        verdict = self._touch(torrent, peers, address, left == 0)
        candidates = frozenset(
            other for other, peer in peers.items() if other != address and not (left == 0 and peer.seeder)
        )
        seeders, leechers = torrent.counts(family)
        return Answer(
            verdict,
            seeders,
            leechers,
            candidates,
            min(num_want, len(candidates)),
        )

    def _stop(self, family, info_hash, address):
        torrent = self.torrents.get(info_hash)
        if torrent is None:
            return Answer("announce")
        torrent.peers[family].pop(address, None)
        counts = torrent.counts(family)
        if torrent.completed == 0 and not any(torrent.peers.values()):
            del self.torrents[info_hash]  # Weir does so at the end of the turn
        return Answer("announce", *counts)

    def scrape(self, family, info_hash):
        torrent = self.torrents.get(info_hash)
        self.rows_denied += not self.lists.allows_torrent(info_hash)
        if torrent is None:
            return (0, 0, 0)
        seeders, leechers = torrent.counts(family)
        return (seeders, torrent.completed, leechers)

    def gauges(self):
        """Peers by statistic, as the appliance counts them."""
        sums = {f"{kind}_{f}": 0 for kind in ("seeders", "leechers") for f in FAMILIES}
        for torrent in self.torrents.values():
            for family in FAMILIES:
                seeders, leechers = torrent.counts(family)
                sums[f"seeders_{family}"] += seeders
                sums[f"leechers_{family}"] += leechers
        return sums
