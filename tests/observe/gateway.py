# SPDX-License-Identifier: BSD-3-Clause
"""A running weir-gateway, and HTTP as clients speak it."""

import contextlib
import http.client
import json
import os
import re
import subprocess
from dataclasses import dataclass

from appliance import Watched
from suite import Failed, check

TIMEOUT_S = 30
ASAN_OPTIONS = "detect_leaks=0:quarantine_size_mb=4"
OPEN_METRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"

_READY = re.compile(r"^weir-gateway: ready: (.*)$", re.M)


@dataclass
class Reply:
    status: int
    headers: dict  # names in lower case
    body: bytes

    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            raise Failed(f"status {self.status}, not JSON: {self.body[:200]}") from None


class Gateway:
    def __init__(self, watched, addresses):
        self.watched = watched
        self.process = watched.process
        self.addresses = addresses  # [(host, port)]
        self.host, self.port = addresses[0]
        self.url = f"http://{self.host}:{self.port}/"

    def ask(self, target, method="GET", headers=None, body=None, address=None):
        connection = http.client.HTTPConnection(*(address or self.addresses[0]), TIMEOUT_S)
        try:
            connection.request(method, target, body=body, headers=headers or {})
            reply = connection.getresponse()
            names = {name.lower(): value for name, value in reply.getheaders()}
            return Reply(reply.status, names, reply.read())
        finally:
            connection.close()

    def json(self, target, status=200):
        reply = self.ask(target)
        check(reply.status == status, f"{target}: status {reply.status}: {reply.body[:200]}")
        return reply.json()

    def metrics(self, open_metrics=False):
        reply = self.ask("/metrics", headers={"Accept": OPEN_METRICS} if open_metrics else {})
        check(reply.status == 200, f"/metrics: status {reply.status}")
        return reply.body.decode()


def environment(laboratory):
    """Of a gateway. One built with sanitizers cannot look for leaks: nobody may read its memory."""
    return {
        **laboratory.environment(),
        "ASAN_OPTIONS": ASAN_OPTIONS,
        "UBSAN_OPTIONS": "halt_on_error=1",
    }


def start(laboratory, *arguments, **how):
    return Watched(
        subprocess.Popen(
            [str(word) for word in (laboratory.programs.weir_gateway, *arguments)],
            env=environment(laboratory),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **how,
        )
    )


def addresses_of(line):
    found = re.findall(r"http://\[?([0-9a-f.:]+?)\]?:(\d+)/", line)
    return [(host, int(port)) for host, port in found]


@contextlib.contextmanager
def serving(laboratory, file_prefix, *arguments, listen=("127.0.0.1:0",), **how):
    """A gateway on a port of its own. It has to end cleanly. Without a prefix, `arguments` say which
    Weir it reads."""
    words = [word for address in listen for word in ("--listen", address)]
    words += ["--file-prefix", file_prefix] if file_prefix is not None else []
    watched = start(laboratory, *words, *arguments, **how)
    try:
        watched.wait_for("weir-gateway: ready")
        yield Gateway(watched, addresses_of(_READY.search(watched._text())[1]))
        check(watched.process.poll() is None, f"the gateway ended by itself\n{watched._text()}")
        watched.process.terminate()
        ended = watched.end()
        check(ended.status == 0, f"exit status {ended.status}, not 0\n{ended.err}")
    finally:
        watched.process.kill()
        watched.process.wait()


def is_root():
    return os.geteuid() == 0
