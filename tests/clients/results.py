# SPDX-License-Identifier: BSD-3-Clause
"""Test results in the Test Anything Protocol (TAP): what meson and prove read."""

import time


class Skip(Exception):
    """Raised by a test that cannot run here; the text says why."""


class Results:
    def __init__(self, count):
        self.number = 0
        self.failures = 0
        print(f"1..{count}", flush=True)

    @staticmethod
    def note(text):
        for line in str(text).splitlines():
            print(f"# {line}", flush=True)

    def skip(self, name, why):
        self.number += 1
        print(f"ok {self.number} - {name} # SKIP {why}", flush=True)

    def run(self, name, function):
        start = time.monotonic()
        try:
            function()
        except Skip as reason:
            self.skip(name, reason)
            return
        except Exception as error:  # a failed test must not keep the next from running
            self._fail(name, error)
        else:
            self.number += 1
            print(f"ok {self.number} - {name}", flush=True)
        self.note(f"{time.monotonic() - start:.1f} s")

    def _fail(self, name, error):
        self.number += 1
        self.failures += 1
        print(f"not ok {self.number} - {name}", flush=True)
        self.note(f"{type(error).__name__}: {error}")
        for text in getattr(error, "__notes__", []):
            self.note(text)
