# SPDX-License-Identifier: BSD-3-Clause
"""Progress on standard error: one line that is updated on a terminal, separate lines elsewhere."""

import sys
import time

_LINES_APART_S = 5  # if not on a terminal

_started = time.monotonic()
_last = 0.0
_open = False


def say(text):
    """Shows a step, always."""
    global _last
    _last = time.monotonic()
    _write(text)


def tick(text):
    """Shows the progress of a step: always on a terminal, now and then elsewhere."""
    if sys.stderr.isatty() or time.monotonic() - _last >= _LINES_APART_S:
        say(text)


def note(text):
    """Prints a line that stays."""
    done()
    print(text, file=sys.stderr, flush=True)


def done():
    """Ends the line that is updated."""
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
