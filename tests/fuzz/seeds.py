#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes inputs that fuzzers begin with, by hand-made rules: seeds.py FUZZER FOLDER.

The corpora in corpus/ grew from them; they are needed again where the form of an input changes.
"""

import itertools
import json
import logging
import pathlib
import random
import struct
import sys

logging.getLogger("scapy").setLevel(logging.ERROR)

from scapy.layers.inet import ICMP, IP, TCP, UDP  # noqa: E402
from scapy.layers.inet6 import (  # noqa: E402
    ICMPv6EchoRequest,
    ICMPv6MLQuery,
    ICMPv6MLQuery2,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    RouterAlert,
)
from scapy.layers.l2 import ARP, Dot1Q, Ether  # noqa: E402
from scapy.utils import wrpcap  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
# Those of tests/support/frames.c.
HOST_MAC, PEER_MAC, VLAN = "02:11:22:33:44:55", "0a:bb:cc:dd:ee:07", 42
HOST4, PEER4, HOST6, PEER6 = "198.51.100.1", "203.0.114.77", "2a01:4f8::12:3456", "2a02:123::fe00:0:0:7"
LINK6, PEER_LINK6 = "fe80::77:8899", "fe80::800:0:0:7"
SOLICITED, SOLICITED_MAC = "ff02::1:ff12:3456", "33:33:ff:12:34:56"
MAGIC = struct.pack(">Q", 0x41727101980)


def connect():
    return MAGIC + struct.pack(">II", 0, 7)


def announce(want=-1, left=0, event=2, rest=b""):
    numbers = struct.pack(">QQQIIIiH", 1, left, 3, event, 0, 9, want, 6881)
    return MAGIC + struct.pack(">II", 1, 8) + b"h" * 20 + b"-XX0001-abcdefghijkl" + numbers + rest


def scrape(hashes):
    return MAGIC + struct.pack(">II", 2, 9) + b"".join(bytes([n]) * 20 for n in range(hashes))


def payloads():
    return [
        connect(),
        announce(),
        announce(50, 1, 0, b"\x02\x05/anno\x00"),
        scrape(1),
        scrape(72),
        b"",
        b"x" * 40,
    ]


def _layers():
    """What is behind Ethernet."""
    for payload in payloads():
        yield IP(src=PEER4, dst=HOST4) / UDP(sport=51413, dport=6969) / payload
        yield IPv6(src=PEER6, dst=HOST6) / UDP(sport=51413, dport=6969) / payload
    yield IP(src=PEER4, dst=HOST4, options=b"\x01\x01\x01\x00") / UDP(sport=5, dport=6969) / connect()
    yield IP(src=PEER4, dst=HOST4) / UDP(sport=51413, dport=6969, chksum=0) / connect()
    yield IP(src=PEER4, dst=HOST4) / UDP(sport=5, dport=53) / (b"q" * 60)
    yield IPv6(src=PEER6, dst=HOST6) / UDP(sport=5, dport=53) / (b"q" * 60)
    yield IP(src=PEER4, dst=HOST4) / ICMP() / b"ping"
    yield IP(src=PEER4, dst=HOST4) / ICMP(type=3)
    yield IP(src=PEER4, dst=HOST4) / TCP(dport=22)
    yield IP(src=PEER4, dst=HOST4, flags="MF") / UDP() / b"fragment"
    yield IPv6(src=PEER6, dst=HOST6) / ICMPv6EchoRequest(data=b"ping")
    for chain in (
        IPv6ExtHdrHopByHop(),
        IPv6ExtHdrDestOpt(),
        IPv6ExtHdrRouting(),
        IPv6ExtHdrFragment(),
        IPv6ExtHdrHopByHop() / IPv6ExtHdrDestOpt() / IPv6ExtHdrRouting(),
    ):
        yield IPv6(src=PEER6, dst=HOST6) / chain / UDP(sport=51413, dport=6969) / connect()
    near = {"src": PEER_LINK6, "hlim": 255}
    yield IPv6(dst=HOST6, **near) / ICMPv6ND_NS(tgt=HOST6) / ICMPv6NDOptSrcLLAddr(lladdr=PEER_MAC)
    yield IPv6(dst=LINK6, **near) / ICMPv6ND_NS(tgt=LINK6)
    yield IPv6(src="::", dst=SOLICITED, hlim=255) / ICMPv6ND_NS(tgt=HOST6)
    yield IPv6(dst=HOST6, **near) / ICMPv6ND_NA(tgt=PEER_LINK6)
    yield IPv6(dst="ff02::1", **near) / ICMPv6ND_NA(tgt=HOST6)
    yield IPv6(dst="ff02::1", **near) / ICMPv6ND_RA()
    alert = IPv6ExtHdrHopByHop(options=[RouterAlert()])
    yield IPv6(src=PEER_LINK6, dst="ff02::1", hlim=1) / alert / ICMPv6MLQuery()
    yield IPv6(src=PEER_LINK6, dst="ff02::1", hlim=1) / alert / ICMPv6MLQuery2()
    yield ARP(op=1, hwsrc=PEER_MAC, psrc=PEER4, pdst=HOST4)
    yield ARP(op=1, hwsrc=PEER_MAC, psrc="0.0.0.0", pdst=HOST4)
    yield ARP(op=2, hwsrc=PEER_MAC, psrc=HOST4, pdst=HOST4, hwdst=HOST_MAC)


def _target_mac(layer):
    if isinstance(layer, ARP):
        return "ff:ff:ff:ff:ff:ff"
    groups = {SOLICITED: SOLICITED_MAC, "ff02::1": "33:33:00:00:00:01"}
    return groups.get(layer.dst, HOST_MAC)


def frame():
    choices = itertools.cycle((0, 2, 8, 16, 32, 48, 10))
    for layer in _layers():
        ether = Ether(src=PEER_MAC, dst=_target_mac(layer))
        yield bytes([next(choices), 0, 0, 20]) + bytes(ether / layer)
        yield bytes([1, 0, 0, 4]) + bytes(ether / Dot1Q(vlan=VLAN) / layer)
        yield bytes([next(choices), 0, 0, 20]) + bytes(ether / Dot1Q(vlan=0, prio=3) / layer)
        yield bytes([0, 0, 5, 20]) + bytes(ether / layer)


def request():
    for family, payload in itertools.product((0, 1), payloads()):
        yield bytes([family, 50, 200, 72]) + payload
        yield bytes([family, 0, 10, 3]) + payload[:-1]


def connid():
    generator = random.Random(1)
    for choice in range(16):
        for apart in (0, 63, 64, -64, 128, 300, 20000):
            yield bytes([choice]) + generator.randbytes(8) + struct.pack("<h", apart) + generator.randbytes(
                33
            )


def shard():
    generator = random.Random(2)
    for choice in range(10):
        for length in (10, 100, 1000):
            yield bytes([choice, 0, 0, 0, 0]) + generator.randbytes(length)


def config():
    ports = 'ports = ( { addresses = [ "198.51.100.10/24" ]; } );\n'
    yield ports.encode()
    for path in [
        *sorted((TOP / "docs/examples").glob("*.cfg")),
        *sorted((TOP / "drivers-config").glob("*.cfg")),
    ]:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        yield "".join(line for line in lines if line[:1] not in "#@").encode(
            errors="replace"
        ) + ports.encode()


def parameters():
    for text in (
        "",
        "1",
        "1,2",
        "0,18446744073709551615",
        "18446744073709551616",
        "1,",
        ",1",
        "-1",
        " 1",
        "1,2,3,4",
    ):
        for count in (0, 3):
            yield bytes([count]) + text.encode()


def telemetry():
    replies = json.loads((TOP / "tests/support/replies.json").read_text(encoding="utf-8"))
    for command, reply in itertools.product(range(20), list(replies.values())[:12]):
        text = json.dumps(reply)[:3000]
        yield bytes([command]) + text.encode()
        yield bytes([command]) + json.dumps([reply, reply])[:4000].encode()


def load_reply():
    own4, own6, host6 = "198.18.0.0", "2001:db8:0:1::1", "2001:db8::1"
    numbers = range(16)
    bodies = [
        lambda number: struct.pack(">IIQ", 0, number, 1),
        lambda number: struct.pack(">IIIII", 1, number, 1800, 1, 1) + b"\x01\x02\x03\x04\x1a\xe1",
        lambda number: struct.pack(">II", 2, number) + b"\x00" * 36,
        lambda number: struct.pack(">II", 3, number) + b"connection id expired",
    ]
    for number, body in itertools.product(numbers, bodies):
        ether = Ether(dst="02:00:00:00:00:02", src=HOST_MAC)
        yield bytes(ether / IP(src="192.0.2.1", dst=own4) / UDP(sport=6969, dport=1024) / body(number))
        yield bytes(ether / IPv6(src=host6, dst=own6) / UDP(sport=6969, dport=1024) / body(number))


def capture():
    path = pathlib.Path(sys.argv[2]) / "seed.pcap"
    for count, snap in itertools.product((1, 2, 5), (64, 1600)):
        frames = [Ether() / IP(src=PEER4, dst=HOST4) / UDP() / (b"x" * 10 * n) for n in range(count)]
        for nano in (False, True):
            wrpcap(str(path), frames, linktype=1, snaplen=snap, nano=nano)
            yield path.read_bytes()
            yield path.read_bytes()[:-3]
    path.unlink()


def main():
    name, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(globals()[name]()):
        (folder / f"seed-{number:03}").write_bytes(seed)


if __name__ == "__main__":
    main()
