# SPDX-License-Identifier: BSD-3-Clause
"""A full scrape (BEP 48 without info_hash): a bencoded dictionary of any size, read piece by piece."""

import re

from .lines import printable
from .problems import Wrong
from .snapshot import COMPLETED_MAX

CHUNK = 1 << 20
STRING_MAX = 1 << 20
DIGITS_MAX = 20
DEPTH_MAX = 8
HASH_BYTES = 20
# What opentracker writes: most torrents are read in one step.
USUAL = re.compile(
    rb"20:(.{20})d8:completei(\d{1,20})e10:downloadedi(\d{1,20})e10:incompletei(\d{1,20})ee", re.S
)
USUAL_MAX = 160  # bytes
NUMBER = re.compile(rb"i(0|-?[1-9]\d{0,19})e")
LENGTH = re.compile(rb"(0|[1-9]\d{0,19}):")


class Buffer:
    """Bytes of the input from `at` on; `place` is where that is in the file."""

    def __init__(self, source):
        self.bytes = b""
        self.at = 0
        self._source = source
        self._before = 0
        self._over = False

    @property
    def place(self):
        return self._before + self.at

    def need(self, count):
        """Whether there is this number of bytes at `at`."""
        while len(self.bytes) - self.at < count and not self._over:
            more = self._source.read(max(CHUNK, count))
            self._over = not more
            self._before += self.at
            self.bytes = self.bytes[self.at :] + more
            self.at = 0
        return len(self.bytes) - self.at >= count

    def wrong(self, wanted):
        self.need(40)
        found = self.bytes[self.at : self.at + 40]
        what = printable(found) if found else "the end of the file"
        return Wrong(f"byte {self.place:,} is {what}; must be {wanted}")

    def takes(self, content):
        """Whether these bytes come next; if so they are passed over."""
        self.need(len(content))
        if not self.bytes.startswith(content, self.at):
            return False
        self.at += len(content)
        return True


def string(buffer):
    buffer.need(DIGITS_MAX + 2)
    match = LENGTH.match(buffer.bytes, buffer.at)
    if match is None or int(match[1]) > STRING_MAX:
        raise buffer.wrong(f"a string of at most {STRING_MAX} bytes (bencoded)")
    length = int(match[1])
    if not buffer.need(match.end() - match.start() + length):
        raise buffer.wrong("a whole string: the file ends within it")
    start = buffer.at + match.end() - match.start()
    buffer.at = start + length
    return buffer.bytes[start : buffer.at]


def number(buffer):
    buffer.need(DIGITS_MAX + 3)
    match = NUMBER.match(buffer.bytes, buffer.at)
    if match is None:
        raise buffer.wrong("a number (bencoded)")
    buffer.at = match.end()
    return int(match[1])


def skip(buffer, depth=0):
    """Passes over a value of any kind."""
    buffer.need(1)
    kind = buffer.bytes[buffer.at : buffer.at + 1]
    if depth > DEPTH_MAX:
        raise buffer.wrong("nested less deeply")
    if kind == b"i":
        number(buffer)
    elif kind in (b"l", b"d") and kind:
        buffer.at += 1
        while not buffer.takes(b"e"):
            if kind == b"d":
                string(buffer)
            skip(buffer, depth + 1)
    else:
        string(buffer)


def torrent(buffer):
    """The count of one torrent, whose dictionary comes next."""
    count = None
    if not buffer.takes(b"d"):
        raise buffer.wrong("the dictionary of a torrent (bencoded)")
    while not buffer.takes(b"e"):
        if string(buffer) == b"downloaded":
            count = number(buffer)
        else:
            skip(buffer)
    if count is None or not 0 <= count <= COMPLETED_MAX:
        raise buffer.wrong(f"behind a torrent with downloaded from 0 to {COMPLETED_MAX}")
    return count


def files(buffer, sink):
    """The dictionary of torrents."""
    if not buffer.takes(b"d"):
        raise buffer.wrong("the dictionary of torrents (bencoded)")
    while not buffer.takes(b"e"):
        buffer.need(USUAL_MAX)
        match = USUAL.match(buffer.bytes, buffer.at)
        if match and int(match[3]) <= COMPLETED_MAX:
            buffer.at = match.end()
            sink.add(match[1], int(match[3]), b"")
            continue
        info_hash = string(buffer)
        if len(info_hash) != HASH_BYTES:
            raise buffer.wrong(f"behind an info_hash of {HASH_BYTES} bytes")
        sink.add(info_hash, torrent(buffer), b"")


def read(source, sink):
    """Passes each torrent to `sink`. Raises Wrong with the byte where it is no full scrape."""
    buffer, found = Buffer(source), False
    if not buffer.takes(b"d"):
        raise buffer.wrong("a full scrape: a dictionary (bencoded)")
    while not buffer.takes(b"e"):
        if string(buffer) == b"files":
            files(buffer, sink)
            found = True
        else:
            skip(buffer)
    if not found:
        raise Wrong("has no files; must be a full scrape (bencoded), which has a dictionary of that name")
    if buffer.need(1):
        raise buffer.wrong("the end: a full scrape is one dictionary")
