# SPDX-License-Identifier: BSD-3-Clause
"""In place of Weir's control socket: notes what it is asked, and answers as a case wants."""

import contextlib
import json
import socket
import threading

LINE_MAX = 1 << 16
KEY = "YZSl4lMZupRuOpSRC3krIKR5BPB14nrJ"


def right_answer(request):
    """As Weir answers what it has done."""
    command = request["command"]
    if command == "key.add" and "entries" not in request:
        return {"ok": True, "changed": 1, "key": KEY}
    if command.endswith(".reload"):
        return {"ok": True, "entries": 5}
    return {"ok": True, "changed": 1}


class ControlServer:
    def __init__(self, laboratory):
        self.path = laboratory.folder() / "control"
        self.requests = []
        self.answer = right_answer  # from a request to an object, bytes, or None: nothing, for ever
        self.ended = threading.Event()
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._server.bind(str(self.path))
        self.path.chmod(0o666)
        self._server.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                client = self._server.accept()[0]
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, client.makefile("rb") as lines, contextlib.suppress(OSError):
            for line in lines:
                request = json.loads(line)
                self.requests.append(request)
                reply = self.answer(request)
                if reply is None:
                    self.ended.wait()
                    return
                if isinstance(reply, dict):
                    reply = json.dumps(reply).encode() + b"\n"
                client.sendall(reply)
                if not reply.endswith(b"\n"):
                    return  # hangs up

    def close(self):
        self.ended.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()


@contextlib.contextmanager
def listening(laboratory):
    with contextlib.closing(ControlServer(laboratory)) as server:
        yield server
