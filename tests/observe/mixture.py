# SPDX-License-Identifier: BSD-3-Clause
"""A little of everything: frames for a Weir, and what it must know once it has taken them in."""

import hashlib

import bep15
import frames
from suite import Failed

POPULAR = bytes(range(20))
POPULAR_PEERS = 40  # more than one reply has room for
TORRENTS = 120  # the same


def info_hash(number):
    return hashlib.sha1(b"%d" % number).digest()


def _peer_id(number):
    client = b"-qB4520-" if number % 2 == 0 else b"-TR3000-"
    return client + b"%012d" % number


def make(laboratory):
    scenario = laboratory.scenario()
    for number in range(11, 16):
        scenario.connect(frames.client4(number))
    scenario.connect(frames.client6(11))
    for number in range(POPULAR_PEERS):  # every fourth over IPv6, every fifth a seeder
        client = (frames.client6 if number % 4 == 3 else frames.client4)(100 + number)
        left = 0 if number % 5 == 0 else 1000 + number
        fields = {"peer_id": _peer_id(number), "uploaded": 10 * number, "downloaded": number}
        scenario.announce(client, POPULAR, left=left, event=bep15.STARTED, fields=fields)
    finished = frames.client4(101)  # one of the leechers
    fields = {"peer_id": _peer_id(1)}
    scenario.announce(finished, POPULAR, left=0, event=bep15.COMPLETED, fields=fields)
    for number in range(TORRENTS - 1):
        scenario.announce(frames.client4(50), info_hash(number), fields={"peer_id": _peer_id(2)})
    scenario.scrape(frames.client4(13), [POPULAR, info_hash(0)])
    _spoil(scenario)
    return scenario


def _spoil(scenario):
    for number in range(3):
        scenario.announce(frames.client4(60 + number), POPULAR, connection_id=12345, verdict="id_forged")
    scenario.request(frames.client6(70), b"too short", "request_short")
    scenario.noise(2)


def verdicts(scenario, *families):
    """Packets of each verdict there was, in these families or all."""
    sums = {}
    for (family, name), count in scenario.verdicts.items():
        if not families or family in families:
            sums[name] = sums.get(name, 0) + count
    return sums


def table(text):
    """Rows of a table of weirctl as lists of words, without the titles; up to an empty line."""
    return [line.split() for line in text.split("\n\n")[0].splitlines()[1:]]


def count(text):
    """1,234 as a number."""
    try:
        return int(text.replace(",", ""))
    except ValueError:
        raise Failed(f"{text} is no number") from None


def lists(value, number=None):
    """What weirctl makes of a reply: objects whose names are all numbers become lists, in which
    each object of the outermost has its number under the name `number`."""
    if not isinstance(value, dict):
        return value
    if not all(name.isdigit() for name in value):
        return {name: lists(inner) for name, inner in value.items()}
    rows = [(int(name), lists(value[name])) for name in sorted(value, key=int)]
    return [{number: key, **row} if number else row for key, row in rows]
