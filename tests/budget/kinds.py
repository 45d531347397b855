# SPDX-License-Identifier: BSD-3-Clause
"""The kinds of packets that have a budget: the frames of each, and how they must end.

The frames of a kind are repeated for ever, so that after a first pass nothing changes any more:
peers are known, swarms have their size, and every pass costs the same but for the choice of peers.
"""

from dataclasses import dataclass
from typing import Callable

import bep15
import config
import frames
import keys
from connid import ConnectionIds

FRAMES = 512
FIRST_CLIENT = 1024  # outside of the tracker's own network
TORRENTS = 256

PORT = frames.Port()
ADDRESSES = [f"{PORT.ipv4}/24", f"{PORT.ipv6}/64"]
CLIENTS = {"ipv4": frames.client4, "ipv6": frames.client6}
IDS = ConnectionIds(keys.from_seed(config.SEED).master, config.TIME_S)


@dataclass(frozen=True)
class Kind:
    name: str
    family: str
    verdict: str
    frame: Callable  # (number, client) -> scapy's packet
    what: str

    def __str__(self):
        return f"{self.name} {self.family}"

    def frames(self):
        client_of = CLIENTS.get(self.family, frames.client4)
        return [bytes(self.frame(n, client_of(FIRST_CLIENT + n))) for n in range(FRAMES)]


# --- what is in them --------------------------------------------------------------------------


def info_hash(number):
    return number.to_bytes(4, "big") * 5


def _datagram(payload_of):
    return lambda number, client: frames.request(client, PORT, payload_of(number, client))


def _announce(torrents=TORRENTS, id_of=IDS.mint):
    """Three of four peers are seeders."""

    def payload(number, client):
        left = 100 if number // torrents % 4 == 0 else 0
        return bep15.announce(id_of(client), number, info_hash(number % torrents), 6881, left=left)

    return _datagram(payload)


def _come_or_go(number, client):
    event = bep15.STOPPED if number % 2 else bep15.STARTED
    peer = frames.Client(client.address, udp=51413)
    return bep15.announce(IDS.mint(peer), number, info_hash(number // 2), 6881, event=event)


def _scrape(hashes):
    def payload(number, client):
        names = [info_hash((number + k) % TORRENTS) for k in range(hashes)]
        return bep15.scrape(IDS.mint(client), number, names)

    return _datagram(payload)


def _connect(magic=bep15.MAGIC):
    return _datagram(lambda number, client: bep15.connect(number, magic=magic))


def _forged_id(client):
    return IDS.mint(client) ^ 1


def _expired_id(client):
    return IDS.mint(client, age_slots=10)


def _arp(number, client):
    return frames.arp(client, PORT)


def _ping(number, client):
    return frames.echo(client, PORT, bytes(56))


def _other_station(number, client):
    other = frames.Port(mac="02:00:00:00:00:99")
    return frames.request(client, other, bep15.connect(number))


# --- the list ---------------------------------------------------------------------------------

BOTH = ("ipv4", "ipv6")

# name, families, verdict, frames, what it is
_TABLE = (
    ("connect", BOTH, "connect", _connect(), "the answer is an id"),
    ("announce_small", BOTH, "announce", _announce(), "two peers in the swarm"),
    ("announce_popular", BOTH, "announce", _announce(1), "512 peers in the swarm, 50 in a reply"),
    ("announce_come_go", ("ipv4",), "announce", _datagram(_come_or_go), "a peer joins, leaves"),
    ("scrape_1", BOTH, "scrape", _scrape(1), "of one torrent"),
    ("scrape_10", ("ipv4",), "scrape", _scrape(10), "of ten"),
    ("id_forged", BOTH, "id_forged", _announce(id_of=_forged_id), "dropped"),
    ("id_expired", ("ipv4",), "id_expired", _announce(id_of=_expired_id), "answered with an error"),
    ("garbage", ("ipv4",), "request_magic", _connect(0xDEADBEEF), "dropped"),
    ("ping", BOTH, "echo_answered", _ping, "of 56 bytes"),
    ("arp", ("link",), "arp_answered", _arp, "who has our address"),
    ("other_station", ("link",), "frame_destination", _other_station, "dropped"),
)

KINDS = [
    Kind(name, family, verdict, frame, what)
    for name, families, verdict, frame, what in _TABLE
    for family in families
]
