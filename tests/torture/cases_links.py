# SPDX-License-Identifier: BSD-3-Clause
"""A link that goes down and up again and again, and a process at the other end that dies again and again."""

import contextlib
import os
import random
import socket
import subprocess
import time

import loaded
import reloading
from amount import times
from client import Client, until, within
from private_network import private_network
from suite import case, check

FLAPS = times(1000, 40)
KILLS = times(1000, 40)
DOWN_S = (0.01, 0.4)
NOTICED_S = 1.5  # one flap in TEN is so long that health tells of it
TEN = 10
RESUMES_S = 1.0
SETTLES_S = 5
RSS_MORE = 1 << 20
ETH_P_ARP = 0x0806
SETTINGS = {
    "driver.eal": ["--no-pci", "--vdev=net_af_packet0,iface=weir0"],
    "limits.budget": 0,
    "limits.connects": 0,
}


class Wire:
    """The client's end of the link."""

    def __init__(self, inside):
        self.inside = inside
        with within(inside):
            self.arp = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ARP))
        self.arp.setblocking(False)

    def set(self, state):
        subprocess.run([*self.inside, "ip", "link", "set", "client0", state], check=True)

    def announced(self):
        """Whether the address was announced since the last call: RFC 5227 2.3, sender equals target."""
        found = False
        address = socket.inet_aton(reloading.ADDRESS)
        while True:
            try:
                frame = self.arp.recv(64)
            except OSError:  # nothing is there, or the link is down
                return found
            found |= frame[28:32] == frame[38:42] == address


@contextlib.contextmanager
def serving(laboratory):
    text = reloading.config_text(laboratory.file_prefix(), SETTINGS)
    with private_network() as inside, reloading.running(laboratory, text, inside=inside) as weir:
        yield weir, inside


def is_served(client):
    """A connect and an announce with its id; resolving the address of the tracker costs the first of them."""
    found = client.connect(0.1)
    return found is not None and client.announce(found, timeout_s=0.1) == "served"


@case(
    "link: it goes down and up again and again: clients are served a second later, nothing is lost for good"
)
def flaps(laboratory):
    rng = random.Random(1)
    waits, noticed = [], 0
    with serving(laboratory) as (weir, inside):
        wire, client = Wire(inside), Client(inside)
        until(lambda: is_served(client), SETTLES_S, "the first reply")
        mbufs, rss = weir.weir.ask("/weir/memory")["mbufs_in_use"], None
        for number in range(FLAPS):
            wire.set("down")
            time.sleep(rng.uniform(*DOWN_S) if number % TEN else NOTICED_S)
            seen_down = bool(weir.weir.ask("/weir/health").get("link_down"))
            wire.announced()  # of the flap before
            wire.set("up")
            waits.append(until(lambda: is_served(client), RESUMES_S, f"a reply after flap {number}"))
            if seen_down:
                noticed += 1
                until(wire.announced, SETTLES_S, f"an announcement of the address after flap {number}")
            rss = rss or weir.rss_bytes()
        until(lambda: weir.weir.ask("/weir/health")["problems"] == 0, SETTLES_S, "health is well")
        left = weir.weir.ask("/weir/memory")["mbufs_in_use"]
        check(left <= mbufs, f"{left} mbufs in use, {mbufs} before")
        more = weir.rss_bytes() - rss
        check(more <= RSS_MORE, f"resident memory grew by {more} bytes")
    check(noticed >= FLAPS / TEN, f"health told of {noticed} flaps alone")
    print(f"# {FLAPS} flaps, {noticed} in health and announced; served within {max(waits):.2f} s")


@case("link: the process at the other end of a memif is killed in the middle of its load, again and again")
def killed(laboratory):
    """A single CPU has all threads of Weir, which poll, when the shared rings are unmapped."""
    cpu = min(os.sched_getaffinity(0))
    lcores = f'lcores = {{ main = [ {cpu} ]; io = [ {cpu} ]; workers = [ {cpu} ]; idle = "poll"; }};'
    rng = random.Random(1)
    load = ("--torrents", 100, "--peers", 1000)
    with loaded.running(laboratory, more=lcores) as weir:
        for _ in range(KILLS):
            with weir.loading_to_end(*load, "--window", 256, "--duration", 60):
                time.sleep(rng.uniform(0.5, 1.0))
        served = weir.load(*load, "--count", 5000)
    check(served["lost"] == served["wrong"] == 0, f"{served}")
