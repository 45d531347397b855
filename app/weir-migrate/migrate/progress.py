# SPDX-License-Identifier: BSD-3-Clause
"""Says every two seconds what is being done and how far it is. Only the main thread changes what is said."""

import sys
import threading

PERIOD_S = 2


class Progress:
    def __init__(self, quiet):
        self._what = ""
        self._done = self._total = 0
        self._unit = ""
        self._stop = threading.Event()
        self._thread = None if quiet else threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        if self._thread:
            self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        if self._thread:
            self._thread.join()

    def step(self, what, total=0, unit="bytes"):
        """A new step begins; total: how much of `unit` there is to do, 0 if nobody knows."""
        self._what, self._done, self._total, self._unit = what, 0, total, unit

    def at(self, done):
        self._done = done

    def _run(self):
        while not self._stop.wait(PERIOD_S):
            print(f"weir-migrate: {self._text()}", file=sys.stderr, flush=True)

    def _text(self):
        if self._total > 0:
            return f"{self._what}: {100 * min(self._done, self._total) // self._total} %"
        return f"{self._what}: {self._done:,} {self._unit}" if self._done else self._what
