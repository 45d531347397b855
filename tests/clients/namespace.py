# SPDX-License-Identifier: BSD-3-Clause
"""A network namespace: made, used, deleted. Nothing here touches the machine's own network."""

import ctypes
import os
import socket

import process

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def _enter(fd):
    if _libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Namespace:
    def __init__(self, name):
        self.name = name
        process.run(["ip", "netns", "add", name])
        self.ip("link", "set", "lo", "up")

    def ip(self, *arguments):
        """`ip …` inside."""
        return process.run(["ip", "-n", self.name, *arguments])

    def _inside(self, arguments):
        return ["ip", "netns", "exec", self.name, *arguments]

    def run(self, *arguments, **options):
        return process.run(self._inside(arguments), **options)

    def spawn(self, *arguments, **options):
        # `ip netns exec` becomes the program: the child's process id is the program's.
        return process.spawn(self._inside(arguments), **options)

    def socket(self, family, kind=socket.SOCK_DGRAM):
        """A socket that lives inside; this process stays where it is."""
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        try:
            _enter(there)
            try:
                return socket.socket(family, kind)
            finally:
                _enter(home)
        finally:
            os.close(there)
            os.close(home)

    def silence_ipv6(self):
        """No IPv6 of its own on interfaces made from now on: they only pass frames."""
        self.run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6")

    def has_link(self, name):
        arguments = ["ip", "-n", self.name, "link", "show", "dev", name]
        return process.run(arguments, check=False).returncode == 0

    def configure_client(self, link, number):
        """Brings up the client's interface as 10.77.0.<number> and fd77::<number>."""
        # A link-local address would only add frames that no test asked for.
        self.ip("link", "set", link, "addrgenmode", "none")
        # On a virtual link the kernel leaves checksums unfinished; Weir takes them at their word.
        self.run("ethtool", "-K", link, "tx", "off")
        self.ip("link", "set", link, "up")
        self.ip("addr", "add", f"10.77.0.{number}/24", "dev", link)
        # The last group of an IPv6 address is hexadecimal; the same digits read better.
        self.ip("addr", "add", f"fd77::{number}/64", "dev", link, "nodad")

    def delete(self):
        process.run(["ip", "netns", "del", self.name], check=False)
