# SPDX-License-Identifier: BSD-3-Clause
"""Connection ids: low 8 bits of the slot, then 56 bits of SipHash-2-4 under the epoch's key."""

import hashlib
import struct

from siphash import siphash

SLOT_S = 64
EPOCH_SLOTS = 1350
FAMILIES = {"ipv4": 1, "ipv6": 2}


class ConnectionIds:
    """What a tracker with this master key hands out and accepts at this time."""

    def __init__(self, master: bytes, time_s: int, max_age_s: int = 120):
        self.master = master
        self.slot = time_s // SLOT_S
        self.slots_max = -(-max_age_s // SLOT_S)

    def _key(self, slot):
        message = b"weir connid\0" + struct.pack(">I", slot // EPOCH_SLOTS)
        return hashlib.blake2b(message, key=self.master, digest_size=16).digest()

    def _make(self, slot, client):
        # Bound to the IPv4 address or to the IPv6 /64, in 8 bytes either way.
        address = client.packed.ljust(8, b"\0")[:8]
        message = b"uT1" + struct.pack(">BI", FAMILIES[client.family], slot) + address
        mac = siphash(self._key(slot), message, 2, 4) & ((1 << 56) - 1)
        return ((slot & 0xFF) << 56 | mac) or 1

    def mint(self, client, age_slots: int = 0) -> int:
        """The id this client got `age_slots` slots ago; negative: will get."""
        return self._make(self.slot - age_slots, client)

    def is_authentic(self, connection_id: int, client) -> bool:
        """Whether the client can only know it from us. Age does not matter."""
        ages = range(-1, 255)
        low = connection_id >> 56
        return any(
            self.mint(client, age) == connection_id
            for age in ages
            if (self.slot - age) & 0xFF == low
        )
