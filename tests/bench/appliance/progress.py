# SPDX-License-Identifier: BSD-3-Clause
"""What is being done just now, on standard error: one line that changes on a terminal, lines elsewhere."""

import sys
import time

_LINES_APART_S = 5  # where lines cannot change

_started = time.monotonic()
_last = 0.0
_open = False


def say(text):
    """A step: always shown."""
    global _last
    _last = time.monotonic()
    _write(text)


def tick(text):
    """How far a step is: shown where the line can change, and elsewhere now and then."""
    if sys.stderr.isatty() or time.monotonic() - _last >= _LINES_APART_S:
        say(text)


def note(text):
    """A line that stays."""
    done()
    print(text, file=sys.stderr, flush=True)


def done():
    """Leaves the line that changes."""
    global _open
    if _open:
        print(file=sys.stderr, flush=True)
    _open = False


def _write(text):
    global _open
    line = f"[{time.monotonic() - _started:5.0f} s] {text}"
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
        _open = True
    else:
        print(line, file=sys.stderr, flush=True)
