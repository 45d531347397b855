# SPDX-License-Identifier: BSD-3-Clause
"""Lines of a file of any size, as bytes, with their numbers. Compressed with gzip or not."""

import gzip
import os
import zlib

from .config_text import open_plain
from .problems import Wrong

TELL_EVERY = 8192  # lines
GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
HEAD_BYTES = 4096

READ_ERRORS = (OSError, EOFError, zlib.error)


class Input:
    """A file that is read once, from its start to its end. Raises Wrong where it cannot be opened."""

    def __init__(self, path, progress):
        self.path = path
        self._raw = open_plain(path)
        self._progress = progress
        magic = self._raw.read(len(ZSTD_MAGIC))
        self._raw.seek(0)
        if magic == ZSTD_MAGIC:
            raise Wrong("is compressed with zstd; decompress it first: zstd -d FILE")
        self.file = gzip.open(self._raw) if magic.startswith(GZIP_MAGIC) else self._raw
        try:
            self.head = self.file.read(HEAD_BYTES)
            self.file.seek(0)
        except READ_ERRORS as error:
            raise Wrong(f"cannot be read: {error}") from None
        progress.step(f"reading {path}", os.fstat(self._raw.fileno()).st_size)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._raw.close()

    def tell_progress(self):
        self._progress.at(self._raw.tell())

    def read(self, size):
        try:
            content = self.file.read(size)
        except READ_ERRORS as error:
            raise Wrong(f"cannot be read to its end: {error}") from None
        self.tell_progress()
        return content

    def lines(self, line_max):
        """(number, line without its end), or (number, None) for one that is longer than line_max bytes."""
        number = 0
        while True:
            try:
                line = self.file.readline(line_max + 2)
                number += 1
                if not line:
                    return
                too_long = len(line) > line_max and not line.endswith(b"\n")
                if too_long:
                    self._skip(line_max)
            except READ_ERRORS as error:
                raise Wrong(f"cannot be read to its end: {error}") from None
            if number % TELL_EVERY == 0:
                self.tell_progress()
            yield number, None if too_long else line.rstrip(b"\r\n")

    def _skip(self, line_max):
        """The rest of a line, piece by piece: it may be all of a large file."""
        while True:
            piece = self.file.readline(max(line_max, 1 << 16))
            self.tell_progress()
            if not piece or piece.endswith(b"\n"):
                return


def printable(content, length=60):
    """Bytes as a message may have them."""
    text = content[: length + 1].decode("ascii", "replace")
    text = "".join(char if char.isprintable() and char.isascii() else "?" for char in text)
    return text if len(text) <= length else text[:length] + "..."
