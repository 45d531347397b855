# SPDX-License-Identifier: BSD-3-Clause
"""What must become of a payload of any bytes for the tracker: a second reading of BEP 15, beside a naive
tracker."""

import struct

import bep15
import frames
from any_frame import checksum, pseudo
from connid import ADDRESS_BITS
from reply import IO, WORKER, Reply

HEADERS = {"ipv4": 28, "ipv6": 48}


def datagram(source_mac, to_mac, source, to, ports, payload):
    """A frame as Weir sends it. Addresses are bytes."""
    udp = struct.pack(">HHHH", *ports, 8 + len(payload), 0) + payload
    total = checksum(pseudo(source, to, len(udp), 17) + udp) or 0xFFFF
    udp = udp[:6] + struct.pack(">H", total) + udp[8:]
    ether = bytes.fromhex((to_mac + source_mac).replace(":", ""))
    if len(source) == 16:
        return ether + b"\x86\xdd" + struct.pack(">IHBB", 6 << 28, len(udp), 17, 64) + source + to + udp
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0x4000, 64, 17, 0)
    total = checksum(head + source + to)
    return ether + b"\x08\0" + head[:10] + struct.pack(">H", total) + source + to + udp


class AnyPayload:
    """Adds payloads and what must become of them to a scenario. Its port has no tag."""

    def __init__(self, scenario):
        self.scenario = scenario
        self._proofs = {}

    def send(self, client, payload):
        """As a datagram from the client."""
        port = self.scenario.port
        address = frames.packed(port.address(client.family))
        ports = (client.udp, port.udp)
        frame = datagram(client.mac, port.mac, client.packed, address, ports, payload)
        self.expect(client, payload, frame)

    def expect(self, client, payload, frame):
        """`frame` carries the payload."""
        port = self.scenario.port
        address = frames.packed(port.address(client.family))

        def build(answer):
            ports = (port.udp, client.udp)
            return datagram(port.mac, client.mac, address, client.packed, ports, answer)

        verdict, answer, lane, choose = self._judge(client, payload)
        reply = None if answer is None else Reply(build(answer), lane, build, choose)
        self.scenario.send(frame, client.family, verdict, reply)

    def _judge(self, client, payload):
        """(verdict, answer, lane, choice)."""
        action = int.from_bytes(payload[8:12], "big")
        if len(payload) < 16:
            return self._drop("request_short")
        if len(payload) > 1500 - HEADERS[client.family]:
            return self._drop("request_long")
        if action == bep15.CONNECT:
            return self._connect(client, payload)
        if action == bep15.ANNOUNCE:
            return self._drop("announce_short") if len(payload) < 98 else self._prove(client, payload)
        if action == bep15.SCRAPE:
            return self._drop("scrape_short") if len(payload) < 36 else self._prove(client, payload)
        return self._drop("request_action")

    @staticmethod
    def _drop(verdict):
        return verdict, None, IO, None

    def _connect(self, client, payload):
        if int.from_bytes(payload[:8], "big") != bep15.MAGIC:
            return self._drop("request_magic")
        return "connect", payload[8:12] + payload[12:16] + self._id(client, 0).to_bytes(8, "big"), IO, None

    def _id(self, client, age):
        key = client.packed, age
        if key not in self._proofs:
            self._proofs[key] = self.scenario.ids.mint(client, age)
        return self._proofs[key]

    def _age(self, client, connection_id):
        """(slots since the id was given out, whether to this very address); None: never, nor to its /64."""
        age = (self.scenario.ids.slot - (connection_id >> 56) + 1) % 256 - 1
        if age == 255:
            return None
        wrong = self._id(client, age) ^ connection_id
        if wrong == 0 or (client.family == "ipv6" and wrong & ~ADDRESS_BITS == 0):
            return age, wrong == 0
        return None

    def _prove(self, client, payload):
        connection_id, action = struct.unpack_from(">QI", payload)
        proof = self._age(client, connection_id)
        if proof is None:
            return self._drop("id_forged")
        age, proved = proof
        if age > self.scenario.ids.slots_max:
            return "id_expired", self._error(payload, bep15.ID_EXPIRED), IO, None
        if action == bep15.SCRAPE:
            return self._scrape(client, payload)
        return self._announce(client, payload, proved)

    @staticmethod
    def _error(payload, text):
        return bep15.error_reply(int.from_bytes(payload[12:16], "big"), text)

    def _announce(self, client, payload, proved):
        scenario = self.scenario
        transaction_id, info_hash = struct.unpack_from(">I20s", payload, 12)
        left, _, event, _, _, num_want, port = struct.unpack_from(">QQIIIiH", payload, 64)
        if not proved:  # no more than what fits into as many bytes
            room = (len(payload) - 20) // bep15.STRIDE[client.family]
            num_want = min(num_want & 0xFFFFFFFF, room)
        if port == 0:
            return "announce_port_zero", self._error(payload, bep15.PORT_ZERO), IO, None
        answer = scenario.tracker.announce(
            client.family,
            info_hash,
            client.peer(port),
            left=left,
            stopped=event == bep15.STOPPED,
            num_want=scenario.wanted(client.family, num_want),
        )
        scenario.jobs["any"] += 1
        expected, choose = scenario.announce_answer(client.family, transaction_id, answer)
        return answer.verdict, expected, WORKER, choose

    def _scrape(self, client, payload):
        scenario = self.scenario
        transaction_id = int.from_bytes(payload[12:16], "big")
        whole = (len(payload) - 16) // 20
        hashes = [
            payload[16 + 20 * n : 36 + 20 * n] for n in range(min(whole, bep15.SCRAPE_MAX[client.family]))
        ]
        scenario.jobs["any"] += len({scenario.worker(info_hash) for info_hash in hashes})
        rows = [scenario.tracker.scrape(client.family, info_hash) for info_hash in hashes]
        return "scrape", bep15.scrape_reply(transaction_id, rows), WORKER, None
