# SPDX-License-Identifier: BSD-3-Clause
"""Against a tracker on kernel sockets, over a veth pair in a network namespace of its own: address
resolution in both directions, and every fault of a tracker that weir-load detects."""

import contextlib
import os
import pathlib
import subprocess
import sys

from laboratory import TRACKER, TRACKER6
from suite import Skipped, case, check

HERE = pathlib.Path(__file__).resolve().parent
NAME = f"weir-load-{os.getpid()}"

# A load that a slow tracker can serve, with few clients for the neighbour table.
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

# The end of the veth pair with the tracker, and routes to all clients. ld0 only passes frames.
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
    """Runs a tracker; yields the words that run a program in its network namespace."""
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
            check(tracker.stdout.readline() == "ready\n", "the tracker is not listening")
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


@case("a correct tracker on kernel sockets, over IPv4 and IPv6")
def right(laboratory):
    with kernel_tracker() as inside:
        ended = load(laboratory, inside, "--ipv6-share", 50)
    ended.check_clean()
    for family in ("ipv4", "ipv6"):
        ended.check(ended.json["families"][family]["answered"] > 50, f"too few over {family}")


@case("open loop against kernel sockets")
def open_loop(laboratory):
    with kernel_tracker() as inside:
        ended = load(laboratory, inside, "--rate", 500)
    ended.check_clean()


@case("requests without a reply are lost, not wrong")
def lost(laboratory):
    with kernel_tracker("lost") as inside:
        ended = load(laboratory, inside, "--connect", 0, "--timeout", 50)
    ended.check(ended.status == 0, f"exit status {ended.status}")
    ended.check(0.05 < ended.json["loss"] < 0.4, "the loss is not about a fifth")


@case("a duplicate reply is detected")
def twice(laboratory):
    with kernel_tracker("twice") as inside:
        ended = load(laboratory, inside)
    ended.check(ended.status == 1, f"exit status {ended.status}")
    ended.check(ended.json["wrong_reasons"]["unknown_transaction"] > 0, "not detected")


@case("--allow-self: a reply that lists the requesting peer is counted, not wrong")
def allow_self(laboratory):
    with kernel_tracker("self") as inside:
        ended = load(laboratory, inside, "--allow-self")
    ended.check(ended.status == 0, f"exit status {ended.status}")
    ended.check(ended.json["self_listed"] > 0, "not counted")


def add_fault(fault, share):
    @case(f"a faulty tracker is detected: {fault}, {share} % IPv6")
    def wrong(laboratory):
        with kernel_tracker(fault) as inside:
            ended = load(laboratory, inside, "--ipv6-share", share, "--timeout", 50)
        ended.check(ended.status == 1, f"exit status {ended.status}")
        ended.check(ended.json["wrong_reasons"][fault] > 0, "not detected")
        others = {k: n for k, n in ended.json["wrong_reasons"].items() if n > 0 and k != fault}
        ended.check(not others, f"other faults are reported: {others}")
        ended.check(ended.json["wrong_examples"], "no example")


for _number, _fault in enumerate(FAULTS):
    add_fault(_fault, 100 if _number % 2 else 0)
