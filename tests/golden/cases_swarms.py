# SPDX-License-Identifier: BSD-3-Clause
"""Sequences of announces: each reply shows what the ones before did."""

import bep15
import config
import frames
from frames import client4, client6
from suite import case, check

A, B = b"\xaa" * 20, b"\xbb" * 20
FAMILIES = (("IPv4", client4), ("IPv6", client6))


def each_family(name):
    """A case for each family; the function gets the maker of its clients."""

    def add(function):
        for family, client_of in FAMILIES:
            case(f"swarms: {name} ({family})")(lambda lab, client_of=client_of: function(lab, client_of))
        return function

    return add


@each_family("leechers and seeders meet")
def swarm_meets(lab, client_of):
    scenario = lab.scenario()
    leecher, seeder, late = client_of(2), client_of(3), client_of(4)
    scenario.announce(leecher, A, event=bep15.STARTED)  # nobody there
    scenario.announce(seeder, A, left=0, event=bep15.STARTED)  # gets the leecher
    scenario.announce(late, A, event=bep15.STARTED)  # gets both
    scenario.announce(leecher, A)  # gets the other two, never itself
    scenario.announce(client_of(5), A, left=0)  # gets leechers only
    scenario.announce(seeder, A, left=0)
    scenario.announce(client_of(6), B)  # another torrent
    scenario.scrape(leecher, [A, B])
    scenario.run()


@each_family("a peer is an address and a port")
def swarm_identity(lab, client_of):
    scenario = lab.scenario()
    for port in (1, 6881, 6882, 65535):
        scenario.announce(client_of(2), A, port=port)
    scenario.announce(client_of(2, udp=1234), A, port=6881)  # not the port it asks from
    scenario.announce(client_of(2), A, fields={"peer_id": b"-XX0000-another-peer", "key": 9})
    scenario.announce(client_of(3), A)
    scenario.run()


@each_family("a completion is counted once")
def swarm_completed(lab, client_of):
    scenario = lab.scenario()
    peer, stays = client_of(2), client_of(3)
    scenario.announce(stays, A)
    scenario.announce(peer, A, event=bep15.STARTED)
    scenario.scrape(stays, [A])
    for left in (0, 0, 5, 0):  # done; again; lost something; done again
        event = bep15.COMPLETED if left == 0 else bep15.NONE
        scenario.announce(peer, A, left=left, event=event)
        scenario.scrape(stays, [A])
    scenario.announce(client_of(4), A, left=0, event=bep15.COMPLETED)  # came as a seeder
    scenario.announce(client_of(4), A, left=0, event=bep15.COMPLETED)
    scenario.announce(client_of(5), A, left=7, event=bep15.COMPLETED)  # says so, but is not
    scenario.announce(client_of(5), A, left=0)  # never says so, but is
    scenario.scrape(stays, [A])
    scenario.announce(peer, A, event=bep15.STOPPED)  # gone, and a new life
    scenario.announce(peer, A)
    scenario.announce(peer, A, left=0, event=bep15.COMPLETED)
    scenario.scrape(stays, [A])
    scenario.run()


@each_family("who stops is gone and gets no peers")
def swarm_stopped(lab, client_of):
    scenario = lab.scenario()
    for number in range(2, 8):
        scenario.announce(client_of(number), A, left=number % 2)
    for number in (3, 6):
        for _ in range(2):  # the second finds nobody to remove
            scenario.announce(client_of(number), A, event=bep15.STOPPED, num_want=50)
    scenario.announce(client_of(4), A, port=1, event=bep15.STOPPED)  # never was there
    scenario.announce(client_of(4), B, event=bep15.STOPPED)  # nor was the torrent
    scenario.announce(client_of(2), A)
    scenario.announce(client_of(3), A)  # comes back
    scenario.scrape(client_of(2), [A, B])
    scenario.run()


@each_family("num_want is obeyed within limits")
def swarm_num_want(lab, client_of):
    scenario = lab.scenario()
    # 2 more than the cap: so many others that the cap is what counts.
    for number in range(2, 204 if client_of is client4 else 70):
        scenario.announce(client_of(number), A, num_want=0)
    for num_want in (0, 1, 2, 49, 50, 51, 66, 67, 200, 201, 2**31 - 1, -1, -2, -(2**31)):
        scenario.announce(client_of(2), A, num_want=num_want)
        scenario.announce(client_of(1000), A, left=0, num_want=num_want)
    scenario.run()


@each_family("events: only stopped matters, unknown ones are none")
def swarm_events(lab, client_of):
    scenario = lab.scenario()
    for number, event in enumerate((0, 1, 2, 4, 5, 255, 0x03000000, 2**32 - 1), 2):
        scenario.announce(client_of(number), A, event=event)
        scenario.announce(client_of(number), A, event=event, left=0)
    # libtorrent's partial seed: paused, with something left. It is a leecher like others.
    scenario.announce(client_of(50), A, event=bep15.PAUSED, left=4711)
    scenario.announce(client_of(51), A)
    scenario.run()


@each_family("the IP field is ignored")
def swarm_ip_field(lab, client_of):
    scenario = lab.scenario()
    for number, ip in enumerate((0x7F000001, 0x08080808, 0x0A4D0001, 0xFFFFFFFF), 2):
        scenario.announce(client_of(number), A, fields={"ip": ip})
    scenario.announce(client_of(50), A)
    scenario.run()


@each_family("left: a seeder has nothing left in all eight bytes")
def swarm_left(lab, client_of):
    scenario = lab.scenario()
    # Unknown sizes: libtorrent 16384, Transmission 2^63 - 1, webtorrent 2^64 - 1.
    for number, left in enumerate((1, 16384, 2**32, 2**56, 2**63 - 1, 2**64 - 1, 0), 2):
        scenario.announce(client_of(number), A, left=left)
    scenario.scrape(client_of(2), [A])
    big = {"downloaded": 2**64 - 1, "uploaded": 2**63}
    scenario.announce(client_of(50), A, left=0, fields=big)
    scenario.run()


# BEP 41 and what came before it, by who sends it.
TAILS = {
    "BEP 41, first example": b"\x02\x0c/dir?a=b&c=d",
    "BEP 41, with a NOP and an end": b"\x02\x0c/dir?a=b&c=d\x01\x01\x00",
    "BEP 41, empty": b"\x02\x00",
    "aria2: a field of no extensions": b"\x00\x00",
    "libtorrent: the shortest path": b"\x02\x01/",
    "libtorrent: the usual path": b"\x02\x09/announce",
    "several parts": b"\x02\xff" + b"x" * 255 + b"\x02\x03end",
    "an unknown option": b"\x77\x03abc\x02\x01/",
    "cut short": b"\x02\xff/",
    "no length": b"\x02",
    "NOPs": b"\x01" * 40,
    "garbage": bytes(range(256)),
    "as much as a frame holds": b"\x01" * (1500 - 48 - 98),
}


@each_family("options behind the announce do no harm")
def swarm_tails(lab, client_of):
    scenario = lab.scenario()
    for number, tail in enumerate(TAILS.values(), 2):
        scenario.announce(client_of(number), A, tail=tail)
    scenario.announce(client_of(2), A)
    scenario.run()


@case("swarms: IPv4 and IPv6 peers of a torrent are separate, completions are shared")
def swarm_families(lab):
    scenario = lab.scenario()
    for number in range(2, 5):
        scenario.announce(client4(number), A, left=number % 2)
    scenario.announce(client6(2), A)
    scenario.announce(client6(3), A, left=0)
    scenario.announce(client4(3), A, left=0)
    scenario.announce(client6(2), A, left=0, event=bep15.COMPLETED)
    for client in (client4(2), client6(2)):
        scenario.scrape(client, [A])
    scenario.announce(client6(9), A)
    scenario.announce(client4(9), A)
    scenario.run()


@case("swarms: settings change intervals and peer counts of replies")
def swarm_settings(lab):
    settings = {
        "tracker.port": 7777,
        "tracker.interval": 600,
        "tracker.peers_default": 4,
        "tracker.peers_max_ipv4": 7,
        "tracker.peers_max_ipv6": 3,
    }
    scenario = lab.scenario(settings=settings, ports=(frames.Port(udp=7777),))
    for client_of in (client4, client6):
        for number in range(2, 12):
            scenario.announce(client_of(number), A, num_want=0)
        for num_want in (-1, 2, 5, 100):
            scenario.announce(client_of(2), A, num_want=num_want)
    # Where the tracker listens by default, nobody does now.
    packet = frames.request(client4(2), frames.Port(), bep15.connect(1))
    scenario.send(packet, "ipv4", "port_closed")
    scenario.run()


@case("swarms: intervals are spread")
def swarm_intervals(lab):
    scenario = lab.scenario(settings={"tracker.interval": 900, "tracker.interval_spread": 30})
    for number in range(2, 102):
        scenario.announce(client4(number), A, num_want=0)
    scenario.run()
    intervals = {frame[50:54] for frame in scenario.wire.sent if len(frame) == 62}
    check(len(intervals) > 20, f"only {len(intervals)} different intervals")


def _recorded_run(lab, seed):
    """The frames of one run, its own announcements left out: their moment is not fixed."""
    scenario = lab.scenario(settings={"tracker.interval_spread": 100, "test.seed": seed}, master=bytes(32))
    key = lab.folder() / "key"
    key.write_text(bytes(32).hex())
    key.chmod(0o600)
    scenario.settings["tracker.key_file"] = str(key)
    for client_of in (client4, client6):
        for number in range(2, 80):
            scenario.announce(client_of(number), A, left=number % 3, num_want=5)
        scenario.connect(client_of(2))
        scenario.scrape(client_of(2), [A, B])
    scenario.run()
    return [frame for frame in scenario.wire.sent if frame not in scenario.own_frames]


@case("swarms: the same input and seed give the same bytes, another seed different ones")
def swarm_repeatable(lab):
    first = _recorded_run(lab, config.SEED)
    check(first == _recorded_run(lab, config.SEED), "two runs differ")
    check(first != _recorded_run(lab, config.SEED + 1), "another seed chose the same peers")
