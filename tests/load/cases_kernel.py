# SPDX-License-Identifier: BSD-3-Clause
"""Against a tracker on the kernel's sockets, over a veth pair in a namespace of its own: resolution
of stations in both directions, and every mistake a tracker can make."""

import contextlib
import os
import pathlib
import subprocess
import sys

from laboratory import TRACKER, TRACKER6
from suite import Skipped, case, check

HERE = pathlib.Path(__file__).resolve().parent
NAME = f"weir-load-{os.getpid()}"

# What a slow tracker can take; a client for each of few neighbours.
SLOW = ["--clients", 50, "--peers", 500, "--torrents", 50, "--warm-up", 0.1, "--window", 8]
SLOW += ["--timeout", 3000]
FAULTS = (
    "action",
    "address",
    "counts",
    "error_reply",
    "interval",
    "length",
    "port_zero",
    "self",
    "too_many",
    "unknown_transaction",
)

# The tracker's end of the cable, and routes to all clients over it. ld0 only passes frames.
SET_UP = f"""
echo 1 > /proc/sys/net/ipv6/conf/ld0/disable_ipv6
ip link set tr0 addrgenmode none
ethtool -K tr0 tx off
ip link set ld0 up
ip link set tr0 up
ip addr add {TRACKER}/24 dev tr0
ip addr add {TRACKER6}/64 dev tr0 nodad
ip route add 198.18.0.0/15 dev tr0
ip -6 route add 2001:2::/48 dev tr0
"""


@contextlib.contextmanager
def kernel_tracker(fault=""):
    """Yields the words that run a program beside the tracker."""
    if os.geteuid() != 0:
        raise Skipped("needs root")
    inside = ["ip", "netns", "exec", NAME]

    def run(*words):
        done = subprocess.run(words, capture_output=True, text=True)
        check(done.returncode == 0, f"{' '.join(words)}: {done.stderr}")

    run("ip", "netns", "add", NAME)
    try:
        run(*inside, "ip", "link", "add", "tr0", "type", "veth", "peer", "name", "ld0")
        run(*inside, "sh", "-ec", SET_UP)
        program = [sys.executable, HERE / "kernel_tracker.py", TRACKER, TRACKER6, "--fault", fault]
        with subprocess.Popen(
            [*inside, *program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as tracker:
            check(tracker.stdout.readline() == "ready\n", "the tracker does not listen")
            yield inside
            tracker.stdin.close()
    finally:
        subprocess.run(["ip", "netns", "del", NAME], capture_output=True)


def load(laboratory, inside, *arguments):
    return laboratory.load(
        "--duration",
        1,
        "--tracker6",
        TRACKER6,
        *SLOW,
        *arguments,
        inside=inside,
        eal=["--vdev=net_af_packet0,iface=ld0"],
    )


@case("a right tracker on the kernel's sockets, over both families")
def right(laboratory):
    with kernel_tracker() as inside:
        ended = load(laboratory, inside, "--ipv6-share", 50)
    ended.check_clean()
    for family in ("ipv4", "ipv6"):
        ended.check(ended.json["families"][family]["answered"] > 50, f"hardly any over {family}")


@case("open loop against the kernel's sockets")
def open_loop(laboratory):
    with kernel_tracker() as inside:
        ended = load(laboratory, inside, "--rate", 500)
    ended.check_clean()


@case("requests that a tracker does not answer are lost, and that is not wrong")
def lost(laboratory):
    with kernel_tracker("lost") as inside:
        ended = load(laboratory, inside, "--connect", 0, "--timeout", 50)
    ended.check(ended.status == 0, f"exit status {ended.status}")
    ended.check(0.05 < ended.json["loss"] < 0.4, "not about a fifth is lost")


@case("an answer that comes twice is noticed")
def twice(laboratory):
    with kernel_tracker("twice") as inside:
        ended = load(laboratory, inside)
    ended.check(ended.status == 1, f"exit status {ended.status}")
    ended.check(ended.json["wrong_reasons"]["unknown_transaction"] > 0, "not noticed")


@case("--allow-self: the asker in the list is counted, not wrong")
def allow_self(laboratory):
    with kernel_tracker("self") as inside:
        ended = load(laboratory, inside, "--allow-self")
    ended.check(ended.status == 0, f"exit status {ended.status}")
    ended.check(ended.json["self_listed"] > 0, "not counted")


def add_fault(fault, share):
    @case(f"a tracker that gets it wrong is found out: {fault}, {share} % IPv6")
    def wrong(laboratory):
        with kernel_tracker(fault) as inside:
            ended = load(laboratory, inside, "--ipv6-share", share, "--timeout", 50)
        ended.check(ended.status == 1, f"exit status {ended.status}")
        ended.check(ended.json["wrong_reasons"][fault] > 0, "not noticed")
        others = {k: n for k, n in ended.json["wrong_reasons"].items() if n > 0 and k != fault}
        ended.check(not others, f"something else is said to be wrong: {others}")
        ended.check(ended.json["wrong_examples"], "no example")


for _number, _fault in enumerate(FAULTS):
    add_fault(_fault, 100 if _number % 2 else 0)
