# SPDX-License-Identifier: BSD-3-Clause
"""RSS of an 82576, from its registers (its datasheet, 8.10): which queue a source is spread to."""

import ipaddress
import struct

ENABLE, TABLE, KEY = 0x5818, 0x5C00, 0x5C80
TABLE_ENTRIES, KEY_BYTES = 128, 40
TABLE_LAST = TABLE_ENTRIES - 1
IPV4, IPV6 = 1 << 17, 1 << 20  # hash types of ENABLE: by addresses alone
BY_PORTS = 1 << 16 | 1 << 21 | 1 << 22 | 1 << 23 | 1 << 24  # TCP and UDP


def toeplitz(key, data):
    """The hash of `data`, as Microsoft defines it."""
    number, result = int.from_bytes(key, "big"), 0
    for i in range(8 * len(data)):
        if data[i // 8] >> (7 - i % 8) & 1:
            result ^= number >> (8 * len(key) - 32 - i) & 0xFFFFFFFF
    return result


class Registers:
    """`read(offset, count)`: words of the card."""

    def __init__(self, read):
        self.types = read(ENABLE, 1)[0]
        self.table = list(struct.pack(f"<{TABLE_ENTRIES // 4}I", *read(TABLE, TABLE_ENTRIES // 4)))
        self.key = struct.pack(f"<{KEY_BYTES // 4}I", *read(KEY, KEY_BYTES // 4))

    def queue(self, source, destination):
        """Of a packet between two addresses."""
        data = ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed
        return self.table[toeplitz(self.key, data) & TABLE_LAST]
