# SPDX-License-Identifier: BSD-3-Clause
"""Progress on standard error: one line that is updated on a terminal, separate lines elsewhere."""

import sys
import time

REPEAT_S = 5  # between lines of the same kind, if not on a terminal


class Progress:
    def __init__(self, quiet=False):
        self._quiet = quiet
        self._live = sys.stderr.isatty()
        self._shown = ("", 0.0)
        self._dirty = False

    def say(self, text):
        """Prints a line that stays."""
        self.clear()
        if not self._quiet:
            print(text, file=sys.stderr, flush=True)

    def show(self, text):
        """Prints a line that the next one replaces."""
        if self._quiet:
            return
        if self._live:
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
            self._dirty = True
            return
        kind = text.partition(":")[0]
        shown, when = self._shown
        if kind != shown or time.monotonic() - when > REPEAT_S:
            print(text, file=sys.stderr, flush=True)
            self._shown = (kind, time.monotonic())

    def clear(self):
        if self._dirty:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
            self._dirty = False
