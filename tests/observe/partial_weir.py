# SPDX-License-Identifier: BSD-3-Clause
"""A Weir some of whose questions fail: stands between a real one and those who ask it."""

import contextlib
import json
import socket
import threading

import telemetry

REPLY_MAX = 1 << 16
ERROR = {"error": "a worker stands still", "code": 503}


class PartialWeir:
    """Passes questions on, but those in `refused`, which get an error, and in `silent`, which get
    nothing. All may be changed while it runs."""

    def __init__(self, laboratory, weir):
        self.path = laboratory.folder() / "partial.sock"
        self.refused, self.silent = set(), set()
        self.changes = {}  # command -> members that are told in place of Weir's, of IPv4 verdicts
        self.replies = {}  # command -> what is told without asking Weir
        self.missing = {}  # command -> members that each row of its reply lacks
        self._weir = weir
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._server.bind(str(self.path))
        self.path.chmod(0o666)
        self._server.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                client = self._server.accept()[0]
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _answer(self, connection, command):
        name = command.split(",")[0]
        if name in self.refused:
            return {name: ERROR}
        if name in self.replies:
            return {name: self.replies[name]}
        told = connection.ask(command)
        if command.partition(",")[2] in ("", "ipv4"):
            told.update(self.changes.get(name, {}))
        for row in told.values():
            for member in self.missing.get(name, ()):
                row.pop(member, None)
        return {name: told}

    def _serve(self, client):
        greeting = {"version": "test", "pid": self._weir.process.pid, "max_output_len": 16384}
        with client, telemetry.Connection(self._weir.socket) as connection:
            client.send(json.dumps(greeting).encode())
            with contextlib.suppress(OSError):
                while command := client.recv(REPLY_MAX).decode():
                    if command.split(",")[0] not in self.silent:
                        client.send(json.dumps(self._answer(connection, command)).encode())

    def close(self):
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


@contextlib.contextmanager
def between(laboratory, weir):
    with contextlib.closing(PartialWeir(laboratory, weir)) as partial:
        yield partial
