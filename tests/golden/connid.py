# SPDX-License-Identifier: BSD-3-Clause
"""Connection ids: low 8 bits of the slot, then 56 bits of SipHash-2-4 under the epoch's key: over
the address in IPv4, and in IPv6 28 bits over the address and 28 over its /64. A second master key may
be staged, for the slots that begin at its time or later."""

import hashlib
import struct

from siphash import siphash

SLOT_S = 64
EPOCH_SLOTS = 1350
FAMILIES = {"ipv4": 1, "ipv6": 2}
HALF_BITS = 28  # of each of the two MACs in an id of IPv6
ADDRESS_BITS = ((1 << HALF_BITS) - 1) << HALF_BITS  # where that of the address stands


class ConnectionIds:
    """What a tracker with this master key hands out and accepts at this time. `second`: the key that is
    staged, and its Unix time."""

    def __init__(self, master: bytes, time_s: int, max_age_s: int = 120, second=None):
        self.master = master
        self.second, self.from_s = second or (None, None)
        self.slot = time_s // SLOT_S
        self.slots_max = -(-max_age_s // SLOT_S)

    def _key(self, slot):
        message = b"weir connid\0" + struct.pack(">I", slot // EPOCH_SLOTS)
        return hashlib.blake2b(message, key=self._master(slot), digest_size=16).digest()

    def _master(self, slot):
        switched = self.second is not None and slot * SLOT_S >= self.from_s
        return self.second if switched else self.master

    def _mac(self, slot, message, bits):
        return siphash(self._key(slot), message, 2, 4) & ((1 << bits) - 1)

    def _make(self, slot, client):
        family = FAMILIES[client.family]
        if client.family == "ipv4":
            message = b"uT1" + struct.pack(">BI", family, slot) + client.packed + bytes(4)
            mac = self._mac(slot, message, 56)
        else:
            tail = b"uT" + struct.pack(">BI", family, slot)
            address = self._mac(slot, client.packed + tail, HALF_BITS)
            mac = address << HALF_BITS | self._mac(slot, client.packed[:8] + tail, HALF_BITS)
        return ((slot & 0xFF) << 56 | mac) or 1

    def mint(self, client, age_slots: int = 0) -> int:
        """The id this client got `age_slots` slots ago; negative: will get."""
        return self._make(self.slot - age_slots, client)

    def is_authentic(self, connection_id: int, client) -> bool:
        """Whether the client can only know it from us. Age does not matter."""
        return self._matches(connection_id, client, 0)

    def is_shared(self, connection_id: int, client) -> bool:
        """Whether another address of the client's /64 can know it from us, but not the client."""
        return (
            client.family == "ipv6"
            and not self.is_authentic(connection_id, client)
            and self._matches(connection_id, client, ADDRESS_BITS)
        )

    def _matches(self, connection_id, client, but):
        low = connection_id >> 56
        return any(
            (self.mint(client, age) ^ connection_id) & ~but == 0
            for age in range(-1, 255)
            if (self.slot - age) & 0xFF == low
        )
