# SPDX-License-Identifier: BSD-3-Clause
"""A telemetry socket that answers /weir/health as a test says: well, badly, late, or not at all."""

import contextlib
import json
import os
import socket
import threading

REPLY_MAX = 1 << 16
GREETING = {"version": "test", "pid": os.getpid(), "max_output_len": 16384}


def health(*failing, ready=1):
    told = {
        "status": "degraded" if failing else "ok",
        "uptime_s": 3,
        "ready": ready,
        "problems": len(failing),
    }
    return {**told, **{check: 1 for check in failing}}


class FakeHealth:
    """`answer` is what the next question gets: an object; None: nothing, and no greeting either."""

    def __init__(self, path):
        self.path = path
        self.answer = health()
        self.asked = 0
        self._server = None
        self._clients = []

    def come(self):
        """Listens, where `go` has ended that, too."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._server.bind(str(self.path))
        os.chmod(self.path, 0o666)
        self._server.listen()
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def go(self):
        """As a process that is killed: connections end, the file of the socket stays."""
        server, self._server = self._server, None
        for ended in (server, *self._clients):
            with contextlib.suppress(OSError):
                ended.shutdown(socket.SHUT_RDWR)
            ended.close()
        self._clients.clear()

    def _accept(self, server):
        with contextlib.suppress(OSError):
            while True:
                client = server.accept()[0]
                self._clients.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with contextlib.suppress(OSError):
            if self.answer is not None:
                client.send(json.dumps(GREETING).encode())
            while command := client.recv(REPLY_MAX).decode():
                self.asked += 1
                if self.answer is not None:
                    client.send(json.dumps({command: self.answer}).encode())


@contextlib.contextmanager
def serving(path):
    fake = FakeHealth(path)
    fake.come()
    try:
        yield fake
    finally:
        if fake._server is not None:
            fake.go()
