# SPDX-License-Identifier: BSD-3-Clause
"""Weir stands in the card's place, so it answers for the host: neighbours, pings, closed ports."""

import os
import socket

import bep15
import frames
import results
import tests_libtorrent
from bep15 import expect
from catalogue import test
from lab import QUICK, Lab
from process import Failure, wait_until
from weir import Weir, write_config


# Weir sends no error that is longer than what caused it: a small datagram gets none.
CLOSED_PORT_BYTES = 100


def ping(client, address, link="eth0"):
    """Three pings, three answers."""
    result = client.run("ping", "-n", "-c", "3", "-i", "0.2", "-W", "2", "-I", link, address, check=False)
    if result.returncode != 0 or " 3 received" not in result.stdout:
        raise Failure(f"ping {address}:\n{result.stdout}")


@test("ping, ARP and neighbour solicitations are answered", "ping", "arping", "ndisc6")
def neighbours(weir):
    with Lab(weir, QUICK) as lab:
        lab.start_weir()
        client = lab.client(2)
        mac = lab.weir.mac()
        ping(client, "10.77.0.1")
        ping(client, "fd77::1")
        # Full-size frames, too: 1472 + 28 and 1452 + 48 bytes.
        client.run("ping", "-n", "-c", "1", "-W", "2", "-M", "do", "-s", "1472", "10.77.0.1")
        client.run("ping", "-n", "-c", "1", "-W", "2", "-M", "do", "-s", "1452", "fd77::1")
        asked = client.run("arping", "-c", "2", "-w", "4", "-I", "eth0", "10.77.0.1").stdout
        expect("arping names the MAC address of weir", mac in asked.lower(), True)
        asked = client.run("ndisc6", "-1", "-n", "-r", "3", "fd77::1", "eth0").stdout
        expect("ndisc6 names the MAC address of weir", mac in asked.lower(), True)
        verdicts = lab.weir.verdicts()
        expect("pings answered", verdicts["echo_answered"], 8)
        expect("ARP was answered", verdicts["arp_answered"] >= 2, True)
        expect("neighbour discovery was answered", verdicts["ndp_answered"] >= 1, True)


def _refused(client, family, address):
    """Whether the kernel was told that this UDP port is closed."""
    with client.socket(family) as sender:
        sender.settimeout(2)
        sender.connect((address, 9999))
        sender.send(bytes(CLOSED_PORT_BYTES))
        try:
            sender.recv(100)
        except ConnectionRefusedError:
            return True
        except socket.timeout:
            return False
    raise Failure("a closed port has answered")


@test("UDP to a closed port is refused over IPv4 and IPv6")
def closed_port(weir):
    with Lab(weir, QUICK) as lab:
        lab.start_weir()
        client = lab.client(2)
        expect("IPv4 port refused", _refused(client, socket.AF_INET, "10.77.0.1"), True)
        expect("IPv6 port refused", _refused(client, socket.AF_INET6, "fd77::1"), True)
        # The refusal may arrive before it is counted.
        wait_until(lambda: lab.weir.verdicts()["port_unreachable"] == 2, "two verdicts", 5)


@test("tshark finds nothing wrong in frames from Weir", "libtorrent", "tcpdump", "tshark", "ping")
def wellformed(weir):
    with Lab(weir, QUICK) as lab:
        lab.start_weir()
        recording = lab.capture()
        for family in ("ipv4", "ipv6"):
            tests_libtorrent.transfer(lab, family)
        for address in ("10.77.0.1", "fd77::1"):
            ping(lab.client(2), address)
        _refused(lab.client(2), socket.AF_INET, "10.77.0.1")
        _refused(lab.client(2), socket.AF_INET6, "fd77::1")
        recording.stop()
        report = recording.tshark_report(lab.weir.mac())
        # Per family: 2 connects, 5 announces, 1 scrape.
        expect("UDP frames over IPv4", report["udp over ipv4"], 8)
        expect("UDP frames over IPv6", report["udp over ipv6"], 8)
        expect("good UDP checksums", report["good udp checksums"], 16)
        expect("malformed frames and bad checksums", report["complaints"], 0)


def _with_priority(frame):
    """The frame with a tag of VLAN 0, priority 5."""
    return frame[:12] + b"\x81\x00\xa0\x00" + frame[12:]


# IEEE 802.1Q 6.9.1. The kernel takes the tag out of the frame, and the driver puts it back.
@test("a frame with a priority tag gets an untagged reply over a packet socket")
def priority_tag(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        lab.weir = Weir(lab.hub, binary, write_config(lab.folder, "net_af_packet", ""), lab.folder)
        lab.on_exit(lab.weir.stop)
        lab.weir.start()
        lab.weir.wait_for_addresses()
        with client.socket(socket.AF_PACKET, socket.SOCK_RAW) as link:
            link.bind(("client0", frames.ETHERTYPE_IPV4))
            link.settimeout(5)
            link.send(
                _with_priority(
                    frames.build(
                        "02:00:00:00:00:02",
                        lab.weir.mac(),
                        "10.77.0.2",
                        "10.77.0.1",
                        (4000, 6969),
                        bep15.connect_request(7),
                    )
                )
            )
            reply = frames.parse(link.recv(2000))
        expect("addresses", (reply.source, reply.destination), ("10.77.0.1", "10.77.0.2"))
        expect("connect answered", reply.payload[:8], bytes(4) + (7).to_bytes(4, "big"))
        expect("verdicts", lab.weir.verdicts()["connect"], 1)


def _announce_from_many(lab, tracker, flows):
    """Each flow has its own source port and torrent, so they spread over queues and workers."""
    for _ in range(flows):
        info_hash = os.urandom(20)
        with bep15.Client(lab.client(2), tracker) as client:
            client.connect()
            client.announce(info_hash, 7001, left=0, event=bep15.STARTED)
            reply = client.announce(info_hash, 7002, left=1, event=bep15.STARTED)
            expect("peers named", len(reply.peers), 1)
            expect("scrape", client.scrape(info_hash), [bep15.Scraped(1, 0, 1)])


@test("two io lcores and two workers serve one TAP")
def several_lcores(weir):
    cpus = sorted(os.sched_getaffinity(0))[:2]
    if len(cpus) < 2:
        raise results.Skip("needs two CPUs")
    lcores = f"lcores = {{ io = {cpus}; workers = {cpus}; }};"
    with Lab(weir, f"{QUICK} {lcores}") as lab:
        lab.start_weir()
        info = lab.weir.ask("/weir/info")
        expect("lcores", (info["io_lcores"], info["worker_lcores"]), (2, 2))
        for tracker in ("10.77.0.1", "fd77::1"):
            _announce_from_many(lab, tracker, flows=50)
        stats = lab.weir.stats()
        expect("torrents", stats["torrents"], 100)
        expect("IPv4 peers", (stats["seeders_ipv4"], stats["leechers_ipv4"]), (50, 50))
        expect("IPv6 peers", (stats["seeders_ipv6"], stats["leechers_ipv6"]), (50, 50))
        # One scrape over torrents of both workers: rows in the order asked.
        with bep15.Client(lab.client(2), "10.77.0.1") as client:
            client.connect()
            hashes = [os.urandom(20) for _ in range(72)]
            for i, info_hash in enumerate(hashes[:10]):
                client.announce(info_hash, 7001, left=i % 2, event=bep15.STARTED)
            wanted = [bep15.Scraped(1 - i % 2, 0, i % 2) for i in range(10)]
            wanted += [bep15.Scraped(0, 0, 0)] * 62
            expect("long scrape", client.scrape(*hashes), wanted)
        expect("exit status", lab.weir.stop(), 0)
