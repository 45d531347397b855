# SPDX-License-Identifier: BSD-3-Clause
"""Everybody who may watch a Weir, at once: weir-gateway, asked for its metrics and for all that its
page shows, once a second."""

import socket
import threading
import time
import urllib.request

from process import Failed

PERIOD_S = 1
PATIENCE_S = 60  # a Weir that stands still while others have their turn answers afterwards
PATHS = ("/metrics", "/api/v1/status")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Observer:
    """Watches from its making until end(). On the control thread's CPU, as on any machine."""

    def __init__(self, lab, program, weir, cpu):
        self._url = f"http://127.0.0.1:{_free_port()}"
        folder = lab.place("gateway")
        words = [program, "--socket", weir.socket, "--listen", self._url.removeprefix("http://")]
        self._process = lab.start(words, folder, cpus=[cpu])
        self.looks = 0
        self._problem = ""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self):
        while not self._ended.wait(PERIOD_S):
            try:
                for path in PATHS:
                    with urllib.request.urlopen(self._url + path, timeout=PATIENCE_S) as reply:
                        reply.read()
                self.looks += 1
            except OSError as error:
                self._problem = str(error)

    def check_runs(self):
        self._process.check_runs()

    def end(self):
        """Says how often all was looked at."""
        self._ended.set()
        self._thread.join()
        self._process.check_runs()
        self._process.end()
        if self.looks == 0:
            raise Failed(f"nobody could watch: {self._problem}")
        return self.looks


def wait_for_a_look(observer, process, timeout_s=PATIENCE_S):
    """Lets the observed run until everything has been asked once."""
    process.resume()
    late = time.monotonic() + timeout_s
    while observer.looks == 0 and time.monotonic() < late:
        observer.check_runs()
        time.sleep(0.05)
    process.pause()
