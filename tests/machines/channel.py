# SPDX-License-Identifier: BSD-3-Clause
"""JSON, an object a line, over a Unix socket: QEMU's monitor and its guest agent both speak it."""

import itertools
import json
import socket
import time

from root import Failure

LINE_MAX = 64 << 20  # output of a command in the guest, in base64


class Silence(Failure):
    """No reply in time."""


class Channel:
    """Connects at the first command, and again after an end. Replies are told apart by their `id`."""

    def __init__(self, path, who):
        self.path = path
        self.who = who
        self._socket = None
        self._read = b""
        self._ids = itertools.count(1)

    def close(self):
        if self._socket is not None:
            self._socket.close()
        self._socket, self._read = None, b""

    def _send(self, message):
        if self._socket is None:
            self._socket = socket.socket(socket.AF_UNIX)
            self._socket.connect(str(self.path))
        self._socket.settimeout(5)
        self._socket.sendall(json.dumps(message).encode() + b"\n")

    def _line(self, end):
        while b"\n" not in self._read:
            left = end - time.monotonic()
            if left <= 0 or len(self._read) > LINE_MAX:
                raise TimeoutError
            self._socket.settimeout(left)
            more = self._socket.recv(1 << 16)
            if not more:
                raise ConnectionError("the other side closed")
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        return line

    def _reply(self, number, end):
        """Skips events, greetings, late replies, and what a power cut left of a line."""
        while True:
            try:
                reply = json.loads(self._line(end))
            except ValueError:
                continue
            if isinstance(reply, dict) and reply.get("id") == number:
                return reply

    def ask(self, command, timeout=10, **arguments):
        """The value that `command` returns."""
        number = next(self._ids)
        try:
            self._send({"execute": command, "arguments": arguments, "id": number})
            reply = self._reply(number, time.monotonic() + timeout)
        except OSError as error:
            self.close()
            raise Silence(f"{self.who}: no reply to {command} within {timeout} s ({error})") from None
        if "error" in reply:
            raise Failure(f"{self.who}: {command}: {reply['error'].get('desc', reply['error'])}")
        return reply["return"]
