# SPDX-License-Identifier: BSD-3-Clause
"""A network namespace for programs of a test, which goes away with it."""

import contextlib
import os
import subprocess

from suite import Skipped, check

TIMEOUT_S = 60
# A pair of interfaces; the kernel has its end of it compute checksums. Lives until standard input ends.
PRIVATE = """
set -e
echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
ip link set lo up
ip link add weir0 type veth peer name client0
ethtool -K client0 tx off >/dev/null
ip address add 10.77.0.2/24 dev client0
ip link set weir0 address "$1"
ip link set weir0 up
ip link set client0 up
echo ready
exec cat
"""


@contextlib.contextmanager
def private_network(mac="02:00:00:00:00:01"):
    """Words to start programs with that see interfaces of their own."""
    if os.geteuid() != 0:
        raise Skipped("needs root for a network namespace")
    process = subprocess.Popen(
        ["unshare", "--net", "sh", "-c", PRIVATE, "sh", mac],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        check(process.stdout.readline() == "ready\n", "no namespace")
        yield ["nsenter", "--target", str(process.pid), "--net", "--"]
    finally:
        process.stdin.close()
        process.wait(timeout=TIMEOUT_S)
        process.stdout.close()
