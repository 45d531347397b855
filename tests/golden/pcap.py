# SPDX-License-Identifier: BSD-3-Clause
"""Capture files: Ethernet, classic format."""

import struct

_MICROSECONDS = 0xA1B2C3D4
_NANOSECONDS = 0xA1B23C4D
_ETHERNET = 1

HEADER = struct.pack("<IHHiIII", _MICROSECONDS, 2, 4, 0, 0, 65535, _ETHERNET)


def record(frame: bytes) -> bytes:
    return struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame


def write(path, frames):
    path.write_bytes(HEADER + b"".join(map(record, frames)))


def read(path):
    """All frames of a file as net_pcap writes it: with nanoseconds, cut nowhere."""
    data = path.read_bytes()
    magic, *_, link = struct.unpack_from("<IHHiIII", data)
    if (magic, link) != (_NANOSECONDS, _ETHERNET):
        raise ValueError(f"{path.name}: magic {magic:#x}, link type {link}")
    frames = []
    at = 24
    while at < len(data):
        _, _, captured, length = struct.unpack_from("<IIII", data, at)
        at += 16
        if captured != length or at + captured > len(data):
            raise ValueError(f"{path.name}: frame {len(frames)} is cut short")
        frames.append(data[at : at + captured])
        at += captured
    return frames
