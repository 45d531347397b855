# SPDX-License-Identifier: BSD-3-Clause
"""Frames that must come back, and how what came back is held against them."""

from dataclasses import dataclass
from typing import Callable, Optional

import dissect
from suite import Failed

# Replies leave in the order of the requests within one of these, as long as one lcore does it
# all: what the host stack answers, what an io lcore answers for the tracker, and what goes through
# a worker.
HOST, IO, WORKER = "host", "io", "worker"


def identity(frame: bytes):
    """Equal for a reply and the frame that was expected, even where their choices differ."""
    parsed = dissect.frame(frame)
    udp = parsed.udp if parsed else None
    if udp is None or len(udp[2]) < 8:
        return frame
    source, destination, payload = udp
    # Action and transaction id stand in the first eight bytes.
    return parsed.source, parsed.destination, source, destination, payload[:8]


@dataclass(frozen=True)
class Reply:
    """`choose` takes the payload that came and returns the one that should have come, with the
    choices that were the appliance's to make taken over; it raises Failed at wrong ones."""

    frame: bytes
    lane: str = HOST
    build: Optional[Callable] = None  # payload -> frame
    choose: Optional[Callable] = None

    def wanted(self, actual: bytes) -> bytes:
        """What `actual` should have been, byte for byte."""
        if self.choose is None:
            return self.frame
        parsed = dissect.frame(actual)
        return self.build(self.choose(parsed.udp[2]))


def hexdump(data: bytes, other: bytes = b"") -> str:
    """16 bytes a line; a line that differs from `other` is marked."""
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        mark = "!" if row != other[at : at + 16] else " "
        lines.append(f"  {mark} {at:04x}  {row.hex(' ')}")
    return "\n".join(lines)


def difference(title, expected: bytes, actual: bytes) -> str:
    return (
        f"{title}\n expected {len(expected)} bytes:\n{hexdump(expected, actual)}"
        f"\n actual {len(actual)} bytes:\n{hexdump(actual, expected)}"
    )


class Comparison:
    """Holds what one transmit queue sent against what it should have sent."""

    def __init__(self, replies, own_frames, in_order):
        self.replies = replies
        self.own_frames = own_frames
        self.in_order = in_order
        self.problems = []
        self.own = []  # frames that the appliance sent unasked

    def _sort_out(self, sent):
        """Pairs what came with what was expected. Returns the pairs and both rests."""
        waiting = {}
        for number, reply in enumerate(self.replies):
            waiting.setdefault(identity(reply.frame), []).append(number)
        pairs, unknown = [], []
        for frame in sent:
            numbers = waiting.get(identity(frame))
            if numbers:
                pairs.append((numbers.pop(0), frame))
            elif frame in self.own_frames:
                self.own.append(frame)
            else:
                unknown.append(frame)
        missing = sorted(number for numbers in waiting.values() for number in numbers)
        return pairs, unknown, missing

    def _check_pair(self, number, frame):
        reply = self.replies[number]
        try:
            wanted = reply.wanted(frame)
        except Failed as failed:
            self.problems.append(difference(f"reply {number}: {failed}", reply.frame, frame))
            return
        if wanted != frame:
            self.problems.append(difference(f"reply {number} differs", wanted, frame))

    def _check_order(self, pairs):
        for lane in (HOST, IO, WORKER):
            numbers = [number for number, _ in pairs if self.replies[number].lane == lane]
            if numbers != sorted(numbers):
                self.problems.append(f"replies of lane {lane} left in another order: {numbers}")

    def run(self, sent):
        pairs, unknown, missing = self._sort_out(sent)
        for number, frame in pairs:
            self._check_pair(number, frame)
        if self.in_order:
            self._check_order(pairs)
        # What nobody expected is shown beside what did not come: often they belong together.
        while unknown and missing:
            wanted = self.replies[missing.pop(0)].frame
            self.problems.append(difference("sent instead of a reply", wanted, unknown.pop(0)))
        for frame in unknown:
            self.problems.append(f"sent, but not expected:\n{hexdump(frame)}")
        for number in missing:
            frame = self.replies[number].frame
            self.problems.append(f"reply {number} was not sent:\n{hexdump(frame)}")
