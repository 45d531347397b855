# SPDX-License-Identifier: BSD-3-Clause
"""A client of Weir with a socket in a network namespace (private_network), one request at a time."""

import contextlib
import ctypes
import os
import socket
import time

import bep15
import reloading
from suite import check

CLONE_NEWNET = 0x40000000
TIMEOUT_S = 0.3
_libc = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def within(inside):
    """This thread is in the namespace that words of private_network lead to."""
    pid = inside[inside.index("--target") + 1]
    with open("/proc/thread-self/ns/net", "rb") as home, open(f"/proc/{pid}/ns/net", "rb") as there:
        check(_libc.setns(there.fileno(), CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno()))
        try:
            yield
        finally:
            check(_libc.setns(home.fileno(), CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno()))


def until(condition, seconds, what):
    """Waits for the condition; returns the seconds that it took."""
    began = time.monotonic()
    while not condition():
        check(time.monotonic() < began + seconds, f"not within {seconds} s: {what}")
        time.sleep(0.01)
    return time.monotonic() - began


class Client:
    def __init__(self, inside):
        with within(inside):
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.number = int.from_bytes(os.urandom(3), "big")

    def ask(self, make, timeout_s=TIMEOUT_S):
        """The reply to what make(transaction id) writes; None: there was none."""
        self.number += 1
        request = make(self.number)
        try:
            self.socket.sendto(request, (reloading.ADDRESS, 6969))
        except OSError:  # the interface is down or gone
            time.sleep(0.01)
            return None
        end = time.monotonic() + timeout_s
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                reply = self.socket.recv(2048)
            except OSError:  # nothing came, or nobody has the address
                continue
            if reply[4:8] == self.number.to_bytes(4, "big"):
                return reply
        return None

    def connect(self, timeout_s=TIMEOUT_S):
        """A new connection id; None: no reply."""
        reply = self.ask(bep15.connect, timeout_s)
        return None if reply is None else int.from_bytes(reply[8:16], "big")

    def announce(self, connection_id, info_hash=bytes(20), port=6881, timeout_s=TIMEOUT_S):
        """served, expired, another error in words, or lost."""
        reply = self.ask(
            lambda number: bep15.announce(connection_id, number, info_hash, port, left=1), timeout_s
        )
        if reply is None:
            return "lost"
        if int.from_bytes(reply[:4], "big") == bep15.ANNOUNCE:
            return "served"
        return "expired" if reply[8:] == bep15.ID_EXPIRED else reply[8:].decode()
