# SPDX-License-Identifier: BSD-3-Clause
"""The keyed hash of info_hashes (lib/base/keyed_hash.h), as an oracle: AES rounds where the CPU has them."""

import pathlib
import platform
import struct

import siphash

ROUNDS = 4  # for each block of the message


def _times_two(byte):
    return (byte << 1 ^ (0x11B if byte & 0x80 else 0)) & 0xFF


def _multiply(one, other):
    product = 0
    while other:
        product ^= one if other & 1 else 0
        one, other = _times_two(one), other >> 1
    return product


def _sbox():
    """FIPS 197, 5.1.1: the inverse in GF(2^8), and an affine transformation."""
    table = []
    for byte in range(256):
        inverse = next((x for x in range(256) if _multiply(byte, x) == 1), 0)
        value = 0x63
        for turn in range(5):
            value ^= (inverse << turn | inverse >> (8 - turn)) & 0xFF
        table.append(value)
    return table


SBOX = _sbox()


def _xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other))


def aes_round(state: bytes, key: bytes) -> bytes:
    """SubBytes, ShiftRows, MixColumns and AddRoundKey of FIPS 197, 5.1."""
    shifted = [SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
    mixed = []
    for column in range(0, 16, 4):
        bytes4 = shifted[column : column + 4]
        for row in range(4):
            a, b, c, d = (bytes4[(row + i) % 4] for i in range(4))
            mixed.append(_times_two(a) ^ _times_two(b) ^ b ^ c ^ d)
    return _xor(mixed, key)


def _has_aes():
    flags = pathlib.Path("/proc/cpuinfo").read_text().split()
    return platform.machine() == "x86_64" and "aes" in flags


def keyed_hash(secret: bytes, message: bytes) -> int:
    """The hash of 20 bytes under a key of 16."""
    if not _has_aes():
        return siphash.siphash(secret, message, 1, 3)
    words = [siphash.siphash(secret, struct.pack("<Q", i), 2, 4) for i in range(4 * ROUNDS + 2)]
    keys = [struct.pack("<QQ", *words[i : i + 2]) for i in range(0, len(words), 2)]
    state = _xor(message[:16], keys[0])
    for key in keys[1 : 1 + ROUNDS]:
        state = aes_round(state, key)
    state = _xor(state, message[16:20] + bytes(12))
    for key in keys[1 + ROUNDS :]:
        state = aes_round(state, key)
    return int.from_bytes(state[:8], "little")
