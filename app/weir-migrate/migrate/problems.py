# SPDX-License-Identifier: BSD-3-Clause
"""Mistakes in what is read: each is named with its file, line and key, and all of them are shown at once."""

import sys

SHOWN_MAX = 1000
VALUE_MAX = 60


class Wrong(Exception):
    """A value that cannot be used; the text says what it must be."""


class Refused(Exception):
    """The end of a run: what is wrong has been added to the problems, or is the text."""


class Unwritten(Exception):
    """The output cannot be written; the text says why."""


def shorten(value):
    """A value as a message may have it: on one line, without control characters, of bounded length."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(char if char.isprintable() else "?" for char in text[: VALUE_MAX + 1]) or '""'
    return text if len(text) <= VALUE_MAX else text[:VALUE_MAX] + "..."


class Problems:
    """Prints each problem when it is found, up to SHOWN_MAX of them, and counts the others."""

    def __init__(self):
        self.count = 0

    def add(self, where, key, text):
        """`where`: FILE or FILE:LINE; `key`: the setting or field, "" where there is none."""
        self.count += 1
        if self.count <= SHOWN_MAX:
            place = f"{shorten_path(where)}: {key}: " if key else f"{shorten_path(where)}: "
            print(f"weir-migrate: error: {place}{text}", file=sys.stderr)

    def finish(self):
        """Ends the run if there were any."""
        if self.count > SHOWN_MAX:
            print(f"weir-migrate: error: {self.count - SHOWN_MAX} more like these", file=sys.stderr)
        if self.count > 0:
            raise Refused(f"{self.count} mistakes" if self.count > 1 else "one mistake")


def shorten_path(where):
    return "".join(char if char.isprintable() else "?" for char in str(where))
