# SPDX-License-Identifier: BSD-3-Clause
"""The list of tests, and what each needs from the machine."""

import collections
import functools
import importlib.util
import os
import shutil

import process
import results

# Program or Python module, and the Debian package that has it.
PACKAGES = {
    "ip": "iproute2",
    "bridge": "iproute2",
    "ethtool": "ethtool",
    "libtorrent": "python3-libtorrent",
    "transmission-cli": "transmission-cli",
    "aria2c": "aria2",
    "rtorrent": "rtorrent",
    "tcpdump": "tcpdump",
    "tshark": "tshark",
    "ping": "iputils-ping",
    "arping": "iputils-arping",
    "ndisc6": "ndisc6",
    "dpdk-testpmd": "dpdk-dev",
}
ALWAYS = ("ip", "ethtool")

Test = collections.namedtuple("Test", "name function needs alone")
tests = []


def test(name, *needs, alone=False):
    """Adds a function that takes the path of weir. What it lacks in `needs` skips it. `alone`: it runs
    while no other test does."""

    def add(function):
        tests.append(Test(name, function, needs, alone))
        return function

    return add


def skipped(name, why):
    """Adds a test that cannot be: the reason is part of what is known about a client."""

    def run(_weir):
        raise results.Skip(why)

    tests.append(Test(name, run, (), False))


def _present(need):
    if need == "libtorrent":
        return importlib.util.find_spec(need) is not None
    return shutil.which(need) is not None


@functools.cache
def _can_make_namespaces():
    name = f"weir-{os.getpid()}-try"
    made = process.run(["ip", "netns", "add", name], check=False).returncode == 0
    process.run(["ip", "netns", "del", name], check=False)
    return made


def obstacle(test_):
    """Why a test cannot run here; None if it can."""
    if os.geteuid() != 0:
        return "needs root: it makes network namespaces"
    missing = [need for need in (*ALWAYS, *test_.needs) if not _present(need)]
    if missing:
        packages = " ".join(PACKAGES[need] for need in missing)
        return f"{', '.join(missing)} not installed: apt install {packages}"
    if not os.path.exists("/dev/net/tun"):
        return "no /dev/net/tun: load the kernel module tun"
    if not _can_make_namespaces():
        return "network namespaces cannot be made here: needs CAP_SYS_ADMIN"
    return None
