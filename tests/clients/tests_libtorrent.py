# SPDX-License-Identifier: BSD-3-Clause
"""libtorrent, the engine of qBittorrent and Deluge, at both ends."""

import struct

import bep15
from bep15 import expect
from catalogue import test
from lab import QUICK, Lab
from process import Failure
from swarm import MIB, Swarm


def transfer(lab, family):
    """Seed, fetch, complete, scrape, leave; every step as Weir counts it."""
    swarm = Swarm(lab, family, name=f"content-{family}")
    # Slow enough to be seen at work: two seeds have nothing to say to each other and part.
    leecher = swarm.fetcher(download_limit=2 * MIB)
    leecher.wait_until_finished()
    swarm.expect_fetched()
    swarm.expect_swarm(seeders=2, leechers=0)
    expect("where the fetching client got peers from", leecher.look()["sources"], ["tracker"])
    expect("scrape as libtorrent reads it", leecher.scrape(), (2, 0))
    swarm.leave(leecher)
    # Each client connects once and keeps its id. Started twice, completed once, stopped twice.
    swarm.expect_verdicts(connect=2, announce=5, scrape=1)


def _transfer_alone(weir, family):
    with Lab(weir, QUICK) as lab:
        lab.start_weir()
        transfer(lab, family)
        expect("downloads completed", lab.weir.stats()["completed"], 1)


@test("libtorrent seeds and fetches over IPv4", "libtorrent")
def transfer_ipv4(weir):
    _transfer_alone(weir, "ipv4")


@test("libtorrent seeds and fetches over IPv6", "libtorrent")
def transfer_ipv6(weir):
    _transfer_alone(weir, "ipv6")


def announces(datagrams, address):
    """Announce requests from `address`, in order."""
    return [
        datagram
        for datagram in datagrams
        if datagram.source == address
        and datagram.destination_port == 6969
        and len(datagram.payload) >= bep15.ANNOUNCE_BYTES
        and struct.unpack_from(">I", datagram.payload, 8)[0] == bep15.ANNOUNCE
    ]


def answer_to(datagrams, request):
    """The reply with the same transaction id that went back to the sender."""
    for datagram in datagrams:
        if (
            datagram.source_port == 6969
            and (datagram.destination, datagram.destination_port) == (request.source, request.source_port)
            and datagram.payload[4:8] == request.payload[12:16]
        ):
            return datagram.payload
    raise Failure("an announce in the capture has no reply")


def _event(announce):
    return struct.unpack_from(">I", announce.payload, bep15.EVENT_AT)[0]


@test("libtorrent's partial seed: event 4 (paused) is served as none", "libtorrent", "tcpdump")
def partial_seed(weir):
    with Lab(weir, QUICK) as lab:
        lab.start_weir()
        recording = lab.capture()
        swarm = Swarm(lab, sizes=(MIB, MIB))
        leecher = swarm.fetcher(priorities=[4, 0])
        leecher.wait_until_finished()
        swarm.expect_swarm(seeders=1, leechers=1)
        # Over with what it wanted, it still lacks a file: it stays a leecher and gets the seed.
        expect("peers named to a partial seed", leecher.reannounce(), 1)
        expect("its first file is whole", swarm.torrent.same(swarm.fetch_folder, 0), True)
        swarm.expect_swarm(seeders=1, leechers=1)
        expect("downloads completed", lab.weir.stats()["completed"], 0)
        swarm.leave(leecher)
        recording.stop()
        datagrams = recording.datagrams()
        paused = [a for a in announces(datagrams, "10.77.0.3") if _event(a) == bep15.PAUSED]
        expect("announces with event 4 were seen", len(paused) > 0, True)
        reply = answer_to(datagrams, paused[0])
        expect("action of the reply", struct.unpack_from(">I", reply)[0], bep15.ANNOUNCE)
        expect("bytes of the reply, with one peer", len(reply), 26)


@test("libtorrent's announce with BEP 41 options is served", "libtorrent", "tcpdump")
def announce_tail(weir):
    tail = b"\x02\x09/announce"  # URLData, 9 bytes
    with Lab(weir, QUICK) as lab:
        lab.start_weir()
        recording = lab.capture()
        swarm = Swarm(lab)
        swarm.leave()
        recording.stop()
        datagrams = recording.datagrams()
        seen = announces(datagrams, "10.77.0.2")
        expect("announces of the seed", len(seen), 2)
        for request in seen:
            expect("bytes behind the announce", request.payload[bep15.ANNOUNCE_BYTES :], tail)
            reply = answer_to(datagrams, request)
            expect("action of the reply", struct.unpack_from(">I", reply)[0], bep15.ANNOUNCE)
        swarm.expect_verdicts(connect=1, announce=2)


@test("a restart with the same key file goes unnoticed by libtorrent", "libtorrent")
def restart(weir):
    with Lab(weir) as lab:
        lab.settings = f'{QUICK} tracker = {{ key_file = "{lab.path("connection.key")}"; }};'
        lab.start_weir()
        swarm = Swarm(lab)
        expect("exit status of the first run", lab.weir.stop(), 0)
        lab.start_weir()
        expect("peers named to the seed", swarm.seed.reannounce(), 0)
        swarm.expect_swarm(seeders=1, leechers=0)
        # The id of the first run is good in the second: no connect, nothing refused.
        swarm.expect_verdicts(announce=1)
        swarm.leave()
