# SPDX-License-Identifier: BSD-3-Clause
"""The kinds of packets that have a budget: the frames of each, and the verdict they must get.

The frames of a kind are repeated without end, so that the state is steady after the first pass:
peers are known, swarms have their size, and every pass costs the same except for the choice of peers.
"""

from dataclasses import dataclass, field
from typing import Callable

import bep15
import config
import frames
import keys
from connid import ConnectionIds

FRAMES = 512
FIRST_CLIENT = 1024  # outside the on-link prefix of the tracker
TORRENTS = 256
KEYS = 64

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
    settings: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)  # lines of the file of a setting

    def __str__(self):
        return f"{self.name} {self.family}"

    def frames(self):
        client_of = CLIENTS.get(self.family, frames.client4)
        return [bytes(self.frame(n, client_of(FIRST_CLIENT + n))) for n in range(FRAMES)]


# --- payloads ---------------------------------------------------------------------------------


def info_hash(number):
    return number.to_bytes(4, "big") * 5


def _datagram(payload_of):
    return lambda number, client: frames.request(client, PORT, payload_of(number, client))


def _announce(torrents=TORRENTS, id_of=IDS.mint, options=lambda number: b""):
    """Announces; three of four peers are seeders."""

    def payload(number, client):
        left = 100 if number // torrents % 4 == 0 else 0
        request = bep15.announce(id_of(client), number, info_hash(number % torrents), 6881, left=left)
        return request + options(number)

    return _datagram(payload)


def _url(number):
    return bep15.url_data(b"/announce/" + _key(number % KEYS).encode())


def _key(number):
    return f"{number:032d}"


def _join_or_leave(number, client):
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


def _other_mac(number, client):
    other = frames.Port(mac="02:00:00:00:00:99")
    return frames.request(client, other, bep15.connect(number))


# --- the list ---------------------------------------------------------------------------------

BOTH = ("ipv4", "ipv6")
HASHES = [info_hash(number).hex() for number in range(TORRENTS)]
KEY_LINES = [_key(number) for number in range(KEYS)]

# Limits by source that nobody reaches; the frames come without end, so an lcore never keeps up.
_LIMITS = {
    "limits.budget": 1_000_000_000,
    "limits.burst": 1_000_000_000,
    "limits.connects": 1_000_000_000,
    "limits.overload": False,
}

# name, address families, verdict, frames, description; settings, files
_TABLE = (
    ("connect", BOTH, "connect", _connect(), "the reply is an id"),
    ("announce_small", BOTH, "announce", _announce(), "two peers in the swarm"),
    ("announce_popular", BOTH, "announce", _announce(1), "512 peers in the swarm, 50 in a reply"),
    ("announce_join_leave", ("ipv4",), "announce", _datagram(_join_or_leave), "a peer joins or leaves"),
    (
        "announce_listed",
        ("ipv4",),
        "announce",
        _announce(),
        "as announce_small, with an access list",
        {"access.mode": "allow"},
        {"access.file": HASHES},
    ),
    (
        "announce_denied",
        ("ipv4",),
        "announce_denied",
        _announce(),
        "the access list denies the torrent",
        {"access.mode": "deny"},
        {"access.file": HASHES},
    ),
    (
        "announce_key",
        ("ipv4",),
        "announce",
        _announce(options=_url),
        "as announce_small, with a key",
        {"keys.required": True},
        {"keys.file": KEY_LINES},
    ),
    ("scrape_1", BOTH, "scrape", _scrape(1), "one torrent"),
    ("scrape_10", ("ipv4",), "scrape", _scrape(10), "ten torrents"),
    ("id_forged", BOTH, "id_forged", _announce(id_of=_forged_id), "dropped"),
    ("id_expired", ("ipv4",), "id_expired", _announce(id_of=_expired_id), "answered with an error"),
    ("connect_limits", BOTH, "connect", _connect(), "with limits by source", _LIMITS),
    ("announce_limits", BOTH, "announce", _announce(), "with limits by source", _LIMITS),
    ("garbage", ("ipv4",), "request_magic", _connect(0xDEADBEEF), "dropped"),
    ("ping", BOTH, "echo_answered", _ping, "56 bytes"),
    ("arp", ("link",), "arp_answered", _arp, "request for our MAC address"),
    ("other_mac", ("link",), "frame_destination", _other_mac, "dropped"),
)

KINDS = [Kind(name, family, *rest) for name, families, *rest in _TABLE for family in families]
