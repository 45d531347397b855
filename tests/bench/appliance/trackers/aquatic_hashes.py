# SPDX-License-Identifier: BSD-3-Clause
"""The info_hashes of aquatic's load test, for trackers that need a whitelist.

Their bytes are drawn from a generator with a fixed seed: xoshiro256++ with a state filled by PCG32;
a byte is the lowest one of the upper half of a number (Rust's rand 0.8).
"""

COUNT = 1_000_000  # default of aquatic

_SEED = 0xC3AA8BE617B3ACCE
_BYTES = 20
_MASK32 = (1 << 32) - 1
_MASK64 = (1 << 64) - 1


def _pcg32(state):
    while True:
        state = (state * 6364136223846793005 + 11634580027462260723) & _MASK64
        word = ((state >> 18 ^ state) >> 27) & _MASK32
        rotation = state >> 59
        yield (word >> rotation | word << (-rotation & 31)) & _MASK32


def _state(seed):
    words = _pcg32(seed)
    return [next(words) | next(words) << 32 for _ in range(4)]


def write(path, count):
    """Writes `count` info_hashes in hexadecimal, one per line: half a minute for a million."""
    s0, s1, s2, s3 = _state(_SEED)
    with open(path, "w", encoding="ascii") as file:
        for _ in range(count):
            info_hash = bytearray(_BYTES)
            for i in range(_BYTES):
                total = (s0 + s3) & _MASK64
                rotated = (total << 23 | total >> 41) + s0
                info_hash[i] = rotated >> 32 & 0xFF
                shifted = (s1 << 17) & _MASK64
                s2 ^= s0
                s3 ^= s1
                s1 ^= s2
                s0 ^= s3
                s2 ^= shifted
                s3 = (s3 << 45 | s3 >> 19) & _MASK64
            file.write(info_hash.hex() + "\n")
