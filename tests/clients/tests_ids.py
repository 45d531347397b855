# SPDX-License-Identifier: BSD-3-Clause
"""Connection ids of an IPv6 host, which has several addresses in one /64."""

import os
import socket
import struct

import bep15
import process
from bep15 import expect
from catalogue import test
from lab import QUICK, Lab
from peer import Peer
from swarm import FAMILIES
from torrent import Torrent

TRACKER = ("fd77::1", 6969)
PEERS = 70  # more than a reply over IPv6 holds
STABLE, OTHER = "fd77::2", "fd77::dead"
SILENCE_S = 1


def _exchange(client, source, payload):
    """Sends from this address of the client; the reply, or nothing within a second."""
    with client.socket(socket.AF_INET6) as sender:
        sender.settimeout(SILENCE_S)
        sender.bind((source, 0))
        sender.sendto(payload, TRACKER)
        try:
            return sender.recv(2048)
        except socket.timeout:
            return b""


def _announce_request(connection_id, info_hash, want=-1, port=7000):
    numbers = struct.pack(">QQQIIIiH", 0, 1000, 0, bep15.NONE, 0, 0, want, port)
    head = struct.pack(">QII", connection_id, bep15.ANNOUNCE, int.from_bytes(os.urandom(4), "big"))
    return head + info_hash + b"-WT0001-" + bytes(12) + numbers


def _connect(client, source):
    reply = _exchange(client, source, bep15.connect_request(7))
    expect("bytes that answer a connect", len(reply), 16)
    return struct.unpack(">Q", reply[8:])[0]


@test("an unverified address gets no more bytes than it sent")
def amplification(weir):
    info_hash = os.urandom(20)
    with Lab(weir, QUICK) as lab:
        lab.start_weir()
        client, stranger = lab.client(2), lab.client(3)
        client.ip("addr", "add", f"{OTHER}/64", "dev", "eth0", "nodad")
        stranger.ip("addr", "add", "fd77:0:0:1::3/64", "dev", "eth0", "nodad")
        shared = _connect(client, STABLE)
        for port in range(1, PEERS):
            _exchange(client, STABLE, _announce_request(shared, info_hash, 0, port))
        request = _announce_request(shared, info_hash)
        expect("it proved its address", len(_exchange(client, STABLE, request)) > 900, True)
        for want in (-1, 66):
            request = _announce_request(shared, info_hash, want)
            reply = _exchange(client, OTHER, request)
            expect("another address of the /64 is answered", len(reply) >= 20, True)
            if len(reply) > len(request):
                raise process.Failure(f"{len(request)} bytes got {len(reply)}")
            expect("peers, as many as fit", (len(reply) - 20) // 18, (len(request) - 20) // 18)
        request = _announce_request(shared, info_hash)
        expect("outside of it", _exchange(stranger, "fd77:0:0:1::3", request), b"")


def _temporary_address(client):
    """What RFC 8981 adds to a stable address: the kernel makes it up."""
    shown = client.run("ip", "-6", "-o", "addr", "show", "dev", "eth0", "temporary").stdout
    words = shown.split()
    return words[words.index("inet6") + 1].split("/")[0] if words else None


def _add_temporary_address(client):
    settings = "/proc/sys/net/ipv6/conf/eth0"
    client.run("sh", "-c", f"echo 2 > {settings}/use_tempaddr; echo 0 > {settings}/accept_dad")
    client.ip("addr", "add", "fd77::5:2/64", "dev", "eth0", "mngtmpaddr", "nodad")
    return process.wait_until(lambda: _temporary_address(client), "a temporary address", 10)


@test("libtorrent uses one id for all its IPv6 addresses and is served on each", "libtorrent")
def shared_id(weir):
    _, tracker = FAMILIES["ipv6"]
    with Lab(weir, QUICK) as lab:
        lab.start_weir()
        addresses = [STABLE, _add_temporary_address(lab.client(2))]
        torrent = Torrent(lab.make_folder("content"), "content", (100000,), [tracker])
        listen = [f"[{address}]" for address in addresses]
        seed = Peer(lab, 2, torrent, torrent.seed_folder, listen)
        seed.wait_for("replies", 2)
        expect("peers of the swarm", lab.weir.stats()["seeders_ipv6"], 2)
        connects = lab.weir.verdicts("ipv6")["connect"]
        seed.reannounce()
        seed.wait_for("replies", 4)
        verdicts = lab.weir.verdicts("ipv6")
        # Both announced again with the id that one of them got.
        expect("new connects", verdicts["connect"] - connects, 0)
        expect("ids refused", (verdicts["id_forged"], verdicts["id_expired"]), (0, 0))
        expect("it came with an id of its other address", lab.weir.stats()["id_shared"] > 0, True)
        seed.leave()
        seed.end()
