# SPDX-License-Identifier: BSD-3-Clause
"""All monitoring of a Weir at once: weir-gateway, whose metrics and status page are fetched once a
second."""

import json
import socket
import threading
import time
import urllib.request

from process import Failed

PERIOD_S = 1
PATIENCE_S = 60  # a Weir that is paused replies when it is resumed
PATHS = ("/metrics", "/api/v1/status")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Observer:
    """Fetches from its creation until end(). Runs on the CPU of the control thread."""

    def __init__(self, lab, program, weir, cpu):
        self._url = f"http://127.0.0.1:{_free_port()}"
        folder = lab.place("gateway")
        words = [program, "--socket", weir.socket, "--listen", self._url.removeprefix("http://")]
        self._process = lab.start(words, folder, cpus=[cpu])
        self.fetches = 0
        self._problem = ""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self):
        while not self._ended.wait(PERIOD_S):
            try:
                for path in PATHS:
                    with urllib.request.urlopen(self._url + path, timeout=PATIENCE_S) as reply:
                        body = reply.read()
                status = json.loads(body)
                self.fetches += status["up"]
                self._problem = status["error"]
            except OSError as error:
                self._problem = str(error)

    def check_runs(self):
        self._process.check_runs()

    def end(self):
        """Stops; returns the number of fetches."""
        self._ended.set()
        self._thread.join()
        self._process.check_runs()
        self._process.end()
        if self.fetches == 0:
            raise Failed(f"monitoring failed: {self._problem}")
        return self.fetches


def wait_for_fetch(observer, process, timeout_s=PATIENCE_S):
    """Lets the observed process run until everything has been fetched once."""
    process.resume()
    deadline = time.monotonic() + timeout_s
    while observer.fetches == 0 and time.monotonic() < deadline:
        observer.check_runs()
        time.sleep(0.05)
    process.pause()
