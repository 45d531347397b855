# SPDX-License-Identifier: BSD-3-Clause
"""The secrets of a run that was started with test.seed: words of SplitMix64, little-endian."""

from dataclasses import dataclass

from siphash import MASK


def _splitmix64(state):
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
        z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
        yield z ^ z >> 31


@dataclass(frozen=True)
class Keys:
    master: bytes  # of connection ids, 32 bytes
    steer: bytes  # of info_hashes, 16 bytes


def from_seed(seed: int) -> Keys:
    words = _splitmix64(seed)
    data = b"".join(next(words).to_bytes(8, "little") for _ in range(6))
    return Keys(master=data[:32], steer=data[32:48])
