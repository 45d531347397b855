# SPDX-License-Identifier: BSD-3-Clause
"""Writes a snapshot of Weir (lib/snapshot/format.h) with torrents and their completed counts, without peers.

Numbers are in the byte order of this machine, as Weir wants them."""

import secrets
import struct

from .crc32c import crc32c

MAGIC = b"WeirSnap"
ENDIANNESS = 0x01020304
VERSION = 1
KIND_TORRENTS, KIND_END = 1, 2
BLOCK_MAX = 1 << 18
CRC_START = 0xFFFFFFFF
COMPLETED_MAX = 0xFFFFFFFF

# magic, endianness, version, bytes of: head, block, torrent, IPv4 peer, IPv6 peer, detail; spare, wall_s,
# nonce
HEAD = struct.Struct("=8sII6HIQQ12x")
# kind, bytes, number, at_s, torrents, peers, spare
BLOCK = struct.Struct("=7I")
# info_hash, completed and peers of IPv4 and IPv6, empty_s, continued
TORRENT = struct.Struct("=20s6I")
TOTALS = struct.Struct("=4Q")
CRC = struct.Struct("=I")
PEER_BYTES = (10, 22)

PER_BLOCK = BLOCK_MAX // TORRENT.size


class SnapshotWriter:
    """Writes to a file that the caller opened and closes. Block by block: memory does not grow."""

    def __init__(self, file, wall_s):
        self.torrents = 0
        self._file = file
        self._blocks = 0
        self._bytes = 0
        self._waiting = []
        head = HEAD.pack(
            MAGIC,
            ENDIANNESS,
            VERSION,
            HEAD.size + CRC.size,
            BLOCK.size + CRC.size,
            TORRENT.size,
            *PEER_BYTES,
            0,
            0,
            wall_s,
            secrets.randbits(64),
        )
        self._head_crc = crc32c(CRC_START, head)
        self._write(head + CRC.pack(self._head_crc))

    def add(self, info_hash, ipv4, ipv6):
        """A torrent with its downloads. Of one that is added twice Weir takes the larger count."""
        self._waiting.append(TORRENT.pack(info_hash, ipv4, ipv6, 0, 0, 0, 0))
        if len(self._waiting) == PER_BLOCK:
            self._seal()

    def finish(self):
        if self._waiting:
            self._seal()
        totals_bytes = self._bytes + BLOCK.size + CRC.size + TOTALS.size
        self._block(KIND_END, TOTALS.pack(self.torrents, 0, self._blocks, totals_bytes), 0)

    def _seal(self):
        self._block(KIND_TORRENTS, b"".join(self._waiting), len(self._waiting))
        self.torrents += len(self._waiting)
        self._waiting = []

    def _block(self, kind, payload, torrents):
        head = BLOCK.pack(kind, len(payload), self._blocks, 0, torrents, 0, 0)
        crc = crc32c(crc32c(self._head_crc, head), payload)
        self._write(head + CRC.pack(crc) + payload)
        self._blocks += kind == KIND_TORRENTS

    def _write(self, content):
        self._file.write(content)
        self._bytes += len(content)
