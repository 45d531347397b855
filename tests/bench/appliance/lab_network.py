# SPDX-License-Identifier: BSD-3-Clause
"""Two network namespaces and a veth pair between them, for one tracker and one load.

    tracker: weirN 192.0.2.1, CPU A  ── veth ──  client: client0, CPU B

Namespaces have no names: they vanish with the file descriptors of this program and the last process
inside, even without a clean-up. Nothing is configured in the namespace of the machine.

CPU accounting: up to the receiver's backlog, the work of a veth pair is done on the sender's CPU. From
there, receive packet steering (RPS) moves it to the CPU of the receiving side, as a NIC with its
interrupt on that CPU would. So the tracker's CPU does the work of receiving requests and of sending
replies, the CPU of the load does the rest.
"""

import contextlib
import ctypes
import os
import re
import subprocess
from pathlib import Path

import weir
from process import Failed

TRACKER_LINK = f"weir{os.getpid()}"  # kernel threads have it in their names: one of its own
CLIENT_LINK = "client0"
TRACKER_MAC = "02:00:00:00:00:01"
CLIENT_MAC = "02:00:00:00:00:02"
TRACKER_ADDRESS = weir.ADDRESS
CLIENT_ADDRESS = "192.0.2.2"  # a next hop; clients are in CLIENT_NETWORK
CLIENT_NETWORK = "198.18.0.0/15"
COMMAND_S = 30

_CLONE_NEWNET = 0x40000000
_OWN = "/proc/thread-self/ns/net"
_libc = ctypes.CDLL(None, use_errno=True)


def _call(function, *arguments):
    if getattr(_libc, function)(*arguments) != 0:
        raise Failed(f"{function}: {os.strerror(ctypes.get_errno())} (namespaces need root)")


class Namespace:
    def __init__(self):
        with _going_home():
            _call("unshare", _CLONE_NEWNET)
            self._fd = os.open(_OWN, os.O_RDONLY)
        self.run("ip", "link", "set", "lo", "up")

    @property
    def path(self):
        return f"/proc/{os.getpid()}/fd/{self._fd}"

    @contextlib.contextmanager
    def inside(self):
        """Moves this process into the namespace meanwhile; processes it starts there stay in it."""
        with _going_home():
            _call("setns", self._fd, _CLONE_NEWNET)
            yield

    def run(self, *words, text=None):
        try:
            with self.inside():
                result = subprocess.run(words, input=text, timeout=COMMAND_S, capture_output=True, text=True)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Failed(f"{words[0]}: {error}") from None
        if result.returncode != 0:
            raise Failed(f"{' '.join(words)}: {(result.stderr or result.stdout).strip()}")

    def sysctl(self, name, value):
        """Sets a sysctl of this namespace: /proc/sys/net is that of the process that opens it."""
        with self.inside():
            Path("/proc/sys/net", *name.split(".")).write_text(f"{value}\n", encoding="ascii")

    def link_attribute(self, link, attribute, value):
        """Sets an attribute in /sys/class/net, which must be mounted anew to show this namespace."""
        script = f'mount -t sysfs sysfs /sys && echo "$0" > /sys/class/net/{link}/{attribute}'
        self.run("unshare", "--mount", "sh", "-c", script, str(value))

    def close(self):
        os.close(self._fd)


@contextlib.contextmanager
def _going_home():
    home = os.open(_OWN, os.O_RDONLY)
    try:
        yield
    finally:
        _call("setns", home, _CLONE_NEWNET)
        os.close(home)


class Wire:
    """Two namespaces and a veth pair between them. Close it when no process is inside."""

    def __init__(self, tracker_cpu, client_cpu):
        self.tracker = Namespace()
        self.client = Namespace()
        for side in (self.tracker, self.client):
            for default in ("all", "default"):
                side.sysctl(f"ipv4.conf.{default}.rp_filter", 0)
                side.sysctl(f"ipv6.conf.{default}.disable_ipv6", 1)
        self.tracker.run(
            "ip", "link", "add", TRACKER_LINK, "address", TRACKER_MAC, "type", "veth",
            "peer", "name", CLIENT_LINK, "address", CLIENT_MAC, "netns", self.client.path,
        )  # fmt: skip
        self._set_up(self.tracker, TRACKER_LINK, tracker_cpu)
        self._set_up(self.client, CLIENT_LINK, client_cpu)

    def _set_up(self, side, link, cpu):
        # Checksums are computed and verified, as on a real wire.
        side.run("ethtool", "-K", link, "tx", "off", "gro", "off")
        side.link_attribute(link, "queues/rx-0/rps_cpus", f"{1 << cpu:x}")
        side.run("ip", "link", "set", link, "up")

    def route_through_kernel(self):
        """Gives a tracker on sockets an address and one next hop for all clients: no ARP is needed."""
        _join(self.tracker, TRACKER_LINK, TRACKER_ADDRESS, CLIENT_ADDRESS, CLIENT_MAC)
        self.tracker.run("ip", "route", "add", CLIENT_NETWORK, "via", CLIENT_ADDRESS)

    def thread_receive_work(self, cpu):
        """Moves the receive work to a thread on `cpu`, for XDP, which RPS does not cover: on a veth pair
        the CPU of the load would do it. An XDP program must be attached. Returns the thread's id."""
        self.tracker.link_attribute(TRACKER_LINK, "threaded", 1)
        thread = re.compile(rf"napi/{TRACKER_LINK}-\d")
        found = [path.parent for path in Path("/proc").glob("[0-9]*/comm") if thread.match(_read(path))]
        if len(found) != 1:
            raise Failed(f"{len(found)} receive threads of {TRACKER_LINK}, not 1")
        pid = int(found[0].name)
        os.sched_setaffinity(pid, {cpu})
        return pid

    def send_loopback_out(self):
        """Lets a client that binds to 127.0.0.1 send over the veth pair.

        Its source becomes an address of CLIENT_NETWORK, by stateless rewriting (no conntrack).
        """
        _join(self.client, CLIENT_LINK, CLIENT_ADDRESS, TRACKER_ADDRESS, TRACKER_MAC)
        self.client.sysctl(f"ipv4.conf.{CLIENT_LINK}.route_localnet", 1)
        outside = CLIENT_NETWORK.replace("0.0/15", "0.1")
        rules = f"""table ip outside {{
            chain out {{
                type filter hook postrouting priority 0;
                oifname {CLIENT_LINK} ip saddr 127.0.0.1 ip saddr set {outside}
            }}
            chain in {{
                type filter hook prerouting priority -300;
                iifname {CLIENT_LINK} ip daddr {outside} ip daddr set 127.0.0.1
            }}
        }}"""
        self.client.run("nft", "-f", "-", text=rules)

    def close(self):
        self.client.close()
        self.tracker.close()


def _read(path):
    """The text of a file; empty if its process is gone."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _join(side, link, own, other, other_mac):
    side.run("ip", "addr", "add", f"{own}/24", "dev", link)
    side.run("ip", "neigh", "replace", other, "lladdr", other_mac, "nud", "permanent", "dev", link)
